//! What a capture holds, told to a [`Report`] in the order of its packets.

use super::carrier::Carrier;
use super::connections::Connections;
use super::decode::{Content, Parts};
use super::ports::{self, NAT_T, Ports, Transport};
use super::speakers::Speakers;
use super::stream::Found;
use super::summary::{Encrypted, Summary};
use super::unlock::{Complete, Unlock, Verdict};
use crate::capture::{
    Datagram, EspPacket, IncompleteFragments, IpPayload, Item, Opening, Problem, StreamEvent, StreamPiece, Time, Truncation,
};
use core::net::SocketAddr;
use ikev2::registry::NotifyType;
use ikev2::wire::transport::{NON_ESP_MARKER, Packet};
use ikev2::wire::{LenientMessage, Message, Payload};
use std::collections::BTreeMap;
use std::io;

/// Something in the capture that could not be read, with as much of its place as is known.
#[derive(Clone, Debug)]
pub(crate) struct Trouble {
    pub(crate) packets: Vec<u64>,
    pub(crate) time: Option<Time>,
    pub(crate) cause: String,
}

/// An SK or SKF payload with keys: what became of it, and what was in SK.
pub(crate) struct Sealed<'a> {
    pub(crate) verdict: &'a Verdict,
    pub(crate) content: Option<Content<'a>>,
}

/// Who is told.
pub(crate) trait Report {
    /// An IKE message, as far as it could be read. With keys, `sealed` is what became of its SK or SKF payload.
    fn message(&mut self, carrier: &Carrier, read: &LenientMessage<'_>, parts: &Parts<'_>, sealed: Option<&Sealed<'_>>) -> io::Result<()>;
    /// A message put together; `carrier` is that of the fragment that completed it.
    fn reassembled(&mut self, carrier: &Carrier, complete: &Complete, content: &Content<'_>) -> io::Result<()>;
    /// Octets where IKE was to be expected.
    fn undecodable(&mut self, carrier: &Carrier, octets: u64, cause: &str) -> io::Result<()>;
    /// An IKE message of which the capture holds less than its header.
    fn beheaded(&mut self, _carrier: &Carrier, _octets: &[u8]) -> io::Result<()> {
        Ok(())
    }
    /// Something the capture should hold and does not.
    fn trouble(&mut self, trouble: &Trouble) -> io::Result<()>;
    /// IP fragments that may have been IKE and never became whole.
    fn incomplete(&mut self, _set: &IncompleteFragments) -> io::Result<()> {
        Ok(())
    }
    /// ESP with its SPI, or a NAT keepalive, in UDP or TCP.
    fn other(&mut self, _carrier: &Carrier, _esp: Option<u32>) -> io::Result<()> {
        Ok(())
    }
    /// ESP of which no more is known than that; see [`Interest::only_esp`](crate::capture::Interest::only_esp).
    fn esp(&mut self, _packet: &EspPacket) -> io::Result<()> {
        Ok(())
    }
    /// A UDP datagram between ports that IKE does not use.
    fn elsewhere(&mut self, _datagram: &Datagram) -> io::Result<()> {
        Ok(())
    }
    /// A TCP segment that opens a connection, of the ports the capture was asked for.
    fn opening(&mut self, _opening: &Opening) -> io::Result<()> {
        Ok(())
    }
    /// Something that could not be read, whether or not it is to be told.
    fn problem(&mut self, _problem: &Problem) -> io::Result<()> {
        Ok(())
    }
    /// The payload of an IP packet of another protocol, of those the capture was asked for.
    fn ip(&mut self, _packet: &IpPayload) -> io::Result<()> {
        Ok(())
    }
    /// The end.
    fn summary(&mut self, summary: &Summary) -> io::Result<()>;
}

pub(crate) struct Walk {
    ports: Ports,
    connections: Connections,
    speakers: Speakers,
    clock: Time,
    unlock: Option<Unlock>,
    pub(crate) summary: Summary,
}

impl Walk {
    pub(crate) fn new(named: &[u16], unlock: Option<Unlock>) -> Self {
        let summary = Summary { encrypted: unlock.as_ref().map(|_| Encrypted::default()), ..Summary::default() };
        Self {
            ports: Ports::new(named),
            connections: Connections::default(),
            speakers: Speakers::default(),
            clock: Time::default(),
            unlock,
            summary,
        }
    }

    /// Takes the next item; gives what deserves a complaint of its own.
    pub(crate) fn item(&mut self, item: Item, report: &mut impl Report) -> io::Result<Option<String>> {
        match item {
            Item::Datagram(datagram) => self.datagram(datagram, report),
            Item::Stream(piece) => self.stream(piece, report),
            Item::Opening(opening) => report.opening(&opening).map(|()| None),
            Item::Esp(packet) => {
                self.summary.esp = self.summary.esp.saturating_add(1);
                if packet.in_udp() {
                    self.speakers.see(packet.src.ip(), packet.dst.ip());
                } else {
                    self.summary.esp_native = self.summary.esp_native.saturating_add(1);
                }
                report.esp(&packet).map(|()| None)
            }
            Item::Ip(packet) => {
                if packet.protocol == ports::ESP {
                    self.summary.esp = self.summary.esp.saturating_add(1);
                    self.summary.esp_native = self.summary.esp_native.saturating_add(1);
                }
                report.ip(&packet)?;
                Ok(None)
            }
            Item::Problem(problem) => {
                report.problem(&problem)?;
                if let Problem::IncompleteFragments(set) = &problem {
                    if self.may_be_ike(set) {
                        report.incomplete(set)?;
                    }
                }
                match self.relevant(problem) {
                    Some(trouble) => self.trouble(trouble, report).map(Some),
                    None => Ok(None),
                }
            }
        }
    }

    /// Tells what the end of the capture cut off.
    pub(crate) fn finish(&mut self, report: &mut impl Report) -> io::Result<()> {
        for (ends, found) in self.connections.finish() {
            self.found(Some(found), ends, self.clock, report)?;
        }
        Ok(())
    }

    fn datagram(&mut self, datagram: Datagram, report: &mut impl Report) -> io::Result<Option<String>> {
        let ends = (datagram.src.port(), datagram.dst.port());
        let Some(transport) = self.ports.transport(ends.0, ends.1, &datagram.payload, datagram.truncation.map_or(0, |cut| cut.missing))
        else {
            return report.elsewhere(&datagram).map(|()| None);
        };
        let Datagram { packets, time, src, dst, payload, ip_fragments, fragment_sizes, truncation, sight } = datagram;
        self.speakers.see(src.ip(), dst.ip());
        let sight = Some(sight);
        let carrier = Carrier { packets, time, src, dst, transport, ip_fragments, fragment_sizes, truncation, sight };
        let opened = self.ports.open(transport, ends, &payload);
        let is_ike = !matches!(opened, Ok(Packet::Esp { .. } | Packet::Keepalive));
        self.opened(&carrier, payload.len(), opened, report)?;
        Ok(truncation.filter(|_| is_ike).map(|cut| {
            let packet = carrier.packets.last().copied().unwrap_or(0);
            format!("packet {packet}: {}", cut_short(cut))
        }))
    }

    fn opened(&mut self, carrier: &Carrier, octets: usize, opened: Result<Packet<'_>, String>, report: &mut impl Report) -> io::Result<()> {
        let summary = &mut self.summary;
        let cause = match opened {
            Ok(Packet::Esp { spi, .. }) => {
                summary.esp = summary.esp.saturating_add(1);
                return report.other(carrier, Some(spi));
            }
            Ok(Packet::Keepalive) => {
                summary.keepalives = summary.keepalives.saturating_add(1);
                return report.other(carrier, None);
            }
            Ok(Packet::Ike(octets)) => match Message::parse_lenient(octets) {
                Ok(read) => return self.message(carrier, &read, report),
                Err(error) => {
                    if carrier.truncation.is_some() {
                        report.beheaded(carrier, octets)?;
                    }
                    error.to_string()
                }
            },
            Err(cause) => cause,
        };
        summary.undecodable = summary.undecodable.saturating_add(1);
        report.undecodable(carrier, u64::try_from(octets).unwrap_or(u64::MAX), &cause)
    }

    fn message(&mut self, carrier: &Carrier, message: &LenientMessage<'_>, report: &mut impl Report) -> io::Result<()> {
        let parts = Parts::of(message);
        let attempt = self.unlock.as_mut().and_then(|unlock| unlock.message(carrier, message));
        let sealed = attempt.as_ref().map(|attempt| Sealed::of(&attempt.verdict));
        let content = sealed.as_ref().and_then(|sealed| sealed.content.as_ref());
        let summary = &mut self.summary;
        summary.messages = summary.messages.saturating_add(1);
        if parts.fault().is_some() || content.is_some_and(|content| content.parts.fault().is_some()) {
            summary.faults = summary.faults.saturating_add(1);
        }
        if message.received().is_ikev2() {
            summary.ike_sas.see(message, carrier.src.ip(), carrier.dst.ip());
            let (requests, responses) = summary.exchanges.entry(message.header().exchange).or_default();
            let which = if message.header().response { responses } else { requests };
            *which = which.saturating_add(1);
        }
        if let Some(ikev1) = message.received().ikev1() {
            let messages = summary.ikev1.entry(ikev1.exchange).or_default();
            *messages = messages.saturating_add(1);
        }
        count_errors(&parts, &mut summary.errors);
        if let Some(content) = content {
            count_errors(&content.parts, &mut summary.errors_inside);
        }
        if let (Some(encrypted), Some(attempt)) = (&mut summary.encrypted, &attempt) {
            attempt.count(encrypted);
        }
        let (first, _) = *summary.span.get_or_insert((carrier.time, carrier.time));
        summary.span = Some((first, carrier.time));
        report.message(carrier, message, &parts, sealed.as_ref())?;
        match attempt.as_ref().and_then(|attempt| attempt.complete.as_ref()) {
            Some(complete) => self.complete(carrier, complete, report),
            None => Ok(()),
        }
    }

    fn complete(&mut self, carrier: &Carrier, complete: &Complete, report: &mut impl Report) -> io::Result<()> {
        let content = Content::read(complete.message.first_payload(), complete.message.content());
        if content.parts.fault().is_some() {
            self.summary.faults = self.summary.faults.saturating_add(1);
        }
        count_errors(&content.parts, &mut self.summary.errors_inside);
        report.reassembled(carrier, complete, &content)
    }

    fn stream(&mut self, piece: StreamPiece, report: &mut impl Report) -> io::Result<Option<String>> {
        let StreamPiece { packet, time, src, dst, event } = piece;
        let ends = (src, dst);
        self.clock = self.clock.max(time);
        match event {
            StreamEvent::Start { whole } => {
                let to_responder = dst.port() == NAT_T && src.port() != NAT_T;
                self.connections.begin(ends, whole, to_responder);
                Ok(None)
            }
            StreamEvent::Data(octets) => {
                for (ends, found) in self.connections.data(ends, packet, &octets) {
                    self.found(Some(found), ends, time, report)?;
                }
                Ok(None)
            }
            StreamEvent::Gap { octets } => {
                let cause = format!("{octets} octets of the TCP stream {src} > {dst} are not in the capture");
                let found = self.connections.give_up(&ends, &cause);
                self.found(found, ends, time, report)?;
                let cause = format!("before packet {packet}: {cause}");
                self.trouble(Trouble { packets: vec![packet], time: Some(time), cause }, report).map(Some)
            }
            StreamEvent::End(_) => {
                let found = self.connections.end(&ends);
                self.found(found, ends, time, report)?;
                Ok(None)
            }
        }
    }

    fn found(
        &mut self,
        found: Option<Found>,
        (src, dst): (SocketAddr, SocketAddr),
        time: Time,
        report: &mut impl Report,
    ) -> io::Result<()> {
        let carrier = |packets: Vec<u64>| {
            let ip_fragments = u32::try_from(packets.len()).unwrap_or(u32::MAX);
            Carrier {
                packets,
                time,
                src,
                dst,
                transport: Transport::Tcp,
                ip_fragments,
                fragment_sizes: Vec::new(),
                truncation: None,
                sight: None,
            }
        };
        match found {
            Some(Found::Frame { octets, packets }) => {
                let (src, dst) = (src.port(), dst.port());
                let opened = match octets.len() {
                    short @ ..4 if octets != [0xff] => Err(format!("a frame with {short} octets, too few for a marker or an SPI")),
                    _ => self.ports.open(Transport::Tcp, (src, dst), &octets),
                };
                self.opened(&carrier(packets), octets.len(), opened, report)
            }
            Some(Found::Cut { octets, packets, announced }) => {
                let mut carrier = carrier(packets);
                let missing = announced.saturating_sub(octets.len());
                carrier.truncation = Some(Truncation { missing, by_snap_length: false });
                let opened = match octets.strip_prefix(&NON_ESP_MARKER) {
                    Some(message) => Ok(Packet::Ike(message)),
                    None => Err(format!("{missing} of the {announced} octets of a frame are missing")),
                };
                self.opened(&carrier, octets.len(), opened, report)
            }
            Some(Found::Skipped { octets, packets, cause }) => {
                self.summary.undecodable = self.summary.undecodable.saturating_add(1);
                report.undecodable(&carrier(packets), octets, &cause)
            }
            None => Ok(()),
        }
    }

    fn trouble(&mut self, trouble: Trouble, report: &mut impl Report) -> io::Result<String> {
        self.summary.problems = self.summary.problems.saturating_add(1);
        report.trouble(&trouble)?;
        Ok(trouble.cause)
    }

    /// A problem as it is told; `None` for other people's fragments.
    fn relevant(&self, problem: Problem) -> Option<Trouble> {
        let cause = problem.to_string();
        let (packets, time) = match problem {
            Problem::Unreadable { packet, time, .. } => (vec![packet], Some(time)),
            Problem::NotLookedInto(skipped) => (vec![skipped.first], Some(skipped.time)),
            Problem::IncompleteFragments(set) if self.may_be_ike(&set) => (set.packets, Some(set.time)),
            Problem::IncompleteFragments(_) => return None,
            Problem::BrokenFile { .. } | Problem::EndsInRecord { .. } | Problem::EndsInGzip { .. } => (Vec::new(), None),
        };
        Some(Trouble { packets, time, cause })
    }

    fn may_be_ike(&self, set: &IncompleteFragments) -> bool {
        match (set.protocol, set.ports) {
            (ports::UDP, Some((src, dst))) => self.ports.transport(src, dst, &[], 0).is_some(),
            (ports::TCP, Some((src, dst))) => src == NAT_T || dst == NAT_T,
            // Nothing says what it was; IPv6 names not even the protocol in later fragments.
            (protocol, None) if set.src.is_ipv6() || matches!(protocol, ports::UDP | ports::TCP) => self.speakers.spoke(set.src, set.dst),
            _ => false,
        }
    }
}

impl<'a> Sealed<'a> {
    fn of(verdict: &'a Verdict) -> Self {
        let content = match verdict {
            Verdict::Content { first, octets, .. } => Some(Content::read(*first, octets)),
            _ => None,
        };
        Self { verdict, content }
    }
}

fn count_errors(parts: &Parts<'_>, errors: &mut BTreeMap<NotifyType, u64>) {
    for part in &parts.parts {
        if let Payload::Notify(notify) = part.payload {
            if notify.ty.is_error() {
                let count = errors.entry(notify.ty).or_default();
                *count = count.saturating_add(1);
            }
        }
    }
}

/// Where octets were lost.
pub(crate) fn cut_short(cut: Truncation) -> String {
    let why = if cut.by_snap_length { "cut by the capture's snap length" } else { "cut short" };
    format!("{why}, {} octets are missing", cut.missing)
}
