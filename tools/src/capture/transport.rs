//! From the innermost IP packet to a datagram, a TCP segment or another protocol's payload.

use core::net::SocketAddr;
use std::collections::VecDeque;

use etherparse::err::tcp;
use etherparse::{TcpHeaderSlice, UdpHeaderSlice};

use super::carriers::Carriers;
use super::esp;
use super::ip::{self, Upper};
use super::item::{Datagram, EspPacket, Interest, IpPayload, Item};
use super::opening::Opening;
use super::problem::Fault;
use super::streams::{Segment, StreamPiece, Streams};

/// `None` for what only adds to a stream, and for what nobody asked for.
///
/// # Errors
/// A header that is cut or contradicts itself.
pub(super) fn read(
    interest: &Interest,
    upper: &Upper<'_>,
    carriers: &Carriers<'_>,
    streams: &mut Streams,
    pieces: &mut VecDeque<StreamPiece>,
) -> Result<Option<Item>, Fault> {
    if let Some(esp) = only_esp(interest, upper, carriers) {
        return Ok(Some(Item::Esp(esp)));
    }
    match upper.protocol {
        ip::UDP => udp(upper.payload, carriers).map(|d| Some(Item::Datagram(d))),
        ip::TCP => match tcp_ports(upper.payload) {
            Some(ports) if ports.iter().any(|port| interest.tcp_openings.contains(port)) => {
                let packet = carriers.packets.last().copied().unwrap_or(0);
                Ok(Opening::read(upper.payload, (carriers.src, carriers.dst), packet, carriers.time).map(Item::Opening))
            }
            Some(ports) if !ports.iter().any(|port| interest.tcp_ports.contains(port)) => Ok(None),
            _ => {
                tcp(upper.payload, carriers, streams, pieces)?;
                Ok(None)
            }
        },
        protocol if interest.ip_protocols.contains(&protocol) => Ok(Some(Item::Ip(IpPayload {
            truncation: carriers.truncation(carriers.missing),
            packets: carriers.packets.to_vec(),
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

fn only_esp(interest: &Interest, upper: &Upper<'_>, carriers: &Carriers<'_>) -> Option<EspPacket> {
    let only = interest.only_esp.as_ref()?;
    match upper.protocol {
        ip::UDP => esp::in_udp(only, upper.payload, carriers),
        esp::ESP if interest.ip_protocols.contains(&esp::ESP) => esp::native(upper.payload, carriers),
        _ => None,
    }
}

fn udp(octets: &[u8], carriers: &Carriers<'_>) -> Result<Datagram, Fault> {
    const LAYER: &str = "UDP header";
    if let Some(datagram) = cut_in_header(octets, carriers) {
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
        ip_fragments: carriers.ip_fragments(),
        fragment_sizes: carriers.fragment_sizes.to_vec(),
        packets: carriers.packets.to_vec(),
        time: carriers.time,
        src: SocketAddr::new(carriers.src, header.source_port()),
        dst: SocketAddr::new(carriers.dst, header.destination_port()),
        payload: there.get(..announced).unwrap_or(there).to_vec(),
        sight: carriers.sight,
    })
}

/// A datagram that the snap length cut behind its ports: who talked to whom is still known.
fn cut_in_header(octets: &[u8], carriers: &Carriers<'_>) -> Option<Datagram> {
    const HEADER: usize = 8;
    let [a, b, c, d] = *octets.first_chunk::<4>().filter(|_| carriers.snapped && octets.len() < HEADER)?;
    let announced = octets.len().saturating_add(carriers.missing).checked_sub(HEADER)?;
    Some(Datagram {
        truncation: carriers.truncation(announced),
        ip_fragments: carriers.ip_fragments(),
        fragment_sizes: carriers.fragment_sizes.to_vec(),
        packets: carriers.packets.to_vec(),
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

fn tcp(octets: &[u8], carriers: &Carriers<'_>, streams: &mut Streams, pieces: &mut VecDeque<StreamPiece>) -> Result<(), Fault> {
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
