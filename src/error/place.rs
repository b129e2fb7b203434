//! Where a fault lies: in which element, and what its offset counts from.

use crate::registry::{NotifyType, PayloadType};

/// What was being read when a [`ParseError`](super::ParseError) arose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Element {
    /// The IKE header (RFC 7296 section 3.1).
    Header,
    /// The transport framing around an IKE message (RFC 3948, RFC 9329).
    Transport,
    /// A generic payload header, or the chain made of them (RFC 7296 section 3.2).
    PayloadHeader,
    /// The body of a payload of this type.
    Payload(PayloadType),
    /// The body of an Identification payload, of the initiator or the responder (RFC 7296 section 3.5).
    Identification,
    /// A Proposal Substructure (RFC 7296 section 3.3.1).
    Proposal,
    /// A Transform Substructure (RFC 7296 section 3.3.2).
    Transform,
    /// A Data Attribute of a transform (RFC 7296 section 3.3.5).
    TransformAttribute,
    /// A Traffic Selector (RFC 7296 section 3.13.1).
    TrafficSelector,
    /// A Configuration Attribute (RFC 7296 section 3.15.1).
    ConfigurationAttribute,
    /// The Notification Data of a message of this type (RFC 7296 section 3.10).
    NotifyData(NotifyType),
    /// A DER object: an AlgorithmIdentifier, a public key, a name or a certificate (RFC 5280, RFC 7427).
    Der,
}

impl core::fmt::Display for Element {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match *self {
            Self::Header => f.write_str("IKE header"),
            Self::Transport => f.write_str("transport framing"),
            Self::PayloadHeader => f.write_str("generic payload header"),
            Self::Payload(ty) => match ty.symbol() {
                Some(notation) => write!(f, "{notation} payload"),
                None => write!(f, "payload of type {}", ty.0),
            },
            Self::Identification => f.write_str("identification"),
            Self::Proposal => f.write_str("proposal"),
            Self::Transform => f.write_str("transform"),
            Self::TransformAttribute => f.write_str("transform attribute"),
            Self::TrafficSelector => f.write_str("traffic selector"),
            Self::ConfigurationAttribute => f.write_str("configuration attribute"),
            Self::NotifyData(ty) => write!(f, "data of notify {ty}"),
            Self::Der => f.write_str("DER object"),
        }
    }
}

/// What an offset is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Origin {
    /// The first octet of the IKE message.
    Datagram,
    /// The first octet of the decrypted content of an SK payload, or of a reassembled fragment set.
    Content,
    /// The first octet handed to the function that failed.
    Input,
}

impl core::fmt::Display for Origin {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Datagram => "message",
            Self::Content => "decrypted content",
            Self::Input => "input",
        })
    }
}
