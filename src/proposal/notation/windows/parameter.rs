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

    /// The value that one it does not take was probably meant to be: the same under the name of another product, or a misspelt one.
    pub(super) fn meant(self, text: &str) -> Option<&'static str> {
        self.same(text).or_else(|| crate::proposal::notation::nearest::nearest(text, self.values()))
    }

    /// The value that goes by this name elsewhere.
    pub(super) fn same(self, text: &str) -> Option<&'static str> {
        let mut own = OTHER_NAMES.iter().filter(|(_, name)| self.values().any(|value| value == *name));
        own.find(|(names, _)| names.iter().any(|name| name.eq_ignore_ascii_case(text))).map(|(_, name)| *name)
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

/// Values of Windows under the names that Intune, Microsoft Graph, other parameters and other products have for them.
const OTHER_NAMES: &[(&[&str], &str)] = &[
    (&["3DES", "TripleDES", "3DES-CBC"], "DES3"),
    (&["AES-128", "AES-CBC-128", "AES_CBC_128", "AES128CBC"], "AES128"),
    (&["AES-192", "AES-CBC-192", "AES_CBC_192", "AES192CBC"], "AES192"),
    (&["AES-256", "AES-CBC-256", "AES_CBC_256", "AES256CBC", "AES"], "AES256"),
    (&["AES128GCM", "AES-128-GCM", "AES-GCM-128", "AES_GCM_128", "AESGCM128", "AES128GCM16"], "GCMAES128"),
    (&["AES192GCM", "AES-192-GCM", "AES-GCM-192", "AES_GCM_192", "AESGCM192", "AES192GCM16"], "GCMAES192"),
    (&["AES256GCM", "AES-256-GCM", "AES-GCM-256", "AES_GCM_256", "AESGCM256", "AES256GCM16"], "GCMAES256"),
    (&["MD5", "MD5-96", "MD5_96", "HMAC-MD5"], "MD596"),
    (&["SHA1", "SHA1-96", "SHA1_96", "SHA-1", "HMAC-SHA1"], "SHA196"),
    (&["SHA256", "SHA2-256", "SHA-256", "SHA_256_128", "SHA256-128", "SHA2_256_128", "HMAC-SHA256"], "SHA256128"),
    (&["MD596", "MD5-96"], "MD5"),
    (&["SHA", "SHA-1", "SHA1-96", "SHA1_96", "SHA1_160"], "SHA1"),
    (&["SHA2", "SHA-256", "SHA2-256", "SHA2_256", "SHA256128", "SHA256-128"], "SHA256"),
    (&["SHA-384", "SHA2-384", "SHA2_384", "SHA384192", "SHA384-192"], "SHA384"),
    (&["1", "DH1", "DHGroup1", "MODP768", "768"], "Group1"),
    (&["2", "DH2", "DHGroup2", "MODP1024", "1024"], "Group2"),
    (&["14", "DH14", "DHGroup14", "DHGroup2048", "MODP2048", "2048", "PFS2048"], "Group14"),
    (&["24", "DH24", "DHGroup24", "PFS24"], "Group24"),
    (&["PFSGroup1", "Group1", "DHGroup1", "MODP768"], "PFS1"),
    (&["PFSGroup2", "Group2", "DHGroup2", "MODP1024"], "PFS2"),
    (&["14", "PFS14", "Group14", "DHGroup14", "DHGroup2048", "MODP2048", "2048"], "PFS2048"),
    (&["Group24", "DHGroup24"], "PFS24"),
    (&["19", "DH19", "Group19", "DHGroup19", "PFS19", "P-256", "P256", "ECP-256", "NISTP256"], "ECP256"),
    (&["20", "DH20", "Group20", "DHGroup20", "PFS20", "P-384", "P384", "ECP-384", "NISTP384"], "ECP384"),
];
