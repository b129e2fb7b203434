//! IANA code points as newtypes with constants (registry "IKEv2 Parameters"), one row each.
//!
//! A code point is a number that may or may not have a name: private and unassigned values round-trip and compare equal to
//! themselves, and adding one is adding a row.
//!
//! ```
//! use ikev2::registry::{Encr, ExchangeType, KeMethod};
//! assert_eq!(ExchangeType(35), ExchangeType::IKE_AUTH);
//! assert_eq!(Encr::ENCR_AES_GCM_16.name(), Some("ENCR_AES_GCM_16"));
//! assert_eq!(ExchangeType(99).name(), None);
//! assert_eq!(KeMethod::MODP_2048.to_string(), "2048-bit MODP Group (14)");
//! ```

mod config;
mod message;
mod notify;
pub mod private;
mod transform;

pub use config::*;
pub use message::*;
pub use notify::*;
pub use transform::*;

/// One IANA table: a newtype, a constant per row, and the way back from value to row.
macro_rules! registry {
    ($(#[$doc:meta])* pub struct $ty:ident($int:ty); $($konst:ident = $value:literal, $name:literal, $reference:literal;)+) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $ty(pub $int);

        impl $ty {
            $(
                #[doc = concat!("`", $value, "`: `", $name, "` (", $reference, ").")]
                pub const $konst: Self = Self($value);
            )+

            /// Every assigned row, in ascending order of value.
            pub const ASSIGNED: &'static [Self] = &[$(Self($value)),+];

            /// The name IANA gives the value; `None` when it is unassigned, reserved or private.
            #[must_use]
            pub const fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($value => Some($name),)+
                    _ => None,
                }
            }

            /// The document IANA names for the value.
            #[must_use]
            pub const fn reference(self) -> Option<&'static str> {
                match self.0 {
                    $($value => Some($reference),)+
                    _ => None,
                }
            }
        }

        impl core::fmt::Display for $ty {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                match self.name() {
                    Some(name) => write!(f, "{name} ({})", self.0),
                    None => write!(f, "unknown ({})", self.0),
                }
            }
        }

        impl core::fmt::Debug for $ty {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, "{}({}", stringify!($ty), self.0)?;
                match self.name() {
                    Some(name) => write!(f, " {name})"),
                    None => f.write_str(")"),
                }
            }
        }

        impl From<$int> for $ty {
            fn from(value: $int) -> Self {
                Self(value)
            }
        }
    };
}
use registry;

impl PayloadType {
    /// The short notation of RFC 7296 section 1.2 ("SA", "IDi", "N", ..); `None` for a type without one.
    #[must_use]
    pub const fn notation(self) -> Option<&'static str> {
        Some(match self {
            Self::SA => "SA",
            Self::KE => "KE",
            Self::IDI => "IDi",
            Self::IDR => "IDr",
            Self::CERT => "CERT",
            Self::CERTREQ => "CERTREQ",
            Self::AUTH => "AUTH",
            Self::NONCE => "Nonce",
            Self::N => "N",
            Self::D => "D",
            Self::V => "V",
            Self::TSI => "TSi",
            Self::TSR => "TSr",
            Self::SK => "SK",
            Self::CP => "CP",
            Self::EAP => "EAP",
            Self::GSPM => "GSPM",
            Self::IDG => "IDg",
            Self::GSA => "GSA",
            Self::KD => "KD",
            Self::SKF => "SKF",
            Self::PS => "PS",
            _ => return None,
        })
    }
}

impl NotifyType {
    /// Whether the value lies in the error range, 0..=16383 (RFC 7296 section 3.10.1).
    #[must_use]
    pub const fn is_error(self) -> bool {
        self.0 <= 16383
    }
}

/// A transform id whose meaning depends on its [`TransformType`] (RFC 7296 section 3.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TransformId(pub u16);

impl TransformId {
    /// The name of this id within the table of transform type `ty`.
    #[must_use]
    pub const fn name(self, ty: TransformType) -> Option<&'static str> {
        match ty {
            TransformType::ENCR => Encr(self.0).name(),
            TransformType::PRF => Prf(self.0).name(),
            TransformType::INTEG => Integ(self.0).name(),
            TransformType::SN => SequenceNumbers(self.0).name(),
            TransformType::KWA => KeyWrap(self.0).name(),
            TransformType::GCAUTH => GcAuth(self.0).name(),
            ty if ty.is_key_exchange() => KeMethod(self.0).name(),
            _ => None,
        }
    }
}

macro_rules! transform_ids {
    ($($ty:ident),+) => { $(
        impl From<$ty> for TransformId {
            fn from(id: $ty) -> Self {
                Self(id.0)
            }
        }
    )+ };
}
transform_ids!(Encr, Prf, Integ, KeMethod, SequenceNumbers, KeyWrap, GcAuth);

impl TransformType {
    /// KE and ADDKE1..7 share one table of ids (RFC 9370 section 2.2.1).
    #[must_use]
    pub const fn is_key_exchange(self) -> bool {
        matches!(self.0, 4 | 6..=12)
    }
}

impl Encr {
    /// Whether the cipher authenticates as well, so that a proposal needs no INTEG transform (RFC 5282, RFC 7634, RFC 9227).
    #[must_use]
    pub const fn is_aead(self) -> bool {
        matches!(self.0, 14..=16 | 18..=21 | 25..=35)
    }
}

impl KeMethod {
    /// Octets of Key Exchange Data for methods whose size is fixed: `(from the initiator, from the responder)`.
    ///
    /// `None` for a method this crate has no size for. MODP: RFC 7296 section 3.4; ECP: RFC 5903; ML-KEM: FIPS 203.
    #[must_use]
    pub const fn data_len(self) -> Option<(usize, usize)> {
        let both = match self.0 {
            1 => 96,
            2 | 22 => 128,
            5 => 192,
            14 | 23 | 24 => 256,
            15 => 384,
            16 => 512,
            17 => 768,
            18 => 1024,
            19 | 28 | 33 => 64,
            20 | 29 => 96,
            21 => 132,
            25 => 48,
            26 | 27 | 32 => 56,
            30 | 34 => 128,
            31 => 32,
            35 => return Some((800, 768)),
            36 => return Some((1184, 1088)),
            37 => return Some((1568, 1568)),
            _ => return None,
        };
        Some((both, both))
    }
}
