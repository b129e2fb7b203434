//! The whole examination as one JSON object; the contract is in `ike certificate --help`.

use super::verdict::verdict;
use crate::evidence::certificate::{
    CertificateChain, CertificateFacts, ChainEnd, ChainLink, ChainWeight, Examination, MessageWeight, SignatureCheck,
};
use crate::report::TOOL;
use serde_json::{Value, json};

/// One line of JSON, with its end of line.
#[must_use]
pub fn json(found: &Examination) -> String {
    let problems = found.problems.iter().map(|problem| {
        json!({
            "code": problem.code.name(),
            "severity": problem.severity.name(),
            "certificate": problem.certificate,
            "text": problem.text,
            "remedy": problem.remedy,
            "windows_error": problem.windows_error,
            "source": problem.code.source(),
        })
    });
    let of_files = found.certificates.len().saturating_sub(found.anchors);
    let certificates = found.certificates.iter().enumerate().map(|(place, facts)| certificate(facts, place >= of_files));
    let errors = found.errors.iter().map(|error| json!({"file": error.file, "octet": error.at, "text": error.kind.to_string()}));
    let object = json!({
        "verdict": found.fitness.name(),
        "text": verdict(found),
        "role": found.role.name(),
        "role_given": found.role_is_given,
        "name": found.name,
        "at": found.at,
        "problems": problems.collect::<Value>(),
        "certificates": certificates.collect::<Value>(),
        "chain": found.chain.as_ref().map(chain),
        "weight": found.weight.as_ref().map(weight),
        "remarks": found.remarks,
        "errors": errors.collect::<Value>(),
        "tool": TOOL,
    });
    format!("{object}\n")
}

fn certificate(facts: &CertificateFacts, trusted: bool) -> Value {
    json!({
        "file": facts.file,
        "number": facts.number,
        "octet": facts.at,
        "trust_anchor": trusted,
        "octets": facts.octets,
        "subject": facts.subject,
        "issuer": facts.issuer,
        "serial": facts.serial,
        "names": facts.names,
        "key": facts.key,
        "key_bits": facts.key_bits,
        "signature": facts.signature,
        "not_before": facts.not_before.to_string(),
        "not_after": facts.not_after.to_string(),
        "key_usage": facts.key_usage,
        "extended_key_usage": facts.purposes,
        "ca": facts.is_ca,
        "path_len": facts.path_len,
        "subject_key_id": facts.subject_key_id,
        "authority_key_id": facts.authority_key_id,
        "crl": facts.crl,
        "authority_access": facts.authority_access,
        "self_issued": facts.self_issued,
        "thumbprint": facts.thumbprint,
        "certreq_hash": facts.authority_hash,
    })
}

fn chain(chain: &CertificateChain) -> Value {
    let (end, issuer, key_id) = match &chain.end {
        ChainEnd::Anchor(_) => ("anchor", None, None),
        ChainEnd::SelfSigned(_) => ("self_signed", None, None),
        ChainEnd::IssuerMissing { issuer, key_id } => ("issuer_missing", Some(issuer), key_id.as_ref()),
        ChainEnd::TooLong => ("too_long", None, None),
    };
    json!({
        "path": chain.path,
        "links": chain.links.iter().map(link).collect::<Value>(),
        "end": end,
        "missing_issuer": issuer,
        "missing_key_id": key_id,
        "in_order": chain.in_order,
        "duplicates": chain.duplicates,
        "extra": chain.extra,
        "alternatives": chain.alternatives,
    })
}

fn link(link: &ChainLink) -> Value {
    let (signature, by) = match &link.signature {
        SignatureCheck::Verified(by) => ("verified", Some(by)),
        SignatureCheck::Wrong => ("wrong", None),
        SignatureCheck::NotVerified(why) => ("not_verified", Some(why)),
    };
    json!({
        "certificate": link.child,
        "issuer": link.issuer,
        "name_exact": link.name_is_exact,
        "key_identifiers": link.key_identifiers,
        "signature": signature,
        "signature_detail": by,
    })
}

fn weight(weight: &ChainWeight) -> Value {
    let payloads = weight.payloads.iter().map(|one| json!({"payload": one.name, "octets": one.octets, "certificate": one.certificate}));
    let mut object = message(&weight.as_is);
    if let Some(object) = object.as_object_mut() {
        object.insert("parts".into(), payloads.collect());
        object.insert("certreq".into(), weight.certreq.into());
        let other = |key: &str, one: &MessageWeight| {
            let mut value = message(one);
            if let Some(object) = value.as_object_mut() {
                object.insert("key".into(), key.into());
            }
            value
        };
        object.insert("with_other_keys".into(), weight.others.iter().map(|one| other(one.key, &one.message)).collect());
    }
    object
}

fn message(weight: &MessageWeight) -> Value {
    let paths = weight.paths.iter().map(|path| json!({"mtu": path.mtu, "ip_fragments": path.ip_fragments, "ike_packets": path.datagrams}));
    json!({
        "cert": weight.cert,
        "auth": weight.auth,
        "content": weight.content,
        "packet": weight.packet,
        "paths": paths.collect::<Value>(),
    })
}
