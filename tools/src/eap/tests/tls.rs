//! EAP-TLS between both roles.

use super::kit::{NOW, at, config, talk, tls_client, tls_server};
use crate::eap::tls::{AlertDescription, Client, Config, ConfigError, Fault, FramingFault, Server, Versions};
use crate::eap::{Discard, Failure, MAX_ROUNDS, Proof, Step};
use rustls::{CertificateError, Error};

fn with(mut config: Config, versions: Versions, fragment: u16) -> Config {
    config.versions = versions;
    config.fragment = fragment;
    config
}

#[test]
fn both_versions_with_fragments_of_any_size_and_every_kind_of_key() {
    let versions = [Versions::Both, Versions::Tls12, Versions::Tls13];
    let mut seen = Vec::new();
    for kind in ["p256", "p384", "ed25519", "rsa4096"] {
        for fragment in [100, 333, 1024, 1400] {
            for (client, server) in versions.iter().flat_map(|one| versions.iter().map(move |two| (*one, *two))) {
                let mut supplicant = tls_client(with(config(kind, "client", kind), client, fragment), Some("moon.example.org"));
                let mut authenticator = tls_server(with(config(kind, "server", kind), server, fragment));
                let talk = talk(&mut supplicant, &mut authenticator);
                if client != server && ![client, server].contains(&Versions::Both) {
                    assert!(matches!(talk.failures(), (Some(Failure::Tls(_)), Some(Failure::Tls(_)))));
                    continue;
                }
                assert!(talk.packets.iter().all(|packet| packet.len() <= usize::from(fragment) + 10));
                assert!(talk.packets.len() < usize::try_from(2 * MAX_ROUNDS).unwrap());
                let (msk, by_client, by_server) = talk.established();
                let leaf = |owner| Proof::Certificate { leaf: config(kind, owner, kind).chain[0].to_vec() };
                assert_eq!((by_client, by_server), (leaf("client"), leaf("server")));
                seen.push(*msk.octets());
            }
        }
    }
    let count = seen.len();
    assert_eq!(count, 4 * 4 * 7);
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), count, "each conversation has a key of its own");
}

/// What both sides say when one of them is not right, by version.
fn failures(client: Config, name: Option<&'static str>, server: Config, versions: Versions) -> (Fault, Fault) {
    let mut supplicant = tls_client(with(client, versions, 1024), name);
    let mut authenticator = tls_server(with(server, versions, 1024));
    match talk(&mut supplicant, &mut authenticator).failures() {
        (Some(Failure::Tls(client)), Some(Failure::Tls(server))) => (client, server),
        other => panic!("{other:?}"),
    }
}

const VERSIONS: [Versions; 2] = [Versions::Tls12, Versions::Tls13];

#[test]
fn a_server_that_is_not_trusted_is_told_why() {
    let good = || config("p256", "server", "p256");
    for versions in VERSIONS {
        let (client, server) = failures(config("p256", "client", "p384"), None, good(), versions);
        let error = Error::InvalidCertificate(CertificateError::UnknownIssuer);
        assert_eq!(client, Fault::Refused { alert: Some(AlertDescription::UnknownCA), error });
        assert_eq!(server, Fault::AlertReceived(AlertDescription::UnknownCA));

        let (client, server) = failures(config("p256", "client", "p256"), Some("sun.example.org"), good(), versions);
        assert!(matches!(client, Fault::Refused { error: Error::InvalidCertificate(_), .. }), "{client}");
        assert_eq!(server, Fault::AlertReceived(AlertDescription::BadCertificate));

        let mut late = config("p256", "client", "p256");
        late.now = at(NOW * 10);
        let (client, server) = failures(late, None, good(), versions);
        assert!(client.to_string().contains("CertificateExpired"), "{client}");
        assert_eq!(server, Fault::AlertReceived(AlertDescription::CertificateExpired));
    }
}

#[test]
fn a_client_that_is_not_trusted_is_told_why() {
    for versions in VERSIONS {
        let stranger = config("p384", "client", "p256");
        let (client, server) = failures(stranger, None, config("p256", "server", "p256"), versions);
        assert_eq!(client, Fault::AlertReceived(AlertDescription::UnknownCA));
        let error = Error::InvalidCertificate(CertificateError::UnknownIssuer);
        assert_eq!(server, Fault::Refused { alert: Some(AlertDescription::UnknownCA), error });

        let mut late = config("p256", "server", "p256");
        late.now = at(NOW * 10);
        let (client, server) = failures(config("p256", "client", "p256"), None, late, versions);
        assert_eq!(client, Fault::AlertReceived(AlertDescription::CertificateExpired));
        assert!(matches!(server, Fault::Refused { alert: Some(AlertDescription::CertificateExpired), .. }), "{server}");
    }
}

/// rsa2048-server.pem is for servers alone, and rsa2048-client.pem for clients: extendedKeyUsage.
#[test]
fn a_certificate_for_the_other_role_is_refused() {
    for versions in VERSIONS {
        let as_server = config("rsa2048", "client", "rsa2048");
        let (client, server) = failures(config("rsa2048", "client", "rsa2048"), None, as_server, versions);
        assert!(matches!(client, Fault::Refused { error: Error::InvalidCertificate(_), .. }), "{client}");
        assert!(matches!(server, Fault::AlertReceived(_)), "{server}");
        let as_client = config("rsa2048", "server", "rsa2048");
        let (client, server) = failures(as_client, None, config("rsa2048", "server", "rsa2048"), versions);
        assert!(matches!(client, Fault::AlertReceived(_)), "{client}");
        assert!(matches!(server, Fault::Refused { error: Error::InvalidCertificate(_), .. }), "{server}");
    }
}

#[test]
fn versions_that_do_not_meet_are_named() {
    let (client, server) = (config("p256", "client", "p256"), config("p256", "server", "p256"));
    let mut supplicant = tls_client(with(client, Versions::Tls12, 1024), None);
    let mut authenticator = tls_server(with(server, Versions::Tls13, 1024));
    let (client, server) = talk(&mut supplicant, &mut authenticator).failures();
    assert_eq!(client, Some(Failure::Tls(Fault::AlertReceived(AlertDescription::ProtocolVersion))));
    let Some(Failure::Tls(Fault::Refused { alert, .. })) = server else { panic!("{server:?}") };
    assert_eq!(alert, Some(AlertDescription::ProtocolVersion));
}

/// RFC 9190 section 2.1.1: the client of TLS 1.3 has sent its Finished, and does not know whether it is accepted.
#[test]
fn a_success_in_the_place_of_the_success_indication_is_not_believed() {
    for versions in VERSIONS {
        let mut client = tls_client(with(config("p256", "client", "p256"), versions, 16384), None);
        let mut server = tls_server(with(config("p256", "server", "p256"), versions, 16384));
        let mut request = server.start().unwrap();
        // Identity, Start, ServerHello and what follows it. Then the client has sent all that it has.
        for _ in 0..3 {
            let Ok(Step::Send(response)) = client.handle(&request) else { panic!("the client has failed") };
            let Ok(Step::Send(next)) = server.handle(&response) else { panic!("the server has failed") };
            request = next;
        }
        assert_eq!(client.handle(&[3, request[1].wrapping_sub(1), 0, 4]).unwrap_err(), Discard::EarlySuccess);
        let Ok(Step::Send(_)) = client.handle(&request) else { panic!("the client has failed") };
        assert!(matches!(client.handle(&[3, request[1], 0, 4]), Ok(Step::Done { .. })));
    }
}

#[test]
fn what_cannot_be_used_is_found_before_anything_is_sent() {
    let mut other = config("p256", "client", "p256");
    other.key = config("p384", "client", "p384").key;
    assert!(matches!(Client::new(other, None), Err(ConfigError::Credentials(_))));
    let mut alone = config("p256", "server", "p256");
    alone.anchors.clear();
    assert!(matches!(Server::new(alone), Err(ConfigError::Anchors(_))));
    let mut broken = config("p256", "server", "p256");
    broken.anchors = vec![vec![0x30, 0].into()];
    assert!(matches!(Server::new(broken), Err(ConfigError::Anchor(_))));
}

#[test]
fn a_client_begins_with_the_flag_s_and_never_again() {
    let client = || tls_client(config("p256", "client", "p256"), None);
    let framing = |step| match step {
        Ok(Step::Failed { why: Failure::Tls(Fault::Framing(fault)), .. }) => fault,
        other => panic!("{other:?}"),
    };
    assert_eq!(framing(client().handle(&[1, 1, 0, 6, 13, 0])), FramingFault::Start);
    assert_eq!(framing(client().handle(&[1, 1, 0, 5, 13])), FramingFault::Short);
    let mut twice = client();
    twice.handle(&[1, 1, 0, 6, 13, 0x20]).unwrap();
    assert_eq!(framing(twice.handle(&[1, 2, 0, 6, 13, 0x20])), FramingFault::Start);
    let mut silent = client();
    silent.handle(&[1, 1, 0, 6, 13, 0x20]).unwrap();
    assert!(matches!(silent.handle(&[1, 2, 0, 6, 13, 0]), Ok(Step::Failed { why: Failure::Tls(Fault::Silence), .. })));
}
