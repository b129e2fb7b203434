//! What `ike` is made of, without the program around it: captures read, evidence taken from them, reports written.
//!
//! ```text
//! capture/   a pcap or pcapng file -> UDP datagrams, TCP octets in order, what could not be read
//! evidence/  datagrams and texts -> IKE messages (opened where there are keys), offers and policies, a diagnosis
//! report/    what was found -> text, JSON lines, HTML
//! eap/       EAP packets -> EAP packets, and the key of a method, for the handshake (feature `handshake`)
//! ```
//!
//! Nothing here opens a file or a socket, reads a clock, or asks what the terminal is like: octets, names and [`report::Style`] are
//! arguments. So the same code serves the program, a page in the browser, and whoever wants a report inside a program of their own.
//!
//! ```
//! use ikev2_tools::capture::Source;
//! use ikev2_tools::{evidence, report};
//!
//! # let octets: &[u8] = include_bytes!("../../tests/captures/err-npc-init.pcap");
//! let source = Source::new("err-npc-init.pcap", octets);
//! let diagnosis = evidence::diagnosis::diagnose(source, evidence::diagnosis::DiagnoseOptions::default(), &mut |_| ())?;
//! let text = report::diagnose::text(&diagnosis, report::diagnose::View::default(), report::Style::default());
//! assert!(text.starts_with("The two sides have no encryption settings in common: set the same proposal on client and server."));
//! # Ok::<(), ikev2_tools::capture::OpenError>(())
//! ```
#![forbid(unsafe_code)]

pub mod capture;
#[cfg(feature = "handshake")]
pub mod eap;
pub mod evidence;
pub mod report;
