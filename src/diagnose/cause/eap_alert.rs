//! TLS inside EAP ends with an alert (RFC 5216 section 2.1.3).

use super::contract::{Contract, Detect, Headline};
use super::detail::{Details, number, role, text};
use super::found::Found;
use super::seen::Seen;
use crate::diagnose::settings::Product::{Libreswan, Rras, StrongSwan, WindowsClient};
use crate::diagnose::settings::{Setting, SettingList};
use crate::diagnose::severity::Confidence;
use crate::role::Role;
use alloc::vec::Vec;
use core::fmt;

const REMEDY: &[Setting] = &[
    Setting::new(
        WindowsClient,
        "EapConfiguration of the profile: TrustedRootCA and ServerNames as in the certificate of the RADIUS server; the user's certificate \
         with EKU Client Authentication",
    ),
    Setting::new(
        Rras,
        "Network Policy Server: the certificate of the policy's EAP type, the client's root among the trusted ones (NTAuth); TLS versions: \
         HKLM\\SYSTEM\\CurrentControlSet\\Services\\RasMan\\PPP\\EAP\\13, DWORD TlsVersion",
    ),
    Setting::new(
        StrongSwan,
        "swanctl.conf: connections.<name>.remote.cacerts and .eap_id; strongswan.conf: charon.tls.version_min and version_max, libtls",
    ),
    Setting::new(Libreswan, "ipsec.conf: leftcert=, rightca=; roots in the NSS database"),
];

/// TLS inside EAP ends with an alert.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EapAlert {
    /// Who sent the alert.
    pub by: Role,
    /// AlertDescription (RFC 8446 section 6).
    pub alert: u8,
}

impl EapAlert {
    /// The name of the alert (IANA TLS Alerts).
    const fn alert_name(&self) -> &'static str {
        match self.alert {
            0 => "close_notify",
            10 => "unexpected_message",
            20 => "bad_record_mac",
            40 => "handshake_failure",
            42 => "bad_certificate",
            43 => "unsupported_certificate",
            44 => "certificate_revoked",
            45 => "certificate_expired",
            46 => "certificate_unknown",
            47 => "illegal_parameter",
            48 => "unknown_ca",
            49 => "access_denied",
            50 => "decode_error",
            51 => "decrypt_error",
            70 => "protocol_version",
            71 => "insufficient_security",
            80 => "internal_error",
            90 => "user_canceled",
            109 => "missing_extension",
            112 => "unrecognized_name",
            116 => "certificate_required",
            120 => "no_application_protocol",
            _ => "an alert without a name here",
        }
    }

    /// What is behind it.
    const fn meaning(&self) -> &'static str {
        match self.alert {
            48 => ": it does not know the authority of the other side's certificate",
            42..=47 | 49 | 116 => ": it does not take the other side's certificate, or misses one",
            70 | 71 | 40 => ": the two have no TLS version or cipher suite in common",
            _ => "",
        }
    }
}

impl Contract for EapAlert {
    const CODE: &'static str = "EapAlert";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    fn headline(&self) -> Option<Headline> {
        Some("TLS inside EAP fails: the certificates, or the TLS versions, of user and RADIUS server do not fit together.".into())
    }

    fn who(&self) -> Option<&'static str> {
        Some(match self.by {
            Role::Responder => "the user's certificate, or the RADIUS server's trust in it",
            Role::Initiator => "the RADIUS server's certificate, or the client's trust in it",
        })
    }

    fn remedy(&self) -> SettingList {
        REMEDY.into()
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        Some(812)
    }

    fn details(&self) -> Details {
        alloc::vec![("by", role(self.by)), ("alert", number(self.alert)), ("name", text(self.alert_name()))]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        [(Role::Responder, 48), (Role::Initiator, 45), (Role::Responder, 70), (Role::Initiator, 80)]
            .map(|(by, alert)| Self { by, alert })
            .into()
    }
}

fn detect(seen: &Seen<'_>) -> Vec<Found<EapAlert>> {
    let auth = &seen.sa.auth;
    let Some((alert, by, packets)) = auth.alert.as_ref().filter(|_| !auth.eap_done) else { return Vec::new() };
    let failed = auth.eap_failed.as_ref().map_or_else(|| packets.clone(), |failed| packets.join(failed));
    alloc::vec![Found::error(EapAlert { by: *by, alert: alert.0 }, Confidence::High, failed, seen.sa.last)]
}

impl fmt::Display for EapAlert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (by, name, meaning) = (self.by.name(), self.alert_name(), self.meaning());
        write!(f, "the {by} ends TLS inside EAP with the alert {} ({name}){meaning}; name and password play no part in it", self.alert)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::eap_failed::EapFailed;
    use crate::diagnose::cause::kit::{Case, packets};
    use crate::diagnose::cause::row::Placed;
    use crate::diagnose::facts::TlsAlert;
    use crate::diagnose::severity::Severity;

    #[test]
    fn an_alert_explains_the_failure_that_follows_it() {
        let mut case = Case::new();
        let auth = &mut case.sa.auth;
        (auth.eap, auth.eap_failed) = (true, Some(packets(&[12])));
        assert!(case.find::<EapAlert>().is_empty());
        case.sa.auth.alert = Some((TlsAlert(48), Role::Responder, packets(&[11])));
        let found = case.find::<EapAlert>();
        assert_eq!((found[0].0.alert_name(), &*found[0].3), ("unknown_ca", &[11, 12][..]));
        assert!(case.find_after::<EapFailed>(alloc::vec![(EapAlert::ROW, Severity::Error)]).is_empty());
        // It came to a good end after all.
        case.sa.auth.eap_done = true;
        assert!(case.find::<EapAlert>().is_empty());
    }
}
