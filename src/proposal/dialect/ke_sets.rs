//! The methods common to both sides for KE and each of ADDKE1..7, as sets of bits (RFC 9370).

use crate::proposal::policy::Prefer;
use crate::proposal::suite::{Code, Local, METHODS};
use crate::registry::TransformType;

/// Places of KE and ADDKE1..7 in [`KeSets`].
const TYPES: [u8; 8] = [4, 6, 7, 8, 9, 10, 11, 12];

pub(super) struct KeSets<'l> {
    sets: [KeSet<'l>; 8],
}

/// What one transform type has in common.
#[derive(Clone, Copy)]
pub(super) struct KeSet<'l> {
    local: &'l Local,
    group: &'l [Code],
    mask: u64,
    none: bool,
    order: [Code; METHODS],
    len: usize,
}

/// A method, or NONE.
#[derive(Clone, Copy)]
pub(super) struct Method {
    code: Code,
    bit: u64,
}

impl Method {
    pub(super) const fn code(self) -> Code {
        self.code
    }

    /// The method's bit; none for NONE, which may be chosen any number of times.
    pub(super) const fn bit(self) -> u64 {
        if self.is_none() { 0 } else { self.bit }
    }

    pub(super) const fn is_none(self) -> bool {
        self.code.id() == 0
    }
}

impl<'l> KeSets<'l> {
    /// What `offered` has in common with the local transforms `group` gives for a type, as far as they are `admitted`.
    pub(super) fn collect(
        local: &'l Local,
        group: impl Fn(TransformType) -> &'l [Code],
        admitted: impl Fn(Code) -> bool,
        offered: impl Iterator<Item = (TransformType, Option<Code>)>,
    ) -> Self {
        let mut sets =
            TYPES.map(|ty| KeSet { local, group: group(TransformType(ty)), mask: 0, none: false, order: [Code::NONE; METHODS], len: 0 });
        for (ty, code) in offered {
            let (Some(place), Some(code)) = (TYPES.iter().position(|t| *t == ty.0), code) else {
                continue;
            };
            if let Some(set) = sets.get_mut(place) {
                if set.group.contains(&code) && admitted(code) {
                    set.add(code);
                }
            }
        }
        Self { sets }
    }

    pub(super) fn of(&self, ty: TransformType) -> Option<&KeSet<'l>> {
        let place = TYPES.iter().position(|t| *t == ty.0)?;
        self.sets.get(place)
    }

    /// Whether each of `types` can have a method of its own outside `used`.
    ///
    /// Hall's theorem: so it is when any k of them have at least k methods between them. At most 2^8 subsets, whatever is
    /// offered.
    pub(super) fn distinct(&self, types: &[TransformType], used: u64) -> bool {
        let mut masks = [0_u64; 8];
        let mut bound = 0_u32;
        for ty in types {
            let Some(set) = self.of(*ty) else { continue };
            if set.none {
                continue;
            }
            if let Some(mask) = masks.get_mut(usize::try_from(bound).unwrap_or(usize::MAX)) {
                *mask = set.mask & !used;
                bound = bound.saturating_add(1);
            }
        }
        (1..1_u32.checked_shl(bound).unwrap_or(0)).all(|subset| {
            let union = masks
                .iter()
                .zip(0_u32..)
                .filter(|(_, place)| subset.checked_shr(*place).unwrap_or(0) & 1 == 1)
                .fold(0, |union, (mask, _)| union | mask);
            union.count_ones() >= subset.count_ones()
        })
    }
}

impl KeSet<'_> {
    fn add(&mut self, code: Code) {
        let bit = self.local.method_bit(code);
        if code.id() == 0 {
            if self.none {
                return;
            }
            self.none = true;
        } else if self.mask & bit != 0 {
            return;
        } else {
            self.mask |= bit;
        }
        if let Some(place) = self.order.get_mut(self.len) {
            *place = code;
            self.len = self.len.saturating_add(1);
        }
    }

    /// The common methods in order of preference.
    pub(super) fn in_order(&self, prefer: Prefer) -> impl Iterator<Item = Method> + '_ {
        let (configured, supplied) = match prefer {
            Prefer::Configured => (self.group, self.order.get(..0)),
            Prefer::Supplied => (&[][..], self.order.get(..self.len)),
        };
        configured
            .iter()
            .chain(supplied.unwrap_or(&[]))
            .map(|code| Method { code: *code, bit: self.local.method_bit(*code) })
            .filter(|m| if m.is_none() { self.none } else { self.mask & m.bit != 0 })
    }
}
