//! Notations against what running daemons made of them, against the strings of strongSwan's own tests, and there and back.

use ikev2::proposal::Proposal;
use ikev2::proposal::notation::libreswan::{self, Release};
use ikev2::proposal::notation::{NotationError, strongswan, windows};
use ikev2::registry::{Encr, Integ, KeMethod, Prf, SecurityProtocol, SequenceNumbers, TransformId, TransformType};
use ikev2::transform::Transform;
use proptest::prelude::*;
use proptest::sample::{Index, subsequence};
use serde_json::Value;

fn number(value: &Value) -> u16 {
    u16::try_from(value.as_u64().unwrap()).unwrap()
}

/// `[type, id]` or `[type, id, bits]`, 0 bits for none.
fn transform(value: &Value) -> Transform {
    let key_bits = value.get(2).map(number).filter(|bits| *bits > 0);
    Transform { ty: TransformType(u8::try_from(number(&value[0])).unwrap()), id: TransformId(number(&value[1])), key_bits }
}

fn transforms(value: &Value) -> Vec<Transform> {
    value.as_array().unwrap().iter().map(transform).collect()
}

fn responder(row: &Value) -> Vec<Proposal> {
    let all = row["responder"].as_array().unwrap();
    all.iter()
        .map(|p| Proposal::new(SecurityProtocol(u8::try_from(number(&p["protocol"])).unwrap()), transforms(&p["transforms"])))
        .collect()
}

fn rows(text: &str, read: impl Fn(&str) -> Result<Vec<Proposal>, NotationError>) -> usize {
    let mut count = 0;
    for line in text.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let config = row["config"].as_str().unwrap();
        let proposals = read(config).unwrap_or_else(|error| panic!("{}", error.on(config)));
        assert_eq!(proposals, responder(&row), "{config}");
        count += 1;
    }
    count
}

#[test]
fn oracle_rows_of_strongswan() {
    assert_eq!(rows(include_str!("../data/oracles/proposals-strongswan.jsonl"), strongswan::parse_ike), 466);
    assert_eq!(rows(include_str!("../data/oracles/proposals-child-strongswan.jsonl"), strongswan::parse_esp), 308);
}

#[test]
fn oracle_rows_of_libreswan() {
    let ike = |config: &str| libreswan::parse_ike(config, Release::V4);
    let esp = |config: &str| libreswan::parse_esp(config.strip_prefix("esp=").unwrap(), Release::V4);
    assert_eq!(rows(include_str!("../data/oracles/proposals-libreswan.jsonl"), ike), 212);
    assert_eq!(rows(include_str!("../data/oracles/proposals-child-libreswan.jsonl"), esp), 113);
}

#[test]
#[ignore = "needs IKEV2_SHARED"]
fn strings_of_strongswans_own_tests() {
    let found = crate::kit::shared::vectors(&["proposal_config"]);
    for vector in &found {
        let text = vector["label"].as_str().unwrap();
        let read = match vector["protocol"].as_str().unwrap() {
            "IKE" => strongswan::parse_ike(text),
            "ESP" => strongswan::parse_esp(text),
            "AH" => strongswan::parse_ah(text),
            other => panic!("{other}"),
        };
        if vector["expect"]["valid"].as_bool().unwrap() {
            let proposals = read.unwrap_or_else(|error| panic!("{}", error.on(text)));
            assert_eq!(proposals.len(), 1);
            assert_eq!(proposals[0].transforms, transforms(&vector["expect"]["effective_transforms"]), "{text}");
        } else {
            assert!(read.is_err(), "{text}");
        }
    }
    assert_eq!(found.len(), 32);
}

const PLAIN: [Transform; 5] = [
    Transform::encr_bits(Encr::ENCR_AES_CBC, 256),
    Transform::encr_bits(Encr::ENCR_AES_CBC, 128),
    Transform::encr_bits(Encr::ENCR_AES_CTR, 192),
    Transform::encr_bits(Encr::ENCR_CAMELLIA_CBC, 192),
    Transform::encr(Encr::ENCR_3DES),
];
const AEAD: [Transform; 5] = [
    Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256),
    Transform::encr_bits(Encr::ENCR_AES_GCM_16, 128),
    Transform::encr_bits(Encr::ENCR_AES_GCM_12, 192),
    Transform::encr_bits(Encr::ENCR_AES_GCM_8, 256),
    Transform::encr(Encr::ENCR_CHACHA20_POLY1305),
];
const INTEGS: [Transform; 6] = [
    Transform::integ(Integ::AUTH_HMAC_SHA2_256_128),
    Transform::integ(Integ::AUTH_HMAC_SHA2_384_192),
    Transform::integ(Integ::AUTH_HMAC_SHA2_512_256),
    Transform::integ(Integ::AUTH_HMAC_SHA1_96),
    Transform::integ(Integ::AUTH_AES_XCBC_96),
    Transform::integ(Integ::AUTH_AES_CMAC_96),
];
const PRFS: [Transform; 6] = [
    Transform::prf(Prf::PRF_HMAC_SHA2_256),
    Transform::prf(Prf::PRF_HMAC_SHA2_384),
    Transform::prf(Prf::PRF_HMAC_SHA2_512),
    Transform::prf(Prf::PRF_HMAC_SHA1),
    Transform::prf(Prf::PRF_HMAC_MD5),
    Transform::prf(Prf::PRF_AES128_XCBC),
];
const METHODS: [Transform; 7] = [
    Transform::ke(KeMethod::MODP_1024),
    Transform::ke(KeMethod::MODP_2048),
    Transform::ke(KeMethod::MODP_8192),
    Transform::ke(KeMethod::ECP_256),
    Transform::ke(KeMethod::ECP_521),
    Transform::ke(KeMethod::CURVE25519),
    Transform::ke(KeMethod::MODP_2048_256),
];
const ADDITIONAL: [Transform; 6] = [
    Transform::addke(TransformType::ADDKE1, KeMethod::ML_KEM_768),
    Transform::addke(TransformType::ADDKE1, KeMethod::NONE),
    Transform::addke(TransformType::ADDKE2, KeMethod::ML_KEM_1024),
    Transform::addke(TransformType::ADDKE2, KeMethod::ECP_384),
    Transform::addke(TransformType::ADDKE3, KeMethod::ML_KEM_512),
    Transform::addke(TransformType::ADDKE7, KeMethod::CURVE25519),
];
const BOTH: [Transform; 2] = [Transform::sn(SequenceNumbers::PARTIALLY_TRANSMITTED_64), Transform::sn(SequenceNumbers::SEQUENTIAL_32)];

/// Some of a table in any order, `least` of them at the least.
fn some<const N: usize>(all: [Transform; N], least: usize) -> impl Strategy<Value = Vec<Transform>> {
    subsequence(all.to_vec(), least..=N).prop_shuffle()
}

fn ike() -> impl Strategy<Value = Proposal> {
    let ciphers = prop_oneof![(some(PLAIN, 1), some(INTEGS, 1)), (some(AEAD, 1), Just(Vec::new()))];
    (ciphers, some(PRFS, 1), some(METHODS, 1), subsequence(ADDITIONAL.to_vec(), 0..=6))
        .prop_map(|((encr, integ), prf, ke, addke)| Proposal::new(SecurityProtocol::IKE, [encr, integ, prf, ke, addke].concat()))
}

fn esp(sizes: impl Strategy<Value = Vec<Transform>>) -> impl Strategy<Value = Proposal> {
    let ciphers = prop_oneof![(some(PLAIN, 1), some(INTEGS, 1)), (some(AEAD, 1), Just(Vec::new()))];
    (ciphers, some(METHODS, 0), sizes)
        .prop_map(|((encr, integ), ke, sn)| Proposal::new(SecurityProtocol::ESP, [encr, integ, ke, sn].concat()))
}

proptest! {
    #[test]
    fn strongswan_there_and_back(ike in ike(), esp in esp(some(BOTH, 1))) {
        let text = strongswan::emit(&ike).unwrap();
        prop_assert_eq!(strongswan::parse_ike(&text).unwrap(), vec![ike]);
        let text = strongswan::emit(&esp).unwrap();
        prop_assert_eq!(strongswan::parse_esp(&text).unwrap(), vec![esp]);
    }

    #[test]
    fn libreswan_there_and_back(ike in ike(), esp in esp(Just(BOTH.to_vec()))) {
        let text = libreswan::emit(&ike).unwrap();
        prop_assert_eq!(libreswan::parse_ike(&text, Release::V5).unwrap(), vec![ike]);
        let text = libreswan::emit(&esp).unwrap();
        prop_assert_eq!(libreswan::parse_esp(&text, Release::V5).unwrap(), vec![esp]);
    }

    /// One token exchanged for one no stack knows: the error is that token, to the octet.
    #[test]
    fn errors_point_at_the_token(all in prop::collection::vec(ike(), 1..4), at in any::<Index>(), junk in "[xyzé\u{1f511}\0]{1,6}") {
        let check = |texts: Vec<String>, separators: &[char], read: &dyn Fn(&str) -> Result<Vec<Proposal>, NotationError>| {
            let text = texts.join(",");
            let mut starts = vec![0];
            starts.extend(text.match_indices(separators).map(|(place, _)| place + 1));
            let start = starts[at.index(starts.len())];
            let len = text[start..].find(separators).unwrap_or(text.len() - start);
            let broken = format!("{}{junk}{}", &text[..start], &text[start + len..]);
            let error = read(&broken).unwrap_err();
            assert_eq!((error.at, error.len), (start, junk.len()), "{broken:?}: {error}");
        };
        let strong = all.iter().map(|p| strongswan::emit(p).unwrap()).collect();
        check(strong, &['-', ','], &strongswan::parse_ike);
        let without = |p: &Proposal| Proposal::new(p.protocol, p.transforms.iter().copied().filter(|t| t.ty.0 <= 4).collect::<Vec<_>>());
        let libre = all.iter().map(|p| libreswan::emit(&without(p)).unwrap()).collect();
        check(libre, &['-', '+', ';', ','], &|text| libreswan::parse_ike(text, Release::V4));
    }

    /// Any text: an answer, and an error inside the text, on boundaries of characters.
    #[test]
    fn any_text(text in "[-a-z0-9_+;,=! \u{80}-\u{20000}<>/\"'`]{0,60}", words in prop::collection::vec("(aes|aes256|sha2|sha256|-|\\+|;|,|dh14|modp2048|none|addke1=|prf=|<CryptographySuite>|</|-DHGroup |:)", 0..12)) {
        for text in [text, words.concat()] {
            let check = |error: Option<NotationError>| {
                if let Some(error) = error {
                    assert!(text.get(error.at..error.at + error.len).is_some(), "{text:?} {error:?}");
                    assert!(error.on(&text).to_string().ends_with('^'));
                }
            };
            check(strongswan::parse_ike(&text).err());
            check(strongswan::parse_esp(&text).err());
            check(strongswan::parse_ah(&text).err());
            for release in [Release::V4, Release::V5] {
                check(libreswan::parse_ike(&text, release).err());
                check(libreswan::parse_esp(&text, release).err());
                check(libreswan::parse_ah(&text, release).err());
            }
            check(windows::parse_powershell(&text).err());
            check(windows::parse_profile_xml(&text).err());
        }
    }

    /// Whatever a writer hands out is read back the same; whatever it does not is an error.
    #[test]
    fn any_proposal(protocol in 0_u8..5, raw in prop::collection::vec((1_u8..14, 0_u16..40, prop::option::of(prop::sample::select(vec![0_u16, 128, 192, 256, 512]))), 0..6)) {
        let transforms: Vec<_> = raw.into_iter().map(|(ty, id, key_bits)| Transform { ty: TransformType(ty), id: TransformId(id), key_bits }).collect();
        let asked = Proposal::new(SecurityProtocol(protocol), transforms);
        let sorted = |p: &Proposal| { let mut all = p.transforms.clone(); all.sort(); all };
        if let Ok(text) = strongswan::emit(&asked) {
            let read = match protocol { 1 => strongswan::parse_ike(&text), 2 => strongswan::parse_ah(&text), _ => strongswan::parse_esp(&text) };
            prop_assert_eq!(sorted(&read.unwrap()[0]), sorted(&asked));
        }
        if let Ok(text) = libreswan::emit(&asked) {
            let read = match protocol { 1 => libreswan::parse_ike(&text, Release::V5), 2 => libreswan::parse_ah(&text, Release::V5), _ => libreswan::parse_esp(&text, Release::V5) };
            prop_assert_eq!(sorted(&read.unwrap()[0]), sorted(&asked));
        }
    }
}
