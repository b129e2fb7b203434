//! IKE_AUTH, RFC 7296 sections 1.2, 2.15 and 2.16: what both sides have in common.

mod eap;
mod initiator;
mod ppk;
mod responder;

pub(in crate::session) use initiator::{begin, eap_decided, response, signed, verified};
pub(in crate::session) use responder::{decided, respond};

use super::{mobike, proof};
use crate::identity::Identity;
use crate::registry::{AuthMethod, ExchangeType, NotifyType, PayloadType};
use crate::role::Role;
use crate::session::ask::{Decision, Inquiry};
use crate::session::authentication::{LocalAuth, RemoteAuth};
use crate::session::close::{AuthFailure, CloseReason, Violation};
use crate::session::context::Context;
use crate::session::event::{Established, Event};
use crate::session::ike_sa::IkeSa;
use crate::session::peer::PeerConfig;
use crate::session::phase::{Handshake, Phase};
use crate::session::reply::Refused;
use crate::session::sa::Sa;
use crate::wire::{Auth, Cert, CertReq, ChainBuilder, Parts, Payload, RawPayload};
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

/// How far the peer's proof is.
enum Checked {
    /// It holds.
    Holds,
    /// The application says whose key it is.
    Ask(Inquiry),
}

/// Who a side says it is, with the body of its payload, which AUTH covers.
fn claim<'a>(sa: &Sa, side: Role, parts: &Parts<'a>) -> Result<(Identity, RawPayload<'a>), AuthFailure> {
    let (ty, id) = match side {
        Role::Initiator => (PayloadType::IDI, parts.id_i),
        Role::Responder => (PayloadType::IDR, parts.id_r),
    };
    let (Some(id), Some(body)) = (id, parts.first(ty)) else { return Err(AuthFailure::OtherMethod) };
    let identity = Identity::of(&id);
    let expected = sa.peer.as_ref().and_then(|peer| peer.expected.as_ref());
    if expected.is_some_and(|expected| !expected.matches(&identity)) {
        return Err(AuthFailure::OtherIdentity);
    }
    Ok((identity, body))
}

/// Checks what a peer proves, without a key of its own. `first` is its message with its identity.
fn check(sa: &Sa, side: Role, (first, auth): (&Parts<'_>, Auth<'_>)) -> Result<Checked, AuthFailure> {
    let (ike, handshake, peer) = state(sa).map_err(|_| AuthFailure::UnknownPeer)?;
    let (identity, body) = claim(sa, side, first)?;
    let keys = ike.protected.keys();
    let check_mic = |key: &[u8], failure| {
        let int_auth = handshake.int_auth().map_err(|_| failure)?;
        let octets = proof::octets(keys, handshake, side, body.body, &int_auth);
        octets.verify_shared_key(key, auth.data).map(|()| Checked::Holds).map_err(|_| failure)
    };
    if let Some(success) = handshake.eap_success() {
        let key = proof::eap_secret(success, proof::sk_p(keys, side));
        return if auth.method == AuthMethod::SHARED_KEY_MIC { check_mic(key, AuthFailure::EapKey) } else { Err(AuthFailure::OtherMethod) };
    }
    match (&peer.remote_auth, auth.method) {
        (RemoteAuth::SharedKey(key), AuthMethod::SHARED_KEY_MIC) => check_mic(key.octets(), AuthFailure::SharedKey),
        (RemoteAuth::Null, AuthMethod::NULL) => check_mic(proof::sk_p(keys, side), AuthFailure::SharedKey),
        (RemoteAuth::SharedKey(_) | RemoteAuth::Null | RemoteAuth::Eap(_), _)
        | (RemoteAuth::Signature(_), AuthMethod::SHARED_KEY_MIC | AuthMethod::NULL) => Err(AuthFailure::OtherMethod),
        (RemoteAuth::Signature(_), _) => {
            let certificates = first.certs().filter(|cert| cert.encoding == PeerConfig::ENCODING).take(MOST_CERTIFICATES);
            let certificates: Vec<_> = certificates.map(|cert| Bytes::copy_from_slice(cert.data)).collect();
            if certificates.is_empty() {
                return Err(AuthFailure::NoCertificate);
            }
            Ok(Checked::Ask(Inquiry::VerifyChain { peer: identity, certificates }))
        }
    }
}

/// Checks a signature by the key that the application vouches for.
fn check_signature(sa: &Sa, cx: &Context<'_>, side: Role, parts: &Parts<'_>, decision: Decision) -> Result<(), AuthFailure> {
    let Decision::Trusted(spki) = decision else { return Err(AuthFailure::Certificate) };
    let (ike, handshake, peer) = state(sa).map_err(|_| AuthFailure::UnknownPeer)?;
    let RemoteAuth::Signature(theirs) = &peer.remote_auth else { return Err(AuthFailure::OtherMethod) };
    let (_, body) = claim(sa, side, parts)?;
    let auth = ppk::proof(sa, parts).ok_or(AuthFailure::OtherMethod)?;
    let int_auth = handshake.int_auth().map_err(|_| AuthFailure::Certificate)?;
    let octets = proof::octets(ike.protected.keys(), handshake, side, body.body, &int_auth);
    let accept = proof::accepted(auth.method, sa.config.hashes, theirs.sha1, &handshake.peer_hashes);
    proof::verify(cx.provider, &octets, &auth, &spki, &accept)
}

/// The method by which our key signs.
fn signing_method(peer: &PeerConfig, handshake: &Handshake) -> Option<AuthMethod> {
    match &peer.local_auth {
        LocalAuth::Signature(own) => proof::scheme(own, &handshake.peer_hashes).map(|(method, _)| method),
        LocalAuth::SharedKey(_) | LocalAuth::Null | LocalAuth::Eap(_) => None,
    }
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

/// IDr and certificates.
fn push_identity(chain: &mut ChainBuilder<'_>, peer: &PeerConfig) {
    chain.push(Payload::IdR(peer.identity.id()));
    push_chain(chain, peer);
}

/// As responder: the initiator is not who it says.
fn failed(failure: AuthFailure) -> Refused {
    Refused::new(NotifyType::AUTHENTICATION_FAILED).closing(CloseReason::Authentication(failure))
}

/// As responder: the application has not decided, or not what it was asked.
fn undecided() -> Refused {
    Refused::new(NotifyType::AUTHENTICATION_FAILED).closing(CloseReason::Undecided)
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
    let auth_lifetime = handshake.auth_lifetime;
    if sa.role == Role::Responder {
        sa.expires = auth_lifetime.map(|lifetime| Box::new(cx.now + lifetime));
    }
    let established = Established {
        role: sa.role,
        peer: identity,
        spis,
        selection,
        nat: sa.nat,
        configuration: core::mem::take(&mut handshake.configuration),
        auth_lifetime,
        has_ppk: handshake.ppk.is_some(),
    };
    sa.tell(Event::Established(Box::new(established)));
    mobike::up(sa);
    Some(handshake)
}
