//! Each question where the world has one fault.

use crate::run::run;
use crate::world::{Manner, World};
use ikev2::probe::{AnswerResult, AnswerValue, Fitness, ProbeQuestion, ProbeReport};

use AnswerResult::{No, Unknown, Yes};

fn clean() -> World {
    World::clean(7)
}

fn say(mut world: World) -> ProbeReport {
    run(&mut world, 7)
}

fn of(report: &ProbeReport, question: ProbeQuestion) -> AnswerResult {
    report.answer(question).unwrap().result
}

#[test]
fn all_is_well() {
    let report = say(clean());
    assert_eq!((report.verdict().state, report.verdict().windows_error), (Fitness::Fit, None), "{report:?}");
    assert_eq!(report.answer(ProbeQuestion::Mtu).unwrap().value, AnswerValue::Number(1500));
    assert_eq!(report.round_trip().unwrap().as_millis(), 20);
    assert_eq!(report.first_timer().unwrap().as_millis(), 200);
}

#[test]
fn nothing_is_there() {
    let report = say(World { open_500: false, open_4500: false, ..clean() });
    assert_eq!((of(&report, ProbeQuestion::Udp500), of(&report, ProbeQuestion::Mtu)), (No, Unknown));
    let verdict = report.verdict();
    assert_eq!((verdict.state, verdict.windows_error, verdict.codes.as_slice()), (Fitness::Unfit, Some(809), &["PortBlocked"][..]));
    assert!(verdict.sent.datagrams <= 10);
}

#[test]
fn the_second_port_is_blocked() {
    let report = say(World { open_4500: false, ..clean() });
    assert_eq!((of(&report, ProbeQuestion::Udp500), of(&report, ProbeQuestion::Udp4500)), (Yes, No));
    assert_eq!(report.verdict().state, Fitness::Unfit);
}

#[test]
fn two_servers_are_told_apart_and_one_that_forgets_is_not() {
    let report = say(World { split: true, ..clean() });
    assert_eq!((of(&report, ProbeQuestion::SameServer), report.verdict().codes[0]), (No, "SpiUnknownOnNatPort"));
    assert_eq!(of(&say(World { manner: Manner::Forgets, ..clean() }), ProbeQuestion::SameServer), Unknown);
}

#[test]
fn fragments_that_are_dropped_do_harm_where_ike_fragmentation_is_off() {
    let dropped = World { fragments: false, ..clean() };
    let report = say(dropped.clone());
    assert_eq!((of(&report, ProbeQuestion::FragmentsTo), report.verdict().state), (No, Fitness::Fit), "{report:?}");
    let report = say(World { announces: false, ..dropped });
    assert_eq!(report.verdict().codes, ["IpFragmentLost", "FragmentationNotOffered"]);
    assert_eq!(report.verdict().windows_error, Some(809));
}

#[test]
fn the_mtu_is_found_to_the_octet_with_icmp_and_without() {
    for mtu in [576, 577, 1279, 1280, 1400, 1499, 1500] {
        for icmp in [false, true] {
            let report = say(World { mtu, icmp, ..clean() });
            assert_eq!(report.answer(ProbeQuestion::Mtu).unwrap().value, AnswerValue::Number(mtu as u64));
        }
    }
}

#[test]
fn a_server_that_takes_no_proposal_is_not_called_unfit() {
    let report = say(World { manner: Manner::Refuses, ..clean() });
    assert_eq!((of(&report, ProbeQuestion::Fragmentation), report.verdict().state), (Unknown, Fitness::Undetermined));
}

#[test]
fn a_cookie_is_answered_and_halves_the_rate() {
    let report = say(World { cookies: true, ..clean() });
    assert!(report.saw_cookies());
    assert_eq!(of(&report, ProbeQuestion::Fragmentation), Yes);
}

#[test]
fn answers_from_elsewhere_are_noted_and_do_not_count() {
    let report = say(World { strangers: true, open_500: false, open_4500: false, ..clean() });
    assert!(report.answers_from_elsewhere() > 0);
    assert_eq!((of(&report, ProbeQuestion::Udp500), report.round_trip()), (No, None));
}

#[cfg(feature = "serde")]
#[test]
fn a_line_is_what_the_contract_says() {
    let report = say(clean());
    let lines: Vec<_> = report.lines().map(|line| serde_json::to_value(line).unwrap()).collect();
    let first = serde_json::json!({
        "kind": "answer", "question": "udp500", "address": "192.0.2.1", "result": "yes", "value": null, "confidence": "high",
        "datagrams": 2, "text": "UDP port 500 answers.",
    });
    assert_eq!(lines[0], first);
    let last = lines.last().unwrap();
    assert_eq!((last["kind"].as_str(), last["state"].as_str()), (Some("verdict"), Some("fit")));
    assert!(last["windows_error"].is_null() && last["sent"]["octets"].is_u64());
}
