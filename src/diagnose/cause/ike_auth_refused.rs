//! IKE_AUTH is refused, and not because of a proof: an error takes its place.

use super::contract::{Contract, Detect, Headline};
use super::detail::{Details, maybe, notify, notify_name, role};
use super::epdg;
use super::found::Found;
use super::ike_auth::{Kind, refusal_kind};
use super::seen::Seen;
use crate::diagnose::settings::Product::{Libreswan, Network, Rras, StrongSwan, WindowsClient};
use crate::diagnose::settings::{Setting, SettingList};
use crate::diagnose::severity::Confidence;
use crate::registry::NotifyType;
use crate::role::Role;
use alloc::vec::Vec;
use core::fmt;

const REMEDY: &[Setting] = &[
    Setting::new(WindowsClient, "event log Application, source RasClient, event 20227: its number names the same refusal"),
    Setting::new(Rras, "event log System, source RemoteAccess; the settings of the connection on both sides"),
    Setting::new(StrongSwan, "journalctl -u strongswan: charon says which payload or connection it did not take"),
    Setting::new(Libreswan, "ipsec status, logfile=: pluto says which payload or connection it did not take"),
];

const EPDG: &[Setting] = &[Setting::new(
    Network,
    "the operator's gateway refuses the subscription, the device or the place: ask the operator about Wi-Fi calling; the settings of the \
     tunnel are not the reason",
)];

/// IKE_AUTH is refused, and not because of a proof.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IkeAuthRefused {
    /// Who refused.
    pub by: Role,
    /// The error, if it could be read.
    pub notify: Option<NotifyType>,
}

impl IkeAuthRefused {
    fn is_of_network(&self) -> bool {
        self.notify.is_some_and(|notify| epdg::name(notify).is_some())
    }
}

impl Contract for IkeAuthRefused {
    const CODE: &'static str = "IkeAuthRefused";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    fn headline(&self) -> Option<Headline> {
        let line = if self.is_of_network() {
            "The mobile operator's gateway refuses this subscriber, device or place: ask the operator."
        } else {
            "The other side answers with an error and not with a success: its log, and the error code, say why."
        };
        Some(line.into())
    }

    fn who(&self) -> Option<&'static str> {
        Some(if self.is_of_network() { "the mobile operator" } else { "whoever runs the side that refuses" })
    }

    fn remedy(&self) -> SettingList {
        if self.is_of_network() { EPDG.into() } else { REMEDY.into() }
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        None
    }

    fn details(&self) -> Details {
        alloc::vec![("by", role(self.by)), ("notify", maybe(self.notify, notify))]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let errors = [None, Some(NotifyType::INVALID_SYNTAX), Some(NotifyType(11011))];
        errors.map(|notify| Self { by: Role::Responder, notify }).into()
    }
}

fn detect(seen: &Seen<'_>) -> Vec<Found<IkeAuthRefused>> {
    let Some((Kind::Other, refused)) = refusal_kind(seen) else { return Vec::new() };
    let cause = IkeAuthRefused { by: refused.by, notify: refused.notify };
    alloc::vec![Found::error(cause, Confidence::of(refused.sure), refused.packets.clone(), seen.sa.last)]
}

impl fmt::Display for IkeAuthRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = self.by.name();
        match self.notify {
            Some(notify) if self.is_of_network() => {
                write!(f, "the {by}, a gateway of a mobile network, refuses the request with {} (3GPP TS 24.302)", notify_name(notify))
            }
            Some(notify) => write!(f, "the {by} answers IKE_AUTH with the error {} in place of a proof", notify_name(notify)),
            None => write!(
                f,
                "the {by} answers IKE_AUTH with its name and no room for a proof of it: that is an error and no success (read from the size \
                 of the encrypted answer; keys would tell which error)"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::authentication_failed::AuthenticationFailed;
    use crate::diagnose::cause::kit::{Case, refused};

    #[test]
    fn another_error_than_a_refused_proof_is_told_by_its_name() {
        let mut case = Case::new();
        assert!(case.find::<IkeAuthRefused>().is_empty());
        for (notify, other) in [(NotifyType::AUTHENTICATION_FAILED, false), (NotifyType::INVALID_SYNTAX, true), (NotifyType(9000), true)] {
            case.sa.auth.refused = refused(Role::Responder, Some(notify), &[4], true);
            assert_eq!(case.find::<IkeAuthRefused>().len(), usize::from(other), "{notify:?}");
            assert_eq!(case.find::<AuthenticationFailed>().len(), usize::from(!other), "{notify:?}");
        }
    }

    #[test]
    fn a_name_without_room_for_a_proof_is_no_refused_proof() {
        let mut case = Case::new();
        case.sa.auth.refused = refused(Role::Responder, None, &[4], false);
        assert!(case.find::<IkeAuthRefused>().is_empty());
        if let Some(refused) = &mut case.sa.auth.refused {
            refused.named = true;
        }
        let found = case.find::<IkeAuthRefused>();
        assert_eq!((found[0].0.notify, found[0].2), (None, Confidence::Medium));
        assert!(case.find::<AuthenticationFailed>().is_empty());
    }
}
