//! What is counted.

use super::sas::IkeSas;
use crate::capture::Time;
use ikev2::registry::{ExchangeType, Ikev1ExchangeType, NotifyType};
use std::collections::BTreeMap;

#[derive(Debug, Default)]
pub(crate) struct Summary {
    /// Packets of the capture.
    pub(crate) packets: u64,
    pub(crate) messages: u64,
    /// Of these, messages with a fault.
    pub(crate) faults: u64,
    pub(crate) ike_sas: IkeSas,
    /// ESP packets, those with a UDP or TCP header before them and those of IP protocol 50.
    pub(crate) esp: u64,
    pub(crate) esp_native: u64,
    pub(crate) keepalives: u64,
    /// Datagrams, frames and stretches of a stream that are none of the above.
    pub(crate) undecodable: u64,
    /// Parts of the capture that could not be read.
    pub(crate) problems: u64,
    /// Requests and responses of each exchange.
    pub(crate) exchanges: BTreeMap<ExchangeType, (u64, u64)>,
    /// Messages of each exchange of IKEv1.
    pub(crate) ikev1: BTreeMap<Ikev1ExchangeType, u64>,
    /// Error notifies in clear.
    pub(crate) errors: BTreeMap<NotifyType, u64>,
    /// Error notifies that were encrypted.
    pub(crate) errors_inside: BTreeMap<NotifyType, u64>,
    /// With keys: what became of encrypted messages.
    pub(crate) encrypted: Option<Encrypted>,
    /// Times of the first and the last message.
    pub(crate) span: Option<(Time, Time)>,
}

/// Messages with an SK or SKF payload.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Encrypted {
    pub(crate) opened: u64,
    /// No key of their IKE SA fits.
    pub(crate) icv_mismatch: u64,
    /// Not opened for another reason.
    pub(crate) failed: u64,
    /// There is no key for their IKE SA.
    pub(crate) no_key: u64,
    /// Messages that came in fragments and are whole.
    pub(crate) reassembled: u64,
}

impl Summary {
    /// What could not be read, in words; `None` when everything could.
    pub(crate) fn unread(&self) -> Option<String> {
        let closed = self.encrypted.map_or(0, |encrypted| encrypted.icv_mismatch.saturating_add(encrypted.failed));
        let parts = [
            (self.faults, "message with a fault", "messages with a fault"),
            (self.undecodable, "undecodable piece of IKE traffic", "undecodable pieces of IKE traffic"),
            (closed, "message that its keys do not open", "messages that their keys do not open"),
            (self.problems, "part of the capture that cannot be read", "parts of the capture that cannot be read"),
        ];
        let parts: Vec<_> = parts.iter().filter(|part| part.0 > 0).map(|(n, one, many)| count(*n, one, many)).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

/// "1 message", "2 messages".
pub(crate) fn count(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}
