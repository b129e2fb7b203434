//! Hands what a capture holds to the library, and keeps what is to be shown; what a log tells, in `told.rs`.

mod told;

pub(crate) use told::Word;

use super::frame::Frame;
use super::icmp;
use super::ladder::{self, Step};
use super::track::{Diagnosis, Label, Track};
use crate::capture::{Datagram, EspPacket, IncompleteFragments, IpPayload, Opening, Problem, Time};
use crate::evidence::around::tls::HTTPS;
use crate::evidence::around::{Around, At};
use crate::evidence::carrier::Carrier;
use crate::evidence::decode::{Content, Parts};
use crate::evidence::ports::{self, NAT_T, Transport as Port};
use crate::evidence::summary::Summary;
use crate::evidence::unlock::{Complete, Verdict};
use crate::evidence::walk::{self, Sealed, Trouble};
use core::net::{IpAddr, Ipv4Addr, SocketAddr};
use ikev2::Role;
use ikev2::diagnose::{
    Capabilities, Decrypted, Delivery, Diagnoser, Finding, Observation, Observed, Severity, Sight, Transport, WatchLimits, sizes,
};
use ikev2::fragment::Overhead;
use ikev2::proposal::Policy;
use ikev2::provider::Provider;
use ikev2::registry::{ExchangeType, PayloadType};
use ikev2::wire::{Header, IkeSpis, LenientMessage, Message, Payload, Received, transport};
use std::collections::BTreeMap;
use std::io;

/// Findings kept of IKE SAs that were judged before the end; of errors twice as many.
const MAX_FINDINGS: usize = 1 << 17;
/// IKE SAs whose messages are kept to be shown; findings are not bounded by it.
const MAX_TRACKS: usize = 2048;
/// Lines kept of all of them.
const MAX_STEPS: usize = 50_000;
/// Size reports of one IKE SA.
const MAX_SIZES: usize = 6;
/// Octets of an IP packet from which on the size of a message is worth a report.
const LARGE: usize = 1280;
/// Fragment sets measured at one time.
const MAX_SETS: usize = 8;
/// Problems of the capture told one by one.
const MAX_PROBLEMS: usize = 10;

pub(crate) struct Watcher {
    diagnoser: Diagnoser,
    findings: Vec<Finding>,
    dropped: u64,
    tracks: BTreeMap<u64, Track>,
    steps: usize,
    untold: u64,
    problems: Vec<String>,
    more_problems: u64,
    /// A fragment whose set may be complete with it: what is inside follows.
    pending: Option<Pending>,
    sets: Vec<Measured>,
    clock: Time,
    /// What is known of the way of what is told next.
    place: Place,
    /// Packets that carried IKE, ESP, or what may be of it.
    told: u64,
    around: Around,
}

/// What is known of the way of something, with several captures.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    /// How much of it came to its end.
    pub(crate) arrival: Option<Delivery>,
    /// It is shown as the capture saw it from which the others of its conversation are shown.
    pub(crate) near: bool,
}

impl Default for Place {
    fn default() -> Self {
        Self { arrival: None, near: true }
    }
}

struct Pending {
    place: Place,
    carrier: Carrier,
    octets: Vec<u8>,
    fragment: Option<(Vec<u16>, u16)>,
}

/// A fragment set that cannot be opened, measured.
struct Measured {
    sa: u64,
    message_id: u32,
    response: bool,
    total: u16,
    seen: u16,
    content: usize,
}

impl Watcher {
    pub(crate) fn new(policy: Option<Policy>) -> Self {
        Self {
            diagnoser: Diagnoser::new(WatchLimits::default(), tools(), policy),
            findings: Vec::new(),
            dropped: 0,
            tracks: BTreeMap::new(),
            steps: 0,
            untold: 0,
            problems: Vec::new(),
            more_problems: 0,
            pending: None,
            sets: Vec::new(),
            clock: Time::default(),
            place: Place::default(),
            told: 0,
            around: Around::default(),
        }
    }

    /// What is told next is of this place.
    pub(crate) fn place(&mut self, place: Place) {
        self.place = place;
    }

    pub(crate) fn problem(&mut self, problem: String) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(problem);
        } else {
            self.more_problems = self.more_problems.saturating_add(1);
        }
    }

    pub(crate) fn finish(mut self, frame: Frame) -> Diagnosis {
        self.flush();
        self.clock = self.clock.max(frame.end);
        self.note_frame(&frame);
        let numbers: Vec<u64> = self.tracks.keys().copied().collect();
        for number in numbers {
            let view = self.diagnoser.vantage(number);
            if let Some(track) = self.tracks.get_mut(&number) {
                track.view = Some(view);
                track.ladder.sort();
                if !frame.later_fragments && frame.log.is_none() {
                    track.ladder.hide_fragments();
                }
            }
        }
        self.diagnoser.advance(self.clock.instant());
        let (findings, mut verdict) = self.diagnoser.finish();
        verdict.dropped = verdict.dropped.saturating_add(self.dropped);
        self.findings.extend(findings);
        if verdict.ike_sas == 0 && verdict.codes.is_empty() && frame.log.is_none() {
            verdict.text = self.around.nothing(frame.packets);
        }
        // Events of Windows name no IKE SA.
        if frame.log.is_some() && self.findings.iter().any(|finding| finding.spis == IkeSpis::default()) {
            self.tracks.insert(0, Track::default());
        }
        Diagnosis {
            duration: self.clock,
            frame,
            verdict,
            findings: self.findings,
            tracks: self.tracks.into_values().collect(),
            untold: self.untold,
            problems: self.problems,
            more_problems: self.more_problems,
            warnings: Vec::new(),
        }
    }

    /// What the file as a whole tells.
    fn note_frame(&mut self, frame: &Frame) {
        if frame.log.is_some() {
            return;
        }
        let others = frame.watched || frame.packets > self.told;
        let cut = frame.cut.map(Observed::Cut);
        let fragments = frame.later_fragments.then_some(Observed::LaterFragment);
        let others = others.then_some(Observed::Other);
        let back = frame.went_back.then_some(Observed::ClockBack);
        let nowhere = nowhere();
        for observed in [cut, fragments, others, back].into_iter().flatten() {
            self.diagnoser.observe(&Observation::new(self.clock.instant(), nowhere, nowhere, Transport::Udp, observed));
        }
    }

    /// Observes what waited for its content in vain.
    fn flush(&mut self) {
        if let Some(pending) = self.pending.take() {
            let place = core::mem::replace(&mut self.place, pending.place);
            self.see(&pending.carrier, &pending.octets, None, pending.fragment, &[], &[]);
            self.place = place;
        }
    }

    fn see(
        &mut self,
        carrier: &Carrier,
        octets: &[u8],
        decrypted: Option<(PayloadType, &[u8])>,
        fragment: Option<(Vec<u16>, u16)>,
        notes: &[String],
        parts: &[sizes::PayloadSize],
    ) {
        let transport = transport(carrier);
        self.told = self.told.saturating_add(u64::try_from(carrier.packets.len()).unwrap_or(u64::MAX));
        let decrypted_content = decrypted.map(|(first, content)| Decrypted::new(first, content));
        let sight = Observed::Message { octets, fragments: &carrier.fragment_sizes, decrypted: decrypted_content };
        let Some(sighting) = self.diagnoser.observe(&observation(carrier, transport, sight, self.place)) else { return };
        self.take_findings();
        let Ok(Received { header, .. }) = Header::peek(octets) else { return };
        let carried = sizes::Encapsulation { ipv6: carrier.src.is_ipv6(), marker: transport == Transport::UdpNonEspMarker };
        let packet = carried.packet_len(octets.len());
        let overhead = self.diagnoser.overhead(sighting.sa_number);
        let measured = self.measure(sighting.sa_number, &header, octets, decrypted, overhead);
        let ends = if header.initiator { (carrier.src, carrier.dst) } else { (carrier.dst, carrier.src) };
        if sighting.copy {
            if let Some(track) = self.tracks.get_mut(&sighting.sa_number) {
                track.copies = track.copies.saturating_add(1);
            }
            return;
        }
        let place = self.place;
        let Some(track) = self.track(sighting.sa_number, ends) else { return };
        track.spis = sighting.spis;
        let mut step = Step::of(carrier, &header, sighting.sender, packet, sighting.again);
        step.fragments = fragment;
        step.notes = notes.to_vec();
        step.arrival = place.arrival;
        let before = track.ladder.steps.len();
        track.ladder.push(step);
        let added = track.ladder.steps.len().saturating_sub(before);
        if let Some(content) = measured.filter(|_| !sighting.again && track.sizes.len() < MAX_SIZES) {
            if carried.packet_len_of(content, overhead) > LARGE {
                let report = sizes::SizeReport::of_content(parts.to_vec(), content, overhead, carried);
                track.sizes.push((Label::of(&header), carrier.packets.last().copied().unwrap_or(0), report));
            }
        }
        self.steps = self.steps.saturating_add(added);
    }

    /// Octets of content of a message that is whole: known, or measured by its ciphertext.
    fn measure(
        &mut self,
        sa: u64,
        header: &Header,
        octets: &[u8],
        decrypted: Option<(PayloadType, &[u8])>,
        overhead: Option<Overhead>,
    ) -> Option<usize> {
        if let Some((_, content)) = decrypted {
            return Some(content.len());
        }
        let overhead = overhead?;
        let text = |sealed: &[u8]| {
            let text = sealed.len().saturating_sub(overhead.iv_len).saturating_sub(overhead.icv_len);
            text.saturating_sub(overhead.block_len.div_ceil(2))
        };
        let read = Message::parse_lenient(octets).ok()?;
        for raw in read.payloads() {
            match raw.parse_lenient().0 {
                Payload::Sk(sk) => return Some(text(sk.sealed)),
                Payload::Skf(skf) => {
                    let same = |set: &Measured| {
                        set.sa == sa && set.message_id == header.message_id && set.response == header.response && set.total == skf.total
                    };
                    let at = self.sets.iter().position(same).unwrap_or_else(|| {
                        if self.sets.len() >= MAX_SETS {
                            self.sets.remove(0);
                        }
                        let (message_id, response) = (header.message_id, header.response);
                        self.sets.push(Measured { sa, message_id, response, total: skf.total, seen: 0, content: 0 });
                        self.sets.len().saturating_sub(1)
                    });
                    let set = self.sets.get_mut(at)?;
                    set.seen = set.seen.saturating_add(1);
                    set.content = set.content.saturating_add(text(skf.sealed));
                    return (set.seen == set.total).then_some(set.content);
                }
                _ => {}
            }
        }
        None
    }

    /// Keeps the findings of IKE SAs that were judged early: when there are too many, those that are no errors are counted only.
    fn take_findings(&mut self) {
        for finding in self.diagnoser.drain() {
            let room = if finding.severity == Severity::Error { MAX_FINDINGS.saturating_mul(2) } else { MAX_FINDINGS };
            if self.findings.len() < room {
                self.findings.push(finding);
            } else {
                self.dropped = self.dropped.saturating_add(1);
            }
        }
    }

    fn track(&mut self, number: u64, (initiator, responder): (SocketAddr, SocketAddr)) -> Option<&mut Track> {
        let room = self.tracks.len() < MAX_TRACKS && self.steps < MAX_STEPS;
        if !self.tracks.contains_key(&number) && !room || self.steps >= MAX_STEPS {
            self.untold = self.untold.saturating_add(1);
            return None;
        }
        let new = || Track { number, initiator, responder, ..Track::default() };
        Some(self.tracks.entry(number).or_insert_with(new))
    }
}

impl walk::Report for Watcher {
    fn message(&mut self, carrier: &Carrier, read: &LenientMessage<'_>, parts: &Parts<'_>, sealed: Option<&Sealed<'_>>) -> io::Result<()> {
        self.flush();
        self.clock = self.clock.max(carrier.time);
        let octets = read.as_octets();
        self.around.message(carrier, octets);
        let fragment = ladder::fragment(parts);
        match sealed.map(|sealed| (sealed.verdict, &sealed.content)) {
            Some((Verdict::Content { first, octets: content, .. }, Some(inside))) => {
                let found = sizes::payload_sizes(inside.chain.payloads(), certificate());
                self.see(carrier, octets, Some((*first, content)), fragment, &ladder::notes_inside(inside), &found);
            }
            Some((Verdict::Fragment { .. }, _)) => {
                self.pending = Some(Pending { place: self.place, carrier: carrier.clone(), octets: octets.to_vec(), fragment });
            }
            _ => {
                let clear = read.header().exchange == ExchangeType::IKE_SA_INIT;
                let found = if clear { sizes::payload_sizes(read.payloads(), None) } else { Vec::new() };
                self.see(carrier, octets, None, fragment, &ladder::notes(parts), &found);
            }
        }
        Ok(())
    }

    fn reassembled(&mut self, _: &Carrier, complete: &Complete, content: &Content<'_>) -> io::Result<()> {
        if let Some(Pending { place, carrier, octets, fragment }) = self.pending.take() {
            self.place = place;
            let inside = Some((complete.message.first_payload(), complete.message.content().as_ref()));
            let found = sizes::payload_sizes(content.chain.payloads(), certificate());
            self.see(&carrier, &octets, inside, fragment, &ladder::notes_inside(content), &found);
        }
        Ok(())
    }

    fn undecodable(&mut self, _: &Carrier, _: u64, _: &str) -> io::Result<()> {
        self.around.undecodable();
        Ok(())
    }

    fn elsewhere(&mut self, datagram: &Datagram) -> io::Result<()> {
        let ends = (datagram.src, datagram.dst);
        self.around.datagram(At::of(&datagram.packets, datagram.time), ends, &datagram.payload);
        Ok(())
    }

    fn opening(&mut self, opening: &Opening) -> io::Result<()> {
        self.flush();
        self.around.opening(opening);
        self.clock = self.clock.max(opening.time);
        if opening.syn && !opening.ack && opening.dst.port() == HTTPS {
            let packets = [opening.packet];
            let seen = Observation::new(opening.time.instant(), opening.src, opening.dst, Transport::Tcp, Observed::TlsConnect);
            self.diagnoser.observe(&seen.with_packets(&packets));
        }
        Ok(())
    }

    fn problem(&mut self, problem: &Problem) -> io::Result<()> {
        self.around.problem(problem);
        Ok(())
    }

    fn beheaded(&mut self, carrier: &Carrier, octets: &[u8]) -> io::Result<()> {
        self.flush();
        self.told = self.told.saturating_add(u64::try_from(carrier.packets.len()).unwrap_or(u64::MAX));
        self.clock = self.clock.max(carrier.time);
        self.around.head(carrier, octets);
        let sight = Observed::Message { octets, fragments: &carrier.fragment_sizes, decrypted: None };
        self.diagnoser.observe(&observation(carrier, transport(carrier), sight, self.place));
        Ok(())
    }

    fn trouble(&mut self, _: &Trouble) -> io::Result<()> {
        Ok(())
    }

    fn incomplete(&mut self, set: &IncompleteFragments) -> io::Result<()> {
        self.flush();
        self.told = self.told.saturating_add(u64::try_from(set.packets.len()).unwrap_or(u64::MAX));
        self.around.incomplete();
        let (from, to) = set.ports.unwrap_or((0, 0));
        let (src, dst) = (SocketAddr::new(set.src, from), SocketAddr::new(set.dst, to));
        // After the UDP header, and after the marker where a port says that there is one.
        let payload = set.head.get(8..).unwrap_or_default();
        let marked = payload.strip_prefix(&[0; 4]);
        let head = marked.unwrap_or(payload);
        // What has no marker there is ESP, unless it reads as IKE all the same.
        let whole = set.total.and_then(|total| usize::try_from(total).ok()).map(|total| total.saturating_sub(8));
        if marked.is_none() && !transport::is_unmarked(head, whole) && !payload.is_empty() && (from == NAT_T || to == NAT_T) {
            return Ok(());
        }
        let sight = Observed::IpFragments { head, arrived: set.received, total: set.total };
        let seen = Observation::new(set.time.instant(), src, dst, Transport::Udp, sight).with_packets(&set.packets);
        let Some(sighting) = self.diagnoser.observe(&seen) else { return Ok(()) };
        let header = Header::peek(head).ok().map(|received| received.header);
        let ends = if sighting.sender == Role::Initiator { (src, dst) } else { (dst, src) };
        if let Some(track) = self.track(sighting.sa_number, ends) {
            track.spis = sighting.spis;
            track.ladder.push(Step::lost(set, header.as_ref(), sighting.sender));
            self.steps = self.steps.saturating_add(1);
        }
        Ok(())
    }

    fn other(&mut self, carrier: &Carrier, esp: Option<u32>) -> io::Result<()> {
        self.flush();
        self.told = self.told.saturating_add(u64::try_from(carrier.packets.len()).unwrap_or(u64::MAX));
        self.clock = self.clock.max(carrier.time);
        if esp.is_some() {
            self.around.esp(&carrier.packets, carrier.time, (carrier.src.ip(), carrier.dst.ip()), true);
        } else {
            self.around.keepalive();
        }
        let sight = esp.map_or(Observed::Keepalive, Observed::Esp);
        self.diagnoser.observe(&observation(carrier, transport(carrier), sight, self.place));
        Ok(())
    }

    fn esp(&mut self, packet: &EspPacket) -> io::Result<()> {
        self.flush();
        self.told = self.told.saturating_add(1);
        self.clock = self.clock.max(packet.time);
        let (in_udp, packets) = (packet.in_udp(), [packet.packet]);
        self.around.esp(&packets, packet.time, (packet.src.ip(), packet.dst.ip()), in_udp);
        let (transport, sight) = if in_udp {
            (Transport::UdpNonEspMarker, Sight::new(Some(packet.sight.ttl), packet.sight.outgoing))
        } else {
            (Transport::Udp, Sight::default())
        };
        let seen = Observation::new(packet.time.instant(), packet.src, packet.dst, transport, Observed::Esp(packet.spi));
        self.diagnoser.observe(&seen.with_packets(&packets).with_sight(sight));
        Ok(())
    }

    fn ip(&mut self, packet: &IpPayload) -> io::Result<()> {
        self.flush();
        self.clock = self.clock.max(packet.time);
        let ends = |src: IpAddr, dst: IpAddr| (SocketAddr::new(src, 0), SocketAddr::new(dst, 0));
        let (observed, (src, dst)) = if packet.protocol == ports::ESP {
            self.told = self.told.saturating_add(u64::try_from(packet.packets.len()).unwrap_or(u64::MAX));
            self.around.esp(&packet.packets, packet.time, (packet.src, packet.dst), false);
            let spi = packet.payload.first_chunk().map_or(0, |spi| u32::from_be_bytes(*spi));
            (Observed::Esp(spi), ends(packet.src, packet.dst))
        } else if let Some((report, src, dst)) = icmp::error(packet.protocol, &packet.payload, packet.src) {
            (Observed::Icmp(report), (src, dst))
        } else {
            return Ok(());
        };
        let seen = Observation::new(packet.time.instant(), src, dst, Transport::Udp, observed);
        self.diagnoser.observe(&seen.with_packets(&packet.packets));
        Ok(())
    }

    fn summary(&mut self, _: &Summary) -> io::Result<()> {
        Ok(())
    }
}

fn nowhere() -> SocketAddr {
    SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), 0)
}

fn observation<'a>(carrier: &'a Carrier, transport: Transport, sight: Observed<'a>, place: Place) -> Observation<'a> {
    let time = carrier.time.instant();
    let near = carrier.sight.filter(|_| place.near);
    let here = near.map_or_else(Sight::default, |sight| Sight::new(Some(sight.ttl), sight.outgoing));
    let here = place.arrival.map_or(here, |arrival| here.with_arrival(arrival));
    Observation::new(time, carrier.src, carrier.dst, transport, sight).with_packets(&carrier.packets).with_sight(here)
}

/// With the marker or without: what port 500 carries, and a port the user named, may have one or not.
fn transport(carrier: &Carrier) -> Transport {
    match carrier.transport {
        Port::Udp500 | Port::Udp4500Unmarked => Transport::Udp,
        Port::Udp4500 | Port::Udp => Transport::UdpNonEspMarker,
        Port::Tcp => Transport::Tcp,
    }
}

fn tools() -> Capabilities {
    Capabilities { sha1: Provider::builtin().sha1().ok() }
}

#[cfg(feature = "x509")]
fn certificate() -> Option<sizes::ReadCertificate> {
    use ikev2::auth::KeyType;
    Some(|der| {
        let key = ikev2::cert::Certificate::parse(der).ok()?.public_key();
        let rsa = matches!(key.key_type(), KeyType::Rsa | KeyType::RsaPss);
        Some(sizes::CertificateFact::new(key.key_type().to_string(), key.bits(), rsa))
    })
}

#[cfg(not(feature = "x509"))]
fn certificate() -> Option<sizes::ReadCertificate> {
    None
}
