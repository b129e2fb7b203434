//! Where offers and policies come from: profile names, notations, hexadecimal, captures.

use super::notation::proposals;
use super::ports;
use crate::capture::{Interest, Item, OpenError, Problem, Source, Traffic};
use ikev2::Role;
use ikev2::proposal::profiles::{self, Profile};
use ikev2::proposal::{Dialect, NegotiationContext, Policy, Preference, emit_offer};
use ikev2::registry::{ExchangeType, KeMethod, PayloadType, TransformType};
use ikev2::wire::transport::NON_ESP_MARKER;
use ikev2::wire::{LenientMessage, Message, Payload, Sa};

/// Problems of a capture told one by one.
const MAX_PROBLEMS: usize = 100;

/// An offer to be answered.
#[derive(Clone, Debug)]
pub struct Offer {
    /// What it is, in words.
    pub label: String,
    /// The SA payload's body.
    pub body: Vec<u8>,
    /// The method of the KE payload that came with it.
    pub ke: Option<KeMethod>,
}

/// What is asked of an offer and a policy.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// Which exchange the SA payload stands in.
    pub context: NegotiationContext,
    /// Whose rules decide; `None` for those of the policy's profile, else the RFC's.
    pub dialect: Option<Dialect>,
    /// Whose order of preference decides; `None` for the dialect's.
    pub prefer: Option<Preference>,
    /// Which KE payload comes with the offer.
    pub ke: Ke,
}

/// Which KE payload comes with the offer.
#[derive(Clone, Copy, Debug)]
pub enum Ke {
    /// Of the first method offered, or the one in the capture.
    FirstOffered,
    /// This one, or none.
    Given(Option<KeMethod>),
}

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

fn profile(name: &str, context: NegotiationContext, side: Role) -> Option<&'static Profile> {
    profiles::find_for(name, context, side).or_else(|| profiles::find(name))
}

/// The policy of a responder: a profile's name, or a text in one of the notations.
///
/// # Errors
/// It is neither; or nobody can have such a policy. The text says why.
pub fn policy(text: &str, terms: &Terms) -> Result<Policy, String> {
    let policy = match profile(text, terms.context, Role::Responder) {
        Some(profile) => profile.policy(terms.dialect.unwrap_or(profile.dialect), terms.context).map_err(|error| error.to_string())?,
        None => {
            let proposals = proposals(text, terms.context)?;
            Policy::new(terms.dialect.unwrap_or(Dialect::Rfc), proposals).map_err(|error| error.to_string())?
        }
    };
    Ok(match terms.prefer {
        Some(prefer) => policy.with_preference(prefer),
        None => policy,
    })
}

/// The policy that a diagnosis compares with what it sees, for IKE SAs or for Child SAs.
///
/// # Errors
/// As [`policy`].
pub fn policy_of_either(text: &str) -> Result<Policy, String> {
    let profile = profile(text, NegotiationContext::IkeSaInit, Role::Responder);
    if let Some(profile) = profile.filter(|profile| NegotiationContext::IkeSaInit.takes(profile.protocol)) {
        return profile.policy(profile.dialect, NegotiationContext::IkeSaInit).map_err(|error| error.to_string());
    }
    // What has no key exchange or PRF is for a child SA.
    let proposals = proposals(text, NegotiationContext::IkeSaInit)
        .or_else(|error| proposals(text, NegotiationContext::CreateChildSa).map_err(|_| error))?;
    Policy::new(Dialect::Rfc, proposals).map_err(|error| error.to_string())
}

/// An offer by a profile's name, a text in one of the notations, or an SA payload in hexadecimal.
///
/// # Errors
/// It is none of them; the text says why.
pub fn named(text: &str, terms: &Terms) -> Result<Offer, String> {
    let spi = vec![1; usize::from(terms.context.spi_size())];
    let (label, body) = if let Some(profile) = profile(text, terms.context, Role::Initiator) {
        (profile.name.to_owned(), profile.offer(terms.context, &spi).map_err(|error| error.to_string())?)
    } else if let Some(body) = hexadecimal(text) {
        ("an SA payload in hexadecimal".to_owned(), body)
    } else {
        let proposals = proposals(text, terms.context)?;
        (text.to_owned(), emit_offer(&proposals, &spi).map_err(|error| error.to_string())?)
    };
    let ke = match terms.ke {
        Ke::Given(ke) => ke,
        Ke::FirstOffered if terms.context == NegotiationContext::IkeAuth => None,
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
    if digits.len() < 16 || !digits.len().is_multiple_of(2) {
        return None;
    }
    digits.chunks_exact(2).map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16).ok()).collect()
}

/// Every IKE_SA_INIT request of a capture.
///
/// # Errors
/// It is no capture.
pub fn captured(source: Source, terms: &Terms) -> Result<Captured, OpenError> {
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
                found.offers.extend(offer(&message, label, terms));
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

fn offer(message: &LenientMessage<'_>, label: String, terms: &Terms) -> Option<Offer> {
    let body = message.payloads().find(|raw| raw.ty == PayloadType::SA)?.body.to_vec();
    let sent = message.payloads().find_map(|raw| match raw.parse() {
        Ok(Payload::KeyExchange(ke)) => Some(ke.method),
        _ => None,
    });
    let ke = match terms.ke {
        Ke::Given(ke) => ke,
        Ke::FirstOffered => sent,
    };
    Some(Offer { label, body, ke })
}

/// What is to be said of profiles before anything is concluded from them.
#[must_use]
pub fn caveats(offer: &Offer, local: &str, terms: &Terms) -> Vec<String> {
    let by_name = [(&*offer.label, Role::Initiator), (local, Role::Responder)];
    let profiles = by_name.into_iter().filter_map(|(name, side)| profile(name, terms.context, side));
    profiles.map(|profile| format!("{}: confidence {} ({})", profile.name, profile.confidence, profile.confidence_note)).collect()
}
