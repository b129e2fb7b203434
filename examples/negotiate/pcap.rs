//! The offers of a capture, and what was answered to them. Child SAs are negotiated encrypted and stay out of sight.

use crate::people;
use crate::side::Local;
use crate::support::{Interest, Item, OpenError, Traffic};
use ikev2::proposal::{Dialect, Policy, Proposal, Question, examine};
use ikev2::registry::{ExchangeType, KeMethod, NotifyType, PayloadType};
use ikev2::wire::transport::{Transported, udp_4500};
use ikev2::wire::{LenientMessage, Message, Payload};
use std::collections::HashMap;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;

/// Offers kept while their answers are looked for.
const OFFERS: usize = 4096;

/// An IKE_SA_INIT request, and the answer to it.
struct Seen {
    packet: u64,
    src: SocketAddr,
    dst: SocketAddr,
    offer: Vec<u8>,
    ke: Option<KeMethod>,
    answer: Option<String>,
}

/// Shows every offer of a capture; with a policy, what becomes of it, and whether that is what was answered.
pub(crate) fn run(file: &Path, local: Option<&Local>, out: &mut impl Write) -> io::Result<Result<(), OpenError>> {
    let traffic = match Traffic::open(file, Interest::default()) {
        Ok(traffic) => traffic,
        Err(error) => return Ok(Err(error)),
    };
    let seen = offers(traffic);
    for offer in &seen {
        writeln!(out, "packet {}: {} -> {}, IKE_SA_INIT", offer.packet, offer.src, offer.dst)?;
        writeln!(out, "answered: {}", offer.answer.as_deref().unwrap_or("nothing in this capture"))?;
        match local {
            Some(local) => {
                writeln!(out, "local  {}", local.name)?;
                people::decision(&offer.offer, Question::Ike, offer.ke, &local.policy, out)?;
            }
            None => show(offer, out)?,
        }
        writeln!(out)?;
    }
    writeln!(out, "{} offers", seen.len())?;
    Ok(Ok(()))
}

fn show(offer: &Seen, out: &mut impl Write) -> io::Result<()> {
    if let Some(ke) = offer.ke {
        writeln!(out, "KE payload of group {}", ke.0)?;
    }
    // Beside a policy that holds an empty proposal, each offered one is a pair.
    let Ok(nothing) = Policy::new(Dialect::Rfc, [Proposal::new(ikev2::registry::SecurityProtocol::IKE, [])]) else {
        return Ok(());
    };
    for pair in examine(&offer.offer, Question::Ike, &nothing).pairs() {
        writeln!(out, "  proposal {}: {}", pair.number(), pair.offered_proposal())?;
    }
    Ok(())
}

fn offers(traffic: Traffic) -> Vec<Seen> {
    let mut seen: Vec<Seen> = Vec::new();
    let mut last_of: HashMap<[u8; 8], usize> = HashMap::new();
    for item in traffic {
        let Item::Datagram(datagram) = item else { continue };
        let ports = [datagram.src.port(), datagram.dst.port()];
        let octets = match udp_4500(&datagram.payload) {
            Ok(Transported::Ike(octets)) if ports.contains(&4500) || !ports.contains(&500) => octets,
            _ if ports.contains(&500) => &datagram.payload,
            _ => continue,
        };
        let Ok(LenientMessage { message, .. }) = Message::parse_lenient(octets) else { continue };
        let header = message.header();
        if header.exchange != ExchangeType::IKE_SA_INIT {
            continue;
        }
        let body = |ty| message.payloads().find(|raw| raw.ty == ty).map(|raw| raw.body);
        if !header.response {
            let Some(offer) = body(PayloadType::SA).filter(|_| seen.len() < OFFERS) else { continue };
            let ke = body(PayloadType::KE).and_then(|ke| ke.first_chunk::<2>()).map(|group| KeMethod(u16::from_be_bytes(*group)));
            last_of.insert(header.spi_i.to_be_bytes(), seen.len());
            let packet = datagram.packets.first().copied().unwrap_or(0);
            seen.push(Seen { packet, src: datagram.src, dst: datagram.dst, offer: offer.to_vec(), ke, answer: None });
        } else if let Some(offer) = last_of.get(&header.spi_i.to_be_bytes()).and_then(|place| seen.get_mut(*place)) {
            offer.answer.get_or_insert_with(|| answer(&message));
        }
    }
    seen
}

/// An answer in words: the proposal chosen, or the error.
fn answer(message: &Message<'_>) -> String {
    for raw in message.payloads() {
        match raw.parse() {
            Ok(Payload::Sa(sa)) => {
                let Some(proposal) = sa.proposals().next() else { continue };
                let transforms: Vec<String> = proposal
                    .transforms()
                    .map(|t| ikev2::proposal::Transform { ty: t.ty, id: t.id, key_bits: t.key_length() }.to_string())
                    .collect();
                return format!("proposal {}: {}", proposal.number, transforms.join(", "));
            }
            Ok(Payload::Notify(notify)) if notify.ty.is_error() || notify.ty == NotifyType::COOKIE => {
                let wanted = match (notify.ty, notify.octets) {
                    (NotifyType::INVALID_KE_PAYLOAD, [high, low]) => format!(", group {}", u16::from_be_bytes([*high, *low])),
                    _ => String::new(),
                };
                return format!("{}{wanted}", notify.ty.name().unwrap_or("an unknown error"));
            }
            _ => {}
        }
    }
    "no SA payload".into()
}
