//! The two uses IKEv2 has for a bare SHA-1: NAT detection and certification authorities.

use crate::wire::IkeSpis;
use core::net::IpAddr;

/// Octets of a SHA-1 digest.
pub const SHA1_LEN: usize = 20;

/// The data of N(NAT_DETECTION_SOURCE_IP) and N(NAT_DETECTION_DESTINATION_IP): SHA-1(SPIi | SPIr | address | port), RFC 7296
/// section 2.23.
///
/// The SPIs are those of the message's header, so in the first message SPIr is zero.
///
/// ```
/// use ikev2::keys::nat_detection;
/// use ikev2::wire::IkeSpis;
/// let spis = IkeSpis { initiator: 0x0102030405060708, responder: 0x1112131415161718 };
/// let hash = nat_detection(spis, "192.0.2.10".parse().unwrap(), 500);
/// assert_eq!(hash[..4], [0x44, 0x1d, 0x37, 0x7f]);
/// ```
#[must_use]
pub fn nat_detection(spis: IkeSpis, address: IpAddr, port: u16) -> [u8; SHA1_LEN] {
    let (spi_i, spi_r, port) = (spis.initiator.to_be_bytes(), spis.responder.to_be_bytes(), port.to_be_bytes());
    match address {
        IpAddr::V4(address) => sha1(&[&spi_i, &spi_r, &address.octets(), &port]),
        IpAddr::V6(address) => sha1(&[&spi_i, &spi_r, &address.octets(), &port]),
    }
}

/// One entry of a CERTREQ payload: SHA-1 of the authority's SubjectPublicKeyInfo, a whole DER element (RFC 7296 section 3.7).
#[must_use]
pub fn authority(spki: &[u8]) -> [u8; SHA1_LEN] {
    sha1(&[spki])
}

#[cfg(feature = "ring")]
fn sha1(parts: &[&[u8]]) -> [u8; SHA1_LEN] {
    let mut context = ring::digest::Context::new(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY);
    parts.iter().for_each(|part| context.update(part));
    let mut digest = [0; SHA1_LEN];
    digest.iter_mut().zip(context.finish().as_ref()).for_each(|(to, from)| *to = *from);
    digest
}

#[cfg(not(feature = "ring"))]
fn sha1(parts: &[&[u8]]) -> [u8; SHA1_LEN] {
    use sha1::Digest;
    let mut hash = sha1::Sha1::new();
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().into()
}
