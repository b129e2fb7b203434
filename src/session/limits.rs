//! What peers can make an endpoint hold and do.

use crate::fragment::ReassemblyLimits;
use core::time::Duration;

/// Towards an address that is not proved, at most this many octets for one that came from it.
pub(super) const AMPLIFICATION: usize = 3;

/// What peers can make an [`Endpoint`](super::Endpoint) hold and do: whoever goes beyond is answered by a rule of RFC 7296, or ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// IKE SAs, half open or not. A request for one more is ignored. Those that are over and answer retransmissions for a minute are not counted;
    /// there are no more of them than that.
    pub ike_sas: usize,
    /// IKE SAs whose initiator has not authenticated itself.
    pub half_open: usize,
    /// Half-open IKE SAs of one source: an IPv4 address, or an IPv6 prefix of 64 bits.
    pub half_open_per_source: usize,
    /// With as many half-open IKE SAs, or half as many of its source as that may have, an initiator has to show a cookie (RFC 7296 section
    /// 2.6).
    pub cookie_threshold: usize,
    /// How long an IKE SA may stay half open.
    pub half_open_lifetime: Duration,
    /// Child SAs of one IKE SA, those that are being set up included. A request for one more gets NO_ADDITIONAL_SAS;
    /// a rekey is served, once for each, and makes one more for a moment.
    pub children: usize,
    /// Events that wait for the application, of one IKE SA. While so many wait, datagrams for the IKE SA are ignored, and the peer sends
    /// them again.
    pub events: usize,
    /// Commands of the application that wait for their turn, of one IKE SA: more than [`children`](Self::children), so that all of them can be
    /// deleted at once.
    pub commands: usize,
    /// Datagrams that wait to be sent and belong to no IKE SA.
    pub stateless: usize,
    /// What the peer's fragments may take, of one IKE SA.
    pub reassembly: ReassemblyLimits,
    /// Octets of an IKE_SA_INIT request that is kept for AUTH, and of each answer that is kept beside the first to a request of ours: there are four
    /// of them at most.
    pub init_octets: usize,
    /// Cookies and retries by INVALID_KE_PAYLOAD that one IKE_SA_INIT exchange of ours takes part in.
    pub init_rounds: u32,
    /// Packets of EAP that are taken in one IKE_AUTH: a certificate chain of 64 kB in fragments of 1,000 octets needs 65.
    pub eap_rounds: u32,
    /// How long a question of the endpoint waits for its decision. It is no longer than the peer waits for its answer.
    pub decision: Duration,
}

impl Default for Limits {
    /// For a gateway: 100,000 IKE SAs; 1,000 of them half open for 30 seconds, 32 of one source, cookies from 64 on; 64 Child SAs; a request
    /// and a response of 64 kB at a time (what `ReassemblyLimits` allows), as our window is one.
    fn default() -> Self {
        Self {
            ike_sas: 100_000,
            half_open: 1_000,
            half_open_per_source: 32,
            cookie_threshold: 64,
            half_open_lifetime: Duration::from_secs(30),
            children: 64,
            events: 32,
            commands: 80,
            stateless: 256,
            reassembly: ReassemblyLimits { window: 1, ..ReassemblyLimits::default() },
            init_octets: 16_384,
            init_rounds: 6,
            eap_rounds: 100,
            decision: Duration::from_secs(25),
        }
    }
}

impl Limits {
    /// For a device that serves a few peers: 16 IKE SAs, 4 of them half open, messages of 10,000 octets.
    #[must_use]
    pub fn small() -> Self {
        Self {
            ike_sas: 16,
            half_open: 4,
            half_open_per_source: 2,
            cookie_threshold: 2,
            children: 8,
            events: 16,
            commands: 16,
            stateless: 16,
            reassembly: ReassemblyLimits::SMALL,
            init_octets: 4_096,
            ..Self::default()
        }
    }
}
