//! ESP of which no more is wanted than who sent it to whom, and with which SPI: nothing is allocated for it.

use core::net::SocketAddr;

use super::sight::Sight;
use super::time::Time;
use super::transport::Carriers;

/// An ESP packet that came in one IP packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EspPacket {
    pub(crate) packet: u64,
    pub(crate) time: Time,
    /// Port 0 of both ends stands for ESP without a UDP header before it.
    pub(crate) src: SocketAddr,
    pub(crate) dst: SocketAddr,
    /// 0 where the packet ends before it.
    pub(crate) spi: u32,
    pub(crate) sight: Sight,
}

impl EspPacket {
    /// Whether a UDP header stands before it.
    pub(crate) fn in_udp(&self) -> bool {
        self.src.port() != 0 || self.dst.port() != 0
    }

    fn of(carriers: &Carriers<'_>, packet: u64, (src, dst): (u16, u16), spi: u32) -> Self {
        Self {
            packet,
            time: carriers.time,
            src: SocketAddr::new(carriers.src, src),
            dst: SocketAddr::new(carriers.dst, dst),
            spi,
            sight: carriers.sight,
        }
    }
}

/// Which packets are ESP beyond doubt, and wanted as nothing more.
#[derive(Clone, Debug)]
pub(crate) struct OnlyEsp {
    /// The UDP port at which what has no non-ESP marker is ESP.
    pub(crate) port: u16,
    /// Ports that say something else, whatever the other port is.
    pub(crate) but: Vec<u16>,
    /// Whether a payload is an IKE message all the same; it is told how many octets were on the wire.
    pub(crate) is_ike: fn(&[u8], usize) -> bool,
}

/// The IP protocol number.
pub(super) const ESP: u8 = 50;

/// What comes by itself.
pub(super) fn native(payload: &[u8], carriers: &Carriers<'_>) -> Option<EspPacket> {
    let spi = payload.first_chunk().map_or(0, |spi| u32::from_be_bytes(*spi));
    Some(EspPacket::of(carriers, carriers.only_packet()?, (0, 0), spi))
}

/// What comes in UDP; `None` for everything that deserves a closer look.
pub(super) fn in_udp(only: &OnlyEsp, octets: &[u8], carriers: &Carriers<'_>) -> Option<EspPacket> {
    const HEADER: usize = 8;
    let ([a, b, c, d, e, f, ..], there) = octets.split_first_chunk::<HEADER>()?;
    let (src, dst) = (u16::from_be_bytes([*a, *b]), u16::from_be_bytes([*c, *d]));
    if ![src, dst].contains(&only.port) || only.but.iter().any(|port| [src, dst].contains(port)) {
        return None;
    }
    let announced = usize::from(u16::from_be_bytes([*e, *f])).checked_sub(HEADER)?;
    let payload = there.get(..announced).unwrap_or(there);
    let spi = u32::from_be_bytes(*payload.first_chunk()?);
    if spi == 0 || (only.is_ike)(payload, payload.len().max(announced)) {
        return None;
    }
    Some(EspPacket::of(carriers, carriers.only_packet()?, (src, dst), spi))
}
