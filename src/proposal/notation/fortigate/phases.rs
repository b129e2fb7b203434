//! What the entries of phase 1 and phase 2 mean.

use super::config::Entry;
use super::names::{GROUPS, PROPOSALS, Phase, Suite};
use crate::proposal::notation::assemble::{Lists, add, group, groups, nothing};
use crate::proposal::notation::lines::number;
use crate::proposal::notation::settings::{Pfs, Settings, Stated};
use crate::proposal::notation::span::Span;
use crate::proposal::notation::words::Word;
use crate::proposal::notation::{Hint, NotationError, NotationErrorKind};
use crate::registry::{KeMethod, SecurityProtocol, SequenceNumbers, TransformType};
use crate::transform::Transform;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::vec::Vec;

/// `set proposal` of phase 1 where the line is not there.
const DEFAULT_1: [&str; 5] = ["aes128-sha256", "aes256-sha256", "aes128gcm-prfsha256", "aes256gcm-prfsha384", "chacha20poly1305-prfsha256"];
/// `set proposal` of phase 2 where the line is not there.
const DEFAULT_2: [&str; 7] = ["aes128-sha1", "aes256-sha1", "aes128-sha256", "aes256-sha256", "aes128gcm", "aes256gcm", "chacha20poly1305"];
/// `set dhgrp` where the line is not there.
const DEFAULT_GROUPS: [KeMethod; 2] = [KeMethod::MODP_2048, KeMethod::MODP_1536];

/// Of the entries that the text has, those of one tunnel.
struct Chosen<'e, 'a> {
    one: Option<&'e Entry<'a>>,
    two: Option<&'e Entry<'a>>,
}

pub(super) fn read(entries: &[Entry<'_>], hint: Hint, settings: &mut Settings) -> Result<(), NotationError> {
    let entries: Vec<Entry<'_>> = sorted(entries, hint);
    let chosen = choose(&entries);
    let esn = chosen.one.and_then(|one| one.get("esn"));
    if let Some(one) = chosen.one {
        phase_1(one, settings)?;
    }
    if let Some(two) = chosen.two {
        phase_2(two, esn, settings)?;
    }
    others(&entries, &chosen, settings);
    if settings.ike.is_empty() && settings.esp.is_empty() {
        return Err(nothing());
    }
    Ok(())
}

/// The entries, each with its phase: where no line says, a word of one phase alone does, else the hint, else the first is phase 1.
fn sorted<'a>(entries: &[Entry<'a>], hint: Hint) -> Vec<Entry<'a>> {
    let first = if hint.context.is_some_and(|context| !context.is_ike()) { Phase::Two } else { Phase::One };
    let mut all = entries.to_vec();
    let mut has_first = entries.iter().any(|entry| entry.is_phase(first));
    for entry in &mut all {
        if entry.phase.is_some() {
            continue;
        }
        let own = entry.proposal.iter().filter_map(|word| PROPOSALS.find(word.text)).find_map(|suite| suite.only);
        let other = if first == Phase::One { Phase::Two } else { Phase::One };
        entry.phase = own.or(Some(if has_first { other } else { first }));
        has_first |= entry.is_phase(first);
    }
    all
}

fn choose<'e, 'a>(entries: &'e [Entry<'a>]) -> Chosen<'e, 'a> {
    let enabled = |entry: &Entry<'_>| entry.get("status").is_none_or(|status| !status.text.eq_ignore_ascii_case("disable"));
    let ones = || entries.iter().filter(|entry| entry.is_phase(Phase::One) && enabled(entry));
    let twos = || entries.iter().filter(|entry| entry.is_phase(Phase::Two));
    let one = ones().next();
    let name = one.and_then(|one| one.name);
    let belongs = |two: &&Entry<'_>| match (two.get("phase1name"), name) {
        (Some(of), Some(name)) => of.text == name.text,
        _ => true,
    };
    Chosen { one, two: twos().find(belongs) }
}

fn others(entries: &[Entry<'_>], chosen: &Chosen<'_, '_>, settings: &mut Settings) {
    let is_chosen = |entry: &Entry<'_>| [chosen.one, chosen.two].into_iter().flatten().any(|one| core::ptr::eq(one, entry));
    for entry in entries.iter().filter(|entry| !is_chosen(entry)).take(8) {
        let phase = if entry.is_phase(Phase::One) { "phase 1" } else { "phase 2" };
        let name = entry.name.map_or("without a name", |name| name.text);
        let same = chosen.two.filter(|_| entry.is_phase(Phase::Two)).is_some_and(|two| texts(&two.proposal).eq(texts(&entry.proposal)));
        if !same {
            settings.remark(format!("The {phase} entry {name} is another one, and not read here."), entry.span);
        }
    }
}

fn texts<'w>(words: &'w [Word<'_>]) -> impl Iterator<Item = &'w str> {
    words.iter().map(|word| word.text)
}

fn phase_1(entry: &Entry<'_>, settings: &mut Settings) -> Result<(), NotationError> {
    let ke = key_exchanges(entry, settings)?;
    for (suite, span) in suites(entry, Phase::One, settings)? {
        let lists = Lists { ke: ke.clone(), ..lists(suite) };
        settings.ike.extend(lists.ike().into_iter().map(|value| Stated { value, span }));
    }
    settings.ike_lifetime = seconds(entry, "keylife")?;
    settings.fragmentation = entry.get("fragmentation").map(|word| Stated::at(word.text.eq_ignore_ascii_case("enable"), word.span()));
    settings.remote_identity = entry.get("peerid").map(|word| Stated::at(word.text.to_owned(), word.span()));
    match entry.get("ike-version") {
        Some(version) if version.text == "1" => {
            settings.remark("This entry is for IKEv1: it has ike-version 1.", Some(version.span()));
        }
        None if entry.is_whole => settings.remark("The entry has no ike-version: FortiOS takes IKEv1 then.", entry.span),
        _ => {}
    }
    if let Some(local) = entry.get("localid") {
        settings.remark(format!("This side calls itself {} (localid).", local.text), Some(local.span()));
    }
    Ok(())
}

fn phase_2(entry: &Entry<'_>, esn: Option<Word<'_>>, settings: &mut Settings) -> Result<(), NotationError> {
    let sn = match esn.map(|word| word.text.to_ascii_lowercase()).as_deref() {
        Some("require") => &[SequenceNumbers::PARTIALLY_TRANSMITTED_64][..],
        Some("allow") => &[SequenceNumbers::PARTIALLY_TRANSMITTED_64, SequenceNumbers::SEQUENTIAL_32][..],
        _ => &[SequenceNumbers::SEQUENTIAL_32][..],
    };
    let on = entry.get("pfs").is_none_or(|word| !word.text.eq_ignore_ascii_case("disable"));
    let ke = if on { key_exchanges(entry, settings)? } else { Vec::new() };
    for (suite, span) in suites(entry, Phase::Two, settings)? {
        let lists = Lists { ke: ke.clone(), ..lists(suite) };
        settings.esp.extend(lists.esp(sn).into_iter().map(|value| Stated { value, span }));
    }
    let rule = if on { Pfs::Groups(groups(&ke)) } else { Pfs::None };
    settings.pfs =
        Some(Stated { value: rule, span: entry.groups.first().filter(|_| on).copied().or_else(|| entry.get("pfs")).map(Word::span) });
    lifetimes(entry, settings)
}

/// `keylife-type` says which of the two counts: seconds where it is not there.
fn lifetimes(entry: &Entry<'_>, settings: &mut Settings) -> Result<(), NotationError> {
    let kind = entry.get("keylife-type").map_or("seconds", |word| word.text);
    let (time, octets) = (!kind.eq_ignore_ascii_case("kbs"), !kind.eq_ignore_ascii_case("seconds"));
    let kilobytes = seconds(entry, "keylifekbs")?.map(|stated| Stated { value: stated.value.saturating_mul(1024), span: stated.span });
    let own = seconds(entry, "keylifeseconds")?;
    let mut not_counted = |stated: Option<Stated<u64>>, name: &str, counts: bool| match stated {
        Some(stated) if !counts => {
            settings.remark(format!("{name} does not count, because keylife-type is {kind}."), stated.span);
            None
        }
        stated => stated,
    };
    let own = not_counted(own, "keylifeseconds", time);
    let kilobytes = not_counted(kilobytes, "keylifekbs", octets);
    (settings.esp_lifetime, settings.esp_octets) = (own, kilobytes);
    Ok(())
}

fn seconds(entry: &Entry<'_>, name: &str) -> Result<Option<Stated<u64>>, NotationError> {
    entry.get(name).map(|word| number(word, "a number").map(|value| Stated::at(value, word.span()))).transpose()
}

/// The groups, and the methods of the additional key exchanges.
fn key_exchanges(entry: &Entry<'_>, settings: &mut Settings) -> Result<Vec<Transform>, NotationError> {
    let mut all = Vec::new();
    for word in &entry.groups {
        add(&mut all, group(*word, "", GROUPS, "a group of FortiOS, as 14 or 19")?);
    }
    if all.is_empty() {
        all.extend(DEFAULT_GROUPS.map(Transform::ke));
        settings.remark("There is no dhgrp line: FortiOS has the groups 14 and 5 then.", entry.span);
    }
    for (place, word) in &entry.additional {
        let method = u16::try_from(number(*word, "the number of a key exchange method")?).unwrap_or(u16::MAX);
        let ty = TransformType::ADDITIONAL_KEY_EXCHANGES.into_iter().find(|ty| ty.additional_key_exchange() == Some(*place));
        all.extend(ty.map(|ty| Transform::addke(ty, KeMethod(method))));
    }
    Ok(all)
}

type Found = (Suite, Option<Span>);

fn suites(entry: &Entry<'_>, phase: Phase, settings: &mut Settings) -> Result<Vec<Found>, NotationError> {
    if entry.proposal.is_empty() {
        let (default, name): (&[&str], _) = if phase == Phase::One { (&DEFAULT_1, "1") } else { (&DEFAULT_2, "2") };
        let text = format!("There is no proposal line: FortiOS has {} in phase {name} then.", default.join(" "));
        settings.remark(text, entry.span);
        return Ok(default.iter().filter_map(|word| PROPOSALS.find(word)).map(|suite| (suite, None)).collect());
    }
    let mut all = Vec::new();
    for word in &entry.proposal {
        let suite = PROPOSALS.read(*word)?;
        let Some(encr) = suite.encr else {
            settings.remark(format!("{} is for IKEv1 alone: IKEv2 has no number for the cipher.", word.text), Some(word.span()));
            continue;
        };
        if suite.only.is_some_and(|only| only != phase) {
            let protocol = if phase == Phase::One { SecurityProtocol::IKE } else { SecurityProtocol::ESP };
            return Err(word.error(match suite.prf {
                None if phase == Phase::One && encr.is_aead() => NotationErrorKind::Missing { protocol, ty: TransformType::PRF },
                _ => NotationErrorKind::Protocol { protocol, transform: suite.prf.map_or(encr, Transform::prf) },
            }));
        }
        all.push((suite, Some(word.span())));
    }
    Ok(all)
}

fn lists(suite: Suite) -> Lists {
    Lists {
        encr: suite.encr.into_iter().collect(),
        integ: suite.integ.map(Transform::integ).into_iter().collect(),
        prf: suite.prf.map(Transform::prf).into_iter().collect(),
        ke: Vec::new(),
    }
}
