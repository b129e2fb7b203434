//! EAP in IKE_AUTH, RFC 7296 section 2.16, RFC 5998.

use crate::forged_auth::answered_by;
use crate::forger::Forger;
use crate::host::{ADDITIONAL, Host, Proposals};
use crate::rig::{CAROL, MOON, Rig, Seen};
use ikev2::exchange::MessageContent;
use ikev2::identity::Identity;
use ikev2::registry::{ExchangeType, NotifyType, PayloadType};
use ikev2::session::{
    AuthFailure, CloseReason, Config, EapAuth, InitiateError, Limits, LocalAuth, PeerConfig, Ppk, RemoteAuth, RemoteSignature, SharedKey,
};
use ikev2::wire::{Gateway, NotifyData, Payload};
use std::time::Duration;

fn key() -> SharedKey {
    SharedKey::new(*b"secret of both")
}

const BY_EAP: EapAuth = EapAuth::new();

/// What carol begins with, and moon answers with: EAP for carol, a shared key for moon.
fn usual() -> [(LocalAuth, RemoteAuth); 2] {
    [(LocalAuth::Eap(BY_EAP), RemoteAuth::SharedKey(key())), (LocalAuth::SharedKey(key()), RemoteAuth::Eap(BY_EAP))]
}

/// EAP for both.
fn mutual() -> [(LocalAuth, RemoteAuth); 2] {
    [(LocalAuth::Eap(BY_EAP), RemoteAuth::Eap(BY_EAP)), (LocalAuth::Eap(BY_EAP), RemoteAuth::Eap(BY_EAP))]
}

struct Meeting(Rig);

impl Meeting {
    fn new(seed: u64) -> Self {
        Self::of(seed, crate::host::PLAIN, |config| config)
    }

    fn of(seed: u64, proposals: Proposals, change: impl Fn(Config) -> Config) -> Self {
        Self(Rig::new(seed, proposals, change))
    }

    fn begin(&mut self, [carol, moon]: [(LocalAuth, RemoteAuth); 2]) {
        let rig = &mut self.0;
        let host = &mut rig.hosts[MOON];
        host.answers_with = Some(PeerConfig::new("moon".parse().unwrap(), moon.0, moon.1).with_child(host.child_config()));
        let host = &mut rig.hosts[CAROL];
        let peer = PeerConfig::new("carol".parse().unwrap(), carol.0, carol.1).with_expected_identity("moon".parse().unwrap());
        host.endpoint.initiate(rig.now, host.path, peer.with_child(host.child_config())).unwrap();
    }

    fn meet(mut self, auth: [(LocalAuth, RemoteAuth); 2]) -> [Vec<CloseReason>; 2] {
        self.begin(auth);
        self.0.talk();
        self.0.pass_alone(CAROL, Duration::from_secs(61));
        self.closed()
    }

    fn closed(&self) -> [Vec<CloseReason>; 2] {
        self.0.hosts.each_ref().map(|host| host.closed.values().copied().collect())
    }

    fn is_up(&self) {
        let log = || self.0.hosts.each_ref().map(|host| host.log.join("\n")).join("\n--\n");
        assert_eq!(self.0.hosts.each_ref().map(|host| (host.established.len(), host.children.len())), [(1, 1); 2], "{}", log());
        let [moon, carol] = self.0.hosts.each_ref().map(|host: &Host| host.children.values().next().unwrap());
        assert_eq!((&moon.keys_in, &moon.keys_out), (&carol.keys_out, &carol.keys_in));
    }
}

#[test]
fn rfc_7296_section_2_16_packets_pass_through_and_the_key_of_the_method_is_in_auth() {
    for rounds in 1..=9 {
        for auth in [usual(), mutual()] {
            let mut meeting = Meeting::new(u64::from(rounds));
            meeting.0.hosts[MOON].eap.rounds = rounds;
            meeting.begin(auth);
            meeting.0.talk();
            meeting.is_up();
            // Each side is asked once a packet, and the initiator for the key once more.
            let asked = meeting.0.hosts.each_ref().map(|host| (host.eap.asked, host.eap.begun));
            assert_eq!(asked, [(u32::from(rounds) + 1, 1); 2]);
        }
    }
}

/// Nothing is up before the last AUTH.
#[test]
fn rfc_7296_section_2_16_success_alone_is_nothing() {
    let mut meeting = Meeting::new(20);
    meeting.begin(usual());
    for _ in 0..5 {
        for from in [CAROL, MOON] {
            for seen in meeting.0.sent(from) {
                assert!(meeting.0.hosts.iter().all(|host| host.told.is_empty() && host.children.is_empty()));
                let _ = meeting.0.give(&seen);
            }
        }
    }
    // Three requests, Success, and then the last exchange.
    assert!(meeting.0.hosts.iter().all(|host| host.told.is_empty()));
    meeting.0.talk();
    meeting.is_up();
}

#[test]
fn rfc_7296_section_2_16_with_another_key_there_is_no_proof() {
    for auth in [usual(), mutual()] {
        let mut meeting = Meeting::new(2);
        meeting.0.hosts[CAROL].eap.password = 8;
        assert_eq!(meeting.meet(auth), [vec![CloseReason::Authentication(AuthFailure::EapKey)], vec![CloseReason::NotAuthenticated]]);
    }
}

#[test]
fn rfc_7296_section_2_16_failure_ends_it_on_both_sides() {
    for auth in [usual(), mutual()] {
        let mut meeting = Meeting::new(3);
        meeting.0.hosts[MOON].eap.is_content = false;
        assert_eq!(meeting.meet(auth), [vec![CloseReason::EapFailed], vec![CloseReason::EapFailed]]);
    }
}

/// Whoever does not get a decision has got no.
#[test]
fn rfc_7296_section_2_16_an_application_that_does_not_answer_has_refused() {
    let mut meeting = Meeting::new(4);
    meeting.0.hosts[MOON].hesitation = Duration::from_secs(500);
    meeting.begin(usual());
    for _ in 0..4 {
        meeting.0.talk();
        meeting.0.pass_alone(MOON, Duration::from_secs(26));
        meeting.0.talk();
    }
    assert!(meeting.closed()[MOON].iter().all(|why| matches!(why, CloseReason::Undecided | CloseReason::HalfOpen)));
    assert!(meeting.0.hosts[MOON].established.is_empty());
}

#[test]
fn rfc_7296_section_2_16_a_method_without_a_key_only_where_it_is_allowed() {
    let keyless = EapAuth::new().with_keyless(true);
    let allowed = [(LocalAuth::Eap(keyless), RemoteAuth::SharedKey(key())), (LocalAuth::SharedKey(key()), RemoteAuth::Eap(keyless))];
    let without_key = |seed| {
        let mut meeting = Meeting::new(seed);
        meeting.0.hosts.iter_mut().for_each(|host| host.eap.has_key = false);
        meeting
    };
    let mut meeting = without_key(5);
    meeting.begin(allowed.clone());
    meeting.0.talk();
    meeting.is_up();
    let why = CloseReason::Authentication(AuthFailure::EapWithoutKey);
    assert_eq!(without_key(6).meet(usual()), [vec![why], vec![CloseReason::EapFailed]]);
    // RFC 5998 section 3: never where it authenticates both sides.
    let both = [(LocalAuth::Eap(keyless), RemoteAuth::Eap(keyless)), (LocalAuth::Eap(keyless), RemoteAuth::Eap(keyless))];
    assert_eq!(without_key(7).meet(both), [vec![why], vec![CloseReason::EapFailed]]);
    // Of an initiator, too.
    let [_, moon] = allowed;
    let [carol, _] = usual();
    let closed = without_key(8).meet([carol, moon]);
    assert_eq!(closed[CAROL], [why]);
}

#[test]
fn rfc_5998_section_3_eap_for_both_only_if_both_agree() {
    let [carol, _] = usual();
    let [_, moon] = mutual();
    let other = CloseReason::Authentication(AuthFailure::OtherMethod);
    // Carol does not do without moon's proof: moon has none.
    assert_eq!(Meeting::new(9).meet([carol, moon]), [vec![other], vec![CloseReason::NotAuthenticated]]);
    // Carol would do without: what moon proves all the same does no harm.
    let [carol, _] = mutual();
    let [_, moon] = usual();
    let mut meeting = Meeting::new(10);
    meeting.begin([carol, moon]);
    meeting.0.talk();
    meeting.is_up();
    // Whoever wants EAP of the responder uses it.
    let mut rig = Rig::plain(11);
    let host = &mut rig.hosts[CAROL];
    let peer = PeerConfig::new("carol".parse().unwrap(), LocalAuth::SharedKey(key()), RemoteAuth::Eap(BY_EAP));
    assert_eq!(host.endpoint.initiate(rig.now, host.path, peer), Err(InitiateError::EapOnlyWithoutEap));
}

#[test]
fn rfc_7296_section_2_16_who_is_to_use_eap_does_and_nobody_else() {
    let by_key = (LocalAuth::SharedKey(key()), RemoteAuth::SharedKey(key()));
    let [carol, moon] = usual();
    let other = || [vec![CloseReason::Authentication(AuthFailure::OtherMethod)], vec![CloseReason::NotAuthenticated]];
    assert_eq!(Meeting::new(12).meet([carol, by_key.clone()]), other());
    assert_eq!(Meeting::new(13).meet([by_key, moon]), other());
}

/// The responder proves who it is before it learns anything of the method.
#[test]
fn rfc_7296_section_2_16_no_packet_goes_to_a_responder_that_is_not_authentic() {
    let [_, moon] = usual();
    for theirs in [RemoteAuth::SharedKey(SharedKey::new(*b"another")), RemoteAuth::Signature(RemoteSignature::new())] {
        let mut meeting = Meeting::new(14);
        meeting.begin([(LocalAuth::Eap(BY_EAP), theirs), moon.clone()]);
        meeting.0.talk();
        assert_eq!(meeting.0.hosts[CAROL].eap.asked, 0);
        assert!(matches!(meeting.closed()[CAROL][..], [CloseReason::Authentication(_)]));
        // RFC 7296 section 2.21.2: moon is told.
        assert_eq!(meeting.closed()[MOON], [CloseReason::NotAuthenticated]);
    }
}

#[test]
fn rfc_7296_section_2_16_the_method_says_who_it_is() {
    let mut meeting = Meeting::new(15);
    meeting.0.hosts[MOON].eap.identity = Some("alice@example.org".parse().unwrap());
    meeting.begin(usual());
    meeting.0.talk();
    meeting.is_up();
    assert_eq!(meeting.0.hosts[MOON].told[0].peer.to_string(), "alice@example.org");
    assert_eq!(meeting.0.hosts[CAROL].told[0].peer.to_string(), "moon");
}

/// Two clients of two networks may have one address, and send it as IDi: INITIAL_CONTACT of one is nothing to the other.
#[test]
fn rfc_7296_section_2_4_a_claim_that_eap_does_not_prove_ends_nothing() {
    for identity in [None, Some("alice@example.org")] {
        let mut meeting = Meeting::new(16);
        meeting.0.hosts[MOON].eap.identity = identity.map(|name| name.parse().unwrap());
        meeting.begin(usual());
        meeting.0.talk();
        meeting.is_up();
        meeting.0.now += Duration::from_secs(5);
        // Another host of the same name, which knows nothing of the first.
        let mut other = Rig::plain(17);
        other.now = meeting.0.now;
        std::mem::swap(&mut meeting.0.hosts[CAROL], &mut other.hosts[CAROL]);
        meeting.begin(usual());
        meeting.0.talk();
        assert_eq!(meeting.0.hosts[MOON].established.len(), 2);
        let closed = if identity.is_some() { vec![CloseReason::InitialContact] } else { vec![] };
        assert_eq!(meeting.closed()[MOON], closed, "{identity:?}");
    }
}

#[test]
fn eap_takes_no_more_rounds_than_it_may() {
    let limits = Limits { eap_rounds: 4, ..Limits::default() };
    let mut meeting = Meeting::of(18, crate::host::PLAIN, |config| config.with_limits(limits));
    meeting.0.hosts[MOON].eap.rounds = 4;
    let rounds = CloseReason::Authentication(AuthFailure::EapRounds);
    // Four requests and Success.
    assert_eq!(meeting.meet(usual())[CAROL], [rounds]);
    let mut meeting = Meeting::of(18, crate::host::PLAIN, |config| config.with_limits(limits));
    meeting.0.hosts[MOON].eap.rounds = 200;
    let closed = meeting.meet(usual());
    assert_eq!(closed[CAROL], [rounds]);
}

/// IntAuth has the Message ID of the first IKE_AUTH request (RFC 9242 section 3.3.1), however many follow.
#[test]
fn rfc_9242_section_3_3_1_int_auth_is_that_of_the_first_ike_auth() {
    let mut meeting = Meeting::of(19, ADDITIONAL, |config| config);
    meeting.begin(usual());
    meeting.0.talk();
    meeting.is_up();
}

/// Nobody has succeeded before Success has come, and Success is not answered by EAP.
#[test]
fn rfc_7296_section_2_16_success_comes_from_the_responder() {
    for rounds in [0, 3] {
        let mut meeting = Meeting::new(21);
        let eap = &mut meeting.0.hosts[CAROL].eap;
        (eap.is_hasty, eap.rounds) = (true, rounds);
        meeting.begin(usual());
        meeting.0.talk();
        assert_eq!(meeting.closed()[CAROL], [CloseReason::Undecided], "{rounds}");
        assert!(meeting.0.hosts[MOON].established.is_empty());
    }
}

/// A round trip says nothing of how long somebody thinks.
#[test]
fn an_exchange_in_which_somebody_may_be_asked_is_not_sent_again_at_once() {
    for (auth, is_patient) in [(usual(), true), ([(); 2].map(|()| (LocalAuth::SharedKey(key()), RemoteAuth::SharedKey(key()))), false)] {
        let mut meeting = Meeting::new(22);
        meeting.begin(auth);
        let rig = &mut meeting.0;
        for from in [CAROL, MOON] {
            let sent = rig.sent(from).remove(0);
            rig.now += Duration::from_millis(5);
            let _ = rig.give(&sent);
        }
        assert_eq!(rig.sent(CAROL).len(), 1);
        let wait = rig.hosts[CAROL].endpoint.poll_timeout().unwrap() - rig.now;
        assert_eq!(wait >= Duration::from_secs(1), is_patient, "{wait:?}");
    }
}

/// AUTH after EAP is of the first IDr: another one in the last message is nobody's.
#[test]
fn rfc_7296_section_2_16_a_second_identity_of_the_responder_is_not_believed() {
    for auth in [usual(), mutual()] {
        let mut meeting = Meeting::new(30);
        meeting.begin(auth);
        let rig = &mut meeting.0;
        let mut changed = 0;
        while rig.hosts[CAROL].told.is_empty() {
            let sent: Vec<_> = [CAROL, MOON].into_iter().flat_map(|from| rig.sent(from)).collect();
            assert!(!sent.is_empty(), "{}", rig.hosts[CAROL].log.join("\n"));
            for mut seen in sent {
                let forger =
                    |is_initiator| (rig.wire.len() > 2).then(|| Forger::after_init(&rig.wire[0].octets, &rig.wire[1].octets, is_initiator));
                if let Some(read) = forger(true).filter(|_| seen.to == CAROL).and_then(|carol| carol.read(&seen.octets)) {
                    let parts = read.chain().parts(&read.header).unwrap();
                    if parts.auth.is_some() && parts.first(PayloadType::SA).is_some() {
                        changed += 1;
                        let mut moon = forger(false).unwrap();
                        let other: Identity = "bob".parse().unwrap();
                        let content = MessageContent::build(|chain| {
                            chain.push(Payload::IdR(other.id()));
                            for raw in read.chain().payloads() {
                                chain.push(raw.parse().unwrap());
                            }
                        });
                        let content = content.unwrap();
                        seen.octets = moon.whole(read.header, (content.first_payload(), content.octets()));
                    }
                }
                let _ = rig.give(&seen);
            }
        }
        assert_eq!((changed, rig.hosts[CAROL].told[0].peer.to_string()), (1, String::from("moon")));
    }
}

/// An initiator that has agreed to a PPK in IKE_INTERMEDIATE begins EAP without it, and comes with it afterwards.
#[test]
fn rfc_9242_section_3_2_there_is_no_ike_intermediate_after_ike_auth() {
    let ppk = || Ppk::new("ppk", "one").with_intermediate(true);
    let mut meeting = Meeting::of(31, crate::host::PLAIN, |config| config.with_ppk(true).with_intermediate_ppks([ppk()]));
    meeting.begin(usual());
    let rig = &mut meeting.0;
    let carol = rig.hosts[CAROL].peer_config("carol", "moon").with_ppk(ppk());
    let _ = rig.sent(CAROL);
    let path = rig.hosts[CAROL].path;
    rig.hosts[CAROL].endpoint.initiate(rig.now, path, carol).unwrap();
    let request = rig.sent(CAROL).remove(0);
    let _ = rig.give(&request);
    let response = rig.sent(MOON).remove(0);
    let mut carol = Forger::after_init(&request.octets, &response.octets, true);
    let id: Identity = "carol".parse().unwrap();
    let content = MessageContent::build(|chain| {
        chain.push(Payload::IdI(id.id()));
    });
    let content = content.unwrap();
    let mut answer = |exchange, next, content: (PayloadType, &[u8])| {
        let octets = carol.whole(carol.header(exchange, false, next), content);
        let _ = rig.give(&Seen { octets, ..request.clone() });
        let read = carol.read(&rig.sent(MOON)[0].octets).unwrap();
        assert_eq!(read.header.exchange, exchange);
        read
    };
    let begun = answer(ExchangeType::IKE_AUTH, 1, (content.first_payload(), content.octets()));
    assert!(begun.chain().parts(&begun.header).unwrap().eap.is_some(), "{begun:?}");
    let refused = answer(ExchangeType::IKE_INTERMEDIATE, 2, (PayloadType::NO_NEXT_PAYLOAD, &[]));
    assert!(refused.chain().parts(&refused.header).unwrap().notify(NotifyType::INVALID_SYNTAX).is_some(), "{refused:?}");
}

/// RFC 5685 section 6: a gateway that has proved who it is sends the initiator on in its first message, and there is no EAP.
#[test]
fn rfc_5685_section_6_an_initiator_is_sent_on_before_eap() {
    let [(local, remote), _] = usual();
    for (secret, reason) in
        [(&b"secret of both"[..], CloseReason::Redirected), (b"another secret", CloseReason::Authentication(AuthFailure::SharedKey))]
    {
        let by_eap = |_| {
            let peer = PeerConfig::new("carol".parse().unwrap(), local.clone(), remote.clone());
            peer.with_expected_identity("moon".parse().unwrap()).with_child(Rig::plain(1).hosts[CAROL].child_config())
        };
        let mut rig = answered_by(secret, by_eap, |chain| {
            chain.notify(NotifyData::Redirect(Gateway::Fqdn(b"vpn2.example.org"), &[]));
        });
        rig.pass_alone(CAROL, Duration::from_secs(61));
        let carol = &rig.hosts[CAROL];
        assert_eq!(carol.closed.values().copied().collect::<Vec<_>>(), [reason]);
        assert_eq!(carol.log.iter().any(|line| line.contains("Redirected {")), reason == CloseReason::Redirected);
    }
}
