//! Extensions of a certificate, RFC 5280 section 4.2: all of them as they stand, and those that decide what a certificate is for.

use super::Oid;
use crate::der::{Reader, Tlv, tag};
use crate::error::{ParseError, ParseErrorKind};
use core::fmt;
use core::iter::FusedIterator;

/// Identifier octets that only extensions have.
const BOOLEAN: u8 = 0x01;
const OCTET_STRING: u8 = 0x04;
/// Of a GeneralName that is a uniformResourceIdentifier.
const URI: u8 = 0x86;

/// id-ce of RFC 5280 section 4.2.1, and id-pe-authorityInfoAccess.
const SUBJECT_KEY_IDENTIFIER: &[u8] = b"\x55\x1d\x0e";
const KEY_USAGE: &[u8] = b"\x55\x1d\x0f";
const BASIC_CONSTRAINTS: &[u8] = b"\x55\x1d\x13";
const CRL_DISTRIBUTION_POINTS: &[u8] = b"\x55\x1d\x1f";
const AUTHORITY_KEY_IDENTIFIER: &[u8] = b"\x55\x1d\x23";
const EXT_KEY_USAGE: &[u8] = b"\x55\x1d\x25";
const AUTHORITY_INFO_ACCESS: &[u8] = b"\x2b\x06\x01\x05\x05\x07\x01\x01";

/// The extensions of a certificate.
#[derive(Clone, Copy, Debug)]
pub struct Extensions<'a>(Reader<'a>);

/// One extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Extension<'a> {
    /// Which one.
    pub oid: Oid<'a>,
    /// Whoever does not understand it must not use the certificate (RFC 5280 section 4.2).
    pub critical: bool,
    /// extnValue, in DER.
    pub value: &'a [u8],
}

/// What the key may be used for (RFC 5280 section 4.2.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct KeyUsage {
    /// The bits, digitalSignature the most significant one.
    pub bits: u16,
}

/// Whether the certificate is an authority's (RFC 5280 section 4.2.1.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct BasicConstraints {
    /// It is.
    pub is_ca: bool,
    /// How many authorities may stand between it and the end of the path; `None` for any number.
    pub path_len: Option<u32>,
}

impl<'a> Extensions<'a> {
    /// None.
    pub(super) const NONE: Self = Self(Reader::new(&[]));

    /// Reads the field [3] of TBSCertificate to its end, so that later walks need not fail.
    pub(super) fn of(field: Tlv<'a>) -> Result<Self, ParseError> {
        let extensions = field.reader().required(tag::SEQUENCE)?.reader();
        let mut walk = extensions;
        while !walk.is_empty() {
            Extension::of(walk.required(tag::SEQUENCE)?)?;
        }
        Ok(Self(extensions))
    }

    /// Each of them.
    #[must_use]
    pub const fn iter(&self) -> ExtensionIter<'a> {
        ExtensionIter(self.0)
    }

    fn value(&self, id: &[u8]) -> Result<Option<Tlv<'a>>, ParseError> {
        let Some(extension) = self.iter().find(|extension| extension.oid.as_octets() == id) else { return Ok(None) };
        let mut reader = Reader::new(extension.value);
        let value = reader.any()?;
        reader.end()?;
        Ok(Some(value))
    }

    fn expected(&self, id: &[u8], tag: u8) -> Result<Option<Tlv<'a>>, ParseError> {
        match self.value(id)? {
            Some(value) if value.tag != tag => Err(value.error(ParseErrorKind::DerOctet { octet: value.tag })),
            value => Ok(value),
        }
    }

    /// keyUsage; `None` when it is not there, and the key may be used for anything.
    ///
    /// # Errors
    /// When the extension is malformed.
    pub fn key_usage(&self) -> Result<Option<KeyUsage>, ParseError> {
        let Some(value) = self.expected(KEY_USAGE, tag::BIT_STRING)? else { return Ok(None) };
        match *value.contents {
            [0..=7] => Ok(Some(KeyUsage { bits: 0 })),
            [0..=7, first] => Ok(Some(KeyUsage { bits: u16::from_be_bytes([first, 0]) })),
            [0..=7, first, second] => Ok(Some(KeyUsage { bits: u16::from_be_bytes([first, second]) })),
            _ => Err(value.error(ParseErrorKind::SizeRange { size: value.contents.len(), minimum: 1, maximum: 3 })),
        }
    }

    /// extKeyUsage: the purposes the key is certified for (section 4.2.1.12); `None` when it is not there.
    ///
    /// # Errors
    /// When the extension is malformed or names no purpose.
    pub fn extended_key_usage(&self) -> Result<Option<Purposes<'a>>, ParseError> {
        let Some(value) = self.expected(EXT_KEY_USAGE, tag::SEQUENCE)? else { return Ok(None) };
        let mut walk = value.reader();
        if walk.is_empty() {
            return Err(value.error(ParseErrorKind::EmptyList));
        }
        while !walk.is_empty() {
            Oid::of(walk.required(tag::OID)?)?;
        }
        Ok(Some(Purposes(value.reader())))
    }

    /// basicConstraints; `None` when it is not there, and the certificate is no authority's.
    ///
    /// # Errors
    /// When the extension is malformed.
    pub fn basic_constraints(&self) -> Result<Option<BasicConstraints>, ParseError> {
        let Some(value) = self.expected(BASIC_CONSTRAINTS, tag::SEQUENCE)? else { return Ok(None) };
        let mut reader = value.reader();
        let is_ca = reader.optional(BOOLEAN)?.is_some_and(|ca| ca.contents.iter().any(|octet| *octet != 0));
        let path_len = reader.optional(tag::INTEGER)?.map(path_len).transpose()?;
        reader.end()?;
        Ok(Some(BasicConstraints { is_ca, path_len }))
    }

    /// subjectKeyIdentifier: what the certificates that this key signs name it by (section 4.2.1.2).
    ///
    /// # Errors
    /// When the extension is malformed.
    pub fn subject_key_identifier(&self) -> Result<Option<&'a [u8]>, ParseError> {
        Ok(self.expected(SUBJECT_KEY_IDENTIFIER, OCTET_STRING)?.map(|value| value.contents))
    }

    /// keyIdentifier of authorityKeyIdentifier: which key of the issuer signed it (section 4.2.1.1).
    ///
    /// # Errors
    /// When the extension is malformed.
    pub fn authority_key_identifier(&self) -> Result<Option<&'a [u8]>, ParseError> {
        let Some(value) = self.expected(AUTHORITY_KEY_IDENTIFIER, tag::SEQUENCE)? else { return Ok(None) };
        Ok(value.reader().optional(0x80)?.map(|identifier| identifier.contents))
    }

    /// The URIs of cRLDistributionPoints (section 4.2.1.13): where the list of revoked certificates is.
    #[must_use]
    pub fn crl_distribution_points(&self) -> Uris<'a> {
        Uris::of(self.value(CRL_DISTRIBUTION_POINTS))
    }

    /// The URIs of authorityInfoAccess (section 4.2.2.1): where the issuer's certificate and its OCSP responder are.
    #[must_use]
    pub fn authority_info_access(&self) -> Uris<'a> {
        Uris::of(self.value(AUTHORITY_INFO_ACCESS))
    }
}

/// INTEGER (0..MAX); what is larger than 32 bits allows as much.
fn path_len(value: Tlv<'_>) -> Result<u32, ParseError> {
    match value.contents {
        [] => Err(value.error(ParseErrorKind::NoData)),
        [first, ..] if first & 0x80 != 0 => Err(value.error(ParseErrorKind::DerOctet { octet: *first })),
        octets if octets.len() > 5 => Ok(u32::MAX),
        octets => {
            let number = octets.iter().fold(0_u64, |sum, octet| sum.wrapping_shl(8) | u64::from(*octet));
            Ok(u32::try_from(number).unwrap_or(u32::MAX))
        }
    }
}

impl<'a> Extension<'a> {
    /// Extension ::= SEQUENCE { extnID, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }
    fn of(extension: Tlv<'a>) -> Result<Self, ParseError> {
        let mut reader = extension.reader();
        let oid = Oid::of(reader.required(tag::OID)?)?;
        let critical = reader.optional(BOOLEAN)?.is_some_and(|critical| critical.contents.iter().any(|octet| *octet != 0));
        let value = reader.required(OCTET_STRING)?.contents;
        reader.end()?;
        Ok(Self { oid, critical, value })
    }
}

/// Walks over [`Extensions`].
#[derive(Clone, Debug)]
pub struct ExtensionIter<'a>(Reader<'a>);

impl<'a> Iterator for ExtensionIter<'a> {
    type Item = Extension<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.any().and_then(Extension::of).ok()
    }
}

impl FusedIterator for ExtensionIter<'_> {}

impl<'a> IntoIterator for &Extensions<'a> {
    type Item = Extension<'a>;
    type IntoIter = ExtensionIter<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// KeyPurposeIds of an extKeyUsage extension.
#[derive(Clone, Debug)]
pub struct Purposes<'a>(Reader<'a>);

impl<'a> Iterator for Purposes<'a> {
    type Item = Oid<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.any().and_then(Oid::of).ok()
    }
}

impl FusedIterator for Purposes<'_> {}

/// URIs anywhere in an extension, in their order.
#[derive(Clone, Debug)]
pub struct Uris<'a> {
    /// What is still to be walked through at each depth.
    open: [Reader<'a>; DEPTH],
    depth: usize,
}

/// Levels of CRLDistributionPoints down to a name: points, point, distributionPoint, fullName, name.
const DEPTH: usize = 5;

impl<'a> Uris<'a> {
    fn of(value: Result<Option<Tlv<'a>>, ParseError>) -> Self {
        let outermost = value.ok().flatten().map_or(Reader::new(&[]), |value| value.reader());
        let mut open = [Reader::new(&[]); DEPTH];
        if let Some(first) = open.first_mut() {
            *first = outermost;
        }
        Self { open, depth: 0 }
    }
}

impl<'a> Iterator for Uris<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.open.get_mut(self.depth)?.any() {
                Ok(element) if element.tag == URI => return Some(element.contents),
                // Constructed elements hold more; too deep for a name they are passed over.
                Ok(element) if element.tag & 0x20 != 0 => {
                    let deeper = self.depth.saturating_add(1);
                    if let Some(slot) = self.open.get_mut(deeper) {
                        *slot = element.reader();
                        self.depth = deeper;
                    }
                }
                Ok(_) => {}
                // The end of a level, or nothing that can be read: on with what is around it.
                Err(_) if self.depth == 0 => return None,
                Err(_) => self.depth = self.depth.saturating_sub(1),
            }
        }
    }
}

impl FusedIterator for Uris<'_> {}

/// Names of the bits of KeyUsage, the first bit first.
const USAGES: [&str; 9] = [
    "digitalSignature",
    "contentCommitment",
    "keyEncipherment",
    "dataEncipherment",
    "keyAgreement",
    "keyCertSign",
    "cRLSign",
    "encipherOnly",
    "decipherOnly",
];

impl KeyUsage {
    const fn has(self, bit: u16) -> bool {
        self.bits & bit != 0
    }

    /// digitalSignature: it may sign in an authentication.
    #[must_use]
    pub const fn digital_signature(self) -> bool {
        self.has(0x8000)
    }

    /// contentCommitment, which was nonRepudiation: RFC 4945 section 5.1.3.2 lets it stand for digitalSignature.
    #[must_use]
    pub const fn content_commitment(self) -> bool {
        self.has(0x4000)
    }

    /// keyCertSign: it may sign certificates.
    #[must_use]
    pub const fn key_cert_sign(self) -> bool {
        self.has(0x0400)
    }

    /// The names of the bits that are set, as RFC 5280 spells them.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let mut mask = 0x8000_u16;
        USAGES.into_iter().filter(move |_| {
            let set = self.has(mask);
            mask = mask.wrapping_shr(1);
            set
        })
    }
}

impl fmt::Display for KeyUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, name) in self.names().enumerate() {
            write!(f, "{}{name}", if n == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec::Vec;

    fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        let contents = parts.concat();
        [&[tag, u8::try_from(contents.len()).unwrap()], &*contents].concat()
    }

    fn one(id: &[u8], value: &[u8]) -> Vec<u8> {
        let extension = tlv(tag::SEQUENCE, &[&tlv(tag::OID, &[id]), &tlv(BOOLEAN, &[&[0xff]]), &tlv(OCTET_STRING, &[value])]);
        tlv(0xa3, &[&tlv(tag::SEQUENCE, &[&extension])])
    }

    fn read(der: &[u8]) -> Result<Extensions<'_>, ParseError> {
        Extensions::of(Reader::only(der, 0xa3)?)
    }

    #[test]
    fn key_usage_is_bits() {
        for (value, text) in [
            (&[0x03, 0x02, 0x07, 0x80][..], "digitalSignature"),
            (&[0x03, 0x02, 0x01, 0x06], "keyCertSign, cRLSign"),
            (&[0x03, 0x03, 0x07, 0x08, 0x80], "keyAgreement, decipherOnly"),
            (&[0x03, 0x01, 0x00], ""),
        ] {
            let der = one(KEY_USAGE, value);
            let usage = read(&der).unwrap().key_usage().unwrap().unwrap();
            assert_eq!(usage.to_string(), text);
            assert_eq!(usage.digital_signature(), text.contains("digitalSignature"));
            assert_eq!(usage.key_cert_sign(), text.contains("keyCertSign"));
        }
        assert!(read(&one(KEY_USAGE, &[0x03, 0x00])).unwrap().key_usage().is_err());
        assert!(read(&one(KEY_USAGE, &[0x04, 0x01, 0])).unwrap().key_usage().is_err());
    }

    #[test]
    fn constraints_and_purposes() {
        let constraints = |value: &[u8]| read(&one(BASIC_CONSTRAINTS, value)).unwrap().basic_constraints().map(Option::unwrap);
        assert_eq!(constraints(&[0x30, 0]), Ok(BasicConstraints { is_ca: false, path_len: None }));
        assert_eq!(constraints(&[0x30, 6, 1, 1, 0xff, 2, 1, 3]), Ok(BasicConstraints { is_ca: true, path_len: Some(3) }));
        let huge = constraints(&[0x30, 11, 1, 1, 0xff, 2, 6, 1, 0, 0, 0, 0, 0]);
        assert_eq!(huge, Ok(BasicConstraints { is_ca: true, path_len: Some(u32::MAX) }));
        assert!(constraints(&[0x30, 3, 2, 1, 0x80]).is_err());
        let purposes = |value: &[u8]| read(&one(EXT_KEY_USAGE, value)).unwrap().extended_key_usage().map(|all| all.unwrap().count());
        assert_eq!(purposes(&[0x30, 6, 6, 1, 0x2a, 6, 1, 0x2b]), Ok(2));
        assert!(purposes(&[0x30, 0]).is_err() && purposes(&[0x30, 2, 5, 0]).is_err());
    }

    #[test]
    fn uris_are_found_where_they_stand() {
        let name = tlv(URI, &[b"http://a/b.crl"]);
        let point = |names: &[&[u8]]| tlv(tag::SEQUENCE, &[&tlv(0xa0, &[&tlv(0xa0, names)])]);
        let der = one(CRL_DISTRIBUTION_POINTS, &tlv(tag::SEQUENCE, &[&point(&[&name, &name]), &point(&[&name])]));
        let extensions = read(&der).unwrap();
        assert_eq!(extensions.crl_distribution_points().collect::<Vec<_>>(), [b"http://a/b.crl"; 3]);
        assert_eq!(extensions.authority_info_access().next(), None);
        assert!(extensions.iter().all(|extension| extension.critical));
        // Deeper than any name: passed over, and the walk ends.
        let deep = (0..9).fold(name, |inner, _| tlv(0xa0, &[&inner]));
        let der = one(CRL_DISTRIBUTION_POINTS, &tlv(tag::SEQUENCE, &[&deep]));
        assert_eq!(read(&der).unwrap().crl_distribution_points().next(), None);
    }

    #[test]
    fn what_is_no_list_of_extensions_is_refused_whole() {
        let der = one(KEY_USAGE, &[0x03, 0x02, 0x07, 0x80]);
        for cut in 0..der.len() {
            assert!(read(&der[..cut]).is_err());
        }
        assert!(read(&tlv(0xa3, &[&tlv(tag::SEQUENCE, &[&[5, 0]])])).is_err());
    }
}
