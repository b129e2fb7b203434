//! The octets of a request.

use crate::error::BuildError;
use crate::registry::{Encr, ExchangeType, Integ, KeMethod, NotifyType, Prf, SecurityProtocol, TransformType};
use crate::wire::transport::NON_ESP_MARKER;
use crate::wire::{Header, IkeSpis, KeyExchange, MessageBuilder, Nonce, Notify, Payload, VendorId};
use alloc::vec::Vec;

/// Names the tool to whoever sees a request.
const TOOL: &[u8] = b"ikev2 probe (RFC 7296): checks the way, opens no tunnel";
/// A group that the offer does not have: a request with it cannot be accepted.
const NEVER: KeMethod = KeMethod::MODP_768;
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
    /// The key exchange that may be accepted, and its public value; `None` for a request that leaves no state.
    pub(super) ke: Option<(KeMethod, &'a [u8])>,
    pub(super) cookie: &'a [u8],
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
        let mut buf = alloc::vec![0; padding.unwrap_or(0).saturating_add(2048)];
        let filler = alloc::vec![0; padding.unwrap_or(0)];
        let header = Header {
            spis: IkeSpis { initiator: self.spi, responder: 0 },
            exchange: ExchangeType::IKE_SA_INIT,
            initiator: true,
            response: false,
            message_id: 0,
        };
        let mut builder = MessageBuilder::new(&mut buf, &header);
        if !self.cookie.is_empty() {
            builder.push(Payload::Notify(Notify::new(NotifyType::COOKIE, self.cookie)));
        }
        offer(&mut builder);
        let (method, data) = self.ke.unwrap_or((NEVER, &[0x55; 96]));
        builder.push(Payload::KeyExchange(KeyExchange { method, data })).push(Payload::Nonce(Nonce { data: self.nonce }));
        for announced in [NotifyType::IKEV2_FRAGMENTATION_SUPPORTED, NotifyType::INTERMEDIATE_EXCHANGE_SUPPORTED] {
            builder.push(Payload::Notify(Notify::new(announced, &[])));
        }
        // SHA2-256, SHA2-384, SHA2-512 and Identity (RFC 7427 section 7, RFC 8420).
        builder.push(Payload::Notify(Notify::new(NotifyType::SIGNATURE_HASH_ALGORITHMS, &[0, 2, 0, 3, 0, 4, 0, 5])));
        builder.push(Payload::VendorId(VendorId { data: TOOL }));
        if padding.is_some() {
            match self.padding {
                Padding::VendorId => builder.push(Payload::VendorId(VendorId { data: &filler })),
                Padding::Notify => builder.push(Payload::Notify(Notify::new(PADDING, &filler))),
            };
        }
        builder.finish().map(|octets| octets.to_vec())
    }
}

/// What most gateways have something in common with.
fn offer(builder: &mut MessageBuilder<'_>) {
    builder.sa(|sa| {
        for (number, aead) in [(1, true), (2, false)] {
            sa.proposal(number, SecurityProtocol::IKE, &[], |p| {
                let encr = if aead { Encr::ENCR_AES_GCM_16 } else { Encr::ENCR_AES_CBC };
                for bits in [256, 128] {
                    p.transform_key_length(TransformType::ENCR, encr, bits);
                }
                for prf in [Prf::PRF_HMAC_SHA2_256, Prf::PRF_HMAC_SHA2_384, Prf::PRF_HMAC_SHA1] {
                    p.transform(TransformType::PRF, prf);
                }
                if !aead {
                    for integ in [Integ::AUTH_HMAC_SHA2_256_128, Integ::AUTH_HMAC_SHA2_384_192, Integ::AUTH_HMAC_SHA1_96] {
                        p.transform(TransformType::INTEG, integ);
                    }
                }
                for ke in [KeMethod::CURVE25519, KeMethod::MODP_2048, KeMethod::MODP_3072, KeMethod::MODP_1024] {
                    p.transform(TransformType::KE, ke);
                }
            });
        }
    });
}

/// Octets of a public value that any random octets are valid for; `None` for a group of which this is not so.
pub(super) const fn random_value_len(method: KeMethod) -> Option<usize> {
    match method {
        KeMethod::CURVE25519 => Some(32),
        KeMethod::MODP_1024 => Some(128),
        KeMethod::MODP_2048 => Some(256),
        KeMethod::MODP_3072 => Some(384),
        _ => None,
    }
}
