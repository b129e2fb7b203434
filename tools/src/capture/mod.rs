//! Reading captures: a pcap or pcapng file in, as it is or compressed with gzip, UDP datagrams and TCP octets in order out.
//!
//! ```text
//! Traffic (traffic.rs)   an iterator over what a Source holds
//!   file.rs              pcap / pcapng file -> packets with number, time and link type
//!   pcapng.rs            its blocks
//!   format/              gzip undone, other formats named
//!   link.rs              Ethernet, VLAN, Linux cooked, raw IP, BSD loopback -> IP packet
//!   ip.rs                IPv4 / IPv6 headers -> transport payload or fragment
//!   fragments.rs         IP fragments -> whole payload
//!   opening.rs           TCP segments that open a connection, of ports whose streams are not read
//!   streams.rs           TCP segments -> octets in order, gaps named
//! ```
//!
//! Everything is read once, in order. What is held at one time is bounded by the constants `MAX_*` of each file, however
//! large the capture is; nothing is allocated because a length field says so.

mod file;
mod format;
mod fragments;
mod ip;
mod link;
mod name;
mod opening;
mod pcapng;
mod problem;
mod sight;
mod spans;
mod streams;
#[cfg(test)]
mod tests;
mod time;
mod traffic;

pub use file::{OpenError, Source};
pub use name::printable;
pub(crate) use opening::Opening;
pub(crate) use problem::{IncompleteFragments, Problem};
#[cfg_attr(not(test), expect(unused_imports, reason = "the diagnosis reads them next"))]
pub(crate) use sight::{Extent, Sight};
pub(crate) use streams::{StreamEvent, StreamPiece};
pub(crate) use time::Time;
pub(crate) use traffic::{Datagram, Interest, IpPayload, Item, Traffic, Truncation};
