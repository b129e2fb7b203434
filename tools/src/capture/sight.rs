//! What a packet tells of the place it was captured at, and of how much of it was captured.

/// Of a payload put together from IP fragments: that of the packet that completed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sight {
    /// Time to live or hop limit of the innermost IP header.
    pub(crate) ttl: u8,
    /// Whether the capturing host sent it; `None` where neither record nor link layer says so.
    pub(crate) outgoing: Option<bool>,
    /// The whole record, link layer included.
    pub(crate) record: Extent,
    /// The innermost IP packet, its header included.
    pub(crate) ip: Extent,
}

/// Octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    /// That the capture holds.
    pub(crate) there: usize,
    /// That were on the wire.
    pub(crate) announced: usize,
}
