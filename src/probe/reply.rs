//! What an answer says.

use crate::fingerprint::Fingerprint;
use crate::provider::SHA1_LEN;
use crate::registry::{ExchangeType, KeMethod, NotifyType, PayloadType};
use crate::wire::transport::NON_ESP_MARKER;
use crate::wire::{LenientMessage, Message, Notify, Payload};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// The most notify types, the longest cookie (RFC 7296 section 2.6: 64 octets) and the most hashes of addresses that are kept.
const MOST_NOTIFIES: usize = 32;
const LONGEST_COOKIE: usize = 64;
const MOST_HASHES: usize = 8;

/// An answer, as far as it matters here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) spi_i: u64,
    pub(super) spi_r: u64,
    pub(super) is_accepted: bool,
    /// Octets of the message.
    pub(super) len: usize,
    pub(super) notifies: Vec<NotifyType>,
    pub(super) cookie: Vec<u8>,
    pub(super) wanted: Option<KeMethod>,
    pub(super) product: Option<String>,
    /// NAT_DETECTION_SOURCE_IP and NAT_DETECTION_DESTINATION_IP.
    pub(super) source_hashes: Vec<[u8; SHA1_LEN]>,
    pub(super) destination_hash: Option<[u8; SHA1_LEN]>,
}

impl Reply {
    /// `None` for what is no answer to IKE_SA_INIT.
    pub(super) fn read(datagram: &[u8], marker: bool) -> Option<Self> {
        let octets = if marker { datagram.strip_prefix(&NON_ESP_MARKER)? } else { datagram };
        let message = Message::parse_lenient(octets).ok()?;
        let header = message.header();
        let answers = header.exchange == ExchangeType::IKE_SA_INIT && header.response && !header.initiator && header.message_id == 0;
        answers.then(|| Self { len: octets.len(), ..Self::of(&message) })
    }

    fn of(message: &LenientMessage<'_>) -> Self {
        let spis = message.header().spis;
        let mut reply = Self { spi_i: spis.initiator, spi_r: spis.responder, ..Self::default() };
        for raw in message.payloads() {
            reply.is_accepted |= raw.ty == PayloadType::SA;
            if let (Payload::Notify(notify), _) = raw.parse_lenient() {
                reply.note(&notify);
            }
        }
        reply.is_accepted &= reply.spi_r != 0;
        reply.product = Fingerprint::of(*message).and_then(|print| print.recognise().map(|known| known.to_string()));
        reply
    }

    fn note(&mut self, notify: &Notify<'_>) {
        let (ty, data) = (notify.ty, notify.data);
        if self.notifies.len() < MOST_NOTIFIES && !self.notifies.contains(&ty) {
            self.notifies.push(ty);
        }
        let hash = || <[u8; SHA1_LEN]>::try_from(data).ok();
        match ty {
            NotifyType::COOKIE if data.len() <= LONGEST_COOKIE => self.cookie = data.to_vec(),
            NotifyType::INVALID_KE_PAYLOAD => {
                self.wanted = <[u8; 2]>::try_from(data).ok().map(|method| KeMethod(u16::from_be_bytes(method)));
            }
            NotifyType::NAT_DETECTION_SOURCE_IP if self.source_hashes.len() < MOST_HASHES => self.source_hashes.extend(hash()),
            NotifyType::NAT_DETECTION_DESTINATION_IP => self.destination_hash = hash(),
            _ => {}
        }
    }

    pub(super) fn has(&self, ty: NotifyType) -> bool {
        self.notifies.contains(&ty)
    }
}
