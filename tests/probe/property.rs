//! No wrong answer at high confidence, in any world.

use crate::run::run;
use crate::world::{Manner, World};
use ikev2::diagnose::Confidence;
use ikev2::probe::{AnswerResult, AnswerValue, Fitness, ProbeAnswer, ProbeQuestion};
use ikev2::registry::KeMethod;

/// Whether an answer is right; `None` where the world has no truth to compare with.
fn right(world: &World, answer: &ProbeAnswer) -> Option<bool> {
    let is = |truth: bool| Some(answer.result == if truth { AnswerResult::Yes } else { AnswerResult::No });
    match answer.question {
        ProbeQuestion::Udp500 => is(world.open_500),
        ProbeQuestion::Udp4500 => is(world.open_4500),
        ProbeQuestion::FragmentsTo => is(world.fragments),
        ProbeQuestion::FragmentsFrom => is(world.fragments_from),
        ProbeQuestion::Nat => is(world.nat),
        ProbeQuestion::PostQuantum => is(world.takes(KeMethod::ML_KEM_1024)),
        ProbeQuestion::Fragmentation => is(world.announces),
        ProbeQuestion::SameServer => is(!world.split),
        ProbeQuestion::Loss => is(world.loss > 0),
        ProbeQuestion::Mtu => Some(answer.value == AnswerValue::Number(world.mtu as u64)),
        _ => None,
    }
}

fn runs() -> u64 {
    std::env::var("PROBE_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(2000)
}

#[test]
fn nothing_wrong_is_said_with_high_confidence() {
    let (mut claimed, mut exact) = (0, 0);
    for seed in 0..runs() {
        let world = World::drawn(seed);
        let report = run(&mut world.clone(), seed);
        for answer in report.answers().iter().filter(|answer| answer.confidence == Confidence::High) {
            assert_ne!(answer.result, AnswerResult::Unknown, "seed {seed}: {answer:?}");
            assert_ne!(right(&world, answer), Some(false), "seed {seed}: {answer:?} in {world:?}");
            claimed += 1;
            exact += u64::from(answer.question == ProbeQuestion::Mtu);
        }
        if report.verdict().state == Fitness::Fit {
            let large = world.announces || world.fragments && world.fragments_from;
            assert!(world.open_500 && world.open_4500 && !world.split && large, "seed {seed}: {world:?}");
        }
        // A request with a public value of 256 octets is larger than the smallest packets.
        if world.is_quiet()
            && world.mtu >= 900
            && world.open_500
            && world.open_4500
            && world.manner == Manner::Accepts
            && !world.cookies
            && !world.takes(KeMethod::BRAINPOOL_P256R1)
        {
            let due = |question| match question {
                // Only this method has an answer that needs IP fragments, to a request that needs them, too.
                ProbeQuestion::FragmentsFrom => world.takes(KeMethod::ML_KEM_1024) && world.fragments,
                _ => true,
            };
            let unknown =
                |answer: &&ProbeAnswer| answer.result == AnswerResult::Unknown && right(&world, answer).is_some() && due(answer.question);
            assert_eq!(report.answers().iter().find(unknown), None, "seed {seed}: {world:?}");
            let mtu = report.answer(ProbeQuestion::Mtu).unwrap();
            assert_eq!(mtu.value, AnswerValue::Number(world.mtu as u64), "seed {seed}: {mtu:?} in {world:?}");
        }
    }
    println!("{claimed} answers at high confidence, {exact} of them an MTU");
    assert!(claimed > runs() && exact > runs() / 10, "{claimed}, {exact}");
}
