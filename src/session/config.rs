//! What an endpoint offers and accepts.

use super::limits::Limits;
use super::ppk::Ppk;
use crate::exchange::RetransmissionSchedule;
use crate::proposal::Policy;
use crate::provider::Provider;
use crate::registry::HashAlgorithm;
use core::ops::RangeInclusive;
use core::time::Duration;

/// When a responder wants to see a cookie (RFC 7296 section 2.6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CookieDemand {
    /// While many IKE SAs are half open ([`Limits::cookie_threshold`]), or an answer would be more than three times as long as its request.
    #[default]
    UnderLoad,
    /// From every initiator.
    Always,
}

/// How long keys are used before they are replaced; `None`: they are not, by us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Lifetimes {
    /// Those of IKE SAs.
    pub ike: Option<Duration>,
    /// Those of Child SAs.
    pub child: Option<Duration>,
}

impl Lifetimes {
    /// Nothing is replaced by us.
    pub const UNLIMITED: Self = Self { ike: None, child: None };
}

impl Default for Lifetimes {
    /// 4 hours for IKE SAs, 1 hour for Child SAs.
    fn default() -> Self {
        let hour = |hours: u64| Some(Duration::from_secs(hours.saturating_mul(3600)));
        Self { ike: hour(4), child: hour(1) }
    }
}

/// What an endpoint offers and accepts, whoever the peer is.
///
/// What the provider cannot do is taken out of the policy: it is neither offered nor chosen.
#[derive(Clone, Debug)]
pub struct Config {
    pub(super) ike: Policy,
    pub(super) limits: Limits,
    pub(super) schedule: RetransmissionSchedule,
    pub(super) mtu: u16,
    pub(super) fragmentation: bool,
    pub(super) hashes: &'static [HashAlgorithm],
    pub(super) vendor_ids: &'static [&'static [u8]],
    pub(super) cookies: CookieDemand,
    pub(super) childless: bool,
    pub(super) authorities: alloc::vec::Vec<[u8; 20]>,
    pub(super) lifetimes: Lifetimes,
    pub(super) liveness: Option<Duration>,
    pub(super) nat_keepalive: Option<Duration>,
    pub(super) spis: RangeInclusive<u32>,
    pub(super) spi_prefix: (u64, u32),
    pub(super) probed: &'static [u16],
    pub(super) is_adaptive: bool,
    pub(super) tells_keys: bool,
    pub(super) announces_methods: bool,
    pub(super) ppk: bool,
    pub(super) early_ppks: alloc::vec::Vec<Ppk>,
}

impl Config {
    /// The defaults, with proposals for IKE SAs. A responder that offers nothing of its own needs them as well: they are what it accepts.
    ///
    /// IKE fragmentation on a path of 1280 octets; SHA-2 and "Identity" in SIGNATURE_HASH_ALGORITHMS; IKE SAs are rekeyed after 4 hours and
    /// Child SAs after 1 hour; a liveness check after 30 seconds without a sign of the peer; NAT keepalives every 20 seconds.
    #[must_use]
    pub fn new(provider: &Provider, ike: &Policy) -> Self {
        Self {
            ike: ike.restrict(provider, |method| provider.has_key_exchange(method)).policy,
            limits: Limits::default(),
            schedule: RetransmissionSchedule::default(),
            mtu: 1280,
            fragmentation: true,
            hashes: &[HashAlgorithm::SHA2_256, HashAlgorithm::SHA2_384, HashAlgorithm::SHA2_512, HashAlgorithm::IDENTITY],
            vendor_ids: &[],
            cookies: CookieDemand::default(),
            childless: false,
            authorities: alloc::vec::Vec::new(),
            lifetimes: Lifetimes::default(),
            liveness: Some(Duration::from_secs(30)),
            nat_keepalive: Some(Duration::from_secs(20)),
            spis: 0x0100..=u32::MAX,
            spi_prefix: (0, 0),
            probed: &[],
            is_adaptive: true,
            tells_keys: false,
            announces_methods: false,
            ppk: false,
            early_ppks: alloc::vec::Vec::new(),
        }
    }

    /// What peers can make the endpoint hold.
    #[must_use]
    pub const fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// When requests are sent again, and given up.
    #[must_use]
    pub const fn with_schedule(mut self, schedule: RetransmissionSchedule) -> Self {
        self.schedule = schedule;
        self
    }

    /// Whether the round trip of IKE_SA_INIT governs the first wait of later requests ([`RetransmissionSchedule::with_round_trip`]). It does
    /// by default.
    #[must_use]
    pub const fn with_measured_timer(mut self, measured: bool) -> Self {
        self.is_adaptive = measured;
        self
    }

    /// Sizes of IP packets that are tried, the largest first, where a fragmented request is not answered (RFC 7383 section 2.5.2). There are
    /// none by default: a peer that is slow would be sent more datagrams for nothing.
    #[must_use]
    pub const fn with_probed_mtus(mut self, sizes: &'static [u16]) -> Self {
        self.probed = sizes;
        self
    }

    /// Whether the keys of IKE SAs are told ([`Event::KeyMaterial`](super::Event::KeyMaterial)), so that a capture can be decrypted.
    #[must_use]
    pub const fn with_key_material(mut self, tell: bool) -> Self {
        self.tells_keys = tell;
        self
    }

    /// Whether a responder announces that it uses PPKs (USE_PPK, RFC 8784), to an initiator that does. Which ones, each [`PeerConfig`](super::PeerConfig)
    /// says.
    #[must_use]
    pub const fn with_ppk(mut self, announce: bool) -> Self {
        self.ppk = announce;
        self
    }

    /// The PPKs that an initiator may name in IKE_INTERMEDIATE, before the responder knows who it is (RFC 9867). Where there are any, a responder
    /// announces USE_PPK_INT to an initiator that does, and not USE_PPK. An initiator that names none of them goes on without; whether its
    /// [`PeerConfig`](super::PeerConfig) allows that is looked at in IKE_AUTH: [`Ppk::with_mandatory`] counts there, not here.
    #[must_use]
    pub fn with_intermediate_ppks(mut self, ppks: impl Into<alloc::vec::Vec<Ppk>>) -> Self {
        self.early_ppks = ppks.into();
        self
    }

    /// Whether it is said what can be verified (SUPPORTED_AUTH_METHODS, RFC 9593): by a responder in IKE_SA_INIT, by an initiator in IKE_AUTH, if the
    /// responder has. It is not by default. What a peer says is gone by in any case, where a key can sign in several ways.
    #[must_use]
    pub const fn with_announced_methods(mut self, announce: bool) -> Self {
        self.announces_methods = announce;
        self
    }

    /// The largest IP packet that the path takes whole, in octets.
    #[must_use]
    pub const fn with_mtu(mut self, mtu: u16) -> Self {
        self.mtu = mtu;
        self
    }

    /// Whether IKE fragmentation is announced (RFC 7383 section 2.3); a responder announces it only to an initiator that does.
    #[must_use]
    pub const fn with_fragmentation(mut self, announce: bool) -> Self {
        self.fragmentation = announce;
        self
    }

    /// The hash algorithms announced in SIGNATURE_HASH_ALGORITHMS, and accepted in signatures (RFC 7427 section 4).
    #[must_use]
    pub const fn with_hashes(mut self, hashes: &'static [HashAlgorithm]) -> Self {
        self.hashes = hashes;
        self
    }

    /// When a responder wants to see a cookie.
    #[must_use]
    pub const fn with_cookies(mut self, demand: CookieDemand) -> Self {
        self.cookies = demand;
        self
    }

    /// Whether a responder announces that it takes IKE_AUTH without a Child SA (RFC 6023).
    #[must_use]
    pub const fn with_childless(mut self, accept: bool) -> Self {
        self.childless = accept;
        self
    }

    /// The authorities whose certificates a responder asks for in its IKE_SA_INIT response, before it knows the peer: SHA-1 of each one's
    /// SubjectPublicKeyInfo ([`authority_hash`](crate::keys::authority_hash)). An initiator asks in IKE_AUTH
    /// ([`RemoteSignature::with_authorities`](super::RemoteSignature::with_authorities)).
    #[must_use]
    pub fn with_authorities(mut self, authorities: impl Into<alloc::vec::Vec<[u8; 20]>>) -> Self {
        self.authorities = authorities.into();
        self
    }

    /// How long keys of IKE SAs and of Child SAs are used before they are replaced. One part in ten is drawn at random, so that both sides
    /// seldom begin at once (RFC 7296 section 2.8).
    #[must_use]
    pub const fn with_lifetimes(mut self, lifetimes: Lifetimes) -> Self {
        self.lifetimes = lifetimes;
        self
    }

    /// How long a peer may be silent before a liveness check (RFC 7296 section 2.4); `None`: for ever.
    #[must_use]
    pub const fn with_liveness(mut self, silence: Option<Duration>) -> Self {
        self.liveness = silence;
        self
    }

    /// Vendor IDs (RFC 7296 section 3.12) of both messages of IKE_SA_INIT; none by default.
    #[must_use]
    pub const fn with_vendor_ids(mut self, ids: &'static [&'static [u8]]) -> Self {
        self.vendor_ids = ids;
        self
    }

    /// How often a keepalive is sent while we are behind a NAT and send nothing else (RFC 3948 section 4); `None`: never.
    #[must_use]
    pub const fn with_nat_keepalive(mut self, interval: Option<Duration>) -> Self {
        self.nat_keepalive = interval;
        self
    }

    /// The SPIs that Child SAs of ours may have. 0 to 255 are reserved (RFC 4303 section 2.1) and are not drawn.
    #[must_use]
    pub const fn with_child_spis(mut self, spis: RangeInclusive<u32>) -> Self {
        self.spis = spis;
        self
    }

    /// The first `bits` bits of every SPI that we choose for an IKE SA, at most 32: who shares the load among several endpoints reads them
    /// from each datagram ([`route`](super::route)).
    #[must_use]
    pub fn with_spi_prefix(mut self, prefix: u32, bits: u32) -> Self {
        self.spi_prefix = (u64::from(prefix), bits.min(32));
        self
    }
}
