//! What a peer says it can verify: the data of SUPPORTED_AUTH_METHODS, RFC 9593 section 3.2.

use super::layout::Layout;
use crate::error::{Element, ParseError, ParseErrorKind};
use crate::registry::{AuthMethod, NotifyType};
use crate::wire::codec::{At, Fault, Parsed, Parser, be_u8, complete, counted, fail, rest};
use crate::wire::writer::Writer;
use core::iter::FusedIterator;

/// The announcements of SUPPORTED_AUTH_METHODS, RFC 9593 section 3.2; iterates over them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AuthAnnouncements<'a> {
    octets: &'a [u8],
}

/// One way in which the sender can verify its peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AuthAnnouncement<'a> {
    /// Auth Method.
    pub method: AuthMethod,
    /// Cert Link: which of the trust anchors in CERTREQ, counted from 1, the method is for; 0 for any.
    pub cert_link: Option<u8>,
    /// AlgorithmIdentifier in DER; empty when the method needs none.
    pub algorithm: &'a [u8],
}

impl<'a> AuthAnnouncements<'a> {
    /// The announcements in `octets`, each with its length in front.
    ///
    /// # Errors
    /// The first length that does not fit; offsets count from the start of `octets`.
    pub fn from_octets(octets: &'a [u8]) -> Result<Self, ParseError> {
        complete(Element::NotifyData(NotifyType::SUPPORTED_AUTH_METHODS), octets, At::INPUT, Self::parser(octets))
    }

    fn parser(octets: &'a [u8]) -> Parsed<'a, Self> {
        let mut left = octets;
        while !left.is_empty() {
            left = announcement(left)?.0;
        }
        rest.map(|octets| Self { octets }).parse(octets)
    }
}

impl<'a> Layout<'a> for AuthAnnouncements<'a> {
    type Value = Self;
    const SIZE: Option<usize> = None;

    fn read(input: &'a [u8]) -> Parsed<'a, Self> {
        Self::parser(input)
    }

    fn fits(_: Self) -> bool {
        true
    }

    fn write(list: Self, element: Element, w: &mut Writer<'_>) {
        for AuthAnnouncement { method, cert_link, algorithm } in list {
            let start = w.len();
            w.put([0, method.0]);
            if let Some(link) = cert_link {
                w.put([link]);
            }
            w.slice(algorithm);
            let len = w.len().saturating_sub(start);
            w.patch_u8(element, start, len);
        }
    }
}

/// Length (1, itself included), Auth Method (1), Cert Link (1, from length 3 on), AlgorithmIdentifier.
fn announcement(input: &[u8]) -> Parsed<'_, AuthAnnouncement<'_>> {
    let (_, length) = be_u8(input)?;
    let (after, fields) = counted(usize::from(length).max(1))(input)?;
    match fields {
        [_, method] => Ok((after, AuthAnnouncement { method: AuthMethod(*method), cert_link: None, algorithm: &[] })),
        [_, method, link, algorithm @ ..] => {
            Ok((after, AuthAnnouncement { method: AuthMethod(*method), cert_link: Some(*link), algorithm }))
        }
        _ => fail(Fault::new(input, ParseErrorKind::LengthTooSmall { length: length.into(), minimum: 2 })),
    }
}

impl<'a> Iterator for AuthAnnouncements<'a> {
    type Item = AuthAnnouncement<'a>;

    fn next(&mut self) -> Option<AuthAnnouncement<'a>> {
        if self.octets.is_empty() {
            return None;
        }
        let (left, found) = announcement(self.octets).ok()?;
        self.octets = left;
        Some(found)
    }
}

impl FusedIterator for AuthAnnouncements<'_> {}
