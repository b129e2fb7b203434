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
use super::step::init;
use crate::exchange::Incoming;
use crate::instant::Instant;
use crate::wire::{Header, Message};
use alloc::boxed::Box;
use bytes::Bytes;

/// Answers that wait beside the one that is tried.
const MOST: usize = 4;

impl Rivals {
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
    /// Takes out of an IKE SA what came of the answer that is tried.
    fn park(sa: &mut Sa) -> Option<Box<Self>> {
        let ike = sa.ikes.pop()?;
        let Phase::Handshaking(handshake) = core::mem::replace(&mut sa.phase, Phase::Closed) else { return None };
        let (peer_identity, asking) = (sa.peer_identity.take(), sa.asking.take());
        Some(Box::new(Self { ike, handshake, nat: core::mem::take(&mut sa.nat), path: sa.path, peer_identity, asking }))
    }

    /// Puts it back.
    fn resume(self, sa: &mut Sa, rivals: Box<Rivals>) {
        let Self { ike, handshake, nat, path, peer_identity, asking } = self;
        sa.add_generation(ike);
        (sa.nat, sa.path, sa.peer_identity, sa.asking) = (nat, path, peer_identity, asking);
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

/// Keeps an answer that comes after another one.
pub(super) fn keep(sa: &mut Sa, datagram: &[u8], message: &Message<'_>) -> Ignored {
    let most = sa.config.limits.init_octets;
    let Phase::Handshaking(handshake) = &mut sa.phase else { return Ignored::Over };
    let Some(rivals) = &mut handshake.rivals else { return Ignored::Over };
    if handshake.response == datagram || rivals.waiting.iter().any(|rival| rival.is_answer(datagram)) {
        return Ignored::Repeated;
    }
    if !init::is_answer(message, rivals.begun.ke.method) {
        return Ignored::Over;
    }
    if rivals.waiting.len() >= MOST || datagram.len() > most {
        return Ignored::Limit;
    }
    rivals.waiting.push_back(Rival::New(Bytes::copy_from_slice(datagram)));
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
}

/// Takes the next answer.
pub(super) fn turn(sa: &mut Sa, cx: &mut Context<'_>, tried: Tried) -> Turn {
    if rivals(sa).is_none_or(|rivals| rivals.waiting.is_empty()) {
        return Turn::Same;
    }
    let Some(mut before) = Attempt::park(sa) else { return Turn::Same };
    let Some(mut rivals) = before.handshake.rivals.take() else { return Turn::Same };
    while let Some(rival) = rivals.waiting.pop_front() {
        let turn = match rival {
            Rival::Tried(attempt) => {
                attempt.resume(sa, rivals);
                Turn::Resumed
            }
            Rival::New(answer) => {
                sa.path = rivals.begun.path;
                if init::kept_answer(sa, cx, &rivals.begun, &answer).is_err() {
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
    before.resume(sa, rivals);
    Turn::Same
}

/// Opens a datagram for an answer that waits. If it is a response, that answer is tried from here on.
pub(super) fn open(sa: &mut Sa, datagram: &mut [u8], now: Instant) -> Option<Incoming> {
    let waiting = &mut rivals(sa)?.waiting;
    let spis = Header::peek(datagram).ok()?.header.spis;
    let is_its = |rival: &mut Rival| rival.attempt().is_some_and(|attempt| attempt.ike.spis() == spis);
    let index = waiting.iter_mut().position(is_its)?;
    let incoming = waiting.get_mut(index)?.attempt()?.ike.protected.open(datagram, now);
    if let Incoming::Response { .. } = incoming {
        swap(sa, index);
    }
    Some(incoming)
}

/// Takes the answer that this question is about, if it is one that waits.
pub(super) fn turn_to_asked(sa: &mut Sa, serial: u64) {
    let is_its =
        |rival: &mut Rival| rival.attempt().and_then(|attempt| attempt.asking.as_ref()).is_some_and(|waiting| waiting.serial == serial);
    if let Some(index) = rivals(sa).and_then(|rivals| rivals.waiting.iter_mut().position(is_its)) {
        swap(sa, index);
    }
}

fn swap(sa: &mut Sa, index: usize) {
    let Some(mut before) = Attempt::park(sa) else { return };
    let Some(mut rivals) = before.handshake.rivals.take() else { return };
    match rivals.waiting.remove(index) {
        Some(Rival::Tried(attempt)) => {
            rivals.waiting.push_back(Rival::Tried(before));
            attempt.resume(sa, rivals);
        }
        _ => before.resume(sa, rivals),
    }
}
