//! What an answer says.

use crate::fingerprint::Fingerprint;
use crate::registry::{ExchangeType, KeMethod, NotifyType, PayloadType};
use crate::wire::transport::NON_ESP_MARKER;
use crate::wire::{LenientMessage, Message, Payload};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// The most notify types and the longest cookie that are kept of an answer (RFC 7296 section 2.6: 64 octets).
const MOST_NOTIFIES: usize = 32;
const LONGEST_COOKIE: usize = 64;

/// An answer, as far as it matters here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) spi_i: u64,
    pub(super) spi_r: u64,
    pub(super) accepted: bool,
    pub(super) notifies: Vec<NotifyType>,
    pub(super) cookie: Vec<u8>,
    pub(super) wanted: Option<KeMethod>,
    pub(super) product: Option<String>,
}

impl Reply {
    /// `None` for what is no answer to IKE_SA_INIT.
    pub(super) fn read(datagram: &[u8], marker: bool) -> Option<Self> {
        let octets = if marker { datagram.strip_prefix(&NON_ESP_MARKER)? } else { datagram };
        let message = Message::parse_lenient(octets).ok()?;
        let header = message.header();
        let answers = header.exchange == ExchangeType::IKE_SA_INIT && header.response && !header.initiator && header.message_id == 0;
        answers.then(|| Self::of(&message))
    }

    fn of(message: &LenientMessage<'_>) -> Self {
        let spis = message.header().spis;
        let mut reply = Self { spi_i: spis.initiator, spi_r: spis.responder, ..Self::default() };
        for raw in message.payloads() {
            reply.accepted |= raw.ty == PayloadType::SA;
            if let (Payload::Notify(notify), _) = raw.parse_lenient() {
                reply.note(notify.ty, notify.data);
            }
        }
        reply.accepted &= reply.spi_r != 0;
        reply.product = Fingerprint::of(*message).and_then(|print| print.recognise().map(|known| known.to_string()));
        reply
    }

    fn note(&mut self, ty: NotifyType, data: &[u8]) {
        if self.notifies.len() < MOST_NOTIFIES && !self.notifies.contains(&ty) {
            self.notifies.push(ty);
        }
        if ty == NotifyType::COOKIE && data.len() <= LONGEST_COOKIE {
            self.cookie = data.to_vec();
        }
        if let (NotifyType::INVALID_KE_PAYLOAD, Ok(method)) = (ty, <[u8; 2]>::try_from(data)) {
            self.wanted = Some(KeMethod(u16::from_be_bytes(method)));
        }
    }

    pub(super) fn has(&self, ty: NotifyType) -> bool {
        self.notifies.contains(&ty)
    }
}
