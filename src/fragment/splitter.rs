//! One SK message, or as many SKF messages as the path calls for.

use super::Negotiated;
use super::budget::{Budget, Overhead, Path};
use crate::error::{BuildError, FragmentError, SealError};
use crate::protect::{Sealer, seal_as};
use crate::registry::{ExchangeType, NotifyType, PayloadType};
use crate::wire::{Chain, HEADER_LEN, Header, MessageBuilder, Payload, Sk, Skf};
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
pub struct Outgoing<'a> {
    /// The header.
    pub header: Header,
    /// Payloads in front of SK, authenticated but in clear. They all travel in fragment 1 (RFC 7383 section 2.5.3).
    pub unprotected: &'a [Payload<'a>],
    /// The type of the first payload of the content.
    pub first: PayloadType,
    /// The chain of payloads to encrypt, as [`PayloadsBuilder`](crate::wire::PayloadsBuilder) writes it.
    pub content: &'a [u8],
}

/// Cuts messages to the size of a path.
///
/// ```
/// # #[cfg(feature = "ring")] {
/// use ikev2::fragment::{Layout, Negotiated, Outgoing, Path, Splitter};
/// use ikev2::protect::{Ivs, Suite};
/// use ikev2::registry::{Encr, ExchangeType, PayloadType};
/// use ikev2::wire::Header;
///
/// let suite = Suite::new(Encr::ENCR_AES_GCM_16, Some(256), None).unwrap();
/// let mut sealer = suite.sealer(&[7; 36], &[], Ivs::new(&[3; 16])).unwrap();
/// let header = Header {
///     spi_i: 1, spi_r: 2, exchange: ExchangeType::IKE_AUTH, initiator: true, response: false, message_id: 1,
/// };
/// let mut content = [0; 3000];
/// content[2..4].copy_from_slice(&3000u16.to_be_bytes());
/// let message = Outgoing { header, unprotected: &[], first: PayloadType::V, content: &content };
///
/// let splitter = Splitter::new(Path::ipv4(1280), Layout::Fill, Negotiated::Both);
/// let mut datagrams = splitter.datagrams(&message, &mut *sealer).unwrap();
/// assert_eq!(datagrams.len(), 3);
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
    negotiated: Negotiated,
}

impl Splitter {
    /// A splitter for a path; unless both sides announced fragmentation it gives one message, however large.
    #[must_use]
    pub const fn new(path: Path, layout: Layout, negotiated: Negotiated) -> Self {
        Self { path, layout, negotiated }
    }

    /// The messages that carry `message`: one with SK if it fits the path or may not be fragmented, else at least two with SKF.
    ///
    /// Seal them once and keep the octets: a retransmission sends them again and never seals anew (RFC 7296 section 2.1).
    ///
    /// # Errors
    /// [`FragmentError`] when the path carries no content, the fragments would number more than 65535, or the message needs
    /// fragments and must not have any: IKE_SA_INIT and IKE_SESSION_RESUME are not protected (RFC 7383 section 2.2), and
    /// IKEV2_MESSAGE_ID_SYNC is never fragmented (section 3).
    pub fn datagrams<'s>(&self, message: &Outgoing<'s>, sealer: &'s mut dyn Sealer) -> Result<Datagrams<'s>, FragmentError> {
        if matches!(message.header.exchange, ExchangeType::IKE_SA_INIT | ExchangeType::IKE_SESSION_RESUME) {
            return Err(FragmentError::NotProtected);
        }
        let overhead = Overhead::of(sealer);
        let unprotected = unprotected_len(message)?;
        let content = message.content.len();
        let count = if self.negotiated.is_on() { Budget::new(self.path, overhead)?.count(content, unprotected)? } else { 1 };
        let budget = Budget::unchecked(self.path, overhead);
        let sizes = if count == 1 { Sizes { first: content, others: 0 } } else { self.sizes(&budget, message, unprotected, count)? };
        let cursor = Cursor { budget, sizes, unprotected, count, next: 1, done: 0 };
        Ok(Datagrams { message: *message, sealer, cursor })
    }

    fn sizes(&self, budget: &Budget, message: &Outgoing<'_>, unprotected: usize, count: u16) -> Result<Sizes, FragmentError> {
        if is_message_id_sync(message) {
            return Err(FragmentError::NeverFragmented);
        }
        let content = message.content.len();
        let first = budget.in_fragment(unprotected).unwrap_or(0);
        let others = budget.in_fragment(0).unwrap_or(0);
        Ok(match self.layout {
            Layout::Fill => Sizes { first, others },
            Layout::Balanced => {
                // Rounding up an equal share leaves the last fragment less, and never nothing: fewer fragments would not do.
                let share = content.div_ceil(usize::from(count).max(1));
                if share <= first {
                    return Ok(Sizes { first: share, others: share });
                }
                let others = content.saturating_sub(first).div_ceil(usize::from(count).saturating_sub(1).max(1));
                Sizes { first, others }
            }
        })
    }
}

/// Octets of the payloads in clear.
fn unprotected_len(message: &Outgoing<'_>) -> Result<usize, BuildError> {
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

fn is_message_id_sync(message: &Outgoing<'_>) -> bool {
    let content = Chain::parse_lenient(message.first, message.content).chain;
    let is = |ty| matches!(ty, NotifyType::IKEV2_MESSAGE_ID_SYNC | NotifyType::IPSEC_REPLAY_COUNTER_SYNC);
    content.payloads().any(|raw| matches!(raw.parse(), Ok(Payload::Notify(notify)) if is(notify.ty)))
}

/// Octets of content in fragment 1, and in those after it; the last takes what is left.
#[derive(Clone, Copy, Debug)]
struct Sizes {
    first: usize,
    others: usize,
}

/// How far the content has been cut.
#[derive(Clone, Copy, Debug)]
struct Cursor {
    budget: Budget,
    sizes: Sizes,
    unprotected: usize,
    count: u16,
    next: u16,
    done: usize,
}

impl Cursor {
    /// Octets of content in the fragment at hand, and in front of it in clear.
    fn piece(&self, content: usize) -> (usize, usize) {
        let left = content.saturating_sub(self.done);
        let (size, unprotected) = if self.next == 1 { (self.sizes.first, self.unprotected) } else { (self.sizes.others, 0) };
        (if self.next == self.count { left } else { size.min(left) }, unprotected)
    }

    fn datagram_len(&self, content: usize) -> usize {
        let (piece, unprotected) = self.piece(content);
        if self.count == 1 { self.budget.message_len(piece, unprotected) } else { self.budget.fragment_len(piece, unprotected) }
    }

    fn advance(&mut self, content: usize) {
        self.done = self.done.saturating_add(self.piece(content).0);
        // Past 65535 only once all are done.
        self.next = self.next.checked_add(1).unwrap_or(0);
        if self.next == 0 || self.next > self.count {
            self.next = 0;
        }
    }

    fn left(&self) -> usize {
        if self.next == 0 { 0 } else { usize::from(self.count).saturating_sub(self.next.into()).saturating_add(1) }
    }
}

/// The messages a [`Splitter`] makes, sealed one by one.
pub struct Datagrams<'s> {
    message: Outgoing<'s>,
    sealer: &'s mut dyn Sealer,
    cursor: Cursor,
}

impl<'s> Datagrams<'s> {
    /// How many are still to come.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cursor.left()
    }

    /// Whether all have been sealed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Octets of the largest datagram: a buffer of this size takes any of them.
    #[must_use]
    pub fn largest(&self) -> usize {
        self.lens().max().unwrap_or(0)
    }

    /// Octets of all datagrams still to come, for [`fill`](Self::fill).
    #[must_use]
    pub fn buffer_len(&self) -> usize {
        self.lens().fold(0, usize::saturating_add)
    }

    fn lens(&self) -> impl Iterator<Item = usize> {
        let content = self.message.content.len();
        let mut cursor = self.cursor;
        core::iter::from_fn(move || {
            let len = (cursor.left() > 0).then(|| cursor.datagram_len(content))?;
            cursor.advance(content);
            Some(len)
        })
    }

    /// Seals the next datagram into `buf`; `None` when all have been sealed.
    ///
    /// A buffer too small loses nothing: the same datagram is next. After a failure of the Sealer give the message up.
    pub fn next_into<'b>(&mut self, buf: &'b mut [u8]) -> Option<Result<&'b mut [u8], SealError>> {
        if self.is_empty() {
            return None;
        }
        let content = self.message.content.len();
        let Cursor { next: number, count: total, done, .. } = self.cursor;
        let needed = self.cursor.datagram_len(content);
        // Before the Sealer uses up an IV.
        if buf.len() < needed {
            return Some(Err(BuildError::BufferTooSmall { needed }.into()));
        }
        let end = done.saturating_add(self.cursor.piece(content).0);
        let piece = self.message.content.get(done..end).unwrap_or_default();
        let first = if number == 1 { self.message.first } else { PayloadType::NO_NEXT_PAYLOAD };
        let unprotected = if number == 1 { self.message.unprotected } else { &[] };
        let empty = match total {
            1 => Payload::Sk(Sk { first, sealed: &[] }),
            _ => Payload::Skf(Skf { first, number, total, sealed: &[] }),
        };
        let sealed = seal_as(buf, &self.message.header, unprotected, &mut *self.sealer, empty, piece);
        if sealed.is_ok() {
            self.cursor.advance(content);
        }
        Some(sealed)
    }

    /// Seals all datagrams still to come into `buf`, one after the other.
    ///
    /// # Errors
    /// [`BufferTooSmall`](BuildError::BufferTooSmall) with [`buffer_len`](Self::buffer_len); nothing has been sealed then.
    pub fn fill<'b>(self, buf: &'b mut [u8]) -> Result<Filled<'s, 'b>, BuildError> {
        let needed = self.buffer_len();
        if buf.len() < needed { Err(BuildError::BufferTooSmall { needed }) } else { Ok(Filled { datagrams: self, buf }) }
    }
}

impl core::fmt::Debug for Datagrams<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Datagrams").field("header", &self.message.header).field("cursor", &self.cursor).finish_non_exhaustive()
    }
}

/// Seals one datagram after the other into one buffer.
#[derive(Debug)]
pub struct Filled<'s, 'b> {
    datagrams: Datagrams<'s>,
    buf: &'b mut [u8],
}

impl<'b> Iterator for Filled<'_, 'b> {
    type Item = Result<&'b [u8], SealError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.datagrams.is_empty() {
            return None;
        }
        let len = self.datagrams.cursor.datagram_len(self.datagrams.message.content.len());
        let (place, left) = core::mem::take(&mut self.buf).split_at_mut_checked(len)?;
        self.buf = left;
        let sealed = self.datagrams.next_into(place)?;
        if sealed.is_err() {
            // The message is to be given up.
            self.datagrams.cursor.next = 0;
        }
        Some(sealed.map(|datagram| &*datagram))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.datagrams.len(), Some(self.datagrams.len()))
    }
}

impl ExactSizeIterator for Filled<'_, '_> {}
impl FusedIterator for Filled<'_, '_> {}
