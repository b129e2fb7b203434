//! The causes: a struct each, with what is to be known of the case. [`Cause`] is any of them.
//!
//! A `Cause` has what all causes have in common: [`code`](crate::diagnose::Cause::code), [`headline`](crate::diagnose::Cause::headline),
//! [`who`](crate::diagnose::Cause::who) must change something, [`remedy`](crate::diagnose::Cause::remedy),
//! [`details`](crate::diagnose::Cause::details) for programs, and `Display` to explain. Whoever needs the parameters of one cause matches:
//!
//! ```
//! use ikev2::diagnose::Cause;
//! use ikev2::diagnose::cause::{PortBlocked, RequestUnanswered};
//!
//! fn port_to_open(kind: &Cause) -> Option<u16> {
//!     match kind {
//!         Cause::PortBlocked(PortBlocked { port, told: None, .. }) => Some(*port),
//!         Cause::RequestUnanswered(RequestUnanswered { port, eap: false, .. }) => Some(*port),
//!         _ => None,
//!     }
//! }
//! ```
//!
//! # To add a cause
//!
//! A cause's file has its struct with the parameters, its condition over what was seen, its evidence, how much it matters and how sure it
//! is, its words, its headline, who must change something and which setting, the error Windows shows, samples of it and its tests.
//!
//! 1. Write `name.rs` with a struct, `impl Contract for` it (`contract.rs`) and `impl Display`. Nothing in `Contract` has a default: a cause
//!    without a headline, a remedy, an error number, a condition or samples does not compile (E0046), nor does one without words (E0277).
//!    One that is told and never to blame for a failure says so in one line, `never_to_blame!()`.
//!    `samples` gives one of each form the words, the headline and the remedy have: the tests that all causes have in common read them.
//! 2. Declare the file in this one, and give it a row in the table, where its importance belongs: a row's place is its rank, and nothing
//!    else has to be renumbered. Without the row the cause does not compile (E0277); the enum and its methods follow from it.
//! 3. Test the condition in the file's own `mod tests`, with facts made by hand (`kit.rs`): the house test of the floors of `diagnose`
//!    looks for that. A fact that is missing goes to `diagnose/facts`, and to `kit.rs` if it takes more than a field.
//!
//! A condition asks `Seen`: the facts of the IKE SA, what of it was visible, and which causes of the rows above were found.

mod contract;
pub(super) mod detail;
mod epdg;
mod found;
mod ike_auth;
mod likeness;
mod outcome;
mod row;
mod seen;
mod whole;
mod words;

mod address_pool_empty;
mod address_required;
mod answered_elsewhere;
mod auth_never_seen;
mod authentication_failed;
mod broken_response;
mod capture_starts_midway;
mod child_deleted_at_once;
mod child_sa_refused;
mod clean;
mod cookie_challenge;
mod cookie_loop;
mod critical_payload_refused;
mod eap_alert;
mod eap_failed;
mod eap_mismatch;
mod error_in_clear;
mod esp_on_wrong_port;
mod fell_back_to_ikev1;
mod fell_back_to_sstp;
mod follows_rekey;
mod fragmentation_negotiated;
mod fragmentation_not_offered;
mod fragments_refused_by_limit;
mod ike_auth_refused;
mod ikev1_only;
mod incomplete_fragment_set;
mod init_too_large;
mod intermediate_not_offered;
mod invalid_ke_loop;
mod invalid_ke_retry;
mod ip_fragment_lost;
mod ip_fragments_sent;
mod legacy_signature_refused;
mod marker_missing;
mod nat_detected;
mod new_sas_silent;
mod no_proposal_chosen;
mod one_sided_capture;
mod path_mtu_told;
mod port_blocked;
mod ppk_mismatch;
mod redirected;
mod rekey_refused;
mod request_unanswered;
mod response_not_received;
mod retransmission_storm;
mod spi_unknown;
mod spi_unknown_on_nat_port;
mod stopped_after_init;
mod transcript_auth_partial;
mod transport_lost;
mod tunnel_up_no_traffic;
mod unfinished;
mod version_refused;
pub(super) mod windows_error_told;
mod windows_errors;

use super::settings::SettingList;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use contract::Contract;
use core::fmt;
use detail::DetailValue;
use row::{Placed, Row};

pub use super::facts::{ChildDifference, Ikev1Exchange};
pub use eap_failed::EapMethodsDiffer;
pub(super) use found::Found;
pub(super) use kind::Cause;
pub(super) use outcome::{Outcome, came_up, outcome};
pub(super) use redirected::redirected_from;
pub(super) use row::Rank;
pub(super) use seen::{Closed, Seen};
pub use spi_unknown_on_nat_port::SplitEvidence;
pub(super) use whole::{Place, Whole};
pub(super) use windows_errors::Says;

/// The row of each cause, counted from the first.
macro_rules! rows {
    ($row:expr;) => {};
    ($row:expr; $name:ident $($more:ident)*) => {
        impl Placed for $name {
            const ROW: Row = $row;
        }
        rows!(<$name as Placed>::ROW.next(); $($more)*);
    };
}

/// The enum of all causes, and what is the same for each of them.
macro_rules! causes {
    ($($file:ident::$name:ident $({ $form:ident just after $other:ident })?,)+) => {
        $(pub use $file::$name;)+
        rows!(Row::FIRST; $($name)+);

        /// The enum has one public path, beside the structs'.
        pub(super) mod kind {
            $(use super::$name;)+

            /// What was found. [`code`](Self::code) is stable; `Display` explains, [`remedy`](Self::remedy) helps.
            #[derive(Clone, Debug, PartialEq, Eq)]
            #[non_exhaustive]
            pub enum Cause {
                $(
                    #[doc = concat!("See [`", stringify!($name), "`].")]
                    $name($name),
                )+
            }
        }

        /// Every cause in what was seen, in the order of the table.
        pub(super) fn detect(seen: &mut Seen<'_>) -> Vec<Found<Cause>> {
            let mut found = Vec::new();
            $(
                let these = <$name as Contract>::DETECT.run(seen);
                // Every exchange of every IKE SA comes by here, and of most there is nothing to be said.
                if !these.is_empty() {
                    found.extend(these.into_iter().map(|one| one.map(Cause::$name)));
                }
            )+
            found
        }

        /// Every cause that belongs to no IKE SA, in the order of the table.
        pub(super) fn in_capture(whole: &Whole<'_>) -> Vec<(Place, Found<Cause>)> {
            let mut found = Vec::new();
            $(found.extend(<$name as Contract>::DETECT.in_capture(whole).into_iter().map(|(at, one)| (at, one.map(Cause::$name))));)+
            found
        }

        impl Cause {
            /// The stable name.
            #[must_use]
            pub const fn code(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => <$name as Contract>::CODE,)+
                }
            }

            /// Where the cause stands in the table.
            pub(super) const fn row(&self) -> Row {
                match self {
                    $(Self::$name(_) => <$name as Placed>::ROW,)+
                }
            }

            /// Importance as a cause: the smaller, the more.
            pub(super) fn rank(&self) -> Rank {
                match self {
                    $(Self::$name(cause) => {
                        let forms: &[(fn(&$name) -> bool, Row)] = &[$(($name::$form, <$other as Placed>::ROW))?];
                        let form = forms.iter().find(|(is_of_form, _)| is_of_form(cause));
                        form.map_or(Rank::at(<$name as Placed>::ROW), |(_, row)| Rank::just_after(*row))
                    })+
                }
            }
        }

        /// What is the same for all causes, done for the one it is.
        macro_rules! each {
            ($kind:expr, $cause:ident => $done:expr) => {
                match $kind {
                    $(Cause::$name($cause) => $done,)+
                }
            };
        }

        #[cfg(test)]
        fn samples() -> Vec<Vec<Cause>> {
            alloc::vec![$(<$name as Contract>::samples().into_iter().map(Cause::$name).collect()),+]
        }
    };
}

// In order of importance as the reason of a failure: above, the nearer to it. A row may name a form of its cause that weighs less, and
// the row it comes just after.
causes! {
    answered_elsewhere::AnsweredElsewhere,
    marker_missing::MarkerMissing,
    path_mtu_told::PathMtuTold,
    init_too_large::InitTooLarge,
    ip_fragment_lost::IpFragmentLost,
    transport_lost::TransportLost,
    incomplete_fragment_set::IncompleteFragmentSet,
    fragments_refused_by_limit::FragmentsRefusedByLimit,
    fragmentation_not_offered::FragmentationNotOffered,
    spi_unknown_on_nat_port::SpiUnknownOnNatPort,
    new_sas_silent::NewSasSilent,
    broken_response::BrokenResponse,
    port_blocked::PortBlocked,
    version_refused::VersionRefused,
    ppk_mismatch::PpkMismatch,
    stopped_after_init::StoppedAfterInit,
    auth_never_seen::AuthNeverSeen,
    critical_payload_refused::CriticalPayloadRefused,
    intermediate_not_offered::IntermediateNotOffered,
    // Of a child SA it explains the refusal, which comes first.
    no_proposal_chosen::NoProposalChosen { is_of_child just after ChildSaRefused },
    invalid_ke_loop::InvalidKeLoop,
    cookie_loop::CookieLoop,
    error_in_clear::ErrorInClear,
    eap_alert::EapAlert,
    eap_mismatch::EapMismatch,
    eap_failed::EapFailed,
    authentication_failed::AuthenticationFailed,
    legacy_signature_refused::LegacySignatureRefused,
    ike_auth_refused::IkeAuthRefused,
    address_pool_empty::AddressPoolEmpty,
    address_required::AddressRequired,
    rekey_refused::RekeyRefused,
    child_sa_refused::ChildSaRefused,
    child_deleted_at_once::ChildDeletedAtOnce,
    esp_on_wrong_port::EspOnWrongPort,
    tunnel_up_no_traffic::TunnelUpNoTraffic,
    // Who answers so is there.
    spi_unknown::SpiUnknown,
    response_not_received::ResponseNotReceived,
    request_unanswered::RequestUnanswered,
    retransmission_storm::RetransmissionStorm,
    windows_error_told::WindowsErrorTold,
    ip_fragments_sent::IpFragmentsSent,
    fragmentation_negotiated::FragmentationNegotiated,
    invalid_ke_retry::InvalidKeRetry,
    cookie_challenge::CookieChallenge,
    fell_back_to_ikev1::FellBackToIkev1,
    fell_back_to_sstp::FellBackToSstp,
    ikev1_only::Ikev1Only,
    redirected::Redirected,
    nat_detected::NatDetected,
    transcript_auth_partial::TranscriptAuthPartial,
    one_sided_capture::OneSidedCapture,
    follows_rekey::FollowsRekey,
    capture_starts_midway::CaptureStartsMidway,
    unfinished::Unfinished,
    clean::Clean,
}

/// The cause as a sentence or two.
impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        each!(self, cause => cause.fmt(f))
    }
}

impl Cause {
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
    pub fn remedy(&self) -> SettingList {
        each!(self, cause => cause.remedy())
    }

    /// The parameters, for programs: names and values.
    #[must_use]
    pub fn details(&self) -> Vec<(&'static str, DetailValue)> {
        each!(self, cause => cause.details())
    }

    pub(crate) fn windows_error(&self, windows: bool) -> Option<u32> {
        each!(self, cause => cause.windows_error(windows))
    }
}

#[cfg(test)]
mod kit;
#[cfg(test)]
mod tests;
