//! Verification of signatures: which key goes with which scheme, and which backend does it.

use super::{AuthError, KeyType, PublicKey, SignatureScheme, SignedOctets};
use crate::error::{CryptoError, Element, ParseError, ParseErrorKind, Space};
use crate::registry::{AuthMethod, HashAlgorithm, PayloadType};
use crate::wire::Auth;
use core::ops::RangeInclusive;

/// Sizes of RSA keys in bits that can be verified with: what `ring` does, and nothing weaker.
const RSA_BITS: RangeInclusive<usize> = 2048..=8192;

/// How r and s of an ECDSA signature are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EcdsaForm {
    /// Ecdsa-Sig-Value in DER (RFC 3279 section 2.2.3), for method 14.
    Der,
    /// r | s, each as long as the curve's field (RFC 4754 section 7), for methods 9 to 11.
    Fixed,
}

impl SignedOctets<'_> {
    /// Verifies the signature of an AUTH payload of method 1, 9, 10, 11 or 14, and says how it was made.
    ///
    /// `accept` lists the hash algorithms that may stand behind it: those announced in SIGNATURE_HASH_ALGORITHMS for method 14,
    /// which for Ed25519 and Ed448 have to include [`HashAlgorithm::IDENTITY`]; those worth trying for method 1, whose
    /// Authentication Data does not say which one it is. SHA-1 is verified only when it is listed. Methods 9 to 11 fix their hash.
    ///
    /// Whether the key belongs to the peer's identity, and whether anybody vouches for it, is not decided here.
    ///
    /// # Errors
    /// [`AuthError::Failed`] for a wrong signature; the others say what stands in the way of verifying it.
    pub fn verify(&self, auth: &Auth<'_>, key: &PublicKey<'_>, accept: &[HashAlgorithm]) -> Result<SignatureScheme, AuthError> {
        let ecdsa = |hash, curve| match key.key_type() == curve {
            true => self.verify_as(SignatureScheme::Ecdsa(hash), EcdsaForm::Fixed, key, auth.data),
            false => Err(AuthError::KeyMismatch { scheme: SignatureScheme::Ecdsa(hash), key: key.key_type() }),
        };
        match auth.method {
            AuthMethod::RSA_DIGITAL_SIGNATURE => self.verify_rsa(key, accept, auth.data),
            AuthMethod::ECDSA_SHA_256_P256 => ecdsa(HashAlgorithm::SHA2_256, KeyType::EcdsaP256),
            AuthMethod::ECDSA_SHA_384_P384 => ecdsa(HashAlgorithm::SHA2_384, KeyType::EcdsaP384),
            AuthMethod::ECDSA_SHA_512_P521 => ecdsa(HashAlgorithm::SHA2_512, KeyType::EcdsaP521),
            AuthMethod::DIGITAL_SIGNATURE => {
                let parts = auth.digital_signature().ok_or(truncated(auth))?;
                let scheme = SignatureScheme::parse(parts.algorithm)?;
                if !accept.contains(&scheme.hash()) {
                    return Err(AuthError::HashNotAccepted(scheme.hash()));
                }
                self.verify_as(scheme, EcdsaForm::Der, key, parts.signature)
            }
            method => Err(AuthError::Method(method)),
        }
    }

    /// Method 1: the signature does not say its hash, so each accepted one is tried, four at most (RFC 7296 section 3.8).
    fn verify_rsa(&self, key: &PublicKey<'_>, accept: &[HashAlgorithm], signature: &[u8]) -> Result<SignatureScheme, AuthError> {
        let hashes = [HashAlgorithm::SHA2_256, HashAlgorithm::SHA1, HashAlgorithm::SHA2_384, HashAlgorithm::SHA2_512];
        let mut outcome = Err(AuthError::HashNotAccepted(HashAlgorithm::SHA1));
        for hash in hashes.into_iter().filter(|hash| accept.contains(hash)) {
            outcome = self.verify_as(SignatureScheme::RsaPkcs1(hash), EcdsaForm::Der, key, signature);
            if outcome != Err(AuthError::Failed(CryptoError)) {
                break;
            }
        }
        outcome
    }

    fn verify_as(
        &self,
        scheme: SignatureScheme,
        form: EcdsaForm,
        key: &PublicKey<'_>,
        signature: &[u8],
    ) -> Result<SignatureScheme, AuthError> {
        check_key(scheme, key.key_type())?;
        if let (KeyType::Rsa | KeyType::RsaPss, Some(bits)) = (key.key_type(), key.bits()) {
            if !RSA_BITS.contains(&bits) {
                return Err(AuthError::KeySize(bits));
            }
        }
        let octets = self.concat();
        #[cfg(feature = "ring")]
        if let Some(algorithm) = super::ring::algorithm(scheme, key.key_type(), form) {
            return super::ring::verify(algorithm, key.key(), &octets, signature).map(|()| scheme).map_err(AuthError::Failed);
        }
        #[cfg(feature = "rustcrypto")]
        if let Some(outcome) = super::rustcrypto::verify(scheme, key, form, &octets, signature) {
            return outcome.map(|()| scheme).map_err(AuthError::Failed);
        }
        let _ = (octets, form, signature);
        Err(AuthError::Unsupported { scheme, key: key.key_type(), feature: missing_feature(scheme, key.key_type()) })
    }
}

/// Whether keys of this type make such signatures at all.
pub(super) fn check_key(scheme: SignatureScheme, key: KeyType) -> Result<(), AuthError> {
    let fits = match scheme {
        SignatureScheme::RsaPkcs1(_) => key == KeyType::Rsa,
        SignatureScheme::RsaPss { .. } => matches!(key, KeyType::Rsa | KeyType::RsaPss),
        SignatureScheme::Ecdsa(_) => key.is_ecdsa(),
        SignatureScheme::Ed25519 => key == KeyType::Ed25519,
        SignatureScheme::Ed448 => key == KeyType::Ed448,
    };
    if fits { Ok(()) } else { Err(AuthError::KeyMismatch { scheme, key }) }
}

/// The feature that verifies what this build does not.
fn missing_feature(scheme: SignatureScheme, key: KeyType) -> Option<&'static str> {
    match (scheme, key) {
        (SignatureScheme::Ecdsa(_), KeyType::EcdsaP256 | KeyType::EcdsaP384 | KeyType::EcdsaP521) if !cfg!(feature = "rustcrypto") => {
            Some("rustcrypto")
        }
        (SignatureScheme::RsaPkcs1(_) | SignatureScheme::Ed25519, _) if !cfg!(feature = "ring") => Some("ring"),
        (SignatureScheme::RsaPss { .. }, _) if !cfg!(feature = "ring") && scheme.algorithm_identifier().is_some() => Some("ring"),
        _ => None,
    }
}

fn truncated(auth: &Auth<'_>) -> AuthError {
    let needed = auth.data.first().map_or(1, |length| usize::from(*length).saturating_add(1));
    AuthError::Malformed(ParseError {
        element: Element::Payload(PayloadType::AUTH),
        offset: 0,
        space: Space::Input,
        kind: ParseErrorKind::Truncated { needed, available: auth.data.len() },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_feature_is_named_only_where_it_helps() {
        let p521 = missing_feature(SignatureScheme::Ecdsa(HashAlgorithm::SHA2_512), KeyType::EcdsaP521);
        assert_eq!(p521, if cfg!(feature = "rustcrypto") { None } else { Some("rustcrypto") });
        let rsa = missing_feature(SignatureScheme::RsaPkcs1(HashAlgorithm::SHA2_256), KeyType::Rsa);
        assert_eq!(rsa, if cfg!(feature = "ring") { None } else { Some("ring") });
        assert_eq!(missing_feature(SignatureScheme::Ecdsa(HashAlgorithm::SHA2_256), KeyType::EcdsaBrainpoolP256r1), None);
        assert_eq!(missing_feature(SignatureScheme::Ed448, KeyType::Ed448), None);
        let long_salt = SignatureScheme::RsaPss { hash: HashAlgorithm::SHA2_256, mgf: HashAlgorithm::SHA2_256, salt_len: 99 };
        assert_eq!(missing_feature(long_salt, KeyType::Rsa), None);
    }
}
