//! The responder asks for a cookie every time (RFC 7296 section 2.6).

use super::contract::{Contract, Detect, Headline};
use super::detail::{Details, number};
use super::found::Found;
use super::seen::Seen;
use super::words::Times;
use crate::diagnose::settings::Product::{CiscoAsa, CiscoIos, Libreswan, Network, PaloAlto, StrongSwan};
use crate::diagnose::settings::{Setting, SettingList};
use crate::diagnose::severity::Confidence;
use alloc::vec::Vec;
use core::fmt;

/// Cookies asked for after which none is taken.
const ROUNDS: u32 = 4;

const REMEDY: &[Setting] = &[
    Setting::new(StrongSwan, "strongswan.conf: charon.cookie_threshold, charon.half_open_timeout"),
    Setting::new(Libreswan, "ipsec.conf: ddos-mode="),
    Setting::new(CiscoIos, "crypto ikev2 cookie-challenge <number>"),
    Setting::new(CiscoAsa, "crypto ikev2 cookie-challenge <percentage>"),
    Setting::new(PaloAlto, "Device > Setup > Session > VPN Session SettingList: Cookie Activation Threshold"),
    Setting::new(Network, "the path must not change the initiator's address or port from packet to packet"),
];

/// The responder asks for a cookie every time.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CookieLoop {
    /// How often.
    pub rounds: u32,
}

impl Contract for CookieLoop {
    const CODE: &'static str = "CookieLoop";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    fn headline(&self) -> Option<Headline> {
        Some("The server asks for a cookie for ever: it is overloaded, or something on the way changes addresses.".into())
    }

    fn who(&self) -> Option<&'static str> {
        Some("the path, or the silent side")
    }

    fn remedy(&self) -> SettingList {
        REMEDY.into()
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        Some(809)
    }

    fn details(&self) -> Details {
        alloc::vec![("rounds", number(self.rounds))]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        alloc::vec![Self { rounds: ROUNDS }]
    }
}

fn detect(seen: &Seen<'_>) -> Vec<Found<CookieLoop>> {
    let cookies = &seen.sa.init.cookies;
    let found = (cookies.rounds >= ROUNDS && !seen.sa.goes_on())
        .then(|| Found::error(CookieLoop { rounds: cookies.rounds }, Confidence::Medium, cookies.packets.clone(), seen.sa.first));
    found.into_iter().collect()
}

impl fmt::Display for CookieLoop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the responder asked for a cookie {} and never took one", Times(self.rounds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::cookie_challenge::CookieChallenge;
    use crate::diagnose::cause::kit::{Case, packets};
    use crate::diagnose::cause::row::Placed;
    use crate::diagnose::facts::Cookies;
    use crate::diagnose::severity::Severity;

    #[test]
    fn the_fourth_cookie_that_is_not_taken_is_a_loop() {
        let mut case = Case::new();
        case.sa.init.answered = None;
        case.sa.init.cookies = Cookies { rounds: ROUNDS - 1, packets: packets(&[3]) };
        assert!(case.find::<CookieLoop>().is_empty());
        assert_eq!(case.find::<CookieChallenge>(), [(CookieChallenge, Severity::Info, Confidence::High, alloc::vec![3])]);
        case.sa.init.cookies.rounds = ROUNDS;
        let due = CookieLoop { rounds: ROUNDS };
        assert_eq!(case.find::<CookieLoop>(), [(due, Severity::Error, Confidence::Medium, alloc::vec![3])]);
        assert!(case.find_after::<CookieChallenge>(alloc::vec![(CookieLoop::ROW, Severity::Error)]).is_empty());
        case.sa.auth.started = true;
        assert!(case.find::<CookieLoop>().is_empty());
    }
}
