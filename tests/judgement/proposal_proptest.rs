//! Random offers and policies: `Dialect::Rfc` finds what an exhaustive search finds, remedies mend, answers pass.

use crate::kit::naive_negotiate::{Offered, Outcome};
use ikev2::proposal::{
    Dialect, NegotiationContext, Policy, PolicyError, Preference, Proposal, Question, RefusalResponse, Side, check_response, emit_offer,
    negotiate,
};
use ikev2::registry::{Encr, KeMethod, NotifyType, SecurityProtocol, TransformType};
use ikev2::transform::Transform;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use std::num::NonZeroU32;

fn pool(ty: u8) -> Vec<Transform> {
    let ids = |ids: &[u16]| ids.iter().map(|id| Transform::new(TransformType(ty), *id)).collect();
    match ty {
        1 => vec![
            Transform::encr_bits(Encr::ENCR_AES_CBC, 128),
            Transform::encr_bits(Encr::ENCR_AES_CBC, 256),
            Transform::encr(Encr::ENCR_3DES),
            Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256),
            Transform::encr(Encr::ENCR_CHACHA20_POLY1305),
        ],
        2 => ids(&[2, 5, 6]),
        3 => ids(&[0, 2, 12]),
        4 => ids(&[0, 14, 19, 31]),
        5 => ids(&[0, 1]),
        99 => ids(&[1]),
        _ => ids(&[0, 14, 19, 36]),
    }
}

/// Some of the transforms of a type, often none, in any order.
fn some(ty: u8, often: f64) -> impl Strategy<Value = Vec<Transform>> {
    let full = pool(ty);
    let most = full.len().min(3);
    prop::option::weighted(often, subsequence(full, 1..=most).prop_shuffle()).prop_map(Option::unwrap_or_default)
}

fn proposal(protocol: SecurityProtocol) -> impl Strategy<Value = Proposal> {
    let (ike, esp, ah) = match protocol {
        SecurityProtocol::IKE => (0.97, 0.03, false),
        SecurityProtocol::AH => (0.05, 0.95, true),
        _ => (0.05, 0.95, false),
    };
    let cipher = if ah { 0.05 } else { 0.97 };
    (some(1, cipher), some(2, ike), some(3, 0.7), some(4, ike.max(0.4)), some(5, esp), some(6, 0.35), some(7, 0.3), some(8, 0.15))
        .prop_map(move |(a, b, c, d, e, f, g, h)| Proposal::new(protocol, [a, b, c, d, e, f, g, h].concat()))
}

#[derive(Clone, Debug)]
struct Case {
    context: NegotiationContext,
    offer: Vec<Proposal>,
    locals: Vec<Proposal>,
    prefer: Preference,
    question: Question,
}

fn case() -> impl Strategy<Value = Case> {
    select(&NegotiationContext::ALL[..]).prop_flat_map(|context| {
        let protocols = if context.is_ike() {
            vec![SecurityProtocol::IKE]
        } else {
            vec![SecurityProtocol::ESP, SecurityProtocol::ESP, SecurityProtocol::ESP, SecurityProtocol::AH]
        };
        let list = || vec(select(protocols.clone()).prop_flat_map(proposal), 1..4);
        let ke = select(vec![None, Some(KeMethod::MODP_2048), Some(KeMethod::ECP_256), Some(KeMethod::CURVE25519)]);
        let prefer = select(vec![Preference::Configured, Preference::Supplied]);
        let notifies = select(vec![None, Some(vec![]), Some(vec![NotifyType::INTERMEDIATE_EXCHANGE_SUPPORTED])]);
        let group = select(vec![None, Some(KeMethod::MODP_2048)]);
        (list(), list(), prefer, ke, notifies, group).prop_map(move |(offer, locals, prefer, ke, notifies, group)| {
            let mut question = Question::new(context, ke);
            if let Some(notifies) = notifies {
                question = question.with_notifies(notifies);
            }
            if let Some(group) = group {
                question = question.with_ike_group(group);
            }
            Case { context, offer, locals, prefer, question }
        })
    })
}

fn spi(context: NegotiationContext) -> Vec<u8> {
    vec![7; usize::from(context.spi_size())]
}

/// Octets, and what they say. Proposals without transforms cannot be told from empty ones and stay as they are.
fn encoded(case: &Case) -> (Vec<u8>, Vec<Offered>) {
    let octets = emit_offer(&case.offer, &spi(case.context)).unwrap();
    let offered = case
        .offer
        .iter()
        .zip(1..)
        .map(|(p, number)| Offered {
            number,
            protocol: p.protocol,
            spi_size: usize::from(case.context.spi_size()),
            transforms: p.transforms.iter().map(|t| (*t, true)).collect(),
        })
        .collect();
    (octets, offered)
}

/// The policy; `None` when the rules of this crate refuse it, and just then.
fn policy(dialect: Dialect, locals: &[Proposal], prefer: Preference) -> Option<Policy> {
    let refused = locals.iter().position(|p| dialect == Dialect::Rfc && crate::kit::naive_negotiate::adds_to_nothing(&p.transforms));
    match Policy::new(dialect, locals) {
        Ok(policy) => {
            assert_eq!(refused, None);
            Some(policy.with_preference(prefer))
        }
        Err(PolicyError::AdditionalWithoutKe { index }) => {
            assert_eq!(refused, Some(index));
            None
        }
        Err(other) => panic!("{other}"),
    }
}

fn sorted(mut transforms: Vec<Transform>) -> Vec<Transform> {
    transforms.sort();
    transforms
}

/// Enough to meet every rule; `PROPTEST_CASES` sets another number, which is not 0.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").map_or(5_000, |n| n.parse::<NonZeroU32>().unwrap().get())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rfc_is_the_exhaustive_search(case in case()) {
        let (octets, offered) = encoded(&case);
        let Some(policy) = policy(Dialect::Rfc, &case.locals, case.prefer) else { return Ok(()) };
        let theirs = crate::kit::naive_negotiate::negotiate(&offered, case.question, &case.locals, case.prefer);
        let ours = match negotiate(&octets, case.question, &policy) {
            Ok(selection) => Outcome::Selected { number: selection.number(), transforms: sorted(selection.transforms().to_vec()) },
            Err(refusal) => match refusal.response() {
                RefusalResponse::NoProposalChosen => Outcome::NoProposalChosen,
                RefusalResponse::InvalidKePayload { wanted } => Outcome::InvalidKe(wanted),
                other => panic!("{other:?}"),
            },
        };
        let theirs = match theirs {
            Outcome::Selected { number, transforms } => Outcome::Selected { number, transforms: sorted(transforms) },
            other => other,
        };
        prop_assert_eq!(ours, theirs);
    }

    /// Whoever selects by the RFC gives an answer that the one who offered accepts.
    #[test]
    fn what_is_selected_passes_the_initiators_check(case in case()) {
        let (octets, _) = encoded(&case);
        let Some(policy) = policy(Dialect::Rfc, &case.locals, case.prefer) else { return Ok(()) };
        if let Ok(selection) = negotiate(&octets, case.question, &policy) {
            let chosen = Proposal::new(selection.protocol(), selection.transforms());
            let mut answer = emit_offer(&[chosen], &spi(case.context)).unwrap();
            answer[4] = selection.number();
            // Other implementations may have made the offer: what their dialects may hold is more.
            let ours = Policy::new(Dialect::StrongSwan6, case.offer.clone()).unwrap();
            let checked = check_response(&answer, case.context, &ours).unwrap();
            prop_assert_eq!(checked.transforms(), selection.transforms());
        }
    }

    /// A remedy is one: with the change made, the stack that refused agrees. In every dialect.
    #[test]
    fn remedies_mend(case in case(), dialect in select(&Dialect::ALL[..])) {
        let (octets, _) = encoded(&case);
        let Some(policy) = policy(dialect, &case.locals, case.prefer) else { return Ok(()) };
        let Err(refusal) = negotiate(&octets, case.question, &policy) else { return Ok(()) };
        if refusal.response() != RefusalResponse::NoProposalChosen {
            return Ok(());
        }
        if let Some(remedy) = refusal.local_remedy() {
            prop_assert_eq!(remedy.side, Side::Local);
            let mut locals = case.locals.clone();
            if remedy.changes.is_empty() {
                locals.push(remedy.proposal);
            } else {
                locals[remedy.local] = remedy.proposal;
            }
            let changed = Policy::new(dialect, locals).unwrap().with_preference(case.prefer);
            let outcome = negotiate(&octets, case.question, &changed);
            prop_assert!(!matches!(outcome.map_err(|r| r.response()), Err(RefusalResponse::NoProposalChosen)));
        }
        if let Some(remedy) = refusal.peer_remedy() {
            prop_assert_eq!(remedy.side, Side::Peer);
            let mut offer = case.offer.clone();
            if remedy.changes.is_empty() {
                offer.push(remedy.proposal);
            } else {
                offer[usize::from(remedy.number) - 1] = remedy.proposal;
            }
            let changed = emit_offer(&offer, &spi(case.context)).unwrap();
            let outcome = negotiate(&changed, case.question, &policy);
            prop_assert!(!matches!(outcome.map_err(|r| r.response()), Err(RefusalResponse::NoProposalChosen)));
        }
    }

    /// Explaining never fails, and names each failing pair.
    #[test]
    fn every_refusal_is_explained(case in case(), dialect in select(&Dialect::ALL[..])) {
        let (octets, _) = encoded(&case);
        let Some(policy) = policy(dialect, &case.locals, case.prefer) else { return Ok(()) };
        if let Err(refusal) = negotiate(&octets, case.question, &policy) {
            let text = refusal.to_string();
            prop_assert!(text.len() > 40, "{}", text);
            if refusal.response() == RefusalResponse::NoProposalChosen {
                // What is found out after the choice, as iked and strongSwan 6 do, has no remedy in one proposal.
                let settled = refusal.cause().is_some();
                prop_assert!(!settled || matches!(dialect, Dialect::OpenIked | Dialect::OpenIked74 | Dialect::StrongSwan6) && refusal.fitting().is_some());
                prop_assert!(!settled || refusal.local_remedy().is_none() && refusal.peer_remedy().is_none());
                prop_assert_eq!(refusal.pairs().count(), case.offer.len() * case.locals.len());
                prop_assert!(refusal.cause().is_some() || refusal.pairs().all(|m| !m.fits()), "{}", text);
            }
        }
    }
}
