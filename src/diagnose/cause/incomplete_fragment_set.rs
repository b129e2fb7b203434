//! Fragments of a message are missing, however often it was sent (RFC 7383 section 2.5).

use super::contract::{Contract, Detect, Headline};
use super::detail::{Details, exchange, exchange_name, maybe, number, numbers, role, text};
use super::found::Found;
use super::seen::{Closed, Seen};
use super::words::{Joined, SAFE, Whereabouts};
use crate::diagnose::facts::{Exchange, Flow, Gap};
use crate::diagnose::observation::Delivery;
use crate::diagnose::settings::{FRAGMENT_SIZE, SettingList};
use crate::diagnose::severity::Confidence;
use crate::registry::ExchangeType;
use crate::role::Role;
use alloc::vec::Vec;
use core::fmt;

/// Missing fragment numbers told one by one.
const NUMBERS: usize = 12;

/// Fragments of a message are missing, however often it was sent (RFC 7383 section 2.5).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IncompleteFragmentSet {
    /// Who sent it.
    pub sender: Role,
    /// In which exchange.
    pub exchange: ExchangeType,
    /// Message ID.
    pub message_id: u32,
    /// Total Fragments.
    pub total: u16,
    /// The first 64 of the numbers missing.
    pub missing: Vec<u16>,
    /// Octets of the largest IP packet of the set.
    pub largest: usize,
    /// How much of it came to its end, where a capture there tells.
    pub arrival: Option<Delivery>,
}

impl Contract for IncompleteFragmentSet {
    const CODE: &'static str = "IncompleteFragmentSet";
    const DETECT: Detect<Self> = Detect::Exchange(detect);

    fn headline(&self) -> Option<Headline> {
        Some("Some IKE fragments never arrive: they are still too large for the path, or somebody drops them; make them smaller.".into())
    }

    fn who(&self) -> Option<&'static str> {
        Some(match self.sender {
            Role::Initiator => "the initiator's fragment size, or the path",
            Role::Responder => "the responder's fragment size, or the path",
        })
    }

    fn remedy(&self) -> SettingList {
        FRAGMENT_SIZE.into()
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        Some(809)
    }

    fn details(&self) -> Details {
        alloc::vec![
            ("sender", role(self.sender)),
            ("exchange", exchange(self.exchange)),
            ("message_id", number(self.message_id)),
            ("total", number(self.total)),
            ("missing", numbers(&self.missing)),
            ("largest_datagram", number(self.largest)),
            ("arrival", maybe(self.arrival, |arrival| text(arrival.name()))),
        ]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let exchange = ExchangeType::IKE_AUTH;
        let one = Self { sender: Role::Initiator, exchange, message_id: 1, total: 5, missing: alloc::vec![2], largest: 576, arrival: None };
        alloc::vec![
            Self { missing: alloc::vec![1, 2, 3, 4], largest: 1400, ..one.clone() },
            Self { arrival: Some(Delivery::Nothing), ..one.clone() },
            Self { sender: Role::Responder, ..one }
        ]
    }
}

fn detect(seen: &Seen<'_>, closed: Closed<'_>) -> Vec<Found<IncompleteFragmentSet>> {
    // All of it was sent, and a capture at its end tells what did not come there.
    let lost_here = |sender: Role, flow: &Flow, e: &Exchange| {
        let set = flow.set.as_ref().filter(|_| flow.comes_in_part())?;
        Some(found(sender, flow, e, (set.total, set.vanished()), Some(Delivery::Nothing)))
    };
    if let Some(e) = seen.unheard(closed) {
        return lost_here(e.asker.other(), &e.response, e).into_iter().collect();
    }
    let Some(e) = seen.unanswered(closed) else { return Vec::new() };
    let vanished = lost_here(e.asker, &e.request, e);
    let incomplete = e.flows().into_iter().filter_map(|(sender, flow)| {
        let Some(Gap::Fragments(set)) = flow.gap() else { return None };
        Some(found(sender, flow, e, (set.total, set.missing()), None))
    });
    vanished.into_iter().chain(incomplete).collect()
}

fn found(
    sender: Role,
    flow: &Flow,
    e: &Exchange,
    (total, missing): (u16, Vec<u16>),
    arrival: Option<Delivery>,
) -> Found<IncompleteFragmentSet> {
    let (exchange, message_id, largest) = (e.exchange, e.message_id, flow.largest);
    let cause = IncompleteFragmentSet { sender, exchange, message_id, total, missing, largest, arrival };
    Found::error(cause, Confidence::High, flow.packets.clone(), e.began())
}

impl fmt::Display for IncompleteFragmentSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sender, total, missing, largest, .. } = self;
        let exchange = exchange_name(self.exchange);
        write!(f, "of the {total} IKE fragments of the {exchange} message of the {}, number", sender.name())?;
        let told = missing.get(..NUMBERS).unwrap_or(missing);
        write!(f, "{}{}", if told.is_empty() { "" } else { " " }, Joined(told, ", "))?;
        if missing.len() > NUMBERS {
            f.write_str(" and more")?;
        }
        f.write_str(if self.arrival.is_some() { " never arrive" } else { " never come by here" })?;
        // The last one is the rest, and has room for less than the others.
        if usize::from(*total) == missing.len().saturating_add(1) && !missing.contains(total) {
            write!(f, "; only the last does, the smallest ({largest} octets): the others are too large for the path, as it seems")?;
        } else if *largest > SAFE {
            write!(f, "; packets of {largest} octets may be too large for the path")?;
        }
        // Those that are missing were sent as one message, and are lost as one.
        Whereabouts(*sender, self.arrival).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, fragment};
    use alloc::string::ToString;

    #[test]
    fn what_arrives_tells_whether_size_matters() {
        let [large, _, one] = &IncompleteFragmentSet::samples()[..] else { panic!("three samples") };
        assert!(large.to_string().ends_with("number 1, 2, 3, 4 never come by here; only the last does, the smallest (1400 octets): the others are too large for the path, as it seems"));
        assert!(one.to_string().ends_with("number 2 never come by here"));
        let many = IncompleteFragmentSet { total: 30, missing: (1..=13).collect(), ..one.clone() };
        assert!(many.to_string().contains("11, 12 and more never"), "{many}");
    }

    #[test]
    fn what_did_not_come_to_its_end_is_told_though_all_was_sent() {
        let sent = Case::new().arriving(Delivery::Whole).ask(1, 4500, 1, fragment(1, 3)).ask(1, 4500, 1, fragment(3, 3));
        let lost = sent.arriving(Delivery::Nothing).ask(1, 4500, 2, fragment(2, 3));
        let found = lost.find::<IncompleteFragmentSet>();
        assert_eq!(found.len(), 1);
        assert_eq!((&*found[0].0.missing, found[0].2), (&[2][..], Confidence::High));
        assert!(found[0].0.to_string().contains("number 2 never arrive"), "{}", found[0].0);
        // It came when it was sent again.
        assert!(lost.arriving(Delivery::Whole).ask(1, 4500, 1, fragment(2, 3)).find::<IncompleteFragmentSet>().is_empty());
    }

    #[test]
    fn the_numbers_that_never_came_are_told_unless_there_is_an_answer() {
        let asked = Case::new().ask(1, 4500, 2, fragment(1, 3));
        let found = asked.find::<IncompleteFragmentSet>();
        assert_eq!(found.len(), 1);
        assert_eq!((&*found[0].0.missing, found[0].2, &*found[0].3), (&[2, 3][..], Confidence::High, &[3, 4][..]));
        assert!(asked.answer(1, 1, crate::diagnose::cause::kit::WHOLE).find::<IncompleteFragmentSet>().is_empty());
    }
}
