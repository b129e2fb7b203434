//! The certificate itself, by the rules of those who receive it.
//!
//! Windows clients and servers: Microsoft, "Troubleshooting IKEv2 VPN Connections" (dd941612: 13801 on the client for dates, root, name and
//! EKU of the server's certificate; 13806 where no certificate is suitable, key usage without digitalSignature among the reasons),
//! "Verification of
//! Additional Fields in Peer Certificates during IKE Negotiation" (subject or alternative name, and EKU), iketypes.h (RSA, ECDSA P-256 and
//! P-384 are what IKEv2 authenticates with); R. Hicks, "Always On VPN Certificate Requirements for IKEv2", "Error 13801", "Error 13806"
//! (which certificate Windows takes when there are several: the one with IKE intermediate). strongSwan, "Windows Certificate Requirements".
//! RFC 4945 section 5.1 for every peer, RFC 5280 for every certificate, RFC 8247 section 4 for algorithms.

use super::facts::Entry;
use super::host::{self, NameMatch};
use super::model::{CertificateRole, ExamineOptions};
use super::problem::{CertificateCode as Code, CertificateProblem, ProblemSeverity as Severity};
use crate::capture::printable;
use ikev2::auth::{KeyType, SignatureScheme};
use ikev2::registry::HashAlgorithm;

/// id-kp-serverAuth, id-kp-clientAuth, and the one of drafts that Windows and macOS call IP security IKE intermediate.
const SERVER_AUTH: &str = "1.3.6.1.5.5.7.3.1";
const CLIENT_AUTH: &str = "1.3.6.1.5.5.7.3.2";
const IKE_INTERMEDIATE: &str = "1.3.6.1.5.5.8.2.2";
/// anyExtendedKeyUsage.
const ANY: &str = "2.5.29.37.0";

/// Critical extensions whose meaning was looked at, or restricts nothing that is asked here: subjectKeyIdentifier, keyUsage,
/// subjectAltName,
/// basicConstraints, cRLDistributionPoints, certificatePolicies, authorityKeyIdentifier, extKeyUsage, nameConstraints, which are told by
/// themselves, and the policies of RFC 5280 section 4.2.1.5, 4.2.1.11 and 4.2.1.14, of which nobody asks for one.
const UNDERSTOOD: [&str; 12] = [
    "2.5.29.14",
    "2.5.29.15",
    "2.5.29.17",
    "2.5.29.19",
    "2.5.29.30",
    "2.5.29.31",
    "2.5.29.32",
    "2.5.29.33",
    "2.5.29.35",
    "2.5.29.36",
    "2.5.29.37",
    "2.5.29.54",
];
const NAME_CONSTRAINTS: &str = "2.5.29.30";

/// Seconds in a day.
const DAY: i64 = 86_400;
/// Days before the last in which it is told.
const SOON: i64 = 30;
/// Bits of the smallest RSA key that may still be used.
const RSA_BITS: usize = 2048;

/// Whose certificate it seems to be: a client's if it is for clients and not for servers.
pub(crate) fn role_of(leaf: &Entry<'_>) -> CertificateRole {
    let purposes = leaf.purposes().unwrap_or_default();
    let has = |purpose: &str| purposes.iter().any(|own| own == purpose);
    if has(CLIENT_AUTH) && !has(SERVER_AUTH) { CertificateRole::Client } else { CertificateRole::Server }
}

/// What is found out about one chain.
pub(crate) struct Judge<'e, 'a> {
    pub(crate) entries: &'e [Entry<'a>],
    pub(crate) role: CertificateRole,
    pub(crate) options: &'e ExamineOptions,
    pub(crate) problems: Vec<CertificateProblem>,
}

impl Judge<'_, '_> {
    pub(crate) fn find(
        &mut self,
        code: Code,
        severity: Severity,
        certificate: Option<usize>,
        windows: Option<u32>,
        text: String,
        remedy: impl Into<String>,
    ) {
        self.problems.push(CertificateProblem { code, severity, certificate, text, remedy: remedy.into(), windows_error: windows });
    }

    /// What Windows shows when it has no certificate of its own to send, or does not take the server's.
    pub(crate) const fn refused(&self) -> Option<u32> {
        Some(match self.role {
            CertificateRole::Server => 13801,
            CertificateRole::Client => 13806,
        })
    }

    /// The certificate whose key signs.
    pub(crate) fn end(&mut self, place: usize) {
        let Some(entry) = self.entries.get(place) else { return };
        self.purposes(place, entry);
        self.key_usage(place, entry);
        self.names(place, entry);
        if entry.is_ca {
            let text = format!("{} is the certificate of a certification authority, and not of a {}.", entry.title(), self.role.name());
            self.find(
                Code::AuthorityAsEnd,
                Severity::Error,
                Some(place),
                self.refused(),
                text,
                format!("Give the certificate of the {}; the authority's is installed with those who trust it.", self.role.name()),
            );
        }
        self.key_of_windows(place, entry);
    }

    /// What holds for every certificate of the path. Of a root the key alone counts, and its dates.
    pub(crate) fn each(&mut self, place: usize) {
        let Some(entry) = self.entries.get(place) else { return };
        self.dates(place, entry);
        self.key(place, entry);
        self.extensions(place, entry);
        if !entry.self_issued() {
            self.signature(place, entry);
        }
    }

    /// Whether it is told where revocation can be looked up: of the certificate itself, and of the authorities between.
    pub(crate) fn revocation(&mut self, path: &[usize]) {
        let silent = |place: &&usize| {
            self.entries.get(**place).is_some_and(|entry| {
                let extensions = entry.cert.extensions();
                let told = extensions.crl_distribution_points().next().is_some() || extensions.authority_info_access().next().is_some();
                !told && !entry.self_issued()
            })
        };
        let silent: Vec<usize> = path.iter().filter(silent).copied().collect();
        let Some(first) = silent.first().copied() else { return };
        let title = self.entries.get(first).map(Entry::title).unwrap_or_default();
        let others = match silent.len().saturating_sub(1) {
            0 => "does not say".to_owned(),
            1 => "and one of its issuers do not say".to_owned(),
            more => format!("and {more} of its issuers do not say"),
        };
        let text = format!("{title} {others} where a list of revoked certificates or an OCSP responder is.");
        let remedy = "A peer that insists on revocation checks refuses it: let the authority put a CRL distribution point into it, at \
            a place that \
            clients reach before the tunnel is up.";
        self.find(Code::NoRevocationPointer, Severity::Warning, Some(first), None, text, remedy);
    }

    fn dates(&mut self, place: usize, entry: &Entry<'_>) {
        let (validity, now) = (entry.cert.validity(), self.options.at);
        let (first, last) = (validity.not_before, validity.not_after);
        if now > last.unix() {
            let text = format!("{} has expired: it was valid until {last}.", entry.title());
            self.find(Code::Expired, Severity::Error, Some(place), self.refused(), text, "Renew it, and restart the service that uses it.");
        } else if now < first.unix() {
            let text = format!("{} is not valid before {first}.", entry.title());
            self.find(Code::NotYetValid, Severity::Error, Some(place), self.refused(), text, "Set the clocks right, or wait until then.");
        } else if last.unix().saturating_sub(now) < SOON.saturating_mul(DAY) {
            let days = last.unix().saturating_sub(now).div_euclid(DAY);
            let left = match days {
                0 => "less than a day".to_owned(),
                1 => "one day".to_owned(),
                days => format!("{days} days"),
            };
            let text = format!("{} expires in {left}, at {last}.", entry.title());
            self.find(Code::ExpiresSoon, Severity::Warning, Some(place), None, text, "Renew it.");
        }
    }

    fn purposes(&mut self, place: usize, entry: &Entry<'_>) {
        let malformed = entry.cert.extensions().extended_key_usage().is_err();
        let purposes = entry.purposes();
        let has = |purpose: &str| purposes.iter().flatten().any(|own| own == purpose);
        let (code, needed, name) = match self.role {
            CertificateRole::Server => (Code::ServerAuthMissing, SERVER_AUTH, "Server Authentication"),
            CertificateRole::Client => (Code::ClientAuthMissing, CLIENT_AUTH, "Client Authentication"),
        };
        if !has(needed) && !malformed {
            let found = match &purposes {
                None => "it has no extended key usage at all".to_owned(),
                Some(_) if has(ANY) => "anyExtendedKeyUsage alone does not name it".to_owned(),
                Some(all) => format!("it is for {}", all.iter().map(|oid| purpose_name(oid)).collect::<Vec<_>>().join(", ")),
            };
            let text = format!("{} is not for {name} ({needed}): {found}.", entry.title());
            self.find(
                code,
                Severity::Error,
                Some(place),
                self.refused(),
                text,
                format!("Issue it with the extended key usage {name} ({needed}) and IP security IKE intermediate ({IKE_INTERMEDIATE})."),
            );
        } else if has(needed) && !has(IKE_INTERMEDIATE) {
            let text = format!("{} has no extended key usage IP security IKE intermediate ({IKE_INTERMEDIATE}).", entry.title());
            self.find(
                Code::IkeIntermediateMissing,
                Severity::Info,
                Some(place),
                None,
                text,
                format!(
                    "It is needed only where the machine has several certificates for {name}: Windows takes the one that has it for IKEv2."
                ),
            );
        }
    }

    fn key_usage(&mut self, place: usize, entry: &Entry<'_>) {
        let Ok(Some(usage)) = entry.cert.extensions().key_usage() else { return };
        if usage.digital_signature() {
            return;
        }
        let text = format!("The key usage of {} does not have digitalSignature: {usage}.", entry.title());
        // RFC 4945 section 5.1.3.2 takes nonRepudiation as well; Windows asks for the other.
        self.find(
            Code::KeyUsage,
            Severity::Error,
            Some(place),
            Some(13806),
            text,
            "Issue it with the key usage Digital Signature: IKEv2 signs with the key.",
        );
    }

    fn names(&mut self, place: usize, entry: &Entry<'_>) {
        let (dns, common) = (entry.dns_names(), entry.common_names());
        if entry.cert.subject().is_empty() && entry.cert.alternative_names().next().is_none() {
            let text = "The certificate has no name: neither a subject nor an alternative name.".to_owned();
            return self.find(
                Code::NoName,
                Severity::Error,
                Some(place),
                self.refused(),
                text,
                "Issue it with the name as its common name and as an alternative name of type DNS.",
            );
        }
        let Some(host) = self.options.name.clone() else {
            let all: Vec<String> = dns.iter().chain(&common).fold(Vec::new(), |mut all, name| {
                if !all.iter().any(|known: &String| known.eq_ignore_ascii_case(name)) {
                    all.push(name.clone());
                }
                all
            });
            let names = if all.is_empty() { "no host name".to_owned() } else { listed(&all) };
            let text = match self.role {
                CertificateRole::Server => {
                    format!("The name was not compared: the certificate has {names}, and clients must connect to a name that it has.")
                }
                CertificateRole::Client => format!("The name was not compared: the certificate has {names}."),
            };
            let severity = if all.is_empty() && self.role == CertificateRole::Server { Severity::Doubt } else { Severity::Info };
            return self.find(Code::NameNotCompared, severity, Some(place), None, text, "Give --name, to compare it.");
        };
        let found = host::find(entry, &host);
        self.name_found(place, entry, &printable(&host), found);
    }

    fn name_found(&mut self, place: usize, entry: &Entry<'_>, host: &str, found: NameMatch) {
        let refused = if self.role == CertificateRole::Server { Some(13801) } else { None };
        let in_alternative = "Issue it with the name as an alternative name of type DNS.";
        match found {
            NameMatch::Alternative(_) => {}
            NameMatch::CommonName(name) => {
                let text = format!(
                    "{name} stands in the subject only: Windows takes that, strongSwan, libreswan, macOS and Android want it as an \
                        alternative name."
                );
                self.find(Code::NameOnlyInSubject, Severity::Warning, Some(place), None, text, in_alternative);
            }
            NameMatch::Wildcard(name) | NameMatch::CommonNameWildcard(name) => {
                let text = format!(
                    "{host} is covered by the wildcard {name} only: Windows clients take that, which Microsoft does not promise; \
                        strongSwan and libreswan do not."
                );
                self.find(Code::WildcardName, Severity::Warning, Some(place), None, text, in_alternative);
            }
            NameMatch::Address(address) if self.role == CertificateRole::Server => {
                let text = format!(
                    "{address} is an alternative name of type IP address: Windows clients that connect to an address look for it \
                        among the names of type DNS."
                );
                self.find(
                    Code::AddressAsAddress,
                    Severity::Error,
                    Some(place),
                    refused,
                    text,
                    format!("Issue it with DNS:{address} beside IP:{address}, or let clients connect to a name."),
                );
            }
            NameMatch::Address(_) => {}
            NameMatch::None => {
                let own: Vec<String> = entry
                    .cert
                    .alternative_names()
                    .map(|name| name.to_string())
                    .chain(entry.common_names().into_iter().map(|name| format!("CN={name}")))
                    .collect();
                let own = if own.is_empty() { "no host name".to_owned() } else { listed(&own) };
                let idn = if host.is_ascii() { "" } else { " Certificates have names with other letters in their xn-- form." };
                let text = format!("{host} is not in the certificate: it has {own}.{idn}");
                let remedy = match self.role {
                    CertificateRole::Server => {
                        "Let clients connect to a name that it has, or issue it with the name as an alternative name of type DNS."
                    }
                    CertificateRole::Client => {
                        "Issue it with the name of the device as its subject and as an alternative name of type DNS."
                    }
                };
                self.find(Code::NameMismatch, Severity::Error, Some(place), refused, text, remedy);
            }
        }
    }

    /// Keys of every certificate of the path.
    fn key(&mut self, place: usize, entry: &Entry<'_>) {
        let key = entry.cert.public_key();
        let rsa = matches!(key.key_type(), KeyType::Rsa | KeyType::RsaPss);
        if let Some(bits) = key.bits().filter(|bits| rsa && *bits < RSA_BITS) {
            let text =
                format!("{} has an RSA key of {bits} bits: fewer than {RSA_BITS} are not safe, and not taken by all.", entry.title());
            self.find(
                Code::RsaKeyTooSmall,
                Severity::Error,
                Some(place),
                self.refused(),
                text,
                "Issue it for a new key: RSA with 2048 or 3072 bits, or ECDSA P-256 or P-384.",
            );
        }
    }

    fn key_of_windows(&mut self, place: usize, entry: &Entry<'_>) {
        match entry.cert.public_key().key_type() {
            KeyType::Rsa | KeyType::EcdsaP256 | KeyType::EcdsaP384 => {}
            KeyType::RsaPss => {
                let text = format!("The key of {} is marked as one for RSASSA-PSS alone: few peers take that.", entry.title());
                self.find(Code::PssSignature, Severity::Warning, Some(place), None, text, "Issue it for a key of type rsaEncryption.");
            }
            _ => {
                let text = format!(
                    "{} has a key {}: Windows authenticates in IKEv2 with RSA, ECDSA P-256 and ECDSA P-384.",
                    entry.title(),
                    of_kind(&entry.key())
                );
                self.find(
                    Code::KeyNotOfWindows,
                    Severity::Error,
                    Some(place),
                    self.refused(),
                    text,
                    "Issue it for an RSA key, or for one on P-256 or P-384; peers that are all strongSwan may keep it.",
                );
            }
        }
    }

    fn signature(&mut self, place: usize, entry: &Entry<'_>) {
        let algorithm = entry.cert.signature_algorithm();
        if let Some(scheme @ (SignatureScheme::Ed25519 | SignatureScheme::Ed448)) = algorithm.scheme {
            let text = format!("{} is signed with {scheme}, which Windows does not verify in certificates.", entry.title());
            let remedy = "Have it issued by an authority with an RSA or ECDSA key; peers that are all strongSwan may keep it.";
            return self.find(Code::KeyNotOfWindows, Severity::Error, Some(place), self.refused(), text, remedy);
        }
        let oid = algorithm.oid.to_string();
        let weak = match algorithm.scheme {
            Some(scheme) if scheme.hash() == HashAlgorithm::SHA1 => Some("SHA-1"),
            // md2, md4 and md5 with RSA (RFC 3279 section 2.2.1).
            _ if matches!(oid.as_str(), "1.2.840.113549.1.1.2" | "1.2.840.113549.1.1.3" | "1.2.840.113549.1.1.4") => Some("MD5 or older"),
            // DSA with SHA-1.
            _ if oid == "1.2.840.10040.4.3" => Some("SHA-1"),
            _ => None,
        };
        if let Some(hash) = weak {
            let text = format!(
                "{} is signed with {hash}: Windows refuses it below public roots, and current Linux systems everywhere.",
                entry.title()
            );
            self.find(
                Code::WeakSignature,
                Severity::Error,
                Some(place),
                self.refused(),
                text,
                "Let the authority sign with SHA-256 or better, and issue it anew.",
            );
        } else if let Some(SignatureScheme::RsaPss { .. }) = algorithm.scheme {
            let text = format!("{} is signed with RSASSA-PSS, which some peers do not take: Apple's for one.", entry.title());
            self.find(
                Code::PssSignature,
                Severity::Warning,
                Some(place),
                None,
                text,
                "Let the authority sign with PKCS #1 v1.5 (on Windows: AlternateSignatureAlgorithm=0 in CAPolicy.inf).",
            );
        }
    }

    fn extensions(&mut self, place: usize, entry: &Entry<'_>) {
        let extensions = entry.cert.extensions();
        let malformed = [
            ("key usage", extensions.key_usage().err()),
            ("extended key usage", extensions.extended_key_usage().err()),
            ("basic constraints", extensions.basic_constraints().err()),
            ("subject key identifier", extensions.subject_key_identifier().err()),
            ("authority key identifier", extensions.authority_key_identifier().err()),
        ];
        for (name, error) in malformed.into_iter().filter_map(|(name, error)| Some((name, error?))) {
            let text = format!("The extension {name} of {} cannot be read: {}.", entry.title(), error.kind);
            self.find(Code::MalformedExtension, Severity::Error, Some(place), self.refused(), text, "Let the authority issue it anew.");
        }
        for extension in &extensions {
            let oid = extension.oid.to_string();
            if oid == NAME_CONSTRAINTS {
                let text = format!("{} limits the names below it (name constraints), which was not judged.", entry.title());
                self.find(
                    Code::NameConstraints,
                    Severity::Warning,
                    Some(place),
                    None,
                    text,
                    "Compare the names below it with those it permits.",
                );
            } else if extension.critical && !UNDERSTOOD.contains(&oid.as_str()) {
                let text = format!("{} has a critical extension that IKE peers do not understand: {oid}.", entry.title());
                self.find(
                    Code::CriticalExtension,
                    Severity::Error,
                    Some(place),
                    self.refused(),
                    text,
                    "Issue it without that extension, or with it not critical.",
                );
            }
        }
    }
}

/// `of type Ed25519`, `of a kind that is not known here`.
fn of_kind(key: &str) -> String {
    if key.starts_with("of ") { key.to_owned() } else { format!("of type {key}") }
}

/// A purpose in words, when it has any.
#[must_use]
pub fn purpose_name(oid: &str) -> String {
    match oid {
        SERVER_AUTH => "Server Authentication".into(),
        CLIENT_AUTH => "Client Authentication".into(),
        IKE_INTERMEDIATE => "IP security IKE intermediate".into(),
        ANY => "any purpose".into(),
        "1.3.6.1.5.5.7.3.3" => "Code Signing".into(),
        "1.3.6.1.5.5.7.3.4" => "Secure Email".into(),
        "1.3.6.1.5.5.7.3.5" => "IP security end system".into(),
        "1.3.6.1.5.5.7.3.6" => "IP security tunnel termination".into(),
        "1.3.6.1.5.5.7.3.7" => "IP security user".into(),
        "1.3.6.1.5.5.7.3.8" => "Time Stamping".into(),
        "1.3.6.1.5.5.7.3.9" => "OCSP Signing".into(),
        "1.3.6.1.5.5.7.3.17" => "IPsec IKE".into(),
        "1.3.6.1.4.1.311.20.2.2" => "Smart Card Logon".into(),
        "1.3.6.1.5.2.3.5" => "KDC Authentication".into(),
        "1.3.6.1.4.1.311.10.3.4" => "Encrypting File System".into(),
        other => other.to_owned(),
    }
}

/// The first few of a list, and how many more there are.
fn listed(all: &[String]) -> String {
    const SHOWN: usize = 8;
    let shown = all.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match all.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
