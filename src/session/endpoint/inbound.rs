//! Datagrams that come in: whose they are, and what becomes of them.

use super::{Endpoint, Entry, Handled};
use crate::error::OpenError;
use crate::exchange::{CookieInput, Discarded};
use crate::instant::Instant;
use crate::registry::{ExchangeType, NotifyType};
use crate::session::close::{CloseReason, Violation};
use crate::session::command::Command;
use crate::session::drive;
use crate::session::half_open::{Admission, HalfOpenKey};
use crate::session::id::SaId;
use crate::session::ignored::Ignored;
use crate::session::ike_sa::IkeSa;
use crate::session::limits::AMPLIFICATION;
use crate::session::path::NetworkPath;
use crate::session::phase::Phase;
use crate::session::route::{our_spi, unwrap_datagram};
use crate::session::sa::{Outgoing, Sa};
use crate::session::stateless;
use crate::session::step::init::{self, Answer};
use crate::session::watch::{Sighting, Watch};
use crate::wire::transport::Packet;
use crate::wire::{Header, Message, Parts, Received};
use alloc::vec::Vec;
use core::time::Duration;

/// How long a handshake that failed counts as half open, where there is little room.
const FAILED: Duration = Duration::from_secs(5);

/// An unprotected error makes us ask whether the peer is there no more often than this.
const SUSPICION: Duration = Duration::from_secs(10);

impl<W: Watch> Endpoint<W> {
    /// Takes a datagram that came by `path`, with its non-ESP marker if it has one; of a TCP connection ([`PathEncapsulation::Tcp`]), a whole
    /// frame with its length field. It is decrypted in place.
    ///
    /// [`Ignored::Busy`] leaves the octets as they are. A frame of a TCP connection is not sent again by the peer: the program takes events and
    /// datagrams, decides what it is asked, reads no more of that connection until then, and hands the same octets in once more.
    ///
    /// [`PathEncapsulation::Tcp`]: crate::session::PathEncapsulation::Tcp
    pub fn handle(&mut self, now: Instant, path: NetworkPath, datagram: &mut [u8]) -> Handled {
        let start = match unwrap_datagram(datagram, path.encapsulation) {
            Ok(Packet::Ike(message)) => datagram.len().saturating_sub(message.len()),
            Ok(Packet::Esp { spi, .. }) => return Handled::Esp { spi },
            Ok(Packet::Keepalive) => return Handled::Keepalive,
            Err(error) => return Handled::Ignored(Ignored::NotIke(error)),
        };
        let message = datagram.get_mut(start..).unwrap_or_default();
        let copy = self.watch.is_watching().then(|| message.to_vec());
        let (outcome, id) = self.message(now, path, message);
        if let Some(id) = id {
            let seen = self.sas.get_mut(&id).and_then(|entry| entry.sa.seen.take());
            self.show(now, path, (false, copy.as_deref()), seen.as_ref().map(|(first, content)| (*first, &**content)));
            self.settle(now, id);
        } else {
            self.show(now, path, (false, copy.as_deref()), None);
        }
        match outcome {
            Ok(()) => Handled::Consumed,
            Err(why) => Handled::Ignored(why),
        }
    }

    fn show(
        &mut self,
        time: Instant,
        path: NetworkPath,
        (is_sent, message): (bool, Option<&[u8]>),
        content: Option<(crate::registry::PayloadType, &[u8])>,
    ) {
        if let Some(message) = message {
            self.watch.message(&Sighting { time, path, is_sent, message, content });
        }
    }

    fn message(&mut self, now: Instant, path: NetworkPath, message: &mut [u8]) -> (Result<(), Ignored>, Option<SaId>) {
        let received = match Header::peek(message) {
            Ok(received) => received,
            Err(error) => return (Err(error.into()), None),
        };
        let header = received.header;
        if received.major != 2 {
            return (self.other_version(path, &received, message.len()), None);
        }
        if header.exchange != ExchangeType::IKE_SA_INIT {
            let spi = our_spi(&header);
            return match self.names.of_ike(spi) {
                Some(id) => (self.protected(now, id, spi, path, message), Some(id)),
                None => (Err(Ignored::UnknownSpi(spi)), None),
            };
        }
        if header.response {
            return self.init_response(now, path, &header, message);
        }
        self.init_request(now, path, &header, message)
    }

    /// RFC 7296 section 2.5: a request of a later major version is answered.
    fn other_version(&mut self, path: NetworkPath, received: &Received, len: usize) -> Result<(), Ignored> {
        if received.major > 2 && !received.header.response {
            let answer = stateless::notify(&received.header, NotifyType::INVALID_MAJOR_VERSION, &[]);
            self.send_stateless(path, answer, len)?;
        }
        Err(Ignored::Version(received.major))
    }

    /// Sends an answer that belongs to no IKE SA; it is never longer than the request.
    fn send_stateless(&mut self, path: NetworkPath, answer: Option<bytes::Bytes>, request: usize) -> Result<(), Ignored> {
        let Some(octets) = answer else { return Ok(()) };
        if octets.len() > request {
            return Err(Ignored::Amplification);
        }
        if self.stateless.len() >= self.config.limits.stateless {
            return Err(Ignored::Busy);
        }
        self.stateless.push_back(Outgoing { path, octets, is_ike: true, may_fragment: true, content: None });
        Ok(())
    }

    fn protected(&mut self, now: Instant, id: SaId, spi: u64, path: NetworkPath, message: &mut [u8]) -> Result<(), Ignored> {
        let outcome = self.with(now, id, |sa, cx| drive::datagram(sa, cx, spi, path, message)).unwrap_or(Err(Ignored::UnknownSpi(spi)));
        if outcome == Err(Ignored::Discarded(Discarded::Open(OpenError::NotEncrypted))) {
            return Err(self.unprotected(now, id));
        }
        outcome
    }

    /// An unprotected message about an IKE SA, INVALID_IKE_SPI perhaps: at most a reason to ask whether the peer is there (RFC 7296 section
    /// 2.21.4).
    fn unprotected(&mut self, now: Instant, id: SaId) -> Ignored {
        let _ = self.with(now, id, |sa, cx| {
            if matches!(sa.phase, Phase::Up) && now - sa.last_heard >= SUSPICION && !sa.is_asking_peer() {
                drive::command(sa, cx, Command::Ping);
            }
        });
        Ignored::UnprotectedError
    }

    fn init_response(&mut self, now: Instant, path: NetworkPath, header: &Header, message: &[u8]) -> (Result<(), Ignored>, Option<SaId>) {
        let spi = header.spis.initiator;
        let Some(id) = self.names.of_ike(spi) else { return (Err(Ignored::UnknownSpi(spi)), None) };
        let parsed = match Message::parse(message) {
            Ok(parsed) => parsed,
            Err(error) => return (Err(Ignored::Unprotected(error.into())), Some(id)),
        };
        if header.initiator || header.message_id != 0 {
            return (Err(Ignored::Unprotected(Violation::Exchange(header.exchange))), Some(id));
        }
        let outcome = self.with(now, id, |sa, cx| drive::init_response(sa, cx, path, (message, &parsed)));
        (outcome.unwrap_or(Err(Ignored::UnknownSpi(spi))), Some(id))
    }

    fn init_request(&mut self, now: Instant, path: NetworkPath, header: &Header, datagram: &[u8]) -> (Result<(), Ignored>, Option<SaId>) {
        let is_first = header.initiator && header.spis.responder == 0 && header.message_id == 0 && header.spis.initiator != 0;
        if !is_first {
            return (Err(Ignored::Unprotected(Violation::Exchange(header.exchange))), None);
        }
        if let Some((id, outcome)) = self.answered_before(now, path, header, datagram) {
            return (outcome, Some(id));
        }
        if self.is_shut {
            return (Err(Ignored::Limit), None);
        }
        match self.admit(now, path, header, datagram) {
            Ok(id) => (Ok(()), Some(id)),
            Err(why) => (Err(why), None),
        }
    }

    /// The same request gets the same response, wherever it comes from (RFC 7296 section 2.1).
    fn answered_before(
        &mut self,
        now: Instant,
        path: NetworkPath,
        header: &Header,
        datagram: &[u8],
    ) -> Option<(SaId, Result<(), Ignored>)> {
        let is_same = |id: &SaId| {
            let phase = self.sas.get(id).map(|entry| &entry.sa.phase);
            matches!(phase, Some(Phase::Handshaking(handshake)) if handshake.request == datagram)
        };
        let id = self.half_open.of_initiator(header.spis.initiator).iter().copied().find(is_same)?;
        let outcome = self.with(now, id, |sa, cx| drive::init_again(sa, cx, path, datagram.len()))?;
        Some((id, outcome))
    }

    fn admit(&mut self, now: Instant, path: NetworkPath, header: &Header, datagram: &[u8]) -> Result<SaId, Ignored> {
        let parsed = Message::parse(datagram).and_then(|message| message.parts());
        let parts = match parsed {
            Ok(parts) => parts,
            Err(error) => {
                // RFC 7296 sections 2.5 and 2.21.1: answered, not dropped.
                self.send_stateless(path, stateless::fault(header, &error), datagram.len())?;
                return Err(Ignored::Unprotected(error.into()));
            }
        };
        if datagram.len() > self.config.limits.init_octets {
            return Err(Ignored::Limit);
        }
        let spi_i = header.spis.initiator;
        let (in_all, id, config) = (self.living(), self.new_id(), self.config.clone());
        let mut admission = self.admission(now, path, (spi_i, &parts, datagram.len()), in_all)?;
        if matches!(admission, Admission::Full) {
            self.make_room(now, path);
            admission = self.admission(now, path, (spi_i, &parts, datagram.len()), in_all)?;
        }
        let mut cx = self.context(now);
        match admission {
            Admission::Full => return Err(Ignored::Limit),
            Admission::Cookie(cookie) => {
                self.send_stateless(path, stateless::notify(header, NotifyType::COOKIE, &cookie), datagram.len())?;
                return Err(Ignored::CookieDemanded);
            }
            Admission::Admitted => {}
        }
        match init::answer(id, &config, path, &mut cx, (datagram, &parts)) {
            Ok(Answer::HalfOpen(sa)) => self.keep_half_open(now, (id, *sa), (path, header), (datagram, &parts)),
            Ok(Answer::Refused(refusal)) => {
                let notify = refusal.notify();
                let answer = notify.and_then(|notify| stateless::notify(header, notify.ty, notify.data));
                self.send_stateless(path, answer, datagram.len())?;
                Err(Ignored::Refused(notify.map_or(NotifyType::NO_PROPOSAL_CHOSEN, |notify| notify.ty)))
            }
            Err(CloseReason::Violation(violation)) => {
                self.send_stateless(path, stateless::notify(header, NotifyType::INVALID_SYNTAX, &[]), datagram.len())?;
                Err(Ignored::Unprotected(violation))
            }
            Err(_) => Err(Ignored::Limit),
        }
    }

    fn admission(
        &mut self,
        now: Instant,
        path: NetworkPath,
        request: (u64, &Parts<'_>, usize),
        in_all: usize,
    ) -> Result<Admission, Ignored> {
        let (half_open, mut cx) = self.with_half_open(now);
        half_open.admit(&mut cx, path, request, in_all).map_err(|_| Ignored::Limit)
    }

    /// A handshake that failed keeps its place among the half-open ones for a while, so that whoever fails again and again is slowed down. Where no
    /// place is left, those of a source that have failed for long enough give theirs up: others may come from there.
    fn make_room(&mut self, now: Instant, path: NetworkPath) {
        let source = path.source();
        if !self.half_open.is_full(&self.config.limits, source) {
            return;
        }
        let is_over = |entry: &Entry| {
            let since = entry.sa.ikes.iter().filter_map(IkeSa::gone_since).max();
            entry.half_open.is_some_and(|key| key.source == source) && since.is_some_and(|since| now - since >= FAILED)
        };
        let over: Vec<SaId> = self.half_open.all().filter(|id| self.sas.get(id).is_some_and(|entry| is_over(entry))).collect();
        for id in over {
            if let Some(key) = self.sas.get_mut(&id).and_then(|entry| entry.half_open.take()) {
                self.half_open.remove(key, id);
            }
            let _ = self.with(now, id, Sa::forget);
            self.settle(now, id);
        }
    }

    /// Keeps a half-open IKE SA. Its response goes out only if it does not flood an address that is not proved: else a cookie is due.
    fn keep_half_open(
        &mut self,
        now: Instant,
        (id, mut sa): (SaId, Sa),
        (path, header): (NetworkPath, &Header),
        (datagram, parts): (&[u8], &Parts<'_>),
    ) -> Result<SaId, Ignored> {
        let response = sa.outgoing.iter().map(|outgoing| outgoing.octets.len()).fold(0, usize::saturating_add);
        if !path.is_tcp() && response > datagram.len().saturating_mul(AMPLIFICATION) {
            let nonce = parts.nonce.map_or(&[][..], |nonce| nonce.data);
            let input = CookieInput { nonce, address: path.peer.ip(), port: path.peer.port(), spi_i: header.spis.initiator };
            let (half_open, mut cx) = self.with_half_open(now);
            if !half_open.is_proved(&mut cx, parts, &input).unwrap_or(false) {
                let cookie = half_open.cookie(&mut cx, &input);
                sa.close(&mut cx, CloseReason::HalfOpen);
                let cookie = cookie.map_err(|_| Ignored::Limit)?;
                self.send_stateless(path, stateless::notify(header, NotifyType::COOKIE, &cookie), datagram.len())?;
                return Err(Ignored::CookieDemanded);
            }
        }
        let key = HalfOpenKey { spi_i: header.spis.initiator, source: path.source() };
        self.insert(now, id, sa, Some(key));
        Ok(id)
    }
}
