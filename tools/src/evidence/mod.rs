//! From a capture to IKE messages, opened where there are keys: what `inspect` and `diagnose` have in common.
//!
//! ```text
//! walk.rs       datagrams and streams -> IKE messages, ESP, keepalives, and what is none of them, told to a Report
//!   ports.rs    which traffic may be IKE
//!   stream.rs   octets of a TCP stream -> frames
//! decode.rs     a message's payloads, and the first fault
//! keys.rs       files of keys
//!   unchecked.rs  keys whose ICV nobody checks
//! unlock.rs     SK and SKF opened with the keys of their IKE SA, fragments put together
//! summary.rs    what is counted; IKE SAs in sas.rs
//! ```
#![allow(dead_code, reason = "every example and test that includes this module uses a part of it")]

pub(crate) mod decode;
pub(crate) mod keys;
pub(crate) mod ports;
pub(crate) mod sas;
pub(crate) mod stream;
pub(crate) mod summary;
#[path = "../support/mod.rs"]
pub(crate) mod support;
pub(crate) mod unchecked;
pub(crate) mod unlock;
pub(crate) mod walk;
