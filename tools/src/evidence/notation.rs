//! Proposals as people write them.

use ikev2::proposal::notation::libreswan::{self, Release};
use ikev2::proposal::notation::{strongswan, windows};
use ikev2::proposal::{NegotiationContext, Proposal};

/// A text in whichever notation reads it.
pub(crate) fn proposals(text: &str, context: NegotiationContext) -> Result<Vec<Proposal>, String> {
    let lower = text.to_ascii_lowercase();
    if lower.contains('<') || lower.contains("-ciphertransformconstants") || lower.contains("-encryptionmethod") {
        let parsed = if lower.contains('<') { windows::parse_profile_xml(text) } else { windows::parse_powershell(text) };
        let policy = parsed.map_err(|error| error.on(text).to_string())?;
        let proposal = if context.is_ike() { policy.ike() } else { policy.child() };
        return Ok(vec![proposal.map_err(|error| error.to_string())?]);
    }
    let (strongswan, libreswan) = if context.is_ike() {
        (strongswan::parse_ike(text), libreswan::parse_ike(text, Release::V4))
    } else {
        (strongswan::parse_esp(text), libreswan::parse_esp(text, Release::V4))
    };
    // What neither reads is most likely meant as the first.
    strongswan.or_else(|error| libreswan.map_err(|_| format!("not a profile, and not a proposal:\n{}", error.on(text))))
}
