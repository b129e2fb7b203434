//! The responder takes none of the proposals: whose offer it looks like, and what a policy has against it.

use super::contract::{Contract, Detect, Headline};
use super::detail::{DetailValue, Details, exchange, exchange_name, maybe, text, texts};
use super::found::Found;
use super::intermediate_not_offered::{self, IntermediateNotOffered};
use super::likeness::nearest;
use super::seen::Seen;
use crate::diagnose::settings::{SettingList, child, proposal};
use crate::diagnose::severity::Confidence;
use crate::proposal::{NegotiationContext, Proposal, Question, negotiate};
use crate::registry::{ExchangeType, KeMethod, NotifyType};
use crate::transform::Transform;
use crate::wire::Sa;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

/// The profile of what an administrator set by hand: no default of Windows.
const CUSTOM_EXAMPLE: &str = "windows-client-custom-ike-example";

/// Proposals and transforms looked at: an offer made in earnest has fewer.
const PROPOSALS: usize = 32;
const TRANSFORMS: usize = 64;

/// The responder takes none of the proposals.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NoProposalChosen {
    /// In which exchange.
    pub exchange: ExchangeType,
    /// What was offered, as far as it can be read.
    pub offer: Vec<Proposal>,
    /// The vendor profile the offer is most like, and whether it is the very same.
    pub profile: Option<(&'static str, bool)>,
    /// No proposal can do without IKE_INTERMEDIATE, which is not announced: a common one is not what is missing.
    pub needs_intermediate: bool,
    /// What the policy given allows for this kind of SA; empty without one.
    pub allowed: Vec<Proposal>,
    /// Why a policy refuses it; `None` without a policy or when that policy would take it.
    pub difference: Option<String>,
    /// A change that would do, by that policy.
    pub change: Option<String>,
}

impl NoProposalChosen {
    /// Whether a child SA was refused, and not the IKE SA itself.
    pub(super) fn is_of_child(&self) -> bool {
        self.exchange != ExchangeType::IKE_SA_INIT
    }
}

impl Contract for NoProposalChosen {
    const CODE: &'static str = "NoProposalChosen";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    fn headline(&self) -> Option<Headline> {
        let usual = "The two sides have no encryption settings in common: set the same proposal on client and server.";
        let case = match &self.difference {
            _ if self.profile.is_some_and(|(name, exact)| exact && name.starts_with("windows1")) => Some(
                "The Windows client offers its default proposals and the server accepts none of them: set NativeProtocolType = IKEv2 and \
                 the same CryptographySuite as on the server."
                    .to_string(),
            ),
            Some(difference) => Some(alloc::format!("{} ({}).", usual.trim_end_matches('.'), first_clause(difference))),
            None => None,
        };
        Some(Headline { usual, case })
    }

    fn who(&self) -> Option<&'static str> {
        Some("the client or the server, whichever is the weaker")
    }

    fn remedy(&self) -> SettingList {
        match (self.is_of_child(), self.needs_intermediate) {
            (true, _) => child(&self.allowed),
            (false, true) => intermediate_not_offered::REMEDY.into(),
            (false, false) => proposal(&self.allowed),
        }
    }

    fn windows_error(&self, windows: bool) -> Option<u32> {
        // With NativeProtocolType = IKEv2 the client's own offer goes out, and the mismatch has a number of its own.
        let default = self.profile.is_some_and(|(name, same)| same && name != CUSTOM_EXAMPLE);
        Some(if self.is_of_child() || windows && !default { 13868 } else { 800 })
    }

    fn details(&self) -> Details {
        alloc::vec![
            ("exchange", exchange(self.exchange)),
            ("offer", texts(&self.offer)),
            ("nearest_profile", maybe(self.profile, |(name, _)| text(name))),
            ("profile_exact", maybe(self.profile, |(_, same)| DetailValue::Bool(same))),
            ("difference", maybe(self.difference.as_ref(), text)),
            ("change", maybe(self.change.as_ref(), text)),
        ]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let difference = Some("the peer offers MODP_1024; this policy needs ECP_384.".to_string());
        let one = Self {
            exchange: ExchangeType::IKE_SA_INIT,
            offer: Vec::new(),
            profile: None,
            needs_intermediate: false,
            allowed: Vec::new(),
            difference,
            change: None,
        };
        let like = Self { profile: Some(("windows10-client-default-ike", true)), ..one.clone() };
        let child = Self { exchange: ExchangeType::IKE_AUTH, profile: Some(("ios-default-esp", false)), difference: None, ..one.clone() };
        alloc::vec![one, like, child]
    }
}

#[cfg(feature = "probe")]
impl NoProposalChosen {
    /// An offer for an IKE SA that was refused, whoever would make it.
    pub(crate) fn of_offer(offer: Vec<Proposal>) -> Self {
        Self {
            exchange: ExchangeType::IKE_SA_INIT,
            profile: nearest(&offer, NegotiationContext::IkeSaInit, false),
            offer,
            needs_intermediate: false,
            allowed: Vec::new(),
            difference: None,
            change: None,
        }
    }
}

fn detect(seen: &Seen<'_>) -> Vec<Found<NoProposalChosen>> {
    let (init, auth) = (&seen.sa.init, &seen.sa.auth);
    let none = |notify: Option<NotifyType>| notify == Some(NotifyType::NO_PROPOSAL_CHOSEN);
    // Anybody could have sent the refusal: it counts if nothing came of the request in spite of it.
    let refusal = init.refusal.as_ref().filter(|refusal| none(Some(refusal.notify)) && !seen.sa.goes_on());
    let of_ike = refusal.map(|refusal| {
        let cause = explained(ExchangeType::IKE_SA_INIT, &init.offer, init.ke, seen, NegotiationContext::IkeSaInit);
        let cause = NoProposalChosen { needs_intermediate: seen.has::<NoProposalChosen, IntermediateNotOffered>(), ..cause };
        Found::error(cause, Confidence::High, init.packets.join(&refusal.packets), seen.sa.first)
    });
    let of_child = auth.child_refused.as_ref().filter(|child| none(child.notify)).map(|child| {
        let context =
            if child.exchange == ExchangeType::IKE_AUTH { NegotiationContext::IkeAuth } else { NegotiationContext::CreateChildSa };
        let cause = explained(child.exchange, &auth.child_offer, None, seen, context);
        Found::error(cause, Confidence::of(child.sure), child.packets.clone(), seen.sa.last)
    });
    of_ike.into_iter().chain(of_child).collect()
}

/// The refusal of an offer, explained. The offer is the body of an SA payload.
fn explained(exchange: ExchangeType, offer: &[u8], ke: Option<KeMethod>, seen: &Seen<'_>, context: NegotiationContext) -> NoProposalChosen {
    let proposals = read(offer);
    let profile = nearest(&proposals, context, seen.sa.init.windows);
    // The policy is one for the IKE SA or one for the child SA, not both.
    let fits = seen.policy().filter(|policy| policy.proposals().iter().any(|p| context.takes(p.protocol)));
    let allowed = fits.map(|policy| policy.proposals().to_vec()).unwrap_or_default();
    let refusal = fits.filter(|_| !offer.is_empty()).and_then(|policy| negotiate(offer, Question::new(context, ke), policy).err());
    // The change to the policy, unless something speaks against what it would then allow.
    let change = refusal.as_ref().and_then(|refusal| {
        let (local, peer) = (refusal.local_remedy(), refusal.peer_remedy());
        local.into_iter().chain(peer).min_by_key(|remedy| remedy.weaknesses.len()).map(|remedy| remedy.to_string())
    });
    let needs_intermediate = false;
    NoProposalChosen {
        exchange,
        offer: proposals,
        profile,
        needs_intermediate,
        allowed,
        difference: refusal.map(|r| r.to_string()),
        change,
    }
}

fn read(offer: &[u8]) -> Vec<Proposal> {
    let Ok(sa) = Sa::parse(offer) else {
        return Vec::new();
    };
    let transforms =
        |p: crate::wire::ProposalSubstructure<'_>| -> Vec<Transform> { p.transforms().map(Transform::from).take(TRANSFORMS).collect() };
    // A log that names no proposal is told of by one without transforms.
    let told = sa.proposals().take(PROPOSALS).map(|p| Proposal::new(p.protocol, transforms(p)));
    told.filter(|proposal| !proposal.transforms.is_empty()).collect()
}

/// The first thing a text says.
fn first_clause(text: &str) -> &str {
    text.split(['.', ';']).next().unwrap_or(text).trim_end()
}

impl fmt::Display for NoProposalChosen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An error number of Windows does not say in which exchange it was.
        let exchange =
            if self.exchange == ExchangeType(0) { String::new() } else { alloc::format!(" in {}", exchange_name(self.exchange)) };
        match self.offer.len() {
            1 => write!(f, "the responder does not accept the proposal offered{exchange}")?,
            0 => write!(f, "the responder accepts no proposal offered{exchange}")?,
            n => write!(f, "the responder accepts none of the {n} proposals offered{exchange}")?,
        }
        match self.profile {
            Some((name, true)) => write!(f, "; the offer is exactly that of {name}")?,
            Some((name, false)) => write!(f, "; the offer is most like that of {name}")?,
            None => {}
        }
        match &self.difference {
            Some(difference) => write!(f, ". Against the policy given: {}", difference.trim_end_matches('.')),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, packets};
    use crate::diagnose::facts::ClearRefusal;

    #[test]
    fn a_refusal_counts_if_nothing_came_of_the_request() {
        let mut case = Case::new();
        case.sa.init.refusal = Some(ClearRefusal { notify: NotifyType::NO_PROPOSAL_CHOSEN, critical: None, packets: packets(&[9]) });
        assert!(case.find::<NoProposalChosen>().is_empty());
        case.sa.init.answered = None;
        let found = case.find::<NoProposalChosen>();
        assert_eq!((found[0].0.is_of_child(), found[0].2, &*found[0].3), (false, Confidence::High, &[1, 2, 9][..]));
        case.sa.init.refusal = Some(ClearRefusal { notify: NotifyType::INVALID_SYNTAX, critical: None, packets: packets(&[9]) });
        assert!(case.find::<NoProposalChosen>().is_empty());
    }

    #[test]
    fn the_headline_tells_what_is_special() {
        let case = |cause: &NoProposalChosen| cause.headline().and_then(|line| line.case).unwrap_or_default();
        let [one, like, child] = &NoProposalChosen::samples()[..] else { panic!("three samples") };
        assert!(case(one).ends_with("on client and server (the peer offers MODP_1024)."), "{}", case(one));
        assert!(case(like).starts_with("The Windows client offers its default proposals"));
        assert_eq!(case(child), "");
    }

    #[test]
    fn windows_has_a_number_for_an_offer_of_its_own() {
        let [one, like, child] = &NoProposalChosen::samples()[..] else { panic!("three samples") };
        assert!(crate::proposal::profiles::find(CUSTOM_EXAMPLE).is_some());
        let custom = NoProposalChosen { profile: Some((CUSTOM_EXAMPLE, true)), ..one.clone() };
        assert_eq!([one, like, &custom, child].map(|cause| cause.windows_error(true)), [13868, 800, 13868, 13868].map(Some));
        assert_eq!([one, like, &custom, child].map(|cause| cause.windows_error(false)), [800, 800, 800, 13868].map(Some));
    }
}
