//! One IKE SA, to look at.

use super::id::{ChildId, SaId};
use super::path::NetworkPath;
use super::phase::Phase;
use super::sa::Sa;
use crate::fragment::FragmentationSupport;
use crate::identity::Identity;
use crate::proposal::Selection;
use crate::role::Role;
use crate::wire::IkeSpis;
use core::fmt;

/// One IKE SA, to look at.
#[derive(Clone, Copy)]
pub struct SaView<'e> {
    sa: &'e Sa,
}

impl<'e> SaView<'e> {
    pub(super) const fn new(sa: &'e Sa) -> Self {
        Self { sa }
    }

    /// Its name.
    #[must_use]
    pub const fn id(&self) -> SaId {
        self.sa.id
    }

    /// Our side of it, when it began: a rekey does not change it.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.sa.role
    }

    /// Whether both sides have authenticated each other.
    #[must_use]
    pub const fn is_up(&self) -> bool {
        matches!(self.sa.phase, Phase::Up)
    }

    /// Where the peer is reached.
    #[must_use]
    pub const fn path(&self) -> NetworkPath {
        self.sa.path
    }

    /// Whether both sides agreed that they may move (MOBIKE, RFC 4555 section 3.2).
    #[must_use]
    pub const fn has_mobike(&self) -> bool {
        self.is_up() && self.sa.mobike.is_some()
    }

    /// Whether the packets of Child SAs go in UDP, between the ports of the path (RFC 3948). With MOBIKE, the IKE SA is on port 4500 though there may be
    /// no NAT: then they do not need it.
    #[must_use]
    pub fn is_esp_in_udp(&self) -> bool {
        self.sa.is_esp_in_udp()
    }

    /// The SPIs of the keys in use; `None` before there are keys.
    #[must_use]
    pub fn spis(&self) -> Option<IkeSpis> {
        self.sa.ike(self.sa.current).map(super::ike_sa::IkeSa::spis)
    }

    /// What was chosen for the keys in use; `None` before there are keys.
    #[must_use]
    pub fn selection(&self) -> Option<&'e Selection> {
        self.sa.ike(self.sa.current).map(|ike| &*ike.selection)
    }

    /// Who announced IKE fragmentation; `None` before there are keys.
    #[must_use]
    pub fn fragmentation(&self) -> Option<FragmentationSupport> {
        self.sa.ike(self.sa.current).map(|ike| ike.protected.setup().fragmentation)
    }

    /// The largest IP packet that messages are cut for, in octets.
    #[must_use]
    pub const fn mtu(&self) -> u16 {
        self.sa.mtu
    }

    /// Who the peer is, once it has proved it.
    #[must_use]
    pub fn peer(&self) -> Option<&'e Identity> {
        if self.is_up() { self.sa.peer_identity.as_ref() } else { None }
    }

    /// The Child SAs that are up.
    pub fn children(&self) -> impl Iterator<Item = ChildId> + 'e {
        self.sa.children.iter().map(|child| child.id)
    }

    /// Whether something is going on that was asked for here: a request waits for its response, a command for its turn, or a question about
    /// an exchange of ours for its decision.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        let sa = self.sa;
        let begins = matches!(sa.phase, Phase::Initiating(_)) || !self.is_up() && sa.role == Role::Initiator;
        begins || !sa.commands.is_empty() || sa.asking.is_some() || sa.ikes.iter().any(super::ike_sa::IkeSa::is_busy)
    }

    /// Octets that are kept for the peer: messages that may be asked for again, fragments, and what waits to be sent.
    #[must_use]
    pub fn octets(&self) -> usize {
        let ikes = self.sa.ikes.iter().map(|ike| ike.protected.octets());
        let outgoing = self.sa.outgoing.iter().map(|outgoing| outgoing.octets.len());
        ikes.chain(outgoing).fold(0, usize::saturating_add)
    }
}

impl fmt::Debug for SaView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SaView").field("id", &self.sa.id).field("role", &self.sa.role).field("path", &self.sa.path).finish_non_exhaustive()
    }
}
