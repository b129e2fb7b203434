//! Azure: the IPsec policies of VPN gateways, as PowerShell, the command line, Resource Manager, Bicep and Terraform have them.
//!
//! After the references of `New-AzIpsecPolicy`, `New-AzVpnClientIpsecParameter`, `az network vpn-connection ipsec-policy`,
//! `az network vnet-gateway ipsec-policy`, of `IpsecPolicy` in the network API (Microsoft Learn), and of the Terraform resources
//! `azurerm_virtual_network_gateway_connection` and `azurerm_vpn_server_configuration`. A policy holds one value of each kind; a
//! gateway with a policy offers and accepts that alone.

mod values;
mod write;

use super::likeness::{Certainty, Likeness};
use super::pairs::records;
use super::powershell::{Command, Wanted, commands};
use super::settings::{Pfs, Settings, Stated, Written};
use super::span::Span;
use super::words::Word;
use super::{Expected, Hint, Notation, NotationError, NotationErrorKind, Unwritable, proposal};
use crate::proposal::suite::Proposal;
use crate::registry::{SecurityProtocol, SequenceNumbers, TransformType};
use crate::transform::Transform;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use values::{CHILD_CIPHERS, CHILD_INTEGRITY, Cipher, GROUPS, Hash, IKE_CIPHERS, IKE_INTEGRITY, PFS_GROUPS};

/// What a parameter or property is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    IkeEncryption,
    IkeIntegrity,
    DhGroup,
    IpsecEncryption,
    IpsecIntegrity,
    PfsGroup,
    Seconds,
    Kilobytes,
}

/// The names, without `-` and `_`.
const KEYS: &[(&str, Key)] = &[
    ("ikeencryption", Key::IkeEncryption),
    ("ikeintegrity", Key::IkeIntegrity),
    ("dhgroup", Key::DhGroup),
    ("ipsecencryption", Key::IpsecEncryption),
    ("ipsecintegrity", Key::IpsecIntegrity),
    ("pfsgroup", Key::PfsGroup),
    ("salifetimeseconds", Key::Seconds),
    ("salifetimeinseconds", Key::Seconds),
    ("salifetime", Key::Seconds),
    ("sadatasizekilobytes", Key::Kilobytes),
    ("sadatasizeinkilobytes", Key::Kilobytes),
    ("sadatasize", Key::Kilobytes),
    ("samaxsize", Key::Kilobytes),
];

fn key(name: &str) -> Option<Key> {
    // The longest has 21 octets.
    if name.len() > 40 {
        return None;
    }
    let plain: String = name.chars().filter(|c| !matches!(c, '-' | '_')).map(|c| c.to_ascii_lowercase()).collect();
    KEYS.iter().find(|(known, _)| *known == plain).map(|(_, key)| *key)
}

/// The six that make proposals, under the name of the reference.
const NEEDED: [(Key, &str); 6] = [
    (Key::IkeEncryption, "IkeEncryption"),
    (Key::IkeIntegrity, "IkeIntegrity"),
    (Key::DhGroup, "DhGroup"),
    (Key::IpsecEncryption, "IpsecEncryption"),
    (Key::IpsecIntegrity, "IpsecIntegrity"),
    (Key::PfsGroup, "PfsGroup"),
];

const WANTED: Wanted = Wanted {
    commands: &[
        "New-AzIpsecPolicy",
        "New-AzureRmIpsecPolicy",
        "New-AzVpnClientIpsecParameter",
        "New-AzVpnClientIpsecPolicy",
        "New-AzureRmVpnClientIpsecPolicy",
        "New-AzureRmVpnClientIpsecParameter",
    ],
    switches: &["Verbose", "Debug"],
    bare: &["IkeEncryption", "IkeIntegrity", "IpsecEncryption", "IpsecIntegrity"],
};

/// Parameters that say nothing of proposals.
const OTHERS: &[&str] = &[
    "DefaultProfile",
    "AzContext",
    "AzureRmContext",
    "AzureCredential",
    "Verbose",
    "Debug",
    "ErrorAction",
    "ErrorVariable",
    "WarningAction",
    "WarningVariable",
    "InformationAction",
    "InformationVariable",
    "OutVariable",
    "OutBuffer",
    "PipelineVariable",
    "ProgressAction",
];

const CERTAIN: [&str; 5] =
    ["new-azipsecpolicy", "new-azurermipsecpolicy", "new-azvpnclientipsec", "new-azurermvpnclientipsec", "ipsec-policy add"];
/// The lines of a policy, however its names are written.
const POLICY: [&str; 9] = [
    "ikeencryption",
    "ike_encryption",
    "ike-encryption",
    "ipsecencryption",
    "ipsec_encryption",
    "ipsec-encryption",
    "ipsecintegrity",
    "ipsec_integrity",
    "ipsec-integrity",
];

pub(super) fn recognise(text: &str) -> Option<Likeness> {
    let lower = text.to_ascii_lowercase();
    let has = |names: &[&str]| names.iter().any(|name| lower.contains(name));
    // Both halves of a policy: other products have one of the names.
    let both =
        has(&["ikeencryption", "ike_encryption", "ike-encryption"]) && has(&["ipsecencryption", "ipsec_encryption", "ipsec-encryption"]);
    if both || has(&CERTAIN) {
        let markers: Vec<&str> = CERTAIN.iter().chain(&POLICY).copied().collect();
        return Likeness::lines(&lower, &markers, Certainty::Certain);
    }
    let one = has(&["ikeencryption", "ipsecencryption", "--ike-encryption", "--ipsec-encryption", "ipsec_integrity"]);
    one.then(|| Likeness::lines(&lower, &POLICY, Certainty::Likely)).flatten()
}

/// A policy as the text gives it.
struct Given<'t> {
    /// Whether a value that lacks is a fault.
    whole: bool,
    span: Span,
    values: Vec<(Key, Word<'t>)>,
}

impl<'t> Given<'t> {
    fn set(&mut self, key: Key, name: Word<'t>, value: Word<'t>) -> Result<(), NotationError> {
        if self.values.iter().any(|(known, _)| *known == key) {
            let kind = NotationErrorKind::Name { expected: "each parameter once", meant: None };
            return Err(name.error(kind));
        }
        self.values.push((key, value));
        Ok(())
    }

    fn get(&self, key: Key) -> Option<Word<'t>> {
        self.values.iter().find(|(known, _)| *known == key).map(|(_, value)| *value)
    }
}

pub(super) fn read(text: &str, _: Hint) -> Result<Settings, NotationError> {
    let mut all = Vec::new();
    for command in commands(text, WANTED) {
        // Prose that names a command gives it no parameters.
        if command.arguments.iter().any(|argument| argument.name.is_some()) {
            all.push(of_command(&command)?);
        }
    }
    if all.is_empty() {
        all.extend(of_command_line(text)?);
    }
    if all.is_empty() {
        for record in records(text, |name| key(name).is_some()) {
            let mut given = Given { whole: false, span: record.span(), values: Vec::new() };
            for pair in &record.pairs {
                if let Some(key) = key(pair.name.text) {
                    given.set(key, pair.name, pair.value)?;
                }
            }
            all.push(given);
        }
    }
    let first = all.iter().find(|given| given.values.iter().any(|(key, _)| NEEDED.iter().any(|(needed, _)| needed == key)));
    let at = text.len().saturating_sub(text.trim_start().len());
    let nothing = NotationError { at, len: 0, kind: NotationErrorKind::Absent("IkeEncryption, or another value of an IPsec policy,") };
    let mut settings = settings(first.ok_or(nothing)?)?;
    let others = all.len().saturating_sub(1);
    if others > 0 {
        let noun = if others == 1 { "1 further policy" } else { &format!("{others} further policies") };
        settings.remark(format!("The text has {noun}; the first is read."), None);
    }
    Ok(settings)
}

fn of_command<'t>(command: &Command<'t>) -> Result<Given<'t>, NotationError> {
    // The parameters of point-to-site clients may be given one by one.
    let whole = command.name.ends_with("IpsecPolicy") && !command.name.contains("VpnClient");
    let mut given = Given { whole, span: command.span, values: Vec::new() };
    for argument in &command.arguments {
        let Some(name) = argument.name else { continue };
        if let Some(key) = parameter(name)? {
            let end = name.behind(name.text.len());
            given.set(key, name, argument.value.unwrap_or(end))?;
        }
    }
    Ok(given)
}

/// A parameter; `None` for one that says nothing of proposals.
fn parameter(name: Word<'_>) -> Result<Option<Key>, NotationError> {
    let found = key(name.text);
    if found.is_some() || OTHERS.iter().any(|other| other.eq_ignore_ascii_case(name.text)) {
        return Ok(found);
    }
    let all = NEEDED.iter().map(|(_, name)| *name).chain(["SALifeTimeSeconds", "SADataSizeKilobytes"]).chain(OTHERS.iter().copied());
    let meant = super::nearest::nearest(name.text, all);
    Err(name.error(NotationErrorKind::Name { expected: "a parameter of New-AzIpsecPolicy", meant }))
}

/// `az network .. ipsec-policy add --ike-encryption AES256 ..`: the first command of the text, up to the next.
fn of_command_line(text: &str) -> Result<Option<Given<'_>>, NotationError> {
    let mut given = Given { whole: true, span: Span { at: 0, len: 0 }, values: Vec::new() };
    let mut waiting: Option<(Key, Word<'_>)> = None;
    let mut start: Option<usize> = None;
    for word in Word::whole(text).split(&[' ', '\t', '\r', '\n']) {
        if word.text == "az" && !given.values.is_empty() {
            break;
        }
        if let Some(name) = word.text.strip_prefix("--") {
            let (name, value) = name.split_once('=').map_or((name, None), |(name, value)| (name, Some(value)));
            waiting = key(name).map(|key| (key, word));
            start = start.or(waiting.map(|_| word.at));
            let Some((value, (key, _))) = value.zip(waiting) else { continue };
            let value = unquoted(word.behind(word.text.len().saturating_sub(value.len())));
            given.set(key, word, value)?;
            waiting = None;
            given.span.len = word.at.saturating_add(word.text.len());
        } else if !matches!(word.text, "" | "\\" | "`" | "^") {
            let Some((key, name)) = waiting.take() else { continue };
            let value = unquoted(word);
            given.set(key, name, value)?;
            given.span.len = word.at.saturating_add(word.text.len());
        }
    }
    if let Some((key, name)) = waiting {
        given.set(key, name, name.behind(name.text.len()))?;
    }
    let Some(start) = start else { return Ok(None) };
    given.span = Span { at: start, len: given.span.len.saturating_sub(start) };
    Ok(Some(given))
}

fn unquoted(word: Word<'_>) -> Word<'_> {
    let inner = ['"', '\''].into_iter().find_map(|quote| word.text.strip_prefix(quote)?.strip_suffix(quote));
    inner.map_or(word, |text| Word { text, ..word.behind(1) })
}

fn settings(given: &Given<'_>) -> Result<Settings, NotationError> {
    let mut settings = Settings::new(Notation::Azure);
    let lacking: Vec<&'static str> = NEEDED.iter().filter(|(key, _)| given.get(*key).is_none()).map(|(_, name)| *name).collect();
    if let Some(name) = lacking.first().filter(|_| given.whole) {
        return Err(NotationError { at: given.span.at, len: given.span.len, kind: NotationErrorKind::Absent(name) });
    }
    if let Some(ike) = ike(given, &mut settings)? {
        settings.ike.push(Stated::at(ike, given.span));
    }
    if let Some(child) = child(given)? {
        settings.esp.push(Stated::at(child, given.span));
    }
    for name in lacking {
        settings.remark(format!("The text does not say {name}."), Some(given.span));
    }
    if let Some(word) = given.get(Key::PfsGroup) {
        settings.set_pfs(Stated::at(PFS_GROUPS.read(word).map(values::rule)?, word.span()));
        if settings.pfs.as_ref().is_some_and(|pfs| pfs.value == Pfs::IkeGroup) {
            settings.remark("PfsGroup PFSMM is the group of the IKE SA.", Some(word.span()));
        }
    }
    settings.esp_lifetime = number(given.get(Key::Seconds))?;
    settings.esp_octets = number(given.get(Key::Kilobytes))?.map(|stated| Stated { value: stated.value.saturating_mul(1024), ..stated });
    Ok(settings)
}

fn number(word: Option<Word<'_>>) -> Result<Option<Stated<u64>>, NotationError> {
    let Some(word) = word else { return Ok(None) };
    match word.text.parse() {
        Ok(number) => Ok(Some(Stated::at(number, word.span()))),
        // A variable of a script or a template.
        Err(_) if word.text.contains(['$', '.', '(']) => Ok(None),
        Err(_) => Err(word.error(NotationErrorKind::Unknown(Expected::Number))),
    }
}

fn ike(given: &Given<'_>, settings: &mut Settings) -> Result<Option<Proposal>, NotationError> {
    let cipher = given.get(Key::IkeEncryption).map(|word| IKE_CIPHERS.read(word)).transpose()?;
    let hash = given.get(Key::IkeIntegrity).map(|word| IKE_INTEGRITY.read(word)).transpose()?;
    let group = given.get(Key::DhGroup).map(|word| GROUPS.read(word)).transpose()?;
    let (Some(cipher), Some(hash), Some(group)) = (cipher, hash, group) else { return Ok(None) };
    let place = |key| given.get(key).unwrap_or(Word::whole(""));
    let missing = |ty| NotationErrorKind::Missing { protocol: SecurityProtocol::IKE, ty };
    let group = group.ok_or_else(|| place(Key::DhGroup).error(missing(TransformType::KE)))?;
    let encr = cipher.ike().ok_or_else(|| place(Key::IkeEncryption).error(missing(TransformType::ENCR)))?;
    if hash.is_gcm() && !encr.is_aead() {
        return Err(place(Key::IkeIntegrity).error(NotationErrorKind::Transforms));
    }
    if hash.is_gcm() {
        let text = "IkeIntegrity names a cipher, from which no PRF follows; the PRF is taken to be as long as the key needs.";
        settings.remark(text, Some(place(Key::IkeIntegrity).span()));
    }
    let (integ, prf) = hash.ike();
    let integ = Some(Transform::integ(integ)).filter(|_| !encr.is_aead());
    let transforms = [encr].into_iter().chain(integ).chain([Transform::prf(prf), Transform::ke(group)]);
    Ok(Some(proposal(SecurityProtocol::IKE, transforms.collect())))
}

fn child(given: &Given<'_>) -> Result<Option<Proposal>, NotationError> {
    let cipher: Option<Cipher> = given.get(Key::IpsecEncryption).map(|word| CHILD_CIPHERS.read(word)).transpose()?;
    let hash: Option<Hash> = given.get(Key::IpsecIntegrity).map(|word| CHILD_INTEGRITY.read(word)).transpose()?;
    let (Some(cipher), Some(hash)) = (cipher, hash) else { return Ok(None) };
    let place = given.get(Key::IpsecIntegrity).unwrap_or(Word::whole(""));
    let pair = values::child(cipher, hash).ok_or_else(|| place.error(NotationErrorKind::Transforms))?;
    let narrow = Transform::sn(SequenceNumbers::SEQUENTIAL_32);
    Ok(Some(proposal(SecurityProtocol::ESP, pair.into_iter().flatten().chain([narrow]).collect())))
}

pub(super) fn write(settings: &Settings) -> Result<Written, Unwritable> {
    write::write(settings)
}

#[cfg(test)]
mod tests;
