//! Message ID windows against naive ones that remember everything, under every order of loss, replay and delay drawn.

use ikev2::exchange::{MAX_WINDOW, ReceiveWindow, RequestState, SendWindow, WindowError};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Every ID ever seen and every answer ever given.
#[derive(Default)]
struct Everything {
    seen: BTreeMap<u64, Option<u32>>,
}

impl Everything {
    fn unanswered(&self, first: u64) -> u64 {
        (first..).find(|id| !matches!(self.seen.get(id), Some(Some(_)))).unwrap()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hostile_16_requests_are_new_once_and_replays_get_the_first_answer(
        first in prop_oneof![Just(0_u32), Just(1), Just(u32::MAX - 3), any::<u32>()],
        size in prop_oneof![Just(1_u32), 2..9_u32, Just(64), Just(u32::MAX)],
        steps in prop::collection::vec((0..140_u32, any::<bool>()), 0..300),
    ) {
        let mut window = ReceiveWindow::new(first, size);
        let width = u64::from(size.clamp(1, MAX_WINDOW));
        let (first, mut all, mut highest) = (u64::from(first), Everything::default(), None);
        for (n, (offset, answer)) in steps.into_iter().enumerate() {
            // Around the place where things are decided, below and above it.
            let Some(id) = (all.unanswered(first) + u64::from(offset)).checked_sub(70) else { continue };
            let Ok(id32) = u32::try_from(id) else { continue };
            let unanswered = all.unanswered(first);
            let got = window.request(id32);
            if id < first {
                prop_assert_eq!(got, RequestState::Old);
                continue;
            }
            match all.seen.get(&id) {
                _ if id >= unanswered + width => prop_assert_eq!(got, RequestState::Ahead),
                None => {
                    prop_assert_eq!(got, RequestState::New);
                    all.seen.insert(id, None);
                    highest = highest.max(Some(id));
                }
                Some(None) => prop_assert_eq!(got, RequestState::InProgress),
                // A peer that keeps to the window cannot ask for these any more.
                Some(Some(_)) if id + width <= highest.unwrap() => prop_assert!(matches!(got, RequestState::Old | RequestState::Answered(_))),
                Some(Some(response)) => prop_assert_eq!(got, RequestState::Answered(response)),
            }
            if answer {
                let response = u32::try_from(n).unwrap();
                let due = matches!(all.seen.get(&id), Some(None));
                prop_assert_eq!(window.answer(id32, response), due);
                if due {
                    all.seen.insert(id, Some(response));
                }
            }
            prop_assert!(window.stored_responses() <= usize::try_from(2 * width).unwrap());
        }
    }

    #[test]
    fn hostile_18_a_request_never_leaves_the_window_and_no_id_is_used_twice(
        first in prop_oneof![Just(0_u32), Just(u32::MAX - 5), any::<u32>()],
        size in prop_oneof![Just(1_u32), 2..9_u32, Just(64)],
        steps in prop::collection::vec(prop::option::of(0..80_u32), 0..300),
    ) {
        let mut window = SendWindow::new(first, size);
        let (mut next, mut outstanding) = (u64::from(first), BTreeSet::new());
        for step in steps {
            match step {
                None => {
                    let due = match outstanding.first() {
                        _ if next > u64::from(u32::MAX) => Err(WindowError::Exhausted),
                        Some(oldest) if next - *oldest >= u64::from(size) => Err(WindowError::Full),
                        _ => Ok(u32::try_from(next).unwrap()),
                    };
                    prop_assert_eq!(window.start(), due);
                    if due.is_ok() {
                        outstanding.insert(next);
                        next += 1;
                    }
                }
                Some(behind) => {
                    let Some(id) = next.checked_sub(u64::from(behind)).and_then(|id| u32::try_from(id).ok()) else { continue };
                    prop_assert_eq!(window.is_outstanding(id), outstanding.contains(&u64::from(id)));
                    prop_assert_eq!(window.handle_response(id), outstanding.remove(&u64::from(id)));
                }
            }
        }
    }
}

#[test]
fn a_window_of_one_keeps_one_response() {
    let mut window = ReceiveWindow::new(0, 1);
    for id in 0..1000_u32 {
        assert_eq!(window.request(id + 1), RequestState::Ahead);
        assert_eq!(window.request(id), RequestState::New);
        assert_eq!(window.request(id), RequestState::InProgress);
        assert!(!window.answer(id + 1, 0) && window.answer(id, id) && !window.answer(id, 7));
        assert_eq!(window.request(id), RequestState::Answered(&id));
        assert_eq!((window.stored_responses(), window.response(id)), (1, Some(&id)));
    }
    assert_eq!(window.request(998), RequestState::Old);
}

#[test]
fn a_window_that_grew_takes_more() {
    let mut window = SendWindow::new(0, 1);
    assert_eq!([window.start(), window.start()], [Ok(0), Err(WindowError::Full)]);
    window.grow(3);
    window.grow(2);
    assert_eq!([window.start(), window.start(), window.start()], [Ok(1), Ok(2), Err(WindowError::Full)]);
}
