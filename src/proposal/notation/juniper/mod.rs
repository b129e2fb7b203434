//! Juniper Junos: `security ike` and `security ipsec`, as set lines and with braces; `services ipsec-vpn` of MX routers has the same.
//!
//! Statements and values are those of the Junos CLI reference. A proposal has one value of each kind; a policy names proposals in
//! order, or a predefined set of them. Without `perfect-forward-secrecy` there is none, but for the set `standard`, which is for
//! group 2. The PRF is that of the authentication algorithm. Those policies count which the first VPN names, else the first.

mod names;
#[cfg(test)]
mod tests;

use super::assemble::{Lists, NO_ESN, Suite, group, lacks, nothing, prf_of_key_bits};
use super::hierarchy::{Statement, statements};
use super::likeness::{Certainty, Likeness};
use super::lines::{Named, likeness, number, tokens};
use super::settings::{Pfs, Settings, Stated, Written};
use super::span::{Span, extend};
use super::words::Word;
use super::{Hint, Notation, NotationError, Unwritable};
use crate::proposal::Proposal;
use crate::registry::{SecurityProtocol, TransformType};
use crate::transform::Transform;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use names::{ENCRYPTION, ESP_AUTHENTICATION, ESP_SETS, GROUPS, IKE_AUTHENTICATION, IKE_SETS, Predefined};

pub(super) fn recognise(text: &str) -> Option<Likeness> {
    // PAN-OS has such statements below profiles.
    likeness(text, sign).filter(|_| !text.contains("crypto-profiles"))
}

fn sign(line: Word<'_>) -> Option<Certainty> {
    let words = tokens(line);
    let starts = |names: &[&str]| words.behind(names).is_some();
    if starts(&["set", "security", "ike"]) || starts(&["set", "security", "ipsec"]) || starts(&["set", "services", "ipsec-vpn"]) {
        return Some(Certainty::Certain);
    }
    if starts(&["[edit", "security", "ike]"]) || starts(&["[edit", "security", "ipsec]"]) {
        return Some(Certainty::Certain);
    }
    let own = [
        "dh-group",
        "authentication-algorithm",
        "encryption-algorithm",
        "perfect-forward-secrecy",
        "authentication-method",
        "proposal-set",
    ];
    let has_own = words.take(24).any(|word| own.contains(&word.text.trim_end_matches(['{', ';'])));
    let is_statement = line.text.contains([';', '{']) || starts(&["set", "proposal"]) || starts(&["set", "policy"]);
    (has_own && is_statement).then_some(Certainty::Certain)
}

pub(super) fn write(_: &Settings) -> Result<Written, Unwritable> {
    Err(Unwritable::ReadOnly)
}

/// The two halves of the configuration.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Ike,
    Ipsec,
}

/// A proposal as it is configured; the authentication algorithm of an IPsec proposal tells it from one for IKE.
#[derive(Default)]
struct Configured<'a> {
    suite: Suite,
    authentication: Option<Word<'a>>,
    is_ah: bool,
}

#[derive(Default)]
struct Policy<'a> {
    proposals: Vec<Word<'a>>,
    set: Option<Word<'a>>,
    pfs: Option<Stated<Pfs>>,
    span: Option<Span>,
}

#[derive(Default)]
struct Gateway<'a> {
    policy: Option<Word<'a>>,
    version: Option<Word<'a>>,
    identity: Option<Stated<String>>,
    fragmentation: Option<Stated<bool>>,
}

#[derive(Default)]
struct Vpn<'a> {
    gateway: Option<Word<'a>>,
    policy: Option<Word<'a>>,
}

#[derive(Default)]
struct Half<'a> {
    proposals: Named<'a, Configured<'a>>,
    policies: Named<'a, Policy<'a>>,
}

#[derive(Default)]
struct Config<'a> {
    ike: Half<'a>,
    ipsec: Half<'a>,
    gateways: Named<'a, Gateway<'a>>,
    vpns: Named<'a, Vpn<'a>>,
}

pub(super) fn read(text: &str, _: Hint) -> Result<Settings, NotationError> {
    let mut config = Config::default();
    let mut settings = Settings::new(Notation::Juniper);
    let parts = parts(text)?;
    statements(text, |statement| visit(statement, &parts, &mut config))?;
    let vpns = config.vpns.in_order();
    let vpn = vpns.iter().find(|(_, vpn)| vpn.gateway.is_some() || vpn.policy.is_some()).map(|(_, vpn)| *vpn);
    for (name, _) in vpns.iter().filter(|(_, other)| vpn.is_some_and(|vpn| !core::ptr::eq(vpn, *other))).take(8) {
        settings.remark(format!("The VPN {name} is another one, and not read here."), None);
    }
    let gateway = vpn.and_then(|vpn| vpn.gateway).and_then(|name| config.gateways.get(name.text));
    let gateway = gateway.or_else(|| config.gateways.in_order().first().map(|(_, gateway)| *gateway));
    let ike = policy(&config.ike, gateway.and_then(|gateway| gateway.policy));
    let ipsec = policy(&config.ipsec, vpn.and_then(|vpn| vpn.policy));
    ike_proposals(&config.ike, ike, &mut settings)?;
    esp_proposals(&config.ipsec, ipsec, &mut settings)?;
    if let Some(gateway) = gateway {
        settings.remote_identity = gateway.identity.clone();
        settings.fragmentation = gateway.fragmentation;
        if let Some(version) = gateway.version.filter(|version| version.text.eq_ignore_ascii_case("v1-only")) {
            settings.remark("The gateway is for IKEv1: it has version v1-only.", Some(version.span()));
        }
    }
    if settings.ike.is_empty() && settings.esp.is_empty() { Err(nothing()) } else { Ok(settings) }
}

/// Which half each proposal without `ike` or `ipsec` above it is of: its statements say.
fn parts(text: &str) -> Result<Named<'_, Option<Part>>, NotationError> {
    let mut all: Named<'_, Option<Part>> = Named::default();
    statements(text, |statement| {
        if let Some([name, key, values @ ..]) = statement.behind(&["proposal"]) {
            let value = values.first().map_or("", |word| word.text);
            let found = match key.text.to_ascii_lowercase().as_str() {
                "dh-group" | "authentication-method" => Some(Part::Ike),
                "protocol" | "lifetime-kilobytes" => Some(Part::Ipsec),
                "authentication-algorithm" => Some(if value.starts_with("hmac") { Part::Ipsec } else { Part::Ike }),
                _ => None,
            };
            if found.is_some() {
                *all.of(name.text) = found;
            }
        }
        Ok(())
    })?;
    Ok(all)
}

fn visit<'a>(statement: &Statement<'_, 'a>, parts: &Named<'_, Option<Part>>, config: &mut Config<'a>) -> Result<(), NotationError> {
    for (part, name) in [(Part::Ike, "ike"), (Part::Ipsec, "ipsec")] {
        let half = if part == Part::Ike { &mut config.ike } else { &mut config.ipsec };
        if let Some(rest) = statement.behind(&[name, "proposal"]) {
            return proposal(statement, rest, part, half);
        }
        if let Some(rest) = statement.behind(&[name, "policy"]) {
            return policy_statement(statement, rest, half);
        }
    }
    if let Some(rest) = statement.behind(&["ike", "gateway"]).or_else(|| first(statement, "gateway")) {
        if let [name, rest @ ..] = rest {
            gateway(statement, rest, config.gateways.of(name.text));
        }
        return Ok(());
    }
    if let Some(rest) = statement.behind(&["ipsec", "vpn"]).or_else(|| first(statement, "vpn")) {
        if let [name, rest @ ..] = rest {
            vpn(rest, config.vpns.of(name.text));
        }
        return Ok(());
    }
    if let Some(rest) = first(statement, "proposal") {
        let part = rest.first().and_then(|name| parts.get(name.text)).copied().flatten().unwrap_or(Part::Ike);
        return proposal(statement, rest, part, if part == Part::Ike { &mut config.ike } else { &mut config.ipsec });
    }
    if let Some(rest) = first(statement, "policy") {
        let of_ipsec = rest.get(1).is_some_and(|key| key.text.eq_ignore_ascii_case("perfect-forward-secrecy"));
        return policy_statement(statement, rest, if of_ipsec { &mut config.ipsec } else { &mut config.ike });
    }
    Ok(())
}

/// The words behind the first one, when it has that name: a piece of a configuration without what stands above it.
fn first<'s, 'a>(statement: &'s Statement<'_, 'a>, name: &str) -> Option<&'s [Word<'a>]> {
    let (word, rest) = statement.path.split_first()?;
    word.text.eq_ignore_ascii_case(name).then_some(rest)
}

fn proposal<'a>(statement: &Statement<'_, 'a>, rest: &[Word<'a>], part: Part, half: &mut Half<'a>) -> Result<(), NotationError> {
    let [name, rest @ ..] = rest else { return Ok(()) };
    let configured = half.proposals.of(name.text);
    extend(&mut configured.suite.span, statement.span);
    let [key, value, ..] = rest else { return Ok(()) };
    let lists = &mut configured.suite.lists;
    match key.text.to_ascii_lowercase().as_str() {
        "encryption-algorithm" => lists.encr = Vec::from([ENCRYPTION.read(*value)?]),
        "authentication-algorithm" if part == Part::Ike => lists.integ = Vec::from([Transform::integ(IKE_AUTHENTICATION.read(*value)?)]),
        "authentication-algorithm" => {
            lists.integ = ESP_AUTHENTICATION.read(*value)?.map(Transform::integ).into_iter().collect();
            configured.authentication = Some(*value);
        }
        "dh-group" => lists.ke = Vec::from([group(*value, "group", GROUPS, "a group of Junos, as group14 or group19")?]),
        "lifetime-seconds" => configured.suite.lifetime = Some(Stated::at(number(*value, "a lifetime in seconds")?, value.span())),
        "protocol" => configured.is_ah = value.text.eq_ignore_ascii_case("ah"),
        _ => {}
    }
    Ok(())
}

fn policy_statement<'a>(statement: &Statement<'_, 'a>, rest: &[Word<'a>], half: &mut Half<'a>) -> Result<(), NotationError> {
    let [name, rest @ ..] = rest else { return Ok(()) };
    let policy = half.policies.of(name.text);
    extend(&mut policy.span, statement.span);
    let Some((key, values)) = rest.split_first() else { return Ok(()) };
    match (key.text.to_ascii_lowercase().as_str(), values) {
        ("proposals", values) => policy.proposals.extend(values),
        ("proposal-set", [set, ..]) => policy.set = Some(*set),
        ("perfect-forward-secrecy", [_, value, ..]) => {
            let found = group(*value, "group", GROUPS, "a group of Junos, as group14 or group19")?;
            policy.pfs = Some(Stated::at(Pfs::Groups(super::assemble::groups(&[found])), value.span()));
        }
        _ => {}
    }
    Ok(())
}

fn gateway<'a>(statement: &Statement<'_, 'a>, rest: &[Word<'a>], gateway: &mut Gateway<'a>) {
    match rest {
        [key, value, ..] if key.text.eq_ignore_ascii_case("ike-policy") => gateway.policy = Some(*value),
        [key, value, ..] if key.text.eq_ignore_ascii_case("version") => gateway.version = Some(*value),
        [key, _, value, ..] if key.text.eq_ignore_ascii_case("remote-identity") => {
            gateway.identity = Some(Stated::at(value.text.to_owned(), value.span()));
        }
        [key, rest @ ..] if key.text.eq_ignore_ascii_case("fragmentation") => {
            let off = rest.first().is_some_and(|word| word.text.eq_ignore_ascii_case("disable"));
            gateway.fragmentation = Some(Stated::at(!off, statement.span));
        }
        _ => {}
    }
}

fn vpn<'a>(rest: &[Word<'a>], vpn: &mut Vpn<'a>) {
    let [ike, key, value, ..] = rest else { return };
    if ike.text.eq_ignore_ascii_case("ike") {
        if key.text.eq_ignore_ascii_case("gateway") {
            vpn.gateway = Some(*value);
        } else if key.text.eq_ignore_ascii_case("ipsec-policy") {
            vpn.policy = Some(*value);
        }
    }
}

/// The policy of a name, else the first with proposals.
fn policy<'h, 'a>(half: &'h Half<'a>, name: Option<Word<'_>>) -> Option<&'h Policy<'a>> {
    let named = name.and_then(|name| half.policies.get(name.text));
    named.or_else(|| half.policies.in_order().into_iter().map(|(_, policy)| policy).find(|p| !p.proposals.is_empty() || p.set.is_some()))
}

/// The proposals that the policy names; all there are where none names any.
fn chosen<'h, 'a>(half: &'h Half<'a>, policy: Option<&Policy<'a>>, settings: &mut Settings) -> Vec<(&'a str, &'h Configured<'a>)> {
    let mut named = Vec::new();
    for word in policy.into_iter().flat_map(|policy| &policy.proposals) {
        match half.proposals.get(word.text) {
            Some(found) => named.push((word.text, found)),
            None => settings.remark(format!("The proposal {} is not in the text.", word.text), Some(word.span())),
        }
    }
    if named.is_empty() { half.proposals.in_order() } else { named }
}

const WHOLE: Span = Span { at: 0, len: 0 };

fn ike_proposals<'a>(half: &Half<'a>, policy: Option<&Policy<'a>>, settings: &mut Settings) -> Result<(), NotationError> {
    if let Some(set) = policy.and_then(|policy| policy.set) {
        for predefined in IKE_SETS.read(set)? {
            let lists = lists(predefined, predefined.group);
            settings.ike.extend(lists.ike().into_iter().map(|value| Stated::at(value, set.span())));
        }
        return Ok(());
    }
    let mut lacking = None;
    for (name, configured) in chosen(half, policy, settings) {
        let suite = &configured.suite;
        let mut lists = suite.lists.clone();
        if lists.encr.iter().all(|t| t.is_aead()) && !lists.encr.is_empty() && lists.integ.is_empty() {
            lists.prf.push(prf_of_key_bits(&lists.encr));
            let text = format!("The IKE proposal {name} has no authentication-algorithm: its PRF is taken to be that of the key length.");
            settings.remark(text, suite.span);
        }
        if let Some(ty) = lists.missing_for_ike() {
            lacking = lacking.or_else(|| Some(lacks(suite.span.unwrap_or(WHOLE), SecurityProtocol::IKE, ty)));
            settings.remark(format!("The IKE proposal {name} is incomplete and left out."), suite.span);
            continue;
        }
        settings.ike.extend(lists.ike().into_iter().map(|value| Stated { value, span: suite.span }));
        settings.ike_lifetime = settings.ike_lifetime.or(suite.lifetime);
    }
    lacking.filter(|_| settings.ike.is_empty()).map_or(Ok(()), Err)
}

/// A predefined proposal; an AEAD cipher of an IKE proposal has the PRF of its key length.
fn lists(predefined: &Predefined, group: Option<crate::registry::KeMethod>) -> Lists {
    let encr = Vec::from([predefined.encr]);
    let prf = if predefined.integ.is_none() { Vec::from([prf_of_key_bits(&encr)]) } else { Vec::new() };
    Lists {
        encr,
        integ: predefined.integ.map(Transform::integ).into_iter().collect(),
        prf,
        ke: group.map(Transform::ke).into_iter().collect(),
    }
}

fn esp_proposals<'a>(half: &Half<'a>, policy: Option<&Policy<'a>>, settings: &mut Settings) -> Result<(), NotationError> {
    let mut pfs = policy.and_then(|policy| policy.pfs.clone());
    if let Some(set) = policy.and_then(|policy| policy.set) {
        let rows = ESP_SETS.read(set)?;
        for predefined in rows {
            settings.esp.extend(lists(predefined, None).esp(NO_ESN).into_iter().map(|value| Stated::at(value, set.span())));
        }
        let own = rows.iter().find_map(|row| row.group).map(|group| Stated::at(Pfs::Groups(Vec::from([group])), set.span()));
        pfs = pfs.or(own);
    } else {
        let mut lacking = None;
        for (name, configured) in chosen(half, policy, settings) {
            let made = esp(name, configured, settings);
            if made.is_empty() {
                let (protocol, ty) = match configured.is_ah {
                    true => (SecurityProtocol::AH, TransformType::INTEG),
                    false => (SecurityProtocol::ESP, TransformType::ENCR),
                };
                lacking = lacking.or_else(|| Some(lacks(configured.suite.span.unwrap_or(WHOLE), protocol, ty)));
            }
            settings.esp.extend(made.into_iter().map(|value| Stated { value, span: configured.suite.span }));
            settings.esp_lifetime = settings.esp_lifetime.or(configured.suite.lifetime);
        }
        if let (true, true, Some(error)) = (settings.esp.is_empty(), settings.ike.is_empty(), lacking) {
            return Err(error);
        }
    }
    if !settings.esp.is_empty() {
        settings.set_pfs(pfs.unwrap_or(Stated::assumed(Pfs::None)));
    }
    Ok(())
}

fn esp(name: &str, configured: &Configured<'_>, settings: &mut Settings) -> Vec<Proposal> {
    let lists = Lists { ke: Vec::new(), ..configured.suite.lists.clone() };
    if let Some(word) = configured.authentication.filter(|_| lists.integ.is_empty()) {
        settings.remark(format!("IKEv2 has no number for {}, which is left out.", word.text), Some(word.span()));
    }
    if configured.is_ah {
        return lists.ah(NO_ESN).into_iter().collect();
    }
    let aead = lists.encr.iter().all(|t| t.is_aead());
    if aead && !lists.integ.is_empty() && !lists.encr.is_empty() {
        settings.remark(
            format!("The cipher of the IPsec proposal {name} authenticates by itself: its authentication-algorithm is left out."),
            configured.suite.span,
        );
    }
    lists.esp(NO_ESN)
}
