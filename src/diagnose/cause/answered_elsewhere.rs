//! The answer goes to another address or port than the request came from, or comes from another (RFC 7296 section 2.11).

use super::contract::{Contract, Detect, Headline};
use super::detail::{Details, exchange, exchange_name, text};
use super::found::Found;
use super::seen::{Closed, Seen};
use crate::diagnose::facts::{Exchange, Way};
use crate::diagnose::settings::Product::{Libreswan, Network, Rras, StrongSwan, WindowsClient};
use crate::diagnose::settings::{Setting, SettingList};
use crate::diagnose::severity::Confidence;
use crate::registry::ExchangeType;
use alloc::vec::Vec;
use core::fmt;
use core::net::SocketAddr;

const REMEDY: &[Setting] = &[
    Setting::new(WindowsClient, "nothing to set: it drops an answer that comes from another address or port than it has asked"),
    Setting::new(
        Rras,
        "a server with several addresses: the way back to the client must leave by the address the client asks (Find-NetRoute \
         -RemoteIPAddress <client>), or one address only is published",
    ),
    Setting::new(
        StrongSwan,
        "strongswan.conf: charon.port = 500 and charon.port_nat_t = 4500; swanctl.conf: connections.<name>.local_addrs; ip route get <client> \
         from <server> must not change the source",
    ),
    Setting::new(Libreswan, "ipsec.conf: left= the address the client asks, config setup listen="),
    Setting::new(
        Network,
        "the translation of addresses before the server must turn answers back into the address and port that were asked; no rule may force \
         answers to port 500",
    ),
];

/// The answer goes to another address or port than the request came from, or comes from another (RFC 7296 section 2.11).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AnsweredElsewhere {
    /// In which exchange.
    pub exchange: ExchangeType,
    /// Where the request came from.
    pub asked_from: SocketAddr,
    /// Where it went to.
    pub asked: SocketAddr,
    /// Where the answer came from.
    pub from: SocketAddr,
    /// Where it went to.
    pub to: SocketAddr,
}

impl Contract for AnsweredElsewhere {
    const CODE: &'static str = "AnsweredElsewhere";
    const DETECT: Detect<Self> = Detect::Exchange(detect);

    fn headline(&self) -> Option<Headline> {
        let usual = "The answer does not go back by the addresses and ports of the request, so it is dropped: correct the server's address or \
                     the translation before it.";
        let Self { asked_from, asked, from, to, .. } = self;
        let case = if from == asked {
            alloc::format!(
                "A request from {asked_from} is answered to {to}, and so it is dropped: the answer must go to where the request came from."
            )
        } else {
            alloc::format!(
                "The address {asked} was asked and {from} answers, so the answer is dropped: it must come from the address and port that were asked."
            )
        };
        Some(Headline { usual, case: Some(case) })
    }

    fn who(&self) -> Option<&'static str> {
        Some("the side that answers, or whoever translates its addresses")
    }

    fn remedy(&self) -> SettingList {
        REMEDY.into()
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        matches!(self.exchange, ExchangeType::IKE_SA_INIT | ExchangeType::IKE_AUTH | ExchangeType::IKE_INTERMEDIATE).then_some(809)
    }

    fn details(&self) -> Details {
        alloc::vec![
            ("exchange", exchange(self.exchange)),
            ("asked_from", text(self.asked_from)),
            ("asked", text(self.asked)),
            ("from", text(self.from)),
            ("to", text(self.to)),
        ]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let end = |last, port| SocketAddr::from(([192, 0, 2, last], port));
        let of = |from, to| Self { exchange: ExchangeType::IKE_SA_INIT, asked_from: end(1, 264), asked: end(2, 500), from, to };
        alloc::vec![of(end(2, 500), end(1, 500)), of(end(3, 500), end(1, 264))]
    }
}

/// The way of the request and that of its answer, where no answer took the way of a request back. Where both sides of a translator are in
/// the capture, one of the ways is.
pub(super) fn misdirected(e: &Exchange) -> Option<(Way, Way)> {
    let (there, back) = (&e.request.ways, &e.response.ways);
    let fits = there.iter().any(|way| back.contains(&way.back()));
    Some((*there.last()?, *back.last()?)).filter(|_| !fits)
}

fn detect(seen: &Seen<'_>, closed: Closed<'_>) -> Vec<Found<AnsweredElsewhere>> {
    let found = seen.unheard(closed).and_then(|e| {
        let (there, back) = misdirected(e)?;
        let (exchange, began) = (e.exchange, e.response.first.unwrap_or(seen.sa.first));
        let cause = AnsweredElsewhere { exchange, asked_from: there.src, asked: there.dst, from: back.src, to: back.dst };
        Some(Found::error(cause, Confidence::High, e.packets(), began).unless(seen.came_up_after()))
    });
    found.into_iter().collect()
}

impl fmt::Display for AnsweredElsewhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { asked_from, asked, from, to, .. } = self;
        let exchange = exchange_name(self.exchange);
        write!(
            f,
            "the {exchange} request went from {asked_from} to {asked}, and its answer goes from {from} to {to}: an answer must go back from \
             the address and port that were asked to those the request came from, so this one is dropped, and the request comes again"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, WHOLE};
    use crate::diagnose::cause::response_not_received::ResponseNotReceived;

    /// Asked from a port, answered to another, asked again.
    fn case(from: u16, to: u16) -> Case {
        Case::new().ask(1, from, 1, WHOLE).send(1, true, to, 1, &[], WHOLE).ask(1, from, 4, WHOLE)
    }

    #[test]
    fn an_answer_to_another_port_is_no_answer() {
        let found = case(4500, 500).find::<AnsweredElsewhere>();
        let cause = &found[0].0;
        assert_eq!((cause.asked_from.port(), cause.to.port(), found[0].2), (4500, 500, Confidence::High));
        assert!(case(4500, 500).find::<ResponseNotReceived>().is_empty());
        // One that took the way back and does not arrive is lost.
        assert!(case(4500, 4500).find::<AnsweredElsewhere>().is_empty());
        assert_eq!(case(4500, 4500).find::<ResponseNotReceived>().len(), 1);
        // Both sides of a translator are in the capture.
        assert!(case(4500, 500).send(1, true, 4500, 1, &[], WHOLE).find::<AnsweredElsewhere>().is_empty());
        // The side that asked goes on.
        assert!(case(4500, 500).ask(2, 4500, 1, WHOLE).find::<AnsweredElsewhere>().is_empty());
    }
}
