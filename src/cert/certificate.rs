//! Facts about an X.509 certificate, RFC 5280 section 4.1.

use super::mailbox::same_mailbox;
use super::{DistinguishedName, Extensions, GeneralName, Oid};
use crate::auth::{AuthError, EcdsaForm, PublicKey, SignatureScheme, verify_signature};
use crate::der::{Reader, Tlv, tag};
use crate::error::{Element, Origin, ParseError, ParseErrorKind};
use crate::provider::Provider;
use crate::registry::IdType;
use crate::wire::Id;
use core::fmt;
use core::iter::FusedIterator;
use core::net::IpAddr;
use x509_parser::certificate::X509CertificateParser;
use x509_parser::nom::Parser as _;
use x509_parser::time::ASN1Time;

/// Octets of the largest certificate a CERT payload can carry; more is not looked at.
const MAX_LEN: usize = 65530;

/// Extensions in one certificate; real ones have about ten.
const MAX_EXTENSIONS: usize = 64;

/// Identifier octets of the tagged fields of TBSCertificate.
const VERSION: u8 = 0xa0;
const EXTENSIONS: u8 = 0xa3;

/// id-ce-subjectAltName.
const SUBJECT_ALT_NAME: &[u8] = b"\x55\x1d\x11";

/// A certificate of a CERT payload of encoding 4, read but not verified: nothing here says that anybody vouches for it.
#[derive(Clone, Copy, Debug)]
pub struct Certificate<'a> {
    der: &'a [u8],
    serial: &'a [u8],
    subject: DistinguishedName<'a>,
    issuer: DistinguishedName<'a>,
    alternatives: Reader<'a>,
    public_key: PublicKey<'a>,
    signature_algorithm: SignatureAlgorithm<'a>,
    validity: Validity,
    extensions: Extensions<'a>,
    signed: Signed<'a>,
}

/// What the issuer signed, and the signature.
#[derive(Clone, Copy, Debug)]
struct Signed<'a> {
    /// TBSCertificate, the whole element.
    tbs: &'a [u8],
    /// Octets of its contents.
    tbs_len: usize,
    /// AlgorithmIdentifier within it, the whole element.
    inner: &'a [u8],
    /// AlgorithmIdentifier beside it, the whole element.
    outer: &'a [u8],
    /// The contents of the BIT STRING, the octet of its unused bits left out; `None` where there are unused bits.
    signature: Option<&'a [u8]>,
}

/// The algorithm a certificate is signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignatureAlgorithm<'a> {
    /// What AlgorithmIdentifier names it.
    pub oid: Oid<'a>,
    /// The same when it is one this crate knows.
    pub scheme: Option<SignatureScheme>,
}

/// When a certificate may be used: from its first second to its last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Validity {
    /// notBefore.
    pub not_before: Time,
    /// notAfter.
    pub not_after: Time,
}

/// A moment in UTC; `Display` writes it as RFC 3339 does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time {
    unix: i64,
    date: (i32, u8, u8),
    clock: (u8, u8, u8),
}

impl<'a> Certificate<'a> {
    /// Reads a certificate in DER.
    ///
    /// # Errors
    /// When it is none, is followed by anything, is larger than a CERT payload can carry, or has more than 64 extensions or 64
    /// attributes in a name.
    pub fn parse(der: &'a [u8]) -> Result<Self, ParseError> {
        if der.len() > MAX_LEN {
            return Err(error(ParseErrorKind::SizeRange { size: der.len(), minimum: 0, maximum: MAX_LEN }));
        }
        let mut outer = Reader::only(der, tag::SEQUENCE)?.reader();
        let signed = outer.required(tag::SEQUENCE)?;
        let tbs = Tbs::read(signed)?;
        let algorithm = outer.required(tag::SEQUENCE)?;
        let signature = outer.required(tag::BIT_STRING)?;
        let parsed = X509CertificateParser::new().with_deep_parse_extensions(false).parse(der);
        let (_, x509) = parsed.map_err(|_| error(ParseErrorKind::Certificate))?;
        let mut names = x509.extensions().iter().filter(|extension| extension.oid.as_bytes() == SUBJECT_ALT_NAME);
        let alternatives = match (names.next(), names.next()) {
            (None, _) => Reader::new(&[]),
            (Some(extension), None) => checked_names(extension.value)?,
            // RFC 5280 section 4.2: an extension comes once. Two could say different things to different readers.
            (Some(_), Some(_)) => return Err(error(ParseErrorKind::DuplicateExtension)),
        };
        Ok(Self {
            der,
            serial: tbs.serial,
            subject: tbs.subject,
            issuer: tbs.issuer,
            alternatives,
            public_key: tbs.public_key,
            signature_algorithm: SignatureAlgorithm {
                oid: Oid::of(algorithm.reader().required(tag::OID)?)?,
                scheme: SignatureScheme::parse(algorithm.whole).ok(),
            },
            validity: Validity { not_before: Time::of(x509.validity().not_before), not_after: Time::of(x509.validity().not_after) },
            extensions: tbs.extensions,
            signed: Signed {
                tbs: signed.whole,
                tbs_len: signed.contents.len(),
                inner: tbs.algorithm,
                outer: algorithm.whole,
                signature: signature.contents.split_first().filter(|(unused, _)| **unused == 0).map(|(_, signature)| signature),
            },
        })
    }

    /// The whole certificate; its length is the certificate's size in octets.
    #[must_use]
    pub const fn as_der(&self) -> &'a [u8] {
        self.der
    }

    /// The serial number: a big-endian two's complement integer.
    #[must_use]
    pub const fn serial(&self) -> &'a [u8] {
        self.serial
    }

    /// Who it is for; empty when only [`alternative_names`](Self::alternative_names) say that.
    #[must_use]
    pub const fn subject(&self) -> DistinguishedName<'a> {
        self.subject
    }

    /// Who signed it.
    #[must_use]
    pub const fn issuer(&self) -> DistinguishedName<'a> {
        self.issuer
    }

    /// The names of the subjectAltName extension.
    #[must_use]
    pub const fn alternative_names(&self) -> AlternativeNames<'a> {
        AlternativeNames(self.alternatives)
    }

    /// The subject's key, with its type and size.
    #[must_use]
    pub const fn public_key(&self) -> PublicKey<'a> {
        self.public_key
    }

    /// How the issuer signed it.
    #[must_use]
    pub const fn signature_algorithm(&self) -> SignatureAlgorithm<'a> {
        self.signature_algorithm
    }

    /// When it may be used.
    #[must_use]
    pub const fn validity(&self) -> Validity {
        self.validity
    }

    /// The extensions (RFC 5280 section 4.2); none in a certificate of version 1.
    #[must_use]
    pub const fn extensions(&self) -> Extensions<'a> {
        self.extensions
    }

    /// Octets of the signature.
    #[must_use]
    pub fn signature_len(&self) -> usize {
        self.signed.signature.map_or(0, <[u8]>::len)
    }

    /// Verifies the signature with the key of who is said to have made it, and says how it was made. Nothing else is looked at: whether
    /// the issuer may issue, and whether anybody vouches for it, is the caller's to ask.
    ///
    /// # Errors
    /// [`AuthError::Failed`] for a wrong signature; the others say what stands in the way of verifying it: an algorithm that is not
    /// known or not of this provider, a key of another type, an RSA key outside 2048 to 8192 bits, two AlgorithmIdentifiers that differ.
    pub fn verify_signature(&self, provider: &Provider, issuer: &PublicKey<'_>) -> Result<SignatureScheme, AuthError> {
        let scheme = self.signature_algorithm.scheme.ok_or(AuthError::UnknownAlgorithm)?;
        // RFC 5280 section 4.1.1.2: the two are the same. Were they not, the one that is signed would not be the one that is used.
        if self.signed.inner != self.signed.outer {
            return Err(AuthError::Malformed(error(ParseErrorKind::Certificate)));
        }
        let signature = self.signed.signature.ok_or(AuthError::Malformed(error(ParseErrorKind::Certificate)))?;
        verify_signature(provider, scheme, EcdsaForm::Der, issuer, self.signed.tbs, signature)
    }

    /// Octets this certificate would have, were its key and its signature of other algorithms: with a SubjectPublicKeyInfo of `spki`
    /// octets, an AlgorithmIdentifier of the signature of `algorithm` octets (each a whole element), and a signature of `signature`
    /// octets. All else stays, and the lengths of what they stand in are counted as DER writes them (X.690 section 8.1.3).
    #[must_use]
    pub fn len_with(&self, spki: usize, algorithm: usize, signature: usize) -> usize {
        let own = self.public_key.spki().len().saturating_add(self.signed.inner.len());
        let tbs = element_len(self.signed.tbs_len.saturating_sub(own).saturating_add(spki).saturating_add(algorithm));
        let signature = element_len(signature.saturating_add(1));
        element_len(tbs.saturating_add(algorithm).saturating_add(signature))
    }

    /// Whether the certificate is for the identity an ID payload claims (RFC 4945 section 3.1).
    ///
    /// A name or mailbox has to be an alternative name, a domain compared without case; so has an address. A distinguished name
    /// has to be the subject, octet for octet. Wildcards and common names match nothing, nor do ID_KEY_ID, ID_NULL and
    /// unknown types.
    #[must_use]
    pub fn matches(&self, id: &Id<'_>) -> bool {
        if id.ty == IdType::ID_DER_ASN1_DN {
            return self.subject.as_der() == id.data && !self.subject.is_empty();
        }
        let mut reader = self.alternatives;
        core::iter::from_fn(|| reader.any().ok()).any(|name| match (id.ty, GeneralName::of(name)) {
            (IdType::ID_DER_ASN1_GN, _) => name.whole == id.data,
            (IdType::ID_FQDN, GeneralName::Dns(dns)) => dns.eq_ignore_ascii_case(id.data),
            (IdType::ID_RFC822_ADDR, GeneralName::Rfc822(mailbox)) => same_mailbox(mailbox, id.data),
            (IdType::ID_IPV4_ADDR | IdType::ID_IPV6_ADDR, GeneralName::Ip(address)) => same_address(address, id),
            _ => false,
        })
    }
}

/// What is read without the parser, and before it: that one allocates for each attribute and extension, so their number is
/// bounded first.
struct Tbs<'a> {
    serial: &'a [u8],
    subject: DistinguishedName<'a>,
    issuer: DistinguishedName<'a>,
    public_key: PublicKey<'a>,
    algorithm: &'a [u8],
    extensions: Extensions<'a>,
}

impl<'a> Tbs<'a> {
    /// TBSCertificate: [0] version, serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo, unique ids, [3]
    /// extensions.
    fn read(tbs: Tlv<'a>) -> Result<Self, ParseError> {
        let mut reader = tbs.reader();
        reader.optional(VERSION)?;
        let serial = reader.required(tag::INTEGER)?.contents;
        let algorithm = reader.required(tag::SEQUENCE)?.whole;
        let issuer = DistinguishedName::of(reader.required(tag::SEQUENCE)?)?;
        reader.required(tag::SEQUENCE)?;
        let subject = DistinguishedName::of(reader.required(tag::SEQUENCE)?)?;
        let public_key = PublicKey::of(reader.required(tag::SEQUENCE)?)?;
        let mut extensions = Extensions::NONE;
        while !reader.is_empty() {
            let field = reader.any()?;
            if field.tag == EXTENSIONS {
                count_extensions(field)?;
                extensions = Extensions::of(field)?;
            }
        }
        Ok(Self { serial, subject, issuer, public_key, algorithm, extensions })
    }
}

/// Octets of an element with so many octets of contents: an identifier octet, its length, its contents.
const fn element_len(contents: usize) -> usize {
    let length: usize = match contents {
        0..=0x7f => 1,
        0x80..=0xff => 2,
        0x100..=0xffff => 3,
        0x1_0000..=0xff_ffff => 4,
        _ => 5,
    };
    contents.saturating_add(length).saturating_add(1)
}

fn count_extensions(field: Tlv<'_>) -> Result<(), ParseError> {
    let list = field.reader().required(tag::SEQUENCE)?;
    let (mut extensions, mut count) = (list.reader(), 0_usize);
    while !extensions.is_empty() {
        extensions.any()?;
        count = count.saturating_add(1);
    }
    if count > MAX_EXTENSIONS {
        return Err(list.error(ParseErrorKind::TooMany { maximum: MAX_EXTENSIONS }));
    }
    Ok(())
}

fn same_address(address: IpAddr, id: &Id<'_>) -> bool {
    id.address().ok().flatten() == Some(address)
}

/// SEQUENCE SIZE (1..MAX) OF GeneralName, walked to its end, so that later walks need not fail.
fn checked_names(extension: &[u8]) -> Result<Reader<'_>, ParseError> {
    let names = Reader::only(extension, tag::SEQUENCE)?.reader();
    let mut walk = names;
    while !walk.is_empty() {
        walk.any()?;
    }
    Ok(names)
}

/// The alternative names of a [`Certificate`].
#[derive(Clone, Debug)]
pub struct AlternativeNames<'a>(Reader<'a>);

impl<'a> Iterator for AlternativeNames<'a> {
    type Item = GeneralName<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.any().ok().map(|name: Tlv<'a>| GeneralName::of(name))
    }
}

impl FusedIterator for AlternativeNames<'_> {}

impl fmt::Display for SignatureAlgorithm<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.scheme {
            Some(scheme) => write!(f, "{scheme}"),
            None => write!(f, "{}", self.oid),
        }
    }
}

impl Validity {
    /// Whether the moment, in seconds since 1970 in UTC, lies within.
    #[must_use]
    pub const fn contains(&self, unix: i64) -> bool {
        self.not_before.unix <= unix && unix <= self.not_after.unix
    }
}

impl Time {
    fn of(time: ASN1Time) -> Self {
        let utc = time.to_datetime();
        Self { unix: time.timestamp(), date: (utc.year(), utc.month().into(), utc.day()), clock: (utc.hour(), utc.minute(), utc.second()) }
    }

    /// Seconds since the start of 1970, without leap seconds.
    #[must_use]
    pub const fn unix(&self) -> i64 {
        self.unix
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ((year, month, day), (hour, minute, second)) = (self.date, self.clock);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

const fn error(kind: ParseErrorKind) -> ParseError {
    ParseError { element: Element::Der, offset: 0, origin: Origin::Input, kind }
}
