//! `ike probe` against gateways on the loopback interface, where nothing is lost and no packet is too large.

use crate::gateway;
use crate::html::{balanced, plain};
use crate::kit::{ike, program};
use ikev2::probe::VENDOR_ID;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::Stdio;

fn temporary(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Status, the answers, and the verdict.
fn probe(args: &[&str]) -> (u8, Vec<Value>, Value) {
    let (status, out, err) = ike(["probe", "127.0.0.1", "--json"].iter().chain(args), "");
    let mut lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let verdict = lines.pop().unwrap_or_else(|| panic!("{status}: {err}"));
    assert_eq!(verdict["kind"], "verdict", "{out}");
    (status, lines, verdict)
}

fn result<'a>(answers: &'a [Value], question: &str) -> &'a str {
    answers.iter().find(|answer| answer["question"] == question).unwrap()["result"].as_str().unwrap()
}

#[test]
fn a_gateway_that_serves_is_fit_and_the_run_is_recorded() {
    let [port, natt_port] = gateway::open();
    let (record, page) = (temporary("probe.pcap"), temporary("probe.html"));
    let files = ["--record", record.to_str().unwrap(), "--html", page.to_str().unwrap()];
    let (status, answers, verdict) = probe(&[&["--port", &port, "--natt-port", &natt_port][..], &files].concat());
    assert_eq!((status, verdict["state"].as_str()), (0, Some("fit")), "{answers:?} {verdict}");
    for question in ["udp500", "udp4500", "mtu", "fragmentation", "same_server"] {
        assert_eq!(result(&answers, question), "yes", "{question}: {answers:?}");
    }
    // No packet that may be sent is larger than this interface takes.
    assert_eq!(result(&answers, "fragments_to"), "unknown", "{answers:?}");
    assert_eq!((&verdict["codes"], &verdict["windows_error"]), (&Value::Array(Vec::new()), &Value::Null));
    // What was sent is in the record, and each was answered.
    let sent = verdict["sent"]["datagrams"].as_u64().unwrap();
    let (status, said, _) = ike(["inspect", "--json", "--port", &port, "--port", &natt_port, record.to_str().unwrap()], "");
    let messages = said.lines().filter(|line| line.contains("\"kind\":\"message\"")).count() as u64;
    assert_eq!((status, messages), (0, 2 * sent), "{said}");
    let page = std::fs::read_to_string(page).unwrap();
    balanced(&page);
    assert!(plain(&page).contains("Both UDP ports answer from one server, and it announces IKE fragmentation."), "{page}");
}

#[test]
fn ports_that_refuse_are_told_with_who_refuses() {
    let free = || UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let (port, natt_port) = (free(), free());
    let (status, answers, verdict) = probe(&["--port", &port, "--natt-port", &natt_port]);
    assert_eq!((status, verdict["windows_error"].as_u64()), (1, Some(809)), "{verdict}");
    assert_eq!(verdict["codes"][0], "PortBlocked", "{verdict}");
    let text = answers[0]["text"].as_str().unwrap();
    let by = if cfg!(target_os = "linux") { "by 127.0.0.1" } else { "by whom is not known" };
    assert_eq!(text, format!("UDP port {port} is refused, {by}."));
}

#[test]
fn a_port_that_says_nothing_is_blocked_only_after_several_datagrams() {
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port().to_string();
    let (status, answers, verdict) = probe(&["--port", &port, "--natt-port", &port]);
    assert_eq!((status, verdict["state"].as_str()), (1, Some("unfit")), "{verdict}");
    assert!(answers[0]["datagrams"].as_u64() >= Some(3), "{answers:?}");
}

#[test]
fn what_is_no_ike_counts_for_nothing() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port().to_string();
    std::thread::spawn(move || {
        let mut buf = [0; 4096];
        // An echo, and noise.
        while let Ok((len, from)) = socket.recv_from(&mut buf) {
            let _ = socket.send_to(&buf[..len], from);
            let _ = socket.send_to(b"HTTP/1.1 400 Bad Request", from);
        }
    });
    let (status, answers, verdict) = probe(&["--port", &port, "--natt-port", &port]);
    assert_eq!((status, result(&answers, "udp500")), (1, "no"), "{verdict}");
}

#[test]
fn a_name_without_an_address_is_error_868() {
    let (status, out, _) = ike(["probe", "nobody.invalid"], "");
    assert_eq!(status, 1, "{out}");
    assert!(out.starts_with("The way is not fit: The name nobody.invalid could not be resolved here:"), "{out}");
    assert!(out.contains("A Windows client shows error 868."), "{out}");
}

#[test]
fn an_offer_is_asked_about_and_a_refusal_has_the_error_of_windows() {
    let [port, natt_port] = gateway::open();
    let ports = ["--port", &port, "--natt-port", &natt_port];
    let (status, answers, _) = probe(&[&ports[..], &["--offer", "aes128gcm16-prfsha256-x25519"]].concat());
    assert_eq!((status, result(&answers, "offer")), (0, "yes"), "{answers:?}");
    let (status, answers, verdict) = probe(&[&ports[..], &["--offer", "windows10"]].concat());
    assert_eq!((status, result(&answers, "offer")), (1, "no"), "{answers:?}");
    assert_eq!((verdict["codes"][0].as_str(), verdict["windows_error"].as_u64()), (Some("NoProposalChosen"), Some(800)), "{verdict}");
}

#[test]
fn what_was_measured_is_a_path() {
    let row = |question: &str, value: &str| {
        format!("{{\"kind\":\"answer\",\"question\":\"{question}\",\"address\":\"127.0.0.1\",\"result\":\"yes\",\"value\":{value}}}\n")
    };
    let file = temporary("probe-path.jsonl");
    std::fs::write(&file, row("mtu", "1373") + &row("loss", "40")).unwrap();
    let (file, out) = (file.to_str().unwrap(), temporary("probe-path"));
    let runs = ["--quick", "--runs", "2", "--strategy", "paced", "--size", "1598", "--out", out.to_str().unwrap()];
    let (status, said, err) = ike(["compare", "--path-from", file].iter().chain(&runs), "");
    assert_eq!(status, 0, "{err}");
    let report = std::fs::read_to_string(out.join("report.html")).unwrap();
    assert!(report.contains("MTU 1373, RTT 40 ms"), "{said}");
    // Nobody is there: the first retransmission comes after a time made of that round trip, not after a second.
    let (_, said, _) = ike(
        ["handshake", "initiate", "127.0.0.1", "--port", "9", "--id", "a.example", "--psk", "k", "--timeout", "1", "--path-from", file],
        "",
    );
    let again = said.lines().find(|line| line.contains("again")).unwrap_or_else(|| panic!("{said}"));
    let seconds: f64 = again.split_whitespace().next().unwrap().parse().unwrap();
    assert!(seconds < 0.9, "{said}");
}

/// A responder that authenticates itself by a certificate, wants EAP, and ends with this.
struct Responder(std::process::Child);

impl Drop for Responder {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Its ports.
fn responder(more: &str) -> (Responder, [String; 2]) {
    let own = "--cert tests/data/handshake/rsa4096-server.pem --key tests/data/handshake/rsa4096-server.key.pem --id moon.example.org";
    let eap = "--eap mschapv2 --eap-id carol --eap-password secret";
    let line =
        format!("handshake respond --local 127.0.0.1 --port 0 --natt-port 0 --marker natt --count 100000 --seconds 60 {own} {eap} {more}");
    let mut child = program(line.split_whitespace()).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    out.read_line(&mut first).unwrap();
    // Nobody else reads what it says.
    std::thread::spawn(move || std::io::copy(&mut out, &mut std::io::sink()));
    let (_, ports) = first.trim_end().split_once(" ports ").unwrap_or_else(|| panic!("{first}"));
    let (port, natt_port) = ports.split_once(" and ").unwrap();
    (Responder(child), [port.into(), natt_port.into()])
}

#[test]
fn a_login_without_credentials_shows_the_certificate_of_the_gateway() {
    // Without IKE fragmentation there is one login, and no pause.
    let (_responder, [port, natt_port]) = responder("--fragmentation off");
    let record = temporary("probe-login.pcap");
    let record = record.to_str().unwrap();
    let login = ["--login-path", "nobody@example.org", "--record", record];
    let (status, answers, verdict) = probe(&[&["--port", &port, "--natt-port", &natt_port][..], &login].concat());
    // Nothing is known of IP fragments on this interface.
    assert_eq!((status, result(&answers, "login_path")), (3, "yes"), "{answers:?}");
    let answer = answers.iter().find(|answer| answer["question"] == "login_path").unwrap();
    let text = answer["text"].as_str().unwrap();
    assert!(text.starts_with("A login of ") && text.contains(" octets was answered in IP fragments."), "{text}");
    assert!(text.contains("certificate 1: CN=moon.example.org"), "{text}");
    assert!(answer["value"].as_array().unwrap().len() >= 2, "{answer}");
    let octets = std::fs::read(record).unwrap();
    let named = octets.windows(VENDOR_ID.len()).filter(|window| *window == VENDOR_ID).count() as u64;
    let (status, said, _) = ike(["inspect", "--json", "--port", &port, "--port", &natt_port, record], "");
    // IKE_SA_INIT is exchange 34, IKE_AUTH 35.
    let of = |exchange: u8| said.lines().filter(|line| line.contains(&format!("\"exchange\":{exchange},"))).count() as u64;
    let sent = verdict["sent"]["datagrams"].as_u64().unwrap();
    assert_eq!((status, of(35)), (0, 2), "one request, one answer, and nothing after it");
    assert_eq!((of(34), named), (2 * (sent - 1), sent - 1), "each request names the tool");
}
