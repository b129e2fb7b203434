//! Decryption without a look at the ICV: Wireshark's table offers it for integrity algorithms that Wireshark does not have.

use ikev2::error::{CryptoError, SuiteError};
use ikev2::keys::PrfFunction;
use ikev2::protect::{Opener, Suite};
use ikev2::provider::Provider;
use ikev2::registry::{self, Encr, Integ};

/// The key of the MAC that stands in for the one that is not known.
const SK_A: [u8; 32] = [0; 32];

/// An opener that takes the last `icv_len` octets for an ICV, and any ICV for right.
pub(crate) fn opener(encr: Encr, key_bits: Option<u16>, sk_e: &[u8], icv_len: usize) -> Result<Box<dyn Opener>, SuiteError> {
    let suite = Suite::new(encr, key_bits, Some(Integ::AUTH_HMAC_SHA2_256_128))?;
    let opener = suite.opener(&Provider::builtin(), sk_e, &SK_A)?;
    let prf = PrfFunction::new(&Provider::builtin(), registry::Prf::PRF_HMAC_SHA2_256)?;
    Ok(Box::new(Unchecked { opener, prf, icv_len }))
}

/// The library opens nothing without an ICV that fits: here each message gets one, under a key of our own.
struct Unchecked {
    opener: Box<dyn Opener>,
    prf: PrfFunction,
    icv_len: usize,
}

impl Opener for Unchecked {
    fn iv_len(&self) -> usize {
        self.opener.iv_len()
    }

    fn icv_len(&self) -> usize {
        self.icv_len
    }

    fn block_len(&self) -> usize {
        self.opener.block_len()
    }

    fn open(&self, aad: &[u8], iv: &[u8], text: &mut [u8], _: &[u8]) -> Result<(), CryptoError> {
        let mac = self.prf.compute(&SK_A, &[aad, iv, text]);
        let icv = mac.as_octets().get(..self.opener.icv_len()).unwrap_or_default();
        self.opener.open(aad, iv, text, icv)
    }
}
