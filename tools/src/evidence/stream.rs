//! One direction of a TCP stream on port 4500, cut into frames (RFC 9329), with the packets that carried each.
//!
//! The library's `StreamReader` gives up at the first broken length, as an implementation must. A monitor may have to begin in
//! the middle of a connection, or after a hole: it looks for the next frame that holds an IKE message.

use ikev2::wire::HEADER_LEN;
use ikev2::wire::transport::{NON_ESP_MARKER, STREAM_PREFIX};
use std::collections::VecDeque;

const LENGTH_LEN: usize = 2;
/// Octets before an IKE message.
const HEAD: usize = LENGTH_LEN + NON_ESP_MARKER.len();
/// Octets that tell an IKE message's frame from other octets.
const RECOGNIZABLE: usize = HEAD + HEADER_LEN;

#[derive(Debug)]
pub(crate) struct Stream {
    octets: Vec<u8>,
    /// Octets at the front of `octets` that were consumed.
    consumed: usize,
    /// Packets and the octets each added that are not consumed.
    packets: VecDeque<(u64, usize)>,
    state: State,
    skipped: Skipped,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    /// The prefix may stand here; if it does not, what then.
    Start(Box<State>),
    Framed,
    /// Where the next frame begins is not known.
    Lost(String),
}

/// Octets passed over while lost.
#[derive(Clone, Debug, Default)]
struct Skipped {
    octets: u64,
    packets: Vec<u64>,
}

/// Packets remembered of a stretch that was skipped: the first ones.
const MAX_PACKETS: usize = 64;
/// Packets told apart of one frame; what comes later counts as the last of them. A frame of 64 KiB takes 123 of the smallest segments
/// that hosts choose.
const MAX_PACKETS_OF_FRAME: usize = 1024;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// A frame, from its marker or SPI on; fewer octets if it has neither.
    Frame { octets: Vec<u8>, packets: Vec<u64> },
    /// The beginning of a frame of which the stream or the capture has no more; `announced` octets were to come.
    Cut { octets: Vec<u8>, packets: Vec<u64>, announced: usize },
    /// Octets that belong to no frame.
    Skipped { octets: u64, packets: Vec<u64>, cause: String },
}

impl Stream {
    /// `whole`: its first octet is the connection's first in this direction; `prefix`: that must be the prefix's.
    pub(crate) fn new(whole: bool, prefix: bool) -> Self {
        let otherwise = match (whole, prefix) {
            (true, false) => State::Framed,
            (true, true) => State::Lost("the stream does not begin with IKETCP".into()),
            (false, _) => State::Lost("the capture begins in the middle of the stream".into()),
        };
        Self {
            octets: Vec::new(),
            consumed: 0,
            packets: VecDeque::new(),
            state: State::Start(Box::new(otherwise)),
            skipped: Skipped::default(),
        }
    }

    /// Whether this is no RFC 9329 stream, as far as can be told.
    pub(crate) fn is_lost(&self) -> bool {
        matches!(self.state, State::Lost(_))
    }

    /// Makes a stream that has not begun wait for a recognizable frame: the other direction is no RFC 9329 stream.
    pub(crate) fn doubt(&mut self) {
        if let State::Start(otherwise) = &mut self.state {
            if **otherwise == State::Framed {
                **otherwise = State::Lost("the other direction of the stream does not begin with IKETCP".into());
            }
        }
    }

    pub(crate) fn push(&mut self, packet: u64, octets: &[u8]) {
        self.octets.extend_from_slice(octets);
        let full = self.packets.len() >= MAX_PACKETS_OF_FRAME;
        match self.packets.back_mut().filter(|_| full) {
            Some((_, count)) => *count = count.saturating_add(octets.len()),
            None => self.packets.push_back((packet, octets.len())),
        }
    }

    /// Lets go of what was consumed; gives the octets of memory still held for what is to come.
    pub(crate) fn trim(&mut self) -> usize {
        if self.consumed > 0 {
            self.octets.drain(..self.consumed.min(self.octets.len()));
            self.consumed = 0;
            self.octets.shrink_to_fit();
            self.packets.shrink_to_fit();
        }
        let entries = self.packets.capacity().saturating_mul(size_of::<(u64, usize)>());
        self.octets.capacity().saturating_add(entries)
    }

    /// The next thing found in what was pushed; `None` until more is.
    pub(crate) fn next(&mut self) -> Option<Found> {
        loop {
            let left = self.left();
            match &self.state {
                State::Start(otherwise) => {
                    if left.starts_with(&STREAM_PREFIX) {
                        self.consume(STREAM_PREFIX.len());
                        self.state = State::Framed;
                    } else if STREAM_PREFIX.starts_with(left) {
                        return None;
                    } else {
                        self.state = (**otherwise).clone();
                    }
                }
                State::Framed => {
                    let length = frame_length(left)?;
                    if length < LENGTH_LEN {
                        self.state = State::Lost(format!("the length of a frame is {length}, the least possible is {LENGTH_LEN}"));
                        continue;
                    }
                    let octets = left.get(LENGTH_LEN..length)?.to_vec();
                    return Some(Found::Frame { octets, packets: self.consume(length) });
                }
                State::Lost(cause) => {
                    let cause = cause.clone();
                    match left.windows(RECOGNIZABLE).position(begins_message) {
                        Some(at) => {
                            self.skip(at);
                            self.state = State::Framed;
                            if let Some(skipped) = self.report_skipped(cause) {
                                return Some(skipped);
                            }
                        }
                        None => {
                            let undecided = RECOGNIZABLE.saturating_sub(1);
                            self.skip(left.len().saturating_sub(undecided));
                            return None;
                        }
                    }
                }
            }
        }
    }

    /// Gives up what is not whole, because no more will come, or not the octets that are next. Call [`next`](Self::next) first.
    pub(crate) fn give_up(&mut self, cause: &str) -> Option<Found> {
        let left = self.left();
        let found = match (&self.state, left) {
            (State::Framed, [_, ..]) => {
                let announced = frame_length(left).unwrap_or(LENGTH_LEN);
                let octets = left.get(LENGTH_LEN..).unwrap_or_default().to_vec();
                let packets = self.consume(self.left().len());
                Some(Found::Cut { octets, packets, announced: announced.saturating_sub(LENGTH_LEN) })
            }
            (State::Lost(cause), _) => {
                let cause = cause.clone();
                self.skip(self.left().len());
                self.report_skipped(cause)
            }
            (State::Start(_), [_, ..]) => {
                self.skip(left.len());
                self.report_skipped("the stream ends within IKETCP".into())
            }
            _ => None,
        };
        self.state = State::Lost(cause.into());
        found
    }

    fn left(&self) -> &[u8] {
        self.octets.get(self.consumed..).unwrap_or_default()
    }

    /// The packets that carried the next `count` octets, which are left behind.
    fn consume(&mut self, count: usize) -> Vec<u64> {
        self.consumed = self.consumed.saturating_add(count);
        let mut packets: Vec<u64> = Vec::new();
        let mut left = count;
        while let Some((packet, octets)) = self.packets.front_mut().filter(|_| left > 0) {
            // One packet can fill several holes.
            if !packets.contains(packet) {
                packets.push(*packet);
            }
            let taken = left.min(*octets);
            left = left.saturating_sub(taken);
            *octets = octets.saturating_sub(taken);
            if *octets == 0 {
                self.packets.pop_front();
            }
        }
        packets
    }

    fn skip(&mut self, count: usize) {
        let packets = self.consume(count);
        self.skipped.octets = self.skipped.octets.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        let room = MAX_PACKETS.saturating_sub(self.skipped.packets.len());
        let new: Vec<_> = packets.into_iter().filter(|packet| self.skipped.packets.last() != Some(packet)).take(room).collect();
        self.skipped.packets.extend(new);
    }

    fn report_skipped(&mut self, cause: String) -> Option<Found> {
        let Skipped { octets, packets } = core::mem::take(&mut self.skipped);
        (octets > 0).then_some(Found::Skipped { octets, packets, cause })
    }
}

/// The length field at the start of `octets`, which counts itself.
fn frame_length(octets: &[u8]) -> Option<usize> {
    octets.first_chunk().map(|field| usize::from(u16::from_be_bytes(*field)))
}

/// Whether these octets begin a frame with an IKEv2 message: marker, version, and two lengths that agree.
fn begins_message(octets: &[u8]) -> bool {
    let version_at = HEAD.saturating_add(17);
    let length_at = HEAD.saturating_add(24);
    let (Some(frame), Some(length)) = (frame_length(octets), octets.get(length_at..).and_then(<[u8]>::first_chunk)) else {
        return false;
    };
    octets.get(LENGTH_LEN..HEAD) == Some(&NON_ESP_MARKER[..])
        && octets.get(version_at) == Some(&0x20)
        && usize::try_from(u32::from_be_bytes(*length)).is_ok_and(|length| length.saturating_add(HEAD) == frame)
}
