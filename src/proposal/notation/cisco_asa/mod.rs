//! Cisco ASA: `crypto ikev2 policy`, `crypto ipsec ikev2 ipsec-proposal`, `crypto map`; output of `show` and `debug crypto ikev2`.
//!
//! The names and what they mean are those of the Cisco ASA series command reference: `aes` is 128 bits, `sha` is SHA-1. A policy is an
//! IKE proposal, the lowest number the first; several names in a line are alternatives within it. Without their line integrity and PRF
//! are SHA-1, and the group is 14 (since release 9.13; 2 before). A crypto map entry without `set pfs` has none.

mod names;
#[cfg(test)]
mod tests;

use super::assemble::{Lists, NO_ESN, Suite, add, group, lacks, nothing};
use super::cisco_ios::config::{MOST_NAMES, Protection, lifetime};
use super::cisco_ios::output;
use super::likeness::{Certainty, Likeness};
use super::lines::{Named, Tokens, likeness, lines, tokens};
use super::settings::{Pfs, Settings, Stated, Written};
use super::span::{Span, extend};
use super::words::Word;
use super::{Hint, Notation, NotationError, Unwritable};
use crate::registry::{Integ, KeMethod, Prf, SecurityProtocol};
use crate::transform::Transform;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::vec::Vec;
use names::{ESP_ENCRYPTION, ESP_INTEGRITY, GROUPS, IKE_ENCRYPTION, IKE_INTEGRITY, IKE_PRF};

pub(super) fn recognise(text: &str) -> Option<Likeness> {
    likeness(text, sign)
}

fn sign(line: Word<'_>) -> Option<Certainty> {
    let words = tokens(line);
    let number = |rest: Tokens<'_>| rest.clone().next().is_some_and(|word| word.text.parse::<u32>().is_ok());
    if words.behind(&["crypto", "ikev2", "policy"]).is_some_and(number) || words.behind(&["crypto", "ipsec", "ikev2"]).is_some() {
        return Some(Certainty::Certain);
    }
    if words.behind(&["protocol", "esp", "encryption"]).is_some() || words.behind(&["protocol", "esp", "integrity"]).is_some() {
        return Some(Certainty::Certain);
    }
    if words.behind(&["crypto"]).is_some() {
        let mut rest = words;
        let asa = rest.any(|word| word.text.eq_ignore_ascii_case("ikev1") || word.text.eq_ignore_ascii_case("ipsec-proposal"));
        return Some(if asa { Certainty::Likely } else { Certainty::Possible });
    }
    let debug = line.text.contains("IKEv2-PROTO-") || line.text.contains("IKEv2-PLAT-");
    let sa = output::is_sa(line.text) && !line.text.contains("PRF: ");
    (debug || sa).then_some(Certainty::Certain)
}

/// What the text configures.
#[derive(Default)]
struct Config<'a> {
    policies: BTreeMap<u32, Suite>,
    proposals: Named<'a, Suite>,
    protections: Named<'a, Protection<'a>>,
    lifetime: Option<Stated<u64>>,
    octets: Option<Stated<u64>>,
    fragmentation: Option<Stated<bool>>,
    ikev1: Option<Span>,
}

#[derive(Clone, Copy)]
enum Block<'a> {
    None,
    Policy(u32),
    Proposal(&'a str),
    Protection(&'a str),
}

pub(super) fn read(text: &str, _: Hint) -> Result<Settings, NotationError> {
    let mut settings = Settings::new(Notation::CiscoAsa);
    let mut config = Config::default();
    let mut block = Block::None;
    for line in lines(text) {
        block = command(line, block, &mut config)?;
    }
    if config.policies.is_empty() && config.proposals.is_empty() {
        output::read(text, &mut settings)?;
        return Ok(settings);
    }
    ike(&config, &mut settings)?;
    esp(&config, &mut settings)?;
    settings.fragmentation = config.fragmentation;
    if let Some(span) = config.ikev1 {
        settings.remark("The text configures IKEv1 as well, which is not read here.", Some(span));
    }
    if settings.ike.is_empty() && settings.esp.is_empty() { Err(nothing()) } else { Ok(settings) }
}

pub(super) fn write(_: &Settings) -> Result<Written, Unwritable> {
    Err(Unwritable::ReadOnly)
}

fn command<'a>(line: Word<'a>, block: Block<'a>, config: &mut Config<'a>) -> Result<Block<'a>, NotationError> {
    let words = tokens(line);
    if line.text.starts_with('!') {
        return Ok(Block::None);
    }
    if let Some(mut rest) = words.behind(&["crypto", "ikev2", "policy"]) {
        let Some(number) = rest.next().and_then(|word| word.text.parse().ok()) else { return Ok(Block::None) };
        extend(&mut config.policies.entry(number).or_default().span, line.span());
        return Ok(Block::Policy(number));
    }
    if let Some(mut rest) = words.behind(&["crypto", "ipsec", "ikev2", "ipsec-proposal"]) {
        let Some(name) = rest.next() else { return Ok(Block::None) };
        extend(&mut config.proposals.of(name.text).span, line.span());
        return Ok(Block::Proposal(name.text));
    }
    if let Some(mut rest) = words.behind(&["crypto", "ipsec", "profile"]) {
        let Some(name) = rest.next() else { return Ok(Block::None) };
        extend(&mut config.protections.of(name.text).span, line.span());
        return Ok(Block::Protection(name.text));
    }
    if let Some(rest) = words.behind(&["crypto", "ipsec", "security-association", "lifetime"]) {
        lifetime(line, rest, &mut config.lifetime, &mut config.octets)?;
        return Ok(Block::None);
    }
    if words.behind(&["crypto", "ikev2", "fragmentation"]).is_some() {
        config.fragmentation = Some(Stated::at(true, line.span()));
        return Ok(Block::None);
    }
    if words.behind(&["no", "crypto", "ikev2", "fragmentation"]).is_some() {
        config.fragmentation = Some(Stated::at(false, line.span()));
        return Ok(Block::None);
    }
    if words.behind(&["crypto", "ikev1", "policy"]).is_some() || words.behind(&["crypto", "ipsec", "ikev1"]).is_some() {
        config.ikev1 = config.ikev1.or(Some(line.span()));
        return Ok(Block::None);
    }
    for map in ["map", "dynamic-map"] {
        if let Some(rest) = words.behind(&["crypto", map]) {
            map_line(line, rest, config)?;
            return Ok(Block::None);
        }
    }
    if words.behind(&["crypto"]).is_some() {
        return Ok(Block::None);
    }
    match block {
        Block::None => {}
        Block::Policy(number) => policy_line(line, words, config.policies.entry(number).or_default())?,
        Block::Proposal(name) => proposal_line(line, words, config.proposals.of(name))?,
        Block::Protection(name) => {
            if let Some(rest) = words.behind(&["set"]) {
                protection_line(line, rest, config.protections.of(name))?;
            }
        }
    }
    Ok(block)
}

/// `crypto map OUTSIDE 10 set pfs group14`.
fn map_line<'a>(line: Word<'a>, words: Tokens<'a>, config: &mut Config<'a>) -> Result<(), NotationError> {
    let mut rest = words;
    let (Some(name), Some(place)) = (rest.next(), rest.next()) else { return Ok(()) };
    let Some(set) = rest.behind(&["set"]) else { return Ok(()) };
    let end = place.at.saturating_add(place.text.len()).saturating_sub(line.at);
    let key = line.text.get(name.at.saturating_sub(line.at)..end).unwrap_or(name.text);
    protection_line(line, set, config.protections.of(key))
}

fn protection_line<'a>(line: Word<'a>, words: Tokens<'a>, protection: &mut Protection<'a>) -> Result<(), NotationError> {
    extend(&mut protection.span, line.span());
    if let Some(rest) = words.behind(&["ikev2", "ipsec-proposal"]) {
        protection.sets = rest.take(MOST_NAMES).collect();
    } else if let Some(mut rest) = words.behind(&["pfs"]) {
        let known = rest.next().map(|word| group(word, "group", GROUPS, "a PFS group of the ASA, as group14 or group19")).transpose()?;
        let group = known.map_or(KeMethod::MODP_2048, |t| KeMethod(t.id.0));
        protection.pfs = Some(Stated::at(Pfs::Groups(Vec::from([group])), line.span()));
    } else if let Some(rest) = words.behind(&["security-association", "lifetime"]) {
        lifetime(line, rest, &mut protection.lifetime, &mut protection.octets)?;
    }
    Ok(())
}

fn policy_line(line: Word<'_>, words: Tokens<'_>, suite: &mut Suite) -> Result<(), NotationError> {
    let mut rest = words;
    let Some(key) = rest.next() else { return Ok(()) };
    let lists = &mut suite.lists;
    match key.text.to_ascii_lowercase().as_str() {
        "encryption" => {
            for word in rest {
                add(&mut lists.encr, IKE_ENCRYPTION.read(word)?);
            }
        }
        "integrity" => {
            for word in rest {
                add(&mut lists.integ, Transform::integ(IKE_INTEGRITY.read(word)?));
            }
        }
        "prf" => {
            for word in rest {
                add(&mut lists.prf, Transform::prf(IKE_PRF.read(word)?));
            }
        }
        "group" => {
            for word in rest {
                add(&mut lists.ke, group(word, "", GROUPS, "a group of the ASA, as 14 or 19")?);
            }
        }
        "lifetime" if !rest.any(|word| word.text.eq_ignore_ascii_case("none")) => {
            lifetime(line, words.behind(&[key.text]).unwrap_or(words), &mut suite.lifetime, &mut None)?;
        }
        "lifetime" => {}
        _ => return Ok(()),
    }
    extend(&mut suite.span, line.span());
    Ok(())
}

fn proposal_line(line: Word<'_>, words: Tokens<'_>, suite: &mut Suite) -> Result<(), NotationError> {
    if let Some(rest) = words.behind(&["protocol", "esp", "encryption"]) {
        for word in rest {
            add(&mut suite.lists.encr, ESP_ENCRYPTION.read(word)?);
        }
    } else if let Some(rest) = words.behind(&["protocol", "esp", "integrity"]) {
        for word in rest {
            add(&mut suite.lists.integ, Transform::integ(ESP_INTEGRITY.read(word)?));
        }
    } else {
        return Ok(());
    }
    extend(&mut suite.span, line.span());
    Ok(())
}

const WHOLE: Span = Span { at: 0, len: 0 };

fn ike(config: &Config<'_>, settings: &mut Settings) -> Result<(), NotationError> {
    let mut lacking = None;
    for (number, suite) in &config.policies {
        let mut lists = suite.lists.clone();
        let mut assume = |is: bool, text: &str| {
            if is {
                settings.remark(format!("The IKEv2 policy {number} has no {text}"), suite.span);
            }
            is
        };
        let plain = lists.encr.iter().any(|t| !t.is_aead());
        if assume(plain && lists.integ.is_empty(), "integrity line: the ASA has SHA-1 then.") {
            lists.integ.push(Transform::integ(Integ::AUTH_HMAC_SHA1_96));
        }
        if assume(lists.prf.is_empty(), "prf line: the ASA has SHA-1 then.") {
            lists.prf.push(Transform::prf(Prf::PRF_HMAC_SHA1));
        }
        if assume(lists.ke.is_empty(), "group line: the ASA has group 14 then, and group 2 before release 9.13.") {
            lists.ke.push(Transform::ke(KeMethod::MODP_2048));
        }
        lists.integ.retain(|t| !t.is_none());
        if let Some(ty) = lists.missing_for_ike() {
            lacking = lacking.or_else(|| Some(lacks(suite.span.unwrap_or(WHOLE), SecurityProtocol::IKE, ty)));
            settings.remark(format!("The IKEv2 policy {number} is incomplete and left out."), suite.span);
            continue;
        }
        settings.ike.extend(lists.ike().into_iter().map(|value| Stated { value, span: suite.span }));
        settings.ike_lifetime = settings.ike_lifetime.or(suite.lifetime);
    }
    lacking.filter(|_| settings.ike.is_empty()).map_or(Ok(()), Err)
}

fn esp(config: &Config<'_>, settings: &mut Settings) -> Result<(), NotationError> {
    let all = config.protections.in_order();
    let known = |protection: &Protection<'_>| protection.sets.iter().any(|word| config.proposals.get(word.text).is_some());
    let chosen = all.iter().find(|(_, protection)| known(protection)).or_else(|| all.first());
    for (name, protection) in all.iter().filter(|(name, _)| chosen.is_none_or(|chosen| chosen.0 != *name)) {
        settings.remark(format!("The crypto map entry or IPsec profile {name} is another one, and not read here."), protection.span);
    }
    let mut proposals: Vec<(&str, &Suite)> = config.proposals.in_order();
    let named: Vec<(&str, &Suite)> = chosen
        .iter()
        .flat_map(|(_, protection)| &protection.sets)
        .filter_map(|word| config.proposals.get(word.text).map(|suite| (word.text, suite)))
        .collect();
    if !named.is_empty() {
        proposals.retain(|(name, _)| !named.iter().any(|(other, _)| other == name));
        for (name, suite) in &proposals {
            settings.remark(format!("The IPsec proposal {name} is another one, and not read here."), suite.span);
        }
        proposals = named;
    }
    let mut lacking = None;
    for (name, suite) in proposals {
        let mut lists: Lists = suite.lists.clone();
        if lists.encr.iter().any(|t| !t.is_aead()) && lists.integ.is_empty() {
            settings.remark(format!("The IPsec proposal {name} has no integrity line: the ASA has SHA-1 then."), suite.span);
            lists.integ.push(Transform::integ(Integ::AUTH_HMAC_SHA1_96));
        }
        if lists.encr.is_empty() {
            let ty = crate::registry::TransformType::ENCR;
            lacking = lacking.or_else(|| Some(lacks(suite.span.unwrap_or(WHOLE), SecurityProtocol::ESP, ty)));
            settings.remark(format!("The IPsec proposal {name} has no encryption line and is left out."), suite.span);
        }
        settings.esp.extend(lists.esp(NO_ESN).into_iter().map(|value| Stated { value, span: suite.span }));
    }
    if settings.esp.is_empty() {
        return lacking.filter(|_| settings.ike.is_empty()).map_or(Ok(()), Err);
    }
    let protection = chosen.map(|(_, protection)| *protection);
    settings.set_pfs(protection.and_then(|protection| protection.pfs.clone()).unwrap_or(Stated::assumed(Pfs::None)));
    settings.esp_lifetime = protection.and_then(|protection| protection.lifetime).or(config.lifetime);
    settings.esp_octets = protection.and_then(|protection| protection.octets).or(config.octets);
    Ok(())
}
