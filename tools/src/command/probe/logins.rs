//! The logins without credentials of an address: in IKE fragments and in IP fragments, a minute apart.

use super::login::{Form, Login, attempt};
use super::record::Record;
use crate::console::Console;
use ikev2::identity::Identity;
use ikev2::probe::{AnswerResult, LoginSeen, MarkedPort, ProbeQuestion, ProbeReport};
use ikev2::proposal::notation::strongswan;
use ikev2::proposal::{Dialect, Policy, Proposal};
use ikev2::provider::Provider;
use ikev2::session::ChildConfig;
use ikev2_tools::evidence::certificate::{CertificateRole, ExamineOptions, examine};
use ikev2_tools::report::certificate::verdict;
use std::io;
use std::net::IpAddr;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What is offered: what Windows, Apple and Android clients and most gateways have in common with us.
const IKE: &str = "aes256gcm16-aes128gcm16-prfsha384-prfsha256-x25519-ecp256-ecp384-modp2048,\
    aes256-aes128-sha256-sha384-sha512-sha1-x25519-ecp256-ecp384-modp2048-modp3072-modp4096-modp1024";
const ESP: &str = "aes256gcm16-aes128gcm16,aes256-aes128-sha256-sha512-sha1";
/// Two requests that open an IKE SA, and no more, within this time.
const SPAN: Duration = Duration::from_secs(60);
/// Of IKE fragments where the path MTU is not known.
const MTU: u16 = 1280;

/// Where to, and as whom.
pub(super) struct Logins<'l> {
    pub(super) host: &'l str,
    pub(super) identity: &'l Identity,
    pub(super) ports: [MarkedPort; 2],
}

impl Logins<'_> {
    /// Makes them; `report` is what is known of the way already.
    pub(super) fn make(&self, report: &ProbeReport, mut record: Option<&mut Record>, console: &Console) -> io::Result<LoginSeen> {
        let login = self.login(report.address()).map_err(io::Error::other)?;
        let mut seen = LoginSeen::default();
        let mut certificates = Vec::new();
        let announced = report.answer(ProbeQuestion::Fragmentation).is_some_and(|answer| answer.result == AnswerResult::Yes);
        let mtu = report.path().map_or(MTU, |path| u16::try_from(path.packet_len(path.max_message())).unwrap_or(MTU));
        let forms = [announced.then_some(Form::IkeFragments(mtu)), Some(Form::IpFragments)];
        for (number, form) in forms.into_iter().flatten().enumerate() {
            if number > 0 {
                console.complain(format_args!("{}: a minute's pause before the second login", login.address));
                thread::sleep(SPAN);
            }
            let found = attempt(&login, form, record.as_deref_mut(), &mut seen)?;
            if certificates.is_empty() {
                certificates = found;
            }
        }
        seen.certificates = self.words(&certificates);
        Ok(seen)
    }

    fn login(&self, address: IpAddr) -> Result<Login, String> {
        let policy = |proposals: Vec<Proposal>| Policy::new(Dialect::Rfc, proposals).map_err(|error| error.to_string());
        let ike = policy(strongswan::parse_ike(IKE).map_err(|error| error.to_string())?)?;
        let esp = policy(strongswan::parse_esp(ESP).map_err(|error| error.to_string())?)?;
        let any = if address.is_ipv4() { "0.0.0.0/0" } else { "::/0" };
        let any = any.parse().map_err(|_| format!("{any} is no network"))?;
        let [ike_port, natt] = self.ports;
        Ok(Login {
            address,
            ike: ike_port,
            natt,
            identity: self.identity.clone(),
            ike_policy: ike,
            child: ChildConfig::new(&Provider::builtin(), &esp, [any], [any]),
        })
    }

    /// Whether a Windows client takes them, and whose they are.
    fn words(&self, certificates: &[Vec<u8>]) -> Vec<String> {
        if certificates.is_empty() {
            return Vec::new();
        }
        let names: Vec<_> = (1..=certificates.len()).map(|number| format!("certificate {number}")).collect();
        let files: Vec<_> = names.iter().zip(certificates).map(|(name, der)| (name.as_str(), der.as_slice())).collect();
        let at = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX));
        let name = self.host.parse::<IpAddr>().is_err().then(|| self.host.to_owned());
        let options = ExamineOptions { role: Some(CertificateRole::Server), name, ..ExamineOptions::at(at) };
        let found = examine(&files, &[], &options);
        let each = found.certificates.iter().map(|one| format!("{}: {}, issued by {}.", one.file, one.subject, one.issuer));
        [verdict(&found)].into_iter().chain(each).collect()
    }
}
