//! Two ends and what passes between them.

use crate::eap::mschapv2::{self, NtHash};
use crate::eap::tls::{self, CertificateDer, Config, PrivateKeyDer, ServerName, UnixTime};
use crate::eap::{Authenticator, First, Msk, Name, Proof, Step, Supplicant};
use rustls::pki_types::pem::PemObject;
use std::path::PathBuf;

/// How an end came out; `None` if the other end was over first.
pub(in crate::eap) type End = Option<Result<(Msk, Proof), crate::eap::Failure>>;

/// How a conversation came out on both ends, and every packet of it, the server's first.
pub(in crate::eap) struct Talk {
    pub(in crate::eap) client: End,
    pub(in crate::eap) server: End,
    pub(in crate::eap) packets: Vec<Vec<u8>>,
}

impl Talk {
    /// The same key on both sides, and what each has proved: the client, then the server.
    pub(in crate::eap) fn established(self) -> (Msk, Proof, Proof) {
        let (of_client, by_server) = self.client.unwrap().unwrap();
        let (of_server, by_client) = self.server.unwrap().unwrap();
        assert_eq!(of_client.octets(), of_server.octets());
        (of_client, by_client, by_server)
    }

    /// Why the client failed, and why the server.
    pub(in crate::eap) fn failures(self) -> (Option<crate::eap::Failure>, Option<crate::eap::Failure>) {
        (self.client.map(Result::unwrap_err), self.server.map(Result::unwrap_err))
    }
}

/// What a step is for the one who carries packets: a packet, and an end.
pub(in crate::eap) fn take(step: Step) -> (Option<Vec<u8>>, End) {
    match step {
        Step::Send(packet) => (Some(packet), None),
        Step::Done { packet, msk, proof } => (packet, Some(Ok((msk, proof)))),
        Step::Failed { packet, why } => (packet, Some(Err(why))),
    }
}

/// Carries packets until one side has none.
pub(in crate::eap) fn talk(client: &mut Supplicant, server: &mut Authenticator) -> Talk {
    let mut talk = Talk { client: None, server: None, packets: Vec::new() };
    let mut request = server.start().unwrap();
    loop {
        talk.packets.push(request.clone());
        // A client that has failed takes no EAP-Failure.
        let Ok(step) = client.handle(&request) else { return talk };
        let (response, end) = take(step);
        talk.client = talk.client.or(end);
        let Some(response) = response else { return talk };
        talk.packets.push(response.clone());
        let (next, end) = take(server.handle(&response).unwrap());
        talk.server = talk.server.or(end);
        let Some(next) = next else { return talk };
        request = next;
    }
}

pub(in crate::eap) fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

pub(in crate::eap) fn ms_client(user: &str, password: &str) -> Supplicant {
    Supplicant::new(name("carol@example.org"), mschapv2::Client::new(name(user), NtHash::of_password(password), [1; 16]))
}

/// A server that knows `user`.
pub(in crate::eap) fn ms_server(first: First, user: &'static str, password: &str) -> Authenticator {
    let hash = NtHash::of_password(password);
    let passwords = Box::new(move |asked: &[u8]| (asked == user.as_bytes()).then(|| hash.clone()));
    Authenticator::new(first, mschapv2::Server::new(name("moon"), passwords, [2; 16]))
}

/// 2030-01-01: within the certificates of tests/data/handshake.
pub(in crate::eap) const NOW: u64 = 1_893_456_000;

/// `KIND-NAME.pem` and its key, and the root of `KIND`.
pub(in crate::eap) fn config(kind: &str, owner: &str, anchor: &str) -> Config {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/handshake"));
    let file = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let certificates = |name: &str| CertificateDer::pem_slice_iter(&file(name)).collect::<Result<Vec<_>, _>>().unwrap();
    let key = PrivateKeyDer::from_pem_slice(&file(&format!("{kind}-{owner}.key.pem"))).unwrap();
    let chain = certificates(&format!("{kind}-{owner}.pem"));
    Config::new(chain, key, certificates(&format!("{anchor}-root.pem")), at(NOW))
}

pub(in crate::eap) fn at(seconds: u64) -> UnixTime {
    UnixTime::since_unix_epoch(core::time::Duration::from_secs(seconds))
}

pub(in crate::eap) fn tls_client(config: Config, server: Option<&'static str>) -> Supplicant {
    let server = server.map(|name| ServerName::try_from(name).unwrap());
    Supplicant::new(name("@example.org"), tls::Client::new(config, server).unwrap())
}

pub(in crate::eap) fn tls_server(config: Config) -> Authenticator {
    Authenticator::new(First::Identity, tls::Server::new(config).unwrap())
}
