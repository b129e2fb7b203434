//! Random policies, found by what a gateway answers.

use crate::run::run_with;
use crate::world::{CLIENT, Dice, SERVER, World};
use ikev2::diagnose::Confidence;
use ikev2::probe::{AnswerResult, AnswerValue, ProbeAnswer, ProbePlan, ProbeQuestion};
use ikev2::proposal::notation::strongswan;
use ikev2::proposal::{Dialect, Policy, Proposal};
use ikev2::registry::TransformType;
use ikev2::transform::Transform;
use std::collections::BTreeSet;

const CIPHERS: [&str; 6] = ["aes128", "aes192", "aes256", "3des", "aes256ctr", "camellia256"];
const AEAD: [&str; 6] = ["aes128gcm16", "aes192gcm16", "aes256gcm16", "chacha20poly1305", "aes128ccm16", "aes256ccm12"];
const INTEG: [&str; 5] = ["sha256", "sha384", "sha512", "sha1", "aesxcbc"];
const PRF: [&str; 5] = ["prfsha256", "prfsha384", "prfsha512", "prfsha1", "prfaesxcbc"];
const KE: [&str; 11] =
    ["modp2048", "modp3072", "modp4096", "modp1024", "ecp256", "ecp384", "ecp521", "x25519", "modp8192", "ecp256bp", "mlkem768"];

/// One to `most` of these.
fn some(dice: &mut Dice, of: &[&'static str], most: u64) -> Vec<&'static str> {
    let mut left = of.to_vec();
    (0..=dice.below(most)).map(|_| left.remove(dice.below(left.len() as u64) as usize)).collect()
}

fn text(dice: &mut Dice, most: u64) -> String {
    let parts = if dice.percent(50) {
        [some(dice, &AEAD, most), some(dice, &PRF, most), some(dice, &KE, most)]
    } else {
        [some(dice, &CIPHERS, most), some(dice, &INTEG, most), some(dice, &KE, most)]
    };
    parts.concat().join("-")
}

/// Every combination that the proposals allow.
fn suites(proposals: &[Proposal]) -> BTreeSet<Vec<Transform>> {
    let types = [TransformType::ENCR, TransformType::INTEG, TransformType::PRF, TransformType::KE];
    let all = |proposal: &Proposal| {
        types.into_iter().fold(vec![Vec::new()], |suites: Vec<Vec<Transform>>, ty| {
            let of: Vec<Transform> = proposal.of_type(ty).collect();
            if of.is_empty() {
                return suites;
            }
            suites.iter().flat_map(|suite| of.iter().map(move |t| suite.iter().copied().chain([*t]).collect())).collect()
        })
    };
    proposals.iter().flat_map(all).collect()
}

fn found(answer: &ProbeAnswer) -> Vec<Proposal> {
    let AnswerValue::List(texts) = &answer.value else { return Vec::new() };
    texts.iter().flat_map(|text| strongswan::parse_ike(text).unwrap()).collect()
}

fn ask(configured: &[Proposal], world: World, seed: u64) -> ProbeAnswer {
    let mut world = World { policy: Policy::new(Dialect::StrongSwan5, configured).unwrap(), ..world };
    let plan = ProbePlan::new(SERVER).with_local_mtu(1500).with_local(CLIENT).with_policy(true);
    let report = run_with(&mut world, seed, plan, 140);
    report.answer(ProbeQuestion::Policy).unwrap().clone()
}

/// What is found, whole, is what is configured; and most of it is found.
#[test]
fn random_policies_are_found() {
    let (mut whole, mut all) = ([0; 3], [0; 3]);
    let runs = std::env::var("PROBE_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(300);
    for seed in 0..runs {
        let mut dice = Dice(seed);
        let (count, most) = (1 + dice.below(3), 1 + dice.below(3));
        let texts: Vec<String> = (0..count).map(|_| text(&mut dice, most)).collect();
        let configured: Vec<Proposal> = texts.iter().flat_map(|text| strongswan::parse_ike(text).unwrap()).collect();
        let answer = ask(&configured, World::clean(seed), seed);
        let index = count as usize - 1;
        all[index] += 1;
        if answer.result == AnswerResult::Yes {
            let is_right = suites(&found(&answer)) == suites(&configured);
            assert!(is_right || answer.confidence != Confidence::High, "seed {seed}: {texts:?} became {answer:?}");
            if !is_right {
                println!("seed {seed}: wrong at {:?}: {texts:?} became {:?}", answer.confidence, answer.value);
            }
            whole[index] += usize::from(is_right);
        } else {
            println!("seed {seed} of {count}x{most}: {texts:?}: {} datagrams, {:?}", answer.datagrams, answer.value);
        }
    }
    println!("found whole: {whole:?} of {all:?}");
    assert!(whole[0] * 100 >= all[0] * 99 && whole[1] * 100 >= all[1] * 97 && whole[2] * 100 >= all[2] * 90, "{whole:?} of {all:?}");
}
