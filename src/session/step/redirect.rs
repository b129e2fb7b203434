//! REDIRECT, RFC 5685, as initiator.

use crate::registry::NotifyType;
use crate::session::event::Event;
use crate::session::redirect::RedirectTarget;
use crate::session::sa::Sa;
use crate::wire::{NotifyData, Parts};

/// What REDIRECT says, and its nonce.
pub(super) fn read<'a>(parts: &Parts<'a>) -> Option<(RedirectTarget, &'a [u8])> {
    match parts.notify(NotifyType::REDIRECT)?.typed_data() {
        Ok(NotifyData::Redirect(gateway, nonce)) => Some((RedirectTarget::of(gateway)?, nonce)),
        _ => None,
    }
}

/// An authentic message of the responder sends us elsewhere.
pub(super) fn tell(sa: &mut Sa, parts: &Parts<'_>) -> bool {
    let Some((to, _)) = read(parts) else { return false };
    sa.tell(Event::Redirected { to, is_authentic: true });
    true
}
