//! Message IDs of the peer's requests, RFC 7296 sections 2.2 and 2.3.

use super::window::MAX_WINDOW;
use alloc::collections::VecDeque;

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
        let mut served = ReceiveWindow::new(u32::MAX, 4);
        assert_eq!(served.request(u32::MAX), RequestState::New);
        assert!(served.answer(u32::MAX, 'x'));
        assert_eq!(served.request(u32::MAX), RequestState::Answered(&'x'));
        assert_eq!(served.request(0), RequestState::Old);
    }
}
