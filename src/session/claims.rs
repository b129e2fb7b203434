//! The SPIs that belong to what was begun and is not finished.

use super::ike_sa::IkeSa;
use super::names::Names;
use super::serving::{Serving, Stage};
use super::task::{Asking, Target, Task};

/// Gives back the SPIs that the unfinished exchanges of a generation hold, and forgets the exchanges.
pub(super) fn release(names: &mut Names, ike: &mut IkeSa) {
    if let Some(task) = ike.task.take() {
        release_task(names, &task);
    }
    if let Some(pending) = ike.pending.take() {
        release_target(names, &pending.target);
    }
}

pub(super) fn release_task(names: &mut Names, task: &Task) {
    match task {
        Task::Auth(Some(spi)) => names.release_child(*spi),
        Task::CreateChild(task) => names.release_child(task.spi_in),
        Task::Rekey(task) => names.release_ike(task.spi),
        Task::Followup(task) => release_target(names, &task.begun.target),
        Task::Intermediate(_) | Task::Auth(None) | Task::DeleteChild(_) | Task::Delete | Task::Ping | Task::Farewell(_) => {}
    }
}

pub(super) fn release_target(names: &mut Names, target: &Target) {
    match target {
        Target::Ike { own, .. } => names.release_ike(*own),
        Target::Child(draft) => names.release_child(draft.spi_in),
    }
}

/// The SPIs of Child SAs that wait for a decision.
pub(super) fn of_waiting(serving: Option<Serving>, asking: Option<Asking>) -> impl Iterator<Item = [u8; 4]> {
    let serving = serving.and_then(|serving| match serving.stage {
        Stage::Install(install) => Some(install.child.id.0),
        Stage::Peer(_) | Stage::Verify(_) | Stage::Sign(_) | Stage::Narrow { .. } => None,
    });
    let asking = asking.and_then(|asking| match asking {
        Asking::Install(install) => Some(install.child.id.0),
        Asking::Verify { spi_in, .. } => spi_in,
        Asking::Sign => None,
    });
    serving.into_iter().chain(asking)
}
