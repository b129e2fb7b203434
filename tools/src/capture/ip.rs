//! IPv4 and IPv6 headers, down to the transport header.

use core::net::IpAddr;

use etherparse::err::{ip_auth, ipv4, ipv6};
use etherparse::{IpAuthHeaderSlice, Ipv4HeaderSlice, Ipv6FragmentHeaderSlice, Ipv6HeaderSlice, Ipv6RawExtHeaderSlice};

use super::problem::Fault;
use super::sight::Extent;

pub(super) const TCP: u8 = 6;
pub(super) const UDP: u8 = 17;

const HOP_BY_HOP: u8 = 0;
const ROUTING: u8 = 43;
const FRAGMENT: u8 = 44;
const AUTHENTICATION: u8 = 51;
const DESTINATION_OPTIONS: u8 = 60;
const MOBILITY: u8 = 135;
const HIP: u8 = 139;
const SHIM6: u8 = 140;

/// An IP packet, its extension headers walked up to the transport header or to the fragment's octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct IpPacket<'a> {
    pub(super) header: IpHeader,
    pub(super) upper: Upper<'a>,
    /// Octets at the end that the IP header announces and the capture does not hold.
    pub(super) missing: usize,
}

/// What an IP header says of its packet, whatever is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct IpHeader {
    pub(super) src: IpAddr,
    pub(super) dst: IpAddr,
    /// Time to live, or hop limit.
    pub(super) ttl: u8,
    /// Octets of the packet, its header included, that are there.
    there: usize,
    /// Those and the ones that are not.
    announced: usize,
}

impl IpHeader {
    /// The packet with another payload: the one put together from fragments, of which this header's packet was one.
    ///
    /// # Errors
    /// As [`read`]; also a fragment inside a fragment.
    pub(super) fn around<'a>(&self, protocol: u8, payload: &'a [u8], missing: usize) -> Result<IpPacket<'a>, Fault> {
        Ok(IpPacket { header: *self, upper: read_reassembled(self.src.is_ipv6(), protocol, payload)?, missing })
    }
}

impl IpPacket<'_> {
    pub(super) fn extent(&self) -> Extent {
        Extent { there: self.header.there, announced: self.header.announced }
    }
}

/// What follows the IP header and its extension headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Upper<'a> {
    pub(super) protocol: u8,
    pub(super) fragment: Option<FragmentInfo>,
    pub(super) payload: &'a [u8],
}

/// Where a fragment belongs; offset in octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FragmentInfo {
    pub(super) id: u32,
    pub(super) offset: u16,
    pub(super) more: bool,
}

/// Reads the IP header and what follows it.
///
/// # Errors
/// A header that is cut or contradicts itself.
pub(super) fn read(octets: &[u8]) -> Result<IpPacket<'_>, Fault> {
    match octets.first().map(|first| first >> 4) {
        Some(4) => read_v4(octets),
        Some(6) => read_v6(octets),
        Some(version) => Err(Fault::malformed("IP header", format!("version {version}"))),
        None => Err(Fault::Short { layer: "IP header", needed: 20, there: 0 }),
    }
}

fn read_v4(octets: &[u8]) -> Result<IpPacket<'_>, Fault> {
    const LAYER: &str = "IPv4 header";
    let header = Ipv4HeaderSlice::from_slice(octets).map_err(|e| match e {
        ipv4::HeaderSliceError::Len(e) => Fault::short(LAYER, &e),
        ipv4::HeaderSliceError::Content(ipv4::HeaderError::HeaderLengthSmallerThanHeader { ihl }) => {
            Fault::malformed(LAYER, format!("header length {ihl} is less than 5"))
        }
        ipv4::HeaderSliceError::Content(e) => Fault::malformed(LAYER, e.to_string()),
    })?;
    let header_len = header.slice().len();
    let there = octets.get(header_len..).unwrap_or_default();
    let announced = match usize::from(header.total_len()) {
        // Captured before the network card cut a large send into packets and filled the length in.
        0 => there.len(),
        total => total
            .checked_sub(header_len)
            .ok_or_else(|| Fault::malformed(LAYER, format!("Total Length {total} is less than the header's {header_len} octets")))?,
    };
    let payload = there.get(..announced).unwrap_or(there);
    let (offset, more) = (header.fragments_offset().byte_offset(), header.more_fragments());
    let protocol = header.protocol().0;
    let upper = if more || offset > 0 {
        Upper { protocol, fragment: Some(FragmentInfo { id: u32::from(header.identification()), offset, more }), payload }
    } else {
        upper_v4(protocol, payload)?
    };
    let missing = announced.saturating_sub(there.len());
    let there = header_len.saturating_add(payload.len());
    let (src, dst, ttl) = (header.source_addr().into(), header.destination_addr().into(), header.ttl());
    Ok(IpPacket { header: IpHeader { src, dst, ttl, there, announced: there.saturating_add(missing) }, upper, missing })
}

fn read_v6(octets: &[u8]) -> Result<IpPacket<'_>, Fault> {
    const LAYER: &str = "IPv6 header";
    let header = Ipv6HeaderSlice::from_slice(octets).map_err(|e| match e {
        ipv6::HeaderSliceError::Len(e) => Fault::short(LAYER, &e),
        ipv6::HeaderSliceError::Content(e) => Fault::malformed(LAYER, e.to_string()),
    })?;
    let there = octets.get(header.slice().len()..).unwrap_or_default();
    let announced = match usize::from(header.payload_length()) {
        // A jumbogram, or captured before the network card filled the length in.
        0 => there.len(),
        length => length,
    };
    let payload = there.get(..announced).unwrap_or(there);
    let missing = announced.saturating_sub(there.len());
    let there = header.slice().len().saturating_add(payload.len());
    let (src, dst, ttl) = (header.source_addr().into(), header.destination_addr().into(), header.hop_limit());
    let upper = upper_v6(header.next_header().0, payload)?;
    Ok(IpPacket { header: IpHeader { src, dst, ttl, there, announced: there.saturating_add(missing) }, upper, missing })
}

/// Walks the headers in front of the transport header in a reassembled payload.
///
/// # Errors
/// As [`read`]; also a fragment inside a fragment.
pub(super) fn read_reassembled(is_v6: bool, protocol: u8, payload: &[u8]) -> Result<Upper<'_>, Fault> {
    let upper = if is_v6 { upper_v6(protocol, payload)? } else { upper_v4(protocol, payload)? };
    match upper.fragment {
        Some(_) => Err(Fault::malformed("IPv6 extension headers", "a fragment inside a fragment")),
        None => Ok(upper),
    }
}

fn upper_v4(protocol: u8, payload: &[u8]) -> Result<Upper<'_>, Fault> {
    let (protocol, payload) = match protocol {
        AUTHENTICATION => skip_authentication(payload)?,
        _ => (protocol, payload),
    };
    Ok(Upper { protocol, fragment: None, payload })
}

fn upper_v6(mut protocol: u8, mut payload: &[u8]) -> Result<Upper<'_>, Fault> {
    // Each turn consumes at least 8 octets, so the packet's length bounds the walk.
    loop {
        (protocol, payload) = match protocol {
            HOP_BY_HOP | ROUTING | DESTINATION_OPTIONS | MOBILITY | HIP | SHIM6 => {
                let header = Ipv6RawExtHeaderSlice::from_slice(payload).map_err(|e| Fault::short("IPv6 extension header", &e))?;
                let rest = payload.get(header.slice().len()..).unwrap_or_default();
                (header.next_header().0, rest)
            }
            AUTHENTICATION => skip_authentication(payload)?,
            FRAGMENT => {
                let header = Ipv6FragmentHeaderSlice::from_slice(payload).map_err(|e| Fault::short("IPv6 fragment header", &e))?;
                let rest = payload.get(header.slice().len()..).unwrap_or_default();
                let (offset, more) = (header.fragment_offset().byte_offset(), header.more_fragments());
                if more || offset > 0 {
                    return Ok(Upper {
                        protocol: header.next_header().0,
                        fragment: Some(FragmentInfo { id: header.identification(), offset, more }),
                        payload: rest,
                    });
                }
                // An atomic fragment is a whole packet (RFC 6946).
                (header.next_header().0, rest)
            }
            _ => {
                return Ok(Upper { protocol, fragment: None, payload });
            }
        };
    }
}

fn skip_authentication(payload: &[u8]) -> Result<(u8, &[u8]), Fault> {
    const LAYER: &str = "IP authentication header";
    let header = IpAuthHeaderSlice::from_slice(payload).map_err(|e| match e {
        ip_auth::HeaderSliceError::Len(e) => Fault::short(LAYER, &e),
        ip_auth::HeaderSliceError::Content(e) => Fault::malformed(LAYER, e.to_string()),
    })?;
    let rest = payload.get(header.slice().len()..).unwrap_or_default();
    Ok((header.next_header().0, rest))
}
