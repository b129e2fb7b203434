//! The causes that events of Windows mean for certain: an error number with one meaning is that cause, and not only a number.

use super::cause::windows_error_told as event;
use super::cause::{
    AddressPoolEmpty, AddressRequired, AuthenticationFailed, Cause, EapFailed, Found, NoProposalChosen, Place, Says, StoppedAfterInit,
    Whole,
};
use super::observation::WindowsEvent;
use super::severity::Confidence;
use crate::registry::ExchangeType;
use crate::role::Role;
use alloc::vec::Vec;

/// What the events of a log mean, and to whom each belongs.
pub(super) fn meant_by_events(whole: &Whole<'_>) -> Vec<(Place, Found<Cause>)> {
    let mut all = Vec::new();
    for seen in whole.surroundings.windows.all().filter(|seen| event::is_failure(seen.event)) {
        if let Some(cause) = event::says(seen.event).and_then(|says| meant(says, seen.event)) {
            let found = Found::error(cause, Confidence::Medium, seen.lines.clone(), seen.first);
            all.push((event::place(seen), found.unless(event::is_taken_back(whole, seen))));
        }
    }
    all
}

fn meant(says: Says, told: WindowsEvent) -> Option<Cause> {
    Some(match says {
        Says::Proof => {
            let (by, notify, certificates) = (Role::Initiator, None, None);
            Cause::AuthenticationFailed(AuthenticationFailed { by, notify, certificates, status: told.error, ppk: false })
        }
        Says::NoCertificate => Cause::StoppedAfterInit(StoppedAfterInit),
        Says::Proposals => {
            // The number is the same for the IKE SA and for the child SA.
            let (exchange, offer, allowed) = (ExchangeType(0), Vec::new(), Vec::new());
            let (profile, needs_intermediate, difference, change) = (None, false, None, None);
            Cause::NoProposalChosen(NoProposalChosen { exchange, offer, profile, needs_intermediate, allowed, difference, change })
        }
        Says::User => Cause::EapFailed(EapFailed { largest: 0, methods: None }),
        Says::NoAddress => Cause::AddressPoolEmpty(AddressPoolEmpty),
        Says::AddressRequired => Cause::AddressRequired(AddressRequired),
        Says::Itself | Says::OneOf(_) => return None,
    })
}
