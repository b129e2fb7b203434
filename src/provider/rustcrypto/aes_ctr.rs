//! AES in counter mode (RFC 5930).

use super::ctr::keystream;
use crate::error::CryptoError;
use crate::provider::{Algorithms, Mode, ModeRow};
use crate::registry::Encr;
use aes::cipher::{BlockCipherEncrypt, BlockSizeUser, KeyInit, StreamCipherCore, consts::U16};
use aes::{Aes128, Aes192, Aes256};
use alloc::boxed::Box;
use zeroize::Zeroizing;

pub(super) static ALGORITHMS: Algorithms = Algorithms::new("rustcrypto: aes-ctr").with_modes(&[
    ModeRow::new(Encr::ENCR_AES_CTR, 128, Ctr::<Aes128>::boxed),
    ModeRow::new(Encr::ENCR_AES_CTR, 192, Ctr::<Aes192>::boxed),
    ModeRow::new(Encr::ENCR_AES_CTR, 256, Ctr::<Aes256>::boxed),
]);

struct Ctr<C> {
    cipher: C,
    nonce: Zeroizing<[u8; 4]>,
}

impl<C: KeyInit> Ctr<C> {
    fn new(key: &[u8], nonce: &[u8]) -> Result<Self, CryptoError> {
        let nonce = Zeroizing::new(nonce.try_into().map_err(|_| CryptoError)?);
        Ok(Self { cipher: C::new_from_slice(key).map_err(|_| CryptoError)?, nonce })
    }
}

impl<C> Ctr<C>
where
    C: BlockCipherEncrypt + BlockSizeUser<BlockSize = U16> + KeyInit + Send + Sync + 'static,
{
    fn boxed(key: &[u8], nonce: &[u8]) -> Result<Box<dyn Mode>, CryptoError> {
        Ok(Box::new(Self::new(key, nonce)?))
    }
}

impl<C> Mode for Ctr<C>
where
    C: BlockCipherEncrypt + BlockSizeUser<BlockSize = U16> + Send + Sync,
{
    fn derive_iv(&self, counter: u64, _: &[u8; 16], iv: &mut [u8]) -> Result<(), CryptoError> {
        *iv.first_chunk_mut::<8>().ok_or(CryptoError)? = counter.to_be_bytes();
        Ok(())
    }

    fn encrypt(&self, iv: &[u8], text: &mut [u8]) -> Result<(), CryptoError> {
        keystream(&self.cipher, &self.nonce, iv).try_apply_keystream_partial(text.into()).map_err(|_| CryptoError)
    }

    fn decrypt(&self, iv: &[u8], text: &mut [u8]) -> Result<(), CryptoError> {
        self.encrypt(iv, text)
    }
}

#[cfg(test)]
#[cfg(feature = "rustcrypto")]
mod tests {
    use super::*;
    use crate::provider::tests::hex;

    fn check<C>(key: &str, nonce: &str, iv: &str, plain: &str, sealed: &str)
    where
        C: BlockCipherEncrypt + BlockSizeUser<BlockSize = U16> + KeyInit + Send + Sync,
    {
        let ctr = Ctr::<C>::new(&hex(key), &hex(nonce)).expect("lengths");
        let mut text = hex(plain);
        ctr.encrypt(&hex(iv), &mut text).expect("sealed");
        assert_eq!(text, hex(sealed));
        ctr.decrypt(&hex(iv), &mut text).expect("opened");
        assert_eq!(text, hex(plain));
    }

    const SINGLE: &str = "53696e676c6520626c6f636b206d7367";
    const TO_1F: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    const TO_23: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20212223";

    /// RFC 3686 section 6, all nine.
    #[test]
    fn rfc_3686() {
        check::<Aes128>("ae6852f8121067cc4bf7a5765577f39e", "00000030", "0000000000000000", SINGLE, "e4095d4fb7a7b3792d6175a3261311b8");
        check::<Aes128>(
            "7e24067817fae0d743d6ce1f32539163",
            "006cb6db",
            "c0543b59da48d90b",
            TO_1F,
            "5104a106168a72d9790d41ee8edad388eb2e1efc46da57c8fce630df9141be28",
        );
        check::<Aes128>(
            "7691be035e5020a8ac6e618529f9a0dc",
            "00e0017b",
            "27777f3f4a1786f0",
            TO_23,
            "c1cf48a89f2ffdd9cf4652e9efdb72d74540a42bde6d7836d59a5ceaaef3105325b2072f",
        );
        check::<Aes192>(
            "16af5b145fc9f579c175f93e3bfb0eed863d06ccfdb78515",
            "00000048",
            "36733c147d6d93cb",
            SINGLE,
            "4b55384fe259c9c84e7935a003cbe928",
        );
        check::<Aes192>(
            "7c5cb2401b3dc33c19e7340819e0f69c678c3db8e6f6a91a",
            "0096b03b",
            "020c6eadc2cb500d",
            TO_1F,
            "453243fc609b23327edfaafa7131cd9f8490701c5ad4a79cfc1fe0ff42f4fb00",
        );
        check::<Aes192>(
            "02bf391ee8ecb159b959617b0965279bf59b60a786d3e0fe",
            "0007bdfd",
            "5cbd60278dcc0912",
            TO_23,
            "96893fc55e5c722f540b7dd1ddf7e758d288bc95c69165884536c811662f2188abee0935",
        );
        check::<Aes256>(
            "776beff2851db06f4c8a0542c8696f6c6a81af1eec96b4d37fc1d689e6c1c104",
            "00000060",
            "db5672c97aa8f0b2",
            SINGLE,
            "145ad01dbf824ec7560863dc71e3e0c0",
        );
        check::<Aes256>(
            "f6d66d6bd52d59bb0796365879eff886c66dd51a5b6a99744b50590c87a23884",
            "00faac24",
            "c1585ef15a43d875",
            TO_1F,
            "f05e231b3894612c49ee000b804eb2a9b8306b508f839d6a5530831d9344af1c",
        );
        check::<Aes256>(
            "ff7a617ce69148e4f1726e2f43581de2aa62d9f805532edff1eed687fb54153d",
            "001cc5b7",
            "51a51d70a1c11148",
            TO_23,
            "eb6c52821d0bbbf7ce7594462aca4faab407df866569fd07f48cc0b583d6071f1ec0e6b8",
        );
    }
}
