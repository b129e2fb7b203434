//! The header of IKEv1, RFC 2408 section 3.1: the same octets as that of IKEv2, with other meanings.
//!
//! A monitor meets both versions on one port. Nothing else of IKEv1 is read here.

use super::spis::IkeSpis;
use crate::registry::Ikev1ExchangeType;

/// The Encryption flag: everything after the header is encrypted.
const ENCRYPTION: u8 = 0x01;
/// The Commit flag: the receiver has to wait for the end of the exchange.
const COMMIT: u8 = 0x02;
/// The Authentication Only flag: the message is authenticated and not encrypted.
const AUTHENTICATION_ONLY: u8 = 0x04;

/// The header of a message of IKEv1, from [`Received::ikev1`](super::Received::ikev1).
///
/// ```
/// use ikev2::registry::Ikev1ExchangeType;
/// use ikev2::wire::Header;
/// let octets = *b"\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\x02\x08\x10\x20\x01\0\0\0\x07\0\0\0\x1c";
/// let header = Header::peek(&octets)?.ikev1().ok_or("not IKEv1")?;
/// assert_eq!((header.initiator_cookie, header.responder_cookie, header.message_id), (1, 2, 7));
/// assert!(header.exchange == Ikev1ExchangeType::QUICK_MODE && header.is_encrypted && !header.commits);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Ikev1Header {
    /// Initiator Cookie.
    pub initiator_cookie: u64,
    /// Responder Cookie; zero in the first message.
    pub responder_cookie: u64,
    /// Exchange Type.
    pub exchange: Ikev1ExchangeType,
    /// The Encryption flag: what follows the header is encrypted.
    pub is_encrypted: bool,
    /// The Commit flag.
    pub commits: bool,
    /// The Authentication Only flag.
    pub is_authentication_only: bool,
    /// Message ID: zero in phase 1.
    pub message_id: u32,
}

impl Ikev1Header {
    pub(super) const fn new(cookies: IkeSpis, exchange: Ikev1ExchangeType, flags: u8, message_id: u32) -> Self {
        Self {
            initiator_cookie: cookies.initiator,
            responder_cookie: cookies.responder,
            exchange,
            is_encrypted: flags & ENCRYPTION != 0,
            commits: flags & COMMIT != 0,
            is_authentication_only: flags & AUTHENTICATION_ONLY != 0,
            message_id,
        }
    }
}
