//! Why a conversation failed.

use super::limits::Limit;
use super::types::Type;
use super::{mschapv2, tls};
use thiserror::Error;

/// Why a conversation is over without an authentication.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum Failure {
    /// The authenticator sent EAP-Failure, and the method had not said why.
    #[error("the server sent EAP-Failure")]
    Refused,
    /// The authenticator proposed another method, was told which one it can have, and did not propose that.
    #[error("the server wants {offered}, and this side has {ours} only")]
    NoCommonMethod {
        /// What it proposed last.
        offered: Type,
        /// The method of this side.
        ours: Type,
    },
    /// The peer answered the method with a Nak, RFC 3748 section 5.3.1.
    #[error("the client does not take {ours}; it wants {}", list(.wanted))]
    Nak {
        /// The method of this side.
        ours: Type,
        /// What the peer would take: nothing, if it has no other method either.
        wanted: Vec<Type>,
    },
    /// The conversation is longer than an honest one.
    #[error("{0}")]
    Limit(#[from] Limit),
    /// In EAP-MSCHAPv2.
    #[error("EAP-MSCHAPv2: {0}")]
    MsChapV2(#[from] mschapv2::Fault),
    /// In EAP-TLS.
    #[error("EAP-TLS: {0}")]
    Tls(#[from] tls::Fault),
}

fn list(types: &[Type]) -> String {
    let names: Vec<_> = types.iter().map(ToString::to_string).collect();
    if names.is_empty() { "no other".to_owned() } else { names.join(", ") }
}
