//! What lies around IKEv2 in a capture: IKEv1, ESP, TLS to TCP 443, DNS, datagrams of other kinds, frames that cannot be read.
//!
//! ```text
//! at.rs     a packet and its time
//! ikev1.rs  ISAKMP SAs: between whom, how far they came, what was refused
//! tls.rs    connections to TCP 443
//! dns.rs    names whose addresses were asked for
//! esp.rs    who sent ESP to whom
//! udp.rs    datagrams of other kinds, counted
//! gather.rs all of it together
//! words.rs  what is here instead, when there is no IKEv2
//! ```
//!
//! Each list is in the order of the first packets, bounded by a constant of its file, and says how much it left out. No stream is
//! kept, and no payload.

mod at;
mod dns;
mod esp;
mod gather;
mod ikev1;
#[cfg(test)]
mod tests;
pub(crate) mod tls;
mod udp;
mod words;

pub(crate) use at::At;
pub(crate) use gather::Around;
