//! AES-XCBC-MAC with its full 128-bit output, RFC 3566 section 4; no maintained crate has it.

use aes::Aes128;
use aes::cipher::{BlockCipherEncrypt, KeyInit};
use zeroize::{Zeroize, ZeroizeOnDrop};

const BLOCK: usize = 16;

/// A key with its three derived keys set up.
pub(super) struct Xcbc {
    cipher: Aes128,
    whole_last: [u8; BLOCK],
    padded_last: [u8; BLOCK],
}

impl Xcbc {
    pub(super) fn new(key: &[u8; BLOCK]) -> Self {
        let outer = Aes128::new(&(*key).into());
        let derive = |octet: u8| {
            let mut block = [octet; BLOCK].into();
            outer.encrypt_block(&mut block);
            <[u8; BLOCK]>::from(block)
        };
        let mut k1 = derive(1);
        let xcbc = Self { cipher: Aes128::new(&k1.into()), whole_last: derive(2), padded_last: derive(3) };
        k1.zeroize();
        xcbc
    }

    /// The MAC over the concatenated `parts`.
    pub(super) fn mac<'p>(&self, parts: impl Iterator<Item = &'p [u8]>) -> [u8; BLOCK] {
        let mut state = [0; BLOCK];
        let mut filled = 0_usize;
        for octet in parts.flatten() {
            // A full block waits for the octet that proves it is not the last.
            if filled == BLOCK {
                self.encrypt(&mut state);
                filled = 0;
            }
            if let Some(at) = state.get_mut(filled) {
                *at ^= octet;
            }
            filled = filled.wrapping_add(1);
        }
        let last = if filled == BLOCK {
            &self.whole_last
        } else {
            if let Some(at) = state.get_mut(filled) {
                *at ^= 0x80;
            }
            &self.padded_last
        };
        state.iter_mut().zip(last).for_each(|(to, key)| *to ^= key);
        self.encrypt(&mut state);
        state
    }

    fn encrypt(&self, state: &mut [u8; BLOCK]) {
        let mut block = (*state).into();
        self.cipher.encrypt_block(&mut block);
        *state = block.into();
    }
}

impl Drop for Xcbc {
    fn drop(&mut self) {
        self.whole_last.zeroize();
        self.padded_last.zeroize();
    }
}

// The cipher's schedule erases itself (feature `zeroize` of the aes crate).
impl ZeroizeOnDrop for Xcbc {}

#[cfg(test)]
mod tests {
    use super::Xcbc;

    /// RFC 3566 section 4.6, all seven cases, and RFC 4434 section 3's MACs with a 128-bit key, which are the same.
    #[test]
    fn rfc_3566() {
        let key = core::array::from_fn(|at| u8::try_from(at).unwrap());
        let counted: alloc::vec::Vec<u8> = (0..=255).collect();
        let cases: [(&[u8], u128); 7] = [
            (&[], 0x75f0251d528ac01c4573dfd584d79f29),
            (&counted[..3], 0x5b376580ae2f19afe7219ceef172756f),
            (&counted[..16], 0xd2a246fa349b68a79998a4394ff7a263),
            (&counted[..20], 0x47f51b4564966215b8985c63055ed308),
            (&counted[..32], 0xf54f0ec8d2b9f3d36807734bd5283fd4),
            (&counted[..34], 0xbecbb3bccdb518a30677d5481fb6b4d8),
            (&[0; 1000], 0xf0dafee895db30253761103b5d84528f),
        ];
        for (message, mac) in cases {
            let xcbc = Xcbc::new(&key);
            assert_eq!(xcbc.mac([message].into_iter()), mac.to_be_bytes());
            // However the message is cut.
            for cut in 0..message.len() {
                let (head, tail) = message.split_at(cut);
                assert_eq!(xcbc.mac([head, tail].into_iter()), mac.to_be_bytes());
            }
        }
    }
}
