//! The words of command lines and JSON lines.

use ikev2::proposal::{Dialect, Prefer, Question};

/// # Errors
/// It is no dialect; the text lists them.
pub fn dialect(name: &str) -> Result<Dialect, String> {
    Ok(match name {
        "rfc" => Dialect::Rfc,
        "strongswan" => Dialect::StrongSwan5,
        "strongswan6" => Dialect::StrongSwan6,
        "libreswan" => Dialect::Libreswan4,
        "libreswan5" => Dialect::Libreswan5,
        "openiked" => Dialect::OpenIked,
        other => return Err(format!("dialect: {other:?} is none of rfc, strongswan, strongswan6, libreswan, libreswan5, openiked")),
    })
}

/// # Errors
/// It is none of the two.
pub fn prefer(name: &str) -> Result<Prefer, String> {
    match name {
        "configured" => Ok(Prefer::Configured),
        "supplied" => Ok(Prefer::Supplied),
        other => Err(format!("prefer: {other:?} is neither configured nor supplied")),
    }
}

/// # Errors
/// It is no question; the text lists them.
pub fn question(name: &str) -> Result<Question, String> {
    match name {
        "ike" => Ok(Question::Ike),
        "auth_child" => Ok(Question::AuthChild),
        "child" => Ok(Question::Child),
        "ike_rekey" => Ok(Question::IkeRekey),
        other => Err(format!("question: {other:?} is none of ike, auth_child, child, ike_rekey")),
    }
}
