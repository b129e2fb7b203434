//! What our side loses, doubles and reorders on purpose: the same for the same seed.

#[derive(Clone, Debug)]
pub(crate) struct Losses {
    /// In percent.
    pub(crate) loss: u8,
    pub(crate) reorder: u8,
    pub(crate) duplicate: u8,
    /// Numbers, from 1, of the datagrams that are not sent.
    pub(crate) drop: Vec<u64>,
    state: u64,
    sent: u64,
}

/// What becomes of a datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Pass,
    Lose,
    Double,
    /// It comes after the next one.
    Later,
}

impl Losses {
    pub(crate) fn new(loss: u8, reorder: u8, duplicate: u8, seed: u64, drop: Vec<u64>) -> Self {
        Self { loss, reorder, duplicate, drop, state: seed ^ 0x9e37_79b9_7f4a_7c15, sent: 0 }
    }

    pub(crate) fn sending(&mut self) -> Fate {
        self.sent = self.sent.saturating_add(1);
        if self.drop.contains(&self.sent) { Fate::Lose } else { self.draw() }
    }

    pub(crate) fn receiving(&mut self) -> Fate {
        self.draw()
    }

    fn draw(&mut self) -> Fate {
        if self.happens(self.loss) {
            Fate::Lose
        } else if self.happens(self.reorder) {
            Fate::Later
        } else if self.happens(self.duplicate) {
            Fate::Double
        } else {
            Fate::Pass
        }
    }

    fn happens(&mut self, percent: u8) -> bool {
        // splitmix64
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        z % 100 < u64::from(percent)
    }
}
