//! The event loop.

use super::network::{Delivered, Network, Way};
use super::report::Report;
use super::route::Route;
use super::test_message::TestMessage;
use crate::fragment::strategy::{Arrival, Carrier, DeliveryState, Receiver, Strategy};
use crate::fragment::{Progress, Reassembler, ReassemblyLimits};
use crate::instant::Instant;
use crate::protect::open;
use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;

/// No exchange sends more datagrams of its message than this: a strategy that does is cut off.
pub const MAX_DATAGRAMS: u32 = 200_000;

/// How often in a row a strategy may be woken without sending or ending.
const MAX_IDLE: u32 = 1000;

/// Delivers a test message over a path, once.
///
/// Times count from the first datagram. The same arguments and the same `seed` give the same report, on any machine.
#[must_use]
pub fn run(test_message: &TestMessage, route: &Route, strategy: &mut dyn Strategy, receiver: &mut dyn Receiver, seed: u64) -> Report {
    let network = Network::new(route, seed);
    let (answers, report, now) = (Reassembler::new(ReassemblyLimits::default()), Report::default(), Instant::START);
    let mut run = Run { test_message, strategy, receiver, network, answers, answer_at: None, report, now };
    run.drive();
    run.finish()
}

struct Run<'a> {
    test_message: &'a TestMessage,
    strategy: &'a mut dyn Strategy,
    receiver: &'a mut dyn Receiver,
    network: Network<'a>,
    /// The sender's, for the answer.
    answers: Reassembler,
    answer_at: Option<Instant>,
    report: Report,
    now: Instant,
}

impl Run<'_> {
    fn drive(&mut self) {
        let mut idle = 0u32;
        loop {
            let before = self.network.flights.len();
            self.send();
            if self.strategy.state() != DeliveryState::Sending || self.report.cut_off {
                return;
            }
            let timeouts = [self.network.next(), self.strategy.next_timeout(), self.receiver.next_timeout(), self.answer_at];
            let Some(next) = timeouts.into_iter().flatten().min() else { return };
            idle = if next > self.now || self.network.flights.len() > before { 0 } else { idle.saturating_add(1) };
            if idle > MAX_IDLE {
                self.report.cut_off = true;
                return;
            }
            self.now = self.now.max(next);
            while let Some(arrival) = self.network.arrival(self.now) {
                self.arrive(arrival);
                self.send();
            }
        }
    }

    /// Sends all there is to send now.
    fn send(&mut self) {
        let (now, report) = (self.now, &mut self.report);
        while let Some(datagram) = self.strategy.poll_transmit(now) {
            if report.sent.datagrams >= MAX_DATAGRAMS {
                report.cut_off = true;
                break;
            }
            report.sent.add(datagram.packet_len);
            self.network.send(Way::Forth, &datagram, now);
        }
        while let Some(datagram) = self.receiver.poll_transmit(now) {
            if report.feedback.datagrams >= MAX_DATAGRAMS {
                report.cut_off = true;
                break;
            }
            report.feedback.add(datagram.packet_len);
            self.network.send(Way::Back, &datagram, now);
        }
        if self.answer_at.is_some_and(|at| at <= now) {
            self.answer_at = None;
            for answer in self.test_message.answer().iter() {
                report.responses.add(answer.packet_len);
                self.network.send(Way::Back, &answer, now);
            }
        }
    }

    fn arrive(&mut self, arrival: Delivered) {
        let now = self.now;
        match arrival {
            Delivered::TooBig { way: Way::Forth, mtu } => drop(self.strategy.handle_datagram(Arrival::TooBig { mtu }, now)),
            Delivered::TooBig { way: Way::Back, .. } => {}
            Delivered::Datagram { way: Way::Forth, transport: Carrier::Tcp, octets } => {
                let progress = self.receiver.handle_datagram(Arrival::Segment(&octets), now);
                self.received(progress, Carrier::Tcp);
            }
            Delivered::Datagram { way: Way::Forth, transport: Carrier::Udp, mut octets } => {
                if let Ok(opened) = open(&mut octets, self.test_message.opener()) {
                    let progress = self.receiver.handle_datagram(Arrival::Message(&opened), now);
                    self.received(progress, Carrier::Udp);
                }
            }
            Delivered::Datagram { way: Way::Back, transport: Carrier::Tcp, octets } => {
                self.strategy.handle_datagram(Arrival::Segment(&octets), now);
            }
            Delivered::Datagram { way: Way::Back, transport: Carrier::Udp, mut octets } => {
                if let Ok(opened) = open(&mut octets, self.test_message.back_opener()) {
                    let is_feedback = self.strategy.handle_datagram(Arrival::Message(&opened), now);
                    if !is_feedback && matches!(self.answers.push(&opened, now), Ok(Progress::Complete(_))) {
                        self.strategy.handle_response(now);
                    }
                }
            }
        }
        if self.strategy.state() == DeliveryState::Answered {
            self.report.answered.get_or_insert(now - Instant::START);
        }
    }

    fn received(&mut self, progress: Result<Option<Progress>, crate::error::FragmentError>, transport: Carrier) {
        self.report.memory_peak = self.report.memory_peak.max(self.receiver.octets());
        match progress {
            Ok(Some(Progress::Complete(message))) if message.content() == self.test_message.content() => {
                self.report.delivered.get_or_insert(self.now - Instant::START);
                self.receiver.mark_answered(TestMessage::HEADER.message_id);
                self.answer(transport);
            }
            Ok(Some(Progress::ResendResponse)) => self.answer(transport),
            Ok(_) => {}
            Err(_) => self.report.refused = self.report.refused.saturating_add(1),
        }
    }

    /// TCP delivers the answer as it does the message: the sender is done when all it sent is acknowledged.
    fn answer(&mut self, transport: Carrier) {
        if transport == Carrier::Udp {
            self.answer_at = Some(self.now + self.network.answer_after());
        }
    }

    fn finish(mut self) -> Report {
        self.report.ended = self.now - Instant::START;
        self.report.packets = self.network.fates(Way::Forth);
        self.report.packets_back = self.network.fates(Way::Back);
        let mut arrived: BTreeMap<u64, bool> = BTreeMap::new();
        for flight in self.network.flights.iter().filter(|flight| flight.way == Way::Forth) {
            match arrived.entry(flight.key) {
                Entry::Vacant(entry) => drop(entry.insert(flight.delivered)),
                Entry::Occupied(mut entry) => {
                    self.report.retransmissions = self.report.retransmissions.saturating_add(1);
                    self.report.spurious = self.report.spurious.saturating_add(u32::from(*entry.get()));
                    *entry.get_mut() |= flight.delivered;
                }
            }
        }
        self.report
    }
}
