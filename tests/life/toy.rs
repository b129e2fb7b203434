//! A provider of stand-ins: real lengths, no secrecy. What it makes depends on every octet that goes in, so that a wrong key, a wrong
//! message or a wrong order is seen; it costs next to nothing, so that many lives fit in a minute.

use ikev2::error::CryptoError;
use ikev2::provider::{Aead, AeadRow, Algorithms, KeyExchangeInProgress, KeyExchangeRow, Mac, PrfRow, Provider, Random, SharedSecret};
use ikev2::registry::{Encr, KeMethod, Prf};

/// splitmix64: the same seed, the same octets.
#[derive(Clone, Debug)]
pub(crate) struct Seeded(pub(crate) u64);

impl Seeded {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    pub(crate) fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

impl Random for Seeded {
    fn fill(&mut self, octets: &mut [u8]) -> Result<(), CryptoError> {
        for chunk in octets.chunks_mut(8) {
            let drawn = self.next().to_be_bytes();
            chunk.copy_from_slice(&drawn[..chunk.len()]);
        }
        Ok(())
    }
}

/// A number over all octets, their order and their lengths.
fn digest(parts: &mut dyn Iterator<Item = &[u8]>, seed: u64) -> u64 {
    let mut sum = seed ^ 0xcbf2_9ce4_8422_2325;
    for octet in parts.flatten() {
        sum = (sum ^ u64::from(*octet)).wrapping_mul(0x0000_0100_0000_01b3);
        sum ^= sum >> 29;
    }
    sum
}

fn spread(sum: u64, out: &mut [u8]) {
    let mut stream = Seeded(sum);
    let _ = stream.fill(out);
}

struct ToyMac(u64);

impl Mac for ToyMac {
    fn compute(&self, parts: &mut dyn Iterator<Item = &[u8]>, out: &mut [u8]) -> Result<(), CryptoError> {
        spread(digest(parts, self.0), out);
        Ok(())
    }
}

struct ToyAead(u64);

impl ToyAead {
    fn mix(&self, iv: &[u8], text: &mut [u8]) {
        let mut stream = Seeded(digest(&mut [iv].into_iter(), self.0));
        for chunk in text.chunks_mut(8) {
            let key = stream.next().to_be_bytes();
            chunk.iter_mut().zip(key).for_each(|(octet, key)| *octet ^= key);
        }
    }

    fn icv(&self, aad: &[u8], iv: &[u8], text: &[u8]) -> [u8; 16] {
        let mut icv = [0; 16];
        spread(digest(&mut [aad, iv, text].into_iter(), self.0), &mut icv);
        icv
    }
}

impl Aead for ToyAead {
    fn encrypt(&self, aad: &[u8], iv: &[u8], text: &mut [u8], icv: &mut [u8]) -> Result<(), CryptoError> {
        self.mix(iv, text);
        icv.copy_from_slice(&self.icv(aad, iv, text));
        Ok(())
    }

    fn decrypt(&self, aad: &[u8], iv: &[u8], text: &mut [u8], icv: &[u8]) -> Result<(), CryptoError> {
        if self.icv(aad, iv, text) != icv {
            return Err(CryptoError);
        }
        self.mix(iv, text);
        Ok(())
    }
}

/// Both values are public, and the secret is both of them.
struct ToyExchange(Vec<u8>);

pub(crate) fn secret(initiator: &[u8], responder: &[u8]) -> SharedSecret {
    SharedSecret::new(initiator.iter().zip(responder).map(|(one, other)| one.wrapping_mul(3) ^ other | 1).collect())
}

impl KeyExchangeInProgress for ToyExchange {
    fn public(&self) -> &[u8] {
        &self.0
    }

    fn finish(&self, data: &[u8]) -> Result<SharedSecret, CryptoError> {
        Ok(secret(&self.0, data))
    }
}

fn begin<const N: usize>(random: &mut dyn Random) -> Result<Box<dyn KeyExchangeInProgress>, CryptoError> {
    let mut public = vec![0; N];
    random.fill(&mut public)?;
    Ok(Box::new(ToyExchange(public)))
}

fn respond<const N: usize>(random: &mut dyn Random, data: &[u8]) -> Result<(Vec<u8>, SharedSecret), CryptoError> {
    let mut public = vec![0; N];
    random.fill(&mut public)?;
    let secret = secret(data, &public);
    Ok((public, secret))
}

const AEADS: &[AeadRow] =
    &[AeadRow::new(Encr::ENCR_AES_GCM_16, 128, |key, salt| Ok(Box::new(ToyAead(digest(&mut [key, salt].into_iter(), 1)))))];
const PRFS: &[PrfRow] = &[PrfRow::new(Prf::PRF_HMAC_SHA2_256, 32, |key| Box::new(ToyMac(digest(&mut key.iter().copied(), 2))))];
const EXCHANGES: &[KeyExchangeRow] = &[
    KeyExchangeRow::new(KeMethod::CURVE25519, begin::<32>, respond::<32>),
    KeyExchangeRow::new(KeMethod::ECP_256, begin::<64>, respond::<64>),
    // The lengths of ML-KEM-512: 800 octets there, 768 back.
    KeyExchangeRow::new(KeMethod::ML_KEM_512, begin::<800>, respond::<768>),
    KeyExchangeRow::new(KeMethod::ML_KEM_768, begin::<1184>, respond::<1088>),
];

static NO_SHA1: Algorithms = Algorithms::new("toy").with_aeads(AEADS).with_prfs(PRFS).with_key_exchanges(EXCHANGES);

/// It finds no NAT.
pub(crate) static WITHOUT_SHA1: Provider = Provider::new(&[&NO_SHA1]);

static TOY: Algorithms = Algorithms::new("toy").with_aeads(AEADS).with_prfs(PRFS).with_key_exchanges(EXCHANGES).with_sha1(|parts| {
    let mut out = [0; 20];
    spread(digest(&mut parts.iter().copied(), 3), &mut out);
    out
});

pub(crate) static PROVIDER: Provider = Provider::new(&[&TOY]);
