//! The configuration: `crypto ikev2 ..`, `crypto ipsec ..`, `crypto map ..`, and the lines below each.

use super::names::{ENCRYPTION, GROUPS, INTEGRITY, PIECES, PQC, PRF, Piece};
use crate::proposal::notation::assemble::{Suite, add, group};
use crate::proposal::notation::lines::{Named, Tokens, lines, number, tokens};
use crate::proposal::notation::settings::{Pfs, Settings, Stated};
use crate::proposal::notation::span::{Span, extend};
use crate::proposal::notation::words::Word;
use crate::proposal::notation::{NotationError, NotationErrorKind};
use crate::registry::{Integ, KeMethod, SecurityProtocol, TransformType};
use crate::transform::Transform;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// `crypto ipsec profile`, or an entry of a `crypto map`.
#[derive(Debug, Default)]
pub(in super::super) struct Protection<'a> {
    pub(in super::super) span: Option<Span>,
    pub(in super::super) is_profile: bool,
    /// Names of transform sets, or of proposals on the ASA.
    pub(in super::super) sets: Vec<Word<'a>>,
    pub(in super::super) pfs: Option<Stated<Pfs>>,
    pub(in super::super) lifetime: Option<Stated<u64>>,
    pub(in super::super) octets: Option<Stated<u64>>,
    pub(in super::super) ike_profile: Option<Word<'a>>,
}

/// Names of a policy or a profile that count: IOS takes six transform sets.
pub(in super::super) const MOST_NAMES: usize = 64;

/// `crypto ikev2 policy`.
#[derive(Debug, Default)]
pub(super) struct Policy<'a> {
    pub(super) proposals: Vec<Word<'a>>,
}

/// `crypto ikev2 profile`.
#[derive(Debug, Default)]
pub(super) struct Profile {
    pub(super) lifetime: Option<Stated<u64>>,
    pub(super) identity: Option<Stated<String>>,
}

/// `crypto ipsec transform-set`: ESP, or AH alone.
#[derive(Clone, Debug, Default)]
pub(super) struct TransformSet {
    pub(super) suite: Suite,
    pub(super) ah: Vec<Transform>,
}

/// What the text configures, by name.
#[derive(Debug, Default)]
pub(super) struct Config<'a> {
    pub(super) proposals: Named<'a, Suite>,
    pub(super) policies: Named<'a, Policy<'a>>,
    pub(super) profiles: Named<'a, Profile>,
    pub(super) sets: Named<'a, TransformSet>,
    pub(super) protections: Named<'a, Protection<'a>>,
    pub(super) lifetime: Option<Stated<u64>>,
    pub(super) octets: Option<Stated<u64>>,
    pub(super) fragmentation: Option<Stated<bool>>,
    /// A command of IKEv2, whichever.
    pub(super) is_ikev2: Option<Span>,
    /// A command of IKEv1.
    pub(super) is_ikev1: Option<Span>,
}

/// What the lines that follow belong to.
#[derive(Clone, Copy, Debug)]
enum Block<'a> {
    None,
    Proposal(&'a str),
    Policy(&'a str),
    Profile(&'a str),
    Protection(&'a str),
}

pub(super) fn read<'a>(text: &'a str, settings: &mut Settings) -> Result<Config<'a>, NotationError> {
    let mut config = Config::default();
    let mut block = Block::None;
    for line in lines(text) {
        let words = tokens(line);
        if let Some(rest) = words.behind(&["crypto"]) {
            block = command(line, rest, &mut config, settings)?;
        } else if let Some(rest) = words.behind(&["no", "crypto", "ikev2", "fragmentation"]) {
            let _ = rest;
            config.fragmentation = Some(Stated::at(false, line.span()));
        } else if line.text.starts_with('!') {
            block = Block::None;
        } else {
            block = sub_command(line, words, block, &mut config)?;
        }
    }
    Ok(config)
}

fn command<'a>(line: Word<'a>, words: Tokens<'a>, config: &mut Config<'a>, settings: &mut Settings) -> Result<Block<'a>, NotationError> {
    if let Some(mut rest) = words.behind(&["ikev2"]) {
        extend_first(&mut config.is_ikev2, line);
        let kind = rest.next().map_or("", |word| word.text).to_ascii_lowercase();
        let name = rest.next().map(|word| word.text);
        return Ok(match (kind.as_str(), name) {
            ("proposal", Some(name)) => {
                extend(&mut config.proposals.of(name).span, line.span());
                Block::Proposal(name)
            }
            ("policy", Some(name)) => {
                let _ = config.policies.of(name);
                Block::Policy(name)
            }
            ("profile", Some(name)) => {
                let _ = config.profiles.of(name);
                Block::Profile(name)
            }
            ("fragmentation", _) => {
                config.fragmentation = Some(Stated::at(true, line.span()));
                Block::None
            }
            _ => Block::None,
        });
    }
    if words.behind(&["isakmp", "policy"]).is_some() || words.behind(&["ikev1"]).is_some() {
        extend_first(&mut config.is_ikev1, line);
        return Ok(Block::None);
    }
    if let Some(mut rest) = words.behind(&["ipsec", "transform-set"]) {
        if let Some(name) = rest.next() {
            let set = transform_set(line, rest, settings)?;
            *config.sets.of(name.text) = set;
        }
        return Ok(Block::None);
    }
    if let Some(mut rest) = words.behind(&["ipsec", "profile"]) {
        let Some(name) = rest.next() else { return Ok(Block::None) };
        let protection = config.protections.of(name.text);
        (protection.is_profile, protection.span) = (true, Some(line.span()));
        return Ok(Block::Protection(name.text));
    }
    if let Some(rest) = words.behind(&["ipsec", "security-association", "lifetime"]) {
        lifetime(line, rest, &mut config.lifetime, &mut config.octets)?;
        return Ok(Block::None);
    }
    for map in ["map", "dynamic-map"] {
        let Some(mut rest) = words.behind(&[map]) else { continue };
        let (Some(name), Some(place)) = (rest.next(), rest.next()) else { return Ok(Block::None) };
        if place.text.parse::<u32>().is_err() {
            return Ok(Block::None);
        }
        let key = line.text.get(name.at.saturating_sub(line.at)..place.at.saturating_add(place.text.len()).saturating_sub(line.at));
        let key = key.unwrap_or(name.text);
        extend(&mut config.protections.of(key).span, line.span());
        return Ok(Block::Protection(key));
    }
    Ok(Block::None)
}

fn extend_first(place: &mut Option<Span>, line: Word<'_>) {
    if place.is_none() {
        *place = Some(line.span());
    }
}

fn sub_command<'a>(line: Word<'a>, words: Tokens<'a>, block: Block<'a>, config: &mut Config<'a>) -> Result<Block<'a>, NotationError> {
    let mut rest = words;
    let Some(key) = rest.next() else { return Ok(block) };
    let key = key.text.to_ascii_lowercase();
    match block {
        Block::None => {
            // The lines of a proposal without its head.
            if key == "encryption" && rest.clone().next().is_some_and(|word| ENCRYPTION.find(word.text).is_some()) {
                proposal_line(line, &key, rest, config.proposals.of(""))?;
                return Ok(Block::Proposal(""));
            }
        }
        Block::Proposal(name) => proposal_line(line, &key, rest, config.proposals.of(name))?,
        Block::Policy(name) if key == "proposal" => {
            let policy = config.policies.of(name);
            let free = MOST_NAMES.saturating_sub(policy.proposals.len());
            policy.proposals.extend(rest.take(free));
        }
        Block::Profile(name) => profile_line(line, words, config.profiles.of(name))?,
        Block::Protection(name) if key == "set" => protection_line(line, rest, config.protections.of(name))?,
        Block::Policy(_) | Block::Protection(_) => {}
    }
    let over = matches!(key.as_str(), "interface" | "exit" | "end" | "ip" | "router" | "hostname" | "access-list" | "tunnel-group");
    Ok(if over { Block::None } else { block })
}

fn proposal_line(line: Word<'_>, key: &str, words: Tokens<'_>, suite: &mut Suite) -> Result<(), NotationError> {
    let lists = &mut suite.lists;
    match key {
        "encryption" => words.map(|word| ENCRYPTION.read(word)).try_for_each(|t| t.map(|t| add(&mut lists.encr, t)))?,
        "integrity" => words.map(|word| INTEGRITY.read(word)).try_for_each(|t| t.map(|t| add(&mut lists.integ, Transform::integ(t))))?,
        "prf" => words.map(|word| PRF.read(word)).try_for_each(|t| t.map(|t| add(&mut lists.prf, Transform::prf(t))))?,
        "group" => {
            let read = words.map(|word| group(word, "", GROUPS, "a group of IOS, as 14 or 19"));
            read.into_iter().try_for_each(|t| t.map(|t| add(&mut lists.ke, t)))?;
        }
        "pqc" => additional(words, &mut lists.ke)?,
        _ => return Ok(()),
    }
    extend(&mut suite.span, line.span());
    Ok(())
}

/// `pqc mlkem768 mlkem1024 optional`: the first additional key exchange.
fn additional(words: Tokens<'_>, ke: &mut Vec<Transform>) -> Result<(), NotationError> {
    for word in words {
        let method = if word.text.eq_ignore_ascii_case("optional") { KeMethod::NONE } else { PQC.read(word)? };
        add(ke, Transform::addke(TransformType::ADDKE1, method));
    }
    Ok(())
}

fn profile_line(line: Word<'_>, words: Tokens<'_>, profile: &mut Profile) -> Result<(), NotationError> {
    if let Some(mut rest) = words.behind(&["lifetime"]) {
        if let Some(word) = rest.next() {
            profile.lifetime = Some(Stated::at(number(word, "a lifetime in seconds")?, line.span()));
        }
    } else if let Some(mut rest) = words.behind(&["match", "identity", "remote"]) {
        let kind = rest.next().map_or("", |word| word.text);
        // `fqdn domain example.com` is any name in that domain.
        let value = rest.next().and_then(|value| if value.text.eq_ignore_ascii_case("domain") { rest.next() } else { Some(value) });
        if let (Some(value), true, None) = (value, !kind.eq_ignore_ascii_case("any"), &profile.identity) {
            let address = value.text.strip_suffix("/128").or_else(|| value.text.strip_suffix("/32")).unwrap_or(value.text);
            profile.identity = Some(Stated::at(address.to_owned(), value.span()));
        }
    }
    Ok(())
}

/// What stands behind `set`, below `crypto ipsec profile` and `crypto map`.
fn protection_line<'a>(line: Word<'a>, words: Tokens<'a>, protection: &mut Protection<'a>) -> Result<(), NotationError> {
    extend(&mut protection.span, line.span());
    if let Some(rest) = words.behind(&["transform-set"]) {
        protection.sets = rest.take(MOST_NAMES).collect();
    } else if let Some(mut rest) = words.behind(&["ikev2-profile"]) {
        protection.ike_profile = rest.next();
    } else if let Some(mut rest) = words.behind(&["pfs"]) {
        let word = rest.next();
        let known = word.map(|word| group(word, "group", GROUPS, "a PFS group of IOS, as group14 or group19")).transpose()?;
        // The command without a group is group 1 (IOS security command reference, `set pfs`).
        let group = known.map_or(KeMethod::MODP_768, |t| KeMethod(t.id.0));
        protection.pfs = Some(Stated::at(Pfs::Groups(Vec::from([group])), line.span()));
    } else if let Some(rest) = words.behind(&["security-association", "lifetime"]) {
        lifetime(line, rest, &mut protection.lifetime, &mut protection.octets)?;
    }
    Ok(())
}

/// `seconds 3600`, `kilobytes 4608000`, `kilobytes disable`.
pub(in super::super) fn lifetime(
    line: Word<'_>,
    words: Tokens<'_>,
    time: &mut Option<Stated<u64>>,
    octets: &mut Option<Stated<u64>>,
) -> Result<(), NotationError> {
    let mut rest = words;
    while let Some(unit) = rest.next() {
        let Some(value) = rest.next() else { return Ok(()) };
        if value.text.eq_ignore_ascii_case("disable") || value.text.eq_ignore_ascii_case("unlimited") {
            continue;
        }
        match unit.text.to_ascii_lowercase().as_str() {
            "seconds" => *time = Some(Stated::at(number(value, "a lifetime in seconds")?, line.span())),
            "days" => *time = Some(Stated::at(number(value, "a lifetime in days")?.saturating_mul(86400), line.span())),
            "kilobytes" => *octets = Some(Stated::at(number(value, "a lifetime in kilobytes")?.saturating_mul(1024), line.span())),
            _ => {}
        }
    }
    Ok(())
}

fn transform_set(line: Word<'_>, words: Tokens<'_>, settings: &mut Settings) -> Result<TransformSet, NotationError> {
    let mut set = TransformSet { suite: Suite { span: Some(line.span()), ..Suite::default() }, ah: Vec::new() };
    let mut rest = words.peekable();
    while let Some(word) = rest.next() {
        let lists = &mut set.suite.lists;
        match PIECES.read(word)? {
            Piece::Fixed(encr) => add(&mut lists.encr, Transform::encr(encr)),
            Piece::Bits(encr, bits) => add(&mut lists.encr, Transform::encr_bits(encr, bits)),
            Piece::Sized(encr) => {
                let digits = |word: &Word<'_>| !word.text.is_empty() && word.text.bytes().all(|c| c.is_ascii_digit());
                let bits = match rest.next_if(digits) {
                    None => 128,
                    Some(size) => match size.text {
                        "128" => 128,
                        "192" => 192,
                        "256" => 256,
                        _ => return Err(size.error(NotationErrorKind::KeyBits(Transform::encr(encr)))),
                    },
                };
                add(&mut lists.encr, Transform::encr_bits(encr, bits));
            }
            Piece::Integrity(integ) => add(&mut lists.integ, Transform::integ(integ)),
            Piece::Ah(integ) => add(&mut set.ah, Transform::integ(integ)),
            Piece::Outside => settings.remark(format!("{} is in no proposal of IKEv2 and left out.", word.text), Some(word.span())),
        }
    }
    let lists = &mut set.suite.lists;
    if lists.encr.iter().all(|t| t.is_aead()) && !lists.encr.is_empty() && !lists.integ.is_empty() {
        lists.integ.clear();
        settings.remark("esp-gcm authenticates by itself: the integrity algorithm beside it is left out.", Some(line.span()));
    }
    if lists.encr.is_empty() && !lists.integ.is_empty() {
        // Without a cipher IOS has none: esp-null.
        return Err(NotationError { at: line.at, len: line.text.len(), kind: missing_cipher() });
    }
    if !set.ah.is_empty() && !set.suite.lists.encr.is_empty() {
        settings.remark("AH beside ESP is a second SA, which is not read here.", Some(line.span()));
        set.ah.clear();
    }
    Ok(set)
}

const fn missing_cipher() -> NotationErrorKind {
    NotationErrorKind::Missing { protocol: SecurityProtocol::ESP, ty: TransformType::ENCR }
}

/// NONE as integrity algorithm, as `show` prints it.
pub(super) fn without_none(list: &mut Vec<Transform>) {
    list.retain(|t| *t != Transform::integ(Integ::NONE));
}
