//! What was found out about one IKE SA.

use super::cause::{Cause, Found};
use super::facts::Packets;
use super::settings::Product;
use super::severity::{Confidence, Severity};
use crate::fingerprint::Stack;
use crate::instant::Instant;
use crate::wire::IkeSpis;
use alloc::vec::Vec;

/// Something found out about one IKE SA. `Display` of [`cause`](Self::cause) says it in words.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// What.
    pub cause: Cause,
    /// How much it matters here: the same fact may explain a failure or be harmless.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// Of which IKE SA.
    pub spis: IkeSpis,
    /// The evidence: numbers of packets, ascending, at most [`MAX_PACKETS`](Self::MAX_PACKETS).
    pub packets: Vec<u64>,
    /// When the first of them was seen.
    pub time: Instant,
    /// The initiator sent a vendor ID of Windows in IKE_SA_INIT.
    pub windows: bool,
    /// What the two sides may be by their vendor IDs and fingerprints; empty where one of them may be any: [`order`](crate::diagnose::order) puts their settings first.
    pub products: Vec<Product>,
    /// The stacks that the initiator may be of by its [fingerprint](crate::fingerprint); empty where that is not known for certain.
    pub initiator: Vec<Stack>,
    /// Those that the responder may be of.
    pub responder: Vec<Stack>,
}

impl Finding {
    /// Packet numbers kept as evidence of one finding.
    pub const MAX_PACKETS: usize = Packets::MOST;

    /// What was found of an IKE SA with these SPIs.
    pub(super) fn new(found: Found<Cause>, spis: IkeSpis, windows: bool) -> Self {
        let Found { cause, severity, confidence, packets, time } = found;
        Self {
            cause,
            severity,
            confidence,
            spis,
            packets: packets.into_vec(),
            time,
            windows,
            products: Vec::new(),
            initiator: Vec::new(),
            responder: Vec::new(),
        }
    }

    /// The error a Windows client shows for this, if it is one of those known: 800, 809, 812, 13801, 13838, 13868.
    #[must_use]
    pub fn windows_error(&self) -> Option<u32> {
        if self.severity == Severity::Error { self.cause.windows_error(self.windows) } else { None }
    }
}
