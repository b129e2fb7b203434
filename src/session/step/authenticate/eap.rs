//! EAP in IKE_AUTH, RFC 7296 section 2.16, RFC 5998, from both sides: the packets pass through, and the keys at the end are in AUTH.

use super::{failed, push_identity, state, undecided};
use crate::error::BuildError;
use crate::exchange::MessageContent;
use crate::fragment::Reassembled;
use crate::identity::Identity;
use crate::registry::{ExchangeType, NotifyType};
use crate::role::Role;
use crate::session::ask::{Decision, Inquiry};
use crate::session::authentication::{LocalAuth, RemoteAuth};
use crate::session::close::{AuthFailure, CloseReason, Violation};
use crate::session::eap::{EapAuth, EapSuccess};
use crate::session::phase::{EapRun, Handshake, Phase};
use crate::session::reply::{After, Next, Refused, Reply};
use crate::session::sa::Sa;
use crate::session::serving::{OwnAuth, Stage};
use crate::session::task::{Asking, Task};
use crate::wire::{Auth, Eap, EapCode, Parts, Payload};
use alloc::boxed::Box;
use bytes::Bytes;

/// Octets of an EAP packet before its Type (RFC 3748 section 4).
const HEADER: usize = 4;

fn handshake(sa: &mut Sa) -> Result<&mut Handshake, Violation> {
    match &mut sa.phase {
        Phase::Handshaking(handshake) => Ok(handshake),
        Phase::Initiating(_) | Phase::Up | Phase::Closed => Err(Violation::Exchange(ExchangeType::IKE_AUTH)),
    }
}

/// EAP begins with this message, which has the peer's identity.
pub(super) fn begin(sa: &mut Sa, first: Reassembled, spi_in: Option<[u8; 4]>) -> Result<(), Violation> {
    handshake(sa)?.eap = Some(Box::new(EapRun::new(first, spi_in)));
    Ok(())
}

/// As initiator: a response with the next packet; the application answers it.
pub(super) fn asked(sa: &mut Sa, spi_in: Option<[u8; 4]>, packet: &Eap<'_>) -> Result<Next, CloseReason> {
    match packet.code {
        EapCode::REQUEST | EapCode::SUCCESS => {}
        EapCode::FAILURE => return Err(CloseReason::EapFailed),
        _ => return Err(CloseReason::Authentication(AuthFailure::OtherMethod)),
    }
    let question = take(sa, Role::Responder, packet).map_err(CloseReason::Authentication)?;
    Ok(Next::Ask(Asking::Eap { spi_in }, question))
}

/// As responder: a request with the next packet; the application answers it.
pub(super) fn answered(sa: &mut Sa, packet: &Eap<'_>) -> Result<Reply, Refused> {
    if packet.code != EapCode::RESPONSE {
        return Err(failed(AuthFailure::OtherMethod));
    }
    match take(sa, Role::Initiator, packet) {
        Ok(question) => Ok(Reply::Wait(Stage::Eap, question)),
        Err(why) => failure(sa, CloseReason::Authentication(why)),
    }
}

/// Takes a packet of the peer; gives the question that it is to the application.
fn take(sa: &mut Sa, side: Role, packet: &Eap<'_>) -> Result<Inquiry, AuthFailure> {
    let most = sa.config.limits.eap_rounds;
    let handshake = handshake(sa).map_err(|_| AuthFailure::OtherMethod)?;
    let eap = handshake.eap.as_mut().ok_or(AuthFailure::OtherMethod)?;
    eap.rounds = eap.rounds.saturating_add(1);
    if eap.rounds > most {
        return Err(AuthFailure::EapRounds);
    }
    eap.identifier = packet.identifier;
    eap.is_over = packet.code == EapCode::SUCCESS;
    let is_first = side == Role::Responder && eap.rounds == 1;
    let peer = identity(side, &eap.first)?;
    Ok(Inquiry::Eap { peer, packet: Some(octets(packet)), is_first })
}

/// As responder: the question for the first packet.
pub(super) fn first_question(message: &Reassembled) -> Result<Inquiry, Refused> {
    let peer = identity(Role::Initiator, message).map_err(failed)?;
    Ok(Inquiry::Eap { peer, packet: None, is_first: true })
}

fn identity(side: Role, message: &Reassembled) -> Result<Identity, AuthFailure> {
    let parts = message.parts().map_err(|_| AuthFailure::OtherMethod)?;
    let id = if side == Role::Initiator { parts.id_i } else { parts.id_r };
    id.map(|id| Identity::of(&id)).ok_or(AuthFailure::OtherMethod)
}

/// The packet as it is on other media.
fn octets(packet: &Eap<'_>) -> Bytes {
    let len = u16::try_from(packet.data.len().saturating_add(HEADER)).unwrap_or(u16::MAX).to_be_bytes();
    [&[packet.code.0, packet.identifier][..], &len, packet.data].concat().into()
}

/// A packet of the application, of the kind that is due.
fn own(packet: &[u8], due: EapCode) -> Option<Eap<'_>> {
    Eap::parse(packet).ok().filter(|packet| packet.code == due)
}

/// A message with this packet and nothing else.
fn content(packet: Eap<'_>) -> Result<MessageContent, BuildError> {
    MessageContent::build(|chain| {
        chain.push(Payload::Eap(packet));
    })
}

/// As initiator: the application has decided about a packet of the responder. Gives the message with the next packet; none if the method has
/// succeeded, and its proof is next.
pub(super) fn answer(sa: &mut Sa, decision: Option<Decision>) -> Result<Option<MessageContent>, CloseReason> {
    let is_over = handshake(sa)?.eap.as_ref().is_some_and(|eap| eap.is_over);
    match decision {
        Some(Decision::Eap(packet)) if !is_over => {
            let packet = own(&packet, EapCode::RESPONSE).ok_or(CloseReason::Undecided)?;
            Ok(Some(content(packet)?))
        }
        Some(Decision::EapSuccess(success)) if is_over => {
            succeed(sa, success).map_err(CloseReason::Authentication)?;
            Ok(None)
        }
        _ => Err(CloseReason::Undecided),
    }
}

/// As initiator: the request with the proof of the method.
pub(super) fn conclude(sa: &Sa, spi_in: Option<[u8; 4]>, (auth, without): (&OwnAuth, Option<&OwnAuth>)) -> Result<Next, CloseReason> {
    let (_, handshake, peer) = state(sa)?;
    let content = MessageContent::build(|chain| {
        chain.push(Payload::Auth(Auth { method: auth.method, data: &auth.data }));
        if let Some(ppk) = super::ppk::offered(handshake, peer.ppk.as_ref()) {
            super::ppk::push(chain, ppk, without);
        }
    })?;
    Ok(Next::Send(Task::Auth(spi_in), ExchangeType::IKE_AUTH, content))
}

/// What the method has come to, if it will do.
fn succeed(sa: &mut Sa, success: EapSuccess) -> Result<(), AuthFailure> {
    let peer = sa.peer.clone().ok_or(AuthFailure::UnknownPeer)?;
    let auth = match (sa.role, &peer.local_auth, &peer.remote_auth) {
        // RFC 5998 section 3: the method has to make a key.
        (_, LocalAuth::Eap(_), RemoteAuth::Eap(_)) => EapAuth::new(),
        (Role::Initiator, LocalAuth::Eap(auth), _) | (Role::Responder, _, RemoteAuth::Eap(auth)) => *auth,
        _ => return Err(AuthFailure::OtherMethod),
    };
    if success.msk.is_none() && !auth.is_keyless {
        return Err(AuthFailure::EapWithoutKey);
    }
    match &success.identity {
        Some(identity) if sa.role == Role::Responder => sa.peer_identity = Some(identity.clone()),
        // The method has not proved the identity of IDi: nobody's IKE SAs end because of it.
        None if sa.role == Role::Responder => sa.initial_contact = false,
        _ => {}
    }
    if let Some(eap) = &mut handshake(sa).map_err(|_| AuthFailure::OtherMethod)?.eap {
        eap.success = Some(success);
    }
    Ok(())
}

/// As responder: the application has given the first packet. Our identity goes with it, and our proof, if there is one.
pub(super) fn first_reply(sa: &mut Sa, (message, auth): (Reassembled, Option<OwnAuth>), decision: Decision) -> Result<Reply, Refused> {
    let Decision::Eap(packet) = decision else { return Err(failed(AuthFailure::UnknownPeer)) };
    let packet = own(&packet, EapCode::REQUEST).ok_or_else(undecided)?;
    let peer = sa.peer.clone().ok_or_else(undecided)?;
    let content = MessageContent::build(|chain| {
        push_identity(chain, &peer);
        if let Some(auth) = &auth {
            chain.push(Payload::Auth(Auth { method: auth.method, data: &auth.data }));
        }
        chain.push(Payload::Eap(packet));
    })?;
    begin(sa, message, None)?;
    Ok(content.into())
}

/// As responder: the application has decided about a packet of the initiator, or not in time.
pub(super) fn reply(sa: &mut Sa, decision: Option<Decision>) -> Result<Reply, Refused> {
    match decision {
        Some(Decision::Eap(packet)) => match own(&packet, EapCode::REQUEST) {
            Some(packet) => Ok(content(packet)?.into()),
            None => failure(sa, CloseReason::Undecided),
        },
        Some(Decision::EapSuccess(success)) => match succeed(sa, success) {
            Ok(()) => Ok(result(sa, EapCode::SUCCESS)?.into()),
            Err(why) => failure(sa, CloseReason::Authentication(why)),
        },
        Some(Decision::Refuse) => failure(sa, CloseReason::EapFailed),
        _ => failure(sa, CloseReason::Undecided),
    }
}

/// As responder: Failure, and the IKE SA is over.
fn failure(sa: &mut Sa, reason: CloseReason) -> Result<Reply, Refused> {
    sa.refused_theirs(ExchangeType::IKE_AUTH, NotifyType::AUTHENTICATION_FAILED);
    Ok(Reply::Answer(result(sa, EapCode::FAILURE)?, After::Close(reason)))
}

/// Success or Failure (RFC 3748 section 4.2): its identifier is that of the response that it answers.
fn result(sa: &mut Sa, code: EapCode) -> Result<MessageContent, Refused> {
    let identifier = handshake(sa)?.eap.as_ref().map_or(0, |eap| eap.identifier);
    Ok(content(Eap { code, identifier, data: &[] })?)
}

/// As responder: the message that EAP began with, for what follows its end.
pub(super) fn first_message(sa: &mut Sa) -> Option<Reassembled> {
    handshake(sa).ok()?.eap.as_ref().map(|eap| eap.first.clone())
}

/// Whether packets are exchanged, and the method has not succeeded yet.
pub(super) fn is_under_way(sa: &Sa) -> bool {
    matches!(&sa.phase, Phase::Handshaking(handshake) if handshake.eap.as_ref().is_some_and(|eap| eap.success.is_none()))
}

/// Whether a message says that its sender does without the responder's AUTH before EAP (RFC 5998 section 3).
pub(super) fn takes_eap_only(parts: &Parts<'_>) -> bool {
    parts.notify(NotifyType::EAP_ONLY_AUTHENTICATION).is_some()
}

/// Whether the exchange is one in which EAP authenticates both sides.
pub(super) fn is_mutual(local: &LocalAuth, remote: &RemoteAuth) -> bool {
    matches!((local, remote), (LocalAuth::Eap(_), RemoteAuth::Eap(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_3748_section_4_a_packet_is_whole() {
        let packet = Eap { code: EapCode::RESPONSE, identifier: 7, data: b"\x01bob" };
        assert_eq!(*octets(&packet), *b"\x02\x07\x00\x08\x01bob");
        assert_eq!(own(b"\x02\x07\x00\x08\x01bob", EapCode::RESPONSE), Some(packet));
        for wrong in [&b"\x02\x07\x00\x09\x01bob"[..], b"\x01\x07\x00\x08\x01bob", b"\x02\x07"] {
            assert_eq!(own(wrong, EapCode::RESPONSE), None);
        }
    }
}
