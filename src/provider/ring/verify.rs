//! Verification by `ring`.

use super::verify::EcdsaForm;
use super::{KeyType, SignatureScheme};
use crate::error::CryptoError;
use crate::registry::HashAlgorithm;
use ring::signature::{self, UnparsedPublicKey, VerificationAlgorithm};

/// What ring has for the scheme and the key.
pub(super) fn algorithm(scheme: SignatureScheme, key: KeyType, form: EcdsaForm) -> Option<&'static dyn VerificationAlgorithm> {
    use EcdsaForm::{Der, Fixed};
    use KeyType::{EcdsaP256, EcdsaP384};
    use SignatureScheme::{Ecdsa, Ed25519, RsaPkcs1};
    Some(match (scheme, key, form) {
        (RsaPkcs1(HashAlgorithm::SHA1), ..) => &signature::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
        (RsaPkcs1(HashAlgorithm::SHA2_256), ..) => &signature::RSA_PKCS1_2048_8192_SHA256,
        (RsaPkcs1(HashAlgorithm::SHA2_384), ..) => &signature::RSA_PKCS1_2048_8192_SHA384,
        (RsaPkcs1(HashAlgorithm::SHA2_512), ..) => &signature::RSA_PKCS1_2048_8192_SHA512,
        // ring takes a salt of the hash's length and MGF1 with the same hash: exactly the schemes with an identifier.
        (SignatureScheme::RsaPss { hash, .. }, ..) if scheme.algorithm_identifier().is_some() => match hash {
            HashAlgorithm::SHA2_256 => &signature::RSA_PSS_2048_8192_SHA256,
            HashAlgorithm::SHA2_384 => &signature::RSA_PSS_2048_8192_SHA384,
            HashAlgorithm::SHA2_512 => &signature::RSA_PSS_2048_8192_SHA512,
            _ => return None,
        },
        (Ecdsa(HashAlgorithm::SHA2_256), EcdsaP256, Der) => &signature::ECDSA_P256_SHA256_ASN1,
        (Ecdsa(HashAlgorithm::SHA2_384), EcdsaP256, Der) => &signature::ECDSA_P256_SHA384_ASN1,
        (Ecdsa(HashAlgorithm::SHA2_256), EcdsaP384, Der) => &signature::ECDSA_P384_SHA256_ASN1,
        (Ecdsa(HashAlgorithm::SHA2_384), EcdsaP384, Der) => &signature::ECDSA_P384_SHA384_ASN1,
        (Ecdsa(HashAlgorithm::SHA2_256), EcdsaP256, Fixed) => &signature::ECDSA_P256_SHA256_FIXED,
        (Ecdsa(HashAlgorithm::SHA2_384), EcdsaP384, Fixed) => &signature::ECDSA_P384_SHA384_FIXED,
        (Ed25519, ..) => &signature::ED25519,
        _ => return None,
    })
}

pub(super) fn verify(
    algorithm: &'static dyn VerificationAlgorithm,
    key: &[u8],
    octets: &[u8],
    signature: &[u8],
) -> Result<(), CryptoError> {
    UnparsedPublicKey::new(algorithm, key).verify(octets, signature).map_err(|_| CryptoError)
}
