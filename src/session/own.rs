//! Exchanges of ours: which step begins them, which takes their response, and what follows.

use super::ask::Decision;
use super::authentication::LocalAuth;
use super::child::{Child, ChildState};
use super::claims;
use super::close::{CloseReason, Refusing, Violation};
use super::collision::Outcome;
use super::command::Command;
use super::config::Lifetimes;
use super::connection;
use super::context::Context;
use super::event::{Event, OwnRequest};
use super::id::ChildId;
use super::ike_sa::{Fate, IkeSa};
use super::peer::PeerConfig;
use super::phase::Phase;
use super::reply::Next;
use super::rivals::{self, Tried, Turn};
use super::sa::Sa;
use super::serve::{REPLACED, abandon, rekeys, replaced_until, take_over};
use super::step::{authenticate, child, followup, informational, intermediate, mobike, rekey};
use super::task::{Asking, OwnInstall, Task};
use crate::error::BuildError;
use crate::exchange::{AnsweredRequest, MessageContent, RetransmissionSchedule};
use crate::fragment::Reassembled;
use crate::registry::{ExchangeType, NotifyType};
use alloc::vec::Vec;
use core::time::Duration;

/// The first wait after TEMPORARY_FAILURE, of which a random part is taken; it doubles each time.
const BACKOFF: Duration = Duration::from_secs(2);
/// TEMPORARY_FAILURE this many times in a row ends the IKE SA: some two minutes.
const FAILURES: u32 = 6;

/// The first wait for a peer that may have to ask somebody: a server of its own, or a person.
const PATIENCE: Duration = Duration::from_secs(1);

/// When a rekey that came to nothing is tried again.
const TRY_AGAIN: Duration = Duration::from_secs(60);

/// The response to our request on a generation.
pub(super) fn response(sa: &mut Sa, cx: &mut Context<'_>, spi: u64, (request, message): (AnsweredRequest, Reassembled)) {
    sa.was_resent = request.round_trip().is_none();
    let Some(task) = sa.ike_mut(spi).and_then(|ike| ike.task.take()) else { return };
    if matches!(sa.phase, Phase::Up) && says_invalid_syntax(&message) {
        // RFC 7296 section 2.21.3: the peer has closed it.
        claims::release_task(cx.names, &task);
        return sa.close(cx, CloseReason::Refused { exchange: message.header().exchange, notify: NotifyType::INVALID_SYNTAX });
    }
    let is_create = matches!(task, Task::CreateChild(_) | Task::Rekey(_) | Task::Followup(_));
    let next = match task {
        Task::Intermediate(ke) => intermediate(sa, cx, spi, ke, &request, &message),
        Task::Auth(spi_in) => authenticate::response(sa, cx, spi_in, message),
        Task::CreateChild(task) => child::response(sa, cx, *task, &message),
        Task::Rekey(task) => rekey::response(sa, cx, spi, *task, &message),
        Task::Followup(task) => followup::response(sa, cx, spi, *task, &message),
        Task::DeleteChild(id, _) => {
            if sa.drop_child(cx, id).is_none() {
                cx.names.release_child(id.0);
            }
            Ok(Next::Done)
        }
        Task::Delete => return deleted(sa, cx, spi),
        Task::Ping => mobike::pinged(sa, spi, &message),
        Task::Addresses(task) => mobike::response(sa, cx, spi, task, &message),
        Task::Farewell(reason) => return sa.close(cx, reason),
    };
    if is_create && !matches!(next, Ok(Next::Later(_))) {
        sa.failures = 0;
    }
    go(sa, cx, spi, next);
}

fn says_invalid_syntax(message: &Reassembled) -> bool {
    message.parts().is_ok_and(|parts| parts.notify(NotifyType::INVALID_SYNTAX).is_some())
}

fn intermediate(
    sa: &mut Sa,
    cx: &mut Context<'_>,
    spi: u64,
    ke: Option<super::key_exchange::OwnKeyExchange>,
    request: &AnsweredRequest,
    message: &Reassembled,
) -> Result<Next, CloseReason> {
    let Sa { phase, ikes, peer, .. } = sa;
    let (Phase::Handshaking(handshake), Some(ike)) = (phase, ikes.iter_mut().find(|ike| ike.spi() == spi)) else {
        return Err(Violation::Exchange(ExchangeType::IKE_INTERMEDIATE).into());
    };
    if let Some(error) = message.parts()?.error() {
        return Err(CloseReason::Refused { exchange: ExchangeType::IKE_INTERMEDIATE, notify: error.ty });
    }
    let ppk = peer.as_ref().and_then(|peer| peer.ppk.as_ref());
    if let Some(keys) = intermediate::response(ike, handshake, (ke, ppk), request, message)? {
        ike.protected.replace_keys(cx.provider, cx.random, keys)?;
        sa.tell_keys(spi);
    }
    handshake_next(sa, cx)
}

/// What an initiator does next before the IKE SA is up.
pub(super) fn handshake_next(sa: &mut Sa, cx: &mut Context<'_>) -> Result<Next, CloseReason> {
    let Phase::Handshaking(handshake) = &sa.phase else { return Ok(Next::Done) };
    let Some(ike) = sa.ike(sa.current).filter(|_| handshake.is_before_intermediate()) else { return authenticate::begin(sa, cx) };
    let ppk = sa.peer.as_ref().and_then(|peer| peer.ppk.as_ref());
    let (task, content) = intermediate::request(ike, handshake, cx, ppk)?;
    Ok(Next::Send(task, ExchangeType::IKE_INTERMEDIATE, content))
}

/// Goes back to another answer to our IKE_SA_INIT request, where there is one and nobody has authenticated itself.
pub(super) fn try_other(sa: &mut Sa, cx: &mut Context<'_>, tried: Tried) -> bool {
    match rivals::turn(sa, cx, tried) {
        Turn::Same => return false,
        Turn::Asked => {}
        Turn::New => {
            let (spi, next) = (sa.current, handshake_next(sa, cx));
            go(sa, cx, spi, next);
        }
        Turn::Resumed => {
            let (path, spi) = (sa.path, sa.current);
            let again = sa.ike_mut(spi).and_then(|ike| ike.protected.send_again(cx.now));
            if let Some(sealed) = again {
                sa.send_again(cx, path, &sealed);
            }
        }
    }
    true
}

/// Goes on with an exchange of ours of which the application has decided something, or nothing in time.
pub(super) fn decided(sa: &mut Sa, cx: &mut Context<'_>, asking: Asking, decision: Option<Decision>) {
    let spi = sa.current;
    let next = match asking {
        Asking::Sign { with_ppk } => authenticate::signed(sa, cx, with_ppk, decision),
        Asking::Eap { spi_in } => authenticate::eap_decided(sa, cx, spi_in, decision),
        Asking::Verify { response, spi_in } => authenticate::verified(sa, cx, (spi_in, &response), decision),
        Asking::Install(install) => {
            installed(sa, *install, matches!(decision, Some(Decision::Installed)));
            Ok(Next::Done)
        }
    };
    go(sa, cx, spi, next);
}

/// The application has installed a Child SA that we asked for, or has not.
fn installed(sa: &mut Sa, install: OwnInstall, is_installed: bool) {
    let OwnInstall { child, rekey, nonces } = install;
    let (new, protocol) = (child.id, child.protocol);
    if !is_installed {
        let asked = OwnRequest::child(rekey.map(|rekey| rekey.old));
        sa.refused_ours(Refusing::We, ExchangeType::CREATE_CHILD_SA, NotifyType::NO_ADDITIONAL_SAS, asked);
        return sa.commands.push_front(Command::Disown(new, protocol));
    }
    let outcome = child::crossed(sa, rekey.as_ref()).map(|crossed| crossed.decide(&nonces.0, &nonces.1));
    sa.children.push(child);
    match (rekey.map(|rekey| rekey.old), outcome) {
        (None, _) => sa.tell(Event::ChildUp(new)),
        (Some(_), Some(Outcome::Lost)) => {
            sa.tell(Event::ChildUp(new));
            sa.commands.push_front(Command::DeleteChild(new));
        }
        (Some(old), None | Some(Outcome::Won)) => {
            sa.tell(Event::ChildRekeyed { old, new, is_ours: true });
            if sa.child(old).is_some() {
                sa.commands.push_front(Command::DeleteChild(old));
            }
        }
    }
}

/// Does what comes next.
pub(super) fn go(sa: &mut Sa, cx: &mut Context<'_>, spi: u64, next: Result<Next, CloseReason>) {
    match next {
        Ok(Next::Done) => {
            settle(sa, cx, spi);
            try_again_later(sa, cx);
        }
        Ok(Next::Send(task, exchange, content)) => {
            if !matches!(task, Task::Farewell(_)) || !try_other(sa, cx, Tried::Failed) {
                start(sa, cx, spi, (task, exchange, content));
            }
        }
        Ok(Next::Ask(asking, question)) => sa.asking = Some(sa.ask(question, asking, cx.now)),
        Ok(Next::Install(install, event)) => {
            sa.asking = Some(sa.ask_install(event, Asking::Install(install), cx.now));
        }
        Ok(Next::Later(command)) => later(sa, cx, command),
        Ok(Next::KeysDue(begun, link)) => {
            let next = followup::go_on(sa, cx, spi, *begun, link);
            go(sa, cx, spi, next);
        }
        Ok(Next::Rekeyed(ike, outcome)) => rekeyed(sa, cx, spi, *ike, outcome),
        Err(reason) => fail(sa, cx, spi, reason),
    }
}

/// Begins an exchange on a generation.
pub(super) fn start(sa: &mut Sa, cx: &mut Context<'_>, spi: u64, (task, exchange, content): (Task, ExchangeType, MessageContent)) {
    let (path, schedule) = (sa.path, schedule(sa, &task));
    let limit = path.limit(sa.mtu);
    let shown = cx.shown(&content);
    let Some(ike) = sa.ike_mut(spi) else { return claims::release_task(cx.names, &task) };
    match ike.protected.request(exchange, content, limit, (schedule, cx.now)).cloned() {
        Ok(sealed) => {
            ike.task = Some(task);
            sa.send(cx, path, &sealed, shown);
        }
        Err(error) => {
            claims::release_task(cx.names, &task);
            sa.close(cx, error.into());
        }
    }
}

/// Where the peer may have to ask somebody, the first wait is not that of a round trip.
fn schedule(sa: &Sa, task: &Task) -> RetransmissionSchedule {
    let asks_somebody = |peer: &PeerConfig| matches!(peer.local_auth, LocalAuth::Eap(_)) || peer.asks_for.is_some();
    let is_asking = matches!(task, Task::Auth(_)) && sa.peer.as_ref().is_some_and(|peer| asks_somebody(peer));
    let first = if is_asking { sa.schedule.first.max(PATIENCE.min(sa.config.schedule.first)) } else { sa.schedule.first };
    RetransmissionSchedule { first, ..sa.schedule }
}

/// The same again after a while, with a random part, so that two sides do not meet for ever (RFC 7296 section 2.25).
fn later(sa: &mut Sa, cx: &mut Context<'_>, command: Command) {
    if sa.commands.iter().any(|waiting| matches!(waiting, Command::Delete)) {
        // It is to end anyway.
        return;
    }
    sa.failures = sa.failures.saturating_add(1);
    if sa.failures > FAILURES {
        let spi = sa.current;
        return fail(sa, cx, spi, CloseReason::TemporaryFailures);
    }
    let longest = BACKOFF.saturating_mul(1_u32.checked_shl(sa.failures).unwrap_or(u32::MAX));
    let half = longest.checked_div(2).unwrap_or(longest);
    let more = cx.below(u64::try_from(half.as_millis()).unwrap_or(u64::MAX));
    sa.backoff = Some(cx.now + half + Duration::from_millis(more));
    sa.commands.push_front(command);
}

/// An exchange of ours is over: where it was to rekey and came to nothing, what the peer made in its place counts.
fn settle(sa: &mut Sa, cx: &mut Context<'_>, spi: u64) {
    let until = cx.now + REPLACED;
    let replaced: Vec<ChildId> = sa
        .children
        .iter()
        .filter(|child| child.state == ChildState::Up && !rekeys(sa, child.id))
        .filter(|child| child.crossed.as_ref().is_some_and(|crossed| sa.child(crossed.made).is_some()))
        .map(|child| child.id)
        .collect();
    for id in replaced {
        // What we delete ourselves is about to be deleted anyway.
        let is_ours = sa.commands.iter().any(|command| matches!(command, Command::DeleteChild(deleted) if *deleted == id));
        if let Some(child) = sa.child_mut(id).filter(|_| !is_ours) {
            child.state = ChildState::Replaced(until);
        }
    }
    let made = sa.ike(spi).filter(|ike| !ike.is_rekeying() && ike.fate == Fate::Live).and_then(|ike| ike.crossed.as_ref());
    let made = made.map(|crossed| crossed.made).filter(|made| spi == sa.current && sa.ike(*made).is_some_and(|ike| ike.fate == Fate::Live));
    if let Some(made) = made {
        take_over(sa, cx, made);
    }
}

/// Keys that were to be replaced and were not, are to be replaced all the same.
fn try_again_later(sa: &mut Sa, cx: &mut Context<'_>) {
    let Lifetimes { ike, child } = sa.lifetimes();
    let asks = sa.commands.iter().any(|command| matches!(command, Command::Rekey));
    let is_rekeying = sa.ike(sa.current).is_none_or(IkeSa::is_rekeying);
    if ike.is_some() && sa.rekey_at.is_none() && !asks && !is_rekeying {
        sa.rekey_at = Some(cx.now + cx.jittered(TRY_AGAIN));
    }
    let is_left = |child: &Child| child.state == ChildState::Up && child.rekey_at.is_none() && !rekeys(sa, child.id);
    let left: Vec<ChildId> = sa.children.iter().filter(|one| child.is_some() && is_left(one)).map(|one| one.id).collect();
    for id in left {
        let asks = sa.commands.iter().any(|command| matches!(command, Command::RekeyChild(asked) if *asked == id));
        let at = cx.now + cx.jittered(TRY_AGAIN);
        if let Some(child) = sa.child_mut(id).filter(|_| !asks) {
            child.rekey_at = Some(at);
        }
    }
}

/// Another generation is there, which we have asked for.
fn rekeyed(sa: &mut Sa, cx: &mut Context<'_>, old: u64, ike: IkeSa, outcome: Option<Outcome>) {
    let new = ike.spi();
    let theirs = sa.ike(old).and_then(|ike| ike.crossed.as_ref()).map(|crossed| crossed.made);
    sa.add_generation(ike);
    sa.tell_keys(new);
    let until = replaced_until(sa, cx);
    if outcome == Some(Outcome::Lost) && theirs.is_none_or(|theirs| sa.ike(theirs).is_none()) {
        // The additional key exchanges of the peer's are still to come: until then all stays as it is.
        return delete_generation(sa, cx, new);
    }
    let (winner, delete, other) = match (outcome, theirs) {
        (Some(Outcome::Lost), Some(theirs)) => (theirs, new, old),
        (_, theirs) => (new, old, theirs.unwrap_or(old)),
    };
    match sa.ike(winner).map(|ike| ike.fate) {
        Some(Fate::Live) => {}
        // The peer has rekeyed what has won meanwhile.
        _ if sa.current != old => return delete_generation(sa, cx, delete),
        // The peer has deleted what has won.
        _ => return sa.close(cx, CloseReason::Deleted),
    }
    // The peer deletes the other one.
    if let Some(other) = sa.ike_mut(other).filter(|ike| other != delete && !ike.is_gone()) {
        other.fate = Fate::Replaced(until);
    }
    take_over(sa, cx, winner);
    delete_generation(sa, cx, delete);
}

/// Deletes a generation that another has taken the place of.
pub(super) fn delete_generation(sa: &mut Sa, cx: &mut Context<'_>, spi: u64) {
    match informational::delete_ike() {
        Ok(content) => start(sa, cx, spi, (Task::Delete, ExchangeType::INFORMATIONAL, content)),
        Err(error) => sa.close(cx, error.into()),
    }
}

/// Our Delete of a generation is answered.
pub(super) fn deleted(sa: &mut Sa, cx: &mut Context<'_>, spi: u64) {
    if spi == sa.current {
        return sa.close(cx, CloseReason::Requested);
    }
    drop_generation(sa, cx, spi);
}

/// Forgets a generation.
pub(super) fn drop_generation(sa: &mut Sa, cx: &mut Context<'_>, spi: u64) {
    abandon(sa, cx, spi);
    if let Some(index) = sa.ikes.iter().position(|ike| ike.spi() == spi) {
        sa.ikes.swap_remove(index);
        sa.ikes.shrink_to_fit();
        cx.names.release_ike(spi);
    }
}

/// An exchange failed in a way that leaves the IKE SA unusable. A peer that has it up is told, if the window has room.
pub(super) fn fail(sa: &mut Sa, cx: &mut Context<'_>, spi: u64, reason: CloseReason) {
    // What the application does not decide, it would not decide about another answer.
    if !matches!(reason, CloseReason::Undecided) && try_other(sa, cx, Tried::Failed) {
        return;
    }
    let is_told = matches!(reason, CloseReason::NotAuthenticated | CloseReason::Authentication(_) | CloseReason::Deleted);
    let can_tell = matches!(sa.phase, Phase::Up) && sa.ike(spi).is_some_and(|ike| !ike.is_busy() && ike.fate == Fate::Live);
    match informational::delete_ike() {
        Ok(content) if can_tell && !is_told => start(sa, cx, spi, (Task::Farewell(reason), ExchangeType::INFORMATIONAL, content)),
        _ => sa.close(cx, reason),
    }
}

/// Begins what waits, if the window has room.
pub(super) fn pump(sa: &mut Sa, cx: &mut Context<'_>) {
    while let Some(spi) = connection::to_check(sa) {
        start(sa, cx, spi, (Task::Ping, ExchangeType::INFORMATIONAL, MessageContent::empty()));
    }
    connection::resume(sa, cx);
    while matches!(sa.phase, Phase::Up) && !sa.is_asking_peer() && sa.asking.is_none() {
        sa.backoff = sa.backoff.filter(|until| *until > cx.now);
        // TEMPORARY_FAILURE puts off what makes SAs.
        // What the peer has begun on a generation is finished on it.
        let is_begun = sa.serving.is_some() || sa.ike(sa.current).is_some_and(|ike| ike.pending.is_some());
        let may_rekey = |command: &Command| !is_begun || !matches!(command, Command::Rekey);
        let is_next = |command: &Command| may_rekey(command) && (sa.backoff.is_none() || !command.is_create());
        let Some(command) = sa.commands.iter().position(is_next).and_then(|index| sa.commands.remove(index)) else { return };
        sa.deleted_unborn.clear();
        let spi = sa.current;
        let (is_create, asked) = (command.is_create(), command.asked());
        match carry_out(sa, cx, command) {
            Ok(Some((task, exchange, content))) => start(sa, cx, spi, (task, exchange, content)),
            // The peer has done it, between two attempts of ours: whoever was busy is no longer.
            Ok(None) if is_create => sa.failures = 0,
            Ok(None) => {}
            Err(reason) => match not_asked(&reason) {
                Some(notify) => {
                    sa.refused_ours(Refusing::We, ExchangeType::CREATE_CHILD_SA, notify, asked.unwrap_or(OwnRequest::Child));
                }
                None => fail(sa, cx, spi, reason),
            },
        }
    }
}

/// Why a request is not made, and what is up stays up.
const fn not_asked(reason: &CloseReason) -> Option<NotifyType> {
    match reason {
        // There is no SPI left, or no randomness.
        CloseReason::Crypto(_) => Some(NotifyType::NO_ADDITIONAL_SAS),
        // There is no traffic that it could be for: none of it is of the address that we were given.
        CloseReason::Build(BuildError::EmptyList { .. }) => Some(NotifyType::TS_UNACCEPTABLE),
        _ => None,
    }
}

/// The request that carries out a command; `None` if there is nothing left to do.
fn carry_out(sa: &mut Sa, cx: &mut Context<'_>, command: Command) -> Result<Option<(Task, ExchangeType, MessageContent)>, CloseReason> {
    let informational = ExchangeType::INFORMATIONAL;
    let create = |(task, content)| Some((task, ExchangeType::CREATE_CHILD_SA, content));
    Ok(match command {
        Command::Ping => Some((Task::Ping, informational, mobike::ping(sa, cx)?)),
        Command::Addresses(what) => mobike::request(sa, cx, what)?.map(|(task, content)| (task, informational, content)),
        Command::CreateChild(config) => create(child::request(sa, cx, config, None, None)?),
        Command::RekeyChild(id) => match sa.child(id).filter(|child| child.state == ChildState::Up && child.crossed.is_none()) {
            Some(old) => {
                let config = old.config.clone();
                create(child::request(sa, cx, config, Some(id), None)?)
            }
            None => None,
        },
        Command::DeleteChild(id) => match sa.child_mut(id) {
            Some(child) => {
                child.state = ChildState::Deleting;
                let protocol = child.protocol;
                Some((Task::DeleteChild(id, protocol), informational, informational::delete_child(id, protocol)?))
            }
            None => None,
        },
        Command::Disown(id, protocol) => Some((Task::DeleteChild(id, protocol), informational, informational::delete_child(id, protocol)?)),
        Command::Rekey => create(rekey::request(sa, cx, None)?),
        Command::Delete => Some((Task::Delete, informational, informational::delete_ike()?)),
    })
}
