//! Frames of a TCP stream that somebody else has put together (RFC 9329 section 3).

use super::{Frame, LENGTH_LEN, NON_ESP_MARKER, Packet, framed};
use crate::error::{Element, ParseError, ParseErrorKind};
use crate::wire::codec::{At, size};

/// Reads the frame at the start of `stream`, where it stands: what it carries, and the octets it takes. `None` while it is not whole.
///
/// `stream` begins with a frame. The stream of the side that opened the connection has [`STREAM_PREFIX`](super::STREAM_PREFIX) before the
/// first one.
///
/// ```
/// use ikev2::wire::transport::{Frame, Packet, STREAM_PREFIX, next_frame};
/// let mut stream = b"IKETCP\x00\x09\0\0\0\0abc\x00\x03\xff\x00\x09\0\0".strip_prefix(&STREAM_PREFIX).ok_or("no IKE")?;
/// let mut frames = Vec::new();
/// while let Some((frame, len)) = next_frame(stream)? {
///     frames.push(frame);
///     stream = &stream[len..];
/// }
/// assert_eq!(frames, [Frame::Packet(Packet::Ike(b"abc")), Frame::Packet(Packet::Keepalive)]);
/// assert_eq!(stream, b"\x00\x09\0\0");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A length below 2: it counts itself (RFC 9329 section 3). Nothing later in the stream can be trusted.
pub fn next_frame(stream: &[u8]) -> Result<Option<(Frame<'_>, usize)>, ParseError> {
    let Some(&[hi, lo]) = stream.first_chunk::<LENGTH_LEN>() else { return Ok(None) };
    let length = size(hi, lo);
    if length < LENGTH_LEN {
        return Err(At::INPUT.error(Element::Transport, ParseErrorKind::LengthTooSmall { length, minimum: LENGTH_LEN }));
    }
    Ok(stream.get(LENGTH_LEN..length).map(|octets| (framed(octets), length)))
}

/// Tells what one frame carries, which is whole and has its length field.
///
/// # Errors
/// Octets that are not one frame from the first to the last, or a frame that is too short for a marker or an SPI and no keepalive.
pub fn tcp_frame(frame: &[u8]) -> Result<Packet<'_>, ParseError> {
    let available = frame.len();
    let kind = match next_frame(frame)? {
        Some((Frame::Packet(packet), len)) if len == available => return Ok(packet),
        Some((Frame::Skipped(inside), len)) if len == available => {
            ParseErrorKind::Truncated { needed: NON_ESP_MARKER.len(), available: inside.len() }
        }
        Some((_, len)) => ParseErrorKind::TrailingOctets { count: available.saturating_sub(len) },
        None => {
            let needed = frame.first_chunk::<LENGTH_LEN>().map_or(LENGTH_LEN, |&[hi, lo]| size(hi, lo));
            ParseErrorKind::Truncated { needed, available }
        }
    };
    Err(At::INPUT.error(Element::Transport, kind))
}

#[cfg(test)]
mod tests {
    use super::super::{MAX_FRAME, StreamReader};
    use super::*;

    #[test]
    fn rfc_9329_section_3_one_frame_is_told_by_its_first_octets() {
        assert_eq!(tcp_frame(b"\x00\x09\0\0\0\0abc"), Ok(Packet::Ike(b"abc")));
        assert_eq!(tcp_frame(b"\x00\x07\0\0\x01\0x"), Ok(Packet::Esp { spi: 256, packet: b"\0\0\x01\0x" }));
        assert_eq!(tcp_frame(b"\x00\x03\xff"), Ok(Packet::Keepalive));
        for (frame, kind) in [
            (&b""[..], ParseErrorKind::Truncated { needed: 2, available: 0 }),
            (b"\0", ParseErrorKind::Truncated { needed: 2, available: 1 }),
            (b"\0\x01", ParseErrorKind::LengthTooSmall { length: 1, minimum: 2 }),
            (b"\0\0\0\0abc", ParseErrorKind::LengthTooSmall { length: 0, minimum: 2 }),
            (b"\0\x02", ParseErrorKind::Truncated { needed: 4, available: 0 }),
            (b"\0\x05\0\0\0", ParseErrorKind::Truncated { needed: 4, available: 3 }),
            (b"\0\x09\0\0\0\0ab", ParseErrorKind::Truncated { needed: 9, available: 8 }),
            (b"\0\x03\xff\xff", ParseErrorKind::TrailingOctets { count: 1 }),
        ] {
            let error = tcp_frame(frame).unwrap_err();
            assert_eq!((error.element, error.offset, error.kind), (Element::Transport, 0, kind));
        }
    }

    #[test]
    fn a_slice_and_a_reader_give_the_same_frames() {
        // Octets of any kind: what a reader makes of them is tested with it.
        for seed in (0..=u16::MAX).step_by(7) {
            let [a, b] = seed.to_be_bytes();
            let stream = [0, a % 9, b, 0, 0, 0, 0, a, 0, b % 7, 0, 0, 0xff, b, 0];
            let mut reader = StreamReader::responder([0; MAX_FRAME]);
            let mut pushed = &stream[..];
            let mut left = &stream[..];
            loop {
                let (found, expected) = (next_frame(left), reader.push(&mut pushed));
                match (found, expected) {
                    (Ok(Some((frame, len))), Ok(read)) => {
                        assert_eq!(Some(frame), read);
                        left = &left[len..];
                    }
                    (Ok(None), Ok(None)) => break,
                    (Err(found), Err(expected)) => {
                        assert_eq!((found.element, found.kind), (expected.element, expected.kind));
                        break;
                    }
                    other => panic!("{other:?}"),
                }
            }
        }
    }
}
