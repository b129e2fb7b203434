//! What other modules of the crate, or the caller, can do for a diagnosis.

use crate::provider::Sha1;

/// What other modules can do for a diagnosis.
#[derive(Clone, Copy, Debug, Default)]
pub struct Capabilities {
    /// SHA-1 of a provider ([`Provider::sha1`](crate::provider::Provider::sha1)), which NAT detection is defined with (RFC 7296 section 2.23).
    /// Without it no NAT is detected.
    pub sha1: Option<Sha1>,
}
