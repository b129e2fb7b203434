//! The user's authentication failed.

use super::contract::{Contract, Detect, Headline};
use super::detail::{Details, maybe, number, text, texts};
use super::eap_alert::EapAlert;
use super::found::Found;
use super::ike_auth::is_in_eap;
use super::seen::Seen;
use super::words::Joined;
use crate::diagnose::facts::Packets;
use crate::diagnose::settings::{EAP, SettingList};
use crate::diagnose::severity::Confidence;
use crate::role::Role;
use crate::wire::EapType;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// The user's authentication failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EapFailed {
    /// Octets of the largest IKE message that carried EAP.
    pub largest: usize,
    /// The methods of both sides, where they have none in common and that could be read.
    pub methods: Option<EapMethodsDiffer>,
}

/// A client that does not do the EAP method of the server (Legacy Nak, RFC 3748 section 5.3.1).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EapMethodsDiffer {
    /// The method for which the server asked last.
    pub server: EapType,
    /// The methods for which the client asked in its place: none if it does no other.
    pub client: Vec<EapType>,
}

impl EapMethodsDiffer {
    /// What each side is set up for.
    fn sides(&self) -> String {
        let Self { server, client } = self;
        if client.is_empty() {
            alloc::format!("the server asks for {server}, and the client does neither that nor another")
        } else {
            alloc::format!("the server asks for {server}, and the client is set up for {}", Joined(client, " or "))
        }
    }
}

impl Contract for EapFailed {
    const CODE: &'static str = "EapFailed";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    fn headline(&self) -> Option<Headline> {
        let usual = "The user was refused (EAP): check name, password and the RADIUS or NPS policy.";
        let differ = |methods: &EapMethodsDiffer| alloc::format!("No common EAP method: {}. Set both to the same.", methods.sides());
        Some(Headline { usual, case: self.methods.as_ref().map(differ) })
    }

    fn who(&self) -> Option<&'static str> {
        Some(match self.methods {
            Some(_) => "client and server: the same EAP method on both",
            None => "the user's credentials, or the policy of the RADIUS server",
        })
    }

    fn remedy(&self) -> SettingList {
        EAP.into()
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        Some(812)
    }

    fn details(&self) -> Details {
        let methods = self.methods.as_ref();
        alloc::vec![
            ("largest_eap_message", number(self.largest)),
            ("server_method", maybe(methods.map(|methods| methods.server), text)),
            ("client_methods", maybe(methods, |methods| texts(&methods.client))),
        ]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let differ = |client| Some(EapMethodsDiffer { server: EapType(26), client });
        let methods = [None, differ(alloc::vec![EapType(13), EapType(25)]), differ(Vec::new())];
        methods.map(|methods| Self { largest: 1400, methods }).into()
    }
}

fn detect(seen: &Seen<'_>) -> Vec<Found<EapFailed>> {
    if seen.has::<EapFailed, EapAlert>() {
        return Vec::new();
    }
    let auth = &seen.sa.auth;
    let differ = auth.eap_differs.as_ref().filter(|_| auth.eap_failed.is_some());
    let methods = differ.map(|(server, client)| EapMethodsDiffer { server: *server, client: client.clone() });
    let cause = EapFailed { largest: auth.eap_largest, methods };
    let found = refusal(seen).map(|(packets, known)| Found::error(cause, Confidence::of(known), packets.clone(), seen.sa.last));
    found.into_iter().collect()
}

/// What refuses the user while EAP goes on, and whether it could be read: a failure of EAP itself, an answer of its size after which the
/// initiator is silent, else any refusal or farewell.
fn refusal<'a>(seen: &Seen<'a>) -> Option<(&'a Packets, bool)> {
    let auth = &seen.sa.auth;
    if !is_in_eap(auth) {
        return None;
    }
    let told = auth.eap_failed.as_ref().map(|packets| (packets, true));
    let end = || {
        auth.eap_end
            .as_ref()
            .filter(|_| seen.visible.has(Role::Initiator) && seen.visible.nothing_is_under_way())
            .map(|packets| (packets, false))
    };
    let refused = || auth.refused.as_ref().map(|refused| (&refused.packets, refused.sure));
    let final_notify = || auth.final_notify.as_ref().map(|final_notify| (&final_notify.packets, false));
    told.or_else(end).or_else(refused).or_else(final_notify)
}

impl fmt::Display for EapFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the user's authentication (EAP) was refused: ")?;
        match &self.methods {
            Some(methods) => f.write_str(&methods.sides())?,
            None => f.write_str("wrong name or password, or a policy of the RADIUS server")?,
        }
        match self.largest {
            // A log may not say it.
            0 => Ok(()),
            largest => write!(f, " (largest IKE message with EAP: {largest} octets)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, packets, refused};
    use crate::diagnose::severity::Severity;

    #[test]
    fn it_is_certain_if_it_was_read() {
        let mut case = Case::new();
        let auth = &mut case.sa.auth;
        (auth.eap, auth.eap_largest, auth.eap_end) = (true, 1400, Some(packets(&[9])));
        let due =
            |confidence, packets: &[u64]| [(EapFailed { largest: 1400, methods: None }, Severity::Error, confidence, packets.to_vec())];
        assert_eq!(case.find::<EapFailed>(), due(Confidence::Medium, &[9]));
        case.sa.auth.eap_failed = Some(packets(&[10]));
        assert_eq!(case.find::<EapFailed>(), due(Confidence::High, &[10]));
        // The methods count where the failure could be read.
        case.sa.auth.eap_differs = Some((EapType(26), alloc::vec![EapType(13)]));
        let methods = case.find::<EapFailed>().remove(0).0.methods;
        assert_eq!(methods, Some(EapMethodsDiffer { server: EapType(26), client: alloc::vec![EapType(13)] }));
        // What comes after EAP is refused for another reason.
        case.sa.auth.eap_done = true;
        assert!(case.find::<EapFailed>().is_empty());
    }

    #[test]
    fn silence_after_the_end_of_eap_tells_only_where_the_initiator_is_seen() {
        let mut case = Case::new();
        (case.sa.auth.eap, case.sa.auth.eap_end) = (true, Some(packets(&[9])));
        case.sa.seen.initiator = 0;
        assert!(case.find::<EapFailed>().is_empty());
        // A refusal in the middle of EAP is one of the user all the same.
        case.sa.auth.refused = refused(Role::Responder, None, &[10], false);
        assert_eq!(case.find::<EapFailed>()[0].3, [10]);
    }
}
