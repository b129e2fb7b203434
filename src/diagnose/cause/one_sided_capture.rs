//! Only one side's packets are in the capture.

use super::contract::{Contract, Detect, never_to_blame};
use super::detail::{Details, role};
use super::found::Found;
use super::seen::Seen;
use crate::diagnose::severity::Confidence;
use crate::role::Role;
use alloc::vec::Vec;
use core::fmt;

/// Only one side's packets are in the capture.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OneSidedCapture {
    /// Whose.
    pub seen: Role,
}

impl Contract for OneSidedCapture {
    const CODE: &'static str = "OneSidedCapture";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    never_to_blame!();

    fn details(&self) -> Details {
        alloc::vec![("side", role(self.seen))]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        [Role::Initiator, Role::Responder].map(|seen| Self { seen }).into()
    }
}

fn detect(seen: &Seen<'_>) -> Vec<Found<OneSidedCapture>> {
    let found = seen.visible.only().map(|side| {
        let cause = OneSidedCapture { seen: side };
        Found::info(cause, Confidence::High, seen.sa.beginning(), seen.sa.first)
    });
    found.into_iter().collect()
}

impl fmt::Display for OneSidedCapture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "only what the {} sent is in this capture: what the {} answered cannot be judged",
            self.seen.name(),
            self.seen.other().name()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::Case;
    use crate::diagnose::facts::Sides;

    #[test]
    fn a_side_is_missing_only_if_it_must_have_spoken() {
        let mut case = Case::new();
        let mut side = |(initiator, responder), spi| {
            let seen = Sides { initiator, responder };
            (case.sa.seen, case.sa.spis.responder) = (seen, spi);
            case.find::<OneSidedCapture>().pop().map(|(cause, ..)| cause.seen)
        };
        assert_eq!(side((1, 1), 9), None);
        assert_eq!(side((0, 1), 9), Some(Role::Responder));
        assert_eq!(side((1, 0), 9), Some(Role::Initiator));
        // Nobody may have answered.
        assert_eq!(side((1, 0), 0), None);
    }
}
