//! Authentication Data made by a private key.

use super::{AuthError, EcdsaForm, KeyType, SignatureScheme, SignedOctets, Signer};
use crate::registry::{AuthMethod, HashAlgorithm};
use alloc::vec::Vec;

impl SignedOctets<'_> {
    /// Authentication Data for `method` (1, 9, 10, 11 or 14) made by `key` with `scheme`.
    ///
    /// Method 1 takes RSA PKCS#1, methods 9 to 11 ECDSA with their own curve and hash (RFC 4754), method 14 every scheme with an
    /// AlgorithmIdentifier; its hash has to be one the peer announced (RFC 7427 section 4).
    ///
    /// # Errors
    /// If method, scheme and key do not go together, or the key does not make such signatures.
    pub fn sign(&self, key: &dyn Signer, method: AuthMethod, scheme: SignatureScheme) -> Result<Vec<u8>, AuthError> {
        authentication_data(key, method, scheme, &self.concat())
    }
}

/// Authentication Data over `octets`, as [`SignedOctets::sign`] makes it.
pub(crate) fn authentication_data(
    key: &dyn Signer,
    method: AuthMethod,
    scheme: SignatureScheme,
    octets: &[u8],
) -> Result<Vec<u8>, AuthError> {
    let mismatch = AuthError::KeyMismatch { scheme, key: key.key_type() };
    match method {
        AuthMethod::DIGITAL_SIGNATURE => {
            let unsupported = AuthError::Unsupported { scheme, key: key.key_type(), feature: None };
            let identifier = scheme.algorithm_identifier().ok_or(unsupported)?;
            let length = u8::try_from(identifier.len()).map_err(|_| unsupported)?;
            let signature = key.sign(scheme, EcdsaForm::Der, octets)?;
            Ok([&[length], identifier, &signature].concat())
        }
        AuthMethod::RSA_DIGITAL_SIGNATURE => match scheme {
            SignatureScheme::RsaPkcs1(_) => key.sign(scheme, EcdsaForm::Der, octets),
            _ => Err(mismatch),
        },
        method => match fixed_ecdsa(method) {
            Some(own) if (key.key_type(), scheme) == own => key.sign(scheme, EcdsaForm::Fixed, octets),
            Some(_) => Err(mismatch),
            None => Err(AuthError::Method(method)),
        },
    }
}

/// The curve and hash of an authentication method that fixes both (RFC 4754 section 7).
pub(super) const fn fixed_ecdsa(method: AuthMethod) -> Option<(KeyType, SignatureScheme)> {
    Some(match method {
        AuthMethod::ECDSA_SHA_256_P256 => (KeyType::EcdsaP256, SignatureScheme::Ecdsa(HashAlgorithm::SHA2_256)),
        AuthMethod::ECDSA_SHA_384_P384 => (KeyType::EcdsaP384, SignatureScheme::Ecdsa(HashAlgorithm::SHA2_384)),
        AuthMethod::ECDSA_SHA_512_P521 => (KeyType::EcdsaP521, SignatureScheme::Ecdsa(HashAlgorithm::SHA2_512)),
        _ => return None,
    })
}
