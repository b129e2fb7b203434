//! Why something is no traffic selector.

use crate::registry::TsType;
use thiserror::Error;

/// What is no [`Selector`](super::Selector): `at` counts the octets of the text before the fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum SelectorError {
    /// One address is of IPv4, the other of IPv6.
    #[error("a range from an IPv4 address to an IPv6 address, or back")]
    Families,
    /// The addresses end before they start.
    #[error("the addresses end before they start")]
    Addresses,
    /// The ports end before they start, and are not OPAQUE.
    #[error("the ports end before they start")]
    Ports,
    /// A selector of another type than ranges of IPv4 and IPv6 addresses.
    #[error("{0} is no range of IP addresses")]
    Type(
        /// TS Type.
        TsType,
    ),
    /// No IPv4 or IPv6 address.
    #[error("no IP address (octet {at})")]
    Address {
        /// Where it should stand.
        at: usize,
    },
    /// No prefix length of an address like this.
    #[error("no prefix length of 0 to {maximum} bits (octet {at})")]
    Prefix {
        /// Where it should stand.
        at: usize,
        /// Bits of the address.
        maximum: u8,
    },
    /// No protocol: neither a name that is known nor a number up to 255.
    #[error("no IP protocol (octet {at})")]
    Protocol {
        /// Where it should stand.
        at: usize,
    },
    /// No port, type or code: neither a number in its range, nor two, nor `opaque`.
    #[error("no port or range of ports (octet {at})")]
    Port {
        /// Where it should stand.
        at: usize,
    },
    /// A bracket that is opened and not closed at the end of the text.
    #[error("`]` is missing (octet {at})")]
    Bracket {
        /// The end of the text.
        at: usize,
    },
}
