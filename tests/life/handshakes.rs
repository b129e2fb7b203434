//! Handshakes, rekeys and deletes on a path without faults.

use crate::host::{ADDITIONAL, PLAIN};
use crate::world::{FINE, Weather, World};
use ikev2::session::CloseReason;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);
const MS: Duration = Duration::from_millis(1);

#[test]
fn rfc_7296_section_1_2_a_handshake_of_two_exchanges_sets_up_a_child() {
    let mut world = World::fine();
    world.hosts[0].initiate(world.now);
    world.pass(SECOND);
    world.check_agreement();
    assert_eq!((world.hosts[0].children.len(), world.datagrams), (1, 4), "{}", world.log());
}

#[test]
fn rfc_9370_section_2_2_additional_key_exchanges_come_before_ike_auth() {
    let mut world = World::new(2, ADDITIONAL, |config| config);
    world.hosts[0].initiate(world.now);
    world.pass(SECOND);
    world.check_agreement();
    assert_eq!(world.hosts[0].children.len(), 1, "{}", world.log());
}

#[test]
fn rfc_7296_section_2_8_rekeys_and_deletes() {
    for proposals in [PLAIN, ADDITIONAL] {
        let mut world = World::new(3, proposals, |config| config);
        world.hosts[0].initiate(world.now);
        world.pass(SECOND);
        for by in [0, 1] {
            let id = world.only_sa(by);
            let child = world.hosts[by].endpoint.view(id).unwrap().children().next().unwrap();
            world.hosts[by].endpoint.sa(id).unwrap().rekey_child(world.now, child).unwrap();
            world.pass(SECOND);
            world.check_agreement();
            assert_eq!(world.hosts[0].children.len(), 1, "{}", world.log());
            assert!(!world.hosts[by].children.contains_key(&child));
            let before = world.hosts[by].endpoint.view(id).unwrap().spis();
            world.hosts[by].endpoint.sa(id).unwrap().rekey(world.now).unwrap();
            world.pass(SECOND);
            world.check_agreement();
            assert_ne!(world.hosts[by].endpoint.view(id).unwrap().spis(), before, "{}", world.log());
            let config = world.hosts[by].child_config();
            world.hosts[by].endpoint.sa(id).unwrap().create_child(world.now, config).unwrap();
            world.pass(SECOND);
            world.check_agreement();
            assert_eq!(world.hosts[0].children.len(), 2, "{}", world.log());
            let child = world.hosts[by].endpoint.view(id).unwrap().children().next().unwrap();
            world.hosts[by].endpoint.sa(id).unwrap().delete_child(world.now, child).unwrap();
            world.pass(SECOND);
            world.check_agreement();
            assert_eq!(world.hosts[0].children.len(), 1, "{}", world.log());
        }
        let id = world.only_sa(1);
        world.hosts[1].endpoint.sa(id).unwrap().delete(world.now);
        world.pass(SECOND);
        world.check_agreement();
        assert_eq!(world.hosts[1].closed.get(&id), Some(&CloseReason::Requested), "{}", world.log());
        assert_eq!(world.hosts[0].closed.values().next(), Some(&CloseReason::Deleted), "{}", world.log());
    }
}

/// RFC 7296 section 2.4 leaves the timers to the implementation; RFC 6298 section 3 (Karn) and 5.5 are the model.
#[test]
fn a_needless_retransmission_makes_the_first_wait_longer() {
    let mut world = World::fine();
    world.hosts[0].initiate(world.now);
    world.pass(SECOND);
    let id = world.only_sa(0);
    // The round trip of IKE_SA_INIT was 20 ms, and the first wait is 200 ms. Now a datagram takes as long one way.
    world.weather = Weather { delay: 300 * MS, shortest: 300 * MS, ..FINE };
    let mut sent = Vec::new();
    for _ in 0..4 {
        let before = world.datagrams;
        world.hosts[0].endpoint.sa(id).unwrap().ping(world.now).unwrap();
        world.pass(5 * SECOND);
        sent.push(world.datagrams - before);
    }
    assert_eq!(sent, [4, 4, 2, 2], "{}", world.log());
}
