//! What the server said to the offers of the search, in the order in which they were made.

use super::region::Region;
use crate::proposal::Proposal;
use crate::registry::KeMethod;
use alloc::vec::Vec;

/// What one offer came to: the key exchange method of what is taken, or nothing in common.
pub(super) type Verdict = Option<KeMethod>;

/// Why the search stops.
#[derive(Debug)]
pub(super) enum Stop {
    /// This has to be asked first.
    Ask(Vec<Proposal>),
    /// An answer is missing or is none.
    Silent,
    /// The server said what cannot be: it takes parts of what it refuses as a whole, or the other way round.
    Contradiction,
}

/// The answers so far. The search is run from its beginning each time, and asks for the next one that is missing.
pub(super) struct Oracle<F> {
    /// Answers, by their number: `None` where there is none yet, `Some(None)` where there will be none.
    answers: F,
    asked: usize,
    /// Octets of proposals that fit one packet.
    room: usize,
}

impl<F: Fn(usize) -> Option<Option<Verdict>>> Oracle<F> {
    pub(super) const fn new(answers: F, room: usize) -> Self {
        Self { answers, asked: 0, room }
    }

    pub(super) const fn asked(&self) -> usize {
        self.asked
    }

    /// Asks for several regions at once, which fit one packet.
    fn ask(&mut self, regions: &[Region]) -> Result<Verdict, Stop> {
        let answer = (self.answers)(self.asked).ok_or_else(|| Stop::Ask(regions.iter().map(Region::proposal).collect()))?;
        self.asked = self.asked.saturating_add(1);
        answer.ok_or(Stop::Silent)
    }

    /// Asks for regions in as few packets as they fit, until one is taken: which were in that packet, and the method.
    pub(super) fn first(&mut self, regions: &[Region]) -> Result<Option<(Vec<Region>, KeMethod)>, Stop> {
        let mut packet: Vec<Region> = Vec::new();
        let mut octets = 0_usize;
        for region in regions.iter().filter(|region| !region.is_empty()) {
            let size = region.octets();
            if !packet.is_empty() && octets.saturating_add(size) > self.room {
                if let Some(method) = self.ask(&packet)? {
                    return Ok(Some((packet, method)));
                }
                packet.clear();
                octets = 0;
            }
            octets = octets.saturating_add(size);
            packet.push(region.clone());
        }
        if packet.is_empty() {
            return Ok(None);
        }
        Ok(self.ask(&packet)?.map(|method| (packet, method)))
    }

    /// Whether anything of a region is taken, and with which method.
    pub(super) fn takes(&mut self, region: &Region) -> Result<Verdict, Stop> {
        Ok(self.first(core::slice::from_ref(region))?.map(|(_, method)| method))
    }
}
