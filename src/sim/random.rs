//! Random numbers: xoshiro256++, seeded, the same everywhere.

use core::time::Duration;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

#[derive(Clone, Debug)]
pub(super) struct Random(Xoshiro256PlusPlus);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// Whether an event of this probability happens. No number is drawn for one that cannot or must.
    pub(super) fn happens(&mut self, probability: f64) -> bool {
        if probability >= 1.0 {
            return true;
        }
        probability > 0.0 && f64::from(self.0.next_u32()) / 4_294_967_296.0 < probability
    }

    /// A time of zero to `most`, evenly distributed.
    pub(super) fn up_to(&mut self, most: Duration) -> Duration {
        let nanos = u64::try_from(most.as_nanos()).unwrap_or(u64::MAX);
        if nanos == 0 {
            return Duration::ZERO;
        }
        let share = u128::from(self.0.next_u64()).saturating_mul(u128::from(nanos).saturating_add(1)) >> 64;
        Duration::from_nanos(u64::try_from(share).unwrap_or(nanos))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers_and_they_are_even() {
        let (mut a, mut b) = (Random::new(7), Random::new(7));
        let most = Duration::from_nanos(9);
        let (mut counts, mut hits) = ([0u32; 10], 0u32);
        for _ in 0..20000 {
            let time = a.up_to(most);
            assert_eq!(time, b.up_to(most));
            counts[usize::try_from(time.as_nanos()).unwrap()] += 1;
            let hit = a.happens(0.3);
            assert_eq!(hit, b.happens(0.3));
            hits += u32::from(hit);
        }
        // Six standard deviations of a binomial.
        assert!(counts.iter().all(|count| (1745..2255).contains(count)), "{counts:?}");
        assert!((5611..6389).contains(&hits), "{hits}");
        assert!(a.happens(1.0) && !a.happens(0.0) && !a.happens(f64::NAN) && !a.happens(-1.0));
    }
}
