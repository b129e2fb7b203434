//! The methods common to both sides for KE and each of ADDKE1..7, as sets of bits (RFC 9370).

use crate::proposal::context::Preference;
use crate::proposal::suite::{Code, Local, METHODS};
use crate::proposal::work::Meter;
use crate::registry::TransformType;
use core::cmp::Ordering;

/// Places of KE and ADDKE1..7 in [`KeSets`].
const TYPES: [TransformType; 8] = TransformType::KEY_EXCHANGES;

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
        meter: impl Meter,
    ) -> Self {
        meter.count_steps(TYPES.len().saturating_mul(METHODS));
        let mut sets = TYPES.map(|ty| KeSet { local, group: group(ty), mask: 0, none: false, order: [Code::NONE; METHODS], len: 0 });
        for (ty, code) in offered {
            let (Some(index), Some(code)) = (TYPES.iter().position(|t| *t == ty), code) else {
                continue;
            };
            if let Some(set) = sets.get_mut(index) {
                meter.count_steps(set.group.len().saturating_add(local.methods()));
                if set.group.contains(&code) && admitted(code) {
                    set.add(code);
                }
            }
        }
        Self { sets }
    }

    pub(super) fn of(&self, ty: TransformType) -> Option<&KeSet<'l>> {
        let index = TYPES.iter().position(|t| *t == ty)?;
        self.sets.get(index)
    }

    /// The methods `types` cannot spare, when each of them is to have one of its own outside `used`; `None` when not all can.
    ///
    /// Hall's theorem: they all can when any k of them have at least k methods between them; those who have exactly k can spare
    /// none. At most 7 types, and so at most 2^7 sets of them, whatever is offered.
    pub(super) fn reserved(&self, types: &[TransformType], used: u64, meter: impl Meter) -> Option<u64> {
        // The methods of each set of types; the bits of the subset say which types they are.
        let mut unions = [0_u64; 1 << 7];
        let mut sets = 1_usize;
        let mut reserved = 0;
        for set in types.iter().filter_map(|ty| self.of(*ty)).filter(|set| !set.none) {
            let (without, with) = unions.split_at_mut_checked(sets)?;
            meter.count_steps(sets);
            for ((subset, without), with) in without.iter().enumerate().zip(with) {
                *with = without | set.mask & !used;
                let types = subset.count_ones().saturating_add(1);
                match with.count_ones().cmp(&types) {
                    Ordering::Less => return None,
                    Ordering::Equal => reserved |= *with,
                    Ordering::Greater => {}
                }
            }
            sets = sets.saturating_mul(2);
        }
        Some(reserved)
    }
}

impl KeSet<'_> {
    /// Whether NONE is common.
    pub(super) const fn has_none(&self) -> bool {
        self.none
    }

    /// Whether a method other than NONE is common.
    pub(super) const fn has_method(&self) -> bool {
        self.mask != 0
    }

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
        if let Some(slot) = self.order.get_mut(self.len) {
            *slot = code;
            self.len = self.len.saturating_add(1);
        }
    }

    /// The common methods in order of preference.
    pub(super) fn in_order<'s, M: Meter + 's>(&'s self, prefer: Preference, meter: M) -> impl Iterator<Item = Method> + 's {
        let (configured, supplied) = match prefer {
            Preference::Configured => (self.group, self.order.get(..0)),
            Preference::Supplied => (&[][..], self.order.get(..self.len)),
        };
        configured
            .iter()
            .chain(supplied.unwrap_or(&[]))
            .map(move |code| {
                meter.count_steps(self.local.methods());
                Method { code: *code, bit: self.local.method_bit(*code) }
            })
            .filter(|m| if m.is_none() { self.none } else { self.mask & m.bit != 0 })
    }
}
