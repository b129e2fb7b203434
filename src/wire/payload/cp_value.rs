//! The shapes of configuration attribute values: one row a type, for both directions.

use super::code_point_list::CodePointList;
use super::cp::{ConfigurationAttribute, ConfigurationBuilder};
use super::encrypted_dns::{EncryptedDns, EncryptedDnsDigest, Resolver};
use super::layout::{Layout, Rest, put};
use crate::error::{BuildError, Element, ParseError, ParseErrorKind};
use crate::registry::ConfigurationAttributeType;
use crate::wire::codec::{Fault, Parsed, complete, fail};
use crate::wire::writer::Writer;
use core::net::{Ipv4Addr, Ipv6Addr};

const ELEMENT: Element = Element::ConfigurationAttribute;

/// The table of configuration attributes whose values have a shape.
///
/// A shape is `Variant(field, ..): (Type, ..) { rows }`, and a row `CONSTANT as Layout, "RFC";`. The layout gives the fields, as a tuple
/// where there are several.
///
/// To add a type: its row in `registry/config.rs`, if there is none, and a row here. That much reads and writes it. The naive decoder of the
/// tests (`tests/kit/naive`) has its own idea of the sizes, and its tests fail until it is told; `arbitrary/values.rs` draws values, and
/// `ike inspect` shows the octets until `tools/src/report/inspect/values.rs` has words for them.
macro_rules! cfg_values {
    ($(
        $(#[$doc:meta])*
        $variant:ident $fields:tt: ($($type:ty),+) { $($konst:ident as $layout:ty, $rfc:literal;)+ }
    )+) => {
        /// A configuration attribute's value in the shape its type gives it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ConfigurationValue<'a> {
            /// No value: the sender of a request asks for one, and leaves it open which.
            Empty,
            $(
                $(#[$doc])*
                $(#[doc = concat!("\n- ", stringify!($konst), " (", $rfc, ")")])+
                $variant($($type),+),
            )+
            /// An attribute this crate knows no shape for.
            Unknown(&'a [u8]),
        }

        impl ConfigurationValue<'_> {
            /// Writes the value of an attribute of type `ty`, or fails if it has the shape of another type.
            #[expect(unused_parens, reason = "a shape may have one field or several")]
            fn write(&self, ty: ConfigurationAttributeType, w: &mut Writer<'_>) {
                let fits = match (ty, *self) {
                    (_, Self::Empty) => true,
                    $($((ConfigurationAttributeType::$konst, Self::$variant $fields) => put::<$layout>($fields, ELEMENT, w),)+)+
                    (_, Self::Unknown(octets)) => {
                        w.slice(octets);
                        !SHAPED.contains(&ty)
                    }
                    // No row gives the variant to this type.
                    _ => false,
                };
                if !fits {
                    w.fail(BuildError::ConfigurationValueShape(ty));
                }
            }
        }

        /// The types whose values have a shape.
        const SHAPED: &[ConfigurationAttributeType] = &[$($(ConfigurationAttributeType::$konst),+),+];

        #[expect(unused_parens, reason = "a shape may have one field or several")]
        fn parse(ty: ConfigurationAttributeType, value: &[u8]) -> Parsed<'_, ConfigurationValue<'_>> {
            match ty {
                _ if value.is_empty() => Ok((value, ConfigurationValue::Empty)),
                $($(ConfigurationAttributeType::$konst => {
                    let (left, $fields) = read::<$layout>(value)?;
                    Ok((left, ConfigurationValue::$variant $fields))
                })+)+
                _ => Ok((&[], ConfigurationValue::Unknown(value))),
            }
        }
    };
}

cfg_values! {
    /// An IPv4 address or mask.
    Ipv4(address): (Ipv4Addr) {
        INTERNAL_IP4_ADDRESS as Ipv4Addr, "RFC 7296";
        INTERNAL_IP4_NETMASK as Ipv4Addr, "RFC 7296";
        INTERNAL_IP4_DNS as Ipv4Addr, "RFC 7296";
        INTERNAL_IP4_NBNS as Ipv4Addr, "RFC 7296";
        INTERNAL_IP4_DHCP as Ipv4Addr, "RFC 7296";
        P_CSCF_IP4_ADDRESS as Ipv4Addr, "RFC 7651";
    }
    /// An IPv6 address.
    Ipv6(address): (Ipv6Addr) {
        INTERNAL_IP6_DNS as Ipv6Addr, "RFC 7296";
        INTERNAL_IP6_DHCP as Ipv6Addr, "RFC 7296";
        P_CSCF_IP6_ADDRESS as Ipv6Addr, "RFC 7651";
    }
    /// An IPv6 address and the prefix length of its network, in bits.
    Ipv6Prefix(address, bits): (Ipv6Addr, u8) {
        INTERNAL_IP6_ADDRESS as (Ipv6Addr, u8), "RFC 7296";
        INTERNAL_IP6_SUBNET as (Ipv6Addr, u8), "RFC 7296";
        INTERNAL_IP6_PREFIX as (Ipv6Addr, u8), "RFC 5739";
    }
    /// An IPv4 network and its mask.
    Ipv4Subnet(network, mask): (Ipv4Addr, Ipv4Addr) {
        INTERNAL_IP4_SUBNET as (Ipv4Addr, Ipv4Addr), "RFC 7296";
    }
    /// Text without a terminator; escape it before you print it.
    Text(text): (&'a [u8]) {
        APPLICATION_VERSION as Rest, "RFC 7296";
        INTERNAL_DNS_DOMAIN as Rest, "RFC 8598";
    }
    /// The attributes the sender knows.
    Types(list): (CodePointList<'a>) {
        SUPPORTED_ATTRIBUTES as CodePointList<'_>, "RFC 7296";
    }
    /// A home address prefix: lifetime in seconds, prefix, and its length in bits.
    HomePrefix(lifetime, prefix, bits): (u32, Ipv6Addr, u8) {
        MIP6_HOME_PREFIX as (u32, Ipv6Addr, u8), "RFC 5026 section 8.1";
    }
    /// A link: interface identifier and link identifier.
    Link(interface, link): (u64, &'a [u8]) {
        INTERNAL_IP6_LINK as (u64, Rest), "RFC 5739";
    }
    /// Seconds.
    Seconds(seconds): (u32) {
        TIMEOUT_PERIOD_FOR_LIVENESS_CHECK as u32, "3GPP TS 24.302";
    }
    /// A DNSSEC trust anchor in the presentation of a DS record's data: key tag, algorithm, digest type, digest.
    TrustAnchor(tag, algorithm, digest_type, digest): (u16, u8, u8, &'a [u8]) {
        INTERNAL_DNSSEC_TA as (u16, u8, u8, Rest), "RFC 8598";
    }
    /// An encrypted DNS resolver.
    EncryptedDns(resolver): (EncryptedDns<'a>) {
        ENCDNS_IP4 as Resolver<4>, "RFC 9464 section 3.1";
        ENCDNS_IP6 as Resolver<16>, "RFC 9464 section 3.1";
    }
    /// The digest of an encrypted DNS resolver's certificate.
    EncryptedDnsDigest(digest): (EncryptedDnsDigest<'a>) {
        ENCDNS_DIGEST_INFO as EncryptedDnsDigest<'_>, "RFC 9464 section 3.2";
    }
}

/// Reads a value; one of a wrong size, where there is one right size, is that, rather than a shortage at its last field.
#[inline]
fn read<'a, L: Layout<'a>>(value: &'a [u8]) -> Parsed<'a, L::Value> {
    match L::SIZE {
        Some(expected) if expected != value.len() => fail(Fault::new(value, ParseErrorKind::SizeMismatch { size: value.len(), expected })),
        _ => L::read(value),
    }
}

impl<'a> ConfigurationAttribute<'a> {
    /// The value in the shape the type gives it.
    ///
    /// # Errors
    /// When the value does not have that shape; the octets stay reachable.
    pub fn typed_value(&self) -> Result<ConfigurationValue<'a>, ParseError> {
        complete(ELEMENT, self.value, self.at.plus(4), parse(self.ty, self.value))
    }
}

impl ConfigurationBuilder<'_, '_> {
    /// Adds an attribute whose value has a shape. The message fails with [`BuildError::ConfigurationValueShape`] if the shape is not that of
    /// the type.
    pub fn value(&mut self, ty: ConfigurationAttributeType, value: &ConfigurationValue<'_>) -> &mut Self {
        self.with(ty, |w| value.write(ty, w))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::{ConfigurationAttributeType as T, ConfigurationType};

    /// Octets of one value, enough of them for the longest value tried.
    const FILLS: [[u8; 300]; 5] = [[0; 300], [1; 300], [2; 300], [4; 300], [0xff; 300]];

    /// The value of an attribute of type `ty` as it is written.
    fn written<'b>(ty: T, value: &ConfigurationValue<'_>, buf: &'b mut [u8; 320]) -> Result<&'b [u8], BuildError> {
        let mut w = Writer::new(buf);
        ConfigurationBuilder::new(&mut w, ConfigurationType::CFG_REPLY).value(ty, value);
        Ok(w.finish()?.get(8..).unwrap())
    }

    fn inputs() -> impl Iterator<Item = &'static [u8]> {
        FILLS.iter().flat_map(|fill| (0..=fill.len()).map(|len| &fill[..len]))
    }

    #[test]
    fn every_row_writes_what_it_reads_and_locates_what_it_does_not_read() {
        for ty in SHAPED {
            let mut read = 0;
            for octets in inputs() {
                match ConfigurationAttribute::new(*ty, octets).typed_value() {
                    Ok(value) => {
                        assert_eq!(value == ConfigurationValue::Empty, octets.is_empty());
                        assert!(!matches!(value, ConfigurationValue::Unknown(_)), "{ty}");
                        assert_eq!(written(*ty, &value, &mut [0; 320]), Ok(octets), "{value:?}");
                        read += usize::from(!octets.is_empty());
                    }
                    Err(error) => {
                        assert_eq!(error.element, ELEMENT);
                        let end = 4 + octets.len();
                        match error.kind {
                            ParseErrorKind::Truncated { needed, available } => {
                                assert!(needed > available && error.offset + available == end, "{error}");
                            }
                            ParseErrorKind::TrailingOctets { count } => assert_eq!(error.offset + count, end, "{error}"),
                            ParseErrorKind::SizeMismatch { size, expected } => {
                                assert!(error.offset == 4 && size == octets.len() && size != expected, "{error}");
                            }
                            _ => panic!("{error}"),
                        }
                    }
                }
            }
            assert!(read > 0, "{ty}");
        }
    }

    /// Whatever type a value was read for: as the value of another type it is refused, or read back the same.
    #[test]
    fn a_value_is_not_written_for_a_type_that_does_not_have_it() {
        let types = || SHAPED.iter().copied().chain([T(99)]);
        let samples = || inputs().filter(|octets| matches!(octets.len(), 0..=24 | 37));
        let (mut right, mut refused) = (0, 0);
        for value in types().flat_map(|of| samples().filter_map(move |octets| ConfigurationAttribute::new(of, octets).typed_value().ok())) {
            for ty in types() {
                match written(ty, &value, &mut [0; 320]) {
                    Ok(octets) => {
                        assert_eq!(ConfigurationAttribute::new(ty, octets).typed_value(), Ok(value), "{ty}");
                        right += 1;
                    }
                    Err(error) => {
                        assert_eq!(error, BuildError::ConfigurationValueShape(ty), "{value:?}");
                        refused += 1;
                    }
                }
            }
        }
        assert!(right > 1000 && refused > 1000, "{right} {refused}");
    }

    #[test]
    fn types_without_a_row_have_any_value() {
        for ty in T::ASSIGNED.iter().copied().filter(|ty| !SHAPED.contains(ty)).chain([T(99)]) {
            assert_eq!(ConfigurationAttribute::new(ty, b"any").typed_value(), Ok(ConfigurationValue::Unknown(b"any")));
            assert_eq!(written(ty, &ConfigurationValue::Unknown(b"any"), &mut [0; 320]), Ok(&b"any"[..]));
        }
    }

    /// Sizes by the documents, against the layouts of the rows.
    #[test]
    fn a_value_of_a_fixed_size_has_no_other() {
        let sizes = [
            (T::INTERNAL_IP4_ADDRESS, 4),
            (T::INTERNAL_IP4_NETMASK, 4),
            (T::INTERNAL_IP4_DNS, 4),
            (T::INTERNAL_IP4_NBNS, 4),
            (T::INTERNAL_IP4_DHCP, 4),
            (T::P_CSCF_IP4_ADDRESS, 4),
            (T::INTERNAL_IP6_DNS, 16),
            (T::INTERNAL_IP6_DHCP, 16),
            (T::P_CSCF_IP6_ADDRESS, 16),
            (T::INTERNAL_IP6_ADDRESS, 17),
            (T::INTERNAL_IP6_SUBNET, 17),
            (T::INTERNAL_IP6_PREFIX, 17),
            (T::INTERNAL_IP4_SUBNET, 8),
            (T::MIP6_HOME_PREFIX, 21),
            (T::TIMEOUT_PERIOD_FOR_LIVENESS_CHECK, 4),
        ];
        for (ty, expected) in sizes {
            for size in 1..60 {
                match ConfigurationAttribute::new(ty, &FILLS[0][..size]).typed_value() {
                    Ok(_) => assert_eq!(size, expected, "{ty}"),
                    Err(error) => assert_eq!((error.offset, error.kind), (4, ParseErrorKind::SizeMismatch { size, expected }), "{ty}"),
                }
            }
        }
    }

    #[test]
    fn fields_stand_where_the_documents_put_them() {
        let v4 = Ipv4Addr::new(10, 0, 0, 1);
        let v6 = Ipv6Addr::from([9; 16]);
        let mut prefix = [9; 21];
        prefix[..4].copy_from_slice(&[0, 0, 1, 0]);
        prefix[20] = 64;
        let resolver = EncryptedDns { priority: 1, addresses: &[10, 0, 0, 1], address_len: 4, name: b"n", parameters: b"p" };
        let digest = EncryptedDnsDigest { name: b"n", hashes: CodePointList::from_octets(&[0, 2]).unwrap(), digest: b"dd" };
        let rows: [(T, &[u8], ConfigurationValue<'_>); 7] = [
            (T::INTERNAL_IP4_SUBNET, &[10, 0, 0, 1, 255, 0, 0, 0], ConfigurationValue::Ipv4Subnet(v4, Ipv4Addr::new(255, 0, 0, 0))),
            (T::INTERNAL_IP6_ADDRESS, &prefix[4..], ConfigurationValue::Ipv6Prefix(v6, 64)),
            (T::MIP6_HOME_PREFIX, &prefix, ConfigurationValue::HomePrefix(256, v6, 64)),
            (T::INTERNAL_IP6_LINK, &[0, 0, 0, 0, 0, 0, 0, 5, 6], ConfigurationValue::Link(5, &[6])),
            (T::INTERNAL_DNSSEC_TA, &[1, 0, 8, 2, 7], ConfigurationValue::TrustAnchor(256, 8, 2, &[7])),
            (T::ENCDNS_IP4, &[0, 1, 1, 1, 10, 0, 0, 1, b'n', b'p'], ConfigurationValue::EncryptedDns(resolver)),
            (T::ENCDNS_DIGEST_INFO, &[1, 1, b'n', 0, 2, b'd', b'd'], ConfigurationValue::EncryptedDnsDigest(digest)),
        ];
        for (ty, octets, value) in rows {
            assert_eq!(ConfigurationAttribute::new(ty, octets).typed_value(), Ok(value));
            assert_eq!(written(ty, &value, &mut [0; 320]), Ok(octets));
        }
    }
}
