//! Round trips of arbitrary structured payloads and of arbitrary octets.

mod model;
mod notify;

use ikev2::error::{BuildError, Element, Origin, ParseErrorKind};
use ikev2::registry::private::notify_type;
use ikev2::registry::{ConfigurationAttributeType, ConfigurationType, ExchangeType, NotifyType, PayloadType};
use ikev2::wire::{
    Chain, ChainBuilder, ConfigurationAttribute, Header, IkeSpis, LenientMessage, Message, MessageBuilder, Notify, NotifyData, Payload,
    Remark, RemarkKind, Sk, Skf, audit, audit_content,
};
use model::{Model, payloads};
use proptest::collection::vec;
use proptest::prelude::*;

fn config() -> ProptestConfig {
    ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() }
}

prop_compose! {
    fn header()(spi_i: u64, spi_r: u64, exchange: u8, initiator: bool, response: bool, message_id: u32) -> Header {
        Header { spis: IkeSpis { initiator: spi_i, responder: spi_r }, exchange: ExchangeType(exchange), initiator, response, message_id }
    }
}

/// An encrypted payload: first type inside, fragment and total, octets.
type Encrypted = (u8, Option<(u16, u16)>, Vec<u8>);

/// The payload that ends a message, if it is an encrypted one.
fn encrypted() -> impl Strategy<Value = Option<Encrypted>> {
    let fragment = (1u16.., 1u16..).prop_map(|(a, b)| (a.min(b), a.max(b)));
    prop::option::of((any::<u8>(), prop::option::of(fragment), vec(any::<u8>(), 0..80)))
}

fn write_message(header: &Header, payloads: &[Model], end: &Option<Encrypted>) -> Vec<u8> {
    let mut buf = vec![0x5a; 1 << 17];
    let mut builder = MessageBuilder::new(&mut buf, header);
    for payload in payloads {
        payload.push_to_message(&mut builder);
    }
    if let Some((first, fragment, sealed)) = end {
        let first = PayloadType(*first);
        match *fragment {
            None => builder.push(Payload::Sk(Sk { first_payload: first, sealed })),
            Some((number, total)) => builder.push(Payload::Skf(Skf { first_payload: first, number, total, sealed })),
        };
    }
    builder.finish().unwrap().to_vec()
}

fn write_chain(payloads: &[Model]) -> (PayloadType, Vec<u8>) {
    let mut buf = vec![0x5a; 1 << 17];
    let mut builder = ChainBuilder::new(&mut buf);
    for payload in payloads {
        payload.push(&mut builder);
    }
    let (first, octets) = builder.finish().unwrap();
    (first, octets.to_vec())
}

/// Writes back what was parsed; `None` when a body is refused.
fn emit_message(message: &Message<'_>) -> Option<Vec<u8>> {
    let mut buf = vec![0x5a; message.as_octets().len()];
    let mut builder = MessageBuilder::new(&mut buf, message.header());
    for raw in message.payloads() {
        builder.push(raw.parse().ok()?);
    }
    Some(builder.finish().unwrap().to_vec())
}

fn emit_chain(chain: &Chain<'_>) -> Option<Vec<u8>> {
    let mut buf = vec![0x5a; chain.as_octets().len()];
    let mut builder = ChainBuilder::new(&mut buf);
    for raw in chain.payloads() {
        builder.push(raw.parse().ok()?);
    }
    Some(builder.finish().unwrap().1.to_vec())
}

/// Clears what a remark says is to be ignored.
fn clear(octets: &mut [u8], remark: Remark) {
    let octet = &mut octets[remark.offset];
    match remark.kind {
        RemarkKind::MinorVersion(minor) => *octet &= !minor,
        RemarkKind::HigherVersion => *octet &= !0x10,
        RemarkKind::Reserved(bits) => *octet &= !bits,
        RemarkKind::Critical => *octet &= 0x7f,
        RemarkKind::KeLength(_) => {}
        other => panic!("not known to this test: {other:?}"),
    }
}

/// Places and masks, to change a few bits of valid octets.
fn changes() -> impl Strategy<Value = Vec<(prop::sample::Index, u8)>> {
    let bit = (0u32..8).prop_map(|bit| 1 << bit);
    vec((any::<prop::sample::Index>(), prop_oneof![3 => bit, 1 => any::<u8>()]), 0..6)
}

fn changed(mut octets: Vec<u8>, changes: &[(prop::sample::Index, u8)]) -> Vec<u8> {
    if !octets.is_empty() {
        for (at, mask) in changes {
            let at = at.index(octets.len());
            octets[at] ^= mask;
        }
    }
    octets
}

/// The fault of a lenient reading is the error of a strict one; only octets after the message come after all other faults.
fn same_fault(strict: &Result<Message<'_>, ikev2::error::ParseError>, lenient: &LenientMessage<'_>) {
    assert_eq!(lenient.strict().err(), lenient.fault());
    match strict {
        Ok(message) => assert_eq!(lenient.strict().as_ref(), Ok(message)),
        Err(error) if error.element == Element::Header && matches!(error.kind, ParseErrorKind::TrailingOctets { .. }) => {
            let fault = lenient.fault().expect("a fault, as there is to a strict reading");
            assert!(fault == *error || fault.element != Element::Header, "{fault}");
        }
        Err(error) => assert_eq!(lenient.fault(), Some(*error)),
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_is_written_is_read_back(header in header(), payloads in payloads(), end in encrypted()) {
        let octets = write_message(&header, &payloads, &end);
        let message = Message::parse(&octets).unwrap();
        prop_assert_eq!(message.header(), &header);
        prop_assert_eq!(message.length() as usize, octets.len());
        let mut read = message.payloads();
        for (model, raw) in payloads.iter().zip(read.by_ref()) {
            model.check(&raw.parse().unwrap());
        }
        match (end, read.next().map(|raw| raw.parse().unwrap())) {
            (None, None) => {}
            (Some((first, None, octets)), Some(Payload::Sk(sk))) => prop_assert_eq!((first, &*octets), (sk.first_payload.0, sk.sealed)),
            (Some((first, Some(fragment), octets)), Some(Payload::Skf(skf))) => {
                prop_assert_eq!((first, fragment, &*octets), (skf.first_payload.0, (skf.number, skf.total), skf.sealed));
            }
            other => panic!("{other:?}"),
        }
        prop_assert_eq!(read.next(), None);
        prop_assert_eq!(emit_message(&message).unwrap(), octets.clone());
        audit(message, |remark| assert!(matches!(remark.kind, RemarkKind::KeLength(_)), "{remark}"));
    }

    #[test]
    fn what_is_written_inside_is_read_back(payloads in payloads()) {
        let (first, octets) = write_chain(&payloads);
        let chain = Chain::parse(first, &octets).unwrap();
        prop_assert_eq!(chain.payloads().count(), payloads.len());
        for (model, raw) in payloads.iter().zip(chain.payloads()) {
            model.check(&raw.parse().unwrap());
        }
        prop_assert_eq!(emit_chain(&chain).unwrap(), octets);
    }

    /// What is read is written back, but for the bits that are to be ignored, each of which the audit names.
    #[test]
    fn what_is_read_is_written_back(header in header(), payloads in payloads(), end in encrypted(), changes in changes()) {
        let octets = changed(write_message(&header, &payloads, &end), &changes);
        if let Ok(message) = Message::parse(&octets) {
            if let Some(again) = emit_message(&message) {
                let mut canonical = octets.clone();
                audit(message, |remark| clear(&mut canonical, remark));
                prop_assert_eq!(again, canonical);
            }
        }
        let (first, octets) = write_chain(&payloads);
        let octets = changed(octets, &changes);
        if let Ok(chain) = Chain::parse(first, &octets) {
            if let Some(again) = emit_chain(&chain) {
                let mut canonical = octets.clone();
                audit_content(chain, false, |remark| clear(&mut canonical, remark));
                prop_assert_eq!(again, canonical);
            }
        }
    }

    #[test]
    fn any_octets_are_read_the_same_strictly_and_leniently(
        header in header(), payloads in payloads(), end in encrypted(), changes in changes(), cut: prop::sample::Index,
    ) {
        let whole = write_message(&header, &payloads, &end);
        let strict = Message::parse(&whole).unwrap();
        for octets in [changed(whole.clone(), &changes), whole[..cut.index(whole.len())].to_vec()] {
            let parsed = Message::parse(&octets);
            match Message::parse_lenient(&octets) {
                Ok(lenient) => same_fault(&parsed, &lenient),
                Err(error) => {
                    prop_assert_eq!(parsed, Err(error));
                    prop_assert!(octets.len() < 28 || octets[24..28] < [0, 0, 0, 28][..]);
                }
            }
        }
        // Of a message cut short, a monitor sees the payloads before the cut.
        let octets = &whole[..cut.index(whole.len())];
        if let Ok(lenient) = Message::parse_lenient(octets) {
            let fault = lenient.fault().unwrap();
            prop_assert_eq!((fault.element, fault.origin), (Element::Header, Origin::Datagram));
            let whole_ones = strict.payloads().take_while(|raw| raw.offset() + raw.len() <= octets.len());
            prop_assert_eq!(lenient.payloads().collect::<Vec<_>>(), whole_ones.collect::<Vec<_>>());
        }
    }

    /// Data with a shape is written back octet for octet, whichever type gives it one; data without is refused.
    #[test]
    fn typed_data_is_written_back(ty: u16, data in vec(prop_oneof![0u8..6, any::<u8>()], 0..45)) {
        let mut buf = [0; 300];
        let private = [NotifyType(ty), notify_type::MS_NOTIFY_STATUS];
        for ty in NotifyType::ASSIGNED.iter().chain(&private) {
            if let Ok(shaped) = Notify::new(*ty, &data).typed_data() {
                let (_, octets) = ChainBuilder::new(&mut buf).notify(shaped).finish().unwrap();
                prop_assert_eq!(&octets[8..], &*data, "{:?}", shaped);
            }
        }
        for ty in ConfigurationAttributeType::ASSIGNED.iter().chain(&[ConfigurationAttributeType(ty & 0x7fff)]) {
            if let Ok(shaped) = ConfigurationAttribute::new(*ty, &data).typed_value() {
                let mut builder = ChainBuilder::new(&mut buf);
                builder.configuration(ConfigurationType::CFG_REPLY, |cp| {
                    cp.value(*ty, &shaped);
                });
                let (_, octets) = builder.finish().unwrap();
                prop_assert_eq!(&octets[12..], &*data, "{:?}", shaped);
            }
        }
    }

    /// What the builder accepts is read back to the same; what it refuses has the shape of another type.
    #[test]
    fn notify_data_is_read_back_as_it_was_given_or_not_written(drawn in notify::drawn()) {
        let lists = drawn.lists();
        let data = drawn.data(&lists);
        let mut buf = [0; 1200];
        match ChainBuilder::new(&mut buf).notify(data).finish() {
            Ok((first, octets)) => {
                let payload = Chain::parse(first, octets).unwrap().payloads().next().unwrap().parse().unwrap();
                let Payload::Notify(read) = payload else { panic!("{payload:?}") };
                prop_assert_eq!((read.ty, read.typed_data()), (data.ty(), Ok(data)));
            }
            Err(error) => {
                let ty = data.ty();
                prop_assert!(
                    match error {
                        BuildError::NotifyDataShape(of) => of == ty,
                        BuildError::SizeRange { element, .. } => {
                            element == Element::NotifyData(ty) && matches!(data, NotifyData::Cookie(_) | NotifyData::Cookie2(_))
                        }
                        BuildError::Overflow { element, maximum: 255, .. } => element == Element::NotifyData(ty),
                        BuildError::MixedAddressFamilies { element } => {
                            element == Element::NotifyData(ty)
                                && matches!(data, NotifyData::NoNatsAllowed((a, _), (b, _)) if a.is_ipv4() != b.is_ipv4())
                        },
                        _ => false,
                    },
                    "{error}: {data:?}"
                );
            }
        }
    }

    #[test]
    fn random_octets_do_no_harm(first: u8, octets in vec(any::<u8>(), 0..200)) {
        let mut message = octets.clone();
        if message.len() >= 28 {
            message[17] = 0x20;
            let length = u32::try_from(message.len()).unwrap().to_be_bytes();
            message[24..28].copy_from_slice(&length);
        }
        for octets in [&octets, &message] {
            let strict = Message::parse(octets);
            if let Ok(lenient) = Message::parse_lenient(octets) {
                same_fault(&strict, &lenient);
                for raw in lenient.payloads() {
                    prop_assert_eq!(raw.parse().err().is_some(), raw.parse_lenient().1.is_some() && !is_value_fault(&raw.parse()));
                }
            }
        }
        let lenient = Chain::parse_lenient(PayloadType(first), &octets);
        prop_assert_eq!(Chain::parse(PayloadType(first), &octets).err(), lenient.fault());
    }
}

/// A configuration value of a wrong size is a fault to a monitor alone.
fn is_value_fault(parsed: &Result<Payload<'_>, ikev2::error::ParseError>) -> bool {
    matches!(parsed, Ok(Payload::Configuration(cp)) if cp.attributes().any(|attribute| attribute.typed_value().is_err()))
}
