//! A second decoder of IKEv2 messages, written from RFC 7296 section 3 (and RFC 4595, 7383, 8019,
//! 9478 for what they add), that shares nothing with the crate: slow, plain, index by index.
//!
//! What it finds is a flat list of facts, so that two decoders can be compared without either
//! knowing the other's types.

#![allow(unreachable_pub, reason = "one module of several test files")]

pub mod ours;
mod there;

/// One thing found in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact<'a> {
    /// A number with the name of its field.
    N(&'static str, u64),
    /// Octets with the name of their field.
    B(&'static str, &'a [u8]),
}

/// Why a message is refused, as far as it decides what the peer is told, and where the fault lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Not an IKE message at all: fewer octets than the fixed header.
    Short,
    /// INVALID_MAJOR_VERSION.
    Version,
    /// The header's Length is not the size of the datagram; the octet of the fault.
    Length(usize),
    /// UNSUPPORTED_CRITICAL_PAYLOAD with the payload type; the octet at which the payload begins.
    Critical(u8, usize),
    /// INVALID_SYNTAX; the octet of the fault.
    Syntax(usize),
}

/// One payload: the generic header and what its body says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NaivePayload<'a> {
    pub ty: u8,
    pub critical: bool,
    /// From the start of the message (or of the content).
    pub offset: usize,
    pub body: &'a [u8],
    /// Whether the body is as it must be; if not, `facts` ends where it no longer is, or a little before.
    pub good: bool,
    pub facts: Vec<Fact<'a>>,
    /// What lengths alone frame of the body; `None` when not even its fixed part is there.
    pub there: Option<Vec<Fact<'a>>>,
}

/// A message: the header as facts, then its payloads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NaiveMessage<'a> {
    pub header: Vec<Fact<'a>>,
    pub payloads: Vec<NaivePayload<'a>>,
}

fn be16(b: &[u8], at: usize) -> usize {
    b[at] as usize * 256 + b[at + 1] as usize
}

fn be32(b: &[u8], at: usize) -> u64 {
    be16(b, at) as u64 * 65536 + be16(b, at + 2) as u64
}

/// RFC 7296 section 3.1: the header, whatever follows it.
pub fn header(b: &[u8]) -> Option<Vec<Fact<'_>>> {
    if b.len() < 28 {
        return None;
    }
    Some(vec![
        Fact::B("spi_i", &b[0..8]),
        Fact::B("spi_r", &b[8..16]),
        Fact::N("next_payload", b[16] as u64),
        Fact::N("major", (b[17] >> 4) as u64),
        Fact::N("minor", (b[17] & 15) as u64),
        Fact::N("exchange", b[18] as u64),
        Fact::N("initiator", (b[19] & 0x08 != 0) as u64),
        Fact::N("response", (b[19] & 0x20 != 0) as u64),
        Fact::N("message_id", be32(b, 20)),
        Fact::N("length", be32(b, 24)),
    ])
}

/// A whole message. A refused one has no payloads.
pub fn message(b: &[u8]) -> Result<NaiveMessage<'_>, Refused> {
    let Some(header) = header(b) else { return Err(Refused::Short) };
    if b[17] >> 4 != 2 {
        return Err(Refused::Version);
    }
    let length = be32(b, 24) as usize;
    if length < 28 || length > b.len() {
        return Err(Refused::Length(24));
    }
    if length < b.len() {
        return Err(Refused::Length(length));
    }
    let (payloads, refused) = walk(b, 28, b[16], true);
    match refused {
        Some(refused) => Err(refused),
        None => Ok(NaiveMessage { header, payloads }),
    }
}

/// The payloads that lengths frame in a datagram that has a header; none of IKEv1.
pub fn payloads_there(b: &[u8]) -> Vec<NaivePayload<'_>> {
    if b[17] >> 4 != 2 && b[18] < 34 {
        return Vec::new();
    }
    let length = be32(b, 24) as usize;
    there::chain(b, 28, b[16], if length < 28 { usize::MAX } else { length })
}

/// The content of an SK payload or of a reassembled set: a chain and nothing else.
pub fn content(first: u8, b: &[u8]) -> (Vec<NaivePayload<'_>>, Option<Refused>) {
    walk(b, 0, first, false)
}

/// The payloads that lengths frame in it.
pub fn content_there(first: u8, b: &[u8]) -> Vec<NaivePayload<'_>> {
    there::chain(b, 0, first, usize::MAX)
}

/// RFC 7296 sections 3.2, 2.5, 3.14 (SK is last; what its Next Payload names lies inside): the payloads up to the first
/// framing fault, and the first fault. An unknown critical payload is a fault, but not one of framing.
fn walk(b: &[u8], mut at: usize, mut next: u8, outer: bool) -> (Vec<NaivePayload<'_>>, Option<Refused>) {
    let mut found = Vec::new();
    let mut critical_fault = None;
    let fault = loop {
        if next == 0 {
            break if at == b.len() { None } else { Some(Refused::Syntax(at)) };
        }
        let ty = next;
        if b.len() < at + 4 {
            break Some(Refused::Syntax(at));
        }
        let critical = b[at + 1] >= 0x80;
        let length = be16(b, at + 2);
        if length < 4 || at + length > b.len() {
            break Some(Refused::Syntax(at));
        }
        let body = &b[at + 4..at + length];
        let encrypted = ty == 46 || ty == 53;
        if encrypted && !outer {
            break Some(Refused::Syntax(at));
        }
        if ty == 53 && !payload(ty, b[at], body).0 {
            break Some(Refused::Syntax(at + 4));
        }
        if !(33..=48).contains(&ty) && ty != 53 && ty != 54 && critical && critical_fault.is_none() {
            critical_fault = Some(Refused::Critical(ty, at));
        }
        found.push(whole(ty, b, at, body));
        next = if encrypted { 0 } else { b[at] };
        at += length;
    };
    (found, critical_fault.or(fault))
}

/// The payload of type `ty` that begins at `at` in `b`.
fn whole<'a>(ty: u8, b: &'a [u8], at: usize, body: &'a [u8]) -> NaivePayload<'a> {
    let (good, facts) = payload(ty, b[at], body);
    let there = there::body(ty, body).unwrap_or_else(|| good.then(|| facts.clone()));
    NaivePayload { ty, critical: b[at + 1] >= 0x80, offset: at, body, good, facts, there }
}

/// One payload body (RFC 7296 sections 3.3 to 3.16).
pub fn payload(ty: u8, next: u8, b: &[u8]) -> (bool, Vec<Fact<'_>>) {
    let mut f = Vec::new();
    let good = match ty {
        33 => sa(b, &mut f),
        34 => fixed(b, 4, &mut f, |f| {
            f.push(Fact::N("method", be16(b, 0) as u64));
            f.push(Fact::B("data", &b[4..]));
        }),
        35 | 36 => id(b, &mut f),
        37 | 38 => fixed(b, 1, &mut f, |f| {
            f.push(Fact::N("encoding", b[0] as u64));
            f.push(Fact::B("data", &b[1..]));
        }),
        39 => fixed(b, 4, &mut f, |f| {
            f.push(Fact::N("method", b[0] as u64));
            f.push(Fact::B("data", &b[4..]));
        }),
        40 => {
            f.push(Fact::B("nonce", b));
            b.len() >= 16 && b.len() <= 256
        }
        41 => notify(b, &mut f),
        42 => delete(b, &mut f),
        43 => {
            f.push(Fact::B("vendor", b));
            true
        }
        44 | 45 => ts(b, &mut f),
        46 => {
            f.push(Fact::N("inner", next as u64));
            f.push(Fact::B("encrypted", b));
            true
        }
        47 => cp(b, &mut f),
        48 => eap(b, &mut f),
        // RFC 7383 section 2.5
        53 if b.len() >= 4 && (be16(b, 0) == 0 || be16(b, 2) == 0 || be16(b, 0) > be16(b, 2)) => false,
        53 => fixed(b, 4, &mut f, |f| {
            f.push(Fact::N("inner", next as u64));
            f.push(Fact::N("fragment", be16(b, 0) as u64));
            f.push(Fact::N("total", be16(b, 2) as u64));
            f.push(Fact::B("encrypted", &b[4..]));
        }),
        54 => {
            f.push(Fact::B("solution", b));
            true
        }
        _ => {
            f.push(Fact::B("unknown", b));
            true
        }
    };
    (good, f)
}

fn fixed<'a>(b: &'a [u8], least: usize, f: &mut Vec<Fact<'a>>, take: impl FnOnce(&mut Vec<Fact<'a>>)) -> bool {
    if b.len() < least {
        return false;
    }
    take(f);
    true
}

/// Section 3.3: proposals, transforms, attributes; each knows whether it is the last three ways
/// (a marker, a count, the end of the octets) and all three must agree.
fn sa<'a>(b: &'a [u8], f: &mut Vec<Fact<'a>>) -> bool {
    let mut at = 0;
    let mut numbers = Vec::new();
    loop {
        if b.len() < at + 8 {
            return false;
        }
        let marker = b[at];
        let length = be16(b, at + 2);
        let number = b[at + 4];
        let protocol = b[at + 5];
        let spi_size = b[at + 6] as usize;
        let transforms = b[at + 7] as usize;
        if length < 8 + spi_size || at + length > b.len() {
            return false;
        }
        // section 3.3.1: 8 octets for IKE (or none at first), 4 for ESP and AH
        let spi_fits = match protocol {
            1 => spi_size == 0 || spi_size == 8,
            2 | 3 => spi_size == 4,
            _ => true,
        };
        if !spi_fits {
            return false;
        }
        f.push(Fact::N("proposal", number as u64));
        f.push(Fact::N("protocol", protocol as u64));
        f.push(Fact::B("spi", &b[at + 8..at + 8 + spi_size]));
        f.push(Fact::N("transforms", transforms as u64));
        let end = at + length;
        let mut t = at + 8 + spi_size;
        for n in 0..transforms {
            if end < t + 8 {
                return false;
            }
            let last = n + 1 == transforms;
            if b[t] != if last { 0 } else { 3 } {
                return false;
            }
            let length = be16(b, t + 2);
            if length < 8 || t + length > end {
                return false;
            }
            f.push(Fact::N("transform type", b[t + 4] as u64));
            f.push(Fact::N("transform id", be16(b, t + 6) as u64));
            if !attributes(&b[t + 8..t + length], f) {
                return false;
            }
            t += length;
        }
        if t != end {
            return false;
        }
        numbers.push(number as usize);
        at = end;
        match marker {
            0 => break,
            2 => {}
            _ => return false,
        }
    }
    if at != b.len() {
        return false;
    }
    // an offer counts 1, 2, 3; an answer holds the one chosen, under the number it was offered with
    if numbers.len() == 1 { numbers[0] != 0 } else { numbers.iter().enumerate().all(|(index, number)| *number == index + 1) }
}

/// Section 3.3.5.
fn attributes<'a>(b: &'a [u8], f: &mut Vec<Fact<'a>>) -> bool {
    let mut at = 0;
    while at < b.len() {
        if b.len() < at + 4 {
            return false;
        }
        let ty = be16(b, at);
        if ty >= 0x8000 {
            f.push(Fact::N("attribute tv", (ty - 0x8000) as u64));
            f.push(Fact::N("value", be16(b, at + 2) as u64));
            at += 4;
        } else {
            let length = be16(b, at + 2);
            if b.len() < at + 4 + length {
                return false;
            }
            f.push(Fact::N("attribute tlv", ty as u64));
            f.push(Fact::B("value", &b[at + 4..at + 4 + length]));
            at += 4 + length;
        }
    }
    true
}

/// Section 3.5; the address types have the size of an address, which decides whether there is an address.
fn id<'a>(b: &'a [u8], f: &mut Vec<Fact<'a>>) -> bool {
    if b.len() < 4 {
        return false;
    }
    f.push(Fact::N("id type", b[0] as u64));
    f.push(Fact::B("id", &b[4..]));
    let address = (b[0] == 1 && b.len() == 4 + 4) || (b[0] == 5 && b.len() == 4 + 16);
    let none = b[0] != 1 && b[0] != 5;
    f.push(Fact::N("address 1, none 2, neither 0", if address { 1 } else { none as u64 * 2 }));
    true
}

/// Section 3.10.
fn notify<'a>(b: &'a [u8], f: &mut Vec<Fact<'a>>) -> bool {
    if b.len() < 4 {
        return false;
    }
    let spi_size = b[1] as usize;
    if b.len() < 4 + spi_size {
        return false;
    }
    f.push(Fact::N("protocol", b[0] as u64));
    f.push(Fact::N("notify", be16(b, 2) as u64));
    f.push(Fact::B("spi", &b[4..4 + spi_size]));
    f.push(Fact::B("data", &b[4 + spi_size..]));
    f.push(Fact::N("data has its size", data_has_its_size(be16(b, 2), &b[4 + spi_size..]) as u64));
    true
}

/// Section 3.11.
fn delete<'a>(b: &'a [u8], f: &mut Vec<Fact<'a>>) -> bool {
    if b.len() < 4 {
        return false;
    }
    let size = b[1] as usize;
    let count = be16(b, 2);
    // zero for IKE, four for AH and ESP
    if (b[0] == 1 && size != 0) || ((b[0] == 2 || b[0] == 3) && size != 4) {
        return false;
    }
    if size * count != b.len() - 4 || (size == 0 && count != 0) {
        return false;
    }
    deleted(b, size, count, f);
    true
}

/// What a Delete says: `count` SPIs of `size` octets, all of which are there.
fn deleted<'a>(b: &'a [u8], size: usize, count: usize, f: &mut Vec<Fact<'a>>) {
    f.push(Fact::N("protocol", b[0] as u64));
    f.push(Fact::N("spi size", size as u64));
    f.push(Fact::N("count", count as u64));
    for n in 0..count {
        f.push(Fact::B("spi", &b[4 + n * size..4 + (n + 1) * size]));
    }
}

/// Section 3.13, with RFC 4595 section 4.4 (type 9) and RFC 9478 section 2 (type 10).
fn ts<'a>(b: &'a [u8], f: &mut Vec<Fact<'a>>) -> bool {
    if b.len() < 4 {
        return false;
    }
    let count = b[0] as usize;
    let mut at = 4;
    for _ in 0..count {
        if b.len() < at + 4 {
            return false;
        }
        let length = be16(b, at + 2);
        if length < 4 || at + length > b.len() {
            return false;
        }
        let s = &b[at..at + length];
        f.push(Fact::N("ts type", s[0] as u64));
        match s[0] {
            7 | 8 => {
                let size = if s[0] == 7 { 4 } else { 16 };
                if length != 8 + 2 * size {
                    return false;
                }
                let (start, end) = (be16(s, 4), be16(s, 6));
                let opaque = start == 65535 && end == 0;
                if start > end && !opaque {
                    return false;
                }
                let (first, last) = (&s[8..8 + size], &s[8 + size..]);
                if first > last {
                    return false;
                }
                f.push(Fact::N("ts protocol", s[1] as u64));
                f.push(Fact::N("start port", start as u64));
                f.push(Fact::N("end port", end as u64));
                // as numbers of up to 64 bits
                for (name, address) in [("start", first), ("end", last)] {
                    if size == 4 {
                        f.push(Fact::N(name, be32(address, 0)));
                    } else {
                        f.push(Fact::N(name, be32(address, 0) << 32 | be32(address, 4)));
                        f.push(Fact::N(name, be32(address, 8) << 32 | be32(address, 12)));
                    }
                }
            }
            9 => {
                if length != 16 {
                    return false;
                }
                let (first, last) = (&s[5..8], &s[9..12]);
                if first > last || s[12] > s[13] || s[14] > s[15] {
                    return false;
                }
                f.push(Fact::N("start", be32(s, 4) & 0xff_ffff));
                f.push(Fact::N("end", be32(s, 8) & 0xff_ffff));
                for octet in &s[12..16] {
                    f.push(Fact::N("r_ctl and type", *octet as u64));
                }
            }
            10 => f.push(Fact::B("label", &s[4..])),
            _ => {
                f.push(Fact::N("ts protocol", s[1] as u64));
                f.push(Fact::B("selector", &s[4..]));
            }
        }
        at += length;
    }
    count != 0 && at == b.len()
}

/// Section 3.15.
fn cp<'a>(b: &'a [u8], f: &mut Vec<Fact<'a>>) -> bool {
    if b.len() < 4 {
        return false;
    }
    f.push(Fact::N("cfg type", b[0] as u64));
    let mut at = 4;
    while at < b.len() {
        if b.len() < at + 4 {
            return false;
        }
        let ty = be16(b, at) % 0x8000;
        let length = be16(b, at + 2);
        if b.len() < at + 4 + length {
            return false;
        }
        f.push(Fact::N("cfg attribute", ty as u64));
        f.push(Fact::B("value", &b[at + 4..at + 4 + length]));
        f.push(Fact::N("value has its size", value_has_its_size(ty, &b[at + 4..at + 4 + length]) as u64));
        at += 4 + length;
    }
    true
}

/// Section 3.16: a Request or Response has a Type, a Success or Failure ends after its Length. RFC 6867 adds codes with data.
fn eap<'a>(b: &'a [u8], f: &mut Vec<Fact<'a>>) -> bool {
    if b.len() < 4 {
        return false;
    }
    f.push(Fact::N("eap code", b[0] as u64));
    f.push(Fact::N("eap identifier", b[1] as u64));
    let has_type = b[0] == 1 || b[0] == 2;
    if has_type && b.len() > 4 {
        f.push(Fact::N("eap type", b[4] as u64));
        f.push(Fact::B("eap data", &b[5..]));
    } else {
        f.push(Fact::B("eap data", &b[4..]));
    }
    let ends = b[0] == 3 || b[0] == 4;
    be16(b, 2) == b.len() && !(has_type && b.len() == 4) && !(ends && b.len() != 4)
}

/// Whether notification data has the size its type calls for (RFC 7296 section 3.10.1 and the documents that add types).
fn data_has_its_size(ty: usize, d: &[u8]) -> bool {
    match ty {
        1 => d.len() == 1,
        9 => d.len() == 4,
        17 => d.len() == 2,
        16385 => d.len() == 4,
        16387 => d.len() >= 3,
        16388 | 16389 => d.len() == 20,
        16390 => !d.is_empty() && d.len() <= 64,
        16397 => d.len() == 4,
        16398 => d.len() == 16,
        16401 => d.len() >= 8 && d.len() <= 64,
        16402 => d.len() == 12 || d.len() == 36,
        16403 => d.len() == 4,
        16407 | 16408 => {
            // RFC 5685 section 6: type, length, identity, then perhaps a nonce
            d.len() >= 2
                && d.len() >= 2 + d[1] as usize
                && match d[0] {
                    1 => d[1] == 4,
                    2 => d[1] == 16,
                    _ => true,
                }
        }
        16409 => d.len() >= 4,
        16422 => d.len() == 12,
        16424 | 16431 => d.len() % 2 == 0,
        16434 => d.len() == 3,
        16436 => !d.is_empty(),
        16442 => d.len() == 1,
        16443 => {
            // RFC 9593 section 3.2: announcements that begin with their length, at least 2
            let mut at = 0;
            while at < d.len() {
                if d[at] < 2 || at + d[at] as usize > d.len() {
                    return false;
                }
                at += d[at] as usize;
            }
            true
        }
        16446 => d.len() >= 9,
        12345 => d.len() == 4,
        _ => true,
    }
}

/// Whether a configuration attribute's value has the size its type calls for (RFC 7296 section 3.15.1 and the documents that
/// add types); no value at all is always right, for it asks for one.
fn value_has_its_size(ty: usize, v: &[u8]) -> bool {
    if v.is_empty() {
        return true;
    }
    match ty {
        1 | 2 | 3 | 4 | 6 | 20 | 24 => v.len() == 4,
        8 | 15 | 18 => v.len() == 17,
        10 | 12 | 21 => v.len() == 16,
        13 => v.len() == 8,
        14 => v.len() % 2 == 0,
        16 => v.len() == 21,
        17 => v.len() >= 8,
        26 => v.len() >= 4,
        27 => v.len() >= 4 && v.len() >= 4 + v[2] as usize * 4 + v[3] as usize,
        28 => v.len() >= 4 && v.len() >= 4 + v[2] as usize * 16 + v[3] as usize,
        29 => v.len() >= 2 && v.len() >= 2 + v[0] as usize * 2 + v[1] as usize,
        _ => true,
    }
}
