//! The IKE SA stands, its child SA does not.

use super::contract::{Contract, Detect, Headline};
use super::detail::{DetailValue, Details, exchange, exchange_name, maybe, notify, notify_name, texts};
use super::found::Found;
use super::ike_auth::{child_refusal, initiator_refusal};
use super::outcome::is_up;
use super::rekey_refused::is_of_rekey;
use super::seen::Seen;
use super::words::Joined;
use crate::diagnose::facts::ChildRefused;
use crate::diagnose::settings::{SettingList, child};
use crate::diagnose::severity::Confidence;
use crate::registry::{ExchangeType, NotifyType};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// The IKE SA stands, its child SA does not.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChildSaRefused {
    /// In which exchange.
    pub exchange: ExchangeType,
    /// The error, if it could be read.
    pub notify: Option<NotifyType>,
    /// Address ranges that were asked for, if they could be read.
    pub selectors: Vec<String>,
    /// The answer may as well be a success without a child SA (RFC 6023).
    pub unclear: bool,
}

impl ChildSaRefused {
    /// Whether perfect forward secrecy on one side only may be what is refused. IKE_AUTH has no key exchange of its own, so that a
    /// mismatch there shows only when the first rekeying comes.
    fn may_be_pfs(&self) -> bool {
        let proposal = self.notify.is_none_or(|notify| notify == NotifyType::NO_PROPOSAL_CHOSEN);
        self.exchange == ExchangeType::CREATE_CHILD_SA && proposal
    }
}

impl Contract for ChildSaRefused {
    const CODE: &'static str = "ChildSaRefused";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    fn headline(&self) -> Option<Headline> {
        let line = if self.exchange == ExchangeType::CREATE_CHILD_SA {
            "A further tunnel, or the renewal of one, was refused: compare ESP proposals (above all PFS) and networks of both sides."
        } else {
            "The IKE SA stands but the tunnel for the traffic was refused: compare ESP proposals and networks of both sides."
        };
        Some(line.into())
    }

    fn who(&self) -> Option<&'static str> {
        Some("the side whose ESP proposals or networks are the narrower")
    }

    fn remedy(&self) -> SettingList {
        child(&[])
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        (self.notify == Some(NotifyType::NO_PROPOSAL_CHOSEN)).then_some(13868)
    }

    fn details(&self) -> Details {
        alloc::vec![
            ("exchange", exchange(self.exchange)),
            ("notify", maybe(self.notify, notify)),
            ("selectors", texts(&self.selectors)),
            ("unclear", DetailValue::Bool(self.unclear)),
        ]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let errors = [None, Some(NotifyType::TS_UNACCEPTABLE), Some(NotifyType::NO_PROPOSAL_CHOSEN), Some(NotifyType::INVALID_SYNTAX)];
        let one = |exchange, notify| Self { exchange, notify, selectors: alloc::vec!["10.1.0.0-10.1.0.255".into()], unclear: false };
        let both = |notify| [ExchangeType::IKE_AUTH, ExchangeType::CREATE_CHILD_SA].map(|exchange| one(exchange, notify));
        let unclear = Self { selectors: Vec::new(), unclear: true, ..one(ExchangeType::IKE_AUTH, None) };
        errors.into_iter().flat_map(both).chain([unclear]).collect()
    }
}

fn detect(seen: &Seen<'_>) -> Vec<Found<ChildSaRefused>> {
    // Who is told AUTHENTICATION_FAILED does not answer that; who misses the proof in an answer does.
    if let (Some(final_notify), Some(refused)) = (initiator_refusal(seen), &seen.sa.auth.refused) {
        let cause = ChildSaRefused { exchange: ExchangeType::IKE_AUTH, notify: None, selectors: Vec::new(), unclear: false };
        return alloc::vec![Found::error(cause, Confidence::Medium, refused.packets.join(&final_notify.packets), seen.sa.last)];
    }
    if let Some(unclear) = unclear(seen) {
        return alloc::vec![unclear];
    }
    let of_address =
        |child: &ChildRefused| matches!(child.notify, Some(NotifyType::INTERNAL_ADDRESS_FAILURE | NotifyType::FAILED_CP_REQUIRED));
    let found = child_refusal(seen).filter(|child| !of_address(child) && !is_of_rekey(child)).map(|child| {
        let selectors = seen.sa.auth.selectors.clone();
        let cause = ChildSaRefused { exchange: child.exchange, notify: child.notify, selectors, unclear: false };
        Found::error(cause, Confidence::of(child.sure), child.packets.clone(), seen.sa.last)
    });
    found.into_iter().collect()
}

/// Where IKE SAs without a child SA are allowed, a small answer may be one or the refusal of one: that is no error, unless nothing shows
/// that the IKE SA stands.
fn unclear(seen: &Seen<'_>) -> Option<Found<ChildSaRefused>> {
    let small = seen.sa.auth.small_answer.as_ref().filter(|_| !is_up(seen) && seen.sa.auth.child_refused.is_none())?;
    let cause = ChildSaRefused { exchange: ExchangeType::IKE_AUTH, notify: None, selectors: Vec::new(), unclear: true };
    Some(Found::info(cause, Confidence::Low, small.clone(), seen.sa.last))
}

impl fmt::Display for ChildSaRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exchange = exchange_name(self.exchange);
        if self.unclear {
            return f.write_str(
                "the answer to IKE_AUTH is too small for a tunnel: it refuses the tunnel, or makes an IKE SA without one, which this \
                 responder allows (CHILDLESS_IKEV2_SUPPORTED); its size does not tell which, keys or a longer capture would",
            );
        }
        write!(f, "the IKE SA stands, but its child SA, which would carry the traffic, was refused in {exchange}")?;
        match self.notify {
            Some(NotifyType::TS_UNACCEPTABLE) => {
                f.write_str(": TS_UNACCEPTABLE, the networks of both sides do not fit together").and_then(|()| {
                    if self.selectors.is_empty() { Ok(()) } else { write!(f, " (asked for: {})", Joined(&self.selectors, ", ")) }
                })
            }
            Some(NotifyType::NO_PROPOSAL_CHOSEN) => f.write_str(": NO_PROPOSAL_CHOSEN, no common proposal for ESP"),
            Some(notify) => write!(f, ": {}", notify_name(notify)),
            None => f.write_str(" (read from the size of the encrypted answer; keys would tell why)"),
        }?;
        if self.may_be_pfs() {
            f.write_str("; where the first tunnel came up, mostly only one side wants PFS (a group among its ESP proposals)")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::authentication_failed::AuthenticationFailed;
    use crate::diagnose::cause::kit::{Case, child_refused, packets, refused};
    use crate::diagnose::facts::{ChildRefused, FinalNotify};
    use crate::role::Role;
    use alloc::string::ToString;

    fn child(sure: bool) -> Option<ChildRefused> {
        let (exchange, notify) = (ExchangeType::CREATE_CHILD_SA, sure.then_some(NotifyType::TS_UNACCEPTABLE));
        Some(child_refused(exchange, notify, &[9], sure))
    }

    #[test]
    fn a_guess_counts_only_where_the_initiator_is_seen() {
        let mut case = Case::new();
        assert!(case.find::<ChildSaRefused>().is_empty());
        let confidence = |case: &Case| case.find::<ChildSaRefused>().into_iter().map(|(_, _, sure, _)| sure).collect::<Vec<_>>();
        for (sure, due) in [(true, Confidence::High), (false, Confidence::Medium)] {
            case.sa.auth.child_refused = child(sure);
            case.sa.seen.initiator = 1;
            assert_eq!(confidence(&case), [due]);
            case.sa.seen.initiator = 0;
            assert_eq!(confidence(&case).len(), usize::from(sure));
        }
    }

    #[test]
    fn a_farewell_after_a_refusal_misses_the_proof_in_it() {
        let mut case = Case::new();
        let auth = &mut case.sa.auth;
        auth.refused = refused(Role::Responder, None, &[4], false);
        auth.final_notify = Some(FinalNotify { packets: packets(&[5]), message_id: 2 });
        let found = case.find::<ChildSaRefused>();
        assert_eq!((found[0].0.exchange, found[0].2, &*found[0].3), (ExchangeType::IKE_AUTH, Confidence::Medium, &[4, 5][..]));
        assert!(case.find::<AuthenticationFailed>().is_empty());
        // A refusal that could be read explains itself, and the farewell.
        case.sa.auth.refused = refused(Role::Responder, None, &[4], true);
        assert!(case.find::<ChildSaRefused>().is_empty());
        assert_eq!(case.find::<AuthenticationFailed>()[0].3, [4]);
    }

    #[test]
    fn pfs_is_suspected_where_a_proposal_with_a_group_is_refused() {
        for cause in ChildSaRefused::samples() {
            let later = cause.exchange == ExchangeType::CREATE_CHILD_SA;
            let proposal = matches!(cause.notify, None | Some(NotifyType::NO_PROPOSAL_CHOSEN));
            assert_eq!(cause.to_string().contains("PFS"), later && proposal, "{cause}");
            assert_eq!(cause.headline().is_some_and(|line| line.usual.contains("PFS")), later, "{cause}");
        }
    }
}
