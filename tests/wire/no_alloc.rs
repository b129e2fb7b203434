//! Reading, strict or lenient, and writing allocate nothing: every message of every capture, every payload, every iterator.

use allocation_counter::measure;
use ikev2::fingerprint::Fingerprint;
use ikev2::registry::{ConfigurationAttributeType, ConfigurationType, Encr, PayloadType, SecurityProtocol, TransformType};
use ikev2::wire::{Chain, ChainBuilder, Message, MessageBuilder, NotifyData, Payload, Payloads, TrafficSelector, audit, audit_content};
use std::fmt::Write;
use std::hint::black_box;

/// Octets a closure allocates.
fn allocated(run: impl FnOnce()) -> u64 {
    measure(run).bytes_total
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocated(|| drop(black_box(vec![1u8; 1000]))), 1000);
}

/// Reads every field there is, through every iterator; the sum keeps it from being optimised away.
fn walk(payloads: Payloads<'_>) -> usize {
    let mut sum = 0;
    for raw in payloads {
        sum += black_box(raw.parse_lenient()).1.is_some() as usize;
        match raw.parse() {
            Ok(Payload::Sa(sa)) => {
                for proposal in sa.proposals() {
                    sum += proposal.transforms().map(|t| t.key_length().map_or(0, usize::from) + t.attributes().count()).sum::<usize>();
                }
            }
            Ok(Payload::Notify(notify)) => {
                sum += notify.typed_data().is_ok() as usize + notify.signature_hashes().map_or(0, Iterator::count);
            }
            Ok(Payload::TsI(ts) | Payload::TsR(ts)) => sum += ts.selectors().count(),
            Ok(Payload::Delete(delete)) => sum += delete.spis().map(<[u8]>::len).sum::<usize>(),
            Ok(Payload::Configuration(cp)) => sum += cp.attributes().filter(|attribute| attribute.typed_value().is_ok()).count(),
            Ok(Payload::CertReq(request)) => sum += request.hashes().map_or(0, Iterator::count),
            Ok(Payload::Cert(cert)) => sum += cert.hash_and_url().is_some() as usize,
            Ok(Payload::Auth(auth)) => sum += auth.digital_signature().is_some() as usize,
            Ok(Payload::Eap(eap)) => sum += eap.ty().is_some() as usize + eap.expanded().is_some() as usize,
            Ok(Payload::VendorId(vendor)) => sum += vendor.name().is_some() as usize,
            Ok(Payload::IdI(id) | Payload::IdR(id)) => sum += id.address().is_ok() as usize + id.text().map_or(0, str::len),
            Ok(Payload::KeyExchange(ke)) => sum += ke.check_len(false).is_ok() as usize,
            Ok(_) => {}
            // What lengths frame of a list is shown all the same.
            Err(_) if raw.ty == PayloadType::SA => {
                let (Payload::Sa(sa), _) = raw.parse_lenient() else { continue };
                sum += sa.proposals().flat_map(|proposal| proposal.transforms()).filter_map(|transform| transform.key_length()).count();
            }
            Err(error) => sum += error.offset + error.notify().is_some() as usize,
        }
    }
    sum
}

fn read_message(octets: &[u8]) {
    match Message::parse(octets) {
        Ok(message) => {
            black_box(walk(message.payloads()));
            audit(message, |remark| {
                black_box(remark.offset);
            });
        }
        Err(error) => drop(black_box(error.notify())),
    }
    if let Ok(lenient) = Message::parse_lenient(octets) {
        black_box(walk(lenient.payloads()));
        lenient.faults(|fault| {
            black_box((fault.offset, fault.kind.code()));
        });
        if let Some(print) = Fingerprint::of(lenient) {
            black_box((print.hash(), print.recognise()));
            write!(Nowhere, "{print} {}", print.hash()).unwrap();
        }
    }
}

/// Takes any text and keeps none.
struct Nowhere;

impl Write for Nowhere {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        black_box(text);
        Ok(())
    }
}

fn read_content(first: PayloadType, octets: &[u8]) {
    if let Ok(chain) = Chain::parse(first, octets) {
        black_box(walk(chain.payloads()));
        audit_content(chain, true, |remark| {
            black_box(remark.offset);
        });
    }
    let lenient = Chain::parse_lenient(first, octets);
    black_box(walk(lenient.payloads()));
    lenient.faults(|fault| {
        black_box((fault.offset, fault.kind.code()));
    });
}

#[test]
fn reading_allocates_nothing() {
    for recorded in crate::kit::recorded::all_recorded() {
        let octets = &recorded.message;
        assert_eq!(allocated(|| read_message(octets)), 0, "{}", recorded.place());
        // The same cut short at every octet, and with every octet all ones: what a length or a count may announce.
        let mut changed = octets.clone();
        let broken = allocated(|| {
            for end in 0..octets.len() {
                read_message(&octets[..end]);
                changed[end] = 0xff;
                read_message(&changed);
                changed[end] = octets[end];
            }
        });
        assert_eq!(broken, 0, "{}", recorded.place());
        if let Some(content) = recorded.content() {
            let first = PayloadType(content.first);
            let mut changed = content.octets.clone();
            let broken = allocated(|| {
                read_content(first, &content.octets);
                for at in 0..content.octets.len() {
                    changed[at] = 0xff;
                    read_content(first, &changed);
                    changed[at] = content.octets[at];
                }
            });
            assert_eq!(broken, 0, "{}", recorded.place());
        }
    }
}

#[test]
fn writing_back_allocates_nothing() {
    for recorded in crate::kit::recorded::all_recorded() {
        let message = Message::parse(&recorded.message).unwrap();
        let mut buf = vec![0; recorded.message.len()];
        let writing = allocated(|| {
            let mut builder = MessageBuilder::new(&mut buf, message.header());
            for raw in message.payloads() {
                builder.push(raw.parse().unwrap());
            }
            builder.finish().unwrap();
        });
        assert_eq!((writing, &buf), (0, &recorded.message), "{}", recorded.place());
        if let Some(content) = recorded.content() {
            let chain = Chain::parse(PayloadType(content.first), &content.octets).unwrap();
            let mut buf = vec![0; content.octets.len()];
            let writing = allocated(|| {
                let mut builder = ChainBuilder::new(&mut buf);
                for raw in chain.payloads() {
                    builder.push(raw.parse().unwrap());
                }
                builder.finish().unwrap();
            });
            assert_eq!((writing, &buf), (0, &content.octets), "{}", recorded.place());
        }
    }
}

#[test]
fn writing_through_closures_and_failing_allocate_nothing() {
    let build = |buf: &mut [u8]| {
        let mut builder = ChainBuilder::new(buf);
        builder
            .sa(|sa| {
                sa.proposal(1, SecurityProtocol::ESP, &[1; 4], |p| {
                    p.transform_key_length(TransformType::ENCR, Encr::ENCR_AES_CBC, 256);
                });
            })
            .ts_i(|ts| {
                ts.selector(TrafficSelector::SecurityLabel(b"label"));
            })
            .configuration(ConfigurationType::CFG_REQUEST, |cp| {
                cp.attribute(ConfigurationAttributeType::INTERNAL_IP4_ADDRESS, &[]);
            })
            .notify(NotifyData::SetWindowSize(4))
            .delete(SecurityProtocol::ESP, [&[7; 4]]);
        builder.finish().map(|(_, octets)| octets.len())
    };
    let mut buf = [0; 128];
    let mut outcome = None;
    assert_eq!(allocated(|| outcome = Some(build(&mut buf))), 0);
    let size = outcome.unwrap().unwrap();
    for small in 0..size {
        assert_eq!(allocated(|| outcome = Some(build(&mut buf[..small]))), 0);
        assert!(outcome.unwrap().is_err());
    }
}
