//! The answer is in the capture and does not reach the one who asked.

use super::answered_elsewhere::misdirected;
use super::contract::{Contract, Detect, Headline};
use super::detail::{Details, exchange, exchange_name, number, role};
use super::found::Found;
use super::seen::{Closed, Seen};
use super::words::{Times, is_near_mtu, size_note};
use crate::diagnose::facts::Exchange;
use crate::diagnose::settings::{FRAGMENT_SIZE, SILENT, Settings};
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

    fn remedy(&self) -> Settings {
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
        ]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let of = |largest| Self { asker: Role::Initiator, exchange: ExchangeType::IKE_AUTH, repeats: 3, largest };
        [576, 1400].map(of).into()
    }
}

fn detect(seen: &Seen<'_>, closed: Closed<'_>) -> Vec<Found<ResponseNotReceived>> {
    // An answer that goes elsewhere, or that is none to the one who asked, is explained by that.
    let lost = |e: &&Exchange| misdirected(e).is_none() && !e.response.unmarked;
    let found = seen.unheard(closed).filter(lost).map(|e| {
        let repeats = e.repeats.max(e.response.sent.saturating_sub(1));
        let cause = ResponseNotReceived { asker: e.asker, exchange: e.exchange, repeats, largest: e.response.largest };
        Found::error(cause, Confidence::Medium, e.packets(), e.response.first.unwrap_or(seen.sa.first))
    });
    found.into_iter().collect()
}

impl fmt::Display for ResponseNotReceived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the {} answers the {} request (largest IP packet of the answer: {} octets), and the {} keeps asking \
             ({} more): the answer does not reach it{}",
            self.asker.other().name(),
            exchange_name(self.exchange),
            self.largest,
            self.asker.name(),
            Times(self.repeats),
            size_note(self.largest)
        )
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
    fn smaller_packets_help_where_size_may_be_the_reason() {
        let of = |largest| ResponseNotReceived { largest, ..ResponseNotReceived::samples().remove(0) };
        let sizes: Vec<_> = [1279, 1280, 1500, 1501].map(|largest| of(largest).remedy() == FRAGMENT_SIZE).into();
        assert_eq!(sizes, [false, true, true, false]);
    }
}
