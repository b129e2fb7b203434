//! The message IDs of every captured handshake through the windows of both sides, and its retransmissions as what they are.

use crate::kit::handshake::{Message, Scenario, scenarios};
use crate::kit::recorded::figure;
use ikev2::Role;
use ikev2::exchange::{DeferredRequest, ReceiveWindow, RequestState, SaOrigin, SendWindow, WindowError};
use std::collections::{BTreeMap, BTreeSet};

/// One direction of one IKE SA: the side that requests and the side that answers.
struct Direction {
    requests: SendWindow,
    responses: ReceiveWindow<Vec<Vec<u8>>>,
    /// The request whose response has not come by yet.
    deferred: Option<DeferredRequest>,
    /// The datagrams of requests seen.
    seen: BTreeSet<(u32, Vec<u8>)>,
}

#[derive(Debug, Default, PartialEq)]
struct Count {
    /// Messages of IKE_SA_INIT, which pass through no window.
    initial: usize,
    /// Directions by who requests: the sides of an initial exchange, and those of a rekeyed IKE SA.
    initiators: usize,
    responders: usize,
    rekeyed: usize,
    requests: usize,
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

impl Direction {
    /// The windows of an IKE SA that began in this capture, by IKE_SA_INIT or not.
    fn new(initial: bool, requester: Role, count: &mut Count) -> Self {
        let origin = |role| if initial { SaOrigin::InitialExchange(role) } else { SaOrigin::Rekey };
        match (initial, requester) {
            (false, _) => count.rekeyed += 1,
            (true, Role::Initiator) => count.initiators += 1,
            (true, Role::Responder) => count.responders += 1,
        }
        let (requests, responses) = (SendWindow::new(origin(requester)), ReceiveWindow::new(origin(requester.other())));
        Self { requests, responses, deferred: None, seen: BTreeSet::new() }
    }
}

fn replay(scenario: &Scenario, count: &mut Count) {
    let mut initial: BTreeSet<String> = BTreeSet::new();
    let mut directions: BTreeMap<(String, bool), Direction> = BTreeMap::new();
    for (n, message) in scenario.messages.iter().enumerate() {
        let (key, id, place) = (direction(message), message.id(), format!("{} datagram {n}", scenario.name));
        if message.is("IKE_SA_INIT") {
            assert_eq!(id, 0, "{place}");
            initial.insert(key.0);
            count.initial += 1;
            continue;
        }
        let requester = if key.1 { Role::Initiator } else { Role::Responder };
        let direction = directions.entry(key.clone()).or_insert_with(|| Direction::new(initial.contains(&key.0), requester, &mut *count));
        if message.response() {
            if direction.requests.is_outstanding(id) {
                let same =
                    |other: &&Message| other.response() && other.id() == id && self::direction(other) == key && !other.is("IKE_SA_INIT");
                let mut datagrams: Vec<Vec<u8>> = Vec::new();
                for octets in scenario.messages.iter().filter(same).map(|other| &other.octets) {
                    if !datagrams.contains(octets) {
                        datagrams.push(octets.clone());
                    }
                }
                assert_eq!(direction.responses.answer(direction.deferred.take().unwrap(), datagrams), Ok(()), "{place}");
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
            RequestState::New(request) => {
                assert!(!seen, "{place}");
                direction.deferred = Some(request.defer());
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
    let (of_all, of_packaged) = (
        Count { initial: 264, initiators: 113, responders: 4, rekeyed: 8, requests: 193, again: 15, repeated: 17, responses_more: 261 },
        Count { initial: 35, initiators: 14, responders: 1, rekeyed: 1, requests: 23, again: 1, repeated: 0, responses_more: 1 },
    );
    assert_eq!((names, count), figure((116, of_all), (14, of_packaged)));
}
