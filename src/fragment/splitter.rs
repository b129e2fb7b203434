//! One SK message, or as many SKF messages as the path calls for.

use super::FragmentationSupport;
use super::budget::{Budget, Cut, Overhead, Path};
use crate::error::{BuildError, Element, FragmentError, SealError};
use crate::protect::{SKF_PREFIX, Sealer, seal_after, seal_as};
use crate::registry::{ExchangeType, NotifyType, PayloadType};

use crate::wire::{Chain, HEADER_LEN, Header, MessageBuilder, NEXT_PAYLOAD, Payload, Sk, Skf};
use core::iter::FusedIterator;

/// How content is spread over the fragments; their number is the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Layout {
    /// Every fragment but the last is as large as the path allows.
    #[default]
    Fill,
    /// Every fragment but the last is as small as their number allows.
    Balanced,
}

/// A message to be protected.
#[derive(Clone, Copy, Debug)]
pub struct OutgoingMessage<'a> {
    /// The header.
    pub header: Header,
    /// Payloads in front of SK, authenticated but in clear. They all travel in fragment 1 (RFC 7383 section 2.5.3).
    pub unprotected: &'a [Payload<'a>],
    /// The type of the first payload of the content.
    pub first_payload: PayloadType,
    /// The chain of payloads to encrypt, as [`ChainBuilder`](crate::wire::ChainBuilder) writes it.
    pub content: &'a [u8],
}

/// Cuts messages to the size of a path.
///
/// ```
/// # #[cfg(feature = "ring")] {
/// use ikev2::provider::Provider;
/// use ikev2::fragment::{Layout, FragmentationSupport, OutgoingMessage, Path, Splitter};
/// use ikev2::protect::{IvSequence, Suite};
/// use ikev2::registry::{Encr, ExchangeType, PayloadType};
/// use ikev2::wire::{Header, IkeSpis};
///
/// let suite = Suite::new(Encr::ENCR_AES_GCM_16, Some(256), None).unwrap();
/// let mut sealer = suite.sealer(&Provider::builtin(), &[7; 36], &[], IvSequence::new(&[3; 16])).unwrap();
/// let header = Header {
///     spis: IkeSpis { initiator: 1, responder: 2 }, exchange: ExchangeType::IKE_AUTH, initiator: true, response: false, message_id: 1,
/// };
/// let mut content = [0; 3000];
/// content[2..4].copy_from_slice(&3000u16.to_be_bytes());
/// let message = OutgoingMessage { header, unprotected: &[], first_payload: PayloadType::V, content: &content };
///
/// let splitter = Splitter::new(Path::ipv4(1280), Layout::Fill, FragmentationSupport::Both);
/// let mut datagrams = splitter.datagrams(&message, &mut *sealer).unwrap();
/// assert_eq!(datagrams.remaining(), 3);
/// let mut buf = [0; 1280];
/// while let Some(datagram) = datagrams.next_into(&mut buf) {
///     assert!(datagram.unwrap().len() <= 1252);
/// }
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Splitter {
    path: Path,
    layout: Layout,
    negotiated: FragmentationSupport,
}

impl Splitter {
    /// A splitter for a path; unless both sides announced fragmentation it gives one message, however large.
    #[must_use]
    pub const fn new(path: Path, layout: Layout, negotiated: FragmentationSupport) -> Self {
        Self { path, layout, negotiated }
    }

    /// The messages that carry `message`: one with SK if it fits the path or may not be fragmented, else at least two with SKF.
    ///
    /// Seal them once and keep the octets: a retransmission sends them again and never seals anew (RFC 7296 section 2.1).
    ///
    /// # Errors
    /// [`FragmentError`] when the message does not fit the path and fragments of it carry no content, the fragments would number more than 65535, or the message needs
    /// fragments and must not have any: IKE_SA_INIT and IKE_SESSION_RESUME are not protected (RFC 7383 section 2.2), and
    /// IKEV2_MESSAGE_ID_SYNC is never fragmented (section 3).
    pub fn datagrams<'s>(&self, message: &OutgoingMessage<'s>, sealer: &'s mut dyn Sealer) -> Result<Datagrams<'s>, FragmentError> {
        if matches!(message.header.exchange, ExchangeType::IKE_SA_INIT | ExchangeType::IKE_SESSION_RESUME) {
            return Err(FragmentError::NotProtected);
        }
        let overhead = Overhead::of(sealer);
        let unprotected = unprotected_len(message)?;
        let content = message.content.len();
        let (budget, mut cut) = (Budget::unchecked(self.path, overhead), Cut { count: 1, first: content, others: 0 });
        let mut prefix = [0; SKF_PREFIX];
        if self.negotiated.is_negotiated() {
            cut = budget.cut(content, unprotected)?;
        }
        if cut.count > 1 {
            if is_message_id_sync(message) {
                return Err(FragmentError::NeverFragmented);
            }
            if self.layout == Layout::Balanced {
                cut = balanced(cut, content);
            }
            let _ = MessageBuilder::new(&mut prefix, &message.header);
            let [.., total_hi, total_lo] = &mut prefix;
            [*total_hi, *total_lo] = cut.count.to_be_bytes();
            prefix[NEXT_PAYLOAD] = PayloadType::SKF.0;
        }
        Ok(Datagrams { message: *message, sealer, cursor: Cursor::new(budget, cut, unprotected), prefix })
    }
}

/// The same number of fragments, and none larger than it need be.
fn balanced(cut: Cut, content: usize) -> Cut {
    // Rounding up an equal share leaves the last fragment less, and never nothing: fewer fragments would not do.
    let share = content.div_ceil(usize::from(cut.count).max(1));
    if share <= cut.first {
        return Cut { first: share, others: share, ..cut };
    }
    let others = content.saturating_sub(cut.first).div_ceil(usize::from(cut.count).saturating_sub(1).max(1));
    Cut { others, ..cut }
}

/// Octets of the payloads in clear.
fn unprotected_len(message: &OutgoingMessage<'_>) -> Result<usize, BuildError> {
    if message.unprotected.is_empty() {
        return Ok(0);
    }
    let mut builder = MessageBuilder::new(&mut [], &message.header);
    for payload in message.unprotected {
        builder.push(*payload);
    }
    match builder.finish() {
        Err(BuildError::BufferTooSmall { needed }) => Ok(needed.saturating_sub(HEADER_LEN)),
        Err(error) => Err(error),
        Ok(octets) => Ok(octets.len().saturating_sub(HEADER_LEN)),
    }
}

/// RFC 6311 section 8.1: such a notify comes in an INFORMATIONAL exchange.
fn is_message_id_sync(message: &OutgoingMessage<'_>) -> bool {
    if message.header.exchange != ExchangeType::INFORMATIONAL {
        return false;
    }
    let content = Chain::parse_lenient(message.first_payload, message.content);
    let is = |ty| matches!(ty, NotifyType::IKEV2_MESSAGE_ID_SYNC | NotifyType::IPSEC_REPLAY_COUNTER_SYNC);
    content.payloads().any(|raw| matches!(raw.parse(), Ok(Payload::Notify(notify)) if is(notify.ty)))
}

/// How far the content has been cut.
#[derive(Clone, Copy, Debug)]
struct Cursor {
    budget: Budget,
    /// Every fragment between the first and the last has the same size.
    cut: Cut,
    unprotected: usize,
    /// Number of the next; 0 when all are done.
    next: u16,
    done: usize,
    /// Octets of a datagram after the first that is as large as they get.
    others_len: usize,
}

/// A datagram to be made.
struct Piece {
    number: u16,
    /// Where its content begins and ends.
    start: usize,
    end: usize,
    /// Its octets.
    len: usize,
}

impl Cursor {
    fn new(budget: Budget, cut: Cut, unprotected: usize) -> Self {
        let others_len = budget.fragment_len(cut.others, 0);
        Self { budget, cut, unprotected, next: 1, done: 0, others_len }
    }

    /// Takes the next piece of `content` octets.
    fn next_piece(&mut self, content: usize) -> Option<Piece> {
        let (number, start) = (self.next, self.done);
        if number == 0 {
            return None;
        }
        let left = content.saturating_sub(start);
        let (size, unprotected) = if number == 1 { (self.cut.first, self.unprotected) } else { (self.cut.others, 0) };
        let size = if number == self.cut.count { left } else { size.min(left) };
        let len = if number != 1 && size == self.cut.others { self.others_len } else { self.len_of(size, unprotected) };
        self.done = start.saturating_add(size);
        self.next = if number < self.cut.count { number.saturating_add(1) } else { 0 };
        Some(Piece { number, start, end: self.done, len })
    }

    fn len_of(&self, content: usize, unprotected: usize) -> usize {
        if self.cut.count == 1 { self.budget.message_len(content, unprotected) } else { self.budget.fragment_len(content, unprotected) }
    }

    fn datagrams_left(&self) -> usize {
        if self.next == 0 { 0 } else { usize::from(self.cut.count).saturating_sub(self.next.into()).saturating_add(1) }
    }
}

/// The messages a [`Splitter`] makes, sealed one by one.
pub struct Datagrams<'s> {
    message: OutgoingMessage<'s>,
    sealer: &'s mut dyn Sealer,
    cursor: Cursor,
    /// Header and payload header of a fragment without payloads in clear; lengths, number and first payload are to be patched.
    prefix: [u8; SKF_PREFIX],
}

impl<'s> Datagrams<'s> {
    /// How many are still to come.
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.cursor.datagrams_left()
    }

    /// Whether all have been sealed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.remaining() == 0
    }

    /// Octets of the largest datagram still to come: a buffer of this size takes any of them.
    #[must_use]
    pub fn max_len(&self) -> usize {
        let (first, middle, last) = self.lens();
        let middle = if middle == 0 { 0 } else { self.cursor.others_len };
        first.max(middle).max(last)
    }

    /// Octets of all datagrams still to come, for [`fill`](Self::fill).
    #[must_use]
    pub fn total_len(&self) -> usize {
        let (first, middle, last) = self.lens();
        middle.saturating_mul(self.cursor.others_len).saturating_add(first).saturating_add(last)
    }

    /// Octets of the next datagram, the number of those between it and the last, and octets of the last if that is another.
    fn lens(&self) -> (usize, usize, usize) {
        let (content, mut cursor) = (self.message.content.len(), self.cursor);
        let first = cursor.next_piece(content).map_or(0, |piece| piece.len);
        let Some(middle) = cursor.datagrams_left().checked_sub(1) else { return (first, 0, 0) };
        cursor.done = cursor.done.saturating_add(middle.saturating_mul(cursor.cut.others));
        cursor.next = cursor.cut.count;
        (first, middle, cursor.next_piece(content).map_or(0, |piece| piece.len))
    }

    /// Seals the next datagram into `buf`; `None` when all have been sealed.
    ///
    /// A buffer too small loses nothing: the same datagram is next. After a failure of the Sealer give the message up.
    pub fn next_into<'b>(&mut self, buf: &'b mut [u8]) -> Option<Result<&'b mut [u8], SealError>> {
        let before = self.cursor;
        let piece = self.cursor.next_piece(self.message.content.len())?;
        // Before the Sealer uses up an IV.
        let Some(datagram) = buf.get_mut(..piece.len) else {
            self.cursor = before;
            return Some(Err(BuildError::BufferTooSmall { needed: piece.len }.into()));
        };
        let sealed = self.seal(&piece, datagram);
        if sealed.is_err() {
            self.cursor = before;
        }
        Some(sealed.map(|()| datagram))
    }

    /// Seals one datagram, whose octets `datagram` has.
    fn seal(&mut self, piece: &Piece, datagram: &mut [u8]) -> Result<(), SealError> {
        let content = self.message.content.get(piece.start..piece.end).unwrap_or_default();
        let (number, total) = (piece.number, self.cursor.cut.count);
        let first = if number == 1 { self.message.first_payload } else { PayloadType::NO_NEXT_PAYLOAD };
        let unprotected = if number == 1 { self.message.unprotected } else { &[] };
        if total > 1 && unprotected.is_empty() {
            self.patch_prefix(number, first, datagram.len())?;
            let Overhead { iv_len, icv_len, .. } = self.cursor.budget.overhead();
            return Ok(seal_after(datagram, &self.prefix, (iv_len, icv_len), content, &mut *self.sealer)?);
        }
        let empty = match total {
            1 => Payload::Sk(Sk { first_payload: first, sealed: &[] }),
            _ => Payload::Skf(Skf { first_payload: first, number, total, sealed: &[] }),
        };
        seal_as(datagram, &self.message.header, unprotected, &mut *self.sealer, empty, content).map(|_| ())
    }

    /// What differs from one fragment to the next in front of the IV.
    fn patch_prefix(&mut self, number: u16, first: PayloadType, len: usize) -> Result<(), BuildError> {
        let fault = |element, maximum| BuildError::Overflow { element, value: len, maximum };
        let payload_len = u16::try_from(len.saturating_sub(HEADER_LEN)).map_err(|_| fault(Element::Payload(PayloadType::SKF), 65535))?;
        let len = u32::try_from(len).map_err(|_| fault(Element::Header, usize::try_from(u32::MAX).unwrap_or(usize::MAX)))?;
        let [.., l3, l2, l1, l0, next, _flags, p1, p0, n1, n0, _t1, _t0] = &mut self.prefix;
        [*l3, *l2, *l1, *l0] = len.to_be_bytes();
        *next = first.0;
        [*p1, *p0] = payload_len.to_be_bytes();
        [*n1, *n0] = number.to_be_bytes();
        Ok(())
    }

    /// Seals all datagrams still to come into `buf`, one after the other.
    ///
    /// # Errors
    /// [`BufferTooSmall`](BuildError::BufferTooSmall) with [`total_len`](Self::total_len); nothing has been sealed then.
    pub fn fill<'b>(self, buf: &'b mut [u8]) -> Result<SealedInto<'s, 'b>, BuildError> {
        let needed = self.total_len();
        if buf.len() < needed { Err(BuildError::BufferTooSmall { needed }) } else { Ok(SealedInto { datagrams: self, buf }) }
    }
}

impl core::fmt::Debug for Datagrams<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Datagrams").field("header", &self.message.header).field("cursor", &self.cursor).finish_non_exhaustive()
    }
}

/// Seals one datagram after the other into one buffer.
#[derive(Debug)]
pub struct SealedInto<'s, 'b> {
    datagrams: Datagrams<'s>,
    buf: &'b mut [u8],
}

impl<'b> Iterator for SealedInto<'_, 'b> {
    type Item = Result<&'b [u8], SealError>;

    fn next(&mut self) -> Option<Self::Item> {
        let piece = self.datagrams.cursor.next_piece(self.datagrams.message.content.len())?;
        let (datagram, left) = core::mem::take(&mut self.buf).split_at_mut_checked(piece.len)?;
        self.buf = left;
        let sealed = self.datagrams.seal(&piece, datagram);
        if sealed.is_err() {
            // The message is to be given up.
            self.datagrams.cursor.next = 0;
        }
        Some(sealed.map(|()| &*datagram))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.datagrams.remaining(), Some(self.datagrams.remaining()))
    }
}

impl ExactSizeIterator for SealedInto<'_, '_> {}
impl FusedIterator for SealedInto<'_, '_> {}
