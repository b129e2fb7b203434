//! What comes out of a [`Reassembler`](super::Reassembler).

use crate::error::ParseError;
use crate::protect::Opened;
use crate::registry::PayloadType;
use crate::wire::{Chain, HEADER_LEN, Header, Parts, Payloads};
use bytes::Bytes;

/// A whole message: that of one SK, or of a complete fragment set.
#[derive(Clone, PartialEq, Eq)]
pub struct Reassembled {
    pub(super) header: Header,
    pub(super) head: Head,
    pub(super) first: PayloadType,
    pub(super) sk_flags: u8,
    pub(super) content: Bytes,
    pub(super) fragments: u16,
    pub(super) later_next_payload: bool,
}

/// The octets in front of SK or SKF. Next to no message has payloads in clear, and a bare header needs no allocation.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Head {
    Bare([u8; HEADER_LEN]),
    WithPayloads(Bytes),
}

impl Head {
    pub(super) fn of(head: &[u8]) -> Self {
        head.try_into().map_or_else(|_| Self::WithPayloads(Bytes::copy_from_slice(head)), Self::Bare)
    }

    fn octets(&self) -> &[u8] {
        match self {
            Self::Bare(header) => header,
            Self::WithPayloads(octets) => octets,
        }
    }
}

impl Reassembled {
    /// The message of one SK.
    pub(super) fn whole(opened: &Opened<'_>) -> Self {
        Self {
            header: *opened.header(),
            head: Head::of(opened.head()),
            first: opened.first_payload(),
            sk_flags: opened.sk_flags(),
            content: Bytes::copy_from_slice(opened.content()),
            fragments: 1,
            later_next_payload: false,
        }
    }

    /// The header of the message, that of fragment 1.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The type of the first payload in the content.
    #[must_use]
    pub const fn first_payload(&self) -> PayloadType {
        self.first
    }

    /// The octet of the generic header of SK, or of fragment 1's SKF, that holds the Critical bit and the reserved bits, as received;
    /// IntAuth covers it (RFC 9242 section 3.3.2).
    #[must_use]
    pub const fn sk_flags(&self) -> u8 {
        self.sk_flags
    }

    /// The content: to be treated like that of an SK payload.
    #[must_use]
    pub const fn content(&self) -> &Bytes {
        &self.content
    }

    /// The octets in front of SK (of SKF in fragment 1), as received: the IKE header and the payloads in clear.
    #[must_use]
    pub fn head(&self) -> &[u8] {
        self.head.octets()
    }

    /// How many fragments it came in; 1 for SK.
    #[must_use]
    pub const fn fragments(&self) -> u16 {
        self.fragments
    }

    /// Whether a fragment after the first announced a payload, against RFC 7383 section 2.5; it was ignored.
    #[must_use]
    pub const fn later_next_payload(&self) -> bool {
        self.later_next_payload
    }

    /// The payloads of the content, under the same rules as those of SK.
    ///
    /// # Errors
    /// The first fault of the chain; offsets count from the start of the content.
    pub fn payloads(&self) -> Result<Chain<'_>, ParseError> {
        Chain::parse(self.first, &self.content)
    }

    /// The payloads by name.
    ///
    /// # Errors
    /// The first fault: in the framing, or in a body other than that of the SA payload.
    pub fn parts(&self) -> Result<Parts<'_>, ParseError> {
        self.payloads()?.parts(self.header())
    }

    /// The payloads in clear, which the message carried in front of SK: authentic, not encrypted. SK or SKF itself is not there.
    #[must_use]
    pub fn unprotected(&self) -> Payloads<'_> {
        Payloads::after_header(self.head.octets())
    }
}

/// Shows no octet of the content.
impl core::fmt::Debug for Reassembled {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Reassembled")
            .field("header", &self.header)
            .field("first", &self.first)
            .field("content_len", &self.content.len())
            .field("fragments", &self.fragments)
            .finish_non_exhaustive()
    }
}
