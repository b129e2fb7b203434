//! The payloads of a message, and the first fault in it.

use ikev2::error::ParseError;
use ikev2::registry::PayloadType;
use ikev2::wire::{Chain, LenientChain, LenientMessage, Payload, Payloads, RawPayload};

/// One payload: its framing, and its body as far as it could be read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<'a> {
    pub(crate) raw: RawPayload<'a>,
    pub(crate) payload: Payload<'a>,
}

/// A chain of payloads read to the end of its framing; a fault in one body does not hide the payloads after it.
#[derive(Debug)]
pub(crate) struct Parts<'a> {
    pub(crate) parts: Vec<Part<'a>>,
    pub(crate) fault: Option<ParseError>,
}

impl<'a> Parts<'a> {
    pub(crate) fn of(read: &LenientMessage<'a>) -> Self {
        Self::of_chain(read.payloads(), read.fault())
    }

    /// `framing` is the fault that ended the chain.
    pub(crate) fn of_chain(payloads: Payloads<'a>, framing: Option<ParseError>) -> Self {
        let mut fault = framing;
        let mut parts = Vec::new();
        for raw in payloads {
            let (payload, in_body) = raw.parse_lenient();
            parts.push(Part { raw, payload });
            // Of two faults at one octet the framing's is kept.
            fault = fault.into_iter().chain(in_body).min_by_key(|fault| fault.offset);
        }
        Self { parts, fault }
    }
}

/// What was encrypted; offsets count from its first octet.
#[derive(Debug)]
pub(crate) struct Content<'a> {
    pub(crate) chain: LenientChain<'a>,
    pub(crate) parts: Parts<'a>,
}

impl<'a> Content<'a> {
    pub(crate) fn read(first: PayloadType, octets: &'a [u8]) -> Self {
        let chain = Chain::parse_lenient(first, octets);
        Self { chain, parts: Parts::of_chain(chain.payloads(), chain.fault()) }
    }
}
