//! AES-XCBC-MAC (RFC 3566), of which AUTH_AES_XCBC_96 and PRF_AES128_XCBC are made. Ours because no crate has it.

use aes::Aes128;
use aes::cipher::{Array, BlockCipherEncrypt, KeyInit};
use zeroize::Zeroizing;

pub(super) struct Xcbc {
    k1: Aes128,
    k2: Zeroizing<[u8; 16]>,
    k3: Zeroizing<[u8; 16]>,
}

impl Xcbc {
    pub(super) fn new(key: &[u8; 16]) -> Self {
        let cipher = Aes128::new(&Array(*key));
        let derived = |octet: u8| {
            let mut block = Array([octet; 16]);
            cipher.encrypt_block(&mut block);
            Zeroizing::new(block.0)
        };
        let k1 = derived(1);
        Self { k1: Aes128::new(Array::cast_from_core(&k1)), k2: derived(2), k3: derived(3) }
    }

    /// The MAC over the parts one after the other.
    pub(super) fn mac<'p>(&self, parts: impl IntoIterator<Item = &'p [u8]>) -> [u8; 16] {
        let mut state = [0; 16];
        let mut filled = 0;
        for part in parts {
            let mut rest = part;
            while !rest.is_empty() {
                // The last block takes another key, so a full one waits until it is known not to be the last.
                if filled == state.len() {
                    self.encrypt(&mut state);
                    filled = 0;
                }
                let room = state.len().saturating_sub(filled);
                let (now, later) = rest.split_at(room.min(rest.len()));
                xor(state.iter_mut().skip(filled), now);
                filled = filled.saturating_add(now.len());
                rest = later;
            }
        }
        if filled == state.len() {
            xor(state.iter_mut(), &*self.k2);
        } else {
            xor(state.iter_mut().skip(filled), &[0x80]);
            xor(state.iter_mut(), &*self.k3);
        }
        self.encrypt(&mut state);
        state
    }

    fn encrypt(&self, block: &mut [u8; 16]) {
        self.k1.encrypt_block(Array::cast_from_core_mut(block));
    }
}

fn xor<'s>(state: impl Iterator<Item = &'s mut u8>, octets: &[u8]) {
    state.zip(octets).for_each(|(s, octet)| *s ^= octet);
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    /// RFC 3566 section 4, all seven, however the message is cut in two.
    #[test]
    fn rfc_3566() {
        let key: Vec<u8> = (0..16).collect();
        let xcbc = Xcbc::new(key.as_slice().try_into().expect("16 octets"));
        let counting = |n: u8| (0..n).collect::<Vec<u8>>();
        let rows: [(Vec<u8>, u128); 7] = [
            (counting(0), 0x75f0251d528ac01c4573dfd584d79f29),
            (counting(3), 0x5b376580ae2f19afe7219ceef172756f),
            (counting(16), 0xd2a246fa349b68a79998a4394ff7a263),
            (counting(20), 0x47f51b4564966215b8985c63055ed308),
            (counting(32), 0xf54f0ec8d2b9f3d36807734bd5283fd4),
            (counting(34), 0xbecbb3bccdb518a30677d5481fb6b4d8),
            (Vec::from([0; 1000]), 0xf0dafee895db30253761103b5d84528f),
        ];
        for (message, due) in rows {
            for cut in 0..=message.len() {
                let (head, tail) = message.split_at(cut);
                assert_eq!(xcbc.mac([head, tail]), due.to_be_bytes(), "{} octets", message.len());
            }
        }
    }
}
