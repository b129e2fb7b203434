//! What the messages of IKE_AUTH, each read for itself, mean together: as far as more than one cause asks.

use super::seen::Seen;
use crate::diagnose::facts::{Auth, ChildRefused, FinalNotify};
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

/// The lone notify of an initiator that does not like the end of IKE_AUTH, unless something that could be read explains it.
pub(super) fn initiator_refusal<'a>(seen: &Seen<'a>) -> Option<&'a FinalNotify> {
    let auth = &seen.sa.auth;
    let explained = auth.refused.as_ref().is_some_and(|refused| refused.sure) || child_refusal(seen).is_some_and(|child| child.sure);
    auth.final_notify.as_ref().filter(|_| !explained && !is_in_eap(auth))
}
