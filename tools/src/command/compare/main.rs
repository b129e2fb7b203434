//! Compares fragmentation strategies on modelled paths: tables, a report with plots, and every run as CSV.
//!
//! ```text
//! args.rs         the command line
//! compare.rs      runs it all, and writes what comes out
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
mod compare;
mod contestants;
mod experiment;
mod paths;
mod plots;
mod png;
mod report;
mod stats;
mod table;
mod verdict;

use args::Parsed;
use std::io;
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
    match compare::compare(&args, &mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        // The reader has gone, as `| head` does.
        Err(error) if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("compare_strategies: {error}");
            ExitCode::from(2)
        }
    }
}
