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
use core::net::IpAddr;

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

    /// Moves the IKE SA to another path: this host has another address, or goes by another interface or to another address of the peer (MOBIKE, RFC
    /// 4555 section 3.5). For the initiator of the IKE SA.
    ///
    /// Messages go along `path` at once. A request that waits for its response goes out again by the same octets, or, where the path takes IP packets of
    /// no more than `mtu` octets (256 at least) and it does not fit, in more fragments than before (RFC 7383 section 2.6); `None` leaves the size as it
    /// is. The responder is told next, before anything else that waits; [`Event::PathChanged`](super::Event::PathChanged) says that it has agreed, and
    /// Child SAs are moved then. If the path changes again meanwhile, it is told again. The same path again asks the responder how it sees us.
    ///
    /// The ports are to be those of [`PeerConfig::with_nat_path`](super::PeerConfig::with_nat_path). A responder that refuses is
    /// [`Event::Refused`](super::Event::Refused): the IKE SA stays on the new path, its Child SAs on the old one, until this is called again.
    ///
    /// # Errors
    /// [`CommandError::NoMobike`] and [`CommandError::NotInitiator`]: nothing is done.
    pub fn update_path(&mut self, now: Instant, path: NetworkPath, mtu: Option<u16>) -> Result<(), CommandError> {
        self.endpoint.update_path(now, self.id, (path, mtu))
    }

    /// Tells the peer the addresses at which we can be reached beside the one of the path, in the place of those that it was told before (MOBIKE,
    /// RFC 4555 section 3.6): the first sixteen, or that there is none.
    ///
    /// # Errors
    /// [`CommandError::NoMobike`]: nothing is done.
    pub fn announce_addresses(&mut self, now: Instant, addresses: &[IpAddr]) -> Result<(), CommandError> {
        self.endpoint.announce_addresses(now, self.id, addresses)
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
