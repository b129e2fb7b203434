//! IKE SAs over TCP connections (RFC 9329): the IKE SA outlives the connection, and no request goes twice by one.

use crate::host::{ADDITIONAL, PLAIN, Proposals};
use crate::rig::{CAROL, MOON, Rig, Seen};
use crate::toy::Seeded;
use crate::world::World;
use ikev2::registry::ExchangeType;
use ikev2::session::{CloseReason, CommandError, Config, Handled, Ignored, Lifetimes, NetworkPath, PathEncapsulation, SaId};
use ikev2::wire::transport::{StreamReader, ike_frame_head};
use ikev2::wire::{Header, Message};
use std::collections::BTreeSet;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// A connection of carol to moon, as carol sees it.
fn connection(port: u16) -> NetworkPath {
    NetworkPath::new(format!("198.51.100.2:{port}").parse().unwrap(), "192.0.2.1:4500".parse().unwrap(), PathEncapsulation::Tcp)
}

fn turned(path: NetworkPath) -> NetworkPath {
    NetworkPath { local: path.peer, peer: path.local, ..path }
}

fn rig_of(proposals: Proposals, change: impl Fn(Config) -> Config) -> Rig {
    let mut rig = Rig::new(1, proposals, change);
    rig.hosts[CAROL].path = connection(40_001);
    rig.hosts[CAROL].initiate(rig.now);
    rig
}

fn rig() -> Rig {
    rig_of(PLAIN, |config| config)
}

/// Both hosts have an IKE SA with a Child SA.
fn up() -> Rig {
    let mut rig = rig();
    rig.talk();
    assert_eq!(rig.hosts.each_ref().map(|host| host.children.len()), [1, 1]);
    rig
}

fn sa(rig: &Rig, at: usize) -> SaId {
    rig.hosts[at].endpoint.sas().next().unwrap()
}

fn path_of(rig: &Rig, at: usize) -> NetworkPath {
    rig.hosts[at].endpoint.view(sa(rig, at)).unwrap().path()
}

fn ping(rig: &mut Rig, at: usize) {
    let id = sa(rig, at);
    rig.hosts[at].endpoint.sa(id).unwrap().ping(rig.now).unwrap();
}

fn header(seen: &Seen) -> Header {
    *Message::parse(seen.message().unwrap()).unwrap().header()
}

/// The connection is gone at both ends; the initiator opens another one.
fn reconnect(rig: &mut Rig, before: u16, now: u16) {
    let id = sa(rig, CAROL);
    assert_eq!(rig.hosts[CAROL].endpoint.connection_lost(rig.now, connection(before)), [id]);
    rig.hosts[MOON].endpoint.connection_lost(rig.now, turned(connection(before)));
    rig.hosts[CAROL].endpoint.sa(id).unwrap().reconnect(rig.now, connection(now)).unwrap();
}

#[test]
fn rfc_9329_section_3_what_goes_out_is_a_stream_of_whole_frames() {
    let mut rig = up();
    rig.talk();
    let stream: Vec<u8> = rig.wire.iter().filter(|seen| seen.to == MOON).flat_map(|seen| seen.octets.clone()).collect();
    let expected: Vec<_> = rig.wire.iter().filter(|seen| seen.to == MOON).map(|seen| seen.octets.clone()).collect();
    let mut reader = StreamReader::responder([0; 4096]);
    let mut found = Vec::new();
    for mut piece in stream.chunks(7) {
        while let Some(frame) = reader.push_frame(&mut piece).unwrap() {
            found.push(frame.to_vec());
        }
    }
    assert_eq!((found, reader.pending()), (expected, 0));
}

#[test]
fn rfc_9329_section_3_a_frame_that_is_no_message_leaves_the_ike_sa_alone() {
    let mut rig = up();
    let path = turned(connection(40_001));
    for (frame, handled) in [
        (&b"\x00\x03\xff"[..], Some(Handled::Keepalive)),
        (b"\x00\x07\xc0\0\0\x01x", Some(Handled::Esp { spi: 0xc000_0001 })),
        (b"\x00\x02", None),
        (b"\x00\x03\xfe", None),
        (b"\x00\x05\xff\xff\xff", None),
        (b"\x00\x01", None),
        // The length field was left out.
        (b"\0\0\0\0abcdefghijklmnopqrstuvwxyzabcdef", None),
    ] {
        let found = rig.hosts[MOON].endpoint.handle(rig.now, path, &mut frame.to_vec());
        match handled {
            Some(handled) => assert_eq!(found, handled),
            None => assert!(matches!(found, Handled::Ignored(Ignored::NotIke(_))), "{found:?}"),
        }
    }
    ping(&mut rig, CAROL);
    rig.talk();
    assert_eq!(rig.hosts.each_ref().map(|host| host.closed.len()), [0, 0]);
}

#[test]
fn rfc_9329_section_6_2_no_timer_sends_a_request_again() {
    let mut rig = rig();
    // IKE_SA_INIT, which nobody hears.
    assert_eq!(rig.sent(CAROL).len(), 1);
    rig.pass_alone(CAROL, Duration::from_secs(59));
    assert_eq!((rig.wire.len(), rig.hosts[CAROL].closed.len()), (1, 0));
    rig.pass_alone(CAROL, Duration::from_secs(2));
    let why: Vec<_> = rig.hosts[CAROL].closed.values().copied().collect();
    assert_eq!((rig.wire.len(), why), (1, vec![CloseReason::NoResponse(ExchangeType::IKE_SA_INIT)]));
    // IKE_AUTH, and a request of an IKE SA that is up, from either side.
    let mut rig = up();
    for at in [CAROL, MOON] {
        let sent = rig.wire.len();
        ping(&mut rig, at);
        rig.pass_alone(at, Duration::from_secs(59));
        assert_eq!((rig.sent(at).len() + rig.wire.len() - sent, rig.hosts[at].closed.len()), (1, 0));
        rig.pass_alone(at, Duration::from_secs(2));
        let why: Vec<_> = rig.hosts[at].closed.values().copied().collect();
        assert_eq!((rig.wire.len() - sent, why), (1, vec![CloseReason::NoResponse(ExchangeType::INFORMATIONAL)]));
    }
}

#[test]
fn rfc_9329_section_6_1_silence_ends_an_ike_sa_without_a_connection() {
    let mut rig = up();
    let sent = rig.wire.len();
    for at in [CAROL, MOON] {
        let path = if at == CAROL { connection(40_001) } else { turned(connection(40_001)) };
        let id = sa(&rig, at);
        assert_eq!(rig.hosts[at].endpoint.connection_lost(rig.now, path), [id]);
        // A liveness check is due after 30 seconds, and given up after 60 more.
        let start = rig.now;
        rig.pass_alone(at, Duration::from_secs(89));
        assert_eq!(rig.hosts[at].closed.len(), 0);
        rig.pass_alone(at, Duration::from_secs(2));
        let why: Vec<_> = rig.hosts[at].closed.values().copied().collect();
        assert_eq!(why, [CloseReason::NoResponse(ExchangeType::INFORMATIONAL)]);
        rig.now = start;
    }
    assert_eq!(rig.wire.len(), sent, "something goes to a connection that is gone");
    assert!(rig.hosts[CAROL].endpoint.connection_lost(rig.now, connection(40_001)).is_empty());
}

#[test]
fn rfc_9329_section_6_1_a_connection_lost_in_mid_handshake_is_replaced() {
    // Which message is lost with the connection: of IKE_SA_INIT, IKE_INTERMEDIATE twice, and IKE_AUTH, the request or the response.
    for lost in 0..8 {
        for is_known in [true, false] {
            let mut rig = rig_of(ADDITIONAL, |config| config);
            for _ in 0..lost {
                let from = if rig.wire.len() % 2 == 0 { CAROL } else { MOON };
                let sent = rig.sent(from);
                assert_eq!(sent.len(), 1, "message {lost}");
                assert_eq!(rig.give(&sent[0]), Handled::Consumed);
            }
            // Given to nobody, or not even taken out of the endpoint.
            if is_known {
                rig.sent(if lost % 2 == 0 { CAROL } else { MOON });
            }
            let id = sa(&rig, CAROL);
            rig.hosts[CAROL].endpoint.connection_lost(rig.now, connection(40_001));
            if is_known {
                rig.hosts[MOON].endpoint.connection_lost(rig.now, turned(connection(40_001)));
            }
            rig.pass_alone(CAROL, Duration::from_secs(20));
            let before = rig.wire.len();
            rig.hosts[CAROL].endpoint.sa(id).unwrap().reconnect(rig.now, connection(40_002)).unwrap();
            // What moon had still to send goes nowhere.
            rig.talk_with(|rig, seen| assert!(seen.path.peer.port() != 40_001 || rig.wire.len() <= before + 1 || !is_known));
            assert_eq!(rig.hosts.each_ref().map(|host| host.children.len()), [1, 1], "message {lost}\n{}", rig.hosts[CAROL].log.join("\n"));
            assert_eq!((path_of(&rig, CAROL), path_of(&rig, MOON)), (connection(40_002), turned(connection(40_002))));
        }
    }
}

#[test]
fn rfc_9329_section_6_2_a_request_is_sent_again_on_the_next_connection() {
    let mut rig = up();
    ping(&mut rig, CAROL);
    let first = rig.sent(CAROL).remove(0);
    reconnect(&mut rig, 40_001, 40_002);
    let again = rig.sent(CAROL);
    assert_eq!((again.len(), &again[0].octets, again[0].path), (1, &first.octets, turned(connection(40_002))));
    let _ = rig.give(&again[0]);
    rig.talk();
    // A liveness check after it shows that the connection is there: another request, or moon would not go by it.
    assert_eq!(path_of(&rig, MOON), turned(connection(40_002)));
    assert!(rig.wire.iter().filter(|seen| seen.to == MOON && header(seen).message_id > header(&again[0]).message_id).count() == 1);
}

#[test]
fn rfc_9329_section_6_1_a_responder_goes_by_the_connection_that_carried_an_authentic_message_last() {
    let mut rig = up();
    // It asks something, and does not know that nobody hears it.
    ping(&mut rig, MOON);
    let unheard = rig.sent(MOON).remove(0);
    let id = sa(&rig, CAROL);
    rig.hosts[CAROL].endpoint.connection_lost(rig.now, connection(40_001));
    rig.hosts[CAROL].endpoint.sa(id).unwrap().reconnect(rig.now, connection(40_002)).unwrap();
    let check = rig.sent(CAROL).remove(0);
    let _ = rig.give(&check);
    let sent = rig.sent(MOON);
    // The answer, and the request once more.
    assert!(sent.iter().all(|seen| seen.path == connection(40_002)));
    assert!(sent.len() == 2 && sent.iter().any(|seen| seen.octets == unheard.octets));
    for seen in sent {
        assert_eq!(rig.give(&seen), Handled::Consumed);
    }
    rig.talk();
    assert!(rig.hosts[MOON].log.iter().any(|line| line.contains("PathChanged")));
    // The same two ends have a connection again: nothing goes another way.
    let changes = |rig: &Rig| rig.hosts.each_ref().map(|host| host.log.iter().filter(|line| line.contains("PathChanged")).count());
    let before = changes(&rig);
    reconnect(&mut rig, 40_002, 40_002);
    rig.talk();
    assert_eq!(changes(&rig), before);
    ping(&mut rig, MOON);
    assert_eq!(rig.sent(MOON).len(), 1);
}

#[test]
fn rfc_9329_section_6_1_what_is_not_new_and_authentic_moves_nothing() {
    let mut rig = up();
    ping(&mut rig, CAROL);
    let request = rig.sent(CAROL).remove(0);
    let _ = rig.give(&request);
    rig.talk();
    let stranger = NetworkPath::new("192.0.2.1:4500".parse().unwrap(), "203.0.113.9:666".parse().unwrap(), PathEncapsulation::Tcp);
    // A copy is answered where it came from, and nothing else goes there.
    let copy = Seen { path: stranger, ..request.clone() };
    assert_eq!(rig.give(&copy), Handled::Consumed);
    assert_eq!(rig.sent(MOON).remove(0).path, turned(stranger));
    ping(&mut rig, CAROL);
    let fresh = rig.sent(CAROL).remove(0);
    let mut forged = Seen { path: stranger, ..fresh.clone() };
    *forged.octets.last_mut().unwrap() ^= 1;
    assert!(matches!(rig.give(&forged), Handled::Ignored(Ignored::Discarded(_))));
    assert_eq!(path_of(&rig, MOON), turned(connection(40_001)));
    // Nor does it help that the connection is gone.
    rig.hosts[MOON].endpoint.connection_lost(rig.now, turned(connection(40_001)));
    let _ = (rig.give(&copy), rig.give(&forged));
    assert_eq!(path_of(&rig, MOON), turned(connection(40_001)));
    ping(&mut rig, MOON);
    assert!(rig.sent(MOON).iter().all(|seen| header(seen).response));
    let _ = rig.give(&fresh);
    assert_eq!(rig.sent(MOON).len(), 2, "the answer, and what waited");
}

#[test]
fn rfc_9329_section_6_1_an_answer_goes_where_its_request_came_from_last() {
    // Moon's application takes its time; meanwhile the connection breaks, which moon may not know, and the request comes by another.
    for is_known in [true, false] {
        let mut rig = up();
        let id = sa(&rig, CAROL);
        let child = rig.hosts[CAROL].child_config();
        rig.hosts[MOON].hesitation = Duration::from_secs(5);
        rig.hosts[CAROL].endpoint.sa(id).unwrap().create_child(rig.now, child).unwrap();
        let request = rig.sent(CAROL).remove(0);
        let _ = rig.give(&request);
        rig.hosts[CAROL].endpoint.connection_lost(rig.now, connection(40_001));
        if is_known {
            rig.hosts[MOON].endpoint.connection_lost(rig.now, turned(connection(40_001)));
        }
        rig.hosts[CAROL].endpoint.sa(id).unwrap().reconnect(rig.now, connection(40_002)).unwrap();
        rig.talk();
        rig.now += Duration::from_secs(6);
        rig.decide(MOON);
        rig.talk();
        assert_eq!(rig.hosts.each_ref().map(|host| host.children.len()), [2, 2], "{}", rig.hosts[MOON].log.join("\n"));
    }
}

#[test]
fn rfc_9329_section_6_2_a_frame_that_cannot_be_served_yet_is_left_as_it_is() {
    // Carol's application decides about its Child SA; moon has another request, which is not sent again.
    let mut rig = up();
    rig.hosts[MOON].hesitation = Duration::from_secs(5);
    let id = sa(&rig, CAROL);
    let child = rig.hosts[CAROL].child_config();
    rig.hosts[CAROL].endpoint.sa(id).unwrap().rekey(rig.now).unwrap();
    rig.talk();
    rig.hosts[CAROL].endpoint.sa(id).unwrap().create_child(rig.now, child).unwrap();
    let request = rig.sent(CAROL).remove(0);
    let _ = rig.give(&request);
    // While moon decides, a request of another generation: a Delete of the one that was rekeyed would be one.
    let other = rig.wire.iter().find(|seen| seen.to == MOON && header(seen).spis != header(&request).spis && header(seen).message_id == 1);
    let mut late = other.unwrap().clone();
    let before = late.octets.clone();
    let handled = rig.hosts[MOON].endpoint.handle(rig.now, late.path, &mut late.octets);
    assert_eq!((handled, late.octets), (Handled::Ignored(Ignored::Busy), before));
}

#[test]
fn rfc_9329_section_6_6_no_keepalive_is_sent_and_port_4500_is_where_it_is() {
    let mut rig = Rig::plain(1);
    let carol = &mut rig.hosts[CAROL];
    let natt = NetworkPath { encapsulation: PathEncapsulation::NonEspMarker, ..connection(4500) };
    let peer = carol.peer_config("carol", "moon").with_nat_path(natt).with_forced_nat(true);
    carol.endpoint.initiate(rig.now, connection(40_001), peer).unwrap();
    // A NAT on the way, as moon sees it.
    loop {
        let mut sent = rig.sent(CAROL);
        sent.iter_mut().for_each(|seen| seen.path.peer = "203.0.113.9:1024".parse().unwrap());
        let back = rig.sent(MOON).into_iter().map(|seen| Seen { path: connection(40_001), ..seen });
        sent.extend(back);
        if sent.is_empty() {
            break;
        }
        for seen in sent {
            let _ = rig.give(&seen);
        }
    }
    assert_eq!(rig.hosts.each_ref().map(|host| host.children.len()), [1, 1]);
    assert_eq!(path_of(&rig, CAROL), connection(40_001));
    assert!(rig.hosts[CAROL].log.iter().any(|line| line.contains("nat: Nat { ours: true")), "{}", rig.hosts[CAROL].log.join("\n"));
    let sent = rig.wire.len();
    rig.pass_alone(CAROL, Duration::from_secs(29));
    assert_eq!(rig.wire.len(), sent);
}

#[test]
fn rfc_9329_section_7_5_nothing_is_fragmented_in_a_stream_and_what_moves_to_udp_is() {
    let mut rig = rig_of(ADDITIONAL, |config| config.with_mtu(576));
    rig.talk();
    assert_eq!(rig.hosts.each_ref().map(|host| host.children.len()), [1, 1]);
    assert!(rig.wire.iter().any(|seen| seen.octets.len() > 1000), "nothing that would have been fragmented");
    assert_eq!(rig.wire.len(), 8, "four exchanges");
    // A request that waits for its response when moon hears carol by UDP.
    let id = sa(&rig, MOON);
    rig.hosts[MOON].endpoint.sa(id).unwrap().rekey(rig.now).unwrap();
    assert_eq!(rig.sent(MOON).len(), 1);
    ping(&mut rig, CAROL);
    let mut by_udp = rig.sent(CAROL).remove(0);
    by_udp.octets.drain(..6);
    by_udp.path.encapsulation = PathEncapsulation::Udp;
    let _ = rig.give(&by_udp);
    assert!(!path_of(&rig, MOON).is_tcp());
    rig.sent(MOON);
    rig.talk();
    ping(&mut rig, MOON);
}

#[test]
fn only_a_connection_takes_the_place_of_one() {
    let mut rig = up();
    let id = sa(&rig, CAROL);
    let udp = NetworkPath { encapsulation: PathEncapsulation::Udp, ..connection(500) };
    assert_eq!(rig.hosts[CAROL].endpoint.sa(id).unwrap().reconnect(rig.now, udp), Err(CommandError::NoConnection));
    assert!(rig.hosts[CAROL].endpoint.connection_lost(rig.now, udp).is_empty());
    let mut rig = Rig::plain(1);
    rig.set_up(CAROL);
    let id = sa(&rig, CAROL);
    assert_eq!(rig.hosts[CAROL].endpoint.sa(id).unwrap().reconnect(rig.now, connection(1)), Err(CommandError::NoConnection));
    let path = path_of(&rig, CAROL);
    assert!(rig.hosts[CAROL].endpoint.connection_lost(rig.now, path).is_empty());
}

/// A life over connections that break and are opened again.
struct Line {
    world: World,
    draw: Seeded,
    port: u16,
    /// Connections that are gone, and when who learns of it.
    gone: BTreeSet<(ikev2::Instant, usize, u16)>,
    reopened: Option<ikev2::Instant>,
}

impl Line {
    fn new(seed: u64) -> Self {
        let mut draw = Seeded(seed);
        let proposals = if draw.percent(50) { PLAIN } else { ADDITIONAL };
        let spans = (20 + draw.below(60), 20 + draw.below(60));
        let has_lifetimes = draw.percent(40);
        let span = |seconds| has_lifetimes.then(|| Duration::from_secs(seconds));
        let lifetimes = Lifetimes { ike: span(spans.0), child: span(spans.1) };
        let mut world = World::new(draw.next(), proposals, |config| config.with_lifetimes(lifetimes));
        for host in &mut world.hosts {
            host.hesitation = Duration::from_millis([0, 0, 500, 3_000][usize::try_from(draw.below(4)).unwrap()]);
        }
        let port = 40_000;
        world.hosts[CAROL].path = connection(port);
        world.hosts[CAROL].initiate(world.now);
        Self { world, draw, port, gone: BTreeSet::new(), reopened: None }
    }

    /// Time passes, and what is due happens.
    fn pass(&mut self, span: Duration) {
        let end = self.world.now + span;
        loop {
            let due = self.gone.first().map(|(at, ..)| *at).into_iter().chain(self.reopened).min().filter(|at| *at <= end);
            let Some(due) = due else { break };
            self.world.run(due.max(self.world.now));
            while let Some((_, at, port)) = self.gone.first().copied().filter(|(at, ..)| *at <= self.world.now) {
                self.gone.pop_first();
                let path = if at == CAROL { connection(port) } else { turned(connection(port)) };
                self.world.hosts[at].endpoint.connection_lost(self.world.now, path);
            }
            if self.reopened.take_if(|at| *at <= self.world.now).is_some() {
                self.port += 1;
                let host = &mut self.world.hosts[CAROL];
                for id in host.endpoint.sas().collect::<Vec<_>>() {
                    host.endpoint.sa(id).unwrap().reconnect(self.world.now, connection(self.port)).unwrap();
                }
            }
        }
        self.world.run(end);
    }

    fn act(&mut self) {
        let (now, side) = (self.world.now, usize::try_from(self.draw.below(2)).unwrap());
        if self.draw.percent(30) && self.reopened.is_none() {
            self.world.cut(connection(self.port));
            // Carol learns of it, or opens another connection without; moon learns of it early, late or never.
            let when = |draw: &mut Seeded, most| now + Duration::from_millis(draw.below(most));
            if self.draw.percent(80) {
                self.gone.insert((now, CAROL, self.port));
            }
            if self.draw.percent(70) {
                self.gone.insert((when(&mut self.draw, 10_000), MOON, self.port));
            }
            self.reopened = Some(when(&mut self.draw, 15_000));
            return;
        }
        let host = &mut self.world.hosts[side];
        let Some(id) = host.endpoint.sas().next() else { return };
        let child = host.children.keys().next().copied();
        let (config, few) = (host.child_config(), host.children.len() < 4);
        let Some(mut sa) = host.endpoint.sa(id) else { return };
        let _ = match (self.draw.below(5), child) {
            (0, _) => sa.rekey(now),
            (1 | 2, Some(child)) => sa.rekey_child(now, child),
            (3, _) if few => sa.create_child(now, config),
            _ => sa.ping(now),
        };
    }
}

#[test]
fn lives_over_connections_that_break() {
    let number = |name: &str| std::env::var(name).ok().map(|seed| seed.parse::<u64>().unwrap());
    let (asked, count) = (number("LIFE_SEED"), number("LIFE_CONNECTIONS").unwrap_or(300));
    for seed in asked.map_or(0..count, |seed| seed..seed + 1) {
        let mut line = Line::new(seed);
        for _ in 0..30 {
            let span = [50, 1_000, 5_000, 10_000][usize::try_from(line.draw.below(4)).unwrap()];
            let span = Duration::from_millis(line.draw.below(span));
            line.pass(span);
            line.act();
        }
        line.world.hosts.iter_mut().for_each(|host| host.hesitation = Duration::ZERO);
        line.pass(3 * MINUTE);
        // Where timers replace keys, there is a moment between two rekeys.
        for _ in 0..60 {
            if line.world.disagreement().is_some() {
                line.pass(Duration::from_secs(1));
            }
        }
        if asked.is_some() {
            println!("{}", line.world.log());
        }
        assert_eq!(line.world.disagreement(), None, "LIFE_SEED={seed}\n{}", line.world.log());
        let closed: Vec<_> = line.world.hosts.iter().flat_map(|host| host.closed.values()).collect();
        assert!(closed.is_empty() && line.world.unopened == 0, "LIFE_SEED={seed} {closed:?}\n{}", line.world.log());
    }
}

/// An IKE SA with MOBIKE that a TCP connection carries.
fn mobile() -> Rig {
    let mut rig = Rig::plain(1);
    rig.hosts.iter_mut().for_each(|host| host.is_mobile = true);
    rig.hosts[CAROL].path = connection(40_001);
    rig.hosts[CAROL].initiate(rig.now);
    rig.talk();
    assert!(rig.hosts[MOON].endpoint.view(sa(&rig, MOON)).unwrap().has_mobike());
    rig
}

/// Carol at another address, by UDP.
fn elsewhere() -> NetworkPath {
    NetworkPath { encapsulation: PathEncapsulation::NonEspMarker, local: "203.0.113.7:4500".parse().unwrap(), ..connection(4500) }
}

#[test]
fn rfc_9329_section_7_1_mobike_goes_on_by_udp_when_the_connection_is_gone() {
    let mut rig = mobile();
    let id = sa(&rig, CAROL);
    rig.hosts[CAROL].endpoint.connection_lost(rig.now, connection(40_001));
    rig.hosts[MOON].endpoint.connection_lost(rig.now, turned(connection(40_001)));
    rig.hosts[CAROL].endpoint.sa(id).unwrap().update_path(rig.now, elsewhere(), None).unwrap();
    rig.talk();
    for (at, path) in [(CAROL, elsewhere()), (MOON, turned(elsewhere()))] {
        let host = &rig.hosts[at];
        assert_eq!((path_of(&rig, at), host.tunnels[&sa(&rig, at)]), (path, path), "{}", host.log.join("\n"));
    }
    ping(&mut rig, MOON);
    rig.talk();
    assert!(rig.hosts.iter().all(|host| host.closed.is_empty()));
}

/// Whoever takes a datagram away, and hands it in by a connection of its own, gets no more than its answer.
#[test]
fn rfc_4555_section_3_7_a_connection_of_somebody_else_takes_nothing_along() {
    let thief = NetworkPath::new("192.0.2.1:4500".parse().unwrap(), "203.0.113.66:1066".parse().unwrap(), PathEncapsulation::Tcp);
    for by_tcp in [true, false] {
        let mut rig = mobile();
        let id = sa(&rig, CAROL);
        if !by_tcp {
            rig.hosts[CAROL].endpoint.sa(id).unwrap().update_path(rig.now, elsewhere(), None).unwrap();
            rig.talk();
        }
        let before = (path_of(&rig, MOON), rig.hosts[MOON].tunnels.clone());
        ping(&mut rig, CAROL);
        let request = rig.sent(CAROL).remove(0);
        let message = request.message().unwrap();
        let octets = [&ike_frame_head(message.len()).unwrap()[..], message].concat();
        let _ = rig.give(&Seen { to: MOON, path: thief, octets });
        let answers = rig.sent(MOON);
        assert_eq!(answers.iter().map(|seen| seen.path).collect::<Vec<_>>(), [turned(thief)]);
        assert_eq!((path_of(&rig, MOON), rig.hosts[MOON].tunnels.clone()), before);
    }
}

/// There is no connection to where ESP comes from otherwise.
#[test]
fn rfc_9329_section_6_1_esp_from_elsewhere_moves_no_connection() {
    let mut rig = up();
    let child = *rig.hosts[MOON].children.keys().next().unwrap();
    rig.hosts[MOON].endpoint.mapping_changed(rig.now, child, "203.0.113.9:4500".parse().unwrap());
    rig.decide(MOON);
    assert_eq!(path_of(&rig, MOON), turned(connection(40_001)));
    ping(&mut rig, MOON);
    rig.talk();
    assert!(rig.hosts.iter().all(|host| host.closed.is_empty() && !host.log.iter().any(|line| line.contains("PathChanged"))));
}
