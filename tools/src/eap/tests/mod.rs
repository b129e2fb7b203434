//! Both roles against each other: what they come to, and what comes between them.

mod conversation;
mod corrupted;
pub(super) mod kit;
mod passwords;
mod tls;
