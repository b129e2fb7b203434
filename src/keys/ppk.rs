//! What shows that a post-quantum preshared key is the same on both sides, RFC 9867 section 3.1.

use super::{Nonces, PrfFunction};
use crate::error::CryptoError;
use crate::wire::IkeSpis;

/// PPK Confirmation, 8 octets: the first of prf(PPK, Ni | Nr | SPIi | SPIr), sent in PPK_IDENTITY_KEY (RFC 9867 section 3.1). Nonces and SPIs
/// are those of IKE_SA_INIT.
///
/// # Errors
/// If the provider could not compute the function.
pub fn ppk_confirmation(prf: PrfFunction, ppk: &[u8], nonces: Nonces<'_>, spis: IkeSpis) -> Result<[u8; 8], CryptoError> {
    let parts: [&[u8]; 4] = [nonces.initiator, nonces.responder, &spis.initiator.to_be_bytes(), &spis.responder.to_be_bytes()];
    prf.compute(ppk, &parts).as_octets().first_chunk().copied().ok_or(CryptoError)
}
