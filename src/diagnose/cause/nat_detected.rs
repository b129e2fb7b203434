//! A network address translator stands before one side (RFC 7296 section 2.23).

use super::contract::{Contract, Detect, never_to_blame};
use super::detail::{Details, role};
use super::found::Found;
use super::seen::Seen;
use crate::diagnose::severity::Confidence;
use crate::role::Role;
use alloc::vec::Vec;
use core::fmt;

/// A network address translator stands before one side (RFC 7296 section 2.23).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NatDetected {
    /// Which side.
    pub side: Role,
}

impl Contract for NatDetected {
    const CODE: &'static str = "NatDetected";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    never_to_blame!();

    fn details(&self) -> Details {
        alloc::vec![("side", role(self.side))]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        [Role::Initiator, Role::Responder].map(|side| Self { side }).into()
    }
}

fn detect(seen: &Seen<'_>) -> Vec<Found<NatDetected>> {
    let init = &seen.sa.init;
    let sides = [Role::Initiator, Role::Responder].into_iter().filter(|side| *init.nat.of(*side));
    sides.map(|side| Found::info(NatDetected { side }, Confidence::Medium, init.packets.clone(), seen.sa.first)).collect()
}

impl fmt::Display for NatDetected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is a NAT before the {}", self.side.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::Case;
    use crate::diagnose::facts::Sides;

    #[test]
    fn each_side_may_have_one() {
        let mut case = Case::new();
        assert!(case.find::<NatDetected>().is_empty());
        case.sa.init.nat = Sides { initiator: true, responder: true };
        let sides: Vec<_> = case.find::<NatDetected>().into_iter().map(|(cause, ..)| cause.side).collect();
        assert_eq!(sides, [Role::Initiator, Role::Responder]);
    }
}
