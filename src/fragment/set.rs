//! One fragment set while it is open.
//!
//! Fragments of equal size, which is how everybody cuts, lie on a grid: number n at (n - 1) * stride. Each is copied once, to
//! the cell where it stays. Fragment 1, when payloads in clear make it smaller, lies at the end of its cell, so that content
//! begins there. What does not fit the grid waits aside: a last fragment that comes first, sizes that vary, and numbers so far
//! ahead that the grid would grow out of proportion to what has arrived. When the set is complete and all fits the grid, the
//! buffer is the content; otherwise it is gathered. Nothing is copied more than twice.

use super::progress::{IgnoreReason, Progress, ReassemblyLimits};
use super::reassembled::{Head, Reassembled};
use super::small_bag::SmallBag;
use crate::error::FragmentError;
use crate::instant::Instant;
use crate::protect::Opened;
use crate::registry::PayloadType;
use crate::wire::{HEADER_LEN, Header};
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use bytes::{Buf, Bytes};

/// The grid has room for so many octets from the start: what arrives in order and is not larger is never moved.
const AT_ONCE: usize = 8192;

/// Beyond that a fragment gets a place no farther than so many times the octets that have arrived, and the grid room for twice
/// that at most: it does not grow because a peer announces much.
const AHEAD: usize = 16;

/// An open set, of one message ID and direction.
pub(super) struct Set {
    header: Header,
    pub(super) opened_at: Instant,
    total: u16,
    /// Octets of content there.
    octets: usize,
    /// Fragment 1, once it is there.
    start: Option<Start>,
    /// Which of the fragments after it are there, and how many.
    arrived: NumberSet,
    later: u16,
    later_next_payload: bool,
    /// The size of a cell; 0 while there is no grid.
    stride: usize,
    /// Octets of content in the last fragment, once it is there.
    last_len: Option<usize>,
    grid: Vec<u8>,
    aside: SmallBag<(u16, Box<[u8]>)>,
}

/// What the whole message takes from fragment 1 besides its content.
struct Start {
    head: Head,
    first: PayloadType,
    sk_flags: u8,
    /// Octets of content.
    len: usize,
}

/// A fragment to be stored.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fragment<'a> {
    pub(super) number: u16,
    pub(super) total: u16,
    pub(super) first: PayloadType,
    pub(super) content: &'a [u8],
}

impl Fragment<'_> {
    /// Fragment 1 with content that it says has no payload in it: no message begins like that.
    pub(super) fn is_void(&self) -> bool {
        self.number == 1 && self.first == PayloadType::NO_NEXT_PAYLOAD && !self.content.is_empty()
    }
}

impl Set {
    pub(super) fn new(header: Header, total: u16, now: Instant) -> Self {
        Self {
            header,
            opened_at: now,
            total,
            octets: 0,
            start: None,
            arrived: NumberSet::default(),
            later: 0,
            later_next_payload: false,
            stride: 0,
            last_len: None,
            grid: Vec::new(),
            aside: SmallBag::new(),
        }
    }

    pub(super) const fn header(&self) -> &Header {
        &self.header
    }

    pub(super) const fn octets(&self) -> usize {
        self.octets
    }

    pub(super) const fn is_of(&self, header: &Header) -> bool {
        self.header.message_id == header.message_id && self.header.response == header.response
    }

    pub(super) const fn total(&self) -> u16 {
        self.total
    }

    /// Stores a fragment whose total is that of the set.
    ///
    /// # Errors
    /// When the content goes over its limit; the set is to be dropped.
    pub(super) fn store(
        &mut self,
        opened: &Opened<'_>,
        fragment: Fragment<'_>,
        limits: &ReassemblyLimits,
    ) -> Result<Progress, FragmentError> {
        let Fragment { number, first, content, .. } = fragment;
        let is_there = if number == 1 { self.start.is_some() } else { self.arrived.contains(number) };
        if is_there {
            return Ok(Progress::Ignored(IgnoreReason::Duplicate));
        }
        let octets = self.octets.saturating_add(content.len());
        if octets > limits.octets {
            return Err(FragmentError::TooLarge { octets, limit: limits.octets });
        }
        self.octets = octets;
        if number == 1 {
            self.start = Some(Start { head: Head::of(opened.head()), first, sk_flags: opened.sk_flags(), len: content.len() });
        } else {
            self.arrived.insert(number);
            self.later = self.later.saturating_add(1);
            self.later_next_payload |= first != PayloadType::NO_NEXT_PAYLOAD;
        }
        if number == self.total {
            self.last_len = Some(content.len());
        }
        // A fragment 1 shortened by payloads in clear does not tell the size of the others, and the last never does.
        let shortened = number == 1 && opened.head().len() > HEADER_LEN;
        if self.stride == 0 && number < self.total && !shortened {
            let cells = usize::from(self.total).saturating_sub(1).saturating_mul(content.len());
            // A grid on which the set would go over its limit is none.
            self.stride = if cells <= limits.octets { content.len() } else { 0 };
        }
        if !self.put_in_cell(number, content) {
            self.aside.push((number, content.into()));
        }
        let all_later = self.later >= self.total.saturating_sub(1);
        let Some(Start { head, first, sk_flags, len }) = self.start.take_if(|_| all_later) else {
            let have = self.later.saturating_add(self.start.is_some().into());
            return Ok(Progress::Pending { received: have, total: self.total });
        };
        Ok(Progress::Complete(Reassembled {
            // All fragments of a set have the same: what a header holds is what tells sets apart.
            header: self.header,
            head,
            first,
            sk_flags,
            content: self.content(len),
            fragments: self.total,
            later_next_payload: self.later_next_payload,
        }))
    }

    /// Copies `content` to its cell, if it has one within reach.
    fn put_in_cell(&mut self, number: u16, content: &[u8]) -> bool {
        let Some(start) = self.cell(number, content.len()) else { return false };
        let end = start.saturating_add(content.len());
        if end > self.grid.capacity() {
            let reach = self.octets.saturating_mul(AHEAD);
            if end <= AT_ONCE {
                self.reserve(AT_ONCE);
            } else if end <= reach {
                // And for what has arrived once more, which may lie behind this; and to grow seldom, at least twice as much as
                // there was.
                self.reserve(reach.saturating_add(self.octets).max(self.grid.capacity().saturating_mul(2)));
            } else {
                return false;
            }
        }
        self.put(start, content);
        true
    }

    /// Where on the grid a fragment of `len` octets lies, if there is a cell for it.
    fn cell(&self, number: u16, len: usize) -> Option<usize> {
        let start = usize::from(number).saturating_sub(1).saturating_mul(self.stride);
        if len == self.stride && len != 0 || number == self.total && len < self.stride {
            Some(start)
        } else if number == 1 && self.stride != 0 {
            self.stride.checked_sub(len)
        } else {
            None
        }
    }

    /// Room for all cells, but not for more than `most` octets.
    fn reserve(&mut self, most: usize) {
        let cells = usize::from(self.total).saturating_sub(1).saturating_mul(self.stride);
        let whole = cells.saturating_add(self.last_len.unwrap_or(self.stride).min(self.stride));
        self.grid.reserve_exact(whole.min(most).saturating_sub(self.grid.len()));
    }

    /// Writes `content` at `start`, with zeros before it where nothing has been written yet.
    fn put(&mut self, start: usize, content: &[u8]) {
        let grid = &mut self.grid;
        if start == grid.len() {
            grid.extend_from_slice(content);
            return;
        }
        match grid.get_mut(start..start.saturating_add(content.len())) {
            Some(cell) => cell.copy_from_slice(content),
            None => {
                grid.resize(start, 0);
                grid.extend_from_slice(content);
            }
        }
    }

    /// The content, every fragment being there; fragment 1 has `first_len` octets of it.
    fn content(&mut self, first_len: usize) -> Bytes {
        if self.aside.iter().any(|(number, content)| self.cell(*number, content.len()).is_none()) {
            return self.gather(first_len).into();
        }
        if !self.aside.is_empty() {
            self.reserve(usize::MAX);
            for (number, content) in core::mem::replace(&mut self.aside, SmallBag::new()) {
                if let Some(start) = self.cell(number, content.len()) {
                    self.put(start, &content);
                }
            }
        }
        // The last cell ends where the grid does.
        let mut content = Bytes::from(core::mem::take(&mut self.grid));
        let before = self.stride.saturating_sub(first_len).min(content.len());
        if before > 0 {
            content.advance(before);
        }
        content
    }

    /// The content from the grid and from what lies aside.
    fn gather(&mut self, first_len: usize) -> Vec<u8> {
        let mut pieces: Vec<&[u8]> = vec![&[]; self.total.into()];
        let cells = self.grid.chunks(self.stride.max(1));
        // Of a cell whose fragment lies aside there is nothing, or zeros, which that fragment then replaces.
        pieces.iter_mut().zip(cells).for_each(|(piece, cell)| *piece = cell);
        if let Some(first) = pieces.first_mut() {
            let (_, end) = first.split_at(first.len().saturating_sub(first_len));
            *first = end;
        }
        for (number, content) in self.aside.iter() {
            if let Some(piece) = pieces.get_mut(usize::from(*number).saturating_sub(1)) {
                *piece = content;
            }
        }
        pieces.concat()
    }
}

/// Shows no octet of the content.
impl core::fmt::Debug for Set {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Set")
            .field("header", &self.header)
            .field("opened_at", &self.opened_at)
            .field("total", &self.total)
            .field("start", &self.start.is_some())
            .field("later", &self.later)
            .field("octets", &self.octets)
            .field("arrived", &self.arrived)
            .finish_non_exhaustive()
    }
}

/// Numbers, one bit each; up to 64 without an allocation.
#[derive(Debug, Default)]
struct NumberSet {
    low: u64,
    high: Vec<u64>,
}

impl NumberSet {
    fn contains(&self, number: u16) -> bool {
        let (word, bit) = Self::word_and_bit(number);
        let bits = if word == 0 { self.low } else { self.high.get(word.saturating_sub(1)).copied().unwrap_or(0) };
        bits & bit != 0
    }

    fn insert(&mut self, number: u16) {
        let (word, bit) = Self::word_and_bit(number);
        if word == 0 {
            self.low |= bit;
            return;
        }
        if self.high.len() < word {
            self.high.resize(word, 0);
        }
        if let Some(bits) = self.high.get_mut(word.saturating_sub(1)) {
            *bits |= bit;
        }
    }

    /// Word and bit of a number, which counts from 1.
    fn word_and_bit(number: u16) -> (usize, u64) {
        let index = number.saturating_sub(1);
        (usize::from(index >> 6), 1 << (index & 63))
    }
}
