//! The initiator wants a post-quantum preshared key and the responder does not use one (RFC 8784).

use super::contract::{Contract, Detect, Headline};
use super::detail::{Details, role};
use super::found::Found;
use super::seen::Seen;
use crate::diagnose::settings::Product::{Libreswan, Rras, StrongSwan, WindowsClient};
use crate::diagnose::settings::{Setting, SettingList};
use crate::diagnose::severity::Confidence;
use crate::role::Role;
use alloc::vec::Vec;
use core::fmt;

const REMEDY: &[Setting] = &[
    Setting::new(WindowsClient, "has no PPK: the server must not require one of it"),
    Setting::new(Rras, "has no PPK: the client must not require one (RFC 8784 lets it go on without)"),
    Setting::new(
        StrongSwan,
        "swanctl.conf: connections.<name>.ppk_id and secrets.ppk-<name> with the same secret and id on both sides; ppk_required = no until both \
         have it",
    ),
    Setting::new(
        Libreswan,
        "ipsec.conf: ppk=insist stops without a PPK, ppk=propose or ppk=yes goes on; the secret in ipsec.secrets: <id> : PPKS \"..\"",
    ),
];

/// The initiator wants a post-quantum preshared key and the responder does not use one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PpkMismatch {
    /// The side that did not announce USE_PPK.
    pub without: Role,
    /// The initiator went no further than IKE_SA_INIT.
    pub stopped: bool,
}

impl Contract for PpkMismatch {
    const CODE: &'static str = "PpkMismatch";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    fn headline(&self) -> Option<Headline> {
        Some("The client insists on a post-quantum preshared key (PPK) and the server does not use one: give both the same PPK, or make it optional.".into())
    }

    fn who(&self) -> Option<&'static str> {
        Some("the side without the PPK, or the one that requires it")
    }

    fn remedy(&self) -> SettingList {
        REMEDY.into()
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        None
    }

    fn details(&self) -> Details {
        alloc::vec![("without", role(self.without)), ("stopped", super::detail::DetailValue::Bool(self.stopped))]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let stopped = Self { without: Role::Responder, stopped: true };
        alloc::vec![Self { stopped: false, ..stopped.clone() }, stopped]
    }
}

fn detect(seen: &Seen<'_>) -> Vec<Found<PpkMismatch>> {
    let (sa, init) = (seen.sa, &seen.sa.init);
    if let Some((lines, time)) = &sa.told.ppk_missing {
        let cause = PpkMismatch { without: Role::Responder, stopped: true };
        return alloc::vec![Found::error(cause, Confidence::High, init.packets.join(lines), *time).unless(seen.came_up_after())];
    }
    // A responder answers USE_PPK and never begins with it (RFC 8784 section 3).
    let one_side = init.announced.initiator.ppk && !init.announced.responder.ppk;
    if !(one_side && init.asked && init.answered.is_some() && !init.cut) {
        return Vec::new();
    }
    let stopped = seen.stops_after_init();
    let cause = PpkMismatch { without: Role::Responder, stopped };
    let confidence = Confidence::of(!stopped || seen.visible.taken_at() == Some(Role::Initiator));
    let found = Found::error(cause, confidence, init.packets.clone(), sa.first);
    // Where the PPK is optional the initiator goes on without.
    alloc::vec![found.unless(!stopped || seen.came_up_after())]
}

impl fmt::Display for PpkMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the initiator announces a post-quantum preshared key (USE_PPK, RFC 8784), and the responder does not")?;
        f.write_str(if self.stopped {
            "; the initiator sends nothing more, as one does whose PPK is mandatory"
        } else {
            "; no PPK protects this IKE SA"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, WHOLE};
    use crate::diagnose::severity::Severity;

    fn severities(case: &Case) -> Vec<Severity> {
        case.find::<PpkMismatch>().into_iter().map(|(_, severity, ..)| severity).collect()
    }

    #[test]
    fn it_is_an_error_where_the_initiator_stops() {
        let mut case = Case::new();
        assert_eq!(severities(&case), []);
        case.sa.init.announced.initiator.ppk = true;
        assert_eq!(severities(&case), [Severity::Error]);
        assert_eq!(severities(&case.ask(1, 4500, 1, WHOLE)), [Severity::Info]);
    }

    #[test]
    fn both_or_a_message_that_is_cut_tell_nothing() {
        let mut case = Case::new();
        case.sa.init.announced.initiator.ppk = true;
        case.sa.init.cut = true;
        assert_eq!(severities(&case), []);
        (case.sa.init.cut, case.sa.init.announced.responder.ppk) = (false, true);
        assert_eq!(severities(&case), []);
    }
}
