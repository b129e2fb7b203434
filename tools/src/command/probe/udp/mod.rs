//! The sockets that a prober asks by: two on one address of ours, each able to send with DF and without.
//!
//! ```text
//! event.rs   what came back
//! linux.rs   one socket for both, and the error queue: who sends ICMP errors
//! others.rs  a socket of its own for packets with DF
//! ```

mod event;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod others;

use event::Incoming;
pub(super) use event::{Back, Event};
use ikev2::probe::{ProbeDatagram, ProbeSocket};
#[cfg(target_os = "linux")]
use linux as system;
#[cfg(not(target_os = "linux"))]
use others as system;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;
use system::End;

/// Datagrams that wait to be looked at; what comes above is lost, as in a socket's own buffer.
const QUEUE: usize = 1024;

/// Why a datagram was not sent.
#[derive(Debug)]
pub(super) enum Unsent {
    /// It is larger than the interface takes.
    TooLong,
    Failed(io::Error),
}

pub(super) struct Udp {
    first: End,
    second: End,
    incoming: Receiver<Incoming>,
    waiting: Vec<Event>,
}

impl Udp {
    /// Two sockets on the address that packets to `peer` leave from, the first on a port of ours; 0: any.
    pub(super) fn open(peer: IpAddr, port: u16) -> io::Result<Self> {
        let local = towards(peer)?;
        let (sender, incoming) = sync_channel(QUEUE);
        let open = |socket, port| {
            let mut at = local;
            at.set_port(port);
            End::open(at, socket, &sender)
        };
        Ok(Self { first: open(ProbeSocket::First, port)?, second: open(ProbeSocket::Second, 0)?, incoming, waiting: Vec::new() })
    }

    const fn end(&self, socket: ProbeSocket) -> &End {
        match socket {
            ProbeSocket::First => &self.first,
            ProbeSocket::Second => &self.second,
        }
    }

    /// The address and port that a datagram leaves from.
    pub(super) fn local(&self, out: &ProbeDatagram) -> io::Result<SocketAddr> {
        self.end(out.socket).local(out.dont_fragment)
    }

    /// The address and port of most datagrams.
    pub(super) fn first(&self) -> io::Result<SocketAddr> {
        self.first.local(false)
    }

    /// The MTU of the interface, in octets of IP packet, where the system tells.
    pub(super) fn mtu(&self) -> Option<u16> {
        self.first().ok().and_then(|local| system::mtu(local.ip()))
    }

    /// Whether this system can send with DF.
    pub(super) const fn sends_whole(&self) -> bool {
        self.first.sends_whole()
    }

    pub(super) fn send(&self, out: &ProbeDatagram) -> Result<(), Unsent> {
        self.end(out.socket).send(&out.datagram, out.to, out.dont_fragment).map_err(|error| match error {
            error if error.raw_os_error() == Some(system::TOO_LONG) => Unsent::TooLong,
            error => Unsent::Failed(error),
        })
    }

    /// Sends without DF, in IP fragments where the interface takes no more.
    #[cfg(feature = "handshake")]
    pub(super) fn send_as_it_fits(&self, socket: ProbeSocket, datagram: &[u8], to: SocketAddr) -> io::Result<()> {
        self.end(socket).send(datagram, to, false)
    }

    /// What comes back within this time, one after the other.
    pub(super) fn next(&mut self, wait: Duration) -> Option<Event> {
        if let Some(event) = self.waiting.pop() {
            return Some(event);
        }
        match self.incoming.recv_timeout(wait) {
            Ok(Incoming::Event(event)) => return Some(event),
            Ok(Incoming::Trouble) | Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
        }
        // An error that a call to send was told of wakes nobody: the queue is looked at in any case.
        self.waiting = [&self.first, &self.second].into_iter().flat_map(End::errors).collect();
        self.waiting.reverse();
        self.waiting.pop()
    }
}

/// The address that this machine sends to `peer` from, with the zone of a link-local one.
fn towards(peer: IpAddr) -> io::Result<SocketAddr> {
    let any: IpAddr = if peer.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0))?;
    socket.connect((peer, 500))?;
    socket.local_addr()
}
