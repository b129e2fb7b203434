//! Sealing a message into a caller's buffer.

use super::Sealer;
use crate::error::{BuildError, CryptoError, Element, SealError};
use crate::registry::PayloadType;
#[cfg(feature = "alloc")]
use crate::wire::HEADER_LEN;
use crate::wire::{ChainBuilder, FRAGMENT_HEADER_LEN, Header, LENGTH, MessageBuilder, PAYLOAD_HEADER_LEN, PAYLOAD_LENGTH, Payload, Sk};

/// Writes a message with an SK payload into `buf`; `content` adds the payloads inside SK, where they are then encrypted.
///
/// `unprotected` payloads precede SK, authenticated but in clear; next to no message has any. Padding is as short as the cipher
/// allows. The message is the octets returned; a retransmission sends them again (RFC 7296 section 2.1) and never seals anew.
///
/// # Errors
/// [`SealError::Build`] as for any message, with the exact size needed if `buf` is too small; [`SealError::Crypto`] from the
/// Sealer. `buf` is then unspecified, and may hold the content in clear.
pub fn seal<'b>(
    buf: &'b mut [u8],
    header: &Header,
    unprotected: &[Payload<'_>],
    sealer: &mut dyn Sealer,
    content: impl FnOnce(&mut ChainBuilder<'_>),
) -> Result<&'b mut [u8], SealError> {
    let first = PayloadType::NO_NEXT_PAYLOAD;
    let prefix = prefix(buf, header, unprotected, Payload::Sk(Sk { first_payload: first, sealed: &[] }))?;
    let text_at = prefix.saturating_add(sealer.iv_len());
    let mut builder = ChainBuilder::new(buf.get_mut(text_at..).unwrap_or_default());
    content(&mut builder);
    let (first, len) = match builder.finish() {
        Ok((first, octets)) => (first, octets.len()),
        Err(BuildError::BufferTooSmall { needed }) => (first, needed),
        Err(error) => return Err(error.into()),
    };
    let payload_at = prefix.saturating_sub(PAYLOAD_HEADER_LEN);
    let layout = Layout::new(prefix, len, sealer)?;
    let message = layout.frame(buf, PayloadType::SK, payload_at)?;
    patch(message, payload_at, [first.0]);
    layout.close(message, sealer)
}

/// Writes a message with an SK payload into `buf`, whose content is already there as octets, the first payload of type `first`.
///
/// # Errors
/// As [`seal`].
pub fn seal_content<'b>(
    buf: &'b mut [u8],
    header: &Header,
    unprotected: &[Payload<'_>],
    sealer: &mut dyn Sealer,
    first: PayloadType,
    content: &[u8],
) -> Result<&'b mut [u8], SealError> {
    seal_as(buf, header, unprotected, sealer, Payload::Sk(Sk { first_payload: first, sealed: &[] }), content)
}

/// The same for either kind: `empty` is the SK or SKF payload without what is sealed.
pub(crate) fn seal_as<'b>(
    buf: &'b mut [u8],
    header: &Header,
    unprotected: &[Payload<'_>],
    sealer: &mut dyn Sealer,
    empty: Payload<'_>,
    content: &[u8],
) -> Result<&'b mut [u8], SealError> {
    let prefix = prefix(buf, header, unprotected, empty)?;
    let header_len =
        if empty.ty() == PayloadType::SKF { PAYLOAD_HEADER_LEN.saturating_add(FRAGMENT_HEADER_LEN) } else { PAYLOAD_HEADER_LEN };
    let layout = Layout::new(prefix, content.len(), sealer)?;
    // Lengths before content: the cipher reads the header at once, and octets patched just before would make it wait.
    let message = layout.frame(buf, empty.ty(), prefix.saturating_sub(header_len))?;
    let text_at = prefix.saturating_add(layout.iv_len);
    if let Some(slot) = message.get_mut(text_at..text_at.saturating_add(content.len())) {
        slot.copy_from_slice(content);
    }
    layout.close(message, sealer)
}

/// Octets of header and payload header of a message with SKF and nothing in clear.
#[cfg(feature = "alloc")]
pub(crate) const SKF_PREFIX: usize = HEADER_LEN + PAYLOAD_HEADER_LEN + FRAGMENT_HEADER_LEN;

/// Seals `content` into a message whose octets before the IV are `prefix` and which is as long as `message`.
#[cfg(feature = "alloc")]
pub(crate) fn seal_after(
    message: &mut [u8],
    prefix: &[u8; SKF_PREFIX],
    (iv_len, icv_len): (usize, usize),
    content: &[u8],
    sealer: &mut dyn Sealer,
) -> Result<(), CryptoError> {
    let (aad, sealed) = message.split_first_chunk_mut().ok_or(CryptoError)?;
    *aad = *prefix;
    let (iv, sealed) = sealed.split_at_mut_checked(iv_len).ok_or(CryptoError)?;
    let text_len = sealed.len().checked_sub(icv_len).ok_or(CryptoError)?;
    let (text, icv) = sealed.split_at_mut_checked(text_len).ok_or(CryptoError)?;
    let (slot, padding) = text.split_at_mut_checked(content.len()).ok_or(CryptoError)?;
    slot.copy_from_slice(content);
    let (last, zeros) = padding.split_last_mut().ok_or(CryptoError)?;
    zeros.fill(0);
    *last = u8::try_from(zeros.len()).map_err(|_| CryptoError)?;
    sealer.seal(aad, iv, text, icv)
}

/// Writes everything before the IV, lengths still to be patched, and returns how many octets that is, though they may not fit.
fn prefix(buf: &mut [u8], header: &Header, unprotected: &[Payload<'_>], empty: Payload<'_>) -> Result<usize, BuildError> {
    let mut builder = MessageBuilder::new(buf, header);
    for payload in unprotected {
        builder.push(*payload);
    }
    match builder.push(empty).finish() {
        Ok(octets) => Ok(octets.len()),
        Err(BuildError::BufferTooSmall { needed }) => Ok(needed),
        Err(error) => Err(error),
    }
}

/// Octets of padding, Pad Length not counted, that `content` octets need.
pub(crate) fn pad_len(content: usize, block: usize) -> Option<usize> {
    // All but CBC; a division is several nanoseconds of a fragment's hundred.
    if block == 1 {
        return Some(0);
    }
    let past = content.checked_add(1)?.checked_rem(block)?;
    if past == 0 { Some(0) } else { block.checked_sub(past) }
}

/// Where everything stands in a message: `prefix` octets up to the IV, then IV, text and ICV.
struct Layout {
    prefix: usize,
    iv_len: usize,
    /// Octets of content, of padding, and of content, padding and Pad Length.
    content: usize,
    padding: u8,
    text: usize,
    total: usize,
}

impl Layout {
    fn new(prefix: usize, content: usize, sealer: &dyn Sealer) -> Result<Self, CryptoError> {
        let padding = pad_len(content, sealer.block_len()).and_then(|len| u8::try_from(len).ok()).ok_or(CryptoError)?;
        let text = content.saturating_add(usize::from(padding)).saturating_add(1);
        let iv_len = sealer.iv_len();
        let total = [iv_len, text, sealer.icv_len()].into_iter().fold(prefix, usize::saturating_add);
        Ok(Self { prefix, iv_len, content, padding, text, total })
    }

    /// The octets of the message, with the length fields of the header and of the payload at `payload_at` written.
    fn frame<'b>(&self, buf: &'b mut [u8], ty: PayloadType, payload_at: usize) -> Result<&'b mut [u8], BuildError> {
        let payload = self.total.saturating_sub(payload_at);
        let Ok(payload_len) = u16::try_from(payload) else {
            return Err(BuildError::Overflow { element: Element::Payload(ty), value: payload, maximum: usize::from(u16::MAX) });
        };
        let Ok(message_len) = u32::try_from(self.total) else {
            return Err(BuildError::Overflow {
                element: Element::Header,
                value: self.total,
                maximum: usize::try_from(u32::MAX).unwrap_or(usize::MAX),
            });
        };
        let message = buf.get_mut(..self.total).ok_or(BuildError::BufferTooSmall { needed: self.total })?;
        patch(message, LENGTH, message_len.to_be_bytes());
        patch(message, payload_at.saturating_add(PAYLOAD_LENGTH), payload_len.to_be_bytes());
        Ok(message)
    }

    /// Pads the content and seals the message.
    fn close<'b>(&self, message: &'b mut [u8], sealer: &mut dyn Sealer) -> Result<&'b mut [u8], SealError> {
        let (aad, sealed) = message.split_at_mut_checked(self.prefix).ok_or(CryptoError)?;
        let (iv, sealed) = sealed.split_at_mut_checked(self.iv_len).ok_or(CryptoError)?;
        let (text, icv) = sealed.split_at_mut_checked(self.text).ok_or(CryptoError)?;
        if let Some((last, padding)) = text.get_mut(self.content..).and_then(<[u8]>::split_last_mut) {
            // Mostly empty, and then not worth the call of memset.
            if !padding.is_empty() {
                padding.fill(0);
            }
            *last = self.padding;
        }
        sealer.seal(aad, iv, text, icv)?;
        Ok(message)
    }
}

fn patch<const N: usize>(message: &mut [u8], at: usize, octets: [u8; N]) {
    if let Some(slot) = message.get_mut(at..at.saturating_add(N)) {
        slot.copy_from_slice(&octets);
    }
}
