//! Verification of RSA, ECDSA P-256 and P-384, and Ed25519.

use crate::error::CryptoError;
use crate::provider::VerifierRow;
use crate::registry::HashAlgorithm;
use crate::signature::EcdsaForm::{Der, Fixed};
use crate::signature::KeyType::{self, EcdsaP256, EcdsaP384, Rsa, RsaPss};
use crate::signature::SignatureScheme;
use ring::signature::{self as alg, UnparsedPublicKey, VerificationAlgorithm};

const SHA1: HashAlgorithm = HashAlgorithm::SHA1;
const SHA256: HashAlgorithm = HashAlgorithm::SHA2_256;
const SHA384: HashAlgorithm = HashAlgorithm::SHA2_384;
const SHA512: HashAlgorithm = HashAlgorithm::SHA2_512;

fn verify(algorithm: &'static dyn VerificationAlgorithm, key: &[u8], octets: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
    UnparsedPublicKey::new(algorithm, key).verify(octets, signature).map_err(|_| CryptoError)
}

macro_rules! rows {
    ($($scheme:expr, $key:expr, $form:expr => $algorithm:ident;)+) => {
        &[$(VerifierRow::new($scheme, $key, $form, |key, octets, signature| verify(&alg::$algorithm, key, octets, signature))),+]
    };
}

/// RSA keys have 2048 to 8192 bits. RSASSA-PSS takes a salt of the hash's length and MGF1 with the same hash.
pub(super) const ROWS: &[VerifierRow] = rows! {
    SignatureScheme::RsaPkcs1(SHA1), Rsa, Der => RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY;
    SignatureScheme::RsaPkcs1(SHA256), Rsa, Der => RSA_PKCS1_2048_8192_SHA256;
    SignatureScheme::RsaPkcs1(SHA384), Rsa, Der => RSA_PKCS1_2048_8192_SHA384;
    SignatureScheme::RsaPkcs1(SHA512), Rsa, Der => RSA_PKCS1_2048_8192_SHA512;
    SignatureScheme::pss(SHA256, 32), Rsa, Der => RSA_PSS_2048_8192_SHA256;
    SignatureScheme::pss(SHA384, 48), Rsa, Der => RSA_PSS_2048_8192_SHA384;
    SignatureScheme::pss(SHA512, 64), Rsa, Der => RSA_PSS_2048_8192_SHA512;
    SignatureScheme::pss(SHA256, 32), RsaPss, Der => RSA_PSS_2048_8192_SHA256;
    SignatureScheme::pss(SHA384, 48), RsaPss, Der => RSA_PSS_2048_8192_SHA384;
    SignatureScheme::pss(SHA512, 64), RsaPss, Der => RSA_PSS_2048_8192_SHA512;
    SignatureScheme::Ecdsa(SHA256), EcdsaP256, Der => ECDSA_P256_SHA256_ASN1;
    SignatureScheme::Ecdsa(SHA384), EcdsaP256, Der => ECDSA_P256_SHA384_ASN1;
    SignatureScheme::Ecdsa(SHA256), EcdsaP384, Der => ECDSA_P384_SHA256_ASN1;
    SignatureScheme::Ecdsa(SHA384), EcdsaP384, Der => ECDSA_P384_SHA384_ASN1;
    SignatureScheme::Ecdsa(SHA256), EcdsaP256, Fixed => ECDSA_P256_SHA256_FIXED;
    SignatureScheme::Ecdsa(SHA384), EcdsaP384, Fixed => ECDSA_P384_SHA384_FIXED;
    SignatureScheme::Ed25519, KeyType::Ed25519, Der => ED25519;
};
