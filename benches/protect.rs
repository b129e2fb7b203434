//! One message sealed and opened by `ikev2`, beside the raw cipher over the same record.
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

fn one<R: Raw>(sealing: &mut BenchmarkGroup<'_, WallTime>, case: &Case, raw: &R) {
    sealing.throughput(Throughput::Bytes(case.content.len() as u64));
    let mut sealer = ours::sealer(case);
    let mut buf = vec![0; case.content.len() + 200];
    sealing.bench_function(BenchmarkId::new("seal, ikev2", &case.name), |b| b.iter(|| ours::seal(&mut *sealer, &mut buf, &case.content)));

    // The limit copies header and content, and seals: what a fragment of the same size takes, SK being four octets shorter.
    let (iv_len, icv_len, block) = R::SIZES;
    let text_len = (case.content.len() + 1).next_multiple_of(block);
    let mut sealer = ours::sealer(case);
    let len = ours::seal(&mut *sealer, &mut buf, &case.content);
    let sealed = buf[..len].to_vec();
    let head: [u8; 32] = *sealed.first_chunk().unwrap();
    let mut counter = 0u64;
    let mut limit = |buf: &mut [u8]| {
        let (aad, body) = buf.split_at_mut(32);
        let (iv, body) = body.split_at_mut(iv_len);
        let (text, body) = body.split_at_mut(text_len);
        aad.copy_from_slice(&head);
        let (place, padding) = text.split_at_mut(case.content.len());
        place.copy_from_slice(&case.content);
        let (last, zeros) = padding.split_last_mut().unwrap();
        zeros.fill(0);
        *last = zeros.len() as u8;
        raw.iv(counter, iv);
        counter += 1;
        raw.seal(aad, iv, text, &mut body[..icv_len]);
    };
    limit(&mut buf);
    assert_eq!(buf[..len], sealed);
    sealing.bench_function(BenchmarkId::new("seal, limit", &case.name), |b| b.iter(|| limit(&mut buf)));

    let opener = ours::opener(case);
    let mut arrivals = Arrivals::new(vec![sealed], Order::Forward);
    sealing.bench_function(BenchmarkId::new("open, ikev2", &case.name), |b| {
        b.iter_custom(|times| {
            arrivals.time(times, |set| {
                core::hint::black_box(ours::open_one(&*opener, &mut set[0]));
            })
        });
    });
    sealing.bench_function(BenchmarkId::new("open, limit", &case.name), |b| {
        b.iter_custom(|times| {
            arrivals.time(times, |set| {
                let (aad, body) = set[0].split_at_mut(32);
                let (iv, body) = body.split_at_mut(iv_len);
                let (text, icv) = body.split_at_mut(text_len);
                assert!(raw.open(aad, iv, text, icv));
                core::hint::black_box(text);
            })
        });
    });
}

fn messages(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("protect");
    group.sample_size(50).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_millis(1500));
    for octets in [64, 500, 1200, 6000, 60_000] {
        for cipher in ["AES-256-GCM-16", "ChaCha20-Poly1305"] {
            let case = Case::new(cipher, octets, u16::MAX);
            one(&mut group, &case, &limit::Ring::new(&case));
        }
        #[cfg(feature = "rustcrypto")]
        {
            let case = Case::new("AES-256-CBC with HMAC-SHA2-256-128", octets, u16::MAX);
            one(&mut group, &case, &limit::Cbc::new(&case));
        }
    }
}

criterion_group!(protect, messages);
criterion_main!(protect);
