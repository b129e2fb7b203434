//! Two profiles beside each other: what they would agree on, and what one has that the other has not.

use super::Profile;
use crate::proposal::negotiate::Selection;
use crate::proposal::policy::Question;
use crate::proposal::refusal::Refusal;
use crate::proposal::suite::Transform;
use crate::proposal::{encode_offer, negotiate};
use crate::registry::{KeMethod, SecurityProtocol, TransformType};
use alloc::vec::Vec;

/// What comes of it when one side offers its profile to the other.
#[derive(Clone, Debug)]
pub struct Agreement {
    /// The choice, or why there is none.
    pub outcome: Result<Selection, Refusal>,
    /// The method the initiator has to start again with, because its first KE payload was of another.
    pub retry: Option<KeMethod>,
}

/// Two profiles beside each other.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The first offers, the second decides.
    pub a_to_b: Option<Agreement>,
    /// The second offers, the first decides.
    pub b_to_a: Option<Agreement>,
    /// Transforms only the first names.
    pub only_a: Vec<Transform>,
    /// Transforms only the second names.
    pub only_b: Vec<Transform>,
    /// Transforms both name.
    pub both: Vec<Transform>,
}

impl Comparison {
    /// Whether the two name the same transforms. Order and grouping may still differ.
    #[must_use]
    pub fn same_transforms(&self) -> bool {
        self.only_a.is_empty() && self.only_b.is_empty()
    }
}

/// What two profiles would agree on, and what changed from the first to the second.
///
/// ```
/// use ikev2::proposal::profiles::{WINDOWS10_CLIENT_DEFAULT_IKE, STRONGSWAN_5_9_DEFAULT_IKE, compare};
/// let comparison = compare(&WINDOWS10_CLIENT_DEFAULT_IKE, &STRONGSWAN_5_9_DEFAULT_IKE);
/// // Every Windows proposal uses MODP_1024, which strongSwan no longer has in its default.
/// let refusal = comparison.a_to_b.unwrap().outcome.unwrap_err();
/// assert_eq!(refusal.divides().len(), 1);
/// ```
#[must_use]
pub fn compare(a: &Profile, b: &Profile) -> Comparison {
    let (in_a, in_b) = (transforms(a), transforms(b));
    let without = |list: &[Transform], other: &[Transform]| list.iter().copied().filter(|t| !other.contains(t)).collect();
    Comparison {
        a_to_b: agreement(a, b),
        b_to_a: agreement(b, a),
        only_a: without(&in_a, &in_b),
        only_b: without(&in_b, &in_a),
        both: in_a.iter().copied().filter(|t| in_b.contains(t)).collect(),
    }
}

fn transforms(profile: &Profile) -> Vec<Transform> {
    let mut list: Vec<Transform> = profile.proposals.iter().flat_map(|p| p.iter().copied()).collect();
    list.sort_unstable();
    list.dedup();
    list
}

/// `None` when the two are for different protocols.
fn agreement(from: &Profile, to: &Profile) -> Option<Agreement> {
    if from.protocol != to.protocol {
        return None;
    }
    let (question, spi): (_, &[u8]) = match from.protocol {
        SecurityProtocol::IKE => (Question::Ike, &[]),
        _ => (Question::AuthChild, &[0xc0, 0xff, 0xee, 0x01]),
    };
    let mut proposals = from.proposals();
    if question == Question::AuthChild {
        // An initiator leaves key exchanges out in IKE_AUTH.
        proposals.iter_mut().for_each(|p| p.transforms.retain(|t| t.ty != TransformType::KE));
    }
    let offer = encode_offer(&proposals, spi).ok()?;
    let policy = to.policy()?;
    let mut ke = from.ke_method();
    let mut retry = None;
    let mut outcome = negotiate(&offer, question, ke, &policy);
    if let Err(refusal) = &outcome {
        if let crate::proposal::Reason::InvalidKePayload { wanted } = refusal.reason() {
            retry = Some(wanted);
            ke = retry;
            outcome = negotiate(&offer, question, ke, &policy);
        }
    }
    Some(Agreement { outcome, retry })
}
