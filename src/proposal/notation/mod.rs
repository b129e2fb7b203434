//! The notations administrators write proposals in, read and written.
//!
//! [`strongswan`], [`libreswan`] and [`windows`] have the grammars of single proposals. With feature `notations`, `read` makes `Settings` of
//! a whole configuration, command, profile or log of twenty products, `detect` finds out whose it is, `emit` writes settings, and `amend`
//! writes a [`Remedy`](super::Remedy) as the smallest edit of a text.
//!
//! A reader takes what the stack's own reader takes, adds what that stack adds in silence (a PRF derived from the integrity
//! algorithm, the sequence number size), and refuses with the place of the token at fault. Transforms come out grouped by type:
//! ENCR, INTEG, PRF, KE, ADDKE1 to ADDKE7, SN. A writer hands out nothing its reader would not read back as the same proposal.
//!
//! ```text
//! kind.rs       the notations by name; table.rs which file reads and writes each; to add one: see table.rs
//! settings.rs   what a text says, every value with its span.rs; hint.rs what is known beside it
//! detect.rs     whose text it is; likeness.rs what one notation makes of it; leaning.rs strongSwan or libreswan
//! whole.rs      read and emit; amend.rs a remedy, by statements.rs
//! error.rs      where, what was due, and what was meant (names.rs, nearest.rs); words.rs pieces with their places
//! ordered.rs    proposals in the order in which they are written
//! what several readers share, by the shape of the text:
//!   assignments.rs, ipsec_conf.rs   daemons;  lines.rs, hierarchy.rs, assemble.rs   routers
//!   xml.rs, phases.rs   XML;  tokens/, lists.rs, pairs.rs   JSON, HCL, YAML;  powershell.rs   PowerShell
//! what several writers share: written.rs, single.rs
//! the rest: one file or folder for each notation
//! ```
//!
//! ```
//! use ikev2::proposal::notation::{libreswan, strongswan};
//! let read = strongswan::parse_ike("aes256gcm16-prfsha384-ecp384, aes128-sha256-modp2048")?;
//! assert_eq!(read.len(), 2);
//! assert_eq!(libreswan::emit(&read[0]).unwrap(), "aes_gcm256-sha2_384-dh20");
//!
//! let text = "aes256-sha265-modp2048";
//! let wrong = strongswan::parse_ike(text).unwrap_err();
//! assert_eq!((wrong.at, wrong.len), (7, 6));
//! assert!(wrong.on(text).to_string().ends_with("\naes256-sha265-modp2048\n       ^^^^^^"));
//! # Ok::<(), ikev2::proposal::notation::NotationError>(())
//! ```

mod error;
pub mod libreswan;
mod names;
mod nearest;
mod ordered;
pub mod strongswan;
#[cfg(test)]
mod tests;
pub mod windows;
mod words;

#[cfg(feature = "notations")]
mod amend;
#[cfg(feature = "notations")]
mod android;
#[cfg(feature = "notations")]
mod apple;
#[cfg(feature = "notations")]
mod assemble;
#[cfg(feature = "notations")]
mod assignments;
#[cfg(feature = "notations")]
mod aws;
#[cfg(feature = "notations")]
mod azure;
#[cfg(feature = "notations")]
mod cisco_asa;
#[cfg(feature = "notations")]
mod cisco_ios;
#[cfg(feature = "notations")]
mod detect;
#[cfg(feature = "notations")]
mod fortigate;
#[cfg(feature = "notations")]
mod gcp;
#[cfg(feature = "notations")]
mod hierarchy;
#[cfg(feature = "notations")]
mod hint;
#[cfg(feature = "notations")]
mod ipsec_conf;
#[cfg(feature = "notations")]
mod juniper;
#[cfg(feature = "notations")]
mod kind;
#[cfg(feature = "notations")]
mod leaning;
#[cfg(feature = "notations")]
mod likeness;
#[cfg(feature = "notations")]
mod lines;
#[cfg(feature = "notations")]
mod lists;
#[cfg(feature = "notations")]
mod mikrotik;
#[cfg(feature = "notations")]
mod openiked;
#[cfg(feature = "notations")]
mod opnsense;
#[cfg(feature = "notations")]
mod pairs;
#[cfg(feature = "notations")]
mod palo_alto;
#[cfg(feature = "notations")]
mod pfsense;
#[cfg(feature = "notations")]
mod phases;
#[cfg(feature = "notations")]
mod powershell;
#[cfg(feature = "notations")]
mod settings;
#[cfg(feature = "notations")]
mod single;
#[cfg(feature = "notations")]
mod span;
#[cfg(feature = "notations")]
mod statements;
#[cfg(feature = "notations")]
mod strongswan_app;
#[cfg(feature = "notations")]
mod table;
#[cfg(all(test, feature = "notations"))]
mod testing;
#[cfg(feature = "notations")]
mod tokens;
#[cfg(feature = "notations")]
mod unifi;
#[cfg(feature = "notations")]
mod vyos;
#[cfg(feature = "notations")]
mod whole;
#[cfg(feature = "notations")]
mod written;
#[cfg(feature = "notations")]
mod xml;

#[cfg(feature = "notations")]
pub use amend::{Amendment, amend};
#[cfg(feature = "notations")]
pub use detect::{Detected, detect};
pub use error::{Expected, NotationError, NotationErrorKind, Unwritable};
#[cfg(feature = "notations")]
pub use hint::Hint;
#[cfg(feature = "notations")]
pub use kind::Notation;
#[cfg(feature = "notations")]
pub use likeness::Certainty;
#[cfg(feature = "notations")]
pub use settings::{NotationRemark, Pfs, Settings, Stated, TunnelType, Written};
#[cfg(feature = "notations")]
pub use span::Span;
#[cfg(feature = "notations")]
pub use whole::{ReadError, emit, read};

use ordered::{proposal, rank, same};
