//! ESP in UDP on port 500, where only IKE is read (RFC 3948 section 2, RFC 7296 section 2.23).

use super::contract::{Contract, Detect, Headline};
use super::detail::{Details, number, role};
use super::found::Found;
use super::seen::Seen;
use crate::diagnose::settings::Product::{Libreswan, Network, Rras, StrongSwan, WindowsClient};
use crate::diagnose::settings::{Setting, SettingList};
use crate::diagnose::severity::Confidence;
use crate::role::Role;
use alloc::vec::Vec;
use core::fmt;

/// Packets from which on it is no chance.
const SEVERAL: u64 = 2;

const REMEDY: &[Setting] = &[
    Setting::new(WindowsClient, "nothing to set: it sends ESP to UDP port 4500 or by itself"),
    Setting::new(Rras, "nothing to set: it sends ESP to UDP port 4500 or by itself; see what stands before it"),
    Setting::new(
        StrongSwan,
        "strongswan.conf: charon.port = 500 and charon.port_nat_t = 4500; swanctl.conf: connections.<name>.encap = yes makes both sides move to \
         UDP port 4500",
    ),
    Setting::new(Libreswan, "ipsec.conf: encapsulation=yes makes both sides move to UDP port 4500; leftikeport= and rightikeport= not set"),
    Setting::new(Network, "no rule may translate UDP port 4500 into 500; other products: update, or set UDP encapsulation to port 4500"),
];

/// ESP in UDP on port 500, where only IKE is read (RFC 3948 section 2, RFC 7296 section 2.23).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EspOnWrongPort {
    /// Who sends it.
    pub sender: Role,
    /// Packets seen.
    pub count: u64,
}

impl Contract for EspOnWrongPort {
    const CODE: &'static str = "EspOnWrongPort";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    fn headline(&self) -> Option<Headline> {
        Some("The tunnel's packets (ESP) go to UDP port 500, where they are dropped: they belong on UDP port 4500, so correct who sends them.".into())
    }

    fn who(&self) -> Option<&'static str> {
        Some(match self.sender {
            Role::Initiator => "the initiator (client), or whoever translates its ports",
            Role::Responder => "the responder (server), or whoever translates its ports",
        })
    }

    fn remedy(&self) -> SettingList {
        REMEDY.into()
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        None
    }

    fn details(&self) -> Details {
        alloc::vec![("sender", role(self.sender)), ("count", number(self.count)), ("port", number(500_u16))]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        [Role::Initiator, Role::Responder].map(|sender| Self { sender, count: 6 }).into()
    }
}

fn detect(seen: &Seen<'_>) -> Vec<Found<EspOnWrongPort>> {
    let Some((surroundings, began)) = seen.surroundings().zip(seen.sa.auth.began) else { return Vec::new() };
    let misplaced = [Role::Initiator, Role::Responder].into_iter().filter_map(|sender| {
        let of = |side: Role| *seen.sa.ends.of(side);
        let began_at =
            seen.sa.began_at.map(|end| if sender.is_initiator() { (end, of(Role::Responder)) } else { (of(Role::Responder), end) });
        let ends = [Some((of(sender), of(sender.other()))), began_at];
        let esp = ends.into_iter().flatten().find_map(|(from, to)| surroundings.misplaced_esp(from, to))?.from(Some(began));
        let esp = esp.filter(|esp| esp.count >= SEVERAL)?;
        Some(Found::error(EspOnWrongPort { sender, count: esp.count }, Confidence::High, esp.packets, esp.first))
    });
    misplaced.collect()
}

impl fmt::Display for EspOnWrongPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the {} sends ESP on UDP port 500 ({} packets seen): what comes there is read as IKE, so that the other side drops it and the tunnel \
             carries nothing; ESP in UDP goes to port 4500",
            self.sender.name(),
            self.count
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, WHOLE, at};
    use crate::diagnose::observation::Transport;

    #[test]
    fn esp_where_only_ike_is_read_is_dropped() {
        let case = |transport, times| {
            let mut case = Case::new().ask(1, 500, 1, WHOLE).answer(1, 1, WHOLE);
            case.sa.auth.began = Some(at(0));
            case.carry(Role::Responder, 500, transport, times);
            case.find::<EspOnWrongPort>().into_iter().map(|(cause, ..)| cause).collect::<Vec<_>>()
        };
        assert_eq!(case(Transport::Udp, 3), [EspOnWrongPort { sender: Role::Responder, count: 3 }]);
        // One packet may be something else, and behind a marker's place it is where it belongs.
        assert_eq!(case(Transport::Udp, 1), []);
        assert_eq!(case(Transport::UdpNonEspMarker, 3), []);
    }
}
