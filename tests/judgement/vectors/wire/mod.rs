//! Vectors made from seven other projects' tests, in the wire format's part: what must be read is compared field by field, what
//! must be refused is, for the reason named. They are read in place from the folder IKEV2_SHARED names.

mod describe;
mod judge;

use serde_json::Value;
use std::collections::BTreeMap;

/// A vector that RFC 7296 (or a document it leads to) judges otherwise than its maker.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Otherwise {
    file: &'static str,
    name: &'static str,
    why: &'static str,
    /// What the crate says instead.
    says: &'static str,
}

const IKE_SPI: &str = "RFC 7296 section 3.3.1: the SPI of an IKE SA has 8 octets, or there is none";
const IKE_DELETE: &str = "RFC 7296 section 3.11: SPI Size MUST be zero for IKE";
const EXCHANGE: &str = "the framing is whole; what to do with an unknown exchange type is the caller's to decide";
const PROTOCOL: &str = "RFC 7296 section 3.3.1: 255 is for private use; what to do with it is the caller's to decide";
const NONCE: &str = "RFC 7296 section 3.9: Nonce Data MUST have 16 to 256 octets";
const SKF_NEXT: &str = "RFC 7383 section 2.5 has the sender clear Next Payload from fragment 2 on; it forbids no receiver to ignore it";

const OTHERWISE: &[Otherwise] = &[
    otherwise("aosp-ipsec", "msg-exchange-type-0", EXCHANGE, "accepted"),
    otherwise("libreswan", "buster-01", EXCHANGE, "accepted"),
    otherwise("free5gc-ike", "securityassociation-securityassociation-unmarshal", IKE_SPI, "size 3 where 8 is right"),
    otherwise("free5gc-ike", "msg-ikeinit", IKE_SPI, "size 3 where 8 is right"),
    otherwise("openiked", "sub-delete-1", IKE_DELETE, "size 8 where 0 is right"),
    otherwise("second-set", "one-delete", IKE_DELETE, "size 8 where 0 is right"),
    otherwise("second-set", "delete-protocol-255", PROTOCOL, "accepted"),
    otherwise("openpacketcore-ikev2", "nonce-reserved-bit-set", NONCE, "size 0 outside 16..=256"),
    otherwise("openpacketcore-ikev2", "skf-body-2-of-2-next-payload-33", SKF_NEXT, "accepted"),
];

const fn otherwise(file: &'static str, name: &'static str, why: &'static str, says: &'static str) -> Otherwise {
    Otherwise { file, name, why, says }
}

/// Kinds about keys, ciphers, negotiation and reassembly: other tests.
const OTHER_KINDS: &[&str] = &[
    "aead",
    "auth_psk",
    "child_keys",
    "cipher",
    "dh",
    "fragment_size",
    "fragment_split",
    "ike_keys",
    "integ",
    "natd",
    "padding",
    "peer_fragment_layout",
    "peer_reassembly_outcome",
    "prf",
    "prf_plus",
    "proposal_config",
    "proposal_select",
    "proposal_verify_response",
    "sk_open",
    "sk_open_reject",
    "skeyseed",
    "skf_sequence",
];

/// Kinds that are about the wire format, and how many vectors there are of each.
const KINDS: &[(&str, usize)] = &[
    ("attribute", 1),
    ("canonical_encode", 1),
    ("cp_attribute", 23),
    ("cp_attribute_reject", 2),
    ("header", 9),
    ("message", 137),
    ("message_chain_only", 3),
    ("message_reject", 95),
    ("message_with_tail", 1),
    ("payload", 62),
    ("payload_body", 45),
    ("payload_body_reject", 27),
    ("payload_chain", 19),
    ("payload_chain_reject", 4),
    ("payload_reject", 5),
    ("skf_body", 2),
    ("skf_body_reject", 4),
    ("transform", 9),
    ("ts_selector", 3),
    ("ts_selector_reject", 2),
    ("udp4500_demux", 7),
];

#[test]
#[ignore = "needs IKEV2_SHARED"]
fn vectors() {
    let mut counts = BTreeMap::new();
    let mut unused: Vec<_> = OTHERWISE.to_vec();
    let mut wrong = Vec::new();
    for (file, vectors) in crate::kit::shared::vector_files() {
        for vector in &vectors {
            let kind = vector["kind"].as_str().unwrap();
            if OTHER_KINDS.contains(&kind) {
                continue;
            }
            *counts.entry(kind.to_owned()).or_insert(0) += 1;
            let name = vector["name"].as_str().unwrap();
            let entry = unused.iter().position(|entry| (entry.file, entry.name) == (&*file, name));
            let otherwise = entry.map(|entry| unused.swap_remove(entry));
            let judged = judge::judge(kind, vector);
            match (otherwise, judged) {
                (None, Ok(())) => {}
                (Some(entry), Err(difference)) if difference.contains(entry.says) => {}
                (_, Err(difference)) => wrong.push(format!("{file} {kind} {name}: {difference}\n  {}", short(vector))),
                (Some(entry), Ok(())) => wrong.push(format!("{file} {name}: as the vector says, and not otherwise: {}", entry.why)),
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(unused, [], "entries that no vector needs");
    let counts: Vec<_> = counts.iter().map(|(kind, count)| (kind.as_str(), *count)).collect();
    assert_eq!(counts, KINDS);
}

fn short(vector: &Value) -> String {
    let text = vector["expect"].to_string();
    let hex = vector["hex"].as_str().unwrap();
    format!("{} {} {}", &hex[..hex.len().min(200)], &text[..text.len().min(300)], vector["origin_says"])
}
