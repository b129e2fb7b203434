//! Two UDP sockets, one for each port, and the non-ESP marker (RFC 3948 section 2.2); TCP connections beside them.

mod tcp;

use super::args::{Args, Marker};
use super::failure::Failure;
use super::losses::{Fate, Losses};
use super::report::Report;
use ikev2::Instant;
use ikev2::registry::PayloadType;
use ikev2::session::{NetworkPath, PathEncapsulation};
use ikev2::wire::transport::{NON_ESP_MARKER, Packet, udp_4500};
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;
use tcp::Tcp;

/// Datagrams that wait to be looked at; what comes above is lost, as in a socket's own buffer.
const QUEUE: usize = 1024;
/// How long a datagram that is to come late is held when no other comes.
const HELD: Duration = Duration::from_millis(30);
/// The length field of a TCP frame, and the marker.
const FRAME_HEAD: usize = 6;
/// Where Next Payload stands in the IKE header.
const NEXT_PAYLOAD: usize = 16;

/// Which of our two sockets, or a TCP connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Port {
    Plain,
    Natt,
    Tcp,
}

/// Where a message comes from or goes to, and through which socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    pub(crate) port: Port,
}

#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) octets: Vec<u8>,
    pub(crate) from: Peer,
    /// The address of ours that it came to, as it was bound; of a TCP connection, none.
    at: Option<IpAddr>,
}

/// What the threads that read hand on, of one connection in its order.
enum Incoming {
    Datagram(Received),
    Closed(NetworkPath),
}

pub(crate) struct Link {
    pub(crate) report: Report,
    sockets: [UdpSocket; 2],
    tcp: Tcp,
    local: [SocketAddr; 2],
    /// On addresses that we have left: their ports stay ours, and what comes there is lost.
    left: Vec<Ends>,
    marker: Marker,
    losses: Losses,
    incoming: Receiver<Incoming>,
    sender: SyncSender<Incoming>,
    /// TCP connections that have ended, which nobody was told of.
    closed: Vec<NetworkPath>,
    held_out: Option<(Peer, Vec<u8>)>,
    held_in: Option<Received>,
    /// To be received again, before anything else.
    again: Option<Received>,
}

impl Link {
    pub(crate) fn new(args: &Args, out: Box<dyn Write + Send>) -> Result<Self, Failure> {
        let (address, ports) = match args.peer {
            Some(peer) => (args.local.map_or_else(|| towards(peer), Ok)?, [args.local_port, args.local_natt_port]),
            None => (args.local.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)), [args.port, args.natt_port]),
        };
        let (sender, incoming) = sync_channel(QUEUE);
        let (sockets, local) = open(address, ports, &sender)?;
        let tcp = Tcp::new(sender.clone());
        let mut report = Report::new(out, args.quiet, args.style);
        report.say(format_args!("{}", listening(local)));
        if args.tcp && args.peer.is_none() {
            let [_, n] = local;
            tcp.listen(address, n.port()).map_err(|error| Failure::Usage(format!("{address} TCP port {}: {error}", n.port())))?;
            report.say(format_args!("   on port {} by TCP, too", n.port()));
        }
        let losses = Losses::new(args.loss, args.reorder, args.duplicate, args.seed, args.drop.clone());
        Ok(Self {
            report,
            sockets,
            tcp,
            local,
            left: Vec::new(),
            marker: args.marker,
            losses,
            incoming,
            sender,
            closed: Vec::new(),
            held_out: None,
            held_in: None,
            again: None,
        })
    }

    /// On to another address, by the same ports: what comes to the one before is lost from here on.
    pub(crate) fn go(&mut self, address: IpAddr) -> Result<(), Failure> {
        let known = self.left.iter().position(|(_, local)| local.iter().all(|end| end.ip() == address));
        let (sockets, local) = match known {
            Some(index) => self.left.swap_remove(index),
            None => open(address, self.local.map(|end| end.port()), &self.sender)?,
        };
        let sockets = std::mem::replace(&mut self.sockets, sockets);
        self.left.push((sockets, std::mem::replace(&mut self.local, local)));
        self.report.say(format_args!("{}", listening(local)));
        Ok(())
    }

    pub(crate) fn now(&self) -> Instant {
        self.report.now()
    }

    /// Our end towards a peer.
    fn local(&self, peer: Peer) -> SocketAddr {
        let [plain, natt] = self.local;
        let own = if peer.port == Port::Plain { plain } else { natt };
        if own.ip().is_unspecified() { SocketAddr::new(towards(peer.address.ip()).unwrap_or(own.ip()), own.port()) } else { own }
    }

    /// Whether the marker stands before messages.
    fn marked(&self, peer: Peer) -> bool {
        let [plain, _] = self.local;
        match self.marker {
            Marker::Always => true,
            _ if peer.port == Port::Natt => true,
            Marker::Natt => false,
            // charon's rule.
            Marker::Auto => plain.port() != 500 && peer.address.port() != 500,
        }
    }

    /// The path to a peer, as a session knows it.
    pub(crate) fn path(&self, peer: Peer) -> NetworkPath {
        if peer.port == Port::Tcp {
            // One that has ended meanwhile is found by nobody.
            let gone = NetworkPath::new(self.local(peer), peer.address, PathEncapsulation::Tcp);
            return self.tcp.path(peer.address).unwrap_or(gone);
        }
        let encapsulation = if self.marked(peer) { PathEncapsulation::NonEspMarker } else { PathEncapsulation::Udp };
        NetworkPath::new(self.local(peer), peer.address, encapsulation)
    }

    /// The peer of a path: our end tells the socket.
    pub(crate) fn peer(&self, path: NetworkPath) -> Peer {
        if path.is_tcp() {
            return Peer { address: path.peer, port: Port::Tcp };
        }
        let [plain, natt] = self.local;
        let port = if path.local.port() == natt.port() && plain.port() != natt.port() { Port::Natt } else { Port::Plain };
        Peer { address: path.peer, port }
    }

    /// Opens a TCP connection.
    pub(crate) fn connect(&mut self, address: SocketAddr) -> Result<NetworkPath, Failure> {
        let path = self.tcp.connect(address).map_err(|error| Failure::Unreachable(address, error))?;
        self.report.say(format_args!("   a TCP connection: {path}"));
        Ok(path)
    }

    /// The TCP connections that have ended since this was last asked.
    pub(crate) fn closed(&mut self) -> Vec<NetworkPath> {
        std::mem::take(&mut self.closed)
    }

    /// Sends a datagram, with its marker if it has one.
    pub(crate) fn send(&mut self, path: NetworkPath, datagram: Vec<u8>) -> Result<(), Failure> {
        let peer = self.peer(path);
        let before = match path.encapsulation {
            PathEncapsulation::Udp => 0,
            PathEncapsulation::NonEspMarker => NON_ESP_MARKER.len(),
            PathEncapsulation::Tcp => FRAME_HEAD,
        };
        let next_payload = datagram.get(before.saturating_add(NEXT_PAYLOAD)).copied();
        let seen = &mut self.report.seen;
        seen.sent = seen.sent.saturating_add(1);
        seen.largest_sent = seen.largest_sent.max(datagram.len());
        if next_payload == Some(PayloadType::SKF.0) {
            seen.fragments_sent = seen.fragments_sent.saturating_add(1);
        }
        let number = seen.sent;
        match self.losses.sending() {
            Fate::Lose => self.report.say(format_args!("   datagram {number} is lost on purpose")),
            Fate::Later if self.held_out.is_none() => {
                self.report.say(format_args!("   datagram {number} is held back on purpose"));
                self.held_out = Some((peer, datagram));
                return Ok(());
            }
            Fate::Double => {
                self.report.say(format_args!("   datagram {number} is sent twice on purpose"));
                self.put(peer, &datagram)?;
                self.put(peer, &datagram)?;
            }
            Fate::Pass | Fate::Later => self.put(peer, &datagram)?,
        }
        self.release()
    }

    /// Sends what is held back, when nothing follows that it could be overtaken by.
    pub(crate) fn release(&mut self) -> Result<(), Failure> {
        match self.held_out.take() {
            Some((peer, datagram)) => self.put(peer, &datagram),
            None => Ok(()),
        }
    }

    /// An error is what a network is allowed to do to a datagram: it is said, and the datagram counts as lost.
    fn put(&mut self, peer: Peer, datagram: &[u8]) -> Result<(), Failure> {
        let [plain, natt] = &self.sockets;
        let done = match peer.port {
            Port::Plain => plain.send_to(datagram, peer.address).map(drop),
            Port::Natt => natt.send_to(datagram, peer.address).map(drop),
            Port::Tcp => self.tcp.put(peer.address, datagram),
        };
        if let Err(error) = done {
            self.report.say(format_args!("   {} octets not sent: {error}", datagram.len()));
        }
        Ok(())
    }

    /// The next IKE message, or nothing when the clock reaches `until`, or when a TCP connection has ended.
    pub(crate) fn receive(&mut self, until: Instant) -> Result<Option<Received>, Failure> {
        self.release()?;
        loop {
            if let Some(received) = self.again.take() {
                return Ok(Some(received));
            }
            let now = self.now();
            let wait = until - now;
            let wait = if self.held_in.is_some() { wait.min(HELD) } else { wait };
            let received = match self.incoming.recv_timeout(wait) {
                Ok(Incoming::Datagram(received)) => received,
                Ok(Incoming::Closed(path)) => {
                    self.tcp.forget(path);
                    self.closed.push(path);
                    return Ok(None);
                }
                Err(RecvTimeoutError::Timeout) => match self.held_in.take() {
                    Some(held) => return Ok(Some(held)),
                    None => return Ok(None),
                },
                Err(RecvTimeoutError::Disconnected) => return Err(Failure::Protocol("the sockets are closed".into())),
            };
            if received.at.is_some_and(|at| self.local.iter().all(|end| end.ip() != at)) {
                continue;
            }
            let Some(received) = self.unmarked(received) else { continue };
            let seen = &mut self.report.seen;
            seen.received = seen.received.saturating_add(1);
            if received.octets.get(NEXT_PAYLOAD) == Some(&PayloadType::SKF.0) {
                seen.fragments_received = seen.fragments_received.saturating_add(1);
            }
            match self.losses.receiving() {
                Fate::Lose => {
                    self.report.say(format_args!("   {} octets received are lost on purpose", received.octets.len()));
                    continue;
                }
                Fate::Later if self.held_in.is_none() => {
                    self.held_in = Some(received);
                    continue;
                }
                Fate::Double => self.again = Some(Received { octets: received.octets.clone(), ..received }),
                Fate::Pass | Fate::Later => {}
            }
            if self.again.is_none() {
                self.again = self.held_in.take();
            }
            return Ok(Some(received));
        }
    }

    fn unmarked(&mut self, received: Received) -> Option<Received> {
        if received.from.port == Port::Tcp || !self.marked(received.from) {
            return Some(received);
        }
        let what = match udp_4500(&received.octets) {
            Ok(Packet::Ike(message)) => return Some(Received { octets: message.to_vec(), ..received }),
            Ok(Packet::Esp { .. }) => "ESP, or a message without marker",
            Ok(Packet::Keepalive) => return None,
            Err(_) => "too short",
        };
        self.report.say(format_args!("   ignored {} octets from {}: {what}", received.octets.len(), received.from.address));
        None
    }
}

/// Our two sockets on one address, and where they are.
type Ends = ([UdpSocket; 2], [SocketAddr; 2]);

/// Two sockets, each with a thread that listens.
fn open(address: IpAddr, ports: [u16; 2], sender: &SyncSender<Incoming>) -> Result<Ends, Failure> {
    let bind = |port| UdpSocket::bind((address, port)).map_err(|error| Failure::Usage(format!("{address} port {port}: {error}")));
    let [plain, natt] = ports.map(bind);
    let (plain, natt) = (plain?, natt?);
    listen(plain.try_clone()?, (address, Port::Plain), sender.clone());
    listen(natt.try_clone()?, (address, Port::Natt), sender.clone());
    let local = [plain.local_addr()?, natt.local_addr()?];
    Ok(([plain, natt], local))
}

fn listening([plain, natt]: [SocketAddr; 2]) -> String {
    format!("listening on {} ports {} and {}", plain.ip(), plain.port(), natt.port())
}

/// The thread ends with the process, or when nobody takes what comes: it has nothing to put in order.
fn listen(socket: UdpSocket, (at, port): (IpAddr, Port), sender: SyncSender<Incoming>) {
    thread::spawn(move || {
        let mut buf = vec![0; usize::from(u16::MAX)];
        loop {
            // An error is one datagram's (an ICMP message that came back).
            let Ok((len, address)) = socket.recv_from(&mut buf) else { continue };
            let received = Received { octets: buf.get(..len).unwrap_or_default().to_vec(), from: Peer { address, port }, at: Some(at) };
            if let Err(std::sync::mpsc::TrySendError::Disconnected(_)) = sender.try_send(Incoming::Datagram(received)) {
                return;
            }
        }
    });
}

/// The address this machine would send from.
fn towards(peer: IpAddr) -> Result<IpAddr, Failure> {
    let any: IpAddr = if peer.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0))?;
    socket.connect((peer, 500))?;
    Ok(socket.local_addr()?.ip())
}
