//! One generation of an IKE SA: its keys, its windows, and what is going on in it.

use super::algorithms::Algorithms;
use super::collision::Crossed;
use super::task::{Pending, Task};
use crate::exchange::Protected;
use crate::instant::Instant;
use crate::proposal::Selection;
use crate::role::Role;
use crate::wire::IkeSpis;
use alloc::boxed::Box;
use core::time::Duration;

/// How long a generation that was deleted sends its last response again: the peer's retransmissions of a minute.
pub(super) const LINGER: Duration = Duration::from_secs(60);

/// One generation of an IKE SA. A rekey makes another, which takes its place.
pub(super) struct IkeSa {
    pub(super) protected: Protected,
    pub(super) algorithms: Algorithms,
    /// What was chosen for it.
    pub(super) selection: Box<Selection>,
    /// Our exchange that waits for its response.
    pub(super) task: Option<Task>,
    pub(super) fate: Fate,
    /// The peer's rekey of it, which we answered: our SPI of what came of it.
    pub(super) crossed: Option<Crossed<u64>>,
    /// A CREATE_CHILD_SA exchange of the peer whose additional key exchanges are still to come.
    pub(super) pending: Option<Box<Pending>>,
    /// Its last response may have been lost with a TCP connection: it is to be checked by a request.
    pub(super) is_to_check: bool,
}

/// What becomes of a generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is in use, or will be.
    Live,
    /// Another has taken its place, and it is to be deleted; it is dropped at this time, whoever should have done so.
    Replaced(Instant),
    /// It was deleted: it sends responses again until this time.
    Gone(Instant),
}

impl IkeSa {
    pub(super) const fn new(protected: Protected, algorithms: Algorithms, selection: Box<Selection>) -> Self {
        Self { protected, algorithms, selection, task: None, fate: Fate::Live, crossed: None, pending: None, is_to_check: false }
    }

    pub(super) const fn spis(&self) -> IkeSpis {
        self.protected.spis()
    }

    pub(super) const fn role(&self) -> Role {
        self.protected.setup().role
    }

    /// The SPI that we chose.
    pub(super) const fn spi(&self) -> u64 {
        match self.role() {
            Role::Initiator => self.spis().initiator,
            Role::Responder => self.spis().responder,
        }
    }

    /// Whether a request of ours has to wait.
    pub(super) const fn is_busy(&self) -> bool {
        self.task.is_some()
    }

    /// Whether we are about to create, rekey or delete a Child SA in it.
    pub(super) fn changes_children(&self) -> bool {
        match &self.task {
            Some(Task::CreateChild(_) | Task::DeleteChild(..)) => true,
            Some(Task::Followup(task)) => matches!(task.begun.target, super::task::Target::Child(_)),
            _ => false,
        }
    }

    /// Whether we are about to rekey it.
    pub(super) fn is_rekeying(&self) -> bool {
        match &self.task {
            Some(Task::Rekey(_)) => true,
            Some(Task::Followup(task)) => matches!(task.begun.target, super::task::Target::Ike { .. }),
            _ => false,
        }
    }

    /// Whether we are about to delete it, or it is to go anyway.
    pub(super) const fn is_closing(&self) -> bool {
        !matches!(self.fate, Fate::Live) || matches!(self.task, Some(Task::Delete | Task::Farewell(_)))
    }

    /// Whether it is checked, or is to be, though another one has taken its place.
    pub(super) const fn is_checked(&self) -> bool {
        self.is_to_check || matches!((&self.fate, &self.task), (Fate::Replaced(_), Some(Task::Ping)))
    }

    /// Since when it does nothing but send responses again.
    pub(super) fn gone_since(&self) -> Option<Instant> {
        match self.fate {
            Fate::Gone(until) => Some(until - LINGER),
            Fate::Live | Fate::Replaced(_) => None,
        }
    }

    pub(super) const fn is_gone(&self) -> bool {
        matches!(self.fate, Fate::Gone(_))
    }

    pub(super) fn next_timeout(&self) -> Option<Instant> {
        let fate = match self.fate {
            Fate::Live => None,
            Fate::Replaced(until) => Some(until),
            Fate::Gone(until) => return Some(until),
        };
        let pending = self.pending.as_ref().map(|pending| pending.until);
        [fate, pending, self.protected.next_timeout()].into_iter().flatten().min()
    }
}
