//! AUTH made and verified, RFC 7296 section 2.15, RFC 7427 section 4.

use crate::auth::{KeyType, PublicKey, SignatureScheme, SignedOctets};
use crate::keys::IkeKeys;
use crate::provider::Provider;
use crate::registry::{AuthMethod, HashAlgorithm};
use crate::role::Role;
use crate::session::ask::ToSign;
use crate::session::authentication::{LocalAuth, LocalSignature};
use crate::session::close::AuthFailure;
use crate::session::eap::{EapSuccess, Msk};
use crate::session::phase::{Handshake, VerifiableMethod};
use crate::session::serving::OwnAuth;
use crate::wire::Auth;
use alloc::vec::Vec;

/// Hash algorithms in the order in which we sign with them.
const SHA2: [HashAlgorithm; 3] = [HashAlgorithm::SHA2_256, HashAlgorithm::SHA2_384, HashAlgorithm::SHA2_512];

/// What the AUTH payload of one side covers, under these keys: those of the IKE SA, or the same with a PPK (RFC 8784 section 3).
pub(super) fn octets<'a>(keys: &IkeKeys, handshake: &'a Handshake, side: Role, id_body: &[u8], int_auth: &'a [u8]) -> SignedOctets<'a> {
    let (prf, sk_p) = (keys.prf_function(), sk_p(keys, side));
    let octets = match side {
        Role::Initiator => SignedOctets::new(prf, sk_p, &handshake.request, &handshake.n_r, id_body),
        Role::Responder => SignedOctets::new(prf, sk_p, &handshake.response, &handshake.n_i, id_body),
    };
    octets.with_int_auth(int_auth)
}

/// SK_pi or SK_pr (RFC 7296 section 2.14).
pub(super) fn sk_p(keys: &IkeKeys, side: Role) -> &[u8] {
    if side == Role::Initiator { keys.sk_pi() } else { keys.sk_pr() }
}

/// What AUTH is made with once EAP has succeeded: the MSK, or SK_pi and SK_pr after a method without a key (RFC 7296 section 2.16).
pub(super) fn eap_secret<'a>(success: &'a EapSuccess, sk_p: &'a [u8]) -> &'a [u8] {
    success.msk.as_ref().map_or(sk_p, Msk::octets)
}

/// Our proof.
pub(super) enum Proof {
    /// It is made.
    Made(OwnAuth),
    /// A private key has to sign.
    ToSign(ToSign),
}

/// Our proof over these octets. After EAP it is that of the method, for both sides.
pub(super) fn own(octets: &SignedOctets<'_>, sk_p: &[u8], auth: &LocalAuth, handshake: &Handshake) -> Result<Proof, AuthFailure> {
    let mic = |method, key: &[u8]| Ok(Proof::Made(OwnAuth { method, data: octets.shared_key(key).as_octets().to_vec() }));
    match (auth, handshake.eap_success()) {
        (_, Some(success)) => mic(AuthMethod::SHARED_KEY_MIC, eap_secret(success, sk_p)),
        (LocalAuth::Eap(_), None) => Err(AuthFailure::OtherMethod),
        (LocalAuth::SharedKey(key), None) => mic(AuthMethod::SHARED_KEY_MIC, key.octets()),
        // RFC 7619 section 2.1: SK_pi and SK_pr stand in for a shared key.
        (LocalAuth::Null, None) => mic(AuthMethod::NULL, sk_p),
        (LocalAuth::Signature(own), None) => {
            let (method, scheme) = scheme(own, &handshake.peer_hashes, &handshake.peer_methods).ok_or(AuthFailure::OtherMethod)?;
            Ok(Proof::ToSign(ToSign { octets: octets.concat(), key_type: own.key_type, method, scheme }))
        }
    }
}

/// How a key signs: in the first of the ways that the peer says it can verify (RFC 9593), or the usual one, if it does not say, or none is its.
pub(super) fn scheme(
    own: &LocalSignature,
    announced: &[HashAlgorithm],
    verifiable: &[VerifiableMethod],
) -> Option<(AuthMethod, SignatureScheme)> {
    let is_verifiable = |(method, scheme): &(AuthMethod, SignatureScheme)| {
        let is_it =
            |one: &VerifiableMethod| one.method == *method && (*method != AuthMethod::DIGITAL_SIGNATURE || one.scheme == Some(*scheme));
        verifiable.iter().any(is_it)
    };
    let usual = usual(own, announced);
    usual.into_iter().chain(others(own, announced)).find(is_verifiable).or(usual)
}

/// The other ways in which a key can sign.
fn others(own: &LocalSignature, announced: &[HashAlgorithm]) -> impl Iterator<Item = (AuthMethod, SignatureScheme)> {
    let key = own.key_type;
    let hashes = SHA2.into_iter().filter(move |hash| announced.contains(hash)).collect::<Vec<_>>();
    let by_14 = hashes.into_iter().flat_map(move |hash| match key {
        KeyType::Rsa => [Some(SignatureScheme::RsaPkcs1(hash)), Some(pss(hash))],
        KeyType::RsaPss => [None, Some(pss(hash))],
        _ => [None, None],
    });
    let alone = match key {
        KeyType::Rsa => Some((AuthMethod::RSA_DIGITAL_SIGNATURE, SignatureScheme::RsaPkcs1(HashAlgorithm::SHA2_256))),
        KeyType::EcdsaP256 => Some((AuthMethod::ECDSA_SHA_256_P256, SignatureScheme::Ecdsa(HashAlgorithm::SHA2_256))),
        KeyType::EcdsaP384 => Some((AuthMethod::ECDSA_SHA_384_P384, SignatureScheme::Ecdsa(HashAlgorithm::SHA2_384))),
        KeyType::EcdsaP521 => Some((AuthMethod::ECDSA_SHA_512_P521, SignatureScheme::Ecdsa(HashAlgorithm::SHA2_512))),
        _ => None,
    };
    by_14.flatten().map(|scheme| (AuthMethod::DIGITAL_SIGNATURE, scheme)).chain(alone)
}

/// RSASSA-PSS with a hash, and a salt as long as it.
pub(super) const fn pss(hash: HashAlgorithm) -> SignatureScheme {
    SignatureScheme::RsaPss { hash, mgf: hash, salt_len: salt_len(hash) }
}

/// How a key signs for a peer that announced these hash algorithms: by method 14 with one of them, else by the method that is the key's
/// own (RFC 7427 section 4, RFC 4754).
fn usual(own: &LocalSignature, announced: &[HashAlgorithm]) -> Option<(AuthMethod, SignatureScheme)> {
    let LocalSignature { key_type: key, pss, sha1, .. } = *own;
    let digital = AuthMethod::DIGITAL_SIGNATURE;
    let hash = SHA2.into_iter().find(|hash| announced.contains(hash));
    let by_curve = |hash: HashAlgorithm, method| {
        let method = if announced.contains(&hash) { digital } else { method };
        (method, SignatureScheme::Ecdsa(hash))
    };
    Some(match (key, hash) {
        (KeyType::Rsa, Some(hash)) if !pss => (digital, SignatureScheme::RsaPkcs1(hash)),
        (KeyType::Rsa | KeyType::RsaPss, Some(hash)) => (digital, self::pss(hash)),
        (KeyType::Rsa, None) => {
            // A peer that announced other hash algorithms than these knows RFC 7427, and takes no SHA-1.
            let hash = if sha1 && announced.is_empty() { HashAlgorithm::SHA1 } else { HashAlgorithm::SHA2_256 };
            (AuthMethod::RSA_DIGITAL_SIGNATURE, SignatureScheme::RsaPkcs1(hash))
        }
        (KeyType::EcdsaP256, _) => by_curve(HashAlgorithm::SHA2_256, AuthMethod::ECDSA_SHA_256_P256),
        (KeyType::EcdsaP384, _) => by_curve(HashAlgorithm::SHA2_384, AuthMethod::ECDSA_SHA_384_P384),
        (KeyType::EcdsaP521, _) => by_curve(HashAlgorithm::SHA2_512, AuthMethod::ECDSA_SHA_512_P521),
        (KeyType::Ed25519, _) if announced.contains(&HashAlgorithm::IDENTITY) => (digital, SignatureScheme::Ed25519),
        _ => return None,
    })
}

/// A salt as long as the hash, as RFC 4055 section 3.1 advises.
const fn salt_len(hash: HashAlgorithm) -> u16 {
    match hash {
        HashAlgorithm::SHA2_384 => 48,
        HashAlgorithm::SHA2_512 => 64,
        _ => 32,
    }
}

/// The hash algorithms that may stand behind a signature of the peer. Method 1 does not say its hash: SHA-1 is tried only where it is
/// allowed and the peer announced no hash algorithm at all (RFC 7296 section 3.8).
pub(super) fn accepted(method: AuthMethod, ours: &[HashAlgorithm], allows_sha1: bool, announced: &[HashAlgorithm]) -> Vec<HashAlgorithm> {
    if method == AuthMethod::DIGITAL_SIGNATURE {
        return ours.to_vec();
    }
    let sha1 = (allows_sha1 && announced.is_empty()).then_some(HashAlgorithm::SHA1);
    SHA2.into_iter().chain(sha1).collect()
}

/// Verifies the peer's signature by the key that the application vouches for.
pub(super) fn verify(
    provider: &Provider,
    octets: &SignedOctets<'_>,
    auth: &Auth<'_>,
    spki: &[u8],
    accept: &[HashAlgorithm],
) -> Result<(), AuthFailure> {
    let key = PublicKey::parse(spki).map_err(|error| AuthFailure::Signature(error.into()))?;
    octets.verify(provider, auth, &key, accept).map(|_| ()).map_err(AuthFailure::Signature)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signature(key: KeyType) -> LocalSignature {
        LocalSignature::new(key, Vec::<Vec<u8>>::new())
    }

    #[test]
    fn rfc_7427_section_4_a_peer_without_hashes_gets_no_method_14() {
        let all = [HashAlgorithm::SHA2_256, HashAlgorithm::SHA2_384, HashAlgorithm::SHA2_512, HashAlgorithm::IDENTITY];
        let method = |key, announced: &[HashAlgorithm]| usual(&signature(key), announced).map(|(method, _)| method.0);
        for (key, alone) in [
            (KeyType::Rsa, Some(1)),
            (KeyType::EcdsaP256, Some(9)),
            (KeyType::EcdsaP384, Some(10)),
            (KeyType::EcdsaP521, Some(11)),
            (KeyType::Ed25519, None),
            (KeyType::RsaPss, None),
        ] {
            assert_eq!(method(key, &[]), alone, "{key}");
            assert_eq!(method(key, &all), Some(14), "{key}");
        }
        // The hash of a curve is its own, whatever else was announced.
        assert_eq!(method(KeyType::EcdsaP384, &[HashAlgorithm::SHA2_256]), Some(10));
    }

    #[test]
    fn rfc_7296_section_3_8_an_rsa_key_signs_with_sha1_where_it_is_told_to_and_nothing_else_is_known() {
        let hash = |sha1, announced: &[HashAlgorithm]| {
            usual(&signature(KeyType::Rsa).with_sha1(sha1), announced).map(|(method, scheme)| (method.0, scheme.hash()))
        };
        assert_eq!(hash(false, &[]), Some((1, HashAlgorithm::SHA2_256)));
        assert_eq!(hash(true, &[]), Some((1, HashAlgorithm::SHA1)));
        assert_eq!(hash(true, &[HashAlgorithm::SHA1]), Some((1, HashAlgorithm::SHA2_256)));
        assert_eq!(hash(true, &[HashAlgorithm::SHA2_384]), Some((14, HashAlgorithm::SHA2_384)));
    }

    #[test]
    fn rfc_9593_section_3_1_a_key_signs_in_a_way_that_the_peer_can_verify() {
        let all = [HashAlgorithm::SHA2_256, HashAlgorithm::SHA2_384, HashAlgorithm::SHA2_512, HashAlgorithm::IDENTITY];
        let digital = |scheme| VerifiableMethod { method: AuthMethod::DIGITAL_SIGNATURE, scheme: Some(scheme) };
        let own = |method| VerifiableMethod { method, scheme: None };
        let chosen = |key, verifiable: &[VerifiableMethod]| scheme(&signature(key), &all, verifiable).unwrap();
        let usual = (AuthMethod::DIGITAL_SIGNATURE, SignatureScheme::RsaPkcs1(HashAlgorithm::SHA2_256));
        assert_eq!(chosen(KeyType::Rsa, &[]), usual);
        for wanted in [pss(HashAlgorithm::SHA2_384), SignatureScheme::RsaPkcs1(HashAlgorithm::SHA2_512)] {
            assert_eq!(chosen(KeyType::Rsa, &[digital(wanted)]), (AuthMethod::DIGITAL_SIGNATURE, wanted));
        }
        // The usual one, where it is among them.
        assert_eq!(chosen(KeyType::Rsa, &[digital(pss(HashAlgorithm::SHA2_256)), digital(usual.1)]), usual);
        assert_eq!(chosen(KeyType::Rsa, &[own(AuthMethod::RSA_DIGITAL_SIGNATURE)]).0, AuthMethod::RSA_DIGITAL_SIGNATURE);
        assert_eq!(chosen(KeyType::EcdsaP384, &[own(AuthMethod::ECDSA_SHA_384_P384)]).0, AuthMethod::ECDSA_SHA_384_P384);
        // What the key cannot do is not done: the peer may take the usual all the same.
        assert_eq!(chosen(KeyType::Rsa, &[own(AuthMethod::ECDSA_SHA_384_P384)]), usual);
    }

    #[test]
    fn rfc_7296_section_3_8_sha1_only_by_method_1_of_a_peer_without_hashes() {
        let has_sha1 =
            |method, allows, announced: &[HashAlgorithm]| accepted(method, &SHA2, allows, announced).contains(&HashAlgorithm::SHA1);
        assert!(has_sha1(AuthMethod::RSA_DIGITAL_SIGNATURE, true, &[]));
        assert!(!has_sha1(AuthMethod::RSA_DIGITAL_SIGNATURE, false, &[]));
        assert!(!has_sha1(AuthMethod::RSA_DIGITAL_SIGNATURE, true, &[HashAlgorithm::SHA2_256]));
        assert!(!has_sha1(AuthMethod::RSA_DIGITAL_SIGNATURE, true, &[HashAlgorithm::SHA1]));
        assert!(!has_sha1(AuthMethod::DIGITAL_SIGNATURE, true, &[]));
    }
}
