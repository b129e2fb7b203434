//! Several answers to one IKE_SA_INIT request, all but one of them by somebody who saw the request and was faster (RFC 7296 section 2.4).

use crate::forger::{Forger, Read};
use crate::host::{ADDITIONAL, BOTH, Host, PLAIN, Proposals, SECOND as OTHER, config, config_of};
use crate::rig::{CAROL, MOON, Rig, Seen};
use allocation_counter::measure;
use ikev2::exchange::MessageContent;
use ikev2::identity::Identity;
use ikev2::provider::Provider;
use ikev2::registry::{AuthMethod, ExchangeType, NotifyType};
use ikev2::session::{CloseReason, CookieDemand, Handled, Ignored};
use ikev2::wire::{Auth, Header, IkeSpis, Message, MessageBuilder, Notify, Payload};
use std::time::Duration;

/// The first wait of `config`.
const FIRST: Duration = Duration::from_secs(1);
/// The one after it.
const SECOND: Duration = Duration::from_secs(2);
const GIVE_UP: Duration = Duration::from_secs(60);

/// Carol has begun; gives her request.
fn begun(seed: u64, proposals: Proposals) -> (Rig, Seen) {
    let mut rig = Rig::new(seed, proposals, |config| config.with_measured_timer(false));
    rig.hosts[CAROL].initiate(rig.now);
    let request = rig.sent(CAROL).remove(0);
    (rig, request)
}

/// What somebody answers who is not moon, and who has a private key of its own.
fn forged(rig: &Rig, request: &Seen, seed: u64) -> Vec<u8> {
    let proposals = rig.hosts[CAROL].proposals;
    let mut mallory = Host::new("moon", rig.hosts[MOON].path, proposals, config(proposals), seed);
    assert_eq!(mallory.endpoint.handle(rig.now, request.path, &mut request.octets.clone()), Handled::Consumed);
    let mut buf = vec![0; 65_535];
    let sent = mallory.endpoint.poll_transmit(rig.now, &mut buf).unwrap().unwrap();
    buf.truncate(sent.len);
    buf
}

fn to_carol(rig: &mut Rig, octets: &[u8]) -> Handled {
    let path = rig.hosts[CAROL].path;
    rig.give(&Seen { to: CAROL, path, octets: octets.to_vec() })
}

/// What moon itself answers.
fn genuine(rig: &mut Rig, request: &Seen) -> Vec<u8> {
    assert_eq!(rig.give(request), Handled::Consumed);
    rig.sent(MOON).remove(0).octets
}

/// IKE_AUTH of somebody who does not have moon's key.
fn other_key() -> MessageContent {
    let moon: Identity = "moon".parse().unwrap();
    let content = MessageContent::build(|chain| {
        chain.push(Payload::IdR(moon.id()));
        chain.push(Payload::Auth(Auth { method: AuthMethod::SHARED_KEY_MIC, data: &[1; 32] }));
    });
    content.unwrap()
}

/// Mallory answers what carol has asked it.
fn answered(rig: &mut Rig, mallory: &mut Forger, asked: &Read, content: &MessageContent) -> Handled {
    let header = mallory.header(asked.header.exchange, true, asked.header.message_id);
    let response = mallory.whole(header, (content.first_payload(), content.octets()));
    to_carol(rig, &response)
}

/// Time passes until carol does something.
fn wait(rig: &mut Rig) {
    rig.talk();
    rig.now = rig.hosts[CAROL].due().unwrap();
    rig.hosts[CAROL].endpoint.handle_timeout(rig.now);
    rig.decide(CAROL);
}

/// Both sides have one IKE SA, with a Child SA of the same keys, and nothing else.
fn check_up(rig: &Rig) {
    let [moon, carol] = &rig.hosts;
    for host in [moon, carol] {
        assert_eq!((host.established.len(), host.closed.len()), (1, 0), "{}", host.log.join("\n"));
        assert_eq!(host.endpoint.spis_in_use(), (1, 1), "{}", host.log.join("\n"));
    }
    let keys = |host: &Host| host.children.values().map(|child| (child.keys_in.clone(), child.keys_out.clone())).next();
    assert_eq!(keys(moon), keys(carol).map(|(inward, outward)| (outward, inward)));
}

#[test]
fn hostile_48_rfc_7296_section_2_4_an_answer_of_which_nothing_comes_gives_way_to_another() {
    for proposals in [PLAIN, ADDITIONAL] {
        let (mut rig, request) = begun(1, proposals);
        let answers = [2, 3, 4].map(|seed| forged(&rig, &request, seed));
        assert_eq!(to_carol(&mut rig, &answers[0]), Handled::Consumed);
        for answer in &answers[1..] {
            assert_eq!(to_carol(&mut rig, answer), Handled::Ignored(Ignored::HeldBack));
        }
        let own = genuine(&mut rig, &request);
        assert_eq!(to_carol(&mut rig, &own), Handled::Ignored(Ignored::HeldBack));
        for answer in answers.iter().chain([&own]) {
            assert_eq!(to_carol(&mut rig, answer), Handled::Ignored(Ignored::Repeated));
        }
        // Each answer that nobody stands by is asked twice.
        for _ in &answers {
            let before = rig.now;
            wait(&mut rig);
            wait(&mut rig);
            assert!(rig.hosts[CAROL].established.is_empty());
            assert_eq!(rig.now - before, FIRST + SECOND);
        }
        rig.talk();
        check_up(&rig);
    }
}

/// Whoever answers has the keys of that answer: it can say no as well.
#[test]
fn hostile_48_rfc_7296_section_2_4_a_refusal_by_who_is_not_the_peer_gives_way_to_another() {
    let failed = MessageContent::notify(NotifyType::AUTHENTICATION_FAILED, &[]).unwrap();
    for content in [failed, other_key(), MessageContent::empty()] {
        let (mut rig, request) = begun(2, PLAIN);
        let answer = forged(&rig, &request, 9);
        assert_eq!(to_carol(&mut rig, &answer), Handled::Consumed);
        let own = genuine(&mut rig, &request);
        assert_eq!(to_carol(&mut rig, &own), Handled::Ignored(Ignored::HeldBack));
        let mut mallory = Forger::after_init(&request.octets, &answer, false);
        let asked = rig.sent(CAROL).iter().find_map(|sent| mallory.read(&sent.octets)).unwrap();
        assert_eq!(answered(&mut rig, &mut mallory, &asked, &content), Handled::Consumed);
        rig.talk();
        check_up(&rig);
    }
}

#[test]
fn rfc_7296_section_2_4_an_answer_that_comes_later_costs_a_wait_at_most() {
    let (mut rig, request) = begun(3, PLAIN);
    let own = genuine(&mut rig, &request);
    assert_eq!(to_carol(&mut rig, &own), Handled::Consumed);
    let answer = forged(&rig, &request, 9);
    assert_eq!(to_carol(&mut rig, &answer), Handled::Ignored(Ignored::HeldBack));
    // Moon answers IKE_AUTH, and the answer is lost.
    for sent in rig.sent(CAROL) {
        assert_eq!(rig.give(&sent), Handled::Consumed);
    }
    assert!(!rig.sent(MOON).is_empty());
    // So is the second one; then it is the other one's turn, who is silent; then the same request comes again.
    wait(&mut rig);
    for sent in rig.sent(CAROL) {
        assert_eq!(rig.give(&sent), Handled::Consumed);
    }
    assert!(!rig.sent(MOON).is_empty());
    for _ in 0..3 {
        assert!(rig.hosts[CAROL].established.is_empty());
        wait(&mut rig);
    }
    rig.talk();
    check_up(&rig);
    assert_eq!(rig.now.elapsed_since_start(), (FIRST + SECOND) * 2);
}

/// The forged answer has the SPI of moon's own, which somebody on the way saw before carol did.
#[test]
fn hostile_48_rfc_7296_section_2_4_an_answer_with_the_spi_of_another_stands_in_its_way_in_vain() {
    let (mut rig, request) = begun(8, PLAIN);
    let own = genuine(&mut rig, &request);
    let mut answer = forged(&rig, &request, 9);
    answer[8..16].copy_from_slice(&own[8..16]);
    assert_eq!(to_carol(&mut rig, &answer), Handled::Consumed);
    assert_eq!(to_carol(&mut rig, &own), Handled::Ignored(Ignored::HeldBack));
    wait(&mut rig);
    wait(&mut rig);
    rig.talk();
    check_up(&rig);
}

/// Who has failed is told so in an exchange of its own, and may answer that, or not: another answer is tried as soon as it comes.
#[test]
fn hostile_48_rfc_7296_section_2_21_2_who_has_failed_does_not_end_the_attempt_by_taking_note_of_it() {
    for answers_farewell in [false, true] {
        let (mut rig, request) = begun(10, PLAIN);
        let answer = forged(&rig, &request, 9);
        assert_eq!(to_carol(&mut rig, &answer), Handled::Consumed);
        let mut mallory = Forger::after_init(&request.octets, &answer, false);
        let asked = rig.sent(CAROL).iter().find_map(|sent| mallory.read(&sent.octets)).unwrap();
        assert_eq!(answered(&mut rig, &mut mallory, &asked, &other_key()), Handled::Consumed);
        let farewell = rig.sent(CAROL).iter().find_map(|sent| mallory.read(&sent.octets)).unwrap();
        assert_eq!(farewell.header.exchange, ExchangeType::INFORMATIONAL);
        let own = genuine(&mut rig, &request);
        assert_eq!(to_carol(&mut rig, &own), Handled::Ignored(Ignored::HeldBack));
        if answers_farewell {
            let _ = answered(&mut rig, &mut mallory, &farewell, &MessageContent::empty());
        }
        rig.talk();
        check_up(&rig);
    }
}

/// Moon wants a cookie, or another method, after somebody has agreed in its place.
#[test]
fn hostile_48_rfc_7296_section_2_6_what_the_peer_demands_is_done_when_another_answer_comes_to_nothing() {
    for proposals in [PLAIN, BOTH] {
        let mut rig = Rig::new(11, proposals, |config| config.with_measured_timer(false));
        let host = &rig.hosts[MOON];
        let demanding = if proposals.ike == PLAIN.ike { PLAIN } else { OTHER };
        let changed = config(demanding).with_measured_timer(false);
        let changed = if demanding.ike == PLAIN.ike { changed.with_cookies(CookieDemand::Always) } else { changed };
        rig.hosts[MOON] = Host::new("moon", host.path, demanding, changed, 12);
        rig.hosts[CAROL].initiate(rig.now);
        let request = rig.sent(CAROL).remove(0);
        let answer = forged(&rig, &request, 13);
        assert_eq!(to_carol(&mut rig, &answer), Handled::Consumed);
        let _ = rig.give(&request);
        let demand = rig.sent(MOON).remove(0);
        assert_eq!(to_carol(&mut rig, &demand.octets), Handled::Ignored(Ignored::HeldBack));
        // Asked twice in vain, then beside the other request; its answer is tried when the other has been silent once more.
        for _ in 0..3 {
            wait(&mut rig);
        }
        rig.talk();
        check_up(&rig);
    }
}

/// A response that comes while another answer is tried is taken at once, whichever it belongs to.
#[test]
fn rfc_7296_section_2_4_a_late_response_is_taken_while_another_answer_is_tried() {
    for proposals in [PLAIN, ADDITIONAL] {
        let (mut rig, request) = begun(7, proposals);
        let own = genuine(&mut rig, &request);
        assert_eq!(to_carol(&mut rig, &own), Handled::Consumed);
        let answer = forged(&rig, &request, 9);
        assert_eq!(to_carol(&mut rig, &answer), Handled::Ignored(Ignored::HeldBack));
        for sent in rig.sent(CAROL) {
            assert_eq!(rig.give(&sent), Handled::Consumed);
        }
        let late = rig.sent(MOON);
        wait(&mut rig);
        rig.sent(CAROL);
        wait(&mut rig);
        rig.talk();
        for sent in late {
            assert_eq!(rig.give(&sent), Handled::Consumed);
        }
        rig.talk();
        check_up(&rig);
        assert_eq!(rig.now.elapsed_since_start(), FIRST + SECOND);
    }
}

#[test]
fn hostile_45_48_rfc_7296_section_2_4_answers_without_end_are_bounded() {
    let (mut rig, request) = begun(4, PLAIN);
    let answers: Vec<_> = (10..200).map(|seed| forged(&rig, &request, seed)).collect();
    let octets: usize = answers[..5].iter().map(Vec::len).sum();
    let told: Vec<_> = answers[..5].iter().map(|answer| to_carol(&mut rig, answer)).collect();
    assert_eq!(told[0], Handled::Consumed);
    assert_eq!(told[1..], [Handled::Ignored(Ignored::HeldBack); 4]);
    let path = rig.hosts[CAROL].path;
    let held = measure(|| {
        for answer in &answers[5..] {
            let handled = rig.hosts[CAROL].endpoint.handle(rig.now, path, &mut answer.clone());
            assert_eq!(handled, Handled::Ignored(Ignored::Limit));
        }
    });
    assert_eq!(held.bytes_current, 0, "{octets}");
    // Nobody stands by any of them: the end comes when it would have come, and is told once.
    let sent = rig.wire.len();
    rig.pass_alone(CAROL, GIVE_UP - Duration::from_millis(1));
    assert!(rig.hosts[CAROL].closed.is_empty());
    rig.pass_alone(CAROL, Duration::from_millis(2));
    let closed: Vec<_> = rig.hosts[CAROL].closed.values().copied().collect();
    assert_eq!(closed, [CloseReason::NoResponse(ExchangeType::IKE_AUTH)]);
    assert_eq!(rig.hosts[CAROL].endpoint.spis_in_use(), (0, 0));
    // Of each no more datagrams than of one alone, whose waits are 1, 2, 4, 8, 16 and 16 seconds.
    assert!(rig.wire.len() - sent <= 5 * 6, "{}", rig.wire.len() - sent);
}

/// A cookie that moon did not ask for makes carol ask anew: moon answers both requests, and AUTH covers the later one.
#[test]
fn hostile_48_rfc_7296_section_2_6_a_cookie_of_somebody_else_does_not_end_the_attempt() {
    let (mut rig, request) = begun(5, PLAIN);
    let spis = IkeSpis { initiator: u64::from_be_bytes(request.octets[..8].try_into().unwrap()), responder: 0 };
    let header = Header { spis, exchange: ExchangeType::IKE_SA_INIT, initiator: false, response: true, message_id: 0 };
    let mut buf = [0; 64];
    let cookie =
        MessageBuilder::new(&mut buf, &header).push(Payload::Notify(Notify::new(NotifyType::COOKIE, &[7; 8]))).finish().unwrap().to_vec();
    assert_eq!(to_carol(&mut rig, &cookie), Handled::Consumed);
    let again = rig.sent(CAROL).remove(0);
    assert!(Message::parse(&again.octets).unwrap().parts().unwrap().notify(NotifyType::COOKIE).is_some());
    let first = genuine(&mut rig, &request);
    assert_eq!(to_carol(&mut rig, &first), Handled::Consumed);
    let second = genuine(&mut rig, &again);
    assert_eq!(to_carol(&mut rig, &second), Handled::Ignored(Ignored::HeldBack));
    rig.talk();
    let carol = &rig.hosts[CAROL];
    assert_eq!((carol.established.len(), carol.closed.len()), (1, 0), "{}", carol.log.join("\n"));
    assert_eq!((carol.endpoint.spis_in_use(), rig.hosts[MOON].established.len()), ((1, 1), 1));
}

/// A public value that X25519 refuses (RFC 7748 section 6.1) uses up nothing.
#[test]
fn hostile_48_rfc_7296_section_2_4_a_public_value_that_is_refused_does_not_end_the_attempt() {
    let mut rig = Rig::plain(6);
    for at in [MOON, CAROL] {
        let host = &rig.hosts[at];
        let (provider, proposals) = (Provider::builtin(), host.proposals);
        rig.hosts[at] = Host::of(provider, host.name, host.path, proposals, config_of(&provider, proposals), 60 + at as u64);
    }
    rig.hosts[CAROL].initiate(rig.now);
    let request = rig.sent(CAROL).remove(0);
    let own = genuine(&mut rig, &request);
    let public = Message::parse(&own).unwrap().parts().unwrap().key_exchange.unwrap().data.to_vec();
    let at = own.windows(public.len()).position(|octets| octets == public).unwrap();
    let mut zero = own.clone();
    zero[at..at + public.len()].fill(0);
    assert_eq!(to_carol(&mut rig, &zero), Handled::Ignored(Ignored::HeldBack));
    assert_eq!(to_carol(&mut rig, &own), Handled::Consumed);
    rig.talk();
    check_up(&rig);
}
