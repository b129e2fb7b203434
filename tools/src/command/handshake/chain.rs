//! From a peer's certificate to a trust anchor, RFC 5280 section 6, as far as `ike handshake` goes.
//!
//! Checked: every signature up to the anchor, every date, basic constraints with path length (the anchor's, too), and where key usage
//! is there, that it lets an authority sign certificates and the peer sign; the caller matches the name (RFC 4945 section 3.1). A
//! critical extension not understood here, name constraints among them, ends the path. Not checked: revocation, policies, extended key
//! usage.

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
/// id-ce of RFC 5280 section 4.2.1: keyUsage, subjectAltName, basicConstraints, certificatePolicies, extKeyUsage. Policies and extended
/// key usage restrict nothing for a caller that asks for none.
const UNDERSTOOD: [&[u8]; 5] = [b"\x55\x1d\x0f", b"\x55\x1d\x11", b"\x55\x1d\x13", b"\x55\x1d\x20", b"\x55\x1d\x25"];

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

    /// Whether its key may sign in an authentication (RFC 4945 section 5.1.3.2).
    fn may_sign(&self) -> bool {
        let usage = self.x509.key_usage().ok();
        usage.is_some_and(|usage| usage.is_none_or(|usage| usage.value.digital_signature() || usage.value.non_repudiation()))
    }

    /// RFC 5280 section 4.2: a critical extension that is not understood makes the certificate unusable.
    fn is_understood(&self) -> bool {
        self.x509.extensions().iter().all(|extension| !extension.critical || UNDERSTOOD.contains(&extension.oid.as_bytes()))
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
    let mut sent = certs.iter().filter(|cert| cert.encoding == CertEncoding::X509_SIGNATURE).take(MOST);
    // The first is whose key made AUTH: another may not stand in for it, should it be unreadable.
    let leaf = sent.next().and_then(|cert| Link::new(cert.data)).ok_or("the peer's certificate cannot be read")?;
    let sent: Vec<_> = sent.filter_map(|cert| Link::new(cert.data)).collect();
    let anchors: Vec<_> = anchors.iter().filter_map(|der| Link::new(der)).collect();
    if !leaf.may_sign() {
        return Err(format!("the key usage of {} does not let it sign", leaf.facts.subject()));
    }
    let mut current = &leaf;
    for below in 0..DEPTH {
        let subject = current.facts.subject();
        if !current.facts.validity().contains(now) {
            let validity = current.facts.validity();
            return Err(format!("the certificate of {subject} is valid from {} to {}", validity.not_before, validity.not_after));
        }
        if !current.is_understood() {
            return Err(format!("the certificate of {subject} has a critical extension that is not understood here"));
        }
        if anchors.iter().any(|anchor| anchor.der == current.der) {
            return Ok(below);
        }
        let vouches = |candidate: &&Link<'_>| candidate.is_authority(below) && candidate.der != current.der && candidate.signed(current);
        let mut found = anchors.iter().filter(vouches).peekable();
        if found.peek().is_some() {
            return match found.any(|anchor| anchor.facts.validity().contains(now)) {
                true => Ok(below.saturating_add(1)),
                false => Err("the trust anchor is out of date".into()),
            };
        }
        // Of several for one name and key, one that is in date; else any, to say that it is not.
        let issuers = || sent.iter().filter(vouches);
        let issuer = issuers().find(|issuer| issuer.facts.validity().contains(now)).or_else(|| issuers().next());
        current = issuer.ok_or_else(|| format!("nobody vouches for {subject}, issued by {}", current.facts.issuer()))?;
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A certificate of `trust.pem`, where each has its name above it. OpenSSL made them.
    fn named(name: &str) -> Vec<u8> {
        let path = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/handshake/trust.pem"));
        let text = std::fs::read_to_string(path).unwrap();
        let place = text.lines().filter_map(|line| line.strip_prefix("# ")).position(|line| line == name).unwrap();
        crate::command::handshake::pem::read(path, "CERTIFICATE").unwrap()[place].to_vec()
    }

    fn verified(sent: &str, anchors: &str) -> Result<usize, String> {
        let [sent, anchors] = [sent, anchors].map(|names| names.split(' ').map(named).collect::<Vec<_>>());
        let certs: Vec<_> = sent.iter().map(|der| Cert { encoding: CertEncoding::X509_SIGNATURE, data: der }).collect();
        verify(&certs, &anchors)
    }

    #[test]
    fn paths_that_hold() {
        for (sent, anchors, steps) in [
            ("good", "root", 1),
            ("good", "good", 0),
            ("good", "leaf root", 1),
            ("shortleaf short", "root", 2),
            ("shortleaf", "short", 1),
            ("byrenewed renewed", "root", 2),
            ("byrenewed expired renewed", "root", 2),
            ("byrenewed", "expired renewed", 1),
            ("good good root root", "root", 1),
        ] {
            assert_eq!(verified(sent, anchors), Ok(steps), "{sent} < {anchors}");
        }
    }

    #[test]
    fn paths_that_do_not() {
        for (sent, anchors, why) in [
            ("good", "short", "nobody vouches for"),
            ("good root", "short", "nobody vouches for"),
            // A leaf is no authority, neither below one nor as an anchor.
            ("byleaf leaf", "root", "nobody vouches for"),
            ("byleaf", "leaf", "nobody vouches for"),
            ("bynocertsign nocertsign", "root", "nobody vouches for"),
            ("bynocertsign", "nocertsign", "nobody vouches for"),
            // Longer than the path length lets it be, be that an intermediate's or the anchor's.
            ("deep below short", "root", "nobody vouches for"),
            ("deep below", "short", "nobody vouches for"),
            ("nosign", "root", "key usage"),
            ("critical", "root", "critical extension"),
            ("outside named", "root", "critical extension"),
            ("byrenewed expired", "root", "is valid from"),
            ("byrenewed", "expired", "out of date"),
            ("looped loopa loopb", "root", "more than 8"),
        ] {
            let fault = verified(sent, anchors).unwrap_err();
            assert!(fault.contains(why), "{sent} < {anchors}: {fault}");
        }
    }

    #[test]
    fn another_certificate_does_not_stand_in_for_one_that_cannot_be_read() {
        let (mut broken, good, root) = (named("good"), named("good"), named("root"));
        broken.truncate(100);
        let certs = [&broken, &good].map(|der| Cert { encoding: CertEncoding::X509_SIGNATURE, data: der });
        assert_eq!(verify(&certs, &[root]), Err("the peer's certificate cannot be read".into()));
    }
}
