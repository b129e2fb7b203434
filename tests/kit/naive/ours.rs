//! What the crate finds, as the facts of the naive decoder, and the comparison of the two.

use super::{Fact, NaivePayload, Refused};
use ikev2::error::{Element, Origin, ParseError, ParseErrorKind};
use ikev2::registry::{NotifyType, PayloadType};
use ikev2::wire::{Chain, LenientMessage, Message, Payload, Payloads, RawPayload, TrafficSelector, TransformAttributeValue};

/// Panics when crate and naive decoder differ on a message.
pub fn compare_message(b: &[u8]) {
    let naive = super::message(b);
    let strict = Message::parse(b);
    match (&naive, &strict) {
        (Ok(naive), Ok(message)) => {
            compare_header(&naive.header, &(*message).into(), b);
            compare_payloads(&naive.payloads, message.payloads());
        }
        (Err(refused), Err(error)) => compare_refusal(*refused, error, Origin::Datagram),
        _ => panic!("naive {naive:?}, ours {strict:?}"),
    }
    match Message::parse_lenient(b) {
        Err(error) => assert_eq!((strict, b.len() < 28), (Err(error), true)),
        Ok(lenient) => {
            compare_header(&super::header(b).unwrap(), &lenient, b);
            compare_payloads(&super::payloads_there(b), lenient.payloads());
            match naive {
                Ok(_) => assert_eq!((lenient.strict(), lenient.fault()), (strict, None)),
                // Octets after the message are the last of its faults.
                Err(Refused::Length(length)) if length > 24 => {
                    let fault = lenient.fault().unwrap();
                    assert!(Some(fault) == strict.err() || fault.element != Element::Header, "{fault}");
                }
                Err(_) => assert_eq!(lenient.fault(), strict.err()),
            }
            compare_faults(lenient.fault(), lenient.payloads(), |report| lenient.faults(report));
        }
    }
}

/// The faults that a reading reports begin with its first one, and each body that a strict reading refuses has one among them.
fn compare_faults(first: Option<ParseError>, payloads: Payloads<'_>, faults: impl Fn(&mut dyn FnMut(ParseError))) {
    let mut found = Vec::new();
    faults(&mut |fault| found.push(fault));
    assert!(first.is_none_or(|first| found.contains(&first)), "{first:?}, {found:?}");
    for raw in payloads {
        let inside = |fault: &&ParseError| fault.offset >= raw.offset() + 4 && fault.offset <= raw.offset() + raw.len();
        let refused = raw.parse().err();
        assert!(refused.is_none_or(|refused| found.contains(&refused)), "{refused:?}, {found:?}");
        assert_eq!(raw.parse_lenient().1.is_some(), found.iter().any(|fault| inside(&fault) && is_of_body(fault)), "{raw:?}, {found:?}");
    }
    let mut seen = std::collections::BTreeSet::new();
    for fault in &found {
        assert!(!fault.to_string().is_empty());
        assert!(seen.insert(format!("{fault:?}")), "twice: {fault:?}");
    }
}

fn is_of_body(fault: &ParseError) -> bool {
    let of_chain = matches!(fault.kind, ParseErrorKind::UnsupportedCritical(_) | ParseErrorKind::EncryptedNotLast);
    !matches!(fault.element, Element::Header | Element::PayloadHeader) && !of_chain
}

/// Panics when crate and naive decoder differ on the content of an SK payload.
pub fn compare_content(first: u8, b: &[u8]) {
    let (payloads, refused) = super::content(first, b);
    let strict = Chain::parse(PayloadType(first), b);
    match (refused, &strict) {
        (None, Ok(chain)) => compare_payloads(&payloads, chain.payloads()),
        (Some(refused), Err(error)) => compare_refusal(refused, error, Origin::Content),
        _ => panic!("naive {refused:?}, ours {strict:?}"),
    }
    let lenient = Chain::parse_lenient(PayloadType(first), b);
    assert_eq!(lenient.fault(), strict.err());
    compare_payloads(&super::content_there(first, b), lenient.payloads());
    compare_faults(lenient.fault(), lenient.payloads(), |report| lenient.faults(report));
}

fn compare_header(naive: &[Fact<'_>], message: &LenientMessage<'_>, b: &[u8]) {
    let header = message.header();
    let (spi_i, spi_r) = (header.spis.initiator.to_be_bytes(), header.spis.responder.to_be_bytes());
    let ours = [
        Fact::B("spi_i", &spi_i),
        Fact::B("spi_r", &spi_r),
        Fact::N("next_payload", message.first_payload().0.into()),
        Fact::N("major", message.version().0.into()),
        Fact::N("minor", message.version().1.into()),
        Fact::N("exchange", header.exchange.0.into()),
        Fact::N("initiator", header.initiator.into()),
        Fact::N("response", header.response.into()),
        Fact::N("message_id", header.message_id.into()),
        Fact::N("length", message.length().into()),
    ];
    assert_eq!(naive, ours);
    assert_eq!(message.as_octets(), b);
}

fn compare_refusal(refused: Refused, error: &ParseError, space: Origin) {
    let ours = match error.kind {
        ParseErrorKind::MajorVersion { .. } if error.offset == 17 => Refused::Version,
        ParseErrorKind::UnsupportedCritical(ty) => Refused::Critical(ty.0, error.offset),
        _ if error.element == Element::Header && error.offset == 0 => Refused::Short,
        _ if error.element == Element::Header => Refused::Length(error.offset),
        _ => Refused::Syntax(error.offset),
    };
    assert_eq!((refused, space), (ours, error.origin), "{error}");
    let notify = match refused {
        Refused::Short | Refused::Length(_) => None,
        Refused::Version => Some(NotifyType::INVALID_MAJOR_VERSION),
        Refused::Critical(..) => Some(NotifyType::UNSUPPORTED_CRITICAL_PAYLOAD),
        Refused::Syntax(_) => Some(NotifyType::INVALID_SYNTAX),
    };
    assert_eq!(error.notify(), notify);
}

fn compare_payloads(naive: &[NaivePayload<'_>], ours: Payloads<'_>) {
    let mut ours = ours;
    for naive in naive {
        let raw = ours.next().unwrap_or_else(|| panic!("ours ends before {naive:?}"));
        assert_eq!((naive.ty, naive.critical, naive.offset), (raw.ty.0, raw.critical, raw.offset()));
        assert_eq!((naive.body, naive.body.len() + 4), (raw.body, raw.len()));
        compare_body(naive, raw);
    }
    assert_eq!(ours.next(), None);
    assert_eq!(ours.next(), None);
}

fn compare_body(naive: &NaivePayload<'_>, raw: RawPayload<'_>) {
    let strict = raw.parse();
    let (lenient, fault) = raw.parse_lenient();
    let mut ours = Vec::with_capacity(naive.facts.len());
    match (naive.good, strict) {
        (true, Ok(payload)) => {
            gather(&payload, &mut |fact| ours.push(fact));
            assert_eq!(naive.facts, ours);
            assert_eq!(lenient, payload);
            // A configuration value of a wrong size is a fault to a monitor alone.
            let wrong = naive.facts.contains(&Fact::N("value has its size", 0));
            assert_eq!(fault.is_some(), wrong, "{fault:?}");
        }
        (false, Err(error)) => {
            assert!(error.offset >= raw.offset() + 4 && error.offset <= raw.offset() + raw.len(), "{error}");
            assert_eq!(error.notify(), Some(NotifyType::INVALID_SYNTAX));
            let fault = fault.unwrap();
            let in_value = fault.element == Element::ConfigurationAttribute && fault.offset <= error.offset;
            assert!(fault == error || in_value, "{fault}, {error}");
            if !matches!(lenient, Payload::Unknown(_)) {
                gather(&lenient, &mut |fact| ours.push(fact));
            }
            assert_eq!(naive.there.clone().unwrap_or_default(), ours);
        }
        _ => panic!("naive {naive:?}, ours {strict:?}"),
    }
}

/// One payload, field by field.
fn gather<'a>(payload: &Payload<'a>, see: &mut impl FnMut(Fact<'a>)) {
    let see = &mut |fact| see(fact);
    match payload {
        Payload::Sa(sa) => {
            for proposal in sa.proposals() {
                see(Fact::N("proposal", proposal.number.into()));
                see(Fact::N("protocol", proposal.protocol.0.into()));
                see(Fact::B("spi", proposal.spi));
                see(Fact::N("transforms", proposal.transforms().count() as u64));
                for transform in proposal.transforms() {
                    see(Fact::N("transform type", transform.ty.0.into()));
                    see(Fact::N("transform id", transform.id.0.into()));
                    for attribute in transform.attributes() {
                        match attribute.value {
                            TransformAttributeValue::Tv(value) => {
                                see(Fact::N("attribute tv", attribute.ty.0.into()));
                                see(Fact::N("value", value.into()));
                            }
                            TransformAttributeValue::Tlv(value) => {
                                see(Fact::N("attribute tlv", attribute.ty.0.into()));
                                see(Fact::B("value", value));
                            }
                        }
                    }
                }
            }
        }
        Payload::KeyExchange(ke) => {
            see(Fact::N("method", ke.method.0.into()));
            see(Fact::B("data", ke.data));
        }
        Payload::IdI(id) | Payload::IdR(id) => {
            see(Fact::N("id type", id.ty.0.into()));
            see(Fact::B("id", id.data));
            let address = match id.address() {
                Ok(Some(_)) => 1,
                Ok(None) => 2,
                Err(_) => 0,
            };
            see(Fact::N("address 1, none 2, neither 0", address));
        }
        Payload::Cert(cert) => {
            see(Fact::N("encoding", cert.encoding.0.into()));
            see(Fact::B("data", cert.data));
        }
        Payload::CertReq(request) => {
            see(Fact::N("encoding", request.encoding.0.into()));
            see(Fact::B("data", request.authorities));
        }
        Payload::Auth(auth) => {
            see(Fact::N("method", auth.method.0.into()));
            see(Fact::B("data", auth.data));
        }
        Payload::Nonce(nonce) => see(Fact::B("nonce", nonce.data)),
        Payload::Notify(notify) => {
            see(Fact::N("protocol", notify.protocol.0.into()));
            see(Fact::N("notify", notify.ty.0.into()));
            see(Fact::B("spi", notify.spi));
            see(Fact::B("data", notify.data));
            see(Fact::N("data has its size", notify.typed_data().is_ok().into()));
        }
        Payload::Delete(delete) => {
            see(Fact::N("protocol", delete.protocol().0.into()));
            see(Fact::N("spi size", delete.spi_size().into()));
            see(Fact::N("count", delete.spis().len() as u64));
            delete.spis().for_each(|spi| see(Fact::B("spi", spi)));
        }
        Payload::VendorId(vendor) => see(Fact::B("vendor", vendor.data)),
        Payload::TsI(ts) | Payload::TsR(ts) => ts.selectors().for_each(|selector| gather_selector(&selector, see)),
        Payload::Sk(sk) => {
            see(Fact::N("inner", sk.first_payload.0.into()));
            see(Fact::B("encrypted", sk.sealed));
        }
        Payload::Configuration(configuration) => {
            see(Fact::N("cfg type", configuration.ty().0.into()));
            for attribute in configuration.attributes() {
                see(Fact::N("cfg attribute", attribute.ty.0.into()));
                see(Fact::B("value", attribute.value));
                see(Fact::N("value has its size", attribute.typed_value().is_ok().into()));
            }
        }
        Payload::Eap(eap) => {
            see(Fact::N("eap code", eap.code.0.into()));
            see(Fact::N("eap identifier", eap.identifier.into()));
            match eap.ty() {
                Some((ty, data)) => {
                    see(Fact::N("eap type", ty.into()));
                    see(Fact::B("eap data", data));
                }
                None => see(Fact::B("eap data", eap.data)),
            }
        }
        Payload::Skf(skf) => {
            see(Fact::N("inner", skf.first_payload.0.into()));
            see(Fact::N("fragment", skf.number.into()));
            see(Fact::N("total", skf.total.into()));
            see(Fact::B("encrypted", skf.sealed));
        }
        Payload::PuzzleSolution(solution) => see(Fact::B("solution", solution.data)),
        Payload::Unknown(raw) => see(Fact::B("unknown", raw.body)),
        other => panic!("not known to this test: {other:?}"),
    }
}

/// Addresses are compared as numbers: the view has no octets to show.
fn gather_selector<'a>(selector: &TrafficSelector<'a>, see: &mut impl FnMut(Fact<'a>)) {
    let ty = selector.ty().0.into();
    see(Fact::N("ts type", ty));
    match selector {
        TrafficSelector::Ipv4 { protocol, ports, addresses } => {
            see(Fact::N("ts protocol", (*protocol).into()));
            see(Fact::N("start port", ports.0.into()));
            see(Fact::N("end port", ports.1.into()));
            see(Fact::N("start", addresses.0.to_bits().into()));
            see(Fact::N("end", addresses.1.to_bits().into()));
        }
        TrafficSelector::Ipv6 { protocol, ports, addresses } => {
            see(Fact::N("ts protocol", (*protocol).into()));
            see(Fact::N("start port", ports.0.into()));
            see(Fact::N("end port", ports.1.into()));
            for (name, address) in [("start", addresses.0), ("end", addresses.1)] {
                see(Fact::N(name, (address.to_bits() >> 64) as u64));
                see(Fact::N(name, address.to_bits() as u64));
            }
        }
        TrafficSelector::FibreChannel { fc_ids, r_ctls, types } => {
            see(Fact::N("start", fc_ids.0.into()));
            see(Fact::N("end", fc_ids.1.into()));
            [r_ctls.0, r_ctls.1, types.0, types.1].into_iter().for_each(|octet| see(Fact::N("r_ctl and type", octet.into())));
        }
        TrafficSelector::SecurityLabel(label) => see(Fact::B("label", label)),
        TrafficSelector::Unknown { protocol, octets, .. } => {
            see(Fact::N("ts protocol", (*protocol).into()));
            see(Fact::B("selector", octets));
        }
        other => panic!("not known to this test: {other:?}"),
    }
}
