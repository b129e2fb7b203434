//! From packets to datagrams and stream pieces: the iterator the examples use.

use core::net::{IpAddr, SocketAddr};
use std::collections::VecDeque;

use etherparse::err::tcp;
use etherparse::{TcpHeaderSlice, UdpHeaderSlice};

use super::file::{CaptureFile, OpenError, Packet, Record, Source};
use super::fragments::{Fragment, Fragments, Key};
use super::ip::{self, Upper};
use super::link::{self, Carried};
use super::opening::Opening;
use super::problem::{Fault, IncompleteFragments, Problem};
use super::sight::{Extent, Sight};
use super::streams::{Segment, StreamPiece, Streams};
use super::time::Time;

/// What is wanted besides UDP datagrams, which are always given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interest {
    /// TCP connections with one of these ports at either end.
    pub(crate) tcp_ports: Vec<u16>,
    /// TCP ports of which only the segments that open a connection are given: nothing of their streams is kept.
    pub(crate) tcp_openings: Vec<u16>,
    /// IP protocols whose payloads are given as they are (50 = ESP, 1 and 58 = ICMP).
    pub(crate) ip_protocols: Vec<u8>,
}

/// The next thing a capture tells, in the order of its packets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    Datagram(Datagram),
    Stream(StreamPiece),
    Opening(Opening),
    Ip(IpPayload),
    Problem(Problem),
}

/// A UDP datagram, its IP fragments put together; its checksum is not looked at (network cards fill it in later).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Datagram {
    /// The packets that carried it, counted from 1, in order of arrival; copies that brought nothing new are left out.
    pub(crate) packets: Vec<u64>,
    /// Of the packet that completed it.
    pub(crate) time: Time,
    pub(crate) src: SocketAddr,
    pub(crate) dst: SocketAddr,
    pub(crate) payload: Vec<u8>,
    /// IP packets that carried it; 1: it came whole.
    pub(crate) ip_fragments: u32,
    /// Octets of IP payload in each of those packets; empty when it came whole.
    pub(crate) fragment_sizes: Vec<usize>,
    pub(crate) truncation: Option<Truncation>,
    pub(crate) sight: Sight,
}

/// The payload of an IP packet of another protocol, its fragments put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IpPayload {
    pub(crate) packets: Vec<u64>,
    pub(crate) time: Time,
    pub(crate) src: IpAddr,
    pub(crate) dst: IpAddr,
    pub(crate) protocol: u8,
    pub(crate) payload: Vec<u8>,
    pub(crate) truncation: Option<Truncation>,
    pub(crate) sight: Sight,
}

/// The end of a payload is not in the capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Truncation {
    /// Octets that the length fields announce and that are not there.
    pub(crate) missing: usize,
    /// The capture's snap length cut it; if not, the packet itself is shorter than it says.
    pub(crate) by_snap_length: bool,
}

/// Reads a capture from its first packet to its last.
pub(crate) struct Traffic {
    file: CaptureFile,
    interest: Interest,
    fragments: Fragments,
    streams: Streams,
    given_up: Vec<IncompleteFragments>,
    pieces: VecDeque<StreamPiece>,
    ready: VecDeque<Item>,
    ended: bool,
    broken: bool,
    clock: Time,
    cut_at: Option<usize>,
    later_fragments: u64,
}

/// What the packets that carried a payload have in common.
struct Carriers {
    packets: Vec<u64>,
    time: Time,
    src: IpAddr,
    dst: IpAddr,
    missing: usize,
    snapped: bool,
    fragment_sizes: Vec<usize>,
    sight: Sight,
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
            ended: false,
            broken: false,
            clock: Time::default(),
            cut_at: None,
            later_fragments: 0,
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
    #[cfg_attr(not(test), expect(dead_code, reason = "the diagnosis reads it next"))]
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
                    Ok(item) => self.ready.extend(item),
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
    }

    fn collect(&mut self) {
        let problems = self.given_up.drain(..);
        self.ready.extend(problems.map(|p| Item::Problem(Problem::IncompleteFragments(p))));
        self.ready.extend(self.pieces.drain(..).map(Item::Stream));
    }

    fn packet(&mut self, packet: &Packet) -> Result<Option<Item>, Fault> {
        let octets = match link::carried(packet.link_type, self.file.frame())? {
            Carried::Ip(octets) => octets,
            Carried::Other => return Ok(None),
            Carried::UnsupportedLinkType => {
                return Ok(packet.first_of_interface.then_some(Item::Problem(Problem::UnsupportedLinkType {
                    packet: packet.number,
                    time: packet.time,
                    link_type: packet.link_type,
                })));
            }
        };
        let ip = ip::read(octets)?;
        let snapped = packet.captured < packet.original;
        let sight = Sight {
            ttl: ip.ttl,
            outgoing: packet.outgoing.or_else(|| link::outgoing(packet.link_type, self.file.frame())),
            record: Extent { there: packet.captured, announced: packet.original },
            ip: Extent { there: ip.there, announced: ip.there.saturating_add(ip.missing) },
        };
        let mut carriers = Carriers {
            packets: vec![packet.number],
            time: packet.time,
            src: ip.src,
            dst: ip.dst,
            missing: ip.missing,
            snapped,
            fragment_sizes: Vec::new(),
            sight,
        };
        let Some(info) = ip.upper.fragment else {
            return transport(&self.interest, &ip.upper, carriers, &mut self.streams, &mut self.pieces);
        };
        self.later_fragments = self.later_fragments.saturating_add(u64::from(info.offset > 0));
        let is_v6 = ip.src.is_ipv6();
        let fragment = Fragment {
            key: Key { src: ip.src, dst: ip.dst, id: info.id, protocol: (!is_v6).then_some(ip.upper.protocol) },
            protocol: ip.upper.protocol,
            offset: info.offset,
            more: info.more,
            payload: ip.upper.payload,
            missing: ip.missing,
            packet: packet.number,
            time: packet.time,
            snapped,
        };
        let Some(whole) = self.fragments.push(&fragment, &mut self.given_up)? else {
            return Ok(None);
        };
        carriers.packets = whole.packets;
        carriers.fragment_sizes = whole.sizes;
        carriers.missing = whole.missing;
        carriers.snapped = whole.snapped;
        let upper = ip::read_reassembled(is_v6, whole.protocol, &whole.payload)?;
        transport(&self.interest, &upper, carriers, &mut self.streams, &mut self.pieces)
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

fn transport(
    interest: &Interest,
    upper: &Upper<'_>,
    carriers: Carriers,
    streams: &mut Streams,
    pieces: &mut VecDeque<StreamPiece>,
) -> Result<Option<Item>, Fault> {
    match upper.protocol {
        ip::UDP => udp(upper.payload, carriers).map(|d| Some(Item::Datagram(d))),
        ip::TCP => match tcp_ports(upper.payload) {
            Some(ports) if ports.iter().any(|port| interest.tcp_openings.contains(port)) => {
                let packet = carriers.packets.last().copied().unwrap_or(0);
                Ok(Opening::read(upper.payload, (carriers.src, carriers.dst), packet, carriers.time).map(Item::Opening))
            }
            Some(ports) if !ports.iter().any(|port| interest.tcp_ports.contains(port)) => Ok(None),
            _ => {
                tcp(upper.payload, &carriers, streams, pieces)?;
                Ok(None)
            }
        },
        protocol if interest.ip_protocols.contains(&protocol) => Ok(Some(Item::Ip(IpPayload {
            truncation: carriers.truncation(carriers.missing),
            packets: carriers.packets,
            time: carriers.time,
            src: carriers.src,
            dst: carriers.dst,
            protocol,
            payload: upper.payload.to_vec(),
            sight: carriers.sight,
        }))),
        _ => Ok(None),
    }
}

fn udp(octets: &[u8], carriers: Carriers) -> Result<Datagram, Fault> {
    const LAYER: &str = "UDP header";
    if let Some(datagram) = cut_in_header(octets, &carriers) {
        return Ok(datagram);
    }
    let header = UdpHeaderSlice::from_slice(octets).map_err(|e| Fault::short(LAYER, &e))?;
    let there = octets.get(header.slice().len()..).unwrap_or_default();
    let announced = match usize::from(header.length()) {
        // A jumbogram, or captured before the network card filled the length in.
        0 => there.len().saturating_add(carriers.missing),
        length => length
            .checked_sub(header.slice().len())
            .ok_or_else(|| Fault::malformed(LAYER, format!("Length {length} is less than the header's 8 octets")))?,
    };
    Ok(Datagram {
        truncation: carriers.truncation(announced.saturating_sub(there.len())),
        ip_fragments: u32::try_from(carriers.packets.len()).unwrap_or(u32::MAX),
        fragment_sizes: carriers.fragment_sizes,
        packets: carriers.packets,
        time: carriers.time,
        src: SocketAddr::new(carriers.src, header.source_port()),
        dst: SocketAddr::new(carriers.dst, header.destination_port()),
        payload: there.get(..announced).unwrap_or(there).to_vec(),
        sight: carriers.sight,
    })
}

/// A datagram that the snap length cut behind its ports: who talked to whom is still known.
fn cut_in_header(octets: &[u8], carriers: &Carriers) -> Option<Datagram> {
    const HEADER: usize = 8;
    let [a, b, c, d] = *octets.first_chunk::<4>().filter(|_| carriers.snapped && octets.len() < HEADER)?;
    let announced = octets.len().saturating_add(carriers.missing).checked_sub(HEADER)?;
    Some(Datagram {
        truncation: carriers.truncation(announced),
        ip_fragments: u32::try_from(carriers.packets.len()).unwrap_or(u32::MAX),
        fragment_sizes: carriers.fragment_sizes.clone(),
        packets: carriers.packets.clone(),
        time: carriers.time,
        src: SocketAddr::new(carriers.src, u16::from_be_bytes([a, b])),
        dst: SocketAddr::new(carriers.dst, u16::from_be_bytes([c, d])),
        payload: Vec::new(),
        sight: carriers.sight,
    })
}

/// Source and destination.
fn tcp_ports(octets: &[u8]) -> Option<[u16; 2]> {
    octets.first_chunk::<4>().map(|[a, b, c, d]| [u16::from_be_bytes([*a, *b]), u16::from_be_bytes([*c, *d])])
}

fn tcp(octets: &[u8], carriers: &Carriers, streams: &mut Streams, pieces: &mut VecDeque<StreamPiece>) -> Result<(), Fault> {
    const LAYER: &str = "TCP header";
    let header = TcpHeaderSlice::from_slice(octets).map_err(|e| match e {
        tcp::HeaderSliceError::Len(e) => Fault::short(LAYER, &e),
        tcp::HeaderSliceError::Content(e) => Fault::malformed(LAYER, e.to_string()),
    })?;
    let segment = Segment {
        src: SocketAddr::new(carriers.src, header.source_port()),
        dst: SocketAddr::new(carriers.dst, header.destination_port()),
        sequence: header.sequence_number(),
        syn: header.syn(),
        fin: header.fin(),
        rst: header.rst(),
        payload: octets.get(header.slice().len()..).unwrap_or_default(),
        missing: carriers.missing,
        packet: carriers.packets.last().copied().unwrap_or(0),
        time: carriers.time,
    };
    streams.push(&segment, pieces);
    Ok(())
}

impl Carriers {
    fn truncation(&self, missing: usize) -> Option<Truncation> {
        (missing > 0).then_some(Truncation { missing, by_snap_length: self.snapped })
    }
}
