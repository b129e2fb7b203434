//! The SPIs that belong to what was begun and is not finished.

use super::command::Command;
use super::ike_sa::IkeSa;
use super::names::Names;
use super::serving::{Serving, Stage};
use super::task::{Asking, Target, Task};
use alloc::collections::VecDeque;

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
        // One that we do not take is none of the children, and has its SPI until the peer has deleted it.
        Task::DeleteChild(id, _) => names.release_child(id.0),
        Task::Intermediate(_) | Task::Auth(None) | Task::Delete | Task::Ping | Task::Addresses(_) | Task::Farewell(_) => {}
    }
}

pub(super) fn release_target(names: &mut Names, target: &Target) {
    match target {
        Target::Ike { own, .. } => names.release_ike(*own),
        Target::Child(draft) => names.release_child(draft.spi_in),
    }
}

/// Forgets the commands, and gives back the SPIs of Child SAs that we do not take.
pub(super) fn forget_commands(names: &mut Names, commands: &mut VecDeque<Command>) {
    for command in commands.drain(..) {
        if let Command::Disown(id, _) = command {
            names.release_child(id.0);
        }
    }
}

/// The SPIs of Child SAs that wait for a decision.
pub(super) fn of_waiting(serving: Option<Serving>, asking: Option<Asking>) -> impl Iterator<Item = [u8; 4]> {
    let serving = serving.and_then(|serving| match serving.stage {
        Stage::Install(install) => Some(install.child.id.0),
        Stage::Peer(_)
        | Stage::Verify(_)
        | Stage::Sign(_)
        | Stage::EapBegin { .. }
        | Stage::Eap
        | Stage::Address { .. }
        | Stage::Narrow { .. } => None,
    });
    let asking = asking.and_then(|asking| match asking {
        Asking::Install(install) => Some(install.child.id.0),
        Asking::Verify { spi_in, .. } | Asking::Eap { spi_in } => spi_in,
        Asking::Sign { .. } => None,
    });
    serving.into_iter().chain(asking)
}
