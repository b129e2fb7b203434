//! What logins without credentials showed. The caller makes them: a prober has no ciphers.

use alloc::string::String;
use alloc::vec::Vec;

/// What came of IKE_AUTH requests without AUTH, which ask for EAP (RFC 7296 section 2.16), under SPIs given on the first port and sent to the
/// second.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoginSeen {
    /// Whether one that was cut into IP fragments was answered; `None` where none was sent.
    pub by_ip_fragments: Option<bool>,
    /// Whether one that was cut into IKE fragments (RFC 7383) was answered; `None` where none was sent.
    pub by_ike_fragments: Option<bool>,
    /// Octets of the IKE_AUTH request that was cut into IP fragments; 0 where none was sent.
    pub octets: usize,
    /// What the certificates of the server say, in words.
    pub certificates: Vec<String>,
    /// Datagrams that were sent, those of IKE_SA_INIT and those sent again among them, and octets of their UDP payloads.
    pub datagrams: usize,
    /// See [`datagrams`](Self::datagrams).
    pub octets_sent: u64,
}
