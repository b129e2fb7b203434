//! Target `negotiate`: any octets as an SA payload, under any policy, question and dialect.

use crate::kit::naive_negotiate::{self, Offered, Outcome};
use ikev2::proposal::{Dialect, NegotiationContext, Policy, Preference, Proposal, Question, Refusal, RefusalResponse, Selection};
use ikev2::proposal::{check_response, compare_pairs, emit_offer, negotiate as answer};
use ikev2::registry::{KeMethod, NotifyType, SecurityProtocol, TransformAttributeType, TransformId, TransformType};
use ikev2::transform::Transform;
use ikev2::wire::Sa;

/// Choices the exhaustive search is made to try.
const TRIED: usize = 20_000;
/// Octets an explanation never exceeds.
const TOLD: usize = 8 * 1024;

#[derive(Clone, Copy)]
struct Settings {
    prefer: Preference,
    accept_private: bool,
    esp_aead: bool,
}

impl Settings {
    fn apply(self, policy: Policy) -> Policy {
        policy.with_preference(self.prefer).with_private_use(self.accept_private).with_esp_aead(self.esp_aead)
    }
}

struct Case<'a> {
    context: NegotiationContext,
    question: Question,
    settings: Settings,
    dialect: Dialect,
    locals: Vec<Proposal>,
    policy: Policy,
    offer: &'a [u8],
}

/// Octet 0: dialect, preference and settings; 1: question, whether there is a KE payload, whether notifies and the group of the IKE SA are
/// known; 2 and 3: the method of both; 4: how many proposals the policy has. Each: protocol, number of transforms, and those: type, id in two octets, key length in octets. The
/// rest is the offer.
pub fn negotiate(data: &[u8]) {
    let Some(case) = case(data) else { return };
    let outcome = answer(case.offer, case.question, &case.policy);
    bounded_work(&case);
    match &outcome {
        Ok(selection) => selected(&case, selection),
        Err(refusal) => refused(&case, refusal),
    }
    if case.dialect == Dialect::Rfc {
        as_the_oracle_says(&case, outcome);
    }
}

fn case(data: &[u8]) -> Option<Case<'_>> {
    let (&[how, what, high, low, count], mut rest) = data.split_first_chunk()?;
    let dialect = Dialect::ALL[usize::from(how & 15) % Dialect::ALL.len()];
    let prefer = if how & 16 == 0 { Preference::Configured } else { Preference::Supplied };
    let mut locals = Vec::new();
    for _ in 0..count % 8 {
        let (&[protocol, transforms], after) = rest.split_first_chunk()?;
        let (transforms, after) = after.split_at_checked(usize::from(transforms % 32) * 4)?;
        let transform = |t: &[u8]| Transform {
            ty: TransformType(t[0]),
            id: TransformId(u16::from_be_bytes([t[1], t[2]])),
            key_bits: Some(u16::from(t[3]) * 8).filter(|bits| *bits != 0),
        };
        let transforms: Vec<_> = transforms.chunks_exact(4).map(transform).collect();
        locals.push(Proposal::new(SecurityProtocol(protocol), transforms));
        rest = after;
    }
    let settings = Settings { prefer, accept_private: how & 32 != 0, esp_aead: how & 64 != 0 };
    let policy = settings.apply(Policy::new(dialect, locals.clone()).ok()?);
    let context = NegotiationContext::ALL[usize::from(what & 3)];
    let method = KeMethod(u16::from_be_bytes([high, low]));
    let mut question = Question::new(context, (what & 4 == 0).then_some(method));
    if what & 8 != 0 {
        question = question.with_notifies((what & 16 != 0).then_some(NotifyType::INTERMEDIATE_EXCHANGE_SUPPORTED));
    }
    if what & 32 != 0 {
        question = question.with_ike_group(method);
    }
    Some(Case { context, question, settings, dialect, locals, policy, offer: rest })
}

/// Number, protocol, and transforms as (type, id).
type Loose = (u8, u8, Vec<(u8, u16)>);

/// What a walk over the octets finds that stops at nothing it can step over.
fn loosely(offer: &[u8]) -> Vec<Loose> {
    let mut found = Vec::new();
    let substructure = |octets: &[u8]| Some(usize::from(u16::from_be_bytes([*octets.get(2)?, *octets.get(3)?])));
    let mut rest = offer;
    while let Some((proposal, after)) = substructure(rest).filter(|len| *len >= 8).and_then(|len| rest.split_at_checked(len)) {
        let mut transforms = Vec::new();
        let mut inner = proposal.get(8 + usize::from(proposal[6])..).unwrap_or(&[]);
        while let Some((t, next)) = substructure(inner).filter(|len| *len >= 8).and_then(|len| inner.split_at_checked(len)) {
            transforms.push((t[4], u16::from_be_bytes([t[6], t[7]])));
            inner = next;
        }
        found.push((proposal[4], proposal[5], transforms));
        rest = after;
    }
    found
}

fn none(t: Transform) -> bool {
    t.id.0 == 0 && (t.ty == TransformType::INTEG || t.ty.is_key_exchange())
}

/// Of what was offered under that number, and of what the policy allows there.
fn chosen_from_both(case: &Case<'_>, selection: &Selection) {
    let local = &case.locals[selection.local_index()];
    assert_eq!(selection.protocol(), local.protocol);
    let offered = loosely(case.offer);
    let under: Vec<_> = offered.iter().filter(|(n, p, _)| *n == selection.number() && *p == local.protocol.0).collect();
    assert!(!under.is_empty(), "proposal {} was not offered", selection.number());
    let mut types = Vec::new();
    for t in selection.transforms() {
        assert!(!types.contains(&t.ty), "two of type {}", t.ty.0);
        types.push(t.ty);
        assert!(under.iter().any(|(_, _, list)| list.contains(&(t.ty.0, t.id.0))), "{t} was not offered");
        // pluto 4 rekeys with the group of the IKE SA.
        let replaced =
            case.dialect == Dialect::Libreswan4 && case.question.ike_group() == Some(KeMethod(t.id.0)) && t.ty == TransformType::KE;
        assert!(none(*t) || replaced || local.transforms.contains(t), "{t} is not allowed");
    }
}

fn selected(case: &Case<'_>, selection: &Selection) {
    chosen_from_both(case, selection);
    assert_eq!(selection.context(), case.context);
    if let Some(method) = selection.ke_method().filter(|_| case.context != NegotiationContext::IkeAuth) {
        let without_pfs = matches!(case.dialect, Dialect::OpenIked | Dialect::OpenIked74)
            && case.context == NegotiationContext::CreateChildSa
            && case.question.ke().is_none();
        assert!(case.question.ke() == Some(method) || without_pfs, "KE payload {:?}, chosen {method:?}", case.question.ke());
    }
    let told = selection.explanation().to_string();
    assert!(told.len() < TOLD && told.contains("fits local proposal"), "{told}");
    let fits = compare_pairs(case.offer, case.question, &case.policy)
        .pairs()
        .any(|pair| pair.fits() && pair.number() == selection.number() && pair.local_index() == selection.local_index());
    assert!(fits, "the pair chosen does not fit");
}

fn refused(case: &Case<'_>, refusal: &Refusal) {
    let notify = refusal.notify().map(|notify| (notify.ty, notify.data.to_vec()));
    let expected = match refusal.response() {
        RefusalResponse::NoProposalChosen => Some((NotifyType::NO_PROPOSAL_CHOSEN, Vec::new())),
        RefusalResponse::InvalidSyntax(_) => Some((NotifyType::INVALID_SYNTAX, Vec::new())),
        RefusalResponse::InvalidKePayload { wanted } => {
            let fitting = refusal.fitting().expect("a choice that fits");
            chosen_from_both(case, fitting);
            assert_eq!(fitting.ke_method(), Some(wanted));
            assert_ne!(case.question.ke(), Some(wanted));
            Some((NotifyType::INVALID_KE_PAYLOAD, wanted.0.to_be_bytes().to_vec()))
        }
        RefusalResponse::Dropped(_) | RefusalResponse::EmptySaPayload => {
            let lives = case.dialect != Dialect::Libreswan5 || case.question.ke().is_some();
            assert!(matches!(case.dialect, Dialect::OpenIked | Dialect::OpenIked74) || !lives);
            None
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(notify, expected);
    let told = refusal.to_string();
    assert!(told.len() > 40 && told.len() < TOLD && told.ends_with(['.', ')']), "{} octets: {told}", told.len());
    if refusal.response() == RefusalResponse::NoProposalChosen {
        if refusal.cause().is_none() {
            assert!(refusal.pairs().all(|pair| !pair.fits()), "a pair fits: {told}");
        }
        remedied(case, refusal);
    }
}

/// With the change made the same offer finds a proposal, and the same policy one in the offer.
fn remedied(case: &Case<'_>, refusal: &Refusal) {
    let fails = |offer: &[u8], policy: &Policy| {
        let outcome = answer(offer, case.question, policy);
        matches!(outcome.map_err(|refusal| refusal.response()), Err(RefusalResponse::NoProposalChosen))
    };
    if let Some(remedy) = refusal.local_remedy() {
        let mut locals = case.locals.clone();
        if remedy.changes.is_empty() {
            locals.push(remedy.proposal.clone());
        } else {
            locals[remedy.local] = remedy.proposal.clone();
        }
        let policy = case.settings.apply(Policy::new(case.dialect, locals).unwrap());
        assert!(!fails(case.offer, &policy), "{remedy}: {remedy:?}");
    }
    if let Some(remedy) = refusal.peer_remedy() {
        // Only the proposal in question: whether the others can be written again depends on what is wrong with them.
        let spi = vec![7; usize::from(case.context.spi_size())];
        let offer = emit_offer(core::slice::from_ref(&remedy.proposal), &spi).unwrap();
        assert!(!fails(&offer, &case.policy), "{remedy}: {remedy:?}");
    }
}

/// tests/HOSTILE.md 38. A step reads four octets or compares two values; each octet is read some few times for every local proposal,
/// each transform compared with those of one type in it, and for RFC 9370 the methods of a pair are put in order.
fn bounded_work(case: &Case<'_>) {
    let work = compare_pairs(case.offer, case.question, &case.policy).work();
    let octets = case.offer.len() as u64;
    let proposals = (octets / 8).min(255);
    let bound = case.locals.iter().fold(16 + octets, |bound, local| {
        let transforms = local.transforms.len() as u64;
        bound + 256 + octets * (6 + transforms) + proposals * (1100 + 2 * transforms * transforms)
    });
    assert!(work <= bound, "{work} steps for {octets} octets, at most {bound} expected");
}

fn as_the_oracle_says(case: &Case<'_>, outcome: Result<Selection, Refusal>) {
    let ours = match &outcome {
        Ok(selection) => Ok(Outcome::Selected { number: selection.number(), transforms: sorted(selection.transforms()) }),
        Err(refusal) => match refusal.response() {
            RefusalResponse::NoProposalChosen => Ok(Outcome::NoProposalChosen),
            RefusalResponse::InvalidKePayload { wanted } => Ok(Outcome::InvalidKe(wanted)),
            RefusalResponse::InvalidSyntax(fault) => Err(fault),
            other => panic!("{other:?}"),
        },
    };
    let Some(offered) = strictly(case.offer) else {
        assert!(ours.is_err(), "{ours:?} for what is no offer");
        return;
    };
    let tried: usize = offered.iter().map(naive_negotiate::choices).sum();
    if tried * case.locals.len() > TRIED {
        return;
    }
    let theirs = match naive_negotiate::negotiate(&offered, case.question, &case.locals, case.settings.prefer) {
        Outcome::Selected { number, transforms } => Outcome::Selected { number, transforms: sorted(&transforms) },
        other => other,
    };
    assert_eq!(ours, Ok(theirs));
    if let Ok(selection) = &outcome {
        passes_the_initiators_check(case, selection, &offered);
    }
}

fn sorted(transforms: &[Transform]) -> Vec<Transform> {
    let mut transforms = transforms.to_vec();
    transforms.sort();
    transforms
}

/// The offer as the strict view reads it, which the target `message` holds against another reader; `None` when it is none.
fn strictly(offer: &[u8]) -> Option<Vec<Offered>> {
    let sa = Sa::parse(offer).ok()?;
    let offered = sa.proposals().map(|p| Offered {
        number: p.number,
        protocol: p.protocol,
        spi_size: p.spi.len(),
        transforms: p
            .transforms()
            .map(|t| {
                let attributes: Vec<_> = t.attributes().collect();
                let usable = match attributes.as_slice() {
                    [] => true,
                    [one] => one.ty == TransformAttributeType::KEY_LENGTH && t.key_length().is_some_and(|bits| bits != 0),
                    _ => false,
                };
                (Transform { ty: t.ty, id: t.id, key_bits: t.key_length() }, usable)
            })
            .collect(),
    });
    let offered: Vec<_> = offered.collect();
    offered.first().is_none_or(|first| first.number == 1).then_some(offered)
}

fn passes_the_initiators_check(case: &Case<'_>, selection: &Selection, offered: &[Offered]) {
    let theirs: Vec<_> = offered
        .iter()
        .map(|p| Proposal::new(p.protocol, p.transforms.iter().filter(|(_, usable)| *usable).map(|(t, _)| *t).collect::<Vec<_>>()))
        .collect();
    let Ok(offer) = Policy::new(Dialect::Rfc, theirs) else { return };
    let chosen = Proposal::new(selection.protocol(), selection.transforms());
    let mut answer = emit_offer(&[chosen], &vec![7; usize::from(case.context.spi_size())]).unwrap();
    answer[4] = selection.number();
    let checked = check_response(&answer, case.context, &offer);
    assert!(checked.as_ref().is_ok_and(|checked| checked.transforms() == selection.transforms()), "{checked:?}: {selection:?}");
}
