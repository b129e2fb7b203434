//! Key exchange methods: the groups of `ring`, P-521, MODP and ML-KEM.

use super::failure::Failure;
use super::{modp, random};
use ikev2::registry::KeMethod;
use ikev2::wire::KeyExchange;
use ml_kem::{Decapsulate, KeyExport, MlKem512, MlKem768, MlKem1024};
use ring::agreement::{self, EphemeralPrivateKey, UnparsedPublicKey};
use ring::rand::SystemRandom;
use zeroize::Zeroizing;

/// In front of a point that is not compressed (SEC 1 section 2.3.3); KE payloads go without it (RFC 5903 section 7).
const UNCOMPRESSED: u8 = 4;

/// What one side makes for a key exchange: the public value it sends, the private one it keeps.
pub(crate) struct KeyPair {
    method: KeMethod,
    private: Private,
    public: Vec<u8>,
}

enum Private {
    Ring(EphemeralPrivateKey),
    P521(Box<p521::SecretKey>),
    Modp(modp::Group, Zeroizing<Vec<u8>>),
    MlKem512(Box<ml_kem::DecapsulationKey<MlKem512>>),
    MlKem768(Box<ml_kem::DecapsulationKey<MlKem768>>),
    MlKem1024(Box<ml_kem::DecapsulationKey<MlKem1024>>),
}

/// A shared secret.
pub(crate) type Secret = Zeroizing<Vec<u8>>;

/// Whether the method is done here.
pub(crate) fn is_supported(method: KeMethod) -> bool {
    matches!(
        method,
        KeMethod::CURVE25519
            | KeMethod::ECP_256
            | KeMethod::ECP_384
            | KeMethod::ECP_521
            | KeMethod::ML_KEM_512
            | KeMethod::ML_KEM_768
            | KeMethod::ML_KEM_1024
    ) || modp::Group::of(method).is_some()
}

/// Begins a key exchange as its initiator (or, for any method but ML-KEM, as either).
pub(crate) fn begin(method: KeMethod) -> Result<KeyPair, Failure> {
    let (private, public) = match method {
        KeMethod::CURVE25519 => with_ring(&agreement::X25519, 0)?,
        KeMethod::ECP_256 => with_ring(&agreement::ECDH_P256, 1)?,
        KeMethod::ECP_384 => with_ring(&agreement::ECDH_P384, 1)?,
        KeMethod::ECP_521 => {
            let key = p521_key()?;
            let public = p521::Sec1Point::from(key.public_key());
            (Private::P521(Box::new(key)), public.as_bytes().get(1..).unwrap_or_default().to_vec())
        }
        KeMethod::ML_KEM_512 => {
            let key = ml_kem::DecapsulationKey::<MlKem512>::from_seed(random::array::<64>()?.into());
            let public = key.encapsulation_key().to_bytes().to_vec();
            (Private::MlKem512(Box::new(key)), public)
        }
        KeMethod::ML_KEM_768 => {
            let key = ml_kem::DecapsulationKey::<MlKem768>::from_seed(random::array::<64>()?.into());
            let public = key.encapsulation_key().to_bytes().to_vec();
            (Private::MlKem768(Box::new(key)), public)
        }
        KeMethod::ML_KEM_1024 => {
            let key = ml_kem::DecapsulationKey::<MlKem1024>::from_seed(random::array::<64>()?.into());
            let public = key.encapsulation_key().to_bytes().to_vec();
            (Private::MlKem1024(Box::new(key)), public)
        }
        _ => {
            let group = modp::Group::of(method).ok_or(Failure::KeMethod(method))?;
            let private = group.private_key()?;
            let public = group.public(&private)?;
            (Private::Modp(group, private), public)
        }
    };
    Ok(KeyPair { method, private, public })
}

/// Answers a key exchange: what to send back, and the shared secret.
pub(crate) fn answer(ke: &KeyExchange<'_>) -> Result<(Vec<u8>, Secret), Failure> {
    let bad = || Failure::Protocol(format!("KE data of {} octets is no key of method {}", ke.data.len(), ke.method));
    ke.check_len(false).map_err(|_| bad())?;
    macro_rules! encapsulate {
        ($parameters:ty) => {{
            let octets = ke.data.try_into().map_err(|_| bad())?;
            let key = ml_kem::EncapsulationKey::<$parameters>::new(octets).map_err(|_| bad())?;
            // The message is what ML-KEM.Encaps draws (FIPS 203 algorithm 20): fresh, used once.
            let (ciphertext, secret) =
                key.encapsulate_deterministic(&Zeroizing::new(random::array::<32>()?).as_slice().try_into().map_err(|_| bad())?);
            Ok((ciphertext.to_vec(), Zeroizing::new(secret.to_vec())))
        }};
    }
    match ke.method {
        KeMethod::ML_KEM_512 => encapsulate!(MlKem512),
        KeMethod::ML_KEM_768 => encapsulate!(MlKem768),
        KeMethod::ML_KEM_1024 => encapsulate!(MlKem1024),
        method => {
            let key_pair = begin(method)?;
            let public = key_pair.public.clone();
            Ok((public, key_pair.agree(ke.data)?))
        }
    }
}

impl KeyPair {
    pub(crate) fn method(&self) -> KeMethod {
        self.method
    }

    /// The KE payload to send.
    pub(crate) fn payload(&self) -> KeyExchange<'_> {
        KeyExchange { method: self.method, data: &self.public }
    }

    /// Ends it with the responder's payload.
    pub(crate) fn finish(self, ke: &KeyExchange<'_>) -> Result<Secret, Failure> {
        if ke.method != self.method || ke.check_len(true).is_err() {
            return Err(Failure::Protocol(format!(
                "a KE payload of method {} and {} octets does not answer ours",
                ke.method,
                ke.data.len()
            )));
        }
        self.agree(ke.data)
    }

    fn agree(self, theirs: &[u8]) -> Result<Secret, Failure> {
        let bad = |_| Failure::Protocol("the peer's public value is not a valid one".into());
        let uncompressed = || [&[UNCOMPRESSED], theirs].concat();
        Ok(match self.private {
            Private::Ring(private) => {
                let octets = if self.method == KeMethod::CURVE25519 { theirs.to_vec() } else { uncompressed() };
                let public = UnparsedPublicKey::new(private.algorithm(), octets);
                agreement::agree_ephemeral(private, &public, |secret| Zeroizing::new(secret.to_vec())).map_err(bad)?
            }
            Private::P521(private) => {
                let public = p521::PublicKey::from_sec1_bytes(&uncompressed()).map_err(|_| bad(ring::error::Unspecified))?;
                let secret = p521::ecdh::diffie_hellman(private.to_nonzero_scalar(), public.as_affine());
                Zeroizing::new(secret.raw_secret_bytes().to_vec())
            }
            Private::Modp(group, private) => group.secret(&private, theirs)?,
            Private::MlKem512(key) => Zeroizing::new(key.decapsulate_slice(theirs).map_err(|_| bad(ring::error::Unspecified))?.to_vec()),
            Private::MlKem768(key) => Zeroizing::new(key.decapsulate_slice(theirs).map_err(|_| bad(ring::error::Unspecified))?.to_vec()),
            Private::MlKem1024(key) => Zeroizing::new(key.decapsulate_slice(theirs).map_err(|_| bad(ring::error::Unspecified))?.to_vec()),
        })
    }
}

fn with_ring(algorithm: &'static agreement::Algorithm, skip: usize) -> Result<(Private, Vec<u8>), Failure> {
    let private = EphemeralPrivateKey::generate(algorithm, &SystemRandom::new())?;
    let public = private.compute_public_key()?.as_ref().get(skip..).unwrap_or_default().to_vec();
    Ok((Private::Ring(private), public))
}

/// A scalar drawn until it is below the group's order: two draws on average, as only 9 bits of the first octets count.
fn p521_key() -> Result<p521::SecretKey, Failure> {
    for _ in 0..64 {
        let mut octets = Zeroizing::new(random::array::<66>()?);
        if let Some(top) = octets.first_mut() {
            *top &= 1;
        }
        if let Ok(key) = p521::SecretKey::from_slice(octets.as_slice()) {
            return Ok(key);
        }
    }
    Err(Failure::Protocol("no P-521 key found".into()))
}
