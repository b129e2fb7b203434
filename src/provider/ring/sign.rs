//! Signatures of our own, with the keys of `ring`.

use super::verify::check_key;
use super::{AuthError, KeyType, SignatureScheme, SignedOctets};
use crate::der::{Reader, tag};
use crate::error::{CryptoError, ParseError};
use crate::registry::{AuthMethod, HashAlgorithm};
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use ring::rand::SystemRandom;
use ring::signature::{self, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, RsaEncoding, RsaKeyPair};

/// A private key that signs AUTH payloads. It holds a key pair of `ring`, which neither prints nor erases it.
///
/// Blinding, salts and ECDSA nonces come from the operating system: `ring` takes randomness from nowhere else. A key that must
/// not live here (a smart card, another library) signs [`SignedOctets::concat`] instead.
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
        Ok(Self(match key_type(private_key_info)? {
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

    /// Its kind.
    #[must_use]
    pub const fn key_type(&self) -> KeyType {
        match self.0 {
            Pair::Rsa(_) => KeyType::Rsa,
            Pair::Ecdsa { curve, .. } => curve,
            Pair::Ed25519(_) => KeyType::Ed25519,
        }
    }

    fn sign(&self, scheme: SignatureScheme, fixed_form: bool, octets: &[u8]) -> Result<Vec<u8>, AuthError> {
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
                let pair = if fixed_form { fixed } else { der };
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

impl SignedOctets<'_> {
    /// Authentication Data for `method` (1, 9, 10 or 14) made by `key` with `scheme`.
    ///
    /// Method 1 takes RSA PKCS#1 with SHA-2, 9 and 10 ECDSA with their own curve and hash, 14 any of RSA PKCS#1 and RSASSA-PSS with
    /// SHA-2, ECDSA P-256 with SHA2-256, P-384 with SHA2-384, and Ed25519; its hash has to be one the peer announced.
    ///
    /// # Errors
    /// When method, scheme and key do not go together, or `ring` does not make such signatures (SHA-1 among them).
    pub fn sign(&self, key: &SigningKey, method: AuthMethod, scheme: SignatureScheme) -> Result<Vec<u8>, AuthError> {
        let mismatch = AuthError::KeyMismatch { scheme, key: key.key_type() };
        match method {
            AuthMethod::DIGITAL_SIGNATURE => {
                let unsupported = AuthError::Unsupported { scheme, key: key.key_type(), feature: None };
                let identifier = scheme.algorithm_identifier().ok_or(unsupported)?;
                let length = u8::try_from(identifier.len()).map_err(|_| unsupported)?;
                let signature = key.sign(scheme, false, &self.concat())?;
                Ok([&[length], identifier, &signature].concat())
            }
            AuthMethod::RSA_DIGITAL_SIGNATURE => match scheme {
                SignatureScheme::RsaPkcs1(_) => key.sign(scheme, false, &self.concat()),
                _ => Err(mismatch),
            },
            AuthMethod::ECDSA_SHA_256_P256 | AuthMethod::ECDSA_SHA_384_P384 => {
                let own = match key.key_type() {
                    KeyType::EcdsaP256 => AuthMethod::ECDSA_SHA_256_P256,
                    KeyType::EcdsaP384 => AuthMethod::ECDSA_SHA_384_P384,
                    _ => return Err(mismatch),
                };
                if method == own { key.sign(scheme, true, &self.concat()) } else { Err(mismatch) }
            }
            method => Err(AuthError::Method(method)),
        }
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

/// PrivateKeyInfo ::= SEQUENCE { version INTEGER, privateKeyAlgorithm AlgorithmIdentifier, .. } (RFC 5958 section 2).
fn key_type(private_key_info: &[u8]) -> Result<KeyType, ParseError> {
    let mut reader = Reader::only(private_key_info, tag::SEQUENCE)?.reader();
    reader.take(tag::INTEGER)?;
    KeyType::of(reader.take(tag::SEQUENCE)?)
}
