//! What one notation makes of a text.

use super::span::Span;

/// How sure it is that a text is in a notation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Certainty {
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
    pub(super) confidence: Certainty,
}

impl Likeness {
    /// The whole text.
    pub(super) const fn whole(text: &str, confidence: Certainty) -> Self {
        Self { span: Span { at: 0, len: text.len() }, confidence }
    }

    /// The lines from the first to the last that has one of these markers; `None` when none has. The text and the markers are in
    /// lower case.
    pub(super) fn lines(lower: &str, markers: &[&str], confidence: Certainty) -> Option<Self> {
        let mut ends = None;
        for marker in markers {
            let Some(start) = lower.find(marker) else { continue };
            let last = lower.rfind(marker).unwrap_or(start).saturating_add(marker.len());
            let (first, end) = ends.unwrap_or((start, last));
            ends = Some((first.min(start), end.max(last)));
        }
        let (first, last) = ends?;
        let at = lower.get(..first).and_then(|head| head.rfind('\n')).map_or(0, |feed| feed.saturating_add(1));
        let end = lower.get(last..).and_then(|tail| tail.find('\n')).map_or(lower.len(), |feed| last.saturating_add(feed));
        Some(Self { span: Span { at, len: end.saturating_sub(at) }, confidence })
    }
}
