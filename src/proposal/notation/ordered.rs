//! Proposals in the order in which they are written, and whether a text says one as it was meant.

use super::error::{Expected, NotationError, NotationErrorKind, Unwritable};
use crate::proposal::suite::Proposal;
use crate::registry::{SecurityProtocol, TransformType};
use crate::transform::Transform;
use alloc::vec::Vec;

/// The order of types in a proposal read from a notation: that in which they are written.
pub(super) const fn rank(ty: TransformType) -> u8 {
    match ty {
        TransformType::ENCR => 0,
        TransformType::INTEG => 1,
        TransformType::PRF => 2,
        TransformType::SN => u8::MAX,
        // KE is type 4, ADDKE1 to ADDKE7 are 6 to 12.
        other => other.0,
    }
}

pub(super) fn proposal(protocol: SecurityProtocol, mut transforms: Vec<Transform>) -> Proposal {
    transforms.sort_by_key(|t| rank(t.ty));
    Proposal { protocol, transforms }
}

/// Compares what was to be written with what the reader makes of the text.
pub(super) fn same(asked: &Proposal, read: Result<Vec<Proposal>, NotationError>) -> Result<(), Unwritable> {
    let read = match read.map(|mut all| (all.len(), all.pop())) {
        Ok((1, Some(read))) => read,
        // Every name written is one the reader knows, so that what it refuses is the combination.
        Ok(_) => return Err(Unwritable::Combination(NotationErrorKind::Empty(Expected::Proposal))),
        Err(error) => return Err(Unwritable::Combination(error.kind)),
    };
    let asked = proposal(asked.protocol, asked.transforms.clone());
    if asked == read {
        return Ok(());
    }
    if let Some(lost) = asked.transforms.iter().find(|t| !read.transforms.contains(t)) {
        return Err(Unwritable::Transform(*lost));
    }
    if let Some(added) = read.transforms.iter().find(|t| !asked.transforms.contains(t)) {
        return Err(Unwritable::Implied(*added));
    }
    // Same transforms, another order or number: the first place where they part.
    let parted = asked.transforms.iter().zip(&read.transforms).find(|(a, b)| a != b).map(|(a, _)| *a);
    match parted.or_else(|| asked.transforms.last().copied()) {
        Some(transform) => Err(Unwritable::Transform(transform)),
        None => Err(Unwritable::Combination(NotationErrorKind::Empty(Expected::Proposal))),
    }
}
