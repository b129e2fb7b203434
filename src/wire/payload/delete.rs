//! Delete, RFC 7296 section 3.11.
//!
//! ```text
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! | Protocol ID   |   SPI Size    |          Num of SPIs          |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! ~               Security Parameter Index(es) (SPI)              ~
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! ```

use super::shape::{Flow, Lenient, fixed_shape};
use crate::error::{BuildError, Element, ParseError, ParseErrorKind};
use crate::registry::{PayloadType, SecurityProtocol};
use crate::wire::chain::RawPayload;
use crate::wire::codec::{Fault, Parsed, Parser, fail, octets, rest, size};
use crate::wire::writer::Writer;

/// SAs the sender has deleted: the IKE SA itself, or the CHILD SAs with these SPIs. A lenient reading has all whole SPIs that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Delete<'a> {
    protocol: SecurityProtocol,
    spi_size: u8,
    spis: &'a [u8],
}

fixed_shape!(Delete, parse);

#[inline]
fn parse(body: &[u8]) -> Parsed<'_, Delete<'_>> {
    let (after, fixed) = octets.parse(body)?;
    let mut first = None;
    // A check that was ended has said why.
    let _ = check(body, fixed, after, &mut |fault| {
        first = Some(fault);
        Flow::Break(())
    });
    match first {
        None => rest.map(|spis| Delete { protocol: SecurityProtocol(fixed[0]), spi_size: fixed[1], spis }).parse(after),
        Some(fault) => fail(fault),
    }
}

/// Checks the SPIs, `after` the fixed part of `body`.
#[inline]
fn check<'a>(body: &'a [u8], fixed: &[u8; HEAD], after: &'a [u8], found: &mut impl FnMut(Fault<'a>) -> Flow) -> Flow {
    let [protocol, spi_size, hi, lo] = *fixed;
    // RFC 7296 section 3.11: SPI Size MUST be zero for IKE or four for AH and ESP.
    let expected = match SecurityProtocol(protocol) {
        SecurityProtocol::IKE => 0,
        SecurityProtocol::AH | SecurityProtocol::ESP => 4,
        _ => spi_size,
    };
    if spi_size != expected {
        found(Fault::new(body, ParseErrorKind::SizeMismatch { size: spi_size.into(), expected: expected.into() }))?;
    }
    let announced = size(hi, lo);
    let present = after.len().checked_div(spi_size.into()).unwrap_or(0);
    if present != announced {
        found(Fault::new(body, ParseErrorKind::CountMismatch { announced, present }))?;
    }
    // What is left of the last SPI, or all of it where SPIs have no octets.
    match after.get(present.saturating_mul(spi_size.into())..) {
        Some(left @ [_, ..]) => found(Fault::new(left, ParseErrorKind::TrailingOctets { count: left.len() })),
        _ => Flow::Continue(()),
    }
}

/// Octets of the fixed part.
const HEAD: usize = 4;

impl<'a> Delete<'a> {
    pub(crate) const ELEMENT: Element = Element::Payload(PayloadType::D);

    /// The deletion of the IKE SA in which it is sent.
    pub const IKE_SA: Self = Self { protocol: SecurityProtocol::IKE, spi_size: 0, spis: &[] };

    /// The deletion of AH or ESP SAs: `spis` is one inbound SPI of the sender after another, 4 octets each.
    #[must_use]
    pub const fn child_sas(protocol: SecurityProtocol, spis: &'a [u8]) -> Self {
        Self { protocol, spi_size: 4, spis }
    }

    /// Protocol ID.
    #[must_use]
    pub const fn protocol(&self) -> SecurityProtocol {
        self.protocol
    }

    /// SPI Size: octets of each SPI.
    #[must_use]
    pub const fn spi_size(&self) -> u8 {
        self.spi_size
    }

    /// The SPIs, in order.
    #[must_use]
    pub fn spis(&self) -> DeletedSpis<'a> {
        DeletedSpis { octets: self.spis, size: self.spi_size.into() }
    }

    /// The SPIs that are there, however many are counted and of whatever size.
    pub(crate) fn lenient_raw(raw: RawPayload<'a>) -> Lenient<Self> {
        let fixed = raw.body.split_first_chunk();
        let there = fixed.map(|(&[protocol, spi_size, _, _], spis)| Self { protocol: SecurityProtocol(protocol), spi_size, spis });
        (there, Self::parse_raw(raw).err())
    }

    pub(crate) fn faults_raw(raw: RawPayload<'a>, report: &mut impl FnMut(ParseError)) {
        let Some((fixed, after)) = raw.body.split_first_chunk() else {
            return Self::parse_raw(raw).err().into_iter().for_each(report);
        };
        // It goes on to the end, and has nothing more to say there.
        let _ = check(raw.body, fixed, after, &mut |fault| {
            report(fault.locate(Self::ELEMENT, raw.body, raw.body_at()));
            Flow::Continue(())
        });
    }

    #[inline]
    pub(crate) fn emit(&self, w: &mut Writer<'_>) {
        if self.protocol == SecurityProtocol::IKE && self.spi_size != 0 {
            w.fail(BuildError::SpisOfIkeSa);
        }
        let start = w.len();
        w.put([self.protocol.0, self.spi_size, 0, 0]);
        let count = self.spis().len();
        w.patch_u16(Self::ELEMENT, start.saturating_add(2), count);
        let (octets, size) = (self.spis.len(), usize::from(self.spi_size));
        if octets != count.saturating_mul(size) {
            w.fail(BuildError::NotWholeElements { element: Self::ELEMENT, octets, size });
        }
        w.slice(self.spis);
    }
}

/// Iterates over the SPIs of a [`Delete`].
#[derive(Clone, Debug)]
pub struct DeletedSpis<'a> {
    octets: &'a [u8],
    size: usize,
}

impl<'a> Iterator for DeletedSpis<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.size == 0 {
            return None;
        }
        let (spi, left) = self.octets.split_at_checked(self.size)?;
        self.octets = left;
        Some(spi)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let len = self.octets.len().checked_div(self.size).unwrap_or(0);
        (len, Some(len))
    }
}

impl ExactSizeIterator for DeletedSpis<'_> {}
impl core::iter::FusedIterator for DeletedSpis<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_35_spi_size_times_count_is_what_is_there_or_the_payload_is_refused() {
        let mut body = [0u8; 4 + 1024];
        for protocol in [0u8, 1, 2, 3, 4, 255] {
            for spi_size in [0u8, 4, 8, 255] {
                for count in (0..=300).chain([16384, 65535]) {
                    let [hi, lo] = u16::try_from(count).unwrap().to_be_bytes();
                    for there in [0usize, 3, 4, 8, 255, 1020] {
                        body[..4].copy_from_slice(&[protocol, spi_size, hi, lo]);
                        let legal = match protocol {
                            1 => spi_size == 0,
                            2 | 3 => spi_size == 4,
                            _ => true,
                        } && (count * usize::from(spi_size) == there)
                            && (spi_size != 0 || count == 0);
                        let parsed = Delete::parse(&body[..4 + there]);
                        assert_eq!(parsed.is_ok(), legal, "{protocol} {spi_size} {count} {there}");
                        if let Ok(delete) = parsed {
                            assert_eq!(delete.spis().count(), count);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn spis_of_the_wrong_size_are_not_written() {
        let mut buf = [0; 16];
        let mut w = Writer::new(&mut buf);
        Delete::child_sas(SecurityProtocol::ESP, &[0; 7]).emit(&mut w);
        assert!(matches!(w.finish(), Err(BuildError::NotWholeElements { octets: 7, size: 4, .. })));
    }
}
