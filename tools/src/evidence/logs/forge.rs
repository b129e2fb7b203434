//! The octets of a message that a log tells of: a header, and the payloads that the log names, with as much in each as it says.
//!
//! What the log does not say is not made up: a proposal that is not named has no transforms, a hash of NAT detection no octets, an AUTH
//! payload the reserved method 0. Where the payloads are not named at all, the header announces more octets than there are, as of a
//! message that was cut short.

use super::message::{Piece, Proposal, Told};
use core::net::IpAddr;
use ikev2::registry::{NotifyType, PayloadType, SecurityProtocol, TransformType};
use ikev2::wire::{HEADER_LEN, IkeSpis};

/// Octets of content that is not named, in an encrypted message whose size is not told.
const SEALED: usize = 64;
/// The version octets of the header.
const VERSIONS: [u8; 2] = [0x10, 0x20];
/// Flags of the header (RFC 7296 section 3.1).
const INITIATOR: u8 = 0x08;
const RESPONSE: u8 = 0x20;
/// The critical bit of a payload.
const CRITICAL: u8 = 0x80;
/// EAP method of which an alert is told (RFC 5216).
const EAP_TLS: u8 = 13;

/// Octets of a message, and of what is encrypted in it.
pub(super) struct Forged {
    pub(super) octets: Vec<u8>,
    pub(super) content: Option<(PayloadType, Vec<u8>)>,
}

/// Makes a message; `counter` tells apart requests that begin an IKE SA.
pub(super) fn message(told: &Told, spis: IkeSpis, by_initiator: bool, counter: u64) -> Forged {
    let mut octets = header(told, spis, by_initiator);
    if told.version == 1 {
        finish(&mut octets, 0);
        return Forged { octets, content: None };
    }
    let Some(pieces) = &told.pieces else {
        let least = octets.len().saturating_add(5);
        if !told.is_init() {
            set_next(&mut octets, PayloadType::SK);
            octets.extend([0; 4]);
        } else if told.response {
            // An answer begins with an SA payload; what follows is not told.
            set_next(&mut octets, if told.accepts { PayloadType::SA } else { PayloadType::NO_NEXT_PAYLOAD });
            if told.accepts {
                put(&mut octets, PayloadType::KE.0, 0, &sa(told));
            }
        } else {
            set_next(&mut octets, told.in_part.unwrap_or(PayloadType::NONCE));
            if told.in_part.is_some() {
                put(&mut octets, PayloadType::NONCE.0, 0, &sa(told));
            }
            put(&mut octets, PayloadType::N.0, 0, &nonce(counter));
        }
        let more = told.octets.unwrap_or(least).max(octets.len().saturating_add(1));
        finish(&mut octets, more);
        return Forged { octets, content: None };
    };
    let (first, mut content) = chain(told, pieces);
    if told.is_init() {
        if !told.response {
            // A nonce of its own, by which a request that is sent again is told from a new one.
            append(&mut content, first, PayloadType::NONCE, &nonce(counter));
        }
        set_next(&mut octets, if content.is_empty() { PayloadType::NO_NEXT_PAYLOAD } else { first_of(first, told) });
        octets.extend(content);
        finish(&mut octets, 0);
        return Forged { octets, content: None };
    }
    let kind = if told.fragment.is_some() { PayloadType::SKF } else { PayloadType::SK };
    let before = HEADER_LEN.saturating_add(4).saturating_add(if told.fragment.is_some() { 4 } else { 0 });
    let sealed = told.octets.map_or(SEALED, |octets| octets.saturating_sub(before)).clamp(1, usize::from(u16::MAX).saturating_sub(8));
    set_next(&mut octets, kind);
    let inside = if told.fragment.is_none_or(|(number, _)| number == 1) { first } else { PayloadType::NO_NEXT_PAYLOAD };
    let length = u16::try_from(sealed.saturating_add(before).saturating_sub(HEADER_LEN)).unwrap_or(u16::MAX);
    octets.extend([inside.0, 0]);
    octets.extend(length.to_be_bytes());
    if let Some((number, total)) = told.fragment {
        octets.extend(number.to_be_bytes());
        octets.extend(total.to_be_bytes());
    }
    octets.extend(core::iter::repeat_n(0, sealed));
    finish(&mut octets, 0);
    // What deletes something does not say what, unless another line does.
    let vague = pieces.contains(&Piece::Payload(PayloadType::D)) && told.hints.deletes.is_none();
    Forged { octets, content: (!vague).then_some((first, content)) }
}

/// The first payload of a request to which a nonce was added.
fn first_of(first: PayloadType, told: &Told) -> PayloadType {
    if told.pieces.as_ref().is_none_or(Vec::is_empty) { PayloadType::NONCE } else { first }
}

fn nonce(counter: u64) -> [u8; 16] {
    let mut nonce = [0; 16];
    if let Some(place) = nonce.last_chunk_mut() {
        *place = counter.to_be_bytes();
    }
    nonce
}

fn header(told: &Told, spis: IkeSpis, by_initiator: bool) -> Vec<u8> {
    let mut octets = Vec::with_capacity(HEADER_LEN.saturating_add(512));
    octets.extend(spis.initiator.to_be_bytes());
    let begins = told.is_init() && !told.response;
    octets.extend(if begins { 0 } else { spis.responder }.to_be_bytes());
    let side = if by_initiator { INITIATOR } else { 0 };
    let kind = if told.response { RESPONSE } else { 0 };
    let flags = if told.version == 1 { 0 } else { side | kind };
    let [one, two] = VERSIONS;
    octets.extend([0, if told.version == 1 { one } else { two }, told.exchange.0, flags]);
    octets.extend(told.id.to_be_bytes());
    octets.extend([0; 4]);
    octets
}

fn set_next(octets: &mut [u8], next: PayloadType) {
    if let Some(place) = octets.get_mut(16) {
        *place = next.0;
    }
}

/// Writes the length of the message, or a greater one.
fn finish(octets: &mut [u8], at_least: usize) {
    let length = u32::try_from(octets.len().max(at_least)).unwrap_or(u32::MAX);
    if let Some(place) = octets.get_mut(24..28) {
        place.copy_from_slice(&length.to_be_bytes());
    }
}

/// The payloads one after the other, and the type of the first.
fn chain(told: &Told, pieces: &[Piece]) -> (PayloadType, Vec<u8>) {
    let mut bodies: Vec<(PayloadType, u8, Vec<u8>)> = pieces.iter().map(|piece| body(told, piece)).collect();
    if let Some(critical) = told.hints.critical.filter(|_| !told.response) {
        bodies.push((PayloadType(critical), CRITICAL, vec![0; 4]));
    }
    let vendors = told.hints.vendors.iter().map(|vendor| (PayloadType::V, 0, vendor.clone()));
    bodies.extend(vendors.filter(|_| told.is_init()));
    let first = bodies.first().map_or(PayloadType::NO_NEXT_PAYLOAD, |(ty, ..)| *ty);
    let mut octets = Vec::new();
    let next = bodies.iter().skip(1).map(|(ty, ..)| ty.0).chain([0]);
    for ((_, flags, body), next) in bodies.iter().zip(next) {
        put(&mut octets, next, *flags, body);
    }
    (first, octets)
}

fn put(octets: &mut Vec<u8>, next: u8, flags: u8, body: &[u8]) {
    let length = u16::try_from(body.len().saturating_add(4)).unwrap_or(u16::MAX);
    octets.extend([next, flags]);
    octets.extend(length.to_be_bytes());
    octets.extend(body);
}

/// Adds a payload behind the last one, which so far announces none.
fn append(octets: &mut Vec<u8>, first: PayloadType, ty: PayloadType, body: &[u8]) {
    let mut at = 0_usize;
    let mut last = None;
    if first != PayloadType::NO_NEXT_PAYLOAD {
        while let Some([_, _, hi, lo]) = octets.get(at..).and_then(<[u8]>::first_chunk) {
            last = Some(at);
            at = at.saturating_add(usize::from(u16::from_be_bytes([*hi, *lo])).max(4));
        }
    }
    if let Some(place) = last.and_then(|last| octets.get_mut(last)) {
        *place = ty.0;
    }
    put(octets, 0, 0, body);
}

fn body(told: &Told, piece: &Piece) -> (PayloadType, u8, Vec<u8>) {
    let hints = &told.hints;
    match piece {
        Piece::Notify(ty) => (PayloadType::N, 0, notify(told, *ty)),
        Piece::Eap(code, method) => (PayloadType::EAP, 0, eap(*code, *method, hints.alert)),
        Piece::Payload(ty) => {
            let body = match *ty {
                PayloadType::SA => sa(told),
                PayloadType::KE => {
                    let group = hints.group.map(|group| group.0).or_else(|| group_of(&hints.proposals)).unwrap_or(0);
                    [&group.to_be_bytes()[..], &[0, 0, 0, 0]].concat()
                }
                PayloadType::NONCE => nonce(0).to_vec(),
                PayloadType::IDI | PayloadType::IDR => vec![2, 0, 0, 0, b'-'],
                PayloadType::AUTH => vec![hints.auth.map_or(0, |method| method.0), 0, 0, 0, 0],
                PayloadType::CERT | PayloadType::CERTREQ => vec![4],
                PayloadType::TSI => selectors(hints.selectors.first()),
                PayloadType::TSR => selectors(hints.selectors.get(1)),
                PayloadType::CP => vec![if told.response { 2 } else { 1 }, 0, 0, 0],
                PayloadType::D => match hints.deletes {
                    Some(SecurityProtocol::IKE) | None => vec![1, 0, 0, 0],
                    Some(protocol) => vec![protocol.0, 4, 0, 1, 0, 0, 0, 1],
                },
                _ => vec![0; 4],
            };
            (*ty, 0, body)
        }
    }
}

fn group_of(proposals: &[Proposal]) -> Option<u16> {
    let mut transforms = proposals.iter().flat_map(|proposal| &proposal.transforms);
    transforms.find(|transform| transform.ty == TransformType::KE).map(|transform| transform.id)
}

fn notify(told: &Told, ty: NotifyType) -> Vec<u8> {
    let hints = &told.hints;
    let [hi, lo] = ty.0.to_be_bytes();
    let mut body = vec![0, 0, hi, lo];
    match ty {
        NotifyType::INVALID_KE_PAYLOAD => body.extend(hints.group.map_or(0, |group| group.0).to_be_bytes()),
        NotifyType::UNSUPPORTED_CRITICAL_PAYLOAD => body.extend(hints.critical),
        // A cookie, and whatever octets it has.
        NotifyType::COOKIE => body.extend([1; 8]),
        NotifyType::REDIRECT => {
            if let Some(gateway) = hints.redirect {
                let address = octets_of(gateway);
                body.extend([if gateway.is_ipv4() { 1 } else { 2 }, u8::try_from(address.len()).unwrap_or(0)]);
                body.extend(address);
            }
        }
        NotifyType::NAT_DETECTION_SOURCE_IP => {
            // No hash that fits: the sender is not where it thinks it is.
            let sender = if told.response { ikev2::Role::Responder } else { ikev2::Role::Initiator };
            if hints.nat == Some(sender) {
                body.extend([0; 20]);
            }
        }
        NotifyType::SIGNATURE_HASH_ALGORITHMS => body.extend([0, 2]),
        // Those who rekey name the SA by its SPI.
        NotifyType::REKEY_SA => return [&[3, 4, hi, lo][..], &[0, 0, 0, 1]].concat(),
        NotifyType::CHILD_SA_NOT_FOUND => return [&[3, 4, hi, lo][..], &[0, 0, 0, 1]].concat(),
        _ => {}
    }
    body
}

fn eap(code: u8, method: u8, alert: Option<u8>) -> Vec<u8> {
    let data: Vec<u8> = match (code, alert) {
        (1 | 2, Some(alert)) => vec![EAP_TLS, 0, 21, 3, 3, 0, 2, 2, alert],
        (1 | 2, None) => vec![method, 0],
        _ => Vec::new(),
    };
    let length = u16::try_from(data.len().saturating_add(4)).unwrap_or(u16::MAX);
    [&[code, 0][..], &length.to_be_bytes(), &data].concat()
}

fn octets_of(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

fn selectors(range: Option<&(IpAddr, IpAddr)>) -> Vec<u8> {
    // A type that is not in use says nothing of addresses.
    let (ty, from, to) = match range {
        Some((from, to)) => (if from.is_ipv4() { 7 } else { 8 }, octets_of(*from), octets_of(*to)),
        None => return vec![1, 0, 0, 0, 255, 0, 0, 4],
    };
    let length = u16::try_from(from.len().saturating_add(to.len()).saturating_add(8)).unwrap_or(u16::MAX);
    [&[1, 0, 0, 0, ty, 0][..], &length.to_be_bytes(), &[0, 0, 255, 255], &from, &to].concat()
}

/// An SA payload: what is offered or chosen, as far as it is named.
fn sa(told: &Told) -> Vec<u8> {
    let protocol = if told.is_init() { SecurityProtocol::IKE } else { SecurityProtocol::ESP };
    let unnamed = [Proposal { protocol, transforms: Vec::new() }];
    let named: Vec<&Proposal> =
        told.hints.proposals.iter().filter(|one| (one.protocol == SecurityProtocol::IKE) == told.is_init()).collect();
    // What is chosen is one.
    let most = if told.response { 1 } else { usize::from(u8::MAX) };
    let all: Vec<&Proposal> = if named.is_empty() { unnamed.iter().collect() } else { named.into_iter().take(most).collect() };
    let mut octets = Vec::new();
    for (n, proposal) in all.iter().enumerate() {
        let last = n.saturating_add(1) == all.len();
        let spi: &[u8] = if proposal.protocol == SecurityProtocol::IKE { &[] } else { &[0, 0, 0, 1] };
        let transforms = transforms(proposal);
        let length = u16::try_from(transforms.len().saturating_add(8).saturating_add(spi.len())).unwrap_or(u16::MAX);
        octets.extend([if last { 0 } else { 2 }, 0]);
        octets.extend(length.to_be_bytes());
        let count = u8::try_from(proposal.transforms.len()).unwrap_or(u8::MAX);
        octets.extend([u8::try_from(n.saturating_add(1)).unwrap_or(u8::MAX), proposal.protocol.0]);
        octets.extend([u8::try_from(spi.len()).unwrap_or(0), count]);
        octets.extend(spi);
        octets.extend(transforms);
    }
    octets
}

fn transforms(proposal: &Proposal) -> Vec<u8> {
    let mut octets = Vec::new();
    let kept = proposal.transforms.len().min(usize::from(u8::MAX));
    for (n, transform) in proposal.transforms.iter().take(kept).enumerate() {
        let last = n.saturating_add(1) == kept;
        let length: u8 = if transform.bits.is_some() { 12 } else { 8 };
        octets.extend([if last { 0 } else { 3 }, 0, 0, length, transform.ty.0, 0]);
        octets.extend(transform.id.to_be_bytes());
        if let Some(bits) = transform.bits {
            octets.extend([0x80, 0x0e]);
            octets.extend(bits.to_be_bytes());
        }
    }
    octets
}
