//! Post-quantum preshared keys in IKE_AUTH, RFC 8784 section 3, from both sides.

use crate::keys::IkeKeys;
use crate::registry::NotifyType;
use crate::role::Role;
use crate::session::close::AuthFailure;
use crate::session::phase::{Handshake, Phase};
use crate::session::ppk::{Ppk, PpkTurn};
use crate::session::sa::Sa;
use crate::session::serving::OwnAuth;
use crate::wire::{Auth, ChainBuilder, Notify, NotifyData, Parts, Payload};

/// As initiator: the PPK that our AUTH is made with.
pub(super) fn offered<'a>(handshake: &Handshake, ppk: Option<&'a Ppk>) -> Option<&'a Ppk> {
    ppk.filter(|_| handshake.ppk_turn == PpkTurn::Auth)
}

/// As initiator: what stands beside AUTH. `without` is the same proof without the PPK, for a responder that does not have it.
pub(super) fn push(chain: &mut ChainBuilder<'_>, ppk: &Ppk, without: Option<&OwnAuth>) {
    chain.notify(NotifyData::PpkIdentity(Ppk::TYPE, ppk.identity()));
    if let Some(without) = without {
        chain.push(Payload::Notify(Notify::new(NotifyType::NO_PPK_AUTH, &without.data)));
    }
}

/// The keys with the PPK, for our proof.
pub(super) fn keys(keys: &IkeKeys, ppk: &Ppk) -> Result<IkeKeys, AuthFailure> {
    keys.with_ppk(ppk.octets()).map_err(|_| AuthFailure::NoPpk)
}

/// As initiator: the responder has said whether the PPK is part of the keys.
pub(super) fn confirm(sa: &mut Sa, parts: &Parts<'_>) -> Result<(), AuthFailure> {
    let Phase::Handshaking(handshake) = &sa.phase else { return Ok(()) };
    let Some(ppk) = sa.peer.as_ref().and_then(|peer| offered(handshake, peer.ppk.as_ref())).cloned() else { return Ok(()) };
    if parts.notify(NotifyType::PPK_IDENTITY).is_some() {
        return mix(sa, &ppk);
    }
    if ppk.is_mandatory { Err(AuthFailure::NoPpk) } else { Ok(()) }
}

/// As responder: takes the PPK that the initiator names into the keys. Without it, there has to be a proof without it.
pub(super) fn accept(sa: &mut Sa, parts: &Parts<'_>) -> Result<(), AuthFailure> {
    let Phase::Handshaking(handshake) = &sa.phase else { return Ok(()) };
    let named = identity(parts).filter(|_| handshake.ppk_turn == PpkTurn::Auth);
    let early = handshake.ppk.as_ref();
    let ours = sa.peer.as_ref().and_then(|peer| peer.ppk.clone());
    match (ours, named) {
        (Some(ppk), _) if early.is_some_and(|early| early.is_same_as(&ppk)) => Ok(()),
        (Some(ppk), Some(named)) if named == ppk.identity() => mix(sa, &ppk),
        (Some(ppk), _) if ppk.is_mandatory => Err(AuthFailure::NoPpk),
        (_, Some(_)) if parts.notify(NotifyType::NO_PPK_AUTH).is_none() => Err(AuthFailure::NoPpk),
        _ => Ok(()),
    }
}

/// PPK_ID, of the type that we know.
pub(super) fn identity<'a>(parts: &Parts<'a>) -> Option<&'a [u8]> {
    match parts.notify(NotifyType::PPK_IDENTITY)?.typed_data() {
        Ok(NotifyData::PpkIdentity(Ppk::TYPE, identity)) => Some(identity),
        _ => None,
    }
}

/// The proof of the peer that counts: where an initiator has made two, and we do not have its PPK, the one without it.
pub(super) fn proof<'a>(sa: &Sa, parts: &Parts<'a>) -> Option<Auth<'a>> {
    let auth = parts.auth?;
    let Phase::Handshaking(handshake) = &sa.phase else { return Some(auth) };
    let is_without = sa.role == Role::Responder && handshake.ppk_turn == PpkTurn::Auth && handshake.ppk.is_none();
    let without = parts.notify(NotifyType::NO_PPK_AUTH).filter(|_| is_without);
    Some(without.map_or(auth, |without| Auth { data: without.data, ..auth }))
}

fn mix(sa: &mut Sa, ppk: &Ppk) -> Result<(), AuthFailure> {
    let current = sa.current;
    let ike = sa.ike_mut(current).ok_or(AuthFailure::NoPpk)?;
    ike.protected.mix_ppk(ppk.octets()).map_err(|_| AuthFailure::NoPpk)?;
    if let Phase::Handshaking(handshake) = &mut sa.phase {
        handshake.ppk = Some(ppk.clone());
    }
    Ok(())
}
