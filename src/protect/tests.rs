//! Every suite of the build through `Sealer`, `Opener`, `seal` and `open`.
#![allow(clippy::arithmetic_side_effects, clippy::as_conversions, reason = "a test fails by panicking")]

use super::seal::seal_as;
use super::testing::{pair, suites};
use super::{EncryptedPayload, IvSequence, Opener, Sealer, open, seal, seal_content};
use crate::error::{BuildError, CryptoError, Element, OpenError, ParseErrorKind, SealError};
use crate::provider::Provider;
use crate::provider::tests::providers;
use crate::registry::{ExchangeType, NotifyType, PayloadType};
use crate::wire::{Chain, HEADER_LEN, Header, IkeSpis, Notify, Payload, Skf};
use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::vec;
use alloc::vec::Vec;

const HEADER: Header = Header {
    spis: IkeSpis { initiator: 0x0102_0304_0506_0708, responder: 0x1112_1314_1516_1718 },
    exchange: ExchangeType::INFORMATIONAL,
    initiator: true,
    response: false,
    message_id: 9,
};

fn pairs() -> impl Iterator<Item = (super::Suite, Box<dyn Sealer>, Box<dyn Opener>)> {
    supported().filter_map(|(provider, suite)| pair(&provider, &suite).map(|(sealer, opener)| (suite, sealer, opener)))
}

/// Every suite of every provider of the build.
fn supported() -> impl Iterator<Item = (Provider, super::Suite)> {
    providers().into_iter().flat_map(|provider| {
        suites().into_iter().map(move |suite| (provider, suite)).filter(move |(_, suite)| suite.supported(&provider).is_ok())
    })
}

/// IV, text and ICV of a sealed text.
fn sealed(sealer: &mut dyn Sealer, aad: &[u8], text: &[u8]) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
    let (mut iv, mut text, mut icv) = (vec![0; sealer.iv_len()], text.to_vec(), vec![0; sealer.icv_len()]);
    sealer.seal(aad, &mut iv, &mut text, &mut icv).unwrap();
    (iv, text, icv)
}

/// A datagram with these octets as encrypted text: padding and Pad Length are whatever they say.
fn datagram_of(sealer: &mut dyn Sealer, text: &[u8]) -> Vec<u8> {
    let mut buf = vec![0; 4096];
    let body = vec![0; sealer.iv_len() + text.len() + sealer.icv_len()];
    let sk = Payload::Sk(crate::wire::Sk { first_payload: PayloadType::N, sealed: &body });
    let mut datagram = crate::wire::MessageBuilder::new(&mut buf, &HEADER).push(sk).finish().unwrap().to_vec();
    let (aad, body) = datagram.split_at_mut(32);
    let (iv, body) = body.split_at_mut(sealer.iv_len());
    let (slot, icv) = body.split_at_mut(text.len());
    slot.copy_from_slice(text);
    sealer.seal(aad, iv, slot, icv).unwrap();
    datagram
}

#[test]
fn text_of_every_size_comes_back() {
    let mut count = 0;
    for (suite, mut sealer, opener) in pairs() {
        for blocks in [0, 1, 2, 3, 8, 9, 100] {
            for odd in 0..if suite.block_len() == 1 { 17 } else { 1 } {
                let text: Vec<u8> = (0..=255).cycle().take(blocks * suite.block_len().max(16) + odd).collect();
                let (iv, mut got, icv) = sealed(&mut *sealer, b"header", &text);
                opener.open(b"header", &iv, &mut got, &icv).unwrap();
                assert_eq!(got, text, "{suite:?}");
            }
        }
        count += 1;
    }
    let due = if cfg!(feature = "rustcrypto") { 96 } else { 0 } + if cfg!(feature = "ring") { 3 } else { 0 };
    assert!(count >= due, "{count} of {due}");
}

#[test]
fn hostile_23_every_changed_bit_of_aad_iv_text_and_icv_is_refused() {
    for (suite, mut sealer, opener) in pairs() {
        let aad = b"as received: 22 octets";
        let (iv, text, icv) = sealed(&mut *sealer, aad, &[0x5a; 32]);
        let whole = [aad.as_slice(), &iv, &text, &icv].concat();
        for bit in 0..whole.len() * 8 {
            let mut changed = whole.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let (aad, rest) = changed.split_at_mut(aad.len());
            let (iv, rest) = rest.split_at_mut(iv.len());
            let (text, icv) = rest.split_at_mut(text.len());
            assert_eq!(opener.open(aad, iv, text, icv), Err(CryptoError), "{suite:?} bit {bit}");
        }
        let mut intact = text.clone();
        opener.open(aad, &iv, &mut intact, &icv).unwrap();
        assert_eq!(intact, [0x5a; 32]);
    }
}

#[test]
fn hostile_22_every_other_length_is_an_error() {
    for (suite, mut sealer, opener) in pairs() {
        let (iv_len, icv_len, block) = (suite.iv_len(), suite.icv_len(), suite.block_len());
        for iv in 0..=20 {
            for icv in 0..=36 {
                for text in [0, 1, 7, 8, 15, 16, 17, 31, 32, 33] {
                    let right = iv == iv_len && icv == icv_len && text % block == 0;
                    let (mut iv, mut text, mut icv) = (vec![0; iv], vec![0; text], vec![0; icv]);
                    assert_eq!(sealer.seal(b"", &mut iv, &mut text, &mut icv).is_ok(), right, "{suite:?}");
                    assert_eq!(opener.open(b"", &iv, &mut text, &icv).is_ok(), right, "{suite:?}");
                }
            }
        }
    }
}

#[test]
fn hostile_25_no_sealer_writes_an_iv_twice() {
    for (suite, mut sealer, _) in pairs().filter(|(suite, ..)| suite.iv_len() != 0) {
        let ivs: BTreeSet<Vec<u8>> = (0..300).map(|_| sealed(&mut *sealer, b"", &[0; 16]).0).collect();
        assert_eq!(ivs.len(), 300, "{suite:?}");
    }
}

#[test]
fn hostile_25_an_exhausted_sealer_stays_so_also_after_failures() {
    for (provider, suite) in supported() {
        let (sk_e, sk_a) = (vec![7; suite.sk_e_len()], vec![8; suite.sk_a_len()]);
        let sealer = |range| suite.sealer(&provider, &sk_e, &sk_a, IvSequence::new(&[3; 16]).with_range(range)).unwrap();
        let seal = |sealer: &mut dyn Sealer| sealer.seal(b"", &mut vec![0; suite.iv_len()], &mut [0; 16], &mut vec![0; suite.icv_len()]);
        let mut last_two = sealer(u64::MAX - 1..=u64::MAX);
        // A call with wrong lengths takes no IV.
        assert_eq!(last_two.seal(b"", &mut [0; 99], &mut [0; 16], &mut [0; 16]), Err(CryptoError));
        assert_eq!([0; 5].map(|_| seal(&mut *last_two).is_ok()), [true, true, false, false, false], "{suite:?}");
        let mut one = sealer(5..=5);
        assert_eq!([0; 3].map(|_| seal(&mut *one).is_ok()), [true, false, false]);
        #[allow(clippy::reversed_empty_ranges, reason = "an empty range is what is tested")]
        let mut none = sealer(1..=0);
        assert_eq!(seal(&mut *none), Err(CryptoError));
    }
}

#[test]
fn hostile_25_disjoint_ranges_give_disjoint_ivs_under_one_key_and_seed() {
    for (provider, suite) in supported().filter(|(_, suite)| suite.iv_len() != 0) {
        let (sk_e, sk_a) = (vec![7; suite.sk_e_len()], vec![8; suite.sk_a_len()]);
        let mut ivs = BTreeSet::new();
        for node in 0..4u64 {
            let ivs_of_node = IvSequence::new(&[3; 16]).with_range(node << 62..=(node << 62) + 99);
            let mut sealer = suite.sealer(&provider, &sk_e, &sk_a, ivs_of_node).unwrap();
            ivs.extend((0..100).map(|_| sealed(&mut *sealer, b"", &[0; 16]).0));
        }
        assert_eq!(ivs.len(), 400, "{suite:?}");
    }
}

#[test]
fn messages_of_every_suite_come_back_and_a_small_buffer_names_the_size_needed() {
    let unprotected = [Payload::Notify(Notify::new(NotifyType::COOKIE2, b"in clear"))];
    for (suite, mut sealer, opener) in pairs() {
        for data in [0, 1, 7, 8, 15, 16, 100] {
            let data = vec![0xc3; data];
            for unprotected in [&[][..], &unprotected] {
                let mut write = |buf: &mut [u8]| {
                    let content = Payload::Notify(Notify::new(NotifyType::HTTP_CERT_LOOKUP_SUPPORTED, &data));
                    seal(buf, &HEADER, unprotected, &mut *sealer, |inner| {
                        inner.push(content).push(content);
                    })
                    .map(|octets| octets.to_vec())
                };
                let mut message = write(&mut [0xee; 600]).unwrap();
                for size in (0..message.len()).step_by(5).chain([message.len() - 1]) {
                    let needed = message.len();
                    let error = write(&mut vec![0; size]).unwrap_err();
                    assert_eq!(error, SealError::Build(BuildError::BufferTooSmall { needed }), "{suite:?}");
                }
                let content = 2 * (8 + data.len());
                let clear = if unprotected.is_empty() { 0 } else { 16 };
                let text = (content + 1).next_multiple_of(suite.block_len());
                assert_eq!(message.len(), 28 + clear + 4 + suite.iv_len() + text + suite.icv_len());

                let opened = open(&mut message, &*opener).unwrap();
                assert_eq!((opened.header(), opened.kind(), opened.first_payload()), (&HEADER, EncryptedPayload::Sk, PayloadType::N));
                assert_eq!(opened.unprotected().count(), unprotected.len());
                assert_eq!(opened.head().len(), HEADER_LEN + clear);
                assert_eq!(opened.padding().len(), text - content - 1);
                let chain = Chain::parse(opened.first_payload(), opened.content()).unwrap();
                for raw in chain.payloads() {
                    assert_eq!(raw.parse(), Ok(Payload::Notify(Notify::new(NotifyType::HTTP_CERT_LOOKUP_SUPPORTED, &data))));
                }
                assert_eq!(chain.payloads().count(), 2);
            }
        }
    }
}

#[test]
fn empty_content_and_content_as_octets() {
    for (suite, mut sealer, opener) in pairs() {
        let mut buf = [0; 200];
        let empty = seal(&mut buf, &HEADER, &[], &mut *sealer, |_| {}).unwrap();
        let opened = open(empty, &*opener).unwrap();
        assert_eq!((opened.first_payload(), opened.content()), (PayloadType::NO_NEXT_PAYLOAD, &[][..]), "{suite:?}");
        let octets = seal_content(&mut buf, &HEADER, &[], &mut *sealer, PayloadType::N, b"any octets").unwrap();
        let opened = open(octets, &*opener).unwrap();
        assert_eq!((opened.first_payload(), opened.content()), (PayloadType::N, &b"any octets"[..]), "{suite:?}");
    }
}

#[test]
fn fragments_carry_number_and_total() {
    let skf = |number, total| Payload::Skf(Skf { first_payload: PayloadType::IDI, number, total, sealed: &[] });
    for (_, mut sealer, opener) in pairs() {
        for (number, total) in [(1, 1), (1, 2), (2, 2), (65535, 65535)] {
            let mut buf = [0; 200];
            let octets = seal_as(&mut buf, &HEADER, &[], &mut *sealer, skf(number, total), b"chunk").unwrap();
            let opened = open(octets, &*opener).unwrap();
            assert_eq!((opened.kind(), opened.content()), (EncryptedPayload::Skf { number, total }, &b"chunk"[..]));
            assert_eq!(opened.first_payload(), PayloadType::IDI);
        }
        for (number, total) in [(0, 1), (2, 1), (0, 0)] {
            let mut buf = [0; 200];
            let octets = seal_as(&mut buf, &HEADER, &[], &mut *sealer, skf(number, total), b"chunk").unwrap();
            let error = open(octets, &*opener).unwrap_err();
            assert!(matches!(error, OpenError::Parse(parse) if parse.kind == ParseErrorKind::FragmentNumber { number, total }));
        }
    }
}

#[test]
fn content_over_the_length_field_is_an_error() {
    for (suite, mut sealer, opener) in pairs() {
        let mut buf = vec![0; 70_000];
        let overhead = 4 + suite.iv_len() + suite.icv_len();
        let fits = (65535 - overhead) / suite.block_len() * suite.block_len() - 1;
        let octets = seal_content(&mut buf, &HEADER, &[], &mut *sealer, PayloadType::V, &vec![1; fits]).unwrap();
        assert_eq!(open(octets, &*opener).unwrap().content().len(), fits);
        let error = seal_content(&mut buf, &HEADER, &[], &mut *sealer, PayloadType::V, &vec![1; fits + 1]).unwrap_err();
        let element = Element::Payload(PayloadType::SK);
        assert!(matches!(error, SealError::Build(BuildError::Overflow { element: e, maximum: 65535, .. }) if e == element), "{suite:?}");
    }
}

#[test]
fn hostile_22_pad_length_against_the_text() {
    for (suite, mut sealer, opener) in pairs() {
        let block = suite.block_len().max(8);
        for blocks in [1, 2, 40] {
            for pad_len in
                [0, 1, block - 1, block, block * blocks - 1, block * blocks, 254, 255].into_iter().filter(|pad_len| *pad_len < 256)
            {
                let mut text = vec![0xab; block * blocks];
                *text.last_mut().unwrap() = pad_len as u8;
                let mut datagram = datagram_of(&mut *sealer, &text);
                let available = text.len() - 1;
                let opened = open(&mut datagram, &*opener).map(|opened| (opened.content().len(), opened.padding().len()));
                let due = match available.checked_sub(pad_len) {
                    Some(content) => Ok((content, pad_len)),
                    None => Err(OpenError::PadLength { pad_len: pad_len as u8, available }),
                };
                assert_eq!(opened, due, "{suite:?}");
            }
        }
    }
}

#[test]
fn hostile_22_an_encrypted_payload_of_any_size_is_an_answer_not_a_panic() {
    for (suite, _, opener) in pairs() {
        let needed = suite.iv_len() + suite.icv_len() + 1;
        for available in 0..100usize {
            for (ty, fragment) in [(46, &[][..]), (53, &[0, 1, 0, 1])] {
                let mut datagram = [0u8; 28].to_vec();
                let payload = 4 + fragment.len() + available;
                datagram[16..19].copy_from_slice(&[ty, 0x20, 37]);
                datagram[27] = (28 + payload) as u8;
                datagram.extend([41, 0, 0, payload as u8]);
                datagram.extend(fragment);
                datagram.extend(vec![0; available]);
                let (length, block_len) = (available.saturating_sub(needed - 1), suite.block_len());
                let due = match available {
                    _ if available < needed => OpenError::TooShort { needed, available },
                    _ if length % block_len != 0 => OpenError::NotWholeBlocks { length, block_len },
                    _ => OpenError::NotAuthentic(CryptoError),
                };
                assert_eq!(open(&mut datagram, &*opener), Err(due), "{suite:?}");
                assert_eq!(due.notify(), None);
            }
        }
    }
}

#[test]
fn hostile_23_every_changed_bit_of_a_message_and_a_wrong_padding_look_the_same() {
    for (suite, mut sealer, opener) in pairs() {
        let text = vec![0xff; 32];
        let wrong_padding = datagram_of(&mut *sealer, &text);
        assert_eq!(open(&mut wrong_padding.clone(), &*opener).unwrap_err(), OpenError::PadLength { pad_len: 255, available: 31 });
        for bit in 0..wrong_padding.len() * 8 {
            let mut changed = wrong_padding.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            match open(&mut changed, &*opener).unwrap_err() {
                OpenError::NotAuthentic(CryptoError) => {}
                // The framing alone: Next Payload, version and Length of the header, and Payload Length.
                OpenError::Parse(_) | OpenError::NotEncrypted => assert!(matches!(bit / 8, 16 | 17 | 24..=27 | 30 | 31)),
                other => panic!("{suite:?} bit {bit}: {other:?}"),
            }
        }
    }
}

#[test]
fn hostile_24_what_is_authenticated_is_what_was_received() {
    for (suite, mut sealer, opener) in pairs() {
        let mut datagram = datagram_of(&mut *sealer, &[0; 16]);
        // Minor version 7, every reserved flag and reserved octet, the critical bit of SK: all ignored, all authenticated.
        datagram[17] = 0x27;
        datagram[19] |= 0xd7;
        datagram[29] = 0xff;
        assert_eq!(open(&mut datagram.clone(), &*opener).unwrap_err(), OpenError::NotAuthentic(CryptoError), "{suite:?}");
        let (aad, body) = datagram.split_at_mut(32);
        let (iv, body) = body.split_at_mut(suite.iv_len());
        let (text, icv) = body.split_at_mut(16);
        text.fill(0);
        sealer.seal(aad, iv, text, icv).unwrap();
        let opened = open(&mut datagram, &*opener).unwrap();
        assert_eq!((opened.header(), opened.content().len()), (&HEADER, 15), "{suite:?}");
        assert_eq!(opened.head()[17..20], [0x27, 37, 0xdf]);
    }
}

#[test]
fn a_message_without_an_encrypted_payload_is_not_opened() {
    for (_, _, opener) in pairs() {
        let mut buf = [0; 100];
        let notify = Payload::Notify(Notify::new(NotifyType::INVALID_SYNTAX, &[]));
        let octets = crate::wire::MessageBuilder::new(&mut buf, &HEADER).push(notify).finish().unwrap();
        assert_eq!(open(octets, &*opener), Err(OpenError::NotEncrypted));
        let octets = crate::wire::MessageBuilder::new(&mut buf, &HEADER).finish().unwrap();
        assert_eq!(open(octets, &*opener), Err(OpenError::NotEncrypted));
    }
}

#[test]
fn no_key_and_no_content_in_debug() {
    for (_, mut sealer, opener) in pairs().take(1) {
        let mut buf = [0; 200];
        let octets = seal_content(&mut buf, &HEADER, &[], &mut *sealer, PayloadType::N, &[0xc9; 50]).unwrap();
        let shown = alloc::format!("{:?}", open(octets, &*opener).unwrap());
        assert!(!shown.contains("201") && !shown.contains("c9"), "{shown}");
    }
    let shown = alloc::format!("{:?}", IvSequence::new(&[0xc9; 16]));
    assert!(!shown.contains("201") && shown.contains("next"), "{shown}");
}
