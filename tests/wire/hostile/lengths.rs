//! Classes 1 to 4: length and count fields, short structures, prefixes, the header's Length.

use super::{message, payload, proposal, transform};
use crate::kit::naive::ours::{compare_content, compare_message};
use ikev2::error::{Element, ParseErrorKind};
use ikev2::registry::{ConfigurationAttributeType, NotifyType, PayloadType};
use ikev2::wire::{Chain, Message, RawPayload};

/// A payload: name, type, body, and where its length and count fields stand (offset in the body, octets).
type Structure = (&'static str, u8, Vec<u8>, &'static [(usize, usize)]);

/// A payload of every structure there is.
fn structures() -> Vec<Structure> {
    let transforms = [transform(3, 1, 20, &[0x80, 14, 1, 0, 0, 18, 0, 2, 7, 7]), transform(0, 2, 5, &[])].concat();
    let esp = [&[0, 0, 0, 12 + 8, 2, 3, 4, 1][..], &[9; 4], &transform(0, 5, 0, &[])].concat();
    let sa = [proposal(2, 1, 2, &transforms), esp].concat();
    // proposal 1 at 0, its transforms at 8 and 26, the TLV attribute at 20; proposal 2 at 34, its transform at 46
    const SA: &[(usize, usize)] = &[(2, 2), (6, 1), (7, 1), (10, 2), (22, 2), (28, 2), (36, 2), (40, 1), (41, 1), (48, 2)];
    let ipv4 = [7, 6, 0, 16, 0, 80, 0, 90, 10, 0, 0, 1, 10, 0, 0, 9];
    let ipv6 = [&[8, 0, 0, 40, 0, 0, 0xff, 0xff][..], &[0; 16], &[0xff; 16]].concat();
    let fc = [9, 0, 0, 16, 0, 1, 2, 3, 0, 1, 2, 4, 1, 2, 3, 4];
    let label = [10, 0, 0, 7, b'a', b'b', b'c'];
    let unknown = [11, 0, 0, 6, 1, 2];
    let ts = [&[5, 0, 0, 0][..], &ipv4, &ipv6, &fc, &label, &unknown].concat();
    const TS: &[(usize, usize)] = &[(0, 1), (6, 2), (22, 2), (62, 2), (78, 2), (85, 2)];
    let cp = [1, 0, 0, 0, 0, 1, 0, 4, 10, 0, 0, 1, 0, 2, 0, 0, 0, 7, 0, 3, b'a', b'b', b'c'];
    let gateway = [0, 0, 0x40, 0x17, 3, 2, b'g', b'w', 1, 2, 3];
    let auth_methods = [0, 0, 0x40, 0x3b, 3, 14, 1, 2, 1, 5, 14, 0, 0x30, 0];
    let encrypted_dns = [1, 0, 0, 0, 0, 27, 0, 14, 0, 1, 1, 3, 1, 2, 3, 4, 1, b'a', 0, 0, 1, 2];
    let dns_digest = [1, 0, 0, 0, 0, 29, 0, 9, 1, 2, b'a', 0, 0, 2, 7, 7, 7];
    vec![
        ("SA", 33, sa, SA),
        ("N", 41, vec![3, 4, 0x40, 9, 1, 2, 3, 4, 5, 6], &[(1, 1)]),
        ("D", 42, vec![3, 4, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8], &[(1, 1), (2, 2)]),
        ("D of an unknown protocol", 42, vec![9, 3, 0, 2, 1, 2, 3, 4, 5, 6], &[(1, 1), (2, 2)]),
        ("TSi", 44, ts.clone(), TS),
        ("TSr", 45, ts, TS),
        ("CP", 47, cp.to_vec(), &[(6, 2), (14, 2), (18, 2)]),
        ("EAP request", 48, vec![1, 7, 0, 6, 4, 1], &[(2, 2)]),
        ("EAP success", 48, vec![3, 7, 0, 4], &[(2, 2)]),
        ("N(REDIRECT)", 41, gateway.to_vec(), &[(1, 1), (5, 1)]),
        ("N(SUPPORTED_AUTH_METHODS)", 41, auth_methods.to_vec(), &[(4, 1), (7, 1), (9, 1)]),
        ("ENCDNS_IP4", 47, encrypted_dns.to_vec(), &[(6, 2), (10, 1), (11, 1)]),
        ("ENCDNS_DIGEST_INFO", 47, dns_digest.to_vec(), &[(6, 2), (8, 1), (9, 1)]),
        ("KE", 34, vec![0, 31, 0, 0, 1, 2, 3], &[]),
        ("IDi", 35, vec![1, 0, 0, 0, 10, 0, 0, 1], &[]),
        ("CERT", 37, vec![4, 1, 2], &[]),
        ("CERTREQ", 38, vec![4, 1, 2], &[]),
        ("AUTH", 39, vec![14, 0, 0, 0, 2, 0x30, 0, 1], &[]),
        ("Nonce", 40, vec![7; 257], &[]),
        ("V", 43, vec![1, 2], &[]),
        ("unknown", 200, vec![1, 2], &[]),
    ]
}

#[test]
fn hostile_01_every_length_and_count_field_at_every_value() {
    let mut count = 0;
    for (name, ty, body, fields) in structures() {
        let whole = payload(0, &body);
        compare_content(ty, &whole);
        // Those of the body, and the generic header's.
        for (at, octets) in fields.iter().map(|(at, octets)| (at + 4, *octets)).chain([(2, 2)]) {
            let mut changed = whole.clone();
            for value in 0..=if octets == 1 { 255 } else { 65535u16 } {
                changed[at..at + octets].copy_from_slice(&value.to_be_bytes()[2 - octets..]);
                compare_content(ty, &changed);
                // As the first of two, so that what follows may be swallowed.
                if !(512..=65500).contains(&value) {
                    let two = [&[ty], &changed[1..], &whole[..]].concat();
                    compare_content(ty, &two);
                }
                count += 1;
            }
        }
        assert!(Chain::parse(PayloadType(ty), &whole).is_ok(), "{name}");
    }
    println!("{count} values");
    assert!(count > 1_000_000, "{count}");
}

/// Notification data and configuration values of every type at every size: the naive decoder knows which sizes a type has.
#[test]
fn hostile_01_typed_data_of_every_size() {
    let notify = NotifyType::ASSIGNED.iter().map(|ty| ty.0).chain([0, 12345, 8192, 40960, 65535]);
    let attributes = ConfigurationAttributeType::ASSIGNED.iter().map(|ty| ty.0).chain([0, 23456, 0x7fff]);
    let data = |fill: u8, size: usize| (0..size).map(|at| if fill == 0xa5 { at as u8 } else { fill }).collect::<Vec<_>>();
    for (size, fill) in (0..=80).flat_map(|size| [0, 1, 2, 3, 4, 16, 0xa5, 0xff].map(|fill| (size, fill))) {
        for ty in notify.clone() {
            let [hi, lo] = ty.to_be_bytes();
            compare_content(41, &payload(0, &[&[0, 0, hi, lo], &data(fill, size)[..]].concat()));
        }
        for ty in attributes.clone() {
            let [hi, lo] = ty.to_be_bytes();
            compare_content(47, &payload(0, &[&[2, 0, 0, 0, hi, lo, 0, size as u8], &data(fill, size)[..]].concat()));
        }
        for code in 0..=7 {
            compare_content(48, &payload(0, &[&[code, fill, 0, size as u8 + 4], &data(fill, size)[..]].concat()));
        }
        for ty in 0..=14 {
            compare_content(35, &payload(0, &[&[ty, 0, 0, 0], &data(fill, size)[..]].concat()));
        }
    }
}

#[test]
fn hostile_01_a_fragments_header_at_every_value() {
    for ty in [46, 53] {
        let whole = message(ty, &payload(35, &[0, 2, 0, 3, 1, 2, 3, 4, 5]));
        compare_message(&whole);
        for at in [30, 32, 34] {
            let mut changed = whole.clone();
            for value in 0..=65535u16 {
                changed[at..at + 2].copy_from_slice(&value.to_be_bytes());
                compare_message(&changed);
            }
        }
    }
}

#[test]
fn hostile_01_the_largest_payload_is_read_to_its_last_octet() {
    for (name, ty, head, fill) in [
        ("V", 43, vec![], 65531),
        ("unknown", 77, vec![], 65531),
        ("N", 41, vec![3, 255, 0x9c, 0x40], 65527),
        ("EAP", 48, vec![1, 1, 0xff, 0xfb], 65527),
        ("D", 42, vec![9, 1, 0xff, 0xf7], 65527),
        ("CP", 47, vec![1, 0, 0, 0, 0, 7, 0xff, 0xf3], 65523),
        ("TSi", 44, vec![1, 0, 0, 0, 10, 0, 0xff, 0xf7], 65523),
        ("SA", 33, [proposal(0, 1, 1, &transform(0, 1, 1, &[0, 14, 0, 0])), vec![]].concat(), 65511),
    ] {
        let mut body = [head, vec![b'x'; fill]].concat();
        if ty == 33 {
            body[2..4].copy_from_slice(&65531u16.to_be_bytes());
            body[10..12].copy_from_slice(&65523u16.to_be_bytes());
            body[18..20].copy_from_slice(&65511u16.to_be_bytes());
        }
        let whole = payload(0, &body);
        assert_eq!(whole.len(), 65535, "{name}");
        compare_content(ty, &whole);
        let chain = Chain::parse(PayloadType(ty), &whole).unwrap();
        chain.payloads().next().unwrap().parse().unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn hostile_02_a_length_below_its_own_header() {
    let ts = |length: u8| [&[1, 0, 0, 0, 10, 0, 0, length][..], &[0; 12]].concat();
    type Body<'a> = &'a dyn Fn(u8) -> Vec<u8>;
    let table: &[(u8, usize, Element, Body<'_>)] = &[
        (33, 8, Element::Proposal, &|length| [&[0, 0, 0, length, 1, 1, 0, 0][..], &[0; 4]].concat()),
        (33, 8, Element::Transform, &|length| proposal(0, 1, 1, &[&[0, 0, 0, length, 1, 0, 0, 1][..], &[0; 4]].concat())),
        (44, 4, Element::TrafficSelector, &ts),
        (45, 4, Element::TrafficSelector, &ts),
        (48, 5, Element::Payload(PayloadType::EAP), &|length| vec![1, 1, 0, length, 4, 0, 0, 0]),
        (48, 4, Element::Payload(PayloadType::EAP), &|length| vec![9, 1, 0, length, 4, 0, 0, 0]),
    ];
    for (ty, minimum, element, body) in table {
        for length in 0..=u8::try_from(*minimum - 1).unwrap() {
            let octets = payload(0, &body(length));
            let chain = Chain::parse(PayloadType(*ty), &octets).unwrap();
            let raw = chain.payloads().next().unwrap();
            let error = raw.parse().unwrap_err();
            let kind = ParseErrorKind::LengthTooSmall { length: length.into(), minimum: *minimum };
            assert_eq!((error.element, error.kind), (*element, kind));
        }
    }
    // A proposal whose length is above 8, and below 8 and the SPI.
    for spi_size in 1..=255u8 {
        let body = [&[0, 0, 0, 7 + spi_size.min(248), 1, 9, spi_size, 0][..], &[0; 248]].concat();
        let octets = payload(0, &body);
        let error = Chain::parse(PayloadType::SA, &octets).unwrap().payloads().next().unwrap().parse().unwrap_err();
        assert!(matches!(error.kind, ParseErrorKind::LengthTooSmall { .. }), "{spi_size}: {error}");
    }
}

#[test]
fn hostile_02_nothing_is_consumed_of_what_is_too_short() {
    for length in 0..4u8 {
        let mut octets = [payload(43, b"first"), payload(0, b"second")].concat();
        octets[12] = length;
        let lenient = Chain::parse_lenient(PayloadType::V, &octets);
        assert_eq!(lenient.payloads().map(|raw| raw.body).collect::<Vec<_>>(), [b"first"]);
        assert_eq!(lenient.as_octets().len(), 9);
        assert_eq!(lenient.fault().unwrap().offset, 9);
    }
}

/// Every prefix of the body of every payload that was captured or made here: the chain is whole, the body is not.
#[test]
fn hostile_03_every_prefix_of_every_body() {
    let mut seen = std::collections::HashSet::new();
    let mut cut = |raw: RawPayload<'_>| {
        // Opaque octets are as good cut as whole; of those, the first payload of a kind is enough.
        let opaque = matches!(raw.ty.0, 34 | 37 | 38 | 39 | 40 | 43);
        if !seen.insert((raw.ty, if opaque { Vec::new() } else { raw.body.to_vec() })) || matches!(raw.ty.0, 46 | 53) {
            return;
        }
        for end in 0..=raw.body.len() {
            compare_content(raw.ty.0, &payload(0, &raw.body[..end]));
        }
    };
    for recorded in crate::kit::recorded::all_recorded() {
        Message::parse(&recorded.message).unwrap().payloads().for_each(&mut cut);
        if let Some(content) = recorded.content() {
            Chain::parse(PayloadType(content.first), &content.octets).unwrap().payloads().for_each(&mut cut);
        }
    }
    for (_, ty, body, _) in structures() {
        cut(RawPayload::new(PayloadType(ty), false, &body));
    }
    assert!(seen.len() > crate::kit::recorded::figure(500, 200), "{}", seen.len());
}

#[test]
fn hostile_03_every_prefix_of_sk_and_skf() {
    for ty in [46u8, 53] {
        let body = [0, 1, 0, 1, 9, 9, 9, 9];
        for end in 0..=body.len() {
            let octets = message(ty, &payload(33, &body[..end]));
            compare_message(&octets);
            assert_eq!(Message::parse(&octets).is_ok(), ty == 46 || end >= 4, "{ty} {end}");
        }
    }
}

#[test]
fn hostile_04_the_headers_length() {
    let whole = message(43, &payload(0, b"vendor"));
    let size = u32::try_from(whole.len()).unwrap();
    for length in [0, 1, 3, 4, 27, 28, 29, size - 4, size - 1, size + 1, size + 4, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, u32::MAX] {
        let mut changed = whole.clone();
        changed[24..28].copy_from_slice(&length.to_be_bytes());
        compare_message(&changed);
        let error = Message::parse(&changed).unwrap_err();
        let (length, available) = (length as usize, whole.len());
        let (offset, kind) = match length {
            ..28 => (24, ParseErrorKind::LengthTooSmall { length, minimum: 28 }),
            _ if length > available => (24, ParseErrorKind::LengthPastEnd { length, available }),
            _ => (length, ParseErrorKind::TrailingOctets { count: available - length }),
        };
        assert_eq!((error.element, error.offset, error.kind), (Element::Header, offset, kind));
    }
    // The datagram one octet shorter and longer.
    compare_message(&whole[..whole.len() - 1]);
    compare_message(&[&whole[..], &[0]].concat());
    // A header alone is a message without payloads.
    let alone = message(0, &[]);
    compare_message(&alone);
    assert_eq!(Message::parse(&alone).unwrap().payloads().count(), 0);
    for first in 1..=255 {
        assert!(Message::parse(&message(first, &[])).is_err());
    }
}
