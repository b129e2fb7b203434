//! IKE goes well, and ESP does not: it goes one way only, or ICMP refuses it.

use super::authentication_failed::came_through;
use super::contract::{Contract, Detect, Headline};
use super::detail::{DetailValue, Details, maybe, number, role, text};
use super::esp_on_wrong_port::EspOnWrongPort;
use super::found::Found;
use super::outcome::{came_up, esp_from};
use super::port_blocked::Told;
use super::seen::Seen;
use crate::diagnose::facts::{EspSeen, Icmp, Surroundings, Way};
use crate::diagnose::observation::IcmpError;
use crate::diagnose::settings::Product::{Libreswan, Network, Rras, StrongSwan, WindowsClient};
use crate::diagnose::settings::{Setting, SettingList};
use crate::diagnose::severity::Confidence;
use crate::role::Role;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

/// ESP that is not answered for so long, in so many packets, goes one way only.
const LONG: Duration = Duration::from_secs(10);
const SEVERAL: u64 = 5;

const REMEDY: &[Setting] = &[
    Setting::new(
        WindowsClient,
        "Windows Firewall and other security software: protocol 50 (ESP) and UDP 4500 allowed both ways; routes of the profile",
    ),
    Setting::new(
        Rras,
        "protocol 50 (ESP) and UDP 4500 allowed both ways; a route back to the clients' address pool; the service RemoteAccess routes (LAN routing on)",
    ),
    Setting::new(
        StrongSwan,
        "swanctl.conf: connections.<name>.encap = yes puts ESP into UDP port 4500; ip -s xfrm state shows packets and errors; the packet filter \
         accepts protocol 50; a route back to the peer's networks",
    ),
    Setting::new(
        Libreswan,
        "ipsec.conf: encapsulation=yes puts ESP into UDP port 4500; ipsec trafficstatus; the packet filter accepts protocol 50",
    ),
    Setting::new(Network, "protocol 50 (ESP), or UDP 4500 where ESP travels in it, passes in both directions"),
];

/// IKE goes well, and ESP does not: it goes one way only, or ICMP refuses it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TunnelUpNoTraffic {
    /// Who sends ESP without getting any.
    pub sender: Role,
    /// Packets of ESP seen of it.
    pub count: u64,
    /// For how long they were sent.
    pub seconds: u64,
    /// The ICMP error that refuses them, if one does.
    pub told: Option<Told>,
}

impl Contract for TunnelUpNoTraffic {
    const CODE: &'static str = "TunnelUpNoTraffic";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    fn headline(&self) -> Option<Headline> {
        let line = if self.told.is_some() {
            "The tunnel comes up and carries nothing: ESP is refused on the way or at its end; let protocol 50 pass, or put ESP into UDP port 4500."
        } else {
            "The tunnel comes up, and ESP goes one way only: see that it is let through in both directions, and that there is a route back."
        };
        Some(line.into())
    }

    fn who(&self) -> Option<&'static str> {
        Some(match self.sender {
            Role::Initiator => "the responder (server), or whoever runs the firewalls between the two",
            Role::Responder => "the initiator (client), or whoever runs the firewalls between the two",
        })
    }

    fn remedy(&self) -> SettingList {
        REMEDY.into()
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        None
    }

    fn details(&self) -> Details {
        alloc::vec![
            ("sender", role(self.sender)),
            ("count", number(self.count)),
            ("seconds", number(self.seconds)),
            ("icmp", DetailValue::Bool(self.told.is_some())),
            ("from", maybe(self.told, |told| text(told.from))),
        ]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let from = core::net::IpAddr::from([198, 51, 100, 1]);
        let told = [IcmpError::ProtocolUnreachable, IcmpError::Prohibited].map(|error| Some(Told { error, from }));
        let of = |told| Self { sender: Role::Initiator, count: 12, seconds: 30, told };
        [told[0], told[1], None].map(of).into_iter().chain([Self { sender: Role::Responder, ..of(None) }]).collect()
    }
}

fn detect(seen: &Seen<'_>) -> Vec<Found<TunnelUpNoTraffic>> {
    if seen.has::<TunnelUpNoTraffic, EspOnWrongPort>() {
        return Vec::new();
    }
    [Role::Initiator, Role::Responder].into_iter().filter_map(|sender| refused(seen, sender).or_else(|| one_way(seen, sender))).collect()
}

/// What a side sends as ESP in this IKE SA.
fn sent(seen: &Seen<'_>, side: Role) -> Option<EspSeen> {
    esp_from(seen, side)?.from(seen.sa.auth.began)
}

/// ESP of a side that ICMP refuses, unless something came back since.
fn refused(seen: &Seen<'_>, sender: Role) -> Option<Found<TunnelUpNoTraffic>> {
    came_through(seen)?;
    let ends = &seen.sa.ends;
    let way = Way { src: *ends.of(sender), dst: *ends.of(sender.other()) };
    let refuses = |icmp: &&Icmp| matches!(icmp.report.error, IcmpError::ProtocolUnreachable | IcmpError::Prohibited);
    let icmp = seen.icmp(way).filter(|icmp| icmp.report.esp && seen.sa.auth.began.is_none_or(|began| icmp.first >= began)).find(refuses)?;
    if sent(seen, sender.other()).is_some_and(|back| back.last >= icmp.first) {
        return None;
    }
    let esp = sent(seen, sender);
    let (count, seconds) = esp.as_ref().map_or((0, 0), |esp| (esp.count, (esp.last - esp.first).as_secs()));
    let told = Some(Told { error: icmp.report.error, from: icmp.report.from });
    let packets = esp.map_or_else(|| icmp.packets.clone(), |esp| icmp.packets.join(&esp.packets));
    Some(Found::error(TunnelUpNoTraffic { sender, count, seconds, told }, Confidence::High, packets, icmp.first))
}

/// ESP of a side to which nothing comes back, while IKE is answered the same way.
fn one_way(seen: &Seen<'_>, sender: Role) -> Option<Found<TunnelUpNoTraffic>> {
    let ends = &seen.sa.ends;
    let way = Way { src: *ends.of(sender), dst: *ends.of(sender.other()) };
    // A filter that lets IKE through in both directions, on the ports by which ESP goes, does not hide ESP in one of them.
    let both = |way: Way| seen.sa.exchanges.iter().any(|e| e.request.ways.contains(&way) && e.response.ways.contains(&way.back()));
    let esp = sent(seen, sender).filter(|_| came_up(seen).is_some() && (both(way) || both(way.back())))?;
    let long = esp.count >= SEVERAL && esp.last - esp.first >= LONG;
    let full = seen.surroundings().is_some_and(Surroundings::esp_is_full);
    if !long || full || sent(seen, sender.other()).is_some() {
        return None;
    }
    let cause = TunnelUpNoTraffic { sender, count: esp.count, seconds: (esp.last - esp.first).as_secs(), told: None };
    Some(Found::error(cause, Confidence::Medium, esp.packets, esp.first))
}

impl fmt::Display for TunnelUpNoTraffic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sender, other) = (self.sender.name(), self.sender.other().name());
        match self.told {
            Some(Told { error, from }) => {
                let says = if error == IcmpError::Prohibited {
                    "is administratively prohibited, so a filter there refuses it"
                } else {
                    "is a protocol that nobody takes there (protocol unreachable)"
                };
                write!(
                    f,
                    "IKE goes well, and an ICMP error from {from} says that the ESP of the {sender} {says}: the tunnel carries nothing"
                )
            }
            None => write!(
                f,
                "IKE goes well and is answered, and ESP goes one way only: the {sender} has sent {} packets of it in {} seconds, and none came \
                 from the {other}; it is dropped on the way, or the {other} has nothing to send or no route back",
                self.count, self.seconds
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, WHOLE, at, done};
    use crate::diagnose::observation::Transport;

    fn case(times: u64) -> Case {
        let mut case = Case::new().ask(1, 500, 1, WHOLE).send(1, true, 500, 1, &[], WHOLE);
        (case.sa.auth.began, case.sa.auth.done) = (Some(at(0)), done(1, true));
        case.carry(Role::Initiator, 0, Transport::Udp, times);
        case
    }

    fn found(case: &Case) -> Vec<(u64, bool, Confidence)> {
        case.find::<TunnelUpNoTraffic>().into_iter().map(|(cause, _, sure, _)| (cause.count, cause.told.is_some(), sure)).collect()
    }

    #[test]
    fn esp_that_goes_one_way_for_long_is_not_answered() {
        assert_eq!(found(&case(6)), [(6, false, Confidence::Medium)]);
        // For eight seconds, which is not long.
        assert_eq!(found(&case(5)), []);
        let mut answered = case(6);
        answered.carry(Role::Responder, 0, Transport::Udp, 1);
        assert_eq!(found(&answered), []);
        // With one direction of IKE missing, that of ESP may be as well.
        let mut one_sided = case(6);
        one_sided.sa.exchanges[0].response.ways.clear();
        assert_eq!(found(&one_sided), []);
    }

    #[test]
    fn icmp_refuses_esp_at_once() {
        let mut case = case(1);
        case.complain_of_esp(IcmpError::ProtocolUnreachable);
        assert_eq!(found(&case), [(1, true, Confidence::High)]);
        case.carry(Role::Responder, 0, Transport::Udp, 2);
        assert_eq!(found(&case), []);
    }
}
