//! UDP datagrams that are not IKE's, counted by what their port is used for.

/// What the port is used for.
const USES: [(u16, &str); 9] = [
    (443, "UDP 443 (QUIC)"),
    (53, "DNS"),
    (1701, "UDP 1701 (L2TP, without IPsec around it)"),
    (51820, "UDP 51820 (WireGuard)"),
    (1194, "UDP 1194 (OpenVPN)"),
    (5353, "mDNS"),
    (67, "DHCP"),
    (123, "NTP"),
    (3389, "UDP 3389 (Remote Desktop)"),
];

/// Datagrams by use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    of: [u64; USES.len()],
    other: u64,
}

impl Counts {
    pub(crate) fn see(&mut self, ports: [u16; 2]) {
        let place = USES.iter().position(|(port, _)| ports.contains(port));
        let count = place.and_then(|place| self.of.get_mut(place)).unwrap_or(&mut self.other);
        *count = count.saturating_add(1);
    }

    /// What there is of each use, the ones in the table first.
    pub(crate) fn list(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let known = USES.iter().map(|(_, name)| *name).zip(self.of);
        known.chain([("UDP of other kinds", self.other)]).filter(|(_, count)| *count > 0)
    }
}
