//! Which strategy to choose, in a few sentences that the data writes.

use super::args::Args;
use super::experiment::{Cell, Results};
use super::stats::{Summary, percent, summary, time, time_or_never};
use std::time::Duration;

/// A strategy over all paths with one message.
struct Score<'a> {
    name: &'a str,
    one_sided: bool,
    /// Paths on which 95 % of the runs were in time.
    good: usize,
    /// Geometric mean of the 95 % times, those never delivered at the time of giving up.
    typical: f64,
    worst: (Option<Duration>, &'a str),
    cells: Vec<(&'a str, Summary)>,
}

pub(crate) fn sentences(args: &Args, results: &Results) -> Vec<String> {
    let scores = scores(args, results);
    let paths = args.paths.len();
    // The most paths; then the fastest, and of those about as fast the simplest, which come first in the list.
    let best = |wanted: &dyn Fn(&&Score<'_>) -> bool| {
        let good = scores.iter().filter(wanted).map(|score| score.good).max()?;
        let of_these = || scores.iter().filter(wanted).filter(move |score| score.good == good);
        let fastest = of_these().map(|score| score.typical).fold(f64::INFINITY, f64::min);
        of_these().find(|score| score.typical <= fastest * 1.05)
    };
    let deadline = time(args.deadline);
    let message = results.message.to_string();
    let mut said = Vec::new();
    let one = best(&|score| score.one_sided);
    let two = best(&|score| !score.one_sided && score.name != "tcp");
    let all = best(&|_| true);
    if let Some(one) = one {
        let price = scores
            .iter()
            .filter(|score| score.one_sided)
            .filter_map(|score| Some((price(one, score)?, score.good)))
            .max_by_key(|((more, _), good)| (more.as_millis().checked_div(100), *good));
        let price = price.map_or(String::new(), |((_, price), _)| format!(" Its price: {price}."));
        let choose = if args.strategies.len() > 1 { "With any peer that knows RFC 7383, choose " } else { "" };
        let reach = reach(one.good, paths);
        said.push(format!(
            "{choose}{}: it delivers {message} within {deadline} in at least 95 % of the runs {reach}; slowest is {} (p95 {}).{price}",
            one.name,
            one.worst.1,
            time_or_never(one.worst.0),
        ));
    }
    if let Some(two) = two {
        let gain = one.map_or(String::new(), |one| compare(two, one));
        let choose = if args.strategies.len() > 1 { "If both ends can be changed, choose " } else { "" };
        said.push(format!("{choose}{}: {message} within {deadline} {}{gain}.", two.name, reach(two.good, paths)));
    }
    if let Some(bad) = scores.iter().find(|score| score.name == "ip-fragmentation") {
        let failing: Vec<_> = bad
            .cells
            .iter()
            .filter(|(_, s)| s.delivered.value < 0.95)
            .map(|(path, s)| format!("{path} ({} %)", percent(s.delivered.value)))
            .collect();
        if !failing.is_empty() {
            said.push(format!("Do not leave it to IP: one large datagram is delivered too seldom on {}.", failing.join(", ")));
        }
    }
    if said.is_empty() {
        said.extend(all.map(|all| format!("Of these, {} is the best for {message}.", all.name)));
    }
    said
}

fn reach(good: usize, paths: usize) -> String {
    match (good, paths) {
        (0, _) => "on none of the paths".to_owned(),
        (1, 1) => "on the path".to_owned(),
        (good, paths) if good == paths => format!("on all {paths} paths"),
        (good, paths) => format!("on {good} of {paths} paths"),
    }
}

/// Where the first takes longest in comparison with the second, which is the faster there, and by how much.
fn price(of: &Score<'_>, other: &Score<'_>) -> Option<(Duration, String)> {
    let pairs = of.cells.iter().filter_map(|(path, mine)| {
        let theirs = other.cells.iter().find(|(other, _)| other == path)?.1.p95.value?;
        let mine = mine.p95.value?;
        // A fifth more is not worth a word.
        let more = mine.checked_sub(theirs).filter(|more| *more > theirs.checked_div(5).unwrap_or_default())?;
        Some((more, format!("on {path} {} instead of {} by {}", time(mine), time(theirs), other.name)))
    });
    pairs.max_by(|a, b| a.0.cmp(&b.0))
}

/// Where the first gains most over the second.
fn compare(of: &Score<'_>, over: &Score<'_>) -> String {
    let limit = |s: &Summary| s.p95.value.map_or(f64::MAX, |time| time.as_secs_f64());
    let pairs = of.cells.iter().filter_map(|(path, mine)| {
        let theirs = over.cells.iter().find(|(other, _)| other == path).map(|(_, s)| s)?;
        Some((*path, mine, theirs))
    });
    let most = pairs.max_by(|a, b| (limit(a.2) / limit(a.1)).total_cmp(&(limit(b.2) / limit(b.1))));
    most.filter(|(_, mine, theirs)| limit(mine) < limit(theirs)).map_or(String::new(), |(path, mine, theirs)| {
        format!(", and p95 on {path} is {} instead of {}", time_or_never(mine.p95.value), time_or_never(theirs.p95.value))
    })
}

fn scores<'a>(args: &'a Args, results: &'a Results) -> Vec<Score<'a>> {
    let of = |name: &str| -> Vec<&'a Cell> {
        results.cells.iter().filter(|cell| cell.message == results.message.name && cell.strategy == name).collect()
    };
    let scored = args.strategies.iter().map(|strategy| {
        let cells: Vec<_> = of(&strategy.name).into_iter().map(|cell| (cell.path.as_str(), summary(cell, args.deadline))).collect();
        let give_up = args.timers.span().as_secs_f64();
        let p95 = |s: &Summary| s.p95.value.map_or(give_up, |time| time.as_secs_f64()).max(0.001);
        let logs: f64 = cells.iter().map(|(_, s)| p95(s).ln()).sum();
        let worst = cells.iter().max_by(|a, b| p95(&a.1).total_cmp(&p95(&b.1)));
        Score {
            name: &strategy.name,
            one_sided: strategy.is_one_sided(),
            good: cells.iter().filter(|(_, s)| s.in_time.value >= 0.95).count(),
            typical: (logs / super::stats::float(cells.len().max(1))).exp(),
            worst: worst.map_or((None, ""), |(path, s)| (s.p95.value, *path)),
            cells,
        }
    });
    scored.collect()
}
