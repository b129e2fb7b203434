//! A policy cut down to what can be done: what a build does not have is neither offered nor chosen.

use super::policy::Policy;
use super::suite::{Proposal, Transform};
use crate::provider::Provider;
use crate::registry::{Encr, Integ, KeMethod, Prf, SecurityProtocol, TransformType};
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
    /// does not know, so that no keys can be cut for them. Of both, those are key exchange methods for which `has_method` says no. A
    /// proposal that offered an additional key exchange is never offered without it.
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
            let mut left: Vec<Transform> = proposal.transforms.iter().copied().filter(can).collect();
            let had = |ty| proposal.of_type(ty).next().is_some();
            // Without any MAC left, only ciphers that need none can stay.
            if had(TransformType::INTEG) && !left.iter().any(|t| t.ty == TransformType::INTEG && !t.is_none()) {
                left.retain(|t| t.ty != TransformType::ENCR || t.is_aead());
            }
            removed.extend(proposal.transforms.iter().filter(|t| !left.contains(t)).map(|t| (index, *t)));
            let without = |ty| had(ty) && !left.iter().any(|t| t.ty == ty);
            let integ_due = proposal.protocol == SecurityProtocol::AH;
            let mut types = proposal.transforms.iter().map(|t| t.ty).filter(|ty| *ty != TransformType::INTEG || integ_due);
            if types.any(without) {
                dropped.push(index);
            } else {
                proposals.push(Proposal::new(proposal.protocol, left));
            }
        }
        Restricted { policy: self.with_proposals(proposals), removed, dropped }
    }
}

/// Whether the provider has a transform of an IKE SA.
fn has(provider: &Provider, transform: Transform) -> bool {
    match transform.ty {
        TransformType::ENCR => {
            let encr = Encr(transform.id.0);
            encr.facts().and_then(|facts| facts.key.bits(transform.key_bits)).is_some_and(|bits| provider.has_cipher(encr, bits))
        }
        TransformType::PRF => provider.has_prf(Prf(transform.id.0)),
        TransformType::INTEG => provider.has_mac(Integ(transform.id.0)),
        _ => true,
    }
}

/// Whether the length of the key is known that a transform of a Child SA takes.
fn is_measured(transform: Transform) -> bool {
    match transform.ty {
        TransformType::ENCR => Encr(transform.id.0).facts().is_some_and(|facts| facts.key.bits(transform.key_bits).is_some()),
        TransformType::INTEG => Integ(transform.id.0).facts().is_some(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::super::notation::strongswan;
    use super::super::{Dialect, Prefer};
    use super::*;
    use crate::provider::{Algorithms, Mac, MacRow, PrfRow};
    use alloc::boxed::Box;
    use alloc::vec;

    struct Nothing;

    impl Mac for Nothing {
        fn compute(&self, _: &mut dyn Iterator<Item = &[u8]>, _: &mut [u8]) {}
    }

    /// A provider with one MAC and one PRF, and no cipher.
    static SMALL: Algorithms = Algorithms::new("small")
        .with_macs(&[MacRow::new(Integ::AUTH_HMAC_SHA2_256_128, |_| Ok(Box::new(Nothing)))])
        .with_prfs(&[PrfRow::new(Prf::PRF_HMAC_SHA2_256, 32, |_| Box::new(Nothing))]);

    fn ike(text: &str) -> Policy {
        Policy::new(Dialect::StrongSwan6, strongswan::parse_ike(text).unwrap()).unwrap().prefer(Prefer::Supplied)
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
        assert_eq!((restricted.policy.dialect(), restricted.policy.prefer), (Dialect::StrongSwan6, Prefer::Supplied));
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
        let length = Encr::ENCR_CAST.facts().and_then(|facts| facts.key.bits(Some(128)));
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
        let needs_mac = |t: &Transform| t.ty == TransformType::ENCR && !t.is_aead();
        assert!(restricted.removed.iter().all(|(_, t)| !has(&builtin, *t) || t.ty.is_key_exchange() || needs_mac(t)));
        let has_gcm = builtin.has_cipher(Encr::ENCR_AES_GCM_16, 256) && builtin.has_prf(Prf::PRF_HMAC_SHA2_384);
        assert_eq!(left.iter().any(|t| **t == Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256)), has_gcm);
    }
}
