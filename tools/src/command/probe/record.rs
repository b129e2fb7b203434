//! The run as a capture of raw IP packets, whole as they were handed to the system and came from it.

use crate::input;
use etherparse::PacketBuilder;
use pcap_parser::{LegacyPcapBlock, Linktype, PcapHeader, ToVec};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// Hops of a packet that we send.
const HOPS: u8 = 64;
/// Of a classic pcap file with microseconds (draft-ietf-opsawg-pcap).
const MAGIC: u32 = 0xa1b2_c3d4;

pub(super) struct Record {
    name: String,
    out: BufWriter<File>,
    failed: Option<io::Error>,
}

impl Record {
    pub(super) fn create(path: &Path) -> Result<Self, String> {
        let name = input::name(path);
        let said = |error: io::Error| format!("{name}: {error}");
        let mut out = BufWriter::new(File::create(path).map_err(said)?);
        let header = PcapHeader {
            magic_number: MAGIC,
            version_major: 2,
            version_minor: 4,
            thiszone: 0,
            sigfigs: 0,
            snaplen: u32::from(u16::MAX),
            network: Linktype::RAW,
        };
        let octets = header.to_vec_raw().map_err(|error| format!("{name}: {error}"))?;
        out.write_all(&octets).map_err(said)?;
        Ok(Self { name, out, failed: None })
    }

    /// Notes a datagram; that it cannot be written is said at the end.
    pub(super) fn note(&mut self, from: SocketAddr, to: SocketAddr, dont_fragment: bool, datagram: &[u8]) {
        if self.failed.is_none() {
            self.failed = self.write(from, to, dont_fragment, datagram).err();
        }
    }

    fn write(&mut self, from: SocketAddr, to: SocketAddr, dont_fragment: bool, datagram: &[u8]) -> io::Result<()> {
        let Some(packet) = packet(from, to, dont_fragment, datagram) else { return Ok(()) };
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let len = u32::try_from(packet.len()).unwrap_or(u32::MAX);
        let block = LegacyPcapBlock {
            ts_sec: u32::try_from(since.as_secs()).unwrap_or(u32::MAX),
            ts_usec: since.subsec_micros(),
            caplen: len,
            origlen: len,
            data: &packet,
        };
        let octets = block.to_vec_raw().map_err(io::Error::other)?;
        self.out.write_all(&octets)
    }

    pub(super) fn close(mut self) -> Result<(), String> {
        let done = self.failed.take().map_or_else(|| self.out.flush(), Err);
        done.map_err(|error| format!("{}: {error}", self.name))
    }
}

/// An IP packet; `None` for two ends of different families, and for more octets than a packet has.
fn packet(from: SocketAddr, to: SocketAddr, dont_fragment: bool, datagram: &[u8]) -> Option<Vec<u8>> {
    let builder = match (from, to) {
        (SocketAddr::V4(from), SocketAddr::V4(to)) => {
            let mut header = etherparse::Ipv4Header { source: from.ip().octets(), destination: to.ip().octets(), ..Default::default() };
            header.time_to_live = HOPS;
            header.dont_fragment = dont_fragment;
            PacketBuilder::ip(etherparse::IpHeaders::Ipv4(header, etherparse::Ipv4Extensions::default()))
        }
        (SocketAddr::V6(from), SocketAddr::V6(to)) => PacketBuilder::ipv6(from.ip().octets(), to.ip().octets(), HOPS),
        _ => return None,
    };
    let mut packet = Vec::new();
    builder.udp(from.port(), to.port()).write(&mut packet, datagram).ok()?;
    Some(packet)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_is_read_as_it_was_written() {
        let ends: [[SocketAddr; 2]; 2] = [
            ["192.0.2.1:40000".parse().unwrap(), "192.0.2.2:500".parse().unwrap()],
            ["[2001:db8::1]:40000".parse().unwrap(), "[2001:db8::2]:500".parse().unwrap()],
        ];
        for [from, to] in ends {
            let octets = packet(from, to, true, b"an IKE message").unwrap();
            let read = etherparse::SlicedPacket::from_ip(&octets).unwrap();
            let Some(etherparse::TransportSlice::Udp(udp)) = read.transport else { panic!("no UDP") };
            assert_eq!((udp.source_port(), udp.destination_port(), udp.payload()), (40000, 500, &b"an IKE message"[..]));
            assert_eq!(octets.len(), udp.payload().len() + if from.is_ipv4() { 28 } else { 48 });
            if from.is_ipv4() {
                assert_eq!(octets[6], 0x40, "DF, and no more");
            }
        }
        let [[v4, _], [v6, _]] = ends;
        assert_eq!(packet(v4, v6, false, b""), None);
    }
}
