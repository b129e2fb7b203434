//! Requests of the hostile peer.

use super::{BOTH, NONE, Peer};
use crate::forger::Read;
use crate::host::policy;
use crate::rig::MOON;
use crate::toy::secret;
use arbitrary::{Arbitrary, Unstructured};
use ikev2::arbitrary::ValidContent;
use ikev2::exchange::MessageContent;
use ikev2::ke::PendingKeyExchanges;
use ikev2::keys::Nonces;
use ikev2::proposal::{NegotiationContext, check_response};
use ikev2::provider::Random;
use ikev2::registry::{ExchangeType, KeMethod, NotifyType, PayloadType, SecurityProtocol};
use ikev2::selectors::Selector;
use ikev2::wire::{ChainBuilder, Delete, IkeSpis, KeyExchange, Nonce, Notify, Payload};

/// The content of a message, as octets.
pub(crate) type Octets = (PayloadType, Vec<u8>);

/// A rekey of the IKE SA that the peer has begun.
pub(crate) struct OwnRekey {
    pub(crate) on: usize,
    pub(crate) id: u32,
    n_i: Vec<u8>,
    public: Vec<u8>,
    spi: u64,
    /// What the other side has agreed to, with key exchanges still to come.
    agreed: Option<(PendingKeyExchanges, Vec<u8>, IkeSpis)>,
}

pub(crate) fn octets(content: &MessageContent) -> Octets {
    (content.first_payload(), content.octets().to_vec())
}

pub(crate) fn build(payloads: impl Fn(&mut ChainBuilder<'_>)) -> Octets {
    MessageContent::build(payloads).map_or((NONE, Vec::new()), |content| octets(&content))
}

pub(crate) fn notify(ty: NotifyType, data: &[u8]) -> Octets {
    build(|chain| {
        chain.push(Payload::Notify(Notify::new(ty, data)));
    })
}

impl Peer {
    pub(crate) fn draw(&mut self, len: usize) -> Vec<u8> {
        let mut octets = vec![0; len];
        self.random.fill(&mut octets).unwrap();
        octets
    }

    pub(crate) fn nonce(&mut self) -> Vec<u8> {
        let len = if self.random.percent(90) { 32 } else { self.pick(&[16, 17, 255, 256]) };
        self.draw(len)
    }

    /// A KE payload: mostly what is due.
    fn ke(&mut self) -> (KeMethod, Vec<u8>) {
        let (method, len) = match self.random.below(20) {
            0 => (KeMethod::ECP_256, 64),
            1 => (KeMethod::CURVE25519, 31),
            2 => (KeMethod::ML_KEM_512, 800),
            3 => (KeMethod(self.random.below(70) as u16), 32),
            _ => (KeMethod::CURVE25519, 32),
        };
        (method, self.draw(len))
    }

    /// A type of notification: mostly one that means something to a session.
    pub(crate) fn notify_type(&mut self) -> NotifyType {
        const KNOWN: &[NotifyType] = &[
            NotifyType::TEMPORARY_FAILURE,
            NotifyType::NO_PROPOSAL_CHOSEN,
            NotifyType::INVALID_KE_PAYLOAD,
            NotifyType::CHILD_SA_NOT_FOUND,
            NotifyType::NO_ADDITIONAL_SAS,
            NotifyType::TS_UNACCEPTABLE,
            NotifyType::INVALID_SYNTAX,
            NotifyType::AUTHENTICATION_FAILED,
            NotifyType::STATE_NOT_FOUND,
            NotifyType::COOKIE,
            NotifyType::REDIRECT,
            NotifyType::UNSUPPORTED_CRITICAL_PAYLOAD,
        ];
        if self.random.percent(80) { self.pick(KNOWN) } else { NotifyType(self.random.next() as u16) }
    }

    /// Content that nobody has thought about.
    pub(crate) fn any_content(&mut self) -> Octets {
        let len = self.random.below(600) as usize;
        let drawn = self.draw(len);
        if self.random.percent(70) {
            let content = ValidContent::arbitrary(&mut Unstructured::new(&drawn)).unwrap();
            return (content.first_payload(), content.into_octets());
        }
        (PayloadType(self.random.below(56) as u8), drawn)
    }

    /// The SPI of a Child SA: one of the peer's own that is in use, mostly.
    fn spi(&mut self) -> [u8; 4] {
        let known: Vec<_> = self.rig.hosts[MOON].children.values().map(|child| child.outbound).collect();
        if known.is_empty() || self.random.percent(15) {
            (self.random.next() as u32).to_be_bytes()
        } else {
            self.pick(&known).to_be_bytes()
        }
    }

    /// A request for a Child SA, new or in the place of another.
    pub(crate) fn create_child(&mut self) -> Octets {
        let (nonce, (method, ke), own) = (self.nonce(), self.ke(), (self.random.next() as u32 | 256).to_be_bytes());
        let rekeys = self.random.percent(60).then(|| self.spi());
        let esp = policy(self.rig.hosts[MOON].proposals.esp, false);
        let many = if self.random.percent(10) { 255 } else { 1 };
        let has_ke = self.random.percent(95);
        let side = |text: &str| text.parse::<Selector>().unwrap();
        let (local, remote) = (side("10.2.0.0/16"), side("10.1.0.0/16"));
        build(|chain| {
            if let Some(spi) = &rekeys {
                chain.push(Payload::Notify(Notify { protocol: SecurityProtocol::ESP, spi, ty: NotifyType::REKEY_SA, data: &[] }));
            }
            chain.sa(|sa| esp.proposals()[0].emit(sa, 1, &own));
            chain.push(Payload::Nonce(Nonce { data: &nonce }));
            if has_ke {
                chain.push(Payload::KeyExchange(KeyExchange { method, data: &ke }));
            }
            chain.ts_i(|ts| (0..many).for_each(|_| _ = ts.selector(local.wire())));
            chain.ts_r(|ts| (0..many).for_each(|_| _ = ts.selector(remote.wire())));
        })
    }

    /// A request for a Child SA, new or in the place of another, as an honest peer sends it.
    pub(crate) fn create_child_plain(&mut self, spi: [u8; 4], rekeys: Option<[u8; 4]>) -> Octets {
        let (nonce, ke) = (self.draw(32), self.draw(32));
        let esp = policy(self.rig.hosts[MOON].proposals.esp, false);
        let side = |text: &str| text.parse::<Selector>().unwrap();
        build(|chain| {
            if let Some(old) = &rekeys {
                chain.push(Payload::Notify(Notify { protocol: SecurityProtocol::ESP, spi: old, ty: NotifyType::REKEY_SA, data: &[] }));
            }
            chain.sa(|sa| esp.proposals()[0].emit(sa, 1, &spi));
            chain.push(Payload::Nonce(Nonce { data: &nonce }));
            chain.push(Payload::KeyExchange(KeyExchange { method: KeMethod::CURVE25519, data: &ke }));
            chain.ts_i(|ts| _ = ts.selector(side("10.2.0.0/16").wire()));
            chain.ts_r(|ts| _ = ts.selector(side("10.1.0.0/16").wire()));
        })
    }

    /// A request for another generation.
    pub(crate) fn rekey(&mut self, on: usize) -> Octets {
        let (n_i, public, spi) = (self.nonce(), self.draw(32), self.random.next() | 1);
        let ike = policy(self.rig.hosts[MOON].proposals.ike, true);
        let last = if self.random.percent(50) { 0 } else { ike.proposals().len() - 1 };
        let content = build(|chain| {
            chain.sa(|sa| ike.proposals()[last].emit(sa, 1, &spi.to_be_bytes()));
            chain.push(Payload::Nonce(Nonce { data: &n_i }));
            chain.push(Payload::KeyExchange(KeyExchange { method: KeMethod::CURVE25519, data: &public }));
        });
        let id = self.forgers[on].next;
        self.rekeys.push(OwnRekey { on, id, n_i, public, spi, agreed: None });
        content
    }

    /// The next key exchange of what was agreed on.
    pub(crate) fn followup(&mut self, on: usize) -> Octets {
        let (public, link) = (self.draw(800), self.link.clone());
        let id = self.forgers[on].next;
        if let Some(rekey) = self.rekeys.iter_mut().rev().find(|rekey| rekey.on == on && rekey.agreed.is_some()) {
            rekey.id = id;
            rekey.public.clone_from(&public);
        }
        build(|chain| {
            chain.push(Payload::KeyExchange(KeyExchange { method: KeMethod::ML_KEM_512, data: &public }));
            chain.push(Payload::Notify(Notify::new(NotifyType::ADDITIONAL_KEY_EXCHANGE, &link)));
        })
    }

    /// The other side has answered: a new generation, or the next key exchange of one.
    pub(crate) fn rekey_answered(&mut self, on: usize, read: &Read) {
        let id = read.header.message_id;
        let Some(at) = self.rekeys.iter().position(|rekey| (rekey.on, rekey.id) == (on, id)) else { return };
        let mut rekey = self.rekeys.swap_remove(at);
        let Ok(parts) = read.chain().parts(&read.header) else { return };
        let Some(theirs) = parts.key_exchange else { return };
        let secret = secret(&rekey.public, theirs.data);
        let (mut exchanges, n_r, spis) = match rekey.agreed.take() {
            Some(agreed) => agreed,
            None => {
                let (Some(answer), Some(nonce)) = (parts.first(PayloadType::SA), parts.nonce) else { return };
                let Ok(selection) = check_response(answer.body, NegotiationContext::RekeyIkeSa, &policy(BOTH.ike, true)) else { return };
                let responder = u64::from_be_bytes(selection.peer_spi().try_into().unwrap());
                let spis = IkeSpis { initiator: rekey.spi, responder };
                (selection.key_exchanges().unwrap().start(), nonce.data.to_vec(), spis)
            }
        };
        if exchanges.add_secret(theirs.method, secret.as_octets()).is_err() {
            return;
        }
        if exchanges.next_method().is_some() {
            rekey.agreed = Some((exchanges, n_r, spis));
            self.rekeys.push(rekey);
            return;
        }
        let nonces = Nonces { initiator: &rekey.n_i, responder: &n_r };
        let forger = self.forgers[on].rekeyed(nonces, &exchanges.finish().unwrap(), spis, true);
        self.forgers.push(forger);
    }

    fn delete(&mut self) -> Octets {
        if self.random.percent(25) {
            return build(|chain| {
                chain.push(Payload::Delete(Delete::IKE_SA));
            });
        }
        let count = self.pick(&[1, 1, 1, 2, 300]);
        let spis: Vec<_> = (0..count).map(|_| self.spi()).collect();
        let protocol = self.pick(&[SecurityProtocol::ESP, SecurityProtocol::ESP, SecurityProtocol::AH]);
        build(|chain| {
            chain.delete(protocol, &spis);
        })
    }

    fn any_notify(&mut self) -> Octets {
        let (ty, len, own) = (self.notify_type(), self.random.below(40) as usize, self.spi());
        let data = self.draw(len);
        let spi = if self.random.percent(50) { &own[..] } else { &[] };
        build(|chain| {
            chain.push(Payload::Notify(Notify { protocol: SecurityProtocol::ESP, spi, ty, data: &data }));
        })
    }

    /// A request of whatever kind, on whatever generation.
    pub(crate) fn request(&mut self) {
        let newest = self.forgers.len() - 1;
        let on = if self.random.percent(70) { newest } else { self.random.below(self.forgers.len() as u64) as usize };
        let (create, informational) = (ExchangeType::CREATE_CHILD_SA, ExchangeType::INFORMATIONAL);
        let (exchange, content) = match self.random.below(40) {
            0..9 => (create, self.create_child()),
            9..16 => (create, self.rekey(on)),
            16..20 => (ExchangeType::IKE_FOLLOWUP_KE, self.followup(on)),
            20..26 => (informational, self.delete()),
            26..29 => (informational, (NONE, Vec::new())),
            29..32 => (informational, self.any_notify()),
            32 => (ExchangeType::IKE_AUTH, self.any_content()),
            33 => (ExchangeType::IKE_INTERMEDIATE, self.any_content()),
            34 => (ExchangeType(self.random.next() as u8), self.any_content()),
            35 => (create, self.any_content()),
            36 => (ExchangeType::IKE_FOLLOWUP_KE, self.any_content()),
            _ => (informational, self.any_content()),
        };
        let next = self.forgers[on].next;
        let id = match self.random.below(12) {
            0 => next.wrapping_sub(1),
            1 => self.pick(&[next + 1, 0, u32::MAX]),
            _ => next,
        };
        self.say(on, (exchange, false, id), content);
    }

    /// Says something in one datagram or in fragments, changed here and there.
    pub(crate) fn say(&mut self, on: usize, (exchange, response, id): (ExchangeType, bool, u32), (first, mut content): Octets) {
        if self.random.percent(8) && !content.is_empty() {
            let at = self.random.below(content.len() as u64) as usize;
            content[at] ^= 1 << self.random.below(8);
        }
        let header = self.forgers[on].header(exchange, response, id);
        if self.random.percent(85) {
            let message = self.forgers[on].whole(header, (first, &content));
            return self.put(message);
        }
        // Again and again with a rising Total, in no order, some of them lost.
        for mtu in [1280, 576, 200] {
            let mut fragments = self.forgers[on].fragments(header, (first, &content), mtu);
            while !fragments.is_empty() {
                let fragment = fragments.swap_remove(self.random.below(fragments.len() as u64) as usize);
                if self.random.percent(90) {
                    self.put(fragment);
                }
            }
        }
    }
}
