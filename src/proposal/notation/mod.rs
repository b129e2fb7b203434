//! The notations administrators write proposals in, read and written: strongSwan, libreswan, Windows.
//!
//! A reader takes what the stack's own reader takes, adds what that stack adds in silence (a PRF derived from the integrity
//! algorithm, the sequence number size), and refuses with the place of the token at fault. Transforms come out grouped by type:
//! ENCR, INTEG, PRF, KE, ADDKE1 to ADDKE7, SN. A writer hands out nothing its reader would not read back as the same proposal.
//!
//! ```
//! use ikev2::proposal::notation::{libreswan, strongswan};
//! let read = strongswan::parse_ike("aes256gcm16-prfsha384-ecp384, aes128-sha256-modp2048")?;
//! assert_eq!(read.len(), 2);
//! assert_eq!(libreswan::emit(&read[0]).unwrap(), "aes_gcm256-sha2_384-dh20");
//!
//! let text = "aes256-sha265-modp2048";
//! let wrong = strongswan::parse_ike(text).unwrap_err();
//! assert_eq!((wrong.at, wrong.len), (7, 6));
//! assert!(wrong.on(text).to_string().ends_with("\naes256-sha265-modp2048\n       ^^^^^^"));
//! # Ok::<(), ikev2::proposal::notation::NotationError>(())
//! ```

mod error;
pub mod libreswan;
mod names;
pub mod strongswan;
#[cfg(test)]
mod tests;
pub mod windows;
mod words;

#[cfg(feature = "notations")]
mod amend;
#[cfg(feature = "notations")]
mod android;
#[cfg(feature = "notations")]
mod apple;
#[cfg(feature = "notations")]
mod assemble;
#[cfg(feature = "notations")]
mod assignments;
#[cfg(feature = "notations")]
mod aws;
#[cfg(feature = "notations")]
mod azure;
#[cfg(feature = "notations")]
mod cisco_asa;
#[cfg(feature = "notations")]
mod cisco_ios;
#[cfg(feature = "notations")]
mod detect;
#[cfg(feature = "notations")]
mod fortigate;
#[cfg(feature = "notations")]
mod gcp;
#[cfg(feature = "notations")]
mod hierarchy;
#[cfg(feature = "notations")]
mod ipsec_conf;
#[cfg(feature = "notations")]
mod juniper;
#[cfg(feature = "notations")]
mod kind;
#[cfg(feature = "notations")]
mod leaning;
#[cfg(feature = "notations")]
mod lines;
#[cfg(feature = "notations")]
mod lists;
#[cfg(feature = "notations")]
mod mikrotik;
#[cfg(feature = "notations")]
mod openiked;
#[cfg(feature = "notations")]
mod opnsense;
#[cfg(feature = "notations")]
mod pairs;
#[cfg(feature = "notations")]
mod palo_alto;
#[cfg(feature = "notations")]
mod pfsense;
#[cfg(feature = "notations")]
mod phases;
#[cfg(feature = "notations")]
mod powershell;
#[cfg(feature = "notations")]
mod settings;
#[cfg(feature = "notations")]
mod single;
#[cfg(feature = "notations")]
mod statements;
#[cfg(feature = "notations")]
mod strongswan_app;
#[cfg(all(test, feature = "notations"))]
mod testing;
#[cfg(feature = "notations")]
mod tokens;
#[cfg(feature = "notations")]
mod unifi;
#[cfg(feature = "notations")]
mod vyos;
#[cfg(feature = "notations")]
mod whole;
#[cfg(feature = "notations")]
mod xml;

#[cfg(feature = "notations")]
pub use amend::{Amendment, amend};
#[cfg(feature = "notations")]
pub use detect::{Confidence, Detected, detect};
pub use error::{Expected, NotationError, NotationErrorKind, Unwritable};
#[cfg(feature = "notations")]
pub use kind::Notation;
#[cfg(feature = "notations")]
pub use settings::{Pfs, Remark, Settings, Span, Stated, TunnelType, Written};
#[cfg(feature = "notations")]
pub use whole::{Hint, ReadError, read, write};

use super::suite::Proposal;
use crate::registry::{SecurityProtocol, TransformType};
use crate::transform::Transform;
use alloc::vec::Vec;

/// The order of types in a proposal read from a notation: that in which they are written.
const fn rank(ty: TransformType) -> u8 {
    match ty {
        TransformType::ENCR => 0,
        TransformType::INTEG => 1,
        TransformType::PRF => 2,
        TransformType::SN => u8::MAX,
        // KE is type 4, ADDKE1 to ADDKE7 are 6 to 12.
        other => other.0,
    }
}

fn proposal(protocol: SecurityProtocol, mut transforms: Vec<Transform>) -> Proposal {
    transforms.sort_by_key(|t| rank(t.ty));
    Proposal { protocol, transforms }
}

/// Compares what was to be written with what the reader makes of the text.
fn same(asked: &Proposal, read: Result<Vec<Proposal>, NotationError>) -> Result<(), Unwritable> {
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

/// A proposal as a notation has it, without the transforms it has no word for; a remark tells of each. `None` when nothing is left.
#[cfg(feature = "notations")]
fn without(
    proposal: &Proposal,
    product: &str,
    emit: &dyn Fn(&Proposal) -> Result<alloc::string::String, Unwritable>,
    remarks: &mut Vec<alloc::string::String>,
) -> Option<alloc::string::String> {
    let mut left = proposal.clone();
    // Every round takes a transform away or adds one that is due.
    for _ in 0..=proposal.transforms.len().saturating_mul(2).saturating_add(4) {
        match emit(&left) {
            Ok(text) => return Some(text),
            Err(Unwritable::Transform(lost)) if left.transforms.contains(&lost) => {
                remarks.push(alloc::format!("{product} has no word for {lost} in a proposal; it is left out."));
                left.transforms.retain(|t| *t != lost);
            }
            Err(Unwritable::Implied(added)) if !left.transforms.contains(&added) => {
                remarks.push(alloc::format!("{product} adds {added} to such a proposal."));
                left.transforms.push(added);
            }
            Err(error) => {
                remarks.push(alloc::format!("A proposal is left out: {error}."));
                return None;
            }
        }
    }
    None
}
