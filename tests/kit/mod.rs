//! What the integration tests share: hexadecimal text, the recorded captures, the project's shared folder; and, one file each, peers,
//! oracles and helpers of one subject.
#![allow(dead_code, unreachable_pub, reason = "every test binary uses another part of it")]

pub mod exchanges;
pub mod fragments;
pub mod handshake;
pub mod naive;
pub mod naive_negotiate;
pub mod paths;
pub mod pem;
pub mod policies;
pub mod recorded;
pub mod seal;
pub mod shared;
pub mod sources;
pub mod tokens;
