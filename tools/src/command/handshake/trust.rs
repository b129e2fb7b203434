//! The peer's certificates up to a trust anchor, and why not, with the names that are in them.
//!
//! The caller matches the name (RFC 4945 section 3.1). Not checked: revocation, policies.

use super::suite::PROVIDER;
use ikev2::cert::{Certificate, KeyPurposes, PathCertificate, PathError, PathFault, PathRequest, validate};
use ikev2::registry::CertEncoding;
use ikev2::wire::Cert;
use std::time::SystemTime;

/// What gateways and clients are given: certificates made for TLS, too.
const PURPOSES: KeyPurposes = KeyPurposes::IKE.with_server_auth().with_client_auth();

/// Verifies the path of the first certificate; gives the number of steps to the anchor.
pub(crate) fn verify(certs: &[Cert<'_>], anchors: &[Vec<u8>]) -> Result<usize, String> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_err(|_| "the clock stands before 1970")?.as_secs();
    let now = i64::try_from(now).map_err(|_| "the clock is out of range")?;
    let sent: Vec<_> = certs.iter().filter(|cert| cert.encoding == CertEncoding::X509_SIGNATURE).map(|cert| cert.data).collect();
    // The first is whose key made AUTH: another may not stand in for it, should it be unreadable.
    let (leaf, others) = sent.split_first().ok_or("the peer sent no certificate")?;
    let anchors: Vec<_> = anchors.iter().map(Vec::as_slice).collect();
    let request = PathRequest::new(&PROVIDER, leaf, &anchors, now).with_others(others).with_purposes(PURPOSES);
    let path = validate(&request).map_err(|error| told(&request, &error))?;
    Ok(path.certificates().len().saturating_sub(1))
}

/// The error with the name of the certificate it is about.
fn told(request: &PathRequest<'_>, error: &PathError) -> String {
    let der = match error.certificate {
        PathCertificate::Other(index) => request.others.get(index),
        PathCertificate::Anchor(index) => request.anchors.get(index),
        _ => Some(&request.leaf),
    };
    match (der.and_then(|der| Certificate::parse(der).ok()), error.fault) {
        (Some(at), PathFault::NobodyVouches) => format!("nobody vouches for {}, issued by {}", at.subject(), at.issuer()),
        (Some(at), fault) => format!("{} ({}): {fault}", error.certificate, at.subject()),
        (None, _) => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificates(name: &str) -> Vec<Vec<u8>> {
        let folder = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/handshake"));
        let blocks = crate::command::handshake::pem::read(&folder.join(name), "CERTIFICATE").unwrap();
        blocks.iter().map(|der| der.to_vec()).collect()
    }

    fn verified(sent: &[Vec<u8>], anchors: &[Vec<u8>]) -> Result<usize, String> {
        let certs: Vec<_> = sent.iter().map(|der| Cert { encoding: CertEncoding::X509_SIGNATURE, data: der }).collect();
        verify(&certs, anchors)
    }

    #[test]
    fn the_fault_is_told_with_the_name() {
        let (leaf, root) = (certificates("rsa4096-server.pem"), certificates("rsa4096-root.pem"));
        assert!(verified(&leaf, &root).is_ok());
        let fault = verified(&leaf, &certificates("p256-root.pem")).unwrap_err();
        assert!(fault.starts_with("nobody vouches for "), "{fault}");
        // An authority that is none: the certificates of `trust.pem` have their names above them.
        let fault = verified(&certificates("trust.pem")[2..3], &certificates("trust.pem")[1..2]).unwrap_err();
        assert!(fault.starts_with("nobody vouches for "), "{fault}");
        let fault = verified(&certificates("trust.pem")[3..4], &certificates("trust.pem")[2..3]).unwrap_err();
        assert!(fault.starts_with("trust anchor 1 (") && fault.ends_with("it is no authority's"), "{fault}");
    }

    #[test]
    fn another_certificate_does_not_stand_in_for_one_that_cannot_be_read() {
        let (mut sent, root) = (certificates("p256-server.pem"), certificates("p256-root.pem"));
        sent.insert(0, sent[0][..100].to_vec());
        assert!(verified(&sent, &root).unwrap_err().starts_with("the peer's certificate: it cannot be read"));
        assert_eq!(verified(&[], &root), Err("the peer sent no certificate".into()));
    }
}
