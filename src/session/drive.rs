//! What happens to an IKE SA: a datagram, a decision, a command, the time. Nobody below names this file.

use super::ask::{Decision, Stale};
use super::claims;
use super::close::CloseReason;
use super::command::Command;
use super::connection;
use super::context::Context;
use super::ignored::Ignored;
use super::ike_sa::Fate;
use super::limits::AMPLIFICATION;
use super::own;
use super::path::NetworkPath;
use super::phase::Phase;
use super::rivals::{self, Tried};
use super::sa::Sa;
use super::serve::{self, Served};
use super::step::{init, mobike};
use super::timeout;
use crate::exchange::{Discarded, Incoming};
use crate::fragment::strategy::SealedMessage;
use crate::instant::Instant;
use crate::role::Role;
use crate::wire::{Header, Message};
use alloc::boxed::Box;
use core::net::SocketAddr;
use core::time::Duration;

/// While so many datagrams of an IKE SA wait to be sent, none is taken that may have to be answered.
const OUTGOING: usize = 64;
/// Towards an address that is not that of the IKE SA, responses are sent again no more often than this.
const ELSEWHERE: Duration = Duration::from_secs(1);

/// An IKE_SA_INIT response to our request.
pub(super) fn init_response(
    sa: &mut Sa,
    cx: &mut Context<'_>,
    path: NetworkPath,
    (datagram, message): (&[u8], &Message<'_>),
) -> Result<(), Ignored> {
    // RFC 7296 section 2.11: a response comes from where the request went.
    if path.peer != rivals::asked(sa).ok_or(Ignored::Over)?.peer {
        return Err(Ignored::Elsewhere);
    }
    if !matches!(sa.phase, Phase::Initiating(_)) {
        let kept = rivals::keep(sa, datagram, message);
        if kept == Ignored::HeldBack && sa.ending().is_some() {
            // The one that is tried has failed, and is being told.
            own::try_other(sa, cx, Tried::Failed);
        }
        return Err(kept);
    }
    init::response(sa, cx, datagram, message)?;
    if matches!(sa.phase, Phase::Handshaking(_)) {
        let (spi, next) = (sa.current, own::handshake_next(sa, cx));
        own::go(sa, cx, spi, next);
    }
    own::pump(sa, cx);
    Ok(())
}

/// A datagram for the generation with this SPI of ours.
pub(super) fn datagram(sa: &mut Sa, cx: &mut Context<'_>, spi: u64, path: NetworkPath, datagram: &mut [u8]) -> Result<(), Ignored> {
    if sa.events.len() >= sa.config.limits.events || sa.outgoing.len() >= OUTGOING {
        return Err(Ignored::Busy);
    }
    let is_request = Header::peek(datagram).is_ok_and(|received| !received.header.response);
    if path.is_tcp() && connection::has_to_wait(sa, spi, is_request) {
        return Err(Ignored::Busy);
    }
    let len = datagram.len();
    let is_closed = sa.is_closed();
    let is_over = is_closed || sa.ike(spi).ok_or(Ignored::UnknownSpi(spi))?.is_gone();
    let incoming = match rivals::open(sa, datagram, cx.now) {
        Some(incoming) => incoming,
        None => sa.ike_mut(spi).ok_or(Ignored::UnknownSpi(spi))?.protected.open(datagram, cx.now),
    };
    match incoming {
        Incoming::Discarded(why) => {
            if matches!(why, Discarded::Fragment(_)) {
                count(sa, path, len);
            }
            if why == Discarded::NoSuchRequest {
                sa.wait_longer();
            }
            if why == Discarded::InProgress {
                connection::came_again(sa, spi, path);
            }
            Err(why.into())
        }
        Incoming::Resend(sealed) => resend(sa, cx, path, (&sealed, len)),
        _ if is_over => Err(Ignored::Over),
        // A fragment may be an old one that is repeated: only a whole message is a sign of the peer.
        Incoming::Partial { .. } => {
            count(sa, path, len);
            Ok(())
        }
        Incoming::Request { request, message } => {
            if sa.serving.is_some() {
                // Another generation's request is being answered: one at a time.
                return Err(Discarded::InProgress.into());
            }
            sa.last_heard = cx.now;
            sa.seen = cx.is_watched.then(|| (message.first_payload(), message.content().clone()));
            follow(sa, cx, path);
            let exchange = message.header().exchange;
            serve::request(sa, cx, Served { spi, exchange, path, request }, message);
            own::pump(sa, cx);
            Ok(())
        }
        Incoming::Response { request, message } => {
            sa.last_heard = cx.now;
            sa.seen = cx.is_watched.then(|| (message.first_payload(), message.content().clone()));
            if path.is_tcp() {
                follow(sa, cx, path);
            }
            own::response(sa, cx, spi, (request, message));
            own::pump(sa, cx);
            Ok(())
        }
    }
}

/// Sends a response again, where its request came from (RFC 7296 section 2.1). To another address than that of the IKE SA it is sent only
/// if it is not much longer than what came from there: a datagram that is repeated from a forged address is no reason to flood it.
fn resend(sa: &mut Sa, cx: &mut Context<'_>, path: NetworkPath, (sealed, len): (&SealedMessage, usize)) -> Result<(), Ignored> {
    may_answer(sa, cx.now, path, (sealed.octets(), len))?;
    sa.send_again(cx, path, sealed);
    Ok(())
}

/// The same of a response to IKE_SA_INIT.
pub(super) fn init_again(sa: &mut Sa, cx: &mut Context<'_>, path: NetworkPath, len: usize) -> Result<(), Ignored> {
    let Phase::Handshaking(handshake) = &sa.phase else { return Err(Ignored::Over) };
    let response = handshake.response.clone();
    may_answer(sa, cx.now, path, (response.len(), len))?;
    if !sa.is_waiting(&response) {
        sa.send_plain(path, response, cx.now);
    }
    Ok(())
}

/// Whether an answer of so many octets may go where a datagram of so many came from.
fn may_answer(sa: &mut Sa, now: Instant, path: NetworkPath, (answer, len): (usize, usize)) -> Result<(), Ignored> {
    // Whoever has opened a TCP connection can be reached where it says.
    if path.peer.ip() == sa.path.peer.ip() || path.is_tcp() {
        return Ok(());
    }
    let came = count(sa, path, len);
    let is_often = sa.answered_elsewhere.as_ref().is_some_and(|at| now - **at < ELSEWHERE);
    if is_often || answer > came.saturating_mul(AMPLIFICATION) {
        return Err(Ignored::Amplification);
    }
    sa.answered_elsewhere = Some(Box::new(now));
    sa.unanswered = None;
    Ok(())
}

/// Counts what came from an address that is not the peer's since it was answered there: of a request in fragments, the first asks for the response, and
/// the others count for it.
fn count(sa: &mut Sa, path: NetworkPath, len: usize) -> usize {
    let from = path.peer.ip();
    if from == sa.path.peer.ip() {
        return len;
    }
    let before = sa.unanswered.filter(|(address, _)| *address == from).map_or(0, |(_, octets)| octets);
    let came = before.saturating_add(len);
    sa.unanswered = Some((from, came));
    came
}

/// Where an authentic request comes from, the peer is, and a NAT may change its mind about it; a host behind a NAT does not follow (RFC 7296
/// section 2.23). Before IKE_AUTH is answered, whoever has sent IKE_SA_INIT has proved nothing, and may name somebody else: it may go to port 4500.
///
/// TCP connections are opened by the initiator, and the responder goes by the one that has carried an authentic message last, NAT or none (RFC 9329
/// section 6.1). A copy of an earlier message, which anybody can send, is answered where it came from and moves nothing. With MOBIKE the initiator says
/// where it is here, too: a message that somebody was faster to hand in by a connection of its own takes nothing along (RFC 4555 section 3.7).
fn follow(sa: &mut Sa, cx: &mut Context<'_>, path: NetworkPath) {
    let is_host = path.peer.ip() == sa.path.peer.ip();
    let may = match sa.phase {
        Phase::Handshaking(_) => sa.role == Role::Responder && is_host,
        Phase::Up if path.is_tcp() && sa.path.is_tcp() => sa.role == Role::Responder && (is_host || sa.mobike.is_none()),
        Phase::Up if path.is_tcp() => sa.role == Role::Responder && !sa.nat.ours && sa.mobike.is_none(),
        // RFC 4555 section 3.8: with MOBIKE, the initiator says where it is.
        Phase::Up => !sa.nat.ours && sa.mobike.is_none(),
        Phase::Initiating(_) | Phase::Closed => false,
    };
    if may && path.is_tcp() && (path != sa.path || sa.is_lost) {
        connection::take(sa, cx, path);
    } else if may && path != sa.path {
        sa.follow(path);
    }
}

/// Authentic ESP of the peer came from elsewhere.
pub(super) fn mapping_changed(sa: &mut Sa, cx: &mut Context<'_>, peer: SocketAddr) {
    sa.last_heard = cx.now;
    if sa.path.is_tcp() {
        // There is no connection to where that came from.
        return;
    }
    let path = NetworkPath { peer, ..sa.path };
    match sa.phase {
        Phase::Up if sa.mobike.is_some() => {
            mobike::translated(sa, cx, path);
            own::pump(sa, cx);
        }
        Phase::Up => follow(sa, cx, path),
        Phase::Initiating(_) | Phase::Handshaking(_) | Phase::Closed => {}
    }
}

/// The TCP connection that carries the IKE SA is gone.
pub(super) fn connection_lost(sa: &mut Sa) {
    connection::lost(sa);
}

/// The application has opened another connection. With a liveness check the responder learns of it (RFC 9329 section 6.1).
pub(super) fn reconnect(sa: &mut Sa, cx: &mut Context<'_>, path: NetworkPath) {
    // A responder that has rekeyed and has not heard our response knows none but the keys before: it hears of the connection under these first.
    sa.ikes.iter_mut().for_each(|ike| ike.is_to_check = matches!(ike.fate, Fate::Replaced(_)));
    connection::take(sa, cx, path);
    sa.enqueue(Command::Ping);
    own::pump(sa, cx);
}

/// The host has moved.
pub(super) fn update_path(sa: &mut Sa, cx: &mut Context<'_>, (path, mtu): (NetworkPath, Option<u16>)) {
    mobike::begin(sa, cx, path, mtu);
    own::pump(sa, cx);
}

/// The application has decided.
pub(super) fn decide(sa: &mut Sa, cx: &mut Context<'_>, serial: u64, decision: Decision) -> Result<(), Stale> {
    if let Some(waiting) = sa.serving.take_if(|waiting| waiting.serial == serial && waiting.deadline > cx.now) {
        serve::decided(sa, cx, waiting.job, Some(decision));
    } else {
        rivals::turn_to_asked(sa, serial, cx.now);
        let waiting = sa.asking.take_if(|waiting| waiting.serial == serial && waiting.deadline > cx.now).ok_or(Stale)?;
        own::decided(sa, cx, waiting.job, Some(decision));
    }
    own::pump(sa, cx);
    Ok(())
}

/// The application asks for something.
pub(super) fn command(sa: &mut Sa, cx: &mut Context<'_>, command: Command) {
    sa.enqueue(command);
    own::pump(sa, cx);
}

/// The application ends the IKE SA: the peer is told if it has one.
pub(super) fn delete(sa: &mut Sa, cx: &mut Context<'_>) {
    end(sa, cx, CloseReason::Requested);
}

/// The endpoint is shut down.
pub(super) fn shutdown(sa: &mut Sa, cx: &mut Context<'_>) {
    end(sa, cx, CloseReason::Shutdown);
}

fn end(sa: &mut Sa, cx: &mut Context<'_>, reason: CloseReason) {
    if !matches!(sa.phase, Phase::Up) {
        return sa.close(cx, reason);
    }
    // Whatever else waits is needless now.
    claims::forget_commands(cx.names, &mut sa.commands);
    sa.backoff = None;
    sa.commands.push_front(Command::Delete);
    own::pump(sa, cx);
}

/// The time has come.
pub(super) fn timeout(sa: &mut Sa, cx: &mut Context<'_>) {
    timeout::handle(sa, cx);
}
