//! Pieces of lines.

use core::net::{IpAddr, SocketAddr};

/// What stands between two texts.
pub(super) fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    Some(if after.is_empty() { rest } else { rest.split_once(after)?.0 })
}

/// The number a text begins with.
pub(super) fn number<T: core::str::FromStr>(text: &str) -> Option<T> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    text.get(..digits)?.parse().ok()
}

/// `192.0.2.1[500]`, `192.0.2.1:500`, `[2001:db8::1]:500`, `2001:db8::1[500]`, or an address alone, which has the port given.
pub(super) fn end(text: &str, port: u16) -> Option<SocketAddr> {
    let text = text.trim().trim_end_matches([',', ';', ')']);
    if let Ok(end) = text.parse() {
        return Some(end);
    }
    if let Some((address, rest)) = text.split_once('[').filter(|(address, _)| !address.is_empty()) {
        return Some(SocketAddr::new(address.parse().ok()?, number(rest)?));
    }
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(SocketAddr::new(address, port));
    }
    // FortiGate writes an IPv6 address and its port with a colon between.
    let (address, port) = text.rsplit_once(':')?;
    Some(SocketAddr::new(address.parse().ok()?, port.parse().ok()?))
}

/// A range of addresses: `10.77.1.0/24`, `10.77.1.0-10.77.1.255`, or one.
pub(super) fn range(text: &str) -> Option<(IpAddr, IpAddr)> {
    let text = text.trim();
    let text = text.split_once('[').map_or(text, |(address, _)| address);
    if let Some((from, to)) = text.split_once('-').or_else(|| text.split_once("..")) {
        return Some((from.trim().parse().ok()?, to.trim().parse().ok()?));
    }
    let Some((address, bits)) = text.split_once('/') else {
        let address = text.parse().ok()?;
        return Some((address, address));
    };
    let bits: u32 = bits.parse().ok()?;
    match address.parse().ok()? {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32_u32.checked_sub(bits)?).unwrap_or(0);
            let from = u32::from(address) & mask;
            Some((IpAddr::V4(from.into()), IpAddr::V4((from | !mask).into())))
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128_u32.checked_sub(bits)?).unwrap_or(0);
            let from = u128::from(address) & mask;
            Some((IpAddr::V6(from.into()), IpAddr::V6((from | !mask).into())))
        }
    }
}

/// Octets in hexadecimal digits.
pub(super) fn hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim().as_bytes();
    let value = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let pair = |pair: &[u8]| match pair {
        [hi, lo] => Some(value(*hi)?.checked_shl(4)? | value(*lo)?),
        _ => None,
    };
    digits.chunks(2).map(pair).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn ends_and_ranges_in_every_form() {
        for text in ["192.0.2.1[500]", "192.0.2.1:500", "192.0.2.1", "192.0.2.1:500,"] {
            assert_eq!(end(text, 500), Some("192.0.2.1:500".parse().unwrap()), "{text}");
        }
        for text in ["2001:db8::1[4500]", "[2001:db8::1]:4500", "2001:db8::1"] {
            assert_eq!(end(text, 4500), Some("[2001:db8::1]:4500".parse().unwrap()), "{text}");
        }
        assert_eq!((end("[500]", 1), end("x", 1), end("192.0.2.1[x]", 1)), (None, None, None));
        let shown = |text| range(text).map(|(from, to)| format!("{from}-{to}"));
        assert_eq!(shown("10.77.1.0/24").as_deref(), Some("10.77.1.0-10.77.1.255"));
        assert_eq!(
            (shown("0.0.0.0/0").as_deref(), shown("10.0.0.1").as_deref()),
            (Some("0.0.0.0-255.255.255.255"), Some("10.0.0.1-10.0.0.1"))
        );
        assert_eq!((shown("::/0").is_some(), shown("10.0.0.0/33"), shown("x/1")), (true, None, None));
    }

    #[test]
    fn hexadecimal_digits_come_in_pairs() {
        assert_eq!((hex("00fFa1"), hex("0"), hex("zz"), hex("")), (Some(vec![0, 255, 161]), None, None, Some(vec![])));
    }
}
