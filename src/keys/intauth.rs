//! Authentication of IKE_INTERMEDIATE messages, RFC 9242 section 3.3.

use super::{Prf, PrfOutput};
use crate::error::{CryptoError, Element, ParseError, ParseErrorKind, Space};
use crate::registry::PayloadType;
use crate::wire::{HEADER_LEN, Message, PAYLOAD_HEADER_LEN};
use alloc::vec::Vec;

/// The octet of the IKE header that holds Next Payload.
const NEXT_PAYLOAD: usize = 16;

/// One IKE_INTERMEDIATE message, opened and, if it came in fragments, reassembled.
#[derive(Clone, Copy, Debug)]
pub struct Intermediate<'a> {
    /// The IKE header as sent; of a fragmented message that of fragment 1. Its Length and, unless `unprotected` is there, its
    /// Next Payload are replaced by those of the message with one SK payload (RFC 9242 section 3.3.2).
    pub header: &'a [u8; HEADER_LEN],
    /// The payloads between IKE header and SK or SKF payload, with their generic headers; usually none.
    pub unprotected: &'a [u8],
    /// The type of the first payload inside SK.
    pub first_payload: PayloadType,
    /// The decrypted content of SK, without padding and Pad Length.
    pub content: &'a [u8],
}

impl<'a> Intermediate<'a> {
    /// The message whose first, or only, `datagram` this is; only what stands before the ciphertext is looked at, so it may have
    /// been opened in place. `content` is that of the whole message.
    ///
    /// # Errors
    /// When the datagram is no message with an SK or SKF payload at its end.
    pub fn new(datagram: &'a [u8], content: &'a [u8]) -> Result<Self, ParseError> {
        let message = Message::parse(datagram)?;
        let error = |offset, kind| ParseError { element: Element::Payload(PayloadType::SK), offset, space: Space::Datagram, kind };
        let last = message.payloads().last().ok_or(error(HEADER_LEN, ParseErrorKind::Empty))?;
        if !matches!(last.ty, PayloadType::SK | PayloadType::SKF) {
            return Err(error(last.offset(), ParseErrorKind::Empty));
        }
        let truncated = error(0, ParseErrorKind::Truncated { needed: HEADER_LEN, available: datagram.len() });
        let (header, rest) = datagram.split_first_chunk().ok_or(truncated)?;
        let unprotected = rest.get(..last.offset().saturating_sub(HEADER_LEN)).ok_or(truncated)?;
        Ok(Self { header, unprotected, first_payload: last.next, content })
    }

    /// prf(`sk_p`, previous | IntAuth_A | IntAuth_P).
    fn prf(&self, prf: Prf, sk_p: &[u8], previous: &[u8]) -> Result<PrfOutput, CryptoError> {
        let payload_len = self.content.len().checked_add(PAYLOAD_HEADER_LEN).ok_or(CryptoError)?;
        let sk_length = u16::try_from(payload_len).map_err(|_| CryptoError)?.to_be_bytes();
        let message_len = payload_len.checked_add(HEADER_LEN).and_then(|sum| sum.checked_add(self.unprotected.len()));
        let length = u32::try_from(message_len.ok_or(CryptoError)?).map_err(|_| CryptoError)?;

        let mut header = *self.header;
        if let Some(field) = header.last_chunk_mut() {
            *field = length.to_be_bytes();
        }
        let sk = [PayloadType::SK.0];
        // The last unprotected payload of a fragmented message announces SKF where SK is due.
        let (before, after) = match last_payload(self.unprotected)? {
            Some(last) => self.unprotected.split_at_checked(last).ok_or(CryptoError)?,
            None => {
                header.get_mut(NEXT_PAYLOAD).into_iter().for_each(|next| *next = PayloadType::SK.0);
                (self.unprotected, self.unprotected)
            }
        };
        let (next, after) = match after.split_first() {
            Some((_, rest)) => (sk.as_slice(), rest),
            None => (after, after),
        };
        let [high, low] = sk_length;
        let generic = [self.first_payload.0, 0, high, low];
        Ok(prf.prf(sk_p, &[previous, &header, before, next, after, &generic, self.content]))
    }
}

/// Where the last payload of a chain starts; `None` for an empty chain.
fn last_payload(chain: &[u8]) -> Result<Option<usize>, CryptoError> {
    let (mut rest, mut last) = (chain, None);
    while !rest.is_empty() {
        last = chain.len().checked_sub(rest.len());
        let [_, _, high, low, ..] = *rest else {
            return Err(CryptoError);
        };
        let length = usize::from(u16::from_be_bytes([high, low]));
        // A length below the generic header's own would never end.
        rest = rest.get(length..).filter(|_| length >= PAYLOAD_HEADER_LEN).ok_or(CryptoError)?;
    }
    Ok(last)
}

/// The running IntAuth of an IKE SA: each IKE_INTERMEDIATE message of either side is taken in, in order.
#[derive(Debug)]
pub struct IntAuth {
    prf: Prf,
    initiator: Option<PrfOutput>,
    responder: Option<PrfOutput>,
}

impl IntAuth {
    /// Nothing taken in yet.
    #[must_use]
    pub const fn new(prf: Prf) -> Self {
        Self { prf, initiator: None, responder: None }
    }

    /// Takes in a request: IntAuth_i(n) = prf(SK_pi(n), IntAuth_i(n-1) | message). Returns IntAuth_i(n).
    ///
    /// `sk_pi` is that of the keys which protected the message, before an additional key exchange in it took effect.
    ///
    /// # Errors
    /// When the content or the unprotected payloads are none a message could carry.
    pub fn request(&mut self, sk_pi: &[u8], message: &Intermediate<'_>) -> Result<&PrfOutput, CryptoError> {
        absorb(self.prf, &mut self.initiator, sk_pi, message)
    }

    /// Takes in a response, with SK_pr. Returns IntAuth_r(n).
    ///
    /// # Errors
    /// As [`request`](Self::request).
    pub fn response(&mut self, sk_pr: &[u8], message: &Intermediate<'_>) -> Result<&PrfOutput, CryptoError> {
        absorb(self.prf, &mut self.responder, sk_pr, message)
    }

    /// IntAuth = IntAuth_i(N) | IntAuth_r(N) | IKE_AUTH_MID: what both peers append to their signed octets.
    ///
    /// `message_id` is the Message ID of the first IKE_AUTH request. Without any IKE_INTERMEDIATE exchange there is nothing to append.
    ///
    /// # Errors
    /// When no whole exchange was taken in.
    pub fn finish(&self, message_id: u32) -> Result<Vec<u8>, CryptoError> {
        match (&self.initiator, &self.responder) {
            (Some(initiator), Some(responder)) => Ok([initiator.as_bytes(), responder.as_bytes(), &message_id.to_be_bytes()].concat()),
            _ => Err(CryptoError),
        }
    }
}

fn absorb<'c>(prf: Prf, chain: &'c mut Option<PrfOutput>, sk_p: &[u8], message: &Intermediate<'_>) -> Result<&'c PrfOutput, CryptoError> {
    let previous = chain.as_ref().map(PrfOutput::as_bytes).unwrap_or_default();
    let next = message.prf(prf, sk_p, previous)?;
    Ok(chain.insert(next))
}
