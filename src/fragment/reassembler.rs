//! Fragments put together again, RFC 7383 section 2.6.
//!
//! Only an [`Opened`] can be pushed: whatever is not authentic has neither changed state nor allocated anything before it gets
//! here. What an authentic peer may claim is bounded by [`Limits`].

use super::done::{Done, Known, MAX_WINDOW};
use super::few::Few;
use super::reassembled::Reassembled;
use super::set::{Fragment, Set};
use crate::error::FragmentError;
use crate::protect::{Kind, Opened};
use crate::registry::ExchangeType;
use crate::wire::{Header, IkeSpis};
use core::time::Duration;

/// What a [`Reassembler`] may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Limits {
    /// Octets of content in one set.
    pub octets: usize,
    /// Fragments in one set.
    pub fragments: u16,
    /// Sets open at a time, and message IDs remembered as complete: the window size (RFC 7296 section 2.3), 1 to 64.
    pub sets: usize,
    /// How long a set may stay open, counted from its first fragment.
    pub lifetime: Duration,
}

impl Default for Limits {
    /// 65531 octets, as the Payload Length of SK allows (and RFC 7383 section 5 recommends 64 kB); 1024 fragments, since a chain
    /// of post-quantum certificates needs hundreds on a path of 576; 8 sets; 165 seconds, after which common initiators give up.
    fn default() -> Self {
        Self { octets: 65531, fragments: 1024, sets: 8, lifetime: Duration::from_secs(165) }
    }
}

impl Limits {
    /// For devices with little memory: 10000 octets in 64 fragments, one set at a time.
    pub const SMALL: Self = Self { octets: 10000, fragments: 64, sets: 1, lifetime: Duration::from_secs(60) };
}

/// What became of a message that was pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// Stored; more are to come.
    Pending {
        /// Fragments there.
        have: u16,
        /// Total Fragments.
        of: u16,
    },
    /// Not used, and no set has changed by it.
    Ignored(Reason),
    /// The request was answered before: send the stored response again (RFC 7383 section 2.6.1).
    ResendResponse,
    /// The message is whole.
    Complete(Reassembled),
}

/// Why a message was not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// A fragment, though fragmentation was not negotiated.
    NotNegotiated,
    /// The fragment is there already; the first to arrive counts.
    Duplicate,
    /// Total Fragments is less than that of the open set (RFC 7383 section 2.6).
    SmallerTotal {
        /// Total Fragments received.
        total: u16,
        /// Total Fragments of the open set.
        open: u16,
    },
    /// Fragment 1 has content, and says that there is no payload in it.
    NoFirstPayload,
    /// The message is complete already.
    Done,
    /// The message ID is below the window.
    Old,
    /// Other SPIs, or another Initiator flag, than those of the first message: one Reassembler serves one side of one IKE SA.
    OtherSa,
    /// Another exchange type than that of the open set.
    OtherExchange {
        /// Exchange Type of the open set.
        open: ExchangeType,
    },
}

impl core::fmt::Display for Reason {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::NotNegotiated => f.write_str("fragmentation was not negotiated"),
            Self::Duplicate => f.write_str("the fragment is there already"),
            Self::SmallerTotal { total, open } => write!(f, "one of {total} fragments, {open} were announced before"),
            Self::NoFirstPayload => f.write_str("fragment 1 has content but announces no payload"),
            Self::Done => f.write_str("the message is complete already"),
            Self::Old => f.write_str("the message ID is below the window"),
            Self::OtherSa => f.write_str("the SPIs and the Initiator flag are not those of the messages before"),
            Self::OtherExchange { open } => write!(f, "a set of exchange {open} is open under this message ID"),
        }
    }
}

/// Puts together the messages that one side of an IKE SA sends.
///
/// It reads no clock: `now` is any time that does not run backwards.
#[derive(Debug)]
pub struct Reassembler {
    limits: Limits,
    negotiated: bool,
    /// SPIs and Initiator flag of all messages.
    from: Option<(IkeSpis, bool)>,
    sets: Few<Set>,
    window: u32,
    requests: Done,
    responses: Done,
}

impl Reassembler {
    /// An empty one, for an IKE SA on which fragmentation was negotiated.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        let window = u32::try_from(limits.sets).unwrap_or(MAX_WINDOW).clamp(1, MAX_WINDOW);
        let (sets, requests, responses) = (Few::new(), Done::default(), Done::default());
        Self { limits, negotiated: true, from: None, sets, window, requests, responses }
    }

    /// Whether fragments are welcome: with `false` every SKF is [`Ignored`](Progress::Ignored).
    pub const fn set_negotiated(&mut self, negotiated: bool) {
        self.negotiated = negotiated;
    }

    /// Takes a verified message.
    ///
    /// # Errors
    /// [`TooManyFragments`](FragmentError::TooManyFragments) or [`TooLarge`](FragmentError::TooLarge): the set went over its
    /// limits and was dropped.
    pub fn push(&mut self, opened: &Opened<'_>, now: Duration) -> Result<Progress, FragmentError> {
        let header = opened.header();
        let from = (header.spis, header.initiator);
        let kind = opened.kind();
        if self.from.is_some_and(|first| first != from) {
            return Ok(Progress::Ignored(Reason::OtherSa));
        }
        if !self.negotiated && kind != Kind::Sk {
            return Ok(Progress::Ignored(Reason::NotNegotiated));
        }
        self.from = Some(from);
        self.expire(now);
        if let Some(progress) = self.finished(header, kind) {
            return Ok(progress);
        }
        match kind {
            Kind::Sk => {
                // It wins over the fragments of the same message, which are dropped with it.
                self.finish(header);
                Ok(Progress::Complete(Reassembled::whole(opened)))
            }
            Kind::Skf { number, total } => {
                let fragment = Fragment { number, total, first: opened.first(), content: opened.content() };
                self.fragment(opened, fragment, now)
            }
        }
    }

    /// Notes that the request with this message ID was answered, so that its retransmission is told from a new request.
    pub fn answered(&mut self, message_id: u32) {
        self.requests.note(message_id, true);
        self.forget_finished();
    }

    /// Drops the sets that have been open longer than their lifetime; gives their number.
    pub fn expire(&mut self, now: Duration) -> usize {
        let before = self.sets.len();
        let lifetime = self.limits.lifetime;
        let is_over = |set: &Set| now.saturating_sub(set.opened_at) >= lifetime;
        if self.sets.iter().any(is_over) {
            self.sets.retain(|set| !is_over(set));
        }
        before.saturating_sub(self.sets.len())
    }

    /// When the set that has been open longest expires.
    #[must_use]
    pub fn next_timeout(&self) -> Option<Duration> {
        self.sets.iter().map(|set| set.opened_at.saturating_add(self.limits.lifetime)).min()
    }

    /// Octets of content held in open sets: at most `sets` times `octets` of the limits.
    #[must_use]
    pub fn octets(&self) -> usize {
        self.sets.iter().map(Set::octets).fold(0, usize::saturating_add)
    }

    /// What a message that is complete already gets: a new answer to it was never due.
    fn finished(&self, header: &Header, kind: Kind) -> Option<Progress> {
        match self.known(header) {
            Known::New => None,
            Known::Old => Some(Progress::Ignored(Reason::Old)),
            // RFC 7383 section 2.6.1: only fragment 1 makes the responder send its response again.
            Known::Complete { answered: true } if matches!(kind, Kind::Sk | Kind::Skf { number: 1, .. }) => Some(Progress::ResendResponse),
            Known::Complete { .. } => Some(Progress::Ignored(Reason::Done)),
        }
    }

    fn fragment(&mut self, opened: &Opened<'_>, fragment: Fragment<'_>, now: Duration) -> Result<Progress, FragmentError> {
        let header = opened.header();
        let total = fragment.total;
        let mut at = self.sets.iter().position(|set| set.is_of(header));
        if let Some(set) = at.and_then(|at| self.sets.get_mut(at)) {
            let open = set.total();
            if set.header().exchange != header.exchange {
                return Ok(Progress::Ignored(Reason::OtherExchange { open: set.header().exchange }));
            }
            if total < open {
                return Ok(Progress::Ignored(Reason::SmallerTotal { total, open }));
            }
            // RFC 7383 section 2.6: a greater total starts the message over, and nothing of the old set is kept.
            if total > open && !fragment.is_void() {
                at.take().and_then(|at| self.sets.swap_remove(at));
            }
        }
        if fragment.is_void() {
            return Ok(Progress::Ignored(Reason::NoFirstPayload));
        }
        if total > self.limits.fragments {
            let (total, limit) = (total.into(), self.limits.fragments.into());
            return Err(FragmentError::TooManyFragments { total, limit });
        }
        let at = match at {
            Some(at) => at,
            None => self.open(*header, total, now),
        };
        let Some(set) = self.sets.get_mut(at) else { return Ok(Progress::Ignored(Reason::Done)) };
        let progress = set.take(opened, fragment, &self.limits);
        match progress {
            Ok(Progress::Complete(_)) => self.finish(header),
            Ok(_) => {}
            Err(_) => drop(self.sets.swap_remove(at)),
        }
        progress
    }

    /// Opens a set, at the expense of the oldest if there are as many as may be: a message half received never stands in the
    /// way of the next.
    fn open(&mut self, header: Header, total: u16, now: Duration) -> usize {
        if self.sets.len() >= usize::try_from(self.window).unwrap_or(usize::MAX) {
            let oldest =
                self.sets.iter().enumerate().min_by_key(|(_, set)| (set.opened_at, set.header().message_id, set.header().response));
            if let Some((oldest, _)) = oldest {
                self.sets.swap_remove(oldest);
            }
        }
        self.sets.push(Set::new(header, total, now));
        self.sets.len().saturating_sub(1)
    }

    fn finish(&mut self, header: &Header) {
        let done = if header.response { &mut self.responses } else { &mut self.requests };
        done.note(header.message_id, false);
        self.forget_finished();
    }

    /// Drops the sets that are not to be completed any more: their message is complete, or fell below the window.
    fn forget_finished(&mut self) {
        let Self { sets, requests, responses, window, .. } = self;
        sets.retain(|set| {
            let done = if set.header().response { &*responses } else { &*requests };
            done.of(set.header().message_id, *window) == Known::New
        });
    }

    fn known(&self, header: &Header) -> Known {
        let done = if header.response { &self.responses } else { &self.requests };
        done.of(header.message_id, self.window)
    }
}
