//! Every offered proposal beside every local one, with what matches and what does not.

use crate::report::Style;
use crate::report::text::{Ink, Page};
use ikev2::proposal::{Pair, Refusal};
use ikev2::registry::TransformType;
use std::io::{self, Write};

/// Rows shown: those of the nearest pairs.
const MOST: usize = 48;

/// A pair of an offered and a local proposal.
pub(super) struct Row {
    pub(super) number: u8,
    local: usize,
    distance: u32,
    cells: Vec<(TransformType, &'static str)>,
    pub(super) remark: String,
}

impl Row {
    /// The local proposal, from 1.
    pub(super) const fn local(&self) -> usize {
        self.local.saturating_add(1)
    }

    pub(super) fn cell(&self, ty: TransformType) -> &'static str {
        self.cells.iter().find(|(of, _)| *of == ty).map_or("-", |(_, cell)| cell)
    }
}

/// The pairs of a refusal as the stack judged them.
pub(super) struct Table {
    pub(super) rows: Vec<Row>,
    /// The columns.
    pub(super) types: Vec<TransformType>,
    /// Pairs, also those that are no row.
    pub(super) all: usize,
}

pub(super) const LEGEND: &str = "ok: agree; DIFFERS: no value in common; MISSING: needed and not offered; -: not needed";

impl Table {
    pub(super) fn of(refusal: &Refusal) -> Self {
        let mut rows: Vec<Row> = refusal.pairs().map(|pair| judged(&pair)).collect();
        let all = rows.len();
        if all > MOST {
            rows.sort_by_key(|row| row.distance);
            rows.truncate(MOST);
            rows.sort_by_key(|row| (row.number, row.local));
        }
        let mut types: Vec<TransformType> = rows.iter().flat_map(|row| row.cells.iter().map(|(ty, _)| *ty)).collect();
        types.sort();
        types.dedup();
        Self { rows, types, all }
    }
}

/// Prints the pairs of a refusal.
pub(super) fn print(refusal: &Refusal, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let Table { rows, types, all } = Table::of(refusal);
    if rows.is_empty() {
        return Ok(());
    }
    let header: String = types.iter().map(|ty| format!("  {:<8}", short(*ty))).collect();
    writeln!(out, "  offered  local{}", header.trim_end())?;
    for row in &rows {
        let cells = types.iter().map(|ty| format!("  {:<8}", row.cell(*ty)));
        let remark = if row.remark.is_empty() { String::new() } else { format!("  {}", row.remark) };
        let cells: Vec<String> = cells.chain([remark]).collect();
        let blank = cells.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last.saturating_add(1));
        let cells: String = cells.iter().take(blank).map(|cell| style.paint(ink(cell), cell)).collect();
        writeln!(out, "  {:>7}  {:>5}{}", row.number, row.local(), cells.trim_end())?;
    }
    if all > rows.len() {
        writeln!(out, "  (the nearest {} of {all} pairs)", rows.len())?;
    }
    let mut legend = Page::new(style, usize::MAX);
    legend.words(Ink::Plain, "  ", 2, LEGEND);
    writeln!(out, "{}", legend.take())
}

fn ink(cell: &str) -> Ink {
    match cell.trim() {
        "ok" | "fits" => Ink::Good,
        "DIFFERS" | "MISSING" => Ink::Bad,
        _ => Ink::Plain,
    }
}

fn judged(pair: &Pair<'_>) -> Row {
    let (unmatched, missing) = (pair.unmatched(), pair.missing());
    let cells = pair
        .types()
        .map(|ty| {
            let cell = match (unmatched.contains(ty), missing.contains(ty)) {
                (true, _) => "DIFFERS",
                (_, true) => "MISSING",
                _ if pair.offered(ty).next().is_none() || pair.allowed(ty).next().is_none() => "-",
                _ => "ok",
            };
            (ty, cell)
        })
        .collect();
    let remark = match (pair.skip_reason(), pair.conflict()) {
        (Some(flaw), _) => format!("passed over: {flaw}"),
        (None, Some(clash)) => clash.to_string(),
        (None, None) if pair.fits() => "fits".into(),
        (None, None) => String::new(),
    };
    Row { number: pair.number(), local: pair.local_index(), distance: pair.distance(), cells, remark }
}

pub(super) fn short(ty: TransformType) -> String {
    match ty {
        TransformType::ENCR => "ENCR".into(),
        TransformType::PRF => "PRF".into(),
        TransformType::INTEG => "INTEG".into(),
        TransformType::KE => "KE".into(),
        TransformType::SN => "SN".into(),
        other => match other.additional_key_exchange() {
            Some(number) => format!("ADDKE{number}"),
            None => format!("type {}", other.0),
        },
    }
}
