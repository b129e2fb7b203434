//! Why something is no identity.

use crate::error::ParseErrorKind;
use thiserror::Error;

/// A text, or Identification Data, that is no identity: where, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[error("{kind} (octet {offset})")]
#[non_exhaustive]
pub struct IdentityError {
    /// Octets of the text before the fault; of the data where that is hexadecimal, or no text.
    pub offset: usize,
    /// The cause.
    pub kind: IdentityErrorKind,
}

/// The cause of an [`IdentityError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum IdentityErrorKind {
    /// Nothing is there.
    #[error("nothing here")]
    Empty,
    /// `%any` is a pattern that everybody matches, and the identity of nobody.
    #[error("a pattern is nobody's identity")]
    Pattern,
    /// A control character; in a domain name also a space, or what is not ASCII.
    #[error("a character that cannot stand here")]
    Character,
    /// The octets are not UTF-8.
    #[error("no UTF-8")]
    Utf8,
    /// A mailbox without a local part, `@` and a domain.
    #[error("no mailbox: one part is missing")]
    Mailbox,
    /// An address of another size than its type has.
    #[error("an address of {size} octets instead of {expected}")]
    Size {
        /// Octets there are.
        size: usize,
        /// Octets there should be.
        expected: usize,
    },
    /// More octets than an Identification payload can carry.
    #[error("more than {maximum} octets")]
    TooLong {
        /// The most there can be.
        maximum: usize,
    },
    /// ID_NULL has no data (RFC 7619 section 2.2).
    #[error("ID_NULL with data")]
    NotNull,
    /// Not an even number of hexadecimal digits.
    #[error("not an even number of hexadecimal digits")]
    Hex,
    /// No number of an ID Type in braces.
    #[error("no number of an ID type")]
    Type,
    /// No attribute type of a distinguished name with `=` behind it.
    #[error("no attribute type and `=`")]
    Attribute,
    /// No value of an attribute: nothing, or a backslash with nothing to escape.
    #[error("no value of an attribute")]
    Value,
    /// No DER of a name.
    #[error("no name in DER: {0}")]
    Der(
        /// What is wrong with it.
        ParseErrorKind,
    ),
}

impl IdentityErrorKind {
    pub(super) const fn at(self, offset: usize) -> IdentityError {
        IdentityError { offset, kind: self }
    }
}
