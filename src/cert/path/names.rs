//! Whether a name lies within a subtree, form by form: RFC 5280 sections 4.2.1.10 and 7. `None` is for what cannot be compared.

use super::attribute::{Attribute, attributes, rdns};
use crate::cert::DistinguishedName;
use alloc::vec::Vec;
use core::net::IpAddr;

/// emailAddress, as it stands in subjects.
const EMAIL_ADDRESS: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01";

/// The mailboxes in a distinguished name.
pub(super) fn mailboxes(name: DistinguishedName<'_>) -> impl Iterator<Item = &[u8]> {
    let all = rdns(name).flat_map(attributes);
    all.filter(|attribute| attribute.oid == EMAIL_ADDRESS).map(|attribute| attribute.value.contents)
}

/// A domain is within itself and within all above it. With a dot before it the base has only what is below it (no RFC says so; OpenSSL
/// and the Web's clients do), and the empty base has everything.
pub(super) fn domain_within(name: &[u8], base: &[u8]) -> Option<bool> {
    if !is_domain(name) || !(base.is_empty() || is_domain(base.strip_prefix(b".").unwrap_or(base))) {
        return None;
    }
    let Some((above, end)) = name.len().checked_sub(base.len()).and_then(|at| name.split_at_checked(at)) else { return Some(false) };
    let at_a_dot = base.is_empty() || above.is_empty() || base.first() == Some(&b'.') || above.last() == Some(&b'.');
    // With its dot the base takes at least one label more.
    let is_below = base.first() != Some(&b'.') || !above.is_empty();
    Some(end.eq_ignore_ascii_case(base) && at_a_dot && is_below)
}

/// Labels with dots between them. A dot at the end, or an empty label, would say the same name in other octets.
fn is_domain(name: &[u8]) -> bool {
    name.split(|octet| *octet == b'.').all(|label| !label.is_empty() && label.iter().all(u8::is_ascii_graphic))
}

/// A base with a local part is one mailbox, one that begins with a dot has all hosts of a domain, any other is a host. The empty base has
/// everything, as NSS and Go read it: no RFC says.
pub(super) fn mailbox_within(name: &[u8], base: &[u8]) -> Option<bool> {
    let (local, at_host) = split_mailbox(name)?;
    let host = at_host.strip_prefix(b"@")?;
    if local.is_empty() || !is_domain(host) {
        return None;
    }
    Some(match split_mailbox(base) {
        Some((only, at_host)) => only == local && is_host(at_host.strip_prefix(b"@")?, host)?,
        None if base.is_empty() => true,
        None if base.starts_with(b".") => domain_within(host, base)?,
        None => is_host(base, host)?,
    })
}

/// The local part, and the rest from the last `@` on.
fn split_mailbox(mailbox: &[u8]) -> Option<(&[u8], &[u8])> {
    mailbox.split_at_checked(mailbox.iter().rposition(|octet| *octet == b'@')?)
}

fn is_host(base: &[u8], host: &[u8]) -> Option<bool> {
    is_domain(base).then(|| base.eq_ignore_ascii_case(host))
}

/// The base is an address and a mask, whose ones come first (RFC 4632). An address of the other family is not within.
pub(super) fn address_within(name: IpAddr, base: &[u8]) -> Option<bool> {
    let octets = match name {
        IpAddr::V4(address) => Vec::from(address.octets()),
        IpAddr::V6(address) => Vec::from(address.octets()),
    };
    if !matches!(base.len(), 8 | 32) {
        return None;
    }
    let (address, mask) = base.split_at_checked(base.len().wrapping_shr(1))?;
    let mut ended = false;
    for octet in mask {
        if octet.leading_ones() != octet.count_ones() || (ended && *octet != 0) {
            return None;
        }
        ended |= *octet != 0xff;
    }
    Some(octets.len() == address.len() && octets.iter().zip(address).zip(mask).all(|((one, other), mask)| (one ^ other) & mask == 0))
}

/// The base is what the name begins with, by RDNs; `spend` is asked before each comparison of two attributes.
pub(super) fn directory_within<E>(
    name: DistinguishedName<'_>,
    base: DistinguishedName<'_>,
    spend: &mut dyn FnMut() -> Result<(), E>,
) -> Result<Option<bool>, E> {
    let mut own = rdns(name);
    for of_base in rdns(base) {
        let Some(of_name) = own.next() else { return Ok(Some(false)) };
        let (of_base, of_name): (Vec<_>, Vec<_>) = (attributes(of_base).collect(), attributes(of_name).collect());
        for (some, others) in [(&of_base, &of_name), (&of_name, &of_base)] {
            match all_within(some, others, spend)? {
                Some(true) => {}
                decided => return Ok(decided),
            }
        }
    }
    Ok(Some(true))
}

/// Whether each of some attributes is one of the others.
fn all_within<E>(some: &[Attribute<'_>], others: &[Attribute<'_>], spend: &mut dyn FnMut() -> Result<(), E>) -> Result<Option<bool>, E> {
    for one in some {
        let mut found = false;
        for other in others.iter().filter(|other| other.oid == one.oid) {
            spend()?;
            match one.is_same(other) {
                None => return Ok(None),
                Some(same) => found |= same,
            }
        }
        if !found {
            return Ok(Some(false));
        }
    }
    Ok(Some(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 5280 section 4.2.1.10.
    #[test]
    fn rfc_5280_4_2_1_10_domains() {
        for (name, base, within) in [
            ("host.example.com", "host.example.com", Some(true)),
            ("www.host.example.com", "host.example.com", Some(true)),
            ("host1.example.com", "host.example.com", Some(false)),
            ("badexample.com", "example.com", Some(false)),
            ("EXAMPLE.com", "example.COM", Some(true)),
            ("com", "example.com", Some(false)),
            ("a.example.com", ".example.com", Some(true)),
            ("example.com", ".example.com", Some(false)),
            ("a.example.com", "", Some(true)),
            ("a.example.com.", "example.com", None),
            ("a..example.com", "example.com", None),
            (".example.com", "example.com", None),
            ("a.example.com", "example.com.", None),
            ("", "example.com", None),
            ("a b.example.com", "example.com", None),
            ("a.example.com", ".", None),
        ] {
            assert_eq!(domain_within(name.as_bytes(), base.as_bytes()), within, "{name} {base}");
        }
    }

    /// RFC 5280 section 4.2.1.10: "root@example.com", "example.com", ".example.com".
    #[test]
    fn rfc_5280_4_2_1_10_mailboxes() {
        for (name, base, within) in [
            ("root@example.com", "root@EXAMPLE.com", Some(true)),
            ("Root@example.com", "root@example.com", Some(false)),
            ("any@example.com", "example.com", Some(true)),
            ("any@host.example.com", "example.com", Some(false)),
            ("any@host.example.com", ".example.com", Some(true)),
            ("any@example.com", ".example.com", Some(false)),
            ("any@example.com", "", Some(true)),
            ("\"a@b\"@example.com", "example.com", Some(true)),
            ("example.com", "example.com", None),
            ("@example.com", "example.com", None),
            ("any@", "example.com", None),
            ("any@example.com.", "example.com", None),
            ("any@example.com", "example.com.", None),
            ("any@example.com", "any@", None),
        ] {
            assert_eq!(mailbox_within(name.as_bytes(), base.as_bytes()), within, "{name} {base}");
        }
    }

    #[test]
    fn rfc_5280_4_2_1_10_addresses() {
        let v4 = IpAddr::from([192, 0, 2, 7]);
        assert_eq!(address_within(v4, &[192, 0, 2, 0, 255, 255, 255, 0]), Some(true));
        assert_eq!(address_within(v4, &[192, 0, 2, 8, 255, 255, 255, 248]), Some(false));
        assert_eq!(address_within(v4, &[10, 0, 0, 0, 0, 0, 0, 0]), Some(true));
        assert_eq!(address_within(v4, &[192, 0, 2, 0, 255, 0, 255, 0]), None);
        assert_eq!(address_within(v4, &[192, 0, 2, 0, 255, 255, 255, 1]), None);
        assert_eq!(address_within(v4, &[0; 32]), Some(false));
        assert_eq!(address_within(v4, &[192, 0, 2, 7]), None);
        assert_eq!(address_within(IpAddr::from([0_u16; 8]), &[0; 32]), Some(true));
        assert_eq!(address_within(IpAddr::from([0_u16; 8]), &[0; 8]), Some(false));
    }
}
