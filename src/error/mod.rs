//! One error type per stage, each `Copy`, without strings, and aware of the Notify it deserves.
//!
//! A [`ParseError`] names the element, the octet and the cause; [`BuildError`] what did not fit; [`CryptoError`] says nothing
//! more than that it failed, so that no oracle can be built on it.

mod parse;
mod place;

pub use parse::{ParseError, ParseErrorKind};
pub use place::{Element, Origin};

use crate::registry::{ConfigurationAttributeType, Encr, HashAlgorithm, Integ, KeMethod, NotifyType, Prf};
use thiserror::Error;

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
    /// A key exchange method.
    Ke(KeMethod),
}

impl core::fmt::Display for Algorithm {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match *self {
            Self::Encr(id, Some(bits)) => write!(f, "{id} with a key of {bits} bits"),
            Self::Encr(id, None) => write!(f, "{id} without a key length"),
            Self::Integ(id) => write!(f, "{id}"),
            Self::Prf(id) => write!(f, "{id}"),
            Self::Hash(id) => write!(f, "{id}"),
            Self::Ke(id) => write!(f, "{id}"),
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
