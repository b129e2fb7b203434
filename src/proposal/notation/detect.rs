//! Which notation a text is in.

use super::kind::Notation;
use super::likeness::{Certainty, Likeness};
use super::span::Span;
use super::table;

/// The notation of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Detected {
    /// The notation.
    pub notation: Notation,
    /// The piece of the text that is in it: what stands around is something else.
    pub span: Span,
    /// How sure that is.
    pub confidence: Certainty,
}

/// Finds out which notation a text is in; `None` when it looks like none.
///
/// ```
/// use ikev2::proposal::notation::{Certainty, Notation, detect};
/// let found = detect("set vpn ipsec ike-group A proposal 1 dh-group '19'").ok_or("nothing")?;
/// assert_eq!((found.notation, found.confidence), (Notation::Vyos, Certainty::Certain));
/// # Ok::<(), &str>(())
/// ```
#[must_use]
pub fn detect(text: &str) -> Option<Detected> {
    let mut best: Option<Detected> = None;
    for notation in Notation::ALL {
        let Some(Likeness { span, confidence }) = table::recognise(notation, text) else { continue };
        if best.is_none_or(|best| confidence > best.confidence) {
            best = Some(Detected { notation, span: span.within(text), confidence });
        }
    }
    best
}
