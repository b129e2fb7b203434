//! The responder asked for a cookie (RFC 7296 section 2.6).

use super::contract::{Contract, Detect, never_to_blame};
use super::cookie_loop::CookieLoop;
use super::detail::Details;
use super::found::Found;
use super::seen::Seen;
use crate::diagnose::severity::Confidence;
use alloc::vec::Vec;
use core::fmt;

/// The responder asked for a cookie (RFC 7296 section 2.6).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CookieChallenge;

impl Contract for CookieChallenge {
    const CODE: &'static str = "CookieChallenge";
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

fn detect(seen: &Seen<'_>) -> Vec<Found<CookieChallenge>> {
    let cookies = &seen.sa.init.cookies;
    let found = (cookies.rounds > 0 && !seen.has::<CookieChallenge, CookieLoop>())
        .then(|| Found::info(CookieChallenge, Confidence::High, cookies.packets.clone(), seen.sa.first));
    found.into_iter().collect()
}

impl fmt::Display for CookieChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the responder asked for a cookie, as it does under load or attack; the initiator sent it back")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, packets};
    use crate::diagnose::cause::row::Placed;
    use crate::diagnose::facts::Cookies;
    use crate::diagnose::severity::Severity;

    #[test]
    fn one_cookie_is_worth_a_word_unless_there_is_no_end_to_them() {
        let mut case = Case::new();
        assert!(case.find::<CookieChallenge>().is_empty());
        case.sa.init.cookies = Cookies { rounds: 1, packets: packets(&[3]) };
        assert_eq!(case.find::<CookieChallenge>(), [(CookieChallenge, Severity::Info, Confidence::High, alloc::vec![3])]);
        assert!(case.find_after::<CookieChallenge>(alloc::vec![(CookieLoop::ROW, Severity::Error)]).is_empty());
    }
}
