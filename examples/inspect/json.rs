//! JSON lines: one object a message, and a summary.
//!
//! Objects of kind `problem` come besides: what could not be read, in place.

use super::decode::Parts;
use super::json_payload::payload;
use super::remarks::remarks;
use super::summary::Summary;
use super::support::Time;
use super::walk::{Carrier, Report, Trouble};
use ikev2::error::ParseError;
use ikev2::wire::LenientMessage;
use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use serde_json::{Value, json};
use std::io::{self, Write};

pub(crate) struct Json<'w> {
    out: &'w mut dyn Write,
}

impl<'w> Json<'w> {
    pub(crate) fn new(out: &'w mut dyn Write) -> Self {
        Self { out }
    }

    fn line(&mut self, value: &Value) -> io::Result<()> {
        value.serialize(&mut Serializer::with_formatter(&mut *self.out, Ascii))?;
        self.out.write_all(b"\n")
    }
}

impl Report for Json<'_> {
    fn message(&mut self, carrier: &Carrier, read: &LenientMessage<'_>, parts: &Parts<'_>) -> io::Result<()> {
        let header = read.message.header();
        let mut line = json!({
            "kind": "message",
            "packets": carrier.packets,
            "time": seconds(carrier.time),
            "src": carrier.src.to_string(),
            "dst": carrier.dst.to_string(),
            "transport": carrier.transport.name(),
            "ip_fragments": carrier.ip_fragments,
            "len": read.message.length(),
            "spi_i": format!("{:016x}", header.spi_i),
            "spi_r": format!("{:016x}", header.spi_r),
            "exchange": header.exchange.0,
            "initiator": header.initiator,
            "response": header.response,
            "message_id": header.message_id,
            "payloads": parts.parts.iter().map(payload).collect::<Vec<_>>(),
            "fault": fault(parts.fault),
        });
        let remarks = remarks(carrier, read, parts);
        if let (Value::Object(line), [_, ..]) = (&mut line, remarks.as_slice()) {
            line.insert("remarks".into(), remarks.into());
        }
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
        self.line(&json!({
            "kind": "summary",
            "messages": summary.messages,
            "ike_sas": summary.ike_sas.count,
            "esp": summary.esp,
            "keepalives": summary.keepalives,
            "undecodable": summary.undecodable,
        }))?;
        self.out.flush()
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
