//! Classes 29, 31 to 35, 41: what stands inside payloads.

use super::{payload, proposal, transform};
use crate::kit::naive::ours::compare_content;
use ikev2::error::ParseErrorKind;
use ikev2::registry::{KeMethod, PayloadType, SecurityProtocol, TransformAttributeType, TransformId, TransformType};
use ikev2::wire::{Chain, ChainBuilder, Payload, TrafficSelector, TransformAttributeValue};

/// The body of one payload, judged by crate and naive decoder.
fn verdict(ty: u8, body: &[u8]) -> Result<(), ParseErrorKind> {
    let octets = payload(0, body);
    compare_content(ty, &octets);
    let chain = Chain::parse(PayloadType(ty), &octets).unwrap();
    let parsed = chain.payloads().next().unwrap().parse();
    parsed.map(drop).map_err(|error| error.kind)
}

#[test]
fn hostile_29_sentinel_ids_are_only_numbers() {
    for ty in 0..=255u8 {
        for id in [0u16, 1023, 1024, 1025, 65535] {
            let mut buf = [0; 64];
            let mut builder = ChainBuilder::new(&mut buf);
            builder.sa(|sa| {
                sa.proposal(1, SecurityProtocol::IKE, &[], |p| {
                    p.transform(TransformType(ty), TransformId(id));
                });
            });
            let (first, octets) = builder.finish().unwrap();
            assert_eq!(octets, payload(0, &proposal(0, 1, 1, &transform(0, ty, id, &[]))));
            let Payload::Sa(sa) = Chain::parse(first, octets).unwrap().payloads().next().unwrap().parse().unwrap() else { panic!() };
            let found = sa.proposals().next().unwrap().transforms().next().unwrap();
            assert_eq!((found.ty.0, found.id.0, found.key_length()), (ty, id, None));
            assert!(id < 1023 || found.id.name(found.ty).is_none());
        }
    }
    for id in [0u16, 1023, 1024, 1025, 65535] {
        let [hi, lo] = id.to_be_bytes();
        let octets = payload(0, &[hi, lo, 0, 0, 1]);
        let Payload::KeyExchange(ke) = Chain::parse(PayloadType::KE, &octets).unwrap().payloads().next().unwrap().parse().unwrap() else {
            panic!()
        };
        assert_eq!((ke.method, ke.method.data_len()), (KeMethod(id), None));
    }
}

#[test]
fn hostile_31_key_exchange_data_of_any_length() {
    for method in (0..=40).chain([1023, 1024, 1025, 65535]) {
        for size in [0, 1, 31, 32, 33, 64, 96, 256, 1568, 65527] {
            for fill in [0, 0xff] {
                let body = [&u16::to_be_bytes(method)[..], &[0, 0], &vec![fill; size]].concat();
                // Framing says nothing of the size, and nothing of the value: that is the provider's.
                assert_eq!(verdict(34, &body), Ok(()));
                let octets = payload(0, &body);
                let Payload::KeyExchange(ke) = Chain::parse(PayloadType::KE, &octets).unwrap().payloads().next().unwrap().parse().unwrap()
                else {
                    panic!()
                };
                for response in [false, true] {
                    let fixed = KeMethod(method).data_len().map(|(initiator, responder)| if response { responder } else { initiator });
                    let expected = match fixed {
                        Some(expected) if expected == size => Ok(()),
                        Some(expected) => Err(ParseErrorKind::SizeMismatch { size, expected }),
                        None if size == 0 => Err(ParseErrorKind::NoData),
                        None => Ok(()),
                    };
                    assert_eq!(ke.check_len(response), expected, "{method} {size}");
                }
            }
        }
    }
}

#[test]
fn hostile_32_proposal_numbers() {
    let number = |numbers: &[u8]| {
        let last = numbers.len() - 1;
        let body: Vec<u8> = numbers
            .iter()
            .enumerate()
            .flat_map(|(at, number)| proposal(if at == last { 0 } else { 2 }, *number, 1, &transform(0, 1, 20, &[])))
            .collect();
        verdict(33, &body)
    };
    let wrong = |found, expected| Err(ParseErrorKind::ProposalNumber { found, expected });
    assert_eq!(number(&[1]), Ok(()));
    assert_eq!(number(&[1, 2, 3]), Ok(()));
    assert_eq!(number(&[0]), wrong(0, 1));
    assert_eq!(number(&[0, 1]), wrong(0, 1));
    assert_eq!(number(&[2, 3]), wrong(2, 1));
    assert_eq!(number(&[2, 1]), wrong(2, 1));
    assert_eq!(number(&[1, 3]), wrong(3, 2));
    assert_eq!(number(&[1, 1]), wrong(1, 2));
    assert_eq!(number(&[1, 2, 2]), wrong(2, 3));
    assert_eq!(number(&[1, 0]), wrong(0, 2));
    assert_eq!(number(&[1, 255]), wrong(255, 2));
    // An answer holds the proposal chosen, under the number it was offered with.
    for chosen in 1..=255 {
        assert_eq!(number(&[chosen]), Ok(()));
    }
    // There is no number for a 256th.
    let all: Vec<u8> = (1..=255).collect();
    assert_eq!(number(&all), Ok(()));
    for beyond in [0, 1, 255] {
        assert_eq!(number(&[&all[..], &[beyond]].concat()), Err(ParseErrorKind::TooMany { maximum: 255 }));
    }
}

/// Last octet, length and count each say how many transforms there are. All eight ways in which they may be right or wrong.
#[test]
fn hostile_32_last_octet_length_and_count_in_all_combinations() {
    for right in 0..8u8 {
        let (last, length, count) = (right & 1 != 0, right & 2 != 0, right & 4 != 0);
        // Two transforms; wrong is one more or one less than there are.
        for wrong in [-1i8, 1] {
            let transforms = [transform(3, 1, 20, &[]), transform(if last { 0 } else { 3 }, 2, 5, &[])].concat();
            let mut body = proposal(0, 1, if count { 2 } else { 2u8.wrapping_add_signed(wrong) }, &transforms);
            if !length {
                let size = u16::try_from(body.len()).unwrap().wrapping_add_signed(i16::from(wrong) * 8);
                body[2..4].copy_from_slice(&size.to_be_bytes());
            }
            assert_eq!(verdict(33, &body).is_ok(), right == 7, "last {last}, length {length}, count {count}, {wrong}");
        }
    }
    // The first of two says it is the last; every other octet means nothing.
    for mark in 0..=255 {
        let first = proposal(0, 1, 2, &[transform(mark, 1, 20, &[]), transform(0, 2, 5, &[])].concat());
        assert_eq!(verdict(33, &first).is_ok(), mark == 3, "{mark}");
        let second = proposal(0, 1, 2, &[transform(3, 1, 20, &[]), transform(mark, 2, 5, &[])].concat());
        assert_eq!(verdict(33, &second).is_ok(), mark == 0, "{mark}");
        let one = transform(0, 1, 20, &[]);
        assert_eq!(verdict(33, &[proposal(mark, 1, 1, &one), proposal(0, 2, 1, &one)].concat()).is_ok(), mark == 2, "{mark}");
        assert_eq!(verdict(33, &[proposal(2, 1, 1, &one), proposal(mark, 2, 1, &one)].concat()).is_ok(), mark == 0, "{mark}");
    }
    assert_eq!(verdict(33, &[]), Err(ParseErrorKind::EmptyList));
    // No transform at all: consistent, and for negotiation to refuse.
    assert_eq!(verdict(33, &proposal(0, 1, 0, &[])), Ok(()));
}

#[test]
fn hostile_33_attributes() {
    let attributes = |octets: &[u8]| {
        let body = proposal(0, 1, 1, &transform(0, 1, 20, octets));
        verdict(33, &body)?;
        let octets = payload(0, &body);
        let Payload::Sa(sa) = Chain::parse(PayloadType::SA, &octets).unwrap().payloads().next().unwrap().parse().unwrap() else { panic!() };
        let transform = sa.proposals().next().unwrap().transforms().next().unwrap();
        let each = transform.attributes().map(|attribute| match attribute.value {
            TransformAttributeValue::Tv(value) => (attribute.ty.0, true, value.to_be_bytes().to_vec()),
            TransformAttributeValue::Tlv(value) => (attribute.ty.0, false, value.to_vec()),
        });
        Ok((transform.key_length(), each.collect::<Vec<_>>()))
    };
    let tv = |ty, value: u16| (ty, true, value.to_be_bytes().to_vec());
    let tlv = |ty, value: &[u8]| (ty, false, value.to_vec());
    // Key Length as TLV is one, if it fits: strongSwan reads it so (tests/data/lenient).
    for (value, bits) in [(&[1, 0][..], Some(256)), (&[128], Some(128)), (&[0, 0, 1, 0], Some(256)), (&[1, 0, 0], None), (&[], None)] {
        let octets = [&[0, 14, 0, value.len() as u8][..], value].concat();
        assert_eq!(attributes(&octets), Ok((bits, vec![tlv(14, value)])));
    }
    assert_eq!(attributes(&[0x80, 14, 1, 0]), Ok((Some(256), vec![tv(14, 256)])));
    // Twice: both kept, in order; zero: kept.
    assert_eq!(attributes(&[0x80, 14, 0, 128, 0x80, 14, 1, 0]), Ok((Some(128), vec![tv(14, 128), tv(14, 256)])));
    assert_eq!(attributes(&[0x80, 14, 0, 0]), Ok((Some(0), vec![tv(14, 0)])));
    // No length, odd length, unknown types of either format.
    assert_eq!(attributes(&[0, 18, 0, 0]), Ok((None, vec![tlv(18, &[])])));
    assert_eq!(attributes(&[0, 18, 0, 3, 1, 2, 3]), Ok((None, vec![tlv(18, &[1, 2, 3])])));
    assert_eq!(attributes(&[0xff, 0xff, 7, 7, 0x7f, 0xff, 0, 1, 9]), Ok((None, vec![tv(0x7fff, 0x707), tlv(0x7fff, &[9])])));
    // Past the end, by one and by all.
    for length in [2, 3, 255, 65535u16] {
        let [hi, lo] = length.to_be_bytes();
        let error = ParseErrorKind::LengthPastEnd { length: length.into(), available: 1 };
        assert_eq!(attributes(&[0, 14, hi, lo, 9]), Err(error));
    }
    for short in 1..4usize {
        assert_eq!(attributes(&[0x80, 14, 1][..short]), Err(ParseErrorKind::Truncated { needed: 4, available: short }));
    }
    assert_eq!(TransformAttributeType::KEY_LENGTH.0, 14);
}

#[test]
fn hostile_34_selectors() {
    let ipv4 = [7, 0, 0, 16, 0, 0, 0xff, 0xff, 10, 0, 0, 0, 10, 255, 255, 255];
    // Count against what is there.
    for count in 0..=255u8 {
        for there in [0, 1, 2, 254, 255] {
            let body = [&[count, 0, 0, 0][..], &ipv4.repeat(there)].concat();
            for ty in [44, 45] {
                assert_eq!(verdict(ty, &body).is_ok(), usize::from(count) == there && there > 0, "{count} {there}");
            }
        }
    }
    let one = |selector: &[u8]| verdict(44, &[&[1, 0, 0, 0], selector].concat());
    // Every type at the length of the known ones; an unknown one is kept.
    for ty in 0..=255u8 {
        for length in [4u8, 5, 8, 15, 16, 17, 39, 40, 41] {
            let selector = [&[ty, 0, 0, length][..], &vec![0; usize::from(length) - 4]].concat();
            let right = match ty {
                7 | 9 => length == 16,
                8 => length == 40,
                _ => true,
            };
            assert_eq!(one(&selector).is_ok(), right, "{ty} {length}");
        }
    }
    // Ports: start beyond end, but for OPAQUE.
    for (start, end, right) in [
        (0u16, 65535u16, true),
        (80, 80, true),
        (81, 80, false),
        (65535, 0, true),
        (65535, 1, false),
        (65534, 0, false),
        (1, 0, false),
        (65535, 65535, true),
        (0, 0, true),
    ] {
        let mut selector = ipv4;
        selector[4..6].copy_from_slice(&start.to_be_bytes());
        selector[6..8].copy_from_slice(&end.to_be_bytes());
        assert_eq!(one(&selector), if right { Ok(()) } else { Err(ParseErrorKind::RangeReversed) }, "{start} {end}");
        let octets = payload(0, &[&[1, 0, 0, 0], &selector[..]].concat());
        if let Ok(Payload::TsI(ts)) = Chain::parse(PayloadType::TSI, &octets).unwrap().payloads().next().unwrap().parse() {
            let Some(TrafficSelector::Ipv4 { ports, .. }) = ts.selectors().next() else { panic!() };
            assert_eq!(ports, (start, end));
        }
    }
    // Addresses: start beyond end, in the first octet and in the last.
    for at in 8..12 {
        let mut selector = [7, 0, 0, 16, 0, 0, 0xff, 0xff, 10, 10, 10, 10, 10, 10, 10, 10];
        assert_eq!(one(&selector), Ok(()));
        selector[at] += 1;
        assert_eq!(one(&selector), Err(ParseErrorKind::RangeReversed));
    }
    for at in 8..24 {
        let mut selector = [&[8, 0, 0, 40, 0, 0, 0xff, 0xff][..], &[0x20; 32]].concat();
        assert_eq!(one(&selector), Ok(()));
        selector[at] += 1;
        assert_eq!(one(&selector), Err(ParseErrorKind::RangeReversed));
    }
}

#[test]
fn hostile_35_spi_size_times_count() {
    let data = vec![0u8; 65527];
    for protocol in [0u8, 1, 2, 3, 4, 255] {
        for size in [0u8, 1, 4, 8, 255] {
            for there in [0usize, 1, 4, 8, 255, 256, 1020, 65527] {
                // Around every count at which size times count could meet what is there, modulo 2^8 and 2^16.
                for near in [0, 1, 16384, 16385, 32768, 65535, there, there / usize::from(size.max(1)), 65536 / usize::from(size.max(1))] {
                    for count in near.saturating_sub(1)..=(near + 1).min(65535) {
                        let [hi, lo] = (count as u16).to_be_bytes();
                        let legal = match protocol {
                            1 => size == 0,
                            2 | 3 => size == 4,
                            _ => true,
                        } && count * usize::from(size) == there
                            && (size > 0 || count == 0);
                        let body = [&[protocol, size, hi, lo], &data[..there]].concat();
                        assert_eq!(verdict(42, &body).is_ok(), legal, "{protocol} {size} {count} {there}");
                    }
                }
            }
        }
    }
}

/// Octets of any size are kept as slices of the input, and text of a peer's stands in no message of ours.
#[test]
fn hostile_41_octets_of_a_peer_are_slices_and_never_text() {
    let evil = b"\x1b[2J\x00%n%s\r\n\xff\xfe".repeat(5041);
    for size in [0, 1, 255, 256, 65527] {
        let octets = payload(0, &[&[2, 0, 0, 0], &evil[..size]].concat());
        let range = octets.as_ptr_range();
        for ty in [35, 36, 39, 41, 43] {
            let inside = match Chain::parse(PayloadType(ty), &octets).unwrap().payloads().next().unwrap().parse().unwrap() {
                Payload::IdI(id) | Payload::IdR(id) => {
                    assert!(size == 0 || id.text().is_some() == (size == 1));
                    id.data
                }
                Payload::Auth(auth) => auth.data,
                Payload::Notify(notify) => notify.data,
                Payload::VendorId(vendor) => vendor.data,
                other => panic!("{other:?}"),
            };
            assert!(range.contains(&inside.as_ptr()) || inside.is_empty());
            assert_eq!(inside.len() + if ty == 43 { 4 } else { 8 }, octets.len());
        }
    }
    // Whatever is wrong, the error names it in printable ASCII.
    let mut texts = std::collections::HashSet::new();
    for ty in 0..=255u8 {
        for length in 0..40 {
            let octets = payload(0, &evil[length..2 * length]);
            let error = match Chain::parse(PayloadType(ty), &octets) {
                Ok(chain) => chain.payloads().next().and_then(|raw| raw.parse().err()),
                Err(error) => Some(error),
            };
            texts.extend(error.map(|error| error.to_string()));
        }
    }
    assert!(texts.len() > 50, "{}", texts.len());
    for text in texts {
        assert!(text.bytes().all(|octet| (b' '..=b'~').contains(&octet)), "{text:?}");
    }
}
