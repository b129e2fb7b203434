//! One side does not accept the other's proof of identity.

use super::contract::{Contract, Detect, Headline};
use super::detail::{DetailValue, Details, maybe, notify, notify_name, number, role};
use super::found::Found;
use super::ike_auth::{Kind, child_refusal, initiator_refusal, refusal_kind};
use super::seen::Seen;
use crate::diagnose::facts::{FinalNotify, Refused};
use crate::diagnose::settings::Product::{
    Azure, CiscoAsa, CiscoIos, FortiGate, Juniper, Libreswan, MikroTik, OpenIked, OpnSense, PaloAlto, PfSense, Rras, StrongSwan,
    WindowsClient,
};
use crate::diagnose::settings::{Setting, SettingList};
use crate::diagnose::severity::Confidence;
use crate::instant::Instant;
use crate::registry::NotifyType;
use crate::role::Role;
use alloc::vec::Vec;
use core::fmt;

const REMEDY: &[Setting] = &[
    Setting::new(
        WindowsClient,
        "machine certificate in Local Computer\\Personal with its private key and EKU Client Authentication (1.3.6.1.5.5.7.3.2); the \
         server's root in Local Computer\\Trusted Root Certification Authorities; the server's name as in its certificate; \
         Set-VpnConnection -MachineCertificateIssuerFilter",
    ),
    Setting::new(
        Rras,
        "server certificate with EKU Server Authentication (1.3.6.1.5.5.7.3.1) and the public name; Set-VpnAuthProtocol \
         -UserAuthProtocolAccepted Certificate, EAP -RootCertificateNameToAccept <root>; revocation lists reachable",
    ),
    Setting::new(
        StrongSwan,
        "swanctl.conf: connections.<name>.local.certs and .id, .remote.id and .cacerts; secrets.ike-<name>.secret and .id for shared keys; \
         roots in x509ca",
    ),
    Setting::new(Libreswan, "ipsec.conf: leftcert=, leftid=, rightid=, rightca=; ipsec.secrets for shared keys; roots in the NSS database"),
    Setting::new(OpenIked, "iked.conf: srcid, dstid, psk; /etc/iked/certs, /etc/iked/private/local.key, roots in /etc/iked/ca"),
    Setting::new(
        FortiGate,
        "config vpn ipsec phase1-interface: set authmethod, set psksecret, set certificate, set peertype, set peerid, set localid",
    ),
    Setting::new(
        CiscoIos,
        "crypto ikev2 profile <name>: match identity remote, identity local, authentication local and remote, pki trustpoint, keyring local",
    ),
    Setting::new(CiscoAsa, "tunnel-group <name> ipsec-attributes: ikev2 local-authentication, ikev2 remote-authentication"),
    Setting::new(MikroTik, "/ip ipsec identity: auth-method, secret, certificate, remote-certificate, my-id, remote-id, match-by"),
    Setting::new(
        PfSense,
        "VPN > IPsec > Tunnels, phase 1: Authentication Method, My identifier, Peer identifier, Pre-Shared Key, My Certificate, Peer \
         Certificate Authority",
    ),
    Setting::new(OpnSense, "VPN: IPsec: Connections: Local Authentication, Remote Authentication; VPN: IPsec: Pre-Shared Keys"),
    Setting::new(
        Azure,
        "Set-AzVirtualNetworkGatewayConnectionSharedKey; for clients the root certificate of the point-to-site configuration",
    ),
    Setting::new(
        Juniper,
        "set security ike policy <name>: pre-shared-key, certificate local-certificate; set security ike gateway <name>: local-identity, \
         remote-identity",
    ),
    Setting::new(
        PaloAlto,
        "Network > Network Profiles > IKE Gateways: Authentication, Pre-shared Key, Local Certificate, Certificate Profile, Local \
         Identification, Peer Identification",
    ),
];

/// One side does not accept the other's proof of identity.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuthenticationFailed {
    /// Who refused.
    pub by: Role,
    /// The error, if it could be read.
    pub notify: Option<NotifyType>,
    /// Whether certificates are in use, if that can be told.
    pub certificates: Option<bool>,
    /// A Windows error code the peer sent along.
    pub status: Option<u32>,
    /// Both sides announced a post-quantum preshared key (USE_PPK), which is part of the proof (RFC 8784 section 3).
    pub ppk: bool,
}

impl Contract for AuthenticationFailed {
    const CODE: &'static str = "AuthenticationFailed";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    fn headline(&self) -> Option<Headline> {
        let usual = "The proof of identity was refused: check certificates and their authorities, the shared key, and that each side is set up for \
             the other's name.";
        let with_ppk = "The proof of identity was refused: check the post-quantum preshared key (PPK), which is part of it, as well as \
                        certificates and their authorities, the shared key, and that each side is set up for the other's name.";
        Some(Headline { usual, case: self.ppk.then(|| with_ppk.into()) })
    }

    fn who(&self) -> Option<&'static str> {
        Some(match self.by {
            Role::Responder => "the initiator's credentials, or the responder's trust in them",
            Role::Initiator => "the responder's credentials, or the initiator's trust in them",
        })
    }

    fn remedy(&self) -> SettingList {
        REMEDY.into()
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        Some(self.status.filter(|status| matches!(status, 13801 | 13868 | 812 | 809 | 800)).unwrap_or(13801))
    }

    fn details(&self) -> Details {
        alloc::vec![
            ("by", role(self.by)),
            ("notify", maybe(self.notify, notify)),
            ("certificates", maybe(self.certificates, DetailValue::Bool)),
            ("windows_status", maybe(self.status, number)),
            ("ppk", DetailValue::Bool(self.ppk)),
        ]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let guessed = Self { by: Role::Initiator, notify: None, certificates: None, status: None, ppk: false };
        let notify = Some(NotifyType::AUTHENTICATION_FAILED);
        let read = Self { by: Role::Responder, notify, certificates: Some(true), status: Some(13868), ppk: false };
        alloc::vec![
            Self { ppk: true, ..guessed.clone() },
            guessed,
            Self { certificates: Some(false), status: Some(5), ..read.clone() },
            read
        ]
    }
}

fn detect(seen: &Seen<'_>) -> Vec<Found<AuthenticationFailed>> {
    let (init, auth) = (&seen.sa.init, &seen.sa.auth);
    let found = refusal(seen).filter(Refusal::is_of_proof).map(|refusal| {
        let (by, notify, packets, sure) = match refusal {
            Refusal::Read(refused) => (refused.by, refused.notify, &refused.packets, refused.sure),
            Refusal::ByInitiator(final_notify) => (Role::Initiator, None, &final_notify.packets, false),
        };
        let certificates = auth.certificates.or(init.certreq.then_some(true));
        let ppk = init.announced.initiator.ppk && init.announced.responder.ppk;
        let cause = AuthenticationFailed { by, notify, certificates, status: auth.status, ppk };
        Found::error(cause, Confidence::of(sure), packets.clone(), seen.sa.last)
    });
    found.into_iter().collect()
}

/// What refuses the proof.
enum Refusal<'a> {
    /// A message that reads as a refusal.
    Read(&'a Refused),
    /// What the initiator says after an answer that is none.
    ByInitiator(&'a FinalNotify),
}

impl Refusal<'_> {
    /// Whether the error may be about the proof; a payload that is not known has a cause of its own.
    fn is_of_proof(&self) -> bool {
        !matches!(self, Self::Read(refused) if refused.notify == Some(NotifyType::UNSUPPORTED_CRITICAL_PAYLOAD))
    }
}

fn refusal<'a>(seen: &Seen<'a>) -> Option<Refusal<'a>> {
    let refused = refusal_kind(seen).filter(|(kind, _)| *kind == Kind::Proof).map(|(_, refused)| refused);
    // Who is told AUTHENTICATION_FAILED does not answer that: a refusal with a farewell is one of the child SA, without the proof that the
    // initiator misses.
    if let Some(final_notify) = initiator_refusal(seen) {
        return seen.sa.auth.refused.is_none().then_some(Refusal::ByInitiator(final_notify));
    }
    // The answer held nothing but the refusal of the child SA, and the initiator missed the proof in it.
    let of_child = child_refusal(seen).is_some_and(|child| child.sure);
    refused.filter(|refused| !(of_child && refused.by == Role::Initiator)).map(Refusal::Read)
}

/// When IKE_AUTH came to a good end, unless it is refused all the same.
pub(super) fn came_through(seen: &Seen<'_>) -> Option<Instant> {
    let auth = &seen.sa.auth;
    auth.done.map(|done| done.time).or(auth.stands).filter(|_| !is_refused(seen))
}

/// Whether the IKE SA is refused, whatever else was answered.
pub(super) fn is_refused(seen: &Seen<'_>) -> bool {
    let auth = &seen.sa.auth;
    refusal(seen).is_some() || auth.refused.is_some() && auth.done.is_none() || auth.eap_failed.is_some() && !auth.eap_done
}

impl fmt::Display for AuthenticationFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} does not accept how the {} proves who it is", self.by.name(), self.by.other().name())?;
        match (self.notify, self.status) {
            (Some(notify), _) => write!(f, " ({})", notify_name(notify))?,
            (None, Some(status)) => {
                return write!(
                    f,
                    ", as the Windows error {status} tells; a certificate is expired, of the wrong authority or purpose, its name does not fit, or shared keys differ"
                );
            }
            (None, None) => f.write_str(" (read from the size of the encrypted refusal; keys would tell for sure)")?,
        }
        f.write_str(match self.certificates {
            Some(true) => "; certificates are in use: one is expired, of the wrong authority or purpose, or its name does not fit",
            Some(false) => "; a shared key is in use: it, or the names that go with it, differ",
            None => "",
        })?;
        if self.ppk {
            f.write_str("; both sides have a post-quantum preshared key (PPK): where its value differs, the proof fails as well")?;
        }
        match self.status {
            Some(status) => write!(f, "; the peer sent the Windows error {status}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::clean::Clean;
    use crate::diagnose::cause::eap_failed::EapFailed;
    use crate::diagnose::cause::kit::{Case, done, packets, refused};

    #[test]
    fn a_request_for_certificates_tells_that_they_are_in_use() {
        let mut case = Case::new();
        assert!(case.find::<AuthenticationFailed>().is_empty());
        case.sa.auth.refused = refused(Role::Responder, None, &[9], false);
        case.sa.init.certreq = true;
        let found = case.find::<AuthenticationFailed>();
        assert_eq!((found[0].0.certificates, found[0].2, &*found[0].3), (Some(true), Confidence::Medium, &[9][..]));
        // What was read in IKE_AUTH counts more.
        case.sa.auth.certificates = Some(false);
        assert_eq!(case.find::<AuthenticationFailed>()[0].0.certificates, Some(false));
    }

    #[test]
    fn a_farewell_refuses_the_proof_in_an_answer_that_is_no_refusal() {
        let mut case = Case::new();
        (case.sa.auth.done, case.sa.auth.final_notify) = (done(1, true), Some(FinalNotify { packets: packets(&[5]), message_id: 2 }));
        let found = case.find::<AuthenticationFailed>();
        assert_eq!((found[0].0.by, found[0].2, &*found[0].3), (Role::Initiator, Confidence::Medium, &[5][..]));
        assert!(case.find::<Clean>().is_empty());
        // In EAP it is the user who is refused.
        case.sa.auth.eap = true;
        assert!(case.find::<AuthenticationFailed>().is_empty());
        assert_eq!(case.find::<EapFailed>()[0].3, [5]);
    }

    #[test]
    fn a_windows_error_the_peer_sent_is_the_one_shown_if_it_is_known() {
        let errors: Vec<_> = AuthenticationFailed::samples().iter().map(|cause| (cause.status, cause.windows_error(true))).collect();
        assert_eq!(errors, [(None, Some(13801)), (None, Some(13801)), (Some(5), Some(13801)), (Some(13868), Some(13868))]);
    }
}
