//! Integrity algorithms, cut to their ICV: HMAC (RFC 2403, RFC 2404, RFC 4868), AES-CMAC-96 (RFC 4494).

use super::{hex, providers};
use crate::registry::Integ;
use alloc::vec;
use alloc::vec::Vec;

const HI_THERE: &[u8] = b"Hi There";
const WHAT: &[u8] = b"what do ya want for nothing?";

/// However the data is cut into parts, by every provider that has the algorithm.
fn check(integ: Integ, key: &[u8], data: &[u8], icv: &str) {
    let due = hex(icv);
    for provider in providers().iter().filter(|provider| provider.has_mac(integ)) {
        let mac = provider.mac(integ).unwrap().key(key).unwrap();
        for cut in [0, data.len().min(1), data.len() / 2, data.len()] {
            let (head, tail) = data.split_at(cut);
            let mut icv = vec![0; due.len()];
            mac.compute(&mut [head, &[], tail].into_iter(), &mut icv).unwrap();
            assert_eq!(icv, due, "{integ} of {provider:?}");
        }
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
    // RFC 4595 section 3 does not cut them.
    let md5 = Integ::AUTH_HMAC_MD5_128;
    check(md5, &[0x0b; 16], HI_THERE, "9294727a3638bb1c13f48ef8158bfc9d");
    check(md5, b"Jefe", WHAT, "750c783e6ab0b503eaa86e310a5db738");
    check(md5, &[0xaa; 16], &[0xdd; 50], "56be34521d144c88dbb8c733f0e8b3f6");
    let sha1 = Integ::AUTH_HMAC_SHA1_160;
    check(sha1, &[0x0b; 20], HI_THERE, "b617318655057264e28bc0b6fb378c8ef146be00");
    check(sha1, b"Jefe", WHAT, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    check(sha1, &[0xaa; 20], &[0xdd; 50], "125d7342b9ac11cd91a39af48aa17b4f63f175d3");
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
