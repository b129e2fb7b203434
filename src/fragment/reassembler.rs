//! Fragments put together again, RFC 7383 section 2.6.
//!
//! Only an [`Opened`] can be pushed: whatever is not authentic has neither changed state nor allocated anything before it gets
//! here. What an authentic peer may claim is bounded by [`Limits`].

use super::set::{Fragment, Set, Taken};
use crate::error::{FragmentError, ParseError};
use crate::protect::{Kind, Opened};
use crate::registry::{ExchangeType, PayloadType};
use crate::wire::{Chain, Header, Payloads};
use alloc::vec::Vec;
use bytes::Bytes;
use core::time::Duration;

/// What a [`Reassembler`] may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Limits {
    /// Octets of content in one set.
    pub octets: usize,
    /// Fragments in one set.
    pub fragments: u16,
    /// Sets open at a time, and message IDs remembered as done: the window size (RFC 7296 section 2.3). At least 1.
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
    /// Not used, and nothing has changed.
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
    /// Other SPIs than those of the first message: one Reassembler serves one IKE SA.
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
            Self::OtherSa => f.write_str("the SPIs are those of another IKE SA"),
            Self::OtherExchange { open } => write!(f, "a set of exchange {open} is open under this message ID"),
        }
    }
}

/// A whole message: that of one SK, or of a complete fragment set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reassembled {
    pub(super) header: Header,
    pub(super) head: Bytes,
    pub(super) first: PayloadType,
    pub(super) content: Bytes,
    pub(super) fragments: u16,
    pub(super) later_next_payload: bool,
}

impl Reassembled {
    /// The header of the message, that of fragment 1.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The type of the first payload in the content.
    #[must_use]
    pub const fn first(&self) -> PayloadType {
        self.first
    }

    /// The content: to be treated like that of an SK payload.
    #[must_use]
    pub const fn content(&self) -> &Bytes {
        &self.content
    }

    /// The octets in front of SK (of SKF in fragment 1), as received: the IKE header and the payloads in clear.
    #[must_use]
    pub const fn head(&self) -> &Bytes {
        &self.head
    }

    /// How many fragments it came in; 1 for SK.
    #[must_use]
    pub const fn fragments(&self) -> u16 {
        self.fragments
    }

    /// Whether a fragment after the first announced a payload, against RFC 7383 section 2.5; it was ignored.
    #[must_use]
    pub const fn later_next_payload(&self) -> bool {
        self.later_next_payload
    }

    /// The payloads of the content, under the same rules as those of SK.
    ///
    /// # Errors
    /// The first fault of the chain; offsets count from the start of the content.
    pub fn payloads(&self) -> Result<Chain<'_>, ParseError> {
        Chain::parse(self.first, &self.content)
    }

    /// The payloads in clear, which the message carried in front of SK: authentic, not encrypted. SK or SKF itself is not there.
    #[must_use]
    pub fn unprotected(&self) -> Payloads<'_> {
        Payloads::after_header(&self.head)
    }
}

/// Puts together the messages that one side of an IKE SA sends.
///
/// It reads no clock: `now` is any time that does not run backwards.
#[derive(Debug)]
pub struct Reassembler {
    limits: Limits,
    negotiated: bool,
    spis: Option<(u64, u64)>,
    sets: Vec<Set>,
    /// Message IDs that are complete, requests and responses apart, the last `limits.sets` of each.
    done: [Done; 2],
}

/// The message IDs of one direction that need no more fragments.
#[derive(Debug, Default)]
struct Done {
    /// Those in the window below the highest, and whether they were answered.
    recent: Vec<(u32, bool)>,
    highest: Option<u32>,
}

impl Done {
    fn is_old(&self, message_id: u32, window: usize) -> bool {
        let window = u32::try_from(window).unwrap_or(u32::MAX);
        self.highest.is_some_and(|highest| message_id.saturating_add(window) <= highest)
    }

    fn note(&mut self, message_id: u32, answered: bool, window: usize) {
        if let Some((_, was_answered)) = self.recent.iter_mut().find(|(id, _)| *id == message_id) {
            *was_answered |= answered;
            return;
        }
        self.highest = self.highest.max(Some(message_id));
        self.recent.push((message_id, answered));
        let recent = core::mem::take(&mut self.recent);
        self.recent = recent.into_iter().filter(|(id, _)| !self.is_old(*id, window)).collect();
    }
}

impl Reassembler {
    /// An empty one, for an IKE SA on which fragmentation was negotiated.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        let limits = Limits { sets: limits.sets.max(1), ..limits };
        Self { limits, negotiated: true, spis: None, sets: Vec::new(), done: [Done::default(), Done::default()] }
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
        let spis = (header.spi_i, header.spi_r);
        let kind = opened.kind();
        if self.spis.is_some_and(|of_this_sa| of_this_sa != spis) {
            return Ok(Progress::Ignored(Reason::OtherSa));
        }
        if !self.negotiated && kind != Kind::Sk {
            return Ok(Progress::Ignored(Reason::NotNegotiated));
        }
        self.spis = Some(spis);
        self.expire(now);
        if let Some(progress) = self.finished(header, kind) {
            return Ok(progress);
        }
        match kind {
            Kind::Sk => Ok(Progress::Complete(self.whole(opened))),
            Kind::Skf { number, total } => {
                let fragment = Fragment { number, total, first: opened.first(), content: opened.content() };
                self.fragment(opened, fragment, now)
            }
        }
    }

    /// Notes that the request with this message ID was answered, so that its retransmission is told from a new request.
    pub fn answered(&mut self, message_id: u32) {
        self.sets.retain(|set| set.header().response || set.header().message_id != message_id);
        self.finish(message_id, false, true);
    }

    /// Drops the sets that have been open longer than their lifetime; gives their number.
    pub fn expire(&mut self, now: Duration) -> usize {
        let before = self.sets.len();
        let lifetime = self.limits.lifetime;
        self.sets.retain(|set| now.saturating_sub(set.opened_at) < lifetime);
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

    /// What a message that is done already gets: a new answer to it was never due.
    fn finished(&self, header: &Header, kind: Kind) -> Option<Progress> {
        let done = self.done(header.response);
        if done.is_old(header.message_id, self.limits.sets) {
            return Some(Progress::Ignored(Reason::Old));
        }
        let (_, answered) = done.recent.iter().find(|(id, _)| *id == header.message_id)?;
        // RFC 7383 section 2.6.1: only fragment 1 makes the responder send its response again.
        let speaks_for_all = matches!(kind, Kind::Sk | Kind::Skf { number: 1, .. });
        Some(if *answered && speaks_for_all { Progress::ResendResponse } else { Progress::Ignored(Reason::Done) })
    }

    /// An SK message: it wins over the fragments of the same message.
    fn whole(&mut self, opened: &Opened<'_>) -> Reassembled {
        let header = *opened.header();
        self.sets.retain(|set| !set.is_of(&header));
        self.finish(header.message_id, header.response, false);
        Reassembled {
            header,
            head: Bytes::copy_from_slice(opened.head()),
            first: opened.first(),
            content: Bytes::copy_from_slice(opened.content()),
            fragments: 1,
            later_next_payload: false,
        }
    }

    fn fragment(&mut self, opened: &Opened<'_>, fragment: Fragment<'_>, now: Duration) -> Result<Progress, FragmentError> {
        let header = opened.header();
        let total = fragment.total;
        let mut at = self.sets.iter().position(|set| set.is_of(header));
        if let Some(set) = at.and_then(|at| self.sets.get(at)) {
            let open = set.total();
            if set.header().exchange != header.exchange {
                return Ok(Progress::Ignored(Reason::OtherExchange { open: set.header().exchange }));
            }
            if total < open {
                return Ok(Progress::Ignored(Reason::SmallerTotal { total, open }));
            }
            // RFC 7383 section 2.6: a greater total starts the message over, and nothing of the old set is kept.
            if total > open && !fragment.is_void() {
                at.take().map(|at| self.sets.swap_remove(at));
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
        match set.take(opened, fragment, &self.limits) {
            Ok(Taken::Pending { have, of }) => Ok(Progress::Pending { have, of }),
            Ok(Taken::Ignored(reason)) => Ok(Progress::Ignored(reason)),
            Ok(Taken::Complete(whole)) => {
                self.sets.swap_remove(at);
                self.finish(header.message_id, header.response, false);
                Ok(Progress::Complete(whole))
            }
            Err(error) => {
                self.sets.swap_remove(at);
                Err(error)
            }
        }
    }

    /// Opens a set, at the expense of the oldest if there are as many as may be: a message half received never stands in the
    /// way of the next.
    fn open(&mut self, header: Header, total: u16, now: Duration) -> usize {
        if self.sets.len() >= self.limits.sets {
            let oldest = self.sets.iter().enumerate().min_by_key(|(_, set)| (set.opened_at, set.header().message_id));
            if let Some((oldest, _)) = oldest {
                self.sets.swap_remove(oldest);
            }
        }
        self.sets.push(Set::new(header, total, now));
        self.sets.len().saturating_sub(1)
    }

    fn finish(&mut self, message_id: u32, response: bool, answered: bool) {
        let [requests, responses] = &mut self.done;
        let done = if response { responses } else { requests };
        done.note(message_id, answered, self.limits.sets);
    }

    const fn done(&self, response: bool) -> &Done {
        let [requests, responses] = &self.done;
        if response { responses } else { requests }
    }
}
