//! Why a proposal was refused: whose offer it looks like, and what a policy has against it.

use super::kind::Kind;
use crate::proposal::profiles::{self, Profile};
use crate::proposal::{Policy, Proposal, Question, Transform, negotiate};
use crate::registry::{ExchangeType, KeMethod};
use crate::role::Role;
use crate::wire::Sa;
use alloc::string::ToString;
use alloc::vec::Vec;

/// Proposals and transforms looked at: an offer made in earnest has fewer.
const PROPOSALS: usize = 32;
const TRANSFORMS: usize = 64;

/// The refusal of an offer, explained. The offer is the body of an SA payload.
pub(super) fn refusal(exchange: ExchangeType, offer: &[u8], ke: Option<KeMethod>, policy: Option<&Policy>, question: Question) -> Kind {
    let proposals = read(offer);
    let profile = nearest(&proposals, question);
    // The policy is one for the IKE SA or one for the child SA, not both.
    let fits = policy.filter(|policy| policy.proposals().iter().any(|p| question.takes(p.protocol)) && !offer.is_empty());
    let refusal = fits.and_then(|policy| negotiate(offer, question, ke, policy).err());
    // The change to the policy, unless something speaks against what it would then allow.
    let change = refusal.as_ref().and_then(|refusal| {
        let (local, peer) = (refusal.local_remedy(), refusal.peer_remedy());
        local.into_iter().chain(peer).min_by_key(|remedy| remedy.weaknesses.len()).map(|remedy| remedy.to_string())
    });
    Kind::NoProposalChosen { exchange, offer: proposals, profile, difference: refusal.map(|r| r.to_string()), change }
}

fn read(offer: &[u8]) -> Vec<Proposal> {
    let Ok(sa) = Sa::parse(offer) else {
        return Vec::new();
    };
    let transforms = |p: crate::wire::Proposal<'_>| -> Vec<Transform> {
        let read = p.transforms().map(|t| Transform { ty: t.ty, id: t.id, key_bits: t.key_length() });
        read.take(TRANSFORMS).collect()
    };
    sa.proposals().take(PROPOSALS).map(|p| Proposal::new(p.protocol, transforms(p))).collect()
}

/// The profile that has most of its proposals in common with the offer, and whether it is the same offer.
fn nearest(offer: &[Proposal], question: Question) -> Option<(&'static str, bool)> {
    if offer.is_empty() {
        return None;
    }
    let known = profiles::ALL.iter().filter(|p| question.takes(p.protocol) && p.roles.contains(Role::Initiator));
    let rated = known.map(|profile| (rate(profile, offer), profile));
    let (rate, profile) = rated.max_by(|(a, _), (b, _)| a.cmp(b).then(core::cmp::Ordering::Greater))?;
    // Half of the transforms in common is the least that deserves a name.
    (rate >= 500).then(|| (profile.name, profile.to_proposals() == offer))
}

/// Likeness from 0 to 1000: transforms both hold in proposals of the same place or any place, out of all they hold.
fn rate(profile: &Profile, offer: &[Proposal]) -> usize {
    let theirs = profile.to_proposals();
    let best = |p: &Proposal, of: &[Proposal]| of.iter().map(|q| common(p, q)).max().unwrap_or(0);
    let shared: usize = offer.iter().map(|p| best(p, &theirs)).chain(theirs.iter().map(|p| best(p, offer))).sum();
    let all: usize = offer.iter().chain(&theirs).map(|p| p.transforms.len()).sum();
    shared.saturating_mul(1000).checked_div(all).unwrap_or(0)
}

/// Transforms both hold, less those only one of them holds.
fn common(a: &Proposal, b: &Proposal) -> usize {
    let both = a.transforms.iter().filter(|t| b.transforms.contains(t)).count();
    let other = b.transforms.len().saturating_sub(both);
    both.saturating_sub(other.min(both))
}

/// The first thing a text says, for a headline.
pub(super) fn first_clause(text: &str) -> &str {
    text.split(['.', ';']).next().unwrap_or(text).trim_end()
}
