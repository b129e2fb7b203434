//! The shapes of configuration attribute values: RFC 7296 section 3.15.1, RFC 5026, RFC 5739, RFC 7651, RFC 8598, RFC 9464.

use super::code_point_list::U16List;
use super::cp::{CfgAttribute, ConfigurationBuilder};
use crate::error::{BuildError, Element, ParseError, ParseErrorKind};
use crate::registry::CfgAttributeType;
use crate::wire::codec::{Fault, Parsed, Parser, be_u8, be_u16, complete, fail, octets, rest, take};
use crate::wire::writer::Writer;
use core::net::{Ipv4Addr, Ipv6Addr};

/// A configuration attribute's value in the shape its type gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CfgValue<'a> {
    /// No value: the sender of a request asks for one, and leaves it open which.
    Empty,
    /// An IPv4 address or mask.
    Ipv4(Ipv4Addr),
    /// An IPv6 address.
    Ipv6(Ipv6Addr),
    /// An IPv6 address and the prefix length of its network, in bits (INTERNAL_IP6_ADDRESS, INTERNAL_IP6_SUBNET,
    /// INTERNAL_IP6_PREFIX, MIP6_HOME_PREFIX).
    Ipv6Prefix(Ipv6Addr, u8),
    /// An IPv4 network and its mask (INTERNAL_IP4_SUBNET).
    Ipv4Subnet(Ipv4Addr, Ipv4Addr),
    /// Text without a terminator (APPLICATION_VERSION, INTERNAL_DNS_DOMAIN); escape it before you print it.
    Text(&'a [u8]),
    /// The attributes the sender knows (SUPPORTED_ATTRIBUTES).
    Types(U16List<'a>),
    /// A home address prefix: lifetime in seconds, prefix, and its length in bits (MIP6_HOME_PREFIX, RFC 5026 section 8.1).
    HomePrefix(u32, Ipv6Addr, u8),
    /// A link: interface identifier and link identifier (INTERNAL_IP6_LINK).
    Link(u64, &'a [u8]),
    /// Seconds (TIMEOUT_PERIOD_FOR_LIVENESS_CHECK).
    Seconds(u32),
    /// A DNSSEC trust anchor in the presentation of a DS record's data: key tag, algorithm, digest type, digest (RFC 8598).
    TrustAnchor(u16, u8, u8, &'a [u8]),
    /// An encrypted DNS resolver (ENCDNS_IP4, ENCDNS_IP6).
    EncryptedDns(EncryptedDns<'a>),
    /// The digest of an encrypted DNS resolver's certificate (ENCDNS_DIGEST_INFO).
    EncryptedDnsDigest(EncryptedDnsDigest<'a>),
    /// An attribute this crate knows no shape for.
    Opaque(&'a [u8]),
}

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
    pub hashes: U16List<'a>,
    /// Certificate Digest; empty in a request.
    pub digest: &'a [u8],
}

impl<'a> CfgAttribute<'a> {
    /// The value in the shape the type gives it.
    ///
    /// # Errors
    /// When the value does not have that shape; the octets stay reachable.
    pub fn value(&self) -> Result<CfgValue<'a>, ParseError> {
        complete(Element::ConfigurationAttribute, self.octets, self.at.plus(4), parse(self.ty, self.octets))
    }
}

impl ConfigurationBuilder<'_, '_> {
    /// Adds an attribute whose value has a shape.
    pub fn value(&mut self, ty: CfgAttributeType, value: &CfgValue<'_>) -> &mut Self {
        self.with(ty, |w| value.emit(w))
    }
}

fn parse(ty: CfgAttributeType, value: &[u8]) -> Parsed<'_, CfgValue<'_>> {
    use CfgAttributeType as T;
    if value.is_empty() {
        return Ok((value, CfgValue::Empty));
    }
    match ty {
        T::INTERNAL_IP4_ADDRESS
        | T::INTERNAL_IP4_NETMASK
        | T::INTERNAL_IP4_DNS
        | T::INTERNAL_IP4_NBNS
        | T::INTERNAL_IP4_DHCP
        | T::P_CSCF_IP4_ADDRESS => sized(octets.map(|octets| CfgValue::Ipv4(Ipv4Addr::from(*octets))), 4, value),
        T::INTERNAL_IP6_DNS | T::INTERNAL_IP6_DHCP | T::P_CSCF_IP6_ADDRESS => {
            sized(octets::<16>.map(|octets| CfgValue::Ipv6(Ipv6Addr::from(*octets))), 16, value)
        }
        T::INTERNAL_IP6_ADDRESS | T::INTERNAL_IP6_SUBNET | T::INTERNAL_IP6_PREFIX => {
            sized((octets::<16>, be_u8).map(|(address, bits)| CfgValue::Ipv6Prefix(Ipv6Addr::from(*address), bits)), 17, value)
        }
        T::INTERNAL_IP4_SUBNET => {
            sized((octets::<4>, octets::<4>).map(|(net, mask)| CfgValue::Ipv4Subnet(Ipv4Addr::from(*net), Ipv4Addr::from(*mask))), 8, value)
        }
        T::MIP6_HOME_PREFIX => sized(
            (octets::<4>, octets::<16>, be_u8)
                .map(|(life, prefix, bits)| CfgValue::HomePrefix(u32::from_be_bytes(*life), Ipv6Addr::from(*prefix), bits)),
            21,
            value,
        ),
        T::TIMEOUT_PERIOD_FOR_LIVENESS_CHECK => sized(octets::<4>.map(|seconds| CfgValue::Seconds(u32::from_be_bytes(*seconds))), 4, value),
        T::INTERNAL_IP6_LINK => (octets::<8>, rest).map(|(id, link)| CfgValue::Link(u64::from_be_bytes(*id), link)).parse(value),
        T::APPLICATION_VERSION | T::INTERNAL_DNS_DOMAIN => rest.map(CfgValue::Text).parse(value),
        T::SUPPORTED_ATTRIBUTES => U16List::parser(value).map(|(left, list)| (left, CfgValue::Types(list))),
        T::INTERNAL_DNSSEC_TA => (be_u16, be_u8, be_u8, rest)
            .map(|(tag, algorithm, digest, data)| CfgValue::TrustAnchor(tag, algorithm, digest, data))
            .parse(value),
        T::ENCDNS_IP4 => encrypted_dns(value, 4),
        T::ENCDNS_IP6 => encrypted_dns(value, 16),
        T::ENCDNS_DIGEST_INFO => encrypted_dns_digest(value),
        _ => rest.map(CfgValue::Opaque).parse(value),
    }
}

/// A value of one size: a wrong one is a wrong size, rather than a shortage at its last field.
fn sized<'a, P>(mut parser: P, expected: usize, value: &'a [u8]) -> Parsed<'a, P::Output>
where
    P: Parser<&'a [u8], Error = Fault<'a>>,
{
    if value.len() != expected {
        return fail(Fault::new(value, ParseErrorKind::Size { size: value.len(), expected }));
    }
    parser.parse(value)
}

/// Service Priority (2), Num Addresses (1), ADN Length (1), addresses, name, parameters.
fn encrypted_dns(value: &[u8], address_len: u8) -> Parsed<'_, CfgValue<'_>> {
    let (after, (priority, count, name)) = (be_u16, be_u8, be_u8).parse(value)?;
    (take(usize::from(count).saturating_mul(address_len.into())), take(name.into()), rest)
        .map(|(addresses, name, parameters)| CfgValue::EncryptedDns(EncryptedDns { priority, addresses, address_len, name, parameters }))
        .parse(after)
}

/// Num Hash Algs (1), ADN Length (1), name, identifiers (2 each), digest.
fn encrypted_dns_digest(value: &[u8]) -> Parsed<'_, CfgValue<'_>> {
    let (after, (count, name)) = (be_u8, be_u8).parse(value)?;
    let (digest, (name, hashes)) = (take(name.into()), take(usize::from(count).saturating_mul(2))).parse(after)?;
    let (_, hashes) = U16List::parser(hashes)?;
    rest.map(|digest| CfgValue::EncryptedDnsDigest(EncryptedDnsDigest { name, hashes, digest })).parse(digest)
}

impl CfgValue<'_> {
    /// Writes the value, without the attribute's type and length.
    pub(crate) fn emit(&self, w: &mut Writer<'_>) {
        const ELEMENT: Element = Element::ConfigurationAttribute;
        match *self {
            Self::Empty => {}
            Self::Ipv4(address) => w.put(address.octets()),
            Self::Ipv6(address) => w.put(address.octets()),
            Self::Ipv6Prefix(address, bits) => {
                w.put(address.octets());
                w.put([bits]);
            }
            Self::Ipv4Subnet(net, mask) => {
                w.put(net.octets());
                w.put(mask.octets());
            }
            Self::Text(octets) | Self::Opaque(octets) => w.slice(octets),
            Self::Types(list) => list.emit(w),
            Self::HomePrefix(life, prefix, bits) => {
                w.put(life.to_be_bytes());
                w.put(prefix.octets());
                w.put([bits]);
            }
            Self::Link(id, link) => {
                w.put(id.to_be_bytes());
                w.slice(link);
            }
            Self::Seconds(seconds) => w.put(seconds.to_be_bytes()),
            Self::TrustAnchor(tag, algorithm, digest, data) => {
                w.put(tag.to_be_bytes());
                w.put([algorithm, digest]);
                w.slice(data);
            }
            Self::EncryptedDns(dns) => {
                let (octets, size) = (dns.addresses.len(), usize::from(dns.address_len));
                let count = octets.checked_div(size).unwrap_or(0);
                if octets != count.saturating_mul(size) {
                    w.fail(BuildError::NotWholeElements { element: ELEMENT, octets, size });
                }
                w.put(dns.priority.to_be_bytes());
                w.count_u8(ELEMENT, count);
                w.count_u8(ELEMENT, dns.name.len());
                w.slice(dns.addresses);
                w.slice(dns.name);
                w.slice(dns.parameters);
            }
            Self::EncryptedDnsDigest(info) => {
                w.count_u8(ELEMENT, info.hashes.len());
                w.count_u8(ELEMENT, info.name.len());
                w.slice(info.name);
                info.hashes.emit(w);
                w.slice(info.digest);
            }
        }
    }
}
