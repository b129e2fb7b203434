//! What a [`Reassembler`](super::Reassembler) may hold, and what it tells of a message that was pushed.

use super::reassembled::Reassembled;
use crate::registry::ExchangeType;
use core::time::Duration;

/// What a [`Reassembler`](super::Reassembler) may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReassemblyLimits {
    /// Octets of content in one set.
    pub octets: usize,
    /// Fragments in one set.
    pub fragments: u16,
    /// The window size (RFC 7296 section 2.3), 1 to 64: so many sets of requests are open at a time, and as many of responses; so many message
    /// IDs of each are remembered as complete.
    /// It is to be no less than what our SET_WINDOW_SIZE announces: what falls below it does not come again.
    pub window: usize,
    /// How long a set may stay open, counted from its first fragment.
    pub lifetime: Duration,
}

impl Default for ReassemblyLimits {
    /// 65531 octets, as the Payload Length of SK allows (and RFC 7383 section 5 recommends 64 kB); 1024 fragments, since a chain
    /// of post-quantum certificates needs hundreds on a path of 576; 8 sets; 165 seconds, after which common initiators give up.
    fn default() -> Self {
        Self { octets: 65531, fragments: 1024, window: 8, lifetime: Duration::from_secs(165) }
    }
}

impl ReassemblyLimits {
    /// For devices with little memory: 10000 octets in 64 fragments, one set at a time of requests and one of responses.
    pub const SMALL: Self = Self { octets: 10000, fragments: 64, window: 1, lifetime: Duration::from_secs(60) };
}

/// What became of a message that was pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// Stored; more are to come.
    Pending {
        /// Fragments there.
        received: u16,
        /// Total Fragments.
        total: u16,
    },
    /// Not used, and no set has changed by it.
    Ignored(IgnoreReason),
    /// The request was answered before: send the stored response again (RFC 7383 section 2.6.1).
    ResendResponse,
    /// The message is whole. A request that was not [marked answered](super::Reassembler::mark_answered) is whole once more when its
    /// sender repeats it.
    Complete(Reassembled),
}

/// Why a message was not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum IgnoreReason {
    /// A fragment, though fragmentation was not negotiated.
    NotNegotiated,
    /// The fragment is there already; the first to arrive counts.
    Duplicate,
    /// Total Fragments is less than that of the open set (RFC 7383 section 2.6).
    SmallerTotal {
        /// Total Fragments received.
        total: u16,
        /// Total Fragments of the open set.
        open: u16,
    },
    /// Fragment 1 has content, and says that there is no payload in it.
    NoFirstPayload,
    /// The message is complete already, and this does not begin a retransmission that is to be answered.
    Done,
    /// The message ID is below the window.
    Old,
    /// Other SPIs, or another Initiator flag, than those of the first message: one Reassembler serves one side of one IKE SA.
    OtherSa,
    /// Another exchange type than that of the open set.
    OtherExchange {
        /// Exchange Type of the open set.
        open: ExchangeType,
    },
}

impl core::fmt::Display for IgnoreReason {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::NotNegotiated => f.write_str("fragmentation was not negotiated"),
            Self::Duplicate => f.write_str("the fragment is there already"),
            Self::SmallerTotal { total, open } => write!(f, "one of {total} fragments, {open} were announced before"),
            Self::NoFirstPayload => f.write_str("fragment 1 has content but announces no payload"),
            Self::Done => f.write_str("the message is complete already"),
            Self::Old => f.write_str("the message ID is below the window"),
            Self::OtherSa => f.write_str("the SPIs and the Initiator flag are not those of the messages before"),
            Self::OtherExchange { open } => write!(f, "a set of exchange {open} is open under this message ID"),
        }
    }
}
