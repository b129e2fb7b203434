//! The part of the tests' kit that the bodies use.
#![allow(dead_code, unreachable_pub, reason = "the tests use the rest of it")]

#[path = "../../tests/kit/fragments/mod.rs"]
pub(crate) mod fragments;
#[path = "../../tests/kit/naive/mod.rs"]
pub(crate) mod naive;
#[path = "../../tests/kit/naive_negotiate.rs"]
pub(crate) mod naive_negotiate;
