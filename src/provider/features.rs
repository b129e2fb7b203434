//! Which cargo feature brings what, whether or not this build has it.

use crate::error::{Algorithm, Unsupported};
use crate::registry::{Encr, HashAlgorithm, Integ, KeMethod, Prf};
use crate::signature::{KeyType, SignatureScheme};

/// The error for an algorithm that a provider does not have.
#[cold]
pub(super) const fn unsupported(algorithm: Algorithm) -> Unsupported {
    Unsupported { algorithm, features: of(algorithm) }
}

/// The features of which each one brings the algorithm; none if this crate does not have it.
pub(super) const fn of(algorithm: Algorithm) -> &'static [&'static str] {
    match algorithm {
        Algorithm::Encr(encr, bits) => cipher(encr, bits),
        Algorithm::Integ(integ) => match integ {
            Integ::AUTH_HMAC_SHA1_96 | Integ::AUTH_HMAC_SHA2_256_128 | Integ::AUTH_HMAC_SHA2_384_192 | Integ::AUTH_HMAC_SHA2_512_256 => {
                &["ring", "hmac-sha"]
            }
            Integ::AUTH_AES_XCBC_96 | Integ::AUTH_AES_CMAC_96 => &["aes-mac"],
            Integ::AUTH_HMAC_MD5_96 | Integ::AUTH_HMAC_MD5_128 | Integ::AUTH_HMAC_SHA1_160 => &["legacy"],
            _ => &[],
        },
        Algorithm::Prf(prf) => match prf {
            Prf::PRF_HMAC_SHA1 | Prf::PRF_HMAC_SHA2_256 | Prf::PRF_HMAC_SHA2_384 | Prf::PRF_HMAC_SHA2_512 => &["ring", "hmac-sha"],
            Prf::PRF_AES128_XCBC | Prf::PRF_AES128_CMAC => &["aes-mac"],
            Prf::PRF_HMAC_MD5 => &["legacy"],
            _ => &[],
        },
        Algorithm::Hash(HashAlgorithm::SHA1) => &["ring", "hmac-sha"],
        Algorithm::Hash(_) => &[],
        Algorithm::Ke(method) => key_exchange(method),
    }
}

const fn cipher(encr: Encr, bits: Option<u16>) -> &'static [&'static str] {
    match (encr, bits) {
        (Encr::ENCR_AES_GCM_16, Some(128 | 256)) => &["ring", "aes-gcm"],
        (Encr::ENCR_AES_GCM_8 | Encr::ENCR_AES_GCM_12 | Encr::ENCR_AES_GCM_16, Some(128 | 192 | 256)) => &["aes-gcm"],
        (Encr::ENCR_AES_CCM_8 | Encr::ENCR_AES_CCM_12 | Encr::ENCR_AES_CCM_16, Some(128 | 192 | 256)) => &["aes-ccm"],
        (Encr::ENCR_CHACHA20_POLY1305, None | Some(256)) => &["ring", "chacha20poly1305"],
        (Encr::ENCR_AES_CBC, Some(128 | 192 | 256)) => &["aes-cbc"],
        (Encr::ENCR_AES_CTR, Some(128 | 192 | 256)) => &["aes-ctr"],
        (Encr::ENCR_CAMELLIA_CBC, Some(128 | 192 | 256)) => &["camellia"],
        (Encr::ENCR_3DES, None | Some(192)) | (Encr::ENCR_NULL, None) => &["legacy"],
        _ => &[],
    }
}

const fn key_exchange(method: KeMethod) -> &'static [&'static str] {
    match method {
        KeMethod::CURVE25519 => &["ke-x25519"],
        KeMethod::ECP_256 | KeMethod::ECP_384 | KeMethod::ECP_521 => &["ke-ecp"],
        KeMethod::MODP_1024
        | KeMethod::MODP_1536
        | KeMethod::MODP_2048
        | KeMethod::MODP_3072
        | KeMethod::MODP_4096
        | KeMethod::MODP_6144
        | KeMethod::MODP_8192 => &["ke-modp"],
        KeMethod::ML_KEM_512 | KeMethod::ML_KEM_768 | KeMethod::ML_KEM_1024 => &["ke-ml-kem"],
        _ => &[],
    }
}

/// The feature that verifies such signatures; `None` if this crate does not.
pub(crate) const fn of_verifier(scheme: SignatureScheme, key: KeyType) -> Option<&'static str> {
    match (scheme, key) {
        (SignatureScheme::Ecdsa(hash), KeyType::EcdsaP256 | KeyType::EcdsaP384 | KeyType::EcdsaP521) if is_sha(hash) => Some("ecc"),
        (SignatureScheme::RsaPkcs1(hash), _) if is_sha(hash) => Some("rsa"),
        (SignatureScheme::RsaPss { .. }, _) if scheme.algorithm_identifier().is_some() => Some("rsa"),
        (SignatureScheme::Ed25519, _) => Some("ring"),
        _ => None,
    }
}

const fn is_sha(hash: HashAlgorithm) -> bool {
    matches!(hash, HashAlgorithm::SHA1 | HashAlgorithm::SHA2_256 | HashAlgorithm::SHA2_384 | HashAlgorithm::SHA2_512)
}
