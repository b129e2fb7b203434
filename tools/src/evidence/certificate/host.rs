//! Whether a certificate is for the name that clients connect to, as Windows clients decide it for IKEv2.
//!
//! Windows compares the name in the connection with the subject or with the alternative names of the server's certificate (Microsoft,
//! "Verification
//! of Additional Fields in Peer Certificates during IKE Negotiation", and "Troubleshooting IKEv2 VPN Connections", dd941612). An address
//! that clients connect to must stand there as a *name*: as dNSName or common name; an iPAddress ends in 13801 (strongSwan documentation,
//! "Windows Certificate Requirements"). A wildcard is taken for the leftmost label: Microsoft does not document it, users report that
//! it works
//! (strongSwan, pull request 44), and strongSwan and libreswan do not take it.

use super::facts::Entry;
use ikev2::cert::GeneralName;
use std::net::IpAddr;

/// By what a certificate is for a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NameMatch {
    /// A dNSName, or for a client any name that is the same.
    Alternative(String),
    /// A dNSName that begins with `*.`.
    Wildcard(String),
    /// A common name of the subject.
    CommonName(String),
    /// A common name that begins with `*.`.
    CommonNameWildcard(String),
    /// An iPAddress.
    Address(IpAddr),
    /// Nothing.
    None,
}

/// Compares the name with those of a certificate; the best match counts.
pub(crate) fn find(entry: &Entry<'_>, host: &str) -> NameMatch {
    let host = host.trim_end_matches('.');
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok();
    let (dns, common) = (entry.dns_names(), entry.common_names());
    let same = |name: &&String| name.trim_end_matches('.').eq_ignore_ascii_case(host);
    let covers = |name: &&String| address.is_none() && covers(name, host);
    if let Some(name) = dns.iter().find(same) {
        return NameMatch::Alternative(name.clone());
    }
    if let Some(name) = common.iter().find(same) {
        return NameMatch::CommonName(name.clone());
    }
    if let Some(name) = dns.iter().find(covers) {
        return NameMatch::Wildcard(name.clone());
    }
    if let Some(name) = common.iter().find(covers) {
        return NameMatch::CommonNameWildcard(name.clone());
    }
    let is_address = |name| matches!(name, GeneralName::Ip(own) if Some(own) == address);
    match address {
        Some(address) if entry.cert.alternative_names().any(is_address) => NameMatch::Address(address),
        _ => NameMatch::None,
    }
}

/// Whether `*.example.net` covers `vpn.example.net`: one label, the leftmost, and at least two behind it.
fn covers(pattern: &str, host: &str) -> bool {
    let Some(rest) = pattern.trim_end_matches('.').strip_prefix("*.") else { return false };
    let Some((label, parent)) = host.split_once('.') else { return false };
    !label.is_empty() && !rest.contains('*') && rest.contains('.') && parent.eq_ignore_ascii_case(rest)
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_wildcard_is_one_label() {
        assert!(covers("*.example.net", "vpn.example.net") && covers("*.Example.net.", "VPN.example.NET"));
        for (pattern, host) in [
            ("*.example.net", "a.vpn.example.net"),
            ("*.example.net", "example.net"),
            ("*.example.net", ".example.net"),
            ("*.net", "example.net"),
            ("v*.example.net", "vpn.example.net"),
            ("*.*.net", "vpn.example.net"),
            ("vpn.*.net", "vpn.example.net"),
            ("*", "vpn"),
        ] {
            assert!(!covers(pattern, host), "{pattern} {host}");
        }
    }
}
