//! strongSwan 6's own tests of proposal selection and configuration, and Android's of a responder's answer.

use ikev2::proposal::{
    Dialect, NegotiationContext, Policy, Preference, Proposal, Question, RefusalResponse, check_response, emit_offer, negotiate,
};
use ikev2::registry::{KeMethod, SecurityProtocol, TransformId, TransformType};
use ikev2::transform::Transform;
use serde_json::Value;

fn octets(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn protocol(name: &Value) -> SecurityProtocol {
    match name.as_str().unwrap() {
        "IKE" => SecurityProtocol::IKE,
        "ESP" => SecurityProtocol::ESP,
        "AH" => SecurityProtocol::AH,
        other => panic!("{other}"),
    }
}

fn transforms(list: &Value) -> Vec<Transform> {
    let number = |v: &Value| u16::try_from(v.as_u64().unwrap()).unwrap();
    list.as_array()
        .unwrap()
        .iter()
        .map(|t| Transform {
            ty: TransformType(u8::try_from(number(&t[0])).unwrap()),
            id: TransformId(number(&t[1])),
            key_bits: Some(number(&t[2])).filter(|bits| *bits != 0),
        })
        .collect()
}

fn proposals(list: &Value) -> Vec<Proposal> {
    list.as_array().unwrap().iter().map(|p| Proposal::new(protocol(&p["protocol"]), transforms(&p["transforms"]))).collect()
}

fn sorted(mut list: Vec<Transform>) -> Vec<Transform> {
    list.sort();
    list
}

#[test]
#[ignore = "needs IKEV2_SHARED"]
fn selection_is_strongswans() {
    let vectors = crate::kit::shared::vectors(&["proposal_select"]);
    let mut run = 0;
    for v in &vectors {
        let Some(skip_ke) = v["skip_ke"].as_bool() else { continue };
        let configured = proposals(&v["configured"]);
        let supplied = proposals(&v["supplied"]);
        let prefer = if v["prefer"] == "supplied" { Preference::Supplied } else { Preference::Configured };
        let policy = Policy::new(Dialect::StrongSwan6, configured).unwrap().with_preference(prefer);
        // The vectors compare lists of proposals; the KE payload that would go with them is of the method expected.
        let expected = &v["expect"];
        let chosen = expected.get("transforms").map(transforms).unwrap_or_default();
        let ike = supplied.iter().all(|p| p.protocol == SecurityProtocol::IKE) && !supplied.is_empty();
        let context = match (ike, skip_ke) {
            (true, _) => NegotiationContext::IkeSaInit,
            (false, true) => NegotiationContext::IkeAuth,
            (false, false) => NegotiationContext::CreateChildSa,
        };
        let ke = chosen.iter().find(|t| t.ty == TransformType::KE).map(|t| KeMethod(t.id.0));
        let ke = ke.or((context == NegotiationContext::IkeSaInit).then_some(KeMethod::MODP_3072));
        let offer = octets(v["hex"].as_str().unwrap());
        let outcome = negotiate(&offer, Question::new(context, ke), &policy);
        match expected["result"].as_str().unwrap() {
            "accept" => {
                let selection = outcome.unwrap_or_else(|refusal| panic!("{}: {refusal}", v["name"]));
                assert_eq!(sorted(selection.transforms().to_vec()), sorted(chosen), "{}", v["name"]);
                assert_eq!(u64::from(selection.number()), expected["number"].as_u64().unwrap(), "{}", v["name"]);
            }
            "NO_PROPOSAL_CHOSEN" => {
                assert_eq!(outcome.expect_err("refusal").response(), RefusalResponse::NoProposalChosen, "{}", v["name"]);
            }
            other => panic!("{other}"),
        }
        run += 1;
    }
    assert_eq!(run, 47);
}

/// No vector that strongSwan refuses has a choice that its order of choosing misses: [`Dialect::Rfc`] finds none either.
#[test]
#[ignore = "needs IKEV2_SHARED"]
fn what_strongswan_refuses_the_rfc_refuses() {
    let mut run = 0;
    for v in crate::kit::shared::vectors(&["proposal_select"]).iter().filter(|v| v["expect"]["result"] == "NO_PROPOSAL_CHOSEN") {
        let (offer, configured) = (octets(v["hex"].as_str().unwrap()), proposals(&v["configured"]));
        let methods = configured.iter().flat_map(|p| p.transforms.clone()).filter(|t| t.ty == TransformType::KE).map(|t| KeMethod(t.id.0));
        let methods: Vec<_> = methods.map(Some).chain([None]).collect();
        let context = if v["skip_ke"] == true { NegotiationContext::IkeAuth } else { NegotiationContext::IkeSaInit };
        let rfc = Policy::new(Dialect::Rfc, configured).unwrap();
        for ke in methods {
            assert!(negotiate(&offer, Question::new(context, ke), &rfc).is_err(), "{}: {ke:?}", v["name"]);
        }
        run += 1;
    }
    assert_eq!(run, 16);
}

#[test]
#[ignore = "needs IKEV2_SHARED"]
fn answers_are_checked_as_android_does() {
    let vectors = crate::kit::shared::vectors(&["proposal_verify_response"]);
    for v in &vectors {
        let offered = Policy::new(Dialect::Rfc, proposals(&v["offered"])).unwrap();
        let answer = octets(v["hex"].as_str().unwrap());
        let outcome = check_response(&answer, NegotiationContext::IkeSaInit, &offered);
        match v["expect"]["result"].as_str().unwrap() {
            "accept" => {
                let selection = outcome.unwrap_or_else(|error| panic!("{}: {error}", v["name"]));
                assert_eq!(u64::from(selection.number()), v["expect"]["number"].as_u64().unwrap());
            }
            "NO_PROPOSAL_CHOSEN" => {
                let _ = outcome.expect_err(v["name"].as_str().unwrap());
            }
            other => panic!("{other}"),
        }
    }
    assert_eq!(vectors.len(), 6);
}

/// Whatever strongSwan's vectors select is an answer the one who offered accepts.
#[test]
#[ignore = "needs IKEV2_SHARED"]
fn selections_pass_the_initiators_check() {
    let vectors = crate::kit::shared::vectors(&["proposal_select"]);
    let mut run = 0;
    for v in vectors.iter().filter(|v| v["expect"]["result"] == "accept" && v["supplied"].is_array() && v["skip_ke"] == false) {
        let supplied = proposals(&v["supplied"]);
        let chosen = transforms(&v["expect"]["transforms"]);
        let context =
            if supplied[0].protocol == SecurityProtocol::IKE { NegotiationContext::IkeSaInit } else { NegotiationContext::CreateChildSa };
        let spi: &[u8] = if context == NegotiationContext::IkeSaInit { &[] } else { &[1, 2, 3, 4] };
        let mut answer = emit_offer(&[Proposal::new(supplied[0].protocol, chosen)], spi).unwrap();
        answer[4] = u8::try_from(v["expect"]["number"].as_u64().unwrap()).unwrap();
        let offered = Policy::new(Dialect::Rfc, supplied).unwrap();
        let _ = check_response(&answer, context, &offered).unwrap_or_else(|error| panic!("{}: {error}", v["name"]));
        run += 1;
    }
    assert_eq!(run, 26);
}
