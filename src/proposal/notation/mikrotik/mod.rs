//! MikroTik RouterOS: `/ip ipsec profile`, `proposal`, `peer`, `policy` and `identity`, as `export` and `print` have them.
//!
//! The keys, values and defaults are those of the RouterOS manual, IPsec (releases 6.43 to 7). A profile is an IKE proposal, a proposal
//! an ESP proposal; several names in a value are alternatives within it. Those count which the first enabled IKEv2 peer and its policy
//! name, else the first that are not the `default` RouterOS comes with. RouterOS has no extended sequence numbers.

mod items;
mod names;
#[cfg(test)]
mod tests;

use super::assemble::{Lists, NO_ESN, add, lacks, nothing};
use super::likeness::{Certainty, Likeness};
use super::lines::{likeness, tokens};
use super::settings::{Pfs, Settings, Stated, Written};
use super::words::Word;
use super::{Hint, Notation, NotationError, NotationErrorKind, Unwritable};
use crate::registry::{Encr, Integ, KeMethod, SecurityProtocol};
use crate::transform::Transform;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::vec::Vec;
use items::{Item, Menu};
use names::{ESP_ENCRYPTION, GROUPS, HASHES, IKE_ENCRYPTION, PRFS};

pub(super) fn recognise(text: &str) -> Option<Likeness> {
    likeness(text, sign)
}

fn sign(line: Word<'_>) -> Option<Certainty> {
    if items::is_menu(line) || line.text.starts_with("/ip ipsec") || line.text.starts_with("/ip/ipsec") {
        return Some(Certainty::Certain);
    }
    let keys = ["enc-algorithms=", "enc-algorithm=", "auth-algorithms=", "hash-algorithm=", "pfs-group=", "dh-group=", "exchange-mode="];
    tokens(line).take(64).any(|word| keys.iter().any(|key| word.text.starts_with(key))).then_some(Certainty::Likely)
}

pub(super) fn write(_: &Settings) -> Result<Written, Unwritable> {
    Err(Unwritable::ReadOnly)
}

pub(super) fn read(text: &str, _: Hint) -> Result<Settings, NotationError> {
    let mut settings = Settings::new(Notation::MikroTik);
    let mut items = items::items(text);
    if items.is_empty() {
        items = without_menu(text);
    }
    let chosen = choose(&items);
    if let Some(peer) = chosen.peer {
        peer_values(peer, &items, &mut settings);
    }
    match (chosen.profile, chosen.peer) {
        (Some(profile), _) => ike(profile, &mut settings)?,
        // Before 6.43 the peer had the algorithms.
        (None, Some(peer)) if peer.get("enc-algorithm").is_some() || peer.get("dh-group").is_some() => ike(peer, &mut settings)?,
        _ => {}
    }
    if let Some(proposal) = chosen.proposal {
        esp(proposal, &mut settings)?;
    }
    for item in &items {
        let read = [chosen.profile, chosen.proposal].into_iter().flatten().any(|one| core::ptr::eq(one, item));
        let name = item.name().unwrap_or("without a name");
        let kind = match item.menu {
            Menu::Profile => "profile",
            Menu::Proposal => "proposal",
            Menu::Peer | Menu::Policy | Menu::Identity => continue,
        };
        if !read {
            settings.remark(format!("The {kind} {name} is another one, and not read here."), Some(item.span));
        }
    }
    if settings.ike.is_empty() && settings.esp.is_empty() { Err(nothing()) } else { Ok(settings) }
}

/// Lines of a profile or a proposal without the menu above them: the keys say which.
fn without_menu(text: &str) -> Vec<Item<'_>> {
    let mut all = Vec::new();
    for line in super::lines::lines(text) {
        let is = |key: &str| tokens(line).any(|word| word.text.starts_with(key));
        let menu = if is("enc-algorithms=") || is("auth-algorithms=") || is("pfs-group=") {
            Menu::Proposal
        } else if is("enc-algorithm=") || is("hash-algorithm=") || is("dh-group=") {
            Menu::Profile
        } else {
            continue;
        };
        let values = tokens(line).take(64).filter_map(|word| {
            let (key, value) = word.text.split_once('=')?;
            let at = word.text.len().saturating_sub(value.len());
            Some((Word { text: key, ..word }, super::lines::unquoted(Word { text: value, ..word.behind(at) })))
        });
        all.push(Item { menu, span: line.span(), values: values.collect(), is_default: false });
    }
    all
}

struct Chosen<'i, 'a> {
    peer: Option<&'i Item<'a>>,
    profile: Option<&'i Item<'a>>,
    proposal: Option<&'i Item<'a>>,
}

fn choose<'i, 'a>(items: &'i [Item<'a>]) -> Chosen<'i, 'a> {
    let of = |menu: Menu| items.iter().filter(move |item| item.menu == menu);
    let enabled = |item: &&Item<'_>| !is(item, "disabled", "yes");
    let named = |menu: Menu, name: &str| of(menu).rfind(|item| item.name() == Some(name));
    let own = |menu: Menu| of(menu).find(|item| item.name() != Some("default") && enabled(item)).or_else(|| of(menu).next());
    let peer = of(Menu::Peer).find(|peer| enabled(peer) && is(peer, "exchange-mode", "ike2")).or_else(|| of(Menu::Peer).find(enabled));
    let profile = peer.and_then(|peer| peer.get("profile")).and_then(|name| named(Menu::Profile, name.text));
    let peer_name = peer.and_then(Item::name);
    let policies = || of(Menu::Policy).filter(enabled);
    let policy = policies()
        .find(|policy| peer_name.is_some() && policy.get("peer").map(|word| word.text) == peer_name)
        .or_else(|| policies().find(|policy| policy.get("proposal").is_some()));
    let proposal = policy.and_then(|policy| policy.get("proposal")).and_then(|name| named(Menu::Proposal, name.text));
    Chosen { peer, profile: profile.or_else(|| own(Menu::Profile)), proposal: proposal.or_else(|| own(Menu::Proposal)) }
}

fn is(item: &Item<'_>, key: &str, value: &str) -> bool {
    item.get(key).is_some_and(|word| word.text.eq_ignore_ascii_case(value))
}

fn peer_values(peer: &Item<'_>, items: &[Item<'_>], settings: &mut Settings) {
    if let Some(mode) = peer.get("exchange-mode").filter(|mode| !mode.text.eq_ignore_ascii_case("ike2")) {
        settings.remark(format!("The peer has exchange-mode={}: that is IKEv1.", mode.text), Some(mode.span()));
    }
    let name = peer.name();
    let identity = items.iter().filter(|item| item.menu == Menu::Identity).find(|item| item.get("peer").map(|word| word.text) == name);
    if let Some(remote) = identity.and_then(|identity| identity.get("remote-id")) {
        let value = remote.text.split_once(':').filter(|(kind, _)| kind.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-'));
        if let Some((_, value)) = value {
            settings.remote_identity = Some(Stated::at(value.to_owned(), remote.span()));
        }
    }
}

/// The names of a value: commas between them, and now and then a line that goes on.
fn list(value: Word<'_>) -> impl Iterator<Item = Word<'_>> {
    let names = value.split(&[',']).map(|word| {
        let tail = word.text.trim_start_matches(|c: char| c == '\\' || c.is_whitespace());
        let at = word.text.len().saturating_sub(tail.len());
        Word { text: tail.trim_end_matches(|c: char| c == '\\' || c.is_whitespace()), ..word.behind(at) }
    });
    names.filter(|word| !word.text.is_empty())
}

/// `1d`, `8h`, `30m`, `1d12:30:00`, `00:30:00`, `1w2d`: seconds.
fn duration(value: Word<'_>) -> Result<u64, NotationError> {
    let wrong = || value.error(NotationErrorKind::Name { expected: "a time of RouterOS, as 8h or 1d", meant: None });
    let mut total: u64 = 0;
    let mut digits: Option<u64> = None;
    let mut clock: Option<u64> = None;
    for c in value.text.chars() {
        let unit = match c {
            '0'..='9' => {
                let digit = u64::from(c.to_digit(10).unwrap_or(0));
                digits = Some(digits.unwrap_or(0).saturating_mul(10).saturating_add(digit));
                continue;
            }
            ':' => {
                clock = Some(clock.unwrap_or(0).saturating_add(digits.take().ok_or_else(wrong)?).saturating_mul(60));
                continue;
            }
            'w' => 604_800,
            'd' => 86_400,
            'h' => 3_600,
            'm' => 60,
            's' => 1,
            _ => return Err(wrong()),
        };
        total = total.saturating_add(digits.take().ok_or_else(wrong)?.saturating_mul(unit));
    }
    if value.text.is_empty() {
        return Err(wrong());
    }
    Ok(total.saturating_add(clock.unwrap_or(0)).saturating_add(digits.unwrap_or(0)))
}

fn lifetime(item: &Item<'_>) -> Result<Option<Stated<u64>>, NotationError> {
    item.get("lifetime").map(|word| duration(word).map(|value| Stated::at(value, word.span()))).transpose()
}

fn ike(profile: &Item<'_>, settings: &mut Settings) -> Result<(), NotationError> {
    let mut lists = Lists::default();
    for word in profile.get("enc-algorithm").into_iter().flat_map(list) {
        add(&mut lists.encr, IKE_ENCRYPTION.read(word)?);
    }
    for word in profile.get("hash-algorithm").into_iter().flat_map(list) {
        add(&mut lists.integ, Transform::integ(HASHES.read(word)?));
    }
    for word in profile.get("prf-algorithm").into_iter().flat_map(list) {
        if let Some(prf) = PRFS.read(word)? {
            add(&mut lists.prf, Transform::prf(prf));
        }
    }
    groups(profile, "dh-group", &mut lists, settings)?;
    let mut assume = |key: &str, value: &str, is: bool| {
        if is {
            settings.remark(format!("The profile has no {key}: RouterOS has {value} then."), Some(profile.span));
        }
        is
    };
    if assume("enc-algorithm", "aes-128,3des", lists.encr.is_empty() && profile.get("enc-algorithm").is_none()) {
        lists.encr.extend([Transform::encr_bits(Encr::ENCR_AES_CBC, 128), Transform::encr(Encr::ENCR_3DES)]);
    }
    if assume("hash-algorithm", "sha1", lists.integ.is_empty() && profile.get("hash-algorithm").is_none()) {
        lists.integ.push(Transform::integ(Integ::AUTH_HMAC_SHA1_96));
    }
    if assume("dh-group", "modp2048,modp1024", lists.ke.is_empty() && profile.get("dh-group").is_none()) {
        lists.ke.extend([KeMethod::MODP_2048, KeMethod::MODP_1024].map(Transform::ke));
    }
    if let Some(ty) = lists.missing_for_ike() {
        return Err(lacks(profile.span, SecurityProtocol::IKE, ty));
    }
    settings.ike.extend(lists.ike().into_iter().map(|value| Stated::at(value, profile.span)));
    settings.ike_lifetime = lifetime(profile)?;
    Ok(())
}

fn groups(item: &Item<'_>, key: &str, lists: &mut Lists, settings: &mut Settings) -> Result<(), NotationError> {
    for word in item.get(key).into_iter().flat_map(list) {
        match GROUPS.read(word)? {
            Some(group) => add(&mut lists.ke, Transform::ke(group)),
            None => settings.remark(format!("{} is for IKEv1 alone: IKEv2 has no number for it.", word.text), Some(word.span())),
        }
    }
    Ok(())
}

fn esp(proposal: &Item<'_>, settings: &mut Settings) -> Result<(), NotationError> {
    let mut lists = Lists::default();
    for word in proposal.get("enc-algorithms").into_iter().flat_map(list) {
        match ESP_ENCRYPTION.read(word)? {
            Some(encr) => add(&mut lists.encr, encr),
            None => settings.remark(format!("IKEv2 has no number for {}, which is left out.", word.text), Some(word.span())),
        }
    }
    for word in proposal.get("auth-algorithms").into_iter().flat_map(list) {
        add(&mut lists.integ, Transform::integ(HASHES.read(word)?));
    }
    let pfs = proposal.get("pfs-group");
    let none = pfs.is_some_and(|word| word.text.eq_ignore_ascii_case("none"));
    if !none {
        groups(proposal, "pfs-group", &mut lists, settings)?;
    }
    let mut assume = |key: &str, value: &str| {
        let is = proposal.get(key).is_none();
        if is {
            settings.remark(format!("The proposal has no {key}: RouterOS has {value} then."), Some(proposal.span));
        }
        is
    };
    if assume("enc-algorithms", "aes-256-cbc,aes-192-cbc,aes-128-cbc") {
        lists.encr.extend([256, 192, 128].map(|bits| Transform::encr_bits(Encr::ENCR_AES_CBC, bits)));
    }
    if !lists.encr.iter().all(|t| t.is_aead()) && assume("auth-algorithms", "sha1") {
        lists.integ.push(Transform::integ(Integ::AUTH_HMAC_SHA1_96));
    }
    if assume("pfs-group", "modp1024") {
        lists.ke.push(Transform::ke(KeMethod::MODP_1024));
    }
    let groups = super::assemble::groups(&lists.ke);
    lists.ke.clear();
    settings.esp.extend(lists.esp(NO_ESN).into_iter().map(|value| Stated::at(value, proposal.span)));
    let rule = if groups.is_empty() { Pfs::None } else { Pfs::Groups(groups) };
    settings.set_pfs(Stated { value: rule, span: pfs.map(Word::span) });
    settings.esp_lifetime = lifetime(proposal)?;
    Ok(())
}
