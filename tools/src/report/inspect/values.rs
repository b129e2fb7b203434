//! Notification Data and configuration values in words.

use super::detail::{addresses, plural};
use super::identity;
use super::names::{self, named};
use super::node::Node;
use super::text::{hex, hex_short, quoted, text_or_hex};
use ikev2::registry::{ConfigurationAttributeType, HashAlgorithm, SecurePasswordMethod};
use ikev2::wire::{AuthAnnouncement, ConfigurationAttribute, ConfigurationValue, Gateway, Notify, NotifyData};

/// What a Notify says besides its type.
pub(crate) fn notify(notify: &Notify<'_>) -> Vec<String> {
    let data = match notify.typed_data() {
        Ok(data) => data,
        Err(error) => return vec![hex_short(notify.data), format!("not the data it should have ({})", error.kind)],
    };
    let one = |text: String| vec![text];
    match data {
        NotifyData::Empty(_) => Vec::new(),
        NotifyData::UnsupportedCriticalPayload(ty) => one(format!("payload type {ty}")),
        NotifyData::InvalidMessageId(id) => one(format!("message ID {id}")),
        NotifyData::InvalidSpi(spi) => one(format!("SPI {}", hex(spi))),
        NotifyData::InvalidKePayload(method) => one(format!("wants {}", named(names::ke_method(method), method.0))),
        NotifyData::SetWindowSize(size) => one(format!("{size} messages")),
        NotifyData::IpcompSupported(cpi, transform, attributes) => {
            let mut items = vec![format!("CPI {cpi:04x}"), transform.to_string()];
            if !attributes.is_empty() {
                items.push(format!("attributes {}", hex_short(attributes)));
            }
            items
        }
        NotifyData::NatDetectionSourceIp(hash) | NotifyData::NatDetectionDestinationIp(hash) => one(hex(hash)),
        NotifyData::Cookie(octets) | NotifyData::Cookie2(octets) | NotifyData::Unknown(_, octets) => one(text_or_hex(octets)),
        NotifyData::AdditionalAddress(address) => one(address.to_string()),
        NotifyData::NoNatsAllowed((from, from_port), (to, to_port)) => one(format!("{from} port {from_port} to {to} port {to_port}")),
        NotifyData::AuthLifetime(seconds) => one(format!("{seconds} s")),
        NotifyData::Redirect(gateway, nonce) | NotifyData::RedirectedFrom(gateway, nonce) => {
            let mut items = one(match gateway {
                Gateway::Address(address) => address.to_string(),
                Gateway::Fqdn(name) => quoted(name),
                Gateway::Unknown(ty, identity) => format!("{ty} {}", hex_short(identity)),
                _ => hex_short(notify.data),
            });
            if !nonce.is_empty() {
                items.push(format!("for nonce {}", hex_short(nonce)));
            }
            items
        }
        NotifyData::TicketLtOpaque(lifetime, ticket) => vec![format!("valid for {lifetime} s"), plural(ticket.len(), "octet")],
        NotifyData::MessageIdSync(nonce, send, receive) => {
            vec![format!("nonce {nonce:08x}"), format!("next to send {send}"), format!("next to receive {receive}")]
        }
        NotifyData::SignatureHashAlgorithms(list) => list.map(|value| HashAlgorithm(value).to_string()).collect(),
        NotifyData::SecurePasswordMethods(list) => list.map(|value| SecurePasswordMethod(value).to_string()).collect(),
        NotifyData::Puzzle(prf, bits) => vec![prf.to_string(), format!("{bits} zero bits")],
        NotifyData::PpkIdentity(ty, identity) => one(format!("{ty} {}", text_or_hex(identity))),
        NotifyData::PpkIdentityKey(ty, identity, confirmation) => {
            vec![format!("{ty} {}", text_or_hex(identity)), format!("confirmation {}", hex(confirmation))]
        }
        NotifyData::UseAggfrag(flags) => {
            let flag = |bit: u8, text: &str| (flags & bit != 0).then(|| String::from(text));
            let mut items: Vec<_> = [flag(1, "no fragmentation"), flag(2, "congestion control")].into_iter().flatten().collect();
            items.insert(0, format!("flags 0x{flags:02x}"));
            items
        }
        NotifyData::SupportedAuthMethods(methods) => methods.map(announcement).collect(),
        NotifyData::MsNotifyStatus(code) => one(format!("Windows error 0x{code:08x}")),
        // A shape that this program has no words for.
        _ => one(text_or_hex(notify.data)),
    }
}

fn announcement(found: AuthAnnouncement<'_>) -> String {
    let mut text = found.method.to_string();
    if let Some(link) = found.cert_link.filter(|link| *link > 0) {
        text.push_str(&format!(" for trust anchor {link}"));
    }
    if !found.algorithm.is_empty() {
        let name = identity::algorithm(found.algorithm);
        text.push_str(&format!(" with {name}"));
    }
    text
}

pub(crate) fn cfg_attribute(attribute: &ConfigurationAttribute<'_>) -> Node {
    let items = match attribute.typed_value() {
        Ok(ConfigurationValue::Empty) => vec!["no value".into()],
        Ok(ConfigurationValue::Text(text)) => vec![quoted(text)],
        Ok(ConfigurationValue::Unknown(octets)) => vec![text_or_hex(octets)],
        Ok(ConfigurationValue::Types(types)) => types.map(|ty| ConfigurationAttributeType(ty).to_string()).collect(),
        Ok(value) => structured(&value, attribute.value),
        Err(error) => vec![hex_short(attribute.value), format!("not the value it should have ({})", error.kind)],
    };
    Node::new(named(names::cfg_attribute(attribute.ty), attribute.ty.0), items)
}

/// The value as one text for programs: addresses, networks, names and numbers as such, hexadecimal for all else.
pub(crate) fn cfg_plain(attribute: &ConfigurationAttribute<'_>) -> String {
    match attribute.typed_value() {
        Ok(ConfigurationValue::Empty) => String::new(),
        Ok(ConfigurationValue::Text(text)) => core::str::from_utf8(text).map_or_else(|_| hex(text), Into::into),
        Ok(ConfigurationValue::Seconds(seconds)) => seconds.to_string(),
        Ok(
            value @ (ConfigurationValue::Ipv4(_)
            | ConfigurationValue::Ipv6(_)
            | ConfigurationValue::Ipv6Prefix(..)
            | ConfigurationValue::Ipv4Subnet(..)),
        ) => structured(&value, attribute.value).concat(),
        _ => hex(attribute.value),
    }
}

fn structured(value: &ConfigurationValue<'_>, octets: &[u8]) -> Vec<String> {
    match *value {
        ConfigurationValue::Ipv4(address) => vec![address.to_string()],
        ConfigurationValue::Ipv6(address) => vec![address.to_string()],
        ConfigurationValue::Ipv6Prefix(address, bits) => vec![format!("{address}/{bits}")],
        ConfigurationValue::Ipv4Subnet(net, mask) => vec![format!("{net}/{mask}")],
        ConfigurationValue::HomePrefix(life, prefix, bits) => vec![format!("{prefix}/{bits}"), format!("valid for {life} s")],
        ConfigurationValue::Link(interface, link) => vec![format!("interface {interface:016x}"), format!("link {}", hex_short(link))],
        ConfigurationValue::Seconds(seconds) => vec![format!("{seconds} s")],
        ConfigurationValue::TrustAnchor(tag, algorithm, digest, data) => {
            vec![format!("key tag {tag}"), format!("algorithm {algorithm}"), format!("digest type {digest}"), hex_short(data)]
        }
        ConfigurationValue::EncryptedDns(dns) => {
            let mut items = vec![format!("priority {}", dns.priority)];
            items.extend(addresses(dns.addresses, dns.address_len));
            items.push(format!("name {}", text_or_hex(dns.name)));
            if !dns.parameters.is_empty() {
                items.push(format!("parameters {}", hex_short(dns.parameters)));
            }
            items
        }
        ConfigurationValue::EncryptedDnsDigest(info) => {
            let mut items: Vec<_> = info.hashes.map(|hash| HashAlgorithm(hash).to_string()).collect();
            if !info.name.is_empty() {
                items.push(format!("name {}", text_or_hex(info.name)));
            }
            if !info.digest.is_empty() {
                items.push(format!("digest {}", hex_short(info.digest)));
            }
            items
        }
        _ => vec![hex_short(octets)],
    }
}
