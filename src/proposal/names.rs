//! Names an administrator knows, as stacks print them in their logs.

use super::suite::Transform;
use crate::registry::{Encr, Integ, KeMethod, Prf, SecurityProtocol, SequenceNumbers, TransformType, private};
use core::fmt::{Display, Formatter, Result};

/// `AES_CBC_256`, `HMAC_SHA2_256_128`, `PRF_HMAC_SHA2_256`, `MODP_2048 (group 14)`, `ADDKE1 ML_KEM_768 (36)`.
impl Display for Transform {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let id = self.id.0;
        match self.ty {
            TransformType::ENCR => match Encr(id).name().or_else(|| private::encr::name(Encr(id))) {
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
            TransformType::KE => match ke_name(KeMethod(id)) {
                Some(name) => write!(f, "{name} (group {id})")?,
                None => write!(f, "group {id}")?,
            },
            TransformType::SN => match SequenceNumbers(id) {
                SequenceNumbers::SEQUENTIAL_32 => f.write_str("32-bit sequence numbers (no ESN)")?,
                SequenceNumbers::PARTIALLY_TRANSMITTED_64 => f.write_str("64-bit sequence numbers (ESN)")?,
                _ => write!(f, "sequence numbers {id}")?,
            },
            ty if ty.is_key_exchange() => {
                let place = ty.0.saturating_sub(TransformType::ADDKE1.0).saturating_add(1);
                match ke_name(KeMethod(id)) {
                    _ if id == 0 => write!(f, "ADDKE{place} NONE")?,
                    Some(name) => write!(f, "ADDKE{place} {name} ({id})")?,
                    None => write!(f, "ADDKE{place} {id}")?,
                }
            }
            ty => write!(f, "type {} id {id}", ty.0)?,
        }
        match self.key_bits {
            Some(bits) => write!(f, "_{bits}"),
            None => Ok(()),
        }
    }
}

/// The short name of a key exchange method.
pub(super) const fn ke_name(method: KeMethod) -> Option<&'static str> {
    Some(match method {
        KeMethod::NONE => "NONE",
        KeMethod::MODP_768 => "MODP_768",
        KeMethod::MODP_1024 => "MODP_1024",
        KeMethod::MODP_1536 => "MODP_1536",
        KeMethod::MODP_2048 => "MODP_2048",
        KeMethod::MODP_3072 => "MODP_3072",
        KeMethod::MODP_4096 => "MODP_4096",
        KeMethod::MODP_6144 => "MODP_6144",
        KeMethod::MODP_8192 => "MODP_8192",
        KeMethod::ECP_192 => "ECP_192",
        KeMethod::ECP_224 => "ECP_224",
        KeMethod::ECP_256 => "ECP_256",
        KeMethod::ECP_384 => "ECP_384",
        KeMethod::ECP_521 => "ECP_521",
        KeMethod::MODP_1024_160 => "MODP_1024_160",
        KeMethod::MODP_2048_224 => "MODP_2048_224",
        KeMethod::MODP_2048_256 => "MODP_2048_256",
        KeMethod::BRAINPOOL_P224R1 => "BRAINPOOL_P224R1",
        KeMethod::BRAINPOOL_P256R1 => "BRAINPOOL_P256R1",
        KeMethod::BRAINPOOL_P384R1 => "BRAINPOOL_P384R1",
        KeMethod::BRAINPOOL_P512R1 => "BRAINPOOL_P512R1",
        KeMethod::CURVE25519 => "CURVE25519",
        KeMethod::CURVE448 => "CURVE448",
        KeMethod::GOST3410_2012_256 => "GOST3410_2012_256",
        KeMethod::GOST3410_2012_512 => "GOST3410_2012_512",
        KeMethod::ML_KEM_512 => "ML_KEM_512",
        KeMethod::ML_KEM_768 => "ML_KEM_768",
        KeMethod::ML_KEM_1024 => "ML_KEM_1024",
        other => return private::ke_method::name(other),
    })
}

/// A key exchange method by name and number.
pub(super) struct Method(pub(super) KeMethod);

impl Display for Method {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match ke_name(self.0) {
            Some(name) => write!(f, "{name} (group {})", self.0.0),
            None => write!(f, "group {}", self.0.0),
        }
    }
}

/// What a transform type decides, in words.
pub(super) const fn decides(ty: TransformType) -> &'static str {
    match ty {
        TransformType::ENCR => "encryption",
        TransformType::PRF => "pseudorandom function (PRF)",
        TransformType::INTEG => "integrity",
        TransformType::KE => "key exchange group",
        TransformType::SN => "sequence number size",
        TransformType::ADDKE1 => "additional key exchange 1",
        TransformType::ADDKE2 => "additional key exchange 2",
        TransformType::ADDKE3 => "additional key exchange 3",
        TransformType::ADDKE4 => "additional key exchange 4",
        TransformType::ADDKE5 => "additional key exchange 5",
        TransformType::ADDKE6 => "additional key exchange 6",
        TransformType::ADDKE7 => "additional key exchange 7",
        TransformType::KWA => "key wrap",
        TransformType::GCAUTH => "group controller authentication",
        _ => "transform of unknown type",
    }
}

/// How a transform stands to what [`decides`] says: AES for encryption, but SHA-2 as pseudorandom function.
pub(super) const fn serves(ty: TransformType) -> &'static str {
    match ty {
        TransformType::PRF | TransformType::KE | TransformType::SN => "as",
        _ => "for",
    }
}

pub(super) const fn protocol(protocol: SecurityProtocol) -> &'static str {
    match protocol {
        SecurityProtocol::IKE => "IKE",
        SecurityProtocol::AH => "AH",
        SecurityProtocol::ESP => "ESP",
        _ => "unknown protocol",
    }
}

/// A list as a sentence has it: `a`, `a or b`, `a, b or c`; nothing more than `most` items.
pub(super) struct Listing<I> {
    pub(super) items: I,
    pub(super) last: &'static str,
    pub(super) most: usize,
}

impl<I> Display for Listing<I>
where
    I: Iterator<Item: Display> + Clone,
{
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let count = self.items.clone().count();
        for (place, item) in self.items.clone().take(self.most).enumerate() {
            if place > 0 {
                let ends = place.saturating_add(1) == count;
                f.write_str(if ends { " " } else { ", " })?;
                if ends {
                    write!(f, "{} ", self.last)?;
                }
            }
            write!(f, "{item}")?;
        }
        match count.saturating_sub(self.most) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}
