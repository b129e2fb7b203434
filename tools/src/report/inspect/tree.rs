//! A tree to read: one message after the other, then a summary.

use super::describe;
use super::fingerprint;
use super::node::Node;
use super::remarks::{self, remarks};
use crate::evidence::carrier::Carrier;
use crate::evidence::decode::{Content, Parts};
use crate::evidence::summary::{Encrypted, Summary, count};
use crate::evidence::unlock::{Complete, Verdict};
use crate::evidence::walk::{Report, Sealed, Trouble};
use crate::report::Style;
use crate::report::text::{Ink, Page};
use core::fmt::Write as _;
use core::hash::{Hash, Hasher};
use ikev2::registry::PayloadType;
use ikev2::wire::{Header, Ikev1Header, LenientMessage, Received};
use std::collections::VecDeque;
use std::collections::hash_map::DefaultHasher;
use std::io::{self, Write};

/// Columns when nobody asks for others.
const WIDTH: usize = 110;
/// Messages remembered to tell a repetition.
const MAX_RECENT: usize = 256;
/// Columns of a payload's notation: CERTREQ is the longest.
const LABEL: usize = 7;
/// Packet numbers shown of one message.
const MAX_PACKETS: usize = 8;
/// Faults shown of one message, or of one payload's content.
const MAX_FAULTS: usize = 8;

pub(crate) struct Tree<'w> {
    out: &'w mut dyn Write,
    live: bool,
    page: Page,
    messages: u64,
    name: String,
    /// Hashes of the last messages' octets and their numbers.
    recent: VecDeque<(u64, u64)>,
}

impl<'w> Tree<'w> {
    pub(crate) fn new(out: &'w mut dyn Write, name: String, style: Style, live: bool) -> Self {
        let mut page = Page::new(style, WIDTH);
        page.words(Ink::Strong, "IKE messages of ", 2, &name);
        page.words(
            Ink::Plain,
            "",
            0,
            "A payload's line: its notation, its octets with the generic header, its content. Code points stand in ().",
        );
        page.end_line();
        Self { out, live, page, messages: 0, name, recent: VecDeque::new() }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(self.page.take().as_bytes())?;
        if self.live { self.out.flush() } else { Ok(()) }
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
        let head: Vec<_> = head(message.received()).into_iter().chain([size(message)]).collect();
        self.page.items(Ink::Strong, &format!("Message {}: ", self.messages), &head);
        carrier_line(&mut self.page, carrier);
        ends(&mut self.page, message.received());
        if message.received().is_ikev2() {
            payloads(&mut self.page, 2, parts, header, carrier, sealed);
        } else {
            faults(&mut self.page, 2, parts);
        }
        if let Some(items) = fingerprint::items(message) {
            self.page.items(Ink::Plain, "  fingerprint  ", &items);
        }
        let repeats = self.repeats(message.as_octets()).map(|number| format!("repeats message {number}"));
        let inside = sealed.and_then(|sealed| sealed.content.as_ref()).map(|content| remarks::inside(header, content));
        for remark in remarks(carrier, message, parts).into_iter().chain(inside.into_iter().flatten()).chain(repeats) {
            self.page.items(Ink::Doubtful, "  remark  ", &[remark]);
        }
        self.page.end_line();
        self.flush()
    }

    fn reassembled(&mut self, carrier: &Carrier, complete: &Complete, content: &Content<'_>) -> io::Result<()> {
        let header = complete.message.header();
        let size = count(complete.message.fragments().into(), "fragment", "fragments");
        let octets = format!("{} octets of content", complete.message.content().len());
        self.page.items(Ink::Strong, "Reassembled: ", &[kind(header), size, octets]);
        let carrier = Carrier { packets: complete.packets.clone(), ip_fragments: 1, ..carrier.clone() };
        carrier_line(&mut self.page, &carrier);
        spis(&mut self.page, header);
        payloads(&mut self.page, 2, &content.parts, header, &carrier, None);
        for remark in remarks::of_set(complete, content) {
            self.page.items(Ink::Doubtful, "  remark  ", &[remark]);
        }
        self.page.end_line();
        self.flush()
    }

    fn undecodable(&mut self, carrier: &Carrier, octets: u64, cause: &str) -> io::Result<()> {
        let octets = count(octets, "octet", "octets");
        self.page.items(Ink::Bad, "Undecodable: ", &[octets, cause.into()]);
        carrier_line(&mut self.page, carrier);
        self.page.end_line();
        self.flush()
    }

    fn trouble(&mut self, trouble: &Trouble) -> io::Result<()> {
        self.page.items(Ink::Bad, "Problem: ", core::slice::from_ref(&trouble.cause));
        self.page.end_line();
        self.flush()
    }

    fn summary(&mut self, summary: &Summary) -> io::Result<()> {
        let text = &mut self.page;
        text.words(Ink::Strong, "Summary of ", 2, &self.name);
        let mut head = vec![
            count(summary.messages, "message", "messages"),
            count(summary.ike_sas.count, "IKE SA", "IKE SAs"),
            count(summary.packets, "packet in the capture", "packets in the capture"),
        ];
        if let Some((first, last)) = summary.span {
            head.push(format!("messages from {first} s to {last} s"));
        }
        text.items(Ink::Plain, "  ", &head);
        for (exchange, (requests, responses)) in &summary.exchanges {
            let items = [count(*requests, "request", "requests"), count(*responses, "response", "responses")];
            text.items(Ink::Plain, &format!("  {:<24} ", exchange.to_string()), &items);
        }
        for (exchange, messages) in &summary.ikev1 {
            text.items(Ink::Plain, &format!("  {:<24} ", format!("IKEv1 {exchange}")), &[count(*messages, "message", "messages")]);
        }
        let errors: Vec<_> = summary.errors.iter().map(|(ty, n)| format!("{ty} {n}x")).collect();
        if !errors.is_empty() {
            text.items(Ink::Plain, "  errors notified in clear: ", &errors);
        }
        let errors: Vec<_> = summary.errors_inside.iter().map(|(ty, n)| format!("{ty} {n}x")).collect();
        if !errors.is_empty() {
            text.items(Ink::Plain, "  errors notified encrypted: ", &errors);
        }
        if let Some(encrypted) = &summary.encrypted {
            text.items(Ink::Plain, "  with keys: ", &outcomes(encrypted));
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
        text.items(Ink::Plain, "  ", &rest);
        self.flush()?;
        self.out.flush()
    }
}

/// Which message this is, by what its version has of it.
fn head(received: &Received) -> Vec<String> {
    match received.ikev1() {
        Some(ikev1) => ikev1_head(&ikev1),
        None if received.is_ikev2() => vec![kind(&received.header)],
        None => vec![
            format!("version {}.{}", received.major, received.minor),
            format!("exchange type {}", received.header.exchange.0),
            format!("flags 0x{:02x}", received.flags),
            format!("message ID {}", received.header.message_id),
        ],
    }
}

fn ikev1_head(header: &Ikev1Header) -> Vec<String> {
    let flags = [(header.is_encrypted, "encrypted"), (header.commits, "commit"), (header.is_authentication_only, "authentication only")];
    let flags = flags.into_iter().filter(|(is_set, _)| *is_set).map(|(_, name)| name.into());
    [format!("IKEv1 {}", header.exchange), format!("message ID {}", header.message_id)].into_iter().chain(flags).collect()
}

/// Octets, and what the header says of them if that is something else.
fn size(message: &LenientMessage<'_>) -> String {
    let there = message.as_octets().len();
    match message.length() {
        length if usize::try_from(length) == Ok(there) => format!("{length} octets"),
        length => format!("{there} octets where Length says {length}"),
    }
}

/// Which message of IKEv2 this is.
fn kind(header: &Header) -> String {
    format!(
        "{} {}, message ID {}, from the {}",
        header.exchange,
        if header.response { "response" } else { "request" },
        header.message_id,
        if header.initiator { "initiator" } else { "responder" },
    )
}

fn spis(text: &mut Page, header: &Header) {
    let spis = [format!("{:016x} (initiator)", header.spis.initiator), format!("{:016x} (responder)", header.spis.responder)];
    text.items(Ink::Plain, "  IKE SPIs ", &spis);
}

/// The SPIs of IKEv2, the cookies of IKEv1, the octets in their place.
fn ends(text: &mut Page, received: &Received) {
    let header = &received.header;
    if received.is_ikev2() {
        return spis(text, header);
    }
    let [first, second] = [header.spis.initiator, header.spis.responder].map(|octets| format!("{octets:016x}"));
    match received.ikev1() {
        Some(_) => text.items(Ink::Plain, "  cookies ", &[format!("{first} (initiator)"), format!("{second} (responder)")]),
        None => text.items(Ink::Plain, "  octets 0 to 15: ", &[format!("{first} {second}")]),
    }
}

/// A line for each payload and lines below it; those of the payloads in SK stand below SK's.
fn payloads(text: &mut Page, indent: usize, parts: &Parts<'_>, header: &Header, carrier: &Carrier, sealed: Option<&Sealed<'_>>) {
    for part in &parts.parts {
        let sealed = sealed.filter(|_| matches!(part.raw.ty, PayloadType::SK | PayloadType::SKF));
        let mut node = describe::payload(part, header, carrier);
        node.items.extend(sealed.map(outcome).unwrap_or_default());
        let prefix = format!("{:indent$}{:<LABEL$}{:>6}  ", "", node.label, part.raw.len());
        text.items(Ink::Plain, &prefix, &node.items);
        children(text, prefix.len(), &node.children);
        let below = indent.saturating_add(2);
        match sealed.map(|sealed| (sealed.verdict, &sealed.content)) {
            Some((Verdict::IcvMismatch { keys }, _)) => {
                let whose = if *keys == 1 {
                    "the key of this IKE SA does not fit".into()
                } else {
                    format!("none of the {keys} keys of this IKE SA fits")
                };
                text.items(Ink::Bad, &format!("{:below$}NOT OPENED  ", ""), &[format!("ICV mismatch: {whose}")]);
            }
            Some((Verdict::Failed(reason), _)) => {
                text.items(Ink::Bad, &format!("{:below$}NOT OPENED  ", ""), core::slice::from_ref(reason));
            }
            Some((_, Some(content))) => payloads(text, below, &content.parts, header, carrier, None),
            _ => {}
        }
    }
    if parts.parts.is_empty() && parts.faults.is_empty() {
        let _ = writeln!(text, "{:indent$}no payload", "");
    }
    faults(text, indent, parts);
}

fn faults(text: &mut Page, indent: usize, parts: &Parts<'_>) {
    let prefix = format!("{:indent$}FAULT  ", "");
    for fault in parts.faults.iter().take(MAX_FAULTS) {
        text.items(Ink::Bad, &prefix, &[fault.to_string()]);
    }
    if let Some(more @ 1..) = parts.faults.len().checked_sub(MAX_FAULTS) {
        text.items(Ink::Bad, &prefix, &[format!("and {more} more")]);
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
fn carrier_line(text: &mut Page, carrier: &Carrier) {
    let shown: Vec<_> = carrier.packets.iter().take(MAX_PACKETS).map(u64::to_string).collect();
    let mut packets = format!("packet{} {}", if carrier.packets.len() == 1 { "" } else { "s" }, shown.join(" "));
    if carrier.packets.len() > MAX_PACKETS {
        let _ = write!(packets, " and {} more", carrier.packets.len().saturating_sub(MAX_PACKETS));
    }
    let protocol = if carrier.transport == crate::evidence::ports::Transport::Tcp { "TCP" } else { "UDP" };
    let mut items = vec![format!("{packets} at {} s", carrier.time), format!("{protocol} {} > {}", carrier.src, carrier.dst)];
    if carrier.ip_fragments > 1 {
        items.push(format!("in {} IP {}", carrier.ip_fragments, if protocol == "TCP" { "packets" } else { "fragments" }));
    }
    text.items(Ink::Plain, "  ", &items);
}

/// Lines below a line; their labels have one width.
fn children(text: &mut Page, indent: usize, nodes: &[Node]) {
    let width = nodes.iter().map(|node| node.label.len()).max().unwrap_or(0);
    let gap = if width == 0 { "" } else { "  " };
    for node in nodes {
        let prefix = format!("{:indent$}{:<width$}{gap}", "", node.label);
        text.items(Ink::Plain, &prefix, &node.items);
        children(text, indent.saturating_add(2), &node.children);
    }
}
