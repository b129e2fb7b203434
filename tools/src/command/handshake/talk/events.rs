//! What the session tells and asks.

use super::Talk;
use crate::command::handshake::failure::{Failure, notify};
use crate::command::handshake::{configure, explain, keylog, suite};
use ikev2::proposal::NegotiationContext;
use ikev2::registry::{ExchangeType, NotifyType};
use ikev2::session::{
    Ask, AuthFailure, ChildInstall, ChildMode, CloseReason, Decision, Established, Event, Inquiry, RedirectTarget, Refusing, SaId,
};
use ikev2::wire::Message;
use ring::digest;
use std::net::IpAddr;

impl Talk {
    pub(super) fn event(&mut self, id: SaId, event: Event) -> Result<(), Failure> {
        match event {
            Event::Ask(ask) => self.answer(id, *ask)?,
            Event::Established(established) => self.established(id, &established),
            Event::ChildInstall { token, install, .. } => {
                self.install(id, &install);
                let _ = self.endpoint.decide(self.link.now(), token, Decision::Installed);
            }
            Event::ChildDown(child) => self.children.retain(|(_, other)| *other != child),
            Event::Refused { by, exchange, notify: ty, .. } => self.tell_refused(by, exchange, ty)?,
            Event::PathChanged(path) => self.link.report.say(format_args!("   the path is {path} now")),
            Event::PeerAddresses(addresses) => {
                let addresses: Vec<_> = addresses.iter().map(ToString::to_string).collect();
                self.link.report.say(format_args!("   further addresses of the peer: {}", addresses.join(", ")));
            }
            Event::PathProbed { before, mtu } => {
                let report = &mut self.link.report;
                report.say(format_args!("   no answer with packets of {before} octets: {mtu} are tried"));
            }
            Event::KeyMaterial(material) => {
                if let Some(file) = &self.args.keys {
                    keylog::append(file, &material)?;
                }
            }
            Event::Redirected { to, is_authentic } => {
                let to = match to {
                    RedirectTarget::Address(address) => address.to_string(),
                    RedirectTarget::Fqdn(name) => name.escape_ascii().to_string(),
                    _ => "another gateway".to_owned(),
                };
                let word = if is_authentic { "the peer" } else { "somebody who answers" };
                self.link.report.say(format_args!("   {word} sends us to {to}"));
            }
            Event::Closed(reason) => self.close(id, reason)?,
            _ => {}
        }
        Ok(())
    }

    /// Both sides have authenticated each other: what is agreed on, and what the initiator is given.
    fn established(&mut self, id: SaId, established: &Established) {
        self.methods.forget(id);
        let how = [self.scheme.take(), self.vouched.take()].into_iter().flatten().collect::<String>();
        let ike = suite::notation(&established.selection);
        let report = &mut self.link.report;
        report.say(format_args!("   the peer is {}, {how}", established.peer));
        report.say(format_args!("   IKE: {ike}"));
        if established.has_ppk {
            report.say(format_args!("   a PPK is part of the keys"));
        }
        if let Some(lifetime) = established.auth_lifetime {
            report.say(format_args!("   the initiator's authentication counts for {} s", lifetime.as_secs()));
        }
        let texts = |addresses: &mut dyn Iterator<Item = IpAddr>| addresses.map(|address| address.to_string()).collect::<Vec<_>>();
        let (addresses, dns) = (texts(&mut established.configuration.addresses()), texts(&mut established.configuration.dns()));
        if !addresses.is_empty() {
            let servers = if dns.is_empty() { String::new() } else { format!("; name servers {}", dns.join(", ")) };
            report.say(format_args!("   the initiator is given {}{servers}", addresses.join(", ")));
        }
        let seen = &mut report.seen;
        (seen.established, seen.ike, seen.ppk) = (true, Some(ike), established.has_ppk);
        (seen.addresses, seen.dns) = (addresses, dns);
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
        let mode = if install.mode == ChildMode::Transport { "transport" } else { "tunnel" };
        report.seen.mode = Some(mode);
        if self.args.transport || install.mode == ChildMode::Transport {
            report.say(format_args!("   in {mode} mode"));
        }
        let fingerprint = fingerprint(install);
        let (own, theirs) = (install.id, install.outbound_spi);
        report.say(format_args!("   child SA {own} in, {theirs:08x} out, fingerprint of the keys {fingerprint}"));
        self.children.push((id, install.id));
    }

    fn answer(&mut self, id: SaId, ask: Ask) -> Result<(), Failure> {
        let decision = match &ask.question {
            Inquiry::PeerConfig { .. } => Decision::Peer(configure::peer(&self.args, &self.credentials, None)?.into()),
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
            Inquiry::Eap { packet, is_first, .. } => {
                let answer = self.methods.answer(id, (&self.args, &self.credentials), packet.as_deref(), *is_first)?;
                if answer.is_distrust {
                    self.doubt.clone_from(&answer.told);
                }
                if let Some(told) = answer.told {
                    self.link.report.say(format_args!("   {told}"));
                    self.link.report.seen.eap = Some(told);
                }
                answer.decision
            }
            Inquiry::Address { .. } => self.args.addresses.give().map_or(Decision::Refuse, Decision::Address),
            _ => Decision::Refuse,
        };
        let _ = self.endpoint.decide(self.link.now(), ask.token, decision);
        Ok(())
    }

    /// An IKE SA is over.
    fn close(&mut self, id: SaId, reason: CloseReason) -> Result<(), Failure> {
        self.children.retain(|(sa, _)| *sa != id);
        self.methods.forget(id);
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
            // Whose side it was shows in what was told of the method.
            CloseReason::EapFailed if self.args.peer.is_some() && self.doubt.is_none() => Err(Failure::EapFailed),
            CloseReason::EapFailed => Err(self.distrust_eap()),
            // A stranger that went away.
            CloseReason::HalfOpen => return Ok(()),
            reason => Err(Failure::Protocol(reason.to_string())),
        };
        self.link.report.say(format_args!("   the IKE SA is over"));
        self.ended.push((Some(id), outcome));
        Ok(())
    }

    fn distrust_eap(&mut self) -> Failure {
        let text = self.link.report.seen.eap.clone().unwrap_or_else(|| "EAP ended with Failure".into());
        self.link.report.say(format_args!("   authentication failed: {text}"));
        Failure::Authentication(text)
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

/// The first octets of SHA-256 over the keys: equal on both sides when the keys are, and of no use to guess them.
fn fingerprint(install: &ChildInstall) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    let (inbound, outbound) = (install.inbound_keys(), install.outbound_keys());
    let (initiator, responder) = if install.is_initiator() { (outbound, inbound) } else { (inbound, outbound) };
    [initiator.encr, initiator.integ, responder.encr, responder.integ].iter().for_each(|key| context.update(key));
    context.finish().as_ref().iter().take(4).map(|octet| format!("{octet:02x}")).collect()
}
