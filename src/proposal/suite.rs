//! Proposals as values, and the index a local proposal is searched through.

use crate::registry::{KeMethod, SecurityProtocol, TransformId, TransformType};
use crate::transform::Transform;
use alloc::vec::Vec;

/// Id and Key Length (0 for none) of a transform in one word: what two transforms of one type are compared by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Code(u32);

impl Code {
    pub(crate) const NONE: Self = Self(0);

    /// Of a transform, whatever its type.
    pub(crate) const fn of(transform: Transform) -> Self {
        let key_bits = match transform.key_bits {
            Some(bits) => bits,
            None => 0,
        };
        Self::new(transform.id.0, key_bits)
    }

    pub(crate) const fn new(id: u16, key_bits: u16) -> Self {
        let [a, b] = id.to_be_bytes();
        let [c, d] = key_bits.to_be_bytes();
        Self(u32::from_be_bytes([a, b, c, d]))
    }

    pub(crate) const fn id(self) -> u16 {
        let [a, b, _, _] = self.0.to_be_bytes();
        u16::from_be_bytes([a, b])
    }

    pub(crate) const fn key_bits(self) -> Option<u16> {
        let [_, _, c, d] = self.0.to_be_bytes();
        match u16::from_be_bytes([c, d]) {
            0 => None,
            bits => Some(bits),
        }
    }

    pub(crate) const fn transform(self, ty: TransformType) -> Transform {
        Transform { ty, id: TransformId(self.id()), key_bits: self.key_bits() }
    }
}

/// A proposal: a protocol and the transforms allowed for it, in order of preference (RFC 7296 section 3.3.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Proposal {
    /// IKE, ESP or AH.
    pub protocol: SecurityProtocol,
    /// The transforms; within a type, the first is preferred.
    pub transforms: Vec<Transform>,
}

impl Proposal {
    /// A proposal for `protocol` with the given transforms.
    #[must_use]
    pub fn new(protocol: SecurityProtocol, transforms: impl Into<Vec<Transform>>) -> Self {
        Self { protocol, transforms: transforms.into() }
    }

    /// Whether the proposal lists methods for additional key exchanges and none but NONE for the first (RFC 9370 section 2.2).
    ///
    /// No choice from it can do an additional key exchange: there is none it is additional to.
    #[must_use]
    pub fn has_additional_without_ke(&self) -> bool {
        let methods = || self.transforms.iter().filter(|t| t.ty.is_key_exchange() && !t.is_none());
        methods().next().is_some() && methods().all(|t| t.ty != TransformType::KE)
    }

    /// A cipher that would go without integrity: it has none of its own, and no integrity algorithm stands beside it, or NONE may be
    /// chosen.
    pub(super) fn unprotected(&self) -> Option<Transform> {
        if self.protocol == SecurityProtocol::AH {
            return None;
        }
        let plain = self.of_type(TransformType::ENCR).find(|t| !t.is_aead())?;
        let none = self.of_type(TransformType::INTEG).all(Transform::is_none);
        // NONE beside others is for the AEAD ciphers of the same proposal.
        let mixed = self.of_type(TransformType::ENCR).any(Transform::is_aead);
        let may_be_none = !mixed && self.of_type(TransformType::INTEG).any(Transform::is_none);
        (none || may_be_none).then_some(plain)
    }

    /// The transforms of one type, in order of preference.
    pub fn of_type(&self, ty: TransformType) -> impl Iterator<Item = Transform> + '_ {
        self.transforms.iter().copied().filter(move |t| t.ty == ty)
    }
}

/// A set of transform types; types the registry does not assign have no place of their own in it.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct TransformTypes(u16);

impl TransformTypes {
    pub(crate) const EMPTY: Self = Self(0);
    /// Offered types that are not assigned and which the local proposal does not hold.
    pub(crate) const UNASSIGNED: Self = Self(1);
    /// The one type that is not assigned a local proposal may hold.
    pub(crate) const OWN_UNASSIGNED: Self = Self(1 << 15);
    /// KE and ADDKE1 to ADDKE7.
    pub(crate) const KEY_EXCHANGE: Self = Self::ADDKE.union(Self::of(TransformType::KE));
    /// ADDKE1 to ADDKE7.
    pub(crate) const ADDKE: Self = Self::all(&TransformType::ADDITIONAL_KEY_EXCHANGES);

    #[inline]
    pub(crate) const fn of(ty: TransformType) -> Self {
        if ty.is_assigned() { Self(1 << ty.0) } else { Self::OWN_UNASSIGNED }
    }

    const fn all(mut types: &[TransformType]) -> Self {
        let mut set = Self::EMPTY;
        while let Some((ty, rest)) = types.split_first() {
            set = set.union(Self::of(*ty));
            types = rest;
        }
        set
    }

    pub(crate) const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn common(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(crate) const fn count(self) -> u32 {
        self.0.count_ones()
    }

    pub(crate) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(crate) const fn has(self, ty: TransformType) -> bool {
        self.0 & Self::of(ty).0 != 0
    }

    pub(crate) const fn overlaps(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether no type is in the set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether `ty` is in the set.
    #[must_use]
    pub const fn contains(self, ty: TransformType) -> bool {
        ty.is_assigned() && self.has(ty)
    }

    /// The assigned types in the set, ascending.
    pub fn iter(self) -> impl Iterator<Item = TransformType> {
        let mut left = self.without(Self::UNASSIGNED).without(Self::OWN_UNASSIGNED).0;
        core::iter::from_fn(move || {
            let lowest = u8::try_from(left.trailing_zeros()).ok().filter(|_| left != 0)?;
            left &= left.wrapping_sub(1);
            Some(TransformType(lowest))
        })
    }
}

impl core::fmt::Debug for TransformTypes {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_set().entries(self.iter().map(|ty| ty.0)).finish()
    }
}

const UNASSIGNED_SLOT: usize = 15;

// A set is 16 bits, and an array over types 16 places: the first and the last are for types that are not assigned.
const _: () = {
    let mut types = TransformType::ASSIGNED;
    while let Some((ty, rest)) = types.split_first() {
        assert!(ty.0 > 0 && ty.0 < 15, "an assigned transform type has no place of its own");
        types = rest;
    }
};

/// Where arrays over transform types keep a type.
#[inline]
pub(crate) fn slot(ty: TransformType) -> usize {
    if ty.is_assigned() { usize::from(ty.0) } else { UNASSIGNED_SLOT }
}

/// A local proposal with its transforms grouped by type, each group in order of preference.
#[derive(Clone, Debug)]
pub(crate) struct Local {
    pub(crate) protocol: SecurityProtocol,
    pub(crate) types: TransformTypes,
    /// A type the registry does not assign; strongSwan compares it like any other.
    pub(crate) unassigned: Option<TransformType>,
    groups: [Group; 16],
    codes: Vec<Code>,
    /// The distinct key exchange methods of KE and ADDKE1..7, at most [`METHODS`].
    methods: Vec<Code>,
}

/// Distinct key exchange methods one proposal can hold: sets of them are the bits of a word. The registry assigns 32.
pub(crate) const METHODS: usize = 64;

#[derive(Clone, Copy, Debug, Default)]
struct Group {
    start: u8,
    len: u8,
}

impl Local {
    /// Indexes a proposal. `None` when it holds more than 255 transforms, which no SA payload can carry, more than [`METHODS`] key
    /// exchange methods, or more than one type that is not assigned.
    pub(crate) fn index(proposal: &Proposal) -> Option<Self> {
        let mut groups = [Group::default(); 16];
        let unassigned = proposal.transforms.iter().map(|t| t.ty).find(|ty| !ty.is_assigned());
        let mut codes = Vec::with_capacity(proposal.transforms.len());
        let mut types = TransformTypes::EMPTY;
        u8::try_from(proposal.transforms.len()).ok()?;
        for ty in TransformType::ASSIGNED.iter().copied().chain(unassigned) {
            let start = codes.len();
            codes.extend(proposal.of_type(ty).map(Code::of));
            if codes.len() > start {
                types = types.union(TransformTypes::of(ty));
            }
            *groups.get_mut(slot(ty))? =
                Group { start: u8::try_from(start).ok()?, len: u8::try_from(codes.len().checked_sub(start)?).ok()? };
        }
        let mut methods = Vec::new();
        for transform in &proposal.transforms {
            if transform.ty.is_key_exchange() && !methods.contains(&Code::of(*transform)) {
                methods.push(Code::of(*transform));
            }
        }
        (codes.len() == proposal.transforms.len() && methods.len() <= METHODS).then_some(Self {
            protocol: proposal.protocol,
            types,
            unassigned,
            groups,
            codes,
            methods,
        })
    }

    /// The same with one key exchange method in place of its own.
    pub(crate) fn with_ke_method(&self, method: KeMethod) -> Option<Self> {
        let kept = |ty: TransformType| self.group(ty).iter().map(move |code| code.transform(ty));
        let types = TransformType::ASSIGNED.iter().copied().chain(self.unassigned).filter(|ty| *ty != TransformType::KE);
        let transforms = types.flat_map(kept).chain([Transform::ke(method)]);
        Self::index(&Proposal::new(self.protocol, transforms.collect::<Vec<_>>()))
    }

    /// The transforms of a type in order of preference; empty when there are none.
    pub(crate) fn group(&self, ty: TransformType) -> &[Code] {
        let Some(group) = self.groups.get(slot(ty)).filter(|_| slot(ty) != UNASSIGNED_SLOT || self.unassigned == Some(ty)) else {
            return &[];
        };
        let (start, len) = (usize::from(group.start), usize::from(group.len));
        self.codes.get(start..).and_then(|rest| rest.get(..len)).unwrap_or(&[])
    }

    /// How many key exchange methods have a bit.
    pub(crate) fn methods(&self) -> usize {
        self.methods.len()
    }

    /// The bit that stands for a key exchange method in sets of them; none when the method is in no group.
    pub(crate) fn method_bit(&self, code: Code) -> u64 {
        self.methods
            .iter()
            .position(|c| *c == code)
            .and_then(|index| u32::try_from(index).ok())
            .and_then(|index| 1_u64.checked_shl(index))
            .unwrap_or(0)
    }

    pub(crate) fn at(&self, ty: TransformType, rank: u8) -> Option<Code> {
        self.group(ty).get(usize::from(rank)).copied()
    }
}
