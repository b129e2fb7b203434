//! What is known of a text beside its octets.

use super::kind::Notation;
use crate::proposal::{Dialect, NegotiationContext};

/// What is known of a text beside its octets.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hint {
    /// Its notation; `None` to find out.
    pub notation: Option<Notation>,
    /// Whose text it is: proposals that look the same in several notations are read as this stack reads them, in the grammar of
    /// its release.
    pub dialect: Option<Dialect>,
    /// What proposals without a word of their own are for; `None` for IKE where they can be, else for ESP.
    pub context: Option<NegotiationContext>,
}
