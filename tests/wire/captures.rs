//! Every message of every capture is read, found to hold what another decoder found in it, and written back octet for octet.

use crate::kit::recorded::{all_recorded, figure, hex};
use ikev2::registry::{ExchangeType, NotifyType, PayloadType};
use ikev2::wire::rules::{self, Protection};
use ikev2::wire::{Chain, ChainBuilder, Message, MessageBuilder, Payload, Payloads, audit, audit_content};

/// The notation of `messages.json`: RFC 7296 section 1.2, and a notify's type.
fn notation(payload: &Payload<'_>) -> String {
    let short = payload.ty().symbol().unwrap();
    match payload {
        Payload::Notify(notify) => format!("{short}({})", notify.ty.name().unwrap()),
        _ => short.to_owned(),
    }
}

fn parsed<'a>(place: &str, payloads: Payloads<'a>) -> Vec<Payload<'a>> {
    let each = payloads.map(|raw| {
        let strict = raw.parse().unwrap_or_else(|error| panic!("{place}: {error}"));
        assert_eq!(raw.parse_lenient(), (strict, None), "{place}");
        strict
    });
    each.collect()
}

/// The exact size, and one octet less names it.
fn written<'b>(place: &str, buf: &'b mut [u8], build: impl Fn(&mut [u8]) -> Result<usize, ikev2::error::BuildError>) -> &'b [u8] {
    let size = buf.len();
    buf.fill(0xa5);
    assert_eq!(build(&mut buf[..size - 1]), Err(ikev2::error::BuildError::BufferTooSmall { needed: size }), "{place}");
    assert_eq!(build(buf), Ok(size), "{place}");
    buf
}

#[test]
fn every_message_is_read_and_written_back() {
    let mut count = 0;
    for recorded in all_recorded() {
        let place = recorded.place();
        let octets = &recorded.message[..];
        let message = Message::parse(octets).unwrap_or_else(|error| panic!("{place}: {error}"));
        let lenient = Message::parse_lenient(octets).unwrap();
        assert_eq!(lenient.strict(), Ok(message), "{place}");

        let header = message.header();
        let row = &recorded.row;
        assert_eq!(format!("{:016x}", header.spis.initiator), row["spi_i"].as_str().unwrap(), "{place}");
        assert_eq!(format!("{:016x}", header.spis.responder), row["spi_r"].as_str().unwrap(), "{place}");
        assert_eq!(header.exchange.name(), row["exchange"].as_str(), "{place}");
        assert_eq!(Some(header.initiator), row["initiator"].as_bool(), "{place}");
        assert_eq!(Some(header.response), row["response"].as_bool(), "{place}");
        assert_eq!(Some(header.message_id.into()), row["message_id"].as_u64(), "{place}");
        assert_eq!(Some(message.length().into()), row["length"].as_u64(), "{place}");
        assert_eq!(message.version(), (2, 0), "{place}");
        assert_eq!(ExchangeType::from(octets[18]), header.exchange, "{place}");

        let payloads = parsed(&place, message.payloads());
        let names: Vec<_> = payloads.iter().map(notation).collect();
        assert_eq!(serde_json::json!(names), row["payloads"], "{place}");
        if let Some(Payload::Skf(skf)) = payloads.last() {
            assert_eq!((Some(skf.number.into()), Some(skf.total.into())), (row["fragment"].as_u64(), row["total"].as_u64()), "{place}");
            assert_eq!(Some(skf.first_payload.0.into()), row["inner_first_payload"].as_u64(), "{place}");
        }

        let mut buf = vec![0; octets.len()];
        let again = written(&place, &mut buf, |buf| {
            let mut builder = MessageBuilder::new(buf, header);
            for payload in &payloads {
                builder.push(*payload);
            }
            builder.finish().map(|message| message.len())
        });
        assert_eq!(hex(again), hex(octets), "{place}");
        count += 1;
    }
    assert_eq!(count, figure(1188, 85));
}

#[test]
fn every_content_is_read_and_written_back() {
    let mut count = 0;
    for content in all_recorded().iter().filter_map(crate::kit::recorded::Recorded::content) {
        let place = &content.place;
        let first = PayloadType(content.first);
        let chain = Chain::parse(first, &content.octets).unwrap_or_else(|error| panic!("{place}: {error}"));
        let lenient = Chain::parse_lenient(first, &content.octets);
        assert_eq!(lenient.strict(), Ok(chain), "{place}");
        let payloads = parsed(place, chain.payloads());
        assert_eq!(payloads.iter().map(notation).collect::<Vec<_>>(), content.names, "{place}");
        if content.octets.is_empty() {
            assert!(payloads.is_empty(), "{place}");
            continue;
        }
        let mut buf = vec![0; content.octets.len()];
        let again = written(place, &mut buf, |buf| {
            let mut builder = ChainBuilder::new(buf);
            for payload in &payloads {
                builder.push(*payload);
            }
            let (announced, content) = builder.finish()?;
            assert_eq!(announced, first, "{place}");
            Ok(content.len())
        });
        assert_eq!(hex(again), hex(&content.octets), "{place}");
        count += 1;
    }
    assert!(count > figure(300, 35), "{count} contents");
}

/// Every payload of every message, in clear or not.
fn for_every_payload(mut see: impl FnMut(&str, Payload<'_>, &[u8])) {
    for recorded in all_recorded() {
        let place = recorded.place();
        for raw in Message::parse(&recorded.message).unwrap().payloads() {
            see(&place, raw.parse().unwrap(), raw.body);
        }
        let Some(content) = recorded.content() else { continue };
        for raw in Chain::parse(PayloadType(content.first), &content.octets).unwrap().payloads() {
            see(&place, raw.parse().unwrap(), raw.body);
        }
    }
}

/// The payload after the generic header of a chain of one.
fn body_of(build: impl Fn(&mut ChainBuilder<'_>)) -> Vec<u8> {
    let mut buf = [0; 8192];
    let mut builder = ChainBuilder::new(&mut buf);
    build(&mut builder);
    builder.finish().unwrap().1[4..].to_vec()
}

#[test]
fn typed_notify_data_is_written_back() {
    let mut shapes = std::collections::BTreeSet::new();
    for_every_payload(|place, payload, body| {
        let Payload::Notify(notify) = payload else { return };
        let data = notify.typed_data().unwrap_or_else(|error| panic!("{place}: {error}"));
        shapes.insert(format!("{data:?}").split(['(', ' ']).next().unwrap().to_owned());
        let again = body_of(|builder| {
            builder.notify(data);
        });
        // The builder writes notifies about no SA; the data follows the SPI.
        assert_eq!(hex(&again[4..]), hex(&body[4 + notify.spi.len()..]), "{place}");
        if notify.spi.is_empty() && notify.protocol.0 == 0 {
            assert_eq!(hex(&again), hex(body), "{place}");
        }
    });
    let mut expected = vec![
        "AdditionalAddress",
        "Cookie",
        "Cookie2",
        "Empty",
        "InvalidKePayload",
        "IpcompSupported",
        "NatDetectionDestinationIp",
        "NatDetectionSourceIp",
        "SignatureHashAlgorithms",
    ];
    expected.extend(figure(Some("Unknown"), None));
    assert_eq!(shapes.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}

#[test]
fn typed_configuration_values_are_written_back() {
    let mut count = 0;
    for_every_payload(|place, payload, body| {
        let Payload::Configuration(configuration) = payload else { return };
        let again = body_of(|builder| {
            builder.configuration(configuration.ty(), |attributes| {
                for attribute in configuration.attributes() {
                    let value = attribute.typed_value().unwrap_or_else(|error| panic!("{place}: {error}"));
                    attributes.value(attribute.ty, &value);
                }
            });
        });
        assert_eq!(hex(&again), hex(body), "{place}");
        count += 1;
    });
    assert_eq!(count, 2);
}

#[test]
fn every_key_exchange_has_the_size_of_its_method() {
    let mut wrong = Vec::new();
    for recorded in all_recorded() {
        let message = Message::parse(&recorded.message).unwrap();
        let response = message.header().response;
        let content = recorded.content();
        let inside = content.iter().flat_map(|content| Chain::parse(PayloadType(content.first), &content.octets).unwrap().payloads());
        for raw in message.payloads().chain(inside) {
            if let Payload::KeyExchange(ke) = raw.parse().unwrap() {
                assert!(ke.method.data_len().is_some(), "{}: {:?}", recorded.place(), ke.method);
                if let Err(kind) = ke.check_len(response) {
                    wrong.push(format!("{}: {kind}", recorded.place()));
                }
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn every_message_keeps_the_grammar_of_its_exchange() {
    for recorded in all_recorded() {
        let place = recorded.place();
        let message = Message::parse(&recorded.message).unwrap();
        let header = message.header();
        let clear = rules::check(header.exchange, header.response, Protection::Clear, message.payloads()).unwrap();
        assert_eq!(clear.deviations().next(), None, "{place}: {}", clear.form().name);
        let Some(content) = recorded.content() else { continue };
        let chain = Chain::parse(PayloadType(content.first), &content.octets).unwrap();
        let inside = rules::check(header.exchange, header.response, Protection::Protected, chain.payloads()).unwrap();
        assert_eq!(inside.deviations().next(), None, "{place}: {}", inside.form().name);
    }
}

#[test]
fn nothing_that_a_parse_ignores_is_in_any_message() {
    for recorded in all_recorded() {
        let message = Message::parse(&recorded.message).unwrap();
        let mut remarks = Vec::new();
        audit(message, |remark| remarks.push(remark));
        if let Some(content) = recorded.content() {
            let chain = Chain::parse(PayloadType(content.first), &content.octets).unwrap();
            audit_content(chain, message.header().response, |remark| remarks.push(remark));
        }
        assert_eq!(remarks, [], "{}", recorded.place());
    }
}

#[test]
fn every_error_notify_is_in_the_error_range() {
    for_every_payload(|place, payload, _| {
        let Payload::Notify(notify) = payload else { return };
        let error = [
            NotifyType::INVALID_KE_PAYLOAD,
            NotifyType::NO_PROPOSAL_CHOSEN,
            NotifyType::AUTHENTICATION_FAILED,
            NotifyType::TS_UNACCEPTABLE,
        ];
        assert_eq!(notify.ty.is_error(), error.contains(&notify.ty), "{place}");
    });
}
