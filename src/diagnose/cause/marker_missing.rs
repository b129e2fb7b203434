//! IKE on UDP port 4500 without the non-ESP marker (RFC 3948 section 2.2, RFC 7296 section 2.23).

use super::contract::{Contract, Detect, Headline};
use super::detail::{Details, exchange, exchange_name, role};
use super::found::Found;
use super::seen::{Closed, Seen};
use crate::diagnose::settings::Product::{Libreswan, Network, Rras, StrongSwan, WindowsClient};
use crate::diagnose::settings::{Setting, SettingList};
use crate::diagnose::severity::Confidence;
use crate::registry::ExchangeType;
use crate::role::Role;
use alloc::vec::Vec;
use core::fmt;

const REMEDY: &[Setting] = &[
    Setting::new(WindowsClient, "nothing to set: it sends the marker; see what stands between it and the server"),
    Setting::new(Rras, "nothing to set: it sends the marker; see what stands before it"),
    Setting::new(
        StrongSwan,
        "strongswan.conf: charon.port = 500 and charon.port_nat_t = 4500; with the two exchanged, IKE goes to port 4500 without the marker",
    ),
    Setting::new(
        Libreswan,
        "ipsec.conf: config setup listen-udp= and the connection's leftikeport= and rightikeport= fit the peer's ports",
    ),
    Setting::new(
        Network,
        "no rule may forward UDP port 500 to port 4500, or translate one into the other; other products: update, or set the port for NAT traversal \
         to 4500 and not that of IKE",
    ),
];

/// IKE on UDP port 4500 without the non-ESP marker (RFC 3948 section 2.2, RFC 7296 section 2.23).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MarkerMissing {
    /// Who leaves it out.
    pub sender: Role,
    /// In which exchange.
    pub exchange: ExchangeType,
}

impl Contract for MarkerMissing {
    const CODE: &'static str = "MarkerMissing";
    const DETECT: Detect<Self> = Detect::Exchange(detect);

    fn headline(&self) -> Option<Headline> {
        Some(
            "IKE messages on UDP port 4500 lack the marker of four zero octets, so they are taken for ESP and dropped: correct the side that \
             sends them."
                .into(),
        )
    }

    fn who(&self) -> Option<&'static str> {
        Some(match self.sender {
            Role::Initiator => "the initiator (client), or whoever forwards its port 500 to port 4500",
            Role::Responder => "the responder (server), or whoever forwards its port 500 to port 4500",
        })
    }

    fn remedy(&self) -> SettingList {
        REMEDY.into()
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        matches!(self.exchange, ExchangeType::IKE_SA_INIT | ExchangeType::IKE_AUTH | ExchangeType::IKE_INTERMEDIATE).then_some(809)
    }

    fn details(&self) -> Details {
        alloc::vec![("sender", role(self.sender)), ("exchange", exchange(self.exchange))]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        [Role::Initiator, Role::Responder].map(|sender| Self { sender, exchange: ExchangeType::IKE_AUTH }).into()
    }
}

fn detect(seen: &Seen<'_>, closed: Closed<'_>) -> Vec<Found<MarkerMissing>> {
    let request = seen.unanswered(closed).filter(|e| e.request.unmarked).map(|e| (e.asker, e, &e.request));
    let response = seen.unheard(closed).filter(|e| e.response.unmarked).map(|e| (e.asker.other(), e, &e.response));
    let found = request.into_iter().chain(response).map(|(sender, e, flow)| {
        let cause = MarkerMissing { sender, exchange: e.exchange };
        Found::error(cause, Confidence::High, flow.packets.clone(), e.began()).unless(seen.came_up_after())
    });
    found.collect()
}

impl fmt::Display for MarkerMissing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the {} sends its {} message on UDP port 4500 without the non-ESP marker, the four zero octets that stand before IKE there: the \
             other side takes it for ESP and drops it",
            self.sender.name(),
            exchange_name(self.exchange)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, WHOLE};
    use crate::diagnose::cause::port_blocked::PortBlocked;

    #[test]
    fn a_message_without_marker_that_is_not_heard_lacks_it() {
        let mut case = Case::new().ask(1, 4500, 3, WHOLE);
        assert!(case.find::<MarkerMissing>().is_empty());
        assert_eq!(case.find::<PortBlocked>().len(), 1);
        case.sa.exchanges[0].request.unmarked = true;
        let due = MarkerMissing { sender: Role::Initiator, exchange: ExchangeType::IKE_AUTH };
        assert_eq!(case.find::<MarkerMissing>()[0].0, due);
        // Then the port need not be blocked.
        assert!(case.find::<PortBlocked>().is_empty());
        // Who answers takes it all the same.
        assert!(case.answer(1, 1, WHOLE).find::<MarkerMissing>().is_empty());
    }

    #[test]
    fn an_answer_without_marker_is_not_heard_either() {
        let mut case = Case::new().ask(1, 4500, 1, WHOLE).answer(1, 1, WHOLE).ask(1, 4500, 4, WHOLE);
        assert!(case.find::<MarkerMissing>().is_empty());
        case.sa.exchanges[0].response.unmarked = true;
        assert_eq!(case.find::<MarkerMissing>()[0].0.sender, Role::Responder);
    }
}
