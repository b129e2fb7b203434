//! A tree to read: one message after the other, then a summary.

use super::args::Args;
use super::decode::{Content, Parts};
use super::describe::{self, Node};
use super::remarks::{self, remarks};
use super::summary::{Encrypted, Summary, count};
use super::text::wrapped;
use super::unlock::{Complete, Verdict};
use super::walk::{Carrier, Report, Sealed, Trouble};
use core::fmt::Write as _;
use core::hash::{Hash, Hasher};
use ikev2::registry::PayloadType;
use ikev2::wire::{Header, LenientMessage};
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
    fn message(
        &mut self,
        carrier: &Carrier,
        message: &LenientMessage<'_>,
        parts: &Parts<'_>,
        sealed: Option<&Sealed<'_>>,
    ) -> io::Result<()> {
        self.messages = self.messages.saturating_add(1);
        let header = message.header();
        wrapped(&mut self.text, &format!("Message {}: ", self.messages), &[kind(header), format!("{} octets", message.length())]);
        place(&mut self.text, carrier);
        spis(&mut self.text, header);
        payloads(&mut self.text, 2, parts, header, carrier, sealed);
        let repeats = self.repeats(message.as_octets()).map(|number| format!("repeats message {number}"));
        let inside = sealed.and_then(|sealed| sealed.content.as_ref()).map(|content| remarks::inside(header, content));
        for remark in remarks(carrier, message, parts).into_iter().chain(inside.into_iter().flatten()).chain(repeats) {
            wrapped(&mut self.text, "  remark  ", &[remark]);
        }
        self.text.push('\n');
        self.flush()
    }

    fn reassembled(&mut self, carrier: &Carrier, complete: &Complete, content: &Content<'_>) -> io::Result<()> {
        let header = complete.message.header();
        let size = count(complete.message.fragments().into(), "fragment", "fragments");
        let octets = format!("{} octets of content", complete.message.content().len());
        wrapped(&mut self.text, "Reassembled: ", &[kind(header), size, octets]);
        let carrier = Carrier { packets: complete.packets.clone(), ip_fragments: 1, ..carrier.clone() };
        place(&mut self.text, &carrier);
        spis(&mut self.text, header);
        payloads(&mut self.text, 2, &content.parts, header, &carrier, None);
        for remark in remarks::of_set(complete, content) {
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
        let errors: Vec<_> = summary.errors_inside.iter().map(|(ty, n)| format!("{ty} {n}x")).collect();
        if !errors.is_empty() {
            wrapped(text, "  errors notified encrypted: ", &errors);
        }
        if let Some(encrypted) = &summary.encrypted {
            wrapped(text, "  with keys: ", &outcomes(encrypted));
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

/// Which message this is.
fn kind(header: &Header) -> String {
    format!(
        "{} {}, message ID {}, from the {}",
        header.exchange,
        if header.response { "response" } else { "request" },
        header.message_id,
        if header.initiator { "initiator" } else { "responder" },
    )
}

fn spis(text: &mut String, header: &Header) {
    let _ = writeln!(text, "  IKE SPIs {:016x} (initiator), {:016x} (responder)", header.spis.initiator, header.spis.responder);
}

/// A line for each payload and lines below it; those of the payloads in SK stand below SK's.
fn payloads(text: &mut String, indent: usize, parts: &Parts<'_>, header: &Header, carrier: &Carrier, sealed: Option<&Sealed<'_>>) {
    for part in &parts.parts {
        let sealed = sealed.filter(|_| matches!(part.raw.ty, PayloadType::SK | PayloadType::SKF));
        let mut node = describe::payload(part, header, carrier);
        node.items.extend(sealed.map(outcome).unwrap_or_default());
        let prefix = format!("{:indent$}{:<LABEL$}{:>6}  ", "", node.label, part.raw.len());
        wrapped(text, &prefix, &node.items);
        children(text, prefix.len(), &node.children);
        let below = indent.saturating_add(2);
        match sealed.map(|sealed| (sealed.verdict, &sealed.content)) {
            Some((Verdict::IcvMismatch { keys }, _)) => {
                let whose = if *keys == 1 {
                    "the key of this IKE SA does not fit".into()
                } else {
                    format!("none of the {keys} keys of this IKE SA fits")
                };
                wrapped(text, &format!("{:below$}NOT OPENED  ", ""), &[format!("ICV mismatch: {whose}")]);
            }
            Some((Verdict::Failed(reason), _)) => wrapped(text, &format!("{:below$}NOT OPENED  ", ""), core::slice::from_ref(reason)),
            Some((_, Some(content))) => payloads(text, below, &content.parts, header, carrier, None),
            _ => {}
        }
    }
    if parts.parts.is_empty() && parts.fault.is_none() {
        let _ = writeln!(text, "{:indent$}no payload", "");
    }
    if let Some(fault) = parts.fault {
        wrapped(text, &format!("{:indent$}FAULT  ", ""), &[fault.to_string()]);
    }
}

/// What keys made of an SK or SKF payload, unless it deserves a line.
fn outcome(sealed: &Sealed<'_>) -> Vec<String> {
    let opened = |verified: bool| String::from(if verified { "opened" } else { "decrypted without a look at the ICV" });
    match sealed.verdict {
        Verdict::Content { verified, .. } => vec![opened(*verified)],
        Verdict::Fragment { progress, verified } => vec![opened(*verified), progress.clone()],
        Verdict::IcvMismatch { .. } | Verdict::Failed(_) => Vec::new(),
        Verdict::NoKey => vec!["no key for this IKE SA".into()],
    }
}

fn outcomes(encrypted: &Encrypted) -> Vec<String> {
    let Encrypted { opened, icv_mismatch, failed, no_key, reassembled } = *encrypted;
    let others = [
        (reassembled, "reassembled"),
        (icv_mismatch, "with an ICV mismatch"),
        (failed, "not opened for another reason"),
        (no_key, "of IKE SAs without a key"),
    ];
    let others = others.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}"));
    core::iter::once(count(opened, "message opened", "messages opened")).chain(others).collect()
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
