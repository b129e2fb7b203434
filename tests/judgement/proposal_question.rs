//! What bears on an answer beside the offer and the KE payload: the notifies of IKE_SA_INIT, the group of the IKE SA; and what newer daemons do
//! otherwise than older ones.

use crate::kit::policies::{G14, G19, G31, NONE, esp, ike, policy, short, spi, table};
use ikev2::proposal::{Dialect, NegotiationContext, Preference, Proposal, Question, RefusalCause, compare_pairs, emit_offer, negotiate};
use ikev2::registry::{KeMethod, NotifyType, Prf, TransformType};
use ikev2::transform::Transform;

const INIT: Question = Question::new(NegotiationContext::IkeSaInit, G31);

fn with(mut proposal: Proposal, addke: &[(u8, u16)]) -> Proposal {
    proposal.transforms.extend(addke.iter().map(|(ty, method)| Transform::addke(TransformType(*ty), KeMethod(*method))));
    proposal
}

fn ask(dialect: Dialect, question: Question, local: &Proposal, offered: &Proposal) -> Result<Vec<u16>, String> {
    let offer = emit_offer(std::slice::from_ref(offered), &spi(question.context())).unwrap();
    let answer = negotiate(&offer, question, &policy(dialect, vec![local.clone()]));
    answer
        .map(|s| s.transforms().iter().filter(|t| t.ty.is_key_exchange()).map(|t| t.id.0).collect())
        .map_err(|refusal| refusal.to_string())
}

/// RFC 9370 section 2.2.1: without INTERMEDIATE_EXCHANGE_SUPPORTED no additional key exchange can follow.
#[test]
fn additional_key_exchanges_need_the_notify() {
    let kem = with(ike(&[31]), &[(6, 36)]);
    let other = INIT.with_notifies([NotifyType::IKEV2_FRAGMENTATION_SUPPORTED]);
    let announced = INIT.with_notifies([NotifyType::IKEV2_FRAGMENTATION_SUPPORTED, NotifyType::INTERMEDIATE_EXCHANGE_SUPPORTED]);
    for dialect in [Dialect::Rfc, Dialect::StrongSwan6] {
        assert_eq!(ask(dialect, INIT, &kem, &kem), Ok(vec![31, 36]), "{dialect}: nobody said what is announced");
        assert_eq!(ask(dialect, announced, &kem, &kem), Ok(vec![31, 36]), "{dialect}");
        for question in [other, INIT.with_notifies([])] {
            let said = ask(dialect, question, &kem, &kem).unwrap_err();
            assert!(said.contains("INTERMEDIATE_EXCHANGE_SUPPORTED (16438)"), "{said}");
        }
        // The notify is one of IKE_SA_INIT: IKE_FOLLOWUP_KE needs none.
        let rekey = Question::new(NegotiationContext::RekeyIkeSa, G31).with_notifies([]);
        assert_eq!(ask(dialect, rekey, &kem, &kem), Ok(vec![31, 36]), "{dialect}");
        assert_eq!(ask(dialect, other, &ike(&[31]), &ike(&[31])), Ok(vec![31]), "{dialect}");
    }
}

/// NONE among the additional methods: the RFC's choice is NONE, strongSwan's the method, which it then refuses.
#[test]
fn optional_additional_key_exchanges_without_the_notify() {
    let optional = with(ike(&[31]), &[(6, 36), (6, 0)]);
    assert_eq!(ask(Dialect::Rfc, INIT.with_notifies([]), &optional, &optional), Ok(vec![31, 0]));
    assert_eq!(ask(Dialect::Rfc, INIT, &optional, &optional), Ok(vec![31, 36]));
    let said = ask(Dialect::StrongSwan6, INIT.with_notifies([]), &optional, &optional).unwrap_err();
    assert!(said.contains("proposal 1 is picked, but an additional key exchange would be done"), "{said}");
    // Where NONE is all there is in common, strongSwan asks for nothing.
    let none = with(ike(&[31]), &[(6, 0)]);
    assert_eq!(ask(Dialect::StrongSwan6, INIT.with_notifies([]), &none, &optional), Ok(vec![31]));
}

/// strongSwan does not go back: it refuses for the additional key exchange of the proposal it picked. A wrong group is told before.
#[test]
fn strongswan_picks_before_it_looks_at_the_notify() {
    let offer = emit_offer(&[with(ike(&[31]), &[(6, 36)]), ike(&[31])], &[]).unwrap();
    let locals = vec![with(ike(&[31]), &[(6, 36)]), ike(&[31])];
    let (question, strongswan) = (INIT.with_notifies([]), policy(Dialect::StrongSwan6, locals.clone()));
    let refusal = negotiate(&offer, question, &strongswan).unwrap_err();
    assert_eq!((refusal.cause(), refusal.question()), (Some(RefusalCause::NoIntermediate), question));
    assert!(refusal.fitting().is_some() && refusal.peer_remedy().is_none() && refusal.local_remedy().is_none());
    assert_eq!(short(negotiate(&offer, question.with_ke(G14), &strongswan)), "wants 31");
    assert_eq!(negotiate(&offer, question, &policy(Dialect::Rfc, locals)).unwrap().number(), 2);
    let fits = |question| compare_pairs(&offer, question, &strongswan).pairs().map(|pair| pair.fits()).collect::<Vec<_>>();
    assert_eq!(fits(question), [false, false, false, true]);
    assert_eq!(fits(INIT), [true, false, false, true]);
}

/// A change that lets an earlier proposal fit as well is no remedy: strongSwan would pick that one, and refuse for its additional key
/// exchange.
#[test]
fn a_remedy_does_not_lead_strongswan_to_a_proposal_it_takes_back() {
    let other_prf = |proposal: Proposal| {
        let transforms = proposal.transforms.into_iter().filter(|t| t.ty != TransformType::PRF);
        Proposal::new(proposal.protocol, transforms.chain([Transform::prf(Prf::PRF_HMAC_SHA2_512)]).collect::<Vec<_>>())
    };
    let optional = with(ike(&[31]), &[(6, 36), (6, 0)]);
    let offer = emit_offer(&[other_prf(with(ike(&[31]), &[(6, 36)])), other_prf(ike(&[31]))], &[]).unwrap();
    for prefer in [Preference::Configured, Preference::Supplied] {
        let mends = |question: Question, locals: Vec<Proposal>| {
            negotiate(&offer, question, &policy(Dialect::StrongSwan6, locals).with_preference(prefer)).is_ok()
        };
        for (question, is_added) in [(INIT, false), (INIT.with_notifies([]), true)] {
            let strongswan = policy(Dialect::StrongSwan6, vec![optional.clone()]).with_preference(prefer);
            let remedy = negotiate(&offer, question, &strongswan).unwrap_err().local_remedy().unwrap();
            assert_eq!(remedy.changes.is_empty(), is_added);
            assert_eq!(remedy.number, if is_added { 2 } else { 1 });
            let locals = if is_added { vec![optional.clone(), remedy.proposal] } else { vec![remedy.proposal] };
            assert!(mends(question, locals));
        }
        assert!(!mends(INIT.with_notifies([]), vec![other_prf(optional.clone())]));
    }
}

/// pluto 4 rekeys with the group of the IKE SA, pluto 5 with those of esp=; a further child SA has those of esp= in both.
#[test]
fn libreswan_4_rekeys_with_the_group_of_the_ike_sa() {
    let child = |ke| Question::new(NegotiationContext::CreateChildSa, ke);
    let local = esp(&[15]);
    let (ours, theirs) = (esp(&[14]), esp(&[15]));
    let rekey = |ke| child(ke).with_ike_group(KeMethod::MODP_2048);
    assert_eq!(ask(Dialect::Libreswan4, rekey(G14), &local, &ours), Ok(vec![14]));
    let said = ask(Dialect::Libreswan4, rekey(Some(KeMethod::MODP_3072)), &local, &theirs).unwrap_err();
    assert!(said.contains("this policy needs MODP_2048 (group 14)") && said.contains("the group of the IKE SA"), "{said}");
    // No change of the groups of esp= would help, and none is suggested.
    assert!(
        said.contains("the peer changes its proposal 1 to offer MODP_2048 (group 14)") && !said.contains("this side changes"),
        "{said}"
    );
    assert!(ask(Dialect::Libreswan4, child(G14), &local, &ours).is_err());
    assert_eq!(ask(Dialect::Libreswan4, child(Some(KeMethod::MODP_3072)), &local, &theirs), Ok(vec![15]));
    assert!(ask(Dialect::Libreswan5, rekey(G14), &local, &ours).is_err());
    // Without groups there is no perfect forward secrecy to change.
    assert_eq!(ask(Dialect::Libreswan4, rekey(NONE), &esp(&[]), &esp(&[])), Ok(vec![]));
}

#[test]
fn libreswan_5_child() {
    use NegotiationContext::CreateChildSa;
    // pluto 5.2 names its group for a KE payload of another one, and does not live through a request without any.
    table(Dialect::Libreswan5, CreateChildSa, &[(&[14, 19], &[19, 14], G19, "wants 14")]);
    table(Dialect::Libreswan4, CreateChildSa, &[(&[14, 19], &[19, 14], G19, "syntax"), (&[14], &[14], NONE, "syntax")]);
    // NONE is taken, and said, where the policy has no group.
    table(Dialect::Libreswan5, CreateChildSa, &[(&[], &[0], NONE, "chosen ke 0"), (&[], &[14, 0], G14, "chosen ke 0")]);
    table(Dialect::Libreswan4, CreateChildSa, &[(&[], &[0], NONE, "no proposal"), (&[], &[14, 0], G14, "no proposal")]);
}

/// pluto 5.2 passes over proposals with additional key exchanges; later ones know them, and their policies name them.
#[test]
fn libreswan_5_knows_what_its_policy_names() {
    let kem = with(ike(&[31]), &[(6, 36)]);
    assert_eq!(ask(Dialect::Libreswan5, INIT, &kem, &kem), Ok(vec![31, 36]));
    let said = ask(Dialect::Libreswan5, INIT, &ike(&[31]), &kem).unwrap_err();
    assert!(said.contains("it holds a transform of type 6, which is unknown here"), "{said}");
    assert!(ask(Dialect::Libreswan5, INIT, &ike(&[31]), &with(ike(&[31]), &[(6, 0)])).is_err());
    assert_eq!(ask(Dialect::Libreswan5, INIT, &with(ike(&[31]), &[(7, 36), (7, 0)]), &with(ike(&[31]), &[(6, 0)])), Ok(vec![31, 0]));
}

/// iked 7.4 takes the group of the KE payload where both list it; 7.2 insists on its own first.
#[test]
fn openiked_7_4_takes_the_group_of_the_ke_payload() {
    for context in [NegotiationContext::IkeSaInit, NegotiationContext::RekeyIkeSa] {
        table(Dialect::OpenIked74, context, &[(&[31, 14], &[14, 31], G14, "chosen ke 14"), (&[31, 14], &[31, 14], G19, "wants 31")]);
        table(Dialect::OpenIked, context, &[(&[31, 14], &[14, 31], G14, "wants 31")]);
    }
}
