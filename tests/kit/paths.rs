//! Strategies by name, for the tests of the simulation.

use core::time::Duration;
use ikev2::fragment::strategy::feedback::PrivateNotify;
use ikev2::fragment::strategy::{
    Acknowledger, FallbackToFragments, Fixed, FragmentAck, IpFragmentation, Paced, PassiveReceiver, PmtuProbe, RandomOrder, ReceiptStatus,
    Receiver, SealedMessage, StatusReporter, Strategy, Tcp, TcpReceiver, Timers,
};
use ikev2::fragment::{Layout, Path, ReassemblyLimits};
use ikev2::registry::NotifyType;
use ikev2::sim::{Report, Route, TestMessage, run};

pub const MS: fn(u64) -> Duration = Duration::from_millis;

/// The message in every form a strategy needs, sealed once.
pub struct Prepared {
    pub test_message: TestMessage,
    pub whole: SealedMessage,
    pub fragments: SealedMessage,
    pub steps: Vec<SealedMessage>,
}

impl Prepared {
    pub fn new(octets: usize, size: u16) -> Self {
        Self::with(TestMessage::new(octets, ikev2::sim::NoCipher).unwrap(), size)
    }

    pub fn with(mut test_message: TestMessage, size: u16) -> Self {
        let whole = test_message.whole(Path::ipv4(1500)).unwrap();
        let fragments = test_message.fragments(Path::ipv4(size), Layout::Fill).unwrap();
        let steps = [1500, 1400, 1280, 576].map(|size| test_message.fragments(Path::ipv4(size), Layout::Fill).unwrap()).to_vec();
        Self { test_message, whole, fragments, steps }
    }
}

pub const NAMES: [&str; 9] =
    ["ip-fragmentation", "fixed", "pmtu-probe", "fallback-to-fragments", "random-order", "paced", "receipt-status", "fragment-ack", "tcp"];

pub fn private() -> PrivateNotify {
    PrivateNotify::new(NotifyType(48000)).unwrap()
}

/// Any numbers that are not the simulation's.
pub fn draw(seed: u64) -> impl FnMut() -> u32 {
    let mut state = seed | 1;
    move || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 32) as u32
    }
}

/// Both ends of a strategy.
pub fn ends<'a>(
    name: &str,
    of: &'a Prepared,
    timers: Timers,
    limits: ReassemblyLimits,
    seed: u64,
) -> (Box<dyn Strategy>, Box<dyn Receiver + 'a>) {
    let (whole, fragments, about) = (of.whole.clone(), of.fragments.clone(), TestMessage::HEADER);
    let strategy: Box<dyn Strategy> = match name {
        "ip-fragmentation" => Box::new(IpFragmentation::new(whole, timers)),
        "fixed" => Box::new(Fixed::new(fragments, timers)),
        "pmtu-probe" => Box::new(PmtuProbe::new(of.steps.iter().cloned(), PmtuProbe::TRIES, timers).unwrap()),
        "fallback-to-fragments" => Box::new(FallbackToFragments::new(whole, fragments, 1, timers)),
        "random-order" => Box::new(RandomOrder::new(fragments, timers, draw(seed))),
        "paced" => Box::new(Paced::new(fragments, timers, MS(10))),
        "receipt-status" => Box::new(ReceiptStatus::new(fragments, about, private(), timers, Duration::ZERO)),
        "fragment-ack" => Box::new(FragmentAck::new(fragments, about, private(), timers, Duration::ZERO)),
        "tcp" => Box::new(Tcp::new(&whole, 1240, timers).unwrap()),
        _ => panic!("no strategy {name}"),
    };
    let back = Path::ipv4(1280);
    let receiver: Box<dyn Receiver + 'a> = match name {
        "receipt-status" => Box::new(StatusReporter::new(limits, of.test_message.back_sealer(), private(), MS(100), back)),
        "fragment-ack" => Box::new(Acknowledger::new(limits, of.test_message.back_sealer(), private(), back)),
        "tcp" => Box::new(TcpReceiver::new(limits, of.test_message.opener())),
        _ => Box::new(PassiveReceiver::new(limits)),
    };
    (strategy, receiver)
}

pub fn once(name: &str, of: &Prepared, timers: Timers, route: &Route, seed: u64) -> Report {
    let (mut strategy, mut receiver) = ends(name, of, timers, ReassemblyLimits::default(), seed);
    run(&of.test_message, route, &mut *strategy, &mut *receiver, seed)
}

/// Each datagram sent is counted as one thing.
pub fn conserved(report: &Report) {
    assert_eq!(report.packets.total(), report.sent.datagrams, "{report:?}");
    assert_eq!(report.packets_back.total(), report.feedback.datagrams + report.responses.datagrams, "{report:?}");
    assert!(report.spurious <= report.retransmissions && report.retransmissions < report.sent.datagrams.max(1), "{report:?}");
    assert!(!report.cut_off, "{report:?}");
}

/// Whether `hits` of `runs` are within four and a half standard deviations of a probability (one test in 150000 fails by chance;
/// the seeds are fixed, so it does or does not).
pub fn binomial(hits: u32, runs: u32, probability: f64, what: &str) {
    let (hits, runs) = (f64::from(hits), f64::from(runs));
    let deviation = (probability * (1.0 - probability) / runs).sqrt();
    let off = (hits / runs - probability).abs();
    assert!(off <= 4.5 * deviation + 1e-9, "{what}: {hits} of {runs}, {probability} expected ({deviation})");
}
