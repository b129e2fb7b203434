//! How much a search does: the bound on hostile offers is a number of steps, which a test can count, and not a time.

use core::cell::Cell;

/// What a search tells its steps to. A step is four octets read, or two values compared.
pub(super) trait Meter: Copy {
    fn count_steps(self, steps: usize);
}

/// For answering: nothing is counted, and no code is left of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Uncounted;

impl Meter for Uncounted {
    #[inline]
    fn count_steps(self, _: usize) {}
}

/// For proving bounds.
#[derive(Debug, Default)]
pub(super) struct Steps(Cell<u64>);

impl Steps {
    pub(super) fn taken(&self) -> u64 {
        self.0.get()
    }
}

impl Meter for &Steps {
    fn count_steps(self, steps: usize) {
        self.0.set(self.0.get().saturating_add(u64::try_from(steps).unwrap_or(u64::MAX)));
    }
}

/// Octets in steps.
#[inline]
pub(super) const fn octets(count: usize) -> usize {
    count.div_ceil(4)
}
