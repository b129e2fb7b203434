//! What a Configuration payload asks for and gives, RFC 7296 sections 2.19 and 3.15.

use crate::registry::{ConfigurationAttributeType, ConfigurationType};
use crate::selectors::Selector;
use crate::wire::{ChainBuilder, Configuration};
use alloc::vec::Vec;
use bytes::Bytes;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Attributes of a peer that are kept.
const MOST: usize = 64;

/// Attributes of a Configuration payload: what an initiator asks for (CFG_REQUEST), or what a responder gives it (CFG_REPLY).
///
/// ```
/// use ikev2::session::ConfigurationSet;
///
/// let asked = ConfigurationSet::any_address();
/// let given = ConfigurationSet::new().with_address("10.9.0.7".parse()?).with_dns("10.9.0.1".parse()?);
/// assert_eq!(given.addresses().count(), 1);
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ConfigurationSet(Vec<(ConfigurationAttributeType, Bytes)>);

impl ConfigurationSet {
    /// No attribute.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Any IPv4 and any IPv6 address, with name servers.
    #[must_use]
    pub fn any_address() -> Self {
        let asked = [
            ConfigurationAttributeType::INTERNAL_IP4_ADDRESS,
            ConfigurationAttributeType::INTERNAL_IP4_DNS,
            ConfigurationAttributeType::INTERNAL_IP6_ADDRESS,
            ConfigurationAttributeType::INTERNAL_IP6_DNS,
        ];
        asked.into_iter().fold(Self::new(), |set, ty| set.with(ty, Bytes::new()))
    }

    /// An attribute with the octets of its value; none asks for any value.
    #[must_use]
    pub fn with(mut self, ty: ConfigurationAttributeType, value: impl Into<Bytes>) -> Self {
        self.0.push((ty, value.into()));
        self
    }

    /// INTERNAL_IP4_ADDRESS, or INTERNAL_IP6_ADDRESS with a prefix of 128 bits.
    #[must_use]
    pub fn with_address(self, address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => self.with(ConfigurationAttributeType::INTERNAL_IP4_ADDRESS, address.octets().to_vec()),
            IpAddr::V6(address) => self.with(ConfigurationAttributeType::INTERNAL_IP6_ADDRESS, [&address.octets()[..], &[128]].concat()),
        }
    }

    /// INTERNAL_IP4_DNS or INTERNAL_IP6_DNS.
    #[must_use]
    pub fn with_dns(self, address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => self.with(ConfigurationAttributeType::INTERNAL_IP4_DNS, address.octets().to_vec()),
            IpAddr::V6(address) => self.with(ConfigurationAttributeType::INTERNAL_IP6_DNS, address.octets().to_vec()),
        }
    }

    /// Type and value of each attribute, in order.
    pub fn attributes(&self) -> impl Iterator<Item = (ConfigurationAttributeType, &[u8])> {
        self.0.iter().map(|(ty, value)| (*ty, &**value))
    }

    /// Whether there is no attribute.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The addresses that are given, or asked for by their value: INTERNAL_IP4_ADDRESS and INTERNAL_IP6_ADDRESS.
    pub fn addresses(&self) -> impl Iterator<Item = IpAddr> {
        self.values([ConfigurationAttributeType::INTERNAL_IP4_ADDRESS, ConfigurationAttributeType::INTERNAL_IP6_ADDRESS])
    }

    /// The name servers: INTERNAL_IP4_DNS and INTERNAL_IP6_DNS.
    pub fn dns(&self) -> impl Iterator<Item = IpAddr> {
        self.values([ConfigurationAttributeType::INTERNAL_IP4_DNS, ConfigurationAttributeType::INTERNAL_IP6_DNS])
    }

    fn values(&self, types: [ConfigurationAttributeType; 2]) -> impl Iterator<Item = IpAddr> {
        self.attributes().filter(move |(ty, _)| types.contains(ty)).filter_map(|(_, value)| address(value))
    }

    /// Each address that is given, as traffic of one host.
    pub(super) fn hosts(&self) -> Vec<Selector> {
        let bits = |address: &IpAddr| if address.is_ipv4() { 32 } else { 128 };
        self.addresses().filter_map(|address| Selector::cidr(address, bits(&address)).ok()).collect()
    }

    /// Whether this asks for addresses, and others are given: none of a family that it asks for.
    pub(super) fn is_missed_by(&self, given: &Self) -> bool {
        let families = [ConfigurationAttributeType::INTERNAL_IP4_ADDRESS, ConfigurationAttributeType::INTERNAL_IP6_ADDRESS];
        let has = |set: &Self, family| set.attributes().any(|(ty, _)| ty == family);
        let in_some = |sets: &[&Self]| families.iter().any(|family| sets.iter().all(|set| has(set, *family)));
        in_some(&[self]) && in_some(&[given]) && !in_some(&[self, given])
    }

    /// The attributes of a payload, as far as they are kept.
    pub(super) fn of(payload: &Configuration<'_>) -> Self {
        let kept = payload.attributes().take(MOST);
        Self(kept.map(|attribute| (attribute.ty, Bytes::copy_from_slice(attribute.value))).collect())
    }

    pub(super) fn push(&self, chain: &mut ChainBuilder<'_>, ty: ConfigurationType) {
        chain.configuration(ty, |attributes| {
            for (ty, value) in self.attributes() {
                attributes.attribute(ty, value);
            }
        });
    }
}

/// An address of 4 octets, or of 16 with or without a prefix length.
fn address(value: &[u8]) -> Option<IpAddr> {
    if let Ok(octets) = <[u8; 4]>::try_from(value) {
        return Some(Ipv4Addr::from(octets).into());
    }
    let (octets, rest) = value.split_first_chunk::<16>()?;
    (rest.len() <= 1).then(|| Ipv6Addr::from(*octets).into())
}

/// Whether a responder gives addresses to its peer (RFC 7296 section 2.19).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AddressAssignment {
    /// It gives none: CFG_REQUEST is not answered.
    #[default]
    Never,
    /// Whoever asks is given what the application says ([`Inquiry::Address`](super::Inquiry::Address)), and has traffic with these addresses only.
    OnRequest,
    /// The same, and whoever does not ask is answered FAILED_CP_REQUIRED in the place of a Child SA.
    Required,
}
