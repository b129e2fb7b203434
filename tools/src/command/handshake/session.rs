//! The loop: a request and its answer, retransmissions, and whatever comes in meanwhile.

use super::args::{Args, Fragmentation};
use super::credentials::Credentials;
use super::failure::Failure;
use super::link::{Link, Peer, Received};
use super::payloads::{Content, label, names};
use super::sa::{Arrived, Child, IkeSa};
use super::{keylog, responder, serve};
use ikev2::Instant;
use ikev2::exchange::RequestState as Request;
use ikev2::exchange::{CookieIssuer, DeferredRequest, Retransmission, RetransmissionSchedule, TimerAction};
use ikev2::fragment::Reassembled;
use ikev2::registry::ExchangeType;
use ikev2::wire::{Chain, HEADER_LEN, Header, Message, Parts};
use std::time::Duration;

/// Sizes of IP packets tried on an unknown path, coarse as RFC 7383 section 2.5.2 wants them.
const PROBED: [u16; 3] = [1280, 1024, 576];
/// Retransmissions before the next smaller size is tried.
const TRIES: u32 = 2;

pub(crate) struct Session {
    pub(crate) args: Args,
    pub(crate) link: Link,
    pub(crate) credentials: Credentials,
    pub(crate) sas: Vec<IkeSa>,
    /// Of a responder that asks for cookies.
    pub(crate) cookies: Option<CookieIssuer>,
    /// SAs and those that took their place.
    pub(crate) replaced: Vec<(u64, u64)>,
    /// How the SAs ended that the peer ended, for the responder's verdicts.
    pub(crate) ended: Vec<Result<(), Failure>>,
}

/// What came in and was not dealt with already.
pub(crate) enum Event {
    /// An unprotected message.
    Clear(Received),
    /// A response to a request of ours.
    Response { sa: u64, message: Reassembled },
}

/// What an unprotected answer is good for: anybody on the path can have sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Usability {
    /// The exchange goes on with it.
    Use,
    /// It ends the exchange, unless a better one comes before the request would be sent again.
    Doubtful,
    /// It ends the exchange when no other comes at all.
    LastResort,
    /// It is not looked at, for this reason.
    Nothing(&'static str),
}

impl Session {
    /// Says what the policies lost because it cannot be done here.
    pub(crate) fn say_left_out(&mut self) {
        if !self.args.left_out.is_empty() {
            self.link.report.say(format_args!("   left out, for it cannot be done here: {}", self.args.left_out.join(", ")));
        }
    }

    pub(crate) fn new(args: Args, link: Link, credentials: Credentials) -> Self {
        Self { args, link, credentials, sas: Vec::new(), cookies: None, replaced: Vec::new(), ended: Vec::new() }
    }

    pub(crate) fn sa(&mut self, key: u64) -> Result<&mut IkeSa, Failure> {
        self.sas.iter_mut().find(|sa| sa.key() == key).ok_or_else(|| Failure::Protocol("the IKE SA is gone".into()))
    }

    pub(crate) fn add(&mut self, sa: IkeSa) -> Result<(), Failure> {
        self.log_keys(&sa)?;
        self.sas.push(sa);
        Ok(())
    }

    /// A Child SA was set up.
    pub(crate) fn add_child(&mut self, key: u64, child: Child) -> Result<(), Failure> {
        let [own, theirs] = [child.spi_in, child.spi_out].map(u32::from_be_bytes);
        let fingerprint = child.fingerprint();
        self.link.report.say(format_args!("   child SA {own:08x} in, {theirs:08x} out, fingerprint of the keys {fingerprint}"));
        self.sa(key)?.children.push(child);
        Ok(())
    }

    pub(crate) fn log_keys(&self, sa: &IkeSa) -> Result<(), Failure> {
        self.args.keys.as_ref().map_or(Ok(()), |path| keylog::append(path, sa))
    }

    /// The SA that `key` has become: the peer may have rekeyed it.
    pub(crate) fn current(&self, mut key: u64) -> Result<u64, Failure> {
        // Each SA has taken the place of an older one: there is no circle.
        for _ in 0..=self.sas.len().saturating_add(self.replaced.len()) {
            match self.replaced.iter().find(|(old, _)| *old == key) {
                Some((_, new)) => key = *new,
                None if self.sas.iter().any(|sa| sa.key() == key) => return Ok(key),
                None => break,
            }
        }
        Err(Failure::Protocol("the peer has ended the IKE SA".into()))
    }

    pub(crate) fn remove(&mut self, key: u64) -> Option<IkeSa> {
        let index = self.sas.iter().position(|sa| sa.key() == key)?;
        Some(self.sas.swap_remove(index))
    }

    pub(crate) fn schedule(&self) -> RetransmissionSchedule {
        RetransmissionSchedule::doubling(self.args.retransmit, Duration::from_secs(60), self.args.timeout)
    }

    /// Sends a request and waits for its response. Also gives the header of the request's first datagram.
    pub(crate) fn exchange(
        &mut self,
        key: u64,
        exchange: ExchangeType,
        content: &Content,
    ) -> Result<(Reassembled, [u8; HEADER_LEN]), Failure> {
        self.link.report.seen.phase = Some(exchange);
        let sa = self.sa(key)?;
        let (id, mut peer) = (sa.requests.start()?, sa.peer);
        let mut datagrams = self.seal(key, (exchange, false, id), content)?;
        let what = names(Chain::parse(content.first, &content.octets)?.payloads());
        self.say_sent(exchange, false, id, &what, &datagrams);
        self.send_all(peer, &datagrams)?;
        let mut timer = Retransmission::new(self.schedule(), self.link.now());
        let mut tried = 0_u32;
        loop {
            // The peer may have deleted it meanwhile.
            self.sa(key)?;
            match timer.poll(self.link.now()) {
                TimerAction::Wait { until } => match self.receive(until)? {
                    Some(Event::Response { sa, message }) if sa == key && message.header().message_id == id => {
                        self.sa(key)?.requests.handle_response(id);
                        if message.header().exchange != exchange {
                            return Err(Failure::Protocol(format!("request {id} is answered in another exchange")));
                        }
                        let header = datagrams.first().and_then(|first| first.first_chunk()).copied().unwrap_or([0; HEADER_LEN]);
                        return Ok((message, header));
                    }
                    Some(Event::Clear(received)) => self.unprotected(&received)?,
                    _ => {}
                },
                TimerAction::Resend => {
                    tried = tried.saturating_add(1);
                    if self.args.fragmentation == Fragmentation::Probe && tried >= TRIES {
                        if let Some(smaller) = self.smaller(key, (exchange, id), content, datagrams.len())? {
                            datagrams = smaller;
                            tried = 0;
                            timer.restart(self.link.now());
                        }
                    }
                    let seen = &mut self.link.report.seen;
                    seen.retransmissions = seen.retransmissions.saturating_add(1);
                    self.link.report.say(format_args!("-> {} request {id} again, {} datagrams", label(exchange), datagrams.len()));
                    peer = self.sa(key)?.peer;
                    self.send_all(peer, &datagrams)?;
                }
                TimerAction::GaveUp => {
                    self.sa(key)?.requests.give_up(id);
                    super::explain::silence(self, key, exchange, content)?;
                    return Err(Failure::NoAnswer);
                }
            }
        }
    }

    /// The request in smaller fragments, really more of them (RFC 7383 section 2.5.2).
    fn smaller(
        &mut self,
        key: u64,
        (exchange, id): (ExchangeType, u32),
        content: &Content,
        total: usize,
    ) -> Result<Option<Vec<Vec<u8>>>, Failure> {
        let sa = self.sa(key)?;
        if !sa.negotiated().is_negotiated() {
            return Ok(None);
        }
        let before = sa.mtu;
        for mtu in PROBED.into_iter().filter(|mtu| *mtu < before) {
            self.sa(key)?.mtu = mtu;
            let datagrams = self.seal(key, (exchange, false, id), content)?;
            if datagrams.len() > total {
                self.link
                    .report
                    .say(format_args!("   no answer with packets of {before} octets: {mtu} are tried, {} fragments", datagrams.len()));
                return Ok(Some(datagrams));
            }
        }
        self.sa(key)?.mtu = before;
        Ok(None)
    }

    /// Seals a message of an SA.
    fn seal(&mut self, key: u64, what: (ExchangeType, bool, u32), content: &Content) -> Result<Vec<Vec<u8>>, Failure> {
        let sa = self.sas.iter_mut().find(|sa| sa.key() == key);
        sa.ok_or_else(|| Failure::Protocol("the IKE SA is gone".into()))?.seal(what, content, &self.link)
    }

    pub(crate) fn send_all(&mut self, peer: Peer, datagrams: &[Vec<u8>]) -> Result<(), Failure> {
        datagrams.iter().try_for_each(|datagram| self.link.send(peer, datagram))
    }

    fn say_sent(&mut self, exchange: ExchangeType, response: bool, id: u32, what: &str, datagrams: &[Vec<u8>]) {
        let kind = if response { "response" } else { "request" };
        let largest = datagrams.iter().map(Vec::len).max().unwrap_or(0);
        let size = match datagrams.len() {
            1 => format!("{largest} octets"),
            n => format!("{n} fragments, {largest} octets at most"),
        };
        self.link.report.say(format_args!("-> {} {kind} {id}, {size}: {what}", label(exchange)));
    }

    /// Takes in what comes until the clock reaches `until`; requests are answered on the way.
    pub(crate) fn receive(&mut self, until: Instant) -> Result<Option<Event>, Failure> {
        let Some(received) = self.link.receive(until)? else { return Ok(None) };
        let from = received.from;
        let header = match Header::peek(&received.octets) {
            Ok(received) => received.header,
            Err(error) => {
                self.link.report.say(format_args!("   ignored {} octets from {}: {error}", received.octets.len(), from.address));
                return Ok(None);
            }
        };
        let is_of = |sa: &IkeSa| sa.spis == header.spis && sa.role != header.sender();
        let now = self.link.now();
        let len = received.octets.len();
        if header.exchange == ExchangeType::IKE_SA_INIT {
            return Ok(Some(Event::Clear(received)));
        }
        let Some(sa) = self.sas.iter_mut().find(|sa| is_of(sa)) else {
            self.link.report.say(format_args!(
                "   ignored {} {} from {}: no SA {:016x} {:016x}",
                label(header.exchange),
                header.message_id,
                from.address,
                header.spis.initiator,
                header.spis.responder
            ));
            return Ok(None);
        };
        let key = sa.key();
        let kind = if header.response { "response" } else { "request" };
        let (exchange, id) = (label(header.exchange), header.message_id);
        match sa.open(received.octets, now) {
            Arrived::Ignored(reason) => {
                self.link.report.say(format_args!("   ignored {exchange} {kind} {id} from {}, {len} octets: {reason}", from.address));
            }
            Arrived::Part { have, of } => {
                self.link.report.say(format_args!("<- {exchange} {kind} {id}, {len} octets: fragment, {have} of {of}"));
            }
            Arrived::AnsweredBefore(id) => self.resend(key, id, from)?,
            Arrived::Whole(message) => {
                let what = message.payloads().map_or_else(|error| error.to_string(), |chain| names(chain.payloads()));
                let size = if message.fragments() == 1 { format!("{len} octets") } else { format!("{} fragments", message.fragments()) };
                self.link.report.say(format_args!("<- {exchange} {kind} {id}, {size}: {what}"));
                if header.response {
                    return Ok(Some(Event::Response { sa: key, message }));
                }
                // What is authentic may come from a new place: a NAT has changed its mind (RFC 7296 section 2.23).
                sa.peer = from;
                match sa.served.request(id) {
                    Request::New(request) => {
                        let request = request.defer();
                        self.answer(key, request, &message)?;
                    }
                    Request::Answered(_) => self.resend(key, id, from)?,
                    other => {
                        let other = format!("{other:?}");
                        self.link.report.say(format_args!("   ignored {exchange} request {id}: {other}"));
                    }
                }
            }
        }
        Ok(None)
    }

    /// A response goes where its request comes from (RFC 7296 section 2.11).
    fn resend(&mut self, key: u64, id: u32, peer: Peer) -> Result<(), Failure> {
        let Some(datagrams) = self.sa(key)?.served.response(id).cloned() else { return Ok(()) };
        let seen = &mut self.link.report.seen;
        seen.retransmissions = seen.retransmissions.saturating_add(1);
        self.link.report.say(format_args!("-> response {id} again, {} datagrams", datagrams.len()));
        self.send_all(peer, &datagrams)
    }

    fn answer(&mut self, key: u64, request: DeferredRequest, message: &Reassembled) -> Result<(), Failure> {
        self.link.report.seen.phase = Some(message.header().exchange);
        let serve::Answer { content, after } = serve::request(self, key, message)?;
        let header = *message.header();
        let datagrams = self.seal(key, (header.exchange, true, header.message_id), &content)?;
        let sa = self.sa(key)?;
        sa.answered(request, datagrams.clone())?;
        let peer = sa.peer;
        let what = names(Chain::parse(content.first, &content.octets)?.payloads());
        self.say_sent(header.exchange, true, header.message_id, &what, &datagrams);
        self.send_all(peer, &datagrams)?;
        serve::afterwards(self, key, &content, &datagrams, after)
    }

    /// An IKE_SA_INIT message while an exchange of ours is going on.
    fn unprotected(&mut self, received: &Received) -> Result<(), Failure> {
        if self.args.peer.is_none() {
            return responder::init(self, received);
        }
        self.link.report.say(format_args!("   ignored IKE_SA_INIT from {}: that exchange is over", received.from.address));
        Ok(())
    }

    /// Answers the peer until the clock reaches `until`.
    pub(crate) fn serve(&mut self, until: Instant) -> Result<(), Failure> {
        while self.link.now() < until {
            if let Some(Event::Clear(received)) = self.receive(until)? {
                self.unprotected(&received)?;
            }
        }
        Ok(())
    }

    /// Sends an IKE_SA_INIT request and waits for what may be its response: of those that come, the first of any use.
    pub(crate) fn init_exchange(
        &mut self,
        peer: Peer,
        request: &[u8],
        judge: impl Fn(&Parts<'_>) -> Usability,
    ) -> Result<Received, Failure> {
        self.link.report.seen.phase = Some(ExchangeType::IKE_SA_INIT);
        let own = Header::peek(request)?.header;
        let what = names(Message::parse(request)?.payloads());
        self.link.report.say(format_args!("-> IKE_SA_INIT request 0, {} octets to {}: {what}", request.len(), peer.address));
        self.link.send(peer, request)?;
        let mut timer = Retransmission::new(self.schedule(), self.link.now());
        // An answer that would end the exchange, and till when a better one is waited for.
        let mut held: Option<(Instant, Received)> = None;
        loop {
            let now = self.link.now();
            if let Some((_, received)) = held.take_if(|(until, _)| *until <= now) {
                return Ok(received);
            }
            match timer.poll(now) {
                TimerAction::Wait { until } => {
                    let until = held.as_ref().map_or(until, |(end, _)| until.min(*end));
                    let Some(Event::Clear(received)) = self.receive(until)? else { continue };
                    let (usability, what) = match weighed(&received.octets, &own, &judge) {
                        Err(fault) => (Usability::Nothing("it is no answer to our request"), fault),
                        Ok(found) => found,
                    };
                    let len = received.octets.len();
                    let until = match usability {
                        Usability::Nothing(why) => {
                            let from = received.from.address;
                            self.link.report.say(format_args!("   ignored {len} octets from {from}: {why}: {what}"));
                            continue;
                        }
                        Usability::Use => now,
                        Usability::Doubtful => timer.next_timeout(),
                        Usability::LastResort => Instant::FAR_FUTURE,
                    };
                    self.link.report.say(format_args!("<- IKE_SA_INIT response 0, {len} octets: {what}"));
                    if usability == Usability::Use {
                        return Ok(received);
                    }
                    self.link.report.say(format_args!("   anybody may have sent that: a better answer is waited for"));
                    if held.as_ref().is_none_or(|(end, _)| until < *end) {
                        held = Some((until, received));
                    }
                }
                TimerAction::Resend => {
                    let seen = &mut self.link.report.seen;
                    seen.retransmissions = seen.retransmissions.saturating_add(1);
                    self.link.report.say(format_args!("-> IKE_SA_INIT request 0 again"));
                    self.link.send(peer, request)?;
                }
                TimerAction::GaveUp => return held.map(|(_, received)| received).ok_or(Failure::NoAnswer),
            }
        }
    }
}

/// What an IKE_SA_INIT message is worth as the answer to our request, and the names of its payloads.
fn weighed(octets: &[u8], own: &Header, judge: impl Fn(&Parts<'_>) -> Usability) -> Result<(Usability, String), String> {
    let message = Message::parse(octets).map_err(|error| error.to_string())?;
    let header = message.header();
    if header.spis.initiator != own.spis.initiator || !header.response || header.initiator || header.message_id != 0 {
        return Err("it has another header".into());
    }
    let parts = message.parts().map_err(|error| error.to_string())?;
    Ok((judge(&parts), names(message.payloads())))
}
