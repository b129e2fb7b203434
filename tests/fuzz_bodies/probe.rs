//! Target `probe`: a prober, and a network and a gateway that say what the input says.

use super::toy::Seeded;
use ikev2::Instant;
use ikev2::diagnose::IcmpError;
use ikev2::probe::{AnswerResult, Fitness, MarkedPort, ProbeArrival, ProbeDatagram, ProbePlan, ProbeQuestion, ProbeReport, Prober};
use ikev2::proposal::notation::strongswan;
use ikev2::registry::{ExchangeType, KeMethod, NotifyType, PayloadType, SecurityProtocol};
use ikev2::wire::{Header, IkeSpis, KeyExchange, Message, MessageBuilder, Nonce, Notify, Payload};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// Longer than any run takes.
const LONGEST: Duration = Duration::from_secs(900);

/// Octet 0 says what is planned; then, for each datagram that is sent, what comes of it in one octet, with what in another one, and for
/// some of them octets. After the input there is silence.
pub fn probe(data: &[u8]) {
    let Some((&how, mut rest)) = data.split_first() else { return };
    let plan = plan(how);
    let (address, most) = (plan.address(), if how & 1 == 0 { 80 } else { 140 });
    let mut prober = Prober::new(plan, Seeded(u64::from(how) | 1));
    let (mut now, mut sent, mut octets, mut taken_back) = (Instant::START, Vec::new(), 0, 0);
    while !prober.is_done() {
        if let Some(out) = prober.poll_transmit(now) {
            check(&out, address, how);
            sent.push(now);
            octets += out.datagram.len() as u64;
            if let Some((&[what, with], after)) = rest.split_first_chunk() {
                let (left, is_unsent) = answer(&mut prober, &mut now, &out, what, with, after);
                rest = left;
                if is_unsent {
                    taken_back += 1;
                    octets -= out.datagram.len() as u64;
                }
            }
        }
        now = now.max(prober.poll_timeout().unwrap_or(now));
        assert!(now < Instant::START + LONGEST, "it ends");
        assert!(sent.len() - taken_back <= most, "{} datagrams", sent.len());
    }
    for window in sent.windows(11) {
        assert!(window[10] - window[0] > Duration::from_secs(1), "at most ten in a second");
    }
    prober.note_tcp(ProbeQuestion::Tcp4500, how & 2 == 0);
    let report = prober.report();
    let counted = report.verdict().sent;
    assert_eq!((counted.datagrams, counted.octets), (sent.len() - taken_back, octets), "everything is counted");
    holds(&report);
}

fn plan(how: u8) -> ProbePlan {
    let (address, local): (IpAddr, SocketAddr) = if how & 4 == 0 {
        ([192, 0, 2, 1].into(), ([192, 0, 2, 2], 40_000).into())
    } else {
        ("2001:db8::1".parse().unwrap(), "[2001:db8::2]:40000".parse().unwrap())
    };
    let plan = ProbePlan::new(address).with_policy(how & 1 == 1).with_local(local).with_large(how & 8 != 0);
    let plan = if how & 16 == 0 { plan.with_local_mtu(1500) } else { plan };
    let plan = if how & 32 == 0 { plan } else { plan.with_offer(strongswan::parse_ike("aes256-sha256-modp2048").unwrap()) };
    if how & 64 == 0 { plan } else { plan.with_ike_port(MarkedPort { port: 15_500, marker: true }) }
}

/// What leaves is a request that anybody reads, to the gateway, and of a size that may be sent.
fn check(out: &ProbeDatagram, address: IpAddr, how: u8) {
    assert_eq!(out.to.ip(), address);
    let headers = if how & 4 == 0 { 28 } else { 48 };
    assert!(out.datagram.len() + headers <= if how & 8 == 0 { 3000 } else { 12_000 }, "{} octets", out.datagram.len());
    let message = Message::parse(unmarked(out)).unwrap();
    assert_eq!((message.header().exchange, message.header().message_id), (ExchangeType::IKE_SA_INIT, 0));
    assert!(message.payloads().any(|payload| payload.ty == PayloadType::V), "it names the tool");
}

/// Without the non-ESP marker.
fn unmarked(out: &ProbeDatagram) -> &[u8] {
    out.datagram.strip_prefix(&[0; 4]).unwrap_or(&out.datagram)
}

/// Lets something happen; gives the rest of the input, and whether the datagram was not sent after all.
fn answer<'d>(prober: &mut Prober<Seeded>, now: &mut Instant, out: &ProbeDatagram, what: u8, with: u8, rest: &'d [u8]) -> (&'d [u8], bool) {
    *now += Duration::from_millis(u64::from(what >> 4) * 7);
    let from = out.to;
    let mut tell = |from, octets: &[u8]| {
        let marked = if unmarked(out).len() < out.datagram.len() { [&[0; 4], octets].concat() } else { octets.to_vec() };
        prober.handle(*now, out.socket, from, ProbeArrival::Datagram(&marked));
    };
    let of = |len: usize| rest.split_at(len.min(rest.len()));
    match what & 15 {
        0 => {}
        1 => tell(from, &refusal(out, NotifyType::INVALID_KE_PAYLOAD, &KeMethod(u16::from(with)).0.to_be_bytes())),
        2 => tell(from, &refusal(out, NotifyType::NO_PROPOSAL_CHOSEN, &[])),
        3 => tell(from, &refusal(out, NotifyType::COOKIE, &[with; 8])),
        4 => {
            let (data, rest) = of(2 + usize::from(with & 31));
            let (ty, data) = data.split_at(data.len().min(2));
            tell(from, &refusal(out, NotifyType(ty.iter().fold(0, |ty, octet| ty << 8 | u16::from(*octet))), data));
            return (rest, false);
        }
        5 => tell(from, &acceptance(out, with)),
        6 => {
            // Whatever it is, under the SPI of the request.
            let (octets, rest) = of(usize::from(with) * 4);
            let spi = unmarked(out).get(..8).unwrap_or_default();
            tell(from, &[spi, octets].concat());
            return (rest, false);
        }
        7 => tell(from, unmarked(out)),
        8 => tell(SocketAddr::new(from.ip(), from.port() ^ u16::from(with)), &acceptance(out, 0)),
        9 => tell(SocketAddr::new([192, 0, 2, with].into(), from.port()), &refusal(out, NotifyType::NO_PROPOSAL_CHOSEN, &[])),
        10 => {
            let mtu = u32::from(with) * 8;
            let length = (with & 1 == 0).then(|| out.datagram.len() as u16 + 28);
            let error = IcmpError::TooBig(Some(mtu).filter(|mtu| *mtu > 0));
            prober.handle(*now, out.socket, from, ProbeArrival::Icmp { error, sender: None, length });
        }
        11 => {
            let error = if with & 1 == 0 { IcmpError::PortUnreachable } else { IcmpError::Prohibited };
            prober.handle(*now, out.socket, from, ProbeArrival::Icmp { error, sender: Some([192, 0, 2, with].into()), length: None });
        }
        12 => prober.handle(*now, out.socket, from, ProbeArrival::Refused),
        13 => {
            prober.handle(*now, out.socket, from, ProbeArrival::TooLong);
            return (rest, true);
        }
        // What comes twice, and late.
        14 => {
            for _ in 0..2 {
                *now += Duration::from_millis(u64::from(with) * 16);
                let octets = acceptance(out, with & 1);
                let marked = if unmarked(out).len() < out.datagram.len() { [&[0; 4], &octets[..]].concat() } else { octets };
                prober.handle(*now, out.socket, from, ProbeArrival::Datagram(&marked));
            }
        }
        _ => tell(from, &refusal(out, NotifyType::INVALID_SYNTAX, &[])),
    }
    (rest, false)
}

fn header(out: &ProbeDatagram, responder: u64) -> Header {
    let request = Message::parse(unmarked(out)).unwrap();
    let spis = IkeSpis { initiator: request.header().spis.initiator, responder };
    Header { spis, exchange: ExchangeType::IKE_SA_INIT, initiator: false, response: true, message_id: 0 }
}

fn refusal(out: &ProbeDatagram, ty: NotifyType, data: &[u8]) -> Vec<u8> {
    let header = header(out, 0);
    let mut buf = [0; 512];
    let notify = Notify { protocol: SecurityProtocol(0), spi: &[], ty, data };
    MessageBuilder::new(&mut buf, &header).push(Payload::Notify(notify)).finish().unwrap().to_vec()
}

/// The offer of the request as it stands, which is no choice of one, and what else an answer has.
fn acceptance(out: &ProbeDatagram, with: u8) -> Vec<u8> {
    let header = header(out, 0x0102_0304_0506_0708 ^ u64::from(with));
    let request = Message::parse(unmarked(out)).unwrap();
    let sa = request.payloads().find(|payload| payload.ty == PayloadType::SA);
    let mut buf = [0; 4096];
    let mut builder = MessageBuilder::new(&mut buf, &header);
    if let Some(sa) = sa {
        builder.push(Payload::Unknown(sa));
    }
    builder.push(Payload::KeyExchange(KeyExchange { method: KeMethod::CURVE25519, data: &[9; 32] }));
    builder.push(Payload::Nonce(Nonce { data: &[7; 32] }));
    for (bit, ty) in [(1, NotifyType::IKEV2_FRAGMENTATION_SUPPORTED), (2, NotifyType::USE_PPK), (4, NotifyType::NAT_DETECTION_SOURCE_IP)] {
        if with & bit != 0 {
            let data: &[u8] = if bit == 4 { &[5; 20] } else { &[] };
            builder.push(Payload::Notify(Notify { protocol: SecurityProtocol(0), spi: &[], ty, data }));
        }
    }
    builder.finish().unwrap().to_vec()
}

/// What a report must be, whatever was seen.
fn holds(report: &ProbeReport) {
    let verdict = report.verdict();
    assert_eq!(verdict.state == Fitness::Unfit, !report.causes().is_empty(), "{verdict:?}");
    assert_eq!(verdict.codes.len(), report.causes().len());
    for answer in report.answers() {
        assert!(!answer.text.is_empty() && !answer.text.chars().any(char::is_control), "{answer:?}");
        let is_port = matches!(answer.question, ProbeQuestion::Udp500 | ProbeQuestion::Udp4500);
        assert!(!(is_port && answer.result == AnswerResult::No && answer.datagrams < 2), "nothing is claimed of silence once: {answer:?}");
    }
    if let Some(trip) = report.round_trip() {
        assert!(report.first_timer().is_some() && trip < LONGEST);
    }
}
