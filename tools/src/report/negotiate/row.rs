//! A line of JSON as a question to two sides.

use crate::evidence::negotiation::{Ke, Offer, Side, Terms};
use ikev2::Role;
use ikev2::proposal::notation::{Hint, ReadError};
use ikev2::proposal::{Dialect, NegotiationContext, Proposal, UnknownName};
use ikev2::registry::{KeMethod, NotifyType, SecurityProtocol, TransformId, TransformType};
use ikev2::transform::Transform;
use serde_json::{Map, Value};
use std::str::FromStr;

/// What a line asks.
pub(super) struct Row {
    pub(super) offer: Offer,
    pub(super) local: Side,
    pub(super) terms: Terms,
}

/// Why a line cannot be answered.
pub(super) struct Fault {
    text: String,
    /// The field and the place in its text, where a text is at fault.
    place: Option<(&'static str, ReadError)>,
}

impl Fault {
    pub(super) const fn of(text: String) -> Self {
        Self { text, place: None }
    }

    fn at(field: &'static str, text: &str, error: ReadError) -> Self {
        Self { text: format!("{field}: {}", error.on(text)), place: Some((field, error)) }
    }

    /// As the answer to the line.
    pub(super) fn told(self) -> Map<String, Value> {
        let mut told = Map::new();
        told.insert("error".into(), self.text.into());
        if let Some((field, error)) = self.place {
            told.insert("field".into(), field.into());
            told.insert("notation".into(), error.notation.map(|notation| notation.to_string()).into());
            told.insert("at".into(), error.error.at.into());
            told.insert("len".into(), error.error.len.into());
        }
        // A text that cannot be read has nothing against it but that.
        told.insert("lint".into(), Value::Array(Vec::new()));
        told
    }
}

impl From<String> for Fault {
    fn from(text: String) -> Self {
        Self::of(text)
    }
}

pub(super) fn read(row: &Value) -> Result<Row, Fault> {
    let terms = terms(row)?;
    let local = local(row, &terms)?;
    let mut offer = match (text(row, "offer_hex")?, text(row, "offer")?) {
        (Some(hex), _) => Side::Payload(octets(hex)?),
        // The notation of the peer is its own affair.
        (None, Some(said)) => {
            let hint = Hint { context: Some(terms.context), ..Hint::default() };
            Side::read(said, Role::Initiator, hint).map_err(|error| Fault::at("offer", said, error))?
        }
        (None, None) => return Err(Fault::of("offer or offer_hex is missing".into())),
    }
    .offer(&terms)?;
    if row.get("offer_hex").is_some_and(|hex| !hex.is_null()) {
        offer.label = "offer_hex".into();
    }
    Ok(Row { offer, local, terms })
}

fn terms(row: &Value) -> Result<Terms, Fault> {
    let context = text(row, "question")?.map_or(Ok(NegotiationContext::IkeSaInit), named)?;
    let ke = match row.get("ke_method") {
        None => Ke::FirstOffered,
        Some(Value::Null) => Ke::Given(None),
        Some(value) => Ke::Given(Some(KeMethod(small(value, "ke_method")?))),
    };
    let ike_group = match row.get("ike_group") {
        None | Some(Value::Null) => None,
        Some(value) => Some(KeMethod(small(value, "ike_group")?)),
    };
    let notifies = match row.get("notifies") {
        None | Some(Value::Null) => None,
        Some(Value::Array(list)) => Some(list.iter().map(|value| small(value, "notifies").map(NotifyType)).collect::<Result<Vec<_>, _>>()?),
        Some(other) => return Err(Fault::of(format!("notifies: a list is due, not {other}"))),
    };
    Ok(Terms {
        context,
        dialect: Some(text(row, "dialect")?.map_or(Ok(Dialect::Rfc), named)?),
        prefer: text(row, "prefer")?.map(named).transpose()?,
        ke,
        ike_group,
        notifies,
    })
}

fn local(row: &Value, terms: &Terms) -> Result<Side, Fault> {
    match (row.get("local_proposals"), text(row, "local")?) {
        (Some(Value::Array(list)), _) => Ok(Side::Proposals(list.iter().map(proposal).collect::<Result<Vec<_>, _>>()?)),
        (Some(Value::Null) | None, Some(local)) => {
            let hint = Hint { notation: None, dialect: terms.dialect, context: Some(terms.context) };
            Side::read(local, Role::Responder, hint).map_err(|error| Fault::at("local", local, error))
        }
        (Some(Value::Null) | None, None) => Err(Fault::of("local or local_proposals is missing".into())),
        (Some(other), _) => Err(Fault::of(format!("local_proposals: a list is due, not {other}"))),
    }
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
