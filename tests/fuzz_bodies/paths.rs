//! Target `paths`: certificates of anybody, some of them anchors.

use ikev2::auth::{EcdsaForm, KeyType, SignatureScheme};
use ikev2::cert::{Certificate, KeyPurposes, PathFault, PathLimits, PathRequest, validate};
use ikev2::error::CryptoError;
use ikev2::provider::{Algorithms, Provider, VerifierRow};
use ikev2::registry::HashAlgorithm;

/// Seconds since 1970 at which the certificates of the corpus are good.
const NOW: i64 = 1_800_000_000;

/// Believes every signature, so that what is changed in a certificate is still looked into.
static CREDULOUS: Algorithms = Algorithms::new("credulous").with_verifiers(&[VerifierRow::new(
    SignatureScheme::Ecdsa(HashAlgorithm::SHA2_256),
    KeyType::EcdsaP256,
    EcdsaForm::Der,
    believe,
)]);

const BELIEVING: &[&Algorithms] = &[&CREDULOUS];

#[expect(clippy::unnecessary_wraps, reason = "the signature of a verifier")]
fn believe(_: &[u8], _: &[u8], _: &[u8]) -> Result<(), CryptoError> {
    Ok(())
}

/// Octet 0 says how; then certificates: length in two octets, of which the first bit makes an anchor; the first is the leaf.
pub fn paths(data: &[u8]) {
    let Some((&how, mut rest)) = data.split_first() else { return };
    let (mut sent, mut anchors) = (Vec::new(), Vec::new());
    while let Some((&[high, low], after)) = rest.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes([high & 0x7f, low])).min(after.len());
        let (der, after) = after.split_at(length);
        if high & 0x80 == 0 {
            sent.push(der);
        } else {
            anchors.push(der);
        }
        rest = after;
    }
    let Some((leaf, others)) = sent.split_first() else { return };
    let provider = if how & 1 == 0 { Provider::new(BELIEVING) } else { Provider::builtin() };
    let purposes = match how >> 1 & 3 {
        0 => KeyPurposes::IKE,
        1 => KeyPurposes::IKE.with_server_auth().with_client_auth(),
        _ => KeyPurposes::UNRESTRICTED,
    };
    let limits = match how >> 3 & 1 {
        0 => PathLimits::default(),
        _ => PathLimits { certificates: 6, depth: 3, verifications: 5, comparisons: 20 },
    };
    let request = PathRequest::new(&provider, leaf, &anchors, NOW).with_others(others).with_purposes(purposes).with_limits(limits);
    let told = validate(&request);
    let path = match &told {
        Ok(path) => path.certificates(),
        Err(error) => {
            assert!(!error.to_string().chars().any(char::is_control));
            &[]
        }
    };
    for certificate in path {
        assert!(certificate.validity().contains(NOW));
    }
    for pair in path.windows(2) {
        assert!(pair[0].issuer() == pair[1].subject() && !pair[0].issuer().is_empty());
        assert!(pair[0].verify_signature(&provider, &pair[1].public_key()).is_ok());
        assert!(pair[1].extensions().basic_constraints().unwrap().unwrap().is_ca);
    }
    let above: Vec<_> = path.iter().skip(1).map(Certificate::as_der).collect();
    if let Ok(path) = &told {
        assert!(path.leaf().as_der() == *leaf && path.certificates().len() <= limits.depth + 1);
        assert!(anchors.contains(&path.anchor().as_der()));
        assert!(above.iter().rev().skip(1).all(|der| others.contains(der)));
        // What is not in the path was not needed.
        assert!(validate(&request.with_others(&above)).is_ok());
    }
    // The order says nothing, unless the search ended before its time.
    let reversed: Vec<_> = others.iter().rev().copied().collect();
    let again = validate(&request.with_others(&reversed));
    let is_cut = |fault| matches!(fault, PathFault::TooManyVerifications { .. } | PathFault::TooManyNames { .. });
    if !told.as_ref().is_err_and(|error| is_cut(error.fault)) && !again.as_ref().is_err_and(|error| is_cut(error.fault)) {
        assert_eq!(told.is_ok(), again.is_ok());
    }
}
