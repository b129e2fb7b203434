//! The pairs, the outcome, the explanation, for people.

use crate::side::{Local, Offer};
use ikev2::proposal::profiles::{self, Profile};
use ikev2::proposal::{Mismatch, Policy, Question, examine, negotiate};
use ikev2::registry::{KeMethod, TransformType};
use std::io::{self, Write};

/// Columns a list of values may take.
const CELL: usize = 30;
/// Columns of prose.
const WIDTH: usize = 110;
/// Pairs shown; of more, the nearest are.
const PAIRS: usize = 64;

/// Shows one negotiation. `true` when a proposal was chosen.
pub(crate) fn negotiation(offer: &Offer, local: &Local, ke: Option<KeMethod>, out: &mut impl Write) -> io::Result<bool> {
    describe(out, "offer", &offer.name, offer.profile)?;
    describe(out, "local", &local.name, local.profile)?;
    decision(&offer.octets, local.question, ke, &local.policy, out)
}

/// The rules, the pairs, the outcome and what there is to say about it.
pub(crate) fn decision(offer: &[u8], question: Question, ke: Option<KeMethod>, policy: &Policy, out: &mut impl Write) -> io::Result<bool> {
    let asked = match question {
        Question::Ike => "IKE_SA_INIT, an IKE SA",
        Question::AuthChild => "IKE_AUTH, the first child SA",
        Question::Child => "CREATE_CHILD_SA, a child SA",
        Question::IkeRekey => "CREATE_CHILD_SA, a rekeyed IKE SA",
    };
    write!(out, "rules  {}; {asked}", policy.dialect().name())?;
    match ke {
        Some(method) => writeln!(out, "; KE payload of group {}", method.0)?,
        None => writeln!(out)?,
    }
    writeln!(out)?;
    pairs(offer, question, policy, out)?;
    let outcome = negotiate(offer, question, ke, policy);
    match &outcome {
        Ok(selection) => {
            writeln!(out, "Outcome: proposal {} is chosen.", selection.number())?;
            for transform in selection.transforms() {
                writeln!(out, "    {transform}")?;
            }
            writeln!(out)?;
            paragraph(&selection.to_string(), out)?;
        }
        Err(refusal) => {
            let notify = refusal.notify().and_then(|notify| notify.ty.name());
            writeln!(out, "Outcome: {}.", notify.unwrap_or("no notify is sent"))?;
            writeln!(out)?;
            paragraph(&refusal.to_string(), out)?;
        }
    }
    Ok(outcome.is_ok())
}

fn describe(out: &mut impl Write, what: &str, name: &str, profile: Option<&Profile>) -> io::Result<()> {
    writeln!(out, "{what:6} {name}")?;
    let Some(profile) = profile else { return Ok(()) };
    writeln!(out, "         {}, versions {}", profile.vendor, profile.versions)?;
    writeln!(out, "         confidence: {}", profile.confidence_note)
}

/// One line for each pair, a column for each type.
fn pairs(offer: &[u8], question: Question, policy: &Policy, out: &mut impl Write) -> io::Result<()> {
    let examination = examine(offer, question, policy);
    let mut pairs: Vec<Mismatch<'_>> = examination.pairs().collect();
    let nearest = pairs.iter().min_by_key(|m| (m.distance(), m.local_index())).map(|m| (m.number(), m.local_index(), m.distance()));
    let all = pairs.len();
    if all > PAIRS {
        pairs.sort_by_key(Mismatch::distance);
        pairs.truncate(PAIRS);
        pairs.sort_by_key(|m| (m.number(), m.local_index()));
    }
    let compared = |ty: TransformType| !(question == Question::AuthChild && ty.is_key_exchange());
    let mut types: Vec<TransformType> = pairs.iter().flat_map(Mismatch::types).collect();
    types.sort();
    types.dedup();
    let rows: Vec<Vec<String>> = pairs.iter().map(|m| types.iter().map(|ty| cell(m, *ty, compared(*ty))).collect()).collect();
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..types.len()).map(width).collect();
    for (m, row) in pairs.iter().zip(&rows) {
        write!(out, "{:>4} x {:<3}", m.number(), m.local_index().saturating_add(1))?;
        for (cell, width) in row.iter().zip(&widths) {
            write!(out, " {cell:width$}")?;
        }
        let note = match (m.flaw(), m.clash()) {
            (Some(flaw), _) => format!("  passed over: {flaw}"),
            (None, Some(clash)) => format!("  {clash}"),
            (None, None) if m.fits() => "  fits".into(),
            (None, None) if nearest == Some((m.number(), m.local_index(), m.distance())) => "  nearest".into(),
            (None, None) => String::new(),
        };
        writeln!(out, "{note}")?;
    }
    if all > PAIRS {
        writeln!(out, "(of {all} pairs, the {PAIRS} nearest)")?;
    }
    writeln!(out)
}

/// What is offered of a type, marked; where nothing is, what is missing.
fn cell(m: &Mismatch<'_>, ty: TransformType, compared: bool) -> String {
    let list = |items: &mut dyn Iterator<Item = String>| {
        let mut text = String::new();
        let mut hidden = 0_usize;
        for item in items {
            if text.is_empty() {
                text = item;
            } else if text.chars().count().saturating_add(item.chars().count()) < CELL {
                text = format!("{text}, {item}");
            } else {
                hidden = hidden.saturating_add(1);
            }
        }
        if hidden > 0 { format!("{text}, +{hidden}") } else { text }
    };
    let offered = list(&mut m.offered(ty).map(|t| t.to_string()));
    let mark = match () {
        () if !compared => '=',
        () if m.unmatched().contains(ty) || m.missing().contains(ty) => '-',
        () => '+',
    };
    match (offered.is_empty(), mark) {
        (false, _) => format!("{mark} {offered}"),
        (true, '-') => format!("- missing: {}", list(&mut m.allowed(ty).map(|t| t.to_string()))),
        (true, _) => String::new(),
    }
}

/// Text in lines of [`WIDTH`] columns.
fn paragraph(text: &str, out: &mut impl Write) -> io::Result<()> {
    let mut column = 0_usize;
    for word in text.split_whitespace() {
        let len = word.chars().count();
        if column > 0 && column.saturating_add(len) >= WIDTH {
            writeln!(out)?;
            column = 0;
        }
        if column > 0 {
            write!(out, " ")?;
            column = column.saturating_add(1);
        }
        write!(out, "{word}")?;
        column = column.saturating_add(len);
    }
    writeln!(out)
}

/// The profiles.
pub(crate) fn list(out: &mut impl Write) -> io::Result<()> {
    for profile in profiles::all() {
        let protocol = profile.protocol.name().unwrap_or("?");
        let count = profile.proposals().len();
        writeln!(out, "{}  ({protocol}, {count} proposals)", profile.id)?;
        if !profile.aliases.is_empty() {
            writeln!(out, "    also: {}", profile.aliases.join(", "))?;
        }
        writeln!(out, "    {}, versions {}", profile.vendor, profile.versions)?;
        writeln!(out, "    confidence: {}", profile.confidence_note)?;
        if !profile.notes.is_empty() {
            writeln!(out, "    {}", profile.notes)?;
        }
        for source in profile.sources {
            writeln!(out, "    source: {source}")?;
        }
    }
    Ok(())
}
