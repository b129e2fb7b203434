//! Notify, RFC 7296 section 3.10; the shapes of its data are in `notify_data.rs`.
//!
//! ```text
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |  Protocol ID  |   SPI Size    |      Notify Message Type      |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! ~                Security Parameter Index (SPI)                 ~
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! ~                       Notification Data                       ~
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! ```

use super::shape::{Lenient, fixed_shape, one_fault};
use crate::error::Element;
use crate::registry::{NotifyType, PayloadType, SecurityProtocol};
use crate::wire::chain::RawPayload;
use crate::wire::codec::{Parsed, Parser, counted, octets, rest};
use crate::wire::writer::Writer;

/// An error, or a piece of status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Notify<'a> {
    /// Protocol ID of the SA in question; 0 when there is none.
    pub protocol: SecurityProtocol,
    /// SPI of the SA in question; empty when there is none or when it is the IKE SA itself.
    pub spi: &'a [u8],
    /// Notify Message Type.
    pub ty: NotifyType,
    /// Notification Data; [`typed_data`](Self::typed_data) gives it its shape.
    pub data: &'a [u8],
}

fixed_shape!(Notify, parse);
one_fault!(Notify);

#[inline]
fn parse(body: &[u8]) -> Parsed<'_, Notify<'_>> {
    let (after, &[protocol, spi_size, hi, lo]) = octets.parse(body)?;
    (counted(usize::from(spi_size)), rest)
        .map(|(spi, octets)| {
            let ty = NotifyType(u16::from_be_bytes([hi, lo]));
            Notify { protocol: SecurityProtocol(protocol), spi, ty, data: octets }
        })
        .parse(after)
}

impl<'a> Notify<'a> {
    pub(crate) const ELEMENT: Element = Element::Payload(PayloadType::N);

    /// A notify about no SA in particular.
    #[must_use]
    pub const fn new(ty: NotifyType, octets: &'a [u8]) -> Self {
        Self { protocol: SecurityProtocol(0), spi: &[], ty, data: octets }
    }

    /// Protocol and type stand before the SPI: where that is cut short, its octets are what there is, and there is no data.
    pub(crate) fn lenient_raw(raw: RawPayload<'a>) -> Lenient<Self> {
        match Self::parse_raw(raw) {
            Ok(whole) => (Some(whole), None),
            Err(fault) => {
                let fixed = raw.body.split_first_chunk();
                let there = fixed.map(|(&[protocol, _, hi, lo], spi)| Self {
                    protocol: SecurityProtocol(protocol),
                    spi,
                    ty: NotifyType(u16::from_be_bytes([hi, lo])),
                    data: &[],
                });
                (there, Some(fault))
            }
        }
    }

    #[inline]
    pub(crate) fn emit(&self, w: &mut Writer<'_>) {
        let [hi, lo] = self.ty.0.to_be_bytes();
        let spi_size = w.octet(Self::ELEMENT, self.spi.len());
        w.put([self.protocol.0, spi_size, hi, lo]);
        w.slice(self.spi);
        w.slice(self.data);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ParseErrorKind;

    #[test]
    fn hostile_01_an_spi_size_past_the_end_is_refused() {
        for spi_size in 0..=255u8 {
            let mut body = [0u8; 12];
            body[1] = spi_size;
            match Notify::parse(&body) {
                Ok(notify) => assert_eq!((notify.spi.len(), notify.data.len()), (spi_size.into(), 8 - usize::from(spi_size))),
                Err(error) => {
                    assert_eq!(error.offset, 4);
                    assert_eq!(error.kind, ParseErrorKind::Truncated { needed: spi_size.into(), available: 8 });
                }
            }
        }
    }

    #[test]
    fn hostile_36_a_received_protocol_id_is_written_back_as_octets() {
        for protocol in 0..=255u8 {
            let body = [protocol, 4, 0, 11, 1, 2, 3, 4, 9];
            let mut buf = [0; 9];
            let mut w = Writer::new(&mut buf);
            Notify::parse(&body).unwrap().emit(&mut w);
            assert_eq!(w.finish().unwrap(), body);
        }
    }
}
