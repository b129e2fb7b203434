//! The payloads of a message, by name.

use ikev2::registry::{ExchangeType, PayloadType};
use ikev2::wire::{Payload, RawPayload};

/// The names of payloads, for the report.
pub(crate) fn names<'a>(payloads: impl Iterator<Item = RawPayload<'a>>) -> String {
    let name = |raw: RawPayload<'a>| match raw.parse() {
        Ok(Payload::Notify(notify)) => format!("N({})", super::failure::notify(notify.ty)),
        _ => short(raw.ty),
    };
    payloads.map(name).collect::<Vec<_>>().join(" ")
}

pub(crate) fn short(ty: PayloadType) -> String {
    if ty == PayloadType::NONCE {
        return "Nonce".into();
    }
    let name = ty.name().unwrap_or("unknown");
    name.split_once('(').and_then(|(_, after)| after.split_once(')')).map_or(name, |(short, _)| short).to_owned()
}

/// An exchange's name without its number.
pub(crate) fn label(exchange: ExchangeType) -> String {
    exchange.name().map_or_else(|| exchange.to_string(), str::to_owned)
}
