//! Transport demultiplexing against the same thing done naively.

use ikev2::wire::Message;
use ikev2::wire::transport::{self, Frame, Packet, Probe, StreamReader};

/// Octets of the frame buffer: larger frames are refused, which bounds what one run allocates.
const BUFFER: usize = 2048;

/// What a stream gave, and how it ended.
#[derive(Debug, Default, PartialEq, Eq)]
struct Streamed {
    ike: Vec<Vec<u8>>,
    esp: Vec<Vec<u8>>,
    keepalives: usize,
    skipped: Vec<Vec<u8>>,
    /// The offset of the fault, if there was one.
    fault: Option<usize>,
    pending: usize,
}

impl Streamed {
    fn see(&mut self, frame: Frame<'_>) {
        match frame {
            Frame::Packet(Packet::Ike(message)) => self.ike.push(message.to_vec()),
            Frame::Packet(Packet::Esp { packet, .. }) => self.esp.push(packet.to_vec()),
            Frame::Packet(Packet::Keepalive) => self.keepalives += 1,
            Frame::Skipped(octets) => self.skipped.push(octets.to_vec()),
        }
    }
}

/// A datagram on port 4500, and on others.
pub fn datagram(data: &[u8]) {
    match transport::udp_4500(data) {
        Ok(Packet::Ike(message)) => assert_eq!(data, [&[0; 4], message].concat()),
        Ok(Packet::Esp { spi, packet }) => assert!(spi != 0 && packet == data && packet[..4] == spi.to_be_bytes()),
        Ok(Packet::Keepalive) => assert_eq!(data, [0xff]),
        Err(_) => assert!(data.len() < 4 && data != [0xff]),
    }
    [Some(500), Some(4500), Some(10_500), None].into_iter().for_each(|port| probed(data, port));
}

/// What a monitor is told of the datagram agrees with what an endpoint reads.
fn probed(data: &[u8], port: Option<u16>) {
    let expected = |message: &[u8]| message == data || [&[0; 4], message].concat() == data;
    match transport::probe(data, port) {
        Probe::Ike2 { message, received } => {
            assert!(expected(message) && received.is_ikev2() && received.ikev1().is_none() && received.header.spis.initiator != 0);
            assert_eq!(Message::parse_lenient(message).unwrap().received(), &received);
        }
        Probe::Ike1 { message, received } => {
            assert!(expected(message) && !received.is_ikev2());
            let header = received.ikev1().unwrap();
            assert_eq!([header.initiator_cookie.to_be_bytes(), header.responder_cookie.to_be_bytes()].concat(), message[..16]);
            assert_eq!(Message::parse_lenient(message).unwrap().payloads().count(), 0);
        }
        Probe::Esp { spi } => {
            assert!(matches!(port, Some(500 | 4500)) && spi != 0 && data[..4] == spi.to_be_bytes());
            assert!(port == Some(500) || matches!(transport::udp_4500(data), Ok(Packet::Esp { spi: same, .. }) if same == spi));
        }
        Probe::Keepalive => assert_eq!(data, [0xff]),
        Probe::NeedMore(octets) => assert!((1..=28).contains(&octets) && data.len() < 32),
        Probe::No(why) => assert!(!why.to_string().is_empty()),
        other => panic!("not known to this test: {other:?}"),
    }
}

/// A TCP stream, in pieces of several sizes.
pub fn stream(data: &[u8]) {
    for prefix in [true, false] {
        let expected = naive(data, prefix);
        let odd = usize::from(data.first().copied().unwrap_or(0)).max(1);
        for size in [data.len().max(1), 1, 7, odd] {
            assert_eq!(pieces(data, size, prefix), expected, "in pieces of {size}");
        }
    }
    let mut left = data;
    let mut found = Streamed::default();
    loop {
        match transport::next_frame(left) {
            Ok(Some((_, len))) if len > BUFFER => break found.fault = Some(data.len() - left.len()),
            Ok(Some((frame, len))) => {
                let packet = if let Frame::Packet(packet) = frame { Some(packet) } else { None };
                assert_eq!(transport::tcp_frame(&left[..len]).ok(), packet);
                assert!(transport::tcp_frame(&left[..len - 1]).is_err());
                found.see(frame);
                left = &left[len..];
            }
            // A reader does not wait for a frame that its buffer cannot hold.
            Ok(None) if left.len() >= 2 && usize::from(u16::from_be_bytes([left[0], left[1]])) > BUFFER => {
                break found.fault = Some(data.len() - left.len());
            }
            Ok(None) => break found.pending = left.len(),
            Err(fault) => break found.fault = Some(data.len() - left.len() + fault.offset),
        }
    }
    assert_eq!(found, naive(data, false));
    // What is framed comes out again.
    if let Ok(head) = transport::ike_frame_head(data.len()) {
        let framed = [&head, data].concat();
        let mut buf = vec![0; framed.len().max(6)];
        let mut reader = StreamReader::responder(&mut buf);
        assert_eq!(reader.push(&mut &framed[..]), Ok(Some(Frame::Packet(Packet::Ike(data)))));
        assert_eq!(reader.push_frame(&mut &framed[..]), Ok(Some(&mut framed.clone()[..])));
    }
}

fn pieces(data: &[u8], size: usize, prefix: bool) -> Streamed {
    let mut buf = [0; BUFFER];
    let mut reader = if prefix { StreamReader::originator(&mut buf) } else { StreamReader::responder(&mut buf) };
    let mut found = Streamed::default();
    'stream: for mut piece in data.chunks(size) {
        loop {
            let before = piece.len();
            match reader.push(&mut piece) {
                Ok(Some(frame)) => found.see(frame),
                Ok(None) => {
                    assert!(piece.is_empty());
                    break;
                }
                Err(fault) => {
                    assert_eq!(reader.push(&mut &[0; 6][..]), Err(fault));
                    found.fault = Some(fault.offset);
                    break 'stream;
                }
            }
            assert!(piece.len() < before, "a frame out of no octets");
            if piece.is_empty() {
                break;
            }
        }
    }
    if found.fault.is_none() {
        found.pending = reader.pending();
    }
    found
}

/// RFC 9329 section 3, octet by octet.
fn naive(data: &[u8], prefix: bool) -> Streamed {
    let mut found = Streamed::default();
    let mut at = 0;
    if prefix {
        if data.len() < 6 {
            found.pending = data.len();
            return found;
        }
        if &data[..6] != b"IKETCP" {
            found.fault = Some(0);
            return found;
        }
        at = 6;
    }
    loop {
        let left = &data[at..];
        if left.len() < 2 {
            found.pending = left.len();
            return found;
        }
        let length = usize::from(left[0]) * 256 + usize::from(left[1]);
        if !(2..=BUFFER).contains(&length) {
            found.fault = Some(at);
            return found;
        }
        if left.len() < length {
            found.pending = left.len();
            return found;
        }
        let inside = &left[2..length];
        if inside == [0xff] {
            found.keepalives += 1;
        } else if length < 6 {
            found.skipped.push(inside.to_vec());
        } else if inside[..4] == [0; 4] {
            found.ike.push(inside[4..].to_vec());
        } else {
            found.esp.push(inside.to_vec());
        }
        at += length;
    }
}
