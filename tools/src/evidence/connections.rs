//! The TCP connections of a capture, each direction cut into frames, within a bound on what they hold together.

use super::stream::{Found, Stream};
use core::net::SocketAddr;
use std::collections::{BTreeMap, HashMap};

/// Octets held for frames of which the rest is to come: 256 of the largest at the same time, and IKE messages seldom have a tenth of
/// that. The number of directions is bounded by the capture's reader, which tells the end of the one it forgets.
const MAX_HELD: usize = 1 << 24;
/// A direction that holds no more than this is not worth giving up.
const LITTLE: usize = 256;

pub(crate) type Ends = (SocketAddr, SocketAddr);

#[derive(Debug, Default)]
pub(crate) struct Connections {
    directions: HashMap<Ends, Kept>,
    /// Those that hold more than a little, by last use, the oldest first.
    holders: BTreeMap<u64, Ends>,
    held: usize,
    serial: u64,
}

#[derive(Debug)]
struct Kept {
    stream: Stream,
    held: usize,
    used: u64,
}

impl Connections {
    /// As [`Stream::new`].
    pub(crate) fn begin(&mut self, ends: Ends, whole: bool, prefix: bool) {
        self.remove(&ends);
        self.directions.insert(ends, Kept { stream: Stream::new(whole, prefix), held: 0, used: 0 });
    }

    /// What these octets complete; also what is given up of other directions, when all together hold too much.
    pub(crate) fn data(&mut self, ends: Ends, packet: u64, octets: &[u8]) -> Vec<(Ends, Found)> {
        let (src, dst) = ends;
        let doubtful = self.directions.get(&(dst, src)).is_some_and(|other| other.stream.is_lost());
        let Some(kept) = self.directions.get_mut(&ends) else {
            return Vec::new();
        };
        if doubtful {
            kept.stream.doubt();
        }
        kept.stream.push(packet, octets);
        let mut found: Vec<_> = core::iter::from_fn(|| kept.stream.next()).map(|found| (ends, found)).collect();
        self.settle(&ends);
        while self.held > MAX_HELD {
            let Some(oldest) = self.holders.first_entry().map(|entry| *entry.get()) else {
                break;
            };
            found.extend(self.give_up(&oldest, "too many other streams have unfinished frames").map(|found| (oldest, found)));
        }
        found
    }

    /// Gives up the frame under way, if there is one: what comes next does not continue it.
    pub(crate) fn give_up(&mut self, ends: &Ends, cause: &str) -> Option<Found> {
        let found = self.directions.get_mut(ends).and_then(|kept| kept.stream.give_up(cause));
        self.settle(ends);
        found
    }

    pub(crate) fn end(&mut self, ends: &Ends) -> Option<Found> {
        self.remove(ends).and_then(|mut stream| stream.give_up("the stream ends"))
    }

    /// Gives up all that are left, in order of their ends.
    pub(crate) fn finish(&mut self) -> Vec<(Ends, Found)> {
        let mut left: Vec<_> = self.directions.keys().copied().collect();
        left.sort();
        let ended = |ends: &Ends| self.remove(ends).and_then(|mut stream| stream.give_up("the capture ends"));
        let found: Vec<_> = left.iter().map(ended).collect();
        left.into_iter().zip(found).filter_map(|(ends, found)| Some((ends, found?))).collect()
    }

    fn remove(&mut self, ends: &Ends) -> Option<Stream> {
        let kept = self.directions.remove(ends)?;
        self.holders.remove(&kept.used);
        self.held = self.held.saturating_sub(kept.held);
        Some(kept.stream)
    }

    fn settle(&mut self, ends: &Ends) {
        let Some(kept) = self.directions.get_mut(ends) else {
            return;
        };
        let held = kept.stream.trim();
        self.held = self.held.saturating_sub(kept.held).saturating_add(held);
        kept.held = held;
        self.holders.remove(&kept.used);
        self.serial = self.serial.saturating_add(1);
        kept.used = self.serial;
        if held > LITTLE {
            self.holders.insert(self.serial, *ends);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        clippy::indexing_slicing,
        clippy::panic,
        reason = "a test fails by panicking, and its numbers are its own"
    )]

    use super::*;

    fn ends(port: u16) -> Ends {
        (SocketAddr::new([192, 0, 2, 1].into(), port), SocketAddr::new([192, 0, 2, 2].into(), 4500))
    }

    /// What is really held, asked of each direction.
    fn counted(connections: &mut Connections) -> usize {
        connections.directions.values_mut().map(|kept| kept.stream.trim()).sum()
    }

    #[test]
    fn unfinished_frames_are_bounded_however_many_there_are() {
        let mut connections = Connections::default();
        let (mut given_up, mut most) = (Vec::new(), 0);
        // 2000 directions, each with 64 KB of a frame of 65535 octets: 128 MB in all.
        for port in 1..=2000 {
            connections.begin(ends(port), true, true);
            let octets = [&b"IKETCP"[..], &[0xff, 0xff], &[7; 64_000]].concat();
            for part in octets.chunks(1400) {
                given_up.extend(connections.data(ends(port), u64::from(port), part));
            }
            most = most.max(counted(&mut connections));
        }
        assert_eq!(counted(&mut connections), connections.held);
        assert!(most <= MAX_HELD, "{most}");
        assert!(most > MAX_HELD / 2, "{most}");
        // The oldest went first, and what was there of it is told.
        assert!(given_up.len() > 1500, "{}", given_up.len());
        for (n, (gone, found)) in given_up.iter().enumerate() {
            assert_eq!(*gone, ends(n as u16 + 1));
            assert!(matches!(found, Found::Cut { octets, announced: 65_533, .. } if octets.len() == 64_000), "{n}");
        }
        let left = connections.finish();
        assert_eq!((left.len() + given_up.len(), connections.held, connections.holders.len()), (2000, 0, 0));
    }

    #[test]
    fn a_frame_in_the_smallest_segments_is_bounded() {
        let mut connections = Connections::default();
        connections.begin(ends(1), true, false);
        connections.data(ends(1), 0, &[0xff, 0xff]);
        for packet in 1..=65_000 {
            assert!(connections.data(ends(1), packet, &[7]).is_empty());
        }
        assert!(counted(&mut connections) < 200_000, "{}", counted(&mut connections));
        let found = connections.data(ends(1), 65_001, &[7; 600]);
        let (_, Found::Frame { octets, packets }) = &found[0] else { panic!("{found:?}") };
        assert_eq!((octets.len(), packets.first()), (65_533, Some(&0)));
        assert!((500..=1100).contains(&packets.len()), "{}", packets.len());
    }

    #[test]
    fn finished_frames_leave_nothing_behind() {
        let mut connections = Connections::default();
        for port in 1..=3000 {
            connections.begin(ends(port), true, false);
            let frame = [&[0xf0, 0x00][..], &[7; 0xf000 - 2]].concat();
            for part in frame.chunks(30_000) {
                connections.data(ends(port), 1, part);
            }
        }
        assert!(counted(&mut connections) < 3000 * 1024, "{}", counted(&mut connections));
    }
}
