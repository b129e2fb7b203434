//! `ike compare`: fragmentation strategies on modelled paths: tables, a report with plots, and every run as CSV.
//!
//! ```text
//! args.rs         the command line
//! output.rs       runs it all, and writes what comes out
//! paths.rs        the paths and messages asked for
//! contestants.rs  the strategies by name, with both ends
//! experiment.rs   every strategy on every path with every message, on all cores
//! stats.rs        shares, quantiles, and their confidence intervals
//! table.rs        tables for the terminal
//! verdict.rs      which strategy to choose, in three sentences
//! plots.rs        curves, as SVG and PNG
//! png.rs          text for plotters' bitmaps without system fonts
//! report.rs       report.html
//! ```

pub(crate) mod args;
mod contestants;
mod experiment;
mod output;
mod paths;
mod plots;
mod png;
mod report;
mod stats;
mod table;
mod verdict;

use crate::console::{Colour, Console, UNUSABLE, WELL};
use std::io;

pub(crate) fn run(line: args::Line, colour: Colour) -> u8 {
    let mut console = Console::new("compare", colour);
    let given: Vec<_> = std::env::args_os().skip(1).skip_while(|arg| arg != "compare").skip(1).collect();
    let given = given.iter().map(|arg| arg.to_string_lossy()).collect::<Vec<_>>().join(" ");
    let args = match line.read(given) {
        Ok(args) => args,
        Err(error) => return console.give_up(error),
    };
    match output::compare(&args, console.style, &mut console.out) {
        Ok(()) => console.finish(WELL, Ok(())),
        Err(error) => match error.downcast::<io::Error>() {
            Ok(error) => console.finish(WELL, Err(*error)),
            Err(error) => {
                let status = console.finish(UNUSABLE, Ok(()));
                console.complain(error);
                status
            }
        },
    }
}
