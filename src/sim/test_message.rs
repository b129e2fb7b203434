//! The message, and the keys of both ends.

use super::cipher::SimCipher;
use crate::fragment::strategy::{SealMessageError, SealedMessage};
use crate::fragment::{Layout, OutgoingMessage, Path};
use crate::protect::{Opener, Sealer};
use crate::registry::{ExchangeType, PayloadType};
use crate::role::Role;
use crate::wire::{Header, IkeSpis};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// A message to deliver, sealed as often as strategies ask, and opened as often as it arrives.
///
/// Seal once, run often: a clone of a [`SealedMessage`] shares its octets.
pub struct TestMessage {
    content: Vec<u8>,
    cipher: Box<dyn SimCipher>,
    sealer: Box<dyn Sealer>,
    back_sealer: Box<dyn Sealer>,
    opener: Box<dyn Opener>,
    back_opener: Box<dyn Opener>,
    answer: SealedMessage,
}

impl TestMessage {
    /// The header of the message: an IKE_AUTH request.
    pub const HEADER: Header = Header {
        spis: IkeSpis { initiator: 0x5349_4d55_4c41_5445, responder: 0x4420_5041_5448 },
        exchange: ExchangeType::IKE_AUTH,
        initiator: true,
        response: false,
        message_id: 1,
    };

    /// A message with `octets` of content (0 to 65531) under a cipher, and an answer of 200 octets to it.
    ///
    /// # Errors
    /// [`SealMessageError::Seal`] if the cipher cannot seal the answer.
    pub fn new(octets: usize, cipher: impl SimCipher + 'static) -> Result<Self, SealMessageError> {
        // Not all alike, so that content put together wrongly is not the content.
        let content = (0u32..).map(|at| at.wrapping_mul(0x9e37_79b9).to_be_bytes()).flat_map(|[octet, ..]| [octet]).take(octets).collect();
        let header = Header { initiator: false, response: true, ..Self::HEADER };
        let answer = OutgoingMessage { header, unprotected: &[], first_payload: PayloadType::V, content: &[0; 200] };
        let mut back_sealer = cipher.sealer(Role::Responder);
        let answer = SealedMessage::whole(Path::ipv4(u16::MAX), &answer, &mut *back_sealer)?;
        let (sealer, opener, back_opener) =
            (cipher.sealer(Role::Initiator), cipher.opener(Role::Initiator), cipher.opener(Role::Responder));
        Ok(Self { content, cipher: Box::new(cipher), sealer, back_sealer, opener, back_opener, answer })
    }

    /// The message in fragments for a path, or in one datagram if it fits.
    ///
    /// # Errors
    /// As [`SealedMessage::new`].
    pub fn fragments(&mut self, path: Path, layout: Layout) -> Result<SealedMessage, SealMessageError> {
        let message = OutgoingMessage { header: Self::HEADER, unprotected: &[], first_payload: PayloadType::V, content: &self.content };
        SealedMessage::new(path, layout, &message, &mut *self.sealer)
    }

    /// The message in one datagram, however large.
    ///
    /// # Errors
    /// As [`SealedMessage::whole`].
    pub fn whole(&mut self, path: Path) -> Result<SealedMessage, SealMessageError> {
        let message = OutgoingMessage { header: Self::HEADER, unprotected: &[], first_payload: PayloadType::V, content: &self.content };
        SealedMessage::whole(path, &message, &mut *self.sealer)
    }

    /// Makes the answer one of `octets` of content, in fragments for a path: the exchange ends when the sender has them all.
    ///
    /// A response of IKE_AUTH is as large as the request. It is sent once, and again whenever fragment 1 of the request comes
    /// again (RFC 7383 section 2.6.1).
    ///
    /// # Errors
    /// As [`SealedMessage::new`].
    pub fn set_response(&mut self, octets: usize, path: Path) -> Result<(), SealMessageError> {
        let header = Header { initiator: false, response: true, ..Self::HEADER };
        let content: Vec<u8> = core::iter::repeat_n(0, octets).collect();
        let answer = OutgoingMessage { header, unprotected: &[], first_payload: PayloadType::V, content: &content };
        self.answer = SealedMessage::new(path, Layout::Fill, &answer, &mut *self.back_sealer)?;
        Ok(())
    }

    /// A Sealer for a receiver that reports.
    #[must_use]
    pub fn back_sealer(&self) -> Box<dyn Sealer> {
        self.cipher.sealer(Role::Responder)
    }

    /// Opens what the sender of the message sealed.
    #[must_use]
    pub fn opener(&self) -> &dyn Opener {
        &*self.opener
    }

    pub(super) fn back_opener(&self) -> &dyn Opener {
        &*self.back_opener
    }

    pub(super) const fn answer(&self) -> &SealedMessage {
        &self.answer
    }

    pub(super) fn content(&self) -> &[u8] {
        &self.content
    }
}

impl core::fmt::Debug for TestMessage {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Scene").field("content", &self.content.len()).finish_non_exhaustive()
    }
}
