//! After IKEv2 had failed the client tried IKEv1 with the same server.

use super::contract::{Contract, Detect, never_to_blame};
use super::detail::Details;
use super::found::Found;
use super::seen::Seen;
use crate::diagnose::severity::Confidence;
use alloc::vec::Vec;
use core::fmt;

/// After IKEv2 had failed the client tried IKEv1 with the same server, as L2TP uses it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FellBackToIkev1;

impl Contract for FellBackToIkev1 {
    const CODE: &'static str = "FellBackToIkev1";
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

fn detect(seen: &Seen<'_>) -> Vec<Found<FellBackToIkev1>> {
    let there = seen.failed_until().zip(seen.surroundings());
    let next = there.and_then(|(time, surroundings)| surroundings.ikev1_after(seen.sa.initiator, seen.sa.responder, time));
    next.map(|(time, packets)| Found::info(FellBackToIkev1, Confidence::High, packets.clone(), time)).into_iter().collect()
}

impl fmt::Display for FellBackToIkev1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "after IKEv2 had failed the client began IKEv1 with the same server, as a Windows client does for L2TP when its tunnel type is \
             Automatic: the error it shows in the end may be that of L2TP, and the failure of IKEv2 is the one to repair",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, WHOLE, ikev1};
    use crate::diagnose::cause::no_proposal_chosen::NoProposalChosen;
    use crate::diagnose::cause::row::Placed;
    use crate::diagnose::severity::Severity;

    #[test]
    fn it_comes_soon_after_a_failure() {
        let after = |seconds| {
            let mut case = Case::midway().ask(0, 500, 2, WHOLE);
            ikev1(&mut case, seconds, false);
            let failed = case.find_after::<FellBackToIkev1>(alloc::vec![(NoProposalChosen::ROW, Severity::Error)]).len();
            assert_eq!(case.find::<FellBackToIkev1>().len(), 0, "nothing has failed");
            failed
        };
        assert_eq!([1, 3, 200].map(after), [0, 1, 0]);
    }
}
