//! Additional key exchanges are offered without the exchange in which they run (RFC 9370, RFC 9242).

use super::contract::{Contract, Detect, Headline};
use super::detail::Details;
use super::found::Found;
use super::seen::Seen;
use crate::diagnose::settings::Product::{Libreswan, Rras, StrongSwan, WindowsClient};
use crate::diagnose::settings::{Setting, SettingList};
use crate::diagnose::severity::Confidence;
use crate::registry::NotifyType;
use crate::wire::{ProposalSubstructure, Sa};
use alloc::vec::Vec;
use core::fmt;

pub(super) const REMEDY: &[Setting] = &[
    Setting::new(WindowsClient, "offers no additional key exchange: the client that does is another one"),
    Setting::new(Rras, "takes no additional key exchange: the client must offer a proposal without one"),
    Setting::new(
        StrongSwan,
        "swanctl.conf: connections.<name>.proposals with ke1_mlkem768 needs a release that runs IKE_INTERMEDIATE (6.0 and later) on both sides; \
         until then a proposal without ke1_",
    ),
    Setting::new(Libreswan, "ipsec.conf: intermediate=yes beside the additional key exchange in ike=; else leave that out of ike="),
];

/// Transform types of additional key exchanges (RFC 9370 section 4).
const ADDITIONAL: core::ops::RangeInclusive<u8> = 6..=12;

/// Additional key exchanges are offered without INTERMEDIATE_EXCHANGE_SUPPORTED.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IntermediateNotOffered;

impl Contract for IntermediateNotOffered {
    const CODE: &'static str = "IntermediateNotOffered";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    fn headline(&self) -> Option<Headline> {
        Some(
            "The client offers additional key exchanges (post-quantum) and not IKE_INTERMEDIATE, in which they run: switch that on, or leave \
             them out."
                .into(),
        )
    }

    fn who(&self) -> Option<&'static str> {
        Some("the client")
    }

    fn remedy(&self) -> SettingList {
        REMEDY.into()
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        None
    }

    fn details(&self) -> Details {
        Vec::new()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        alloc::vec![Self]
    }
}

fn detect(seen: &Seen<'_>) -> Vec<Found<IntermediateNotOffered>> {
    let (sa, init) = (seen.sa, &seen.sa.init);
    // Anybody could have sent the refusal: it counts if nothing came of the request in spite of it.
    let refusal = init.refusal.as_ref().filter(|refusal| refusal.notify == NotifyType::NO_PROPOSAL_CHOSEN && !sa.goes_on());
    let unannounced = init.asked && !init.cut && !init.announced.initiator.intermediate;
    let found = refusal
        .filter(|_| unannounced && needs_intermediate(&init.offer))
        .map(|refusal| Found::error(IntermediateNotOffered, Confidence::High, init.packets.join(&refusal.packets), sa.first));
    found.into_iter().collect()
}

/// Whether no proposal of the offer can do without an additional key exchange.
fn needs_intermediate(offer: &[u8]) -> bool {
    let Ok(sa) = Sa::parse(offer) else { return false };
    let mut proposals = sa.proposals().peekable();
    proposals.peek().is_some() && proposals.all(|proposal| demands(&proposal))
}

/// Whether a proposal has an additional key exchange for which NONE is no choice.
fn demands(proposal: &ProposalSubstructure<'_>) -> bool {
    ADDITIONAL.into_iter().any(|ty| {
        let mut of_type = proposal.transforms().filter(|t| t.ty.0 == ty).peekable();
        of_type.peek().is_some() && of_type.all(|t| t.id.0 != 0)
    })
}

impl fmt::Display for IntermediateNotOffered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "every proposal of the initiator needs an additional key exchange (RFC 9370), and its IKE_SA_INIT does not announce \
             IKE_INTERMEDIATE (INTERMEDIATE_EXCHANGE_SUPPORTED, RFC 9242), the only exchange in which that can run: no responder may take \
             such a proposal",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, packets};
    use crate::diagnose::facts::ClearRefusal;

    /// A proposal for IKE of ENCR 20, PRF 5, a group, and of type 6 what is asked for.
    fn offer(additional: &[u8]) -> Vec<u8> {
        let mut transforms = alloc::vec![(1, 20), (2, 5), (4, 19)];
        transforms.extend(additional.iter().map(|id| (6, *id)));
        let mut octets = Vec::new();
        for (n, (ty, id)) in transforms.iter().enumerate() {
            let more = if n.saturating_add(1) == transforms.len() { 0 } else { 3 };
            octets.extend([more, 0, 0, 8, *ty, 0, 0, *id]);
        }
        let mut proposal =
            alloc::vec![0, 0, 0, u8::try_from(octets.len().saturating_add(8)).unwrap(), 1, 1, 0, u8::try_from(transforms.len()).unwrap()];
        proposal.extend(octets);
        proposal
    }

    fn found(offer: Vec<u8>, announced: bool) -> usize {
        let mut case = Case::new();
        case.sa.init.answered = None;
        case.sa.init.offer = offer;
        case.sa.init.announced.initiator.intermediate = announced;
        case.sa.init.refusal = Some(ClearRefusal { notify: NotifyType::NO_PROPOSAL_CHOSEN, critical: None, packets: packets(&[9]) });
        case.find::<IntermediateNotOffered>().len()
    }

    #[test]
    fn it_is_the_reason_where_no_proposal_does_without() {
        assert_eq!(found(offer(&[36]), false), 1);
        assert_eq!(found(offer(&[36]), true), 0);
        assert_eq!(found(offer(&[36, 0]), false), 0, "NONE is a choice");
        assert_eq!(found(offer(&[]), false), 0);
        assert_eq!(found(Vec::new(), false), 0);
    }

    #[test]
    fn a_refusal_counts_if_nothing_came_of_the_request() {
        let mut case = Case::new();
        case.sa.init.offer = offer(&[36]);
        case.sa.init.refusal = Some(ClearRefusal { notify: NotifyType::NO_PROPOSAL_CHOSEN, critical: None, packets: packets(&[9]) });
        assert!(case.find::<IntermediateNotOffered>().is_empty());
    }
}
