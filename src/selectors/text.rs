//! Traffic selectors in the notation of strongSwan.

use super::error::SelectorError;
use super::selector::Selector;
use core::fmt::{Display, Formatter, Result as Written};
use core::net::IpAddr;
use core::str::FromStr;

/// IP protocols with a name here; the first of a number is written.
const PROTOCOLS: &[(&str, u8)] = &[
    ("icmp", 1),
    ("tcp", 6),
    ("udp", 17),
    ("gre", 47),
    ("esp", 50),
    ("ah", 51),
    ("ipv6-icmp", 58),
    ("icmp6", 58),
    ("icmpv6", 58),
    ("ospf", 89),
    ("sctp", 132),
    ("udplite", 136),
];

/// Words for any protocol and any port.
const ANY: [&str; 3] = ["", "any", "%any"];

/// Protocols whose type and code stand where others have ports.
const fn is_icmp(protocol: u8) -> bool {
    matches!(protocol, 1 | 58)
}

impl FromStr for Selector {
    type Err = SelectorError;

    fn from_str(text: &str) -> Result<Self, SelectorError> {
        let Some((addresses, bracket)) = text.split_once('[') else { return network(text) };
        let (first, last) = network(addresses)?.addresses();
        let inner = bracket.strip_suffix(']').ok_or(SelectorError::Bracket { at: text.len() })?;
        let at = addresses.len().saturating_add(1);
        let (name, ports) = inner.split_once('/').unwrap_or((inner, ""));
        let protocol = protocol_of(name, at)?;
        let ports = ports_of(ports, protocol, at.saturating_add(name.len()).saturating_add(1))?;
        Self::new(protocol, ports, (first, last))
    }
}

/// A network, a range, or an address.
fn network(text: &str) -> Result<Selector, SelectorError> {
    let address = |text: &str, at| text.parse::<IpAddr>().map_err(|_| SelectorError::Address { at });
    if let Some((first, bits)) = text.split_once('/') {
        let inside = address(first, 0)?;
        let wrong = SelectorError::Prefix { at: first.len().saturating_add(1), maximum: if inside.is_ipv4() { 32 } else { 128 } };
        return Selector::cidr(inside, number(bits).ok_or(wrong)?).map_err(|_| wrong);
    }
    match text.split_once('-') {
        Some((first, last)) => {
            let range = (address(first, 0)?, address(last, first.len().saturating_add(1))?);
            Selector::new(0, (0, u16::MAX), range)
        }
        None => Ok(Selector::host(address(text, 0)?)),
    }
}

fn protocol_of(text: &str, at: usize) -> Result<u8, SelectorError> {
    if ANY.contains(&text) {
        return Ok(0);
    }
    let named = PROTOCOLS.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, protocol)| *protocol);
    named.or_else(|| number(text)).ok_or(SelectorError::Protocol { at })
}

fn ports_of(text: &str, protocol: u8, at: usize) -> Result<(u16, u16), SelectorError> {
    if ANY.contains(&text) {
        return Ok((0, u16::MAX));
    }
    if text == "opaque" {
        return Ok((u16::MAX, 0));
    }
    let port = |text: &str, at| {
        let range = if is_icmp(protocol) { type_and_code(text) } else { number(text).map(|port| (port, port)) };
        range.ok_or(SelectorError::Port { at })
    };
    let (start, end) = match text.split_once('-') {
        Some((start, end)) => (port(start, at)?.0, port(end, at.saturating_add(start.len()).saturating_add(1))?.1),
        None => port(text, at)?,
    };
    // 65535-0 would be OPAQUE, which has a word of its own.
    if start <= end { Ok((start, end)) } else { Err(SelectorError::Ports) }
}

/// The first and the last of the codes of a type, or one code of it in brackets.
fn type_and_code(text: &str) -> Option<(u16, u16)> {
    let (ty, code) = match text.split_once('(') {
        Some((ty, code)) => (ty, Some(number::<u8>(code.strip_suffix(')')?)?)),
        None => (text, None),
    };
    let ty = number(ty)?;
    let of = |code: u8| u16::from_be_bytes([ty, code]);
    Some((of(code.unwrap_or(0)), of(code.unwrap_or(u8::MAX))))
}

/// Digits only: the parsers of integers take a sign.
fn number<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok().filter(|_| text.starts_with(|digit: char| digit.is_ascii_digit()))
}

impl Display for Selector {
    fn fmt(&self, f: &mut Formatter<'_>) -> Written {
        let (first, last) = self.addresses();
        match prefix(first, last) {
            Some(bits) => write!(f, "{first}/{bits}")?,
            None => write!(f, "{first}-{last}")?,
        }
        if self.protocol() == 0 && self.has_any_port() {
            return Ok(());
        }
        f.write_str("[")?;
        match (self.protocol(), PROTOCOLS.iter().find(|(_, protocol)| *protocol == self.protocol())) {
            (0, _) => {}
            (_, Some((name, _))) => f.write_str(name)?,
            (protocol, None) => write!(f, "{protocol}")?,
        }
        match self.ports() {
            _ if self.has_any_port() => {}
            _ if self.has_opaque_ports() => f.write_str("/opaque")?,
            (start, end) if is_icmp(self.protocol()) => write_types(f, start, end)?,
            (start, end) if start == end => write!(f, "/{start}")?,
            (start, end) => write!(f, "/{start}-{end}")?,
        }
        f.write_str("]")
    }
}

fn write_types(f: &mut Formatter<'_>, start: u16, end: u16) -> Written {
    let ([ty, code], [end_ty, end_code]) = (start.to_be_bytes(), end.to_be_bytes());
    match (code, end_code) {
        (0, u8::MAX) if ty == end_ty => write!(f, "/{ty}"),
        (0, u8::MAX) => write!(f, "/{ty}-{end_ty}"),
        _ if start == end => write!(f, "/{ty}({code})"),
        _ => write!(f, "/{ty}({code})-{end_ty}({end_code})"),
    }
}

/// Bits of the prefix, where the range is a network.
fn prefix(first: IpAddr, last: IpAddr) -> Option<u32> {
    let of = |first: u128, last: u128, bits: u32| {
        let host = first ^ last;
        let is_network = host.count_ones() == host.trailing_ones() && first & host == 0;
        is_network.then_some(bits.saturating_sub(host.count_ones()))
    };
    match (first, last) {
        (IpAddr::V4(first), IpAddr::V4(last)) => of(first.to_bits().into(), last.to_bits().into(), 32),
        (IpAddr::V6(first), IpAddr::V6(last)) => of(first.to_bits(), last.to_bits(), 128),
        _ => None,
    }
}
