//! Target `message`: any octets, read as everything the wire layer reads.

use super::{invariants, print, transport, typed};

/// `data` is a datagram, a datagram on port 4500, a TCP stream; and, after its first octet, the content of an SK payload or
/// the body of a payload whose type is that octet.
pub fn message(data: &[u8]) {
    invariants::message(data);
    print::fingerprint(data);
    transport::datagram(data);
    transport::stream(data);
    if let Some((&first, rest)) = data.split_first() {
        invariants::content(first, rest);
        typed::body(first, rest);
    }
}
