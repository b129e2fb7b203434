//! A remedy is written in the notation of the side that is to change, and the two agree when it is pasted back: for every refusal of
//! the daemons' answers that has a remedy, and for what other notations can say.

use ikev2::proposal::notation::{Hint, Notation, Settings, amend, emit, read};
use ikev2::proposal::{Dialect, NegotiationContext, Question, RefusalResponse, emit_offer, negotiate};
use ikev2::registry::KeMethod;
use serde_json::Value;

fn octets(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

/// Whether an offer and settings agree, at once or with the group that INVALID_KE_PAYLOAD names.
fn agree(offer: &[u8], settings: &Settings, dialect: Dialect, question: Question) -> bool {
    let Ok(policy) = settings.policy(dialect, question.context(), question.ike_group()) else { return false };
    match negotiate(offer, question, &policy).map_err(|refusal| refusal.response()) {
        Ok(_) => true,
        Err(RefusalResponse::InvalidKePayload { wanted }) => negotiate(offer, question.with_ke(Some(wanted)), &policy).is_ok(),
        Err(_) => false,
    }
}

#[test]
fn every_refusal_of_a_daemon_has_its_remedy_in_the_daemons_own_words() {
    let oracles = [
        (include_str!("../data/oracles/proposals-strongswan.jsonl"), Dialect::StrongSwan5, NegotiationContext::IkeSaInit),
        (include_str!("../data/oracles/proposals-child-strongswan.jsonl"), Dialect::StrongSwan5, NegotiationContext::IkeAuth),
        (include_str!("../data/oracles/proposals-libreswan.jsonl"), Dialect::Libreswan4, NegotiationContext::IkeSaInit),
        (include_str!("../data/oracles/proposals-child-libreswan.jsonl"), Dialect::Libreswan4, NegotiationContext::IkeAuth),
        (include_str!("../data/oracles/proposals-openiked.jsonl"), Dialect::OpenIked, NegotiationContext::IkeSaInit),
        (include_str!("../data/oracles/proposals-child-openiked.jsonl"), Dialect::OpenIked, NegotiationContext::IkeAuth),
    ];
    let (mut mended, mut without) = (0, Vec::new());
    for (text, dialect, context) in oracles {
        for row in text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
            let config = row["config"].as_str().unwrap();
            let hint = Hint { notation: None, dialect: Some(dialect), context: Some(context) };
            let settings = read(config, hint).unwrap_or_else(|error| panic!("{}", error.on(config)));
            let offer = octets(row["offer"].as_str().unwrap());
            let ke = row["ke_group"].as_u64().map(|group| KeMethod(u16::try_from(group).unwrap()));
            let question = Question::new(context, ke);
            let policy = settings.policy(dialect, context, None).unwrap();
            let Err(refusal) = negotiate(&offer, question, &policy) else { continue };
            let Some(remedy) = refusal.local_remedy() else { continue };
            let amended = amend(config, &settings, &remedy, context, hint);
            let pasted = |text: &str| read(text, hint).is_ok_and(|settings| agree(&offer, &settings, dialect, question));
            match amended.iter().find(|amendment| pasted(&amendment.text)) {
                Some(amendment) => {
                    assert!(!amendment.changed.is_empty(), "{config}: nothing is shown of {}", amendment.text);
                    mended += 1;
                }
                None => without.push(format!("{config}: {remedy}\n    {:?}", amended.iter().map(|a| &a.text).collect::<Vec<_>>())),
            }
        }
    }
    // What a grammar has no word for: each is a transform that the notation cannot name.
    assert!(mended > 300, "{mended} remedies, {} without:\n{}", without.len(), without.join("\n"));
    assert!(without.len() * 50 <= mended, "{mended} remedies, {} without:\n{}", without.len(), without.join("\n"));
}

/// The IKE settings of two sides that differ in one thing.
const PAIRS: [(&str, &str); 5] = [
    ("aes256-sha256-modp2048", "aes256-sha256-ecp384"),
    ("aes256-sha256-modp2048", "aes128-sha256-modp2048"),
    ("aes256-sha1-modp2048", "aes256-sha256-modp2048"),
    ("aes256-sha256-modp2048", "aes256-sha384-ecp384"),
    ("aes128-sha256-ecp256", "aes256gcm16-prfsha384-ecp384"),
];

const WRITTEN: [Notation; 7] = [
    Notation::StrongSwan,
    Notation::Libreswan,
    Notation::OpenIked,
    Notation::Windows,
    Notation::Azure,
    Notation::FortiGate,
    Notation::CiscoIos,
];

#[test]
fn each_notation_that_is_written_says_its_remedies() {
    let hint = Hint { context: Some(NegotiationContext::IkeSaInit), ..Hint::default() };
    let parsed = |ike: &str, esp: &str| {
        let text = format!("proposals = {ike}\nesp_proposals = {esp}\n");
        read(&text, Hint { notation: Some(Notation::StrongSwan), ..Hint::default() }).unwrap_or_else(|error| panic!("{}", error.on(&text)))
    };
    for notation in WRITTEN {
        for (theirs, ours) in PAIRS {
            let (context, dialect) = (NegotiationContext::IkeSaInit, Dialect::Rfc);
            let text = emit(&parsed(theirs, "aes256-sha256"), notation).unwrap_or_else(|error| panic!("{notation} {theirs}: {error}")).text;
            let client = read(&text, hint).unwrap_or_else(|error| panic!("{}", error.on(&text)));
            let policy = parsed(ours, "aes256-sha256").policy(dialect, context, None).unwrap();
            let asked = |settings: &Settings| {
                let offer = emit_offer(&settings.asked(context, None), &[]).unwrap();
                let ke = dialect.first_ke(&offer, context);
                negotiate(&offer, Question::new(context, ke), &policy)
            };
            let refusal = asked(&client).expect_err("they differ");
            let remedy = refusal.peer_remedy().expect("a remedy");
            let amended = amend(&text, &client, &remedy, context, hint);
            let agrees = |text: &str| match asked(&read(text, hint).unwrap()).map_err(|refusal| refusal.response()) {
                Ok(_) | Err(RefusalResponse::InvalidKePayload { .. }) => true,
                Err(_) => false,
            };
            let good = amended.iter().find(|amendment| agrees(&amendment.text));
            let good = good.unwrap_or_else(|| panic!("{notation}, {theirs} against {ours}: {remedy}\n{amended:?}\n{text}"));
            assert!(!good.changed.is_empty() && good.changed.len() < 8, "{notation}: {:?}", good.changed);
        }
    }
}
