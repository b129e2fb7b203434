//! The two sides of a negotiation.

/// Who would have to change something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
pub enum Side {
    /// The one who offers.
    Peer,
    /// The one whose policy refused.
    Local,
}
