//! Where a responder sends its initiators, RFC 5685.

use super::event::Event;
use super::sa::Sa;
use crate::registry::NotifyType;
use crate::wire::{Gateway, MessageBuilder, NotifyData, Parts};
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
    fn of(gateway: Gateway<'_>) -> Option<Self> {
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

/// What REDIRECT says, and its nonce.
pub(super) fn read<'a>(parts: &Parts<'a>) -> Option<(RedirectTarget, &'a [u8])> {
    match parts.notify(NotifyType::REDIRECT)?.typed_data() {
        Ok(NotifyData::Redirect(gateway, nonce)) => Some((RedirectTarget::of(gateway)?, nonce)),
        _ => None,
    }
}

/// An authentic message of the responder sends us elsewhere.
pub(super) fn tell(sa: &mut Sa, parts: &Parts<'_>) -> bool {
    let Some((to, _)) = read(parts) else { return false };
    sa.tell(Event::Redirected { to, is_authentic: true });
    true
}
