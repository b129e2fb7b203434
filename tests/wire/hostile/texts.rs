//! What each error says is what happened: every text is provoked, none is only formatted.

use super::{message, payload, proposal, transform};
use ikev2::proposal::notation::strongswan;
use ikev2::proposal::profiles;
use ikev2::proposal::{Dialect, NegotiationContext, Policy, Question, RefusalCause, RefusalResponse, negotiate};
use ikev2::registry::{
    ConfigurationAttributeType, ConfigurationType, GatewayIdType, IdType, KeMethod, NotifyType, PayloadType, SecurityProtocol,
};
use ikev2::wire::{Chain, ChainBuilder, ConfigurationValue, Delete, EncryptedDns, Gateway, Id, KeyExchange, Message, NotifyData, Payload};
use std::net::IpAddr;

fn refused(build: impl for<'x, 'b> FnOnce(&'x mut ChainBuilder<'b>) -> &'x mut ChainBuilder<'b>) -> String {
    let mut buf = [0; 1000];
    let mut builder = ChainBuilder::new(&mut buf);
    build(&mut builder);
    builder.finish().unwrap_err().to_string()
}

#[test]
fn a_builder_says_why_it_refuses() {
    let ip = |text: &str| text.parse::<IpAddr>().unwrap();
    assert_eq!(refused(|b| b.sa(|_| {})), "SA payload: the list is empty; at least one element is required");
    for list in [refused(|b| b.ts_i(|_| {})), refused(|b| b.ts_r(|_| {}))] {
        assert_eq!(list, "traffic selector: the list is empty; at least one element is required");
    }
    let spis = "D payload: a Delete of the IKE SA has no SPIs";
    assert_eq!(refused(|b| b.delete(SecurityProtocol::IKE, [&[1; 4]])), spis);
    assert_eq!(refused(|b| b.push(Payload::Delete(Delete::child_sas(SecurityProtocol::IKE, &[1; 4])))), spis);
    assert_eq!(
        refused(|b| b.push(Payload::Delete(Delete::child_sas(SecurityProtocol::ESP, &[1; 7])))),
        "D payload: 7 octets are not a whole number of elements of 4 octets"
    );
    let resolver = EncryptedDns { priority: 1, addresses: &[1; 5], address_len: 4, name: b"", parameters: b"" };
    assert_eq!(
        refused(|b| {
            b.configuration(ConfigurationType::CFG_REPLY, |cp| {
                cp.value(ConfigurationAttributeType::ENCDNS_IP4, &ConfigurationValue::EncryptedDns(resolver));
            })
        }),
        "configuration attribute: 5 octets are not a whole number of elements of 4 octets"
    );
    assert_eq!(
        refused(|b| {
            b.configuration(ConfigurationType::CFG_REPLY, |cp| {
                cp.value(ConfigurationAttributeType::INTERNAL_IP4_DNS, &ConfigurationValue::Seconds(7));
            })
        }),
        "value of configuration attribute INTERNAL_IP4_DNS (3): not in the shape of this type"
    );
    assert_eq!(
        refused(|b| b.notify(NotifyData::NoNatsAllowed((ip("192.0.2.1"), 500), (ip("2001:db8::1"), 500)))),
        "data of notify NO_NATS_ALLOWED (16402): an IPv4 address next to an IPv6 address"
    );
    assert_eq!(refused(|b| b.notify(NotifyData::Cookie(&[7; 65]))), "data of notify COOKIE (16390): size 65 outside 1..=64");
    assert_eq!(refused(|b| b.notify(NotifyData::Cookie2(&[7; 7]))), "data of notify COOKIE2 (16401): size 7 outside 8..=64");
    let ke = "data of notify INVALID_KE_PAYLOAD (17): not in the shape of this type";
    assert_eq!(refused(|b| b.notify(NotifyData::Empty(NotifyType::INVALID_KE_PAYLOAD))), ke);
    assert_eq!(refused(|b| b.notify(NotifyData::Unknown(NotifyType::INVALID_KE_PAYLOAD, &[0, 14]))), ke);
    assert_eq!(
        refused(|b| b.notify(NotifyData::Unknown(NotifyType::INITIAL_CONTACT, &[]))),
        "data of notify INITIAL_CONTACT (16384): not in the shape of this type"
    );
    let gateway = Gateway::Unknown(GatewayIdType::IPV4, &[192, 0, 2, 1]);
    assert_eq!(refused(|b| b.notify(NotifyData::Redirect(gateway, &[]))), "data of notify REDIRECT (16407): not in the shape of this type");
}

#[test]
fn a_profile_says_why_it_makes_no_offer() {
    let ike = profiles::ALL.iter().find(|profile| profile.offer(NegotiationContext::IkeSaInit, &[]).is_ok()).unwrap();
    assert_eq!(
        ike.offer(NegotiationContext::IkeSaInit, &[1; 8]).unwrap_err().to_string(),
        "proposal: an SPI of 8 octets where 0 are required"
    );
}

/// The text after "octet n of the ..", of the chain or of its first body.
fn cause(ty: PayloadType, body: &[u8]) -> String {
    let octets = payload(0, body);
    let chain = Chain::parse(ty, &octets);
    let error = chain.map_or_else(|error| error, |chain| chain.payloads().next().unwrap().parse().unwrap_err());
    error.to_string().split(": ").skip(1).collect::<Vec<_>>().join(": ")
}

#[test]
fn a_reader_says_why_it_refuses() {
    assert_eq!(Message::parse(&[0; 27]).unwrap_err().kind.to_string(), "truncated: 28 octets required, 27 available");
    assert_eq!(Message::parse(&message(43, &[0, 0, 0])).unwrap_err().kind.to_string(), "truncated: 4 octets required, 3 available");
    assert_eq!(cause(PayloadType::SA, &[]), "the list is empty; at least one element is required");
    assert_eq!(cause(PayloadType::TSR, &[0; 4]), "the list is empty; at least one element is required");
    let two = [proposal(0, 1, 1, &transform(0, 1, 20, &[])), proposal(0, 2, 1, &transform(0, 1, 20, &[]))].concat();
    assert_eq!(cause(PayloadType::SA, &two), "Last Substruc is 0, expected 2");
    let many: Vec<u8> = (0..256u16)
        .flat_map(|n| proposal(if n == 255 { 0 } else { 2 }, u8::try_from((n + 1) % 256).unwrap(), 1, &transform(0, 1, 20, &[])))
        .collect();
    assert_eq!(cause(PayloadType::SA, &many), "more than 255 elements");
    // One SPI and three octets more; an SPI of no octets and one octet more; two announced and one there.
    assert_eq!(cause(PayloadType::D, &[3, 4, 0, 1, 1, 1, 1, 1, 2, 2, 2]), "3 trailing octets");
    assert_eq!(cause(PayloadType::D, &[9, 0, 0, 0, 1]), "1 trailing octets");
    assert_eq!(cause(PayloadType::D, &[3, 4, 0, 2, 1, 1, 1, 1]), "count field says 2, there are 1");
    let empty = KeyExchange { method: KeMethod(9999), data: &[] };
    assert_eq!(empty.check_len(false).unwrap_err().to_string(), "there is no data; at least one octet is required");
    // Of IDi or IDr: the identity does not know.
    let id = Id { ty: IdType::ID_IPV4_ADDR, data: &[1, 2, 3] };
    assert_eq!(id.address().unwrap_err().to_string(), "identification at octet 4 of the input: size 3 where 4 is right");
}

#[test]
fn a_dialect_says_that_a_proposal_ends_within_its_spi() {
    let mut offer = proposal(0, 1, 0, &[]);
    offer[6] = 8;
    for dialect in Dialect::ALL {
        let policy = Policy::new(dialect, strongswan::parse_ike("aes128-sha256-ecp256").unwrap()).unwrap();
        let refusal = negotiate(&offer, Question::new(NegotiationContext::RekeyIkeSa, Some(KeMethod::ECP_256)), &policy).unwrap_err();
        let (RefusalResponse::InvalidSyntax(RefusalCause::Sa(fault)) | RefusalResponse::Dropped(RefusalCause::Sa(fault))) =
            refusal.response()
        else {
            panic!("{dialect:?}: {refusal}")
        };
        assert_eq!(fault.to_string(), "proposal at octet 0 of the input: length field says 8, the least possible is 16", "{dialect:?}");
    }
}
