//! Messages split, sealed, opened and reassembled: by `ikev2`, and by hand around the raw cipher.

pub mod limit;
pub mod ours;

use ikev2::fragment::{Overhead, Path};
use ikev2::protect::Suite;
use ikev2::registry::{Encr, ExchangeType, Integ, PayloadType};
use ikev2::wire::{Header, IkeSpis};

/// Of every message.
pub const HEADER: Header = Header {
    spis: IkeSpis { initiator: 0x1111_2222_3333_4444, responder: 0x5555_6666_7777_8888 },
    exchange: ExchangeType::IKE_AUTH,
    initiator: true,
    response: false,
    message_id: 1,
};

/// Of the first payload inside.
pub const FIRST: PayloadType = PayloadType::IDI;

/// The same key octets for everybody.
pub const SK_E: [u8; 36] = [0x5a; 36];
/// HMAC-SHA2-256 takes 32.
pub const SK_A: [u8; 32] = [0xa5; 32];
/// What CBC's first IV is made of.
pub const SEED: [u8; 16] = [0x3c; 16];

/// A message to be cut: one row of the tables.
#[derive(Clone)]
pub struct Case {
    /// As the tables name it.
    pub name: String,
    /// The cipher.
    pub suite: Suite,
    /// The way.
    pub path: Path,
    /// The decrypted payloads.
    pub content: Vec<u8>,
}

impl Case {
    /// A message of `octets` over IPv4 with that MTU.
    pub fn new(cipher: &str, octets: usize, mtu: u16) -> Self {
        let content = (0..octets).map(|at| (at * 7 + at / 251) as u8).collect();
        Self { name: format!("{cipher}, {octets} octets at {mtu}"), suite: suite(cipher), path: Path::ipv4(mtu), content }
    }

    /// A message of `octets` in that many fragments, whatever MTU that takes.
    pub fn in_fragments(cipher: &str, octets: usize, fragments: usize) -> Self {
        let overhead = Overhead::from(&suite(cipher));
        let needed = |mtu: u16| ikev2::fragment::Budget::new(Path::ipv4(mtu), overhead).and_then(|budget| budget.datagrams_for(octets, 0));
        let mtu = (60..=u16::MAX).find(|mtu| needed(*mtu).is_ok_and(|count| usize::from(count) <= fragments)).unwrap();
        let case = Self::new(cipher, octets, mtu);
        Self { name: format!("{cipher}, {octets} octets in {fragments} fragments"), ..case }
    }

    /// SK_e of the suite.
    pub fn sk_e(&self) -> &'static [u8] {
        &SK_E[..self.suite.sk_e_len()]
    }

    /// SK_a of the suite.
    pub fn sk_a(&self) -> &'static [u8] {
        &SK_A[..self.suite.sk_a_len()]
    }
}

/// The suites of the tables, by name.
pub fn suite(cipher: &str) -> Suite {
    match cipher {
        "AES-256-GCM-16" => Suite::new(Encr::ENCR_AES_GCM_16, Some(256), None),
        "ChaCha20-Poly1305" => Suite::new(Encr::ENCR_CHACHA20_POLY1305, None, None),
        _ => Suite::new(Encr::ENCR_AES_CBC, Some(256), Some(Integ::AUTH_HMAC_SHA2_256_128)),
    }
    .unwrap()
}

/// In which order fragments arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// As sent.
    Forward,
    /// The last first.
    Reverse,
    /// At random, the same in every run.
    Shuffled,
    /// As sent, each twice.
    Duplicated,
}

impl Order {
    /// The positions at which what was sent arrives.
    pub fn of(self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        match self {
            Self::Forward => {}
            Self::Reverse => order.reverse(),
            Self::Shuffled => {
                let mut state = 1u64;
                for at in (1..count).rev() {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    order.swap(at, (state >> 33) as usize % (at + 1));
                }
            }
            Self::Duplicated => order = order.into_iter().flat_map(|at| [at, at]).collect(),
        }
        order
    }
}

/// Datagrams as they arrive, to be opened in place: several copies, so that what restores them is not measured with them.
pub struct Arrivals {
    sent: Vec<Vec<u8>>,
    order: Vec<usize>,
    sets: Vec<Vec<Vec<u8>>>,
}

/// Octets of the copies together: within the second-level cache.
const POOL: usize = 128 * 1024;

impl Arrivals {
    /// What arrives of `sent` in that order.
    pub fn new(sent: Vec<Vec<u8>>, order: Order) -> Self {
        let order = order.of(sent.len());
        let one: Vec<Vec<u8>> = order.iter().map(|at| sent[*at].clone()).collect();
        let octets: usize = one.iter().map(Vec::len).sum();
        let sets = vec![one; (POOL / octets.max(1)).max(1)];
        Self { sent, order, sets }
    }

    /// What was sent, in order.
    pub fn sent(&self) -> &[Vec<u8>] {
        &self.sent
    }

    /// The time that `work` takes on so many sets.
    pub fn time(&mut self, times: u64, mut work: impl FnMut(&mut [Vec<u8>])) -> std::time::Duration {
        let mut took = std::time::Duration::ZERO;
        let mut left = times as usize;
        while left > 0 {
            let now = left.min(self.sets.len());
            for set in &mut self.sets[..now] {
                for (datagram, at) in set.iter_mut().zip(&self.order) {
                    datagram.copy_from_slice(&self.sent[*at]);
                }
            }
            let start = std::time::Instant::now();
            for set in &mut self.sets[..now] {
                work(set);
            }
            took += start.elapsed();
            left -= now;
        }
        took
    }
}
