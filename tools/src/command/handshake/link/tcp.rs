//! TCP connections (RFC 9329): the prefix of the stream, frames, and connections that end.

use super::{Incoming, Peer, Port, Received};
use ikev2::session::{NetworkPath, PathEncapsulation};
use ikev2::wire::transport::{Frame, MAX_FRAME, Packet, STREAM_PREFIX, StreamReader};
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// Connections at a time: each has a thread, and a buffer for one frame.
const MOST: usize = 64;
/// How long a connection may take to be opened, or to take what is written.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long somebody may be connected and silent before the first frame.
const SHY: Duration = Duration::from_secs(10);
/// Octets that are read at once.
const PIECE: usize = 4096;

/// The connections, and where to what comes by them goes.
pub(super) struct Tcp {
    open: Arc<Mutex<Open>>,
    sender: SyncSender<Incoming>,
}

/// The connections by the peer's address and port: our end is the same port for all of them. One that has ended stays until what came by it is
/// looked at.
type Open = BTreeMap<SocketAddr, (NetworkPath, TcpStream)>;

impl Tcp {
    pub(super) fn new(sender: SyncSender<Incoming>) -> Self {
        Self { open: Arc::default(), sender }
    }

    /// Takes connections on a port. The thread ends with the process.
    pub(super) fn listen(&self, address: IpAddr, port: u16) -> io::Result<()> {
        let listener = TcpListener::bind((address, port))?;
        let (open, sender) = (Arc::clone(&self.open), self.sender.clone());
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { continue };
                // What cannot be taken is closed.
                let _ = take(&open, &sender, stream, true);
            }
        });
        Ok(())
    }

    /// Opens a connection: the prefix is the first thing that goes by it.
    pub(super) fn connect(&self, address: SocketAddr) -> io::Result<NetworkPath> {
        let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.write_all(&STREAM_PREFIX)?;
        take(&self.open, &self.sender, stream, false)
    }

    /// The path of a connection that is open.
    pub(super) fn path(&self, peer: SocketAddr) -> Option<NetworkPath> {
        lock(&self.open).get(&peer).map(|(path, _)| *path)
    }

    /// Writes a frame; a connection that does not take it is closed.
    pub(super) fn put(&self, peer: SocketAddr, frame: &[u8]) -> io::Result<()> {
        let stream = lock(&self.open).get(&peer).map(|(_, stream)| stream.try_clone());
        let mut stream = stream.ok_or(io::ErrorKind::NotConnected)??;
        stream.write_all(frame).inspect_err(|_| {
            // Its reader finds the end of it.
            let _ = stream.shutdown(std::net::Shutdown::Both);
        })
    }

    /// A connection has ended, and all that came by it was looked at.
    pub(super) fn forget(&self, path: NetworkPath) {
        lock(&self.open).remove(&path.peer);
    }
}

/// A thread that failed has left nothing half done.
fn lock(open: &Mutex<Open>) -> MutexGuard<'_, Open> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps a connection, and reads what comes by it.
fn take(open: &Mutex<Open>, sender: &SyncSender<Incoming>, stream: TcpStream, is_accepted: bool) -> io::Result<NetworkPath> {
    let path = NetworkPath::new(stream.local_addr()?, stream.peer_addr()?, PathEncapsulation::Tcp);
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_read_timeout(is_accepted.then_some(SHY))?;
    stream.set_nodelay(true)?;
    let mut inbound = stream.try_clone()?;
    let mut open = lock(open);
    if open.len() >= MOST {
        return Err(io::Error::other("there are too many connections"));
    }
    open.insert(path.peer, (path, stream));
    let sender = sender.clone();
    thread::spawn(move || {
        let _why = read(&mut inbound, path.peer, &sender, is_accepted);
        let _ = inbound.shutdown(std::net::Shutdown::Both);
        let _ = sender.send(Incoming::Closed(path));
    });
    Ok(path)
}

/// Hands on every IKE message, until the stream ends or cannot be read any more.
fn read(stream: &mut TcpStream, address: SocketAddr, sender: &SyncSender<Incoming>, is_accepted: bool) -> io::Result<()> {
    let buf = vec![0; MAX_FRAME];
    let mut reader = if is_accepted { StreamReader::originator(buf) } else { StreamReader::responder(buf) };
    let mut piece = [0; PIECE];
    loop {
        let mut input = match stream.read(&mut piece)? {
            0 => return Ok(()),
            len => piece.get(..len).unwrap_or_default(),
        };
        while let Some(frame) = reader.push(&mut input).map_err(io::Error::other)? {
            stream.set_read_timeout(None)?;
            // Keepalives are for nobody (RFC 9329 section 6.6), and ESP is not decrypted here.
            if let Frame::Packet(Packet::Ike(message)) = frame {
                let received = Received { octets: message.to_vec(), from: Peer { address, port: Port::Tcp }, at: None };
                sender.send(Incoming::Datagram(received)).map_err(io::Error::other)?;
            }
        }
    }
}
