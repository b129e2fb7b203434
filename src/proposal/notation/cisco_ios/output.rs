//! The output of `show crypto ikev2 proposal`, `show crypto ikev2 sa` and `debug crypto ikev2`, of IOS and of the ASA.
//!
//! `show` names the fields. `debug` lists the names of a proposal's transforms, ciphers first, then PRFs, integrity algorithms and
//! groups; some releases leave out the key bits.

use super::config::without_none;
use super::names::{OUTPUT, Output, PQC};
use crate::proposal::notation::assemble::{Lists, NO_ESN, Suite, add, nothing};
use crate::proposal::notation::lines::{lines, raw, tokens};
use crate::proposal::notation::settings::{Settings, Stated};
use crate::proposal::notation::span::{Span, extend};
use crate::proposal::notation::words::Word;
use crate::proposal::notation::{NotationError, NotationErrorKind};
use crate::registry::{Encr, Integ, KeMethod, Prf, SecurityProtocol, SequenceNumbers, TransformType};
use crate::transform::Transform;
use alloc::format;
use alloc::vec::Vec;

fn find(name: &str) -> Option<Output> {
    OUTPUT.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
}

/// Whether a line is the head of what is read here.
pub(in super::super) fn is_output(line: Word<'_>) -> bool {
    is_shown(line.text).is_some() || is_sa(line.text) || head(line).is_some()
}

/// `Encr: AES-CBC, keysize: 256, PRF: SHA512, Hash: SHA512, DH Grp:19`.
pub(in super::super) fn is_sa(line: &str) -> bool {
    line.contains("Encr: ") && (line.contains("Hash: ") || line.contains("keysize: "))
}

/// `IKEv2 proposal: NAME`, and the name.
fn is_shown(line: &str) -> Option<&str> {
    let title = "IKEv2 proposal";
    let rest = line.get(..title.len()).filter(|head| head.eq_ignore_ascii_case(title)).and(line.get(title.len()..))?;
    Some(rest.trim_start().strip_prefix(':')?.trim())
}

pub(in super::super) fn read(text: &str, settings: &mut Settings) -> Result<(), NotationError> {
    shown(text, settings)?;
    if settings.ike.is_empty() {
        debugged(text, settings);
    }
    if settings.ike.is_empty() && settings.esp.is_empty() {
        negotiated(text, settings)?;
    }
    if settings.ike.is_empty() && settings.esp.is_empty() { Err(nothing()) } else { Ok(()) }
}

/// The fields of `show crypto ikev2 proposal`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Encryption,
    Integrity,
    Prf,
    Group,
    Additional,
    Other,
}

fn shown(text: &str, settings: &mut Settings) -> Result<(), NotationError> {
    let mut all: Vec<(&str, Suite)> = Vec::new();
    let mut field = Field::Other;
    for line in lines(text) {
        if let Some(name) = is_shown(line.text) {
            all.push((name, Suite { span: Some(line.span()), ..Suite::default() }));
            field = Field::Other;
            continue;
        }
        let Some((_, suite)) = all.last_mut() else { continue };
        let mut values = line;
        if let Some((name, value)) = line.text.split_once(':') {
            field = match name.trim().to_ascii_lowercase().as_str() {
                "encryption" => Field::Encryption,
                "integrity" => Field::Integrity,
                "prf" => Field::Prf,
                "dh group" => Field::Group,
                "pqc" => Field::Additional,
                _ => Field::Other,
            };
            values = line.behind(line.text.len().saturating_sub(value.len()));
        } else if !tokens(line).all(|word| find(word.text).is_some() || is_group(word.text) || word.text.parse::<u16>().is_ok()) {
            // A value that did not fit on the line goes on below it; anything else is no part of the table.
            field = Field::Other;
        }
        if field != Field::Other {
            extend(&mut suite.span, line.span());
            shown_values(field, values, &mut suite.lists)?;
        }
    }
    if all.len() > 1 {
        all.retain(|(name, _)| !name.eq_ignore_ascii_case("default"));
    }
    for (_, mut suite) in all {
        without_none(&mut suite.lists.integ);
        settings.ike.extend(suite.lists.ike().into_iter().map(|value| Stated { value, span: suite.span }));
    }
    Ok(())
}

fn shown_values(field: Field, values: Word<'_>, lists: &mut Lists) -> Result<(), NotationError> {
    for word in tokens(values) {
        let unknown = || word.error(NotationErrorKind::Name { expected: "a value as IOS shows it, as AES-CBC-256 or SHA512", meant: None });
        match (field, find(word.text)) {
            (Field::Encryption, Some(Output::Cipher(encr))) => add(&mut lists.encr, encr),
            (Field::Encryption, Some(Output::Sized(encr))) => sizes(encr).for_each(|t| add(&mut lists.encr, t)),
            (Field::Prf, Some(Output::Hash(Some(prf), _))) => add(&mut lists.prf, Transform::prf(prf)),
            (Field::Integrity, Some(Output::Hash(_, Some(integ)))) => add(&mut lists.integ, Transform::integ(integ)),
            (Field::Integrity, _) if ["none", "null"].iter().any(|none| word.text.eq_ignore_ascii_case(none)) => {}
            // Releases differ: SHA1 and MD5 as integrity algorithms too.
            (Field::Integrity, Some(Output::Hash(Some(prf), None))) => add(&mut lists.integ, Transform::integ(integ_of(prf))),
            (Field::Prf, Some(Output::Hash(None, Some(integ)))) => {
                let prf = if integ == Integ::AUTH_HMAC_MD5_96 { Prf::PRF_HMAC_MD5 } else { Prf::PRF_HMAC_SHA1 };
                add(&mut lists.prf, Transform::prf(prf));
            }
            (Field::Group, _) => group(word, &mut lists.ke),
            (Field::Additional, _) => {
                let optional = word.text.eq_ignore_ascii_case("optional");
                let method = if optional { KeMethod::NONE } else { PQC.read(word)? };
                add(&mut lists.ke, Transform::addke(TransformType::ADDKE1, method));
            }
            _ => return Err(unknown()),
        }
    }
    Ok(())
}

const fn integ_of(prf: Prf) -> Integ {
    match prf {
        Prf::PRF_HMAC_MD5 => Integ::AUTH_HMAC_MD5_96,
        _ => Integ::AUTH_HMAC_SHA1_96,
    }
}

/// The three key lengths of AES, where the output has none.
fn sizes(encr: Encr) -> impl Iterator<Item = Transform> {
    [256, 192, 128].into_iter().map(move |bits| Transform::encr_bits(encr, bits))
}

fn is_group(word: &str) -> bool {
    word.get(..9).is_some_and(|head| head.eq_ignore_ascii_case("DH_GROUP_"))
}

/// `DH_GROUP_2048_MODP/Group 14`: the number is a word of its own.
fn group(word: Word<'_>, ke: &mut Vec<Transform>) {
    if let Ok(number) = word.text.parse::<u16>() {
        add(ke, Transform::ke(KeMethod(number)));
    }
}

/// `show crypto ikev2 sa`: what was negotiated.
fn negotiated(text: &str, settings: &mut Settings) -> Result<(), NotationError> {
    let mut suite = Suite::default();
    let mut open = false;
    for line in raw(text) {
        if is_sa(line.text) {
            if suite.span.is_some() {
                settings.remark("The text shows several IKE SAs; the first is read.", Some(line.span()));
                break;
            }
            open = true;
        }
        if open {
            open = !line.text.contains("Life/Active Time");
            sa_line(line, &mut suite)?;
        }
    }
    if suite.span.is_some() {
        settings.ike_lifetime = suite.lifetime;
        settings.ike.extend(suite.lists.ike().into_iter().map(|value| Stated { value, span: suite.span }));
        settings.remark("Read is what an IKE SA negotiated, not what is configured.", suite.span);
    }
    Ok(())
}

fn sa_line(line: Word<'_>, suite: &mut Suite) -> Result<(), NotationError> {
    let mut cipher: Option<Encr> = None;
    for field in line.split(&[',']) {
        let Some((name, value)) = field.text.split_once(':') else { continue };
        let place = field.behind(field.text.len().saturating_sub(value.len())).trim();
        let lists = &mut suite.lists;
        let unknown = || place.error(NotationErrorKind::Name { expected: "a value as IOS shows it, as AES-CBC or SHA512", meant: None });
        match name.trim().to_ascii_lowercase().as_str() {
            "encr" => match find(place.text).ok_or_else(unknown)? {
                Output::Cipher(encr) => add(&mut lists.encr, encr),
                Output::Sized(encr) => cipher = Some(encr),
                Output::Hash(..) => return Err(unknown()),
            },
            "keysize" => {
                if let Some(encr) = cipher.take() {
                    add(&mut lists.encr, Transform::encr_bits(encr, place.text.parse().map_err(|_| unknown())?));
                }
            }
            "prf" => {
                if let Some(Output::Hash(prf, _)) = find(place.text) {
                    lists.prf.extend(prf.map(Transform::prf));
                }
            }
            "hash" => match find(place.text) {
                Some(Output::Hash(prf, integ)) => lists.integ.extend(integ.or(prf.map(integ_of)).map(Transform::integ)),
                _ if place.text.eq_ignore_ascii_case("none") || place.text.eq_ignore_ascii_case("n/a") => {}
                _ => return Err(unknown()),
            },
            "dh grp" => group(place, &mut lists.ke),
            "life/active time" => {
                let seconds = place.text.split('/').next().and_then(|digits| digits.trim().parse().ok());
                suite.lifetime = seconds.map(|value| Stated::at(value, line.span()));
                continue;
            }
            _ => continue,
        }
        extend(&mut suite.span, line.span());
    }
    suite.lists.encr.extend(cipher.into_iter().flat_map(sizes));
    Ok(())
}

/// The head of a proposal of `debug`: the protocol, the number, and what stands behind it.
struct Head<'a> {
    protocol: SecurityProtocol,
    number: u64,
    rest: Word<'a>,
}

/// `Proposal: 1, Protocol id: IKE, ..`, `IKE Proposal: 1, SPI size: 0 ..`, `ESP: Proposal 1:  AES-CBC-256 ..`.
fn head(line: Word<'_>) -> Option<Head<'_>> {
    let title = "Proposal";
    let at = line.text.find(title)?;
    let rest = line.behind(at.saturating_add(title.len()));
    let behind = rest.text.trim_start_matches([':', ' ']);
    let digits = behind.find(|c: char| !c.is_ascii_digit()).unwrap_or(behind.len());
    let number = behind.get(..digits)?.parse().ok()?;
    let rest = rest.behind(rest.text.len().saturating_sub(behind.len()).saturating_add(digits));
    let before = line.text.get(..at)?.trim_end().trim_end_matches(':');
    let marks = ["Protocol id:", "SPI size:", "Num. transforms", "#trans"];
    let named = before.ends_with("ESP") || rest.text.contains("Protocol id: ESP");
    let structured = marks.iter().any(|mark| rest.text.contains(mark));
    let listed = rest.text.starts_with(':') && tokens(rest.behind(1)).next().is_some_and(|word| find(word.text).is_some());
    (structured || listed).then_some(Head { protocol: if named { SecurityProtocol::ESP } else { SecurityProtocol::IKE }, number, rest })
}

/// A proposal of `debug`: names without their types, or with.
struct Listed {
    protocol: SecurityProtocol,
    number: u64,
    own: bool,
    lists: Lists,
    hashes: Vec<(Option<Prf>, Option<Integ>)>,
    sn: Vec<SequenceNumbers>,
    span: Option<Span>,
    without_bits: bool,
}

fn debugged(text: &str, settings: &mut Settings) {
    let mut all: Vec<Listed> = Vec::new();
    let mut own = false;
    for line in raw(text) {
        if line.text.contains("Expected Policies") {
            own = true;
        } else if line.text.contains("Received Policies") {
            own = false;
        }
        if let Some(Head { protocol, number, rest }) = head(line) {
            let (lists, hashes, sn) = (Lists::default(), Vec::new(), Vec::new());
            all.push(Listed { protocol, number, own, lists, hashes, sn, span: Some(line.span()), without_bits: false });
            if let Some(listed) = all.last_mut() {
                listed.names(rest, false);
            }
            continue;
        }
        let Some(listed) = all.last_mut() else { continue };
        if let Some((_, value)) = line.text.split_once("type: ") {
            let ty = value.split([',', ' ']).next().and_then(|digits| digits.parse().ok()).map(TransformType);
            if let (Some(ty), Some(at)) = (ty, line.text.find("id: ")) {
                extend(&mut listed.span, line.span());
                listed.typed(ty, line.behind(at.saturating_add(4)).trim());
            }
        } else {
            listed.names(line, true);
        }
    }
    for protocol in [SecurityProtocol::IKE, SecurityProtocol::ESP] {
        take(&all, protocol, settings);
    }
}

impl Listed {
    /// A line of names; a line that does not begin with one is another one.
    fn names(&mut self, line: Word<'_>, strict: bool) {
        let known = |text: &str| find(text).is_some() || is_group(text);
        if strict && !tokens(line).next().is_some_and(|word| known(word.text)) {
            if line.text.contains("use ESN") && line.text.len() < 40 {
                self.sequence_numbers(line.text);
            }
            return;
        }
        let mut in_group = false;
        for word in tokens(line) {
            match find(word.text) {
                Some(Output::Cipher(encr)) => add(&mut self.lists.encr, encr),
                Some(Output::Sized(encr)) => {
                    self.without_bits = true;
                    sizes(encr).for_each(|t| add(&mut self.lists.encr, t));
                }
                Some(Output::Hash(prf, integ)) => self.hashes.push((prf, integ)),
                None if in_group => group(word, &mut self.lists.ke),
                None => {}
            }
            in_group = is_group(word.text);
        }
        if tokens(line).any(|word| word.text == "ESN") {
            self.sequence_numbers(line.text);
        }
        extend(&mut self.span, line.span());
    }

    fn sequence_numbers(&mut self, text: &str) {
        let narrow = text.contains("Don't use ESN") || text.contains("Don\u{2019}t use ESN");
        let sn = if narrow { SequenceNumbers::SEQUENTIAL_32 } else { SequenceNumbers::PARTIALLY_TRANSMITTED_64 };
        if !self.sn.contains(&sn) {
            self.sn.push(sn);
        }
    }

    fn typed(&mut self, ty: TransformType, name: Word<'_>) {
        let first = name.text.split_whitespace().next().unwrap_or("");
        match (ty, find(first)) {
            (TransformType::ENCR, Some(Output::Cipher(encr))) => add(&mut self.lists.encr, encr),
            (TransformType::ENCR, Some(Output::Sized(encr))) => {
                self.without_bits = true;
                sizes(encr).for_each(|t| add(&mut self.lists.encr, t));
            }
            (TransformType::PRF, Some(Output::Hash(Some(prf), _))) => add(&mut self.lists.prf, Transform::prf(prf)),
            (TransformType::INTEG, Some(Output::Hash(_, Some(integ)))) => add(&mut self.lists.integ, Transform::integ(integ)),
            (TransformType::INTEG, Some(Output::Hash(Some(prf), None))) => add(&mut self.lists.integ, Transform::integ(integ_of(prf))),
            (TransformType::KE, _) => name.text.split_whitespace().last().into_iter().for_each(|digits| {
                group(Word::whole(digits), &mut self.lists.ke);
            }),
            (TransformType::SN, _) => self.sequence_numbers(name.text),
            _ => {}
        }
    }

    /// The names of hashes sorted: PRFs first, then integrity algorithms.
    fn lists(&self) -> Lists {
        let mut lists = self.lists.clone();
        let aead = !lists.encr.is_empty() && lists.encr.iter().all(|t| t.is_aead());
        let half = self.hashes.len().div_ceil(2);
        for (place, (prf, integ)) in self.hashes.iter().enumerate() {
            let is_prf = self.protocol == SecurityProtocol::IKE && (aead || integ.is_none() || prf.is_some() && place < half);
            match (prf, integ) {
                (Some(prf), _) if is_prf => add(&mut lists.prf, Transform::prf(*prf)),
                (_, Some(integ)) => add(&mut lists.integ, Transform::integ(*integ)),
                (Some(prf), None) => add(&mut lists.integ, Transform::integ(integ_of(*prf))),
                (None, None) => {}
            }
        }
        lists
    }
}

/// The first list of a protocol: proposals with rising numbers, of one side.
fn take(all: &[Listed], protocol: SecurityProtocol, settings: &mut Settings) {
    let own: Vec<&Listed> = all.iter().filter(|listed| listed.protocol == protocol && !listed.lists().encr.is_empty()).collect();
    let Some(first) = own.first() else { return };
    let mut last = 0;
    let mut rest = own.iter();
    for listed in rest.by_ref() {
        if listed.number <= last || listed.own != first.own {
            settings
                .remark("The text lists further proposals, of the other side or of another message; the first list is read.", listed.span);
            break;
        }
        last = listed.number;
        let lists = listed.lists();
        let sn = if listed.sn.is_empty() { NO_ESN } else { &listed.sn };
        let made = if protocol == SecurityProtocol::IKE { lists.ike() } else { lists.esp(sn) };
        let stated = made.into_iter().map(|value| Stated { value, span: listed.span });
        if protocol == SecurityProtocol::IKE {
            settings.ike.extend(stated);
        } else {
            settings.esp.extend(stated);
        }
        if listed.without_bits {
            let text = format!("The output has no key length for proposal {}: it is read as 256, 192 or 128 bits.", listed.number);
            settings.remark(text, listed.span);
        }
    }
    if protocol == SecurityProtocol::ESP {
        settings.pfs_of_proposals();
    }
}
