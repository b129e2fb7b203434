//! Whole handshakes and rekeys of two endpoints in memory, beside the cryptographic operations in them; and what an endpoint takes that has
//! many IKE SAs.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::unwrap_used,
    clippy::panic,
    reason = "measuring code: a fault ends the run"
)]

#[path = "session/pair.rs"]
mod pair;
#[cfg(all(feature = "x509", feature = "ring-os-random"))]
#[path = "../tests/kit/pem.rs"]
#[allow(dead_code, reason = "a kit of the tests")]
mod pem;
#[cfg(all(feature = "x509", feature = "ring-os-random"))]
#[path = "session/signed.rs"]
mod signed;

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use ikev2::auth::SignedOctets;
use ikev2::keys::{ChildKeys, IkeKeys, KeyLengths, Nonces, PrfFunction, Skeyseed, nat_detection_hash};
use ikev2::proposal::{NegotiationContext, Question, Selection, negotiate};
use ikev2::protect::{IvSequence, open, seal_content};
use ikev2::provider::{Provider, Random};
use ikev2::registry::{ExchangeType, KeMethod, PayloadType};
use ikev2::session::NetworkPath;
use ikev2::wire::{Header, IkeSpis};
use pair::{ESP, IKE, Pair, Seeded, policy};
use std::hint::black_box;
use std::time::Duration;

const ESP_WITH_KE: &str = "aes256gcm16-x25519";

/// The cryptographic operations of one handshake of both sides, by the functions of the library that compute, and nothing between them.
struct Raw {
    provider: Provider,
    prf: PrfFunction,
    ike: Selection,
    esp: Selection,
    random: Seeded,
}

impl Raw {
    fn new() -> Self {
        let provider = Provider::builtin();
        let (ike, esp) = (policy(IKE, true), policy(ESP, false));
        let asked = Question::new(NegotiationContext::IkeSaInit, Some(KeMethod::CURVE25519));
        let ike = negotiate(&ike.offer(&[]).unwrap(), asked, &ike).unwrap();
        let esp = negotiate(&esp.offer(&[1; 4]).unwrap(), NegotiationContext::IkeAuth.into(), &esp).unwrap();
        Self { provider, prf: PrfFunction::new(&provider, ike.prf().unwrap()).unwrap(), ike, esp, random: Seeded(3) }
    }

    /// `message` are the octets of an IKE_SA_INIT message, `content` those of IKE_AUTH: as many as in the handshakes beside it.
    fn handshake(&mut self, message: &[u8], content: &[u8]) {
        let Self { provider, prf, ike, esp, random } = self;
        let x25519 = provider.key_exchange(KeMethod::CURVE25519).unwrap();
        let begun = x25519.begin(random).unwrap();
        let (public, of_responder) = x25519.respond(random, begun.public()).unwrap();
        let of_initiator = begun.finish(&public).unwrap();
        let (nonces, spis) = (Nonces { initiator: &[1; 32], responder: &[2; 32] }, IkeSpis { initiator: 1, responder: 2 });
        // Each side makes two hashes of its addresses, and checks two.
        let sha1 = provider.sha1().unwrap();
        for port in 0..8 {
            black_box(nat_detection_hash(sha1, spis, [192, 0, 2, 1].into(), port));
        }
        let suite = ike.suite().unwrap();
        let keys = [of_initiator, of_responder].map(|secret| {
            let exchanges = ike.key_exchanges().unwrap();
            let (skeyseed, _) = Skeyseed::initial(*prf, nonces, exchanges, KeMethod::CURVE25519, secret.as_octets()).unwrap();
            IkeKeys::derive(*prf, &skeyseed, nonces, spis, ike.key_lengths().unwrap()).unwrap()
        });
        let mut buf = [0; 1024];
        for (from, to) in [(&keys[0], &keys[1]), (&keys[1], &keys[0])] {
            // AUTH is made by one side, and verified by the other, which makes the same.
            let auth =
                SignedOctets::new(*prf, from.sk_pi(), message, &[2; 32], b"\x02\0\0\0carol.example.org").shared_key(b"secret of both");
            let checked = SignedOctets::new(*prf, to.sk_pi(), message, &[2; 32], b"\x02\0\0\0carol.example.org");
            checked.verify_shared_key(b"secret of both", auth.as_octets()).unwrap();
            let mut seed = [0; 16];
            random.fill(&mut seed).unwrap();
            // Each side has one of each.
            let mut sealer = suite.sealer(provider, from.sk_ei(), from.sk_ai(), IvSequence::new(&seed)).unwrap();
            let opener = suite.opener(provider, to.sk_ei(), to.sk_ai()).unwrap();
            let header = Header { spis, exchange: ExchangeType::IKE_AUTH, initiator: true, response: false, message_id: 1 };
            let sealed = seal_content(&mut buf, &header, &[], &mut *sealer, PayloadType::IDI, content).unwrap();
            black_box(open(sealed, &*opener).unwrap());
            let secrets = esp.key_exchanges().unwrap().start().finish().unwrap();
            let lengths: KeyLengths = esp.key_lengths().unwrap();
            black_box(ChildKeys::derive(*prf, from.sk_d(), nonces, &secrets, lengths).unwrap());
        }
    }
}

/// Octets of the messages beside which the raw operations are measured, near enough: the mean of both directions.
const INIT: [u8; 240] = [7; 240];
const AUTH: [u8; 190] = [9; 190];

fn is_bench() -> bool {
    std::env::args().any(|arg| arg == "--bench")
}

/// Medians of interleaved batches, which a shared machine moves together, and the median of their ratios. `more` is what the handshakes of
/// `pair` compute beside what those with a shared key do.
fn ratio(name: &str, pair: &dyn Fn() -> Pair, more: &mut dyn FnMut(&[u8])) {
    let batches = if is_bench() { 201 } else { 1 };
    let mut raw = Raw::new();
    let mut rows: Vec<(f64, f64)> = Vec::new();
    // Room for the IKE SAs of a batch, which stays with the process: no batch waits for pages of the system.
    let (room, ceiling) = (Pair::with_sas(40), Pair::with_sas(1));
    drop(room);
    for _ in 0..batches {
        let mut pair = pair();
        let started = std::time::Instant::now();
        (0..20).for_each(|_| pair.handshake());
        let whole = started.elapsed().as_secs_f64();
        let started = std::time::Instant::now();
        for _ in 0..20 {
            raw.handshake(&INIT, &AUTH);
            more(&INIT);
        }
        rows.push((whole / 20e-6, started.elapsed().as_secs_f64() / 20e-6));
    }
    let median = |of: &dyn Fn(&(f64, f64)) -> f64| {
        let mut values: Vec<f64> = rows.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let (whole, raw, ratio) = (median(&|row| row.0), median(&|row| row.1), median(&|row| row.0 / row.1));
    drop(ceiling);
    println!("handshake of both sides, {name}: {whole:.1} us, its raw operations {raw:.1} us, ratio {ratio:.3}");
}

fn handshakes(criterion: &mut Criterion) {
    ratio("a shared key", &|| Pair::new(ESP), &mut |_| {});
    #[cfg(all(feature = "x509", feature = "ring-os-random"))]
    signed::ratios(ratio);
    let mut group = criterion.benchmark_group("handshake, both sides");
    let mut raw = Raw::new();
    group.bench_function("raw operations", |b| b.iter(|| raw.handshake(&INIT, &AUTH)));
    group.bench_function("session", |b| b.iter_batched_ref(|| Pair::new(ESP), Pair::handshake, BatchSize::SmallInput));
    group.finish();

    let mut group = criterion.benchmark_group("rekey of a Child SA, both sides");
    for (name, esp) in [("without a key exchange", ESP), ("with X25519", ESP_WITH_KE)] {
        group.bench_function(name, |b| {
            let mut pair = Pair::new(esp);
            pair.handshake();
            let id = pair.up[0][0];
            b.iter(|| {
                let child = pair.child.unwrap();
                pair.ends[0].sa(id).unwrap().rekey_child(pair.now, child).unwrap();
                pair.settle();
                assert_ne!(pair.child, Some(child));
            });
        });
    }
    group.finish();
}

/// What the gateway takes for a liveness check of one of so many peers, in any order: a request opened and answered, its timer set anew.
fn many(criterion: &mut Criterion) {
    let counts: &[usize] = if is_bench() { &[10, 1_000, 100_000] } else { &[10] };
    for &count in counts {
        let mut pair = Pair::with_sas(count);
        let octets = pair.up[1].iter().map(|id| pair.ends[1].view(*id).unwrap().octets()).sum::<usize>() / count;
        println!("{count} IKE SAs: {octets} octets kept for each peer");
        let mut group = criterion.benchmark_group("a gateway with many IKE SAs");
        group.bench_function(BenchmarkId::new("liveness check", count), |b| {
            let mut draw = Seeded(4);
            b.iter_custom(|times| {
                let mut sum = Duration::ZERO;
                for _ in 0..times {
                    let mut octets = [0; 8];
                    draw.fill(&mut octets).unwrap();
                    let id = pair.up[0][u64::from_be_bytes(octets) as usize % count];
                    pair.now += Duration::from_micros(1);
                    pair.ends[0].sa(id).unwrap().ping(pair.now).unwrap();
                    let sent = pair.ends[0].poll_transmit(pair.now, &mut pair.buf).unwrap().unwrap();
                    let back = NetworkPath { local: sent.path.peer, peer: sent.path.local, ..sent.path };
                    let started = std::time::Instant::now();
                    let _ = black_box(pair.ends[1].handle(pair.now, back, &mut pair.buf[..sent.len]));
                    let answer = pair.ends[1].poll_transmit(pair.now, &mut pair.buf).unwrap().unwrap();
                    black_box(pair.ends[1].poll_event().is_none());
                    black_box(pair.ends[1].poll_timeout());
                    pair.ends[1].handle_timeout(pair.now);
                    sum += started.elapsed();
                    let back = NetworkPath { local: answer.path.peer, peer: answer.path.local, ..answer.path };
                    let _ = pair.ends[0].handle(pair.now, back, &mut pair.buf[..answer.len]);
                }
                sum
            });
        });
        group.bench_function(BenchmarkId::new("poll_timeout", count), |b| b.iter(|| black_box(pair.ends[1].poll_timeout())));
        group.finish();
    }
}

criterion_group!(benches, handshakes, many);
criterion_main!(benches);
