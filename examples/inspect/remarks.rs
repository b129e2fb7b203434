//! What is worth a word although the message could be read.

use super::decode::Parts;
use super::walk::{Carrier, cut_short};
use ikev2::registry::PayloadType;
use ikev2::wire::rules::{self, Deviation, Place};
use ikev2::wire::{LenientMessage, audit};

pub(crate) fn remarks(carrier: &Carrier, read: &LenientMessage<'_>, parts: &Parts<'_>) -> Vec<String> {
    let mut remarks: Vec<_> = carrier.truncation.map(cut_short).into_iter().collect();
    let message = &read.message;
    // What follows the header of another version has another meaning.
    if message.version().0 != 2 {
        return remarks;
    }
    audit(message, |remark| remarks.push(remark.to_string()));
    let header = message.header();
    if parts.fault.is_none() {
        if let Some(report) = rules::check(header.exchange, header.response, Place::Clear, message.payloads()) {
            let (exchange, kind) = (header.exchange.name().unwrap_or("this"), if header.response { "response" } else { "request" });
            let place = format!("{exchange} {kind}, form \"{}\"", report.form().name);
            remarks.extend(report.deviations().map(|deviation| format!("{place}: {}", deviates(deviation))));
        }
    }
    remarks
}

fn deviates(deviation: Deviation) -> String {
    match deviation {
        Deviation::Missing { payload, found, min } => format!("{found} {} payloads where {min} must be", notation(payload)),
        Deviation::TooMany { payload, found, max } => format!("{found} {} payloads where {max} may be", notation(payload)),
        Deviation::NotAllowed(payload) => format!("a {} payload has no place there", notation(payload)),
        // The enum may grow.
        other => format!("{other:?}"),
    }
}

fn notation(ty: PayloadType) -> String {
    ty.notation().map_or_else(|| format!("type {}", ty.0), Into::into)
}
