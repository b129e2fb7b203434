//! The outputs of `ike diagnose`: what people read first, the JSON contract, a page that cannot be made to run anything.

use super::Edit;
use serde_json::Value;
use std::path::Path;

fn start(args: &[&str]) -> (u8, String, String) {
    crate::kit::ike(["diagnose"].iter().chain(args), "")
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn the_verdict_is_the_first_line_and_the_status_tells_it_too() {
    let (status, text, _) = start(&[path(&crate::recorded::capture_path("psk-v4", ".pcap"))]);
    assert_eq!((status, text.lines().next().unwrap()), (0, "Nothing is wrong: 1 IKE SA came up."));
    let (status, text, _) = start(&[path(&crate::recorded::capture_path("err-npc-init", ".pcap"))]);
    assert_eq!(status, 1);
    let first = text.lines().next().unwrap();
    assert_eq!(
        first,
        "The two sides have no encryption settings in common: set the same proposal on client and server. [Windows error 800]"
    );
    assert!(text.contains("NativeProtocolType = IKEv2") && text.contains("Set-VpnServerConfiguration -CustomPolicy"));
    let pasted = |line: &str| ["Set-Vpn", "reg add"].iter().any(|verb| line.trim_start().starts_with(verb));
    for line in text.lines().skip(1).filter(|line| !line.contains('|') && !line.contains(".pcap") && !pasted(line)) {
        assert!(line.chars().count() <= 110, "{line}");
    }
}

/// One that is read without complaint.
const CAPTURE: &str = "tests/captures/psk-v4.pcap";

#[test]
fn wrong_command_lines_and_files_are_told() {
    for args in [
        &[][..],
        &["--nothing"],
        &["a", "b"],
        &["--port", "0", CAPTURE],
        &["no-such-file"],
        &["--policy", "xyzzy", CAPTURE],
        &["Cargo.toml"],
    ] {
        let (status, out, complaints) = start(args);
        assert_eq!((status, &*out), (2, ""), "{args:?}");
        assert!(complaints.starts_with("ike diagnose: ") || complaints.starts_with("error: "), "{args:?}: {complaints}");
    }
    assert_eq!(start(&["--help"]).0, 0);
    const EMPTY: &str = "There is no IKEv2 in this capture: it is empty, 0 packets. Capture again on the adapter by which the tunnel goes out, \
                         and let the filter pass UDP 500 and 4500.";
    let empty = Edit::of("psk-v4").keep(|_| false).write("empty");
    let (status, text, _) = start(&[path(&empty)]);
    assert_eq!((status, text.lines().next().unwrap()), (3, EMPTY));
}

#[test]
fn the_ladder_shows_sizes_fragments_and_repetition() {
    let lost = Edit::of("rsa4096-nofrag-v4").keep(|n| n <= 3).retransmit(3..=3, &[4.0]).renumber().write("ladder");
    let (_, text, _) = start(&[path(&lost)]);
    let rungs: Vec<&str> = text.lines().filter(|line| line.contains("|")).collect();
    assert_eq!(rungs.len(), 4, "{text}");
    assert!(rungs[0].contains("|- IKE_SA_INIT request 292 octets ---") && rungs[1].contains("IKE_SA_INIT response 365 octets -|"));
    assert!(
        rungs[2].contains("IKE_AUTH request first 1480 octets only") && rungs[2].ends_with("the other IP fragments are not in the capture"),
        "{}",
        rungs[2]
    );
    let whole = start(&[path(&crate::recorded::capture_path("frag-loss-response", ".pcap"))]).1;
    for words in ["IKE_AUTH request 1-11 of 11, each up to 576 octets", "IKE_AUTH response 2-11 of 11", "sent again"] {
        assert!(whole.contains(words), "{words}: {whole}");
    }
}

#[test]
fn sizes_name_keys_and_plan_every_path() {
    let (capture, keys) =
        (crate::recorded::capture_path("rsa4096-nofrag-v4", ".pcap"), crate::recorded::capture_path("rsa4096-nofrag-v4", ".keys.json"));
    let (_, text, _) = start(&["--keys", path(&keys), path(&capture)]);
    let rows = crate::recorded::json(&crate::recorded::capture_path("rsa4096-nofrag-v4", ".messages.json"));
    let content = rows[2]["plaintext"].as_str().unwrap().len() / 2;
    assert!(text.contains(&format!("{content} octets of content, 5184 as one message, 5212 as one IP packet")), "{text}");
    assert!(text.contains("CERT 1422 (RSA 4096 bits)") && text.contains("CERTREQ 65 (3 trusted authorities)"));
    assert!(text.contains("path MTU       1500 1492 1480 1460 1428 1420 1400 1358 1280  576"));
    // As many fragments as strongSwan makes of the same content under the same cipher.
    assert!(text.contains("IKE messages      4    4    4    4    4    4    4    5    5   11"));
    let (_, sent, _) = start(&[path(&crate::recorded::capture_path("rsa4096-frag576-v4", ".pcap"))]);
    assert!(sent.contains("request 1-11 of 11"), "{sent}");
}

#[test]
fn json_lines_keep_the_contract() {
    let (_, out, _) = start(&["--json", path(&crate::recorded::capture_path("err-auth-failed-cert", ".pcap"))]);
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (verdict, findings) = lines.split_last().unwrap();
    for finding in findings {
        let keys: Vec<&str> = finding.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys[..8], ["kind", "code", "severity", "sa", "packets", "text", "remedy", "details"]);
        assert_eq!(finding["kind"], "finding");
        assert!(finding["details"].is_object() && finding["packets"].is_array());
    }
    let keys: Vec<&str> = verdict.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys[..5], ["kind", "state", "codes", "causes", "not_seen"]);
    let capture = &verdict["capture"];
    assert!(capture["names"][0].as_str().unwrap().ends_with("err-auth-failed-cert.pcap"), "{capture}");
    let start = capture["start"].as_f64().unwrap();
    assert!(start > 1.7e9 && capture["duration"].as_f64().unwrap() < 1.0 && capture["packets"].as_u64() > Some(3), "{capture}");
    for finding in findings {
        let epoch = finding["epoch"].as_f64().unwrap();
        assert!((epoch - start - finding["time"].as_f64().unwrap()).abs() < 1e-3, "{finding}");
    }
    assert_eq!(verdict["tool"], concat!("ike ", env!("CARGO_PKG_VERSION")));
    assert_eq!(verdict["warnings"], serde_json::json!([]));
    assert_eq!((&verdict["codes"], &verdict["windows_error"]), (&serde_json::json!(["AuthenticationFailed"]), &13801.into()));
}

#[test]
fn what_cannot_be_told_is_neither_well_nor_bad() {
    // The first two messages of a handshake that went well: nothing is wrong with them, and nothing came up.
    let begun = Edit::of("psk-v4").keep(|n| n <= 2).write("begun");
    let (status, text, _) = start(&[path(&begun)]);
    assert_eq!(status, 3, "{text}");
    assert!(!text.contains("Nothing is wrong"), "{text}");
}

#[test]
fn what_was_not_seen_stands_beside_how_to_see_it() {
    // Nothing after the first fragment of each datagram.
    let filtered = crate::diagnose::case("filter-answer-lost.pcap");
    let (status, text, _) = start(&[path(&filtered)]);
    assert_eq!(status, 3);
    for line in [
        "Result: it cannot be told.",
        "  - how it went on: the capture ends soon after the last message; let it run for 60 seconds after the attempt.",
        "    pktmon start --capture --pkt-size 0 --comp nics --file-name ike.etl",
        "    pktmon etl2pcap ike.etl --out ike.pcapng",
        "    tcpdump -i any -s 0 -w ike.pcap 'udp port 500 or udp port 4500 or esp or icmp or icmp6 or ip[6:2] & 0x1fff != 0 or ip6 proto 44 or tcp port 443'",
    ] {
        assert!(text.lines().any(|shown| shown == line), "{line}: {text}");
    }
    assert!(text.contains("the other IP fragments are not in the capture") && !text.contains("LOST"), "{text}");
    let warned = crate::diagnose::run(&filtered, &[]).verdict["warnings"].clone();
    assert!(warned.as_array().unwrap().len() == 10 && warned[0].as_str().unwrap().starts_with("packet 3: "), "{warned}");
    // Who has seen a success is not sent to capture again.
    let (_, text, _) = start(&[path(&crate::recorded::capture_path("psk-v4", ".pcap"))]);
    assert!(text.contains("Result: it came up.") && !text.contains("tcpdump"), "{text}");
}

#[test]
fn clock_times_are_those_of_the_capture() {
    // The first packet was seen at 1700000000.
    let file = Edit::of("err-npc-init").write("clock");
    let (_, text, _) = start(&[path(&file)]);
    for words in ["2023-11-14 22:13:20 to 2023-11-14 22:13:20 UTC", "  22:13:20.000    0.000      1  |- IKE_SA_INIT", "(22:13:20.000 UTC)"]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
    let (_, text, _) = start(&["--utc-offset", "+05:30", path(&file)]);
    assert!(text.contains("2023-11-15 03:43:20 to") && text.contains("(03:43:20.000 UTC+05:30)"), "{text}");
    assert_eq!(start(&["--utc-offset", "5", path(&file)]).0, 2);
}

#[test]
fn settings_of_products_that_are_not_there_are_named() {
    let file = crate::diagnose::case("mixed-40-clients.pcap");
    let names = "not seen here (--all-products shows their settings): ";
    let (_, few, _) = start(&[path(&file)]);
    let (_, all, _) = start(&["--all-products", path(&file)]);
    assert!(few.contains(names) && !few.contains("            FortiGate      config"), "{few}");
    assert!(!all.contains(names) && all.contains("            FortiGate      config"), "{all}");
}

#[test]
fn copies_of_a_packet_are_no_lines_of_the_ladder() {
    let (_, text, _) = start(&[path(&crate::diagnose::case("healthy-both-sides-of-nat.pcap"))]);
    assert!(text.contains("; 6 copies of packets left out") && !text.contains("sent again"), "{text}");
    assert_eq!(text.lines().filter(|line| line.contains("octets")).count(), 6, "{text}");
}

#[test]
fn a_capture_that_breaks_off_in_nonsense_is_no_proof() {
    for (name, status) in [("psk-v4", 2), ("err-npc-init", 1)] {
        let mut octets = std::fs::read(crate::recorded::capture_path(name, ".pcap")).unwrap();
        octets.extend([0xff; 64]);
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("broken-{name}.pcap"));
        std::fs::write(&file, octets).unwrap();
        let (found, text, _) = start(&[path(&file)]);
        assert!(found == status && text.contains("the capture file is damaged"), "{name}: {found} {text}");
    }
}
