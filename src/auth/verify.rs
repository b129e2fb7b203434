//! Verification of signatures: which key goes with which scheme.

use super::sign::fixed_ecdsa;
use super::{AuthError, EcdsaForm, KeyType, PublicKey, SignatureScheme, SignedOctets};
use crate::error::{Element, Origin, ParseError, ParseErrorKind};
use crate::provider::{Provider, features};
use crate::registry::{AuthMethod, HashAlgorithm, PayloadType};
use crate::signature::check_key;
use crate::wire::Auth;
use core::ops::RangeInclusive;

/// Sizes of RSA keys in bits that can be verified with: what `ring` does, and nothing weaker.
const RSA_BITS: RangeInclusive<usize> = 2048..=8192;

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
    pub fn verify(
        &self,
        provider: &Provider,
        auth: &Auth<'_>,
        key: &PublicKey<'_>,
        accept: &[HashAlgorithm],
    ) -> Result<SignatureScheme, AuthError> {
        match auth.method {
            AuthMethod::RSA_DIGITAL_SIGNATURE => self.verify_rsa(provider, key, accept, auth.data),
            AuthMethod::DIGITAL_SIGNATURE => {
                let parts = auth.digital_signature().ok_or(truncated(auth))?;
                let scheme = SignatureScheme::parse(parts.algorithm)?;
                if !accept.contains(&scheme.hash()) {
                    return Err(AuthError::HashNotAccepted(scheme.hash()));
                }
                self.verify_as(provider, scheme, EcdsaForm::Der, key, parts.signature)
            }
            method => match fixed_ecdsa(method) {
                Some((curve, scheme)) if key.key_type() == curve => self.verify_as(provider, scheme, EcdsaForm::Fixed, key, auth.data),
                Some((_, scheme)) => Err(AuthError::KeyMismatch { scheme, key: key.key_type() }),
                None => Err(AuthError::Method(method)),
            },
        }
    }

    /// Method 1: the signature does not say its hash, so each accepted one is tried, four at most (RFC 7296 section 3.8).
    fn verify_rsa(
        &self,
        provider: &Provider,
        key: &PublicKey<'_>,
        accept: &[HashAlgorithm],
        signature: &[u8],
    ) -> Result<SignatureScheme, AuthError> {
        let hashes = [HashAlgorithm::SHA2_256, HashAlgorithm::SHA1, HashAlgorithm::SHA2_384, HashAlgorithm::SHA2_512];
        let mut outcome = Err(AuthError::HashNotAccepted(HashAlgorithm::SHA1));
        for hash in hashes.into_iter().filter(|hash| accept.contains(hash)) {
            match self.verify_as(provider, SignatureScheme::RsaPkcs1(hash), EcdsaForm::Der, key, signature) {
                Err(error @ AuthError::Failed(_)) => outcome = Err(error),
                // Another hash may be one that the provider has; a wrong signature says more than a missing hash.
                Err(error @ AuthError::Unsupported { .. }) => {
                    if matches!(outcome, Err(AuthError::HashNotAccepted(_))) {
                        outcome = Err(error);
                    }
                }
                decided => return decided,
            }
        }
        outcome
    }

    fn verify_as(
        &self,
        provider: &Provider,
        scheme: SignatureScheme,
        form: EcdsaForm,
        key: &PublicKey<'_>,
        signature: &[u8],
    ) -> Result<SignatureScheme, AuthError> {
        verify_signature(provider, scheme, form, key, &self.concat(), signature)
    }
}

/// Verifies one signature over `octets`, if the key makes such ones and the provider verifies them.
pub(crate) fn verify_signature(
    provider: &Provider,
    scheme: SignatureScheme,
    form: EcdsaForm,
    key: &PublicKey<'_>,
    octets: &[u8],
    signature: &[u8],
) -> Result<SignatureScheme, AuthError> {
    check_key(scheme, key.key_type())?;
    key.allows(scheme)?;
    if let (KeyType::Rsa | KeyType::RsaPss, Some(bits)) = (key.key_type(), key.bits()) {
        if !RSA_BITS.contains(&bits) {
            return Err(AuthError::KeySize(bits));
        }
    }
    let verifier = provider.verifier(scheme, key.key_type(), form).ok_or(AuthError::Unsupported {
        scheme,
        key: key.key_type(),
        feature: features::of_verifier(scheme, key.key_type()),
    })?;
    verifier.verify(key.key(), octets, signature).map(|()| scheme).map_err(AuthError::Failed)
}

fn truncated(auth: &Auth<'_>) -> AuthError {
    let needed = auth.data.first().map_or(1, |length| usize::from(*length).saturating_add(1));
    AuthError::Malformed(ParseError {
        element: Element::Payload(PayloadType::AUTH),
        offset: 0,
        origin: Origin::Input,
        kind: ParseErrorKind::Truncated { needed, available: auth.data.len() },
    })
}
