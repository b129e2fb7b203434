//! JSON lines in, JSON lines out: one negotiation a line.

use crate::evidence::notation;
use ikev2::proposal::{
    Dialect, NegotiationContext, Policy, Preference, Proposal, Question, RefusalResponse, Selection, UnknownName, negotiate,
};
use ikev2::registry::{KeMethod, SecurityProtocol, TransformId, TransformType};
use ikev2::transform::Transform;
use serde_json::{Map, Value, json};
use std::io::{BufRead, Write};
use std::str::FromStr;

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
        let answer =
            serde_json::from_slice(&line).map_err(|error| error.to_string()).and_then(|row| answer(&row)).unwrap_or_else(|error| {
                all = false;
                json!({ "error": error })
            });
        writeln!(output, "{answer}")?;
        output.flush()?;
    }
}

fn answer(row: &Value) -> Result<Value, String> {
    let offer = octets(text(row, "offer_hex")?.ok_or("offer_hex is missing")?)?;
    let context = context(row)?;
    let policy = policy(row, context)?;
    let ke = match row.get("ke_method") {
        None | Some(Value::Null) => None,
        Some(value) => Some(KeMethod(small(value, "ke_method")?)),
    };
    let outcome = negotiate(&offer, Question::new(context, ke), &policy);
    let explanation = match &outcome {
        Ok(selection) => selection.explanation().to_string(),
        Err(refusal) => refusal.to_string(),
    };
    let mut answer = report(outcome.map_err(|refusal| refusal.response()));
    answer.insert("explanation".into(), explanation.into());
    Ok(Value::Object(answer))
}

fn text<'v>(row: &'v Value, field: &str) -> Result<Option<&'v str>, String> {
    match row.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(format!("{field}: a string is due, not {other}")),
    }
}

fn small<N: TryFrom<u64>>(value: &Value, field: &str) -> Result<N, String> {
    value.as_u64().and_then(|n| N::try_from(n).ok()).ok_or_else(|| format!("{field}: a number that fits is due, not {value}"))
}

fn octets(hex: &str) -> Result<Vec<u8>, String> {
    let digits: Vec<u8> = hex
        .chars()
        .map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok()).ok_or_else(|| format!("offer_hex: {c:?} is no hex digit")))
        .collect::<Result<_, _>>()?;
    digits
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => Ok(high << 4 | low),
            _ => Err("offer_hex: an odd number of digits".into()),
        })
        .collect()
}

/// A value that the library has a name for.
fn named<T: FromStr<Err = UnknownName>>(name: &str) -> Result<T, String> {
    name.parse().map_err(|error: UnknownName| error.to_string())
}

fn context(row: &Value) -> Result<NegotiationContext, String> {
    text(row, "question")?.map_or(Ok(NegotiationContext::IkeSaInit), named)
}

fn dialect(row: &Value) -> Result<Dialect, String> {
    text(row, "dialect")?.map_or(Ok(Dialect::Rfc), named)
}

fn policy(row: &Value, context: NegotiationContext) -> Result<Policy, String> {
    let prefer = text(row, "prefer")?.map_or(Ok(Preference::Configured), named)?;
    let proposals = match (row.get("local_proposals"), text(row, "local")?) {
        (Some(Value::Array(list)), _) => list.iter().map(proposal).collect::<Result<Vec<_>, _>>()?,
        (Some(Value::Null) | None, Some(local)) => notation::proposals(local, context)?,
        (Some(Value::Null) | None, None) => return Err("local or local_proposals is missing".into()),
        (Some(other), _) => return Err(format!("local_proposals: a list is due, not {other}")),
    };
    let policy = Policy::new(dialect(row)?, proposals).map_err(|error| error.to_string())?;
    Ok(policy.with_preference(prefer))
}

fn proposal(value: &Value) -> Result<Proposal, String> {
    let protocol = small(value.get("protocol").unwrap_or(&Value::Null), "local_proposals: protocol")?;
    let transforms = value
        .get("transforms")
        .and_then(Value::as_array)
        .ok_or("local_proposals: transforms is missing")?
        .iter()
        .map(transform)
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Proposal::new(SecurityProtocol(protocol), transforms))
}

fn transform(value: &Value) -> Result<Transform, String> {
    let field = |name| value.get(name).unwrap_or(&Value::Null);
    let mut key_bits = match field("key_bits") {
        Value::Null => None,
        bits => Some(small(bits, "local_proposals: key_bits")?),
    };
    for attribute in field("attrs").as_array().into_iter().flatten() {
        if attribute.get("type").and_then(Value::as_u64) != Some(14) {
            return Err(format!("local_proposals: attribute {attribute} is no Key Length"));
        }
        let bits = attribute.get("value").unwrap_or(&Value::Null);
        key_bits = Some(small(bits, "local_proposals: attribute value")?);
    }
    Ok(Transform {
        ty: TransformType(small(field("type"), "local_proposals: transform type")?),
        id: TransformId(small(field("id"), "local_proposals: transform id")?),
        key_bits: key_bits.filter(|bits| *bits != 0),
    })
}

fn report(outcome: Result<Selection, RefusalResponse>) -> Map<String, Value> {
    let mut answer = Map::new();
    let kind = match outcome {
        Ok(_) => "selected",
        Err(RefusalResponse::NoProposalChosen) => "no_proposal_chosen",
        Err(RefusalResponse::InvalidKePayload { .. }) => "invalid_ke_payload",
        Err(RefusalResponse::InvalidSyntax(_)) => "invalid_syntax",
        Err(RefusalResponse::Dropped(_)) => "dropped",
        Err(RefusalResponse::EmptySaPayload) => "empty_sa_payload",
        Err(_) => "unknown",
    };
    answer.insert("outcome".into(), kind.into());
    match outcome {
        Ok(selection) => {
            answer.insert("number".into(), selection.number().into());
            let transforms: Vec<_> =
                selection.transforms().iter().map(|t| json!({ "type": t.ty.0, "id": t.id.0, "key_bits": t.key_bits })).collect();
            answer.insert("transforms".into(), transforms.into());
            answer.insert("ke_method".into(), selection.ke_method().map(|m| m.0).into());
        }
        Err(RefusalResponse::InvalidKePayload { wanted }) => {
            answer.insert("ke_method".into(), wanted.0.into());
        }
        Err(_) => {}
    }
    answer
}
