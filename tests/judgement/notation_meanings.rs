//! Texts as people paste them, and what they mean: tests/data/notations, one line of meanings.jsonl for each text.

use ikev2::proposal::Proposal;
use ikev2::proposal::notation::{Hint, Notation, Pfs, Settings, Stated, TunnelType, detect, read};
use ikev2::registry::TransformType;
use ikev2::transform::Transform;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/notations");

type Code = (u8, u16, Option<u16>);

fn code(value: &Value) -> Code {
    let number = |index: usize| value[index].as_u64().expect("a number of a transform");
    let bits = value[2].as_u64().map(|bits| u16::try_from(bits).expect("key bits"));
    (u8::try_from(number(0)).expect("type"), u16::try_from(number(1)).expect("id"), bits)
}

/// The transforms of a proposal that a meaning speaks of.
fn said(proposal: &Proposal, types: &BTreeSet<u8>) -> BTreeSet<Code> {
    let counts = |t: &Transform| {
        let named = types.contains(&t.ty.0);
        let optional = matches!(t.ty, TransformType::PRF | TransformType::SN);
        let left_out = t.ty == TransformType::KE && proposal.protocol != ikev2::registry::SecurityProtocol::IKE;
        let none = t.ty == TransformType::INTEG && t.id.0 == 0;
        !left_out && (named || !optional) && !none
    };
    proposal.transforms.iter().filter(|t| counts(t)).map(|t| (t.ty.0, t.id.0, t.key_bits)).collect()
}

fn proposals(found: &[Stated<Proposal>], meant: &Value, any_grouping: bool) -> Result<(), String> {
    let Some(meant) = meant.as_array() else { return Ok(()) };
    let meant: Vec<BTreeSet<Code>> = meant.iter().map(|p| p.as_array().expect("transforms").iter().map(code).collect()).collect();
    let types = meant.iter().flatten().map(|(ty, _, _)| *ty).collect();
    let found: Vec<BTreeSet<Code>> = found.iter().map(|p| said(&p.value, &types)).collect();
    let same = if any_grouping {
        let flat = |all: &[BTreeSet<Code>]| all.iter().flatten().copied().collect::<BTreeSet<_>>();
        flat(&found) == flat(&meant)
    } else {
        found == meant
    };
    if same { Ok(()) } else { Err(format!("read {found:?}\n    meant {meant:?}")) }
}

fn pfs(found: Option<&Stated<Pfs>>, meant: &Value) -> Result<(), String> {
    let found = found.map(|stated| &stated.value);
    let groups: Vec<u64> = match (meant, found) {
        (Value::Null, _) => return Ok(()),
        (Value::String(_), Some(Pfs::IkeGroup)) => return Ok(()),
        (Value::Array(groups), _) => groups.iter().filter_map(Value::as_u64).collect(),
        _ => return Err(format!("pfs: read {found:?}, meant {meant}")),
    };
    let read: Vec<u64> = match found {
        Some(Pfs::None) => Vec::new(),
        Some(Pfs::Groups(groups)) => groups.iter().map(|group| u64::from(group.0)).collect(),
        _ => return Err(format!("pfs: read {found:?}, meant {meant}")),
    };
    if read == groups { Ok(()) } else { Err(format!("pfs: read {read:?}, meant {groups:?}")) }
}

fn holds(row: &Value, settings: &Settings) -> Result<(), String> {
    let any = row["grouping"] == "any";
    proposals(&settings.ike, &row["ike"], any).map_err(|error| format!("ike: {error}"))?;
    proposals(&settings.esp, &row["esp"], any).map_err(|error| format!("esp: {error}"))?;
    pfs(settings.pfs.as_ref(), &row["pfs"])?;
    if let Some(tunnel) = row["tunnel_type"].as_str() {
        let found = settings.tunnel_type.map(|stated: Stated<TunnelType>| stated.value.name());
        if found != Some(tunnel) {
            return Err(format!("tunnel type {found:?}, meant {tunnel}"));
        }
    }
    for meant in row["remarks"].as_array().expect("remarks").iter().map(|remark| remark.as_str().expect("a text")) {
        let told = |word: &str| settings.remarks.iter().any(|remark| remark.text.to_lowercase().contains(&word.to_lowercase()));
        if !meant.split('|').any(told) {
            return Err(format!("no remark of {meant}: {:?}", settings.remarks));
        }
    }
    Ok(())
}

fn every_text_of(notation: Notation) {
    let rows = fs::read_to_string(format!("{FOLDER}/meanings.jsonl")).expect("meanings");
    let rows: Vec<Value> = rows.lines().map(|line| serde_json::from_str(line).expect("a row")).collect();
    let own: Vec<&Value> = rows.iter().filter(|row| row["notation"] == notation.to_string().as_str()).collect();
    assert!(!own.is_empty(), "no text in {notation}");
    let mut wrong = Vec::new();
    for row in own {
        let file = row["file"].as_str().expect("a file");
        let text = fs::read_to_string(format!("{FOLDER}/{file}")).expect("a text");
        let found = detect(&text).map(|found| found.notation);
        if found != Some(notation) {
            wrong.push(format!("{file}: taken for {found:?}"));
            continue;
        }
        let held = match read(&text, Hint::default()) {
            Ok(settings) => holds(row, &settings),
            Err(error) => Err(error.on(&text).to_string()),
        };
        wrong.extend(held.err().map(|error| format!("{file}: {error}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn strongswan() {
    every_text_of(Notation::StrongSwan);
}

#[test]
fn libreswan() {
    every_text_of(Notation::Libreswan);
}

#[test]
fn windows() {
    every_text_of(Notation::Windows);
}

#[test]
fn openiked() {
    every_text_of(Notation::OpenIked);
}

#[test]
fn fortigate() {
    every_text_of(Notation::FortiGate);
}

#[test]
fn cisco_ios() {
    every_text_of(Notation::CiscoIos);
}

#[test]
fn cisco_asa() {
    every_text_of(Notation::CiscoAsa);
}

#[test]
fn mikrotik() {
    every_text_of(Notation::MikroTik);
}

#[test]
fn juniper() {
    every_text_of(Notation::Juniper);
}

#[test]
fn palo_alto() {
    every_text_of(Notation::PaloAlto);
}

#[test]
fn vyos() {
    every_text_of(Notation::Vyos);
}

#[test]
fn pfsense() {
    every_text_of(Notation::PfSense);
}

#[test]
fn opnsense() {
    every_text_of(Notation::OpnSense);
}

#[test]
fn unifi() {
    every_text_of(Notation::Unifi);
}

#[test]
fn azure() {
    every_text_of(Notation::Azure);
}

#[test]
fn aws() {
    every_text_of(Notation::Aws);
}

#[test]
fn gcp() {
    every_text_of(Notation::Gcp);
}

#[test]
fn apple() {
    every_text_of(Notation::Apple);
}

#[test]
fn android() {
    every_text_of(Notation::Android);
}

#[test]
fn strongswan_app() {
    every_text_of(Notation::StrongSwanApp);
}

#[test]
fn no_notation_is_left_out() {
    let tests = include_str!("notation_meanings.rs");
    for notation in Notation::ALL {
        assert!(tests.contains(&format!("every_text_of(Notation::{notation:?})")), "{notation}");
    }
}
