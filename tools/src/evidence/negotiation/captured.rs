//! The offers of a capture.

use super::side::Offer;
use super::terms::Ke;
use crate::capture::{Interest, Item, OpenError, Problem, Source, Traffic};
use crate::evidence::ports;
use ikev2::registry::{ExchangeType, PayloadType};
use ikev2::wire::transport::NON_ESP_MARKER;
use ikev2::wire::{LenientMessage, Message, Payload};

/// Problems of a capture told one by one.
const MAX_PROBLEMS: usize = 100;

/// What a capture offers.
#[derive(Debug)]
pub struct Captured {
    /// Every IKE_SA_INIT request with an SA payload.
    pub offers: Vec<Offer>,
    /// What could not be read, in words.
    pub problems: Vec<String>,
    /// Reading ended before the capture did.
    pub broken: bool,
}

/// Every IKE_SA_INIT request of a capture.
///
/// # Errors
/// It is no capture.
pub fn captured(source: Source) -> Result<Captured, OpenError> {
    let mut traffic = Traffic::open(source, Interest { tcp_ports: Vec::new(), ip_protocols: Vec::new(), ..ports::interest() })?;
    let mut found = Captured { offers: Vec::new(), problems: Vec::new(), broken: false };
    for item in traffic.by_ref() {
        match item {
            Item::Datagram(datagram) => {
                let octets = datagram.payload.strip_prefix(&NON_ESP_MARKER[..]).unwrap_or(&datagram.payload);
                let Ok(message) = Message::parse_lenient(octets) else { continue };
                if message.header().exchange != ExchangeType::IKE_SA_INIT || message.header().response {
                    continue;
                }
                let packets: Vec<_> = datagram.packets.iter().map(u64::to_string).collect();
                let label = format!("packet {}, {} > {}", packets.join(", "), datagram.src, datagram.dst);
                found.offers.extend(offer(&message, label));
            }
            Item::Problem(problem) if !is_foreign(&problem) && found.problems.len() < MAX_PROBLEMS => {
                found.problems.push(problem.to_string());
            }
            _ => {}
        }
    }
    found.broken = traffic.is_broken();
    Ok(found)
}

/// Fragments of other traffic.
fn is_foreign(problem: &Problem) -> bool {
    let is_ike = |port| matches!(port, ports::IKE | ports::NAT_T);
    let Problem::IncompleteFragments(set) = problem else {
        return false;
    };
    set.ports.is_none_or(|(src, dst)| set.protocol != ports::UDP || !is_ike(src) && !is_ike(dst))
}

fn offer(message: &LenientMessage<'_>, label: String) -> Option<Offer> {
    let body = message.payloads().find(|raw| raw.ty == PayloadType::SA)?.body.to_vec();
    let sent = message.payloads().find_map(|raw| match raw.parse() {
        Ok(Payload::KeyExchange(ke)) => Some(ke.method),
        _ => None,
    });
    let notifies = message.payloads().filter_map(|raw| match raw.parse() {
        Ok(Payload::Notify(notify)) => Some(notify.ty),
        _ => None,
    });
    Some(Offer { label, body, ke: Ke::Given(sent), notifies: Some(notifies.collect()), side: None })
}
