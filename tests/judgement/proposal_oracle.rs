//! What running daemons answered to 3135 SA payloads, answered again by their dialects.

use ikev2::proposal::{Dialect, NegotiationContext, Policy, Preference, Proposal, Question, RefusalCause, RefusalResponse, Selection};
use ikev2::registry::{KeMethod, NotifyType, SecurityProtocol, TransformId, TransformType};
use ikev2::transform::Transform;
use serde_json::Value;

fn octets(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn number(value: &Value) -> u16 {
    u16::try_from(value.as_u64().unwrap()).unwrap()
}

fn responder(row: &Value) -> Vec<Proposal> {
    let list = |value: &Value| value.as_array().unwrap().clone();
    list(&row["responder"])
        .iter()
        .map(|p| {
            let transforms: Vec<_> = list(&p["transforms"])
                .iter()
                .map(|t| Transform {
                    ty: TransformType(u8::try_from(number(&t[0])).unwrap()),
                    id: TransformId(number(&t[1])),
                    key_bits: t.get(2).map(number),
                })
                .collect();
            let protocol = u8::try_from(number(&p["protocol"])).unwrap();
            Proposal::new(SecurityProtocol(protocol), transforms)
        })
        .collect()
}

/// The number and transforms of the only proposal of an answer.
fn answered(hex: &str) -> (u8, Vec<Transform>) {
    let sa = octets(hex);
    let mut at = 8 + usize::from(sa[6]);
    let mut transforms = Vec::new();
    while at < sa.len() {
        let len = usize::from(u16::from_be_bytes([sa[at + 2], sa[at + 3]]));
        let key_bits = match sa[at + 8..at + len] {
            [] => None,
            [0x80, 0x0e, high, low] => Some(u16::from_be_bytes([high, low])),
            _ => panic!("attribute in {hex}"),
        };
        transforms.push(Transform {
            ty: TransformType(sa[at + 4]),
            id: TransformId(u16::from_be_bytes([sa[at + 6], sa[at + 7]])),
            key_bits,
        });
        at += len;
    }
    transforms.sort();
    (sa[4], transforms)
}

fn describe(outcome: &Result<Selection, RefusalResponse>) -> String {
    match outcome {
        Ok(selection) => {
            let mut transforms = selection.transforms().to_vec();
            transforms.sort();
            format!("chosen {} {transforms:?}", selection.number())
        }
        Err(RefusalResponse::NoProposalChosen) => "NO_PROPOSAL_CHOSEN".into(),
        Err(RefusalResponse::InvalidKePayload { wanted }) => format!("INVALID_KE_PAYLOAD {}", wanted.0),
        Err(RefusalResponse::InvalidSyntax(RefusalCause::Sa(_) | RefusalCause::KeMethod(_) | RefusalCause::NoKePayload)) => {
            "INVALID_SYNTAX".into()
        }
        Err(RefusalResponse::Dropped(_)) => "no_response".into(),
        Err(RefusalResponse::EmptySaPayload) => "empty_sa_payload".into(),
        Err(other) => format!("{other:?}"),
    }
}

fn observed(outcome: &Value) -> String {
    match outcome["kind"].as_str().unwrap() {
        "chosen" => {
            let (number, transforms) = answered(outcome["sa_hex"].as_str().unwrap());
            format!("chosen {number} {transforms:?}")
        }
        "INVALID_KE_PAYLOAD" => format!("INVALID_KE_PAYLOAD {}", outcome["group"]),
        "notify" => outcome["name"].as_str().unwrap().into(),
        other => other.into(),
    }
}

fn replay(rows: &str, dialect: Dialect, context: NegotiationContext, expected: usize) {
    let (wrong, count) = replayed(rows, dialect, context);
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(count, expected);
}

/// The rows that the dialect answers otherwise, and how many rows there are; `context` is the question of rows that name none.
fn replayed(rows: &str, dialect: Dialect, context: NegotiationContext) -> (Vec<String>, usize) {
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in rows.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let prefer = match row["prefer"].as_str() {
            Some("supplied") => Preference::Supplied,
            _ => Preference::Configured,
        };
        let policy = Policy::new(dialect, responder(&row)).unwrap().with_preference(prefer);
        let ke = row["ke_group"].as_u64().map(|_| KeMethod(number(&row["ke_group"])));
        let offer = octets(row["offer"].as_str().unwrap());
        let mut question = Question::new(row["question"].as_str().map_or(context, |name| name.parse().unwrap()), ke);
        if let Some(notifies) = row["notifies"].as_array() {
            question = question.with_notifies(notifies.iter().map(|notify| NotifyType(number(notify))));
        }
        let ours = describe(&ikev2::proposal::negotiate(&offer, question, &policy).map_err(|refusal| refusal.response()));
        let theirs = observed(&row["outcome"]);
        if ours != theirs {
            wrong.push(format!("{}: {theirs}, we say {ours}", row["case"]));
        }
        count += 1;
    }
    (wrong, count)
}

#[test]
fn strongswan_ike() {
    let rows = include_str!("../data/oracles/proposals-strongswan.jsonl");
    replay(rows, Dialect::StrongSwan5, NegotiationContext::IkeSaInit, 466);
}

#[test]
fn strongswan_child() {
    let rows = include_str!("../data/oracles/proposals-child-strongswan.jsonl");
    replay(rows, Dialect::StrongSwan5, NegotiationContext::IkeAuth, 308);
}

#[test]
fn libreswan_ike() {
    let rows = include_str!("../data/oracles/proposals-libreswan.jsonl");
    replay(rows, Dialect::Libreswan4, NegotiationContext::IkeSaInit, 212);
}

#[test]
fn libreswan_child() {
    let rows = include_str!("../data/oracles/proposals-child-libreswan.jsonl");
    replay(rows, Dialect::Libreswan4, NegotiationContext::IkeAuth, 113);
}

#[test]
fn openiked_ike() {
    let rows = include_str!("../data/oracles/proposals-openiked.jsonl");
    replay(rows, Dialect::OpenIked, NegotiationContext::IkeSaInit, 212);
}

#[test]
fn openiked_child() {
    let rows = include_str!("../data/oracles/proposals-child-openiked.jsonl");
    replay(rows, Dialect::OpenIked, NegotiationContext::IkeAuth, 113);
}

/// CREATE_CHILD_SA, recorded by tests/interop/differential.py.
#[test]
fn strongswan_create_child() {
    replay(
        include_str!("../data/oracles/proposals-create-child-strongswan.jsonl"),
        Dialect::StrongSwan5,
        NegotiationContext::CreateChildSa,
        150,
    );
    replay(include_str!("../data/oracles/proposals-rekey-strongswan.jsonl"), Dialect::StrongSwan5, NegotiationContext::RekeyIkeSa, 120);
}

#[test]
fn libreswan_create_child() {
    replay(
        include_str!("../data/oracles/proposals-create-child-libreswan.jsonl"),
        Dialect::Libreswan4,
        NegotiationContext::CreateChildSa,
        150,
    );
    replay(include_str!("../data/oracles/proposals-rekey-libreswan.jsonl"), Dialect::Libreswan4, NegotiationContext::RekeyIkeSa, 120);
}

#[test]
fn openiked_create_child() {
    replay(
        include_str!("../data/oracles/proposals-create-child-openiked.jsonl"),
        Dialect::OpenIked,
        NegotiationContext::CreateChildSa,
        120,
    );
    replay(include_str!("../data/oracles/proposals-rekey-openiked.jsonl"), Dialect::OpenIked, NegotiationContext::RekeyIkeSa, 90);
}

/// The newer daemons, all four exchanges in one file.
#[test]
fn newer_daemons() {
    let all = [
        (include_str!("../data/oracles/proposals-strongswan6.jsonl"), Dialect::StrongSwan6, 320),
        (include_str!("../data/oracles/proposals-libreswan5.jsonl"), Dialect::Libreswan5, 320),
        (include_str!("../data/oracles/proposals-openiked7.4.jsonl"), Dialect::OpenIked74, 321),
    ];
    for (rows, dialect, expected) in all {
        replay(rows, dialect, NegotiationContext::IkeSaInit, expected);
    }
}

/// What sets the newer daemons apart from the older ones is in those rows: the older dialects do not pass.
#[test]
fn newer_daemons_are_not_the_older_ones() {
    let all = [
        (include_str!("../data/oracles/proposals-strongswan6.jsonl"), Dialect::StrongSwan5),
        (include_str!("../data/oracles/proposals-libreswan5.jsonl"), Dialect::Libreswan4),
        (include_str!("../data/oracles/proposals-openiked7.4.jsonl"), Dialect::OpenIked),
    ];
    for (rows, dialect) in all {
        let (wrong, _) = replayed(rows, dialect, NegotiationContext::IkeSaInit);
        assert!(!wrong.is_empty(), "{dialect}");
    }
}
