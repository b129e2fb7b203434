//! From transform ids to the Sealer and Opener they stand for.

use crate::error::{Algorithm, SuiteError, Unsupported};
use crate::known;
use crate::registry::{Encr, Integ};

/// The encryption and integrity transforms of an IKE SA, known to belong together.
///
/// The lengths are known whether or not a provider has the algorithms; `Suite::supported` tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Suite {
    encr: Encr,
    key_bits: u16,
    integ: Integ,
    cipher: Lengths,
    mac: Option<MacLengths>,
}

/// What a cipher's transform id and key length stand for, in octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Lengths {
    key: usize,
    salt: usize,
    iv: usize,
    block: usize,
    /// Of an AEAD cipher; 0 for one that needs a MAC beside it.
    icv: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct MacLengths {
    key: usize,
    icv: usize,
}

impl Suite {
    /// The suite of these transforms; `key_bits` is the Key Length attribute, `integ` absent or NONE for an AEAD cipher.
    ///
    /// Ciphers with one key length (3DES, ChaCha20-Poly1305, NULL) go without `key_bits` or with the one that is theirs.
    ///
    /// # Errors
    /// [`SuiteError::Unsupported`] for an algorithm or key length this crate does not have under any cargo feature;
    /// [`SuiteError::IntegMissing`] and [`SuiteError::IntegWithAead`] when the two do not belong together.
    pub fn new(encr: Encr, key_bits: Option<u16>, integ: Option<Integ>) -> Result<Self, SuiteError> {
        let none = |algorithm| Unsupported::new(algorithm);
        let (key_bits, cipher) = cipher(encr, key_bits).ok_or(none(Algorithm::Encr(encr, key_bits)))?;
        let integ = integ.unwrap_or(Integ::NONE);
        let mac = match integ {
            Integ::NONE if cipher.icv == 0 => return Err(SuiteError::IntegMissing(encr)),
            Integ::NONE => None,
            _ if cipher.icv != 0 => return Err(SuiteError::IntegWithAead { encr, integ }),
            _ => Some(mac(integ).ok_or(none(Algorithm::Integ(integ)))?),
        };
        Ok(Self { encr, key_bits, integ, cipher, mac })
    }

    /// The encryption transform.
    #[must_use]
    pub const fn encr(&self) -> Encr {
        self.encr
    }

    /// Bits of the cipher's key, the salt not counted; 0 for NULL.
    #[must_use]
    pub const fn key_bits(&self) -> u16 {
        self.key_bits
    }

    /// The integrity transform; NONE for an AEAD cipher.
    #[must_use]
    pub const fn integ(&self) -> Integ {
        self.integ
    }

    /// Octets of SK_ei and of SK_er, the salt at their end included (RFC 5282 section 7.1).
    #[must_use]
    pub const fn sk_e_len(&self) -> usize {
        self.cipher.key.saturating_add(self.cipher.salt)
    }

    /// Octets of SK_ai and of SK_ar; 0 for an AEAD cipher.
    #[must_use]
    pub const fn sk_a_len(&self) -> usize {
        match self.mac {
            Some(mac) => mac.key,
            None => 0,
        }
    }

    /// Octets of the IV in front of the encrypted text.
    #[must_use]
    pub const fn iv_len(&self) -> usize {
        self.cipher.iv
    }

    /// Octets of the Integrity Checksum Data.
    #[must_use]
    pub const fn icv_len(&self) -> usize {
        match self.mac {
            Some(mac) => mac.icv,
            None => self.cipher.icv,
        }
    }

    /// The encrypted text is a multiple of this many octets; 1 for all but CBC.
    #[must_use]
    pub const fn block_len(&self) -> usize {
        self.cipher.block
    }

    /// Returns true if the cipher authenticates by itself.
    #[must_use]
    pub const fn is_aead(&self) -> bool {
        self.mac.is_none()
    }
}

/// Key bits and lengths of a cipher; `None` for one this crate does not have.
const fn cipher(encr: Encr, key_bits: Option<u16>) -> Option<(u16, Lengths)> {
    let (Some(facts), Some(bits), true) = (encr.facts(), known::key_bits(encr, key_bits), known::is_suite_cipher(encr)) else {
        return None;
    };
    let key = match bits {
        0 => 0,
        128 => 16,
        192 => 24,
        256 => 32,
        _ => return None,
    };
    Some((bits, Lengths { key, salt: facts.salt_len, iv: facts.iv_len, block: facts.block_len, icv: facts.icv_len }))
}

/// Lengths of an integrity algorithm; `None` for one this crate does not have.
const fn mac(integ: Integ) -> Option<MacLengths> {
    match integ.facts() {
        Some(facts) if known::is_suite_mac(integ) => Some(MacLengths { key: facts.key_len, icv: facts.icv_len }),
        _ => None,
    }
}

#[cfg(test)]
#[cfg(feature = "alloc")]
mod tests {
    use super::super::IvSequence;
    use super::super::testing::{MACS, suites};
    use super::*;
    use crate::provider::Provider;
    use crate::provider::tests::providers;
    use alloc::vec;

    const AES: [Option<u16>; 3] = [Some(128), Some(192), Some(256)];

    /// Cipher, key lengths, and octets of salt, IV, block and ICV.
    type Row = (Encr, &'static [Option<u16>], usize, usize, usize, usize);

    /// The RFCs' own numbers, apart from the code's table.
    const TABLE: [Row; 12] = [
        (Encr::ENCR_AES_CBC, &AES, 0, 16, 16, 0),
        (Encr::ENCR_CAMELLIA_CBC, &AES, 0, 16, 16, 0),
        (Encr::ENCR_3DES, &[None, Some(192)], 0, 8, 8, 0),
        (Encr::ENCR_AES_CTR, &AES, 4, 8, 1, 0),
        (Encr::ENCR_NULL, &[None], 0, 0, 1, 0),
        (Encr::ENCR_AES_GCM_8, &AES, 4, 8, 1, 8),
        (Encr::ENCR_AES_GCM_12, &AES, 4, 8, 1, 12),
        (Encr::ENCR_AES_GCM_16, &AES, 4, 8, 1, 16),
        (Encr::ENCR_AES_CCM_8, &AES, 3, 8, 1, 8),
        (Encr::ENCR_AES_CCM_12, &AES, 3, 8, 1, 12),
        (Encr::ENCR_AES_CCM_16, &AES, 3, 8, 1, 16),
        (Encr::ENCR_CHACHA20_POLY1305, &[None, Some(256)], 4, 8, 1, 16),
    ];

    /// RFC 7296 section 2.14, RFC 4595 and RFC 4868: octets of SK_a and of the ICV.
    fn mac_lengths(mac: Integ) -> (usize, usize) {
        match mac.0 {
            1 | 5 | 8 => (16, 12),
            2 => (20, 12),
            6 => (16, 16),
            7 => (20, 20),
            12 => (32, 16),
            13 => (48, 24),
            14 => (64, 32),
            other => panic!("no row for {other}"),
        }
    }

    #[test]
    fn every_suite_has_its_lengths() {
        let mut count = 0;
        for (encr, bits, salt, iv, block, icv) in TABLE {
            for bits in bits {
                let macs = if icv == 0 { MACS.map(Some).to_vec() } else { vec![None, Some(Integ::NONE)] };
                for mac in macs {
                    let suite = Suite::new(encr, *bits, mac).unwrap();
                    let key_bits = bits.unwrap_or(match encr {
                        Encr::ENCR_3DES => 192,
                        Encr::ENCR_NULL => 0,
                        _ => 256,
                    });
                    assert_eq!((suite.encr(), suite.key_bits(), suite.integ()), (encr, key_bits, mac.unwrap_or(Integ::NONE)));
                    assert_eq!(suite.sk_e_len(), usize::from(key_bits) / 8 + salt, "{suite:?}");
                    let (sk_a, icv) = if icv == 0 { mac_lengths(mac.unwrap()) } else { (0, icv) };
                    assert_eq!((suite.sk_a_len(), suite.icv_len()), (sk_a, icv), "{suite:?}");
                    assert_eq!((suite.iv_len(), suite.block_len()), (iv, block), "{suite:?}");
                    count += 1;
                }
            }
        }
        assert_eq!(count, MACS.len() * (9 + 2 + 1) + 2 * (18 + 2));
    }

    /// What each provider must have when all of its features are on.
    fn must_have(provider: &Provider, suite: &Suite) -> bool {
        let in_ring = match suite.encr() {
            Encr::ENCR_CHACHA20_POLY1305 => true,
            Encr::ENCR_AES_GCM_16 => suite.key_bits() != 192,
            _ => false,
        };
        if provider.names().any(|name| name == "ring") { in_ring } else { cfg!(feature = "rustcrypto") }
    }

    #[test]
    fn each_provider_has_its_suites_and_an_error_names_the_feature_for_the_others() {
        for (provider, suite) in providers().into_iter().flat_map(|provider| suites().into_iter().map(move |suite| (provider, suite))) {
            let (sk_e, sk_a) = (vec![1; suite.sk_e_len()], vec![2; suite.sk_a_len()]);
            let sealer = suite.sealer(&provider, &sk_e, &sk_a, IvSequence::new(&[0; 16]));
            let opener = suite.opener(&provider, &sk_e, &sk_a);
            let supported = suite.supported(&provider);
            assert!(supported.is_ok() || !must_have(&provider, &suite), "{suite:?} of {provider:?}");
            match supported {
                Ok(()) => {
                    let lengths = (suite.iv_len(), suite.icv_len(), suite.block_len());
                    let (sealer, opener) = (sealer.ok().unwrap(), opener.ok().unwrap());
                    assert_eq!((sealer.iv_len(), sealer.icv_len(), sealer.block_len()), lengths, "{suite:?}");
                    assert_eq!((opener.iv_len(), opener.icv_len(), opener.block_len()), lengths, "{suite:?}");
                }
                Err(unsupported) => {
                    assert!(!unsupported.features.is_empty(), "{suite:?}");
                    match unsupported.algorithm {
                        Algorithm::Encr(encr, _) => assert_eq!(encr, suite.encr()),
                        Algorithm::Integ(integ) => assert_eq!(integ, suite.integ()),
                        other => panic!("{other} is not in {suite:?}"),
                    }
                    assert_eq!(sealer.err(), Some(SuiteError::Unsupported(unsupported)));
                    assert_eq!(opener.err(), Some(SuiteError::Unsupported(unsupported)));
                }
            }
        }
    }

    #[test]
    fn what_does_not_go_together_is_refused() {
        let new = Suite::new;
        let unsupported = |algorithm| Err(SuiteError::Unsupported(Unsupported::new(algorithm)));
        for (encr, bits) in [
            (Encr::ENCR_AES_CBC, None),
            (Encr::ENCR_AES_CBC, Some(0)),
            (Encr::ENCR_AES_GCM_16, Some(129)),
            (Encr::ENCR_AES_GCM_16, None),
            (Encr::ENCR_3DES, Some(128)),
            (Encr::ENCR_CHACHA20_POLY1305, Some(128)),
            (Encr::ENCR_NULL, Some(128)),
            (Encr::ENCR_DES, None),
            (Encr::ENCR_NULL_AUTH_AES_GMAC, Some(128)),
            (Encr::ENCR_AES_GCM_16_IIV, Some(256)),
            (Encr(0), None),
            (Encr(u16::MAX), Some(256)),
        ] {
            assert_eq!(new(encr, bits, Some(Integ::AUTH_HMAC_SHA2_256_128)), unsupported(Algorithm::Encr(encr, bits)));
        }
        let cbc = Encr::ENCR_AES_CBC;
        for integ in [Integ::AUTH_DES_MAC, Integ::AUTH_KPDK_MD5, Integ::AUTH_AES_128_GMAC, Integ(u16::MAX)] {
            assert_eq!(new(cbc, Some(128), Some(integ)), unsupported(Algorithm::Integ(integ)));
        }
        assert_eq!(new(cbc, Some(128), None), Err(SuiteError::IntegMissing(cbc)));
        assert_eq!(new(Encr::ENCR_NULL, None, Some(Integ::NONE)), Err(SuiteError::IntegMissing(Encr::ENCR_NULL)));
        let (encr, integ) = (Encr::ENCR_AES_GCM_16, Integ::AUTH_HMAC_SHA2_256_128);
        assert_eq!(new(encr, Some(256), Some(integ)), Err(SuiteError::IntegWithAead { encr, integ }));
    }

    #[test]
    fn a_key_of_another_length_is_refused() {
        for provider in providers() {
            for suite in suites().into_iter().filter(|suite| suite.supported(&provider).is_ok()) {
                let (e, a) = (suite.sk_e_len(), suite.sk_a_len());
                for length in [0, e.wrapping_sub(1), e + 1, e + 4].into_iter().filter(|length| *length != e && *length < 999) {
                    let error = suite.opener(&provider, &vec![0; length], &vec![0; a]).err();
                    assert_eq!(error, Some(SuiteError::EncryptionKeyLength { length, expected: e }));
                }
                for length in [0, a.wrapping_sub(1), a + 1].into_iter().filter(|length| *length != a && *length < 999) {
                    let error = suite.sealer(&provider, &vec![0; e], &vec![0; length], IvSequence::new(&[0; 16])).err();
                    assert_eq!(error, Some(SuiteError::IntegrityKeyLength { length, expected: a }));
                }
            }
        }
    }
}
