//! IKE_SA_INIT needs IP fragments, which IKE itself cannot avoid there, and is not answered.

use super::contract::{Contract, Detect, Headline};
use super::detail::{DetailValue, Details, exchange, exchange_name, number, role};
use super::found::Found;
use super::seen::{Closed, Seen};
use super::words::Times;
use crate::diagnose::facts::{Exchange, Flow, begins};
use crate::diagnose::settings::Product::{Libreswan, Network, Rras, StrongSwan, WindowsClient};
use crate::diagnose::settings::{Setting, SettingList};
use crate::diagnose::severity::Confidence;
use crate::registry::ExchangeType;
use crate::role::Role;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

pub(super) const REMEDY: &[Setting] = &[
    Setting::new(WindowsClient, "its own offer is small enough: the large message is that of another client"),
    Setting::new(Rras, "takes no post-quantum key exchange: offer it a group of RFC 5903 or RFC 3526 alone"),
    Setting::new(
        StrongSwan,
        "swanctl.conf: connections.<name>.proposals with a small group first and ML-KEM in IKE_INTERMEDIATE, e.g. aes256gcm16-prfsha384-x25519-\
         ke1_mlkem768; fewer proposals",
    ),
    Setting::new(
        Libreswan,
        "ipsec.conf: ike= with a small group first and ML-KEM as additional key exchange, intermediate=yes; or enable-tcp=yes on both sides \
         (RFC 9329)",
    ),
    Setting::new(Network, "let IP fragments of UDP 500 and 4500 pass"),
];

/// Octets of an IP packet that Ethernet carries.
const ETHERNET: usize = 1500;
/// An answer that has not come after so long, when the request was sent again, does not come any more.
const AGAIN: Duration = Duration::from_secs(2);

/// IKE_SA_INIT is larger than a packet of the path and does not get through.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InitTooLarge {
    /// Who sent the large message.
    pub sender: Role,
    /// IKE_SA_INIT, or IKE_SESSION_RESUME.
    pub exchange: ExchangeType,
    /// Octets as one IP packet.
    pub octets: usize,
    /// How often it was sent.
    pub transmissions: u32,
    /// Fragments with an offset were seen of it.
    pub whole: bool,
}

impl Contract for InitTooLarge {
    const CODE: &'static str = "InitTooLarge";
    const DETECT: Detect<Self> = Detect::Exchange(detect);

    fn headline(&self) -> Option<Headline> {
        Some(
            "The first message is too large for one packet, and IKE can never split that one: use a smaller group first with the post-quantum \
             key exchange in IKE_INTERMEDIATE, or let IP fragments pass."
                .into(),
        )
    }

    fn who(&self) -> Option<&'static str> {
        Some("both sides; or whoever runs the firewall between them")
    }

    fn remedy(&self) -> SettingList {
        REMEDY.into()
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        Some(809)
    }

    fn details(&self) -> Details {
        alloc::vec![
            ("sender", role(self.sender)),
            ("exchange", exchange(self.exchange)),
            ("octets", number(self.octets)),
            ("transmissions", number(self.transmissions)),
            ("whole_here", DetailValue::Bool(self.whole)),
        ]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let whole = Self { sender: Role::Initiator, exchange: ExchangeType::IKE_SA_INIT, octets: 1772, transmissions: 5, whole: true };
        alloc::vec![Self { whole: false, ..whole.clone() }, whole]
    }
}

fn detect(seen: &Seen<'_>, closed: Closed<'_>) -> Vec<Found<InitTooLarge>> {
    let found = stuck(seen, closed).map(|(e, sender, flow)| {
        let (octets, whole) = (flow.largest, flow.whole.is_some());
        let cause = InitTooLarge { sender, exchange: e.exchange, octets, transmissions: flow.sent, whole };
        Found::error(cause, Confidence::Medium, flow.packets.clone(), e.began()).unless(seen.came_up_after())
    });
    found.into_iter().collect()
}

/// The large message at which a first exchange stops, and who sent it.
fn stuck<'a>(seen: &Seen<'a>, closed: Closed<'a>) -> Option<(&'a Exchange, Role, &'a Flow)> {
    let e = closed.exchange;
    if closed.later || !begins(e.exchange) || seen.sa.auth.started || seen.refused_on_the_way(e).is_some() {
        return None;
    }
    let response = || is_large(&e.response).then_some((e, e.asker.other(), &e.response));
    if e.response.is_seen() {
        let lost = seen.unanswered(closed).is_some() || seen.unheard(closed).is_some();
        return response().filter(|_| lost);
    }
    // Of a message whose fragments do not come together no header counts as a message of its side.
    let again = e.request.sent >= 2 && seen.visible.after(e.began()) >= AGAIN && !seen.visible.has(Role::Responder);
    let silent = again || seen.unanswered(closed).is_some();
    (is_large(&e.request) && silent).then_some((e, e.asker, &e.request))
}

/// Whether it went as IP fragments, or is larger than what Ethernet carries.
fn is_large(flow: &Flow) -> bool {
    flow.sizes.len() > 1 || flow.lost.is_some() || flow.largest > ETHERNET
}

impl fmt::Display for InitTooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of the {} is an IP packet of {} octets", exchange_name(self.exchange), self.sender.name(), self.octets)?;
        f.write_str(if self.whole { ", travels as IP fragments" } else { ", and its later IP fragments are not here" })?;
        write!(
            f,
            ", and gets no further (sent {}): a firewall, router or carrier drops IP fragments. IKE can split encrypted messages only (RFC 7383 \
             section 2.3), never this one. What helps: a small group here and the post-quantum key exchange in IKE_INTERMEDIATE (RFC 9370), \
             fewer proposals, IP fragments let through, or IKE over TCP (RFC 9329)",
            Times(self.transmissions)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::ip_fragment_lost::IpFragmentLost;
    use crate::diagnose::cause::kit::{CUT, Case, WHOLE};
    use crate::diagnose::observation::IcmpError;

    fn senders(case: &Case) -> Vec<(Role, bool)> {
        case.find::<InitTooLarge>().into_iter().map(|(cause, ..)| (cause.sender, cause.whole)).collect()
    }

    fn asked(times: u64, sizes: &[usize]) -> Case {
        let mut case = Case::midway().send(0, false, 500, times, sizes, WHOLE);
        (case.sa.init.asked, case.sa.seen.initiator) = (true, times);
        case
    }

    #[test]
    fn a_first_request_in_fragments_is_never_answered() {
        let mut case = asked(3, &[1480, 272]);
        assert_eq!(senders(&case), [(Role::Initiator, true)]);
        assert!(case.find::<IpFragmentLost>().is_empty(), "IKE cannot split it");
        case.complain(500, IcmpError::PortUnreachable);
        assert_eq!(senders(&case), []);
        assert_eq!(senders(&asked(3, &[])), []);
        assert_eq!(senders(&asked(3, &[1480, 272]).answer(0, 1, WHOLE)), []);
    }

    #[test]
    fn its_later_fragments_may_be_missing() {
        assert_eq!(senders(&Case::midway().ask(0, 500, 3, CUT)), [(Role::Initiator, false)]);
        assert_eq!(senders(&Case::midway().ask(0, 500, 3, CUT).ask(1, 4500, 1, WHOLE)), []);
    }

    #[test]
    fn the_answer_may_be_the_large_one() {
        let answered = |times| Case::new().ask(0, 500, 1, WHOLE).send(0, true, 500, times, &[1480, 272], WHOLE).ask(0, 500, 3, WHOLE);
        assert_eq!(senders(&answered(1)), [(Role::Responder, true)]);
    }
}
