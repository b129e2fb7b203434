//! NULL Authentication, RFC 7619.

use crate::forger::Forger;
use crate::host::Host;
use crate::rig::{CAROL, MOON, Rig, Seen};
use ikev2::exchange::MessageContent;
use ikev2::identity::Identity;
use ikev2::registry::{AuthMethod, ExchangeType, IdType};
use ikev2::session::{AuthFailure, CloseReason, Handled, LocalAuth, PeerConfig, RemoteAuth, SharedKey};
use ikev2::wire::{Auth, Id, Payload};

fn nobody() -> Identity {
    Identity::of(&Id { ty: IdType::ID_NULL, data: &[] })
}

fn psk() -> (LocalAuth, RemoteAuth) {
    let key = SharedKey::new(*b"secret of both");
    (LocalAuth::SharedKey(key.clone()), RemoteAuth::SharedKey(key))
}

/// Carol begins in this way, moon answers in that one.
fn meet(rig: &mut Rig, carol: PeerConfig, moon: (LocalAuth, RemoteAuth)) {
    let host = &mut rig.hosts[CAROL];
    let child = host.child_config();
    host.endpoint.initiate(rig.now, host.path, carol.with_child(child)).unwrap();
    let host = &mut rig.hosts[MOON];
    let answer = PeerConfig::new("moon".parse().unwrap(), moon.0, moon.1).with_child(host.child_config());
    host.answers_with = Some(answer);
    rig.talk();
}

fn closed(host: &Host) -> Vec<CloseReason> {
    host.closed.values().copied().collect()
}

#[test]
fn rfc_7619_section_2_1_both_sides_or_one_stay_unauthenticated() {
    for is_mutual in [true, false] {
        let mut rig = Rig::plain(1);
        let key = SharedKey::new(*b"secret of both");
        let (theirs, own) = match is_mutual {
            true => (RemoteAuth::Null, LocalAuth::Null),
            false => (RemoteAuth::SharedKey(key.clone()), LocalAuth::SharedKey(key)),
        };
        meet(&mut rig, PeerConfig::new(nobody(), LocalAuth::Null, theirs), (own, RemoteAuth::Null));
        for host in &rig.hosts {
            assert_eq!((host.established.len(), host.children.len(), closed(host)), (1, 1, vec![]), "{}", host.log.join("\n"));
        }
        assert!(rig.hosts[MOON].log.iter().any(|line| line.contains("Established") && line.contains("ID_NULL")));
    }
}

#[test]
fn rfc_7619_section_2_1_who_has_to_prove_itself_does_not_get_away_with_nothing() {
    let (own, theirs) = psk();
    // Moon wants a shared key; carol shows none.
    let mut rig = Rig::plain(2);
    meet(&mut rig, PeerConfig::new(nobody(), LocalAuth::Null, RemoteAuth::Null), (own.clone(), theirs.clone()));
    assert_eq!(closed(&rig.hosts[MOON]), [CloseReason::Authentication(AuthFailure::OtherMethod)]);
    assert_eq!(closed(&rig.hosts[CAROL]), [CloseReason::NotAuthenticated]);
    // Carol wants one; moon shows none.
    let mut rig = Rig::plain(3);
    meet(&mut rig, PeerConfig::new("carol".parse().unwrap(), own, theirs.clone()), (LocalAuth::Null, theirs));
    assert_eq!(closed(&rig.hosts[CAROL]), [CloseReason::Authentication(AuthFailure::OtherMethod)]);
    assert_eq!(closed(&rig.hosts[MOON]), [CloseReason::NotAuthenticated]);
}

/// The AUTH payload still binds IKE_AUTH to IKE_SA_INIT.
#[test]
fn rfc_7619_section_2_1_auth_is_checked() {
    let mut rig = Rig::plain(4);
    let host = &mut rig.hosts[CAROL];
    host.endpoint
        .initiate(rig.now, host.path, PeerConfig::new(nobody(), LocalAuth::Null, RemoteAuth::Null).with_child(host.child_config()))
        .unwrap();
    let request = rig.sent(CAROL).remove(0);
    assert_eq!(rig.give(&request), Handled::Consumed);
    let response = rig.sent(MOON).remove(0);
    assert_eq!(rig.give(&response), Handled::Consumed);
    let mut moon = Forger::after_init(&request.octets, &response.octets, false);
    let content = MessageContent::build(|chain| {
        chain.push(Payload::IdR(nobody().id()));
        chain.push(Payload::Auth(Auth { method: AuthMethod::NULL, data: &[7; 32] }));
    });
    let header = moon.header(ExchangeType::IKE_AUTH, true, 1);
    let content = content.unwrap();
    let octets = moon.whole(header, (content.first_payload(), content.octets()));
    assert_eq!(rig.give(&Seen { octets, ..response }), Handled::Consumed);
    // It says so to moon in an exchange of its own, and is over then (RFC 7296 section 2.21.2).
    assert!(rig.hosts[CAROL].established.is_empty());
    assert_eq!(rig.hosts[CAROL].children.len(), 0);
    rig.pass_alone(CAROL, std::time::Duration::from_secs(61));
    assert_eq!(closed(&rig.hosts[CAROL]), [CloseReason::Authentication(AuthFailure::SharedKey)]);
}

/// Who is not authenticated ends nothing of somebody who is, whatever name it takes.
#[test]
fn rfc_7619_section_2_3_initial_contact_of_nobody_is_ignored() {
    let mut rig = Rig::plain(5);
    rig.set_up(CAROL);
    let real: Vec<_> = rig.hosts[MOON].endpoint.sas().collect();
    // Time passes, in which the real carol says nothing.
    rig.now += std::time::Duration::from_secs(5);
    let mut mallory = Rig::plain(6);
    mallory.now = rig.now;
    std::mem::swap(&mut rig.hosts[CAROL], &mut mallory.hosts[CAROL]);
    let carol: Identity = "carol".parse().unwrap();
    meet(&mut rig, PeerConfig::new(carol, LocalAuth::Null, RemoteAuth::Null), (LocalAuth::Null, RemoteAuth::Null));
    assert_eq!(rig.hosts[MOON].established.len(), 2, "{}", rig.hosts[MOON].log.join("\n"));
    assert!(real.iter().all(|id| rig.hosts[MOON].endpoint.view(*id).is_some_and(|view| view.is_up())));
    assert!(closed(&rig.hosts[MOON]).is_empty());
}
