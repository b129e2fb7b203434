//! PPP (RFC 1661), its framing (RFC 1662), and Cisco's use of HDLC.

use super::layer::{Kind, Step, split};
use crate::capture::link_type;
use crate::capture::problem::Fault;
use crate::capture::skipped::Inside;

const ADDRESS_AND_CONTROL: [u8; 2] = [0xff, 0x03];

/// The protocol field and what follows it; its first octet is left out where compression was agreed on.
pub(super) fn ppp(octets: &[u8]) -> Result<Step<'_>, Fault> {
    const IPV4: u16 = 0x0021;
    const IPV6: u16 = 0x0057;
    const MPLS: [u16; 2] = [0x0281, 0x0283];
    /// From here on: control protocols of networks and of the link.
    const CONTROL: u16 = 0x8000;
    let (protocol, rest) = match octets {
        [protocol, rest @ ..] if protocol & 1 == 1 => (u16::from(*protocol), rest),
        _ => {
            let (field, rest) = split::<2>("PPP header", octets)?;
            (u16::from_be_bytes(*field), rest)
        }
    };
    Ok(match protocol {
        IPV4 | IPV6 => Step::Inner(Kind::Ip, rest),
        _ if MPLS.contains(&protocol) => Step::Inner(Kind::Mpls, rest),
        CONTROL.. => Step::Nothing,
        _ => Step::Skipped(Inside::Ppp(protocol)),
    })
}

/// The same, behind address and control fields unless they were left out, or what Cisco's devices put in their place.
pub(super) fn framed(octets: &[u8]) -> Result<Step<'_>, Fault> {
    Ok(match octets.strip_prefix(&ADDRESS_AND_CONTROL) {
        Some(rest) => Step::Inner(Kind::Ppp, rest),
        None if matches!(octets, [0x0f | 0x8f, ..]) => Step::Inner(Kind::CiscoHdlc, octets),
        None => Step::Inner(Kind::Ppp, octets),
    })
}

pub(super) fn cisco_hdlc(octets: &[u8]) -> Result<Step<'_>, Fault> {
    /// Address resolution and keepalives of such lines, and OSI routing.
    const NO_IP: [u16; 2] = [0x8035, 0xfefe];
    let (header, rest) = split::<4>("Cisco HDLC header", octets)?;
    let [_, _, a, b] = *header;
    let number = u16::from_be_bytes([a, b]);
    Ok(if NO_IP.contains(&number) { Step::Nothing } else { Step::Inner(Kind::EtherType(number), rest) })
}

/// Behind one octet that says who sent it, where the link type has it.
pub(super) fn with_direction(number: u16, frame: &[u8]) -> Result<Step<'_>, Fault> {
    let kind = if matches!(number, link_type::C_HDLC | link_type::C_HDLC_WITH_DIR) { Kind::CiscoHdlc } else { Kind::PppFramed };
    if number == link_type::C_HDLC {
        return Ok(Step::Inner(kind, frame));
    }
    let (_, rest) = split::<1>("octet of direction", frame)?;
    // pppd writes it over the address field.
    Ok(match rest {
        [0x03, inner @ ..] if number == link_type::PPP_PPPD => Step::Inner(Kind::Ppp, inner),
        _ => Step::Inner(kind, rest),
    })
}
