//! What is due at a point in time.

use super::child::ChildState;
use super::close::CloseReason;
use super::command::Command;
use super::context::Context;
use super::event::Event;
use super::id::ChildId;
use super::ike_sa::Fate;
use super::own;
use super::phase::Phase;
use super::rivals::Tried;
use super::sa::{Outgoing, Sa};
use super::serve;
use crate::exchange::{RequestTimer, TimerAction};
use crate::registry::ExchangeType;
use crate::role::Role;
use alloc::vec::Vec;
use bytes::Bytes;

/// The one octet of a NAT keepalive (RFC 3948 section 2.3).
const KEEPALIVE: &[u8] = &[0xff];

/// Whoever has answered IKE_SA_INIT is asked this often before another one's answer is tried: a datagram may be lost.
const OTHER_AFTER: u32 = 2;

/// Retransmissions of a request before the next smaller size is tried.
const PROBE_AFTER: u32 = 2;

/// Does what is due.
pub(super) fn handle(sa: &mut Sa, cx: &mut Context<'_>) {
    questions(sa, cx);
    match &sa.phase {
        Phase::Initiating(_) => initiating(sa, cx),
        Phase::Handshaking(handshake) if handshake.until <= cx.now => {
            let asked =
                sa.ike(sa.current).and_then(|ike| ike.protected.outstanding()).map_or(ExchangeType::IKE_AUTH, |(exchange, _)| exchange);
            let silence = CloseReason::NoResponse(asked);
            sa.close(cx, if sa.role == Role::Initiator { silence } else { CloseReason::HalfOpen });
        }
        Phase::Handshaking(_) | Phase::Up | Phase::Closed => {}
    }
    generations(sa, cx);
    if matches!(sa.phase, Phase::Up) {
        children(sa, cx);
        upkeep(sa, cx);
    }
    own::pump(sa, cx);
}

/// Questions that were not answered in time.
fn questions(sa: &mut Sa, cx: &mut Context<'_>) {
    if let Some(waiting) = sa.serving.take_if(|waiting| waiting.deadline <= cx.now) {
        serve::decided(sa, cx, waiting.job, None);
    }
    if let Some(waiting) = sa.asking.take_if(|waiting| waiting.deadline <= cx.now) {
        own::decided(sa, cx, waiting.job, None);
    }
}

/// IKE_SA_INIT: the request is sent again, unless an error that was held back ends it now (RFC 7296 section 2.21.1).
fn initiating(sa: &mut Sa, cx: &mut Context<'_>) {
    let Phase::Initiating(begun) = &mut sa.phase else { return };
    let silence = begun.last_resort.unwrap_or(CloseReason::NoResponse(ExchangeType::IKE_SA_INIT));
    match (begun.timer.poll(cx.now), begun.held) {
        (TimerAction::Wait { .. }, _) => {}
        (TimerAction::Resend | TimerAction::GaveUp, Some(reason)) => sa.close(cx, reason),
        (TimerAction::GaveUp, None) => sa.close(cx, silence),
        // RFC 9329 section 6.2: what a connection carries is sent once.
        (TimerAction::Resend, None) if sa.path.is_tcp() => {}
        (TimerAction::Resend, None) => {
            let (path, request) = (sa.path, begun.request.clone());
            sa.send_plain(path, request, cx.now);
        }
    }
}

fn generations(sa: &mut Sa, cx: &mut Context<'_>) {
    for spi in sa.ikes.iter().map(super::ike_sa::IkeSa::spi).collect::<Vec<_>>() {
        generation(sa, cx, spi);
    }
}

fn generation(sa: &mut Sa, cx: &mut Context<'_>, spi: u64) {
    let (path, current) = (sa.path, sa.current);
    let Some(ike) = sa.ike(spi) else { return };
    match ike.fate {
        Fate::Gone(until) if until <= cx.now => return own::drop_generation(sa, cx, spi),
        // Nobody answers a request of ours any more.
        Fate::Gone(_) => return,
        // Whoever should have deleted it has not: it goes without a word more.
        Fate::Replaced(until) if until <= cx.now && spi != current => return own::drop_generation(sa, cx, spi),
        _ => {}
    }
    let Some(ike) = sa.ike_mut(spi) else { return };
    let pending = ike.pending.take_if(|pending| pending.until <= cx.now);
    sa.forget_pending(cx, spi, pending);
    let Some(ike) = sa.ike_mut(spi) else { return };
    let exchange = ike.protected.outstanding().map_or(ExchangeType::INFORMATIONAL, |(exchange, _)| exchange);
    match ike.protected.handle_timeout(cx.now) {
        RequestTimer::Wait => {}
        RequestTimer::Resend(sealed) => {
            let is_patient = ike.protected.retransmissions() < OTHER_AFTER;
            let is_other = !is_patient && own::try_other(sa, cx, Tried::Silent);
            // RFC 9329 section 6.2: what a connection carries is sent once.
            if !is_other && !path.is_tcp() && !cut_smaller(sa, cx, spi) {
                sa.send_again(cx, path, &sealed);
            }
        }
        RequestTimer::GaveUp => gave_up(sa, cx, spi, exchange),
    }
}

/// Where the path is probed, a request that was sent again twice goes out in more and smaller fragments (RFC 7383 section 2.5.2).
fn cut_smaller(sa: &mut Sa, cx: &mut Context<'_>, spi: u64) -> bool {
    let (path, before) = (sa.path, sa.mtu);
    let sizes: Vec<u16> = sa.config.probed.iter().copied().filter(|mtu| *mtu < before).collect();
    let now = cx.now;
    let Some(ike) = sa.ike_mut(spi).filter(|ike| ike.protected.retransmissions_since_cut() >= PROBE_AFTER) else { return false };
    for mtu in sizes {
        if let Ok(Some(sealed)) = ike.protected.cut_smaller(path.limit(mtu), now) {
            let sealed = sealed.clone();
            sa.mtu = mtu;
            sa.tell(Event::PathProbed { before, mtu });
            sa.send(cx, path, &sealed, None);
            return true;
        }
    }
    false
}

/// A request of ours was not answered: the peer is taken for dead (RFC 7296 section 2.4).
fn gave_up(sa: &mut Sa, cx: &mut Context<'_>, spi: u64, exchange: ExchangeType) {
    if spi != sa.current {
        return own::drop_generation(sa, cx, spi);
    }
    sa.close(cx, sa.ending().unwrap_or(CloseReason::NoResponse(exchange)));
}

fn children(sa: &mut Sa, cx: &mut Context<'_>) {
    let due: Vec<(ChildId, ChildState)> = sa
        .children
        .iter()
        .filter(|child| child.next_timeout().is_some_and(|at| at <= cx.now))
        .map(|child| (child.id, child.state))
        .collect();
    for (id, state) in due {
        let Some(child) = sa.child_mut(id) else { continue };
        child.rekey_at = None;
        match state {
            ChildState::Up => sa.enqueue(Command::RekeyChild(id)),
            // The peer has not deleted what it has replaced.
            ChildState::Replaced(_) => {
                child.state = ChildState::Up;
                sa.enqueue(Command::DeleteChild(id));
            }
            ChildState::Deleting => {}
        }
    }
}

/// Rekeys of the IKE SA, liveness checks and NAT keepalives.
fn upkeep(sa: &mut Sa, cx: &mut Context<'_>) {
    if sa.expires.take_if(|at| **at <= cx.now).is_some() {
        // A peer that does not answer the Delete has none of them any longer either.
        sa.drop_children(cx);
        let current = sa.current;
        return own::fail(sa, cx, current, CloseReason::Expired);
    }
    if sa.rekey_at.is_some_and(|at| at <= cx.now) {
        sa.rekey_at = None;
        sa.enqueue(Command::Rekey);
    }
    if sa.config.liveness.is_some_and(|silence| sa.last_heard + silence <= cx.now) && !sa.is_asking_peer() {
        sa.enqueue(Command::Ping);
    }
    if sa.sends_keepalives() && sa.config.nat_keepalive.is_some_and(|interval| sa.last_sent + interval <= cx.now) {
        let octets = Bytes::from_static(KEEPALIVE);
        sa.outgoing.push_back(Outgoing { path: sa.path, octets, is_ike: false, may_fragment: false, content: None });
        sa.last_sent = cx.now;
    }
}
