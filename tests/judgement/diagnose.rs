//! `diagnose` over messages made here: what nobody recorded, and what nobody should send.

use core::net::SocketAddr;
use core::time::Duration;
use ikev2::Instant;
use ikev2::diagnose::{
    Capabilities, Diagnoser, Finding, IcmpError, IcmpReport, Observation, Observed, Severity, Transport, Verdict, WatchLimits,
};
use ikev2::proposal::{NegotiationContext, profiles};
use ikev2::registry::{ExchangeType, KeMethod, NotifyType, PayloadType};
use ikev2::wire::{Header, IkeSpis, KeyExchange, MessageBuilder, Nonce, Notify, Payload, RawPayload, VendorId};

/// A conversation: messages are made, and observed in order.
struct Talk {
    diagnoser: Diagnoser,
    packet: u64,
    time: Instant,
}

#[derive(Clone, Copy)]
struct Ends {
    initiator: SocketAddr,
    responder: SocketAddr,
}

fn ends(port: u16) -> Ends {
    Ends { initiator: SocketAddr::new([192, 0, 2, 1].into(), port), responder: SocketAddr::new([192, 0, 2, 2].into(), port) }
}

const INIT: Header = Header {
    spis: IkeSpis { initiator: 7, responder: 0 },
    exchange: ExchangeType::IKE_SA_INIT,
    initiator: true,
    response: false,
    message_id: 0,
};

fn answer(header: Header, spi_r: u64) -> Header {
    Header { spis: IkeSpis { responder: spi_r, ..header.spis }, initiator: !header.initiator, response: true, ..header }
}

fn next(spi_i: u64, exchange: ExchangeType, message_id: u32) -> Header {
    Header { spis: IkeSpis { initiator: spi_i, responder: 9 }, exchange, initiator: true, response: false, message_id }
}

/// SA payload of a profile as IKE_SA_INIT offers it.
fn offer(name: &str) -> Vec<u8> {
    profiles::find(name).unwrap().offer(NegotiationContext::IkeSaInit, &[]).unwrap()
}

fn build(header: &Header, payloads: &[Payload<'_>]) -> Vec<u8> {
    let mut buf = [0; 8192];
    let mut builder = MessageBuilder::new(&mut buf, header);
    for payload in payloads {
        builder.push(*payload);
    }
    builder.finish().unwrap().to_vec()
}

fn raw(ty: PayloadType, body: &[u8]) -> Payload<'_> {
    Payload::Unknown(RawPayload::new(ty, false, body))
}

fn notify(ty: NotifyType) -> Payload<'static> {
    Payload::Notify(Notify::new(ty, &[]))
}

impl Talk {
    fn new() -> Self {
        Self::with(WatchLimits::default())
    }

    fn with(limits: WatchLimits) -> Self {
        Self { diagnoser: Diagnoser::new(limits, Capabilities::default(), None), packet: 0, time: Instant::START }
    }

    fn wait(&mut self, seconds: f64) -> &mut Self {
        self.time += Duration::from_secs_f64(seconds);
        self
    }

    fn see(&mut self, ends: Ends, from_initiator: bool, sight: Observed<'_>) -> &mut Self {
        self.packet += 1;
        self.time += Duration::from_millis(1);
        let (src, dst) = if from_initiator { (ends.initiator, ends.responder) } else { (ends.responder, ends.initiator) };
        let transport = if dst.port() == 4500 { Transport::UdpNonEspMarker } else { Transport::Udp };
        self.diagnoser.observe(&Observation::new(self.time, src, dst, transport, sight).with_packets(&[self.packet]));
        self
    }

    fn send(&mut self, ends: Ends, octets: &[u8]) -> &mut Self {
        let from_initiator = Header::peek(octets).unwrap().header.initiator;
        self.see(ends, from_initiator, Observed::Message { octets, fragments: &[], decrypted: None })
    }

    /// IKE_SA_INIT with its answer.
    fn init(&mut self, ends: Ends, spi_i: u64) -> &mut Self {
        let request = Header { spis: IkeSpis { initiator: spi_i, ..INIT.spis }, ..INIT };
        self.send(ends, &request_of(&request, KeMethod::MODP_1024, &[]));
        self.send(ends, &response_of(&answer(request, 9)))
    }

    /// An encrypted message: the type of its first payload, and its size.
    fn sealed(&mut self, ends: Ends, header: Header, first: PayloadType, content: usize) -> &mut Self {
        // AES-CBC with HMAC-SHA1-96: IV, content, padding and Pad Length, ICV.
        let text = (content + 1).div_ceil(16) * 16;
        let mut octets = build(&header, &[raw(PayloadType::SK, &vec![0; 16 + text + 12])]);
        octets[28] = first.0;
        self.send(ends, &octets)
    }

    fn finish(self) -> (Vec<Finding>, Verdict) {
        self.diagnoser.finish()
    }
}

fn request_of(header: &Header, ke: KeMethod, more: &[Payload<'_>]) -> Vec<u8> {
    let sa = offer("windows10");
    let key = Payload::KeyExchange(KeyExchange { method: ke, data: &[3; 128] });
    let head = [raw(PayloadType::SA, &sa), key, Payload::Nonce(Nonce { data: &[5; 32] })];
    build(header, &[&head, more].concat())
}

/// The proposal AES-CBC-256, HMAC-SHA1-96, PRF-HMAC-SHA1, MODP_1024 is taken.
fn response_of(header: &Header) -> Vec<u8> {
    let sa = [
        &[0, 0, 0, 44, 1, 1, 0, 4][..],
        &[3, 0, 0, 12, 1, 0, 0, 12, 0x80, 14, 1, 0],
        &[3, 0, 0, 8, 3, 0, 0, 2],
        &[3, 0, 0, 8, 2, 0, 0, 2],
        &[0, 0, 0, 8, 4, 0, 0, 2],
    ]
    .concat();
    let key = Payload::KeyExchange(KeyExchange { method: KeMethod::MODP_1024, data: &[3; 128] });
    build(header, &[raw(PayloadType::SA, &sa), key, Payload::Nonce(Nonce { data: &[6; 32] })])
}

fn codes(found: &[Finding], severity: Severity) -> Vec<&'static str> {
    found.iter().filter(|f| f.severity == severity).map(|f| f.cause.code()).collect()
}

/// IKE_AUTH that goes well.
fn auth(talk: &mut Talk, ends: Ends, spi_i: u64) {
    let request = next(spi_i, ExchangeType::IKE_AUTH, 1);
    talk.sealed(ends, request, PayloadType::IDI, 250).sealed(ends, answer(request, 9), PayloadType::IDR, 200);
}

#[test]
fn the_windows_default_offer_refused_is_error_800_and_a_custom_one_13868() {
    let mut talk = Talk::new();
    talk.send(ends(500), &request_of(&INIT, KeMethod::MODP_1024, &[]));
    talk.send(ends(500), &build(&answer(INIT, 0), &[notify(NotifyType::NO_PROPOSAL_CHOSEN)]));
    let (found, verdict) = talk.finish();
    assert_eq!((verdict.codes, verdict.windows_error), (vec!["NoProposalChosen"], Some(800)));
    assert!(verdict.text.contains("NativeProtocolType = IKEv2"), "{}", verdict.text);
    assert!(found[0].cause.to_string().contains("exactly that of windows10-client-default-ike"), "{}", found[0].cause);

    let mut talk = Talk::new();
    let sa = offer("windows-client-custom-ike-example");
    let vendor = Payload::VendorId(VendorId { data: b"\x1e\x2b\x51\x69\x05\x99\x1c\x7d\x7c\x96\xfc\xbf\xb5\x87\xe4\x61\0\0\0\x09" });
    talk.send(ends(500), &build(&INIT, &[raw(PayloadType::SA, &sa), vendor]));
    talk.send(ends(500), &build(&answer(INIT, 0), &[notify(NotifyType::NO_PROPOSAL_CHOSEN)]));
    assert_eq!(talk.finish().1.windows_error, Some(13868));
}

#[test]
fn a_forged_refusal_does_not_count_when_the_handshake_goes_on() {
    for forged in [NotifyType::NO_PROPOSAL_CHOSEN, NotifyType::INVALID_SYNTAX, NotifyType::INVALID_MAJOR_VERSION] {
        let mut talk = Talk::new();
        talk.send(ends(500), &request_of(&INIT, KeMethod::MODP_1024, &[]));
        talk.send(ends(500), &build(&answer(INIT, 0), &[notify(forged)]));
        talk.send(ends(500), &response_of(&answer(INIT, 9)));
        let request = next(7, ExchangeType::IKE_AUTH, 1);
        talk.sealed(ends(500), request, PayloadType::IDI, 250);
        talk.send(ends(500), &build(&answer(request, 9), &[notify(NotifyType::INVALID_IKE_SPI)]));
        talk.send(ends(500), &build(&answer(request, 9), &[notify(NotifyType::AUTHENTICATION_FAILED)]));
        talk.sealed(ends(500), answer(request, 9), PayloadType::IDR, 200);
        let (found, verdict) = talk.finish();
        assert_eq!(verdict.codes, [""; 0], "{found:?}");
        assert!(codes(&found, Severity::Info).contains(&"Clean"));
    }
}

#[test]
fn groups_that_lead_nowhere() {
    let round = |talk: &mut Talk, tried, wanted: KeMethod| {
        talk.send(ends(500), &request_of(&INIT, tried, &[]));
        talk.send(
            ends(500),
            &build(&answer(INIT, 0), &[Payload::Notify(Notify::new(NotifyType::INVALID_KE_PAYLOAD, &wanted.0.to_be_bytes()))]),
        );
    };
    // Back and forth.
    let mut talk = Talk::new();
    for n in 0..4 {
        let (a, b) = (KeMethod::MODP_1024, KeMethod::MODP_2048);
        round(&mut talk, if n % 2 == 0 { a } else { b }, if n % 2 == 0 { b } else { a });
    }
    assert_eq!(talk.finish().1.codes, ["InvalidKeLoop"]);
    // A group the offer does not hold.
    let mut talk = Talk::new();
    round(&mut talk, KeMethod::MODP_1024, KeMethod::ECP_521);
    let (found, verdict) = talk.finish();
    assert_eq!((verdict.codes, verdict.windows_error), (vec!["InvalidKeLoop"], None));
    assert!(found[0].cause.to_string().contains("does not offer"), "{}", found[0].cause);
    // One retry is the way it goes.
    let mut talk = Talk::new();
    round(&mut talk, KeMethod::MODP_2048, KeMethod::MODP_1024);
    talk.init(ends(500), 7);
    auth(&mut talk, ends(500), 7);
    let (found, verdict) = talk.finish();
    assert_eq!(verdict.codes, [""; 0], "{found:?}");
    assert!(codes(&found, Severity::Info).contains(&"InvalidKeRetry"));
}

#[test]
fn a_cookie_is_no_alarm_and_cookies_for_ever_are() {
    let round = |talk: &mut Talk, n: u8| {
        let sent = [n; 20];
        let cookie = Payload::Notify(Notify::new(NotifyType::COOKIE, &sent));
        talk.send(ends(500), &request_of(&INIT, KeMethod::MODP_1024, &[cookie]));
        let cookie = [n + 1; 20];
        talk.send(ends(500), &build(&answer(INIT, 0), &[Payload::Notify(Notify::new(NotifyType::COOKIE, &cookie))]));
    };
    let mut talk = Talk::new();
    (1..6).for_each(|n| round(&mut talk, n));
    assert_eq!(talk.finish().1.codes, ["CookieLoop"]);
    let mut talk = Talk::new();
    round(&mut talk, 1);
    talk.init(ends(500), 7);
    auth(&mut talk, ends(500), 7);
    let (found, verdict) = talk.finish();
    assert_eq!(verdict.codes, [""; 0], "{found:?}");
    assert!(codes(&found, Severity::Info).contains(&"CookieChallenge"));
}

#[test]
fn the_second_server_does_not_know_the_spi() {
    let request = next(7, ExchangeType::IKE_AUTH, 1);
    // It says so.
    let mut talk = Talk::new();
    talk.init(ends(500), 7).sealed(ends(4500), request, PayloadType::IDI, 250);
    talk.send(ends(4500), &build(&answer(request, 9), &[notify(NotifyType::INVALID_IKE_SPI)]));
    let (found, verdict) = talk.finish();
    assert_eq!((verdict.codes, verdict.windows_error), (vec!["SpiUnknownOnNatPort"], Some(809)), "{found:?}");
    // It is silent, and the capture holds both ways behind the load balancer.
    let mut talk = Talk::new();
    let other = Ends { responder: SocketAddr::new([192, 0, 2, 3].into(), 4500), ..ends(4500) };
    talk.init(ends(500), 7);
    for _ in 0..3 {
        talk.wait(3.0).sealed(other, request, PayloadType::IDI, 250);
    }
    assert_eq!(talk.finish().1.codes, ["SpiUnknownOnNatPort", "RequestUnanswered"]);
}

#[test]
fn icmp_tells_what_silence_does_not() {
    let request = next(7, ExchangeType::IKE_AUTH, 1);
    let mut talk = Talk::new();
    talk.init(ends(500), 7);
    for _ in 0..3 {
        talk.wait(3.0).sealed(ends(4500), request, PayloadType::IDI, 250);
        talk.see(ends(4500), true, Observed::Icmp(IcmpReport::new(IcmpError::Prohibited, [198, 51, 100, 1].into(), false)));
    }
    let (found, verdict) = talk.finish();
    assert_eq!(verdict.codes, ["PortBlocked", "RequestUnanswered"]);
    assert!(found[0].cause.to_string().contains("ICMP"), "{}", found[0].cause);
}

#[test]
fn more_ike_sas_than_are_watched_are_judged_early_and_counted() {
    let mut talk = Talk::with(WatchLimits { ike_sas: 10, findings: 1000 });
    for spi in 1..=25 {
        let header = Header { spis: IkeSpis { initiator: spi, ..INIT.spis }, ..INIT };
        talk.send(ends(500), &request_of(&header, KeMethod::MODP_1024, &[]));
        talk.send(ends(500), &build(&answer(header, 0), &[notify(NotifyType::NO_PROPOSAL_CHOSEN)]));
    }
    let early = talk.diagnoser.drain().count();
    assert_eq!(early, 15);
    let (found, verdict) = talk.finish();
    assert_eq!((verdict.ike_sas, verdict.closed_early, verdict.failed, verdict.dropped), (25, 15, 25, 0));
    assert_eq!(codes(&found, Severity::Error).len(), 10);
    // Findings nobody takes are bounded, and what is dropped is counted; the verdict forgets nothing.
    let mut talk = Talk::with(WatchLimits { ike_sas: 1, findings: 5 });
    for spi in 1..=100 {
        talk.init(ends(500), spi);
        auth(&mut talk, ends(500), spi);
    }
    let header = Header { spis: IkeSpis { initiator: 1000, ..INIT.spis }, ..INIT };
    talk.send(ends(500), &request_of(&header, KeMethod::MODP_1024, &[]));
    talk.send(ends(500), &build(&answer(header, 0), &[notify(NotifyType::NO_PROPOSAL_CHOSEN)]));
    for spi in 2001..=2020 {
        talk.init(ends(500), spi);
        auth(&mut talk, ends(500), spi);
    }
    let (found, verdict) = talk.finish();
    assert_eq!((found.len(), verdict.failed, verdict.established), (5, 1, 120));
    assert_eq!(verdict.codes, ["NoProposalChosen"]);
    assert!(verdict.dropped > 200 && codes(&found, Severity::Error) == ["NoProposalChosen"], "{found:?}");
}

/// What so many IKE SAs cost: allocations, and octets held at the peak. Their findings are taken as they come.
fn cost(sas: u64, limits: WatchLimits) -> (u64, u64) {
    let info = allocation_counter::measure(|| {
        let mut talk = Talk::with(limits);
        for spi in 1..=sas {
            talk.init(ends(500), spi);
            auth(&mut talk, ends(500), spi);
            talk.diagnoser.drain().for_each(drop);
        }
        assert_eq!(talk.finish().1.established, sas);
    });
    (info.count_total, info.bytes_max)
}

#[test]
fn thousands_of_ike_sas_cost_linear_work_and_bounded_memory() {
    let limits = WatchLimits { ike_sas: 500, findings: 65536 };
    let ((some, _), (many, peak)) = (cost(1000, limits), cost(5000, limits));
    assert!(many < some * 11 / 2, "{some} allocations for 1000 IKE SAs, {many} for 5000");
    assert!(peak < 8 << 20, "{peak} octets at the peak");
    let (_, more) = cost(10_000, limits);
    assert!(more < peak + (1 << 20), "{peak} octets at the peak of 5000, {more} of 10000");
}

#[test]
fn spis_that_change_all_the_time_do_not_fill_the_index() {
    let cost = |rounds: u64| {
        let info = allocation_counter::measure(|| {
            let mut talk = Talk::with(WatchLimits { ike_sas: 4, findings: 16 });
            for spi_r in 1..=rounds {
                // A request that names a responder's SPI, an answer without SA, one with another SPI, and something encrypted.
                talk.send(
                    ends(500),
                    &request_of(&Header { spis: IkeSpis { responder: spi_r, ..INIT.spis }, ..INIT }, KeMethod::MODP_1024, &[]),
                );
                talk.send(ends(500), &build(&answer(INIT, spi_r << 20), &[notify(NotifyType::INVALID_SYNTAX)]));
                talk.send(ends(500), &response_of(&answer(INIT, spi_r << 40)));
                let request = Header { spis: IkeSpis { initiator: 7, responder: spi_r << 30 }, ..next(7, ExchangeType::INFORMATIONAL, 1) };
                talk.sealed(ends(500), request, PayloadType::N, 8);
            }
            drop(talk.finish());
        });
        info.bytes_max
    };
    let (few, many) = (cost(200), cost(4000));
    assert!(many < few + 65536, "{few} octets at the peak of 200 rounds, {many} of 4000");
}

#[test]
fn one_ike_sa_with_everything_costs_no_more_than_is_stated() {
    let info = allocation_counter::measure(|| {
        let mut talk = Talk::new();
        talk.init(ends(500), 7);
        for id in 1..200 {
            for number in (1..=2000_u16).rev() {
                let request = next(7, ExchangeType::INFORMATIONAL, id);
                let body = [&number.to_be_bytes()[..], &2000_u16.to_be_bytes(), &[0; 60]].concat();
                let octets = build(&request, &[raw(PayloadType::SKF, &body)]);
                talk.send(ends(500), &octets);
            }
        }
        drop(talk.finish());
    });
    assert!(info.bytes_max < 200 << 10, "{} octets at the peak", info.bytes_max);
}

#[test]
fn the_shape_of_notify_data_is_checked() {
    // INVALID_KE_PAYLOAD without a group is no wish for one.
    let mut talk = Talk::new();
    talk.send(ends(500), &request_of(&INIT, KeMethod::MODP_1024, &[]));
    talk.send(ends(500), &build(&answer(INIT, 0), &[notify(NotifyType::INVALID_KE_PAYLOAD)]));
    let (found, verdict) = talk.finish();
    assert_eq!(verdict.codes, ["ErrorInClear"], "{found:?}");
}

/// Type 0 is reserved: neither side of an exchange refuses anything with it, in IKE_SA_INIT or later.
#[test]
fn a_notify_of_the_reserved_type_in_clear_is_no_error() {
    let clear_error = |ty: NotifyType| {
        let mut talk = Talk::new();
        talk.send(ends(500), &request_of(&INIT, KeMethod::CURVE25519, &[]));
        talk.send(ends(500), &build(&answer(INIT, 0), &[notify(ty)]));
        let later = Header { exchange: ExchangeType::IKE_AUTH, ..answer(INIT, 1) };
        talk.send(ends(500), &build(&later, &[notify(ty)]));
        talk.finish().1.codes.contains(&"ErrorInClear")
    };
    assert!(clear_error(NotifyType(1)) && clear_error(NotifyType(16383)));
    assert!(!clear_error(NotifyType::RESERVED) && !clear_error(NotifyType(16384)));
}
