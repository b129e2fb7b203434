//! IKE_AUTH as responder.

use super::super::child::{self, Choice, Traffic};
use super::super::proof::{self, Proof};
use super::{Checked, check, check_signature, push_chain, signing_method, state};
use crate::error::BuildError;
use crate::exchange::MessageContent;
use crate::fragment::Reassembled;
use crate::identity::Identity;
use crate::proposal::NegotiationContext;
use crate::registry::{ExchangeType, NotifyType, PayloadType};
use crate::role::Role;
use crate::session::ask::{Decision, Inquiry};
use crate::session::child::ChildDraft;
use crate::session::close::{AuthFailure, CloseReason, Violation};
use crate::session::context::Context;
use crate::session::peer::PeerConfig;
use crate::session::phase::Phase;
use crate::session::reply::{After, Refused, Reply};
use crate::session::sa::Sa;
use crate::session::serving::{OwnAuth, PeerInstall, Stage};
use crate::wire::{Auth, ChainBuilder, Notify, Payload};
use alloc::boxed::Box;

/// As responder: the request. Who the peer is to us, the application says.
pub(in crate::session) fn respond(sa: &mut Sa, message: Reassembled) -> Result<Reply, Refused> {
    let Phase::Handshaking(handshake) = &sa.phase else { return Err(Violation::Exchange(ExchangeType::IKE_AUTH).into()) };
    if handshake.additional.next_method().is_some() {
        return Err(Violation::Exchange(ExchangeType::IKE_AUTH).into());
    }
    let parts = message.parts()?;
    let peer = Identity::of(&parts.id_i.ok_or(Violation::Missing(PayloadType::IDI))?);
    // RFC 7296 section 2.16: a request without AUTH asks for EAP.
    if parts.auth.is_none() {
        return Err(failed(AuthFailure::OtherMethod));
    }
    let wanted = parts.id_r.map(|id| Identity::of(&id));
    // What the peer claims: nothing is made of it before it has proved it.
    let initial_contact = parts.notify(NotifyType::INITIAL_CONTACT).is_some();
    sa.peer_identity = Some(peer.clone());
    sa.initial_contact = initial_contact;
    Ok(Reply::Wait(Stage::Peer(message), Inquiry::PeerConfig { peer, wanted }))
}

fn failed(failure: AuthFailure) -> Refused {
    Refused::new(NotifyType::AUTHENTICATION_FAILED).closing(CloseReason::Authentication(failure))
}

/// As responder: the application has decided.
pub(in crate::session) fn decided(sa: &mut Sa, cx: &mut Context<'_>, stage: Stage, decision: Option<Decision>) -> Result<Reply, Refused> {
    let undecided = || Refused::new(NotifyType::AUTHENTICATION_FAILED).closing(CloseReason::Undecided);
    let decision = match (&stage, decision) {
        (_, Some(decision)) => decision,
        (Stage::Narrow { .. }, None) => Decision::Refuse,
        (_, None) => return Err(undecided()),
    };
    match (stage, decision) {
        (Stage::Peer(message), Decision::Peer(peer)) => {
            sa.peer = Some(peer);
            let parts = message.parts()?;
            match check(sa, Role::Initiator, &parts, message.header().message_id).map_err(failed)? {
                (Checked::Holds, _) => prove(sa, cx, message),
                (Checked::Ask(question), _) => Ok(Reply::Wait(Stage::Verify(message), question)),
            }
        }
        (Stage::Verify(message), decision) => {
            let parts = message.parts()?;
            check_signature(sa, cx, Role::Initiator, (&parts, message.header().message_id), decision).map_err(failed)?;
            prove(sa, cx, message)
        }
        (Stage::Sign(message), Decision::Signature(data)) => {
            let (_, handshake, peer) = state(sa)?;
            let method = signing_method(peer, handshake).ok_or_else(|| failed(AuthFailure::OtherMethod))?;
            answer(sa, cx, message, OwnAuth { method, data }, None)
        }
        (Stage::Narrow { message, auth: Some(auth) }, decision) => answer(sa, cx, message, *auth, Some(decision.traffic())),
        (Stage::Peer(_), _) => Err(failed(AuthFailure::UnknownPeer)),
        _ => Err(undecided()),
    }
}

/// As responder: our proof, or the question for it.
fn prove(sa: &mut Sa, cx: &mut Context<'_>, message: Reassembled) -> Result<Reply, Refused> {
    let (ike, handshake, peer) = state(sa)?;
    let int_auth = handshake.int_auth(message.header().message_id)?;
    let body = peer.identity.to_body();
    let octets = proof::octets(ike, handshake, Role::Responder, &body, &int_auth);
    match proof::own(&octets, proof::sk_p(ike, Role::Responder), &peer.local_auth, &handshake.peer_hashes).map_err(failed)? {
        Proof::Made(auth) => answer(sa, cx, message, auth, None),
        Proof::ToSign(to_sign) => Ok(Reply::Wait(Stage::Sign(message), Inquiry::Sign(to_sign))),
    }
}

/// As responder: both proofs are there. What stands in the way of the Child SA leaves the IKE SA up (RFC 7296 section 1.2).
fn answer(sa: &mut Sa, cx: &mut Context<'_>, message: Reassembled, auth: OwnAuth, narrowed: Option<Traffic>) -> Result<Reply, Refused> {
    let parts = message.parts()?;
    let peer = sa.peer.clone().ok_or_else(|| failed(AuthFailure::UnknownPeer))?;
    if parts.first(PayloadType::SA).is_none() {
        return Ok(Reply::Answer(content(&peer, &auth, |_| {})?, After::Up));
    }
    let draft = match child::choose(sa, cx, &parts, (NegotiationContext::IkeAuth, None), narrowed) {
        Ok(Choice::Agreed(draft)) => draft,
        Ok(Choice::Ask(question)) => return Ok(Reply::Wait(Stage::Narrow { message, auth: Some(Box::new(auth)) }, question)),
        Err(refused) if refused.close.is_some() => return Err(refused),
        Err(refused) => {
            sa.refused_theirs(ExchangeType::IKE_AUTH, refused.notify);
            let notify = Notify::new(refused.notify, &refused.data);
            return Ok(Reply::Answer(
                content(&peer, &auth, |chain| {
                    chain.push(Payload::Notify(notify));
                })?,
                After::Up,
            ));
        }
    };
    let spi_in = draft.spi_in;
    let installed = install(sa, cx, *draft, &peer, &auth);
    if installed.is_err() {
        cx.names.release_child(spi_in);
    }
    installed
}

fn install(sa: &mut Sa, cx: &mut Context<'_>, draft: ChildDraft, peer: &PeerConfig, auth: &OwnAuth) -> Result<Reply, Refused> {
    let (_, handshake, _) = state(sa)?;
    let secrets = draft.selection.key_exchanges().map_err(Violation::from)?.start().finish().map_err(Violation::from)?;
    let keys = child::keys(sa, sa.current, &draft, handshake.nonces(), &secrets)?;
    let answer = content(peer, auth, |chain| {
        chain.sa(|sa| draft.selection.emit(sa, &draft.spi_in));
        child::push_traffic(chain, &draft);
    })?;
    let refusal = content(peer, auth, |chain| {
        chain.push(Payload::Notify(Notify::new(NotifyType::NO_ADDITIONAL_SAS, &[])));
    })?;
    let rekey_at = sa.child_rekey_at(cx);
    let (child, install) = draft.finish(keys, rekey_at);
    Ok(Reply::Install(Box::new(PeerInstall { child, content: answer, refusal, old: None, is_auth: true }), install))
}

/// The response: IDr, certificates and AUTH, then what there is to say of the Child SA.
fn content(peer: &PeerConfig, auth: &OwnAuth, child: impl Fn(&mut ChainBuilder<'_>)) -> Result<MessageContent, BuildError> {
    MessageContent::build(|chain| {
        chain.push(Payload::IdR(peer.identity.id()));
        push_chain(chain, peer);
        chain.push(Payload::Auth(Auth { method: auth.method, data: &auth.data }));
        child(chain);
    })
}
