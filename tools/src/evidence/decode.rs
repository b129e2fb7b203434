//! The payloads of a message, and every fault in it.

use ikev2::error::{ParseError, ParseErrorKind};
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
    /// In the order of their octets; of those at one octet the framing's stands first.
    pub(crate) faults: Vec<ParseError>,
}

impl<'a> Parts<'a> {
    pub(crate) fn of(read: &LenientMessage<'a>) -> Self {
        let is_ikev1 = read.received().ikev1().is_some();
        Self::read(read.payloads(), read.fault(), |faults| {
            // IKEv1 is another protocol, and no faulty IKEv2.
            read.faults(|fault| faults.extend(Some(fault).filter(|fault| !is_ikev1 || !is_version(fault))));
        })
    }

    fn of_chain(chain: &LenientChain<'a>) -> Self {
        Self::read(chain.payloads(), chain.fault(), |faults| chain.faults(|fault| faults.push(fault)))
    }

    /// `framing` is the first fault of what is around the bodies; `report` has all, and is asked only where there is one.
    fn read(payloads: Payloads<'a>, framing: Option<ParseError>, report: impl FnOnce(&mut Vec<ParseError>)) -> Self {
        let mut is_sound = framing.is_none();
        let mut parts = Vec::new();
        for raw in payloads {
            let (payload, in_body) = raw.parse_lenient();
            parts.push(Part { raw, payload });
            is_sound &= in_body.is_none();
        }
        let mut faults = Vec::new();
        if !is_sound {
            report(&mut faults);
            faults.sort_by_key(|fault| fault.offset);
        }
        Self { parts, faults }
    }

    /// The first fault.
    pub(crate) fn fault(&self) -> Option<ParseError> {
        self.faults.first().copied()
    }
}

const fn is_version(fault: &ParseError) -> bool {
    matches!(fault.kind, ParseErrorKind::MajorVersion { .. })
}

/// What was encrypted; offsets count from its first octet.
#[derive(Debug)]
pub(crate) struct Content<'a> {
    pub(crate) octets: &'a [u8],
    pub(crate) chain: LenientChain<'a>,
    pub(crate) parts: Parts<'a>,
}

impl<'a> Content<'a> {
    pub(crate) fn read(first: PayloadType, octets: &'a [u8]) -> Self {
        let chain = Chain::parse_lenient(first, octets);
        Self { octets, chain, parts: Parts::of_chain(&chain) }
    }
}
