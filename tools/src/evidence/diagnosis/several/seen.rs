//! One thing, and the captures that saw it.

use crate::capture::{EspPacket, IncompleteFragments, Item, Problem, Time};
use core::net::{IpAddr, SocketAddr};

/// Octets by which messages are looked up: the header.
pub(super) const KEY: usize = 28;
/// Octets of a UDP header.
const UDP_HEADER: usize = 8;

/// That one capture saw it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sighting {
    pub(super) file: usize,
    pub(super) time: Time,
    pub(super) ttl: Option<u8>,
    pub(super) outgoing: Option<bool>,
    /// Octets of IP payload that came, of IP fragments that never became whole.
    pub(super) part: Option<u64>,
}

/// Something that was seen by one capture or several.
pub(super) struct Seen {
    pub(super) item: Item,
    pub(super) sightings: Vec<Sighting>,
}

impl Seen {
    pub(super) fn new(file: usize, item: Item) -> Self {
        let (ttl, outgoing) = match &item {
            Item::Datagram(datagram) => (Some(datagram.sight.ttl), datagram.sight.outgoing),
            Item::Ip(packet) => (Some(packet.sight.ttl), packet.sight.outgoing),
            Item::Esp(packet) => (Some(packet.sight.ttl), packet.sight.outgoing),
            Item::Stream(_) | Item::Opening(_) | Item::Problem(_) => (None, None),
        };
        let part = match &item {
            Item::Problem(Problem::IncompleteFragments(set)) => Some(set.received),
            _ => None,
        };
        let sighting = Sighting { file, time: item.time(), ttl, outgoing, part };
        Self { item, sightings: vec![sighting] }
    }

    pub(super) fn time(&self) -> Time {
        self.item.time()
    }

    pub(super) fn set_time(&mut self, to: Time) {
        self.item.set_time(to);
    }

    /// Moves it and what is known of it by so many nanoseconds.
    pub(super) fn shift(&mut self, by: i64) {
        self.set_time(self.time().moved(by));
        for sighting in &mut self.sightings {
            sighting.time = sighting.time.moved(by);
        }
    }

    /// The capture as which it is shown.
    pub(super) fn file(&self) -> usize {
        self.sightings.first().map_or(0, |sighting| sighting.file)
    }

    pub(super) fn at(&self, file: usize) -> Option<&Sighting> {
        self.sightings.iter().find(|sighting| sighting.file == file)
    }

    /// The IKE message, the ESP packet, or as much of it as there is.
    pub(super) fn octets(&self) -> Option<&[u8]> {
        match &self.item {
            Item::Datagram(datagram) => Some(message(&datagram.payload)),
            Item::Ip(packet) if packet.protocol == crate::evidence::ports::ESP => Some(&packet.payload),
            Item::Problem(Problem::IncompleteFragments(IncompleteFragments { head, ports: Some(_), .. })) => {
                head.get(UDP_HEADER..).map(message)
            }
            _ => None,
        }
    }

    pub(super) fn key(&self) -> Option<[u8; KEY]> {
        self.octets()?.first_chunk().copied()
    }

    /// Whether it is a message of IKE version 2, whole or not.
    pub(super) fn is_ike(&self) -> bool {
        !matches!(self.item, Item::Ip(_) | Item::Esp(_)) && self.octets().is_some_and(is_ike)
    }

    /// Whether the original initiator of the IKE SA sent it.
    pub(super) fn by_initiator(&self) -> bool {
        self.octets().and_then(|octets| octets.get(19)).is_some_and(|flags| flags & 0x08 != 0)
    }

    /// Whether as much of both as there is agrees.
    pub(super) fn same(&self, other: &Self) -> bool {
        let (Some(a), Some(b)) = (self.octets(), other.octets()) else { return false };
        a.iter().zip(b).all(|(a, b)| a == b)
    }

    /// From where to where; port 0 stands for none.
    pub(super) fn ends(&self) -> Option<(SocketAddr, SocketAddr)> {
        let ends = |src: IpAddr, dst: IpAddr, (from, to)| (SocketAddr::new(src, from), SocketAddr::new(dst, to));
        match &self.item {
            Item::Datagram(datagram) => Some((datagram.src, datagram.dst)),
            Item::Ip(packet) => Some(ends(packet.src, packet.dst, (0, 0))),
            Item::Esp(packet) => Some((packet.src, packet.dst)),
            Item::Problem(Problem::IncompleteFragments(set)) => Some(ends(set.src, set.dst, set.ports.unwrap_or((0, 0)))),
            Item::Stream(piece) => Some((piece.src, piece.dst)),
            Item::Opening(opening) => Some((opening.src, opening.dst)),
            Item::Problem(_) => None,
        }
    }

    pub(super) fn set_ends(&mut self, (src, dst): (SocketAddr, SocketAddr)) {
        match &mut self.item {
            Item::Datagram(datagram) => (datagram.src, datagram.dst) = (src, dst),
            Item::Ip(packet) => (packet.src, packet.dst) = (src.ip(), dst.ip()),
            Item::Esp(packet) => (packet.src, packet.dst) = (src, dst),
            Item::Problem(Problem::IncompleteFragments(set)) => {
                (set.src, set.dst) = (src.ip(), dst.ip());
                set.ports = set.ports.map(|_| (src.port(), dst.port()));
            }
            Item::Opening(opening) => (opening.src, opening.dst) = (src, dst),
            Item::Stream(_) | Item::Problem(_) => {}
        }
    }

    /// Octets of IP payload of a datagram that came as IP fragments.
    pub(super) fn fragmented(&self) -> Option<u64> {
        match &self.item {
            Item::Datagram(datagram) if datagram.fragment_sizes.len() > 1 => {
                u64::try_from(datagram.fragment_sizes.iter().sum::<usize>()).ok()
            }
            _ => None,
        }
    }

    /// Takes what another capture saw of the same: what is whole is kept, with the addresses and the earlier time of both.
    pub(super) fn join(&mut self, mut other: Self) {
        let (ends, time) = (self.ends(), self.time().min(other.time()));
        let is_part = |seen: &Self| matches!(seen.item, Item::Problem(_));
        let packets = [self.item.packets(), other.item.packets()].concat();
        if is_part(self) && !is_part(&other) {
            core::mem::swap(&mut self.item, &mut other.item);
            // It is shown as the capture saw it that has all of it.
            self.sightings.splice(0..0, core::mem::take(&mut other.sightings));
        } else {
            self.sightings.append(&mut other.sightings);
        }
        set_packets(&mut self.item, packets);
        if let Some(ends) = ends {
            self.set_ends(ends);
        }
        self.set_time(time);
    }
}

/// What stands behind the non-ESP marker, if there is one.
pub(super) fn message(payload: &[u8]) -> &[u8] {
    payload.strip_prefix(&[0; 4]).unwrap_or(payload)
}

/// Whether it reads as a header of IKE version 2.
pub(super) fn is_ike(octets: &[u8]) -> bool {
    octets.len() >= KEY && octets.get(17) == Some(&0x20) && octets.get(18).is_some_and(|exchange| (34..=43).contains(exchange))
}

pub(super) fn held_octets(item: &Item) -> usize {
    match item {
        Item::Datagram(datagram) => datagram.payload.len(),
        Item::Ip(packet) => packet.payload.len(),
        Item::Opening(opening) => opening.payload.len(),
        Item::Esp(_) => size_of::<EspPacket>(),
        Item::Stream(_) | Item::Problem(_) => 256,
    }
}

fn set_packets(item: &mut Item, to: Vec<u64>) {
    match item {
        Item::Datagram(datagram) => datagram.packets = to,
        Item::Ip(packet) => packet.packets = to,
        Item::Problem(Problem::IncompleteFragments(set)) => set.packets = to,
        Item::Stream(_) | Item::Opening(_) | Item::Esp(_) | Item::Problem(_) => {}
    }
}

/// Gives packets other numbers.
pub(super) fn number(item: &mut Item, of: impl Fn(u64) -> u64) {
    match item {
        Item::Stream(piece) => piece.packet = of(piece.packet),
        Item::Opening(opening) => opening.packet = of(opening.packet),
        Item::Esp(packet) => packet.packet = of(packet.packet),
        Item::Problem(Problem::Unreadable { packet, .. } | Problem::NotLookedInto(crate::capture::NotLookedInto { first: packet, .. })) => {
            *packet = of(*packet);
        }
        _ => {
            let to = item.packets().iter().copied().map(of).collect();
            set_packets(item, to);
        }
    }
}
