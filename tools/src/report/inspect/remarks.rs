//! What is worth a word although the message could be read.

use crate::evidence::carrier::Carrier;
use crate::evidence::decode::{Content, Parts};
use crate::evidence::unlock::Complete;
use crate::evidence::walk::cut_short;
use ikev2::registry::PayloadType;
use ikev2::wire::rules::{self, Deviation, Protection};
use ikev2::wire::{Header, LenientMessage, Payloads, audit, audit_content};

pub(crate) fn remarks(carrier: &Carrier, message: &LenientMessage<'_>, parts: &Parts<'_>) -> Vec<String> {
    let mut remarks: Vec<_> = carrier.truncation.map(cut_short).into_iter().collect();
    // What follows the header of another version has another meaning.
    if !message.received().is_ikev2() {
        return remarks;
    }
    audit(*message, |remark| remarks.push(remark.to_string()));
    let header = message.header();
    if parts.faults.is_empty() {
        remarks.extend(grammar(header, Protection::Clear, message.payloads()));
    }
    remarks
}

/// The same about what was encrypted; `header` is that of its message.
pub(crate) fn inside(header: &Header, content: &Content<'_>) -> Vec<String> {
    let mut remarks = Vec::new();
    audit_content(content.chain, header.response, |remark| remarks.push(remark.to_string()));
    if content.parts.faults.is_empty() {
        remarks.extend(grammar(header, Protection::Protected, content.chain.payloads()));
    }
    remarks
}

/// About a message that came in fragments.
pub(crate) fn of_set(complete: &Complete, content: &Content<'_>) -> Vec<String> {
    let mut remarks = inside(complete.message.header(), content);
    if complete.message.later_next_payload() {
        remarks.push("a fragment after the first has a Next Payload, which says nothing".into());
    }
    remarks
}

fn grammar(header: &Header, protection: Protection, payloads: Payloads<'_>) -> Option<String> {
    let report = rules::check(header.exchange, header.response, protection, payloads)?;
    let mut deviations: Vec<_> = report.deviations().map(deviates).collect();
    deviations.dedup();
    let (exchange, kind) = (header.exchange.name().unwrap_or("this"), if header.response { "response" } else { "request" });
    let not_as = || format!("not as an {exchange} {kind} should be ({}): {}", report.form().name, deviations.join(", "));
    (!deviations.is_empty()).then(not_as)
}

fn deviates(deviation: Deviation) -> String {
    match deviation {
        Deviation::Missing { payload, found, min } => format!("{found} {} where {min} must be", notation(payload)),
        Deviation::TooMany { payload, found, max } => format!("{found} {} where {max} may be", notation(payload)),
        Deviation::NotAllowed(payload) => format!("no place for {}", notation(payload)),
        // The enum may grow.
        other => format!("{other:?}"),
    }
}

fn notation(ty: PayloadType) -> String {
    ty.symbol().map_or_else(|| format!("type {}", ty.0), Into::into)
}
