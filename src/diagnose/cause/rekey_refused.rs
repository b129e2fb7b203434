//! The renewal of an SA is refused (RFC 7296 sections 1.3.2 and 1.3.3).

use super::contract::{Contract, Detect, Headline};
use super::detail::{Details, maybe, notify, notify_name, number};
use super::found::Found;
use super::ike_auth::child_refusal;
use super::seen::Seen;
use super::words::Times;
use crate::diagnose::facts::{ChildRefused, Exchange};
use crate::diagnose::settings::Product::{Libreswan, Rras, StrongSwan, WindowsClient};
use crate::diagnose::settings::{Setting, SettingList};
use crate::diagnose::severity::Confidence;
use crate::registry::{ExchangeType, KeMethod, NotifyType};
use crate::transform::Transform;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

/// A try with another group comes within so long.
const NEXT: Duration = Duration::from_secs(2);

const REMEDY: &[Setting] = &[
    Setting::new(
        WindowsClient,
        "Set-VpnConnectionIPsecConfiguration -PfsGroup: None, PFS2048, ECP256 or ECP384, as on the server; PFSMM means the group of the IKE SA",
    ),
    Setting::new(Rras, "Set-VpnServerConfiguration -CustomPolicy -PfsGroup: the same group as the clients, then restart RemoteAccess"),
    Setting::new(
        StrongSwan,
        "swanctl.conf: connections.<name>.children.<child>.esp_proposals with the same group, e.g. aes256gcm16-modp2048, or with none",
    ),
    Setting::new(Libreswan, "ipsec.conf: pfs=yes and esp=aes_gcm256;modp2048 with the same group, or pfs=no"),
];

/// The renewal of an SA is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RekeyRefused {
    /// The error, if it is known.
    pub notify: Option<NotifyType>,
    /// The group that INVALID_KE_PAYLOAD asks for, if it could be read.
    pub group: Option<KeMethod>,
    /// How often it was refused.
    pub rounds: u32,
}

impl RekeyRefused {
    /// Whether the two do not agree on a group for perfect forward secrecy.
    fn is_group(&self) -> bool {
        self.notify == Some(NotifyType::INVALID_KE_PAYLOAD)
    }
}

impl Contract for RekeyRefused {
    const CODE: &'static str = "RekeyRefused";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    fn headline(&self) -> Option<Headline> {
        let line = if self.is_group() {
            "The tunnel comes up and cannot be renewed: the PFS groups of both sides differ. Set the same group on both, or none."
        } else {
            "The tunnel comes up and cannot be renewed: compare the ESP proposals of both sides, above all the PFS group."
        };
        Some(line.into())
    }

    fn who(&self) -> Option<&'static str> {
        Some("client and server: the same PFS group and ESP proposals on both")
    }

    fn remedy(&self) -> SettingList {
        REMEDY.into()
    }

    fn windows_error(&self, windows: bool) -> Option<u32> {
        match self.notify {
            Some(NotifyType::INVALID_KE_PAYLOAD) if windows => Some(13843),
            Some(NotifyType::NO_PROPOSAL_CHOSEN) => Some(13868),
            _ => None,
        }
    }

    fn details(&self) -> Details {
        alloc::vec![
            ("notify", maybe(self.notify, notify)),
            ("group", maybe(self.group, |group| number(group.0))),
            ("rounds", number(self.rounds)),
        ]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let group = Some(KeMethod::MODP_2048);
        let one = Self { notify: Some(NotifyType::INVALID_KE_PAYLOAD), group, rounds: 1 };
        let unread = Self { group: None, rounds: 3, ..one.clone() };
        let proposal = Self { notify: Some(NotifyType::NO_PROPOSAL_CHOSEN), group: None, ..one.clone() };
        alloc::vec![Self { notify: None, ..proposal.clone() }, one, unread, proposal]
    }
}

/// The refusal of a child SA, or of a rekeying, if it is one of a rekeying.
pub(super) fn is_of_rekey(child: &ChildRefused) -> bool {
    child.exchange == ExchangeType::CREATE_CHILD_SA && child.rekey
}

fn detect(seen: &Seen<'_>) -> Vec<Found<RekeyRefused>> {
    // The group that is asked for may still be tried.
    let obeyed = |child: &ChildRefused| child.notify == Some(NotifyType::INVALID_KE_PAYLOAD) && child.rounds == 1;
    let next = |child: &ChildRefused, e: &Exchange| e.exchange == child.exchange && e.asker == child.asker && e.began() > child.time;
    let asked = |child: &ChildRefused| seen.sa.exchanges.iter().any(|e| next(child, e) && e.response.whole.is_none());
    let open =
        |child: &ChildRefused| (asked(child) || obeyed(child) && seen.sa.last <= child.time) && seen.visible.after(seen.sa.last) < NEXT;
    let found = child_refusal(seen).filter(|child| is_of_rekey(child) && !open(child)).map(|child| {
        let cause = RekeyRefused { notify: child.notify, group: child.group.map(KeMethod), rounds: child.rounds };
        Found::error(cause, Confidence::of(child.sure), child.packets.clone(), child.time)
    });
    found.into_iter().collect()
}

impl fmt::Display for RekeyRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let times = Times(self.rounds);
        write!(f, "the renewal (rekeying) of an SA was refused {times}")?;
        match (self.notify, self.group) {
            (Some(NotifyType::INVALID_KE_PAYLOAD), Some(group)) => {
                write!(f, " with INVALID_KE_PAYLOAD: the other side wants {} for it and does not get it", Transform::ke(group))?;
            }
            (Some(NotifyType::INVALID_KE_PAYLOAD), None) => {
                f.write_str(" with INVALID_KE_PAYLOAD (no other error has its size), and no try with the group it asks for succeeds")?;
            }
            (Some(notify), _) => write!(f, " with {}", notify_name(notify))?,
            (None, _) => f.write_str(" (read from the size of the encrypted answer; keys would tell why)")?,
        }
        f.write_str("; IKE_AUTH has no key exchange of its own, so a PFS group (perfect forward secrecy) that differs shows only now")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::child_sa_refused::ChildSaRefused;
    use crate::diagnose::cause::kit::{Case, child_refused};
    use crate::diagnose::facts::Sides;

    #[test]
    fn a_refused_renewal_is_told_apart_from_a_further_tunnel() {
        let mut case = Case::new();
        case.sa.seen = Sides { initiator: 2, responder: 2 };
        let mut refusal = child_refused(ExchangeType::CREATE_CHILD_SA, Some(NotifyType::INVALID_KE_PAYLOAD), &[6], true);
        case.sa.auth.child_refused = Some(refusal.clone());
        assert_eq!((case.find::<RekeyRefused>().len(), case.find::<ChildSaRefused>().len()), (0, 1));
        (refusal.rekey, refusal.group) = (true, Some(14));
        case.sa.auth.child_refused = Some(refusal);
        let found = case.find::<RekeyRefused>();
        assert_eq!((found[0].0.group, case.find::<ChildSaRefused>().len()), (Some(KeMethod::MODP_2048), 0));
    }

    #[test]
    fn windows_has_a_number_for_a_group_that_differs() {
        let errors: Vec<_> = RekeyRefused::samples().iter().map(|cause| (cause.windows_error(true), cause.windows_error(false))).collect();
        assert_eq!(errors, [(None, None), (Some(13843), None), (Some(13843), None), (Some(13868), Some(13868))]);
    }
}
