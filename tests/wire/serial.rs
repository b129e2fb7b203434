//! What serde writes and reads: every row of every table, headers, errors.

use crate::kit::recorded::{all_recorded, figure};
use ikev2::error::ParseError;
use ikev2::registry::{
    AuthMethod, CertEncoding, ConfigurationAttributeType, ConfigurationType, Encr, ExchangeType, HashAlgorithm, IdType, Integ, KeMethod,
    NotifyType, PayloadType, Prf, SecurityProtocol, SequenceNumbers, TransformAttributeType, TransformType, TsType,
};
use ikev2::transform::Transform;
use ikev2::wire::{Header, IkeSpis, Message};
use serde::de::value::{Error, U16Deserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};
use serde_json::{Value, from_value, json, to_value};
use std::fmt::Debug;

fn again<T: serde::Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) -> Value {
    let written = to_value(value).unwrap();
    assert_eq!(from_value::<T>(written.clone()).as_ref().ok(), Some(value), "{written}");
    written
}

/// Every row is its identifier, every other value a number; both are read back, and so is a number where there is an identifier.
fn table<T>(largest: u16, new: fn(u16) -> T, ident: fn(T) -> Option<&'static str>)
where
    T: serde::Serialize + DeserializeOwned + PartialEq + Debug + Copy,
{
    let mut named = 0;
    for number in 0..=largest {
        let written = again(&new(number));
        match ident(new(number)) {
            Some(ident) => {
                assert_eq!(written, json!(ident));
                assert_eq!(from_value::<T>(json!(number)).unwrap(), new(number));
                named += 1;
            }
            None => assert_eq!(written, json!(number)),
        }
        let plain: U16Deserializer<Error> = number.into_deserializer();
        assert_eq!(T::deserialize(plain), Ok(new(number)));
    }
    assert!(named > 0);
    for wrong in [json!(u64::from(largest) + 1), json!("no such name"), json!(-1), json!(null)] {
        assert!(from_value::<T>(wrong.clone()).is_err(), "{wrong}");
    }
}

macro_rules! tables {
    ($largest:expr; $($ty:ident),+) => {
        $(table($largest, |number| $ty(number.try_into().unwrap()), $ty::ident);)+
    };
}

#[test]
fn code_points_are_their_identifiers() {
    tables!(255; ExchangeType, PayloadType, SecurityProtocol, IdType, CertEncoding, AuthMethod, TsType, TransformType, ConfigurationType);
    tables!(u16::MAX; HashAlgorithm, TransformAttributeType, Encr, Prf, Integ, KeMethod, SequenceNumbers, NotifyType, ConfigurationAttributeType);
}

#[test]
fn headers_are_read_back() {
    let mut count = 0;
    for recorded in all_recorded() {
        let header = *Message::parse(&recorded.message).unwrap().header();
        let written = again(&header);
        assert_eq!(written["message_id"], json!(header.message_id));
        assert_eq!(written["exchange"], json!(header.exchange.ident()));
        count += 1;
    }
    assert!(count > figure(100, 80), "{count}");
    let spis = IkeSpis { initiator: u64::MAX, responder: 0x0123_4567_89ab_cdef };
    assert_eq!(again(&spis), json!("ffffffffffffffff:0123456789abcdef"));
    for wrong in
        ["", ":", "1:2", "ffffffffffffffff:0123456789abcde", "+fffffffffffffff:0123456789abcdef", "ffffffffffffffff0123456789abcdef"]
    {
        assert!(wrong.parse::<IkeSpis>().is_err() && from_value::<IkeSpis>(json!(wrong)).is_err(), "{wrong}");
    }
    assert!(from_value::<Header>(json!({ "spis": "0:0" })).is_err());
}

#[test]
fn an_error_says_where_and_why() {
    let of = |octets: &[u8]| to_value(Message::parse(octets).map(drop)).unwrap();
    let error = |kind: Value| json!({ "Err": { "element": "header", "offset": 0, "origin": "datagram", "kind": kind } });
    assert_eq!(of(&[0; 27]), error(json!({ "truncated": { "needed": 28, "available": 27 } })));
    let error: ParseError = ikev2::wire::Sa::parse(&[]).unwrap_err();
    assert_eq!(to_value(error).unwrap(), json!({ "element": "proposal", "offset": 0, "origin": "input", "kind": "empty_list" }));
}

#[test]
fn a_transform_is_read_back() {
    let gcm = Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256);
    assert_eq!(again(&gcm), json!({ "ty": "encr", "id": 20, "key_bits": 256 }));
    again(&Transform::ke(KeMethod::CURVE25519));
}
