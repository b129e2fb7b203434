//! Where the messages of an IKE SA go, while somebody else is faster than the peer (RFC 7296 sections 2.11 and 2.23).

use crate::rig::{CAROL, MOON, Rig, Seen};
use crate::world::World;
use ikev2::session::{Handled, Ignored, NetworkPath};
use std::net::SocketAddr;

const THIEF: &str = "203.0.113.66:1066";

fn from(seen: &Seen, peer: &str) -> Seen {
    Seen { path: NetworkPath { peer: peer.parse().unwrap(), ..seen.path }, ..seen.clone() }
}

/// Where moon takes carol to be.
fn reached(rig: &Rig) -> SocketAddr {
    let moon = &rig.hosts[MOON].endpoint;
    let id = moon.sas().next().unwrap();
    moon.view(id).unwrap().path().peer
}

/// A copy of IKE_AUTH that comes first is answered where it came from, and the IKE SA stays where it began.
#[test]
fn hostile_47_rfc_7296_section_2_23_a_copied_ike_auth_takes_nothing_along() {
    let mut rig = Rig::plain(1);
    rig.hosts[CAROL].initiate(rig.now);
    let carol = rig.hosts[MOON].path.peer;
    let mut copies = 0;
    rig.talk_with(|rig, seen| {
        // IKE_AUTH.
        if seen.to == MOON && seen.octets[18] == 35 {
            copies += 1;
            let _ = rig.give(&from(seen, THIEF));
        }
    });
    assert_eq!((copies, reached(&rig)), (1, carol));
    // Another port of the same host is where a peer goes on that has found a NAT.
    let mut rig = Rig::plain(1);
    rig.hosts[CAROL].initiate(rig.now);
    let moved = SocketAddr::new(carol.ip(), 4501);
    rig.talk_with(|rig, seen| {
        if seen.to == MOON && seen.octets[18] == 35 {
            let _ = rig.give(&from(seen, &moved.to_string()));
        }
    });
    assert_eq!(reached(&rig), moved);
}

/// Once it is up, the peer is where its last new request came from: who has taken it away loses it with the next one.
#[test]
fn hostile_47_rfc_7296_section_2_23_the_next_request_brings_the_ike_sa_back() {
    let mut rig = Rig::plain(2);
    rig.set_up(CAROL);
    let carol = rig.hosts[MOON].path.peer;
    let id = rig.hosts[CAROL].endpoint.sas().next().unwrap();
    for (is_copied, at) in [(true, THIEF.parse().unwrap()), (false, carol)] {
        rig.hosts[CAROL].endpoint.sa(id).unwrap().ping(rig.now).unwrap();
        rig.talk_with(|rig, seen| {
            if seen.to == MOON && is_copied {
                let _ = rig.give(&from(seen, THIEF));
            }
        });
        assert_eq!(reached(&rig), at);
    }
    assert_eq!(rig.hosts[MOON].log.iter().filter(|line| line.contains("PathChanged")).count(), 2);
}

#[test]
fn rfc_7296_section_2_11_an_answer_comes_from_where_the_request_went() {
    let mut rig = Rig::plain(3);
    rig.hosts[CAROL].initiate(rig.now);
    let request = rig.sent(CAROL).remove(0);
    assert_eq!(rig.give(&request), Handled::Consumed);
    let response = rig.sent(MOON).remove(0);
    for stranger in [THIEF, "192.0.2.1:501", "192.0.2.2:500"] {
        assert_eq!(rig.give(&from(&response, stranger)), Handled::Ignored(Ignored::Elsewhere));
    }
    assert_eq!(rig.give(&response), Handled::Consumed);
    rig.talk();
    assert_eq!(rig.hosts[CAROL].established.len(), 1);
}

/// The kernel has seen authentic ESP from elsewhere.
#[test]
fn rfc_7296_section_2_23_a_mapping_that_changed_is_followed() {
    let mut rig = Rig::plain(4);
    rig.set_up(CAROL);
    let child = *rig.hosts[MOON].children.keys().next().unwrap();
    let elsewhere = "203.0.113.5:4502".parse().unwrap();
    rig.hosts[MOON].endpoint.mapping_changed(rig.now, child, elsewhere);
    rig.decide(MOON);
    assert_eq!(reached(&rig), elsewhere);
    assert!(rig.hosts[MOON].log.iter().any(|line| line.contains("PathChanged")));
}

/// A world in which moon is behind a NAT: it stays with the address that it knows.
#[test]
fn rfc_7296_section_2_23_a_mapping_that_changed_is_not_followed_from_behind_a_nat() {
    let mut world = World::fine();
    world.translate =
        Some(|from, path| if from == MOON { NetworkPath { peer: "203.0.113.9:4501".parse().unwrap(), ..path } } else { path });
    let path = world.hosts[MOON].path;
    let peer = world.hosts[MOON].peer_config("moon", "carol").with_nat_path(path);
    world.hosts[MOON].endpoint.initiate(world.now, path, peer).unwrap();
    world.pass(std::time::Duration::from_millis(500));
    let moon = world.only_sa(MOON);
    let child = world.hosts[MOON].endpoint.view(moon).unwrap().children().next().unwrap();
    world.hosts[MOON].endpoint.mapping_changed(world.now, child, THIEF.parse().unwrap());
    assert_eq!(world.hosts[MOON].endpoint.view(moon).unwrap().path().peer, path.peer);
}

/// A NAT with several addresses shows another one in IKE_AUTH than in IKE_SA_INIT: the IKE SA is there, and the application hears where its Child SAs go.
#[test]
fn rfc_7296_section_2_23_the_address_that_has_authenticated_the_peer_is_told() {
    let mut rig = Rig::plain(3);
    rig.hosts[CAROL].initiate(rig.now);
    let mut outside = "203.0.113.9:1024";
    for _ in 0..6 {
        for seen in rig.sent(CAROL) {
            let _ = rig.give(&from(&seen, outside));
        }
        for seen in rig.sent(MOON) {
            let inside = rig.hosts[CAROL].endpoint.view(rig.hosts[CAROL].endpoint.sas().next().unwrap()).unwrap().path();
            let _ = rig.give(&Seen { path: inside, ..seen });
            outside = "203.0.113.10:1025";
        }
    }
    let moon = &rig.hosts[MOON];
    assert_eq!(moon.children.len(), 1, "{}", moon.log.join("\n"));
    assert_eq!(reached(&rig), outside.parse().unwrap());
    assert_eq!(moon.tunnels.values().map(|tunnel| tunnel.peer).collect::<Vec<_>>(), [outside.parse().unwrap()], "{}", moon.log.join("\n"));
}
