//! What an endpoint tells the application.

use super::ask::Ask;
use super::close::{CloseReason, Refusing};
use super::id::{ChildId, Token};
use super::path::NetworkPath;
use super::peer::ChildMode;
use crate::exchange::Protected;
use crate::identity::Identity;
use crate::keys::ChildKeys;
use crate::proposal::Selection;
use crate::protect::Suite;
use crate::registry::{ExchangeType, NotifyType, SecurityProtocol};
use crate::role::Role;
use crate::selectors::Selector;
use crate::wire::IkeSpis;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use zeroize::Zeroizing;

/// What happens to an IKE SA.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// An error came that nobody vouches for. It ends IKE_SA_INIT unless something better comes before the request would be sent again
    /// (RFC 7296 section 2.21.1).
    Suspected {
        /// The error.
        notify: NotifyType,
    },
    /// The application has to decide something. It may take its time, as far as the deadline goes.
    Ask(Box<Ask>),
    /// The IKE SA is up: both sides have authenticated each other.
    Established(Box<Established>),
    /// A Child SA was agreed on: the application installs it and says so ([`Endpoint::confirm_install`](super::Endpoint::confirm_install)). Before that,
    /// the peer is not told that it may send.
    ChildInstall(Token, Box<ChildInstall>),
    /// A Child SA is up.
    ChildUp(ChildId),
    /// A Child SA is up, and takes the place of another, which will go.
    ChildRekeyed {
        /// The one whose place it takes.
        old: ChildId,
        /// The new one.
        new: ChildId,
    },
    /// A Child SA is gone; the application removes it.
    ChildDown(ChildId),
    /// The IKE SA has new keys, and new SPIs.
    Rekeyed {
        /// The new SPIs.
        spis: IkeSpis,
    },
    /// The peer is reached at another address or port.
    PathChanged(NetworkPath),
    /// A request is not answered: it goes out in smaller fragments from here on, as does what follows (RFC 7383 section 2.5.2).
    PathProbed {
        /// The size of IP packets that was tried, in octets.
        before: u16,
        /// The size that is tried now.
        mtu: u16,
    },
    /// The IKE SA has keys that it did not have before; only where the configuration asks for it
    /// ([`Config::with_key_material`](super::Config::with_key_material)).
    KeyMaterial(Box<IkeKeyMaterial>),
    /// Something was refused; the IKE SA stands as it stood.
    Refused {
        /// Who refused.
        by: Refusing,
        /// The exchange.
        exchange: ExchangeType,
        /// The error that was sent.
        notify: NotifyType,
    },
    /// The IKE SA is over: this is its last event.
    Closed(CloseReason),
}

/// An IKE SA that is up.
#[derive(Debug)]
#[non_exhaustive]
pub struct Established {
    /// Our side.
    pub role: Role,
    /// Who the peer is.
    pub peer: Identity,
    /// The SPIs.
    pub spis: IkeSpis,
    /// What was chosen for the IKE SA.
    pub selection: Selection,
    /// Whether there is a NAT on our side, and on the peer's.
    pub nat: (bool, bool),
}

/// The keys that protect the messages of an IKE SA, for whoever decrypts a capture of it: with them, everybody can.
///
/// They are erased when this goes, and are not printed.
#[non_exhaustive]
pub struct IkeKeyMaterial {
    /// The SPIs.
    pub spis: IkeSpis,
    /// Cipher and integrity algorithm.
    pub suite: Suite,
    keys: [Zeroizing<Vec<u8>>; 4],
}

impl IkeKeyMaterial {
    pub(super) fn of(protected: &Protected) -> Self {
        let keys = protected.keys();
        let keys = [keys.sk_ei(), keys.sk_er(), keys.sk_ai(), keys.sk_ar()].map(|key| Zeroizing::new(key.to_vec()));
        Self { spis: protected.spis(), suite: protected.setup().suite, keys }
    }

    /// SK_ei, SK_er, SK_ai and SK_ar (RFC 7296 section 2.14).
    #[must_use]
    pub fn keys(&self) -> [&[u8]; 4] {
        self.keys.each_ref().map(|key| key.as_slice())
    }
}

/// Shows no key.
impl fmt::Debug for IkeKeyMaterial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IkeKeyMaterial").field("spis", &self.spis).field("suite", &self.suite).finish_non_exhaustive()
    }
}

/// A Child SA to be installed: both directions, with their keys.
///
/// The keys are erased when this goes, and are not printed.
#[non_exhaustive]
pub struct ChildInstall {
    /// The name of the Child SA; its SPI is that of the inbound direction.
    pub id: ChildId,
    /// The SPI of the outbound direction.
    pub outbound_spi: u32,
    /// ESP or AH.
    pub protocol: SecurityProtocol,
    /// Tunnel or transport mode.
    pub mode: ChildMode,
    /// The traffic on our side.
    pub local: Vec<Selector>,
    /// The traffic on the peer's side.
    pub remote: Vec<Selector>,
    /// What was chosen.
    pub selection: Selection,
    /// The Child SA whose place it takes.
    pub replaces: Option<ChildId>,
    pub(super) keys: ChildKeys,
    pub(super) is_initiator: bool,
}

impl ChildInstall {
    /// Whether we are the initiator of the exchange that made it, whose keys come first in KEYMAT (RFC 7296 section 2.17).
    #[must_use]
    pub const fn is_initiator(&self) -> bool {
        self.is_initiator
    }

    /// Keying material of the inbound direction: encryption (the salt at its end) and integrity.
    #[must_use]
    pub fn inbound_keys(&self) -> (&[u8], &[u8]) {
        if self.is_initiator { (self.keys.encr_r(), self.keys.integ_r()) } else { (self.keys.encr_i(), self.keys.integ_i()) }
    }

    /// Keying material of the outbound direction: encryption (the salt at its end) and integrity.
    #[must_use]
    pub fn outbound_keys(&self) -> (&[u8], &[u8]) {
        if self.is_initiator { (self.keys.encr_i(), self.keys.integ_i()) } else { (self.keys.encr_r(), self.keys.integ_r()) }
    }
}

/// Shows no key.
impl fmt::Debug for ChildInstall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChildInstall")
            .field("id", &self.id)
            .field("outbound_spi", &self.outbound_spi)
            .field("local", &self.local)
            .field("remote", &self.remote)
            .field("replaces", &self.replaces)
            .finish_non_exhaustive()
    }
}
