//! The peer says that it does not know this IKE SA any more.

use super::authentication_failed::came_through;
use super::contract::{Contract, Detect, Headline};
use super::detail::Details;
use super::found::Found;
use super::seen::Seen;
use crate::diagnose::facts::{Exchange, UnknownSpi};
use crate::diagnose::settings::{SILENT, SettingList};
use crate::diagnose::severity::Confidence;
use crate::registry::ExchangeType;
use alloc::vec::Vec;
use core::fmt;

/// The peer says that it does not know this IKE SA any more.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SpiUnknown;

impl Contract for SpiUnknown {
    const CODE: &'static str = "SpiUnknown";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    fn headline(&self) -> Option<Headline> {
        Some("The peer has forgotten this connection: it was restarted; connect again.".into())
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
        Vec::new()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        alloc::vec![Self]
    }
}

/// It is believed if who says so has said nothing else since, of an IKE SA that stood.
fn detect(seen: &Seen<'_>) -> Vec<Found<SpiUnknown>> {
    let goes_on = |unknown: &UnknownSpi| {
        let mut flows = seen.sa.exchanges.iter().flat_map(Exchange::flows).filter(|(sender, flow)| *sender == unknown.by && flow.is_seen());
        flows.any(|(_, flow)| flow.last > unknown.time)
    };
    let told = seen.sa.unknown_spi.as_ref().filter(|unknown| !goes_on(unknown) && stood(seen));
    told.map(|unknown| Found::error(SpiUnknown, Confidence::Medium, unknown.packets.clone(), unknown.time)).into_iter().collect()
}

/// Whether it came through IKE_AUTH, or who asks must think so.
fn stood(seen: &Seen<'_>) -> bool {
    let later = |e: &Exchange| matches!(e.exchange, ExchangeType::CREATE_CHILD_SA | ExchangeType::INFORMATIONAL) && e.request.is_seen();
    came_through(seen).is_some() || !seen.sa.auth.started && seen.sa.exchanges.iter().any(later)
}

impl fmt::Display for SpiUnknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the peer does not know this IKE SA any more (INVALID_IKE_SPI): it was restarted, or replaced")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, WHOLE, at, done, packets};
    use crate::role::Role;

    #[test]
    fn it_is_believed_if_it_is_the_last_that_was_heard() {
        let mut case = Case::new();
        (case.sa.unknown_spi, case.sa.last) = (Some(UnknownSpi { by: Role::Responder, packets: packets(&[9]), time: at(5) }), at(5));
        assert!(case.find::<SpiUnknown>().is_empty());
        case.sa.auth.done = done(1, true);
        assert_eq!(case.find::<SpiUnknown>()[0].3, [9]);
        // Who asks may ask again; who answers has not forgotten it then.
        let case = case.ask(2, 4500, 4, WHOLE);
        assert_eq!(case.find::<SpiUnknown>().len(), 1);
        assert!(case.answer(2, 4, WHOLE).find::<SpiUnknown>().is_empty());
        // A later request shows that it stood.
        let mut midway = Case::midway().ask(2, 4500, 1, WHOLE);
        midway.sa.unknown_spi = Some(UnknownSpi { by: Role::Responder, packets: packets(&[9]), time: at(5) });
        assert_eq!(midway.find::<SpiUnknown>().len(), 1);
    }
}
