//! IKE_FOLLOWUP_KE: additional key exchanges of a rekey or of a new Child SA, RFC 9370 section 2.2.4, from both sides.

use super::{child, rekey};
use crate::exchange::MessageContent;
use crate::fragment::Reassembled;
use crate::keys::Nonces;
use crate::registry::{ExchangeType, NotifyType, PayloadType};
use crate::role::Role;
use crate::session::claims::release_target;
use crate::session::close::{CloseReason, Refusing, Violation};
use crate::session::collision::{Crossed, Outcome};
use crate::session::context::Context;
use crate::session::event::OwnRequest;
use crate::session::key_exchange::{self, OwnKeyExchange};
use crate::session::reply::{After, Next, Refused, Reply};
use crate::session::sa::Sa;
use crate::session::task::{Begun, FollowupTask, Pending, Target, Task};
use crate::wire::{KeyExchange, Notify, Payload};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// As initiator: the next additional key exchange, or what comes of them all.
pub(in crate::session) fn go_on(
    sa: &mut Sa,
    cx: &mut Context<'_>,
    spi: u64,
    begun: Begun,
    link: Option<Vec<u8>>,
) -> Result<Next, CloseReason> {
    let Some(method) = begun.exchanges.next_method() else { return complete(sa, cx, spi, begun) };
    if has_lost(sa, spi, &begun) {
        // Whoever has lost sends no further ones: the peer forgets what was begun.
        release_target(cx.names, &begun.target);
        return Ok(Next::Done);
    }
    let started = || {
        let link = link.ok_or(Violation::MissingNotify(NotifyType::ADDITIONAL_KEY_EXCHANGE))?;
        let ke = OwnKeyExchange::begin(cx, method)?;
        let content = MessageContent::build(|chain| {
            chain.push(Payload::KeyExchange(ke.payload()));
            chain.push(Payload::Notify(Notify::new(NotifyType::ADDITIONAL_KEY_EXCHANGE, &link)));
        })?;
        Ok::<_, CloseReason>((ke, content))
    };
    match started() {
        Ok((ke, content)) => Ok(Next::Send(Task::Followup(Box::new(FollowupTask { begun, ke })), ExchangeType::IKE_FOLLOWUP_KE, content)),
        Err(reason) => {
            release_target(cx.names, &begun.target);
            Err(reason)
        }
    }
}

/// Whether the peer's rekey of the same SA has won already, by the nonces of the CREATE_CHILD_SA exchanges.
fn has_lost(sa: &Sa, spi: u64, begun: &Begun) -> bool {
    let outcome = match begun.target {
        Target::Child(_) => child::crossed(sa, begun.rekey.as_ref()).map(|crossed| crossed.decide(&begun.n_i, &begun.n_r)),
        Target::Ike { .. } => {
            let crossed = sa.ike(spi).and_then(|ike| ike.crossed.as_ref());
            crossed.map(|crossed| crossed.decide(&begun.n_i, &begun.n_r))
        }
    };
    outcome == Some(Outcome::Lost)
}

fn complete(sa: &mut Sa, cx: &mut Context<'_>, spi: u64, begun: Begun) -> Result<Next, CloseReason> {
    let secrets = begun.exchanges.finish()?;
    let nonces = Nonces { initiator: &begun.n_i, responder: &begun.n_r };
    match begun.target {
        Target::Child(draft) => child::complete(sa, cx, spi, *draft, (nonces, &secrets), begun.rekey),
        Target::Ike { spis, algorithms, selection, .. } => rekey::complete(sa, cx, spi, (spis, algorithms, selection), (nonces, &secrets)),
    }
}

/// As initiator: the response.
pub(in crate::session) fn response(
    sa: &mut Sa,
    cx: &mut Context<'_>,
    spi: u64,
    task: FollowupTask,
    message: &Reassembled,
) -> Result<Next, CloseReason> {
    let FollowupTask { mut begun, ke } = task;
    let mut taken = || {
        let parts = message.parts()?;
        if let Some(error) = parts.error() {
            return Ok(Err(error.ty));
        }
        let theirs = parts.key_exchange.ok_or(Violation::Missing(PayloadType::KE))?;
        let method = ke.method;
        begun.exchanges.add_secret(method, ke.finish(&theirs)?.as_octets())?;
        Ok::<_, CloseReason>(Ok(child::link(&parts)))
    };
    match taken() {
        Ok(Ok(link)) => go_on(sa, cx, spi, begun, link),
        Ok(Err(notify)) => {
            release_target(cx.names, &begun.target);
            let asked = match &begun.target {
                Target::Ike { .. } => OwnRequest::IkeRekey,
                Target::Child(_) => OwnRequest::child(begun.rekey.map(|rekey| rekey.old)),
            };
            sa.refused_ours(Refusing::Peer, ExchangeType::IKE_FOLLOWUP_KE, notify, asked);
            Ok(Next::Done)
        }
        Err(reason) => {
            release_target(cx.names, &begun.target);
            Err(reason)
        }
    }
}

/// As responder: the next additional key exchange; after the last, what was agreed on is there.
pub(in crate::session) fn respond(sa: &mut Sa, cx: &mut Context<'_>, spi: u64, message: &Reassembled) -> Result<Reply, Refused> {
    let parts = message.parts()?;
    let shown = parts.notify(NotifyType::ADDITIONAL_KEY_EXCHANGE).ok_or(Violation::MissingNotify(NotifyType::ADDITIONAL_KEY_EXCHANGE))?;
    let theirs = parts.key_exchange.ok_or(Violation::Missing(PayloadType::KE))?;
    let ike = sa.ike_mut(spi).ok_or(Refused::new(NotifyType::STATE_NOT_FOUND))?;
    if ike.is_closing() {
        return Err(Refused::new(NotifyType::STATE_NOT_FOUND));
    }
    let is_it = |pending: &Pending| pending.link == shown.data && pending.next_method() == Some(theirs.method);
    let Some(mut pending) = ike.pending.take_if(|pending| is_it(pending)) else {
        return Err(Refused::new(NotifyType::STATE_NOT_FOUND));
    };
    let served = key_exchange::answer(cx, &theirs).map_err(Refused::from).and_then(|(public, secret)| {
        pending.exchanges.add_secret(theirs.method, secret.as_octets()).map_err(Violation::from)?;
        let more = if pending.next_method().is_some() { Some(cx.octets::<8>()?) } else { None };
        let content = MessageContent::build(|chain| {
            chain.push(Payload::KeyExchange(KeyExchange { method: theirs.method, data: &public }));
            child::push_link(chain, more.as_ref());
        })?;
        Ok((content, more))
    });
    match served {
        Err(refused) => {
            sa.forget_pending(cx, spi, Some(pending));
            Err(refused)
        }
        Ok((content, Some(link))) => {
            pending.link = link;
            pending.until = cx.now + sa.config.limits.decision;
            if let Some(ike) = sa.ike_mut(spi) {
                ike.pending = Some(pending);
            }
            Ok(content.into())
        }
        Ok((content, None)) => conclude(sa, cx, spi, *pending, content),
    }
}

/// As responder: all secrets are there.
fn conclude(sa: &mut Sa, cx: &mut Context<'_>, spi: u64, pending: Pending, content: MessageContent) -> Result<Reply, Refused> {
    let secrets = pending.exchanges.finish().map_err(Violation::from)?;
    let nonces = Nonces { initiator: &pending.n_i, responder: &pending.n_r };
    match pending.target {
        Target::Child(draft) => {
            let (old, spi_in) = (draft.replaces, draft.spi_in);
            let installed = child::install(sa, cx, spi, *draft, (nonces, &secrets), (content, old));
            installed.inspect_err(|_| cx.names.release_child(spi_in))
        }
        Target::Ike { spis, own, algorithms, selection } => {
            let made = rekey::successor(sa, cx, (spi, Role::Responder), (spis, algorithms, selection), (nonces, &secrets));
            let ike = made.inspect_err(|_| cx.names.release_ike(own))?;
            Ok(Reply::Answer(content, After::Rekeyed(Box::new(ike), Crossed::new((&pending.n_i, &pending.n_r), own))))
        }
    }
}
