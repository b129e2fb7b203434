//! The run loop over a session: sockets on one side, the report on the other.

use super::args::Args;
use super::credentials::Credentials;
use super::failure::{Failure, notify};
use super::link::{Link, Received};
use super::names::{label, names};
use super::suite::{self, PROVIDER};
use super::witness::{Sighted, Witness};
use super::{configure, explain, keylog, random};
use ikev2::Instant;
use ikev2::auth::SignatureScheme;
use ikev2::identity::Identity;
use ikev2::proposal::{NegotiationContext, Question, negotiate};
use ikev2::protect::Suite;
use ikev2::registry::{AuthMethod, ExchangeType, NotifyType, PayloadType, SecurityProtocol};
use ikev2::session::{
    Ask, AuthFailure, ChildId, ChildInstall, CloseReason, Decision, Endpoint, Event, Handled, Ignored, Inquiry, NetworkPath,
    PathEncapsulation, Refusing, SaId,
};
use ikev2::wire::transport::NON_ESP_MARKER;
use ikev2::wire::{Chain, Header, Message, NotifyData, Parts};
use ring::digest;
use std::io::Write;
use std::time::Duration;

/// How often the loop looks whether its time is over.
pub(crate) const TICK: Duration = Duration::from_millis(200);

/// What is known of an IKE SA, also after it is over.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts {
    pub(crate) suite: Suite,
    pub(crate) path: NetworkPath,
    pub(crate) mtu: u16,
    pub(crate) fragments: bool,
}

/// A request of the peer that is being answered: what it is a step of.
struct Asked {
    message_id: u32,
    step: Option<&'static str>,
}

/// A session, its sockets, and what is told of it.
pub(crate) struct Talk {
    pub(crate) args: Args,
    pub(crate) link: Link,
    pub(crate) endpoint: Endpoint<Witness>,
    pub(crate) credentials: Credentials,
    /// The Child SAs that are up, the newest last.
    pub(crate) children: Vec<(SaId, ChildId)>,
    /// What the peer has refused since this was last looked at.
    pub(crate) refused: Option<(ExchangeType, NotifyType)>,
    /// How the IKE SAs ended that are over, for the verdicts.
    pub(crate) ended: Vec<(Option<SaId>, Result<(), Failure>)>,
    /// The request of ours that waits: its exchange, and its payloads.
    request: Option<(ExchangeType, (PayloadType, Vec<u8>))>,
    asked: Option<Asked>,
    /// The IKE_SA_INIT message that was sent last.
    init: Vec<u8>,
    facts: Option<Facts>,
    claimed: Option<Identity>,
    scheme: Option<String>,
    /// How the peer's certificate was found to be its own, or why not.
    vouched: Option<String>,
    doubt: Option<String>,
}

impl Talk {
    pub(crate) fn new(args: Args, out: Box<dyn Write + Send>) -> Result<Self, Failure> {
        let credentials = Credentials::load(&args)?;
        let mut link = Link::new(&args, out)?;
        if !args.left_out.is_empty() {
            link.report.say(format_args!("   left out, for it cannot be done here: {}", args.left_out.join(", ")));
        }
        let config = configure::config(&args, &credentials);
        let endpoint = Endpoint::watched(config, PROVIDER, Box::new(random::System), Witness::default());
        Ok(Self {
            args,
            link,
            endpoint,
            credentials,
            children: Vec::new(),
            refused: None,
            ended: Vec::new(),
            request: None,
            asked: None,
            init: Vec::new(),
            facts: None,
            claimed: None,
            scheme: None,
            vouched: None,
            doubt: None,
        })
    }

    /// Goes on until something has come, or the clock reaches `until`.
    pub(crate) fn step(&mut self, until: Instant) -> Result<(), Failure> {
        self.flush()?;
        let next = self.endpoint.poll_timeout().unwrap_or(until).min(until);
        if let Some(received) = self.link.receive(next)? {
            self.receive(received)?;
        }
        let now = self.link.now();
        if self.endpoint.poll_timeout().is_some_and(|at| at <= now) {
            self.endpoint.handle_timeout(now);
        }
        self.flush()
    }

    /// Tells events, and sends what there is to send, until there is nothing more.
    fn flush(&mut self) -> Result<(), Failure> {
        loop {
            self.send()?;
            let Some((id, event)) = self.endpoint.poll_event() else { return Ok(()) };
            self.event(id, event)?;
        }
    }

    fn send(&mut self) -> Result<(), Failure> {
        let now = self.link.now();
        let mut buf = vec![0; usize::from(u16::MAX)];
        let mut datagrams = Vec::new();
        while let Ok(Some(sent)) = self.endpoint.poll_transmit(now, &mut buf) {
            datagrams.push((sent.path, buf.get(..sent.len).unwrap_or_default().to_vec()));
        }
        let sighted = std::mem::take(&mut self.endpoint.watch().sighted);
        self.look(&sighted);
        self.tell_sent(&sighted);
        datagrams.into_iter().try_for_each(|(path, datagram)| self.link.send(path, datagram))
    }

    /// Keeps what an explanation may need later.
    fn look(&mut self, sighted: &[Sighted]) {
        let Some(last) = sighted.last() else { return };
        let ids: Vec<_> = self.endpoint.sas().collect();
        let views = ids.into_iter().filter_map(|id| self.endpoint.view(id)).filter(|view| view.path() == last.path);
        for view in views {
            let Some(selection) = view.selection() else { continue };
            self.link.report.seen.ike = Some(suite::notation(selection));
            if let Ok(suite) = selection.suite() {
                let fragments = view.fragmentation().is_some_and(|support| support.is_negotiated());
                self.facts = Some(Facts { suite, path: view.path(), mtu: view.mtu(), fragments });
            }
        }
    }

    /// A line for each message that is sent.
    fn tell_sent(&mut self, sighted: &[Sighted]) {
        let header = |sighted: &Sighted| Header::peek(&sighted.message).ok().map(|received| received.header);
        let mut rest = sighted;
        while let Some(first) = rest.first() {
            let same = rest.iter().take_while(|other| header(other) == header(first)).count().max(1);
            let (message, more) = rest.split_at(same);
            rest = more;
            if let Some(header) = header(first) {
                self.tell_message(&header, message);
            }
        }
    }

    fn tell_message(&mut self, header: &Header, message: &[Sighted]) {
        let (exchange, id) = (label(header.exchange), header.message_id);
        let content = message.iter().find_map(|sighted| sighted.content.clone());
        let first = message.first().map(|sighted| sighted.message.clone()).unwrap_or_default();
        let is_init = header.exchange == ExchangeType::IKE_SA_INIT;
        let largest = message.iter().map(|sighted| sighted.message.len()).max().unwrap_or(0);
        let kind = if header.response { "response" } else { "request" };
        let size = match message.len() {
            1 => format!("{largest} octets"),
            n => format!("{n} fragments, {largest} octets at most"),
        };
        if is_init && self.init != first {
            self.init.clone_from(&first);
            let what = Message::parse(&first).map_or_else(|error| error.to_string(), |message| names(message.payloads()));
            self.link.report.say(format_args!("-> {exchange} {kind} {id}, {size}: {what}"));
            self.link.report.seen.phase = Some(header.exchange);
            return;
        }
        let Some((first, content)) = content else {
            let seen = &mut self.link.report.seen;
            seen.retransmissions = seen.retransmissions.saturating_add(1);
            match (is_init, header.response) {
                (true, _) => self.link.report.say(format_args!("-> IKE_SA_INIT {kind} 0 again")),
                (false, true) => self.link.report.say(format_args!("-> response {id} again, {} datagrams", message.len())),
                (false, false) => self.link.report.say(format_args!("-> {exchange} request {id} again, {} datagrams", message.len())),
            }
            return;
        };
        let what = Chain::parse(first, &content).map_or_else(|error| error.to_string(), |chain| names(chain.payloads()));
        self.link.report.say(format_args!("-> {exchange} {kind} {id}, {size}: {what}"));
        match header.response {
            true => self.answered(header, first, &content),
            false => {
                self.own_auth(header, first, &content);
                // A farewell or a delete says nothing new of how far we came.
                if header.exchange != ExchangeType::INFORMATIONAL || self.link.report.seen.established {
                    self.link.report.seen.phase = Some(header.exchange);
                }
                self.request = Some((header.exchange, (first, content)));
            }
        }
    }

    /// Says how we authenticate ourselves.
    fn own_auth(&mut self, header: &Header, first: PayloadType, content: &[u8]) {
        if header.exchange != ExchangeType::IKE_AUTH {
            return;
        }
        let parts = Chain::parse(first, content).and_then(|chain| chain.parts(header));
        if let Some(auth) = parts.ok().and_then(|parts| parts.auth) {
            self.link.report.say(format_args!("   we are {}, AUTH by {}", self.credentials.id, auth.method));
        }
    }

    /// A request of the peer is answered: a step of its own, unless it was refused.
    fn answered(&mut self, header: &Header, first: PayloadType, content: &[u8]) {
        self.own_auth(header, first, content);
        if header.exchange == ExchangeType::IKE_INTERMEDIATE {
            self.link.report.say(format_args!("   new keys from an additional key exchange"));
        }
        let Some(asked) = self.asked.take_if(|asked| asked.message_id == header.message_id) else { return };
        let parts = Chain::parse(first, content).and_then(|chain| chain.parts(header));
        let is_refused = parts.is_ok_and(|parts| parts.error().is_some());
        if let Some(step) = asked.step.filter(|_| !is_refused) {
            self.link.report.seen.step(step.into());
        }
    }

    /// Takes a datagram.
    fn receive(&mut self, received: Received) -> Result<(), Failure> {
        let path = self.link.path(received.from);
        let mut datagram = match path.encapsulation {
            PathEncapsulation::NonEspMarker => [&NON_ESP_MARKER[..], &received.octets].concat(),
            PathEncapsulation::Udp => received.octets.clone(),
        };
        let handled = self.endpoint.handle(self.link.now(), path, &mut datagram);
        let sighted: Vec<_> = std::mem::take(&mut self.endpoint.watch().sighted);
        let content = sighted.into_iter().filter(|sighted| !sighted.is_sent).find_map(|sighted| sighted.content);
        self.tell_received(&received, content.as_ref(), handled)
    }

    fn tell_received(&mut self, received: &Received, content: Option<&(PayloadType, Vec<u8>)>, handled: Handled) -> Result<(), Failure> {
        let (from, len) = (received.from.address, received.octets.len());
        let header = match Header::peek(&received.octets) {
            Ok(received) => received.header,
            Err(error) => {
                self.link.report.say(format_args!("   ignored {len} octets from {from}: {error}"));
                return Ok(());
            }
        };
        let (exchange, id) = (label(header.exchange), header.message_id);
        let kind = if header.response { "response" } else { "request" };
        if header.exchange == ExchangeType::IKE_SA_INIT {
            return self.tell_init(received, &header, handled);
        }
        match (handled, content) {
            (Handled::Ignored(why), _) => {
                self.link.report.say(format_args!("   ignored {exchange} {kind} {id} from {from}, {len} octets: {why}"));
            }
            (_, None) => {
                if let Some(fragment) = fragment(&received.octets) {
                    self.link.report.say(format_args!("<- {exchange} {kind} {id}, {len} octets: fragment {fragment}"));
                }
            }
            (_, Some((first, content))) => {
                let what = Chain::parse(*first, content).map_or_else(|error| error.to_string(), |chain| names(chain.payloads()));
                let size = fragment(&received.octets).map_or_else(|| format!("{len} octets"), |_| "in fragments".to_owned());
                self.link.report.say(format_args!("<- {exchange} {kind} {id}, {size}: {what}"));
                self.heard(&header, *first, content);
            }
        }
        Ok(())
    }

    /// What a whole message of the peer says.
    fn heard(&mut self, header: &Header, first: PayloadType, content: &[u8]) {
        let Ok(parts) = Chain::parse(first, content).and_then(|chain| chain.parts(header)) else { return };
        if header.exchange == ExchangeType::IKE_AUTH {
            self.claimed = parts.id_i.filter(|_| !header.response).or(parts.id_r).map(|id| Identity::of(&id));
            self.scheme = parts.auth.map(|auth| match auth.digital_signature().map(|parts| SignatureScheme::parse(parts.algorithm)) {
                Some(Ok(scheme)) => format!("by {scheme}"),
                _ if auth.method == AuthMethod::SHARED_KEY_MIC => "by the shared key".into(),
                _ => format!("by {}", auth.method),
            });
        }
        if header.response {
            if header.exchange == ExchangeType::IKE_INTERMEDIATE && parts.error().is_none() {
                let method = parts.key_exchange.map_or_else(String::new, |ke| ke.method.to_string());
                self.link.report.say(format_args!("   new keys from {method}"));
            }
            return;
        }
        self.link.report.seen.phase = Some(header.exchange);
        if let Some(error) = parts.error().filter(|_| header.exchange == ExchangeType::INFORMATIONAL) {
            self.link.report.seen.notify = Some(error.ty);
        }
        self.asked = Some(Asked { message_id: header.message_id, step: step(header.exchange, &parts) });
    }

    fn tell_init(&mut self, received: &Received, header: &Header, handled: Handled) -> Result<(), Failure> {
        let from = received.from.address;
        let kind = if header.response { "response" } else { "request" };
        let message = match Message::parse(&received.octets) {
            Ok(message) => message,
            Err(error) => {
                self.link.report.say(format_args!("   ignored IKE_SA_INIT from {from}: {error}"));
                return Ok(());
            }
        };
        let what = names(message.payloads());
        self.link.report.say(format_args!("<- IKE_SA_INIT {kind} 0, {} octets from {from}: {what}", received.octets.len()));
        let parts = message.parts().ok();
        let wanted = parts.as_ref().and_then(Parts::error).and_then(|error| match error.typed_data() {
            Ok(NotifyData::InvalidKePayload(method)) => Some(method),
            _ => None,
        });
        let asks_cookie = parts.as_ref().is_some_and(|parts| parts.notify(NotifyType::COOKIE).is_some());
        let report = &mut self.link.report;
        match handled {
            Handled::Ignored(Ignored::HeldBack) => report.say(format_args!("   a better answer is waited for")),
            Handled::Ignored(Ignored::Repeated) if asks_cookie => {
                report.say(format_args!("   ignored: it asks for the cookie that was shown"))
            }
            Handled::Ignored(Ignored::CookieDemanded) => {
                report.seen.cookies = report.seen.cookies.saturating_add(1);
                report.say(format_args!("   a cookie is due"));
            }
            Handled::Ignored(Ignored::Refused(ty)) => return self.refuse_init(ty, parts.as_ref()),
            Handled::Ignored(why) => report.say(format_args!("   ignored IKE_SA_INIT from {from}: {why}")),
            _ if header.response && asks_cookie => report.seen.cookies = report.seen.cookies.saturating_add(1),
            _ => {
                if let Some(method) = wanted {
                    report.seen.wanted_group = Some(method);
                    report.seen.ke_retries = report.seen.ke_retries.saturating_add(1);
                    report.say(format_args!("   the peer wants {method}"));
                }
            }
        }
        if let (Some(method), true) = (wanted, matches!(handled, Handled::Ignored(_))) {
            self.link.report.seen.wanted_group = Some(method);
        }
        Ok(())
    }

    /// An IKE_SA_INIT request was refused, and nothing is kept of it.
    fn refuse_init(&mut self, ty: NotifyType, parts: Option<&Parts<'_>>) -> Result<(), Failure> {
        let report = &mut self.link.report;
        report.seen.phase = Some(ExchangeType::IKE_SA_INIT);
        let offer = parts.and_then(|parts| Some((parts.first(PayloadType::SA)?.body, Question::of_init(parts))));
        let refusal = offer.and_then(|(offer, question)| negotiate(offer, question, &self.args.ike).err());
        if let Some(refusal) = &refusal {
            report.say(format_args!("   {refusal}"));
        }
        if ty == NotifyType::INVALID_KE_PAYLOAD {
            // The initiator is expected to come again.
            let data = refusal.as_ref().and_then(|refusal| refusal.notify());
            if let Some(Ok(NotifyData::InvalidKePayload(wanted))) = data.map(|notify| notify.typed_data()) {
                report.seen.wanted_group = Some(wanted);
            }
            report.seen.ke_retries = report.seen.ke_retries.saturating_add(1);
            return Ok(());
        }
        report.seen.notify = Some(ty);
        self.ended.push((None, Err(Failure::Refused(ty))));
        Ok(())
    }

    fn event(&mut self, id: SaId, event: Event) -> Result<(), Failure> {
        match event {
            Event::Ask(ask) => self.answer(*ask)?,
            Event::Established(established) => {
                let how = [self.scheme.take(), self.vouched.take()].into_iter().flatten().collect::<String>();
                let report = &mut self.link.report;
                report.say(format_args!("   the peer is {}, {how}", established.peer));
                report.say(format_args!("   IKE: {}", suite::notation(&established.selection)));
                report.seen.established = true;
                report.seen.ike = Some(suite::notation(&established.selection));
            }
            Event::ChildInstall(token, install) => {
                self.install(id, &install);
                let _ = self.endpoint.confirm_install(self.link.now(), token);
            }
            Event::ChildDown(child) => self.children.retain(|(_, other)| *other != child),
            Event::Refused { by, exchange, notify: ty } => self.tell_refused(by, exchange, ty)?,
            Event::PathChanged(path) => self.link.report.say(format_args!("   the peer is at {} now", path.peer)),
            Event::PathProbed { before, mtu } => {
                let report = &mut self.link.report;
                report.say(format_args!("   no answer with packets of {before} octets: {mtu} are tried"));
            }
            Event::KeyMaterial(material) => {
                if let Some(file) = &self.args.keys {
                    keylog::append(file, &material)?;
                }
            }
            Event::Closed(reason) => self.close(id, reason)?,
            _ => {}
        }
        Ok(())
    }

    fn tell_refused(&mut self, by: Refusing, exchange: ExchangeType, ty: NotifyType) -> Result<(), Failure> {
        if by == Refusing::Peer {
            let context = match exchange {
                ExchangeType::IKE_AUTH => NegotiationContext::IkeAuth,
                _ => NegotiationContext::CreateChildSa,
            };
            explain::refused(self, ty, context, None)?;
            self.refused = Some((exchange, ty));
            return Ok(());
        }
        self.link.report.say(format_args!("   the request is refused: {}", notify(ty)));
        if exchange == ExchangeType::IKE_AUTH {
            self.link.report.seen.notify = Some(ty);
        }
        Ok(())
    }

    fn install(&mut self, id: SaId, install: &ChildInstall) {
        let notation = suite::notation(&install.selection);
        let report = &mut self.link.report;
        report.say(format_args!("   ESP: {notation}"));
        report.seen.esp = Some(notation);
        let fingerprint = fingerprint(install);
        let (own, theirs) = (install.id, install.outbound_spi);
        report.say(format_args!("   child SA {own} in, {theirs:08x} out, fingerprint of the keys {fingerprint}"));
        self.children.push((id, install.id));
    }

    fn answer(&mut self, ask: Ask) -> Result<(), Failure> {
        let decision = match &ask.question {
            Inquiry::PeerConfig { .. } => Decision::Peer(Box::new(configure::peer(&self.args, &self.credentials, None)?)),
            Inquiry::VerifyChain { peer, certificates } => match self.credentials.vouch(peer, certificates) {
                Ok((decision, how)) => {
                    self.vouched = Some(how);
                    decision
                }
                Err(failure) => {
                    self.doubt = Some(failure.to_string());
                    Decision::Refuse
                }
            },
            Inquiry::Sign(to_sign) => self.credentials.sign(to_sign)?,
            _ => Decision::Refuse,
        };
        let _ = self.endpoint.decide(self.link.now(), ask.token, decision);
        Ok(())
    }

    /// An IKE SA is over.
    fn close(&mut self, id: SaId, reason: CloseReason) -> Result<(), Failure> {
        self.children.retain(|(sa, _)| *sa != id);
        let outcome = match reason {
            CloseReason::Requested | CloseReason::Deleted | CloseReason::InitialContact => Ok(()),
            CloseReason::NoResponse(exchange) => {
                let request = self.request.take().filter(|(asked, _)| *asked == exchange);
                if let (Some(facts), Some((_, (first, content)))) = (self.facts, request) {
                    explain::silence(self, &facts, exchange, (first, &content))?;
                }
                Err(Failure::NoAnswer)
            }
            CloseReason::Refused { exchange, notify } => {
                let init = exchange == ExchangeType::IKE_SA_INIT;
                let context = if init { NegotiationContext::IkeSaInit } else { NegotiationContext::IkeAuth };
                let ke = Message::parse(&self.init).and_then(|message| message.parts()).ok().and_then(|parts| parts.key_exchange);
                explain::refused(self, notify, context, ke.map(|ke| ke.method).filter(|_| init))?;
                Err(Failure::Refused(notify))
            }
            CloseReason::NotAuthenticated => {
                self.link.report.seen.notify = Some(NotifyType::AUTHENTICATION_FAILED);
                Err(Failure::Refused(NotifyType::AUTHENTICATION_FAILED))
            }
            CloseReason::Authentication(failure) => Err(self.distrust(failure)),
            // A stranger that went away.
            CloseReason::HalfOpen => return Ok(()),
            reason => Err(Failure::Protocol(reason.to_string())),
        };
        self.link.report.say(format_args!("   the IKE SA is over"));
        self.ended.push((Some(id), outcome));
        Ok(())
    }

    fn distrust(&mut self, failure: AuthFailure) -> Failure {
        let text = match (failure, &self.claimed, &self.credentials.peer_id) {
            (AuthFailure::OtherIdentity, Some(claimed), Some(expected)) => format!("the peer says it is {claimed}, not {expected}"),
            _ => match self.doubt.take() {
                Some(doubt) => doubt.trim_start_matches("authentication failed: ").to_owned(),
                None => failure.to_string(),
            },
        };
        self.link.report.say(format_args!("   authentication failed: {text}"));
        Failure::Authentication(text)
    }
}

/// Number and Total Fragments of a datagram with SKF, in words.
fn fragment(message: &[u8]) -> Option<String> {
    let message = Message::parse(message).ok()?;
    match message.payloads().last()?.parse().ok()? {
        ikev2::wire::Payload::Skf(skf) => Some(format!("{} of {}", skf.number, skf.total)),
        _ => None,
    }
}

/// What a request of the peer is a step of.
fn step(exchange: ExchangeType, parts: &Parts<'_>) -> Option<&'static str> {
    match exchange {
        ExchangeType::INFORMATIONAL if parts.error().is_some() => None,
        ExchangeType::INFORMATIONAL if parts.deletes().any(|delete| delete.protocol() == SecurityProtocol::IKE) => Some("deleted"),
        ExchangeType::INFORMATIONAL if parts.delete.is_some() => Some("delete-child"),
        ExchangeType::INFORMATIONAL => Some("dpd"),
        ExchangeType::CREATE_CHILD_SA if parts.ts_i.is_none() => Some("rekey-ike"),
        ExchangeType::CREATE_CHILD_SA if parts.notify(NotifyType::REKEY_SA).is_some() => Some("rekey-child"),
        ExchangeType::CREATE_CHILD_SA => Some("child"),
        _ => None,
    }
}

/// The first octets of SHA-256 over the keys: equal on both sides when the keys are, and of no use to guess them.
fn fingerprint(install: &ChildInstall) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    let (inbound, outbound) = (install.inbound_keys(), install.outbound_keys());
    let (initiator, responder) = if install.is_initiator() { (outbound, inbound) } else { (inbound, outbound) };
    [initiator.0, initiator.1, responder.0, responder.1].iter().for_each(|key| context.update(key));
    context.finish().as_ref().iter().take(4).map(|octet| format!("{octet:02x}")).collect()
}
