//! The reassembler against one that is slow and obviously right (`fragments/reference.rs`), under whatever a peer that holds the
//! keys can send.

use crate::kit::fragments::both::{Both, Told};
use crate::kit::fragments::peer::HEADER;
use crate::kit::fragments::reference::Outcome;
use core::time::Duration;
use ikev2::fragment::ReassemblyLimits;
use ikev2::registry::{ExchangeType, PayloadType};
use ikev2::wire::{Header, IkeSpis};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

#[derive(Clone, Debug)]
enum Op {
    Push(Told),
    Forge(Told, Index),
    Answered(u32),
    Wait(u64),
    Expire,
    Negotiated(bool),
}

/// Headers that agree more often than not.
fn header() -> impl Strategy<Value = Header> {
    let spi = prop_oneof![40 => Just(HEADER.spis.initiator), 1 => Just(7)];
    let flag = |mostly: bool| prop_oneof![30 => Just(mostly), 1 => Just(!mostly)];
    let exchange = prop_oneof![20 => Just(ExchangeType::IKE_AUTH), 1 => Just(ExchangeType::INFORMATIONAL)];
    let id = prop_oneof![8 => 0..3u32, 1 => 0..12u32, 1 => select(vec![u32::MAX, u32::MAX - 1])];
    (spi, flag(true), prop_oneof![4 => Just(false), 1 => Just(true)], exchange, id).prop_map(
        |(spi_i, initiator, response, exchange, message_id)| Header {
            spis: IkeSpis { initiator: spi_i, ..HEADER.spis },
            initiator,
            response,
            exchange,
            message_id,
        },
    )
}

fn place() -> impl Strategy<Value = Option<(u16, u16)>> {
    prop_oneof![
        20 => (1..=4u16).prop_flat_map(|total| (1..=total, Just(total))).prop_map(Some),
        3 => (1..=9u16).prop_flat_map(|total| (1..=total, Just(total))).prop_map(Some),
        1 => (0..=3u16, 0..=2u16).prop_map(Some),
        1 => select(vec![(1, 65535), (65535, 65535), (70, 70)]).prop_map(Some),
        2 => Just(None),
    ]
}

fn told() -> impl Strategy<Value = Told> {
    let clear = prop_oneof![8 => Just(None), 1 => vec(any::<u8>(), 0..5).prop_map(Some)];
    let first = prop_oneof![6 => Just(None), 1 => select(vec![0, 35, 46, 53, 200]).prop_map(Some)];
    let len = prop_oneof![6 => Just(6usize), 2 => 0..9usize, 1 => Just(0), 1 => 20..60usize];
    (header(), clear, place(), first, len, any::<u8>()).prop_map(|(header, clear, place, first, len, octet)| {
        // Some chains are whole, so that payloads in the content are read, too.
        let content = if len == 6 { vec![0, 0, 0, 6, octet, octet] } else { vec![octet; len] };
        let usual = if place.is_none_or(|(number, _)| number == 1) { 35 } else { 0 };
        Told { header, clear, place, first: PayloadType(first.unwrap_or(usual)), content }
    })
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        60 => told().prop_map(Op::Push),
        3 => (told(), any::<Index>()).prop_map(|(told, bit)| Op::Forge(told, bit)),
        4 => (0..4u32).prop_map(Op::Answered),
        3 => (0..40u64).prop_map(Op::Wait),
        1 => Just(Op::Expire),
        1 => prop_oneof![3 => Just(true), 1 => Just(false)].prop_map(Op::Negotiated),
    ]
}

fn limits() -> impl Strategy<Value = ReassemblyLimits> {
    (20..=80usize, 2..=9u16, 1..=4usize, 20..=100u64).prop_map(|(octets, fragments, sets, lifetime)| ReassemblyLimits {
        octets,
        fragments,
        window: sets,
        lifetime: Duration::from_secs(lifetime),
    })
}

fn run(both: &mut Both, op: &Op) -> Option<Outcome> {
    match op {
        Op::Push(told) => return both.push(told),
        Op::Forge(told, bit) => both.forge(told, bit.index(1 << 20)),
        Op::Answered(message_id) => both.answered(*message_id),
        Op::Wait(seconds) => both.wait(Duration::from_secs(*seconds)),
        Op::Expire => drop(both.expire()),
        Op::Negotiated(negotiated) => both.set_negotiated(*negotiated),
    }
    None
}

/// Cuts `content` at the places named and tells who gets which piece.
fn cut(content: &[u8], mut at: Vec<Index>, equal: bool) -> Vec<Vec<u8>> {
    let total = at.len() + 1;
    let mut ends: Vec<usize> = if equal {
        let piece = content.len().div_ceil(total);
        (1..total).map(|n| (n * piece).min(content.len())).collect()
    } else {
        at.drain(..).map(|at| at.index(content.len() + 1)).collect()
    };
    ends.sort_unstable();
    ends.push(content.len());
    let mut start = 0;
    ends.into_iter().map(|end| content[core::mem::replace(&mut start, end)..end].to_vec()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    /// Anything at all, in any order, under limits that are soon met.
    #[test]
    fn whatever_is_sent_both_say_the_same(limits in limits(), ops in vec(op(), 1..60)) {
        let mut both = Both::new(limits);
        for op in &ops {
            run(&mut both, op);
        }
    }

    /// A message cut anywhere, all pieces at least once, in any order: whole at the last new piece, and only then.
    #[test]
    fn hostile_13_cut_anywhere_and_sent_in_any_order_it_comes_out_whole(
        content in vec(any::<u8>(), 0..9000),
        at in vec(any::<Index>(), 0..40),
        equal in any::<bool>(),
        clear in proptest::option::of(vec(any::<u8>(), 0..50)),
        order in vec(any::<Index>(), 0..30),
        seed in any::<u64>(),
    ) {
        let mut pieces = cut(&content, at, equal);
        if let (true, Some(clear), [first, second, ..]) = (equal, &clear, &mut pieces[..]) {
            // Payloads in clear take the place of content in fragment 1.
            let moved = first.split_off(first.len().saturating_sub(clear.len() + 4));
            second.splice(0..0, moved);
        }
        let total = pieces.len() as u16;
        let told = |number: u16| {
            let told = Told::fragment(1, (number, total), &pieces[usize::from(number) - 1]);
            if number == 1 { Told { clear: clear.clone(), ..told } } else { told }
        };
        let mut numbers: Vec<u16> = (1..=total).collect();
        let mut state = seed | 1;
        for n in (1..numbers.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            numbers.swap(n, (state >> 33) as usize % (n + 1));
        }
        for again in order {
            let (number, place) = (again.index(total.into()) as u16 + 1, again.index(numbers.len()));
            numbers.insert(place, number);
        }
        let mut both = Both::new(ReassemblyLimits::default());
        let mut seen = std::collections::BTreeSet::new();
        for number in numbers {
            seen.insert(number);
            let outcome = both.push(&told(number)).unwrap();
            if let Outcome::Complete(whole) = &outcome {
                prop_assert_eq!(&whole.content, &content);
                both.answered(1);
            }
            prop_assert!(matches!(outcome, Outcome::Complete(_) | Outcome::ResendResponse | Outcome::Ignored(_)) || seen.len() < total.into());
        }
        prop_assert_eq!(seen.len(), usize::from(total));
        prop_assert_eq!(both.push(&told(1)), Some(Outcome::ResendResponse));
    }
}

/// The generator above would prove nothing of an outcome it never leads to.
#[test]
fn the_generator_leads_to_every_outcome() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut seen = std::collections::BTreeMap::<String, usize>::new();
    for _ in 0..600 {
        let (limits, ops) = (limits(), vec(op(), 1..60)).new_tree(&mut runner).unwrap().current();
        let mut both = Both::new(limits);
        for op in &ops {
            let said = match run(&mut both, op) {
                Some(Outcome::Complete(whole)) if whole.fragments > 1 => "a set".into(),
                Some(Outcome::Ignored(reason)) => format!("{reason:?}").split(' ').next().unwrap().to_owned(),
                Some(outcome) => format!("{outcome:?}").split([' ', '(']).next().unwrap().to_owned(),
                None => continue,
            };
            *seen.entry(said).or_default() += 1;
        }
    }
    println!("{seen:?}");
    let all = [
        "Complete",
        "Done",
        "Duplicate",
        "NoFirstPayload",
        "NotNegotiated",
        "Old",
        "OtherExchange",
        "OtherSa",
        "Pending",
        "ResendResponse",
        "SmallerTotal",
        "TooLarge",
        "TooMany",
        "a set",
    ];
    assert_eq!(seen.keys().map(String::as_str).collect::<Vec<_>>(), all);
    assert!(seen.values().all(|count| *count >= 20), "{seen:?}");
}
