//! A transform by its type, each with the code points of its table.

use super::value::Transform;
use crate::registry::{Encr, GcAuth, Integ, KeMethod, KeyWrap, Prf, SequenceNumbers, TransformType};
use core::fmt::{Display, Formatter, Result};

/// A transform by its type (RFC 7296 section 3.3.2), for matching.
///
/// Nothing is lost: a transform that none of the named forms can hold is [`Other`](Self::Other).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum TypedTransform {
    /// ENCR, and its Key Length in bits, if there is one.
    Encr(Encr, Option<u16>),
    /// PRF.
    Prf(Prf),
    /// INTEG.
    Integ(Integ),
    /// KE.
    Ke(KeMethod),
    /// ADDKE1 to ADDKE7 (RFC 9370): the number, 1 to 7, and the method.
    AddKe(u8, KeMethod),
    /// SN, Sequence Numbers (RFC 9827), which was ESN.
    Sn(SequenceNumbers),
    /// KWA, Key Wrap Algorithm (RFC 9838).
    Kwa(KeyWrap),
    /// GCAUTH, Group Controller Authentication Method (RFC 9838).
    GcAuth(GcAuth),
    /// A type that has no row, or a Key Length on a transform that is not ENCR.
    Other(Transform),
}

impl Transform {
    /// The same by its type.
    #[must_use]
    pub const fn typed(self) -> TypedTransform {
        let id = self.id.0;
        match (self.ty, self.key_bits) {
            (TransformType::ENCR, bits) => TypedTransform::Encr(Encr(id), bits),
            (TransformType::PRF, None) => TypedTransform::Prf(Prf(id)),
            (TransformType::INTEG, None) => TypedTransform::Integ(Integ(id)),
            (TransformType::KE, None) => TypedTransform::Ke(KeMethod(id)),
            (TransformType::SN, None) => TypedTransform::Sn(SequenceNumbers(id)),
            (TransformType::KWA, None) => TypedTransform::Kwa(KeyWrap(id)),
            (TransformType::GCAUTH, None) => TypedTransform::GcAuth(GcAuth(id)),
            (ty, None) => match ty.additional_key_exchange() {
                Some(number) => TypedTransform::AddKe(number, KeMethod(id)),
                None => TypedTransform::Other(self),
            },
            (_, Some(_)) => TypedTransform::Other(self),
        }
    }
}

impl From<Transform> for TypedTransform {
    fn from(transform: Transform) -> Self {
        transform.typed()
    }
}

impl TypedTransform {
    /// The same as type, id and Key Length; `None` for an additional key exchange whose number is not 1 to 7.
    #[must_use]
    pub fn transform(self) -> Option<Transform> {
        Some(match self {
            Self::Encr(id, key_bits) => Transform { key_bits, ..Transform::encr(id) },
            Self::Prf(id) => Transform::prf(id),
            Self::Integ(id) => Transform::integ(id),
            Self::Ke(method) => Transform::ke(method),
            Self::AddKe(number, method) => {
                let types = TransformType::ADDITIONAL_KEY_EXCHANGES;
                Transform::addke(types.into_iter().find(|ty| ty.additional_key_exchange() == Some(number))?, method)
            }
            Self::Sn(id) => Transform::sn(id),
            Self::Kwa(id) => Transform::new(TransformType::KWA, id.0),
            Self::GcAuth(id) => Transform::new(TransformType::GCAUTH, id.0),
            Self::Other(transform) => transform,
        })
    }
}

/// As [`Transform`] is displayed.
impl Display for TypedTransform {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match (self.transform(), self) {
            (Some(transform), _) => transform.fmt(f),
            (None, Self::AddKe(number, method)) => write!(f, "ADDKE{number} {}", method.0),
            (None, _) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    /// Every type in one octet, the ids at the ends and some between, with and without Key Length.
    #[test]
    fn nothing_is_lost() {
        for ty in 0..=u8::MAX {
            for id in [0, 1, 2, 3, 5, 12, 14, 20, 31, 36, 1024, u16::MAX] {
                for key_bits in [None, Some(0), Some(128), Some(u16::MAX)] {
                    let transform = Transform { key_bits, ..Transform::new(TransformType(ty), id) };
                    let typed = TypedTransform::from(transform);
                    assert_eq!(typed.transform(), Some(transform));
                    assert_eq!(typed.to_string(), transform.to_string());
                    let is_named = !matches!(typed, TypedTransform::Other(_));
                    assert_eq!(is_named, TransformType(ty).is_assigned() && (key_bits.is_none() || ty == 1), "{transform:?}");
                }
            }
        }
    }

    #[test]
    fn there_are_seven_additional_key_exchanges() {
        for number in 0..=u8::MAX {
            let typed = TypedTransform::AddKe(number, KeMethod::ML_KEM_768);
            assert_eq!(typed.transform().is_some(), (1..=7).contains(&number));
            assert!(typed.to_string().starts_with(&alloc::format!("ADDKE{number} ")), "{typed}");
        }
    }
}
