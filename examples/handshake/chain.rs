//! From a peer's certificate to a trust anchor, RFC 5280 section 6, as far as an example goes.
//!
//! Checked: every signature up to the anchor, every date, basic constraints with path length, and keyCertSign where key usage is
//! there; the caller matches the name (RFC 4945 section 3.1). Not checked: revocation, name constraints, policies, extended key
//! usage, and critical extensions nobody here knows.

use ikev2::auth::{KeyType, SignatureScheme};
use ikev2::cert::Certificate;
use ikev2::registry::{CertEncoding, HashAlgorithm};
use ikev2::wire::Cert;
use ring::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use std::time::SystemTime;
use x509_parser::prelude::{FromDer, X509Certificate};

/// Certificates of a peer that are looked at.
const MOST: usize = 16;
/// Certificates between leaf and anchor, the leaf counted.
const DEPTH: usize = 8;

struct Link<'a> {
    der: &'a [u8],
    facts: Certificate<'a>,
    x509: X509Certificate<'a>,
}

impl<'a> Link<'a> {
    fn new(der: &'a [u8]) -> Option<Self> {
        let facts = Certificate::parse(der).ok()?;
        let (_, x509) = X509Certificate::from_der(der).ok()?;
        Some(Self { der, facts, x509 })
    }

    /// Whether it may vouch for a certificate with `below` intermediate ones beneath it.
    fn is_authority(&self, below: usize) -> bool {
        let constraints = self.x509.basic_constraints().ok().flatten();
        let path = constraints.is_some_and(|c| {
            c.value.ca && c.value.path_len_constraint.is_none_or(|most| u32::try_from(below).is_ok_and(|below| below <= most))
        });
        let usage = self.x509.key_usage().ok().is_some_and(|usage| usage.is_none_or(|usage| usage.value.key_cert_sign()));
        path && usage
    }

    fn signed(&self, child: &Link<'_>) -> bool {
        if self.facts.subject().as_der() != child.facts.issuer().as_der() || self.facts.subject().is_empty() {
            return false;
        }
        let scheme = child.facts.signature_algorithm().scheme;
        let algorithm = scheme.and_then(|scheme| algorithm(scheme, self.facts.public_key().key_type()));
        let key: &[u8] = &self.x509.public_key().subject_public_key.data;
        algorithm.is_some_and(|algorithm| {
            UnparsedPublicKey::new(algorithm, key).verify(child.x509.tbs_certificate.as_ref(), &child.x509.signature_value.data).is_ok()
        })
    }
}

/// Verifies the chain of the first certificate; gives the number of steps to the anchor.
pub(crate) fn verify(certs: &[Cert<'_>], anchors: &[Vec<u8>]) -> Result<usize, String> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_err(|_| "the clock stands before 1970")?.as_secs();
    let now = i64::try_from(now).map_err(|_| "the clock is out of range")?;
    let sent = certs.iter().filter(|cert| cert.encoding == CertEncoding::X509_SIGNATURE).take(MOST);
    let sent: Vec<_> = sent.filter_map(|cert| Link::new(cert.data)).collect();
    let anchors: Vec<_> = anchors.iter().filter_map(|der| Link::new(der)).collect();
    let mut current = sent.first().ok_or("no certificate that can be read")?;
    for below in 0..DEPTH {
        if !current.facts.validity().contains(now) {
            let validity = current.facts.validity();
            return Err(format!(
                "the certificate of {} is valid from {} to {}",
                current.facts.subject(),
                validity.not_before,
                validity.not_after
            ));
        }
        if anchors.iter().any(|anchor| anchor.der == current.der) {
            return Ok(below);
        }
        if let Some(anchor) = anchors.iter().find(|anchor| anchor.signed(current)) {
            return match anchor.facts.validity().contains(now) {
                true => Ok(below.saturating_add(1)),
                false => Err("the trust anchor is out of date".into()),
            };
        }
        let issuer = sent.iter().find(|candidate| candidate.is_authority(below) && candidate.signed(current));
        current = issuer.ok_or_else(|| format!("nobody vouches for {}, issued by {}", current.facts.subject(), current.facts.issuer()))?;
    }
    Err(format!("more than {DEPTH} certificates up to an anchor"))
}

/// SHA-1 has no place here.
fn algorithm(scheme: SignatureScheme, key: KeyType) -> Option<&'static dyn VerificationAlgorithm> {
    use HashAlgorithm as H;
    Some(match (scheme, key) {
        (SignatureScheme::RsaPkcs1(H::SHA2_256), KeyType::Rsa) => &signature::RSA_PKCS1_2048_8192_SHA256,
        (SignatureScheme::RsaPkcs1(H::SHA2_384), KeyType::Rsa) => &signature::RSA_PKCS1_2048_8192_SHA384,
        (SignatureScheme::RsaPkcs1(H::SHA2_512), KeyType::Rsa) => &signature::RSA_PKCS1_2048_8192_SHA512,
        (SignatureScheme::RsaPss { hash: H::SHA2_256, mgf: H::SHA2_256, salt_len: 32 }, KeyType::Rsa) => {
            &signature::RSA_PSS_2048_8192_SHA256
        }
        (SignatureScheme::RsaPss { hash: H::SHA2_384, mgf: H::SHA2_384, salt_len: 48 }, KeyType::Rsa) => {
            &signature::RSA_PSS_2048_8192_SHA384
        }
        (SignatureScheme::RsaPss { hash: H::SHA2_512, mgf: H::SHA2_512, salt_len: 64 }, KeyType::Rsa) => {
            &signature::RSA_PSS_2048_8192_SHA512
        }
        (SignatureScheme::Ecdsa(H::SHA2_256), KeyType::EcdsaP256) => &signature::ECDSA_P256_SHA256_ASN1,
        (SignatureScheme::Ecdsa(H::SHA2_384), KeyType::EcdsaP256) => &signature::ECDSA_P256_SHA384_ASN1,
        (SignatureScheme::Ecdsa(H::SHA2_256), KeyType::EcdsaP384) => &signature::ECDSA_P384_SHA256_ASN1,
        (SignatureScheme::Ecdsa(H::SHA2_384), KeyType::EcdsaP384) => &signature::ECDSA_P384_SHA384_ASN1,
        (SignatureScheme::Ed25519, KeyType::Ed25519) => &signature::ED25519,
        _ => return None,
    })
}
