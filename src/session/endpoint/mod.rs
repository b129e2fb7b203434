//! The IKE SAs of one host.

mod inbound;
mod tables;
mod types;

pub use types::{CommandError, Handled, InitiateError, ShortBuffer, Transmission};

use super::ask::{Decision, Stale};
use super::authentication::{LocalAuth, RemoteAuth};
use super::command::Command;
use super::config::Config;
use super::drive;
use super::event::{ChildLifetime, Event};
use super::half_open::{HalfOpen, HalfOpenKey};
use super::id::{ChildId, SaId, Token};
use super::mobike::{AddressCommand, MOST_ADDRESSES};
use super::names::Names;
use super::path::{NetworkPath, PathEncapsulation};
use super::peer::PeerConfig;
use super::phase::Phase;
use super::sa::{Outgoing, Sa};
use super::step::init;
use super::view::SaView;
use super::watch::{Sighting, Watch};
use crate::identity::Identity;
use crate::instant::Instant;
use crate::provider::{Provider, Random};
use crate::role::Role;
use crate::selectors::Selector;
use crate::wire::transport::ike_frame_head;
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::net::{IpAddr, SocketAddr};

/// IKE SAs that are searched for one with the same peer.
const FEW: usize = 1_000;

/// An IKE SA, and where it stands in the endpoint's tables.
struct Entry {
    sa: Sa,
    timer: Option<Instant>,
    half_open: Option<HalfOpenKey>,
    is_known: bool,
    /// The TCP connection that it is found by.
    connection: Option<Box<NetworkPath>>,
    has_outgoing: bool,
    has_events: bool,
    /// It is among those that are over.
    is_over: bool,
}

/// All IKE SAs of one host, as initiator and as responder, without I/O.
///
/// Five calls make it run, and four answer it; `now` is any clock that does not run backwards ([`Instant`]):
///
/// | call | when |
/// |---|---|
/// | [`handle`](Self::handle) | a datagram has come |
/// | [`handle_timeout`](Self::handle_timeout) | the time of [`poll_timeout`](Self::poll_timeout) has come |
/// | [`initiate`](Self::initiate), [`sa`](Self::sa) | the application wants something |
/// | [`decide`](Self::decide) | the application has decided something, or installed it |
/// | [`poll_transmit`](Self::poll_transmit), [`poll_event`](Self::poll_event), [`poll_timeout`](Self::poll_timeout) | after each of them, until there is nothing more |
pub struct Endpoint<W: Watch = ()> {
    config: Arc<Config>,
    provider: Provider,
    random: Box<dyn Random>,
    watch: W,
    sas: BTreeMap<SaId, Box<Entry>>,
    names: Names,
    half_open: HalfOpen,
    timers: BTreeSet<(Instant, SaId)>,
    outgoing: VecDeque<SaId>,
    events: VecDeque<SaId>,
    /// Answers that belong to no IKE SA.
    stateless: VecDeque<Outgoing>,
    identities: BTreeMap<Identity, BTreeSet<SaId>>,
    /// Which IKE SAs a TCP connection carries.
    connections: BTreeSet<(NetworkPath, SaId)>,
    /// IKE SAs that are over and still answer retransmissions, in the order of their end, and such that are forgotten.
    over: VecDeque<SaId>,
    /// How many are over and not forgotten.
    lingering: usize,
    next: u64,
    is_shut: bool,
}

impl Endpoint {
    /// An endpoint without IKE SAs.
    #[must_use]
    pub fn new(config: Config, provider: Provider, random: Box<dyn Random>) -> Self {
        Self::watched(config, provider, random, ())
    }
}

impl<W: Watch> Endpoint<W> {
    /// The same, with somebody who looks on.
    #[must_use]
    pub fn watched(config: Config, provider: Provider, random: Box<dyn Random>, watch: W) -> Self {
        Self {
            config: Arc::new(config),
            provider,
            random,
            watch,
            sas: BTreeMap::new(),
            names: Names::default(),
            half_open: HalfOpen::new(),
            timers: BTreeSet::new(),
            outgoing: VecDeque::new(),
            events: VecDeque::new(),
            stateless: VecDeque::new(),
            identities: BTreeMap::new(),
            connections: BTreeSet::new(),
            over: VecDeque::new(),
            lingering: 0,
            next: 0,
            is_shut: false,
        }
    }

    /// Whoever looks on.
    pub const fn watch(&mut self) -> &mut W {
        &mut self.watch
    }

    /// Another configuration, for the IKE SAs that begin from here on.
    pub fn set_config(&mut self, config: Config) {
        self.config = Arc::new(config);
    }

    /// Begins an IKE SA with a peer. Its first request is in [`poll_transmit`](Self::poll_transmit). Where neither end has port 500, whether `path` has
    /// the non-ESP marker from the first message on is for both ends to know.
    ///
    /// By TCP, `path` is a connection that the program has opened for this IKE SA alone. Whether UDP is tried first, and for how long, is for the
    /// program to decide; an IKE SA that is begun by TCP after UDP has failed is another one (RFC 9329 section 5.1).
    ///
    /// # Errors
    /// [`InitiateError`]: nothing was begun.
    pub fn initiate(&mut self, now: Instant, path: NetworkPath, peer: PeerConfig) -> Result<SaId, InitiateError> {
        if self.is_shut {
            return Err(InitiateError::Shutdown);
        }
        if self.living() >= self.config.limits.ike_sas {
            return Err(InitiateError::Limit);
        }
        if matches!(peer.remote_auth, RemoteAuth::Signature(_)) && peer.expected.is_none() && !peer.accepts_any {
            return Err(InitiateError::NoExpectedIdentity);
        }
        if matches!(peer.remote_auth, RemoteAuth::Eap(_)) && !matches!(peer.local_auth, LocalAuth::Eap(_)) {
            return Err(InitiateError::EapOnlyWithoutEap);
        }
        if self.config.ike.proposals().is_empty() {
            return Err(InitiateError::NothingToOffer);
        }
        let initial_contact = peer.initial_contact && !self.may_know(&peer);
        let peer = PeerConfig { initial_contact, ..peer };
        let id = self.new_id();
        let config = self.config.clone();
        let sa = init::begin(id, config, path, Arc::new(peer), &mut self.context(now))?;
        self.insert(now, id, sa, None);
        Ok(id)
    }

    /// Whether there may be another IKE SA with this peer, up or begun, so that INITIAL_CONTACT would not be true (RFC 7296 section 2.4).
    fn may_know(&self, peer: &PeerConfig) -> bool {
        if self.sas.len() > FEW {
            // Not worth the search: without the notify, the peer finds out by itself.
            return true;
        }
        let is_other = |sa: &Sa| {
            let claimed = sa.peer_identity.as_ref().or_else(|| sa.peer.as_ref().and_then(|peer| peer.expected.as_ref()));
            claimed.zip(peer.expected.as_ref()).is_none_or(|(claimed, expected)| expected.matches(claimed))
        };
        self.sas.values().any(|entry| !entry.sa.is_closed() && is_other(&entry.sa))
    }

    /// An IKE SA, to look at.
    #[must_use]
    pub fn view(&self, id: SaId) -> Option<SaView<'_>> {
        self.sas.get(&id).filter(|entry| !entry.sa.is_closed()).map(|entry| SaView::new(&entry.sa))
    }

    /// The IKE SAs that are not over.
    pub fn sas(&self) -> impl Iterator<Item = SaId> + '_ {
        self.sas.iter().filter(|(_, entry)| !entry.sa.is_closed()).map(|(id, _)| *id)
    }

    /// How many half-open IKE SAs there are, and such that have failed and still answer retransmissions.
    #[must_use]
    pub const fn half_open(&self) -> usize {
        self.half_open.count()
    }

    /// How many SPIs are given out, of IKE SAs and of Child SAs: none is left when no IKE SA is.
    #[doc(hidden)]
    #[must_use]
    pub fn spis_in_use(&self) -> (usize, usize) {
        self.names.in_use()
    }

    pub(super) fn command(&mut self, now: Instant, id: SaId, command: Command) -> Result<(), CommandError> {
        let most = self.config.limits.commands;
        let taken = self.with(now, id, |sa, cx| {
            if command.child().is_some_and(|child| sa.child(child).is_none()) {
                return Err(CommandError::UnknownChild);
            }
            if sa.commands.len() >= most {
                return Err(CommandError::QueueFull);
            }
            drive::command(sa, cx, command);
            Ok(())
        });
        self.settle(now, id);
        taken.unwrap_or(Err(CommandError::UnknownChild))
    }

    pub(super) fn update_path(&mut self, now: Instant, id: SaId, to: (NetworkPath, Option<u16>)) -> Result<(), CommandError> {
        let moved = self.with(now, id, |sa, cx| {
            if !matches!(sa.phase, Phase::Up) || sa.mobike.is_none() {
                return Err(CommandError::NoMobike);
            }
            if sa.role != Role::Initiator {
                return Err(CommandError::NotInitiator);
            }
            drive::update_path(sa, cx, to);
            Ok(())
        });
        self.settle(now, id);
        moved.unwrap_or(Err(CommandError::NoMobike))
    }

    pub(super) fn announce_addresses(&mut self, now: Instant, id: SaId, addresses: &[IpAddr]) -> Result<(), CommandError> {
        let announced = self.with(now, id, |sa, cx| {
            if !matches!(sa.phase, Phase::Up) {
                return Err(CommandError::NoMobike);
            }
            let mobike = sa.mobike.as_mut().ok_or(CommandError::NoMobike)?;
            mobike.own = Some(addresses.iter().copied().take(MOST_ADDRESSES).collect());
            drive::command(sa, cx, Command::Addresses(AddressCommand::Announce));
            Ok(())
        });
        self.settle(now, id);
        announced.unwrap_or(Err(CommandError::NoMobike))
    }

    pub(super) fn delete(&mut self, now: Instant, id: SaId) {
        let _ = self.with(now, id, drive::delete);
        self.settle(now, id);
    }

    /// Answers a question ([`Event::Ask`]), or says whether a Child SA is installed ([`Event::ChildInstall`]): [`Decision::Installed`], or
    /// [`Decision::Refuse`].
    ///
    /// # Errors
    /// [`Stale`] if it is no longer open. A Child SA that was installed for it is not wanted any more: the application removes it.
    pub fn decide(&mut self, now: Instant, token: Token, decision: Decision) -> Result<(), Stale> {
        let outcome = self.with(now, token.sa, |sa, cx| drive::decide(sa, cx, token.serial, decision)).unwrap_or(Err(Stale));
        self.settle(now, token.sa);
        outcome
    }

    /// A Child SA carried traffic of the peer, so that the peer is there.
    pub fn traffic_seen(&mut self, now: Instant, child: ChildId) {
        if let Some(id) = self.names.of_child(child.0) {
            let _ = self.with(now, id, |sa, _| sa.last_heard = now);
            self.settle(now, id);
        }
    }

    /// A lifetime of a Child SA is over, in octets or packets, or in a time that the kernel measures: it is rekeyed, or deleted.
    ///
    /// # Errors
    /// [`CommandError::UnknownChild`]: it is gone already. [`CommandError::QueueFull`]: no new keys are asked for; a Child SA whose hard lifetime
    /// is over goes all the same.
    pub fn child_expired(&mut self, now: Instant, child: ChildId, lifetime: ChildLifetime) -> Result<(), CommandError> {
        let id = self.names.of_child(child.0).ok_or(CommandError::UnknownChild)?;
        if lifetime == ChildLifetime::Soft {
            return self.command(now, id, Command::RekeyChild(child));
        }
        // Whatever else waits, it has to go.
        let _ = self.with(now, id, |sa, cx| drive::command(sa, cx, Command::DeleteChild(child)));
        self.settle(now, id);
        Ok(())
    }

    /// ESP of the peer came from another address or port, and was authentic, so that a NAT has changed its mind: what we send goes there. Where we
    /// are behind a NAT ourselves, nothing changes (RFC 7296 section 2.23); with MOBIKE, nor where we began the IKE SA, or the peer is behind no NAT (RFC 4555
    /// section 3.8).
    pub fn mapping_changed(&mut self, now: Instant, child: ChildId, peer: SocketAddr) {
        if let Some(id) = self.names.of_child(child.0) {
            let _ = self.with(now, id, |sa, cx| drive::mapping_changed(sa, cx, peer));
            self.settle(now, id);
        }
    }

    /// A TCP connection is closed, by whomever, or its stream cannot be read any more. Gives the IKE SAs that it carried: they stay, and send
    /// nothing, until there is another connection or a time to give up is over (RFC 9329 section 6.1).
    ///
    /// The initiator of an IKE SA opens the other one, and says so ([`SaHandle::reconnect`](super::SaHandle::reconnect)). A responder waits:
    /// the next authentic message tells it which connection that is. What was read of a frame that is not whole is discarded.
    pub fn connection_lost(&mut self, now: Instant, path: NetworkPath) -> Vec<SaId> {
        self.stateless.retain(|outgoing| !path.is_tcp() || outgoing.path != path);
        let carried: Vec<SaId> = self.carried_by(path).collect();
        for id in &carried {
            let _ = self.with(now, *id, |sa, _| drive::connection_lost(sa));
            self.settle(now, *id);
        }
        carried.into_iter().filter(|id| self.view(*id).is_some()).collect()
    }

    pub(super) fn reconnect(&mut self, now: Instant, id: SaId, path: NetworkPath) -> Result<(), CommandError> {
        let done = self.with(now, id, |sa, cx| {
            let is_due = sa.path.is_tcp() && path.is_tcp() && !sa.is_closed();
            is_due.then(|| drive::reconnect(sa, cx, path)).ok_or(CommandError::NoConnection)
        });
        self.settle(now, id);
        done.unwrap_or(Err(CommandError::NoConnection))
    }

    /// Traffic comes that no Child SA is for: one is asked for with the peer that is agreed on for it. Gives the IKE SA that asks; `None` if there is
    /// none, or none that has room for it.
    pub fn child_acquire(&mut self, now: Instant, remote: &Selector) -> Option<SaId> {
        let wants = |sa: &Sa| {
            matches!(sa.phase, Phase::Up).then_some(())?;
            let child = sa.peer.as_ref().and_then(|peer| peer.child.as_ref())?;
            child.remote.iter().any(|selector| selector.contains(remote)).then(|| Box::new(child.clone()))
        };
        let found: Vec<_> = self.sas.iter().filter_map(|(id, entry)| wants(&entry.sa).map(|child| (*id, child))).collect();
        found.into_iter().find(|(id, child)| self.command(now, *id, Command::CreateChild(child.clone())).is_ok()).map(|(id, _)| id)
    }

    /// When to call [`handle_timeout`](Self::handle_timeout).
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.timers.first().map(|(at, _)| *at)
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        // Each IKE SA once: what it has still to do is due later.
        let due: Vec<SaId> = self.timers.iter().take_while(|(at, _)| *at <= now).map(|(_, id)| *id).collect();
        for id in due {
            let _ = self.with(now, id, drive::timeout);
            self.settle(now, id);
        }
    }

    /// The next datagram to send, written into `buf` with its non-ESP marker if it has one; on a TCP connection, a whole frame with its length field.
    /// 65,535 octets hold every one.
    ///
    /// # Errors
    /// [`ShortBuffer`] if it does not fit; it is next again.
    pub fn poll_transmit(&mut self, now: Instant, buf: &mut [u8]) -> Result<Option<Transmission>, ShortBuffer> {
        let Some((id, outgoing)) = self.next_outgoing() else { return Ok(None) };
        let frame = ike_frame_head(outgoing.octets.len()).unwrap_or_default();
        let prefix: &[u8] = match outgoing.path.encapsulation {
            _ if !outgoing.is_ike => &[],
            PathEncapsulation::Tcp => &frame,
            encapsulation => encapsulation.prefix(),
        };
        let len = prefix.len().saturating_add(outgoing.octets.len());
        let Some(slot) = buf.get_mut(..len) else {
            self.put_back(id, outgoing);
            return Err(ShortBuffer { needed: len });
        };
        slot.iter_mut().zip(prefix.iter().chain(outgoing.octets.iter())).for_each(|(to, from)| *to = *from);
        let Outgoing { path, octets, is_ike, may_fragment, content } = outgoing;
        if is_ike && self.watch.is_watching() {
            let content = content.as_ref().map(|(first, content)| (*first, &**content));
            self.watch.message(&Sighting { time: now, path, is_sent: true, message: &octets, content });
        }
        Ok(Some(Transmission { path, len, may_fragment }))
    }

    /// The next event. Events of one IKE SA come in the order in which they happened; [`Event::Closed`] is its last.
    pub fn poll_event(&mut self) -> Option<(SaId, Event)> {
        loop {
            let id = self.events.pop_front()?;
            let Some(entry) = self.sas.get_mut(&id) else { continue };
            entry.has_events = false;
            let event = entry.sa.events.pop_front();
            if entry.sa.events.is_empty() {
                // An IKE SA that is idle holds no room for what may come.
                entry.sa.events = VecDeque::new();
            } else {
                entry.has_events = true;
                self.events.push_back(id);
            }
            self.forget_if_over(id);
            if let Some(event) = event {
                return Some((id, event));
            }
        }
    }

    /// Ends all IKE SAs: the peers are told, as far as they answer within the usual time ([`RetransmissionSchedule::give_up`]). No other begins from
    /// here on. It is done when [`sas`](Self::sas) is empty.
    ///
    /// [`RetransmissionSchedule::give_up`]: crate::exchange::RetransmissionSchedule::give_up
    pub fn shutdown(&mut self, now: Instant) {
        self.is_shut = true;
        for id in self.sas.keys().copied().collect::<Vec<_>>() {
            let _ = self.with(now, id, drive::shutdown);
            self.settle(now, id);
        }
    }
}

// An endpoint may move to another thread.
const _: () = {
    const fn is_send<T: Send>() {}
    is_send::<Endpoint>();
};
