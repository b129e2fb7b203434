//! Names an administrator knows, as stacks print them in their logs.

use crate::registry::{SecurityProtocol, TransformType};
use core::fmt::{Display, Formatter, Result};

/// What a transform type is for, in words.
pub(super) const fn purpose(ty: TransformType) -> &'static str {
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

/// How a transform stands to what [`purpose`] says: AES for encryption, but SHA-2 as pseudorandom function.
pub(super) const fn as_or_for(ty: TransformType) -> &'static str {
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
        for (index, item) in self.items.clone().take(self.most).enumerate() {
            if index > 0 {
                let ends = index.saturating_add(1) == count;
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
