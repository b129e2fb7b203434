//! MOBIKE, RFC 4555: Carol begins the IKE SA and moves, Moon goes along, or does not.

use crate::forger::Forger;
use crate::host::{ADDITIONAL, Host, PLAIN, Proposals, config_of, natt, path};
use crate::rig::{CAROL, MOON, Rig, Seen};
use crate::toy::WITHOUT_SHA1;
use ikev2::exchange::MessageContent;
use ikev2::registry::{ExchangeType, NotifyType};
use ikev2::session::{CloseReason, CommandError, Config, Handled, Ignored, NetworkPath, PeerConfig, SaId, Violation};
use ikev2::wire::{Notify, NotifyData, Payload};
use std::net::IpAddr;
use std::time::Duration;

const HOME: &str = "198.51.100.2";
const CAFE: &str = "203.0.113.7";
const TRAIN: &str = "203.0.113.99";

/// Carol's path to Moon from an address of hers.
fn from(address: &str) -> NetworkPath {
    natt(NetworkPath::new(
        format!("{address}:4500").parse().unwrap(),
        "192.0.2.1:4500".parse().unwrap(),
        ikev2::session::PathEncapsulation::NonEspMarker,
    ))
}

/// The same as Moon sees it.
fn mirrored(path: NetworkPath) -> NetworkPath {
    NetworkPath { local: path.peer, peer: path.local, ..path }
}

type Change = fn(PeerConfig) -> PeerConfig;

const AS_USUAL: Change = |peer| peer;

/// An IKE SA with MOBIKE is up, of which Moon thinks as `moon` says.
fn up_with((proposals, config): (Proposals, fn(Config) -> Config), carol: Change, moon: Change) -> (Rig, SaId) {
    let mut rig = Rig::new(7, proposals, config);
    let id = begin(&mut rig, carol, moon);
    rig.talk();
    assert_eq!(rig.hosts.each_ref().map(|host| host.children.len()), [1, 1], "{}", log(&rig));
    (rig, id)
}

fn begin(rig: &mut Rig, carol: Change, moon: Change) -> SaId {
    rig.hosts.iter_mut().for_each(|host| host.is_mobile = true);
    rig.hosts[MOON].answers_with = Some(moon(rig.hosts[MOON].peer_config("moon", "carol")));
    let peer = carol(rig.hosts[CAROL].peer_config("carol", "moon"));
    let path = rig.hosts[CAROL].path;
    rig.hosts[CAROL].endpoint.initiate(rig.now, path, peer).unwrap()
}

fn up() -> (Rig, SaId) {
    up_with((PLAIN, |config| config), AS_USUAL, AS_USUAL)
}

fn log(rig: &Rig) -> String {
    rig.hosts.iter().map(|host| host.log.join("\n")).collect::<Vec<_>>().join("\n--\n")
}

fn go(rig: &mut Rig, id: SaId, path: NetworkPath, mtu: Option<u16>) {
    rig.hosts[CAROL].endpoint.sa(id).unwrap().update_path(rig.now, path, mtu).unwrap();
}

/// Where a host takes the IKE SA and its Child SAs to be.
fn seen(host: &Host) -> (NetworkPath, NetworkPath) {
    let id = host.endpoint.sas().next().unwrap();
    (host.endpoint.view(id).unwrap().path(), host.tunnels[&id])
}

/// What goes to an address that Carol has left is lost.
fn is_there(rig: &Rig, seen: &Seen) -> bool {
    let id = rig.hosts[CAROL].endpoint.sas().next();
    let at = id.map(|id| rig.hosts[CAROL].endpoint.view(id).unwrap().path().local);
    seen.to == MOON || at.is_none_or(|at| at == seen.path.local)
}

/// Both talk, and time passes where somebody waits.
fn settle(rig: &mut Rig) {
    for _ in 0..40 {
        loop {
            let mut sent = rig.sent(MOON);
            sent.extend(rig.sent(CAROL));
            if sent.is_empty() {
                break;
            }
            for seen in sent {
                if is_there(rig, &seen) {
                    let _ = rig.give(&seen);
                }
            }
        }
        rig.now += Duration::from_millis(500);
        for host in &mut rig.hosts {
            host.endpoint.handle_timeout(rig.now);
        }
        rig.decide(MOON);
        rig.decide(CAROL);
    }
}

/// Both sides agree that Carol is there, and on all else.
fn check(rig: &Rig, path: NetworkPath) {
    assert_eq!(seen(&rig.hosts[CAROL]), (path, path), "{}", log(rig));
    assert_eq!(seen(&rig.hosts[MOON]), (mirrored(path), mirrored(path)), "{}", log(rig));
    for at in [MOON, CAROL] {
        rig.check(at);
        assert!(rig.hosts[at].closed.is_empty(), "{}", log(rig));
    }
    let spis = rig.hosts.each_ref().map(|host| host.endpoint.view(host.endpoint.sas().next().unwrap()).unwrap().spis());
    assert_eq!(spis[0], spis[1]);
}

fn changes(host: &Host) -> usize {
    host.log.iter().filter(|line| line.contains("PathChanged")).count()
}

/// What Carol's and Moon's messages say, with the keys of the first generation: of stand-ins, both follow from the wire.
fn said(rig: &Rig, to: usize) -> Vec<Vec<NotifyType>> {
    let reader = Forger::after_init(&rig.wire[0].octets, &rig.wire[1].octets, to == CAROL);
    let read = rig.wire.iter().skip(2).filter(|seen| seen.to == to).filter_map(|seen| reader.read(message(seen)));
    let is_informational = read.filter(|read| read.header.exchange == ExchangeType::INFORMATIONAL);
    is_informational.map(|read| read.chain().parts(&read.header).unwrap().notifies().map(|notify| notify.ty).collect()).collect()
}

/// The message without its marker.
fn message(seen: &Seen) -> &[u8] {
    seen.octets.strip_prefix(&[0; 4]).unwrap_or(&seen.octets)
}

/// Carol's keys in the hands of a test.
fn forger(rig: &Rig, as_carol: bool) -> Forger {
    Forger::after_init(&rig.wire[0].octets, &rig.wire[1].octets, as_carol)
}

fn count(rig: &Rig, to: usize, ty: NotifyType) -> usize {
    said(rig, to).iter().filter(|said| said.contains(&ty)).count()
}

#[test]
fn rfc_4555_section_3_2_it_takes_both_sides() {
    let off: Change = |peer| peer.with_mobike(false);
    for (carol, moon, agreed) in [(AS_USUAL, AS_USUAL, true), (AS_USUAL, off, false), (off, AS_USUAL, false)] {
        let (mut rig, id) = up_with((PLAIN, |config| config), carol, moon);
        let views = rig.hosts.each_ref().map(|host| host.endpoint.view(host.endpoint.sas().next().unwrap()).unwrap().has_mobike());
        assert_eq!(views, [agreed; 2]);
        let moved = rig.hosts[CAROL].endpoint.sa(id).unwrap().update_path(rig.now, from(CAFE), None);
        let told = rig.hosts[CAROL].endpoint.sa(id).unwrap().announce_addresses(rig.now, &[]);
        let due = if agreed { Ok(()) } else { Err(CommandError::NoMobike) };
        assert_eq!((moved, told), (due, due));
        // A responder does not decide on addresses.
        let moons = rig.hosts[MOON].endpoint.sas().next().unwrap();
        let moved = rig.hosts[MOON].endpoint.sa(moons).unwrap().update_path(rig.now, mirrored(from(CAFE)), None);
        assert_eq!(moved, Err(if agreed { CommandError::NotInitiator } else { CommandError::NoMobike }));
    }
}

#[test]
fn rfc_4555_section_3_2_it_is_agreed_on_in_ike_auth() {
    let mut rig = Rig::plain(7);
    let id = begin(&mut rig, AS_USUAL, AS_USUAL);
    let moved = rig.hosts[CAROL].endpoint.sa(id).unwrap().update_path(rig.now, from(CAFE), None);
    assert_eq!(moved, Err(CommandError::NoMobike));
}

/// The IKE SA is on port 4500 though no NAT is in the way, and ESP needs no UDP for it.
#[test]
fn rfc_4555_section_3_3_port_4500_without_a_nat() {
    let (rig, _) = up();
    assert_eq!(seen(&rig.hosts[CAROL]).0, from(HOME));
    assert_eq!(seen(&rig.hosts[MOON]).0, mirrored(from(HOME)));
    for host in &rig.hosts {
        assert!(!host.endpoint.view(host.endpoint.sas().next().unwrap()).unwrap().is_esp_in_udp());
    }
    // Who does not want MOBIKE stays.
    let (rig, _) = up_with((PLAIN, |config| config), |peer| peer.with_mobike(false), AS_USUAL);
    assert_eq!(seen(&rig.hosts[CAROL]).0, rig.hosts[CAROL].path);
}

#[test]
fn rfc_4555_sections_3_4_and_3_6_additional_addresses() {
    let (mut rig, id) = up_with(
        (PLAIN, |config| config),
        |peer| peer.with_additional_addresses([IpAddr::from([198, 51, 100, 9]), IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1])]),
        |peer| peer.with_additional_addresses(vec![IpAddr::from([192, 0, 2, 77]); 40]),
    );
    let told = |rig: &Rig, at: usize| {
        let lists = rig.hosts[at].log.iter().filter_map(|line| line.split_once("PeerAddresses(").map(|(_, list)| list.to_owned()));
        lists.collect::<Vec<_>>()
    };
    assert_eq!(told(&rig, MOON), ["[198.51.100.9, 2001:db8::1])"]);
    assert_eq!(told(&rig, CAROL)[0].matches("192.0.2.77").count(), 16);
    // Both sides may tell of others, and of none.
    let moons = rig.hosts[MOON].endpoint.sas().next().unwrap();
    let now = rig.now;
    rig.hosts[MOON].endpoint.sa(moons).unwrap().announce_addresses(now, &["192.0.2.78".parse().unwrap()]).unwrap();
    rig.hosts[CAROL].endpoint.sa(id).unwrap().announce_addresses(now, &[]).unwrap();
    rig.talk();
    assert_eq!((told(&rig, CAROL)[1].as_str(), told(&rig, MOON)[1].as_str()), ("[192.0.2.78])", "[])"));
    assert_eq!(count(&rig, MOON, NotifyType::NO_ADDITIONAL_ADDRESSES), 1);
    assert_eq!((changes(&rig.hosts[CAROL]), changes(&rig.hosts[MOON])), (0, 0));
    // An initiator may go on to one of the responder's.
    let other = NetworkPath { peer: "192.0.2.78:4500".parse().unwrap(), ..from(HOME) };
    go(&mut rig, id, other, None);
    rig.talk();
    check(&rig, other);
}

#[test]
fn rfc_4555_section_3_5_the_initiator_moves() {
    let (mut rig, id) = up();
    go(&mut rig, id, from(CAFE), None);
    // The IKE SA is there at once, the Child SAs once the responder has agreed.
    assert_eq!(seen(&rig.hosts[CAROL]), (from(CAFE), from(HOME)));
    rig.talk();
    check(&rig, from(CAFE));
    assert_eq!((changes(&rig.hosts[CAROL]), changes(&rig.hosts[MOON])), (1, 1));
    assert_eq!(count(&rig, MOON, NotifyType::UPDATE_SA_ADDRESSES), 1);
    // Each side has sent one COOKIE2, and got it back.
    assert_eq!((count(&rig, MOON, NotifyType::COOKIE2), count(&rig, CAROL, NotifyType::COOKIE2)), (2, 2));
    // Later children are there, too.
    let child = rig.hosts[CAROL].child_config();
    rig.hosts[CAROL].endpoint.sa(id).unwrap().create_child(rig.now, child).unwrap();
    rig.talk();
    assert_eq!(rig.hosts[CAROL].children.len(), 2);
    check(&rig, from(CAFE));
}

/// The host moves while each of these exchanges waits for its response: before its request arrives, or after.
#[test]
fn rfc_4555_section_3_5_a_move_in_the_middle_of_an_exchange() {
    for proposals in [PLAIN, ADDITIONAL] {
        for what in 0..5 {
            for is_answered in [false, true] {
                let (mut rig, id) = up_with((proposals, |config| config), AS_USUAL, AS_USUAL);
                let host = &mut rig.hosts[CAROL];
                let (child, config) = (*host.children.keys().next().unwrap(), host.child_config());
                let mut sa = host.endpoint.sa(id).unwrap();
                match what {
                    0 => sa.create_child(rig.now, config).unwrap(),
                    1 => sa.rekey_child(rig.now, child).unwrap(),
                    2 => sa.rekey(rig.now).unwrap(),
                    3 => sa.ping(rig.now).unwrap(),
                    _ => sa.announce_addresses(rig.now, &[]).unwrap(),
                }
                let before = rig.wire.len();
                for seen in rig.sent(CAROL) {
                    if is_answered {
                        let _ = rig.give(&seen);
                    }
                }
                // The response finds nobody.
                rig.sent(MOON);
                let request = rig.wire[before].octets.clone();
                go(&mut rig, id, from(TRAIN), None);
                let again = rig.sent(CAROL);
                assert!(again.iter().all(|seen| seen.path == mirrored(from(TRAIN))));
                assert!(again.iter().any(|seen| seen.octets == request), "the same octets go out again");
                for seen in again {
                    let _ = rig.give(&seen);
                }
                settle(&mut rig);
                check(&rig, from(TRAIN));
                assert_eq!(rig.hosts[CAROL].children.len(), if what == 0 { 2 } else { 1 }, "{what}\n{}", log(&rig));
                assert_eq!((changes(&rig.hosts[CAROL]), changes(&rig.hosts[MOON])), (1, 1), "{}", log(&rig));
            }
        }
    }
}

/// The responder rekeys while the initiator is on its way: what it asked goes along to the new address.
#[test]
fn rfc_4555_section_3_5_a_move_during_a_rekey_of_the_responder() {
    for is_ike in [false, true] {
        let (mut rig, id) = up();
        let moon = &mut rig.hosts[MOON];
        let (own, child) = (moon.endpoint.sas().next().unwrap(), *moon.children.keys().next().unwrap());
        let mut sa = moon.endpoint.sa(own).unwrap();
        if is_ike {
            sa.rekey(rig.now).unwrap()
        } else {
            sa.rekey_child(rig.now, child).unwrap()
        }
        let lost = rig.sent(MOON);
        assert_eq!(lost[0].path, from(HOME));
        go(&mut rig, id, from(CAFE), None);
        let update = rig.sent(CAROL);
        assert_eq!(rig.give(&update[0]), Handled::Consumed);
        let sent = rig.sent(MOON);
        assert!(sent.iter().all(|seen| seen.path == from(CAFE)));
        assert!(sent.iter().any(|seen| seen.octets == lost[0].octets));
        for seen in sent {
            let _ = rig.give(&seen);
        }
        settle(&mut rig);
        check(&rig, from(CAFE));
        assert!(rig.hosts[CAROL].log.iter().any(|line| line.contains("ekeyed")), "{}", log(&rig));
    }
}

/// The path changes again before the first update is answered: its response changes nothing, and another update follows.
#[test]
fn rfc_4555_section_3_5_twice_in_a_row() {
    for is_back in [false, true] {
        for is_answered in [false, true] {
            let (mut rig, id) = up();
            let last = from(if is_back { HOME } else { TRAIN });
            go(&mut rig, id, from(CAFE), None);
            let first = rig.sent(CAROL);
            if is_answered {
                let _ = rig.give(&first[0]);
            }
            rig.sent(MOON);
            go(&mut rig, id, last, None);
            settle(&mut rig);
            check(&rig, last);
            assert!(count(&rig, MOON, NotifyType::UPDATE_SA_ADDRESSES) >= 2);
            // Where it is back, its Child SAs have not moved. To the responder, the first update looked as if a NAT were in the way.
            assert_eq!(changes(&rig.hosts[CAROL]), usize::from(!is_back), "{}", log(&rig));
        }
    }
}

#[test]
fn rfc_4555_section_3_5_a_responder_that_refuses() {
    let (mut rig, id) = up_with((PLAIN, |config| config), AS_USUAL, |peer| peer.with_address_changes(false));
    go(&mut rig, id, from(CAFE), None);
    rig.talk();
    assert_eq!(seen(&rig.hosts[CAROL]), (from(CAFE), from(HOME)), "{}", log(&rig));
    assert_eq!(seen(&rig.hosts[MOON]), (mirrored(from(HOME)), mirrored(from(HOME))));
    let is_told = |host: &Host, who: &str| host.log.iter().any(|line| line.contains("UNACCEPTABLE_ADDRESSES") && line.contains(who));
    assert!(is_told(&rig.hosts[CAROL], "PathUpdate") && is_told(&rig.hosts[MOON], "by: We"), "{}", log(&rig));
    // Back is always allowed, and so is another port of the same address.
    let mut other = from(HOME);
    other.local.set_port(4511);
    for path in [from(HOME), other] {
        go(&mut rig, id, path, None);
        rig.talk();
        check(&rig, path);
    }
}

/// Of two generations, the newer one has the last word: an update on the older one that comes late undoes nothing.
#[test]
fn rfc_4555_section_3_5_an_update_that_is_late_undoes_nothing() {
    let (mut rig, id) = up();
    // The responder rekeys; its Delete of the old generation is lost for now.
    let own = rig.hosts[MOON].endpoint.sas().next().unwrap();
    go(&mut rig, id, from(CAFE), None);
    let late = rig.sent(CAROL);
    rig.hosts[MOON].endpoint.sa(own).unwrap().rekey(rig.now).unwrap();
    for seen in rig.sent(MOON) {
        // Carol is not to be found at home; this one is forwarded to her.
        let _ = rig.give(&seen);
    }
    for seen in rig.sent(CAROL) {
        let _ = rig.give(&seen);
    }
    let delete = rig.sent(MOON);
    // Carol goes on, and says so under the new keys.
    go(&mut rig, id, from(TRAIN), None);
    let sent = rig.sent(CAROL);
    let newest = sent.iter().filter(|seen| message(seen)[..16] != message(&late[0])[..16]).cloned().collect::<Vec<_>>();
    assert_eq!(newest.len(), 1, "{}", log(&rig));
    assert_eq!(rig.give(&newest[0]), Handled::Consumed);
    assert_eq!(seen(&rig.hosts[MOON]).0, mirrored(from(TRAIN)));
    assert_eq!(rig.give(&late[0]), Handled::Consumed);
    assert_eq!(seen(&rig.hosts[MOON]).0, mirrored(from(TRAIN)), "{}", log(&rig));
    for seen in delete {
        let _ = rig.give(&seen);
    }
    settle(&mut rig);
    check(&rig, from(TRAIN));
}

/// A request in fragments goes out in more of them, with fresh IVs, where the new path takes less.
#[test]
fn rfc_7383_section_2_6_a_smaller_mtu_after_a_move() {
    for (before, after) in [(1280, 576), (576, 500), (576, 300)] {
        for there in [0, 1, usize::MAX] {
            let change: fn(Config) -> Config = if before == 576 { |config| config.with_mtu(576) } else { |config| config };
            let (mut rig, id) = up_with((ADDITIONAL, change), AS_USUAL, AS_USUAL);
            // A rekey of the IKE SA with ML-KEM: its second exchange is large.
            rig.hosts[CAROL].endpoint.sa(id).unwrap().rekey(rig.now).unwrap();
            let mut request = rig.sent(CAROL);
            while !request.iter().any(|seen| seen.octets.len() > 400) {
                for seen in request {
                    let _ = rig.give(&seen);
                }
                for seen in rig.sent(MOON) {
                    let _ = rig.give(&seen);
                }
                request = rig.sent(CAROL);
                assert!(!request.is_empty(), "no large request");
            }
            // Nothing of it, its first fragment or all of it has come; the response finds nobody.
            for seen in request.iter().take(there) {
                let _ = rig.give(seen);
            }
            rig.sent(MOON);
            go(&mut rig, id, from(CAFE), Some(after));
            let again = rig.sent(CAROL);
            assert!(again.len() > request.len(), "{} and {} datagrams", request.len(), again.len());
            assert!(again.iter().all(|seen| seen.octets.len() + 28 <= usize::from(after)), "{before} {after}");
            assert!(again.iter().all(|seen| !request.iter().any(|other| other.octets == seen.octets)));
            let view = rig.hosts[CAROL].endpoint.view(id).unwrap();
            assert_eq!(view.mtu(), after);
            for seen in again {
                let _ = rig.give(&seen);
            }
            settle(&mut rig);
            check(&rig, from(CAFE));
            assert!(rig.hosts[CAROL].log.iter().any(|line| line.contains("Rekeyed")), "{}", log(&rig));
        }
    }
}

/// A peer that has answered the request may know it again by its octets alone: every other time it goes out as it was.
#[test]
fn rfc_4555_section_3_5_what_is_cut_anew_goes_out_as_it_was_too() {
    let (mut rig, id) = up();
    let child = *rig.hosts[CAROL].children.keys().next().unwrap();
    rig.hosts[CAROL].endpoint.sa(id).unwrap().rekey_child(rig.now, child).unwrap();
    let before = rig.sent(CAROL);
    go(&mut rig, id, from(CAFE), Some(256));
    let cut = rig.sent(CAROL);
    assert_eq!((before.len(), cut.len()), (1, 2));
    let from = rig.wire.len();
    rig.pass_alone(CAROL, Duration::from_secs(40));
    let again: Vec<_> = rig.wire[from..].iter().map(|seen| seen.octets == before[0].octets).collect();
    assert_eq!(again[..6], [true, false, false, true, false, false]);
    assert!(rig.wire[from..].iter().all(|seen| seen.path == cut[0].path));
}

/// What was not sent yet goes along the new path alone, and in one copy.
#[test]
fn rfc_4555_section_3_5_what_was_not_sent_goes_by_the_new_path_alone() {
    let (mut rig, id) = up();
    rig.hosts[CAROL].endpoint.sa(id).unwrap().ping(rig.now).unwrap();
    go(&mut rig, id, from(CAFE), None);
    let sent = rig.sent(CAROL);
    assert_eq!(sent.iter().map(|seen| seen.path).collect::<Vec<_>>(), [mirrored(from(CAFE))]);
    let _ = rig.give(&sent[0]);
    settle(&mut rig);
    check(&rig, from(CAFE));
}

#[test]
fn rfc_4555_section_3_5_nobody_answers_at_the_new_path() {
    let (mut rig, id) = up();
    go(&mut rig, id, from(CAFE), None);
    rig.pass_alone(CAROL, Duration::from_secs(61));
    assert_eq!(rig.hosts[CAROL].closed.get(&id), Some(&CloseReason::NoResponse(ExchangeType::INFORMATIONAL)), "{}", log(&rig));
}

/// An IKE SA that is about to end is told of no move: its Delete goes from the new address.
#[test]
fn rfc_4555_section_3_5_a_move_while_it_ends() {
    let (mut rig, id) = up();
    rig.hosts[CAROL].endpoint.sa(id).unwrap().delete(rig.now);
    rig.sent(CAROL);
    go(&mut rig, id, from(CAFE), None);
    rig.talk();
    assert!(rig.hosts.iter().all(|host| host.endpoint.sas().next().is_none()), "{}", log(&rig));
    assert_eq!(count(&rig, MOON, NotifyType::UPDATE_SA_ADDRESSES), 0);
}

/// The Child SAs go nowhere before the initiator has answered from there.
#[test]
fn rfc_4555_section_3_7_return_routability() {
    let (mut rig, id) = up();
    go(&mut rig, id, from(CAFE), None);
    for seen in rig.sent(CAROL) {
        let _ = rig.give(&seen);
    }
    let home = mirrored(from(HOME));
    assert_eq!(seen(&rig.hosts[MOON]), (mirrored(from(CAFE)), home));
    // A Child SA that is made meanwhile goes where the others are.
    let asked = rig.sent(MOON);
    for seen in asked.iter().filter(|seen| message(seen)[19] & 0x20 != 0) {
        let _ = rig.give(seen);
    }
    let child = rig.hosts[CAROL].child_config();
    rig.hosts[CAROL].endpoint.sa(id).unwrap().create_child(rig.now, child).unwrap();
    for seen in rig.sent(CAROL) {
        let _ = rig.give(&seen);
    }
    assert_eq!(rig.hosts[MOON].children.len(), 2, "{}", log(&rig));
    assert_eq!(seen(&rig.hosts[MOON]), (mirrored(from(CAFE)), home));
    for seen in asked.iter().filter(|seen| message(seen)[19] & 0x20 == 0) {
        let _ = rig.give(seen);
    }
    settle(&mut rig);
    check(&rig, from(CAFE));
    // Who does not want to know asks nothing.
    let off: Change = |peer| peer.with_return_routability(false);
    let (mut rig, id) = up_with((PLAIN, |config| config), off, off);
    go(&mut rig, id, from(CAFE), None);
    rig.talk();
    check(&rig, from(CAFE));
    assert_eq!((count(&rig, MOON, NotifyType::COOKIE2), count(&rig, CAROL, NotifyType::COOKIE2)), (0, 0));
}

/// Whoever answers with another COOKIE2, or with none, ends the IKE SA: as responder, and as initiator.
#[test]
fn rfc_4555_section_3_7_another_cookie_ends_it() {
    for at in [MOON, CAROL] {
        for wrong in [None, Some([1; 16])] {
            let (mut rig, id) = up();
            go(&mut rig, id, from(CAFE), None);
            let update = rig.sent(CAROL);
            if at == MOON {
                let _ = rig.give(&update[0]);
            }
            // The request that has to be answered: Moon's check, or Carol's update.
            let mut forger = forger(&rig, at == MOON);
            let asked = if at == MOON { rig.sent(MOON) } else { update };
            let request = asked.iter().find_map(|seen| forger.read(message(seen)).filter(|read| !read.header.response)).unwrap();
            let content = MessageContent::build(|chain| {
                if let Some(wrong) = &wrong {
                    chain.notify(NotifyData::Cookie2(wrong));
                }
            })
            .unwrap();
            let header = forger.header(ExchangeType::INFORMATIONAL, true, request.header.message_id);
            let octets = forger.whole(header, (content.first_payload(), content.octets()));
            let octets = [&[0; 4][..], &octets].concat();
            let path = if at == MOON { mirrored(from(CAFE)) } else { from(CAFE) };
            assert_eq!(rig.give(&Seen { to: at, path, octets }), Handled::Consumed);
            // It says so to the peer, who has had the request, and answers.
            for seen in &asked {
                let _ = rig.give(seen);
            }
            settle(&mut rig);
            let due = CloseReason::Violation(Violation::OtherCookie);
            assert_eq!(rig.hosts[at].closed.values().next(), Some(&due), "{at} {wrong:?}\n{}", log(&rig));
            assert!(rig.hosts[at].children.is_empty());
        }
    }
}

/// COOKIE2 comes back as it was, whatever else was agreed on; in a Delete, too.
#[test]
fn rfc_4555_section_3_7_cookie2_is_copied_always() {
    for is_delete in [false, true] {
        let (mut rig, _) = up_with((PLAIN, |config| config), |peer| peer.with_mobike(false), AS_USUAL);
        let mut forger = forger(&rig, true);
        let content = MessageContent::build(|chain| {
            if is_delete {
                chain.push(Payload::Delete(ikev2::wire::Delete::IKE_SA));
            }
            chain.notify(NotifyData::Cookie2(b"as it was"));
        })
        .unwrap();
        let header = forger.header(ExchangeType::INFORMATIONAL, false, 2);
        let octets = forger.whole(header, (content.first_payload(), content.octets()));
        let path = rig.hosts[MOON].path;
        assert_eq!(rig.give(&Seen { to: MOON, path, octets }), Handled::Consumed);
        let answer = forger.read(&rig.sent(MOON)[0].octets).unwrap();
        let parts = answer.chain().parts(&answer.header).unwrap();
        assert_eq!(parts.notify(NotifyType::COOKIE2).map(|notify| notify.data), Some(&b"as it was"[..]));
    }
}

/// With MOBIKE, a request from elsewhere says nothing about addresses.
#[test]
fn rfc_4555_section_3_8_mere_requests_move_nothing() {
    let (mut rig, id) = up();
    rig.hosts[CAROL].endpoint.sa(id).unwrap().ping(rig.now).unwrap();
    let asked = rig.sent(CAROL).remove(0);
    let path = mirrored(from(TRAIN));
    assert_eq!(rig.give(&Seen { path, ..asked }), Handled::Consumed);
    let answer = rig.sent(MOON).remove(0);
    // It is answered where it came from.
    assert_eq!(answer.path, from(TRAIN));
    assert_eq!(rig.give(&answer), Handled::Consumed);
    check(&rig, from(HOME));
}

/// Whoever copies a datagram from another address moves nothing, and takes no update along that Moon has answered already.
#[test]
fn rfc_4555_section_5_2_a_copied_datagram_moves_nothing() {
    let (mut rig, id) = up();
    go(&mut rig, id, from(CAFE), None);
    let update = rig.sent(CAROL).remove(0);
    assert_eq!(rig.give(&update), Handled::Consumed);
    let copy = Seen { path: mirrored(from(TRAIN)), ..update.clone() };
    let answered = rig.give(&copy);
    assert!(matches!(answered, Handled::Consumed | Handled::Ignored(Ignored::Amplification)));
    settle(&mut rig);
    check(&rig, from(CAFE));
    // Nor does what is changed on the way.
    for at in [4, 20, update.octets.len() - 1] {
        let mut octets = update.octets.clone();
        octets[at] ^= 1;
        let _ = rig.give(&Seen { to: MOON, path: mirrored(from(TRAIN)), octets });
    }
    check(&rig, from(CAFE));
}

/// Whoever is faster than the initiator takes its update away to an address of his own, and the Child SAs do not follow: he cannot answer
/// there.
#[test]
fn rfc_4555_section_5_2_a_stolen_update_takes_no_child_along() {
    let (mut rig, id) = up();
    go(&mut rig, id, from(CAFE), None);
    let update = rig.sent(CAROL).remove(0);
    let _ = rig.give(&Seen { path: mirrored(from(TRAIN)), ..update.clone() });
    let _ = rig.sent(MOON);
    assert_eq!(seen(&rig.hosts[MOON]), (mirrored(from(TRAIN)), mirrored(from(HOME))));
    let stolen = rig.give(&update);
    assert!(matches!(stolen, Handled::Consumed));
    // The initiator sees from the answer that a NAT would be in the way, or nothing; it comes back with the next update.
    for seen in rig.sent(MOON).into_iter().filter(|seen| seen.path == from(CAFE)) {
        let _ = rig.give(&seen);
    }
    go(&mut rig, id, from(CAFE), None);
    settle(&mut rig);
    check(&rig, from(CAFE));
}

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
    let read = forger.read(message(&answer)).unwrap();
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

/// The responder is not the one to decide: what it says of an update is not heard.
#[test]
fn rfc_4555_section_3_5_the_responder_updates_nothing() {
    let (mut rig, _) = up();
    let mut forger = forger(&rig, false);
    let content = MessageContent::notify(NotifyType::UPDATE_SA_ADDRESSES, &[]).unwrap();
    let header = forger.header(ExchangeType::INFORMATIONAL, false, 0);
    let octets = forger.whole(header, (content.first_payload(), content.octets()));
    let path = NetworkPath { peer: "192.0.2.99:4500".parse().unwrap(), ..from(HOME) };
    assert_eq!(rig.give(&Seen { to: CAROL, path, octets: [&[0; 4][..], &octets].concat() }), Handled::Consumed);
    assert_eq!(seen(&rig.hosts[CAROL]), (from(HOME), from(HOME)));
}
