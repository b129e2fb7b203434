//! TLS to TCP 443: what SSTP looks like from outside, as do web pages.

use super::at::At;
use crate::capture::Opening;
use core::net::{IpAddr, SocketAddr};
use std::collections::{HashMap, HashSet};

pub(crate) const HTTPS: u16 = 443;
/// Connections remembered to addresses that are ends of IKE: what a client does after a tunnel failed is among them.
pub(crate) const MAX_TO_PEERS: usize = 4096;
/// The same to others: web pages, of which a few examples do.
pub(crate) const MAX_TO_OTHERS: usize = 512;
/// Ends of IKE remembered.
const MAX_PEERS: usize = 4096;
/// Octets of a host name.
const MAX_HOST: usize = 255;

/// A connection to port 443, or what was seen of its beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Connection {
    pub(crate) client: SocketAddr,
    pub(crate) server: SocketAddr,
    /// Its first packet.
    pub(crate) first: At,
    /// The server sent something else than a reset.
    pub(crate) answered: bool,
    /// The server sent a reset before anything else.
    pub(crate) refused: bool,
    /// When the client began TLS.
    pub(crate) hello: Option<At>,
    /// Whom it asked for, escaped.
    pub(crate) host: Option<String>,
}

/// The connections of a capture, in the order of their first packets.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    connections: Vec<Connection>,
    by_ends: HashMap<(SocketAddr, SocketAddr), usize>,
    peers: HashSet<IpAddr>,
    /// The two that spoke last: they often go on.
    latest: Option<(IpAddr, IpAddr)>,
    to_peers: usize,
    /// Segments of connections that are not remembered.
    pub(crate) more: u64,
}

impl Connections {
    pub(crate) fn as_slice(&self) -> &[Connection] {
        &self.connections
    }

    /// These addresses send and receive IKE: connections to them are remembered first.
    pub(crate) fn peers(&mut self, one: IpAddr, other: IpAddr) {
        if self.latest.replace((one, other)).is_some_and(|latest| latest == (one, other) || latest == (other, one)) {
            return;
        }
        for address in [one, other] {
            if self.peers.len() < MAX_PEERS {
                self.peers.insert(address);
            }
        }
    }

    pub(crate) fn see(&mut self, opening: &Opening) {
        let from_client = opening.dst.port() == HTTPS;
        let (client, server) = if from_client { (opening.src, opening.dst) } else { (opening.dst, opening.src) };
        let place = match self.by_ends.get(&(client, server)) {
            Some(place) => *place,
            None => match self.begin(opening, client, server) {
                Some(place) => place,
                None => {
                    self.more = self.more.saturating_add(1);
                    return;
                }
            },
        };
        if let Some(connection) = self.connections.get_mut(place) {
            connection.take(opening, from_client);
        }
    }

    fn begin(&mut self, opening: &Opening, client: SocketAddr, server: SocketAddr) -> Option<usize> {
        // A reset ends a connection whose beginning is not there.
        if opening.rst {
            return None;
        }
        let to_peer = self.peers.contains(&server.ip());
        let to_others = self.connections.len().saturating_sub(self.to_peers);
        match to_peer {
            true if self.to_peers >= MAX_TO_PEERS => return None,
            true => self.to_peers = self.to_peers.saturating_add(1),
            false if to_others >= MAX_TO_OTHERS => return None,
            false => {}
        }
        let place = self.connections.len();
        let first = At { packet: opening.packet, time: opening.time };
        self.by_ends.insert((client, server), place);
        self.connections.push(Connection { client, server, first, answered: false, refused: false, hello: None, host: None });
        Some(place)
    }
}

impl Connection {
    fn take(&mut self, opening: &Opening, from_client: bool) {
        if !from_client {
            self.refused |= opening.rst && !self.answered;
            self.answered |= !opening.rst;
            return;
        }
        if let Some(host) = client_hello(&opening.payload) {
            self.hello.get_or_insert(At { packet: opening.packet, time: opening.time });
            self.host = self.host.take().or(host);
        }
    }
}

/// Whom a ClientHello is for (RFC 6066 3), if it is one; the name may be in the next segment.
fn client_hello(octets: &[u8]) -> Option<Option<String>> {
    // Record: type 22, version, length. Handshake: type 1, length, version, random.
    let [22, 3, _, _, _, 1, ..] = octets else { return None };
    Some(host(octets))
}

fn host(octets: &[u8]) -> Option<String> {
    let session = octets.get(43..)?;
    let suites = session.get(1..)?.get(usize::from(*session.first()?)..)?;
    let compression = suites.get(2..)?.get(be16(suites)?..)?;
    let extensions = compression.get(1..)?.get(usize::from(*compression.first()?)..)?;
    let mut rest = extensions.get(2..)?;
    while let [t, y, l, n, data @ ..] = rest {
        let len = usize::from(u16::from_be_bytes([*l, *n]));
        let data = data.get(..len)?;
        if [*t, *y] == [0, 0] {
            // A list of one name, of type 0.
            let [_, _, 0, l, n, name @ ..] = data else { return None };
            let name = name.get(..usize::from(u16::from_be_bytes([*l, *n])))?;
            return (name.len() <= MAX_HOST).then(|| name.escape_ascii().to_string());
        }
        rest = rest.get(4..)?.get(len..)?;
    }
    None
}

fn be16(octets: &[u8]) -> Option<usize> {
    octets.first_chunk().map(|octets| usize::from(u16::from_be_bytes(*octets)))
}
