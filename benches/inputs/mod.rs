//! What the benches read and write, and the hand-written code they are measured against.
//!
//! | constant | octets | origin |
//! |---|---|---|
//! | [`INIT_REQUEST`] | 256 | strongSwan 5.9.8, capture `psk-aes128-sha256-prfsha256-ecp192`, first datagram |
//! | [`INIT_8_PROPOSALS`] | 570 | assembled: the eight proposals, KE, nonce and six notifies that iOS sends, with random octets for keys and hashes |
//! | [`SA_20X12`] | 2432 | assembled: a message of one SA payload, 20 proposals of 12 transforms, 4 of them with Key Length |
//! | [`AUTH_CHAIN`] | 4827 | assembled from payloads of the captures `rsa4096-frag-one-sided`, `rsa2048` and `config-payload`: the decrypted content of an IKE_AUTH request, 3 certificates |
//! | [`INIT_RESPONSE`] | 448 | strongSwan 5.9.8 answering libreswan 4.10, capture `libreswan-invalid-ke`, sixth datagram |

pub mod limit;
pub mod ours;
pub mod source;

/// IKE_SA_INIT request: SA with one proposal, KE, nonce, five notifies.
pub static INIT_REQUEST: &[u8] = include_bytes!("init_request.bin");
/// IKE_SA_INIT request with eight proposals.
pub static INIT_8_PROPOSALS: &[u8] = include_bytes!("init_8_proposals.bin");
/// IKE header and one SA payload of 20 proposals with 12 transforms each.
pub static SA_20X12: &[u8] = include_bytes!("sa_20x12.bin");
/// Payload chain inside an SK payload; its first payload is [`AUTH_CHAIN_FIRST`].
pub static AUTH_CHAIN: &[u8] = include_bytes!("auth_chain.bin");
/// IKE_SA_INIT response.
pub static INIT_RESPONSE: &[u8] = include_bytes!("init_response.bin");

/// Type of the first payload of [`AUTH_CHAIN`]: IDi.
pub const AUTH_CHAIN_FIRST: u8 = 35;

/// What every contestant adds the fields it read to, so that none of them can be optimised away.
///
/// Addition, because it has the shortest latency: the sum must not become what is measured.
#[derive(Default)]
pub struct Sum(u64);

impl Sum {
    /// A number, a type, a flag.
    #[inline(always)]
    pub fn int(&mut self, value: impl Into<u64>) {
        self.0 = self.0.wrapping_add(value.into());
    }

    /// A slice: its length and its first octet.
    #[inline(always)]
    pub fn octets(&mut self, slice: &[u8]) {
        let first = slice.first().copied().unwrap_or(0);
        self.0 = self.0.wrapping_add(slice.len() as u64).wrapping_add(u64::from(first));
    }

    /// What was added up.
    pub fn total(&self) -> u64 {
        self.0
    }
}
