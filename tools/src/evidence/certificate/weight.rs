//! What a chain weighs in IKE_AUTH, and how many pieces each path cuts it into; and what it would weigh with other keys.
//!
//! Counted are the payloads that every IKE_AUTH message with certificates and a child SA has: one identity (RFC 7296 section 3.5), CERT
//! for each certificate up to the authority that signed itself, which peers have already (section 3.6), CERTREQ in the client's request
//! (section 3.7), AUTH by RFC 7427, one ESP proposal, and two traffic selectors. Configuration, EAP and notifies come on top: 100 to 200
//! octets with most clients. The IKE SA is one of AES-CBC with HMAC-SHA2-256-128, by UDP port 4500.
//!
//! Sizes of other keys: SubjectPublicKeyInfo by RFC 3279, RFC 5480 and RFC 9881, signatures at their largest: ECDSA is a SEQUENCE of two
//! INTEGERs, each with a zero octet in front when its first bit is set; ML-DSA-65 has 3309 octets and its key 1952 (FIPS 204 table 2).

use super::facts::Entry;
use super::model::{CertificateChain, CertificateRole, ExamineOptions};
use super::octets::{ChainWeight, MessageWeight, OtherWeight, PathWeight, PayloadWeight};
use ikev2::auth::{KeyType, SignatureScheme};
use ikev2::cert::GeneralName;
use ikev2::diagnose::sizes::Encapsulation;
use ikev2::fragment::Overhead;

/// AES-CBC with HMAC-SHA2-256-128.
const CIPHER: Overhead = Overhead { iv_len: 16, icv_len: 16, block_len: 16 };
/// Generic payload header, RFC 7296 section 3.2.
const HEADER: usize = 4;
/// CERT: the header and Cert Encoding. CERTREQ the same.
const CERT: usize = HEADER + 1;
/// A SHA-1 hash.
const AUTHORITY: usize = 20;
/// ID and AUTH: the header, type or method, three reserved octets.
const TYPED: usize = HEADER + 4;
/// One ESP proposal: proposal header and SPI, ENCR with a key length, INTEG, SN.
const SA: usize = HEADER + 8 + 4 + 12 + 8 + 8;
/// TS: header, number of selectors and reserved, and a selector of IPv4 or IPv6.
const TS_IPV4: usize = HEADER + 4 + 16;
const TS_IPV6: usize = HEADER + 4 + 40;
/// Octets of the least MTU of IPv6 (RFC 8200 section 5).
const LEAST_IPV6_MTU: u16 = 1280;

/// Octets of a SubjectPublicKeyInfo, of the AlgorithmIdentifier of a signature, and of a signature at its largest.
struct Kind {
    name: &'static str,
    spki: usize,
    algorithm: usize,
    signature: usize,
}

const KINDS: [Kind; 4] = [
    Kind { name: "RSA-2048", spki: 294, algorithm: 15, signature: 256 },
    Kind { name: "ECDSA P-256", spki: 91, algorithm: 12, signature: 72 },
    Kind { name: "ECDSA P-384", spki: 120, algorithm: 12, signature: 104 },
    Kind { name: "ML-DSA-65", spki: 1974, algorithm: 13, signature: 3309 },
];

/// Weighs a chain; `None` when the size of the signatures its first key makes is not known.
///
/// Trust anchors stand from `anchors` on: the peer has them, and none is sent.
pub(crate) fn of(
    entries: &[Entry<'_>],
    anchors: usize,
    chain: &CertificateChain,
    role: CertificateRole,
    options: &ExamineOptions,
) -> Option<ChainWeight> {
    let leaf = entries.get(*chain.path.first()?)?;
    let carried: Vec<(usize, &Entry<'_>)> = chain
        .path
        .iter()
        .filter_map(|place| Some((*place, entries.get(*place)?)))
        .enumerate()
        .filter(|(depth, (place, entry))| *depth == 0 || !entry.self_issued() && *place < anchors)
        .map(|(_, carried)| carried)
        .collect();
    let certreq = if options.certreq == 0 { 0 } else { CERT.saturating_add(options.certreq.saturating_mul(AUTHORITY)) };
    let mut payloads = vec![plain("ID", TYPED.saturating_add(identity_len(leaf)))];
    let certs = |(place, entry): &(usize, &Entry<'_>)| PayloadWeight {
        name: "CERT",
        octets: CERT.saturating_add(entry.piece.der.len()),
        certificate: Some(*place),
    };
    payloads.extend(carried.iter().map(certs));
    if role == CertificateRole::Client && certreq > 0 {
        payloads.push(plain("CERTREQ", certreq));
    }
    let ts = if options.ipv6 { TS_IPV6 } else { TS_IPV4 };
    payloads.extend([plain("AUTH", auth_len(leaf)?), plain("SA", SA), plain("TSi", ts), plain("TSr", ts)]);
    let sum = |name: &str| payloads.iter().filter(|one| one.name == name).fold(0_usize, |sum, one| sum.saturating_add(one.octets));
    let rest = payloads.iter().filter(|one| !matches!(one.name, "CERT" | "AUTH")).fold(0_usize, |sum, one| sum.saturating_add(one.octets));
    let other = |kind: &Kind| {
        let one = |entry: &Entry<'_>| CERT.saturating_add(entry.cert.len_with(kind.spki, kind.algorithm, kind.signature));
        let cert = carried.iter().fold(0_usize, |sum, (_, entry)| sum.saturating_add(one(entry)));
        OtherWeight { key: kind.name, message: message(cert, signed(kind.algorithm, kind.signature), rest, options) }
    };
    let others = KINDS.iter().map(other).collect();
    let as_is = message(sum("CERT"), sum("AUTH"), rest, options);
    Some(ChainWeight { certreq, as_is, others, payloads })
}

const fn plain(name: &'static str, octets: usize) -> PayloadWeight {
    PayloadWeight { name, octets, certificate: None }
}

/// The identity that goes with a certificate without further configuration: its subject; else its first name.
fn identity_len(leaf: &Entry<'_>) -> usize {
    if !leaf.cert.subject().is_empty() {
        return leaf.cert.subject().as_der().len();
    }
    let name = leaf.cert.alternative_names().find_map(|name| match name {
        GeneralName::Dns(octets) | GeneralName::Rfc822(octets) => Some(octets.len()),
        _ => None,
    });
    name.unwrap_or(4)
}

/// AUTH of method 14 (RFC 7427 section 3): ASN.1 Length, AlgorithmIdentifier, signature.
const fn signed(algorithm: usize, signature: usize) -> usize {
    TYPED.saturating_add(1).saturating_add(algorithm).saturating_add(signature)
}

/// The same for the key of a certificate.
fn auth_len(leaf: &Entry<'_>) -> Option<usize> {
    let key = leaf.cert.public_key();
    let pss = SignatureScheme::RsaPss {
        hash: ikev2::registry::HashAlgorithm::SHA2_256,
        mgf: ikev2::registry::HashAlgorithm::SHA2_256,
        salt_len: 32,
    };
    let (algorithm, signature) = match (key.key_type(), leaf.ml_dsa()) {
        (KeyType::Rsa, _) => (15, key.bits()?.div_ceil(8)),
        (KeyType::RsaPss, _) => (pss.algorithm_identifier()?.len(), key.bits()?.div_ceil(8)),
        (KeyType::EcdsaP256 | KeyType::EcdsaBrainpoolP256r1, _) => (12, 72),
        (KeyType::EcdsaP384 | KeyType::EcdsaBrainpoolP384r1, _) => (12, 104),
        (KeyType::EcdsaBrainpoolP512r1, _) => (12, 137),
        (KeyType::EcdsaP521, _) => (12, 139),
        (KeyType::Ed25519, _) => (7, 64),
        (KeyType::Ed448, _) => (7, 114),
        (_, Some(44)) => (13, 2420),
        (_, Some(65)) => (13, 3309),
        (_, Some(_)) => (13, 4627),
        (_, None) => return None,
    };
    Some(signed(algorithm, signature))
}

fn message(cert: usize, auth: usize, rest: usize, options: &ExamineOptions) -> MessageWeight {
    let carried = Encapsulation { ipv6: options.ipv6, marker: true };
    let content = cert.saturating_add(auth).saturating_add(rest);
    let packet = carried.packet_len_of(content, Some(CIPHER));
    let path = |mtu: u16| {
        let budget = carried.budget(mtu, CIPHER);
        let lens = budget.and_then(|budget| budget.message_lens(content, 0).ok());
        let datagrams = lens.into_iter().flatten().map(|message| carried.packet_len(message)).collect();
        PathWeight { mtu, ip_fragments: carried.ip_packets(mtu, packet), datagrams }
    };
    // No IPv6 path is smaller (RFC 8200 section 5).
    let mtus = options.mtus.iter().copied().filter(|mtu| !options.ipv6 || *mtu >= LEAST_IPV6_MTU);
    MessageWeight { cert, auth, content, packet, paths: mtus.map(path).collect() }
}
