//! Post-quantum preshared keys in IKE_INTERMEDIATE, RFC 9867 section 3.1, from both sides.

use crate::error::CryptoError;
use crate::keys::ppk_confirmation;
use crate::registry::NotifyType;
use crate::session::close::{AuthFailure, CloseReason};
use crate::session::ike_sa::IkeSa;
use crate::session::phase::Handshake;
use crate::session::ppk::{Ppk, PpkTurn};
use crate::wire::{Notify, NotifyData, Parts};
use alloc::vec::Vec;
use subtle::ConstantTimeEq;

/// PPKs of an initiator that are looked at: each costs a computation.
const MOST_NAMED: usize = 16;

/// What shows a responder that it has the same PPK, and not another of this name.
fn confirmation(ike: &IkeSa, handshake: &Handshake, ppk: &Ppk) -> Result<[u8; 8], CryptoError> {
    ppk_confirmation(ike.algorithms.prf, ppk.octets(), handshake.nonces(), ike.spis())
}

/// Data of PPK_IDENTITY_KEY: PPK_ID and PPK Confirmation.
pub(super) fn identity_key(ike: &IkeSa, handshake: &Handshake, ppk: &Ppk) -> Result<Vec<u8>, CryptoError> {
    let confirmation = confirmation(ike, handshake, ppk)?;
    Ok([&[Ppk::TYPE.0], ppk.identity(), &confirmation].concat())
}

/// As initiator: our PPK, if the responder has taken it. There is no other turn.
pub(super) fn confirmed<'a>(handshake: &mut Handshake, parts: &Parts<'_>, ppk: Option<&'a Ppk>) -> Result<Option<&'a Ppk>, CloseReason> {
    let Some(ppk) = ppk.filter(|_| handshake.turn_of_ppk().is_some()) else { return Ok(None) };
    handshake.ppk_turn = PpkTurn::Never;
    let named = parts.notify(NotifyType::PPK_IDENTITY).and_then(|notify| notify.typed_data().ok());
    match named {
        Some(NotifyData::PpkIdentity(Ppk::TYPE, identity)) if identity == ppk.identity() => Ok(Some(ppk)),
        _ if ppk.is_mandatory => Err(CloseReason::Authentication(AuthFailure::NoPpk)),
        _ => Ok(None),
    }
}

/// As responder: the first PPK that the initiator names and that we have too. It has another turn only if it names none beside its last
/// additional key exchange.
pub(super) fn named<'a>(
    ike: &IkeSa,
    handshake: &mut Handshake,
    parts: &Parts<'_>,
    ours: &'a [Ppk],
) -> Result<Option<&'a Ppk>, CryptoError> {
    let Some(numbers) = handshake.turn_of_ppk() else { return Ok(None) };
    let is_last = handshake.additional.next_method().is_none();
    if is_last || parts.notify(numbers.identity_key()).is_some() {
        handshake.ppk_turn = PpkTurn::Never;
    }
    for notify in parts.notifies().filter(|notify| notify.ty == numbers.identity_key()).take(MOST_NAMED) {
        let Ok(NotifyData::PpkIdentityKey(Ppk::TYPE, identity, shown)) =
            (Notify { ty: NotifyType::PPK_IDENTITY_KEY, ..notify }).typed_data()
        else {
            continue;
        };
        let Some(ppk) = ours.iter().find(|ppk| ppk.identity() == identity) else { continue };
        if bool::from(confirmation(ike, handshake, ppk)?.ct_eq(shown)) {
            return Ok(Some(ppk));
        }
    }
    Ok(None)
}
