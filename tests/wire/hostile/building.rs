//! Classes 36 and 40: what is written.

use super::payload;
use ikev2::error::BuildError;
use ikev2::registry::{
    CertEncoding, ConfigurationAttributeType, ConfigurationType, Encr, ExchangeType, IdType, KeMethod, NotifyType, PayloadType,
    SecurityProtocol, TransformAttributeType, TransformType, TsType,
};
use ikev2::wire::{
    Cert, Chain, ChainBuilder, ConfigurationValue, Delete, Eap, EapCode, EncryptedDns, Gateway, Header, Id, IkeSpis, KeyExchange, Message,
    MessageBuilder, Nonce, Notify, NotifyData, Payload, RawPayload, Sk, Skf, TrafficSelector, TransformAttributeValue, VendorId,
};
use std::net::Ipv6Addr;

const HEADER: Header = Header {
    spis: IkeSpis { initiator: 1, responder: 2 },
    exchange: ExchangeType::IKE_AUTH,
    initiator: true,
    response: false,
    message_id: 3,
};

/// What a chain gives when it is written into `room` octets.
fn chain(room: usize, build: impl Fn(&mut ChainBuilder<'_>)) -> Result<Vec<u8>, BuildError> {
    let mut buf = vec![0xa5; room];
    let mut builder = ChainBuilder::new(&mut buf);
    build(&mut builder);
    builder.finish().map(|(_, octets)| octets.to_vec())
}

/// A notify received with any protocol and SPI is written as it was given, and nothing asserts a protocol ID to be known.
#[test]
fn hostile_36_what_was_received_may_be_sent() {
    for protocol in 0..=255u8 {
        for spi_size in [0usize, 1, 4, 8, 254, 255] {
            let received = payload(0, &[&[protocol, u8::try_from(spi_size).unwrap(), 0, 11], &vec![7; spi_size][..], b"data"].concat());
            let first = PayloadType::N;
            let Payload::Notify(notify) = Chain::parse(first, &received).unwrap().payloads().next().unwrap().parse().unwrap() else {
                panic!()
            };
            let echo = Notify { ty: NotifyType::INVALID_SPI, ..notify };
            assert_eq!(
                chain(600, |builder| {
                    builder.push(Payload::Notify(echo));
                }),
                Ok(received)
            );
        }
    }
    // A method that is wanted, whatever its number.
    for method in [0, 1023, 1025, 65535] {
        let data = NotifyData::InvalidKePayload(KeMethod(method));
        let octets = chain(10, |builder| {
            builder.notify(data);
        })
        .unwrap();
        assert_eq!(octets, payload(0, &[&[0, 0, 0, 17], &method.to_be_bytes()[..]].concat()));
    }
}

fn overflow(outcome: Result<Vec<u8>, BuildError>) -> (usize, usize) {
    match outcome {
        Err(BuildError::Overflow { value, maximum, .. }) => (value, maximum),
        other => panic!("{:?}", other.map(|octets| octets.len())),
    }
}

#[test]
fn hostile_40_a_payload_ends_at_65535_octets() {
    let data = vec![1u8; 70_000];
    // Octets of the fixed part of a body, and a payload of so many octets of data.
    type Make = fn(&[u8]) -> Payload<'_>;
    let table: &[(usize, Make)] = &[
        (0, |data| Payload::VendorId(VendorId { data })),
        (0, |data| Payload::Nonce(Nonce { data })),
        (1, |data| Payload::Cert(Cert { encoding: CertEncoding::X509_SIGNATURE, data })),
        (4, |data| Payload::KeyExchange(KeyExchange { method: KeMethod::MODP_2048, data })),
        (4, |data| Payload::IdI(Id { ty: IdType::ID_KEY_ID, data })),
        (4, |data| Payload::Notify(Notify::new(NotifyType::COOKIE, data))),
        (4, |octets| Payload::Eap(Eap { code: EapCode::REQUEST, identifier: 1, data: octets })),
        (0, |data| Payload::Unknown(RawPayload::new(PayloadType(200), true, data))),
    ];
    for (fixed, make) in table {
        let most = 65531 - fixed;
        for size in [most - 1, most] {
            let octets = chain(65535, |builder| {
                builder.push(make(&data[..size]));
            })
            .unwrap();
            assert_eq!(octets.len(), size + fixed + 4);
            assert_eq!(octets[2..4], u16::try_from(octets.len()).unwrap().to_be_bytes());
        }
        for size in [most + 1, 65535, 65536, 65536 + 8] {
            // Whether or not there is room: never a wrapped length, never a size that would not help.
            for room in [0, 1000, 80_000] {
                let (value, maximum) = overflow(chain(room, |builder| {
                    builder.push(make(&data[..size]));
                }));
                assert!(value > maximum, "{value} {maximum}");
            }
        }
    }
    let closed = |sealed: &[u8], fragment: bool| {
        let mut buf = vec![0; 70_000];
        let first = PayloadType::IDI;
        let payload = match fragment {
            true => Payload::Skf(Skf { first_payload: first, number: 1, total: 2, sealed }),
            false => Payload::Sk(Sk { first_payload: first, sealed }),
        };
        MessageBuilder::new(&mut buf, &HEADER).push(payload).finish().map(|octets| octets.to_vec())
    };
    for (fragment, most) in [(false, 65531), (true, 65527)] {
        let octets = closed(&data[..most], fragment).unwrap();
        assert_eq!(Message::parse(&octets).unwrap().payloads().next().unwrap().len(), 65535);
        assert_eq!(overflow(closed(&data[..most + 1], fragment)), (65536, 65535));
    }
}

#[test]
fn hostile_40_a_message_may_be_longer_than_a_payload() {
    let data = vec![1u8; 65531];
    let mut buf = vec![0; 200_000];
    let mut builder = MessageBuilder::new(&mut buf, &HEADER);
    for _ in 0..3 {
        builder.push(Payload::VendorId(VendorId { data: &data }));
    }
    let octets = builder.finish().unwrap();
    assert_eq!(octets.len(), 28 + 3 * 65535);
    assert_eq!(Message::parse(octets).unwrap().payloads().count(), 3);
}

#[test]
fn hostile_40_no_inner_field_wraps() {
    let data = vec![1u8; 70_000];
    let room = 400_000;
    // SPIs, transforms and attributes of an SA.
    let sa = |spi: usize, transforms: usize, attribute: usize| {
        chain(room, |builder| {
            builder.sa(|sa| {
                sa.proposal(1, SecurityProtocol(9), &data[..spi], |p| {
                    for _ in 0..transforms {
                        p.transform_with(TransformType::ENCR, Encr::ENCR_NULL, |t| {
                            t.attribute(TransformAttributeType(1), TransformAttributeValue::Tlv(&data[..attribute]));
                        });
                    }
                });
            });
        })
    };
    assert!(sa(255, 255, 0).is_ok());
    assert_eq!(overflow(sa(256, 1, 0)), (256, 255));
    assert_eq!(overflow(sa(65536 + 4, 1, 0)).0, 65540);
    assert_eq!(overflow(sa(0, 256, 0)), (256, 255));
    assert_eq!(overflow(sa(0, 512, 0)), (512, 255));
    assert!(sa(0, 1, 65511).is_ok());
    assert!(matches!(sa(0, 1, 65512), Err(BuildError::Overflow { .. })));
    assert_eq!(overflow(sa(0, 1, 65536)), (65536, 65535));
    assert!(matches!(sa(0, 255, 300), Err(BuildError::Overflow { .. })));
    // An attribute type has 15 bits.
    let attribute = |ty| {
        chain(room, |builder| {
            builder.sa(|sa| {
                sa.proposal(1, SecurityProtocol::IKE, &[], |p| {
                    p.transform_with(TransformType::ENCR, Encr::ENCR_NULL, |t| {
                        t.attribute(TransformAttributeType(ty), TransformAttributeValue::Tv(1));
                    });
                });
            });
        })
    };
    assert!(attribute(0x7fff).is_ok());
    assert_eq!(overflow(attribute(0x8000)), (0x8000, 0x7fff));

    // Selectors.
    let selectors = |count: usize, label: usize| {
        chain(room, |builder| {
            builder.ts_r(|ts| {
                for _ in 0..count {
                    ts.selector(TrafficSelector::SecurityLabel(&data[..label]));
                }
            });
        })
    };
    assert!(selectors(255, 1).is_ok());
    assert_eq!(overflow(selectors(256, 1)), (256, 255));
    assert!(selectors(1, 65523).is_ok());
    assert!(matches!(selectors(1, 65524), Err(BuildError::Overflow { .. })));
    assert_eq!(overflow(selectors(1, 65532)), (65536, 65535));
    let fc = |id| {
        chain(room, |builder| {
            builder.ts_i(|ts| {
                ts.selector(TrafficSelector::FibreChannel { fc_ids: (id, id), r_ctls: (0, 0), types: (0, 0) });
            });
        })
    };
    assert!(fc(0xff_ffff).is_ok());
    assert_eq!(overflow(fc(0x100_0000)), (0x100_0000, 0xff_ffff));

    // Configuration attributes.
    let cp = |ty: u16, size: usize| {
        chain(room, |builder| {
            builder.configuration(ConfigurationType::CFG_SET, |cp| {
                cp.attribute(ConfigurationAttributeType(ty), &data[..size]);
            });
        })
    };
    assert!(cp(0x7fff, 65523).is_ok());
    assert!(matches!(cp(1, 65524), Err(BuildError::Overflow { .. })));
    assert_eq!(overflow(cp(1, 65536)), (65536, 65535));
    assert_eq!(overflow(cp(0x8000, 0)), (0x8000, 0x7fff));
    let dns = |addresses: usize, name: usize| {
        let value = ConfigurationValue::EncryptedDns(EncryptedDns {
            priority: 1,
            addresses: &data[..addresses],
            address_len: 16,
            name: &data[..name],
            parameters: b"",
        });
        chain(room, |builder| {
            builder.configuration(ConfigurationType::CFG_REPLY, |cp| {
                cp.value(ConfigurationAttributeType::ENCDNS_IP6, &value);
            });
        })
    };
    assert!(dns(255 * 16, 255).is_ok());
    assert_eq!(overflow(dns(256 * 16, 0)), (256, 255));
    assert_eq!(overflow(dns(16, 256)), (256, 255));

    // Notify and Delete.
    let spi = |size: usize| {
        let notify = Notify { protocol: SecurityProtocol::ESP, spi: &data[..size], ty: NotifyType::REKEY_SA, data: b"" };
        chain(room, |builder| {
            builder.push(Payload::Notify(notify));
        })
    };
    assert!(spi(255).is_ok());
    assert_eq!(overflow(spi(256)), (256, 255));
    let name = |size: usize| {
        let data = NotifyData::Redirect(Gateway::Fqdn(&data[..size]), b"");
        chain(room, |builder| {
            builder.notify(data);
        })
    };
    assert!(name(255).is_ok());
    assert_eq!(overflow(name(256)), (256, 255));
    let delete = |count: usize| {
        chain(room, |builder| {
            builder.delete(SecurityProtocol::ESP, (0..count).map(|_| &[1, 2, 3, 4]));
        })
    };
    assert!(delete(16381).is_ok());
    assert!(matches!(delete(16382), Err(BuildError::Overflow { .. })));
    assert!(matches!(delete(65536), Err(BuildError::Overflow { .. })));
    let spis = Delete::child_sas(SecurityProtocol::ESP, &data[..65536]);
    assert!(matches!(
        chain(room, |builder| {
            builder.push(Payload::Delete(spis));
        }),
        Err(BuildError::Overflow { .. })
    ));
}

/// Every smaller size names the size that is needed, and that size is enough; for whatever is written.
#[test]
fn hostile_40_too_small_a_buffer_names_the_exact_size() {
    let everything = |builder: &mut ChainBuilder<'_>| {
        builder
            .sa(|sa| {
                sa.proposal(1, SecurityProtocol::IKE, &[1; 8], |p| {
                    p.transform_key_length(TransformType::ENCR, Encr::ENCR_AES_CBC, 128).transform(TransformType::KE, KeMethod::CURVE25519);
                });
                sa.proposal(2, SecurityProtocol::ESP, &[1; 4], |p| {
                    p.transform_with(TransformType::ENCR, Encr::ENCR_NULL, |t| {
                        t.attribute(TransformAttributeType(300), TransformAttributeValue::Tlv(b"odd"));
                    });
                });
            })
            .ts_i(|ts| {
                ts.selector(TrafficSelector::Ipv6 { protocol: 6, ports: (0, 1), addresses: (Ipv6Addr::UNSPECIFIED, Ipv6Addr::LOCALHOST) });
                ts.selector(TrafficSelector::Unknown { ty: TsType(99), protocol: 1, octets: b"?" });
            })
            .configuration(ConfigurationType::CFG_REPLY, |cp| {
                cp.attribute(ConfigurationAttributeType::APPLICATION_VERSION, b"1")
                    .value(ConfigurationAttributeType(99), &ConfigurationValue::Empty);
            })
            .notify(NotifyData::SetWindowSize(7))
            .delete(SecurityProtocol::ESP, [&[1; 4], &[2; 4]])
            .push(Payload::Eap(Eap { code: EapCode::SUCCESS, identifier: 1, data: b"" }))
            .push(Payload::Unknown(RawPayload::new(PayloadType(200), true, b"x")));
    };
    let whole = chain(1000, everything).unwrap();
    for room in 0..whole.len() {
        assert_eq!(chain(room, everything), Err(BuildError::BufferTooSmall { needed: whole.len() }));
    }
    assert_eq!(chain(whole.len(), everything), Ok(whole));

    // Every distinct shape of captured message, at every size.
    let mut shapes = std::collections::HashSet::new();
    for recorded in crate::kit::recorded::all_recorded() {
        let message = Message::parse(&recorded.message).unwrap();
        let shape: Vec<_> = message.payloads().map(|raw| raw.ty.0).collect();
        if recorded.message.len() > 700 || !shapes.insert(shape) {
            continue;
        }
        for room in 0..=recorded.message.len() {
            let mut buf = vec![0; room];
            let mut builder = MessageBuilder::new(&mut buf, message.header());
            message.payloads().for_each(|raw| {
                builder.push(raw.parse().unwrap());
            });
            match builder.finish() {
                Ok(octets) => assert_eq!(octets, recorded.message),
                Err(error) => {
                    assert!(room < recorded.message.len());
                    assert_eq!(error, BuildError::BufferTooSmall { needed: recorded.message.len() });
                }
            }
        }
    }
    assert!(shapes.len() > 5, "{}", shapes.len());
}

#[test]
fn hostile_20_sk_and_skf_are_written_last_and_never_inside() {
    let sk = Payload::Sk(Sk { first_payload: PayloadType::IDI, sealed: b"sealed" });
    let skf = Payload::Skf(Skf { first_payload: PayloadType::IDI, number: 1, total: 2, sealed: b"sealed" });
    for encrypted in [sk, skf] {
        assert_eq!(
            chain(100, |builder| {
                builder.push(encrypted);
            }),
            Err(BuildError::EncryptedNotLast)
        );
        for after in [sk, skf, Payload::VendorId(VendorId { data: b"v" })] {
            let mut buf = [0; 100];
            assert_eq!(MessageBuilder::new(&mut buf, &HEADER).push(encrypted).push(after).finish(), Err(BuildError::EncryptedNotLast));
        }
    }
}
