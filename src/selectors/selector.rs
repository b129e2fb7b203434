//! One traffic selector, RFC 7296 section 3.13.1.

use super::error::SelectorError;
use crate::wire::TrafficSelector;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Ports from the first to the last: RFC 4301 section 4.4.1.1 calls that ANY.
const ANY: (u16, u16) = (0, u16::MAX);

/// Start Port and End Port where the ports cannot be seen.
const OPAQUE: (u16, u16) = (u16::MAX, 0);

/// A protocol, a range of ports and a range of addresses of IPv4 or IPv6.
///
/// Both ends belong to a range. The addresses are of one version of IP and the first is not above the last; so are the ports, or they are
/// OPAQUE: the packets in which there are none to see, as in fragments but the first (RFC 4301 section 4.4.1.1). ANY ports, 0 to 65535,
/// hold OPAQUE.
///
/// What stands for ports depends on the protocol (RFC 7296 section 3.13.1): of ICMP and ICMPv6 the type in the 8 high bits and the code in
/// the 8 low ones, of Mobile IPv6 (protocol 135) the type of the Mobility Header in the 8 high bits. A range of ports beside protocol 0,
/// which the RFC does not have, is taken as that range of every protocol.
///
/// `FromStr` and `Display` have the notation of strongSwan: `10.0.0.0/8`, `10.0.0.1-10.0.0.9`, `10.0.0.1`, and behind any of them a protocol
/// and ports in brackets: `[tcp]`, `[tcp/443]`, `[17/1024-65535]`, `[/53]` of every protocol, `[udp/opaque]`, of ICMP `[icmp/8]` with every
/// code of the type, `[icmp/3(1)]`, `[icmp/3(1)-3(4)]`. Bits of an address behind the prefix length are not looked at.
///
/// ```
/// use ikev2::selectors::Selector;
/// let selector: Selector = "10.0.0.7/8[icmp/8]".parse()?;
/// assert_eq!(selector.to_string(), "10.0.0.0/8[icmp/8]");
/// assert_eq!((selector.protocol(), selector.ports()), (1, (0x0800, 0x08ff)));
/// # Ok::<(), ikev2::selectors::SelectorError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Selector {
    addresses: (IpAddr, IpAddr),
    protocol: u8,
    ports: (u16, u16),
}

impl Selector {
    /// A selector of this protocol (0: any), these ports and these addresses, both ends included.
    ///
    /// # Errors
    /// When the addresses are of two versions of IP, or a range ends before it starts; but ports of 65535 to 0 are OPAQUE.
    pub fn new(protocol: u8, ports: (u16, u16), addresses: (IpAddr, IpAddr)) -> Result<Self, SelectorError> {
        match addresses {
            (first, last) if first.is_ipv4() != last.is_ipv4() => Err(SelectorError::Families),
            (first, last) if first > last => Err(SelectorError::Addresses),
            _ if ports.0 > ports.1 && ports != OPAQUE => Err(SelectorError::Ports),
            _ => Ok(Self { addresses, protocol, ports }),
        }
    }

    /// All that IPv4 carries.
    #[must_use]
    pub const fn all_v4() -> Self {
        let addresses = (IpAddr::V4(Ipv4Addr::UNSPECIFIED), IpAddr::V4(Ipv4Addr::BROADCAST));
        Self { addresses, protocol: 0, ports: ANY }
    }

    /// All that IPv6 carries.
    #[must_use]
    pub const fn all_v6() -> Self {
        let addresses = (IpAddr::V6(Ipv6Addr::UNSPECIFIED), IpAddr::V6(Ipv6Addr::from_bits(u128::MAX)));
        Self { addresses, protocol: 0, ports: ANY }
    }

    /// All traffic of one address.
    #[must_use]
    pub const fn host(address: IpAddr) -> Self {
        Self { addresses: (address, address), protocol: 0, ports: ANY }
    }

    /// All traffic of the network that holds the address, its prefix of so many bits.
    ///
    /// # Errors
    /// [`Prefix`](SelectorError::Prefix) when the address has fewer bits.
    pub fn cidr(address: IpAddr, bits: u8) -> Result<Self, SelectorError> {
        let addresses = match address {
            IpAddr::V4(address) if bits <= 32 => {
                let host = u32::MAX.checked_shr(bits.into()).unwrap_or(0);
                let first = address.to_bits() & !host;
                (IpAddr::V4(first.into()), IpAddr::V4((first | host).into()))
            }
            IpAddr::V6(address) if bits <= 128 => {
                let host = u128::MAX.checked_shr(bits.into()).unwrap_or(0);
                let first = address.to_bits() & !host;
                (IpAddr::V6(first.into()), IpAddr::V6((first | host).into()))
            }
            IpAddr::V4(_) => return Err(SelectorError::Prefix { at: 0, maximum: 32 }),
            IpAddr::V6(_) => return Err(SelectorError::Prefix { at: 0, maximum: 128 }),
        };
        Ok(Self { addresses, protocol: 0, ports: ANY })
    }

    /// IP Protocol ID; 0 for any.
    #[must_use]
    pub const fn protocol(&self) -> u8 {
        self.protocol
    }

    /// Start Port and End Port.
    #[must_use]
    pub const fn ports(&self) -> (u16, u16) {
        self.ports
    }

    /// Starting Address and Ending Address.
    #[must_use]
    pub const fn addresses(&self) -> (IpAddr, IpAddr) {
        self.addresses
    }

    /// Whether every port is meant, and packets without ports too.
    #[must_use]
    pub fn has_any_port(&self) -> bool {
        self.ports == ANY
    }

    /// Whether the packets are meant whose ports cannot be seen.
    #[must_use]
    pub fn has_opaque_ports(&self) -> bool {
        self.ports == OPAQUE
    }

    /// Whether all that the other selector holds is held by this one.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        self.allows(other) && self.addresses.0 <= other.addresses.0 && other.addresses.1 <= self.addresses.1
    }

    /// Whether protocol and ports of the other one are held by this one, and the addresses are of one version of IP.
    pub(super) fn allows(&self, other: &Self) -> bool {
        let (outer, inner) = (self.ports, other.ports);
        let ports = outer == ANY || outer == inner || (outer != OPAQUE && inner != OPAQUE && outer.0 <= inner.0 && inner.1 <= outer.1);
        ports && (self.protocol == 0 || self.protocol == other.protocol) && self.addresses.0.is_ipv4() == other.addresses.0.is_ipv4()
    }

    /// What both selectors hold.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Option<Self> {
        let protocol = match (self.protocol, other.protocol) {
            (0, protocol) | (protocol, 0) => protocol,
            (one, same) if one == same => one,
            _ => return None,
        };
        let ports = match (self.ports, other.ports) {
            (ANY, ports) | (ports, ANY) => ports,
            (OPAQUE, ports) | (ports, OPAQUE) => Some(ports).filter(|ports| *ports == OPAQUE)?,
            (one, two) => (one.0.max(two.0), one.1.min(two.1)),
        };
        let addresses = (self.addresses.0.max(other.addresses.0), self.addresses.1.min(other.addresses.1));
        Self::new(protocol, ports, addresses).ok()
    }

    /// The selector as it is put into a payload.
    #[must_use]
    pub fn wire(&self) -> TrafficSelector<'static> {
        let (protocol, ports) = (self.protocol, self.ports);
        match self.addresses {
            (IpAddr::V4(first), IpAddr::V4(last)) => TrafficSelector::Ipv4 { protocol, ports, addresses: (first, last) },
            (IpAddr::V6(first), IpAddr::V6(last)) => TrafficSelector::Ipv6 { protocol, ports, addresses: (first, last) },
            // `new` has no such range.
            (IpAddr::V4(first), _) => TrafficSelector::Ipv4 { protocol, ports, addresses: (first, first) },
            (IpAddr::V6(first), _) => TrafficSelector::Ipv6 { protocol, ports, addresses: (first, first) },
        }
    }
}

impl TryFrom<TrafficSelector<'_>> for Selector {
    type Error = SelectorError;

    fn try_from(selector: TrafficSelector<'_>) -> Result<Self, SelectorError> {
        match selector {
            TrafficSelector::Ipv4 { protocol, ports, addresses: (first, last) } => Self::new(protocol, ports, (first.into(), last.into())),
            TrafficSelector::Ipv6 { protocol, ports, addresses: (first, last) } => Self::new(protocol, ports, (first.into(), last.into())),
            other => Err(SelectorError::Type(other.ty())),
        }
    }
}
