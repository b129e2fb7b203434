//! A payload that is marked critical is not known to the other side (RFC 7296 section 2.5).

use super::contract::{Contract, Detect, Headline};
use super::detail::{Details, exchange, exchange_name, maybe, number, role};
use super::found::Found;
use super::seen::Seen;
use crate::diagnose::settings::Product::{Libreswan, Rras, StrongSwan, WindowsClient};
use crate::diagnose::settings::{Setting, SettingList};
use crate::diagnose::severity::Confidence;
use crate::registry::{ExchangeType, NotifyType, PayloadType};
use crate::role::Role;
use alloc::vec::Vec;
use core::fmt;

const REMEDY: &[Setting] = &[
    Setting::new(WindowsClient, "sends no such payload of its own: remove the VPN software that adds it, or update it"),
    Setting::new(Rras, "update Windows Server; the extension the payload belongs to has to be switched off on the other side"),
    Setting::new(
        StrongSwan,
        "switch off the extension the payload belongs to on the side that sends it, or update the side that refuses it",
    ),
    Setting::new(
        Libreswan,
        "switch off the extension the payload belongs to on the side that sends it (impair options too), or update the side that refuses it",
    ),
];

/// A payload that is marked critical is not known to the other side.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CriticalPayloadRefused {
    /// Its type, if the refusal names it.
    pub payload: Option<PayloadType>,
    /// In which exchange.
    pub exchange: ExchangeType,
    /// Who refused it.
    pub by: Role,
}

impl Contract for CriticalPayloadRefused {
    const CODE: &'static str = "CriticalPayloadRefused";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    fn headline(&self) -> Option<Headline> {
        let usual = "One side sends a critical payload that the other does not know: switch that extension off, or update the other side.";
        let case = self.payload.map(|payload| {
            alloc::format!(
                "One side sends the critical payload {} that the other does not know: switch that extension off, or update the other side.",
                payload.0
            )
        });
        Some(Headline { usual, case })
    }

    fn who(&self) -> Option<&'static str> {
        Some(match self.by {
            Role::Responder => "the initiator, which sends the payload, or the responder, which does not know it",
            Role::Initiator => "the responder, which sends the payload, or the initiator, which does not know it",
        })
    }

    fn remedy(&self) -> SettingList {
        REMEDY.into()
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        None
    }

    fn details(&self) -> Details {
        alloc::vec![
            ("payload", maybe(self.payload, |payload| number(payload.0))),
            ("exchange", exchange(self.exchange)),
            ("by", role(self.by)),
        ]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let read = Self { payload: Some(PayloadType(200)), exchange: ExchangeType::IKE_SA_INIT, by: Role::Responder };
        alloc::vec![
            Self { payload: None, ..read.clone() },
            Self { exchange: ExchangeType::IKE_AUTH, by: Role::Initiator, ..read.clone() },
            read
        ]
    }
}

fn detect(seen: &Seen<'_>) -> Vec<Found<CriticalPayloadRefused>> {
    let (sa, init) = (seen.sa, &seen.sa.init);
    let unknown = |notify: NotifyType| notify == NotifyType::UNSUPPORTED_CRITICAL_PAYLOAD;
    // Anybody could have sent it: it counts if nothing came of the request in spite of it.
    let first = init.refusal.as_ref().filter(|refusal| unknown(refusal.notify) && !sa.goes_on()).map(|refusal| {
        let cause = CriticalPayloadRefused { payload: refusal.critical, exchange: ExchangeType::IKE_SA_INIT, by: Role::Responder };
        Found::error(cause, Confidence::High, init.packets.join(&refusal.packets), sa.first)
    });
    let inside = sa.auth.refused.as_ref().filter(|refused| refused.notify.is_some_and(unknown)).map(|refused| {
        let cause = CriticalPayloadRefused { payload: refused.critical, exchange: ExchangeType::IKE_AUTH, by: refused.by };
        Found::error(cause, Confidence::of(refused.sure), refused.packets.clone(), sa.last)
    });
    first.into_iter().chain(inside).collect()
}

impl fmt::Display for CriticalPayloadRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the {} refuses {} because a payload in it is marked critical and it does not know ",
            self.by.name(),
            exchange_name(self.exchange)
        )?;
        match self.payload {
            Some(payload) => match payload.name() {
                Some(name) => write!(f, "payload type {} ({name})", payload.0)?,
                None => write!(f, "payload type {}", payload.0)?,
            },
            None => f.write_str("its type (which the refusal does not name)")?,
        }
        f.write_str(" (UNSUPPORTED_CRITICAL_PAYLOAD)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::authentication_failed::AuthenticationFailed;
    use crate::diagnose::cause::error_in_clear::ErrorInClear;
    use crate::diagnose::cause::kit::{Case, packets, refused};
    use crate::diagnose::facts::ClearRefusal;

    #[test]
    fn a_refusal_in_clear_counts_if_nothing_came_of_the_request() {
        let mut case = Case::new();
        let notify = NotifyType::UNSUPPORTED_CRITICAL_PAYLOAD;
        case.sa.init.refusal = Some(ClearRefusal { notify, critical: Some(PayloadType(200)), packets: packets(&[9]) });
        assert!(case.find::<CriticalPayloadRefused>().is_empty());
        case.sa.init.answered = None;
        let found = case.find::<CriticalPayloadRefused>();
        assert_eq!((found[0].0.payload, &*found[0].3), (Some(PayloadType(200)), &[1, 2, 9][..]));
        assert!(case.find::<ErrorInClear>().is_empty(), "it has a cause of its own");
    }

    #[test]
    fn a_refusal_inside_ike_auth_is_no_refused_proof() {
        let mut case = Case::new();
        case.sa.auth.refused = refused(Role::Responder, Some(NotifyType::UNSUPPORTED_CRITICAL_PAYLOAD), &[4], true);
        let found = case.find::<CriticalPayloadRefused>();
        assert_eq!((found[0].0.exchange, found[0].2), (ExchangeType::IKE_AUTH, Confidence::High));
        assert!(case.find::<AuthenticationFailed>().is_empty());
        case.sa.auth.refused = refused(Role::Responder, Some(NotifyType::AUTHENTICATION_FAILED), &[4], true);
        assert!(case.find::<CriticalPayloadRefused>().is_empty());
    }
}
