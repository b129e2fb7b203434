//! Not both sides announced IKEV2_FRAGMENTATION_SUPPORTED (RFC 7383 section 2.3).

use super::contract::{Contract, Detect, Headline};
use super::detail::{Details, text};
use super::found::Found;
use super::ip_fragment_lost::IpFragmentLost;
use super::seen::Seen;
use super::transport_lost::TransportLost;
use crate::diagnose::settings::{FRAGMENTATION, SettingList};
use crate::diagnose::severity::{Confidence, Severity};
use crate::role::Role;
use alloc::vec::Vec;
use core::fmt;

/// Not both sides announced IKEV2_FRAGMENTATION_SUPPORTED (RFC 7383 section 2.3).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FragmentationNotOffered {
    /// Who did not; `None`: neither.
    pub side: Option<Role>,
}

impl Contract for FragmentationNotOffered {
    const CODE: &'static str = "FragmentationNotOffered";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    fn headline(&self) -> Option<Headline> {
        Some("IKE fragmentation is not on at both sides: switch it on where it is missing.".into())
    }

    fn who(&self) -> Option<&'static str> {
        Some(match self.side {
            Some(Role::Initiator) => "the initiator (client)",
            Some(Role::Responder) => "the responder (server)",
            None => "both sides; or whoever runs the firewall between them",
        })
    }

    fn remedy(&self) -> SettingList {
        FRAGMENTATION.into()
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        None
    }

    fn details(&self) -> Details {
        alloc::vec![("side", text(self.side.map_or("both", Role::name)))]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        [None, Some(Role::Initiator), Some(Role::Responder)].map(|side| Self { side }).into()
    }
}

/// Fragmentation that is missing explains a loss, and else is worth a word.
fn detect(seen: &Seen<'_>) -> Vec<Found<FragmentationNotOffered>> {
    let Some(side) = seen.sa.init.silent_on_fragmentation().filter(|_| seen.visible.announcements()) else { return Vec::new() };
    let lost = seen.has::<FragmentationNotOffered, IpFragmentLost>() || seen.has::<FragmentationNotOffered, TransportLost>();
    let severity = if lost { Severity::Error } else { Severity::Info };
    let found = Found::info(FragmentationNotOffered { side }, Confidence::High, seen.sa.init.packets.clone(), seen.sa.first);
    alloc::vec![Found { severity, ..found }]
}

impl fmt::Display for FragmentationNotOffered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.side {
            Some(side) => write!(
                f,
                "the {} does not announce IKE fragmentation, so large messages travel as IP fragments although the {} could do better",
                side.name(),
                side.other().name()
            ),
            None => f.write_str(
                "neither side announces IKE fragmentation (a responder does so only if the initiator does): large messages travel as IP fragments",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::Case;
    use crate::diagnose::cause::row::Placed;

    #[test]
    fn it_is_an_error_where_ip_fragments_were_lost() {
        let mut case = Case::new();
        assert!(case.find::<FragmentationNotOffered>().is_empty());
        case.sa.init.fragmentation.responder = false;
        let cause = FragmentationNotOffered { side: Some(Role::Responder) };
        let due = |severity| [(cause.clone(), severity, Confidence::High, alloc::vec![1, 2])];
        assert_eq!(case.find::<FragmentationNotOffered>(), due(Severity::Info));
        assert_eq!(case.find_after(alloc::vec![(IpFragmentLost::ROW, Severity::Error)]), due(Severity::Error));
        assert_eq!(case.find_after(alloc::vec![(TransportLost::ROW, Severity::Error)]), due(Severity::Error));
        // The notify may stand in what was cut off.
        case.sa.init.cut = true;
        assert!(case.find::<FragmentationNotOffered>().is_empty());
    }
}
