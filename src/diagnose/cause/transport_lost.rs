//! A datagram larger than the path takes in one packet, captured whole before it was cut into IP fragments, is not answered.

use super::contract::{Contract, Detect, Headline};
use super::detail::{Details, exchange, exchange_name, number, role};
use super::found::Found;
use super::seen::{Closed, Seen};
use super::words::Times;
use crate::diagnose::facts::{Exchange, Flow};
use crate::diagnose::settings::{FRAGMENTATION, SettingList};
use crate::diagnose::severity::Confidence;
use crate::registry::ExchangeType;
use crate::role::Role;
use alloc::vec::Vec;
use core::fmt;

/// Octets of an IP packet that Ethernet takes.
const ETHERNET: usize = 1500;

/// A datagram larger than the path takes in one packet, captured whole before it was cut into IP fragments, is not answered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TransportLost {
    /// Who sent it.
    pub sender: Role,
    /// In which exchange.
    pub exchange: ExchangeType,
    /// Octets of it as one IP packet.
    pub octets: usize,
    /// How often it was sent.
    pub transmissions: u32,
}

impl Contract for TransportLost {
    const CODE: &'static str = "TransportLost";
    const DETECT: Detect<Self> = Detect::Exchange(detect);

    fn headline(&self) -> Option<Headline> {
        let usual = "A message too large for one packet is sent without IKE fragmentation and not answered: its IP fragments get lost; switch on \
                     IKE fragmentation on both sides.";
        let case = alloc::format!(
            "A message of {} octets is sent without IKE fragmentation and not answered: its IP fragments get lost; switch on IKE fragmentation \
             on both sides.",
            self.octets
        );
        Some(Headline { usual, case: Some(case) })
    }

    fn who(&self) -> Option<&'static str> {
        Some("both sides; or whoever runs the firewall between them")
    }

    fn remedy(&self) -> SettingList {
        FRAGMENTATION.into()
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        Some(809)
    }

    fn details(&self) -> Details {
        alloc::vec![
            ("sender", role(self.sender)),
            ("exchange", exchange(self.exchange)),
            ("octets", number(self.octets)),
            ("transmissions", number(self.transmissions)),
        ]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let (sender, exchange) = (Role::Initiator, ExchangeType::IKE_AUTH);
        alloc::vec![Self { sender, exchange, octets: 5288, transmissions: 5 }]
    }
}

/// Whether a message went by as one datagram that no path takes in one packet. IKE_SA_INIT comes before fragmentation can be agreed on.
fn is_oversize(e: &Exchange, flow: &Flow) -> bool {
    let whole = flow.whole.is_some() && flow.set.is_none() && flow.sizes.len() <= 1 && !flow.streamed;
    whole && flow.largest > ETHERNET && e.exchange != ExchangeType::IKE_SA_INIT
}

/// Whether the silence about a request is explained by its size.
pub(super) fn explains(seen: &Seen<'_>, e: &Exchange) -> bool {
    let init = &seen.sa.init;
    let agreed = seen.visible.announcements() && init.silent_on_fragmentation().is_none();
    is_oversize(e, &e.request) && !agreed && !e.request.unmarked
}

fn detect(seen: &Seen<'_>, closed: Closed<'_>) -> Vec<Found<TransportLost>> {
    let asked = seen.ignored(closed).filter(|e| explains(seen, e) && seen.refused_on_the_way(e).is_none());
    let answered = seen.unheard(closed).filter(|e| is_oversize(e, &e.response));
    let lost = asked.map(|e| (e.asker, e, &e.request)).into_iter().chain(answered.map(|e| (e.asker.other(), e, &e.response)));
    let found = lost.map(|(sender, e, flow)| {
        let cause = TransportLost { sender, exchange: e.exchange, octets: flow.largest, transmissions: flow.sent };
        let known = seen.visible.announcements();
        Found::error(cause, Confidence::of(known), flow.packets.clone(), e.began()).unless(seen.came_up_after())
    });
    found.collect()
}

impl fmt::Display for TransportLost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the {} message of the {} has {} octets as one packet, more than a path takes: it was captured, or logged, before the network adapter cut it into \
             IP fragments, and on the way it is IP fragments, which a firewall, router or carrier drops (sent {})",
            exchange_name(self.exchange),
            self.sender.name(),
            self.octets,
            Times(self.transmissions)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, WHOLE};
    use crate::diagnose::cause::port_blocked::PortBlocked;

    fn sizes(case: &Case) -> Vec<usize> {
        case.find::<TransportLost>().into_iter().map(|(cause, ..)| cause.octets).collect()
    }

    #[test]
    fn what_no_path_takes_in_one_packet_is_lost_as_ip_fragments() {
        let mut case = Case::new().ask(1, 4500, 3, WHOLE);
        case.sa.init.fragmentation.responder = false;
        case.sa.exchanges[0].request.largest = 1500;
        assert_eq!(sizes(&case), [0_usize; 0]);
        assert_eq!(case.find::<PortBlocked>().len(), 1);
        case.sa.exchanges[0].request.largest = 1501;
        assert_eq!(sizes(&case), [1501]);
        assert!(case.find::<PortBlocked>().is_empty());
        // A stream has no datagrams.
        case.sa.exchanges[0].request.streamed = true;
        assert_eq!(sizes(&case), [0_usize; 0]);
        case.sa.exchanges[0].request.streamed = false;
        // With fragmentation on both sides it would not have been sent so.
        case.sa.init.fragmentation.responder = true;
        assert_eq!(sizes(&case), [0_usize; 0]);
        case.sa.init.fragmentation.responder = false;
        assert_eq!(sizes(&case.answer(1, 1, WHOLE)), [0_usize; 0]);
    }
}
