//! After IKEv2 had failed the client opened a TLS connection to the same server.

use super::contract::{Contract, Detect, never_to_blame};
use super::detail::Details;
use super::found::Found;
use super::seen::Seen;
use crate::diagnose::severity::Confidence;
use alloc::vec::Vec;
use core::fmt;

/// After IKEv2 had failed the client opened a TLS connection to the same server, as SSTP uses it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FellBackToSstp;

impl Contract for FellBackToSstp {
    const CODE: &'static str = "FellBackToSstp";
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

fn detect(seen: &Seen<'_>) -> Vec<Found<FellBackToSstp>> {
    let there = seen.failed_until().zip(seen.surroundings());
    let next = there.and_then(|(time, surroundings)| surroundings.tls_after(seen.sa.initiator, seen.sa.responder, time));
    next.map(|(time, packets)| Found::info(FellBackToSstp, Confidence::Medium, packets.clone(), *time)).into_iter().collect()
}

impl fmt::Display for FellBackToSstp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "after IKEv2 had failed the client opened a connection to TCP port 443 of the same server, as a Windows client does for SSTP when \
             its tunnel type is Automatic: a tunnel may be up by SSTP, and the failure of IKEv2 is still the one to repair",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, WHOLE, tls};
    use crate::diagnose::cause::no_proposal_chosen::NoProposalChosen;
    use crate::diagnose::cause::row::Placed;
    use crate::diagnose::severity::Severity;

    #[test]
    fn it_comes_soon_after_a_failure() {
        let after = |seconds| {
            let mut case = Case::midway().ask(0, 500, 2, WHOLE);
            tls(&mut case, seconds);
            let failed = case.find_after::<FellBackToSstp>(alloc::vec![(NoProposalChosen::ROW, Severity::Error)]).len();
            assert_eq!(case.find::<FellBackToSstp>().len(), 0, "nothing has failed");
            failed
        };
        assert_eq!([1, 3, 200].map(after), [0, 1, 0]);
    }
}
