//! JSON lines: one object a message, and a summary.
//!
//! Objects of kind `problem` come besides: what could not be read, in place. With keys come objects of kind `reassembled`, each
//! after the message that completed its fragment set, and SK and SKF payloads have a field `decrypt`: `ok`, `unchecked` (opened
//! by a key whose entry names no integrity algorithm), `ICV mismatch`, another reason why the payload was not opened; none
//! without a key for the IKE SA. `inner`, `inner_fault` and `inner_faults` are what was in SK, `reassembly` is how far the set of an
//! SKF is.

use super::fingerprint;
use super::json_fault::{fault, faults};
use super::json_payload::{content_payloads, payload};
use super::line::{Hex, Line, List, Number, Object, Shown};
use super::remarks::{self, remarks};
use crate::capture::Time;
use crate::evidence::carrier::Carrier;
use crate::evidence::decode::{Content, Parts};
use crate::evidence::summary::Summary;
use crate::evidence::unlock::Complete;
use crate::evidence::walk::{Report, Sealed, Trouble};
use ikev2::wire::{Header, IkeSpis, Ikev1Header, LenientMessage, Received};
use std::io::{self, Write};

pub(crate) struct Json<'w> {
    out: &'w mut dyn Write,
    live: bool,
    /// Whether octets stand beside what was read of them.
    octets: bool,
    line: Line,
}

impl<'w> Json<'w> {
    pub(crate) fn new(out: &'w mut dyn Write, live: bool, octets: bool) -> Self {
        Self { out, live, octets, line: Line::default() }
    }

    fn line(&mut self, fields: impl FnOnce(&mut Line)) -> io::Result<()> {
        self.line.write(self.out, fields)?;
        if self.live { self.out.flush() } else { Ok(()) }
    }
}

impl Report for Json<'_> {
    fn message(&mut self, carrier: &Carrier, read: &LenientMessage<'_>, parts: &Parts<'_>, sealed: Option<&Sealed<'_>>) -> io::Result<()> {
        let inside = sealed.and_then(|sealed| sealed.content.as_ref()).map(|content| remarks::inside(read.header(), content));
        let remarks: Vec<_> = remarks(carrier, read, parts).into_iter().chain(inside.into_iter().flatten()).collect();
        let octets = self.octets;
        self.line(|line| {
            line.field("kind", "message");
            line.field("packets", List(carrier.packets.iter().copied()));
            seen(line, carrier);
            line.field("transport", carrier.transport.name());
            line.field("ip_fragments", carrier.ip_fragments);
            line.field("len", read.length());
            header(line, read.received());
            line.field("payloads", List(parts.parts.iter().map(|part| Object(move |line: &mut Line| payload(line, part, sealed, octets)))));
            line.field("fault", fault(parts.fault()));
            line.field("faults", faults(parts));
            if octets {
                line.field("octets", Hex(read.as_octets()));
            }
            add_remarks(line, remarks);
            fingerprint::field(line, read);
        })
    }

    fn reassembled(&mut self, carrier: &Carrier, complete: &Complete, content: &Content<'_>) -> io::Result<()> {
        let header = complete.message.header();
        let octets = self.octets;
        self.line(|line| {
            line.field("kind", "reassembled");
            line.field("packets", List(complete.packets.iter().copied()));
            line.field("message_id", header.message_id);
            line.field("exchange", header.exchange.0);
            flags(line, header);
            line.field("fragments", complete.message.fragments());
            line.field("payloads", content_payloads(content, octets));
            line.field("fault", fault(content.parts.fault()));
            line.field("faults", faults(&content.parts));
            seen(line, carrier);
            spis(line, header.spis);
            line.field("content_len", complete.message.content().len());
            if octets {
                line.field("octets", Hex(complete.message.content()));
            }
            add_remarks(line, remarks::of_set(complete, content));
        })
    }

    fn undecodable(&mut self, carrier: &Carrier, octets: u64, cause: &str) -> io::Result<()> {
        self.line(|line| {
            line.field("kind", "problem");
            line.field("what", "undecodable");
            line.field("packets", List(carrier.packets.iter().copied()));
            seen(line, carrier);
            line.field("transport", carrier.transport.name());
            line.field("octets", octets);
            line.field("cause", cause);
        })
    }

    fn trouble(&mut self, trouble: &Trouble) -> io::Result<()> {
        self.line(|line| {
            line.field("kind", "problem");
            line.field("what", "capture");
            line.field("packets", List(trouble.packets.iter().copied()));
            line.field("time", trouble.time.map(seconds));
            line.field("cause", trouble.cause.as_str());
        })
    }

    fn summary(&mut self, summary: &Summary) -> io::Result<()> {
        self.line(|line| {
            line.field("kind", "summary");
            line.field("messages", summary.messages);
            line.field("ike_sas", summary.ike_sas.count);
            line.field("esp", summary.esp);
            line.field("keepalives", summary.keepalives);
            line.field("undecodable", summary.undecodable);
            if let Some(encrypted) = &summary.encrypted {
                let numbers = Object(|line: &mut Line| {
                    line.field("opened", encrypted.opened);
                    line.field("icv_mismatch", encrypted.icv_mismatch);
                    line.field("not_opened", encrypted.failed);
                    line.field("no_key", encrypted.no_key);
                    line.field("reassembled", encrypted.reassembled);
                });
                line.field("encrypted", numbers);
            }
        })?;
        self.out.flush()
    }
}

/// When, and between whom.
fn seen(line: &mut Line, carrier: &Carrier) {
    line.field("time", seconds(carrier.time));
    line.field("src", Shown(carrier.src));
    line.field("dst", Shown(carrier.dst));
}

/// The fields of the header, those that its version has; of a version other than those of IKEv1 and IKEv2 they are as they stand.
fn header(line: &mut Line, received: &Received) {
    let header = &received.header;
    if let Some(ikev1) = received.ikev1() {
        return ikev1_header(line, &ikev1);
    }
    spis(line, header.spis);
    line.field("version", received.major);
    line.field("exchange", header.exchange.0);
    if received.is_ikev2() {
        flags(line, header);
    } else {
        line.field("flags", received.flags);
    }
    line.field("message_id", header.message_id);
}

fn ikev1_header(line: &mut Line, header: &Ikev1Header) {
    line.field("cookie_i", Hex(&header.initiator_cookie.to_be_bytes()));
    line.field("cookie_r", Hex(&header.responder_cookie.to_be_bytes()));
    line.field("version", 1u8);
    line.field("exchange", header.exchange.0);
    line.field("exchange_name", header.exchange.name());
    line.field("encrypted", header.is_encrypted);
    line.field("commit", header.commits);
    line.field("authentication_only", header.is_authentication_only);
    line.field("message_id", header.message_id);
}

fn spis(line: &mut Line, spis: IkeSpis) {
    line.field("spi_i", Hex(&spis.initiator.to_be_bytes()));
    line.field("spi_r", Hex(&spis.responder.to_be_bytes()));
}

fn flags(line: &mut Line, header: &Header) {
    line.field("initiator", header.initiator);
    line.field("response", header.response);
}

fn add_remarks(line: &mut Line, remarks: Vec<String>) {
    if !remarks.is_empty() {
        line.field("remarks", List(remarks));
    }
}

/// Seconds since the first packet, with 6 decimals.
const fn seconds(time: Time) -> Number<Time> {
    Number(time)
}
