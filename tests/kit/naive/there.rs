//! What lengths alone frame, whatever else is wrong: the reading of the most tolerant daemons, of which
//! every stack understands a part. No count, no number, no mark of the last element and no reserved
//! octet decides; the first length that does not fit ends its list.

use super::{Fact, NaivePayload, be16, be32, data_has_its_size, deleted, payload, value_has_its_size, whole};

/// The payloads of a chain that begins at `at`; of those that begin behind `end`, which is where the
/// header says that the message ends, only sound ones.
pub(super) fn chain(b: &[u8], mut at: usize, mut next: u8, end: usize) -> Vec<NaivePayload<'_>> {
    let mut found = Vec::new();
    while next != 0 && b.len() >= at + 4 {
        let length = be16(b, at + 2);
        if length < 4 || at + length > b.len() {
            break;
        }
        let body = &b[at + 4..at + length];
        let encrypted = next == 46 || next == 53;
        // Behind the end there has to be something of its type.
        let (good, _) = payload(next, b[at], body);
        let something = !body.is_empty() && matches!(self::body(next, body), Some(Some(_)));
        if at >= end && (if good { encrypted && body.is_empty() } else { !something }) {
            break;
        }
        found.push(whole(next, b, at, body));
        if encrypted {
            break;
        }
        next = b[at];
        at += length;
    }
    found
}

/// What is there of a body of which lengths frame a part; the outer `None` for bodies that are there
/// or not, the inner one where the fixed part is cut.
pub(super) fn body(ty: u8, b: &[u8]) -> Option<Option<Vec<Fact<'_>>>> {
    let mut f = Vec::new();
    let there = match ty {
        33 => sa(b, &mut f),
        34 if b.len() < 4 => first(b, 2, "method", &mut f),
        35 | 36 if b.len() < 4 => {
            let there = first(b, 1, "id type", &mut f);
            // With no octets of its own it is no address.
            if there {
                f.push(Fact::N("address 1, none 2, neither 0", if b[0] == 1 || b[0] == 5 { 0 } else { 2 }));
            }
            there
        }
        39 if b.len() < 4 => first(b, 1, "method", &mut f),
        40 => {
            f.push(Fact::B("nonce", b));
            true
        }
        41 => notify(b, &mut f),
        42 => delete(b, &mut f),
        44 | 45 => ts(b, &mut f),
        47 => cp(b, &mut f),
        48 => eap(b, &mut f),
        _ => return None,
    };
    Some(there.then_some(f))
}

/// The field of `size` octets that stands first, and nothing behind it.
fn first<'a>(b: &'a [u8], size: usize, name: &'static str, f: &mut Vec<Fact<'a>>) -> bool {
    if b.len() < size {
        return false;
    }
    f.push(Fact::N(name, if size == 2 { be16(b, 0) as u64 } else { b[0] as u64 }));
    f.push(Fact::B(if name == "id type" { "id" } else { "data" }, &[]));
    true
}

fn sa<'a>(b: &'a [u8], f: &mut Vec<Fact<'a>>) -> bool {
    let mut at = 0;
    while b.len() >= at + 8 {
        let end = at + be16(b, at + 2);
        if end < at + 8 || end > b.len() {
            break;
        }
        f.push(Fact::N("proposal", b[at + 4] as u64));
        f.push(Fact::N("protocol", b[at + 5] as u64));
        // One that ends within its SPI has nothing behind it.
        let mut t = (at + 8 + b[at + 6] as usize).min(end);
        f.push(Fact::B("spi", &b[at + 8..t]));
        let count = f.len();
        f.push(Fact::N("transforms", 0));
        let mut transforms = 0;
        while end >= t + 8 {
            let length = be16(b, t + 2);
            if length < 8 || t + length > end {
                break;
            }
            transforms += 1;
            f.push(Fact::N("transform type", b[t + 4] as u64));
            f.push(Fact::N("transform id", be16(b, t + 6) as u64));
            attributes(&b[t + 8..t + length], f);
            t += length;
        }
        f[count] = Fact::N("transforms", transforms);
        at = end;
    }
    true
}

fn attributes<'a>(b: &'a [u8], f: &mut Vec<Fact<'a>>) {
    let mut at = 0;
    while b.len() >= at + 4 {
        let (ty, second) = (be16(b, at), be16(b, at + 2));
        if ty >= 0x8000 {
            f.push(Fact::N("attribute tv", (ty - 0x8000) as u64));
            f.push(Fact::N("value", second as u64));
            at += 4;
        } else {
            if b.len() < at + 4 + second {
                break;
            }
            f.push(Fact::N("attribute tlv", ty as u64));
            f.push(Fact::B("value", &b[at + 4..at + 4 + second]));
            at += 4 + second;
        }
    }
}

fn notify<'a>(b: &'a [u8], f: &mut Vec<Fact<'a>>) -> bool {
    if b.len() < 4 {
        return false;
    }
    let spi_end = (4 + b[1] as usize).min(b.len());
    f.push(Fact::N("protocol", b[0] as u64));
    f.push(Fact::N("notify", be16(b, 2) as u64));
    f.push(Fact::B("spi", &b[4..spi_end]));
    f.push(Fact::B("data", &b[spi_end..]));
    f.push(Fact::N("data has its size", data_has_its_size(be16(b, 2), &b[spi_end..]) as u64));
    true
}

fn delete<'a>(b: &'a [u8], f: &mut Vec<Fact<'a>>) -> bool {
    if b.len() < 4 {
        return false;
    }
    let size = b[1] as usize;
    let count = (b.len() - 4).checked_div(size).unwrap_or(0);
    deleted(b, size, count, f);
    true
}

fn ts<'a>(b: &'a [u8], f: &mut Vec<Fact<'a>>) -> bool {
    let mut at = 4;
    while b.len() >= at + 4 {
        let length = be16(b, at + 2);
        if length < 4 || at + length > b.len() {
            break;
        }
        let s = &b[at..at + length];
        f.push(Fact::N("ts type", s[0] as u64));
        match (s[0], length) {
            (7, 16) => {
                ports(s, f);
                f.push(Fact::N("start", be32(s, 8)));
                f.push(Fact::N("end", be32(s, 12)));
            }
            (8, 40) => {
                ports(s, f);
                for (name, first) in [("start", 8), ("start", 16), ("end", 24), ("end", 32)] {
                    f.push(Fact::N(name, be32(s, first) << 32 | be32(s, first + 4)));
                }
            }
            (9, 16) => {
                f.push(Fact::N("start", be32(s, 4) & 0xff_ffff));
                f.push(Fact::N("end", be32(s, 8) & 0xff_ffff));
                for octet in &s[12..16] {
                    f.push(Fact::N("r_ctl and type", *octet as u64));
                }
            }
            (10, _) => f.push(Fact::B("label", &s[4..])),
            _ => {
                f.push(Fact::N("ts protocol", s[1] as u64));
                f.push(Fact::B("selector", &s[4..]));
            }
        }
        at += length;
    }
    true
}

fn ports<'a>(s: &'a [u8], f: &mut Vec<Fact<'a>>) {
    f.push(Fact::N("ts protocol", s[1] as u64));
    f.push(Fact::N("start port", be16(s, 4) as u64));
    f.push(Fact::N("end port", be16(s, 6) as u64));
}

fn cp<'a>(b: &'a [u8], f: &mut Vec<Fact<'a>>) -> bool {
    if b.is_empty() {
        return false;
    }
    f.push(Fact::N("cfg type", b[0] as u64));
    let mut at = 4;
    while b.len() >= at + 4 {
        let end = at + 4 + be16(b, at + 2);
        if end > b.len() {
            break;
        }
        let ty = be16(b, at) % 0x8000;
        f.push(Fact::N("cfg attribute", ty as u64));
        f.push(Fact::B("value", &b[at + 4..end]));
        f.push(Fact::N("value has its size", value_has_its_size(ty, &b[at + 4..end]) as u64));
        at = end;
    }
    true
}

fn eap<'a>(b: &'a [u8], f: &mut Vec<Fact<'a>>) -> bool {
    if b.len() < 4 {
        return false;
    }
    f.push(Fact::N("eap code", b[0] as u64));
    f.push(Fact::N("eap identifier", b[1] as u64));
    let has_type = (b[0] == 1 || b[0] == 2) && b.len() > 4;
    if has_type {
        f.push(Fact::N("eap type", b[4] as u64));
    }
    f.push(Fact::B("eap data", &b[if has_type { 5 } else { 4 }..]));
    true
}
