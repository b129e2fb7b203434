//! What is wrong with octets that were read.

use super::place::{Element, Origin};
use crate::registry::{NotifyType, PayloadType};
use thiserror::Error;

/// Octets that are not what RFC 7296 says they must be: where, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[error("{element} at octet {offset} of the {origin}: {kind}")]
#[non_exhaustive]
pub struct ParseError {
    /// What was being read.
    pub element: Element,
    /// The octet at which the fault lies, counted from 0.
    pub offset: usize,
    /// What `offset` is counted from.
    pub origin: Origin,
    /// The cause.
    pub kind: ParseErrorKind,
}

impl ParseError {
    /// The Notify a peer deserves for this fault; `None` when it must not be answered.
    ///
    /// RFC 7296 section 2.21: a fault in an unprotected message is answered at most once and never changes state; whether to
    /// send it at all is the caller's decision.
    #[must_use]
    pub const fn notify(&self) -> Option<NotifyType> {
        match self.kind {
            ParseErrorKind::MajorVersion { .. } => Some(NotifyType::INVALID_MAJOR_VERSION),
            ParseErrorKind::UnsupportedCritical(_) => Some(NotifyType::UNSUPPORTED_CRITICAL_PAYLOAD),
            // Nobody has vouched for a message without SK (RFC 7296 section 2.21.4).
            ParseErrorKind::NoEncryptedPayload => None,
            _ => match self.element {
                // Without a whole header there is no exchange to answer in.
                Element::Header | Element::Transport => None,
                _ => Some(NotifyType::INVALID_SYNTAX),
            },
        }
    }
}

/// The cause of a [`ParseError`]. Lengths and counts are in octets unless said otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum ParseErrorKind {
    /// Fewer octets are left than the element needs.
    #[error("truncated: {needed} octets required, {available} available")]
    Truncated {
        /// Octets needed.
        needed: usize,
        /// Octets left.
        available: usize,
    },
    /// A length field is smaller than the structure that carries it.
    #[error("length field says {length}, the least possible is {minimum}")]
    LengthTooSmall {
        /// The field's value.
        length: usize,
        /// The least possible value.
        minimum: usize,
    },
    /// A length field points past the end of what holds the element.
    #[error("length field says {length}, only {available} octets are left")]
    LengthPastEnd {
        /// The field's value.
        length: usize,
        /// Octets left of those that the field counts.
        available: usize,
    },
    /// Octets are left over after the last element.
    #[error("{count} trailing octets")]
    TrailingOctets {
        /// How many.
        count: usize,
    },
    /// The major version is not 2 (RFC 7296 section 2.5).
    #[error("major version {major}{}", if *.major == 1 { " (IKEv1)" } else { "" })]
    MajorVersion {
        /// The version received.
        major: u8,
    },
    /// A payload this crate does not know has its critical bit set (RFC 7296 section 2.5).
    #[error("unknown payload type {} is marked critical", .0.0)]
    UnsupportedCritical(PayloadType),
    /// The chain ends although Next Payload announces another payload.
    #[error("the chain ends although Next Payload announces type {}", .0.0)]
    ChainEnds(PayloadType),
    /// SK and SKF end a message, come once, and never stand inside one another (RFC 7296 section 3.14, RFC 7383 section 2.5).
    #[error("an encrypted payload must be the last, the only one, and not inside another")]
    EncryptedNotLast,
    /// Fragment Number or Total Fragments break RFC 7383 section 2.5.
    #[error("fragment {number} of {total}")]
    FragmentNumber {
        /// Fragment Number.
        number: u16,
        /// Total Fragments.
        total: u16,
    },
    /// The octet that says whether more substructures follow disagrees with the octets that do (RFC 7296 section 3.3.1).
    #[error("Last Substruc is {found}, expected {expected}")]
    LastSubstructure {
        /// The octet received.
        found: u8,
        /// What the lengths call for.
        expected: u8,
    },
    /// Proposals are numbered 1, 2, .. n (RFC 7296 section 3.3.1).
    #[error("proposal number {found} where {expected} must stand")]
    ProposalNumber {
        /// The number received.
        found: u8,
        /// The number due.
        expected: u8,
    },
    /// A count field disagrees with what is there.
    #[error("count field says {announced}, there are {present}")]
    CountMismatch {
        /// The field's value.
        announced: usize,
        /// Elements there; when more could follow, those read so far.
        present: usize,
    },
    /// A field has a size its type does not have.
    #[error("size {size} where {expected} is right")]
    SizeMismatch {
        /// Octets received.
        size: usize,
        /// Octets the type calls for.
        expected: usize,
    },
    /// A field has a size outside what its type allows.
    #[error("size {size} outside {minimum}..={maximum}")]
    SizeRange {
        /// Octets received.
        size: usize,
        /// The least.
        minimum: usize,
        /// The most.
        maximum: usize,
    },
    /// A range ends before it starts.
    #[error("the range ends before it starts")]
    RangeReversed,
    /// A list that must not be empty is.
    #[error("the list is empty; at least one element is required")]
    EmptyList,
    /// A field that must hold at least one octet holds none.
    #[error("there is no data; at least one octet is required")]
    NoData,
    /// A list is longer than its numbering, or than this crate reads.
    #[error("more than {maximum} elements")]
    TooMany {
        /// The most elements there may be.
        maximum: usize,
    },
    /// A message that must be protected has neither an SK nor an SKF payload (RFC 9242 section 3.2).
    #[error("the message has no SK or SKF payload")]
    NoEncryptedPayload,
    /// A field has a value its type does not allow.
    #[error("value {value} is not allowed here")]
    ValueNotAllowed {
        /// The value received.
        value: u32,
    },
    /// The buffer of a stream reader does not hold the frame.
    #[error("the buffer holds {available} octets, {needed} are required")]
    BufferTooSmall {
        /// Octets of the frame.
        needed: usize,
        /// Octets of the buffer.
        available: usize,
    },
    /// The log of who received it says so; where the fault lies it does not say, and `offset` is 0.
    #[error("it cannot be read, as the log of its receiver says")]
    ToldByLog,
    /// A TCP stream does not begin with `IKETCP` (RFC 9329 section 4).
    #[error("the stream does not begin with IKETCP")]
    StreamPrefix,
    /// An identifier, length or contents octet of a DER element is not one that may stand there (X.690).
    #[error("invalid DER: unexpected octet {octet:#04x}")]
    DerOctet {
        /// The octet received.
        octet: u8,
    },
    /// The octets are one DER element, and no X.509 certificate (RFC 5280 section 4.1).
    #[error("no X.509 certificate")]
    Certificate,
    /// A certificate has one extension twice (RFC 5280 section 4.2).
    #[error("the certificate has the same extension twice")]
    DuplicateExtension,
}

impl ParseErrorKind {
    /// A short name of the cause that does not change: for events, metrics and rules.
    ///
    /// ```
    /// use ikev2::error::ParseErrorKind;
    /// assert_eq!(ParseErrorKind::LastSubstructure { found: 2, expected: 0 }.code(), "last-substructure");
    /// ```
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Truncated { .. } => "truncated",
            Self::LengthTooSmall { .. } => "length-too-small",
            Self::LengthPastEnd { .. } => "length-past-end",
            Self::TrailingOctets { .. } => "trailing-octets",
            Self::MajorVersion { .. } => "major-version",
            Self::UnsupportedCritical(_) => "unsupported-critical",
            Self::ChainEnds(_) => "chain-ends",
            Self::EncryptedNotLast => "encrypted-not-last",
            Self::FragmentNumber { .. } => "fragment-number",
            Self::LastSubstructure { .. } => "last-substructure",
            Self::ProposalNumber { .. } => "proposal-number",
            Self::CountMismatch { .. } => "count-mismatch",
            Self::SizeMismatch { .. } => "size-mismatch",
            Self::SizeRange { .. } => "size-range",
            Self::RangeReversed => "range-reversed",
            Self::EmptyList => "empty-list",
            Self::NoData => "no-data",
            Self::TooMany { .. } => "too-many",
            Self::NoEncryptedPayload => "no-encrypted-payload",
            Self::ValueNotAllowed { .. } => "value-not-allowed",
            Self::BufferTooSmall { .. } => "buffer-too-small",
            Self::ToldByLog => "told-by-log",
            Self::StreamPrefix => "stream-prefix",
            Self::DerOctet { .. } => "der-octet",
            Self::Certificate => "certificate",
            Self::DuplicateExtension => "duplicate-extension",
        }
    }
}
