//! The two uses IKEv2 has for a bare SHA-1: NAT detection and certification authorities.

use crate::provider::{SHA1_LEN, Sha1};
use crate::wire::IkeSpis;
use core::net::IpAddr;

/// The data of N(NAT_DETECTION_SOURCE_IP) and N(NAT_DETECTION_DESTINATION_IP): SHA-1(SPIi | SPIr | address | port), RFC 7296
/// section 2.23.
///
/// The SPIs are those of the message's header, so in the first message SPIr is zero.
///
/// ```
/// use ikev2::keys::nat_detection_hash;
/// use ikev2::provider::Provider;
/// use ikev2::wire::IkeSpis;
/// let sha1 = Provider::builtin().sha1()?;
/// let spis = IkeSpis { initiator: 0x0102030405060708, responder: 0x1112131415161718 };
/// let hash = nat_detection_hash(sha1, spis, "192.0.2.10".parse().unwrap(), 500);
/// assert_eq!(hash[..4], [0x44, 0x1d, 0x37, 0x7f]);
/// # Ok::<(), ikev2::error::Unsupported>(())
/// ```
#[must_use]
pub fn nat_detection_hash(sha1: Sha1, spis: IkeSpis, address: IpAddr, port: u16) -> [u8; SHA1_LEN] {
    let (spi_i, spi_r, port) = (spis.initiator.to_be_bytes(), spis.responder.to_be_bytes(), port.to_be_bytes());
    match address {
        IpAddr::V4(address) => sha1(&[&spi_i, &spi_r, &address.octets(), &port]),
        IpAddr::V6(address) => sha1(&[&spi_i, &spi_r, &address.octets(), &port]),
    }
}

/// One entry of a CERTREQ payload: SHA-1 of the authority's SubjectPublicKeyInfo, a whole DER element (RFC 7296 section 3.7).
#[must_use]
pub fn authority_hash(sha1: Sha1, spki: &[u8]) -> [u8; SHA1_LEN] {
    sha1(&[spki])
}
