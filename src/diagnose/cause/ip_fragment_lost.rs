//! IP fragments of a message are lost on the way.

use super::contract::{Contract, Detect, Headline};
use super::detail::{DetailValue, Details, exchange, exchange_name, maybe, number, role, text};
use super::found::Found;
use super::seen::{Closed, Seen};
use super::words::{Times, Whereabouts};
use crate::diagnose::facts::{Exchange, Gap, begins};
use crate::diagnose::observation::{Arrival, IcmpError};
use crate::diagnose::settings::{FRAGMENTATION, Settings};
use crate::diagnose::severity::Confidence;
use crate::registry::ExchangeType;
use crate::role::Role;
use alloc::vec::Vec;
use core::fmt;

/// IP fragments of a message are lost on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IpFragmentLost {
    /// Who sent the message.
    pub sender: Role,
    /// In which exchange; `None` when its first fragment did not arrive.
    pub exchange: Option<ExchangeType>,
    /// How often it was sent.
    pub transmissions: u32,
    /// Octets of IP payload that arrived of one transmission; `None` when all did, here, and the peer stays silent.
    pub arrived: Option<u64>,
    /// Octets of IP payload it has, if known.
    pub total: Option<u64>,
    /// How much of it came to its end, where a capture there tells.
    pub arrival: Option<Arrival>,
}

impl Contract for IpFragmentLost {
    const CODE: &'static str = "IpFragmentLost";
    const DETECT: Detect<Self> = Detect::Exchange(detect);

    fn headline(&self) -> Option<Headline> {
        Some(
            "A large IKE message is cut into IP fragments and they are dropped on the way: switch on IKE fragmentation on both sides."
                .into(),
        )
    }

    fn who(&self) -> Option<&'static str> {
        Some("both sides; or whoever runs the firewall between them")
    }

    fn remedy(&self) -> Settings {
        FRAGMENTATION.into()
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        Some(809)
    }

    fn details(&self) -> Details {
        alloc::vec![
            ("sender", role(self.sender)),
            ("exchange", maybe(self.exchange, exchange)),
            ("transmissions", number(self.transmissions)),
            ("arrived_octets", maybe(self.arrived, number)),
            ("total_octets", maybe(self.total, number)),
            ("seen_here", DetailValue::Bool(self.arrived.is_some())),
            ("arrival", maybe(self.arrival, |arrival| text(arrival.name()))),
        ]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let whole = Self { sender: Role::Initiator, exchange: None, transmissions: 2, arrived: None, total: Some(4000), arrival: None };
        let cut = Self { exchange: Some(ExchangeType::IKE_AUTH), arrived: Some(1480), ..whole.clone() };
        let ended = Self { arrived: Some(1480), arrival: Some(Arrival::Part(1480)), ..whole.clone() };
        alloc::vec![Self { total: None, ..cut.clone() }, cut, whole, ended]
    }
}

fn detect(seen: &Seen<'_>, closed: Closed<'_>) -> Vec<Found<IpFragmentLost>> {
    // What begins an IKE SA has a cause of its own: IKE cannot split it, and what helps others does not help there.
    if begins(closed.exchange.exchange) {
        return Vec::new();
    }
    // The answer went by here and was cut up: what is lost of it is lost further on.
    if let Some(e) = seen.unheard(closed).filter(|e| e.response.sizes.len() > 1) {
        let lost = further_on(e, true);
        return alloc::vec![Found::error(lost, Confidence::of(e.response.vanishes()), e.packets(), e.response.first.unwrap_or(seen.sa.first))];
    }
    let Some(e) = seen.unanswered(closed) else { return Vec::new() };
    let before = e.flows().into_iter().filter_map(|(sender, flow)| {
        let Some(Gap::IpFragments(lost)) = flow.gap() else { return None };
        let (exchange, arrived) = (Some(e.exchange), Some(lost.arrived));
        let lost = IpFragmentLost { sender, exchange, transmissions: flow.sent, arrived, total: lost.total, arrival: None };
        Some(Found::error(lost, Confidence::High, flow.packets.clone(), e.began()))
    });
    let vanished = e.vanishes().then(|| {
        let mut told = seen.icmp_about(e);
        let sure = e.request.vanishes() || told.any(|icmp| icmp.report.error == IcmpError::ReassemblyTimeout);
        let confidence = Confidence::of(sure);
        Found::error(further_on(e, false), confidence, e.request.packets.clone(), e.began())
    });
    vanished.into_iter().chain(before).collect()
}

/// A message all of which went by here.
fn further_on(e: &Exchange, response: bool) -> IpFragmentLost {
    let (sender, flow) = if response { (e.asker.other(), &e.response) } else { (e.asker, &e.request) };
    let total = u64::try_from(flow.sizes.iter().sum::<usize>()).ok();
    let arrival = flow.arrival().filter(|_| flow.vanishes());
    let arrived = match arrival {
        Some(Arrival::Part(octets)) => Some(octets),
        _ => None,
    };
    IpFragmentLost { sender, exchange: Some(e.exchange), transmissions: flow.sent, arrived, total, arrival }
}

impl fmt::Display for IpFragmentLost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a message")?;
        if let Some(exchange) = self.exchange {
            write!(f, " of {}", exchange_name(exchange))?;
        }
        write!(f, " from the {} is cut into IP fragments", self.sender.name())?;
        match (self.arrived, self.total) {
            (Some(arrived), Some(total)) => write!(f, ", and of its {total} octets only {arrived} arrive")?,
            (Some(arrived), None) => {
                write!(f, ", and only the first {arrived} octets of it arrive (or a capture filter by port left the others out)")?;
            }
            (None, _) if self.arrival.is_some() => {}
            (None, _) => f.write_str(", and the other side never answers it: most likely the fragments are dropped on the way")?,
        }
        write!(f, " (sent {}){}. A firewall, router or carrier drops IP fragments", Times(self.transmissions), Whereabouts(self.sender, self.arrival))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{CUT, Case, WHOLE};
    use crate::diagnose::severity::Severity::Error;

    #[test]
    fn what_did_not_arrive_is_lost_before_this_point() {
        let found = Case::new().ask(1, 4500, 3, CUT).find::<IpFragmentLost>();
        let (sender, exchange) = (Role::Initiator, Some(ExchangeType::IKE_AUTH));
        let due = IpFragmentLost { sender, exchange, transmissions: 3, arrived: Some(1480), total: Some(4000), arrival: None };
        assert_eq!(found, [(due, Error, Confidence::High, alloc::vec![3, 4, 5])]);
    }

    #[test]
    fn what_went_by_and_is_not_answered_is_lost_further_on() {
        let asked = Case::new().send(1, false, 4500, 3, &[1480, 520], WHOLE);
        let found = asked.find::<IpFragmentLost>();
        assert_eq!(found.iter().map(|(cause, ..)| (cause.arrived, cause.total)).collect::<Vec<_>>(), [(None, Some(2000))]);
        assert_eq!(found[0].2, Confidence::Medium);
        assert!(asked.answer(1, 1, WHOLE).find::<IpFragmentLost>().is_empty());
        let at_the_end = |arrival| Case::new().arriving(arrival).send(1, false, 4500, 3, &[1480, 520], WHOLE).find::<IpFragmentLost>();
        let sure = |arrival| at_the_end(arrival).iter().map(|(cause, _, sure, _)| (cause.arrived, *sure)).collect::<Vec<_>>();
        assert_eq!(sure(Arrival::Part(1480)), [(Some(1480), Confidence::High)]);
        assert_eq!((sure(Arrival::Nothing), sure(Arrival::Whole)), (alloc::vec![(None, Confidence::High)], alloc::vec![]));
        assert!(Case::new().ask(1, 4500, 3, WHOLE).find::<IpFragmentLost>().is_empty());
    }
}
