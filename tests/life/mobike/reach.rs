//! Who may move an IKE SA, and where to, RFC 4555 sections 3.7, 3.8 and 5.2.

use super::{AS_USUAL, CAFE, Change, HOME, TRAIN, check, count, forger, from, go, log, mirrored, seen, settle, up, up_with};
use crate::host::PLAIN;
use crate::rig::{CAROL, MOON, Seen};
use ikev2::exchange::MessageContent;
use ikev2::registry::{ExchangeType, NotifyType};
use ikev2::session::{CloseReason, Handled, Ignored, NetworkPath, Violation};
use ikev2::wire::{Delete, NotifyData, Payload};

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
    for seen in asked.iter().filter(|seen| seen.message().unwrap()[19] & 0x20 != 0) {
        let _ = rig.give(seen);
    }
    let child = rig.hosts[CAROL].child_config();
    rig.hosts[CAROL].endpoint.sa(id).unwrap().create_child(rig.now, child).unwrap();
    for seen in rig.sent(CAROL) {
        let _ = rig.give(&seen);
    }
    assert_eq!(rig.hosts[MOON].children.len(), 2, "{}", log(&rig));
    assert_eq!(seen(&rig.hosts[MOON]), (mirrored(from(CAFE)), home));
    for seen in asked.iter().filter(|seen| seen.message().unwrap()[19] & 0x20 == 0) {
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
            let request = asked.iter().find_map(|seen| forger.read(seen.message().unwrap()).filter(|read| !read.header.response)).unwrap();
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
                chain.push(Payload::Delete(Delete::IKE_SA));
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
