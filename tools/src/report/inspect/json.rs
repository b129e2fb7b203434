//! JSON lines: one object a message, and a summary.
//!
//! Objects of kind `problem` come besides: what could not be read, in place. With keys come objects of kind `reassembled`, each
//! after the message that completed its fragment set, and SK and SKF payloads have a field `decrypt`: `ok`, `unchecked` (opened
//! by a key whose entry names no integrity algorithm), `ICV mismatch`, another reason why the payload was not opened; none
//! without a key for the IKE SA. `inner` and `inner_fault` are what was in SK, `reassembly` is how far the set of an SKF is.

use super::fingerprint;
use super::json_payload::payload;
use super::remarks::{self, remarks};
use crate::capture::Time;
use crate::evidence::carrier::Carrier;
use crate::evidence::decode::{Content, Parts};
use crate::evidence::summary::Summary;
use crate::evidence::unlock::{Complete, Verdict};
use crate::evidence::walk::{Report, Sealed, Trouble};
use ikev2::error::ParseError;
use ikev2::registry::PayloadType;
use ikev2::wire::LenientMessage;
use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use serde_json::{Map, Value, json};
use std::io::{self, Write};

pub(crate) struct Json<'w> {
    out: &'w mut dyn Write,
    live: bool,
}

impl<'w> Json<'w> {
    pub(crate) fn new(out: &'w mut dyn Write, live: bool) -> Self {
        Self { out, live }
    }

    fn line(&mut self, value: &Value) -> io::Result<()> {
        value.serialize(&mut Serializer::with_formatter(&mut *self.out, Ascii))?;
        self.out.write_all(b"\n")?;
        if self.live { self.out.flush() } else { Ok(()) }
    }
}

impl Report for Json<'_> {
    fn message(&mut self, carrier: &Carrier, read: &LenientMessage<'_>, parts: &Parts<'_>, sealed: Option<&Sealed<'_>>) -> io::Result<()> {
        let header = read.header();
        let payloads: Vec<_> = parts
            .parts
            .iter()
            .map(|part| {
                let mut value = payload(part);
                if let (PayloadType::SK | PayloadType::SKF, Value::Object(value), Some(sealed)) = (part.raw.ty, &mut value, sealed) {
                    value.extend(self::sealed(sealed));
                }
                value
            })
            .collect();
        let mut line = json!({
            "kind": "message",
            "packets": carrier.packets,
            "time": seconds(carrier.time),
            "src": carrier.src.to_string(),
            "dst": carrier.dst.to_string(),
            "transport": carrier.transport.name(),
            "ip_fragments": carrier.ip_fragments,
            "len": read.length(),
            "spi_i": format!("{:016x}", header.spis.initiator),
            "spi_r": format!("{:016x}", header.spis.responder),
            "exchange": header.exchange.0,
            "initiator": header.initiator,
            "response": header.response,
            "message_id": header.message_id,
            "payloads": payloads,
            "fault": fault(parts.fault),
        });
        let inside = sealed.and_then(|sealed| sealed.content.as_ref()).map(|content| remarks::inside(header, content));
        let remarks: Vec<_> = remarks(carrier, read, parts).into_iter().chain(inside.into_iter().flatten()).collect();
        add_remarks(&mut line, remarks);
        if let (Value::Object(line), Some(print)) = (&mut line, fingerprint::value(read)) {
            line.insert("fingerprint".into(), print);
        }
        self.line(&line)
    }

    fn reassembled(&mut self, carrier: &Carrier, complete: &Complete, content: &Content<'_>) -> io::Result<()> {
        let header = complete.message.header();
        let mut line = json!({
            "kind": "reassembled",
            "packets": complete.packets,
            "message_id": header.message_id,
            "exchange": header.exchange.0,
            "initiator": header.initiator,
            "response": header.response,
            "fragments": complete.message.fragments(),
            "payloads": content.parts.parts.iter().map(payload).collect::<Vec<_>>(),
            "fault": fault(content.parts.fault),
            "time": seconds(carrier.time),
            "src": carrier.src.to_string(),
            "dst": carrier.dst.to_string(),
            "spi_i": format!("{:016x}", header.spis.initiator),
            "spi_r": format!("{:016x}", header.spis.responder),
            "content_len": complete.message.content().len(),
        });
        add_remarks(&mut line, remarks::of_set(complete, content));
        self.line(&line)
    }

    fn undecodable(&mut self, carrier: &Carrier, octets: u64, cause: &str) -> io::Result<()> {
        self.line(&json!({
            "kind": "problem",
            "what": "undecodable",
            "packets": carrier.packets,
            "time": seconds(carrier.time),
            "src": carrier.src.to_string(),
            "dst": carrier.dst.to_string(),
            "transport": carrier.transport.name(),
            "octets": octets,
            "cause": cause,
        }))
    }

    fn trouble(&mut self, trouble: &Trouble) -> io::Result<()> {
        self.line(&json!({
            "kind": "problem",
            "what": "capture",
            "packets": trouble.packets,
            "time": trouble.time.map(seconds),
            "cause": trouble.cause,
        }))
    }

    fn summary(&mut self, summary: &Summary) -> io::Result<()> {
        let mut line = json!({
            "kind": "summary",
            "messages": summary.messages,
            "ike_sas": summary.ike_sas.count,
            "esp": summary.esp,
            "keepalives": summary.keepalives,
            "undecodable": summary.undecodable,
        });
        if let (Value::Object(line), Some(encrypted)) = (&mut line, &summary.encrypted) {
            let numbers = json!({
                "opened": encrypted.opened,
                "icv_mismatch": encrypted.icv_mismatch,
                "not_opened": encrypted.failed,
                "no_key": encrypted.no_key,
                "reassembled": encrypted.reassembled,
            });
            line.insert("encrypted".into(), numbers);
        }
        self.line(&line)?;
        self.out.flush()
    }
}

/// What keys add to an SK or SKF payload.
fn sealed(sealed: &Sealed<'_>) -> Map<String, Value> {
    let mut fields = Map::new();
    let opened = |verified: bool| if verified { "ok" } else { "unchecked" };
    match sealed.verdict {
        Verdict::Content { verified, .. } => {
            fields.insert("decrypt".into(), opened(*verified).into());
            if let Some(Content { parts, .. }) = &sealed.content {
                fields.insert("inner".into(), parts.parts.iter().map(payload).collect());
                fields.insert("inner_fault".into(), fault(parts.fault));
            }
        }
        Verdict::Fragment { progress, verified } => {
            fields.insert("decrypt".into(), opened(*verified).into());
            fields.insert("reassembly".into(), progress.as_str().into());
        }
        Verdict::IcvMismatch { .. } => {
            fields.insert("decrypt".into(), "ICV mismatch".into());
        }
        Verdict::Failed(reason) => {
            fields.insert("decrypt".into(), reason.as_str().into());
        }
        Verdict::NoKey => {}
    }
    fields
}

fn add_remarks(line: &mut Value, remarks: Vec<String>) {
    if let (Value::Object(line), [_, ..]) = (line, remarks.as_slice()) {
        line.insert("remarks".into(), remarks.into());
    }
}

fn fault(fault: Option<ParseError>) -> Value {
    fault.map_or(
        Value::Null,
        |fault| json!({ "element": fault.element.to_string(), "offset": fault.offset, "cause": fault.kind.to_string() }),
    )
}

/// Seconds since the first packet; the formatter gives them 6 decimals, of which the number holds every one for 285 years.
fn seconds(time: Time) -> f64 {
    time.to_string().parse().unwrap_or(0.0)
}

/// JSON in ASCII: no octet of a peer's text reaches a terminal as anything but a printable character.
struct Ascii;

impl Formatter for Ascii {
    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        write!(writer, "{value:.6}")
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        for character in fragment.chars() {
            if matches!(character, ' '..='~') {
                write!(writer, "{character}")?;
            } else {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }
}
