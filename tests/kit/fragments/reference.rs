//! A reassembler that is slow, wasteful and obviously right: RFC 7383 section 2.6 and our decisions, rule by rule.

use ikev2::Instant;
use ikev2::error::FragmentError;
use ikev2::fragment::{IgnoreReason, Progress, ReassemblyLimits};
use ikev2::protect::EncryptedPayload;
use ikev2::registry::PayloadType;
use ikev2::wire::{Header, IkeSpis};
use std::collections::BTreeMap;

/// What arrived, and is authentic.
#[derive(Clone, Debug)]
pub(crate) struct Arrived {
    pub(crate) header: Header,
    /// Header and payloads in clear, as octets.
    pub(crate) head: Vec<u8>,
    pub(crate) kind: EncryptedPayload,
    pub(crate) first: PayloadType,
    pub(crate) content: Vec<u8>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Pending { have: u16, of: u16 },
    Ignored(IgnoreReason),
    ResendResponse,
    Complete(Whole),
    TooMany { total: usize, limit: usize },
    TooLarge { octets: usize, limit: usize },
}

/// A whole message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Whole {
    pub(crate) header: Header,
    pub(crate) head: Vec<u8>,
    pub(crate) first: PayloadType,
    pub(crate) content: Vec<u8>,
    pub(crate) fragments: u16,
    pub(crate) later_next_payload: bool,
}

impl Outcome {
    /// What the crate says, in the same words.
    pub(crate) fn of(said: &Result<Progress, FragmentError>) -> Self {
        match said {
            Ok(Progress::Pending { received: have, total: of }) => Self::Pending { have: *have, of: *of },
            Ok(Progress::Ignored(reason)) => Self::Ignored(*reason),
            Ok(Progress::ResendResponse) => Self::ResendResponse,
            Ok(Progress::Complete(whole)) => Self::Complete(Whole {
                header: *whole.header(),
                head: whole.head().to_vec(),
                first: whole.first_payload(),
                content: whole.content().to_vec(),
                fragments: whole.fragments(),
                later_next_payload: whole.later_next_payload(),
            }),
            Err(FragmentError::TooManyFragments { total, limit }) => Self::TooMany { total: *total, limit: *limit },
            Err(FragmentError::TooLarge { octets, limit }) => Self::TooLarge { octets: *octets, limit: *limit },
            other => panic!("a reassembler never says {other:?}"),
        }
    }
}

struct Set {
    header: Header,
    total: u16,
    opened_at: Instant,
    fragments: BTreeMap<u16, Arrived>,
}

impl Set {
    fn octets(&self) -> usize {
        self.fragments.values().map(|fragment| fragment.content.len()).sum()
    }
}

pub(crate) struct Reference {
    limits: ReassemblyLimits,
    negotiated: bool,
    from: Option<(IkeSpis, bool)>,
    sets: Vec<Set>,
    /// By response flag and message ID: complete, and whether answered.
    complete: BTreeMap<(bool, u32), bool>,
}

impl Reference {
    pub(crate) fn new(limits: ReassemblyLimits) -> Self {
        Self { limits, negotiated: true, from: None, sets: Vec::new(), complete: BTreeMap::new() }
    }

    pub(crate) fn set_negotiated(&mut self, negotiated: bool) {
        self.negotiated = negotiated;
    }

    pub(crate) fn push(&mut self, arrived: &Arrived, now: Instant) -> Outcome {
        let Header { spis, initiator, exchange, response, message_id } = arrived.header;
        // One side of one SA, that of the first message.
        if self.from.is_some_and(|from| from != (spis, initiator)) {
            return Outcome::Ignored(IgnoreReason::OtherSa);
        }
        // Fragments only if negotiated.
        if !self.negotiated && arrived.kind != EncryptedPayload::Sk {
            return Outcome::Ignored(IgnoreReason::NotNegotiated);
        }
        self.from = Some((spis, initiator));
        // Rule 6: time is up for sets that are too old.
        self.expire(now);
        // Below the window of message IDs.
        if self.is_old(response, message_id) {
            return Outcome::Ignored(IgnoreReason::Old);
        }
        // Rule 7: of a complete request that was answered, fragment 1 (or SK) brings the response again, and nothing else does. Of one
        // that was not, it begins a retransmission, which the other fragments then join. A response is delivered once.
        let begins = matches!(arrived.kind, EncryptedPayload::Sk | EncryptedPayload::Skf { number: 1, .. });
        match self.complete.get(&(response, message_id)).copied() {
            Some(true) if begins => return Outcome::ResendResponse,
            Some(false) if !response && (begins || self.set(response, message_id).is_some()) => {}
            Some(_) => return Outcome::Ignored(IgnoreReason::Done),
            None => {}
        }
        let EncryptedPayload::Skf { number, total } = arrived.kind else {
            // SK wins over the fragments of the same message.
            self.finish(response, message_id, false);
            return Outcome::Complete(Whole {
                header: arrived.header,
                head: arrived.head.clone(),
                first: arrived.first,
                content: arrived.content.clone(),
                fragments: 1,
                later_next_payload: false,
            });
        };
        let is_void = number == 1 && arrived.first.0 == 0 && !arrived.content.is_empty();
        if let Some(set) = self.set(response, message_id) {
            if set.header.exchange != exchange {
                return Outcome::Ignored(IgnoreReason::OtherExchange { open: set.header.exchange });
            }
            // Rule 1: total is at least that of the open set.
            if total < set.total {
                return Outcome::Ignored(IgnoreReason::SmallerTotal { total, open: set.total });
            }
            // Rule 4: a greater total starts over.
            if total > set.total && !is_void {
                self.drop_set(response, message_id);
            }
        }
        // Fragment 1 with content and without a type for it is refused, the set unchanged.
        if is_void {
            return Outcome::Ignored(IgnoreReason::NoFirstPayload);
        }
        // Rule 8: a bound on the number of fragments.
        if total > self.limits.fragments {
            return Outcome::TooMany { total: total.into(), limit: self.limits.fragments.into() };
        }
        if self.set(response, message_id).is_none() {
            // As many sets of requests as the window has room for, and of responses; the oldest of its kind makes room.
            let is_alike = |set: &Set| set.header.response == response;
            if self.sets.iter().filter(|set| is_alike(set)).count() >= self.limits.window {
                self.sets.sort_by_key(|set| (set.opened_at, set.header.message_id));
                let oldest = self.sets.iter().position(is_alike).unwrap();
                self.sets.remove(oldest);
            }
            self.sets.push(Set { header: arrived.header, total, opened_at: now, fragments: BTreeMap::new() });
        }
        let limit = self.limits.octets;
        let set = self.set(response, message_id).unwrap();
        // Rule 2: the first copy counts.
        if set.fragments.contains_key(&number) {
            return Outcome::Ignored(IgnoreReason::Duplicate);
        }
        set.fragments.insert(number, arrived.clone());
        // Rule 8: a bound on the octets.
        let octets = set.octets();
        if octets > limit {
            self.drop_set(response, message_id);
            return Outcome::TooLarge { octets, limit };
        }
        // Rule 5: when all are there, the content is that of all of them, the rest that of fragment 1.
        if set.fragments.len() < usize::from(total) {
            return Outcome::Pending { have: u16::try_from(set.fragments.len()).unwrap(), of: total };
        }
        let first = set.fragments[&1].clone();
        let whole = Whole {
            header: first.header,
            head: first.head,
            first: first.first,
            content: set.fragments.values().flat_map(|fragment| fragment.content.clone()).collect(),
            fragments: total,
            later_next_payload: set.fragments.iter().any(|(number, fragment)| *number > 1 && fragment.first.0 != 0),
        };
        self.finish(response, message_id, false);
        Outcome::Complete(whole)
    }

    pub(crate) fn answered(&mut self, message_id: u32) {
        self.finish(false, message_id, true);
    }

    pub(crate) fn expire(&mut self, now: Instant) -> usize {
        let before = self.sets.len();
        self.sets.retain(|set| now < set.opened_at + self.limits.lifetime);
        before - self.sets.len()
    }

    pub(crate) fn octets(&self) -> usize {
        self.sets.iter().map(Set::octets).sum()
    }

    pub(crate) fn next_timeout(&self) -> Option<Instant> {
        self.sets.iter().map(|set| set.opened_at + self.limits.lifetime).min()
    }

    fn finish(&mut self, response: bool, message_id: u32, answered: bool) {
        *self.complete.entry((response, message_id)).or_default() |= answered;
        self.drop_set(response, message_id);
        let old: Vec<_> = self.sets.iter().map(|set| (set.header.response, set.header.message_id)).collect();
        for (response, message_id) in old {
            if self.is_old(response, message_id) {
                self.drop_set(response, message_id);
            }
        }
    }

    fn is_old(&self, response: bool, message_id: u32) -> bool {
        let highest = self.complete.keys().filter(|(of, _)| *of == response).map(|(_, id)| *id).max();
        highest.is_some_and(|highest| u64::from(message_id) + self.limits.window as u64 <= u64::from(highest))
    }

    fn set(&mut self, response: bool, message_id: u32) -> Option<&mut Set> {
        self.sets.iter_mut().find(|set| (set.header.response, set.header.message_id) == (response, message_id))
    }

    fn drop_set(&mut self, response: bool, message_id: u32) {
        self.sets.retain(|set| (set.header.response, set.header.message_id) != (response, message_id));
    }
}
