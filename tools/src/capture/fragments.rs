//! IP fragments back to whole payloads, IPv4 (RFC 791) and IPv6 (RFC 8200, section 4.5).
//!
//! Not `etherparse::defrag`: its pool is unbounded (its documentation says so), does not know which packets carried a
//! set, lets a later fragment overwrite an earlier one, and cannot say what is missing.
//!
//! - The first copy of an octet counts; a copy with the same content is ignored. A fragment that contradicts what is there
//!   (other content, other end) closes the old set as incomplete and begins a new one: an identification used again after a
//!   loss then still yields the second packet, and overlapping fragments never yield one (RFC 5722).
//! - Neither interface nor VLAN is part of a set's identity: fragments may take different links, and a capture of all
//!   interfaces shows one packet several times.
//! - Copies of fragments of a packet already delivered begin a set that is delivered if it becomes whole and forgotten,
//!   not reported, if it does not.

use core::hash::{Hash, Hasher};
use core::net::IpAddr;
use core::ops::Range;
use core::time::Duration;
use std::collections::hash_map::{DefaultHasher, Entry};
use std::collections::{BTreeMap, HashMap};

use super::ip::{self, FragmentInfo, IpPacket};
use super::problem::{Fault, IncompleteFragments, Why};
use super::spans::{self, Span};
use super::time::Time;

/// RFC 8200's reassembly time; IPv4 hosts wait 15 to 60 seconds.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Sets under way at one time.
const MAX_SETS: usize = 4096;
/// Octets held for all sets, [`PIECE_COST`] included.
const MAX_OCTETS: usize = 1 << 25;
/// What a stored piece costs besides its octets.
const PIECE_COST: usize = 128;
/// Delivered packets whose late copies are recognised.
const MAX_DELIVERED: usize = 4096;
/// Fragments remembered of each: a 64 KiB packet over a 1280-octet path has 54.
const MAX_DELIVERED_PIECES: usize = 64;
/// Octets of the first fragment told of a set that is given up.
const HEAD: usize = 128;
/// Octets of an IP payload.
const MAX_PAYLOAD: u64 = 65535;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) src: IpAddr,
    pub(super) dst: IpAddr,
    pub(super) id: u32,
    /// Part of the identity in IPv4 only.
    pub(super) protocol: Option<u8>,
}

impl Key {
    pub(super) fn of(packet: &IpPacket<'_>, info: FragmentInfo) -> Self {
        let (src, dst) = (packet.header.src, packet.header.dst);
        Self { src, dst, id: info.id, protocol: (!src.is_ipv6()).then_some(packet.upper.protocol) }
    }
}

/// One fragment as captured.
#[derive(Debug)]
pub(super) struct Fragment<'a> {
    pub(super) key: Key,
    pub(super) protocol: u8,
    pub(super) offset: u16,
    pub(super) more: bool,
    pub(super) payload: &'a [u8],
    /// Octets behind `payload` that the capture does not hold.
    pub(super) missing: usize,
    pub(super) packet: u64,
    pub(super) time: Time,
    /// The capture's snap length cut the packet.
    pub(super) snapped: bool,
}

/// A payload put together again.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Whole {
    pub(super) protocol: u8,
    pub(super) payload: Vec<u8>,
    /// Octets behind `payload` that the capture does not hold.
    pub(super) missing: usize,
    pub(super) snapped: bool,
    pub(super) packets: Vec<u64>,
    /// Octets of payload in each of the packets.
    pub(super) sizes: Vec<usize>,
}

/// A run of octets; `len` counts the ones the snap length cut off as well.
#[derive(Debug)]
struct Piece {
    octets: Vec<u8>,
    len: u64,
}

impl Span for Piece {
    fn len(&self) -> u64 {
        self.len
    }
}

#[derive(Debug)]
struct Set {
    serial: u64,
    deadline: Time,
    time: Time,
    protocol: u8,
    pieces: BTreeMap<u64, Piece>,
    received: u64,
    end: Option<u64>,
    packets: Vec<u64>,
    sizes: Vec<usize>,
    snapped: bool,
    /// Every fragment so far is a copy of one of a packet already delivered.
    copy: bool,
    prints: Vec<u64>,
}

#[derive(Debug)]
struct Delivered {
    serial: u64,
    deadline: Time,
    prints: Vec<u64>,
}

#[derive(Debug, Default)]
pub(super) struct Fragments {
    sets: HashMap<Key, Set>,
    /// Serial numbers grow with time: the first is the oldest.
    order: BTreeMap<u64, Key>,
    octets: usize,
    delivered: HashMap<Key, Delivered>,
    delivered_order: BTreeMap<u64, Key>,
    serial: u64,
    /// The latest time seen; packets may be stored out of order.
    clock: Time,
}

impl Fragments {
    /// Takes a fragment; gives the payload it completes, and in `given_up` the sets it ends.
    ///
    /// # Errors
    /// A fragment that fits no packet.
    pub(super) fn push(&mut self, fragment: &Fragment<'_>, given_up: &mut Vec<IncompleteFragments>) -> Result<Option<Whole>, Fault> {
        let range = fragment.range()?;
        let print = fragment.print(&range);
        let is_copy = self.delivered.get(&fragment.key).is_some_and(|d| d.prints.contains(&print));
        match self.sets.get(&fragment.key) {
            Some(set) if set.copy && !is_copy => {
                self.remove(&fragment.key);
            }
            Some(set) if set.contradicts(fragment, &range) => {
                let why = Why::Contradicted { packet: fragment.packet };
                given_up.extend(self.remove(&fragment.key).and_then(|s| s.into_incomplete(&fragment.key, why)));
            }
            _ => {}
        }
        self.serial = self.serial.saturating_add(1);
        let set = match self.sets.entry(fragment.key) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                self.order.insert(self.serial, fragment.key);
                entry.insert(Set::new(self.serial, self.clock.saturating_add(TIMEOUT), fragment))
            }
        };
        set.copy &= is_copy;
        self.octets = self.octets.saturating_add(set.store(fragment, &range, print));
        if set.end == Some(set.received) {
            return Ok(self.remove(&fragment.key).map(|set| self.deliver(&fragment.key, set)));
        }
        while self.sets.len() > MAX_SETS || self.octets > MAX_OCTETS {
            let Some(key) = self.order.first_entry().map(|e| *e.get()) else {
                break;
            };
            given_up.extend(self.remove(&key).and_then(|s| s.into_incomplete(&key, Why::Evicted)));
        }
        Ok(None)
    }

    /// Gives up what is older than a minute of capture time.
    pub(super) fn expire(&mut self, now: Time, given_up: &mut Vec<IncompleteFragments>) {
        self.clock = self.clock.max(now);
        while let Some(key) = self.order.first_entry().map(|e| *e.get()) {
            if self.sets.get(&key).is_some_and(|s| s.deadline >= self.clock) {
                break;
            }
            given_up.extend(self.remove(&key).and_then(|s| s.into_incomplete(&key, Why::Expired)));
        }
        while let Some(entry) = self.delivered_order.first_entry() {
            if self.delivered.get(entry.get()).is_some_and(|d| d.deadline >= self.clock) {
                break;
            }
            self.delivered.remove(&entry.remove());
        }
    }

    /// Gives up everything, oldest first.
    pub(super) fn finish(&mut self, given_up: &mut Vec<IncompleteFragments>) {
        while let Some(key) = self.order.first_entry().map(|e| *e.get()) {
            given_up.extend(self.remove(&key).and_then(|s| s.into_incomplete(&key, Why::CaptureEnded)));
        }
    }

    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.sets.values().flat_map(|set| set.pieces.values()).map(|piece| piece.octets.capacity()).sum()
    }

    fn remove(&mut self, key: &Key) -> Option<Set> {
        let set = self.sets.remove(key)?;
        self.order.remove(&set.serial);
        self.octets = self.octets.saturating_sub(set.cost());
        Some(set)
    }

    fn deliver(&mut self, key: &Key, mut set: Set) -> Whole {
        if let Some(old) = self.delivered.remove(key) {
            self.delivered_order.remove(&old.serial);
        }
        if self.delivered.len() >= MAX_DELIVERED {
            if let Some((_, oldest)) = self.delivered_order.pop_first() {
                self.delivered.remove(&oldest);
            }
        }
        self.delivered_order.insert(set.serial, *key);
        let delivered = Delivered { serial: set.serial, deadline: set.deadline, prints: core::mem::take(&mut set.prints) };
        self.delivered.insert(*key, delivered);
        set.into_whole()
    }
}

impl Fragment<'_> {
    fn range(&self) -> Result<Range<u64>, Fault> {
        const LAYER: &str = "IP fragment";
        let start = u64::from(self.offset);
        let len = u64::try_from(self.payload.len().saturating_add(self.missing)).unwrap_or(u64::MAX);
        let end = start.saturating_add(len);
        if end > MAX_PAYLOAD {
            Err(Fault::malformed(LAYER, format!("it ends at octet {end}, past the largest IP packet")))
        } else if len == 0 {
            Err(Fault::malformed(LAYER, "it is empty"))
        } else if self.more && len.checked_rem(8) != Some(0) {
            Err(Fault::malformed(LAYER, format!("more follow, but its {len} octets are no multiple of 8")))
        } else {
            Ok(start..end)
        }
    }

    fn print(&self, range: &Range<u64>) -> u64 {
        let mut hasher = DefaultHasher::new();
        (range, self.more, self.payload).hash(&mut hasher);
        hasher.finish()
    }
}

impl Set {
    fn new(serial: u64, deadline: Time, first: &Fragment<'_>) -> Self {
        Self {
            serial,
            deadline,
            time: first.time,
            protocol: first.protocol,
            pieces: BTreeMap::new(),
            received: 0,
            end: None,
            packets: Vec::new(),
            sizes: Vec::new(),
            snapped: false,
            copy: true,
            prints: Vec::new(),
        }
    }

    fn cost(&self) -> usize {
        let octets: usize = self.pieces.values().map(|p| p.octets.len()).sum();
        octets.saturating_add(self.pieces.len().saturating_mul(PIECE_COST))
    }

    fn last_octet(&self) -> u64 {
        self.pieces.last_key_value().map_or(0, |(start, p)| start.saturating_add(p.len))
    }

    fn contradicts(&self, fragment: &Fragment<'_>, range: &Range<u64>) -> bool {
        let other_end = match self.end {
            Some(end) => range.end > end || (!fragment.more && range.end != end),
            None => !fragment.more && self.last_octet() > range.end,
        };
        other_end
            || spans::overlapping(&self.pieces, range).any(|(has, piece)| {
                let shared = has.start.max(range.start)..has.end.min(range.end);
                spans::cut(&piece.octets, has.start, &shared)
                    .iter()
                    .zip(spans::cut(fragment.payload, range.start, &shared))
                    .any(|(a, b)| a != b)
            })
    }

    /// Stores what is new; gives its cost.
    fn store(&mut self, fragment: &Fragment<'_>, range: &Range<u64>, print: u64) -> usize {
        let mut cost = 0_usize;
        for hole in spans::uncovered(&self.pieces, range) {
            let octets = spans::cut(fragment.payload, range.start, &hole).to_vec();
            let len = hole.end.saturating_sub(hole.start);
            self.received = self.received.saturating_add(len);
            cost = cost.saturating_add(octets.len()).saturating_add(PIECE_COST);
            self.pieces.insert(hole.start, Piece { octets, len });
        }
        if !fragment.more {
            self.end = Some(range.end);
        }
        // The first fragment's Next Header is the one that counts (RFC 8200, section 4.5).
        if range.start == 0 {
            self.protocol = fragment.protocol;
        }
        if cost > 0 {
            self.packets.push(fragment.packet);
            self.sizes.push(fragment.payload.len().saturating_add(fragment.missing));
            self.snapped |= fragment.snapped;
        }
        if self.prints.len() < MAX_DELIVERED_PIECES && !self.prints.contains(&print) {
            self.prints.push(print);
        }
        cost
    }

    fn into_whole(self) -> Whole {
        let mut payload = Vec::with_capacity(usize::try_from(self.received).unwrap_or(0));
        for piece in self.pieces.values() {
            payload.extend_from_slice(&piece.octets);
            if u64::try_from(piece.octets.len()).unwrap_or(0) < piece.len {
                break;
            }
        }
        let total = usize::try_from(self.received).unwrap_or(usize::MAX);
        Whole {
            protocol: self.protocol,
            missing: total.saturating_sub(payload.len()),
            payload,
            snapped: self.snapped,
            packets: self.packets,
            sizes: self.sizes,
        }
    }

    /// `None` for copies of a packet that was delivered: nothing is lost with them.
    fn into_incomplete(self, key: &Key, why: Why) -> Option<IncompleteFragments> {
        if self.copy {
            return None;
        }
        let reach = self.end.unwrap_or_else(|| self.last_octet());
        let first = self.pieces.get(&0);
        let upper = first.and_then(|p| ip::read_reassembled(key.src.is_ipv6(), self.protocol, &p.octets).ok());
        let ports = upper
            .filter(|u| matches!(u.protocol, ip::UDP | ip::TCP))
            .and_then(|u| u.payload.first_chunk::<4>())
            .map(|[a, b, c, d]| (u16::from_be_bytes([*a, *b]), u16::from_be_bytes([*c, *d])));
        Some(IncompleteFragments {
            protocol: upper.map_or(self.protocol, |u| u.protocol),
            ports,
            missing: spans::uncovered(&self.pieces, &(0..reach)),
            head: upper.map(|u| u.payload.iter().copied().take(HEAD).collect()).unwrap_or_default(),
            packets: self.packets,
            time: self.time,
            src: key.src,
            dst: key.dst,
            id: key.id,
            received: self.received,
            total: self.end,
            why,
        })
    }
}
