//! Post-quantum preshared keys, RFC 8784 and RFC 9867.

use crate::host::{ADDITIONAL, Host, PLAIN, Proposals};
use crate::rig::{CAROL, MOON, Rig};
use ikev2::registry::{ExchangeType, NotifyType};
use ikev2::session::{AuthFailure, CloseReason, EapAuth, LocalAuth, PeerConfig, Ppk, RemoteAuth, SharedKey, Violation};
use ikev2::wire::Message;
use std::collections::BTreeSet;
use std::time::Duration;

fn ppk(secret: &str) -> Ppk {
    Ppk::new("ppk 1", secret)
}

/// How carol authenticates itself and wants to be answered, and moon.
type Auth = [(LocalAuth, RemoteAuth); 2];

fn key() -> SharedKey {
    SharedKey::new(*b"secret of both")
}

fn by_key() -> Auth {
    [(); 2].map(|()| (LocalAuth::SharedKey(key()), RemoteAuth::SharedKey(key())))
}

fn by_eap() -> Auth {
    let eap = EapAuth::new();
    [(LocalAuth::Eap(eap), RemoteAuth::SharedKey(key())), (LocalAuth::SharedKey(key()), RemoteAuth::Eap(eap))]
}

/// Carol begins with a PPK or without, moon answers with one or without.
fn meet(proposals: Proposals, ppks: [Option<Ppk>; 2], auth: Auth) -> Rig {
    meet_early(proposals, ppks, Vec::new(), auth)
}

/// The same; moon has these PPKs for IKE_INTERMEDIATE.
fn meet_early(proposals: Proposals, [carol, moon]: [Option<Ppk>; 2], early: Vec<Ppk>, auth: Auth) -> Rig {
    let mut rig = Rig::new(1, proposals, |config| config.with_ppk(moon.is_some()).with_intermediate_ppks(early.clone()));
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

/// Both have it, whoever insists on it, and it goes on in the keys that follow.
fn both_have_it(meet: fn(Proposals, [Option<Ppk>; 2], Auth) -> Rig) {
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

#[test]
fn rfc_8784_section_3_both_have_it() {
    both_have_it(meet);
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

/// Carol and moon use a PPK in IKE_INTERMEDIATE, if they have the same.
fn meet_in_intermediate(proposals: Proposals, [carol, moon]: [Option<Ppk>; 2], auth: Auth) -> Rig {
    let early = Vec::from_iter(moon.clone());
    meet_early(proposals, [carol.map(|ppk| ppk.with_intermediate(true)), moon], early, auth)
}

/// The exchanges, with their Message IDs.
fn exchanges(rig: &Rig) -> BTreeSet<(u32, ExchangeType)> {
    let header = |octets: &[u8]| *Message::parse(octets).unwrap().header();
    rig.wire.iter().map(|sent| header(&sent.octets)).map(|header| (header.message_id, header.exchange)).collect()
}

fn count(rig: &Rig, exchange: ExchangeType) -> usize {
    exchanges(rig).into_iter().filter(|(_, found)| *found == exchange).count()
}

/// What messages of IKE_SA_INIT announce: USE_PPK, USE_PPK_INT, INTERMEDIATE_EXCHANGE_SUPPORTED.
fn announced(rig: &Rig, index: usize) -> [bool; 3] {
    let message = Message::parse(&rig.wire[index].octets).unwrap();
    let parts = message.parts().unwrap();
    [NotifyType::USE_PPK, NotifyType::USE_PPK_INT, NotifyType::INTERMEDIATE_EXCHANGE_SUPPORTED].map(|ty| parts.notify(ty).is_some())
}

#[test]
fn rfc_9867_section_3_1_both_have_it() {
    both_have_it(meet_in_intermediate);
}

/// Octets of both messages with this Message ID.
fn octets(rig: &Rig, message_id: u32) -> usize {
    let is_it = |octets: &[u8]| Message::parse(octets).unwrap().header().message_id == message_id;
    rig.wire.iter().filter(|sent| is_it(&sent.octets)).map(|sent| sent.octets.len()).sum()
}

/// It is named in the exchange of the last additional key exchange; without one, an exchange is made for it.
#[test]
fn rfc_9867_section_3_1_it_is_in_the_last_exchange() {
    for (proposals, due) in [(PLAIN, [0, 1]), (ADDITIONAL, [2, 2])] {
        let without = meet(proposals, [None, None], by_key());
        let with = meet_in_intermediate(proposals, [Some(ppk("one")), Some(ppk("one"))], by_key());
        assert_eq!([&without, &with].map(|rig| count(rig, ExchangeType::IKE_INTERMEDIATE)), due);
        if proposals.ike == ADDITIONAL.ike {
            assert_eq!(octets(&with, 1), octets(&without, 1));
            assert!(octets(&with, 2) > octets(&without, 2));
        }
    }
}

/// The additional key exchange beside it counts as well: with the same randomness and another last method, the keys are others.
#[test]
fn rfc_9867_section_3_1_the_key_exchange_beside_it_counts() {
    let keys = |ike| {
        let rig = meet_in_intermediate(Proposals { ike, ..ADDITIONAL }, [Some(ppk("one")), Some(ppk("one"))], by_key());
        check_up(&rig, true);
        rig.hosts[MOON].children.values().next().unwrap().keys_in.clone()
    };
    let first = "aes128gcm16-prfsha256-x25519-ke1_mlkem512-ke2_mlkem768";
    assert_eq!(keys(first), keys(first));
    assert_ne!(keys(first), keys("aes128gcm16-prfsha256-x25519-ke1_mlkem512-ke2_ecp256"));
}

/// The keys of the Child SA are others than without, and others than with the same PPK in IKE_AUTH.
#[test]
fn rfc_9867_section_3_1_the_keys_are_others() {
    let keys = |rig: &Rig| rig.hosts[MOON].children.values().next().unwrap().keys_in.clone();
    for proposals in [PLAIN, ADDITIONAL] {
        let without = meet(proposals, [None, None], by_key());
        let late = meet(proposals, [Some(ppk("one")), Some(ppk("one"))], by_key());
        let one = meet_in_intermediate(proposals, [Some(ppk("one")), Some(ppk("one"))], by_key());
        let two = meet_in_intermediate(proposals, [Some(ppk("two")), Some(ppk("two"))], by_key());
        assert!([&without, &late, &two].iter().all(|other| keys(&one) != keys(other)));
    }
}

/// Which way is taken: by IKE_INTERMEDIATE where both may, else by IKE_AUTH; moon announces one of both at most.
#[test]
fn rfc_9867_section_3_1_one_way_is_announced() {
    for early in [(false, false), (false, true), (true, false), (true, true)] {
        let list = if early.1 { vec![Ppk::new("ppk 0", "zero"), ppk("one")] } else { Vec::new() };
        let rig = meet_early(PLAIN, [Some(ppk("one").with_intermediate(early.0)), Some(ppk("one"))], list, by_key());
        check_up(&rig, true);
        let both = early.0 && early.1;
        assert_eq!(announced(&rig, 0), [true, early.0, early.0]);
        assert_eq!(announced(&rig, 1), [!both, both, both]);
        assert_eq!(count(&rig, ExchangeType::IKE_INTERMEDIATE), usize::from(both));
    }
}

/// A key of the same name that is another is found out before IKE_AUTH.
#[test]
fn rfc_9867_section_3_1_without_it_where_one_side_does_not_have_it_and_both_may() {
    for proposals in [PLAIN, ADDITIONAL] {
        for auth in [by_key(), by_eap()] {
            check_up(&meet_in_intermediate(proposals, [Some(ppk("one")), None], auth.clone()), false);
            check_up(&meet_in_intermediate(proposals, [Some(ppk("one")), Some(Ppk::new("ppk 2", "one"))], auth.clone()), false);
            check_up(&meet_in_intermediate(proposals, [Some(ppk("one")), Some(ppk("two"))], auth.clone()), false);
            check_up(&meet_in_intermediate(proposals, [None, Some(ppk("one"))], auth.clone()), false);
        }
    }
}

#[test]
fn rfc_9867_section_3_1_a_mandatory_one_is_used_or_nothing_is() {
    let must = |secret| Some(ppk(secret).with_mandatory(true));
    let no_ppk = CloseReason::Authentication(AuthFailure::NoPpk);
    for proposals in [PLAIN, ADDITIONAL] {
        for auth in [by_key(), by_eap()] {
            // Carol must have it, and does not say who she is without.
            let mut rig = meet_in_intermediate(proposals, [must("one"), Some(ppk("two"))], auth.clone());
            rig.pass_alone(CAROL, Duration::from_secs(120));
            assert_eq!(closed(&rig, CAROL), [no_ppk]);
            assert_eq!(count(&rig, ExchangeType::IKE_AUTH), 0);
            // Moon must have it, and knows of whom when carol has said who she is.
            let rig = meet_in_intermediate(proposals, [Some(ppk("one")), must("two")], auth.clone());
            assert_eq!((closed(&rig, MOON), closed(&rig, CAROL)), (vec![no_ppk], vec![CloseReason::NotAuthenticated]));
            // One that is another peer's will not do.
            let others = vec![ppk("one")];
            let own = Ppk::new("ppk 2", "two").with_mandatory(true);
            let rig = meet_early(proposals, [Some(ppk("one").with_intermediate(true)), Some(own)], others, auth.clone());
            assert_eq!((closed(&rig, MOON), closed(&rig, CAROL)), (vec![no_ppk], vec![CloseReason::NotAuthenticated]));
        }
    }
}
