//! What a policy is looked for in: each transform with its name in strongSwan's notation, and how often it is met.

use crate::registry::{Encr, Integ, KeMethod, Prf};
use crate::transform::Transform;

/// A transform that a policy may have.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) transform: Transform,
    /// In strongSwan's notation.
    pub(super) name: &'static str,
    /// How often it is met, as a number to compare with: the search looks for the frequent ones first.
    pub(super) weight: u32,
}

const fn row(name: &'static str, weight: u32, transform: Transform) -> Candidate {
    Candidate { transform, name, weight }
}

const fn sized(name: &'static str, weight: u32, encr: Encr, bits: u16) -> Candidate {
    row(name, weight, Transform::encr_bits(encr, bits))
}

/// Ciphers with integrity of their own.
pub(super) const AEAD: &[Candidate] = &[
    sized("aes256gcm16", 60, Encr::ENCR_AES_GCM_16, 256),
    sized("aes128gcm16", 50, Encr::ENCR_AES_GCM_16, 128),
    sized("aes192gcm16", 12, Encr::ENCR_AES_GCM_16, 192),
    row("chacha20poly1305", 25, Transform::encr(Encr::ENCR_CHACHA20_POLY1305)),
    sized("aes256ccm16", 6, Encr::ENCR_AES_CCM_16, 256),
    sized("aes128ccm16", 6, Encr::ENCR_AES_CCM_16, 128),
    sized("aes192ccm16", 3, Encr::ENCR_AES_CCM_16, 192),
    sized("aes256gcm12", 2, Encr::ENCR_AES_GCM_12, 256),
    sized("aes128gcm12", 2, Encr::ENCR_AES_GCM_12, 128),
    sized("aes192gcm12", 1, Encr::ENCR_AES_GCM_12, 192),
    sized("aes256gcm8", 2, Encr::ENCR_AES_GCM_8, 256),
    sized("aes128gcm8", 2, Encr::ENCR_AES_GCM_8, 128),
    sized("aes192gcm8", 1, Encr::ENCR_AES_GCM_8, 192),
    sized("aes256ccm12", 1, Encr::ENCR_AES_CCM_12, 256),
    sized("aes128ccm12", 1, Encr::ENCR_AES_CCM_12, 128),
    sized("aes192ccm12", 1, Encr::ENCR_AES_CCM_12, 192),
    sized("aes256ccm8", 2, Encr::ENCR_AES_CCM_8, 256),
    sized("aes128ccm8", 2, Encr::ENCR_AES_CCM_8, 128),
    sized("aes192ccm8", 1, Encr::ENCR_AES_CCM_8, 192),
];

/// Ciphers that need an integrity algorithm beside them.
pub(super) const PLAIN: &[Candidate] = &[
    sized("aes256", 60, Encr::ENCR_AES_CBC, 256),
    sized("aes128", 55, Encr::ENCR_AES_CBC, 128),
    sized("aes192", 20, Encr::ENCR_AES_CBC, 192),
    row("3des", 20, Transform::encr(Encr::ENCR_3DES)),
    sized("aes256ctr", 4, Encr::ENCR_AES_CTR, 256),
    sized("aes128ctr", 4, Encr::ENCR_AES_CTR, 128),
    sized("aes192ctr", 2, Encr::ENCR_AES_CTR, 192),
    sized("camellia256", 4, Encr::ENCR_CAMELLIA_CBC, 256),
    sized("camellia128", 4, Encr::ENCR_CAMELLIA_CBC, 128),
    sized("camellia192", 2, Encr::ENCR_CAMELLIA_CBC, 192),
];

/// In the place of an integrity algorithm, where the cipher has its own: it is not sent.
pub(super) const NO_INTEG: &[Candidate] = &[row("", 1, Transform::integ(Integ::NONE))];

/// Integrity algorithms.
pub(super) const INTEG: &[Candidate] = &[
    row("sha256", 50, Transform::integ(Integ::AUTH_HMAC_SHA2_256_128)),
    row("sha384", 25, Transform::integ(Integ::AUTH_HMAC_SHA2_384_192)),
    row("sha512", 30, Transform::integ(Integ::AUTH_HMAC_SHA2_512_256)),
    row("sha1", 30, Transform::integ(Integ::AUTH_HMAC_SHA1_96)),
    row("md5", 5, Transform::integ(Integ::AUTH_HMAC_MD5_96)),
    row("aesxcbc", 5, Transform::integ(Integ::AUTH_AES_XCBC_96)),
    row("aescmac", 4, Transform::integ(Integ::AUTH_AES_CMAC_96)),
];

/// Pseudorandom functions.
pub(super) const PRF: &[Candidate] = &[
    row("prfsha256", 50, Transform::prf(Prf::PRF_HMAC_SHA2_256)),
    row("prfsha384", 30, Transform::prf(Prf::PRF_HMAC_SHA2_384)),
    row("prfsha512", 30, Transform::prf(Prf::PRF_HMAC_SHA2_512)),
    row("prfsha1", 20, Transform::prf(Prf::PRF_HMAC_SHA1)),
    row("prfmd5", 4, Transform::prf(Prf::PRF_HMAC_MD5)),
    row("prfaesxcbc", 4, Transform::prf(Prf::PRF_AES128_XCBC)),
    row("prfaescmac", 4, Transform::prf(Prf::PRF_AES128_CMAC)),
];

/// Key exchange methods. 768-bit MODP is left out: its number says that nothing is to be accepted.
pub(super) const KE: &[Candidate] = &[
    row("modp2048", 50, Transform::ke(KeMethod::MODP_2048)),
    row("ecp256", 50, Transform::ke(KeMethod::ECP_256)),
    row("ecp384", 50, Transform::ke(KeMethod::ECP_384)),
    row("x25519", 50, Transform::ke(KeMethod::CURVE25519)),
    row("ecp521", 30, Transform::ke(KeMethod::ECP_521)),
    row("modp3072", 30, Transform::ke(KeMethod::MODP_3072)),
    row("modp4096", 30, Transform::ke(KeMethod::MODP_4096)),
    row("modp1024", 30, Transform::ke(KeMethod::MODP_1024)),
    row("modp1536", 20, Transform::ke(KeMethod::MODP_1536)),
    row("modp6144", 5, Transform::ke(KeMethod::MODP_6144)),
    row("modp8192", 5, Transform::ke(KeMethod::MODP_8192)),
    row("modp1024s160", 2, Transform::ke(KeMethod::MODP_1024_160)),
    row("modp2048s224", 2, Transform::ke(KeMethod::MODP_2048_224)),
    row("modp2048s256", 4, Transform::ke(KeMethod::MODP_2048_256)),
    row("ecp192", 1, Transform::ke(KeMethod::ECP_192)),
    row("ecp224", 1, Transform::ke(KeMethod::ECP_224)),
    row("ecp224bp", 2, Transform::ke(KeMethod::BRAINPOOL_P224R1)),
    row("ecp256bp", 3, Transform::ke(KeMethod::BRAINPOOL_P256R1)),
    row("ecp384bp", 3, Transform::ke(KeMethod::BRAINPOOL_P384R1)),
    row("ecp512bp", 3, Transform::ke(KeMethod::BRAINPOOL_P512R1)),
    row("x448", 5, Transform::ke(KeMethod::CURVE448)),
    row("mlkem512", 3, Transform::ke(KeMethod::ML_KEM_512)),
    row("mlkem768", 5, Transform::ke(KeMethod::ML_KEM_768)),
    row("mlkem1024", 5, Transform::ke(KeMethod::ML_KEM_1024)),
];

/// The PRF that strongSwan takes where only an integrity algorithm is named.
pub(super) fn prf_of(integ: &Candidate) -> Option<&'static Candidate> {
    PRF.iter().find(|prf| prf.name.strip_prefix("prf") == Some(integ.name))
}
