//! Two profiles beside each other: what they would agree on, and in what they differ.

use super::profile::{Profile, ProfileError, ProfileProposal, SourceConfidence};
use crate::proposal::{NegotiationContext, Question, Refusal, RefusalResponse, Selection, names, negotiate};
use crate::registry::{KeMethod, TransformType};
use crate::role::Role;
use crate::transform::Method;
use crate::transform::Transform;
use alloc::vec::Vec;
use core::fmt;

/// What is to be said beside a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Caveat {
    /// The first profile is not known as what the stack offers.
    NotAnInitiator,
    /// The second profile is not known as what the stack accepts.
    NotAResponder,
    /// One of the rows is less than sure in some part.
    Confidence(SourceConfidence),
}

/// The transforms of one type in two profiles, all proposals taken together, each in order of first appearance.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// The transform type.
    pub ty: TransformType,
    /// Transforms only the first profile holds.
    pub only_a: Vec<Transform>,
    /// Transforms only the second profile holds.
    pub only_b: Vec<Transform>,
    /// Transforms both hold, in the first one's order.
    pub both: Vec<Transform>,
    /// Whether the second profile has those of `both` in another order.
    pub reordered: bool,
}

impl Difference {
    /// Whether the two are alike in this type.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.only_a.is_empty() && self.only_b.is_empty() && !self.reordered
    }
}

/// What [`compare`] found.
#[derive(Clone, Debug)]
pub struct Comparison<'p> {
    a: &'p Profile,
    b: &'p Profile,
    context: NegotiationContext,
    first_ke: Option<KeMethod>,
    retry: Option<KeMethod>,
    outcome: Result<Selection, Refusal>,
    differences: Vec<Difference>,
    only_a: Vec<u8>,
    only_b: Vec<u8>,
}

/// Lets `a` as initiator meet `b` as responder, which decides by its own dialect, and lists what is different between the two.
///
/// When `b` answers INVALID_KE_PAYLOAD with a method `a` offered, `a` tries once more with that method (RFC 7296 section 1.2).
///
/// ```
/// use ikev2::proposal::{NegotiationContext, profiles};
/// use ikev2::registry::KeMethod;
/// let find = |name| profiles::find(name).ok_or("no such profile");
/// let (old, new) = (find("libreswan-4-default-ike")?, find("libreswan-5-default-ike")?);
/// let comparison = profiles::compare(old, new, NegotiationContext::IkeSaInit)?;
/// assert!(comparison.outcome().is_ok());
/// assert_eq!(comparison.only_b(), [1, 2, 3, 4, 5]); // another order of groups in every proposal, and one cipher more
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
///
/// # Errors
/// [`ProfileError::Context`] when one of the two is for another protocol than `context` calls for.
pub fn compare<'p>(a: &'p Profile, b: &'p Profile, context: NegotiationContext) -> Result<Comparison<'p>, ProfileError> {
    let spi = [1; 8];
    let offer = a.offer(context, spi.get(..usize::from(context.spi_size())).unwrap_or(&[]))?;
    let policy = b.policy(b.dialect, context)?;
    let first_ke = a.first_ke(context);
    let mut retry = None;
    let mut outcome = negotiate(&offer, Question::new(context, first_ke), &policy);
    if let Err(RefusalResponse::InvalidKePayload { wanted }) = outcome.as_ref().map_err(Refusal::response) {
        let offered = a.proposals.iter().flat_map(ProfileProposal::transforms).any(|t| t == Transform::ke(wanted));
        if offered && first_ke != Some(wanted) {
            retry = Some(wanted);
            outcome = negotiate(&offer, Question::new(context, retry), &policy);
        }
    }
    let differences = TransformType::ASSIGNED.iter().filter_map(|ty| difference(a, b, *ty)).collect();
    Ok(Comparison { a, b, context, first_ke, retry, outcome, differences, only_a: missing(a, b), only_b: missing(b, a) })
}

fn difference(a: &Profile, b: &Profile, ty: TransformType) -> Option<Difference> {
    let (in_a, in_b) = (all_of(a, ty), all_of(b, ty));
    let only = |these: &[Transform], those: &[Transform]| these.iter().copied().filter(|t| !those.contains(t)).collect::<Vec<_>>();
    let (only_a, only_b) = (only(&in_a, &in_b), only(&in_b, &in_a));
    let both = only(&in_a, &only_a);
    let reordered = both != only(&in_b, &only_b);
    (!in_a.is_empty() || !in_b.is_empty()).then_some(Difference { ty, only_a, only_b, both, reordered })
}

/// The transforms of a type in any proposal, each once.
fn all_of(profile: &Profile, ty: TransformType) -> Vec<Transform> {
    let mut found = Vec::new();
    for transform in profile.proposals.iter().flat_map(ProfileProposal::transforms) {
        if transform.ty == ty && !found.contains(&transform) {
            found.push(transform);
        }
    }
    found
}

/// The numbers of the proposals of one that the other does not hold just so.
fn missing(of: &Profile, from: &Profile) -> Vec<u8> {
    (1..=u8::MAX).zip(of.proposals).filter(|(_, p)| !from.proposals.contains(p)).map(|(number, _)| number).collect()
}

impl<'p> Comparison<'p> {
    /// The initiator.
    #[must_use]
    pub const fn initiator(&self) -> &'p Profile {
        self.a
    }

    /// The responder.
    #[must_use]
    pub const fn responder(&self) -> &'p Profile {
        self.b
    }

    /// The exchange.
    #[must_use]
    pub const fn context(&self) -> NegotiationContext {
        self.context
    }

    /// What the responder answers in the end; the explanation of a refusal is in the [`Refusal`].
    ///
    /// # Errors
    /// The refusal, when the two do not agree.
    pub const fn outcome(&self) -> Result<&Selection, &Refusal> {
        self.outcome.as_ref()
    }

    /// The method of the KE payload sent first.
    #[must_use]
    pub const fn first_ke(&self) -> Option<KeMethod> {
        self.first_ke
    }

    /// The method of a second try, after INVALID_KE_PAYLOAD: it costs a round trip.
    #[must_use]
    pub const fn retry(&self) -> Option<KeMethod> {
        self.retry
    }

    /// Every transform type of either side, ascending, alike or not.
    #[must_use]
    pub fn differences(&self) -> &[Difference] {
        &self.differences
    }

    /// Numbers of the first profile's proposals that the second does not hold with the same transforms in the same order.
    #[must_use]
    pub fn only_a(&self) -> &[u8] {
        &self.only_a
    }

    /// Numbers of the second profile's proposals that the first does not hold with the same transforms in the same order.
    #[must_use]
    pub fn only_b(&self) -> &[u8] {
        &self.only_b
    }

    /// Whether both hold the same proposals in the same order.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.a.proposals == self.b.proposals
    }

    /// How much the outcome can be relied on: as much as the less sure of the two.
    #[must_use]
    pub fn confidence(&self) -> SourceConfidence {
        self.a.confidence.min(self.b.confidence)
    }

    /// What is to be said beside the outcome.
    pub fn caveats(&self) -> impl Iterator<Item = Caveat> + use<> {
        let initiator = (!self.a.roles.contains(Role::Initiator)).then_some(Caveat::NotAnInitiator);
        let responder = (!self.b.roles.contains(Role::Responder)).then_some(Caveat::NotAResponder);
        let confidence = self.confidence();
        let unsure = (confidence < SourceConfidence::High).then_some(Caveat::Confidence(confidence));
        [initiator, responder, unsure].into_iter().flatten()
    }
}

/// The outcome, the caveats, then every difference on a line of its own.
impl fmt::Display for Comparison<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (a, b) = (self.a, self.b);
        writeln!(f, "{} (initiator) with {} (responder, rules of {})", a.name, b.name, b.dialect.name())?;
        self.fmt_outcome(f)?;
        for caveat in self.caveats() {
            match caveat {
                Caveat::NotAnInitiator => writeln!(f, "note: {} is not known as an offer", a.name)?,
                Caveat::NotAResponder => writeln!(f, "note: {} is not known as what the stack accepts", b.name)?,
                Caveat::Confidence(_) => {
                    for profile in [a, b].into_iter().filter(|p| p.confidence < SourceConfidence::High) {
                        writeln!(f, "note: {}: confidence {} ({})", profile.name, profile.confidence, profile.confidence_note)?;
                    }
                }
            }
        }
        for difference in self.differences.iter().filter(|d| !d.is_none()) {
            write!(f, "{}:", names::purpose(difference.ty))?;
            fmt_list(f, " only in", a.name, &difference.only_a)?;
            fmt_list(f, " only in", b.name, &difference.only_b)?;
            fmt_list(f, " in", "both", &difference.both)?;
            f.write_str(if difference.reordered { " in another order\n" } else { "\n" })?;
        }
        match (self.is_same(), self.only_a.is_empty() && self.only_b.is_empty()) {
            (true, _) => f.write_str("the proposals are the same"),
            (false, true) => f.write_str("the same proposals in another order"),
            (false, false) => {
                let alike = a.proposals.len().saturating_sub(self.only_a.len());
                write!(f, "{alike} of {} proposals of {} stand just so in {}", a.proposals.len(), a.name, b.name)
            }
        }
    }
}

impl Comparison<'_> {
    fn fmt_outcome(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(method) = self.retry {
            writeln!(f, "after INVALID_KE_PAYLOAD, with {}:", Method(method))?;
        }
        match &self.outcome {
            Ok(selection) => {
                write!(f, "agree on proposal {}:", selection.number())?;
                for transform in selection.transforms() {
                    write!(f, " {transform}")?;
                }
                writeln!(f)
            }
            Err(refusal) => match (refusal.notify(), refusal.response()) {
                (_, RefusalResponse::InvalidKePayload { wanted }) => {
                    writeln!(f, "refused: INVALID_KE_PAYLOAD, {} wanted", Method(wanted))
                }
                (Some(notify), _) => writeln!(f, "refused: {}", notify.ty.name().unwrap_or("an error")),
                (None, RefusalResponse::EmptySaPayload) => writeln!(f, "refused: an SA payload without a proposal"),
                (None, _) => writeln!(f, "refused: no answer"),
            },
        }
    }
}

fn fmt_list(f: &mut fmt::Formatter<'_>, where_: &str, name: &str, transforms: &[Transform]) -> fmt::Result {
    if transforms.is_empty() {
        return Ok(());
    }
    write!(f, "{where_} {name}:")?;
    for transform in transforms {
        write!(f, " {transform}")?;
    }
    f.write_str(";")
}
