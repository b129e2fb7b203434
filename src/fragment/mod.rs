//! IKE fragmentation, RFC 7383: messages larger than the path as fragments that are encrypted and authenticated one by one.
//!
//! A [`Budget`] says what fits, a [`Splitter`] makes one SK or several SKF messages of it, and a [`Reassembler`] puts together
//! what [`open`](crate::protect::open) has verified: it takes an [`Opened`](crate::protect::Opened) and nothing else, so that no
//! octet of a stranger reaches a buffer.

mod budget;
mod reassembler;
mod set;
mod splitter;

pub use budget::{Budget, Overhead, Path};
pub use reassembler::{Limits, Progress, Reason, Reassembled, Reassembler};
pub use splitter::{Datagrams, Filled, Layout, Outgoing, Splitter};

use crate::registry::{NotifyType, PayloadType};
use crate::wire::{Message, Payload};

/// Who announced IKEV2_FRAGMENTATION_SUPPORTED in IKE_SA_INIT (RFC 7383 section 2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Negotiated {
    /// Both sides: either may fragment.
    Both,
    /// The initiator alone: neither may fragment.
    InitiatorOnly,
    /// The responder alone: neither may fragment, and the notify should not have been sent.
    ResponderOnly,
    /// Nobody.
    Neither,
}

impl Negotiated {
    /// Reads both messages of IKE_SA_INIT.
    #[must_use]
    pub fn from_messages(request: &Message<'_>, response: &Message<'_>) -> Self {
        match (announces(request), announces(response)) {
            (true, true) => Self::Both,
            (true, false) => Self::InitiatorOnly,
            (false, true) => Self::ResponderOnly,
            (false, false) => Self::Neither,
        }
    }

    /// Whether messages may be fragmented.
    #[must_use]
    pub const fn is_on(self) -> bool {
        matches!(self, Self::Both)
    }
}

/// Whether a message of IKE_SA_INIT announces that its sender can reassemble fragments.
#[must_use]
pub fn announces(message: &Message<'_>) -> bool {
    message
        .payloads()
        .filter(|raw| raw.ty == PayloadType::N)
        .any(|raw| matches!(raw.parse(), Ok(Payload::Notify(notify)) if notify.ty == NotifyType::IKEV2_FRAGMENTATION_SUPPORTED))
}
