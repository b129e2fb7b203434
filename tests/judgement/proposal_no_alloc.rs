//! A choice costs no allocation: neither the policy's nor the offer's size matters.

use allocation_counter::measure;
use ikev2::proposal::notation::strongswan;
use ikev2::proposal::{Dialect, NegotiationContext, Policy, Preference, Question, Selection, emit_offer, negotiate};
use ikev2::registry::KeMethod;
use std::hint::black_box;

/// Octets allocated while the offer is negotiated, and the choice.
fn choose(offer: &[u8], ke: KeMethod, policy: &Policy) -> (u64, Selection) {
    let mut chosen = None;
    let counted = measure(|| chosen = negotiate(black_box(offer), Question::new(NegotiationContext::IkeSaInit, Some(ke)), policy).ok());
    (counted.bytes_total, chosen.expect("a choice"))
}

#[test]
fn the_counter_counts() {
    assert_eq!(measure(|| drop(black_box(vec![1u8; 1000]))).bytes_total, 1000);
}

#[test]
fn a_choice_allocates_nothing() {
    let local = strongswan::parse_ike("aes256gcm16-prfsha384-ecp384,aes256-aes128-sha384-sha256-ecp256-modp2048").unwrap();
    let offered = strongswan::parse_ike(
        "3des-sha1-modp1024,aes128-sha1-modp1024,aes192-sha256-modp3072,aes128-aes256-sha256-sha384-ecp384-ecp256-curve25519",
    )
    .unwrap();
    let offer = emit_offer(&offered, &[]).unwrap();
    for dialect in Dialect::ALL {
        for prefer in [Preference::Configured, Preference::Supplied] {
            let policy = Policy::new(dialect, local.clone()).unwrap().with_preference(prefer);
            let (octets, selection) = choose(&offer, KeMethod::ECP_256, &policy);
            assert_eq!((octets, selection.number()), (0, 4), "{dialect:?}");
        }
    }
}

#[test]
fn backtracking_allocates_nothing() {
    let text = "aes256-sha256-curve25519-ke1_mlkem768-ke1_mlkem1024-ke2_mlkem768-ke2_none-ke3_mlkem512";
    let local = strongswan::parse_ike(text).unwrap();
    let offer = emit_offer(&local, &[]).unwrap();
    for dialect in [Dialect::Rfc, Dialect::StrongSwan6] {
        let policy = Policy::new(dialect, local.clone()).unwrap();
        assert_eq!(choose(&offer, KeMethod::CURVE25519, &policy).0, 0, "{dialect:?}");
    }
}

#[test]
fn repeated_numbers_allocate_nothing_at_openiked() {
    let local = strongswan::parse_ike("aes256-sha256-modp2048").unwrap();
    let mut offer = emit_offer(&[local[0].clone(), local[0].clone()], &[]).unwrap();
    let second = offer.len() / 2;
    offer[second + 4] = 1;
    let policy = Policy::new(Dialect::OpenIked, local).unwrap();
    assert_eq!(choose(&offer, KeMethod::MODP_2048, &policy).0, 0);
}

/// A refusal allocates for what is there, not for what is announced.
#[test]
fn a_refusal_allocates_in_proportion() {
    let local = strongswan::parse_ike("aes256-sha256-modp2048").unwrap();
    for dialect in Dialect::ALL {
        let policy = Policy::new(dialect, local.clone()).unwrap();
        // One header that announces 255 transforms in 64 kB, and holds neither.
        let lying = [0, 0, 0xff, 0xff, 1, 1, 0, 255];
        let counted = measure(|| {
            drop(black_box(negotiate(&lying, Question::new(NegotiationContext::IkeSaInit, Some(KeMethod::MODP_2048)), &policy)));
        });
        assert!(counted.bytes_total < 2000, "{dialect:?}: {}", counted.bytes_total);
    }
}
