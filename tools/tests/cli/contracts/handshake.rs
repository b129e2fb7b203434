//! `ike handshake`: its last line, of either side, whatever the end.

use super::{Fields, hold};
use crate::kit::{ike, program};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read};
use std::net::UdpSocket;
use std::process::{Child, ChildStdout, Stdio};

const MOON: &str = "--id moon.example.org --peer-id carol.example.org --psk";
const CAROL: &str = "--id carol.example.org --peer-id moon.example.org --psk";

/// A responder on the loopback address, which ends by itself.
struct Responder {
    child: Child,
    out: BufReader<ChildStdout>,
    ports: [String; 2],
}

impl Responder {
    fn start(args: &str) -> Self {
        let line = format!("handshake respond --local 127.0.0.1 --port 0 --natt-port 0 --seconds 20 {MOON} {args}");
        let mut child = program(line.split_whitespace()).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let (_, ports) = line.trim_end().split_once(" ports ").unwrap_or_else(|| panic!("{line}"));
        let (plain, natt) = ports.split_once(" and ").unwrap();
        Self { ports: [plain.into(), natt.into()], child, out }
    }

    fn end(mut self) -> (Option<i32>, String) {
        let mut text = String::new();
        self.out.read_to_string(&mut text).unwrap();
        (self.child.wait().unwrap().code(), text)
    }
}

fn initiate(ports: &[String; 2], args: &str) -> (Option<i32>, String) {
    let [plain, natt] = ports;
    let line = format!("handshake initiate 127.0.0.1 --port {plain} --natt-port {natt} {CAROL} {args}");
    let (status, out, _) = ike(line.split_whitespace(), "");
    (Some(status.into()), out)
}

/// The arguments of responder and initiator, and how each ends.
const PAIRS: [(&str, &str, [i32; 2]); 4] = [
    ("secret --cookies always", "secret --ke-first 19 --do dpd,rekey-child,rekey-ike,delete", [0, 0]),
    ("secret --ike aes256-sha256-modp2048", "secret --ike aes256gcm16-prfsha384-ecp384", [1, 1]),
    ("secret", "other", [4, 1]),
    ("secret --ike aes256-sha256-ecp384", "secret --ike aes256-sha256-ecp256-ecp384", [0, 0]),
];

#[test]
fn the_last_line_has_the_fields_others_rely_on() {
    let mut fields = Fields::default();
    let mut read = |text: &str| {
        let line: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap_or_else(|error| panic!("{error}: {text}"));
        fields.read("verdict", line.as_object().unwrap());
    };
    for (responder, initiator, due) in PAIRS {
        let responder = Responder::start(responder);
        let initiated = initiate(&responder.ports, initiator);
        let responded = responder.end();
        assert_eq!([responded.0, initiated.0], due.map(Some), "{}\n{}", responded.1, initiated.1);
        read(&responded.1);
        read(&initiated.1);
    }
    // Bound, and nobody reads.
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port().to_string();
    let (status, text) = initiate(&[port.clone(), port], "secret --timeout 1 --quiet");
    assert_eq!((status, text.lines().count()), (Some(3), 1), "{text}");
    read(&text);
    hold("handshake", fields.lines());
}
