//! Negotiation: a choice at once, a choice late, no choice with everything there is to say about it, and an offer made to hurt.

#![allow(
    missing_docs,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::unwrap_used,
    reason = "measuring code: a fault ends the run"
)]

use core::hint::black_box;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ikev2::proposal::notation::strongswan;
use ikev2::proposal::{Dialect, NegotiationContext, Policy, Proposal, Question, emit_offer, negotiate};
use ikev2::registry::{KeMethod, SecurityProtocol, TransformId, TransformType};
use ikev2::transform::Transform;

fn ike(text: &str) -> Vec<Proposal> {
    strongswan::parse_ike(text).unwrap()
}

/// Five proposals of twelve transforms.
fn five_by_twelve() -> Vec<u8> {
    let one = "aes256-aes192-aes128-sha512-sha384-sha256-prfsha512-prfsha384-prfsha256-ecp384-ecp256-curve25519";
    let offer = [one; 5].join(",");
    let octets = emit_offer(&ike(&offer), &[]).unwrap();
    assert_eq!(octets.len(), 5 * (8 + 3 * 12 + 9 * 8));
    octets
}

fn two_configured() -> Vec<Proposal> {
    ike("aes256-aes128-sha384-sha256-prfsha384-prfsha256-ecp384-ecp256,aes256gcm16-aes128gcm16-prfsha384-prfsha256-ecp384-ecp256")
}

fn no_match() -> Vec<Proposal> {
    ike("aes256gcm16-prfsha384-modp4096,chacha20poly1305-prfsha256-curve448")
}

/// Ten pairs: five offered, two configured; only the last fits.
fn late() -> (Vec<u8>, Vec<Proposal>) {
    let four = ["3des-aes128-sha1-md5-prfsha1-prfmd5-modp1024-modp1536-modp768-modp2048s224-modp2048s256-modp1024s160"; 4].join(",");
    let offer = emit_offer(&ike(&format!("{four},aes256gcm16-prfsha384-ecp384")), &[]).unwrap();
    (offer, ike("aes192-sha512-modp8192,aes256gcm16-prfsha384-ecp384"))
}

/// 28 proposals of 253 transforms, none of which anybody allows: 64 kB.
fn hostile(proposals: usize) -> Vec<u8> {
    let transforms: Vec<Transform> = (0..253)
        .map(|n| Transform { ty: TransformType(n as u8 % 4 + 1), id: TransformId(200 + n), key_bits: Some(n % 7).filter(|b| *b > 5) })
        .collect();
    emit_offer(&vec![Proposal::new(SecurityProtocol::IKE, transforms); proposals], &[]).unwrap()
}

fn choices(criterion: &mut Criterion) {
    let (late_offer, late_local) = late();
    let cases = [
        ("5 x 12, 2 configured, first fits", five_by_twelve(), two_configured(), KeMethod::ECP_384),
        ("last of 10 pairs fits", late_offer, late_local, KeMethod::ECP_384),
    ];
    for (name, offer, local, ke) in cases {
        let mut group = criterion.benchmark_group(format!("negotiate/{name}"));
        for dialect in Dialect::ALL {
            let policy = Policy::new(dialect, local.clone()).unwrap();
            assert!(negotiate(&offer, Question::new(NegotiationContext::IkeSaInit, Some(ke)), &policy).is_ok());
            group.bench_function(BenchmarkId::from_parameter(format!("{dialect:?}")), |b| {
                b.iter(|| negotiate(black_box(&offer), Question::new(NegotiationContext::IkeSaInit, Some(ke)), &policy));
            });
        }
        group.finish();
    }
}

/// The refusal with its data: every pair, the nearest, the remedies of both sides. And with its prose.
fn refusals(criterion: &mut Criterion) {
    let offer = five_by_twelve();
    for dialect in [Dialect::Rfc, Dialect::StrongSwan6] {
        let policy = Policy::new(dialect, no_match()).unwrap();
        let refuse =
            || negotiate(black_box(&offer), Question::new(NegotiationContext::IkeSaInit, Some(KeMethod::ECP_384)), &policy).unwrap_err();
        let mut group = criterion.benchmark_group(format!("negotiate/no match, 5 x 12, 2 configured/{dialect:?}"));
        group.bench_function("refusal", |b| b.iter(refuse));
        group.bench_function("every pair, nearest, remedies", |b| {
            b.iter(|| {
                let refusal = refuse();
                let pairs = refusal.pairs().filter(|m| m.distance() > 0).count();
                black_box((pairs, refusal.nearest().map(|m| m.number()), refusal.peer_remedy(), refusal.local_remedy()))
            });
        });
        group.bench_function("in words", |b| b.iter(|| refuse().to_string()));
        group.finish();
    }
}

fn attacks(criterion: &mut Criterion) {
    let policy = |dialect| Policy::new(dialect, two_configured()).unwrap();
    let mut group = criterion.benchmark_group("negotiate/hostile, 253 transforms each, 2 configured");
    for proposals in [7, 14, 28] {
        let offer = hostile(proposals);
        group.throughput(Throughput::Bytes(offer.len() as u64));
        for dialect in Dialect::ALL {
            let policy = policy(dialect);
            group.bench_function(BenchmarkId::new(format!("{dialect:?}"), proposals), |b| {
                b.iter(|| {
                    negotiate(black_box(&offer), Question::new(NegotiationContext::IkeSaInit, Some(KeMethod::ECP_384)), &policy).is_err()
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, choices, refusals, attacks);
criterion_main!(benches);
