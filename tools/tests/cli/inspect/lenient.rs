//! Messages with faults are shown whole: what a daemon accepted, a capture of it shows.

use super::contract::{json, lines, start};
use crate::packets::{Path, Pcap, any_message, message};
use crate::recorded;
use crate::shared::shared;
use serde_json::{Value, json};
use std::path;

/// A malformed request that a daemon answered with an SA (`tests/data/lenient`), and what has to be seen of it.
struct Accepted {
    name: String,
    octets: Vec<u8>,
    payloads: Value,
    /// The proposals of each SA payload.
    sa: Vec<Vec<String>>,
}

fn octets(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn accepted(folder: &path::Path, file: &str) -> Vec<Accepted> {
    let bases = recorded::json(&folder.join("bases.json"))["bases"].take();
    let rows = std::fs::read_to_string(folder.join(file)).unwrap();
    rows.lines().map(|row| request(&bases, &serde_json::from_str(row).unwrap())).collect()
}

fn request(bases: &Value, row: &Value) -> Accepted {
    let base = &bases[row["base"].as_str().unwrap()];
    let mut request = octets(base["hex"].as_str().unwrap());
    request[..8].copy_from_slice(&octets(row["spi"].as_str().unwrap()));
    for edit in row["edit"].as_array().unwrap().iter().rev() {
        let [at, removed] = [0, 1].map(|n| usize::try_from(edit[n].as_u64().unwrap()).unwrap());
        request.splice(at..at + removed, octets(edit[2].as_str().unwrap()));
    }
    let proposal = |one: &Value| match one.as_u64() {
        Some(n) => base["sa"][usize::try_from(n).unwrap()].as_str().unwrap().to_owned(),
        None => one.as_str().unwrap().to_owned(),
    };
    let list = |list: &Value| list.as_array().unwrap().iter().map(proposal).collect::<Vec<_>>();
    let sa = row.get("sa").map_or_else(|| vec![list(&base["sa"])], |all| all.as_array().unwrap().iter().map(list).collect());
    let payloads = row.get("payloads").unwrap_or(&base["payloads"]).clone();
    Accepted { name: format!("{} {}", row["base"], row["name"]), octets: request, payloads, sa }
}

/// `1 1 1.12.256 3.12`: number, protocol, and of each transform its type, its number and every key length.
fn notation(proposal: &Value) -> String {
    let transforms = proposal["transforms"].as_array().unwrap().iter().map(|transform| {
        let further = transform["attributes"].as_array().unwrap().iter().filter(|attribute| attribute["type"] == 14);
        let further = further.map(|attribute| u64::from_str_radix(attribute["value"].as_str().unwrap(), 16).unwrap());
        let lengths = transform["key_bits"].as_u64().into_iter().chain(further).map(|bits| format!(".{bits}"));
        format!(" {}.{}{}", transform["type"], transform["id"], lengths.collect::<String>())
    });
    format!("{} {}{}", proposal["number"], proposal["protocol"], transforms.collect::<String>())
}

/// Runs the program over all of them in one capture.
fn all_are_whole(name: &str, wanted: &[Accepted]) {
    let mut pcap = Pcap::new();
    for one in wanted {
        pcap.udp(Path::ports(500, 500), &one.octets);
    }
    let (status, out, _) = json(&pcap.write(name));
    assert_eq!(status, 0);
    let found: Vec<_> = lines(&out).into_iter().filter(|line| line["kind"] == "message").collect();
    assert_eq!(found.len(), wanted.len());
    for (n, (line, wanted)) in found.iter().zip(wanted).enumerate() {
        let payloads = line["payloads"].as_array().unwrap();
        let types: Vec<_> = payloads.iter().map(|payload| &payload["type"]).collect();
        assert_eq!((&line["packets"], &line["version"]), (&json!([n + 1]), &json!(wanted.octets[17] >> 4)), "{}: {line}", wanted.name);
        let of_sa = |payload: &Value| payload["proposals"].as_array().unwrap().iter().map(notation).collect::<Vec<_>>();
        let sa: Vec<_> = payloads.iter().filter(|payload| payload["type"] == 33).map(of_sa).collect();
        let (types, must) = (json!(types), wanted.payloads.as_array().unwrap());
        // Only behind the octet that Length calls the last may there be more than the daemon went by.
        let is_longer = line["len"].as_u64().unwrap() < u64::try_from(wanted.octets.len()).unwrap();
        let begins = types.as_array().unwrap().starts_with(must) && sa.starts_with(&wanted.sa);
        assert!(begins && (is_longer || (types == wanted.payloads && sa == wanted.sa)), "{}: {line}", wanted.name);
        let faults = line["faults"].as_array().unwrap();
        assert_eq!(line["fault"].is_null(), faults.is_empty(), "{}: {line}", wanted.name);
    }
}

#[test]
fn what_a_daemon_accepted_is_shown_whole() {
    for file in ["accepted.jsonl", "live.jsonl"] {
        let wanted = accepted(&crate::kit::root().join("tests/data/lenient"), file);
        assert!(wanted.len() > 1000, "{} requests in {file}", wanted.len());
        all_are_whole(file, &wanted);
    }
}

#[test]
#[ignore = "needs IKEV2_SHARED"]
fn all_that_daemons_accepted_is_shown_whole() {
    let wanted = accepted(&shared("cases/lenient"), "accepted.jsonl");
    assert_eq!(wanted.len(), 6424);
    all_are_whole("lenient_all", &wanted);
}

const SPIS: (u64, u64) = (7, 0);
/// Proposal 7 with Last Substruc 2, of one transform that it counts as two.
const ODD_SA: [u8; 20] = [2, 0, 0, 20, 7, 1, 0, 2, 3, 0, 0, 12, 1, 0, 0, 12, 0x80, 14, 1, 0];

/// IKE_SA_INIT whose header says that it has no octet.
fn without_length() -> Vec<u8> {
    let mut octets = message(SPIS, 34, 8, 0, &[(33, &ODD_SA), (40, &[5; 16])]);
    octets[24..28].fill(0);
    octets
}

#[test]
fn every_fault_is_told_with_its_code_and_the_first_by_itself() {
    let (_, out, err) = json(&Pcap::new().udp(Path::ports(500, 500), &without_length()).write("every_fault"));
    let line = &lines(&out)[0];
    let fault = |element: &str, offset: usize, code: &str, cause: &str| json!({ "element": element, "offset": offset, "code": code, "cause": cause });
    let faults = json!([
        fault("IKE header", 24, "length-too-small", "length field says 0, the least possible is 28"),
        fault("proposal", 32, "last-substructure", "Last Substruc is 2, expected 0"),
        fault("proposal", 32, "count-mismatch", "count field says 2, there are 1"),
        fault("transform", 40, "last-substructure", "Last Substruc is 3, expected 0"),
    ]);
    let sorted = |faults: &Value| {
        let mut texts: Vec<_> = faults.as_array().unwrap().iter().map(Value::to_string).collect();
        texts.sort();
        texts
    };
    assert_eq!(sorted(&line["faults"]), sorted(&faults));
    assert_eq!(line["fault"], json!({ "element": "IKE header", "offset": 24, "cause": "length field says 0, the least possible is 28" }));
    assert_eq!(
        (&line["len"], &line["version"], notation(&line["payloads"][0]["proposals"][0])),
        (&json!(0), &json!(2), "7 1 1.12.256".into())
    );
    assert!(err.contains("1 message with a fault"), "{err}");
}

#[test]
fn further_key_lengths_and_those_without_a_number_are_attributes() {
    let transform = |attributes: &[u8]| {
        let length = u8::try_from(8 + attributes.len()).unwrap();
        [&[3, 0, 0, length, 1, 0, 0, 12], attributes].concat()
    };
    let wanted = [
        (&[0x80, 14, 0, 128, 0x80, 14, 1, 0][..], json!(128), json!([{ "type": 14, "value": "0100" }])),
        (&[0, 14, 0, 2, 1, 0, 0x80, 14, 0, 128], json!(256), json!([{ "type": 14, "value": "0080" }])),
        (&[0, 14, 0, 1, 128, 0, 14, 0, 3, 0, 1, 0], json!(128), json!([{ "type": 14, "value": "000100" }])),
        (&[0, 14, 0, 3, 1, 0, 0, 0x80, 14, 1, 0], Value::Null, json!([{ "type": 14, "value": "010000" }, { "type": 14, "value": "0100" }])),
        (&[0, 14, 0, 0], Value::Null, json!([{ "type": 14, "value": "" }])),
        (&[0x80, 18, 0, 1, 0x80, 14, 1, 0], json!(256), json!([{ "type": 18, "value": "0001" }])),
    ];
    let transforms: Vec<u8> = wanted.iter().flat_map(|(attributes, ..)| transform(attributes)).collect();
    let length = u8::try_from(8 + transforms.len()).unwrap();
    let sa = [&[0, 0, 0, length, 1, 1, 0, 6], &transforms[..]].concat();
    let file = Pcap::new().udp(Path::ports(500, 500), &message(SPIS, 34, 8, 0, &[(33, &sa)])).write("key_lengths");
    let line = &lines(&json(&file).1)[0];
    let found = line["payloads"][0]["proposals"][0]["transforms"].as_array().unwrap();
    assert_eq!(found.len(), wanted.len());
    for (found, (_, bits, attributes)) in found.iter().zip(&wanted) {
        assert_eq!((&found["key_bits"], &found["attributes"]), (bits, attributes), "{found}");
    }
    let (_, tree, _) = start(&[file.to_str().unwrap()]);
    let words = ["ENCR_AES_CBC (12) 128 bits 256 bits,", "256 bits as TLV 128 bits,", "(14): 0x010000] 256 bits,"];
    let tree = tree.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.iter().all(|words| tree.contains(words)), "{tree}");
}

/// A message of IKEv1: a header, and octets that nobody reads.
pub(crate) fn ikev1(exchange: u8, flags: u8, id: u32) -> Vec<u8> {
    let mut octets = message((0x0102_0304_0506_0708, 9), exchange, flags, id, &[(1, &[0; 8])]);
    octets[17] = 0x10;
    octets
}

#[test]
fn ikev1_is_told_as_what_it_is() {
    let path = Path::ports(500, 500);
    let mut pcap = Pcap::new();
    for (exchange, flags, id) in [(2, 0, 0), (4, 1, 0), (32, 3, 7), (5, 4, 8), (6, 8, 9)] {
        pcap.udp(path, &ikev1(exchange, flags, id));
    }
    let file = pcap.udp(path, &[&ikev1(2, 0, 0)[..], &[0]].concat()).write("ikev1");
    let (status, out, err) = json(&file);
    let found = lines(&out);
    let header = |exchange: u8, name: Value, flags: [bool; 3], id: u32| {
        json!({
            "len": 40, "cookie_i": "0102030405060708", "cookie_r": "0000000000000009", "version": 1, "exchange": exchange, "exchange_name": name,
            "encrypted": flags[0], "commit": flags[1], "authentication_only": flags[2], "message_id": id,
            "payloads": [], "fault": null, "faults": [],
        })
    };
    let wanted = [
        header(2, json!("Identity Protection"), [false; 3], 0),
        header(4, json!("Aggressive"), [true, false, false], 0),
        header(32, json!("Quick Mode"), [true, true, false], 7),
        header(5, json!("Informational"), [false, false, true], 8),
        header(6, Value::Null, [false; 3], 9),
    ];
    for (line, wanted) in found.iter().zip(&wanted) {
        let mut line = line.as_object().unwrap().clone();
        for name in ["kind", "packets", "time", "src", "dst", "transport", "ip_fragments"] {
            assert!(line.shift_remove(name).is_some(), "{name}");
        }
        assert_eq!(Value::Object(line), *wanted);
    }
    // Length is where IKEv2 has it.
    assert_eq!((&found[5]["fault"]["cause"], found[5]["faults"].as_array().unwrap().len()), (&json!("1 trailing octets"), 1));
    assert_eq!((status, &found[6]["messages"], &found[6]["ike_sas"]), (0, &json!(6), &json!(0)));
    assert_eq!(err.trim_end(), format!("ike inspect: {}: 1 message with a fault", file.display()));
    let (_, tree, _) = start(&[file.to_str().unwrap()]);
    let wanted = "Message 3: IKEv1 Quick Mode (32), message ID 7, encrypted, commit, 40 octets\n  \
                  packet 3 at 0.002000 s, UDP 192.0.2.1:500 > 192.0.2.2:500\n  \
                  cookies 0102030405060708 (initiator), 0000000000000009 (responder)\n\n";
    assert!(tree.contains(wanted), "{tree}");
    assert!(tree.contains("\n  IKEv1 Identity Protection (2) 2 messages\n"), "{tree}");
    for invented in ["request", "response", "from the"] {
        assert!(!tree.contains(invented), "{invented}: {tree}");
    }
}

#[test]
fn the_exchanges_of_ikev1_have_the_names_that_tshark_gives() {
    // "Exchange type" of `tshark -V`, version 4.0.17.
    let theirs = [
        (1, "Base"),
        (2, "Identity Protection (Main Mode)"),
        (3, "Authentication Only"),
        (4, "Aggressive"),
        (5, "Informational"),
        (32, "Quick Mode"),
        (33, "New Group Mode"),
    ];
    let mut pcap = Pcap::new();
    for (exchange, _) in theirs {
        pcap.udp(Path::ports(500, 500), &ikev1(exchange, 0, 0));
    }
    let found = lines(&json(&pcap.write("ikev1_names")).1);
    for (line, (number, name)) in found.iter().zip(theirs) {
        let ours = line["exchange_name"].as_str().unwrap();
        assert!(line["exchange"] == number && name.split(" (").next() == Some(ours), "{number} {ours} {name}");
    }
}

#[test]
fn a_version_decides_by_what_exchange_it_names() {
    let path = Path::ports(500, 500);
    let with = |octet: u8, exchange: u8| {
        let mut octets = message(SPIS, exchange, 8, 3, &[(33, &ODD_SA), (40, &[5; 16])]);
        octets[17] = octet;
        octets
    };
    let mut pcap = Pcap::new();
    pcap.udp(path, &with(0x10, 34)).udp(path, &with(0x31, 34)).udp(path, &with(0x31, 33)).udp(path, &with(0x20, 33));
    let file = pcap.write("versions");
    let found = lines(&json(&file).1);
    // IKEv2, with the version for a fault.
    for (line, version) in found.iter().zip([1, 3]) {
        let types: Vec<_> = line["payloads"].as_array().unwrap().iter().map(|payload| &payload["type"]).collect();
        assert_eq!((&line["version"], types, &line["initiator"]), (&json!(version), vec![&json!(33), &json!(40)], &json!(true)));
        assert_eq!((&line["faults"][0]["code"], line["faults"].as_array().unwrap().len()), (&json!("major-version"), 4), "{line}");
    }
    let wanted = json!({ "spi_i": "0000000000000007", "version": 3, "exchange": 33, "flags": 8, "message_id": 3, "payloads": [] });
    for (name, value) in wanted.as_object().unwrap() {
        assert_eq!(&found[2][name], value, "{name}");
    }
    assert!(found[2].get("initiator").is_none() && found[2].get("response").is_none());
    assert_eq!(found[2]["fault"]["cause"], "major version 3");
    assert_eq!((&found[3]["version"], &found[3]["exchange"], &found[3]["initiator"]), (&json!(2), &json!(33), &json!(true)));
    let (_, tree, _) = start(&[file.to_str().unwrap()]);
    assert!(tree.contains("Message 3: version 3.1, exchange type 33, flags 0x08, message ID 3, 72 octets\n"), "{tree}");
    assert_eq!(tree.matches("FAULT  IKE header at octet 17 of the message: major version").count(), 3, "{tree}");
}

#[test]
fn the_tree_shows_a_message_of_length_0_whole_and_a_line_for_each_fault() {
    let (_, tree, _) = start(&[Pcap::new().udp(Path::ports(500, 500), &without_length()).write("length_0").to_str().unwrap()]);
    for part in [
        "IKE_SA_INIT (34) request, message ID 0, from the initiator, 72 octets where Length says 0\n",
        "  SA         24  Security Association, 1 proposal\n",
        "proposal 7  IKE (1), 1 transform\n",
        "ENCR_AES_CBC (12) 256 bits\n",
        "  Nonce      20  Nonce of 16 octets\n",
        "  FAULT  IKE header at octet 24 of the message: length field says 0, the least possible is 28\n",
        "  FAULT  proposal at octet 32 of the message: Last Substruc is 2, expected 0\n",
        "  FAULT  transform at octet 40 of the message: Last Substruc is 3, expected 0\n",
    ] {
        assert!(tree.contains(part), "{part}: {tree}");
    }
    // Of many faults the first are shown.
    let many = message(SPIS, 34, 8, 0, &[(33, &[0xff, 0, 0, 8, 9, 1, 0, 0].repeat(20))]);
    let (_, tree, _) = start(&[Pcap::new().udp(Path::ports(500, 500), &many).write("many_faults").to_str().unwrap()]);
    assert!(tree.contains("Security Association, 20 proposals\n"), "{tree}");
    assert_eq!((tree.matches("  FAULT  proposal at").count(), tree.matches("  FAULT  and 31 more\n").count()), (8, 1), "{tree}");
}

#[test]
fn what_stands_before_a_fault_in_a_body_is_shown() {
    let selectors = [&[2, 0, 0, 0][..], &[7, 0, 0, 16, 0, 0, 0xff, 0xff, 10, 0, 0, 1, 10, 0, 0, 1], &[7, 0, 0, 99, 1]].concat();
    let configuration = [&[1, 0, 0, 0][..], &[0, 1, 0, 4, 10, 0, 0, 9], &[0, 3, 0, 99]].concat();
    let delete = [3, 4, 0, 9, 0, 0, 0, 1, 0, 0, 0, 2, 7];
    let notify = [3, 200, 0, 14, 1, 2, 3, 4];
    let file = message(SPIS, 37, 8, 1, &[(44, &selectors), (47, &configuration), (42, &delete), (41, &notify)]);
    let file = Pcap::new().udp(Path::ports(500, 500), &file).write("before_a_fault");
    let line = &lines(&json(&file).1)[0];
    let payload = |n: usize| &line["payloads"][n];
    assert_eq!((payload(0)["selectors"].as_array().unwrap().len(), &payload(0)["selectors"][0]["start"]), (1, &json!("10.0.0.1")));
    assert_eq!(payload(1)["attributes"].as_array().unwrap().len(), 1);
    assert_eq!(payload(2)["spis"], json!(["00000001", "00000002"]));
    assert_eq!((&payload(3)["notify"], &payload(3)["spi"]), (&json!(14), &json!("01020304")));
    let (_, tree, _) = start(&[file.to_str().unwrap()]);
    for part in [
        "10.0.0.1, any protocol, any port",
        "INTERNAL_IP4_ADDRESS (1)  10.0.0.9",
        "Delete ESP (3) SA 00000001, 00000002",
        "NO_PROPOSAL_CHOSEN (14)",
    ] {
        assert!(tree.contains(part), "{part}: {tree}");
    }
    assert_eq!(tree.matches("  FAULT  ").count(), line["faults"].as_array().unwrap().len(), "{tree}");
}

#[test]
fn octets_stand_beside_what_was_read_of_them_where_they_are_asked_for() {
    let hex = |octets: &[u8]| octets.iter().map(|octet| format!("{octet:02x}")).collect::<String>();
    let there = [&without_length(), &ikev1(2, 0, 0), &any_message(1)[..]].map(<[u8]>::to_vec);
    let mut pcap = Pcap::new();
    for octets in &there {
        pcap.udp(Path::ports(500, 500), octets);
    }
    let file = pcap.write("octets");
    let file = file.to_str().unwrap();
    let found = lines(&start(&["--json", "--octets", file]).1);
    for (line, octets) in found.iter().zip(&there) {
        assert_eq!(line["octets"], hex(octets));
    }
    let bodies: Vec<_> = found[0]["payloads"].as_array().unwrap().iter().map(|payload| &payload["octets"]).collect();
    assert_eq!(bodies, [&json!(hex(&ODD_SA)), &json!(hex(&[5; 16]))]);
    // Without them nothing else changes.
    let mut without = found;
    for line in &mut without {
        let line = line.as_object_mut().unwrap();
        line.shift_remove("octets");
        for payload in line.get_mut("payloads").and_then(Value::as_array_mut).into_iter().flatten() {
            payload.as_object_mut().unwrap().shift_remove("octets").unwrap();
        }
    }
    assert_eq!(without, lines(&start(&["--json", file]).1));
    let (status, out, err) = start(&["--octets", file]);
    assert_eq!((status, &*out), (2, ""));
    assert!(err.contains("--json"), "{err}");
}
