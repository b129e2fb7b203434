//! Which datagram of a message to send when: nine strategies as state machines, and the trait to write another.
//!
//! RFC 7383 says how a message is cut; it leaves open at which size, in what order, how fast, and what to send again. A
//! [`Strategy`] answers that for one message. It holds the datagrams of a [`SealedMessage`]: a retransmission is the same octets
//! again, never a new IV (RFC 7296 section 2.1). It reads no clock and opens no socket:
//!
//! - [`poll_transmit`](Strategy::poll_transmit) gives the next datagram to send now, until it gives `None`;
//! - [`next_timeout`](Strategy::next_timeout) says when to ask again if nothing arrives before;
//! - [`handle_datagram`](Strategy::handle_datagram) is shown what arrives, once it is verified;
//! - [`handle_response`](Strategy::handle_response) ends it: the response is complete.
//!
//! | strategy | what it does | where it comes from |
//! |---|---|---|
//! | [`IpFragmentation`] | one SK datagram, cut by IP | RFC 7296, the baseline |
//! | [`Fixed`] | fragments of one size, all again on a timeout | RFC 7383 section 2.5.1 |
//! | [`PmtuProbe`] | fragments of falling size, with DF | RFC 7383 section 2.5.2 |
//! | [`FallbackToFragments`] | one SK datagram, fragments after some timeouts | RFC 7383 section 2.4 |
//! | [`RandomOrder`] | fragments in another order each time | draft-smyslov-ipsecme-ikev2-fragm-large-msg |
//! | [`Paced`] | a pause between fragments | the same draft |
//! | [`ReceiptStatus`] | the receiver reports a bitmap, the rest is sent again | the same draft |
//! | [`FragmentAck`] | the receiver acknowledges each fragment | draft-antony-ipsecme-ikev2-fragment-acknowledgment |
//! | [`Tcp`] | a byte stream, as the reliable reference | RFC 9329 |
//!
//! The last three need help at the other end: a [`Receiver`], which is a [`Reassembler`] that may have something to send.
//! The other six do with a [`PassiveReceiver`], that is, with any peer.
//!
//! **The two drafts are drafts.** They have no code points, and only their abstracts were at hand when this was written: the
//! behaviour follows those, the encodings in [`feedback`] are this crate's own, and stand behind a [`PrivateNotify`](feedback::PrivateNotify) that the
//! caller names. Both ends must be of this crate and agree on it.
//!
//! ```
//! # #[cfg(feature = "ring")] {
//! use core::time::Duration;
//! use ikev2::provider::Provider;
//! use ikev2::Instant;
//! use ikev2::fragment::strategy::{Fixed, SealedMessage, DeliveryState, Strategy, Timers};
//! use ikev2::fragment::{Layout, OutgoingMessage, Path};
//! use ikev2::protect::{IvSequence, Suite};
//! use ikev2::registry::{Encr, ExchangeType, PayloadType};
//! use ikev2::wire::{Header, IkeSpis};
//!
//! let suite = Suite::new(Encr::ENCR_AES_GCM_16, Some(256), None)?;
//! let mut sealer = suite.sealer(&Provider::builtin(), &[7; 36], &[], IvSequence::new(&[3; 16]))?;
//! let header = Header {
//!     spis: IkeSpis { initiator: 1, responder: 2 }, exchange: ExchangeType::IKE_AUTH, initiator: true, response: false, message_id: 1,
//! };
//! let message = OutgoingMessage { header, unprotected: &[], first_payload: PayloadType::V, content: &[0; 3000] };
//!
//! let fragments = SealedMessage::new(Path::ipv4(1280), Layout::Fill, &message, &mut *sealer)?;
//! let mut strategy = Fixed::new(fragments, Timers::STRONGSWAN);
//! let mut now = Instant::START;
//! let mut sent = 0;
//! while let Some(datagram) = strategy.poll_transmit(now) {
//!     assert!(datagram.octets.len() <= 1252); // send it
//!     sent += 1;
//! }
//! assert_eq!((sent, strategy.next_timeout()), (3, Some(Instant::START + Duration::from_secs(4))));
//!
//! now += Duration::from_millis(40); // the response arrives and is complete
//! strategy.handle_response(now);
//! assert_eq!((strategy.state(), strategy.next_timeout()), (DeliveryState::Answered, None));
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Reassembler`]: super::Reassembler

mod ack;
mod fallback;
pub mod feedback;
mod outbox;
mod probe;
mod receiver;
mod repeat;
mod sealed;
mod status;
mod tcp;
mod tcp_receiver;
mod timers;

pub use ack::{Acknowledger, FragmentAck};
pub use fallback::FallbackToFragments;
pub use probe::PmtuProbe;
pub use receiver::{PassiveReceiver, Receiver};
pub use repeat::{Fixed, IpFragmentation, Paced, RandomOrder};
pub use sealed::{SealMessageError, SealedMessage};
pub use status::{ReceiptStatus, StatusReporter};
pub use tcp::Tcp;
pub use tcp_receiver::TcpReceiver;
pub use timers::Timers;

use crate::instant::Instant;
use crate::protect::Opened;

/// When the datagrams of one message are sent. It serves one message of one side of an IKE SA.
pub trait Strategy {
    /// The datagram to send at `now`; `None` when there is none until [`next_timeout`](Self::next_timeout).
    ///
    /// Call it until it gives `None`: at the start, at each timeout, and after each datagram that arrived. `now` is any time that
    /// does not run backwards.
    fn poll_transmit(&mut self, now: Instant) -> Option<Transmit<'_>>;

    /// Shows the strategy what arrived from the peer or from the path; says whether that was meant for it alone.
    ///
    /// What was not (`false`) goes on to where messages go. Strategies without feedback know nothing to do with either.
    fn handle_datagram(&mut self, received: Arrival<'_>, now: Instant) -> bool {
        let _ = (received, now);
        false
    }

    /// The response to the message is complete: there is nothing more to send.
    fn handle_response(&mut self, now: Instant);

    /// When to call [`poll_transmit`](Self::poll_transmit) again if nothing arrives before; `None` when there is nothing to wait for.
    fn next_timeout(&self) -> Option<Instant>;

    /// How far it is.
    fn state(&self) -> DeliveryState;
}

/// A datagram to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transmit<'a> {
    /// The IKE message, without a non-ESP marker; of [`Tcp`], the segment from its TCP header on.
    pub octets: &'a [u8],
    /// Octets of the IP packet it travels in, as the path it was sealed for has it.
    pub packet_len: usize,
    /// Whether IP may cut it; `false` sets DF.
    pub may_fragment: bool,
    /// What carries it.
    pub carrier: Carrier,
}

impl<'a> Transmit<'a> {
    /// A message that UDP carries in an IP packet of `packet` octets, which IP may not cut.
    #[must_use]
    pub const fn new(octets: &'a [u8], packet: usize) -> Self {
        Self { octets, packet_len: packet, may_fragment: false, carrier: Carrier::Udp }
    }
}

/// What carries a datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Carrier {
    /// UDP.
    Udp,
    /// A TCP segment of the model [`Tcp`] is; a real application writes to a socket instead.
    Tcp,
}

/// What arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Arrival<'a> {
    /// A message, verified.
    Message(&'a Opened<'a>),
    /// A TCP segment, from its header on: for [`Tcp`] and [`TcpReceiver`] alone.
    Segment(&'a [u8]),
    /// ICMP or ICMPv6 says that a packet was too big for the next hop. Nobody verifies it: a strategy may go down by it, never up.
    TooBig {
        /// Octets of the largest packet that hop takes.
        mtu: u16,
    },
}

/// How far a strategy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DeliveryState {
    /// There may be more to send.
    Sending,
    /// The peer has the message.
    Answered,
    /// Every retransmission was in vain.
    GaveUp,
}
