//! ICMP errors about IKE packets (RFC 792, RFC 4443): they quote the beginning of what they complain about.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use ikev2::diagnose::{IcmpError, IcmpReport};

/// IP protocol numbers of ICMP.
pub(crate) const V4: u8 = 1;
pub(crate) const V6: u8 = 58;

const UDP: u8 = 17;
const ESP: u8 = 50;
const HEADER: usize = 8;

/// What the error of `sender` says, and who sent the packet it quotes to whom; `None` for other messages, and for packets without UDP or ESP.
pub(crate) fn error(protocol: u8, payload: &[u8], sender: IpAddr) -> Option<(IcmpReport, SocketAddr, SocketAddr)> {
    let (&[ty, code, _, _, a, b, c, d], quoted) = payload.split_first_chunk::<HEADER>()?;
    let error = match protocol {
        V4 => IcmpError::of_v4(ty, code, be(c, d)),
        V6 => IcmpError::of_v6(ty, code, u32::from_be_bytes([a, b, c, d])),
        _ => None,
    }?;
    let (src, dst, esp, ports) = if protocol == V4 { quoted_v4(quoted)? } else { quoted_v6(quoted)? };
    // Of a later fragment the ports are not known.
    let (from, to) = ports.and_then(|octets| octets.first_chunk::<4>()).map_or((0, 0), |[a, b, c, d]| (be(*a, *b), be(*c, *d)));
    Some((IcmpReport::new(error, sender, esp), SocketAddr::new(src, from), SocketAddr::new(dst, to)))
}

/// Source, destination, whether it is ESP, and what begins with its ports.
type Quoted<'a> = Option<(IpAddr, IpAddr, bool, Option<&'a [u8]>)>;

fn quoted_v4(octets: &[u8]) -> Quoted<'_> {
    let header = octets.first_chunk::<20>()?;
    let [first, _, _, _, _, _, flags, offset, _, protocol, _, _, a, b, c, d, e, f, g, h] = *header;
    let len = usize::from(first & 0x0f).checked_mul(4)?;
    if first >> 4 != 4 || !matches!(protocol, UDP | ESP) {
        return None;
    }
    let whole = be(flags, offset) & 0x1fff == 0;
    let ports = octets.get(len..).filter(|_| whole && protocol == UDP);
    Some((Ipv4Addr::new(a, b, c, d).into(), Ipv4Addr::new(e, f, g, h).into(), protocol == ESP, ports))
}

fn quoted_v6(octets: &[u8]) -> Quoted<'_> {
    let (header, rest) = octets.split_first_chunk::<40>()?;
    let src: [u8; 16] = *header.get(8..)?.first_chunk()?;
    let dst: [u8; 16] = *header.get(24..)?.first_chunk()?;
    let (esp, ports) = match (header.get(6)?, rest) {
        (&UDP, rest) => (false, Some(rest)),
        (&ESP, _) => (true, None),
        (44, [UDP, _, hi, lo, _, _, _, _, rest @ ..]) => (false, (be(*hi, *lo) & 0xfff8 == 0).then_some(rest)),
        _ => return None,
    };
    Some((Ipv6Addr::from(src).into(), Ipv6Addr::from(dst).into(), esp, ports))
}

fn be(hi: u8, lo: u8) -> u16 {
    u16::from_be_bytes([hi, lo])
}
