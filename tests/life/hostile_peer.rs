//! A peer that has authenticated itself and then does what it likes, at every state of the other side.
//!
//! Each life follows from its seed: `LIFE_SEED=17 cargo test --all-features --test life hostile_peer` lives one again and shows it;
//! `LIFE_FIRST` and `LIFE_LIVES` say which ones are lived otherwise.

pub(crate) mod acts;
mod answers;
mod cases;

use crate::forger::{Forger, Read};
use crate::host::{ADDITIONAL, PLAIN, Proposals};
use crate::rig::{CAROL, MOON, Rig};
use crate::toy::Seeded;
use ikev2::registry::{NotifyType, PayloadType};
use ikev2::session::{Config, ConfigurationSet, Ppk};
use std::time::Duration;

/// Proposals under which the peer may choose additional key exchanges or leave them out.
pub(crate) const BOTH: Proposals =
    Proposals { ike: "aes128gcm16-prfsha256-x25519,aes128gcm16-prfsha256-x25519-ke1_mlkem512", esp: ADDITIONAL.esp };

/// The peer: all generations of the IKE SA that it knows of, and what it has seen of the other side.
pub(crate) struct Peer {
    pub(crate) rig: Rig,
    pub(crate) random: Seeded,
    pub(crate) forgers: Vec<Forger>,
    /// Requests of the other side, with the generation on which they came.
    pub(crate) asked: Vec<(usize, Read)>,
    /// Its own rekeys of the IKE SA that are under way.
    pub(crate) rekeys: Vec<acts::OwnRekey>,
    /// The link that the last response showed.
    pub(crate) link: Vec<u8>,
    cursor: usize,
}

/// Two hosts that have not met. Moon wants a shared key, or EAP, gives addresses, or uses a PPK.
fn styled(seed: u64) -> Rig {
    let mut rig = Rig::new(seed, PLAIN, |config| config.with_ppk(true));
    let host = &mut rig.hosts[MOON];
    host.style.eap = [None, Some(false), Some(true)][usize::try_from(seed / 2 % 3).unwrap()];
    host.style.ppk = (seed / 6 % 2 == 0).then(|| Ppk::new("ppk", "one"));
    host.style.has_addresses = seed / 12 % 2 == 0;
    host.gives = Some(ConfigurationSet::new().with_address("10.2.0.7".parse().unwrap()));
    host.eap.is_trusting = false;
    rig
}

/// A number that the environment says.
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

impl Peer {
    /// It has set up an IKE SA with moon, as its initiator or as its responder.
    pub(crate) fn up(seed: u64, proposals: Proposals, is_initiator: bool) -> Self {
        Self::up_with(seed, proposals, is_initiator, |config| config)
    }

    pub(crate) fn up_with(seed: u64, proposals: Proposals, is_initiator: bool, change: impl Fn(Config) -> Config) -> Self {
        let mut rig = Rig::new(seed, proposals, change);
        rig.set_up(if is_initiator { CAROL } else { MOON });
        Self::over(rig, seed, is_initiator)
    }

    fn over(rig: Rig, seed: u64, is_initiator: bool) -> Self {
        let mut forger = Forger::after_init(&rig.wire[0].octets, &rig.wire[1].octets, is_initiator);
        // Of an initiator, IKE_AUTH was the first.
        forger.next = if is_initiator { 2 } else { 0 };
        let cursor = rig.wire.len();
        Self { rig, random: Seeded(seed ^ 0xabcd), forgers: vec![forger], asked: Vec::new(), rekeys: Vec::new(), link: vec![0; 8], cursor }
    }

    /// It has set up an IKE SA as far as IKE_SA_INIT: what comes next is IKE_AUTH.
    pub(crate) fn half_open(seed: u64) -> Self {
        let mut rig = styled(seed);
        rig.hosts[CAROL].initiate(rig.now);
        let request = rig.sent(CAROL);
        let _ = rig.give(&request[0]);
        rig.sent(MOON);
        let mut peer = Self::over(rig, seed, true);
        peer.forgers[0].next = 1;
        peer
    }

    /// Moon has sent IKE_AUTH, and waits for the response.
    pub(crate) fn before_auth(seed: u64) -> Self {
        let mut rig = styled(seed);
        rig.hosts[MOON].initiate(rig.now);
        let request = rig.sent(MOON);
        let _ = rig.give(&request[0]);
        let response = rig.sent(CAROL);
        let _ = rig.give(&response[0]);
        let mut peer = Self::over(rig, seed, false);
        peer.look();
        peer
    }

    /// Reads what the other side has sent.
    pub(crate) fn look(&mut self) {
        self.rig.sent(MOON);
        let new: Vec<_> = self.rig.wire[self.cursor..].iter().filter(|seen| seen.to == CAROL).map(|seen| seen.octets.clone()).collect();
        self.cursor = self.rig.wire.len();
        for octets in new {
            for index in 0..self.forgers.len() {
                let Some(read) = self.forgers[index].read(&octets) else { continue };
                if read.header.response {
                    self.answered(index, &read);
                } else if !self.asked.iter().any(|(of, old)| (*of, old.header.message_id) == (index, read.header.message_id)) {
                    self.asked.push((index, read));
                }
                break;
            }
        }
    }

    fn answered(&mut self, index: usize, read: &Read) {
        let forger = &mut self.forgers[index];
        forger.next = forger.next.max(read.header.message_id + 1);
        if let Ok(parts) = read.chain().parts(&read.header) {
            if let Some(link) = parts.notify(NotifyType::ADDITIONAL_KEY_EXCHANGE) {
                self.link = link.data.to_vec();
            }
        }
        self.rekey_answered(index, read);
    }

    /// Hands a datagram to the other side.
    pub(crate) fn put(&mut self, octets: Vec<u8>) {
        let path = self.rig.hosts[MOON].path;
        let _ = self.rig.give(&crate::rig::Seen { to: MOON, path, octets });
        self.look();
        self.check();
    }

    /// What has to hold at every moment.
    pub(crate) fn check(&self) {
        self.rig.check(MOON);
        let endpoint = &self.rig.hosts[MOON].endpoint;
        for id in endpoint.sas() {
            let view = endpoint.view(id).unwrap();
            assert!(view.octets() < 300_000, "{} octets", view.octets());
            assert!(!view.is_up() || view.spis().is_some(), "an IKE SA without keys\n{}", self.log());
        }
        assert!(endpoint.sas().count() < 3);
    }

    /// The peer is silent from now on: nothing stays.
    pub(crate) fn fall_silent(&mut self) {
        for _ in 0..30 {
            self.rig.pass_alone(MOON, Duration::from_secs(20));
            self.check();
        }
        let endpoint = &self.rig.hosts[MOON].endpoint;
        assert_eq!((endpoint.sas().count(), endpoint.half_open()), (0, 0), "an IKE SA without a peer\n{}", self.log());
        assert_eq!(endpoint.poll_timeout(), None, "something is due though nothing is there\n{}", self.log());
    }

    pub(crate) fn log(&self) -> String {
        self.rig.hosts[MOON].log.join("\n")
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.random.below(from.len() as u64) as usize]
    }

    /// One thing that happens: the peer says something, the application wants something, time passes.
    fn step(&mut self) {
        match self.random.below(100) {
            0..45 => self.request(),
            45..75 => self.answer(),
            75..90 => self.application(),
            _ => {
                let span = self.pick(&[1, 50, 400, 1_500, 6_000, 31_000]);
                self.rig.pass_alone(MOON, Duration::from_millis(span));
                self.look();
                self.check();
            }
        }
    }

    /// The other side's application asks for something.
    fn application(&mut self) {
        let now = self.rig.now;
        let host = &mut self.rig.hosts[MOON];
        let Some(id) = host.endpoint.sas().next() else { return };
        let child = host.children.keys().next().copied();
        let config = host.child_config();
        let draw = self.random.below(12);
        let Some(mut sa) = host.endpoint.sa(id) else { return };
        match (draw, child) {
            (0 | 1, _) => drop(sa.ping(now)),
            (2 | 3, _) => drop(sa.create_child(now, config)),
            (4..7, Some(child)) => drop(sa.rekey_child(now, child)),
            (7, Some(child)) => drop(sa.delete_child(now, child)),
            (8..11, _) => drop(sa.rekey(now)),
            (11, _) if self.random.percent(20) => sa.delete(now),
            _ => {}
        }
        self.rig.decide(MOON);
        self.look();
        self.check();
    }
}

fn live(seed: u64) {
    let mut random = Seeded(seed);
    let proposals = if random.percent(50) { PLAIN } else { BOTH };
    let mut peer = match random.below(8) {
        0 => Peer::half_open(seed),
        1 => Peer::before_auth(seed),
        2..5 => Peer::up(seed, proposals, false),
        _ => Peer::up(seed, proposals, true),
    };
    if random.percent(30) {
        peer.rig.hosts[MOON].hesitation = Duration::from_secs(3);
    }
    if random.percent(30) {
        peer.rig.hosts[MOON].refusals = 30;
    }
    for _ in 0..random.below(60) {
        peer.step();
    }
    peer.fall_silent();
    if number("LIFE_SEED").is_some() {
        println!("{}", peer.log());
    }
}

#[test]
fn hostile_44_a_peer_with_the_keys_breaks_nothing() {
    lives(2_000, live);
}

/// All SPIs that Child SAs may have are free again: as many Child SAs can be set up as there are SPIs.
fn give_back(seed: u64) {
    let mut random = Seeded(seed);
    let proposals = if random.percent(50) { PLAIN } else { BOTH };
    let mut peer = Peer::up_with(seed, proposals, random.percent(50), |config| config.with_child_spis(0x1000..=0x1005));
    for _ in 0..random.below(40) {
        peer.step();
    }
    peer.fall_silent();
    let Peer { mut rig, .. } = peer;
    rig.hosts[CAROL] = Rig::new(seed ^ 1, proposals, |config| config).hosts.into_iter().nth(CAROL).unwrap();
    rig.hosts[MOON].hesitation = Duration::ZERO;
    let id = rig.hosts[MOON].initiate(rig.now);
    rig.talk();
    for count in 1..=6 {
        assert_eq!(rig.hosts[MOON].children.len(), count, "SPIs are lost\n{}", rig.hosts[MOON].log.join("\n"));
        let child = rig.hosts[MOON].child_config();
        rig.hosts[MOON].endpoint.sa(id).map(|mut sa| sa.create_child(rig.now, child));
        rig.talk();
    }
}

#[test]
fn hostile_44_a_peer_with_the_keys_uses_up_no_spis() {
    lives(1_000, give_back);
}

/// Lives so many lives, or the one that is asked for.
pub(crate) fn lives(count: u64, live: fn(u64)) {
    if let Some(seed) = number("LIFE_SEED") {
        return live(seed);
    }
    let first = number("LIFE_FIRST").unwrap_or(0);
    let count = number("LIFE_LIVES").unwrap_or(count);
    let failed: Vec<_> = (first..first + count).filter(|seed| std::panic::catch_unwind(|| live(*seed)).is_err()).collect();
    assert!(failed.is_empty(), "LIFE_SEED= one of {failed:?}");
}

/// A type that names no payload here.
pub(crate) const NONE: PayloadType = PayloadType::NO_NEXT_PAYLOAD;
