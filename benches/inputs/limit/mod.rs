//! The limit: IKEv2 read and written by hand in plain Rust, for these benches only.
//!
//! Reading checks what `ikev2::wire` checks in a strict parse and touches every field, in one pass. Writing knows the shape of its one
//! message. Neither explains a failure: `None` is all they say.

mod build;
mod parse;

pub use build::{auth_chain, offer, response};
pub use parse::{chain, chain_at_once, message, message_at_once};
