//! Where the application decides in the middle of an exchange.

use super::configuration::ConfigurationSet;
use super::eap::EapSuccess;
use super::id::Token;
use super::peer::PeerConfig;
use crate::auth::{AuthError, KeyType, SignatureScheme, Signer};
use crate::identity::Identity;
use crate::instant::Instant;
use crate::registry::{AuthMethod, SecurityProtocol};
use crate::selectors::Selector;
use alloc::sync::Arc;
use alloc::vec::Vec;
use bytes::Bytes;
use core::fmt;
use thiserror::Error;

/// A question to the application. Whoever does not answer it in time has refused.
#[derive(Debug)]
#[non_exhaustive]
pub struct Ask {
    /// What the answer takes back ([`Endpoint::decide`](super::Endpoint::decide)).
    pub token: Token,
    /// Until when the answer is of use: afterwards the peer has given up.
    pub deadline: Instant,
    /// The question.
    pub question: Inquiry,
}

/// What the application decides, now or later: meanwhile the peer's retransmissions are swallowed.
#[non_exhaustive]
pub enum Inquiry {
    /// Who is the peer to us? The identities are those that an initiator claims and wants to talk to; nothing is proved yet.
    PeerConfig {
        /// IDi: who the peer says it is.
        peer: Identity,
        /// IDr: whom it wants to talk to, if it says.
        wanted: Option<Identity>,
        /// Whether it wants to authenticate itself by EAP: its request has no AUTH (RFC 7296 section 2.16).
        wants_eap: bool,
        /// Whether it does without an AUTH of ours before EAP is over (EAP_ONLY_AUTHENTICATION, RFC 5998).
        takes_eap_only: bool,
        /// The PPK that it names: the octets of PPK_ID. One of IKE_INTERMEDIATE is part of the keys (RFC 9867); in IKE_AUTH with EAP, it names
        /// one only later (RFC 8784).
        ppk: Option<Bytes>,
    },
    /// Whose key is it? The peer authenticates by a signature and sent these certificates.
    VerifyChain {
        /// Who the peer says it is.
        peer: Identity,
        /// The certificates, each in DER, the one of the peer first.
        certificates: Vec<Bytes>,
    },
    /// The octets that our private key is to sign.
    Sign(ToSign),
    /// The next packet of EAP (RFC 7296 section 2.16): a request, if we are the responder; a response, if we are the initiator. The decision is
    /// [`Decision::Eap`], [`Decision::EapSuccess`] or a refusal.
    Eap {
        /// Who the peer says it is: IDi or IDr.
        peer: Identity,
        /// The packet of the peer (RFC 3748 section 4): a response, or a request or Success; `None` where a responder begins.
        packet: Option<Bytes>,
        /// Whether it begins here: a method that is under way for this IKE SA is forgotten.
        is_first: bool,
    },
    /// What is the peer given that it asks for (CFG_REQUEST, RFC 7296 section 2.19)? It has authenticated itself.
    Address {
        /// Who the peer is.
        peer: Identity,
        /// What it asks for.
        asked: ConfigurationSet,
    },
    /// Which part of this traffic is the Child SA to be for? It is what the peer offers, as far as it lies within the selectors of the
    /// [`ChildConfig`](super::ChildConfig), and of the addresses that the peer was given.
    Narrow {
        /// The protocol of the Child SA.
        protocol: SecurityProtocol,
        /// The traffic on our side.
        local: Vec<Selector>,
        /// The traffic on the peer's side.
        remote: Vec<Selector>,
    },
}

/// What our private key is to sign for AUTH (RFC 7296 section 2.15).
pub struct ToSign {
    pub(super) octets: Vec<u8>,
    pub(super) key_type: KeyType,
    pub(super) method: AuthMethod,
    pub(super) scheme: SignatureScheme,
}

impl ToSign {
    /// The octets to sign, not hashed.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// The type of the key that is to sign.
    #[must_use]
    pub const fn key_type(&self) -> KeyType {
        self.key_type
    }

    /// The method of AUTH, chosen by the key and by the hash algorithms that the peer announced.
    #[must_use]
    pub const fn method(&self) -> AuthMethod {
        self.method
    }

    /// The signature scheme.
    #[must_use]
    pub const fn scheme(&self) -> SignatureScheme {
        self.scheme
    }

    /// The decision that a key at hand makes.
    ///
    /// # Errors
    /// If the key does not make such signatures.
    pub fn sign(&self, key: &dyn Signer) -> Result<Decision, AuthError> {
        crate::auth::authentication_data(key, self.method, self.scheme, &self.octets).map(Decision::Signature)
    }
}

impl fmt::Debug for ToSign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToSign").field("method", &self.method).field("scheme", &self.scheme).finish_non_exhaustive()
    }
}

// By hand: a packet of EAP may be a password.
impl fmt::Debug for Inquiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PeerConfig { peer, wanted, wants_eap, takes_eap_only, ppk } => f
                .debug_struct("PeerConfig")
                .field("peer", peer)
                .field("wanted", wanted)
                .field("wants_eap", wants_eap)
                .field("takes_eap_only", takes_eap_only)
                .field("ppk", ppk)
                .finish(),
            Self::VerifyChain { peer, certificates } => {
                f.debug_struct("VerifyChain").field("peer", peer).field("certificates", certificates).finish()
            }
            Self::Sign(to_sign) => f.debug_tuple("Sign").field(to_sign).finish(),
            Self::Eap { peer, packet, is_first } => f
                .debug_struct("Eap")
                .field("peer", peer)
                .field("packet_len", &packet.as_ref().map(Bytes::len))
                .field("is_first", is_first)
                .finish(),
            Self::Address { peer, asked } => f.debug_struct("Address").field("peer", peer).field("asked", asked).finish(),
            Self::Narrow { protocol, local, remote } => {
                f.debug_struct("Narrow").field("protocol", protocol).field("local", local).field("remote", remote).finish()
            }
        }
    }
}

/// An answer to an [`Inquiry`], or to [`Event::ChildInstall`](super::Event::ChildInstall).
#[non_exhaustive]
pub enum Decision {
    /// No.
    Refuse,
    /// To [`Event::ChildInstall`](super::Event::ChildInstall): it is installed, and the peer may be told.
    Installed,
    /// To [`PeerConfig`](Inquiry::PeerConfig): what is agreed on with this peer; IKE SAs with the same may share it.
    Peer(Arc<PeerConfig>),
    /// To [`VerifyChain`](Inquiry::VerifyChain): the key is the peer's. These are the octets of its SubjectPublicKeyInfo (DER), of which
    /// the application found that the identity belongs to it.
    Trusted(Vec<u8>),
    /// To [`Sign`](Inquiry::Sign): Authentication Data, as [`ToSign::sign`] makes it.
    Signature(Vec<u8>),
    /// To [`Eap`](Inquiry::Eap): the next packet, whole (RFC 3748 section 4): a request of a responder, a response of an initiator.
    Eap(Vec<u8>),
    /// To [`Eap`](Inquiry::Eap): the method has succeeded. A responder sends Success, as RFC 3748 section 4.2 wants it; an initiator says so
    /// when Success has come. A refusal of a responder is Failure.
    EapSuccess(EapSuccess),
    /// To [`Address`](Inquiry::Address): what the peer is given. A refusal is INTERNAL_ADDRESS_FAILURE: the IKE SA is up without a Child SA.
    Address(ConfigurationSet),
    /// To [`Narrow`](Inquiry::Narrow): the traffic on our side and on the peer's.
    Narrowed {
        /// The traffic on our side.
        local: Vec<Selector>,
        /// The traffic on the peer's side.
        remote: Vec<Selector>,
    },
}

// By hand: a packet of EAP may be a password.
impl fmt::Debug for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refuse => f.write_str("Refuse"),
            Self::Installed => f.write_str("Installed"),
            Self::Peer(peer) => f.debug_tuple("Peer").field(peer).finish(),
            Self::Trusted(key) => f.debug_tuple("Trusted").field(key).finish(),
            Self::Signature(signature) => f.debug_tuple("Signature").field(signature).finish(),
            Self::Eap(packet) => f.debug_struct("Eap").field("packet_len", &packet.len()).finish(),
            Self::EapSuccess(success) => f.debug_tuple("EapSuccess").field(success).finish(),
            Self::Address(addresses) => f.debug_tuple("Address").field(addresses).finish(),
            Self::Narrowed { local, remote } => f.debug_struct("Narrowed").field("local", local).field("remote", remote).finish(),
        }
    }
}

impl Decision {
    /// The traffic that is left; none if it is no such decision.
    pub(super) fn traffic(self) -> (Vec<Selector>, Vec<Selector>) {
        match self {
            Self::Narrowed { local, remote } => (local, remote),
            _ => Default::default(),
        }
    }
}

/// A decision that came too late: its question was withdrawn, answered or timed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[error("the question is no longer open")]
pub struct Stale;

#[cfg(test)]
mod tests {
    use super::{Decision, Inquiry};
    use alloc::format;
    use bytes::Bytes;

    #[test]
    fn a_packet_of_eap_is_not_printed() {
        let packet = Bytes::from_static(b"\x02\x01\x00\x0b\x06hunter2");
        let octets = format!("{:?}", packet.to_vec());
        let inquiry = Inquiry::Eap { peer: "alice".parse().unwrap(), packet: Some(packet.clone()), is_first: true };
        let decision = Decision::Eap(packet.to_vec());
        for text in [format!("{inquiry:?}"), format!("{decision:?}")] {
            assert!(text.contains("12") && !text.contains("hunter2") && !text.contains(&octets), "{text}");
        }
    }
}
