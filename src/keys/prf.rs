//! Pseudorandom functions and prf+, RFC 7296 sections 2.13 and 3.3.2.

use crate::error::{self, CryptoError, Unsupported};
use crate::registry;
#[cfg(feature = "rustcrypto")]
use alloc::boxed::Box;
use core::fmt;
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

/// Octets of the longest output, that of PRF_HMAC_SHA2_512.
const MAX_OUTPUT: usize = 64;

/// A pseudorandom function this build can compute (RFC 7296 section 2.13).
///
/// With both backends compiled in, `ring` computes what it has (HMAC with SHA-1 and SHA-2) and `rustcrypto` the rest
/// (HMAC-MD5, AES-XCBC, AES-CMAC): the outputs are the same, and a process that already trusts one SHA-2 needs no second.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Prf(Algorithm);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Algorithm {
    #[cfg(feature = "rustcrypto")]
    HmacMd5,
    HmacSha1,
    #[cfg(feature = "rustcrypto")]
    Aes128Xcbc,
    HmacSha2_256,
    HmacSha2_384,
    HmacSha2_512,
    #[cfg(feature = "rustcrypto")]
    Aes128Cmac,
}

impl Prf {
    /// The function of transform type 2 with this id.
    ///
    /// # Errors
    /// [`Unsupported`], which names the cargo feature that would bring the function.
    pub const fn new(id: registry::Prf) -> Result<Self, Unsupported> {
        Ok(Self(match id {
            #[cfg(feature = "rustcrypto")]
            registry::Prf::PRF_HMAC_MD5 => Algorithm::HmacMd5,
            registry::Prf::PRF_HMAC_SHA1 => Algorithm::HmacSha1,
            #[cfg(feature = "rustcrypto")]
            registry::Prf::PRF_AES128_XCBC => Algorithm::Aes128Xcbc,
            registry::Prf::PRF_HMAC_SHA2_256 => Algorithm::HmacSha2_256,
            registry::Prf::PRF_HMAC_SHA2_384 => Algorithm::HmacSha2_384,
            registry::Prf::PRF_HMAC_SHA2_512 => Algorithm::HmacSha2_512,
            #[cfg(feature = "rustcrypto")]
            registry::Prf::PRF_AES128_CMAC => Algorithm::Aes128Cmac,
            _ => {
                return Err(Unsupported {
                    algorithm: error::Algorithm::Prf(id),
                    features: match id {
                        registry::Prf::PRF_HMAC_MD5 | registry::Prf::PRF_AES128_XCBC | registry::Prf::PRF_AES128_CMAC => &["rustcrypto"],
                        _ => &[],
                    },
                });
            }
        }))
    }

    /// The transform id.
    #[must_use]
    pub const fn id(self) -> registry::Prf {
        match self.0 {
            #[cfg(feature = "rustcrypto")]
            Algorithm::HmacMd5 => registry::Prf::PRF_HMAC_MD5,
            Algorithm::HmacSha1 => registry::Prf::PRF_HMAC_SHA1,
            #[cfg(feature = "rustcrypto")]
            Algorithm::Aes128Xcbc => registry::Prf::PRF_AES128_XCBC,
            Algorithm::HmacSha2_256 => registry::Prf::PRF_HMAC_SHA2_256,
            Algorithm::HmacSha2_384 => registry::Prf::PRF_HMAC_SHA2_384,
            Algorithm::HmacSha2_512 => registry::Prf::PRF_HMAC_SHA2_512,
            #[cfg(feature = "rustcrypto")]
            Algorithm::Aes128Cmac => registry::Prf::PRF_AES128_CMAC,
        }
    }

    /// Octets of output, which is also the preferred key size and so the length of SK_d, SK_pi and SK_pr (RFC 7296 section 2.13).
    #[must_use]
    pub const fn output_len(self) -> usize {
        match self.0 {
            #[cfg(feature = "rustcrypto")]
            Algorithm::HmacMd5 | Algorithm::Aes128Xcbc | Algorithm::Aes128Cmac => 16,
            Algorithm::HmacSha1 => 20,
            Algorithm::HmacSha2_256 => 32,
            Algorithm::HmacSha2_384 => 48,
            Algorithm::HmacSha2_512 => 64,
        }
    }

    /// Whether only the first 64 bits of Ni and of Nr key the function when SKEYSEED is computed (RFC 7296 section 2.14).
    pub(super) const fn takes_half_nonces(self) -> bool {
        match self.0 {
            #[cfg(feature = "rustcrypto")]
            Algorithm::Aes128Xcbc | Algorithm::Aes128Cmac => true,
            _ => false,
        }
    }

    /// prf(`key`, data), where the data are the concatenated `parts`.
    ///
    /// The AES functions take keys of any length by the rules of RFC 4434 section 2 and RFC 4615 section 3.
    #[must_use]
    pub fn prf(self, key: &[u8], parts: &[&[u8]]) -> PrfOutput {
        Keyed::new(self, &[key]).mac(parts.iter().copied())
    }

    /// As [`prf`](Self::prf), keyed with the concatenation of `key`.
    pub(super) fn prf_concat(self, key: &[&[u8]], parts: &[&[u8]]) -> PrfOutput {
        Keyed::new(self, key).mac(parts.iter().copied())
    }

    /// prf+(`key`, seed) into the whole of `out`, where the seed is the concatenated `seed` (RFC 7296 section 2.13).
    ///
    /// # Errors
    /// When `out` is longer than 255 times [`output_len`](Self::output_len), for which prf+ is not defined; `out` is then untouched.
    pub fn prf_plus(self, key: &[u8], seed: &[&[u8]], out: &mut [u8]) -> Result<(), CryptoError> {
        if out.len().div_ceil(self.output_len()) > usize::from(u8::MAX) {
            return Err(CryptoError);
        }
        let keyed = Keyed::new(self, &[key]);
        let mut previous = PrfOutput::empty();
        for (number, block) in (1..=u8::MAX).zip(out.chunks_mut(self.output_len())) {
            let parts =
                core::iter::once(previous.as_bytes()).chain(seed.iter().copied()).chain(core::iter::once(core::slice::from_ref(&number)));
            let current = keyed.mac(parts);
            block.iter_mut().zip(current.as_bytes()).for_each(|(to, from)| *to = *from);
            previous = current;
        }
        Ok(())
    }
}

impl fmt::Debug for Prf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.id(), f)
    }
}

/// What a [`Prf`] computed: SKEYSEED, an AUTH value, a link of IntAuth. Erased on drop, never printed.
pub struct PrfOutput {
    octets: [u8; MAX_OUTPUT],
    len: usize,
}

impl PrfOutput {
    const fn empty() -> Self {
        Self { octets: [0; MAX_OUTPUT], len: 0 }
    }

    fn copied_from(octets: &[u8]) -> Self {
        let mut output = Self::empty();
        output.len = output.octets.iter_mut().zip(octets).map(|(to, from)| *to = *from).count();
        output
    }

    /// The octets, [`Prf::output_len`] of them.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.octets.get(..self.len).unwrap_or_default()
    }

    /// Whether these are exactly the octets `other`, in time that depends on the lengths only.
    #[must_use]
    pub fn ct_eq(&self, other: &[u8]) -> bool {
        self.as_bytes().ct_eq(other).into()
    }
}

impl AsRef<[u8]> for PrfOutput {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl Drop for PrfOutput {
    fn drop(&mut self) {
        self.octets.zeroize();
    }
}

impl fmt::Debug for PrfOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrfOutput({} octets)", self.len)
    }
}

/// A function with its key set up, so that prf+ does that once.
enum Keyed {
    #[cfg(feature = "ring")]
    Ring(ring::hmac::Key),
    #[cfg(feature = "rustcrypto")]
    RustCrypto(Box<super::rustcrypto::Keyed>),
}

impl Keyed {
    fn new(prf: Prf, key: &[&[u8]]) -> Self {
        match prf.0 {
            #[cfg(feature = "ring")]
            Algorithm::HmacSha1 => ring_hmac(ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key),
            #[cfg(feature = "ring")]
            Algorithm::HmacSha2_256 => ring_hmac(ring::hmac::HMAC_SHA256, key),
            #[cfg(feature = "ring")]
            Algorithm::HmacSha2_384 => ring_hmac(ring::hmac::HMAC_SHA384, key),
            #[cfg(feature = "ring")]
            Algorithm::HmacSha2_512 => ring_hmac(ring::hmac::HMAC_SHA512, key),
            #[cfg(not(feature = "ring"))]
            Algorithm::HmacSha1 => rust_crypto(super::rustcrypto::Keyed::hmac_sha1(key)),
            #[cfg(not(feature = "ring"))]
            Algorithm::HmacSha2_256 => rust_crypto(super::rustcrypto::Keyed::hmac_sha2_256(key)),
            #[cfg(not(feature = "ring"))]
            Algorithm::HmacSha2_384 => rust_crypto(super::rustcrypto::Keyed::hmac_sha2_384(key)),
            #[cfg(not(feature = "ring"))]
            Algorithm::HmacSha2_512 => rust_crypto(super::rustcrypto::Keyed::hmac_sha2_512(key)),
            #[cfg(feature = "rustcrypto")]
            Algorithm::HmacMd5 => rust_crypto(super::rustcrypto::Keyed::hmac_md5(key)),
            #[cfg(feature = "rustcrypto")]
            Algorithm::Aes128Xcbc => rust_crypto(super::rustcrypto::Keyed::aes_xcbc(key)),
            #[cfg(feature = "rustcrypto")]
            Algorithm::Aes128Cmac => rust_crypto(super::rustcrypto::Keyed::aes_cmac(key)),
        }
    }

    fn mac<'p>(&self, parts: impl Iterator<Item = &'p [u8]>) -> PrfOutput {
        match self {
            #[cfg(feature = "ring")]
            Self::Ring(key) => {
                let mut context = ring::hmac::Context::with_key(key);
                parts.for_each(|part| context.update(part));
                PrfOutput::copied_from(context.sign().as_ref())
            }
            #[cfg(feature = "rustcrypto")]
            Self::RustCrypto(keyed) => keyed.mac(parts, PrfOutput::copied_from),
        }
    }
}

#[cfg(feature = "rustcrypto")]
fn rust_crypto(keyed: super::rustcrypto::Keyed) -> Keyed {
    Keyed::RustCrypto(Box::new(keyed))
}

#[cfg(feature = "ring")]
fn ring_hmac(algorithm: ring::hmac::Algorithm, key: &[&[u8]]) -> Keyed {
    match *key {
        [whole] => Keyed::Ring(ring::hmac::Key::new(algorithm, whole)),
        _ => Keyed::Ring(ring::hmac::Key::new(algorithm, &zeroize::Zeroizing::new(key.concat()))),
    }
}

#[cfg(all(test, not(feature = "rustcrypto")))]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn what_ring_lacks_names_the_feature_that_has_it() {
        for id in [registry::Prf::PRF_HMAC_MD5, registry::Prf::PRF_AES128_XCBC, registry::Prf::PRF_AES128_CMAC] {
            let error = Prf::new(id).unwrap_err();
            assert_eq!(error.features, ["rustcrypto"]);
            assert!(error.to_string().ends_with(" is not supported without cargo feature `rustcrypto`"));
        }
        assert_eq!(Prf::new(registry::Prf::PRF_HMAC_SHA2_256).unwrap().id(), registry::Prf::PRF_HMAC_SHA2_256);
    }
}
