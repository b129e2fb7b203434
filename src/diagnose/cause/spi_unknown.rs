//! The peer says that it does not know this IKE SA any more.

use super::authentication_failed::came_through;
use super::contract::{Contract, Detect, Headline};
use super::detail::Details;
use super::found::Found;
use super::seen::Seen;
use crate::diagnose::settings::{SILENT, Settings};
use crate::diagnose::severity::Confidence;
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

    fn remedy(&self) -> Settings {
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

fn detect(seen: &Seen<'_>) -> Vec<Found<SpiUnknown>> {
    let told = seen.sa.unknown_spi.as_ref().filter(|unknown| seen.sa.last <= unknown.time && came_through(seen).is_some());
    told.map(|unknown| Found::error(SpiUnknown, Confidence::Medium, unknown.packets.clone(), unknown.time)).into_iter().collect()
}

impl fmt::Display for SpiUnknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the peer does not know this IKE SA any more (INVALID_IKE_SPI): it was restarted, or replaced")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, at, done, packets};
    use crate::diagnose::facts::UnknownSpi;

    #[test]
    fn it_is_believed_if_it_is_the_last_that_was_heard() {
        let mut case = Case::new();
        (case.sa.unknown_spi, case.sa.last) = (Some(UnknownSpi { packets: packets(&[9]), time: at(5) }), at(5));
        assert!(case.find::<SpiUnknown>().is_empty());
        case.sa.auth.done = done(1, true);
        assert_eq!(case.find::<SpiUnknown>()[0].3, [9]);
        case.sa.last = at(6);
        assert!(case.find::<SpiUnknown>().is_empty());
    }
}
