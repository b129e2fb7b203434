//! An IKE SA: keys, windows, and what is sealed and opened with them.

use super::failure::Failure;
use super::followup::Pending;
use super::link::{Link, Peer};
use super::payloads::Content;
use super::random;
use super::suite::{Algorithms, PROVIDER};
use ikev2::exchange::{DeferredRequest, ForeignRequest, ReceiveWindow, SaOrigin, SendWindow};
use ikev2::fragment::{FragmentationSupport, Layout, OutgoingMessage, Progress, Reassembled, Reassembler, ReassemblyLimits, Splitter};
use ikev2::keys::{AdditionalKeyExchanges, ChildKeys, IkeKeys, IntAuth, Nonces, Skeyseed};
use ikev2::protect::{self, IvSequence, Opener, Sealer};
use ikev2::registry::{ExchangeType, HashAlgorithm, KeMethod};
use ikev2::wire::{Header, IkeSpis};
use ikev2::{Instant, Role};
use ring::digest;

pub(crate) struct IkeSa {
    pub(crate) spis: IkeSpis,
    /// Our side.
    pub(crate) role: Role,
    pub(crate) algorithms: Algorithms,
    pub(crate) keys: IkeKeys,
    sealer: Box<dyn Sealer>,
    opener: Box<dyn Opener>,
    /// Of the keys before an additional key exchange: a request sent again still comes under them.
    previous: Option<Box<dyn Opener>>,
    reassembler: Reassembler,
    negotiated: FragmentationSupport,
    pub(crate) requests: SendWindow,
    pub(crate) served: ReceiveWindow<Vec<Vec<u8>>>,
    pub(crate) peer: Peer,
    pub(crate) mtu: u16,
    pub(crate) children: Vec<Child>,
    /// Of a responder to CREATE_CHILD_SA, until its additional key exchanges are over.
    pub(crate) pending: Option<Pending>,
    /// Of a responder, until IKE_AUTH is over.
    pub(crate) handshake: Option<Handshake>,
    /// Of an initiator, until the responder has authenticated itself: till then it has nothing to ask for.
    pub(crate) awaits_auth: bool,
    /// We are rekeying it.
    pub(crate) rekeying: bool,
}

/// A Child SA; its keys are derived and not used.
pub(crate) struct Child {
    /// The SPI we receive under, and the peer's.
    pub(crate) spi_in: [u8; 4],
    pub(crate) spi_out: [u8; 4],
    keys: ChildKeys,
}

/// What IKE_AUTH needs to know of the exchanges before it.
pub(crate) struct Handshake {
    pub(crate) request: Vec<u8>,
    pub(crate) response: Vec<u8>,
    pub(crate) n_i: Vec<u8>,
    pub(crate) n_r: Vec<u8>,
    pub(crate) int_auth: IntAuth,
    pub(crate) has_intermediate: bool,
    /// What the peer announced in SIGNATURE_HASH_ALGORITHMS.
    pub(crate) peer_hashes: Vec<HashAlgorithm>,
    /// Additional key exchanges still to come.
    pub(crate) additional: AdditionalKeyExchanges,
    /// When it began.
    pub(crate) begun: Instant,
    /// The peer takes IKE_AUTH without a child SA.
    pub(crate) childless: bool,
}

impl Handshake {
    pub(crate) fn nonces(&self) -> Nonces<'_> {
        Nonces { initiator: &self.n_i, responder: &self.n_r }
    }

    /// IntAuth, when there were IKE_INTERMEDIATE exchanges before the IKE_AUTH request `message_id`.
    pub(crate) fn int_auth(&self, message_id: u32) -> Result<Vec<u8>, Failure> {
        if self.has_intermediate { Ok(self.int_auth.finish(message_id)?) } else { Ok(Vec::new()) }
    }
}

/// What became of a protected message.
pub(crate) enum Arrived {
    Ignored(String),
    /// The request was answered before.
    AnsweredBefore(u32),
    Part {
        have: u16,
        of: u16,
    },
    Whole(Reassembled),
}

impl Child {
    pub(crate) fn new(spi_in: [u8; 4], spi_out: [u8; 4], keys: ChildKeys) -> Self {
        Self { spi_in, spi_out, keys }
    }

    /// The first octets of SHA-256 over the keys: equal on both sides when the keys are, and of no use to guess them.
    pub(crate) fn fingerprint(&self) -> String {
        let mut context = digest::Context::new(&digest::SHA256);
        [self.keys.encr_i(), self.keys.integ_i(), self.keys.encr_r(), self.keys.integ_r()].iter().for_each(|key| context.update(key));
        context.finish().as_ref().iter().take(4).map(|octet| format!("{octet:02x}")).collect()
    }
}

impl IkeSa {
    pub(crate) fn new(
        (spis, role, origin): (IkeSpis, Role, SaOrigin),
        algorithms: Algorithms,
        keys: IkeKeys,
        (peer, mtu): (Peer, u16),
        negotiated: FragmentationSupport,
    ) -> Result<Self, Failure> {
        let (sealer, opener) = ciphers(&algorithms, &keys, role)?;
        let mut reassembler = Reassembler::new(ReassemblyLimits::default());
        reassembler.set_negotiated(negotiated.is_negotiated());
        Ok(Self {
            spis,
            role,
            algorithms,
            keys,
            sealer,
            opener,
            previous: None,
            reassembler,
            negotiated,
            requests: SendWindow::new(origin),
            served: ReceiveWindow::new(origin),
            peer,
            mtu,
            children: Vec::new(),
            pending: None,
            handshake: None,
            awaits_auth: false,
            rekeying: false,
        })
    }

    /// The SPI we chose: what the SA is known by here.
    pub(crate) fn key(&self) -> u64 {
        match self.role {
            Role::Initiator => self.spis.initiator,
            Role::Responder => self.spis.responder,
        }
    }

    pub(crate) fn negotiated(&self) -> FragmentationSupport {
        self.negotiated
    }

    /// The keys after an additional key exchange; what comes under the old ones can still be opened.
    pub(crate) fn update(&mut self, keys: IkeKeys) -> Result<(), Failure> {
        let (sealer, opener) = ciphers(&self.algorithms, &keys, self.role)?;
        self.keys = keys;
        self.sealer = sealer;
        self.previous = Some(std::mem::replace(&mut self.opener, opener));
        Ok(())
    }

    /// The keys that follow from an additional key exchange (RFC 9370 section 2.2.2).
    pub(crate) fn updated_keys(&self, handshake: &mut Handshake, method: KeMethod, secret: &[u8]) -> Result<IkeKeys, Failure> {
        let prf = self.algorithms.prf;
        let nonces = Nonces { initiator: &handshake.n_i, responder: &handshake.n_r };
        let skeyseed = Skeyseed::updated(prf, self.keys.sk_d(), nonces, &mut handshake.additional, method, secret)?;
        Ok(IkeKeys::derive(prf, &skeyseed, nonces, self.spis, self.algorithms.lengths())?)
    }

    /// The datagrams of one message, sealed: to be sent, and sent again, as they are.
    pub(crate) fn seal(
        &mut self,
        (exchange, response, message_id): (ExchangeType, bool, u32),
        content: &Content,
        link: &Link,
    ) -> Result<Vec<Vec<u8>>, Failure> {
        let header = Header { spis: self.spis, exchange, initiator: self.role.is_initiator(), response, message_id };
        let message = OutgoingMessage { header, unprotected: &[], first_payload: content.first, content: &content.octets };
        let splitter = Splitter::new(link.path(self.peer, self.mtu), Layout::Fill, self.negotiated);
        let mut datagrams = splitter.datagrams(&message, &mut *self.sealer)?;
        let mut buf = vec![0; datagrams.max_len()];
        let mut sealed = Vec::new();
        while let Some(datagram) = datagrams.next_into(&mut buf) {
            sealed.push(datagram?.to_vec());
        }
        Ok(sealed)
    }

    /// Opens a datagram of the peer. What is not authentic, or not due, changes nothing.
    pub(crate) fn open(&mut self, mut octets: Vec<u8>, now: Instant) -> Arrived {
        let mut copy = self.previous.as_ref().map(|_| octets.clone());
        let (opened, outdated) = match (protect::open(&mut octets, &*self.opener), &self.previous, &mut copy) {
            (Err(_), Some(previous), Some(copy)) => (protect::open(copy, &**previous), true),
            (opened, ..) => (opened, false),
        };
        let opened = match opened {
            Ok(opened) => opened,
            Err(error) => return Arrived::Ignored(error.to_string()),
        };
        let header = *opened.header();
        // Anything new under the old keys would be only as safe as the first key exchange (RFC 9370 section 2.2.2).
        if outdated && (header.response || self.served.response(header.message_id).is_none()) {
            return Arrived::Ignored("it comes under keys that an additional key exchange has replaced".into());
        }
        if !header.response && self.awaits_auth {
            return Arrived::Ignored("a request before the peer has authenticated itself".into());
        }
        if header.response && !self.requests.is_outstanding(header.message_id) {
            return Arrived::Ignored(format!("response {} to no request of ours", header.message_id));
        }
        if !header.response && self.served.is_ahead(header.message_id) {
            return Arrived::Ignored(format!("request {} is ahead of the window", header.message_id));
        }
        match self.reassembler.push(&opened, now) {
            Ok(Progress::Complete(message)) => Arrived::Whole(message),
            Ok(Progress::Pending { received: have, total: of }) => Arrived::Part { have, of },
            Ok(Progress::ResendResponse) => Arrived::AnsweredBefore(header.message_id),
            Ok(Progress::Ignored(reason)) => Arrived::Ignored(reason.to_string()),
            Ok(_) => Arrived::Ignored("an unknown outcome".into()),
            Err(error) => Arrived::Ignored(error.to_string()),
        }
    }

    /// Keeps the response to a request, to send it again.
    pub(crate) fn answered(&mut self, request: DeferredRequest, datagrams: Vec<Vec<u8>>) -> Result<(), ForeignRequest> {
        let message_id = request.message_id();
        self.served.answer(request, datagrams)?;
        self.reassembler.mark_answered(message_id);
        Ok(())
    }
}

/// For what we send, and for what we receive.
type Ciphers = (Box<dyn Sealer>, Box<dyn Opener>);

fn ciphers(algorithms: &Algorithms, keys: &IkeKeys, role: Role) -> Result<Ciphers, Failure> {
    let own = (keys.sk_ei(), keys.sk_ai());
    let theirs = (keys.sk_er(), keys.sk_ar());
    let (out, back) = if role.is_initiator() { (own, theirs) } else { (theirs, own) };
    let ivs = IvSequence::new(&random::array()?);
    Ok((algorithms.suite.sealer(&PROVIDER, out.0, out.1, ivs)?, algorithms.suite.opener(&PROVIDER, back.0, back.1)?))
}

#[cfg(test)]
mod tests {
    use super::super::args;
    use super::super::link::Port;
    use super::super::payloads::content;
    use super::*;
    use ikev2::exchange::RequestState;
    use ikev2::ke::KeyExchanges;
    use ikev2::keys::PrfFunction;
    use ikev2::proposal::notation::strongswan;
    use ikev2::proposal::{Dialect, NegotiationContext, Policy, Question, negotiate};
    use ikev2::protect::Suite;
    use ikev2::registry::{self, Encr};

    const NONCES: Nonces<'static> = Nonces { initiator: &[1; 32], responder: &[2; 32] };

    fn algorithms() -> Algorithms {
        let prf = PrfFunction::new(&PROVIDER, registry::Prf::PRF_HMAC_SHA2_256).unwrap();
        Algorithms { prf, suite: Suite::new(Encr::ENCR_AES_GCM_16, Some(256), None).unwrap(), ke: None }
    }

    /// X25519, then ML-KEM-768 in IKE_INTERMEDIATE.
    fn exchanges() -> KeyExchanges {
        let proposals = strongswan::parse_ike("aes256gcm16-prfsha256-x25519-ke1_mlkem768").unwrap();
        let policy = Policy::new(Dialect::Rfc, proposals).unwrap();
        let offer = policy.offer(&[]).unwrap();
        negotiate(&offer, Question::new(NegotiationContext::IkeSaInit, Some(KeMethod::CURVE25519)), &policy)
            .unwrap()
            .key_exchanges()
            .unwrap()
    }

    /// Initiator and responder of one IKE SA, and a link to seal for.
    fn pair() -> (IkeSa, IkeSa, Link) {
        let line = "initiate 127.0.0.1 --id a --psk b --quiet".split(' ').map(Into::into);
        let Ok(args) = args::parse(line) else { panic!("the command line is right") };
        let link = Link::new(&args, Box::new(std::io::sink())).unwrap();
        let (algorithms, spis) = (algorithms(), IkeSpis { initiator: 7, responder: 8 });
        let peer = Peer { address: "127.0.0.1:500".parse().unwrap(), port: Port::Plain };
        let side = |role| {
            let exchanges = exchanges();
            let (skeyseed, additional) = Skeyseed::initial(algorithms.prf, NONCES, exchanges, KeMethod::CURVE25519, &[3; 32]).unwrap();
            let keys = IkeKeys::derive(algorithms.prf, &skeyseed, NONCES, spis, algorithms.lengths()).unwrap();
            let mut sa =
                IkeSa::new((spis, role, SaOrigin::InitialExchange(role)), algorithms, keys, (peer, 1280), FragmentationSupport::Both)
                    .unwrap();
            sa.handshake = Some(Handshake {
                request: Vec::new(),
                response: Vec::new(),
                n_i: NONCES.initiator.to_vec(),
                n_r: NONCES.responder.to_vec(),
                int_auth: IntAuth::new(algorithms.prf),
                has_intermediate: false,
                peer_hashes: Vec::new(),
                additional,
                begun: Instant::START,
                childless: true,
            });
            sa
        };
        (side(Role::Initiator), side(Role::Responder), link)
    }

    fn sealed(from: &mut IkeSa, link: &Link, response: bool, id: u32) -> Vec<u8> {
        let empty = content(|_| {}).unwrap();
        from.seal((ExchangeType::INFORMATIONAL, response, id), &empty, link).unwrap().remove(0)
    }

    /// Answers request `id` without a datagram.
    fn answer(sa: &mut IkeSa, id: u32) {
        let RequestState::New(request) = sa.served.request(id) else { panic!("request {id} is not new") };
        let request = request.defer();
        sa.answered(request, Vec::new()).unwrap();
    }

    fn why(arrived: Arrived) -> String {
        match arrived {
            Arrived::Ignored(reason) => reason,
            Arrived::AnsweredBefore(id) => format!("again {id}"),
            Arrived::Part { .. } => "part".into(),
            Arrived::Whole(_) => "whole".into(),
        }
    }

    #[test]
    fn keys_that_were_replaced_open_retransmissions_only() {
        let (mut initiator, mut responder, link) = pair();
        let old: Vec<_> = (1..4).map(|id| sealed(&mut initiator, &link, false, id)).collect();
        assert_eq!(why(responder.open(old[0].clone(), Instant::START)), "whole");
        answer(&mut responder, 1);
        for sa in [&mut initiator, &mut responder] {
            let mut handshake = sa.handshake.take().unwrap();
            let keys = sa.updated_keys(&mut handshake, KeMethod::ML_KEM_768, &[4; 32]).unwrap();
            assert_eq!(handshake.additional.next_method(), None);
            sa.update(keys).unwrap();
        }
        assert_eq!(why(responder.open(old[0].clone(), Instant::START)), "again 1");
        assert!(why(responder.open(old[1].clone(), Instant::START)).contains("has replaced"));
        assert_eq!(why(responder.open(sealed(&mut initiator, &link, false, 2), Instant::START)), "whole");
        answer(&mut responder, 2);
        assert!(why(responder.open(old[2].clone(), Instant::START)).contains("has replaced"));
        assert_eq!(why(responder.open(sealed(&mut initiator, &link, false, 3), Instant::START)), "whole");
    }

    #[test]
    fn hostile_37_a_peer_not_yet_authenticated_asks_for_nothing() {
        let (mut initiator, mut responder, link) = pair();
        initiator.awaits_auth = true;
        let request = sealed(&mut responder, &link, false, 0);
        assert!(why(initiator.open(request.clone(), Instant::START)).contains("before the peer has authenticated itself"));
        // Its response is due, and what it asks for is heard afterwards, when it asks again.
        let id = initiator.requests.start().unwrap();
        assert_eq!(why(initiator.open(sealed(&mut responder, &link, true, id), Instant::START)), "whole");
        initiator.awaits_auth = false;
        assert_eq!(why(initiator.open(request, Instant::START)), "whole");
    }
}
