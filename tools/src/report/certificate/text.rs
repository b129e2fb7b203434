//! The examination for people: the answer, what speaks against it and what to do, the chain, the weight.

use super::verdict::verdict;
use crate::evidence::certificate::{
    CertificateFacts, CertificateProblem, CertificateRole, ChainEnd, ChainLink, ChainWeight, Examination, Fitness, MessageWeight,
    ProblemSeverity, SignatureCheck, purpose_name,
};
use crate::report::Style;
use crate::report::clock::moment;
use crate::report::text::{Ink, Page};

/// Columns when nobody asks.
const USUAL: usize = 110;
/// Sizes of fragments shown one by one.
const SIZES: usize = 6;
/// Certificates beside the chain that are shown.
const BESIDE: usize = 10;

/// The report.
#[must_use]
pub fn text(found: &Examination, style: Style) -> String {
    let mut page = Page::new(style, USUAL);
    page.words(ink(found.fitness), "", 0, &verdict(found));
    emphasise(&mut page, found, style);
    page.words(Ink::Plain, "", 0, &terms(found));
    problems(&mut page, found);
    chain(&mut page, found);
    if let Some(weight) = &found.weight {
        self::weight(&mut page, found, weight);
    }
    for remark in &found.remarks {
        page.end_line();
        page.words(Ink::Plain, "Note: ", 6, &format!("{remark}."));
    }
    page.take()
}

/// The first line stands out where there are colours.
fn emphasise(page: &mut Page, found: &Examination, style: Style) {
    let first = page.take();
    let lines: Vec<String> = first.lines().map(|line| style.paint(ink(found.fitness), line)).collect();
    page.push(&lines.join("\n"));
    page.end_line();
}

const fn ink(fitness: Fitness) -> Ink {
    match fitness {
        Fitness::Fit => Ink::Good,
        Fitness::NotFit | Fitness::Unreadable => Ink::Bad,
        Fitness::Unknown => Ink::Doubtful,
    }
}

/// When and as whose it was judged, and what the files do not tell.
fn terms(found: &Examination) -> String {
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

fn problems(page: &mut Page, found: &Examination) {
    if found.problems.is_empty() {
        return;
    }
    page.end_line();
    for problem in &found.problems {
        let (label, ink) = match problem.severity {
            ProblemSeverity::Error => ("  ERROR    ", Ink::Bad),
            ProblemSeverity::Doubt => ("  UNKNOWN  ", Ink::Doubtful),
            ProblemSeverity::Warning => ("  WARNING  ", Ink::Doubtful),
            ProblemSeverity::Info => ("  info     ", Ink::Plain),
        };
        page.words(ink, label, 11, &format!("{}: {}{}", problem.code.name(), problem.text, windows(problem)));
        if !problem.remedy.is_empty() {
            page.words(Ink::Plain, "           To do: ", 18, &problem.remedy);
        }
    }
}

fn windows(problem: &CertificateProblem) -> String {
    problem.windows_error.map_or(String::new(), |error| format!(" [Windows error {error}]"))
}

fn chain(page: &mut Page, found: &Examination) {
    let Some(chain) = &found.chain else { return };
    page.end_line();
    page.ink(Ink::Strong, "The chain");
    page.end_line();
    for (depth, place) in chain.path.iter().enumerate() {
        let Some(facts) = found.certificates.get(*place) else { continue };
        certificate(page, facts, depth);
        if let Some(link) = chain.links.get(depth) {
            page.words(Ink::Plain, "      signed by the next: ", 26, &signature(link));
        }
    }
    let end = match &chain.end {
        ChainEnd::Anchor(_) => "It ends at a trust anchor that was given.".to_owned(),
        ChainEnd::SelfSigned(_) => "It ends at a certificate that signed itself.".to_owned(),
        ChainEnd::IssuerMissing { issuer, .. } => format!("It ends here: the certificate of {issuer} is in none of the files."),
        ChainEnd::TooLong => "It does not end.".to_owned(),
    };
    page.words(Ink::Plain, "  ", 2, &end);
    let beside: Vec<usize> = [&chain.extra, &chain.alternatives].into_iter().flatten().copied().collect();
    for place in beside.iter().take(BESIDE) {
        if let Some(facts) = found.certificates.get(*place) {
            page.words(
                Ink::Plain,
                "  - ",
                4,
                &format!("beside the chain: {} ({}, certificate {})", title(facts), facts.file, facts.number),
            );
        }
    }
    if beside.len() > BESIDE {
        page.words(Ink::Plain, "  - ", 4, &format!("beside the chain: {} more", beside.len().saturating_sub(BESIDE)));
    }
}

fn signature(link: &ChainLink) -> String {
    match &link.signature {
        SignatureCheck::Verified(scheme) => format!("yes, verified ({scheme})"),
        SignatureCheck::Wrong => "no, the signature is another key's".to_owned(),
        SignatureCheck::NotVerified(why) => format!("not verified: {why}"),
    }
}

fn title(facts: &CertificateFacts) -> &str {
    match facts.names.first() {
        Some(name) if facts.subject.is_empty() => name,
        _ => &facts.subject,
    }
}

fn certificate(page: &mut Page, facts: &CertificateFacts, depth: usize) {
    let number = depth.saturating_add(1);
    page.words(Ink::Strong, &format!("  {number}. {}", title(facts)), 6, "");
    let mut row = |label: &str, text: &str| page.words(Ink::Plain, &format!("      {label:<13} "), 20, text);
    row("file", &format!("{}, certificate {}, {} octets", facts.file, facts.number, facts.octets));
    if facts.self_issued {
        row("issuer", "itself");
    } else {
        row("issuer", &facts.issuer);
    }
    if !facts.names.is_empty() {
        row("names", &facts.names.join(", "));
    }
    let bits = facts.key_bits.map_or(String::new(), |bits| format!(", {bits} bits"));
    row("key", &format!("{}{bits}; signed with {}", facts.key, facts.signature));
    row("valid", &format!("{} to {}", facts.not_before, facts.not_after));
    match &facts.purposes {
        Some(all) => row("purposes", &all.iter().map(|oid| purpose_name(oid)).collect::<Vec<_>>().join(", ")),
        None => row("purposes", "any (no extended key usage)"),
    }
    if let Some(usage) = &facts.key_usage {
        row("key usage", &usage.join(", "));
    }
    if facts.is_ca {
        let below = facts.path_len.map_or("any number of authorities".to_owned(), |most| match most {
            0 => "no authority".to_owned(),
            1 => "one authority".to_owned(),
            most => format!("{most} authorities"),
        });
        row("authority", &format!("yes, with {below} below it"));
    }
    if !facts.crl.is_empty() {
        row("revocation", &facts.crl.join(" "));
    }
    if let Some(thumbprint) = &facts.thumbprint {
        row("thumbprint", thumbprint);
    }
    if let Some(hash) = &facts.authority_hash {
        row("in CERTREQ", hash);
    }
}

fn weight(page: &mut Page, found: &Examination, weight: &ChainWeight) {
    page.end_line();
    page.ink(Ink::Strong, "The weight in IKE_AUTH");
    page.end_line();
    let parts: Vec<String> = weight.payloads.iter().map(|one| format!("{} {}", one.name, one.octets)).collect();
    page.items(Ink::Plain, "  octets: ", &parts);
    if found.role == CertificateRole::Server && weight.certreq > 0 {
        let text = format!(
            "a server asks for the client's certificate with {} octets of CERTREQ in IKE_SA_INIT, which is never fragmented",
            weight.certreq
        );
        page.words(Ink::Plain, "  CERTREQ: ", 11, &text);
    }
    let content = weight.as_is.content;
    let text = format!(
        "{content} octets of payloads, {} as one IP packet (AES-CBC with HMAC-SHA2-256-128, UDP 4500). Configuration, EAP and \
            notifies come on top.",
        weight.as_is.packet
    );
    page.words(Ink::Plain, "  in all:  ", 11, &text);
    page.end_line();
    page.line("      MTU  without IKE fragmentation  with it (octets of each packet)");
    for path in &weight.as_is.paths {
        let plain = match path.ip_fragments {
            1 => "whole".to_owned(),
            several => format!("{several} IP fragments"),
        };
        page.line(format!("  {:>7}  {plain:<26} {}", path.mtu, pieces(&path.datagrams)).trim_end());
    }
    page.end_line();
    page.line("  The same chain with other keys, in packets at each MTU:");
    let head: String = weight.as_is.paths.iter().map(|path| format!("{:>6}", path.mtu)).collect();
    page.line(format!("  {:<13} {:>6} {:>6} {:>7}  {head}", "", "CERT", "AUTH", "packet").trim_end());
    row(page, "as it is", &weight.as_is);
    for other in &weight.others {
        row(page, other.key, &other.message);
    }
}

fn row(page: &mut Page, key: &str, weight: &MessageWeight) {
    let count = |datagrams: &[usize]| if datagrams.is_empty() { "-".to_owned() } else { datagrams.len().to_string() };
    let counts: String = weight.paths.iter().map(|path| format!("{:>6}", count(&path.datagrams))).collect();
    page.line(&format!("  {key:<13} {:>6} {:>6} {:>7}  {counts}", weight.cert, weight.auth, weight.packet));
}

/// `5: 1500, 1500, 1500, 1500, 212`.
fn pieces(datagrams: &[usize]) -> String {
    match datagrams {
        [] => "the path is too small".to_owned(),
        [one] => format!("1: {one}"),
        [first, .., last] if datagrams.len() > SIZES => {
            format!("{}: {} of {first}, and {last}", datagrams.len(), datagrams.len().saturating_sub(1))
        }
        several => format!("{}: {}", several.len(), several.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
    }
}
