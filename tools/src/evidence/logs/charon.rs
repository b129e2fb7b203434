//! strongSwan: the log of charon, by syslog, the journal, its own file, or as `swanctl --initiate` and `ipsec up` print it.
//!
//! ```text
//! 05[NET] received packet: from 192.0.2.1[500] to 192.0.2.2[500] (464 bytes)
//! 05[ENC] parsed IKE_SA_INIT request 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) N(FRAG_SUP) ]
//! 05[CFG] received proposals: IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048
//! 05[ENC] generating IKE_SA_INIT response 0 [ N(NO_PROP) ]
//! 05[NET] sending packet: from 192.0.2.2[500] to 192.0.2.1[500] (36 bytes)
//! ```
//!
//! A thread does one thing at a time, and its number stands before each line: what it says between a message it has read and the next one
//! is about the former. The texts are those of strongSwan's source, 5.6 to 6.0 (`libcharon/sa/ikev2`, `encoding/message.c`).

mod speech;
mod words;

use super::line::Line;
use super::message::{Ends, Hints, PAYLOADS, Piece, Told};
use super::names;
use super::scene::{Sa, Scene, nowhere};
use super::text::{between, end, number};
use crate::capture::Time;
use ikev2::Role;
use ikev2::diagnose::Said;
use std::collections::{BTreeMap, VecDeque};

pub(super) use words::words;

/// Threads of charon that are remembered: it has 16, if nobody sets more.
const THREADS: usize = 256;
/// Pairs of ends that are remembered.
const MOST: usize = 4096;
/// Fragments of one message.
const FRAGMENTS: usize = 256;

/// What a thread is doing.
#[derive(Default)]
struct Thread {
    ends: Option<Ends>,
    /// Octets of the packet it has received, and the line that says so.
    received: Option<(usize, u64)>,
    /// A message it has read, of which more lines may come.
    incoming: Option<(Told, Time)>,
    /// One it has made, which is not sent yet.
    outgoing: Option<Told>,
    /// Fragments of the last message it has made, which are not sent yet.
    fragments: VecDeque<(u16, u16, u64)>,
    /// What stands in the next message it makes.
    hints: Hints,
    /// It has put fragments together: what it reads next is the whole of them.
    reassembled: bool,
    /// It chooses from proposals: those configured are not offered.
    selecting: bool,
    /// A request, or a response, goes again with the next packet.
    again: Option<(bool, Option<u32>)>,
    sa: Option<Sa>,
}

/// The reader of this log.
#[derive(Default)]
pub(super) struct Charon {
    threads: BTreeMap<u32, Thread>,
    /// The IKE SA that is spoken of between two ends.
    by_ends: BTreeMap<Ends, Sa>,
    /// How often a request of an IKE SA was sent again.
    retransmitted: BTreeMap<Sa, u32>,
    latest: Option<Sa>,
    /// Requests for a new IKE SA that were not looked at.
    ignored: BTreeMap<Ends, Sa>,
}

impl Charon {
    /// Takes a line; whether it was one that tells something.
    pub(super) fn line(&mut self, line: Line<'_>, thread: u32, said: &str, scene: &mut Scene) -> bool {
        if self.threads.len() >= THREADS && !self.threads.contains_key(&thread) {
            return false;
        }
        self.threads.entry(thread).or_default();
        if let Some(rest) = said.strip_prefix("received packet: from ") {
            return self.received(thread, rest, line.number, scene);
        }
        if let Some(rest) = said.strip_prefix("sending packet: from ") {
            return self.sending(thread, rest, line.number, scene);
        }
        if let Some(rest) = said.strip_prefix("parsed ") {
            return self.parsed(thread, rest, line.number, scene);
        }
        if let Some(rest) = said.strip_prefix("generating ") {
            return self.generating(thread, rest, line.number, scene);
        }
        self.speech(thread, said, line.number, scene)
    }

    /// Takes what is left at the end.
    pub(super) fn finish(&mut self, scene: &mut Scene) {
        let threads: Vec<u32> = self.threads.keys().copied().collect();
        for thread in threads {
            self.flush(thread, scene);
            self.flush_outgoing(thread, scene);
        }
    }

    fn thread(&mut self, thread: u32) -> &mut Thread {
        self.threads.entry(thread).or_default()
    }

    fn received(&mut self, thread: u32, rest: &str, line: u64, scene: &mut Scene) -> bool {
        let Some((peer, own, octets)) = packet(rest) else {
            // The thread that receives says it first, before it is known what it is.
            let ends = rest.split_once(" to ").and_then(|(from, to)| Some(Ends { own: end(to, 500)?, peer: end(from, 500)? }));
            self.thread(thread).ends = ends;
            return false;
        };
        self.flush_all(thread, Some(Ends { own, peer }), scene);
        self.flush_outgoing(thread, scene);
        let one = self.thread(thread);
        (one.ends, one.sa, one.again) = (Some(Ends { own, peer }), None, None);
        one.received = Some((octets, line));
        true
    }

    fn sending(&mut self, thread: u32, rest: &str, line: u64, scene: &mut Scene) -> bool {
        let Some((own, peer, octets)) = packet(rest) else { return false };
        let ends = Ends { own, peer };
        self.flush_all(thread, Some(ends), scene);
        let one = self.thread(thread);
        one.ends = Some(ends);
        if let Some((response, id)) = one.again.take() {
            if let Some(sa) = self.at(ends, scene) {
                self.note_retransmission(sa, response);
                scene.again(sa, true, response, id, line);
            }
            return true;
        }
        let piece = one.fragments.pop_front();
        let last = one.fragments.is_empty();
        // The content goes with the fragment that completes it.
        let told = match piece {
            Some((number, total, made)) => {
                one.outgoing.clone().map(|told| Told { fragment: Some((number, total)), lines: vec![made, line], ..told })
            }
            None => one.outgoing.take(),
        };
        let whole = piece.is_none() || last;
        let Some(mut told) = told else { return false };
        if whole {
            one.outgoing = None;
        }
        told.octets = Some(octets);
        told.note(line);
        let sa = self.sa_of(thread, ends, &told, scene);
        self.thread(thread).sa = Some(sa);
        scene.message(sa, if whole { told } else { without_content(told) });
        true
    }

    fn parsed(&mut self, thread: u32, rest: &str, line: u64, scene: &mut Scene) -> bool {
        let Some(mut told) = heading(rest, line, false) else { return false };
        let now = scene.clock.now();
        let one = self.thread(thread);
        let whole = one.reassembled && told.fragment.is_none();
        one.reassembled = false;
        if whole {
            if let Some((before, _)) = one.incoming.as_mut().filter(|(before, _)| before.fragment.is_some() && before.id == told.id) {
                // The last fragment brings what is inside.
                before.pieces = told.pieces;
                before.note(line);
                return true;
            }
        }
        self.flush(thread, scene);
        let one = self.thread(thread);
        if let Some((octets, received)) = one.received.take() {
            told.octets = Some(octets);
            told.lines.insert(0, received);
        }
        if told.fragment.is_some() {
            told = without_content(told);
        }
        // An answer without packet lines is of whom this thread, or any, has spoken with last.
        one.incoming = Some((told, now));
        true
    }

    fn generating(&mut self, thread: u32, rest: &str, line: u64, scene: &mut Scene) -> bool {
        let Some(mut told) = heading(rest, line, true) else { return false };
        self.flush_all(thread, self.threads.get(&thread).and_then(|one| one.ends), scene);
        let one = self.thread(thread);
        if let Some((number, total)) = told.fragment {
            if one.fragments.len() < FRAGMENTS {
                one.fragments.push_back((number, total, line));
            }
            return true;
        }
        let hints = core::mem::take(&mut one.hints);
        self.flush_outgoing(thread, scene);
        told.hints = hints;
        let one = self.thread(thread);
        one.fragments.clear();
        one.outgoing = Some(told);
        true
    }

    /// The same of every thread that has read a message of this peer.
    fn flush_all(&mut self, thread: u32, ends: Option<Ends>, scene: &mut Scene) {
        let of_peer = |one: &Thread| ends.is_none() || one.ends.map(|ends| ends.peer.ip()) == ends.map(|ends| ends.peer.ip());
        let others = self.threads.iter().filter(|(_, one)| one.incoming.is_some() && of_peer(one));
        let others: Vec<u32> = others.map(|(other, _)| *other).filter(|other| *other != thread).collect();
        others.into_iter().for_each(|other| self.flush(other, scene));
        self.flush(thread, scene);
    }

    /// A message that was read is complete: nothing more is said of it.
    fn flush(&mut self, thread: u32, scene: &mut Scene) {
        let Some((told, time)) = self.thread(thread).incoming.take() else { return };
        let ends = self.thread(thread).ends.unwrap_or_else(|| self.ends_of_latest(scene));
        let sa = self.sa_of(thread, ends, &told, scene);
        self.thread(thread).sa = Some(sa);
        if scene.clock.is_told() {
            scene.message_at(sa, told, time);
        } else {
            scene.message(sa, told);
        }
    }

    /// A message was made, and no line says that it was sent: the log leaves that out.
    fn flush_outgoing(&mut self, thread: u32, scene: &mut Scene) {
        let one = self.thread(thread);
        one.fragments.clear();
        let Some(told) = one.outgoing.take() else { return };
        let ends = one.ends.unwrap_or_else(|| self.ends_of_latest(scene));
        let sa = self.sa_of(thread, ends, &told, scene);
        self.thread(thread).sa = Some(sa);
        scene.message(sa, told);
    }

    fn ends_of_latest(&self, scene: &Scene) -> Ends {
        let latest = self.latest.and_then(|sa| scene.ends(sa));
        latest.unwrap_or(Ends { own: nowhere(500), peer: nowhere(500) })
    }

    /// The IKE SA that is spoken of between two ends.
    fn at(&self, ends: Ends, scene: &Scene) -> Option<Sa> {
        if let Some(sa) = self.by_ends.get(&ends) {
            return Some(*sa);
        }
        // The port changes after IKE_SA_INIT; an address, when an end moves.
        let near = |other: &&Ends| other.own.ip() == ends.own.ip() && other.peer.ip() == ends.peer.ip();
        let mut same = self.by_ends.iter().filter(|(other, _)| near(other)).map(|(_, sa)| *sa);
        let (in_init, any) = (same.clone().filter(|sa| scene.is_in_init(*sa)).max(), same.by_ref().max());
        let moved = || {
            self.by_ends
                .iter()
                .filter(|(other, _)| other.peer.ip() == ends.peer.ip() || other.own.ip() == ends.own.ip())
                .map(|(_, sa)| *sa)
                .max()
        };
        in_init.or(any).or_else(moved)
    }

    /// The IKE SA of a message, which may begin with it.
    fn sa_of(&mut self, thread: u32, ends: Ends, told: &Told, scene: &mut Scene) -> Sa {
        let begins = told.is_init() && !told.response || told.version == 1;
        let known = self.thread(thread).sa.filter(|sa| scene.ends(*sa).is_some()).or_else(|| self.at(ends, scene));
        let exact = self.by_ends.get(&ends).copied();
        let sa = match (begins, known) {
            (true, _) if told.version == 1 => exact,
            (true, _) => exact.filter(|sa| scene.is_asked_again(*sa)),
            (false, known) => known.filter(|sa| !scene.is_renewed(*sa, told)),
        };
        let sa = sa.unwrap_or_else(|| {
            // Who sends a request that begins it is the initiator; of one that is under way that is the best guess.
            let own = if told.outgoing != told.response { Role::Initiator } else { Role::Responder };
            let own = known.filter(|_| !begins).and_then(|sa| scene.own(sa)).unwrap_or(own);
            scene.begin(own, ends, None)
        });
        if self.by_ends.len() >= MOST && !self.by_ends.contains_key(&ends) {
            self.by_ends.pop_first();
        }
        self.by_ends.insert(ends, sa);
        scene.move_to(sa, ends);
        self.latest = Some(sa);
        sa
    }

    fn note_retransmission(&mut self, sa: Sa, response: bool) {
        if !response && (self.retransmitted.len() < MOST || self.retransmitted.contains_key(&sa)) {
            let count = self.retransmitted.entry(sa).or_default();
            *count = count.saturating_add(1);
        }
    }

    /// A request for a new IKE SA is not looked at: there are too many of the same source.
    fn ignores(&mut self, thread: u32, peer: core::net::SocketAddr, line: u64, scene: &mut Scene) {
        let told = self.thread(thread).ends.filter(|ends| ends.peer.ip() == peer.ip());
        let own = self.ends_of_latest(scene).own;
        let ends = told.unwrap_or(Ends { own, peer });
        if let Some(sa) = self.ignored.get(&ends) {
            return scene.again(*sa, false, false, None, line);
        }
        let sa = scene.begin(Role::Responder, ends, None);
        if self.ignored.len() < MOST {
            self.ignored.insert(ends, sa);
        }
        scene.message(sa, Told::new(line, false, ikev2::registry::ExchangeType::IKE_SA_INIT, false, 0));
    }

    /// A request is given up that was sent again so often.
    fn gave_up(&mut self, thread: u32, times: Option<u32>, line: u64, scene: &mut Scene) {
        let counted = self.retransmitted.iter().find(|(_, count)| Some(**count) == times).map(|(sa, _)| *sa);
        let sa = self.thread(thread).sa.or(counted).or_else(|| self.retransmitted.keys().next_back().copied()).or(self.latest);
        if let Some(sa) = counted.or(sa) {
            self.retransmitted.remove(&sa);
            scene.said(sa, Said::GaveUp, line);
        }
    }
}

/// `192.0.2.1[500] to 192.0.2.2[500] (464 bytes)`; without the octets it is told twice.
fn packet(rest: &str) -> Option<(core::net::SocketAddr, core::net::SocketAddr, usize)> {
    let (from, rest) = rest.split_once(" to ")?;
    let (to, rest) = rest.split_once(" (")?;
    Some((end(from, 500)?, end(to, 500)?, number(rest)?))
}

/// A fragment alone tells nothing of what is inside.
fn without_content(told: Told) -> Told {
    Told { pieces: None, hints: Hints::default(), ..told }
}

/// `IKE_AUTH request 1 [ IDi AUTH N(INIT_CONTACT) EAP/RES/ID ]`.
fn heading(rest: &str, line: u64, outgoing: bool) -> Option<Told> {
    let (name, rest) = rest.split_once(' ')?;
    let (kind, rest) = rest.split_once(' ')?;
    let response = match kind {
        "request" => false,
        "response" => true,
        _ => return None,
    };
    let (id, list) = rest.split_once(" [")?;
    let id: u32 = id.trim().parse().ok()?;
    let Some(exchange) = names::exchange(name) else {
        let old = names::exchange_v1(name)?;
        return Some(Told::new(line, outgoing, old, response, id).of_version_1());
    };
    let mut told = Told::new(line, outgoing, exchange, response, id);
    let list = list.trim_end().trim_end_matches(']').trim();
    if let Some(place) = list.strip_prefix("EF(") {
        let (at, total) = place.trim_end_matches(')').split_once('/')?;
        told.fragment = Some((at.parse().ok()?, total.parse().ok()?));
        return Some(told);
    }
    told.pieces =
        Some(list.split(' ').filter(|name| !name.is_empty()).filter_map(|name| piece(name, &mut told.hints)).take(PAYLOADS).collect());
    Some(told)
}

fn piece(name: &str, hints: &mut Hints) -> Option<Piece> {
    if let Some(notify) = between(name, "N(", ")").filter(|_| name.starts_with("N(")) {
        // One that has no name is written by its number.
        return names::notify(notify.trim_start_matches('(')).map(Piece::Notify);
    }
    if let Some(number) = between(name, "UNKN(", ")") {
        hints.critical = number.parse().ok().or(hints.critical);
        return None;
    }
    if let Some(eap) = name.strip_prefix("EAP/") {
        let (code, method) = eap.split_once('/').unwrap_or((eap, ""));
        let code = match code {
            "REQ" => 1,
            "RES" => 2,
            "SUCC" => 3,
            "FAIL" => 4,
            _ => return Some(Piece::Eap(0, 0)),
        };
        return Some(Piece::Eap(code, eap_method(method)));
    }
    let name = name.split_once('(').map_or(name, |(name, _)| name);
    match name {
        "CPRQ" | "CPRP" | "CPS" | "CPA" => Some(Piece::Payload(ikev2::registry::PayloadType::CP)),
        _ => names::payload(name).map(Piece::Payload),
    }
}

/// EAP methods by the names of strongSwan (IANA EAP registry).
fn eap_method(name: &str) -> u8 {
    match name {
        "ID" => 1,
        "NAK" => 3,
        "MD5" => 4,
        "GTC" => 6,
        "TLS" => 13,
        "SIM" => 18,
        "TTLS" => 21,
        "AKA" => 23,
        "PEAP" => 25,
        "MSCHAPV2" => 26,
        _ => 0,
    }
}
