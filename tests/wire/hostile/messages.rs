//! Classes 27, 28, 30, 42: payload types, versions, missing payloads, depth.

use super::{message, payload, proposal, transform};
use crate::kit::naive::ours::{compare_content, compare_message};
use ikev2::error::{Element, ParseErrorKind};
use ikev2::registry::{ExchangeType, NotifyType, PayloadType};
use ikev2::wire::rules::{self, Deviation, Protection};
use ikev2::wire::{Chain, Message, MessageBuilder, Payload};

#[test]
fn hostile_27_every_payload_type_first_and_in_the_middle() {
    for ty in 0..=255 {
        for critical in [0, 0x80, 0xff, 0x7f] {
            for body in [&[][..], &[0; 4], &[1; 20], &[0, 1, 0, 2, 0, 3, 0, 4]] {
                let mut middle = payload(43, body);
                middle[1] = critical;
                let chain = [payload(ty, b"before"), middle.clone(), payload(0, b"after")].concat();
                compare_message(&message(43, &chain));
                compare_content(43, &chain);
                compare_message(&message(ty, &middle));
                middle[0] = 0;
                compare_message(&message(ty, &middle));
                compare_content(ty, &middle);
            }
        }
    }
}

#[test]
fn hostile_28_the_version_comes_before_all_else() {
    let whole = message(43, &payload(0, b"vendor"));
    // IKEv1's first message: ISAKMP 1.0, an SA payload (type 1), Identity Protection (exchange 2).
    let mut isakmp = [&[7; 8], &[0; 8], &[1, 0x10, 2, 0][..], &[0; 4], &[0, 0, 0, 40], &[0, 0, 0, 12, 0, 0, 0, 1, 0, 0, 0, 1]].concat();
    for version in 0..=255u8 {
        for octets in [&whole, &isakmp] {
            for length in [0, 28, octets.len() as u32, u32::MAX] {
                let mut changed = octets.clone();
                changed[17] = version;
                changed[24..28].copy_from_slice(&length.to_be_bytes());
                compare_message(&changed);
                let parsed = Message::parse(&changed);
                let major = version >> 4;
                if major != 2 {
                    let error = parsed.unwrap_err();
                    assert_eq!((error.element, error.offset, error.kind), (Element::Header, 17, ParseErrorKind::MajorVersion { major }));
                    assert_eq!(error.notify(), Some(NotifyType::INVALID_MAJOR_VERSION));
                    assert_eq!(error.to_string().contains("IKEv1"), major == 1, "{error}");
                } else if octets == &whole {
                    // The minor version is ignored.
                    assert_eq!(parsed.is_ok(), length as usize == whole.len());
                }
            }
        }
    }
    // What a monitor sees of it.
    isakmp[17] = 0x10;
    let lenient = Message::parse_lenient(&isakmp).unwrap();
    assert_eq!((lenient.version(), lenient.header().exchange), ((1, 0), ExchangeType(2)));
    assert_eq!(lenient.payloads().count(), 0);
}

#[test]
fn hostile_28_the_payload_types_of_ikev1_are_unknown_ones() {
    for ty in 1..=32u8 {
        let octets = message(ty, &payload(0, &[0; 16]));
        let raw = Message::parse(&octets).unwrap().payloads().next().unwrap();
        assert_eq!(raw.parse(), Ok(Payload::Unknown(raw)));
        assert_eq!(raw.ty.name(), None);
    }
}

/// Each payload of each captured message taken away in turn: what is left is still read, and what had to be there is missed.
#[test]
fn hostile_30_each_payload_taken_away_in_turn() {
    let mut missed = std::collections::BTreeMap::new();
    for recorded in crate::kit::recorded::all_recorded() {
        let whole = Message::parse(&recorded.message).unwrap();
        let exchange = whole.header().exchange;
        let response = whole.header().response;
        let payloads: Vec<_> = whole.payloads().collect();
        assert_eq!(
            rules::check(exchange, response, Protection::Clear, whole.payloads()).unwrap().deviations().next(),
            None,
            "{}",
            recorded.place()
        );
        for without in 0..payloads.len() {
            let mut buf = vec![0; recorded.message.len()];
            let mut builder = MessageBuilder::new(&mut buf, whole.header());
            for (at, raw) in payloads.iter().enumerate() {
                if at != without {
                    builder.push(raw.parse().unwrap());
                }
            }
            let octets = builder.finish().unwrap();
            assert_eq!(octets.len(), recorded.message.len() - payloads[without].len());
            compare_message(octets);
            let left = Message::parse(octets).unwrap();
            assert_eq!(left.payloads().count(), payloads.len() - 1);
            let report = rules::check(exchange, response, Protection::Clear, left.payloads()).unwrap();
            for deviation in report.deviations() {
                let Deviation::Missing { payload, found: 0, min: 1 } = deviation else { panic!("{deviation:?}") };
                // SK and SKF stand for one another.
                let either = |ty| if ty == PayloadType::SKF { PayloadType::SK } else { ty };
                assert_eq!(either(payload), either(payloads[without].ty));
                *missed.entry((exchange.0, response, payload.0)).or_insert(0) += 1;
            }
        }
    }
    let init: Vec<_> = missed.keys().filter(|(exchange, ..)| *exchange == 34).map(|(_, response, ty)| (*response, *ty)).collect();
    // SA, KE and Nonce both ways, and the notify of a refusal, which is all there is.
    assert_eq!(init, [(false, 33), (false, 34), (false, 40), (true, 33), (true, 34), (true, 40), (true, 41)]);
}

/// As much depth and breadth as 64 KiB can have, on a stack too small for any recursion over it.
#[test]
fn hostile_42_deep_input_needs_no_deep_stack() {
    // A message of a quarter million empty payloads, an SA of 255 proposals, one of 8000 transforms, ..
    let many = message(43, &[[43, 0, 0, 4].repeat(262_143), vec![0, 0, 0, 4]].concat());
    let proposals: Vec<u8> = (1..=255).flat_map(|n| proposal(if n == 255 { 0 } else { 2 }, n, 24, &transforms(24, &[]))).collect();
    let attributes = [0x80, 14, 0, 128].repeat(16_000);
    let chains = [
        (33, proposals),
        (33, proposal(0, 1, 255, &transforms(255, &[0x80, 14, 0, 128].repeat(60)))),
        (33, proposal(0, 1, 1, &transform(0, 1, 12, &attributes))),
        (42, [&[9, 1, 0xff, 0xf7][..], &[0; 65527]].concat()),
        (44, [&[255, 0, 0, 0][..], &[10, 0, 0, 5, b'x'].repeat(255)].concat()),
        (47, [&[1, 0, 0, 0][..], &[0, 1, 0, 0].repeat(16_381)].concat()),
        (41, [&[0, 0, 0x40, 0x3b][..], &[2, 14].repeat(32_000)].concat()),
    ];
    let small = || std::thread::Builder::new().stack_size(64 * 1024);
    let read = small().spawn(move || {
        assert_eq!(Message::parse(&many).unwrap().payloads().count(), 262_144);
        assert_eq!(Message::parse_lenient(&many[..many.len() - 1]).unwrap().payloads().count(), 262_143);
        let mut elements = 0;
        for (ty, body) in &chains {
            let octets = payload(0, body);
            let chain = Chain::parse(PayloadType(*ty), &octets).unwrap();
            for raw in chain.payloads() {
                elements += match raw.parse().unwrap() {
                    Payload::Sa(sa) => sa.proposals().flat_map(|p| p.transforms()).map(|t| 1 + t.attributes().count()).sum(),
                    Payload::Delete(delete) => delete.spis().count(),
                    Payload::TsI(ts) => ts.selectors().count(),
                    Payload::Configuration(cp) => cp.attributes().count(),
                    Payload::Notify(notify) => usize::from(notify.typed_data().is_ok()),
                    other => panic!("{other:?}"),
                };
            }
        }
        elements
    });
    assert_eq!(read.unwrap().join().unwrap(), 255 * 24 + 255 * 61 + 16_001 + 65_527 + 255 + 16_381 + 1);
}

fn transforms(count: usize, attributes: &[u8]) -> Vec<u8> {
    (1..=count).flat_map(|n| transform(if n == count { 0 } else { 3 }, 1, n as u16, attributes)).collect()
}
