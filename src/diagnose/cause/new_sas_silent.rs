//! New IKE SAs of a source get no answer, while its old ones do.

use super::contract::{Contract, Detect, Headline};
use super::detail::{Details, number, text};
use super::found::Found;
use super::seen::{Closed, Seen};
use super::words::Times;
use crate::diagnose::facts::Exchange;
use crate::diagnose::settings::Product::{Libreswan, Network, Rras, StrongSwan, WindowsClient};
use crate::diagnose::settings::{Setting, SettingList};
use crate::diagnose::severity::Confidence;
use crate::registry::ExchangeType;
use alloc::vec::Vec;
use core::fmt;
use core::net::IpAddr;
use core::time::Duration;

/// Requests without an answer from which on they are ignored and not lost.
const SEVERAL: u32 = 3;
/// An old IKE SA that is heard so long after the new one began shows that the server is there.
const MEANWHILE: Duration = Duration::from_secs(4);

const REMEDY: &[Setting] = &[
    Setting::new(
        WindowsClient,
        "nothing to set: the limit is met by all clients behind one address together; connect from another network to see",
    ),
    Setting::new(
        Rras,
        "behind a load balancer that hides the clients' addresses (full NAT): HKLM\\SYSTEM\\CurrentControlSet\\Services\\IKEEXT\\Parameters, DWORD \
         IkeNumEstablishedForInitialQuery = 50000, then restart the service IKEEXT; better, keep the clients' addresses; and the number of WAN \
         Miniport (IKEv2) ports",
    ),
    Setting::new(
        StrongSwan,
        "strongswan.conf: charon.block_threshold (half-open IKE SAs of one address, 5 by default) and charon.init_limit_half_open",
    ),
    Setting::new(Libreswan, "ipsec.conf: config setup ddos-mode=, ddos-ike-threshold= and max-halfopen-ike="),
    Setting::new(
        Network,
        "firewalls and load balancers before the server: limits of connections, or of new ones in a second, for one source address (all clients behind \
         one NAT share it); more addresses for the NAT",
    ),
];

/// New IKE SAs of a source get no answer, while its old ones do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewSasSilent {
    /// The source.
    pub source: IpAddr,
    /// How often IKE_SA_INIT was sent.
    pub transmissions: u32,
}

impl Contract for NewSasSilent {
    const CODE: &'static str = "NewSasSilent";
    const DETECT: Detect<Self> = Detect::Exchange(detect);

    fn headline(&self) -> Option<Headline> {
        let usual = "The server answers the connections it has and no new ones from the same address: look for a limit per source address.";
        let case = alloc::format!(
            "The server answers the connections it has and no new ones from {}: look for a limit per source address.",
            self.source
        );
        Some(Headline { usual, case: Some(case) })
    }

    fn who(&self) -> Option<&'static str> {
        Some("whoever runs the VPN server, or the firewall before it")
    }

    fn remedy(&self) -> SettingList {
        REMEDY.into()
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        Some(809)
    }

    fn details(&self) -> Details {
        alloc::vec![("source", text(self.source)), ("transmissions", number(self.transmissions))]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        alloc::vec![Self { source: IpAddr::from([198, 51, 100, 9]), transmissions: 6 }]
    }
}

fn detect(seen: &Seen<'_>, closed: Closed<'_>) -> Vec<Found<NewSasSilent>> {
    let found = seen.ignored(closed).filter(|e| explains(seen, e)).map(|e| {
        let cause = NewSasSilent { source: seen.sa.initiator, transmissions: e.request.sent };
        Found::error(cause, Confidence::Medium, e.request.packets.clone(), e.began()).unless(seen.came_up_after())
    });
    found.into_iter().collect()
}

/// Whether the silence about a request is one about what is new.
pub(super) fn explains(seen: &Seen<'_>, e: &Exchange) -> bool {
    let sa = seen.sa;
    let Some(surroundings) = seen.surroundings().filter(|_| e.exchange == ExchangeType::IKE_SA_INIT && e.request.sent >= SEVERAL) else {
        return false;
    };
    let began = e.began();
    let new = surroundings.last_init_answer(sa.responder, sa.initiator).filter(|last| *last >= began);
    surroundings.goes_on(sa.responder, sa.initiator, began + MEANWHILE) && new.is_none() && seen.refused_on_the_way(e).is_none()
}

impl fmt::Display for NewSasSilent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "IKE_SA_INIT of a new IKE SA from {} was sent {} and not answered, while the server answers the IKE SAs it has with the same address: the \
             server is there, and it, or a firewall before it, limits what one source address may open (all clients behind one NAT share an address)",
            self.source,
            Times(self.transmissions)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, WHOLE, at};
    use core::net::SocketAddr;

    #[test]
    fn a_source_is_limited_if_its_old_ike_sas_are_answered_meanwhile() {
        let case = |times, old, new: Option<u64>, waits: Option<u64>| {
            let mut case = Case::midway().ask(0, 500, times, WHOLE);
            case.sa.seen.initiator = 1;
            let (client, server) = (case.sa.initiator, case.sa.responder);
            let end = |ip, port| SocketAddr::new(ip, port);
            case.surroundings.note_protected(end(server, 4500), end(client, 4500), at(old));
            new.into_iter().for_each(|time| case.surroundings.note_init_answer(server, client, at(time)));
            waits.into_iter().for_each(|time| case.surroundings.note_protected(end(client, 4501), end(server, 4500), at(time)));
            case.find::<NewSasSilent>().len()
        };
        assert_eq!((case(3, 10, None, None), case(2, 10, None, None)), (1, 0));
        // The server is away for the old one too, or for another old one.
        assert_eq!((case(3, 3, None, None), case(3, 10, None, Some(20))), (0, 0));
        // Another new one is answered.
        assert_eq!(case(3, 10, Some(5), None), 0);
    }
}
