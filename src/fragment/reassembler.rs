//! Fragments put together again, RFC 7383 section 2.6.
//!
//! Only an [`Opened`] can be pushed: whatever is not authentic has neither changed state nor allocated anything before it gets
//! here. What an authentic peer may claim is bounded by [`ReassemblyLimits`].

use super::completed::{CompletedIds, Known, MAX_WINDOW};
use super::progress::{IgnoreReason, Progress, ReassemblyLimits};
use super::reassembled::Reassembled;
use super::set::{Fragment, Set};
use super::small_bag::SmallBag;
use crate::error::FragmentError;
use crate::instant::Instant;
use crate::protect::{EncryptedPayload, Opened};
use crate::role::Role;
use crate::wire::{Header, IkeSpis};

/// Puts together the messages that one side of an IKE SA sends.
///
/// It reads no clock: `now` is any time that does not run backwards.
#[derive(Debug)]
pub struct Reassembler {
    limits: ReassemblyLimits,
    negotiated: bool,
    /// SPIs and sender of all messages.
    from: Option<(IkeSpis, Role)>,
    sets: SmallBag<Set>,
    window: u32,
    requests: CompletedIds,
    responses: CompletedIds,
}

impl Reassembler {
    /// An empty one, for an IKE SA on which fragmentation was negotiated.
    #[must_use]
    pub fn new(limits: ReassemblyLimits) -> Self {
        let window = u32::try_from(limits.window).unwrap_or(MAX_WINDOW).clamp(1, MAX_WINDOW);
        let (sets, requests, responses) = (SmallBag::new(), CompletedIds::default(), CompletedIds::default());
        Self { limits, negotiated: true, from: None, sets, window, requests, responses }
    }

    /// Whether fragments are welcome: with `false` every SKF is [`Ignored`](Progress::Ignored).
    pub const fn set_negotiated(&mut self, negotiated: bool) {
        self.negotiated = negotiated;
    }

    /// Takes a verified message.
    ///
    /// A response is [`Complete`](Progress::Complete) once. A request is so each time the peer sends it, until
    /// [`mark_answered`](Self::mark_answered): the SK message, or fragment 1 and with it the others, counts as its beginning. Whether it is
    /// new, in progress or answered says `exchange::ReceiveWindow`; a handler that fails needs to tell nobody.
    ///
    /// # Errors
    /// [`TooManyFragments`](FragmentError::TooManyFragments) or [`TooLarge`](FragmentError::TooLarge): the set went over its
    /// limits and was dropped.
    pub fn push(&mut self, opened: &Opened<'_>, now: Instant) -> Result<Progress, FragmentError> {
        let header = opened.header();
        let from = (header.spis, header.sender());
        let kind = opened.kind();
        if self.from.is_some_and(|first| first != from) {
            return Ok(Progress::Ignored(IgnoreReason::OtherSa));
        }
        if !self.negotiated && kind != EncryptedPayload::Sk {
            return Ok(Progress::Ignored(IgnoreReason::NotNegotiated));
        }
        self.from = Some(from);
        self.expire(now);
        if let Some(progress) = self.finished(header, kind) {
            return Ok(progress);
        }
        match kind {
            EncryptedPayload::Sk => {
                // It wins over the fragments of the same message, which are dropped with it.
                self.finish(header);
                Ok(Progress::Complete(Reassembled::whole(opened)))
            }
            EncryptedPayload::Skf { number, total } => {
                let fragment = Fragment { number, total, first: opened.first_payload(), content: opened.content() };
                self.fragment(opened, fragment, now)
            }
        }
    }

    /// Notes that the request with this message ID was answered, so that its retransmission gets
    /// [`ResendResponse`](Progress::ResendResponse) and is not put together again. What has arrived of one is dropped.
    pub fn mark_answered(&mut self, message_id: u32) {
        self.requests.note(message_id, true);
        self.forget_finished();
    }

    /// Drops the sets that have been open longer than their lifetime; gives their number.
    pub fn expire(&mut self, now: Instant) -> usize {
        let before = self.sets.len();
        let lifetime = self.limits.lifetime;
        let is_over = |set: &Set| now - set.opened_at >= lifetime;
        if self.sets.iter().any(is_over) {
            self.sets.retain(|set| !is_over(set));
        }
        before.saturating_sub(self.sets.len())
    }

    /// When the set that has been open longest expires.
    #[must_use]
    pub fn next_timeout(&self) -> Option<Instant> {
        self.sets.iter().map(|set| set.opened_at + self.limits.lifetime).min()
    }

    /// Octets of content held in open sets: at most twice `window` times `octets` of the limits, as requests and responses are counted
    /// apart.
    #[must_use]
    pub fn octets(&self) -> usize {
        self.sets.iter().map(Set::octets).fold(0, usize::saturating_add)
    }

    /// What a message gets that is not to be put together.
    fn finished(&self, header: &Header, kind: EncryptedPayload) -> Option<Progress> {
        let begins = matches!(kind, EncryptedPayload::Sk | EncryptedPayload::Skf { number: 1, .. });
        match self.known(header) {
            Known::New => None,
            Known::Old => Some(Progress::Ignored(IgnoreReason::Old)),
            // RFC 7383 section 2.6.1: only fragment 1 makes the responder send its response again.
            Known::Complete { answered: true } if begins => Some(Progress::ResendResponse),
            // Nobody may have handled it to the end, so its sender gets another try. Without fragment 1, a later fragment is a copy
            // that the network held back.
            Known::Complete { answered: false } if !header.response && (begins || self.is_open(header)) => None,
            Known::Complete { .. } => Some(Progress::Ignored(IgnoreReason::Done)),
        }
    }

    fn is_open(&self, header: &Header) -> bool {
        self.sets.iter().any(|set| set.is_of(header))
    }

    fn fragment(&mut self, opened: &Opened<'_>, fragment: Fragment<'_>, now: Instant) -> Result<Progress, FragmentError> {
        let header = opened.header();
        let total = fragment.total;
        let set = self.sets.iter_mut().find(|set| set.is_of(header));
        if let Some(set) = &set {
            let open = set.total();
            if set.header().exchange != header.exchange {
                return Ok(Progress::Ignored(IgnoreReason::OtherExchange { open: set.header().exchange }));
            }
            if total < open {
                return Ok(Progress::Ignored(IgnoreReason::SmallerTotal { total, open }));
            }
        }
        if fragment.is_void() {
            return Ok(Progress::Ignored(IgnoreReason::NoFirstPayload));
        }
        if total > self.limits.fragments {
            // RFC 7383 section 2.6: a greater total drops the old set, also when the new one is refused.
            self.sets.retain(|set| !set.is_of(header));
            let (total, limit) = (total.into(), self.limits.fragments.into());
            return Err(FragmentError::TooManyFragments { total, limit });
        }
        let set = match set {
            Some(set) => {
                // RFC 7383 section 2.6: a greater total starts the message over, and nothing of the old set is kept.
                if total > set.total() {
                    *set = Set::new(*header, total, now);
                }
                set
            }
            None => Self::open(&mut self.sets, self.window, Set::new(*header, total, now)),
        };
        let progress = set.store(opened, fragment, &self.limits);
        match progress {
            Ok(Progress::Complete(_)) => self.finish(header),
            Ok(_) => {}
            Err(_) => self.sets.retain(|set| !set.is_of(header)),
        }
        progress
    }

    /// Opens a set, at the expense of the oldest of its kind if there are as many as may be: a message half received never stands in the
    /// way of the next. Requests and responses are two kinds (RFC 7296 section 2.3): where one took the place of the other, fragments of
    /// both that arrive in turns would complete neither.
    fn open(sets: &mut SmallBag<Set>, window: u32, set: Set) -> &mut Set {
        let response = set.header().response;
        let same = || sets.iter().filter(|set| set.header().response == response);
        if same().count() >= usize::try_from(window).unwrap_or(usize::MAX) {
            let age = |set: &Set| (set.opened_at, set.header().message_id, set.header().response);
            let oldest = same().map(age).min();
            sets.retain(|set| Some(age(set)) != oldest);
        }
        sets.push(set)
    }

    fn finish(&mut self, header: &Header) {
        let done = if header.response { &mut self.responses } else { &mut self.requests };
        done.note(header.message_id, false);
        self.sets.retain(|set| !set.is_of(header));
        self.forget_finished();
    }

    /// Drops the sets that are not to be completed any more: their request was answered, or their message fell below the window. What
    /// is complete and has a set all the same is a request that comes again.
    fn forget_finished(&mut self) {
        let Self { sets, requests, responses, window, .. } = self;
        sets.retain(|set| {
            let done = if set.header().response { &*responses } else { &*requests };
            matches!(done.of(set.header().message_id, *window), Known::New | Known::Complete { answered: false })
        });
    }

    fn known(&self, header: &Header) -> Known {
        let done = if header.response { &self.responses } else { &self.requests };
        done.of(header.message_id, self.window)
    }
}
