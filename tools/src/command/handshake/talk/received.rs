//! What is received, told.

use super::{Asked, Talk};
use crate::command::handshake::failure::Failure;
use crate::command::handshake::link::Received;
use crate::command::handshake::names::{label, names};
use ikev2::auth::SignatureScheme;
use ikev2::identity::Identity;
use ikev2::proposal::{Question, Refusal, negotiate};
use ikev2::registry::{AuthMethod, ExchangeType, NotifyType, PayloadType, SecurityProtocol};
use ikev2::session::{Handled, Ignored};
use ikev2::wire::{Chain, Header, Message, NotifyData, Parts, Payload};

impl Talk {
    pub(super) fn tell_received(
        &mut self,
        received: &Received,
        content: Option<&(PayloadType, Vec<u8>)>,
        handled: Handled,
    ) -> Result<(), Failure> {
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
                _ if auth.method == AuthMethod::SHARED_KEY_MIC && self.link.report.seen.eap.is_some() => "by the key of EAP".into(),
                _ if auth.method == AuthMethod::SHARED_KEY_MIC => "by the shared key".into(),
                _ => format!("by {}", auth.method),
            });
        }
        if header.response {
            if header.exchange == ExchangeType::IKE_INTERMEDIATE && parts.error().is_none() {
                self.new_keys(&parts);
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
                report.say(format_args!("   ignored: it asks for the cookie that was shown"));
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
            let data = refusal.as_ref().and_then(Refusal::notify);
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
}

/// Number and Total Fragments of a datagram with SKF, in words.
fn fragment(message: &[u8]) -> Option<String> {
    let message = Message::parse(message).ok()?;
    match message.payloads().last()?.parse().ok()? {
        Payload::Skf(skf) => Some(format!("{} of {}", skf.number, skf.total)),
        _ => None,
    }
}

/// What a request of the peer is a step of.
fn step(exchange: ExchangeType, parts: &Parts<'_>) -> Option<&'static str> {
    match exchange {
        ExchangeType::INFORMATIONAL if parts.error().is_some() => None,
        ExchangeType::INFORMATIONAL if parts.deletes().any(|delete| delete.protocol() == SecurityProtocol::IKE) => Some("deleted"),
        ExchangeType::INFORMATIONAL if parts.delete.is_some() => Some("delete-child"),
        ExchangeType::INFORMATIONAL if parts.notify(NotifyType::UPDATE_SA_ADDRESSES).is_some() => Some("move"),
        // The peer asks whether we are where we say.
        ExchangeType::INFORMATIONAL if parts.notify(NotifyType::COOKIE2).is_some() => None,
        ExchangeType::INFORMATIONAL => Some("dpd"),
        ExchangeType::CREATE_CHILD_SA if parts.ts_i.is_none() => Some("rekey-ike"),
        ExchangeType::CREATE_CHILD_SA if parts.notify(NotifyType::REKEY_SA).is_some() => Some("rekey-child"),
        ExchangeType::CREATE_CHILD_SA => Some("child"),
        _ => None,
    }
}
