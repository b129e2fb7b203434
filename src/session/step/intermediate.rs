//! IKE_INTERMEDIATE with additional key exchanges and PPKs, RFC 9242, RFC 9370 section 2.2.2, RFC 9867 section 3.1, from both sides.

mod ppk;

use crate::exchange::{AnsweredRequest, MessageContent};
use crate::fragment::Reassembled;
use crate::fragment::strategy::SealedMessage;
use crate::keys::{IkeKeys, IntermediateMessage, Nonces, Skeyseed};
use crate::provider::SharedSecret;
use crate::registry::{KeMethod, PayloadType};
use crate::session::close::{CloseReason, Violation};
use crate::session::context::Context;
use crate::session::ike_sa::IkeSa;
use crate::session::key_exchange::{self, OwnKeyExchange};
use crate::session::phase::Handshake;
use crate::session::ppk::Ppk;
use crate::session::reply::{After, Refused, Reply};
use crate::session::task::Task;
use crate::wire::{HEADER_LEN, KeyExchange, Notify, NotifyData, Payload};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// As initiator: the next request, for an additional key exchange, for the PPK, or for both.
pub(in crate::session) fn request(
    ike: &IkeSa,
    handshake: &Handshake,
    cx: &mut Context<'_>,
    ppk: Option<&Ppk>,
) -> Result<(Task, MessageContent), CloseReason> {
    let ke = handshake.additional.next_method().map(|method| OwnKeyExchange::begin(cx, method)).transpose()?;
    let named = match (ppk, handshake.turn_of_ppk()) {
        (Some(ppk), Some(numbers)) => Some((numbers.identity_key(), ppk::identity_key(ike, handshake, ppk)?)),
        _ => None,
    };
    let content = MessageContent::build(|chain| {
        if let Some(ke) = &ke {
            chain.push(Payload::KeyExchange(ke.payload()));
        }
        if let Some((ty, data)) = &named {
            chain.push(Payload::Notify(Notify::new(*ty, data)));
        }
    })?;
    Ok((Task::Intermediate(ke), content))
}

/// As initiator: the response. New keys come of it, unless it was for a PPK that the responder does not have.
pub(in crate::session) fn response(
    ike: &IkeSa,
    handshake: &mut Handshake,
    (ke, ppk): (Option<OwnKeyExchange>, Option<&Ppk>),
    request: &AnsweredRequest,
    response: &Reassembled,
) -> Result<Option<IkeKeys>, CloseReason> {
    let parts = response.parts()?;
    let keys = ike.protected.keys();
    handshake.int_auth.request(keys.sk_pi(), &own(&request.header(), request.content()))?;
    handshake.int_auth.response(keys.sk_pr(), &received(response)?)?;
    handshake.has_intermediate = true;
    let taken = ppk::confirmed(handshake, &parts, ppk)?;
    let secret = match ke {
        Some(ke) => {
            let theirs = parts.key_exchange.ok_or(Violation::Missing(PayloadType::KE))?;
            Some((ke.method, ke.finish(&theirs)?))
        }
        None => None,
    };
    updated(ike, handshake, secret.as_ref(), taken)
}

/// As responder: the answer, and the keys that hold once it is on its way. `ppks` are those that an initiator may name.
pub(in crate::session) fn respond(
    ike: &IkeSa,
    handshake: &mut Handshake,
    ppks: &[Ppk],
    cx: &mut Context<'_>,
    request: &Reassembled,
) -> Result<Reply, Refused> {
    if !handshake.is_before_intermediate() {
        return Err(Violation::Exchange(request.header().exchange).into());
    }
    let parts = request.parts()?;
    let answer = match handshake.additional.next_method() {
        Some(due) => Some(answered(cx, due, parts.key_exchange)?),
        None => None,
    };
    let taken = ppk::named(ike, handshake, &parts, ppks)?;
    handshake.int_auth.request(ike.protected.keys().sk_pi(), &received(request)?)?;
    let content = MessageContent::build(|chain| {
        if let Some((method, public, _)) = &answer {
            chain.push(Payload::KeyExchange(KeyExchange { method: *method, data: public }));
        }
        if let Some(ppk) = taken {
            chain.notify(NotifyData::PpkIdentity(Ppk::TYPE, ppk.identity()));
        }
    })?;
    let secret = answer.map(|(method, _, secret)| (method, secret));
    let keys = updated(ike, handshake, secret.as_ref(), taken)?;
    Ok(Reply::Answer(content, After::Intermediate(keys.map(Box::new))))
}

/// As responder: our half of the key exchange that is due, and the secret.
fn answered(
    cx: &mut Context<'_>,
    due: KeMethod,
    theirs: Option<KeyExchange<'_>>,
) -> Result<(KeMethod, Vec<u8>, SharedSecret), CloseReason> {
    let theirs = theirs.ok_or(Violation::Missing(PayloadType::KE))?;
    if theirs.method != due {
        return Err(Violation::KeMethod { found: theirs.method, due }.into());
    }
    let (public, secret) = key_exchange::answer(cx, &theirs)?;
    Ok((due, public, secret))
}

/// As responder, once the response is sealed: it counts for IntAuth under the keys that protect it.
pub(in crate::session) fn responded(
    ike: &IkeSa,
    handshake: &mut Handshake,
    sealed: &SealedMessage,
    content: &MessageContent,
) -> Result<(), CloseReason> {
    handshake.int_auth.response(ike.protected.keys().sk_pr(), &own(&sealed.header(), content))?;
    handshake.has_intermediate = true;
    Ok(())
}

/// The keys that follow: first from an additional key exchange (RFC 9370 section 2.2.2), then from a PPK (RFC 9867 section 3.1).
fn updated(
    ike: &IkeSa,
    handshake: &mut Handshake,
    secret: Option<&(KeMethod, SharedSecret)>,
    ppk: Option<&Ppk>,
) -> Result<Option<IkeKeys>, CloseReason> {
    let (prf, lengths) = (ike.algorithms.prf, ike.algorithms.lengths());
    let nonces = Nonces { initiator: &handshake.n_i, responder: &handshake.n_r };
    let before = ike.protected.keys().sk_d();
    let exchanged = match secret {
        Some((method, secret)) => {
            let skeyseed = Skeyseed::updated(prf, before, nonces, &mut handshake.additional, *method, secret.as_octets())?;
            Some(IkeKeys::derive(prf, &skeyseed, nonces, ike.spis(), lengths)?)
        }
        None => None,
    };
    let Some(ppk) = ppk else { return Ok(exchanged) };
    let skeyseed = Skeyseed::with_ppk(prf, exchanged.as_ref().map_or(before, IkeKeys::sk_d), ppk.octets());
    let keys = IkeKeys::derive(prf, &skeyseed, nonces, ike.spis(), lengths)?;
    handshake.ppk = Some(ppk.clone());
    Ok(Some(keys))
}

fn own<'a>(header: &'a [u8; HEADER_LEN], content: &'a MessageContent) -> IntermediateMessage<'a> {
    IntermediateMessage { header, unprotected: &[], first_payload: content.first_payload(), sk_flags: 0, content: content.octets() }
}

fn received(message: &Reassembled) -> Result<IntermediateMessage<'_>, CloseReason> {
    let (header, unprotected) = message.head().split_first_chunk().ok_or(Violation::Missing(PayloadType::SK))?;
    Ok(IntermediateMessage {
        header,
        unprotected,
        first_payload: message.first_payload(),
        sk_flags: message.sk_flags(),
        content: message.content(),
    })
}
