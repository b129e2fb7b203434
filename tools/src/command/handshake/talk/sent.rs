//! What is sent, told.

use super::Talk;
use crate::command::handshake::names::{label, names};
use crate::command::handshake::witness::Sighted;
use ikev2::registry::{ExchangeType, NotifyType, PayloadType};
use ikev2::wire::{Chain, Header, Message, Parts};

impl Talk {
    /// A line for each message that is sent.
    pub(super) fn tell_sent(&mut self, sighted: &[Sighted]) {
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

    /// Says what new keys come of a response in IKE_INTERMEDIATE.
    pub(super) fn new_keys(&mut self, response: &Parts<'_>) {
        let method = response.key_exchange.map(|ke| ke.method.to_string());
        let ppk = response.notify(NotifyType::PPK_IDENTITY).map(|_| "the PPK".to_owned());
        let sources: Vec<String> = method.into_iter().chain(ppk).collect();
        if !sources.is_empty() {
            self.link.report.say(format_args!("   new keys from {}", sources.join(" and ")));
        }
    }

    /// A request of the peer is answered: a step of its own, unless it was refused.
    fn answered(&mut self, header: &Header, first: PayloadType, content: &[u8]) {
        self.own_auth(header, first, content);
        let parts = Chain::parse(first, content).and_then(|chain| chain.parts(header)).ok();
        if let Some(parts) = parts.as_ref().filter(|_| header.exchange == ExchangeType::IKE_INTERMEDIATE) {
            self.new_keys(parts);
        }
        let Some(asked) = self.asked.take_if(|asked| asked.message_id == header.message_id) else { return };
        let is_refused = parts.is_some_and(|parts| parts.error().is_some());
        if let Some(step) = asked.step.filter(|_| !is_refused) {
            self.link.report.seen.step(step.into());
        }
    }
}
