//! Towards an address that nobody has proved, no more than three octets go for one that came from there.

use crate::host::{ADDITIONAL, PLAIN, Proposals};
use crate::hostile_peer::Peer;
use crate::rig::{CAROL, MOON, Rig, Seen};
use crate::toy::Seeded;
use crate::world::World;
use arbitrary::{Arbitrary, Unstructured};
use ikev2::arbitrary::{NearlyValidMessage, ValidMessage};
use ikev2::provider::Random;
use ikev2::registry::{ExchangeType, PayloadType};
use ikev2::session::{
    AuthFailure, CloseReason, Config, CookieDemand, Handled, Ignored, Limits, LocalAuth, NetworkPath, PeerConfig, RemoteAuth,
    RemoteSignature, SharedKey,
};
use std::collections::BTreeMap;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// The same datagram, from another address.
fn forged(seen: &Seen, from: &str) -> Seen {
    Seen { path: NetworkPath { peer: from.parse().unwrap(), ..seen.path }, ..seen.clone() }
}

fn octets(sent: &[Seen]) -> usize {
    sent.iter().map(|seen| seen.octets.len()).sum()
}

/// Lets time pass without the other side: it talks to itself only.
fn wait(rig: &mut Rig, span: Duration) {
    rig.now += span;
}

/// All datagrams of a life, given to moon once more from forged addresses: each as often as is told.
fn replay_all(proposals: Proposals, change: impl Fn(Config) -> Config, times: usize) {
    let mut rig = Rig::new(5, proposals, change);
    rig.set_up(CAROL);
    for by in [MOON, CAROL] {
        let id = rig.hosts[by].endpoint.sas().next().unwrap();
        let child = rig.hosts[by].children.keys().next().copied().unwrap();
        rig.hosts[by].endpoint.sa(id).unwrap().rekey_child(rig.now, child).unwrap();
        rig.talk();
        rig.hosts[by].endpoint.sa(id).unwrap().rekey(rig.now).unwrap();
        rig.talk();
    }
    let life: Vec<_> = rig.wire.iter().filter(|seen| seen.to == MOON).cloned().collect();
    assert!(life.len() > 7);
    let (mut given, mut taken) = (0, 0);
    for _ in 0..times {
        for seen in &life {
            let seen = forged(seen, "203.0.113.9:500");
            given += seen.octets.len();
            let _ = rig.give(&seen);
            let sent = rig.sent(MOON);
            assert!(sent.iter().all(|answer| answer.path.local == seen.path.peer), "only where it came from");
            taken += octets(&sent);
        }
    }
    assert!(taken <= 3 * given, "{taken} octets for {given}");
}

#[test]
fn hostile_46_a_life_replayed_from_a_forged_address_is_no_flood() {
    replay_all(PLAIN, |config| config, 20);
    replay_all(ADDITIONAL, |config| config.with_mtu(576), 20);
    replay_all(ADDITIONAL, |config| config.with_authorities(vec![[7; 20]; 1000]), 20);
}

#[test]
fn hostile_46_a_fragment_repeated_from_elsewhere_is_no_burst() {
    let mut peer = Peer::up(3, ADDITIONAL_CHILD, true);
    // A request in small fragments, whose response is not small.
    let (first, content) = peer.create_child_plain([9; 4], None);
    let header = peer.forgers[0].header(ExchangeType::CREATE_CHILD_SA, false, peer.forgers[0].next);
    let fragments = peer.forgers[0].fragments(header, (first, &content), 100);
    assert!(fragments.len() > 3);
    let path = peer.rig.hosts[MOON].path;
    for octets in &fragments {
        let _ = peer.rig.give(&Seen { to: MOON, path, octets: octets.clone() });
    }
    let answer = octets(&peer.rig.sent(MOON));
    assert!(answer > 3 * fragments[0].len(), "{answer} octets");
    let begin = Seen { to: MOON, path, octets: fragments[0].clone() };
    let elsewhere = forged(&begin, "203.0.113.9:500");
    assert_eq!(peer.rig.give(&elsewhere), Handled::Ignored(Ignored::Amplification));
    assert_eq!(octets(&peer.rig.sent(MOON)), 0);
    // From the address of the IKE SA it is answered, by whatever port (RFC 7296 section 2.1), though one copy at a time is enough.
    for port in 0..200 {
        assert_eq!(peer.rig.give(&forged(&begin, &format!("198.51.100.2:{}", 1000 + port))), Handled::Consumed);
    }
    assert_eq!(octets(&peer.rig.sent(MOON)), answer);
}

#[test]
fn hostile_46_a_request_repeated_from_elsewhere_is_answered_once_a_second() {
    let mut peer = Peer::up(4, PLAIN, true);
    peer.ask(ExchangeType::INFORMATIONAL, (PayloadType::NO_NEXT_PAYLOAD, Vec::new()));
    let request = peer.rig.wire.last().cloned().unwrap();
    let header = peer.forgers[0].header(ExchangeType::INFORMATIONAL, false, peer.forgers[0].next - 1);
    let again = peer.forgers[0].whole(header, (PayloadType::NO_NEXT_PAYLOAD, &[]));
    let elsewhere = forged(&Seen { to: MOON, path: peer.rig.hosts[MOON].path, octets: again }, "203.0.113.9:500");
    assert_eq!(request.to, CAROL);
    for _ in 0..5 {
        let mut answers = 0;
        for _ in 0..100 {
            let _ = peer.rig.give(&elsewhere);
            answers += peer.rig.sent(MOON).len();
        }
        assert_eq!(answers, 1);
        wait(&mut peer.rig, SECOND);
    }
}

#[test]
fn hostile_46_a_long_response_to_ike_sa_init_waits_for_a_cookie_and_goes_nowhere_else() {
    let mut rig = Rig::new(6, PLAIN, |config| config.with_authorities(vec![[7; 20]; 1000]));
    rig.set_up(CAROL);
    let kinds: Vec<_> = rig.wire.iter().take(4).map(|seen| (seen.to, seen.octets.len())).collect();
    // Request, COOKIE, request, response.
    assert!(kinds[1].1 <= kinds[0].1 && kinds[3].1 > 3 * kinds[2].1, "{kinds:?}");
    let mut rig = Rig::new(6, PLAIN, |config| config.with_authorities(vec![[7; 20]; 1000]));
    rig.hosts[CAROL].initiate(rig.now);
    for _ in 0..2 {
        let request = rig.sent(CAROL);
        let _ = rig.give(&request[0]);
        if rig.wire.len() < 3 {
            let cookie = rig.sent(MOON);
            let _ = rig.give(&cookie[0]);
        } else {
            assert!(octets(&rig.sent(MOON)) > 20_000);
            // The same octets, the cookie among them, from an address that has shown nothing.
            assert_eq!(rig.give(&forged(&request[0], "203.0.113.9:500")), Handled::Ignored(Ignored::Amplification));
            assert_eq!(rig.sent(MOON).len(), 0);
            assert_eq!(rig.give(&forged(&request[0], "198.51.100.2:4711")), Handled::Consumed);
            assert!(octets(&rig.sent(MOON)) > 20_000);
        }
    }
}

#[test]
fn hostile_46_what_is_answered_without_state_is_no_longer_than_the_request() {
    let mut random = Seeded(7);
    let mut rig = Rig::new(7, PLAIN, |config| config.with_cookies(CookieDemand::Always));
    rig.hosts[CAROL].initiate(rig.now);
    let init = rig.sent(CAROL).remove(0);
    let mut answers = BTreeMap::new();
    for round in 0..20_000 {
        let mut drawn = vec![0; random.below(500) as usize];
        random.fill(&mut drawn).unwrap();
        let mut message = match round % 4 {
            0 => ValidMessage::arbitrary(&mut Unstructured::new(&drawn)).unwrap().into_octets(),
            1 => NearlyValidMessage::arbitrary(&mut Unstructured::new(&drawn)).unwrap().into_octets(),
            _ => {
                let mut octets = init.octets.clone();
                for _ in 0..random.below(3) {
                    let at = random.below(octets.len() as u64) as usize;
                    octets[at] = random.next() as u8;
                }
                octets
            }
        };
        if random.percent(50) && message.len() > 19 {
            // An IKE_SA_INIT request, as far as its header goes.
            message[8..16].fill(0);
            message[18..20].copy_from_slice(&[34, 8]);
        }
        let path = NetworkPath { peer: "203.0.113.9:500".parse().unwrap(), ..init.path };
        let handled = rig.give(&Seen { to: MOON, path, octets: message.clone() });
        let sent = octets(&rig.sent(MOON));
        assert!(sent <= message.len(), "{handled:?}: {sent} octets for {}", message.len());
        if sent > 0 {
            *answers.entry(format!("{handled:?}").split_once('(').unwrap().1.chars().take(24).collect::<String>()).or_insert(0) += 1;
        }
    }
    assert!(answers.len() > 2, "{answers:?}");
    assert_eq!(rig.hosts[MOON].endpoint.sas().count(), 0);
}

/// A thousand authorities in CERTREQ: IKE_AUTH goes out in fragments, IKE_SA_INIT after a cookie, and neither side waits for ever.
#[test]
fn requests_and_responses_with_many_authorities_arrive() {
    for loss in [0, 20] {
        let mut world = World::new(8, PLAIN, |config| config.with_authorities(vec![[7; 20]; 1_000]));
        world.weather.loss = loss;
        let key = SharedKey::new(*b"secret of both");
        let remote = RemoteAuth::Signature(RemoteSignature::new().with_authorities(vec![[8; 20]; 1_000]));
        let peer = PeerConfig::new("carol".parse().unwrap(), LocalAuth::SharedKey(key), remote)
            .with_expected_identity("moon".parse().unwrap())
            .with_child(world.hosts[CAROL].child_config());
        let (now, path) = (world.now, world.hosts[CAROL].path);
        world.hosts[CAROL].endpoint.initiate(now, path, peer.with_any_identity(true)).unwrap();
        world.pass(60 * SECOND);
        assert!(world.datagrams > 20, "{} datagrams", world.datagrams);
        // Moon has read the request to its end; carol wants a signature and got none.
        assert_eq!(world.hosts[MOON].established.len(), 1, "{}", world.log());
        let told = world.hosts[CAROL].closed.values().next();
        assert_eq!(told, Some(&CloseReason::Authentication(AuthFailure::OtherMethod)), "{}", world.log());
    }
}

#[test]
fn hostile_45_answers_without_state_wait_up_to_their_limit() {
    let mut rig = Rig::plain(9);
    rig.hosts[CAROL].initiate(rig.now);
    let mut seen = rig.sent(CAROL).remove(0);
    // A later major version.
    seen.octets[17] = 0x30;
    let limit = Limits::default().stateless;
    for number in 0..10_000 {
        let handled = rig.hosts[MOON].endpoint.handle(rig.now, seen.path, &mut seen.octets.clone());
        let due = if number < limit { Ignored::Version(3) } else { Ignored::Busy };
        assert_eq!(handled, Handled::Ignored(due), "{number}");
    }
    assert_eq!(rig.sent(MOON).len(), limit);
    assert_eq!(rig.hosts[MOON].endpoint.handle(rig.now, seen.path, &mut seen.octets), Handled::Ignored(Ignored::Version(3)));
}

/// Additional key exchanges of Child SAs alone.
const ADDITIONAL_CHILD: Proposals = Proposals { ike: PLAIN.ike, esp: ADDITIONAL.esp };
