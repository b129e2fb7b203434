//! Offers with a fault that no length shows, as a charon 5.9.8 of policy aes256-sha256-ecp256 answered them: with a KE payload of ECP 256, and
//! with one of MODP 768, the first group offered, which `ike` takes for granted.

use super::start;
use serde_json::{Value, json};

const POLICY: &str = "aes256-sha256-ecp256";
const DIALECTS: [&str; 7] = ["rfc", "strongswan", "strongswan6", "libreswan", "libreswan5", "openiked", "openiked7.4"];

/// What is irregular in an offer: Proposal Num of both proposals, their Last Substruc, those of the transforms, and what the second count says.
struct Written {
    numbers: [u8; 2],
    last: [u8; 2],
    transforms: [u8; 4],
    count: u8,
}

/// Nothing is.
const REGULAR: Written = Written { numbers: [1, 2], last: [2, 0], transforms: [3, 3, 3, 0], count: 4 };

impl Written {
    /// 3DES, MD5 and MODP 768; AES-256, SHA-256 and ECP 256.
    fn hex(&self) -> String {
        let [a, b, c, d] = self.transforms.map(|last| format!("{last:02x}00"));
        format!(
            "{:02x}000028{:02x}010004 {a}000801000003 {b}000803000001 {c}000802000001 {d}000804000001\
             {:02x}00002c{:02x}0100{:02x} {a}000c0100000c800e0100 {b}00080300000c {c}000802000005 {d}000804000013",
            self.last[0], self.numbers[0], self.last[1], self.numbers[1], self.count
        )
        .replace(' ', "")
    }
}

/// Each offer and charon's answer: the number of the proposal it chose, or the notify.
fn live() -> [(&'static str, Written, Result<u8, &'static str>); 8] {
    [
        ("regular", REGULAR, Ok(2)),
        ("numbered 3 and 7", Written { numbers: [3, 7], ..REGULAR }, Ok(7)),
        ("Last Substruc 0 on proposal 1", Written { last: [0, 0], ..REGULAR }, Ok(2)),
        ("Last of every transform 0", Written { transforms: [0; 4], ..REGULAR }, Ok(2)),
        ("Last of every transform 3", Written { transforms: [3; 4], ..REGULAR }, Ok(2)),
        ("Last Substruc 2 on the last proposal", Written { last: [2, 2], ..REGULAR }, Ok(2)),
        ("both numbered 1", Written { numbers: [1, 1], ..REGULAR }, Err("no_proposal_chosen")),
        ("count one less", Written { count: 3, ..REGULAR }, Err("invalid_syntax")),
    ]
}

fn asked(offer: &str, local: &str, dialect: &str, ke: Option<u16>) -> Value {
    let mut row = json!({ "offer_hex": offer, "local": local, "dialect": dialect });
    if let Some(group) = ke {
        row["ke_method"] = json!(group);
    }
    let (status, out, err) = start(&["--json"], &row.to_string());
    assert_eq!((status, err.as_str()), (0, ""), "{row}");
    serde_json::from_str(&out).unwrap()
}

#[test]
fn what_charon_answered_with_its_group_in_the_ke_payload() {
    for (name, offer, live) in live() {
        let answer = asked(&offer.hex(), POLICY, "strongswan", Some(19));
        match live {
            Ok(number) => assert_eq!((&answer["outcome"], &answer["number"]), (&json!("selected"), &json!(number)), "{name}: {answer}"),
            Err(outcome) => assert_eq!(answer["outcome"], outcome, "{name}: {answer}"),
        }
    }
}

/// The first group offered is MODP 768, and charon wants ECP 256: told with the number of the proposal that fits. A refusal stays what it is.
#[test]
fn what_charon_answers_with_the_first_group_offered() {
    for (name, offer, live) in live() {
        let answer = asked(&offer.hex(), POLICY, "strongswan", None);
        let explained = answer["explanation"].as_str().unwrap();
        match live {
            Ok(number) => {
                assert_eq!((&answer["outcome"], &answer["ke_method"]), (&json!("invalid_ke_payload"), &json!(19)), "{name}: {answer}");
                let words = [&format!("proposal {number} fits"), "the KE payload is for MODP_768 (group 1)"];
                assert!(words.iter().all(|words| explained.contains(*words)), "{name}: {explained}");
            }
            Err(outcome) => assert_eq!(answer, asked(&offer.hex(), POLICY, "strongswan", Some(19)), "{name}: {outcome}"),
        }
    }
}

#[test]
fn people_are_told_the_same() {
    for (name, offer, live) in live() {
        for ke in [&["--ke", "19"][..], &[]] {
            let hex = offer.hex();
            let args = [&["--offer", &hex, "--local", POLICY, "--dialect", "strongswan"], ke].concat();
            let (status, out, err) = start(&args, "");
            assert_eq!((status, err.as_str()), (u8::from(ke.is_empty() || live.is_err()), ""), "{name}: {out}");
            let outcome = match live {
                Ok(number) if !ke.is_empty() => format!("agreed on proposal {number}, "),
                Ok(_) => "try again with another group: INVALID_KE_PAYLOAD (17).".to_owned(),
                Err(kind) => format!("refused, the answer is {}", kind.to_uppercase()),
            };
            assert!(out.contains(&format!("\nOutcome: {outcome}")), "{name}: {out}");
            assert!(!out.contains("there is no KE payload"), "{name}: {out}");
        }
    }
}

/// An offer of which a dialect can read no group is refused for the fault that hides it, not for a KE payload that nobody spoke of.
#[test]
fn an_offer_that_cannot_be_read_is_not_blamed_on_the_ke_payload() {
    let whole = REGULAR.hex();
    // Cut inside the first proposal, whose last transform is its group; and a transform longer than its proposal.
    for offer in [whole[..70].to_owned(), whole.replace("000801000003", "00ff01000003")] {
        for dialect in DIALECTS {
            let local = if dialect.starts_with("openiked") {
                "ikesa enc aes-256 auth hmac-sha2-256 prf hmac-sha2-256 group ecp256"
            } else {
                POLICY
            };
            let answer = asked(&offer, local, dialect, None);
            assert_eq!(answer, asked(&offer, local, dialect, Some(19)), "{dialect}");
            assert!(answer["explanation"].as_str().unwrap().contains("octet "), "{dialect}: {answer}");
        }
    }
}

/// An offer that is read to its end and has no group needs no KE payload to go with it; that is still told.
#[test]
fn an_offer_without_a_group_comes_without_a_ke_payload() {
    let offer = "00000024010100030300000c0100000c800e0100030000080300000c0000000802000005";
    for dialect in ["strongswan", "libreswan"] {
        let answer = asked(offer, POLICY, dialect, None);
        assert_eq!(answer["outcome"], "invalid_syntax", "{answer}");
        assert!(answer["explanation"].as_str().unwrap().contains("there is no KE payload"), "{answer}");
    }
}
