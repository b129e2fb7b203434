//! Two ends speak IKEv1 with each other and no IKEv2.

use super::contract::{Contract, Detect, never_to_blame};
use super::detail::{DetailValue, Details, text};
use super::found::Found;
use super::whole::{Place, Whole};
use crate::diagnose::facts::Ikev1Exchange;
use crate::diagnose::severity::{Confidence, Severity};
use alloc::vec::Vec;
use core::fmt;
use core::net::IpAddr;

/// Pairs of ends that are told of.
const PAIRS: usize = 64;

/// Two ends speak IKEv1 with each other and no IKEv2.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ikev1Only {
    /// The exchange that was seen first.
    pub exchange: Ikev1Exchange,
    /// Who began it.
    pub initiator: IpAddr,
    /// With whom.
    pub responder: IpAddr,
    /// Whether that one answers.
    pub answered: bool,
    /// Whether Quick Mode was answered: a tunnel is up, as far as can be seen.
    pub up: bool,
}

impl Contract for Ikev1Only {
    const CODE: &'static str = "Ikev1Only";
    const DETECT: Detect<Self> = Detect::Capture(detect);

    never_to_blame!();

    fn details(&self) -> Details {
        alloc::vec![
            ("exchange", text(self.exchange.name())),
            ("initiator", text(self.initiator)),
            ("responder", text(self.responder)),
            ("answered", DetailValue::Bool(self.answered)),
            ("up", DetailValue::Bool(self.up)),
        ]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let [initiator, responder] = [1, 2].map(|n| IpAddr::from([192, 0, 2, n]));
        let silent = Self { exchange: Ikev1Exchange::MainMode, initiator, responder, answered: false, up: false };
        let answered = Self { answered: true, exchange: Ikev1Exchange::AggressiveMode, ..silent.clone() };
        alloc::vec![Self { up: true, exchange: Ikev1Exchange::QuickMode, ..answered.clone() }, answered, silent]
    }
}

fn detect(whole: &Whole<'_>) -> Vec<(Place, Found<Ikev1Only>)> {
    let surroundings = whole.surroundings;
    let alone = surroundings.ikev1.pairs().filter(|pair| !surroundings.spoke_ikev2(pair.initiator.ip(), pair.responder.ip()));
    let found = alone.take(PAIRS).map(|pair| {
        let (initiator, responder) = (pair.initiator.ip(), pair.responder.ip());
        let cause = Ikev1Only { exchange: pair.exchange, initiator, responder, answered: pair.answered, up: pair.is_up() };
        // Beside IKEv2 of others it is a note; alone it is all there is.
        let severity = if whole.ike_sas == 0 { Severity::Warning } else { Severity::Info };
        let found = Found { cause, severity, confidence: Confidence::High, packets: pair.packets.clone(), time: pair.first };
        (Place { spis: pair.cookies, client: pair.initiator }, found)
    });
    found.collect()
}

impl fmt::Display for Ikev1Only {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { exchange, initiator, responder, .. } = self;
        write!(f, "{initiator} speaks IKEv1 ({}) with {responder}, and no IKEv2", exchange.name())?;
        f.write_str(match (self.up, self.answered) {
            (true, _) => "; Quick Mode was answered, so that an IKEv1 tunnel is up as far as can be seen",
            (false, true) => ", and is answered",
            (false, false) => ", and is not answered: a server that takes IKEv2 only may keep silent about IKEv1",
        })?;
        f.write_str(". If IKEv2 is wanted, set the client to it: Windows Set-VpnConnection -TunnelType IKEv2; strongSwan connections.<name>.version = 2; libreswan ikev2=yes")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, ikev1};

    fn severities(case: &Case, ike_sas: u64) -> Vec<(Severity, bool)> {
        let whole = Whole { surroundings: &case.surroundings, ike_sas };
        detect(&whole).into_iter().map(|(_, found)| (found.severity, found.cause.answered)).collect()
    }

    #[test]
    fn it_is_told_of_each_pair_without_ikev2() {
        let mut case = Case::midway();
        assert_eq!(severities(&case, 0), []);
        ikev1(&mut case, 1, false);
        assert_eq!(severities(&case, 0), [(Severity::Warning, false)]);
        ikev1(&mut case, 2, true);
        assert_eq!(severities(&case, 3), [(Severity::Info, true)]);
        case.surroundings.note_ikev2(case.sa.responder, case.sa.initiator);
        assert_eq!(severities(&case, 3), []);
    }
}
