//! Every strategy on clean, lossy, filtered and absurd paths.

use crate::kit::paths::{MS, NAMES, Prepared, conserved, ends, once, private};
use core::time::Duration;
use ikev2::error::FragmentError;
use ikev2::fragment::strategy::{
    Arrival, DeliveryState, FallbackToFragments, PassiveReceiver, PmtuProbe, Receiver, SealedMessage, StatusReporter, Strategy, Timers,
    Transmit,
};
use ikev2::fragment::{Layout, Path, Progress, ReassemblyLimits};
use ikev2::protect::{Sealer, open, seal};
use ikev2::provider::Provider;
use ikev2::sim::profiles::{LIBRESWAN, OPENIKED, PATHS, SIZES, STRONGSWAN};
use ikev2::sim::{Bursts, Hop, Ip, IpFragments, Link, Loss, NoCipher, Route, TestMessage, run};
use ikev2::wire::{Notify, Payload};
use ikev2::{Instant, Role};
use proptest::prelude::{Just, ProptestConfig, Strategy as _, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};

#[test]
fn a_clean_path_takes_exactly_what_the_splitter_made() {
    let route = Route::of(Hop { delay: MS(10), ..Hop::PERFECT });
    for size in SIZES {
        for mtu in [576, 1280, 1400, 1500] {
            let of = Prepared::new(size.octets, mtu);
            for name in NAMES {
                let report = once(name, &of, Timers::STRONGSWAN, &route, 3);
                conserved(&report);
                let (count, octets) = match name {
                    "ip-fragmentation" | "fallback-to-fragments" => (1, of.whole.iter().map(|datagram| datagram.packet_len).sum()),
                    "pmtu-probe" => (of.steps[0].count(), of.steps[0].iter().map(|datagram| datagram.packet_len).sum()),
                    "tcp" => (report.sent.datagrams.try_into().unwrap(), report.sent.octets.try_into().unwrap()),
                    _ => (of.fragments.count(), of.fragments.iter().map(|datagram| datagram.packet_len).sum::<usize>()),
                };
                assert_eq!((report.sent.datagrams, report.sent.octets), (count.into(), octets.try_into().unwrap()), "{name} {mtu}");
                assert!(report.delivered.is_some() && report.answered.is_some(), "{name}: {report:?}");
                assert_eq!((report.retransmissions, report.refused), (0, 0), "{name}");
                let acks = if name == "fragment-ack" && of.fragments.count() > 1 { of.fragments.count().into() } else { 0 };
                assert!(name == "tcp" || report.feedback.datagrams == acks, "{name}: {report:?}");
                // Never more than the content, of which all but the last fragment wait for it.
                assert!(report.memory_peak <= size.octets + 20, "{name}: {report:?}");
            }
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_run_and_another_seed_another() {
    let of = Prepared::new(15194, 1280);
    for profile in PATHS {
        for name in NAMES {
            let run = |seed| once(name, &of, Timers::STRONGSWAN, &profile.route, seed);
            assert_eq!(run(42), run(42), "{name} on {}", profile.name);
            if profile.name == "loss-5" {
                assert!((0..20).any(|seed| run(seed) != run(seed + 1)), "{name}");
            }
        }
    }
}

/// A real cipher of the same lengths changes nothing.
#[cfg(feature = "ring")]
#[test]
fn the_cipher_makes_no_difference() {
    use ikev2::protect::{IvSequence, Opener, Sealer, Suite};
    struct Gcm(Suite);
    impl ikev2::sim::SimCipher for Gcm {
        fn sealer(&self, sender: Role) -> Box<dyn Sealer> {
            self.0.sealer(&Provider::builtin(), &[u8::from(sender.is_initiator()); 20], &[], IvSequence::new(&[3; 16])).unwrap()
        }
        fn opener(&self, sender: Role) -> Box<dyn Opener> {
            self.0.opener(&Provider::builtin(), &[u8::from(sender.is_initiator()); 20], &[]).unwrap()
        }
    }
    let suite = Suite::new(ikev2::registry::Encr::ENCR_AES_GCM_16, Some(128), None).unwrap();
    let (plain, sealed) = (Prepared::new(15194, 1280), Prepared::with(TestMessage::new(15194, Gcm(suite)).unwrap(), 1280));
    for profile in PATHS {
        for name in NAMES {
            for seed in 0..5 {
                let run = |of| once(name, of, Timers::LIBRESWAN, &profile.route, seed);
                assert_eq!(run(&plain), run(&sealed), "{name} on {}", profile.name);
            }
        }
    }
}

/// Records what a strategy sends.
struct Recorder<'s> {
    inner: &'s mut dyn Strategy,
    sent: Vec<(Instant, Vec<u8>, bool)>,
}

impl Strategy for Recorder<'_> {
    fn poll_transmit(&mut self, now: Instant) -> Option<Transmit<'_>> {
        let datagram = self.inner.poll_transmit(now)?;
        self.sent.push((now, datagram.octets.to_vec(), datagram.may_fragment));
        Some(datagram)
    }
    fn handle_datagram(&mut self, received: Arrival<'_>, now: Instant) -> bool {
        self.inner.handle_datagram(received, now)
    }
    fn handle_response(&mut self, now: Instant) {
        self.inner.handle_response(now);
    }
    fn next_timeout(&self) -> Option<Instant> {
        self.inner.next_timeout()
    }
    fn state(&self) -> DeliveryState {
        self.inner.state()
    }
}

fn totals(sent: &[(Instant, Vec<u8>, bool)]) -> Vec<u16> {
    let mut totals: Vec<_> =
        sent.iter().map(|(_, octets, _)| if octets[16] == 53 { u16::from_be_bytes([octets[34], octets[35]]) } else { 1 }).collect();
    totals.dedup();
    totals
}

#[test]
fn retransmissions_are_the_octets_that_were_sealed() {
    let of = Prepared::new(15194, 1280);
    let all: Vec<&[u8]> =
        [&of.whole, &of.fragments].into_iter().chain(&of.steps).flat_map(SealedMessage::iter).map(|datagram| datagram.octets).collect();
    let route = Route::of(Hop { delay: MS(40), loss: Loss::Independent(0.6), ..Hop::PERFECT });
    for name in NAMES.iter().filter(|name| **name != "tcp") {
        let (mut strategy, mut receiver) = ends(name, &of, Timers::STRONGSWAN, ReassemblyLimits::default(), 1);
        let mut recorder = Recorder { inner: &mut *strategy, sent: Vec::new() };
        let report = run(&of.test_message, &route, &mut recorder, &mut *receiver, 8);
        assert!(report.retransmissions > 0, "{name}: {report:?}");
        assert!(recorder.sent.iter().all(|(_, octets, _)| all.contains(&&octets[..])), "{name}");
    }
}

#[test]
fn probing_goes_down_by_icmp_at_once_and_by_timeouts_without() {
    let of = Prepared::new(4720, 1280);
    let path = |too_big| Route::through([Hop { delay: MS(5), ..Hop::PERFECT }, Hop { mtu: 1300, delay: MS(35), too_big, ..Hop::PERFECT }]);
    let probe = |route: &Route| {
        let mut strategy = PmtuProbe::new(of.steps.iter().cloned(), PmtuProbe::TRIES, Timers::STRONGSWAN).unwrap();
        let mut recorder = Recorder { inner: &mut strategy, sent: Vec::new() };
        let report = run(&of.test_message, route, &mut recorder, &mut PassiveReceiver::new(ReassemblyLimits::default()), 1);
        let sent = recorder.sent;
        (report, totals(&sent), sent.iter().map(|(_, _, may_fragment)| *may_fragment).collect::<Vec<_>>(), strategy.size())
    };
    // 1500: 4 fragments; 1400: 4 as well, so it is no step; 1280 needs 4; 576: 10.
    assert_eq!(of.steps.iter().map(SealedMessage::count).collect::<Vec<_>>(), [4, 4, 4, 10]);
    let (report, steps, may_fragment, size) = probe(&path(true));
    assert_eq!((report.delivered, steps, size), (Some(MS(10 + 40)), [4, 10].to_vec(), 576));
    assert_eq!(may_fragment.iter().filter(|may| **may).count(), 10, "only the smallest may be cut");
    let (report, steps, _, _) = probe(&path(false));
    assert_eq!((report.delivered, steps), (Some(MS(4000 + 40)), [4, 10].to_vec()));
    let (report, steps, _, size) = probe(&Route::of(Hop::PERFECT));
    assert_eq!((report.delivered, steps, size), (Some(MS(0)), [4].to_vec(), 1500));
}

#[test]
fn probing_raises_the_total_strictly_for_any_steps() {
    for octets in (1..40).map(|n| n * 601) {
        let mut test_message = TestMessage::new(octets, NoCipher).unwrap();
        let sizes = [1280, 576, 1500, 1400, 600, 1500, 900];
        let steps: Vec<_> = sizes.iter().map(|size| test_message.fragments(Path::ipv4(*size), Layout::Balanced).unwrap()).collect();
        let mut strategy = PmtuProbe::new(steps, PmtuProbe::TRIES, Timers::ANDROID).unwrap();
        let mut recorder = Recorder { inner: &mut strategy, sent: Vec::new() };
        // Nothing gets through, and nothing is heard.
        let route = Route::of(Hop { loss: Loss::Independent(1.0), ..Hop::PERFECT });
        let report = run(&test_message, &route, &mut recorder, &mut PassiveReceiver::new(ReassemblyLimits::default()), 1);
        let totals = totals(&recorder.sent);
        assert!(totals.windows(2).all(|pair| pair[0] < pair[1]), "{totals:?}");
        assert_eq!((report.delivered, strategy.state()), (None, DeliveryState::GaveUp));
    }
    assert!(PmtuProbe::new([], PmtuProbe::TRIES, Timers::ANDROID).is_none());
}

#[test]
fn icmp_lowers_and_never_raises() {
    let of = Prepared::new(15194, 1280);
    let mut probe = PmtuProbe::new(of.steps.iter().cloned(), PmtuProbe::TRIES, Timers::STRONGSWAN).unwrap();
    assert_eq!(probe.size(), 1500);
    for (mtu, size) in [(9000, 1500), (1500, 1500), (1499, 1400), (1450, 1400), (1300, 1280), (1500, 1280), (0, 576), (68, 576)] {
        assert!(probe.handle_datagram(Arrival::TooBig { mtu }, Instant::START));
        assert_eq!(probe.size(), size, "after {mtu}");
    }
}

#[test]
fn fallback_sends_the_whole_so_often_and_then_fragments() {
    let of = Prepared::new(4720, 1280);
    let route = Route::of(Hop { ip_fragments: IpFragments::DropAll(1.0), ..Hop::PERFECT });
    for (after, at) in [(0, 4000), (1, 4000), (2, 11200), (3, 24160)] {
        let mut strategy = FallbackToFragments::new(of.whole.clone(), of.fragments.clone(), after, Timers::STRONGSWAN);
        let report = run(&of.test_message, &route, &mut strategy, &mut PassiveReceiver::new(ReassemblyLimits::default()), 1);
        assert_eq!((report.delivered, report.sent.datagrams), (Some(MS(at)), after.max(1) + 4));
    }
}

#[test]
fn who_is_not_answered_gives_up_when_the_timers_say() {
    let of = Prepared::new(4720, 1280);
    let dead = Route::of(Hop { loss: Loss::Independent(1.0), ..Hop::PERFECT });
    for (timers, end) in [(Timers::STRONGSWAN, 165_061), (Timers::LIBRESWAN, 30_000), (Timers::ANDROID, 15_500)] {
        for name in NAMES {
            let report = once(name, &of, timers, &dead, 1);
            conserved(&report);
            assert_eq!((report.delivered, report.answered), (None, None));
            // Two tries of 2 s before the timers begin; three pauses in each round.
            let rounds = u128::from(report.sent.datagrams / 4);
            let more =
                [("pmtu-probe", 4000), ("paced", 30 * rounds)].into_iter().find(|(slow, _)| *slow == name).map_or(0, |(_, more)| more);

            let more = if name == "paced" && timers == Timers::LIBRESWAN { 0 } else { more }; // the 30 s include the pauses
            assert_eq!(report.ended.as_millis(), end + more, "{name}");
        }
    }
}

#[test]
fn limits_of_the_peers_stop_large_messages() {
    let limited = |name, octets, mtu, limits| {
        let of = Prepared::new(octets, mtu);
        let (mut strategy, mut receiver) = ends(name, &of, Timers::LIBRESWAN, limits, 1);
        let report = run(&of.test_message, &Route::of(Hop::PERFECT), &mut *strategy, &mut *receiver, 1);
        assert_eq!(report.delivered.is_some(), report.refused == 0, "{report:?}");
        assert!(report.memory_peak <= limits.octets);
        report.delivered.is_some()
    };
    for name in ["fixed", "random-order", "paced", "receipt-status", "fragment-ack"] {
        assert!(limited(name, 9999, 1280, STRONGSWAN) && !limited(name, 10001, 1280, STRONGSWAN), "{name}");
        assert!(limited(name, 15194, 1280, LIBRESWAN) && !limited(name, 24995, 576, LIBRESWAN), "{name}");
        assert!(limited(name, 50000, 576, OPENIKED) && !limited(name, 60000, 576, OPENIKED), "{name}");
    }
}

#[test]
fn a_nat_that_forgets_drops_the_answer() {
    let of = Prepared::new(1598, 1280);
    let route = |memory| Route { nat: Some(MS(memory)), ..Route::of(Hop { delay: MS(100), ..Hop::PERFECT }) };
    let patient = once("fixed", &of, Timers::STRONGSWAN, &route(250), 1);
    assert!(patient.answered.is_some() && patient.packets_back.nat == 0);
    let forgetful = once("fixed", &of, Timers::STRONGSWAN, &route(150), 1);
    conserved(&forgetful);
    assert_eq!((forgetful.delivered, forgetful.answered), (Some(MS(100)), None));
    assert!(forgetful.spurious > 0 && forgetful.packets_back.nat == 6, "{forgetful:?}");
}

/// The exchange ends when all of the answer is there, and fragment 1 asks for it again.
#[test]
fn a_large_answer_takes_all_its_fragments() {
    let mut of = Prepared::new(4720, 1280);
    of.test_message.set_response(4000, Path::ipv4(1280)).unwrap();
    let clean = once("fixed", &of, Timers::STRONGSWAN, &Route::of(Hop { delay: MS(10), ..Hop::PERFECT }), 1);
    conserved(&clean);
    assert_eq!((clean.responses.datagrams, clean.answered), (4, Some(MS(20))));
    // Every request arrives, a fifth of what comes back does not.
    let hop = Hop { delay: MS(10), ..Hop::PERFECT };
    let back = Some([Hop { loss: Loss::Independent(0.2), ..hop }].to_vec().into());
    let route = Route { back, ..Route::of(hop) };
    let runs = 2000u32;
    let reports: Vec<_> = (0..runs).map(|seed| once("fixed", &of, Timers::STRONGSWAN, &route, seed.into())).collect();
    for (rounds, report) in [1i32, 2, 3].into_iter().map(|rounds| {
        let by = |report: &&ikev2::sim::Report| report.sent.datagrams <= u32::try_from(4 * rounds).unwrap();
        (rounds, reports.iter().filter(by).count())
    }) {
        let expected = (1.0 - 0.2f64.powi(rounds)).powi(4);
        crate::kit::paths::binomial(report.try_into().unwrap(), runs, expected, &format!("answered in {rounds} rounds"));
    }
}

/// A stranger's strategy may do what it likes: the run ends.
#[test]
fn a_strategy_that_never_stops_is_cut_off() {
    struct Endless<'s>(&'s SealedMessage, bool);
    impl Strategy for Endless<'_> {
        fn poll_transmit(&mut self, _now: Instant) -> Option<Transmit<'_>> {
            if self.1 { self.0.get(0) } else { None }
        }
        fn handle_response(&mut self, _now: Instant) {}
        fn next_timeout(&self) -> Option<Instant> {
            Some(Instant::START)
        }
        fn state(&self) -> DeliveryState {
            DeliveryState::Sending
        }
    }
    let of = Prepared::new(100, 1280);
    for sends in [true, false] {
        let mut receiver = PassiveReceiver::new(ReassemblyLimits::default());
        let report = run(&of.test_message, &Route::of(Hop::PERFECT), &mut Endless(&of.fragments, sends), &mut receiver, 1);
        assert!(report.cut_off && report.sent.datagrams <= ikev2::sim::MAX_DATAGRAMS);
    }
}

/// A receiver that answers every datagram with feedback of its own invention, properly sealed.
struct Liar {
    inner: PassiveReceiver,
    sealer: Box<dyn Sealer>,
    lies: Vec<Vec<u8>>,
    due: usize,
    told: usize,
    octets: Vec<u8>,
}

impl Receiver for Liar {
    fn handle_datagram(&mut self, received: Arrival<'_>, now: Instant) -> Result<Option<Progress>, FragmentError> {
        self.due += 1;
        self.inner.handle_datagram(received, now)
    }
    fn mark_answered(&mut self, message_id: u32) {
        self.inner.mark_answered(message_id);
    }
    fn poll_transmit(&mut self, _now: Instant) -> Option<Transmit<'_>> {
        self.due = self.due.checked_sub(1)?;
        let lie = &self.lies[self.told % self.lies.len()];
        self.told += 1;
        self.octets.resize(lie.len() + 200, 0);
        let header = ikev2::wire::Header { initiator: false, response: true, ..TestMessage::HEADER };
        let notify = Payload::Notify(Notify::new(private().get(), lie));
        let octets = seal(&mut self.octets, &header, &[], &mut *self.sealer, |content| {
            content.push(notify);
        });
        let octets = octets.unwrap();
        let mut transmit = Transmit::new(octets, octets.len() + 28);
        transmit.may_fragment = true;
        Some(transmit)
    }
    fn next_timeout(&self) -> Option<Instant> {
        (self.due > 0).then_some(Instant::START)
    }
    fn octets(&self) -> usize {
        self.inner.octets()
    }
}

/// A peer that always misses everything, or has everything, and says so at every turn.
#[test]
fn feedback_causes_no_storm() {
    let of = Prepared::new(15194, 1280);
    let none = [&[0, 1, 0, 13, 0, 13][..], &[0, 0]].concat();
    let all = [&[0, 1, 0, 13, 0, 13][..], &[0xff, 0xf8]].concat();
    let acks: Vec<_> = (1..=13).map(|number| vec![0, number, 0, 13]).collect();
    for (name, lies, most) in [
        ("receipt-status", vec![none.clone()], 13 * 9 * 6),
        ("receipt-status", vec![none, all.clone()], 13 * 9 * 6),
        ("receipt-status", vec![all], 13 + 5),
        ("fragment-ack", acks, 13 + 5),
        ("fragment-ack", vec![vec![0, 1, 0, 13]], 13 * 60),
    ] {
        let (mut strategy, _) = ends(name, &of, Timers::LIBRESWAN, ReassemblyLimits::default(), 1);
        // Nothing is ever whole: the limit is too low.
        let limits = ReassemblyLimits { octets: 100, ..ReassemblyLimits::default() };
        let (inner, sealer) = (PassiveReceiver::new(limits), of.test_message.back_sealer());
        let mut liar = Liar { inner, sealer, lies, due: 0, told: 0, octets: Vec::new() };
        let report = run(&of.test_message, &Route::of(Hop { delay: MS(40), ..Hop::PERFECT }), &mut *strategy, &mut liar, 1);
        conserved(&report);
        assert!(report.delivered.is_none() && report.sent.datagrams <= most, "{name}: {report:?}");
        // No longer than the timers, begun anew by the last report.
        assert!((Duration::from_secs(29)..Duration::from_secs(60)).contains(&report.ended), "{name}: {report:?}");
    }
}

fn probability() -> impl proptest::strategy::Strategy<Value = f64> {
    prop_oneof![3 => Just(0.0), 5 => 0.0..0.6, 1 => Just(1.0)]
}

fn hop() -> impl proptest::strategy::Strategy<Value = Hop> {
    let link = prop_oneof![Just(None), (0u64..50_000_000, 0usize..100_000).prop_map(|(rate, depth)| Some(Link { rate, depth }))];
    let bursts = (0u64..50, probability(), probability(), probability(), probability()).prop_map(|(slot, to_bad, to_good, good, bad)| {
        Loss::Bursts(Bursts { slot: MS(slot), to_bad, to_good, lost_in_good: good, lost_in_bad: bad })
    });
    let loss = prop_oneof![Just(Loss::None), probability().prop_map(Loss::Independent), bursts];
    let pieces = prop_oneof![
        Just(IpFragments::Pass),
        probability().prop_map(IpFragments::DropEach),
        probability().prop_map(IpFragments::DropAll),
        Just(IpFragments::FirstOnly)
    ];
    let times = (0u64..400, 0u64..200, 0u64..300);
    (prop_oneof![Just(1500u16), 0u16..1600], times, link, loss, pieces, any::<bool>(), probability(), probability()).prop_map(
        |(mtu, (delay, jitter, by), link, loss, ip_fragments, too_big, reorder, duplicate)| Hop {
            mtu,
            delay: MS(delay),
            jitter: MS(jitter),
            link,
            loss,
            ip_fragments,
            too_big,
            reorder,
            reorder_by: MS(by),
            duplicate,
        },
    )
}

fn route() -> impl proptest::strategy::Strategy<Value = Route> {
    let hops = || prop::collection::vec(hop(), 0..4);
    (hops(), prop::option::of(hops()), any::<bool>(), prop::option::of(0u64..5000), 0u64..200).prop_map(|(hops, back, v6, nat, answer)| {
        Route {
            ip: if v6 { Ip::V6 } else { Ip::V4 },
            back: back.map(Into::into),
            nat: nat.map(MS),
            answer_after: MS(answer),
            ..Route::through(hops)
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Feedback that lies delays a message at most until the timers run out; it breaks nothing, and causes no storm.
    #[test]
    fn feedback_that_lies_breaks_nothing(
        lies in prop::collection::vec(
            prop_oneof![
                (0u16..30, 0u16..30).prop_map(|(number, total)| [number.to_be_bytes(), total.to_be_bytes()].concat()),
                (0u16..20, 0u16..20, 12u16..14, prop::collection::vec(any::<u8>(), 0..4)).prop_map(|(first, last, total, bitmap)| {
                    let head = [first, last, total].map(u16::to_be_bytes).concat();
                    [head, bitmap].concat()
                }),
                prop::collection::vec(any::<u8>(), 0..40),
            ],
            1..20,
        ),
        name in prop_oneof![Just("receipt-status"), Just("fragment-ack")],
        loss in 0.0..0.9,
        seed: u64,
    ) {
        let of = Prepared::new(15194, 1280);
        let (mut strategy, _) = ends(name, &of, Timers::LIBRESWAN, ReassemblyLimits::default(), seed);
        let (inner, sealer) = (PassiveReceiver::new(ReassemblyLimits::default()), of.test_message.back_sealer());
        let mut liar = Liar { inner, sealer, lies, due: 0, told: 0, octets: Vec::new() };
        let route = Route::of(Hop { delay: MS(40), loss: Loss::Independent(loss), ..Hop::PERFECT });
        let report = run(&of.test_message, &route, &mut *strategy, &mut liar, seed);
        conserved(&report);
        prop_assert!(report.ended <= Duration::from_secs(60) && report.sent.datagrams < 50_000, "{report:?}");
        prop_assert!(report.answered.is_some() || report.ended >= Duration::from_secs(29), "{report:?}");
    }

    /// Any path: the run ends, nothing is lost uncounted, and what is delivered is what was sent (`run` compares the octets).
    #[test]
    fn any_path_ends(route in route(), octets in 1usize..20_000, size in 200u16..1500, name in 0..NAMES.len(), seed: u64) {
        let of = Prepared::new(octets, size);
        let report = once(NAMES[name], &of, Timers::LIBRESWAN, &route, seed);
        conserved(&report);
        prop_assert_eq!(&report, &once(NAMES[name], &of, Timers::LIBRESWAN, &route, seed));
        prop_assert!(report.delivered.is_none_or(|at| at <= report.ended));
        prop_assert!(report.answered.is_none_or(|at| report.delivered.is_some_and(|delivered| delivered <= at)));
        prop_assert!(report.ended <= Duration::from_secs(60) && report.refused == 0);
        prop_assert!(report.memory_peak <= octets + 65535);
    }
}

/// A request may come again while its answer is worked on; what has arrived of it is of no interest once there is one.
#[test]
fn a_status_reporter_has_nothing_to_say_of_an_answered_request() {
    let of = Prepared::new(3000, 1280);
    let back = Path::ipv4(1280);
    let mut receiver = StatusReporter::new(ReassemblyLimits::default(), of.test_message.back_sealer(), private(), MS(100), back);
    let take = |receiver: &mut StatusReporter, index| {
        let mut octets = of.fragments.get(index).unwrap().octets.to_vec();
        receiver.handle_datagram(Arrival::Message(&open(&mut octets, of.test_message.opener()).unwrap()), Instant::START).unwrap().unwrap()
    };
    let late = Instant::START + MS(200);
    for index in 0..of.fragments.count() - 1 {
        assert!(matches!(take(&mut receiver, index), Progress::Pending { .. }));
    }
    assert!(receiver.poll_transmit(late).is_some());
    assert!(matches!(take(&mut receiver, of.fragments.count() - 1), Progress::Complete(_)));
    assert!(receiver.poll_transmit(late).is_none());
    assert!(matches!(take(&mut receiver, 0), Progress::Pending { received: 1, .. }));
    receiver.mark_answered(TestMessage::HEADER.message_id + 1);
    assert!(receiver.next_timeout().is_some(), "it was another request");
    receiver.mark_answered(TestMessage::HEADER.message_id);
    assert_eq!((receiver.next_timeout(), receiver.octets()), (None, 0));
    assert!(receiver.poll_transmit(late).is_none());
    assert_eq!(take(&mut receiver, 0), Progress::ResendResponse);
}
