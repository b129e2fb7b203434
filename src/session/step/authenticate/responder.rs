//! IKE_AUTH as responder.

use super::super::child::{self, Choice, Traffic};
use super::super::methods;
use super::super::mobike;
use super::super::proof::{self, Proof};
use super::{Checked, check, check_signature, claim, eap, failed, ppk, push_identity, signing_method, state, undecided};

use crate::exchange::MessageContent;
use crate::fragment::Reassembled;
use crate::identity::Identity;
use crate::proposal::NegotiationContext;
use crate::registry::{ConfigurationType, ExchangeType, NotifyType, PayloadType};
use crate::role::Role;
use crate::session::ask::{Decision, Inquiry};
use crate::session::authentication::RemoteAuth;
use crate::session::child::ChildDraft;
use crate::session::close::{AuthFailure, Violation};
use crate::session::configuration::{AddressAssignment, ConfigurationSet};
use crate::session::context::Context;
use crate::session::phase::Phase;
use crate::session::ppk::{Ppk, PpkTurn};
use crate::session::reply::{After, Refused, Reply};
use crate::session::sa::Sa;
use crate::session::serving::{OwnAuth, PeerInstall, Stage};
use crate::wire::{Auth, ChainBuilder, Notify, NotifyData, Parts, Payload};
use alloc::boxed::Box;
use bytes::Bytes;

/// As responder: a request. Who the peer is to us, the application says.
pub(in crate::session) fn respond(sa: &mut Sa, cx: &mut Context<'_>, message: Reassembled) -> Result<Reply, Refused> {
    let Phase::Handshaking(handshake) = &mut sa.phase else { return Err(Violation::Exchange(ExchangeType::IKE_AUTH).into()) };
    if handshake.additional.next_method().is_some() {
        return Err(Violation::Exchange(ExchangeType::IKE_AUTH).into());
    }
    let early = handshake.ppk.as_ref().map(Ppk::identity);
    let parts = message.parts()?;
    match &handshake.eap {
        Some(eap) if eap.success.is_some() => return after_eap(sa, cx, &parts),
        Some(_) => return eap::answered(sa, &parts.eap.ok_or(Violation::Missing(PayloadType::EAP))?),
        None => (handshake.auth_id, handshake.peer_methods) = (message.header().message_id, methods::read(&parts)),
    }
    let peer = Identity::of(&parts.id_i.ok_or(Violation::Missing(PayloadType::IDI))?);
    let question = Inquiry::PeerConfig {
        peer: peer.clone(),
        wanted: parts.id_r.map(|id| Identity::of(&id)),
        // RFC 7296 section 2.16: a request without AUTH asks for EAP.
        wants_eap: parts.auth.is_none(),
        takes_eap_only: eap::takes_eap_only(&parts),
        ppk: early.or(ppk::identity(&parts)).map(Bytes::copy_from_slice),
    };
    // What the peer claims: nothing is made of it before it has proved it.
    let initial_contact = parts.notify(NotifyType::INITIAL_CONTACT).is_some();
    sa.peer_identity = Some(peer);
    sa.initial_contact = initial_contact;
    mobike::heard(sa, &parts);
    Ok(Reply::Wait(Stage::Peer(message), question))
}

/// As responder: the application has decided.
pub(in crate::session) fn decided(sa: &mut Sa, cx: &mut Context<'_>, stage: Stage, decision: Option<Decision>) -> Result<Reply, Refused> {
    let decision = match (&stage, decision) {
        (Stage::Eap, decision) => return eap::reply(sa, decision),
        (_, Some(decision)) => decision,
        (Stage::Narrow { .. } | Stage::Address { .. }, None) => Decision::Refuse,
        (_, None) => return Err(undecided()),
    };
    match (stage, decision) {
        (Stage::Peer(message), Decision::Peer(peer)) => {
            sa.peer = Some(peer);
            known(sa, cx, message)
        }
        (Stage::Verify(message), decision) => {
            check_signature(sa, cx, Role::Initiator, &message.parts()?, decision).map_err(failed)?;
            prove(sa, cx, message)
        }
        (Stage::Sign(message), Decision::Signature(data)) => {
            let (_, handshake, peer) = state(sa)?;
            let method = signing_method(peer, handshake).ok_or_else(|| failed(AuthFailure::OtherMethod))?;
            proved(sa, cx, message, OwnAuth { method, data })
        }
        (Stage::EapBegin { message, auth }, decision) => eap::first_reply(sa, (message, auth), decision),
        (Stage::Address { message, auth }, decision) => addressed(sa, cx, (message, *auth), decision),
        (Stage::Narrow { message, auth: Some(auth) }, decision) => offered_child(sa, cx, (message, *auth), Some(decision.traffic())),
        (Stage::Peer(_), _) => Err(failed(AuthFailure::UnknownPeer)),
        _ => Err(undecided()),
    }
}

/// As responder: the peer is known to the application. It has to prove who it is, or to begin EAP.
fn known(sa: &mut Sa, cx: &mut Context<'_>, message: Reassembled) -> Result<Reply, Refused> {
    let parts = message.parts()?;
    mobike::refuse_nats(sa, &parts)?;
    let (_, _, peer) = state(sa)?;
    let (wants_eap, takes_eap) = (parts.auth.is_none(), matches!(peer.remote_auth, RemoteAuth::Eap(_)));
    let is_mutual = eap::is_mutual(&peer.local_auth, &peer.remote_auth);
    if wants_eap != takes_eap || is_mutual && !eap::takes_eap_only(&parts) {
        return Err(failed(AuthFailure::OtherMethod));
    }
    if wants_eap {
        claim(sa, Role::Initiator, &parts).map_err(failed)?;
        return if is_mutual { begin_eap(message, None) } else { prove(sa, cx, message) };
    }
    ppk::accept(sa, &parts).map_err(failed)?;
    let auth = ppk::proof(sa, &parts).ok_or_else(|| failed(AuthFailure::OtherMethod))?;
    match check(sa, Role::Initiator, (&parts, auth)).map_err(failed)? {
        Checked::Holds => prove(sa, cx, message),
        Checked::Ask(question) => Ok(Reply::Wait(Stage::Verify(message), question)),
    }
}

fn begin_eap(message: Reassembled, auth: Option<OwnAuth>) -> Result<Reply, Refused> {
    let question = eap::first_question(&message)?;
    Ok(Reply::Wait(Stage::EapBegin { message, auth }, question))
}

/// As responder: EAP has succeeded; the initiator proves that it has its key.
fn after_eap(sa: &mut Sa, cx: &mut Context<'_>, parts: &Parts<'_>) -> Result<Reply, Refused> {
    let first = eap::first_message(sa).ok_or(Violation::Exchange(ExchangeType::IKE_AUTH))?;
    ppk::accept(sa, parts).map_err(failed)?;
    let auth = ppk::proof(sa, parts).ok_or_else(|| failed(AuthFailure::OtherMethod))?;
    match check(sa, Role::Initiator, (&first.parts()?, auth)).map_err(failed)? {
        Checked::Holds => prove(sa, cx, first),
        Checked::Ask(_) => Err(failed(AuthFailure::OtherMethod)),
    }
}

/// As responder: our proof, or the question for it.
fn prove(sa: &mut Sa, cx: &mut Context<'_>, message: Reassembled) -> Result<Reply, Refused> {
    let (ike, handshake, peer) = state(sa)?;
    let keys = ike.protected.keys();
    let int_auth = handshake.int_auth()?;
    let body = peer.identity.to_body();
    let octets = proof::octets(keys, handshake, Role::Responder, &body, &int_auth);
    match proof::own(&octets, proof::sk_p(keys, Role::Responder), &peer.local_auth, handshake).map_err(failed)? {
        Proof::Made(auth) => proved(sa, cx, message, auth),
        Proof::ToSign(to_sign) => Ok(Reply::Wait(Stage::Sign(message), Inquiry::Sign(to_sign))),
    }
}

/// As responder: our proof is made. EAP begins with it, or both proofs are there.
fn proved(sa: &mut Sa, cx: &mut Context<'_>, message: Reassembled, auth: OwnAuth) -> Result<Reply, Refused> {
    let (_, handshake, peer) = state(sa)?;
    if handshake.eap.is_none() && matches!(peer.remote_auth, RemoteAuth::Eap(_)) {
        return begin_eap(message, Some(auth));
    }
    answer(sa, cx, message, auth)
}

/// As responder: both proofs are there. The peer is given what it asks for, and then the Child SA.
fn answer(sa: &mut Sa, cx: &mut Context<'_>, message: Reassembled, auth: OwnAuth) -> Result<Reply, Refused> {
    let (_, _, peer) = state(sa)?;
    let (assignment, auth_lifetime) = (peer.assignment, peer.auth_lifetime);
    if let Phase::Handshaking(handshake) = &mut sa.phase {
        handshake.auth_lifetime = auth_lifetime;
    }
    let parts = message.parts()?;
    if parts.first(PayloadType::SA).is_none() {
        let content = content(sa, &auth, |_| {})?;
        return Ok(Reply::Answer(content, After::Up));
    }
    let asked = parts.configuration.filter(|asked| asked.ty() == ConfigurationType::CFG_REQUEST);
    match (assignment, asked) {
        (AddressAssignment::Never, _) | (AddressAssignment::OnRequest, None) => offered_child(sa, cx, (message, auth), None),
        (AddressAssignment::Required, None) => without_child(sa, &auth, &Refused::new(NotifyType::FAILED_CP_REQUIRED)),
        (AddressAssignment::OnRequest | AddressAssignment::Required, Some(asked)) => {
            let asked = ConfigurationSet::of(&asked);
            let peer = sa.peer_identity.clone().ok_or_else(undecided)?;
            Ok(Reply::Wait(Stage::Address { message, auth: Box::new(auth) }, Inquiry::Address { peer, asked }))
        }
    }
}

/// As responder: the application has said what the peer is given.
fn addressed(sa: &mut Sa, cx: &mut Context<'_>, (message, auth): (Reassembled, OwnAuth), decision: Decision) -> Result<Reply, Refused> {
    let asked = message.parts()?.configuration.map(|asked| ConfigurationSet::of(&asked)).unwrap_or_default();
    // Addresses of another family than was asked for are none.
    let given = match decision {
        Decision::Address(given) if !asked.is_missed_by(&given) => Some(given),
        _ => None,
    };
    let Some(given) = given else {
        sa.peer = sa.peer.as_ref().map(|peer| peer.assigning(AddressAssignment::Required));
        return without_child(sa, &auth, &Refused::new(NotifyType::INTERNAL_ADDRESS_FAILURE));
    };
    sa.peer = sa.peer.as_ref().map(|peer| peer.within(&given.hosts(), Role::Responder));
    if let Phase::Handshaking(handshake) = &mut sa.phase {
        handshake.configuration = given;
    }
    offered_child(sa, cx, (message, auth), None)
}

/// As responder: the IKE SA is up, and the Child SA is refused (RFC 7296 sections 1.2 and 3.15.4).
fn without_child(sa: &mut Sa, auth: &OwnAuth, refused: &Refused) -> Result<Reply, Refused> {
    sa.refused_theirs(ExchangeType::IKE_AUTH, refused.notify);
    if let Phase::Handshaking(handshake) = &mut sa.phase {
        // Addresses are of use for a Child SA only.
        handshake.configuration = ConfigurationSet::new();
    }
    let notify = Notify::new(refused.notify, &refused.data);
    let content = content(sa, auth, |chain| {
        chain.push(Payload::Notify(notify));
    })?;
    Ok(Reply::Answer(content, After::Up))
}

/// As responder: the Child SA. What stands in its way leaves the IKE SA up (RFC 7296 section 1.2).
fn offered_child(
    sa: &mut Sa,
    cx: &mut Context<'_>,
    (message, auth): (Reassembled, OwnAuth),
    narrowed: Option<Traffic>,
) -> Result<Reply, Refused> {
    let parts = message.parts()?;
    let draft = match child::choose(sa, cx, &parts, (NegotiationContext::IkeAuth, None), narrowed) {
        Ok(Choice::Agreed(draft)) => draft,
        Ok(Choice::Ask(question)) => return Ok(Reply::Wait(Stage::Narrow { message, auth: Some(Box::new(auth)) }, question)),
        Err(refused) if refused.close.is_some() => return Err(refused),
        Err(refused) => return without_child(sa, &auth, &refused),
    };
    let spi_in = draft.spi_in;
    let installed = install(sa, cx, *draft, &auth);
    if installed.is_err() {
        cx.names.release_child(spi_in);
    }
    installed
}

fn install(sa: &mut Sa, cx: &mut Context<'_>, draft: ChildDraft, auth: &OwnAuth) -> Result<Reply, Refused> {
    let (_, handshake, _) = state(sa)?;
    let secrets = draft.selection.key_exchanges().map_err(Violation::from)?.start().finish().map_err(Violation::from)?;
    let keys = child::keys(sa, sa.current, &draft, handshake.nonces(), &secrets)?;
    let configuration = &handshake.configuration;
    let answer = content(sa, auth, |chain| {
        if !configuration.is_empty() {
            configuration.push(chain, ConfigurationType::CFG_REPLY);
        }
        chain.sa(|sa| draft.selection.emit(sa, &draft.spi_in));
        child::push_traffic(chain, &draft);
    })?;
    let refusal = content(sa, auth, |chain| {
        chain.push(Payload::Notify(Notify::new(NotifyType::NO_ADDITIONAL_SAS, &[])));
    })?;
    let rekey_at = sa.child_rekey_at(cx);
    let (child, install) = draft.finish(keys, rekey_at);
    Ok(Reply::Install(Box::new(PeerInstall { child, content: answer, refusal, old: None, is_auth: true }), install))
}

/// The last response: IDr, certificates and AUTH, then what there is to say of the Child SA. After EAP, the first response had IDr.
fn content(sa: &Sa, auth: &OwnAuth, child: impl Fn(&mut ChainBuilder<'_>)) -> Result<MessageContent, Refused> {
    let (_, handshake, peer) = state(sa)?;
    Ok(MessageContent::build(|chain| {
        if handshake.eap.is_none() {
            push_identity(chain, peer);
        }
        chain.push(Payload::Auth(Auth { method: auth.method, data: &auth.data }));
        if handshake.ppk.is_some() && handshake.ppk_turn == PpkTurn::Auth {
            chain.push(Payload::Notify(Notify::new(NotifyType::PPK_IDENTITY, &[])));
        }
        if let Some(lifetime) = handshake.auth_lifetime {
            chain.notify(NotifyData::AuthLifetime(u32::try_from(lifetime.as_secs()).unwrap_or(u32::MAX)));
        }
        child(chain);
        mobike::push_support(chain, sa, peer);
    })?)
}
