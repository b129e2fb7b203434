//! The limit: IKEv2 read and written by hand in plain Rust, for these benches only.
//!
//! Reading checks what `ikev2::wire` checks in a strict parse and touches every field. In one pass it is as fast as it gets, but
//! looks at payloads before it knows that the chain is sound; `ikev2` never does, and so there is a reader in two passes, too.
//! Writing knows the shape of its one message. None explains a failure: `None` is all they say.

mod build;
mod parse;

pub use build::{auth_chain, offer, response};
pub use parse::{chain, chain_in_two, message, message_in_two};
