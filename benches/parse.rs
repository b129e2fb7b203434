//! `ikev2` reading the messages of `inputs`, beside the hand-written limit; the other crates are in `peers`.

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
use inputs::{AUTH_CHAIN, AUTH_CHAIN_FIRST, INIT_8_PROPOSALS, INIT_REQUEST, SA_20X12, limit, ours};

fn messages(criterion: &mut Criterion) {
    for (name, octets) in [
        ("IKE_SA_INIT request, 256 octets", INIT_REQUEST),
        ("IKE_SA_INIT, 8 proposals, 570 octets", INIT_8_PROPOSALS),
        ("SA 20 x 12, 2432 octets", SA_20X12),
    ] {
        // Both must have seen the same fields, or the comparison is none.
        assert_eq!(ours::message(octets).ok(), limit::message(octets));
        let mut group = criterion.benchmark_group(format!("parse/{name}"));
        group.throughput(Throughput::Bytes(octets.len() as u64));
        group.bench_function(BenchmarkId::from_parameter("ikev2"), |b| b.iter(|| ours::message(black_box(octets))));
        group.bench_function(BenchmarkId::from_parameter("limit"), |b| b.iter(|| limit::message(black_box(octets))));
        group.bench_function(BenchmarkId::from_parameter("limit, two passes"), |b| b.iter(|| limit::message_in_two(black_box(octets))));
        group.finish();
    }
}

fn content(criterion: &mut Criterion) {
    assert_eq!(ours::chain(AUTH_CHAIN_FIRST, AUTH_CHAIN).ok(), limit::chain(AUTH_CHAIN_FIRST, AUTH_CHAIN));
    let mut group = criterion.benchmark_group("parse/IKE_AUTH chain, 3 certificates, 4827 octets");
    group.throughput(Throughput::Bytes(AUTH_CHAIN.len() as u64));
    group.bench_function(BenchmarkId::from_parameter("ikev2"), |b| b.iter(|| ours::chain(AUTH_CHAIN_FIRST, black_box(AUTH_CHAIN))));
    group.bench_function(BenchmarkId::from_parameter("limit"), |b| b.iter(|| limit::chain(AUTH_CHAIN_FIRST, black_box(AUTH_CHAIN))));
    group.bench_function(BenchmarkId::from_parameter("limit, two passes"), |b| {
        b.iter(|| limit::chain_in_two(AUTH_CHAIN_FIRST, black_box(AUTH_CHAIN)));
    });
    group.finish();
}

criterion_group!(parse, messages, content);
criterion_main!(parse);
