//! The gateway that REDIRECT and REDIRECTED_FROM name, RFC 5685 section 6.
//!
//! ```text
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! | GW Ident Type |  GW Ident Len |                               ~
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+    New Responder GW Identity  ~
//! ~                                                               ~
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! ```

use super::layout::Layout;
use crate::error::{Element, ParseErrorKind};
use crate::registry::GatewayIdType;
use crate::wire::codec::{Fault, Parsed, Parser, address, be_u8, counted, fail};
use crate::wire::writer::Writer;
use core::net::IpAddr;

/// A security gateway, RFC 5685 section 6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Gateway<'a> {
    /// Its IPv4 or IPv6 address.
    Address(IpAddr),
    /// Its fully qualified name; escape it before you print it.
    Fqdn(&'a [u8]),
    /// A type this crate does not know.
    Unknown(GatewayIdType, &'a [u8]),
}

impl<'a> Layout<'a> for Gateway<'a> {
    type Value = Self;
    const SIZE: Option<usize> = None;

    fn read(input: &'a [u8]) -> Parsed<'a, Self> {
        let (after, (ty, len)) = (be_u8, be_u8).parse(input)?;
        let (left, identity) = counted(len.into())(after)?;
        let ty = GatewayIdType(ty);
        let expected = match ty {
            GatewayIdType::IPV4 => Some(4),
            GatewayIdType::IPV6 => Some(16),
            _ => None,
        };
        let gateway = match (expected, address(identity)) {
            (Some(expected), Some(address)) if identity.len() == expected => Gateway::Address(address),
            (Some(expected), _) => return fail(Fault::new(after, ParseErrorKind::SizeMismatch { size: identity.len(), expected })),
            (None, _) if ty == GatewayIdType::FQDN => Gateway::Fqdn(identity),
            _ => Gateway::Unknown(ty, identity),
        };
        Ok((left, gateway))
    }

    fn fits(gateway: Self) -> bool {
        match gateway {
            Gateway::Address(_) | Gateway::Fqdn(_) => true,
            Gateway::Unknown(ty, _) => !matches!(ty, GatewayIdType::IPV4 | GatewayIdType::IPV6 | GatewayIdType::FQDN),
        }
    }

    fn write(gateway: Self, element: Element, w: &mut Writer<'_>) {
        let mut put = |ty: GatewayIdType, identity: &[u8]| {
            w.put([ty.0]);
            w.count_u8(element, identity.len());
            w.slice(identity);
        };
        match gateway {
            Gateway::Address(IpAddr::V4(address)) => put(GatewayIdType::IPV4, &address.octets()),
            Gateway::Address(IpAddr::V6(address)) => put(GatewayIdType::IPV6, &address.octets()),
            Gateway::Fqdn(identity) => put(GatewayIdType::FQDN, identity),
            Gateway::Unknown(ty, identity) => put(ty, identity),
        }
    }
}
