//! One IKE SA of an endpoint, to have it do something.

use super::command::Command;
use super::endpoint::{CommandError, Endpoint};
use super::id::{ChildId, SaId};
use super::path::NetworkPath;
use super::peer::ChildConfig;
use super::watch::Watch;
use crate::instant::Instant;
use alloc::boxed::Box;
use core::fmt;

/// One IKE SA, to have it do something. What is asked for is done in turn, as the window of an IKE SA has room for one request; what comes
/// of it are events. Before the IKE SA is up, it waits.
pub struct SaHandle<'e, W: Watch> {
    endpoint: &'e mut Endpoint<W>,
    id: SaId,
}

impl<W: Watch> Endpoint<W> {
    /// An IKE SA, to have it do something.
    pub fn sa(&mut self, id: SaId) -> Option<SaHandle<'_, W>> {
        self.view(id)?;
        Some(SaHandle { endpoint: self, id })
    }
}

impl<W: Watch> SaHandle<'_, W> {
    /// Asks whether the peer is there (RFC 7296 section 1.4).
    ///
    /// # Errors
    /// [`CommandError`]: nothing is done.
    pub fn ping(&mut self, now: Instant) -> Result<(), CommandError> {
        self.endpoint.command(now, self.id, Command::Ping)
    }

    /// Asks for another Child SA (RFC 7296 section 1.3.1).
    ///
    /// # Errors
    /// [`CommandError`]: nothing is done.
    pub fn create_child(&mut self, now: Instant, child: ChildConfig) -> Result<(), CommandError> {
        self.endpoint.command(now, self.id, Command::CreateChild(Box::new(child)))
    }

    /// Replaces the keys of a Child SA (RFC 7296 section 1.3.3).
    ///
    /// # Errors
    /// [`CommandError`]: nothing is done.
    pub fn rekey_child(&mut self, now: Instant, child: ChildId) -> Result<(), CommandError> {
        self.endpoint.command(now, self.id, Command::RekeyChild(child))
    }

    /// Ends a Child SA (RFC 7296 section 1.4.1).
    ///
    /// # Errors
    /// [`CommandError`]: nothing is done.
    pub fn delete_child(&mut self, now: Instant, child: ChildId) -> Result<(), CommandError> {
        self.endpoint.command(now, self.id, Command::DeleteChild(child))
    }

    /// Replaces the keys of the IKE SA (RFC 7296 section 1.3.2).
    ///
    /// # Errors
    /// [`CommandError`]: nothing is done.
    pub fn rekey(&mut self, now: Instant) -> Result<(), CommandError> {
        self.endpoint.command(now, self.id, Command::Rekey)
    }

    /// A TCP connection that the program has opened takes the place of the one that carried the IKE SA, of which we are the initiator (RFC 9329
    /// section 6.1). [`STREAM_PREFIX`](crate::wire::transport::STREAM_PREFIX) is the first thing written to it. Requests that wait for their
    /// response go out there once more; a liveness check follows, by which the responder learns of it.
    ///
    /// # Errors
    /// [`CommandError::NoConnection`]: nothing is done. The way from UDP to TCP and back is another IKE SA, or MOBIKE (RFC 9329 section 7.1).
    pub fn reconnect(&mut self, now: Instant, path: NetworkPath) -> Result<(), CommandError> {
        self.endpoint.reconnect(now, self.id, path)
    }

    /// Ends the IKE SA with its Child SAs; one that is not up is over at once.
    pub fn delete(&mut self, now: Instant) {
        self.endpoint.delete(now, self.id);
    }
}

impl<W: Watch> fmt::Debug for SaHandle<'_, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SaHandle").field("id", &self.id).finish_non_exhaustive()
    }
}
