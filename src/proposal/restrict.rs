//! A policy cut down to what can be done: what a build does not have is neither offered nor chosen.

use super::policy::Policy;
use super::selection::Selection;
use super::suite::Proposal;
use crate::keys::KeyLengths;
use crate::known;
use crate::provider::Provider;
use crate::registry::{Encr, Integ, KeMethod, Prf, SecurityProtocol, TransformType};
use crate::transform::Transform;
use alloc::vec::Vec;

/// A policy that holds only what can be done, and what was taken out of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Restricted {
    /// What is left, with the settings of the policy as it was. It may have no proposal at all.
    pub policy: Policy,
    /// What was taken out: the proposal, counted from 0 in the policy as it was, and the transform.
    pub removed: Vec<(usize, Transform)>,
    /// The proposals that are gone whole, counted from 0 in the policy as it was: a type of transform they cannot do without has none left.
    pub dropped: Vec<usize>,
}

impl Policy {
    /// Takes out what cannot be done.
    ///
    /// Of a proposal for an IKE SA, those are ciphers, integrity algorithms and pseudorandom functions that `provider` does not have. Of a
    /// proposal for a Child SA, whose traffic others protect, those are ciphers and integrity algorithms whose key lengths this crate
    /// does not know ([`Selection::key_lengths`](super::Selection::key_lengths)). Of both, those are key exchange methods for which
    /// `has_method` says no, as [`Provider::has_key_exchange`] does of those that `provider` does not have. What cannot stand without what
    /// was taken out goes too: ciphers without a MAC left, MACs without a cipher left that takes one. An additional key exchange is not left
    /// out, unless NONE was among its methods.
    ///
    /// ```
    /// use ikev2::proposal::{Dialect, Policy, notation::strongswan};
    /// use ikev2::provider::Provider;
    /// use ikev2::registry::KeMethod;
    ///
    /// // A provider that has nothing.
    /// let policy = Policy::new(Dialect::Rfc, strongswan::parse_ike("aes256gcm16-prfsha256-x25519")?)?;
    /// let restricted = policy.restrict(&Provider::new(&[]), |method| method == KeMethod::CURVE25519);
    /// assert!(restricted.policy.proposals().is_empty());
    /// assert_eq!((restricted.removed.len(), &restricted.dropped[..]), (2, &[0][..]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn restrict(&self, provider: &Provider, has_method: impl Fn(KeMethod) -> bool) -> Restricted {
        let (mut proposals, mut removed, mut dropped) = (Vec::new(), Vec::new(), Vec::new());
        for (index, proposal) in self.proposals().iter().enumerate() {
            let is_ike = proposal.protocol == SecurityProtocol::IKE;
            let can = |t: &Transform| t.is_none() || if is_ike { has(provider, *t) } else { is_measured(*t) };
            let can = |t: &Transform| can(t) && (!t.ty.is_key_exchange() || t.is_none() || has_method(KeMethod(t.id.0)));
            let left = consistent(proposal, proposal.transforms.iter().copied().filter(can).collect());
            removed.extend(proposal.transforms.iter().filter(|t| !left.contains(t)).map(|t| (index, *t)));
            let left = Proposal::new(proposal.protocol, left);
            let had = |ty| proposal.of_type(ty).next().is_some();
            let without = |ty| had(ty) && left.of_type(ty).next().is_none();
            let integ_due = proposal.protocol == SecurityProtocol::AH;
            let mut types = proposal.transforms.iter().map(|t| t.ty).filter(|ty| *ty != TransformType::INTEG || integ_due);
            if types.any(without) || left.has_additional_without_ke() && !proposal.has_additional_without_ke() {
                dropped.push(index);
            } else {
                proposals.push(left);
            }
        }
        Restricted { policy: self.with_proposals(proposals), removed, dropped }
    }
}

/// Ciphers and MACs that are left of a proposal and go together.
fn consistent(proposal: &Proposal, mut left: Vec<Transform>) -> Vec<Transform> {
    let is_mac = |t: &Transform| t.ty == TransformType::INTEG && !t.is_none();
    let is_plain = |t: &Transform| t.ty == TransformType::ENCR && !t.is_aead();
    if proposal.transforms.iter().any(is_mac) && !left.iter().any(is_mac) {
        left.retain(|t| !is_plain(t));
    }
    // A list of MACs beside AEAD ciphers was for the others (RFC 5282 section 8).
    if proposal.transforms.iter().any(is_plain) && !left.iter().any(is_plain) && left.iter().any(|t| t.ty == TransformType::ENCR) {
        left.retain(|t| !is_mac(t));
    }
    left
}

/// Whether the provider has a transform of an IKE SA, and a suite can be made of it.
fn has(provider: &Provider, transform: Transform) -> bool {
    match transform.ty {
        TransformType::ENCR => {
            let encr = Encr(transform.id.0);
            let row = |bits| if encr.is_aead() { provider.aead(encr, bits).is_ok() } else { provider.mode(encr, bits).is_ok() };
            known::is_suite_cipher(encr) && known::key_bits(encr, transform.key_bits).is_some_and(row)
        }
        TransformType::PRF => provider.has_prf(Prf(transform.id.0)),
        TransformType::INTEG => {
            let integ = Integ(transform.id.0);
            known::is_suite_mac(integ) && !known::is_mac_of_the_past(integ) && provider.has_mac(integ)
        }
        _ => true,
    }
}

/// Whether the length of the key is known that a transform of a Child SA takes.
fn is_measured(transform: Transform) -> bool {
    match transform.ty {
        TransformType::ENCR => encr_len(transform).is_some(),
        TransformType::INTEG => integ_len(transform).is_some(),
        _ => true,
    }
}

/// Octets of keying material for a cipher, its salt included.
fn encr_len(encr: Transform) -> Option<usize> {
    let bits = known::key_bits(Encr(encr.id.0), encr.key_bits)?;
    Encr(encr.id.0).facts()?.salt_len.checked_add(usize::from(bits.div_ceil(8)))
}

/// Octets of keying material for an integrity algorithm, its salt included; none for NONE.
fn integ_len(integ: Transform) -> Option<usize> {
    if integ.is_none() {
        return Some(0);
    }
    let facts = Integ(integ.id.0).facts()?;
    facts.key_len.checked_add(facts.salt_len)
}

impl Selection {
    /// Octets of keying material for each direction: those of the cipher, its salt included, and those of the integrity algorithm (RFC 7296
    /// section 2.17). `None` if the length of one of them is not known, which [`Policy::restrict`] takes out of a policy.
    #[must_use]
    pub fn key_lengths(&self) -> Option<KeyLengths> {
        let encr = self.transform(TransformType::ENCR).map_or(Some(0), encr_len)?;
        let integ = self.transform(TransformType::INTEG).map_or(Some(0), integ_len)?;
        Some(KeyLengths { encr, integ })
    }
}

#[cfg(test)]
mod tests {
    use super::super::notation::strongswan;
    use super::super::{Dialect, Preference};
    use super::*;
    use crate::error::CryptoError;
    use crate::provider::{Algorithms, Mac, MacRow, PrfRow};
    use alloc::boxed::Box;
    use alloc::vec;

    struct Nothing;

    impl Mac for Nothing {
        fn compute(&self, _: &mut dyn Iterator<Item = &[u8]>, _: &mut [u8]) -> Result<(), CryptoError> {
            Err(CryptoError)
        }
    }

    /// A provider with one MAC and one PRF, and no cipher.
    static SMALL: Algorithms = Algorithms::new("small")
        .with_macs(&[MacRow::new(Integ::AUTH_HMAC_SHA2_256_128, |_| Ok(Box::new(Nothing)))])
        .with_prfs(&[PrfRow::new(Prf::PRF_HMAC_SHA2_256, 32, |_| Box::new(Nothing))]);

    fn ike(text: &str) -> Policy {
        Policy::new(Dialect::StrongSwan6, strongswan::parse_ike(text).unwrap()).unwrap().with_preference(Preference::Supplied)
    }

    fn esp(text: &str) -> Policy {
        Policy::new(Dialect::Rfc, strongswan::parse_esp(text).unwrap()).unwrap()
    }

    #[test]
    fn an_ike_proposal_without_a_cipher_left_is_gone() {
        static PROVIDER: Provider = Provider::new(&[&SMALL]);
        let restricted = ike("aes256-sha256-sha512-x25519").restrict(&PROVIDER, |_| true);
        assert_eq!((restricted.policy.proposals().len(), restricted.dropped), (0, vec![0]));
        // The cipher, the other MAC and the other PRF.
        assert_eq!(restricted.removed.len(), 3);
        assert_eq!((restricted.policy.dialect(), restricted.policy.settings.prefer), (Dialect::StrongSwan6, Preference::Supplied));
    }

    #[test]
    fn an_additional_key_exchange_is_not_left_out() {
        let policy = esp("aes256gcm16-x25519-ke1_mlkem768");
        let all = policy.restrict(&Provider::new(&[]), |_| true);
        assert_eq!((all.policy.proposals(), all.removed.len()), (policy.proposals(), 0));
        let without = policy.restrict(&Provider::new(&[]), |method| method != KeMethod::ML_KEM_768);
        assert_eq!((without.policy.proposals().len(), without.dropped, without.removed.len()), (0, vec![0], 1));
        // One that may be left out stays, without the method.
        let optional = esp("aes256gcm16-x25519-ke1_mlkem768-ke1_none").restrict(&Provider::new(&[]), |m| m != KeMethod::ML_KEM_768);
        assert_eq!((optional.policy.proposals().len(), optional.removed.len()), (1, 1));
    }

    #[test]
    fn a_child_needs_no_provider_but_key_lengths() {
        let serpent = esp("serpent256-sha256-modp2048").restrict(&Provider::new(&[]), |_| true);
        let length = Encr::ENCR_CAST.facts().and_then(|facts| facts.key_length.bits(Some(128)));
        assert_eq!(length, Some(128), "the registry knows it");
        assert_eq!(serpent.dropped, [0], "a private cipher has no lengths");
        assert!(esp("aes256-sha256").restrict(&Provider::new(&[]), |_| false).dropped.is_empty());
    }

    /// With whatever this build has: the rest can be done, and what was taken out cannot.
    #[test]
    fn what_is_left_can_be_done_and_what_is_gone_cannot() {
        let text = "aes128-aes256-camellia256-3des-sha1-sha256-sha512-aesxcbc-x25519,aes256gcm16-chacha20poly1305-prfsha384-prfaescmac-x25519,\
            aes128ccm8-prfmd5-ecp256";
        let policy = Policy::new(Dialect::Rfc, strongswan::parse_ike(text).unwrap()).unwrap();
        let builtin = Provider::builtin();
        let restricted = policy.restrict(&builtin, |method| method == KeMethod::CURVE25519);
        let left: Vec<_> = restricted.policy.proposals().iter().flat_map(|proposal| &proposal.transforms).collect();
        assert!(left.iter().all(|t| has(&builtin, **t)));
        assert!(restricted.removed.iter().any(|(_, t)| *t == Transform::ke(KeMethod::ECP_256)) && restricted.dropped.contains(&2));
        let kept_apart = |t: &Transform| t.ty == TransformType::ENCR && !t.is_aead() || t.ty == TransformType::INTEG;
        assert!(restricted.removed.iter().all(|(_, t)| !has(&builtin, *t) || t.ty.is_key_exchange() || kept_apart(t)));
        let has_gcm = builtin.has_cipher(Encr::ENCR_AES_GCM_16, 256) && builtin.has_prf(Prf::PRF_HMAC_SHA2_384);
        assert_eq!(left.iter().any(|t| **t == Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256)), has_gcm);
    }

    /// Recordings with them are opened; no build brings them into a new IKE SA.
    #[test]
    fn what_only_opens_recordings_is_not_negotiated() {
        let policy = Policy::new(Dialect::Rfc, strongswan::parse_ike("aes128-sha1_160-md5_128-x25519").unwrap()).unwrap();
        let restricted = policy.restrict(&Provider::builtin(), |_| true);
        let removed: Vec<_> = restricted.removed.iter().map(|(_, transform)| *transform).collect();
        assert_eq!(restricted.dropped, [0]);
        for mac in [Integ::AUTH_HMAC_SHA1_160, Integ::AUTH_HMAC_MD5_128] {
            assert!(removed.contains(&Transform::integ(mac)), "{removed:?}");
        }
    }

    #[test]
    fn what_is_left_goes_together() {
        let transforms = |of: &[Transform]| Policy::new(Dialect::Rfc, [Proposal::new(SecurityProtocol::ESP, of)]).unwrap();
        let (gcm, cbc) = (Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256), Transform::encr_bits(Encr::ENCR_AES_CBC, 256));
        let (mac, none) = (Transform::integ(Integ::AUTH_HMAC_SHA2_256_128), Transform::integ(Integ::NONE));
        let private = Transform::encr_bits(Encr(1024), 256);
        let of = |policy: &Policy| policy.restrict(&Provider::new(&[]), |method| method != KeMethod::CURVE25519);
        // The MACs go with the last cipher that takes one; a cipher that had no MAC from the start stays.
        let mixed = of(&transforms(&[private, gcm, mac]));
        assert_eq!(mixed.policy.proposals()[0].transforms, [gcm]);
        assert_eq!(of(&transforms(&[cbc, none])).policy.proposals()[0].transforms, [cbc, none]);
        assert!(of(&transforms(&[cbc, Transform::integ(Integ(1024))])).policy.proposals().is_empty());
        // NONE is left of KE, and ML-KEM would add to it.
        let (x25519, ke_none) = (Transform::ke(KeMethod::CURVE25519), Transform::ke(KeMethod::NONE));
        let adding = transforms(&[gcm, x25519, ke_none, Transform::addke(TransformType::ADDKE1, KeMethod::ML_KEM_768)]);
        assert_eq!(of(&adding).dropped, [0]);
    }

    /// RFC 7296 section 2.17: whatever a restricted policy lets through has key lengths.
    #[test]
    fn every_child_cipher_that_is_left_has_key_lengths() {
        let mut counted = 0;
        for encr in Encr::ASSIGNED.iter().copied() {
            for bits in [None, Some(40), Some(64), Some(128), Some(160), Some(192), Some(256)] {
                let cipher = Transform { key_bits: bits, ..Transform::encr(encr) };
                let macs: &[Integ] = if encr.is_aead() { &[] } else { Integ::ASSIGNED };
                let macs = macs.iter().filter(|integ| **integ != Integ::NONE).map(|integ| Transform::integ(*integ));
                let proposal = Proposal::new(
                    SecurityProtocol::ESP,
                    [cipher, Transform::sn(crate::registry::SequenceNumbers(0))].into_iter().chain(macs).collect::<Vec<_>>(),
                );
                let policy = Policy::new(Dialect::Rfc, [proposal]).unwrap().restrict(&Provider::new(&[]), |_| true).policy;
                let Some(left) = policy.proposals().first() else { continue };
                for mac in left.of_type(TransformType::INTEG).map(Some).chain(encr.is_aead().then_some(None)) {
                    let one: Vec<_> = left.transforms.iter().copied().filter(|t| t.ty != TransformType::INTEG || Some(*t) == mac).collect();
                    let one = Policy::new(Dialect::Rfc, [Proposal::new(SecurityProtocol::ESP, one)]).unwrap();
                    let Ok(selection) =
                        super::super::negotiate(&one.offer(&[1; 4]).unwrap(), super::super::NegotiationContext::IkeAuth.into(), &one)
                    else {
                        continue;
                    };
                    let lengths = selection.key_lengths().unwrap();
                    let key = usize::from(known::key_bits(encr, bits).unwrap()) / 8;
                    let salt = encr.facts().unwrap().salt_len;
                    assert_eq!((lengths.encr, salt <= 16), (key + salt, true), "{encr} {bits:?}");
                    assert_eq!(lengths.integ == 0, mac.is_none());
                    counted += 1;
                }
            }
        }
        assert!(counted > 100, "{counted}");
    }
}
