//! A reassembler that is slow and obviously right, written from RFC 7383 and this crate's rules, beside the crate's own: the same
//! operations must come out the same.

use crate::kit::seal::{Keys, REQUEST, Sent, at, ms};
use ikev2::Instant;
use ikev2::error::FragmentError;
use ikev2::fragment::{IgnoreReason, Progress, Reassembler, ReassemblyLimits};
use ikev2::registry::ExchangeType;
use ikev2::wire::{Header, IkeSpis};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// What came out, ours or the reference's.
#[derive(Clone, Debug, PartialEq)]
enum Outcome {
    Pending { have: u16, of: u16 },
    Ignored(IgnoreReason),
    Resend,
    Refused(FragmentError),
    Complete { header: Header, head: Vec<u8>, first: u8, content: Vec<u8>, fragments: u16, later_next_payload: bool },
}

/// One fragment, as sent, with the octets in front of it.
struct Stored {
    message: Sent,
    head: Vec<u8>,
}

struct Set {
    header: Header,
    total: u16,
    opened_at: Instant,
    fragments: BTreeMap<u16, Stored>,
}

impl Set {
    fn octets(&self) -> usize {
        self.fragments.values().map(|stored| stored.message.content.len()).sum()
    }
}

struct Reference {
    limits: ReassemblyLimits,
    negotiated: bool,
    from: Option<(IkeSpis, bool)>,
    sets: Vec<Set>,
    /// Every (response, message ID) that was ever complete or answered; the value says whether it was answered.
    done: BTreeMap<(bool, u32), bool>,
}

impl Reference {
    fn window(&self) -> u32 {
        u32::try_from(self.limits.window).unwrap().clamp(1, 64)
    }

    fn is_old(&self, header: &Header) -> bool {
        let highest = self.done.keys().filter(|(response, _)| *response == header.response).map(|(_, id)| *id).max();
        highest.is_some_and(|highest| header.message_id <= highest && highest - header.message_id >= self.window())
    }

    /// What a message gets that is not to be put together.
    fn known(&self, header: &Header, kind: Option<(u16, u16)>) -> Option<Outcome> {
        if self.is_old(header) {
            return Some(Outcome::Ignored(IgnoreReason::Old));
        }
        let answered = *self.done.get(&(header.response, header.message_id))?;
        let begins = kind.is_none_or(|(number, _)| number == 1);
        if answered && begins {
            return Some(Outcome::Resend);
        }
        // A retransmission begins with fragment 1, and the others join it.
        let joins = self.sets.iter().any(|set| (set.header.response, set.header.message_id) == (header.response, header.message_id));
        if !answered && !header.response && (begins || joins) {
            return None;
        }
        Some(Outcome::Ignored(IgnoreReason::Done))
    }

    fn note(&mut self, response: bool, message_id: u32, answered: bool) {
        *self.done.entry((response, message_id)).or_default() |= answered;
        self.sets.retain(|set| (set.header.response, set.header.message_id) != (response, message_id));
        let sets = core::mem::take(&mut self.sets);
        self.sets = sets.into_iter().filter(|set| !self.is_old(&set.header)).collect();
    }

    fn expire(&mut self, now: Instant) -> usize {
        let before = self.sets.len();
        self.sets.retain(|set| now - set.opened_at < self.limits.lifetime);
        before - self.sets.len()
    }

    fn push(&mut self, message: &Sent, head: &[u8], now: Instant) -> Outcome {
        let header = message.header;
        let from = (header.spis, header.initiator);
        if self.from.is_some_and(|first| first != from) {
            return Outcome::Ignored(IgnoreReason::OtherSa);
        }
        if !self.negotiated && message.fragment.is_some() {
            return Outcome::Ignored(IgnoreReason::NotNegotiated);
        }
        self.from = Some(from);
        self.expire(now);
        if let Some(outcome) = self.known(&header, message.fragment) {
            return outcome;
        }
        let Some((number, total)) = message.fragment else {
            self.note(header.response, header.message_id, false);
            let (content, first) = (message.content.clone(), message.first);
            return Outcome::Complete { header, head: head.to_vec(), first, content, fragments: 1, later_next_payload: false };
        };
        let mine = |set: &Set| (set.header.response, set.header.message_id) == (header.response, header.message_id);
        if let Some(set) = self.sets.iter().find(|set| mine(set)) {
            if set.header.exchange != header.exchange {
                return Outcome::Ignored(IgnoreReason::OtherExchange { open: set.header.exchange });
            }
            if total < set.total {
                return Outcome::Ignored(IgnoreReason::SmallerTotal { total, open: set.total });
            }
        }
        if number == 1 && message.first == 0 && !message.content.is_empty() {
            return Outcome::Ignored(IgnoreReason::NoFirstPayload);
        }
        self.sets.retain(|set| !mine(set) || set.total == total);
        if total > self.limits.fragments {
            return Outcome::Refused(FragmentError::TooManyFragments { total: total.into(), limit: self.limits.fragments.into() });
        }
        if !self.sets.iter().any(mine) {
            // Requests and responses are counted apart.
            let is_alike = |set: &Set| set.header.response == header.response;
            let opened: Vec<_> = self.sets.iter().filter(|set| is_alike(set)).map(|set| set.opened_at).collect();
            if opened.len() >= self.window() as usize {
                let oldest = *opened.iter().min().unwrap();
                self.sets.retain(|set| !is_alike(set) || set.opened_at != oldest);
            }
            self.sets.push(Set { header, total, opened_at: now, fragments: BTreeMap::new() });
        }
        let set = self.sets.iter_mut().find(|set| mine(set)).unwrap();
        if set.fragments.contains_key(&number) {
            return Outcome::Ignored(IgnoreReason::Duplicate);
        }
        set.fragments.insert(number, Stored { message: message.clone(), head: head.to_vec() });
        if set.octets() > self.limits.octets {
            let error = FragmentError::TooLarge { octets: set.octets(), limit: self.limits.octets };
            self.sets.retain(|set| !mine(set));
            return Outcome::Refused(error);
        }
        let have = u16::try_from(set.fragments.len()).unwrap();
        if have < total {
            return Outcome::Pending { have, of: total };
        }
        let one = &set.fragments[&1];
        let complete = Outcome::Complete {
            header: one.message.header,
            head: one.head.clone(),
            first: one.message.first,
            content: set.fragments.values().flat_map(|stored| stored.message.content.clone()).collect(),
            fragments: total,
            later_next_payload: set.fragments.iter().any(|(number, stored)| *number > 1 && stored.message.first != 0),
        };
        self.note(header.response, header.message_id, false);
        complete
    }
}

fn outcome(progress: Result<Progress, FragmentError>) -> Outcome {
    match progress {
        Ok(Progress::Pending { received: have, total: of }) => Outcome::Pending { have, of },
        Ok(Progress::Ignored(reason)) => Outcome::Ignored(reason),
        Ok(Progress::ResendResponse) => Outcome::Resend,
        Ok(Progress::Complete(whole)) => Outcome::Complete {
            header: *whole.header(),
            head: whole.head().to_vec(),
            first: whole.first_payload().0,
            content: whole.content().to_vec(),
            fragments: whole.fragments(),
            later_next_payload: whole.later_next_payload(),
        },
        Err(error) => Outcome::Refused(error),
        other => panic!("{other:?}"),
    }
}

#[derive(Clone, Debug)]
enum Operation {
    Push(Sent),
    /// A datagram with one octet changed: refused before the reassembler, whose state stays.
    Forge(Sent, prop::sample::Index),
    Answered(u32),
    Expire,
    Negotiated(bool),
    /// Time goes by.
    Wait(u64),
}

fn limits() -> impl Strategy<Value = ReassemblyLimits> {
    let small = (0usize..60, 1u16..8, 1usize..5, 5u64..200);
    let small =
        small.prop_map(|(octets, fragments, sets, lifetime)| ReassemblyLimits { octets, fragments, window: sets, lifetime: ms(lifetime) });
    prop_oneof![2 => small, 3 => Just(ReassemblyLimits::default()), 1 => Just(ReassemblyLimits::SMALL), 1 => Just(ReassemblyLimits { window: 64, ..ReassemblyLimits::default() })]
}

/// The header of a message: nearly always the same SA and exchange.
fn header() -> impl Strategy<Value = Header> {
    let id = prop_oneof![8 => Just(1u32), 4 => 0u32..4, 1 => 0u32..70, 1 => Just(u32::MAX)];
    let exchange = prop_oneof![19 => Just(ExchangeType::IKE_AUTH), 1 => Just(ExchangeType::INFORMATIONAL)];
    (id, exchange, prop::bool::weighted(0.1), prop::bool::weighted(0.98), prop::bool::weighted(0.02), prop::bool::weighted(0.02)).prop_map(
        |(message_id, exchange, response, initiator, spi_i, spi_r)| Header {
            message_id,
            exchange,
            response,
            initiator,
            spis: IkeSpis { initiator: REQUEST.spis.initiator + u64::from(spi_i), responder: REQUEST.spis.responder + u64::from(spi_r) },
        },
    )
}

fn content() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![1 => Just(Vec::new()), 4 => Just(vec![7; 9]), 4 => prop::collection::vec(any::<u8>(), 0..30)]
}

/// Any message.
fn message() -> impl Strategy<Value = Sent> {
    let fragment = (1u16..6).prop_flat_map(|total| (1..=total, Just(total)));
    let large = Just((3u16, u16::MAX));
    let fragment = prop_oneof![1 => Just(None), 20 => fragment.prop_map(Some), 1 => large.prop_map(Some)];
    let clear = prop::collection::vec(prop::collection::vec(any::<u8>(), 0..5), 0..3);
    let clear = prop_oneof![3 => Just(Vec::new()), 1 => clear];
    (header(), fragment, content(), clear, prop::bool::weighted(0.1), any::<u8>()).prop_map(
        |(header, fragment, content, unprotected, odd, flags)| {
            let first = if fragment.is_none_or(|(number, _)| number == 1) != odd { 43 } else { 0 };
            Sent { header, unprotected, fragment, first, flags, content }
        },
    )
}

/// All fragments of one message in some order, some of them twice, with the sizes they happen to have.
fn set() -> impl Strategy<Value = Vec<Sent>> {
    let pieces = prop::collection::vec((content(), prop::bool::weighted(0.05)), 1..7);
    let shape = (header(), pieces, prop::collection::vec(any::<prop::sample::Index>(), 0..3), prop::bool::weighted(0.2));
    let set = shape.prop_map(|(header, pieces, twice, clear)| {
        let total = u16::try_from(pieces.len()).unwrap();
        let mut all: Vec<_> = (1..)
            .zip(&pieces)
            .map(|(number, (content, odd))| {
                let sent = Sent::skf(number, total, content).with_header(header);
                let sent = if *odd { Sent { first: 43 - sent.first, ..sent } } else { sent };
                if clear && number == 1 { sent.in_clear(&[&[1, 2, 3], &[]]) } else { sent }
            })
            .collect();
        let again: Vec<Sent> = twice.iter().map(|index| all[index.index(all.len())].clone()).collect();
        all.extend(again);
        all
    });
    set.prop_shuffle()
}

fn operations() -> impl Strategy<Value = Vec<Operation>> {
    let push_all = |set: Vec<Sent>| set.into_iter().map(Operation::Push).collect::<Vec<_>>();
    let one = prop_oneof![
        6 => message().prop_map(Operation::Push),
        1 => (message(), any::<prop::sample::Index>()).prop_map(|(message, index)| Operation::Forge(message, index)),
        2 => prop_oneof![9 => 0u32..4, 1 => 0u32..70].prop_map(Operation::Answered),
        1 => Just(Operation::Expire),
        1 => prop::bool::weighted(0.7).prop_map(Operation::Negotiated),
        1 => (1u64..300).prop_map(Operation::Wait),
    ];
    // Sets of messages, with single operations in between.
    let part = prop_oneof![
        3 => set().prop_map(push_all),
        3 => (set(), set()).prop_map(|(one, other)| one.into_iter().chain(other).collect()).prop_shuffle().prop_map(push_all),
        4 => prop::collection::vec(one, 1..6),
    ];
    prop::collection::vec(part, 1..8).prop_map(|parts| parts.concat())
}

/// Runs all operations on both; gives how many messages came out.
fn compare(limits: ReassemblyLimits, operations: &[Operation]) -> Result<usize, TestCaseError> {
    let mut keys = Keys::aes_gcm();
    let mut ours = Reassembler::new(limits);
    let mut reference = Reference { limits, negotiated: true, from: None, sets: Vec::new(), done: BTreeMap::new() };
    let (mut now, mut complete) = (at(0), 0);
    for (n, operation) in operations.iter().enumerate() {
        now += ms(1);
        match operation {
            Operation::Push(message) => {
                let datagram = keys.seal(message);
                let found = outcome(keys.receive(&mut ours, &datagram, now).unwrap());
                prop_assert_eq!(&found, &reference.push(message, message.head(&datagram), now), "operation {}", n);
                complete += usize::from(matches!(found, Outcome::Complete { .. }));
            }
            Operation::Forge(message, index) => {
                let mut datagram = keys.seal(message);
                let (before, at) = (format!("{ours:?}"), index.index(datagram.len()));
                datagram[at] ^= 1;
                prop_assert!(keys.receive(&mut ours, &datagram, now).is_err(), "operation {}", n);
                prop_assert_eq!(before, format!("{ours:?}"));
            }
            Operation::Answered(id) => {
                ours.mark_answered(*id);
                reference.note(false, *id, true);
            }
            Operation::Expire => prop_assert_eq!(ours.expire(now), reference.expire(now), "operation {}", n),
            Operation::Negotiated(negotiated) => {
                ours.set_negotiated(*negotiated);
                reference.negotiated = *negotiated;
            }
            Operation::Wait(millis) => now += ms(*millis),
        }
        prop_assert_eq!(ours.octets(), reference.sets.iter().map(Set::octets).sum::<usize>(), "operation {}", n);
        let timeout = reference.sets.iter().map(|set| set.opened_at + limits.lifetime).min();
        prop_assert_eq!(ours.next_timeout(), timeout, "operation {}", n);
    }
    Ok(complete)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_sequence_of_operations_comes_out_as_the_reference_says(limits in limits(), operations in operations()) {
        compare(limits, &operations)?;
    }
}

/// One message as large as they come: equal sizes, or a fragment that is shorter, longer or empty; payloads in clear or none.
fn large() -> impl Strategy<Value = Vec<Operation>> {
    let total = prop_oneof![3 => 2u16..12, 3 => 2u16..60, 2 => 2u16..500];
    let odd = prop::collection::vec((any::<prop::sample::Index>(), 0usize..1500), 0..3);
    let order = prop_oneof![1 => Just(0), 1 => Just(1), 1 => Just(2), 3 => Just(3)];
    let shape = (total, 1usize..1500, odd, any::<prop::sample::Index>(), prop::bool::weighted(0.2), order, any::<u64>());
    shape.prop_map(|(total, size, odd, last, clear, order, seed)| {
        let size = size.min(70000 / usize::from(total));
        let mut sizes = vec![size; total.into()];
        sizes[usize::from(total) - 1] = last.index(size + 1);
        odd.iter().for_each(|(index, size)| sizes[index.index(total.into())] = *size);
        let mut set: Vec<_> = (1..)
            .zip(sizes)
            .map(|(number, size)| Sent::skf(number, total, &(0..size).map(|n| (n * 7 + usize::from(number)) as u8).collect::<Vec<_>>()))
            .collect();
        if clear {
            set[0] = set[0].clone().in_clear(&[&[9; 100]]);
        }
        match order {
            0 => {}
            1 => set.reverse(),
            // The last comes first, as when it overtakes the others.
            2 => set.rotate_right(1),
            _ => set.sort_by_key(|sent| u64::from(sent.fragment.unwrap().0).wrapping_add(seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20),
        }
        let again = set[set.len() / 2].clone();
        set.insert(set.len() - 1, again);
        set.into_iter().map(Operation::Push).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_large_message_comes_out_as_the_reference_says(operations in large(), octets in prop_oneof![Just(70000usize), 1usize..70000]) {
        let limits = ReassemblyLimits { octets, ..ReassemblyLimits::default() };
        let complete = compare(limits, &operations)?;
        let size = |operation: &Operation| if let Operation::Push(sent) = operation { sent.content.len() } else { 0 };
        // The one before the last is there twice.
        let content = operations.iter().map(size).sum::<usize>() - size(&operations[operations.len() - 2]);
        prop_assert_eq!(complete, usize::from(content <= octets));
    }
}

/// What the sequences reach is worth comparing: all outcomes and all reasons appear.
#[test]
fn the_sequences_reach_every_outcome() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..600 {
        let (limits, operations) = (limits(), operations()).new_tree(&mut runner).unwrap().current();
        let mut reference = Reference { limits, negotiated: true, from: None, sets: Vec::new(), done: BTreeMap::new() };
        for (n, operation) in (0..).zip(&operations) {
            match operation {
                Operation::Push(message) => {
                    let was_complete = reference.done.contains_key(&(message.header.response, message.header.message_id));
                    let outcome = format!("{:?}", reference.push(message, &[], at(n * 3)));
                    if was_complete && outcome.starts_with("Complete") {
                        let of = message.fragment.map_or(1, |(_, total)| total).min(2);
                        *seen.entry(format!("again, of {of}")).or_default() += 1;
                    }
                    let name = outcome.split_once([' ', '{']).map_or(&*outcome, |(name, _)| name);
                    *seen.entry(name.to_owned()).or_default() += 1;
                    if outcome.contains("later_next_payload: true") {
                        *seen.entry("later_next_payload".to_owned()).or_default() += 1;
                    }
                }
                Operation::Answered(id) => reference.note(false, *id, true),
                Operation::Negotiated(negotiated) => reference.negotiated = *negotiated,
                _ => {}
            }
        }
    }
    println!("{seen:?}");
    let names: Vec<_> = seen.iter().filter(|(_, count)| **count >= 20).map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "Complete",
            "Ignored(Done)",
            "Ignored(Duplicate)",
            "Ignored(NoFirstPayload)",
            "Ignored(NotNegotiated)",
            "Ignored(Old)",
            "Ignored(OtherExchange",
            "Ignored(OtherSa)",
            "Ignored(SmallerTotal",
            "Pending",
            "Refused(TooLarge",
            "Refused(TooManyFragments",
            "Resend",
            "again, of 1",
            "again, of 2",
            "later_next_payload"
        ]
    );
}
