//! Tables for the terminal: one a path.

use super::args::Args;
use super::experiment::{Cell, Results};
use super::stats::{Summary, percent, summary, time, time_or_never};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use std::io::{self, Write};

pub(crate) fn print(args: &Args, results: &Results, width: Option<usize>, out: &mut impl Write) -> io::Result<()> {
    for path in &args.paths {
        writeln!(out, "\n{}: {}", path.name, path.about)?;
        let cells: Vec<_> = results.cells.iter().filter(|cell| cell.path == path.name).collect();
        let table = if args.messages.len() == 1 { detailed(args, &cells) } else { overview(args, &cells) };
        writeln!(out, "{}", fitted(table, width))?;
    }
    writeln!(out)
}

/// Cells are folded where a terminal has too few columns; a file gets every row in one line.
fn fitted(mut table: Table, width: Option<usize>) -> Table {
    if let Some(width) = width.and_then(|width| u16::try_from(width).ok()) {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    }
    table
}

fn table(header: Vec<String>) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_BORDERS_ONLY).set_content_arrangement(ContentArrangement::Disabled).set_header(header);
    table.column_iter_mut().skip(1).for_each(|column| column.set_cell_alignment(CellAlignment::Right));
    table
}

/// For each message: delivered in time, with its interval; half and 95 % of the runs took no longer.
fn overview(args: &Args, cells: &[&Cell]) -> Table {
    let within = time(args.deadline);
    let mut header = vec![format!("% within {within} [95 %], p50 / p95")];
    header.extend(args.messages.iter().map(ToString::to_string));
    let mut table = table(header);
    for strategy in &args.strategies {
        let mut row = vec![strategy.name.clone()];
        for message in &args.messages {
            let cell = cells.iter().find(|cell| cell.strategy == strategy.name && cell.message == message.name);
            row.push(cell.map_or(String::new(), |cell| {
                let s = summary(cell, args.deadline);
                let (low, high) = (percent(s.in_time.low), percent(s.in_time.high));
                let (p50, p95) = (time_or_never(s.p50.value), time_or_never(s.p95.value));
                format!("{} [{low}, {high}] {p50:>6} / {p95:>6}", percent(s.in_time.value))
            }));
        }
        table.add_row(row);
    }
    table
}

pub(crate) const DETAILS: [&str; 10] =
    ["delivered, %", "in time, %", "p50", "p95 [95 %]", "p99", "datagrams", "octets", "sent again", "for nothing", "memory, octets"];

/// The columns of [`DETAILS`].
pub(crate) fn details(s: &Summary) -> [String; 10] {
    let share = |share: super::stats::Share| format!("{} [{}, {}]", percent(share.value), percent(share.low), percent(share.high));
    let mean = |mean: super::stats::Mean, digits: usize| format!("{:.digits$} ± {:.digits$}", mean.value, mean.off);
    let p95 = format!("{} [{}, {}]", time_or_never(s.p95.value), time_or_never(s.p95.low), time_or_never(s.p95.high));
    [
        share(s.delivered),
        share(s.in_time),
        time_or_never(s.p50.value),
        p95,
        time_or_never(s.p99.value),
        mean(s.datagrams, 1),
        mean(s.octets, 0),
        mean(s.retransmissions, 1),
        mean(s.spurious, 1),
        s.memory.to_string(),
    ]
}

fn detailed(args: &Args, cells: &[&Cell]) -> Table {
    let title = args.messages.first().map_or(String::new(), ToString::to_string);
    let mut table = table(std::iter::once(title).chain(DETAILS.map(str::to_owned)).collect());
    for cell in cells {
        table.add_row(std::iter::once(cell.strategy.clone()).chain(details(&summary(cell, args.deadline))));
    }
    table
}
