//! A piece of a text.

/// A piece of a text: octets, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Span {
    /// The first octet.
    pub at: usize,
    /// How many octets.
    pub len: usize,
}

impl Span {
    /// From the beginning of the first to the end of the last.
    pub(super) fn cover(self, other: Self) -> Self {
        let at = self.at.min(other.at);
        let end = self.at.saturating_add(self.len).max(other.at.saturating_add(other.len));
        Self { at, len: end.saturating_sub(at) }
    }

    /// The part of it that lies in a text, between characters.
    pub(super) fn within(self, text: &str) -> Self {
        let whole = |place: usize| (0..=place.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let (at, end) = (whole(self.at), whole(self.at.saturating_add(self.len)));
        Self { at, len: end.saturating_sub(at) }
    }
}

/// Makes a piece reach over another one.
pub(super) fn extend(extent: &mut Option<Span>, more: Span) {
    *extent = Some(extent.map_or(more, |old| old.cover(more)));
}
