//! Runs it all, and writes what comes out.

use super::args::Args;
use super::experiment::{self, Cell};
use super::{plots, report, table, verdict};
use crate::input::name;
use ikev2_tools::report::{Style, fold};
use std::error::Error;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Runs it all; tables and the answer go to `out`, everything else to the folder asked for.
pub(crate) fn compare(args: &Args, style: Style, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let named = |error: io::Error| format!("{}: {error}", name(&args.out));
    std::fs::create_dir_all(&args.out).map_err(named)?;
    let results = experiment::compare(args)?;
    table::print(args, &results, style.width, out)?;
    write_csv(&args.out.join("runs.csv"), results.cells.iter().chain(&results.losses).chain(&results.sizes)).map_err(named)?;
    let figures = plots::all(args, &results)?;
    for figure in &figures {
        std::fs::write(args.out.join(format!("{}.svg", figure.name)), &figure.svg).map_err(named)?;
        std::fs::write(args.out.join(format!("{}.png", figure.name)), &figure.png).map_err(named)?;
    }
    let report = args.out.join("report.html");
    std::fs::write(&report, report::html(args, &results, &figures)).map_err(named)?;
    for sentence in verdict::sentences(args, &results) {
        writeln!(out, "{}", fold(&sentence, style, 0))?;
    }
    writeln!(out, "\nseed {}, runs of each: {}; {}, and runs.csv beside it", args.seed, args.runs, name(&report))?;
    Ok(())
}

/// Every run, one a line. A line is run again by `--seed SEED --runs 1` with its strategy, path and size.
fn write_csv<'c>(path: &Path, cells: impl Iterator<Item = &'c Cell>) -> io::Result<()> {
    let mut csv = BufWriter::new(File::create(path)?);
    writeln!(csv, "strategy,path,message,octets_in,run,seed,delivered,time_ms,datagrams,octets_sent,retransmissions,spurious")?;
    for cell in cells {
        for (number, run) in cell.runs.iter().enumerate() {
            let time = run.delivered.map_or(String::new(), |time| format!("{:.3}", time.as_secs_f64() * 1000.0));
            writeln!(
                csv,
                "{},{},{},{},{number},{},{},{time},{},{},{},{}",
                cell.strategy,
                cell.path,
                cell.message,
                cell.octets_in,
                run.seed,
                u8::from(run.delivered.is_some()),
                run.datagrams,
                run.octets,
                run.retransmissions,
                run.spurious
            )?;
        }
    }
    csv.flush()
}
