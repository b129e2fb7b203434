//! Every fragment set three daemons sent comes together to what another decoder found, and strongSwan's are cut again as it did.

use crate::kit::recorded::{Recorded, capture_names, capture_path, figure, json, recorded, unhex};
use core::time::Duration;
use ikev2::Instant;
use ikev2::fragment::{
    FragmentationSupport, IgnoreReason, Layout, OutgoingMessage, Path, Progress, Reassembler, ReassemblyLimits, Splitter,
};
use ikev2::protect::{IvSequence, Suite, open};
use ikev2::provider::Provider;
use ikev2::registry::{Encr, Integ, PayloadType};
use ikev2::wire::Header;
use serde_json::Value;
use std::collections::BTreeMap;

/// The SAs of a capture, and the reassembler of each side of each.
struct Receiver {
    sas: Vec<Value>,
    reassemblers: BTreeMap<(String, String, bool), Reassembler>,
}

fn suite(sa: &Value) -> Suite {
    let int = |value: &Value| value.as_u64().and_then(|value| u16::try_from(value).ok());
    Suite::new(Encr(int(&sa["encr_id"]).unwrap()), int(&sa["encr_key_bits"]), int(&sa["integ_id"]).map(Integ)).unwrap()
}

fn keys(sa: &Value, initiator: bool) -> (Vec<u8>, Vec<u8>) {
    let side = if initiator { 'i' } else { 'r' };
    let hex = |name: String| sa[name].as_str().map(unhex).unwrap_or_default();
    (hex(format!("sk_e{side}")), hex(format!("sk_a{side}")))
}

impl Receiver {
    fn new(capture: &str) -> Self {
        let keys = json(&capture_path(capture, ".keys.json"));
        Self { sas: keys["ike_sas"].as_array().unwrap().clone(), reassemblers: BTreeMap::new() }
    }

    fn receive(&mut self, recorded: &Recorded) -> (Suite, Progress) {
        let text = |name: &str| recorded.row[name].as_str().unwrap().to_owned();
        let initiator = recorded.row["initiator"].as_bool().unwrap();
        let (spi_i, spi_r) = (text("spi_i"), text("spi_r"));
        for sa in self.sas.iter().filter(|sa| sa["spi_i"] == *spi_i && sa["spi_r"] == *spi_r) {
            let (suite, (sk_e, sk_a)) = (suite(sa), keys(sa, initiator));
            let mut datagram = recorded.message.clone();
            let Ok(opened) = open(&mut datagram, &*suite.opener(&Provider::builtin(), &sk_e, &sk_a).unwrap()) else { continue };
            let of_side =
                self.reassemblers.entry((spi_i, spi_r, initiator)).or_insert_with(|| Reassembler::new(ReassemblyLimits::default()));
            let now = Instant::since_start(Duration::from_secs_f64(recorded.row["time"].as_f64().unwrap_or(0.0)));
            let progress = of_side.push(&opened, now).unwrap();
            if matches!(progress, Progress::Complete(_)) && !opened.header().response {
                // Every request of the captures was answered by its receiver, though not always in the capture.
                of_side.mark_answered(opened.header().message_id);
            }
            return (suite, progress);
        }
        panic!("{}: no key opens it", recorded.place());
    }
}

/// Every message that came in fragments: where it was complete, and what came together.
struct Set {
    place: String,
    capture: String,
    suite: Suite,
    header: Header,
    first: PayloadType,
    content: Vec<u8>,
    /// Octets of each fragment's datagram and of its content, by number.
    sizes: Vec<(usize, usize)>,
    ipv6: bool,
    non_esp_marker: bool,
}

fn sets(capture: &str, counts: &mut BTreeMap<String, usize>) -> Vec<Set> {
    let mut receiver = Receiver::new(capture);
    let mut sizes = BTreeMap::<(String, bool, u64), Sizes>::new();
    let mut sets: Vec<Set> = Vec::new();
    for recorded in recorded(capture).iter().filter(|recorded| recorded.row.get("plaintext").is_some()) {
        let (row, place) = (&recorded.row, recorded.place());
        let (suite, progress) = receiver.receive(recorded);
        let key = (row["spi_i"].to_string(), row["response"] == true, row["message_id"].as_u64().unwrap());
        let Some(number) = row["fragment"].as_u64() else {
            assert!(
                matches!(progress, Progress::Complete(_) | Progress::ResendResponse | Progress::Ignored(IgnoreReason::Done)),
                "{place}: {progress:?}"
            );
            continue;
        };
        let total = row["total"].as_u64().unwrap();
        let of_set = sizes.entry(key).or_default();
        let is_new = !of_set.contains_key(&number);
        of_set.entry(number).or_insert((recorded.message.len(), row["plaintext"].as_str().unwrap().len() / 2));
        let have = of_set.len() as u64;
        let name = match &progress {
            Progress::Pending { received: ours, total: of } => {
                assert_eq!((u64::from(*ours), u64::from(*of), is_new), (have, total, true), "{place}");
                "pending"
            }
            Progress::Ignored(IgnoreReason::Duplicate) => {
                assert!(!is_new && have < total, "{place}");
                "duplicate"
            }
            Progress::ResendResponse | Progress::Ignored(IgnoreReason::Done) => {
                assert!(!is_new && have == total, "{place}");
                assert_eq!(progress == Progress::ResendResponse, row["response"] != true && number == 1, "{place}");
                "done"
            }
            Progress::Complete(whole) => {
                assert!(is_new && have == total, "{place}");
                assert!(row["src"].as_str().unwrap().starts_with('[') == row["dst"].as_str().unwrap().starts_with('['));
                let expected = recorded.content().unwrap_or_else(|| panic!("{place}: complete, and the decoder's is not"));
                assert!(row.get("reassembled").is_some(), "{place}");
                assert_eq!((whole.first_payload().0, whole.content().as_ref()), (expected.first, &*expected.octets), "{place}");
                assert_eq!((u64::from(whole.fragments()), whole.later_next_payload()), (total, false), "{place}");
                let payloads = whole.payloads().unwrap_or_else(|error| panic!("{place}: {error}")).payloads().count();
                assert_eq!(payloads, expected.names.len(), "{place}");
                sets.push(Set {
                    place,
                    capture: capture.to_owned(),
                    suite,
                    header: *whole.header(),
                    first: whole.first_payload(),
                    content: whole.content().to_vec(),
                    sizes: of_set.values().copied().collect(),
                    ipv6: row["src"].as_str().unwrap().starts_with('['),
                    non_esp_marker: row["non_esp_marker"] == true,
                });
                "complete"
            }
            other => panic!("{place}: {other:?}"),
        };
        assert_eq!(name == "complete", row.get("reassembled").is_some(), "{}", recorded.place());
        *counts.entry(name.to_owned()).or_default() += 1;
    }
    sets
}

/// By fragment number: octets of the message and of the content.
type Sizes = BTreeMap<u64, (usize, usize)>;

#[test]
fn every_captured_set_comes_together() {
    let mut counts = BTreeMap::new();
    let (mut captures, mut fragments, mut complete) = (0, 0, 0);
    for name in capture_names() {
        let sets = sets(&name, &mut counts);
        captures += usize::from(!sets.is_empty());
        complete += sets.len();
        fragments += sets.iter().map(|set| set.sizes.len()).sum::<usize>();
    }
    println!("{captures} captures with sets: {counts:?}, {fragments} fragments in them");
    assert_eq!(counts.values().sum::<usize>(), figure(614, 6), "as many fragments as the captures have");
    assert_eq!(counts["complete"], complete);
    let of = |name: &str| counts.get(name).copied().unwrap_or_default();
    assert_eq!((captures, complete, of("duplicate"), of("done")), figure((38, 76, 11, 30), (2, 3, 0, 0)), "{counts:?}");
}

/// Who sent the sets of a capture, and for which size of IP packet it was configured.
struct Sender {
    capture: &'static str,
    /// The initiator's, the responder's; 0 for a side that was not strongSwan, or sent no set.
    sizes: (u16, u16),
}

/// The daemon's own default.
const DEFAULT: u16 = 1280;

const STRONGSWAN: &[Sender] = &[
    Sender { capture: "eap-mschapv2-frag", sizes: (0, 576) },
    Sender { capture: "err-auth-failed-cert", sizes: (DEFAULT, 0) },
    Sender { capture: "frag-create-child-sa", sizes: (400, 400) },
    Sender { capture: "frag-dup", sizes: (576, 576) },
    Sender { capture: "frag-loss-request", sizes: (DEFAULT, DEFAULT) },
    Sender { capture: "frag-loss-request-seen", sizes: (DEFAULT, DEFAULT) },
    Sender { capture: "frag-loss-response", sizes: (576, 576) },
    Sender { capture: "frag-reorder-i", sizes: (576, 576) },
    Sender { capture: "frag-reverse", sizes: (576, 576) },
    Sender { capture: "libreswan-rsa4096-frag", sizes: (DEFAULT, 0) },
    Sender { capture: "openiked-rsa4096-frag", sizes: (DEFAULT, 0) },
    Sender { capture: "openiked-rsa4096-frag-gcm", sizes: (576, 0) },
    Sender { capture: "openiked-rsa4096-frag1280-v6", sizes: (1280, 0) },
    Sender { capture: "pq-cert-classic-gcm128", sizes: (1280, 1280) },
    Sender { capture: "pq-psk-cbc-mlkem768-frag576", sizes: (576, 576) },
    Sender { capture: "pq-psk-cookie-mlkem768", sizes: (1280, 0) },
    Sender { capture: "pq-psk-invalidke-mlkem768", sizes: (1280, 0) },
    Sender { capture: "pq-psk-mlkem1024", sizes: (1280, 1280) },
    Sender { capture: "pq-psk-mlkem768", sizes: (1280, 0) },
    Sender { capture: "rsa2048", sizes: (DEFAULT, DEFAULT) },
    Sender { capture: "rsa2048-noSigAuth", sizes: (DEFAULT, DEFAULT) },
    Sender { capture: "rsa4096-frag-accept-responder", sizes: (DEFAULT, 0) },
    Sender { capture: "rsa4096-frag-default", sizes: (DEFAULT, DEFAULT) },
    Sender { capture: "rsa4096-frag-mixed-sizes", sizes: (700, 1100) },
    Sender { capture: "rsa4096-frag-tiny", sizes: (200, 200) },
    Sender { capture: "rsa4096-frag1000-natt-v6", sizes: (1000, 1000) },
    Sender { capture: "rsa4096-frag1280-natt-v4", sizes: (1280, 1280) },
    Sender { capture: "rsa4096-frag1280-v4", sizes: (1280, 1280) },
    Sender { capture: "rsa4096-frag1280-v6", sizes: (1280, 1280) },
    Sender { capture: "rsa4096-frag1400-v4", sizes: (1400, 1400) },
    Sender { capture: "rsa4096-frag576-3des", sizes: (576, 576) },
    Sender { capture: "rsa4096-frag576-aes128-sha1", sizes: (576, 576) },
    Sender { capture: "rsa4096-frag576-aes256-sha512", sizes: (576, 576) },
    Sender { capture: "rsa4096-frag576-aes256ccm16", sizes: (576, 576) },
    Sender { capture: "rsa4096-frag576-aes256gcm16", sizes: (576, 576) },
    Sender { capture: "rsa4096-frag576-chacha20", sizes: (576, 576) },
    Sender { capture: "rsa4096-frag576-reverse-v6", sizes: (576, 576) },
    Sender { capture: "rsa4096-frag576-v4", sizes: (576, 576) },
];

#[test]
fn strongswan_sets_are_cut_again_as_strongswan_cut_them() {
    let mut unlisted = Vec::new();
    let (mut compared, mut fragments) = (0, 0);
    for name in capture_names() {
        let sender = STRONGSWAN.iter().find(|sender| sender.capture == name);
        for set in sets(&name, &mut BTreeMap::new()) {
            let Some(sender) = sender else {
                unlisted.push(set.place);
                continue;
            };
            let mtu = if set.header.initiator { sender.sizes.0 } else { sender.sizes.1 };
            if mtu == 0 {
                assert!(["openiked", "libreswan"].iter().any(|daemon| set.capture.starts_with(daemon)), "{}", set.place);
                continue;
            }
            let path = if set.ipv6 { Path::ipv6(mtu) } else { Path::ipv4(mtu) };
            let path = if set.non_esp_marker { path.with_non_esp_marker() } else { path };
            let (sk_e, sk_a) = (vec![1; set.suite.sk_e_len()], vec![2; set.suite.sk_a_len()]);
            let (mut sealer, opener) = (
                set.suite.sealer(&Provider::builtin(), &sk_e, &sk_a, IvSequence::new(&[3; 16])).unwrap(),
                set.suite.opener(&Provider::builtin(), &sk_e, &sk_a).unwrap(),
            );
            let message = OutgoingMessage { header: set.header, unprotected: &[], first_payload: set.first, content: &set.content };
            let mut datagrams = Splitter::new(path, Layout::Fill, FragmentationSupport::Both).datagrams(&message, &mut *sealer).unwrap();
            let (mut ours, mut buf) = (Vec::new(), vec![0; datagrams.max_len()]);
            while let Some(datagram) = datagrams.next_into(&mut buf) {
                let datagram = datagram.unwrap();
                let len = datagram.len();
                ours.push((len, open(datagram, &*opener).unwrap().content().len()));
            }
            assert_eq!(ours, set.sizes, "{} at {mtu}", set.place);
            compared += 1;
            fragments += ours.len();
        }
    }
    println!("{compared} sets of strongSwan, {fragments} fragments, cut alike");
    assert_eq!(unlisted, [""; 0], "captures with sets that the table does not have");
    assert_eq!((compared, fragments), figure((72, 550), (3, 6)));
}
