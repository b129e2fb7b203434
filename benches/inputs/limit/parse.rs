//! IKEv2 read by hand: what `ikev2::wire` checks in a strict parse, every field touched, in one pass.

use crate::inputs::Sum;

type Checked = Option<()>;

/// Reads a whole message in one pass: payloads are looked at before it is known whether those behind them are sound.
#[inline(never)]
pub fn message(datagram: &[u8]) -> Option<u64> {
    let (sum, first, body) = header(datagram)?;
    payloads(first, body, false, sum)
}

/// Reads a whole message in two passes, as `ikev2` does: the framing of all payloads before the body of the first.
#[inline(never)]
pub fn message_in_two(datagram: &[u8]) -> Option<u64> {
    let (sum, first, body) = header(datagram)?;
    framing(first, body, false)?;
    payloads(first, body, false, sum)
}

/// Reads the chain inside an SK payload in one pass.
#[inline(never)]
pub fn chain(first: u8, content: &[u8]) -> Option<u64> {
    payloads(first, content, true, Sum::default())
}

/// Reads the chain inside an SK payload in two passes.
#[inline(never)]
pub fn chain_in_two(first: u8, content: &[u8]) -> Option<u64> {
    framing(first, content, true)?;
    payloads(first, content, true, Sum::default())
}

#[inline(always)]
fn header(datagram: &[u8]) -> Option<(Sum, u8, &[u8])> {
    let (head, body) = datagram.split_first_chunk::<28>()?;
    let (&spi_i, tail) = head.split_first_chunk()?;
    let (&spi_r, tail) = tail.split_first_chunk()?;
    let &[first, version, exchange, flags, m0, m1, m2, m3, l0, l1, l2, l3] = tail else { return None };
    let length = u32::from_be_bytes([l0, l1, l2, l3]);
    if version >> 4 != 2 || length as usize != datagram.len() {
        return None;
    }
    let mut sum = Sum::default();
    sum.int(u64::from_be_bytes(spi_i));
    sum.int(u64::from_be_bytes(spi_r));
    sum.int(version >> 4);
    sum.int(version & 0x0f);
    sum.int(exchange);
    sum.int(flags >> 3 & 1);
    sum.int(flags >> 5 & 1);
    sum.int(u32::from_be_bytes([m0, m1, m2, m3]));
    Some((sum, first, body))
}

#[inline(always)]
fn framing(first: u8, mut rest: &[u8], inside: bool) -> Checked {
    let mut ty = first;
    while ty != 0 {
        let (&[next, critical, l0, l1], tail) = rest.split_first_chunk()?;
        let (_, after) = take(tail, u16::from_be_bytes([l0, l1]), 4)?;
        if critical >> 7 != 0 && !matches!(ty, 33..=48 | 53 | 54) {
            return None;
        }
        if matches!(ty, 46 | 53) {
            return (!inside && after.is_empty()).then_some(());
        }
        rest = after;
        ty = next;
    }
    rest.is_empty().then_some(())
}

#[inline(always)]
fn payloads(first: u8, mut rest: &[u8], inside: bool, mut total: Sum) -> Option<u64> {
    let sum = &mut total;
    let mut ty = first;
    while ty != 0 {
        let (&[next, critical, l0, l1], tail) = rest.split_first_chunk()?;
        let (body, after) = take(tail, u16::from_be_bytes([l0, l1]), 4)?;
        rest = after;
        sum.int(ty);
        sum.int(critical >> 7);
        match ty {
            33 => sa(body, sum)?,
            34 => {
                let (&[m0, m1, _, _], data) = body.split_first_chunk()?;
                sum.int(u16::from_be_bytes([m0, m1]));
                sum.octets(data);
            }
            35 | 36 => {
                let (&[id, _, _, _], data) = body.split_first_chunk()?;
                sum.int(id);
                sum.octets(data);
            }
            37 | 38 => {
                let (&encoding, data) = body.split_first()?;
                sum.int(encoding);
                sum.octets(data);
            }
            39 => {
                let (&[method, _, _, _], data) = body.split_first_chunk()?;
                sum.int(method);
                sum.octets(data);
            }
            40 => {
                if body.len() < 16 || body.len() > 256 {
                    return None;
                }
                sum.octets(body);
            }
            41 => {
                let (&[protocol, spi_size, t0, t1], tail) = body.split_first_chunk()?;
                let (spi, data) = tail.split_at_checked(usize::from(spi_size))?;
                sum.int(protocol);
                sum.int(u16::from_be_bytes([t0, t1]));
                sum.octets(spi);
                sum.octets(data);
            }
            42 => delete(body, sum)?,
            43 | 54 => sum.octets(body),
            44 | 45 => selectors(body, sum)?,
            46 => {
                if inside || !rest.is_empty() {
                    return None;
                }
                sum.octets(body);
                return Some(sum.total());
            }
            47 => configuration(body, sum)?,
            48 => eap(body, sum)?,
            53 => {
                let (&[n0, n1, t0, t1], data) = body.split_first_chunk()?;
                let (number, total) = (u16::from_be_bytes([n0, n1]), u16::from_be_bytes([t0, t1]));
                if inside || !rest.is_empty() || number == 0 || number > total {
                    return None;
                }
                sum.int(number);
                sum.int(total);
                sum.octets(data);
                return Some(sum.total());
            }
            _ => {
                if critical >> 7 != 0 {
                    return None;
                }
                sum.octets(body);
            }
        }
        ty = next;
    }
    rest.is_empty().then(|| sum.total())
}

/// Splits behind an element whose length field, which counts `header` octets already read, says `length`.
#[inline(always)]
fn take(tail: &[u8], length: u16, header: usize) -> Option<(&[u8], &[u8])> {
    tail.split_at_checked(usize::from(length).wrapping_sub(header))
}

#[inline(always)]
fn sa(mut rest: &[u8], sum: &mut Sum) -> Checked {
    let mut expected = 1_u8;
    loop {
        let (&[more, _, l0, l1, number, protocol, spi_size, count], tail) = rest.split_first_chunk()?;
        let (inside, after) = take(tail, u16::from_be_bytes([l0, l1]), 8)?;
        let (spi, list) = inside.split_at_checked(usize::from(spi_size))?;
        let fits = match protocol {
            1 => spi_size == 0 || spi_size == 8,
            2 | 3 => spi_size == 4,
            _ => true,
        };
        // An answer is one proposal under the number it was offered with.
        let numbered = number == expected || (expected == 1 && after.is_empty() && number != 0);
        if !fits || !numbered || more != if after.is_empty() { 0 } else { 2 } {
            return None;
        }
        sum.int(number);
        sum.int(protocol);
        sum.octets(spi);
        transforms(list, count, sum)?;
        if after.is_empty() {
            return Some(());
        }
        expected = expected.checked_add(1)?;
        rest = after;
    }
}

#[inline(always)]
fn transforms(mut rest: &[u8], count: u8, sum: &mut Sum) -> Checked {
    for _ in 0..count {
        let (&head, tail) = rest.split_first_chunk()?;
        let head = u64::from_be_bytes(head);
        // Nearly all transforms have no attribute or one Key Length: a predicted branch on the length is cheaper than waiting for it.
        rest = match (head >> 32) as u16 {
            8 => tail,
            12 => {
                let (&attribute, after) = tail.split_first_chunk::<4>()?;
                attributes(&attribute, sum)?;
                after
            }
            length => {
                let (octets, after) = take(tail, length, 8)?;
                attributes(octets, sum)?;
                after
            }
        };
        if head >> 56 != if rest.is_empty() { 0 } else { 3 } {
            return None;
        }
        sum.int(head >> 24 & 0xff);
        sum.int(head & 0xffff);
    }
    rest.is_empty().then_some(())
}

#[inline(always)]
fn attributes(mut rest: &[u8], sum: &mut Sum) -> Checked {
    while !rest.is_empty() {
        let (&[t0, t1, v0, v1], tail) = rest.split_first_chunk()?;
        let value = u16::from_be_bytes([v0, v1]);
        sum.int(u16::from_be_bytes([t0, t1]) & 0x7fff);
        if t0 >> 7 == 1 {
            sum.int(value);
            rest = tail;
        } else {
            let (octets, after) = take(tail, value, 0)?;
            sum.octets(octets);
            rest = after;
        }
    }
    Some(())
}

#[inline(always)]
fn delete(body: &[u8], sum: &mut Sum) -> Checked {
    let (&[protocol, size, c0, c1], spis) = body.split_first_chunk()?;
    let count = u16::from_be_bytes([c0, c1]);
    let fits = match protocol {
        1 => size == 0,
        2 | 3 => size == 4,
        _ => true,
    };
    if !fits || usize::from(size) * usize::from(count) != spis.len() || (size == 0 && count != 0) {
        return None;
    }
    sum.int(protocol);
    if size == 0 {
        return Some(());
    }
    for spi in spis.chunks_exact(usize::from(size)) {
        sum.octets(spi);
    }
    Some(())
}

#[inline(always)]
fn selectors(body: &[u8], sum: &mut Sum) -> Checked {
    let (&[count, _, _, _], mut rest) = body.split_first_chunk()?;
    if count == 0 {
        return None;
    }
    for _ in 0..count {
        let (&[ty, protocol, l0, l1], tail) = rest.split_first_chunk()?;
        let (inside, after) = take(tail, u16::from_be_bytes([l0, l1]), 4)?;
        sum.int(ty);
        // In the types 9 and 10 the octet is reserved.
        if !matches!(ty, 9 | 10) {
            sum.int(protocol);
        }
        match (ty, inside.len()) {
            (7, 12) => {
                let (&[s0, s1, e0, e1], range) = inside.split_first_chunk()?;
                ports([s0, s1], [e0, e1], sum)?;
                let (&start, end) = range.split_first_chunk()?;
                let (start, end) = (u32::from_be_bytes(start), u32::from_be_bytes(*end.first_chunk()?));
                if start > end {
                    return None;
                }
                sum.int(start);
                sum.int(end);
            }
            (8, 36) => {
                let (&[s0, s1, e0, e1], range) = inside.split_first_chunk()?;
                ports([s0, s1], [e0, e1], sum)?;
                let (&start, end) = range.split_first_chunk()?;
                let (start, end) = (u128::from_be_bytes(start), u128::from_be_bytes(*end.first_chunk()?));
                if start > end {
                    return None;
                }
                sum.int(start as u64);
                sum.int(end as u64);
            }
            (9, 12) => {
                let (&[_, s0, s1, s2, _, e0, e1, e2, r0, r1, t0, t1], _) = inside.split_first_chunk()?;
                let (start, end) = (u32::from_be_bytes([0, s0, s1, s2]), u32::from_be_bytes([0, e0, e1, e2]));
                if start > end || r0 > r1 || t0 > t1 {
                    return None;
                }
                sum.int(start);
                sum.int(end);
                sum.int(r0);
                sum.int(r1);
                sum.int(t0);
                sum.int(t1);
            }
            (7..=9, _) => return None,
            _ => sum.octets(inside),
        }
        rest = after;
    }
    rest.is_empty().then_some(())
}

/// OPAQUE, 65535 to 0, is the one range that may end before it starts.
#[inline(always)]
fn ports(start: [u8; 2], end: [u8; 2], sum: &mut Sum) -> Checked {
    let (start, end) = (u16::from_be_bytes(start), u16::from_be_bytes(end));
    sum.int(start);
    sum.int(end);
    (start <= end || (start, end) == (65535, 0)).then_some(())
}

#[inline(always)]
fn configuration(body: &[u8], sum: &mut Sum) -> Checked {
    let (&[ty, _, _, _], mut rest) = body.split_first_chunk()?;
    sum.int(ty);
    while !rest.is_empty() {
        let (&[t0, t1, l0, l1], tail) = rest.split_first_chunk()?;
        let (value, after) = take(tail, u16::from_be_bytes([l0, l1]), 0)?;
        sum.int(u16::from_be_bytes([t0, t1]) & 0x7fff);
        sum.octets(value);
        rest = after;
    }
    Some(())
}

#[inline(always)]
fn eap(body: &[u8], sum: &mut Sum) -> Checked {
    let (&[code, identifier, l0, l1], data) = body.split_first_chunk()?;
    if usize::from(u16::from_be_bytes([l0, l1])) != body.len() {
        return None;
    }
    // A request or response has a type, a success or failure nothing.
    if (matches!(code, 1 | 2) && data.is_empty()) || (matches!(code, 3 | 4) && !data.is_empty()) {
        return None;
    }
    sum.int(code);
    sum.int(identifier);
    sum.octets(data);
    Some(())
}
