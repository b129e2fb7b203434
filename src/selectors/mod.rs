//! Traffic selectors as owned values, RFC 7296 sections 2.9 and 3.13: what a responder answers to an offer of them, and whether an answer
//! lies within an offer.
//!
//! ```
//! use ikev2::selectors::{Selector, narrow, within};
//! let offered: [Selector; 2] = ["10.1.0.7/32[tcp/443]".parse()?, "10.0.0.0/8".parse()?];
//! let own = ["10.1.0.0/16".parse()?, "192.0.2.0/24".parse()?];
//! let answer = narrow(&offered, &own);
//! assert_eq!(answer, ["10.1.0.0/16".parse()?]);
//! assert!(within(&answer, &offered));
//! # Ok::<(), ikev2::selectors::SelectorError>(())
//! ```

mod error;
mod narrow;
mod selector;
mod text;

pub use error::SelectorError;
pub use narrow::{MAX, narrow, narrow_to_one, within};
pub use selector::Selector;

use crate::wire::TrafficSelectors;
use alloc::vec::Vec;

/// Selectors that are read of one payload: its field Number of TSs says no more.
const MAX_READ: usize = 255;

/// The selectors of a TSi or TSr payload that are ranges of IPv4 or IPv6 addresses, in order, at most 255; and whether there were others:
/// Fibre Channel addresses, security labels (RFC 9478), types that are not known, ranges that end before they start.
///
/// A responder leaves the others out of its answer (section 2.9). But a security label narrows what stands beside it: an answer without it
/// is wider than the offer.
#[must_use]
pub fn read(selectors: &TrafficSelectors<'_>) -> (Vec<Selector>, bool) {
    let mut others = false;
    let mut known = Vec::new();
    for selector in selectors.selectors() {
        match Selector::try_from(selector) {
            Ok(selector) if known.len() < MAX_READ => known.push(selector),
            _ => others = true,
        }
    }
    (known, others)
}

#[cfg(test)]
mod tests;
