//! Google Cloud VPN: the cipher options of a tunnel.
//!
//! Read are the flags of `gcloud compute vpn-tunnels create` (`--phase1-encryption` and the like), `cipher_suite` of the Terraform
//! resource `google_compute_vpn_tunnel`, and `cipherSuite` of the REST resource in JSON and in the YAML of `gcloud .. describe`.
//!
//! Names, order and lifetimes are those of "Supported IKE ciphers" of the Cloud VPN documentation; names are read in any case,
//! though the service heeds it. A role for which nothing is configured has every cipher of those tables. How the lists make
//! proposals is not documented; see [`super::lists`].

#[cfg(test)]
mod tests;

use super::likeness::{Certainty, Likeness};
use super::lists::{List, Lists, NAMED, NOTHING, Plain, and, around, holds, idle_integrity, shown};
use super::names::Names;
use super::settings::{Pfs, Settings, Stated, Written};
use super::span::Span;
use super::tokens::{Event, Reader};
use super::words::Word;
use super::{Hint, Notation, NotationError, Unwritable};
use crate::registry::{Encr, Integ, KeMethod, Prf, SecurityProtocol};
use crate::transform::Transform;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

const CIPHERS: Names<Transform> = Names {
    expected: "an encryption algorithm of Google Cloud, as AES-GCM-16-256 or AES-CBC-256",
    rows: &[
        ("AES-GCM-16-128", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 128)),
        ("AES-GCM-16-192", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 192)),
        ("AES-GCM-16-256", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256)),
        ("AES-CBC-128", Transform::encr_bits(Encr::ENCR_AES_CBC, 128)),
        ("AES-CBC-192", Transform::encr_bits(Encr::ENCR_AES_CBC, 192)),
        ("AES-CBC-256", Transform::encr_bits(Encr::ENCR_AES_CBC, 256)),
        ("3DES-CBC", Transform::encr(Encr::ENCR_3DES)),
    ],
};

/// Those of phase 2, in their order.
const ESP_CIPHERS: Names<Transform> = Names {
    expected: CIPHERS.expected,
    rows: &[
        ("AES-GCM-16-128", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 128)),
        ("AES-GCM-16-256", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256)),
        ("AES-GCM-16-192", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 192)),
        ("AES-CBC-128", Transform::encr_bits(Encr::ENCR_AES_CBC, 128)),
        ("AES-CBC-256", Transform::encr_bits(Encr::ENCR_AES_CBC, 256)),
        ("AES-CBC-192", Transform::encr_bits(Encr::ENCR_AES_CBC, 192)),
    ],
};

const INTEGS: Names<Integ> = Names {
    expected: "an integrity algorithm of Google Cloud, as HMAC-SHA2-256-128",
    rows: &[
        ("AES-XCBC-96", Integ::AUTH_AES_XCBC_96),
        ("AES-CMAC-96", Integ::AUTH_AES_CMAC_96),
        ("HMAC-SHA1-96", Integ::AUTH_HMAC_SHA1_96),
        ("HMAC-MD5-96", Integ::AUTH_HMAC_MD5_96),
        ("HMAC-SHA2-256-128", Integ::AUTH_HMAC_SHA2_256_128),
        ("HMAC-SHA2-384-192", Integ::AUTH_HMAC_SHA2_384_192),
        ("HMAC-SHA2-512-256", Integ::AUTH_HMAC_SHA2_512_256),
    ],
};

/// What phase 2 has where nothing is said; every name is read.
const ESP_INTEGS: [Integ; 3] = [Integ::AUTH_HMAC_SHA2_256_128, Integ::AUTH_HMAC_SHA2_512_256, Integ::AUTH_HMAC_SHA1_96];

const PRFS: Names<Prf> = Names {
    expected: "a pseudorandom function of Google Cloud, as PRF-HMAC-SHA2-256",
    rows: &[
        ("PRF-AES128-XCBC", Prf::PRF_AES128_XCBC),
        ("PRF-AES128-CMAC", Prf::PRF_AES128_CMAC),
        ("PRF-HMAC-SHA1", Prf::PRF_HMAC_SHA1),
        ("PRF-HMAC-MD5", Prf::PRF_HMAC_MD5),
        ("PRF-HMAC-SHA2-256", Prf::PRF_HMAC_SHA2_256),
        ("PRF-HMAC-SHA2-384", Prf::PRF_HMAC_SHA2_384),
        ("PRF-HMAC-SHA2-512", Prf::PRF_HMAC_SHA2_512),
        ("PRF-AES-128-XCBC", Prf::PRF_AES128_XCBC),
        ("PRF-AES-128-CMAC", Prf::PRF_AES128_CMAC),
    ],
};

const GROUPS: Names<KeMethod> = Names {
    expected: "a Diffie-Hellman group of Google Cloud, as Group-14",
    rows: &[
        ("Group-14", KeMethod::MODP_2048),
        ("modp-2048-224", KeMethod::MODP_2048_224),
        ("modp-2048-256", KeMethod::MODP_2048_256),
        ("Group-5", KeMethod::MODP_1536),
        ("Group-15", KeMethod::MODP_3072),
        ("Group-16", KeMethod::MODP_4096),
        ("Group-18", KeMethod::MODP_8192),
        ("Group-2", KeMethod::MODP_1024),
        ("modp-1024-160", KeMethod::MODP_1024_160),
        ("Group-19", KeMethod::ECP_256),
        ("Group-20", KeMethod::ECP_384),
        ("Group-21", KeMethod::ECP_521),
        ("Group-31", KeMethod::CURVE25519),
        ("Group-23", KeMethod::MODP_2048_224),
        ("Group-24", KeMethod::MODP_2048_256),
        ("Group-22", KeMethod::MODP_1024_160),
        ("Group-17", KeMethod::MODP_6144),
    ],
};

/// The groups of the documented tables; the last rows of [`GROUPS`] are not among them.
const OWN_GROUPS: usize = 13;

/// Seconds after which Google Cloud rekeys, which cannot be set.
const IKE_LIFETIME: u64 = 36_000;
const ESP_LIFETIME: u64 = 10_800;

/// A list of ciphers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Encryption1,
    Integrity1,
    Prf,
    Dh,
    Encryption2,
    Integrity2,
    Pfs,
}

/// The names of the flags without `--`, which are those of the fields below `phase1` and `phase2`, and the role in words.
const ROLES: [(&str, &str, Role); 7] = [
    ("phase1encryption", "phase 1 encryption", Role::Encryption1),
    ("phase1integrity", "phase 1 integrity", Role::Integrity1),
    ("phase1prf", "the phase 1 PRF", Role::Prf),
    ("phase1dh", "the phase 1 Diffie-Hellman group", Role::Dh),
    ("phase2encryption", "phase 2 encryption", Role::Encryption2),
    ("phase2integrity", "phase 2 integrity", Role::Integrity2),
    ("phase2pfs", "PFS", Role::Pfs),
];

/// What only Google Cloud has.
const SIGNS: [&str; 3] = ["compute vpn-tunnels", "google_compute_vpn_tunnel", "compute#vpnTunnel"];

pub(super) fn recognise(text: &str) -> Option<Likeness> {
    let sign = SIGNS.iter().find_map(|sign| holds(text, sign));
    let flag = ["--phase1-encryption", "--phase1-dh", "--phase1-prf", "--phase2-pfs", "--phase2-encryption"];
    let flag = flag.iter().find_map(|flag| holds(text, flag));
    let suite = ["cipherSuite", "cipher_suite"].iter().find_map(|suite| holds(text, suite)).filter(|_| holds(text, "phase1").is_some());
    let at = [sign, flag, suite].into_iter().flatten().min()?;
    let last = ["--phase2-", "phase2"].iter().find_map(|word| holds(text.get(at..)?, word)).map_or(at, |behind| at.saturating_add(behind));
    let confidence = if flag.or(suite).is_some() { Certainty::Certain } else { Certainty::Likely };
    Some(Likeness { span: around(text, Span { at, len: last.saturating_sub(at) }), confidence })
}

pub(super) fn write(_: &Settings) -> Result<Written, Unwritable> {
    Err(Unwritable::ReadOnly)
}

/// A tunnel: its lists, and what else is said of it.
#[derive(Clone, Debug, Default)]
struct Tunnel<'a> {
    name: Option<Word<'a>>,
    /// The name is that of the command or of the Terraform block.
    labelled: bool,
    version: Option<Word<'a>>,
    lists: Vec<(Role, List<'a>)>,
}

impl<'a> Tunnel<'a> {
    fn list(&self, role: Role) -> List<'a> {
        self.lists.iter().rev().find(|(known, _)| *known == role).map(|(_, list)| list.clone()).unwrap_or_default()
    }

    fn says(&self, role: Role) -> bool {
        self.lists.iter().any(|(known, _)| *known == role)
    }
}

pub(super) fn read(text: &str, _: Hint) -> Result<Settings, NotationError> {
    let tunnels = tunnels(text);
    let chosen = tunnels.iter().position(|tunnel| !tunnel.lists.is_empty()).unwrap_or(0);
    let Some(tunnel) = tunnels.get(chosen) else {
        return Err(NOTHING);
    };
    let mut settings = Settings::new(Notation::Gcp);
    settings.ike_lifetime = Some(Stated::assumed(IKE_LIFETIME));
    settings.esp_lifetime = Some(Stated::assumed(ESP_LIFETIME));
    if tunnel.lists.is_empty() {
        let text = "The text names no ciphers: Google Cloud offers and accepts the default ciphers, every one of its table of supported IKE ciphers.";
        settings.remark(text, None);
    } else {
        fill(&mut settings, tunnel)?;
    }
    if let Some(version) = tunnel.version.filter(|version| version.text == "1") {
        settings.remark("The tunnel uses IKEv1, to which these ciphers do not apply.", Some(version.span()));
    }
    let others = tunnels.iter().enumerate().filter(|(index, _)| *index != chosen).take(NAMED);
    let others: Vec<String> = others.map(|(_, other)| other.label()).collect();
    if !others.is_empty() {
        let text = format!("These are the ciphers of {}; the text holds other tunnels: {}.", tunnel.label(), others.join(", "));
        settings.remark(text, None);
    }
    Ok(settings)
}

impl Tunnel<'_> {
    fn label(&self) -> String {
        self.name.map_or_else(|| String::from("a tunnel without a name"), |name| shown(name.text))
    }
}

/// Walks over the text, and keeps what is being said.
struct Walk<'a> {
    tunnels: Vec<Tunnel<'a>>,
    current: Tunnel<'a>,
    phase: Option<char>,
    /// The word read last.
    last: Option<Word<'a>>,
    /// A word behind which the name of a tunnel comes.
    named: bool,
}

fn tunnels(text: &str) -> Vec<Tunnel<'_>> {
    let mut walk = Walk { tunnels: Vec::new(), current: Tunnel::default(), phase: None, last: None, named: false };
    let mut reader = Reader::of(text);
    while let Some(event) = reader.next() {
        match event {
            Event::Word(word) => walk.word(word, &mut reader),
            Event::Key { name, .. } => walk.key(name, &mut reader),
            Event::Open | Event::Close => walk.last = None,
        }
    }
    walk.end();
    walk.tunnels
}

impl<'a> Walk<'a> {
    fn word(&mut self, word: Word<'a>, reader: &mut Reader<'a>) {
        let before = self.last.replace(word).map_or("", |word| word.text);
        if core::mem::take(&mut self.named) {
            self.end();
            self.current = Tunnel { name: Some(word).filter(|word| !word.text.starts_with('-')), labelled: true, ..Tunnel::default() };
        }
        let created = before.eq_ignore_ascii_case("vpn-tunnels") && word.text.eq_ignore_ascii_case("create");
        self.named = created || word.text.eq_ignore_ascii_case("google_compute_vpn_tunnel");
        match word.text {
            "phase1" => self.phase = Some('1'),
            "phase2" => self.phase = Some('2'),
            _ => {}
        }
        // The value of a flag may stand behind a space.
        if word.text.starts_with("--") && !reader.is_key() {
            self.flag(word, reader);
        }
    }

    fn key(&mut self, name: Word<'a>, reader: &mut Reader<'a>) {
        if name.text.starts_with("--") {
            return self.flag(name, reader);
        }
        let plain = Plain::of(name.text);
        match plain.text() {
            "ikeversion" => {
                self.current.version = reader.values().first().copied();
            }
            "name" => self.name(reader),
            role => {
                let flag = self.phase.and_then(|phase| ROLES.iter().find(|(flag, _, _)| is_below(flag, phase, role)));
                let Some((_, _, role)) = flag.or_else(|| ROLES.iter().find(|(flag, _, _)| *flag == role)) else { return };
                let words = reader.values();
                self.add(*role, List::new(name, split(&words)));
            }
        }
    }

    fn name(&mut self, reader: &mut Reader<'a>) {
        let name = reader.values().first().copied();
        if self.current.labelled {
            return;
        }
        if self.current.name.is_some() && !self.current.lists.is_empty() {
            self.end();
        }
        self.current.name = self.current.name.or(name);
    }

    fn flag(&mut self, name: Word<'a>, reader: &mut Reader<'a>) {
        let plain = Plain::of(name.text);
        if plain.text() == "ikeversion" {
            self.current.version = Some(reader.argument());
        }
        let Some((_, _, role)) = ROLES.iter().find(|(flag, _, _)| *flag == plain.text()) else { return };
        let words = split(&[reader.argument()]);
        self.add(*role, List::new(name, words));
    }

    fn add(&mut self, role: Role, list: List<'a>) {
        if self.current.says(role) {
            let phase = self.phase;
            self.end();
            self.phase = phase;
        }
        self.current.lists.push((role, list));
    }

    /// Ends a tunnel.
    fn end(&mut self) {
        self.phase = None;
        let tunnel = core::mem::take(&mut self.current);
        if tunnel.name.is_some() || !tunnel.lists.is_empty() || tunnel.labelled {
            self.tunnels.push(tunnel);
        }
    }
}

/// Whether `phase1dh` is `dh` below `phase1`.
fn is_below(flag: &str, phase: char, field: &str) -> bool {
    flag.strip_prefix("phase").and_then(|flag| flag.strip_prefix(phase)).is_some_and(|known| known == field)
}

/// Names joined with commas, as the flags have them.
fn split<'a>(words: &[Word<'a>]) -> Vec<Word<'a>> {
    words.iter().flat_map(|word| word.split(&[','])).filter(|word| !word.text.is_empty()).collect()
}

fn fill(settings: &mut Settings, tunnel: &Tunnel<'_>) -> Result<(), NotationError> {
    let prfs = tunnel.list(Role::Prf).read(&PRFS)?.into_iter().map(Transform::prf).collect();
    let integs = tunnel.list(Role::Integrity1).read(&INTEGS)?;
    let ciphers = tunnel.list(Role::Encryption1).read(&CIPHERS)?;
    let groups = groups(tunnel, Role::Dh)?;
    let span = span(tunnel, &[Role::Encryption1, Role::Integrity1, Role::Prf, Role::Dh]);
    settings.ike = Lists { ciphers, integs, prfs, groups, span }.proposals(SecurityProtocol::IKE);

    let integrity = tunnel.list(Role::Integrity2);
    let integs = if integrity.is_default() { ESP_INTEGS.to_vec() } else { integrity.read(&INTEGS)? };
    let cipher = tunnel.list(Role::Encryption2);
    let ciphers = if cipher.is_default() { cipher.read(&ESP_CIPHERS)? } else { cipher.read(&CIPHERS)? };
    let span = span_of_esp(tunnel);
    let lists = Lists { ciphers, integs, prfs: Vec::new(), groups: self::groups(tunnel, Role::Pfs)?, span };
    settings.esp = lists.proposals(SecurityProtocol::ESP);
    settings.set_pfs(Stated { value: Pfs::Groups(lists.groups.clone()), span: tunnel.list(Role::Pfs).span });
    idle_integrity(settings, &lists, &integrity, "phase 2");
    remark_defaults(settings, tunnel);
    if settings.ike.len() > 1 || settings.esp.len() > 1 {
        let text = "Google does not say how the lists make proposals; one with the AES-GCM ciphers and one with the others is assumed.";
        settings.remark(text, None);
    }
    Ok(())
}

fn groups(tunnel: &Tunnel<'_>, role: Role) -> Result<Vec<KeMethod>, NotationError> {
    let list = tunnel.list(role);
    if list.is_default() {
        return Ok(GROUPS.rows.iter().take(OWN_GROUPS).map(|(_, group)| *group).collect());
    }
    list.read(&GROUPS)
}

fn span(tunnel: &Tunnel<'_>, roles: &[Role]) -> Option<Span> {
    roles.iter().filter_map(|role| tunnel.list(*role).span).reduce(Span::cover)
}

fn span_of_esp(tunnel: &Tunnel<'_>) -> Option<Span> {
    span(tunnel, &[Role::Encryption2, Role::Integrity2, Role::Pfs])
}

fn remark_defaults(settings: &mut Settings, tunnel: &Tunnel<'_>) {
    let aead = |settings: &[Stated<crate::proposal::Proposal>]| {
        settings.iter().all(|stated| stated.value.transforms.first().is_some_and(|cipher| cipher.is_aead()))
    };
    let idle = |role| (role == Role::Integrity1 && aead(&settings.ike)) || (role == Role::Integrity2 && aead(&settings.esp));
    let silent: Vec<&str> =
        ROLES.iter().filter(|(_, _, role)| tunnel.list(*role).is_default() && !idle(*role)).map(|(_, words, _)| *words).collect();
    if !silent.is_empty() {
        settings.remark(format!("The text does not give {}; Google Cloud takes its default, every supported one.", and(&silent)), None);
    }
}
