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
    for line in text.lines().skip(1).filter(|line| !line.contains('|') && !line.contains(".pcap")) {
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
        rungs[2].contains("IKE_AUTH request first 1480 octets only") && rungs[2].ends_with("IP fragments LOST (1 came)"),
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
    assert_eq!(keys[..4], ["kind", "codes", "windows_error", "text"]);
    assert_eq!((&verdict["codes"], &verdict["windows_error"]), (&serde_json::json!(["AuthenticationFailed"]), &13801.into()));
}

#[test]
fn thousands_of_ike_sas_are_judged_and_the_bounds_are_told() {
    const SAS: usize = 5000;
    let one = Edit::of("err-auth-failed-psk");
    let mut many = one.clone().keep(|_| false);
    for sa in 0..SAS {
        for (time, frame) in &one.packets {
            let mut frame = frame.clone();
            // Both SPIs: of the responder only where there is one.
            frame[42..46].copy_from_slice(&(sa as u32).to_be_bytes());
            if frame[50..58] != [0; 8] {
                frame[50..54].copy_from_slice(&(sa as u32).to_be_bytes());
            }
            many.packets.push((sa as u64 * 1000 + time, frame));
        }
    }
    let file = many.write("thousands");
    let (status, out, _) = start(&["--json", path(&file)]);
    assert_eq!(status, 1);
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (verdict, findings) = lines.split_last().unwrap();
    assert_eq!((&verdict["ike_sas"], &verdict["failed"], &verdict["closed_early"]), (&SAS.into(), &SAS.into(), &(SAS - 4096).into()));
    assert_eq!(findings.iter().filter(|f| f["code"] == "AuthenticationFailed").count(), SAS);
    assert_eq!(verdict["codes"], serde_json::json!(["AuthenticationFailed"]));
    let (_, text, _) = start(&[path(&file)]);
    assert!(
        text.starts_with("The proof of identity was refused") && text.lines().next().unwrap().contains("(5000 of 5000 IKE SAs failed)")
    );
    assert!(
        text.contains("more IKE SAs are not shown") && text.contains("Bounds reached: 904 IKE SAs were judged"),
        "{}",
        &text[text.len() - 600..]
    );
    assert!(text.lines().count() < 1500, "{} lines", text.lines().count());
}

#[test]
fn the_page_is_whole_and_escapes_what_it_is_given() {
    // A file name is somebody else's text, too.
    let edit = Edit::of("err-npc-init");
    let file = edit.write("<script>alert(1)</script>&\"'".replace('/', "").as_str());
    let page = file.with_extension("html");
    let (status, _, _) = start(&["--html", path(&page), path(&file)]);
    assert_eq!(status, 1);
    let html = std::fs::read_to_string(&page).unwrap();
    assert!(!html.contains("<script") && html.contains("&lt;script&gt;alert(1)&lt;script&gt;&amp;&quot;&#39;"), "{html}");
    for outside in ["http://", "https://", "src=", "@import", "url("] {
        let rest = html.replace("http://www.w3.org/2000/svg", "");
        assert!(!rest.contains(outside), "{outside}");
    }
    assert!(html.starts_with("<!doctype html>") && html.trim_end().ends_with("</html>") && html.contains("<svg "));
    balanced(&html);
}

/// Every element that is opened is closed, in order.
fn balanced(html: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let end = at + rest[at..].find('>').unwrap();
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap();
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') && !tag.starts_with('!') && !["meta", "br"].contains(&name) {
            open.push(name);
        }
    }
    assert_eq!(open, [""; 0]);
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
