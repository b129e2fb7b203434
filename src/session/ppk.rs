//! Post-quantum preshared keys (PPK), RFC 8784 and RFC 9867.

use crate::registry::private::notify_type;
use crate::registry::{NotifyType, PpkIdType};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use zeroize::Zeroizing;

/// A post-quantum preshared key, and the name that both sides have for it (RFC 8784, RFC 9867). It is erased when its last copy goes, and is not printed.
#[derive(Clone)]
pub struct Ppk {
    identity: Arc<[u8]>,
    secret: Arc<Zeroizing<Vec<u8>>>,
    pub(super) is_mandatory: bool,
    is_early: bool,
    is_draft: bool,
}

impl Ppk {
    /// A key that is used where the peer has it too. `identity` is its PPK_ID of type PPK_ID_FIXED (RFC 8784 section 5.1), and is sent to the
    /// peer; `secret` should have 256 bits of entropy (section 6).
    #[must_use]
    pub fn new(identity: impl Into<Vec<u8>>, secret: impl Into<Vec<u8>>) -> Self {
        Self {
            identity: identity.into().into(),
            secret: Arc::new(Zeroizing::new(secret.into())),
            is_mandatory: false,
            is_early: false,
            is_draft: false,
        }
    }

    /// Whether there is no IKE SA with a peer that does not use it.
    #[must_use]
    pub const fn with_mandatory(mut self, mandatory: bool) -> Self {
        self.is_mandatory = mandatory;
        self
    }

    /// Whether an initiator wants it in the keys that protect IKE_AUTH as well, so that the identities are protected: in the last
    /// IKE_INTERMEDIATE exchange (RFC 9867). With a responder that does not do that, it goes into the keys in IKE_AUTH (RFC 8784). Of a
    /// responder, [`Config::with_intermediate_ppks`](super::Config::with_intermediate_ppks) says so.
    #[must_use]
    pub const fn with_intermediate(mut self, intermediate: bool) -> Self {
        self.is_early = intermediate;
        self
    }

    /// Whether an initiator that wants it [in IKE_INTERMEDIATE](Self::with_intermediate) says so under the private numbers of libreswan 5.2 as
    /// well, which is older than RFC 9867 and knows no others. A responder goes by the numbers of the initiator.
    #[must_use]
    pub const fn with_libreswan_numbers(mut self, announce: bool) -> Self {
        self.is_draft = announce;
        self
    }

    /// What it is called.
    #[must_use]
    pub fn identity(&self) -> &[u8] {
        &self.identity
    }

    /// The type of the name.
    pub(super) const TYPE: PpkIdType = PpkIdType::PPK_ID_FIXED;

    pub(super) fn octets(&self) -> &[u8] {
        &self.secret
    }

    /// The numbers by which an initiator announces it for IKE_INTERMEDIATE.
    pub(super) fn numbers(&self) -> &'static [PpkNumbers] {
        match (self.is_early, self.is_draft) {
            (false, _) => &[],
            (true, false) => &[PpkNumbers::Assigned],
            (true, true) => PpkNumbers::ALL,
        }
    }

    /// Whether it is the same key under the same name.
    pub(super) fn is_same_as(&self, other: &Self) -> bool {
        self.identity == other.identity && self.secret == other.secret
    }
}

/// Where a PPK may still go into the keys of an IKE SA, as both messages of IKE_SA_INIT say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PpkTurn {
    Never,
    /// IKE_AUTH (RFC 8784).
    Auth,
    /// The last IKE_INTERMEDIATE exchange (RFC 9867), with notifies of these numbers.
    Intermediate(PpkNumbers),
}

impl PpkTurn {
    /// The numbers by which a responder answers.
    pub(super) const fn numbers(self) -> &'static [PpkNumbers] {
        match self {
            Self::Intermediate(PpkNumbers::Assigned) => &[PpkNumbers::Assigned],
            Self::Intermediate(PpkNumbers::Libreswan) => &[PpkNumbers::Libreswan],
            Self::Auth | Self::Never => &[],
        }
    }
}

/// The numbers of the notifies of RFC 9867.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PpkNumbers {
    /// Those of IANA.
    Assigned,
    /// Those of libreswan 5.2.
    Libreswan,
}

impl PpkNumbers {
    /// The preferred ones first.
    pub(super) const ALL: &'static [Self] = &[Self::Assigned, Self::Libreswan];

    pub(super) const fn use_ppk_int(self) -> NotifyType {
        match self {
            Self::Assigned => NotifyType::USE_PPK_INT,
            Self::Libreswan => notify_type::LIBRESWAN_USE_PPK_INT,
        }
    }

    pub(super) const fn identity_key(self) -> NotifyType {
        match self {
            Self::Assigned => NotifyType::PPK_IDENTITY_KEY,
            Self::Libreswan => notify_type::LIBRESWAN_PPK_IDENTITY_KEY,
        }
    }
}

impl fmt::Debug for Ppk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ppk").field("is_mandatory", &self.is_mandatory).finish_non_exhaustive()
    }
}
