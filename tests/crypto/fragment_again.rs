//! Messages that come again after they were complete.

use super::fragment_hostile::{Peer, ignored, pending};
use crate::kit::seal::{REQUEST, Sent, cut, vendor};
use ikev2::error::FragmentError;
use ikev2::fragment::{IgnoreReason, Progress, ReassemblyLimits};
use ikev2::wire::Header;

#[test]
fn hostile_16_a_complete_message_is_delivered_once() {
    let content = vendor(90);
    for header in [REQUEST, Header { response: true, ..REQUEST }] {
        let set = |total| cut(&content, total).into_iter().map(|sent| sent.with_header(header)).collect::<Vec<_>>();
        let mut peer = Peer::new(ReassemblyLimits::default());
        assert_eq!(peer.whole(&set(3)).content(), &content);
        let retransmissions = [set(3), set(2), set(4), set(1), vec![Sent::sk(&content).with_header(header)]].concat();
        if !header.response {
            peer.reassembler.mark_answered(header.message_id);
        }
        // Once the request was answered, fragment 1 brings the response again, whatever it says of its total (RFC 7383 section 2.6.1).
        for again in &retransmissions {
            let resend = !header.response && again.fragment.is_none_or(|(number, _)| number == 1);
            let expected = if resend { Ok(Progress::ResendResponse) } else { ignored(IgnoreReason::Done) };
            assert_eq!(peer.push(again), expected, "{again:?}");
        }
        assert_eq!((peer.reassembler.octets(), peer.reassembler.next_timeout()), (0, None));
        // Below the window nothing is answered, for the response is gone.
        for message_id in 2..=9 {
            peer.whole(&[Sent::sk(&content).with_header(Header { message_id, ..header })]);
        }
        assert_eq!(peer.push(&set(3)[0]), ignored(IgnoreReason::Old));
        assert_eq!(peer.reassembler.octets(), 0);
    }
}

#[test]
fn hostile_16_an_unanswered_request_comes_again_as_its_sender_repeats_it() {
    let content = vendor(90);
    let set = |total| cut(&content, total);
    for limits in [ReassemblyLimits::default(), ReassemblyLimits::SMALL] {
        let mut peer = Peer::new(limits);
        assert_eq!(peer.whole(&set(3)).content(), &content);
        for total in [3, 2, 4, 1] {
            // Copies that the network held back begin nothing.
            let empty = peer.state();
            for late in &set(total)[1..] {
                assert_eq!(peer.push(late), ignored(IgnoreReason::Done), "{late:?}");
            }
            let void = Sent { first: 0, ..set(total).swap_remove(0) };
            assert_eq!(peer.push(&void), ignored(IgnoreReason::NoFirstPayload));
            assert_eq!(peer.state(), empty);
            assert_eq!(peer.whole(&set(total)).content(), &content);
            assert_eq!(peer.whole(&[Sent::sk(&content)]).content(), &content);
        }
        // With fragment 1 there, the others may come in any order, twice, or make way for a greater total or SK, as in any set.
        let [three, four] = [set(3), set(4)];
        assert_eq!((peer.push(&three[0]), peer.push(&three[0])), (pending(1, 3), ignored(IgnoreReason::Duplicate)));
        assert_eq!(peer.push(&four[3]), pending(1, 4));
        assert_eq!(peer.push(&three[1]), ignored(IgnoreReason::SmallerTotal { total: 3, open: 4 }));
        assert_eq!(peer.push(&four[0]), pending(2, 4));
        assert_eq!(peer.whole(&[Sent::sk(&content)]).fragments(), 1);
        assert_eq!((peer.reassembler.octets(), peer.push(&four[1])), (0, ignored(IgnoreReason::Done)));
        // What a set may not hold, or for how long, is as before.
        let many = limits.fragments + 1;
        let error = FragmentError::TooManyFragments { total: many.into(), limit: limits.fragments.into() };
        assert_eq!(peer.push(&Sent { fragment: Some((1, many)), ..three[0].clone() }), Err(error));
        assert_eq!(peer.push(&three[0]), pending(1, 3));
        peer.now += u64::try_from(limits.lifetime.as_millis()).unwrap();
        assert_eq!((peer.push(&three[1]), peer.reassembler.octets()), (ignored(IgnoreReason::Done), 0));
        // The answer ends it.
        assert_eq!((peer.push(&three[0]), peer.push(&three[1])), (pending(1, 3), pending(2, 3)));
        peer.reassembler.mark_answered(REQUEST.message_id);
        assert_eq!((peer.reassembler.octets(), peer.reassembler.next_timeout()), (0, None));
        assert_eq!((peer.push(&three[2]), peer.push(&three[0])), (ignored(IgnoreReason::Done), Ok(Progress::ResendResponse)));
    }
}

#[test]
fn hostile_19_replays_of_unanswered_requests_open_no_more_sets_than_the_window_has() {
    for window in [1, 2, 8, 64, 1000] {
        let mut peer = Peer::new(ReassemblyLimits { window, ..ReassemblyLimits::default() });
        let of =
            |message_id| cut(&[5; 90], 3).into_iter().map(|sent| sent.with_header(Header { message_id, ..REQUEST })).collect::<Vec<_>>();
        (0..200).for_each(|id| drop(peer.whole(&of(id))));
        let sets = window.min(64);
        for (n, id) in (0..200).rev().enumerate() {
            let expected = if n < sets { pending(1, 3) } else { ignored(IgnoreReason::Old) };
            assert_eq!(peer.push(&of(id)[0]), expected, "{id}, window {window}");
            assert_eq!(peer.reassembler.octets(), 30 * sets.min(n + 1));
        }
        // The next request goes on all the same: one set makes room for it, and one falls below the window by it.
        assert_eq!(peer.whole(&of(200)).content().len(), 90);
        assert_eq!(peer.reassembler.octets(), 30 * sets.saturating_sub(2));
    }
}
