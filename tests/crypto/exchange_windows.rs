//! Message ID windows against naive ones that remember everything, under every order of loss, replay and delay drawn.

use crate::kit::fragments::peer::{FIRST, HEADER, Peer};
use ikev2::exchange::{DeferredRequest, ForeignRequest, MAX_WINDOW, ReceiveWindow, RequestState, SaOrigin, SendWindow, WindowError};
use ikev2::fragment::{Progress, Reassembler, ReassemblyLimits};
use ikev2::protect::Opened;
use ikev2::wire::Header;
use ikev2::{Instant, Role};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What the application does with a request that is handed out.
#[derive(Clone, Copy, Debug)]
enum Handler {
    Fails,
    Answers,
    Defers,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    /// The peer sends a request around the place where things are decided, 70 below it or as much above.
    Request(u32, Handler),
    /// The application comes back with the answer to one of the deferred requests, or loses it.
    Answer(usize),
    Lose(usize),
    /// It mixes up two IKE SAs.
    AnswerForeign(u32),
    Grow(u32),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let handler = prop_oneof![Just(Handler::Fails), Just(Handler::Answers), Just(Handler::Answers), Just(Handler::Defers)];
    // Mostly where a peer that keeps to a small window is.
    let offset = prop_oneof![68..74_u32, 0..140_u32];
    let step = prop_oneof![
        12 => (offset.clone(), handler).prop_map(|(offset, handler)| Step::Request(offset, handler)),
        3 => any::<usize>().prop_map(Step::Answer),
        2 => any::<usize>().prop_map(Step::Lose),
        1 => offset.prop_map(Step::AnswerForeign),
        1 => prop_oneof![0..9_u32, Just(u32::MAX)].prop_map(Step::Grow),
    ];
    prop::collection::vec(step, 0..300)
}

/// Every request that is worked on, and every answer ever given.
struct Naive {
    first: u64,
    width: u64,
    known: BTreeMap<u64, Option<u32>>,
    /// What is below it, a peer that keeps to the window cannot ask for any more.
    floor: u64,
}

#[derive(Debug, PartialEq)]
enum Due {
    New,
    InProgress,
    Answered(u32),
    /// The answer, or nothing any more.
    Forgettable(u32),
    Old,
    Ahead,
}

impl Naive {
    fn new(first: u32) -> Self {
        Self { first: first.into(), width: 1, known: BTreeMap::new(), floor: 0 }
    }

    fn unanswered(&self) -> u64 {
        (self.first..).find(|id| !matches!(self.known.get(id), Some(Some(_)))).unwrap()
    }

    /// Around the place where things are decided.
    fn near(&self, offset: u32) -> Option<u32> {
        u32::try_from((self.unanswered() + u64::from(offset)).checked_sub(70)?).ok()
    }

    fn request(&mut self, id: u32) -> Due {
        let id = u64::from(id);
        if id < self.first {
            return Due::Old;
        }
        if id >= self.unanswered() + self.width {
            return Due::Ahead;
        }
        self.floor = self.floor.max((id + 1).saturating_sub(self.width));
        match self.known.get(&id) {
            None => Due::New,
            Some(None) => Due::InProgress,
            Some(Some(answer)) if id < self.floor => Due::Forgettable(*answer),
            Some(Some(answer)) => Due::Answered(*answer),
        }
    }
}

fn fits(got: &RequestState<'_, u32>, due: &Due) -> bool {
    match (got, due) {
        (RequestState::Answered(got), Due::Answered(due) | Due::Forgettable(due)) => *got == due,
        (RequestState::New(_), Due::New)
        | (RequestState::InProgress, Due::InProgress)
        | (RequestState::Old, Due::Old | Due::Forgettable(_))
        | (RequestState::Ahead, Due::Ahead) => true,
        _ => false,
    }
}

fn deferred(window: &mut ReceiveWindow<u32>, id: u32) -> DeferredRequest {
    match window.request(id) {
        RequestState::New(request) => request.defer(),
        other => panic!("request {id} is {other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hostile_16_requests_are_answered_once_and_replays_get_the_first_answer(
        first in prop_oneof![Just(0_u32), Just(1), Just(u32::MAX - 3), any::<u32>()],
        steps in steps(),
    ) {
        let (mut window, mut naive) = (ReceiveWindow::restored_at(first), Naive::new(first));
        let mut held: Vec<DeferredRequest> = Vec::new();
        for (response, step) in (0_u32..).zip(steps) {
            match step {
                Step::Request(offset, handler) => {
                    let Some(id) = naive.near(offset) else { continue };
                    let due = naive.request(id);
                    let got = window.request(id);
                    prop_assert!(fits(&got, &due), "{} is {:?}, not {:?}", id, got, due);
                    let RequestState::New(request) = got else { continue };
                    match handler {
                        Handler::Fails => {}
                        Handler::Answers => {
                            request.answer(response);
                            naive.known.insert(id.into(), Some(response));
                        }
                        Handler::Defers => {
                            held.push(request.defer());
                            naive.known.insert(id.into(), None);
                        }
                    }
                }
                Step::Answer(which) if !held.is_empty() => {
                    let request = held.swap_remove(which % held.len());
                    naive.known.insert(request.message_id().into(), Some(response));
                    prop_assert_eq!(window.answer(request, response), Ok(()));
                }
                Step::Lose(which) if !held.is_empty() => {
                    let request = held.swap_remove(which % held.len());
                    prop_assert_eq!(naive.known.remove(&request.message_id().into()), Some(None));
                }
                Step::Answer(_) | Step::Lose(_) => {}
                Step::AnswerForeign(offset) => {
                    let Some(message_id) = naive.near(offset) else { continue };
                    let foreign = deferred(&mut ReceiveWindow::restored_at(message_id), message_id);
                    let refused = window.answer(foreign, response).map_err(|ForeignRequest { message_id, .. }| message_id);
                    prop_assert_eq!(refused, Err(message_id));
                }
                Step::Grow(size) => {
                    window.grow(size);
                    naive.width = naive.width.max(u64::from(size.min(MAX_WINDOW)));
                }
            }
            prop_assert!(window.stored_responses() <= usize::try_from(naive.width).unwrap());
            prop_assert_eq!(window.next_expected(), u32::try_from(naive.unanswered()).ok());
        }
        // From here on the application answers what it has, and the peer asks again for what it misses: every step is one ahead.
        for request in held {
            if request.message_id() % 2 == 0 {
                prop_assert_eq!(window.answer(request, 7), Ok(()));
            }
        }
        for _ in 0..3 * MAX_WINDOW {
            let Some(id) = window.next_expected() else { break };
            match window.request(id) {
                RequestState::New(request) => request.answer(8),
                other => prop_assert!(false, "{} is {:?}", id, other),
            }
            prop_assert!(window.next_expected().is_none_or(|next| next > id));
        }
    }

    #[test]
    fn rfc_7296_section_2_1_a_peer_that_sends_again_is_answered_in_the_end(
        origin in prop::sample::select(ORIGINS.to_vec()),
        size in prop_oneof![Just(1_u32), 2..9_u32],
        chances in prop::collection::vec((0..8_u32, any::<usize>()), 0..200),
    ) {
        let (mut requests, mut served) = (SendWindow::new(origin), ReceiveWindow::new(seen_by_the_peer(origin)));
        served.grow(size);
        requests.grow(size);
        let mut held: Vec<DeferredRequest> = Vec::new();
        let (mut waiting, mut answers) = (BTreeSet::new(), BTreeMap::new());
        for (response, (chance, which)) in (0_u32..).zip(chances) {
            waiting.extend(std::iter::from_fn(|| requests.start().ok()));
            let id = *waiting.iter().nth(which % waiting.len()).unwrap();
            match (chance, held.pop()) {
                // Lost on the way, or the application loses what it held.
                (0 | 1, _) => continue,
                (2, Some(late)) => {
                    prop_assert_eq!(answers.insert(late.message_id(), response), None);
                    prop_assert_eq!(served.answer(late, response), Ok(()));
                    continue;
                }
                (_, kept) => held.extend(kept),
            }
            match served.request(id) {
                RequestState::New(request) => match chance {
                    3 => {}
                    4 => held.push(request.defer()),
                    _ => {
                        prop_assert_eq!(answers.insert(id, response), None);
                        request.answer(response);
                    }
                },
                RequestState::InProgress => prop_assert!(held.iter().any(|held| held.message_id() == id)),
                RequestState::Answered(answer) => prop_assert_eq!(Some(answer), answers.get(&id)),
                other => prop_assert!(false, "{} is {:?}", id, other),
            }
            if chance > 5 && answers.contains_key(&id) {
                prop_assert!(requests.handle_response(id) && waiting.remove(&id));
            }
        }
        drop(held);
        // The path is whole again: one exchange for each request that the peer sends.
        for _ in 0..20 {
            waiting.extend(std::iter::from_fn(|| requests.start().ok()));
            let id = waiting.pop_first().unwrap();
            match served.request(id) {
                RequestState::New(request) => request.answer(0),
                RequestState::Answered(answer) => prop_assert_eq!(Some(answer), answers.get(&id)),
                other => prop_assert!(false, "{} is {:?}", id, other),
            }
            prop_assert!(requests.handle_response(id));
        }
    }

    #[test]
    fn hostile_18_a_request_never_leaves_the_window_and_no_id_is_used_twice(
        first in prop_oneof![Just(0_u32), Just(u32::MAX - 5), any::<u32>()],
        size in prop_oneof![Just(1_u32), 2..9_u32, Just(64)],
        steps in prop::collection::vec(prop::option::of(0..80_u32), 0..300),
    ) {
        let mut window = SendWindow::restored_at(first);
        window.grow(size);
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

const ORIGINS: [SaOrigin; 3] = [SaOrigin::InitialExchange(Role::Initiator), SaOrigin::InitialExchange(Role::Responder), SaOrigin::Rekey];

fn seen_by_the_peer(origin: SaOrigin) -> SaOrigin {
    match origin {
        SaOrigin::InitialExchange(role) => SaOrigin::InitialExchange(role.other()),
        SaOrigin::Rekey => SaOrigin::Rekey,
    }
}

#[test]
fn rfc_7296_section_2_2_both_sides_begin_at_the_same_message_id() {
    for origin in ORIGINS {
        let peer = ReceiveWindow::<()>::new(seen_by_the_peer(origin));
        assert_eq!(SendWindow::new(origin).next(), peer.next_expected(), "{origin:?}");
    }
}

#[test]
fn rfc_7296_section_2_3_a_window_of_one_keeps_one_response() {
    let mut window = ReceiveWindow::new(SaOrigin::Rekey);
    for id in 0..1000_u32 {
        assert!(matches!(window.request(id + 1), RequestState::Ahead));
        let request = deferred(&mut window, id);
        assert!(matches!(window.request(id), RequestState::InProgress));
        assert_eq!(window.answer(request, id), Ok(()));
        assert!(matches!(window.request(id), RequestState::Answered(answer) if *answer == id));
        assert_eq!((window.stored_responses(), window.response(id)), (1, Some(&id)));
    }
    assert!(matches!(window.request(998), RequestState::Old));
}

/// A responder: messages go through reassembly before they come to the window.
struct Responder {
    reassembler: Reassembler,
    served: ReceiveWindow<u32>,
    /// Whether it tells its reassembler what it has answered.
    marks: bool,
    /// Requests that were handled to the end.
    handled: Vec<u32>,
}

impl Responder {
    fn new(marks: bool) -> Self {
        let reassembler = Reassembler::new(ReassemblyLimits::SMALL);
        Self { reassembler, served: ReceiveWindow::new(SaOrigin::Rekey), marks, handled: Vec::new() }
    }

    /// Takes one datagram; gives the response to send, if there is one.
    fn receive(&mut self, opened: &Opened<'_>, handler: Handler) -> Result<Option<u32>, &'static str> {
        let id = opened.header().message_id;
        match self.reassembler.push(opened, Instant::START).map_err(|_| "over the limits")? {
            Progress::Complete(_) => match self.served.request(id) {
                RequestState::New(request) => {
                    let response = match handler {
                        Handler::Fails => return Err("no memory"),
                        Handler::Answers => id + 1000,
                        Handler::Defers => {
                            drop(request.defer());
                            return Err("the work was lost");
                        }
                    };
                    request.answer(response);
                    if self.marks {
                        self.reassembler.mark_answered(id);
                    }
                    self.handled.push(id);
                    Ok(Some(response))
                }
                RequestState::Answered(response) => Ok(Some(*response)),
                RequestState::InProgress | RequestState::Old | RequestState::Ahead => Ok(None),
            },
            Progress::ResendResponse => Ok(self.served.response(id).copied()),
            _ => Ok(None),
        }
    }
}

/// A request, in the datagrams that it is sent in each time: all of the same pieces, none for SK.
fn send(peer: &mut Peer, responder: &mut Responder, id: u32, pieces: &[(u16, u16)], handler: Handler) -> Result<Option<u32>, &'static str> {
    let header = Header { message_id: id, ..HEADER };
    let mut datagrams: Vec<_> = pieces.iter().map(|place| peer.fragment(&header, *place, &[7; 40])).collect();
    if pieces.is_empty() {
        datagrams.push(peer.sk(&header, &[], FIRST, &[7; 40]));
    }
    let mut sent = Ok(None);
    for mut datagram in datagrams {
        match responder.receive(&peer.open(&mut datagram).unwrap(), handler) {
            Ok(None) => {}
            said => sent = said,
        }
    }
    sent
}

#[test]
fn rfc_7296_section_2_1_a_request_whose_handler_failed_is_handled_at_its_retransmission() {
    let mut peer = Peer::new();
    for marks in [true, false] {
        for pieces in [&[][..], &[(1, 1)], &[(1, 3), (2, 3), (3, 3)]] {
            let mut responder = Responder::new(marks);
            for id in 0..20 {
                let mut send = |handler| send(&mut peer, &mut responder, id, pieces, handler);
                assert_eq!(send(Handler::Fails), Err("no memory"), "{pieces:?}");
                assert_eq!(send(Handler::Answers), Ok(Some(id + 1000)), "{pieces:?}");
                // From here on it is answered from what is kept.
                assert_eq!(send(Handler::Fails), Ok(Some(id + 1000)), "{pieces:?}");
                assert_eq!(send(Handler::Answers), Ok(Some(id + 1000)), "{pieces:?}");
                assert_eq!(responder.handled.last(), Some(&id));
            }
            assert_eq!(responder.handled, Vec::from_iter(0..20), "each once");
        }
    }
}

/// The order in which fragments come decides which of them is taken for a late copy. Nobody waits longer than one more retransmission.
#[test]
fn rfc_7296_section_2_1_no_order_of_fragments_keeps_a_failed_request_waiting() {
    let mut peer = Peer::new();
    for marks in [true, false] {
        for order in [[1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1]] {
            let pieces = order.map(|number| (number, 3));
            for handler in [Handler::Fails, Handler::Defers] {
                let mut responder = Responder::new(marks);
                for id in 0..20 {
                    for _ in 0..id {
                        let _ = send(&mut peer, &mut responder, id, &pieces, handler);
                    }
                    let mut send = || send(&mut peer, &mut responder, id, &pieces, Handler::Answers).unwrap();
                    let response = send().or_else(&mut send);
                    assert_eq!(response, Some(id + 1000), "{order:?}");
                    assert_eq!(send().or_else(&mut send), Some(id + 1000), "{order:?}");
                }
                assert_eq!(responder.handled, Vec::from_iter(0..20), "each once, {order:?}");
            }
        }
    }
}

/// Message IDs that two nodes of a cluster agree on with the peer.
#[test]
fn rfc_6311_a_restored_ike_sa_goes_on_where_the_other_node_stopped() {
    let (mut requests, mut served) = (SendWindow::new(SaOrigin::Rekey), ReceiveWindow::new(SaOrigin::Rekey));
    for id in 0..5 {
        assert_eq!(requests.start(), Ok(id));
        assert!(requests.handle_response(id));
        let request = deferred(&mut served, id);
        assert_eq!(served.answer(request, id), Ok(()));
    }
    let (next, expected) = (requests.next().unwrap(), served.next_expected().unwrap());
    let (mut requests, mut served) = (SendWindow::restored_at(next), ReceiveWindow::<u32>::restored_at(expected));
    assert_eq!(requests.start(), Ok(5));
    assert!(matches!(served.request(4), RequestState::Old) && matches!(served.request(6), RequestState::Ahead));
    assert!(matches!(served.request(5), RequestState::New(_)));
}
