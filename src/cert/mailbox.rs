//! Mailboxes, of rfc822Name and of ID_RFC822_ADDR.

/// The local part exactly, the domain without case (RFC 5280 section 7.5).
pub(crate) fn same_mailbox(one: &[u8], other: &[u8]) -> bool {
    let split = |mailbox: &[u8]| mailbox.iter().rposition(|octet| *octet == b'@');
    match (split(one), split(other)) {
        (Some(at), Some(same)) if at == same => {
            one.get(..at) == other.get(..at)
                && one.get(at..).zip(other.get(at..)).is_some_and(|(one, other)| one.eq_ignore_ascii_case(other))
        }
        _ => false,
    }
}
