//! What an endpoint knows of each IKE SA: its timer, its queues, and by what it is found.

use super::{Endpoint, Entry, FEW};
use crate::identity::Identity;
use crate::instant::Instant;
use crate::role::Role;
use crate::session::authentication::RemoteAuth;
use crate::session::close::CloseReason;
use crate::session::context::Context;
use crate::session::half_open::{HalfOpen, HalfOpenKey};
use crate::session::id::SaId;
use crate::session::path::NetworkPath;
use crate::session::phase::Phase;
use crate::session::sa::{Outgoing, Sa};
use crate::session::watch::Watch;
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::vec::Vec;

impl<W: Watch> Endpoint<W> {
    pub(super) const fn new_id(&mut self) -> SaId {
        self.next = self.next.saturating_add(1);
        SaId(self.next)
    }

    pub(super) fn context(&mut self, now: Instant) -> Context<'_> {
        self.with_half_open(now).1
    }

    /// The half-open IKE SAs, and what is at hand to deal with them.
    pub(super) fn with_half_open(&mut self, now: Instant) -> (&mut HalfOpen, Context<'_>) {
        let Self { half_open, names, random, provider, config, watch, .. } = self;
        (half_open, Context { provider, random: &mut **random, names, config, now, is_watched: watch.is_watching() })
    }

    /// Does something with an IKE SA.
    pub(super) fn with<T>(&mut self, now: Instant, id: SaId, work: impl FnOnce(&mut Sa, &mut Context<'_>) -> T) -> Option<T> {
        let Self { sas, names, random, provider, watch, identities, .. } = self;
        let sa = &mut sas.get_mut(&id)?.sa;
        look_around(sa, identities);
        let config = sa.config.clone();
        let is_watched = watch.is_watching();
        Some(work(sa, &mut Context { provider, random: &mut **random, names, config: &config, now, is_watched }))
    }

    pub(super) fn insert(&mut self, now: Instant, id: SaId, sa: Sa, half_open: Option<HalfOpenKey>) {
        if let Some(key) = half_open {
            self.half_open.insert(key, id);
        }
        let entry =
            Entry { sa, timer: None, half_open, is_known: false, connection: None, has_outgoing: false, has_events: false, is_over: false };
        self.sas.insert(id, Box::new(entry));
        self.settle(now, id);
    }

    /// Brings the tables up to date with an IKE SA that something has happened to.
    pub(super) fn settle(&mut self, now: Instant, id: SaId) {
        let Some(entry) = self.sas.get_mut(&id) else { return };
        if !entry.has_outgoing && !entry.sa.outgoing.is_empty() {
            entry.has_outgoing = true;
            self.outgoing.push_back(id);
        }
        if !entry.has_events && !entry.sa.events.is_empty() {
            entry.has_events = true;
            self.events.push_back(id);
        }
        let is_ending = entry.sa.is_closed() && !entry.is_over;
        entry.is_over |= is_ending;
        // One that failed counts until it is forgotten: who begins again and again is bounded as well.
        if matches!(entry.sa.phase, Phase::Up) {
            if let Some(key) = entry.half_open.take() {
                self.half_open.remove(key, id);
            }
        }
        let is_new = !entry.is_known && matches!(entry.sa.phase, Phase::Up);
        if is_new {
            entry.is_known = true;
            self.register(now, id);
        }
        if is_ending {
            self.over.push_back(id);
            self.lingering = self.lingering.saturating_add(1);
            self.bound_lingering(now);
        }
        self.set_timer(id);
        self.set_connection(id);
        self.forget_if_over(id);
    }

    /// The IKE SAs that a TCP connection carries.
    pub(super) fn carried_by(&self, path: NetworkPath) -> impl Iterator<Item = SaId> + '_ {
        self.connections.range((path, SaId(0))..=(path, SaId(u64::MAX))).map(|(_, id)| *id)
    }

    fn set_connection(&mut self, id: SaId) {
        let Some(entry) = self.sas.get_mut(&id) else { return };
        let now = Some(entry.sa.path).filter(NetworkPath::is_tcp);
        if entry.connection.as_deref() == now.as_ref() {
            return;
        }
        if let Some(before) = core::mem::replace(&mut entry.connection, now.map(Box::new)) {
            self.connections.remove(&(*before, id));
        }
        self.connections.extend(now.map(|path| (path, id)));
    }

    /// How many IKE SAs there are that are not over.
    pub(super) fn living(&self) -> usize {
        self.sas.len().saturating_sub(self.lingering)
    }

    /// No more linger than there may be in all: the oldest answers no retransmission any more.
    fn bound_lingering(&mut self, now: Instant) {
        while self.lingering > self.config.limits.ike_sas {
            let Some(id) = self.over.pop_front() else { return };
            if self.with(now, id, Sa::forget).is_some() {
                self.forget_if_over(id);
            }
        }
        // Those that went by themselves.
        while self.over.front().is_some_and(|id| !self.sas.contains_key(id)) {
            self.over.pop_front();
        }
    }

    fn set_timer(&mut self, id: SaId) {
        let Some(entry) = self.sas.get_mut(&id) else { return };
        let due = entry.sa.next_timeout();
        if due != entry.timer {
            if let Some(before) = entry.timer {
                self.timers.remove(&(before, id));
            }
            if let Some(due) = due {
                self.timers.insert((due, id));
            }
            entry.timer = due;
        }
    }

    /// An IKE SA is up. With INITIAL_CONTACT, others between the same two identities are over (RFC 7296 section 2.4), unless the peer has spoken in them
    /// since this one began: where both sides begin at once, each says so, and each would close what the other keeps. Whom another identity of ours
    /// knows by this name may be somebody else.
    fn register(&mut self, now: Instant, id: SaId) {
        let Some(entry) = self.sas.get(&id) else { return };
        let Some(identity) = entry.sa.peer_identity.clone() else { return };
        let is_proved = entry.sa.peer.as_ref().is_some_and(|peer| !matches!(peer.remote_auth, RemoteAuth::Null));
        let is_first = entry.sa.initial_contact && entry.sa.role == Role::Responder && is_proved;
        let began = entry.sa.began;
        let ours = own_identity(entry);
        let is_silent = |id: &&SaId| self.sas.get(id).is_some_and(|entry| entry.sa.last_heard <= began && own_identity(entry) == ours);
        let same = self.identities.entry(identity).or_default();
        let others: Vec<SaId> = if is_first { same.iter().filter(is_silent).copied().collect() } else { Vec::new() };
        same.insert(id);
        for other in others {
            let _ = self.with(now, other, |sa, cx| {
                sa.close(cx, sa.ending().unwrap_or(CloseReason::InitialContact));
            });
            self.settle(now, other);
        }
    }

    /// Forgets an IKE SA that is over, once its last event was taken and its last datagram sent.
    pub(super) fn forget_if_over(&mut self, id: SaId) {
        let Some(entry) = self.sas.get(&id) else { return };
        let sa = &entry.sa;
        let half_open = entry.half_open;
        if sa.is_closed() && entry.is_known {
            if let Some(same) = sa.peer_identity.as_ref().and_then(|identity| self.identities.get_mut(identity)) {
                same.remove(&id);
                if same.is_empty() {
                    if let Some(identity) = &sa.peer_identity {
                        self.identities.remove(identity);
                    }
                }
            }
        }
        if !sa.is_closed() || !sa.events.is_empty() || !sa.outgoing.is_empty() || !sa.ikes.is_empty() {
            return;
        }
        if let Some(at) = entry.timer {
            self.timers.remove(&(at, id));
        }
        if let Some(key) = half_open {
            self.half_open.remove(key, id);
        }
        if let Some(path) = &entry.connection {
            self.connections.remove(&(**path, id));
        }
        if self.sas.remove(&id).is_some_and(|entry| entry.is_over) {
            self.lingering = self.lingering.saturating_sub(1);
        }
    }

    /// Takes the next datagram; IKE SAs take turns.
    pub(super) fn next_outgoing(&mut self) -> Option<(Option<SaId>, Outgoing)> {
        if let Some(outgoing) = self.stateless.pop_front() {
            return Some((None, outgoing));
        }
        loop {
            let id = self.outgoing.pop_front()?;
            let Some(entry) = self.sas.get_mut(&id) else { continue };
            entry.has_outgoing = false;
            let outgoing = entry.sa.outgoing.pop_front();
            if entry.sa.outgoing.is_empty() {
                entry.sa.outgoing = VecDeque::new();
            } else {
                entry.has_outgoing = true;
                self.outgoing.push_back(id);
            }
            self.forget_if_over(id);
            if let Some(outgoing) = outgoing {
                return Some((Some(id), outgoing));
            }
        }
    }

    /// Puts a datagram back where it was.
    pub(super) fn put_back(&mut self, id: Option<SaId>, outgoing: Outgoing) {
        let entry = id.and_then(|id| self.sas.get_mut(&id).map(|entry| (id, entry)));
        match entry {
            Some((id, entry)) => {
                entry.sa.outgoing.push_front(outgoing);
                if !entry.has_outgoing {
                    entry.has_outgoing = true;
                    self.outgoing.push_front(id);
                }
            }
            None => self.stateless.push_front(outgoing),
        }
    }
}

/// Before an IKE SA is up, another one with the same peer may come up: then INITIAL_CONTACT is not true any more (RFC 7296 section 2.4).
fn look_around(sa: &mut Sa, identities: &BTreeMap<Identity, BTreeSet<SaId>>) {
    if matches!(sa.phase, Phase::Up | Phase::Closed) {
        return;
    }
    let Some(peer) = sa.peer.as_ref().filter(|peer| peer.initial_contact) else { return };
    sa.is_only = match &peer.expected {
        Some(expected) => !identities.keys().take(FEW).any(|known| expected.matches(known)),
        None => identities.is_empty(),
    };
}

/// Who we are to the peer of an IKE SA.
fn own_identity(entry: &Entry) -> Option<&Identity> {
    entry.sa.peer.as_ref().map(|peer| &peer.identity)
}
