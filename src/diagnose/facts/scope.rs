//! What the capture as a whole lets through: ports, later IP fragments, octets of a packet, time.

use crate::diagnose::observation::{Observation, Observed, Transport};

/// What was seen anywhere in the capture, and by that can be seen at all.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::diagnose) struct Scope {
    /// IKE on UDP port 500, or on any port without the marker.
    pub(in crate::diagnose) port_500: bool,
    /// Anything on UDP port 4500, or on any port with the marker.
    pub(in crate::diagnose) port_4500: bool,
    /// IKE_AUTH on port 500, as where nobody looks for a translator or none is there.
    pub(in crate::diagnose) auth_on_500: bool,
    pub(in crate::diagnose) tcp: bool,
    /// A first IP fragment.
    pub(in crate::diagnose) first_fragments: bool,
    /// An IP fragment with an offset.
    pub(in crate::diagnose) later_fragments: bool,
    /// Packets of other kinds: no filter by port is at work.
    pub(in crate::diagnose) others: bool,
    /// The capture holds at most so many octets of a packet.
    pub(in crate::diagnose) cut: Option<u32>,
    /// IKE messages of which not even the header is whole.
    pub(in crate::diagnose) beheaded: u64,
    pub(in crate::diagnose) clock_back: bool,
    /// A message was opened with keys.
    pub(in crate::diagnose) opened: bool,
    /// A log tells of all this.
    pub(in crate::diagnose) log: bool,
}

impl Scope {
    pub(in crate::diagnose) fn see(&mut self, seen: &Observation<'_>) {
        let ports = [seen.src.port(), seen.dst.port()];
        self.log |= seen.account.is_log();
        match seen.observed {
            Observed::Message { fragments, decrypted, .. } => {
                self.note_transport(seen.transport, ports);
                self.first_fragments |= fragments.len() > 1;
                self.later_fragments |= fragments.len() > 1;
                self.opened |= decrypted.is_some();
            }
            Observed::IpFragments { head, total, .. } => {
                self.first_fragments |= !head.is_empty();
                self.later_fragments |= head.is_empty() || total.is_some();
            }
            Observed::Esp(_) if ports == [0, 0] => self.others = true,
            Observed::Esp(_) | Observed::Keepalive => self.note_transport(seen.transport, ports),
            Observed::LaterFragment => self.later_fragments = true,
            Observed::Icmp(_) | Observed::TlsConnect | Observed::Other => self.others = true,
            Observed::Cut(octets) => self.cut = Some(self.cut.map_or(octets, |before| before.min(octets))),
            Observed::ClockBack => self.clock_back = true,
            Observed::Said { .. } | Observed::WindowsEvent(_) => {}
        }
    }

    fn note_transport(&mut self, transport: Transport, ports: [u16; 2]) {
        match transport {
            Transport::Tcp => self.tcp = true,
            _ if ports.contains(&4500) => self.port_4500 = true,
            _ if ports.contains(&500) => self.port_500 = true,
            Transport::UdpNonEspMarker => self.port_4500 = true,
            Transport::Udp => self.port_500 = true,
        }
    }

    /// Whether a capture filter by port may hide the IP fragments with an offset: some have been cut off, and none is anywhere.
    pub(in crate::diagnose) const fn hides_fragments(&self) -> bool {
        self.first_fragments && !self.later_fragments
    }
}
