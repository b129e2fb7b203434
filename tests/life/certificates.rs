//! Handshakes with certificates, computed in earnest: the application looks at chains, and signs.

use crate::toy::Seeded;
use bytes::Bytes;
use ikev2::Instant;
use ikev2::auth::{KeyType, Signer};
use ikev2::cert::{KeyPurposes, PathRequest, validate};
use ikev2::identity::Identity;
use ikev2::proposal::{Dialect, Policy, notation::strongswan};
use ikev2::provider::{Provider, SigningKey};
use ikev2::selectors::{Selector, narrow};
use ikev2::session::{
    AuthFailure, ChildConfig, CloseReason, Config, Decision, Endpoint, Event, Inquiry, LocalAuth, LocalSignature, NetworkPath,
    PathEncapsulation, PeerConfig, RemoteAuth, RemoteSignature,
};

/// In January 2027, when the certificates are good.
const WALL_CLOCK: i64 = 1_800_000_000;

/// What an application knows that answers the questions of an endpoint.
struct Application {
    provider: Provider,
    peer: PeerConfig,
    /// Our private key, or what reaches it: a smart card, an agent.
    key: Box<dyn Signer>,
    anchors: Vec<Bytes>,
    /// Seconds since the start of 1970 in UTC.
    wall_clock: i64,
    networks: Vec<Selector>,
}

impl Application {
    fn decide(&self, question: Inquiry) -> Decision {
        match question {
            Inquiry::PeerConfig { .. } => Decision::Peer(self.peer.clone().into()),
            Inquiry::VerifyChain { peer, certificates } => self.key_of(&peer, &certificates).map_or(Decision::Refuse, Decision::Trusted),
            Inquiry::Sign(to_sign) => to_sign.sign(&*self.key).unwrap_or(Decision::Refuse),
            Inquiry::Narrow { local, remote, .. } => Decision::Narrowed { local: narrow(&local, &self.networks), remote },
            _ => Decision::Refuse,
        }
    }

    /// The peer's key: a path leads from its certificate to an anchor, and the certificate is for the identity that the peer claims.
    fn key_of(&self, peer: &Identity, certificates: &[Bytes]) -> Option<Vec<u8>> {
        let (leaf, others) = certificates.split_first()?;
        let others: Vec<&[u8]> = others.iter().map(|other| &**other).collect();
        let anchors: Vec<&[u8]> = self.anchors.iter().map(|anchor| &**anchor).collect();
        // What gateways and clients are given is often made for TLS.
        let purposes = KeyPurposes::IKE.with_server_auth().with_client_auth();
        let request = PathRequest::new(&self.provider, leaf, &anchors, self.wall_clock).with_others(&others).with_purposes(purposes);
        let path = validate(&request).ok()?;
        peer.matches_certificate(path.leaf()).then(|| path.leaf().public_key().spki().to_vec())
    }
}

/// The blocks of a file of tests/data/handshake.
fn pem(name: &str) -> Vec<Bytes> {
    crate::pem::octets(&format!("handshake/{name}.pem")).into_iter().map(Bytes::from).collect()
}

/// One side of a handshake: its endpoint, its application, and how it ended.
struct Side {
    endpoint: Endpoint,
    application: Application,
    seen: Vec<&'static str>,
    closed: Option<CloseReason>,
}

impl Side {
    /// With the key and the certificates of `kind`; it believes in the authorities of `trusted`.
    fn new(kind: &str, (key_type, pss): (KeyType, bool), name: &str, is_client: bool, trusted: &str) -> Self {
        let provider = Provider::builtin();
        let file = format!("{kind}-{}", if is_client { "client" } else { "server" });
        let policy = |proposals| Policy::new(Dialect::Rfc, proposals).unwrap();
        let ike = policy(strongswan::parse_ike("aes256gcm16-prfsha256-x25519").unwrap());
        let esp = policy(strongswan::parse_esp("aes256gcm16").unwrap());
        let everything: [Selector; 1] = ["0.0.0.0/0".parse().unwrap()];
        let child = ChildConfig::new(&provider, &esp, everything, everything).with_narrow_asked(true);
        let key = SigningKey::from_pkcs8(&pem(&format!("{file}.key"))[0]).unwrap();
        let local = LocalAuth::Signature(LocalSignature::new(key_type, pem(&file)).with_pss(pss));
        let remote = RemoteAuth::Signature(RemoteSignature::new().with_authorities([[7; 20]]));
        let peer = PeerConfig::new(name.parse().unwrap(), local, remote).with_child(child);
        let endpoint = Endpoint::new(Config::new(&provider, &ike), provider, Box::new(Seeded(u64::from(is_client))));
        let networks = vec!["10.0.0.0/8".parse().unwrap()];
        let anchors = pem(&format!("{trusted}-root"));
        let application = Application { provider, peer, key: Box::new(key), anchors, wall_clock: WALL_CLOCK, networks };
        Self { endpoint, application, seen: Vec::new(), closed: None }
    }

    fn events(&mut self) {
        while let Some((_, event)) = self.endpoint.poll_event() {
            match event {
                Event::Ask(ask) => {
                    let decision = self.application.decide(ask.question);
                    self.endpoint.decide(Instant::START, ask.token, decision).unwrap();
                }
                Event::ChildInstall { token, .. } => self.endpoint.decide(Instant::START, token, Decision::Installed).unwrap(),
                Event::Established(_) => self.seen.push("established"),
                Event::ChildUp(_) => self.seen.push("child"),
                Event::Closed(why) => self.closed = Some(why),
                _ => {}
            }
        }
    }
}

/// Lets both send until neither has anything to say.
fn meet(client: &mut Side, server: &mut Side) {
    meet_by(PathEncapsulation::Udp, client, server);
}

/// Gives the sizes of what was sent, in octets.
fn meet_by(encapsulation: PathEncapsulation, client: &mut Side, server: &mut Side) -> Vec<usize> {
    let path = NetworkPath::new("192.0.2.2:500".parse().unwrap(), "192.0.2.1:500".parse().unwrap(), encapsulation);
    client.endpoint.initiate(Instant::START, path, client.application.peer.clone().with_any_identity(true)).unwrap();
    let (mut buf, mut is_client, mut sizes) = (vec![0; 65_535], true, Vec::new());
    for _ in 0..64 {
        let (from, to) = if is_client { (&mut *client, &mut *server) } else { (&mut *server, &mut *client) };
        from.events();
        while let Some(sent) = from.endpoint.poll_transmit(Instant::START, &mut buf).unwrap() {
            sizes.push(sent.len);
            let back = NetworkPath { local: sent.path.peer, peer: sent.path.local, ..sent.path };
            let _ = to.endpoint.handle(Instant::START, back, &mut buf[..sent.len]);
            to.events();
        }
        is_client = !is_client;
    }
    sizes
}

const KINDS: [(&str, KeyType); 4] =
    [("rsa4096", KeyType::Rsa), ("p256", KeyType::EcdsaP256), ("p384", KeyType::EcdsaP384), ("ed25519", KeyType::Ed25519)];

#[test]
fn rfc_7427_both_sides_authenticate_by_certificates_of_every_kind() {
    for (kind, key_type) in KINDS {
        for pss in [false, true] {
            let mut client = Side::new(kind, (key_type, pss), "carol.example.org", true, kind);
            let mut server = Side::new(kind, (key_type, pss), "moon.example.org", false, kind);
            meet(&mut client, &mut server);
            assert_eq!((client.closed, server.closed), (None, None), "{kind}");
            assert_eq!((&*client.seen, &*server.seen), (&["established", "child"][..], &["established", "child"][..]), "{kind}");
        }
    }
}

#[test]
fn rfc_9329_section_7_5_certificates_go_whole_by_tcp() {
    let (kind, key_type) = KINDS[0];
    let mut client = Side::new(kind, (key_type, false), "carol.example.org", true, kind);
    let mut server = Side::new(kind, (key_type, false), "moon.example.org", false, kind);
    let sizes = meet_by(PathEncapsulation::Tcp, &mut client, &mut server);
    assert_eq!((&*client.seen, &*server.seen), (&["established", "child"][..], &["established", "child"][..]));
    assert!(sizes.len() == 4 && sizes[2..].iter().all(|size| *size > 2_000), "{sizes:?}");
}

#[test]
fn a_chain_that_leads_elsewhere_is_refused_by_the_side_that_looks_at_it() {
    let (p256, p384) = (KINDS[1], KINDS[2]);
    let unknown = CloseReason::Authentication(AuthFailure::Certificate);
    let pair = |trusted_by_client, trusted_by_server| {
        let mut client = Side::new(p256.0, (p256.1, false), "carol.example.org", true, trusted_by_client);
        let mut server = Side::new(p256.0, (p256.1, false), "moon.example.org", false, trusted_by_server);
        meet(&mut client, &mut server);
        (client.closed, server.closed)
    };
    assert_eq!(pair(p256.0, p384.0), (Some(CloseReason::NotAuthenticated), Some(unknown)));
    // RFC 7296 section 2.21.2: the responder is told in an exchange of its own.
    assert_eq!(pair(p384.0, p256.0), (Some(unknown), Some(CloseReason::NotAuthenticated)));
}

#[test]
fn rfc_4945_section_3_1_a_certificate_of_another_name_is_refused() {
    let (kind, key_type) = KINDS[3];
    let mut client = Side::new(kind, (key_type, false), "dave.example.org", true, kind);
    let mut server = Side::new(kind, (key_type, false), "moon.example.org", false, kind);
    meet(&mut client, &mut server);
    assert_eq!(server.closed, Some(CloseReason::Authentication(AuthFailure::Certificate)));
    assert_eq!(client.closed, Some(CloseReason::NotAuthenticated));
}
