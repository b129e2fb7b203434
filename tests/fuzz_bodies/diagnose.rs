//! Observations made of anything: no panic, findings and memory within their bounds, evidence that was seen.

use core::net::SocketAddr;
use core::time::Duration;
use ikev2::Instant;
use ikev2::diagnose::{
    Capabilities, Decrypted, Diagnoser, Finding, IcmpError, IcmpReport, Observation, Observed, Transport, WatchLimits, sizes,
};
use ikev2::proposal::notation::strongswan;
use ikev2::proposal::{Dialect, Policy};
use ikev2::registry::PayloadType;
use ikev2::wire::{Chain, Message};

const LIMITS: WatchLimits = WatchLimits { ike_sas: 8, findings: 64 };

/// The input is a list of observations: length of the message in two octets, one octet of flags, one of time, the message, and
/// as many octets of decrypted content as the flags say.
pub fn diagnose(data: &[u8]) {
    let policy = strongswan::parse_ike("aes256-sha256-modp2048").ok().and_then(|p| Policy::new(Dialect::Rfc, p).ok());
    let tools =
        Capabilities { sha1: Some(|parts| [parts.iter().copied().flatten().fold(0, |sum: u8, octet| sum.wrapping_mul(3) ^ octet); 20]) };
    let mut diagnoser = Diagnoser::new(LIMITS, tools, policy);
    let mut rest = data;
    let (mut packet, mut time, mut early) = (0_u64, Instant::START, 0_usize);
    while let Some((&[hi, lo, flags, wait], after)) = rest.split_first_chunk::<4>() {
        let length = usize::from(u16::from_be_bytes([hi, lo])).min(after.len());
        let (octets, after) = after.split_at(length);
        rest = after;
        packet += 1;
        // Time may run back, as it does in captures of several interfaces.
        let step = Duration::from_millis(u64::from(wait & 0x7f) * 97);
        time = if wait & 0x80 == 0 { time + step } else { time - step };
        let (src, dst) = ends(flags);
        let (transport, sight) = sight(flags, octets);
        let before = diagnoser.observe(&Observation::new(time, src, dst, transport, sight).with_packets(&[packet]));
        assert!(before.is_none_or(|sighting| sighting.sa_number <= packet));
        if flags == 0x5a {
            early += diagnoser.drain().inspect(|finding| check(finding, packet)).count();
        }
        measure(octets);
    }
    let (found, verdict) = diagnoser.finish();
    assert!(found.len() <= LIMITS.findings, "{} findings", found.len());
    found.iter().for_each(|finding| check(finding, packet));
    assert!(verdict.ike_sas <= packet && verdict.failed + verdict.established + verdict.undetermined <= verdict.ike_sas);
    assert!(verdict.closed_early <= verdict.ike_sas && verdict.text.len() < 4096);
    assert!(early + found.len() + verdict.dropped as usize >= verdict.codes.len());
    let mut codes = verdict.codes.clone();
    codes.sort_unstable();
    codes.dedup();
    assert!(codes.len() <= 40);
}

fn check(finding: &Finding, packets: u64) {
    assert!(finding.packets.len() <= Finding::MAX_PACKETS && finding.packets.is_sorted());
    assert!(finding.packets.iter().all(|n| (1..=packets).contains(n)), "{finding:?}");
    let text = finding.cause.to_string();
    assert!(!text.is_empty() && text.len() < 1 << 17 && !text.chars().any(char::is_control), "{text}");
    assert!(finding.cause.details().len() <= 10);
    assert!(matches!(finding.windows_error(), None | Some(800 | 809 | 812 | 13801 | 13806 | 13838 | 13843 | 13868)));
}

fn ends(flags: u8) -> (SocketAddr, SocketAddr) {
    let port = if flags & 0x10 == 0 { 500 } else { 4500 };
    let one = SocketAddr::new([192, 0, 2, 1].into(), port);
    let other = SocketAddr::new([192, 0, 2, 2 + ((flags & 0x20) >> 5)].into(), port);
    if flags & 0x08 == 0 { (one, other) } else { (other, one) }
}

fn sight(flags: u8, octets: &[u8]) -> (Transport, Observed<'_>) {
    let transport = if flags & 0x10 == 0 { Transport::Udp } else { Transport::UdpNonEspMarker };
    let sight = match flags & 7 {
        0..=2 => Observed::Message { octets, fragments: &[], decrypted: None },
        3 => Observed::Message { octets, fragments: &[1480, 1480, 77], decrypted: None },
        4 => {
            // The second half as content of the first.
            let (message, content) = octets.split_at(octets.len() / 2);
            let first = PayloadType(content.first().copied().unwrap_or(0));
            Observed::Message { octets: message, fragments: &[], decrypted: Some(Decrypted::new(first, content)) }
        }
        5 => Observed::IpFragments { head: octets, arrived: 1480, total: (flags & 0x40 != 0).then_some(4000) },
        6 => {
            let errors = [
                IcmpError::PortUnreachable,
                IcmpError::Unreachable,
                IcmpError::Prohibited,
                IcmpError::ProtocolUnreachable,
                IcmpError::TimeExceeded,
                IcmpError::TooBig(Some(u32::from(flags))),
                IcmpError::ReassemblyTimeout,
            ];
            let error = errors[octets.len() % errors.len()];
            Observed::Icmp(IcmpReport::new(error, [198, 51, 100, 1].into(), flags & 0x40 != 0))
        }
        _ => match octets.len() % 8 {
            0 => Observed::TlsConnect,
            1 => Observed::LaterFragment,
            2 => Observed::Other,
            3 => Observed::Cut(u32::from(flags)),
            4 => Observed::ClockBack,
            5 => Observed::Keepalive,
            _ => Observed::Esp(octets.first_chunk().map_or(0, |spi| u32::from_be_bytes(*spi))),
        },
    };
    (transport, sight)
}

/// A size report of anything.
fn measure(octets: &[u8]) {
    let Ok(read) = Message::parse_lenient(octets) else { return };
    let parts = sizes::payload_sizes(read.payloads(), Some(|_| None));
    assert!(parts.len() <= 128);
    let carried = sizes::Encapsulation { ipv6: octets.len() % 2 == 0, marker: octets.len() % 3 == 0 };
    let report = sizes::SizeReport::of_clear(parts, octets.len(), carried);
    assert!(report.plan.iter().all(|row| row.ip_packets >= 1 && (row.ip_packets > 1) == (report.packet_len > usize::from(row.mtu))));
    let inside = sizes::payload_sizes(Chain::parse_lenient(PayloadType::SA, octets).payloads(), None);
    let overhead = ikev2::fragment::Overhead { iv_len: 8, icv_len: 16, block_len: 1 };
    let report = sizes::SizeReport::of_content(inside, octets.len(), Some(overhead), carried);
    assert!(report.plan.windows(2).all(|pair| pair[0].ip_packets <= pair[1].ip_packets && pair[0].messages <= pair[1].messages));
}
