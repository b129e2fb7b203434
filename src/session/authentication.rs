//! How each side authenticates itself, RFC 7296 section 2.15.

use super::eap::EapAuth;
use crate::auth::KeyType;
use alloc::sync::Arc;
use alloc::vec::Vec;
use bytes::Bytes;
use core::fmt;
use zeroize::Zeroizing;

/// A shared key of method 2 (RFC 7296 section 2.15). It is erased when its last copy goes, and is not printed.
#[derive(Clone)]
pub struct SharedKey(Arc<Zeroizing<Vec<u8>>>);

impl SharedKey {
    /// The octets of the key, as they are: no terminator, no encoding.
    #[must_use]
    pub fn new(octets: impl Into<Vec<u8>>) -> Self {
        Self(Arc::new(Zeroizing::new(octets.into())))
    }

    pub(super) fn octets(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SharedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedKey(..)")
    }
}

/// How we authenticate ourselves.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum LocalAuth {
    /// By a shared key.
    SharedKey(SharedKey),
    /// By a signature.
    Signature(LocalSignature),
    /// By EAP (RFC 7296 section 2.16): what an initiator can do. Of a responder, that it does not authenticate itself but by the key of the
    /// method by which the initiator does, if that one agrees (RFC 5998).
    Eap(EapAuth),
    /// Not at all: NULL Authentication (RFC 7619). The peer learns that whoever began IKE_SA_INIT ends IKE_AUTH, and nothing else.
    Null,
}

/// How the peer has to authenticate itself.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum RemoteAuth {
    /// By a shared key.
    SharedKey(SharedKey),
    /// By a signature.
    Signature(RemoteSignature),
    /// By EAP (RFC 7296 section 2.16): what a responder can want of an initiator. Of an initiator, that the responder may do without a proof of
    /// its own (EAP_ONLY_AUTHENTICATION, RFC 5998): only for methods that authenticate both sides and make a key.
    Eap(EapAuth),
    /// Not at all: NULL Authentication (RFC 7619). Whoever is on the way can be the peer. The identity that it shows is not proved, whatever
    /// it is, and INITIAL_CONTACT of such a peer is ignored.
    Null,
}

/// How we sign. The endpoint asks for each signature ([`Inquiry::Sign`](super::Inquiry::Sign)): the private key stays where it is.
#[derive(Clone, Debug)]
pub struct LocalSignature {
    pub(super) key_type: KeyType,
    pub(super) chain: Arc<[Bytes]>,
    pub(super) pss: bool,
    pub(super) sha1: bool,
}

impl LocalSignature {
    /// A private key of this type, and the certificates to send, each in DER, our own first.
    #[must_use]
    pub fn new(key_type: KeyType, chain: impl IntoIterator<Item = impl Into<Bytes>>) -> Self {
        Self { key_type, chain: chain.into_iter().map(Into::into).collect(), pss: false, sha1: false }
    }

    /// Whether an RSA key signs by RSASSA-PSS rather than by PKCS#1 v1.5, where the peer takes both (RFC 7427).
    #[must_use]
    pub const fn with_pss(mut self, pss: bool) -> Self {
        self.pss = pss;
        self
    }

    /// Whether an RSA key signs with SHA-1 by method 1, for a peer that announced no hash algorithm: many of those verify nothing else
    /// (RFC 7296 section 3.8 makes SHA-1 the default of method 1). Else it signs with SHA2-256.
    ///
    /// SHA-1 is broken as far as collisions go. No signer of this crate makes such signatures: the key is the application's own.
    #[must_use]
    pub const fn with_sha1(mut self, sha1: bool) -> Self {
        self.sha1 = sha1;
        self
    }
}

/// How the peer signs. The endpoint asks whose key it is ([`Inquiry::VerifyChain`](super::Inquiry::VerifyChain)).
#[derive(Clone, Debug, Default)]
pub struct RemoteSignature {
    pub(super) authorities: Arc<[[u8; 20]]>,
    pub(super) sha1: bool,
}

impl RemoteSignature {
    /// By any key that the application vouches for.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The authorities whose certificates an initiator asks for in IKE_AUTH: SHA-1 of each one's SubjectPublicKeyInfo
    /// ([`authority_hash`](crate::keys::authority_hash)). A responder asks in IKE_SA_INIT, before it knows the peer
    /// ([`Config::with_authorities`](super::Config::with_authorities)).
    #[must_use]
    pub fn with_authorities(mut self, authorities: impl Into<Arc<[[u8; 20]]>>) -> Self {
        self.authorities = authorities.into();
        self
    }

    /// Whether method 1 with SHA-1 is accepted, from a peer that announced no hash algorithm (RFC 7296 section 3.8).
    #[must_use]
    pub const fn with_sha1(mut self, accept: bool) -> Self {
        self.sha1 = accept;
        self
    }
}
