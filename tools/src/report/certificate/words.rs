//! What was found, in words, for every form of report.

use crate::evidence::certificate::{
    CertificateFacts, CertificateProblem, CertificateRole, ChainEnd, ChainLink, ChainWeight, Examination, SignatureCheck, purpose_name,
};
use crate::report::clock::moment;

/// Sizes of fragments shown one by one.
const SIZES: usize = 6;
/// Certificates beside the chain that are shown.
pub(super) const BESIDE: usize = 10;

/// When and as whose it was judged, and what the files do not tell.
pub(super) fn terms(found: &Examination) -> String {
    let (role, other) = match found.role {
        CertificateRole::Server => ("server", "client"),
        CertificateRole::Client => ("client", "server"),
    };
    let by = if found.role_is_given { String::new() } else { format!(" (--role {other} judges it as a {other}'s)") };
    format!(
        "Judged as a {role}'s{by}, at {}. Stores, revocation and private keys are not in these files, and were not looked at.",
        moment(found.at)
    )
}

/// What Windows shows for it.
pub(super) fn windows(problem: &CertificateProblem) -> String {
    problem.windows_error.map_or(String::new(), |error| format!(" [Windows error {error}]"))
}

pub(super) fn signature(link: &ChainLink) -> String {
    match &link.signature {
        SignatureCheck::Verified(scheme) => format!("yes, verified ({scheme})"),
        SignatureCheck::Wrong => "no, the signature is another key's".to_owned(),
        SignatureCheck::NotVerified(why) => format!("not verified: {why}"),
    }
}

/// What a certificate is called.
pub(super) fn title(facts: &CertificateFacts) -> &str {
    match facts.names.first() {
        Some(name) if facts.subject.is_empty() => name,
        _ => &facts.subject,
    }
}

/// Where a chain ends.
pub(super) fn end(end: &ChainEnd) -> String {
    match end {
        ChainEnd::Anchor(_) => "It ends at a trust anchor that was given.".to_owned(),
        ChainEnd::SelfSigned(_) => "It ends at a certificate that signed itself.".to_owned(),
        ChainEnd::IssuerMissing { issuer, .. } => format!("It ends here: the certificate of {issuer} is in none of the files."),
        ChainEnd::TooLong => "It does not end.".to_owned(),
    }
}

/// The facts of a certificate, each with its name.
pub(super) fn facts(facts: &CertificateFacts) -> Vec<(&'static str, String)> {
    let mut rows = vec![
        ("file", format!("{}, certificate {}, {} octets", facts.file, facts.number, facts.octets)),
        ("issuer", if facts.self_issued { "itself".to_owned() } else { facts.issuer.clone() }),
    ];
    if !facts.names.is_empty() {
        rows.push(("names", facts.names.join(", ")));
    }
    let bits = facts.key_bits.map_or(String::new(), |bits| format!(", {bits} bits"));
    rows.push(("key", format!("{}{bits}; signed with {}", facts.key, facts.signature)));
    rows.push(("valid", format!("{} to {}", facts.not_before, facts.not_after)));
    let purposes = |all: &Vec<String>| all.iter().map(|oid| purpose_name(oid)).collect::<Vec<_>>().join(", ");
    rows.push(("purposes", facts.purposes.as_ref().map_or_else(|| "any (no extended key usage)".to_owned(), purposes)));
    if let Some(usage) = &facts.key_usage {
        rows.push(("key usage", usage.join(", ")));
    }
    if facts.is_ca {
        let below = facts.path_len.map_or("any number of authorities".to_owned(), |most| match most {
            0 => "no authority".to_owned(),
            1 => "one authority".to_owned(),
            most => format!("{most} authorities"),
        });
        rows.push(("authority", format!("yes, with {below} below it")));
    }
    if !facts.crl.is_empty() {
        rows.push(("revocation", facts.crl.join(" ")));
    }
    rows.extend(facts.thumbprint.iter().map(|thumbprint| ("thumbprint", thumbprint.clone())));
    rows.extend(facts.authority_hash.iter().map(|hash| ("in CERTREQ", hash.clone())));
    rows
}

/// What a request for certificates weighs.
pub(super) fn certreq(octets: usize) -> String {
    format!("a server asks for the client's certificate with {octets} octets of CERTREQ in IKE_SA_INIT, which is never fragmented")
}

/// What all payloads weigh.
pub(super) fn in_all(weight: &ChainWeight) -> String {
    format!(
        "{} octets of payloads, {} as one IP packet (AES-CBC with HMAC-SHA2-256-128, UDP 4500). Configuration, EAP and notifies come on top.",
        weight.as_is.content, weight.as_is.packet
    )
}

/// What becomes of a message without IKE fragmentation.
pub(super) fn whole(ip_fragments: usize) -> String {
    match ip_fragments {
        1 => "whole".to_owned(),
        several => format!("{several} IP fragments"),
    }
}

/// How many packets.
pub(super) fn count(datagrams: &[usize]) -> String {
    if datagrams.is_empty() { "-".to_owned() } else { datagrams.len().to_string() }
}

/// `5: 1500, 1500, 1500, 1500, 212`.
pub(super) fn pieces(datagrams: &[usize]) -> String {
    match datagrams {
        [] => "the path is too small".to_owned(),
        [one] => format!("1: {one}"),
        [first, .., last] if datagrams.len() > SIZES => {
            format!("{}: {} of {first}, and {last}", datagrams.len(), datagrams.len().saturating_sub(1))
        }
        several => format!("{}: {}", several.len(), several.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
    }
}
