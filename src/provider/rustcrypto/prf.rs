//! The functions of feature `rustcrypto`: HMAC over any hash, AES-XCBC-PRF-128 and AES-CMAC-PRF-128.

use crate::xcbc::Xcbc;
use aes::Aes128;
use cmac::Cmac;
use hmac::digest::block_api::EagerHash;
use hmac::digest::common::{Key, KeySizeUser};
use hmac::digest::{Digest, FixedOutput};
use hmac::{Hmac, KeyInit, Mac};
use zeroize::{Zeroize, Zeroizing};

/// A function with its key set up; its schedules are erased on drop by the crates they come from.
pub(super) enum Keyed {
    Md5(Hmac<md5::Md5>),
    #[cfg(not(feature = "ring"))]
    Sha1(Hmac<sha1::Sha1>),
    #[cfg(not(feature = "ring"))]
    Sha2_256(Hmac<sha2::Sha256>),
    #[cfg(not(feature = "ring"))]
    Sha2_384(Hmac<sha2::Sha384>),
    #[cfg(not(feature = "ring"))]
    Sha2_512(Hmac<sha2::Sha512>),
    Xcbc(Xcbc),
    Cmac(Cmac<Aes128>),
}

impl Keyed {
    pub(super) fn hmac_md5(key: &[&[u8]]) -> Self {
        Self::Md5(hmac(key))
    }

    #[cfg(not(feature = "ring"))]
    pub(super) fn hmac_sha1(key: &[&[u8]]) -> Self {
        Self::Sha1(hmac(key))
    }

    #[cfg(not(feature = "ring"))]
    pub(super) fn hmac_sha2_256(key: &[&[u8]]) -> Self {
        Self::Sha2_256(hmac(key))
    }

    #[cfg(not(feature = "ring"))]
    pub(super) fn hmac_sha2_384(key: &[&[u8]]) -> Self {
        Self::Sha2_384(hmac(key))
    }

    #[cfg(not(feature = "ring"))]
    pub(super) fn hmac_sha2_512(key: &[&[u8]]) -> Self {
        Self::Sha2_512(hmac(key))
    }

    /// RFC 4434 section 2: a shorter key is padded with zeros, a longer one is replaced by its own AES-XCBC-PRF-128 under zeros.
    pub(super) fn aes_xcbc(key: &[&[u8]]) -> Self {
        let mut block = Zeroizing::new([0; 16]);
        if fill(&mut *block, key) > block.len() {
            *block = Xcbc::new(&[0; 16]).mac(key.iter().copied());
        }
        Self::Xcbc(Xcbc::new(&block))
    }

    /// RFC 4615 section 3: a key of any length but 128 bits is replaced by its own AES-CMAC under zeros.
    pub(super) fn aes_cmac(key: &[&[u8]]) -> Self {
        let mut block = Zeroizing::new([0; 16]);
        if fill(&mut *block, key) != block.len() {
            let mut outer = <Cmac<Aes128> as KeyInit>::new(&[0; 16].into());
            key.iter().for_each(|part| outer.update(part));
            *block = outer.finalize_fixed().into();
        }
        Self::Cmac(KeyInit::new(&(*block).into()))
    }

    pub(super) fn mac<'p, T>(&self, parts: impl Iterator<Item = &'p [u8]>, take: fn(&[u8]) -> T) -> T {
        match self {
            Self::Md5(mac) => run(mac, parts, take),
            #[cfg(not(feature = "ring"))]
            Self::Sha1(mac) => run(mac, parts, take),
            #[cfg(not(feature = "ring"))]
            Self::Sha2_256(mac) => run(mac, parts, take),
            #[cfg(not(feature = "ring"))]
            Self::Sha2_384(mac) => run(mac, parts, take),
            #[cfg(not(feature = "ring"))]
            Self::Sha2_512(mac) => run(mac, parts, take),
            Self::Xcbc(xcbc) => take(&*Zeroizing::new(xcbc.mac(parts))),
            Self::Cmac(mac) => run(mac, parts, take),
        }
    }
}

fn run<'p, M: Mac + Clone, T>(keyed: &M, parts: impl Iterator<Item = &'p [u8]>, take: fn(&[u8]) -> T) -> T {
    let mut mac = keyed.clone();
    parts.for_each(|part| mac.update(part));
    let mut tag = mac.finalize().into_bytes();
    let taken = take(&tag);
    tag.as_mut_slice().zeroize();
    taken
}

/// Copies as much of `key` as fits, and returns its whole length in octets.
fn fill(block: &mut [u8], key: &[&[u8]]) -> usize {
    let octets = || key.iter().copied().flatten();
    block.iter_mut().zip(octets()).for_each(|(to, from)| *to = *from);
    octets().count()
}

/// HMAC with the key brought to the block size as RFC 2104 section 2 does, which leaves no length to refuse.
fn hmac<D>(key: &[&[u8]]) -> Hmac<D>
where
    D: EagerHash + Digest,
    Hmac<D>: KeyInit,
{
    let mut block: Key<Hmac<D>> = Default::default();
    if fill(block.as_mut_slice(), key) > <Hmac<D> as KeySizeUser>::key_size() {
        let mut hash = D::new();
        key.iter().for_each(|part| Digest::update(&mut hash, part));
        let mut digest = hash.finalize();
        block.as_mut_slice().zeroize();
        block.iter_mut().zip(&digest).for_each(|(to, from)| *to = *from);
        digest.as_mut_slice().zeroize();
    }
    let mac = <Hmac<D> as KeyInit>::new(&block);
    block.as_mut_slice().zeroize();
    mac
}
