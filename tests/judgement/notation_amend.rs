//! A remedy is written in the notation of the side that is to change, and the two agree when it is pasted back: for every refusal of
//! the daemons' answers that has a remedy, and for what other notations can say.

use ikev2::proposal::notation::strongswan;
use ikev2::proposal::notation::{Hint, Notation, Settings, amend, emit, read};
use ikev2::proposal::{Dialect, NegotiationContext, Proposal, Question, RefusalResponse, emit_offer, negotiate};
use ikev2::registry::{KeMethod, SecurityProtocol, TransformType};
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
    let (mut mended, mut unsaid, mut without) = (0, 0, Vec::new());
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
                None if unspeakable(&remedy.proposal, settings.notation, context) => unsaid += 1,
                None => without.push(format!("{config}: {remedy}\n    {:?}", amended.iter().map(|a| &a.text).collect::<Vec<_>>())),
            }
        }
    }
    assert!(without.is_empty(), "{mended} remedies, {} without:\n{}", without.len(), without.join("\n"));
    assert!(mended > 600 && unsaid < 80, "{mended} remedies, {unsaid} that no text can say");
}

/// Whether no text of the daemon can say a proposal, or no RFC lets it be offered there: a group in IKE_AUTH (RFC 7296 section 1.2), an
/// integrity algorithm beside a cipher that authenticates (RFC 5282 section 8).
fn unspeakable(proposal: &Proposal, notation: Notation, context: NegotiationContext) -> bool {
    let groups = context == NegotiationContext::IkeAuth && proposal.transforms.iter().any(|t| t.ty.is_key_exchange());
    let aead = proposal.transforms.iter().any(|t| t.is_aead()) && proposal.of_type(TransformType::INTEG).any(|t| !t.is_none());
    // strongSwan has a word for nearly all; what the daemon's own notation says of that text it can say.
    let said = strongswan::emit(proposal).ok().and_then(|text| {
        let key = if proposal.protocol == SecurityProtocol::IKE { "proposals" } else { "esp_proposals" };
        let hint = Hint { notation: Some(Notation::StrongSwan), ..Hint::default() };
        emit(&read(&format!("{key} = {text}"), hint).ok()?, notation).ok()
    });
    groups || aead || said.is_none_or(|written| !written.remarks.is_empty() && proposal.protocol == SecurityProtocol::IKE)
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
