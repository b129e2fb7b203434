//! The messages of an IKE SA as they are shown: one line each, the fragments of a message together.

use crate::capture::{IncompleteFragments, Time};
use crate::evidence::carrier::Carrier;
use crate::evidence::decode::{Content, Parts};
use ikev2::Role;
use ikev2::diagnose::{Delivery, exchange_name};
use ikev2::registry::{ExchangeType, NotifyType, PayloadType};
use ikev2::wire::{Header, Payload};

/// Lines kept of one IKE SA, and of all together.
const MAX_STEPS: usize = 200;

/// A line.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) time: Time,
    pub(crate) packets: Vec<u64>,
    pub(crate) from: Role,
    /// Of IP fragments it may not be known.
    pub(crate) exchange: Option<ExchangeType>,
    pub(crate) response: bool,
    pub(crate) message_id: u32,
    /// Octets of the largest IP packet, as if IP had not cut it.
    pub(crate) size: usize,
    pub(crate) port: u16,
    /// IP packets that carried the largest of the datagrams.
    pub(crate) ip_fragments: u32,
    /// Fragment numbers, in order of arrival, and how many there are.
    pub(crate) fragments: Option<(Vec<u16>, u16)>,
    pub(crate) again: bool,
    /// Octets that arrived, and all, of IP fragments that never became whole.
    pub(crate) lost: Option<(u64, Option<u64>)>,
    /// How much of it came to its end, as a capture there tells.
    pub(crate) arrival: Option<Delivery>,
    /// The capture holds no IP fragment with an offset at all: what is missing may have been there.
    pub(crate) hidden: bool,
    /// What stands in it: payloads that explain something.
    pub(crate) notes: Vec<String>,
}

/// The lines of one IKE SA.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ladder {
    pub(crate) steps: Vec<Step>,
    /// Lines that were left out.
    pub(crate) more: u64,
}

impl Ladder {
    /// Adds a line, or joins it to the one before when that is another fragment of the same message.
    pub(crate) fn push(&mut self, step: Step) {
        if let Some(last) = self.steps.last_mut() {
            if last.joins(&step) {
                return last.join(step);
            }
        }
        if self.steps.len() >= MAX_STEPS {
            self.more = self.more.saturating_add(1);
        } else {
            self.steps.push(step);
        }
    }

    /// The capture holds no IP fragment with an offset.
    pub(crate) fn hide_fragments(&mut self) {
        self.steps.iter_mut().for_each(|step| step.hidden = true);
    }

    /// In the order of time: what is incomplete is known late.
    pub(crate) fn sort(&mut self) {
        self.steps.sort_by_key(|step| step.time);
    }
}

impl Step {
    pub(crate) fn of(carrier: &Carrier, header: &Header, from: Role, size: usize, again: bool) -> Self {
        Self {
            time: carrier.time,
            packets: carrier.packets.clone(),
            from,
            exchange: Some(header.exchange),
            response: header.response,
            message_id: header.message_id,
            size,
            port: carrier.dst.port(),
            ip_fragments: carrier.ip_fragments,
            fragments: None,
            again,
            lost: None,
            arrival: None,
            hidden: false,
            notes: Vec::new(),
        }
    }

    /// A message that a log tells of; its size is 0 where the log does not say it.
    pub(crate) fn told(lines: &[u64], time: Time, header: &Header, from: Role, size: usize) -> Self {
        Self {
            time,
            packets: lines.to_vec(),
            from,
            exchange: Some(header.exchange),
            response: header.response,
            message_id: header.message_id,
            size,
            port: 0,
            ip_fragments: 1,
            fragments: None,
            again: false,
            lost: None,
            arrival: None,
            hidden: false,
            notes: Vec::new(),
        }
    }

    pub(crate) fn lost(set: &IncompleteFragments, header: Option<&Header>, from: Role) -> Self {
        Self {
            time: set.time,
            packets: set.packets.clone(),
            from,
            exchange: header.map(|header| header.exchange),
            response: header.is_some_and(|header| header.response),
            message_id: header.map_or(0, |header| header.message_id),
            size: set.total.and_then(|total| usize::try_from(total).ok()).unwrap_or(0),
            port: set.ports.map_or(0, |(_, to)| to),
            ip_fragments: u32::try_from(set.packets.len()).unwrap_or(u32::MAX),
            fragments: None,
            again: false,
            lost: Some((set.received, set.total)),
            arrival: None,
            hidden: false,
            notes: Vec::new(),
        }
    }

    fn joins(&self, next: &Self) -> bool {
        let same = self.from == next.from
            && self.response == next.response
            && self.message_id == next.message_id
            && self.again == next.again
            && self.arrival == next.arrival;
        match (&self.fragments, &next.fragments) {
            (Some((numbers, total)), Some((new, of))) => same && total == of && !new.iter().any(|n| numbers.contains(n)),
            _ => false,
        }
    }

    fn join(&mut self, next: Self) {
        self.packets.extend(next.packets);
        self.size = self.size.max(next.size);
        self.ip_fragments = self.ip_fragments.max(next.ip_fragments);
        if let (Some((numbers, _)), Some((new, _))) = (&mut self.fragments, next.fragments) {
            numbers.extend(new);
        }
    }

    /// What the line says beside time, packet and direction.
    pub(crate) fn words(&self) -> String {
        let mut text = self.exchange.map_or_else(|| "IP fragments".into(), exchange_name);
        if self.lost.is_none() || !text.contains(' ') {
            text.push_str(if self.response { " response" } else { " request" });
        }
        match &self.fragments {
            Some((numbers, total)) if numbers.len() == 1 => text.push_str(&format!(" {} of {total},", ranges(numbers))),
            Some((numbers, total)) => text.push_str(&format!(" {} of {total}, each up to", ranges(numbers))),
            None => {}
        }
        match self.lost {
            Some((arrived, Some(total))) => text.push_str(&format!(" {arrived} of {total} octets")),
            Some((arrived, None)) => text.push_str(&format!(" first {arrived} octets only")),
            None if self.size == 0 => {}
            None => text.push_str(&format!(" {} octets", self.size)),
        }
        if self.port != 500 && self.port != 0 && self.from == Role::Initiator {
            text.push_str(&format!(", port {}", self.port));
        }
        text
    }

    /// Whether it is known not to have come to its end whole.
    pub(crate) fn is_lost(&self) -> bool {
        (self.lost.is_some() && !self.hidden) || self.arrival.is_some_and(|arrival| arrival != Delivery::Whole)
    }

    /// What deserves emphasis: repetition, IP fragments, loss, and what stands in it.
    pub(crate) fn marks(&self) -> Vec<String> {
        let mut marks = Vec::new();
        if self.again {
            marks.push("sent again".into());
        }
        let other = self.from.other().name();
        match self.arrival {
            Some(Delivery::Nothing) => marks.push(format!("never reached the {other}")),
            Some(Delivery::Part(octets)) => marks.push(format!("only {octets} octets of it reached the {other}")),
            Some(_) | None => {}
        }
        if self.lost.is_some() && self.hidden {
            marks.push("the other IP fragments are not in the capture".into());
        } else if self.lost.is_some() {
            marks.push(format!("IP fragments LOST ({} came)", self.ip_fragments));
        } else if self.ip_fragments > 1 {
            marks.push(format!("{} IP fragments", self.ip_fragments));
        }
        marks.extend(self.notes.iter().cloned());
        marks
    }
}

/// `1-4, 6`.
fn ranges(numbers: &[u16]) -> String {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    let mut parts: Vec<(u16, u16)> = Vec::new();
    for n in sorted {
        match parts.last_mut() {
            Some((_, end)) if end.saturating_add(1) == n => *end = n,
            _ => parts.push((n, n)),
        }
    }
    let text: Vec<_> = parts.iter().take(8).map(|(a, b)| if a == b { a.to_string() } else { format!("{a}-{b}") }).collect();
    let more = if parts.len() > 8 { ", .." } else { "" };
    format!("{}{more}", text.join(", "))
}

/// Notifies that explain something, and EAP; nothing that a peer chose as text.
pub(crate) fn notes(parts: &Parts<'_>) -> Vec<String> {
    const MOST: usize = 6;
    let note = |payload: &Payload<'_>| match payload {
        Payload::Notify(notify) if notify.ty.is_error() || notify.ty == NotifyType::COOKIE => Some(ikev2::diagnose::notify_name(notify.ty)),
        Payload::Eap(eap) => Some(format!("EAP {}", eap.code.name().unwrap_or("message"))),
        _ => None,
    };
    let mut notes: Vec<String> = parts.parts.iter().filter_map(|part| note(&part.payload)).collect();
    notes.extend(parts.fault().map(|fault| format!("broken: {fault}")));
    notes.truncate(MOST);
    notes
}

pub(crate) fn notes_inside(content: &Content<'_>) -> Vec<String> {
    notes(&content.parts)
}

/// The number and total of a fragment.
pub(crate) fn fragment(parts: &Parts<'_>) -> Option<(Vec<u16>, u16)> {
    parts.parts.iter().find_map(|part| match part.payload {
        Payload::Skf(skf) if part.raw.ty == PayloadType::SKF => Some((vec![skf.number], skf.total)),
        _ => None,
    })
}
