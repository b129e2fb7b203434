//! Message IDs of requests, ours and the peer's, RFC 7296 sections 2.2 and 2.3.

use alloc::collections::VecDeque;
use thiserror::Error;

/// The widest window: what is outstanding is the bits of one word.
pub const MAX_WINDOW: u32 = u64::BITS;

/// Why no request can be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum WindowError {
    /// As many requests are outstanding as the peer's window is wide: wait for a response.
    #[error("the window is full")]
    Full,
    /// All Message IDs are used up: the IKE SA has to be rekeyed or closed, since they never wrap (RFC 7296 section 2.2).
    #[error("all message IDs are used up")]
    Exhausted,
}

/// The Message IDs of our requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendWindow {
    /// The next Message ID; none after the last there is.
    next: Option<u32>,
    size: u32,
    /// Bit n: the request n before `next` (the newest is bit 0) waits for its response.
    outstanding: u64,
}

impl SendWindow {
    /// A window whose first Message ID is `first`: 0 for a new IKE SA. `size` is 1, or what the peer's SET_WINDOW_SIZE says; more
    /// than [`MAX_WINDOW`] is not made use of.
    #[must_use]
    pub fn new(first: u32, size: u32) -> Self {
        Self { next: Some(first), size: size.clamp(1, MAX_WINDOW), outstanding: 0 }
    }

    /// Takes the window size that the peer's SET_WINDOW_SIZE announces; it can only grow (RFC 7296 section 2.3).
    pub fn grow(&mut self, size: u32) {
        self.size = size.clamp(self.size, MAX_WINDOW);
    }

    /// The Message ID of a new request.
    ///
    /// # Errors
    /// [`WindowError`]; the window is then as it was.
    pub fn start(&mut self) -> Result<u32, WindowError> {
        let id = self.next.ok_or(WindowError::Exhausted)?;
        // The oldest outstanding request and the new one may not be further apart than the window is wide.
        let oldest = u64::BITS.saturating_sub(self.outstanding.leading_zeros());
        if oldest >= self.size {
            return Err(WindowError::Full);
        }
        self.outstanding = self.outstanding.wrapping_shl(1) | 1;
        self.next = id.checked_add(1);
        Ok(id)
    }

    /// Notes the response to request `message_id`. `false` when no such request is outstanding: the message is to be ignored.
    pub fn handle_response(&mut self, message_id: u32) -> bool {
        let bit = self.bit(message_id);
        let was = self.outstanding & bit != 0;
        self.outstanding &= !bit;
        was
    }

    /// Whether a request with this Message ID waits for its response.
    #[must_use]
    pub fn is_outstanding(&self, message_id: u32) -> bool {
        self.outstanding & self.bit(message_id) != 0
    }

    /// The Message ID the next request will have; `None` when all are used up.
    #[must_use]
    pub const fn next(&self) -> Option<u32> {
        self.next
    }

    fn bit(&self, message_id: u32) -> u64 {
        let newest = match self.next {
            Some(next) => next.checked_sub(1),
            None => Some(u32::MAX),
        };
        newest.and_then(|newest| newest.checked_sub(message_id)).and_then(|behind| 1u64.checked_shl(behind)).unwrap_or(0)
    }
}

/// What a request of the peer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestState<'a, R> {
    /// It was not seen before: process it, then call [`ReceiveWindow::answer`].
    New,
    /// It was seen, and is not answered yet: ignore it.
    InProgress,
    /// It was answered: send this again, and nothing else (RFC 7296 section 2.1).
    Answered(&'a R),
    /// It is so old that the peer must have had the response: ignore it.
    Old,
    /// It is beyond the window: ignore it (RFC 7296 section 2.3).
    Ahead,
}

/// The Message IDs of the peer's requests, and the responses `R` to the newest of them, to send again.
#[derive(Clone, Debug)]
pub struct ReceiveWindow<R> {
    size: u32,
    /// The lowest Message ID in `slots`.
    first: u32,
    /// One for each Message ID from `first` on; never more than twice the window.
    slots: VecDeque<Slot<R>>,
}

#[derive(Clone, Debug)]
enum Slot<R> {
    Missing,
    InProgress,
    Answered(R),
}

impl<R> ReceiveWindow<R> {
    /// A window for requests from `first` on: 0 for a new IKE SA. `size` is what our SET_WINDOW_SIZE announced, else 1; at most
    /// [`MAX_WINDOW`].
    #[must_use]
    pub fn new(first: u32, size: u32) -> Self {
        Self { size: size.clamp(1, MAX_WINDOW), first, slots: VecDeque::new() }
    }

    /// Tells what the authentic request `message_id` is. A [`New`](RequestState::New) one counts as seen from here on.
    pub fn request(&mut self, message_id: u32) -> RequestState<'_, R> {
        let Some(place) = message_id.checked_sub(self.first) else { return RequestState::Old };
        if self.is_ahead(message_id) {
            return RequestState::Ahead;
        }
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        // The window bounds this.
        while self.slots.len() <= place {
            self.slots.push_back(Slot::Missing);
        }
        self.forget();
        let Some(place) = message_id.checked_sub(self.first).and_then(|place| usize::try_from(place).ok()) else {
            return RequestState::Old;
        };
        match self.slots.get_mut(place) {
            Some(slot @ Slot::Missing) => {
                *slot = Slot::InProgress;
                RequestState::New
            }
            Some(Slot::Answered(response)) => RequestState::Answered(response),
            Some(Slot::InProgress) => RequestState::InProgress,
            None => RequestState::Old,
        }
    }

    /// Whether request `message_id` would be [`Ahead`](RequestState::Ahead) of the window; nothing counts as seen by asking.
    #[must_use]
    pub fn is_ahead(&self, message_id: u32) -> bool {
        let end = self.unanswered().saturating_add(u64::from(self.size));
        u64::from(message_id) >= end
    }

    /// Keeps the response to request `message_id`. `false` when no such request is being processed; nothing is kept then.
    pub fn answer(&mut self, message_id: u32, response: R) -> bool {
        let place = message_id.checked_sub(self.first).and_then(|place| usize::try_from(place).ok());
        match place.and_then(|place| self.slots.get_mut(place)) {
            Some(slot @ Slot::InProgress) => {
                *slot = Slot::Answered(response);
                true
            }
            _ => false,
        }
    }

    /// The response kept for request `message_id`.
    #[must_use]
    pub fn response(&self, message_id: u32) -> Option<&R> {
        let place = usize::try_from(message_id.checked_sub(self.first)?).ok()?;
        match self.slots.get(place)? {
            Slot::Answered(response) => Some(response),
            Slot::Missing | Slot::InProgress => None,
        }
    }

    /// How many responses are kept: at most twice as many as the window is wide, and as many while no request is missing.
    #[must_use]
    pub fn stored_responses(&self) -> usize {
        self.slots.iter().filter(|slot| matches!(slot, Slot::Answered(_))).count()
    }

    /// The lowest Message ID without an answer.
    fn unanswered(&self) -> u64 {
        let answered = self.slots.iter().take_while(|slot| matches!(slot, Slot::Answered(_))).count();
        u64::from(self.first).saturating_add(u64::try_from(answered).unwrap_or(u64::MAX))
    }

    /// Drops what the peer cannot ask for: a request n shows that it has the responses up to n less the window.
    fn forget(&mut self) {
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        while self.slots.len() > size && matches!(self.slots.front(), Some(Slot::Answered(_))) {
            self.slots.pop_front();
            self.first = self.first.saturating_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_ids_end_and_never_wrap() {
        let mut window = SendWindow::new(u32::MAX - 1, 1);
        assert_eq!(window.start(), Ok(u32::MAX - 1));
        assert_eq!(window.start(), Err(WindowError::Full));
        assert!(window.handle_response(u32::MAX - 1) && !window.handle_response(u32::MAX - 1));
        assert_eq!(window.start(), Ok(u32::MAX));
        assert!(window.is_outstanding(u32::MAX) && window.handle_response(u32::MAX));
        assert_eq!(window.start(), Err(WindowError::Exhausted));
        assert_eq!(window.next(), None);
        assert!(!window.handle_response(0));

        let mut served = ReceiveWindow::new(u32::MAX, 4);
        assert_eq!(served.request(u32::MAX), RequestState::New);
        assert!(served.answer(u32::MAX, 'x'));
        assert_eq!(served.request(u32::MAX), RequestState::Answered(&'x'));
        assert_eq!(served.request(0), RequestState::Old);
    }

    #[test]
    fn a_gap_at_the_front_holds_the_window() {
        let mut window = SendWindow::new(0, 3);
        assert_eq!([window.start(), window.start(), window.start()], [Ok(0), Ok(1), Ok(2)]);
        assert!(window.handle_response(1) && window.handle_response(2));
        assert_eq!(window.start(), Err(WindowError::Full));
        assert!(window.handle_response(0));
        assert_eq!([window.start(), window.start(), window.start(), window.start()], [Ok(3), Ok(4), Ok(5), Err(WindowError::Full)]);
    }

    #[test]
    fn the_widest_window() {
        let mut window = SendWindow::new(0, u32::MAX);
        for id in 0..MAX_WINDOW {
            assert_eq!(window.start(), Ok(id));
        }
        assert_eq!(window.start(), Err(WindowError::Full));
        assert!((1..MAX_WINDOW).all(|id| window.handle_response(id)));
        assert_eq!(window.start(), Err(WindowError::Full));
        assert!(window.handle_response(0) && window.start().is_ok());
    }
}
