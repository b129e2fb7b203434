//! Captures of both ends of one connection: what is said of them together, by what each of them has.

use crate::kit::{Report, cases, read};
use ikev2_tools::capture::Source;
use ikev2_tools::evidence::diagnosis::{DiagnoseOptions, diagnose, diagnose_several};
use ikev2_tools::report;
use serde_json::Value;
use std::io::Cursor;
use std::time::Duration;

/// A pcap file of Ethernet frames, taken apart.
#[derive(Clone)]
struct Capture {
    name: &'static str,
    header: Vec<u8>,
    /// Seconds, microseconds, frame.
    records: Vec<(u32, u32, Vec<u8>)>,
}

/// Where the IPv4 header begins.
const IP: usize = 14;

impl Capture {
    fn of(name: &'static str, file: &str) -> Self {
        let octets = read(&cases().join(file));
        let (header, mut rest) = octets.split_at(24);
        let word = |at: usize, octets: &[u8]| u32::from_le_bytes(octets[at..at + 4].try_into().unwrap());
        let mut records = Vec::new();
        while !rest.is_empty() {
            let end = 16 + word(8, rest) as usize;
            records.push((word(0, rest), word(4, rest), rest[16..end].to_vec()));
            rest = &rest[end..];
        }
        Self { name, header: header.to_vec(), records }
    }

    /// Only these packets, counted from 1.
    fn only(mut self, packets: &[usize]) -> Self {
        self.records = packets.iter().map(|n| self.records[n - 1].clone()).collect();
        self
    }

    fn each(mut self, change: impl Fn(&mut (u32, u32, Vec<u8>))) -> Self {
        self.records.iter_mut().for_each(change);
        self
    }

    /// As seen behind an address translator of the client.
    fn translated(self) -> Self {
        let client: [u8; 4] = self.records[0].2[IP + 12..IP + 16].try_into().unwrap();
        self.each(|(_, _, frame)| {
            for (address, port) in [(IP + 12, IP + 20), (IP + 16, IP + 22)] {
                if frame[address..address + 4] == client {
                    frame[address..address + 4].copy_from_slice(&[198, 51, 100, 77]);
                    frame[port..port + 2].copy_from_slice(&1024_u16.to_be_bytes());
                }
            }
        })
    }

    fn source(&self) -> Source {
        let mut octets = self.header.clone();
        for (seconds, micros, frame) in &self.records {
            let len = u32::try_from(frame.len()).unwrap();
            for word in [*seconds, *micros, len, len] {
                octets.extend(word.to_le_bytes());
            }
            octets.extend(frame);
        }
        Source::new(self.name, Cursor::new(octets))
    }
}

fn client() -> Capture {
    Capture::of("client", "healthy-pair-cbc-client.pcap")
}

fn server() -> Capture {
    Capture::of("server", "healthy-pair-cbc-server.pcap")
}

/// What is said of captures that went on for a minute, as JSON and as text.
fn of(captures: &[Capture]) -> (Report, String) {
    let options = DiagnoseOptions { watched: Some(Duration::from_secs(60)), ..DiagnoseOptions::default() };
    let diagnosis = diagnose_several(captures.iter().map(Capture::source).collect(), options, &mut |_| ()).unwrap();
    let text = report::diagnose::text(
        &diagnosis,
        report::diagnose::View { all: true, ..report::diagnose::View::default() },
        report::Style::default(),
    );
    // Whatever the lines are.
    let words: Vec<_> = text.split_whitespace().collect();
    (Report::parse(&report::diagnose::json(&diagnosis)).unwrap(), words.join(" "))
}

fn finding<'r>(report: &'r Report, code: &str) -> &'r Value {
    report.findings.iter().find(|finding| finding["code"] == code).unwrap_or_else(|| panic!("no {code}: {:?}", report.verdict))
}

fn is_healthy(captures: &[Capture]) -> (Report, String) {
    let (report, text) = of(captures);
    assert_eq!((&report.verdict["state"], &report.verdict["ike_sas"]), (&"healthy".into(), &1.into()), "{text}");
    assert!(!text.contains("sent again") && !text.contains("never reached"), "{text}");
    (report, text)
}

#[test]
fn a_request_that_only_the_client_has_was_lost_on_the_way() {
    for server in [server(), server().translated()] {
        let (report, text) = of(&[client().only(&[1, 2, 3]), server.only(&[1, 2])]);
        let lost = finding(&report, "RequestUnanswered");
        assert_eq!((&lost["confidence"], &lost["details"]["arrival"]), (&"high".into(), &"nothing".into()));
        assert!(lost["text"].as_str().unwrap().contains("it left the client and never reached the server"), "{lost}");
        assert_eq!(lost["files"], serde_json::json!([{"file": "client", "packets": [3]}]));
        assert!(text.contains("never reached the responder") && text.contains("server: 2 packets, its clock 25.0"), "{text}");
    }
}

#[test]
fn an_answer_that_only_the_server_has_was_lost_on_the_way_back() {
    let (report, _) = of(&[client().only(&[1, 2, 3]), server().translated().only(&[1, 2, 3, 4])]);
    let lost = finding(&report, "ResponseNotReceived");
    assert_eq!(lost["confidence"], "high");
    assert!(lost["text"].as_str().unwrap().contains("it left the server and never reached the client"), "{lost}");
    assert_eq!(lost["files"], serde_json::json!([{"file": "client", "packets": [3]}, {"file": "server", "packets": [3, 4]}]));
    assert_eq!(report.verdict["state"], "fault");
}

#[test]
fn a_request_that_both_have_was_not_lost() {
    let (report, _) = of(&[client().only(&[1, 2, 3]), server().only(&[1, 2, 3])]);
    let unanswered = finding(&report, "RequestUnanswered");
    assert!(unanswered["text"].as_str().unwrap().contains("it reached the server, as the capture there shows"), "{unanswered}");
}

#[test]
fn what_both_have_counts_once_whatever_the_clocks_and_the_addresses() {
    let hours = |server: Capture| server.each(|(seconds, ..)| *seconds += 3 * 3600);
    for server in [server(), server().translated(), hours(server())] {
        let (report, _) = is_healthy(&[client(), server]);
        assert_eq!(report.verdict["files"][1]["packets"], 10);
    }
    let (report, _) = is_healthy(&[client(), hours(server())]);
    let ahead = report.verdict["files"][1]["clock_ahead"].as_f64().unwrap();
    assert!((ahead - 3.0 * 3600.0 - 25.0).abs() < 0.1, "{ahead}");
}

#[test]
fn a_capture_that_lacks_what_its_own_host_has_sent_proves_nothing() {
    // It had ended, or a filter left it out: the client has the answers.
    is_healthy(&[client(), server().only(&[1, 2])]);
    // The answer to the fourth is lost, and nothing of the third exchange is in the server's capture.
    let (report, text) = of(&[client().only(&[1, 2, 3, 4, 5, 6, 7]), server().only(&[1, 2, 3, 4])]);
    assert!(!text.contains("never reached"), "{text}");
    assert_eq!(finding(&report, "RequestUnanswered")["details"]["arrival"], Value::Null);
}

#[test]
fn the_packets_tell_which_capture_is_the_clients() {
    let (report, text) = of(&[server().only(&[1, 2]), client().only(&[1, 2, 3])]);
    let lost = finding(&report, "RequestUnanswered");
    assert!(lost["text"].as_str().unwrap().contains("it left the client and never reached the server"), "{lost}");
    assert!(text.contains("client was taken nearer to the initiator than server"), "{text}");
}

#[test]
fn of_three_captures_the_outer_two_tell_what_arrived() {
    let between = || {
        let mut between = client().each(|(_, micros, frame)| {
            *micros = micros.saturating_add(9_000).min(999_999);
            frame[IP + 8] -= 1;
        });
        between.name = "between";
        between
    };
    is_healthy(&[client(), between(), server()]);
    let (report, text) = of(&[client().only(&[1, 2, 3]), between().only(&[1, 2, 3]), server().only(&[1, 2])]);
    assert_eq!(finding(&report, "RequestUnanswered")["details"]["arrival"], "nothing", "{text}");
}

#[test]
fn captures_of_different_connections_prove_no_loss() {
    let other = Capture::of("other", "pair-4500-blocked-server.pcap");
    let (report, text) = of(&[client(), other]);
    assert!(text.contains("other has no message in common with client") && !text.contains("as the captures of both show"), "{text}");
    assert_eq!((&report.verdict["ike_sas"], &report.verdict["files"][1]["clock_ahead"]), (&2.into(), &Value::Null));
}

#[test]
fn one_capture_is_diagnosed_as_one() {
    let alone = |several: bool| {
        let source = client().source();
        let options = DiagnoseOptions::default();
        let diagnosis = if several { diagnose_several(vec![source], options, &mut |_| ()) } else { diagnose(source, options, &mut |_| ()) };
        report::diagnose::json(&diagnosis.unwrap())
    };
    assert_eq!(alone(true), alone(false));
    assert!(!alone(true).contains("files"));
}
