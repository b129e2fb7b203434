//! The addresses of a name, as the system resolves it.

use std::io;
use std::net::{IpAddr, ToSocketAddrs};

/// Every address of the name, in the order of the system, each once.
pub(super) fn addresses(host: &str) -> io::Result<Vec<IpAddr>> {
    if let Ok(address) = host.trim_start_matches('[').trim_end_matches(']').parse() {
        return Ok(vec![address]);
    }
    let mut found: Vec<IpAddr> = Vec::new();
    for at in (host, 0).to_socket_addrs()? {
        if !found.contains(&at.ip()) {
            found.push(at.ip());
        }
    }
    if found.is_empty() { Err(io::Error::other("it has no address")) } else { Ok(found) }
}
