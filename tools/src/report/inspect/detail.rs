//! Proposals and traffic selectors in words.

use super::names::{self, named};
use super::node::Node;
use super::text::{hex, hex_short, text_or_hex};
use core::fmt::Display;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use ikev2::registry::{TransformAttributeType, TransformType};
use ikev2::wire::{ProposalSubstructure, TrafficSelector, TransformAttributeValue, TransformSubstructure};

/// "1 octet", "2 octets".
pub(crate) fn plural(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

pub(crate) fn proposal(proposal: &ProposalSubstructure<'_>) -> Node {
    let mut items = vec![proposal.protocol.to_string()];
    if !proposal.spi.is_empty() {
        items.push(format!("SPI {}", hex(proposal.spi)));
    }
    items.push(plural(proposal.transforms().count(), "transform"));
    let mut node = Node::new(format!("proposal {}", proposal.number), items);
    let mut previous: Option<TransformType> = None;
    for transform in proposal.transforms() {
        // The order of types matters to nobody, the order within a type does: a run of one type is one line.
        match (previous.replace(transform.ty), node.children.last_mut()) {
            (Some(ty), Some(line)) if ty == transform.ty => line.items.push(self::transform(&transform)),
            _ => node.children.push(Node::new(names::transform_type(transform.ty), vec![self::transform(&transform)])),
        }
    }
    node
}

fn transform(transform: &TransformSubstructure<'_>) -> String {
    let mut text = named(names::transform(transform.ty, transform.id), transform.id.0);
    for attribute in transform.attributes() {
        text.push_str(&match (attribute.ty, attribute.value, attribute.value.number()) {
            (TransformAttributeType::KEY_LENGTH, TransformAttributeValue::Tv(bits), _) => format!(" {bits} bits"),
            (TransformAttributeType::KEY_LENGTH, TransformAttributeValue::Tlv(_), Some(bits)) => format!(" {bits} bits as TLV"),
            (ty, TransformAttributeValue::Tv(value), _) => format!(" [{ty}: {value}]"),
            (ty, TransformAttributeValue::Tlv(octets), _) => format!(" [{ty}: {}]", hex_short(octets)),
        });
    }
    text
}

pub(crate) fn selector(selector: TrafficSelector<'_>) -> Node {
    let items = match selector {
        TrafficSelector::Ipv4 { protocol, ports, addresses } => {
            ip(protocol, ports, range(addresses.0, addresses.1, v4_prefix(addresses.0, addresses.1)))
        }
        TrafficSelector::Ipv6 { protocol, ports, addresses } => {
            ip(protocol, ports, range(addresses.0, addresses.1, v6_prefix(addresses.0, addresses.1)))
        }
        TrafficSelector::FibreChannel { fc_ids, r_ctls, types } => vec![
            format!("Fibre Channel {:06x} - {:06x}", fc_ids.0, fc_ids.1),
            format!("R_CTL {} - {}", r_ctls.0, r_ctls.1),
            format!("type {} - {}", types.0, types.1),
        ],
        TrafficSelector::SecurityLabel(label) => vec![format!("security label {}", text_or_hex(label))],
        TrafficSelector::Unknown { ty, octets, .. } => vec![format!("{ty} {}", hex_short(octets))],
        _ => vec![selector.ty().to_string()],
    };
    Node::new("", items)
}

fn ip(protocol: u8, ports: (u16, u16), addresses: String) -> Vec<String> {
    let mut items = vec![addresses];
    items.push(match protocol {
        0 => "any protocol".into(),
        _ => named(names::ip_protocol(protocol), protocol),
    });
    // RFC 7296 section 3.13.1: of ICMP the fields hold type (in the upper octet) and code.
    let icmp = matches!(protocol, 1 | 58);
    let one = |value: u16| {
        let [ty, code] = value.to_be_bytes();
        if icmp { format!("type {ty} code {code}") } else { value.to_string() }
    };
    items.push(match ports {
        (0, u16::MAX) if icmp => "any type".into(),
        (0, u16::MAX) => "any port".into(),
        (u16::MAX, 0) => "ports OPAQUE".into(),
        (start, end) if start == end => format!("{}{}", if icmp { "" } else { "port " }, one(start)),
        (start, end) => format!("{}{} - {}", if icmp { "" } else { "ports " }, one(start), one(end)),
    });
    items
}

/// One address, a network, or from one address to another.
fn range<A: Display + PartialEq>(first: A, last: A, prefix: Option<u32>) -> String {
    match prefix {
        _ if first == last => first.to_string(),
        Some(bits) => format!("{first}/{bits}"),
        None => format!("{first} - {last}"),
    }
}

/// The prefix length of the network that the addresses are the first and the last of.
fn v4_prefix(first: Ipv4Addr, last: Ipv4Addr) -> Option<u32> {
    let (first, last) = (first.to_bits(), last.to_bits());
    let bits = (first ^ last).leading_zeros();
    let host = u32::MAX.checked_shr(bits).unwrap_or(0);
    (first & host == 0 && last & host == host).then_some(bits)
}

fn v6_prefix(first: Ipv6Addr, last: Ipv6Addr) -> Option<u32> {
    let (first, last) = (first.to_bits(), last.to_bits());
    let bits = (first ^ last).leading_zeros();
    let host = u128::MAX.checked_shr(bits).unwrap_or(0);
    (first & host == 0 && last & host == host).then_some(bits)
}

/// Addresses of 4 or 16 octets, one after the other.
pub(crate) fn addresses(octets: &[u8], size: u8) -> Vec<String> {
    let address = |chunk: &[u8]| match (<[u8; 4]>::try_from(chunk), <[u8; 16]>::try_from(chunk)) {
        (Ok(v4), _) => IpAddr::from(v4).to_string(),
        (_, Ok(v6)) => IpAddr::from(v6).to_string(),
        _ => hex(chunk),
    };
    octets.chunks(usize::from(size).max(1)).map(address).collect()
}
