//! What a diagnosis says.

use super::kind::Kind;
use crate::instant::Instant;
use crate::role::Role;
use crate::wire::IkeSpis;
use alloc::string::String;
use alloc::vec::Vec;

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// No alarm.
    Info,
    /// It did no harm here, and may elsewhere.
    Warning,
    /// It is why the tunnel does not come up, or was lost.
    Error,
}

impl Severity {
    /// `info`, `warning` or `error`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// How sure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// One of several explanations.
    Low,
    /// The most likely explanation.
    Medium,
    /// The packets say so.
    High,
}

impl Confidence {
    /// `low`, `medium` or `high`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// Something found out about one IKE SA. `Display` of [`kind`](Self::kind) says it in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub kind: Kind,
    /// How much it matters here: the same fact may explain a failure or be harmless.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// Of which IKE SA.
    pub sa: IkeSpis,
    /// The evidence: numbers of packets, ascending, at most [`MAX_PACKETS`](Self::MAX_PACKETS).
    pub packets: Vec<u64>,
    /// When the first of them was seen.
    pub time: Instant,
    /// Which program the initiator seems to be, when its vendor IDs or its offer tell.
    pub windows: bool,
}

impl Finding {
    /// Packet numbers kept as evidence of one finding.
    pub const MAX_PACKETS: usize = 16;

    /// The error a Windows client shows for this, if it is one of those known: 800, 809, 812, 13801, 13868.
    #[must_use]
    pub fn windows_error(&self) -> Option<u32> {
        if self.severity == Severity::Error { self.kind.windows_error(self.windows) } else { None }
    }
}

/// The result of a whole capture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// The codes of all findings that are errors, each once, the most important first.
    pub codes: Vec<&'static str>,
    /// The error a Windows client shows for the most important of them.
    pub windows_error: Option<u32>,
    /// One sentence for a tired administrator.
    pub text: String,
    /// IKE SAs seen.
    pub sas: u64,
    /// IKE SAs with an error.
    pub failed: u64,
    /// IKE SAs whose IKE_AUTH came to a good end, as far as can be seen.
    pub established: u64,
    /// IKE SAs that were closed early because there were more than are watched at one time.
    pub closed_early: u64,
    /// Findings that were dropped because nobody took them in time.
    pub dropped: u64,
}

/// Whose packets a capture holds, as far as can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum View {
    /// Taken on the initiator's side of whatever is between them.
    NearInitiator,
    /// Taken on the responder's side.
    NearResponder,
    /// Only what this side sent is in it.
    Only(Role),
    /// It does not tell.
    Unknown,
}
