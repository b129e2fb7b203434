//! A tree to read: one message after the other, then a summary.

use super::args::Args;
use super::decode::Parts;
use super::describe::{self, Node};
use super::remarks::remarks;
use super::summary::{Summary, count};
use super::text::wrapped;
use super::walk::{Carrier, Report, Trouble};
use core::fmt::Write as _;
use core::hash::{Hash, Hasher};
use ikev2::wire::LenientMessage;
use std::collections::VecDeque;
use std::collections::hash_map::DefaultHasher;
use std::io::{self, Write};

/// Messages remembered to tell a repetition.
const MAX_RECENT: usize = 256;
/// Columns of a payload's notation: CERTREQ is the longest.
const LABEL: usize = 7;
/// Packet numbers shown of one message.
const MAX_PACKETS: usize = 8;

pub(crate) struct Tree<'w> {
    out: &'w mut dyn Write,
    text: String,
    messages: u64,
    name: String,
    /// Hashes of the last messages' octets and their numbers.
    recent: VecDeque<(u64, u64)>,
}

impl<'w> Tree<'w> {
    pub(crate) fn new(out: &'w mut dyn Write, args: &Args) -> Self {
        let name = args.file.display().to_string();
        let text = format!(
            "IKE messages of {name}\n\
             A payload's line: its notation, its octets with the generic header, its content. Code points stand in ().\n\n"
        );
        Self { out, text, messages: 0, name, recent: VecDeque::new() }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(self.text.as_bytes())?;
        self.text.clear();
        Ok(())
    }

    /// The number of the message that had the same octets, if it is remembered.
    fn repeats(&mut self, octets: &[u8]) -> Option<u64> {
        let mut hasher = DefaultHasher::new();
        octets.hash(&mut hasher);
        let hash = hasher.finish();
        let found = self.recent.iter().find(|(known, _)| *known == hash).map(|(_, number)| *number);
        if found.is_none() {
            if self.recent.len() >= MAX_RECENT {
                self.recent.pop_front();
            }
            self.recent.push_back((hash, self.messages));
        }
        found
    }
}

impl Report for Tree<'_> {
    fn message(&mut self, carrier: &Carrier, read: &LenientMessage<'_>, parts: &Parts<'_>) -> io::Result<()> {
        self.messages = self.messages.saturating_add(1);
        let message = &read.message;
        let header = message.header();
        let head = format!(
            "{} {}, message ID {}, from the {}",
            header.exchange,
            if header.response { "response" } else { "request" },
            header.message_id,
            if header.initiator { "initiator" } else { "responder" },
        );
        wrapped(&mut self.text, &format!("Message {}: ", self.messages), &[head, format!("{} octets", message.length())]);
        place(&mut self.text, carrier);
        let _ = writeln!(self.text, "  IKE SPIs {:016x} (initiator), {:016x} (responder)", header.spi_i, header.spi_r);
        for part in &parts.parts {
            let node = describe::payload(part, header, carrier);
            let prefix = format!("  {:<LABEL$}{:>6}  ", node.label, part.raw.len());
            wrapped(&mut self.text, &prefix, &node.items);
            children(&mut self.text, prefix.len(), &node.children);
        }
        if parts.parts.is_empty() && parts.fault.is_none() {
            self.text.push_str("  no payload\n");
        }
        if let Some(fault) = parts.fault {
            wrapped(&mut self.text, "  FAULT  ", &[fault.to_string()]);
        }
        let repeats = self.repeats(message.as_octets()).map(|number| format!("repeats message {number}"));
        for remark in remarks(carrier, read, parts).into_iter().chain(repeats) {
            wrapped(&mut self.text, "  remark  ", &[remark]);
        }
        self.text.push('\n');
        self.flush()
    }

    fn undecodable(&mut self, carrier: &Carrier, octets: u64, cause: &str) -> io::Result<()> {
        let octets = count(octets, "octet", "octets");
        wrapped(&mut self.text, "Undecodable: ", &[octets, cause.into()]);
        place(&mut self.text, carrier);
        self.text.push('\n');
        self.flush()
    }

    fn trouble(&mut self, trouble: &Trouble) -> io::Result<()> {
        wrapped(&mut self.text, "Problem: ", core::slice::from_ref(&trouble.cause));
        self.text.push('\n');
        self.flush()
    }

    fn summary(&mut self, summary: &Summary) -> io::Result<()> {
        let text = &mut self.text;
        let _ = writeln!(text, "Summary of {}", self.name);
        let mut head = vec![
            count(summary.messages, "message", "messages"),
            count(summary.ike_sas.count, "IKE SA", "IKE SAs"),
            count(summary.packets, "packet in the capture", "packets in the capture"),
        ];
        if let Some((first, last)) = summary.span {
            head.push(format!("messages from {first} s to {last} s"));
        }
        wrapped(text, "  ", &head);
        for (exchange, (requests, responses)) in &summary.exchanges {
            let items = [count(*requests, "request", "requests"), count(*responses, "response", "responses")];
            wrapped(text, &format!("  {:<24} ", exchange.to_string()), &items);
        }
        let errors: Vec<_> = summary.errors.iter().map(|(ty, n)| format!("{ty} {n}x")).collect();
        if !errors.is_empty() {
            wrapped(text, "  errors notified in clear: ", &errors);
        }
        let mut rest = vec![
            match summary.esp_native {
                0 => count(summary.esp, "ESP packet", "ESP packets"),
                native => format!("{} ({native} of IP protocol 50)", count(summary.esp, "ESP packet", "ESP packets")),
            },
            count(summary.keepalives, "NAT keepalive", "NAT keepalives"),
            format!("{} undecodable", summary.undecodable),
        ];
        if summary.faults > 0 {
            rest.push(count(summary.faults, "message with a fault", "messages with a fault"));
        }
        if summary.problems > 0 {
            rest.push(count(summary.problems, "problem of the capture", "problems of the capture"));
        }
        wrapped(text, "  ", &rest);
        self.flush()?;
        self.out.flush()
    }
}

/// Where and when something was seen.
fn place(text: &mut String, carrier: &Carrier) {
    let shown: Vec<_> = carrier.packets.iter().take(MAX_PACKETS).map(u64::to_string).collect();
    let mut packets = format!("packet{} {}", if carrier.packets.len() == 1 { "" } else { "s" }, shown.join(" "));
    if carrier.packets.len() > MAX_PACKETS {
        let _ = write!(packets, " and {} more", carrier.packets.len().saturating_sub(MAX_PACKETS));
    }
    let protocol = if carrier.transport == super::ports::Transport::Tcp { "TCP" } else { "UDP" };
    let mut items = vec![format!("{packets} at {} s", carrier.time), format!("{protocol} {} > {}", carrier.src, carrier.dst)];
    if carrier.ip_fragments > 1 {
        items.push(format!("in {} IP {}", carrier.ip_fragments, if protocol == "TCP" { "packets" } else { "fragments" }));
    }
    wrapped(text, "  ", &items);
}

/// Lines below a line; their labels have one width.
fn children(text: &mut String, indent: usize, nodes: &[Node]) {
    let width = nodes.iter().map(|node| node.label.len()).max().unwrap_or(0);
    let gap = if width == 0 { "" } else { "  " };
    for node in nodes {
        let prefix = format!("{:indent$}{:<width$}{gap}", "", node.label);
        wrapped(text, &prefix, &node.items);
        children(text, indent.saturating_add(2), &node.children);
    }
}
