//! Shares, quantiles, and their 95 % confidence intervals.

use super::experiment::{Cell, Run};
use std::time::Duration;

/// What the runs of one cell come to.
#[derive(Clone, Debug)]
pub(crate) struct Summary {
    pub(crate) delivered: Share,
    /// Delivered before the deadline.
    pub(crate) in_time: Share,
    pub(crate) p50: Quantile,
    pub(crate) p95: Quantile,
    pub(crate) p99: Quantile,
    pub(crate) datagrams: Mean,
    pub(crate) octets: Mean,
    pub(crate) retransmissions: Mean,
    pub(crate) spurious: Mean,
    pub(crate) memory: usize,
}

/// A share of runs, with Wilson's interval.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Share {
    pub(crate) value: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

/// A time that so many runs did not exceed; `None` when they were not delivered. The interval is that of order
/// statistics, cut at the slowest run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quantile {
    pub(crate) value: Option<Duration>,
    pub(crate) low: Option<Duration>,
    pub(crate) high: Option<Duration>,
}

/// A mean, and how far off it may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mean {
    pub(crate) value: f64,
    pub(crate) off: f64,
}

/// Standard deviations of a normal distribution that hold 95 %.
const Z: f64 = 1.96;

pub(crate) fn summary(cell: &Cell, deadline: Duration) -> Summary {
    let runs = &cell.runs;
    let count = |wanted: &dyn Fn(&Run) -> bool| runs.iter().filter(|run| wanted(run)).count();
    let mut times: Vec<_> = runs.iter().filter_map(|run| run.delivered).collect();
    times.sort_unstable();
    let mean = |of: &dyn Fn(&Run) -> f64| mean(&runs.iter().map(of).collect::<Vec<_>>());
    Summary {
        delivered: share(times.len(), runs.len()),
        in_time: share(count(&|run| run.delivered.is_some_and(|time| time <= deadline)), runs.len()),
        p50: quantile(&times, runs.len(), 500),
        p95: quantile(&times, runs.len(), 950),
        p99: quantile(&times, runs.len(), 990),
        datagrams: mean(&|run| run.datagrams.into()),
        octets: mean(&|run| float(usize::try_from(run.octets).unwrap_or(usize::MAX))),
        retransmissions: mean(&|run| run.retransmissions.into()),
        spurious: mean(&|run| run.spurious.into()),
        memory: runs.iter().map(|run| run.memory).max().unwrap_or(0),
    }
}

/// Exact below 2^32, which no count here reaches.
pub(crate) fn float(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}

fn share(hits: usize, runs: usize) -> Share {
    let (hits, runs) = (float(hits), float(runs));
    let value = hits / runs;
    let middle = (value + Z * Z / (2.0 * runs)) / (1.0 + Z * Z / runs);
    let half = Z / (1.0 + Z * Z / runs) * (value * (1.0 - value) / runs + Z * Z / (4.0 * runs * runs)).sqrt();
    // At the ends the formula gives the end itself, but for what rounding leaves.
    let low = if hits > 0.0 { (middle - half).max(0.0) } else { 0.0 };
    Share { value, low, high: if hits < runs { (middle + half).min(1.0) } else { 1.0 } }
}

/// The nearest rank: of n times sorted, number n q rounded up. Runs without delivery come last.
fn quantile(times: &[Duration], runs: usize, permille: usize) -> Quantile {
    let rank = runs.saturating_mul(permille).div_ceil(1000).max(1);
    let share = float(permille) / 1000.0;
    let half = Z * (float(runs) * share * (1.0 - share)).sqrt();
    let half = (0..runs).find(|n| float(*n) >= half).unwrap_or(runs);
    let at = |rank: usize| times.get(rank.saturating_sub(1)).copied();
    Quantile { value: at(rank), low: at(rank.saturating_sub(half).max(1)), high: at(rank.saturating_add(half).min(runs)) }
}

fn mean(values: &[f64]) -> Mean {
    let n = float(values.len());
    let value = values.iter().sum::<f64>() / n;
    let spread = values.iter().map(|other| (other - value) * (other - value)).sum::<f64>() / (n - 1.0).max(1.0);
    Mean { value, off: Z * (spread / n).sqrt() }
}

/// A time as people read it.
pub(crate) fn time(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds {
        _ if seconds < 0.9995 => format!("{:.0} ms", seconds * 1000.0),
        _ if seconds < 9.95 => format!("{seconds:.1} s"),
        _ => format!("{seconds:.0} s"),
    }
}

pub(crate) fn time_or_never(value: Option<Duration>) -> String {
    value.map_or("never".to_owned(), time)
}

/// A share in percent: 100 only if it is all of them, 0 only if it is none.
pub(crate) fn percent(value: f64) -> String {
    match value * 100.0 {
        all if all >= 100.0 => "100".to_owned(),
        most if most > 99.0 => format!("{:.1}", most.min(99.9)),
        none if none <= 0.0 => "0".to_owned(),
        few if few < 1.0 => format!("{:.1}", few.max(0.1)),
        some => format!("{some:.0}"),
    }
}
