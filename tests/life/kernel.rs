//! The kernel's side: ESP packets between two hosts whose Child SAs come, are rekeyed and go. A packet that arrives under an SPI or with keys that its
//! receiver does not have is lost, and none may be.

use crate::host::{Host, PLAIN};
use crate::world::World;
use ikev2::selectors::Selector;
use ikev2::session::{ChildId, ChildLifetime, Config};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

const MOON: usize = 0;
const CAROL: usize = 1;

/// By which Child SA a kernel sends: what the events say, and nothing else.
#[derive(Debug, Default)]
pub(crate) struct Routes {
    /// All that are up, the oldest first; the last is the one to send by, unless it waits.
    up: Vec<ChildId>,
    /// Those of the peer's rekeys that nothing has come by yet, with those that they take the place of.
    wait: BTreeMap<ChildId, ChildId>,
}

impl Routes {
    pub(crate) fn up(&mut self, child: ChildId) {
        // One of ours that lost against the peer's: it is never sent by while there is another.
        self.up.insert(0, child);
    }

    pub(crate) fn rekeyed(&mut self, old: ChildId, new: ChildId, is_ours: bool) {
        self.up.push(new);
        if !is_ours {
            self.wait.insert(new, old);
        }
    }

    pub(crate) fn down(&mut self, child: ChildId) {
        self.up.retain(|up| *up != child);
        self.wait.retain(|new, old| *new != child && *old != child);
    }

    fn heard(&mut self, child: ChildId) {
        self.wait.remove(&child);
    }

    fn sends_by(&self) -> Option<ChildId> {
        self.up.iter().rev().find(|child| !self.wait.contains_key(child)).or(self.up.last()).copied()
    }
}

/// An ESP packet: its SPI, and what a receiver needs to have to open it.
struct Packet {
    to: usize,
    spi: u32,
    keys: Vec<u8>,
}

/// Two hosts that send each other a packet a millisecond; each takes ten to arrive, as the datagrams do.
struct Tunnel {
    world: World,
    flight: VecDeque<(u64, Packet)>,
    clock: u64,
    /// Packets that had no Child SA to go by, at each host.
    unsent: [u64; 2],
    /// Packets that arrived, by Child SA, at each host.
    arrived: [BTreeMap<ChildId, u64>; 2],
    sent: u64,
    /// Whether the kernels tell of the packets that arrive.
    tells: bool,
}

impl Tunnel {
    fn new(change: impl Fn(Config) -> Config) -> Self {
        let world = World::new(1, PLAIN, change);
        Self { world, flight: VecDeque::new(), clock: 0, unsent: [0, 0], arrived: Default::default(), sent: 0, tells: true }
    }

    fn up() -> Self {
        let mut tunnel = Self::new(|config| config);
        tunnel.world.hosts[MOON].initiate(tunnel.world.now);
        tunnel.world.pass(Duration::from_millis(500));
        tunnel
    }

    /// Lets time pass; where packets are to be sent, each host sends one a millisecond.
    fn pass(&mut self, milliseconds: u64, sends: bool) {
        for _ in 0..milliseconds {
            self.clock += 1;
            self.world.pass(Duration::from_millis(1));
            while self.flight.front().is_some_and(|(at, _)| *at <= self.clock) {
                let (_, packet) = self.flight.pop_front().unwrap();
                self.arrive(&packet);
            }
            for from in [MOON, CAROL].into_iter().filter(|_| sends) {
                self.send(from);
            }
        }
    }

    fn send(&mut self, from: usize) {
        let host = &self.world.hosts[from];
        let Some(child) = host.routes.sends_by() else {
            self.unsent[from] += 1;
            return;
        };
        let installed = &host.children[&child];
        self.sent += 1;
        self.flight.push_back((self.clock + 10, Packet { to: 1 - from, spi: installed.outbound, keys: installed.keys_out.clone() }));
    }

    fn arrive(&mut self, packet: &Packet) {
        let now = self.world.now;
        let host = &mut self.world.hosts[packet.to];
        let found = host.children.iter().find(|(id, child)| id.spi() == packet.spi && child.keys_in == packet.keys).map(|(id, _)| *id);
        let Some(child) = found else {
            panic!("a packet under {:08x} is lost at host {}\n{}", packet.spi, packet.to, self.world.log());
        };
        host.routes.heard(child);
        if self.tells {
            host.endpoint.traffic_seen(now, child);
        }
        *self.arrived[packet.to].entry(child).or_default() += 1;
    }

    /// All that was sent has arrived.
    fn check(&mut self, children: usize) {
        self.pass(20, false);
        let arrived: u64 = self.arrived.iter().flat_map(BTreeMap::values).sum();
        assert_eq!(arrived, self.sent, "{}", self.world.log());
        self.world.check_agreement();
        assert_eq!(self.world.hosts[MOON].children.len(), children, "{}", self.world.log());
    }

    fn only_child(&self, at: usize) -> ChildId {
        let host = &self.world.hosts[at];
        assert_eq!(host.children.len(), 1, "{}", self.world.log());
        *host.children.keys().next().unwrap()
    }

    fn expire(&mut self, at: usize, lifetime: ChildLifetime) -> ChildId {
        let (now, child) = (self.world.now, self.only_child(at));
        self.world.hosts[at].endpoint.child_expired(now, child, lifetime).unwrap();
        child
    }
}

#[test]
fn rfc_7296_section_2_8_a_rekey_loses_no_packet() {
    for at in [&[MOON][..], &[CAROL], &[MOON, CAROL]] {
        for hesitation in [[0, 0], [35, 0], [0, 35], [35, 35]] {
            let mut tunnel = Tunnel::up();
            for (host, hesitation) in tunnel.world.hosts.iter_mut().zip(hesitation) {
                host.hesitation = Duration::from_millis(hesitation);
            }
            tunnel.pass(50, true);
            let before = [MOON, CAROL].map(|side| tunnel.only_child(side));
            for side in at {
                tunnel.expire(*side, ChildLifetime::Soft);
            }
            tunnel.pass(500, true);
            tunnel.check(1);
            assert_eq!(tunnel.unsent, [0, 0], "{}", tunnel.world.log());
            for side in [MOON, CAROL] {
                let after = tunnel.only_child(side);
                assert_ne!(before[side], after, "{}", tunnel.world.log());
                assert!(tunnel.arrived[side].get(&after).is_some_and(|count| *count > 300), "{:?}", tunnel.arrived);
            }
        }
    }
}

#[test]
fn rfc_7296_section_2_18_a_rekey_of_the_ike_sa_leaves_the_packets_alone() {
    for at in [MOON, CAROL] {
        let mut tunnel = Tunnel::up();
        let (id, now) = (tunnel.world.only_sa(at), tunnel.world.now);
        let before = tunnel.only_child(at);
        tunnel.world.hosts[at].endpoint.sa(id).unwrap().rekey(now).unwrap();
        tunnel.pass(200, true);
        tunnel.check(1);
        assert_eq!((tunnel.unsent, tunnel.only_child(at)), ([0, 0], before), "{}", tunnel.world.log());
        assert_eq!(tunnel.expire(at, ChildLifetime::Soft), before);
        tunnel.pass(200, true);
        tunnel.check(1);
    }
}

#[test]
fn rfc_7296_section_2_9_a_packet_without_a_child_sa_asks_for_one() {
    for at in [MOON, CAROL] {
        let mut tunnel = Tunnel::up();
        tunnel.pass(20, true);
        tunnel.check(1);
        // Nobody sends while it goes: a hard lifetime ends a Child SA that packets may be on their way by.
        tunnel.expire(at, ChildLifetime::Hard);
        tunnel.pass(100, false);
        tunnel.check(0);
        tunnel.send(at);
        assert_eq!(tunnel.unsent[at], 1);
        let (id, now) = (tunnel.world.only_sa(at), tunnel.world.now);
        let remote = |host: &Host| (if host.name == "moon" { "10.2.3.4" } else { "10.1.3.4" }).parse::<Selector>().unwrap();
        let host = &mut tunnel.world.hosts[at];
        let wanted = remote(host);
        assert_eq!(host.endpoint.child_acquire(now, &wanted), Some(id));
        tunnel.pass(100, false);
        tunnel.pass(50, true);
        tunnel.check(1);
        assert!(tunnel.arrived.iter().all(|children| children.len() == 2), "{:?}", tunnel.arrived);
    }
}

/// The peer is told that it may send when our inbound side is there, and not before.
#[test]
fn rfc_7296_section_2_8_nobody_sends_before_the_other_side_has_installed() {
    for late in [MOON, CAROL] {
        let mut tunnel = Tunnel::new(|config| config);
        tunnel.world.hosts[late].hesitation = Duration::from_secs(2);
        tunnel.world.hosts[MOON].initiate(tunnel.world.now);
        // The one that began sends as soon as it may.
        let mut first = [None, None];
        for millisecond in 0..6_000 {
            tunnel.pass(1, false);
            for side in [MOON, CAROL] {
                let is_up = tunnel.world.hosts[side].routes.sends_by().is_some();
                first[side] = first[side].or(is_up.then_some(millisecond));
            }
            tunnel.send(MOON);
        }
        tunnel.check(1);
        let [Some(moon), Some(carol)] = first else { panic!("{first:?}\n{}", tunnel.world.log()) };
        assert!(carol < moon, "the responder installs first: {first:?}\n{}", tunnel.world.log());
        assert_eq!(tunnel.arrived[CAROL].values().sum::<u64>(), tunnel.sent);
    }
}

#[test]
fn rfc_7296_section_2_4_packets_of_the_peer_are_a_sign_of_life() {
    let silence = Duration::from_millis(200);
    let datagrams = [(true, true), (true, false), (false, false)].map(|(sends, tells)| {
        let mut tunnel = Tunnel::new(|config| config.with_liveness(Some(silence)));
        tunnel.world.hosts[MOON].initiate(tunnel.world.now);
        tunnel.world.pass(Duration::from_millis(100));
        tunnel.tells = tells;
        let before = tunnel.world.datagrams;
        tunnel.pass(2_000, sends);
        tunnel.check(1);
        tunnel.world.datagrams - before
    });
    assert_eq!(datagrams[0], 0, "packets come, and nobody asks");
    assert!(datagrams[1] >= 16 && datagrams[2] >= 16, "{datagrams:?}: where the kernel tells of no packet, the peer is asked");
}
