//! A request got no answer.

use super::broken_response::BrokenResponse;
use super::contract::{Contract, Detect, Headline};
use super::detail::{DetailValue, Details, exchange, exchange_name, maybe, number, role, text};
use super::found::Found;
use super::init_too_large::InitTooLarge;
use super::path_mtu_told;
use super::seen::{Closed, Seen};
use super::spi_unknown::SpiUnknown;
use super::version_refused::refused;
use super::words::{Size, Times, Whereabouts, size_note};
use crate::diagnose::facts::{Exchange, begins};
use crate::diagnose::observation::Delivery;
use crate::diagnose::settings::{EAP, FRAGMENT_SIZE, SILENT, SettingList};
use crate::diagnose::severity::Confidence;
use crate::registry::{ExchangeType, PayloadType};
use crate::role::Role;
use alloc::vec::Vec;
use core::fmt;

/// The ports of IKE, before it moves and after.
const IKE: u16 = 500;
const NAT_T: u16 = 4500;

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
    /// The port to which the two had moved before, if this one went to another (RFC 7296 section 2.23).
    pub moved_to: Option<u16>,
    /// A router says that its packets, or those of the answer, are too large.
    pub too_large: bool,
    /// Whether it carried EAP: then the answer depends on an authentication server behind the peer.
    pub eap: bool,
    /// How much of it came to its end, where a capture there tells.
    pub arrival: Option<Delivery>,
    /// The answer may be larger than the request, and the two have not agreed on IKE fragmentation: then it comes in IP fragments.
    pub cut_answer: bool,
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
        let line = if self.moved_to.is_some() {
            "A request goes back to UDP port 500 after IKE had moved to port 4500, and is not answered: it must go to port 4500."
        } else if self.is_later() {
            "The peer was there and fell silent: see whether it was restarted or has dropped this connection, and look at the way to it."
        } else {
            "A request is never answered: look at the peer and at the way to it."
        };
        let cut = "A request is never answered: look at the peer and at the way to it. A large answer, as with certificates, is lost where \
                   IP fragments are dropped, because IKE fragmentation is not on at both sides.";
        Some(Headline { usual: line, case: self.cut_answer.then(|| cut.into()) })
    }

    fn who(&self) -> Option<&'static str> {
        Some(if self.moved_to.is_some() { "the side that sends it" } else { "the path, or the silent side" })
    }

    fn remedy(&self) -> SettingList {
        match (self.too_large, self.eap) {
            (true, _) => FRAGMENT_SIZE.into(),
            (false, true) => EAP.into(),
            (false, false) => SILENT.into(),
        }
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
            ("moved_to", maybe(self.moved_to, number)),
            ("too_large", DetailValue::Bool(self.too_large)),
            ("eap", DetailValue::Bool(self.eap)),
            ("arrival", maybe(self.arrival, |arrival| text(arrival.name()))),
        ]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let (sender, exchange) = (Role::Initiator, ExchangeType::IKE_AUTH);
        let auth = Self {
            sender,
            exchange,
            message_id: 1,
            transmissions: 5,
            largest: 1400,
            port: 4500,
            moved_to: None,
            too_large: false,
            eap: false,
            arrival: None,
            cut_answer: false,
        };
        let later = Self { exchange: ExchangeType::INFORMATIONAL, message_id: 7, ..auth.clone() };
        let back = Self { port: 500, moved_to: Some(4500), ..later.clone() };
        let large = Self { too_large: true, ..auth.clone() };
        let here = Self { arrival: Some(Delivery::Whole), ..auth.clone() };
        let cut = Self { cut_answer: true, ..auth.clone() };
        alloc::vec![Self { eap: true, ..auth.clone() }, auth, later, back, large, here, cut]
    }
}

fn detect(seen: &Seen<'_>, closed: Closed<'_>) -> Vec<Found<RequestUnanswered>> {
    // An answer that cannot be read, or is of another version, is one; a first message that is too large needs other remedies.
    let answer = seen.has::<RequestUnanswered, BrokenResponse>() || refused(seen).is_some();
    let known = answer || seen.has::<RequestUnanswered, InitTooLarge>();
    let answered = begins(closed.exchange.exchange) && known;
    // A peer that says that it does not know the IKE SA is not silent.
    let unknown = |e: &Exchange| seen.sa.unknown_spi.as_ref().is_some_and(|unknown| unknown.time >= e.began());
    let explained = |e: &Exchange| seen.has::<RequestUnanswered, SpiUnknown>() && unknown(e);
    let found = seen.unanswered(closed).filter(|e| e.request.is_seen() && !answered && !explained(e)).map(|e| {
        let too_large = path_mtu_told::explains(seen, e);
        let cause = RequestUnanswered {
            sender: e.asker,
            exchange: e.exchange,
            message_id: e.message_id,
            transmissions: e.request.sent,
            largest: e.request.largest,
            port: e.request.port,
            moved_to: moved_to(seen, e),
            too_large,
            eap: e.request.inside == Some(PayloadType::EAP),
            arrival: e.request.arrival(),
            cut_answer: !too_large && cut_answer(seen, e),
        };
        let later = cause.is_later();
        let sure = Confidence::of(e.request.sent >= 2 || e.request.arrival().is_some());
        Found::error(cause, sure, e.request.packets.clone(), e.began()).unless(!later && seen.came_up_after())
    });
    found.into_iter().collect()
}

/// Whether the responder may have answered by a message that only IP fragments could bring.
fn cut_answer(seen: &Seen<'_>, e: &Exchange) -> bool {
    let asks_for_much = e.asker == Role::Initiator && matches!(e.exchange, ExchangeType::IKE_AUTH | ExchangeType::IKE_INTERMEDIATE);
    let arrives = e.request.arrival().is_none_or(|arrival| arrival == Delivery::Whole);
    asks_for_much && arrives && seen.visible.announcements() && seen.sa.init.silent_on_fragmentation().is_some()
}

/// The port on which the two have spoken under the protection of the IKE SA, when the request went to port 500 and not there.
fn moved_to(seen: &Seen<'_>, e: &Exchange) -> Option<u16> {
    let goes_back = e.request.port == IKE && e.exchange != ExchangeType::IKE_SA_INIT;
    let before = seen.sa.exchanges.iter().filter(|other| other.response.whole.is_some_and(|answered| answered <= e.began()));
    let moved = before.flat_map(|other| &other.request.ways).any(|way| [way.src.port(), way.dst.port()].contains(&NAT_T));
    (goes_back && moved).then_some(NAT_T)
}

impl fmt::Display for RequestUnanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sender, transmissions, largest, port, .. } = self;
        let (exchange, sender, times) = (exchange_name(self.exchange), sender.name(), Times(*transmissions));
        let size = Size(*largest, "");
        write!(
            f,
            "the {exchange} request of the {sender} to port {port}{size} was sent {times}, and no complete answer came back{}",
            Whereabouts(self.sender, self.arrival)
        )?;
        if self.too_large {
            f.write_str("; a router says that its packets, or those of the answer, are too large")?;
        }
        if self.cut_answer {
            f.write_str(
                "; IKE fragmentation is not on at both sides, so a large answer comes in IP fragments, which may be dropped on the way",
            )?;
        }
        if self.eap {
            f.write_str(
                "; it carries EAP, so the answer depends on the RADIUS server behind the VPN server, whose packets may be lost \
                 when they are large",
            )?;
        }
        if let Some(moved_to) = self.moved_to {
            write!(
                f,
                "; the two had moved from port 500 to port {moved_to}, where IKE stays then: a translator on the way knows no way back for port {port}"
            )?;
        } else if self.is_later() {
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
    use crate::diagnose::cause::kit::{Case, WHOLE, at, packets};
    use crate::diagnose::cause::row::Placed;
    use crate::diagnose::facts::{Part, Sides, UnknownSpi};

    #[test]
    fn a_client_shows_809_only_while_it_connects() {
        let [eap, auth, later, ..] = &RequestUnanswered::samples()[..] else { panic!("five samples") };
        assert_eq!([eap, auth, later].map(|cause| cause.windows_error(true)), [Some(809), Some(809), None]);
        assert!(later.headline().is_some_and(|line| line.usual.starts_with("The peer was there")));
    }

    #[test]
    fn a_request_that_goes_back_to_port_500_is_told_so() {
        let moved = |port| {
            let case = Case::new().ask(1, port, 1, WHOLE).send(1, true, port, 1, &[], WHOLE).ask(2, 500, 3, WHOLE);
            case.find::<RequestUnanswered>().into_iter().map(|(cause, ..)| (cause.message_id, cause.moved_to)).collect::<Vec<_>>()
        };
        assert_eq!((moved(4500), moved(500)), (alloc::vec![(2, Some(4500))], alloc::vec![(2, None)]));
    }

    #[test]
    fn who_says_that_the_ike_sa_is_unknown_is_not_silent() {
        let mut case = Case::new().ask(2, 4500, 3, WHOLE);
        (case.sa.auth.stands, case.sa.last) = (Some(at(0)), at(5));
        assert_eq!(case.find::<RequestUnanswered>().len(), 1);
        case.sa.unknown_spi = Some(UnknownSpi { by: Role::Responder, packets: packets(&[9]), time: at(5) });
        let so_far = |case: &Case| case.find::<SpiUnknown>().into_iter().map(|(_, severity, ..)| (SpiUnknown::ROW, severity)).collect();
        assert!(case.find_after::<RequestUnanswered>(so_far(&case)).is_empty());
    }

    #[test]
    fn without_ike_fragmentation_the_answer_may_be_what_is_lost() {
        let cut = |case: &Case| case.find::<RequestUnanswered>().into_iter().map(|(cause, ..)| cause.cut_answer).collect::<Vec<_>>();
        let mut case = Case::new().ask(1, 4500, 5, WHOLE);
        assert_eq!(cut(&case), [false]);
        case.sa.init.fragmentation.responder = false;
        assert_eq!(cut(&case), [true]);
        // What the two have announced was not seen.
        case.sa.init.asked = false;
        assert_eq!(cut(&case), [false]);
        // The request is what is lost.
        let mut case = Case::new().arriving(Delivery::Nothing).ask(1, 4500, 5, WHOLE);
        case.sa.init.fragmentation.responder = false;
        assert_eq!(cut(&case), [false]);
    }

    #[test]
    fn silence_counts_unless_it_was_to_be_expected() {
        let confidence = |case: Case| case.find::<RequestUnanswered>().into_iter().map(|(_, _, sure, _)| sure).collect::<Vec<_>>();
        assert_eq!(confidence(Case::new().ask(1, 4500, 3, WHOLE)), [Confidence::High]);
        assert_eq!(confidence(Case::new().ask(1, 4500, 1, WHOLE)), [Confidence::Medium]);
        assert_eq!(confidence(Case::new().arriving(Delivery::Nothing).ask(1, 4500, 1, WHOLE)), [Confidence::High]);
        assert_eq!(confidence(Case::new().ask(1, 4500, 3, WHOLE).answer(1, 1, WHOLE)), []);
        let delete = Part::Whole { first: Some(PayloadType::D), content: None };
        assert_eq!(confidence(Case::new().ask(2, 4500, 3, delete)), []);
        // A side that is not in the capture is not silent, however often it was asked.
        let mut one_sided = Case::new().ask(1, 4500, 9, WHOLE);
        one_sided.sa.seen = Sides { initiator: 9, responder: 0 };
        assert_eq!(confidence(one_sided), []);
    }
}
