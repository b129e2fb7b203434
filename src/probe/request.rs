//! The octets of a request.

use super::offer::never_of;
use crate::error::BuildError;
use crate::keys::nat_detection_hash;
use crate::proposal::Proposal;
use crate::provider::{Provider, SHA1_LEN};
use crate::registry::{ExchangeType, KeMethod, NotifyType};
use crate::wire::transport::NON_ESP_MARKER;
use crate::wire::{Header, IkeSpis, KeyExchange, MessageBuilder, Nonce, Notify, Payload, VendorId};
use alloc::vec::Vec;
use core::net::SocketAddr;

/// The Vendor ID of every request (RFC 7296 section 3.12): it names the tool to whoever sees one.
pub const VENDOR_ID: &[u8] = b"ikev2 probe: checks the way, no login";
/// Octets of a generic payload header.
const PAYLOAD: usize = 4;
/// Octets of the fixed fields of a notify, with its generic header.
const NOTIFY: usize = 8;
/// A status notify of the private range: a receiver ignores what it does not know (RFC 7296 section 3.10.1).
const PADDING: NotifyType = NotifyType(64_222);

/// How a request is brought to its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Padding {
    VendorId,
    Notify,
}

/// What makes one request unlike another.
#[derive(Clone, Debug)]
pub(super) struct Request<'a> {
    pub(super) spi: u64,
    pub(super) nonce: &'a [u8; 32],
    pub(super) offer: &'a [Proposal],
    /// The key exchange that may be accepted, and its public value; `None` for a request that leaves no state.
    pub(super) ke: Option<(KeMethod, &'a [u8])>,
    pub(super) cookie: &'a [u8],
    /// Whether it says that we would go elsewhere (RFC 5685).
    pub(super) follows: bool,
    /// The two ends, for NAT detection (RFC 7296 section 2.23).
    pub(super) ends: Option<(SocketAddr, SocketAddr)>,
    pub(super) marker: bool,
    /// Octets of UDP payload.
    pub(super) size: usize,
    pub(super) padding: Padding,
}

impl Request<'_> {
    /// The UDP payload. It is longer than asked for where the content alone is.
    pub(super) fn datagram(&self) -> Result<Vec<u8>, BuildError> {
        let marker = if self.marker { NON_ESP_MARKER.len() } else { 0 };
        let wanted = self.size.saturating_sub(marker);
        let bare = self.message(None)?;
        let head = match self.padding {
            Padding::VendorId => PAYLOAD,
            Padding::Notify => NOTIFY,
        };
        let message = match wanted.checked_sub(bare.len().saturating_add(head)) {
            Some(missing) => self.message(Some(missing))?,
            None => bare,
        };
        let mut datagram = Vec::with_capacity(marker.saturating_add(message.len()));
        if self.marker {
            datagram.extend_from_slice(&NON_ESP_MARKER);
        }
        datagram.extend_from_slice(&message);
        Ok(datagram)
    }

    fn message(&self, padding: Option<usize>) -> Result<Vec<u8>, BuildError> {
        let filler = alloc::vec![0; padding.unwrap_or(0)];
        let mut room = filler.len().saturating_add(2048);
        // A second round at most: the first says how much is needed.
        loop {
            let mut buf = alloc::vec![0; room];
            match self.write(&mut buf, padding.map(|_| filler.as_slice())) {
                Ok(len) => {
                    buf.truncate(len);
                    return Ok(buf);
                }
                Err(BuildError::BufferTooSmall { needed }) if needed > room => room = needed,
                Err(other) => return Err(other),
            }
        }
    }

    fn write(&self, buf: &mut [u8], filler: Option<&[u8]>) -> Result<usize, BuildError> {
        let header = Header {
            spis: IkeSpis { initiator: self.spi, responder: 0 },
            exchange: ExchangeType::IKE_SA_INIT,
            initiator: true,
            response: false,
            message_id: 0,
        };
        let mut builder = MessageBuilder::new(buf, &header);
        if !self.cookie.is_empty() {
            builder.push(Payload::Notify(Notify::new(NotifyType::COOKIE, self.cookie)));
        }
        builder.sa(|sa| (1..=u8::MAX).zip(self.offer).for_each(|(number, proposal)| proposal.emit(sa, number, &[])));
        let (never, len) = never_of(self.offer);
        let stand_in = alloc::vec![0x55; len];
        let (method, data) = self.ke.unwrap_or((never, &stand_in));
        builder.push(Payload::KeyExchange(KeyExchange { method, data })).push(Payload::Nonce(Nonce { data: self.nonce }));
        for announced in [NotifyType::IKEV2_FRAGMENTATION_SUPPORTED, NotifyType::INTERMEDIATE_EXCHANGE_SUPPORTED] {
            builder.push(Payload::Notify(Notify::new(announced, &[])));
        }
        if self.ke.is_some() {
            self.announce(&mut builder);
        }
        builder.push(Payload::VendorId(VendorId { data: VENDOR_ID }));
        if let Some(filler) = filler {
            match self.padding {
                Padding::VendorId => builder.push(Payload::VendorId(VendorId { data: filler })),
                Padding::Notify => builder.push(Payload::Notify(Notify::new(PADDING, filler))),
            };
        }
        builder.finish().map(|octets| octets.len())
    }

    /// What a server announces only to who announces it, too.
    fn announce(&self, builder: &mut MessageBuilder<'_>) {
        for (ty, hash) in self.nat_hashes().into_iter().flatten() {
            builder.push(Payload::Notify(Notify::new(ty, &hash)));
        }
        // SHA2-256, SHA2-384, SHA2-512 and Identity (RFC 7427 section 7, RFC 8420).
        builder.push(Payload::Notify(Notify::new(NotifyType::SIGNATURE_HASH_ALGORITHMS, &[0, 2, 0, 3, 0, 4, 0, 5])));
        if self.follows {
            builder.push(Payload::Notify(Notify::new(NotifyType::REDIRECT_SUPPORTED, &[])));
        }
        for announced in [NotifyType::USE_PPK, NotifyType::USE_PPK_INT, NotifyType::IKE_SA_INIT_FULL_TRANSCRIPT_AUTH] {
            builder.push(Payload::Notify(Notify::new(announced, &[])));
        }
    }

    fn nat_hashes(&self) -> Option<[(NotifyType, [u8; SHA1_LEN]); 2]> {
        let (ours, theirs) = self.ends?;
        let sha1 = Provider::builtin().sha1().ok()?;
        let spis = IkeSpis { initiator: self.spi, responder: 0 };
        let hash = |end: SocketAddr| nat_detection_hash(sha1, spis, end.ip(), end.port());
        Some([(NotifyType::NAT_DETECTION_SOURCE_IP, hash(ours)), (NotifyType::NAT_DETECTION_DESTINATION_IP, hash(theirs))])
    }
}
