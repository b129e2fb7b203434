//! What holds of every message and every chain, whatever the octets.

use super::{parts, typed};
use crate::kit::naive;
use ikev2::error::Origin;
use ikev2::registry::{ExchangeType, PayloadType};
use ikev2::wire::rules::{self, Deviation, Protection};
use ikev2::wire::{
    Chain, ChainBuilder, HEADER_LEN, Header, IkeSpis, Message, MessageBuilder, PAYLOAD_HEADER_LEN, Payloads, Remark, RemarkKind, audit,
    audit_content,
};

/// The octets of one message.
pub fn message(b: &[u8]) {
    naive::ours::compare_message(b);
    let Ok(message) = Message::parse_lenient(b) else {
        return;
    };
    assert_eq!(Header::peek(b).as_ref(), Ok(message.received()));
    let end = geometry(b, HEADER_LEN, message.first_payload(), message.payloads());
    let remarks = collect(|report| audit(message, report));
    remarks.iter().for_each(|remark| points_at(remark, b, Origin::Datagram));
    grammar(message.header().exchange, message.header().response, Protection::Clear, message.payloads());
    let (by_name, fault) = message.parts();
    parts::holds(&by_name, fault, message.fault(), &message.payloads(), message.header(), Protection::Clear);
    if let Ok(strict) = message.strict() {
        assert_eq!(strict.parts().err(), fault);
    }
    match message.fault() {
        Some(fault) => {
            assert_eq!(fault.origin, Origin::Datagram);
            assert!(fault.offset <= b.len() && !fault.to_string().is_empty(), "{fault:?}");
        }
        None => {
            assert_eq!(end, b.len());
            again(b, &remarks, message.payloads(), |buf, payloads| {
                let mut builder = MessageBuilder::new(buf, message.header());
                for raw in payloads {
                    builder.push(raw.parse().unwrap());
                }
                builder.finish().map(|octets| octets.len())
            });
        }
    }
}

/// The octets of a chain whose first payload has type `first`.
pub fn content(first: u8, b: &[u8]) {
    naive::ours::compare_content(first, b);
    let lenient = Chain::parse_lenient(PayloadType(first), b);
    let end = geometry(b, 0, PayloadType(first), lenient.payloads());
    let response = first & 1 != 0;
    let remarks = collect(|report| audit_content(lenient, response, report));
    remarks.iter().for_each(|remark| points_at(remark, b, Origin::Content));
    let exchange = 34 + u8::try_from(b.len() % 12).unwrap();
    grammar(ExchangeType(exchange), response, Protection::Protected, lenient.payloads());
    let header =
        Header { spis: IkeSpis { initiator: 1, responder: 2 }, exchange: ExchangeType(exchange), initiator: true, response, message_id: 1 };
    let (by_name, fault) = lenient.parts(&header);
    parts::holds(&by_name, fault, lenient.fault(), &lenient.payloads(), &header, Protection::Protected);
    if let Ok(strict) = lenient.strict() {
        assert_eq!(strict.parts(&header).err(), fault);
    }
    match lenient.fault() {
        Some(fault) => {
            assert_eq!(fault.origin, Origin::Content);
            assert!(fault.offset <= b.len() && !fault.to_string().is_empty(), "{fault:?}");
        }
        None => {
            assert_eq!(end, b.len());
            again(b, &remarks, lenient.payloads(), |buf, payloads| {
                let mut builder = ChainBuilder::new(buf);
                for raw in payloads {
                    builder.push(raw.parse().unwrap());
                }
                builder.finish().map(|(ty, octets)| {
                    assert!(ty == PayloadType(first));
                    octets.len()
                })
            });
        }
    }
}

/// Payloads lie one after the other from `start` on, within `b`; gives the octet after the last.
fn geometry(b: &[u8], start: usize, first: PayloadType, payloads: Payloads<'_>) -> usize {
    let mut at = start;
    let mut ty = first;
    let mut iterator = payloads;
    for raw in iterator.by_ref() {
        assert_eq!((raw.offset(), raw.ty), (at, ty));
        assert_eq!(raw.is_empty(), raw.len() == PAYLOAD_HEADER_LEN);
        assert_eq!(typed::place(b, raw.body), (!raw.body.is_empty()).then_some(at + PAYLOAD_HEADER_LEN));
        at += raw.len();
        ty = raw.next_payload;
        typed::payload(b, raw);
    }
    assert_eq!(iterator.next(), None);
    assert!(at <= b.len().max(start));
    at
}

fn collect(audit: impl FnOnce(&mut dyn FnMut(Remark))) -> Vec<Remark> {
    let mut remarks = Vec::new();
    audit(&mut |remark| remarks.push(remark));
    remarks
}

/// A remark names octets that are there.
fn points_at(remark: &Remark, b: &[u8], space: Origin) {
    assert_eq!(remark.origin, space);
    let there = b[remark.offset];
    match remark.kind {
        RemarkKind::MinorVersion(minor) => assert_eq!(there & 0x0f, minor),
        RemarkKind::Reserved(octet) => assert!(octet != 0 && there & octet == octet, "{remark}: {there:02x}"),
        RemarkKind::Critical => assert!(there & 0x80 != 0),
        RemarkKind::HigherVersion => assert!(there & 0x10 != 0),
        _ => {}
    }
}

/// What was read is written back with nothing but ignored bits cleared, and what was written reads and writes as itself.
fn again<E: core::fmt::Debug>(
    b: &[u8],
    remarks: &[Remark],
    payloads: Payloads<'_>,
    emit: impl Fn(&mut [u8], Payloads<'_>) -> Result<usize, E>,
) {
    if payloads.clone().any(|raw| raw.parse().is_err()) {
        return;
    }
    let mut out = vec![0xa5; b.len()];
    assert_eq!(emit(&mut out, payloads.clone()).unwrap(), b.len());
    let ignored = remarks.iter().any(|remark| !matches!(remark.kind, RemarkKind::KeLength(_)));
    assert_eq!(out != b, ignored, "{remarks:?}: {b:02x?} {out:02x?}");
    assert!(out.iter().zip(b).all(|(new, old)| new & !old == 0), "bits were set: {b:02x?} {out:02x?}");
    for short in [0, b.len() / 2, b.len().saturating_sub(1)] {
        if short < b.len() {
            let error = format!("{:?}", emit(&mut out[..short], payloads.clone()).unwrap_err());
            assert_eq!(error, format!("BufferTooSmall {{ needed: {} }}", b.len()));
        }
    }
}

/// The grammar's report is true of the payloads.
fn grammar(exchange: ExchangeType, response: bool, place: Protection, payloads: Payloads<'_>) {
    let Some(report) = rules::check(exchange, response, place, payloads.clone()) else {
        return;
    };
    let count = |ty| payloads.clone().filter(|raw| raw.ty == ty).count();
    for deviation in report.deviations() {
        match deviation {
            Deviation::Missing { payload, found, min } => assert!(found < min && count(payload) == found),
            Deviation::TooMany { payload, found, max } => assert!(found > max && count(payload) == found),
            Deviation::NotAllowed(payload) => {
                assert!(count(payload) > 0 && report.form().occurrences.iter().all(|rule| rule.payload != payload));
            }
            _ => {}
        }
    }
}
