//! Facts made by hand, for the tests of conditions.

use super::contract::Contract;
use super::row::Row;
use super::seen::Seen;
use crate::diagnose::facts::room::Room;
use crate::diagnose::facts::{
    Asked, ChildRefused, Datagram, Done, Exchange, Packets, Part, Refused, Sa, Sides, Success, Surroundings, Way,
};
use crate::diagnose::observation::{Delivery, IcmpError, IcmpReport, Observation, Observed, Transport};
use crate::diagnose::severity::{Confidence, Severity};
use crate::instant::Instant;
use crate::registry::{ExchangeType, NotifyType, PayloadType};
use crate::role::Role;
use crate::wire::{IkeSpis, Message};
use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr, SocketAddr};
use core::time::Duration;

const INITIATOR: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
const RESPONDER: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2));

/// So many seconds after the first packet.
pub(super) fn at(seconds: u64) -> Instant {
    Instant::START + Duration::from_secs(seconds)
}

pub(super) fn packets(numbers: &[u64]) -> Packets {
    numbers.into()
}

/// An IKE SA, and what lies around it.
pub(super) struct Case {
    pub(super) sa: Sa,
    pub(super) surroundings: Surroundings,
    packet: u64,
    /// What comes of all that is sent from here on.
    arrival: Option<Delivery>,
}

impl Case {
    /// IKE_SA_INIT went well, in packets 1 and 2 between both ports 500, with fragmentation on both sides and no NAT.
    pub(super) fn new() -> Self {
        let mut case = Self::midway();
        let init = &mut case.sa.init;
        (init.asked, init.answered, init.port) = (true, Some(at(0)), 500);
        init.end_was_seen();
        (init.looks_for_nat, init.fragmentation) = (true, Sides { initiator: true, responder: true });
        init.packets.add(&[1, 2]);
        case.sa.seen = Sides { initiator: 1, responder: 1 };
        case.sa.auth.asked = Some(Asked { room: Some(room(300)), ..Asked::default() });
        case.sa.spis.responder = 9;
        case.packet = 2;
        case.surroundings.note_sender(SocketAddr::new(RESPONDER, 500));
        case.sa.init_hosts.push(RESPONDER);
        case
    }

    /// Nothing was seen of it so far.
    pub(super) fn midway() -> Self {
        let spis = IkeSpis { initiator: 7, responder: 0 };
        let ends = Sides { initiator: SocketAddr::new(INITIATOR, 500), responder: SocketAddr::new(RESPONDER, 500) };
        let mut surroundings = Surroundings::default();
        // No capture filter is at work.
        (surroundings.scope.port_500, surroundings.scope.port_4500, surroundings.scope.others) = (true, true, true);
        Self { sa: Sa::new(1, spis, at(0), ends), surroundings, packet: 0, arrival: None }
    }

    /// What is sent from here on comes to its end as a capture there tells.
    pub(super) const fn arriving(mut self, arrival: Delivery) -> Self {
        self.arrival = Some(arrival);
        self
    }

    /// The same client came up with another IKE SA ten seconds after the beginning of this one.
    pub(super) fn comes_up_later(&mut self) {
        let (initiator, responder) = (SocketAddr::new(INITIATOR, 500), RESPONDER);
        self.surroundings.note_success(Success { number: 2, initiator, own_address: true, responder, began: at(10), time: at(11) });
    }

    /// An ICMP error of a router about what the initiator sends from a port to the same port of the responder.
    pub(super) fn complain(&mut self, port: u16, error: IcmpError) {
        let (src, dst) = (SocketAddr::new(INITIATOR, port), SocketAddr::new(RESPONDER, port));
        let report = IcmpReport::new(error, IpAddr::from([198, 51, 100, 1]), false);
        let seen = Observation::new(at(1), src, dst, Transport::Udp, Observed::Icmp(report)).with_packets(&[90]);
        self.surroundings.note_icmp(&seen, report);
    }

    /// The same of ESP by itself.
    pub(super) fn complain_of_esp(&mut self, error: IcmpError) {
        let (src, dst) = (SocketAddr::new(INITIATOR, 0), SocketAddr::new(RESPONDER, 0));
        let report = IcmpReport::new(error, IpAddr::from([198, 51, 100, 1]), true);
        let seen = Observation::new(at(1), src, dst, Transport::Udp, Observed::Icmp(report)).with_packets(&[91]);
        self.surroundings.note_icmp(&seen, report);
    }

    /// A side sends ESP so often, every two seconds, from a port to the same port; port 0: by itself.
    pub(super) fn carry(&mut self, side: Role, port: u16, transport: Transport, times: u64) {
        let (there, back) = (SocketAddr::new(INITIATOR, port), SocketAddr::new(RESPONDER, port));
        let (src, dst) = if side.is_initiator() { (there, back) } else { (back, there) };
        for n in 0..times {
            let seen = Observation::new(at(n.saturating_mul(2)), src, dst, transport, Observed::Esp(7));
            self.surroundings.note_esp(&seen, 7);
        }
    }

    /// The initiator sends the request of an exchange so often, every two seconds; message ID 0 begins IKE_SA_INIT, 1 IKE_AUTH.
    pub(super) fn ask(self, message_id: u32, port: u16, times: u64, part: Part) -> Self {
        self.send(message_id, false, port, times, &[], part)
    }

    /// The responder answers so often, every two seconds.
    pub(super) fn answer(self, message_id: u32, times: u64, part: Part) -> Self {
        let port = if message_id == 0 { 500 } else { 4500 };
        self.send(message_id, true, port, times, &[], part)
    }

    /// Request or answer, with the sizes of its IP fragments.
    pub(super) fn send(mut self, message_id: u32, response: bool, port: u16, times: u64, sizes: &[usize], part: Part) -> Self {
        let kind = match message_id {
            0 => ExchangeType::IKE_SA_INIT,
            1 => ExchangeType::IKE_AUTH,
            _ => ExchangeType::INFORMATIONAL,
        };
        let mut exchange = match self.sa.exchanges.iter().position(|e| e.message_id == message_id) {
            Some(known) => self.sa.exchanges.remove(known).unwrap_or_else(|| panic!("it is there")),
            None => Exchange::new(Role::Initiator, message_id, kind, 0, at(0)),
        };
        for n in 0..times {
            self.packet = self.packet.saturating_add(1);
            let (packets, time) = ([self.packet], at(n.saturating_mul(2)));
            let way = Way { src: SocketAddr::new(INITIATOR, port), dst: SocketAddr::new(RESPONDER, port) };
            let way = if response { way.back() } else { way };
            let arrival = self.arrival;
            exchange
                .see(response, &Datagram { packets: &packets, time, size: 1400, sizes, way, marked: true, streamed: false, arrival, part });
        }
        let side = if response { Role::Responder } else { Role::Initiator };
        let seen = self.sa.seen.of_mut(side);
        *seen = seen.saturating_add(times);
        self.sa.exchanges.push_back(exchange);
        self.sa.asked.initiator = self.sa.asked.initiator.max(Some(message_id).filter(|_| !response));
        self.sa.auth.started |= message_id == 1;
        self
    }

    /// What is found of one cause a minute later, with nothing found before: the cause, how much it matters, how sure it is, and packets.
    pub(super) fn find<C: Contract>(&self) -> Vec<(C, Severity, Confidence, Vec<u64>)> {
        self.find_after(Vec::new())
    }

    /// The same with what was found before.
    pub(super) fn find_after<C: Contract>(&self, so_far: Vec<(Row, Severity)>) -> Vec<(C, Severity, Confidence, Vec<u64>)> {
        let mut seen = Seen::whole(&self.sa, at(60), &self.surroundings, None, so_far);
        let found = C::DETECT.run(&mut seen);
        found.into_iter().map(|f| (f.cause, f.severity, f.confidence, f.packets.into_vec())).collect()
    }
}

/// A message of Main Mode after so many seconds, in packet 80.
pub(super) fn ikev1(case: &mut Case, seconds: u64, answer: bool) {
    let cookie = if answer { 9 } else { 0 };
    note_ikev1(case, seconds, answer, &[0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, cookie, 1, 0x10, 2, 0, 0, 0, 0, 0, 0, 0, 0, 28]);
}

/// The responder refuses the version of the IKE SA's first request, in IKEv1.
pub(super) fn ikev1_refusal(case: &mut Case) {
    let header = [0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 9, 11, 0x10, 5, 0, 0, 0, 0, 0, 0, 0, 0, 40];
    note_ikev1(case, 1, true, &[&header[..], &[0, 0, 0, 12, 0, 0, 0, 1, 1, 0, 0, 5]].concat());
}

fn note_ikev1(case: &mut Case, seconds: u64, answer: bool, octets: &[u8]) {
    let way = Way { src: SocketAddr::new(INITIATOR, 500), dst: SocketAddr::new(RESPONDER, 500) };
    let way = if answer { way.back() } else { way };
    let seen = Observation::new(at(seconds), way.src, way.dst, Transport::Udp, Observed::Other).with_packets(&[80]);
    let message = Message::parse_lenient(octets).unwrap_or_else(|error| panic!("{error}"));
    case.surroundings.ikev1.see(&seen, &message);
}

/// The initiator opens a connection to TCP port 443 of the responder after so many seconds, in packet 81.
pub(super) fn tls(case: &mut Case, seconds: u64) {
    let (src, dst) = (SocketAddr::new(INITIATOR, 50000), SocketAddr::new(RESPONDER, 443));
    let seen = Observation::new(at(seconds), src, dst, Transport::Tcp, Observed::TlsConnect).with_packets(&[81]);
    case.surroundings.note_tls(&seen);
}

/// The end of IKE_AUTH, proved or only not contradicted.
pub(super) fn done(seconds: u64, proved: bool) -> Option<Done> {
    Some(Done { time: at(seconds), proved })
}

/// Room for just so many octets of content.
pub(super) const fn room(octets: usize) -> Room {
    Room { least: octets, most: octets, exact: true }
}

/// What reads as a refusal of IKE_AUTH.
pub(super) fn refused(by: Role, notify: Option<NotifyType>, numbers: &[u64], sure: bool) -> Option<Refused> {
    Some(Refused { by, notify, critical: None, packets: packets(numbers), sure, named: false })
}

/// What reads as a refusal of a child SA.
pub(super) fn child_refused(exchange: ExchangeType, notify: Option<NotifyType>, numbers: &[u64], sure: bool) -> ChildRefused {
    let (packets, time, asker) = (packets(numbers), at(1), Role::Initiator);
    ChildRefused { exchange, notify, group: None, rekey: false, rounds: 1, packets, sure, time, message_id: 2, asker }
}

/// A message in one packet, encrypted.
pub(super) const WHOLE: Part = Part::Whole { first: Some(PayloadType::IDI), content: None };
/// One whose last IP fragments did not come.
pub(super) const CUT: Part = Part::Lost { arrived: 1480, total: Some(4000) };

/// A fragment of a message.
pub(super) const fn fragment(number: u16, total: u16) -> Part {
    Part::Fragment { first: PayloadType::IDI, number, total, content: Some(room(500)) }
}
