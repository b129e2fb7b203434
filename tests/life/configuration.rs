//! Configuration payloads, RFC 7296 sections 2.19 and 3.15; AUTH_LIFETIME, RFC 4478.

use crate::host::Host;
use crate::rig::{CAROL, MOON, Rig};
use crate::toy::PROVIDER;
use ikev2::registry::ConfigurationAttributeType;
use ikev2::selectors::Selector;
use ikev2::session::{AddressAssignment, ChildConfig, CloseReason, ConfigurationSet, LocalAuth, PeerConfig, RemoteAuth, SharedKey};
use std::time::Duration;

fn any(host: &Host, local: &str, remote: &str) -> ChildConfig {
    let selectors = |text: &str| text.split(' ').map(|text| text.parse::<Selector>().unwrap()).collect::<Vec<_>>();
    ChildConfig::new(&PROVIDER, &crate::host::policy(host.proposals.esp, false), selectors(local), selectors(remote))
}

fn peer(own: &str, child: ChildConfig) -> PeerConfig {
    let key = SharedKey::new(*b"secret of both");
    PeerConfig::new(own.parse().unwrap(), LocalAuth::SharedKey(key.clone()), RemoteAuth::SharedKey(key)).with_child(child)
}

/// Carol asks for addresses or not, moon gives these or refuses.
fn meet(asks: bool, assignment: AddressAssignment, gives: Option<ConfigurationSet>) -> Rig {
    meet_asking(asks.then(ConfigurationSet::any_address), assignment, gives)
}

fn meet_asking(asks: Option<ConfigurationSet>, assignment: AddressAssignment, gives: Option<ConfigurationSet>) -> Rig {
    let mut rig = Rig::plain(1);
    let host = &mut rig.hosts[MOON];
    let child = any(host, "10.1.0.0/16 2001:db8:1::/48", "10.9.0.0/16 2001:db8:9::/48");
    host.answers_with = Some(peer("moon", child).with_address_assignment(assignment));
    host.gives = gives;
    let host = &mut rig.hosts[CAROL];
    let carol = peer("carol", any(host, "0.0.0.0/0 ::/0", "0.0.0.0/0 ::/0"));
    let carol = match asks {
        Some(asked) => carol.with_configuration_request(asked),
        None => carol,
    };
    host.endpoint.initiate(rig.now, host.path, carol).unwrap();
    rig.talk();
    rig
}

fn given() -> ConfigurationSet {
    ConfigurationSet::new()
        .with_address("10.9.0.7".parse().unwrap())
        .with_address("2001:db8:9::7".parse().unwrap())
        .with_dns("10.1.0.1".parse().unwrap())
}

fn traffic(host: &Host) -> Vec<String> {
    host.traffic.values().map(|(local, remote)| format!("{local:?} {remote:?}")).collect()
}

#[test]
fn rfc_7296_section_2_19_an_address_is_asked_for_and_given() {
    for assignment in [AddressAssignment::OnRequest, AddressAssignment::Required] {
        let mut rig = meet(true, assignment, Some(given()));
        for host in &rig.hosts {
            assert_eq!(host.told[0].configuration, given(), "{}", host.log.join("\n"));
        }
        let addresses: Vec<_> = rig.hosts[CAROL].told[0].configuration.addresses().map(|address| address.to_string()).collect();
        assert_eq!(addresses, ["10.9.0.7", "2001:db8:9::7"]);
        let own = ["10.9.0.7/32", "2001:db8:9::7/128"].map(|text| text.parse::<Selector>().unwrap());
        let check = |rig: &Rig| {
            for (host, is_carol) in [(&rig.hosts[CAROL], true), (&rig.hosts[MOON], false)] {
                for (local, remote) in host.traffic.values() {
                    assert_eq!(if is_carol { local } else { remote }, &own, "{:?}", traffic(host));
                }
            }
        };
        check(&rig);
        // So does what follows, whoever asks for it and whatever it asks for.
        let id = rig.hosts[CAROL].endpoint.sas().next().unwrap();
        let child = any(&rig.hosts[CAROL], "0.0.0.0/0 ::/0", "0.0.0.0/0 ::/0");
        rig.hosts[CAROL].endpoint.sa(id).unwrap().create_child(rig.now, child).unwrap();
        rig.talk();
        let old = *rig.hosts[MOON].children.keys().next().unwrap();
        let id = rig.hosts[MOON].endpoint.sas().next().unwrap();
        rig.hosts[MOON].endpoint.sa(id).unwrap().rekey_child(rig.now, old).unwrap();
        rig.talk();
        assert_eq!(rig.hosts.each_ref().map(|host| host.traffic.len()), [3, 3]);
        check(&rig);
        // And what the responder asks for, for more than it has given.
        let child = any(&rig.hosts[MOON], "10.1.0.0/16 2001:db8:1::/48", "10.9.0.0/16 2001:db8:9::/48");
        rig.hosts[MOON].endpoint.sa(id).unwrap().create_child(rig.now, child).unwrap();
        rig.talk();
        assert_eq!(rig.hosts.each_ref().map(|host| host.traffic.len()), [4, 4]);
        check(&rig);
    }
}

#[test]
fn rfc_7296_section_3_15_4_without_an_address_there_is_an_ike_sa_and_no_child_sa() {
    let rig = meet(true, AddressAssignment::OnRequest, None);
    for host in &rig.hosts {
        assert_eq!((host.established.len(), host.children.len()), (1, 0));
        assert!(host.told[0].configuration.is_empty());
        assert!(host.log.iter().any(|line| line.contains("INTERNAL_ADDRESS_FAILURE")), "{}", host.log.join("\n"));
    }
}

#[test]
fn rfc_7296_section_3_15_4_an_address_of_another_family_is_none() {
    let asks = |ty| ConfigurationSet::new().with(ty, Vec::new());
    let (v4, v6) = (asks(ConfigurationAttributeType::INTERNAL_IP4_ADDRESS), asks(ConfigurationAttributeType::INTERNAL_IP6_ADDRESS));
    let given = |address: &str| ConfigurationSet::new().with_address(address.parse().unwrap());
    for (asked, given, fits) in [
        (v4.clone(), given("10.9.0.7"), true),
        (v6.clone(), given("2001:db8:9::7"), true),
        (v4, given("2001:db8:9::7"), false),
        (v6, given("10.9.0.7"), false),
    ] {
        let rig = meet_asking(Some(asked), AddressAssignment::OnRequest, Some(given));
        for host in &rig.hosts {
            assert_eq!((host.established.len(), host.children.len()), (1, usize::from(fits)), "{}", host.log.join("\n"));
            assert_eq!(host.log.iter().any(|line| line.contains("INTERNAL_ADDRESS_FAILURE")), !fits, "{}", host.log.join("\n"));
        }
    }
}

#[test]
fn rfc_7296_section_2_19_who_has_to_ask_and_does_not_gets_failed_cp_required() {
    let rig = meet(false, AddressAssignment::Required, Some(given()));
    for host in &rig.hosts {
        assert_eq!((host.established.len(), host.children.len()), (1, 0));
        assert!(host.log.iter().any(|line| line.contains("FAILED_CP_REQUIRED")), "{}", host.log.join("\n"));
    }
}

/// Nor later, by CREATE_CHILD_SA: not who has not asked, and not who was given none.
#[test]
fn rfc_7296_section_3_15_4_without_an_address_there_is_no_child_sa_later_either() {
    for (asks, assignment) in
        [(false, AddressAssignment::Required), (true, AddressAssignment::OnRequest), (true, AddressAssignment::Required)]
    {
        let mut rig = meet(asks, assignment, None);
        let child = any(&rig.hosts[CAROL], "10.9.0.0/16", "0.0.0.0/0");
        let id = rig.hosts[CAROL].endpoint.sas().next().unwrap();
        rig.hosts[CAROL].endpoint.sa(id).unwrap().create_child(rig.now, child).unwrap();
        rig.talk();
        assert_eq!(rig.hosts.each_ref().map(|host| (host.established.len(), host.children.len())), [(1, 0); 2]);
    }
    // Whoever need not ask has what is agreed on.
    let mut rig = meet(false, AddressAssignment::OnRequest, None);
    let child = any(&rig.hosts[CAROL], "10.9.0.0/16", "0.0.0.0/0");
    let id = rig.hosts[CAROL].endpoint.sas().next().unwrap();
    rig.hosts[CAROL].endpoint.sa(id).unwrap().create_child(rig.now, child).unwrap();
    rig.talk();
    assert_eq!(rig.hosts.each_ref().map(|host| host.children.len()), [2, 2]);
}

/// Whoever gives no addresses gives no answer, and the Child SA stands.
#[test]
fn rfc_7296_section_2_19_a_request_may_stay_without_an_answer() {
    for (asks, assignment) in [(true, AddressAssignment::Never), (false, AddressAssignment::OnRequest)] {
        let rig = meet(asks, assignment, Some(given()));
        for host in &rig.hosts {
            assert_eq!((host.established.len(), host.children.len()), (1, 1));
            assert!(host.told[0].configuration.is_empty());
        }
    }
}

/// An address that the Child SA may not have leads to no traffic.
#[test]
fn rfc_7296_section_2_9_an_address_outside_of_the_traffic_is_no_traffic() {
    let gives = ConfigurationSet::new().with_address("172.16.0.1".parse().unwrap());
    let rig = meet(true, AddressAssignment::OnRequest, Some(gives));
    for host in &rig.hosts {
        assert_eq!((host.established.len(), host.children.len()), (1, 0));
        assert!(host.log.iter().any(|line| line.contains("TS_UNACCEPTABLE")), "{}", host.log.join("\n"));
        // Without a Child SA it is of no use, and free for another.
        assert!(host.told[0].configuration.is_empty());
    }
}

#[test]
fn rfc_4478_section_3_who_does_not_come_again_is_cut_off() {
    let mut rig = Rig::plain(2);
    let host = &mut rig.hosts[MOON];
    let lifetime = Duration::from_secs(3000);
    host.answers_with = Some(host.peer_config("moon", "carol").with_auth_lifetime(lifetime));
    rig.set_up(CAROL);
    assert_eq!(rig.hosts.each_ref().map(|host| host.told[0].auth_lifetime), [Some(lifetime); 2]);
    // A rekey changes nothing about it.
    rig.now += Duration::from_secs(2000);
    let id = rig.hosts[MOON].endpoint.sas().next().unwrap();
    rig.hosts[MOON].endpoint.sa(id).unwrap().rekey(rig.now).unwrap();
    rig.talk();
    rig.now += Duration::from_secs(1009);
    rig.hosts[MOON].endpoint.handle_timeout(rig.now);
    rig.talk();
    assert!(rig.hosts[MOON].closed.is_empty());
    rig.now += Duration::from_secs(1);
    rig.hosts[MOON].endpoint.handle_timeout(rig.now);
    rig.talk();
    assert_eq!(rig.hosts[MOON].closed.values().copied().collect::<Vec<_>>(), [CloseReason::Expired]);
    assert_eq!(rig.hosts[CAROL].closed.values().copied().collect::<Vec<_>>(), [CloseReason::Deleted]);
}

/// An application that takes whatever is offered gives a peer no more than what its address is for.
#[test]
fn rfc_7296_section_2_19_narrowing_by_the_application_stays_within_the_address() {
    let mut rig = Rig::plain(3);
    let host = &mut rig.hosts[MOON];
    let child = any(host, "10.1.0.0/16", "10.9.0.0/16").with_narrow_asked(true);
    host.answers_with = Some(peer("moon", child).with_address_assignment(AddressAssignment::Required));
    host.gives = Some(ConfigurationSet::new().with_address("10.9.0.7".parse().unwrap()));
    let host = &mut rig.hosts[CAROL];
    let carol = peer("carol", any(host, "0.0.0.0/0", "0.0.0.0/0")).with_configuration_request(ConfigurationSet::any_address());
    let id = host.endpoint.initiate(rig.now, host.path, carol).unwrap();
    rig.talk();
    let expected = [["10.1.0.0/16"], ["10.9.0.7/32"]].map(|texts| texts.map(|text| text.parse::<Selector>().unwrap()).to_vec());
    let [own, theirs] = expected;
    assert_eq!(rig.hosts[MOON].traffic.values().collect::<Vec<_>>(), [&(own, theirs)]);
    // Another client's address is none of it, whatever the application says.
    for (says, wide) in [(None, "10.9.0.8/32"), (Some("10.9.0.0/16"), "0.0.0.0/0")] {
        let selector = |text: &str| vec![text.parse::<Selector>().unwrap()];
        rig.hosts[MOON].narrows_to = says.map(|remote| (selector("10.1.0.0/16"), selector(remote)));
        let wide = any(&rig.hosts[CAROL], wide, "0.0.0.0/0").with_narrow_asked(true);
        let moon_says = rig.hosts[MOON].log.len();
        rig.hosts[CAROL].endpoint.sa(id).unwrap().create_child(rig.now, wide).unwrap();
        rig.talk();
        assert_eq!(rig.hosts.each_ref().map(|host| host.children.len()), [1, 1]);
        assert!(rig.hosts[MOON].log.iter().skip(moon_says).any(|line| line.contains("TS_UNACCEPTABLE")), "{says:?}");
    }
}

/// What would be for no traffic is not asked for, and the IKE SA stays.
#[test]
fn rfc_7296_section_2_9_a_child_sa_without_traffic_is_not_asked_for() {
    let mut rig = Rig::plain(4);
    rig.set_up(CAROL);
    let id = rig.hosts[CAROL].endpoint.sas().next().unwrap();
    let none =
        ChildConfig::new(&PROVIDER, &crate::host::policy(rig.hosts[CAROL].proposals.esp, false), [], ["10.1.0.0/16".parse().unwrap()]);
    rig.hosts[CAROL].endpoint.sa(id).unwrap().create_child(rig.now, none).unwrap();
    rig.decide(CAROL);
    rig.talk();
    let log = rig.hosts[CAROL].log.join("\n");
    assert!(log.contains("Refused { by: We, exchange: ExchangeType(36 CREATE_CHILD_SA), notify: NotifyType(38"), "{log}");
    assert!(rig.hosts.iter().all(|host| host.closed.is_empty() && host.endpoint.spis_in_use() == (1, 1)));
}

/// The peer does not answer the Delete, and its Child SAs are gone all the same.
#[test]
fn rfc_4478_section_3_a_peer_that_does_not_answer_is_cut_off() {
    let mut rig = Rig::plain(5);
    let host = &mut rig.hosts[MOON];
    host.answers_with = Some(host.peer_config("moon", "carol").with_auth_lifetime(Duration::from_secs(20)));
    rig.set_up(CAROL);
    rig.pass_alone(MOON, Duration::from_secs(31));
    assert!(rig.hosts[MOON].children.is_empty(), "{}", rig.hosts[MOON].log.join("\n"));
    rig.pass_alone(MOON, Duration::from_secs(61));
    assert_eq!(rig.hosts[MOON].closed.values().copied().collect::<Vec<_>>(), [CloseReason::Expired]);
}
