//! Opening a received message in place.

use super::Opener;
use crate::error::{OpenError, Origin};
use crate::registry::PayloadType;
use crate::wire::codec::At;
use crate::wire::{FRAGMENT_HEADER_LEN, HEADER_LEN, Header, Message, PAYLOAD_HEADER_LEN, Payload, Payloads, Received, fragment_header};

/// Which payload carried the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EncryptedPayload {
    /// SK: the content is the whole message's.
    Sk,
    /// SKF: the content is one fragment of the message's (RFC 7383 section 2.5).
    Skf {
        /// Fragment Number, 1..=`total`.
        number: u16,
        /// Total Fragments.
        total: u16,
    },
}

/// A message whose integrity was verified; only [`open`] makes one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Opened<'a> {
    header: Header,
    unprotected_first: PayloadType,
    /// Header and unprotected payloads.
    head: &'a [u8],
    kind: EncryptedPayload,
    first: PayloadType,
    sk_flags: u8,
    content: &'a [u8],
    padding: &'a [u8],
}

/// Where SK or SKF stands in a datagram, before anything is known to be authentic.
#[derive(Debug, PartialEq, Eq)]
struct Closed {
    header: Header,
    unprotected_first: PayloadType,
    kind: EncryptedPayload,
    first: PayloadType,
    /// Octets before the payload, and before its IV.
    head: usize,
    prefix: usize,
}

/// Verifies the message in `datagram` and decrypts it in place, without allocating.
///
/// `datagram` is the IKE message and nothing else. What is authenticated are the octets as received, from the IKE header to the
/// one before the IV (RFC 7296 section 3.14, RFC 5282 section 5.1, RFC 7383 section 2.5).
///
/// # Errors
/// [`OpenError`]. All failures but [`PadLength`](OpenError::PadLength) come before the message is authentic: drop it. After a
/// failed verification the encrypted text in `datagram` is unspecified: whoever has several keys to try makes a copy first.
pub fn open<'a>(datagram: &'a mut [u8], opener: &dyn Opener) -> Result<Opened<'a>, OpenError> {
    let closed = find(datagram)?;
    let (iv_len, icv_len) = (opener.iv_len(), opener.icv_len());
    let (aad, sealed) = datagram.split_at_mut_checked(closed.prefix).unwrap_or_default();
    let needed = iv_len.saturating_add(icv_len).saturating_add(1);
    let text_len = match sealed.len().checked_sub(needed) {
        Some(more) => more.saturating_add(1),
        None => return Err(OpenError::TooShort { needed, available: sealed.len() }),
    };
    let block_len = opener.block_len();
    if block_len != 1 && text_len.checked_rem(block_len) != Some(0) {
        return Err(OpenError::NotWholeBlocks { length: text_len, block_len });
    }
    let (iv, sealed) = sealed.split_at_mut_checked(iv_len).unwrap_or_default();
    let (text, icv) = sealed.split_at_mut_checked(text_len).unwrap_or_default();
    opener.open(aad, iv, text, icv)?;

    let (content, padding) = split_padding(text)?;
    Ok(Opened {
        header: closed.header,
        unprotected_first: closed.unprotected_first,
        head: aad.get(..closed.head).unwrap_or_default(),
        kind: closed.kind,
        first: closed.first,
        sk_flags: aad.get(closed.head.saturating_add(1)).copied().unwrap_or_default(),
        content,
        padding,
    })
}

fn find(datagram: &[u8]) -> Result<Closed, OpenError> {
    match find_alone(datagram) {
        Some(closed) => Ok(closed),
        None => find_last(datagram),
    }
}

/// Reads what next to every protected message is: a header, and SK or SKF without a fault. All else is [`find_last`]'s.
fn find_alone(datagram: &[u8]) -> Option<Closed> {
    let Received { header, major, first: unprotected_first, length, .. } = Header::peek(datagram).ok()?;
    let payload = datagram.get(HEADER_LEN..)?;
    let (&[first, _, hi, lo], body) = payload.split_first_chunk()?;
    let whole = usize::try_from(length).ok()? == datagram.len() && usize::from(u16::from_be_bytes([hi, lo])) == payload.len();
    let (kind, head_len) = match unprotected_first {
        PayloadType::SK => (EncryptedPayload::Sk, PAYLOAD_HEADER_LEN),
        PayloadType::SKF => {
            let (number, total, _) = fragment_header(body).ok()?;
            (EncryptedPayload::Skf { number, total }, PAYLOAD_HEADER_LEN.saturating_add(FRAGMENT_HEADER_LEN))
        }
        _ => return None,
    };
    let prefix = HEADER_LEN.saturating_add(head_len);
    let closed = Closed { header, unprotected_first, kind, first: PayloadType(first), head: HEADER_LEN, prefix };
    (whole && major == 2).then_some(closed)
}

/// Reads the whole chain.
fn find_last(datagram: &[u8]) -> Result<Closed, OpenError> {
    let message = Message::parse(datagram)?;
    // The chain was checked: SK and SKF are the last payload or not there.
    let last = message.payloads().last().ok_or(OpenError::NotEncrypted)?;
    let body = last.offset().saturating_add(PAYLOAD_HEADER_LEN);
    let (kind, prefix) = match last.parse() {
        Ok(Payload::Sk(_)) => (EncryptedPayload::Sk, body),
        Ok(Payload::Skf(skf)) => (EncryptedPayload::Skf { number: skf.number, total: skf.total }, body.saturating_add(FRAGMENT_HEADER_LEN)),
        _ => return Err(OpenError::NotEncrypted),
    };
    Ok(Closed {
        header: *message.header(),
        unprotected_first: message.first_payload(),
        kind,
        first: last.next_payload,
        head: last.offset(),
        prefix,
    })
}

/// Content and padding of a decrypted text, which ends with the Pad Length.
fn split_padding(text: &[u8]) -> Result<(&[u8], &[u8]), OpenError> {
    let Some((&pad_len, padded)) = text.split_last() else {
        return Err(OpenError::TooShort { needed: 1, available: 0 });
    };
    let fault = OpenError::PadLength { pad_len, available: padded.len() };
    let content = padded.len().checked_sub(usize::from(pad_len)).ok_or(fault)?;
    padded.split_at_checked(content).ok_or(fault)
}

impl<'a> Opened<'a> {
    /// The octet of the SK or SKF generic header that holds the Critical bit and the reserved bits, as received and authenticated.
    /// IntAuth covers it (RFC 9242 section 3.3.2).
    #[must_use]
    pub const fn sk_flags(&self) -> u8 {
        self.sk_flags
    }

    /// The header, as received.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// Whether this is a whole message or a fragment.
    #[must_use]
    pub const fn kind(&self) -> EncryptedPayload {
        self.kind
    }

    /// The type of the first payload in the content (Next Payload of SK, or of SKF with number 1; 0 in other fragments).
    #[must_use]
    pub const fn first_payload(&self) -> PayloadType {
        self.first
    }

    /// The decrypted content without padding: for [`Chain::parse`](crate::wire::Chain::parse) if the kind is [`EncryptedPayload::Sk`].
    #[must_use]
    pub const fn content(&self) -> &'a [u8] {
        self.content
    }

    /// The padding, without the Pad Length.
    #[must_use]
    pub const fn padding(&self) -> &'a [u8] {
        self.padding
    }

    /// The payloads in front of SK or SKF: authentic, but not encrypted.
    #[must_use]
    pub fn unprotected(&self) -> Payloads<'a> {
        let payloads = self.head.get(HEADER_LEN..).unwrap_or_default();
        Payloads::new(self.unprotected_first, payloads, At { offset: HEADER_LEN, origin: Origin::Datagram })
    }

    /// The octets in front of SK or SKF, as received: the IKE header and the unprotected payloads.
    #[must_use]
    pub const fn head(&self) -> &'a [u8] {
        self.head
    }
}

/// Shows no octet of the content.
impl core::fmt::Debug for Opened<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Opened")
            .field("header", &self.header)
            .field("kind", &self.kind)
            .field("first", &self.first)
            .field("content_len", &self.content.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::ExchangeType;
    use crate::wire::{IkeSpis, MessageBuilder, RawPayload, Sk, Skf};
    use alloc::vec::Vec;

    /// Both ways of finding SK and SKF agree, on whole messages and on every change and cut of them.
    #[test]
    fn the_short_way_finds_what_the_whole_chain_says() {
        let header = Header {
            spis: IkeSpis { initiator: 1, responder: 2 },
            exchange: ExchangeType::IKE_AUTH,
            initiator: true,
            response: false,
            message_id: 1,
        };
        let vendor = Payload::Unknown(RawPayload::new(PayloadType::V, false, &[1, 2]));
        let sk = Payload::Sk(Sk { first_payload: PayloadType::IDI, sealed: &[7; 20] });
        let skf = Payload::Skf(Skf { first_payload: PayloadType::IDI, number: 1, total: 2, sealed: &[7; 20] });
        let chains: [&[Payload<'_>]; 7] = [&[sk], &[skf], &[vendor, sk], &[vendor, skf], &[vendor], &[], &[vendor, vendor, skf]];
        let (mut short, mut found) = (0, 0);
        let mut agree = |datagram: &[u8]| {
            let (alone, last) = (find_alone(datagram), find_last(datagram));
            short += usize::from(alone.is_some());
            found += usize::from(last.is_ok());
            match alone {
                Some(alone) => assert_eq!(Ok(alone), last, "{datagram:02x?}"),
                // Then something is in front of it.
                None => assert!(!last.is_ok_and(|last| last.head == HEADER_LEN), "{datagram:02x?}"),
            }
        };
        for chain in chains {
            let mut buf = [0; 200];
            let mut builder = MessageBuilder::new(&mut buf, &header);
            for payload in chain {
                builder.push(*payload);
            }
            let datagram: Vec<u8> = builder.finish().unwrap().to_vec();
            (0..=datagram.len()).for_each(|end| agree(&datagram[..end]));
            agree(&[&datagram[..], &[0]].concat());
            let mut changed = datagram.clone();
            for at in 0..datagram.len() {
                for value in 0..=255 {
                    changed[at] = value;
                    agree(&changed);
                }
                changed[at] = datagram[at];
            }
        }
        assert!(short > 1000 && found > short, "{short} of {found}");
    }
}
