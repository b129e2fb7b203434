//! Both sides announced IKEV2_FRAGMENTATION_SUPPORTED (RFC 7383 section 2.3).

use super::contract::{Contract, Detect, never_to_blame};
use super::detail::Details;
use super::found::Found;
use super::seen::Seen;
use crate::diagnose::severity::Confidence;
use alloc::vec::Vec;
use core::fmt;

/// Both sides announced it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FragmentationNegotiated;

impl Contract for FragmentationNegotiated {
    const CODE: &'static str = "FragmentationNegotiated";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    never_to_blame!();

    fn details(&self) -> Details {
        Vec::new()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        alloc::vec![Self]
    }
}

fn detect(seen: &Seen<'_>) -> Vec<Found<FragmentationNegotiated>> {
    let both = seen.visible.announcements() && seen.sa.init.silent_on_fragmentation().is_none();
    let found = both.then(|| Found::info(FragmentationNegotiated, Confidence::High, seen.sa.init.packets.clone(), seen.sa.first));
    found.into_iter().collect()
}

impl fmt::Display for FragmentationNegotiated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("both sides announce IKE fragmentation (RFC 7383)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::Case;

    #[test]
    fn both_sides_must_announce_it() {
        let mut case = Case::new();
        assert_eq!(case.find::<FragmentationNegotiated>().len(), 1);
        case.sa.init.fragmentation.initiator = false;
        assert!(case.find::<FragmentationNegotiated>().is_empty());
    }
}
