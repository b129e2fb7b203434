//! What was negotiated, in words.

use super::failure::Failure;
use ikev2::proposal::notation::strongswan;
use ikev2::proposal::{Proposal, Selection};
use ikev2::provider::{Provider, Sha1};

/// Where the cryptography comes from.
pub(crate) const PROVIDER: Provider = Provider::builtin();

/// The hash in certificate requests.
pub(crate) fn sha1() -> Result<Sha1, Failure> {
    Ok(PROVIDER.sha1()?)
}

/// The choice in strongSwan notation.
pub(crate) fn notation(selection: &Selection) -> String {
    let proposal = Proposal::new(selection.protocol(), selection.transforms());
    strongswan::emit(&proposal).unwrap_or_else(|_| format!("proposal {}", selection.number()))
}
