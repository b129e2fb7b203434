//! A gateway and the way there.

use core::net::{IpAddr, SocketAddr};
use core::time::Duration;
use ikev2::Instant;
use ikev2::error::CryptoError;
use ikev2::keys::nat_detection_hash;
use ikev2::probe::{ProbeDatagram, ProbeSocket};
use ikev2::proposal::{Dialect, NegotiationContext, Policy, Proposal, Question, RefusalResponse, negotiate};
use ikev2::provider::Provider;
use ikev2::provider::Random;
use ikev2::registry::{Encr, ExchangeType, Integ, KeMethod, NotifyType, PayloadType, Prf, SecurityProtocol, TransformType};
use ikev2::transform::Transform;
use ikev2::wire::{Header, IkeSpis, KeyExchange, Message, MessageBuilder, Nonce, Notify, Payload};
use std::collections::BTreeMap;

pub(crate) const SERVER: IpAddr = IpAddr::V4(core::net::Ipv4Addr::new(192, 0, 2, 1));
const STRANGER: IpAddr = IpAddr::V4(core::net::Ipv4Addr::new(203, 0, 113, 9));
/// Where the prober is, and what the gateway sees of it behind a NAT.
pub(crate) const CLIENT: SocketAddr = SocketAddr::new(IpAddr::V4(core::net::Ipv4Addr::new(10, 0, 0, 2)), 40_000);
const MAPPED: SocketAddr = SocketAddr::new(IpAddr::V4(core::net::Ipv4Addr::new(198, 51, 100, 7)), 1024);
/// IPv4 and UDP.
pub(crate) const HEADERS: usize = 28;

/// SplitMix64.
#[derive(Clone, Debug)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub(crate) fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }
}

impl Random for Dice {
    fn fill(&mut self, octets: &mut [u8]) -> Result<(), CryptoError> {
        octets.fill_with(|| self.next() as u8);
        Ok(())
    }
}

/// What the gateway does with a request that comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    Accepts,
    /// Another SPIr for another source port: several servers, chosen by it.
    BySource,
    /// NO_PROPOSAL_CHOSEN, whatever is offered.
    Refuses,
    /// A new SPIr for each copy of a request.
    Forgets,
}

#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) manner: Manner,
    /// Percent, each way.
    pub(crate) loss: u64,
    pub(crate) doubling: u64,
    pub(crate) delay: Duration,
    pub(crate) jitter: Duration,
    pub(crate) mtu: usize,
    pub(crate) local_mtu: usize,
    /// Whether a router tells of packets that are too large.
    pub(crate) icmp: bool,
    pub(crate) fragments: bool,
    pub(crate) fragments_from: bool,
    /// The largest datagram that the gateway reads, in octets of IP packet.
    pub(crate) reads: usize,
    pub(crate) nat: bool,
    pub(crate) policy: Policy,
    pub(crate) open_500: bool,
    pub(crate) open_4500: bool,
    /// Whether the kernel there says that nobody listens.
    pub(crate) refuses: bool,
    pub(crate) split: bool,
    /// Whether a copy is answered where the first request came from.
    pub(crate) answers_first: bool,
    /// Where that was, by server and SPIi.
    pub(crate) homes: BTreeMap<(u16, u64), (ProbeSocket, SocketAddr)>,
    pub(crate) announces: bool,
    pub(crate) cookies: bool,
    /// Every which request is answered.
    pub(crate) every: u64,
    /// The most requests that are answered in a second.
    pub(crate) rate: Option<usize>,
    pub(crate) strangers: bool,
    pub(crate) dice: Dice,
    pub(crate) states: BTreeMap<(u16, u64), u64>,
    /// When the gateway kept a half-open IKE SA.
    pub(crate) made: Vec<Instant>,
    pub(crate) seen: u64,
    pub(crate) recent: Vec<Instant>,
}

/// What comes back: when, from where, and what; `None` for a refused port.
#[derive(Clone, Debug)]
pub(crate) struct Back {
    pub(crate) at: Instant,
    pub(crate) socket: ProbeSocket,
    pub(crate) from: SocketAddr,
    pub(crate) what: What,
}

#[derive(Clone, Debug)]
pub(crate) enum What {
    Datagram(Vec<u8>),
    Refused,
    TooBig { mtu: u32, length: u16 },
}

impl World {
    /// All is well.
    pub(crate) fn clean(seed: u64) -> Self {
        Self {
            manner: Manner::Accepts,
            loss: 0,
            doubling: 0,
            delay: Duration::from_millis(20),
            jitter: Duration::ZERO,
            mtu: 1500,
            local_mtu: 1500,
            icmp: false,
            fragments: true,
            fragments_from: true,
            reads: 65_535,
            nat: false,
            policy: usual(&[KeMethod::CURVE25519, KeMethod::MODP_2048]),
            open_500: true,
            open_4500: true,
            refuses: false,
            split: false,
            answers_first: false,
            homes: BTreeMap::new(),
            announces: true,
            cookies: false,
            every: 1,
            rate: None,
            strangers: false,
            dice: Dice(seed),
            states: BTreeMap::new(),
            made: Vec::new(),
            seen: 0,
            recent: Vec::new(),
        }
    }

    /// Any world.
    pub(crate) fn drawn(seed: u64) -> Self {
        let mut dice = Dice(seed ^ 0x5eed);
        let clean = Self::clean(seed);
        let manner =
            [Manner::Accepts, Manner::Accepts, Manner::Accepts, Manner::Refuses, Manner::Forgets, Manner::BySource][dice.below(6) as usize];
        let mtu = if dice.percent(40) { 1500 } else { 576 + dice.below(925) as usize };
        Self {
            manner,
            loss: [0, 0, 1, 5, 20, 40][dice.below(6) as usize],
            doubling: [0, 0, 10][dice.below(3) as usize],
            delay: Duration::from_millis(1 + dice.below(150)),
            jitter: Duration::from_millis([0, 20, 400][dice.below(3) as usize]),
            mtu,
            icmp: dice.percent(50),
            fragments: dice.percent(60),
            fragments_from: dice.percent(60),
            reads: [65_535, 65_535, 3000, 2000][dice.below(4) as usize],
            nat: dice.percent(40),
            policy: usual(GROUPS[dice.below(GROUPS.len() as u64) as usize]),
            open_500: dice.percent(90),
            open_4500: dice.percent(85),
            refuses: dice.percent(50),
            split: dice.percent(15),
            answers_first: dice.percent(25),
            announces: dice.percent(70),
            cookies: dice.percent(20),
            every: [1, 1, 1, 1, 1, 2, 3][dice.below(7) as usize],
            rate: [None, None, None, Some(1), Some(3), Some(5)][dice.below(6) as usize],
            strangers: dice.percent(30),
            ..clean
        }
    }

    /// Whether the gateway takes a key exchange method.
    pub(crate) fn takes(&self, method: KeMethod) -> bool {
        let mut all = self.policy.proposals().iter().flat_map(|proposal| proposal.of_type(TransformType::KE));
        self.manner != Manner::Refuses && all.any(|transform| transform.id.0 == method.0)
    }

    /// Whether every question has an answer here.
    pub(crate) fn is_quiet(&self) -> bool {
        self.loss == 0 && self.every == 1 && self.rate.is_none() && self.jitter < Duration::from_millis(100)
    }

    pub(crate) fn carry(&mut self, now: Instant, out: &ProbeDatagram) -> Vec<Back> {
        let (datagram, to, socket) = (&out.datagram, out.to, out.socket);
        let (size, port) = (datagram.len() + HEADERS, to.port());
        let mut back = Vec::new();
        if self.strangers {
            // With the right SPIi, from another address, from another port, and as nonsense.
            let forged = self.answer(now, out, true);
            back.extend(forged.iter().map(|octets| self.deliver(now, socket, SocketAddr::new(STRANGER, port), octets)));
            back.extend(forged.iter().map(|octets| self.deliver(now, socket, SocketAddr::new(SERVER, port + 1), octets)));
            back.push(self.deliver(now, socket, to, &datagram[..20]));
        }
        if out.dont_fragment && size > self.mtu {
            if self.icmp {
                let what = What::TooBig { mtu: self.mtu as u32, length: size as u16 };
                back.push(Back { at: now + self.delay, socket, from: to, what });
            }
            return back;
        }
        if size > self.mtu && !self.fragments || size > self.reads || self.dice.percent(self.loss) {
            return back;
        }
        if !(if port == 500 { self.open_500 } else { self.open_4500 }) {
            if self.refuses {
                back.push(Back { at: now + self.delay, socket, from: to, what: What::Refused });
            }
            return back;
        }
        let Some(answer) = self.serve(now, out) else { return back };
        let (socket, to, answer) = self.home(out, answer);
        if answer.len() + HEADERS > 1500 && !self.fragments_from {
            return back;
        }
        let copies = if self.dice.percent(self.doubling) { 2 } else { 1 };
        for _ in 0..copies {
            if !self.dice.percent(self.loss) {
                back.push(self.deliver(now, socket, to, &answer));
            }
        }
        back
    }

    /// Where an answer goes, and from where.
    fn home(&mut self, out: &ProbeDatagram, answer: Vec<u8>) -> (ProbeSocket, SocketAddr, Vec<u8>) {
        let bare = |to: SocketAddr, octets: &[u8]| if to.port() == 4500 { octets[4..].to_vec() } else { octets.to_vec() };
        let message = bare(out.to, &answer);
        let is_state = message[8..16] != [0; 8];
        if !self.answers_first || !is_state {
            return (out.socket, out.to, answer);
        }
        let spi = u64::from_be_bytes(message[..8].try_into().unwrap());
        let server = if self.split { out.to.port() } else { 0 };
        let (socket, to) = *self.homes.entry((server, spi)).or_insert((out.socket, out.to));
        let marked = if to.port() == 4500 { [&[0; 4][..], &message].concat() } else { message };
        (socket, to, marked)
    }

    fn deliver(&mut self, now: Instant, socket: ProbeSocket, from: SocketAddr, octets: &[u8]) -> Back {
        let jitter = self.dice.below(self.jitter.as_millis() as u64 + 1);
        Back { at: now + self.delay + Duration::from_millis(jitter), socket, from, what: What::Datagram(octets.to_vec()) }
    }

    fn serve(&mut self, now: Instant, out: &ProbeDatagram) -> Option<Vec<u8>> {
        self.seen += 1;
        if self.seen % self.every != 0 {
            return None;
        }
        self.recent.retain(|then| now - *then < Duration::from_secs(1));
        if self.rate.is_some_and(|most| self.recent.len() >= most) {
            return None;
        }
        self.recent.push(now);
        self.answer(now, out, false)
    }

    fn answer(&mut self, now: Instant, out: &ProbeDatagram, forged: bool) -> Option<Vec<u8>> {
        let message = self.message(now, out, forged)?;
        // The non-ESP marker stands before the answer as before the request.
        Some(if out.to.port() == 4500 { [&[0; 4][..], &message].concat() } else { message })
    }

    fn message(&mut self, now: Instant, out: &ProbeDatagram, forged: bool) -> Option<Vec<u8>> {
        let octets = if out.to.port() == 4500 { out.datagram.strip_prefix(&[0; 4])? } else { &out.datagram };
        let message = Message::parse(octets).unwrap();
        let spi = message.header().spis.initiator;
        let parts = message.parts().unwrap();
        let has = |ty| parts.notifies().any(|notify| notify.ty == ty);
        let method = parts.key_exchange.unwrap().method;
        assert!(message.payloads().any(|raw| raw.ty == PayloadType::V), "every request names the tool");
        let notify = |ty, data: &[u8]| Some(reply(spi, 0, |b| _ = b.push(Payload::Notify(Notify::new(ty, data)))));
        if self.cookies && !forged && !has(NotifyType::COOKIE) {
            return notify(NotifyType::COOKIE, &[7; 20]);
        }
        if self.manner == Manner::Refuses {
            return notify(NotifyType::NO_PROPOSAL_CHOSEN, &[]);
        }
        let sa = message.payloads().find(|raw| raw.ty == PayloadType::SA).unwrap();
        let question = Question::new(NegotiationContext::IkeSaInit, Some(method));
        let chosen = match negotiate(sa.body, question, &self.policy) {
            Ok(chosen) => chosen,
            Err(refusal) => {
                return match refusal.response() {
                    RefusalResponse::InvalidKePayload { wanted } => notify(NotifyType::INVALID_KE_PAYLOAD, &wanted.0.to_be_bytes()),
                    _ => notify(NotifyType::NO_PROPOSAL_CHOSEN, &[]),
                };
            }
        };
        let spi_r = if forged { self.dice.next() } else { self.state(now, out, spi) };
        let announces = self.announces != forged;
        let len = if method == KeMethod::ML_KEM_1024 { 1568 } else { method.facts().unwrap().data_len_r };
        let sha1 = Provider::builtin().sha1().unwrap();
        let spis = IkeSpis { initiator: spi, responder: spi_r };
        let hash = |end: SocketAddr| nat_detection_hash(sha1, spis, end.ip(), end.port());
        Some(reply(spi, spi_r, |b| {
            b.sa(|sa| chosen.emit(sa, &[])).push(Payload::KeyExchange(KeyExchange { method, data: &vec![9; len] }));
            b.push(Payload::Nonce(Nonce { data: &[3; 32] }));
            b.push(Payload::Notify(Notify::new(NotifyType::NAT_DETECTION_SOURCE_IP, &hash(out.to))));
            let seen = if self.nat { MAPPED } else { CLIENT };
            b.push(Payload::Notify(Notify::new(NotifyType::NAT_DETECTION_DESTINATION_IP, &hash(seen))));
            if announces {
                b.push(Payload::Notify(Notify::new(NotifyType::IKEV2_FRAGMENTATION_SUPPORTED, &[])));
            }
        }))
    }

    fn state(&mut self, now: Instant, out: &ProbeDatagram, spi: u64) -> u64 {
        let by_source = self.manner == Manner::BySource && out.socket == ProbeSocket::Second;
        let server = (if self.split { out.to.port() } else { 0 }) + u16::from(by_source);
        let fresh = self.dice.next().max(1);
        if self.manner == Manner::Forgets {
            return fresh;
        }
        let known = self.states.len();
        let spi_r = *self.states.entry((server, spi)).or_insert(fresh);
        self.made.extend((self.states.len() > known).then_some(now));
        spi_r
    }
}

/// Key exchange methods of a gateway, its favourite first.
const GROUPS: &[&[KeMethod]] = &[
    &[KeMethod::CURVE25519, KeMethod::MODP_2048],
    &[KeMethod::ECP_384],
    &[KeMethod::MODP_2048, KeMethod::MODP_1024],
    &[KeMethod::ML_KEM_1024, KeMethod::CURVE25519],
    &[KeMethod::BRAINPOOL_P256R1],
];

/// AES-GCM, and AES-CBC with SHA-256, with these methods.
pub(crate) fn usual(methods: &[KeMethod]) -> Policy {
    let rest = |transforms: &[Transform]| {
        let prf = [Transform::prf(Prf::PRF_HMAC_SHA2_256)];
        let all = transforms.iter().chain(&prf).copied().chain(methods.iter().copied().map(Transform::ke));
        Proposal::new(SecurityProtocol::IKE, all.collect::<Vec<_>>())
    };
    let plain = [Transform::encr_bits(Encr::ENCR_AES_CBC, 256), Transform::integ(Integ::AUTH_HMAC_SHA2_256_128)];
    let proposals = vec![rest(&[Transform::encr_bits(Encr::ENCR_AES_GCM_16, 128)]), rest(&plain)];
    Policy::new(Dialect::StrongSwan5, proposals).unwrap()
}

fn reply(initiator: u64, responder: u64, content: impl FnOnce(&mut MessageBuilder<'_>)) -> Vec<u8> {
    let header = Header {
        spis: IkeSpis { initiator, responder },
        exchange: ExchangeType::IKE_SA_INIT,
        initiator: false,
        response: true,
        message_id: 0,
    };
    let mut buf = vec![0; 8192];
    let mut builder = MessageBuilder::new(&mut buf, &header);
    content(&mut builder);
    builder.finish().unwrap().to_vec()
}
