//! One address, asked: a prober between sockets and a clock.

use super::args::Args;
#[cfg(feature = "handshake")]
use super::logins::Logins;
use super::record::Record;
use super::tcp::Attempts;
use super::udp::{Back, Event, Udp, Unsent};
use crate::console::Console;
use crate::random::System;
use ikev2::Instant;
use ikev2::probe::{AnswerResult, ProbeArrival, ProbeDatagram, ProbePlan, ProbeQuestion, ProbeReport, Prober};
use std::io::{self, IsTerminal};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// How long is waited where the prober does not say.
const PAUSE: Duration = Duration::from_millis(100);

/// Before a login, whose fragments leave at once: ten datagrams a second are the most.
#[cfg(feature = "handshake")]
const BREATH: Duration = Duration::from_secs(1);

/// The conversation with one address.
struct Talk<'t> {
    address: IpAddr,
    prober: Prober<System>,
    udp: Udp,
    began: std::time::Instant,
    record: Option<&'t mut Record>,
    console: &'t Console,
    /// What was told of the progress; `None` where nobody looks.
    told: Option<Vec<ProbeQuestion>>,
    /// A datagram could not be sent, and that was said.
    is_stuck: bool,
    /// What was sent, as far as errors can be about it.
    sent: Vec<ProbeDatagram>,
}

/// Asks all that the plan has; the error says why nothing could be sent.
pub(super) fn ask(args: &Args, plan: ProbePlan, record: Option<&mut Record>, console: &Console) -> io::Result<ProbeReport> {
    let address = plan.address();
    let udp = Udp::open(address, args.source_port)?;
    let plan = plan.with_local(udp.first()?).with_dont_fragment(udp.sends_whole());
    let plan = if let Some(mtu) = udp.mtu() { plan.with_local_mtu(mtu) } else { plan };
    let attempts = Attempts::begin(address);
    let began = std::time::Instant::now();
    let prober = Prober::new(plan, System);
    let told = io::stderr().is_terminal().then(Vec::new);
    let mut talk = Talk { address, prober, udp, began, record, console, told, is_stuck: false, sent: Vec::new() };
    talk.run();
    for (question, connects) in attempts.end() {
        talk.prober.note_tcp(question, connects);
    }
    #[cfg(feature = "handshake")]
    if let Some(logins) = args.logins() {
        talk.log_in(&logins)?;
    }
    Ok(talk.prober.report())
}

impl Talk<'_> {
    fn now(&self) -> Instant {
        Instant::START + self.began.elapsed()
    }

    fn run(&mut self) {
        if self.told.is_some() {
            self.console.complain(format_args!("asking {}", self.address));
        }
        while !self.prober.is_done() {
            while let Some(out) = self.prober.poll_transmit(self.now()) {
                self.send(out);
            }
            let now = self.now();
            let then = self.prober.poll_timeout().unwrap_or(now + PAUSE);
            if !self.prober.is_done() && then > now {
                if let Some(event) = self.udp.next(then - now) {
                    self.take(&event);
                    self.tell();
                }
            }
        }
    }

    fn send(&mut self, out: ProbeDatagram) {
        match self.udp.send(&out) {
            Ok(()) => {
                if let (Some(record), Ok(local)) = (&mut self.record, self.udp.local(&out)) {
                    record.note(local, out.to, out.dont_fragment, &out.datagram);
                }
                self.sent.push(out);
            }
            Err(Unsent::TooLong) => self.prober.handle(self.now(), out.socket, out.to, ProbeArrival::TooLong),
            // No route any more, or a filter of this system: as good as refused.
            Err(Unsent::Failed(error)) => {
                if !std::mem::replace(&mut self.is_stuck, true) {
                    self.console.complain(format_args!("{}: {error}", out.to));
                }
                self.prober.handle(self.now(), out.socket, out.to, ProbeArrival::Refused);
            }
        }
    }

    fn take(&mut self, event: &Event) {
        let now = self.now();
        // Where the system does not say what an error is about, it is about what was sent last.
        let Some(from) = event.from.or_else(|| self.sent.last().map(|out| out.to)) else { return };
        let arrival = match &event.back {
            Back::Datagram(octets) => {
                self.note(event, from, octets);
                ProbeArrival::Datagram(octets)
            }
            #[cfg(target_os = "linux")]
            Back::Icmp { error, sender, quoted } => {
                ProbeArrival::Icmp { error: *error, sender: *sender, length: self.length(from, quoted) }
            }
            #[cfg(not(target_os = "linux"))]
            Back::Refused => ProbeArrival::Refused,
        };
        self.prober.handle(now, event.socket, from, arrival);
    }

    fn note(&mut self, event: &Event, from: SocketAddr, octets: &[u8]) {
        let asked = self.sent.iter().rev().find(|out| out.socket == event.socket);
        if let (Some(record), Some(Ok(local))) = (&mut self.record, asked.map(|out| self.udp.local(out))) {
            record.note(from, local, false, octets);
        }
    }

    /// Octets of the IP packet that an error quotes the beginning of.
    #[cfg(target_os = "linux")]
    fn length(&self, to: SocketAddr, quoted: &[u8]) -> Option<u16> {
        let is_it = |out: &&ProbeDatagram| out.to == to && !quoted.is_empty() && out.datagram.starts_with(quoted);
        let headers = if to.is_ipv4() { 28 } else { 48 };
        self.sent.iter().rev().find(is_it).and_then(|out| u16::try_from(out.datagram.len().saturating_add(headers)).ok())
    }

    /// Logs in where the gateway may have accepted something, when another IKE SA may be opened.
    #[cfg(feature = "handshake")]
    fn log_in(&mut self, logins: &Logins<'_>) -> io::Result<()> {
        let report = self.prober.report();
        let answers = |question| report.answer(question).is_some_and(|answer| answer.result == AnswerResult::Yes);
        if !answers(ProbeQuestion::Udp500) {
            return Ok(());
        }
        let now = self.now();
        let wait = self.prober.next_opening(now).map_or(BREATH, |then| (then - now).max(BREATH));
        std::thread::sleep(wait);
        let seen = logins.make(&report, self.record.as_deref_mut(), self.console)?;
        self.prober.note_login(seen);
        Ok(())
    }

    /// Says on a terminal what has become known.
    fn tell(&mut self) {
        let Some(told) = &mut self.told else { return };
        for answer in self.prober.report().answers() {
            if answer.result != AnswerResult::Unknown && !told.contains(&answer.question) {
                told.push(answer.question);
                self.console.complain(format_args!("  {}: {}", answer.question.name(), answer.text));
            }
        }
    }
}
