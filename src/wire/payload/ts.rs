//! Traffic Selectors, RFC 7296 section 3.13, RFC 4595 section 4.4 (Fibre Channel), RFC 9478 (security label).
//!
//! ```text
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! | Number of TSs |                 RESERVED                      |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |   TS Type     |IP Protocol ID*|       Selector Length         |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |           Start Port*         |           End Port*           |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! ~                         Starting Address*                     ~
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! ~                         Ending Address*                       ~
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//!  * of the types 7 and 8; type 9 has FC_ID, R_CTL and Type ranges there, type 10 a label
//! ```

use super::shape::{Flow, list_shape};
use crate::error::{BuildError, Element, ParseErrorKind};
use crate::registry::TsType;
use crate::wire::codec::{At, Fault, element, no_element};
use crate::wire::writer::Writer;
use core::iter::FusedIterator;
use core::net::{Ipv4Addr, Ipv6Addr};
use core::ops::ControlFlow;

/// A list of at least one selector, checked to the last octet; in a lenient reading whatever lengths frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TrafficSelectors<'a> {
    body: &'a [u8],
}

/// One selector. Ports 65535 to 0 mean OPAQUE, 0 to 65535 ANY; of ICMP and ICMPv6 they are type and code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TrafficSelector<'a> {
    /// TS_IPV4_ADDR_RANGE.
    Ipv4 {
        /// IP Protocol ID; 0 for any.
        protocol: u8,
        /// Start Port and End Port.
        ports: (u16, u16),
        /// Starting Address and Ending Address, both included.
        addresses: (Ipv4Addr, Ipv4Addr),
    },
    /// TS_IPV6_ADDR_RANGE.
    Ipv6 {
        /// IP Protocol ID; 0 for any.
        protocol: u8,
        /// Start Port and End Port.
        ports: (u16, u16),
        /// Starting Address and Ending Address, both included.
        addresses: (Ipv6Addr, Ipv6Addr),
    },
    /// TS_FC_ADDR_RANGE.
    FibreChannel {
        /// Starting FC_ID and Ending FC_ID, 24 bits each.
        fc_ids: (u32, u32),
        /// Starting R_CTL and Ending R_CTL.
        r_ctls: (u8, u8),
        /// Starting Type and Ending Type.
        types: (u8, u8),
    },
    /// TS_SECLABEL.
    SecurityLabel(
        /// The label, opaque.
        &'a [u8],
    ),
    /// A type this crate knows no shape for; in a lenient reading also one whose size is not that of its type.
    Unknown {
        /// TS Type.
        ty: TsType,
        /// The octet that is IP Protocol ID or reserved in the known types.
        protocol: u8,
        /// The octets after Selector Length.
        octets: &'a [u8],
    },
}

// Of TSi or TSr, which a body on its own does not say.
list_shape!(TrafficSelectors, Element::TrafficSelector);

/// Octets before a selector's own fields.
const HEAD: usize = 4;

/// Walks every selector, as far as lengths fit.
#[inline]
fn check<'a>(body: &'a [u8], found: &mut impl FnMut(Fault<'a>) -> Flow) -> Flow {
    let Some((&[count, ..], mut left)) = body.split_first_chunk::<4>() else {
        return found(Fault::new(body, ParseErrorKind::Truncated { needed: 4, available: body.len() }));
    };
    let mut present = 0u16;
    while !left.is_empty() {
        let is_over = present >= u16::from(count);
        if present == u16::from(count) {
            found(Fault::new(left, ParseErrorKind::TrailingOctets { count: left.len() }))?;
        }
        match selector(left) {
            Some((selector, after)) if !selector.is_reversed() => left = after,
            // What is no selector is not one of those behind the count.
            _ if is_over && element::<HEAD>(left).is_none() => return Flow::Continue(()),
            _ => match any_selector(left, found)? {
                Some(after) => left = after,
                None => return Flow::Continue(()),
            },
        }
        present = present.saturating_add(1);
    }
    // RFC 7296 section 3.13: one or more.
    if present == 0 || present < u16::from(count) { found(too_few(body, count, present)) } else { Flow::Continue(()) }
}

/// That there are no selectors, or fewer than are counted.
#[cold]
fn too_few(body: &[u8], announced: u8, present: u16) -> Fault<'_> {
    let counted = ParseErrorKind::CountMismatch { announced: announced.into(), present: present.into() };
    Fault::new(body, if present == 0 { ParseErrorKind::EmptyList } else { counted })
}

/// What is wrong with the selector at the start of `input`; gives the octets after it, if its length fits.
#[cold]
fn any_selector<'a>(input: &'a [u8], found: &mut impl FnMut(Fault<'a>) -> Flow) -> ControlFlow<(), Option<&'a [u8]>> {
    let after = element::<HEAD>(input).map(|(_, _, after)| after);
    found(no_selector(input)).map_continue(|()| after)
}

/// Reads the selector at the start of `input`; gives the octets after it.
#[inline(always)]
fn selector(input: &[u8]) -> Option<(TrafficSelector<'_>, &[u8])> {
    let (&[ty, protocol, ..], fields, after) = element::<HEAD>(input)?;
    Some((shape(TsType(ty), protocol, fields)?, after))
}

/// The same, whatever its size.
#[inline(always)]
fn any_size(input: &[u8]) -> Option<(TrafficSelector<'_>, &[u8])> {
    let (&[ty, protocol, ..], fields, after) = element::<HEAD>(input)?;
    let ty = TsType(ty);
    Some((shape(ty, protocol, fields).unwrap_or(TrafficSelector::Unknown { ty, protocol, octets: fields }), after))
}

/// The selector after its header; `None` when `fields` do not have the size of its type.
#[inline(always)]
fn shape(ty: TsType, protocol: u8, fields: &[u8]) -> Option<TrafficSelector<'_>> {
    Some(match ty {
        TsType::TS_IPV4_ADDR_RANGE => {
            let (start, end, first, last) = ranges(fields)?;
            TrafficSelector::Ipv4 { protocol, ports: (start, end), addresses: (Ipv4Addr::from(first), Ipv4Addr::from(last)) }
        }
        TsType::TS_IPV6_ADDR_RANGE => {
            let (start, end, first, last) = ranges(fields)?;
            TrafficSelector::Ipv6 { protocol, ports: (start, end), addresses: (Ipv6Addr::from(first), Ipv6Addr::from(last)) }
        }
        TsType::TS_FC_ADDR_RANGE => {
            let &[_, s2, s1, s0, _, e2, e1, e0, r0, r1, t0, t1] = <&[u8; 12]>::try_from(fields).ok()?;
            let fc_ids = (u32::from_be_bytes([0, s2, s1, s0]), u32::from_be_bytes([0, e2, e1, e0]));
            TrafficSelector::FibreChannel { fc_ids, r_ctls: (r0, r1), types: (t0, t1) }
        }
        TsType::TS_SECLABEL => TrafficSelector::SecurityLabel(fields),
        _ => TrafficSelector::Unknown { ty, protocol, octets: fields },
    })
}

/// Start and end port, first and last address of `N` octets, and nothing else.
#[inline(always)]
fn ranges<const N: usize>(fields: &[u8]) -> Option<(u16, u16, [u8; N], [u8; N])> {
    let (&[s1, s0, e1, e0], addresses) = fields.split_first_chunk()?;
    let (first, last) = addresses.split_first_chunk()?;
    Some((u16::from_be_bytes([s1, s0]), u16::from_be_bytes([e1, e0]), *first, last.try_into().ok()?))
}

/// What is wrong with the selector at the start of `input`.
#[cold]
fn no_selector(input: &[u8]) -> Fault<'_> {
    let kind = match element::<HEAD>(input) {
        None => no_element::<HEAD>(input),
        Some((&[ty, protocol, ..], fields, _)) if shape(TsType(ty), protocol, fields).is_none() => {
            let expected = if TsType(ty) == TsType::TS_IPV6_ADDR_RANGE { 40 } else { 16 };
            ParseErrorKind::SizeMismatch { size: fields.len().saturating_add(HEAD), expected }
        }
        Some(_) => ParseErrorKind::RangeReversed,
    };
    Fault::of(Element::TrafficSelector, input, kind)
}

impl<'a> TrafficSelectors<'a> {
    const fn view(body: &'a [u8], _: At) -> Self {
        Self { body }
    }

    /// The selectors, in order.
    #[must_use]
    pub fn selectors(&self) -> Selectors<'a> {
        Selectors { octets: self.body.get(4..).unwrap_or_default() }
    }

    pub(crate) fn emit(&self, w: &mut Writer<'_>) {
        let mut builder = TrafficSelectorsBuilder::new(w);
        for selector in self.selectors() {
            builder.selector(selector);
        }
        builder.finish();
    }
}

impl TrafficSelector<'_> {
    /// TS Type.
    #[must_use]
    pub const fn ty(&self) -> TsType {
        match self {
            Self::Ipv4 { .. } => TsType::TS_IPV4_ADDR_RANGE,
            Self::Ipv6 { .. } => TsType::TS_IPV6_ADDR_RANGE,
            Self::FibreChannel { .. } => TsType::TS_FC_ADDR_RANGE,
            Self::SecurityLabel(_) => TsType::TS_SECLABEL,
            Self::Unknown { ty, .. } => *ty,
        }
    }

    /// Octets of the selector on the wire (Selector Length).
    pub(crate) const fn len(&self) -> usize {
        match self {
            Self::Ipv4 { .. } | Self::FibreChannel { .. } => 16,
            Self::Ipv6 { .. } => 40,
            Self::SecurityLabel(octets) | Self::Unknown { octets, .. } => octets.len().saturating_add(HEAD),
        }
    }

    /// Whether a range ends before it starts, OPAQUE ports (65535 to 0) apart.
    #[inline(always)]
    fn is_reversed(&self) -> bool {
        let ports = |(start, end): (u16, u16)| start > end && (start, end) != (u16::MAX, 0);
        match *self {
            Self::Ipv4 { ports: p, addresses: (first, last), .. } => ports(p) || first.to_bits() > last.to_bits(),
            Self::Ipv6 { ports: p, addresses: (first, last), .. } => ports(p) || first.to_bits() > last.to_bits(),
            Self::FibreChannel { fc_ids, r_ctls, types } => fc_ids.0 > fc_ids.1 || r_ctls.0 > r_ctls.1 || types.0 > types.1,
            Self::SecurityLabel(_) | Self::Unknown { .. } => false,
        }
    }
}

/// Iterates over selectors, as far as lengths fit.
#[derive(Clone, Debug)]
pub struct Selectors<'a> {
    octets: &'a [u8],
}

impl<'a> Iterator for Selectors<'a> {
    type Item = TrafficSelector<'a>;

    #[inline(always)]
    fn next(&mut self) -> Option<TrafficSelector<'a>> {
        let (selector, left) = any_size(self.octets)?;
        self.octets = left;
        Some(selector)
    }
}

impl FusedIterator for Selectors<'_> {}

/// Writes the selectors of a TSi or TSr payload.
#[derive(Debug)]
pub struct TrafficSelectorsBuilder<'w, 'b> {
    w: &'w mut Writer<'b>,
    start: usize,
    count: usize,
}

impl<'w, 'b> TrafficSelectorsBuilder<'w, 'b> {
    pub(crate) fn new(w: &'w mut Writer<'b>) -> Self {
        let start = w.len();
        w.put([0; 4]);
        Self { w, start, count: 0 }
    }

    /// Adds a selector.
    #[inline]
    pub fn selector(&mut self, selector: TrafficSelector<'_>) -> &mut Self {
        let start = self.w.len();
        let w = &mut *self.w;
        match selector {
            TrafficSelector::Ipv4 { protocol, ports, addresses } => {
                emit_ranges(w, selector.ty(), protocol, ports, addresses.0.octets(), addresses.1.octets());
            }
            TrafficSelector::Ipv6 { protocol, ports, addresses } => {
                emit_ranges(w, selector.ty(), protocol, ports, addresses.0.octets(), addresses.1.octets());
            }
            TrafficSelector::FibreChannel { fc_ids, r_ctls, types } => {
                w.put([selector.ty().0, 0, 0, 0]);
                for fc_id in [fc_ids.0, fc_ids.1] {
                    let [over, octets @ ..] = fc_id.to_be_bytes();
                    if over != 0 {
                        let value = usize::try_from(fc_id).unwrap_or(usize::MAX);
                        w.fail(BuildError::Overflow { element: Element::TrafficSelector, value, maximum: 0x00ff_ffff });
                    }
                    w.put([0]);
                    w.put(octets);
                }
                w.put([r_ctls.0, r_ctls.1, types.0, types.1]);
            }
            TrafficSelector::SecurityLabel(label) => {
                w.put([selector.ty().0, 0, 0, 0]);
                w.slice(label);
            }
            TrafficSelector::Unknown { ty, protocol, octets } => {
                w.put([ty.0, protocol, 0, 0]);
                w.slice(octets);
            }
        }
        w.patch_len(Element::TrafficSelector, start, 2);
        self.count = self.count.saturating_add(1);
        self
    }

    pub(crate) fn finish(self) {
        // Of TSi or TSr, which the list does not know.
        let element = Element::TrafficSelector;
        if self.count == 0 {
            self.w.fail(BuildError::EmptyList { element });
        }
        self.w.patch_u8(element, self.start, self.count);
    }
}

fn emit_ranges<const N: usize>(w: &mut Writer<'_>, ty: TsType, protocol: u8, ports: (u16, u16), first: [u8; N], last: [u8; N]) {
    w.put([ty.0, protocol, 0, 0]);
    w.put(ports.0.to_be_bytes());
    w.put(ports.1.to_be_bytes());
    w.put(first);
    w.put(last);
}
