//! The responder wants to give an address, and the initiator asks for none (RFC 7296 section 3.15.4).

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
    Setting::new(WindowsClient, "nothing to set: a client of Windows always asks for an address"),
    Setting::new(Rras, "a demand-dial interface to another site: the other side asks for no address, so the server must not give one"),
    Setting::new(
        StrongSwan,
        "swanctl.conf: connections.<name>.vips = 0.0.0.0 on the client; without connections.<name>.pools the server asks for none",
    ),
    Setting::new(
        Libreswan,
        "ipsec.conf: leftmodecfgclient=yes, narrowing=yes on the client; rightaddresspool= on the server only where clients ask",
    ),
];

/// The responder wants to give an address, and the initiator asks for none.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AddressRequired;

impl Contract for AddressRequired {
    const CODE: &'static str = "AddressRequired";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    fn headline(&self) -> Option<Headline> {
        Some("The server gives every client an address and this one asks for none: set the client to ask for an inner address.".into())
    }

    fn who(&self) -> Option<&'static str> {
        Some("the client, or whoever runs the VPN server")
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

fn detect(seen: &Seen<'_>) -> Vec<Found<AddressRequired>> {
    let required = child_refusal(seen).filter(|child| child.notify == Some(NotifyType::FAILED_CP_REQUIRED));
    required.map(|child| Found::error(AddressRequired, Confidence::High, child.packets.clone(), child.time)).into_iter().collect()
}

impl fmt::Display for AddressRequired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the responder accepts who the initiator is and refuses the tunnel because the initiator asks for no inner address \
             (FAILED_CP_REQUIRED)",
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
    fn an_address_that_is_not_asked_for_is_no_matter_of_proposals() {
        let mut case = Case::new();
        assert!(case.find::<AddressRequired>().is_empty());
        case.sa.auth.child_refused = Some(child_refused(ExchangeType::IKE_AUTH, Some(NotifyType::FAILED_CP_REQUIRED), &[4], true));
        assert_eq!((case.find::<AddressRequired>().len(), case.find::<ChildSaRefused>().len()), (1, 0));
    }
}
