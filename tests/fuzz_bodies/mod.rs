//! What each fuzz target does with its input: plain functions, so that `tests/house/fuzz_replay.rs` can replay them on stable over
//! the committed corpus. A body fails by panicking. fuzz/README.md says how to add one.
#![allow(unreachable_pub, reason = "a body is a library function of the tests and of the fuzz targets")]

mod changes;
mod diagnose;
mod identity;
mod invariants;
mod message;
mod negotiate;
mod notation;
mod open;
mod parts;
mod paths;
mod print;
mod probe;
mod reassemble;
mod roundtrip;
mod selectors;
mod session;
mod split;
/// The stand-ins that the lives of IKE SAs are lived with.
#[path = "../life/toy.rs"]
#[allow(dead_code, reason = "the lives use the rest of it")]
mod toy;
mod transport;
mod typed;

pub use diagnose::diagnose;
pub use identity::identity;
pub use message::message;
pub use negotiate::negotiate;
pub use notation::notation;
pub use paths::paths;
pub use probe::probe;
pub use roundtrip::roundtrip;
pub use selectors::selectors;
pub use session::session;
pub use {open::open, reassemble::reassemble, split::split};
