//! One side speaks a version of IKE that the other does not take.

use super::contract::{Contract, Detect, Headline};
use super::detail::{Details, number};
use super::found::Found;
use super::seen::Seen;
use crate::diagnose::facts::Packets;
use crate::diagnose::settings::Product::{Libreswan, Rras, StrongSwan, WindowsClient};
use crate::diagnose::settings::{Setting, SettingList};
use crate::diagnose::severity::Confidence;
use crate::instant::Instant;
use crate::registry::NotifyType;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;

const REMEDY: &[Setting] = &[
    Setting::new(WindowsClient, "Set-VpnConnection -Name <name> -TunnelType Ikev2 (L2tp speaks IKEv1)"),
    Setting::new(Rras, "Routing and Remote Access: ports of the WAN Miniport (IKEv2) enabled; L2TP ports take IKEv1"),
    Setting::new(StrongSwan, "swanctl.conf: connections.<name>.version = 2 on both sides (0 takes both versions)"),
    Setting::new(Libreswan, "ipsec.conf: ikev2=yes (keyexchange=ikev2 in 5.0 and later) on both sides"),
];

/// One side speaks a version of IKE that the other does not take.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VersionRefused {
    /// The major version that is refused.
    pub version: u8,
}

impl Contract for VersionRefused {
    const CODE: &'static str = "VersionRefused";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    fn headline(&self) -> Option<Headline> {
        let usual = "The two sides speak different versions of IKE: set both to IKEv2.";
        let case = match self.version {
            1 => "The client speaks IKEv1 and the server takes IKEv2 only: set the client to IKEv2.",
            2 => "The client speaks IKEv2 and the server takes IKEv1 only: switch IKEv2 on at the server.",
            _ => usual,
        };
        Some(Headline { usual, case: Some(case.to_string()) })
    }

    fn who(&self) -> Option<&'static str> {
        Some(if self.version == 1 { "the client" } else { "the server" })
    }

    fn remedy(&self) -> SettingList {
        REMEDY.into()
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        None
    }

    fn details(&self) -> Details {
        alloc::vec![("version", number(self.version))]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        [1, 2].map(|version| Self { version }).into()
    }
}

fn detect(seen: &Seen<'_>) -> Vec<Found<VersionRefused>> {
    let found = refused(seen).filter(|_| !seen.sa.goes_on()).map(|(version, packets, time)| {
        let packets = seen.sa.init.packets.join(packets);
        Found::error(VersionRefused { version }, Confidence::High, packets, time).unless(seen.came_up_after())
    });
    found.into_iter().collect()
}

/// The version that is refused, by which packets, and when.
pub(super) fn refused<'a>(seen: &Seen<'a>) -> Option<(u8, &'a Packets, Instant)> {
    let (sa, ikev1) = (seen.sa, &seen.surroundings()?.ikev1);
    let unknown = |notify: NotifyType| notify == NotifyType::INVALID_MAJOR_VERSION;
    let in_init = sa.init.refusal.as_ref().filter(|refusal| unknown(refusal.notify)).map(|refusal| (&refusal.packets, sa.first));
    let later = sa.clear_error.as_ref().filter(|error| unknown(error.notify)).map(|error| (&error.packets, error.time));
    if let Some((packets, time)) = in_init.or(later) {
        // What it answers: a request of IKEv2 that is in the capture, or else one of IKEv1.
        let old = !sa.init.asked || ikev1.began(sa.initiator, sa.responder, sa.spis.initiator);
        return Some((if old { 1 } else { 2 }, packets, time));
    }
    ikev1.refusal(sa.spis.initiator).map(|refusal| (2, &refusal.packets, refusal.time))
}

impl fmt::Display for VersionRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.version {
            1 => "the initiator speaks IKEv1, and the responder answers that it takes no such version (INVALID_MAJOR_VERSION): it speaks IKEv2 only",
            _ => {
                "the initiator speaks IKEv2, and the responder answers that it takes no such version (INVALID-MAJOR-VERSION): it speaks another one, \
                 which is IKEv1 as a rule"
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::error_in_clear::ErrorInClear;
    use crate::diagnose::cause::kit::{Case, WHOLE, at, ikev1, ikev1_refusal, packets};
    use crate::diagnose::cause::request_unanswered::RequestUnanswered;
    use crate::diagnose::cause::row::Placed;
    use crate::diagnose::facts::ClearError;
    use crate::diagnose::severity::Severity;
    use crate::registry::ExchangeType;

    fn versions(case: &Case) -> Vec<u8> {
        case.find::<VersionRefused>().into_iter().map(|(cause, ..)| cause.version).collect()
    }

    #[test]
    fn ikev1_is_refused_in_ikev2() {
        let mut case = Case::midway();
        ikev1(&mut case, 0, false);
        let (exchange, notify) = (ExchangeType::INFORMATIONAL, NotifyType::INVALID_MAJOR_VERSION);
        case.sa.clear_error = Some(ClearError { exchange, notify, packets: packets(&[2]), time: at(1) });
        assert_eq!(versions(&case), [1]);
        assert!(case.find_after::<ErrorInClear>(alloc::vec![(VersionRefused::ROW, Severity::Error)]).is_empty());
        case.sa.auth.started = true;
        assert!(versions(&case).is_empty());
    }

    #[test]
    fn ikev2_is_refused_in_ikev1() {
        let mut case = Case::midway().ask(0, 500, 3, WHOLE);
        (case.sa.init.asked, case.sa.seen.initiator) = (true, 3);
        assert_eq!((versions(&case), case.find::<RequestUnanswered>().len()), (alloc::vec![], 1));
        ikev1_refusal(&mut case);
        assert_eq!((versions(&case), case.find::<RequestUnanswered>().len()), (alloc::vec![2], 0));
    }
}
