//! Nothing comes back from a UDP port.

use super::broken_response::BrokenResponse;
use super::contract::{Contract, Detect, Headline};
use super::detail::{DetailValue, Details, maybe, number, text};
use super::found::Found;
use super::fragments_refused_by_limit::ignored_within_limits;
use super::init_too_large::InitTooLarge;
use super::seen::{Closed, Seen};
use super::words::Whereabouts;
use super::{new_sas_silent, path_mtu_told, transport_lost};
use crate::diagnose::facts::{Exchange, Icmp, begins};
use crate::diagnose::observation::{Delivery, IcmpError};
use crate::diagnose::settings::Product::{Libreswan, Network, Rras, StrongSwan, WindowsClient};
use crate::diagnose::settings::{PORTS, Setting, SettingList};
use crate::diagnose::severity::Confidence;
use crate::role::Role;
use alloc::vec::Vec;
use core::fmt;
use core::net::IpAddr;

/// The port on which IKE_SA_INIT is answered (RFC 7296 section 2).
const IKE: u16 = 500;

const SERVICE: &[Setting] = &[
    Setting::new(WindowsClient, "the connection's server name leads to the right address: Resolve-DnsName <name>"),
    Setting::new(
        Rras,
        "Get-Service RemoteAccess: Running; New-NetFirewallRule -DisplayName IKEv2 -Direction Inbound -Protocol UDP -LocalPort 500,4500 \
         -Action Allow",
    ),
    Setting::new(StrongSwan, "systemctl status strongswan; strongswan.conf: charon.port = 500 and charon.port_nat_t = 4500"),
    Setting::new(Libreswan, "systemctl status ipsec; ipsec.conf: config setup listen="),
    Setting::new(Network, "UDP 500 and 4500 pass in both directions, and lead to the VPN server"),
];

/// Nothing comes back from a UDP port.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PortBlocked {
    /// The port.
    pub port: u16,
    /// The ICMP error that says so, if one does.
    pub told: Option<Told>,
    /// How much of what was sent there came to its end, where a capture there tells.
    pub arrival: Option<Delivery>,
}

/// An ICMP error, and who sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Told {
    /// What it says.
    pub error: IcmpError,
    /// Who sent it.
    pub from: IpAddr,
}

impl Contract for PortBlocked {
    const CODE: &'static str = "PortBlocked";
    const DETECT: Detect<Self> = Detect::Exchange(detect);

    fn headline(&self) -> Option<Headline> {
        let line = if self.told.is_some() {
            "The VPN server's UDP port cannot be reached: see that the VPN service runs there and that firewalls let UDP 500 and 4500 pass."
        } else if self.arrival.is_some() {
            "What the client sends never reaches the VPN server: open UDP 500 and 4500 on the way between the two."
        } else {
            "The VPN server's UDP port does not answer: open UDP 500 and 4500 in both directions."
        };
        Some(line.into())
    }

    fn who(&self) -> Option<&'static str> {
        Some(if self.told.is_some() {
            "whoever runs the VPN server, or the firewall before it"
        } else {
            "whoever runs the firewalls between the two"
        })
    }

    fn remedy(&self) -> SettingList {
        if self.told.is_some() { SERVICE.into() } else { PORTS.into() }
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        Some(809)
    }

    fn details(&self) -> Details {
        alloc::vec![
            ("port", number(self.port)),
            ("icmp", DetailValue::Bool(self.told.is_some())),
            ("from", maybe(self.told, |told| text(told.from))),
            ("arrival", maybe(self.arrival, |arrival| text(arrival.name()))),
        ]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let told = |error| Some(Told { error, from: IpAddr::from([198, 51, 100, 1]) });
        let errors = [
            IcmpError::PortUnreachable,
            IcmpError::Unreachable,
            IcmpError::Prohibited,
            IcmpError::ProtocolUnreachable,
            IcmpError::TimeExceeded,
        ];
        let told = errors.map(|error| Self { port: 500, told: told(error), arrival: None });
        let silent = [(500, None), (4500, None), (4500, Some(Delivery::Nothing))];
        told.into_iter().chain(silent.map(|(port, arrival)| Self { port, told: None, arrival })).collect()
    }
}

fn detect(seen: &Seen<'_>, closed: Closed<'_>) -> Vec<Found<PortBlocked>> {
    // A first message that is broken or too large needs other remedies.
    let known = seen.has::<PortBlocked, BrokenResponse>() || seen.has::<PortBlocked, InitTooLarge>();
    let explained = known && begins(closed.exchange.exchange);
    let found = ignored_within_limits(seen, closed).filter(|_| !explained).and_then(|e| {
        let icmp = evidence_of_block(seen, e)?;
        let told = icmp.map(|icmp| Told { error: icmp.report.error, from: icmp.report.from });
        let packets = icmp.map_or_else(|| e.request.packets.clone(), |icmp| e.request.packets.join(&icmp.packets));
        let arrival = e.request.arrival().filter(|_| e.request.vanishes());
        let sure = Confidence::of(icmp.is_some() || arrival.is_some());
        let found = Found::error(PortBlocked { port: e.request.port, told, arrival }, sure, packets, e.began());
        Some(found.unless(seen.came_up_after()))
    });
    found.into_iter().collect()
}

/// The ICMP error, if there is one, by which the port of an unanswered request seems to be blocked; `None` if it does not seem to be.
pub(super) fn evidence_of_block<'a>(seen: &Seen<'a>, e: &'a Exchange) -> Option<Option<&'a Icmp>> {
    let (sa, surroundings, port) = (seen.sa, seen.surroundings()?, e.request.port);
    // What is no IKE to the other side is refused by its kernel, and not by the port.
    if e.request.unmarked {
        return None;
    }
    if let Some(icmp) = seen.refused_on_the_way(e) {
        return Some(Some(icmp));
    }
    // What the log of the responder tells of has come to its end.
    if surroundings.scope.log && seen.visible.taken_at() == Some(Role::Responder) {
        return None;
    }
    // What has come to its end was blocked nowhere on the way.
    if e.request.arrival() == Some(Delivery::Whole) || e.request.comes_in_part() {
        return None;
    }
    // What the other side takes for ESP, what is too large for the path, or what is new, tells nothing about the port.
    if new_sas_silent::explains(seen, e) || path_mtu_told::explains(seen, e) || transport_lost::explains(seen, e) {
        return None;
    }
    // On another port than the first, unless something shows that another server is behind it.
    let another = seen.visible.changes_port(e) && sa.unknown_spi.is_none() && !seen.visible.changes_host();
    let asks = begins(e.exchange) || e.follows_init() && another;
    // A server that answers others on port 4500 answered them on port 500 before.
    let alive = port == IKE && surroundings.heard_on_another(sa.responder, port);
    (asks && !alive && !surroundings.heard(sa.responder, port)).then_some(None)
}

impl fmt::Display for PortBlocked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self { port, told: Some(Told { error, from }), .. } => {
                write!(f, "an ICMP error from {from} says that UDP port {port} of the responder cannot be reached: ")?;
                #[expect(clippy::wildcard_enum_match_arm, reason = "the other errors do not say that a port cannot be reached")]
                f.write_str(match error {
                    IcmpError::PortUnreachable => "port unreachable, so no VPN service listens there",
                    IcmpError::Prohibited => "administratively prohibited, so a filter there refuses the packets",
                    IcmpError::TimeExceeded => "time exceeded on the way, so the packets go round in a routing loop there",
                    IcmpError::ProtocolUnreachable => "protocol unreachable, so that host does not take UDP",
                    _ => "host or network unreachable, so there is no way to the server from there, or it is away",
                })
            }
            Self { port, told: None, arrival: Some(_) } => {
                write!(
                    f,
                    "nothing that the client sends to UDP port {port} gets through: it is blocked on the way{}",
                    Whereabouts(Role::Initiator, self.arrival)
                )
            }
            Self { port: port @ 4500, told: None, .. } => write!(
                f,
                "IKE_SA_INIT went well, but nothing ever comes back from UDP port {port}: it is blocked on the way, or a load balancer \
                 sends it to another server than the first port"
            ),
            Self { port, told: None, .. } => {
                write!(f, "nothing ever comes back from UDP port {port}: it is blocked on the way, or no VPN server is there")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, WHOLE};
    use crate::diagnose::observation::IcmpError;
    use core::net::SocketAddr;

    fn found(case: &Case) -> Vec<(PortBlocked, Confidence)> {
        case.find::<PortBlocked>().into_iter().map(|(cause, _, confidence, _)| (cause, confidence)).collect()
    }

    #[test]
    fn a_port_is_blocked_that_answers_nobody() {
        let mut case = Case::new().ask(1, 4500, 3, WHOLE);
        assert_eq!(found(&case), [(PortBlocked { port: 4500, told: None, arrival: None }, Confidence::Medium)]);
        case.surroundings.note_sender(SocketAddr::new(case.sa.responder, 4500));
        assert_eq!(found(&case), []);
        case.complain(4500, IcmpError::PortUnreachable);
        let told = Some(Told { error: IcmpError::PortUnreachable, from: IpAddr::from([198, 51, 100, 1]) });
        assert_eq!(found(&case), [(PortBlocked { port: 4500, told, arrival: None }, Confidence::High)]);
        assert_eq!(found(&case.answer(1, 1, WHOLE)), []);
    }

    #[test]
    fn what_never_came_to_its_end_proves_it_and_what_did_disproves_it() {
        let confidence =
            |arrival| found(&Case::new().arriving(arrival).ask(1, 4500, 3, WHOLE)).into_iter().map(|(_, sure)| sure).collect::<Vec<_>>();
        assert_eq!((confidence(Delivery::Nothing), confidence(Delivery::Whole)), (alloc::vec![Confidence::High], alloc::vec![]));
    }

    #[test]
    fn the_first_port_is_blocked_only_if_nothing_comes_from_it() {
        let silent = Case::midway().ask(0, 500, 3, WHOLE);
        assert_eq!(found(&silent), [(PortBlocked { port: 500, told: None, arrival: None }, Confidence::Medium)]);
        assert_eq!(found(&Case::new().ask(0, 500, 3, WHOLE)), []);
    }
}
