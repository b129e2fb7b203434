//! Single rules of RFC 7296, as a host that is alone with them sees them.

use crate::host::{BOTH, Host, PLAIN, config, path, policy};
use crate::toy::{PROVIDER, Seeded};
use crate::world::{Kept, World};
use ikev2::registry::{ExchangeType, NotifyType};
use ikev2::selectors::Selector;
use ikev2::session::{
    ChildConfig, ChildLifetime, CloseReason, CommandError, CookieDemand, Decision, Event, Handled, Ignored, Limits, NetworkPath,
    PathEncapsulation, Stale,
};
use ikev2::wire::{Header, IkeSpis, Message, MessageBuilder, Notify, Payload};
use std::time::Duration;

const MOON: usize = 0;
const CAROL: usize = 1;

const fn ms(span: u64) -> Duration {
    Duration::from_millis(span)
}

/// An unprotected answer to an IKE_SA_INIT request.
fn answer(request: &[u8], notify: NotifyType) -> Vec<u8> {
    let spis = IkeSpis { initiator: u64::from_be_bytes(request[..8].try_into().unwrap()), responder: 0 };
    let header = Header { spis, exchange: ExchangeType::IKE_SA_INIT, initiator: false, response: true, message_id: 0 };
    let mut buf = [0; 64];
    MessageBuilder::new(&mut buf, &header).push(Payload::Notify(Notify::new(notify, &[]))).finish().unwrap().to_vec()
}

/// A world with one IKE_SA_INIT request of moon, which is kept back.
fn begun(change: impl Fn(ikev2::session::Config) -> ikev2::session::Config) -> (World, NetworkPath, Vec<u8>) {
    let mut world = World::new(1, PLAIN, change);
    world.hold(MOON);
    world.hosts[MOON].initiate(world.now);
    let (path, request) = world.seize(MOON).remove(0);
    (world, NetworkPath { local: path.peer, peer: path.local, ..path }, request)
}

fn up() -> World {
    let mut world = World::fine();
    world.hosts[MOON].initiate(world.now);
    world.pass(ms(100));
    world.check_agreement();
    world
}

/// All that a host has to send.
fn sent(host: &mut Host, now: ikev2::Instant) -> Kept {
    let mut buf = vec![0; 65535];
    std::iter::from_fn(|| host.endpoint.poll_transmit(now, &mut buf).unwrap().map(|sent| (sent.path, buf[..sent.len].to_vec()))).collect()
}

fn notify_of(message: &[u8]) -> (NotifyType, Vec<u8>) {
    let parts = Message::parse(message).unwrap().parts().unwrap();
    let notify = parts.notifies().next().unwrap();
    (notify.ty, notify.data.to_vec())
}

#[test]
fn rfc_7296_section_2_21_1_an_unprotected_error_is_held_back() {
    for is_true in [false, true] {
        let (mut world, back, request) = begun(|config| config);
        let there = NetworkPath { local: back.peer, peer: back.local, ..back };
        let mut forged = answer(&request, NotifyType::NO_PROPOSAL_CHOSEN);
        let handled = world.hosts[MOON].endpoint.handle(world.now, there, &mut forged);
        assert_eq!(handled, Handled::Ignored(Ignored::HeldBack));
        assert!(matches!(
            world.hosts[MOON].endpoint.poll_event(),
            Some((_, Event::Suspected(CloseReason::Refused { notify: NotifyType::NO_PROPOSAL_CHOSEN, .. })))
        ));
        if !is_true {
            // The responder's own response comes, and counts.
            world.resume(MOON, vec![(there, request)]);
            world.pass(ms(900));
            world.check_agreement();
            continue;
        }
        world.pass(ms(990));
        assert!(world.hosts[MOON].closed.is_empty(), "{}", world.log());
        world.pass(ms(20));
        let refused = CloseReason::Refused { exchange: ExchangeType::IKE_SA_INIT, notify: NotifyType::NO_PROPOSAL_CHOSEN };
        assert_eq!(world.hosts[MOON].closed.values().next(), Some(&refused), "{}", world.log());
        assert_eq!(world.hosts[MOON].endpoint.spis_in_use(), (0, 0));
    }
}

#[test]
fn rfc_7296_section_2_1_the_same_request_gets_the_same_response_from_another_port_too() {
    let (mut world, back, request) = begun(|config| config);
    let carol = &mut world.hosts[CAROL];
    let mut responses = Vec::new();
    for port in [500, 1024, 500] {
        let path = NetworkPath { peer: (back.peer.ip(), port).into(), ..back };
        assert_eq!(carol.endpoint.handle(world.now, path, &mut request.clone()), Handled::Consumed);
        let mut answers = sent(carol, world.now);
        assert_eq!((answers.len(), answers[0].0), (1, path));
        responses.push(answers.remove(0).1);
    }
    assert!(responses.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(carol.endpoint.half_open(), 1);
}

#[test]
fn rfc_7296_section_2_5_another_major_version_and_a_critical_payload_are_answered() {
    let (mut world, back, request) = begun(|config| config);
    let carol = &mut world.hosts[CAROL];
    let mut later = request.clone();
    later[17] = 0x30;
    assert_eq!(carol.endpoint.handle(world.now, back, &mut later), Handled::Ignored(Ignored::Version(3)));
    assert_eq!(notify_of(&sent(carol, world.now)[0].1).0, NotifyType::INVALID_MAJOR_VERSION);
    // An unknown payload with the critical flag stands before the others.
    let mut critical = request.clone();
    let first = std::mem::replace(&mut critical[16], 200);
    critical.splice(28..28, [first, 0x80, 0, 4]);
    let len = u32::try_from(critical.len()).unwrap().to_be_bytes();
    critical[24..28].copy_from_slice(&len);
    assert!(matches!(carol.endpoint.handle(world.now, back, &mut critical), Handled::Ignored(Ignored::Unprotected(_))));
    assert_eq!(notify_of(&sent(carol, world.now)[0].1), (NotifyType::UNSUPPORTED_CRITICAL_PAYLOAD, vec![200]));
    assert_eq!(carol.endpoint.half_open(), 0);
}

#[test]
fn rfc_7296_section_2_6_a_cookie_is_shown_before_anything_is_kept() {
    let (mut world, back, request) = begun(|config| config.with_cookies(CookieDemand::Always));
    let carol = &mut world.hosts[CAROL];
    assert_eq!(carol.endpoint.handle(world.now, back, &mut request.clone()), Handled::Ignored(Ignored::CookieDemanded));
    assert_eq!((carol.endpoint.half_open(), carol.endpoint.spis_in_use()), (0, (0, 0)));
    let there = NetworkPath { local: back.peer, peer: back.local, ..back };
    world.resume(MOON, vec![(there, request)]);
    world.pass(ms(500));
    world.check_agreement();
    assert_eq!(world.only_sa(MOON), world.hosts[MOON].established.first().copied().unwrap());
}

#[test]
fn rfc_7296_section_2_4_a_silent_peer_is_asked_and_then_taken_for_dead() {
    let mut world = up();
    world.is_lost = Some(|from, _| from == CAROL);
    world.pass(Duration::from_secs(29));
    assert_eq!(world.datagrams, 4, "{}", world.log());
    // Both ask after 30 seconds; moon hears Carol no more, and gives up after 60.
    world.pass(Duration::from_secs(62));
    let silent = CloseReason::NoResponse(ExchangeType::INFORMATIONAL);
    assert_eq!(world.hosts[MOON].closed.values().next(), Some(&silent), "{}", world.log());
    assert!(world.hosts[MOON].children.is_empty());
    assert_eq!(world.hosts[MOON].endpoint.spis_in_use(), (0, 0));
}

#[test]
fn rfc_7296_section_2_4_initial_contact_ends_what_the_peer_has_forgotten() {
    let mut world = up();
    let old = world.only_sa(CAROL);
    let moon = path("192.0.2.1:500", "198.51.100.2:500");
    world.hosts[MOON] = Host::new("moon", moon, PLAIN, config(PLAIN), 77);
    world.hosts[MOON].initiate(world.now);
    world.pass(ms(500));
    assert_eq!(world.hosts[CAROL].closed.get(&old), Some(&CloseReason::InitialContact), "{}", world.log());
    world.check_agreement();
    // Another one beside it is not the only one, and ends nothing.
    world.hosts[MOON].initiate(world.now);
    world.pass(ms(500));
    world.check_agreement();
    assert_eq!(world.hosts[CAROL].endpoint.sas().count(), 2, "{}", world.log());
}

/// It is the only one between the two identities: what another identity of ours has with somebody of the same name stays.
#[test]
fn rfc_7296_section_2_4_initial_contact_is_about_both_identities() {
    for (own, is_over) in [("carol", true), ("another", false)] {
        let mut world = up();
        let old = world.only_sa(CAROL);
        let moon = path("192.0.2.1:500", "198.51.100.2:500");
        world.hosts[MOON] = Host::new("moon", moon, PLAIN, config(PLAIN), 77);
        let usual = world.hosts[CAROL].peer_config(own, "moon").with_child(world.hosts[CAROL].child_config());
        world.hosts[CAROL].answers_with = Some(usual);
        let peer = world.hosts[MOON].peer_config("moon", own);
        world.hosts[MOON].endpoint.initiate(world.now, moon, peer).unwrap();
        world.pass(ms(500));
        assert_eq!(world.hosts[MOON].established.len(), 1, "{}", world.log());
        assert_eq!(world.hosts[CAROL].closed.contains_key(&old), is_over, "{}", world.log());
    }
}

/// Another IKE SA with the peer has come up since this one was begun: it is not the only one any more, and says nothing of the kind.
#[test]
fn rfc_7296_section_2_4_initial_contact_is_not_claimed_where_another_came_first() {
    for asks in [false, true] {
        let (mut world, back, request) = begun(|config| config);
        let first = world.only_sa(MOON);
        // Carol begins meanwhile, and is up before Moon's request arrives.
        world.hosts[CAROL].initiate(world.now);
        world.pass(ms(500));
        assert_eq!(world.hosts[MOON].established.len(), 1, "{}", world.log());
        if asks {
            world.hosts[CAROL].hesitation = ms(50);
        }
        world.resume(MOON, vec![(NetworkPath { local: back.peer, peer: back.local, ..back }, request)]);
        world.pass(ms(900));
        assert!(world.hosts[MOON].endpoint.view(first).unwrap().is_up(), "{}", world.log());
        world.check_agreement();
        assert_eq!(world.hosts[CAROL].endpoint.sas().count(), 2, "{}", world.log());
    }
}

/// What the application has asked for is the reason, although the peer says the same another way.
#[test]
fn rfc_7296_section_2_4_initial_contact_ends_what_we_are_deleting_as_it_was_requested() {
    let mut world = up();
    let (old, now) = (world.only_sa(CAROL), world.now);
    let moon = path("192.0.2.1:500", "198.51.100.2:500");
    world.hosts[MOON] = Host::new("moon", moon, PLAIN, config(PLAIN), 77);
    world.hosts[CAROL].endpoint.sa(old).unwrap().delete(now);
    world.pass(ms(100));
    assert_eq!(world.hosts[CAROL].closed.get(&old), None, "{}", world.log());
    world.hosts[MOON].initiate(world.now);
    world.pass(ms(500));
    assert_eq!(world.hosts[CAROL].closed.get(&old), Some(&CloseReason::Requested), "{}", world.log());
    world.check_agreement();
}

#[test]
fn rfc_7296_section_2_4_both_begin_at_once_and_neither_closes_what_the_other_keeps() {
    for seed in 0..50 {
        let mut world = World::new(seed, PLAIN, |config| config);
        let mut random = Seeded(seed);
        for side in [MOON, CAROL] {
            world.hosts[side].hesitation = ms(random.below(200));
            world.hosts[side].initiate(world.now);
            world.pass(ms(random.below(100)));
        }
        world.pass(Duration::from_secs(200));
        world.check_agreement();
        assert!(world.hosts[MOON].endpoint.sas().count() >= 1, "{}", world.log());
    }
}

/// As moon behind a NAT and Carol see each other's addresses.
const OUTSIDE: &str = "203.0.113.9";

fn nat(from: usize, path: NetworkPath, port_4500: u16, carol: &str) -> NetworkPath {
    let port = |port: u16| if port == 4500 { port_4500 } else { 1024 };
    if from == MOON {
        NetworkPath { peer: (OUTSIDE.parse::<std::net::IpAddr>().unwrap(), port(path.peer.port())).into(), ..path }
    } else {
        let own = if path.local.port() == 1024 { "192.0.2.1:500" } else { "192.0.2.1:4500" };
        NetworkPath { local: own.parse().unwrap(), peer: (carol.parse::<std::net::IpAddr>().unwrap(), path.peer.port()).into(), ..path }
    }
}

#[test]
fn rfc_7296_section_2_23_port_4500_and_who_follows_whom() {
    let mut world = World::fine();
    world.translate = Some(|from, path| nat(from, path, 4501, "198.51.100.2"));
    let there = |port: u16| NetworkPath {
        local: (world.hosts[MOON].path.local.ip(), port).into(),
        peer: (world.hosts[MOON].path.peer.ip(), port).into(),
        encapsulation: PathEncapsulation::NonEspMarker,
    };
    let (floated, first) = (there(4500), world.hosts[MOON].path);
    let peer = world.hosts[MOON].peer_config("moon", "carol").with_nat_path(floated);
    world.hosts[MOON].endpoint.initiate(world.now, first, peer).unwrap();
    world.pass(ms(500));
    world.check_agreement();
    let (moon, carol) = (world.only_sa(MOON), world.only_sa(CAROL));
    let peers = |world: &World| {
        let peer = |side: usize, id| world.hosts[side].endpoint.view(id).unwrap().path().peer.to_string();
        (peer(MOON, moon), peer(CAROL, carol))
    };
    assert_eq!(peers(&world), ("198.51.100.2:4500".into(), "203.0.113.9:4501".into()));
    // Kept over a rekey, by either side.
    for (side, id) in [(MOON, moon), (CAROL, carol)] {
        world.hosts[side].endpoint.sa(id).unwrap().rekey(world.now).unwrap();
        world.pass(ms(500));
        world.check_agreement();
    }
    assert_eq!(peers(&world), ("198.51.100.2:4500".into(), "203.0.113.9:4501".into()));
    // The NAT changes its mind: Carol follows the next authentic request.
    world.translate = Some(|from, path| nat(from, path, 4999, "198.51.100.2"));
    world.hosts[MOON].endpoint.sa(moon).unwrap().ping(world.now).unwrap();
    world.pass(ms(100));
    assert_eq!(peers(&world).1, "203.0.113.9:4999");
    assert!(world.hosts[CAROL].log.iter().any(|line| line.contains("PathChanged")), "{}", world.log());
    // Moon is behind the NAT, and does not follow; it answers where the request came from.
    world.translate = Some(|from, path| nat(from, path, 4999, "198.51.100.77"));
    world.hosts[CAROL].endpoint.sa(carol).unwrap().ping(world.now).unwrap();
    world.pass(ms(100));
    assert_eq!(peers(&world).0, "198.51.100.2:4500");
    // RFC 3948 section 4: only who is behind the NAT keeps its mapping alive.
    world.translate = Some(|from, path| nat(from, path, 4999, "198.51.100.2"));
    world.pass(Duration::from_secs(28));
    let kept = [MOON, CAROL].map(|side| world.hosts[side].log.iter().filter(|line| line.contains("a keepalive")).count());
    assert_eq!(kept, [1, 0], "{}", world.log());
}

#[test]
fn a_late_decision_is_stale_and_counts_as_a_refusal() {
    let mut world = World::fine();
    world.hosts[CAROL].hesitation = Duration::from_secs(3_600);
    world.hosts[MOON].initiate(world.now);
    world.pass(ms(50));
    let token = world.hosts[CAROL].asked.unwrap();
    world.pass(Duration::from_secs(26));
    let failed = CloseReason::NotAuthenticated;
    assert_eq!(world.hosts[MOON].closed.values().next(), Some(&failed), "{}", world.log());
    assert_eq!(world.hosts[CAROL].closed.values().next(), Some(&CloseReason::Undecided), "{}", world.log());
    assert_eq!(world.hosts[CAROL].endpoint.decide(world.now, token, Decision::Refuse), Err(Stale));
}

#[test]
fn rfc_7296_section_2_21_2_a_child_that_is_not_installed_leaves_the_ike_sa_up() {
    for side in [MOON, CAROL] {
        let mut world = World::fine();
        world.hosts[side].refusals = 100;
        world.hosts[MOON].initiate(world.now);
        world.pass(ms(500));
        world.check_agreement();
        assert_eq!((world.hosts[MOON].children.len(), world.hosts[MOON].endpoint.sas().count()), (0, 1), "{}", world.log());
        assert!(world.hosts.iter().all(|host| host.endpoint.spis_in_use() == (1, 0)), "{}", world.log());
    }
}

#[test]
fn what_an_ike_sa_does_not_have_is_not_asked_of_it() {
    let mut world = up();
    let (id, now) = (world.only_sa(MOON), world.now);
    let child = *world.hosts[MOON].children.keys().next().unwrap();
    let theirs = *world.hosts[CAROL].children.keys().next().unwrap();
    let endpoint = &mut world.hosts[MOON].endpoint;
    assert_eq!(endpoint.sa(id).unwrap().rekey_child(now, theirs), Err(CommandError::UnknownChild));
    assert_eq!(endpoint.sa(id).unwrap().delete_child(now, theirs), Err(CommandError::UnknownChild));
    for lifetime in [ChildLifetime::Soft, ChildLifetime::Hard] {
        assert_eq!(endpoint.child_expired(now, theirs, lifetime), Err(CommandError::UnknownChild));
    }
    assert_eq!(endpoint.child_acquire(now, &"10.2.3.4".parse().unwrap()), Some(id));
    assert_eq!(endpoint.child_acquire(now, &"10.7.3.4".parse().unwrap()), None);
    assert_eq!(endpoint.child_expired(now, child, ChildLifetime::Hard), Ok(()));
    world.pass(ms(500));
    world.check_agreement();
    assert_eq!(world.hosts[MOON].children.len(), 1, "{}", world.log());
    assert!(!world.hosts[MOON].children.contains_key(&child));
    let waiting = (0..1_000).take_while(|_| {
        let config = world.hosts[MOON].child_config();
        world.hosts[MOON].endpoint.sa(id).unwrap().create_child(now, config).is_ok()
    });
    let room = Limits::default().commands;
    // One is on its way.
    assert_eq!(waiting.count(), room + 1);
    assert!(room > Limits::default().children);
}

/// Somebody makes us begin again with a method that the peer does not want: its answer to the first request counts, and so does its wish.
#[test]
fn hostile_48_rfc_7296_section_1_2_a_forged_invalid_ke_payload_ends_nothing() {
    for (is_first_lost, cookies) in [(false, false), (true, false), (true, true)] {
        let demand = if cookies { CookieDemand::Always } else { CookieDemand::UnderLoad };
        let mut world = World::new(1, BOTH, |config| config.with_cookies(demand));
        world.hold(MOON);
        world.hosts[MOON].initiate(world.now);
        let (path, request) = world.seize(MOON).remove(0);
        let spis = IkeSpis { initiator: u64::from_be_bytes(request[..8].try_into().unwrap()), responder: 0 };
        let header = Header { spis, exchange: ExchangeType::IKE_SA_INIT, initiator: false, response: true, message_id: 0 };
        let mut buf = [0; 64];
        // ECP-256, which Carol takes as well, and does not prefer.
        let notify = Payload::Notify(Notify::new(NotifyType::INVALID_KE_PAYLOAD, &[0, 19]));
        let mut forged = MessageBuilder::new(&mut buf, &header).push(notify).finish().unwrap().to_vec();
        world.hold(MOON);
        assert_eq!(world.hosts[MOON].endpoint.handle(world.now, path, &mut forged), Handled::Consumed);
        let again = world.seize(MOON);
        assert_eq!(again.len(), 1);
        if !is_first_lost {
            world.resume(MOON, vec![(path, request.clone())]);
            world.pass(ms(100));
        }
        world.resume(MOON, again);
        world.pass(ms(900));
        assert!(world.hosts[MOON].closed.is_empty() && world.hosts[MOON].established.len() == 1, "{}", world.log());
        let chosen = world.hosts[MOON].endpoint.view(world.only_sa(MOON)).unwrap().selection().unwrap().ke_method();
        assert_eq!(chosen, Some(ikev2::registry::KeMethod::CURVE25519));
    }
}

#[test]
fn a_short_buffer_keeps_the_datagram() {
    let mut world = World::fine();
    let moon = &mut world.hosts[MOON];
    moon.initiate(world.now);
    let needed = moon.endpoint.poll_transmit(world.now, &mut [0; 64]).unwrap_err().needed;
    assert_eq!(moon.endpoint.poll_transmit(world.now, &mut vec![0; needed - 1]).unwrap_err().needed, needed);
    let mut buf = vec![0; needed];
    assert_eq!(moon.endpoint.poll_transmit(world.now, &mut buf).unwrap().map(|sent| sent.len), Some(needed));
    assert_eq!(moon.endpoint.poll_transmit(world.now, &mut buf), Ok(None));
}

#[test]
fn a_host_that_takes_no_events_is_busy_and_goes_on_when_it_does() {
    let mut world = up();
    let (moon, carol) = (world.only_sa(MOON), world.only_sa(CAROL));
    let path = world.hosts[CAROL].path;
    let mut buf = vec![0; 65535];
    let mut is_busy = false;
    // Carol's application takes no events; each Child SA for traffic that Carol knows nothing of makes one.
    let selector = |text: &str| [text.parse::<Selector>().unwrap()];
    let unknown = ChildConfig::new(&PROVIDER, &policy(PLAIN.esp, false), selector("10.8.0.0/16"), selector("10.9.0.0/16"));
    for _ in 0..100 {
        let _ = world.hosts[MOON].endpoint.sa(moon).unwrap().create_child(world.now, unknown.clone());
        world.now += ms(300);
        world.hosts[MOON].endpoint.handle_timeout(world.now);
        let [moon_host, carol_host] = &mut world.hosts;
        while let Some(sent) = moon_host.endpoint.poll_transmit(world.now, &mut buf).unwrap() {
            is_busy |= carol_host.endpoint.handle(world.now, path, &mut buf[..sent.len]) == Handled::Ignored(Ignored::Busy);
        }
        while let Some(sent) = carol_host.endpoint.poll_transmit(world.now, &mut buf).unwrap() {
            let back = NetworkPath { local: sent.path.peer, peer: sent.path.local, ..sent.path };
            let _ = moon_host.endpoint.handle(world.now, back, &mut buf[..sent.len]);
        }
        moon_host.events(world.now);
        moon_host.decide(world.now);
    }
    assert!(is_busy, "{}", world.log());
    assert!(world.hosts[CAROL].endpoint.view(carol).is_some());
    world.pass(Duration::from_secs(400));
    world.check_agreement();
}
