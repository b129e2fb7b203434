//! A fragmentation strategy of one's own, on modelled paths beside the one that every IKE has.
//!
//! `cargo run --no-default-features --features sim --example strategy`; an argument is the number of runs on each path.

use core::error::Error;
use core::time::Duration;
use ikev2::Instant;
use ikev2::fragment::strategy::{DeliveryState, Fixed, PassiveReceiver, SealedMessage, Strategy, Timers, Transmit};
use ikev2::fragment::{Layout, Path, ReassemblyLimits};
use ikev2::sim::{self, NoCipher, TestMessage, profiles};

/// Sends all fragments with a pause after each, at once all of them a second time, and then waits as strongSwan does.
///
/// A fragment is missing only if both copies are lost, and a queue never sees a burst. The price is up to twice the octets: the
/// second pass ends when the answer arrives.
struct Doubled {
    fragments: SealedMessage,
    /// Datagrams of this round that were sent.
    sent: u16,
    /// Rounds before this one.
    round: u32,
    due: Instant,
    state: DeliveryState,
}

impl Doubled {
    const PAUSE: Duration = Duration::from_millis(10);
    const TIMERS: Timers = Timers::STRONGSWAN;

    const fn new(fragments: SealedMessage) -> Self {
        Self { fragments, sent: 0, round: 0, due: Instant::START, state: DeliveryState::Sending }
    }
}

impl Strategy for Doubled {
    /// Asked again and again: at the start, after whatever arrives, and at `next_timeout`. It reads no clock and sends nothing itself.
    fn poll_transmit(&mut self, now: Instant) -> Option<Transmit<'_>> {
        if self.state != DeliveryState::Sending || now < self.due {
            return None;
        }
        let count = self.fragments.count();
        if self.sent == count.saturating_mul(2) {
            if self.round == Self::TIMERS.retransmissions {
                self.state = DeliveryState::GaveUp;
                return None;
            }
            (self.sent, self.round) = (0, self.round.saturating_add(1));
        }
        let index = self.sent.checked_rem(count)?;
        self.sent = self.sent.saturating_add(1);
        let all = self.sent == count.saturating_mul(2);
        self.due = now + if all { Self::TIMERS.wait(self.round) } else { Self::PAUSE };
        self.fragments.get(index)
    }

    fn handle_response(&mut self, _now: Instant) {
        self.state = DeliveryState::Answered;
    }

    fn next_timeout(&self) -> Option<Instant> {
        (self.state == DeliveryState::Sending).then_some(self.due)
    }

    fn state(&self) -> DeliveryState {
        self.state
    }
}

/// What many runs came to: messages delivered within a second, and octets sent for all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Score {
    in_time: u32,
    octets: u64,
}

/// The same seeds for every strategy: each meets the same losses.
fn score(test_message: &TestMessage, path: &profiles::PathProfile, runs: u32, make: &dyn Fn() -> Box<dyn Strategy>) -> Score {
    (0..runs).fold(Score::default(), |score, seed| {
        let report = sim::run(test_message, &path.route, &mut *make(), &mut PassiveReceiver::new(ReassemblyLimits::default()), seed.into());
        let in_time = report.delivered.is_some_and(|after| after <= Duration::from_secs(1));
        Score { in_time: score.in_time.saturating_add(in_time.into()), octets: score.octets.saturating_add(report.sent.octets) }
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let runs = std::env::args().nth(1).map_or(Ok(200), |runs| runs.parse())?;
    // IKE_AUTH with a leaf and an issuing certificate of ML-DSA-65.
    let mut test_message = TestMessage::new(15194, NoCipher)?;
    let fragments = test_message.fragments(Path::ipv4(1280), Layout::Fill)?;
    let doubled: &dyn Fn() -> Box<dyn Strategy> = &|| Box::new(Doubled::new(fragments.clone()));
    let fixed: &dyn Fn() -> Box<dyn Strategy> = &|| Box::new(Fixed::new(fragments.clone(), Timers::STRONGSWAN));
    for path in [profiles::ETHERNET, profiles::LOSS_5, profiles::NARROW_QUEUE] {
        let [mine, theirs] = [doubled, fixed].map(|make| score(&test_message, &path, runs, make));
        for (name, score) in [("doubled", mine), ("fixed", theirs)] {
            let octets = score.octets.checked_div(runs.into()).unwrap_or_default();
            println!("{:12} {name:7} within 1 s: {:3} of {runs}, {octets} octets a run", path.name, score.in_time);
        }
        if mine != score(&test_message, &path, runs, doubled) {
            return Err("the same seeds gave another result".into());
        }
        // On the paths with losses the price has to buy something; where nothing is lost it cannot.
        if mine.in_time < theirs.in_time || path.name != "ethernet" && mine.in_time == theirs.in_time && runs >= 200 {
            return Err(format!("no gain on {}", path.name).into());
        }
    }
    Ok(())
}
