//! Compares fragmentation strategies on modelled paths: tables, a report with plots, and every run as CSV.
//!
//! ```text
//! args.rs         the command line
//! paths.rs        the paths and messages asked for
//! contestants.rs  the strategies by name, with both ends
//! cipher.rs       AES-GCM by ring for the simulated SA
//! experiment.rs   every strategy on every path with every message, on all cores
//! stats.rs        shares, quantiles, and their confidence intervals
//! table.rs        tables for the terminal
//! verdict.rs      which strategy to choose, in three sentences
//! plots.rs        curves, as SVG and PNG
//! png.rs          text for plotters' bitmaps without system fonts
//! report.rs       report.html
//! ```
//!
//! `cargo run --release --features full --example compare_strategies -- --quick`

mod args;
mod cipher;
mod contestants;
mod experiment;
mod paths;
mod plots;
mod png;
mod report;
mod stats;
mod table;
mod verdict;

use args::{Args, Parsed};
use experiment::Cell;
use std::error::Error;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    let args = match args::parse(std::env::args_os().skip(1)) {
        Ok(Parsed::Help) => {
            print!("{}", args::HELP);
            contestants::list();
            paths::list();
            return ExitCode::SUCCESS;
        }
        Ok(Parsed::Compare(args)) => *args,
        Err(error) => {
            eprintln!("compare_strategies: {error}\n{}", args::USAGE);
            return ExitCode::from(2);
        }
    };
    match compare(&args) {
        Ok(()) => ExitCode::SUCCESS,
        // The reader has gone, as `| head` does.
        Err(error) if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("compare_strategies: {error}");
            ExitCode::from(2)
        }
    }
}

fn compare(args: &Args) -> Result<(), Box<dyn Error>> {
    let results = experiment::compare(args)?;
    let mut out = io::stdout().lock();
    table::print(args, &results, &mut out)?;
    std::fs::create_dir_all(&args.out)?;
    write_csv(&args.out.join("runs.csv"), results.cells.iter().chain(&results.losses).chain(&results.sizes))?;
    let figures = plots::all(args, &results)?;
    for figure in &figures {
        std::fs::write(args.out.join(format!("{}.svg", figure.name)), &figure.svg)?;
        std::fs::write(args.out.join(format!("{}.png", figure.name)), &figure.png)?;
    }
    let report = args.out.join("report.html");
    std::fs::write(&report, report::html(args, &results, &figures))?;
    for sentence in verdict::sentences(args, &results) {
        writeln!(out, "{sentence}")?;
    }
    writeln!(out, "\nseed {}, {} runs each: {} and runs.csv beside it", args.seed, args.runs, report.display())?;
    Ok(())
}

/// Every run, one a line. A line is run again by `--seed SEED --runs 1` with its strategy, path and size.
fn write_csv<'c>(path: &std::path::Path, cells: impl Iterator<Item = &'c Cell>) -> io::Result<()> {
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
