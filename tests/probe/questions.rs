//! Each question where the world has one fault.

use crate::run::{finished, run, run_with};
use crate::world::{CLIENT, Manner, SERVER, World};
use ikev2::diagnose::Confidence;
use ikev2::probe::{AnswerResult, AnswerValue, Fitness, LoginSeen, ProbePlan, ProbeQuestion, ProbeReport, ProbeVerdict};

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

#[test]
fn without_df_no_path_mtu_is_claimed() {
    let mut world = World::clean(1);
    let plan = ProbePlan::new(SERVER).with_local(CLIENT).with_local_mtu(1500).with_dont_fragment(false);
    let report = run_with(&mut world, 1, plan, 80);
    let mtu = report.answer(ProbeQuestion::Mtu).unwrap();
    assert_eq!((mtu.result, mtu.datagrams), (Unknown, 0), "{mtu:?}");
    assert_eq!(report.answer(ProbeQuestion::FragmentsTo).unwrap().result, Unknown);
    assert_eq!((report.verdict().state, report.path()), (Fitness::Fit, None), "{:?}", report.verdict());
}

#[test]
fn a_copy_that_is_answered_where_the_first_request_came_from_is_of_one_server() {
    let quick = |world: &mut World| {
        let report = run(world, 1);
        let made = world.made.len();
        (report.answer(ProbeQuestion::SameServer).unwrap().clone(), made)
    };
    let (answer, made) = quick(&mut World { answers_first: true, ..World::clean(1) });
    assert_eq!((answer.result, answer.confidence, made), (Yes, Confidence::Medium, 1), "{answer:?}");
    let (answer, made) = quick(&mut World { answers_first: true, split: true, ..World::clean(1) });
    assert_eq!((answer.result, made), (No, 2), "{answer:?}");
}

#[test]
fn one_verdict_of_several_addresses_is_that_of_the_worst() {
    let fit = run(&mut World::clean(1), 1);
    let unfit = run(&mut World { open_500: false, ..World::clean(1) }, 1);
    let one = ProbeVerdict::of_addresses(core::slice::from_ref(&fit));
    assert_eq!(&one, fit.verdict());
    let both = ProbeVerdict::of_addresses(&[fit.clone(), unfit.clone()]);
    assert_eq!((both.state, both.windows_error), (Fitness::Unfit, Some(809)));
    assert!(both.text.starts_with("1 of 2 addresses is unfit. 192.0.2.1: "), "{}", both.text);
    assert_eq!(both.sent.datagrams, fit.verdict().sent.datagrams + unfit.verdict().sent.datagrams);
    let twice = ProbeVerdict::of_addresses(&[fit.clone(), fit]);
    assert_eq!(twice.state, Fitness::Fit);
    assert!(twice.text.starts_with("2 of 2 addresses are fit."), "{}", twice.text);
    assert_eq!(ProbeVerdict::of_addresses(&[]).state, Fitness::Undetermined);
    let unresolved = ProbeVerdict::of_unresolved("vpn.example.org", "no such name");
    assert_eq!((unresolved.state, unresolved.windows_error, unresolved.sent.datagrams), (Fitness::Unfit, Some(868), 0));
}

#[test]
fn a_login_is_told_as_the_caller_saw_it_and_counted() {
    let asked = |login: LoginSeen| {
        let mut world = clean();
        let plan = ProbePlan::new(SERVER).with_local(CLIENT).with_local_mtu(1500);
        let mut prober = finished(&mut world, plan);
        let before = prober.report().verdict().sent;
        prober.note_login(login);
        let report = prober.report();
        let after = report.verdict().sent;
        assert_eq!((after.datagrams - before.datagrams, after.octets - before.octets), (7, 9000), "everything is counted");
        (report.answer(ProbeQuestion::LoginPath).unwrap().clone(), report.verdict().state)
    };
    let login = |by_ip_fragments, by_ike_fragments| {
        let mut login = LoginSeen::default();
        (login.by_ip_fragments, login.by_ike_fragments) = (by_ip_fragments, by_ike_fragments);
        (login.datagrams, login.octets_sent, login.octets) = (7, 9000, 1864);
        login.certificates = vec!["CN=vpn.example.org.".into()];
        login
    };
    let (answer, state) = asked(login(Some(true), Some(true)));
    assert_eq!((answer.result, state), (Yes, Fitness::Fit));
    assert_eq!(answer.text, "A login of 1864 octets was answered in IP fragments and in IKE fragments. CN=vpn.example.org.");
    let (answer, state) = asked(login(Some(false), Some(true)));
    assert_eq!((answer.result, state), (Yes, Fitness::Fit));
    assert!(answer.text.starts_with("A login of 1864 octets was answered in IKE fragments, and not in IP fragments."), "{answer:?}");
    let (answer, state) = asked(login(Some(false), Some(false)));
    assert_eq!((answer.result, state), (No, Fitness::Undetermined), "{answer:?}");
    let (answer, state) = asked(login(None, None));
    assert_eq!((answer.result, state), (Unknown, Fitness::Fit), "{answer:?}");
}
