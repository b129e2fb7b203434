//! The answer to IKE_SA_INIT breaks the rules of its format, and the one who asked does not take it.

use super::contract::{Contract, Detect, Headline};
use super::detail::{DetailValue, Details, number, text};
use super::found::Found;
use super::seen::{Closed, Seen};
use crate::diagnose::facts::{Broken, begins};
use crate::diagnose::settings::Product::{Libreswan, Network, Rras, StrongSwan, WindowsClient};
use crate::diagnose::settings::{Setting, SettingList};
use crate::diagnose::severity::Confidence;
use crate::error::{Element, ParseError, ParseErrorKind};
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

const REMEDY: &[Setting] = &[
    Setting::new(WindowsClient, "nothing to set: the answer of the server is at fault"),
    Setting::new(Rras, "install the updates of Windows Server, then restart the service RemoteAccess"),
    Setting::new(StrongSwan, "update to a supported release; journalctl -u strongswan tells what it sent"),
    Setting::new(Libreswan, "update to a supported release; switch off every impair option (ipsec whack --impair none)"),
    Setting::new(Network, "switch off what rewrites IKE on the way: IPsec pass-through and VPN helpers (ALG) of routers and firewalls"),
];

/// A request that comes so long after the answer was sent by one who has it.
const AGAIN: Duration = Duration::from_millis(500);

/// The answer to IKE_SA_INIT breaks the rules of its format, and the request comes again.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BrokenResponse {
    /// Where, and what is wrong there.
    pub fault: ParseError,
}

impl Contract for BrokenResponse {
    const CODE: &'static str = "BrokenResponse";
    const DETECT: Detect<Self> = Detect::Exchange(detect);

    fn headline(&self) -> Option<Headline> {
        Some("The server's answer is malformed and the client cannot take it: update the server, or remove what changes IKE packets on the way.".into())
    }

    fn who(&self) -> Option<&'static str> {
        Some("whoever runs the VPN server, or a device on the way that changes packets")
    }

    fn remedy(&self) -> SettingList {
        REMEDY.into()
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        None
    }

    fn details(&self) -> Details {
        let offset = if self.fault.kind == ParseErrorKind::ToldByLog { DetailValue::Null } else { number(self.fault.offset) };
        alloc::vec![("offset", offset), ("element", text(self.fault.element))]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let kind = ParseErrorKind::LengthPastEnd { length: 656, available: 32 };
        alloc::vec![Self {
            fault: ParseError { element: Element::PayloadHeader, offset: 28, origin: crate::error::Origin::Datagram, kind }
        }]
    }
}

fn detect(seen: &Seen<'_>, closed: Closed<'_>) -> Vec<Found<BrokenResponse>> {
    let e = closed.exchange;
    // What was asked for again, and by that was not taken.
    let asked_again =
        |broken: &&Broken| !closed.later && begins(e.exchange) && e.request.is_seen() && e.request.last >= broken.time + AGAIN;
    let broken = seen.sa.init.broken.as_ref().filter(asked_again).filter(|_| !seen.sa.auth.started);
    let found = broken.filter(|broken| !may_be_cut(seen, &broken.fault)).map(|broken| {
        let cause = BrokenResponse { fault: broken.fault };
        Found::error(cause, Confidence::High, e.packets().join(&broken.packets), broken.time).unless(seen.came_up_after())
    });
    found.into_iter().collect()
}

/// Whether the capture may be what is short, and not the message.
fn may_be_cut(seen: &Seen<'_>, fault: &ParseError) -> bool {
    let short = fault.element == Element::Header && matches!(fault.kind, ParseErrorKind::LengthPastEnd { .. });
    short && seen.surroundings().is_none_or(|surroundings| surroundings.scope.cut.is_some())
}

impl fmt::Display for BrokenResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the responder's answer to the first message is malformed ({}), and the initiator sends its request again: it cannot take such an \
             answer",
            self.fault
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, WHOLE, at, packets};
    use crate::diagnose::cause::response_not_received::ResponseNotReceived;
    use crate::diagnose::cause::row::Placed;
    use crate::diagnose::severity::Severity;
    use crate::error::Origin;

    fn broken(element: Element, times: u64) -> Case {
        let mut case = Case::new().ask(0, 500, 1, WHOLE).answer(0, 1, WHOLE).ask(0, 500, times, WHOLE);
        let kind = ParseErrorKind::LengthPastEnd { length: 656, available: 32 };
        let fault = ParseError { element, offset: 28, origin: Origin::Datagram, kind };
        case.sa.init.broken = Some(Broken { fault, packets: packets(&[4]), time: at(0) });
        case
    }

    #[test]
    fn it_is_one_that_is_asked_for_again() {
        let found = broken(Element::PayloadHeader, 3).find::<BrokenResponse>();
        assert_eq!((found[0].1, found[0].2, found[0].0.fault.offset), (Severity::Error, Confidence::High, 28));
        assert!(broken(Element::PayloadHeader, 1).find::<BrokenResponse>().is_empty());
        assert!(broken(Element::PayloadHeader, 3).ask(1, 4500, 1, WHOLE).find::<BrokenResponse>().is_empty());
        let mut whole = broken(Element::PayloadHeader, 3);
        whole.sa.init.broken = None;
        assert!(whole.find::<BrokenResponse>().is_empty());
    }

    #[test]
    fn the_capture_may_be_what_is_short() {
        let mut case = broken(Element::Header, 3);
        assert_eq!(case.find::<BrokenResponse>().len(), 1);
        case.surroundings.scope.cut = Some(96);
        assert!(case.find::<BrokenResponse>().is_empty());
    }

    #[test]
    fn the_answer_is_not_lost() {
        let case = broken(Element::PayloadHeader, 3);
        assert_eq!(case.find::<ResponseNotReceived>().len(), 1);
        assert!(case.find_after::<ResponseNotReceived>(alloc::vec![(BrokenResponse::ROW, Severity::Error)]).is_empty());
    }
}
