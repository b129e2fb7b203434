//! All fragments of a message went by, more than some stacks take, and there is no answer.

use super::contract::{Contract, Detect, Headline};
use super::detail::{Details, exchange, exchange_name, number, texts};
use super::found::Found;
use super::seen::{Closed, Seen};
use super::words::Joined;
use crate::diagnose::facts::Exchange;
use crate::diagnose::settings::Product::{Libreswan, Rras, StrongSwan, WindowsClient};
use crate::diagnose::settings::{Setting, SettingList};
use crate::diagnose::severity::Confidence;
use crate::registry::ExchangeType;
use alloc::vec::Vec;
use core::fmt;

/// Limits of receivers (strongSwan: `charon.max_packet`; libreswan: MAX_IKE_FRAGMENTS; OpenIKED: IKED_FRAG_TOTAL_MAX).
const LIMITS: [(u16, usize, &str); 4] = [
    (32, usize::MAX, "the 32 fragments libreswan takes"),
    (u16::MAX, 10_000, "the 10000 octets strongSwan takes by default"),
    (111, usize::MAX, "the 111 fragments OpenIKED takes"),
    (255, usize::MAX, "the 255 fragments strongSwan takes"),
];

const REMEDY: &[Setting] = &[
    Setting::new(
        WindowsClient,
        "smaller certificates: ECDSA P-256 or P-384 in place of RSA-4096, fewer intermediates, fewer trusted roots",
    ),
    Setting::new(Rras, "smaller certificates: ECDSA P-256 or P-384 in place of RSA-4096, fewer intermediates"),
    Setting::new(
        StrongSwan,
        "strongswan.conf: charon.max_packet = 65535 on the receiver (10000 octets by default); charon.fragment_size = 1400 on the sender",
    ),
    Setting::new(
        Libreswan,
        "its limit of 32 fragments is fixed: larger fragments (charon.fragment_size = 1400 on the sender) or smaller certificates",
    ),
];

/// All fragments of a message went by, more than some stacks take, and there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FragmentsRefusedByLimit {
    /// In which exchange.
    pub exchange: ExchangeType,
    /// Total Fragments.
    pub fragments: u16,
    /// Octets of content, about.
    pub octets: usize,
    /// Stacks whose limit it exceeds.
    pub limits: Vec<&'static str>,
}

impl Contract for FragmentsRefusedByLimit {
    const CODE: &'static str = "FragmentsRefusedByLimit";
    const DETECT: Detect<Self> = Detect::Exchange(detect);

    fn headline(&self) -> Option<Headline> {
        Some(
            "The IKE_AUTH message is larger than the other side takes, even in fragments: use smaller certificates or raise its limit."
                .into(),
        )
    }

    fn who(&self) -> Option<&'static str> {
        Some("the sender's certificates, or the receiver's limit")
    }

    fn remedy(&self) -> SettingList {
        REMEDY.into()
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        Some(809)
    }

    fn details(&self) -> Details {
        alloc::vec![
            ("exchange", exchange(self.exchange)),
            ("fragments", number(self.fragments)),
            ("octets", number(self.octets)),
            ("limits", texts(&self.limits)),
        ]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let limits = limits(40, 20_000).collect();
        alloc::vec![Self { exchange: ExchangeType::IKE_AUTH, fragments: 40, octets: 20_000, limits }]
    }
}

fn limits(fragments: u16, octets: usize) -> impl Iterator<Item = &'static str> {
    LIMITS.iter().filter(move |(most, room, _)| fragments > *most || octets > *room).map(|(_, _, name)| *name)
}

/// The cause in an exchange whose request went by whole, if that is larger than some stack takes.
fn exceeded(e: &Exchange) -> Option<FragmentsRefusedByLimit> {
    let set = e.request.set.as_ref().filter(|_| e.request.whole.is_some())?;
    let limits: Vec<_> = limits(set.total, set.octets()).collect();
    let cause = FragmentsRefusedByLimit { exchange: e.exchange, fragments: set.total, octets: set.octets(), limits };
    (!cause.limits.is_empty()).then_some(cause)
}

/// An exchange whose request went by whole, is no larger than what every stack takes, and got no answer.
pub(super) fn ignored_within_limits<'a>(seen: &Seen<'a>, closed: Closed<'a>) -> Option<&'a Exchange> {
    seen.ignored(closed).filter(|e| exceeded(e).is_none())
}

fn detect(seen: &Seen<'_>, closed: Closed<'_>) -> Vec<Found<FragmentsRefusedByLimit>> {
    let found =
        seen.ignored(closed).and_then(|e| Some(Found::error(exceeded(e)?, Confidence::Medium, e.request.packets.clone(), e.began())));
    found.into_iter().collect()
}

impl fmt::Display for FragmentsRefusedByLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { fragments, octets, limits, .. } = self;
        let (exchange, limits) = (exchange_name(self.exchange), Joined(limits, ", or "));
        write!(
            f,
            "the {exchange} message came in {fragments} IKE fragments with about {octets} octets, and is not answered; that is more than {limits}"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, WHOLE, fragment};

    #[test]
    fn what_went_by_whole_and_is_larger_than_some_take_may_be_refused() {
        let sent =
            |numbers: core::ops::RangeInclusive<u16>, total| numbers.fold(Case::new(), |case, n| case.ask(1, 4500, 1, fragment(n, total)));
        let found = sent(1..=33, 33).find::<FragmentsRefusedByLimit>();
        assert_eq!((found[0].0.fragments, found[0].0.limits.len(), found[0].2), (33, 2, Confidence::Medium));
        assert!(sent(1..=32, 33).find::<FragmentsRefusedByLimit>().is_empty());
        assert!(sent(1..=20, 20).find::<FragmentsRefusedByLimit>().is_empty());
        assert!(sent(1..=33, 33).answer(1, 1, WHOLE).find::<FragmentsRefusedByLimit>().is_empty());
    }

    #[test]
    fn a_limit_is_exceeded_by_one_more_than_it() {
        let names = |fragments, octets| limits(fragments, octets).collect::<Vec<_>>();
        assert!(names(32, 10_000).is_empty());
        assert_eq!(names(33, 10_000), ["the 32 fragments libreswan takes"]);
        assert_eq!(names(32, 10_001), ["the 10000 octets strongSwan takes by default"]);
        assert_eq!(names(256, 10_001).len(), 4);
    }
}
