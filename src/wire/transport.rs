//! From what a socket delivers to an IKE message: UDP port 4500 (RFC 3948 section 2), and TCP streams (RFC 9329 section 3).
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

use super::codec::At;
use crate::error::{BuildError, Element, Origin, ParseError, ParseErrorKind};

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
    /// A wrong prefix, a length below 2 (RFC 9329 section 3: it counts itself), or a frame larger than the buffer. Offsets
    /// count from the start of the stream. Nothing later in the stream can be trusted: every further call returns the same
    /// error.
    pub fn push(&mut self, input: &mut &[u8]) -> Result<Option<Frame<'_>>, ParseError> {
        if let Some(error) = self.broken {
            return Err(error);
        }
        match self.fill(input) {
            Ok(Some(len)) => {
                let octets = self.buf.as_ref().get(LENGTH_LEN..len).unwrap_or_default();
                Ok(Some(carried(octets).map_or(Frame::Skipped(octets), Frame::Packet)))
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

    /// An error at the octets in `buf`.
    fn error(&self, kind: ParseErrorKind) -> ParseError {
        At { offset: self.passed, origin: Origin::Input }.error(Element::Transport, kind)
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
            if !self.fill_to(wanted, input)? {
                return Ok(None);
            }
            match self.part {
                Part::Prefix => {
                    if self.buf.as_ref().first_chunk() != Some(&STREAM_PREFIX) {
                        return Err(self.error(ParseErrorKind::StreamPrefix));
                    }
                    self.forget(Part::Length);
                }
                Part::Length | Part::Done => {
                    let length = self.buf.as_ref().first_chunk().map_or(0, |field| usize::from(u16::from_be_bytes(*field)));
                    if length < LENGTH_LEN {
                        return Err(self.error(ParseErrorKind::LengthTooSmall { length, minimum: LENGTH_LEN }));
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
    fn fill_to(&mut self, wanted: usize, input: &mut &[u8]) -> Result<bool, ParseError> {
        let count = wanted.saturating_sub(self.filled).min(input.len());
        let end = self.filled.saturating_add(count);
        let available = self.buf.as_ref().len();
        if wanted > available {
            return Err(self.error(ParseErrorKind::BufferTooSmall { needed: wanted, available }));
        }
        if let (Some(free), Some((octets, left))) = (self.buf.as_mut().get_mut(self.filled..end), input.split_at_checked(count)) {
            free.copy_from_slice(octets);
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
        assert_eq!(udp_4500(&[0xff]), Ok(Packet::Keepalive));
        assert_eq!(udp_4500(&[0xff, 0, 0, 1, 9]), Ok(Packet::Esp { spi: 0xff00_0001, packet: &[0xff, 0, 0, 1, 9] }));
        assert_eq!(udp_4500(&[0, 0, 0, 0]), Ok(Packet::Ike(&[])));
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
                            Frame::Packet(Packet::Ike(message)) => found.push(Vec::from(message)),
                            Frame::Packet(Packet::Esp { spi, packet }) => assert_eq!((spi, packet.len(), found.len()), (257, 8, 3)),
                            other => panic!("not sent: {other:?}"),
                        }
                    }
                    assert!(piece.is_empty());
                }
                assert_eq!(found, messages);
                assert_eq!(reader.pending(), 0);
            }
        }
    }

    /// What a stream of these octets gives, up to its end.
    fn frames(octets: &[u8]) -> Result<Vec<Vec<u8>>, ParseError> {
        let (mut octets, mut found) = (octets, Vec::new());
        let mut reader = StreamReader::responder([0; 32]);
        while let Some(frame) = reader.push(&mut octets)? {
            found.push(match frame {
                Frame::Packet(Packet::Ike(message)) => [&b"ike "[..], message].concat(),
                Frame::Packet(Packet::Esp { packet, .. }) => [&b"esp "[..], packet].concat(),
                Frame::Packet(Packet::Keepalive) => Vec::from(b"keepalive"),
                Frame::Skipped(octets) => [&b"skipped "[..], octets].concat(),
            });
        }
        found.extend((!octets.is_empty()).then(|| Vec::from(b"left over")));
        Ok(found)
    }

    #[test]
    fn rfc_9329_section_3_a_frame_of_the_octet_ff_is_a_keepalive_and_the_stream_goes_on() {
        let stream = b"\x00\x03\xff\x00\x09\0\0\0\0abc\x00\x03\xff";
        assert_eq!(frames(stream).unwrap(), [&b"keepalive"[..], b"ike abc", b"keepalive"]);
    }

    #[test]
    fn rfc_9329_section_3_a_frame_too_short_for_marker_or_spi_is_skipped_and_shown() {
        let contents = [&b""[..], b"\x00", b"\xfe", b"\xff\xff", b"\0\0", b"\0\0\0", b"\xff\xff\xff"];
        for short in contents {
            let mut stream = Vec::from(esp_frame_head(short.len()).unwrap());
            stream.extend(short);
            stream.extend(b"\x00\x07\0\0\0\0x");
            assert_eq!(frames(&stream).unwrap(), [[b"skipped ", short].concat(), b"ike x".to_vec()]);
        }
        // From four octets on it is one or the other.
        assert_eq!(frames(b"\x00\x06\0\0\0\0\x00\x06\xff\xff\xff\xff").unwrap(), [&b"ike "[..], b"esp \xff\xff\xff\xff"]);
    }

    #[test]
    fn rfc_9329_section_3_a_length_that_does_not_count_itself_is_fatal() {
        for length in [0, 1] {
            let error = frames(&[0, 3, 0xff, 0, length]).unwrap_err();
            let kind = ParseErrorKind::LengthTooSmall { length: length.into(), minimum: 2 };
            assert_eq!((error.element, error.offset, error.kind), (Element::Transport, 3, kind));
        }
    }

    #[test]
    fn hostile_02_a_broken_stream_stays_broken() {
        for (octets, offset, kind) in [
            (&b"IKETCQ"[..], 0, ParseErrorKind::StreamPrefix),
            (b"IKETCP\x00\x01", 6, ParseErrorKind::LengthTooSmall { length: 1, minimum: 2 }),
            (b"IKETCP\x00\x00", 6, ParseErrorKind::LengthTooSmall { length: 0, minimum: 2 }),
            (b"IKETCP\x00\x02\x00\x01", 8, ParseErrorKind::LengthTooSmall { length: 1, minimum: 2 }),
            (b"IKETCP\x00\x21", 6, ParseErrorKind::BufferTooSmall { needed: 33, available: 32 }),
        ] {
            let mut reader = StreamReader::originator([0; 32]);
            let mut input = octets;
            let error = (0..3).find_map(|_| reader.push(&mut input).err()).unwrap();
            assert_eq!((error.offset, error.kind), (offset, kind));
            assert_eq!(error.notify(), None);
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
