//! What was handed over becomes the question that a person means.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "a test fails by panicking")]

use super::{Ask, Handed, Report, answer};
use std::fs;
use std::io::Cursor;
use std::path::Path;

const WINDOWS: &str = "tests/data/notations/windows-profile-automatic.txt";
const SWANCTL: &str = "tests/data/notations/strongswan-swanctl.txt";
const CHAIN: &str = "tests/data/certificates-made/key-rsa4096.pem";
const CAPTURE: &str = "tests/captures/err-npc-init.pcap";
const KEYS: &str = "tests/captures/rsa4096-nofrag-v4.keys.json";
const LOG: &str = "tests/logs-causes/libreswan-refuses-psk-a.log";

fn octets(path: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)).unwrap()
}

fn text(path: &str) -> String {
    String::from_utf8(octets(path)).unwrap()
}

fn handed(name: &str, octets: Vec<u8>) -> Handed {
    let len = octets.len().try_into().unwrap();
    Handed::new(name.to_owned(), len, move || Box::new(Cursor::new(octets.clone())))
}

fn files(paths: &[&str]) -> Vec<Handed> {
    paths.iter().map(|path| handed(path.rsplit('/').next().unwrap(), octets(path))).collect()
}

fn ask(client: &str, server: &str) -> Ask {
    Ask { client: client.to_owned(), server: server.to_owned(), now: 1_800_000_000, ..Ask::default() }
}

fn asked(paths: &[&str], client: &str, server: &str) -> Result<Report, String> {
    answer(files(paths), &ask(client, server))
}

/// The title of the report, or the complaint.
fn title(paths: &[&str], client: &str, server: &str) -> String {
    asked(paths, client, server).map_or_else(|error| error, |report| report.html.title().to_owned())
}

#[test]
fn each_kind_of_file_has_its_question() {
    assert_eq!(title(&[CAPTURE], "", ""), "IKEv2 diagnosis of err-npc-init.pcap");
    assert_eq!(title(&[CAPTURE, "tests/captures/psk-v6.pcap"], "", ""), "IKEv2 diagnosis of err-npc-init.pcap, psk-v6.pcap");
    assert_eq!(title(&[LOG], "", ""), "IKEv2 diagnosis of libreswan-refuses-psk-a.log");
    assert_eq!(title(&[CHAIN], "", ""), "Examination of CN=vpn.example.net,O=IKE certificate test,C=XX");
    assert_eq!(title(&[WINDOWS], "", ""), "Settings of Windows");
    assert_eq!(title(&[WINDOWS, SWANCTL], "", ""), "What the two sides agree on");
}

#[test]
fn each_kind_of_text_has_the_same_question() {
    assert_eq!(title(&[], "", &text(LOG)), "IKEv2 diagnosis of the text of the server");
    assert_eq!(title(&[], &text(CHAIN), ""), title(&[CHAIN], "", ""));
    assert_eq!(title(&[], &text(WINDOWS), ""), "Settings of Windows");
    assert_eq!(title(&[], &text(WINDOWS), &text(SWANCTL)), "What the two sides agree on");
    // A text of one side and a file of the other.
    assert_eq!(asked(&[SWANCTL], &text(WINDOWS), ""), asked(&[WINDOWS, SWANCTL], "", ""));
    // A log that tells an offer is a side where there is another side.
    let debug = "ike 0:VPN:1: incoming proposal:\nike 0:VPN:1: proposal id = 1:\n";
    assert!(
        title(&[], debug, "aes256-sha256-modp2048").starts_with("the text of the client: "),
        "{}",
        title(&[], debug, "aes256-sha256-modp2048")
    );
}

#[test]
fn what_is_given_with_a_capture_is_used_or_told() {
    let json = |paths: &[&str], client: &str, server: &str| asked(paths, client, server).unwrap().json;
    let alone = json(&[CAPTURE], "", "");
    // The policy, whichever field it stands in, and as a file too.
    let with = json(&[CAPTURE], "", "aes256-sha384-ecp384");
    assert!(alone != with);
    assert!(json(&[CAPTURE], "aes256-sha384-ecp384", "") == with);
    assert!(json(&[CAPTURE, SWANCTL], "", "") != alone);
    let both = json(&[CAPTURE], "windows10", "aes256-sha384-ecp384");
    assert!(both.contains("the text of the client is not used"), "{both}");
    // Keys open what they are of.
    let rsa = "tests/captures/rsa4096-nofrag-v4.pcap";
    let sizes = |paths: &[&str]| asked(paths, "", "").unwrap().html.body().contains("Payloads: ");
    assert!(!sizes(&[rsa]) && sizes(&[KEYS, rsa]) && sizes(&[rsa, KEYS]));
}

#[test]
fn what_does_not_go_together_is_said() {
    for (paths, client, words) in [
        (&[][..], "", "there is nothing to look at yet"),
        (&[KEYS], "", "keys open the messages of a capture: add the capture"),
        (&[CAPTURE, LOG], "", "captures and logs are diagnosed one kind at a time"),
        (&[CAPTURE, CHAIN], "", "certificates are examined by themselves"),
        (&[LOG, CHAIN], "", "certificates are examined by themselves"),
        (&[WINDOWS, SWANCTL, WINDOWS], "", "windows-profile-automatic.txt: there is already strongswan-swanctl.txt for the server"),
        (&[], "windows10", "windows10 are the defaults of a product"),
        (&[], "no notation at all", "the text of the client: "),
    ] {
        let error = asked(paths, client, "").unwrap_err();
        assert!(error.starts_with(words), "{error}");
    }
    let wrong = |ask: Ask, paths: &[&str]| answer(files(paths), &ask).unwrap_err();
    assert_eq!(wrong(Ask { role: "both".into(), ..Ask::default() }, &[CHAIN]), "\"both\" is no role: server or client");
    assert_eq!(wrong(Ask { utc_offset: "2".into(), ..Ask::default() }, &[CAPTURE]), "an offset from UTC is +HH:MM or -HH:MM");
    assert!(wrong(Ask { dialect: "none".into(), ..Ask::default() }, &[WINDOWS]).contains("dialect"));
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("gone"))
        }
    }
    let broken = Handed::new("x.pcap".into(), 10, || Box::new(Broken));
    assert_eq!(answer(vec![broken], &ask("", "")).unwrap_err(), "x.pcap: gone");
    // Too large for what its first octets say that it is.
    let large = Handed::new("large.txt".into(), 1 << 40, || Box::new(Cursor::new(b"aes256-sha256-modp2048".to_vec())));
    assert!(answer(vec![large], &ask("", "")).unwrap_err().starts_with("large.txt: more than 64 MiB"));
}

#[test]
fn any_octets_have_an_answer_and_no_panic() {
    let all: Vec<Vec<u8>> = [CAPTURE, LOG, CHAIN, KEYS, WINDOWS].into_iter().map(octets).collect();
    let mut seen = [0_usize; 2];
    for one in &all {
        for n in 0..60 {
            let cut = one.len() * n / 60;
            let mut changed = one[..cut].to_vec();
            if let Some(octet) = changed.get_mut(cut / 2) {
                *octet ^= 1 << (n % 8);
            }
            let done = answer(vec![handed("x", changed.clone()), handed("y", one.clone())], &ask("", &String::from_utf8_lossy(&changed)));
            seen[usize::from(done.is_ok())] += 1;
        }
    }
    assert!(seen[0] > 30 && seen[1] > 30, "{seen:?}");
}
