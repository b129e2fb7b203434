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
