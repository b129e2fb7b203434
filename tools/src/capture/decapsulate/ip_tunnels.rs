//! Tunnels that are IP protocols of their own: IP in IP, GRE (RFC 2784, 2890; version 1 of PPTP, RFC 2637), ERSPAN, EtherIP, MPLS.

use super::ethernet;
use super::layer::{Kind, Step, behind, split};
use crate::capture::problem::Fault;
use crate::capture::skipped::Inside;

const IP_IN_IP: u8 = 4;
const IPV6: u8 = 41;
const GRE: u8 = 47;
const MINIMAL_ENCAPSULATION: u8 = 55;
/// The one of KA9Q, which reads like [`IP_IN_IP`].
const IPIP: u8 = 94;
const ETHER_IP: u8 = 97;
const ENCAPSULATION_HEADER: u8 = 98;
const IP_COMP: u8 = 108;
const L2TP: u8 = 115;
const MPLS_IN_IP: u8 = 137;

pub(super) fn inside(protocol: u8, payload: &[u8]) -> Result<Option<Step<'_>>, Fault> {
    Ok(Some(match protocol {
        IP_IN_IP | IPV6 | IPIP => Step::Inner(Kind::Ip, payload),
        GRE => gre(payload)?,
        ETHER_IP => Step::Inner(Kind::Ethernet, split::<2>("EtherIP header", payload)?.1),
        MPLS_IN_IP => Step::Inner(Kind::Mpls, payload),
        MINIMAL_ENCAPSULATION | ENCAPSULATION_HEADER | IP_COMP | L2TP => Step::Skipped(Inside::IpProtocol(protocol)),
        _ => return Ok(None),
    }))
}

const LAYER: &str = "GRE header";
const ROUTING: u16 = 0x4000;
const CHECKSUM: u16 = 0x8000;
const KEY: u16 = 0x2000;
const SEQUENCE: u16 = 0x1000;
const VERSION: u16 = 0x0007;

fn gre(octets: &[u8]) -> Result<Step<'_>, Fault> {
    const PPTP: u16 = 1;
    let (header, rest) = split::<4>(LAYER, octets)?;
    let [a, b, c, d] = *header;
    let (flags, protocol) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
    match flags & VERSION {
        0 if flags & ROUTING != 0 => Ok(Step::Skipped(Inside::Gre(0))),
        0 => {
            let fields = [CHECKSUM, KEY, SEQUENCE].iter().filter(|field| flags & **field != 0).count();
            carried(protocol, flags & SEQUENCE != 0, behind(LAYER, rest, fields.saturating_mul(4))?)
        }
        PPTP => pptp(flags, rest),
        version => Ok(Step::Skipped(Inside::Gre(u8::try_from(version).unwrap_or(u8::MAX)))),
    }
}

fn carried(protocol: u16, numbered: bool, rest: &[u8]) -> Result<Step<'_>, Fault> {
    const KEEPALIVE: u16 = 0;
    const NHRP: u16 = 0x2001;
    const WCCP: u16 = 0x883e;
    const ERSPAN: u16 = 0x88be;
    const ERSPAN_3: u16 = 0x22eb;
    match protocol {
        KEEPALIVE | NHRP => Ok(Step::Nothing),
        // With a header of its own in version 2 of WCCP, which no IP packet begins like.
        WCCP if matches!(rest.first(), Some(first) if matches!(first >> 4, 4 | 6)) => Ok(Step::Inner(Kind::Ip, rest)),
        WCCP => Ok(Step::Inner(Kind::Ip, behind("WCCP header", rest, 4)?)),
        ERSPAN if !numbered => Ok(Step::Inner(Kind::Ethernet, rest)),
        ERSPAN => Ok(Step::Inner(Kind::Ethernet, behind("ERSPAN header", rest, 8)?)),
        ERSPAN_3 => erspan_3(rest),
        // Frames, labels and packets are told by EtherType.
        number => ethernet::ether_type(number, rest),
    }
}

fn erspan_3(octets: &[u8]) -> Result<Step<'_>, Fault> {
    const LAYER: &str = "ERSPAN header, type III";
    const PLATFORM: u8 = 0x01;
    const IP: u8 = 2;
    let (header, _) = split::<12>(LAYER, octets)?;
    let [.., kind, flags] = *header;
    let rest = behind(LAYER, octets, if flags & PLATFORM != 0 { 20 } else { 12 })?;
    let frame_type = (kind >> 2) & 0x1f;
    Ok(Step::Inner(if frame_type == IP { Kind::Ip } else { Kind::Ethernet }, rest))
}

/// PPTP: a key of payload length and call, then PPP if the packet is more than an acknowledgement.
fn pptp(flags: u16, rest: &[u8]) -> Result<Step<'_>, Fault> {
    const ACKNOWLEDGEMENT: u16 = 0x0080;
    if flags & (ROUTING | CHECKSUM) != 0 || flags & KEY == 0 {
        return Ok(Step::Skipped(Inside::Gre(1)));
    }
    if flags & SEQUENCE == 0 {
        return Ok(Step::Nothing);
    }
    let fields = if flags & ACKNOWLEDGEMENT != 0 { 12 } else { 8 };
    Ok(Step::Inner(Kind::PppFramed, behind(LAYER, rest, fields)?))
}
