//! IKE_AUTH, RFC 7296 sections 1.2 and 2.15, from both sides.

use super::child::{self, Choice, Traffic};
use super::mobike;
use super::proof::{self, Proof};
use crate::exchange::MessageContent;
use crate::fragment::Reassembled;
use crate::identity::Identity;
use crate::proposal::{NegotiationContext, emit_all};
use crate::registry::{AuthMethod, ExchangeType, NotifyType, PayloadType};
use crate::role::Role;
use crate::session::ask::{Decision, Inquiry};
use crate::session::authentication::{LocalAuth, RemoteAuth};
use crate::session::child::ChildDraft;
use crate::session::close::{AuthFailure, CloseReason, Refusing, Violation};
use crate::session::context::Context;
use crate::session::event::{Established, Event, OwnRequest};
use crate::session::ike_sa::IkeSa;
use crate::session::peer::PeerConfig;
use crate::session::phase::{Handshake, Phase};
use crate::session::reply::{After, Next, Refused, Reply};
use crate::session::sa::Sa;
use crate::session::serving::{OwnAuth, PeerInstall, Stage};
use crate::session::task::{Asking, OwnInstall, Task};
use crate::wire::{Auth, Cert, CertReq, ChainBuilder, Notify, Parts, Payload};
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use bytes::Bytes;

/// Certificates of a peer that are shown to the application.
const MOST_CERTIFICATES: usize = 16;

/// What belongs together during IKE_AUTH: the generation, the exchanges before, and what is agreed on with the peer.
fn state(sa: &Sa) -> Result<(&IkeSa, &Handshake, &Arc<PeerConfig>), CloseReason> {
    let Phase::Handshaking(handshake) = &sa.phase else { return Err(Violation::Exchange(ExchangeType::IKE_AUTH).into()) };
    let (Some(ike), Some(peer)) = (sa.ike(sa.current), &sa.peer) else { return Err(CloseReason::Undecided) };
    Ok((ike, handshake, peer))
}

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

/// The method by which our key signs.
fn signing_method(peer: &PeerConfig, handshake: &Handshake) -> Option<AuthMethod> {
    match &peer.local_auth {
        LocalAuth::Signature(own) => proof::scheme(own, &handshake.peer_hashes).map(|(method, _)| method),
        LocalAuth::SharedKey(_) | LocalAuth::Null => None,
    }
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
        mobike::push_offer(chain, cx.provider, sa, &peer);
    });
    let content = content.inspect_err(|_| spi_in.into_iter().for_each(|spi| cx.names.release_child(spi)))?;
    Ok(Next::Send(Task::Auth(spi_in), ExchangeType::IKE_AUTH, content))
}

/// CERT payloads with our chain, and CERTREQ.
fn push_certificates(chain: &mut ChainBuilder<'_>, peer: &PeerConfig) {
    push_chain(chain, peer);
    if let RemoteAuth::Signature(theirs) = &peer.remote_auth {
        if !theirs.authorities.is_empty() {
            let authorities = theirs.authorities.concat();
            chain.push(Payload::CertReq(CertReq { encoding: PeerConfig::ENCODING, authorities: &authorities }));
        }
    }
}

fn push_chain(chain: &mut ChainBuilder<'_>, peer: &PeerConfig) {
    if let LocalAuth::Signature(own) = &peer.local_auth {
        for data in own.chain.iter() {
            chain.push(Payload::Cert(Cert { encoding: PeerConfig::ENCODING, data }));
        }
    }
}

/// How far the peer's proof is.
enum Checked {
    /// It holds.
    Holds,
    /// The application says whose key it is.
    Ask(Inquiry),
}

/// Checks what a peer proves, without a key of its own.
fn check(sa: &Sa, side: Role, parts: &Parts<'_>, message_id: u32) -> Result<(Checked, Identity), AuthFailure> {
    let (ike, handshake, peer) = state(sa).map_err(|_| AuthFailure::UnknownPeer)?;
    let (ty, id) = match side {
        Role::Initiator => (PayloadType::IDI, parts.id_i),
        Role::Responder => (PayloadType::IDR, parts.id_r),
    };
    let (Some(id), Some(auth), Some(body)) = (id, parts.auth, parts.first(ty)) else { return Err(AuthFailure::OtherMethod) };
    let identity = Identity::of(&id);
    if peer.expected.as_ref().is_some_and(|expected| !expected.matches(&identity)) {
        return Err(AuthFailure::OtherIdentity);
    }
    let check_mic = |key: &[u8]| {
        let int_auth = handshake.int_auth(message_id).map_err(|_| AuthFailure::SharedKey)?;
        let octets = proof::octets(ike, handshake, side, body.body, &int_auth);
        octets.verify_shared_key(key, auth.data).map_err(|_| AuthFailure::SharedKey)
    };
    match (&peer.remote_auth, auth.method) {
        (RemoteAuth::SharedKey(key), AuthMethod::SHARED_KEY_MIC) => {
            check_mic(key.octets())?;
            Ok((Checked::Holds, identity))
        }
        (RemoteAuth::Null, AuthMethod::NULL) => {
            check_mic(proof::sk_p(ike, side))?;
            Ok((Checked::Holds, identity))
        }
        (RemoteAuth::SharedKey(_) | RemoteAuth::Null, _) | (RemoteAuth::Signature(_), AuthMethod::SHARED_KEY_MIC | AuthMethod::NULL) => {
            Err(AuthFailure::OtherMethod)
        }
        (RemoteAuth::Signature(_), _) => {
            let certificates = parts.certs().filter(|cert| cert.encoding == PeerConfig::ENCODING).take(MOST_CERTIFICATES);
            let certificates: Vec<_> = certificates.map(|cert| Bytes::copy_from_slice(cert.data)).collect();
            if certificates.is_empty() {
                return Err(AuthFailure::NoCertificate);
            }
            Ok((Checked::Ask(Inquiry::VerifyChain { peer: identity.clone(), certificates }), identity))
        }
    }
}

/// Checks a signature by the key that the application vouches for.
fn check_signature(
    sa: &Sa,
    cx: &Context<'_>,
    side: Role,
    (parts, message_id): (&Parts<'_>, u32),
    decision: Decision,
) -> Result<(), AuthFailure> {
    let Decision::Trusted(spki) = decision else { return Err(AuthFailure::Certificate) };
    let (ike, handshake, peer) = state(sa).map_err(|_| AuthFailure::UnknownPeer)?;
    let RemoteAuth::Signature(theirs) = &peer.remote_auth else { return Err(AuthFailure::OtherMethod) };
    let ty = if side == Role::Initiator { PayloadType::IDI } else { PayloadType::IDR };
    let (Some(auth), Some(body)) = (parts.auth, parts.first(ty)) else { return Err(AuthFailure::OtherMethod) };
    let int_auth = handshake.int_auth(message_id).map_err(|_| AuthFailure::Certificate)?;
    let octets = proof::octets(ike, handshake, side, body.body, &int_auth);
    let accept = proof::accepted(auth.method, sa.config.hashes, theirs.sha1, &handshake.peer_hashes);
    proof::verify(cx.provider, &octets, &auth, &spki, &accept)
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
    mobike::heard(sa, parts);
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

/// Both sides have authenticated each other. Gives what IKE_AUTH needed to know.
pub(in crate::session) fn up(sa: &mut Sa, cx: &mut Context<'_>) -> Option<Box<Handshake>> {
    let identity = sa.peer_identity.clone()?;
    let Phase::Handshaking(mut handshake) = core::mem::replace(&mut sa.phase, Phase::Up) else { return None };
    if let Some(mut rivals) = handshake.rivals.take() {
        rivals.release(cx.names);
    }
    sa.rekey_at = sa.ike_rekey_at(cx);
    let current = sa.current;
    let (spis, selection) = sa.ike_mut(current).map(|ike| {
        ike.protected.set_takes_requests(true);
        (ike.spis(), *ike.selection)
    })?;
    let established = Established { role: sa.role, peer: identity, spis, selection, nat: sa.nat };
    sa.tell(Event::Established(Box::new(established)));
    mobike::up(sa);
    Some(handshake)
}

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
    mobike::heard(sa, &parts);
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
            mobike::refuse_nats(sa, &parts)?;
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
        return Ok(Reply::Answer(content(sa, &peer, &auth, |_| {})?, After::Up));
    }
    let draft = match child::choose(sa, cx, &parts, (NegotiationContext::IkeAuth, None), narrowed) {
        Ok(Choice::Agreed(draft)) => draft,
        Ok(Choice::Ask(question)) => return Ok(Reply::Wait(Stage::Narrow { message, auth: Some(Box::new(auth)) }, question)),
        Err(refused) if refused.close.is_some() => return Err(refused),
        Err(refused) => {
            sa.refused_theirs(ExchangeType::IKE_AUTH, refused.notify);
            let notify = Notify::new(refused.notify, &refused.data);
            return Ok(Reply::Answer(
                content(sa, &peer, &auth, |chain| {
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
    let answer = content(sa, peer, auth, |chain| {
        chain.sa(|sa| draft.selection.emit(sa, &draft.spi_in));
        child::push_traffic(chain, &draft);
    })?;
    let refusal = content(sa, peer, auth, |chain| {
        chain.push(Payload::Notify(Notify::new(NotifyType::NO_ADDITIONAL_SAS, &[])));
    })?;
    let rekey_at = sa.child_rekey_at(cx);
    let (child, install) = draft.finish(keys, rekey_at);
    Ok(Reply::Install(Box::new(PeerInstall { child, content: answer, refusal, old: None, is_auth: true }), install))
}

/// The response: IDr, certificates and AUTH, then what there is to say of the Child SA.
fn content(
    sa: &Sa,
    peer: &PeerConfig,
    auth: &OwnAuth,
    child: impl Fn(&mut ChainBuilder<'_>),
) -> Result<MessageContent, crate::error::BuildError> {
    MessageContent::build(|chain| {
        chain.push(Payload::IdR(peer.identity.id()));
        push_chain(chain, peer);
        chain.push(Payload::Auth(Auth { method: auth.method, data: &auth.data }));
        child(chain);
        mobike::push_support(chain, sa, peer);
    })
}
