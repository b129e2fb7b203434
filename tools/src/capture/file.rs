//! pcap and pcapng files: packets in order, each with its number, time and link type.
//!
//! pcap-parser does the parsing over a refilled buffer; the record's length is looked at here first, for three reasons: a
//! damaged length must not make the buffer grow, a damaged block must not hide the ones after it, and "the file ends here"
//! must be told from "this block contradicts itself".

use core::cell::RefCell;
use core::ops::Range;
use std::io::{self, Read};
use std::rc::Rc;

use pcap_parser::traits::PcapReaderIterator;
use pcap_parser::{LegacyPcapReader, PcapBlockOwned, PcapNGReader};

use super::format::{self, Ended, Opened, SECTION_HEADER};
use super::name::printable;
use super::pcapng::{self, Interface, NANOS_PER_SECOND, Step, low_half, u32_at};
use super::problem::{Fault, Problem};
use super::time::Time;

/// Octets of a record: more than any packet (64 KiB by IP, 256 KiB by the capture programs).
const MAX_PACKET_RECORD: usize = 1 << 20;
/// Octets of a pcapng block: the ones that are not packets (names, secrets) may be larger.
const MAX_BLOCK: usize = 1 << 24;
const BUFFER: usize = 1 << 18;

const INTERFACE_DESCRIPTION: u32 = 1;
const SIMPLE_PACKET: u32 = 3;
const ENHANCED_PACKET: u32 = 6;

const NANOS_PER_MICRO: i128 = 1_000;

/// A capture to be read.
pub struct Source {
    name: String,
    input: Box<dyn Read>,
    octets: Option<u64>,
}

impl Source {
    /// The octets that `input` gives, from the first on. Reports and errors call them `name`, as [`printable`] text.
    #[must_use]
    pub fn new(name: &str, input: impl Read + 'static) -> Self {
        Self { name: printable(name), input: Box::new(input), octets: None }
    }

    /// There are so many octets: progress is told as a share of them.
    #[must_use]
    pub fn with_len(mut self, octets: u64) -> Self {
        self.octets = Some(octets);
        self
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Why a capture could not even be begun.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The octets cannot be had.
    #[error("cannot read {name}: {source}")]
    Io {
        /// That of the [`Source`].
        name: String,
        /// Why.
        source: io::Error,
    },
    /// There is not one octet.
    #[error("{name} is empty")]
    Empty {
        /// That of the [`Source`].
        name: String,
    },
    /// It begins like no capture.
    #[error("{name} is neither a pcap nor a pcapng file{hint}")]
    NotACapture {
        /// That of the [`Source`].
        name: String,
        /// What it looks like, and what to do.
        hint: &'static str,
    },
    /// What stands before the first packet does not hold together.
    #[error("{name}: the file header is damaged or cut")]
    Header {
        /// That of the [`Source`].
        name: String,
    },
}

/// One packet's place in the capture; its octets are in [`CaptureFile::frame`] until the next call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packet {
    /// Counted from 1, as every capture program does.
    pub(super) number: u64,
    pub(super) time: Time,
    pub(super) link_type: u16,
    pub(super) captured: usize,
    /// Octets it had on the wire.
    pub(super) original: usize,
    /// Whether the capturing host sent it, as far as its record says.
    pub(super) outgoing: Option<bool>,
}

pub(super) enum Record {
    Packet(Packet),
    Problem(Problem),
}

enum Reader {
    Pcap(LegacyPcapReader<Watched>),
    PcapNg(PcapNGReader<Watched>),
}

pub(super) struct CaptureFile {
    reader: Reader,
    read_error: Rc<RefCell<Option<io::Error>>>,
    file_len: Option<u64>,
    gzip: Option<Ended>,
    buffer_len: usize,
    big_endian: bool,
    interfaces: Vec<Interface>,
    packets: u64,
    first: Option<i128>,
    last: Time,
    watched_until: Option<i128>,
    dropped: u64,
    /// Where the octets of the last packet stand in what the reader holds.
    frame: Range<usize>,
    /// Octets of the last record, which the reader holds until the next is asked for.
    taken: usize,
    ended: bool,
}

impl CaptureFile {
    pub(super) fn open(source: Source) -> Result<Self, OpenError> {
        let Source { name, input, octets } = source;
        let called = || name.clone();
        let found = format::open(input).map_err(|source| OpenError::Io { name: called(), source })?;
        let read_error = Rc::new(RefCell::new(None));
        let watched = |input| Watched { input, error: Rc::clone(&read_error) };
        let damaged = |error: &RefCell<Option<io::Error>>| match error.take() {
            Some(source) => OpenError::Io { name: called(), source },
            None => OpenError::Header { name: called() },
        };
        let mut interfaces = Vec::new();
        let mut big_endian = false;
        let reader = match found.opened {
            Opened::PcapNg { input } => Reader::PcapNg(PcapNGReader::new(BUFFER, watched(input)).map_err(|_| damaged(&read_error))?),
            Opened::Pcap { magic, input } => {
                let mut reader = LegacyPcapReader::new(BUFFER, watched(input)).map_err(|_| damaged(&read_error))?;
                let Ok((header_len, PcapBlockOwned::LegacyHeader(header))) = reader.next() else {
                    return Err(OpenError::Header { name: called() });
                };
                big_endian = header.is_bigendian();
                interfaces.push(Interface {
                    // The upper half holds the length of a trailing checksum; IP's own length cuts that off.
                    link_type: low_half(header.network.0),
                    snap_len: header.snaplen,
                    units: Some(if matches!(magic, [0x4d, ..] | [_, _, 0x3c, _]) {
                        NANOS_PER_SECOND
                    } else {
                        NANOS_PER_SECOND.saturating_div(NANOS_PER_MICRO)
                    }),
                    offset_seconds: 0,
                    dropped: 0,
                });
                reader.consume(header_len);
                Reader::Pcap(reader)
            }
            Opened::Empty => return Err(OpenError::Empty { name: called() }),
            Opened::Unknown(hint) => {
                let hint = if hint.is_empty() { format::hint_by_name(&name) } else { hint };
                return Err(OpenError::NotACapture { name: called(), hint });
            }
        };
        Ok(Self {
            reader,
            read_error,
            // How much comes out of so many compressed octets is not known before.
            file_len: octets.filter(|_| found.gzip.is_none()),
            gzip: found.gzip,
            buffer_len: BUFFER,
            big_endian,
            interfaces,
            packets: 0,
            first: None,
            last: Time::default(),
            watched_until: None,
            dropped: 0,
            frame: 0..0,
            taken: 0,
            ended: false,
        })
    }

    /// Octets of the last packet.
    pub(super) fn frame(&self) -> &[u8] {
        self.data().get(self.frame.clone()).unwrap_or_default()
    }

    pub(super) fn packets(&self) -> u64 {
        self.packets
    }

    /// When the first packet was seen, in nanoseconds since 1970 (UTC).
    pub(super) const fn start(&self) -> Option<i128> {
        self.first
    }

    /// The end of watching that the capture program noted; before the first packet there is no time to tell it by.
    pub(super) fn watched_until(&self) -> Option<Time> {
        Some(since(self.watched_until?, self.first?))
    }

    /// Packets that the capture program knows it lost.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Octets read so far and, for a file, all there are.
    pub(super) fn progress(&self) -> (u64, Option<u64>) {
        (self.offset(), self.file_len)
    }

    /// The next packet or problem; after a `BrokenFile` or `EndsInRecord` there is no other.
    pub(super) fn next(&mut self) -> Option<Record> {
        while !self.ended {
            self.let_go();
            let needed = match self.record_len() {
                Ok(needed) => needed,
                Err(reason) => return Some(self.broken(reason)),
            };
            let there = self.data().len();
            if there < needed {
                if let Some(end) = self.refill(there, needed) {
                    return Some(end);
                }
                continue;
            }
            match self.step(needed) {
                Step::Skip => {}
                Step::Broken(reason) => return Some(self.broken(reason)),
                Step::UnreadablePacket(fault) => {
                    self.packets = self.packets.saturating_add(1);
                    return Some(Record::Problem(Problem::Unreadable {
                        packet: self.packets,
                        time: self.last,
                        fault,
                        captured: 0,
                        original: 0,
                    }));
                }
                Step::Statistics(statistics) => {
                    self.watched_until = self.watched_until.max(Some(statistics.until));
                    self.dropped = self.dropped.saturating_add(statistics.dropped);
                }
                Step::Packet { interface, nanos, original, outgoing } => {
                    return Some(self.packet(interface, nanos, original, outgoing));
                }
            }
        }
        None
    }

    fn iter(&mut self) -> &mut dyn PcapReaderIterator {
        match &mut self.reader {
            Reader::Pcap(reader) => reader,
            Reader::PcapNg(reader) => reader,
        }
    }

    fn data(&self) -> &[u8] {
        held(&self.reader)
    }

    /// Lets go of the last record. What is left is moved to the front when the buffer is filled again, not before.
    fn let_go(&mut self) {
        let taken = core::mem::take(&mut self.taken);
        self.frame = 0..0;
        self.iter().consume_noshift(taken);
    }

    fn offset(&self) -> u64 {
        let consumed = match &self.reader {
            Reader::Pcap(reader) => reader.consumed(),
            Reader::PcapNg(reader) => reader.consumed(),
        };
        u64::try_from(consumed.saturating_add(self.taken)).unwrap_or(u64::MAX)
    }

    /// Octets the next record takes, as far as the buffer tells: at least its header.
    fn record_len(&mut self) -> Result<usize, &'static str> {
        let data = held(&self.reader);
        if matches!(self.reader, Reader::Pcap(_)) {
            const HEADER: usize = 16;
            let Some(captured) = u32_at(data, 8, self.big_endian) else {
                return Ok(HEADER);
            };
            return Ok(captured.saturating_add(HEADER))
                .and_then(|len| (len <= MAX_PACKET_RECORD).then_some(len).ok_or("a record longer than any packet"));
        }
        if data.starts_with(&SECTION_HEADER) {
            match data.get(8..12) {
                Some([0x1a, 0x2b, 0x3c, 0x4d]) => self.big_endian = true,
                Some([0x4d, 0x3c, 0x2b, 0x1a]) => self.big_endian = false,
                Some(_) => return Err("a section header without its octet order mark"),
                None => return Ok(12),
            }
        }
        match u32_at(data, 4, self.big_endian) {
            None => Ok(12),
            Some(len) if len < 12 || len.checked_rem(4) != Some(0) => Err("a block with an impossible length"),
            Some(len) if len > MAX_BLOCK => Err("a block longer than 16 MiB"),
            Some(len) => Ok(len),
        }
    }

    /// `Some` when the input ends before the record does.
    fn refill(&mut self, there: usize, needed: usize) -> Option<Record> {
        if needed > self.buffer_len {
            self.buffer_len = needed.next_power_of_two();
            let len = self.buffer_len;
            self.iter().grow(len);
        }
        let failed = self.iter().refill().is_err();
        if failed {
            let reason = match self.read_error.take() {
                Some(error) => format!("reading failed: {error}"),
                None => "reading failed".into(),
            };
            return Some(self.broken(reason));
        }
        if self.data().len() > there {
            return None;
        }
        self.ended = true;
        if there == 0 {
            let cut = self.gzip.as_ref().is_some_and(Ended::is_cut);
            return cut.then_some(Record::Problem(Problem::EndsInGzip { packets: self.packets }));
        }
        Some(Record::Problem(Problem::EndsInRecord { offset: self.offset(), packets: self.packets, there, needed }))
    }

    fn broken(&mut self, reason: impl Into<String>) -> Record {
        self.ended = true;
        Record::Problem(Problem::BrokenFile { offset: self.offset(), packets: self.packets, reason: reason.into() })
    }

    /// Takes one record of `len` octets that is wholly in the buffer.
    fn step(&mut self, len: usize) -> Step {
        let big_endian = self.big_endian;
        let reader: &mut dyn PcapReaderIterator = match &mut self.reader {
            Reader::Pcap(reader) => reader,
            Reader::PcapNg(reader) => reader,
        };
        let block_type = u32_at(reader.data(), 0, big_endian);
        let step = match reader.next() {
            Ok((read, PcapBlockOwned::Legacy(packet))) => {
                self.frame = read.saturating_sub(packet.data.len())..read;
                let units = self.interfaces.first().and_then(|i| i.units);
                let fraction = units.and_then(|u| NANOS_PER_SECOND.checked_div(u)).unwrap_or(0);
                Step::Packet {
                    interface: 0,
                    nanos: Some(
                        i128::from(packet.ts_sec)
                            .saturating_mul(NANOS_PER_SECOND)
                            .saturating_add(i128::from(packet.ts_usec).saturating_mul(fraction)),
                    ),
                    original: packet.origlen,
                    outgoing: None,
                }
            }
            Ok((_, PcapBlockOwned::NG(block))) => pcapng::block(&block, big_endian, &mut self.interfaces, &mut self.frame),
            Ok((_, PcapBlockOwned::LegacyHeader(_))) => Step::Skip,
            // The block is wholly there, so it is its own content that does not fit.
            Err(_) => match block_type.and_then(|t| u32::try_from(t).ok()) {
                Some(ENHANCED_PACKET | SIMPLE_PACKET) => {
                    Step::UnreadablePacket(Fault::malformed("pcapng packet block", "lengths contradict each other"))
                }
                // What follows depends on these two.
                Some(INTERFACE_DESCRIPTION) => Step::Broken("an interface description that contradicts itself"),
                _ if reader.data().starts_with(&SECTION_HEADER) => Step::Broken("a section header that contradicts itself"),
                _ => Step::Skip,
            },
        };
        self.taken = len;
        step
    }

    fn packet(&mut self, interface: usize, nanos: Option<i128>, original: u32, outgoing: Option<bool>) -> Record {
        self.packets = self.packets.saturating_add(1);
        // A packet without a time (simple packet block) gets that of the one before it.
        if let Some(nanos) = nanos {
            let first = *self.first.get_or_insert(nanos);
            self.last = since(nanos, first);
        }
        let captured = self.frame.len();
        let original = usize::try_from(original).unwrap_or(usize::MAX).max(captured);
        let Some(interface) = self.interfaces.get(interface) else {
            return Record::Problem(Problem::Unreadable {
                packet: self.packets,
                time: self.last,
                fault: Fault::malformed("pcapng packet block", "it names an interface that no block describes"),
                captured,
                original,
            });
        };
        Record::Packet(Packet { number: self.packets, time: self.last, link_type: interface.link_type, captured, original, outgoing })
    }
}

fn held(reader: &Reader) -> &[u8] {
    match reader {
        Reader::Pcap(reader) => reader.data(),
        Reader::PcapNg(reader) => reader.data(),
    }
}

fn since(nanos: i128, first: i128) -> Time {
    let since = nanos.saturating_sub(first);
    Time::from_nanos(i64::try_from(since).unwrap_or(if since < 0 { i64::MIN } else { i64::MAX }))
}

/// Fills what it is asked for, so that the parser meets whole file headers; keeps the error the parser drops.
struct Watched {
    input: Box<dyn Read>,
    error: Rc<RefCell<Option<io::Error>>>,
}

impl Read for Watched {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0_usize;
        let buf = if self.error.borrow().is_some() { &mut [] } else { buf };
        while let Some(space) = buf.get_mut(filled..).filter(|s| !s.is_empty()) {
            match self.input.read(space) {
                Ok(0) => break,
                Ok(n) => filled = filled.saturating_add(n),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => {
                    self.error.replace(Some(e));
                    break;
                }
            }
        }
        // What was read before an error is delivered first.
        match &*self.error.borrow() {
            Some(e) if filled == 0 => Err(e.kind().into()),
            _ => Ok(filled),
        }
    }
}
