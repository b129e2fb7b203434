//! A second decoder of IKEv2 messages, written from RFC 7296 section 3 (and RFC 4595, 7383, 8019,
//! 9478 for what they add), that shares nothing with the crate: slow, plain, index by index.
//!
//! What it finds is a flat list of facts, so that two decoders can be compared without either
//! knowing the other's types.

/// One thing found in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact<'a> {
    /// A number with the name of its field.
    N(&'static str, u64),
    /// Octets with the name of their field.
    B(&'static str, &'a [u8]),
}

/// Why a message or a payload is refused, as far as it decides what the peer is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Not an IKE message at all: fewer octets than the fixed header.
    Short,
    /// INVALID_MAJOR_VERSION.
    Version,
    /// UNSUPPORTED_CRITICAL_PAYLOAD with the payload type.
    Critical(u8),
    /// INVALID_SYNTAX.
    Syntax,
}

/// One payload: the generic header and what its body says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NaivePayload<'a> {
    pub ty: u8,
    pub critical: bool,
    /// From the start of the message (or of the content).
    pub offset: usize,
    pub body: &'a [u8],
    pub facts: Result<Vec<Fact<'a>>, Refused>,
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

/// RFC 7296 section 3.1.
pub fn message(b: &[u8]) -> Result<NaiveMessage<'_>, Refused> {
    if b.len() < 28 {
        return Err(Refused::Short);
    }
    if b[17] >> 4 != 2 {
        return Err(Refused::Version);
    }
    let length = be32(b, 24) as usize;
    if length != b.len() {
        return Err(Refused::Syntax);
    }
    let header = vec![
        Fact::B("spi_i", &b[0..8]),
        Fact::B("spi_r", &b[8..16]),
        Fact::N("next_payload", b[16] as u64),
        Fact::N("minor", (b[17] & 15) as u64),
        Fact::N("exchange", b[18] as u64),
        Fact::N("initiator", (b[19] & 0x08 != 0) as u64),
        Fact::N("response", (b[19] & 0x20 != 0) as u64),
        Fact::N("version_flag", (b[19] & 0x10 != 0) as u64),
        Fact::N("message_id", be32(b, 20)),
        Fact::N("length", be32(b, 24)),
    ];
    let payloads = walk(b, 28, b[16], true)?;
    Ok(NaiveMessage { header, payloads })
}

/// The content of an SK payload or of a reassembled set: a chain and nothing else.
pub fn content(first: u8, b: &[u8]) -> Result<Vec<NaivePayload<'_>>, Refused> {
    walk(b, 0, first, false)
}

/// RFC 7296 sections 3.2, 2.5, 3.14 (SK is last; what its Next Payload names lies inside).
fn walk(
    b: &[u8],
    mut at: usize,
    mut next: u8,
    outer: bool,
) -> Result<Vec<NaivePayload<'_>>, Refused> {
    let mut found = Vec::new();
    while next != 0 {
        let ty = next;
        if b.len() < at + 4 {
            return Err(Refused::Syntax);
        }
        let critical = b[at + 1] >= 0x80;
        let length = be16(b, at + 2);
        if length < 4 || at + length > b.len() {
            return Err(Refused::Syntax);
        }
        if !(33..=48).contains(&ty) && ty != 53 && ty != 54 && critical {
            return Err(Refused::Critical(ty));
        }
        let body = &b[at + 4..at + length];
        let encrypted = ty == 46 || ty == 53;
        if encrypted && !outer {
            return Err(Refused::Syntax);
        }
        if ty == 53 {
            // RFC 7383 section 2.5
            if body.len() < 4 || be16(body, 0) == 0 || be16(body, 2) == 0 {
                return Err(Refused::Syntax);
            }
            if be16(body, 0) > be16(body, 2) {
                return Err(Refused::Syntax);
            }
        }
        found.push(NaivePayload {
            ty,
            critical,
            offset: at,
            body,
            facts: payload(ty, b[at], body),
        });
        next = if encrypted { 0 } else { b[at] };
        at += length;
    }
    if at != b.len() {
        return Err(Refused::Syntax);
    }
    Ok(found)
}

/// One payload body (RFC 7296 sections 3.3 to 3.16).
pub fn payload(ty: u8, next: u8, b: &[u8]) -> Result<Vec<Fact<'_>>, Refused> {
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
    if good {
        Ok(f)
    } else {
        Err(Refused::Syntax)
    }
}

fn fixed<'a>(
    b: &'a [u8],
    least: usize,
    f: &mut Vec<Fact<'a>>,
    take: impl FnOnce(&mut Vec<Fact<'a>>),
) -> bool {
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
    if numbers.len() == 1 {
        numbers[0] != 0
    } else {
        numbers
            .iter()
            .enumerate()
            .all(|(index, number)| *number == index + 1)
    }
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

/// Section 3.5; the address types have the size of an address.
fn id<'a>(b: &'a [u8], f: &mut Vec<Fact<'a>>) -> bool {
    if b.len() < 4 {
        return false;
    }
    f.push(Fact::N("id type", b[0] as u64));
    f.push(Fact::B("id", &b[4..]));
    match b[0] {
        1 => b.len() == 4 + 4,
        5 => b.len() == 4 + 16,
        _ => true,
    }
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
    true
}

/// Section 3.11.
fn delete<'a>(b: &'a [u8], f: &mut Vec<Fact<'a>>) -> bool {
    if b.len() < 4 {
        return false;
    }
    let size = b[1] as usize;
    let count = be16(b, 2);
    if size * count != b.len() - 4 || (size == 0 && count != 0) {
        return false;
    }
    f.push(Fact::N("protocol", b[0] as u64));
    f.push(Fact::N("spi size", size as u64));
    f.push(Fact::N("count", count as u64));
    for n in 0..count {
        f.push(Fact::B("spi", &b[4 + n * size..4 + (n + 1) * size]));
    }
    true
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
                f.push(Fact::B("start", first));
                f.push(Fact::B("end", last));
            }
            9 => {
                if length != 16 {
                    return false;
                }
                let (first, last) = (&s[5..8], &s[9..12]);
                if first > last || s[12] > s[13] || s[14] > s[15] {
                    return false;
                }
                f.push(Fact::B("start", first));
                f.push(Fact::B("end", last));
                f.push(Fact::B("r_ctl and type", &s[12..16]));
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
        at += 4 + length;
    }
    true
}

/// Section 3.16: a Request or Response has a Type, anything else ends after its Length.
fn eap<'a>(b: &'a [u8], f: &mut Vec<Fact<'a>>) -> bool {
    if b.len() < 4 || be16(b, 2) != b.len() {
        return false;
    }
    f.push(Fact::N("eap code", b[0] as u64));
    f.push(Fact::N("eap identifier", b[1] as u64));
    if b[0] == 1 || b[0] == 2 {
        if b.len() < 5 {
            return false;
        }
        f.push(Fact::N("eap type", b[4] as u64));
        f.push(Fact::B("eap data", &b[5..]));
        true
    } else {
        b.len() == 4
    }
}
