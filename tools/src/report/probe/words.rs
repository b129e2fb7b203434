//! Questions, results and sizes in words.

use ikev2::diagnose::{Cause, Product, Setting, Severity, order};
use ikev2::probe::{AnswerResult, AnswerValue, Fitness, ProbeAnswer, ProbeQuestion, ProbeReport};

/// What no run shows.
pub(super) const LIMITS: &str = "This was not verified against Windows Server: `--record FILE` writes a capture of a run that can be sent to \
    who looks into it. Windows sends from the ports 500 and 4500; a firewall that minds source ports was not tested.";

/// What is asked, in a few words.
pub(super) const fn question(question: ProbeQuestion) -> &'static str {
    match question {
        ProbeQuestion::Udp500 => "UDP 500",
        ProbeQuestion::Udp4500 => "UDP 4500",
        ProbeQuestion::Tcp4500 => "TCP 4500",
        ProbeQuestion::Tcp443 => "TCP 443",
        ProbeQuestion::FragmentsTo => "IP fragments to it",
        ProbeQuestion::FragmentsFrom => "IP fragments from it",
        ProbeQuestion::Mtu => "path MTU to it",
        ProbeQuestion::Fragmentation => "IKE fragmentation",
        ProbeQuestion::Capabilities => "extensions",
        ProbeQuestion::Product => "product",
        ProbeQuestion::Nat => "NAT",
        ProbeQuestion::SameServer => "one server",
        ProbeQuestion::Loss => "loss",
        ProbeQuestion::PostQuantum => "post-quantum",
        ProbeQuestion::Offer => "your offer",
        ProbeQuestion::Policy => "policy",
        ProbeQuestion::LoginPath => "login",
        _ => "another question",
    }
}

pub(super) const fn result(result: AnswerResult) -> &'static str {
    match result {
        AnswerResult::Yes => "yes",
        AnswerResult::No => "no",
        AnswerResult::Unknown => "unknown",
    }
}

/// The state: a word for the look of a page, and in words.
pub(super) const fn state(state: Fitness) -> (&'static str, &'static str) {
    match state {
        Fitness::Fit => ("healthy", "The way is fit"),
        Fitness::Unfit => ("fault", "The way is not fit"),
        _ => ("undetermined", "It cannot be told"),
    }
}

/// Whether an answer is good news, bad news, or neither.
pub(super) fn weight(answer: &ProbeAnswer) -> Option<Severity> {
    let bad_if = match answer.question {
        ProbeQuestion::Nat | ProbeQuestion::Product | ProbeQuestion::Tcp443 | ProbeQuestion::Tcp4500 | ProbeQuestion::PostQuantum => {
            return None;
        }
        ProbeQuestion::Loss => AnswerResult::Yes,
        _ => AnswerResult::No,
    };
    match answer.result {
        AnswerResult::Unknown => Some(Severity::Warning),
        result if result == bad_if => Some(Severity::Error),
        _ => Some(Severity::Info),
    }
}

/// What is said of an answer, as a sentence, with how sure it is and what it rests on.
pub(super) fn sentence(answer: &ProbeAnswer) -> String {
    let mut text = answer.text.clone();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    if !text.ends_with('.') {
        text.push('.');
    }
    text
}

/// The settings that help: those of the product that answers, of the network and of a Windows
/// client, and the names of the other products; all where the product
/// is not known.
pub(super) fn settings<'s>(report: &ProbeReport, all: &'s [Setting]) -> (Vec<&'s Setting>, Vec<&'s str>) {
    let product = report.answer(ProbeQuestion::Product).map(|answer| &answer.value);
    let answers = |one: &Product| product == Some(&AnswerValue::Text(one.name().to_owned()));
    let mut present: Vec<Product> = all.iter().map(|one| one.product).filter(answers).collect();
    if !present.is_empty() {
        // It is the client of most who ask.
        present.push(Product::WindowsClient);
    }
    let (first, others) = order(all, &present);
    (first, others.into_iter().map(|one| one.product.name()).collect())
}

/// Whether a cause has the settings of one before it.
pub(super) fn is_same(report: &ProbeReport, at: usize) -> bool {
    let remedies: Vec<_> = report.causes().iter().take(at.saturating_add(1)).map(Cause::remedy).collect();
    remedies.split_last().is_some_and(|(last, before)| before.contains(last))
}

/// The items of a value that is a list, such as a policy.
pub(super) fn list(answer: &ProbeAnswer) -> &[String] {
    match &answer.value {
        AnswerValue::List(items) => items,
        _ => &[],
    }
}

/// What to enter, at most, where a product asks for the size of fragments.
pub(super) fn sizes(report: &ProbeReport) -> Vec<(&'static str, String)> {
    let Some(path) = report.path() else { return Vec::new() };
    let (packet, message) = (path.packet_len(path.max_message()), path.max_message());
    let family = if report.address().is_ipv4() { "ipv4" } else { "ipv6" };
    vec![
        ("Windows", format!("it has no size of fragments; netsh interface {family} set subinterface <name> mtu={packet}")),
        ("strongSwan", format!("strongswan.conf: charon.fragment_size = {packet} (IP packet, all headers included)")),
        ("FortiGate", format!("config vpn ipsec phase1-interface: set fragmentation-mtu {packet}")),
        ("Cisco", format!("crypto ikev2 fragmentation mtu {packet}")),
        ("Juniper", format!("set security ike gateway <name> fragmentation size {packet}")),
        ("others", format!("IP packets of {packet} octets, which are IKE messages of {message} behind the non-ESP marker")),
    ]
}
