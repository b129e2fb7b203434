//! Post-quantum preshared keys, RFC 8784.

use crate::host::{ADDITIONAL, Host, PLAIN, Proposals};
use crate::rig::{CAROL, MOON, Rig};
use ikev2::registry::NotifyType;
use ikev2::session::{AuthFailure, CloseReason, EapAuth, LocalAuth, PeerConfig, Ppk, RemoteAuth, SharedKey, Violation};
use ikev2::wire::Message;
use std::time::Duration;

fn ppk(secret: &str) -> Ppk {
    Ppk::new("ppk 1", secret)
}

fn key() -> SharedKey {
    SharedKey::new(*b"secret of both")
}

fn by_key() -> [(LocalAuth, RemoteAuth); 2] {
    [(); 2].map(|()| (LocalAuth::SharedKey(key()), RemoteAuth::SharedKey(key())))
}

fn by_eap() -> [(LocalAuth, RemoteAuth); 2] {
    let eap = EapAuth::new();
    [(LocalAuth::Eap(eap), RemoteAuth::SharedKey(key())), (LocalAuth::SharedKey(key()), RemoteAuth::Eap(eap))]
}

/// Carol begins with a PPK or without, moon answers with one or without.
fn meet(proposals: Proposals, [carol, moon]: [Option<Ppk>; 2], auth: [(LocalAuth, RemoteAuth); 2]) -> Rig {
    let mut rig = Rig::new(1, proposals, |config| config.with_ppk(moon.is_some()));
    let [own, theirs] = auth;
    let with = |peer: PeerConfig, ppk: Option<Ppk>| match ppk {
        Some(ppk) => peer.with_ppk(ppk),
        None => peer,
    };
    let host = &mut rig.hosts[MOON];
    host.answers_with = Some(with(PeerConfig::new("moon".parse().unwrap(), theirs.0, theirs.1).with_child(host.child_config()), moon));
    let host = &mut rig.hosts[CAROL];
    let peer = with(PeerConfig::new("carol".parse().unwrap(), own.0, own.1).with_child(host.child_config()), carol);
    host.endpoint.initiate(rig.now, host.path, peer).unwrap();
    rig.talk();
    rig
}

fn check_up(rig: &Rig, has_ppk: bool) {
    let log = || rig.hosts.each_ref().map(|host| host.log.join("\n")).join("\n--\n");
    let told = rig.hosts.each_ref().map(|host: &Host| host.told.iter().map(|up| up.has_ppk).collect::<Vec<_>>());
    assert_eq!(told, [vec![has_ppk], vec![has_ppk]], "{}", log());
    let [moon, carol] = rig.hosts.each_ref().map(|host| host.children.values().next().unwrap());
    assert_eq!((&moon.keys_in, &moon.keys_out), (&carol.keys_out, &carol.keys_in));
}

fn closed(rig: &Rig, at: usize) -> Vec<CloseReason> {
    rig.hosts[at].closed.values().copied().collect()
}

#[test]
fn rfc_8784_section_3_both_have_it() {
    for proposals in [PLAIN, ADDITIONAL] {
        for auth in [by_key(), by_eap()] {
            for mandatory in [(false, false), (true, false), (false, true), (true, true)] {
                let ppks = [Some(ppk("one").with_mandatory(mandatory.0)), Some(ppk("one").with_mandatory(mandatory.1))];
                let mut rig = meet(proposals, ppks, auth.clone());
                check_up(&rig, true);
                // What follows comes of the keys with the PPK, on both sides.
                let id = rig.hosts[CAROL].endpoint.sas().next().unwrap();
                rig.hosts[CAROL].endpoint.sa(id).unwrap().rekey(rig.now).unwrap();
                rig.talk();
                assert!(rig.hosts.iter().all(|host| host.closed.is_empty() && host.log.iter().any(|line| line.contains("Rekeyed"))));
            }
        }
    }
}

/// The keys of the Child SA are others than without.
#[test]
fn rfc_8784_section_3_the_keys_are_others() {
    let keys = |rig: &Rig| rig.hosts[MOON].children.values().next().unwrap().keys_in.clone();
    let without = meet(PLAIN, [None, None], by_key());
    let one = meet(PLAIN, [Some(ppk("one")), Some(ppk("one"))], by_key());
    let two = meet(PLAIN, [Some(ppk("two")), Some(ppk("two"))], by_key());
    assert!(keys(&one) != keys(&without) && keys(&one) != keys(&two));
}

#[test]
fn rfc_8784_section_3_without_it_where_one_side_does_not_have_it_and_both_may() {
    for auth in [by_key(), by_eap()] {
        // Moon has none, and says so in IKE_SA_INIT; has another one; has one, and carol does not.
        check_up(&meet(PLAIN, [Some(ppk("one")), None], auth.clone()), false);
        check_up(&meet(PLAIN, [Some(ppk("one")), Some(Ppk::new("ppk 2", "two"))], auth.clone()), false);
        check_up(&meet(PLAIN, [None, Some(ppk("one"))], auth.clone()), false);
    }
}

#[test]
fn rfc_8784_section_3_a_mandatory_one_is_used_or_nothing_is() {
    let must = || Some(ppk("one").with_mandatory(true));
    // Moon does not use PPKs: it says so where nobody vouches for it.
    let mut rig = meet(PLAIN, [must(), None], by_key());
    rig.pass_alone(CAROL, Duration::from_secs(120));
    assert_eq!(closed(&rig, CAROL), [CloseReason::Violation(Violation::MissingNotify(NotifyType::USE_PPK))]);
    for auth in [by_key(), by_eap()] {
        // Moon has another one.
        let mut rig = meet(PLAIN, [must(), Some(Ppk::new("ppk 2", "two"))], auth.clone());
        assert_eq!(closed(&rig, MOON), [CloseReason::Authentication(AuthFailure::NoPpk)]);
        rig.pass_alone(CAROL, Duration::from_secs(120));
        assert_eq!(closed(&rig, CAROL), [CloseReason::NotAuthenticated]);
        // Carol has none, and moon must have it.
        let rig = meet(PLAIN, [None, must()], auth.clone());
        assert_eq!(closed(&rig, MOON), [CloseReason::Authentication(AuthFailure::NoPpk)]);
        assert_eq!(closed(&rig, CAROL), [CloseReason::NotAuthenticated]);
    }
}

/// One name, two keys: no proof holds.
#[test]
fn rfc_8784_section_3_another_key_of_the_same_name_is_a_failure() {
    for (auth, failure) in [(by_key(), AuthFailure::SharedKey), (by_eap(), AuthFailure::EapKey)] {
        let rig = meet(PLAIN, [Some(ppk("one")), Some(ppk("two"))], auth);
        assert_eq!(closed(&rig, MOON), [CloseReason::Authentication(failure)]);
        assert_eq!(closed(&rig, CAROL), [CloseReason::NotAuthenticated]);
    }
}

/// USE_PPK is answered to whoever asks only.
#[test]
fn rfc_8784_section_3_use_ppk_is_an_answer() {
    for (carol, moon) in [(false, false), (false, true), (true, false), (true, true)] {
        let rig = meet(PLAIN, [carol.then(|| ppk("one")), moon.then(|| ppk("one"))], by_key());
        let says = |index: usize| {
            let message = Message::parse(&rig.wire[index].octets).unwrap();
            message.parts().unwrap().notify(NotifyType::USE_PPK).is_some()
        };
        assert_eq!((says(0), says(1)), (carol, carol && moon));
    }
}
