//! A message was sent as IP fragments.

use super::contract::{Contract, Detect, Headline};
use super::detail::{Details, exchange, exchange_name, numbers, role};
use super::found::Found;
use super::init_too_large;
use super::seen::{Closed, Seen};
use super::words::Joined;
use crate::diagnose::facts::begins;
use crate::diagnose::settings::{FRAGMENTATION, SettingList};
use crate::diagnose::severity::Confidence;
use crate::registry::ExchangeType;
use crate::role::Role;
use alloc::vec::Vec;
use core::fmt;

/// A message was sent as IP fragments.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IpFragmentsSent {
    /// By whom.
    pub sender: Role,
    /// In which exchange.
    pub exchange: ExchangeType,
    /// Octets of IP payload in each packet.
    pub sizes: Vec<usize>,
}

impl Contract for IpFragmentsSent {
    const CODE: &'static str = "IpFragmentsSent";
    const DETECT: Detect<Self> = Detect::Exchange(detect);

    fn headline(&self) -> Option<Headline> {
        None
    }

    fn who(&self) -> Option<&'static str> {
        None
    }

    /// Whoever may be asked to let IP fragments pass is told where.
    fn remedy(&self) -> SettingList {
        if begins(self.exchange) { init_too_large::REMEDY.into() } else { FRAGMENTATION.into() }
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        None
    }

    fn details(&self) -> Details {
        alloc::vec![("sender", role(self.sender)), ("exchange", exchange(self.exchange)), ("sizes", numbers(&self.sizes))]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        alloc::vec![Self { sender: Role::Initiator, exchange: ExchangeType::IKE_AUTH, sizes: alloc::vec![1480, 200] }]
    }
}

fn detect(seen: &Seen<'_>, closed: Closed<'_>) -> Vec<Found<IpFragmentsSent>> {
    let exchange = closed.exchange.exchange;
    let sent = closed.exchange.flows().into_iter().filter(|(_, flow)| flow.sizes.len() > 1).map(|(sender, flow)| {
        let cause = IpFragmentsSent { sender, exchange, sizes: flow.sizes.clone() };
        Found::info(cause, Confidence::High, flow.packets.clone(), flow.first.unwrap_or(seen.sa.first))
    });
    sent.collect()
}

impl fmt::Display for IpFragmentsSent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (exchange, sender, count, sizes) =
            (exchange_name(self.exchange), self.sender.name(), self.sizes.len(), Joined(&self.sizes, " + "));
        write!(
            f,
            "the {exchange} message of the {sender} travels as {count} IP fragments ({sizes} octets): it needs every router and firewall \
             on the way to pass those"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, WHOLE};

    #[test]
    fn the_sizes_of_both_messages_are_told() {
        let case = Case::new().send(1, false, 4500, 1, &[1480, 200], WHOLE).send(1, true, 4500, 1, &[1480, 300], WHOLE);
        let found: Vec<_> = case.find::<IpFragmentsSent>().into_iter().map(|(cause, ..)| (cause.sender, cause.sizes)).collect();
        // Whoever may be asked to let IP fragments pass is told where, though nothing has failed.
        assert!(IpFragmentsSent::samples().iter().all(|cause| cause.remedy() == FRAGMENTATION && cause.headline().is_none()));
        let first = IpFragmentsSent { exchange: ExchangeType::IKE_SA_INIT, ..IpFragmentsSent::samples().remove(0) };
        assert_eq!(first.remedy(), init_too_large::REMEDY, "IKE cannot split that one");
        assert_eq!(found, [(Role::Initiator, alloc::vec![1480, 200]), (Role::Responder, alloc::vec![1480, 300])]);
    }
}
