//! The methods of EAP that run, one for each IKE SA: what the session asks goes to them, and what they come to goes back.

use super::args::Args;
use super::credentials::Credentials;
use super::failure::Failure;
use super::options::eap::{Eap, Method};
use crate::random::System;
use ikev2::cert::Certificate;
use ikev2::identity::Identity;
use ikev2::provider::Random;
use ikev2::registry::IdType;
use ikev2::session::{Decision, EapSuccess, Msk, SaId};
use ikev2::wire::{EapCode, Id};
use ikev2_tools::eap::tls::{self, CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use ikev2_tools::eap::{self, Authenticator, First, Name, Proof, Step, Supplicant, mschapv2};
use std::collections::BTreeMap;

/// The methods that run.
#[derive(Default)]
pub(crate) struct Methods {
    clients: BTreeMap<SaId, Supplicant>,
    servers: BTreeMap<SaId, Authenticator>,
}

/// What is answered, and what there is to tell of it.
pub(crate) struct Answer {
    pub(crate) decision: Decision,
    pub(crate) told: Option<String>,
    /// Whether it was our side that did not believe the other.
    pub(crate) is_distrust: bool,
}

impl Answer {
    const fn silent(decision: Decision) -> Self {
        Self { decision, told: None, is_distrust: false }
    }
}

impl Methods {
    /// An IKE SA is over, or up.
    pub(crate) fn forget(&mut self, id: SaId) {
        self.clients.remove(&id);
        self.servers.remove(&id);
    }

    /// The next packet: `packet` is the peer's, none where a responder begins.
    pub(crate) fn answer(
        &mut self,
        id: SaId,
        (args, credentials): (&Args, &Credentials),
        packet: Option<&[u8]>,
        is_first: bool,
    ) -> Result<Answer, Failure> {
        let Some(eap) = &args.eap else { return Ok(Answer::silent(Decision::Refuse)) };
        if args.peer.is_none() {
            return self.serve(id, (eap, credentials), packet);
        }
        if is_first {
            self.clients.insert(id, client(eap, credentials)?);
        }
        let (Some(client), Some(packet)) = (self.clients.get_mut(&id), packet) else { return Ok(Answer::silent(Decision::Refuse)) };
        Ok(client.handle(packet).map_or_else(|discarded| refused(&discarded), taken))
    }

    fn serve(&mut self, id: SaId, (eap, credentials): (&Eap, &Credentials), packet: Option<&[u8]>) -> Result<Answer, Failure> {
        let Some(packet) = packet else {
            let mut server = server(eap, credentials)?;
            let first = server.start();
            self.servers.insert(id, server);
            return Ok(first.map_or_else(|discarded| refused(&discarded), |packet| Answer::silent(Decision::Eap(packet))));
        };
        let Some(server) = self.servers.get_mut(&id) else { return Ok(Answer::silent(Decision::Refuse)) };
        Ok(server.handle(packet).map_or_else(|discarded| refused(&discarded), taken))
    }
}

fn refused(why: &dyn std::fmt::Display) -> Answer {
    Answer { decision: Decision::Refuse, told: Some(format!("EAP: {why}")), is_distrust: false }
}

fn taken(step: Step) -> Answer {
    match step {
        Step::Send(packet) => Answer::silent(Decision::Eap(packet)),
        Step::Done { msk, proof, .. } => match Msk::new(msk.octets().to_vec()) {
            Ok(msk) => {
                let (identity, told) = proved(&proof);
                let success = EapSuccess::new(msk);
                let success = match identity {
                    Some(identity) => success.with_identity(identity),
                    None => success,
                };
                Answer { decision: Decision::EapSuccess(success), told: Some(told), is_distrust: false }
            }
            Err(why) => refused(&why),
        },
        // The server is told why before it says Failure.
        Step::Failed { packet: Some(packet), why } if packet.first() == Some(&EapCode::RESPONSE.0) => {
            let is_distrust = matches!(why, eap::Failure::Tls(tls::Fault::Refused { .. }));
            Answer { decision: Decision::Eap(packet), told: Some(format!("EAP: {why}")), is_distrust }
        }
        Step::Failed { why, .. } => refused(&why),
    }
}

/// Who the other side is by what it has proved, and that in words.
fn proved(proof: &Proof) -> (Option<Identity>, String) {
    match proof {
        Proof::Password { user } => {
            let name = String::from_utf8_lossy(user);
            let identity = name.parse().unwrap_or_else(|_| Identity::of(&Id { ty: IdType::ID_KEY_ID, data: user }));
            let told = format!("EAP: the password of {identity}");
            (Some(identity), told)
        }
        Proof::Certificate { leaf } => match Certificate::parse(leaf) {
            Ok(certificate) => {
                let subject = certificate.subject();
                let told = format!("EAP: the certificate of {subject}");
                (Some(Identity::of(&Id { ty: IdType::ID_DER_ASN1_DN, data: subject.as_der() })), told)
            }
            Err(error) => (None, format!("EAP: a certificate that cannot be read: {error}")),
        },
        _ => (None, "EAP: success".into()),
    }
}

fn client(eap: &Eap, credentials: &Credentials) -> Result<Supplicant, Failure> {
    let name = Name::new(eap.id.clone().unwrap_or_else(|| credentials.id.to_string())).map_err(usage)?;
    Ok(match eap.method {
        Method::Mschapv2 => {
            let password = mschapv2::NtHash::of_password(&eap.password);
            Supplicant::new(name.clone(), mschapv2::Client::new(name, password, challenge()?))
        }
        Method::Tls => {
            let server = eap.server.clone().map(ServerName::try_from).transpose().map_err(usage)?;
            Supplicant::new(name, tls::Client::new(config(credentials)?, server).map_err(usage)?)
        }
    })
}

fn server(eap: &Eap, credentials: &Credentials) -> Result<Authenticator, Failure> {
    Ok(match eap.method {
        Method::Mschapv2 => {
            let (user, password) = (eap.id.clone(), mschapv2::NtHash::of_password(&eap.password));
            let is_known = move |name: &[u8]| user.as_ref().is_none_or(|user| user.as_bytes() == name);
            let passwords: mschapv2::Passwords = Box::new(move |name| is_known(name).then(|| password.clone()));
            let name = Name::new(credentials.id.to_string()).map_err(usage)?;
            Authenticator::new(First::Identity, mschapv2::Server::new(name, passwords, challenge()?))
        }
        Method::Tls => Authenticator::new(First::Identity, tls::Server::new(config(credentials)?).map_err(usage)?),
    })
}

fn config(credentials: &Credentials) -> Result<tls::Config, Failure> {
    let certificates = |ders: &[Vec<u8>]| ders.iter().map(|der| CertificateDer::from(der.clone())).collect();
    let key = credentials.private_key().ok_or_else(|| Failure::Usage("--eap tls needs --cert and --key".into()))?;
    let key = PrivateKeyDer::try_from(key.to_vec()).map_err(usage)?;
    Ok(tls::Config::new(certificates(&credentials.chain), key, certificates(&credentials.anchors), UnixTime::now()))
}

fn challenge() -> Result<[u8; 16], Failure> {
    let mut octets = [0; 16];
    System.fill(&mut octets).map_err(|_| Failure::Protocol("there is no randomness".into()))?;
    Ok(octets)
}

fn usage(error: impl std::fmt::Display) -> Failure {
    Failure::Usage(format!("--eap: {error}"))
}
