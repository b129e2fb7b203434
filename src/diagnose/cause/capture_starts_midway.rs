//! The capture does not hold the beginning of the IKE SA.

use super::contract::{Contract, Detect, never_to_blame};
use super::detail::Details;
use super::follows_rekey::FollowsRekey;
use super::found::Found;
use super::seen::Seen;
use crate::diagnose::severity::Confidence;
use alloc::vec::Vec;
use core::fmt;

/// The capture does not hold the beginning of the IKE SA.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CaptureStartsMidway;

impl Contract for CaptureStartsMidway {
    const CODE: &'static str = "CaptureStartsMidway";
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

fn detect(seen: &Seen<'_>) -> Vec<Found<CaptureStartsMidway>> {
    let found = (seen.visible.starts_midway() && !seen.has::<CaptureStartsMidway, FollowsRekey>())
        .then(|| Found::info(CaptureStartsMidway, Confidence::High, seen.sa.beginning(), seen.sa.first));
    found.into_iter().collect()
}

impl fmt::Display for CaptureStartsMidway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the capture does not hold the beginning of this IKE SA")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, WHOLE};
    use crate::diagnose::cause::row::Placed;
    use crate::diagnose::severity::Severity;

    #[test]
    fn it_is_said_of_what_has_no_beginning() {
        let case = Case::midway().ask(2, 4500, 1, WHOLE);
        assert_eq!(case.find::<CaptureStartsMidway>()[0].3, [1]);
        assert!(case.find_after::<CaptureStartsMidway>(alloc::vec![(FollowsRekey::ROW, Severity::Info)]).is_empty());
        assert!(Case::new().find::<CaptureStartsMidway>().is_empty());
    }
}
