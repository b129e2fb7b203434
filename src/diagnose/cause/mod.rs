//! The causes: a struct each, with what is to be known of the case. [`Kind`] is any of them.
// A cause's file has its struct with the parameters, its condition over what was seen, its evidence, how much it matters and how sure it
// is, its words, its headline, who must change something and which setting, the error Windows shows, its importance and its tests.
//
// To add one:
//
// 1. Write `name.rs` with a struct and `impl Cause` for it (`contract.rs`). Nothing in that trait has a default: a cause without a
//    headline, a remedy, an error number or a condition does not compile (E0046), nor does one without words (E0277).
// 2. Declare the file below, and give it a row in the table, where its importance belongs. Without the row it is dead code, which the
//    compiler tells. The enum, its methods and the tests that all causes have in common follow from the row.
//
// A condition asks `Seen`: the facts of the IKE SA, what of it was visible, and which causes of the rows above were found.

mod contract;
mod detail;
mod found;
mod likeness;
mod seen;
mod words;

mod auth_never_seen;
mod authentication_failed;
mod capture_starts_midway;
mod child_sa_refused;
mod clean;
mod cookie_challenge;
mod cookie_loop;
mod eap_failed;
mod error_in_clear;
mod follows_rekey;
mod fragmentation_negotiated;
mod fragmentation_not_offered;
mod fragments_refused_by_limit;
mod incomplete_fragment_set;
mod invalid_ke_loop;
mod invalid_ke_retry;
mod ip_fragment_lost;
mod ip_fragments_sent;
mod nat_detected;
mod no_proposal_chosen;
mod one_sided_capture;
mod port_blocked;
mod request_unanswered;
mod response_not_received;
mod retransmission_storm;
mod spi_unknown;
mod spi_unknown_on_nat_port;
mod unfinished;

use super::settings::Setting;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use contract::Cause;
use core::fmt;

pub use detail::{Detail, exchange_name, notify_name};
pub(super) use found::Found;
pub(super) use seen::{Closed, Seen};
pub use spi_unknown_on_nat_port::Split;

/// The enum of all causes, and what is the same for each of them.
macro_rules! causes {
    ($($file:ident::$name:ident,)+) => {
        $(pub use $file::$name;)+

        /// What was found. [`code`](Self::code) is stable; `Display` explains, [`remedy`](Self::remedy) helps.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Kind {
            $(
                #[doc = concat!("See [`", stringify!($name), "`].")]
                $name($name),
            )+
        }

        /// Every cause in what was seen, in the order of the table.
        pub(super) fn detect(seen: &mut Seen<'_>) -> Vec<Found<Kind>> {
            let mut found = Vec::new();
            $(found.extend(<$name as Cause>::DETECT.run(seen).into_iter().map(|one| one.map(Kind::$name)));)+
            found
        }

        impl Kind {
            /// The stable name.
            #[must_use]
            pub const fn code(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => <$name as Cause>::CODE,)+
                }
            }
        }

        /// What is the same for all causes, done for the one it is.
        macro_rules! each {
            ($kind:expr, $cause:ident => $done:expr) => {
                match $kind {
                    $(Kind::$name($cause) => $done,)+
                }
            };
        }

        #[cfg(test)]
        fn samples() -> Vec<Vec<Kind>> {
            alloc::vec![$(<$name as Cause>::samples().into_iter().map(Kind::$name).collect()),+]
        }
    };
}

// In order of importance as the reason of a failure: above, the nearer to it.
causes! {
    ip_fragment_lost::IpFragmentLost,
    incomplete_fragment_set::IncompleteFragmentSet,
    fragments_refused_by_limit::FragmentsRefusedByLimit,
    fragmentation_not_offered::FragmentationNotOffered,
    spi_unknown_on_nat_port::SpiUnknownOnNatPort,
    port_blocked::PortBlocked,
    auth_never_seen::AuthNeverSeen,
    no_proposal_chosen::NoProposalChosen,
    invalid_ke_loop::InvalidKeLoop,
    cookie_loop::CookieLoop,
    error_in_clear::ErrorInClear,
    eap_failed::EapFailed,
    authentication_failed::AuthenticationFailed,
    child_sa_refused::ChildSaRefused,
    response_not_received::ResponseNotReceived,
    request_unanswered::RequestUnanswered,
    spi_unknown::SpiUnknown,
    retransmission_storm::RetransmissionStorm,
    ip_fragments_sent::IpFragmentsSent,
    fragmentation_negotiated::FragmentationNegotiated,
    invalid_ke_retry::InvalidKeRetry,
    cookie_challenge::CookieChallenge,
    nat_detected::NatDetected,
    one_sided_capture::OneSidedCapture,
    follows_rekey::FollowsRekey,
    capture_starts_midway::CaptureStartsMidway,
    unfinished::Unfinished,
    clean::Clean,
}

/// The cause as a sentence or two.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        each!(self, cause => cause.fmt(f))
    }
}

impl Kind {
    /// The cause and the cure in one sentence, for the first line of a report; `None` for a kind that is never the cause of a
    /// failure.
    #[must_use]
    pub fn headline(&self) -> Option<&'static str> {
        each!(self, cause => cause.headline()).map(|line| line.usual)
    }

    /// Cause and cure, and what is special about this case.
    pub(super) fn sentence(&self) -> String {
        // A kind that is the cause of nothing else has its explanation.
        let Some(line) = each!(self, cause => cause.headline()) else { return self.to_string() };
        line.case.unwrap_or_else(|| line.usual.to_string())
    }

    /// Who must change something; `None` where nobody must.
    #[must_use]
    pub fn who(&self) -> Option<&'static str> {
        each!(self, cause => cause.who())
    }

    /// The settings that help, by product; empty when there is nothing to be done.
    #[must_use]
    pub fn remedy(&self) -> &'static [Setting] {
        each!(self, cause => cause.remedy())
    }

    /// The parameters, for programs: names and values.
    #[must_use]
    pub fn details(&self) -> Vec<(&'static str, Detail)> {
        each!(self, cause => cause.details())
    }

    /// Importance as a cause: the smaller, the more.
    pub(super) fn rank(&self) -> u8 {
        each!(self, cause => cause.rank())
    }

    pub(super) fn windows_error(&self, windows: bool) -> Option<u32> {
        each!(self, cause => cause.windows_error(windows))
    }
}

#[cfg(test)]
mod kit;
#[cfg(test)]
mod tests;
