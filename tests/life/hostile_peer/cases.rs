//! Cases that a draw would find seldom.

use super::acts::{build, notify};
use super::{NONE, Peer};
use crate::host::PLAIN;
use crate::rig::{CAROL, MOON};
use ikev2::registry::{ExchangeType, KeMethod, NotifyType, PayloadType};
use ikev2::session::{Handled, Ignored, Limits};
use ikev2::wire::{KeyExchange, Payload};
use std::time::Duration;

impl Peer {
    /// Answers the other side's request that came last with a notify.
    fn answer_by(&mut self, ty: NotifyType) {
        let (on, read) = self.asked.pop().unwrap();
        let (first, content) = notify(ty, &[]);
        let header = self.forgers[on].header(read.header.exchange, true, read.header.message_id);
        let message = self.forgers[on].whole(header, (first, &content));
        self.put(message);
    }

    /// The peer's next request, on the newest generation.
    pub(crate) fn ask(&mut self, exchange: ExchangeType, (first, content): super::acts::Octets) {
        let on = self.forgers.len() - 1;
        let header = self.forgers[on].header(exchange, false, self.forgers[on].next);
        let message = self.forgers[on].whole(header, (first, &content));
        self.put(message);
    }

    /// The notify of the other side's last message, if it has one.
    pub(crate) fn last_notify(&self) -> Option<(NotifyType, Vec<u8>)> {
        let last = self.rig.wire.iter().rev().find(|seen| seen.to == CAROL)?;
        let read = self.forgers.iter().find_map(|forger| forger.read(&last.octets))?;
        let parts = read.chain().parts(&read.header).unwrap();
        parts.notifies().next().map(|notify| (notify.ty, notify.data.to_vec()))
    }

    pub(crate) fn sas(&self) -> usize {
        self.rig.hosts[MOON].endpoint.sas().count()
    }
}

#[test]
fn hostile_44_a_liveness_check_that_has_to_wait_is_not_due_all_the_time() {
    let mut peer = Peer::up(1, PLAIN, true);
    let id = peer.rig.hosts[MOON].endpoint.sas().next().unwrap();
    peer.rig.hosts[MOON].endpoint.sa(id).unwrap().rekey(peer.rig.now).unwrap();
    peer.look();
    for _ in 0..5 {
        peer.answer_by(NotifyType::TEMPORARY_FAILURE);
        while peer.asked.is_empty() {
            peer.rig.pass_alone(MOON, Duration::from_secs(5));
            peer.ask(ExchangeType::INFORMATIONAL, (NONE, Vec::new()));
        }
    }
    peer.answer_by(NotifyType::TEMPORARY_FAILURE);
    // More than half a minute of waiting is left, and the peer is silent.
    peer.fall_silent();
}

/// RFC 7296 section 2.25.1: the peer does not have the Child SA that we rekey: it goes, and another is asked for from scratch.
#[test]
fn rfc_7296_section_2_25_1_a_child_that_the_peer_does_not_have_is_asked_for_anew() {
    let mut peer = Peer::up(1, PLAIN, true);
    let moon = &mut peer.rig.hosts[MOON];
    let (id, child) = (moon.endpoint.sas().next().unwrap(), *moon.children.keys().next().unwrap());
    moon.endpoint.sa(id).unwrap().rekey_child(peer.rig.now, child).unwrap();
    peer.look();
    peer.answer_by(NotifyType::CHILD_SA_NOT_FOUND);
    assert!(peer.rig.hosts[MOON].children.is_empty());
    let (_, read) = peer.asked.last().unwrap();
    let parts = read.chain().parts(&read.header).unwrap();
    assert_eq!(read.header.exchange, ExchangeType::CREATE_CHILD_SA);
    assert!(parts.first(PayloadType::TSI).is_some() && parts.notify(NotifyType::REKEY_SA).is_none());
    // What the peer refuses then is not asked for again.
    peer.answer_by(NotifyType::NO_ADDITIONAL_SAS);
    assert!(peer.asked.is_empty());
    peer.fall_silent();
}

#[test]
fn hostile_45_generations_of_an_ike_sa_are_few() {
    let mut peer = Peer::up(2, PLAIN, true);
    for _ in 0..1_000 {
        let rekey = peer.rekey(peer.forgers.len() - 1);
        peer.ask(ExchangeType::CREATE_CHILD_SA, rekey);
    }
    let id = peer.rig.hosts[MOON].endpoint.sas().next().unwrap();
    let octets = peer.rig.hosts[MOON].endpoint.view(id).unwrap().octets();
    assert!(octets < 10_000 && peer.forgers.len() < 20, "{octets} octets, {} generations", peer.forgers.len());
    // After a while, there is room for others.
    for _ in 0..6 {
        peer.rig.pass_alone(MOON, Duration::from_secs(25));
        peer.ask(ExchangeType::INFORMATIONAL, (NONE, Vec::new()));
    }
    let before = peer.forgers.len();
    let rekey = peer.rekey(before - 1);
    peer.ask(ExchangeType::CREATE_CHILD_SA, rekey);
    assert_eq!((peer.forgers.len(), peer.sas()), (before + 1, 1));
    peer.fall_silent();
}

/// Without the kit, which takes what is there at once: the application sleeps.
fn asleep(peer: &mut Peer, count: u64, mut say: impl FnMut(&mut Peer, u64) -> Vec<u8>) -> (u64, usize) {
    let id = peer.rig.hosts[MOON].endpoint.sas().next().unwrap();
    let (path, now) = (peer.rig.hosts[MOON].path, peer.rig.now);
    let (mut busy, mut most) = (0, 0);
    for number in 0..count {
        let mut octets = say(peer, number);
        let endpoint = &mut peer.rig.hosts[MOON].endpoint;
        busy += u64::from(endpoint.handle(now, path, &mut octets) == Handled::Ignored(Ignored::Busy));
        most = most.max(endpoint.view(id).map_or(0, |view| view.octets()));
    }
    (busy, most)
}

#[test]
fn hostile_45_an_application_that_sleeps_is_not_buried() {
    // Events wait: a request that is refused is one.
    let mut peer = Peer::up(3, PLAIN, true);
    let first = peer.forgers[0].next;
    let refused = |peer: &mut Peer, number: u64| {
        let header = peer.forgers[0].header(ExchangeType::IKE_FOLLOWUP_KE, false, first + number as u32);
        let (ty, content) = notify(NotifyType::ADDITIONAL_KEY_EXCHANGE, &[1; 8]);
        let (_, ke) = build(|chain| {
            chain.push(Payload::KeyExchange(KeyExchange { method: KeMethod::CURVE25519, data: &[7; 32] }));
        });
        // Notify, then KE.
        let mut both = content;
        both[0] = 34;
        both.extend(ke);
        peer.forgers[0].whole(header, (ty, &both))
    };
    let (busy, _) = asleep(&mut peer, 1_000, refused);
    assert!(busy >= 1_000 - Limits::default().events as u64, "{busy}");
    // Once it wakes, the peer's next request is served.
    peer.rig.decide(MOON);
    peer.look();
    peer.ask(ExchangeType::INFORMATIONAL, (NONE, Vec::new()));
    assert_eq!((peer.last_notify(), peer.sas()), (None, 1));

    // Responses wait to be sent: liveness checks make no events.
    let mut peer = Peer::up(4, PLAIN, true);
    let first = peer.forgers[0].next;
    let ping = |peer: &mut Peer, number: u64| {
        let header = peer.forgers[0].header(ExchangeType::INFORMATIONAL, false, first + number as u32);
        peer.forgers[0].whole(header, (NONE, &[]))
    };
    let (busy, most) = asleep(&mut peer, 10_000, ping);
    assert!(busy > 9_000 && most < 20_000, "{busy} times busy, {most} octets");
    peer.look();
    peer.ask(ExchangeType::INFORMATIONAL, (NONE, Vec::new()));
    assert_eq!((peer.last_notify(), peer.sas()), (None, 1));
    peer.fall_silent();
}

#[test]
fn hostile_45_fragments_that_are_never_all_there_take_what_a_message_may() {
    let mut peer = Peer::up(5, PLAIN, true);
    let next = peer.forgers[0].next;
    let mut waiting = Vec::new();
    let fragment = |peer: &mut Peer, _: u64| {
        while waiting.len() < 2 {
            // Of each message the last fragment is missing; the next has more of them, or another Message ID.
            let header = peer.forgers[0].header(ExchangeType::INFORMATIONAL, false, next);
            let len = 40_000 + peer.random.below(60_000) as usize;
            let content = peer.draw(len);
            let mtu = 200 + peer.random.below(1_000) as u16;
            waiting = peer.forgers[0].fragments(header, (PayloadType::V, &content), mtu);
            waiting.reverse();
        }
        waiting.pop().unwrap()
    };
    let (_, most) = asleep(&mut peer, 5_000, fragment);
    let limit = Limits::default().reassembly.octets;
    assert!(most > 30_000 && most < limit + 2_000, "{most} octets");
    // It is dropped after a while, though the peer goes on to be there.
    let id = peer.rig.hosts[MOON].endpoint.sas().next().unwrap();
    for _ in 0..10 {
        peer.rig.pass_alone(MOON, Duration::from_secs(20));
        peer.look();
        while let Some((on, read)) = peer.asked.pop() {
            let header = peer.forgers[on].header(read.header.exchange, true, read.header.message_id);
            let answer = peer.forgers[on].whole(header, (NONE, &[]));
            peer.put(answer);
        }
    }
    assert!(peer.rig.hosts[MOON].endpoint.view(id).unwrap().octets() < 2_000);
}

#[test]
fn hostile_45_child_sas_that_are_replaced_and_never_deleted_are_few() {
    let mut peer = Peer::up(7, PLAIN, true);
    let limit = Limits::default().children;
    let first = peer.rig.hosts[MOON].children.values().next().unwrap().outbound;
    let mut newest = first.to_be_bytes();
    for number in 0..500 {
        let spi = (0x1000_u32 + number).to_be_bytes();
        let request = peer.create_child_plain(spi, Some(newest));
        peer.ask(ExchangeType::CREATE_CHILD_SA, request);
        if peer.last_notify().is_none() {
            newest = spi;
        }
    }
    assert_eq!(peer.last_notify(), Some((NotifyType::TEMPORARY_FAILURE, Vec::new())));
    // One that is used, and as many before it as there may be.
    assert_eq!(peer.rig.hosts[MOON].children.len(), limit + 1);
}

/// RFC 4303 section 2.1: an SPI of zero is never sent.
#[test]
fn hostile_44_a_child_without_an_spi_is_refused() {
    for (spi, children) in [([0; 4], 0), ([0, 0, 1, 0], 2)] {
        let mut peer = Peer::up(6, PLAIN, true);
        let request = peer.create_child_plain(spi, None);
        peer.ask(ExchangeType::CREATE_CHILD_SA, request);
        assert_eq!(peer.rig.hosts[MOON].children.len(), children);
        // RFC 7296 section 2.21.3.
        assert_eq!(peer.last_notify().is_some_and(|(ty, _)| ty == NotifyType::INVALID_SYNTAX), children == 0);
    }
}
