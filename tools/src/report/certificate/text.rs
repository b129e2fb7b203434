//! The examination for people: the answer, what speaks against it and what to do, the chain, the weight.

use super::verdict::verdict;
use super::words::{self, BESIDE};
use crate::evidence::certificate::{CertificateFacts, CertificateRole, ChainWeight, Examination, Fitness, MessageWeight, ProblemSeverity};
use crate::report::Style;
use crate::report::text::{Ink, Page};

/// Columns when nobody asks.
const USUAL: usize = 110;

/// The report.
#[must_use]
pub fn text(found: &Examination, style: Style) -> String {
    let mut page = Page::new(style, USUAL);
    page.words(ink(found.fitness), "", 0, &verdict(found));
    emphasise(&mut page, found, style);
    page.words(Ink::Plain, "", 0, &words::terms(found));
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
        page.words(ink, label, 11, &format!("{}: {}{}", problem.code.name(), problem.text, words::windows(problem)));
        if !problem.remedy.is_empty() {
            page.words(Ink::Plain, "           To do: ", 18, &problem.remedy);
        }
    }
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
            page.words(Ink::Plain, "      signed by the next: ", 26, &words::signature(link));
        }
    }
    page.words(Ink::Plain, "  ", 2, &words::end(&chain.end));
    let beside: Vec<usize> = [&chain.extra, &chain.alternatives].into_iter().flatten().copied().collect();
    for place in beside.iter().take(BESIDE) {
        if let Some(facts) = found.certificates.get(*place) {
            page.words(
                Ink::Plain,
                "  - ",
                4,
                &format!("beside the chain: {} ({}, certificate {})", words::title(facts), facts.file, facts.number),
            );
        }
    }
    if beside.len() > BESIDE {
        page.words(Ink::Plain, "  - ", 4, &format!("beside the chain: {} more", beside.len().saturating_sub(BESIDE)));
    }
}

fn certificate(page: &mut Page, facts: &CertificateFacts, depth: usize) {
    let number = depth.saturating_add(1);
    page.words(Ink::Strong, &format!("  {number}. {}", words::title(facts)), 6, "");
    for (label, text) in words::facts(facts) {
        page.words(Ink::Plain, &format!("      {label:<13} "), 20, &text);
    }
}

fn weight(page: &mut Page, found: &Examination, weight: &ChainWeight) {
    page.end_line();
    page.ink(Ink::Strong, "The weight in IKE_AUTH");
    page.end_line();
    let parts: Vec<String> = weight.payloads.iter().map(|one| format!("{} {}", one.name, one.octets)).collect();
    page.items(Ink::Plain, "  octets: ", &parts);
    if found.role == CertificateRole::Server && weight.certreq > 0 {
        page.words(Ink::Plain, "  CERTREQ: ", 11, &words::certreq(weight.certreq));
    }
    page.words(Ink::Plain, "  in all:  ", 11, &words::in_all(weight));
    page.end_line();
    page.line("      MTU  without IKE fragmentation  with it (octets of each packet)");
    for path in &weight.as_is.paths {
        let plain = words::whole(path.ip_fragments);
        page.line(format!("  {:>7}  {plain:<26} {}", path.mtu, words::pieces(&path.datagrams)).trim_end());
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
    let counts: String = weight.paths.iter().map(|path| format!("{:>6}", words::count(&path.datagrams))).collect();
    page.line(&format!("  {key:<13} {:>6} {:>6} {:>7}  {counts}", weight.cert, weight.auth, weight.packet));
}
