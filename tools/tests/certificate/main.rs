//! The verdicts on certificates in a build of feature `x509` alone: without ring they are the same, those on RSA chains included.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "../cli/certificate/cases.rs"]
mod cases;
#[path = "../cli/certificate/folder.rs"]
mod folder;

use folder::{codes, committed, read, when};
