//! The IKE header, RFC 7296 section 3.1.
//!
//! ```text
//!                      1                   2                   3
//!  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |                       IKE SA Initiator's SPI                  |
//! |                                                               |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |                       IKE SA Responder's SPI                  |
//! |                                                               |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |  Next Payload | MjVer | MnVer | Exchange Type |     Flags     |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |                          Message ID                           |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |                            Length                             |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! ```

use super::spis::IkeSpis;
use super::writer::Writer;
use crate::registry::ExchangeType;
use crate::role::Role;

/// Octets of the IKE header.
pub const HEADER_LEN: usize = 28;

/// Offset of the Next Payload field.
pub(crate) const NEXT_PAYLOAD: usize = 16;
/// Offset of the major and minor version.
pub(crate) const VERSION: usize = 17;
/// Offset of the Flags.
pub(crate) const FLAGS: usize = 19;
/// Offset of the Length field.
pub(crate) const LENGTH: usize = 24;

/// The Initiator flag: the sender is the original initiator of the IKE SA.
pub(crate) const FLAG_INITIATOR: u8 = 0x08;
/// The Version flag: the sender speaks a higher major version. Ignored on receipt, clear when sent.
pub(crate) const FLAG_VERSION: u8 = 0x10;
/// The Response flag.
pub(crate) const FLAG_RESPONSE: u8 = 0x20;

/// What a sender chooses in the IKE header; Next Payload and Length follow from the payloads, the version is 2.0.
///
/// As read by [`Message::parse`](super::Message::parse), reserved flags and the minor version are ignored (RFC 7296 section 2.5);
/// [`audit`](super::audit) reports them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Header {
    /// The SPIs of the IKE SA; the responder's is zero in an IKE_SA_INIT request (RFC 7296 section 2.6).
    pub spis: IkeSpis,
    /// Exchange Type; unknown ones are kept.
    pub exchange: ExchangeType,
    /// The I flag: sent by the original initiator of the IKE SA.
    pub initiator: bool,
    /// The R flag: a response to the request with the same Message ID.
    pub response: bool,
    /// Message ID.
    pub message_id: u32,
}

impl Header {
    /// The side of the IKE SA that sent the message, as the I flag says.
    #[must_use]
    pub const fn sender(&self) -> Role {
        if self.initiator { Role::Initiator } else { Role::Responder }
    }

    /// The side of the IKE SA that began the exchange: the sender of a request, and the peer of who sends a response.
    #[must_use]
    pub const fn requester(&self) -> Role {
        if self.response { self.sender().other() } else { self.sender() }
    }

    /// Writes the header with Next Payload and Length zero, to be patched.
    #[inline]
    pub(crate) fn emit(&self, w: &mut Writer<'_>) {
        let flags = if self.initiator { FLAG_INITIATOR } else { 0 } | if self.response { FLAG_RESPONSE } else { 0 };
        w.put(self.spis.initiator.to_be_bytes());
        w.put(self.spis.responder.to_be_bytes());
        w.put([0, 0x20, self.exchange.0, flags]);
        w.put(self.message_id.to_be_bytes());
        w.put([0; 4]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_messages_of_an_exchange_name_the_side_that_began_it() {
        for requester in [Role::Initiator, Role::Responder] {
            for response in [false, true] {
                let sender = if response { requester.other() } else { requester };
                let initiator = sender == Role::Initiator;
                let exchange = ExchangeType::INFORMATIONAL;
                let header = Header { spis: IkeSpis::default(), exchange, initiator, response, message_id: 0 };
                assert_eq!((header.sender(), header.requester()), (sender, requester));
            }
        }
    }
}
