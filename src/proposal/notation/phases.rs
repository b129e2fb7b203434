//! The elements `phase1` and `phase2` that pfSense and the older OPNsense keep in `config.xml`.
//!
//! After `src/etc/inc/ipsec.inc` of github.com/pfsense/pfsense (`ipsec_setup_proposal_algo`, `ipsec_setup_tunnels`) and
//! `plugins.inc.d/ipsec.inc` of github.com/opnsense/core: each entry becomes strongSwan proposals, and is read as strongSwan reads
//! those. For AES-GCM of pfSense `keylen` is the length of the ICV in bits. `prf-algorithm` counts with `prfselect_enable` alone.

use super::names::Names;
use super::settings::{Settings, Stated};
use super::span::Span;
use super::strongswan;
use super::words::Word;
use super::xml::Element;
use super::{Expected, Notation, NotationError, NotationErrorKind};
use crate::proposal::suite::Proposal;
use crate::registry::{KeMethod, TransformType};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Proposals that one entry may make; names in a list are multiplied with each other.
const PROPOSALS: usize = 255;

/// A cipher: what strongSwan calls it, and the key lengths or ICV lengths it comes with, the longest first.
#[derive(Clone, Copy)]
struct Cipher {
    name: &'static str,
    lengths: &'static [&'static str],
    aead: bool,
}

const fn cipher(name: &'static str, lengths: &'static [&'static str], aead: bool) -> Cipher {
    Cipher { name, lengths, aead }
}

const KEYS: &[&str] = &["256", "192", "128"];
const ICVS: &[&str] = &["128", "96", "64"];

const CIPHERS: Names<Cipher> = Names {
    expected: "a cipher, as aes, aes128gcm, aes256gcm16, 3des",
    rows: &[
        ("aes", cipher("aes", KEYS, false)),
        ("aes128gcm", cipher("aes128gcm", ICVS, true)),
        ("aes192gcm", cipher("aes192gcm", ICVS, true)),
        ("aes256gcm", cipher("aes256gcm", ICVS, true)),
        ("chacha20poly1305", cipher("chacha20poly1305", &[], true)),
        ("blowfish", cipher("blowfish", KEYS, false)),
        ("3des", cipher("3des", &[], false)),
        ("cast128", cipher("cast128", &[], false)),
        ("des", cipher("des", &[], false)),
        // OPNsense.
        ("aes128", cipher("aes128", &[], false)),
        ("aes192", cipher("aes192", &[], false)),
        ("aes256", cipher("aes256", &[], false)),
        ("aes128gcm16", cipher("aes128gcm16", &[], true)),
        ("aes192gcm16", cipher("aes192gcm16", &[], true)),
        ("aes256gcm16", cipher("aes256gcm16", &[], true)),
        ("camellia", cipher("camellia", KEYS, false)),
        ("null", cipher("null", &[], false)),
    ],
};

/// Integrity algorithms of both phases, and PRFs.
const HASHES: Names<&str> = Names {
    expected: "a hash, as sha256 in phase1 and hmac_sha256 in phase2",
    rows: &[
        ("md5", "md5"),
        ("sha1", "sha1"),
        ("sha256", "sha256"),
        ("sha384", "sha384"),
        ("sha512", "sha512"),
        ("aesxcbc", "aesxcbc"),
        ("aescmac", "aescmac"),
        ("hmac_md5", "md5"),
        ("hmac_sha1", "sha1"),
        ("hmac_sha256", "sha256"),
        ("hmac_sha384", "sha384"),
        ("hmac_sha512", "sha512"),
    ],
};

/// A group by its number; 0 and `off` are none.
fn group(word: Word<'_>) -> Result<Option<&'static str>, NotationError> {
    if word.text.is_empty() || word.text == "0" || word.text.eq_ignore_ascii_case("off") {
        return Ok(None);
    }
    let expected = "the number of a group, 1, 2, 5 or 14 to 32; 0 for none";
    let fault = || word.error(NotationErrorKind::Name { expected, meant: None });
    let number = word.text.parse::<u16>().map_err(|_| fault())?;
    let known = matches!(number, 1 | 2 | 5 | 14..=32).then(|| KeMethod(number).ident()).flatten();
    known.map(Some).ok_or_else(fault)
}

/// The settings of the first entry that counts: enabled, and not for IKEv1 alone.
pub(super) fn read(root: Element<'_>, notation: Notation) -> Result<Option<Settings>, NotationError> {
    let entries: Vec<Element<'_>> = root.all().filter(|element| element.is("phase1")).collect();
    let children: Vec<Element<'_>> = root.all().filter(|element| element.is("phase2")).collect();
    let counts = |entry: &&Element<'_>| !is_disabled(**entry) && !is_old(**entry);
    let mobile_group = root.find("client").and_then(|client| client.text("pfs_group"));
    let mut settings = Settings::new(notation);
    let chosen = entries.iter().find(counts).or_else(|| entries.first()).copied();
    let others: Vec<String> =
        entries.iter().filter(|entry| chosen.is_none_or(|c| c.span() != entry.span())).map(|entry| called(*entry)).take(8).collect();
    let ikeid = chosen.and_then(|entry| entry.text("ikeid"));
    if let Some(entry) = chosen {
        phase1(entry, &mut settings)?;
    }
    let own = |child: &&Element<'_>| match (ikeid, child.text("ikeid")) {
        (Some(id), Some(other)) => id.text == other.text,
        _ => true,
    };
    let (disabled, enabled): (Vec<Element<'_>>, Vec<Element<'_>>) =
        children.iter().filter(own).copied().partition(|child| is_disabled(*child));
    for child in if enabled.is_empty() { disabled } else { enabled } {
        phase2(child, mobile_group, &mut settings)?;
    }
    if settings.ike.is_empty() && settings.esp.is_empty() {
        return Ok(None);
    }
    settings.pfs_of_proposals();
    state_pfs(&mut settings, &children, own);
    if !others.is_empty() {
        settings.remark(format!("There are other entries, which are not read here: {}.", others.join(", ")), None);
    }
    Ok(Some(settings))
}

/// Where the rule of PFS stands, if one entry alone says it.
fn state_pfs(settings: &mut Settings, children: &[Element<'_>], own: impl Fn(&&Element<'_>) -> bool) {
    let mut words = children.iter().filter(own).filter_map(|child| child.text("pfsgroup"));
    if let (Some(pfs), Some(word), None) = (&mut settings.pfs, words.next(), words.next()) {
        pfs.span = Some(word.span());
    }
}

fn is_disabled(entry: Element<'_>) -> bool {
    entry.child("disabled").is_some_and(|element| !matches!(element.value().text, "0" | "no" | "false"))
}

fn is_old(entry: Element<'_>) -> bool {
    entry.text("iketype").is_some_and(|ty| ty.text.eq_ignore_ascii_case("ikev1"))
}

fn called(entry: Element<'_>) -> String {
    let word = entry.text("descr").or_else(|| entry.text("remote-gateway")).or_else(|| entry.text("ikeid"));
    let why = if is_disabled(entry) {
        " (disabled)"
    } else if is_old(entry) {
        " (IKEv1)"
    } else {
        ""
    };
    word.map_or_else(|| String::from("one without a name"), |word| format!("{:?}{why}", word.text))
}

fn number(word: Option<Word<'_>>) -> Result<Option<Stated<u64>>, NotationError> {
    let read = |word: Word<'_>| {
        let number = word.text.parse().map_err(|_| word.error(NotationErrorKind::Unknown(Expected::Number)))?;
        Ok(Stated::at(number, word.span()))
    };
    word.map(read).transpose()
}

fn phase1(entry: Element<'_>, settings: &mut Settings) -> Result<(), NotationError> {
    if is_disabled(entry) {
        settings.remark("The entry is disabled.", Some(entry.span()));
    }
    match entry.text("iketype") {
        Some(ty) if is_old(entry) => settings.remark("The entry is for IKEv1; its proposals are read as those of IKEv2.", Some(ty.span())),
        Some(ty) if matches!(ty.text, "auto" | "ike") => settings.remark("The entry is for IKEv1 and IKEv2.", Some(ty.span())),
        Some(_) => {}
        None => settings.remark("The entry does not say iketype, which the product takes for IKEv1.", Some(entry.span())),
    }
    let select = entry.text("prfselect_enable").is_some_and(|word| word.text == "yes");
    let items: Vec<Element<'_>> =
        entry.child("encryption").into_iter().flat_map(|list| list.named("item").collect::<Vec<_>>()).take(PROPOSALS).collect();
    // Before pfSense 2.4.4, and in OPNsense, the entry itself holds one.
    let items = if items.is_empty() { Vec::from([entry]) } else { items };
    for item in items {
        let Some(algorithm) = item.child("encryption-algorithm") else { continue };
        let hashes: Vec<Word<'_>> = list(item.child("hash-algorithm"));
        let kinds = distinct(hashes.iter().map(|hash| HASHES.read(*hash)).collect::<Result<Vec<_>, _>>()?);
        let (Some(name), false) = (algorithm.text("name"), hashes.is_empty()) else {
            settings.remark("A proposal without a cipher or a hash is left out by the product.", Some(item.span()));
            continue;
        };
        let prf = item.text("prf-algorithm").filter(|prf| hashes.first().is_none_or(|hash| hash.text != prf.text) || select);
        if let Some(prf) = prf.filter(|_| !select) {
            settings.remark("prf-algorithm does not count without prfselect_enable: the PRF follows from the hash.", Some(prf.span()));
        }
        let prf = prf.filter(|_| select).map(|prf| HASHES.read(prf)).transpose()?;
        let groups = groups(item.child("dhgroup"))?;
        let place = if item.is("item") { item.span() } else { algorithm.span() };
        for cipher in ciphers(name, algorithm.child("keylen"))? {
            for hash in &kinds {
                for group in &groups {
                    let keyword = cipher.ike(hash, prf, *group);
                    add(strongswan::parse_ike(&keyword), place, &mut settings.ike)?;
                }
            }
        }
    }
    settings.ike_lifetime = number(entry.text("lifetime"))?;
    identity(entry, settings);
    Ok(())
}

fn identity(entry: Element<'_>, settings: &mut Settings) {
    let gateway = entry.text("remote-gateway").filter(|gateway| !matches!(gateway.text, "0.0.0.0" | "::" | "%any"));
    let word = match entry.text("peerid_type").map(|ty| ty.text) {
        Some("any") => return,
        None | Some("peeraddress") => gateway,
        Some(_) => entry.text("peerid_data").or(gateway),
    };
    settings.remote_identity = word.map(|word| Stated::at(String::from(word.text), word.span()));
}

/// The names of an element that holds several, with commas.
fn list(element: Option<Element<'_>>) -> Vec<Word<'_>> {
    let words = element.into_iter().flat_map(|element| element.value().split(&[',']));
    words.filter(|word| !word.text.is_empty()).take(PROPOSALS).collect()
}

fn groups(element: Option<Element<'_>>) -> Result<Vec<Option<&'static str>>, NotationError> {
    let all: Vec<_> = list(element).into_iter().map(group).collect::<Result<_, _>>()?;
    Ok(if all.is_empty() { Vec::from([None]) } else { distinct(all) })
}

/// Each once: what is said again makes no further proposal.
fn distinct<T: PartialEq>(all: Vec<T>) -> Vec<T> {
    let mut kept = Vec::new();
    for one in all {
        if !kept.contains(&one) {
            kept.push(one);
        }
    }
    kept
}

/// A cipher with its length.
struct Sized {
    name: String,
    aead: bool,
}

impl Sized {
    fn ike(&self, hash: &str, prf: Option<&str>, group: Option<&str>) -> String {
        let hash = match prf {
            Some(prf) if self.aead => format!("prf{prf}"),
            Some(prf) => format!("{hash}-prf{prf}"),
            None => String::from(hash),
        };
        format!("{}-{hash}{}{}", self.name, if group.is_some() { "-" } else { "" }, group.unwrap_or(""))
    }

    fn esp(&self, hash: Option<&str>, group: Option<&str>) -> String {
        let parts = [Some(self.name.as_str()), hash.filter(|_| !self.aead), group];
        parts.into_iter().flatten().collect::<Vec<_>>().join("-")
    }
}

fn ciphers(name: Word<'_>, length: Option<Element<'_>>) -> Result<Vec<Sized>, NotationError> {
    let Cipher { name: own, lengths, aead } = CIPHERS.read(name)?;
    let word = length.map(Element::value).filter(|word| !word.text.is_empty());
    let sized = |length: &str| Sized { name: format!("{own}{length}"), aead };
    Ok(match word {
        Some(word) if word.text == "auto" => lengths.iter().map(|length| sized(length)).collect(),
        // It has one length, which may be said once more.
        Some(_) if lengths.is_empty() => Vec::from([sized("")]),
        Some(word) => {
            let known = lengths.iter().find(|length| **length == word.text);
            let expected = if aead { "the length of the ICV, 64, 96 or 128" } else { "128, 192, 256 or auto" };
            let length = known.ok_or_else(|| word.error(NotationErrorKind::Name { expected, meant: None }))?;
            Vec::from([sized(length)])
        }
        None if lengths.is_empty() || aead => Vec::from([sized("")]),
        None => Vec::from([sized("128")]),
    })
}

/// Takes the proposal that a keyword stands for, unless it is there already.
fn add(read: Result<Vec<Proposal>, NotationError>, place: Span, all: &mut Vec<Stated<Proposal>>) -> Result<(), NotationError> {
    let located = |error: NotationError| NotationError { at: place.at, len: place.len, kind: error.kind };
    for proposal in read.map_err(located)? {
        if all.len() >= PROPOSALS {
            return Err(NotationError { at: place.at, len: place.len, kind: NotationErrorKind::Limit("255 proposals") });
        }
        if !all.iter().any(|known| known.value == proposal) {
            all.push(Stated::at(proposal, place));
        }
    }
    Ok(())
}

fn phase2(entry: Element<'_>, mobile_group: Option<Word<'_>>, settings: &mut Settings) -> Result<(), NotationError> {
    if is_disabled(entry) {
        settings.remark("The phase2 entry is disabled.", Some(entry.span()));
    }
    let protocol = entry.text("protocol");
    if let Some(protocol) = protocol.filter(|protocol| !protocol.text.eq_ignore_ascii_case("esp")) {
        settings.remark(format!("A phase2 entry is for {}, not for ESP; it is not read here.", protocol.text), Some(protocol.span()));
        return Ok(());
    }
    let own = entry.text("pfsgroup");
    let word = if entry.child("mobile").is_some() { mobile_group.or(own) } else { own };
    let group = word.map(group).transpose()?.flatten();
    let hashes: Vec<Word<'_>> = entry.named("hash-algorithm-option").flat_map(|element| list(Some(element))).take(PROPOSALS).collect();
    let hashes = distinct(hashes.into_iter().map(|word| HASHES.read(word)).collect::<Result<Vec<_>, _>>()?);
    let mut options: Vec<(Sized, Span)> = Vec::new();
    for option in entry.named("encryption-algorithm-option").take(PROPOSALS) {
        let name = option.text("name").unwrap_or_else(|| option.value());
        let new = ciphers(name, option.child("keylen"))?.into_iter().map(|cipher| (cipher, option.span()));
        for (cipher, place) in new {
            if !options.iter().any(|(known, _)| known.name == cipher.name) {
                options.push((cipher, place));
            }
        }
    }
    // pfSense puts the ciphers that authenticate first, in reverse order.
    if settings.notation == Notation::PfSense {
        let (mut first, rest): (Vec<_>, Vec<_>) = options.into_iter().partition(|(cipher, _)| cipher.aead);
        reverse_options(&mut first);
        options = first.into_iter().chain(rest).collect();
    }
    for (cipher, place) in options {
        let plain = hashes.is_empty() || cipher.aead;
        let all: Vec<Option<&str>> = if plain { Vec::from([None]) } else { hashes.iter().copied().map(Some).collect() };
        for hash in all {
            add(strongswan::parse_esp(&cipher.esp(hash, group)), place, &mut settings.esp)?;
        }
    }
    let lifetime = number(entry.text("lifetime"))?;
    settings.esp_lifetime = settings.esp_lifetime.or(lifetime);
    if let Some(proposal) = settings.esp.iter().find(|esp| esp.value.of_type(TransformType::INTEG).next().is_none()) {
        let bare = proposal.value.of_type(TransformType::ENCR).any(|cipher| !cipher.is_aead());
        let place = proposal.span;
        if bare {
            settings.remark("A proposal has no hash: ESP encrypts without integrity protection.", place);
        }
    }
    Ok(())
}

/// Reverses the options, and keeps the lengths of one option in order.
fn reverse_options(options: &mut Vec<(Sized, Span)>) {
    let mut groups: Vec<Vec<(Sized, Span)>> = Vec::new();
    for option in options.drain(..) {
        match groups.last_mut().filter(|group| group.last().is_some_and(|(_, place)| *place == option.1)) {
            Some(group) => group.push(option),
            None => groups.push(Vec::from([option])),
        }
    }
    groups.reverse();
    options.extend(groups.into_iter().flatten());
}

/// Whether there are names of the older OPNsense that pfSense does not have: it writes no commas and has other ciphers.
pub(super) fn has_own_names(text: &str) -> bool {
    let listed = ["hash-algorithm>", "dhgroup>", "hash-algorithm&gt;", "dhgroup&gt;"].iter().any(|name| {
        let tails = text.split(name).skip(1);
        tails.filter_map(|tail| tail.split(['<', '&']).next()).any(|value| value.contains(','))
    });
    listed || ["gcm16", "installpolicy", "rekey_enable", "authservers", "dpdaction"].iter().any(|name| text.contains(name))
}
