//! IKE fragmentation, RFC 7383: messages larger than the path as fragments that are encrypted and authenticated one by one.
//!
//! A [`Budget`] says what fits, a [`Splitter`] makes one SK or several SKF messages of it, and a [`Reassembler`] puts together
//! what [`open`](crate::protect::open) has verified: it takes an [`Opened`](crate::protect::Opened) and nothing else, so that no
//! octet of a stranger reaches a buffer.
//!
//! What holds:
//! - Every datagram fits the path, whatever the cipher pads; the content is cut as a blob, and a message that fits one datagram
//!   is plain SK, never SKF 1 of 1.
//! - Fragments may come in any order, twice, and late. Only [`ReassemblyLimits`] bound what a peer can make a Reassembler hold, and memory
//!   follows what has arrived, not what was announced.
//! - No clock is read: deadlines are measured in the time the caller hands in.
//!
//! ```
//! # #[cfg(feature = "ring")] {
//! use core::time::Duration;
//! use ikev2::provider::Provider;
//! use ikev2::Instant;
//! use ikev2::fragment::{Layout, ReassemblyLimits, FragmentationSupport, OutgoingMessage, Path, Progress, Reassembler, Splitter};
//! use ikev2::protect::{IvSequence, Suite, open};
//! use ikev2::registry::{Encr, ExchangeType, PayloadType};
//! use ikev2::wire::{Header, IkeSpis, Payload, ChainBuilder, RawPayload};
//!
//! let suite = Suite::new(Encr::ENCR_AES_GCM_16, Some(256), None)?;
//! let sk_ei = [7; 36]; // from ikev2::keys
//! let mut sealer = suite.sealer(&Provider::builtin(), &sk_ei, &[], IvSequence::new(&[9; 16]))?;
//! let opener = suite.opener(&Provider::builtin(), &sk_ei, &[])?;
//!
//! let header = Header {
//!     spis: IkeSpis { initiator: 1, responder: 2 }, exchange: ExchangeType::IKE_AUTH, initiator: true, response: false, message_id: 1,
//! };
//! let mut buf = [0; 3000];
//! let (first, content) =
//!     ChainBuilder::new(&mut buf).push(Payload::Unknown(RawPayload::new(PayloadType::V, false, &[5; 2000]))).finish()?;
//! let message = OutgoingMessage { header, unprotected: &[], first_payload: first, content };
//!
//! let splitter = Splitter::new(Path::ipv6(1280), Layout::Fill, FragmentationSupport::Both);
//! let mut datagrams = splitter.datagrams(&message, &mut *sealer)?;
//! let mut reassembler = Reassembler::new(ReassemblyLimits::default());
//! let mut whole = None;
//! let mut buf = [0; 1280];
//! while let Some(datagram) = datagrams.next_into(&mut buf) {
//!     let opened = open(datagram?, &*opener)?;
//!     match reassembler.push(&opened, Instant::START + Duration::from_millis(17))? {
//!         Progress::Pending { received: 1, total: 2 } => {}
//!         Progress::Complete(message) => whole = Some(message),
//!         other => panic!("{other:?}"),
//!     }
//! }
//! let whole = whole.ok_or("incomplete")?;
//! assert_eq!(whole.payloads()?.payloads().count(), 1);
//! assert_eq!(whole.content(), content);
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod budget;
mod completed;
mod progress;
mod reassembled;
mod reassembler;
mod set;
mod small_bag;
mod splitter;
pub mod strategy;

pub use budget::{Budget, Overhead, Path};
pub use progress::{IgnoreReason, Progress, ReassemblyLimits};
pub use reassembled::Reassembled;
pub use reassembler::Reassembler;
pub use splitter::{Datagrams, Layout, OutgoingMessage, SealedInto, Splitter};

use crate::registry::{NotifyType, PayloadType};
use crate::wire::{Message, Payload};

/// Who announced IKEV2_FRAGMENTATION_SUPPORTED in IKE_SA_INIT (RFC 7383 section 2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FragmentationSupport {
    /// Both sides: either may fragment.
    Both,
    /// The initiator alone: neither may fragment.
    InitiatorOnly,
    /// The responder alone: neither may fragment, and the notify should not have been sent.
    ResponderOnly,
    /// Nobody.
    Neither,
}

impl FragmentationSupport {
    /// Reads both messages of IKE_SA_INIT.
    #[must_use]
    pub fn from_messages(request: &Message<'_>, response: &Message<'_>) -> Self {
        match (announces_fragmentation(request), announces_fragmentation(response)) {
            (true, true) => Self::Both,
            (true, false) => Self::InitiatorOnly,
            (false, true) => Self::ResponderOnly,
            (false, false) => Self::Neither,
        }
    }

    /// Whether messages may be fragmented.
    #[must_use]
    pub const fn is_negotiated(self) -> bool {
        matches!(self, Self::Both)
    }
}

/// Whether a message of IKE_SA_INIT announces that its sender can reassemble fragments.
#[must_use]
pub fn announces_fragmentation(message: &Message<'_>) -> bool {
    message
        .payloads()
        .filter(|raw| raw.ty == PayloadType::N)
        .any(|raw| matches!(raw.parse(), Ok(Payload::Notify(notify)) if notify.ty == NotifyType::IKEV2_FRAGMENTATION_SUPPORTED))
}
