//! That both sides of the loop keep the same, before they are compared in speed.

use super::{Event, Events, Record, corpus, ikev2, ipsec_parser};
use ::ikev2::registry::{Encr, Integ, KeMethod, PayloadType, Prf};
use ::ikev2::transform::TypedTransform;
use ::ipsec_parser::{
    IkePayloadType, IkeTransformAuthType, IkeTransformDHType, IkeTransformEncType, IkeTransformPRFType, IkeV2Transform, NotifyType,
};

/// Type and id.
type Plain = (u8, u16);

fn of_ours(transform: TypedTransform) -> Plain {
    let transform = transform.transform().unwrap();
    (transform.ty.0, transform.id.0)
}

fn of_theirs(transform: IkeV2Transform) -> Plain {
    match transform {
        IkeV2Transform::Encryption(id) => (1, id.0),
        IkeV2Transform::PRF(id) => (2, id.0),
        IkeV2Transform::Auth(id) => (3, id.0),
        IkeV2Transform::DH(id) => (4, id.0),
        IkeV2Transform::ESN(id) => (5, id.0),
        IkeV2Transform::Unknown(ty, id) => (ty.0, id),
    }
}

fn plain<T>(record: Record<T>, of: fn(T) -> Plain) -> Record<Plain> {
    Record {
        offered: record.offered.into_iter().map(|proposal| proposal.into_iter().map(of).collect()).collect(),
        chosen: record.chosen.into_iter().map(of).collect(),
        header: record.header,
        payload_types: record.payload_types,
        notify_types: record.notify_types,
        errors: record.errors,
        key_exchange: record.key_exchange,
        nonce: record.nonce,
        events: record.events,
        faults: record.faults,
    }
}

/// The transforms for which one of the two raises an event and the other does not.
fn is_judged_differently(event: Event, (ty, id): Plain) -> bool {
    match event {
        // RFC 8247 has a SHOULD NOT for them; Suricata's list does not have them.
        Event::WeakCryptoDh => ty == 4 && [KeMethod::MODP_2048_224.0, KeMethod::MODP_2048_256.0].contains(&id),
        // Suricata's list has it; RFC 8247 does not.
        Event::WeakCryptoAuth => (ty, id) == (3, Integ::AUTH_AES_XCBC_96.0),
        // ipsec-parser knows no additional key exchange (RFC 9370): all of them are unknown.
        Event::UnknownProposal => (6..=12).contains(&ty),
        _ => false,
    }
}

const EVENTS: [Event; 9] = [
    Event::NoEncryption,
    Event::WeakCryptoEnc,
    Event::WeakCryptoPrf,
    Event::WeakCryptoAuth,
    Event::WeakCryptoDh,
    Event::WeakCryptoNoDh,
    Event::WeakCryptoNoAuth,
    Event::InvalidProposal,
    Event::UnknownProposal,
];

fn has(events: Events, event: Event) -> bool {
    events.0 & 1 << event as u16 != 0
}

/// What the captures hold, so that none of them drops out unseen.
#[derive(Debug, Default, PartialEq)]
struct Count {
    files: usize,
    messages: usize,
    transforms: usize,
    notifies: usize,
    /// Of which only `ikev2` shows a payload.
    hidden: usize,
    /// Events of `ikev2`, and how often ipsec-parser has the other answer.
    events: [usize; EVENTS.len()],
    differ: [usize; EVENTS.len()],
}

#[test]
fn both_keep_the_same_of_every_message_of_the_captures() {
    let (files, messages) = corpus::messages();
    let mut count = Count { files, messages: messages.len(), ..Count::default() };
    for octets in &messages {
        let mut ours = plain(ikev2::record(octets).unwrap(), of_ours);
        let mut theirs = plain(ipsec_parser::record(octets).unwrap(), of_theirs);
        assert_eq!(has(ours.events, Event::MalformedData), !ours.faults.is_empty(), "{octets:02x?}");
        if theirs.payload_types.is_empty() {
            // ipsec-parser gives all payloads of a message or none.
            assert!(ours.payload_types.len() > 1 && !ours.faults.is_empty(), "{octets:02x?}");
            assert_eq!(theirs.header, ours.header);
            count.hidden += 1;
            continue;
        }
        let transforms: Vec<Plain> = ours.offered.iter().flatten().chain(&ours.chosen).copied().collect();
        count.transforms += transforms.len();
        count.notifies += ours.notify_types.len();
        for (index, event) in EVENTS.into_iter().enumerate() {
            count.events[index] += usize::from(has(ours.events, event));
            if has(ours.events, event) != has(theirs.events, event) {
                assert!(transforms.iter().any(|transform| is_judged_differently(event, *transform)), "{event:?}: {octets:02x?}");
                count.differ[index] += 1;
            }
        }
        // ipsec-parser tells of no fault.
        ours.faults.clear();
        (ours.events, theirs.events) = (Events::default(), Events::default());
        assert_eq!(ours, theirs, "{octets:02x?}");
    }
    let expected = Count {
        files: 323,
        messages: 2768,
        transforms: 4731,
        notifies: 3664,
        hidden: 4,
        events: [0, 14, 35, 35, 20, 0, 0, 0, 0],
        differ: [0, 0, 0, 2, 0, 0, 0, 0, 23],
    };
    assert_eq!(count, expected);
}

/// A log that has the names of ipsec-parser keeps them for everything but groups and payloads.
#[test]
fn the_constants_of_ciphers_prfs_integrity_and_notifies_have_the_names_of_ipsec_parser() {
    // Of code points that ipsec-parser has a name for, and what both call them.
    let mut counts = [(0, 0); 6];
    let mut count = |table: usize, theirs: String, ours: Option<&str>| {
        if !theirs.contains('(') {
            counts[table].0 += 1;
            counts[table].1 += usize::from(ours == Some(&*theirs));
        }
    };
    for id in 0..=u16::MAX {
        count(0, format!("{:?}", IkeTransformEncType(id)), Encr(id).constant());
        count(1, format!("{:?}", IkeTransformPRFType(id)), Prf(id).constant());
        count(2, format!("{:?}", IkeTransformAuthType(id)), Integ(id).constant());
        count(3, format!("{:?}", NotifyType(id)), ::ikev2::registry::NotifyType(id).constant());
        count(4, format!("{:?}", IkeTransformDHType(id)), KeMethod(id).constant());
    }
    for ty in 0..=u8::MAX {
        count(5, format!("{:?}", IkePayloadType(ty)), PayloadType(ty).constant());
    }
    // PRF_NULL is no code point of IANA's.
    assert_eq!(counts, [(25, 25), (9, 8), (15, 15), (34, 34), (23, 0), (17, 0)]);
}
