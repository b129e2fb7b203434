//! The transforms that suites are made of: one answer for those who negotiate and for those who key.

use crate::registry::{Encr, Integ, KeyLengthRule};

/// Bits of the cipher's key when its transform carries this Key Length attribute, or none.
///
/// Some peers send the one Key Length there is of a cipher with a fixed one, which RFC 7296 section 3.3.5 does not allow: it is taken.
pub(crate) const fn key_bits(encr: Encr, attribute: Option<u16>) -> Option<u16> {
    let Some(facts) = encr.facts() else { return None };
    match (facts.key_length, attribute) {
        (KeyLengthRule::Fixed(bits @ 1..), Some(sent)) if sent == bits => Some(bits),
        (key, attribute) => key.bits(attribute),
    }
}

/// Ciphers that protect IKE messages here. The registry has the lengths of more: some cannot (AES-GMAC, RFC 4543; implicit IVs, RFC 8750).
pub(crate) const fn is_suite_cipher(encr: Encr) -> bool {
    matches!(
        encr,
        Encr::ENCR_3DES
            | Encr::ENCR_NULL
            | Encr::ENCR_AES_CBC
            | Encr::ENCR_AES_CTR
            | Encr::ENCR_AES_CCM_8
            | Encr::ENCR_AES_CCM_12
            | Encr::ENCR_AES_CCM_16
            | Encr::ENCR_AES_GCM_8
            | Encr::ENCR_AES_GCM_12
            | Encr::ENCR_AES_GCM_16
            | Encr::ENCR_CAMELLIA_CBC
            | Encr::ENCR_CHACHA20_POLY1305
    )
}

/// Integrity algorithms that protect IKE messages here.
pub(crate) const fn is_suite_mac(integ: Integ) -> bool {
    matches!(
        integ,
        Integ::AUTH_HMAC_MD5_96
            | Integ::AUTH_HMAC_SHA1_96
            | Integ::AUTH_HMAC_MD5_128
            | Integ::AUTH_HMAC_SHA1_160
            | Integ::AUTH_AES_XCBC_96
            | Integ::AUTH_AES_CMAC_96
            | Integ::AUTH_HMAC_SHA2_256_128
            | Integ::AUTH_HMAC_SHA2_384_192
            | Integ::AUTH_HMAC_SHA2_512_256
    )
}

/// Of these, those that open what others recorded and are in no new IKE SA: RFC 4595 has them for Fibre Channel, RFC 9395 deprecates them.
#[cfg(feature = "alloc")]
pub(crate) const fn is_mac_of_the_past(integ: Integ) -> bool {
    matches!(integ, Integ::AUTH_HMAC_MD5_128 | Integ::AUTH_HMAC_SHA1_160)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_key_length_there_is_may_be_said() {
        for (encr, bits) in [(Encr::ENCR_CHACHA20_POLY1305, 256), (Encr::ENCR_3DES, 192)] {
            assert_eq!([None, Some(bits), Some(128)].map(|sent| key_bits(encr, sent)), [Some(bits), Some(bits), None]);
        }
        assert_eq!([None, Some(128)].map(|sent| key_bits(Encr::ENCR_AES_CBC, sent)), [None, Some(128)]);
        assert_eq!([None, Some(0)].map(|sent| key_bits(Encr::ENCR_NULL, sent)), [Some(0), None]);
        assert_eq!(key_bits(Encr(1024), Some(256)), None);
    }
}
