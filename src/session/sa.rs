//! An IKE SA over all its generations, with its Child SAs.

use super::ask::{Ask, Inquiry};
use super::child::{Child, ChildState};
use super::close::{CloseReason, Refusing};
use super::command::Command;
use super::config::{Config, Lifetimes};
use super::context::{Content, Context};
use super::event::{ChildInstall, Event, IkeKeyMaterial, Nat, OwnRequest};
use super::id::{ChildId, SaId, Token};
use super::ike_sa::IkeSa;
use super::mobike::Mobike;
use super::path::NetworkPath;
use super::peer::PeerConfig;
use super::phase::Phase;
use super::serving::Serving;
use super::task::{Asking, Pending, Target, Task};
use super::waiting::Waiting;
use crate::exchange::RetransmissionSchedule;
use crate::fragment::strategy::SealedMessage;
use crate::identity::Identity;
use crate::instant::Instant;
use crate::registry::{ExchangeType, NotifyType};
use crate::role::Role;
use crate::wire::transport::ike_frame_head;
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;
use bytes::Bytes;
use core::net::IpAddr;

/// One datagram to be sent.
#[derive(Clone, Debug)]
pub(super) struct Outgoing {
    pub(super) path: NetworkPath,
    pub(super) octets: Bytes,
    /// Whether the octets are an IKE message, which a path may want a marker before.
    pub(super) is_ike: bool,
    /// Whether the IP layer may fragment it: IKE_SA_INIT has no other way.
    pub(super) may_fragment: bool,
    /// What was encrypted, with the last datagram of a message, for whoever looks on.
    pub(super) content: Option<Content>,
}

/// An IKE SA over all its generations, with its Child SAs.
pub(super) struct Sa {
    pub(super) id: SaId,
    pub(super) config: Arc<Config>,
    pub(super) role: Role,
    pub(super) path: NetworkPath,
    /// The path is a TCP connection that is gone, and no other has taken its place.
    pub(super) is_lost: bool,
    /// A request of the generation in use is to be sent again, once those before it are checked.
    pub(super) is_to_ask_again: bool,
    pub(super) nat: Nat,
    pub(super) phase: Phase,
    /// Whether and how its ends may move: `None` if not (RFC 4555).
    pub(super) mobike: Option<Box<Mobike>>,
    /// The generations that are not forgotten, in no order.
    pub(super) ikes: Vec<IkeSa>,
    /// Our SPI of the generation in use.
    pub(super) current: u64,
    pub(super) children: Vec<Child>,
    /// The peer's SPIs of Child SAs that it has deleted, and of which it may have told us in a response that is not here yet.
    pub(super) deleted_unborn: Vec<[u8; 4]>,
    /// What is agreed on with the peer: of an initiator always, of a responder once the application has said it.
    pub(super) peer: Option<Arc<PeerConfig>>,
    /// Who the peer is; before the IKE SA is up, who it says it is.
    pub(super) peer_identity: Option<Identity>,
    /// The peer says that it has no other IKE SA with us (RFC 7296 section 2.4).
    pub(super) initial_contact: bool,
    /// We have no other IKE SA with the peer.
    pub(super) is_only: bool,
    pub(super) commands: VecDeque<Command>,
    /// Commands wait until this time, after TEMPORARY_FAILURE.
    pub(super) backoff: Option<Instant>,
    pub(super) failures: u32,
    pub(super) serving: Option<Box<Waiting<Serving>>>,
    pub(super) asking: Option<Box<Waiting<Asking>>>,
    pub(super) serial: u64,
    pub(super) schedule: RetransmissionSchedule,
    /// The request that was answered last was sent more than once: a second response says that once would have done.
    pub(super) was_resent: bool,
    /// The largest IP packet that the path takes, in octets, as far as is known.
    pub(super) mtu: u16,
    /// When the IKE SA is to be rekeyed.
    pub(super) rekey_at: Option<Instant>,
    /// Of a responder: when the initiator's authentication does not count any more (RFC 4478). Few have one.
    pub(super) expires: Option<Box<Instant>>,
    pub(super) began: Instant,
    pub(super) last_heard: Instant,
    pub(super) last_sent: Instant,
    /// When a response was last sent again to an address that is not the peer's.
    pub(super) answered_elsewhere: Option<Box<Instant>>,
    /// Octets of datagrams that opened and were not answered, and the address that they came from, where it is not the peer's.
    pub(super) unanswered: Option<(IpAddr, usize)>,
    pub(super) events: VecDeque<Event>,
    pub(super) outgoing: VecDeque<Outgoing>,
    /// The content of the message that came last, for whoever looks on.
    pub(super) seen: Option<Content>,
}

impl Sa {
    pub(super) fn new(id: SaId, config: Arc<Config>, role: Role, path: NetworkPath, phase: Phase, now: Instant) -> Self {
        let (schedule, mtu) = (config.schedule, config.mtu);
        Self {
            id,
            config,
            role,
            path,
            is_lost: false,
            is_to_ask_again: false,
            nat: Nat::default(),
            phase,
            mobike: None,
            ikes: Vec::new(),
            current: 0,
            children: Vec::new(),
            deleted_unborn: Vec::new(),
            peer: None,
            peer_identity: None,
            initial_contact: false,
            is_only: true,
            commands: VecDeque::new(),
            backoff: None,
            failures: 0,
            serving: None,
            asking: None,
            serial: 0,
            schedule,
            was_resent: false,
            mtu,
            rekey_at: None,
            expires: None,
            began: now,
            last_heard: now,
            last_sent: now,
            answered_elsewhere: None,
            unanswered: None,
            events: VecDeque::new(),
            outgoing: VecDeque::new(),
            seen: None,
        }
    }

    pub(super) fn ike(&self, spi: u64) -> Option<&IkeSa> {
        self.ikes.iter().find(|ike| ike.spi() == spi)
    }

    pub(super) fn ike_mut(&mut self, spi: u64) -> Option<&mut IkeSa> {
        self.ikes.iter_mut().find(|ike| ike.spi() == spi)
    }

    /// One is all there is most of the time, so that room is made for one.
    pub(super) fn add_generation(&mut self, ike: IkeSa) {
        self.ikes.reserve_exact(1);
        self.ikes.push(ike);
    }

    pub(super) fn child(&self, id: ChildId) -> Option<&Child> {
        self.children.iter().find(|child| child.id == id)
    }

    pub(super) fn child_mut(&mut self, id: ChildId) -> Option<&mut Child> {
        self.children.iter_mut().find(|child| child.id == id)
    }

    /// The Child SA of which the peer names its own SPI, as it does in REKEY_SA and Delete.
    pub(super) fn child_by_peer(&self, spi: &[u8]) -> Option<ChildId> {
        self.children.iter().find(|child| child.spi_out == spi).map(|child| child.id)
    }

    pub(super) fn tell(&mut self, event: Event) {
        self.events.push_back(event);
    }

    /// The peer has refused what we asked for, or the application what came of it.
    pub(super) fn refused_ours(&mut self, by: Refusing, exchange: ExchangeType, notify: NotifyType, request: OwnRequest) {
        self.tell(Event::Refused { by, exchange, notify, request: Some(request) });
    }

    /// We have refused what the peer asked for.
    pub(super) fn refused_theirs(&mut self, exchange: ExchangeType, notify: NotifyType) {
        self.tell(Event::Refused { by: Refusing::We, exchange, notify, request: None });
    }

    /// A number for a question, and until when it waits.
    fn new_question(&mut self, now: Instant) -> (u64, Instant) {
        self.serial = self.serial.saturating_add(1);
        let deadline = now + self.config.limits.decision;
        // A half-open IKE SA does not wait longer than it may be one.
        let until = match &self.phase {
            Phase::Handshaking(handshake) => deadline.min(handshake.until),
            Phase::Initiating(_) | Phase::Up | Phase::Closed => deadline,
        };
        (self.serial, until)
    }

    const fn token(&self, serial: u64) -> Token {
        Token { sa: self.id, serial }
    }

    /// Asks the application; what waits for its decision goes with the answer.
    pub(super) fn ask<T>(&mut self, question: Inquiry, job: T, now: Instant) -> Box<Waiting<T>> {
        let (serial, deadline) = self.new_question(now);
        let ask = Ask { token: self.token(serial), deadline, question };
        self.tell(Event::Ask(Box::new(ask)));
        Box::new(Waiting { serial, deadline, job })
    }

    /// Asks the application to install a Child SA.
    pub(super) fn ask_install<T>(&mut self, install: Box<ChildInstall>, job: T, now: Instant) -> Box<Waiting<T>> {
        let (serial, deadline) = self.new_question(now);
        self.tell(Event::ChildInstall { token: self.token(serial), deadline, path: self.child_path(), install });
        Box::new(Waiting { serial, deadline, job })
    }

    /// Tells the keys of a generation, where the configuration asks for it.
    pub(super) fn tell_keys(&mut self, spi: u64) {
        let material = self.ike(spi).filter(|_| self.config.tells_keys).map(|ike| IkeKeyMaterial::of(&ike.protected));
        if let Some(material) = material {
            self.tell(Event::KeyMaterial(Box::new(material)));
        }
    }

    /// Whether a datagram still waits to be sent: one copy is enough, however often it is asked for.
    pub(super) fn is_waiting(&self, octets: &Bytes) -> bool {
        self.outgoing.iter().any(|outgoing| outgoing.octets == *octets)
    }

    /// A retransmission was needless: the first wait of this IKE SA is twice as long from here on, up to that of the configuration.
    pub(super) fn wait_longer(&mut self) {
        if core::mem::take(&mut self.was_resent) {
            self.schedule.first = self.schedule.first.saturating_mul(2).min(self.config.schedule.first);
        }
    }

    /// Puts a datagram into the queue, unless its connection is gone, or it is too long for a frame.
    fn queue(&mut self, outgoing: Outgoing) {
        let is_lost = self.is_lost && outgoing.path == self.path;
        let is_too_long = outgoing.path.is_tcp() && ike_frame_head(outgoing.octets.len()).is_err();
        if !is_lost && !is_too_long {
            self.outgoing.push_back(outgoing);
        }
    }

    /// Puts a message that needs no protection into the queue.
    pub(super) fn send_plain(&mut self, path: NetworkPath, octets: Bytes, now: Instant) {
        self.queue(Outgoing { path, octets, is_ike: true, may_fragment: true, content: None });
        self.last_sent = now;
    }

    /// Puts a protected message into the queue, its fragments in ascending order.
    pub(super) fn send(&mut self, cx: &Context<'_>, path: NetworkPath, sealed: &SealedMessage, content: Option<Content>) {
        let last = sealed.datagrams().len().saturating_sub(1);
        for (index, octets) in sealed.datagrams().iter().enumerate() {
            let content = content.clone().filter(|_| index == last);
            self.queue(Outgoing { path, octets: octets.clone(), is_ike: true, may_fragment: false, content });
        }
        self.last_sent = cx.now;
    }

    /// The same once more, its fragments in an order that is drawn: where the path drops the last ones of a burst, it drops others now.
    pub(super) fn send_again(&mut self, cx: &mut Context<'_>, path: NetworkPath, sealed: &SealedMessage) {
        if sealed.datagrams().iter().any(|octets| self.is_waiting(octets)) {
            return;
        }
        let mut datagrams: Vec<&Bytes> = sealed.datagrams().iter().collect();
        // What was sealed for a stream may be longer than what a datagram takes whole.
        let most = path.limit(self.mtu).max_message();
        while !datagrams.is_empty() {
            let drawn = cx.below(u64::try_from(datagrams.len()).unwrap_or(1));
            let octets = datagrams.swap_remove(usize::try_from(drawn).unwrap_or(0)).clone();
            let may_fragment = octets.len() > most;
            self.queue(Outgoing { path, octets, is_ike: true, may_fragment, content: None });
        }
        self.last_sent = cx.now;
    }

    /// How long a child made now is used, or the IKE SA.
    pub(super) fn lifetimes(&self) -> Lifetimes {
        self.peer.as_ref().and_then(|peer| peer.lifetimes).unwrap_or(self.config.lifetimes)
    }

    /// Why we are ending the IKE SA, where our word of it is on its way.
    pub(super) fn ending(&self) -> Option<CloseReason> {
        match self.ike(self.current)?.task {
            Some(Task::Delete) => Some(CloseReason::Requested),
            Some(Task::Farewell(reason)) => Some(reason),
            _ => None,
        }
    }

    pub(super) fn child_rekey_at(&self, cx: &mut Context<'_>) -> Option<Instant> {
        self.lifetimes().child.map(|span| cx.now + cx.jittered(span))
    }

    pub(super) fn ike_rekey_at(&self, cx: &mut Context<'_>) -> Option<Instant> {
        self.lifetimes().ike.map(|span| cx.now + cx.jittered(span))
    }

    /// Child SAs, and those that are about to be.
    pub(super) fn children_in_all(&self) -> usize {
        let begun = self.ikes.iter().filter(|ike| ike.pending.is_some() || ike.changes_children()).count();
        let waiting = usize::from(self.serving.is_some()).saturating_add(usize::from(self.asking.is_some()));
        self.children.len().saturating_add(begun).saturating_add(waiting)
    }

    pub(super) const fn is_closed(&self) -> bool {
        matches!(self.phase, Phase::Closed)
    }

    /// Puts a command at the end of the queue, unless it stands there.
    pub(super) fn enqueue(&mut self, command: Command) {
        if !self.commands.iter().any(|waiting| waiting.is_same(&command)) {
            self.commands.push_back(command);
        }
    }

    /// Removes a Child SA, and says so.
    pub(super) fn drop_child(&mut self, cx: &mut Context<'_>, id: ChildId) -> Option<Child> {
        let index = self.children.iter().position(|child| child.id == id)?;
        cx.names.release_child(id.0);
        self.tell(Event::ChildDown(id));
        Some(self.children.swap_remove(index))
    }

    /// All of them go.
    pub(super) fn drop_children(&mut self, cx: &mut Context<'_>) {
        for id in self.children.iter().map(|child| child.id).collect::<Vec<_>>() {
            self.drop_child(cx, id);
        }
    }

    /// What is sent goes another way from here on, and whatever broke on the way before is no matter. Once the IKE SA is up, the application hears of it:
    /// its Child SAs go there, too.
    pub(super) fn follow(&mut self, path: NetworkPath) {
        let is_other = path != self.path;
        (self.path, self.is_lost) = (path, false);
        if is_other && matches!(self.phase, Phase::Up) {
            self.tell(Event::PathChanged(path));
        }
    }

    /// Nothing comes of a Child SA that the peer was to put in the place of another, which goes on.
    pub(super) fn uncross(&mut self, cx: &Context<'_>, made: ChildId) {
        let has_lifetime = self.lifetimes().child.is_some();
        for child in self.children.iter_mut().filter(|child| child.crossed.as_ref().is_some_and(|crossed| crossed.made == made)) {
            child.crossed = None;
            if let ChildState::Replaced(_) = child.state {
                child.state = ChildState::Up;
            }
            if has_lifetime && child.rekey_at.is_none() {
                // It was due, and needless then.
                child.rekey_at = Some(cx.now);
            }
        }
    }

    /// Keeps what the peer began on a generation until its additional key exchanges are done, in the place of what it began before.
    pub(super) fn keep_pending(&mut self, cx: &mut Context<'_>, spi: u64, pending: Pending) {
        let before = self.ike_mut(spi).and_then(|ike| ike.pending.replace(Box::new(pending)));
        self.forget_pending(cx, spi, before);
    }

    /// Nothing comes of what the peer began on a generation in CREATE_CHILD_SA: its additional key exchanges do not follow.
    pub(super) fn forget_pending(&mut self, cx: &mut Context<'_>, spi: u64, pending: Option<Box<Pending>>) {
        let Some(pending) = pending else { return };
        super::claims::release_target(cx.names, &pending.target);
        match &pending.target {
            Target::Child(draft) => self.uncross(cx, ChildId(draft.spi_in)),
            Target::Ike { own, .. } => {
                if let Some(ike) = self.ike_mut(spi).filter(|ike| ike.crossed.as_ref().is_some_and(|crossed| crossed.made == *own)) {
                    ike.crossed = None;
                }
            }
        }
    }

    /// It is over: all that it held is given back, but for generations that still send responses again.
    pub(super) fn close(&mut self, cx: &mut Context<'_>, reason: CloseReason) {
        if self.is_closed() {
            return;
        }
        self.drop_children(cx);
        self.give_back(cx);
        self.phase = Phase::Closed;
        super::claims::forget_commands(cx.names, &mut self.commands);
        self.tell(Event::Closed(reason));
    }

    /// Nothing of it is kept for the peer's retransmissions any more.
    pub(super) fn forget(&mut self, cx: &mut Context<'_>) {
        for ike in self.ikes.drain(..) {
            cx.names.release_ike(ike.spi());
        }
    }

    /// Gives back the SPIs of what was begun and is not to be finished.
    fn give_back(&mut self, cx: &mut Context<'_>) {
        match &mut self.phase {
            Phase::Initiating(begun) => cx.names.release_ike(begun.spi),
            Phase::Handshaking(handshake) => {
                if let Some(rivals) = &mut handshake.rivals {
                    rivals.release(cx.names);
                }
            }
            Phase::Up | Phase::Closed => {}
        }
        for spi in super::claims::of_waiting(self.serving.take().map(|waiting| waiting.job), self.asking.take().map(|waiting| waiting.job))
        {
            cx.names.release_child(spi);
        }
        let mut gone = core::mem::take(&mut self.ikes);
        for ike in &mut gone {
            super::claims::release(cx.names, ike);
        }
        gone.retain(|ike| {
            let stays = ike.is_gone();
            if !stays {
                cx.names.release_ike(ike.spi());
            }
            stays
        });
        self.ikes = gone;
    }

    pub(super) fn next_timeout(&self) -> Option<Instant> {
        let phase = match &self.phase {
            Phase::Initiating(begun) => Some(begun.timer.next_timeout()),
            Phase::Handshaking(handshake) => Some(handshake.until),
            Phase::Up | Phase::Closed => None,
        };
        let ikes = self.ikes.iter().filter_map(IkeSa::next_timeout).min();
        let questions = [self.serving.as_ref().map(|w| w.deadline), self.asking.as_ref().map(|w| w.deadline)];
        let up = matches!(self.phase, Phase::Up).then(|| self.next_timeout_up()).flatten();
        [phase, ikes, up].into_iter().chain(questions).flatten().min()
    }

    fn next_timeout_up(&self) -> Option<Instant> {
        let children = self.children.iter().filter_map(Child::next_timeout).min();
        // A check that waits for its turn is begun by whatever it waits for.
        let is_checked = self.is_asking_peer() || self.commands.iter().any(|command| matches!(command, Command::Ping));
        let liveness = self.config.liveness.map(|silence| self.last_heard + silence).filter(|_| !is_checked);
        let keepalive = self.config.nat_keepalive.map(|interval| self.last_sent + interval).filter(|_| self.sends_keepalives());
        let is_free = !self.commands.is_empty() && !self.is_asking_peer() && self.asking.is_none();
        let backoff = self.backoff.filter(|_| is_free);
        [children, liveness, keepalive, backoff, self.rekey_at, self.expires.as_deref().copied()].into_iter().flatten().min()
    }

    /// Whether a NAT has to be kept from forgetting us; of a TCP connection, it does not (RFC 9329 section 6.6).
    pub(super) const fn sends_keepalives(&self) -> bool {
        self.nat.ours && !self.path.is_tcp()
    }

    /// Whether a request of ours is on its way, so that the peer's silence will be noticed.
    pub(super) fn is_asking_peer(&self) -> bool {
        // Of two generations, one may still be asked about a Child SA: one at a time.
        let is_busy = |ike: &IkeSa| ike.changes_children() || ike.is_checked();
        self.ike(self.current).is_none_or(IkeSa::is_busy) || self.ikes.iter().any(is_busy)
    }
}
