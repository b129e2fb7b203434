//! TCP: segments in any order and split anywhere, loss, copies, resets, bounds.

use core::net::SocketAddr;

use proptest::prelude::*;

use super::forge::{self, ACK, FIN, Link, Pcap, RST, SYN, addr, octets};
use super::run;
use crate::capture::streams::Ending;
use crate::capture::{Interest, Item, StreamEvent, StreamPiece};

const SECOND: u64 = 1_000_000_000;
/// Near the wrap, so that every test crosses it.
const ISN: u32 = u32::MAX - 20;

fn client() -> SocketAddr {
    addr("192.0.2.1:40000")
}

fn server() -> SocketAddr {
    addr("192.0.2.2:4500")
}

/// A capture of the client's segments: (time in seconds, sequence number relative to the first octet, flags, octets).
struct Tape(Pcap);

impl Tape {
    fn new() -> Self {
        Self(Pcap::new(Link::Ethernet))
    }

    fn segment(&mut self, seconds: u64, at: i64, flags: u8, payload: &[u8]) -> &mut Self {
        let sequence = ISN.wrapping_add(1).wrapping_add(at as u32);
        let tcp = forge::tcp(client(), server(), sequence, flags, payload);
        self.0.ip(seconds * SECOND, &forge::ip(client(), server(), 6, &tcp));
        self
    }

    fn pieces(&self) -> Vec<StreamPiece> {
        let interest = Interest { tcp_ports: vec![4500], ..Interest::default() };
        run(&self.0.bytes, interest)
            .unwrap()
            .into_iter()
            .map(|item| match item {
                Item::Stream(piece) => piece,
                other => panic!("{other:?}"),
            })
            .collect()
    }

    /// Packet, time in seconds and event.
    fn events(&self) -> Vec<(u64, i64, StreamEvent)> {
        self.pieces()
            .into_iter()
            .map(|piece| {
                assert_eq!((piece.src, piece.dst), (client(), server()));
                (piece.packet, piece.time.micros() / 1_000_000, piece.event)
            })
            .collect()
    }
}

fn start(whole: bool) -> StreamEvent {
    StreamEvent::Start { whole }
}

fn data(octets: &[u8]) -> StreamEvent {
    StreamEvent::Data(octets.to_vec())
}

fn gap(octets: u64) -> StreamEvent {
    StreamEvent::Gap { octets }
}

fn end(how: Ending) -> StreamEvent {
    StreamEvent::End(how)
}

#[test]
fn a_connection_from_syn_to_fin() {
    let mut tape = Tape::new();
    tape.segment(0, -1, SYN, &[])
        .segment(1, -1, SYN, &[])
        .segment(2, 0, ACK, b"IKETCP")
        .segment(3, 6, ACK, &[])
        .segment(4, 6, ACK | FIN, b"last")
        .segment(5, 6, ACK | FIN, b"last")
        .segment(6, 11, ACK, &[]);
    let expected = [(1, 0, start(true)), (3, 2, data(b"IKETCP")), (5, 4, data(b"last")), (5, 4, end(Ending::Closed))];
    assert_eq!(tape.events(), expected);
}

#[test]
fn both_directions_stand_alone_and_other_ports_are_left_out() {
    let mut file = Pcap::new(Link::Ethernet);
    let mut put = |src, dst, sequence, flags, payload: &[u8]| {
        file.ip(0, &forge::ip(src, dst, 6, &forge::tcp(src, dst, sequence, flags, payload)));
    };
    put(client(), server(), 10, SYN, b"");
    put(server(), client(), 90, SYN | ACK, b"");
    put(client(), addr("192.0.2.2:443"), 10, SYN, b"");
    put(server(), client(), 91, ACK, b"from the server");
    put(client(), addr("192.0.2.2:443"), 11, ACK, b"web");
    put(client(), server(), 11, ACK, b"from the client");
    let interest = Interest { tcp_ports: vec![4500], ..Interest::default() };
    let found: Vec<_> = run(&file.bytes, interest)
        .unwrap()
        .into_iter()
        .map(|item| match item {
            Item::Stream(piece) => (piece.packet, piece.src, piece.dst, piece.event),
            other => panic!("{other:?}"),
        })
        .collect();
    let expected = [
        (1, client(), server(), start(true)),
        (2, server(), client(), start(true)),
        (4, server(), client(), data(b"from the server")),
        (6, client(), server(), data(b"from the client")),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_capture_that_begins_in_the_middle() {
    let mut tape = Tape::new();
    tape.segment(0, 1000, ACK, &[]).segment(1, 1000, ACK, b"one").segment(2, 900, ACK, b"old").segment(3, 990, ACK, b"0123456789onetwo");
    let expected = [(2, 1, start(false)), (2, 1, data(b"one")), (4, 3, data(b"two"))];
    assert_eq!(tape.events(), expected);
}

#[test]
fn a_hole_that_fills_delays_what_comes_after_it() {
    let mut tape = Tape::new();
    tape.segment(0, -1, SYN, &[])
        .segment(1, 8, ACK, b"cccc")
        .segment(2, 4, ACK, b"bbbb")
        .segment(3, 12, ACK | FIN, b"dddd")
        .segment(4, 0, ACK, b"aaaa");
    let expected = [
        (1, 0, start(true)),
        (5, 4, data(b"aaaa")),
        (3, 4, data(b"bbbb")),
        (2, 4, data(b"cccc")),
        (4, 4, data(b"dddd")),
        (4, 4, end(Ending::Closed)),
    ];
    assert_eq!(tape.events(), expected);
}

#[test]
fn a_hole_that_never_fills_is_a_gap() {
    // At the capture's end, after a minute, at a reset, and when the ports begin a new connection.
    let mut lost = Tape::new();
    lost.segment(0, -1, SYN, &[]).segment(1, 0, ACK, b"aaaa").segment(2, 8, ACK, b"cccc").segment(2, 20, ACK, b"ffff");
    let common = [(1, 0, start(true)), (2, 1, data(b"aaaa")), (3, 2, gap(4)), (3, 2, data(b"cccc")), (4, 2, gap(8)), (4, 2, data(b"ffff"))];
    assert_eq!(lost.events(), common);

    let mut tape = Tape(lost.0.clone());
    tape.segment(63, 24, ACK, b"gggg").segment(64, 4, ACK, b"late");
    assert_eq!(tape.events(), [&common[..], &[(5, 63, data(b"gggg"))]].concat());

    let mut tape = Tape(lost.0.clone());
    tape.segment(5, 24, RST, &[]).segment(6, 24, ACK, b"after");
    assert_eq!(tape.events(), [&common[..], &[(5, 5, end(Ending::Reset))]].concat());

    let mut tape = Tape(lost.0.clone());
    tape.segment(5, 5000, SYN, &[]).segment(6, 5001, ACK, b"new");
    let rest = [(5, 5, end(Ending::Forgotten)), (5, 5, start(true)), (6, 6, data(b"new"))];
    assert_eq!(tape.events(), [&common[..], &rest].concat());
}

#[test]
fn a_lost_tail_before_the_fin_is_a_gap() {
    let mut tape = Tape::new();
    tape.segment(0, -1, SYN, &[]).segment(1, 0, ACK, b"aaaa").segment(2, 9, ACK | FIN, &[]);
    let expected = [(1, 0, start(true)), (2, 1, data(b"aaaa")), (3, 2, gap(5)), (3, 2, end(Ending::Closed))];
    assert_eq!(tape.events(), expected);
}

#[test]
fn progress_restarts_the_minute() {
    let mut tape = Tape::new();
    tape.segment(0, -1, SYN, &[]).segment(1, 20, ACK, b"late").segment(50, 0, ACK, b"0123456789").segment(100, 10, ACK, b"0123456789");
    let expected = [(1, 0, start(true)), (3, 50, data(b"0123456789")), (4, 100, data(b"0123456789")), (2, 100, data(b"late"))];
    assert_eq!(tape.events(), expected);
}

#[test]
fn a_reset_that_belongs_to_no_segment_is_ignored() {
    let mut tape = Tape::new();
    tape.segment(0, -1, SYN, &[]).segment(1, 1 << 29, RST, &[]).segment(2, -1000, RST, &[]).segment(3, 0, ACK, b"still here");
    assert_eq!(tape.events(), [(1, 0, start(true)), (4, 3, data(b"still here"))]);
}

#[test]
fn what_the_snap_length_cut_is_a_gap_at_once() {
    let payload = octets(1, 100);
    let mut tape = Tape::new();
    tape.segment(0, -1, SYN, &[]);
    let tcp = forge::tcp(client(), server(), ISN.wrapping_add(1), ACK, &payload);
    let frame = Link::Ethernet.frame(&forge::ip(client(), server(), 6, &tcp));
    tape.0.frame(SECOND, &frame, frame.len() - 30);
    tape.segment(2, 100, ACK, b"next");
    let expected = [(1, 0, start(true)), (2, 1, data(&payload[..70])), (2, 1, gap(30)), (3, 2, data(b"next"))];
    assert_eq!(tape.events(), expected);
}

#[test]
fn what_waits_behind_a_hole_is_bounded() {
    // 300 segments of 1000 octets behind a hole: 262144 octets wait, then the hole is given up.
    let mut tape = Tape::new();
    tape.segment(0, -1, SYN, &[]);
    for n in 0..300 {
        tape.segment(1, 8 + n * 1000, ACK, &octets(n as u8, 1000));
    }
    tape.segment(2, 0, ACK, b"too late");
    let events = tape.events();
    assert_eq!(events[1], (2, 1, gap(8)));
    let octets: usize = events.iter().map(|(_, _, event)| if let StreamEvent::Data(octets) = event { octets.len() } else { 0 }).sum();
    assert_eq!((octets, events.len()), (300_000, 302));

    // One octet each: their number is bounded as well.
    let mut tape = Tape::new();
    tape.segment(0, -1, SYN, &[]);
    for n in 0..1024 {
        tape.segment(1, 8 + n * 2, ACK, b"x");
    }
    tape.segment(1, 0, ACK, b"12345678");
    assert_eq!(tape.events()[1], (1026, 1, data(b"12345678")));
    let mut tape = Tape::new();
    tape.segment(0, -1, SYN, &[]);
    for n in 0..1025 {
        tape.segment(1, 8 + n * 2, ACK, b"x");
    }
    tape.segment(1, 0, ACK, b"12345678");
    assert_eq!(tape.events()[1], (2, 1, gap(8)));
}

#[test]
fn the_least_recently_used_direction_makes_room() {
    let mut file = Pcap::new(Link::Ethernet);
    let mut put = |port: u16, sequence, flags, payload: &[u8]| {
        let src = SocketAddr::new(client().ip(), port);
        file.ip(0, &forge::ip(src, server(), 6, &forge::tcp(src, server(), sequence, flags, payload)));
    };
    for port in 1..=32768 {
        put(port, 0, SYN, b"");
    }
    put(1, 1, ACK, b"used");
    put(50000, 0, SYN, b"");
    put(1, 5, ACK, b"again");
    let interest = Interest { tcp_ports: vec![4500], ..Interest::default() };
    let found = run(&file.bytes, interest).unwrap();
    let tail: Vec<_> = found[32768..]
        .iter()
        .map(|item| match item {
            Item::Stream(piece) => (piece.src.port(), piece.event.clone()),
            other => panic!("{other:?}"),
        })
        .collect();
    let expected = [(1, data(b"used")), (50000, start(true)), (2, end(Ending::Forgotten)), (1, data(b"again"))];
    assert_eq!(tail, expected);
}

proptest! {
    /// Any splitting, any order, any copies and overlaps: the octets come out as they were sent, each once.
    #[test]
    fn any_segments_of_a_stream_give_it_back(
        len in 1_usize..400,
        cuts in prop::collection::vec((0_usize..400, 1_usize..120), 0..40),
        keep in prop::collection::vec(any::<bool>(), 0..8),
    ) {
        let sent = octets(5, len);
        let mut tape = Tape::new();
        tape.segment(0, -1, SYN, &[]);
        let mut there = vec![false; len];
        let mut put = |at: usize, n: usize| {
            let (at, end) = (at.min(len), (at + n).min(len));
            if at < end {
                tape.segment(1, at as i64, ACK, &sent[at..end]);
                there[at..end].fill(true);
            }
        };
        for (at, n) in cuts {
            put(at, n);
        }
        // Some of the rest, in pieces of 50.
        for (n, kept) in keep.iter().enumerate() {
            if *kept {
                put(n * 50, 50);
            }
        }
        let mut got: Vec<Option<u8>> = Vec::new();
        for piece in tape.pieces() {
            match piece.event {
                StreamEvent::Start { whole } => prop_assert!(whole),
                StreamEvent::Data(octets) => got.extend(octets.into_iter().map(Some)),
                StreamEvent::Gap { octets } => got.resize(got.len() + octets as usize, None),
                StreamEvent::End(_) => prop_assert!(false, "no FIN was sent"),
            }
        }
        let mut expected: Vec<Option<u8>> = sent.iter().zip(&there).map(|(o, t)| t.then_some(*o)).collect();
        while expected.last() == Some(&None) {
            expected.pop();
        }
        prop_assert_eq!(got, expected);
    }
}
