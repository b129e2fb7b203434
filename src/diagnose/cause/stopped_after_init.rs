//! The initiator itself never went on after IKE_SA_INIT.

use super::contract::{Contract, Detect, Headline};
use super::detail::Details;
use super::found::Found;
use super::ppk_mismatch::PpkMismatch;
use super::seen::Seen;
use crate::diagnose::settings::Product::{Libreswan, Rras, StrongSwan, WindowsClient};
use crate::diagnose::settings::{Setting, SettingList};
use crate::diagnose::severity::Confidence;
use crate::role::Role;
use alloc::vec::Vec;
use core::fmt;

const REMEDY: &[Setting] = &[
    Setting::new(
        WindowsClient,
        "error 13806: a machine certificate in Local Computer\\Personal with its private key, EKU Client Authentication (1.3.6.1.5.5.7.3.2) and \
         a root that the server names; Set-VpnConnection -MachineCertificateIssuerFilter",
    ),
    Setting::new(Rras, "Set-VpnAuthProtocol -RootCertificateNameToAccept <root>: the authority of the clients' certificates"),
    Setting::new(
        StrongSwan,
        "journalctl -u strongswan on the initiator: no private key or certificate found, or a PPK is required; swanctl.conf: \
         connections.<name>.local.certs, .ppk_required",
    ),
    Setting::new(Libreswan, "logfile= on the initiator; ipsec.conf: leftcert=, ppk=insist"),
];

/// The initiator itself never went on after IKE_SA_INIT.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoppedAfterInit;

impl Contract for StoppedAfterInit {
    const CODE: &'static str = "StoppedAfterInit";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    fn headline(&self) -> Option<Headline> {
        Some("The client itself stops after the first answer: it has no usable certificate (Windows error 13806), or does not like the answer.".into())
    }

    fn who(&self) -> Option<&'static str> {
        Some("the initiator: its certificates and settings")
    }

    fn remedy(&self) -> SettingList {
        REMEDY.into()
    }

    fn windows_error(&self, windows: bool) -> Option<u32> {
        windows.then_some(13806)
    }

    fn details(&self) -> Details {
        Vec::new()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        alloc::vec![Self]
    }
}

fn detect(seen: &Seen<'_>) -> Vec<Found<StoppedAfterInit>> {
    let (sa, init) = (seen.sa, &seen.sa.init);
    let explained = seen.has::<StoppedAfterInit, PpkMismatch>();
    if let Some((lines, time)) = sa.told.stopped.as_ref().filter(|_| !explained && !sa.auth.started) {
        let found = Found::error(StoppedAfterInit, Confidence::High, init.packets.join(lines), *time).unless(seen.came_up_after());
        return alloc::vec![found];
    }
    let stops = !explained && seen.stops_after_init() && seen.visible.taken_at() == Some(Role::Initiator);
    let found =
        stops.then(|| Found::error(StoppedAfterInit, Confidence::Medium, init.packets.clone(), sa.first).unless(seen.came_up_after()));
    found.into_iter().collect()
}

impl fmt::Display for StoppedAfterInit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the initiator's own host shows that after a good answer to IKE_SA_INIT the initiator sends nothing more: it has no usable certificate or key, wants something that the answer does not hold, or cannot send so large a message",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::auth_never_seen::AuthNeverSeen;
    use crate::diagnose::cause::kit::{Case, WHOLE};
    use crate::diagnose::cause::row::Placed;
    use crate::diagnose::observation::Sight;
    use crate::diagnose::severity::Severity;

    fn taken_at(side: Role) -> Case {
        let mut case = Case::new();
        for sender in [Role::Initiator, Role::Responder] {
            case.sa.sights.see(sender, Sight::new(Some(if sender == side { 64 } else { 57 }), None));
        }
        case
    }

    #[test]
    fn on_its_own_host_an_initiator_that_sends_nothing_has_stopped() {
        assert_eq!(taken_at(Role::Initiator).find::<StoppedAfterInit>().len(), 1);
        assert!(taken_at(Role::Responder).find::<StoppedAfterInit>().is_empty());
        assert_eq!(taken_at(Role::Responder).find::<AuthNeverSeen>().len(), 1);
        let stopped = alloc::vec![(StoppedAfterInit::ROW, Severity::Error)];
        assert!(taken_at(Role::Initiator).find_after::<AuthNeverSeen>(stopped).is_empty());
        assert!(taken_at(Role::Initiator).ask(1, 4500, 1, WHOLE).find::<StoppedAfterInit>().is_empty());
    }

    #[test]
    fn a_port_that_cannot_be_seen_may_have_carried_what_follows() {
        let mut case = taken_at(Role::Initiator);
        (case.surroundings.scope.port_4500, case.surroundings.scope.others) = (false, false);
        assert!(case.find::<StoppedAfterInit>().is_empty());
    }
}
