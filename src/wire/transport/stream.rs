//! One direction of a TCP stream, however it was segmented (RFC 9329 section 3).

use super::{Frame, LENGTH_LEN, STREAM_PREFIX, framed};
use crate::error::{Element, Origin, ParseError, ParseErrorKind};
use crate::wire::codec::At;

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
    /// `buf` bounds the frames accepted, [`MAX_FRAME`](super::MAX_FRAME) octets hold any.
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
        let frame = self.push_frame(input)?;
        Ok(frame.map(|frame| framed(frame.get(LENGTH_LEN..).unwrap_or_default())))
    }

    /// The same, with the octets of the frame as they stand in the stream, the length field first, to be decrypted in place: what
    /// [`tcp_frame`](super::tcp_frame) reads, and `session::Endpoint::handle` takes.
    ///
    /// # Errors
    /// Those of [`push`](Self::push).
    pub fn push_frame(&mut self, input: &mut &[u8]) -> Result<Option<&mut [u8]>, ParseError> {
        if let Some(error) = self.broken {
            return Err(error);
        }
        match self.fill(input) {
            Ok(len) => Ok(len.and_then(|len| self.buf.as_mut().get_mut(..len))),
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
    use super::super::{Packet, STREAM_PREFIX, esp_frame_head, ike_frame_head};
    use super::*;
    use alloc::vec::Vec;

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

    #[test]
    fn a_frame_as_it_stands_has_its_length_field() {
        let mut reader = StreamReader::originator([0; 32]);
        let mut input = &b"IKETCP\x00\x09\0\0\0\0abc\x00\x03\xff\x00\x04\0"[..];
        for frame in [&b"\x00\x09\0\0\0\0abc"[..], b"\x00\x03\xff"] {
            let found = reader.push_frame(&mut input).unwrap().unwrap();
            assert_eq!(found, frame);
            // It is the reader's no longer: whatever becomes of it, the stream goes on.
            found.fill(0xee);
        }
        assert_eq!(reader.push_frame(&mut input), Ok(None));
        assert_eq!(reader.pending(), 3);
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
}
