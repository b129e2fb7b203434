//! Where offers and policies come from: profile names, notations, hexadecimal, captures.

use super::args::{Args, Ke};
use super::notation::proposals;
use super::support::{Interest, Item, Traffic};
use ikev2::Role;
use ikev2::proposal::profiles;
use ikev2::proposal::{Dialect, Policy, Question, encode_offer};
use ikev2::registry::{ExchangeType, KeMethod, TransformType};
use ikev2::wire::transport::NON_ESP_MARKER;
use ikev2::wire::{LenientMessage, Message, Payload, Sa};
use std::path::Path;

/// An offer to be answered.
#[derive(Clone, Debug)]
pub(crate) struct Offer {
    /// What it is, in words.
    pub(crate) label: String,
    /// The SA payload's body.
    pub(crate) body: Vec<u8>,
    /// The method of the KE payload that came with it.
    pub(crate) ke: Option<KeMethod>,
}

/// The policy of `--local`.
pub(crate) fn policy(args: &Args) -> Result<Policy, String> {
    let profile = profiles::find_for(&args.local, args.question, Role::Responder).or_else(|| profiles::find(&args.local));
    let policy = match profile {
        Some(profile) => profile.policy(args.dialect.unwrap_or(profile.dialect), args.question).map_err(|error| error.to_string())?,
        None => {
            let proposals = proposals(&args.local, args.question)?;
            Policy::new(args.dialect.unwrap_or(Dialect::Rfc), proposals).map_err(|error| error.to_string())?
        }
    };
    Ok(match args.prefer {
        Some(prefer) => policy.prefer(prefer),
        None => policy,
    })
}

/// The offers of `--offer` or `--pcap`, and what could not be read of them.
pub(crate) fn offers(args: &Args) -> Result<(Vec<Offer>, Vec<String>), String> {
    match (&args.offer, &args.pcap) {
        (Some(text), _) => named(text, args).map(|offer| (vec![offer], Vec::new())),
        (None, Some(file)) => captured(file, args),
        (None, None) => Err("either --offer or --pcap is needed".into()),
    }
}

fn named(text: &str, args: &Args) -> Result<Offer, String> {
    let spi = vec![1; usize::from(args.question.spi_size())];
    let profile = profiles::find_for(text, args.question, Role::Initiator).or_else(|| profiles::find(text));
    let (label, body) = if let Some(profile) = profile {
        (profile.name.to_owned(), profile.offer(args.question, &spi).map_err(|error| error.to_string())?)
    } else if let Some(body) = hexadecimal(text) {
        ("an SA payload in hexadecimal".to_owned(), body)
    } else {
        let proposals = proposals(text, args.question)?;
        (text.to_owned(), encode_offer(&proposals, &spi).map_err(|error| error.to_string())?)
    };
    let ke = match args.ke {
        Ke::Given(ke) => ke,
        Ke::FirstOffered if args.question == Question::AuthChild => None,
        Ke::FirstOffered => first_ke(&body),
    };
    Ok(Offer { label, body, ke })
}

fn first_ke(body: &[u8]) -> Option<KeMethod> {
    let sa = Sa::parse(body).ok()?;
    let mut transforms = sa.proposals().flat_map(|proposal| proposal.transforms());
    let first = transforms.find(|t| t.ty == TransformType::KE && t.id.0 != KeMethod::NONE.0)?;
    Some(KeMethod(first.id.0))
}

/// Pairs of digits and nothing else, spaces and colons between them apart.
fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<char> = text.chars().filter(|c| !c.is_whitespace() && *c != ':').collect();
    if digits.len() < 16 || digits.len() % 2 != 0 {
        return None;
    }
    digits.chunks_exact(2).map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16).ok()).collect()
}

/// Every IKE_SA_INIT request of a capture.
fn captured(file: &Path, args: &Args) -> Result<(Vec<Offer>, Vec<String>), String> {
    let traffic = Traffic::open(file, Interest::default()).map_err(|error| error.to_string())?;
    let (mut offers, mut complaints) = (Vec::new(), Vec::new());
    for item in traffic {
        match item {
            Item::Datagram(datagram) => {
                let octets = datagram.payload.strip_prefix(&NON_ESP_MARKER[..]).unwrap_or(&datagram.payload);
                let Ok(message) = Message::parse_lenient(octets) else { continue };
                if message.header().exchange != ExchangeType::IKE_SA_INIT || message.header().response {
                    continue;
                }
                let packets: Vec<_> = datagram.packets.iter().map(u64::to_string).collect();
                let label = format!("packet {}, {} > {}", packets.join(", "), datagram.src, datagram.dst);
                offers.extend(offer(&message, label, args));
            }
            Item::Problem(problem) => complaints.push(problem.to_string()),
            _ => {}
        }
    }
    if offers.is_empty() {
        complaints.push(format!("{}: no IKE_SA_INIT request with an SA payload", file.display()));
    }
    Ok((offers, complaints))
}

fn offer(message: &LenientMessage<'_>, label: String, args: &Args) -> Option<Offer> {
    let body = message.payloads().find(|raw| raw.ty == ikev2::registry::PayloadType::SA)?.body.to_vec();
    let sent = message.payloads().find_map(|raw| match raw.parse() {
        Ok(Payload::KeyExchange(ke)) => Some(ke.method),
        _ => None,
    });
    let ke = match args.ke {
        Ke::Given(ke) => ke,
        Ke::FirstOffered => sent,
    };
    Some(Offer { label, body, ke })
}

/// What is to be said of the sources before anything is concluded from them.
pub(crate) fn caveats(offer: &Offer, args: &Args) -> Vec<String> {
    let by_name = [(&offer.label, Role::Initiator), (&args.local, Role::Responder)];
    let profiles =
        by_name.into_iter().filter_map(|(name, side)| profiles::find_for(name, args.question, side).or_else(|| profiles::find(name)));
    profiles.map(|profile| format!("{}: confidence {} ({})", profile.name, profile.confidence, profile.confidence_note)).collect()
}
