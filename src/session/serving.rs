//! A request of the peer that is being answered, while the application decides.

use super::child::Child;
use super::id::ChildId;
use super::path::NetworkPath;
use crate::exchange::{DeferredRequest, MessageContent};
use crate::fragment::Reassembled;
use crate::registry::ExchangeType;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// A request of the peer, while the application decides something about it.
pub(super) struct Serving {
    /// Our SPI of the IKE SA on which it came.
    pub(super) spi: u64,
    pub(super) request: DeferredRequest,
    pub(super) exchange: ExchangeType,
    /// Where it came from.
    pub(super) path: NetworkPath,
    pub(super) stage: Stage,
}

/// How far it is.
pub(super) enum Stage {
    /// IKE_AUTH: who the peer is to us.
    Peer(Reassembled),
    /// IKE_AUTH: whose key it is.
    Verify(Reassembled),
    /// IKE_AUTH: our AUTH is being signed.
    Sign(Reassembled),
    /// IKE_AUTH: EAP is about to begin. Our AUTH is made, unless EAP authenticates both sides.
    EapBegin { message: Reassembled, auth: Option<OwnAuth> },
    /// IKE_AUTH: the next packet of EAP.
    Eap,
    /// IKE_AUTH: what the peer is given. Our AUTH is made.
    Address { message: Reassembled, auth: Box<OwnAuth> },
    /// IKE_AUTH or CREATE_CHILD_SA: which traffic the Child SA is for. In IKE_AUTH, our AUTH is made.
    Narrow { message: Reassembled, auth: Option<Box<OwnAuth>> },
    /// The response is ready, and waits until the Child SA is installed.
    Install(Box<PeerInstall>),
}

/// Our AUTH payload, of a responder.
#[derive(Clone)]
pub(super) struct OwnAuth {
    pub(super) method: crate::registry::AuthMethod,
    pub(super) data: Vec<u8>,
}

/// A Child SA of an exchange that the peer began, while the application installs it.
pub(super) struct PeerInstall {
    pub(super) child: Child,
    pub(super) content: MessageContent,
    /// What the response is if the application does not install it.
    pub(super) refusal: MessageContent,
    /// The Child SA that it rekeys.
    pub(super) old: Option<ChildId>,
    /// Whether the response ends IKE_AUTH.
    pub(super) is_auth: bool,
}
