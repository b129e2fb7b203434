//! Message IDs of our requests, RFC 7296 sections 2.2 and 2.3.

use super::window::MAX_WINDOW;
use thiserror::Error;

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
