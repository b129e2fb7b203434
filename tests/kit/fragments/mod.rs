//! What the tests of fragments share: a peer that seals whatever it is told to, and a reassembler that is obviously right.
#![allow(dead_code, reason = "every test file uses another part of this one")]

pub(crate) mod both;
pub(crate) mod peer;
pub(crate) mod reference;
pub(crate) mod splitting;
