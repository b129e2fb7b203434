//! Peers of which is known how they differ from others.

use super::authentication::RemoteAuth;
use super::config::Lifetimes;
use super::configuration::AddressAssignment;
use super::peer::PeerConfig;

/// A peer of which is known how it differs from others: what a responder does best with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Preset {
    /// The VPN client of Windows 10 and 11.
    ///
    /// | what is set | because |
    /// |---|---|
    /// | a signature by method 1 may be with SHA-1, if the client announces no hash algorithm ([`RemoteSignature::with_sha1`](super::RemoteSignature::with_sha1)) | it sends no SIGNATURE_HASH_ALGORITHMS, and signs with SHA-1 by default (RFC 7296 section 3.8; captures of Always On VPN) |
    /// | addresses are given to who asks ([`AddressAssignment::OnRequest`]) | it always asks, also by the private attributes 23456 and 23457 (INTERNAL_IP4_SERVER and INTERNAL_IP6_SERVER of \[MS-IKEE\]), which need no answer; charon logs the request as `CPRQ(ADDR DNS NBNS SRV ADDR6 DNS6 SRV6)` |
    /// | MOBIKE ([`PeerConfig::with_mobike`]) | it announces MOBIKE_SUPPORTED, and moves between networks |
    /// | keys are not replaced by us ([`Lifetimes::UNLIMITED`]) | it replaces them before an hour is over, and a rekey that the gateway begins has ended tunnels of clients behind NATs (docs.strongswan.org, "Windows Clients", "Rekeying Behavior"; libreswan issue 405: "let the client do the rekeying") |
    ///
    /// Its IDi is often its private address, which other clients may have too: see [`EapSuccess::with_identity`](super::EapSuccess::with_identity).
    WindowsClient,
}

impl PeerConfig {
    /// What is known of such a peer. What is set before is overwritten, and what is set later counts.
    #[must_use]
    pub fn with_preset(mut self, preset: Preset) -> Self {
        match preset {
            Preset::WindowsClient => {
                if let RemoteAuth::Signature(theirs) = self.remote_auth {
                    self.remote_auth = RemoteAuth::Signature(theirs.with_sha1(true));
                }
                self.with_address_assignment(AddressAssignment::OnRequest).with_mobike(true).with_lifetimes(Lifetimes::UNLIMITED)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::authentication::{LocalAuth, RemoteSignature, SharedKey};
    use super::*;

    #[test]
    fn a_signature_with_sha1_is_taken_of_who_signs() {
        let peer = |remote| PeerConfig::new("moon".parse().unwrap(), LocalAuth::Null, remote).with_preset(Preset::WindowsClient);
        assert!(matches!(peer(RemoteAuth::Signature(RemoteSignature::new())).remote_auth, RemoteAuth::Signature(theirs) if theirs.sha1));
        assert!(matches!(peer(RemoteAuth::SharedKey(SharedKey::new("key"))).remote_auth, RemoteAuth::SharedKey(_)));
    }
}
