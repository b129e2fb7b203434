//! Exit statuses: each that a subcommand has, and when.

use super::hold;
use crate::diagnose::Edit;
use crate::kit::ike;

#[test]
fn the_exit_status_says_what_others_rely_on() {
    let empty = Edit::of("psk-v4").keep(|_| false).write("contracts-empty");
    let empty = empty.to_str().unwrap();
    let out = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("contracts_status");
    let offer = ["--offer", "aes128-sha256-ecp256"];
    let good = r#"{"offer_hex":"","local":"aes128-sha256-ecp256"}"#;
    let rows: &[(&str, &str, &[&str], &str)] = &[
        ("diagnose", "an IKE SA came up and no error was found", &["tests/captures/psk-v4.pcap"], ""),
        ("diagnose", "an error was found", &["tests/captures/err-npc-init.pcap"], ""),
        ("diagnose", "a file that is no capture", &["Cargo.toml"], ""),
        ("diagnose", "a capture without IKE", &[empty], ""),
        ("inspect", "a capture", &["tests/captures/err-npc-init.pcap"], ""),
        ("inspect", "a capture without IKE", &[empty], ""),
        ("inspect", "a file that is no capture", &["Cargo.toml"], ""),
        ("negotiate", "an agreement", &[offer[0], offer[1], "--local", offer[1]], ""),
        ("negotiate", "a refusal", &[offer[0], offer[1], "--local", "aes256-sha384-ecp384"], ""),
        ("negotiate", "an offer that cannot be read", &["--offer", "nonsense", "--local", offer[1]], ""),
        ("negotiate", "a capture without an offer", &["--pcap", empty, "--local", offer[1]], ""),
        ("negotiate", "every line was answered", &["--json"], good),
        ("negotiate", "a line was not answered", &["--json"], "{}"),
        ("negotiate", "the list of profiles", &["--list"], ""),
        ("certificate", "fit", &["--at", "2026-12-01", "--role", "client", "tests/data/certificates-made/eku-both.pem"], ""),
        ("certificate", "not fit", &["--at", "2026-12-01", "tests/data/certificates-made/eku-none.pem"], ""),
        ("certificate", "a file without a certificate", &["Cargo.toml"], ""),
        ("certificate", "it cannot be told", &["--at", "2026-12-01", "tests/data/certificates-made/alone.pem"], ""),
        ("handshake", "a wrong command line", &["initiate", "nobody"], ""),
        ("probe", "the name has no address", &["nobody.invalid"], ""),
        ("probe", "an offer that cannot be read", &["127.0.0.1", "--offer", "nonsense"], ""),
        ("probe", "the record cannot be written", &["127.0.0.1", "--record", "no/such/folder/run.pcap"], ""),
        (
            "compare",
            "a report",
            &["--runs", "1", "--strategy", "paced", "--path", "ethernet", "--size", "1598", "--out", out.to_str().unwrap()],
            "",
        ),
        ("compare", "a wrong command line", &["--path", "nowhere"], ""),
        ("completions", "a shell", &["bash"], ""),
        ("completions", "no shell", &["nonsense"], ""),
        ("man", "a page", &["diagnose"], ""),
        ("man", "no subcommand", &["nonsense"], ""),
    ];
    let mut found: Vec<_> = rows
        .iter()
        .map(|(command, when, args, input)| {
            let (status, _, _) = ike([*command].iter().chain(*args), input);
            format!("ike {command}: {status} {when}")
        })
        .collect();
    // What only two sides can bring about is asserted in `handshake`.
    for (status, when) in [(0, "the plan was carried out"), (1, "the peer refused"), (3, "no answer"), (4, "authentication failed")] {
        found.push(format!("ike handshake: {status} {when}"));
    }
    // And what only a gateway can, in `probe`.
    for (status, when) in [(0, "the way is fit"), (1, "the way is not fit"), (3, "it cannot be told")] {
        found.push(format!("ike probe: {status} {when}"));
    }
    found.push(format!("ike: {} no subcommand", ike([""; 0], "").0));
    found.push(format!("ike: {} --version", ike(["--version"], "").0));
    hold("status", found);
}
