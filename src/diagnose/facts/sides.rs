//! The same of both sides.

use crate::role::Role;

/// One of the initiator and one of the responder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::diagnose) struct Sides<T> {
    pub(in crate::diagnose) initiator: T,
    pub(in crate::diagnose) responder: T,
}

impl<T> Sides<T> {
    pub(in crate::diagnose) const fn of(&self, side: Role) -> &T {
        match side {
            Role::Initiator => &self.initiator,
            Role::Responder => &self.responder,
        }
    }

    pub(in crate::diagnose) const fn of_mut(&mut self, side: Role) -> &mut T {
        match side {
            Role::Initiator => &mut self.initiator,
            Role::Responder => &mut self.responder,
        }
    }
}
