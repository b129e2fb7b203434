//! Whose a datagram is, without looking at any IKE SA.

use super::path::PathEncapsulation;
use crate::error::ParseError;
use crate::registry::ExchangeType;
use crate::wire::Header;
use crate::wire::transport::{self, Packet};

/// Whose a datagram is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DatagramRoute {
    /// An IKE_SA_INIT request: it belongs to nobody yet.
    New,
    /// An IKE message for the IKE SA with this SPI of ours.
    Ike {
        /// The SPI that we chose.
        spi: u64,
    },
    /// An ESP packet with this SPI.
    Esp {
        /// Security Parameters Index.
        spi: u32,
    },
    /// A NAT keepalive.
    Keepalive,
}

/// Says whose a datagram is, by its octets alone: several endpoints can share the load by the first bits of their SPIs
/// ([`Config::with_spi_prefix`](super::Config::with_spi_prefix)).
///
/// # Errors
/// If it is no IKE message, ESP packet or keepalive.
pub fn route(datagram: &[u8], encapsulation: PathEncapsulation) -> Result<DatagramRoute, ParseError> {
    let message = match unwrap_datagram(datagram, encapsulation)? {
        Packet::Ike(message) => message,
        Packet::Esp { spi, .. } => return Ok(DatagramRoute::Esp { spi }),
        Packet::Keepalive => return Ok(DatagramRoute::Keepalive),
    };
    let header = Header::peek(message)?.header;
    Ok(match our_spi(&header) {
        0 if header.exchange == ExchangeType::IKE_SA_INIT => DatagramRoute::New,
        spi => DatagramRoute::Ike { spi },
    })
}

/// What a datagram carries on a path of this kind.
pub(super) fn unwrap_datagram(datagram: &[u8], encapsulation: PathEncapsulation) -> Result<Packet<'_>, ParseError> {
    match encapsulation {
        PathEncapsulation::NonEspMarker => transport::udp_4500(datagram),
        PathEncapsulation::Udp if datagram == [0xff] => Ok(Packet::Keepalive),
        PathEncapsulation::Udp => Ok(Packet::Ike(datagram)),
        PathEncapsulation::Tcp => transport::tcp_frame(datagram),
    }
}

/// The SPI that we chose, of a message that we receive: its sender is the initiator or the responder of the IKE SA, and we are the other.
pub(super) const fn our_spi(header: &Header) -> u64 {
    if header.initiator { header.spis.responder } else { header.spis.initiator }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{IkeSpis, MessageBuilder};

    #[test]
    fn a_datagram_says_whose_it_is() {
        let message = |initiator, responder_spi, exchange| {
            let spis = IkeSpis { initiator: 7, responder: responder_spi };
            let header = Header { spis, exchange, initiator, response: !initiator, message_id: 0 };
            let mut buf = [0; 28];
            MessageBuilder::new(&mut buf, &header).finish().unwrap();
            buf
        };
        let init = ExchangeType::IKE_SA_INIT;
        assert_eq!(route(&message(true, 0, init), PathEncapsulation::Udp), Ok(DatagramRoute::New));
        assert_eq!(route(&message(false, 9, init), PathEncapsulation::Udp), Ok(DatagramRoute::Ike { spi: 7 }));
        assert_eq!(route(&message(true, 9, ExchangeType::IKE_AUTH), PathEncapsulation::Udp), Ok(DatagramRoute::Ike { spi: 9 }));
        assert_eq!(route(&[0xff], PathEncapsulation::Udp), Ok(DatagramRoute::Keepalive));
        assert_eq!(route(&[0, 0, 1, 0, 5], PathEncapsulation::NonEspMarker), Ok(DatagramRoute::Esp { spi: 256 }));
        assert!(route(&[0; 27], PathEncapsulation::Udp).is_err());
        let framed = [&[0, 34, 0, 0, 0, 0][..], &message(true, 9, ExchangeType::IKE_AUTH)].concat();
        assert_eq!(route(&framed, PathEncapsulation::Tcp), Ok(DatagramRoute::Ike { spi: 9 }));
        // What stands behind the length field is no frame.
        assert!(route(&framed[2..], PathEncapsulation::Tcp).is_err());
    }
}
