//! The user's authentication failed.

use super::contract::{Cause, Detect, Headline};
use super::detail::{Details, number};
use super::found::Found;
use super::seen::Seen;
use crate::diagnose::settings::{EAP, Setting};
use crate::diagnose::severity::Confidence;
use alloc::vec::Vec;
use core::fmt;

/// The user's authentication failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EapFailed {
    /// Octets of the largest IKE message that carried EAP.
    pub largest: usize,
}

impl Cause for EapFailed {
    const CODE: &'static str = "EapFailed";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    fn headline(&self) -> Option<Headline> {
        Some("The user was refused (EAP): check name, password and the RADIUS or NPS policy.".into())
    }

    fn who(&self) -> Option<&'static str> {
        Some("the user's credentials, or the policy of the RADIUS server")
    }

    fn remedy(&self) -> &'static [Setting] {
        EAP
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        Some(812)
    }

    fn details(&self) -> Details {
        alloc::vec![("largest_eap_message", number(self.largest))]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        alloc::vec![Self { largest: 1400 }]
    }
}

fn detect(seen: &Seen<'_>) -> Vec<Found<EapFailed>> {
    let auth = &seen.sa.auth;
    let found = auth.eap_refused.as_ref().map(|(packets, known)| {
        Found::error(EapFailed { largest: auth.eap_largest }, Confidence::of(*known), packets.clone(), seen.sa.last)
    });
    found.into_iter().collect()
}

impl fmt::Display for EapFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the user's authentication (EAP) was refused: wrong name or password, or a policy of the RADIUS server (largest IKE message \
             with EAP: {} octets)",
            self.largest
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, packets};
    use crate::diagnose::severity::Severity;

    #[test]
    fn it_is_certain_if_it_was_read() {
        let mut case = Case::new();
        assert!(case.find::<EapFailed>().is_empty());
        for (known, confidence) in [(true, Confidence::High), (false, Confidence::Medium)] {
            (case.sa.auth.eap_refused, case.sa.auth.eap_largest) = (Some((packets(&[9]), known)), 1400);
            assert_eq!(case.find::<EapFailed>(), [(EapFailed { largest: 1400 }, Severity::Error, confidence, alloc::vec![9])]);
        }
    }
}
