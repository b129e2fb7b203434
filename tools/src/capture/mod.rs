//! Reading captures: a pcap or pcapng file in, as it is or compressed with gzip, UDP datagrams and TCP octets in order out.
//!
//! ```text
//! Traffic (traffic.rs)   an iterator over what a Source holds (item.rs)
//!   file.rs              pcap / pcapng file -> packets with number, time and link type
//!   pcapng.rs            its blocks
//!   format/              gzip undone, other formats named
//!   decapsulate/         link layers and tunnels -> innermost IP packet
//!   ip.rs                IPv4 / IPv6 headers -> transport payload or fragment
//!   fragments.rs         IP fragments -> whole payload
//!   transport.rs         UDP, TCP and other protocols -> items
//!   esp.rs               ESP of which nothing is kept
//!   carriers.rs          the packets that carried something
//!   opening.rs           TCP segments that open a connection, of ports whose streams are not read
//!   streams.rs           TCP segments -> octets in order, gaps named
//!   skipped.rs           what was seen and not looked into, counted
//! ```
//!
//! Everything is read once, in order. What is held at one time is bounded by the constants `MAX_*` of each file, however
//! large the capture is; nothing is allocated because a length field says so.

mod carriers;
mod decapsulate;
mod esp;
mod file;
mod format;
mod fragments;
mod ip;
mod item;
mod link_type;
mod name;
mod opening;
mod pcapng;
mod problem;
mod sight;
mod skipped;
mod spans;
mod streams;
#[cfg(test)]
mod tests;
mod time;
mod traffic;
mod transport;

pub use file::{OpenError, Source};
pub(crate) use item::{Datagram, EspPacket, Interest, IpPayload, Item, OnlyEsp, Truncation};
pub use name::printable;
pub(crate) use opening::Opening;
#[cfg(test)]
pub(crate) use problem::Why;
pub(crate) use problem::{IncompleteFragments, Problem};
#[cfg(test)]
pub(crate) use sight::Extent;
pub(crate) use sight::Sight;
pub(crate) use skipped::{Inside, NotLookedInto};
pub(crate) use streams::{StreamEvent, StreamPiece};
pub(crate) use time::Time;
pub(crate) use traffic::Traffic;
