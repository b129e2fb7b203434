//! Several answers to one IKE_SA_INIT request. Whoever sees the request can send one, and which of them is the peer's shows in IKE_AUTH: each
//! is tried until somebody has authenticated itself (RFC 7296 section 2.4). Those that are not tried at the moment wait here, as far as they
//! have come.

use super::claims;
use super::context::Context;
use super::ignored::Ignored;
use super::names::Names;
use super::path::NetworkPath;
use super::phase::{Attempt, Phase, Rival, Rivals};
use super::sa::Sa;
use super::step::init::{self, Kept};
use crate::exchange::Incoming;
use crate::instant::Instant;
use crate::wire::{Header, Message};
use alloc::boxed::Box;
use alloc::vec::Vec;
use bytes::Bytes;

/// Answers that wait beside the one that is tried.
const MOST: usize = 4;

impl Rivals {
    fn knows(&self, datagram: &[u8]) -> bool {
        self.demands.iter().any(|demand| demand == datagram) || self.waiting.iter().any(|rival| rival.is_answer(datagram))
    }

    /// Gives back the SPIs of Child SAs that were asked for.
    pub(super) fn release(&mut self, names: &mut Names) {
        for rival in self.waiting.drain(..) {
            if let Rival::Tried(mut attempt) = rival {
                attempt.release(names);
            }
        }
    }
}

impl Rival {
    fn is_answer(&self, datagram: &[u8]) -> bool {
        match self {
            Self::New(octets) => octets == datagram,
            Self::Tried(attempt) => attempt.handshake.response == datagram,
        }
    }

    fn attempt(&mut self) -> Option<&mut Attempt> {
        match self {
            Self::New(_) => None,
            Self::Tried(attempt) => Some(attempt),
        }
    }
}

impl Attempt {
    /// Takes out of an IKE SA what came of the answer that is tried, and the others.
    fn park(sa: &mut Sa) -> Option<(Box<Self>, Box<Rivals>)> {
        let Phase::Handshaking(handshake) = &mut sa.phase else { return None };
        let rivals = handshake.rivals.take()?;
        let ike = sa.ikes.pop()?;
        let Phase::Handshaking(handshake) = core::mem::replace(&mut sa.phase, Phase::Closed) else { return None };
        let (peer_identity, asking) = (sa.peer_identity.take(), sa.asking.take());
        let mtu = core::mem::replace(&mut sa.mtu, sa.config.mtu);
        let parked = Self { mtu, ike, handshake, nat: core::mem::take(&mut sa.nat), path: sa.path, peer_identity, asking };
        Some((Box::new(parked), rivals))
    }

    /// Puts it back.
    fn resume(self, sa: &mut Sa, rivals: Box<Rivals>) {
        let Self { mtu, ike, handshake, nat, path, peer_identity, asking } = self;
        sa.add_generation(ike);
        (sa.mtu, sa.nat, sa.path, sa.peer_identity, sa.asking) = (mtu, nat, path, peer_identity, asking);
        sa.phase = Phase::Handshaking(handshake);
        enter(sa, rivals);
    }

    fn release(&mut self, names: &mut Names) {
        claims::release(names, &mut self.ike);
        for spi in claims::of_waiting(None, self.asking.take().map(|waiting| waiting.job)) {
            names.release_child(spi);
        }
    }
}

/// Another one is tried.
fn enter(sa: &mut Sa, rivals: Box<Rivals>) {
    if let Phase::Handshaking(handshake) = &mut sa.phase {
        handshake.until = rivals.until;
        handshake.rivals = Some(rivals);
    }
}

fn rivals(sa: &mut Sa) -> Option<&mut Box<Rivals>> {
    match &mut sa.phase {
        Phase::Handshaking(handshake) => handshake.rivals.as_mut(),
        Phase::Initiating(_) | Phase::Up | Phase::Closed => None,
    }
}

/// Where the IKE_SA_INIT request went, as long as answers to it count.
pub(super) fn asked(sa: &Sa) -> Option<NetworkPath> {
    match &sa.phase {
        Phase::Initiating(begun) => Some(begun.path),
        Phase::Handshaking(handshake) => handshake.rivals.as_ref().map(|rivals| rivals.begun.path),
        Phase::Up | Phase::Closed => None,
    }
}

/// The IKE_SA_INIT request went by a connection whose place another takes: what answers it comes there.
pub(super) fn carry_over(sa: &mut Sa, path: NetworkPath) {
    if let Phase::Initiating(begun) = &mut sa.phase {
        begun.path = path;
    }
    if let Some(rivals) = rivals(sa) {
        rivals.begun.path = path;
        rivals.waiting.iter_mut().filter_map(Rival::attempt).for_each(|attempt| attempt.path = path);
    }
}

/// Keeps an answer that comes after another one.
pub(super) fn keep(sa: &mut Sa, datagram: &[u8], message: &Message<'_>) -> Ignored {
    let most = sa.config.limits.init_octets;
    let Phase::Handshaking(handshake) = &mut sa.phase else { return Ignored::Over };
    let Some(rivals) = &mut handshake.rivals else { return Ignored::Over };
    if handshake.response == datagram || rivals.knows(datagram) {
        return Ignored::Repeated;
    }
    let Some(kind) = init::kind(message, &rivals.begun) else { return Ignored::Over };
    if rivals.waiting.len().saturating_add(rivals.demands.len()) >= MOST || datagram.len() > most {
        return Ignored::Limit;
    }
    let octets = Bytes::copy_from_slice(datagram);
    match kind {
        Kept::Agreement => rivals.waiting.push_back(Rival::New(octets)),
        Kept::Demand => rivals.demands.push(octets),
    }
    Ignored::HeldBack
}

/// What becomes of the answer that was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tried {
    /// Nothing came of it.
    Failed,
    /// Nothing was heard for now: its turn comes again.
    Silent,
}

/// Which answer is tried now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// The same as before: there is no other.
    Same,
    /// One that was not tried before.
    New,
    /// One that was tried before: its request has to be sent again.
    Resumed,
    /// It demanded another request, which is on its way.
    Asked,
}

/// Takes the next answer. What demands another request comes last where one has failed; where one is silent, both go on beside each other.
pub(super) fn turn(sa: &mut Sa, cx: &mut Context<'_>, tried: Tried) -> Turn {
    let has_others =
        |rivals: &mut Box<Rivals>| !rivals.waiting.is_empty() || !rivals.demands.is_empty() || rivals.has_asked && tried == Tried::Silent;
    if !rivals(sa).is_some_and(has_others) {
        return Turn::Same;
    }
    let Some((mut before, mut rivals)) = Attempt::park(sa) else { return Turn::Same };
    if tried == Tried::Silent {
        let Some(left) = ask_beside(sa, cx, *rivals) else { return Turn::Asked };
        rivals = left;
    }
    while let Some(rival) = rivals.waiting.pop_front() {
        let turn = match rival {
            Rival::Tried(mut attempt) if attempt.asking.as_ref().is_some_and(|waiting| waiting.deadline <= cx.now) => {
                // The application has let it go.
                attempt.release(cx.names);
                continue;
            }
            Rival::Tried(attempt) => {
                attempt.resume(sa, rivals);
                Turn::Resumed
            }
            Rival::New(answer) => {
                sa.path = rivals.begun.path;
                if init::kept_answer(sa, cx, &mut rivals.begun, &answer).is_err() {
                    continue;
                }
                enter(sa, rivals);
                Turn::New
            }
        };
        match (tried, self::rivals(sa)) {
            (Tried::Silent, Some(rivals)) => rivals.waiting.push_back(Rival::Tried(before)),
            _ => before.release(cx.names),
        }
        return turn;
    }
    if let (Tried::Failed, Some(demand)) = (tried, rivals.demands.first().cloned()) {
        before.release(cx.names);
        sa.path = rivals.begun.path;
        sa.phase = Phase::Initiating(rivals.begun);
        obey(sa, cx, &demand);
        return Turn::Asked;
    }
    before.resume(sa, rivals);
    Turn::Same
}

/// Sends the request that is demanded, while an answer to another one is tried: the peer may have agreed to that one already, and a message
/// that is sent again has to be the same.
fn ask_beside(sa: &mut Sa, cx: &mut Context<'_>, rivals: Rivals) -> Option<Box<Rivals>> {
    let Rivals { begun, waiting, demands, has_asked, until } = rivals;
    sa.path = begun.path;
    if has_asked {
        sa.send_plain(begun.path, begun.request.clone(), cx.now);
    }
    let has_asked = has_asked || !demands.is_empty();
    sa.phase = Phase::Initiating(begun);
    for demand in &demands {
        obey(sa, cx, demand);
    }
    let Phase::Initiating(begun) = core::mem::replace(&mut sa.phase, Phase::Closed) else { return None };
    Some(Box::new(Rivals { begun, waiting, demands: Vec::new(), has_asked, until }))
}

/// Does what an answer demands. What cannot be done leaves the exchange to its timer.
fn obey(sa: &mut Sa, cx: &mut Context<'_>, answer: &[u8]) {
    if let Ok(message) = Message::parse(answer) {
        let _why = init::response(sa, cx, answer, &message);
    }
}

/// Opens a datagram for an answer that waits. If it is a response, that answer is tried from here on. A forger may have taken the SPI of the
/// peer's own answer: what one of them does not open is for the others.
pub(super) fn open(sa: &mut Sa, datagram: &[u8], now: Instant) -> Option<Incoming> {
    let waiting = &mut rivals(sa)?.waiting;
    let spis = Header::peek(datagram).ok()?.header.spis;
    let mut found = None;
    for (index, rival) in waiting.iter_mut().enumerate() {
        let Some(attempt) = rival.attempt().filter(|attempt| attempt.ike.spis() == spis) else { continue };
        match attempt.ike.protected.open(&mut datagram.to_vec(), now) {
            Incoming::Discarded(_) => {}
            incoming => {
                found = Some((index, incoming));
                break;
            }
        }
    }
    let (index, incoming) = found?;
    if let Incoming::Response { .. } = incoming {
        swap(sa, index);
    }
    Some(incoming)
}

/// Takes the answer that this question is about, if it is one that waits.
pub(super) fn turn_to_asked(sa: &mut Sa, serial: u64, now: Instant) {
    let is_its = |rival: &mut Rival| {
        rival
            .attempt()
            .and_then(|attempt| attempt.asking.as_ref())
            .is_some_and(|waiting| waiting.serial == serial && waiting.deadline > now)
    };
    if let Some(index) = rivals(sa).and_then(|rivals| rivals.waiting.iter_mut().position(is_its)) {
        swap(sa, index);
    }
}

fn swap(sa: &mut Sa, index: usize) {
    let Some((before, mut rivals)) = Attempt::park(sa) else { return };
    match rivals.waiting.remove(index) {
        Some(Rival::Tried(attempt)) => {
            rivals.waiting.push_back(Rival::Tried(before));
            attempt.resume(sa, rivals);
        }
        _ => before.resume(sa, rivals),
    }
}
