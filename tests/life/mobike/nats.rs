//! Moves and NATs, RFC 4555 sections 3.5, 3.8 and 3.9.

use super::{AS_USUAL, CAFE, HOME, TRAIN, begin, changes, check, count, forger, from, go, log, mirrored, seen, up};
use crate::host::{Host, PLAIN, config_of, path};
use crate::rig::{CAROL, MOON, Rig, Seen};
use crate::toy::WITHOUT_SHA1;
use ikev2::exchange::MessageContent;
use ikev2::registry::{ExchangeType, NotifyType};
use ikev2::session::{CloseReason, Handled, NetworkPath};
use ikev2::wire::{Notify, NotifyData, Payload};
use std::net::IpAddr;

/// A NAT translates what Carol sends.
fn through_nat(rig: &mut Rig, outside: NetworkPath) {
    for _ in 0..20 {
        for mut seen in rig.sent(CAROL) {
            seen.path = NetworkPath { peer: outside.local, ..seen.path };
            let _ = rig.give(&seen);
        }
        let inside = rig.hosts[CAROL].endpoint.view(rig.hosts[CAROL].endpoint.sas().next().unwrap()).unwrap().path();
        for mut seen in rig.sent(MOON) {
            if seen.path.local == outside.local {
                seen.path = NetworkPath { local: inside.local, ..seen.path };
                let _ = rig.give(&seen);
            }
        }
    }
}

#[test]
fn rfc_4555_section_3_5_a_nat_appears_and_goes() {
    let (mut rig, id) = up();
    let in_udp =
        |rig: &Rig| rig.hosts.each_ref().map(|host| host.endpoint.view(host.endpoint.sas().next().unwrap()).unwrap().is_esp_in_udp());
    assert_eq!(in_udp(&rig), [false; 2]);
    let mut outside = from(CAFE);
    outside.local.set_port(31_000);
    go(&mut rig, id, from("10.9.9.9"), None);
    through_nat(&mut rig, outside);
    assert_eq!(in_udp(&rig), [true; 2], "{}", log(&rig));
    assert_eq!(seen(&rig.hosts[CAROL]), (from("10.9.9.9"), from("10.9.9.9")));
    assert_eq!(seen(&rig.hosts[MOON]), (mirrored(outside), mirrored(outside)));
    go(&mut rig, id, from(TRAIN), None);
    rig.talk();
    check(&rig, from(TRAIN));
    assert_eq!(in_udp(&rig), [false; 2]);
}

/// Behind a NAT that forgets its mapping, the liveness check finds out, and an update follows.
#[test]
fn rfc_4555_section_3_8_a_mapping_that_changes_shows_in_a_liveness_check() {
    let (mut rig, id) = up();
    let mut outside = from(CAFE);
    outside.local.set_port(31_000);
    go(&mut rig, id, from("10.9.9.9"), None);
    through_nat(&mut rig, outside);
    let updates = count(&rig, MOON, NotifyType::UPDATE_SA_ADDRESSES);
    // The same mapping: no more than the check.
    let ping = |rig: &mut Rig, outside| {
        rig.hosts[CAROL].endpoint.sa(id).unwrap().ping(rig.now).unwrap();
        through_nat(rig, outside);
    };
    ping(&mut rig, outside);
    assert_eq!(count(&rig, MOON, NotifyType::UPDATE_SA_ADDRESSES), updates);
    outside.local.set_port(32_000);
    ping(&mut rig, outside);
    assert_eq!(count(&rig, MOON, NotifyType::UPDATE_SA_ADDRESSES), updates + 1);
    assert_eq!(seen(&rig.hosts[MOON]), (mirrored(outside), mirrored(outside)), "{}", log(&rig));
    assert_eq!(seen(&rig.hosts[CAROL]).1, from("10.9.9.9"));
    // ESP that comes from elsewhere tells the responder sooner.
    let mut other = outside;
    other.local.set_port(33_000);
    let child = *rig.hosts[MOON].children.keys().next().unwrap();
    rig.hosts[MOON].endpoint.mapping_changed(rig.now, child, other.local);
    rig.decide(MOON);
    through_nat(&mut rig, other);
    assert_eq!(seen(&rig.hosts[MOON]), (mirrored(other), mirrored(other)), "{}", log(&rig));
}

/// After a rekey of the IKE SA its SPIs are others, and the responder's word cannot be compared: it is asked, once.
#[test]
fn rfc_4555_section_3_8_after_a_rekey() {
    let (mut rig, id) = up();
    go(&mut rig, id, from("10.9.9.9"), None);
    through_nat(&mut rig, from(CAFE));
    rig.hosts[CAROL].endpoint.sa(id).unwrap().rekey(rig.now).unwrap();
    through_nat(&mut rig, from(CAFE));
    let (before, moved) = (rig.wire.len(), rig.hosts.each_ref().map(changes));
    rig.hosts[CAROL].endpoint.sa(id).unwrap().ping(rig.now).unwrap();
    through_nat(&mut rig, from(CAFE));
    assert_eq!(rig.wire.len() - before, 4);
    rig.hosts[CAROL].endpoint.sa(id).unwrap().ping(rig.now).unwrap();
    through_nat(&mut rig, from(CAFE));
    assert_eq!(rig.wire.len() - before, 6);
    assert_eq!(rig.hosts.each_ref().map(changes), moved);
    // It still moves.
    go(&mut rig, id, from(TRAIN), None);
    rig.talk();
    check(&rig, from(TRAIN));
}

/// What Carol sends comes from another address.
fn translated(rig: &mut Rig, outside: &str) {
    let outside: IpAddr = outside.parse().unwrap();
    for _ in 0..12 {
        for mut seen in rig.sent(CAROL) {
            seen.path.peer.set_ip(outside);
            let _ = rig.give(&seen);
        }
        for mut seen in rig.sent(MOON) {
            let id = rig.hosts[CAROL].endpoint.sas().next();
            seen.path.local = id.map_or(seen.path.local, |id| rig.hosts[CAROL].endpoint.view(id).unwrap().path().local);
            let _ = rig.give(&seen);
        }
    }
}

/// Without SHA-1 there is no NAT detection: addresses are protected, and a NAT is refused after three tries.
#[test]
fn rfc_4555_section_3_9_no_nat_is_allowed() {
    let blind = || {
        let mut rig = Rig::plain(7);
        let path = rig.hosts[CAROL].path;
        rig.hosts[CAROL] = Host::of(WITHOUT_SHA1, "carol", path, PLAIN, config_of(&WITHOUT_SHA1, PLAIN), 3);
        let id = begin(&mut rig, AS_USUAL, AS_USUAL);
        (rig, id)
    };
    let plain = |address: &str| path(&format!("{address}:500"), "192.0.2.1:500");
    let (mut rig, id) = blind();
    rig.talk();
    check(&rig, plain(HOME));
    go(&mut rig, id, plain(CAFE), None);
    rig.talk();
    check(&rig, plain(CAFE));
    let updates = count(&rig, MOON, NotifyType::UPDATE_SA_ADDRESSES);
    assert_eq!(count(&rig, MOON, NotifyType::NO_NATS_ALLOWED), updates);
    go(&mut rig, id, plain("10.9.9.9"), None);
    translated(&mut rig, TRAIN);
    assert_eq!(count(&rig, MOON, NotifyType::UPDATE_SA_ADDRESSES), updates + 3, "{}", log(&rig));
    assert_eq!(seen(&rig.hosts[MOON]), (mirrored(plain(CAFE)), mirrored(plain(CAFE))));
    let is_told = |line: &&String| line.contains("UNEXPECTED_NAT_DETECTED") && line.contains("PathUpdate");
    assert_eq!(rig.hosts[CAROL].log.iter().filter(is_told).count(), 1, "{}", log(&rig));
    // In IKE_AUTH, nothing comes of it.
    let (mut rig, id) = blind();
    translated(&mut rig, TRAIN);
    let notify = NotifyType::UNEXPECTED_NAT_DETECTED;
    assert_eq!(rig.hosts[CAROL].closed.get(&id), Some(&CloseReason::Refused { exchange: ExchangeType::IKE_AUTH, notify }), "{}", log(&rig));
    assert_eq!(rig.hosts[MOON].closed.values().next(), Some(&CloseReason::WeRefused(notify)));
}

/// A request that says which addresses it has.
fn protected_update(rig: &mut Rig, from_in: &str, ty: NotifyType) -> NotifyType {
    let mut forger = forger(rig, true);
    let content = MessageContent::build(|chain| {
        chain.push(Payload::Notify(Notify::new(ty, &[])));
        chain.notify(NotifyData::NoNatsAllowed((from_in.parse().unwrap(), 4500), ("192.0.2.1".parse().unwrap(), 4500)));
    })
    .unwrap();
    let header = forger.header(ExchangeType::INFORMATIONAL, false, 2);
    let octets = forger.whole(header, (content.first_payload(), content.octets()));
    let seen = Seen { to: MOON, path: mirrored(from(CAFE)), octets: [&[0; 4][..], &octets].concat() };
    assert_eq!(rig.give(&seen), Handled::Consumed);
    let answer = rig.sent(MOON).remove(0);
    assert_eq!(answer.path, from(CAFE));
    let read = forger.read(answer.message().unwrap()).unwrap();
    let parts = read.chain().parts(&read.header).unwrap();
    parts.error().map_or(NotifyType(0), |error| error.ty)
}

#[test]
fn rfc_4555_section_3_9_addresses_that_differ_from_those_of_the_packet() {
    for ty in [NotifyType::UPDATE_SA_ADDRESSES, NotifyType::NO_ADDITIONAL_ADDRESSES] {
        let (mut rig, _) = up();
        assert_eq!(protected_update(&mut rig, TRAIN, ty), NotifyType::UNEXPECTED_NAT_DETECTED);
        assert_eq!(seen(&rig.hosts[MOON]).0, mirrored(from(HOME)));
        let (mut rig, _) = up();
        assert_eq!(protected_update(&mut rig, CAFE, ty), NotifyType(0));
        let is_update = ty == NotifyType::UPDATE_SA_ADDRESSES;
        assert_eq!(seen(&rig.hosts[MOON]).0, mirrored(from(if is_update { CAFE } else { HOME })));
    }
}

/// The kernel tells of each packet, and the check of the new address goes on all the same.
#[test]
fn rfc_4555_section_3_8_packets_that_go_on_coming_keep_no_move_from_arriving() {
    let (mut rig, id) = up();
    let mut outside = from(CAFE);
    outside.local.set_port(31_000);
    go(&mut rig, id, from("10.9.9.9"), None);
    through_nat(&mut rig, outside);
    // A NAT with several addresses.
    let other = NetworkPath { local: "203.0.113.8:33000".parse().unwrap(), ..outside };
    let child = *rig.hosts[MOON].children.keys().next().unwrap();
    let tell = |rig: &mut Rig| {
        rig.hosts[MOON].endpoint.mapping_changed(rig.now, child, other.local);
        rig.decide(MOON);
    };
    tell(&mut rig);
    let check = rig.sent(MOON);
    assert_eq!(check.len(), 1, "{}", log(&rig));
    tell(&mut rig);
    let inside = from("10.9.9.9");
    for seen in check {
        let _ = rig.give(&Seen { path: NetworkPath { local: inside.local, ..seen.path }, ..seen });
    }
    for seen in rig.sent(CAROL) {
        tell(&mut rig);
        let _ = rig.give(&Seen { path: NetworkPath { peer: other.local, ..seen.path }, ..seen });
    }
    assert_eq!(seen(&rig.hosts[MOON]), (mirrored(other), mirrored(other)), "{}", log(&rig));
}
