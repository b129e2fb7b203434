//! CREATE_CHILD_SA that rekeys the IKE SA, RFC 7296 sections 1.3.2 and 2.18, from both sides.

use super::child::{link, push_link};
use crate::exchange::{MessageContent, Protected, ProtectedSetup, SaOrigin};
use crate::fragment::Reassembled;
use crate::ke::KeyExchangeSecrets;
use crate::keys::{IkeKeys, Nonces, Skeyseed};
use crate::proposal::{InvalidKeRetries, NegotiationContext, Question, Selection, check_response, emit_all, negotiate};
use crate::registry::{ExchangeType, KeMethod, NotifyType, PayloadType};
use crate::role::Role;
use crate::session::algorithms::Algorithms;
use crate::session::child::ike_spi;
use crate::session::close::{CloseReason, Refusing, Violation};
use crate::session::collision::Crossed;
use crate::session::command::Command;
use crate::session::context::{Context, NONCE};
use crate::session::event::OwnRequest;
use crate::session::ike_sa::IkeSa;
use crate::session::key_exchange::{self, OwnKeyExchange};
use crate::session::reply::{After, Next, Refused, Reply};
use crate::session::sa::Sa;
use crate::session::task::{Begun, Pending, RekeyTask, Target, Task};
use crate::wire::{IkeSpis, KeyExchange, Nonce, NotifyData, Parts, Payload};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Generations of an IKE SA that are kept: the one in use, and those of the last minute that still send responses again.
const GENERATIONS: usize = 8;

/// What a generation is made of: its SPIs, its algorithms, and what was chosen.
pub(super) type Made = (IkeSpis, Algorithms, Box<Selection>);

/// As initiator: asks for another generation, with `again` for its first key exchange if the peer wants another method.
pub(in crate::session) fn request(
    sa: &Sa,
    cx: &mut Context<'_>,
    again: Option<(KeMethod, InvalidKeRetries)>,
) -> Result<(Task, MessageContent), CloseReason> {
    let current = sa.ike(sa.current).and_then(|ike| ike.algorithms.ke);
    let wanted = again.map(|(method, _)| method).or(current);
    let method = key_exchange::first_method(&sa.config.ike, wanted).ok_or(Violation::Missing(PayloadType::SA))?;
    let retries = again.map_or_else(|| InvalidKeRetries::new(method), |(_, retries)| retries);
    let ke = OwnKeyExchange::begin(cx, method)?;
    let nonce = cx.octets::<NONCE>()?;
    let spi = cx.ike_spi(sa.id)?;
    let content = MessageContent::build(|chain| {
        chain.sa(|builder| emit_all(sa.config.ike.proposals(), builder, &spi.to_be_bytes()));
        chain.push(Payload::Nonce(Nonce { data: &nonce }));
        chain.push(Payload::KeyExchange(ke.payload()));
    });
    let content = content.inspect_err(|_| cx.names.release_ike(spi))?;
    Ok((Task::Rekey(Box::new(RekeyTask { spi, nonce, ke, retries })), content))
}

/// As initiator: the response to [`request`].
pub(in crate::session) fn response(
    sa: &mut Sa,
    cx: &mut Context<'_>,
    spi: u64,
    task: RekeyTask,
    message: &Reassembled,
) -> Result<Next, CloseReason> {
    let own = task.spi;
    let parts = message.parts().inspect_err(|_| cx.names.release_ike(own))?;
    if let Some(error) = parts.error() {
        cx.names.release_ike(own);
        return Ok(refused(sa, cx, spi, task, (error.ty, error.typed_data().ok())));
    }
    let begun = accept(sa, cx, task, &parts).inspect_err(|_| cx.names.release_ike(own))?;
    Ok(Next::KeysDue(Box::new(begun), link(&parts)))
}

fn accept(sa: &Sa, cx: &Context<'_>, task: RekeyTask, parts: &Parts<'_>) -> Result<Begun, CloseReason> {
    let answer = parts.first(PayloadType::SA).ok_or(Violation::Missing(PayloadType::SA))?.body;
    let n_r = parts.nonce.ok_or(Violation::Missing(PayloadType::NONCE))?.data;
    let theirs = parts.key_exchange.ok_or(Violation::Missing(PayloadType::KE))?;
    let selection = check_response(answer, NegotiationContext::RekeyIkeSa, &sa.config.ike)?;
    let spis = IkeSpis { initiator: task.spi, responder: ike_spi(&selection)? };
    let algorithms = Algorithms::of(cx.provider, &selection)?;
    let mut exchanges = selection.key_exchanges()?.start();
    let method = task.ke.method;
    exchanges.add_secret(method, task.ke.finish(&theirs)?.as_octets())?;
    let target = Target::Ike { spis, own: task.spi, algorithms, selection: Box::new(selection) };
    Ok(Begun { target, exchanges, n_i: task.nonce.to_vec(), n_r: n_r.to_vec(), rekey: None })
}

fn refused(sa: &mut Sa, cx: &mut Context<'_>, spi: u64, task: RekeyTask, error: (NotifyType, Option<NotifyData<'_>>)) -> Next {
    let is_crossed = sa.ike(spi).is_none_or(|ike| ike.crossed.is_some());
    match error {
        (_, Some(NotifyData::InvalidKePayload(wanted))) if !is_crossed => {
            let mut retries = task.retries;
            let again = retries.accept(wanted, &sa.config.ike).then(|| request(sa, cx, Some((wanted, retries))));
            if let Some(Ok((task, content))) = again {
                return Next::Send(task, ExchangeType::CREATE_CHILD_SA, content);
            }
        }
        // The peer's own rekey has made ours needless.
        (NotifyType::TEMPORARY_FAILURE, _) if is_crossed => return Next::Done,
        (NotifyType::TEMPORARY_FAILURE, _) => return Next::Later(Command::Rekey),
        _ => {}
    }
    sa.refused_ours(Refusing::Peer, ExchangeType::CREATE_CHILD_SA, error.0, OwnRequest::IkeRekey);
    Next::Done
}

/// As initiator: all key exchanges are done.
pub(super) fn complete(
    sa: &mut Sa,
    cx: &mut Context<'_>,
    spi: u64,
    made: Made,
    (nonces, secrets): (Nonces<'_>, &KeyExchangeSecrets),
) -> Result<Next, CloseReason> {
    let crossed = sa.ike(spi).and_then(|ike| ike.crossed.as_ref());
    let outcome = crossed.map(|crossed| crossed.decide(nonces.initiator, nonces.responder));
    let own = made.0.initiator;
    let ike = successor(sa, cx, (spi, Role::Initiator), made, (nonces, secrets)).inspect_err(|_| cx.names.release_ike(own))?;
    Ok(Next::Rekeyed(Box::new(ike), outcome))
}

/// The generation that takes the place of another: the side that rekeys is its initiator, whoever was before (RFC 7296 section 2.18).
pub(super) fn successor(
    sa: &Sa,
    cx: &mut Context<'_>,
    (spi, role): (u64, Role),
    (spis, algorithms, selection): Made,
    (nonces, secrets): (Nonces<'_>, &KeyExchangeSecrets),
) -> Result<IkeSa, CloseReason> {
    let old = sa.ike(spi).ok_or(CloseReason::Deleted)?;
    let skeyseed = Skeyseed::rekeyed(old.algorithms.prf, old.protected.keys().sk_d(), nonces, secrets)?;
    let keys = IkeKeys::derive(algorithms.prf, &skeyseed, nonces, spis, algorithms.lengths())?;
    let before = old.protected.setup();
    let setup = ProtectedSetup {
        spis,
        role,
        origin: SaOrigin::Rekey,
        suite: algorithms.suite,
        fragmentation: before.fragmentation,
        limits: before.limits,
    };
    Ok(IkeSa::new(Protected::new(cx.provider, cx.random, setup, keys)?, algorithms, selection))
}

/// As responder: a request for another generation.
pub(in crate::session) fn respond(sa: &mut Sa, cx: &mut Context<'_>, spi: u64, message: &Reassembled) -> Result<Reply, Refused> {
    let parts = message.parts()?;
    let ike = sa.ike(spi).ok_or(Refused::new(NotifyType::TEMPORARY_FAILURE))?;
    // RFC 7296 section 2.25.2. A generation of which the nonces have still to decide cannot be followed by another.
    if spi != sa.current
        || sa.ikes.len() >= GENERATIONS
        || ike.changes_children()
        || ike.is_closing()
        || ike.crossed.is_some()
        || sa.asking.is_some()
    {
        return Err(Refused::new(NotifyType::TEMPORARY_FAILURE));
    }
    let offer = parts.first(PayloadType::SA).ok_or(Violation::Missing(PayloadType::SA))?.body;
    let n_i = parts.nonce.ok_or(Violation::Missing(PayloadType::NONCE))?.data.to_vec();
    let asked = Question::new(NegotiationContext::RekeyIkeSa, parts.key_exchange.map(|ke| ke.method));
    let selection = negotiate(offer, asked, &sa.config.ike).map_err(Refused::declined)?;
    let theirs = parts.key_exchange.ok_or(Violation::Missing(PayloadType::KE))?;
    let initiator = ike_spi(&selection)?;
    let algorithms = Algorithms::of(cx.provider, &selection)?;
    let mut exchanges = selection.key_exchanges().map_err(Violation::from)?.start();
    let (public, secret) = key_exchange::answer(cx, &theirs)?;
    exchanges.add_secret(theirs.method, secret.as_octets()).map_err(Violation::from)?;
    let n_r = cx.octets::<NONCE>()?;
    let link = if exchanges.next_method().is_some() { Some(cx.octets::<8>()?) } else { None };
    let own = cx.ike_spi(sa.id)?;
    let spis = IkeSpis { initiator, responder: own };
    let answered = MessageContent::build(|chain| {
        chain.sa(|sa| selection.emit(sa, &own.to_be_bytes()));
        chain.push(Payload::Nonce(Nonce { data: &n_r }));
        chain.push(Payload::KeyExchange(KeyExchange { method: theirs.method, data: &public }));
        push_link(chain, link.as_ref());
    });
    let content = answered.inspect_err(|_| cx.names.release_ike(own))?;
    let made = (spis, algorithms, Box::new(selection));
    match link {
        Some(link) => {
            defer(sa, cx, spi, (link, exchanges), (n_i, n_r.to_vec()), made);
            Ok(content.into())
        }
        None => {
            let crossed = Crossed::new((&n_i, &n_r), own);
            let nonces = Nonces { initiator: &n_i, responder: &n_r };
            let secrets = exchanges.finish().map_err(Violation::from)?;
            let ike = successor(sa, cx, (spi, Role::Responder), made, (nonces, &secrets)).inspect_err(|_| cx.names.release_ike(own))?;
            Ok(Reply::Answer(content, After::Rekeyed(Box::new(ike), crossed)))
        }
    }
}

/// Keeps what was agreed on until its additional key exchanges are done. The nonces are known from here on.
fn defer(
    sa: &mut Sa,
    cx: &mut Context<'_>,
    spi: u64,
    (link, exchanges): ([u8; 8], crate::ke::PendingKeyExchanges),
    (n_i, n_r): (Vec<u8>, Vec<u8>),
    (spis, algorithms, selection): Made,
) {
    let until = cx.now + sa.config.limits.decision;
    let crossed = Crossed::new((&n_i, &n_r), spis.responder);
    let target = Target::Ike { spis, own: spis.responder, algorithms, selection };
    let pending = Pending { link, exchanges, n_i, n_r, target, until };
    if let Some(ike) = sa.ike_mut(spi) {
        ike.crossed = Some(crossed);
    }
    sa.keep_pending(cx, spi, pending);
}
