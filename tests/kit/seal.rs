//! SK and SKF messages of any shape, right or wrong, really sealed: what the fragment tests push was opened first.

use core::time::Duration;
use ikev2::Instant;
use ikev2::error::{FragmentError, OpenError};
use ikev2::fragment::{Progress, Reassembler};
use ikev2::protect::{IvSequence, Opener, Sealer, Suite, open};
use ikev2::provider::Provider;
use ikev2::registry::{Encr, ExchangeType};
use ikev2::wire::{Header, IkeSpis};
use proptest::test_runner::{RngAlgorithm, TestRng};

pub const REQUEST: Header = Header {
    spis: IkeSpis { initiator: 0x0102_0304_0506_0708, responder: 9 },
    exchange: ExchangeType::IKE_AUTH,
    initiator: true,
    response: false,
    message_id: 1,
};

/// One direction of an SA, at both ends.
pub struct Keys {
    pub suite: Suite,
    pub sealer: Box<dyn Sealer>,
    pub opener: Box<dyn Opener>,
}

impl Keys {
    pub fn of(suite: Suite) -> Self {
        let (sk_e, sk_a) = (vec![1; suite.sk_e_len()], vec![2; suite.sk_a_len()]);
        let sealer = suite.sealer(&Provider::builtin(), &sk_e, &sk_a, IvSequence::new(&[3; 16])).unwrap();
        Self { suite, sealer, opener: suite.opener(&Provider::builtin(), &sk_e, &sk_a).unwrap() }
    }

    pub fn aes_gcm() -> Self {
        Self::of(Suite::new(Encr::ENCR_AES_GCM_16, Some(128), None).unwrap())
    }

    /// Seals a message; nothing of it is checked.
    pub fn seal(&mut self, message: &Sent) -> Vec<u8> {
        let fragment = message.fragment.map(|(number, total)| [number.to_be_bytes(), total.to_be_bytes()].concat());
        let ty = if fragment.is_some() { 53 } else { 46 };
        let mut text = message.content.clone();
        let block = self.sealer.block_len();
        let padding = (block - (text.len() + 1) % block) % block;
        text.extend((0..padding).map(|_| 0));
        text.push(u8::try_from(padding).unwrap());
        let (iv_len, icv_len) = (self.sealer.iv_len(), self.sealer.icv_len());

        let mut chain = Vec::new();
        for (n, body) in message.unprotected.iter().enumerate() {
            let next = if n + 1 == message.unprotected.len() { ty } else { 43 };
            let len = u16::try_from(body.len() + 4).unwrap().to_be_bytes();
            chain.extend([next, 0, len[0], len[1]]);
            chain.extend(body);
        }
        let payload_len = 4 + fragment.as_ref().map_or(0, Vec::len) + iv_len + text.len() + icv_len;
        let len = u16::try_from(payload_len).unwrap().to_be_bytes();
        chain.extend([message.first, message.flags, len[0], len[1]]);
        chain.extend(fragment.unwrap_or_default());

        let header = message.header;
        let flags = if header.initiator { 8 } else { 0 } | if header.response { 0x20 } else { 0 };
        let first = if message.unprotected.is_empty() { ty } else { 43 };
        let mut octets = [header.spis.initiator.to_be_bytes(), header.spis.responder.to_be_bytes()].concat();
        octets.extend([first, 0x20, header.exchange.0, flags]);
        octets.extend(header.message_id.to_be_bytes());
        let whole = 28 + chain.len() + iv_len + text.len() + icv_len;
        octets.extend(u32::try_from(whole).unwrap().to_be_bytes());
        octets.extend(chain);
        let (mut iv, mut icv) = (vec![0; iv_len], vec![0; icv_len]);
        self.sealer.seal(&octets, &mut iv, &mut text, &mut icv).unwrap();
        [octets, iv, text, icv].concat()
    }

    /// Opens a datagram and pushes what was in it.
    pub fn receive(
        &self,
        reassembler: &mut Reassembler,
        datagram: &[u8],
        now: Instant,
    ) -> Result<Result<Progress, FragmentError>, OpenError> {
        let mut datagram = datagram.to_vec();
        open(&mut datagram, &*self.opener).map(|opened| reassembler.push(&opened, now))
    }

    /// Seals, opens and pushes.
    pub fn pass(&mut self, reassembler: &mut Reassembler, message: &Sent, now: Instant) -> Result<Progress, FragmentError> {
        let datagram = self.seal(message);
        self.receive(reassembler, &datagram, now).unwrap()
    }
}

/// A message to seal: SK without `fragment`, else SKF with Fragment Number and Total Fragments.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    pub header: Header,
    /// Bodies of Vendor ID payloads in clear.
    pub unprotected: Vec<Vec<u8>>,
    pub fragment: Option<(u16, u16)>,
    /// Next Payload, and the octet after it, of SK or SKF.
    pub first: u8,
    pub flags: u8,
    pub content: Vec<u8>,
}

impl Sent {
    pub fn sk(content: &[u8]) -> Self {
        Self { header: REQUEST, unprotected: Vec::new(), fragment: None, first: 43, flags: 0, content: content.to_vec() }
    }

    /// A fragment as RFC 7383 wants it: Next Payload is zero from the second on.
    pub fn skf(number: u16, total: u16, content: &[u8]) -> Self {
        let first = if number == 1 { 43 } else { 0 };
        Self { fragment: Some((number, total)), first, ..Self::sk(content) }
    }

    pub fn in_clear(self, bodies: &[&[u8]]) -> Self {
        Self { unprotected: bodies.iter().map(|body| body.to_vec()).collect(), ..self }
    }

    pub fn with_header(self, header: Header) -> Self {
        Self { header, ..self }
    }

    /// The octets in front of SK or SKF once sealed to `datagram`.
    pub fn head<'d>(&self, datagram: &'d [u8]) -> &'d [u8] {
        &datagram[..28 + self.unprotected.iter().map(|body| body.len() + 4).sum::<usize>()]
    }
}

/// `content` in `total` fragments of nearly equal size.
pub fn cut(content: &[u8], total: u16) -> Vec<Sent> {
    let size = content.len().div_ceil(total.into());
    let piece = |n: u16| &content[content.len().min(size * usize::from(n))..content.len().min(size * (usize::from(n) + 1))];
    (0..total).map(|n| Sent::skf(n + 1, total, piece(n))).collect()
}

/// One Vendor ID payload of `len` octets.
pub fn vendor(len: u16) -> Vec<u8> {
    let hi_lo = len.to_be_bytes();
    [&[0, 0, hi_lo[0], hi_lo[1]][..], &(4..len).map(|n| n.to_be_bytes()[1] ^ n.to_be_bytes()[0]).collect::<Vec<_>>()].concat()
}

pub const fn at(millis: u64) -> Instant {
    Instant::since_start(ms(millis))
}

pub const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// The numbers below `n`, in an order without order, always the same.
pub fn shuffled(n: usize) -> Vec<usize> {
    let mut rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut order: Vec<usize> = (0..n).collect();
    for at in (1..n).rev() {
        order.swap(at, (proptest::prelude::RngCore::next_u64(&mut rng) % (at as u64 + 1)) as usize);
    }
    order
}

/// An order in which fragments come as far ahead of what has arrived as a buffer that grows with it will follow, time after time.
pub fn ahead(n: usize, times: usize, from: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n.min(from)).collect();
    while order.len() * times < n - times {
        order.push((order.len() + 1) * times - 1);
    }
    let there: std::collections::BTreeSet<usize> = order.iter().copied().collect();
    order.extend((0..n).filter(|index| !there.contains(index)));
    order
}
