//! A transform as a value.

use crate::registry::{Encr, Integ, KeMethod, Prf, SequenceNumbers, TransformId, TransformType};

/// One transform: type, id and Key Length attribute (RFC 7296 section 3.3.2).
///
/// The Key Length is part of a transform's identity: 256 never matches 128, and none never matches some.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Transform {
    /// The transform type.
    pub ty: TransformType,
    /// The id within the type's table.
    pub id: TransformId,
    /// The Key Length attribute in bits; `None` when it is not there.
    pub key_bits: Option<u16>,
}

impl Transform {
    /// A transform of any type without Key Length.
    #[must_use]
    pub const fn new(ty: TransformType, id: u16) -> Self {
        Self { ty, id: TransformId(id), key_bits: None }
    }

    /// An ENCR transform without Key Length, as for ciphers of one fixed key size.
    #[must_use]
    pub const fn encr(id: Encr) -> Self {
        Self::new(TransformType::ENCR, id.0)
    }

    /// An ENCR transform with a Key Length in bits.
    #[must_use]
    pub const fn encr_bits(id: Encr, bits: u16) -> Self {
        Self { ty: TransformType::ENCR, id: TransformId(id.0), key_bits: Some(bits) }
    }

    /// A PRF transform.
    #[must_use]
    pub const fn prf(id: Prf) -> Self {
        Self::new(TransformType::PRF, id.0)
    }

    /// An INTEG transform.
    #[must_use]
    pub const fn integ(id: Integ) -> Self {
        Self::new(TransformType::INTEG, id.0)
    }

    /// A KE transform.
    #[must_use]
    pub const fn ke(method: KeMethod) -> Self {
        Self::new(TransformType::KE, method.0)
    }

    /// An additional key exchange, ADDKE1 to ADDKE7 (RFC 9370); `ty` says which.
    #[must_use]
    pub const fn addke(ty: TransformType, method: KeMethod) -> Self {
        Self::new(ty, method.0)
    }

    /// A Sequence Numbers transform (RFC 9827; formerly ESN).
    #[must_use]
    pub const fn sn(id: SequenceNumbers) -> Self {
        Self::new(TransformType::SN, id.0)
    }

    /// Id 0 means NONE in the INTEG and key exchange tables.
    #[must_use]
    pub const fn is_none(self) -> bool {
        self.id.0 == 0 && (self.ty.0 == TransformType::INTEG.0 || self.ty.is_key_exchange())
    }

    /// Whether this is an ENCR transform that authenticates as well.
    #[must_use]
    pub const fn is_aead(self) -> bool {
        self.ty.0 == TransformType::ENCR.0 && Encr(self.id.0).is_aead()
    }
}
