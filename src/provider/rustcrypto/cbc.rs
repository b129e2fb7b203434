//! CBC mode (RFC 3602 for AES, RFC 2451 for 3DES, RFC 5529 for Camellia).

use crate::error::CryptoError;
use crate::provider::Mode;
use alloc::boxed::Box;
use cbc::cipher::{
    Array, Block, BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, BlockSizeUser, InnerIvInit, KeyInit,
};
use cbc::{Decryptor, Encryptor};

pub(super) struct Cbc<C>(C);

impl<C: KeyInit> Cbc<C> {
    fn new(key: &[u8]) -> Result<Self, CryptoError> {
        C::new_from_slice(key).map(Self).map_err(|_| CryptoError)
    }
}

impl<C> Cbc<C>
where
    C: BlockCipherEncrypt + BlockCipherDecrypt + BlockSizeUser + KeyInit + Send + Sync + 'static,
{
    pub(super) fn boxed(key: &[u8], _: &[u8]) -> Result<Box<dyn Mode>, CryptoError> {
        Ok(Box::new(Self::new(key)?))
    }
}

/// The text as whole blocks; an error when octets are left over.
fn blocks<C: BlockSizeUser>(text: &mut [u8]) -> Result<&mut [Block<C>], CryptoError> {
    match Array::slice_as_chunks_mut(text) {
        (blocks, []) => Ok(blocks),
        _ => Err(CryptoError),
    }
}

impl<C> Mode for Cbc<C>
where
    C: BlockCipherEncrypt + BlockCipherDecrypt + BlockSizeUser + Send + Sync,
{
    /// E(seed xor counter): a permutation of distinct inputs, so the IVs are distinct; see [`IvSequence`](crate::protect::IvSequence).
    fn derive_iv(&self, counter: u64, seed: &[u8; 16], iv: &mut [u8]) -> Result<(), CryptoError> {
        let block = Array::slice_as_mut_array(iv).ok_or(CryptoError)?;
        block.iter_mut().zip(seed).for_each(|(b, s)| *b = *s);
        let low = block.iter_mut().rev();
        low.zip(counter.to_le_bytes()).for_each(|(b, c)| *b ^= c);
        self.0.encrypt_block(block);
        Ok(())
    }

    fn encrypt(&self, iv: &[u8], text: &mut [u8]) -> Result<(), CryptoError> {
        let iv = Array::slice_as_array(iv).ok_or(CryptoError)?;
        Encryptor::inner_iv_init(&self.0, iv).encrypt_blocks(blocks::<C>(text)?);
        Ok(())
    }

    fn decrypt(&self, iv: &[u8], text: &mut [u8]) -> Result<(), CryptoError> {
        let iv = Array::slice_as_array(iv).ok_or(CryptoError)?;
        Decryptor::inner_iv_init(&self.0, iv).decrypt_blocks(blocks::<C>(text)?);
        Ok(())
    }
}

#[cfg(test)]
#[cfg(feature = "rustcrypto")]
mod tests {
    use super::*;
    use crate::provider::tests::hex;
    use aes::{Aes128, Aes192, Aes256};
    use alloc::collections::BTreeSet;
    use camellia::{Camellia128, Camellia192, Camellia256};
    use des::TdesEde3;

    fn check<C>(key: &str, iv: &str, plain: &str, sealed: &str)
    where
        C: BlockCipherEncrypt + BlockCipherDecrypt + BlockSizeUser + KeyInit + Send + Sync,
    {
        let cbc = Cbc::<C>::new(&hex(key)).expect("key length");
        let mut text = hex(plain);
        cbc.encrypt(&hex(iv), &mut text).expect("sealed");
        assert_eq!(text, hex(sealed));
        cbc.decrypt(&hex(iv), &mut text).expect("opened");
        assert_eq!(text, hex(plain));
    }

    /// RFC 3602 section 4, cases 1 to 4.
    #[test]
    fn aes_rfc_3602() {
        check::<Aes128>(
            "06a9214036b8a15b512e03d534120006",
            "3dafba429d9eb430b422da802c9fac41",
            "53696e676c6520626c6f636b206d7367",
            "e353779c1079aeb82708942dbe77181a",
        );
        check::<Aes128>(
            "c286696d887c9aa0611bbb3e2025a45a",
            "562e17996d093d28ddb3ba695a2e6f58",
            "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
            "d296cd94c2cccf8a3a863028b5e1dc0a7586602d253cfff91b8266bea6d61ab1",
        );
        check::<Aes128>(
            "6c3ea0477630ce21a2ce334aa746c2cd",
            "c782dc4c098c66cbd9cd27d825682c81",
            "5468697320697320612034382d62797465206d6573736167652028657861637
             46c79203320414553 20626c6f636b7329",
            "d0a02b3836451753d493665d33f0e8862dea54cdb293abc7506939276772f8d5021c19216bad525c8579695d83ba2684",
        );
        check::<Aes128>(
            "56e47a38c5598974bc46903dba290349",
            "8ce82eefbea0da3c44699ed7db51b7d9",
            "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf
             c0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf",
            "c30e32ffedc0774e6aff6af0869f71aa0f3af07a9a31a9c684db207eb0ef8e4e
             35907aa632c3ffdf868bb7b29d3d46ad83ce9f9a102ee99d49a53e87f4c3da55",
        );
    }

    const KEY_192: &str = "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b";
    const KEY_256: &str = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4";
    const TEXT: &str = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51
                        30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";
    const IV: &str = "000102030405060708090a0b0c0d0e0f";

    /// NIST SP 800-38A, F.2.3 and F.2.5.
    #[test]
    fn aes_192_and_256_nist() {
        check::<Aes192>(
            KEY_192,
            IV,
            TEXT,
            "4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a
             571b242012fb7ae07fa9baac3df102e008b0e27988598881d920a9e64f5615cd",
        );
        check::<Aes256>(
            KEY_256,
            IV,
            TEXT,
            "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d
             39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b",
        );
    }

    /// OpenSSL's vectors (camellia-cbc), in whole texts.
    #[test]
    fn camellia_openssl() {
        let text = TEXT.get(..TEXT.len() - 32).unwrap();
        check::<Camellia128>(
            "2b7e151628aed2a6abf7158809cf4f3c",
            IV,
            text,
            "1607cf494b36bbf00daeb0b503c831aba2f2cf671629ef7840c5a5dfb50748870f06165008cf8b8b5a63586362543e54",
        );
        check::<Camellia192>(
            KEY_192,
            IV,
            TEXT,
            "2a4830ab5ac4a1a2405955fd2195cf935d5a869bd14ce54264f892a6dd2ec3d5
             37d359c3349836d884e310addf68c44901faaa930b4ab9916e9668e1428c6b08",
        );
        check::<Camellia256>(
            KEY_256,
            IV,
            TEXT,
            "e6cfa35fc02b134a4d2c0b6737ac3eda36cbeb73bd504b4070b1b7de2b21eb50
             e31a6055297d96ca3330cdf1b1860a835d563f6d1cccf236051c0c5c1c58f28f",
        );
    }

    /// RFC 3713 appendix A: with an IV of zeros the first block is the cipher itself.
    #[test]
    fn camellia_rfc_3713() {
        let (key, zero) = ("0123456789abcdeffedcba9876543210", "00000000000000000000000000000000");
        check::<Camellia128>(key, zero, key, "67673138549669730857065648eabe43");
        check::<Camellia192>("0123456789abcdeffedcba98765432100011223344556677", zero, key, "b4993401b3e996f84ee5cee7d79b09b9");
        check::<Camellia256>(
            "0123456789abcdeffedcba987654321000112233445566778899aabbccddeeff",
            zero,
            key,
            "9acc237dff16d76c20ef7c919e3a7509",
        );
    }

    /// NIST CAVS 11.1, TCBCMMT3.rsp, COUNT 0 and 3.
    #[test]
    fn triple_des_nist() {
        check::<TdesEde3>("b5cb1504802326c73df186e3e352a20de643b0d63ee30e37", "43f791134c5647ba", "dcc153cef81d6f24", "92538bd8af18d3ba");
        check::<TdesEde3>(
            "d98aadc76d4a3716158c32866efbb9ce834af2297379a49d",
            "3c5220327c502b44",
            "6174079dda53ca723ebf00a66837f8d5ce648c08acaa5ee45ffe62210ef79d3e",
            "f5bd4d600bed77bec78409e3530ebda1d815506ed53103015b87e371ae000958",
        );
    }

    /// SP 800-38A appendix C: a seed of zeros and counter n is E(n).
    #[test]
    fn iv_is_the_cipher_of_the_masked_counter() {
        let cbc = Cbc::<Aes128>::new(&hex("2b7e151628aed2a6abf7158809cf4f3c")).expect("key length");
        let (mut iv, mut due) = ([0; 16], [0; 16]);
        cbc.derive_iv(0x0102_0304_0506_0708, &[0xa0; 16], &mut iv).expect("an IV");
        due.copy_from_slice(&hex("a0a0a0a0a0a0a0a0a1a2a3a4a5a6a7a8"));
        cbc.0.encrypt_block(Array::cast_from_core_mut(&mut due));
        assert_eq!(iv, due);
    }

    #[test]
    fn hostile_25_ivs_are_distinct_also_with_a_constant_seed_and_8_octets() {
        let cbc = Cbc::<TdesEde3>::new(&hex("b5cb1504802326c73df186e3e352a20de643b0d63ee30e37")).expect("key length");
        let counters = (0..2000).chain(u64::MAX - 2000..=u64::MAX);
        let ivs: BTreeSet<_> = counters
            .map(|counter| {
                let mut iv = [0; 8];
                cbc.derive_iv(counter, &[0; 16], &mut iv).expect("an IV");
                iv
            })
            .collect();
        assert_eq!(ivs.len(), 4001);
    }
}
