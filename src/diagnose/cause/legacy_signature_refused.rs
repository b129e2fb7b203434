//! A Windows client signs by a method older than RFC 7427, and the other side may not take that.

use super::contract::{Contract, Detect, Headline};
use super::detail::Details;
use super::found::Found;
use super::seen::Seen;
use crate::diagnose::settings::Product::{Libreswan, Rras, StrongSwan, WindowsClient};
use crate::diagnose::settings::{Setting, SettingList};
use crate::diagnose::severity::{Confidence, Severity};
use crate::registry::NotifyType;
use crate::role::Role;
use alloc::vec::Vec;
use core::fmt;

const REMEDY: &[Setting] = &[
    Setting::new(
        WindowsClient,
        "a machine certificate with an ECDSA key (P-256 or P-384), whose old methods use SHA-256 and SHA-384, and no RSA key",
    ),
    Setting::new(Rras, "signs by the old methods as well: a server certificate with an ECDSA key, or SHA-1 allowed on the other side"),
    Setting::new(
        StrongSwan,
        "strongswan.conf: charon.signature_authentication_constraints = no; swanctl.conf: connections.<name>.remote.auth = pubkey without a \
         list of signature schemes",
    ),
    Setting::new(
        Libreswan,
        "ipsec.conf: authby=rsa-sha1 beside the others, and a crypto policy of the system that allows SHA-1 signatures",
    ),
];

/// A Windows client signs by a method older than RFC 7427, and its proof was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LegacySignatureRefused;

impl Contract for LegacySignatureRefused {
    const CODE: &'static str = "LegacySignatureRefused";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    fn headline(&self) -> Option<Headline> {
        Some("The server may not take the old signature methods (SHA-1) of the Windows client: use an ECDSA certificate, or allow them at the server.".into())
    }

    fn who(&self) -> Option<&'static str> {
        Some("the server's signature settings, or the client's certificate")
    }

    fn remedy(&self) -> SettingList {
        REMEDY.into()
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        Some(13838)
    }

    fn details(&self) -> Details {
        Vec::new()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        alloc::vec![Self]
    }
}

/// A certificate that is not trusted is refused in the same words, so that this is never more than one of the explanations.
fn detect(seen: &Seen<'_>) -> Vec<Found<LegacySignatureRefused>> {
    let (init, auth) = (&seen.sa.init, &seen.sa.auth);
    let silent = !init.announced.initiator.signature_hashes && init.asked && !init.cut;
    let old = silent && auth.old_signature == Some(true);
    let refused = auth.refused.as_ref().filter(|refused| {
        old && refused.sure && refused.by == Role::Responder && refused.notify == Some(NotifyType::AUTHENTICATION_FAILED)
    });
    let found = refused.map(|refused| Found {
        cause: LegacySignatureRefused,
        severity: Severity::Warning,
        confidence: Confidence::Low,
        packets: refused.packets.clone(),
        time: seen.sa.last,
    });
    found.into_iter().collect()
}

impl fmt::Display for LegacySignatureRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the initiator announces no SIGNATURE_HASH_ALGORITHMS (RFC 7427), signs by a method older than that, and the responder \
             refuses the proof: either it does not take the old methods, which mean SHA-1 for RSA (a Windows client shows 13838), or it \
             does not trust the certificate; the log of the responder tells which",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, refused};

    #[test]
    fn it_is_one_explanation_of_a_refused_proof() {
        let mut case = Case::new();
        case.sa.auth.old_signature = Some(true);
        assert!(case.find::<LegacySignatureRefused>().is_empty());
        case.sa.auth.refused = refused(Role::Responder, Some(NotifyType::AUTHENTICATION_FAILED), &[4], true);
        assert_eq!(case.find::<LegacySignatureRefused>(), [(LegacySignatureRefused, Severity::Warning, Confidence::Low, alloc::vec![4])]);
        case.sa.init.announced.initiator.signature_hashes = true;
        assert!(case.find::<LegacySignatureRefused>().is_empty());
        (case.sa.init.announced.initiator.signature_hashes, case.sa.auth.old_signature) = (false, Some(false));
        assert!(case.find::<LegacySignatureRefused>().is_empty());
    }
}
