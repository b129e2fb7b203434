//! The questions of tests/data/negotiate asked of the library: outcome, proposal, transforms, group wanted. What the answers say is asked of
//! `ike negotiate --json`, in `tools/tests/cli/negotiate/cases.rs`.

use ikev2::Role;
use ikev2::proposal::notation::{Hint, read};
use ikev2::proposal::{
    Dialect, NegotiationContext, Policy, Proposal, Question, RefusalResponse, Selection, emit_offer, negotiate, profiles,
};
use ikev2::registry::{KeMethod, NotifyType, SecurityProtocol, TransformId, TransformType};
use ikev2::transform::Transform;
use serde_json::Value;

fn octets(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn proposals(text: &str, dialect: Dialect, context: NegotiationContext, side: Role, ike_group: Option<KeMethod>) -> Option<Vec<Proposal>> {
    if let Some(profile) = profiles::find_for(text, context, side).or_else(|| profiles::find(text)) {
        return Some(profile.proposals.iter().map(|p| Proposal::new(profile.protocol, p.transforms().collect::<Vec<_>>())).collect());
    }
    let hint = Hint { dialect: (side == Role::Responder).then_some(dialect), context: Some(context), ..Hint::default() };
    read(text, hint).ok().map(|settings| settings.asked(context, ike_group))
}

fn groups(offer: &[Proposal]) -> Option<KeMethod> {
    offer.iter().flat_map(|p| p.of_type(TransformType::KE)).find(|t| !t.is_none()).map(|t| KeMethod(t.id.0))
}

/// A proposal that a row has as numbers.
fn as_values(proposal: &Value) -> Proposal {
    let number = |value: &Value| value.as_u64().and_then(|number| u16::try_from(number).ok());
    let transform = |t: &Value| Transform {
        ty: TransformType(u8::try_from(t["type"].as_u64().unwrap()).unwrap()),
        id: TransformId(number(&t["id"]).unwrap()),
        key_bits: number(&t["key_bits"]).or_else(|| number(&t["attrs"][0]["value"])),
    };
    let protocol = SecurityProtocol(u8::try_from(proposal["protocol"].as_u64().unwrap()).unwrap());
    Proposal::new(protocol, proposal["transforms"].as_array().unwrap().iter().map(transform).collect::<Vec<_>>())
}

struct Asked {
    offer: Vec<u8>,
    question: Question,
    policy: Policy,
}

/// The question of a row; `None` when a text cannot be read here.
fn asked(row: &Value) -> Option<Asked> {
    let dialect: Dialect = row["dialect"].as_str().unwrap().parse().unwrap();
    let context: NegotiationContext = row["question"].as_str().unwrap().parse().unwrap();
    let method = |field: &str| row[field].as_u64().map(|number| KeMethod(u16::try_from(number).unwrap()));
    let ike_group = method("ike_group");
    let (offer, first) = match row["offer_hex"].as_str() {
        Some(hex) => (octets(hex), dialect.first_ke(&octets(hex), context)),
        None => {
            let all = proposals(row["offer"].as_str()?, dialect, context, Role::Initiator, ike_group)?;
            (emit_offer(&all, &[9; 8][..usize::from(context.spi_size())]).ok()?, groups(&all))
        }
    };
    let ke = if row.get("ke_method").is_some() { method("ke_method") } else { first.filter(|_| context != NegotiationContext::IkeAuth) };
    let mut question = Question::new(context, ke);
    if let Some(group) = ike_group {
        question = question.with_ike_group(group);
    }
    if let Some(notifies) = row["notifies"].as_array() {
        question = question.with_notifies(notifies.iter().map(|number| NotifyType(u16::try_from(number.as_u64().unwrap()).unwrap())));
    }
    let local = match row["local_proposals"].as_array() {
        Some(all) => all.iter().map(as_values).collect(),
        None => proposals(row["local"].as_str()?, dialect, context, Role::Responder, ike_group)?,
    };
    let policy = Policy::new(dialect, local).ok()?;
    Some(Asked { offer, question, policy })
}

fn holds(row: &Value, answer: &Result<Selection, RefusalResponse>) -> Result<(), String> {
    let outcome = match answer {
        Ok(_) => "selected",
        Err(RefusalResponse::NoProposalChosen) => "no_proposal_chosen",
        Err(RefusalResponse::InvalidKePayload { .. }) => "invalid_ke_payload",
        Err(RefusalResponse::InvalidSyntax(_)) => "invalid_syntax",
        Err(RefusalResponse::Dropped(_)) => "dropped",
        Err(RefusalResponse::EmptySaPayload) => "empty_sa_payload",
        Err(_) => "another",
    };
    if row["outcome"].as_str().is_some_and(|due| due.split('|').all(|due| due != outcome)) {
        return Err(format!("{outcome}, and {} is right", row["outcome"]));
    }
    if let Err(RefusalResponse::InvalidKePayload { wanted }) = answer {
        let due = row["wanted"].as_u64();
        return if due.is_none_or(|due| due == u64::from(wanted.0)) { Ok(()) } else { Err(format!("{wanted:?} is wanted")) };
    }
    let Ok(selection) = answer else { return Ok(()) };
    if row["number"].as_u64().is_some_and(|due| due != u64::from(selection.number())) {
        return Err(format!("proposal {} is chosen", selection.number()));
    }
    let mut chosen: Vec<_> =
        selection.transforms().iter().map(|t| (u64::from(t.ty.0), u64::from(t.id.0), t.key_bits.map(u64::from))).collect();
    chosen.sort_unstable();
    let due = row["transforms"].as_array().map(|all| {
        let mut all: Vec<_> = all.iter().map(|t| (t[0].as_u64().unwrap(), t[1].as_u64().unwrap(), t[2].as_u64())).collect();
        all.sort_unstable();
        all
    });
    if due.is_none_or(|due| due == chosen) { Ok(()) } else { Err(format!("chosen: {chosen:?}")) }
}

#[test]
fn every_question_has_the_right_answer() {
    let rows = include_str!("../data/negotiate/cases.jsonl").lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let (mut wrong, mut unread, mut count) = (Vec::new(), Vec::new(), 0);
    for row in rows {
        let name = row["name"].as_str().unwrap().to_owned();
        let refuses_text = row["outcome"].as_str().is_some_and(|due| due.split('|').any(|due| due == "error"));
        match asked(&row) {
            Some(Asked { offer, question, policy }) => {
                count += 1;
                let answer = negotiate(&offer, question, &policy).map_err(|refusal| refusal.response());
                wrong.extend(holds(&row, &answer).err().map(|why| format!("{name}: {why}")));
            }
            // That a text is refused, and why, is asked of `ike`.
            None if refuses_text => {}
            None => unread.push(name),
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(unread.is_empty(), "{count} were asked, these cannot be read: {unread:?}");
}
