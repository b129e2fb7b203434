//! Where something stands in a capture.

use crate::capture::Time;

/// A packet and its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct At {
    pub(crate) packet: u64,
    pub(crate) time: Time,
}

impl At {
    /// The last of the packets that carried something.
    pub(crate) fn of(packets: &[u64], time: Time) -> Self {
        Self { packet: packets.last().copied().unwrap_or(0), time }
    }
}
