use super::values::{SCRATCH, notify_data};
use super::*;
use crate::wire::{Chain, Message, Notify, Payload, RawPayload};
use alloc::collections::{BTreeMap, BTreeSet};

/// Inputs of many sizes from a generator of ours, so that every run sees the same (SplitMix64).
fn inputs(count: u64) -> impl Iterator<Item = Vec<u8>> {
    (0..count).map(|seed| {
        let mut state = seed;
        let mut next = move || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        };
        let size = usize::try_from(next() % 1024).unwrap();
        core::iter::repeat_with(|| next().to_le_bytes()[0]).take(size).collect()
    })
}

fn make<'a, T: Arbitrary<'a>>(input: &'a [u8]) -> T {
    T::arbitrary(&mut Unstructured::new(input)).unwrap()
}

fn read(raw: RawPayload<'_>) -> Payload<'_> {
    let payload = raw.parse().unwrap();
    match payload {
        Payload::Notify(notify) => assert!(notify.typed_data().is_ok(), "{notify:?}"),
        Payload::Configuration(cp) => assert!(cp.attributes().all(|attribute| attribute.typed_value().is_ok()), "{cp:?}"),
        Payload::IdI(id) | Payload::IdR(id) => assert!(id.address().is_ok(), "{id:?}"),
        _ => {}
    }
    payload
}

#[test]
fn a_valid_message_is_accepted_and_written_back_octet_for_octet() {
    let mut seen = BTreeSet::new();
    let mut longest = 0;
    for input in inputs(20_000) {
        let valid: ValidMessage = make(&input);
        let message = Message::parse(valid.as_octets()).unwrap();
        let mut again = vec![0; valid.as_octets().len()];
        let mut builder = MessageBuilder::new(&mut again, message.header());
        for raw in message.payloads() {
            seen.insert(raw.ty.0);
            if let Payload::KeyExchange(ke) = read(raw) {
                assert_eq!(ke.check_len(message.header().response), Ok(()));
            }
            builder.push(read(raw));
        }
        assert_eq!(builder.finish().unwrap(), valid.as_octets());
        longest = longest.max(valid.as_octets().len());
    }
    for ty in (33..=48).chain([53, 54, 1, 32, 49, 255]) {
        assert!(seen.contains(&ty), "no payload of type {ty} was drawn");
    }
    assert!((2000..=MAX_LEN).contains(&longest), "{longest}");
}

#[test]
fn valid_content_is_accepted_and_written_back_octet_for_octet() {
    let mut seen = BTreeSet::new();
    let mut notifies = BTreeSet::new();
    for input in inputs(20_000) {
        let valid: ValidContent = make(&input);
        let chain = Chain::parse(valid.first_payload(), valid.as_octets()).unwrap();
        let mut again = vec![0; valid.as_octets().len()];
        let mut builder = ChainBuilder::new(&mut again);
        for raw in chain.payloads() {
            seen.insert(raw.ty.0);
            if let Payload::Notify(Notify { ty, .. }) = read(raw) {
                notifies.insert(ty.0);
            }
            builder.push(read(raw));
        }
        let (first, octets) = builder.finish().unwrap();
        assert_eq!((first, &*octets), (valid.first_payload(), valid.as_octets()));
    }
    for ty in (33..=45).chain([47, 48, 54, 200]) {
        assert!(seen.contains(&ty), "no payload of type {ty} was drawn");
    }
    for ty in crate::registry::NotifyType::ASSIGNED {
        assert!(notifies.contains(&ty.0), "{ty} was not drawn");
    }
}

#[test]
fn every_input_gives_a_message() {
    for size in 0..200 {
        for octet in [0, 7, 0x55, 0xff] {
            let input = vec![octet; size];
            Message::parse(make::<ValidMessage>(&input).as_octets()).unwrap();
            let content: ValidContent = make(&input);
            Chain::parse(content.first_payload(), content.as_octets()).unwrap();
            assert!(!make::<NearlyValidMessage>(&input).mutations().is_empty());
        }
    }
}

/// Whether a message and all its bodies are accepted.
fn accepted(octets: &[u8]) -> bool {
    Message::parse(octets).is_ok_and(|message| message.payloads().all(|raw| raw.parse().is_ok()))
}

#[test]
fn most_nearly_valid_messages_are_refused_and_every_change_is_real() {
    let mut by_mutation = BTreeMap::<_, [u32; 2]>::new();
    let [mut all, mut refused] = [0u32; 2];
    for input in inputs(20_000) {
        let nearly: NearlyValidMessage = make(&input);
        let octets = nearly.as_octets();
        let ok = accepted(octets);
        all += 1;
        refused += u32::from(!ok);
        for change in nearly.mutations() {
            assert_ne!(change.before, change.after, "{change}");
            match change.mutation {
                Mutation::Truncated | Mutation::Appended => assert_eq!(usize::try_from(change.after).unwrap(), octets.len()),
                _ if change.offset < octets.len() => {
                    let end = octets.len().min(change.offset + 4);
                    let there = &octets[change.offset..end];
                    let fits = (1..=there.len()).any(|n| there[..n].iter().fold(0, |v, o| v << 8 | u32::from(*o)) == change.after);
                    assert!(fits || end == octets.len(), "{change}");
                }
                _ => {}
            }
        }
        if let [only] = nearly.mutations() {
            let [count, refused] = by_mutation.entry(std::format!("{:?}", only.mutation)).or_default();
            *count += 1;
            *refused += u32::from(!ok);
        }
    }
    let share = |[count, refused]: [u32; 2]| refused * 100 / count;
    std::println!("{}% refused; alone: {by_mutation:?}", share([all, refused]));
    assert!((75..=97).contains(&share([all, refused])), "{}% refused", share([all, refused]));
    for always in ["Truncated", "Appended", "LastSubstructure", "Count"] {
        assert_eq!(share(by_mutation[always]), 100, "{always}: {by_mutation:?}");
    }
    assert!(share(by_mutation["Length"]) >= 90, "{by_mutation:?}");
    assert_eq!(share(by_mutation["Reserved"]), 0, "{by_mutation:?}");
    assert!(by_mutation.len() >= 12, "{by_mutation:?}");
}

/// A type whose data nobody draws is a type that no fuzzer reaches.
#[test]
fn the_data_of_every_notify_type_is_drawn_in_its_own_shape() {
    let mut missing: BTreeSet<_> = crate::wire::SHAPED_NOTIFY_TYPES.iter().copied().collect();
    let all: Vec<_> = missing.iter().copied().collect();
    for input in inputs(200) {
        for ty in &all {
            let mut unstructured = Unstructured::new(&input);
            let (mut draw, mut scratch) = (Draw(&mut unstructured), [0; SCRATCH]);
            let data = notify_data(&mut draw, *ty, &mut scratch);
            if data.ty() == *ty {
                missing.remove(ty);
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
    assert!(all.len() > 25, "{}", all.len());
}
