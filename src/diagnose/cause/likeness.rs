//! Whose offer a list of proposals looks like.

use crate::proposal::profiles::{self, Profile};
use crate::proposal::{NegotiationContext, Proposal};
use crate::role::Role;

/// What the names of profiles of Windows clients begin with.
const WINDOWS: &str = "windows";

/// The profile that has most of its proposals in common with the offer, and whether it is the same offer.
///
/// A client of Windows says that it is one: without its vendor IDs (`windows`) only its very own offer is called so.
pub(super) fn nearest(offer: &[Proposal], context: NegotiationContext, windows: bool) -> Option<(&'static str, bool)> {
    if offer.is_empty() {
        return None;
    }
    let known = profiles::ALL.iter().filter(|p| context.takes(p.protocol) && p.roles.contains(Role::Initiator));
    let known = known.filter(|p| windows || !p.name.starts_with(WINDOWS) || p.to_proposals() == offer);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_called_windows_who_neither_says_so_nor_offers_the_same() {
        let context = NegotiationContext::IkeSaInit;
        let whole = profiles::find("windows10-client-default-ike").unwrap().to_proposals();
        let part = &whole[..whole.len() - 1];
        assert_eq!(nearest(&whole, context, false), Some(("windows10-client-default-ike", true)));
        assert_eq!(nearest(part, context, true), Some(("windows10-client-default-ike", false)));
        assert!(nearest(part, context, false).is_none_or(|(name, _)| !name.starts_with(WINDOWS)));
    }
}
