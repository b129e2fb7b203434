//! Weights, as values: octets of payloads, of messages, of the packets of a path.

/// What the chain weighs.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ChainWeight {
    /// The payloads of the message that carries it, in octets.
    pub payloads: Vec<PayloadWeight>,
    /// Octets of CERTREQ: in IKE_AUTH for a client; a server sends it in IKE_SA_INIT, which is never fragmented.
    pub certreq: usize,
    /// As it is.
    pub as_is: MessageWeight,
    /// The same chain, of the same depth and with the same names, with other keys.
    pub others: Vec<OtherWeight>,
}

/// One payload, or several of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PayloadWeight {
    /// `CERT`, `AUTH`.
    pub name: &'static str,
    /// Octets with its generic header.
    pub octets: usize,
    /// Which certificate it carries: a place in the list of certificates.
    pub certificate: Option<usize>,
}

/// An IKE_AUTH message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MessageWeight {
    /// Octets of all CERT payloads.
    pub cert: usize,
    /// Octets of the AUTH payload.
    pub auth: usize,
    /// Octets of the payloads that are encrypted.
    pub content: usize,
    /// Octets of the IP packet that would carry it whole.
    pub packet: usize,
    /// What each path makes of it.
    pub paths: Vec<PathWeight>,
}

/// What a path makes of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PathWeight {
    /// Octets of the largest IP packet.
    pub mtu: u16,
    /// IP packets without IKE fragmentation; 1: whole.
    pub ip_fragments: usize,
    /// Octets of the IP packets of each IKE message with IKE fragmentation (RFC 7383): one is SK, more are SKF. Empty when the path is
    /// too small for any.
    pub datagrams: Vec<usize>,
}

/// The weight with other keys.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OtherWeight {
    /// The key, `ECDSA P-256`.
    pub key: &'static str,
    /// The message.
    pub message: MessageWeight,
}
