//! `exchange::Protected`: both sides of one IKE SA, without a network between them.

use ikev2::error::CryptoError;
use ikev2::exchange::{Discarded, Incoming, MessageContent, Protected, ProtectedSetup, RequestTimer, RetransmissionSchedule, SaOrigin};
use ikev2::fragment::strategy::SealedMessage;
use ikev2::fragment::{FragmentationSupport, Path, ReassemblyLimits};
use ikev2::keys::{IkeKeys, KeyLengths, Nonces, PrfFunction, Skeyseed};
use ikev2::proposal::notation::strongswan;
use ikev2::proposal::{Dialect, NegotiationContext, Policy, Question, negotiate};
use ikev2::protect::Suite;
use ikev2::provider::{Provider, Random};
use ikev2::registry::{Encr, ExchangeType, KeMethod, NotifyType, Prf};
use ikev2::wire::IkeSpis;
use ikev2::{Instant, Role};
use std::time::Duration;

const NONCES: Nonces<'static> = Nonces { initiator: &[1; 32], responder: &[2; 32] };
const SPIS: IkeSpis = IkeSpis { initiator: 7, responder: 8 };
const PATH: Path = Path::ipv4(1280);
const NOW: Instant = Instant::START;

struct Same;

impl Random for Same {
    fn fill(&mut self, octets: &mut [u8]) -> Result<(), CryptoError> {
        octets.fill(9);
        Ok(())
    }
}

/// The keys of IKE_SA_INIT, and those after ML-KEM-768 in IKE_INTERMEDIATE.
fn keys() -> [IkeKeys; 2] {
    let policy = Policy::new(Dialect::Rfc, strongswan::parse_ike("aes256gcm16-prfsha256-x25519-ke1_mlkem768").unwrap()).unwrap();
    let question = Question::new(NegotiationContext::IkeSaInit, Some(KeMethod::CURVE25519));
    let exchanges = negotiate(&policy.offer(&[]).unwrap(), question, &policy).unwrap().key_exchanges().unwrap();
    let prf = PrfFunction::new(&Provider::builtin(), Prf::PRF_HMAC_SHA2_256).unwrap();
    let lengths = KeyLengths { encr: 36, integ: 0 };
    let (skeyseed, mut additional) = Skeyseed::initial(prf, NONCES, exchanges, KeMethod::CURVE25519, &[3; 32]).unwrap();
    let first = IkeKeys::derive(prf, &skeyseed, NONCES, SPIS, lengths).unwrap();
    let updated = Skeyseed::updated(prf, first.sk_d(), NONCES, &mut additional, KeMethod::ML_KEM_768, &[4; 32]).unwrap();
    let second = IkeKeys::derive(prf, &updated, NONCES, SPIS, lengths).unwrap();
    [first, second]
}

fn side(role: Role) -> Protected {
    let setup = ProtectedSetup {
        spis: SPIS,
        role,
        origin: SaOrigin::InitialExchange(role),
        suite: Suite::new(Encr::ENCR_AES_GCM_16, Some(256), None).unwrap(),
        fragmentation: FragmentationSupport::Both,
        limits: ReassemblyLimits { window: 1, ..ReassemblyLimits::default() },
    };
    let [first, _] = keys();
    Protected::new(&Provider::builtin(), &mut Same, setup, first).unwrap()
}

fn pair() -> (Protected, Protected) {
    (side(Role::Initiator), side(Role::Responder))
}

fn schedule() -> RetransmissionSchedule {
    RetransmissionSchedule::doubling(Duration::from_secs(1), Duration::from_secs(4), Duration::from_secs(10))
}

fn content(octets: usize) -> MessageContent {
    MessageContent::notify(NotifyType::COOKIE2, &vec![5; octets]).unwrap()
}

fn request(side: &mut Protected, octets: usize) -> SealedMessage {
    side.request(ExchangeType::INFORMATIONAL, content(octets), PATH, (schedule(), NOW)).unwrap().clone()
}

/// Takes all datagrams of a message; gives what came of the last.
fn take(side: &mut Protected, message: &SealedMessage) -> Incoming {
    let mut last = None;
    for datagram in message.datagrams() {
        last = Some(side.open(&mut datagram.to_vec(), NOW));
    }
    last.unwrap()
}

fn why(incoming: Incoming) -> Discarded {
    match incoming {
        Incoming::Discarded(why) => why,
        other => panic!("{other:?}"),
    }
}

/// Answers a request with as many octets.
fn answer(side: &mut Protected, asked: &SealedMessage, octets: usize) -> SealedMessage {
    match take(side, asked) {
        Incoming::Request { request, message } => side.respond(request, message.header().exchange, &content(octets), PATH).unwrap(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn rfc_7296_section_2_1_a_request_is_answered_once_and_its_copies_get_the_same_octets() {
    for octets in [10, 5000] {
        let (mut initiator, mut responder) = pair();
        let asked = request(&mut initiator, octets);
        let answered = answer(&mut responder, &asked, octets);
        assert_eq!(asked.datagrams().len() > 1, octets > 1000);
        for _ in 0..3 {
            // Fragment 1 alone makes the responder answer again (RFC 7383 section 2.6.1).
            match responder.open(&mut asked.datagrams()[0].to_vec(), NOW) {
                Incoming::Resend(again) => assert_eq!(again.datagrams(), answered.datagrams()),
                other => panic!("{other:?}"),
            }
        }
        assert!(matches!(take(&mut initiator, &answered), Incoming::Response { .. }));
        assert_eq!(why(take(&mut initiator, &answered)), Discarded::NoSuchRequest);
        assert_eq!(initiator.outstanding().map(|(exchange, _)| exchange), None);
    }
}

#[test]
fn rfc_7296_section_2_2_a_handler_that_fails_gets_the_request_again() {
    let (mut initiator, mut responder) = pair();
    let asked = request(&mut initiator, 2000);
    drop(take(&mut responder, &asked));
    let Incoming::Request { request, .. } = take(&mut responder, &asked) else { panic!("it is new again") };
    assert_eq!(why(take(&mut responder, &asked)), Discarded::InProgress);
    drop(request);
    answer(&mut responder, &asked, 10);
}

#[test]
fn rfc_9370_section_2_2_2_keys_that_were_replaced_open_retransmissions_only() {
    let (mut initiator, mut responder) = pair();
    let first = request(&mut initiator, 10);
    let answered = answer(&mut responder, &first, 10);
    assert!(matches!(take(&mut initiator, &answered), Incoming::Response { .. }));
    let second = request(&mut initiator, 10);
    for side in [&mut initiator, &mut responder] {
        let [_, new] = keys();
        side.replace_keys(&Provider::builtin(), &mut Same, new).unwrap();
    }
    assert!(matches!(take(&mut responder, &first), Incoming::Resend(_)));
    assert_eq!(why(take(&mut responder, &second)), Discarded::ReplacedKeys);
    // Sealed anew, it is taken.
    assert!(initiator.cut_smaller(Path::ipv4(128), NOW).unwrap().is_none());
}

#[test]
fn rfc_9370_section_2_2_2_keys_that_were_replaced_are_forgotten_with_the_first_message_under_the_new_ones() {
    let (mut initiator, mut responder) = pair();
    let first = request(&mut initiator, 10);
    let answered = answer(&mut responder, &first, 10);
    assert!(matches!(take(&mut initiator, &answered), Incoming::Response { .. }));
    for side in [&mut initiator, &mut responder] {
        let [_, new] = keys();
        side.replace_keys(&Provider::builtin(), &mut Same, new).unwrap();
    }
    assert!(matches!(take(&mut responder, &first), Incoming::Resend(_)));
    let second = request(&mut initiator, 10);
    answer(&mut responder, &second, 10);
    assert!(matches!(why(take(&mut responder, &first)), Discarded::Open(_)));
}

#[test]
fn hostile_37_a_peer_not_yet_authenticated_asks_for_nothing() {
    let (mut initiator, mut responder) = pair();
    initiator.set_takes_requests(false);
    let asked = request(&mut responder, 10);
    assert_eq!(why(take(&mut initiator, &asked)), Discarded::BeforeAuthentication);
    // Its response is due, and what it asks for is heard afterwards, when it asks again.
    let own = request(&mut initiator, 10);
    let answered = answer(&mut responder, &own, 10);
    assert!(matches!(take(&mut initiator, &answered), Incoming::Response { .. }));
    initiator.set_takes_requests(true);
    assert!(matches!(take(&mut initiator, &asked), Incoming::Request { .. }));
}

#[test]
fn hostile_37_what_is_not_the_peers_changes_nothing() {
    let (mut initiator, mut responder) = pair();
    let asked = request(&mut initiator, 10);
    let mut forged = asked.datagrams()[0].to_vec();
    let last = forged.len() - 1;
    forged[last] ^= 1;
    assert!(matches!(why(responder.open(&mut forged, NOW)), Discarded::Open(_)));
    // Our own request comes back.
    assert!(matches!(why(initiator.open(&mut asked.datagrams()[0].to_vec(), NOW)), Discarded::Open(_)));
    answer(&mut responder, &asked, 10);
}

#[test]
fn rfc_7383_section_2_5_2_a_request_is_cut_smaller_under_a_greater_total() {
    let (mut initiator, mut responder) = pair();
    let asked = request(&mut initiator, 3000);
    assert!(matches!(take(&mut responder, &{ asked.clone() }), Incoming::Request { .. }));
    let smaller = initiator.cut_smaller(Path::ipv4(576), NOW).unwrap().unwrap().clone();
    assert!(smaller.datagrams().len() > asked.datagrams().len());
    assert!(initiator.cut_smaller(Path::ipv4(1280), NOW).unwrap().is_none());
    let answered = answer(&mut responder, &smaller, 10);
    assert!(matches!(take(&mut initiator, &answered), Incoming::Response { .. }));
}

#[test]
fn rfc_7296_section_2_4_a_request_without_a_response_ends_the_ike_sa() {
    let (mut initiator, _) = pair();
    let asked = request(&mut initiator, 10);
    assert!(initiator.request(ExchangeType::INFORMATIONAL, content(1), PATH, (schedule(), NOW)).is_err(), "one at a time");
    let mut resent = 0;
    loop {
        let at = initiator.next_timeout().unwrap();
        match initiator.handle_timeout(at) {
            RequestTimer::Wait => panic!("woken for nothing"),
            RequestTimer::Resend(again) => {
                assert_eq!(again.datagrams(), asked.datagrams());
                resent += 1;
            }
            RequestTimer::GaveUp => break,
        }
    }
    assert_eq!((resent, initiator.next_message_id()), (3, None));
    assert!(initiator.request(ExchangeType::INFORMATIONAL, content(1), PATH, (schedule(), NOW)).is_err());
}
