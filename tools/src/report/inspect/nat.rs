//! Whether a NAT detection hash is that of the address it came from, or went to (RFC 7296 section 2.23).

use super::text::hex_short;
use crate::evidence::carrier::Carrier;
use ikev2::keys::nat_detection_hash;
use ikev2::provider::Provider;
use ikev2::registry::NotifyType;
use ikev2::wire::{Header, Notify};

/// What the hash says; `None` for other notifies, and without a provider of SHA-1.
pub(crate) fn verdict(notify: &Notify<'_>, header: &Header, carrier: &Carrier) -> Option<String> {
    let (end, which) = match notify.ty {
        NotifyType::NAT_DETECTION_SOURCE_IP => (carrier.src, "source"),
        NotifyType::NAT_DETECTION_DESTINATION_IP => (carrier.dst, "destination"),
        _ => return None,
    };
    let spis = header.spis;
    Some(if notify.data == nat_detection_hash(Provider::builtin().sha1().ok()?, spis, end.ip(), end.port()) {
        format!("hash of {end}, the packet's {which}")
    } else {
        format!("{} is not the hash of {end}, the packet's {which}: NAT, or made to look like it", hex_short(notify.data))
    })
}
