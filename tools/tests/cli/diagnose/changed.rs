//! `diagnose` over recorded captures that were changed: what failures look like from either side, and what is no failure however
//! little of a handshake a capture holds.

use super::{Diagnosis, Edit, recorded};

/// When charon sends again.
const AGAIN: [f64; 2] = [4.0, 11.2];

fn errors(diagnosis: &Diagnosis) -> (Vec<&str>, Option<u64>) {
    assert_eq!(diagnosis.of("warning"), [""; 0], "{:?}", diagnosis.findings);
    (diagnosis.codes(), diagnosis.windows())
}

#[test]
fn error_809_seen_from_the_initiator() {
    let lost = Edit::of("rsa4096-nofrag-v4").keep(|n| n <= 6).retransmit(3..=6, &AGAIN).renumber().diagnose("809-initiator");
    assert_eq!(errors(&lost), (vec!["IpFragmentLost", "FragmentationNotOffered", "RequestUnanswered"], Some(809)));
    let details = &lost.finding("IpFragmentLost")["details"];
    assert_eq!((&details["sender"], &details["transmissions"], &details["seen_here"]), (&"initiator".into(), &3.into(), &false.into()));
    assert_eq!(lost.finding("IpFragmentLost")["confidence"], "medium");
    assert_eq!(lost.finding("RequestUnanswered")["details"]["largest_datagram"], 5212);
    assert_eq!(lost.finding("FragmentationNotOffered")["details"]["side"], "both");
    assert!(lost.verdict["text"].as_str().unwrap().contains("IKE fragmentation on both sides"));
}

#[test]
fn error_809_seen_from_the_responder() {
    let lost = Edit::of("rsa4096-nofrag-v4").keep(|n| n <= 3).retransmit(3..=3, &AGAIN).renumber().diagnose("809-responder");
    assert_eq!(errors(&lost), (vec!["IpFragmentLost", "FragmentationNotOffered", "RequestUnanswered"], Some(809)));
    let finding = lost.finding("IpFragmentLost");
    assert_eq!((&finding["details"]["arrived_octets"], &finding["details"]["total_octets"]), (&1480.into(), &serde_json::Value::Null));
    assert_eq!((&finding["details"]["transmissions"], &finding["confidence"]), (&3.into(), &"high".into()));
    // The last fragment alone comes through: no port tells what it was.
    let lost = Edit::of("rsa4096-nofrag-v4").keep(|n| n <= 2 || n == 6).retransmit(3..=3, &AGAIN).renumber().diagnose("809-last");
    assert_eq!(errors(&lost).0, ["IpFragmentLost", "FragmentationNotOffered", "RequestUnanswered"]);
    assert_eq!(lost.finding("IpFragmentLost")["details"]["total_octets"], 5192);
    // Nothing of it comes through.
    let mut nothing = Edit::of("rsa4096-nofrag-v4").keep(|n| n <= 2);
    let late = Edit::of("psk-natt-4500").packets[2].1.clone();
    nothing.packets.push((30_000_000, late));
    assert_eq!(errors(&nothing.diagnose("809-nothing")), (vec!["AuthNeverSeen"], Some(809)));
}

#[test]
fn fragmentation_on_one_side_only_is_half_a_cure() {
    let lost = Edit::of("rsa4096-frag-one-sided").keep(|n| n <= 6).retransmit(3..=6, &AGAIN).renumber().diagnose("809-one-sided");
    assert_eq!(errors(&lost), (vec!["IpFragmentLost", "FragmentationNotOffered", "RequestUnanswered"], Some(809)));
    assert_eq!(lost.finding("FragmentationNotOffered")["details"]["side"], "responder");
}

#[test]
fn the_answer_in_ip_fragments_is_lost() {
    // The initiator gets the first fragment of each answer.
    let lost = Edit::of("rsa4096-nofrag-v4").keep(|n| n <= 7).retransmit(3..=7, &AGAIN).renumber().diagnose("809-response");
    assert_eq!(errors(&lost), (vec!["IpFragmentLost", "FragmentationNotOffered", "RequestUnanswered"], Some(809)));
    assert_eq!(lost.finding("IpFragmentLost")["details"]["sender"], "responder");
    // The responder sends all of them, each time.
    let lost = Edit::of("rsa4096-nofrag-v4").retransmit(3..=10, &AGAIN).renumber();
    let lost = lost.again(1, 30.0).sort().diagnose("809-response-sent");
    assert_eq!(errors(&lost), (vec!["IpFragmentLost", "FragmentationNotOffered", "ResponseNotReceived"], Some(809)));
}

#[test]
fn ports_that_are_blocked() {
    let natt = Edit::of("psk-natt-4500").keep(|n| n <= 3).retransmit(3..=3, &AGAIN).diagnose("blocked-4500");
    assert_eq!(errors(&natt), (vec!["PortBlocked", "RequestUnanswered"], Some(809)));
    assert_eq!(natt.finding("PortBlocked")["details"]["port"], 4500);
    let ike = Edit::of("psk-v4").keep(|n| n <= 1).retransmit(1..=1, &AGAIN).diagnose("blocked-500");
    assert_eq!(errors(&ike), (vec!["PortBlocked", "RequestUnanswered"], Some(809)));
    assert_eq!(ike.finding("PortBlocked")["details"]["port"], 500);
    assert_eq!(ike.finding("RequestUnanswered")["details"]["exchange"], "IKE_SA_INIT");
    // On one port there is no telling which of them it is.
    let same = Edit::of("psk-v4").keep(|n| n <= 3).retransmit(3..=3, &AGAIN).diagnose("silent-500");
    assert_eq!(errors(&same), (vec!["RequestUnanswered"], Some(809)));
}

#[test]
fn the_server_that_never_saw_the_beginning() {
    let second = Edit::of("psk-natt-4500").keep(|n| n == 3).retransmit(1..=1, &AGAIN).diagnose("split-second");
    // Neither port 500 nor anything that comes back is in the capture: a filter would look the same.
    assert_eq!((errors(&second), &second.verdict["state"]), ((vec![], None), &"undetermined".into()));
    // Seen from outside, where the port answers somebody else.
    let mut other = Edit::of("psk-natt-4500").keep(|n| n <= 3).retransmit(3..=3, &AGAIN);
    other.packets.push((12_000_000, Edit::of("mobike").packets[3].1.clone()));
    let other = other.diagnose("split-outside");
    assert_eq!(errors(&other), (vec!["RequestUnanswered"], Some(809)));
    assert_eq!(other.finding("SpiUnknownOnNatPort")["details"]["known"], "possible");
}

#[test]
fn fragments_that_never_come() {
    let lost = Edit::of("rsa4096-frag1280-v4").keep(|n| n <= 7 && n != 5).retransmit(3..=6, &AGAIN).diagnose("set-incomplete");
    assert_eq!(errors(&lost), (vec!["IncompleteFragmentSet", "RequestUnanswered"], Some(809)));
    let details = &lost.finding("IncompleteFragmentSet")["details"];
    assert_eq!((&details["missing"], &details["total"]), (&serde_json::json!([3]), &5.into()));
    let whole = Edit::of("rsa4096-frag1280-v4").keep(|n| n <= 7).retransmit(3..=7, &AGAIN).diagnose("set-whole");
    assert_eq!(errors(&whole), (vec!["RequestUnanswered"], Some(809)));
    let many = Edit::of("rsa4096-frag-tiny").keep(|n| n <= 56).retransmit(3..=56, &AGAIN).diagnose("set-many");
    assert_eq!(errors(&many), (vec!["FragmentsRefusedByLimit", "RequestUnanswered"], Some(809)));
    let details = &many.finding("FragmentsRefusedByLimit")["details"];
    assert_eq!((&details["fragments"], details["limits"].as_array().unwrap().len()), (&54.into(), 1));
}

#[test]
fn answers_that_do_not_arrive() {
    let lost = Edit::of("psk-v4").retransmit(3..=4, &AGAIN).again(1, 20.0).sort().diagnose("answer-lost");
    assert_eq!(errors(&lost), (vec!["ResponseNotReceived"], Some(809)));
    assert_eq!(lost.finding("ResponseNotReceived")["details"]["repeats"], 2);
}

#[test]
fn the_same_message_too_often() {
    // Copies of the same moment are made by the capture.
    let copies: Vec<f64> = (1..20).map(|n| f64::from(n) * 0.01).collect();
    let copied = Edit::of("psk-v4").retransmit(4..=4, &copies).diagnose("copies");
    assert!(copied.of("warning").is_empty());
    let times: Vec<f64> = (1..20).map(|n| f64::from(n) * 0.3).collect();
    let storm = Edit::of("psk-v4").retransmit(4..=4, &times).diagnose("storm");
    assert_eq!(storm.codes(), [""; 0]);
    assert_eq!(storm.of("warning"), ["RetransmissionStorm"]);
    assert_eq!(storm.finding("RetransmissionStorm")["details"]["copies"], 20);
}

/// The healthy captures of the folder.
fn healthy() -> Vec<String> {
    let failed = |name: &str| name.starts_with("err-") || name.contains("-npc-") || name.ends_with("-fail");
    recorded().into_iter().filter(|name| !failed(name)).collect()
}

fn no_alarm(diagnosis: &Diagnosis, what: &str) {
    assert_eq!((diagnosis.codes(), diagnosis.of("warning")), (vec![], vec![]), "{what}: {:?}", diagnosis.findings);
}

/// Captures that end with an answer that looks like a refusal until the next packet, which comes within milliseconds: EAP success,
/// INVALID_KE_PAYLOAD in CREATE_CHILD_SA under a cipher that pads.
const LAST_WORDS: [(&str, usize); 3] = [("eap-mschapv2", 10), ("eap-mschapv2-frag", 20), ("rekey-child-pfs-invalid-ke", 6)];

#[test]
fn a_capture_that_ends_or_begins_anywhere_is_no_alarm() {
    for name in healthy() {
        let whole = Edit::of(&name);
        let packets = whole.packets.len();
        // Long ones at some places.
        for cut in (1..packets).step_by(1 + packets / 40).filter(|cut| !LAST_WORDS.contains(&(&*name, *cut))) {
            no_alarm(&whole.clone().keep(|n| n <= cut).diagnose("ends"), &format!("{name} ends after packet {cut}"));
            no_alarm(&whole.clone().keep(|n| n > cut).diagnose("begins"), &format!("{name} begins after packet {cut}"));
        }
    }
    for (name, cut) in LAST_WORDS {
        let doubtful = Edit::of(name).keep(|n| n <= cut).diagnose("last-words");
        assert!(doubtful.findings.iter().all(|f| f["severity"] != "error" || f["confidence"] == "medium"), "{name}");
    }
}

#[test]
fn one_side_alone_is_no_alarm_and_is_told() {
    for name in healthy() {
        let whole = Edit::of(&name);
        let sources: Vec<Vec<u8>> = whole.packets.iter().map(|(_, frame)| source(frame)).collect();
        for first in [true, false] {
            let one = whole.clone().keep(|n| (sources[n - 1] == sources[0]) == first).diagnose("one-side");
            no_alarm(&one, &format!("{name}, {first}"));
            let told = one.of("info").contains(&"OneSidedCapture");
            assert!(told || one.findings.is_empty() || name.contains("mobike-move"), "{name}, {first}: {:?}", one.findings);
        }
    }
}

fn source(frame: &[u8]) -> Vec<u8> {
    if frame[12..14] == [8, 0] { frame[26..30].to_vec() } else { frame[22..38].to_vec() }
}

#[test]
fn every_packet_twice_is_no_alarm() {
    for name in healthy() {
        let mut twice = Edit::of(&name);
        let copies: Vec<_> = twice.packets.iter().map(|(time, frame)| (time + 20, frame.clone())).collect();
        twice.packets.extend(copies);
        no_alarm(&twice.sort().diagnose("twice"), &name);
    }
}

#[test]
fn packets_cut_by_a_snap_length_are_no_alarm() {
    for name in healthy() {
        for snap in [112, 160] {
            let mut cut = Edit::of(&name);
            cut.snap = snap;
            let cut = cut.diagnose("snapped");
            no_alarm(&cut, &format!("{name} at {snap}"));
            // What is cut off may be what would prove that it came up.
            let told = ["Clean", "Unfinished", "FollowsRekey"].iter().any(|code| cut.of("info").contains(code));
            assert!(told && cut.status != 1, "{name} at {snap}: {:?}", cut.findings);
            assert!(!cut.of("info").contains(&"FragmentationNotOffered"), "{name} at {snap}");
        }
    }
    let mut lost = Edit::of("rsa4096-nofrag-v4").keep(|n| n <= 3).retransmit(3..=3, &AGAIN).renumber();
    lost.snap = 96;
    assert_eq!(errors(&lost.diagnose("809-snapped")).0, ["IpFragmentLost", "RequestUnanswered"]);
}

/// Large ESP packets of a tunnel that works are cut into IP fragments, and of some the capture holds only a part.
#[test]
fn ip_fragments_of_other_traffic_are_nobodys_business() {
    let mut esp = Edit::of("psk-natt-4500");
    let fragments = Edit::of("rsa4096-nofrag-v4").keep(|n| n == 3);
    for (n, port) in [4500_u16, 4500, 4500].into_iter().enumerate() {
        let mut frame = fragments.packets[0].1.clone();
        frame[18] ^= n as u8 + 1;
        for at in [34, 36] {
            frame[at..at + 2].copy_from_slice(&port.to_be_bytes());
        }
        esp.packets.push((5_000_000 * (n as u64 + 1), frame));
    }
    let esp = esp.diagnose("esp-fragments");
    no_alarm(&esp, "ESP");
    assert!(esp.of("info").contains(&"Clean"));
}

/// `udp port 500` as a capture filter passes the first fragment of each packet and no other.
#[test]
fn a_capture_filter_by_port_is_no_loss() {
    for name in ["rsa4096-nofrag-v4", "libreswan-rsa4096-nofrag", "rsa4096-frag-one-sided"] {
        let mut first = Edit::of(name).keep(|n| [1, 2, 3, 7].contains(&n));
        first.packets.push((30_000_000, Edit::of("dpd").packets[4].1.clone()));
        no_alarm(&first.diagnose("filtered"), name);
    }
}

#[test]
fn a_farewell_nobody_answers_is_no_alarm() {
    let farewell = Edit::of("delete-ike").keep(|n| n <= 5).retransmit(5..=5, &AGAIN).diagnose("farewell");
    no_alarm(&farewell, "delete");
    let silence = Edit::of("dpd").keep(|n| n <= 5).retransmit(5..=5, &AGAIN).diagnose("silence");
    assert_eq!(errors(&silence), (vec!["RequestUnanswered"], None));
    assert_eq!(silence.finding("RequestUnanswered")["details"]["exchange"], "INFORMATIONAL");
}

#[test]
fn several_ike_sas_in_one_capture_are_told_apart() {
    let mut all = Edit::of("psk-v4");
    for name in ["err-npc-init", "eap-mschapv2", "err-auth-failed-cert", "cookie", "rsa4096-nofrag-v4", "rekey-ike"] {
        all.packets.extend(Edit::of(name).packets);
    }
    let all = all.sort().diagnose("several");
    assert_eq!(errors(&all), (vec!["NoProposalChosen", "AuthenticationFailed"], Some(800)));
    assert_eq!((&all.verdict["failed"], &all.verdict["ike_sas"]), (&2.into(), &9.into()));
}
