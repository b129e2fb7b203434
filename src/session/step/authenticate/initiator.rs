//! IKE_AUTH as initiator.

use super::super::child;
use super::super::methods;
use super::super::mobike;
use super::super::proof::{self, Proof};
use super::super::redirect;
use super::{Checked, check, check_signature, claim, eap, ppk, push_certificates, signing_method, state, up};
use crate::exchange::MessageContent;
use crate::fragment::Reassembled;
use crate::identity::Identity;
use crate::proposal::{NegotiationContext, emit_all};
use crate::registry::{ConfigurationType, ExchangeType, NotifyType, PayloadType};
use crate::role::Role;
use crate::session::ask::{Decision, Inquiry};
use crate::session::authentication::LocalAuth;
use crate::session::close::{AuthFailure, CloseReason, Refusing, Violation};
use crate::session::configuration::ConfigurationSet;
use crate::session::context::Context;
use crate::session::event::OwnRequest;
use crate::session::peer::PeerConfig;
use crate::session::phase::Phase;
use crate::session::reply::Next;
use crate::session::sa::Sa;
use crate::session::serving::OwnAuth;
use crate::session::task::{Asking, OwnInstall, Task};
use crate::wire::{Auth, Notify, NotifyData, Parts, Payload};
use alloc::boxed::Box;
use alloc::sync::Arc;
use core::time::Duration;

/// As initiator: begins, with our proof or with the question for it; for EAP without one.
pub(in crate::session) fn begin(sa: &mut Sa, cx: &mut Context<'_>) -> Result<Next, CloseReason> {
    let (ike, _, peer) = state(sa)?;
    let (message_id, is_eap) = (ike.protected.next_message_id().unwrap_or(1), matches!(peer.local_auth, LocalAuth::Eap(_)));
    if let Phase::Handshaking(handshake) = &mut sa.phase {
        handshake.auth_id = message_id;
    }
    if is_eap { request(sa, cx, None) } else { prove(sa, cx, None) }
}

/// As initiator: our proof, or the question for it. `with_ppk` is one that is made with a PPK, beside which another one stands.
fn prove(sa: &mut Sa, cx: &mut Context<'_>, with_ppk: Option<OwnAuth>) -> Result<Next, CloseReason> {
    let (ike, handshake, peer) = state(sa)?;
    let keys = ike.protected.keys();
    let ppk = ppk::offered(handshake, peer.ppk.as_ref()).filter(|_| with_ppk.is_none());
    let mixed = ppk.map(|ppk| ppk::keys(keys, ppk)).transpose().map_err(CloseReason::Authentication)?;
    let keys = mixed.as_ref().unwrap_or(keys);
    let int_auth = handshake.int_auth()?;
    let body = peer.identity.to_body();
    let octets = proof::octets(keys, handshake, Role::Initiator, &body, &int_auth);
    let made = proof::own(&octets, proof::sk_p(keys, Role::Initiator), &peer.local_auth, handshake);
    match made.map_err(CloseReason::Authentication)? {
        Proof::Made(auth) => proved(sa, cx, with_ppk, auth),
        Proof::ToSign(to_sign) => Ok(Next::Ask(Asking::Sign { with_ppk }, Inquiry::Sign(to_sign))),
    }
}

/// As initiator: the application has signed.
pub(in crate::session) fn signed(
    sa: &mut Sa,
    cx: &mut Context<'_>,
    with_ppk: Option<OwnAuth>,
    decision: Option<Decision>,
) -> Result<Next, CloseReason> {
    let Some(Decision::Signature(data)) = decision else { return Err(CloseReason::Undecided) };
    let (_, handshake, peer) = state(sa)?;
    let auth = OwnAuth { method: signing_method(peer, handshake).ok_or(CloseReason::Undecided)?, data };
    proved(sa, cx, with_ppk, auth)
}

/// As initiator: a proof is made. Where the PPK is optional, the same without it goes with it (RFC 8784 section 3).
fn proved(sa: &mut Sa, cx: &mut Context<'_>, with_ppk: Option<OwnAuth>, auth: OwnAuth) -> Result<Next, CloseReason> {
    let (_, handshake, peer) = state(sa)?;
    let is_optional = ppk::offered(handshake, peer.ppk.as_ref()).is_some_and(|ppk| !ppk.is_mandatory);
    match with_ppk {
        None if is_optional => prove(sa, cx, Some(auth)),
        None => ask(sa, cx, (&auth, None)),
        Some(with_ppk) => ask(sa, cx, (&with_ppk, Some(&auth))),
    }
}

fn ask(sa: &mut Sa, cx: &mut Context<'_>, proofs: (&OwnAuth, Option<&OwnAuth>)) -> Result<Next, CloseReason> {
    let (_, handshake, _) = state(sa)?;
    match handshake.eap.as_ref() {
        Some(eap) => eap::conclude(sa, eap.spi_in, proofs),
        None => request(sa, cx, Some(proofs)),
    }
}

fn request(sa: &mut Sa, cx: &mut Context<'_>, proofs: Option<(&OwnAuth, Option<&OwnAuth>)>) -> Result<Next, CloseReason> {
    let (_, handshake, peer) = state(sa)?;
    let peer = peer.clone();
    let config = peer.child.as_ref().filter(|_| !(peer.childless && handshake.childless));
    if config.is_none() && !handshake.childless {
        // RFC 6023 section 3: only where the responder announced it.
        return Err(Violation::MissingNotify(NotifyType::CHILDLESS_IKEV2_SUPPORTED).into());
    }
    let spi_in = config.map(|_| cx.child_spi(sa.id)).transpose()?;
    let ppk = ppk::offered(handshake, peer.ppk.as_ref());
    let methods = methods::octets(sa.config.hashes, Some(&peer.remote_auth));
    let says_methods = sa.config.announces_methods && !handshake.peer_methods.is_empty() && !methods.is_empty();
    let content = MessageContent::build(|chain| {
        chain.push(Payload::IdI(peer.identity.id()));
        push_certificates(chain, &peer);
        if let Some(expected) = &peer.expected {
            chain.push(Payload::IdR(expected.id()));
        }
        if let Some((auth, without)) = proofs {
            chain.push(Payload::Auth(Auth { method: auth.method, data: &auth.data }));
            if let Some(ppk) = ppk {
                ppk::push(chain, ppk, without);
            }
        }
        if says_methods {
            chain.push(Payload::Notify(Notify::new(NotifyType::SUPPORTED_AUTH_METHODS, &methods)));
        }
        if eap::is_mutual(&peer.local_auth, &peer.remote_auth) {
            chain.push(Payload::Notify(Notify::new(NotifyType::EAP_ONLY_AUTHENTICATION, &[])));
        }
        if peer.initial_contact && sa.is_only {
            chain.push(Payload::Notify(Notify::new(NotifyType::INITIAL_CONTACT, &[])));
        }
        if let (Some(config), Some(spi_in)) = (config, &spi_in) {
            // RFC 6023 section 3: without a Child SA there is nothing to configure.
            if let Some(asked) = &peer.asks_for {
                asked.push(chain, ConfigurationType::CFG_REQUEST);
            }
            chain.sa(|sa| emit_all(config.policy(NegotiationContext::IkeAuth).proposals(), sa, spi_in));
            child::push_offered_traffic(chain, config);
        }
        mobike::push_offer(chain, cx.provider, sa, &peer);
    });
    let content = content.inspect_err(|_| spi_in.into_iter().for_each(|spi| cx.names.release_child(spi)))?;
    Ok(Next::Send(Task::Auth(spi_in), ExchangeType::IKE_AUTH, content))
}

/// As initiator: a response.
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
    if eap::is_under_way(sa) {
        return packet(sa, cx, spi_in, &parts);
    }
    match authenticated(sa, &parts) {
        Ok(Checked::Holds) => accepted(sa, cx, (spi_in, &message)),
        Ok(Checked::Ask(question)) => Ok(Next::Ask(Asking::Verify { response: message, spi_in }, question)),
        Err(failure) => farewell(cx, spi_in, CloseReason::Authentication(failure), NotifyType::AUTHENTICATION_FAILED),
    }
}

/// Whether the responder is who it should be. Before EAP it need not have proved it, where EAP does.
fn authenticated(sa: &mut Sa, parts: &Parts<'_>) -> Result<Checked, AuthFailure> {
    let (_, handshake, peer) = state(sa).map_err(|_| AuthFailure::UnknownPeer)?;
    let after_eap = handshake.eap.as_ref().map(|eap| eap.first.clone());
    let is_before_eap = after_eap.is_none() && matches!(peer.local_auth, LocalAuth::Eap(_));
    if is_before_eap && eap::is_mutual(&peer.local_auth, &peer.remote_auth) {
        return claim(sa, Role::Responder, parts).map(|_| Checked::Holds);
    }
    if !is_before_eap {
        // RFC 8784 section 3: with EAP, the PPK is in the last AUTH only.
        ppk::confirm(sa, parts)?;
    }
    let auth = parts.auth.ok_or(AuthFailure::OtherMethod)?;
    match &after_eap {
        Some(first) => check(sa, Role::Responder, (&first.parts().map_err(|_| AuthFailure::OtherMethod)?, auth)),
        None => check(sa, Role::Responder, (parts, auth)),
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
    match check_signature(sa, cx, Role::Responder, &parts, decision) {
        Ok(()) => accepted(sa, cx, (spi_in, message)),
        Err(failure) => farewell(cx, spi_in, CloseReason::Authentication(failure), NotifyType::AUTHENTICATION_FAILED),
    }
}

/// The responder is who it should be, as far as its first message goes: EAP follows, or all is done.
fn accepted(sa: &mut Sa, cx: &mut Context<'_>, (spi_in, message): (Option<[u8; 4]>, &Reassembled)) -> Result<Next, CloseReason> {
    let parts = message.parts().map_err(|error| give_up(cx, spi_in, error.into()))?;
    let (_, handshake, peer) = state(sa).map_err(|error| give_up(cx, spi_in, error))?;
    let (is_after_eap, has_eap) = (handshake.eap.is_some(), matches!(peer.local_auth, LocalAuth::Eap(_)));
    let is_proved = !eap::is_mutual(&peer.local_auth, &peer.remote_auth);
    // AUTH after EAP is of the IDr of the first response (RFC 7296 section 2.16): another one in the last says nothing.
    if let Some(id) = parts.id_r.filter(|_| !is_after_eap) {
        sa.peer_identity = Some(Identity::of(&id));
    }
    if is_after_eap || !has_eap {
        return conclude(sa, cx, spi_in, &parts);
    }
    if parts.eap.is_none() && is_proved && redirect::tell(sa, &parts) {
        // RFC 5685 section 6: it is sent elsewhere before EAP begins.
        return Err(give_up(cx, spi_in, CloseReason::Redirected));
    }
    eap::begin(sa, message.clone(), spi_in).map_err(|error| give_up(cx, spi_in, error.into()))?;
    packet(sa, cx, spi_in, &parts)
}

/// The next packet of EAP.
fn packet(sa: &mut Sa, cx: &mut Context<'_>, spi_in: Option<[u8; 4]>, parts: &Parts<'_>) -> Result<Next, CloseReason> {
    let asked = match &parts.eap {
        Some(packet) => eap::asked(sa, spi_in, packet),
        None => Err(Violation::Missing(PayloadType::EAP).into()),
    };
    asked.map_err(|reason| give_up(cx, spi_in, reason))
}

/// As initiator: the application has decided about a packet of EAP.
pub(in crate::session) fn eap_decided(
    sa: &mut Sa,
    cx: &mut Context<'_>,
    spi_in: Option<[u8; 4]>,
    decision: Option<Decision>,
) -> Result<Next, CloseReason> {
    let next = match eap::answer(sa, decision) {
        Ok(Some(content)) => Ok(Next::Send(Task::Auth(spi_in), ExchangeType::IKE_AUTH, content)),
        Ok(None) => prove(sa, cx, None),
        Err(reason) => Err(reason),
    };
    next.map_err(|reason| give_up(cx, spi_in, reason))
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
    given(sa, &peer, parts);
    mobike::heard(sa, parts);
    let handshake = up(sa, cx).ok_or(CloseReason::Undecided)?;
    let is_sent_on = redirect::tell(sa, parts);
    let (Some(spi_in), Some(config)) = (spi_in, &peer.child) else { return Ok(Next::Done) };
    if parts.first(PayloadType::SA).is_none() {
        // RFC 7296 section 2.21.2: the IKE SA stands without its Child SA.
        cx.names.release_child(spi_in);
        let notify = parts.error().map_or(NotifyType::NO_ADDITIONAL_SAS, |error| error.ty);
        if !is_sent_on || parts.error().is_some() {
            sa.refused_ours(Refusing::Peer, ExchangeType::IKE_AUTH, notify, OwnRequest::Child);
        }
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

/// What the responder gives and tells. Child SAs that are asked for later have the addresses that we are given on our side, and no others.
fn given(sa: &mut Sa, peer: &Arc<PeerConfig>, parts: &Parts<'_>) {
    let Phase::Handshaking(handshake) = &mut sa.phase else { return };
    handshake.auth_lifetime = match parts.notify(NotifyType::AUTH_LIFETIME).map(|notify| notify.typed_data()) {
        Some(Ok(NotifyData::AuthLifetime(seconds))) => Some(Duration::from_secs(seconds.into())),
        _ => None,
    };
    let reply = parts.configuration.filter(|reply| peer.asks_for.is_some() && reply.ty() == ConfigurationType::CFG_REPLY);
    if let Some(reply) = reply {
        handshake.configuration = ConfigurationSet::of(&reply);
        sa.peer = Some(peer.within(&handshake.configuration.hosts(), Role::Initiator));
    }
}
