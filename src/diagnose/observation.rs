//! What a watcher saw.

use crate::instant::Instant;
use crate::registry::PayloadType;
use crate::wire::IkeSpis;
use core::net::{IpAddr, SocketAddr};

/// One thing that was seen on the network, in the order in which it was seen.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Observation<'a> {
    /// Numbers of the packets that carried it: the evidence findings name.
    pub packets: &'a [u64],
    /// When it was seen, by a clock that is the same for all observations.
    pub time: Instant,
    /// Who sent it; of an [`IcmpError`], who sent the packet it complains about. Port 0 stands for an unknown one.
    pub src: SocketAddr,
    /// To whom.
    pub dst: SocketAddr,
    /// How it was carried.
    pub transport: Transport,
    /// What it was.
    pub observed: Observed<'a>,
    /// What the packet itself tells of the place where it was seen.
    pub sight: Sight,
    /// Whether it was a packet, or a log tells of it.
    pub account: Account,
}

/// Whether something was seen itself, or a log tells of it.
///
/// Of a message that a log tells of, `octets` are made up: a header, and the payloads that the log names. What the log does not name is
/// told by a Length in the header that is greater than what is there, as of a message that was cut short.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Account {
    /// It was a packet.
    #[default]
    Packet,
    /// A log tells of it. Nothing is concluded from the size of a message unless the log says it, nor from a silence unless the log shows
    /// that who asked noticed it.
    Log {
        /// Octets of the message, if the log says how many.
        octets: Option<usize>,
    },
}

impl Account {
    /// Whether a log tells of it.
    #[must_use]
    pub const fn is_log(self) -> bool {
        matches!(self, Self::Log { .. })
    }
}

/// What a packet tells of the place where it was captured, and what another capture tells of its end.
///
/// Whoever has a capture of each end observes what both saw once, as the sender's capture has it, and says what came of it:
///
/// ```
/// use ikev2::diagnose::{Delivery, Sight};
///
/// let sight = Sight::new(Some(64), None).with_arrival(Delivery::Part(1480));
/// assert!(sight.arrival < Some(Delivery::Whole));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Sight {
    /// Time to Live of its IPv4 header, or Hop Limit of its IPv6 header.
    pub hop_limit: Option<u8>,
    /// Whether the machine that captured it was about to send it; `None` where the link layer does not say.
    pub outgoing: Option<bool>,
    /// How much of it came to the one it was sent to; `None` without a capture that was made there at that time.
    pub arrival: Option<Delivery>,
}

/// How much of a datagram came to the one it was sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Delivery {
    /// Nothing.
    Nothing,
    /// So many octets of IP payload, in IP fragments of which it did not become whole there.
    Part(u64),
    /// All of it.
    Whole,
}

impl Delivery {
    /// `nothing`, `part`, `whole`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Part(_) => "part",
            Self::Whole => "whole",
        }
    }
}

impl Sight {
    /// Hop limit, and whether the machine that captured the packet was about to send it, as far as they are known.
    #[must_use]
    pub const fn new(hop_limit: Option<u8>, outgoing: Option<bool>) -> Self {
        Self { hop_limit, outgoing, arrival: None }
    }

    /// The same with how much of the packet came to the one it was sent to.
    #[must_use]
    pub const fn with_arrival(mut self, arrival: Delivery) -> Self {
        self.arrival = Some(arrival);
        self
    }
}

impl<'a> Observation<'a> {
    /// Something seen at `time` from `src` to `dst`, without packet numbers.
    #[must_use]
    pub const fn new(time: Instant, src: SocketAddr, dst: SocketAddr, transport: Transport, observed: Observed<'a>) -> Self {
        Self { packets: &[], time, src, dst, transport, observed, sight: Sight::new(None, None), account: Account::Packet }
    }

    /// The same with the numbers of the packets that carried it.
    #[must_use]
    pub const fn with_packets(mut self, packets: &'a [u64]) -> Self {
        self.packets = packets;
        self
    }

    /// The same with what the packet tells of the place where it was captured.
    #[must_use]
    pub const fn with_sight(mut self, sight: Sight) -> Self {
        self.sight = sight;
        self
    }

    /// The same as something that a log tells: `packets` are the numbers of its lines then.
    #[must_use]
    pub const fn with_account(mut self, account: Account) -> Self {
        self.account = account;
        self
    }
}

/// How an IKE message travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// UDP, and nothing before the message: port 500.
    Udp,
    /// UDP with the non-ESP marker of four octets: port 4500 (RFC 3948 section 2.2).
    UdpNonEspMarker,
    /// A TCP stream (RFC 9329).
    Tcp,
}

/// What was seen.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Observed<'a> {
    /// An IKE message, its IP fragments put together.
    Message {
        /// The message, without a marker; it may be cut short or broken.
        octets: &'a [u8],
        /// Octets of IP payload in each of the packets that carried it; empty when it came in one.
        fragments: &'a [usize],
        /// What was encrypted: of SK its content, of SKF that of the set this fragment completed.
        decrypted: Option<Decrypted<'a>>,
    },
    /// IP fragments that never became a datagram, and that may have been IKE.
    IpFragments {
        /// The beginning of the message, without a marker, as far as it came; empty when the first fragment did not.
        head: &'a [u8],
        /// Octets of IP payload that arrived.
        arrived: u64,
        /// Octets of the whole IP payload, if the last fragment arrived.
        total: Option<u64>,
    },
    /// An ESP packet with this SPI: inside UDP or TCP, or by itself where both ports are 0.
    ///
    /// With [`Transport::Udp`] it came where IKE was to be expected without a marker, on port 500.
    Esp(u32),
    /// A NAT keepalive.
    Keepalive,
    /// An ICMP error about a packet from `src` to `dst`.
    Icmp(IcmpReport),
    /// Somebody opens a TCP connection to port 443: TLS, as SSTP uses it.
    TlsConnect,
    /// An IP fragment with an offset, of whatever datagram: a capture filter by port lets none through.
    LaterFragment,
    /// A packet of any other kind: the capture went on until then.
    Other,
    /// The capture holds at most so many octets of each packet.
    Cut(u32),
    /// The clock of the capture went back before this.
    ClockBack,
    /// What a daemon's log says outright about one of its IKE SAs; `src` and `dst` do not matter.
    Said {
        /// The IKE SA, by the SPIs of the messages that the log tells of.
        spis: IkeSpis,
        /// What it says.
        said: Said,
    },
    /// An event of the event log of Windows: of a VPN client (RasClient), where `src` is the client, or of a server (`RemoteAccess`).
    WindowsEvent(WindowsEvent),
}

/// What a daemon's log says outright.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Said {
    /// An answer to its request never came, however often it asked: it gives up.
    GaveUp,
    /// It began, and cannot go on after IKE_SA_INIT: it has no usable certificate or key, or does not take the answer.
    Stopped,
    /// It answered IKE_SA_INIT, and drops the half-open IKE SA because nothing followed.
    NothingFollowed,
    /// It insists on a post-quantum pre-shared key (RFC 8784), and the other side has not confirmed one.
    PpkMissing,
    /// An answer to IKE_SA_INIT came, and a payload of this type in it cannot be read.
    Unreadable(PayloadType),
}

/// An event of Windows: its ID, and the error number in its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct WindowsEvent {
    /// Event ID: 20227 is a connection that failed.
    pub event: u32,
    /// The error of the Remote Access service (raserror.h, 600 to 900), or of IPsec (winerror.h, 13800 to 13924).
    pub error: Option<u32>,
    /// It is an event of a VPN server, and not of a client.
    pub server: bool,
}

impl WindowsEvent {
    /// An event of a client, or of a server.
    #[must_use]
    pub const fn new(event: u32, error: Option<u32>, server: bool) -> Self {
        Self { event, error, server }
    }
}

/// An ICMP error: what it says, who sent it, and about what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct IcmpReport {
    /// What it says.
    pub error: IcmpError,
    /// Who sent it.
    pub from: IpAddr,
    /// The packet it quotes is ESP, and not UDP.
    pub esp: bool,
}

impl IcmpReport {
    /// What `from` says about a UDP datagram, or about an ESP packet.
    #[must_use]
    pub const fn new(error: IcmpError, from: IpAddr, esp: bool) -> Self {
        Self { error, from, esp }
    }
}

/// Decrypted content of a message; the caller has verified it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Decrypted<'a> {
    /// The type of the first payload.
    pub first_payload: PayloadType,
    /// The payloads, without padding.
    pub content: &'a [u8],
}

impl<'a> Decrypted<'a> {
    /// Decrypted content, and the type of its first payload.
    #[must_use]
    pub const fn new(first_payload: PayloadType, content: &'a [u8]) -> Self {
        Self { first_payload, content }
    }
}

/// What an ICMP error says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IcmpError {
    /// Nobody listens on the port.
    PortUnreachable,
    /// Host or network unreachable.
    Unreachable,
    /// Nobody there takes the protocol (ICMP type 3 code 2, ICMPv6 type 4 code 1).
    ProtocolUnreachable,
    /// It was forwarded too often: a routing loop.
    TimeExceeded,
    /// A filter refused it.
    Prohibited,
    /// It is larger than the path allows; the MTU the next hop has, if it says.
    TooBig(Option<u32>),
    /// Fragments of it were missing at its destination for too long (RFC 792, RFC 4443 section 3.3).
    ReassemblyTimeout,
}

impl IcmpError {
    /// What an ICMP message of this type and code says (RFC 792), with the MTU of the next hop (RFC 1191 section 4, in octets; 0 where it is
    /// not told); `None` for a message that is no error.
    ///
    /// ```
    /// use ikev2::diagnose::IcmpError;
    /// assert_eq!(IcmpError::of_v4(3, 4, 1400), Some(IcmpError::TooBig(Some(1400))));
    /// assert_eq!(IcmpError::of_v4(0, 0, 0), None);
    /// ```
    #[must_use]
    pub fn of_v4(ty: u8, code: u8, mtu: u16) -> Option<Self> {
        Some(match (ty, code) {
            (3, 2) => Self::ProtocolUnreachable,
            (3, 3) => Self::PortUnreachable,
            (3, 4) => Self::TooBig(Some(u32::from(mtu)).filter(|mtu| *mtu != 0)),
            (3, 9 | 10 | 13) => Self::Prohibited,
            (3, _) => Self::Unreachable,
            (11, 0) => Self::TimeExceeded,
            (11, 1) => Self::ReassemblyTimeout,
            _ => return None,
        })
    }

    /// What an ICMPv6 message of this type and code says, with the MTU of the next hop in octets (RFC 4443 section 3); `None` for a message
    /// that is no error.
    #[must_use]
    pub const fn of_v6(ty: u8, code: u8, mtu: u32) -> Option<Self> {
        Some(match (ty, code) {
            (4, 1) => Self::ProtocolUnreachable,
            (1, 4) => Self::PortUnreachable,
            (2, _) => Self::TooBig(Some(mtu)),
            (1, 1) => Self::Prohibited,
            (1, _) => Self::Unreachable,
            (3, 0) => Self::TimeExceeded,
            (3, 1) => Self::ReassemblyTimeout,
            _ => return None,
        })
    }
}
