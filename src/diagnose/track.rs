//! One IKE SA that is watched: its facts, and what was found so far.

use super::cause::{self, Cause, Closed, Found, Seen};
use super::facts::{Evicted, Moved, Sa, Sides, Success, Surroundings};
use super::finding::Finding;
use super::judged::Judged;
use super::products::present;
use crate::instant::Instant;
use crate::proposal::Policy;
use alloc::vec::Vec;
use core::net::SocketAddr;

/// Findings kept of exchanges that were judged before the SA was.
const EARLY: usize = 16;

pub(super) struct Track {
    pub(super) sa: Sa,
    /// What was found in exchanges that are watched no longer.
    early: Vec<Finding>,
}

impl Track {
    pub(super) const fn new(sa: Sa) -> Self {
        Self { sa, early: Vec::new() }
    }

    /// Judges an exchange that is watched no longer; what is found waits for the end of the IKE SA.
    pub(super) fn evicted(&mut self, evicted: Option<Evicted>) {
        let Some(Evicted { exchange, later }) = evicted else { return };
        let mut seen = Seen::exchange(&self.sa, Closed { exchange: &exchange, later });
        let room = EARLY.saturating_sub(self.early.len());
        self.early.extend(cause::detect(&mut seen).into_iter().take(room).map(|found| finding(&self.sa, found)));
    }

    /// That it came up, as far as that is proved.
    pub(super) fn success(&self, clock: Instant, surroundings: &Surroundings) -> Option<Success> {
        let time = cause::came_up(&Seen::whole(&self.sa, clock, surroundings, None, Vec::new()))?;
        let Sa { number, responder, first: began, .. } = self.sa;
        let own_address = self.sa.init.hashes.request_source == Some(true);
        Some(Success { number, initiator: self.client(), own_address, responder, began, time })
    }

    /// That its client was sent here by another gateway.
    pub(super) fn moved(&self) -> Option<Moved> {
        let Sa { number, initiator: client, responder: to, first: time, .. } = self.sa;
        let from = cause::redirected_from(&self.sa)?;
        Some(Moved { number, client, from, to, time, packets: self.sa.init.packets.clone() })
    }

    /// The end of the initiator by which clients are told apart.
    fn client(&self) -> SocketAddr {
        self.sa.began_at.unwrap_or(self.sa.ends.initiator)
    }

    /// Everything about an IKE SA of which nothing more will be seen.
    pub(super) fn close(self, clock: Instant, surroundings: &Surroundings, policy: Option<&Policy>) -> Judged {
        let client = self.client();
        let mut all = self.early;
        let so_far = all.iter().map(|f| (f.cause.row(), f.severity)).collect();
        let mut seen = Seen::whole(&self.sa, clock, surroundings, policy, so_far);
        all.extend(cause::detect(&mut seen).into_iter().map(|found| finding(&self.sa, found)));
        all.sort_by_key(|f| (core::cmp::Reverse(f.severity), f.cause.rank(), f.time));
        Judged { outcome: cause::outcome(&seen), findings: all, client, not_seen: seen.visible.not_seen() }
    }
}

fn finding(sa: &Sa, found: Found<Cause>) -> Finding {
    let init = &sa.init;
    let Sides { initiator, responder } = init.stacks.clone();
    let products = present(&init.vendors, &init.stacks, init.asked, init.answered.is_some());
    Finding { products, initiator, responder, ..Finding::new(found, sa.spis, init.windows) }
}
