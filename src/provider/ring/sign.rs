//! Signatures with the keys of `ring`, which draws its randomness from the operating system: feature `ring-os-random`.

use crate::error::CryptoError;
use crate::registry::HashAlgorithm;
use crate::signature::{AuthError, EcdsaForm, KeyType, SignatureScheme, Signer, check_key};
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use ring::rand::SystemRandom;
use ring::signature::{self, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, RsaEncoding, RsaKeyPair};

/// A private key of `ring` that signs AUTH payloads. `ring` neither prints nor erases it.
///
/// Blinding, salts and ECDSA nonces come from the operating system, since `ring` takes randomness from nowhere else. This is the only
/// place in the crate where random numbers are drawn, and the reason for the feature `ring-os-random`. A key that must not live in
/// this process (a smart card, an agent) is a [`Signer`] of one's own.
pub struct SigningKey(Pair);

enum Pair {
    Rsa(Box<RsaKeyPair>),
    Ecdsa { curve: KeyType, der: Box<EcdsaKeyPair>, fixed: Box<EcdsaKeyPair> },
    Ed25519(Box<Ed25519KeyPair>),
}

impl SigningKey {
    /// Reads a PrivateKeyInfo in DER (PKCS#8, RFC 5958): RSA of 2048 to 4096 bits, ECDSA P-256 or P-384, Ed25519.
    ///
    /// # Errors
    /// [`AuthError::Malformed`] for octets that are none, [`AuthError::UnknownAlgorithm`] for another kind of key,
    /// [`AuthError::Failed`] when `ring` refuses the key.
    pub fn from_pkcs8(private_key_info: &[u8]) -> Result<Self, AuthError> {
        let refused = |_| AuthError::Failed(CryptoError);
        Ok(Self(match KeyType::of_pkcs8(private_key_info)? {
            KeyType::Rsa => Pair::Rsa(Box::new(RsaKeyPair::from_pkcs8(private_key_info).map_err(refused)?)),
            KeyType::Ed25519 => Pair::Ed25519(Box::new(Ed25519KeyPair::from_pkcs8_maybe_unchecked(private_key_info).map_err(refused)?)),
            curve => {
                let (der, fixed): (&EcdsaSigningAlgorithm, &EcdsaSigningAlgorithm) = match curve {
                    KeyType::EcdsaP256 => (&signature::ECDSA_P256_SHA256_ASN1_SIGNING, &signature::ECDSA_P256_SHA256_FIXED_SIGNING),
                    KeyType::EcdsaP384 => (&signature::ECDSA_P384_SHA384_ASN1_SIGNING, &signature::ECDSA_P384_SHA384_FIXED_SIGNING),
                    _ => return Err(AuthError::UnknownAlgorithm),
                };
                let pair = |form: &'static EcdsaSigningAlgorithm| {
                    EcdsaKeyPair::from_pkcs8(form, private_key_info, &SystemRandom::new()).map(Box::new).map_err(refused)
                };
                Pair::Ecdsa { curve, der: pair(der)?, fixed: pair(fixed)? }
            }
        }))
    }
}

impl Signer for SigningKey {
    fn key_type(&self) -> KeyType {
        match self.0 {
            Pair::Rsa(_) => KeyType::Rsa,
            Pair::Ecdsa { curve, .. } => curve,
            Pair::Ed25519(_) => KeyType::Ed25519,
        }
    }

    fn sign(&self, scheme: SignatureScheme, form: EcdsaForm, octets: &[u8]) -> Result<Vec<u8>, AuthError> {
        check_key(scheme, self.key_type())?;
        let unsupported = AuthError::Unsupported { scheme, key: self.key_type(), feature: None };
        let failed = |_| AuthError::Failed(CryptoError);
        match (&self.0, scheme) {
            (Pair::Rsa(pair), _) => {
                let encoding = rsa_encoding(scheme).ok_or(unsupported)?;
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(encoding, &SystemRandom::new(), octets, &mut signature).map_err(failed)?;
                Ok(signature)
            }
            (Pair::Ecdsa { curve, der, fixed }, SignatureScheme::Ecdsa(hash)) => {
                let own = if *curve == KeyType::EcdsaP256 { HashAlgorithm::SHA2_256 } else { HashAlgorithm::SHA2_384 };
                if hash != own {
                    return Err(unsupported);
                }
                let pair = if form == EcdsaForm::Fixed { fixed } else { der };
                Ok(pair.sign(&SystemRandom::new(), octets).map_err(failed)?.as_ref().to_vec())
            }
            (Pair::Ed25519(pair), _) => Ok(pair.sign(octets).as_ref().to_vec()),
            _ => Err(unsupported),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SigningKey").field(&self.key_type()).finish()
    }
}

fn rsa_encoding(scheme: SignatureScheme) -> Option<&'static dyn RsaEncoding> {
    Some(match scheme {
        SignatureScheme::RsaPkcs1(HashAlgorithm::SHA2_256) => &signature::RSA_PKCS1_SHA256,
        SignatureScheme::RsaPkcs1(HashAlgorithm::SHA2_384) => &signature::RSA_PKCS1_SHA384,
        SignatureScheme::RsaPkcs1(HashAlgorithm::SHA2_512) => &signature::RSA_PKCS1_SHA512,
        // A salt of the hash's length, as the schemes with an identifier have.
        SignatureScheme::RsaPss { hash, .. } if scheme.algorithm_identifier().is_some() => match hash {
            HashAlgorithm::SHA2_256 => &signature::RSA_PSS_SHA256,
            HashAlgorithm::SHA2_384 => &signature::RSA_PSS_SHA384,
            HashAlgorithm::SHA2_512 => &signature::RSA_PSS_SHA512,
            _ => return None,
        },
        _ => return None,
    })
}
