//! How many IKE SAs there are.
//!
//! An IKE SA is a pair of SPIs. The initiator's stands alone in the first message, in its repetitions (with a cookie, or with
//! the key exchange method that was asked for) and in what refuses them; these are one with the pair that comes of them. A
//! refusal may carry a responder's SPI that nothing else will have.

use core::net::IpAddr;
use ikev2::registry::{ExchangeType, PayloadType};
use ikev2::wire::{IkeSpis, LenientMessage};
use std::collections::HashMap;

/// Keys in one generation: the memory this takes is bounded, and an SA is counted twice only if it is silent while so many
/// others begin.
const MAX_KEYS: usize = 1 << 18;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Key {
    /// The initiator's SPI, its address, and that of the responder: tools that always choose the same SPI exist.
    Begun(u64, IpAddr, IpAddr),
    Pair(IkeSpis),
}

#[derive(Debug, Default)]
pub(crate) struct IkeSas {
    pub(crate) count: u64,
    /// The value: whether the SA has its pair.
    young: HashMap<Key, bool>,
    old: HashMap<Key, bool>,
}

impl IkeSas {
    pub(crate) fn see(&mut self, message: &LenientMessage<'_>, src: IpAddr, dst: IpAddr) {
        let header = message.header();
        let (initiator, responder) = if header.initiator { (src, dst) } else { (dst, src) };
        let begun = Key::Begun(header.spis.initiator, initiator, responder);
        let refusal =
            header.exchange == ExchangeType::IKE_SA_INIT && header.response && !message.payloads().any(|raw| raw.ty == PayloadType::SA);
        if header.spis.responder == 0 || refusal {
            if self.get(begun).is_none() {
                self.count = self.count.saturating_add(1);
                self.put(begun, false);
            }
            return;
        }
        let pair = Key::Pair(header.spis);
        if self.get(pair).is_some() {
            return;
        }
        self.put(pair, true);
        if self.get(begun) != Some(false) {
            self.count = self.count.saturating_add(1);
        }
        self.put(begun, true);
    }

    fn get(&self, key: Key) -> Option<bool> {
        self.young.get(&key).or_else(|| self.old.get(&key)).copied()
    }

    fn put(&mut self, key: Key, paired: bool) {
        if self.young.len() >= MAX_KEYS {
            self.old = core::mem::take(&mut self.young);
        }
        self.young.insert(key, paired);
    }
}
