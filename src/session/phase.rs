//! How far an IKE SA is.

use super::close::CloseReason;
use super::configuration::ConfigurationSet;
use super::eap::EapSuccess;
use super::event::Nat;
use super::ike_sa::IkeSa;
use super::key_exchange::OwnKeyExchange;
use super::path::NetworkPath;
use super::ppk::{Ppk, PpkNumbers, PpkTurn};
use super::task::Asking;
use super::waiting::Waiting;
use crate::auth::SignatureScheme;
use crate::exchange::Retransmission;
use crate::fragment::Reassembled;
use crate::identity::Identity;
use crate::instant::Instant;
use crate::keys::{AdditionalKeyExchanges, IntAuth, Nonces};
use crate::proposal::InvalidKeRetries;
use crate::registry::{AuthMethod, HashAlgorithm, KeMethod};
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use bytes::Bytes;
use core::time::Duration;

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
    pub(super) retries: InvalidKeRetries,
    /// Requests with other key exchange methods, which somebody made us give up, who may not have been the peer.
    pub(super) former: Vec<(OwnKeyExchange, Bytes)>,
    /// Somebody made us go back to one of them: once is enough for a peer that means what it says.
    pub(super) has_gone_back: bool,
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

impl Initiating {
    /// Goes back to a request with this method, if there was one.
    pub(super) fn go_back(&mut self, method: KeMethod) -> bool {
        if method == self.ke.method {
            return true;
        }
        let Some(index) = self.former.iter().position(|(ke, _)| ke.method == method) else { return false };
        let (ke, request) = self.former.swap_remove(index);
        self.give_up(ke);
        self.request = request;
        true
    }

    /// The next request is with this key exchange.
    pub(super) fn give_up(&mut self, other: OwnKeyExchange) {
        let given_up = core::mem::replace(&mut self.ke, other);
        self.former.push((given_up, core::mem::take(&mut self.request)));
    }
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
    /// What the peer says it can verify (RFC 9593).
    pub(super) peer_methods: Vec<VerifiableMethod>,
    /// Additional key exchanges still to come.
    pub(super) additional: AdditionalKeyExchanges,
    /// When it is given up: of a responder, when it has been half open for too long.
    pub(super) until: Instant,
    /// Whether the responder takes IKE_AUTH without a Child SA.
    pub(super) childless: bool,
    /// Where a PPK may still go into the keys.
    pub(super) ppk_turn: PpkTurn,
    /// The one that is part of the keys.
    pub(super) ppk: Option<Ppk>,
    /// The Message ID of the first IKE_AUTH request, which IntAuth covers (RFC 9242 section 3.3.1).
    pub(super) auth_id: u32,
    /// How far EAP is, once it has begun.
    pub(super) eap: Option<Box<EapRun>>,
    /// What the initiator was given.
    pub(super) configuration: ConfigurationSet,
    /// How long the initiator's authentication counts.
    pub(super) auth_lifetime: Option<Duration>,
    /// Of an initiator: the request, and what else answered it.
    pub(super) rivals: Option<Box<Rivals>>,
}

/// A way of authentication that a peer says it can verify (RFC 9593).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct VerifiableMethod {
    pub(super) method: AuthMethod,
    /// Of method 14.
    pub(super) scheme: Option<SignatureScheme>,
}

/// EAP in IKE_AUTH (RFC 7296 section 2.16).
pub(super) struct EapRun {
    /// The message of the peer that has its identity, and of an initiator what it asks for: AUTH at the end is about that.
    pub(super) first: Reassembled,
    /// Identifier of the last packet of the peer: Success and Failure of a responder have the same.
    pub(super) identifier: u8,
    /// Packets of the peer.
    pub(super) rounds: u32,
    /// Whether the peer's last packet is Success.
    pub(super) is_over: bool,
    pub(super) success: Option<EapSuccess>,
    /// Of an initiator: our SPI of the Child SA that it asks for.
    pub(super) spi_in: Option<[u8; 4]>,
}

impl EapRun {
    pub(super) const fn new(first: Reassembled, spi_in: Option<[u8; 4]>) -> Self {
        Self { first, identifier: 0, rounds: 0, is_over: false, success: None, spi_in }
    }
}

/// A request of IKE_SA_INIT that was answered, and the answers that wait.
pub(super) struct Rivals {
    pub(super) begun: Box<Initiating>,
    pub(super) waiting: VecDeque<Rival>,
    /// Answers that demand another request.
    pub(super) demands: Vec<Bytes>,
    /// Another request was sent while an answer to the one before was being tried, and no timer sends it again.
    pub(super) has_asked: bool,
    /// When all of them are given up.
    pub(super) until: Instant,
}

/// An answer that agrees, and waits.
pub(super) enum Rival {
    /// It was not tried.
    New(Bytes),
    /// It was tried, and nothing more was heard for a while.
    Tried(Box<Attempt>),
}

/// How far an answer has come.
pub(super) struct Attempt {
    pub(super) mtu: u16,
    pub(super) ike: IkeSa,
    pub(super) handshake: Box<Handshake>,
    pub(super) nat: Nat,
    pub(super) path: NetworkPath,
    pub(super) peer_identity: Option<Identity>,
    pub(super) asking: Option<Box<Waiting<Asking>>>,
}

impl Handshake {
    pub(super) fn nonces(&self) -> Nonces<'_> {
        Nonces { initiator: &self.n_i, responder: &self.n_r }
    }

    /// IntAuth, if there were IKE_INTERMEDIATE exchanges before the first IKE_AUTH request.
    pub(super) fn int_auth(&self) -> Result<Vec<u8>, crate::error::CryptoError> {
        if self.has_intermediate { self.int_auth.finish(self.auth_id) } else { Ok(Vec::new()) }
    }

    /// Whether an IKE_INTERMEDIATE exchange is still to come: for an additional key exchange, or for a PPK.
    pub(super) fn is_before_intermediate(&self) -> bool {
        self.additional.next_method().is_some() || matches!(self.ppk_turn, PpkTurn::Intermediate(_))
    }

    /// Whether the IKE_INTERMEDIATE exchange that is next is the last one, in which a PPK has its turn.
    pub(super) fn turn_of_ppk(&self) -> Option<PpkNumbers> {
        match self.ppk_turn {
            PpkTurn::Intermediate(numbers) if self.additional.remaining() <= 1 => Some(numbers),
            _ => None,
        }
    }

    /// What EAP has come to, once it has succeeded.
    pub(super) fn eap_success(&self) -> Option<&EapSuccess> {
        self.eap.as_ref().and_then(|eap| eap.success.as_ref())
    }
}
