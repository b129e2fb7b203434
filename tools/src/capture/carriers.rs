//! The packets that carried something.

use core::net::IpAddr;

use super::item::Truncation;
use super::sight::Sight;
use super::time::Time;

/// What the packets that carried a payload have in common.
pub(super) struct Carriers<'p> {
    pub(super) packets: &'p [u64],
    pub(super) time: Time,
    pub(super) src: IpAddr,
    pub(super) dst: IpAddr,
    pub(super) missing: usize,
    pub(super) snapped: bool,
    pub(super) fragment_sizes: &'p [usize],
    pub(super) sight: Sight,
}

impl Carriers<'_> {
    /// The packet that carried all of it.
    pub(super) fn only_packet(&self) -> Option<u64> {
        if let [packet] = self.packets { Some(*packet) } else { None }
    }

    pub(super) fn truncation(&self, missing: usize) -> Option<Truncation> {
        (missing > 0).then_some(Truncation { missing, by_snap_length: self.snapped })
    }

    /// IP packets that carried the payload; a tunnel's own fragments are none of them.
    pub(super) fn ip_fragments(&self) -> u32 {
        u32::try_from(self.fragment_sizes.len().max(1)).unwrap_or(u32::MAX)
    }
}
