//! Message IDs of our requests, RFC 7296 sections 2.2 and 2.3.

use super::window::{FIRST_WIDTH, MAX_WINDOW, SaOrigin};
use thiserror::Error;

/// Why no request can be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum WindowError {
    /// As many requests are outstanding as the peer's window is wide: wait for a response, or [give up](SendWindow::give_up).
    #[error("the window is full")]
    Full,
    /// All Message IDs are used up: the IKE SA has to be rekeyed or closed, since they never wrap (RFC 7296 section 2.2).
    #[error("all message IDs are used up")]
    Exhausted,
    /// A request was given up: the IKE SA has failed, and is to be closed without another message (RFC 7296 section 2.4).
    #[error("a request was given up: the IKE SA has failed")]
    Failed,
}

/// The Message IDs of our requests. It is not `Clone`: a copy would give out the same ones again.
#[derive(Debug, PartialEq, Eq)]
pub struct SendWindow {
    /// The next Message ID; none after the last there is.
    next: Option<u32>,
    size: u32,
    /// Bit n: the request n before `next` (the newest is bit 0) waits for its response.
    outstanding: u64,
    has_failed: bool,
}

impl SendWindow {
    /// The window of a new IKE SA. One request may be outstanding until the peer's SET_WINDOW_SIZE says more: [`grow`](Self::grow).
    #[must_use]
    pub const fn new(origin: SaOrigin) -> Self {
        Self::restored_at(origin.first_sent())
    }

    /// The window of an IKE SA that was in use before, on this node or another: its next request has Message ID `next`, which is
    /// what [`next`](Self::next) gave, or what the peer said it expects (RFC 6311).
    ///
    /// No request may have been sent with `next` or a Message ID above it, and none below it may still wait for its response: a peer
    /// ignores a Message ID that it knows, and takes none beyond one that it misses.
    #[must_use]
    pub const fn restored_at(next: u32) -> Self {
        Self { next: Some(next), size: FIRST_WIDTH, outstanding: 0, has_failed: false }
    }

    /// Takes the window size that the peer's SET_WINDOW_SIZE announces. It can only grow (RFC 7296 section 2.3), and more than
    /// [`MAX_WINDOW`] is not made use of.
    pub fn grow(&mut self, size: u32) {
        self.size = size.clamp(self.size, MAX_WINDOW);
    }

    /// The Message ID of a new request, which is to be sent: a peer takes no request beyond one that it misses. A request that
    /// cannot be sent is to be [given up](Self::give_up).
    ///
    /// # Errors
    /// [`WindowError`]; the window is then as it was.
    pub fn start(&mut self) -> Result<u32, WindowError> {
        if self.has_failed {
            return Err(WindowError::Failed);
        }
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

    /// Gives up request `message_id`, and the IKE SA with it (RFC 7296 sections 2.1 and 2.4): no request can be started any more, and
    /// none waits for a response. The Message ID is not given out again, since the peer may have answered it. `false` when no such
    /// request is outstanding; nothing changes then.
    pub fn give_up(&mut self, message_id: u32) -> bool {
        let is_due = self.is_outstanding(message_id);
        if is_due {
            self.outstanding = 0;
            self.has_failed = true;
        }
        is_due
    }

    /// Whether a request was given up: the IKE SA is to be closed.
    #[must_use]
    pub const fn has_failed(&self) -> bool {
        self.has_failed
    }

    /// Whether a request with this Message ID waits for its response.
    #[must_use]
    pub fn is_outstanding(&self, message_id: u32) -> bool {
        self.outstanding & self.bit(message_id) != 0
    }

    /// The Message ID the next request will have; `None` when all are used up, or a request was given up.
    #[must_use]
    pub const fn next(&self) -> Option<u32> {
        if self.has_failed { None } else { self.next }
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
    use crate::role::Role;

    fn wide(mut window: SendWindow, size: u32) -> SendWindow {
        window.grow(size);
        window
    }

    #[test]
    fn rfc_7296_section_2_2_the_first_message_id_follows_from_the_origin() {
        for (origin, first) in
            [(SaOrigin::InitialExchange(Role::Initiator), 1), (SaOrigin::InitialExchange(Role::Responder), 0), (SaOrigin::Rekey, 0)]
        {
            assert_eq!(SendWindow::new(origin).start(), Ok(first), "{origin:?}");
        }
    }

    #[test]
    fn rfc_7296_section_2_2_message_ids_end_and_never_wrap() {
        let mut window = SendWindow::restored_at(u32::MAX - 1);
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
    fn rfc_7296_section_2_3_the_window_is_one_and_never_shrinks() {
        let mut window = SendWindow::new(SaOrigin::Rekey);
        window.grow(0);
        assert_eq!([window.start(), window.start()], [Ok(0), Err(WindowError::Full)]);
        window.grow(3);
        window.grow(2);
        assert_eq!([window.start(), window.start(), window.start()], [Ok(1), Ok(2), Err(WindowError::Full)]);
    }

    #[test]
    fn rfc_7296_section_2_3_a_gap_at_the_front_holds_the_window() {
        let mut window = wide(SendWindow::new(SaOrigin::Rekey), 3);
        assert_eq!([window.start(), window.start(), window.start()], [Ok(0), Ok(1), Ok(2)]);
        assert!(window.handle_response(1) && window.handle_response(2));
        assert_eq!(window.start(), Err(WindowError::Full));
        assert!(window.handle_response(0));
        assert_eq!([window.start(), window.start(), window.start(), window.start()], [Ok(3), Ok(4), Ok(5), Err(WindowError::Full)]);
    }

    #[test]
    fn the_widest_window() {
        let mut window = wide(SendWindow::new(SaOrigin::Rekey), u32::MAX);
        for id in 0..MAX_WINDOW {
            assert_eq!(window.start(), Ok(id));
        }
        assert_eq!(window.start(), Err(WindowError::Full));
        assert!((1..MAX_WINDOW).all(|id| window.handle_response(id)));
        assert_eq!(window.start(), Err(WindowError::Full));
        assert!(window.handle_response(0) && window.start().is_ok());
    }

    #[test]
    fn rfc_7296_section_2_4_a_request_given_up_is_the_end_of_the_ike_sa() {
        let mut window = wide(SendWindow::new(SaOrigin::InitialExchange(Role::Initiator)), 2);
        assert_eq!([window.start(), window.start()], [Ok(1), Ok(2)]);
        assert!(!window.give_up(0) && !window.give_up(3) && !window.has_failed());
        assert!(window.handle_response(1) && !window.give_up(1) && !window.has_failed());
        assert_eq!(window.start(), Ok(3));
        assert!(window.give_up(2) && window.has_failed());
        assert_eq!(window.start(), Err(WindowError::Failed));
        // What comes after all belongs to nothing.
        assert!([2, 3].iter().all(|id| !window.is_outstanding(*id) && !window.handle_response(*id) && !window.give_up(*id)));
        assert_eq!((window.start(), window.next()), (Err(WindowError::Failed), None));
    }
}
