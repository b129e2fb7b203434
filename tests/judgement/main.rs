//! What is concluded: negotiation, diagnosis, simulated paths; and what the tests of other projects and tshark say of the same octets.
//!
//! `tests/README.md` says what stands where.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::panic_in_result_fn,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "../kit/mod.rs"]
mod kit;

mod diagnose;
mod fingerprint;
mod lenient;
mod negotiate_cases;
mod notation_amend;
mod notation_cuts;
mod notation_hostile;
mod notation_meanings;
mod notation_swans;
mod proposal_hostile;
mod proposal_no_alloc;
mod proposal_notation;
mod proposal_oracle;
mod proposal_profiles;
mod proposal_proptest;
mod proposal_question;
mod proposal_rules;
mod proposal_vectors;
mod sim_closed_forms;
mod sim_strategies;
mod vectors;
