//! The least that has to be done: header and content copied, the raw cipher over the same records, and one copy of the content.
//! No field is checked, and the headers are there already.

use super::Case;
#[cfg(feature = "rustcrypto")]
use super::{SEED, SK_A};

/// A raw cipher under its key.
pub trait Raw {
    /// Octets of IV and ICV, and of a block.
    const SIZES: (usize, usize, usize);
    /// The IV of the record with that counter.
    fn iv(&self, counter: u64, iv: &mut [u8]);
    /// Encrypts, and writes the ICV.
    fn seal(&self, aad: &[u8], iv: &[u8], text: &mut [u8], icv: &mut [u8]);
    /// Verifies and decrypts.
    fn open(&self, aad: &[u8], iv: &[u8], text: &mut [u8], icv: &[u8]) -> bool;
}

/// ring's AES-256-GCM and ChaCha20-Poly1305.
#[cfg(feature = "ring")]
pub struct Ring(ring::aead::LessSafeKey, [u8; 4]);

#[cfg(feature = "ring")]
impl Ring {
    /// The cipher of a case.
    pub fn new(case: &Case) -> Self {
        let chacha = case.suite.encr() == ikev2::registry::Encr::ENCR_CHACHA20_POLY1305;
        let algorithm = if chacha { &ring::aead::CHACHA20_POLY1305 } else { &ring::aead::AES_256_GCM };
        let (key, salt) = case.sk_e().split_at(32);
        Self(ring::aead::LessSafeKey::new(ring::aead::UnboundKey::new(algorithm, key).unwrap()), salt.try_into().unwrap())
    }

    #[inline(always)]
    fn nonce(&self, iv: &[u8]) -> ring::aead::Nonce {
        let mut nonce = [0; 12];
        nonce[..4].copy_from_slice(&self.1);
        nonce[4..].copy_from_slice(iv);
        ring::aead::Nonce::assume_unique_for_key(nonce)
    }
}

#[cfg(feature = "ring")]
impl Raw for Ring {
    const SIZES: (usize, usize, usize) = (8, 16, 1);

    #[inline(always)]
    fn iv(&self, counter: u64, iv: &mut [u8]) {
        iv.copy_from_slice(&counter.to_be_bytes());
    }

    #[inline(always)]
    fn seal(&self, aad: &[u8], iv: &[u8], text: &mut [u8], icv: &mut [u8]) {
        let tag = self.0.seal_in_place_separate_tag(self.nonce(iv), ring::aead::Aad::from(aad), text).unwrap();
        icv.copy_from_slice(tag.as_ref());
    }

    #[inline(always)]
    fn open(&self, aad: &[u8], iv: &[u8], text: &mut [u8], icv: &[u8]) -> bool {
        let tag = icv.try_into().unwrap();
        self.0.open_in_place_separate_tag(self.nonce(iv), ring::aead::Aad::from(aad), tag, text, 0..).is_ok()
    }
}

/// RustCrypto's AES-256-CBC with HMAC-SHA2-256-128.
#[cfg(feature = "rustcrypto")]
pub struct Cbc(aes::Aes256, hmac::Hmac<sha2::Sha256>);

#[cfg(feature = "rustcrypto")]
impl Cbc {
    /// Under the keys of the cases.
    pub fn new(case: &Case) -> Self {
        use hmac::KeyInit;
        Self(aes::Aes256::new_from_slice(case.sk_e()).unwrap(), hmac::Hmac::new_from_slice(&SK_A).unwrap())
    }

    #[inline(always)]
    fn mac(&self, parts: [&[u8]; 3]) -> [u8; 16] {
        use hmac::Mac;
        let mut mac = self.1.clone();
        parts.iter().for_each(|part| mac.update(part));
        let whole = mac.finalize().into_bytes();
        *whole.first_chunk().unwrap()
    }
}

#[cfg(feature = "rustcrypto")]
impl Raw for Cbc {
    const SIZES: (usize, usize, usize) = (16, 16, 16);

    #[inline(always)]
    fn iv(&self, counter: u64, iv: &mut [u8]) {
        use aes::cipher::BlockCipherEncrypt;
        let block = u128::from_be_bytes(SEED) ^ u128::from(counter);
        iv.copy_from_slice(&block.to_be_bytes());
        self.0.encrypt_block(iv.try_into().unwrap());
    }

    #[inline(always)]
    fn seal(&self, aad: &[u8], iv: &[u8], text: &mut [u8], icv: &mut [u8]) {
        use aes::cipher::{Array, BlockModeEncrypt, InnerIvInit};
        let (blocks, _) = Array::slice_as_chunks_mut(text);
        cbc::Encryptor::inner_iv_init(&self.0, iv.try_into().unwrap()).encrypt_blocks(blocks);
        icv.copy_from_slice(&self.mac([aad, iv, text]));
    }

    #[inline(always)]
    fn open(&self, aad: &[u8], iv: &[u8], text: &mut [u8], icv: &[u8]) -> bool {
        use aes::cipher::{Array, BlockModeDecrypt, InnerIvInit};
        use subtle::ConstantTimeEq;
        let authentic = bool::from(self.mac([aad, iv, text]).ct_eq(icv));
        let (blocks, _) = Array::slice_as_chunks_mut(text);
        cbc::Decryptor::inner_iv_init(&self.0, iv.try_into().unwrap()).decrypt_blocks(blocks);
        authentic
    }
}

/// Header and payload header of every datagram, as `ikev2` wrote them, and the octets of content in it.
pub fn plan(case: &Case, sent: &[Vec<u8>]) -> Vec<([u8; 36], usize)> {
    let overhead = ikev2::fragment::Overhead::from(&case.suite);
    let budget = ikev2::fragment::Budget::new(case.path, overhead).unwrap();
    let full = budget.content_in_fragment(0).unwrap();
    assert!(sent.len() > 1, "fragments");
    let mut left = case.content.len();
    let plan = sent.iter().map(|datagram| {
        let piece = full.min(left);
        left -= piece;
        (*datagram.first_chunk().unwrap(), piece)
    });
    let plan: Vec<_> = plan.collect();
    assert_eq!(left, 0);
    plan
}

/// Seals the fragments of `plan` into `buf`.
pub fn split<R: Raw>(raw: &R, plan: &[([u8; 36], usize)], counter: &mut u64, content: &[u8], buf: &mut [u8]) -> usize {
    let (iv_len, icv_len, block) = R::SIZES;
    let (mut rest, mut left, mut octets) = (buf, content, 0);
    for (head, piece) in plan {
        let text_len = (piece + 1).next_multiple_of(block);
        let len = 36 + iv_len + text_len + icv_len;
        let (datagram, after) = rest.split_at_mut(len);
        let (aad, body) = datagram.split_at_mut(36);
        let (iv, body) = body.split_at_mut(iv_len);
        let (text, icv) = body.split_at_mut(text_len);
        aad.copy_from_slice(head);
        let (now, later) = left.split_at(*piece);
        let (place, padding) = text.split_at_mut(*piece);
        place.copy_from_slice(now);
        let (last, zeros) = padding.split_last_mut().unwrap();
        zeros.fill(0);
        *last = zeros.len() as u8;
        raw.iv(*counter, iv);
        *counter += 1;
        raw.seal(aad, iv, text, icv);
        (rest, left) = (after, later);
        octets += len;
    }
    octets
}

/// Opens every datagram and appends its content, in the order of arrival.
pub fn reassemble<R: Raw>(raw: &R, arrived: &mut [Vec<u8>], octets: usize) -> Vec<u8> {
    let (iv_len, icv_len, _) = R::SIZES;
    let mut whole = Vec::with_capacity(octets);
    for datagram in arrived {
        let (aad, body) = datagram.split_at_mut(36);
        let (iv, body) = body.split_at_mut(iv_len);
        let (text, icv) = body.split_at_mut(body.len() - icv_len);
        assert!(raw.open(aad, iv, text, icv));
        let (pad_len, padded) = text.split_last().unwrap();
        // A duplicate is opened and not copied.
        if whole.len() < octets {
            whole.extend_from_slice(&padded[..padded.len() - usize::from(*pad_len)]);
        }
    }
    whole
}
