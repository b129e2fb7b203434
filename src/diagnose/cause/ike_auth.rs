//! What the messages of IKE_AUTH, each read for itself, mean together: as far as more than one cause asks.

use super::epdg;
use super::seen::Seen;
use crate::diagnose::facts::{Asked, Auth, ChildRefused, FinalNotify, Refused, room};
use crate::registry::{NotifyType, PayloadType};
use crate::role::Role;

/// Whether an EAP dialogue has begun and did not come to a good end: who is refused then is the user.
pub(super) const fn is_in_eap(auth: &Auth) -> bool {
    auth.eap && !auth.eap_done
}

/// The answer that refuses a child SA. What is only guessed would be taken back by the initiator's next request: it does not count where
/// nothing of the initiator is in the capture.
pub(super) fn child_refusal<'a>(seen: &Seen<'a>) -> Option<&'a ChildRefused> {
    seen.sa.auth.child_refused.as_ref().filter(|child| child.sure || seen.visible.has(Role::Initiator))
}

/// What a refusal of IKE_AUTH is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A payload that is marked critical and not known.
    Critical(PayloadType),
    /// The request carries no proof: it asks for EAP.
    EapWanted,
    /// The proof.
    Proof,
    /// Something else, which the error names.
    Other,
    /// It cannot be told: the request, or the suite by which sizes are measured, was not seen.
    Unclear,
}

/// The refusal that a message reads as, and what it is about; of EAP once that has begun, the user's failure is told by another cause.
pub(super) fn refusal_kind<'a>(seen: &Seen<'a>) -> Option<(Kind, &'a Refused)> {
    let auth = &seen.sa.auth;
    let refused = auth.refused.as_ref().filter(|_| !is_in_eap(auth))?;
    // Whether the request carries a proof is known by its content, or by its size under a suite that is known.
    let asked = auth.asked.as_ref();
    let measured = seen.sa.init.is_whole() && asked.is_some_and(|asked| asked.room.is_some_and(|room| room.exact));
    let known = measured || asked.is_some_and(|asked| asked.proof.is_some()) || refused.by == Role::Initiator;
    // A log that names the error rarely names what the request held; where it tells of EAP, that is known.
    let named = refused.sure && seen.surroundings().is_some_and(|surroundings| surroundings.scope.log);
    let kind = match refused.notify {
        Some(NotifyType::UNSUPPORTED_CRITICAL_PAYLOAD) => refused.critical.map_or(Kind::Other, Kind::Critical),
        Some(notify) if epdg::name(notify).is_some() => Kind::Other,
        _ if refused.named => Kind::Other,
        _ if !known && !named => Kind::Unclear,
        _ if refused.by == Role::Responder && asks_for_eap(seen) => Kind::EapWanted,
        None | Some(NotifyType::AUTHENTICATION_FAILED) => Kind::Proof,
        Some(_) => Kind::Other,
    };
    Some((kind, refused))
}

/// Whether the first IKE_AUTH request carries no proof for certain: it was read, or has no room for one beside what must stand with it.
fn asks_for_eap(seen: &Seen<'_>) -> bool {
    let (auth, init) = (&seen.sa.auth, &seen.sa.init);
    let least = room::with_child(init.prf);
    let small = |asked: &Asked| !init.may_be_childless() && asked.room.is_some_and(|room| !room.holds(least));
    !auth.eap_done && auth.asked.as_ref().is_some_and(|asked| asked.proof.map_or_else(|| small(asked), |proof| !proof))
}

/// The lone notify of an initiator that does not like the end of IKE_AUTH, unless something that could be read explains it.
pub(super) fn initiator_refusal<'a>(seen: &Seen<'a>) -> Option<&'a FinalNotify> {
    let auth = &seen.sa.auth;
    let explained = auth.refused.as_ref().is_some_and(|refused| refused.sure) || child_refusal(seen).is_some_and(|child| child.sure);
    auth.final_notify.as_ref().filter(|_| !explained && !is_in_eap(auth))
}
