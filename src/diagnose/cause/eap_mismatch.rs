//! One side wants EAP, and the other does not do it (RFC 7296 section 2.16).

use super::contract::{Contract, Detect, Headline};
use super::detail::{Details, maybe, notify, notify_name, role};
use super::found::Found;
use super::ike_auth::{Kind, refusal_kind};
use super::seen::Seen;
use crate::diagnose::settings::Product::{Libreswan, Rras, StrongSwan, WindowsClient};
use crate::diagnose::settings::{Setting, SettingList};
use crate::diagnose::severity::Confidence;
use crate::registry::NotifyType;
use crate::role::Role;
use alloc::vec::Vec;
use core::fmt;

const REMEDY: &[Setting] = &[
    Setting::new(
        WindowsClient,
        "Set-VpnConnection -AuthenticationMethod: MachineCertificate where the server wants certificates, Eap where it wants a user",
    ),
    Setting::new(
        Rras,
        "Set-VpnAuthProtocol -UserAuthProtocolAccepted: EAP, Certificate, or both; a server certificate with its private key, by which the \
         server proves itself first",
    ),
    Setting::new(
        StrongSwan,
        "swanctl.conf: connections.<name>.remote.auth = eap-mschapv2 or eap-tls (EAP), pubkey or psk (none), and local.auth = pubkey with \
         local.certs; a connection whose remote.id and addresses fit",
    ),
    Setting::new(Libreswan, "ipsec.conf: rightauth=eaponly or rsasig; EAP-TLS is the only EAP it does"),
];

/// One side wants EAP, and the other does not do it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EapMismatch {
    /// Who wants EAP.
    pub wanted_by: Role,
    /// The error, if it could be read.
    pub notify: Option<NotifyType>,
}

impl Contract for EapMismatch {
    const CODE: &'static str = "EapMismatch";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    fn headline(&self) -> Option<Headline> {
        let line = match self.wanted_by {
            Role::Initiator => {
                "The client asks for EAP (a user's login) and the server refuses it: allow EAP on the server for this client, or set the \
                 client to certificates; and see that the server has its own certificate."
            }
            Role::Responder => "The server asks for EAP (a user's login) and the client is not set up for it: set the client to EAP.",
        };
        Some(line.into())
    }

    fn who(&self) -> Option<&'static str> {
        Some("client and server: the same kind of authentication on both")
    }

    fn remedy(&self) -> SettingList {
        REMEDY.into()
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        None
    }

    fn details(&self) -> Details {
        alloc::vec![("wanted_by", role(self.wanted_by)), ("notify", maybe(self.notify, notify))]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let notify = Some(NotifyType::AUTHENTICATION_FAILED);
        [(Role::Initiator, notify), (Role::Initiator, None), (Role::Responder, None)]
            .map(|(wanted_by, notify)| Self { wanted_by, notify })
            .into()
    }
}

fn detect(seen: &Seen<'_>) -> Vec<Found<EapMismatch>> {
    let Some((Kind::EapWanted, refused)) = refusal_kind(seen) else { return Vec::new() };
    let cause = EapMismatch { wanted_by: Role::Initiator, notify: refused.notify };
    alloc::vec![Found::error(cause, Confidence::of(refused.sure), refused.packets.clone(), seen.sa.last)]
}

impl fmt::Display for EapMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let other = self.wanted_by.other().name();
        write!(f, "the {} asks for EAP, and the {other} ", self.wanted_by.name())?;
        match self.notify {
            Some(notify) => write!(f, "refuses with {}", notify_name(notify))?,
            None => f.write_str("refuses (read from the sizes of the encrypted messages; keys would tell the error)")?,
        }
        f.write_str(match self.wanted_by {
            Role::Initiator => {
                ": it does not offer EAP here, or has no connection for these names and addresses, or cannot prove itself, as without a \
                 private key for its certificate; the request carried no proof, so that none was refused"
            }
            Role::Responder => ": it is set up for certificates or a shared key",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::authentication_failed::AuthenticationFailed;
    use crate::diagnose::cause::kit::{Case, refused, room};
    use crate::diagnose::facts::{Asked, Init};
    use crate::registry::Prf;

    #[test]
    fn a_request_without_a_proof_has_none_that_could_be_refused() {
        let mut case = Case::new();
        case.sa.auth.refused = refused(Role::Responder, Some(NotifyType::AUTHENTICATION_FAILED), &[4], true);
        case.sa.auth.asked = Some(Asked { proof: Some(true), ..Asked::default() });
        assert!(case.find::<EapMismatch>().is_empty());
        case.sa.auth.asked = Some(Asked { proof: Some(false), ..Asked::default() });
        assert_eq!((case.find::<EapMismatch>().len(), case.find::<AuthenticationFailed>().len()), (1, 0));
    }

    #[test]
    fn a_request_too_small_for_a_proof_asks_for_eap() {
        let mut case = Case::new();
        case.sa.init.prf = Some(Prf::PRF_HMAC_SHA2_256);
        case.sa.auth.refused = refused(Role::Responder, None, &[4], false);
        // Identity, proof, SA and selectors have 8 + 40 + 32 + 48 octets at least.
        for (octets, wanted) in [(127, true), (128, false)] {
            case.sa.auth.asked = Some(Asked { room: Some(room(octets)), ..Asked::default() });
            assert_eq!(case.find::<EapMismatch>().len(), usize::from(wanted), "{octets}");
        }
        // An IKE SA without a child needs less.
        case.sa.auth.asked = Some(Asked { room: Some(room(96)), ..Asked::default() });
        case.sa.init = Init::default();
        assert!(case.find::<EapMismatch>().is_empty());
    }
}
