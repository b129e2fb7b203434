//! Which notation a text is in.

use super::Notation;
use super::settings::Span;

/// How sure it is that a text is in a notation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Confidence {
    /// Other notations could have such a text.
    Possible,
    /// Words or signs of it are there that others hardly have.
    Likely,
    /// It has the structure of that product's own files, commands or output.
    Certain,
}

/// What one notation makes of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Likeness {
    pub(super) span: Span,
    pub(super) confidence: Confidence,
}

impl Likeness {
    /// The whole text.
    pub(super) const fn whole(text: &str, confidence: Confidence) -> Self {
        Self { span: Span { at: 0, len: text.len() }, confidence }
    }

    /// The lines from the first to the last that has one of these markers; `None` when none has. The text and the markers are in
    /// lower case.
    pub(super) fn lines(lower: &str, markers: &[&str], confidence: Confidence) -> Option<Self> {
        let first = markers.iter().filter_map(|marker| lower.find(marker)).min()?;
        let ends = markers.iter().filter_map(|marker| lower.rfind(marker).map(|found| found.saturating_add(marker.len())));
        let last = ends.max().unwrap_or(first);
        let at = lower.get(..first).and_then(|head| head.rfind('\n')).map_or(0, |feed| feed.saturating_add(1));
        let end = lower.get(last..).and_then(|tail| tail.find('\n')).map_or(lower.len(), |feed| last.saturating_add(feed));
        Some(Self { span: Span { at, len: end.saturating_sub(at) }, confidence })
    }
}

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
    pub confidence: Confidence,
}

/// Finds out which notation a text is in; `None` when it looks like none.
///
/// ```
/// use ikev2::proposal::notation::{Confidence, Notation, detect};
/// let found = detect("set vpn ipsec ike-group A proposal 1 dh-group '19'").ok_or("nothing")?;
/// assert_eq!((found.notation, found.confidence), (Notation::Vyos, Confidence::Certain));
/// # Ok::<(), &str>(())
/// ```
#[must_use]
pub fn detect(text: &str) -> Option<Detected> {
    let mut best: Option<Detected> = None;
    for notation in Notation::ALL {
        let Some(Likeness { span, confidence }) = notation.recognise(text) else { continue };
        if best.is_none_or(|best| confidence > best.confidence) {
            best = Some(Detected { notation, span, confidence });
        }
    }
    best
}
