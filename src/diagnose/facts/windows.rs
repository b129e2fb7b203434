//! Events of Windows: what a client or a server of the Remote Access service says of its connections.

use super::flow::Packets;
use crate::diagnose::observation::{Observation, WindowsEvent};
use crate::instant::Instant;
use alloc::vec::Vec;
use core::net::SocketAddr;

/// Different events remembered; of each the first lines are kept, however often it comes.
const MOST: usize = 64;

/// An event, however often it came.
#[derive(Clone, Debug)]
pub(in crate::diagnose) struct EventSeen {
    pub(in crate::diagnose) event: WindowsEvent,
    pub(in crate::diagnose) client: SocketAddr,
    pub(in crate::diagnose) lines: Packets,
    pub(in crate::diagnose) first: Instant,
    pub(in crate::diagnose) last: Instant,
    pub(in crate::diagnose) times: u64,
}

/// All events of a log.
#[derive(Debug, Default)]
pub(in crate::diagnose) struct WindowsEvents(Vec<EventSeen>);

impl WindowsEvents {
    pub(in crate::diagnose) fn see(&mut self, seen: &Observation<'_>, event: WindowsEvent) {
        let room = self.0.len() < MOST;
        match self.0.iter_mut().find(|known| known.event == event) {
            Some(known) => {
                known.lines.add(seen.packets);
                known.last = known.last.max(seen.time);
                known.times = known.times.saturating_add(1);
            }
            None if room => {
                let (first, last) = (seen.time, seen.time);
                self.0.push(EventSeen { event, client: seen.src, lines: seen.packets.into(), first, last, times: 1 });
            }
            None => {}
        }
    }

    pub(in crate::diagnose) fn all(&self) -> impl Iterator<Item = &EventSeen> {
        self.0.iter()
    }
}
