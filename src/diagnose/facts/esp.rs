//! ESP from one end to another: that it flows, and when.

use super::flow::Packets;
use crate::instant::Instant;
use alloc::vec::Vec;

/// SPIs told apart in one direction between two ends; the latest replaces the one before it when there are more.
const SPIS: usize = 16;

/// ESP packets of one direction.
#[derive(Clone, Debug, Default)]
pub(in crate::diagnose) struct EspFlow {
    sas: Vec<EspSa>,
}

/// ESP packets with one SPI.
#[derive(Clone, Debug)]
pub(in crate::diagnose) struct EspSa {
    spi: u32,
    pub(in crate::diagnose) count: u64,
    pub(in crate::diagnose) first: Instant,
    pub(in crate::diagnose) last: Instant,
    pub(in crate::diagnose) packets: Packets,
}

/// ESP packets of one direction, of whatever SPI.
#[derive(Clone, Debug)]
pub(in crate::diagnose) struct EspSeen {
    pub(in crate::diagnose) count: u64,
    pub(in crate::diagnose) first: Instant,
    pub(in crate::diagnose) last: Instant,
    pub(in crate::diagnose) packets: Packets,
}

impl EspFlow {
    pub(super) fn see(&mut self, spi: u32, time: Instant, packets: &[u64]) {
        if let Some(sa) = self.sas.iter_mut().rfind(|sa| sa.spi == spi) {
            sa.count = sa.count.saturating_add(1);
            (sa.first, sa.last) = (sa.first.min(time), sa.last.max(time));
            sa.packets.add(packets);
            return;
        }
        if self.sas.len() >= SPIS {
            self.sas.pop();
        }
        self.sas.push(EspSa { spi, count: 1, first: time, last: time, packets: packets.into() });
    }

    /// All packets of SAs that were first seen at some time or after it.
    pub(in crate::diagnose) fn from(&self, time: Option<Instant>) -> Option<EspSeen> {
        let mut all = self.sas.iter().filter(|sa| time.is_none_or(|time| sa.first >= time));
        let EspSa { count, first, last, packets, .. } = all.next()?.clone();
        let seen = EspSeen { count, first, last, packets };
        Some(all.fold(seen, |seen, sa| EspSeen {
            count: seen.count.saturating_add(sa.count),
            first: seen.first.min(sa.first),
            last: seen.last.max(sa.last),
            packets: seen.packets.join(&sa.packets),
        }))
    }

    /// The packets of the latest SA that was first seen at some time or after it; without a time, of the latest of all.
    pub(in crate::diagnose) fn since(&self, time: Option<Instant>) -> Option<&EspSa> {
        self.sas.iter().rev().find(|sa| time.is_none_or(|time| sa.first >= time))
    }
}
