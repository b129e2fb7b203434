//! Authentication of IKE_INTERMEDIATE messages, RFC 9242 section 3.3.

use super::{PrfFunction, PrfOutput};
use crate::error::{CryptoError, Element, Origin, ParseError, ParseErrorKind};
use crate::registry::PayloadType;
use crate::wire::{HEADER_LEN, Message, NEXT_PAYLOAD, PAYLOAD_HEADER_LEN, Payload};
use alloc::vec::Vec;

/// One IKE_INTERMEDIATE message, opened and, if it came in fragments, reassembled.
#[derive(Clone, Copy, Debug)]
pub struct IntermediateMessage<'a> {
    /// The IKE header as sent; of a fragmented message that of fragment 1. Its Length and, unless `unprotected` is there, its
    /// Next Payload are replaced by those of the message with one SK payload (RFC 9242 section 3.3.2).
    pub header: &'a [u8; HEADER_LEN],
    /// The payloads between IKE header and SK or SKF payload, with their generic headers; usually none.
    pub unprotected: &'a [u8],
    /// The type of the first payload inside SK.
    pub first_payload: PayloadType,
    /// The octet of the SK (or, of fragment 1, SKF) generic header that holds the Critical bit and the reserved bits, as received.
    pub sk_flags: u8,
    /// The decrypted content of SK, without padding and Pad Length.
    pub content: &'a [u8],
}

impl<'a> IntermediateMessage<'a> {
    /// The message whose first, or only, `datagram` this is; only what stands before the ciphertext is looked at, so it may have
    /// been opened in place. `content` is that of the whole message.
    ///
    /// # Errors
    /// When the datagram is no message with an SK or SKF payload at its end.
    pub fn new(datagram: &'a [u8], content: &'a [u8]) -> Result<Self, ParseError> {
        let message = Message::parse(datagram)?;
        let error = |offset, kind| ParseError { element: Element::Payload(PayloadType::SK), offset, origin: Origin::Datagram, kind };
        let last = message.payloads().last().ok_or(error(HEADER_LEN, ParseErrorKind::NoEncryptedPayload))?;
        // Only fragment 1 names the first payload of the content (RFC 7383 section 2.5).
        match last.parse()? {
            Payload::Sk(_) => {}
            Payload::Skf(skf) if skf.number == 1 => {}
            Payload::Skf(skf) => {
                return Err(error(last.offset(), ParseErrorKind::FragmentNumber { number: skf.number, total: skf.total }));
            }
            _ => return Err(error(last.offset(), ParseErrorKind::NoEncryptedPayload)),
        }
        let truncated = error(0, ParseErrorKind::Truncated { needed: HEADER_LEN, available: datagram.len() });
        let (header, rest) = datagram.split_first_chunk().ok_or(truncated)?;
        let unprotected = rest.get(..last.offset().saturating_sub(HEADER_LEN)).ok_or(truncated)?;
        let sk_flags = datagram.get(last.offset().saturating_add(1)).copied().ok_or(truncated)?;
        Ok(Self { header, unprotected, first_payload: last.next_payload, sk_flags, content })
    }

    /// prf(`sk_p`, previous | IntAuth_A | IntAuth_P).
    fn prf(&self, prf: PrfFunction, sk_p: &[u8], previous: &[u8]) -> Result<PrfOutput, CryptoError> {
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
        let generic = [self.first_payload.0, self.sk_flags, high, low];
        Ok(prf.compute(sk_p, &[previous, &header, before, next, after, &generic, self.content]))
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
    prf: PrfFunction,
    initiator: Option<PrfOutput>,
    responder: Option<PrfOutput>,
    /// Requests taken in for which the response was not.
    unanswered: u32,
}

impl IntAuth {
    /// Nothing taken in yet.
    #[must_use]
    pub const fn new(prf: PrfFunction) -> Self {
        Self { prf, initiator: None, responder: None, unanswered: 0 }
    }

    /// Takes in a request: IntAuth_i(n) = prf(SK_pi(n), IntAuth_i(n-1) | message). Returns IntAuth_i(n).
    ///
    /// `sk_pi` is that of the keys which protected the message, before an additional key exchange in it took effect.
    ///
    /// # Errors
    /// If the content or the unprotected payloads are none a message could carry, or the request before has not been answered.
    pub fn request(&mut self, sk_pi: &[u8], message: &IntermediateMessage<'_>) -> Result<&PrfOutput, CryptoError> {
        // One request at a time (RFC 9242 section 3.1): a second one before its response is no exchange.
        let unanswered = self.unanswered.checked_add(1).filter(|count| *count == 1).ok_or(CryptoError)?;
        let taken = absorb(self.prf, &mut self.initiator, sk_pi, message)?;
        self.unanswered = unanswered;
        Ok(taken)
    }

    /// Takes in a response, with SK_pr. Returns IntAuth_r(n).
    ///
    /// # Errors
    /// As [`request`](Self::request), and if no request was taken in before it.
    pub fn response(&mut self, sk_pr: &[u8], message: &IntermediateMessage<'_>) -> Result<&PrfOutput, CryptoError> {
        let unanswered = self.unanswered.checked_sub(1).ok_or(CryptoError)?;
        let taken = absorb(self.prf, &mut self.responder, sk_pr, message)?;
        self.unanswered = unanswered;
        Ok(taken)
    }

    /// IntAuth = IntAuth_i(N) | IntAuth_r(N) | IKE_AUTH_MID: what both peers append to their signed octets.
    ///
    /// `message_id` is the Message ID of the first IKE_AUTH request. Without any IKE_INTERMEDIATE exchange there is nothing to append.
    ///
    /// # Errors
    /// If no whole exchange was taken in, or the last one is not whole.
    pub fn finish(&self, message_id: u32) -> Result<Vec<u8>, CryptoError> {
        match (&self.initiator, &self.responder) {
            (Some(initiator), Some(responder)) if self.unanswered == 0 => {
                Ok([initiator.as_octets(), responder.as_octets(), &message_id.to_be_bytes()].concat())
            }
            _ => Err(CryptoError),
        }
    }
}

fn absorb<'c>(
    prf: PrfFunction,
    chain: &'c mut Option<PrfOutput>,
    sk_p: &[u8],
    message: &IntermediateMessage<'_>,
) -> Result<&'c PrfOutput, CryptoError> {
    let previous = chain.as_ref().map(PrfOutput::as_octets).unwrap_or_default();
    let next = message.prf(prf, sk_p, previous)?;
    Ok(chain.insert(next))
}

#[cfg(test)]
#[cfg(any(feature = "ring", feature = "hmac-sha"))]
mod tests {
    use super::*;
    use crate::provider::Provider;
    use crate::registry;
    use alloc::vec;

    const HEADER: [u8; HEADER_LEN] =
        [1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 46, 0x20, 43, 0x08, 0, 0, 0, 1, 0xaa, 0xaa, 0xaa, 0xaa];

    fn prf() -> PrfFunction {
        PrfFunction::new(&Provider::builtin(), registry::Prf::PRF_HMAC_SHA2_256).unwrap()
    }

    fn link(unprotected: &[u8], next: u8, content: &[u8]) -> Result<PrfOutput, CryptoError> {
        let mut header = HEADER;
        header[NEXT_PAYLOAD] = next;
        IntermediateMessage { header: &header, unprotected, first_payload: PayloadType::KE, sk_flags: 0, content }.prf(
            prf(),
            b"key",
            b"previous",
        )
    }

    /// RFC 9242 section 3.3.2, written out by hand: a fragmented message counts as the whole one with its SK payload.
    #[test]
    fn covers_the_unfragmented_message() {
        let expect = |next: u8, length: u8, unprotected: &[u8]| {
            let mut header = HEADER;
            header[NEXT_PAYLOAD] = next;
            header[24..].copy_from_slice(&[0, 0, 0, length]);
            prf().compute(b"key", &[b"previous", &header, unprotected, &[34, 0, 0, 7], b"abc"])
        };
        for next in [PayloadType::SK.0, PayloadType::SKF.0] {
            assert!(link(&[], next, b"abc").unwrap().ct_eq(expect(46, 35, &[]).as_octets()));
            // N, then V, then SK or SKF.
            let unprotected = [43, 0, 0, 5, 9, next, 0, 0, 6, 8, 8];
            let whole = [43, 0, 0, 5, 9, 46, 0, 0, 6, 8, 8];
            assert!(link(&unprotected, 41, b"abc").unwrap().ct_eq(expect(41, 46, &whole).as_octets()));
        }
        assert!(!link(&[], 46, b"abd").unwrap().ct_eq(expect(46, 35, &[]).as_octets()));
    }

    #[test]
    fn what_no_message_can_carry_is_refused() {
        assert!(link(&[], 46, &vec![0; 65531]).is_ok());
        assert!(link(&[], 46, &vec![0; 65532]).is_err());
        for chain in [&[41][..], &[41, 0, 0], &[41, 0, 0, 3], &[41, 0, 0, 0], &[41, 0, 0, 5], &[41, 0, 0, 4, 1]] {
            assert!(link(chain, 41, b"").is_err(), "{chain:?}");
        }
    }

    #[test]
    fn a_second_exchange_continues_the_chain_and_half_an_exchange_is_none() {
        let message =
            |content| IntermediateMessage { header: &HEADER, unprotected: &[], first_payload: PayloadType::KE, sk_flags: 0, content };
        let mut int_auth = IntAuth::new(prf());
        assert_eq!(int_auth.finish(3), Err(CryptoError));
        let first = int_auth.request(b"pi1", &message(b"1")).unwrap().as_octets().to_vec();
        assert_eq!(int_auth.finish(3), Err(CryptoError));
        let answer = int_auth.response(b"pr1", &message(b"2")).unwrap().as_octets().to_vec();
        assert_eq!(int_auth.finish(3).unwrap(), [first.as_slice(), &answer, &[0, 0, 0, 3]].concat());
        let second = message(b"3").prf(prf(), b"pi2", &first).unwrap();
        assert!(int_auth.request(b"pi2", &message(b"3")).unwrap().ct_eq(second.as_octets()));
        // The second exchange is not whole; a request beside it is none.
        assert_eq!(int_auth.finish(3), Err(CryptoError));
        assert!(int_auth.request(b"pi2", &message(b"3")).is_err());
        int_auth.response(b"pr2", &message(b"4")).unwrap();
        assert!(int_auth.response(b"pr2", &message(b"4")).is_err());
        assert!(int_auth.finish(3).unwrap().starts_with(second.as_octets()));
    }

    /// RFC 9242 section 3.3.2: the generic header of SK is covered as it was sent, so its reserved bits are too.
    #[test]
    fn the_reserved_bits_of_sk_are_covered_as_received() {
        for flags in [0, 0x01, 0x80, 0xff] {
            let mut datagram = HEADER.to_vec();
            datagram[24..28].copy_from_slice(&[0, 0, 0, 33]);
            datagram.extend([PayloadType::KE.0, flags, 0, 5, 9]);
            let message = IntermediateMessage::new(&datagram, b"abc").unwrap();
            assert_eq!(message.sk_flags, flags);
            let mut header = HEADER;
            header[24..].copy_from_slice(&[0, 0, 0, 35]);
            let due = prf().compute(b"key", &[b"previous", &header, &[34, flags, 0, 7], b"abc"]);
            assert!(message.prf(prf(), b"key", b"previous").unwrap().ct_eq(due.as_octets()));
        }
    }

    /// RFC 7383 section 2.5: the other fragments do not name the first payload of the content.
    #[test]
    fn only_fragment_1_begins_a_message() {
        let fragment = |number: u8| {
            let mut datagram = HEADER.to_vec();
            datagram[NEXT_PAYLOAD] = PayloadType::SKF.0;
            datagram[24..28].copy_from_slice(&[0, 0, 0, 38]);
            datagram.extend([if number == 1 { PayloadType::KE.0 } else { 0 }, 0, 0, 10, 0, number, 0, 2, 9, 9]);
            datagram
        };
        assert_eq!(IntermediateMessage::new(&fragment(1), b"abc").unwrap().first_payload, PayloadType::KE);
        let kind = ParseErrorKind::FragmentNumber { number: 2, total: 2 };
        assert_eq!(IntermediateMessage::new(&fragment(2), b"abc").unwrap_err().kind, kind);
    }

    #[test]
    fn a_message_without_sk_is_not_one() {
        let mut datagram = HEADER.to_vec();
        datagram[24..28].copy_from_slice(&[0, 0, 0, 32]);
        datagram.extend([0, 0, 0, 4]);
        datagram[NEXT_PAYLOAD] = 43;
        let error = IntermediateMessage::new(&datagram, b"").unwrap_err();
        assert_eq!((error.kind, error.notify()), (ParseErrorKind::NoEncryptedPayload, None));
        assert!(alloc::format!("{error}").ends_with(": the message has no SK or SKF payload"), "{error}");
        datagram[NEXT_PAYLOAD] = 0;
        assert!(IntermediateMessage::new(&datagram[..28], b"").is_err());
    }
}
