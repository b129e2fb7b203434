//! What offers made to hurt get, by the number of the bug class in the project's list.

use ikev2::proposal::notation::strongswan;
use ikev2::proposal::{
    Dialect, InvalidKeRetries, NegotiationContext, Policy, Preference, Proposal, Question, compare_pairs, emit_offer, negotiate,
};
use ikev2::registry::{KeMethod, TransformId, TransformType};
use ikev2::transform::Transform;

use crate::kit::policies::*;

/// tests/HOSTILE.md 29: ids that others use for themselves are ids like any other; only strongSwan draws a line at 1024.
#[test]
fn hostile_29_sentinel_ids() {
    for dialect in Dialect::ALL {
        for ty in [1, 2, 3, 4, 5].map(TransformType) {
            for id in [0, 1023, 1024, 1025, 32767, 32768, 65535] {
                let mut p = ike(&[31]);
                p.transforms.retain(|t| t.ty != ty);
                p.transforms.push(Transform { ty, id: TransformId(id), key_bits: None });
                let offer = emit_offer(&[p.clone()], &[]).unwrap();
                let ke = Some(KeMethod(id)).filter(|_| ty == TransformType::KE).or(G31);
                assert!(
                    negotiate(&offer, Question::new(NegotiationContext::IkeSaInit, ke), &policy(dialect, vec![ike(&[31])])).is_err(),
                    "{dialect:?} {ty:?} {id}"
                );
                // Among those who have it, it is chosen.
                let private = matches!(dialect, Dialect::StrongSwan5 | Dialect::StrongSwan6) && id >= 1024;
                let outcome = negotiate(&offer, Question::new(NegotiationContext::IkeSaInit, ke), &policy(dialect, vec![p.clone()]));
                let chosen = outcome.as_ref().ok().and_then(|s| s.transform(ty)).is_some_and(|t| t.id.0 == id);
                if private {
                    assert!(!chosen, "{dialect:?} {ty:?} {id}");
                    let lenient = policy(dialect, vec![p.clone()]).with_private_use(true);
                    assert!(
                        negotiate(&offer, Question::new(NegotiationContext::IkeSaInit, ke), &lenient).is_ok(),
                        "{dialect:?} {ty:?} {id}"
                    );
                } else if id != 0 && !(ty == TransformType::KE && matches!(dialect, Dialect::Libreswan4 | Dialect::Libreswan5)) {
                    assert!(chosen, "{dialect:?} {ty:?} {id}: {outcome:?}");
                }
            }
        }
    }
}

/// tests/HOSTILE.md 30: each transform type left out in turn.
#[test]
fn hostile_30_missing_types() {
    for dialect in Dialect::ALL {
        for (context, full, ke) in [(NegotiationContext::IkeSaInit, ike(&[31]), G31), (NegotiationContext::CreateChildSa, esp(&[14]), G14)]
        {
            let policy = policy(dialect, vec![full.clone()]);
            for ty in full.transforms.iter().map(|t| t.ty) {
                let mut less = full.clone();
                less.transforms.retain(|t| t.ty != ty);
                let offer = emit_offer(&[less], &spi(context)).unwrap();
                let outcome = short(negotiate(&offer, Question::new(context, ke), &policy));
                // iked takes ESP without integrity.
                let expected = if dialect == Dialect::OpenIked && context == NegotiationContext::CreateChildSa && ty == TransformType::INTEG
                {
                    "chosen ke 14"
                } else {
                    "no proposal"
                };
                assert_eq!(outcome, expected, "{dialect:?} {context:?} without {ty:?}");
            }
        }
    }
}

/// tests/HOSTILE.md 32: numbering, and last-substructure octets against lengths and counts.
#[test]
fn hostile_32_numbers() {
    let numbered = |numbers: &[u8]| {
        let mut offer = emit_offer(&vec![ike(&[31]); numbers.len()], &[]).unwrap();
        let each = offer.len() / numbers.len();
        for (n, number) in numbers.iter().enumerate() {
            offer[n * each + 4] = *number;
        }
        offer
    };
    let rows: [(&[u8], [&str; 4]); 8] = [
        // RFC, strongSwan, libreswan, OpenIKED
        (&[1], ["chosen ke 31"; 4]),
        (&[0], ["syntax", "syntax", "syntax", "chosen ke 31"]),
        (&[2], ["syntax", "chosen ke 31", "syntax", "chosen ke 31"]),
        (&[255], ["syntax", "chosen ke 31", "syntax", "chosen ke 31"]),
        (&[1, 2], ["chosen ke 31"; 4]),
        (&[2, 1], ["syntax", "syntax", "syntax", "chosen ke 31"]),
        (&[1, 1], ["syntax", "no proposal", "syntax", "chosen ke 31"]),
        (&[1, 3], ["syntax", "chosen ke 31", "syntax", "chosen ke 31"]),
    ];
    let dialects = [Dialect::Rfc, Dialect::StrongSwan5, Dialect::Libreswan4, Dialect::OpenIked];
    for (numbers, expected) in rows {
        for (dialect, expected) in dialects.iter().zip(expected) {
            let outcome = short(negotiate(
                &numbered(numbers),
                Question::new(NegotiationContext::IkeSaInit, G31),
                &policy(*dialect, vec![ike(&[31])]),
            ));
            assert_eq!(outcome, expected, "{dialect:?} {numbers:?}");
        }
    }
    // Two proposals; the first says whether more follow, how long it is, how many transforms it holds.
    for (last, length, count, expected) in [
        (2, 0, 0, ["chosen ke 31"; 4]),
        (0, 0, 0, ["syntax", "chosen ke 31", "chosen ke 31", "dropped"]),
        (2, 4, 0, ["syntax"; 4]),
        (2, 0, 1, ["syntax", "syntax", "syntax", "chosen ke 31"]),
        // libreswan does not look behind the transforms counted, nor behind the last proposal.
        (0, 4, 0, ["syntax", "syntax", "chosen ke 31", "syntax"]),
        (0, 0, 1, ["syntax", "syntax", "syntax", "dropped"]),
        (2, 4, 1, ["syntax"; 4]),
        (0, 4, 1, ["syntax"; 4]),
    ] {
        let mut offer = numbered(&[1, 2]);
        offer[0] = last;
        offer[3] += length;
        offer[7] += count;
        for (dialect, expected) in dialects.iter().zip(expected) {
            let outcome = short(negotiate(&offer, Question::new(NegotiationContext::IkeSaInit, G31), &policy(*dialect, vec![ike(&[31])])));
            let expected = if *dialect == Dialect::OpenIked && expected == "syntax" { "dropped" } else { expected };
            assert_eq!(outcome, expected, "{dialect:?}: last {last}, length +{length}, count +{count}");
        }
    }
}

/// tests/HOSTILE.md 33: attributes of every shape on the cipher. RFC, strongSwan, libreswan, OpenIKED.
#[test]
fn hostile_33_attributes() {
    let with = |attributes: &[u8]| {
        let mut offer = emit_offer(&[ike(&[31])], &[]).unwrap();
        offer.splice(16..20, attributes.iter().copied());
        let grown = attributes.len() as u8 - 4;
        offer[3] += grown;
        offer[11] += grown;
        offer
    };
    let dialects = [Dialect::Rfc, Dialect::StrongSwan5, Dialect::Libreswan4, Dialect::OpenIked];
    let (chosen, none) = ("chosen ke 31", "no proposal");
    let rows: [(&[u8], [&str; 4]); 10] = [
        (&[0x80, 14, 1, 0], [chosen; 4]),
        // Twice: the first counts, or the last.
        (&[0x80, 14, 1, 0, 0x80, 14, 0, 128], [none, chosen, none, none]),
        (&[0x80, 14, 0, 128, 0x80, 14, 1, 0], [none, none, chosen, chosen]),
        // TLV of two octets, none, an odd number of them.
        (&[0, 14, 0, 2, 1, 0], [none, chosen, "syntax", "dropped"]),
        (&[0, 14, 0, 0], [none, none, "syntax", "dropped"]),
        (&[0, 14, 0, 3, 0, 1, 0], [none, chosen, "syntax", "dropped"]),
        // A length that counts its own header, as iked has it: to it the transform has no key length.
        (&[0, 14, 0, 6, 1, 0], ["syntax", "syntax", "syntax", none]),
        // Unknown attributes.
        (&[0x80, 99, 0, 1, 0x80, 14, 1, 0], [none, chosen, "syntax", chosen]),
        (&[0, 99, 0, 4, 1, 2, 3, 4, 0x80, 14, 1, 0], [none, chosen, "syntax", "dropped"]),
        // Past the end.
        (&[0x80, 14, 1, 0, 0, 99, 0, 200], ["syntax", "syntax", "syntax", "dropped"]),
    ];
    for (attributes, expected) in rows {
        for (dialect, expected) in dialects.iter().zip(expected) {
            let outcome =
                short(negotiate(&with(attributes), Question::new(NegotiationContext::IkeSaInit, G31), &policy(*dialect, vec![ike(&[31])])));
            assert_eq!(outcome, expected, "{dialect:?} {attributes:02x?}");
        }
    }
}

/// tests/HOSTILE.md 38: 64 kB of proposals that only backtracking can tell apart: an answer comes, which it would not if work multiplied.
#[test]
fn hostile_38_bounded_work() {
    let methods: Vec<u16> = (1..=31).collect();
    let every = |ty: u8| methods.iter().map(move |m| Transform::new(TransformType(ty), *m));
    let mut local = ike(&[]);
    for ty in [4, 6, 7, 8, 9, 10, 11, 12] {
        local.transforms.extend(every(ty).take(if ty == 12 { 7 } else { 31 }));
    }
    // ADDKE7 can only have what KE and the others want first: 8 types share 7 methods.
    let mut offered = ike(&[]);
    for ty in [4, 6, 7, 8, 9, 10, 11, 12] {
        offered.transforms.extend(every(ty).take(7));
    }
    let offer = emit_offer(&vec![offered; 100], &[]).unwrap();
    for dialect in Dialect::ALL {
        let outcome =
            short(negotiate(&offer, Question::new(NegotiationContext::IkeSaInit, G31), &policy(dialect, vec![local.clone(); 20])));
        // To strongSwan 5.9 the additional exchanges are types it does not know, which match when both sides list them.
        let expected = if dialect == Dialect::StrongSwan5 { "wants 1" } else { "no proposal" };
        assert_eq!(outcome, expected, "{dialect:?}");
    }

    // Proposals of nothing but a header, as many as an SA payload holds.
    let mut headers = Vec::new();
    for n in 0..8191_u32 {
        headers.extend([if n == 8190 { 0 } else { 2 }, 0, 0, 8, (n % 255) as u8 + 1, 1, 0, 0]);
    }
    for dialect in Dialect::ALL {
        let outcome = negotiate(&headers, Question::new(NegotiationContext::IkeSaInit, G31), &policy(dialect, vec![local.clone(); 20]));
        assert!(outcome.unwrap_err().to_string().len() < 4000, "{dialect:?}");
    }
}

/// Offers of about so many proposals and transforms, made to be looked at as long as possible.
fn growing(proposals: usize) -> Vec<(&'static str, Policy, Vec<u8>)> {
    let types = |count: usize, per: u16| {
        let mut p = ike(&[]);
        for ty in [4, 6, 7, 8, 9, 10, 11, 12].into_iter().take(count) {
            p.transforms.extend((0..per).map(|m| Transform::new(TransformType(ty), m + 1)));
        }
        p
    };
    let offer = |p: &Proposal| emit_offer(&vec![p.clone(); proposals], &[]).unwrap();
    let headers = || {
        let last = proposals * 20 - 1;
        (0..=last).flat_map(|n| [if n == last { 0 } else { 2 }, 0, 0, 8, n as u8, 1, 0, 0]).collect::<Vec<u8>>()
    };
    let strangers = Proposal::new(IKE, (0..250).map(|n| Transform::new(TransformType(n as u8 % 4 + 1), 2000 + n)).collect::<Vec<_>>());
    let mut cases = Vec::new();
    for dialect in Dialect::ALL {
        for prefer in [Preference::Configured, Preference::Supplied] {
            let policy = |p: Proposal| policy(dialect, vec![p; 4]).with_preference(prefer);
            // Eight exchanges that share seven methods, and again in another order: every type has a choice, all together none.
            cases.push(("seven methods for eight", policy(types(8, 31)), offer(&types(8, 7))));
            cases.push(("thirty methods for eight", policy(types(8, 30)), offer(&types(8, 30))));
            cases.push(("strangers", policy(types(1, 60)), offer(&strangers)));
            cases.push(("headers", policy(types(8, 31)), headers()));
            // OpenIKED merges proposals of one number.
            let mut same = offer(&types(2, 20));
            let each = same.len() / proposals;
            same.chunks_mut(each).for_each(|p| p[4] = 1);
            cases.push(("one number", policy(types(2, 20)), same));
        }
    }
    cases
}

/// tests/HOSTILE.md 38, by counting: twice the offer takes at most twice the steps, and no octet more than its share.
#[test]
fn hostile_38_work_is_linear() {
    let work = |n| {
        growing(n)
            .into_iter()
            .map(|(_, policy, offer)| (compare_pairs(&offer, NegotiationContext::IkeSaInit.into(), &policy).work(), offer.len()))
    };
    for ((name, policy, _), steps) in growing(1).iter().zip(work(8).zip(work(16)).zip(work(32))) {
        let (((eight, octets8), (sixteen, octets16)), (all, octets)) = steps;
        assert!(octets8 * 2 == octets16 && octets16 * 2 == octets, "{name}");
        // What does not grow with the offer: a table of 256 places for each of 4 local proposals.
        let once = 4 * 300;
        assert!(sixteen <= 2 * eight + once && all <= 2 * sixteen + once, "{name} {:?}: {eight}, {sixteen}, {all}", policy.dialect());
        let longest = policy.proposals().iter().map(|p| p.transforms.len()).max().unwrap();
        let most = 4 * octets * (8 + longest);
        assert!(all <= most as u64, "{name} {:?}: {all} steps for {octets} octets, at most {most}", policy.dialect());
        // The count is one: more than once over the octets where anything is compared at all.
        assert!(all * 4 >= octets as u64, "{name} {:?}: {all} steps for {octets} octets", policy.dialect());
    }
}

/// tests/HOSTILE.md 39: a method is obeyed once, and only when it was offered.
#[test]
fn hostile_39_invalid_ke_loop() {
    let offered = policy(Dialect::Rfc, strongswan::parse_ike("aes256-sha256-modp2048-ecp256-curve25519").unwrap());
    let mut retries = InvalidKeRetries::new(KeMethod::MODP_2048);
    assert!(!retries.accept(KeMethod::MODP_2048, &offered), "tried already");
    assert!(!retries.accept(KeMethod::MODP_1024, &offered), "never offered");
    assert!(!retries.accept(KeMethod::NONE, &offered));
    assert!(retries.accept(KeMethod::ECP_256, &offered));
    assert!(!retries.accept(KeMethod::ECP_256, &offered), "tried already");
    assert!(retries.accept(KeMethod::CURVE25519, &offered));
    assert!(!retries.accept(KeMethod::MODP_2048, &offered), "round and round");
}
