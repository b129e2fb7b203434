//! What the program prints, and its exit status.

use super::{committed, when};
use crate::kit::ike;
use ikev2_tools::report::{self, Style};
use serde_json::Value;

/// The words of a command line over a committed certificate.
pub(crate) fn words<'w>(at: &'w str, file: &'w str, more: &[&'w str]) -> Vec<String> {
    let file = committed().join(file).to_str().unwrap().to_owned();
    let first = ["certificate", "--at", at].map(str::to_owned);
    first.into_iter().chain(more.iter().map(|word| (*word).to_owned())).chain([file]).collect()
}

fn now() -> String {
    when(&committed()).to_string()
}

#[test]
fn the_answer_comes_first_and_the_status_says_it_too() {
    let at = now();
    for (file, more, status, first) in [
        ("key-p256.pem", &["--name", "vpn.example.net"][..], 0, "Fit for a VPN server that Windows clients connect to as vpn.example.net"),
        ("eku-both.pem", &["--role", "client"], 0, "Fit for the machine certificate of a Windows client"),
        (
            "key-p256.pem",
            &["--name", "other.example.net"],
            1,
            "Not fit for a VPN server that Windows clients connect to as other.example.net: ",
        ),
        ("alone.pem", &[], 3, "It cannot be told whether it is fit for a VPN server that Windows clients connect to: "),
        ("form.pfx", &[], 2, ""),
    ] {
        let (ended, out, err) = ike(words(&at, file, more), "");
        let out = out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(ended == status && out.starts_with(first), "{file}: {ended} {out}");
        assert_eq!(err.is_empty(), status != 2, "{file}: {err}");
    }
    let (status, out, err) = ike(["certificate", "nowhere.pem"], "");
    assert!(status == 2 && out.is_empty() && err.contains("nowhere.pem"), "{err}");
    assert_eq!(ike(["certificate", "--at", "yesterday", "x.pem"], "").0, 2);
    assert_eq!(ike(["certificate", "--mtu", "20", "x.pem"], "").0, 2);
    // From a pipe.
    let pem = std::fs::read(committed().join("key-p256.pem")).unwrap();
    assert_eq!(ike(["certificate", "--at", &*at, "-"], pem).0, 0);
}

#[test]
fn the_object_has_what_the_text_has() {
    let at = now();
    let (status, out, _) = ike(words(&at, "gap.pem", &["--json", "--name", "vpn.example.net"]), "");
    let found: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((status, found["verdict"].as_str(), out.lines().count()), (1, Some("not_fit"), 1));
    assert_eq!(found["problems"][0]["code"], "issuer_missing");
    assert_eq!(found["problems"][0]["windows_error"], 13801);
    assert_eq!(found["chain"]["end"], "issuer_missing");
    assert_eq!(found["certificates"][0]["extended_key_usage"][0], "1.3.6.1.5.5.7.3.1");
    assert_eq!(found["weight"]["paths"][3]["mtu"], 576);
    assert_eq!(found["at"].to_string(), at);
    // A file that cannot be read has an object too, for who asks for one.
    let (status, out, err) = ike(words(&at, "form.pfx", &["--json"]), "");
    let found: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((status, found["verdict"].as_str(), found["errors"][0]["octet"].as_u64()), (2, Some("unreadable"), Some(0)));
    assert!(err.contains("form.pfx, octet 0: this is a PKCS#12 file"), "{err}");
}

#[test]
fn a_report_fits_the_terminal() {
    use ikev2_tools::evidence::certificate::{ExamineOptions, examine};
    let folder = committed();
    for entry in
        folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|end| end == "pem"))
    {
        let octets = std::fs::read(&entry).unwrap();
        let found = examine(&[("file.pem", &octets)], &[], &ExamineOptions::at(when(&folder)));
        for width in [72, 80, 100] {
            let text = report::certificate::text(&found, Style { width: Some(width), colour: false });
            let wide: Vec<&str> = text.lines().filter(|line| line.chars().count() > width).collect();
            // The name of a certificate is not broken, nor are the sizes of packets.
            let wide: Vec<&&str> = wide.iter().filter(|line| !line.starts_with("  1. ") && !line.starts_with("   ")).collect();
            assert!(wide.is_empty(), "{}: {width} columns: {wide:#?}", entry.display());
            let said = text.split_whitespace().collect::<Vec<_>>().join(" ");
            for problem in &found.problems {
                let words = problem.text.split_whitespace().collect::<Vec<_>>().join(" ");
                assert!(said.contains(&words), "{}: {words}", entry.display());
            }
        }
    }
}
