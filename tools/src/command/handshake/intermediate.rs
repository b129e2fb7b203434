//! IKE_INTERMEDIATE with additional key exchanges, RFC 9242, RFC 9370 section 2.2.2.

use super::failure::Failure;
use super::ke;
use super::payloads::{Content, content, missing};
use super::sa::Handshake;
use super::session::Session;
use ikev2::fragment::Reassembled;
use ikev2::keys::{IkeKeys, IntermediateMessage};
use ikev2::registry::ExchangeType;
use ikev2::wire::{HEADER_LEN, Payload};

/// As initiator: one exchange for each method chosen.
pub(crate) fn initiate(session: &mut Session, key: u64, handshake: &mut Handshake) -> Result<(), Failure> {
    while let Some(method) = handshake.additional.next_method() {
        let key_pair = ke::begin(method)?;
        let request = content(|b| {
            b.push(Payload::KeyExchange(key_pair.payload()));
        })?;
        let (response, header) = session.exchange(key, ExchangeType::IKE_INTERMEDIATE, &request)?;
        let parts = response.parts()?;
        if let Some(error) = parts.error() {
            return Err(Failure::Refused(error.ty));
        }
        let secret = key_pair.finish(&parts.key_exchange.ok_or_else(|| missing("KE"))?)?;
        let sa = session.sa(key)?;
        handshake.int_auth.request(sa.keys.sk_pi(), &sent(&header, &request))?;
        handshake.int_auth.response(sa.keys.sk_pr(), &received(&response)?)?;
        handshake.has_intermediate = true;
        let keys = sa.updated_keys(handshake, method, secret.as_octets())?;
        update(session, key, keys)?;
        session.link.report.say(format_args!("   new keys from {method}"));
    }
    Ok(())
}

/// As responder: the answer, and the keys that hold once it is sent.
pub(crate) fn respond(session: &mut Session, key: u64, request: &Reassembled) -> Result<(Content, IkeKeys), Failure> {
    let parts = request.parts()?;
    let ke = parts.key_exchange.ok_or_else(|| missing("KE"))?;
    let sa = session.sa(key)?;
    // Taken out, and put back if the exchange comes to its end: a fault in between ends the IKE SA.
    let Some(mut handshake) = sa.handshake.take() else { return Err(Failure::Protocol("IKE_INTERMEDIATE after IKE_AUTH".into())) };
    if handshake.additional.next_method() != Some(ke.method) {
        return Err(Failure::Protocol(format!("KE of {} in IKE_INTERMEDIATE, which is not its turn", ke.method)));
    }
    let (public, secret) = ke::answer(&ke)?;
    handshake.int_auth.request(sa.keys.sk_pi(), &received(request)?)?;
    let answer = content(|b| {
        b.push(Payload::KeyExchange(ikev2::wire::KeyExchange { method: ke.method, data: &public }));
    })?;
    let keys = sa.updated_keys(&mut handshake, ke.method, secret.as_octets())?;
    sa.handshake = Some(handshake);
    Ok((answer, keys))
}

/// After the response is on its way: it counts for IntAuth under the keys that protected it, and the new ones take over.
pub(crate) fn responded(session: &mut Session, key: u64, answer: &Content, datagrams: &[Vec<u8>], keys: IkeKeys) -> Result<(), Failure> {
    let sa = session.sa(key)?;
    let header = datagrams.first().and_then(|first| first.first_chunk()).copied().unwrap_or([0; HEADER_LEN]);
    if let Some(handshake) = &mut sa.handshake {
        handshake.int_auth.response(sa.keys.sk_pr(), &sent(&header, answer))?;
        handshake.has_intermediate = true;
    }
    update(session, key, keys)?;
    session.link.report.say(format_args!("   new keys from an additional key exchange"));
    Ok(())
}

fn update(session: &mut Session, key: u64, keys: IkeKeys) -> Result<(), Failure> {
    session.sa(key)?.update(keys)?;
    let sa = session.sas.iter().find(|sa| sa.key() == key);
    sa.map_or(Ok(()), |sa| session.log_keys(sa))
}

fn sent<'a>(header: &'a [u8; HEADER_LEN], content: &'a Content) -> IntermediateMessage<'a> {
    IntermediateMessage { header, unprotected: &[], first_payload: content.first, sk_flags: 0, content: &content.octets }
}

fn received(message: &Reassembled) -> Result<IntermediateMessage<'_>, Failure> {
    let (header, unprotected) = message.head().split_first_chunk().ok_or_else(|| missing("header"))?;
    Ok(IntermediateMessage {
        header,
        unprotected,
        first_payload: message.first_payload(),
        sk_flags: message.sk_flags(),
        content: message.content(),
    })
}
