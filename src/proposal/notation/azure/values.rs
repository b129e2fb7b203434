//! The values of an IPsec policy of Azure (`IkeEncryption`, `IpsecEncryption`, .. of the network API).

use super::super::names::Names;
use super::super::settings::Pfs;
use crate::registry::{Encr, Integ, KeMethod, Prf};
use crate::transform::Transform;
use alloc::vec::Vec;

/// A cipher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cipher {
    None,
    Des,
    Des3,
    Aes(u16),
    Gcm(u16),
}

/// An integrity algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Md5,
    Sha1,
    Sha256,
    Sha384,
    Gcm(u16),
}

pub(super) const IKE_CIPHERS: Names<Cipher> = Names {
    expected: "one of DES, DES3, AES128, AES192, AES256, GCMAES128, GCMAES256",
    rows: &[
        ("DES", Cipher::Des),
        ("DES3", Cipher::Des3),
        ("AES128", Cipher::Aes(128)),
        ("AES192", Cipher::Aes(192)),
        ("AES256", Cipher::Aes(256)),
        ("GCMAES128", Cipher::Gcm(128)),
        ("GCMAES256", Cipher::Gcm(256)),
    ],
};

pub(super) const IKE_INTEGRITY: Names<Hash> = Names {
    expected: "one of MD5, SHA1, SHA256, SHA384, GCMAES128, GCMAES256",
    rows: &[
        ("MD5", Hash::Md5),
        ("SHA1", Hash::Sha1),
        ("SHA256", Hash::Sha256),
        ("SHA384", Hash::Sha384),
        ("GCMAES128", Hash::Gcm(128)),
        ("GCMAES256", Hash::Gcm(256)),
    ],
};

pub(super) const CHILD_CIPHERS: Names<Cipher> = Names {
    expected: "one of None, DES, DES3, AES128, AES192, AES256, GCMAES128, GCMAES192, GCMAES256",
    rows: &[
        ("None", Cipher::None),
        ("DES", Cipher::Des),
        ("DES3", Cipher::Des3),
        ("AES128", Cipher::Aes(128)),
        ("AES192", Cipher::Aes(192)),
        ("AES256", Cipher::Aes(256)),
        ("GCMAES128", Cipher::Gcm(128)),
        ("GCMAES192", Cipher::Gcm(192)),
        ("GCMAES256", Cipher::Gcm(256)),
    ],
};

pub(super) const CHILD_INTEGRITY: Names<Hash> = Names {
    expected: "one of MD5, SHA1, SHA256, GCMAES128, GCMAES192, GCMAES256",
    rows: &[
        ("MD5", Hash::Md5),
        ("SHA1", Hash::Sha1),
        ("SHA256", Hash::Sha256),
        ("GCMAES128", Hash::Gcm(128)),
        ("GCMAES192", Hash::Gcm(192)),
        ("GCMAES256", Hash::Gcm(256)),
    ],
};

/// `DhGroup`. DHGroup2048 is another name of DHGroup14, DHGroup24 is the MODP group with a subgroup of 256 bits.
pub(super) const GROUPS: Names<Option<KeMethod>> = Names {
    expected: "one of None, DHGroup1, DHGroup2, DHGroup14, DHGroup2048, DHGroup24, ECP256, ECP384",
    rows: &[
        ("None", None),
        ("DHGroup1", Some(KeMethod::MODP_768)),
        ("DHGroup2", Some(KeMethod::MODP_1024)),
        ("DHGroup14", Some(KeMethod::MODP_2048)),
        ("DHGroup2048", Some(KeMethod::MODP_2048)),
        ("DHGroup24", Some(KeMethod::MODP_2048_256)),
        ("ECP256", Some(KeMethod::ECP_256)),
        ("ECP384", Some(KeMethod::ECP_384)),
    ],
};

/// What `PfsGroup` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    None,
    /// `PFSMM`: that of main mode.
    OfIke,
    Of(KeMethod),
}

/// `PfsGroup`. PFS14 is another name of PFS2048.
pub(super) const PFS_GROUPS: Names<Group> = Names {
    expected: "one of None, PFS1, PFS2, PFS14, PFS2048, PFS24, PFSMM, ECP256, ECP384",
    rows: &[
        ("None", Group::None),
        ("PFS1", Group::Of(KeMethod::MODP_768)),
        ("PFS2", Group::Of(KeMethod::MODP_1024)),
        ("PFS2048", Group::Of(KeMethod::MODP_2048)),
        ("PFS14", Group::Of(KeMethod::MODP_2048)),
        ("PFS24", Group::Of(KeMethod::MODP_2048_256)),
        ("PFSMM", Group::OfIke),
        ("ECP256", Group::Of(KeMethod::ECP_256)),
        ("ECP384", Group::Of(KeMethod::ECP_384)),
    ],
};

pub(super) fn rule(group: Group) -> Pfs {
    match group {
        Group::None => Pfs::None,
        Group::OfIke => Pfs::IkeGroup,
        Group::Of(method) => Pfs::Groups(Vec::from([method])),
    }
}

impl Cipher {
    /// The cipher of IKE; `None` for none.
    pub(super) const fn ike(self) -> Option<Transform> {
        Some(match self {
            Self::None => return None,
            Self::Des => Transform::encr(Encr::ENCR_DES),
            Self::Des3 => Transform::encr(Encr::ENCR_3DES),
            Self::Aes(bits) => Transform::encr_bits(Encr::ENCR_AES_CBC, bits),
            Self::Gcm(bits) => Transform::encr_bits(Encr::ENCR_AES_GCM_16, bits),
        })
    }
}

impl Hash {
    pub(super) const fn is_gcm(self) -> bool {
        matches!(self, Self::Gcm(_))
    }

    /// Integrity algorithm and PRF of IKE.
    pub(super) const fn ike(self) -> (Integ, Prf) {
        match self {
            Self::Md5 => (Integ::AUTH_HMAC_MD5_96, Prf::PRF_HMAC_MD5),
            Self::Sha1 => (Integ::AUTH_HMAC_SHA1_96, Prf::PRF_HMAC_SHA1),
            Self::Sha256 | Self::Gcm(128) => (Integ::AUTH_HMAC_SHA2_256_128, Prf::PRF_HMAC_SHA2_256),
            Self::Sha384 | Self::Gcm(_) => (Integ::AUTH_HMAC_SHA2_384_192, Prf::PRF_HMAC_SHA2_384),
        }
    }

    /// The integrity algorithm of ESP; `None` for that of a cipher.
    const fn child(self) -> Option<Integ> {
        Some(match self {
            Self::Md5 => Integ::AUTH_HMAC_MD5_96,
            Self::Sha1 => Integ::AUTH_HMAC_SHA1_96,
            Self::Sha256 => Integ::AUTH_HMAC_SHA2_256_128,
            Self::Sha384 | Self::Gcm(_) => return None,
        })
    }
}

/// Cipher and integrity transform of ESP; `None` for values that do not go together: GCM goes with the same GCM.
pub(super) fn child(cipher: Cipher, hash: Hash) -> Option<[Option<Transform>; 2]> {
    let plain = match (cipher, hash) {
        (Cipher::Gcm(bits), Hash::Gcm(same)) if bits == same => {
            return Some([Some(Transform::encr_bits(Encr::ENCR_AES_GCM_16, bits)), None]);
        }
        (Cipher::None, Hash::Gcm(bits)) => return Some([Some(Transform::encr_bits(Encr::ENCR_NULL_AUTH_AES_GMAC, bits)), None]),
        (Cipher::Gcm(_), _) | (_, Hash::Gcm(_)) => return None,
        (Cipher::None, _) => Transform::encr(Encr::ENCR_NULL),
        (other, _) => other.ike()?,
    };
    Some([Some(plain), Some(Transform::integ(hash.child()?))])
}
