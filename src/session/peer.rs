//! What is agreed on with one peer.

use super::authentication::{LocalAuth, RemoteAuth};
use super::config::Lifetimes;
use super::configuration::{AddressAssignment, ConfigurationSet};
use super::path::NetworkPath;
use super::ppk::Ppk;
use super::redirect::RedirectTarget;
use crate::identity::Identity;
use crate::proposal::{NegotiationContext, Policy};
use crate::registry::{CertEncoding, KeMethod};
use crate::role::Role;
use crate::selectors::{self, Selector};
use alloc::sync::Arc;
use core::net::IpAddr;
use core::time::Duration;

/// Which traffic a Child SA is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChildMode {
    /// Tunnel mode.
    #[default]
    Tunnel,
    /// Transport mode, if the peer agrees; else tunnel mode (RFC 7296 section 1.3.1).
    Transport,
}

/// A Child SA as it is offered and accepted.
#[derive(Clone, Debug)]
pub struct ChildConfig {
    pub(super) policy: Arc<Policy>,
    /// The same without key exchanges, for IKE_AUTH (RFC 7296 section 1.2).
    pub(super) policy_in_auth: Arc<Policy>,
    pub(super) local: Arc<[Selector]>,
    pub(super) remote: Arc<[Selector]>,
    pub(super) mode: ChildMode,
    pub(super) asks_narrow: bool,
    pub(super) is_one: bool,
}

impl ChildConfig {
    /// A Child SA in tunnel mode. `esp` holds proposals for ESP or AH; `local` and `remote` are the traffic on our side and on the peer's.
    #[must_use]
    pub fn new(
        provider: &crate::provider::Provider,
        esp: &Policy,
        local: impl Into<Arc<[Selector]>>,
        remote: impl Into<Arc<[Selector]>>,
    ) -> Self {
        let policy = Arc::new(esp.restrict(provider, |method| provider.has_key_exchange(method)).policy);
        let policy_in_auth = Arc::new(policy.without_key_exchanges());
        Self {
            policy,
            policy_in_auth,
            local: local.into(),
            remote: remote.into(),
            mode: ChildMode::Tunnel,
            asks_narrow: false,
            is_one: false,
        }
    }

    /// Whether both are for the same traffic.
    pub(super) fn is_for_the_same(&self, other: &Self) -> bool {
        (&self.local, &self.remote, self.mode) == (&other.local, &other.remote, other.mode)
    }

    /// What is offered and accepted in an exchange.
    pub(super) fn policy(&self, context: NegotiationContext) -> &Policy {
        if context == NegotiationContext::IkeAuth { &self.policy_in_auth } else { &self.policy }
    }

    /// The mode.
    #[must_use]
    pub const fn with_mode(mut self, mode: ChildMode) -> Self {
        self.mode = mode;
        self
    }

    /// Whether what a peer offers is narrowed to one traffic selector on each side, for kernels that take no more.
    #[must_use]
    pub const fn with_one_selector(mut self, one: bool) -> Self {
        self.is_one = one;
        self
    }

    /// Whether the application narrows further what a peer offers within these selectors ([`Inquiry::Narrow`](super::Inquiry::Narrow)).
    #[must_use]
    pub const fn with_narrow_asked(mut self, ask: bool) -> Self {
        self.asks_narrow = ask;
        self
    }
}

/// What is agreed on with one peer: an initiator starts with it, a responder is asked for it once the peer has said who it is
/// ([`Inquiry::PeerConfig`](super::Inquiry::PeerConfig)).
#[derive(Clone, Debug)]
pub struct PeerConfig {
    pub(super) identity: Identity,
    pub(super) expected: Option<Identity>,
    pub(super) local_auth: LocalAuth,
    pub(super) remote_auth: RemoteAuth,
    pub(super) accepts_any: bool,
    pub(super) child: Option<ChildConfig>,
    pub(super) nat_path: Option<NetworkPath>,
    pub(super) forces_nat: bool,
    pub(super) childless: bool,
    pub(super) first_ke: Option<KeMethod>,
    pub(super) initial_contact: bool,
    pub(super) lifetimes: Option<Lifetimes>,
    pub(super) asks_for: Option<ConfigurationSet>,
    pub(super) assignment: AddressAssignment,
    pub(super) ppk: Option<Ppk>,
    pub(super) auth_lifetime: Option<Duration>,
    pub(super) takes_redirects: bool,
    pub(super) redirected_from: Option<RedirectTarget>,
    pub(super) mobike: bool,
    pub(super) addresses: Option<Arc<[IpAddr]>>,
    pub(super) lets_move: bool,
    pub(super) checks_addresses: bool,
}

impl PeerConfig {
    /// `identity` is ours.
    #[must_use]
    pub const fn new(identity: Identity, local_auth: LocalAuth, remote_auth: RemoteAuth) -> Self {
        Self {
            identity,
            expected: None,
            accepts_any: false,
            local_auth,
            remote_auth,
            child: None,
            nat_path: None,
            forces_nat: false,
            childless: false,
            first_ke: None,
            initial_contact: true,
            lifetimes: None,
            asks_for: None,
            assignment: AddressAssignment::Never,
            ppk: None,
            auth_lifetime: None,
            takes_redirects: false,
            redirected_from: None,
            mobike: false,
            addresses: None,
            lets_move: true,
            checks_addresses: true,
        }
    }

    /// Whether an initiator takes whatever responder has a certificate that the application vouches for. Without it, an initiator that goes
    /// by certificates has to say whom it expects: else whoever has a certificate of the same authority could stand in for the gateway.
    #[must_use]
    pub const fn with_any_identity(mut self, accept: bool) -> Self {
        self.accepts_any = accept;
        self
    }

    /// Who the peer must be. A responder does better to decide by the identity that it is asked about.
    #[must_use]
    pub fn with_expected_identity(mut self, expected: Identity) -> Self {
        self.expected = Some(expected);
        self
    }

    /// What Child SAs with this peer are made of: an initiator asks for the first in IKE_AUTH, a responder accepts as many as
    /// [`Limits::children`](super::Limits::children), each within these selectors. The last call counts. Without it there are none.
    #[must_use]
    pub fn with_child(mut self, child: ChildConfig) -> Self {
        self.child = Some(child);
        self
    }

    /// Where an initiator goes on after IKE_SA_INIT if there is a NAT: to UDP port 4500 (RFC 7296 section 2.23). Without it, it stays, and few NATs
    /// let ESP through then: whoever begins on port 500 should give it.
    #[must_use]
    pub const fn with_nat_path(mut self, path: NetworkPath) -> Self {
        self.nat_path = Some(path);
        self
    }

    /// Whether an initiator goes there though there is no NAT.
    #[must_use]
    pub const fn with_forced_nat(mut self, force: bool) -> Self {
        self.forces_nat = force;
        self
    }

    /// Whether an initiator leaves the Child SA out of IKE_AUTH, where the responder allows it (RFC 6023).
    #[must_use]
    pub const fn with_childless(mut self, childless: bool) -> Self {
        self.childless = childless;
        self
    }

    /// The method of the first KE payload, where it is not to be the one preferred.
    #[must_use]
    pub const fn with_first_ke(mut self, method: KeMethod) -> Self {
        self.first_ke = Some(method);
        self
    }

    /// Whether an initiator announces that this is its only IKE SA with this identity (RFC 7296 section 2.4). It does by default.
    #[must_use]
    pub const fn with_initial_contact(mut self, announce: bool) -> Self {
        self.initial_contact = announce;
        self
    }

    /// How long keys of the IKE SA and of its Child SAs are used with this peer, in place of [`Config::with_lifetimes`](super::Config::with_lifetimes).
    #[must_use]
    pub const fn with_lifetimes(mut self, lifetimes: Lifetimes) -> Self {
        self.lifetimes = Some(lifetimes);
        self
    }

    /// What an initiator asks the responder for (CFG_REQUEST, RFC 7296 section 2.19): an address of its network, say. What it is given is told by
    /// [`Established::configuration`](super::Established::configuration); the traffic on our side is that of these addresses then, so that
    /// [`with_child`](Self::with_child) should allow any.
    #[must_use]
    pub fn with_configuration_request(mut self, asked: ConfigurationSet) -> Self {
        self.asks_for = Some(asked);
        self
    }

    /// Whether a responder gives addresses to this peer. The traffic on the peer's side is that of these addresses then.
    #[must_use]
    pub const fn with_address_assignment(mut self, assignment: AddressAssignment) -> Self {
        self.assignment = assignment;
        self
    }

    /// The post-quantum preshared key that is used with this peer (RFC 8784, RFC 9867). Of a responder, [`Config::with_ppk`](super::Config::with_ppk) and
    /// [`Config::with_intermediate_ppks`](super::Config::with_intermediate_ppks) announce that there are any.
    #[must_use]
    pub fn with_ppk(mut self, ppk: Ppk) -> Self {
        self.ppk = Some(ppk);
        self
    }

    /// How long a responder takes the initiator's authentication for good (AUTH_LIFETIME, RFC 4478): it tells the initiator, and deletes the
    /// IKE SA ten seconds after the time is over. An initiator that does not begin another one before is cut off.
    #[must_use]
    pub const fn with_auth_lifetime(mut self, lifetime: Duration) -> Self {
        self.auth_lifetime = Some(lifetime);
        self
    }

    /// Whether an initiator announces that it can be sent to another gateway (REDIRECT_SUPPORTED, RFC 5685). It is told then
    /// ([`Event::Redirected`](super::Event::Redirected)), and goes there by itself, or not.
    #[must_use]
    pub const fn with_redirects(mut self, announce: bool) -> Self {
        self.takes_redirects = announce;
        self
    }

    /// The gateway that has sent an initiator to this one (REDIRECTED_FROM, RFC 5685 section 3).
    #[must_use]
    pub fn with_redirected_from(mut self, gateway: RedirectTarget) -> Self {
        self.redirected_from = Some(gateway);
        self
    }

    /// The same with the traffic on the initiator's side within these addresses, if there are any.
    pub(super) fn within(self: &Arc<Self>, addresses: &[Selector], role: Role) -> Arc<Self> {
        let Some(child) = self.child.as_ref().filter(|_| !addresses.is_empty()) else { return self.assigning(AddressAssignment::Never) };
        let mut child = child.clone();
        let side = if role == Role::Initiator { &mut child.local } else { &mut child.remote };
        *side = selectors::narrow(addresses, side).into();
        Arc::new(Self { child: Some(child), assignment: AddressAssignment::Never, ..Self::clone(self) })
    }

    /// The same with what is still to be done about addresses: nothing, once they are given; without them, there is no Child SA.
    pub(super) fn assigning(self: &Arc<Self>, assignment: AddressAssignment) -> Arc<Self> {
        if self.assignment == assignment { self.clone() } else { Arc::new(Self { assignment, ..Self::clone(self) }) }
    }

    /// Whether both ends may change their addresses while the IKE SA is up (MOBIKE, RFC 4555): it holds if the peer says so, too. Without it, which is the
    /// default, the addresses stay, but for what a NAT does to them.
    ///
    /// An initiator needs [`with_nat_path`](Self::with_nat_path) with it: it goes on to port 4500 after IKE_SA_INIT though there may be no NAT, as there
    /// may be one where it moves to (section 3.3). ESP needs UDP only where there is one ([`SaView::is_esp_in_udp`](super::SaView::is_esp_in_udp)).
    #[must_use]
    pub const fn with_mobike(mut self, support: bool) -> Self {
        self.mobike = support;
        self
    }

    /// With MOBIKE, the addresses at which we can be reached beside the one of the path (RFC 4555 section 3.4): the first sixteen are told.
    /// [`SaHandle::announce_addresses`](super::SaHandle::announce_addresses) tells of changes.
    #[must_use]
    pub fn with_additional_addresses(mut self, addresses: impl Into<Arc<[IpAddr]>>) -> Self {
        self.addresses = Some(addresses.into());
        self
    }

    /// With MOBIKE, whether a responder lets the peer go to another address. It does by default; else it answers UNACCEPTABLE_ADDRESSES (RFC 4555
    /// section 3.5). Another port of the same address is a NAT's doing, and always taken.
    #[must_use]
    pub const fn with_address_changes(mut self, allow: bool) -> Self {
        self.lets_move = allow;
        self
    }

    /// With MOBIKE, whether the peer has to show that it can be reached where it says, before the packets of Child SAs go there (RFC 4555 section 3.7):
    /// it copies a COOKIE2 that was sent there. By default it has to; it costs a responder one exchange for each move.
    #[must_use]
    pub const fn with_return_routability(mut self, check: bool) -> Self {
        self.checks_addresses = check;
        self
    }

    /// The encoding of the certificates that are sent and asked for.
    pub(super) const ENCODING: CertEncoding = CertEncoding::X509_SIGNATURE;
}
