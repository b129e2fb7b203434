//! Whether a datagram is IKE at all, for who has not opened the socket.

use super::{KEEPALIVE, NON_ESP_MARKER};
use crate::registry::{ExchangeType, PayloadType};
use crate::wire::chain::PAYLOAD_HEADER_LEN;
use crate::wire::codec::element;
use crate::wire::header::{FLAG_INITIATOR, FLAG_RESPONSE, FLAG_VERSION, HEADER_LEN, Header};
use crate::wire::received::{MAJOR, Received};
use core::fmt;

/// The port of IKE.
const IKE: u16 = 500;
/// The port of IKE and ESP behind a NAT (RFC 3947).
const NAT_T: u16 = 4500;
/// Octets of the largest UDP datagram.
const LARGEST: usize = 65535;
/// Octets of an ESP packet with an IV, one block and an ICV, each as small as may be.
const SMALLEST_ESP: usize = 28;
/// The flags of IKEv2, and of IKEv1, that have a meaning.
const FLAGS: u8 = FLAG_INITIATOR | FLAG_VERSION | FLAG_RESPONSE;
const IKEV1_FLAGS: u8 = 0x07;
/// The greatest SPI of ESP that is reserved (RFC 4303 section 2.1).
const RESERVED_SPI: u32 = 255;

/// What a datagram is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Probe<'a> {
    /// A message of IKEv2, or of another version with an Exchange Type of IKEv2.
    Ike2 {
        /// The message, without the non-ESP marker.
        message: &'a [u8],
        /// Its header.
        received: Received,
    },
    /// A message of IKEv1.
    Ike1 {
        /// The message, without the non-ESP marker.
        message: &'a [u8],
        /// Its header; [`Received::ikev1`] gives its fields their names.
        received: Received,
    },
    /// An ESP packet.
    Esp {
        /// Security Parameters Index.
        spi: u32,
    },
    /// A NAT keepalive (RFC 3948 section 2.3).
    Keepalive,
    /// Too short to tell; so many octets more would.
    NeedMore(
        /// Octets.
        usize,
    ),
    /// None of them.
    No(
        /// Why not.
        NotIke,
    ),
}

/// Why a datagram is not IKE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotIke {
    /// The initiator's SPI is zero, which it never is (RFC 7296 section 3.1).
    NoInitiatorSpi,
    /// The versions of IKE are 1 and 2.
    Version {
        /// Major version.
        major: u8,
        /// Minor version.
        minor: u8,
    },
    /// No exchange has this type.
    Exchange(
        /// Exchange Type.
        u8,
    ),
    /// Length is none that the datagram may have, on a port where nothing else speaks for IKE.
    Length(
        /// Length.
        u32,
    ),
}

impl fmt::Display for NotIke {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoInitiatorSpi => f.write_str("the initiator's SPI is zero"),
            Self::Version { major, minor } => write!(f, "version {major}.{minor}"),
            Self::Exchange(ty) => write!(f, "exchange type {ty}"),
            Self::Length(length) => write!(f, "the Length field is {length}"),
        }
    }
}

/// Tells what a UDP datagram is, by its octets and by `port`, the one of its two that is 500 or 4500, or any other.
///
/// | port | what it may carry |
/// |---|---|
/// | 500 | IKE; with the marker as well; ESP that was sent to the wrong port |
/// | 4500 | IKE behind the marker, ESP, a keepalive; IKE without the marker, if its header fits in every field |
/// | another, or none known | IKE with or without the marker, if its header and its first payload agree |
///
/// On port 500 and behind the marker of port 4500 the Length field decides nothing: strongSwan does not look at it. On other ports there
/// has to be a Length that is the datagram's, or of a message of version 2.0 that was cut; or else every other field of the header has a
/// value that it may have, and the first payload fits.
///
/// ```
/// use ikev2::wire::transport::{Probe, probe};
/// let message = b"\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\x02\0\x20\x25\x28\0\0\0\0\0\0\0\x1c";
/// let Probe::Ike2 { received, .. } = probe(message, Some(500)) else { return Err("not IKEv2") };
/// assert_eq!(received.header.spis.initiator, 1);
/// assert_eq!(probe(b"\0\0\x01\0 an ESP packet ..", Some(4500)), Probe::Esp { spi: 256 });
/// assert_eq!(probe(&message[..20], Some(500)), Probe::NeedMore(8));
/// assert!(matches!(probe(b"GET / HTTP/1.1, or whatever it is", None), Probe::No(_)));
/// # Ok::<(), &str>(())
/// ```
#[must_use]
pub fn probe(datagram: &[u8], port: Option<u16>) -> Probe<'_> {
    if datagram == KEEPALIVE {
        return Probe::Keepalive;
    }
    match (port, datagram.split_first_chunk()) {
        (Some(NAT_T), Some((&NON_ESP_MARKER, message))) => named(message),
        (Some(NAT_T), Some((spi, _))) if !is_unmarked(datagram, Some(datagram.len())) => Probe::Esp { spi: u32::from_be_bytes(*spi) },
        (Some(NAT_T), None) => Probe::NeedMore(NON_ESP_MARKER.len().saturating_sub(datagram.len())),
        (_, Some((&NON_ESP_MARKER, message))) if is_by_chance(message) => named(message),
        (Some(IKE), Some((spi, _))) if is_misplaced_esp(datagram) => Probe::Esp { spi: u32::from_be_bytes(*spi) },
        (Some(IKE | NAT_T), _) => named(datagram),
        _ => match named(datagram) {
            Probe::Ike2 { received, .. } | Probe::Ike1 { received, .. } if !agrees(&received, datagram) => {
                Probe::No(NotIke::Length(received.length))
            }
            other => other,
        },
    }
}

/// What a datagram is where IKE is to be expected.
fn named(message: &[u8]) -> Probe<'_> {
    let Ok(received) = Header::peek(message) else { return Probe::NeedMore(HEADER_LEN.saturating_sub(message.len())) };
    match received.ikev1() {
        _ if received.header.spis.initiator == 0 => Probe::No(NotIke::NoInitiatorSpi),
        Some(header) if header.exchange.0 == 0 => Probe::No(NotIke::Exchange(0)),
        Some(_) => Probe::Ike1 { message, received },
        None if !received.is_ikev2() => Probe::No(NotIke::Version { major: received.major, minor: received.minor }),
        None if received.header.exchange.0 == 0 => Probe::No(NotIke::Exchange(0)),
        None => Probe::Ike2 { message, received },
    }
}

/// Whether octets read as an IKE message where they might be anything: possibly cut short, or broken further on.
fn is_by_chance(octets: &[u8]) -> bool {
    matches!(named(octets), Probe::Ike2 { received, .. } | Probe::Ike1 { received, .. } if agrees(&received, octets))
}

/// Whether the header agrees with the octets: by its Length, or by all else.
fn agrees(received: &Received, datagram: &[u8]) -> bool {
    has_length(received, datagram) || is_regular(received, datagram)
}

/// Whether every field but version and Length has a value that it may have, and the first payload fits: one in a million of what is random
/// does so.
fn is_regular(received: &Received, datagram: &[u8]) -> bool {
    let octets = datagram.get(HEADER_LEN..).unwrap_or_default();
    let begins = match received.first {
        PayloadType::NO_NEXT_PAYLOAD => octets.is_empty(),
        _ => element::<PAYLOAD_HEADER_LEN>(octets).is_some(),
    };
    let known = match received.ikev1() {
        Some(header) => header.exchange.is_assigned() && received.minor == 0 && received.flags & !IKEV1_FLAGS == 0,
        None => received.header.exchange.is_assigned() && received.flags & !FLAGS == 0 && (received.first.is_known() || octets.is_empty()),
    };
    begins && known
}

/// Whether Length is that of the datagram, or at least one that a message of version 2.0 may have.
fn has_length(received: &Received, datagram: &[u8]) -> bool {
    let is_of_a_message = (received.major, received.minor) == (MAJOR, 0) && (HEADER_LEN..=LARGEST).contains(&received.len());
    matches!(received.major, 1 | MAJOR) && (received.len() == datagram.len() || is_of_a_message)
}

/// Whether what should be ESP, or IKE behind a marker, is an IKEv2 message without one: the header fits in every field, so that no ESP
/// packet reads like it by chance.
///
/// `len` is the length of the datagram in octets, if it is known: of `octets` the end may be missing.
#[must_use]
pub fn is_unmarked(octets: &[u8], len: Option<usize>) -> bool {
    let Ok(received) = Header::peek(octets) else { return false };
    let Received { header, major, minor, first, flags, .. } = received;
    let is_init = header.exchange == ExchangeType::IKE_SA_INIT;
    let spis = header.spis.initiator != 0 && (is_init || header.spis.responder != 0);
    let first = matches!(first, PayloadType::SK | PayloadType::SKF | PayloadType::N) || is_init;
    let fits = len.map_or((octets.len()..=LARGEST).contains(&received.len()), |len| received.len() == len);
    let known = header.exchange.is_assigned() && flags & !FLAGS == 0;
    (major, minor) == (MAJOR, 0) && known && spis && first && fits
}

/// Whether what should be IKE begins like ESP: an SPI that is not reserved (RFC 4303 section 2.1) and a sequence number that has only begun
/// to count. The SPI of an IKE SA is random in all of its eight octets.
fn is_misplaced_esp(octets: &[u8]) -> bool {
    let Some([s3, s2, s1, s0, 0, 0, n1, n0]) = octets.first_chunk() else { return false };
    let (spi, number) = (u32::from_be_bytes([*s3, *s2, *s1, *s0]), u16::from_be_bytes([*n1, *n0]));
    spi > RESERVED_SPI && number != 0 && octets.len() >= SMALLEST_ESP && !is_by_chance(octets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    /// A message of nothing but a header.
    fn header(version: u8, exchange: u8, length: u32) -> Vec<u8> {
        let mut octets = [[7; 8], [9; 8]].concat();
        octets.extend([0, version, exchange, 0x08, 0, 0, 0, 1]);
        octets.extend(length.to_be_bytes());
        octets
    }

    fn marked(message: &[u8]) -> Vec<u8> {
        [&NON_ESP_MARKER[..], message].concat()
    }

    const PORTS: [Option<u16>; 4] = [Some(IKE), Some(NAT_T), Some(4999), None];

    #[test]
    fn a_message_is_found_on_every_port_with_and_without_the_marker() {
        for port in PORTS {
            let ike2 = header(0x20, 34, 28);
            for datagram in [ike2.clone(), marked(&ike2)] {
                let Probe::Ike2 { message, received } = probe(&datagram, port) else { panic!("{port:?} {datagram:?}") };
                assert_eq!((message, received.length), (&ike2[..], 28));
            }
            let ike1 = header(0x10, 2, 28);
            let datagram = marked(&ike1);
            let found = probe(&datagram, port);
            assert!(matches!(found, Probe::Ike1 { message, received } if message == ike1 && received.ikev1().is_some()), "{found:?}");
        }
        // IKEv1 without the marker is ESP on port 4500: its header does not fit in every field.
        assert_eq!(probe(&header(0x10, 2, 28), Some(NAT_T)), Probe::Esp { spi: 0x0707_0707 });
    }

    #[test]
    fn length_decides_only_where_nothing_else_does() {
        for length in [0, 27, 29, 40, u32::MAX] {
            let wrong = header(0x20, 34, length);
            assert!(matches!(probe(&wrong, Some(IKE)), Probe::Ike2 { .. }), "{length}");
            assert!(matches!(probe(&marked(&wrong), Some(NAT_T)), Probe::Ike2 { .. }), "{length}");
            // Elsewhere all else has to be in order.
            assert!(matches!(probe(&wrong, None), Probe::Ike2 { .. }), "{length}");
            let is_of_a_message = (28..=65535).contains(&length);
            for (at, octet) in [(16, 33), (18, 33), (19, 0x48)] {
                let mut irregular = wrong.clone();
                irregular[at] = octet;
                let elsewhere = probe(&irregular, None);
                assert_eq!(matches!(elsewhere, Probe::Ike2 { .. }), is_of_a_message, "{length} {at}");
                assert!(is_of_a_message || elsewhere == Probe::No(NotIke::Length(length)));
            }
        }
    }

    #[test]
    fn what_is_no_ike_says_why() {
        let mut anonymous = header(0x20, 34, 28);
        anonymous[..8].fill(0);
        // On port 500 the first octets are no marker of anything sound, and the message is read as it stands.
        assert_eq!(probe(&anonymous, Some(IKE)), Probe::No(NotIke::NoInitiatorSpi));
        assert_eq!(probe(&header(0x30, 5, 28), Some(IKE)), Probe::No(NotIke::Version { major: 3, minor: 0 }));
        assert_eq!(probe(&header(0x20, 0, 28), Some(IKE)), Probe::No(NotIke::Exchange(0)));
        assert_eq!(probe(&header(0x10, 0, 28), Some(IKE)), Probe::No(NotIke::Exchange(0)));
        // OpenIKED answers any version.
        assert!(matches!(probe(&header(0x31, 34, 28), Some(IKE)), Probe::Ike2 { .. }));
    }

    #[test]
    fn what_is_short_says_how_much_is_missing() {
        let whole = header(0x20, 34, 28);
        for len in 0..whole.len() {
            assert_eq!(probe(&whole[..len], Some(IKE)), Probe::NeedMore(28 - len));
            assert_eq!(probe(&marked(&whole)[..len + 4], Some(NAT_T)), Probe::NeedMore(28 - len));
        }
        for len in 0..4 {
            assert_eq!(probe(&whole[..len], Some(NAT_T)), Probe::NeedMore(4 - len));
        }
        for port in PORTS {
            assert_eq!(probe(&KEEPALIVE, port), Probe::Keepalive);
        }
    }

    #[test]
    fn esp_on_the_wrong_port_is_told_by_its_sequence_number() {
        let esp = |number: u32, len: usize| {
            let mut octets = [&[0xc1, 0xa2, 0xb3, 0xd4], &number.to_be_bytes()[..]].concat();
            octets.resize(len, 0xa5);
            octets
        };
        assert_eq!(probe(&esp(1, 28), Some(IKE)), Probe::Esp { spi: 0xc1a2_b3d4 });
        assert!(!matches!(probe(&esp(0x1_0000, 28), Some(IKE)), Probe::Esp { .. }));
        assert!(!matches!(probe(&esp(1, 27), Some(IKE)), Probe::Esp { .. }));
        assert_eq!(probe(&esp(7, 8), Some(NAT_T)), Probe::Esp { spi: 0xc1a2_b3d4 });
    }

    /// An initiator chooses its SPI, and with it whether its message begins like ESP.
    #[test]
    fn a_message_that_begins_like_esp_is_told_by_its_header_whatever_length_and_version_say() {
        for version in [0x20, 0x21, 0x30, 0x10] {
            for length in [0, 27, 28, 36, 9000, u32::MAX] {
                let mut message = [header(version, 34, length), b"\0\0\0\x08\x01\x02\x03\x04".to_vec()].concat();
                message[..8].copy_from_slice(&[0xc1, 0xa2, 0xb3, 0xd4, 0, 0, 0, 1]);
                message[16] = 40;
                assert!(matches!(probe(&message, Some(IKE)), Probe::Ike2 { .. }), "{version:#x} {length}");
                assert!(matches!(probe(&message, Some(5555)), Probe::Ike2 { .. }), "{version:#x} {length}");
                // The first payload does not fit, and nothing else speaks for a message.
                message[30] = 0xff;
                let is_of_a_message = version == 0x20 && (28..=65535).contains(&length) || length == 36 && version != 0x30;
                assert_eq!(matches!(probe(&message, Some(IKE)), Probe::Ike2 { .. }), is_of_a_message, "{version:#x} {length}");
            }
        }
    }
}
