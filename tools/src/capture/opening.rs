//! TCP segments that open a connection: enough to tell who spoke TLS to whom, and when, without its stream.
//!
//! A segment counts when it has SYN or RST, or when its payload begins with a handshake record of TLS.

use core::net::{IpAddr, SocketAddr};
use etherparse::TcpHeaderSlice;

use super::time::Time;

/// Octets kept of a payload: the name of the server stands in them even behind large key shares.
const MAX_PAYLOAD: usize = 2048;
/// First octet of a record with handshake messages, and of its version (RFC 8446 5.1).
const HANDSHAKE: [u8; 2] = [22, 3];

/// A segment at the beginning of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Opening {
    pub(crate) packet: u64,
    pub(crate) time: Time,
    pub(crate) src: SocketAddr,
    pub(crate) dst: SocketAddr,
    pub(crate) syn: bool,
    pub(crate) ack: bool,
    pub(crate) rst: bool,
    /// The beginning of its payload.
    pub(crate) payload: Vec<u8>,
}

impl Opening {
    /// `None` for segments in the middle of a connection, and for such as cannot be read: these ports are other people's.
    pub(super) fn read(octets: &[u8], (src, dst): (IpAddr, IpAddr), packet: u64, time: Time) -> Option<Self> {
        let header = TcpHeaderSlice::from_slice(octets).ok()?;
        let payload = octets.get(header.slice().len()..).unwrap_or_default();
        let (syn, ack, rst) = (header.syn(), header.ack(), header.rst());
        if !syn && !rst && !payload.starts_with(&HANDSHAKE) {
            return None;
        }
        Some(Self {
            packet,
            time,
            src: SocketAddr::new(src, header.source_port()),
            dst: SocketAddr::new(dst, header.destination_port()),
            syn,
            ack,
            rst,
            payload: payload.get(..MAX_PAYLOAD).unwrap_or(payload).to_vec(),
        })
    }
}
