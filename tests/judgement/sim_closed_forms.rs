//! The simulation against what can be calculated: probabilities, queues, and times.

use crate::kit::paths::{MS, Prepared, binomial, conserved, draw, once};
use core::time::Duration;
use ikev2::fragment::strategy::{Fixed, Paced, PassiveReceiver, RandomOrder, Timers};
use ikev2::fragment::{Layout, Path, ReassemblyLimits};
use ikev2::sim::{Bursts, Hop, Ip, IpFragments, Link, Loss, NoCipher, Report, Route, TestMessage, run};

/// So many rounds, a second apart.
const fn rounds(retransmissions: u32) -> Timers {
    Timers { first: Duration::from_secs(1), growth_percent: 100, retransmissions, give_up: Duration::from_secs(1000) }
}

/// Loss on the way of the message, none on the way back.
fn lossy(probability: f64) -> Route {
    let hop = Hop { delay: MS(40), ..Hop::PERFECT };
    Route { back: Some([hop].to_vec().into()), ..Route::of(Hop { loss: Loss::Independent(probability), ..hop }) }
}

fn delivered(name: &str, of: &Prepared, timers: Timers, route: &Route, runs: u32) -> u32 {
    let reports = (0..runs).map(|seed| once(name, of, timers, route, u64::from(seed)));
    reports.filter(|report| report.delivered.is_some()).count().try_into().unwrap()
}

/// One round of anything: all n packets arrive, or the message does not. (1 - p)^n.
#[test]
fn all_or_nothing() {
    for (octets, pieces, fragments) in [(1598, 2, 2), (4720, 4, 4), (15194, 11, 13), (24995, 17, 21)] {
        let of = Prepared::new(octets, 1280);
        assert_eq!(i32::from(of.fragments.count()), fragments);
        for loss in [0.01, 0.05, 0.2] {
            let route = lossy(loss);
            let what = format!("{octets} octets at {loss}");
            let hits = delivered("fixed", &of, rounds(0), &route, 2000);
            binomial(hits, 2000, (1.0 - loss).powi(fragments), &format!("fixed, {what}"));
            let hits = delivered("ip-fragmentation", &of, rounds(0), &route, 2000);
            binomial(hits, 2000, (1.0 - loss).powi(pieces), &format!("ip-fragmentation, {what}"));
        }
    }
}

/// The reassembler keeps what it has: after k rounds a fragment is missing with p^k. IP does not keep: k independent tries.
#[test]
fn rounds_add_up_for_fragments_and_start_over_for_ip() {
    let of = Prepared::new(15194, 1280);
    let loss: f64 = 0.2;
    let route = lossy(loss);
    for again in 0..4u32 {
        let tries = i32::try_from(again + 1).unwrap();
        for name in ["fixed", "random-order", "paced"] {
            let hits = delivered(name, &of, rounds(again), &route, 1500);
            binomial(hits, 1500, (1.0 - loss.powi(tries)).powi(13), &format!("{name}, {tries} rounds"));
        }
        let hits = delivered("ip-fragmentation", &of, rounds(again), &route, 1500);
        let once = (1.0 - loss).powi(11);
        binomial(hits, 1500, 1.0 - (1.0 - once).powi(tries), &format!("ip-fragmentation, {tries} rounds"));
    }
}

/// Selective repeat: each fragment is sent a geometric number of times, n / (1 - p) in all, and nothing is sent for nothing.
#[test]
fn acknowledged_fragments_are_sent_a_geometric_number_of_times() {
    let of = Prepared::new(24995, 1280);
    for loss in [0.05, 0.3] {
        let route = lossy(loss);
        let runs = 1000u32;
        let reports: Vec<_> = (0..runs).map(|seed| once("fragment-ack", &of, rounds(200), &route, u64::from(seed))).collect();
        assert!(reports.iter().all(|report| report.delivered.is_some() && report.spurious == 0));
        let sent: u32 = reports.iter().map(|report| report.sent.datagrams).sum();
        let fragments = f64::from(runs * 21);
        let deviation = (fragments * loss).sqrt() / (1.0 - loss);
        let off = (f64::from(sent) - fragments / (1.0 - loss)).abs();
        assert!(off < 4.5 * deviation, "{sent} sent at {loss}: {off} off, {deviation}");
        // The message is sent in one go if no fragment is lost.
        let first = reports.iter().filter(|report| report.retransmissions == 0).count();
        binomial(first.try_into().unwrap(), runs, (1.0 - loss).powi(21), "fragment-ack, none lost");
    }
}

/// Reports, too, repeat what was lost and nothing else, while reports are not lost.
#[test]
fn reported_fragments_are_sent_a_geometric_number_of_times() {
    let of = Prepared::new(24995, 1280);
    let (loss, runs) = (0.1, 1000u32);
    let reports: Vec<_> = (0..runs).map(|seed| once("receipt-status", &of, rounds(200), &lossy(loss), u64::from(seed))).collect();
    assert!(reports.iter().all(|report| report.delivered.is_some()));
    let useful: u32 = reports.iter().map(|report| report.sent.datagrams - report.spurious).sum();
    let fragments = f64::from(runs * 21);
    let off = (f64::from(useful) - fragments / (1.0 - loss)).abs();
    assert!(off < 4.5 * (fragments * loss).sqrt() / (1.0 - loss), "{useful} sent: {off} off");
}

/// A path drops all pieces or none: one draw each run.
#[test]
fn ip_fragments_are_dropped_by_path_or_by_piece() {
    let of = Prepared::new(4720, 1280);
    let with = |ip_fragments| Route::of(Hop { ip_fragments, ..Hop::PERFECT });
    let hits = delivered("ip-fragmentation", &of, rounds(3), &with(IpFragments::DropAll(0.37)), 2000);
    binomial(hits, 2000, 0.63, "by path, however often it is sent");
    let hits = delivered("ip-fragmentation", &of, rounds(0), &with(IpFragments::DropEach(0.1)), 2000);
    binomial(hits, 2000, 0.9f64.powi(4), "by piece");
    assert_eq!(delivered("ip-fragmentation", &of, rounds(3), &with(IpFragments::FirstOnly), 50), 0);
    assert_eq!(delivered("fixed", &of, rounds(0), &with(IpFragments::FirstOnly), 50), 50);
}

/// 1 + floor(depth / packet) of a burst get through a full queue; the same ones each time, unless their order changes.
#[test]
fn a_burst_overflows_a_queue_by_arithmetic() {
    let of = Prepared::new(24995, 1280);
    for depth in [0, 1279, 1280, 5 * 1280, 19 * 1280, 20 * 1280] {
        let route = Route::of(Hop { link: Some(Link { rate: 1_000_000, depth }), ..Hop::PERFECT });
        let through = 1 + u32::try_from(depth / 1280).unwrap();
        let report = once("fixed", &of, rounds(0), &route, 1);
        // The last fragment is smaller, and may fit where a full one does not.
        let last = u32::from(depth % 1280 >= 1100);
        assert_eq!(report.packets.delivered, (through + last).min(21), "{depth}: {report:?}");
        assert_eq!(report.packets.queue_full, 21 - report.packets.delivered);
        assert_eq!(report.delivered.is_some(), through > 20);
        let forever = once("fixed", &of, rounds(20), &route, 1);
        assert_eq!(forever.delivered.is_some(), through > 20, "the same tail is dropped each round: {forever:?}");
    }
    let route = Route::of(Hop { link: Some(Link { rate: 1_000_000, depth: 8 * 1280 }), ..Hop::PERFECT });
    let random = RandomOrder::new(of.fragments.clone(), rounds(200), draw(5));
    assert!(one(&of.test_message, &route, random).delivered.is_some());
    // 1280 octets take 10.24 ms at 1 Mbit/s: at that pace nothing waits.
    let paced = one(&of.test_message, &route, Paced::new(of.fragments.clone(), rounds(0), Duration::from_micros(10240)));
    assert_eq!((paced.packets.delivered, paced.packets.queue_full), (21, 0));
    let too_fast = one(&of.test_message, &route, Paced::new(of.fragments.clone(), rounds(0), MS(1)));
    assert!(too_fast.packets.queue_full > 0);
}

fn one(test_message: &TestMessage, route: &Route, mut strategy: impl ikev2::fragment::strategy::Strategy) -> Report {
    run(test_message, route, &mut strategy, &mut PassiveReceiver::new(ReassemblyLimits::default()), 9)
}

/// Serialization of all octets, then the propagation of the last: to the nanosecond.
#[test]
fn times_are_exact() {
    let of = Prepared::new(15194, 1280);
    let route = Route {
        answer_after: MS(7),
        ..Route::through([
            Hop { link: Some(Link { rate: 10_000_000, depth: 100_000 }), delay: MS(3), ..Hop::PERFECT },
            Hop { delay: MS(40), ..Hop::PERFECT },
        ])
    };
    let octets: usize = of.fragments.iter().map(|datagram| datagram.packet_len).sum();
    let fixed = once("fixed", &of, rounds(0), &route, 1);
    let delivered = Duration::from_nanos(u64::try_from(octets).unwrap() * 800) + MS(43);
    assert_eq!(fixed.delivered, Some(delivered));
    assert_eq!(fixed.sent.octets, u64::try_from(octets).unwrap());
    // The answer: 200 octets of content, 28 + 4 + 8 + 1 + 16 around it, 28 of IP and UDP.
    assert_eq!(fixed.responses.octets, 285);
    assert_eq!(fixed.answered, Some(delivered + MS(7 + 43) + Duration::from_nanos(285 * 800)));

    // IP cuts one datagram into pieces of 1480 octets: 20 octets of header each.
    let whole = of.whole.get(0).unwrap().packet_len;
    let pieces = (whole - 20).div_ceil(1480);
    let ip = once("ip-fragmentation", &of, rounds(0), &route, 1);
    assert_eq!(ip.delivered, Some(Duration::from_nanos(u64::try_from(whole + 20 * (pieces - 1)).unwrap() * 800) + MS(43)));

    // Paced: the last leaves after 12 pauses, and nothing waits before it.
    let last = of.fragments.get(12).unwrap().packet_len;
    let paced = once("paced", &of, rounds(0), &route, 1);
    assert_eq!(paced.delivered, Some(MS(12 * 10 + 43) + Duration::from_nanos(u64::try_from(last).unwrap() * 800)));
}

/// RTT of the handshake, then windows of 10, 20, .. segments, one RTT apart.
#[test]
fn tcp_takes_the_round_trips_slow_start_says() {
    let route = Route::of(Hop { delay: MS(50), ..Hop::PERFECT });
    for (octets, segments, half_trips) in [(1598, 2, 3), (4720, 4, 3), (12000, 10, 3), (24995, 21, 5), (60000, 49, 7)] {
        let report = once("tcp", &Prepared::new(octets, 1280), rounds(100), &route, 1);
        assert_eq!(report.sent.datagrams, segments + 1, "{octets}: {report:?}");
        assert_eq!(report.delivered, Some(MS(50 * half_trips)), "{octets}");
        assert_eq!((report.retransmissions, report.answered), (0, Some(MS(50 * half_trips + 50))));
    }
}

/// IPv6: only the sender cuts, and only once ICMPv6 has told it.
#[test]
fn routers_cut_ipv4_and_not_ipv6() {
    let narrow = Route::through([Hop::PERFECT, Hop { mtu: 1280, delay: MS(5), ..Hop::PERFECT }]);
    let mut test_message = TestMessage::new(4720, NoCipher).unwrap();
    let whole = test_message.whole(Path::ipv6(1500)).unwrap();
    let fragments = test_message.fragments(Path::ipv6(1280), Layout::Fill).unwrap();
    let deaf = Route { ip: Ip::V6, ..Route::through([Hop::PERFECT, Hop { too_big: false, ..narrow.hops[1] }]) };
    let hears = Route { ip: Ip::V6, ..narrow.clone() };
    let try_whole = |route: &Route| one(&test_message, route, Fixed::new(whole.clone(), rounds(2)));
    assert_eq!(try_whole(&narrow).delivered, Some(MS(5)));
    assert_eq!(try_whole(&deaf).delivered, None);
    assert_eq!(try_whole(&hears).delivered, Some(MS(1005)), "the first try is lost, the second is cut to size");
    assert_eq!(one(&test_message, &deaf, Fixed::new(fragments, rounds(0))).delivered, Some(MS(5)));
}

/// A mean of losses in bursts, over many runs.
#[test]
fn bursts_lose_what_they_should() {
    let bursts = Bursts { slot: MS(1), to_bad: 0.0008, to_good: 0.02, lost_in_good: 0.0, lost_in_bad: 0.8 };
    let route = Route::of(Hop { loss: Loss::Bursts(bursts), ..Hop::PERFECT });
    let mut test_message = TestMessage::new(100, NoCipher).unwrap();
    let small = test_message.whole(Path::ipv4(1500)).unwrap();
    let hits = (0..20_000).filter(|seed| {
        let mut receiver = PassiveReceiver::new(ReassemblyLimits::default());
        run(&test_message, &route, &mut Fixed::new(small.clone(), rounds(0)), &mut receiver, *seed).delivered.is_none()
    });
    binomial(hits.count().try_into().unwrap(), 20_000, bursts.mean(), "one packet a run");
}

#[test]
fn what_is_sent_is_counted_once() {
    let of = Prepared::new(15194, 1280);
    for name in crate::kit::paths::NAMES {
        for seed in 0..50 {
            conserved(&once(name, &of, Timers::STRONGSWAN, &lossy(0.3), seed));
        }
    }
}
