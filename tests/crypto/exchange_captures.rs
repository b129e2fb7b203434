//! The message IDs of every captured handshake through the windows of both sides, and its retransmissions as what they are.

use crate::kit::handshake::{Message, Scenario, scenarios};
use ikev2::exchange::{ReceiveWindow, RequestState, SendWindow, WindowError};
use std::collections::{BTreeMap, BTreeSet};

/// One direction of one IKE SA: the side that requests and the side that answers.
struct Direction {
    requests: SendWindow,
    responses: ReceiveWindow<Vec<Vec<u8>>>,
    /// The datagrams of requests seen.
    seen: BTreeSet<(u32, Vec<u8>)>,
}

#[derive(Debug, Default, PartialEq)]
struct Count {
    requests: usize,
    stateless: usize,
    /// Datagrams of a request that came again before its response, and after.
    again: usize,
    repeated: usize,
    /// Datagrams of a response after its first: fragments, and repetitions.
    responses_more: usize,
}

/// The initiator's SPI, and whether the original initiator requests.
fn direction(message: &Message) -> (String, bool) {
    (message.row["spi_i"].as_str().unwrap().to_owned(), message.row["initiator"].as_bool().unwrap() != message.response())
}

/// A response to IKE_SA_INIT that leaves no IKE SA behind: COOKIE, INVALID_KE_PAYLOAD, NO_PROPOSAL_CHOSEN.
fn is_stateless(message: &Message) -> bool {
    message.is("IKE_SA_INIT") && message.response() && !message.row["payloads"].as_array().unwrap().iter().any(|name| name == "SA")
}

fn replay(scenario: &Scenario, count: &mut Count) {
    let mut directions: BTreeMap<(String, bool), Direction> = BTreeMap::new();
    for (n, message) in scenario.messages.iter().enumerate() {
        let (key, id, place) = (direction(message), message.id(), format!("{} datagram {n}", scenario.name));
        if is_stateless(message) {
            // Nothing was kept: the next request has message ID 0 once more.
            assert!(directions.remove(&key).is_some_and(|direction| direction.requests.is_outstanding(0)), "{place}");
            count.stateless += 1;
            continue;
        }
        let fresh = || Direction { requests: SendWindow::new(0, 1), responses: ReceiveWindow::new(0, 1), seen: BTreeSet::new() };
        let direction = directions.entry(key.clone()).or_insert_with(fresh);
        if message.response() {
            if direction.requests.is_outstanding(id) {
                let same = |other: &&Message| other.response() && other.id() == id && self::direction(other) == key && !is_stateless(other);
                let mut datagrams: Vec<Vec<u8>> = Vec::new();
                for octets in scenario.messages.iter().filter(same).map(|other| &other.octets) {
                    if !datagrams.contains(octets) {
                        datagrams.push(octets.clone());
                    }
                }
                assert!(direction.responses.answer(id, datagrams), "{place}");
                assert!(direction.requests.handle_response(id) && !direction.requests.is_outstanding(id), "{place}");
            } else {
                let RequestState::Answered(datagrams) = direction.responses.request(id) else { panic!("{place}: no request of it") };
                assert!(datagrams.contains(&message.octets), "{place}");
                count.responses_more += 1;
            }
            continue;
        }
        let seen = !direction.seen.insert((id, message.octets.clone()));
        let fragment = message.row.get("fragment").is_some();
        match direction.responses.request(id) {
            RequestState::New => {
                assert!(!seen, "{place}");
                assert_eq!(direction.requests.start(), Ok(id), "{place}");
                assert_eq!(direction.requests.start(), Err(WindowError::Full), "{place}");
                count.requests += 1;
            }
            RequestState::InProgress => {
                assert!(seen || fragment, "{place}: another request of the same message ID");
                count.again += usize::from(seen);
            }
            RequestState::Answered(_) => {
                assert!(seen, "{place}: another request of the same message ID");
                count.repeated += 1;
            }
            other => panic!("{place}: {other:?}"),
        }
    }
}

#[test]
fn every_captured_exchange_fits_a_window_of_one() {
    let mut count = Count::default();
    let mut names = 0;
    for scenario in scenarios() {
        replay(&scenario, &mut count);
        names += 1;
    }
    println!("{names} captures: {count:?}");
    assert!(names > 90 && count.requests > 300, "{names} captures: {count:?}");
    assert!(count.stateless > 5 && count.again > 5 && count.repeated > 0 && count.responses_more > 0, "{count:?}");
}
