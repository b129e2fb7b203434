//! Messages split and reassembled by `ikev2`, beside the raw cipher over the same records; other crates are in `peers`.
#![allow(
    missing_docs,
    unreachable_pub,
    dead_code,
    unused_imports,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "measuring code: a fault ends the run, and the limit is written as fast as plain Rust gets"
)]

mod protected;

use core::time::Duration;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime};
use protected::limit::{self, Raw};
use protected::{Arrivals, Case, Order, ours};

const ORDERS: [Order; 4] = [Order::Forward, Order::Reverse, Order::Shuffled, Order::Duplicated];

fn split<R: Raw>(group: &mut BenchmarkGroup<'_, WallTime>, case: &Case, raw: &R) {
    let sent = ours::datagrams(case);
    let plan = limit::plan(case, &sent);
    let mut buf = vec![0; sent.iter().map(Vec::len).sum()];
    let mut counter = 0;
    // Both must have written the same octets, or the comparison is none.
    assert_eq!(limit::split(raw, &plan, &mut counter, &case.content, &mut buf), buf.len());
    assert_eq!(buf, sent.concat());

    group.throughput(Throughput::Bytes(case.content.len() as u64));
    let mut sealer = ours::sealer(case);
    group.bench_function(BenchmarkId::new("ikev2", &case.name), |b| b.iter(|| ours::split(case, &mut *sealer, &mut buf)));
    group.bench_function(BenchmarkId::new("limit", &case.name), |b| {
        b.iter(|| limit::split(raw, &plan, &mut counter, &case.content, &mut buf));
    });
}

fn reassemble<R: Raw>(group: &mut BenchmarkGroup<'_, WallTime>, case: &Case, raw: &R, order: Order) {
    let mut arrivals = Arrivals::new(ours::datagrams(case), order);
    let opener = ours::opener(case);
    arrivals.time(1, |set| assert_eq!(ours::reassemble(&*opener, set).content(), &case.content[..]));
    if order == Order::Forward {
        arrivals.time(1, |set| assert_eq!(limit::reassemble(raw, set, case.content.len()), case.content));
    }

    group.throughput(Throughput::Bytes(case.content.len() as u64));
    let name = format!("{}, {order:?}", case.name);
    group.bench_function(BenchmarkId::new("ikev2", &name), |b| {
        b.iter_custom(|times| arrivals.time(times, |set| drop(core::hint::black_box(ours::reassemble(&*opener, set)))));
    });
    group.bench_function(BenchmarkId::new("limit", &name), |b| {
        b.iter_custom(|times| arrivals.time(times, |set| drop(core::hint::black_box(limit::reassemble(raw, set, case.content.len())))));
    });
}

fn group<'c>(criterion: &'c mut Criterion, name: &str) -> BenchmarkGroup<'c, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(50).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_millis(1500));
    group
}

fn cases() -> Vec<Case> {
    let mut ciphers = vec!["AES-256-GCM-16", "ChaCha20-Poly1305"];
    if cfg!(feature = "rustcrypto") {
        ciphers.push("AES-256-CBC with HMAC-SHA2-256-128");
    }
    let sizes = [(6000, 1280), (6000, 576), (60_000, 1280), (60_000, 576)];
    ciphers.into_iter().flat_map(|cipher| sizes.map(|(octets, mtu)| Case::new(cipher, octets, mtu))).collect()
}

/// Calls one of the two with the raw cipher of the case.
macro_rules! with_raw {
    ($f:ident, $group:expr, $case:expr $(, $more:expr)*) => {
        if $case.suite.block_len() == 1 {
            $f($group, $case, &limit::Ring::new($case) $(, $more)*);
        } else {
            #[cfg(feature = "rustcrypto")]
            $f($group, $case, &limit::Cbc::new($case) $(, $more)*);
        }
    };
}

fn splitting(criterion: &mut Criterion) {
    let mut group = group(criterion, "split");
    for case in &cases() {
        with_raw!(split, &mut group, case);
    }
}

fn reassembling(criterion: &mut Criterion) {
    let mut group = group(criterion, "reassemble");
    for case in &cases() {
        for order in ORDERS {
            with_raw!(reassemble, &mut group, case, order);
        }
    }
}

/// The same octets in more and more fragments, and more and more octets: the cost grows with both, and no faster.
fn growing(criterion: &mut Criterion) {
    let cipher = "AES-256-GCM-16";
    let fragments = [2, 10, 50, 100, 250, 500, 1000].map(|n| Case::in_fragments(cipher, 60_000, n));
    let octets = [2000, 4000, 8000, 16_000, 32_000, 65_531].map(|n| Case::new(cipher, n, 1280));
    for (name, cases) in [("growing number", &fragments[..]), ("growing size", &octets)] {
        let mut group = group(criterion, name);
        for case in cases {
            with_raw!(split, &mut group, case);
            for order in ORDERS {
                with_raw!(reassemble, &mut group, case, order);
            }
        }
    }
}

criterion_group!(fragment, splitting, reassembling, growing);
criterion_main!(fragment);
