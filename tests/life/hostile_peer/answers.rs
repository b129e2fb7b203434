//! Responses of the hostile peer to what the other side asks.

use super::acts::{Octets, build, notify};
use super::{NONE, Peer};
use crate::forger::Read;
use crate::host::policy;
use crate::rig::MOON;
use crate::toy::secret;
use ikev2::keys::Nonces;
use ikev2::proposal::{NegotiationContext, Question, negotiate};
use ikev2::registry::{ExchangeType, KeMethod, NotifyType, PayloadType};
use ikev2::wire::{IkeSpis, KeyExchange, Nonce, Notify, Payload};

impl Peer {
    /// Answers one of the other side's requests, well or badly; the request is then forgotten, unless it comes again.
    pub(crate) fn answer(&mut self) {
        if self.asked.is_empty() {
            return;
        }
        let at = self.random.below(self.asked.len() as u64) as usize;
        let (on, read) = self.asked.swap_remove(at);
        let content = match self.random.below(20) {
            0 => self.any_content(),
            1 => (NONE, Vec::new()),
            2..7 => {
                let ty = self.notify_type();
                let data = if ty == NotifyType::INVALID_KE_PAYLOAD { vec![0, self.pick(&[19, 31, 35])] } else { Vec::new() };
                notify(ty, &data)
            }
            7 => {
                let (first, mut content) = self.right(on, &read);
                content.truncate(self.random.below(content.len() as u64) as usize);
                (first, content)
            }
            _ => self.right(on, &read),
        };
        let exchange = if self.random.percent(95) { read.header.exchange } else { ExchangeType::INFORMATIONAL };
        self.say(on, (exchange, true, read.header.message_id), content);
    }

    /// The response of an honest peer.
    fn right(&mut self, on: usize, read: &Read) -> Octets {
        match read.header.exchange {
            ExchangeType::CREATE_CHILD_SA => self.agree(on, read).unwrap_or((NONE, Vec::new())),
            ExchangeType::IKE_FOLLOWUP_KE => {
                let public = self.draw(768);
                build(|chain| {
                    chain.push(Payload::KeyExchange(KeyExchange { method: KeMethod::ML_KEM_512, data: &public }));
                })
            }
            _ => (NONE, Vec::new()),
        }
    }

    fn agree(&mut self, on: usize, read: &Read) -> Option<Octets> {
        let parts = read.chain().parts(&read.header).ok()?;
        let is_child = parts.ts_i.is_some();
        let proposals = self.rig.hosts[MOON].proposals;
        let context = if is_child { NegotiationContext::CreateChildSa } else { NegotiationContext::RekeyIkeSa };
        let chosen = policy(if is_child { proposals.esp } else { proposals.ike }, !is_child);
        let asked = Question::new(context, parts.key_exchange.map(|ke| ke.method));
        let selection = negotiate(parts.first(PayloadType::SA)?.body, asked, &chosen).ok()?;
        let (n_r, public, own) = (self.nonce(), self.draw(32), self.random.next() | 256);
        let spi = if is_child { own.to_be_bytes()[4..].to_vec() } else { own.to_be_bytes().to_vec() };
        let method = selection.ke_method();
        let has_more = !selection.key_exchanges().ok()?.additional().is_empty();
        let content = build(|chain| {
            chain.sa(|sa| selection.emit(sa, &spi));
            chain.push(Payload::Nonce(Nonce { data: &n_r }));
            if let Some(method) = method {
                chain.push(Payload::KeyExchange(KeyExchange { method, data: &public }));
            }
            if let (Some(ts_i), Some(ts_r)) = (parts.ts_i, parts.ts_r) {
                chain.push(Payload::TsI(ts_i));
                chain.push(Payload::TsR(ts_r));
            }
            if has_more {
                chain.push(Payload::Notify(Notify::new(NotifyType::ADDITIONAL_KEY_EXCHANGE, &[1, 2, 3])));
            }
        });
        if !is_child && !has_more {
            let initiator = u64::from_be_bytes(selection.peer_spi().try_into().ok()?);
            let mut exchanges = selection.key_exchanges().ok()?.start();
            exchanges.add_secret(method?, secret(parts.key_exchange?.data, &public).as_octets()).ok()?;
            let nonces = Nonces { initiator: parts.nonce?.data, responder: &n_r };
            let spis = IkeSpis { initiator, responder: own };
            let forger = self.forgers[on].rekeyed(nonces, &exchanges.finish().ok()?, spis, false);
            self.forgers.push(forger);
        }
        Some(content)
    }
}
