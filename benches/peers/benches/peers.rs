//! Everything under criterion, in one run.
#![allow(clippy::as_conversions, reason = "a bench ends by panicking")]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn all(criterion: &mut Criterion) {
    for group in ikev2_peers::groups() {
        let mut bench = criterion.benchmark_group(format!("{}/{}", group.task, group.name));
        bench.throughput(Throughput::Bytes(group.octets.len() as u64));
        for entry in group.entries {
            if let Some(why) = entry.lacks {
                println!("Left out {}/{}/{}: {why}", group.task, group.name, entry.name);
                continue;
            }
            // Whoever stops at an error would be measured as fast.
            assert!((entry.run)(1).is_ok(), "{}/{}/{}: {:?}", group.task, group.name, entry.name, (entry.run)(1));
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
