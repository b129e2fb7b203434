//! Where the packets of Child SAs go.

use super::mobike::Tunnel;
use super::path::{NetworkPath, PathEncapsulation};
use super::sa::Sa;
use crate::role::Role;

impl Sa {
    /// Where the packets of Child SAs are to go.
    pub(super) fn tunnel(&self) -> Tunnel {
        (self.path, self.is_esp_in_udp())
    }

    /// With MOBIKE, an IKE SA is on port 4500 though there may be no NAT, and ESP needs UDP only if there is one (RFC 4555 section 3.3).
    pub(super) fn is_esp_in_udp(&self) -> bool {
        let is_forced = self.peer.as_ref().is_some_and(|peer| peer.forces_nat);
        let is_wanted = self.peer.as_ref().is_some_and(|peer| peer.mobike);
        let is_mobile = is_wanted && (self.role == Role::Initiator || self.mobike.is_some());
        self.path.encapsulation == PathEncapsulation::NonEspMarker && (!is_mobile || is_forced || self.nat.ours || self.nat.theirs)
    }

    /// Where the packets of a new Child SA go: not yet to an address that the initiator has not shown to be its own.
    pub(super) fn child_path(&self) -> NetworkPath {
        let left = self.mobike.as_ref().filter(|_| self.role == Role::Responder).and_then(|mobike| mobike.left);
        left.map_or(self.path, |(path, _)| path)
    }
}
