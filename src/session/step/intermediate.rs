//! IKE_INTERMEDIATE with additional key exchanges, RFC 9242, RFC 9370 section 2.2.2, from both sides.

use crate::exchange::{AnsweredRequest, MessageContent};
use crate::fragment::Reassembled;
use crate::fragment::strategy::SealedMessage;
use crate::keys::{IkeKeys, IntermediateMessage, Nonces, Skeyseed};
use crate::registry::{KeMethod, PayloadType};
use crate::session::close::{CloseReason, Violation};
use crate::session::context::Context;
use crate::session::ike_sa::IkeSa;
use crate::session::key_exchange::{self, OwnKeyExchange};
use crate::session::phase::Handshake;
use crate::session::reply::{After, Refused, Reply};
use crate::session::task::Task;
use crate::wire::{HEADER_LEN, KeyExchange, Payload};
use alloc::boxed::Box;

/// As initiator: the request for the method that is next.
pub(in crate::session) fn request(cx: &mut Context<'_>, method: KeMethod) -> Result<(Task, MessageContent), CloseReason> {
    let ke = OwnKeyExchange::begin(cx, method)?;
    let content = MessageContent::build(|chain| {
        chain.push(Payload::KeyExchange(ke.payload()));
    })?;
    Ok((Task::Intermediate(ke), content))
}

/// As initiator: the response. New keys come of it.
pub(in crate::session) fn response(
    ike: &IkeSa,
    handshake: &mut Handshake,
    ke: OwnKeyExchange,
    request: &AnsweredRequest,
    response: &Reassembled,
) -> Result<IkeKeys, CloseReason> {
    let theirs = response.parts()?.key_exchange.ok_or(Violation::Missing(PayloadType::KE))?;
    let method = ke.method;
    let secret = ke.finish(&theirs)?;
    let keys = ike.protected.keys();
    handshake.int_auth.request(keys.sk_pi(), &own(&request.header(), request.content()))?;
    handshake.int_auth.response(keys.sk_pr(), &received(response)?)?;
    handshake.has_intermediate = true;
    updated(ike, handshake, method, secret.as_octets())
}

/// As responder: the answer, and the keys that hold once it is on its way.
pub(in crate::session) fn respond(
    ike: &IkeSa,
    handshake: &mut Handshake,
    cx: &mut Context<'_>,
    request: &Reassembled,
) -> Result<Reply, Refused> {
    let theirs = request.parts()?.key_exchange.ok_or(Violation::Missing(PayloadType::KE))?;
    let due = handshake.additional.next_method().ok_or(Violation::Exchange(request.header().exchange))?;
    if theirs.method != due {
        return Err(Violation::KeMethod { found: theirs.method, due }.into());
    }
    let (public, secret) = key_exchange::answer(cx, &theirs)?;
    handshake.int_auth.request(ike.protected.keys().sk_pi(), &received(request)?)?;
    let content = MessageContent::build(|chain| {
        chain.push(Payload::KeyExchange(KeyExchange { method: due, data: &public }));
    })?;
    let keys = updated(ike, handshake, due, secret.as_octets())?;
    Ok(Reply::Answer(content, After::Keys(Box::new(keys))))
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

/// The keys that follow from an additional key exchange (RFC 9370 section 2.2.2).
fn updated(ike: &IkeSa, handshake: &mut Handshake, method: KeMethod, secret: &[u8]) -> Result<IkeKeys, CloseReason> {
    let prf = ike.algorithms.prf;
    let nonces = Nonces { initiator: &handshake.n_i, responder: &handshake.n_r };
    let skeyseed = Skeyseed::updated(prf, ike.protected.keys().sk_d(), nonces, &mut handshake.additional, method, secret)?;
    Ok(IkeKeys::derive(prf, &skeyseed, nonces, ike.spis(), ike.algorithms.lengths())?)
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
