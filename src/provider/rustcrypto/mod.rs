//! The algorithms of the RustCrypto crates, and X25519 of curve25519-dalek, a family in each file under a cargo feature of its own.
//!
//! AES-GCM (with every ICV length) and AES-XCBC are composed here from `aes`, `ctr` and `ghash`. All key schedules, MAC states and salts
//! are zeroized on drop.

#[cfg(any(feature = "aes-ccm", feature = "chacha20poly1305"))]
mod aead;
#[cfg(any(feature = "aes-cbc", feature = "camellia", feature = "legacy"))]
mod cbc;
#[cfg(any(feature = "aes-gcm", feature = "aes-ctr"))]
mod ctr;
#[cfg(any(feature = "ke-x25519", feature = "ke-ecp", feature = "ke-modp"))]
mod diffie_hellman;
#[cfg(any(feature = "hmac-sha", feature = "legacy"))]
mod hmac;
#[cfg(any(feature = "hmac-sha", feature = "aes-mac", feature = "legacy"))]
mod mac;

use super::Algorithms;

macro_rules! families {
    ($($feature:literal $family:ident;)+) => {
        $(#[cfg(feature = $feature)] mod $family;)+

        /// All that the build has: `ring` first, then the families.
        pub(super) const BUILTIN: &[&Algorithms] = &[
            #[cfg(feature = "ring")] &super::ring::ALGORITHMS,
            $(#[cfg(feature = $feature)] &$family::ALGORITHMS,)+
        ];
    };
}

families! {
    "aes-gcm" aes_gcm;
    "aes-ccm" aes_ccm;
    "chacha20poly1305" chacha20_poly1305;
    "aes-cbc" aes_cbc;
    "aes-ctr" aes_ctr;
    "camellia" camellia_cbc;
    "hmac-sha" hmac_sha;
    "aes-mac" aes_mac;
    "legacy" legacy;
    "ecc" ecdsa;
    "rsa" rsa;
    "ke-x25519" x25519;
    "ke-ecp" ecp;
    "ke-modp" modp;
    "ke-ml-kem" ml_kem;
}

/// The families alone.
pub(super) const SETS: &[&Algorithms] = match BUILTIN {
    [_, families @ ..] if cfg!(feature = "ring") => families,
    families => families,
};

#[cfg(feature = "ecc")]
pub use ecdsa::EcdsaKey;

#[cfg(test)]
#[cfg(feature = "rustcrypto")]
mod tests {
    use zeroize::{ZeroizeOnDrop, Zeroizing};

    /// Fails to compile when a crate's `zeroize` feature is not on.
    #[test]
    fn what_holds_a_key_is_erased_on_drop() {
        fn erased<T: ZeroizeOnDrop>() {}
        erased::<aes::Aes128>();
        erased::<aes::Aes192>();
        erased::<aes::Aes256>();
        erased::<camellia::Camellia128>();
        erased::<camellia::Camellia192>();
        erased::<camellia::Camellia256>();
        erased::<des::TdesEde3>();
        erased::<chacha20poly1305::ChaCha20Poly1305>();
        // Hmac, Cmac and GHash do not carry the marker themselves; what they are made of does.
        erased::<md5::Md5>();
        erased::<sha1::Sha1>();
        erased::<sha2::Sha256>();
        erased::<sha2::Sha384>();
        erased::<sha2::Sha512>();
        erased::<cmac::block_api::CmacCore<aes::Aes128>>();
        erased::<Zeroizing<[u8; 4]>>();
        erased::<p256::SecretKey>();
        erased::<p384::SecretKey>();
        erased::<p521::SecretKey>();
        erased::<ml_kem::DecapsulationKey<ml_kem::MlKem512>>();
        erased::<ml_kem::DecapsulationKey<ml_kem::MlKem768>>();
        erased::<ml_kem::DecapsulationKey<ml_kem::MlKem1024>>();
    }
}
