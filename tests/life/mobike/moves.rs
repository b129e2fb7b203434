//! What a move does, RFC 4555 sections 3.2 to 3.6.

use super::{
    AS_USUAL, CAFE, Change, HOME, TRAIN, begin, changes, check, count, from, go, log, mirrored, seen, settle, settle_within, up, up_with,
};
use crate::host::{ADDITIONAL, Host, PLAIN};
use crate::rig::{CAROL, MOON, Rig};
use ikev2::registry::{ExchangeType, NotifyType};
use ikev2::session::{CloseReason, CommandError, Config, Handled, NetworkPath};
use std::net::IpAddr;
use std::time::Duration;

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
        let asked = if is_ike { sa.rekey(rig.now) } else { sa.rekey_child(rig.now, child) };
        asked.unwrap();
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
    let newest = sent.iter().filter(|seen| seen.message().unwrap()[..16] != late[0].message().unwrap()[..16]).cloned().collect::<Vec<_>>();
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
            settle_within(&mut rig, after);
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
