//! JSON lines in, JSON lines out: one negotiation a line.

use super::row::{self, Fault, Row};
use crate::evidence::negotiation::{Answer, Fix, Part, Whole, answer};
use ikev2::proposal::{Refusal, RefusalResponse, Selection, Side};
use serde_json::{Map, Value, json};
use std::io::{BufRead, Write};

/// Answers every line of `input`; a line that cannot be answered gets an error and the rest goes on. Gives whether there was none
/// of these.
pub(super) fn run(input: &mut dyn BufRead, output: &mut dyn Write) -> std::io::Result<bool> {
    let mut all = true;
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            return Ok(all);
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let read = serde_json::from_slice(&line).map_err(|error| Fault::of(error.to_string())).and_then(|value| row::read(&value));
        let answered = read.and_then(|Row { offer, local, terms }| answer(&offer, &local, &terms).map_err(Fault::of));
        let told = answered.map_or_else(
            |fault| {
                all = false;
                Value::Object(fault.told())
            },
            |answer| Value::Object(of_answer(&answer)),
        );
        writeln!(output, "{told}")?;
        output.flush()?;
    }
}

/// The four outcomes as one object.
pub(super) fn of_whole(whole: &Whole) -> Value {
    let mut told = Map::new();
    told.insert("dialect".into(), whole.dialect.to_string().into());
    told.insert("agreed".into(), whole.agrees().into());
    for (context, part) in &whole.parts {
        let value = match part {
            Part::Asked(answer) => Value::Object(of_answer(answer)),
            Part::NotSaid(why) => json!({ "outcome": null, "explanation": why }),
        };
        told.insert(context.to_string(), value);
    }
    Value::Object(told)
}

/// One answer as an object.
pub(super) fn of_answer(answer: &Answer) -> Map<String, Value> {
    let explanation = match &answer.outcome {
        Ok(selection) => selection.explanation().to_string(),
        Err(refusal) => refusal.to_string(),
    };
    let mut told = report(answer.outcome.as_ref().map_err(Refusal::response));
    if let Some(selection) = &answer.retried {
        told.insert("after_retry".into(), chosen(selection).into());
    }
    told.insert("explanation".into(), explanation.into());
    told.insert("lint".into(), answer.lints.iter().map(ToString::to_string).collect::<Vec<_>>().into());
    told.insert("remedies".into(), answer.fixes.iter().map(of_fix).collect::<Vec<_>>().into());
    told.insert("remarks".into(), answer.remarks.clone().into());
    told.insert("windows_error".into(), answer.windows_error.into());
    told
}

fn of_fix(fix: &Fix) -> Value {
    let side = match fix.side {
        Side::Peer => "peer",
        Side::Local => "local",
    };
    json!({
        "side": side, "notation": fix.notation.to_string(), "change": fix.changed, "text": fix.text,
        "not_advised": Some(&fix.warning).filter(|warning| !warning.is_empty()),
    })
}

fn chosen(selection: &Selection) -> Map<String, Value> {
    let transforms: Vec<_> =
        selection.transforms().iter().map(|t| json!({ "type": t.ty.0, "id": t.id.0, "key_bits": t.key_bits })).collect();
    let mut told = Map::new();
    told.insert("number".into(), selection.number().into());
    told.insert("transforms".into(), transforms.into());
    told.insert("ke_method".into(), selection.ke_method().map(|m| m.0).into());
    told
}

fn report(outcome: Result<&Selection, RefusalResponse>) -> Map<String, Value> {
    let mut told = Map::new();
    let kind = match outcome {
        Ok(_) => "selected",
        Err(RefusalResponse::NoProposalChosen) => "no_proposal_chosen",
        Err(RefusalResponse::InvalidKePayload { .. }) => "invalid_ke_payload",
        Err(RefusalResponse::InvalidSyntax(_)) => "invalid_syntax",
        Err(RefusalResponse::Dropped(_)) => "dropped",
        Err(RefusalResponse::EmptySaPayload) => "empty_sa_payload",
        Err(_) => "unknown",
    };
    told.insert("outcome".into(), kind.into());
    match outcome {
        Ok(selection) => told.extend(chosen(selection)),
        Err(RefusalResponse::InvalidKePayload { wanted }) => {
            told.insert("ke_method".into(), wanted.0.into());
        }
        Err(_) => {}
    }
    told
}
