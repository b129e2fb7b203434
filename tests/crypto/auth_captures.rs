//! AUTH of both peers of every capture: shared keys recomputed, signatures verified with the certificate that came along.

use crate::kit::handshake::{Message, Payload, Scenario, chain, octets, scenarios};
use crate::kit::recorded::figure;
use ikev2::auth::{AuthError, PublicKey, SignatureScheme, SignedOctets};
use ikev2::cert::Certificate;
use ikev2::error::CryptoError;
use ikev2::keys::{IntAuth, IntermediateMessage, PrfFunction};
use ikev2::provider::Provider;
use ikev2::registry::{self, AuthMethod, HashAlgorithm, PayloadType};
use ikev2::wire::{Auth, Cert, Id};
use serde_json::Value;
use std::collections::BTreeMap;

const HASHES: [HashAlgorithm; 5] =
    [HashAlgorithm::SHA1, HashAlgorithm::SHA2_256, HashAlgorithm::SHA2_384, HashAlgorithm::SHA2_512, HashAlgorithm::IDENTITY];

fn prf(sa: &Value) -> PrfFunction {
    let id = registry::Prf::ASSIGNED.iter().find(|id| id.name() == sa["prf"].as_str()).unwrap();
    PrfFunction::new(&Provider::builtin(), *id).unwrap()
}

fn body(payloads: &[Payload], ty: PayloadType) -> Option<&[u8]> {
    payloads.iter().find(|payload| payload.ty == ty.0).map(|payload| payload.body.as_slice())
}

/// One AUTH payload with all that it covers.
struct Proof {
    name: String,
    by_responder: bool,
    prf: PrfFunction,
    sk_p: Vec<u8>,
    message: Vec<u8>,
    nonce: Vec<u8>,
    id: Vec<u8>,
    int_auth: Vec<u8>,
    auth: Vec<u8>,
    /// The first CERT payload of the same sender.
    cert: Option<Vec<u8>>,
    psk: Vec<u8>,
}

impl Proof {
    fn octets(&self) -> SignedOctets<'_> {
        SignedOctets::new(self.prf, &self.sk_p, &self.message, &self.nonce, &self.id).with_int_auth(&self.int_auth)
    }

    fn auth(&self) -> Auth<'_> {
        Auth::parse(&self.auth).unwrap()
    }
}

/// IntAuth over the IKE_INTERMEDIATE messages, each under the keys that protected it.
fn int_auth(scenario: &Scenario, first_auth: &Message) -> Vec<u8> {
    let mut chain = IntAuth::new(prf(&scenario.sas()[0]));
    let messages = || scenario.messages.iter().filter(|message| message.is("IKE_INTERMEDIATE"));
    for message in messages() {
        let Some((_, content)) = message.content() else { continue };
        let start = messages().find(|other| other.id() == message.id() && other.response() == message.response()).unwrap();
        let whole = IntermediateMessage::new(&start.octets, &content).unwrap();
        let keys = &scenario.sas()[usize::try_from(message.row["key_generation"].as_u64().unwrap()).unwrap()];
        if message.response() {
            chain.response(&octets(&keys["sk_pr"]), &whole).unwrap();
        } else {
            chain.request(&octets(&keys["sk_pi"]), &whole).unwrap();
        }
    }
    if messages().next().is_some() { chain.finish(first_auth.id()).unwrap() } else { Vec::new() }
}

fn proofs(scenario: &Scenario) -> Vec<Proof> {
    let auths: Vec<_> = scenario.messages.iter().filter(|message| message.is("IKE_AUTH")).collect();
    let Some(first_auth) = auths.first() else { return Vec::new() };
    let int_auth = int_auth(scenario, first_auth);
    let generation = first_auth.row.get("key_generation").and_then(Value::as_u64).unwrap_or(0);
    let sa = &scenario.sas()[usize::try_from(generation).unwrap()];
    let (request, response) = scenario.init(sa);
    let nonce = |message: &Message| body(&message.payloads(), PayloadType::NONCE).unwrap().to_vec();
    let (mut ids, mut certs, mut found) = ([None, None], [None, None], Vec::new());
    for message in auths {
        let Some((first, content)) = message.content() else { continue };
        let payloads = chain(first, &content);
        let by_responder = message.response();
        let own = usize::from(by_responder);
        let id = body(&payloads, if by_responder { PayloadType::IDR } else { PayloadType::IDI });
        ids[own] = id.map(<[u8]>::to_vec).or(ids[own].take());
        certs[own] = body(&payloads, PayloadType::CERT).map(<[u8]>::to_vec).or(certs[own].take());
        let Some(auth) = body(&payloads, PayloadType::AUTH) else { continue };
        let (sk_p, real, other) = if by_responder { ("sk_pr", response, request) } else { ("sk_pi", request, response) };
        found.push(Proof {
            name: scenario.name.clone(),
            by_responder,
            prf: prf(sa),
            sk_p: octets(&sa[sk_p]),
            message: real.octets.clone(),
            nonce: nonce(other),
            id: ids[own].clone().unwrap(),
            int_auth: int_auth.clone(),
            auth: auth.to_vec(),
            cert: certs[own].clone(),
            psk: scenario.psk(),
        });
    }
    found
}

#[test]
fn shared_keys_of_both_peers() {
    let (mut right, mut wrong, mut with_int_auth) = (0, Vec::new(), 0);
    for proof in scenarios().iter().flat_map(proofs) {
        // The second AUTH of an EAP exchange is keyed with the MSK, which no capture tells.
        if proof.auth().method != AuthMethod::SHARED_KEY_MIC || proof.name.starts_with("eap-") {
            continue;
        }
        let (octets, data) = (proof.octets(), proof.auth().data);
        if octets.verify_shared_key(&proof.psk, data) == Ok(()) {
            assert!(octets.shared_key(&proof.psk).ct_eq(data));
            right += 1;
            with_int_auth += usize::from(!proof.int_auth.is_empty());
        } else {
            assert_eq!(octets.verify_shared_key(&[0xff, 0xff], data), Ok(()), "{}", proof.name);
            wrong.push(proof.name.clone());
        }
        for at in 0..data.len() {
            let mut changed = data.to_vec();
            changed[at] ^= 1;
            assert_eq!(octets.verify_shared_key(&proof.psk, &changed), Err(CryptoError));
        }
        assert_eq!(octets.verify_shared_key(&proof.psk, &data[1..]), Err(CryptoError));
        assert_eq!(octets.verify_shared_key(&proof.psk, &[data, &[0]].concat()), Err(CryptoError));
        assert_eq!(octets.verify_shared_key(&proof.psk, &[]), Err(CryptoError));
    }
    assert_eq!((right, with_int_auth), figure((142, 10), (23, 2)));
    assert_eq!(wrong, ["err-auth-failed-psk"]);
}

#[test]
fn signatures_of_both_peers() {
    let mut schemes = BTreeMap::new();
    let all: Vec<Proof> = scenarios().iter().flat_map(proofs).filter(|proof| proof.cert.is_some()).collect();
    for proof in all.iter().filter(|proof| proof.auth().method != AuthMethod::SHARED_KEY_MIC) {
        let cert = Cert::parse(proof.cert.as_deref().unwrap()).unwrap();
        let certificate = Certificate::parse(cert.data).unwrap();
        assert!(certificate.matches(&Id::parse(&proof.id).unwrap()), "{}", proof.name);
        let key = certificate.public_key();
        let scheme = proof
            .octets()
            .verify(&Provider::builtin(), &proof.auth(), &key, &HASHES)
            .unwrap_or_else(|error| panic!("{}: {error}", proof.name));
        *schemes.entry(format!("{} {scheme}", proof.auth().method.0)).or_insert(0) += 1;
        assert_eq!(PublicKey::parse(key.spki()), Ok(key), "the key alone is as good");

        check_changes(proof, &key);
        let other = all.iter().find(|other| other.name == proof.name && other.by_responder != proof.by_responder);
        if let Some(other) = other {
            let other = Certificate::parse(Cert::parse(other.cert.as_deref().unwrap()).unwrap().data).unwrap();
            assert_eq!(
                proof.octets().verify(&Provider::builtin(), &proof.auth(), &other.public_key(), &HASHES),
                Err(AuthError::Failed(CryptoError))
            );
        }
        // Without the hash in the list there is nothing to verify.
        let hashes: Vec<_> = HASHES.into_iter().filter(|hash| *hash != scheme.hash()).collect();
        let expected = match scheme {
            _ if proof.auth().method == AuthMethod::RSA_DIGITAL_SIGNATURE => AuthError::Failed(CryptoError),
            _ => AuthError::HashNotAccepted(scheme.hash()),
        };
        assert_eq!(proof.octets().verify(&Provider::builtin(), &proof.auth(), &key, &hashes), Err(expected));
    }
    let expected = figure(
        &[
            ("1 RSA PKCS#1 v1.5 with SHA1", 2),
            ("14 ECDSA with SHA2-256", 2),
            ("14 Ed25519", 2),
            ("14 RSA PKCS#1 v1.5 with SHA2-256", 11),
            ("14 RSA PKCS#1 v1.5 with SHA2-384", 61),
        ][..],
        &[("14 Ed25519", 2), ("14 RSA PKCS#1 v1.5 with SHA2-256", 2)],
    );
    let schemes: Vec<_> = schemes.iter().map(|(scheme, count)| (&**scheme, *count)).collect();
    assert_eq!(schemes, expected);
}

/// One octet changed in anything that is covered, or in the signature.
fn check_changes(proof: &Proof, key: &PublicKey<'_>) {
    let failed = Err(AuthError::Failed(CryptoError));
    let flip = |octets: &[u8], at: usize| {
        let mut changed = octets.to_vec();
        changed[at] ^= 0x40;
        changed
    };
    let verify = |message: &[u8], nonce: &[u8], id: &[u8], auth: &[u8]| {
        let auth = Auth::parse(auth).unwrap();
        SignedOctets::new(proof.prf, &proof.sk_p, message, nonce, id).with_int_auth(&proof.int_auth).verify(
            &Provider::builtin(),
            &auth,
            key,
            &HASHES,
        )
    };
    let (message, nonce, id, auth) = (&proof.message, &proof.nonce, &proof.id, &proof.auth);
    for at in [0, message.len() / 2, message.len() - 1] {
        assert_eq!(verify(&flip(message, at), nonce, id, auth), failed);
    }
    assert_eq!(verify(message, &flip(nonce, nonce.len() - 1), id, auth), failed);
    // The reserved octets of the ID payload count, too.
    assert_eq!(verify(message, nonce, &flip(id, 2), auth), failed);
    assert_eq!(verify(message, nonce, id, &[&auth[..], &[0]].concat()), failed);
    // Each octet of the smaller payloads; of the large ones every 37th.
    let step = if auth.len() < 300 { 1 } else { 37 };
    for at in (4..auth.len()).step_by(step) {
        assert!(verify(message, nonce, id, &flip(auth, at)).is_err(), "{} octet {at}", proof.name);
    }
    for length in (4..auth.len()).step_by(step) {
        assert!(verify(message, nonce, id, &auth[..length]).is_err(), "{} cut at {length}", proof.name);
    }
}

#[test]
fn a_method_that_does_not_sign_is_named() {
    let proof = scenarios().iter().filter(|scenario| scenario.name == "ed25519").flat_map(proofs).next().unwrap();
    let certificate = Cert::parse(proof.cert.as_deref().unwrap()).unwrap();
    let key = Certificate::parse(certificate.data).unwrap().public_key();
    for method in [0, 2, 3, 12, 13, 255].map(AuthMethod) {
        let auth = Auth { method, data: proof.auth().data };
        assert_eq!(proof.octets().verify(&Provider::builtin(), &auth, &key, &HASHES), Err(AuthError::Method(method)));
    }
    let auth = Auth { method: AuthMethod::ECDSA_SHA_256_P256, data: &[1; 64] };
    let scheme = SignatureScheme::Ecdsa(HashAlgorithm::SHA2_256);
    assert_eq!(
        proof.octets().verify(&Provider::builtin(), &auth, &key, &HASHES),
        Err(AuthError::KeyMismatch { scheme, key: key.key_type() })
    );
}
