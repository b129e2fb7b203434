//! The one who answers does not know this IKE SA, on the port to which the initiator moved after IKE_SA_INIT.

use super::authentication_failed::came_through;
use super::contract::{Contract, Detect, Headline};
use super::detail::{Details, text};
use super::found::Found;
use super::fragments_refused_by_limit::ignored_within_limits;
use super::port_blocked;
use super::seen::{Closed, Seen};
use crate::diagnose::facts::{Exchange, Packets};
use crate::diagnose::settings::Product::{Libreswan, Network, Rras, StrongSwan};
use crate::diagnose::settings::{Setting, SettingList};
use crate::diagnose::severity::Confidence;
use alloc::vec::Vec;
use core::fmt;

const REMEDY: &[Setting] = &[
    Setting::new(Rras, "all servers of the farm behind one virtual address need source affinity for UDP 500 and 4500 together"),
    Setting::new(StrongSwan, "the cluster must share IKE SAs (plugin ha), or the load balancer must keep a client on one node"),
    Setting::new(Libreswan, "the load balancer must keep a client on one node"),
    Setting::new(
        Network,
        "load balancer: one persistence profile by source address across UDP 500 and UDP 4500 (F5: match across services; HAProxy and LVS: fwmark for both ports)",
    ),
];

/// How it is known that two ports lead to different servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SplitEvidence {
    /// INVALID_IKE_SPI says so.
    Told,
    /// The capture shows it: other addresses, or a server without the beginning.
    Seen,
    /// Silence on the second port alone: it may as well be blocked, or filtered for this client.
    Possible,
}

/// The one who answers does not know this IKE SA, on the port to which the initiator moved after IKE_SA_INIT.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SpiUnknownOnNatPort {
    /// How that is known.
    pub split: SplitEvidence,
}

impl Contract for SpiUnknownOnNatPort {
    const CODE: &'static str = "SpiUnknownOnNatPort";
    const DETECT: Detect<Self> = Detect::Both(in_exchange, in_sa);

    fn headline(&self) -> Option<Headline> {
        Some("UDP ports 500 and 4500 lead to different servers: make the load balancer keep both on one server.".into())
    }

    fn who(&self) -> Option<&'static str> {
        Some("whoever runs the load balancer")
    }

    fn remedy(&self) -> SettingList {
        REMEDY.into()
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        Some(809)
    }

    fn details(&self) -> Details {
        let known = match self.split {
            SplitEvidence::Told => "told",
            SplitEvidence::Seen => "seen",
            SplitEvidence::Possible => "possible",
        };
        alloc::vec![("known", text(known))]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        [SplitEvidence::Told, SplitEvidence::Seen, SplitEvidence::Possible].map(|split| Self { split }).into()
    }
}

fn in_exchange(seen: &Seen<'_>, closed: Closed<'_>) -> Vec<Found<SpiUnknownOnNatPort>> {
    let Some(e) = ignored_within_limits(seen, closed) else { return Vec::new() };
    if let Some((split, confidence, packets)) = elsewhere(seen, e) {
        return alloc::vec![Found::error(SpiUnknownOnNatPort { split }, confidence, packets, e.began())];
    }
    // Beside a second port that seems to be blocked, or that answers others, the other explanation.
    let heard = seen.surroundings().is_some_and(|surroundings| surroundings.heard(seen.sa.responder, e.request.port));
    let unheard = matches!(port_blocked::evidence_of_block(seen, e), Some(None));
    let silent = seen.sa.unknown_spi.is_none() && seen.refused_on_the_way(e).is_none();
    let possible = seen.visible.changes_port(e) && !e.request.unmarked && silent && (heard || unheard);
    let found = possible.then(|| {
        let cause = SpiUnknownOnNatPort { split: SplitEvidence::Possible };
        Found::info(cause, Confidence::Low, e.request.packets.clone(), e.began())
    });
    found.into_iter().collect()
}

/// What shows that the first request after IKE_SA_INIT went to another server.
fn elsewhere<'a>(seen: &Seen<'a>, e: &'a Exchange) -> Option<(SplitEvidence, Confidence, Packets)> {
    let (sa, packets) = (seen.sa, &e.request.packets);
    if !seen.is_over() || !e.follows_init() || e.request.unmarked || seen.refused_on_the_way(e).is_some() {
        return None;
    }
    if let Some(unknown) = &sa.unknown_spi {
        return Some((SplitEvidence::Told, Confidence::High, packets.join(&unknown.packets)));
    }
    if seen.visible.changes_host() {
        return Some((SplitEvidence::Seen, Confidence::High, sa.init.packets.join(packets)));
    }
    // The beginning was seen nowhere, and the one who should know it is silent.
    let stranger = seen.visible.lacks_beginning_and_responder();
    stranger.then(|| (SplitEvidence::Seen, Confidence::Medium, packets.clone()))
}

fn in_sa(seen: &Seen<'_>) -> Vec<Found<SpiUnknownOnNatPort>> {
    let open = seen.sa.auth.started && came_through(seen).is_none() && !seen.has::<SpiUnknownOnNatPort, SpiUnknownOnNatPort>();
    let told = seen.sa.unknown_spi.as_ref().filter(|_| open);
    let cause = SpiUnknownOnNatPort { split: SplitEvidence::Told };
    let found = told.map(|unknown| Found::error(cause, Confidence::High, unknown.packets.clone(), unknown.time));
    found.into_iter().collect()
}

impl fmt::Display for SpiUnknownOnNatPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = match self.split {
            SplitEvidence::Told => " and says so (INVALID_IKE_SPI)",
            SplitEvidence::Seen => "",
            SplitEvidence::Possible => {
                return f.write_str(
                    "it may also be that the two ports lead to different servers, of which the second does not know this IKE SA and keeps silent: \
                     a capture on the server would tell",
                );
            }
        };
        write!(f, "the server that gets the second request does not know this IKE SA{told}: the two ports lead to different servers")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, WHOLE, at, done, packets};
    use crate::diagnose::facts::UnknownSpi;
    use crate::diagnose::observation::IcmpError;
    use crate::diagnose::severity::Severity;
    use crate::role::Role;
    use core::net::SocketAddr;

    fn found(case: &Case) -> Vec<(SplitEvidence, Severity, Confidence)> {
        case.find::<SpiUnknownOnNatPort>().into_iter().map(|(cause, severity, confidence, _)| (cause.split, severity, confidence)).collect()
    }

    #[test]
    fn a_second_port_that_answers_others_may_be_another_server() {
        let mut case = Case::new().ask(1, 4500, 3, WHOLE);
        assert_eq!(found(&case), [(SplitEvidence::Possible, Severity::Info, Confidence::Low)]);
        let second = SocketAddr::new(case.sa.responder, 4500);
        case.surroundings.note_sender(second);
        assert_eq!(found(&case), [(SplitEvidence::Possible, Severity::Info, Confidence::Low)]);
        case.sa.unknown_spi = Some(UnknownSpi { by: Role::Responder, packets: packets(&[9]), time: at(1) });
        assert_eq!(found(&case), [(SplitEvidence::Told, Severity::Error, Confidence::High)]);
        case.complain(4500, IcmpError::PortUnreachable);
        // The error in clear remains.
        assert_eq!(found(&case), [(SplitEvidence::Told, Severity::Error, Confidence::High)]);
        case.sa.auth.done = done(2, true);
        assert_eq!(found(&case), []);
    }
}
