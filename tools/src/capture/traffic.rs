//! From packets to datagrams and stream pieces: the iterator the examples use.

use std::collections::VecDeque;

use super::carriers::Carriers;
use super::decapsulate::{self, Budget, Found, Start};
use super::file::{CaptureFile, OpenError, Packet, Record, Source};
use super::fragments::{Fragment, Fragments, Key, Whole};
use super::ip::IpHeader;
use super::item::{Interest, Item};
use super::problem::{Fault, IncompleteFragments, Problem};
use super::sight::{Extent, Sight};
use super::skipped::{NotLookedInto, Skipped};
use super::streams::{StreamPiece, Streams};
use super::time::Time;
use super::transport;

/// Reads a capture from its first packet to its last.
pub(crate) struct Traffic {
    file: CaptureFile,
    interest: Interest,
    fragments: Fragments,
    streams: Streams,
    given_up: Vec<IncompleteFragments>,
    pieces: VecDeque<StreamPiece>,
    ready: VecDeque<Item>,
    finished: bool,
    ended: bool,
    broken: bool,
    clock: Time,
    cut_at: Option<usize>,
    later_fragments: u64,
    skipped: Skipped,
}

impl Traffic {
    /// # Errors
    /// The source cannot be read or is no capture; the error names it.
    pub(crate) fn open(source: Source, interest: Interest) -> Result<Self, OpenError> {
        CaptureFile::open(source).map(|file| Self::new(file, interest))
    }

    fn new(file: CaptureFile, interest: Interest) -> Self {
        Self {
            file,
            interest,
            fragments: Fragments::default(),
            streams: Streams::default(),
            given_up: Vec::new(),
            pieces: VecDeque::new(),
            ready: VecDeque::new(),
            finished: false,
            ended: false,
            broken: false,
            clock: Time::default(),
            cut_at: None,
            later_fragments: 0,
            skipped: Skipped::default(),
        }
    }

    /// The latest time of a packet so far, of whatever kind it was.
    pub(crate) fn clock(&self) -> Time {
        self.clock
    }

    /// When the first packet was seen, in nanoseconds since 1970 (UTC).
    pub(crate) const fn start(&self) -> Option<i128> {
        self.file.start()
    }

    /// The end of watching that the capture program noted (pcapng interface statistics); often later than the last packet.
    pub(crate) fn watched_until(&self) -> Option<Time> {
        self.file.watched_until()
    }

    /// Packets that the capture program knows it lost.
    #[cfg_attr(not(test), expect(dead_code, reason = "no verdict speaks of lost packets yet; the tests hold the count"))]
    pub(crate) fn dropped(&self) -> u64 {
        self.file.dropped()
    }

    /// The most octets there are of a packet that the snap length cut; `None` while none was cut.
    pub(crate) fn cut_at(&self) -> Option<usize> {
        self.cut_at
    }

    /// IP fragments other than first ones, between whatever hosts: a capture filter by port hides them.
    pub(crate) fn later_fragments(&self) -> u64 {
        self.later_fragments
    }

    /// What was seen so far and not looked into, in order of appearance; each is a problem at the end as well.
    pub(crate) fn not_looked_into(&self) -> Vec<NotLookedInto> {
        self.skipped.list()
    }

    /// Whether reading ended before the capture did: it is damaged, or could not be had to its end.
    pub(crate) fn is_broken(&self) -> bool {
        self.broken
    }

    /// Packets read so far.
    pub(crate) fn packets(&self) -> u64 {
        self.file.packets()
    }

    /// Octets of the file read so far and, when known, all it has.
    pub(crate) fn progress(&self) -> (u64, Option<u64>) {
        self.file.progress()
    }

    /// Octets held of what is not whole, counted one by one, and of what waits to be taken.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        let waiting = self.ready.iter().map(|item| match item {
            Item::Stream(StreamPiece { event: super::streams::StreamEvent::Data(octets), .. }) => octets.capacity(),
            Item::Datagram(datagram) => datagram.payload.capacity(),
            _ => 0,
        });
        waiting.sum::<usize>().saturating_add(self.streams.held()).saturating_add(self.fragments.held())
    }

    fn read_on(&mut self) {
        match self.file.next() {
            Some(Record::Packet(packet)) => {
                self.clock = self.clock.max(packet.time);
                if packet.captured < packet.original {
                    self.cut_at = self.cut_at.max(Some(packet.captured));
                }
                self.fragments.expire(packet.time, &mut self.given_up);
                self.streams.expire(packet.time, &mut self.pieces);
                let read = self.packet(&packet);
                self.collect();
                match read {
                    Ok(Some(item)) => self.ready.push_back(item),
                    Ok(None) => {}
                    Err(fault) => self.ready.push_back(Item::Problem(Problem::Unreadable {
                        packet: packet.number,
                        time: packet.time,
                        fault,
                        captured: packet.captured,
                        original: packet.original,
                    })),
                }
            }
            Some(Record::Problem(problem)) => {
                self.broken |= matches!(problem, Problem::BrokenFile { .. });
                // What the damage cut short is told before the damage.
                if matches!(problem, Problem::BrokenFile { .. } | Problem::EndsInRecord { .. } | Problem::EndsInGzip { .. }) {
                    self.finish();
                }
                self.ready.push_back(Item::Problem(problem));
            }
            None => {
                self.finish();
                self.ended = true;
            }
        }
    }

    fn finish(&mut self) {
        self.fragments.finish(&mut self.given_up);
        self.streams.finish(&mut self.pieces);
        self.collect();
        if !self.finished {
            self.finished = true;
            let skipped = self.not_looked_into();
            self.ready.extend(skipped.into_iter().map(|kind| Item::Problem(Problem::NotLookedInto(kind))));
        }
    }

    fn collect(&mut self) {
        // Most packets end nothing.
        if self.given_up.is_empty() && self.pieces.is_empty() {
            return;
        }
        let problems = self.given_up.drain(..);
        self.ready.extend(problems.map(|p| Item::Problem(Problem::IncompleteFragments(p))));
        self.ready.extend(self.pieces.drain(..).map(Item::Stream));
    }

    fn packet(&mut self, packet: &Packet) -> Result<Option<Item>, Fault> {
        let outgoing = packet.outgoing.or_else(|| decapsulate::outgoing(packet.link_type, self.file.frame()));
        let record = Extent { there: packet.captured, announced: packet.original };
        let mut budget = Budget::default();
        // What was put together from IP fragments, and the header of the last of them: a tunnel may be inside.
        let mut whole: Option<(IpHeader, Whole)> = None;
        loop {
            let start = match &whole {
                None => Start::Frame(packet.link_type, self.file.frame()),
                Some((header, whole)) => Start::Packet(header.around(whole.protocol, &whole.payload, whole.missing)?),
            };
            let ip = match decapsulate::innermost(start, &mut budget, &self.interest.udp_ports)? {
                Found::Ip(ip) => ip,
                Found::Nothing => return Ok(None),
                Found::Skipped(inside) => {
                    self.skipped.count(inside, packet.number, packet.time);
                    return Ok(None);
                }
            };
            let snapped = whole.as_ref().map_or(packet.captured < packet.original, |(_, whole)| whole.snapped);
            let Some(info) = ip.upper.fragment else {
                let in_fragments = matches!(start, Start::Packet(outer) if outer == ip);
                let carriers = Carriers {
                    packets: whole.as_ref().map_or(core::slice::from_ref(&packet.number), |(_, whole)| &whole.packets),
                    time: packet.time,
                    src: ip.header.src,
                    dst: ip.header.dst,
                    missing: ip.missing,
                    snapped,
                    fragment_sizes: whole.as_ref().filter(|_| in_fragments).map_or(&[], |(_, whole)| &whole.sizes),
                    sight: Sight { ttl: ip.header.ttl, outgoing, record, ip: ip.extent() },
                };
                return transport::read(&self.interest, &ip.upper, &carriers, &mut self.streams, &mut self.pieces);
            };
            self.later_fragments = self.later_fragments.saturating_add(u64::from(info.offset > 0));
            let fragment = Fragment {
                key: Key::of(&ip, info),
                protocol: ip.upper.protocol,
                offset: info.offset,
                more: info.more,
                payload: ip.upper.payload,
                missing: ip.missing,
                packet: packet.number,
                time: packet.time,
                snapped,
            };
            let Some(set) = self.fragments.push(&fragment, &mut self.given_up)? else {
                return Ok(None);
            };
            whole = Some((ip.header, set));
        }
    }
}

impl Iterator for Traffic {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Some(item);
            }
            if self.ended {
                return None;
            }
            self.read_on();
        }
    }
}
