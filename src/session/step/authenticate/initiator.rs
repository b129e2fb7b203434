//! IKE_AUTH as initiator.

use super::super::child;
use super::super::proof::{self, Proof};
use super::{Checked, check, check_signature, push_certificates, signing_method, state, up};
use crate::exchange::MessageContent;
use crate::fragment::Reassembled;
use crate::identity::Identity;
use crate::proposal::{NegotiationContext, emit_all};
use crate::registry::{ExchangeType, NotifyType, PayloadType};
use crate::role::Role;
use crate::session::ask::{Decision, Inquiry};
use crate::session::close::{CloseReason, Refusing, Violation};
use crate::session::context::Context;
use crate::session::event::OwnRequest;
use crate::session::reply::Next;
use crate::session::sa::Sa;
use crate::session::serving::OwnAuth;
use crate::session::task::{Asking, OwnInstall, Task};
use crate::wire::{Auth, Notify, Parts, Payload};
use alloc::boxed::Box;

/// As initiator: begins, with our proof or with the question for it.
pub(in crate::session) fn begin(sa: &mut Sa, cx: &mut Context<'_>) -> Result<Next, CloseReason> {
    let (ike, handshake, peer) = state(sa)?;
    let message_id = ike.protected.next_message_id().unwrap_or(1);
    let int_auth = handshake.int_auth(message_id)?;
    let body = peer.identity.to_body();
    let octets = proof::octets(ike, handshake, Role::Initiator, &body, &int_auth);
    match proof::own(&octets, proof::sk_p(ike, Role::Initiator), &peer.local_auth, &handshake.peer_hashes)
        .map_err(CloseReason::Authentication)?
    {
        Proof::Made(auth) => request(sa, cx, &auth),
        Proof::ToSign(to_sign) => Ok(Next::Ask(Asking::Sign, Inquiry::Sign(to_sign))),
    }
}

/// As initiator: the application has signed.
pub(in crate::session) fn signed(sa: &mut Sa, cx: &mut Context<'_>, decision: Option<Decision>) -> Result<Next, CloseReason> {
    let Some(Decision::Signature(data)) = decision else { return Err(CloseReason::Undecided) };
    let (_, handshake, peer) = state(sa)?;
    let auth = OwnAuth { method: signing_method(peer, handshake).ok_or(CloseReason::Undecided)?, data };
    request(sa, cx, &auth)
}

fn request(sa: &mut Sa, cx: &mut Context<'_>, auth: &OwnAuth) -> Result<Next, CloseReason> {
    let (_, handshake, peer) = state(sa)?;
    let peer = peer.clone();
    let config = peer.child.as_ref().filter(|_| !(peer.childless && handshake.childless));
    if config.is_none() && !handshake.childless {
        // RFC 6023 section 3: only where the responder announced it.
        return Err(Violation::MissingNotify(NotifyType::CHILDLESS_IKEV2_SUPPORTED).into());
    }
    let spi_in = config.map(|_| cx.child_spi(sa.id)).transpose()?;
    let content = MessageContent::build(|chain| {
        chain.push(Payload::IdI(peer.identity.id()));
        push_certificates(chain, &peer);
        if let Some(expected) = &peer.expected {
            chain.push(Payload::IdR(expected.id()));
        }
        chain.push(Payload::Auth(Auth { method: auth.method, data: &auth.data }));
        if peer.initial_contact && sa.is_only {
            chain.push(Payload::Notify(Notify::new(NotifyType::INITIAL_CONTACT, &[])));
        }
        if let (Some(config), Some(spi_in)) = (config, &spi_in) {
            chain.sa(|sa| emit_all(config.policy(NegotiationContext::IkeAuth).proposals(), sa, spi_in));
            child::push_offered_traffic(chain, config);
        }
    });
    let content = content.inspect_err(|_| spi_in.into_iter().for_each(|spi| cx.names.release_child(spi)))?;
    Ok(Next::Send(Task::Auth(spi_in), ExchangeType::IKE_AUTH, content))
}

/// As initiator: the response.
pub(in crate::session) fn response(
    sa: &mut Sa,
    cx: &mut Context<'_>,
    spi_in: Option<[u8; 4]>,
    message: Reassembled,
) -> Result<Next, CloseReason> {
    let parts = match message.parts() {
        Ok(parts) => parts,
        Err(error) => return farewell(cx, spi_in, error.into(), NotifyType::INVALID_SYNTAX),
    };
    if let (None, Some(error)) = (parts.auth, parts.error()) {
        let notify = error.ty;
        let reason = match notify {
            NotifyType::AUTHENTICATION_FAILED => CloseReason::NotAuthenticated,
            notify => CloseReason::Refused { exchange: ExchangeType::IKE_AUTH, notify },
        };
        return Err(give_up(cx, spi_in, reason));
    }
    match check(sa, Role::Responder, &parts, message.header().message_id) {
        Ok((Checked::Holds, identity)) => {
            sa.peer_identity = Some(identity);
            conclude(sa, cx, spi_in, &parts)
        }
        Ok((Checked::Ask(question), _)) => Ok(Next::Ask(Asking::Verify { response: message, spi_in }, question)),
        Err(failure) => farewell(cx, spi_in, CloseReason::Authentication(failure), NotifyType::AUTHENTICATION_FAILED),
    }
}

/// As initiator: the application has said whose key it is.
pub(in crate::session) fn verified(
    sa: &mut Sa,
    cx: &mut Context<'_>,
    (spi_in, message): (Option<[u8; 4]>, &Reassembled),
    decision: Option<Decision>,
) -> Result<Next, CloseReason> {
    let Some(decision) = decision else {
        return farewell(cx, spi_in, CloseReason::Undecided, NotifyType::AUTHENTICATION_FAILED);
    };
    let parts = message.parts().map_err(|error| give_up(cx, spi_in, error.into()))?;
    match check_signature(sa, cx, Role::Responder, (&parts, message.header().message_id), decision) {
        Ok(()) => {
            sa.peer_identity = parts.id_r.map(|id| Identity::of(&id));
            conclude(sa, cx, spi_in, &parts)
        }
        Err(failure) => farewell(cx, spi_in, CloseReason::Authentication(failure), NotifyType::AUTHENTICATION_FAILED),
    }
}

fn give_up(cx: &mut Context<'_>, spi_in: Option<[u8; 4]>, reason: CloseReason) -> CloseReason {
    spi_in.into_iter().for_each(|spi| cx.names.release_child(spi));
    reason
}

/// The responder has an IKE SA and we do not: it is told in an exchange of its own (RFC 7296 section 2.21.2).
fn farewell(cx: &mut Context<'_>, spi_in: Option<[u8; 4]>, reason: CloseReason, notify: NotifyType) -> Result<Next, CloseReason> {
    let reason = give_up(cx, spi_in, reason);
    let content = MessageContent::notify(notify, &[])?;
    Ok(Next::Send(Task::Farewell(reason), ExchangeType::INFORMATIONAL, content))
}

/// As initiator: the responder is who it should be. The Child SA is what remains.
fn conclude(sa: &mut Sa, cx: &mut Context<'_>, spi_in: Option<[u8; 4]>, parts: &Parts<'_>) -> Result<Next, CloseReason> {
    let peer = sa.peer.clone().ok_or(CloseReason::Undecided)?;
    sa.initial_contact = parts.notify(NotifyType::INITIAL_CONTACT).is_some();
    let handshake = up(sa, cx).ok_or(CloseReason::Undecided)?;
    let (Some(spi_in), Some(config)) = (spi_in, &peer.child) else { return Ok(Next::Done) };
    if parts.first(PayloadType::SA).is_none() {
        // RFC 7296 section 2.21.2: the IKE SA stands without its Child SA.
        cx.names.release_child(spi_in);
        let notify = parts.error().map_or(NotifyType::NO_ADDITIONAL_SAS, |error| error.ty);
        sa.refused_ours(Refusing::Peer, ExchangeType::IKE_AUTH, notify, OwnRequest::Child);
        return Ok(Next::Done);
    }
    let made = child::agreed(parts, NegotiationContext::IkeAuth, config, spi_in).map_err(CloseReason::from).and_then(|draft| {
        let secrets = draft.selection.key_exchanges()?.start().finish()?;
        let keys = child::keys(sa, sa.current, &draft, handshake.nonces(), &secrets)?;
        let rekey_at = sa.child_rekey_at(cx);
        Ok(draft.finish(keys, rekey_at))
    });
    let (child, install) = made.map_err(|reason| give_up(cx, Some(spi_in), reason))?;
    let nonces = (handshake.n_i.clone(), handshake.n_r.clone());
    Ok(Next::Install(Box::new(OwnInstall { child, rekey: None, nonces }), install))
}
