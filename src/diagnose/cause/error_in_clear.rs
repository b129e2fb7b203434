//! IKE_SA_INIT, or a later request, was refused in clear with an error that has no cause of its own.

use super::contract::{Cause, Detect, Headline};
use super::detail::{Details, exchange, exchange_name, notify, notify_name};
use super::found::Found;
use super::seen::Seen;
use crate::diagnose::settings::{SILENT, Setting};
use crate::diagnose::severity::Confidence;
use crate::registry::{ExchangeType, NotifyType};
use alloc::vec::Vec;
use core::fmt;

/// IKE_SA_INIT, or a later request, was refused in clear with another error.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorInClear {
    /// In which exchange.
    pub exchange: ExchangeType,
    /// The error.
    pub notify: NotifyType,
}

impl Cause for ErrorInClear {
    const CODE: &'static str = "ErrorInClear";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    fn rank(&self) -> u8 {
        34
    }

    fn headline(&self) -> Option<Headline> {
        Some("The other side refuses the message as it is: the error code says why.".into())
    }

    fn who(&self) -> Option<&'static str> {
        Some("the side that sends it")
    }

    fn remedy(&self) -> &'static [Setting] {
        SILENT
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        None
    }

    fn details(&self) -> Details {
        alloc::vec![("exchange", exchange(self.exchange)), ("notify", notify(self.notify))]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        alloc::vec![Self { exchange: ExchangeType::CREATE_CHILD_SA, notify: NotifyType::INVALID_SYNTAX }]
    }
}

fn detect(seen: &Seen<'_>) -> Vec<Found<ErrorInClear>> {
    let (sa, init) = (seen.sa, &seen.sa.init);
    // Anybody could have sent it: it counts if nothing came of the request in spite of it.
    let refusal = init.refusal.as_ref().filter(|(ty, _)| *ty != NotifyType::NO_PROPOSAL_CHOSEN && !sa.goes_on());
    let first = refusal.map(|(notify, packets)| {
        let cause = ErrorInClear { exchange: ExchangeType::IKE_SA_INIT, notify: *notify };
        Found::error(cause, Confidence::High, init.packets.join(packets), sa.first)
    });
    let later = sa.clear_error.as_ref().filter(|_| sa.auth.done.is_none()).map(|(exchange, notify, packets, time)| {
        Found::error(ErrorInClear { exchange: *exchange, notify: *notify }, Confidence::Medium, packets.clone(), *time)
    });
    first.into_iter().chain(later).collect()
}

impl fmt::Display for ErrorInClear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} was answered with the error {}, not encrypted", exchange_name(self.exchange), notify_name(self.notify))
    }
}
