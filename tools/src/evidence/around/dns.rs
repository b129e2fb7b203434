//! DNS over UDP (RFC 1035): which addresses of names were asked for, and what was answered.

use super::at::At;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::collections::HashMap;
use std::fmt::Write as _;

/// Names remembered; a capture of a day has more, and those of a tunnel that does not come up are few.
pub(crate) const MAX_NAMES: usize = 1024;
/// Addresses remembered of a name.
const MAX_ADDRESSES: usize = 8;
/// Octets of a name in a message (RFC 1035 2.3.4).
const MAX_NAME: usize = 255;
const HEADER_LEN: usize = 12;

const A: u16 = 1;
const AAAA: u16 = 28;
const IN: u16 = 1;

/// What is answered when there is no such name, and what when the server could not find out.
pub(crate) const NO_ERROR: u8 = 0;
pub(crate) const SERVFAIL: u8 = 2;
pub(crate) const NXDOMAIN: u8 = 3;
pub(crate) const REFUSED: u8 = 5;

/// A name whose addresses were asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    /// In lower case, what is no printable ASCII escaped.
    pub(crate) name: String,
    pub(crate) first: At,
    pub(crate) last: At,
    pub(crate) client: IpAddr,
    pub(crate) resolver: IpAddr,
    pub(crate) queries: u64,
    /// The response code of the last answer.
    pub(crate) code: Option<u8>,
    /// Those that any answer held.
    pub(crate) addresses: Vec<IpAddr>,
}

/// The names of a capture, in the order they were first seen in.
#[derive(Debug, Default)]
pub(crate) struct Names {
    names: Vec<Name>,
    by_name: HashMap<String, usize>,
    /// Queries and answers about names that are not remembered.
    pub(crate) more: u64,
}

impl Names {
    pub(crate) fn as_slice(&self) -> &[Name] {
        &self.names
    }

    /// Takes the payload of a datagram from or to port 53; what is no query of an address and no answer to one is passed over.
    pub(crate) fn see(&mut self, at: At, (src, dst): (IpAddr, IpAddr), octets: &[u8]) {
        let Some(message) = Message::read(octets) else { return };
        let (client, resolver) = if message.response { (dst, src) } else { (src, dst) };
        let place = match self.by_name.get(&message.name) {
            Some(place) => *place,
            None if self.names.len() >= MAX_NAMES => {
                self.more = self.more.saturating_add(1);
                return;
            }
            None => {
                let name = message.name.clone();
                self.by_name.insert(name.clone(), self.names.len());
                let (queries, code, addresses) = (0, None, Vec::new());
                self.names.push(Name { name, first: at, last: at, client, resolver, queries, code, addresses });
                self.names.len().saturating_sub(1)
            }
        };
        if let Some(name) = self.names.get_mut(place) {
            name.take(at, message);
        }
    }
}

impl Name {
    fn take(&mut self, at: At, message: Message) {
        self.last = at;
        if message.response {
            self.code = Some(message.code);
            for address in message.addresses {
                if self.addresses.len() < MAX_ADDRESSES && !self.addresses.contains(&address) {
                    self.addresses.push(address);
                }
            }
        } else {
            self.queries = self.queries.saturating_add(1);
        }
    }
}

/// A query of an address, or the answer to one.
#[derive(Debug, PartialEq, Eq)]
struct Message {
    response: bool,
    code: u8,
    name: String,
    addresses: Vec<IpAddr>,
}

impl Message {
    fn read(octets: &[u8]) -> Option<Self> {
        let [_, _, flags, codes, questions @ ..] = octets.first_chunk::<HEADER_LEN>()?;
        let [q, u, a, n, ..] = *questions;
        // Response, operation code 0 (a standard query).
        if flags & 0x78 != 0 || u16::from_be_bytes([q, u]) == 0 {
            return None;
        }
        let (name, mut at) = name(octets, HEADER_LEN)?;
        let (ty, class) = (be16(octets, at)?, be16(octets, at.saturating_add(2))?);
        if !matches!(ty, A | AAAA) || class != IN {
            return None;
        }
        at = at.saturating_add(4);
        let response = flags & 0x80 != 0;
        let mut message = Self { response, code: codes & 0x0f, name, addresses: Vec::new() };
        if response && u16::from_be_bytes([q, u]) == 1 {
            message.addresses =
                (0..u16::from_be_bytes([a, n])).map_while(|_| record(octets, &mut at)).flatten().take(MAX_ADDRESSES).collect();
        }
        Some(message)
    }
}

/// The address in the resource record at `at`, which then stands behind it; `None` where the message ends.
fn record(octets: &[u8], at: &mut usize) -> Option<Option<IpAddr>> {
    let fields = skip_name(octets, *at)?;
    let data_at = fields.saturating_add(10);
    let len = usize::from(be16(octets, fields.saturating_add(8))?);
    let data = octets.get(data_at..)?.get(..len)?;
    *at = data_at.saturating_add(len);
    Some(match be16(octets, fields)? {
        A => <[u8; 4]>::try_from(data).ok().map(|data| Ipv4Addr::from(data).into()),
        AAAA => <[u8; 16]>::try_from(data).ok().map(|data| Ipv6Addr::from(data).into()),
        _ => None,
    })
}

/// The name at `at`, and where it ends. A question is not compressed: nothing stands before it.
fn name(octets: &[u8], mut at: usize) -> Option<(String, usize)> {
    let start = at;
    let mut text = String::new();
    loop {
        let len = usize::from(*octets.get(at)?);
        at = at.saturating_add(1);
        if len == 0 {
            break;
        }
        // Two bits tell a pointer from a label (RFC 1035 4.1.4).
        if len > 63 || at.saturating_sub(start).saturating_add(len) > MAX_NAME {
            return None;
        }
        if !text.is_empty() {
            text.push('.');
        }
        for octet in octets.get(at..at.saturating_add(len))? {
            match octet {
                b'.' => text.push_str("\\."),
                octet => {
                    let _ = write!(text, "{}", octet.to_ascii_lowercase().escape_ascii());
                }
            }
        }
        at = at.saturating_add(len);
    }
    Some((if text.is_empty() { ".".into() } else { text }, at))
}

fn skip_name(octets: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let len = *octets.get(at)?;
        at = at.saturating_add(1);
        match len {
            0 => return Some(at),
            1..=63 => at = at.saturating_add(usize::from(len)),
            192.. => return Some(at.saturating_add(1)),
            _ => return None,
        }
    }
}

fn be16(octets: &[u8], at: usize) -> Option<u16> {
    octets.get(at..)?.first_chunk().map(|octets| u16::from_be_bytes(*octets))
}
