//! Requests of the peer: which step answers, and what follows.

use super::ask::Decision;
use super::child::{Child, ChildState};
use super::close::{CloseReason, Violation};
use super::collision::Crossed;
use super::command::Command;
use super::connection;
use super::context::Context;
use super::event::Event;
use super::id::ChildId;
use super::ike_sa::{Fate, IkeSa, LINGER};
use super::path::NetworkPath;
use super::phase::Phase;
use super::reply::{After, Refused, Reply};
use super::sa::Sa;
use super::serving::{PeerInstall, Serving, Stage};
use super::step::{authenticate, child, followup, informational, intermediate, rekey};
use super::task::{Target, Task};
use crate::exchange::{DeferredRequest, MessageContent};
use crate::fragment::Reassembled;
use crate::instant::Instant;
use crate::registry::{ExchangeType, NotifyType, PayloadType};
use core::time::Duration;

/// How long we wait for the peer to delete a Child SA that it has replaced; then we do it ourselves.
pub(super) const REPLACED: Duration = Duration::from_secs(30);

/// How long we wait for the peer to delete a generation that it has replaced: while it may still ask for the response that made another,
/// and delete it then.
pub(super) fn replaced_until(sa: &Sa, cx: &Context<'_>) -> Instant {
    cx.now + sa.schedule.give_up + REPLACED
}

/// A request that is served: where it came from, and on which generation.
pub(super) struct Served {
    pub(super) spi: u64,
    pub(super) exchange: ExchangeType,
    pub(super) path: NetworkPath,
    pub(super) request: DeferredRequest,
}

impl Served {
    /// It waits until the application has decided.
    fn until(self, stage: Stage) -> Serving {
        let Self { spi, exchange, path, request } = self;
        Serving { spi, request, exchange, path, stage }
    }
}

/// Answers a request that is whole, authentic and new.
pub(super) fn request(sa: &mut Sa, cx: &mut Context<'_>, served: Served, message: Reassembled) {
    let outcome = dispatch(sa, cx, (served.spi, served.path), message);
    finish(sa, cx, served, outcome);
}

fn dispatch(sa: &mut Sa, cx: &mut Context<'_>, (spi, path): (u64, NetworkPath), message: Reassembled) -> Result<Reply, Refused> {
    let exchange = message.header().exchange;
    match (exchange, &sa.phase) {
        // RFC 9242 section 3.2: all of them come before IKE_AUTH.
        (ExchangeType::IKE_INTERMEDIATE, Phase::Handshaking(handshake)) if handshake.eap.is_none() => intermediate(sa, cx, spi, &message),
        (ExchangeType::IKE_AUTH, Phase::Handshaking(_)) => authenticate::respond(sa, cx, message),
        (ExchangeType::CREATE_CHILD_SA, Phase::Up) => {
            // RFC 7296 section 1.3: without traffic selectors it is about the IKE SA.
            let is_child = message.payloads()?.payloads().any(|raw| raw.ty == PayloadType::TSI);
            if is_child { child::respond(sa, cx, spi, message, None) } else { rekey::respond(sa, cx, spi, &message) }
        }
        (ExchangeType::IKE_FOLLOWUP_KE, Phase::Up) => followup::respond(sa, cx, spi, &message),
        (ExchangeType::INFORMATIONAL, Phase::Up) => informational::respond(sa, cx, (spi, path), &message),
        (ExchangeType::INFORMATIONAL, Phase::Handshaking(handshake)) if handshake.eap.is_some() => informational::given_up(&message),
        _ => Err(Violation::Exchange(exchange).into()),
    }
}

fn intermediate(sa: &mut Sa, cx: &mut Context<'_>, spi: u64, message: &Reassembled) -> Result<Reply, Refused> {
    let Sa { phase, ikes, config, .. } = sa;
    match (phase, ikes.iter().find(|ike| ike.spi() == spi)) {
        (Phase::Handshaking(handshake), Some(ike)) => intermediate::respond(ike, handshake, &config.early_ppks, cx, message),
        _ => Err(Violation::Exchange(ExchangeType::IKE_INTERMEDIATE).into()),
    }
}

/// Goes on with a request of which the application has decided something, or nothing in time.
pub(super) fn decided(sa: &mut Sa, cx: &mut Context<'_>, serving: Serving, decision: Option<Decision>) {
    let Serving { spi, request, exchange, path, stage } = serving;
    let served = Served { spi, exchange, path, request };
    match stage {
        Stage::Install(install) => installed(sa, cx, served, *install, matches!(decision, Some(Decision::Installed))),
        Stage::Narrow { message, auth: None } => {
            let traffic = decision.unwrap_or(Decision::Refuse).traffic();
            let outcome = child::respond(sa, cx, spi, message, Some(traffic));
            finish(sa, cx, served, outcome);
        }
        stage => {
            let outcome = authenticate::decided(sa, cx, stage, decision);
            finish(sa, cx, served, outcome);
        }
    }
}

/// Answers, or waits for the application.
fn finish(sa: &mut Sa, cx: &mut Context<'_>, served: Served, outcome: Result<Reply, Refused>) {
    match outcome {
        Ok(Reply::Answer(content, after)) => {
            let outcome = answer(sa, cx, served, &content, after);
            close_on_error(sa, cx, outcome);
        }
        Ok(Reply::Wait(stage, question)) => {
            sa.serving = Some(sa.ask(question, served.until(stage), cx.now));
        }
        Ok(Reply::Install(install, event)) => {
            sa.serving = Some(sa.ask_install(event, served.until(Stage::Install(install)), cx.now));
        }
        Err(refused) => {
            sa.refused_theirs(served.exchange, refused.notify);
            let after = refused.close.map_or(After::Nothing, After::Close);
            match refused.content() {
                Ok(content) => {
                    let outcome = answer(sa, cx, served, &content, after);
                    close_on_error(sa, cx, outcome);
                }
                Err(error) => sa.close(cx, error.into()),
            }
        }
    }
}

/// Sends a response where its request came from (RFC 7296 section 2.11), and does what follows. Gives false if the generation is gone.
fn answer(sa: &mut Sa, cx: &mut Context<'_>, served: Served, content: &MessageContent, after: After) -> Result<bool, CloseReason> {
    let (path, is_up) = (served.path, matches!(after, After::Up));
    let limit = path.limit(sa.mtu);
    let Some(ike) = sa.ike_mut(served.spi) else { return Ok(false) };
    let sealed = ike.protected.respond(served.request, served.exchange, content, limit)?;
    let shown = cx.shown(content);
    sa.send(cx, path, &sealed, shown);
    follow(sa, cx, served.spi, after, (&sealed, content))?;
    if is_up && sa.nat.theirs && !sa.nat.ours && !path.is_tcp() {
        // Its NAT may have several addresses: this is the one of what has authenticated it.
        sa.follow(path);
    }
    if is_up && path.is_tcp() && path != sa.path {
        // Before it was up, a connection from another host was answered and not followed.
        connection::take(sa, cx, path);
    }
    Ok(true)
}

fn follow(
    sa: &mut Sa,
    cx: &mut Context<'_>,
    spi: u64,
    after: After,
    (sealed, content): (&crate::fragment::strategy::SealedMessage, &MessageContent),
) -> Result<(), CloseReason> {
    match after {
        After::Nothing => Ok(()),
        After::Intermediate(keys) => {
            let Sa { phase, ikes, .. } = sa;
            let (Phase::Handshaking(handshake), Some(ike)) = (phase, ikes.iter_mut().find(|ike| ike.spi() == spi)) else { return Ok(()) };
            intermediate::responded(ike, handshake, sealed, content)?;
            if let Some(keys) = keys {
                ike.protected.replace_keys(cx.provider, cx.random, *keys)?;
                sa.tell_keys(spi);
            }
            Ok(())
        }
        After::Up => {
            authenticate::up(sa, cx);
            Ok(())
        }
        After::Gone(reason) => {
            gone(sa, cx, spi, reason);
            Ok(())
        }
        After::Close(reason) => {
            linger(sa, cx, spi);
            sa.close(cx, reason);
            Ok(())
        }
        After::Rekeyed(ike, crossed) => {
            rekeyed(sa, cx, spi, *ike, crossed);
            Ok(())
        }
    }
}

/// A generation is deleted; it sends its last response again for a while.
fn linger(sa: &mut Sa, cx: &mut Context<'_>, spi: u64) {
    abandon(sa, cx, spi);
    if let Some(ike) = sa.ike_mut(spi) {
        ike.fate = Fate::Gone(cx.now + LINGER);
    }
}

/// What was begun on a generation is not finished there: what we asked for is asked again of the one that goes on.
pub(super) fn abandon(sa: &mut Sa, cx: &mut Context<'_>, spi: u64) {
    ask_again(sa, cx, spi);
    if let Some(ike) = sa.ike_mut(spi) {
        super::claims::release(cx.names, ike);
    }
}

/// The peer has deleted a generation: the one that took its place goes on, or all is over.
fn gone(sa: &mut Sa, cx: &mut Context<'_>, spi: u64, reason: CloseReason) {
    let successor = sa.ike(spi).and_then(|ike| ike.crossed.as_ref()).map(|crossed| crossed.made);
    linger(sa, cx, spi);
    // What the peer made and deletes again has taken nobody's place.
    for ike in sa.ikes.iter_mut().filter(|ike| !ike.is_rekeying()) {
        ike.crossed.take_if(|crossed| crossed.made == spi);
    }
    if spi != sa.current {
        return;
    }
    match successor.filter(|successor| sa.ike(*successor).is_some_and(|ike| ike.fate == Fate::Live)) {
        Some(successor) => take_over(sa, cx, successor),
        None => sa.close(cx, reason),
    }
}

/// What a generation that goes was asked and did not answer is asked again, of the one that took its place. What the peer began on it is
/// forgotten.
fn ask_again(sa: &mut Sa, cx: &mut Context<'_>, spi: u64) {
    let pending = sa.ike_mut(spi).and_then(|ike| ike.pending.take());
    sa.forget_pending(cx, spi, pending);
    let Some(ike) = sa.ike_mut(spi) else { return };
    let (again, task) = match ike.task.take() {
        Some(Task::CreateChild(task)) => {
            let again = match &task.rekey {
                Some(rekey) => Command::RekeyChild(rekey.old),
                None => Command::CreateChild(task.config.clone()),
            };
            (Some(again), Some(Task::CreateChild(task)))
        }
        Some(Task::Followup(task)) => {
            let again = match (&task.begun.target, &task.begun.rekey) {
                (Target::Child(_), Some(rekey)) => Some(Command::RekeyChild(rekey.old)),
                (Target::Child(draft), None) => Some(Command::CreateChild(draft.config.clone())),
                (Target::Ike { .. }, _) => None,
            };
            (again, Some(Task::Followup(task)))
        }
        Some(Task::DeleteChild(id, protocol)) => (Some(Command::Disown(id, protocol)), None),
        Some(Task::Addresses(task)) => (Some(Command::Addresses(task.what)), None),
        task => (None, task),
    };
    ike.task = task;
    if let Some(again) = again {
        sa.enqueue(again);
    }
}

/// Another generation is in use from here on. If the peer has deleted it already, there is none left that both sides have.
pub(super) fn take_over(sa: &mut Sa, cx: &mut Context<'_>, spi: u64) {
    if sa.current == spi {
        return;
    }
    if sa.ike(spi).is_none_or(|ike| ike.fate != Fate::Live) {
        return sa.close(cx, CloseReason::Deleted);
    }
    let until = replaced_until(sa, cx);
    let before = core::mem::replace(&mut sa.current, spi);
    if let Some(before) = sa.ike_mut(before).filter(|ike| ike.fate == Fate::Live) {
        before.fate = Fate::Replaced(until);
    }
    sa.rekey_at = sa.ike_rekey_at(cx);
    sa.commands.retain(|command| !matches!(command, Command::Rekey));
    sa.failures = 0;
    if let Some(spis) = sa.ike(spi).map(IkeSa::spis) {
        sa.tell(Event::Rekeyed { spis });
    }
}

/// The peer has rekeyed the IKE SA. If we are about to do the same, the nonces decide once all are known.
fn rekeyed(sa: &mut Sa, cx: &mut Context<'_>, spi: u64, ike: IkeSa, crossed: Crossed<u64>) {
    let made = ike.spi();
    sa.add_generation(ike);
    sa.tell_keys(made);
    let Some(old) = sa.ike_mut(spi) else { return };
    old.crossed = Some(crossed);
    if !old.is_rekeying() {
        let until = replaced_until(sa, cx);
        if let Some(old) = sa.ike_mut(spi) {
            old.fate = Fate::Replaced(until);
        }
        take_over(sa, cx, made);
    }
}

/// The application has installed a Child SA, or has not: the peer is told.
fn installed(sa: &mut Sa, cx: &mut Context<'_>, served: Served, install: PeerInstall, is_installed: bool) {
    let PeerInstall { child, content, refusal, old, is_auth } = install;
    let after = if is_auth { After::Up } else { After::Nothing };
    if !is_installed {
        cx.names.release_child(child.id.0);
        sa.uncross(cx, child.id);
        sa.refused_theirs(served.exchange, NotifyType::NO_ADDITIONAL_SAS);
        let outcome = answer(sa, cx, served, &refusal, after);
        return close_on_error(sa, cx, outcome);
    }
    match answer(sa, cx, served, &content, after) {
        Ok(true) if !sa.is_closed() => child_up(sa, cx, child, old),
        Ok(true) => cx.names.release_child(child.id.0),
        outcome => {
            // The peer does not hear of it, so it is none.
            cx.names.release_child(child.id.0);
            sa.uncross(cx, child.id);
            sa.tell(Event::ChildDown(child.id));
            close_on_error(sa, cx, outcome);
        }
    }
}

fn close_on_error(sa: &mut Sa, cx: &mut Context<'_>, outcome: Result<bool, CloseReason>) {
    if let Err(reason) = outcome {
        sa.close(cx, reason);
    }
}

fn child_up(sa: &mut Sa, cx: &mut Context<'_>, child: Child, old: Option<ChildId>) {
    let new = child.id;
    sa.children.push(child);
    let Some(old) = old else { return sa.tell(Event::ChildUp(new)) };
    let is_ours_too = rekeys(sa, old);
    let until = cx.now + REPLACED;
    match sa.child_mut(old) {
        Some(child) => {
            if !is_ours_too && child.state == ChildState::Up {
                child.state = ChildState::Replaced(until);
            }
            sa.tell(Event::ChildRekeyed { old, new, is_ours: false });
        }
        None => sa.tell(Event::ChildUp(new)),
    }
}

/// Whether we are about to rekey a Child SA.
pub(super) fn rekeys(sa: &Sa, child: ChildId) -> bool {
    let tasks = sa.ikes.iter().any(|ike| match &ike.task {
        Some(Task::CreateChild(task)) => task.rekey.as_ref().is_some_and(|rekey| rekey.old == child),
        Some(Task::Followup(task)) => task.begun.rekey.as_ref().is_some_and(|rekey| rekey.old == child),
        _ => false,
    });
    let asking = sa.asking.as_ref().is_some_and(|waiting| match &waiting.job {
        super::task::Asking::Install(install) => install.rekey.as_ref().is_some_and(|rekey| rekey.old == child),
        _ => false,
    });
    tasks || asking
}
