//! The example `negotiate`: its JSON lines against what daemons answered, what it tells people, its exit status.
#![cfg(all(feature = "std", feature = "profiles"))]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[cfg(test)]
#[path = "negotiate_cli/json.rs"]
mod json;
#[path = "../examples/negotiate/mod.rs"]
mod negotiate;
#[cfg(test)]
#[path = "negotiate_cli/people.rs"]
mod people;

/// Exit status, standard output, standard error.
#[cfg(test)]
fn start(args: &[&str], input: &str) -> (u8, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let status = negotiate::start(args.iter().map(Into::into), input.as_bytes(), &mut out, &mut err);
    (status, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}
