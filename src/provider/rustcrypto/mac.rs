//! Integrity algorithms, cut to their ICV: HMAC (RFC 2403, RFC 2404, RFC 4868), AES-CMAC-96 (RFC 4494), AES-XCBC-96 (RFC 3566).

use crate::error::CryptoError;
use crate::registry::Integ;
use crate::xcbc::Xcbc;
use aes::Aes128;
use alloc::boxed::Box;
use cmac::Cmac;
use hmac::digest::{FixedOutput, Update};
use hmac::{Hmac, KeyInit};
use md5::Md5;
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};
use subtle::ConstantTimeEq;

/// The longest ICV there is: that of AUTH_HMAC_SHA2_512_256.
const MAX_ICV: usize = 32;

pub(super) trait Mac: Send + Sync {
    /// Fills `icv` with the leading octets of the MAC over the parts, one after the other.
    fn write(&self, parts: [&[u8]; 3], icv: &mut [u8]);

    /// Compares in constant time.
    fn verify(&self, parts: [&[u8]; 3], icv: &[u8]) -> Result<(), CryptoError> {
        let mut due = [0; MAX_ICV];
        let due = due.get_mut(..icv.len()).ok_or(CryptoError)?;
        self.write(parts, due);
        if bool::from(due.ct_eq(icv)) { Ok(()) } else { Err(CryptoError) }
    }
}

pub(super) fn new(integ: Integ, key: &[u8]) -> Option<Box<dyn Mac>> {
    Some(match integ {
        Integ::AUTH_HMAC_MD5_96 => keyed::<Hmac<Md5>>(key)?,
        Integ::AUTH_HMAC_SHA1_96 => keyed::<Hmac<Sha1>>(key)?,
        Integ::AUTH_HMAC_SHA2_256_128 => keyed::<Hmac<Sha256>>(key)?,
        Integ::AUTH_HMAC_SHA2_384_192 => keyed::<Hmac<Sha384>>(key)?,
        Integ::AUTH_HMAC_SHA2_512_256 => keyed::<Hmac<Sha512>>(key)?,
        Integ::AUTH_AES_CMAC_96 => keyed::<Cmac<Aes128>>(key)?,
        Integ::AUTH_AES_XCBC_96 => Box::new(Xcbc::new(key.try_into().ok()?)),
        _ => return None,
    })
}

fn keyed<M: KeyInit + Update + FixedOutput + Clone + Send + Sync + 'static>(key: &[u8]) -> Option<Box<dyn Mac>> {
    let mac = M::new_from_slice(key).ok()?;
    Some(Box::new(Keyed(mac)))
}

/// A MAC that has absorbed its key; cloned for each message.
struct Keyed<M>(M);

impl<M: Update + FixedOutput + Clone + Send + Sync> Mac for Keyed<M> {
    fn write(&self, parts: [&[u8]; 3], icv: &mut [u8]) {
        let mut mac = self.0.clone();
        parts.into_iter().for_each(|part| mac.update(part));
        let whole = mac.finalize_fixed();
        icv.iter_mut().zip(whole).for_each(|(i, w)| *i = w);
    }
}

impl Mac for Xcbc {
    fn write(&self, parts: [&[u8]; 3], icv: &mut [u8]) {
        let whole = self.mac(parts);
        icv.iter_mut().zip(whole).for_each(|(i, w)| *i = w);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protect::testing::hex;
    use alloc::vec;
    use alloc::vec::Vec;

    const HI_THERE: &[u8] = b"Hi There";
    const WHAT: &[u8] = b"what do ya want for nothing?";

    fn check(integ: Integ, key: &[u8], data: &[u8], icv: &str) {
        let mac = new(integ, key).expect("a MAC");
        let due = hex(icv);
        // However the data is cut into parts.
        for cut in [0, data.len().min(1), data.len() / 2, data.len()] {
            let (head, tail) = data.split_at(cut);
            let mut icv = vec![0; due.len()];
            mac.write([head, &[], tail], &mut icv);
            assert_eq!(icv, due, "{integ}");
            mac.verify([&[], head, tail], &due).expect("verified");
        }
    }

    /// RFC 2202 cases 1 to 4, cut to 96 bits as RFC 2403 and RFC 2404 have it.
    #[test]
    fn hmac_md5_and_sha1_rfc_2202() {
        let md5 = Integ::AUTH_HMAC_MD5_96;
        check(md5, &[0x0b; 16], HI_THERE, "9294727a3638bb1c13f48ef8");
        check(md5, b"Jefe", WHAT, "750c783e6ab0b503eaa86e31");
        check(md5, &[0xaa; 16], &[0xdd; 50], "56be34521d144c88dbb8c733");
        let sha1 = Integ::AUTH_HMAC_SHA1_96;
        check(sha1, &[0x0b; 20], HI_THERE, "b617318655057264e28bc0b6");
        check(sha1, b"Jefe", WHAT, "effcdf6ae5eb2fa2d27416d5");
        check(sha1, &[0xaa; 20], &[0xdd; 50], "125d7342b9ac11cd91a39af4");
    }

    /// RFC 4868 section 2.7.2.
    #[test]
    fn hmac_sha2_rfc_4868() {
        let jefe = |n| b"Jefe".repeat(n);
        let counting: Vec<u8> = (1..=64).collect();
        let sha256 = Integ::AUTH_HMAC_SHA2_256_128;
        check(sha256, &[0x0b; 32], HI_THERE, "198a607eb44bfbc69903a0f1cf2bbdc5");
        check(sha256, &jefe(8), WHAT, "167f928588c5cc2eef8e3093caa0e87c");
        check(sha256, &[0xaa; 32], &[0xdd; 50], "cdcb1220d1ecccea91e53aba3092f962");
        check(sha256, &counting[..32], &[0xcd; 50], "372efcf9b40b35c2115b1346903d2ef4");
        let sha384 = Integ::AUTH_HMAC_SHA2_384_192;
        check(sha384, &[0x0b; 48], HI_THERE, "b6a8d5636f5c6a7224f9977dcf7ee6c7fb6d0c48cbdee973");
        check(sha384, &jefe(12), WHAT, "2c7353974f1842fd66d53c452ca42122b28c0b594cfb184d");
        check(sha384, &[0xaa; 48], &[0xdd; 50], "809f439be00274321d4a538652164b53554a508184a0c316");
        let key: Vec<u8> = (1..=32).chain(10..=25).collect();
        check(sha384, &key, &[0xcd; 50], "5b540085c6e6358096532b2493609ed1cb298f774f87bb5c");
        let sha512 = Integ::AUTH_HMAC_SHA2_512_256;
        check(sha512, &[0x0b; 64], HI_THERE, "637edc6e01dce7e6742a99451aae82df23da3e92439e590e43e761b33e910fb8");
        check(sha512, &jefe(16), WHAT, "cb370917ae8a7ce28cfd1d8f4705d6141c173b2a9362c15df235dfb251b15454");
        check(sha512, &[0xaa; 64], &[0xdd; 50], "2ee7acd783624ca9398710f3ee05ae41b9f9b0510c87e49e586cc9bf961733d8");
        check(sha512, &counting, &[0xcd; 50], "5e6688e5a3daec826ca32eaea224eff5e700628947470e13ad01302561bab108");
    }

    /// RFC 4494 section 3 (key and messages of RFC 4493).
    #[test]
    fn aes_cmac_96_rfc_4494() {
        let key = hex("2b7e151628aed2a6abf7158809cf4f3c");
        let text = hex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51
                        30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710");
        let integ = Integ::AUTH_AES_CMAC_96;
        check(integ, &key, &[], "bb1d6929e95937287fa37d12");
        check(integ, &key, &text[..16], "070a16b46b4d4144f79bdd9d");
        check(integ, &key, &text[..40], "dfa66747de9ae63030ca3261");
        check(integ, &key, &text, "51f0bebf7e3b9d92fc497417");
    }

    #[test]
    fn hostile_23_a_changed_bit_or_a_cut_icv_is_refused() {
        let mac = new(Integ::AUTH_HMAC_SHA2_512_256, &[1; 64]).expect("a MAC");
        let mut icv = [0; 32];
        mac.write([b"a", b"b", b"c"], &mut icv);
        for bit in 0..256 {
            let mut changed = icv;
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(mac.verify([b"a", b"b", b"c"], &changed), Err(CryptoError));
        }
        assert_eq!(mac.verify([b"a", b"b", b"c"], &[0; 33]), Err(CryptoError));
    }
}
