//! How far an IKE SA is.

use super::close::CloseReason;
use super::key_exchange::OwnKeyExchange;
use super::path::NetworkPath;
use super::rivals::Rivals;
use crate::exchange::Retransmission;
use crate::instant::Instant;
use crate::keys::{AdditionalKeyExchanges, IntAuth, Nonces};
use crate::proposal::InvalidKeRetries;
use crate::registry::HashAlgorithm;
use alloc::boxed::Box;
use alloc::vec::Vec;
use bytes::Bytes;

/// How far an IKE SA is.
pub(super) enum Phase {
    /// We have sent an IKE_SA_INIT request.
    Initiating(Box<Initiating>),
    /// IKE_SA_INIT is over, and IKE_AUTH is not.
    Handshaking(Box<Handshake>),
    /// Both sides have authenticated each other.
    Up,
    /// It is over.
    Closed,
}

/// An IKE_SA_INIT exchange that we began.
pub(super) struct Initiating {
    pub(super) spi: u64,
    /// Where the request goes: after it, a NAT may make us go elsewhere.
    pub(super) path: NetworkPath,
    pub(super) nonce: [u8; super::context::NONCE],
    pub(super) ke: OwnKeyExchange,
    pub(super) method: crate::registry::KeMethod,
    pub(super) retries: InvalidKeRetries,
    pub(super) cookie: Option<Vec<u8>>,
    pub(super) rounds: u32,
    pub(super) request: Bytes,
    pub(super) timer: Retransmission,
    pub(super) sent_at: Instant,
    /// An answer that nobody vouches for: it ends the exchange when the request would be sent again.
    pub(super) held: Option<CloseReason>,
    /// The same of one that may be a late copy: it ends the exchange when no other comes at all.
    pub(super) last_resort: Option<CloseReason>,
}

/// What IKE_AUTH needs to know of the exchanges before it.
pub(super) struct Handshake {
    pub(super) request: Bytes,
    pub(super) response: Bytes,
    pub(super) n_i: Vec<u8>,
    pub(super) n_r: Vec<u8>,
    pub(super) int_auth: IntAuth,
    /// Whether there was an IKE_INTERMEDIATE exchange, so that IntAuth is part of AUTH (RFC 9242 section 3.3).
    pub(super) has_intermediate: bool,
    /// What the peer announced in SIGNATURE_HASH_ALGORITHMS.
    pub(super) peer_hashes: Vec<HashAlgorithm>,
    /// Additional key exchanges still to come.
    pub(super) additional: AdditionalKeyExchanges,
    /// When it is given up: of a responder, when it has been half open for too long.
    pub(super) until: Instant,
    /// Whether the responder takes IKE_AUTH without a Child SA.
    pub(super) childless: bool,
    /// Of an initiator: the request, and what else answered it.
    pub(super) rivals: Option<Box<Rivals>>,
}

impl Handshake {
    pub(super) fn nonces(&self) -> Nonces<'_> {
        Nonces { initiator: &self.n_i, responder: &self.n_r }
    }

    /// IntAuth, if there were IKE_INTERMEDIATE exchanges before the first IKE_AUTH request, whose Message ID is `message_id`.
    pub(super) fn int_auth(&self, message_id: u32) -> Result<Vec<u8>, crate::error::CryptoError> {
        if self.has_intermediate { self.int_auth.finish(message_id) } else { Ok(Vec::new()) }
    }
}
