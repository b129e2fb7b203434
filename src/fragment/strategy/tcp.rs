//! IKE over TCP (RFC 9329) as the reliable reference: a small model of a TCP sender.
//!
//! An application that does this opens a socket and leaves the rest to its kernel. This is here so that the other strategies can
//! be measured against it: three-way handshake, ten segments of initial window (RFC 6928), slow start and congestion avoidance
//! (RFC 5681), fast retransmit and NewReno recovery (RFC 6582), and the retransmission timer of RFC 6298 with a minimum of 200 ms.
//! No SACK, no timestamps, no path MTU discovery: the MSS is the caller's.

use super::{Arrival, Carrier, DeliveryState, SealedMessage, Strategy, Timers, Transmit};
use crate::error::BuildError;
use crate::instant::Instant;
use crate::wire::transport::{STREAM_PREFIX, ike_frame_head};
use alloc::vec::Vec;
use core::time::Duration;

/// Octets of a TCP header without options.
pub(super) const TCP_HEADER: usize = 20;
/// Octets of an IPv4 header.
const IP_HEADER: usize = 20;
pub(super) const SYN: u8 = 0x02;
pub(super) const ACK: u8 = 0x10;

const FIRST_TIMEOUT: Duration = Duration::from_secs(1);
const SHORTEST_TIMEOUT: Duration = Duration::from_millis(200);
const INITIAL_WINDOW: u32 = 10;

/// The header fields the model uses; all others are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment<'a> {
    pub(super) sequence: u32,
    pub(super) acknowledgment: u32,
    pub(super) flags: u8,
    pub(super) data: &'a [u8],
}

impl<'a> Segment<'a> {
    pub(super) fn parse(octets: &'a [u8]) -> Option<Self> {
        let (head, data) = octets.split_first_chunk::<TCP_HEADER>()?;
        let [_, _, _, _, s3, s2, s1, s0, a3, a2, a1, a0, _, flags, ..] = *head;
        let sequence = u32::from_be_bytes([s3, s2, s1, s0]);
        Some(Self { sequence, acknowledgment: u32::from_be_bytes([a3, a2, a1, a0]), flags, data })
    }

    pub(super) fn emit<'b>(&self, octets: &'b mut Vec<u8>) -> Transmit<'b> {
        octets.clear();
        let [s3, s2, s1, s0] = self.sequence.to_be_bytes();
        let [a3, a2, a1, a0] = self.acknowledgment.to_be_bytes();
        let ports = 4500u16.to_be_bytes();
        octets.extend(ports.iter().chain(&ports));
        octets.extend([s3, s2, s1, s0, a3, a2, a1, a0, 0x50, self.flags, 0xff, 0xff, 0, 0, 0, 0]);
        octets.extend(self.data);
        Transmit { packet_len: octets.len().saturating_add(IP_HEADER), octets, may_fragment: false, carrier: Carrier::Tcp }
    }
}

/// One message over a TCP connection that is opened for it (RFC 9329). Sequence numbers count from the prefix of the stream.
#[derive(Clone, Debug)]
pub struct Tcp {
    stream: Vec<u8>,
    segment_len: usize,
    give_up: Duration,
    state: DeliveryState,
    started: Option<Instant>,
    connected: bool,
    /// The first octet not acknowledged, the next to send, and the end of what was ever sent.
    unacked: usize,
    next: usize,
    highest: usize,
    /// In octets.
    window: usize,
    threshold: usize,
    duplicates: u32,
    /// Until so much is acknowledged, partial acknowledgments tell of further losses.
    recover: Option<usize>,
    resend: bool,
    deadline: Option<Instant>,
    timeout: Duration,
    round_trip: Option<(Duration, Duration)>,
    /// The octet whose acknowledgment is timed, and when it was sent.
    timed: Option<(usize, Instant)>,
    buf: Vec<u8>,
}

impl Tcp {
    /// `whole` as of [`SealedMessage::whole`]; `segment_len` is the MSS; of the timers only [`span`](Timers::span) counts.
    ///
    /// # Errors
    /// [`BuildError::Overflow`] when the message is too large for a frame.
    pub fn new(whole: &SealedMessage, segment_len: u16, timers: Timers) -> Result<Self, BuildError> {
        let message = whole.get(0).map_or(&[][..], |datagram| datagram.octets);
        let head = ike_frame_head(message.len())?;
        let stream: Vec<u8> = STREAM_PREFIX.iter().chain(&head).chain(message).copied().collect();
        let segment_len = usize::from(segment_len).max(1);
        let window = segment_len.saturating_mul(usize::try_from(INITIAL_WINDOW).unwrap_or(1));
        Ok(Self {
            stream,
            segment_len,
            give_up: timers.span(),
            state: DeliveryState::Sending,
            started: None,
            connected: false,
            unacked: 0,
            next: 0,
            highest: 0,
            window,
            threshold: usize::MAX,
            duplicates: 0,
            recover: None,
            resend: false,
            deadline: None,
            timeout: FIRST_TIMEOUT,
            round_trip: None,
            timed: None,
            buf: Vec::new(),
        })
    }

    fn segment(&mut self, from: usize, now: Instant) -> Option<Transmit<'_>> {
        let end = from.saturating_add(self.segment_len).min(self.stream.len());
        if self.deadline.is_none() {
            self.deadline = Some(now + self.timeout);
        }
        if self.timed.is_none() && from >= self.highest {
            self.timed = Some((end, now));
        }
        self.highest = self.highest.max(end);
        let sequence = u32::try_from(from).ok()?.wrapping_add(1);
        Some(Segment { sequence, acknowledgment: 1, flags: ACK, data: self.stream.get(from..end)? }.emit(&mut self.buf))
    }

    fn timed_out(&mut self, now: Instant) {
        self.timeout = self.timeout.saturating_mul(2).min(Duration::from_secs(60));
        self.deadline = Some(now + self.timeout);
        self.timed = None;
        if self.connected {
            let flight = self.next.saturating_sub(self.unacked);
            self.threshold = flight.checked_div(2).unwrap_or(0).max(self.segment_len.saturating_mul(2));
            self.window = self.segment_len;
            self.next = self.unacked;
            (self.recover, self.duplicates) = (None, 0);
        }
    }

    fn measured(&mut self, taken: Duration) {
        let part = |whole: Duration, n: u32| whole.checked_div(n).unwrap_or(whole);
        let (mean, spread) = match self.round_trip {
            None => (taken, part(taken, 2)),
            Some((mean, spread)) => {
                let off = mean.abs_diff(taken);
                (part(mean.saturating_mul(7).saturating_add(taken), 8), part(spread.saturating_mul(3).saturating_add(off), 4))
            }
        };
        self.round_trip = Some((mean, spread));
        self.timeout = mean.saturating_add(spread.saturating_mul(4)).max(SHORTEST_TIMEOUT);
    }

    fn acknowledged(&mut self, upto: usize, now: Instant) {
        if upto > self.highest {
            return;
        }
        if upto > self.unacked {
            let fresh = upto.saturating_sub(self.unacked);
            if let Some((_, sent_at)) = self.timed.filter(|(octet, _)| upto >= *octet) {
                self.measured(now - sent_at);
                self.timed = None;
            }
            self.unacked = upto;
            self.next = self.next.max(upto);
            self.duplicates = 0;
            match self.recover {
                Some(recover) if upto < recover => self.resend = true,
                Some(_) => (self.recover, self.window) = (None, self.threshold),
                None if self.window < self.threshold => self.window = self.window.saturating_add(fresh.min(self.segment_len)),
                None => {
                    let step = self.segment_len.saturating_mul(self.segment_len).checked_div(self.window).unwrap_or(0);
                    self.window = self.window.saturating_add(step.max(1));
                }
            }
            self.deadline = (self.unacked < self.highest).then(|| now + self.timeout);
            if self.unacked >= self.stream.len() {
                self.state = DeliveryState::Answered;
            }
        } else if self.unacked < self.highest {
            self.duplicates = self.duplicates.saturating_add(1);
            if self.duplicates == 3 && self.recover.is_none() {
                let flight = self.highest.saturating_sub(self.unacked);
                self.threshold = flight.checked_div(2).unwrap_or(0).max(self.segment_len.saturating_mul(2));
                self.window = self.threshold.saturating_add(self.segment_len.saturating_mul(3));
                (self.recover, self.resend, self.timed) = (Some(self.highest), true, None);
            } else if self.recover.is_some() {
                self.window = self.window.saturating_add(self.segment_len);
            }
        }
    }
}

impl Strategy for Tcp {
    fn poll_transmit(&mut self, now: Instant) -> Option<Transmit<'_>> {
        if self.state != DeliveryState::Sending {
            return None;
        }
        let started = *self.started.get_or_insert(now);
        if now - started >= self.give_up {
            self.state = DeliveryState::GaveUp;
            return None;
        }
        let late = self.deadline.is_some_and(|deadline| now >= deadline);
        if late {
            self.timed_out(now);
        }
        if !self.connected {
            if !late && self.deadline.is_some() {
                return None;
            }
            if self.deadline.is_none() {
                self.deadline = Some(now + self.timeout);
                self.timed = Some((0, now));
            }
            return Some(Segment { sequence: 0, acknowledgment: 0, flags: SYN, data: &[] }.emit(&mut self.buf));
        }
        if core::mem::take(&mut self.resend) {
            return self.segment(self.unacked, now);
        }
        let room = self.unacked.saturating_add(self.window);
        let end = self.next.saturating_add(self.segment_len).min(self.stream.len());
        if self.next >= self.stream.len() || end > room {
            return None;
        }
        let from = core::mem::replace(&mut self.next, end);
        self.segment(from, now)
    }

    fn handle_datagram(&mut self, received: Arrival<'_>, now: Instant) -> bool {
        let Arrival::Segment(octets) = received else { return false };
        let Some(segment) = Segment::parse(octets).filter(|_| self.state == DeliveryState::Sending) else { return true };
        if segment.flags & SYN != 0 {
            if !self.connected {
                self.connected = true;
                self.deadline = None;
                match self.timed.take() {
                    Some((_, sent_at)) => self.measured(now - sent_at),
                    // RFC 6298 section 5.7: after a lost SYN the timer begins at 3 s.
                    None => self.timeout = FIRST_TIMEOUT.saturating_mul(3),
                }
            }
        } else if let Some(upto) = segment.acknowledgment.checked_sub(1) {
            self.acknowledged(usize::try_from(upto).unwrap_or(usize::MAX), now);
        }
        true
    }

    fn handle_response(&mut self, _now: Instant) {
        if self.state == DeliveryState::Sending {
            self.state = DeliveryState::Answered;
        }
    }

    fn next_timeout(&self) -> Option<Instant> {
        if self.state != DeliveryState::Sending {
            return None;
        }
        let give_up = self.started.map(|started| started + self.give_up);
        match (self.deadline, give_up) {
            (Some(deadline), Some(give_up)) => Some(deadline.min(give_up)),
            (_, give_up) => give_up.or(Some(Instant::START)),
        }
    }

    fn state(&self) -> DeliveryState {
        self.state
    }
}
