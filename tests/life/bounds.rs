//! What peers and strangers can make an endpoint hold.

use crate::host::{Host, PLAIN, config, config_of, path};
use crate::rig::{CAROL, MOON, Rig, Seen};
use crate::toy::{PROVIDER, Seeded};
use allocation_counter::measure;
use ikev2::Instant;
use ikev2::provider::Provider;
use ikev2::session::{
    CloseReason, Decision, Endpoint, Event, Handled, InitiateError, Limits, LocalAuth, NetworkPath, PeerConfig, RemoteAuth, SharedKey,
};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// An IKE_SA_INIT request, and the path on which moon gets it.
fn init(rig: &mut Rig) -> Seen {
    rig.hosts[CAROL].initiate(rig.now);
    rig.sent(CAROL).remove(0)
}

/// The same request with another SPIi, from another address.
fn forged(init: &Seen, spi: u64, source: u32) -> Seen {
    let mut octets = init.octets.clone();
    octets[..8].copy_from_slice(&spi.to_be_bytes());
    let peer = SocketAddr::new(IpAddr::V4(Ipv4Addr::from_bits(source)), 500);
    Seen { path: NetworkPath { peer, ..init.path }, octets, ..init.clone() }
}

/// Gives a datagram to an endpoint, and sends what it has to send to nobody.
fn give(endpoint: &mut Endpoint, now: Instant, seen: &mut Seen, buf: &mut [u8]) -> Handled {
    let handled = endpoint.handle(now, seen.path, &mut seen.octets);
    while let Ok(Some(_)) = endpoint.poll_transmit(now, buf) {}
    while endpoint.poll_event().is_some() {}
    handled
}

fn net(work: impl FnOnce()) -> i64 {
    measure(work).bytes_current
}

#[test]
fn hostile_45_a_hundred_thousand_forged_requests_leave_the_memory_where_it_was() {
    let mut rig = Rig::plain(1);
    let init = init(&mut rig);
    let mut endpoint = Endpoint::new(config(PLAIN), PROVIDER, Box::new(Seeded(1)));
    let (mut buf, limits, mut now) = (vec![0; 65_535], Limits::default(), rig.now);
    let mut flood = |endpoint: &mut Endpoint, now: Instant, first: u32, count: u32| {
        let mut peak = 0;
        for number in first..first + count {
            let _ = give(endpoint, now, &mut forged(&init, u64::from(number) + 1, number.wrapping_mul(2_654_435_761)), &mut buf);
            peak = peak.max(endpoint.half_open());
        }
        peak
    };
    let held = net(|| {
        assert_eq!(flood(&mut endpoint, now, 0, 1_000), limits.cookie_threshold);
    });
    let more = net(|| {
        assert_eq!(flood(&mut endpoint, now, 1_000, 100_000), limits.cookie_threshold);
    });
    assert_eq!(more, 0, "octets more after 100,000 requests; {held} after 1,000");
    // Half a minute later all is over, and nothing is held.
    now += limits.half_open_lifetime;
    let left = net(|| {
        endpoint.handle_timeout(now);
        while endpoint.poll_event().is_some() {}
    });
    assert_eq!((endpoint.half_open(), endpoint.sas().count(), endpoint.poll_timeout()), (0, 0, None));
    println!("64 half-open IKE SAs: {held} octets, {} each; {} left", held / 64, held + left);
    assert!(held + left < 4_096, "{} octets are left", held + left);
}

#[test]
fn hostile_45_one_source_has_few_half_open_ike_sas() {
    let mut rig = Rig::plain(2);
    let init = init(&mut rig);
    let limits = Limits { cookie_threshold: 1_000, half_open: 100, half_open_per_source: 10, ..Limits::default() };
    let mut endpoint = Endpoint::new(config(PLAIN).with_limits(limits), PROVIDER, Box::new(Seeded(2)));
    let mut buf = vec![0; 65_535];
    for spi in 1..1_000 {
        let _ = give(&mut endpoint, rig.now, &mut forged(&init, spi, 7), &mut buf);
        assert!(endpoint.half_open() <= 10);
    }
    // Others have their part, up to the bound of all.
    for spi in 1..1_000 {
        let _ = give(&mut endpoint, rig.now, &mut forged(&init, spi, 100 + u32::try_from(spi).unwrap()), &mut buf);
    }
    assert!(endpoint.half_open() <= 100 && endpoint.sas().count() <= 100, "{}", endpoint.half_open());
}

/// Whoever forges a source takes a part of what that source may have: whoever shows a cookie still gets in.
#[test]
fn hostile_45_forged_requests_do_not_shut_their_source_out() {
    let mut rig = Rig::plain(3);
    let init = init(&mut rig);
    let IpAddr::V4(carol) = init.path.peer.ip() else { panic!() };
    for spi in 1..1_000 {
        let _ = rig.give(&forged(&init, spi, carol.to_bits()));
    }
    rig.hosts[MOON].log.clear();
    let before = rig.hosts[MOON].endpoint.half_open();
    let _ = rig.sent(MOON);
    let _ = rig.give(&init);
    rig.talk();
    assert_eq!(rig.hosts[MOON].children.len(), 1, "{before} half open\n{}", rig.hosts[MOON].log.join("\n"));
}

/// IKE SAs that are over take nobody's place, and are not kept without end.
#[test]
fn hostile_45_ike_sas_that_are_over_leave_room_for_others() {
    let limits = Limits { ike_sas: 10, ..Limits::default() };
    let mut rig = Rig::new(7, PLAIN, |config| config.with_limits(limits));
    for number in 1..=100 {
        rig.set_up(CAROL);
        let id = rig.hosts[CAROL].endpoint.sas().next().unwrap();
        rig.hosts[CAROL].endpoint.sa(id).unwrap().delete(rig.now);
        rig.talk();
        assert_eq!(rig.hosts[MOON].closed.len(), number);
        assert!(rig.hosts[MOON].endpoint.spis_in_use().0 <= 11, "{:?}", rig.hosts[MOON].endpoint.spis_in_use());
    }
    for _ in 0..10 {
        rig.hosts[CAROL].initiate(rig.now);
    }
    rig.talk();
    assert_eq!(rig.hosts[MOON].children.len(), 10);
    let host = &mut rig.hosts[CAROL];
    let more = host.endpoint.initiate(rig.now, host.path, host.peer_config("carol", "moon"));
    assert_eq!(more, Err(InitiateError::Limit));
    rig.pass_alone(MOON, Duration::from_secs(400));
    assert_eq!(rig.hosts[MOON].endpoint.spis_in_use(), (0, 0));
}

/// Carol begins with another key than moon's.
fn fail(rig: &mut Rig) {
    let key = SharedKey::new(*b"another secret");
    let host = &mut rig.hosts[CAROL];
    let peer = PeerConfig::new("carol".parse().unwrap(), LocalAuth::SharedKey(key.clone()), RemoteAuth::SharedKey(key));
    let id = host.endpoint.initiate(rig.now, host.path, peer.with_child(host.child_config())).unwrap();
    rig.talk();
    if let Some(mut sa) = rig.hosts[CAROL].endpoint.sa(id) {
        sa.delete(rig.now);
    }
    rig.decide(CAROL);
}

fn failures(rig: &Rig) -> usize {
    rig.hosts[MOON].closed.values().filter(|reason| matches!(reason, CloseReason::Authentication(_))).count()
}

/// A stranger that shows where it is, and fails to authenticate itself, counts as half open for a while.
#[test]
fn hostile_45_failed_handshakes_count_as_half_open() {
    let mut rig = Rig::plain(4);
    for _ in 0..200 {
        fail(&mut rig);
    }
    let (failed, held) = (failures(&rig), rig.hosts[MOON].endpoint.half_open());
    assert!(failed > 0 && failed <= Limits::default().half_open_per_source, "{failed} failed, {held} are held");
}

/// One host that fails again and again shuts out nobody else behind the same NAT.
#[test]
fn hostile_45_failed_handshakes_do_not_shut_their_source_out() {
    let mut rig = Rig::plain(4);
    for _ in 0..100 {
        fail(&mut rig);
        rig.pass_alone(CAROL, Duration::from_secs(1));
    }
    assert_eq!(failures(&rig), 100);
    for _ in 0..100 {
        fail(&mut rig);
    }
    let refused = failures(&rig);
    assert!(refused < 200, "{refused}");
    rig.pass_alone(CAROL, Duration::from_secs(5));
    rig.set_up(CAROL);
    assert!(rig.hosts[MOON].endpoint.half_open() <= Limits::default().half_open_per_source);
}

/// What a responder holds for an IKE SA with one Child SA once all is quiet: octets.
fn idle(provider: Provider, count: usize) -> i64 {
    let (at, back) = (path("192.0.2.1:500", "198.51.100.2:500"), path("198.51.100.2:500", "192.0.2.1:500"));
    let mut moon = Endpoint::new(config_of(&provider, PLAIN), provider, Box::new(Seeded(5)));
    let mut carol = Host::of(provider, "carol", back, PLAIN, config_of(&provider, PLAIN), 6);
    let (now, mut buf, mut total) = (Instant::START, vec![0; 65_535], 0);
    // What was read from a configuration once, for all peers.
    let template = Arc::new(carol.peer_config("moon", "carol"));
    for number in 0..count {
        carol.initiate(now);
        for _ in 0..4 {
            while let Some(transmit) = carol.endpoint.poll_transmit(now, &mut buf).unwrap() {
                total += net(|| {
                    assert_eq!(moon.handle(now, at, &mut buf[..transmit.len]), Handled::Consumed);
                    while let Some((_, event)) = moon.poll_event() {
                        match event {
                            Event::Ask(ask) => {
                                let peer = Decision::Peer(template.clone());
                                moon.decide(now, ask.token, peer).unwrap();
                            }
                            Event::ChildInstall { token, .. } => moon.decide(now, token, Decision::Installed).unwrap(),
                            _ => {}
                        }
                    }
                });
            }
            let mut answer = None;
            total += net(|| answer = moon.poll_transmit(now, &mut buf).unwrap());
            if let Some(answer) = answer {
                assert_eq!(carol.endpoint.handle(now, back, &mut buf[..answer.len]), Handled::Consumed);
            }
            carol.events(now);
            carol.decide(now);
            carol.events(now);
        }
        assert_eq!((carol.children.len(), moon.sas().count()), (number + 1, number + 1));
    }
    total / i64::try_from(count).unwrap()
}

#[test]
fn an_idle_ike_sa_with_one_child_is_small() {
    let each = [PROVIDER, Provider::builtin(), Provider::rustcrypto()].map(|provider| idle(provider, 200));
    println!("an idle IKE SA with one Child SA: {} octets, with the ciphers of ring {}, of RustCrypto {}", each[0], each[1], each[2]);
    // Of RustCrypto a key schedule alone takes 900 octets, and there is one for each direction.
    assert!(each[0] < 3_072 && each[1] < 4_096 && each[2] < 5_120, "{each:?} octets");
}
