//! Signatures made by OpenSSL: every method, key type and hash it can do, verified or refused for a reason.

use ikev2::auth::{AuthError, EcdsaForm, KeyType, PublicKey, SignatureScheme, SignedOctets, Signer};
use ikev2::error::CryptoError;
use ikev2::keys::PrfFunction;
#[cfg(feature = "ring-os-random")]
use ikev2::provider::SigningKey;
use ikev2::provider::{EcdsaKey, Provider};
use ikev2::registry::{self, AuthMethod, HashAlgorithm};
use ikev2::wire::Auth;
use serde_json::Value;
use std::collections::BTreeMap;

pub(crate) const HASHES: [HashAlgorithm; 5] =
    [HashAlgorithm::SHA1, HashAlgorithm::SHA2_256, HashAlgorithm::SHA2_384, HashAlgorithm::SHA2_512, HashAlgorithm::IDENTITY];

pub(crate) fn hex(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap();
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

pub(crate) struct Fixture {
    pub(crate) file: Value,
    pub(crate) message: Vec<u8>,
    nonce: Vec<u8>,
    id: Vec<u8>,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let file: Value = serde_json::from_str(include_str!("../data/signatures.json")).unwrap();
        let (message, nonce, id) = (hex(&file["message"]), hex(&file["nonce"]), hex(&file["id"]));
        Self { file, message, nonce, id }
    }

    pub(crate) fn octets(&self) -> SignedOctets<'_> {
        let prf = PrfFunction::new(&Provider::builtin(), registry::Prf::PRF_HMAC_SHA2_256).unwrap();
        SignedOctets::new(prf, &hex(&self.file["sk_p"]), &self.message, &self.nonce, &self.id)
    }

    pub(crate) fn spki(&self, key: &str) -> Vec<u8> {
        hex(&self.file["spki"][key])
    }
}

pub(crate) fn hash(name: &str) -> HashAlgorithm {
    match name {
        "sha1" => HashAlgorithm::SHA1,
        "sha256" => HashAlgorithm::SHA2_256,
        "sha384" => HashAlgorithm::SHA2_384,
        "sha512" => HashAlgorithm::SHA2_512,
        "identity" => HashAlgorithm::IDENTITY,
        other => panic!("{other}"),
    }
}

pub(crate) fn scheme(row: &Value) -> SignatureScheme {
    let hash = hash(row["hash"].as_str().unwrap());
    let digest_len = match hash {
        HashAlgorithm::SHA1 => 20,
        HashAlgorithm::SHA2_256 => 32,
        HashAlgorithm::SHA2_384 => 48,
        _ => 64,
    };
    match row["scheme"].as_str().unwrap() {
        "pkcs1" => SignatureScheme::RsaPkcs1(hash),
        "pss" => SignatureScheme::RsaPss { hash, mgf: hash, salt_len: digest_len },
        "pss-salt-11" => SignatureScheme::RsaPss { hash, mgf: hash, salt_len: 11 },
        "ecdsa" => SignatureScheme::Ecdsa(hash),
        "ed25519" => SignatureScheme::Ed25519,
        "ed448" => SignatureScheme::Ed448,
        other => panic!("{other}"),
    }
}

/// What a provider cannot do, and why.
fn refusal(is_ring: bool, scheme: SignatureScheme, key: &PublicKey<'_>, digest: bool) -> Option<AuthError> {
    let unsupported = |feature| Some(AuthError::Unsupported { scheme, key: key.key_type(), feature });
    match (scheme, key.key_type()) {
        (_, KeyType::Rsa) if key.bits() == Some(1024) => Some(AuthError::KeySize(1024)),
        (SignatureScheme::RsaPss { hash, salt_len, .. }, _) if hash == HashAlgorithm::SHA1 || salt_len == 11 => unsupported(None),
        (SignatureScheme::Ed448, _) | (_, KeyType::EcdsaBrainpoolP256r1) => unsupported(None),
        (SignatureScheme::Ecdsa(hash), KeyType::EcdsaP256 | KeyType::EcdsaP384) if is_ring => {
            // Methods 9 and 10 fix the hash; with method 14 ring has SHA-256 and SHA-384 on both curves.
            let has = matches!(hash, HashAlgorithm::SHA2_256 | HashAlgorithm::SHA2_384);
            if has || !digest { None } else { unsupported(Some("ecc")) }
        }
        (SignatureScheme::Ecdsa(_), _) if is_ring => unsupported(Some("ecc")),
        (SignatureScheme::Ecdsa(_), _) => None,
        (SignatureScheme::Ed25519, _) if !is_ring => unsupported(Some("ring")),
        _ => None,
    }
}

/// OpenSSL's signatures by one provider: how many verify, by method, and how many are refused.
fn openssl_signatures(provider: &Provider) -> (Vec<(u8, usize)>, usize) {
    let fixture = Fixture::new();
    let is_ring = provider.names().eq(["ring"]);
    assert_eq!(fixture.octets().concat(), hex(&fixture.file["octets"]));
    let (mut verified, mut refused) = (BTreeMap::new(), 0);
    for row in fixture.file["signatures"].as_array().unwrap() {
        let (spki, data, scheme) = (fixture.spki(row["key"].as_str().unwrap()), hex(&row["data"]), scheme(row));
        let key = PublicKey::parse(&spki).unwrap();
        let auth = Auth { method: AuthMethod(u8::try_from(row["method"].as_u64().unwrap()).unwrap()), data: &data };
        let verify = |data: &[u8]| fixture.octets().verify(provider, &Auth { data, ..auth }, &key, &HASHES);
        let outcome = verify(&data);
        // Method 1 does not say its hash: the first one tried is the one that cannot be done.
        let tried = if auth.method.0 == 1 { SignatureScheme::RsaPkcs1(HashAlgorithm::SHA2_256) } else { scheme };
        if let Some(error) = refusal(is_ring, tried, &key, auth.method.0 == 14) {
            assert_eq!(outcome, Err(error), "{row}");
            refused += 1;
            continue;
        }
        assert_eq!(outcome, Ok(scheme), "{row}");
        *verified.entry(auth.method.0).or_insert(0) += 1;
        for at in (0..data.len()).step_by(if data.len() < 200 { 1 } else { 19 }) {
            let mut changed = data.clone();
            changed[at] ^= 1;
            assert!(verify(&changed).is_err(), "{row}: octet {at}");
            assert!(verify(&data[..at]).is_err(), "{row}: cut at {at}");
        }
        assert_eq!(verify(&[&data[..], &[0]].concat()), Err(AuthError::Failed(CryptoError)), "{row}: one octet more");
    }
    (verified.into_iter().collect(), refused)
}

#[test]
fn openssl_signatures_by_rustcrypto() {
    let (verified, refused) = openssl_signatures(&Provider::rustcrypto());
    assert_eq!((&verified[..], refused), (&[(1, 8), (9, 8), (10, 8), (11, 8), (14, 26)][..], 12));
}

#[cfg(feature = "ring")]
#[test]
fn openssl_signatures_by_ring() {
    let (verified, refused) = openssl_signatures(&Provider::ring());
    assert_eq!((&verified[..], refused), (&[(1, 8), (9, 8), (10, 8), (14, 19)][..], 27));
}

#[test]
fn every_kind_of_key_is_known_by_type_and_size() {
    let fixture = Fixture::new();
    for (name, ty, bits) in [
        ("rsa1024", KeyType::Rsa, 1024),
        ("rsa2048", KeyType::Rsa, 2048),
        ("rsa3072", KeyType::Rsa, 3072),
        ("rsapss", KeyType::RsaPss, 2048),
        ("p256", KeyType::EcdsaP256, 256),
        ("p384", KeyType::EcdsaP384, 384),
        ("p521", KeyType::EcdsaP521, 521),
        ("bp256", KeyType::EcdsaBrainpoolP256r1, 256),
        ("bp384", KeyType::EcdsaBrainpoolP384r1, 384),
        ("bp512", KeyType::EcdsaBrainpoolP512r1, 512),
        ("ed25519", KeyType::Ed25519, 256),
        ("ed448", KeyType::Ed448, 456),
    ] {
        let spki = fixture.spki(name);
        let key = PublicKey::parse(&spki).unwrap();
        assert_eq!((key.key_type(), key.bits()), (ty, Some(bits)), "{name}");
        for cut in 0..spki.len() {
            assert!(PublicKey::parse(&spki[..cut]).is_err());
        }
        // Whatever is changed: an answer, not a panic, and never a good signature.
        let mut read = 0;
        for at in 0..spki.len() {
            let mut changed = spki.clone();
            changed[at] ^= 0x81;
            let Ok(changed) = PublicKey::parse(&changed) else { continue };
            read += 1;
            let auth = Auth { method: AuthMethod::RSA_DIGITAL_SIGNATURE, data: &[1; 256] };
            assert!(fixture.octets().verify(&Provider::builtin(), &auth, &changed, &HASHES).is_err());
        }
        assert!(read > 0, "{name}: no changed key was read");
    }
}

/// Ours verifies; where the scheme has no randomness it is OpenSSL's to the octet.
#[cfg(feature = "ring-os-random")]
#[test]
fn our_signatures() {
    let fixture = Fixture::new();
    let sha2 = [HashAlgorithm::SHA2_256, HashAlgorithm::SHA2_384, HashAlgorithm::SHA2_512];
    let pss = |hash, salt_len| SignatureScheme::RsaPss { hash, mgf: hash, salt_len };
    let digital = AuthMethod::DIGITAL_SIGNATURE;
    let mut cases = vec![
        ("rsa2048", digital, pss(sha2[0], 32)),
        ("rsa2048", digital, pss(sha2[1], 48)),
        ("rsa2048", digital, pss(sha2[2], 64)),
        ("p256", digital, SignatureScheme::Ecdsa(sha2[0])),
        ("p256", AuthMethod::ECDSA_SHA_256_P256, SignatureScheme::Ecdsa(sha2[0])),
        ("p384", digital, SignatureScheme::Ecdsa(sha2[1])),
        ("p384", AuthMethod::ECDSA_SHA_384_P384, SignatureScheme::Ecdsa(sha2[1])),
        ("ed25519", digital, SignatureScheme::Ed25519),
    ];
    for hash in sha2 {
        cases.push(("rsa2048", digital, SignatureScheme::RsaPkcs1(hash)));
        cases.push(("rsa2048", AuthMethod::RSA_DIGITAL_SIGNATURE, SignatureScheme::RsaPkcs1(hash)));
    }
    let mut equal = 0;
    for (name, method, made) in cases {
        let key = SigningKey::from_pkcs8(&hex(&fixture.file["pkcs8"][name])).unwrap();
        let data = fixture.octets().sign(&key, method, made).unwrap();
        let spki = fixture.spki(name);
        let public = PublicKey::parse(&spki).unwrap();
        assert_eq!(key.key_type(), public.key_type());
        assert_eq!(
            fixture.octets().verify(&Provider::builtin(), &Auth { method, data: &data }, &public, &HASHES),
            Ok(made),
            "{name} {made}"
        );
        equal += fixture.file["signatures"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|row| row["key"] == name && row["method"] == method.0 && scheme(row) == made && hex(&row["data"]) == data)
            .count();
    }
    assert_eq!(equal, 7, "three hashes by two methods, and Ed25519");
}

/// RFC 6979 makes ECDSA signatures without randomness: the same each time, and good for every provider that has the curve.
#[test]
fn ecdsa_signatures_need_no_randomness() {
    let fixture = Fixture::new();
    let mut verified = 0;
    for (name, fixed, own) in [
        ("p256", AuthMethod::ECDSA_SHA_256_P256, HashAlgorithm::SHA2_256),
        ("p384", AuthMethod::ECDSA_SHA_384_P384, HashAlgorithm::SHA2_384),
        ("p521", AuthMethod::ECDSA_SHA_512_P521, HashAlgorithm::SHA2_512),
    ] {
        let key = EcdsaKey::from_pkcs8(&hex(&fixture.file["pkcs8"][name])).unwrap();
        let spki = fixture.spki(name);
        let public = PublicKey::parse(&spki).unwrap();
        let made = SignatureScheme::Ecdsa(own);
        for method in [fixed, AuthMethod::DIGITAL_SIGNATURE] {
            let data = fixture.octets().sign(&key, method, made).unwrap();
            assert_eq!(data, fixture.octets().sign(&key, method, made).unwrap());
            let auth = Auth { method, data: &data };
            assert_eq!(fixture.octets().verify(&Provider::rustcrypto(), &auth, &public, &HASHES), Ok(made), "{name}");
            verified += 1;
            #[cfg(feature = "ring")]
            if name != "p521" {
                assert_eq!(fixture.octets().verify(&Provider::ring(), &auth, &public, &HASHES), Ok(made), "{name}");
                verified += 1;
            }
        }
        let wrong = SignatureScheme::Ecdsa(HashAlgorithm::SHA1);
        assert_eq!(fixture.octets().sign(&key, fixed, wrong), Err(AuthError::KeyMismatch { scheme: wrong, key: key.key_type() }));
        let unsupported = AuthError::Unsupported { scheme: wrong, key: key.key_type(), feature: None };
        assert_eq!(fixture.octets().sign(&key, AuthMethod::DIGITAL_SIGNATURE, wrong), Err(unsupported));
    }
    assert_eq!(verified, if cfg!(feature = "ring") { 10 } else { 6 });
    for name in ["rsa2048", "ed25519"] {
        assert_eq!(EcdsaKey::from_pkcs8(&hex(&fixture.file["pkcs8"][name])).unwrap_err(), AuthError::UnknownAlgorithm);
    }
    let octets = hex(&fixture.file["pkcs8"]["p256"]);
    for cut in 0..octets.len() {
        assert!(EcdsaKey::from_pkcs8(&octets[..cut]).is_err());
    }
    assert_eq!(format!("{:?}", EcdsaKey::from_pkcs8(&octets).unwrap()), "EcdsaKey(EcdsaP256)");
}

/// RFC 6979 appendix A.2.5: P-256 with SHA-256 over "sample".
#[test]
fn ecdsa_rfc_6979() {
    let text = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
    let scalar: Vec<u8> = (0..32).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap()).collect();
    let inner = [&[0x30, 0x25, 2, 1, 1, 4, 0x20][..], &scalar].concat();
    let algorithm = b"\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
    let body = [&[2, 1, 0][..], algorithm, &[4, u8::try_from(inner.len()).unwrap()], &inner].concat();
    let info = [&[0x30, u8::try_from(body.len()).unwrap()][..], &body].concat();
    let key = EcdsaKey::from_pkcs8(&info).unwrap();
    let signature = key.sign(SignatureScheme::Ecdsa(HashAlgorithm::SHA2_256), EcdsaForm::Fixed, b"sample").unwrap();
    let hex: String = signature.iter().map(|octet| format!("{octet:02x}")).collect();
    let r = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716";
    let s = "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
    assert_eq!(hex, format!("{r}{s}"));
}

#[cfg(feature = "ring-os-random")]
#[test]
fn what_does_not_go_together_is_refused() {
    let fixture = Fixture::new();
    let key = |name: &str| SigningKey::from_pkcs8(&hex(&fixture.file["pkcs8"][name]));
    let sign = |name, method, scheme| fixture.octets().sign(&key(name).unwrap(), method, scheme);
    let ecdsa = SignatureScheme::Ecdsa(HashAlgorithm::SHA2_256);
    let digital = AuthMethod::DIGITAL_SIGNATURE;
    let mismatch = |scheme, key| Err(AuthError::KeyMismatch { scheme, key });
    let unsupported = |scheme, key| Err(AuthError::Unsupported { scheme, key, feature: None });
    assert_eq!(sign("rsa2048", digital, ecdsa), mismatch(ecdsa, KeyType::Rsa));
    assert_eq!(sign("p256", digital, SignatureScheme::Ed25519), mismatch(SignatureScheme::Ed25519, KeyType::EcdsaP256));
    assert_eq!(sign("p384", AuthMethod::ECDSA_SHA_256_P256, ecdsa), mismatch(ecdsa, KeyType::EcdsaP384));
    assert_eq!(sign("p384", digital, ecdsa), unsupported(ecdsa, KeyType::EcdsaP384));
    let sha1 = SignatureScheme::RsaPkcs1(HashAlgorithm::SHA1);
    assert_eq!(sign("rsa2048", AuthMethod::RSA_DIGITAL_SIGNATURE, sha1), unsupported(sha1, KeyType::Rsa));
    assert_eq!(sign("rsa2048", AuthMethod::SHARED_KEY_MIC, sha1), Err(AuthError::Method(AuthMethod::SHARED_KEY_MIC)));
    let long_salt = SignatureScheme::RsaPss { hash: HashAlgorithm::SHA2_256, mgf: HashAlgorithm::SHA2_256, salt_len: 33 };
    assert_eq!(sign("rsa2048", digital, long_salt), unsupported(long_salt, KeyType::Rsa));
    assert_eq!(key("p521").unwrap_err(), AuthError::UnknownAlgorithm);
    assert_eq!(format!("{:?}", key("ed25519").unwrap()), "SigningKey(Ed25519)");
    let octets = hex(&fixture.file["pkcs8"]["p256"]);
    for cut in 0..octets.len() {
        assert!(SigningKey::from_pkcs8(&octets[..cut]).is_err());
    }
}

/// Method 14's Authentication Data ends within its AlgorithmIdentifier, or says nothing at all.
#[test]
fn digital_signature_data_that_ends_early() {
    let fixture = Fixture::new();
    let spki = fixture.spki("ed25519");
    let key = PublicKey::parse(&spki).unwrap();
    for data in [&[][..], &[7], &[7, 0x30, 5, 6, 3, 0x2b, 0x65], &[0], &[255; 255]] {
        let auth = Auth { method: AuthMethod::DIGITAL_SIGNATURE, data };
        assert!(matches!(fixture.octets().verify(&Provider::builtin(), &auth, &key, &HASHES), Err(AuthError::Malformed(_))), "{data:?}");
    }
}

/// RFC 4055 section 3.3: a key whose SubjectPublicKeyInfo has RSASSA-PSS parameters makes signatures with that hash and mask generation,
/// and with no shorter salt.
#[cfg(feature = "ring")]
#[test]
fn rfc_4055_section_3_3_parameters_of_a_key_restrict_its_signatures() {
    let fixture = Fixture::new();
    let pss = |hash, salt_len| SignatureScheme::RsaPss { hash, mgf: hash, salt_len };
    let (sha256, sha384) = (pss(HashAlgorithm::SHA2_256, 32), pss(HashAlgorithm::SHA2_384, 48));
    let plain = fixture.spki("rsapss");
    // SEQUENCE (4 octets), AlgorithmIdentifier with the OID alone (2 + 11 octets), BIT STRING.
    assert_eq!((plain[..2].to_vec(), plain[4..6].to_vec()), (vec![0x30, 0x82], vec![0x30, 0x0b]));
    let restricted = |algorithm: &[u8]| {
        let body = [algorithm, &plain[17..]].concat();
        [&[0x30, 0x82][..], &u16::try_from(body.len()).unwrap().to_be_bytes(), &body].concat()
    };
    let outcomes = |spki: &[u8]| {
        let key = PublicKey::parse(spki).unwrap();
        [sha256, sha384].map(|made| {
            let rows = fixture.file["signatures"].as_array().unwrap().iter();
            let row = rows.clone().find(|row| row["key"] == "rsapss" && row["method"] == 14 && scheme(row) == made).unwrap();
            let auth = Auth { method: AuthMethod::DIGITAL_SIGNATURE, data: &hex(&row["data"]) };
            fixture.octets().verify(&Provider::ring(), &auth, &key, &HASHES)
        })
    };
    let salt = |identifier: &[u8], salt: u8| {
        let mut changed = identifier.to_vec();
        *changed.last_mut().unwrap() = salt;
        changed
    };
    let of_sha256 = sha256.algorithm_identifier().unwrap();
    assert_eq!(outcomes(&plain), [Ok(sha256), Ok(sha384)]);
    assert_eq!(PublicKey::parse(&plain).unwrap().pss_parameters(), Ok(None));
    assert_eq!(outcomes(&restricted(of_sha256)), [Ok(sha256), Err(AuthError::KeyRestricted(sha384))]);
    assert_eq!(PublicKey::parse(&restricted(of_sha256)).unwrap().pss_parameters(), Ok(Some(sha256)));
    assert_eq!(outcomes(&restricted(&salt(of_sha256, 20)))[0], Ok(sha256));
    assert_eq!(outcomes(&restricted(&salt(of_sha256, 33)))[0], Err(AuthError::KeyRestricted(sha256)));
    // RFC 4055 section 1.2: absent, or RSASSA-PSS-params, and nothing else.
    let with = |parameters: &[u8]| {
        let algorithm = [&[0x30, u8::try_from(11 + parameters.len()).unwrap()][..], &plain[6..17], parameters].concat();
        PublicKey::parse(&restricted(&algorithm)).is_ok()
    };
    assert!(with(&[]) && !with(&[5, 0]) && !with(&[0x30, 0, 5, 0]));
    // Parameters that cannot be read allow nothing: the hash is 2.16.840.1.101.3.4.2.9 here.
    let at = of_sha256.windows(2).position(|octets| octets == [0x02, 0x01]).unwrap();
    let mut unknown = of_sha256.to_vec();
    unknown[at + 1] = 9;
    assert_eq!(outcomes(&restricted(&unknown)), [Err(AuthError::UnknownAlgorithm); 2]);
}
