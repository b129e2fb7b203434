//! What an IKE SA whose ends may move has to remember, RFC 4555.

use super::path::NetworkPath;
use crate::wire::IkeSpis;
use alloc::vec::Vec;
use core::net::IpAddr;

/// Octets of our COOKIE2: 8 to 64 are allowed (RFC 4555 section 4.2.5), and nobody guesses 16.
pub(super) const COOKIE: usize = 16;
/// Additional addresses of one side that are told or listened to.
pub(super) const MOST_ADDRESSES: usize = 16;
/// An IP packet of so many octets has room for a fragment, whatever the IP version and the cipher.
pub(super) const SMALLEST_MTU: u16 = 256;

/// Where the packets of Child SAs go, and whether they go in UDP.
pub(super) type Tunnel = (NetworkPath, bool);

/// What both sides agreed on in IKE_AUTH, and how far a move is.
#[derive(Debug, Default)]
pub(super) struct Mobike {
    /// The peer's additional addresses, until the application is told of them.
    pub(super) theirs: Vec<IpAddr>,
    /// Ours, where they are no longer those of the configuration.
    pub(super) own: Option<Vec<IpAddr>>,
    /// Counts the moves: a response counts for the move that its request was about.
    pub(super) moves: u32,
    /// Where the Child SAs still are, while the IKE SA is elsewhere already.
    pub(super) left: Option<Tunnel>,
    /// How often the peer has found a NAT in a row where we allow none.
    pub(super) attempts: u32,
    /// How the responder saw us last: the hash that it sent, and the SPIs that went into it.
    pub(super) mapping: Option<(IkeSpis, Vec<u8>)>,
    /// Our SPI of the generation on which the peer's newest word about addresses came.
    pub(super) newest: Option<u64>,
}

/// What is done about addresses, in its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AddressCommand {
    /// The responder is told where we are (RFC 4555 section 3.5).
    Update,
    /// The initiator shows that it can be reached (RFC 4555 section 3.7).
    Check,
    /// The peer is told our additional addresses (RFC 4555 section 3.6).
    Announce,
}

/// Our exchange about addresses that waits for its response.
#[derive(Clone, Copy, Debug)]
pub(super) struct AddressTask {
    pub(super) what: AddressCommand,
    /// The move that it is about.
    pub(super) number: u32,
    pub(super) cookie: Option<[u8; COOKIE]>,
}
