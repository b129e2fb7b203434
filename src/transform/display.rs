//! Names an administrator knows, as stacks print them in their logs.

use super::value::Transform;
use crate::registry::{Encr, Integ, KeMethod, Prf, SequenceNumbers, TransformType};
use core::fmt::{Display, Formatter, Result};

/// `AES_CBC_256`, `HMAC_SHA2_256_128`, `PRF_HMAC_SHA2_256`, `MODP_2048 (group 14)`, `ADDKE1 ML_KEM_768 (36)`.
impl Display for Transform {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let id = self.id.0;
        match self.ty {
            TransformType::ENCR => match Encr(id).name().or(Encr(id).private_name()) {
                Some(name) => f.write_str(name.strip_prefix("ENCR_").unwrap_or(name))?,
                None => write!(f, "ENCR {id}")?,
            },
            TransformType::PRF => match Prf(id).name() {
                Some(name) => f.write_str(name)?,
                None => write!(f, "PRF {id}")?,
            },
            TransformType::INTEG if Integ(id) == Integ::NONE => f.write_str("INTEG NONE")?,
            TransformType::INTEG => match Integ(id).name() {
                Some(name) => f.write_str(name.strip_prefix("AUTH_").unwrap_or(name))?,
                None => write!(f, "INTEG {id}")?,
            },
            TransformType::KE if id == 0 => f.write_str("KE NONE")?,
            TransformType::KE => Method(KeMethod(id)).fmt(f)?,
            TransformType::SN => match SequenceNumbers(id) {
                SequenceNumbers::SEQUENTIAL_32 => f.write_str("32-bit sequence numbers (no ESN)")?,
                SequenceNumbers::PARTIALLY_TRANSMITTED_64 => f.write_str("64-bit sequence numbers (ESN)")?,
                _ => write!(f, "sequence numbers {id}")?,
            },
            ty => match (ty.additional_key_exchange(), ke_name(KeMethod(id))) {
                (Some(number), _) if id == 0 => write!(f, "ADDKE{number} NONE")?,
                (Some(number), Some(name)) => write!(f, "ADDKE{number} {name} ({id})")?,
                (Some(number), None) => write!(f, "ADDKE{number} {id}")?,
                (None, _) => write!(f, "type {} id {id}", ty.0)?,
            },
        }
        match self.key_bits {
            Some(bits) => write!(f, "_{bits}"),
            None => Ok(()),
        }
    }
}

/// Transforms with a comma between each two.
pub(crate) struct List<I>(pub(crate) I);

impl<I: Iterator<Item = Transform> + Clone> Display for List<I> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        for (index, transform) in self.0.clone().enumerate() {
            f.write_str(if index > 0 { ", " } else { "" })?;
            transform.fmt(f)?;
        }
        Ok(())
    }
}

/// A key exchange method by name and number.
pub(crate) struct Method(pub(crate) KeMethod);

impl Display for Method {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match ke_name(self.0) {
            Some(name) => write!(f, "{name} (group {})", self.0.0),
            None => write!(f, "group {}", self.0.0),
        }
    }
}

/// The short name of a key exchange method.
fn ke_name(method: KeMethod) -> Option<&'static str> {
    method.constant().or_else(|| method.private_name())
}
