//! SUPPORTED_AUTH_METHODS, RFC 9593: what a peer says it can verify, and what we say.

use crate::auth::SignatureScheme;
use crate::registry::{AuthMethod, HashAlgorithm, NotifyType};
use crate::session::authentication::RemoteAuth;
use crate::session::phase::VerifiableMethod;
use crate::wire::{NotifyData, Parts};
use alloc::vec::Vec;

/// Announcements of a peer that are kept.
const MOST: usize = 64;

/// What a peer says it can verify; nothing if it does not say.
pub(super) fn read(parts: &Parts<'_>) -> Vec<VerifiableMethod> {
    match parts.notify(NotifyType::SUPPORTED_AUTH_METHODS).map(|notify| notify.typed_data()) {
        Some(Ok(NotifyData::SupportedAuthMethods(announced))) => announced
            .take(MOST)
            .map(|one| VerifiableMethod { method: one.method, scheme: SignatureScheme::parse(one.algorithm).ok() })
            .collect(),
        _ => Vec::new(),
    }
}

/// What we say: what we verify of a peer that authenticates itself so, or of any.
pub(super) fn octets(hashes: &[HashAlgorithm], remote: Option<&RemoteAuth>) -> Vec<u8> {
    let (key, null, signature) = match remote {
        None => (true, false, true),
        Some(RemoteAuth::SharedKey(_)) => (true, false, false),
        Some(RemoteAuth::Null) => (false, true, false),
        Some(RemoteAuth::Signature(_)) => (false, false, true),
        Some(RemoteAuth::Eap(_)) => (false, false, false),
    };
    let mut octets = Vec::new();
    for (method, _) in [(AuthMethod::SHARED_KEY_MIC, key), (AuthMethod::NULL, null)].into_iter().filter(|(_, is_taken)| *is_taken) {
        octets.extend([2, method.0]);
    }
    if signature {
        let schemes = hashes.iter().flat_map(|hash| schemes(*hash)).filter_map(SignatureScheme::algorithm_identifier);
        schemes.for_each(|identifier| push(&mut octets, AuthMethod::DIGITAL_SIGNATURE, identifier));
        OWN_METHODS.into_iter().for_each(|method| push(&mut octets, method, &[]));
    }
    octets
}

/// Methods that say their algorithm by themselves.
const OWN_METHODS: [AuthMethod; 4] =
    [AuthMethod::RSA_DIGITAL_SIGNATURE, AuthMethod::ECDSA_SHA_256_P256, AuthMethod::ECDSA_SHA_384_P384, AuthMethod::ECDSA_SHA_512_P521];

/// Length, method, the trust anchor of any (RFC 9593 section 3.2), AlgorithmIdentifier.
fn push(octets: &mut Vec<u8>, method: AuthMethod, identifier: &[u8]) {
    if let Ok(length) = u8::try_from(identifier.len().saturating_add(3)) {
        octets.extend([length, method.0, 0]);
        octets.extend(identifier);
    }
}

fn schemes(hash: HashAlgorithm) -> Vec<SignatureScheme> {
    match hash {
        HashAlgorithm::IDENTITY => [SignatureScheme::Ed25519].to_vec(),
        hash => [SignatureScheme::RsaPkcs1(hash), super::proof::pss(hash), SignatureScheme::Ecdsa(hash)].to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::authentication::{RemoteSignature, SharedKey};
    use crate::wire::AuthAnnouncements;

    #[test]
    fn rfc_9593_section_3_2_what_we_say_is_read_as_it_is_meant() {
        let all = [HashAlgorithm::SHA2_256, HashAlgorithm::SHA2_384, HashAlgorithm::SHA2_512, HashAlgorithm::IDENTITY];
        let methods = |remote: Option<RemoteAuth>| {
            let octets = octets(&all, remote.as_ref());
            let announced: Vec<_> = AuthAnnouncements::from_octets(&octets).unwrap().collect();
            assert!(announced.iter().all(|one| one.method.0 != 14 || SignatureScheme::parse(one.algorithm).is_ok()));
            announced.iter().map(|one| one.method.0).collect::<Vec<_>>()
        };
        let signatures = [[14; 10].as_slice(), &[1, 9, 10, 11]].concat();
        assert_eq!(methods(Some(RemoteAuth::Signature(RemoteSignature::new()))), signatures);
        assert_eq!(methods(Some(RemoteAuth::SharedKey(SharedKey::new("key")))), [2]);
        assert_eq!(methods(Some(RemoteAuth::Null)), [13]);
        assert_eq!(methods(None), [&[2], &signatures[..]].concat());
    }
}
