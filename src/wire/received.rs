//! The header of a message as it was received: IKEv2's, IKEv1's, or that of a version to come (RFC 7296 sections 2.5 and 3.1).

use super::header::Header;
use super::ikev1::Ikev1Header;
use crate::registry::{Ikev1ExchangeType, PayloadType};

/// The major version of IKEv2.
pub(crate) const MAJOR: u8 = 2;
/// The major version of IKEv1.
const MAJOR_OF_IKEV1: u8 = 1;
/// The first Exchange Type of IKEv2; those below are of IKEv1 or reserved (RFC 7296 section 3.1).
const FIRST_EXCHANGE: u8 = 34;

/// Every field of the first 28 octets, from [`Header::peek`] and of any version.
///
/// The fields of [`header`](Self::header) have their meaning where [`is_ikev2`](Self::is_ikev2); of a message of IKEv1
/// [`ikev1`](Self::ikev1) gives them theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Received {
    /// The fields that a sender of IKEv2 chooses.
    pub header: Header,
    /// Major version: 2 of IKEv2, 1 of IKEv1.
    pub major: u8,
    /// Minor version. A receiver of IKEv2 ignores it.
    pub minor: u8,
    /// Next Payload: the type of the first payload.
    pub first: PayloadType,
    /// The octet of the flags, those without a meaning included.
    pub flags: u8,
    /// Length: octets of the whole message, as its sender counts them.
    pub length: u32,
}

impl Received {
    /// Whether the message is read as one of IKEv2: its major version says so, or its Exchange Type, which IKEv1 does not have.
    ///
    /// The version alone does not decide: OpenIKED answers an IKE_SA_INIT request of any version with an SA.
    #[must_use]
    #[inline]
    pub const fn is_ikev2(&self) -> bool {
        self.major == MAJOR || self.header.exchange.0 >= FIRST_EXCHANGE
    }

    /// Length as a size.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        usize::try_from(self.length).unwrap_or(usize::MAX)
    }

    /// The header of a message of IKEv1; `None` of any other.
    #[must_use]
    pub const fn ikev1(&self) -> Option<Ikev1Header> {
        if self.major != MAJOR_OF_IKEV1 || self.is_ikev2() {
            return None;
        }
        let Header { spis, exchange, message_id, .. } = self.header;
        Some(Ikev1Header::new(spis, Ikev1ExchangeType(exchange.0), self.flags, message_id))
    }
}
