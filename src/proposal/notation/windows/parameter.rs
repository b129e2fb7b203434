//! The parameters of `Set-VpnConnectionIPsecConfiguration` and their values, which the elements of `CryptographySuite` share.

use alloc::vec::Vec;
use core::fmt::{Display, Formatter};

/// The values of one parameter.
macro_rules! values {
    ($(#[$doc:meta])* $ty:ident: $($value:ident = $name:literal $(| $alias:literal)*;)+) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $ty {
            $(#[doc = concat!("`", $name, "`.")] $value,)+
        }

        impl $ty {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$value),+];

            /// The value as PowerShell and ProfileXML have it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$value => $name,)+
                }
            }

            pub(super) fn read(text: &str) -> Option<Self> {
                let is = |name: &str| name.eq_ignore_ascii_case(text);
                $(if is($name) $(|| is($alias))* {
                    return Some(Self::$value);
                })+
                None
            }
        }
    };
}

values! {
    /// `AuthenticationTransformConstants`: the integrity algorithm of ESP.
    Authentication: Md596 = "MD596"; Sha196 = "SHA196"; Sha256128 = "SHA256128"; GcmAes128 = "GCMAES128"; GcmAes192 = "GCMAES192";
    GcmAes256 = "GCMAES256"; None = "None";
}

values! {
    /// `CipherTransformConstants`: the cipher of ESP.
    Cipher: Des = "DES"; Des3 = "DES3"; Aes128 = "AES128"; Aes192 = "AES192"; Aes256 = "AES256"; GcmAes128 = "GCMAES128";
    GcmAes192 = "GCMAES192"; GcmAes256 = "GCMAES256"; None = "None";
}

values! {
    /// `EncryptionMethod`: the cipher of IKE.
    Encryption: Des = "DES"; Des3 = "DES3"; Aes128 = "AES128"; Aes192 = "AES192"; Aes256 = "AES256";
    GcmAes128 = "GCMAES128" | "AES_GCM_128"; GcmAes256 = "GCMAES256" | "AES_GCM_256";
}

values! {
    /// `IntegrityCheckMethod`: integrity algorithm and PRF of IKE; with a GCM cipher, the PRF alone.
    Integrity: Md5 = "MD5"; Sha1 = "SHA1" | "SHA196"; Sha256 = "SHA256"; Sha384 = "SHA384";
}

values! {
    /// `DHGroup`: the key exchange method of IKE.
    DhGroup: None = "None"; Group1 = "Group1"; Group2 = "Group2"; Group14 = "Group14"; Ecp256 = "ECP256"; Ecp384 = "ECP384";
    Group24 = "Group24";
}

values! {
    /// `PfsGroup`: the key exchange method of CREATE_CHILD_SA.
    PfsGroup: None = "None"; Pfs1 = "PFS1"; Pfs2 = "PFS2"; Pfs2048 = "PFS2048"; Ecp256 = "ECP256"; Ecp384 = "ECP384";
    PfsMm = "PFSMM"; Pfs24 = "PFS24";
}

/// A parameter; elements of `CryptographySuite` have the same names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Parameter {
    /// `AuthenticationTransformConstants`.
    AuthenticationTransformConstants,
    /// `CipherTransformConstants`.
    CipherTransformConstants,
    /// `EncryptionMethod`.
    EncryptionMethod,
    /// `IntegrityCheckMethod`.
    IntegrityCheckMethod,
    /// `DHGroup`.
    DHGroup,
    /// `PfsGroup`.
    PfsGroup,
}

impl Parameter {
    /// Every parameter.
    pub const ALL: [Self; 6] = [
        Self::AuthenticationTransformConstants,
        Self::CipherTransformConstants,
        Self::EncryptionMethod,
        Self::IntegrityCheckMethod,
        Self::DHGroup,
        Self::PfsGroup,
    ];

    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AuthenticationTransformConstants => "AuthenticationTransformConstants",
            Self::CipherTransformConstants => "CipherTransformConstants",
            Self::EncryptionMethod => "EncryptionMethod",
            Self::IntegrityCheckMethod => "IntegrityCheckMethod",
            Self::DHGroup => "DHGroup",
            Self::PfsGroup => "PfsGroup",
        }
    }

    /// The values it takes.
    pub fn values(self) -> impl Iterator<Item = &'static str> {
        let names: Vec<_> = match self {
            Self::AuthenticationTransformConstants => Authentication::ALL.iter().map(|v| v.name()).collect(),
            Self::CipherTransformConstants => Cipher::ALL.iter().map(|v| v.name()).collect(),
            Self::EncryptionMethod => Encryption::ALL.iter().map(|v| v.name()).collect(),
            Self::IntegrityCheckMethod => Integrity::ALL.iter().map(|v| v.name()).collect(),
            Self::DHGroup => DhGroup::ALL.iter().map(|v| v.name()).collect(),
            Self::PfsGroup => PfsGroup::ALL.iter().map(|v| v.name()).collect(),
        };
        names.into_iter()
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|parameter| parameter.name().eq_ignore_ascii_case(text))
    }
}

impl Display for Parameter {
    fn fmt(&self, f: &mut Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.name())
    }
}
