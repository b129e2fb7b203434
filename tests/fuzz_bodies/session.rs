//! Target `session`: two endpoints, the network between them, their applications and the time, all moved by the input.

use super::toy::{PROVIDER, Seeded};
use ikev2::Instant;
use ikev2::exchange::RetransmissionSchedule;
use ikev2::identity::Identity;
use ikev2::proposal::{Dialect, Policy, Proposal};
use ikev2::registry::{Encr, KeMethod, Prf, SecurityProtocol, SequenceNumbers, TransformType};
use ikev2::selectors::Selector;
use ikev2::session::{
    AddressAssignment, ChildConfig, ChildId, Config, ConfigurationSet, Decision, EapAuth, EapSuccess, Endpoint, Event, InitiateError,
    Inquiry, Limits, LocalAuth, Msk, NetworkPath, PathEncapsulation, PeerConfig, Ppk, RemoteAuth, SaId, SharedKey, Token,
};
use ikev2::transform::Transform;
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

/// Operations that one input is worth.
const MOST: usize = 300;

/// A datagram on its way: to whom, by which path, its octets.
type Datagram = (usize, NetworkPath, Vec<u8>);

struct Side {
    endpoint: Endpoint,
    path: NetworkPath,
    /// What it begins with, and what it answers with.
    peer: PeerConfig,
    answer: PeerConfig,
    gives: [u8; 4],
    child: ChildConfig,
    questions: VecDeque<(Token, Option<Decision>)>,
    /// Child SAs that the application has installed, and whether they are up.
    children: BTreeMap<ChildId, (SaId, bool)>,
    over: Vec<SaId>,
}

/// Octet 0 says with which key exchanges and limits, whether by TCP, by EAP, and with addresses and a PPK; then operations: what, how, and for some of them octets.
pub fn session(data: &[u8]) {
    let Some((&how, mut rest)) = data.split_first() else { return };
    let mut world = World::new(how);
    for _ in 0..MOST {
        let Some((&[what, with], after)) = rest.split_first_chunk() else { break };
        rest = world.operate(what, with, after);
        world.settle();
    }
    world.end();
}

fn policy(protocol: SecurityProtocol, is_hybrid: bool) -> Policy {
    let cipher = Transform::encr_bits(Encr::ENCR_AES_GCM_16, 128);
    let other = match protocol {
        SecurityProtocol::IKE => Transform::prf(Prf::PRF_HMAC_SHA2_256),
        _ => Transform::sn(SequenceNumbers::SEQUENTIAL_32),
    };
    let more = is_hybrid.then(|| Transform::addke(TransformType::ADDKE1, KeMethod::ML_KEM_512));
    let transforms: Vec<_> = [cipher, other, Transform::ke(KeMethod::CURVE25519)].into_iter().chain(more).collect();
    Policy::new(Dialect::Rfc, [Proposal::new(protocol, transforms)]).unwrap()
}

/// A method of one request: whatever comes after it, it has succeeded.
fn eap(packet: Option<&[u8]>) -> Decision {
    match packet {
        None => Decision::Eap(vec![1, 1, 0, 6, 253, 1]),
        Some([1, identifier, ..]) => Decision::Eap(vec![2, *identifier, 0, 6, 253, 1]),
        Some(_) => Decision::EapSuccess(EapSuccess::new(Msk::new([7; 64]).unwrap())),
    }
}

impl Side {
    fn new(number: u8, how: u8) -> Self {
        let address = |host: u8| SocketAddr::from(([192, 0, 2, host], 500));
        let encapsulation = if how & 16 == 0 { PathEncapsulation::Udp } else { PathEncapsulation::Tcp };
        let path = NetworkPath::new(address(number), address(3 - number), encapsulation);
        let schedule = RetransmissionSchedule::doubling(Duration::from_secs(1), Duration::from_secs(16), Duration::from_secs(60));
        let limits = if how & 4 == 0 { Limits::default() } else { Limits::small() };
        let config =
            Config::new(&PROVIDER, &policy(SecurityProtocol::IKE, how & 1 != 0)).with_schedule(schedule).with_limits(limits).with_ppk(true);
        let config = if how & 8 == 0 { config } else { config.with_mtu(576).with_authorities(vec![[7; 20]; 64]) };
        let (net, other) = if number == 1 { ("10.1.0.0/16", "10.2.0.0/16") } else { ("10.2.0.0/16", "10.1.0.0/16") };
        let selector = |text: &str| [text.parse::<Selector>().unwrap()];
        let esp = policy(SecurityProtocol::ESP, how & 2 != 0);
        let child = ChildConfig::new(&PROVIDER, &esp, selector(net), selector(other));
        let key = SharedKey::new(*b"secret of both");
        let identity = |number: u8| (if number == 1 { "moon" } else { "carol" }).parse::<Identity>().unwrap();
        let by_eap = EapAuth::new();
        let (begins, answers) = match how & 32 {
            0 => (
                (LocalAuth::SharedKey(key.clone()), RemoteAuth::SharedKey(key.clone())),
                (LocalAuth::SharedKey(key.clone()), RemoteAuth::SharedKey(key)),
            ),
            _ => ((LocalAuth::Eap(by_eap), RemoteAuth::SharedKey(key.clone())), (LocalAuth::SharedKey(key), RemoteAuth::Eap(by_eap))),
        };
        let peer = |(local, remote)| {
            let peer =
                PeerConfig::new(identity(number), local, remote).with_expected_identity(identity(3 - number)).with_child(child.clone());
            let peer = if how & 64 == 0 { peer } else { peer.with_ppk(Ppk::new("ppk", "one")) };
            peer.with_configuration_request(ConfigurationSet::any_address()).with_address_assignment(AddressAssignment::OnRequest)
        };
        let (peer, answer) = (peer(begins), peer(answers));
        let endpoint = Endpoint::new(config, PROVIDER, Box::new(Seeded(u64::from(number))));
        let gives = [10, 3 - number, 0, 7];
        Self { endpoint, path, peer, answer, gives, child, questions: VecDeque::new(), children: BTreeMap::new(), over: Vec::new() }
    }

    fn events(&mut self) {
        while let Some((id, event)) = self.endpoint.poll_event() {
            assert!(!self.over.contains(&id), "an event after the last");
            match event {
                Event::Ask(ask) => {
                    let decision = match &ask.question {
                        Inquiry::PeerConfig { .. } => Some(Decision::Peer(self.answer.clone().into())),
                        Inquiry::Eap { packet, .. } => Some(eap(packet.as_deref())),
                        Inquiry::Address { .. } => {
                            Some(Decision::Address(ConfigurationSet::new().with_address(self.gives.into()).with_dns(self.gives.into())))
                        }
                        other => panic!("{other:?}"),
                    };
                    self.questions.push_back((ask.token, decision));
                }
                Event::ChildInstall { token, install, .. } => {
                    assert!(self.children.insert(install.id, (id, false)).is_none_or(|(_, is_up)| !is_up), "a name given twice");
                    self.questions.push_back((token, None));
                }
                Event::ChildUp(child) | Event::ChildRekeyed { new: child, .. } => {
                    self.children.get_mut(&child).unwrap().1 = true;
                }
                Event::ChildDown(child) => assert!(self.children.remove(&child).is_some()),
                Event::Closed(_) => {
                    assert!(!self.children.values().any(|(of, is_up)| *of == id && *is_up), "an end before that of its children");
                    self.children.retain(|_, (of, _)| *of != id);
                    self.over.push(id);
                }
                _ => {}
            }
        }
    }

    /// What the application thinks is what the endpoint lists.
    fn check(&self, limits: &Limits) {
        let mut listed: Vec<_> =
            self.endpoint.sas().filter_map(|id| self.endpoint.view(id)).flat_map(|view| view.children().collect::<Vec<_>>()).collect();
        listed.sort_unstable();
        let told: Vec<_> = self.children.iter().filter(|(_, (_, is_up))| *is_up).map(|(id, _)| *id).collect();
        assert_eq!(listed, told);
        assert!(self.endpoint.sas().count() <= limits.ike_sas && self.endpoint.half_open() <= limits.half_open);
        for view in self.endpoint.sas().filter_map(|id| self.endpoint.view(id)) {
            assert!(view.octets() < 400_000 && (!view.is_up() || view.spis().is_some()));
        }
    }
}

struct World {
    now: Instant,
    sides: [Side; 2],
    network: VecDeque<Datagram>,
    limits: Limits,
    buf: Vec<u8>,
}

impl World {
    fn new(how: u8) -> Self {
        let limits = if how & 4 == 0 { Limits::default() } else { Limits::small() };
        let sides = [Side::new(1, how), Side::new(2, how)];
        Self { now: Instant::START, sides, network: VecDeque::new(), limits, buf: vec![0; 65_535] }
    }

    fn settle(&mut self) {
        for (at, side) in self.sides.iter_mut().enumerate() {
            side.events();
            side.check(&self.limits);
            while let Some(sent) = side.endpoint.poll_transmit(self.now, &mut self.buf).unwrap() {
                let back = NetworkPath { local: sent.path.peer, peer: sent.path.local, ..sent.path };
                // A network that holds more loses it.
                if self.network.len() < 64 {
                    self.network.push_back((1 - at, back, self.buf[..sent.len].to_vec()));
                }
            }
        }
    }

    fn pass(&mut self, span: Duration) {
        let end = self.now + span;
        let mut rounds = 0;
        while let Some(at) = self.sides.iter().filter_map(|side| side.endpoint.poll_timeout()).min().filter(|at| *at <= end) {
            rounds = if at > self.now { 0 } else { rounds + 1 };
            assert!(rounds < 64, "a timer that is due for ever");
            self.now = self.now.max(at);
            for side in &mut self.sides {
                side.endpoint.handle_timeout(self.now);
            }
            self.settle();
        }
        self.now = end;
    }

    /// Does one thing; gives the input that is left.
    fn operate<'a>(&mut self, what: u8, with: u8, rest: &'a [u8]) -> &'a [u8] {
        let at = usize::from(with & 1);
        match what & 15 {
            0..=3 => self.deliver(0, |_, _| {}),
            4 => self.deliver(usize::from(with), |_, _| {}),
            5 if self.sides[0].path.is_tcp() => self.cut(with),
            5 => drop(self.network.pop_front()),
            6 => {
                if let Some(datagram) = self.network.front().cloned() {
                    self.network.push_back(datagram);
                }
            }
            7 => {
                let Some((&[place, value], rest)) = rest.split_first_chunk() else { return &[] };
                self.deliver(usize::from(with), |_, octets| {
                    let place = usize::from(place) % octets.len().max(1);
                    octets.iter_mut().skip(place).take(1).for_each(|octet| *octet ^= value);
                });
                return rest;
            }
            8 => self.deliver(0, |path, _| path.peer = SocketAddr::from(([203, 0, 113, with], 500))),
            9 => self.pass(Duration::from_millis(u64::from(with) * 250)),
            10 => self.pass(Duration::from_secs(u64::from(with))),
            11 | 12 => self.decide(at, with & 0x80 != 0),
            13 | 14 => self.command(at, with >> 1),
            _ => {
                let (octets, rest) = rest.split_at(usize::from(with >> 1).min(rest.len()));
                self.say(at, octets);
                return rest;
            }
        }
        rest
    }

    fn deliver(&mut self, which: usize, change: impl Fn(&mut NetworkPath, &mut Vec<u8>)) {
        let which = which % self.network.len().max(1);
        if let Some((to, mut path, mut octets)) = self.network.remove(which) {
            change(&mut path, &mut octets);
            let _ = self.sides[to].endpoint.handle(self.now, path, &mut octets);
        }
    }

    /// The connection breaks, and who learns of it is said; whoever has begun an IKE SA opens another one, from a port that is said.
    fn cut(&mut self, with: u8) {
        for (at, side) in self.sides.iter_mut().enumerate() {
            let path = side.path;
            self.network.retain(|(to, by, _)| *to != at || *by != path);
            if with >> at & 1 == 0 {
                let _ = side.endpoint.connection_lost(self.now, path);
            }
        }
        let port = 500 + u16::from(with >> 3);
        for side in self.sides.iter_mut().skip(usize::from(with >> 2 & 1)).take(1) {
            side.path.local.set_port(port);
            for id in side.endpoint.sas().collect::<Vec<_>>() {
                let _ = side.endpoint.sa(id).map(|mut sa| sa.reconnect(self.now, side.path));
            }
        }
    }

    /// Somebody's octets; with the SPIs of an IKE SA in front, if there is one.
    fn say(&mut self, to: usize, octets: &[u8]) {
        let side = &mut self.sides[to];
        let spis = side.endpoint.sas().filter_map(|id| side.endpoint.view(id)?.spis()).next();
        let spis = spis.map_or([[0; 8]; 2], |spis| [spis.initiator.to_be_bytes(), spis.responder.to_be_bytes()]);
        let mut octets = [spis.as_flattened(), octets].concat();
        let len = u32::try_from(octets.len()).unwrap();
        octets.iter_mut().skip(24).take(4).zip(len.to_be_bytes()).for_each(|(to, from)| *to = from);
        let path = side.path;
        let _ = side.endpoint.handle(self.now, path, &mut octets);
    }

    fn decide(&mut self, at: usize, refuse: bool) {
        let side = &mut self.sides[at];
        let Some((token, decision)) = side.questions.pop_front() else { return };
        let _ = match (refuse, decision) {
            (true, _) => side.endpoint.decide(self.now, token, Decision::Refuse),
            (false, Some(decision)) => side.endpoint.decide(self.now, token, decision),
            (false, None) => side.endpoint.decide(self.now, token, Decision::Installed),
        };
    }

    fn command(&mut self, at: usize, what: u8) {
        let now = self.now;
        let side = &mut self.sides[at];
        let child = side.children.keys().nth(usize::from(what >> 5)).copied();
        let Some(id) = side.endpoint.sas().nth(usize::from(what >> 4 & 1)).filter(|_| what & 7 != 0) else {
            let begun = side.endpoint.initiate(now, side.path, side.peer.clone());
            assert!(matches!(begun, Ok(_) | Err(InitiateError::Limit)), "{begun:?}");
            return;
        };
        let config = side.child.clone();
        let Some(mut sa) = side.endpoint.sa(id) else { return };
        let _ = match (what & 7, child) {
            (1, _) => sa.ping(now),
            (2, _) => sa.create_child(now, config),
            (3 | 4, Some(child)) => sa.rekey_child(now, child),
            (5, Some(child)) => sa.delete_child(now, child),
            (6, _) => sa.rekey(now),
            (7, _) if what & 8 != 0 => {
                sa.delete(now);
                Ok(())
            }
            _ => Ok(()),
        };
    }

    /// The network is cut, and the applications decide nothing more: nothing stays.
    fn end(&mut self) {
        for _ in 0..60 {
            self.network.clear();
            self.pass(Duration::from_secs(20));
        }
        for side in &self.sides {
            assert_eq!((side.endpoint.sas().count(), side.endpoint.half_open(), side.endpoint.poll_timeout()), (0, 0, None));
        }
    }
}
