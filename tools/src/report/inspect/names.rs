//! Names: those of the registries in the form this program shows, and those of registries that are not IKE's.

use ikev2::registry::{ConfigurationAttributeType, Encr, KeMethod, NotifyType, PayloadType, TransformId, TransformType};

/// The notation of RFC 7296; `Unknown` for a type without one.
pub(crate) fn payload(ty: PayloadType) -> &'static str {
    ty.symbol().unwrap_or("Unknown")
}

pub(crate) fn notify(ty: NotifyType) -> Option<&'static str> {
    ty.name().or_else(|| ty.private_name())
}

pub(crate) fn cfg_attribute(ty: ConfigurationAttributeType) -> Option<&'static str> {
    ty.name().or_else(|| ty.private_name())
}

pub(crate) fn transform(ty: TransformType, id: TransformId) -> Option<&'static str> {
    let private = || match ty {
        TransformType::ENCR => Encr(id.0).private_name(),
        ty if ty.is_key_exchange() => KeMethod(id.0).private_name(),
        _ => None,
    };
    id.name(ty).or_else(private)
}

pub(crate) fn ke_method(method: KeMethod) -> Option<&'static str> {
    method.name().or_else(|| method.private_name())
}

/// The short name IANA puts in parentheses.
pub(crate) fn transform_type(ty: TransformType) -> String {
    let short = ty.name().and_then(|name| name.rsplit_once('(')).and_then(|(_, short)| short.strip_suffix(')'));
    short.map_or_else(|| format!("type {}", ty.0), Into::into)
}

/// Name and number.
pub(crate) fn named(name: Option<&str>, number: impl core::fmt::Display) -> String {
    match name {
        Some(name) => format!("{name} ({number})"),
        None => format!("unknown ({number})"),
    }
}

/// IP protocol numbers that traffic selectors name.
pub(crate) const fn ip_protocol(protocol: u8) -> Option<&'static str> {
    Some(match protocol {
        1 => "ICMP",
        2 => "IGMP",
        4 => "IPv4",
        6 => "TCP",
        17 => "UDP",
        41 => "IPv6",
        47 => "GRE",
        50 => "ESP",
        51 => "AH",
        58 => "ICMPv6",
        88 => "EIGRP",
        89 => "OSPF",
        103 => "PIM",
        112 => "VRRP",
        115 => "L2TP",
        132 => "SCTP",
        135 => "Mobility Header",
        136 => "UDPLite",
        _ => return None,
    })
}
