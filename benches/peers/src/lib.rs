//! The same octets, read and written by `ikev2`, by hand, and by every other IKEv2 crate on crates.io.
//!
//! Each contestant goes as deep as its public API does and adds every field it found to a [`inputs::Sum`]; where it stops earlier than
//! `ikev2`, its module says so. `cargo bench` measures with criterion, `cargo run --release` prints the table of `benches/README.md`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "a bench ends by panicking"
)]

#[path = "../../inputs/mod.rs"]
pub mod inputs;

mod ipsec_parser;
mod jkipsec;
mod ryke;
mod suricata;

use std::hint::black_box;

use inputs::{AUTH_CHAIN, AUTH_CHAIN_FIRST, INIT_8_PROPOSALS, INIT_REQUEST, INIT_RESPONSE, SA_20X12, limit, ours, source};

/// One contestant on one input.
pub struct Entry {
    /// Who.
    pub name: &'static str,
    /// What its API lacks for this; nothing is measured then.
    pub lacks: Option<&'static str>,
    /// Does the work as many times as told.
    pub run: Box<dyn Fn(u64) -> Outcome>,
}

/// What the last of several runs came to.
pub type Outcome = Result<u64, String>;

/// One input and everybody who can take it.
pub struct Group {
    /// `parse`, `build` or `monitor`.
    pub task: &'static str,
    /// The input, as the table names it.
    pub name: &'static str,
    /// Its octets.
    pub octets: &'static [u8],
    /// Messages that one run reads: figures are of one.
    pub reads: u64,
    /// In the order of the table.
    pub entries: Vec<Entry>,
}

/// Everything that is measured.
pub fn groups() -> Vec<Group> {
    let mut groups: Vec<Group> = [
        ("IKE_SA_INIT request, 256 octets", INIT_REQUEST),
        ("IKE_SA_INIT, 8 proposals, 570 octets", INIT_8_PROPOSALS),
        ("SA 20 x 12, 2432 octets", SA_20X12),
    ]
    .map(|(name, octets)| Group {
        task: "parse",
        name,
        octets,
        reads: 1,
        entries: vec![
            parse("limit", octets, |b| limit::message(b).ok_or_else(refused)),
            parse("limit, two passes", octets, |b| limit::message_in_two(b).ok_or_else(refused)),
            parse("ikev2", octets, |b| ours::message(b).map_err(|e| e.to_string())),
            parse("ipsec-parser", octets, ipsec_parser::message),
            parse("ryke", octets, ryke::message),
            parse("jkipsec", octets, jkipsec::message),
        ],
    })
    .into();
    groups.push(Group {
        task: "parse",
        name: "IKE_AUTH chain, 3 certificates, 4827 octets",
        octets: AUTH_CHAIN,
        reads: 1,
        entries: vec![
            parse("limit", AUTH_CHAIN, |b| limit::chain(AUTH_CHAIN_FIRST, b).ok_or_else(refused)),
            parse("limit, two passes", AUTH_CHAIN, |b| limit::chain_in_two(AUTH_CHAIN_FIRST, b).ok_or_else(refused)),
            parse("ikev2", AUTH_CHAIN, |b| ours::chain(AUTH_CHAIN_FIRST, b).map_err(|e| e.to_string())),
            parse("ipsec-parser", AUTH_CHAIN, |b| ipsec_parser::chain(AUTH_CHAIN_FIRST, b)),
            parse("ryke", AUTH_CHAIN, |b| ryke::chain(AUTH_CHAIN_FIRST, b)),
            parse("jkipsec", AUTH_CHAIN, |b| jkipsec::chain(AUTH_CHAIN_FIRST, b)),
        ],
    });
    groups.extend([
        Group {
            task: "build",
            name: "SA 20 x 12, 2432 octets",
            octets: SA_20X12,
            reads: 1,
            entries: vec![
                build("limit", source::offer(), limit::offer),
                build("ikev2", source::offer(), |b, s| ours::offer(b, s).ok()),
                cannot("ipsec-parser", READS_ONLY),
                build_owned("ryke", ryke::Offer::from(&source::offer()), ryke::Offer::build),
                build_owned("jkipsec", jkipsec::Offer::from(&source::offer()), jkipsec::Offer::build),
            ],
        },
        Group {
            task: "build",
            name: "IKE_SA_INIT response, 448 octets",
            octets: INIT_RESPONSE,
            reads: 1,
            entries: vec![
                build("limit", source::response(), limit::response),
                build("ikev2", source::response(), |b, s| ours::response(b, s).ok()),
                cannot("ipsec-parser", READS_ONLY),
                build_owned("ryke", ryke::Response::from(&source::response()), ryke::Response::build),
                build_owned("jkipsec", jkipsec::Response::from(&source::response()), jkipsec::Response::build),
            ],
        },
        Group {
            task: "build",
            name: "IKE_AUTH chain, 3 certificates, 4827 octets",
            octets: AUTH_CHAIN,
            reads: 1,
            entries: vec![
                build("limit", source::auth_chain(), limit::auth_chain),
                build("ikev2", source::auth_chain(), |b, s| ours::auth_chain(b, s).ok()),
                cannot("ipsec-parser", READS_ONLY),
                build_owned("ryke", ryke::AuthChain::from(&source::auth_chain()), ryke::AuthChain::build),
                cannot("jkipsec", "no writer for a bare chain, nor for CERT, CERTREQ and CP"),
            ],
        },
    ]);
    groups.push(suricata::group());
    groups
}

const READS_ONLY: &str = "no writer at all";

fn refused() -> String {
    "refused".into()
}

fn parse(name: &'static str, octets: &'static [u8], f: impl Fn(&[u8]) -> Outcome + 'static) -> Entry {
    Entry {
        name,
        lacks: None,
        run: Box::new(move |times| {
            let mut last = Ok(0);
            for _ in 0..times {
                last = black_box(f(black_box(octets)));
            }
            last
        }),
    }
}

/// Into a buffer that is there already.
fn build<S: 'static>(name: &'static str, source: S, f: impl Fn(&mut [u8], &S) -> Option<usize> + 'static) -> Entry {
    let buffer = std::cell::RefCell::new(vec![0; 8192]);
    Entry {
        name,
        lacks: None,
        run: Box::new(move |times| {
            let mut buffer = buffer.borrow_mut();
            let mut written = None;
            for _ in 0..times {
                written = black_box(f(black_box(&mut buffer), black_box(&source)));
            }
            Ok(checksum(&buffer[..written.ok_or_else(refused)?]))
        }),
    }
}

/// Into a buffer the contestant allocates, because its API has no other way.
fn build_owned<S: 'static>(name: &'static str, source: S, f: impl Fn(&S) -> Vec<u8> + 'static) -> Entry {
    Entry {
        name,
        lacks: None,
        run: Box::new(move |times| {
            let mut written = Vec::new();
            for _ in 0..times {
                written = black_box(f(black_box(&source)));
            }
            Ok(checksum(&written))
        }),
    }
}

/// A contestant whose API has no way to do this.
fn cannot(name: &'static str, why: &'static str) -> Entry {
    Entry { name, lacks: Some(why), run: Box::new(move |_| Err(why.into())) }
}

/// Tells whether two contestants wrote the same octets (FNV-1a).
pub fn checksum(octets: &[u8]) -> u64 {
    octets.iter().fold(0xcbf2_9ce4_8422_2325, |sum, octet| (sum ^ u64::from(*octet)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_and_ikev2_see_the_same_fields_and_all_writers_write_the_same_octets() {
        for group in groups() {
            let expected = match group.task {
                "build" => checksum(group.octets),
                _ => (group.entries[0].run)(1).unwrap(),
            };
            for entry in &group.entries {
                let once = (entry.run)(1);
                if let Some(why) = entry.lacks {
                    assert_eq!(once, Err(why.to_owned()), "{} {}: {}", group.task, group.name, entry.name);
                    continue;
                }
                assert!(once.is_ok(), "{} {}: {}: {once:?}", group.task, group.name, entry.name);
                if group.task == "build" || entry.name == "ikev2" || entry.name.starts_with("limit") {
                    assert_eq!((entry.run)(2), Ok(expected), "{} {}: {}", group.task, group.name, entry.name);
                }
            }
        }
    }

    /// A fault in any field that RFC 7296 lets a reader check is refused by both, wherever it stands.
    #[test]
    fn the_limit_refuses_what_ikev2_refuses() {
        let messages = [INIT_REQUEST, INIT_8_PROPOSALS, SA_20X12, INIT_RESPONSE];
        let mut refused = 0;
        for octets in messages {
            every_change(octets, |changed| {
                let ours = ours::message(changed).ok();
                refused += u32::from(ours.is_none());
                assert_eq!(ours, limit::message(changed), "{changed:02x?}");
                assert_eq!(ours, limit::message_in_two(changed), "{changed:02x?}");
            });
        }
        // Payloads that the inputs have none of.
        let others: [(u8, &[u8]); 7] = [
            (42, &[3, 4, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8]),
            (42, &[1, 0, 0, 0]),
            (43, b"vendor"),
            (48, &[2, 7, 0, 8, 1, b'a', b'b', b'c']),
            (48, &[3, 7, 0, 4]),
            (53, &[0, 1, 0, 2, 9, 9, 9]),
            (45, &{
                let mut ts = [0; 60];
                ts[0] = 2;
                ts[4..12].copy_from_slice(&[8, 6, 0, 40, 0, 80, 0, 90]);
                ts[43] = 1;
                ts[44..52].copy_from_slice(&[9, 0, 0, 16, 0, 1, 2, 3]);
                ts[52..60].copy_from_slice(&[0, 1, 2, 4, 5, 6, 7, 8]);
                ts
            }),
        ];
        for (ty, body) in others {
            let mut message = INIT_REQUEST[..28].to_vec();
            let length = u8::try_from(body.len() + 4).unwrap();
            (message[16], message[26], message[27]) = (ty, 0, 28 + length);
            message.extend([0, 0, 0, length]);
            message.extend(body);
            assert!(ours::message(&message).is_ok(), "{message:02x?}");
            every_change(&message, |changed| {
                let ours = ours::message(changed).ok();
                assert_eq!(ours, limit::message(changed), "{changed:02x?}");
                assert_eq!(ours, limit::message_in_two(changed), "{changed:02x?}");
            });
        }
        every_change(AUTH_CHAIN, |changed| {
            let ours = ours::chain(AUTH_CHAIN_FIRST, changed).ok();
            refused += u32::from(ours.is_none());
            assert_eq!(ours, limit::chain(AUTH_CHAIN_FIRST, changed));
            assert_eq!(ours, limit::chain_in_two(AUTH_CHAIN_FIRST, changed));
        });
        assert!(refused > 10_000, "{refused}");
    }

    fn every_change(octets: &[u8], mut check: impl FnMut(&[u8])) {
        for length in 0..octets.len() {
            check(&octets[..length]);
        }
        let mut changed = octets.to_vec();
        for at in 0..octets.len() {
            for value in [octets[at] ^ 1, octets[at] ^ 0x80, octets[at].wrapping_add(4), 0, 0xff] {
                changed[at] = value;
                check(&changed);
            }
            changed[at] = octets[at];
        }
    }
}
