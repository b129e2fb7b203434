//! The responder asks for another group again and again, or for one that was not offered.

use super::contract::{Contract, Detect, Headline};
use super::detail::{DetailValue, Details, number, text};
use super::found::Found;
use super::seen::Seen;
use super::words::Times;
use crate::diagnose::facts::{InvalidKe, Packets};
use crate::diagnose::settings::{SettingList, proposal};
use crate::diagnose::severity::Confidence;
use crate::registry::KeMethod;
use crate::transform::Transform;
use alloc::vec::Vec;
use core::fmt;

/// The responder asks for another group again and again, or for one that was not offered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidKeLoop {
    /// The group wanted last.
    pub wanted: KeMethod,
    /// How often.
    pub rounds: u32,
    /// Whether the initiator offers that group at all.
    pub offered: bool,
}

impl Contract for InvalidKeLoop {
    const CODE: &'static str = "InvalidKeLoop";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    fn headline(&self) -> Option<Headline> {
        Some("The two sides cannot agree on a key exchange group: allow a common one on both.".into())
    }

    fn who(&self) -> Option<&'static str> {
        Some("the client or the server, whichever is the weaker")
    }

    fn remedy(&self) -> SettingList {
        proposal(&[])
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        None
    }

    fn details(&self) -> Details {
        alloc::vec![
            ("wanted", text(Transform::ke(self.wanted))),
            ("group", number(self.wanted.0)),
            ("rounds", number(self.rounds)),
            ("offered", DetailValue::Bool(self.offered)),
        ]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        [true, false].map(|offered| Self { wanted: KeMethod::CURVE25519, rounds: 2, offered }).into()
    }
}

/// What became of INVALID_KE_PAYLOAD.
pub(super) enum Demand {
    /// The initiator tried again, in this IKE SA or in another one; the packets that show it.
    Met(KeMethod, Packets),
    /// It leads nowhere.
    Unmet(InvalidKeLoop, Packets),
}

/// The demand for another group, if there was one.
pub(super) fn demand(seen: &Seen<'_>) -> Option<Demand> {
    let (sa, init) = (seen.sa, &seen.sa.init);
    let InvalidKe { rounds: rounds @ 1.., packets, wanted: Some(wanted) } = &init.invalid_ke else { return None };
    let (wanted, rounds, offered) = (*wanted, *rounds, init.offers(*wanted));
    // Nothing is tried again where a retry would have come by now.
    let given_up = seen.visible.gives_up();
    if sa.goes_on() || !(rounds >= 2 && init.loops || rounds >= 3 || !offered || given_up) {
        return Some(Demand::Met(wanted, packets.clone()));
    }
    let packets = init.packets.join(packets);
    // OpenIKED obeys INVALID_KE_PAYLOAD with an IKE SA of its own.
    if (seen.tries_again() || seen.saw_ike_auth()) && rounds == 1 && offered {
        return Some(Demand::Met(wanted, packets));
    }
    Some(Demand::Unmet(InvalidKeLoop { wanted, rounds, offered }, packets))
}

fn detect(seen: &Seen<'_>) -> Vec<Found<InvalidKeLoop>> {
    let Some(Demand::Unmet(cause, packets)) = demand(seen) else { return Vec::new() };
    alloc::vec![Found::error(cause, Confidence::High, packets, seen.sa.first)]
}

impl fmt::Display for InvalidKeLoop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wanted = Transform::ke(self.wanted);
        if !self.offered {
            return write!(f, "the responder insists on {wanted} for the key exchange, which the initiator does not offer");
        }
        let times = Times(self.rounds);
        write!(f, "the responder answered INVALID_KE_PAYLOAD {times} (last it wanted {wanted}), and the two do not get any further")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::invalid_ke_retry::InvalidKeRetry;
    use crate::diagnose::cause::kit::{Case, packets};

    #[test]
    fn a_demand_is_met_or_leads_nowhere() {
        let mut case = Case::new();
        let wanted = KeMethod::CURVE25519;
        let evidence = |case: &Case| {
            let unmet = case.find::<InvalidKeLoop>().into_iter().map(|(.., packets)| packets).collect::<Vec<_>>();
            (unmet, case.find::<InvalidKeRetry>().into_iter().map(|(.., packets)| packets).collect::<Vec<_>>())
        };
        case.sa.init.invalid_ke = InvalidKe { rounds: 1, packets: packets(&[3]), wanted: Some(wanted) };
        assert_eq!(evidence(&case), (alloc::vec![], alloc::vec![alloc::vec![3]]));
        // Nothing follows the demand.
        case.sa.init.answered = None;
        assert_eq!(evidence(&case), (alloc::vec![alloc::vec![1, 2, 3]], alloc::vec![]));
        // But it does in another IKE SA.
        case.surroundings.note_ike_auth(case.sa.initiator, case.sa.responder);
        assert_eq!(evidence(&case), (alloc::vec![], alloc::vec![alloc::vec![1, 2, 3]]));
        case.sa.init.invalid_ke.rounds = 3;
        assert_eq!(case.find::<InvalidKeLoop>()[0].0, InvalidKeLoop { wanted, rounds: 3, offered: true });
    }
}
