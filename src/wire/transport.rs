//! From what a socket delivers to an IKE message: UDP port 4500 (RFC 3948 section 2), and TCP streams (RFC 9329 section 3).
//!
//! On UDP port 500 a datagram is an IKE message. On port 4500 four zero octets, the non-ESP marker, stand before it. On TCP
//! each message stands in a frame with a length of two octets, and the originator's stream begins with `IKETCP`.
//!
//! ```
//! use ikev2::wire::transport::{self, StreamReader, Transported};
//!
//! assert_eq!(transport::udp_4500(&[0xff])?, Transported::Keepalive);
//! assert_eq!(transport::udp_4500(&[0, 0, 0, 0, 1, 2, 3])?, Transported::Ike(&[1, 2, 3]));
//!
//! let mut buf = [0; transport::MAX_FRAME];
//! let mut stream = StreamReader::originator(&mut buf[..]);
//! let mut input = &b"IKETCP\x00\x09\0\0\0\0abc"[..];
//! assert_eq!(stream.push(&mut input)?, Some(Transported::Ike(b"abc")));
//! assert_eq!(stream.push(&mut input)?, None);
//! # Ok::<(), ikev2::error::ParseError>(())
//! ```

use super::codec::At;
use crate::error::{BuildError, Element, ParseError, ParseErrorKind, Space};

/// Stands before an IKE message on UDP port 4500 and in a TCP frame, where ESP would have a non-zero SPI.
pub const NON_ESP_MARKER: [u8; 4] = [0; 4];

/// Begins the stream of the side that opened the TCP connection (RFC 9329 section 4).
pub const STREAM_PREFIX: [u8; 6] = *b"IKETCP";

/// The largest frame's octets, its length field included: a buffer of this size holds every frame.
pub const MAX_FRAME: usize = 65535;

/// Octets of a frame's length field.
const LENGTH_LEN: usize = 2;

/// What one datagram or frame carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transported<'a> {
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

/// Tells what a datagram on UDP port 4500 carries.
///
/// # Errors
/// [`Truncated`](ParseErrorKind::Truncated) for a datagram too short to be any of them.
pub fn udp_4500(datagram: &[u8]) -> Result<Transported<'_>, ParseError> {
    match datagram {
        [0xff] => Ok(Transported::Keepalive),
        _ => marked(datagram, At::INPUT),
    }
}

/// An IKE message behind the marker, or ESP.
fn marked(octets: &[u8], at: At) -> Result<Transported<'_>, ParseError> {
    match octets.split_first_chunk() {
        Some((&NON_ESP_MARKER, message)) => Ok(Transported::Ike(message)),
        Some((spi, _)) => Ok(Transported::Esp { spi: u32::from_be_bytes(*spi), packet: octets }),
        None => Err(at.error(Element::Transport, ParseErrorKind::Truncated { needed: NON_ESP_MARKER.len(), available: octets.len() })),
    }
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

/// Cuts one direction of a TCP stream into frames, however it was segmented.
///
/// `B` is the buffer, borrowed or owned (`&mut [u8]`, `[u8; N]`, `Vec<u8>`): it holds one frame and nothing more.
#[derive(Debug)]
pub struct StreamReader<B> {
    buf: B,
    /// Octets in `buf`.
    filled: usize,
    /// Octets of the stream before those in `buf`.
    passed: usize,
    /// What the octets in `buf` are the start of.
    part: Part,
    broken: Option<ParseError>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Prefix,
    Length,
    Frame(usize),
    /// The frame in `buf` was handed out; the next call forgets it.
    Done,
}

impl<B: AsRef<[u8]> + AsMut<[u8]>> StreamReader<B> {
    /// The stream of the side that opened the connection; it starts with the prefix.
    ///
    /// `buf` bounds the frames accepted, [`MAX_FRAME`] octets hold any.
    #[must_use]
    pub const fn originator(buf: B) -> Self {
        Self { buf, filled: 0, passed: 0, part: Part::Prefix, broken: None }
    }

    /// The stream of the side that accepted the connection; it starts with a frame.
    #[must_use]
    pub const fn responder(buf: B) -> Self {
        Self { buf, filled: 0, passed: 0, part: Part::Length, broken: None }
    }

    /// Takes octets from the front of `input` until a frame is whole or `input` is empty; call again while `input` is not.
    ///
    /// # Errors
    /// A wrong prefix, a length below 6 octets (none is shorter: length, and marker or SPI), or a frame larger than the
    /// buffer. Offsets count from the start of the stream. Nothing later in the stream can be trusted: every further call
    /// returns the same error.
    pub fn push(&mut self, input: &mut &[u8]) -> Result<Option<Transported<'_>>, ParseError> {
        if let Some(error) = self.broken {
            return Err(error);
        }
        match self.fill(input) {
            Ok(Some(len)) => {
                let at = self.at(LENGTH_LEN);
                marked(self.buf.as_ref().get(LENGTH_LEN..len).unwrap_or_default(), at).map(Some)
            }
            Ok(None) => Ok(None),
            Err(error) => Err(*self.broken.insert(error)),
        }
    }

    /// Octets buffered of a frame that is not whole: after the end of the stream, what was cut off.
    #[must_use]
    pub fn pending(&self) -> usize {
        if self.part == Part::Done { 0 } else { self.filled }
    }

    fn at(&self, octets: usize) -> At {
        At { offset: self.passed.saturating_add(octets), space: Space::Input }
    }

    /// Octets of the frame in `buf`, once it is whole.
    fn fill(&mut self, input: &mut &[u8]) -> Result<Option<usize>, ParseError> {
        if self.part == Part::Done {
            self.forget(Part::Length);
        }
        loop {
            let wanted = match self.part {
                Part::Prefix => STREAM_PREFIX.len(),
                Part::Length | Part::Done => LENGTH_LEN,
                Part::Frame(len) => len,
            };
            if !self.take(wanted, input)? {
                return Ok(None);
            }
            match self.part {
                Part::Prefix => {
                    if self.buf.as_ref().first_chunk() != Some(&STREAM_PREFIX) {
                        return Err(self.at(0).error(Element::Transport, ParseErrorKind::StreamPrefix));
                    }
                    self.forget(Part::Length);
                }
                Part::Length | Part::Done => {
                    let length = self.buf.as_ref().first_chunk().map_or(0, |field| usize::from(u16::from_be_bytes(*field)));
                    let minimum = LENGTH_LEN.saturating_add(NON_ESP_MARKER.len());
                    if length < minimum {
                        return Err(self.at(0).error(Element::Transport, ParseErrorKind::LengthTooSmall { length, minimum }));
                    }
                    self.part = Part::Frame(length);
                }
                Part::Frame(len) => {
                    self.part = Part::Done;
                    return Ok(Some(len));
                }
            }
        }
    }

    /// Moves octets into `buf` until `wanted` are there; tells whether they are.
    fn take(&mut self, wanted: usize, input: &mut &[u8]) -> Result<bool, ParseError> {
        let count = wanted.saturating_sub(self.filled).min(input.len());
        let end = self.filled.saturating_add(count);
        let available = self.buf.as_ref().len();
        if wanted > available {
            return Err(self.at(0).error(Element::Transport, ParseErrorKind::LengthPastEnd { length: wanted, available }));
        }
        if let (Some(place), Some((octets, left))) = (self.buf.as_mut().get_mut(self.filled..end), input.split_at_checked(count)) {
            place.copy_from_slice(octets);
            *input = left;
            self.filled = end;
        }
        Ok(self.filled >= wanted)
    }

    fn forget(&mut self, part: Part) {
        self.passed = self.passed.saturating_add(self.filled);
        self.filled = 0;
        self.part = part;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn a_datagram_on_port_4500_is_told_by_its_first_octets() {
        assert_eq!(udp_4500(&[0xff]), Ok(Transported::Keepalive));
        assert_eq!(udp_4500(&[0xff, 0, 0, 1, 9]), Ok(Transported::Esp { spi: 0xff00_0001, packet: &[0xff, 0, 0, 1, 9] }));
        assert_eq!(udp_4500(&[0, 0, 0, 0]), Ok(Transported::Ike(&[])));
        for short in [&[][..], &[0], &[0, 0, 0], &[0xff, 0xff]] {
            assert!(matches!(udp_4500(short).unwrap_err().kind, ParseErrorKind::Truncated { needed: 4, .. }));
        }
    }

    #[test]
    fn a_stream_gives_the_same_frames_however_it_is_cut() {
        let mut stream = Vec::from(STREAM_PREFIX);
        let messages = [&b"one"[..], b"", b"a longer message"];
        for message in messages {
            stream.extend(ike_frame_head(message.len()).unwrap());
            stream.extend(message);
        }
        stream.extend(esp_frame_head(8).unwrap());
        stream.extend([0, 0, 1, 1, 0, 0, 0, 1]);
        for first in 0..stream.len() {
            for second in first..stream.len() {
                let mut reader = StreamReader::originator([0; 32]);
                let mut found = Vec::new();
                for mut piece in [&stream[..first], &stream[first..second], &stream[second..]] {
                    while let Some(frame) = reader.push(&mut piece).unwrap() {
                        match frame {
                            Transported::Ike(message) => found.push(Vec::from(message)),
                            Transported::Esp { spi, packet } => assert_eq!((spi, packet.len(), found.len()), (257, 8, 3)),
                            Transported::Keepalive => panic!("none was sent"),
                        }
                    }
                    assert!(piece.is_empty());
                }
                assert_eq!(found, messages);
                assert_eq!(reader.pending(), 0);
            }
        }
    }

    #[test]
    fn hostile_02_a_broken_stream_stays_broken() {
        for (octets, offset, kind) in [
            (&b"IKETCQ"[..], 0, ParseErrorKind::StreamPrefix),
            (b"IKETCP\x00\x05", 6, ParseErrorKind::LengthTooSmall { length: 5, minimum: 6 }),
            (b"IKETCP\x00\x00", 6, ParseErrorKind::LengthTooSmall { length: 0, minimum: 6 }),
            (b"IKETCP\x00\x21", 6, ParseErrorKind::LengthPastEnd { length: 33, available: 32 }),
        ] {
            let mut reader = StreamReader::originator([0; 32]);
            let error = reader.push(&mut &*octets).unwrap_err();
            assert_eq!((error.offset, error.kind), (offset, kind));
            assert_eq!(reader.push(&mut &b"\x00\x06\0\0\0\0"[..]), Err(error));
        }
    }

    #[test]
    fn hostile_40_a_message_too_long_for_a_frame_is_an_error() {
        assert_eq!(ike_frame_head(65529).unwrap()[..2], [0xff, 0xff]);
        assert!(matches!(ike_frame_head(65530), Err(BuildError::Overflow { value: 65536, .. })));
        assert!(ike_frame_head(usize::MAX).is_err());
    }
}
