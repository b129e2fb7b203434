//! The responder wanted another group, and got it.

use super::contract::{Contract, Detect, never_to_blame};
use super::detail::{Details, number, text};
use super::found::Found;
use super::invalid_ke_loop::{Demand, demand};
use super::seen::Seen;
use crate::diagnose::severity::Confidence;
use crate::registry::KeMethod;
use crate::transform::Transform;
use alloc::vec::Vec;
use core::fmt;

/// The responder wanted another group, and got it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidKeRetry {
    /// The group wanted.
    pub wanted: KeMethod,
}

impl Contract for InvalidKeRetry {
    const CODE: &'static str = "InvalidKeRetry";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    never_to_blame!();

    fn details(&self) -> Details {
        alloc::vec![("wanted", text(Transform::ke(self.wanted))), ("group", number(self.wanted.0))]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        alloc::vec![Self { wanted: KeMethod::CURVE25519 }]
    }
}

fn detect(seen: &Seen<'_>) -> Vec<Found<InvalidKeRetry>> {
    let Some(Demand::Met(wanted, packets)) = demand(seen) else { return Vec::new() };
    alloc::vec![Found::info(InvalidKeRetry { wanted }, Confidence::High, packets, seen.sa.first)]
}

impl fmt::Display for InvalidKeRetry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wanted = Transform::ke(self.wanted);
        write!(f, "the responder wanted {wanted} for the key exchange, and the initiator tried again with it: one round trip more")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, packets};
    use crate::diagnose::facts::InvalidKe;
    use crate::diagnose::severity::Severity;

    #[test]
    fn a_group_that_was_wanted_and_tried_is_one_round_trip_more() {
        let mut case = Case::new();
        assert!(case.find::<InvalidKeRetry>().is_empty());
        let wanted = KeMethod::CURVE25519;
        case.sa.init.invalid_ke = InvalidKe { rounds: 1, packets: packets(&[3]), wanted: Some(wanted) };
        assert_eq!(case.find::<InvalidKeRetry>(), [(InvalidKeRetry { wanted }, Severity::Info, Confidence::High, alloc::vec![3])]);
        // The request that came after it has no answer yet; without one the demand leads nowhere.
        (case.sa.init.answered, case.sa.init.tried_again) = (None, true);
        assert_eq!(case.find::<InvalidKeRetry>().len(), 1);
        case.sa.init.tried_again = false;
        assert!(case.find::<InvalidKeRetry>().is_empty());
    }
}
