//! A router says that packets are too large for its next hop, and of what size they may be (RFC 792, RFC 4443 section 3.2).

use super::contract::{Contract, Detect, Headline};
use super::detail::{DetailValue, Details, exchange, exchange_name, maybe, number, role, text};
use super::found::Found;
use super::seen::{Closed, Seen};
use crate::diagnose::facts::{Exchange, Flow, Icmp};
use crate::diagnose::observation::IcmpError;
use crate::diagnose::settings::{FRAGMENT_SIZE, FRAGMENTATION, SettingList};
use crate::diagnose::severity::Confidence;
use crate::registry::ExchangeType;
use crate::role::Role;
use alloc::vec::Vec;
use core::fmt;
use core::net::IpAddr;
use core::time::Duration;

/// What is complained about was sent so long before, or less.
const SOON: Duration = Duration::from_secs(2);
/// Octets every host takes in one packet (RFC 791): where the router does not say how many it takes, it is not less.
const LEAST: usize = 576;

/// A router says that packets are too large for its next hop, and of what size they may be (RFC 792, RFC 4443 section 3.2).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PathMtuTold {
    /// Whose packets are too large.
    pub sender: Role,
    /// In which exchange.
    pub exchange: ExchangeType,
    /// Octets the next hop takes, if the router says.
    pub mtu: Option<u32>,
    /// The router.
    pub by: IpAddr,
    /// Octets of the largest packet that was sent, the message not fragmented by IP.
    pub largest: usize,
    /// The message is sent as IKE fragments.
    pub fragmented: bool,
}

impl Contract for PathMtuTold {
    const CODE: &'static str = "PathMtuTold";
    const DETECT: Detect<Self> = Detect::Exchange(detect);

    fn headline(&self) -> Option<Headline> {
        let usual =
            "A router on the way says that the packets are too large for it: make IKE fragments smaller, or switch IKE fragmentation on.";
        let cure = if self.fragmented { "make IKE fragments smaller" } else { "switch IKE fragmentation on, with fragments of that size" };
        let Self { by, largest, .. } = self;
        let case = self.mtu.map(|mtu| alloc::format!("The router {by} takes packets of {mtu} octets and is sent up to {largest}: {cure}."));
        Some(Headline { usual, case })
    }

    fn who(&self) -> Option<&'static str> {
        Some(match self.sender {
            Role::Initiator => "the initiator's fragment size, or the path",
            Role::Responder => "the responder's fragment size, or the path",
        })
    }

    fn remedy(&self) -> SettingList {
        if self.fragmented { FRAGMENT_SIZE.into() } else { FRAGMENTATION.into() }
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        matches!(self.exchange, ExchangeType::IKE_SA_INIT | ExchangeType::IKE_AUTH | ExchangeType::IKE_INTERMEDIATE).then_some(809)
    }

    fn details(&self) -> Details {
        alloc::vec![
            ("sender", role(self.sender)),
            ("exchange", exchange(self.exchange)),
            ("mtu", maybe(self.mtu, number)),
            ("by", text(self.by)),
            ("largest_datagram", number(self.largest)),
            ("fragmented", DetailValue::Bool(self.fragmented)),
        ]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let (sender, exchange, by) = (Role::Initiator, ExchangeType::IKE_AUTH, IpAddr::from([198, 51, 100, 1]));
        let one = Self { sender, exchange, mtu: Some(1200), by, largest: 1260, fragmented: true };
        alloc::vec![Self { fragmented: false, ..one.clone() }, Self { mtu: None, sender: Role::Responder, ..one.clone() }, one]
    }
}

/// The ICMP error about packets of a message, and what it says they may have. One about ESP between the same ports says nothing about a
/// message that is no larger.
fn complaint<'a>(seen: &Seen<'a>, flow: &'a Flow) -> Option<(&'a Icmp, Option<u32>)> {
    let first = flow.first?;
    let about = flow.ways.iter().flat_map(|way| seen.icmp(*way)).filter(|icmp| icmp.last >= first && icmp.first - flow.last <= SOON);
    about.filter(|icmp| !icmp.report.esp).find_map(|icmp| {
        let IcmpError::TooBig(mtu) = icmp.report.error else { return None };
        let room = mtu.and_then(|mtu| usize::try_from(mtu).ok()).unwrap_or(LEAST);
        (flow.largest > room).then_some((icmp, mtu))
    })
}

/// Whether a router says that an exchange has no answer because its packets are too large.
pub(super) fn explains(seen: &Seen<'_>, e: &Exchange) -> bool {
    e.flows().into_iter().any(|(_, flow)| complaint(seen, flow).is_some())
}

fn detect(seen: &Seen<'_>, closed: Closed<'_>) -> Vec<Found<PathMtuTold>> {
    let e = closed.exchange;
    let failed = seen.unanswered(closed).is_some() || seen.unheard(closed).is_some();
    let told = e.flows().into_iter().filter_map(|(sender, flow)| {
        let (icmp, mtu) = complaint(seen, flow)?;
        let (exchange, by, largest, fragmented) = (e.exchange, icmp.report.from, flow.largest, flow.set.is_some());
        let cause = PathMtuTold { sender, exchange, mtu, by, largest, fragmented };
        let found = Found::error(cause, Confidence::High, icmp.packets.clone(), icmp.first);
        Some(found.unless(!failed || seen.came_up_after()))
    });
    told.collect()
}

impl fmt::Display for PathMtuTold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { by, largest, .. } = self;
        let (exchange, sender) = (exchange_name(self.exchange), self.sender.name());
        write!(
            f,
            "an ICMP error from the router {by} says that packets of the {exchange} message of the {sender} (up to {largest} octets) are too large"
        )?;
        match self.mtu {
            Some(mtu) => write!(f, " for its next hop, which takes {mtu} octets")?,
            None => f.write_str(" for its next hop")?,
        }
        f.write_str("; larger ones are dropped there")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, WHOLE};
    use crate::diagnose::cause::port_blocked::PortBlocked;
    use crate::diagnose::cause::request_unanswered::RequestUnanswered;
    use crate::diagnose::severity::Severity;

    fn found(case: &Case) -> Vec<(Option<u32>, Severity, Vec<u64>)> {
        case.find::<PathMtuTold>().into_iter().map(|(cause, severity, _, packets)| (cause.mtu, severity, packets)).collect()
    }

    #[test]
    fn a_router_explains_the_silence_if_the_packets_are_too_large_for_it() {
        let told = |mtu| {
            let mut case = Case::new().ask(1, 4500, 3, WHOLE);
            case.complain(4500, IcmpError::TooBig(mtu));
            case
        };
        let case = told(Some(1200));
        assert_eq!(found(&case), [(Some(1200), Severity::Error, alloc::vec![90])]);
        assert!(case.find::<RequestUnanswered>()[0].0.too_large && case.find::<PortBlocked>().is_empty());
        assert_eq!(found(&told(None)), [(None, Severity::Error, alloc::vec![90])]);
        // What has no more octets than the router takes is lost for another reason.
        assert_eq!(found(&told(Some(1400))), []);
        assert!(!told(Some(1400)).find::<RequestUnanswered>()[0].0.too_large);
        // With an answer it is worth knowing.
        assert_eq!(found(&told(Some(1200)).answer(1, 1, WHOLE)), [(Some(1200), Severity::Info, alloc::vec![90])]);
    }
}
