//! What is wrong with a text, and where; what cannot be written, and why.

use super::windows::Parameter;
use crate::proposal::names;
use crate::registry::{SecurityProtocol, TransformType};
use crate::transform::Transform;
use core::fmt::{Display, Formatter, Result};
use thiserror::Error;

/// A text that is no proposal in its notation: where, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[error("{kind} (octet {at}, length {len})")]
#[non_exhaustive]
pub struct NotationError {
    /// The octet of the text at which the token at fault starts, counted from 0.
    pub at: usize,
    /// Octets of that token; 0 when it is the absence of one that is at fault.
    pub len: usize,
    /// The cause.
    pub kind: NotationErrorKind,
}

impl NotationError {
    /// The message, and below it the text with the token marked.
    #[must_use]
    pub const fn on(self, text: &str) -> impl Display + '_ {
        Marked { error: self, text }
    }
}

/// The cause of a [`NotationError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum NotationErrorKind {
    /// Nothing stands where something must.
    #[error("nothing here, expected {0}")]
    Empty(Expected),
    /// A token the notation does not know at this place.
    #[error("unknown here, expected {0}")]
    Unknown(Expected),
    /// A name that is none of those the notation has at this place.
    #[error("unknown here, expected {expected}{}", Meant(*meant))]
    Name {
        /// What would have been right, in words.
        expected: &'static str,
        /// The name that was probably meant.
        meant: Option<&'static str>,
    },
    /// A proposal lacks a transform type it cannot do without.
    #[error("{} proposal without {}", names::protocol(*protocol), names::purpose(*ty))]
    Missing {
        /// The protocol of the proposal.
        protocol: SecurityProtocol,
        /// The type that is not there.
        ty: TransformType,
    },
    /// The algorithm exists, and not for this protocol in this stack.
    #[error("{transform} cannot be had for {}", names::protocol(*protocol))]
    Protocol {
        /// The protocol of the proposal.
        protocol: SecurityProtocol,
        /// The algorithm.
        transform: Transform,
    },
    /// Ciphers that authenticate and ciphers that do not, in one proposal (RFC 7296 section 3.3.2).
    #[error("a proposal cannot hold both ciphers that authenticate by themselves and ciphers that do not; write two proposals")]
    AeadMixed,
    /// An integrity algorithm beside a cipher that takes none (RFC 5282 section 8).
    #[error("impossible suite: {cipher} authenticates by itself, {integ} cannot be its integrity algorithm")]
    IntegWithAead {
        /// The cipher.
        cipher: Transform,
        /// The algorithm that has nothing to do.
        integ: Transform,
    },
    /// NONE as the integrity algorithm of a cipher that needs one.
    #[error("impossible suite: {0} does not authenticate, it needs an integrity algorithm")]
    IntegNone(Transform),
    /// A key length the cipher does not have.
    #[error("{0} does not come with that key length")]
    KeyBits(Transform),
    /// `default`: what the build at hand supports, which no text says.
    #[error("the default proposal depends on how the stack was built; name the algorithms, or take a profile")]
    Default,
    /// A parameter given twice.
    #[error("{0} is given twice")]
    Twice(Parameter),
    /// A parameter that must be given, and is not.
    #[error("{0} is missing")]
    Parameter(Parameter),
    /// An element that does not end, or a tag that is none.
    #[error("broken XML, expected {0}")]
    Markup(Expected),
    /// A value that its parameter does not take.
    #[error("unknown here, expected {}{}", Expected::Value(*parameter), Meant(*meant))]
    Value {
        /// The parameter.
        parameter: Parameter,
        /// The value that was probably meant.
        meant: Option<&'static str>,
    },
    /// A setting that must be given, and is not.
    #[error("{0} is missing")]
    Absent(&'static str),
    /// More of something than is read from one text.
    #[error("too much: there are more than {0}")]
    Limit(&'static str),
    /// Cipher and authentication transform constants that do not go together.
    #[error("impossible suite: a GCM cipher takes the same constant for authentication, and no other cipher takes one")]
    Transforms,
}

/// What would have been right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Expected {
    /// A proposal.
    Proposal,
    /// Any keyword of strongSwan.
    Keyword,
    /// An algorithm of a type.
    Algorithm(TransformType),
    /// An integrity algorithm or a PRF.
    IntegOrPrf,
    /// The end of the proposal.
    End,
    /// A parameter of `Set-VpnConnectionIPsecConfiguration`.
    ParameterName,
    /// A value of a parameter.
    Value(Parameter),
    /// The element `CryptographySuite`.
    CryptographySuite,
    /// An end tag.
    EndTag,
    /// A tag, text without bare `<` and `&`, or a known entity.
    Markup,
    /// A number.
    Number,
}

impl Display for Expected {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match *self {
            Self::Proposal => f.write_str("a proposal"),
            Self::Keyword => f.write_str(
                "a strongSwan keyword: a cipher (aes256, aes256gcm16), an integrity algorithm (sha256), a PRF (prfsha256), \
                 a key exchange method (modp2048, ecp256, x25519, ke1_mlkem768), esn or noesn",
            ),
            Self::Algorithm(TransformType::ENCR) => f.write_str("a cipher, as aes256 or aes_gcm256"),
            Self::Algorithm(TransformType::PRF) => f.write_str("a PRF, as sha2_256"),
            Self::Algorithm(TransformType::INTEG) => f.write_str("an integrity algorithm, as sha2_256"),
            Self::Algorithm(_) => f.write_str("a key exchange method, as dh19 or modp2048"),
            Self::IntegOrPrf => f.write_str("a PRF or an integrity algorithm, as sha2_256"),
            Self::End => f.write_str("the end of the proposal"),
            Self::ParameterName => f.write_str("a parameter of Set-VpnConnectionIPsecConfiguration"),
            Self::Value(parameter) => {
                f.write_str("one of ")?;
                for (index, name) in parameter.values().enumerate() {
                    write!(f, "{}{name}", if index == 0 { "" } else { ", " })?;
                }
                Ok(())
            }
            Self::CryptographySuite => f.write_str("an element CryptographySuite"),
            Self::EndTag => f.write_str("an end tag"),
            Self::Markup => f.write_str("a tag, or text in which < and & are escaped"),
            Self::Number => f.write_str("a number"),
        }
    }
}

/// A proposal that cannot be written in a notation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Unwritable {
    /// The notation has proposals for this protocol not at all.
    #[error("the notation has no proposals for protocol {}", .0.0)]
    Protocol(SecurityProtocol),
    /// The notation has no name for a transform, or no way to say it in this proposal.
    #[error("the notation cannot say {0} in this proposal")]
    Transform(Transform),
    /// The text would be read as a proposal with one more transform.
    #[error("the notation would imply {0}, which the proposal does not hold")]
    Implied(Transform),
    /// The notation needs a type the proposal does not have.
    #[error("the notation needs {} in a proposal", names::purpose(*.0))]
    Missing(TransformType),
    /// The notation is read and not written.
    #[error("texts in this notation are read here and not written")]
    ReadOnly,
    /// The settings hold nothing the notation has a word for.
    #[error("the settings hold nothing that the notation can say")]
    Nothing,
    /// The notation refuses such a proposal.
    #[error("the notation refuses such a proposal: {0}")]
    Combination(NotationErrorKind),
}

/// What a misspelt name was probably meant to be.
struct Meant(Option<&'static str>);

impl Display for Meant {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self.0 {
            Some(name) => write!(f, "; did you mean {name}?"),
            None => Ok(()),
        }
    }
}

struct Marked<'a> {
    error: NotationError,
    text: &'a str,
}

impl Display for Marked<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let NotationError { at, len, kind } = self.error;
        let end = at.saturating_add(len);
        // The line the token starts in; what is not printable is escaped, so that the marks stand below what they mark.
        let start = self.text.get(..at).and_then(|head| head.rfind('\n')).map_or(0, |feed| feed.saturating_add(1));
        let stop = self.text.get(at..).and_then(|tail| tail.find('\n')).map_or(self.text.len(), |feed| at.saturating_add(feed));
        write!(f, "{kind}\n{}\n", Printable(self.text.get(start..stop).unwrap_or("")))?;
        let width = |from: usize, to: usize| self.text.get(from..to).map_or(0, |part| printable(part).count());
        for _ in 0..width(start, at) {
            f.write_str(" ")?;
        }
        for _ in 0..width(at, end.min(stop)).max(1) {
            f.write_str("^")?;
        }
        Ok(())
    }
}

/// A piece of a text on one line of a terminal: what is no printable character is escaped, quotation marks are not.
struct Printable<'a>(&'a str);

fn printable(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().flat_map(|c| {
        let plain = matches!(c, '"' | '\'').then_some(c);
        let escaped = plain.is_none().then(|| c.escape_debug());
        plain.into_iter().chain(escaped.into_iter().flatten())
    })
}

impl Display for Printable<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        use core::fmt::Write as _;
        printable(self.0).try_for_each(|c| f.write_char(c))
    }
}
