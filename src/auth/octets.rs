//! What AUTH signs, and the shared key MIC, RFC 7296 section 2.15.

use crate::error::CryptoError;
use crate::keys::{PrfFunction, PrfOutput};
use alloc::vec::Vec;

/// The octets the shared secret is mixed with: ASCII, without a terminator.
const KEY_PAD: &[u8] = b"Key Pad for IKEv2";

/// The octets that one peer's AUTH payload proves it has seen and sent.
#[derive(Debug)]
pub struct SignedOctets<'a> {
    prf: PrfFunction,
    message: &'a [u8],
    nonce: &'a [u8],
    maced_id: PrfOutput,
    int_auth: &'a [u8],
}

impl<'a> SignedOctets<'a> {
    /// RealMessage | nonce | prf(SK_p, RestOfIDPayload), of the initiator or of the responder.
    ///
    /// Of the initiator: `sk_p` is SK_pi, `message` its last IKE_SA_INIT request, whole and without non-ESP marker, `nonce` is Nr,
    /// `id` the body of IDi. Of the responder: SK_pr, its IKE_SA_INIT response, Ni, IDr. The bodies are taken as received, with
    /// their reserved octets. After IKE_INTERMEDIATE exchanges SK_p is the newest.
    #[must_use]
    pub fn new(prf: PrfFunction, sk_p: &[u8], message: &'a [u8], nonce: &'a [u8], id: &[u8]) -> Self {
        Self { prf, message, nonce, maced_id: prf.compute(sk_p, &[id]), int_auth: &[] }
    }

    /// Appends IntAuth, as [`IntAuth::finish`](crate::keys::IntAuth::finish) gives it (RFC 9242 section 3.3.1).
    #[must_use]
    pub const fn with_int_auth(mut self, int_auth: &'a [u8]) -> Self {
        self.int_auth = int_auth;
        self
    }

    fn parts(&self) -> [&[u8]; 4] {
        [self.message, self.nonce, self.maced_id.as_octets(), self.int_auth]
    }

    /// The octets in one piece, for a signer outside this crate.
    #[must_use]
    pub fn concat(&self) -> Vec<u8> {
        self.parts().concat()
    }

    /// Authentication Data of method 2: prf(prf(secret, "Key Pad for IKEv2"), octets).
    ///
    /// The secret is the shared key, the MSK of an EAP method, or SK_pi / SK_pr for an EAP method without one (RFC 7296 section
    /// 2.16). With SK_pi / SK_pr it is that of method 13, NULL Authentication, too (RFC 7619 section 2.1).
    #[must_use]
    pub fn shared_key(&self, secret: &[u8]) -> PrfOutput {
        let key = self.prf.compute(secret, &[KEY_PAD]);
        self.prf.compute(key.as_octets(), &self.parts())
    }

    /// Compares Authentication Data of method 2 (or 13) with [`shared_key`](Self::shared_key), in constant time.
    ///
    /// # Errors
    /// When they differ.
    pub fn verify_shared_key(&self, secret: &[u8], authentication_data: &[u8]) -> Result<(), CryptoError> {
        if self.shared_key(secret).ct_eq(authentication_data) { Ok(()) } else { Err(CryptoError) }
    }
}
