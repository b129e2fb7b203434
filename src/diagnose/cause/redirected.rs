//! The gateway sends the client to another one (RFC 5685).

use super::contract::{Contract, Detect, never_to_blame};
use super::detail::{Details, maybe, text};
use super::found::Found;
use super::seen::Seen;
use crate::diagnose::facts::{Packets, Sa};
use crate::diagnose::severity::{Confidence, Severity};
use crate::instant::Instant;
use crate::registry::NotifyType;
use crate::wire::{Gateway, Notify, NotifyData};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::net::IpAddr;

/// The gateway sends the client to another one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Redirected {
    /// To which: an address, or a name.
    pub to: String,
    /// From which the client comes, where this is the IKE SA with the new one.
    pub from: Option<String>,
}

impl Contract for Redirected {
    const CODE: &'static str = "Redirected";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    never_to_blame!();

    fn details(&self) -> Details {
        alloc::vec![("to", text(&self.to)), ("from", maybe(self.from.as_ref(), text))]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let sent = Self { to: "gw2.example.org".into(), from: None };
        alloc::vec![Self { from: Some("192.0.2.1".into()), ..sent.clone() }, sent]
    }
}

fn detect(seen: &Seen<'_>) -> Vec<Found<Redirected>> {
    let init = &seen.sa.init;
    let comes = init.redirected_from.as_deref().map(|data| {
        let cause = Redirected { to: seen.sa.responder.to_string(), from: Some(name(NotifyType::REDIRECTED_FROM, data)) };
        Found::info(cause, Confidence::High, init.packets.clone(), seen.sa.first)
    });
    let goes = away(seen).map(|away| {
        let severity = if followed(seen, &away) { Severity::Info } else { Severity::Warning };
        Found {
            cause: Redirected { to: away.to, from: None },
            severity,
            confidence: away.confidence,
            packets: away.packets,
            time: away.time,
        }
    });
    comes.into_iter().chain(goes).collect()
}

/// Where the client was sent from here.
pub(super) struct Away {
    /// The gateway says so, and not only who comes to another one.
    pub(super) is_told: bool,
    to: String,
    address: Option<IpAddr>,
    packets: Packets,
    confidence: Confidence,
    time: Instant,
}

/// Where the client was sent from here, as it stands in the notify, or as the client tells it in the new IKE_SA_INIT.
pub(super) fn away(seen: &Seen<'_>) -> Option<Away> {
    let (sa, surroundings) = (seen.sa, seen.surroundings()?);
    let in_clear = sa.init.redirect.as_ref().filter(|_| !sa.goes_on());
    let moved = surroundings.moved_from(sa.number, sa.initiator, sa.responder, sa.first);
    if let Some((data, packets)) = in_clear.or(sa.auth.redirect.as_ref()) {
        let address = address(NotifyType::REDIRECT, data).or(moved.map(|moved| moved.to));
        let to = name(NotifyType::REDIRECT, data);
        return Some(Away { to, is_told: true, address, packets: packets.clone(), confidence: Confidence::High, time: sa.last });
    }
    let moved = moved?;
    let (to, address) = (moved.to.to_string(), Some(moved.to));
    Some(Away { to, is_told: false, address, packets: moved.packets.clone(), confidence: Confidence::Medium, time: moved.time })
}

/// Whether the client came up where it was sent.
pub(super) fn followed(seen: &Seen<'_>, away: &Away) -> bool {
    away.address.is_some_and(|to| seen.came_up_at(to, seen.sa.first))
}

/// From which gateway the client of an IKE SA was sent, if it says so; its address, unless it is told by name.
pub(in crate::diagnose) fn redirected_from(sa: &Sa) -> Option<Option<IpAddr>> {
    sa.init.redirected_from.as_deref().map(|data| address(NotifyType::REDIRECTED_FROM, data))
}

/// The address in the notify, if one stands there.
fn address(ty: NotifyType, data: &[u8]) -> Option<IpAddr> {
    match gateway(ty, data)? {
        Gateway::Address(address) => Some(address),
        Gateway::Fqdn(_) | Gateway::Unknown(..) => None,
    }
}

/// The gateway in words, escaped.
fn name(ty: NotifyType, data: &[u8]) -> String {
    match gateway(ty, data) {
        Some(Gateway::Address(address)) => address.to_string(),
        Some(Gateway::Fqdn(name)) => name.escape_ascii().to_string(),
        Some(Gateway::Unknown(ty, identity)) => alloc::format!("{} (identity of type {})", identity.escape_ascii(), ty.0),
        None => "a gateway whose name cannot be read".into(),
    }
}

fn gateway(ty: NotifyType, data: &[u8]) -> Option<Gateway<'_>> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the data of another notify names no gateway")]
    match Notify::new(ty, data).typed_data().ok()? {
        NotifyData::Redirect(gateway, _) | NotifyData::RedirectedFrom(gateway, _) => Some(gateway),
        _ => None,
    }
}

impl fmt::Display for Redirected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.from {
            Some(from) => write!(f, "the client comes to {}, to which the gateway {from} has sent it (REDIRECTED_FROM, RFC 5685)", self.to),
            None => write!(
                f,
                "the gateway takes no IKE SA here and sends the client to {} (REDIRECT, RFC 5685): how it goes on is to be seen in the traffic \
                 with that gateway",
                self.to
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, at, done, packets};
    use crate::diagnose::cause::outcome::{Outcome, outcome};
    use crate::diagnose::facts::{Moved, Success};
    use core::net::SocketAddr;

    const THERE: [u8; 6] = [1, 4, 203, 0, 113, 78];

    fn refused() -> Case {
        let mut case = Case::new();
        case.sa.init.answered = None;
        case.sa.init.redirect = Some((THERE.to_vec(), packets(&[2])));
        case
    }

    fn outcome_of(case: &Case) -> Outcome {
        outcome(&Seen::whole(&case.sa, at(60), &case.surroundings, None, Vec::new()))
    }

    fn come_up(case: &mut Case, responder: [u8; 4]) {
        let initiator = SocketAddr::new(case.sa.initiator, 500);
        case.surroundings.note_success(Success {
            number: 2,
            initiator,
            own_address: true,
            responder: responder.into(),
            began: at(1),
            time: at(2),
        });
    }

    #[test]
    fn it_is_taken_back_where_the_client_comes_up_there() {
        let mut case = refused();
        let found = case.find::<Redirected>();
        assert_eq!((&*found[0].0.to, found[0].1, &*found[0].3), ("203.0.113.78", Severity::Warning, &[2][..]));
        assert_eq!(outcome_of(&case), Outcome::Undetermined);
        come_up(&mut case, [203, 0, 113, 9]);
        assert_eq!(outcome_of(&case), Outcome::Undetermined, "another gateway");
        come_up(&mut case, [203, 0, 113, 78]);
        assert_eq!((case.find::<Redirected>()[0].1, outcome_of(&case)), (Severity::Info, Outcome::TakenBack));
    }

    #[test]
    fn a_name_is_followed_by_what_the_client_tells() {
        let mut case = refused();
        case.sa.init.redirect = Some((b"\x03\x0fgw2.example.org".to_vec(), packets(&[2])));
        come_up(&mut case, [203, 0, 113, 78]);
        assert_eq!((&*case.find::<Redirected>()[0].0.to, outcome_of(&case)), ("gw2.example.org", Outcome::Undetermined));
        let (client, from) = (case.sa.initiator, Some(case.sa.responder));
        let moved = Moved { number: 2, client, from, to: THERE_ADDRESS, time: at(1), packets: packets(&[5]) };
        case.surroundings.note_moved(moved);
        assert_eq!(outcome_of(&case), Outcome::TakenBack);
    }

    const THERE_ADDRESS: IpAddr = IpAddr::V4(core::net::Ipv4Addr::new(203, 0, 113, 78));

    #[test]
    fn inside_ike_auth_it_is_no_success() {
        let mut case = Case::new();
        case.sa.auth.done = done(1, true);
        assert_eq!(outcome_of(&case), Outcome::Up);
        case.sa.auth.redirect = Some((THERE.to_vec(), packets(&[4])));
        assert_eq!(outcome_of(&case), Outcome::Undetermined);
        case.sa.auth.stands = Some(at(3));
        assert_eq!(outcome_of(&case), Outcome::Up, "it stood before");
    }

    #[test]
    fn the_new_ike_sa_tells_from_where() {
        let mut case = Case::new();
        case.sa.init.redirected_from = Some([1, 4, 192, 0, 2, 9].to_vec());
        let found = case.find::<Redirected>();
        assert_eq!((found[0].0.from.as_deref(), found[0].1), (Some("192.0.2.9"), Severity::Info));
    }
}
