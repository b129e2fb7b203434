//! pcapng blocks: packets with their interface and time.
//!
//! Three helpers of pcap-parser 0.17 are not used: it refuses a binary `if_tsresol`, reads the `if_tsoffset` of big-endian
//! sections in the wrong octet order, and takes the padding of a shortened simple packet for data.

use core::ops::Range;

use pcap_parser::traits::PcapNGPacketBlock;
use pcap_parser::{Block, InterfaceDescriptionBlock, InterfaceStatisticsBlock, OptionCode, PcapNGOption};

use super::problem::Fault;

/// Interfaces of one section; packets of further ones are reported as unreadable.
const MAX_INTERFACES: usize = 1 << 16;

const OBSOLETE_PACKET: u32 = 2;
/// Where a packet's octets begin in a block, with an enhanced one and the obsolete one, and with a simple one.
const PACKET: usize = 28;
const SIMPLE_PACKET: usize = 12;

pub(super) const NANOS_PER_SECOND: i128 = 1_000_000_000;

/// What a record turned out to be; where a packet's octets stand in it is told beside it.
pub(super) enum Step {
    Packet { interface: usize, nanos: Option<i128>, original: u32, outgoing: Option<bool> },
    Statistics(Statistics),
    UnreadablePacket(Fault),
    Broken(&'static str),
    Skip,
}

/// What the capture program says of one of its interfaces, at the end or now and then.
pub(super) struct Statistics {
    /// Nanoseconds since 1970 at which it stopped watching, or took these numbers.
    pub(super) until: i128,
    /// Packets lost for want of time or memory since it last said so.
    pub(super) dropped: u64,
}

/// What an interface description (or the pcap file header) says about its packets.
pub(super) struct Interface {
    pub(super) link_type: u16,
    pub(super) snap_len: u32,
    /// Time units per second; `None` when the file's value has no meaning: all its packets then have time 0.
    pub(super) units: Option<i128>,
    pub(super) offset_seconds: i64,
    /// Packets that its last statistics call lost.
    pub(super) dropped: u64,
}

pub(super) fn block(block: &Block<'_>, big_endian: bool, interfaces: &mut Vec<Interface>, frame: &mut Range<usize>) -> Step {
    let mut packet = |interface: u32, ts_high: u32, ts_low: u32, original: u32, octets: &[u8], outgoing: Option<bool>| {
        *frame = PACKET..PACKET.saturating_add(octets.len());
        let interface = usize::try_from(interface).unwrap_or(usize::MAX);
        Step::Packet { interface, nanos: interfaces.get(interface).map(|i| i.nanos(ts_high, ts_low)), original, outgoing }
    };
    match block {
        Block::EnhancedPacket(b) => packet(b.if_id, b.ts_high, b.ts_low, b.origlen, b.packet_data(), outgoing(&b.options, big_endian)),
        Block::SimplePacket(b) => {
            let snap_len = interfaces.first().map_or(0, |i| i.snap_len);
            let captured = if snap_len == 0 { b.origlen } else { b.origlen.min(snap_len) };
            let captured = usize::try_from(captured).unwrap_or(usize::MAX).min(b.data.len());
            *frame = SIMPLE_PACKET..SIMPLE_PACKET.saturating_add(captured);
            Step::Packet { interface: 0, nanos: None, original: b.origlen, outgoing: None }
        }
        Block::Unknown(b) if normalized(b.block_type, big_endian) == OBSOLETE_PACKET => {
            let field = |at| u32_at(b.data, at, big_endian).and_then(|v| u32::try_from(v).ok());
            // Interface number and drop count are 2 octets each.
            let interface =
                b.data.first_chunk::<2>().map(|i| u32::from(if big_endian { u16::from_be_bytes(*i) } else { u16::from_le_bytes(*i) }));
            let (Some(interface), Some(high), Some(low), Some(captured), Some(original)) =
                (interface, field(4), field(8), field(12), field(16))
            else {
                return Step::UnreadablePacket(Fault::malformed("pcapng packet block", "it is shorter than its header"));
            };
            let end = usize::try_from(captured).unwrap_or(usize::MAX).saturating_add(20);
            match b.data.get(20..end) {
                Some(octets) => packet(interface, high, low, original, octets, None),
                None => Step::UnreadablePacket(Fault::malformed("pcapng packet block", "lengths contradict each other")),
            }
        }
        Block::SectionHeader(_) => {
            interfaces.clear();
            Step::Skip
        }
        Block::InterfaceDescription(b) => {
            if interfaces.len() < MAX_INTERFACES {
                interfaces.push(Interface::described(b, big_endian));
            }
            Step::Skip
        }
        Block::InterfaceStatistics(b) => {
            let interface = usize::try_from(b.if_id).ok().and_then(|number| interfaces.get_mut(number));
            interface.map_or(Step::Skip, |interface| Step::Statistics(interface.statistics(b, big_endian)))
        }
        _ => Step::Skip,
    }
}

/// Whether the capturing host sent the packet, by the two lowest bits of its `epb_flags`.
fn outgoing(options: &[PcapNGOption<'_>], big_endian: bool) -> Option<bool> {
    const EPB_FLAGS: OptionCode = OptionCode(2);
    match u32_at(option(options, EPB_FLAGS)?, 0, big_endian)? & 3 {
        1 => Some(false),
        2 => Some(true),
        _ => None,
    }
}

fn option<'o>(options: &'o [PcapNGOption<'_>], code: OptionCode) -> Option<&'o [u8]> {
    options.iter().take_while(|o| o.code != OptionCode::EndOfOpt).find(|o| o.code == code).map(PcapNGOption::value)
}

impl Interface {
    fn described(block: &InterfaceDescriptionBlock<'_>, big_endian: bool) -> Self {
        let option = |code: OptionCode| option(&block.options, code);
        // Power of ten, or of two when the top bit is set.
        let units = match option(OptionCode::IfTsresol).and_then(|v| v.first()) {
            None => 10_i128.checked_pow(6),
            Some(exponent) if exponent & 0x80 == 0 => 10_i128.checked_pow(u32::from(*exponent)),
            Some(exponent) => 2_i128.checked_pow(u32::from(exponent & 0x7f)),
        };
        let offset_seconds = option(OptionCode::IfTsoffset)
            .and_then(|v| v.first_chunk::<8>())
            .map_or(0, |v| if big_endian { i64::from_be_bytes(*v) } else { i64::from_le_bytes(*v) });
        Self { link_type: low_half(block.linktype.0), snap_len: block.snaplen, units, offset_seconds, dropped: 0 }
    }

    fn statistics(&mut self, block: &InterfaceStatisticsBlock<'_>, big_endian: bool) -> Statistics {
        let half = |octets: &[u8], at| u32_at(octets, at, big_endian).and_then(|half| u32::try_from(half).ok());
        let end = option(&block.options, OptionCode::IsbEndTime).and_then(|v| Some((half(v, 0)?, half(v, 4)?)));
        let (high, low) = end.unwrap_or((block.ts_high, block.ts_low));
        let count = |code: OptionCode| {
            let octets = option(&block.options, code).and_then(|v| v.first_chunk::<8>());
            octets.map_or(0, |v| if big_endian { u64::from_be_bytes(*v) } else { u64::from_le_bytes(*v) })
        };
        // By the interface, and by the operating system: different packets. The counts go on from one block to the next.
        let lost = count(OptionCode::IsbIfDrop).saturating_add(count(OptionCode::IsbOsDrop));
        let dropped = lost.saturating_sub(self.dropped);
        self.dropped = self.dropped.max(lost);
        Statistics { until: self.nanos(high, low), dropped }
    }

    /// Nanoseconds since 1970.
    fn nanos(&self, high: u32, low: u32) -> i128 {
        let ticks = (u64::from(high) << 32) | u64::from(low);
        self.units
            .and_then(|units| i128::from(ticks).checked_mul(NANOS_PER_SECOND)?.checked_div(units))
            .unwrap_or(0)
            .saturating_add(i128::from(self.offset_seconds).saturating_mul(NANOS_PER_SECOND))
    }
}

pub(super) fn u32_at(data: &[u8], at: usize, big_endian: bool) -> Option<usize> {
    let octets = data.get(at..)?.first_chunk::<4>()?;
    let value = if big_endian { u32::from_be_bytes(*octets) } else { u32::from_le_bytes(*octets) };
    usize::try_from(value).ok()
}

/// pcap-parser hands block types out in little-endian order whatever the section says.
fn normalized(block_type: u32, big_endian: bool) -> u32 {
    if big_endian { block_type.swap_bytes() } else { block_type }
}

pub(super) fn low_half(link_type: i32) -> u16 {
    let [.., high, low] = link_type.to_be_bytes();
    u16::from_be_bytes([high, low])
}
