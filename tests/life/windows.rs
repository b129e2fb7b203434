//! A client as Windows has it, beside a gateway that knows it ([`Preset::WindowsClient`]).

use crate::host::Host;
use crate::rig::{CAROL, MOON, Rig};
use ikev2::identity::Identity;
use ikev2::registry::{ConfigurationAttributeType, ExchangeType};
use ikev2::selectors::Selector;
use ikev2::session::{
    ChildConfig, Config, ConfigurationSet, EapAuth, Lifetimes, LocalAuth, NetworkPath, PathEncapsulation, PeerConfig, Preset, RemoteAuth,
    SharedKey,
};
use ikev2::wire::Header;
use std::time::Duration;

fn any(host: &Host, local: &str, remote: &str) -> ChildConfig {
    let selectors = |text: &str| text.split(' ').map(|text| text.parse::<Selector>().unwrap()).collect::<Vec<_>>();
    ChildConfig::new(&crate::toy::PROVIDER, &crate::host::policy(host.proposals.esp, false), selectors(local), selectors(remote))
}

/// What it asks for: addresses, name servers, and the two private attributes.
fn asked() -> ConfigurationSet {
    [1, 3, 4, 23456, 8, 10, 23457].into_iter().fold(ConfigurationSet::new(), |set, ty| set.with(ConfigurationAttributeType(ty), Vec::new()))
}

fn handshake(number: u8) -> Rig {
    let (key, eap) = (SharedKey::new(*b"secret of both"), EapAuth::new());
    // The keys are replaced by the client, after 58 minutes or so.
    let change = |config: Config| config.with_lifetimes(Lifetimes { ike: None, child: Some(Duration::from_secs(3500)) });
    let mut rig = Rig::new(u64::from(number), crate::host::PLAIN, change);
    let host = &mut rig.hosts[MOON];
    let gateway = PeerConfig::new("vpn.example.org".parse().unwrap(), LocalAuth::SharedKey(key.clone()), RemoteAuth::Eap(eap));
    host.answers_with = Some(gateway.with_child(any(host, "0.0.0.0/0", "10.9.0.0/16")).with_preset(Preset::WindowsClient));
    host.gives = Some(ConfigurationSet::new().with_address([10, 9, 0, number].into()));
    host.eap.identity = Some(format!("user{number}@example.org").parse().unwrap());
    let host = &mut rig.hosts[CAROL];
    let private: Identity = "192.168.1.5".parse().unwrap();
    let natt = NetworkPath {
        local: "198.51.100.2:4500".parse().unwrap(),
        peer: "192.0.2.1:4500".parse().unwrap(),
        encapsulation: PathEncapsulation::NonEspMarker,
    };
    let client = PeerConfig::new(private, LocalAuth::Eap(eap), RemoteAuth::SharedKey(key))
        .with_expected_identity("vpn.example.org".parse().unwrap())
        .with_child(any(host, "0.0.0.0/0 ::/0", "0.0.0.0/0 ::/0"))
        .with_configuration_request(asked())
        .with_nat_path(natt)
        .with_mobike(true);
    host.endpoint.initiate(rig.now, host.path, client).unwrap();
    rig.talk();
    rig
}

#[test]
fn it_comes_up_with_an_address_and_mobike_and_the_name_of_its_user() {
    let rig = handshake(7);
    let up = &rig.hosts[MOON].told[0];
    assert_eq!(up.peer.to_string(), "user7@example.org");
    assert_eq!(up.configuration.addresses().map(|address| address.to_string()).collect::<Vec<_>>(), ["10.9.0.7"]);
    let own = ["10.9.0.7/32".parse::<Selector>().unwrap()];
    assert!(rig.hosts[MOON].traffic.values().all(|(_, remote)| *remote == own));
    let id = rig.hosts[MOON].endpoint.sas().next().unwrap();
    assert!(rig.hosts[MOON].endpoint.view(id).unwrap().has_mobike());
}

/// In a working day, the gateway begins no rekey; the client does.
#[test]
fn the_gateway_is_never_the_first_to_rekey() {
    let mut rig = handshake(8);
    let (mut gateway, mut client) = (0, 0);
    let end = rig.now + Duration::from_secs(8 * 3600);
    while rig.now < end {
        let due = rig.hosts.iter().filter_map(Host::due).min().unwrap();
        rig.now = rig.now.max(due);
        for at in [MOON, CAROL] {
            rig.hosts[at].endpoint.handle_timeout(rig.now);
            rig.decide(at);
        }
        rig.talk_with(|_, seen| {
            let Some(message) = seen.message() else { return };
            let received = Header::peek(message).unwrap();
            if received.header.exchange == ExchangeType::CREATE_CHILD_SA && !received.header.response {
                *if seen.to == CAROL { &mut gateway } else { &mut client } += 1;
            }
        });
    }
    assert!(gateway == 0 && client >= 7, "{gateway} of the gateway, {client} of the client");
    assert!(rig.hosts.iter().all(|host| host.closed.is_empty() && host.children.len() == 1));
}

/// Two clients with one private address do not end each other's IKE SAs.
#[test]
fn two_users_of_one_private_address_both_stay() {
    let mut rig = handshake(9);
    rig.now += Duration::from_secs(60);
    let mut other = handshake(10);
    std::mem::swap(&mut rig.hosts[CAROL], &mut other.hosts[CAROL]);
    rig.hosts[MOON].eap.identity = Some("another@example.org".parse().unwrap());
    let host = &mut rig.hosts[CAROL];
    let key = SharedKey::new(*b"secret of both");
    let client = PeerConfig::new("192.168.1.5".parse().unwrap(), LocalAuth::Eap(EapAuth::new()), RemoteAuth::SharedKey(key))
        .with_child(any(host, "0.0.0.0/0", "0.0.0.0/0"))
        .with_configuration_request(asked());
    host.endpoint.initiate(rig.now, host.path, client).unwrap();
    rig.talk();
    let up = rig.hosts[MOON].endpoint.sas().filter(|id| rig.hosts[MOON].endpoint.view(*id).unwrap().is_up()).count();
    assert_eq!((up, rig.hosts[MOON].closed.len()), (2, 0), "{}", rig.hosts[MOON].log.join("\n"));
}
