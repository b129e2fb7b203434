//! Where a responder sends its initiators, RFC 5685.

use crate::wire::{Gateway, MessageBuilder, NotifyData};
use alloc::vec::Vec;
use core::net::IpAddr;

/// Another gateway (RFC 5685 section 6).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RedirectTarget {
    /// Its address.
    Address(IpAddr),
    /// Its fully qualified name, as it was sent; escape it before you print it.
    Fqdn(Vec<u8>),
}

impl RedirectTarget {
    pub(super) fn of(gateway: Gateway<'_>) -> Option<Self> {
        match gateway {
            Gateway::Address(address) => Some(Self::Address(address)),
            Gateway::Fqdn(name) => Some(Self::Fqdn(name.to_vec())),
            Gateway::Unknown(..) => None,
        }
    }

    /// REDIRECTED_FROM (RFC 5685 section 3).
    pub(super) fn announce(&self, builder: &mut MessageBuilder<'_>) {
        let gateway = match self {
            Self::Address(address) => Gateway::Address(*address),
            Self::Fqdn(name) => Gateway::Fqdn(name),
        };
        builder.notify(NotifyData::RedirectedFrom(gateway, &[]));
    }
}
