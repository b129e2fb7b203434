//! What the usual builds of a daemon lack although its grammar, or the peer's, has a word for it.
//!
//! libreswan: `ipsec algparse` of Debian's builds of 4.10 and 5.2 says "not supported" of these, and the connection is not loaded
//! (group 2 since release 3.30). strongSwan 5.9 and OpenIKED know no additional key exchange (RFC 9370). OpenIKED 7.2
//! and 7.4 as built for Linux install no AEAD cipher for ESP.

use super::concern::{Concern, LintClass};
use super::lints::Lints;
use crate::proposal::dialect::Dialect;
use crate::proposal::suite::Proposal;
use crate::registry::{KeMethod, SecurityProtocol};
use crate::transform::Transform;

pub(super) fn lint(dialect: Dialect, number: u8, proposal: &Proposal, lints: &mut Lints) {
    for transform in proposal.transforms.iter().filter(|t| lacks(dialect, proposal, **t)) {
        lints.add(LintClass::NotInBuild, number, Concern::NotInBuild { transform: *transform, dialect });
    }
}

fn lacks(dialect: Dialect, proposal: &Proposal, transform: Transform) -> bool {
    let additional = transform.ty.additional_key_exchange().is_some();
    match dialect {
        Dialect::Rfc | Dialect::StrongSwan6 => false,
        Dialect::StrongSwan5 => additional,
        Dialect::Libreswan4 => additional || transform.ty.is_key_exchange() && !libreswan_has(KeMethod(transform.id.0)),
        Dialect::Libreswan5 => transform.ty.is_key_exchange() && !libreswan_has(KeMethod(transform.id.0)),
        Dialect::OpenIked | Dialect::OpenIked74 => additional || is_child(proposal.protocol) && transform.is_aead(),
    }
}

/// Whether Debian's builds of libreswan have a group.
const fn libreswan_has(method: KeMethod) -> bool {
    !matches!(
        method,
        KeMethod::MODP_768 | KeMethod::MODP_1024 | KeMethod::MODP_1024_160 | KeMethod::MODP_2048_224 | KeMethod::MODP_2048_256
    )
}

/// Whether a proposal protects a Child SA's traffic.
const fn is_child(protocol: SecurityProtocol) -> bool {
    matches!(protocol, SecurityProtocol::ESP | SecurityProtocol::AH)
}
