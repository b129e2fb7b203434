//! The answer is in the capture and does not reach the one who asked.

use super::answered_elsewhere::misdirected;
use super::broken_response::BrokenResponse;
use super::contract::{Contract, Detect, Headline};
use super::detail::{Details, exchange, exchange_name, maybe, number, role, text};
use super::found::Found;
use super::seen::{Closed, Seen};
use super::words::{Size, Times, Whereabouts, is_near_mtu, size_note};
use crate::diagnose::facts::{Exchange, begins};
use crate::diagnose::observation::Delivery;
use crate::diagnose::settings::{FRAGMENT_SIZE, SILENT, SettingList};
use crate::diagnose::severity::Confidence;
use crate::registry::ExchangeType;
use crate::role::Role;
use alloc::vec::Vec;
use core::fmt;

/// The answer is in the capture and does not reach the one who asked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResponseNotReceived {
    /// Who asked.
    pub asker: Role,
    /// In which exchange.
    pub exchange: ExchangeType,
    /// How often the request came again after the answer.
    pub repeats: u32,
    /// Octets of the largest IP packet of the answer.
    pub largest: usize,
    /// How much of it came to its end, where a capture there tells.
    pub arrival: Option<Delivery>,
}

impl Contract for ResponseNotReceived {
    const CODE: &'static str = "ResponseNotReceived";
    const DETECT: Detect<Self> = Detect::Exchange(detect);

    fn headline(&self) -> Option<Headline> {
        let line = if is_near_mtu(self.largest) {
            "The answer does not reach the one who asked: look at the way back, and make the answer's packets smaller."
        } else {
            "The answer does not reach the one who asked: look at the way back."
        };
        Some(line.into())
    }

    fn who(&self) -> Option<&'static str> {
        Some("the path, or the silent side")
    }

    fn remedy(&self) -> SettingList {
        if is_near_mtu(self.largest) { FRAGMENT_SIZE.into() } else { SILENT.into() }
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        Some(809)
    }

    fn details(&self) -> Details {
        alloc::vec![
            ("asker", role(self.asker)),
            ("exchange", exchange(self.exchange)),
            ("repeats", number(self.repeats)),
            ("largest_datagram", number(self.largest)),
            ("arrival", maybe(self.arrival, |arrival| text(arrival.name()))),
        ]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let of = |largest| Self { asker: Role::Initiator, exchange: ExchangeType::IKE_AUTH, repeats: 3, largest, arrival: None };
        let lost = Self { repeats: 0, arrival: Some(Delivery::Nothing), ..of(576) };
        [of(576), of(1400), lost].into()
    }
}

fn detect(seen: &Seen<'_>, closed: Closed<'_>) -> Vec<Found<ResponseNotReceived>> {
    // An answer that is broken does not help the one who asked, nor, as far as can be seen, one whose end the capture does not hold.
    let broken = begins(closed.exchange.exchange) && (seen.sa.init.cut || seen.has::<ResponseNotReceived, BrokenResponse>());
    // An answer that goes elsewhere, or that is none to the one who asked, is explained by that.
    let lost = |e: &&Exchange| !broken && misdirected(e).is_none() && !e.response.unmarked;
    let found = seen.unheard(closed).filter(lost).map(|e| {
        let arrival = e.response.arrival().filter(|_| e.response.vanishes());
        let repeats = e.repeats.max(e.response.sent.saturating_sub(1));
        let cause = ResponseNotReceived { asker: e.asker, exchange: e.exchange, repeats, largest: e.response.largest, arrival };
        Found::error(cause, Confidence::of(e.response.vanishes()), e.packets(), e.response.first.unwrap_or(seen.sa.first))
    });
    found.into_iter().collect()
}

impl fmt::Display for ResponseNotReceived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (asker, answerer, exchange) = (self.asker.name(), self.asker.other().name(), exchange_name(self.exchange));
        write!(f, "the {answerer} answers the {exchange} request{}, and ", Size(self.largest, "the answer has "))?;
        if self.repeats > 0 {
            write!(f, "the {asker} keeps asking ({} more): ", Times(self.repeats))?;
        }
        let place = Whereabouts(self.asker.other(), self.arrival);
        write!(f, "the answer does not reach {}{place}{}", if self.repeats > 0 { "it" } else { asker }, size_note(self.largest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, WHOLE};

    #[test]
    fn a_question_that_comes_again_twice_has_not_had_its_answer() {
        let answered = || Case::new().ask(1, 4500, 1, WHOLE).answer(1, 1, WHOLE);
        assert!(answered().find::<ResponseNotReceived>().is_empty());
        // The first of them is a copy of the same moment.
        assert!(answered().ask(1, 4500, 2, WHOLE).find::<ResponseNotReceived>().is_empty());
        let found = answered().ask(1, 4500, 3, WHOLE).find::<ResponseNotReceived>();
        assert_eq!((found[0].0.repeats, found[0].2, &*found[0].3), (2, Confidence::Medium, &[3, 4, 5, 6, 7][..]));
        // The side that asked goes on.
        assert!(answered().ask(1, 4500, 3, WHOLE).ask(2, 4500, 1, WHOLE).find::<ResponseNotReceived>().is_empty());
    }

    #[test]
    fn an_answer_that_never_came_to_its_end_needs_no_second_question() {
        let answered = |arrival| Case::new().ask(1, 4500, 1, WHOLE).arriving(arrival).answer(1, 1, WHOLE);
        let found = answered(Delivery::Nothing).find::<ResponseNotReceived>();
        assert_eq!((found[0].0.arrival, found[0].2), (Some(Delivery::Nothing), Confidence::High));
        assert!(answered(Delivery::Whole).find::<ResponseNotReceived>().is_empty());
    }

    #[test]
    fn smaller_packets_help_where_size_may_be_the_reason() {
        let of = |largest| ResponseNotReceived { largest, ..ResponseNotReceived::samples().remove(0) };
        let sizes: Vec<_> = [1279, 1280, 1500, 1501].map(|largest| of(largest).remedy() == FRAGMENT_SIZE).into();
        assert_eq!(sizes, [false, true, true, false]);
    }
}
