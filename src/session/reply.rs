//! What comes of a peer's request.

use super::ask::Inquiry;
use super::close::{CloseReason, Violation};
use super::collision::{Crossed, Outcome};
use super::command::Command;
use super::event::ChildInstall;
use super::ike_sa::IkeSa;
use super::serving::{PeerInstall, Stage};
use super::task::{Asking, Begun, OwnInstall, Task};
use crate::error::{BuildError, CryptoError, ParseErrorKind};
use crate::exchange::MessageContent;
use crate::keys::IkeKeys;
use crate::proposal::Refusal;
use crate::registry::{ExchangeType, NotifyType, PayloadType, SecurityProtocol};
use crate::wire::{Notify, Payload};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// What comes of a peer's request.
pub(super) enum Reply {
    /// The response, and what follows once it is on its way.
    Answer(MessageContent, After),
    /// The application decides first.
    Wait(Stage, Inquiry),
    /// The application installs a Child SA first.
    Install(Box<PeerInstall>, Box<ChildInstall>),
}

/// What follows from a response of the peer, or from a decision about an exchange of ours.
pub(super) enum Next {
    /// Nothing more.
    Done,
    /// Another exchange, on the same generation.
    Send(Task, ExchangeType, MessageContent),
    /// The application decides first.
    Ask(Asking, Inquiry),
    /// The application installs a Child SA first.
    Install(Box<OwnInstall>, Box<ChildInstall>),
    /// The exchange did not come to anything for now: the same again, later.
    Later(Command),
    /// The peer has agreed in CREATE_CHILD_SA: the additional key exchanges follow, by this link, if there are any.
    KeysDue(Box<Begun>, Option<Vec<u8>>),
    /// Another generation is there, and the peer has perhaps made one too.
    Rekeyed(Box<IkeSa>, Option<Outcome>),
}

/// What follows once a response is on its way.
pub(super) enum After {
    Nothing,
    /// An IKE_INTERMEDIATE exchange is over, and has perhaps led to other keys.
    Intermediate(Option<Box<IkeKeys>>),
    /// The IKE SA is up.
    Up,
    /// This IKE SA is gone: with the last one, the whole is over.
    Gone(CloseReason),
    /// The whole is over.
    Close(CloseReason),
    /// The peer's IKE SA is to take the place of this one.
    Rekeyed(Box<IkeSa>, Crossed<u64>),
}

impl From<MessageContent> for Reply {
    fn from(content: MessageContent) -> Self {
        Self::Answer(content, After::Nothing)
    }
}

/// Why a peer's request is refused, and what it is told.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) notify: NotifyType,
    pub(super) data: Vec<u8>,
    /// The SA that it is about: protocol and SPI.
    pub(super) about: Option<(SecurityProtocol, Vec<u8>)>,
    /// Whether the IKE SA is over with it.
    pub(super) close: Option<CloseReason>,
}

impl Refused {
    pub(super) const fn new(notify: NotifyType) -> Self {
        Self { notify, data: Vec::new(), about: None, close: None }
    }

    /// Nothing in common (RFC 7296 section 2.7), or the method of another KE payload is wanted (section 1.2).
    pub(super) fn declined(refusal: Refusal) -> Self {
        match refusal.notify() {
            Some(notify) => Self::new(notify.ty).with_data(notify.data),
            None => Violation::Missing(PayloadType::SA).into(),
        }
    }

    pub(super) fn with_data(mut self, data: &[u8]) -> Self {
        self.data = data.to_vec();
        self
    }

    pub(super) fn about(mut self, protocol: SecurityProtocol, spi: &[u8]) -> Self {
        self.about = Some((protocol, spi.to_vec()));
        self
    }

    /// The message that tells the peer.
    pub(super) fn content(&self) -> Result<MessageContent, BuildError> {
        let (protocol, spi) = self.about.as_ref().map_or((SecurityProtocol(0), &[][..]), |(protocol, spi)| (*protocol, spi));
        MessageContent::build(|chain| {
            chain.push(Payload::Notify(Notify { protocol, spi, ty: self.notify, data: &self.data }));
        })
    }

    pub(super) const fn closing(mut self, reason: CloseReason) -> Self {
        self.close = Some(reason);
        self
    }
}

/// What cannot be read ends the IKE SA, as both sides have keys and one of them is broken (RFC 7296 section 2.21.3); an unknown critical
/// payload does not (section 2.5).
impl From<CloseReason> for Refused {
    fn from(reason: CloseReason) -> Self {
        if let CloseReason::Violation(Violation::Syntax(error)) = reason {
            if let ParseErrorKind::UnsupportedCritical(ty) = error.kind {
                return Self::new(NotifyType::UNSUPPORTED_CRITICAL_PAYLOAD).with_data(&[ty.0]);
            }
        }
        Self::new(NotifyType::INVALID_SYNTAX).closing(reason)
    }
}

impl<V: Into<Violation>> From<V> for Refused {
    fn from(violation: V) -> Self {
        CloseReason::Violation(violation.into()).into()
    }
}

impl From<BuildError> for Refused {
    fn from(error: BuildError) -> Self {
        Self::new(NotifyType::TEMPORARY_FAILURE).closing(error.into())
    }
}

impl From<CryptoError> for Refused {
    fn from(error: CryptoError) -> Self {
        Self::new(NotifyType::TEMPORARY_FAILURE).closing(error.into())
    }
}
