//! Settings for programs.

use super::place::Lines;
use ikev2::proposal::Proposal;
use ikev2::proposal::notation::{Notation, Pfs, ReadError, Settings, Span, Stated, Written};
use ikev2::registry::TransformType;
use serde_json::{Map, Value, json};

pub(super) fn of_settings(text: &str, settings: &Settings) -> Value {
    let lines = Lines::of(text);
    let mut told = Map::new();
    told.insert("notation".into(), settings.notation.to_string().into());
    told.insert("ike".into(), proposals(&settings.ike, true));
    // The groups of Child SAs are told once, as PFS.
    told.insert("esp".into(), proposals(&settings.esp, false));
    told.insert("pfs".into(), settings.pfs.as_ref().map_or(Value::Null, |pfs| of_pfs(&pfs.value)));
    told.insert("tunnel_type".into(), settings.tunnel_type.map(|stated| stated.value.name()).into());
    told.insert("ike_lifetime".into(), value(settings.ike_lifetime.as_ref()).into());
    told.insert("esp_lifetime".into(), value(settings.esp_lifetime.as_ref()).into());
    told.insert("esp_octets".into(), value(settings.esp_octets.as_ref()).into());
    told.insert("fragmentation".into(), value(settings.fragmentation.as_ref()).into());
    told.insert("remote_identity".into(), value(settings.remote_identity.as_ref()).into());
    told.insert("remarks".into(), settings.remarks.iter().map(|remark| remark.text.clone()).collect::<Vec<_>>().into());
    told.insert("where".into(), places(&lines, settings));
    Value::Object(told)
}

fn value<T: Clone>(stated: Option<&Stated<T>>) -> Option<T> {
    stated.map(|stated| stated.value.clone())
}

fn proposals(all: &[Stated<Proposal>], groups: bool) -> Value {
    let transforms = |proposal: &Proposal| -> Vec<Value> {
        let said = proposal.transforms.iter().filter(|t| groups || t.ty != TransformType::KE);
        said.map(|t| json!([t.ty.0, t.id.0, t.key_bits])).collect()
    };
    all.iter().map(|stated| Value::from(transforms(&stated.value))).collect()
}

fn of_pfs(pfs: &Pfs) -> Value {
    match pfs {
        Pfs::None => json!([]),
        Pfs::IkeGroup => json!("ike"),
        Pfs::Groups(groups) => groups.iter().map(|group| group.0).collect::<Vec<_>>().into(),
        _ => Value::Null,
    }
}

fn places(lines: &Lines<'_>, settings: &Settings) -> Value {
    let place = |span: Option<Span>| {
        span.map_or(Value::Null, |span| {
            let place = lines.place(span);
            json!({ "at": span.at, "len": span.len, "line": place.line, "column": place.column })
        })
    };
    let all = |list: &[Stated<Proposal>]| list.iter().map(|stated| place(stated.span)).collect::<Vec<_>>();
    json!({
        "ike": all(&settings.ike),
        "esp": all(&settings.esp),
        "pfs": place(settings.pfs.as_ref().and_then(|stated| stated.span)),
        "tunnel_type": place(settings.tunnel_type.and_then(|stated| stated.span)),
        "ike_lifetime": place(settings.ike_lifetime.and_then(|stated| stated.span)),
        "esp_lifetime": place(settings.esp_lifetime.and_then(|stated| stated.span)),
        "esp_octets": place(settings.esp_octets.and_then(|stated| stated.span)),
        "fragmentation": place(settings.fragmentation.and_then(|stated| stated.span)),
        "remote_identity": place(settings.remote_identity.as_ref().and_then(|stated| stated.span)),
        "remarks": settings.remarks.iter().map(|remark| place(remark.span)).collect::<Vec<_>>(),
    })
}

pub(super) fn of_written(notation: Notation, written: &Written) -> Value {
    json!({ "notation": notation.to_string(), "text": written.text, "remarks": written.remarks })
}

pub(super) fn of_error(text: &str, error: ReadError) -> Value {
    let span = Span { at: error.error.at, len: error.error.len };
    let place = Lines::of(text).place(span);
    json!({
        "error": error.on(text).to_string(), "notation": error.notation.map(|notation| notation.to_string()),
        "at": span.at, "len": span.len, "line": place.line, "column": place.column,
    })
}
