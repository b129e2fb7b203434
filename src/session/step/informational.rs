//! INFORMATIONAL: liveness checks, deletes and errors, RFC 7296 sections 1.4 and 2.21, from both sides.

use super::{mobike, redirect};
use crate::error::BuildError;
use crate::exchange::MessageContent;
use crate::fragment::Reassembled;
use crate::registry::{ExchangeType, NotifyType, SecurityProtocol};
use crate::role::Role;
use crate::session::child::ChildState;
use crate::session::close::{CloseReason, Violation};
use crate::session::collision::Crossed;
use crate::session::context::Context;
use crate::session::id::ChildId;
use crate::session::ike_sa::IkeSa;
use crate::session::path::NetworkPath;
use crate::session::reply::{After, Refused, Reply};
use crate::session::sa::Sa;
use crate::session::task::{Asking, ChildRekey, Task};
use crate::wire::{Delete, Parts, Payload};
use alloc::vec::Vec;

/// Deletes that are kept of Child SAs whose response may still come: with a window of one, the peer has made one of them.
const MOST_UNBORN: usize = 4;

/// The request that deletes the IKE SA on which it is sent.
pub(in crate::session) fn delete_ike() -> Result<MessageContent, BuildError> {
    MessageContent::build(|chain| {
        chain.push(Payload::Delete(Delete::IKE_SA));
    })
}

/// The request that deletes a Child SA: it names our inbound SPI.
pub(in crate::session) fn delete_child(child: ChildId, protocol: SecurityProtocol) -> Result<MessageContent, BuildError> {
    MessageContent::build(|chain| {
        chain.delete(protocol, [&child.0]);
    })
}

/// As responder, while EAP is under way: the initiator does not accept our proof, or has changed its mind (RFC 7296 section 2.21.2).
pub(in crate::session) fn given_up(message: &Reassembled) -> Result<Reply, Refused> {
    let parts = message.parts()?;
    let is_deleted = parts.deletes().any(|delete| delete.protocol() == SecurityProtocol::IKE);
    let reason = match parts.notify(NotifyType::AUTHENTICATION_FAILED) {
        Some(_) => CloseReason::NotAuthenticated,
        None if is_deleted => CloseReason::Deleted,
        None => return Err(Violation::Exchange(ExchangeType::INFORMATIONAL).into()),
    };
    Ok(Reply::Answer(MessageContent::empty(), After::Close(reason)))
}

/// As responder.
pub(in crate::session) fn respond(
    sa: &mut Sa,
    cx: &mut Context<'_>,
    (spi, path): (u64, NetworkPath),
    message: &Reassembled,
) -> Result<Reply, Refused> {
    let parts = message.parts()?;
    let closing = || MessageContent::build(|chain| mobike::push_cookie(chain, &parts));
    if parts.notify(NotifyType::AUTHENTICATION_FAILED).is_some() {
        // RFC 7296 section 2.21.2: an initiator that cannot verify the responder says so here.
        return Ok(Reply::Answer(closing()?, After::Close(CloseReason::NotAuthenticated)));
    }
    if parts.notify(NotifyType::INVALID_SYNTAX).is_some() {
        return Ok(Reply::Answer(closing()?, After::Close(CloseReason::Deleted)));
    }
    if parts.deletes().any(|delete| delete.protocol() == SecurityProtocol::IKE) {
        return Ok(Reply::Answer(closing()?, After::Gone(CloseReason::Deleted)));
    }
    if sa.role == Role::Initiator {
        redirect::tell(sa, &parts);
    }
    let mut answered: Vec<(SecurityProtocol, [u8; 4])> = Vec::new();
    for (protocol, spi) in deleted(&parts) {
        let Some(child) = sa.child_by_peer(&spi).and_then(|id| sa.child(id)).filter(|child| child.protocol == protocol) else {
            answered.extend(forget_unborn(sa, cx, spi).map(|id| (protocol, id.0)));
            continue;
        };
        let (id, state) = (child.id, child.state);
        // RFC 7296 section 1.4.1: of two deletes that cross, neither response names the Child SA.
        if state != ChildState::Deleting {
            answered.push((protocol, id.0));
        }
        forget(sa, cx, id);
    }
    let said = mobike::respond(sa, cx, (spi, path), &parts);
    let content = MessageContent::build(|chain| {
        mobike::push_cookie(chain, &parts);
        said.push(chain);
        for protocol in [SecurityProtocol::ESP, SecurityProtocol::AH] {
            let spis: Vec<_> = answered.iter().filter(|(of, _)| *of == protocol).map(|(_, spi)| spi).collect();
            if !spis.is_empty() {
                chain.delete(protocol, spis);
            }
        }
    })?;
    Ok(content.into())
}

/// The Child SAs that the peer deletes, by its own SPIs.
fn deleted<'a>(parts: &Parts<'a>) -> impl Iterator<Item = (SecurityProtocol, [u8; 4])> + use<'a> {
    let spis = |delete: Delete<'a>| delete.spis().filter_map(move |spi| Some((delete.protocol(), spi.try_into().ok()?)));
    parts.deletes().flat_map(spis)
}

/// A Child SA that we asked for and do not have yet: the application installs it, and is told that it is not wanted when it has; or the
/// response has not come.
fn forget_unborn(sa: &mut Sa, cx: &mut Context<'_>, spi: [u8; 4]) -> Option<ChildId> {
    let is_it = |asking: &Asking| matches!(asking, Asking::Install(install) if install.child.spi_out == spi);
    if let Some(Asking::Install(install)) = sa.asking.take_if(|waiting| is_it(&waiting.job)).map(|waiting| waiting.job) {
        let id = install.child.id;
        cx.names.release_child(id.0);
        return Some(id);
    }
    if sa.ikes.iter().any(IkeSa::changes_children) && sa.deleted_unborn.len() < MOST_UNBORN {
        sa.deleted_unborn.push(spi);
    }
    None
}

/// Removes a Child SA that the peer has deleted. If we are rekeying it, what we know of the peer's own rekey stays with ours.
fn forget(sa: &mut Sa, cx: &mut Context<'_>, id: ChildId) {
    // Where it was to take the place of another, that one goes on.
    sa.uncross(cx, id);
    let crossed: Option<Crossed<ChildId>> = sa.drop_child(cx, id).and_then(|child| child.crossed);
    let asking = sa.asking.iter_mut().filter_map(|waiting| match &mut waiting.job {
        Asking::Install(install) => install.rekey.as_mut(),
        _ => None,
    });
    let tasks = sa.ikes.iter_mut().filter_map(|ike| match &mut ike.task {
        Some(Task::CreateChild(task)) => task.rekey.as_mut(),
        Some(Task::Followup(task)) => task.begun.rekey.as_mut(),
        _ => None,
    });
    let ours: Option<&mut ChildRekey> = asking.chain(tasks).find(|rekey| rekey.old == id);
    if let Some(rekey) = ours {
        rekey.crossed = crossed;
    }
}
