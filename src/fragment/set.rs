//! One fragment set while it is open.
//!
//! Fragments of equal size, which is how everybody cuts, lie on a grid: number n at (n - 1) * stride. Each is copied once, to
//! the place where it stays. Fragment 1, when payloads in clear make it smaller, lies at the end of its cell, so that content
//! begins there. What does not fit the grid waits beside it: a last fragment that comes first, sizes that vary. When the set is
//! complete and all lies on the grid, the buffer is the content; otherwise it is gathered, a second copy. Nothing is copied
//! three times, and one arrival costs the same whatever the order.

use super::reassembler::{Limits, Reason, Reassembled};
use crate::error::FragmentError;
use crate::protect::Opened;
use crate::registry::PayloadType;
use crate::wire::{HEADER_LEN, Header};
use alloc::vec::Vec;
use bytes::Bytes;
use core::time::Duration;

/// An open set, of one message ID and direction.
#[derive(Debug)]
pub(super) struct Set {
    header: Header,
    pub(super) opened_at: Duration,
    total: u16,
    have: u16,
    /// Octets of content there.
    octets: usize,
    /// From fragment 1: header and payloads in clear, and the type of the first payload.
    start: Option<(Bytes, PayloadType, Header)>,
    later_next_payload: bool,
    /// By number: where a fragment lies, once it is there.
    places: Vec<Option<Place>>,
    stride: Option<usize>,
    grid: Vec<u8>,
    beside: Vec<u8>,
}

/// Where a fragment lies, on the grid or beside it.
#[derive(Clone, Copy, Debug)]
struct Place {
    on_grid: bool,
    start: usize,
    len: usize,
}

/// Places reserved at once: more are made as fragments arrive, not because a total announces them.
const PLACES_AT_FIRST: usize = 64;

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

/// What storing a fragment led to.
pub(super) enum Taken {
    Pending { have: u16, of: u16 },
    Ignored(Reason),
    Complete(Reassembled),
}

impl Set {
    pub(super) fn new(header: Header, total: u16, now: Duration) -> Self {
        Self {
            header,
            opened_at: now,
            total,
            have: 0,
            octets: 0,
            start: None,
            later_next_payload: false,
            places: Vec::with_capacity(PLACES_AT_FIRST.min(total.into())),
            stride: None,
            grid: Vec::new(),
            beside: Vec::new(),
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
    pub(super) fn take(&mut self, opened: &Opened<'_>, fragment: Fragment<'_>, limits: &Limits) -> Result<Taken, FragmentError> {
        let Fragment { number, total, first, content } = fragment;
        let index = usize::from(number).saturating_sub(1);
        if self.places.get(index).is_some_and(Option::is_some) {
            return Ok(Taken::Ignored(Reason::Duplicate));
        }
        let octets = self.octets.saturating_add(content.len());
        if octets > limits.octets {
            return Err(FragmentError::TooLarge { octets, limit: limits.octets });
        }
        if self.places.len() <= index {
            self.places.resize(index.saturating_add(1), None);
        }
        let shortened = number == 1 && opened.head().len() > HEADER_LEN;
        let place = self.store(fragment, shortened, limits);
        if let Some(slot) = self.places.get_mut(index) {
            *slot = Some(place);
        }
        if number == 1 {
            self.start = Some((Bytes::copy_from_slice(opened.head()), first, *opened.header()));
        } else if first != PayloadType::NO_NEXT_PAYLOAD {
            self.later_next_payload = true;
        }
        self.octets = octets;
        self.have = self.have.saturating_add(1);
        if self.have < total {
            return Ok(Taken::Pending { have: self.have, of: total });
        }
        Ok(match self.start.take() {
            Some((head, first, header)) => Taken::Complete(Reassembled {
                header,
                head,
                first,
                content: self.gather(),
                fragments: total,
                later_next_payload: self.later_next_payload,
            }),
            // Every number of 1..=total is there, 1 among them.
            None => Taken::Ignored(Reason::Duplicate),
        })
    }

    /// Copies the content to where it is to lie. A fragment 1 `shortened` by payloads in clear does not tell the others' size.
    fn store(&mut self, fragment: Fragment<'_>, shortened: bool, limits: &Limits) -> Place {
        let Fragment { number, total, content, .. } = fragment;
        let len = content.len();
        let is_last = number == total;
        if self.stride.is_none() && !is_last && !shortened && len > 0 {
            // A grid on which the set would go over its limit is none.
            let cells = usize::from(total).saturating_sub(1).saturating_mul(len);
            if cells <= limits.octets {
                self.stride = Some(len);
                self.grid.reserve_exact(cells.saturating_add(len).min(limits.octets));
            }
        }
        match self.stride.and_then(|stride| cell(fragment.number, total, len, stride)) {
            Some(start) => {
                put(&mut self.grid, start, content);
                Place { on_grid: true, start, len }
            }
            None => {
                let start = self.beside.len();
                self.beside.extend_from_slice(content);
                Place { on_grid: false, start, len }
            }
        }
    }

    /// The content, every fragment being there.
    fn gather(&mut self) -> Bytes {
        match self.on_grid() {
            Some((start, end)) => {
                let mut content = Bytes::from(core::mem::take(&mut self.grid));
                content.truncate(end);
                content.split_off(start.min(end))
            }
            None => {
                let mut content = Vec::with_capacity(self.octets);
                for place in self.places.iter().flatten() {
                    let buffer = if place.on_grid { &self.grid } else { &self.beside };
                    content.extend_from_slice(buffer.get(place.start..place.start.saturating_add(place.len)).unwrap_or_default());
                }
                content.into()
            }
        }
    }

    /// Moves the first and the last fragment onto the grid if the others are there; tells where content starts and ends.
    fn on_grid(&mut self) -> Option<(usize, usize)> {
        let stride = self.stride?;
        let total = self.total;
        let beside = |(_, place): &(u16, &mut Option<Place>)| place.is_some_and(|place| !place.on_grid);
        for (number, slot) in (1..=total).zip(&mut self.places).filter(beside) {
            let place = slot.as_mut()?;
            if number != 1 && number != total {
                return None;
            }
            let start = cell(number, total, place.len, stride)?;
            let content = self.beside.get(place.start..place.start.saturating_add(place.len))?;
            put(&mut self.grid, start, content);
            *place = Place { on_grid: true, start, len: place.len };
        }
        let (first, last) = (self.places.first()?.as_ref()?, self.places.last()?.as_ref()?);
        Some((first.start, last.start.saturating_add(last.len)))
    }
}

/// Where on the grid a fragment of `len` octets lies, if there is a place for it.
fn cell(number: u16, total: u16, len: usize, stride: usize) -> Option<usize> {
    let start = usize::from(number).saturating_sub(1).saturating_mul(stride);
    if len == stride || (number == total && len < stride) {
        Some(start)
    } else if number == 1 {
        stride.checked_sub(len)
    } else {
        None
    }
}

/// Writes `content` at `start`, with zeros before it where nothing has been written yet.
fn put(grid: &mut Vec<u8>, start: usize, content: &[u8]) {
    if start >= grid.len() {
        grid.resize(start, 0);
        grid.extend_from_slice(content);
    } else {
        let end = start.saturating_add(content.len());
        if end > grid.len() {
            grid.resize(end, 0);
        }
        if let Some(place) = grid.get_mut(start..end) {
            place.copy_from_slice(content);
        }
    }
}
