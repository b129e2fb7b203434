//! IP fragments of a message are lost on the way.

use super::answered_elsewhere::misdirected;
use super::contract::{Contract, Detect, Headline};
use super::detail::{DetailValue, Details, exchange, exchange_name, maybe, number, role, text};
use super::found::Found;
use super::seen::{Closed, Seen};
use super::words::{Times, Whereabouts};
use crate::diagnose::facts::{Exchange, Flow, Gap, Icmp, Packets, begins};
use crate::diagnose::observation::{Delivery, IcmpError};
use crate::diagnose::settings::{FRAGMENTATION, SettingList};
use crate::diagnose::severity::Confidence;
use crate::registry::ExchangeType;
use crate::role::Role;
use alloc::vec::Vec;
use core::fmt;
use core::net::IpAddr;

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
    pub arrival: Option<Delivery>,
    /// Who says in an ICMP error that fragments were missing when it put the message together.
    pub told_by: Option<IpAddr>,
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

    fn remedy(&self) -> SettingList {
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
            ("told_by", maybe(self.told_by, text)),
            ("seen_here", DetailValue::Bool(self.arrived.is_some())),
            ("arrival", maybe(self.arrival, |arrival| text(arrival.name()))),
        ]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let (arrival, told_by) = (None, None);
        let whole = Self { sender: Role::Initiator, exchange: None, transmissions: 2, arrived: None, total: Some(4000), told_by, arrival };
        let cut = Self { exchange: Some(ExchangeType::IKE_AUTH), arrived: Some(1480), ..whole.clone() };
        let ended = Self { arrived: Some(1480), arrival: Some(Delivery::Part(1480)), ..whole.clone() };
        let told = Self { told_by: Some(IpAddr::from([192, 0, 2, 2])), ..whole.clone() };
        alloc::vec![Self { total: None, ..cut.clone() }, cut, whole, ended, told]
    }
}

fn detect(seen: &Seen<'_>, closed: Closed<'_>) -> Vec<Found<IpFragmentLost>> {
    // What begins an IKE SA has a cause of its own: IKE cannot split it, and what helps others does not help there.
    if begins(closed.exchange.exchange) {
        return Vec::new();
    }
    // The answer went by here and was cut up: what is lost of it is lost further on.
    if let Some(e) = seen.unheard(closed).filter(|e| e.response.sizes.len() > 1 && misdirected(e).is_none()) {
        return alloc::vec![further_on(seen, e, true)];
    }
    let Some(e) = seen.unanswered(closed) else { return Vec::new() };
    let before = e.flows().into_iter().filter_map(|(sender, flow)| {
        let Some(Gap::IpFragments(lost)) = flow.gap() else { return None };
        let (exchange, arrived, icmp) = (Some(e.exchange), Some(lost.arrived), timeout(seen, flow));
        let told_by = icmp.map(|icmp| icmp.report.from);
        let lost = IpFragmentLost { sender, exchange, transmissions: flow.sent, arrived, total: lost.total, told_by, arrival: None };
        Some(Found::error(lost, Confidence::High, evidence(&flow.packets, icmp), e.began()))
    });
    let vanished = e.vanishes().then(|| further_on(seen, e, false));
    vanished.into_iter().chain(before).collect()
}

/// The ICMP error by which a host says that fragments of a message were missing.
fn timeout<'a>(seen: &Seen<'a>, flow: &'a Flow) -> Option<&'a Icmp> {
    let mut told = flow.ways.iter().flat_map(|way| seen.icmp(*way));
    told.find(|icmp| icmp.report.error == IcmpError::ReassemblyTimeout)
}

fn evidence(packets: &Packets, icmp: Option<&Icmp>) -> Packets {
    icmp.map_or_else(|| packets.clone(), |icmp| packets.join(&icmp.packets))
}

/// A message all of which went by here.
fn further_on<'a>(seen: &Seen<'a>, e: &'a Exchange, response: bool) -> Found<IpFragmentLost> {
    let (sender, flow) = if response { (e.asker.other(), &e.response) } else { (e.asker, &e.request) };
    let total = u64::try_from(flow.sizes.iter().sum::<usize>()).ok();
    let arrival = flow.arrival().filter(|_| flow.vanishes());
    let arrived = match arrival {
        Some(Delivery::Part(octets)) => Some(octets),
        _ => None,
    };
    let icmp = timeout(seen, flow);
    let (exchange, told_by) = (Some(e.exchange), icmp.map(|icmp| icmp.report.from));
    let lost = IpFragmentLost { sender, exchange, transmissions: flow.sent, arrived, total, told_by, arrival };
    let packets = if response { e.packets() } else { flow.packets.clone() };
    let sure = icmp.is_some() || flow.vanishes();
    Found::error(lost, Confidence::of(sure), evidence(&packets, icmp), flow.first.unwrap_or(seen.sa.first))
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
        if let Some(host) = self.told_by {
            write!(f, "; an ICMP error from {host} says so: it waited for the rest and gave up (fragment reassembly time exceeded)")?;
        }
        write!(
            f,
            " (sent {}){}. A firewall, router or carrier drops IP fragments",
            Times(self.transmissions),
            Whereabouts(self.sender, self.arrival)
        )
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
        let due =
            IpFragmentLost { sender, exchange, transmissions: 3, arrived: Some(1480), total: Some(4000), told_by: None, arrival: None };
        assert_eq!(found, [(due, Error, Confidence::High, alloc::vec![3, 4, 5])]);
    }

    #[test]
    fn what_went_by_and_is_not_answered_is_lost_further_on() {
        let asked = Case::new().send(1, false, 4500, 3, &[1480, 520], WHOLE);
        let found = asked.find::<IpFragmentLost>();
        assert_eq!(found.iter().map(|(cause, ..)| (cause.arrived, cause.total)).collect::<Vec<_>>(), [(None, Some(2000))]);
        assert_eq!(found[0].2, Confidence::Medium);
        let mut told = Case::new().send(1, false, 4500, 3, &[1480, 520], WHOLE);
        told.complain(4500, IcmpError::ReassemblyTimeout);
        let found = told.find::<IpFragmentLost>();
        assert_eq!((found[0].0.told_by.is_some(), found[0].2, found[0].3.last()), (true, Confidence::High, Some(&90)));
        assert!(asked.answer(1, 1, WHOLE).find::<IpFragmentLost>().is_empty());
        let at_the_end = |arrival| Case::new().arriving(arrival).send(1, false, 4500, 3, &[1480, 520], WHOLE).find::<IpFragmentLost>();
        let sure = |arrival| at_the_end(arrival).iter().map(|(cause, _, sure, _)| (cause.arrived, *sure)).collect::<Vec<_>>();
        assert_eq!(sure(Delivery::Part(1480)), [(Some(1480), Confidence::High)]);
        assert_eq!((sure(Delivery::Nothing), sure(Delivery::Whole)), (alloc::vec![(None, Confidence::High)], alloc::vec![]));
        assert!(Case::new().ask(1, 4500, 3, WHOLE).find::<IpFragmentLost>().is_empty());
    }
}
