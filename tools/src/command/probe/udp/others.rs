//! Windows, macOS and others: packets with DF leave from a socket of their own, of which quinn-udp sees to that. Who refuses a port is not
//! told.

use super::event::{Back, Event, Incoming, hand, tell};
use ikev2::probe::ProbeSocket;
use quinn_udp::{RecvMeta, UdpSockRef, UdpSocketState};
use std::io::{self, ErrorKind, IoSliceMut};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::mpsc::SyncSender;
use std::thread;

/// WSAEMSGSIZE, and EMSGSIZE of the BSDs.
pub(super) const TOO_LONG: i32 = if cfg!(windows) { 10040 } else { 40 };

pub(super) struct End {
    plain: UdpSocket,
    /// None where the system, such as wine, does not set DF.
    whole: Option<UdpSocket>,
}

impl End {
    /// Two sockets, each with a thread that listens. The threads end with the process, or when nobody takes what comes.
    pub(super) fn open(at: SocketAddr, id: ProbeSocket, sender: &SyncSender<Incoming>) -> io::Result<Self> {
        let plain = UdpSocket::bind(at)?;
        let (listener, hands) = (plain.try_clone()?, sender.clone());
        thread::spawn(move || {
            let mut octets = vec![0; usize::from(u16::MAX)];
            loop {
                let is_taken = match listener.recv_from(&mut octets) {
                    Ok((len, from)) => hand(&hands, id, from, octets.get(..len).unwrap_or_default()),
                    Err(error) => complain(&hands, id, &error),
                };
                if !is_taken {
                    return;
                }
            }
        });
        let mut beside = at;
        beside.set_port(0);
        let whole = whole(beside).ok();
        let opened = whole.as_ref().map(|(socket, _)| socket.try_clone()).transpose()?;
        if let Some((listener, state)) = whole {
            let hands = sender.clone();
            thread::spawn(move || while receive(&listener, &state, id, &hands) {});
        }
        Ok(Self { plain, whole: opened })
    }

    pub(super) const fn sends_whole(&self) -> bool {
        self.whole.is_some()
    }

    fn socket(&self, dont_fragment: bool) -> io::Result<&UdpSocket> {
        match &self.whole {
            Some(whole) if dont_fragment => Ok(whole),
            None if dont_fragment => Err(ErrorKind::Unsupported.into()),
            _ => Ok(&self.plain),
        }
    }

    pub(super) fn local(&self, dont_fragment: bool) -> io::Result<SocketAddr> {
        self.socket(dont_fragment)?.local_addr()
    }

    pub(super) fn send(&self, octets: &[u8], to: SocketAddr, dont_fragment: bool) -> io::Result<()> {
        self.socket(dont_fragment)?.send_to(octets, to).map(|_| ())
    }

    /// There is no queue of errors.
    #[expect(clippy::unused_self, reason = "Linux has one for each socket")]
    pub(super) const fn errors(&self) -> Vec<Event> {
        Vec::new()
    }
}

/// A socket whose packets have DF.
fn whole(at: SocketAddr) -> io::Result<(UdpSocket, UdpSocketState)> {
    let socket = UdpSocket::bind(at)?;
    let state = UdpSocketState::new(UdpSockRef::from(&socket))?;
    // quinn-udp is for who polls; a thread waits.
    socket.set_nonblocking(false)?;
    Ok((socket, state))
}

/// Waits for datagrams, which may come several in one piece; false when nobody takes them any more.
fn receive(socket: &UdpSocket, state: &UdpSocketState, id: ProbeSocket, sender: &SyncSender<Incoming>) -> bool {
    let mut octets = vec![0; usize::from(u16::MAX)];
    let mut meta = [RecvMeta::default()];
    match state.recv(UdpSockRef::from(socket), &mut [IoSliceMut::new(&mut octets)], &mut meta) {
        Ok(_) => {
            let [meta] = meta;
            let pieces = octets.get(..meta.len).unwrap_or_default().chunks(meta.stride.max(1));
            pieces.into_iter().all(|piece| hand(sender, id, meta.addr, piece))
        }
        Err(error) => complain(sender, id, &error),
    }
}

/// Of an error on a socket without a peer, no more is known than that something was refused.
fn complain(sender: &SyncSender<Incoming>, socket: ProbeSocket, error: &io::Error) -> bool {
    match error.kind() {
        ErrorKind::ConnectionReset | ErrorKind::ConnectionRefused | ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => {
            tell(sender, Incoming::Event(Event { socket, from: None, back: Back::Refused }))
        }
        ErrorKind::Interrupted | ErrorKind::WouldBlock => true,
        // An error is one datagram's, as of one that is larger than any of ours.
        _ => tell(sender, Incoming::Trouble),
    }
}

/// Nobody tells.
pub(super) const fn mtu(_local: IpAddr) -> Option<u16> {
    None
}
