//! Whoever holds the keys of one side of an IKE SA: it seals what it likes. Of the stand-in for a key exchange both values are public, so
//! that the keys follow from what passes on the wire.

use crate::host::{PLAIN, policy};
use crate::toy::{PROVIDER, secret};
use ikev2::auth::SignedOctets;
use ikev2::fragment::strategy::SealedMessage;
use ikev2::fragment::{FragmentationSupport, OutgoingMessage, Path};
use ikev2::ke::KeyExchangeSecrets;
use ikev2::keys::{IkeKeys, KeyLengths, Nonces, PrfFunction, Skeyseed};
use ikev2::proposal::{NegotiationContext, check_response};
use ikev2::protect::{IvSequence, Opener, Sealer, Suite, open, seal_content};
use ikev2::registry::{Encr, ExchangeType, PayloadType, Prf};
use ikev2::wire::{Chain, Header, IkeSpis, Message};

pub(crate) fn prf() -> PrfFunction {
    PrfFunction::new(&PROVIDER, Prf::PRF_HMAC_SHA2_256).unwrap()
}

pub(crate) fn suite() -> Suite {
    Suite::new(Encr::ENCR_AES_GCM_16, Some(128), None).unwrap()
}

pub(crate) struct Forger {
    pub(crate) spis: IkeSpis,
    /// Whether it is the initiator of this generation.
    pub(crate) is_initiator: bool,
    keys: IkeKeys,
    sealer: Box<dyn Sealer>,
    opener: Box<dyn Opener>,
    /// The Message ID of its next request.
    pub(crate) next: u32,
}

/// A message that was opened.
#[derive(Clone, Debug)]
pub(crate) struct Read {
    pub(crate) header: Header,
    pub(crate) first: PayloadType,
    pub(crate) content: Vec<u8>,
}

impl Read {
    pub(crate) fn chain(&self) -> Chain<'_> {
        Chain::parse(self.first, &self.content).unwrap()
    }
}

impl Forger {
    fn new(spis: IkeSpis, is_initiator: bool, keys: IkeKeys, next: u32) -> Self {
        let (own, other) = if is_initiator { (keys.sk_ei(), keys.sk_er()) } else { (keys.sk_er(), keys.sk_ei()) };
        let sealer = suite().sealer(&PROVIDER, own, &[], IvSequence::new(&[9; 16])).unwrap();
        let opener = suite().opener(&PROVIDER, other, &[]).unwrap();
        Self { spis, is_initiator, keys, sealer, opener, next }
    }

    fn lengths() -> KeyLengths {
        KeyLengths { encr: suite().sk_e_len(), integ: suite().sk_a_len() }
    }

    /// One side after IKE_SA_INIT.
    pub(crate) fn after_init(request: &[u8], response: &[u8], is_initiator: bool) -> Self {
        let (request, response) = (Message::parse(request).unwrap(), Message::parse(response).unwrap());
        let (i, r) = (request.parts().unwrap(), response.parts().unwrap());
        let answer = r.first(PayloadType::SA).unwrap().body;
        let selection = check_response(answer, NegotiationContext::IkeSaInit, &policy(PLAIN.ike, true)).unwrap();
        let nonces = Nonces { initiator: i.nonce.unwrap().data, responder: r.nonce.unwrap().data };
        let secret = secret(i.key_exchange.unwrap().data, r.key_exchange.unwrap().data);
        let method = selection.ke_method().unwrap();
        let (skeyseed, _) = Skeyseed::initial(prf(), nonces, selection.key_exchanges().unwrap(), method, secret.as_octets()).unwrap();
        let spis = response.header().spis;
        let keys = IkeKeys::derive(prf(), &skeyseed, nonces, spis, Self::lengths()).unwrap();
        Self::new(spis, is_initiator, keys, u32::from(is_initiator))
    }

    /// One side after a rekey of the IKE SA.
    pub(crate) fn rekeyed(&self, nonces: Nonces<'_>, secrets: &KeyExchangeSecrets, spis: IkeSpis, is_initiator: bool) -> Self {
        let skeyseed = Skeyseed::rekeyed(prf(), self.keys.sk_d(), nonces, secrets).unwrap();
        Self::new(spis, is_initiator, IkeKeys::derive(prf(), &skeyseed, nonces, spis, Self::lengths()).unwrap(), 0)
    }

    pub(crate) fn header(&self, exchange: ExchangeType, response: bool, message_id: u32) -> Header {
        Header { spis: self.spis, exchange, initiator: self.is_initiator, response, message_id }
    }

    /// Authentication Data of method 2 of this side, without a PPK: over its own message of IKE_SA_INIT, the nonce of the other, and an identity.
    pub(crate) fn auth(&self, secret: &[u8], message: &[u8], nonce: &[u8], id: &[u8]) -> Vec<u8> {
        let sk_p = if self.is_initiator { self.keys.sk_pi() } else { self.keys.sk_pr() };
        SignedOctets::new(prf(), sk_p, message, nonce, id).shared_key(secret).as_octets().to_vec()
    }

    /// A message in one datagram, however large.
    pub(crate) fn whole(&mut self, header: Header, (first, content): (PayloadType, &[u8])) -> Vec<u8> {
        let mut buf = vec![0; content.len() + 200];
        match seal_content(&mut buf, &header, &[], &mut *self.sealer, first, content) {
            Ok(message) => message.to_vec(),
            Err(_) => Vec::new(),
        }
    }

    /// A message in fragments for a path of so many octets.
    pub(crate) fn fragments(&mut self, header: Header, (first, content): (PayloadType, &[u8]), mtu: u16) -> Vec<Vec<u8>> {
        let message = OutgoingMessage { header, unprotected: &[], first_payload: first, content };
        let sealed = SealedMessage::negotiated(Path::ipv4(mtu), FragmentationSupport::Both, &message, &mut *self.sealer);
        sealed.map(|sealed| sealed.datagrams().iter().map(|octets| octets.to_vec()).collect()).unwrap_or_default()
    }

    /// Opens what the other side sent, if it is of this generation.
    pub(crate) fn read(&self, datagram: &[u8]) -> Option<Read> {
        let mut copy = datagram.to_vec();
        let opened = open(&mut copy, &*self.opener).ok()?;
        (opened.header().spis == self.spis).then(|| Read {
            header: *opened.header(),
            first: opened.first_payload(),
            content: opened.content().to_vec(),
        })
    }
}
