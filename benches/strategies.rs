//! CPU per delivered message by strategy: AES-128-GCM by ring, both ends, the simulated path between them.
#![allow(missing_docs, clippy::unwrap_used, reason = "measuring code: a fault ends the run")]

use core::time::Duration;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main, measurement::WallTime};
use ikev2::fragment::strategy::feedback::PrivateNotify;
use ikev2::fragment::strategy::{
    Acknowledger, FallbackToFragments, Fixed, FragmentAck, IpFragmentation, Paced, PassiveReceiver, PmtuProbe, RandomOrder, ReceiptStatus,
    Receiver, SealedMessage, StatusReporter, Strategy, Tcp, TcpReceiver, Timers,
};
use ikev2::fragment::{Layout, Path, ReassemblyLimits};
use ikev2::protect::Suite;
use ikev2::provider::Provider;
use ikev2::registry::{Encr, NotifyType};
use ikev2::sim::{Route, SuiteCipher, TestMessage, profiles, run};

const NAMES: [&str; 9] =
    ["ip-fragmentation", "fixed", "pmtu-probe", "fallback", "random-order", "paced", "receipt-status", "fragment-ack", "tcp"];

/// What a strategy has sealed before it sends.
fn sealed(name: &str, test_message: &mut TestMessage) -> Vec<SealedMessage> {
    let mut fragments = |size| test_message.fragments(Path::ipv4(size), Layout::Fill).unwrap();
    match name {
        "pmtu-probe" => [1500, 1400, 1280, 576].map(fragments).to_vec(),
        "ip-fragmentation" | "tcp" => vec![test_message.whole(Path::ipv4(1500)).unwrap()],
        "fallback" => vec![fragments(1280), test_message.whole(Path::ipv4(1500)).unwrap()],
        _ => vec![fragments(1280)],
    }
}

fn ends<'s>(name: &str, test_message: &'s TestMessage, sealed: &[SealedMessage]) -> (Box<dyn Strategy>, Box<dyn Receiver + 's>) {
    let (timers, limits, about, back) = (Timers::STRONGSWAN, ReassemblyLimits::default(), TestMessage::HEADER, Path::ipv4(1280));
    let ty = PrivateNotify::new(NotifyType(48000)).unwrap();
    let first = || sealed.first().unwrap().clone();
    let collector = || Box::new(PassiveReceiver::new(limits));
    match name {
        "ip-fragmentation" => (Box::new(IpFragmentation::new(first(), timers)), collector()),
        "fixed" => (Box::new(Fixed::new(first(), timers)), collector()),
        "pmtu-probe" => (Box::new(PmtuProbe::new(sealed.iter().cloned(), PmtuProbe::TRIES, timers).unwrap()), collector()),
        "fallback" => (Box::new(FallbackToFragments::new(sealed.last().unwrap().clone(), first(), 1, timers)), collector()),
        "random-order" => {
            let mut state = 1u32;
            let draw = move || {
                state = state.wrapping_mul(747_796_405).wrapping_add(2_891_336_453);
                state
            };
            (Box::new(RandomOrder::new(first(), timers, draw)), collector())
        }
        "paced" => (Box::new(Paced::new(first(), timers, Duration::from_millis(10))), collector()),
        "receipt-status" => (
            Box::new(ReceiptStatus::new(first(), about, ty, timers, Duration::ZERO)),
            Box::new(StatusReporter::new(limits, test_message.back_sealer(), ty, Duration::from_millis(100), back)),
        ),
        "fragment-ack" => (
            Box::new(FragmentAck::new(first(), about, ty, timers, Duration::ZERO)),
            Box::new(Acknowledger::new(limits, test_message.back_sealer(), ty, back)),
        ),
        _ => {
            (Box::new(Tcp::new(sealed.first().unwrap(), 1240, timers).unwrap()), Box::new(TcpReceiver::new(limits, test_message.opener())))
        }
    }
}

/// Sealing, sending and receiving one message, answer included.
fn deliver(group: &mut BenchmarkGroup<'_, WallTime>, octets: usize, route: &Route) {
    let suite = Suite::new(Encr::ENCR_AES_GCM_16, Some(128), None).unwrap();
    let cipher = SuiteCipher::new(Provider::ring(), suite).unwrap();
    let mut test_message = TestMessage::new(octets, cipher).unwrap();
    for name in NAMES {
        let mut seed = 0u64;
        group.bench_function(format!("{name}, {octets} octets"), |b| {
            b.iter(|| {
                // An attempt that fails costs the one after it.
                loop {
                    seed = seed.wrapping_add(1);
                    let sealed = sealed(name, &mut test_message);
                    let (mut strategy, mut receiver) = ends(name, &test_message, &sealed);
                    let report = run(&test_message, route, &mut *strategy, &mut *receiver, seed);
                    if report.delivered.is_some() {
                        break report;
                    }
                }
            });
        });
    }
}

fn strategies(criterion: &mut Criterion) {
    for (name, route) in [("strategies, nothing lost", Route::through([])), ("strategies, 1 % lost", profiles::LOSS_1.route)] {
        let mut group = criterion.benchmark_group(name);
        for octets in [1598, 15194] {
            deliver(&mut group, octets, &route);
        }
        group.finish();
    }
}

criterion_group!(benches, strategies);
criterion_main!(benches);
