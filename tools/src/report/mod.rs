//! What was found, as text, JSON lines or HTML.

#[cfg(feature = "x509")]
pub mod certificate;
mod clock;
pub mod diagnose;
pub mod html;
pub mod inspect;
pub mod negotiate;
pub mod notation;
#[cfg(feature = "probe")]
pub mod probe;
mod text;

pub use crate::capture::printable;
pub use clock::{UtcOffset, unix_of_moment};

/// The program that says it.
pub(crate) const TOOL: &str = concat!("ike ", env!("CARGO_PKG_VERSION"));

pub use text::{Style, escape_html, fold};
