//! One host of a simulated network: an endpoint, and an application that answers its questions.

use crate::kernel::Routes;
use crate::toy::{PROVIDER, Seeded};
use crate::toy_eap::ToyEap;
use ikev2::Instant;
use ikev2::exchange::RetransmissionSchedule;
use ikev2::identity::Identity;
use ikev2::proposal::{Dialect, Policy, notation::strongswan};
use ikev2::provider::Provider;
use ikev2::selectors::Selector;
use ikev2::session::{
    AddressAssignment, ChildConfig, ChildId, CloseReason, Config, ConfigurationSet, Decision, DirectionKeys, EapAuth, Endpoint,
    Established, Event, Inquiry, LocalAuth, NetworkPath, PathEncapsulation, PeerConfig, Ppk, RemoteAuth, SaId, SharedKey, Token,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

/// What both hosts offer and accept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Proposals {
    pub(crate) ike: &'static str,
    pub(crate) esp: &'static str,
}

pub(crate) const PLAIN: Proposals = Proposals { ike: "aes128gcm16-prfsha256-x25519", esp: "aes128gcm16-x25519" };
/// Asks for the first, and takes the second: the other side takes the second only ([`SECOND`]), so that INVALID_KE_PAYLOAD takes part.
pub(crate) const BOTH: Proposals = Proposals { ike: "aes128gcm16-prfsha256-x25519-ecp256", esp: "aes128gcm16-x25519-ecp256" };
pub(crate) const SECOND: Proposals = Proposals { ike: "aes128gcm16-prfsha256-ecp256", esp: "aes128gcm16-ecp256" };
pub(crate) const ADDITIONAL: Proposals =
    Proposals { ike: "aes128gcm16-prfsha256-x25519-ke1_mlkem512-ke2_mlkem768", esp: "aes128gcm16-x25519-ke1_mlkem512" };

/// A Child SA as the application has installed it: the keys of both directions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Installed {
    pub(crate) sa: SaId,
    pub(crate) outbound: u32,
    pub(crate) keys_in: Vec<u8>,
    pub(crate) keys_out: Vec<u8>,
    /// Whether the endpoint has said that it is up.
    pub(crate) is_up: bool,
}

/// A line of Child SAs, each in the place of the one before: the SPIs of the first, the lower one first.
pub(crate) type Line = (u32, u32);

/// A decision that the application is about to make.
enum Answer {
    Decide(Token, Decision),
    Install(Token, ChildId),
}

/// How a host authenticates itself, and what it asks for and gives.
#[derive(Clone, Debug, Default)]
pub(crate) struct Style {
    /// Whoever begins does it by EAP; and whether EAP authenticates both.
    pub(crate) eap: Option<bool>,
    pub(crate) ppk: Option<Ppk>,
    /// Whoever begins asks for an address, and whoever answers gives one.
    pub(crate) has_addresses: bool,
}

impl Style {
    /// How whoever begins authenticates itself and wants to be answered, or whoever answers.
    fn auth(&self, begins: bool) -> (LocalAuth, RemoteAuth) {
        let key = SharedKey::new(*b"secret of both");
        let eap = EapAuth::new();
        match (self.eap, begins) {
            (None, _) => (LocalAuth::SharedKey(key.clone()), RemoteAuth::SharedKey(key)),
            (Some(true), _) => (LocalAuth::Eap(eap), RemoteAuth::Eap(eap)),
            (Some(false), true) => (LocalAuth::Eap(eap), RemoteAuth::SharedKey(key)),
            (Some(false), false) => (LocalAuth::SharedKey(key), RemoteAuth::Eap(eap)),
        }
    }

    fn begin(&self, peer: PeerConfig) -> PeerConfig {
        let peer = if self.has_addresses { peer.with_configuration_request(ConfigurationSet::any_address()) } else { peer };
        self.with_ppk(peer)
    }

    fn answer(&self, peer: PeerConfig) -> PeerConfig {
        let peer = if self.has_addresses { peer.with_address_assignment(AddressAssignment::Required) } else { peer };
        self.with_ppk(peer)
    }

    fn with_ppk(&self, peer: PeerConfig) -> PeerConfig {
        self.ppk.clone().map_or(peer.clone(), |ppk| peer.with_ppk(ppk))
    }
}

pub(crate) struct Host {
    pub(crate) name: &'static str,
    pub(crate) endpoint: Endpoint,
    pub(crate) path: NetworkPath,
    pub(crate) proposals: Proposals,
    pub(crate) children: BTreeMap<ChildId, Installed>,
    pub(crate) established: BTreeSet<SaId>,
    pub(crate) closed: BTreeMap<SaId, CloseReason>,
    pub(crate) log: Vec<String>,
    /// Whether the log is kept: it costs more than all that is simulated.
    pub(crate) is_logged: bool,
    /// The first of each line of Child SAs that were rekeyed, by the SPIs of both sides, so that both name it alike.
    pub(crate) lines: BTreeMap<ChildId, (SaId, Line)>,
    /// The lines of which a Child SA was up.
    pub(crate) up: BTreeSet<(SaId, Line)>,
    /// The lines that an application has ended, or did not install in time.
    pub(crate) ended: BTreeSet<Line>,
    /// Whether the application narrows the traffic of Child SAs.
    pub(crate) narrows: bool,
    /// What it answers then, whatever is asked.
    pub(crate) narrows_to: Option<(Vec<Selector>, Vec<Selector>)>,
    /// What is agreed on with every initiator, where it is not the usual.
    pub(crate) answers_with: Option<PeerConfig>,
    /// How it authenticates itself and what it asks for, where that is not the usual.
    pub(crate) style: Style,
    /// The method of EAP, of either side.
    pub(crate) eap: ToyEap,
    /// What a peer is given that asks for an address.
    pub(crate) gives: Option<ConfigurationSet>,
    /// The traffic of the Child SAs that were installed: on our side, and on the peer's.
    pub(crate) traffic: BTreeMap<ChildId, (Vec<Selector>, Vec<Selector>)>,
    /// What was told of the IKE SAs when they came up.
    pub(crate) told: Vec<Established>,
    /// Whether it agrees to MOBIKE.
    pub(crate) is_mobile: bool,
    /// Where the packets of the Child SAs of an IKE SA go.
    pub(crate) tunnels: BTreeMap<SaId, NetworkPath>,
    /// By which Child SA the kernel sends.
    pub(crate) routes: Routes,
    /// The last question.
    pub(crate) asked: Option<Token>,
    provider: Provider,
    answers: VecDeque<(Instant, Answer)>,
    /// The longest that the application takes for a decision.
    pub(crate) hesitation: Duration,
    /// The application refuses so many of a hundred installations.
    pub(crate) refusals: u64,
    random: Seeded,
}

pub(crate) fn policy(text: &str, is_ike: bool) -> Policy {
    let proposals = if is_ike { strongswan::parse_ike(text) } else { strongswan::parse_esp(text) };
    Policy::new(Dialect::Rfc, proposals.unwrap()).unwrap()
}

pub(crate) fn config(proposals: Proposals) -> Config {
    config_of(&PROVIDER, proposals)
}

pub(crate) fn config_of(provider: &Provider, proposals: Proposals) -> Config {
    let schedule = RetransmissionSchedule::doubling(Duration::from_secs(1), Duration::from_secs(16), Duration::from_secs(60));
    Config::new(provider, &policy(proposals.ike, true)).with_schedule(schedule)
}

impl Host {
    pub(crate) fn new(name: &'static str, path: NetworkPath, proposals: Proposals, config: Config, seed: u64) -> Self {
        Self::of(PROVIDER, name, path, proposals, config, seed)
    }

    pub(crate) fn of(provider: Provider, name: &'static str, path: NetworkPath, proposals: Proposals, config: Config, seed: u64) -> Self {
        let endpoint = Endpoint::new(config, provider, Box::new(Seeded(seed)));
        Self {
            name,
            endpoint,
            path,
            proposals,
            children: BTreeMap::new(),
            established: BTreeSet::new(),
            closed: BTreeMap::new(),
            log: Vec::new(),
            is_logged: true,
            lines: BTreeMap::new(),
            up: BTreeSet::new(),
            ended: BTreeSet::new(),
            narrows: false,
            narrows_to: None,
            answers_with: None,
            style: Style::default(),
            eap: ToyEap::default(),
            gives: None,
            traffic: BTreeMap::new(),
            told: Vec::new(),
            is_mobile: false,
            tunnels: BTreeMap::new(),
            routes: Routes::default(),
            asked: None,
            provider,
            answers: VecDeque::new(),
            hesitation: Duration::ZERO,
            refusals: 0,
            random: Seeded(seed ^ 0x5555),
        }
    }

    pub(crate) fn peer_config(&self, own: &str, other: &str) -> PeerConfig {
        self.peer_config_by(own, other, true)
    }

    fn peer_config_by(&self, own: &str, other: &str, begins: bool) -> PeerConfig {
        let selector = |text: &str| [text.parse::<Selector>().unwrap()];
        let (local, remote) = if own == "moon" { ("10.1.0.0/16", "10.2.0.0/16") } else { ("10.2.0.0/16", "10.1.0.0/16") };
        let child = ChildConfig::new(&self.provider, &policy(self.proposals.esp, false), selector(local), selector(remote))
            .with_narrow_asked(self.narrows);
        let (local, remote) = self.style.auth(begins);
        PeerConfig::new(own.parse::<Identity>().unwrap(), local, remote)
            .with_expected_identity(other.parse().unwrap())
            .with_child(child)
            .with_mobike(self.is_mobile)
            .with_nat_path(natt(self.path))
    }

    pub(crate) fn child_config(&self) -> ChildConfig {
        let selector = |text: &str| [text.parse::<Selector>().unwrap()];
        let (local, remote) = if self.name == "moon" { ("10.1.0.0/16", "10.2.0.0/16") } else { ("10.2.0.0/16", "10.1.0.0/16") };
        ChildConfig::new(&self.provider, &policy(self.proposals.esp, false), selector(local), selector(remote))
    }

    pub(crate) fn initiate(&mut self, now: Instant) -> SaId {
        let other = if self.name == "moon" { "carol" } else { "moon" };
        let peer = self.style.begin(self.peer_config(self.name, other));
        self.endpoint.initiate(now, self.path, peer).unwrap()
    }

    pub(crate) fn note(&mut self, now: Instant, what: impl FnOnce() -> String) {
        if self.is_logged {
            self.log.push(format!("{:?} {} {}", now.elapsed_since_start(), self.name, what()));
        }
    }

    /// Takes all events; questions are answered after a while.
    pub(crate) fn events(&mut self, now: Instant) {
        while let Some((id, event)) = self.endpoint.poll_event() {
            assert!(!self.closed.contains_key(&id), "{}: an event of {id} after its last: {event:?}", self.name);
            self.note(now, || format!("{id} {event:?}"));
            self.event(now, id, event);
        }
    }

    fn event(&mut self, now: Instant, id: SaId, event: Event) {
        match event {
            Event::Ask(ask) => {
                self.asked = Some(ask.token);
                let decision = match ask.question {
                    Inquiry::PeerConfig { .. } => {
                        let other = if self.name == "moon" { "carol" } else { "moon" };
                        let usual = || self.style.answer(self.peer_config_by(self.name, other, false));
                        Decision::Peer(Arc::new(self.answers_with.clone().unwrap_or_else(usual)))
                    }
                    Inquiry::Eap { packet, is_first, .. } => self.eap.decide(id, packet.as_deref(), is_first),
                    Inquiry::Address { .. } => self.gives.clone().map_or(Decision::Refuse, Decision::Address),
                    Inquiry::Narrow { local, remote, .. } => {
                        let (local, remote) = self.narrows_to.clone().unwrap_or((local, remote));
                        Decision::Narrowed { local, remote }
                    }
                    question => panic!("{question:?}"),
                };
                self.later(now, Answer::Decide(ask.token, decision));
            }
            Event::ChildInstall { token, install, path, .. } => {
                self.tunnels.insert(id, path);
                let keys = |keys: DirectionKeys<'_>| [keys.encr, keys.integ].concat();
                let installed = Installed {
                    sa: id,
                    outbound: install.outbound_spi,
                    keys_in: keys(install.inbound_keys()),
                    keys_out: keys(install.outbound_keys()),
                    is_up: false,
                };
                self.traffic.insert(install.id, (install.local.clone(), install.remote.clone()));
                let own = install.id.spi();
                let first = (id, (own.min(install.outbound_spi), own.max(install.outbound_spi)));
                let line = install.replaces.and_then(|old| self.lines.get(&old)).copied().unwrap_or(first);
                self.lines.insert(install.id, line);
                if self.random.percent(self.refusals) {
                    self.ended.insert(line.1);
                    self.later(now, Answer::Decide(token, Decision::Refuse));
                } else {
                    self.children.insert(install.id, installed);
                    self.later(now, Answer::Install(token, install.id));
                }
            }
            Event::ChildUp(child) | Event::ChildRekeyed { new: child, .. } => {
                self.children.get_mut(&child).unwrap_or_else(|| panic!("{child} is up and was not installed")).is_up = true;
                self.up.insert(self.lines[&child]);
                if let Event::ChildRekeyed { old, is_ours, .. } = event {
                    self.routes.rekeyed(old, child, is_ours);
                } else {
                    self.routes.up(child);
                }
            }
            Event::ChildDown(child) => {
                self.routes.down(child);
                assert!(self.children.remove(&child).is_some(), "{}: {child} goes and was not there", self.name);
            }
            Event::PathChanged(path) => {
                self.tunnels.insert(id, path);
            }
            Event::Established(up) => {
                assert!(self.established.insert(id));
                self.told.push(*up);
            }
            Event::Closed(reason) => {
                assert!(
                    !self.children.values().any(|child| child.sa == id && child.is_up),
                    "{}: {id} is over, its children are not",
                    self.name
                );
                self.children.retain(|_, child| child.sa != id);
                self.closed.insert(id, reason);
            }
            _ => {}
        }
    }

    fn later(&mut self, now: Instant, answer: Answer) {
        let most = u64::try_from(self.hesitation.as_millis()).unwrap();
        let wait = Duration::from_millis(self.random.below(most.saturating_add(1)));
        self.answers.push_back((now + wait, answer));
    }

    /// Makes the decisions whose time has come.
    pub(crate) fn decide(&mut self, now: Instant) {
        let due: Vec<_> = std::mem::take(&mut self.answers).into_iter().collect();
        for (at, answer) in due {
            if at > now {
                self.answers.push_back((at, answer));
                continue;
            }
            match answer {
                Answer::Decide(token, decision) => {
                    let _ = self.endpoint.decide(now, token, decision);
                }
                Answer::Install(token, child) => {
                    if self.endpoint.decide(now, token, Decision::Installed).is_err() {
                        self.children.remove(&child);
                        self.ended.insert(self.lines[&child].1);
                    }
                }
            }
        }
    }

    /// When there is something to do without a datagram.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.endpoint.poll_timeout().into_iter().chain(self.next_decision()).min()
    }

    pub(crate) fn next_decision(&self) -> Option<Instant> {
        self.answers.iter().map(|(at, _)| *at).min()
    }
}

pub(crate) fn path(local: &str, peer: &str) -> NetworkPath {
    NetworkPath::new(local.parse().unwrap(), peer.parse().unwrap(), PathEncapsulation::Udp)
}

/// The same ends on port 4500, where a path with a NAT goes on.
pub(crate) fn natt(mut path: NetworkPath) -> NetworkPath {
    path.local.set_port(4500);
    path.peer.set_port(4500);
    NetworkPath { encapsulation: PathEncapsulation::NonEspMarker, ..path }
}
