//! What the IKE layer of an intrusion detection system does with each message of IKEv2, shaped as Suricata's `handle_ikev2` is: a record to
//! log and to match rules on, in owned memory, with events for weak offers. The capture of packets, the flow, the log file and the rules
//! are left out.
//!
//! Of each message: the header; the types of the payloads; all proposals with their transforms, or what was chosen; the checks for weak,
//! unknown and missing algorithms; KE's group and size; the nonce's size; notify types and errors among them; faults. The two SPIs as text,
//! which Suricata makes of each header as well, are a row of their own: neither crate has a part in them.
//!
//! `ipsec_parser.rs` does it with ipsec-parser, as Suricata does; `ikev2.rs` with the core of `ikev2`. Each keeps transforms in the type
//! that its crate has for them, so that neither is charged for the other's.

mod corpus;
mod ikev2;
mod ipsec_parser;
#[cfg(test)]
mod tests;

use std::hint::black_box;
use std::rc::Rc;

use crate::{Entry, Group};

/// The header as it was received.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Header {
    pub spi_initiator: u64,
    pub spi_responder: u64,
    pub major: u8,
    pub minor: u8,
    pub exchange: u8,
    pub flags: u8,
    pub message_id: u32,
    pub length: u32,
}

/// What is kept of a message; `T` is a transform.
#[derive(Debug, PartialEq)]
pub struct Record<T> {
    pub header: Header,
    /// The first payload's type, and the Next Payload of each: as Suricata logs them.
    pub payload_types: Vec<u8>,
    pub notify_types: Vec<u16>,
    /// Notifies that tell of an error.
    pub errors: u32,
    /// What is offered, proposal by proposal.
    pub offered: Vec<Vec<T>>,
    /// What was chosen, of a response.
    pub chosen: Vec<T>,
    /// Group and octets of KE.
    pub key_exchange: Option<(u16, usize)>,
    /// Octets of the nonce.
    pub nonce: Option<usize>,
    pub events: Events,
    /// Offset and code of each fault.
    pub faults: Vec<(usize, &'static str)>,
}

/// The events of a message, a bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Events(u16);

/// What Suricata has rules for.
#[derive(Clone, Copy, Debug)]
pub enum Event {
    MalformedData,
    NoEncryption,
    WeakCryptoEnc,
    WeakCryptoPrf,
    WeakCryptoAuth,
    WeakCryptoDh,
    WeakCryptoNoDh,
    WeakCryptoNoAuth,
    InvalidProposal,
    UnknownProposal,
}

impl<T> Record<T> {
    pub fn new(header: Header) -> Self {
        Self {
            header,
            payload_types: Vec::new(),
            notify_types: Vec::new(),
            errors: 0,
            offered: Vec::new(),
            chosen: Vec::new(),
            key_exchange: None,
            nonce: None,
            events: Events::default(),
            faults: Vec::new(),
        }
    }
}

impl Events {
    pub fn set(&mut self, event: Event) {
        self.0 |= 1 << event as u16;
    }
}

/// One run reads every message once.
pub fn group() -> Group {
    let (files, messages) = corpus::messages();
    let octets: &'static [u8] = messages.concat().leak();
    let messages: Rc<[Vec<u8>]> = messages.into();
    Group {
        task: "monitor",
        name: format!("{} messages of {files} captures, {} octets", messages.len(), octets.len()).leak(),
        octets,
        reads: messages.len() as u64,
        entries: vec![
            entry("ikev2", &messages, |octets| ikev2::record(octets).map(|record| record.payload_types.len())),
            entry("ipsec-parser", &messages, |octets| ipsec_parser::record(octets).map(|record| record.payload_types.len())),
            entry("both SPIs as text", &messages, |octets| spis(octets).map(|[spi_i, _]| spi_i.len())),
        ],
    }
}

/// What Suricata does besides, before it looks at a payload: it takes memory for the SPIs in hexadecimal digits.
fn spis(octets: &[u8]) -> Option<[String; 2]> {
    let text = |octets: &[u8; 8]| black_box(format!("{:016x}", u64::from_be_bytes(*octets)));
    let (spi_i, octets) = octets.split_first_chunk()?;
    Some([text(spi_i), text(octets.first_chunk()?)])
}

fn entry(name: &'static str, messages: &Rc<[Vec<u8>]>, read: fn(&[u8]) -> Option<usize>) -> Entry {
    let messages = Rc::clone(messages);
    Entry {
        name,
        lacks: None,
        run: Box::new(move |times| {
            let mut seen = 0;
            for _ in 0..times {
                seen = messages.iter().filter_map(|octets| black_box(read(black_box(octets)))).sum();
            }
            Ok(seen as u64)
        }),
    }
}
