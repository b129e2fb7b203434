//! A certificate as it is looked at, and what it says in words.

use super::model::{CertificateFacts, SignatureCheck};
use super::read::Piece;
use super::tlv;
use ikev2::auth::AuthError;
use ikev2::cert::{Certificate, DistinguishedName, GeneralName};
use ikev2::keys::authority_hash;
use ikev2::provider::Provider;

/// Algorithms of the provider this build has.
const PROVIDER: Provider = Provider::builtin();

/// id-at-commonName.
const COMMON_NAME: &[u8] = b"\x55\x04\x03";
/// The algorithms of FIPS 204 in a SubjectPublicKeyInfo (RFC 9881 section 2): 2.16.840.1.101.3.4.3 and 17, 18, 19.
const ML_DSA: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x03";

/// A certificate, where it stood, and what is asked of it again and again.
#[derive(Clone, Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) piece: &'a Piece,
    pub(crate) cert: Certificate<'a>,
    pub(crate) is_ca: bool,
}

impl<'a> Entry<'a> {
    pub(crate) fn new(piece: &'a Piece) -> Option<Self> {
        let cert = Certificate::parse(&piece.der).ok()?;
        let is_ca = cert.extensions().basic_constraints().ok().flatten().is_some_and(|constraints| constraints.is_ca);
        Some(Self { piece, cert, is_ca })
    }

    pub(crate) fn self_issued(&self) -> bool {
        !self.cert.subject().is_empty() && self.cert.subject().as_der() == self.cert.issuer().as_der()
    }

    pub(crate) fn subject_key_id(&self) -> Option<&'a [u8]> {
        self.cert.extensions().subject_key_identifier().ok().flatten()
    }

    pub(crate) fn authority_key_id(&self) -> Option<&'a [u8]> {
        self.cert.extensions().authority_key_identifier().ok().flatten()
    }

    /// Purposes in dotted form.
    pub(crate) fn purposes(&self) -> Option<Vec<String>> {
        let purposes = self.cert.extensions().extended_key_usage().ok().flatten()?;
        Some(purposes.map(|oid| oid.to_string()).collect())
    }

    /// What to call it.
    pub(crate) fn title(&self) -> String {
        match self.cert.subject() {
            subject if !subject.is_empty() => subject.to_string(),
            _ => self.cert.alternative_names().next().map_or_else(|| "the certificate without a name".into(), |name| name.to_string()),
        }
    }

    /// The common names of the subject, the last, which is the most specific, first.
    pub(crate) fn common_names(&self) -> Vec<String> {
        let mut found = common_names(self.cert.subject());
        found.reverse();
        found
    }

    pub(crate) fn dns_names(&self) -> Vec<String> {
        let dns = |name| match name {
            GeneralName::Dns(octets) => Some(octets.escape_ascii().to_string()),
            _ => None,
        };
        self.cert.alternative_names().filter_map(dns).collect()
    }

    /// The kind of its key in words: a key that the library does not verify with may still be one whose name is known.
    pub(crate) fn key(&self) -> String {
        match self.ml_dsa() {
            Some(set) => format!("ML-DSA-{set}"),
            None => match self.cert.public_key().key_type().to_string() {
                unknown if unknown == "unknown" => "of a kind that is not known here".into(),
                known => known,
            },
        }
    }

    /// The parameter set of an ML-DSA key: 44, 65 or 87.
    pub(crate) fn ml_dsa(&self) -> Option<u8> {
        let spki = tlv::each(self.cert.public_key().spki()).next()?;
        let algorithm = tlv::each(spki.contents).next()?;
        let oid = tlv::each(algorithm.contents).next()?;
        match oid.contents.split_last() {
            Some((17, ML_DSA)) => Some(44),
            Some((18, ML_DSA)) => Some(65),
            Some((19, ML_DSA)) => Some(87),
            _ => None,
        }
    }

    /// Whether `issuer` signed it.
    pub(crate) fn signed_by(&self, issuer: &Entry<'_>) -> SignatureCheck {
        match self.cert.verify_signature(&PROVIDER, &issuer.cert.public_key()) {
            Ok(scheme) => SignatureCheck::Verified(scheme.to_string()),
            Err(AuthError::Failed(_) | AuthError::KeyMismatch { .. }) => SignatureCheck::Wrong,
            Err(AuthError::UnknownAlgorithm) => {
                SignatureCheck::NotVerified(format!("the algorithm {} is not known here", self.cert.signature_algorithm().oid))
            }
            Err(error) => SignatureCheck::NotVerified(error.to_string()),
        }
    }

    pub(crate) fn facts(&self) -> CertificateFacts {
        let (cert, extensions) = (&self.cert, self.cert.extensions());
        let sha1 = |octets: &[u8]| PROVIDER.sha1().ok().map(|sha1| hex(&authority_hash(sha1, octets)));
        let text = |octets: &[u8]| octets.escape_ascii().to_string();
        CertificateFacts {
            file: self.piece.file.clone(),
            number: self.piece.number,
            at: self.piece.at,
            octets: self.piece.der.len(),
            subject: cert.subject().to_string(),
            issuer: cert.issuer().to_string(),
            serial: hex(cert.serial()),
            names: cert.alternative_names().map(|name| name.to_string()).collect(),
            key: self.key(),
            key_bits: cert.public_key().bits(),
            signature: cert.signature_algorithm().to_string(),
            not_before: cert.validity().not_before,
            not_after: cert.validity().not_after,
            key_usage: extensions.key_usage().ok().flatten().map(|usage| usage.names().collect()),
            purposes: self.purposes(),
            is_ca: self.is_ca,
            path_len: extensions.basic_constraints().ok().flatten().and_then(|constraints| constraints.path_len),
            subject_key_id: self.subject_key_id().map(hex),
            authority_key_id: self.authority_key_id().map(hex),
            crl: extensions.crl_distribution_points().map(text).collect(),
            authority_access: extensions.authority_info_access().map(text).collect(),
            self_issued: self.self_issued(),
            thumbprint: sha1(&self.piece.der),
            authority_hash: sha1(cert.public_key().spki()).filter(|_| self.is_ca || self.self_issued()),
        }
    }
}

/// The values of commonName in their order, those that are text.
fn common_names(name: DistinguishedName<'_>) -> Vec<String> {
    let attributes = |rdn: tlv::Element<'_>| -> Vec<String> {
        let value = |attribute: tlv::Element<'_>| {
            let mut parts = tlv::each(attribute.contents);
            parts.next().filter(|ty| ty.contents == COMMON_NAME).and_then(|_| parts.next()).and_then(text)
        };
        tlv::each(rdn.contents).filter_map(value).collect()
    };
    tlv::each(name.as_der()).take(1).flat_map(|all| tlv::each(all.contents).flat_map(attributes).collect::<Vec<_>>()).collect()
}

/// A DirectoryString: UTF8String, PrintableString, IA5String, T61String as Latin-1, BMPString.
fn text(value: tlv::Element<'_>) -> Option<String> {
    match value.tag {
        0x0c | 0x13 | 0x16 => core::str::from_utf8(value.contents).ok().map(str::to_owned),
        0x14 => Some(value.contents.iter().map(|octet| char::from(*octet)).collect()),
        0x1e => {
            let units = value.contents.chunks_exact(2).filter_map(|pair| <[u8; 2]>::try_from(pair).ok()).map(u16::from_be_bytes);
            String::from_utf16(&units.collect::<Vec<_>>()).ok()
        }
        _ => None,
    }
}

pub(crate) fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}
