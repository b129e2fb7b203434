//! One direction of one hop: what it does to a packet.

use super::random::Random;
use super::report::Drop;
use super::route::{Bursts, Hop, IpFragments, Link, Loss};
use crate::instant::Instant;
use alloc::collections::VecDeque;
use core::time::Duration;

#[derive(Debug)]
pub(super) struct Direction {
    pub(super) hop: Hop,
    /// It drops pieces for the whole exchange.
    drops_pieces: bool,
    queue: Queue,
    bursts: Option<State>,
    /// The latest arrival at the other end of what was not held back.
    latest: Instant,
}

#[derive(Debug)]
struct State {
    bad: bool,
    at: Instant,
}

impl Direction {
    pub(super) fn new(hop: Hop, random: &mut Random) -> Self {
        let drops_pieces = matches!(hop.ip_fragments, IpFragments::DropAll(probability) if random.happens(probability));
        Self { hop, drops_pieces, queue: Queue::default(), bursts: None, latest: Instant::START }
    }

    /// The same hop, the other way.
    pub(super) fn reverse(&self) -> Self {
        Self { hop: self.hop, drops_pieces: self.drops_pieces, queue: Queue::default(), bursts: None, latest: Instant::START }
    }

    /// Whether a piece that begins at `offset` of its datagram is dropped for being one.
    pub(super) fn drops_piece(&self, offset: u32, random: &mut Random) -> bool {
        match self.hop.ip_fragments {
            IpFragments::Pass => false,
            IpFragments::DropEach(probability) => random.happens(probability),
            IpFragments::DropAll(_) => self.drops_pieces,
            IpFragments::FirstOnly => offset > 0,
        }
    }

    /// When a packet of `octets` arrives at the other end of the link, or why it does not.
    pub(super) fn pass(&mut self, octets: usize, now: Instant, random: &mut Random) -> Result<Instant, Drop> {
        let sent = match self.hop.link {
            Some(link) => self.queue.push(&link, octets, now).ok_or(Drop::QueueFull)?,
            None => now,
        };
        // What is lost on the link has waited for it like all others.
        if self.loses(now, random) {
            return Err(Drop::Lost);
        }
        let jitter = random.up_to(self.hop.jitter);
        let arrival = (sent + self.hop.delay + jitter).max(self.latest);
        if random.happens(self.hop.reorder) {
            return Ok(arrival + self.hop.reorder_by);
        }
        self.latest = arrival;
        Ok(arrival)
    }

    fn loses(&mut self, now: Instant, random: &mut Random) -> bool {
        match self.hop.loss {
            Loss::None => false,
            Loss::Independent(probability) => random.happens(probability),
            Loss::Bursts(bursts) => {
                let bad = self.turn(&bursts, now, random);
                random.happens(if bad { bursts.lost_in_bad } else { bursts.lost_in_good })
            }
        }
    }

    /// Whether the link is bad now.
    fn turn(&mut self, bursts: &Bursts, now: Instant, random: &mut Random) -> bool {
        let Some(state) = &mut self.bursts else {
            let bad = random.happens(bursts.bad());
            self.bursts = Some(State { bad, at: now });
            return bad;
        };
        let slots = match (bursts.slot.as_nanos(), (now - state.at).as_nanos()) {
            (0, _) => 1,
            (slot, passed) => u64::try_from(passed.checked_div(slot).unwrap_or(0)).unwrap_or(u64::MAX),
        };
        if slots > 0 {
            // What a chain of two states is after n steps: its long-run share, and what is left of where it was.
            let left = power(1.0 - bursts.to_bad - bursts.to_good, slots);
            let was = if state.bad { 1.0 } else { 0.0 };
            state.bad = random.happens(bursts.bad() + (was - bursts.bad()) * left);
            let passed = bursts.slot.as_nanos().saturating_mul(slots.into());
            state.at += Duration::from_nanos(u64::try_from(passed).unwrap_or(u64::MAX));
        }
        state.bad
    }
}

/// `base` to the power of `exponent`, by squaring: `core` has no `powi`.
fn power(mut base: f64, mut exponent: u64) -> f64 {
    let mut product = 1.0;
    while exponent > 0 {
        if exponent & 1 == 1 {
            product *= base;
        }
        base *= base;
        exponent >>= 1;
    }
    product
}

/// A link that is busy, and what waits for it.
#[derive(Debug, Default)]
struct Queue {
    /// When each packet has left, and its octets; the first is being sent.
    inside: VecDeque<(Instant, usize)>,
    waiting: usize,
}

impl Queue {
    /// When the last octet of a packet has left; `None` when the queue is full.
    fn push(&mut self, link: &Link, octets: usize, now: Instant) -> Option<Instant> {
        while self.inside.front().is_some_and(|(left, _)| *left <= now) {
            self.inside.pop_front();
            // The next goes from the queue to the wire.
            self.waiting = self.waiting.saturating_sub(self.inside.front().map_or(0, |(_, octets)| *octets));
        }
        let bits = u64::try_from(octets).unwrap_or(u64::MAX).saturating_mul(8_000_000_000);
        let takes = Duration::from_nanos(bits.checked_div(link.rate)?);
        let start = match self.inside.back() {
            None => now,
            Some((last, _)) => {
                let waiting = self.waiting.saturating_add(octets);
                if waiting > link.depth {
                    return None;
                }
                self.waiting = waiting;
                *last
            }
        };
        let left = start + takes;
        self.inside.push_back((left, octets));
        Some(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    const MS: fn(u64) -> Duration = Duration::from_millis;

    fn at(millis: u64) -> Instant {
        Instant::START + MS(millis)
    }

    #[test]
    fn a_queue_is_one_packet_on_the_wire_and_as_many_behind_it_as_fit() {
        // 1000 octets take 1 ms at 8 Mbit/s.
        let link = Link { rate: 8_000_000, depth: 3500 };
        let mut queue = Queue::default();
        let burst: Vec<_> = (0..6).map(|_| queue.push(&link, 1000, at(10))).collect();
        assert_eq!(burst, [Some(at(11)), Some(at(12)), Some(at(13)), Some(at(14)), None, None]);
        // At 11 ms the second is on the wire and 2000 octets wait: 1500 more fit, once.
        assert_eq!(queue.push(&link, 1501, at(11)), None);
        assert_eq!(queue.push(&link, 1500, at(11)), Some(at(15) + Duration::from_micros(500)));
        assert_eq!(queue.push(&link, 1, at(11)), None);
        assert_eq!(queue.push(&link, 1000, at(100)), Some(at(101)));
        assert_eq!(queue.push(&Link { rate: 0, depth: 9000 }, 1, at(200)), None);
    }

    #[test]
    fn bursts_are_as_long_and_as_frequent_as_their_chain_says() {
        let bursts = Bursts { slot: Duration::ZERO, to_bad: 0.02, to_good: 0.25, lost_in_good: 0.0, lost_in_bad: 1.0 };
        let mut random = Random::new(11);
        let mut link = Direction::new(Hop { loss: Loss::Bursts(bursts), ..Hop::PERFECT }, &mut random);
        let packets = 200_000;
        let lost: Vec<_> = (0..packets).map(|_| link.pass(1, Instant::START, &mut random).is_err()).collect();
        let losses = lost.iter().filter(|lost| **lost).count();
        let runs = lost.windows(2).filter(|pair| pair[0] && !pair[1]).count();
        let of = |count: usize, n: usize| f64::from(u32::try_from(count).unwrap()) / f64::from(u32::try_from(n).unwrap());
        // Long-run share 0.02 / 0.27; bursts are geometric with mean 1 / 0.25. Some 3700 bursts: 5 % is beyond four deviations.
        assert!((of(losses, packets) / bursts.mean() - 1.0).abs() < 0.08, "{losses}");
        assert!((of(losses, runs) / 4.0 - 1.0).abs() < 0.06, "{losses} in {runs}");
    }

    #[test]
    fn bursts_by_the_clock_do_not_depend_on_how_often_one_looks() {
        let bursts = Bursts { slot: MS(1), to_bad: 0.01, to_good: 0.04, lost_in_good: 0.0, lost_in_bad: 1.0 };
        for step in [1, 3, 10, 1000] {
            let mut random = Random::new(step);
            let mut link = Direction::new(Hop { loss: Loss::Bursts(bursts), ..Hop::PERFECT }, &mut random);
            let lost: Vec<_> = (0..40_000).map(|n| link.pass(1, at(n * step), &mut random).is_err()).collect();
            let share = |count: usize| f64::from(u32::try_from(count).unwrap()) / 40_000.0;
            let losses = lost.iter().filter(|lost| **lost).count();
            assert!((share(losses) / 0.2 - 1.0).abs() < 0.12, "{step}: {losses}");
            // Both of two packets `step` slots apart: 0.2 * (0.2 + 0.8 * 0.95^step).
            let both = 0.2 * (0.2 + 0.8 * power(0.95, step));
            let pairs = lost.windows(2).filter(|pair| pair[0] && pair[1]).count();
            assert!((share(pairs) / both - 1.0).abs() < 0.15, "{step}: {pairs} pairs, {both}");
        }
    }

    #[test]
    fn jitter_keeps_the_order_and_what_is_held_back_is_overtaken() {
        let mut random = Random::new(3);
        let hop = Hop { delay: MS(10), jitter: MS(30), ..Hop::PERFECT };
        let mut link = Direction::new(hop, &mut random);
        let arrivals: Vec<_> = (0..1000).map(|n| link.pass(1, at(n), &mut random).unwrap()).collect();
        assert!(arrivals.windows(2).all(|pair| pair[0] <= pair[1]) && arrivals[999] <= at(1039));
        let mut link = Direction::new(Hop { reorder: 0.1, reorder_by: MS(50), ..hop }, &mut random);
        let arrivals: Vec<_> = (0..1000).map(|n| link.pass(1, at(n), &mut random).unwrap()).collect();
        let overtaken = arrivals.windows(2).filter(|pair| pair[0] > pair[1]).count();
        assert!((60..130).contains(&overtaken), "{overtaken}");
    }

    #[test]
    fn powers_are_products() {
        assert_eq!(power(0.5, 10), 1.0 / 1024.0);
        assert_eq!(power(-1.0, 7), -1.0);
        assert_eq!(power(0.0, 0), 1.0);
        assert_eq!(power(0.9, u64::MAX), 0.0);
    }
}
