//! Two endpoints in memory, each the other's peer.

use ikev2::Instant;
use ikev2::error::CryptoError;
use ikev2::proposal::{Dialect, Policy, notation::strongswan};
use ikev2::provider::{Provider, Random};
use ikev2::selectors::Selector;
use ikev2::session::{
    ChildConfig, ChildId, Config, Decision, Endpoint, Event, Inquiry, Limits, LocalAuth, NetworkPath, PathEncapsulation, PeerConfig,
    RemoteAuth, SaId, SharedKey,
};
use std::hint::black_box;
use std::sync::Arc;

pub const IKE: &str = "aes256gcm16-prfsha256-x25519";
pub const ESP: &str = "aes256gcm16";

/// What an application decides beside who the peer is.
pub type Decide = Box<dyn Fn(Inquiry) -> Decision>;

/// splitmix64: the measure is not of the generator.
pub struct Seeded(pub u64);

impl Random for Seeded {
    fn fill(&mut self, octets: &mut [u8]) -> Result<(), CryptoError> {
        for chunk in octets.chunks_mut(8) {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_be_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

pub fn policy(text: &str, is_ike: bool) -> Policy {
    let proposals = if is_ike { strongswan::parse_ike(text) } else { strongswan::parse_esp(text) };
    Policy::new(Dialect::Rfc, proposals.unwrap()).unwrap()
}

/// Two endpoints, and what both know of the other.
pub struct Pair {
    pub ends: [Endpoint; 2],
    begins: PeerConfig,
    answers: Arc<PeerConfig>,
    decide: [Decide; 2],
    pub child: Option<ChildId>,
    /// The names of the IKE SAs that are up, at either end.
    pub up: [Vec<SaId>; 2],
    pub buf: Vec<u8>,
    pub now: Instant,
}

impl Pair {
    /// With a shared key.
    pub fn new(esp: &str) -> Self {
        let key = SharedKey::new("secret of both");
        let proof = || (LocalAuth::SharedKey(key.clone()), RemoteAuth::SharedKey(key.clone()));
        let nothing = || -> Decide { Box::new(|question| panic!("{question:?}")) };
        Self::of(esp, [proof(), proof()], [nothing(), nothing()])
    }

    pub fn of(esp: &str, proofs: [(LocalAuth, RemoteAuth); 2], decide: [Decide; 2]) -> Self {
        let provider = Provider::builtin();
        let limits = Limits {
            ike_sas: usize::MAX,
            half_open: usize::MAX,
            half_open_per_source: usize::MAX,
            cookie_threshold: usize::MAX,
            ..Limits::default()
        };
        let config = Config::new(&provider, &policy(IKE, true)).with_limits(limits);
        let peer = |own: &str, (local_auth, remote_auth), local: &str, remote: &str| {
            let selector = |text: &str| [text.parse::<Selector>().unwrap()];
            let child = ChildConfig::new(&provider, &policy(esp, false), selector(local), selector(remote));
            PeerConfig::new(own.parse().unwrap(), local_auth, remote_auth).with_child(child).with_initial_contact(false)
        };
        let [of_carol, of_moon] = proofs;
        let begins =
            peer("carol.example.org", of_carol, "10.2.0.0/16", "10.1.0.0/16").with_expected_identity("moon.example.org".parse().unwrap());
        let answers = Arc::new(peer("moon.example.org", of_moon, "10.1.0.0/16", "10.2.0.0/16"));
        let ends = [1, 2].map(|seed| Endpoint::new(config.clone(), provider, Box::new(Seeded(seed))));
        Self { ends, begins, answers, decide, child: None, up: [Vec::new(), Vec::new()], buf: vec![0; 65_535], now: Instant::START }
    }

    fn initiate(&mut self) {
        let path = NetworkPath::new("192.0.2.2:500".parse().unwrap(), "192.0.2.1:500".parse().unwrap(), PathEncapsulation::Udp);
        self.ends[0].initiate(self.now, path, self.begins.clone()).unwrap();
    }

    fn events(&mut self, end: usize) {
        while let Some((id, event)) = self.ends[end].poll_event() {
            match event {
                Event::Ask(ask) => {
                    let decision = match ask.question {
                        Inquiry::PeerConfig { .. } => Decision::Peer(self.answers.clone()),
                        question => (self.decide[end])(question),
                    };
                    self.ends[end].decide(self.now, ask.token, decision).unwrap();
                }
                Event::ChildInstall { token, install, .. } => {
                    black_box(install.inbound_keys());
                    self.ends[end].decide(self.now, token, Decision::Installed).unwrap();
                }
                Event::ChildUp(child) | Event::ChildRekeyed { new: child, .. } if end == 0 => self.child = Some(child),
                Event::Established(_) => self.up[end].push(id),
                Event::Closed(why) => panic!("{why}"),
                _ => {}
            }
        }
    }

    /// Lets one end send what it has, in all; the other takes it.
    fn send(&mut self, from: usize) -> bool {
        self.events(from);
        let mut has_sent = false;
        while let Some(sent) = self.ends[from].poll_transmit(self.now, &mut self.buf).unwrap() {
            let back = NetworkPath { local: sent.path.peer, peer: sent.path.local, ..sent.path };
            let _ = black_box(self.ends[1 - from].handle(self.now, back, &mut self.buf[..sent.len]));
            has_sent = true;
        }
        self.events(1 - from);
        has_sent
    }

    pub fn settle(&mut self) {
        while self.send(0) | self.send(1) {}
    }

    pub fn handshake(&mut self) {
        self.initiate();
        self.settle();
    }

    pub fn with_sas(count: usize) -> Self {
        let mut pair = Self::new(ESP);
        (0..count).for_each(|_| pair.handshake());
        assert_eq!((pair.up[0].len(), pair.up[1].len()), (count, count));
        pair
    }
}
