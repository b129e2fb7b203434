//! AWS Site-to-Site VPN: tunnel options.
//!
//! Read are the JSON of `aws ec2 describe-vpn-connections`, the arguments of `create-vpn-connection --options` and
//! `modify-vpn-tunnel-options --tunnel-options` in JSON and in the shorthand, `AWS::EC2::VPNConnection` of CloudFormation in JSON
//! and YAML, `aws_vpn_connection` of Terraform, and the generic text that the console has for download ([`download`]).
//!
//! Names, values and defaults are those of the AWS Site-to-Site VPN User Guide, "Tunnel options for your AWS Site-to-Site VPN
//! connection": a list that is not given is every value there is. How the lists make proposals is not documented; see
//! [`super::lists`]. AWS names no PRF: it is taken to be that of the integrity algorithm.

mod download;
mod names;
#[cfg(test)]
mod tests;

use self::names::{CIPHERS, GROUPS, INTEGS, PFS_GROUPS};
use super::likeness::{Certainty, Likeness};
use super::lists::{List, Lists, NAMED, NOTHING, Plain, and, around, holds, idle_integrity, seconds, shown};
use super::names::Names;
use super::settings::{Pfs, Settings, Stated, Written};
use super::span::{Span, extend};
use super::tokens::{Event, Reader};
use super::words::Word;
use super::{Hint, Notation, NotationError, Unwritable};
use crate::registry::{KeMethod, SecurityProtocol};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Seconds after which the IKE SA is rekeyed where nothing is said.
const IKE_LIFETIME: u64 = 28_800;
/// Seconds after which a Child SA is rekeyed where nothing is said.
const ESP_LIFETIME: u64 = 3_600;

/// An option of a tunnel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Encryption1,
    Integrity1,
    Groups1,
    Lifetime1,
    Encryption2,
    Integrity2,
    Groups2,
    Lifetime2,
    Versions,
    Startup,
}

/// The name of each option without case and signs, and in words.
const FIELDS: [(&str, &str, Field); 10] = [
    ("phase1encryptionalgorithms", "the phase 1 encryption algorithms", Field::Encryption1),
    ("phase1integrityalgorithms", "the phase 1 integrity algorithms", Field::Integrity1),
    ("phase1dhgroupnumbers", "the phase 1 DH groups", Field::Groups1),
    ("phase1lifetimeseconds", "the phase 1 lifetime", Field::Lifetime1),
    ("phase2encryptionalgorithms", "the phase 2 encryption algorithms", Field::Encryption2),
    ("phase2integrityalgorithms", "the phase 2 integrity algorithms", Field::Integrity2),
    ("phase2dhgroupnumbers", "the phase 2 DH groups", Field::Groups2),
    ("phase2lifetimeseconds", "the phase 2 lifetime", Field::Lifetime2),
    ("ikeversions", "the IKE versions", Field::Versions),
    ("startupaction", "the startup action", Field::Startup),
];

/// Names of things that only AWS has.
const SIGNS: [&str; 5] = [
    "aws_vpn_connection",
    "AWS::EC2::VPNConnection",
    "describe-vpn-connections",
    "create-vpn-connection",
    "VpnTunnelOptionsSpecifications",
];

pub(super) fn recognise(text: &str) -> Option<Likeness> {
    if let Some((span, confidence)) = options(text) {
        return Some(Likeness { span: around(text, span), confidence });
    }
    if let Some(likeness) = download::recognise(text) {
        return Some(likeness);
    }
    // `{"VpnConnections": [{"Options": {"TunnelOptions": [{}]}}]}` of a connection with the defaults.
    let described = holds(text, "TunnelOptions").is_some() && holds(text, "OutsideIpAddress").is_some();
    let sign = SIGNS.iter().any(|sign| holds(text, sign).is_some());
    let confidence = if described { Certainty::Certain } else { sign.then_some(Certainty::Likely)? };
    Some(Likeness::whole(text, confidence))
}

/// From the first to the last name of an algorithm list; names in words, as the console has them, could be of another service.
fn options(text: &str) -> Option<(Span, Certainty)> {
    let mut found = None;
    let mut confidence = Certainty::Likely;
    let mut rest = Word::whole(text);
    while let Some(at) = holds(rest.text, "phase") {
        rest = rest.behind(at);
        let phase = rest.text.bytes().skip("phase".len()).take(2).find(|c| !matches!(c, b'_' | b' '));
        if !matches!(phase, Some(b'1' | b'2')) {
            rest = rest.behind("phase".len());
            continue;
        }
        let len = rest.text.bytes().take(40).take_while(|c| c.is_ascii_alphanumeric() || matches!(c, b'_' | b' ')).count();
        let name = rest.text.get(..len).unwrap_or("");
        let plain = Plain::of(name);
        if let Some((field, _, _)) = FIELDS.iter().find(|(field, _, _)| field.starts_with("phase") && plain.text().starts_with(field)) {
            extend(&mut found, Span { at: rest.at, len });
            let tight = Plain::of(name.split(' ').next().unwrap_or(""));
            if tight.text().starts_with(field) {
                confidence = Certainty::Certain;
            }
        }
        rest = rest.behind("phase".len());
    }
    found.map(|span| (span, confidence))
}

pub(super) fn write(_: &Settings) -> Result<Written, Unwritable> {
    Err(Unwritable::ReadOnly)
}

/// The options of one tunnel.
#[derive(Clone, Debug)]
struct Tunnel<'a> {
    /// The bracket they stand in.
    block: usize,
    /// Terraform has the options of both tunnels in one block: `tunnel1_`, `tunnel2_`.
    number: Option<char>,
    address: Option<Word<'a>>,
    lists: Vec<(Field, List<'a>)>,
}

impl<'a> Tunnel<'a> {
    fn list(&self, field: Field) -> List<'a> {
        self.lists.iter().rev().find(|(known, _)| *known == field).map(|(_, list)| list.clone()).unwrap_or_default()
    }

    fn says(&self, field: Field) -> bool {
        self.lists.iter().any(|(known, _)| *known == field)
    }

    fn same(&self, other: &Self) -> bool {
        FIELDS.iter().all(|(_, _, field)| {
            let words = |tunnel: &Self| tunnel.list(*field).given().map(|word| word.text.to_string()).collect::<Vec<_>>();
            words(self) == words(other)
        })
    }

    fn name(&self, index: usize) -> String {
        match (self.address, self.number) {
            (Some(address), _) => shown(address.text),
            (None, Some(number)) => format!("tunnel {number}"),
            (None, None) => format!("tunnel {}", index.saturating_add(1)),
        }
    }
}

pub(super) fn read(text: &str, _: Hint) -> Result<Settings, NotationError> {
    if options(text).is_none() && download::recognise(text).is_some() {
        return download::read(text);
    }
    let tunnels = tunnels(text);
    let mut settings = Settings::new(Notation::Aws);
    let Some((first, others)) = tunnels.split_first() else {
        if recognise(text).is_none() {
            return Err(NOTHING);
        }
        let none = Tunnel { block: 0, number: None, address: None, lists: Vec::new() };
        fill(&mut settings, &none)?;
        return Ok(settings);
    };
    fill(&mut settings, first)?;
    remark_others(&mut settings, first, others);
    Ok(settings)
}

/// Which option a name is, and of which tunnel.
fn field(name: &str) -> Option<(Field, Option<char>)> {
    let plain = Plain::of(name);
    let plain = plain.text();
    let number = plain.rsplit_once("tunnel").and_then(|(_, then)| then.chars().next()).filter(|c| matches!(c, '1' | '2'));
    let (_, _, field) = FIELDS.iter().find(|(known, _, _)| plain.ends_with(known))?;
    Some((*field, number))
}

fn tunnels(text: &str) -> Vec<Tunnel<'_>> {
    let mut found: Vec<Tunnel<'_>> = Vec::new();
    let mut address: Option<(usize, Word<'_>)> = None;
    let mut reader = Reader::of(text);
    while let Some(event) = reader.next() {
        let Event::Key { name, phrase } = event else { continue };
        let block = reader.block().map_or(0, |block| block.number);
        if Plain::of(name.text).text() == "outsideipaddress" {
            address = reader.values().first().map(|word| (block, *word));
            if let (Some(last), Some((_, word))) = (found.last_mut().filter(|last| last.block == block && block > 0), address) {
                last.address = Some(word);
            }
            continue;
        }
        let Some((field, number)) = field(name.text).or_else(|| field(phrase.text)) else { continue };
        let list = List::new(name, reader.values());
        let open = found.iter_mut().rev().take(2).find(|tunnel| tunnel.block == block && tunnel.number == number);
        match open {
            // Without brackets, a name said again is of the next tunnel.
            Some(tunnel) if block > 0 || !tunnel.says(field) => tunnel.lists.push((field, list)),
            _ => {
                let address = address.filter(|(of, _)| *of == block).map(|(_, word)| word);
                found.push(Tunnel { block, number, address, lists: Vec::from([(field, list)]) });
            }
        }
    }
    found
}

fn fill(settings: &mut Settings, tunnel: &Tunnel<'_>) -> Result<(), NotationError> {
    let ike = lists(tunnel, [Field::Encryption1, Field::Integrity1, Field::Groups1], &GROUPS)?;
    let esp = lists(tunnel, [Field::Encryption2, Field::Integrity2, Field::Groups2], &PFS_GROUPS)?;
    settings.ike = ike.proposals(SecurityProtocol::IKE);
    settings.esp = esp.proposals(SecurityProtocol::ESP);
    let pfs = Pfs::Groups(esp.groups.clone());
    settings.set_pfs(Stated { value: pfs, span: tunnel.list(Field::Groups2).span });
    settings.ike_lifetime = seconds(&tunnel.list(Field::Lifetime1)).or(Some(Stated::assumed(IKE_LIFETIME)));
    settings.esp_lifetime = seconds(&tunnel.list(Field::Lifetime2)).or(Some(Stated::assumed(ESP_LIFETIME)));
    settings.remark("AWS does not say which PRFs it takes; those of the phase 1 integrity algorithms are assumed.", None);
    remark_defaults(settings, tunnel);
    if settings.ike.len() > 1 || settings.esp.len() > 1 {
        let text = "AWS does not say how its lists make proposals; one with the AES-GCM ciphers and one with the others is assumed.";
        settings.remark(text, None);
    }
    idle_integrity(settings, &esp, &tunnel.list(Field::Integrity2), "phase 2");
    remark_versions(settings, &tunnel.list(Field::Versions));
    let startup = tunnel.list(Field::Startup);
    if startup.given().any(|word| word.text.eq_ignore_ascii_case("start")) {
        settings.remark("AWS initiates: the startup action is start.", startup.span);
    }
    Ok(())
}

fn lists(tunnel: &Tunnel<'_>, [ciphers, integs, groups]: [Field; 3], methods: &Names<KeMethod>) -> Result<Lists, NotationError> {
    let given = [ciphers, integs, groups].map(|field| tunnel.list(field));
    let span = given.iter().filter_map(|list| list.span).reduce(Span::cover);
    let [ciphers, integs, groups] = given;
    Ok(Lists { ciphers: ciphers.read(&CIPHERS)?, integs: integs.read(&INTEGS)?, prfs: Vec::new(), groups: groups.read(methods)?, span })
}

fn remark_defaults(settings: &mut Settings, tunnel: &Tunnel<'_>) {
    let silent = FIELDS.iter().filter(|(_, _, field)| !matches!(field, Field::Versions | Field::Startup));
    let silent: Vec<&str> = silent.filter(|(_, _, field)| tunnel.list(*field).is_default()).map(|(_, words, _)| *words).collect();
    if !silent.is_empty() {
        settings.remark(
            format!("The text does not give {}; the default of AWS is taken, for algorithms every one it has.", and(&silent)),
            None,
        );
    }
    for (_, words, field) in FIELDS {
        let list = tunnel.list(field);
        if let Some(word) = list.words.first().filter(|word| list.is_default() && !word.text.eq_ignore_ascii_case("null")) {
            settings.remark(format!("What {words} are stands elsewhere: here is only {}.", shown(word.text)), list.span);
        }
    }
}

fn remark_versions(settings: &mut Settings, versions: &List<'_>) {
    let has = |version: &str| versions.given().any(|word| word.text.eq_ignore_ascii_case(version));
    if has("ikev1") {
        let text =
            if has("ikev2") { "IKEv1 is admitted beside IKEv2." } else { "The tunnel admits IKEv1 alone; no IKEv2 proposal is accepted." };
        settings.remark(text, versions.span);
    }
}

fn remark_others(settings: &mut Settings, first: &Tunnel<'_>, others: &[Tunnel<'_>]) {
    let differ = || others.iter().enumerate().filter(|(_, other)| !first.same(other));
    let names: Vec<String> = differ().take(NAMED).map(|(index, other)| other.name(index.saturating_add(1))).collect();
    if names.is_empty() {
        return;
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let more = differ().count().saturating_sub(names.len());
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let text = format!("These are the options of {}; other tunnels in the text have others: {}{more}.", first.name(0), names.join(", "));
    settings.remark(text, None);
}
