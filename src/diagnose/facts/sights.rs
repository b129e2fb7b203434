//! From which side of the path the packets of an IKE SA were seen.

use super::sides::Sides;
use crate::diagnose::observation::Sight;
use crate::role::Role;

/// Hop limits that senders begin with: of Unix, of Windows, of network gear.
const INITIAL: [u8; 3] = [64, 128, 255];

/// What the packets of both sides tell of the place of the capture.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::diagnose) struct Sights {
    /// The greatest hop limit seen of each side.
    hops: Sides<Option<u8>>,
    /// Whether the machine that captured sent what came from this side; `None` where the link layer never said.
    outgoing: Sides<Option<bool>>,
}

impl Sights {
    pub(in crate::diagnose) fn see(&mut self, sender: Role, sight: Sight) {
        let hops = self.hops.of_mut(sender);
        *hops = (*hops).max(sight.hop_limit);
        let outgoing = self.outgoing.of_mut(sender);
        *outgoing = sight.outgoing.or(*outgoing);
    }

    /// The side on whose own host the capture was taken; `None` where it cannot be told: what both sides sent is untouched, or neither.
    pub(in crate::diagnose) fn host(&self) -> Option<Role> {
        match (self.outgoing.initiator, self.outgoing.responder) {
            (Some(true), Some(false) | None) | (None, Some(false)) => return Some(Role::Initiator),
            (Some(false), Some(true) | None) | (None, Some(true)) => return Some(Role::Responder),
            _ => {}
        }
        let untouched = |side: Role| self.hops.of(side).map(|hops| INITIAL.contains(&hops));
        match (untouched(Role::Initiator), untouched(Role::Responder)) {
            (Some(true), Some(false)) => Some(Role::Initiator),
            (Some(false), Some(true)) => Some(Role::Responder),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(initiator: Option<Sight>, responder: Option<Sight>) -> Option<Role> {
        let mut sights = Sights::default();
        for (side, sight) in [(Role::Initiator, initiator), (Role::Responder, responder)] {
            if let Some(sight) = sight {
                sights.see(side, sight);
            }
        }
        sights.host()
    }

    #[test]
    fn a_hop_limit_that_nobody_has_lowered_is_that_of_the_host() {
        let hops = |hops| Some(Sight::new(Some(hops), None));
        assert_eq!(host(hops(128), hops(57)), Some(Role::Initiator));
        assert_eq!(host(hops(119), hops(64)), Some(Role::Responder));
        // Both untouched, or both touched: between two neighbours, or on the way.
        assert_eq!((host(hops(64), hops(64)), host(hops(60), hops(57)), host(hops(64), None)), (None, None, None));
    }

    #[test]
    fn the_link_layer_may_say_who_sent_a_packet() {
        let outgoing = |outgoing| Some(Sight::new(Some(64), Some(outgoing)));
        assert_eq!(host(outgoing(true), outgoing(false)), Some(Role::Initiator));
        assert_eq!((host(outgoing(false), None), host(outgoing(true), outgoing(true))), (Some(Role::Responder), None));
    }
}
