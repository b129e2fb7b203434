//! Palo Alto PAN-OS: `network ike crypto-profiles`, as set lines and with braces.
//!
//! Statements and values are those of the PAN-OS CLI, format `set` (IKE and IPsec crypto profiles). A value in brackets lists
//! alternatives; PAN-OS does not document how it groups them into proposals: they are one proposal here. The PRF is that of `hash`.
//! Those profiles count which the first IKE gateway and IPsec tunnel name, else the first that are not the `default` ones of PAN-OS.

#[cfg(test)]
mod tests;

use super::assemble::{NO_ESN, Suite, add, group, groups, lacks, nothing, prf_of_key_bits};
use super::hierarchy::{Statement, statements};
use super::likeness::{Certainty, Likeness};
use super::lines::{Named, likeness, number, tokens};
use super::names::Names;
use super::settings::{Pfs, Settings, Stated, Written};
use super::span::{Span, extend};
use super::words::Word;
use super::{Hint, Notation, NotationError, NotationErrorKind, Unwritable};
use crate::registry::{Encr, Integ, KeMethod, SecurityProtocol, TransformType};
use crate::transform::Transform;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// `encryption` of both kinds of profiles.
const ENCRYPTION: Names<Transform> = Names {
    expected: "an encryption algorithm of PAN-OS, as aes-256-cbc or aes-256-gcm",
    rows: &[
        ("aes-128-cbc", Transform::encr_bits(Encr::ENCR_AES_CBC, 128)),
        ("aes-192-cbc", Transform::encr_bits(Encr::ENCR_AES_CBC, 192)),
        ("aes-256-cbc", Transform::encr_bits(Encr::ENCR_AES_CBC, 256)),
        ("aes-128-gcm", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 128)),
        ("aes-256-gcm", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256)),
        ("aes-128-ccm", Transform::encr_bits(Encr::ENCR_AES_CCM_16, 128)),
        ("3des", Transform::encr(Encr::ENCR_3DES)),
        ("des", Transform::encr(Encr::ENCR_DES)),
        ("null", Transform::encr(Encr::ENCR_NULL)),
    ],
};

/// `hash` and `authentication`; NONE is none, and `non-auth` stands beside an AEAD cipher.
const HASHES: Names<Integ> = Names {
    expected: "a hash algorithm of PAN-OS, as sha256",
    rows: &[
        ("md5", Integ::AUTH_HMAC_MD5_96),
        ("sha1", Integ::AUTH_HMAC_SHA1_96),
        ("sha256", Integ::AUTH_HMAC_SHA2_256_128),
        ("sha384", Integ::AUTH_HMAC_SHA2_384_192),
        ("sha512", Integ::AUTH_HMAC_SHA2_512_256),
        ("none", Integ::NONE),
        ("non-auth", Integ::NONE),
    ],
};

/// Of `dh-group`.
const GROUPS: &[u16] = &[1, 2, 5, 14, 15, 16, 19, 20, 21];
const GROUP: &str = "a group of PAN-OS, as group14 or group19";

pub(super) fn recognise(text: &str) -> Option<Likeness> {
    likeness(text, sign)
}

fn sign(line: Word<'_>) -> Option<Certainty> {
    let names = ["ike-crypto-profiles", "ipsec-crypto-profiles"];
    let own = tokens(line).take(24).any(|word| names.iter().any(|name| word.text.trim_end_matches('{').eq_ignore_ascii_case(name)));
    own.then_some(Certainty::Certain)
}

pub(super) fn write(_: &Settings) -> Result<Written, Unwritable> {
    Err(Unwritable::ReadOnly)
}

/// A crypto profile.
#[derive(Default)]
struct Profile {
    suite: Suite,
    is_ah: bool,
    /// The groups of an IPsec profile.
    pfs: Option<Stated<Pfs>>,
    octets: Option<Stated<u64>>,
}

/// An IKE gateway.
#[derive(Default)]
struct Gateway<'a> {
    profile: Option<Word<'a>>,
    version: Option<Word<'a>>,
    identity: Option<Stated<String>>,
    fragmentation: Option<Stated<bool>>,
}

#[derive(Default)]
struct Config<'a> {
    ike: Named<'a, Profile>,
    ipsec: Named<'a, Profile>,
    gateways: Named<'a, Gateway<'a>>,
    /// An IPsec tunnel: its gateway, its profile.
    tunnels: Named<'a, (Option<Word<'a>>, Option<Word<'a>>)>,
}

pub(super) fn read(text: &str, _: Hint) -> Result<Settings, NotationError> {
    let mut config = Config::default();
    statements(text, |statement| visit(statement, &mut config))?;
    let mut settings = Settings::new(Notation::PaloAlto);
    let tunnel = config.tunnels.in_order().first().map(|(_, tunnel)| **tunnel);
    let gateway = tunnel.and_then(|(gateway, _)| gateway).and_then(|name| config.gateways.get(name.text));
    let gateway = gateway.or_else(|| config.gateways.in_order().first().map(|(_, gateway)| *gateway));
    if let Some((name, profile)) = chosen(&config.ike, gateway.and_then(|gateway| gateway.profile), "IKE", &mut settings) {
        ike(name, profile, &mut settings)?;
    }
    if let Some((name, profile)) = chosen(&config.ipsec, tunnel.and_then(|(_, profile)| profile), "IPsec", &mut settings) {
        esp(name, profile, &mut settings)?;
    }
    if let Some(gateway) = gateway {
        settings.remote_identity = gateway.identity.clone();
        settings.fragmentation = gateway.fragmentation;
        if let Some(version) = gateway.version.filter(|version| version.text.eq_ignore_ascii_case("ikev1")) {
            settings.remark("The IKE gateway is for IKEv1: it has version ikev1.", Some(version.span()));
        }
    }
    if settings.ike.is_empty() && settings.esp.is_empty() { Err(nothing()) } else { Ok(settings) }
}

/// The profile of a name; else the first that is not the one PAN-OS comes with.
fn chosen<'c>(all: &'c Named<'_, Profile>, name: Option<Word<'_>>, kind: &str, settings: &mut Settings) -> Option<(&'c str, &'c Profile)> {
    let rows = all.in_order();
    let own = ["default", "Suite-B-GCM-128", "Suite-B-GCM-256"];
    let named = name.and_then(|name| rows.iter().find(|(known, _)| *known == name.text));
    let found = named.or_else(|| rows.iter().find(|(name, _)| !own.contains(name))).or_else(|| rows.first()).copied()?;
    for (name, profile) in rows.iter().filter(|(name, _)| *name != found.0).take(8) {
        settings.remark(format!("The {kind} crypto profile {name} is another one, and not read here."), profile.suite.span);
    }
    Some(found)
}

fn visit<'a>(statement: &Statement<'_, 'a>, config: &mut Config<'a>) -> Result<(), NotationError> {
    if let Some([name, rest @ ..]) = statement.behind(&["ike-crypto-profiles"]) {
        let profile = config.ike.of(name.text);
        extend(&mut profile.suite.span, statement.span);
        return ike_statement(rest, profile);
    }
    if let Some([name, rest @ ..]) = statement.behind(&["ipsec-crypto-profiles"]) {
        let profile = config.ipsec.of(name.text);
        extend(&mut profile.suite.span, statement.span);
        return ipsec_statement(rest, profile);
    }
    if let Some([name, rest @ ..]) = statement.behind(&["ike", "gateway"]) {
        gateway(rest, config.gateways.of(name.text));
    } else if let Some([name, rest @ ..]) = statement.behind(&["tunnel", "ipsec"]) {
        let tunnel = config.tunnels.of(name.text);
        match rest {
            [_, key, value, ..] if key.text.eq_ignore_ascii_case("ike-gateway") => tunnel.0 = tunnel.0.or(Some(*value)),
            [_, key, value, ..] if key.text.eq_ignore_ascii_case("ipsec-crypto-profile") => tunnel.1 = Some(*value),
            _ => {}
        }
    }
    Ok(())
}

fn ike_statement(rest: &[Word<'_>], profile: &mut Profile) -> Result<(), NotationError> {
    let Some((key, values)) = rest.split_first() else { return Ok(()) };
    let lists = &mut profile.suite.lists;
    match key.text.to_ascii_lowercase().as_str() {
        "encryption" => encryption(values, &mut lists.encr),
        "hash" => hashes(values, &mut lists.integ),
        "dh-group" => values.iter().try_for_each(|word| group(*word, "group", GROUPS, GROUP).map(|t| add(&mut lists.ke, t))),
        "lifetime" => {
            profile.suite.lifetime = lifetime(values)?;
            Ok(())
        }
        _ => Ok(()),
    }
}

fn encryption(values: &[Word<'_>], list: &mut Vec<Transform>) -> Result<(), NotationError> {
    values.iter().try_for_each(|word| ENCRYPTION.read(*word).map(|t| add(list, t)))
}

fn hashes(values: &[Word<'_>], list: &mut Vec<Transform>) -> Result<(), NotationError> {
    values.iter().try_for_each(|word| HASHES.read(*word).map(|integ| add(list, Transform::integ(integ))))
}

fn ipsec_statement(rest: &[Word<'_>], profile: &mut Profile) -> Result<(), NotationError> {
    let Some((key, values)) = rest.split_first() else { return Ok(()) };
    let lists = &mut profile.suite.lists;
    match (key.text.to_ascii_lowercase().as_str(), values) {
        ("esp", [kind, values @ ..]) if kind.text.eq_ignore_ascii_case("encryption") => encryption(values, &mut lists.encr),
        ("esp", [kind, values @ ..]) if kind.text.eq_ignore_ascii_case("authentication") => hashes(values, &mut lists.integ),
        ("ah", [kind, values @ ..]) if kind.text.eq_ignore_ascii_case("authentication") => {
            profile.is_ah = true;
            hashes(values, &mut lists.integ)
        }
        ("dh-group", [value, ..]) if value.text.eq_ignore_ascii_case("no-pfs") => {
            profile.pfs = Some(Stated::at(Pfs::None, value.span()));
            Ok(())
        }
        ("dh-group", [value, ..]) => {
            let found = group(*value, "group", GROUPS, "a group of PAN-OS, as group14, or no-pfs")?;
            profile.pfs = Some(Stated::at(Pfs::Groups(groups(&[found])), value.span()));
            Ok(())
        }
        ("lifetime", values) => {
            profile.suite.lifetime = lifetime(values)?;
            Ok(())
        }
        ("lifesize", [unit, value, ..]) => {
            let factor = factor(*unit, &[("kb", 1 << 10), ("mb", 1 << 20), ("gb", 1 << 30), ("tb", 1 << 40)])?;
            profile.octets = Some(Stated::at(number(*value, "a number")?.saturating_mul(factor), value.span()));
            Ok(())
        }
        _ => Ok(()),
    }
}

/// `hours 8`.
fn lifetime(values: &[Word<'_>]) -> Result<Option<Stated<u64>>, NotationError> {
    let [unit, value, ..] = values else { return Ok(None) };
    let factor = factor(*unit, &[("seconds", 1), ("minutes", 60), ("hours", 3600), ("days", 86400)])?;
    Ok(Some(Stated::at(number(*value, "a number")?.saturating_mul(factor), value.span())))
}

fn factor(unit: Word<'_>, units: &[(&'static str, u64)]) -> Result<u64, NotationError> {
    let found = units.iter().find(|(name, _)| unit.text.eq_ignore_ascii_case(name)).map(|(_, factor)| *factor);
    let expected = "a unit of PAN-OS, as seconds, hours or gb";
    found.ok_or_else(|| {
        unit.error(NotationErrorKind::Name { expected, meant: super::nearest::nearest(unit.text, units.iter().map(|(name, _)| *name)) })
    })
}

fn gateway<'a>(rest: &[Word<'a>], gateway: &mut Gateway<'a>) {
    let is = |word: &Word<'_>, name: &str| word.text.eq_ignore_ascii_case(name);
    match rest {
        // The profile for IKEv2 counts more than that for IKEv1.
        [protocol, version, key, value, ..]
            if is(protocol, "protocol") && is(key, "ike-crypto-profile") && (is(version, "ikev2") || gateway.profile.is_none()) =>
        {
            gateway.profile = Some(*value);
        }
        [protocol, key, value, ..] if is(protocol, "protocol") && is(key, "version") => gateway.version = Some(*value),
        [common, key, enable, value, ..] if is(common, "protocol-common") && is(key, "fragmentation") && is(enable, "enable") => {
            gateway.fragmentation = Some(Stated::at(is(value, "yes"), value.span()));
        }
        [peer, key, value, ..] if is(peer, "peer-id") && is(key, "id") => {
            gateway.identity = Some(Stated::at(value.text.to_owned(), value.span()));
        }
        [peer, kind, _, key, value, ..] if is(peer, "peer-id") && is(kind, "type") && is(key, "id") => {
            gateway.identity = Some(Stated::at(value.text.to_owned(), value.span()));
        }
        _ => {}
    }
}

const WHOLE: Span = Span { at: 0, len: 0 };

fn ike(name: &str, profile: &Profile, settings: &mut Settings) -> Result<(), NotationError> {
    let suite = &profile.suite;
    let mut lists = suite.lists.clone();
    lists.integ.retain(|t| !t.is_none());
    if lists.integ.is_empty() && lists.encr.iter().any(|t| t.is_aead()) {
        lists.prf.push(prf_of_key_bits(&lists.encr));
        let text = format!("The IKE crypto profile {name} has no hash: its PRF is taken to be that of the key length.");
        settings.remark(text, suite.span);
    }
    if lists.ke.is_empty() {
        lists.ke.push(Transform::ke(KeMethod::MODP_1024));
        settings.remark(format!("The IKE crypto profile {name} has no dh-group: PAN-OS has group2 then."), suite.span);
    }
    if let Some(ty) = lists.missing_for_ike() {
        return Err(lacks(suite.span.unwrap_or(WHOLE), SecurityProtocol::IKE, ty));
    }
    settings.ike.extend(lists.ike().into_iter().map(|value| Stated { value, span: suite.span }));
    settings.ike_lifetime = suite.lifetime;
    Ok(())
}

fn esp(name: &str, profile: &Profile, settings: &mut Settings) -> Result<(), NotationError> {
    let suite = &profile.suite;
    let made = if profile.is_ah { suite.lists.ah(NO_ESN).into_iter().collect() } else { suite.lists.esp(NO_ESN) };
    if made.is_empty() {
        return Err(lacks(suite.span.unwrap_or(WHOLE), SecurityProtocol::ESP, TransformType::ENCR));
    }
    settings.esp.extend(made.into_iter().map(|value| Stated { value, span: suite.span }));
    if profile.pfs.is_none() {
        settings.remark(format!("The IPsec crypto profile {name} has no dh-group: PAN-OS has group2 then."), suite.span);
    }
    let pfs = profile.pfs.clone().unwrap_or_else(|| Stated::assumed(Pfs::Groups(Vec::from([KeMethod::MODP_1024]))));
    settings.set_pfs(pfs);
    settings.esp_lifetime = suite.lifetime;
    settings.esp_octets = profile.octets;
    Ok(())
}
