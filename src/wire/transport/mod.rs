//! From what a socket delivers to an IKE message: UDP port 4500 (RFC 3948 section 2), and TCP streams (RFC 9329 section 3).
//!
//! An endpoint knows what its socket is for: [`udp_4500`], [`StreamReader`] and [`tcp_frame`]. A monitor asks [`probe`], and cuts a stream that it has
//! put together itself by [`next_frame`].
//!
//! On UDP port 500 a datagram is an IKE message. On port 4500 four zero octets, the non-ESP marker, stand before it. On TCP
//! each message stands in a frame with a length of two octets, and the originator's stream begins with `IKETCP`.
//!
//! | frame length | what it is |
//! |---|---|
//! | 0, 1 | a fault: the length counts its own two octets, so the next frame cannot be found |
//! | 3, with the octet 0xff | a NAT keepalive |
//! | 2, other 3, 4, 5 | too short for a marker or an SPI: [`Frame::Skipped`] |
//! | 6 and more | an IKE message behind the marker, or ESP |
//!
//! ```
//! use ikev2::wire::transport::{self, Frame, StreamReader, Packet};
//!
//! assert_eq!(transport::udp_4500(&[0xff])?, Packet::Keepalive);
//! assert_eq!(transport::udp_4500(&[0, 0, 0, 0, 1, 2, 3])?, Packet::Ike(&[1, 2, 3]));
//!
//! let mut buf = [0; transport::MAX_FRAME];
//! let mut stream = StreamReader::originator(&mut buf[..]);
//! let mut input = &b"IKETCP\x00\x09\0\0\0\0abc"[..];
//! assert_eq!(stream.push(&mut input)?, Some(Frame::Packet(Packet::Ike(b"abc"))));
//! assert_eq!(stream.push(&mut input)?, None);
//! # Ok::<(), ikev2::error::ParseError>(())
//! ```

mod frame;
mod probe;
mod stream;

pub use frame::{next_frame, tcp_frame};
pub use probe::{NotIke, Probe, is_unmarked, probe};
pub use stream::StreamReader;

use super::codec::At;
use crate::error::{BuildError, Element, ParseError, ParseErrorKind};

/// Stands before an IKE message on UDP port 4500 and in a TCP frame, where ESP would have a non-zero SPI.
pub const NON_ESP_MARKER: [u8; 4] = [0; 4];

/// Begins the stream of the side that opened the TCP connection (RFC 9329 section 4).
pub const STREAM_PREFIX: [u8; 6] = *b"IKETCP";

/// The largest frame's octets, its length field included: a buffer of this size holds every frame.
pub const MAX_FRAME: usize = 65535;

/// Octets of a frame's length field.
const LENGTH_LEN: usize = 2;

/// The one octet of a NAT keepalive (RFC 3948 section 2.3).
const KEEPALIVE: [u8; 1] = [0xff];

/// What one datagram or frame carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Packet<'a> {
    /// An IKE message.
    Ike(&'a [u8]),
    /// An ESP packet.
    Esp {
        /// Security Parameters Index.
        spi: u32,
        /// The packet, from its SPI on.
        packet: &'a [u8],
    },
    /// A NAT keepalive.
    Keepalive,
}

/// One frame of a TCP stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame<'a> {
    /// A frame with something in it.
    Packet(Packet<'a>),
    /// A frame of 2 to 5 octets that is no keepalive: its octets after the length field. The stream goes on behind it.
    Skipped(&'a [u8]),
}

/// Tells what a datagram on UDP port 4500 carries.
///
/// # Errors
/// [`Truncated`](ParseErrorKind::Truncated) for a datagram too short to be any of them.
pub fn udp_4500(datagram: &[u8]) -> Result<Packet<'_>, ParseError> {
    let short = ParseErrorKind::Truncated { needed: NON_ESP_MARKER.len(), available: datagram.len() };
    carried(datagram).ok_or(At::INPUT.error(Element::Transport, short))
}

/// An IKE message behind the marker, ESP, or a keepalive; `None` for what is too short to be any of them.
fn carried(octets: &[u8]) -> Option<Packet<'_>> {
    match octets.split_first_chunk() {
        Some((&NON_ESP_MARKER, message)) => Some(Packet::Ike(message)),
        Some((spi, _)) => Some(Packet::Esp { spi: u32::from_be_bytes(*spi), packet: octets }),
        None => (octets == KEEPALIVE).then_some(Packet::Keepalive),
    }
}

/// What a frame carries: its octets after the length field.
fn framed(octets: &[u8]) -> Frame<'_> {
    carried(octets).map_or(Frame::Skipped(octets), Frame::Packet)
}

/// What to send before an IKE message of `len` octets on a TCP stream.
///
/// # Errors
/// [`Overflow`](BuildError::Overflow) when message, marker and length field exceed 65535 octets.
pub fn ike_frame_head(len: usize) -> Result<[u8; 6], BuildError> {
    let [hi, lo] = esp_frame_head(len.saturating_add(NON_ESP_MARKER.len()))?;
    Ok([hi, lo, 0, 0, 0, 0])
}

/// What to send before an ESP packet of `len` octets on a TCP stream.
///
/// # Errors
/// [`Overflow`](BuildError::Overflow) when packet and length field exceed 65535 octets.
pub fn esp_frame_head(len: usize) -> Result<[u8; 2], BuildError> {
    let value = len.saturating_add(LENGTH_LEN);
    match u16::try_from(value) {
        Ok(length) => Ok(length.to_be_bytes()),
        Err(_) => Err(BuildError::Overflow { element: Element::Transport, value, maximum: MAX_FRAME }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ParseErrorKind;

    #[test]
    fn a_datagram_on_port_4500_is_told_by_its_first_octets() {
        assert_eq!(udp_4500(&[0xff]), Ok(Packet::Keepalive));
        assert_eq!(udp_4500(&[0xff, 0, 0, 1, 9]), Ok(Packet::Esp { spi: 0xff00_0001, packet: &[0xff, 0, 0, 1, 9] }));
        assert_eq!(udp_4500(&[0, 0, 0, 0]), Ok(Packet::Ike(&[])));
        for short in [&[][..], &[0], &[0, 0, 0], &[0xff, 0xff]] {
            assert!(matches!(udp_4500(short).unwrap_err().kind, ParseErrorKind::Truncated { needed: 4, .. }));
        }
    }

    #[test]
    fn hostile_40_a_message_too_long_for_a_frame_is_an_error() {
        assert_eq!(ike_frame_head(65529).unwrap()[..2], [0xff, 0xff]);
        assert!(matches!(ike_frame_head(65530), Err(BuildError::Overflow { value: 65536, .. })));
        assert!(ike_frame_head(usize::MAX).is_err());
    }
}
