//! A Child SA, as far as IKE has to do with it.

use super::close::{CloseReason, Violation};
use super::collision::Crossed;
use super::event::ChildInstall;
use super::id::ChildId;
use super::peer::{ChildConfig, ChildMode};
use crate::instant::Instant;
use crate::keys::{ChildKeys, KeyLengths};
use crate::proposal::Selection;
use crate::registry::{PayloadType, SecurityProtocol};
use crate::selectors::Selector;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// A Child SA that is up.
#[derive(Debug)]
pub(super) struct Child {
    pub(super) id: ChildId,
    pub(super) spi_out: [u8; 4],
    pub(super) protocol: SecurityProtocol,
    pub(super) config: Box<ChildConfig>,
    pub(super) state: ChildState,
    pub(super) rekey_at: Option<Instant>,
    /// The peer's rekey of it, which we answered.
    pub(super) crossed: Option<Crossed<ChildId>>,
}

/// Where a Child SA is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ChildState {
    Up,
    /// We have asked the peer to delete it.
    Deleting,
    /// Another has taken its place, and the peer is to delete it; we do so ourselves at this time.
    Replaced(Instant),
}

impl Child {
    pub(super) fn next_timeout(&self) -> Option<Instant> {
        match self.state {
            ChildState::Up => self.rekey_at,
            ChildState::Deleting => None,
            ChildState::Replaced(until) => Some(until),
        }
    }
}

/// A Child SA that was agreed on and has no keys yet.
#[derive(Debug)]
pub(super) struct ChildDraft {
    pub(super) spi_in: [u8; 4],
    pub(super) spi_out: [u8; 4],
    pub(super) selection: Selection,
    pub(super) mode: ChildMode,
    pub(super) local: Vec<Selector>,
    pub(super) remote: Vec<Selector>,
    pub(super) replaces: Option<ChildId>,
    /// Whether we began the exchange.
    pub(super) is_initiator: bool,
    pub(super) config: Box<ChildConfig>,
}

impl ChildDraft {
    pub(super) fn lengths(&self) -> Result<KeyLengths, CloseReason> {
        self.selection.key_lengths().ok_or(Violation::Missing(PayloadType::SA).into())
    }

    /// The Child SA, and what the application installs.
    pub(super) fn finish(self, keys: ChildKeys, rekey_at: Option<Instant>) -> (Child, Box<ChildInstall>) {
        let id = ChildId(self.spi_in);
        let protocol = self.selection.protocol();
        let child = Child { id, spi_out: self.spi_out, protocol, config: self.config, state: ChildState::Up, rekey_at, crossed: None };
        let install = ChildInstall {
            id,
            outbound_spi: u32::from_be_bytes(self.spi_out),
            protocol,
            mode: self.mode,
            local: self.local,
            remote: self.remote,
            selection: self.selection,
            replaces: self.replaces,
            keys,
            is_initiator: self.is_initiator,
        };
        (child, Box::new(install))
    }
}

/// The peer's SPI in a proposal for ESP or AH; zero is never sent (RFC 4303 section 2.1).
pub(super) fn child_spi(selection: &Selection) -> Result<[u8; 4], Violation> {
    selection.peer_spi().try_into().ok().filter(|spi| *spi != [0; 4]).ok_or(Violation::Spi)
}

/// The peer's SPI in a proposal for an IKE SA; it is never zero (RFC 7296 section 3.1).
pub(super) fn ike_spi(selection: &Selection) -> Result<u64, Violation> {
    let spi = selection.peer_spi().try_into().map_err(|_| Violation::Spi)?;
    Some(u64::from_be_bytes(spi)).filter(|spi| *spi != 0).ok_or(Violation::Spi)
}
