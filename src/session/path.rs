//! The two ends between which the messages of an IKE SA travel.

use crate::fragment::Path;
use crate::wire::transport::NON_ESP_MARKER;
use core::fmt;
use core::net::{IpAddr, SocketAddr};

/// How a path carries IKE messages, and what stands before them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PathEncapsulation {
    /// Nothing: UDP port 500.
    Udp,
    /// The non-ESP marker: UDP port 4500 (RFC 3948 section 2.2).
    NonEspMarker,
    /// A TCP connection: what goes in and out is one frame of its stream, whole, with the length field before the non-ESP marker (RFC 9329
    /// section 3).
    ///
    /// [`Endpoint::poll_transmit`](super::Endpoint::poll_transmit) gives octets that are written to the connection as they are;
    /// [`Endpoint::handle`](super::Endpoint::handle) takes what
    /// [`StreamReader::push_frame`](crate::wire::transport::StreamReader::push_frame) gives. The side that has opened the connection writes
    /// [`STREAM_PREFIX`](crate::wire::transport::STREAM_PREFIX) before its first frame, on each connection once (section 4).
    Tcp,
}

impl PathEncapsulation {
    /// The octets before the message. In TCP, the length of the frame stands before them
    /// ([`ike_frame_head`](crate::wire::transport::ike_frame_head)).
    #[must_use]
    pub const fn prefix(self) -> &'static [u8] {
        match self {
            Self::Udp => &[],
            Self::NonEspMarker | Self::Tcp => &NON_ESP_MARKER,
        }
    }
}

/// The addresses and ports between which a datagram travels, and how it carries IKE messages.
///
/// ```
/// use ikev2::session::{PathEncapsulation, NetworkPath};
///
/// let path = NetworkPath::new("192.0.2.1:500".parse()?, "198.51.100.7:500".parse()?, PathEncapsulation::Udp);
/// assert_eq!(path.to_string(), "192.0.2.1:500 - 198.51.100.7:500");
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NetworkPath {
    /// Our end: the address and port that a datagram came to, or is to come from; never the wildcard address, which NAT detection would hash (RFC 7296
    /// section 2.23) and find translated.
    pub local: SocketAddr,
    /// The peer's end.
    pub peer: SocketAddr,
    /// What stands before an IKE message: in UDP by the port that the peer has, where it is 500 or 4500.
    pub encapsulation: PathEncapsulation,
}

impl NetworkPath {
    /// A path.
    #[must_use]
    pub const fn new(local: SocketAddr, peer: SocketAddr, encapsulation: PathEncapsulation) -> Self {
        Self { local, peer, encapsulation }
    }

    /// Whether it is a TCP connection: the two ends name it, as long as it stands.
    #[must_use]
    pub const fn is_tcp(&self) -> bool {
        matches!(self.encapsulation, PathEncapsulation::Tcp)
    }

    /// What fits a datagram of this path, if the largest IP packet has `mtu` octets; in TCP what fits a frame, whatever `mtu` is: nothing is
    /// fragmented there (RFC 9329 section 7.5).
    #[must_use]
    pub const fn limit(&self, mtu: u16) -> Path {
        let path = match self.peer {
            SocketAddr::V4(_) => Path::ipv4(mtu),
            SocketAddr::V6(_) => Path::ipv6(mtu),
        };
        match self.encapsulation {
            PathEncapsulation::Udp => path,
            PathEncapsulation::NonEspMarker => path.with_non_esp_marker(),
            PathEncapsulation::Tcp => Path::TCP,
        }
    }

    /// The part of the peer's address that is taken for one source: an IPv4 address, or 64 bits of an IPv6 address, of which a host has
    /// as many as it likes.
    pub(super) fn source(&self) -> u64 {
        match self.peer.ip() {
            // Next to the IPv4-mapped addresses of ::/64, which are no source of their own.
            IpAddr::V4(address) => u64::from(address.to_bits()),
            IpAddr::V6(address) => match address.to_ipv4_mapped() {
                Some(address) => u64::from(address.to_bits()),
                None => u64::try_from(address.to_bits() >> 64).unwrap_or(u64::MAX),
            },
        }
    }
}

impl fmt::Display for NetworkPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} - {}", self.local, self.peer)
    }
}
