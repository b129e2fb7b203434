//! Exchanges that cross: one test a row of the table in `src/session/collision.rs`, and what follows from the rows.
//!
//! A datagram takes 10 ms. `moon` is host 0 and begins; each test says which datagrams arrive when.

use crate::host::{ADDITIONAL, BOTH, Host, PLAIN, Proposals, SECOND, config, path};
use crate::toy::Seeded;
use crate::world::World;
use ikev2::exchange::RetransmissionSchedule;
use ikev2::session::{ChildId, CloseReason, Config, Limits, SaId};
use std::collections::BTreeSet;
use std::time::Duration;

const MOON: usize = 0;
const CAROL: usize = 1;
const SEEDS: u64 = 12;

const fn ms(span: u64) -> Duration {
    Duration::from_millis(span)
}

/// One IKE SA that is up, with one Child SA.
struct Pair {
    world: World,
}

impl Pair {
    fn new(seed: u64, proposals: Proposals) -> Self {
        Self::of(World::new(seed, proposals, |config| config))
    }

    fn of(mut world: World) -> Self {
        world.hosts[MOON].initiate(world.now);
        world.pass(ms(190));
        world.check_agreement();
        assert_eq!(world.hosts[MOON].children.len(), 1, "{}", world.log());
        Self { world }
    }

    fn with_configs(seed: u64, proposals: [Proposals; 2], configs: [Config; 2]) -> Self {
        let mut random = Seeded(seed);
        let (moon, carol) = ("192.0.2.1:500", "198.51.100.2:500");
        let [one, other] = configs;
        let hosts = [
            Host::new("moon", path(moon, carol), proposals[MOON], one, random.next()),
            Host::new("carol", path(carol, moon), proposals[CAROL], other, random.next()),
        ];
        Self::of(World::of(hosts, random))
    }

    /// The first asks in KE for a method that the second does not take.
    fn with_retries(seed: u64) -> Self {
        Self::with_configs(seed, [BOTH, SECOND], [config(BOTH), config(SECOND)])
    }

    fn id(&self, side: usize) -> SaId {
        self.world.only_sa(side)
    }

    fn child(&self, side: usize) -> ChildId {
        *self.world.hosts[side].children.keys().next().unwrap()
    }

    fn rekey(&mut self, side: usize) {
        let (now, id) = (self.world.now, self.id(side));
        self.world.hosts[side].endpoint.sa(id).unwrap().rekey(now).unwrap();
    }

    fn rekey_child(&mut self, side: usize) {
        let (now, id, child) = (self.world.now, self.id(side), self.child(side));
        self.world.hosts[side].endpoint.sa(id).unwrap().rekey_child(now, child).unwrap();
    }

    fn delete_child(&mut self, side: usize) {
        let child = self.child(side);
        self.delete_this(side, child);
    }

    fn delete_this(&mut self, side: usize, child: ChildId) {
        let (now, id) = (self.world.now, self.id(side));
        self.world.hosts[side].endpoint.sa(id).unwrap().delete_child(now, child).unwrap();
    }

    fn create_child(&mut self, side: usize) {
        let (now, id, config) = (self.world.now, self.id(side), self.world.hosts[side].child_config());
        self.world.hosts[side].endpoint.sa(id).unwrap().create_child(now, config).unwrap();
    }

    fn delete(&mut self, side: usize) {
        let (now, id) = (self.world.now, self.id(side));
        self.world.hosts[side].endpoint.sa(id).unwrap().delete(now);
    }

    fn pass(&mut self, span: u64) {
        self.world.pass(ms(span));
    }

    /// How many lines of a host's log say so; the fragments of a message count as one.
    fn said(&self, side: usize, what: &str) -> usize {
        let lines: BTreeSet<_> = self.world.hosts[side].log.iter().filter(|line| line.contains(what)).collect();
        lines.len()
    }

    fn spis(&self) -> Option<ikev2::wire::IkeSpis> {
        self.world.hosts[MOON].endpoint.view(self.id(MOON)).unwrap().spis()
    }

    /// Both have the same, one IKE SA and so many Child SAs, and nothing is left of what went.
    fn check(&mut self, children: usize) {
        self.pass(300_000);
        self.world.check_agreement();
        for host in &self.world.hosts {
            assert_eq!(host.children.len(), children, "{}\n{}", host.name, self.world.log());
            assert_eq!(host.endpoint.spis_in_use(), (1, children), "{}\n{}", host.name, self.world.log());
        }
    }

    fn check_over(&mut self, reasons: [CloseReason; 2]) {
        self.pass(300_000);
        for (host, reason) in self.world.hosts.iter().zip(reasons) {
            assert_eq!(host.closed.values().collect::<Vec<_>>(), [&reason], "{}", self.world.log());
            assert_eq!(host.endpoint.spis_in_use(), (0, 0), "{}", self.world.log());
            assert_eq!(host.endpoint.poll_timeout(), None, "{}", self.world.log());
        }
    }
}

const TEMPORARY_FAILURE: &str = "by: We, exchange: ExchangeType(36 CREATE_CHILD_SA), notify: NotifyType(43";
const NOT_FOUND: &str = "by: We, exchange: ExchangeType(36 CREATE_CHILD_SA), notify: NotifyType(44";
const FOLLOWUP: &str = "sends 44 request";

#[test]
fn rfc_7296_section_2_8_1_rekeys_of_a_child_cross() {
    let mut won = [0, 0];
    for seed in 0..SEEDS {
        for late in [None, Some(MOON), Some(CAROL)] {
            let mut pair = Pair::new(seed, PLAIN);
            if let Some(late) = late {
                pair.world.hosts[late].hesitation = Duration::from_secs(3);
            }
            pair.rekey_child(MOON);
            pair.rekey_child(CAROL);
            pair.check(1);
            let deletes = [MOON, CAROL].map(|side| pair.said(side, "ChildRekeyed"));
            assert!(deletes.iter().all(|count| *count >= 1), "{}", pair.world.log());
            // Whoever has lost does not even install what it made, if it knows in time.
            let installed = [MOON, CAROL].map(|side| pair.said(side, "ChildInstall"));
            if late.is_none() {
                assert_eq!(installed[0] + installed[1], 2 + 3, "{}", pair.world.log());
                won[usize::from(installed[1] > installed[0])] += 1;
            }
        }
    }
    assert!(won.iter().all(|count| *count > 0), "each side loses at times: {won:?}");
}

#[test]
fn rfc_7296_section_2_25_1_rekey_of_a_child_that_we_delete() {
    let mut pair = Pair::new(1, PLAIN);
    pair.delete_child(MOON);
    pair.rekey_child(CAROL);
    pair.check(0);
    assert_eq!(pair.said(MOON, TEMPORARY_FAILURE), 1, "{}", pair.world.log());
}

/// A failure that was temporary is none of a row: the peer has done meanwhile what we wanted done.
#[test]
fn rfc_7296_section_2_25_temporary_failures_of_other_exchanges_are_not_added_up() {
    let mut pair = Pair::new(1, PLAIN);
    for _ in 0..10 {
        pair.world.hold(MOON);
        pair.delete_child(MOON);
        let late = pair.world.seize(MOON);
        pair.rekey_child(CAROL);
        pair.pass(100);
        pair.world.resume(MOON, late);
        pair.pass(10_000);
        pair.create_child(MOON);
        pair.pass(1_000);
    }
    assert_eq!(pair.said(MOON, TEMPORARY_FAILURE), 10, "{}", pair.world.log());
    pair.check(1);
    let mut pair = Pair::new(2, PLAIN);
    for _ in 0..10 {
        pair.create_child(MOON);
        pair.rekey(CAROL);
        pair.pass(100);
        pair.rekey(MOON);
        pair.pass(10_000);
    }
    assert_eq!(pair.said(MOON, TEMPORARY_FAILURE), 10, "{}", pair.world.log());
    pair.check(11);
}

#[test]
fn rfc_7296_section_2_8_the_limit_of_children_is_for_new_ones_and_not_for_rekeys() {
    let limits = Limits { children: 1, ..Limits::small() };
    let mut pair = Pair::with_configs(3, [PLAIN, PLAIN], [config(PLAIN), config(PLAIN).with_limits(limits)]);
    // Carol's own application may have more than the peer may ask for.
    for _ in 0..2 {
        pair.create_child(CAROL);
        pair.pass(200);
    }
    pair.create_child(MOON);
    pair.pass(200);
    assert_eq!(pair.said(CAROL, "NO_ADDITIONAL_SAS"), 1, "{}", pair.world.log());
    let olds: Vec<_> = pair.world.hosts[MOON].children.keys().copied().collect();
    assert_eq!(olds.len(), 3);
    for old in olds {
        let (now, id) = (pair.world.now, pair.id(MOON));
        pair.world.hosts[MOON].endpoint.sa(id).unwrap().rekey_child(now, old).unwrap();
    }
    pair.pass(1_000);
    assert_eq!(pair.said(MOON, "ChildRekeyed"), 3, "{}", pair.world.log());
    pair.check(3);
}

#[test]
fn rfc_7296_section_2_25_1_rekey_of_a_child_that_we_do_not_have() {
    let mut pair = Pair::new(1, PLAIN);
    pair.world.hold(CAROL);
    pair.rekey_child(CAROL);
    let late = pair.world.seize(CAROL);
    pair.delete_child(MOON);
    pair.pass(30);
    assert!(pair.world.hosts.iter().all(|host| host.children.is_empty()), "{}", pair.world.log());
    pair.world.resume(CAROL, late);
    pair.check(0);
    assert_eq!(pair.said(MOON, NOT_FOUND), 1, "{}", pair.world.log());
}

#[test]
fn rfc_7296_section_2_25_1_delete_of_a_child_that_we_rekey() {
    // The rekey arrives first and is answered; the Delete is answered too, and what was rekeyed goes on.
    let mut pair = Pair::new(1, PLAIN);
    pair.world.hosts[MOON].hesitation = ms(100);
    let old = pair.child(MOON);
    pair.rekey_child(CAROL);
    pair.pass(15);
    pair.delete_this(MOON, old);
    pair.check(1);
    assert!(!pair.world.hosts[MOON].children.contains_key(&old));
    // The Delete arrives while our request is on its way: the rekey comes to nothing.
    let mut pair = Pair::new(2, PLAIN);
    pair.rekey_child(CAROL);
    pair.delete_child(MOON);
    pair.check(0);
}

#[test]
fn rfc_7296_section_1_4_1_deletes_of_a_child_cross() {
    let mut pair = Pair::new(1, PLAIN);
    pair.delete_child(MOON);
    pair.delete_child(CAROL);
    pair.check(0);
    assert_eq!(pair.said(MOON, "ChildDown") + pair.said(CAROL, "ChildDown"), 2, "{}", pair.world.log());
}

#[test]
fn rfc_7296_section_2_8_2_rekeys_of_the_ike_sa_cross() {
    let mut won = [0, 0];
    for seed in 0..SEEDS {
        let mut pair = Pair::with_configs(seed, [PLAIN, PLAIN], [0, 1].map(|side| config(PLAIN).with_spi_prefix(side, 1)));
        let before = pair.spis();
        pair.rekey(MOON);
        pair.rekey(CAROL);
        pair.check(1);
        assert_ne!(pair.spis(), before, "{}", pair.world.log());
        for side in [MOON, CAROL] {
            assert_eq!(pair.said(side, " Rekeyed"), 1, "{}", pair.world.log());
        }
        // The first bit of SPIi tells who began the one that stays.
        won[usize::from(pair.spis().unwrap().initiator >> 63 == 1)] += 1;
        pair.create_child(MOON);
        pair.create_child(CAROL);
        pair.check(3);
    }
    assert!(won.iter().all(|count| *count > 0), "each side loses at times: {won:?}");
}

#[test]
fn rfc_7296_section_2_25_2_rekey_of_the_ike_sa_while_a_child_is_created_rekeyed_or_deleted() {
    let acts: [(Act, usize); 3] = [(Pair::create_child, 2), (Pair::rekey_child, 1), (Pair::delete_child, 0)];
    for (act, children) in acts {
        for (one, other) in [(MOON, CAROL), (CAROL, MOON)] {
            let mut pair = Pair::new(3, PLAIN);
            let before = pair.spis();
            pair.rekey(one);
            act(&mut pair, other);
            pair.check(children);
            assert_ne!(pair.spis(), before, "{}", pair.world.log());
            assert!(pair.said(other, TEMPORARY_FAILURE) >= 1, "{}", pair.world.log());
            // A Delete is served at any time; what makes a Child SA waits.
            assert_eq!(pair.said(one, TEMPORARY_FAILURE) > 0, children > 0, "{}", pair.world.log());
        }
    }
}

#[test]
fn rfc_7296_section_2_25_2_rekey_of_the_ike_sa_while_we_install_a_child() {
    let mut pair = Pair::new(3, PLAIN);
    let before = pair.spis();
    pair.world.hosts[MOON].hesitation = Duration::from_secs(5);
    pair.create_child(MOON);
    pair.pass(30);
    pair.rekey(CAROL);
    pair.check(2);
    assert_ne!(pair.spis(), before, "{}", pair.world.log());
}

#[test]
fn rfc_7296_section_2_25_2_rekey_of_the_ike_sa_that_is_deleted() {
    let mut pair = Pair::new(4, PLAIN);
    pair.delete(MOON);
    pair.rekey(CAROL);
    pair.check_over([CloseReason::Requested, CloseReason::Deleted]);
    assert_eq!(pair.said(MOON, TEMPORARY_FAILURE), 1, "{}", pair.world.log());
}

#[test]
fn rfc_7296_section_2_25_2_child_of_an_ike_sa_that_is_deleted() {
    let acts: [Act; 2] = [Pair::create_child, Pair::rekey_child];
    for act in acts {
        let mut pair = Pair::new(4, PLAIN);
        pair.delete(MOON);
        act(&mut pair, CAROL);
        pair.check_over([CloseReason::Requested, CloseReason::Deleted]);
        assert_eq!(pair.said(MOON, TEMPORARY_FAILURE), 1, "{}", pair.world.log());
    }
}

#[test]
fn rfc_7296_section_1_4_1_deletes_of_the_ike_sa_cross() {
    let mut pair = Pair::new(5, PLAIN);
    pair.delete(MOON);
    pair.delete(CAROL);
    pair.check_over([CloseReason::Deleted, CloseReason::Deleted]);
}

#[test]
fn rfc_7296_section_2_25_temporary_failure_again_and_again() {
    // Carol is about to delete the IKE SA, and its Delete never arrives.
    let schedule = RetransmissionSchedule::doubling(ms(1_000), ms(16_000), Duration::from_secs(2_000));
    let mut pair = Pair::of(World::new(6, PLAIN, |config| config.with_schedule(schedule)));
    pair.world.is_lost = Some(|from, octets| from == CAROL && octets[19] & 0x20 == 0);
    pair.delete(CAROL);
    pair.create_child(MOON);
    pair.pass(20_000);
    assert!(pair.said(CAROL, TEMPORARY_FAILURE) >= 3, "{}", pair.world.log());
    pair.pass(40_000);
    assert!(pair.world.hosts[MOON].closed.is_empty(), "not at once\n{}", pair.world.log());
    pair.check_over([CloseReason::TemporaryFailures, CloseReason::Deleted]);
    assert_eq!(pair.said(CAROL, TEMPORARY_FAILURE), 7, "{}", pair.world.log());
}

#[test]
fn rfc_7296_section_2_8_1_a_retry_takes_part_with_its_own_nonces() {
    for seed in 0..SEEDS {
        for is_reversed in [false, true] {
            let mut pair = Pair::with_retries(seed);
            pair.rekey_child(MOON);
            pair.rekey_child(CAROL);
            pair.pass(5);
            // Moon answers Carol's request, and asks again with the other method: which of the two arrives first?
            pair.world.hold(MOON);
            pair.pass(20);
            let mut late = pair.world.seize(MOON);
            assert_eq!(late.len(), 2, "{}", pair.world.log());
            if is_reversed {
                late.reverse();
            }
            for datagram in late {
                pair.world.resume(MOON, vec![datagram]);
                pair.pass(1);
            }
            pair.check(1);
            assert_eq!(pair.said(CAROL, TEMPORARY_FAILURE), usize::from(!is_reversed), "{}", pair.world.log());
        }
    }
}

/// What one side does.
type Act = fn(&mut Pair, usize);

/// Moon's request to rekey arrives when Carol is about to delete what her own rekey has replaced; what Carol says since is kept back.
fn unnoticed(rekey: Act) -> Pair {
    let mut pair = Pair::new(7, PLAIN);
    pair.world.hold(MOON);
    rekey(&mut pair, MOON);
    let late = pair.world.seize(MOON);
    rekey(&mut pair, CAROL);
    pair.pass(15);
    pair.world.hold(CAROL);
    pair.pass(10);
    pair.world.resume(MOON, late);
    pair.pass(15);
    assert_eq!(pair.said(CAROL, TEMPORARY_FAILURE), 1, "{}", pair.world.log());
    pair
}

#[test]
fn rfc_7296_section_2_8_1_one_side_did_not_notice_that_rekeys_of_a_child_crossed() {
    let mut pair = unnoticed(Pair::rekey_child);
    let late = pair.world.seize(CAROL);
    pair.world.resume(CAROL, late);
    pair.check(1);
}

#[test]
fn rfc_7296_section_2_8_2_one_side_did_not_notice_that_rekeys_of_the_ike_sa_crossed() {
    for is_reversed in [false, true] {
        let mut pair = unnoticed(Pair::rekey);
        let mut late = pair.world.seize(CAROL);
        if is_reversed {
            late.reverse();
        }
        pair.world.resume(CAROL, late);
        pair.check(1);
        assert_eq!(pair.said(MOON, " Rekeyed"), 1, "{}", pair.world.log());
    }
}

#[test]
fn rfc_9370_section_2_2_4_followups_of_rekeys_that_cross() {
    let acts: [(Act, usize); 2] = [(Pair::rekey_child, 1), (Pair::rekey, 2)];
    for (act, exchanges) in acts {
        let mut won = [0, 0];
        for seed in 0..SEEDS {
            let mut pair = Pair::new(seed, ADDITIONAL);
            act(&mut pair, MOON);
            act(&mut pair, CAROL);
            pair.check(1);
            // Both know all nonces once CREATE_CHILD_SA is over: only the winner goes on.
            let sent = [MOON, CAROL].map(|side| pair.said(side, FOLLOWUP));
            assert!(sent == [exchanges, 0] || sent == [0, exchanges], "{sent:?}\n{}", pair.world.log());
            won[usize::from(sent[1] > 0)] += 1;
        }
        assert!(won.iter().all(|count| *count > 0), "each side loses at times: {won:?}");
    }
}

#[test]
fn rfc_9370_section_2_2_4_the_other_rekey_arrives_during_the_last_followup() {
    let acts: [Act; 2] = [Pair::rekey_child, Pair::rekey];
    for act in acts {
        for seed in 0..SEEDS {
            for delay in [5, 15, 25, 35, 45, 55, 65, 75] {
                let mut pair = Pair::new(seed, ADDITIONAL);
                pair.world.hold(CAROL);
                act(&mut pair, CAROL);
                let late = pair.world.seize(CAROL);
                act(&mut pair, MOON);
                pair.pass(delay);
                pair.world.resume(CAROL, late);
                pair.check(1);
            }
        }
    }
}

#[test]
fn rfc_7296_section_2_25_1_delete_of_a_child_whose_response_is_not_here_yet() {
    let mut pair = Pair::new(8, PLAIN);
    pair.create_child(MOON);
    pair.pass(5);
    pair.world.hold(CAROL);
    pair.pass(10);
    let [old, new] = [0, 1].map(|index| *pair.world.hosts[CAROL].children.keys().nth(index).unwrap());
    let new = if pair.world.hosts[MOON].children.values().any(|child| child.outbound == new.spi()) { old } else { new };
    pair.delete_this(CAROL, new);
    let mut late = pair.world.seize(CAROL);
    assert_eq!(late.len(), 2, "{}", pair.world.log());
    late.reverse();
    pair.world.resume(CAROL, late);
    pair.check(1);
}

#[test]
fn rfc_7296_section_2_25_1_delete_of_a_child_that_we_install() {
    let mut pair = Pair::new(8, PLAIN);
    pair.world.hosts[MOON].hesitation = Duration::from_secs(10);
    let old = pair.child(CAROL);
    pair.create_child(MOON);
    pair.pass(30);
    let new = *pair.world.hosts[CAROL].children.keys().find(|child| **child != old).unwrap();
    pair.delete_this(CAROL, new);
    pair.check(1);
}

#[test]
fn rfc_7296_section_2_25_1_rekey_of_a_child_that_we_install() {
    let mut pair = Pair::new(8, PLAIN);
    pair.world.hosts[MOON].hesitation = Duration::from_secs(10);
    let old = pair.child(CAROL);
    pair.create_child(MOON);
    pair.pass(30);
    let new = *pair.world.hosts[CAROL].children.keys().find(|child| **child != old).unwrap();
    let (now, id) = (pair.world.now, pair.id(CAROL));
    pair.world.hosts[CAROL].endpoint.sa(id).unwrap().rekey_child(now, new).unwrap();
    pair.check(2);
    assert!(pair.said(MOON, TEMPORARY_FAILURE) > 0 && pair.said(MOON, NOT_FOUND) == 0, "{}", pair.world.log());
}

#[test]
fn rfc_7296_section_2_8_a_rekey_that_we_do_not_install_leaves_the_old_child() {
    for side in [MOON, CAROL] {
        let mut pair = Pair::new(9, PLAIN);
        pair.world.hosts[side].refusals = 100;
        let old = pair.child(MOON);
        pair.rekey_child(MOON);
        pair.pass(1_000);
        pair.world.hosts[side].refusals = 0;
        pair.check(1);
        assert_eq!(pair.child(MOON), old, "{}", pair.world.log());
        pair.rekey_child(CAROL);
        pair.check(1);
        assert_ne!(pair.child(MOON), old, "{}", pair.world.log());
    }
}
