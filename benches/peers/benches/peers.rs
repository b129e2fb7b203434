//! Everything under criterion, in one run.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn all(criterion: &mut Criterion) {
    for group in ikev2_peers::groups() {
        let mut bench = criterion.benchmark_group(format!("{}/{}", group.task, group.name));
        bench.throughput(Throughput::Bytes(group.octets.len() as u64));
        for entry in group.entries {
            if (entry.run)(1).is_err() {
                // The table says what was wrong.
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
