//! One message went by too often.

use super::contract::{Contract, Detect, Headline};
use super::detail::{Details, exchange, exchange_name, number, role};
use super::found::Found;
use super::seen::{Closed, Seen};
use super::words::Times;
use crate::diagnose::settings::{SILENT, SettingList};
use crate::diagnose::severity::{Confidence, Severity};
use crate::registry::ExchangeType;
use crate::role::Role;
use alloc::vec::Vec;
use core::fmt;

/// Copies of one datagram no sender makes: strongSwan sends six times, libreswan seven, and a capture may hold each twice.
const STORM: u32 = 16;

/// One message went by too often.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetransmissionStorm {
    /// Who sent it.
    pub sender: Role,
    /// In which exchange.
    pub exchange: ExchangeType,
    /// How often.
    pub copies: u32,
}

impl Contract for RetransmissionStorm {
    const CODE: &'static str = "RetransmissionStorm";
    const DETECT: Detect<Self> = Detect::Exchange(detect);

    fn headline(&self) -> Option<Headline> {
        Some("One message is repeated far too often: a peer or the path is misbehaving.".into())
    }

    fn who(&self) -> Option<&'static str> {
        Some("the side that sends it")
    }

    fn remedy(&self) -> SettingList {
        SILENT.into()
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        None
    }

    fn details(&self) -> Details {
        alloc::vec![("sender", role(self.sender)), ("exchange", exchange(self.exchange)), ("copies", number(self.copies))]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        alloc::vec![Self { sender: Role::Responder, exchange: ExchangeType::CREATE_CHILD_SA, copies: STORM }]
    }
}

fn detect(seen: &Seen<'_>, closed: Closed<'_>) -> Vec<Found<RetransmissionStorm>> {
    let exchange = closed.exchange.exchange;
    let storms = closed.exchange.flows().into_iter().filter(|(_, flow)| flow.copies >= STORM).map(|(sender, flow)| {
        let cause = RetransmissionStorm { sender, exchange, copies: flow.copies };
        let found = Found::info(cause, Confidence::High, flow.packets.clone(), flow.first.unwrap_or(seen.sa.first));
        Found { severity: Severity::Warning, ..found }
    });
    storms.collect()
}

impl fmt::Display for RetransmissionStorm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (exchange, sender, times) = (exchange_name(self.exchange), self.sender.name(), Times(self.copies));
        write!(f, "the same {exchange} message of the {sender} went by {times}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, WHOLE};

    #[test]
    fn fifteen_copies_are_none() {
        let storm = |times| Case::new().ask(1, 4500, times, WHOLE).answer(1, 1, WHOLE).find::<RetransmissionStorm>();
        assert!(storm(15).is_empty());
        let found = storm(16);
        assert_eq!((found[0].0.copies, found[0].1), (16, Severity::Warning));
    }
}
