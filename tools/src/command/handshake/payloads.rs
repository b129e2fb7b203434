//! The payloads of one message, by kind.

use super::failure::Failure;
use ikev2::error::BuildError;
use ikev2::registry::{ExchangeType, NotifyType, PayloadType};
use ikev2::wire::{ChainBuilder, Notify, Parts, Payload, RawPayload};

/// The body of the first payload of a type, as it was received: `proposal` reads an offer, and AUTH is made over an ID.
pub(crate) fn body<'a>(parts: &Parts<'a>, ty: PayloadType) -> Option<&'a [u8]> {
    parts.first(ty).map(|raw| raw.body)
}

/// The SPI of an IKE SA in a proposal; it is never zero (RFC 7296 section 3.1).
pub(crate) fn ike_spi(octets: &[u8]) -> Result<u64, Failure> {
    octets.try_into().ok().map(u64::from_be_bytes).filter(|spi| *spi != 0).ok_or_else(|| missing("SPI of eight octets, not all zero"))
}

pub(crate) fn missing(what: &str) -> Failure {
    Failure::Protocol(format!("the message has no {what}"))
}

/// The content of a message: its payloads in one chain.
#[derive(Clone, Debug)]
pub(crate) struct Content {
    pub(crate) first: PayloadType,
    pub(crate) octets: Vec<u8>,
}

/// Writes a chain of payloads.
pub(crate) fn content(payloads: impl FnOnce(&mut ChainBuilder<'_>)) -> Result<Content, BuildError> {
    let mut buf = vec![0; usize::from(u16::MAX)];
    let mut builder = ChainBuilder::new(&mut buf);
    payloads(&mut builder);
    let (first, octets) = builder.finish()?;
    Ok(Content { first, octets: octets.to_vec() })
}

/// A message that consists of one error.
pub(crate) fn error(ty: NotifyType, data: &[u8]) -> Result<Content, BuildError> {
    content(|b| {
        b.push(Payload::Notify(Notify::new(ty, data)));
    })
}

/// The names of a chain's payloads, for the report.
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
