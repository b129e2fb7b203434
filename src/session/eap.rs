//! EAP, RFC 7296 section 2.16: the endpoint carries the packets, and the application has the method, or somebody whom it asks.

use crate::identity::Identity;
use alloc::vec::Vec;
use core::fmt;
use thiserror::Error;
use zeroize::Zeroizing;

/// How a side authenticates itself by EAP.
///
/// EAP authenticates the initiator. The endpoint asks for each packet ([`Inquiry::Eap`](super::Inquiry::Eap)): the application has the method,
/// or hands the packets to a server that has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EapAuth {
    pub(super) is_keyless: bool,
}

impl EapAuth {
    /// By a method that makes a key.
    #[must_use]
    pub const fn new() -> Self {
        Self { is_keyless: false }
    }

    /// Whether a method without a key will do. Whoever is on the way between the initiator and an authenticator that it talks to elsewhere
    /// can then take its place (RFC 7296 section 2.16); it is not accepted by default, and never where EAP authenticates both sides.
    #[must_use]
    pub const fn with_keyless(mut self, accept: bool) -> Self {
        self.is_keyless = accept;
        self
    }
}

/// The Master Session Key (MSK) of an EAP method, which the AUTH payloads are made with. It is erased when it goes, and is not printed.
pub struct Msk(Zeroizing<Vec<u8>>);

impl Msk {
    /// Octets of the shortest MSK (RFC 3748 section 7.10).
    pub const SHORTEST: usize = 64;

    /// An MSK.
    ///
    /// # Errors
    /// If it has fewer octets than [`SHORTEST`](Self::SHORTEST).
    pub fn new(octets: impl Into<Vec<u8>>) -> Result<Self, ShortMsk> {
        let octets = Zeroizing::new(octets.into());
        if octets.len() < Self::SHORTEST { Err(ShortMsk) } else { Ok(Self(octets)) }
    }

    pub(super) fn octets(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Msk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Msk(..)")
    }
}

/// An MSK of fewer than 64 octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[error("the MSK has fewer than {} octets", Msk::SHORTEST)]
pub struct ShortMsk;

/// What an EAP method has come to.
#[derive(Debug)]
pub struct EapSuccess {
    pub(super) msk: Option<Msk>,
    pub(super) identity: Option<Identity>,
}

impl EapSuccess {
    /// A method that made a key.
    #[must_use]
    pub const fn new(msk: Msk) -> Self {
        Self { msk: Some(msk), identity: None }
    }

    /// A method that makes none. [`EapAuth::with_keyless`] says whether it will do.
    #[must_use]
    pub const fn keyless() -> Self {
        Self { msk: None, identity: None }
    }

    /// Who the peer is by the method. A responder goes by it from here on: the identity of IDi is a claim that the method does not prove, and
    /// many clients send an address there. Without it, INITIAL_CONTACT of the peer is ignored.
    #[must_use]
    pub fn with_identity(mut self, identity: Identity) -> Self {
        self.identity = Some(identity);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::vec;

    #[test]
    fn rfc_3748_section_7_10_an_msk_has_at_least_64_octets_and_is_not_printed() {
        assert_eq!(Msk::new(vec![7; 63]).unwrap_err(), ShortMsk);
        let success = EapSuccess::new(Msk::new(vec![7; 64]).unwrap());
        assert!(!format!("{success:?}").contains('7'));
    }
}
