//! Our exchange that waits for its response.

use super::algorithms::Algorithms;
use super::child::ChildDraft;
use super::close::CloseReason;
use super::collision::Crossed;
use super::context::NONCE;
use super::id::ChildId;
use super::key_exchange::OwnKeyExchange;
use super::mobike::AddressTask;
use super::peer::ChildConfig;
use super::serving::OwnAuth;
use crate::fragment::Reassembled;
use crate::ke::PendingKeyExchanges;
use crate::proposal::{InvalidKeRetries, Selection};
use crate::registry::{KeMethod, SecurityProtocol};
use crate::wire::IkeSpis;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Our exchange that waits for its response.
pub(super) enum Task {
    /// IKE_INTERMEDIATE, with an additional key exchange of IKE_SA_INIT or without.
    Intermediate(Option<OwnKeyExchange>),
    /// IKE_AUTH, with the SPI of the Child SA it asks for.
    Auth(Option<[u8; 4]>),
    CreateChild(Box<ChildTask>),
    Rekey(Box<RekeyTask>),
    Followup(Box<FollowupTask>),
    DeleteChild(ChildId, SecurityProtocol),
    /// Delete of this IKE SA.
    Delete,
    Ping,
    Addresses(AddressTask),
    /// The peer is told why the IKE SA is over.
    Farewell(CloseReason),
}

/// A Child SA that we ask for, new or in the place of another.
pub(super) struct ChildTask {
    pub(super) config: Box<ChildConfig>,
    pub(super) spi_in: [u8; 4],
    pub(super) nonce: [u8; NONCE],
    pub(super) ke: Option<OwnKeyExchange>,
    pub(super) retries: Option<InvalidKeRetries>,
    pub(super) rekey: Option<ChildRekey>,
}

/// The Child SA that we rekey.
#[derive(Debug)]
pub(super) struct ChildRekey {
    pub(super) old: ChildId,
    /// The peer's rekey of it, which we answered before the peer deleted it.
    pub(super) crossed: Option<Crossed<ChildId>>,
}

/// An IKE SA that we ask for in the place of this one.
pub(super) struct RekeyTask {
    pub(super) spi: u64,
    pub(super) nonce: [u8; NONCE],
    pub(super) ke: OwnKeyExchange,
    pub(super) retries: InvalidKeRetries,
}

/// A CREATE_CHILD_SA exchange that we began and the peer has agreed to, whose key exchanges may not all be done.
pub(super) struct Begun {
    pub(super) target: Target,
    pub(super) exchanges: PendingKeyExchanges,
    pub(super) n_i: Vec<u8>,
    pub(super) n_r: Vec<u8>,
    pub(super) rekey: Option<ChildRekey>,
}

/// An additional key exchange of it (RFC 9370 section 2.2.4).
pub(super) struct FollowupTask {
    pub(super) begun: Begun,
    pub(super) ke: OwnKeyExchange,
}

/// What comes of a CREATE_CHILD_SA exchange once all its key exchanges are done.
pub(super) enum Target {
    Ike {
        spis: IkeSpis,
        /// The one of the SPIs that we chose.
        own: u64,
        algorithms: Algorithms,
        selection: Box<Selection>,
    },
    Child(Box<ChildDraft>),
}

/// A CREATE_CHILD_SA exchange that we answered, and whose additional key exchanges are still to come.
pub(super) struct Pending {
    /// What the initiator shows to say which exchange it goes on with.
    pub(super) link: [u8; 8],
    pub(super) exchanges: PendingKeyExchanges,
    pub(super) n_i: Vec<u8>,
    pub(super) n_r: Vec<u8>,
    pub(super) target: Target,
    /// When it is forgotten.
    pub(super) until: crate::instant::Instant,
}

impl Pending {
    pub(super) fn next_method(&self) -> Option<KeMethod> {
        self.exchanges.next_method()
    }
}

/// Our exchange of which the application decides something.
pub(super) enum Asking {
    /// Our AUTH is being signed; then IKE_AUTH begins. With an optional PPK, it is signed once more as it is without (RFC 8784 section 3).
    Sign { with_ppk: Option<OwnAuth> },
    /// The next packet of EAP.
    Eap { spi_in: Option<[u8; 4]> },
    /// The responder's certificates are being looked at.
    Verify { response: Reassembled, spi_in: Option<[u8; 4]> },
    /// A Child SA is being installed.
    Install(Box<OwnInstall>),
}

/// A Child SA of an exchange that we began, while the application installs it.
pub(super) struct OwnInstall {
    pub(super) child: super::child::Child,
    pub(super) rekey: Option<ChildRekey>,
    /// Ni and Nr of the exchange.
    pub(super) nonces: (Vec<u8>, Vec<u8>),
}
