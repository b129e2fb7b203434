//! ESP of which no more is wanted than who sent it to whom, and with which SPI: nothing is allocated for it.

use core::net::SocketAddr;

use super::carriers::Carriers;
use super::item::{EspPacket, OnlyEsp};

/// The IP protocol number.
pub(super) const ESP: u8 = 50;

/// What comes by itself.
pub(super) fn native(payload: &[u8], carriers: &Carriers<'_>) -> Option<EspPacket> {
    let spi = payload.first_chunk().map_or(0, |spi| u32::from_be_bytes(*spi));
    Some(packet(carriers, carriers.only_packet()?, (0, 0), spi))
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
    Some(packet(carriers, carriers.only_packet()?, (src, dst), spi))
}

fn packet(carriers: &Carriers<'_>, packet: u64, (src, dst): (u16, u16), spi: u32) -> EspPacket {
    EspPacket {
        packet,
        time: carriers.time,
        src: SocketAddr::new(carriers.src, src),
        dst: SocketAddr::new(carriers.dst, dst),
        spi,
        sight: carriers.sight,
    }
}
