//! A private key of a file, and what it signs by.

use crate::random::System;
use ikev2::auth::{AuthError, EcdsaForm, KeyType, SignatureScheme, Signer};
use ikev2::error::CryptoError;
use ikev2::provider::{EcdsaKey, Random, SigningKey};
use ikev2::registry::HashAlgorithm;
use rsa::pkcs8::DecodePrivateKey;
use rsa::rand_core::{TryCryptoRng, TryRng};
use rsa::signature::{RandomizedSigner, SignatureEncoding};

/// Reads a PrivateKeyInfo in DER. With `sha1`, an RSA key signs with SHA-1 as well.
pub(crate) fn read(der: &[u8], sha1: bool) -> Result<Box<dyn Signer>, AuthError> {
    Ok(match KeyType::of_pkcs8(der)? {
        KeyType::EcdsaP521 => Box::new(EcdsaKey::from_pkcs8(der)?),
        KeyType::Rsa if sha1 => Box::new(Sha1Key::from_pkcs8(der)?),
        _ => Box::new(SigningKey::from_pkcs8(der)?),
    })
}

/// An RSA key that signs with SHA-1, which `ring` does for nobody. The numbers are blinded: what the crate `rsa` computes with the private
/// key takes a time that depends on it (RUSTSEC-2023-0071).
struct Sha1Key {
    other: SigningKey,
    sha1: rsa::pkcs1v15::SigningKey<sha1::Sha1>,
}

impl Sha1Key {
    fn from_pkcs8(der: &[u8]) -> Result<Self, AuthError> {
        let private = rsa::PrivateKey::from_pkcs8_der(der).map_err(|_| AuthError::Failed(CryptoError))?;
        Ok(Self { other: SigningKey::from_pkcs8(der)?, sha1: rsa::pkcs1v15::SigningKey::new(private) })
    }
}

impl Signer for Sha1Key {
    fn key_type(&self) -> KeyType {
        KeyType::Rsa
    }

    fn sign(&self, scheme: SignatureScheme, form: EcdsaForm, octets: &[u8]) -> Result<Vec<u8>, AuthError> {
        if scheme != SignatureScheme::RsaPkcs1(HashAlgorithm::SHA1) {
            return self.other.sign(scheme, form, octets);
        }
        let signature = self.sha1.try_sign_with_rng(&mut Blinding(System), octets);
        Ok(signature.map_err(|_| AuthError::Failed(CryptoError))?.to_vec())
    }
}

/// Where the crate `rsa` draws its random numbers.
struct Blinding(System);

impl TryRng for Blinding {
    type Error = CryptoError;

    fn try_next_u32(&mut self) -> Result<u32, CryptoError> {
        let mut octets = [0; 4];
        self.0.fill(&mut octets)?;
        Ok(u32::from_ne_bytes(octets))
    }

    fn try_next_u64(&mut self) -> Result<u64, CryptoError> {
        let mut octets = [0; 8];
        self.0.fill(&mut octets)?;
        Ok(u64::from_ne_bytes(octets))
    }

    fn try_fill_bytes(&mut self, octets: &mut [u8]) -> Result<(), CryptoError> {
        self.0.fill(octets)
    }
}

impl TryCryptoRng for Blinding {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::handshake::pem;
    use crate::command::handshake::suite::PROVIDER;
    use ikev2::auth::{PublicKey, SignedOctets};
    use ikev2::cert::Certificate;
    use ikev2::keys::PrfFunction;
    use ikev2::registry::{AuthMethod, Prf};
    use ikev2::wire::Auth;
    use std::path::Path;

    #[test]
    fn rfc_7296_section_3_8_a_signature_with_sha1_verifies_and_only_where_it_is_asked_for() {
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/handshake"));
        let der = pem::private_key(&folder.join("rsa4096-client.key.pem")).unwrap();
        let certificate = pem::read(&folder.join("rsa4096-client.pem"), "CERTIFICATE").unwrap();
        let spki = Certificate::parse(&certificate[0]).unwrap().public_key().spki().to_vec();
        let key = PublicKey::parse(&spki).unwrap();
        let prf = PrfFunction::new(&PROVIDER, Prf::PRF_HMAC_SHA2_256).unwrap();
        let (octets, others) =
            (SignedOctets::new(prf, b"key", b"request", b"nonce", b"id"), SignedOctets::new(prf, b"key", b"request", b"nonce", b"other"));
        let method = AuthMethod::RSA_DIGITAL_SIGNATURE;
        for hash in [HashAlgorithm::SHA1, HashAlgorithm::SHA2_256] {
            let scheme = SignatureScheme::RsaPkcs1(hash);
            let data = octets.sign(&*read(&der, true).unwrap(), method, scheme).unwrap();
            let auth = Auth { method, data: &data };
            assert_eq!(octets.verify(&PROVIDER, &auth, &key, &[hash]), Ok(scheme));
            assert!(others.verify(&PROVIDER, &auth, &key, &[hash]).is_err(), "{hash}");
        }
        let sha1 = SignatureScheme::RsaPkcs1(HashAlgorithm::SHA1);
        assert!(octets.sign(&*read(&der, false).unwrap(), method, sha1).is_err());
    }
}
