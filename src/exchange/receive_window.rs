//! Message IDs of the peer's requests, RFC 7296 sections 2.2 and 2.3.

use super::window::{FIRST_WIDTH, MAX_WINDOW, SaOrigin};
use alloc::collections::VecDeque;
use alloc::sync::{Arc, Weak};
use core::fmt;
use thiserror::Error;

/// What a request of the peer is.
#[derive(Debug)]
#[must_use = "a new request is to be answered"]
pub enum RequestState<'a, R> {
    /// It has no answer, and nobody works on it: process it and answer it.
    New(PendingRequest<'a, R>),
    /// Somebody holds its [`DeferredRequest`]: ignore it.
    InProgress,
    /// It was answered: send this again, and nothing else (RFC 7296 section 2.1).
    Answered(&'a R),
    /// It is so old that the peer must have had the response: ignore it.
    Old,
    /// It is beyond the window: ignore it (RFC 7296 section 2.3).
    Ahead,
}

/// A request of the peer that is to be answered, at once or [later](Self::defer).
///
/// The window learns of it by the answer alone. A value that is dropped, on an error path as well, has left no trace: the peer sends
/// the request again, and it is [`New`](RequestState::New) again. What was done for it before is then done once more.
#[derive(Debug)]
#[must_use = "without an answer, the peer sends the request again and it is new again"]
pub struct PendingRequest<'a, R> {
    message_id: u32,
    slot: &'a mut Slot<R>,
}

/// A request of the peer that is answered later, by [`ReceiveWindow::answer`].
///
/// As long as it exists, retransmissions of the request are [`InProgress`](RequestState::InProgress). The window notices when it is
/// dropped: the next retransmission is [`New`](RequestState::New) again. Who keeps one without end keeps the peer waiting, so the
/// work it stands for needs an end of its own.
#[must_use = "without an answer, the peer sends the request again and it is new again"]
pub struct DeferredRequest {
    message_id: u32,
    /// The slot of the request knows it by this, and that it still exists.
    held: Arc<()>,
}

/// The request was deferred by another window. Nothing was kept; in its own window it is new when the peer sends it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
#[error("request {message_id} was deferred by another window")]
pub struct ForeignRequest {
    /// Its Message ID.
    pub message_id: u32,
}

/// The Message IDs of the peer's requests, and the responses `R` to the newest of them, to send again.
///
/// It is not `Clone`: of a copy and the window itself, each would answer the same request.
#[derive(Debug)]
pub struct ReceiveWindow<R> {
    size: u32,
    /// The lowest Message ID in `slots`.
    first: u32,
    /// One for each Message ID from `first` on; never more than the window is wide.
    slots: VecDeque<Slot<R>>,
}

#[derive(Debug)]
enum Slot<R> {
    /// Not seen, or given back.
    Open,
    /// Open again once the [`DeferredRequest`] is gone.
    Deferred(Weak<()>),
    Answered(R),
}

impl<R> PendingRequest<'_, R> {
    /// Keeps the response, to send it again.
    pub fn answer(self, response: R) {
        *self.slot = Slot::Answered(response);
    }

    /// Takes the request out of the window, to answer it when the answer is there.
    pub fn defer(self) -> DeferredRequest {
        let held = Arc::new(());
        *self.slot = Slot::Deferred(Arc::downgrade(&held));
        DeferredRequest { message_id: self.message_id, held }
    }
}

impl DeferredRequest {
    /// Its Message ID, which is also that of the response.
    #[must_use]
    pub const fn message_id(&self) -> u32 {
        self.message_id
    }
}

impl fmt::Debug for DeferredRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeferredRequest").field("message_id", &self.message_id).finish_non_exhaustive()
    }
}

impl<R> Slot<R> {
    /// The allocation of a [`DeferredRequest`] is not used again while the slot points to it: equal addresses are one request.
    fn is_deferred_to(&self, request: &DeferredRequest) -> bool {
        matches!(self, Self::Deferred(holder) if holder.as_ptr() == Arc::as_ptr(&request.held))
    }
}

impl<R> ReceiveWindow<R> {
    /// The window of a new IKE SA. It is one request wide until our SET_WINDOW_SIZE says more: [`grow`](Self::grow).
    #[must_use]
    pub const fn new(origin: SaOrigin) -> Self {
        Self::restored_at(origin.first_received())
    }

    /// The window of an IKE SA that was in use before, on this node or another. The lowest request it takes has Message ID `next`: what
    /// the peer said it sends next (RFC 6311), or what [`next_expected`](Self::next_expected) gave.
    ///
    /// The peer must have every response below `next`, since none of them is sent again. It must have none to `next` or above, since
    /// it does not send such a request again, and the window would wait for it.
    #[must_use]
    pub const fn restored_at(next: u32) -> Self {
        Self { size: FIRST_WIDTH, first: next, slots: VecDeque::new() }
    }

    /// Takes as many requests at a time as our SET_WINDOW_SIZE is about to announce. The window can only grow, to [`MAX_WINDOW`] at most.
    pub fn grow(&mut self, size: u32) {
        self.size = size.clamp(self.size, MAX_WINDOW);
    }

    /// Tells what the authentic request `message_id` is.
    pub fn request(&mut self, message_id: u32) -> RequestState<'_, R> {
        if message_id < self.first {
            return RequestState::Old;
        }
        if self.is_ahead(message_id) {
            return RequestState::Ahead;
        }
        self.forget_before(message_id);
        self.make_room(message_id);
        match self.slot(message_id) {
            Some(Slot::Answered(response)) => RequestState::Answered(response),
            Some(Slot::Deferred(holder)) if holder.strong_count() > 0 => RequestState::InProgress,
            Some(slot) => RequestState::New(PendingRequest { message_id, slot }),
            None => RequestState::Old,
        }
    }

    /// Keeps the response to a deferred request, to send it again.
    ///
    /// # Errors
    /// [`ForeignRequest`] when it is of another window.
    pub fn answer(&mut self, request: DeferredRequest, response: R) -> Result<(), ForeignRequest> {
        match self.slot(request.message_id) {
            Some(slot) if slot.is_deferred_to(&request) => {
                *slot = Slot::Answered(response);
                Ok(())
            }
            _ => Err(ForeignRequest { message_id: request.message_id }),
        }
    }

    /// Whether request `message_id` would be [`Ahead`](RequestState::Ahead) of the window.
    #[must_use]
    pub fn is_ahead(&self, message_id: u32) -> bool {
        let end = self.unanswered().saturating_add(u64::from(self.size));
        u64::from(message_id) >= end
    }

    /// The response kept for request `message_id`.
    #[must_use]
    pub fn response(&self, message_id: u32) -> Option<&R> {
        match self.slots.get(self.place(message_id)?)? {
            Slot::Answered(response) => Some(response),
            Slot::Open | Slot::Deferred(_) => None,
        }
    }

    /// The lowest Message ID without an answer; `None` when all are answered, so that the peer can ask for nothing more.
    #[must_use]
    pub fn next_expected(&self) -> Option<u32> {
        u32::try_from(self.unanswered()).ok()
    }

    /// How many responses are kept: at most as many as the window is wide.
    #[must_use]
    pub fn stored_responses(&self) -> usize {
        self.slots.iter().filter(|slot| matches!(slot, Slot::Answered(_))).count()
    }

    fn place(&self, message_id: u32) -> Option<usize> {
        usize::try_from(message_id.checked_sub(self.first)?).ok()
    }

    fn slot(&mut self, message_id: u32) -> Option<&mut Slot<R>> {
        let place = self.place(message_id)?;
        self.slots.get_mut(place)
    }

    /// The lowest Message ID without an answer.
    fn unanswered(&self) -> u64 {
        let answered = self.slots.iter().take_while(|slot| matches!(slot, Slot::Answered(_))).count();
        u64::from(self.first).saturating_add(u64::try_from(answered).unwrap_or(u64::MAX))
    }

    /// Drops what the peer cannot ask for: its request `message_id` shows that it has the responses up to that less the window. They
    /// are all answered, since the request is not ahead.
    fn forget_before(&mut self, message_id: u32) {
        let lowest = message_id.saturating_sub(self.size.saturating_sub(1));
        while self.first < lowest && self.slots.pop_front().is_some() {
            self.first = self.first.saturating_add(1);
        }
    }

    /// Makes a slot for request `message_id`, which is within the window.
    fn make_room(&mut self, message_id: u32) {
        let Some(place) = self.place(message_id) else { return };
        while self.slots.len() <= place {
            self.slots.push_back(Slot::Open);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::role::Role;

    fn is_new<R>(window: &mut ReceiveWindow<R>, message_id: u32) -> bool {
        matches!(window.request(message_id), RequestState::New(_))
    }

    fn pending<R: fmt::Debug>(window: &mut ReceiveWindow<R>, message_id: u32) -> PendingRequest<'_, R> {
        match window.request(message_id) {
            RequestState::New(request) => request,
            other => panic!("request {message_id} is {other:?}"),
        }
    }

    #[test]
    fn rfc_7296_section_2_2_the_first_message_id_follows_from_the_origin() {
        for (origin, first) in
            [(SaOrigin::InitialExchange(Role::Initiator), 0), (SaOrigin::InitialExchange(Role::Responder), 1), (SaOrigin::Rekey, 0)]
        {
            let mut window = ReceiveWindow::<()>::new(origin);
            assert_eq!(window.next_expected(), Some(first), "{origin:?}");
            assert!(is_new(&mut window, first) && matches!(window.request(first + 1), RequestState::Ahead), "{origin:?}");
        }
    }

    #[test]
    fn rfc_7296_section_2_2_message_ids_end_and_never_wrap() {
        let mut window = ReceiveWindow::restored_at(u32::MAX);
        window.grow(4);
        pending(&mut window, u32::MAX).answer('x');
        assert!(matches!(window.request(u32::MAX), RequestState::Answered('x')));
        assert!(matches!(window.request(0), RequestState::Old));
        assert_eq!(window.next_expected(), None);
    }

    #[test]
    fn rfc_7296_section_2_3_the_window_is_one_and_never_shrinks() {
        let mut window = ReceiveWindow::<()>::new(SaOrigin::Rekey);
        window.grow(0);
        assert!(is_new(&mut window, 0) && window.is_ahead(1));
        window.grow(3);
        window.grow(2);
        assert!(is_new(&mut window, 2) && window.is_ahead(3));
        window.grow(u32::MAX);
        assert!(!window.is_ahead(MAX_WINDOW - 1) && window.is_ahead(MAX_WINDOW));
    }

    /// What a handler does that gives up by `?`, and then one that does not.
    #[test]
    fn rfc_7296_section_2_1_a_request_dropped_without_an_answer_is_new_when_it_comes_again() {
        fn handle(window: &mut ReceiveWindow<u32>, message_id: u32, work: Result<u32, ()>) -> Result<(), ()> {
            let request = pending(window, message_id);
            request.answer(work?);
            Ok(())
        }
        let mut window = ReceiveWindow::new(SaOrigin::InitialExchange(Role::Responder));
        for id in 1..9 {
            assert_eq!(handle(&mut window, id, Err(())), Err(()));
            assert_eq!((window.next_expected(), window.response(id)), (Some(id), None));
            assert_eq!(handle(&mut window, id, Ok(id)), Ok(()));
            assert!(matches!(window.request(id), RequestState::Answered(answer) if *answer == id));
        }
    }

    #[test]
    fn a_deferred_request_is_in_progress_until_it_is_answered_or_dropped() {
        let mut window = ReceiveWindow::new(SaOrigin::Rekey);
        let lost = pending(&mut window, 0).defer();
        assert!(matches!(window.request(0), RequestState::InProgress) && window.is_ahead(1));
        drop(lost);
        let second = pending(&mut window, 0).defer();
        assert!(matches!(window.request(0), RequestState::InProgress));
        assert_eq!((second.message_id(), window.answer(second, 'x'), window.response(0)), (0, Ok(()), Some(&'x')));
        assert!(matches!(window.request(0), RequestState::Answered('x')) && is_new(&mut window, 1));
    }

    #[test]
    fn a_request_deferred_by_another_window_changes_nothing() {
        let (mut one, mut other) = (ReceiveWindow::new(SaOrigin::Rekey), ReceiveWindow::new(SaOrigin::Rekey));
        let (own, foreign) = (pending(&mut one, 0).defer(), pending(&mut other, 0).defer());
        let refused = Err(ForeignRequest { message_id: 0 });
        assert_eq!((one.answer(foreign, 'x'), one.response(0)), (refused, None));
        assert!(matches!(one.request(0), RequestState::InProgress));
        // Its own window has it back.
        let again = pending(&mut other, 0).defer();
        assert_eq!(one.answer(own, 'y'), Ok(()));
        assert_eq!((one.answer(again, 'z'), one.response(0)), (refused, Some(&'y')));
        // Beyond what the other window has seen.
        pending(&mut other, 0).answer('o');
        pending(&mut other, 1).answer('o');
        let ahead = pending(&mut other, 2).defer();
        assert_eq!(one.answer(ahead, 'z'), Err(ForeignRequest { message_id: 2 }));
        assert!(is_new(&mut one, 1));
    }
}
