//! IKE_SA_INIT, or a later request, was refused in clear with an error that has no cause of its own.

use super::authentication_failed::came_through;
use super::contract::{Contract, Detect, Headline};
use super::detail::{Details, exchange, exchange_name, notify, notify_name};
use super::found::Found;
use super::seen::Seen;
use super::version_refused::VersionRefused;
use crate::diagnose::settings::{SILENT, SettingList};
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

impl Contract for ErrorInClear {
    const CODE: &'static str = "ErrorInClear";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    fn headline(&self) -> Option<Headline> {
        Some("The other side refuses the message as it is: the error code says why.".into())
    }

    fn who(&self) -> Option<&'static str> {
        Some("the side that sends it")
    }

    fn remedy(&self) -> SettingList {
        SILENT.into()
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
    let refusal = init.refusal.as_ref().filter(|refusal| !has_own_cause(refusal.notify) && !sa.goes_on());
    let first = refusal.map(|refusal| {
        let cause = ErrorInClear { exchange: ExchangeType::IKE_SA_INIT, notify: refusal.notify };
        Found::error(cause, Confidence::High, init.packets.join(&refusal.packets), sa.first)
    });
    let version = seen.has::<ErrorInClear, VersionRefused>();
    let later = sa.clear_error.as_ref().filter(|_| !version && came_through(seen).is_none()).map(|error| {
        let cause = ErrorInClear { exchange: error.exchange, notify: error.notify };
        Found::error(cause, Confidence::Medium, error.packets.clone(), error.time)
    });
    first.into_iter().chain(later).collect()
}

/// Whether a refusal of IKE_SA_INIT is found as another cause.
const fn has_own_cause(notify: NotifyType) -> bool {
    matches!(notify, NotifyType::NO_PROPOSAL_CHOSEN | NotifyType::UNSUPPORTED_CRITICAL_PAYLOAD | NotifyType::INVALID_MAJOR_VERSION)
}

impl fmt::Display for ErrorInClear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} was answered with the error {}, not encrypted", exchange_name(self.exchange), notify_name(self.notify))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, at, done, packets};
    use crate::diagnose::facts::{ClearError, ClearRefusal};

    #[test]
    fn it_counts_if_nothing_came_of_the_request() {
        let mut case = Case::new();
        case.sa.init.refusal = Some(ClearRefusal { notify: NotifyType::INVALID_SYNTAX, critical: None, packets: packets(&[9]) });
        let evidence = |case: &Case| case.find::<ErrorInClear>().into_iter().map(|(.., packets)| packets).collect::<Vec<_>>();
        assert!(evidence(&case).is_empty());
        case.sa.init.answered = None;
        assert_eq!(evidence(&case), [[1, 2, 9]]);
        // That one has a cause of its own.
        case.sa.init.refusal = Some(ClearRefusal { notify: NotifyType::NO_PROPOSAL_CHOSEN, critical: None, packets: packets(&[9]) });
        assert!(evidence(&case).is_empty());
    }

    #[test]
    fn a_later_one_counts_if_ike_auth_never_went_well() {
        let mut case = Case::new();
        let (exchange, notify) = (ExchangeType::IKE_AUTH, NotifyType::INVALID_SYNTAX);
        case.sa.clear_error = Some(ClearError { exchange, notify, packets: packets(&[9]), time: at(1) });
        assert_eq!(case.find::<ErrorInClear>()[0].2, Confidence::Medium);
        case.sa.auth.done = done(2, true);
        assert!(case.find::<ErrorInClear>().is_empty());
    }
}
