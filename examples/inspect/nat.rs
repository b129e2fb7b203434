//! Whether a NAT detection hash is that of the address it came from, or went to (RFC 7296 section 2.23).

use super::walk::Carrier;
use ikev2::wire::{Header, Notify};

/// What the hash says; `None` for other notifies, and when this program was built without a provider of SHA-1.
#[cfg(any(feature = "ring", feature = "rustcrypto"))]
pub(crate) fn verdict(notify: &Notify<'_>, header: &Header, carrier: &Carrier) -> Option<String> {
    use super::text::hex_short;
    use ikev2::keys::nat_detection;
    use ikev2::registry::NotifyType;
    let (end, which) = match notify.ty {
        NotifyType::NAT_DETECTION_SOURCE_IP => (carrier.src, "source"),
        NotifyType::NAT_DETECTION_DESTINATION_IP => (carrier.dst, "destination"),
        _ => return None,
    };
    let spis = header.spis;
    Some(if notify.octets == nat_detection(spis, end.ip(), end.port()) {
        format!("hash of {end}, the packet's {which}")
    } else {
        format!("{} is not the hash of {end}, the packet's {which}: NAT, or made to look like it", hex_short(notify.octets))
    })
}

#[cfg(not(any(feature = "ring", feature = "rustcrypto")))]
pub(crate) fn verdict(_: &Notify<'_>, _: &Header, _: &Carrier) -> Option<String> {
    None
}
