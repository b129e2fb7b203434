//! A cause that was found, with its evidence.

use crate::diagnose::facts::Packets;
use crate::diagnose::severity::{Confidence, Severity};
use crate::instant::Instant;

/// A cause that was found in one IKE SA.
pub(in crate::diagnose) struct Found<C> {
    pub(in crate::diagnose) cause: C,
    pub(in crate::diagnose) severity: Severity,
    pub(in crate::diagnose) confidence: Confidence,
    /// The evidence.
    pub(in crate::diagnose) packets: Packets,
    pub(in crate::diagnose) time: Instant,
}

impl<C> Found<C> {
    /// It is why the tunnel does not come up, or was lost.
    pub(in crate::diagnose) const fn error(cause: C, confidence: Confidence, packets: Packets, time: Instant) -> Self {
        Self { cause, severity: Severity::Error, confidence, packets, time }
    }

    /// The same as no alarm, where something takes the failure back.
    pub(in crate::diagnose) fn unless(self, taken_back: bool) -> Self {
        Self { severity: if taken_back { Severity::Info } else { self.severity }, ..self }
    }

    /// It is no alarm.
    pub(super) const fn info(cause: C, confidence: Confidence, packets: Packets, time: Instant) -> Self {
        Self { cause, severity: Severity::Info, confidence, packets, time }
    }

    pub(super) fn map<D>(self, to: impl FnOnce(C) -> D) -> Found<D> {
        let Self { cause, severity, confidence, packets, time } = self;
        Found { cause: to(cause), severity, confidence, packets, time }
    }
}
