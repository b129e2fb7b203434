//! The responder has no address left to give (RFC 7296 section 3.15.4).

use super::contract::{Contract, Detect, Headline};
use super::detail::Details;
use super::found::Found;
use super::ike_auth::child_refusal;
use super::seen::Seen;
use crate::diagnose::settings::Product::{Libreswan, Rras, StrongSwan, WindowsClient};
use crate::diagnose::settings::{Setting, SettingList};
use crate::diagnose::severity::Confidence;
use crate::registry::NotifyType;
use alloc::vec::Vec;
use core::fmt;

const REMEDY: &[Setting] = &[
    Setting::new(WindowsClient, "nothing to set: the server has no address for it"),
    Setting::new(
        Rras,
        "Get-VpnServerConfiguration and the tab IPv4 of the server: a larger static pool (Add-VpnIPAddressRange), or a DHCP scope with free \
         leases; stale connections: Get-RemoteAccessConnectionStatistics",
    ),
    Setting::new(
        StrongSwan,
        "swanctl.conf: pools.<name>.addrs larger, connections.<name>.pools names it; swanctl --list-pools shows what is in use",
    ),
    Setting::new(Libreswan, "ipsec.conf: rightaddresspool= larger; ipsec addresspoolstatus shows what is in use"),
];

/// The responder has no address left to give.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AddressPoolEmpty;

impl Contract for AddressPoolEmpty {
    const CODE: &'static str = "AddressPoolEmpty";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    fn headline(&self) -> Option<Headline> {
        Some("The server has no address left for this client: enlarge its address pool, or free addresses.".into())
    }

    fn who(&self) -> Option<&'static str> {
        Some("whoever runs the VPN server")
    }

    fn remedy(&self) -> SettingList {
        REMEDY.into()
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

fn detect(seen: &Seen<'_>) -> Vec<Found<AddressPoolEmpty>> {
    let empty = child_refusal(seen).filter(|child| child.notify == Some(NotifyType::INTERNAL_ADDRESS_FAILURE));
    empty.map(|child| Found::error(AddressPoolEmpty, Confidence::High, child.packets.clone(), child.time)).into_iter().collect()
}

impl fmt::Display for AddressPoolEmpty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the responder accepts who the initiator is and has no address to give to it (INTERNAL_ADDRESS_FAILURE): its pool is empty, or \
             holds none of the family asked for",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::child_sa_refused::ChildSaRefused;
    use crate::diagnose::cause::kit::{Case, child_refused};
    use crate::registry::ExchangeType;

    #[test]
    fn a_missing_address_is_no_matter_of_proposals() {
        let mut case = Case::new();
        let refusal = |notify| Some(child_refused(ExchangeType::IKE_AUTH, Some(notify), &[4], true));
        case.sa.auth.child_refused = refusal(NotifyType::TS_UNACCEPTABLE);
        assert!(case.find::<AddressPoolEmpty>().is_empty());
        case.sa.auth.child_refused = refusal(NotifyType::INTERNAL_ADDRESS_FAILURE);
        assert_eq!((case.find::<AddressPoolEmpty>().len(), case.find::<ChildSaRefused>().len()), (1, 0));
    }
}
