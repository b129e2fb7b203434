//! Paths, receivers and messages with names, and where their numbers come from.
//!
//! Loss, RTT and MTU are of the range that public measurements give: 0.1 to 10 % of datagrams lost; RTT of 20, 80, 200 and 600 ms;
//! MTU 1500 on about half of the paths, and 1492, 1480, 1460, 1428, 1420, 1358 and 1280 on the others; IP fragments dropped on 6 to
//! 10 % of IPv4 paths and 10 to 37 % of IPv6 paths; ICMP too-big filtered on 5 % of IPv4 paths. What is chosen is said to be.

use super::route::{Bursts, Hop, Ip, IpFragments, Link, Loss, Route};
use crate::fragment::ReassemblyLimits;
use alloc::borrow::Cow;
use core::time::Duration;

/// A path with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct PathProfile {
    /// One word.
    pub name: &'static str,
    /// What it stands for, and where its numbers come from.
    pub about: &'static str,
    /// The path.
    pub route: Route,
}

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// The sender's own link: Ethernet with 100 Mbit/s and room for any burst.
const LAN: Hop = Hop { link: Some(Link { rate: 100_000_000, depth: 1_000_000 }), ..Hop::PERFECT };
const FAR_20: Hop = Hop { delay: ms(10), ..Hop::PERFECT };
const FAR_80: Hop = Hop { delay: ms(40), ..Hop::PERFECT };

const fn profile(name: &'static str, about: &'static str, hops: &'static [Hop]) -> PathProfile {
    PathProfile { name, about, route: Route { ip: Ip::V4, hops: Cow::Borrowed(hops), back: None, nat: None, answer_after: ms(2) } }
}

/// Ethernet all the way, nothing lost.
pub const ETHERNET: PathProfile = profile("ethernet", "MTU 1500, RTT 20 ms, nothing lost", &[LAN, FAR_20]);

/// A DSL line.
pub const PPPOE: PathProfile = profile(
    "pppoe",
    "MTU 1492 (RFC 2516) behind the first hop, RTT 20 ms, 0.1 % lost, 10 Mbit/s up (chosen)",
    &[
        LAN,
        Hop { mtu: 1492, link: Some(Link { rate: 10_000_000, depth: 64_000 }), ..Hop::PERFECT },
        Hop { loss: Loss::Independent(0.001), ..FAR_20 },
    ],
);

/// A mobile network.
pub const LTE: PathProfile = PathProfile {
    name: "lte",
    about: "MTU 1428, RTT 80 ms and up to 15 ms of jitter each way (chosen), 1 % lost, 5 Mbit/s up, NAT of 30 s (chosen)",
    route: Route {
        ip: Ip::V4,
        hops: Cow::Borrowed(&[
            Hop { mtu: 1428, delay: ms(20), jitter: ms(15), link: Some(Link { rate: 5_000_000, depth: 64_000 }), ..Hop::PERFECT },
            Hop { delay: ms(20), loss: Loss::Independent(0.01), ..Hop::PERFECT },
        ]),
        back: None,
        nat: Some(Duration::from_secs(30)),
        answer_after: ms(2),
    },
};

/// Firewalls and carrier NATs that drop what IP has cut.
pub const IP_FRAGMENTS_DROPPED: PathProfile = profile(
    "ip-fragments-dropped",
    "MTU 1500, RTT 80 ms, 0.1 % lost, all IP fragments dropped: the 6 to 37 % of paths that measurements found",
    &[LAN, Hop { ip_fragments: IpFragments::DropAll(1.0), loss: Loss::Independent(0.001), ..FAR_80 }],
);

/// A black hole.
pub const ICMP_FILTERED: PathProfile = profile(
    "icmp-filtered",
    "MTU 1358 at the second hop, of which nobody hears, and no IP fragments behind it; RTT 80 ms, 0.1 % lost",
    &[LAN, Hop { mtu: 1358, too_big: false, ip_fragments: IpFragments::DropAll(1.0), loss: Loss::Independent(0.001), ..FAR_80 }],
);

/// One datagram in a hundred.
pub const LOSS_1: PathProfile = profile("loss-1", "MTU 1500, RTT 80 ms, 1 % lost", &[LAN, Hop { loss: Loss::Independent(0.01), ..FAR_80 }]);

/// One datagram in twenty.
pub const LOSS_5: PathProfile = profile("loss-5", "MTU 1500, RTT 80 ms, 5 % lost", &[LAN, Hop { loss: Loss::Independent(0.05), ..FAR_80 }]);

/// Losses that come together.
pub const BURSTY: PathProfile = profile(
    "bursty",
    "MTU 1500, RTT 80 ms, bad for 50 ms in every 1.3 s on average, when 80 % are lost: 3 % in all (chosen)",
    &[
        LAN,
        Hop { loss: Loss::Bursts(Bursts { slot: ms(1), to_bad: 0.0008, to_good: 0.02, lost_in_good: 0.0, lost_in_bad: 0.8 }), ..FAR_80 },
    ],
);

/// A slow uplink with a short queue, which a burst of fragments overflows.
pub const NARROW_QUEUE: PathProfile = profile(
    "narrow-queue",
    "MTU 1500, RTT 80 ms, 1 Mbit/s up behind a drop-tail queue of 8 packets of 1280 octets (chosen), nothing else lost",
    &[LAN, Hop { link: Some(Link { rate: 1_000_000, depth: 8 * 1280 }), ..FAR_80 }],
);

/// A geostationary satellite.
pub const SATELLITE: PathProfile = profile(
    "satellite",
    "MTU 1500, RTT 600 ms, 1 % lost, 2 Mbit/s up (chosen)",
    &[LAN, Hop { delay: ms(300), loss: Loss::Independent(0.01), link: Some(Link { rate: 2_000_000, depth: 64_000 }), ..Hop::PERFECT }],
);

/// All paths, in the order of this page.
pub const PATHS: [PathProfile; 10] =
    [ETHERNET, PPPOE, LTE, IP_FRAGMENTS_DROPPED, ICMP_FILTERED, LOSS_1, LOSS_5, BURSTY, NARROW_QUEUE, SATELLITE];

/// What strongSwan takes: 255 fragments, and 10000 octets (`charon.max_packet`).
pub const STRONGSWAN: ReassemblyLimits = ReassemblyLimits { octets: 10000, fragments: 255, window: 1, lifetime: Duration::from_secs(30) };

/// What libreswan takes: 32 fragments.
pub const LIBRESWAN: ReassemblyLimits = ReassemblyLimits { octets: 65531, fragments: 32, window: 1, lifetime: Duration::from_secs(60) };

/// What OpenIKED takes: 111 fragments.
pub const OPENIKED: ReassemblyLimits = ReassemblyLimits { octets: 65531, fragments: 111, window: 1, lifetime: Duration::from_secs(60) };

/// A message with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// One word.
    pub name: &'static str,
    /// What is in it.
    pub about: &'static str,
    /// Octets of the content of SK.
    pub octets: usize,
}

/// Four IKE_AUTH messages, counted from certificates of each algorithm (RSA measured, ML-DSA and SLH-DSA computed from FIPS 204
/// and 205).
pub const SIZES: [Size; 4] = [
    Size { name: "rsa-2048", about: "leaf certificate, one CA hash", octets: 1598 },
    Size { name: "rsa-4096-windows", about: "leaf and issuing certificate, 38 CA hashes as Windows sends", octets: 4720 },
    Size { name: "ml-dsa-65", about: "leaf and issuing certificate", octets: 15194 },
    Size { name: "slh-dsa-128s", about: "leaf and issuing certificate", octets: 24995 },
];
