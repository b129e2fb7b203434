//! `ikev2` writing the messages of `inputs`, beside the hand-written limit; the other crates are in `peers`.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    dead_code,
    unused_imports,
    reason = "measuring code: a fault ends the run, and the limit is written as fast as plain Rust gets"
)]

mod inputs;

use core::hint::black_box;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ikev2::error::BuildError;
use inputs::{AUTH_CHAIN, INIT_RESPONSE, SA_20X12, limit, ours, source};

type Ours<S> = fn(&mut [u8], &S) -> Result<usize, BuildError>;
type Limit<S> = fn(&mut [u8], &S) -> Option<usize>;

fn build<S>(criterion: &mut Criterion, name: &str, octets: &[u8], source: &S, ours: Ours<S>, limit: Limit<S>) {
    let mut buffer = [0; 8192];
    // Both must write the same octets, or the comparison is none.
    let written = ours(&mut buffer, source).unwrap();
    assert!(buffer.get(..written) == Some(octets), "{name}: ikev2");
    buffer.fill(0);
    let written = limit(&mut buffer, source).unwrap();
    assert!(buffer.get(..written) == Some(octets), "{name}: limit");
    let mut group = criterion.benchmark_group(format!("build/{name}"));
    group.throughput(Throughput::Bytes(octets.len() as u64));
    group.bench_function(BenchmarkId::from_parameter("ikev2"), |b| b.iter(|| ours(black_box(&mut buffer), black_box(source))));
    group.bench_function(BenchmarkId::from_parameter("limit"), |b| b.iter(|| limit(black_box(&mut buffer), black_box(source))));
    group.finish();
}

fn all(criterion: &mut Criterion) {
    build(criterion, "SA 20 x 12, 2432 octets", SA_20X12, &source::offer(), ours::offer, limit::offer);
    build(criterion, "IKE_SA_INIT response, 448 octets", INIT_RESPONSE, &source::response(), ours::response, limit::response);
    build(criterion, "IKE_AUTH chain, 3 certificates, 4827 octets", AUTH_CHAIN, &source::auth_chain(), ours::auth_chain, limit::auth_chain);
}

criterion_group!(benches, all);
criterion_main!(benches);
