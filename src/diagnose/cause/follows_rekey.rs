//! The IKE SA follows another one between the same two that was to be rekeyed: its beginning is encrypted in that.

use super::contract::{Contract, Detect, never_to_blame};
use super::detail::Details;
use super::found::Found;
use super::seen::Seen;
use crate::diagnose::severity::Confidence;
use alloc::vec::Vec;
use core::fmt;

/// The IKE SA follows another one between the same two that was to be rekeyed: its beginning is encrypted in that.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FollowsRekey;

impl Contract for FollowsRekey {
    const CODE: &'static str = "FollowsRekey";
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

fn detect(seen: &Seen<'_>) -> Vec<Found<FollowsRekey>> {
    let found = takes_place(seen).then(|| Found::info(FollowsRekey, Confidence::High, seen.sa.beginning(), seen.sa.first));
    found.into_iter().collect()
}

/// Whether the IKE SA has no IKE_SA_INIT of its own, because it takes the place of another one.
pub(super) fn takes_place(seen: &Seen<'_>) -> bool {
    let sa = seen.sa;
    seen.visible.starts_midway()
        && !sa.auth.started
        && seen.surroundings().is_some_and(|surroundings| surroundings.rekeyed(sa.number, sa.initiator, sa.responder, sa.first))
}

impl fmt::Display for FollowsRekey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this IKE SA takes the place of one that was rekeyed before")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, WHOLE, at};

    #[test]
    fn another_ike_sa_between_the_two_was_rekeyed_before() {
        let mut case = Case::midway().ask(2, 4500, 1, WHOLE);
        assert!(case.find::<FollowsRekey>().is_empty());
        case.surroundings.note_create_child_sa(2, case.sa.responder, case.sa.initiator, at(0));
        assert_eq!(case.find::<FollowsRekey>()[0].3, [1]);
        // One that has an IKE_AUTH of its own does not follow any.
        assert!(case.ask(1, 4500, 1, WHOLE).find::<FollowsRekey>().is_empty());
    }
}
