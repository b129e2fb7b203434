//! The child SA is made and deleted at once (RFC 7296 section 1.4.1).

use super::contract::{Contract, Detect, Headline};
use super::detail::{Details, maybe, role, text};
use super::found::Found;
use super::seen::Seen;
use crate::diagnose::facts::{ChildDifference, DeletedAtOnce};
use crate::diagnose::settings::Product::{Libreswan, Rras, StrongSwan, WindowsClient};
use crate::diagnose::settings::{Setting, SettingList};
use crate::diagnose::severity::{Confidence, Severity};
use crate::role::Role;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

/// An IKE SA that goes on for so long without a child SA was not meant to.
const LONG: Duration = Duration::from_secs(10);

const REMEDY: &[Setting] = &[
    Setting::new(WindowsClient, "routes and TrafficFilter of the profile; event log Application, source RasClient"),
    Setting::new(Rras, "the address pool and the filters of the network policy; event log System, source RemoteAccess"),
    Setting::new(
        StrongSwan,
        "journalctl -u strongswan: the kernel or a policy did not take the SA; swanctl.conf: connections.<name>.children.<child>.local_ts, \
         remote_ts and mode, connections.<name>.unique",
    ),
    Setting::new(
        Libreswan,
        "ipsec status, logfile=: the kernel, an updown script or overlapping connections; ipsec.conf: type=, uniqueids=",
    ),
];

/// The child SA is made and deleted at once.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChildDeletedAtOnce {
    /// Who deletes it.
    pub by: Role,
    /// How the answer differs from the request, where the initiator deletes it and both could be read.
    pub difference: Option<ChildDifference>,
}

impl Contract for ChildDeletedAtOnce {
    const CODE: &'static str = "ChildDeletedAtOnce";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    fn headline(&self) -> Option<Headline> {
        let usual = "The tunnel comes up and is taken down at once: one side cannot use what was agreed; its log says why.";
        let why = self.difference.map(|difference| match difference {
            ChildDifference::Selectors => {
                "the server answers with networks for which the client did not ask: set both to the same networks"
            }
            ChildDifference::Tunnel => "the client wants transport mode and the server does tunnel mode: set both to the same mode",
            ChildDifference::Transport => "the server does transport mode, for which the client did not ask: set both to the same mode",
        });
        Some(Headline { usual, case: why.map(|why| alloc::format!("The client takes the tunnel down at once: {why}.")) })
    }

    fn who(&self) -> Option<&'static str> {
        Some(match self.difference {
            Some(_) => "client and server: the same networks and the same mode on both",
            None => "the side that deletes the tunnel",
        })
    }

    fn remedy(&self) -> SettingList {
        REMEDY.into()
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        None
    }

    fn details(&self) -> Details {
        let difference = self.difference.map(|difference| match difference {
            ChildDifference::Selectors => "selectors",
            ChildDifference::Tunnel => "tunnel",
            ChildDifference::Transport => "transport",
        });
        alloc::vec![("by", role(self.by)), ("difference", maybe(difference, text))]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let plain = [Role::Initiator, Role::Responder].map(|by| Self { by, difference: None });
        let differences = [ChildDifference::Selectors, ChildDifference::Tunnel, ChildDifference::Transport];
        let different = differences.map(|difference| Self { by: Role::Initiator, difference: Some(difference) });
        plain.into_iter().chain(different).collect()
    }
}

fn detect(seen: &Seen<'_>) -> Vec<Found<ChildDeletedAtOnce>> {
    // Somebody may have wanted it so: then nothing goes on without a child SA.
    let at_once = |deleted: &&DeletedAtOnce| deleted.quick || seen.sa.last - deleted.time >= LONG;
    let of = |deleted: &DeletedAtOnce| {
        let difference = seen.sa.auth.agreed.difference.filter(|_| deleted.by == Role::Initiator);
        ChildDeletedAtOnce { by: deleted.by, difference }
    };
    let found = seen.sa.auth.deleted_at_once.as_ref().map(|deleted| {
        let found = Found::error(of(deleted), Confidence::of(deleted.sure), deleted.packets.clone(), seen.sa.last);
        found.unless(!at_once(&deleted))
    });
    let unclear = seen.sa.auth.unclear_delete.as_ref().filter(|_| seen.sa.auth.deleted_at_once.is_none()).map(|deleted| {
        let found = Found::error(of(deleted), Confidence::Low, deleted.packets.clone(), seen.sa.last);
        Found { severity: Severity::Warning, ..found }
    });
    found.into_iter().chain(unclear).collect()
}

impl fmt::Display for ChildDeletedAtOnce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "right after IKE_AUTH the {} deletes what was just made, the child SA or the whole IKE SA: ", self.by.name())?;
        f.write_str(match self.difference {
            None => "its kernel, a policy or overlapping networks do not take what was agreed",
            Some(ChildDifference::Selectors) => "the traffic selectors of the answer are not within those that it asked for",
            Some(ChildDifference::Tunnel) => "it asked for transport mode (USE_TRANSPORT_MODE), and the answer is tunnel mode",
            Some(ChildDifference::Transport) => "the answer is transport mode (USE_TRANSPORT_MODE), for which it did not ask",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, at, packets};

    #[test]
    fn who_deletes_the_child_is_named() {
        let mut case = Case::new();
        assert!(case.find::<ChildDeletedAtOnce>().is_empty());
        case.sa.auth.deleted_at_once =
            Some(DeletedAtOnce { by: Role::Responder, time: at(1), quick: true, packets: packets(&[5]), sure: false });
        let found = case.find::<ChildDeletedAtOnce>();
        assert_eq!((found[0].0.by, found[0].2, &*found[0].3), (Role::Responder, Confidence::Medium, &[5][..]));
        // How the answer differs from the request is a reason of the initiator only.
        case.sa.auth.agreed.difference = Some(ChildDifference::Tunnel);
        assert_eq!(case.find::<ChildDeletedAtOnce>()[0].0.difference, None);
        case.sa.auth.deleted_at_once.as_mut().unwrap().by = Role::Initiator;
        assert_eq!(case.find::<ChildDeletedAtOnce>()[0].0.difference, Some(ChildDifference::Tunnel));
    }
}
