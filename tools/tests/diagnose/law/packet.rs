//! Packets made anew, and the tunnel of another capture moved to other addresses.

use super::record::{Record, View, link};
use sha1::{Digest, Sha1};

const MARKER: [u8; 4] = [0; 4];

/// Client and server of a capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ends {
    pub(crate) client: Vec<u8>,
    pub(crate) server: Vec<u8>,
}

/// Addresses of the first client and of its server.
pub(crate) fn ends(records: &[Record]) -> Option<Ends> {
    let view = records.iter().filter_map(View::of).find(View::is_ike)?;
    let (source, target) = (view.source.to_vec(), view.target.to_vec());
    let is_answer = view.ike().get(19).is_some_and(|flags| flags & 0x20 != 0);
    Some(if is_answer { Ends { client: target, server: source } } else { Ends { client: source, server: target } })
}

/// The ones' complement sum of Internet checksums.
fn ones(octets: &[u8]) -> u16 {
    let pair = |two: &[u8]| u32::from(two[0]) << 8 | two.get(1).map_or(0, |low| u32::from(*low));
    let mut sum: u32 = octets.chunks(2).map(pair).sum();
    while sum >> 16 != 0 {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum as u16
}

/// An IP packet with a UDP datagram.
pub(super) fn datagram(source: &[u8], target: &[u8], ports: (u16, u16), payload: &[u8], ttl: u8) -> Vec<u8> {
    let size = 8 + payload.len() as u16;
    let mut udp = [ports.0, ports.1, size, 0].map(u16::to_be_bytes).concat();
    udp.extend(payload);
    let pseudo = [source, target, &u32::from(size).to_be_bytes(), &17_u32.to_be_bytes(), &udp].concat();
    let check = match !ones(&pseudo) {
        0 => u16::MAX,
        check => check,
    };
    udp[6..8].copy_from_slice(&check.to_be_bytes());
    if source.len() == 16 {
        return [&[0x60, 0, 0, 0][..], &size.to_be_bytes(), &[17, ttl], source, target, &udp].concat();
    }
    let mut head = [0x4500, 20 + size, ones(&udp), 0, u16::from(ttl) << 8 | 17, 0].map(u16::to_be_bytes).concat();
    head.extend([source, target].concat());
    let check = !ones(&head);
    head[10..12].copy_from_slice(&check.to_be_bytes());
    [head, udp].concat()
}

/// The packet in a frame of the link.
fn framed(packet: Vec<u8>, of: u16) -> Vec<u8> {
    let six = packet[0] >> 4 == 6;
    let kind: [u8; 2] = if six { [0x86, 0xdd] } else { [0x08, 0x00] };
    let family = if six { 30 } else { 2_u32 };
    let address = [2, 0, 0, 0, 0, 1, 0, 0];
    let head = match of {
        link::ETHERNET => [&[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2][..], &kind].concat(),
        link::SLL => [&[0, 0, 0, 1, 0, 6][..], &address, &kind].concat(),
        link::SLL2 => [&kind[..], &[0, 0, 0, 0, 0, 2, 0, 1, 0, 6], &address].concat(),
        link::NULL => family.to_le_bytes().to_vec(),
        link::LOOP => family.to_be_bytes().to_vec(),
        _ => Vec::new(),
    };
    [head, packet].concat()
}

/// What an IKE_SA_INIT says of an end: the notify's type, the address and port it is to be the hash of (RFC 7296 section 2.23).
type Told<'a> = (u16, &'a [u8], u16);

fn with_nat_detection(message: &[u8], told: &[Told<'_>]) -> Vec<u8> {
    let mut out = message.to_vec();
    if message.len() < 28 || message[18] != 34 {
        return out;
    }
    let (mut kind, mut at) = (message[16], 28);
    while kind != 0 && at + 4 <= out.len() {
        let size = usize::from(u16::from_be_bytes([out[at + 2], out[at + 3]]));
        if kind == 41 && size == 28 && at + 28 <= out.len() {
            let notify = u16::from_be_bytes([out[at + 6], out[at + 7]]);
            if let Some((_, address, port)) = told.iter().find(|(of, ..)| *of == notify) {
                let hash = Sha1::new().chain_update(&out[..16]).chain_update(address).chain_update(port.to_be_bytes()).finalize();
                out[at + 8..at + 28].copy_from_slice(&hash);
            }
        }
        (kind, at) = (out[at], at + size.max(4));
    }
    out
}

const SOURCE: u16 = 16388;
const DESTINATION: u16 = 16389;

/// The IKE and NAT-T datagrams of another capture between these ends; `ports`: those the client's 500 and 4500 are seen as.
///
/// With ports of its own the client stands behind a NAT: what it says of its own address stays wrong. Without, nobody sees a NAT.
pub(crate) fn moved(donor: &[Record], to: &Ends, link: u16, ports: Option<(u16, u16)>) -> Vec<Record> {
    let Some(first) = ends(donor) else { return Vec::new() };
    let mut out = Vec::new();
    for record in donor {
        let Some(view) = View::of(record).filter(|view| !view.fragment) else { continue };
        let asks = view.target == first.server && view.source == first.client;
        let answers = view.target == first.client && view.source == first.server;
        if !asks && !answers {
            continue;
        }
        let Some((from, into)) = view.ports else { continue };
        let there = if asks { into } else { from };
        let here = ports.map_or(there, |(init, auth)| if there == 500 { init } else { auth });
        let (a, b, pair) = if asks { (&to.client, &to.server, (here, there)) } else { (&to.server, &to.client, (there, here)) };
        let (source, destination) = ((SOURCE, a.as_slice(), pair.0), (DESTINATION, b.as_slice(), pair.1));
        let told = match (ports, asks) {
            (None, _) => vec![source, destination],
            (Some(_), true) => vec![destination],
            (Some(_), false) => vec![source],
        };
        let payload = if view.is_ike() {
            let marker = if view.payload.starts_with(&MARKER) { &MARKER[..] } else { &[] };
            [marker, &with_nat_detection(view.ike(), &told)].concat()
        } else {
            view.payload.to_vec()
        };
        let octets = framed(datagram(a, b, pair, &payload, if asks { 57 } else { 64 }), link);
        let full = octets.len() as u32;
        out.push(Record::new(record.time, link, octets, full));
    }
    out
}
