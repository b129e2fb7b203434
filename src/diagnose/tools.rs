//! What other modules of the crate, or the caller, can do for a diagnosis.

use core::net::IpAddr;

/// The NAT detection hash (RFC 7296 section 2.23) of the initiator's SPI, the responder's SPI, an address and a port.
pub type NatDetection = fn(u64, u64, IpAddr, u16) -> [u8; 20];

/// What other modules can do for a diagnosis.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tools {
    /// `keys::nat_detection`, which needs a provider of SHA-1. Without it no NAT is detected.
    pub nat_detection: Option<NatDetection>,
}
