//! The payloads of one message, by kind.

use super::failure::Failure;
use ikev2::error::{BuildError, ParseError};
use ikev2::registry::{ExchangeType, NotifyType, PayloadType};
use ikev2::wire::{Auth, Cert, CertReq, ChainBuilder, Delete, Id, KeyExchange, Notify, Payload, RawPayload, TrafficSelectors};

#[derive(Debug, Default)]
pub(crate) struct Parts<'a> {
    /// The body of the SA payload: `proposal` reads it.
    pub(crate) sa: Option<&'a [u8]>,
    pub(crate) ke: Option<KeyExchange<'a>>,
    pub(crate) nonce: Option<&'a [u8]>,
    /// Body and content of IDi, and of IDr.
    pub(crate) id_i: Option<(&'a [u8], Id<'a>)>,
    pub(crate) id_r: Option<(&'a [u8], Id<'a>)>,
    pub(crate) certs: Vec<Cert<'a>>,
    pub(crate) requests: Vec<CertReq<'a>>,
    pub(crate) auth: Option<Auth<'a>>,
    pub(crate) notifies: Vec<Notify<'a>>,
    pub(crate) deletes: Vec<Delete<'a>>,
    pub(crate) ts_i: Option<TrafficSelectors<'a>>,
    pub(crate) ts_r: Option<TrafficSelectors<'a>>,
}

impl<'a> Parts<'a> {
    /// Every payload checked to its last octet; of those that come once the first counts.
    pub(crate) fn read(payloads: impl Iterator<Item = RawPayload<'a>>) -> Result<Self, ParseError> {
        let mut parts = Self::default();
        for raw in payloads {
            if raw.ty == PayloadType::SA {
                parts.sa.get_or_insert(raw.body);
                continue;
            }
            match raw.parse()? {
                Payload::KeyExchange(ke) => drop(parts.ke.get_or_insert(ke)),
                Payload::Nonce(nonce) => drop(parts.nonce.get_or_insert(nonce.data)),
                Payload::IdI(id) => drop(parts.id_i.get_or_insert((raw.body, id))),
                Payload::IdR(id) => drop(parts.id_r.get_or_insert((raw.body, id))),
                Payload::Cert(cert) => parts.certs.push(cert),
                Payload::CertReq(request) => parts.requests.push(request),
                Payload::Auth(auth) => drop(parts.auth.get_or_insert(auth)),
                Payload::Notify(notify) => parts.notifies.push(notify),
                Payload::Delete(delete) => parts.deletes.push(delete),
                Payload::TsI(ts) => drop(parts.ts_i.get_or_insert(ts)),
                Payload::TsR(ts) => drop(parts.ts_r.get_or_insert(ts)),
                _ => {}
            }
        }
        Ok(parts)
    }

    pub(crate) fn notify(&self, ty: NotifyType) -> Option<&Notify<'a>> {
        self.notifies.iter().find(|notify| notify.ty == ty)
    }

    /// The first notify that reports an error (RFC 7296 section 3.10.1).
    pub(crate) fn error(&self) -> Option<&Notify<'a>> {
        self.notifies.iter().find(|notify| notify.ty.is_error())
    }
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
