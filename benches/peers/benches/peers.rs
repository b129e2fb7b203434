//! Everything under criterion, in one run.
#![allow(clippy::as_conversions, reason = "a bench ends by panicking")]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn all(criterion: &mut Criterion) {
    for group in ikev2_peers::groups() {
        let mut bench = criterion.benchmark_group(format!("{}/{}", group.task, group.name));
        bench.throughput(Throughput::Bytes(group.octets.len() as u64));
        for entry in group.entries {
            if let Err(error) = (entry.run)(1) {
                // The table says what was wrong with another crate; what is measured here has nothing wrong with it.
                assert!(!entry.name.starts_with("ikev2") && !entry.name.starts_with("limit"), "{}: {error}", entry.name);
                continue;
            }
            bench.bench_function(BenchmarkId::from_parameter(entry.name), |b| {
                b.iter_custom(|times| {
                    let start = std::time::Instant::now();
                    let _ = (entry.run)(times);
                    start.elapsed()
                });
            });
        }
        bench.finish();
    }
}

criterion_group!(benches, all);
criterion_main!(benches);
