//! The path between the two ends, as a row of hops.

use alloc::borrow::Cow;
use core::time::Duration;

/// A path: hops from the sender of the message to its receiver, and back.
#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    /// The IP version: routers cut IPv4 packets, IPv6 packets only their sender (RFC 8200 section 4.5).
    pub ip: Ip,
    /// At least one, or the path loses nothing and takes no time.
    pub hops: Cow<'static, [Hop]>,
    /// The hops from the receiver to the sender; `None` for the same ones the other way round, with queues and losses of their own.
    pub back: Option<Cow<'static, [Hop]>>,
    /// How long a NAT in front of the sender remembers it without packets from it; what comes back later is dropped.
    pub nat: Option<Duration>,
    /// How long the receiver takes to answer a complete message.
    pub answer_after: Duration,
}

impl Route {
    /// A path of one hop over IPv4.
    #[must_use]
    pub fn of(hop: Hop) -> Self {
        Self::through([hop])
    }

    /// A path of several hops over IPv4.
    #[must_use]
    pub fn through(hops: impl IntoIterator<Item = Hop>) -> Self {
        Self { ip: Ip::V4, hops: hops.into_iter().collect(), back: None, nat: None, answer_after: Duration::ZERO }
    }

    /// The largest IP packet that no hop cuts or refuses, in octets.
    #[must_use]
    pub fn mtu(&self) -> u16 {
        self.hops.iter().map(|hop| hop.mtu).min().unwrap_or(u16::MAX)
    }

    /// The round-trip time of a packet that waits nowhere, without jitter and serialization.
    #[must_use]
    pub fn round_trip(&self) -> Duration {
        let back = self.back.as_ref().unwrap_or(&self.hops);
        self.hops.iter().chain(back.iter()).fold(Duration::ZERO, |sum, hop| sum.saturating_add(hop.delay))
    }
}

/// The IP version of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ip {
    /// IPv4, 20 octets of header.
    V4,
    /// IPv6, 40 octets of header, 8 more in fragments.
    V6,
}

/// One hop: a router and the link behind it. Probabilities are of 0.0 to 1.0 and for each IP packet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hop {
    /// Octets of the largest IP packet the link takes.
    pub mtu: u16,
    /// The time a packet is under way, each direction.
    pub delay: Duration,
    /// Up to so much is added to each packet's delay, evenly distributed. Jitter alone never changes the order.
    pub jitter: Duration,
    /// The rate of the link and the queue in front of it; `None` is as fast as need be.
    pub link: Option<Link>,
    /// Packets lost on the link.
    pub loss: Loss,
    /// What happens to the pieces of a packet that IP has cut.
    pub ip_fragments: IpFragments,
    /// Whether the sender of a packet too big hears of it by ICMP; `false` is a filter, and makes a black hole of it.
    pub too_big: bool,
    /// Probability that a packet is held back by [`reorder_by`](Self::reorder_by), and later ones overtake it.
    pub reorder: f64,
    /// How long a packet is held back.
    pub reorder_by: Duration,
    /// Probability that a packet arrives twice.
    pub duplicate: f64,
}

impl Hop {
    /// Ethernet without delay and loss; the start of one's own: `Hop { mtu: 1400, ..Hop::PERFECT }`.
    pub const PERFECT: Self = Self {
        mtu: 1500,
        delay: Duration::ZERO,
        jitter: Duration::ZERO,
        link: None,
        loss: Loss::None,
        ip_fragments: IpFragments::Pass,
        too_big: true,
        reorder: 0.0,
        reorder_by: Duration::ZERO,
        duplicate: 0.0,
    };
}

/// A rate, and a drop-tail queue in front of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// Bits a second; 0 passes nothing.
    pub rate: u64,
    /// Octets of IP packets that may wait, the one being sent not counted. One that does not fit is dropped.
    pub depth: usize,
}

/// How packets are lost on a link, whatever their size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Loss {
    /// Never.
    None,
    /// Each with this probability, independent of all others.
    Independent(f64),
    /// In bursts: the model of Gilbert and Elliott, a good and a bad state of the link.
    Bursts(Bursts),
}

/// A link that is good or bad for a while.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bursts {
    /// The state may change once each slot; zero means with each packet, whenever it comes.
    pub slot: Duration,
    /// Probability that a good link turns bad in a slot.
    pub to_bad: f64,
    /// Probability that a bad link turns good in a slot; its inverse is the mean burst in slots.
    pub to_good: f64,
    /// Probability that a packet is lost while the link is good.
    pub lost_in_good: f64,
    /// Probability that a packet is lost while the link is bad.
    pub lost_in_bad: f64,
}

impl Bursts {
    /// The share of time the link is bad.
    #[must_use]
    pub fn bad(&self) -> f64 {
        let sum = self.to_bad + self.to_good;
        if sum > 0.0 { self.to_bad / sum } else { 0.0 }
    }

    /// The share of packets lost in the long run.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.bad() * self.lost_in_bad + (1.0 - self.bad()) * self.lost_in_good
    }
}

/// What a hop does to packets that are pieces of a larger one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum IpFragments {
    /// They pass like any other.
    Pass,
    /// Each is dropped with this probability.
    DropEach(f64),
    /// With this probability the hop drops all of them, for the whole exchange: so measurements count paths.
    DropAll(f64),
    /// The first piece passes and the others, which have no ports, do not.
    FirstOnly,
}
