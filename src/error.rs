//! One error type per stage, each `Copy`, without strings, and aware of the Notify it deserves.
//!
//! A [`ParseError`] names the element, the octet and the cause; [`BuildError`] what did not fit; [`CryptoError`] says nothing
//! more than that it failed, so that no oracle can be built on it.

use crate::registry::{ConfigurationAttributeType, Encr, HashAlgorithm, Integ, NotifyType, PayloadType, Prf};
use thiserror::Error;

/// What was being read when a [`ParseError`] arose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Element {
    /// The IKE header (RFC 7296 section 3.1).
    Header,
    /// The transport framing around an IKE message (RFC 3948, RFC 9329).
    Transport,
    /// A generic payload header, or the chain made of them (RFC 7296 section 3.2).
    PayloadHeader,
    /// The body of a payload of this type.
    Payload(PayloadType),
    /// The body of an Identification payload, of the initiator or the responder (RFC 7296 section 3.5).
    Identification,
    /// A Proposal Substructure (RFC 7296 section 3.3.1).
    Proposal,
    /// A Transform Substructure (RFC 7296 section 3.3.2).
    Transform,
    /// A Data Attribute of a transform (RFC 7296 section 3.3.5).
    TransformAttribute,
    /// A Traffic Selector (RFC 7296 section 3.13.1).
    TrafficSelector,
    /// A Configuration Attribute (RFC 7296 section 3.15.1).
    ConfigurationAttribute,
    /// The Notification Data of a message of this type (RFC 7296 section 3.10).
    NotifyData(NotifyType),
    /// A DER object: an AlgorithmIdentifier, a public key, a name or a certificate (RFC 5280, RFC 7427).
    Der,
}

impl core::fmt::Display for Element {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match *self {
            Self::Header => f.write_str("IKE header"),
            Self::Transport => f.write_str("transport framing"),
            Self::PayloadHeader => f.write_str("generic payload header"),
            Self::Payload(ty) => match ty.symbol() {
                Some(notation) => write!(f, "{notation} payload"),
                None => write!(f, "payload of type {}", ty.0),
            },
            Self::Identification => f.write_str("identification"),
            Self::Proposal => f.write_str("proposal"),
            Self::Transform => f.write_str("transform"),
            Self::TransformAttribute => f.write_str("transform attribute"),
            Self::TrafficSelector => f.write_str("traffic selector"),
            Self::ConfigurationAttribute => f.write_str("configuration attribute"),
            Self::NotifyData(ty) => write!(f, "data of notify {ty}"),
            Self::Der => f.write_str("DER object"),
        }
    }
}

/// What an offset is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Origin {
    /// The first octet of the IKE message.
    Datagram,
    /// The first octet of the decrypted content of an SK payload, or of a reassembled fragment set.
    Content,
    /// The first octet handed to the function that failed.
    Input,
}

impl core::fmt::Display for Origin {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Datagram => "message",
            Self::Content => "decrypted content",
            Self::Input => "input",
        })
    }
}

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

/// A message that cannot be written as asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum BuildError {
    /// The buffer is too small.
    #[error("buffer too small, {needed} octets are needed")]
    BufferTooSmall {
        /// The exact size of the whole output, in octets.
        needed: usize,
    },
    /// A value is larger than the field that has to carry it.
    #[error("{element}: {value} does not fit a field that ends at {maximum}")]
    Overflow {
        /// What was being written.
        element: Element,
        /// The value.
        value: usize,
        /// The largest value the field can carry.
        maximum: usize,
    },
    /// A list has no element, and must have one.
    #[error("{element}: the list is empty; at least one element is required")]
    EmptyList {
        /// What was being written.
        element: Element,
    },
    /// The octets of a list do not divide into elements of the size that the list announces.
    #[error("{element}: {octets} octets are not a whole number of elements of {size} octets")]
    NotWholeElements {
        /// What was being written.
        element: Element,
        /// Octets of the list.
        octets: usize,
        /// Octets of one element.
        size: usize,
    },
    /// An SPI does not have the size of its protocol (RFC 7296 section 3.3.1).
    #[error("{element}: an SPI of {size} octets where {expected} are required")]
    SpiSize {
        /// What was being written.
        element: Element,
        /// Octets given.
        size: usize,
        /// Octets required.
        expected: usize,
    },
    /// A Delete of the IKE SA was given SPIs; it has none (RFC 7296 section 3.11).
    #[error("D payload: a Delete of the IKE SA has no SPIs")]
    SpisOfIkeSa,
    /// Two addresses that must be of one family are IPv4 and IPv6.
    #[error("{element}: an IPv4 address next to an IPv6 address")]
    MixedAddressFamilies {
        /// What was being written.
        element: Element,
    },
    /// A part has a size outside what its type allows.
    #[error("{element}: size {size} outside {minimum}..={maximum}")]
    SizeRange {
        /// What was being written.
        element: Element,
        /// Octets given.
        size: usize,
        /// The least.
        minimum: usize,
        /// The most.
        maximum: usize,
    },
    /// The data is given as empty or opaque, or its gateway as unknown, though the type has another shape.
    #[error("data of notify {0}: not in the shape of this type")]
    NotifyDataShape(NotifyType),
    /// The value of a configuration attribute has the shape of another type.
    #[error("value of configuration attribute {0}: not in the shape of this type")]
    ConfigurationValueShape(ConfigurationAttributeType),
    /// SK or SKF was followed by another payload, or put into the content of one.
    #[error("an encrypted payload must be the last, and not inside another")]
    EncryptedNotLast,
}

/// A cryptographic operation failed. It says no more, on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[error("cryptographic operation failed")]
pub struct CryptoError;

/// An algorithm named in an [`Unsupported`] error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Algorithm {
    /// An encryption algorithm, with its Key Length attribute in bits if it has one.
    Encr(Encr, Option<u16>),
    /// An integrity algorithm.
    Integ(Integ),
    /// A pseudorandom function.
    Prf(Prf),
    /// A hash.
    Hash(HashAlgorithm),
}

impl core::fmt::Display for Algorithm {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match *self {
            Self::Encr(id, Some(bits)) => write!(f, "{id} with a key of {bits} bits"),
            Self::Encr(id, None) => write!(f, "{id} without a key length"),
            Self::Integ(id) => write!(f, "{id}"),
            Self::Prf(id) => write!(f, "{id}"),
            Self::Hash(id) => write!(f, "{id}"),
        }
    }
}

/// An algorithm that the provider in use does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Unsupported {
    /// What cannot be done.
    pub algorithm: Algorithm,
    /// The cargo features of which each one brings it to a built-in provider; empty if this crate does not have it at all.
    pub features: &'static [&'static str],
}

impl Unsupported {
    /// For a provider of one's own: no feature of this crate brings the algorithm.
    #[must_use]
    pub const fn new(algorithm: Algorithm) -> Self {
        Self { algorithm, features: &[] }
    }
}

impl core::fmt::Display for Unsupported {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match *self.features {
            [] => write!(f, "{} is not supported", self.algorithm),
            [one] => write!(f, "{} is not supported by this provider; cargo feature `{one}` has it", self.algorithm),
            [one, other, ..] => {
                write!(f, "{} is not supported by this provider; cargo features `{one}` and `{other}` have it", self.algorithm)
            }
        }
    }
}

impl core::error::Error for Unsupported {}

/// A set of transforms, or a key, that no Sealer or Opener can be made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum SuiteError {
    /// A transform is not supported.
    #[error(transparent)]
    Unsupported(#[from] Unsupported),
    /// The cipher does not authenticate, and there is no integrity transform (RFC 7296 section 3.3.3).
    #[error("{0} needs an integrity transform")]
    IntegMissing(Encr),
    /// The cipher authenticates by itself and takes no integrity transform but NONE (RFC 5282 section 8).
    #[error("{encr} authenticates by itself, {integ} cannot go with it")]
    IntegWithAead {
        /// The cipher.
        encr: Encr,
        /// The integrity transform that came with it.
        integ: Integ,
    },
    /// The provider refused a key of the right length.
    #[error("the provider refused the key")]
    Key(CryptoError),
    /// SK_ei or SK_er, the salt included, does not have the suite's length.
    #[error("SK_e of {length} octets where {expected} are due")]
    EncryptionKeyLength {
        /// Octets given.
        length: usize,
        /// Octets due.
        expected: usize,
    },
    /// SK_ai or SK_ar does not have the suite's length.
    #[error("SK_a of {length} octets where {expected} are due")]
    IntegrityKeyLength {
        /// Octets given.
        length: usize,
        /// Octets due.
        expected: usize,
    },
}

/// A protected message that cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum OpenError {
    /// The header or the payload chain is broken. Nobody has vouched for the octets that say so.
    #[error(transparent)]
    Parse(#[from] ParseError),
    /// There is neither an SK nor an SKF payload.
    #[error("the message has no encrypted payload")]
    NotEncrypted,
    /// The encrypted payload cannot hold IV, Pad Length and ICV (RFC 7296 section 3.14).
    #[error("{available} octets in an encrypted payload that takes {needed} at least")]
    TooShort {
        /// Octets needed for IV, Pad Length and ICV.
        needed: usize,
        /// Octets there.
        available: usize,
    },
    /// The encrypted text is not made of whole cipher blocks, as that of this SA's cipher is.
    #[error("{length} octets of encrypted text are no multiple of {block_len}")]
    NotWholeBlocks {
        /// Octets of the text.
        length: usize,
        /// Octets of a block.
        block_len: usize,
    },
    /// The octets are not what the holder of the key sent; it says no more, on purpose.
    #[error("the message is not authentic")]
    NotAuthentic(#[from] CryptoError),
    /// Authentic, but Pad Length points before the start of the text (RFC 7296 section 3.14).
    #[error("Pad Length says {pad_len}, only {available} octets are there")]
    PadLength {
        /// The field's value.
        pad_len: u8,
        /// Octets in front of it.
        available: usize,
    },
}

impl OpenError {
    /// The Notify the peer deserves; `None` when nobody has proved to be the peer, so that the message is dropped in silence.
    #[must_use]
    pub const fn notify(&self) -> Option<NotifyType> {
        match self {
            Self::PadLength { .. } => Some(NotifyType::INVALID_SYNTAX),
            _ => None,
        }
    }
}

/// A protected message that cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum SealError {
    /// The message cannot be written.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The Sealer refused, as one does that has no IV left.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
}

/// A message that cannot be cut into fragments, or a fragment set that cannot be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum FragmentError {
    /// Not one octet of content fits a fragment on this path.
    #[error("the path takes messages of {max_message} octets, a fragment needs {needed}")]
    PathTooSmall {
        /// Octets of the largest message on the path.
        max_message: usize,
        /// Octets of the smallest fragment.
        needed: usize,
    },
    /// More fragments than there may be.
    #[error("{total} fragments, the limit is {limit}")]
    TooManyFragments {
        /// Fragments announced, or needed.
        total: usize,
        /// The limit.
        limit: usize,
    },
    /// More content than there may be.
    #[error("{octets} octets of content, the limit is {limit}")]
    TooLarge {
        /// Octets there are.
        octets: usize,
        /// The limit.
        limit: usize,
    },
    /// IKE_SA_INIT and IKE_SESSION_RESUME have no SK payload (RFC 7383 section 2.2).
    #[error("a message of this exchange is not protected")]
    NotProtected,
    /// A message that needs fragments on this path must not have any (RFC 7383 section 3).
    #[error("IKEV2_MESSAGE_ID_SYNC is never fragmented")]
    NeverFragmented,
    /// The payloads in clear cannot be written.
    #[error(transparent)]
    Build(#[from] BuildError),
}
