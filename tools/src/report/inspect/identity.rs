//! Identities and certificates in words.

use super::detail::plural;
use super::node::Node;
use super::text::{hex, hex_short, quoted, text_or_hex};
use ikev2::auth::SignatureScheme;
use ikev2::cert::{DistinguishedName, GeneralName};
use ikev2::registry::IdType;
use ikev2::wire::{Auth, Cert, Id};
#[cfg(feature = "x509")]
use ikev2::{cert::Certificate, registry::CertEncoding};

pub(crate) fn identity(id: &Id<'_>) -> String {
    let value = match id.ty {
        IdType::ID_FQDN | IdType::ID_RFC822_ADDR => quoted(id.data),
        IdType::ID_DER_ASN1_DN => DistinguishedName::parse(id.data).map_or_else(|_| hex_short(id.data), |name| name.to_string()),
        IdType::ID_DER_ASN1_GN => GeneralName::parse(id.data).map_or_else(|_| hex_short(id.data), |name| name.to_string()),
        IdType::ID_NULL if id.data.is_empty() => return id.ty.to_string(),
        IdType::ID_KEY_ID => text_or_hex(id.data),
        _ => id.address().ok().flatten().map_or_else(|| hex_short(id.data), |address| address.to_string()),
    };
    format!("{} {value}", id.ty)
}

/// For programs: text for names and addresses, RFC 4514 for names in DER, hexadecimal for all else and for data that is not
/// what its type says.
pub(crate) fn plain(id: &Id<'_>) -> String {
    let text = match id.ty {
        IdType::ID_FQDN | IdType::ID_RFC822_ADDR => core::str::from_utf8(id.data).ok().map(Into::into),
        IdType::ID_DER_ASN1_DN => DistinguishedName::parse(id.data).ok().map(|name| name.to_string()),
        IdType::ID_DER_ASN1_GN => match GeneralName::parse(id.data) {
            Ok(GeneralName::Directory(name)) => Some(name.to_string()),
            _ => None,
        },
        _ => id.address().ok().flatten().map(|address| address.to_string()),
    };
    text.unwrap_or_else(|| hex(id.data))
}

pub(crate) fn certificate(cert: &Cert<'_>) -> Vec<String> {
    vec![format!("Certificate, {}", cert.encoding), format!("{} of data", plural(cert.data.len(), "octet"))]
}

/// What a certificate says, or where it is.
pub(crate) fn facts(cert: &Cert<'_>) -> Vec<Node> {
    if let Some(found) = cert.hash_and_url() {
        return vec![Node::new("SHA-1", vec![hex(found.hash)]), Node::new("URL", vec![quoted(found.url)])];
    }
    #[cfg(feature = "x509")]
    if cert.encoding == CertEncoding::X509_SIGNATURE {
        return match Certificate::parse(cert.data) {
            Ok(certificate) => x509(&certificate),
            Err(error) => vec![Node::new("", vec![format!("not readable: {error}")])],
        };
    }
    Vec::new()
}

#[cfg(feature = "x509")]
fn x509(certificate: &Certificate<'_>) -> Vec<Node> {
    let key = certificate.public_key();
    let bits = key.bits().map(|bits| format!("{bits} bits"));
    let names: Vec<_> = certificate.alternative_names().map(|name| name.to_string()).collect();
    let (from, to) = (certificate.validity().not_before, certificate.validity().not_after);
    let mut nodes = vec![
        Node::new("subject", vec![certificate.subject().to_string()]),
        Node::new("issuer", vec![certificate.issuer().to_string()]),
        Node::new("valid", vec![format!("{from} to {to}")]),
        Node::new("key", core::iter::once(key.key_type().to_string()).chain(bits).collect()),
        Node::new("signed", vec![certificate.signature_algorithm().to_string()]),
    ];
    if !names.is_empty() {
        nodes.insert(1, Node::new("names", names));
    }
    nodes
}

pub(crate) fn authentication(auth: &Auth<'_>) -> Vec<String> {
    let mut items = vec![format!("Authentication by {}", auth.method)];
    match auth.digital_signature() {
        Some(parts) => {
            items.push(algorithm(parts.algorithm));
            items.push(format!("signature of {}", plural(parts.signature.len(), "octet")));
        }
        None => items.push(format!("{} of data", plural(auth.data.len(), "octet"))),
    }
    items
}

/// An AlgorithmIdentifier in DER.
pub(crate) fn algorithm(der: &[u8]) -> String {
    SignatureScheme::parse(der).map_or_else(|_| format!("algorithm {}", hex_short(der)), |scheme| scheme.to_string())
}
