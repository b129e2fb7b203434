//! What was found, as text, JSON lines or HTML.

#[cfg(feature = "x509")]
pub mod certificate;
mod clock;
pub mod diagnose;
pub mod inspect;
pub mod negotiate;
pub mod notation;
mod text;

pub use crate::capture::printable;
pub use clock::{UtcOffset, unix_of_moment};
pub use text::{Style, escape_html, fold};
