//! A request got no answer.

use super::broken_response::BrokenResponse;
use super::contract::{Contract, Detect, Headline};
use super::detail::{DetailValue, Details, exchange, exchange_name, maybe, number, role, text};
use super::found::Found;
use super::init_too_large::InitTooLarge;
use super::seen::{Closed, Seen};
use super::words::{Times, Whereabouts, size_note};
use crate::diagnose::observation::Arrival;
use super::version_refused::refused;
use crate::diagnose::facts::begins;
use crate::diagnose::settings::{EAP, SILENT, Settings};
use crate::diagnose::severity::Confidence;
use crate::registry::{ExchangeType, PayloadType};
use crate::role::Role;
use alloc::vec::Vec;
use core::fmt;

/// A request got no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestUnanswered {
    /// Who asked.
    pub sender: Role,
    /// In which exchange.
    pub exchange: ExchangeType,
    /// Message ID.
    pub message_id: u32,
    /// How often it was sent.
    pub transmissions: u32,
    /// Octets of the largest IP packet it would take, or took, not fragmented by IP.
    pub largest: usize,
    /// The port it was sent to.
    pub port: u16,
    /// Whether it carried EAP: then the answer depends on an authentication server behind the peer.
    pub eap: bool,
    /// How much of it came to its end, where a capture there tells.
    pub arrival: Option<Arrival>,
}

impl RequestUnanswered {
    /// Whether the exchange is one of an IKE SA that stands.
    const fn is_later(&self) -> bool {
        matches!(self.exchange, ExchangeType::CREATE_CHILD_SA | ExchangeType::INFORMATIONAL)
    }
}

impl Contract for RequestUnanswered {
    const CODE: &'static str = "RequestUnanswered";
    const DETECT: Detect<Self> = Detect::Exchange(detect);

    fn headline(&self) -> Option<Headline> {
        let line = if self.is_later() {
            "The peer was there and fell silent: see whether it was restarted or has dropped this connection, and look at the way to it."
        } else {
            "A request is never answered: look at the peer and at the way to it."
        };
        Some(line.into())
    }

    fn who(&self) -> Option<&'static str> {
        Some("the path, or the silent side")
    }

    fn remedy(&self) -> Settings {
        if self.eap { EAP.into() } else { SILENT.into() }
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        matches!(self.exchange, ExchangeType::IKE_SA_INIT | ExchangeType::IKE_AUTH | ExchangeType::IKE_INTERMEDIATE).then_some(809)
    }

    fn details(&self) -> Details {
        alloc::vec![
            ("sender", role(self.sender)),
            ("exchange", exchange(self.exchange)),
            ("message_id", number(self.message_id)),
            ("transmissions", number(self.transmissions)),
            ("largest_datagram", number(self.largest)),
            ("port", number(self.port)),
            ("eap", DetailValue::Bool(self.eap)),
            ("arrival", maybe(self.arrival, |arrival| text(arrival.name()))),
        ]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let (sender, exchange) = (Role::Initiator, ExchangeType::IKE_AUTH);
        let auth = Self { sender, exchange, message_id: 1, transmissions: 5, largest: 1400, port: 4500, eap: false, arrival: None };
        let later = Self { exchange: ExchangeType::INFORMATIONAL, message_id: 7, ..auth.clone() };
        let here = Self { arrival: Some(Arrival::Whole), ..auth.clone() };
        alloc::vec![Self { eap: true, ..auth.clone() }, auth, later, here]
    }
}

fn detect(seen: &Seen<'_>, closed: Closed<'_>) -> Vec<Found<RequestUnanswered>> {
    // An answer that cannot be read, or is of another version, is one; a first message that is too large needs other remedies.
    let answer = seen.has::<RequestUnanswered, BrokenResponse>() || refused(seen).is_some();
    let known = answer || seen.has::<RequestUnanswered, InitTooLarge>();
    let answered = begins(closed.exchange.exchange) && known;
    let found = seen.unanswered(closed).filter(|e| e.request.is_seen() && !answered).map(|e| {
        let cause = RequestUnanswered {
            sender: e.asker,
            exchange: e.exchange,
            message_id: e.message_id,
            transmissions: e.request.sent,
            largest: e.request.largest,
            port: e.request.port,
            eap: e.request.inside == Some(PayloadType::EAP),
            arrival: e.request.arrival(),
        };
        Found::error(cause, Confidence::of(e.request.sent >= 2 || e.request.arrival().is_some()), e.request.packets.clone(), e.began())
    });
    found.into_iter().collect()
}

impl fmt::Display for RequestUnanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sender, transmissions, largest, port, .. } = self;
        let (exchange, sender, times) = (exchange_name(self.exchange), sender.name(), Times(*transmissions));
        write!(
            f,
            "the {exchange} request of the {sender} to port {port} ({largest} octets as an IP packet) was sent {times}, and no complete \
             answer came back{}",
            Whereabouts(self.sender, self.arrival)
        )?;
        if self.eap {
            f.write_str(
                "; it carries EAP, so the answer depends on the RADIUS server behind the VPN server, whose packets may be lost \
                 when they are large",
            )?;
        }
        if self.is_later() {
            f.write_str(
                "; the two had come through IKE_AUTH before, so the peer has gone since, has forgotten this IKE SA (a restart, or \
                 another connection in its place), or the way to it is cut",
            )?;
        } else if self.exchange == ExchangeType::IKE_AUTH {
            f.write_str(size_note(*largest))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, WHOLE};
    use crate::diagnose::facts::{Part, Sides};

    #[test]
    fn a_client_shows_809_only_while_it_connects() {
        let [eap, auth, later, _] = &RequestUnanswered::samples()[..] else { panic!("four samples") };
        assert_eq!([eap, auth, later].map(|cause| cause.windows_error(true)), [Some(809), Some(809), None]);
        assert!(later.headline().is_some_and(|line| line.usual.starts_with("The peer was there")));
    }

    #[test]
    fn silence_counts_unless_it_was_to_be_expected() {
        let confidence = |case: Case| case.find::<RequestUnanswered>().into_iter().map(|(_, _, sure, _)| sure).collect::<Vec<_>>();
        assert_eq!(confidence(Case::new().ask(1, 4500, 3, WHOLE)), [Confidence::High]);
        assert_eq!(confidence(Case::new().ask(1, 4500, 1, WHOLE)), [Confidence::Medium]);
        assert_eq!(confidence(Case::new().arriving(Arrival::Nothing).ask(1, 4500, 1, WHOLE)), [Confidence::High]);
        assert_eq!(confidence(Case::new().ask(1, 4500, 3, WHOLE).answer(1, 1, WHOLE)), []);
        let delete = Part::Whole { first: Some(PayloadType::D), content: None };
        assert_eq!(confidence(Case::new().ask(2, 4500, 3, delete)), []);
        // Of a side that is not in the capture two requests say nothing, and three do.
        let one_sided = |times| {
            let mut case = Case::new().ask(1, 4500, times, WHOLE);
            case.sa.seen = Sides { initiator: 9, responder: 0 };
            case
        };
        assert_eq!(confidence(one_sided(2)), []);
        assert_eq!(confidence(one_sided(3)), [Confidence::High]);
    }
}
