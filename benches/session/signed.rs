//! Handshakes with certificates of both sides, and the signatures in them.

use super::pair::{Decide, ESP, Pair};
use ikev2::auth::{KeyType, PublicKey, SignatureScheme, SignedOctets, Signer};
use ikev2::cert::{Certificate, KeyPurposes, PathRequest, validate};
use ikev2::keys::PrfFunction;
use ikev2::provider::{Provider, SigningKey};
use ikev2::registry::{AuthMethod, HashAlgorithm, Prf};
use ikev2::session::{Decision, Inquiry, LocalAuth, LocalSignature, RemoteAuth, RemoteSignature};
use ikev2::wire::Auth;
use std::hint::black_box;
use std::sync::Arc;

/// A day on which the certificates are good: 2027-01-15, UTC.
const WALL_CLOCK: i64 = 1_800_000_000;

fn pem(name: &str) -> Vec<Vec<u8>> {
    super::pem::octets(&format!("handshake/{name}.pem"))
}

/// The key and the certificates of one side.
struct Side {
    key: Arc<SigningKey>,
    chain: Vec<Vec<u8>>,
    anchors: Vec<Vec<u8>>,
}

impl Side {
    fn new(family: &str, side: &str) -> Self {
        let key = SigningKey::from_pkcs8(&pem(&format!("{family}-{side}.key"))[0]).unwrap();
        Self { key: Arc::new(key), chain: pem(&format!("{family}-{side}")), anchors: pem(&format!("{family}-root")) }
    }

    fn proof(&self) -> (LocalAuth, RemoteAuth) {
        let own = LocalSignature::new(self.key.key_type(), self.chain.iter().cloned());
        (LocalAuth::Signature(own), RemoteAuth::Signature(RemoteSignature::new()))
    }

    fn decide(&self) -> Decide {
        let (key, anchors) = (self.key.clone(), self.anchors.clone());
        Box::new(move |question| match question {
            Inquiry::Sign(to_sign) => to_sign.sign(&*key).unwrap(),
            Inquiry::VerifyChain { peer, certificates } => {
                let chain: Vec<&[u8]> = certificates.iter().map(|der| &**der).collect();
                let spki = path(&chain, &anchors);
                assert!(peer.matches_certificate(&Certificate::parse(chain[0]).unwrap()));
                Decision::Trusted(spki)
            }
            question => panic!("{question:?}"),
        })
    }
}

/// The key of a certificate that leads to an anchor.
fn path(chain: &[&[u8]], anchors: &[Vec<u8>]) -> Vec<u8> {
    let anchors: Vec<&[u8]> = anchors.iter().map(|der| &**der).collect();
    let provider = Provider::builtin();
    let purposes = KeyPurposes::IKE.with_server_auth().with_client_auth();
    let request = PathRequest::new(&provider, chain[0], &anchors, WALL_CLOCK).with_others(&chain[1..]).with_purposes(purposes);
    validate(&request).unwrap().leaf().public_key().spki().to_vec()
}

/// What certificates cost beside a shared key: two signatures made and verified, and two paths.
fn raw(sides: &[Side; 2], message: &[u8]) {
    let provider = Provider::builtin();
    let prf = PrfFunction::new(&provider, Prf::PRF_HMAC_SHA2_256).unwrap();
    for side in sides {
        let scheme = match side.key.key_type() {
            KeyType::Rsa => SignatureScheme::RsaPkcs1(HashAlgorithm::SHA2_256),
            _ => SignatureScheme::Ecdsa(HashAlgorithm::SHA2_256),
        };
        let octets = SignedOctets::new(prf, b"key", message, &[2; 32], b"id");
        let data = octets.sign(&*side.key, AuthMethod::DIGITAL_SIGNATURE, scheme).unwrap();
        let chain: Vec<&[u8]> = side.chain.iter().map(Vec::as_slice).collect();
        let spki = path(&chain, &side.anchors);
        let auth = Auth { method: AuthMethod::DIGITAL_SIGNATURE, data: &data };
        let key = PublicKey::parse(&spki).unwrap();
        black_box(octets.verify(&provider, &auth, &key, &[HashAlgorithm::SHA2_256]).unwrap());
    }
}

/// Two sides with RSA of 2048 bits, and two with ECDSA on P-256, as [`super::ratio`] measures them.
pub fn ratios(mut ratio: impl FnMut(&str, &dyn Fn() -> Pair, &mut dyn FnMut(&[u8]))) {
    for (family, name) in [("rsa2048", "RSA-2048"), ("p256", "ECDSA P-256")] {
        let sides = ["client", "server"].map(|side| Side::new(family, side));
        let pair = || Pair::of(ESP, sides.each_ref().map(Side::proof), sides.each_ref().map(Side::decide));
        ratio(name, &pair, &mut |message| raw(&sides, message));
    }
}
