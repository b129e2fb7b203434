//! Encrypted DNS resolvers as configuration attributes name them, RFC 9464 section 3.

use super::code_point_list::CodePointList;
use super::layout::Layout;
use crate::error::{BuildError, Element};
use crate::wire::codec::{Parsed, Parser, be_u8, be_u16, counted, rest};
use crate::wire::writer::Writer;

/// An encrypted DNS resolver, RFC 9464 section 3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EncryptedDns<'a> {
    /// Service Priority; 0 only in a request.
    pub priority: u16,
    /// IP addresses, 4 or 16 octets each by attribute type.
    pub addresses: &'a [u8],
    /// Octets of one address.
    pub address_len: u8,
    /// Authentication Domain Name, in the wire format of DNS names.
    pub name: &'a [u8],
    /// Service Parameters (RFC 9460 section 2.2).
    pub parameters: &'a [u8],
}

/// The certificate digest of an encrypted DNS resolver, RFC 9464 section 3.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EncryptedDnsDigest<'a> {
    /// Authentication Domain Name; empty in a request.
    pub name: &'a [u8],
    /// Hash Algorithm Identifiers.
    pub hashes: CodePointList<'a>,
    /// Certificate Digest; empty in a request.
    pub digest: &'a [u8],
}

/// A resolver whose addresses have `LEN` octets: Service Priority (2), Num Addresses (1), ADN Length (1), addresses, name, parameters.
pub(super) struct Resolver<const LEN: u8>;

impl<'a, const LEN: u8> Layout<'a> for Resolver<LEN> {
    type Value = EncryptedDns<'a>;
    const SIZE: Option<usize> = None;

    #[inline]
    fn read(input: &'a [u8]) -> Parsed<'a, Self::Value> {
        let (after, (priority, count, name)) = (be_u16, be_u8, be_u8).parse(input)?;
        (counted(usize::from(count).saturating_mul(LEN.into())), counted(name.into()), rest)
            .map(|(addresses, name, parameters)| EncryptedDns { priority, addresses, address_len: LEN, name, parameters })
            .parse(after)
    }

    fn fits(dns: Self::Value) -> bool {
        dns.address_len == LEN
    }

    fn write(dns: Self::Value, element: Element, w: &mut Writer<'_>) {
        let (octets, size) = (dns.addresses.len(), usize::from(LEN));
        let count = octets.checked_div(size).unwrap_or(0);
        if octets != count.saturating_mul(size) {
            w.fail(BuildError::NotWholeElements { element, octets, size });
        }
        w.put(dns.priority.to_be_bytes());
        w.count_u8(element, count);
        w.count_u8(element, dns.name.len());
        w.slice(dns.addresses);
        w.slice(dns.name);
        w.slice(dns.parameters);
    }
}

/// Num Hash Algs (1), ADN Length (1), name, identifiers (2 each), digest.
impl<'a> Layout<'a> for EncryptedDnsDigest<'a> {
    type Value = Self;
    const SIZE: Option<usize> = None;

    fn read(input: &'a [u8]) -> Parsed<'a, Self> {
        let (after, (count, name)) = (be_u8, be_u8).parse(input)?;
        let (digest, (name, hashes)) = (counted(name.into()), counted(usize::from(count).saturating_mul(2))).parse(after)?;
        let (_, hashes) = CodePointList::parser(hashes)?;
        rest.map(|digest| EncryptedDnsDigest { name, hashes, digest }).parse(digest)
    }

    fn fits(_: Self) -> bool {
        true
    }

    fn write(info: Self, element: Element, w: &mut Writer<'_>) {
        w.count_u8(element, info.hashes.len());
        w.count_u8(element, info.name.len());
        w.slice(info.name);
        info.hashes.emit(w);
        w.slice(info.digest);
    }
}
