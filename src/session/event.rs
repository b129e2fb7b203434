//! What an endpoint tells the application.

use super::ask::Ask;
use super::close::{CloseReason, Refusing};
use super::configuration::ConfigurationSet;
use super::id::{ChildId, Token};
use super::path::NetworkPath;
use super::peer::ChildMode;
use super::redirect::RedirectTarget;
use crate::exchange::Protected;
use crate::identity::Identity;
use crate::instant::Instant;
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
use core::net::IpAddr;
use core::time::Duration;
use zeroize::Zeroizing;

/// What happens to an IKE SA.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// An answer to IKE_SA_INIT came that nobody vouches for. For this reason the IKE SA is over, unless something better comes before the request
    /// would be sent again (RFC 7296 section 2.21.1).
    Suspected(CloseReason),
    /// The application has to decide something. It may take its time, as far as the deadline goes.
    Ask(Box<Ask>),
    /// The IKE SA is up: both sides have authenticated each other.
    Established(Box<Established>),
    /// A Child SA was agreed on: the application installs it and says so ([`Decision::Installed`](super::Decision::Installed)). Before that, the
    /// peer is not told that it may send.
    ChildInstall {
        /// What the answer takes back.
        token: Token,
        /// Until when it has to be installed: afterwards it is not wanted any more.
        deadline: Instant,
        /// Where the packets of the Child SA go: in UDP, between these ports, if [`SaView::is_esp_in_udp`](super::SaView::is_esp_in_udp) says so (RFC 3948);
        /// with [`PathEncapsulation::Tcp`](super::PathEncapsulation::Tcp) in frames of this connection (RFC 9329); else without either, between these addresses.
        /// [`Event::PathChanged`] moves them, too.
        path: NetworkPath,
        /// What to install.
        install: Box<ChildInstall>,
    },
    /// A Child SA is up.
    ChildUp(ChildId),
    /// A Child SA is up, and takes the place of another: packets come by both until one of them is gone ([`Event::ChildDown`]).
    ChildRekeyed {
        /// The one whose place it takes.
        old: ChildId,
        /// The new one.
        new: ChildId,
        /// Whether we began the rekey: the peer has installed the new one, and what is sent goes by it at once. Otherwise the peer may not have
        /// done so yet; no packet is lost if the old one is sent by until something comes by the new one, or until the old one is gone (RFC 7296
        /// section 2.8).
        is_ours: bool,
    },
    /// A Child SA is gone; the application removes it.
    ChildDown(ChildId),
    /// The IKE SA has new keys, and new SPIs.
    Rekeyed {
        /// The new SPIs.
        spis: IkeSpis,
    },
    /// The packets of all Child SAs go along another path from here on, and the messages of the IKE SA, too: the peer is at another address or port
    /// (RFC 7296 section 2.23), or at another TCP connection, or, with MOBIKE, one side has moved and the other has agreed to it (RFC 4555 section 3.5).
    /// Whether ESP goes in UDP may have changed with it ([`SaView::is_esp_in_udp`](super::SaView::is_esp_in_udp)), even where the ends are as before.
    PathChanged(NetworkPath),
    /// The addresses at which the peer can be reached beside that of the path, at most sixteen; each list takes the place of the one before (RFC
    /// 4555 sections 3.4 and 3.6). An initiator may go on to one of them ([`SaHandle::update_path`](super::SaHandle::update_path)).
    PeerAddresses(Vec<IpAddr>),
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
        /// What we had asked for; `None` if it was the peer who asked.
        request: Option<OwnRequest>,
    },
    /// The responder sends us to another gateway (RFC 5685). In IKE_SA_INIT nobody vouches for it: the IKE SA is over then, unless something better
    /// comes before the request would be sent again. Later it is the responder's word, and the IKE SA stands until the application deletes it.
    Redirected {
        /// The other gateway. Whoever follows begins an IKE SA with it ([`PeerConfig::with_redirected_from`](super::PeerConfig::with_redirected_from)),
        /// and believes the same certificates and keys, and counts how often it was sent on.
        to: RedirectTarget,
        /// Whether it was authentic.
        is_authentic: bool,
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
    /// Who the peer is; of an initiator that used EAP, what [`EapSuccess::with_identity`](super::EapSuccess::with_identity) says, or else what it claims.
    pub peer: Identity,
    /// The SPIs.
    pub spis: IkeSpis,
    /// What was chosen for the IKE SA.
    pub selection: Selection,
    /// Where there is a NAT.
    pub nat: Nat,
    /// What the responder has given the initiator: addresses, name servers (CFG_REPLY, RFC 7296 section 2.19).
    pub configuration: ConfigurationSet,
    /// How long the initiator's authentication counts (AUTH_LIFETIME, RFC 4478): before it is over, an initiator begins another IKE SA and
    /// deletes this one; a responder deletes it when it is over.
    pub auth_lifetime: Option<Duration>,
    /// Whether a PPK is part of the keys (RFC 8784, RFC 9867).
    pub has_ppk: bool,
}

/// Before which end a NAT stands (RFC 7296 section 2.23).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Nat {
    /// Before ours.
    pub ours: bool,
    /// Before the peer's.
    pub theirs: bool,
}

/// What we had asked the peer for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OwnRequest {
    /// A Child SA.
    Child,
    /// New keys for this Child SA, which goes on under the old ones.
    ChildRekey(ChildId),
    /// New keys for the IKE SA, which goes on under the old ones.
    IkeRekey,
    /// The path to which [`SaHandle::update_path`](super::SaHandle::update_path) moved the IKE SA: the Child SAs stay where they were.
    PathUpdate,
}

impl OwnRequest {
    /// For a Child SA, new or in the place of another.
    pub(super) fn child(old: Option<ChildId>) -> Self {
        old.map_or(Self::Child, Self::ChildRekey)
    }
}

/// Which lifetime of a Child SA is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChildLifetime {
    /// The one after which it gets new keys.
    Soft,
    /// The one after which it is used no more.
    Hard,
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

    /// Keying material of the inbound direction.
    #[must_use]
    pub fn inbound_keys(&self) -> DirectionKeys<'_> {
        self.keys_of(if self.is_initiator { Role::Responder } else { Role::Initiator })
    }

    /// Keying material of the outbound direction.
    #[must_use]
    pub fn outbound_keys(&self) -> DirectionKeys<'_> {
        self.keys_of(if self.is_initiator { Role::Initiator } else { Role::Responder })
    }

    fn keys_of(&self, sender: Role) -> DirectionKeys<'_> {
        match sender {
            Role::Initiator => DirectionKeys { encr: self.keys.encr_i(), integ: self.keys.integ_i() },
            Role::Responder => DirectionKeys { encr: self.keys.encr_r(), integ: self.keys.integ_r() },
        }
    }
}

/// The keys of one direction of a Child SA (RFC 7296 section 2.17). They are not printed.
#[derive(Clone, Copy)]
pub struct DirectionKeys<'a> {
    /// Of the cipher, with its salt at the end where it has one.
    pub encr: &'a [u8],
    /// Of the integrity algorithm; empty where the cipher protects integrity, too.
    pub integ: &'a [u8],
}

/// Shows no key.
impl fmt::Debug for DirectionKeys<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DirectionKeys({} and {} octets)", self.encr.len(), self.integ.len())
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
