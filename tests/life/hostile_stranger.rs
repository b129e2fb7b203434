//! A stranger that sees all that passes, repeats it at every later moment from wherever it likes, cut, changed or under other SPIs, and
//! makes up messages of its own: the life of others goes on as without it.

use crate::host::{ADDITIONAL, PLAIN, Proposals};
use crate::hostile_peer::lives;
use crate::rig::{CAROL, MOON, Rig, Seen};
use crate::toy::Seeded;
use allocation_counter::measure;
use arbitrary::{Arbitrary, Unstructured};
use ikev2::arbitrary::{NearlyValidMessage, ValidMessage};
use ikev2::provider::Random;
use ikev2::session::{Handled, NetworkPath, SaId};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);
/// Exchange Type of the IKE header.
const EXCHANGE: usize = 18;
/// IKE_SA_INIT.
const INIT: u8 = 34;

struct Stranger {
    random: Seeded,
    /// What it says at each moment.
    loudness: u64,
    /// What became of what it said.
    told: BTreeMap<String, u64>,
    /// What has arrived where it should.
    arrived: BTreeSet<Vec<u8>>,
}

impl Stranger {
    fn drawn(&mut self, len: u64) -> Vec<u8> {
        let mut octets = vec![0; self.random.below(len) as usize];
        self.random.fill(&mut octets).unwrap();
        octets
    }

    fn address(&mut self, rig: &Rig, to: usize) -> NetworkPath {
        let path = rig.hosts[to].path;
        let peer = match self.random.below(4) {
            0 => "203.0.113.9:500".parse().unwrap(),
            1 => format!("203.0.113.{}:{}", self.random.below(256), 1 + self.random.below(65_535)).parse().unwrap(),
            2 => std::net::SocketAddr::new(path.peer.ip(), 1 + self.random.below(65_535) as u16),
            _ => path.peer,
        };
        NetworkPath { peer, ..path }
    }

    /// Something that it says; none of it is a new message of either side, unchanged and for the first time.
    fn say(&mut self, rig: &Rig) -> Seen {
        let to = self.random.below(2) as usize;
        let path = self.address(rig, to);
        let from_wire = !rig.wire.is_empty() && self.random.percent(80);
        let mut octets = match from_wire {
            true => rig.wire[self.random.below(rig.wire.len() as u64) as usize].octets.clone(),
            false => {
                let drawn = self.drawn(500);
                match self.random.below(3) {
                    0 => ValidMessage::arbitrary(&mut Unstructured::new(&drawn)).unwrap().into_octets(),
                    1 => NearlyValidMessage::arbitrary(&mut Unstructured::new(&drawn)).unwrap().into_octets(),
                    _ => drawn,
                }
            }
        };
        match self.random.below(6) {
            0 => octets.truncate(self.random.below(octets.len() as u64) as usize),
            1 | 2 if !octets.is_empty() => {
                for _ in 0..=self.random.below(3) {
                    let at = self.random.below(octets.len() as u64) as usize;
                    octets[at] ^= 1 << self.random.below(8);
                }
            }
            3 if octets.len() > 28 => {
                // SPIs that are in use in front of something else.
                let spis = rig.hosts[to].endpoint.sas().filter_map(|id| rig.hosts[to].endpoint.view(id).unwrap().spis()).next();
                if let Some(spis) = spis {
                    octets[..8].copy_from_slice(&spis.initiator.to_be_bytes());
                    octets[8..16].copy_from_slice(&spis.responder.to_be_bytes());
                }
            }
            _ => {}
        }
        Seen { to, path, octets }
    }

    /// Says what it has to say at this moment. What it cannot say without being somebody else is left out: an answer to IKE_SA_INIT that is
    /// changed and comes first is the answer, as far as anybody can tell before IKE_AUTH.
    fn speak(&mut self, rig: &mut Rig, real: &[Option<SaId>; 2]) {
        for _ in 0..self.loudness {
            let seen = self.say(rig);
            let is_init_response = seen.octets.get(EXCHANGE..EXCHANGE + 2).is_some_and(|field| field[0] == INIT && field[1] & 0x20 != 0);
            let begins = real[seen.to].is_some_and(|id| rig.hosts[seen.to].endpoint.view(id).is_some_and(|view| !view.is_up()));
            // To hand on what is on its way is no attack.
            let is_on_its_way = !self.arrived.contains(&seen.octets) && rig.wire.iter().any(|sent| sent.octets == seen.octets);
            if is_init_response && begins || is_on_its_way {
                continue;
            }
            let before = state(rig, real);
            let handled = rig.hosts[seen.to].endpoint.handle(rig.now, seen.path, &mut seen.octets.clone());
            rig.decide(seen.to);
            assert_eq!(state(rig, real), before, "{handled:?} by {seen:02x?}");
            let told = match handled {
                Handled::Ignored(why) => format!("{why:?}"),
                handled => format!("{handled:?}"),
            };
            *self.told.entry(told.chars().take_while(|c| c.is_alphanumeric()).collect()).or_insert(0) += 1;
            // What is answered goes to the stranger.
            let mut buf = vec![0; 65_535];
            while rig.hosts[seen.to].endpoint.poll_transmit(rig.now, &mut buf).unwrap().is_some() {}
        }
    }
}

/// What can be seen of the IKE SA of both.
fn state(rig: &Rig, real: &[Option<SaId>; 2]) -> String {
    let seen = [MOON, CAROL].map(|at| {
        let host = &rig.hosts[at];
        let view = real[at].and_then(|id| host.endpoint.view(id));
        let view = view.map(|view| (view.is_up(), view.spis().map(|spis| (spis.initiator, spis.responder)), view.path()));
        let children: Vec<_> = host.children.keys().map(|child| child.spi()).collect();
        format!("{view:?} {children:?} {}", real[at].map_or(0, |id| events(host, id).len()))
    });
    seen.join("\n")
}

/// The kinds of events of an IKE SA, in order.
fn events(host: &crate::host::Host, id: SaId) -> Vec<String> {
    let name = format!(" {} {id} ", host.name);
    let told = host.log.iter().filter_map(|line| line.split_once(&name));
    told.map(|(_, event)| event.chars().take_while(|c| c.is_alphanumeric()).collect()).collect()
}

/// A life of an IKE SA with everything in it; gives what both applications were told. The stranger speaks before each datagram arrives.
fn life(seed: u64, proposals: Proposals, loudness: u64) -> [Vec<String>; 2] {
    let mut rig = Rig::new(seed, proposals, |config| config);
    let mut stranger = Stranger { random: Seeded(seed ^ 0x57a6), loudness, told: BTreeMap::new(), arrived: BTreeSet::new() };
    let carol = rig.hosts[CAROL].initiate(rig.now);
    let mut real = [None, Some(carol)];
    talk(&mut rig, &mut stranger, &mut real);
    for by in [MOON, CAROL] {
        let id = real[by].unwrap();
        let child = rig.hosts[by].children.iter().find(|(_, child)| child.sa == id).map(|(child, _)| *child).unwrap();
        rig.hosts[by].endpoint.sa(id).unwrap().rekey_child(rig.now, child).unwrap();
        talk(&mut rig, &mut stranger, &mut real);
        rig.hosts[by].endpoint.sa(id).unwrap().rekey(rig.now).unwrap();
        talk(&mut rig, &mut stranger, &mut real);
        let config = rig.hosts[by].child_config();
        rig.hosts[by].endpoint.sa(id).unwrap().create_child(rig.now, config).unwrap();
        talk(&mut rig, &mut stranger, &mut real);
        rig.now += SECOND;
    }
    rig.hosts[MOON].endpoint.sa(real[MOON].unwrap()).unwrap().delete(rig.now);
    talk(&mut rig, &mut stranger, &mut real);
    stranger.speak(&mut rig, &real);
    if loudness > 20 {
        assert!(stranger.told.len() > 6, "{:?}", stranger.told);
    }
    let told = [MOON, CAROL].map(|at| events(&rig.hosts[at], real[at].unwrap()));
    // Of what the stranger began, nothing stays either.
    for at in [MOON, CAROL] {
        rig.pass_alone(at, Duration::from_secs(200));
        let endpoint = &rig.hosts[at].endpoint;
        assert_eq!((endpoint.sas().count(), endpoint.half_open(), endpoint.poll_timeout()), (0, 0, None));
    }
    told
}

fn talk(rig: &mut Rig, stranger: &mut Stranger, real: &mut [Option<SaId>; 2]) {
    rig.talk_with(|rig, seen| {
        if real[MOON].is_none() {
            real[MOON] = rig.hosts[MOON].endpoint.sas().next();
        }
        // Before moon knows of carol, a stranger may take its place in the line; nothing is there yet to be disturbed.
        if real[MOON].is_some() {
            stranger.speak(rig, real);
        }
        stranger.arrived.insert(seen.octets.clone());
    });
}

fn disturbed(seed: u64) {
    let proposals = if seed % 2 == 0 { PLAIN } else { ADDITIONAL };
    let quiet = life(seed, proposals, 0);
    assert_eq!(life(seed, proposals, 10), quiet);
}

#[test]
fn hostile_47_a_stranger_changes_nothing_in_the_life_of_others() {
    lives(60, disturbed);
    assert_eq!(life(1, PLAIN, 200), life(1, PLAIN, 0));
}

/// What a stranger says about an IKE SA that is up is held by nobody.
#[test]
fn hostile_45_47_a_stranger_makes_an_ike_sa_hold_nothing() {
    let mut rig = Rig::plain(9);
    rig.set_up(CAROL);
    let mut stranger = Stranger { random: Seeded(9), loudness: 0, told: BTreeMap::new(), arrived: BTreeSet::new() };
    let mut said: Vec<_> = (0..20_000).map(|_| stranger.say(&rig)).collect();
    said.retain(|seen| seen.to == MOON && seen.octets.get(EXCHANGE) != Some(&INIT));
    assert!(said.len() > 5_000);
    let (now, mut buf) = (rig.now, vec![0; 65_535]);
    let endpoint = &mut rig.hosts[MOON].endpoint;
    let mut hear = |said: &mut [Seen]| {
        for seen in said {
            let _ = endpoint.handle(now, seen.path, &mut seen.octets);
            while endpoint.poll_transmit(now, &mut buf).unwrap().is_some() {}
            assert!(endpoint.poll_event().is_none());
        }
    };
    hear(&mut said[..1_000]);
    assert_eq!(measure(|| hear(&mut said[1_000..])).bytes_current, 0);
}
