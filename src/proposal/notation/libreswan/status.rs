//! What `ipsec status` and `ipsec algparse` print.
//!
//! By programs/pluto/connections.c and programs/algparse of libreswan 4.10 and 5.2: proposals stand there in the names of the
//! algorithms, in the order of ipsec.conf, so that the reader of ipsec.conf reads them.

use super::lists::Sizes;
use super::{Reader, Release};
use crate::proposal::notation::assignments::{lines, listed, seconds};
use crate::proposal::notation::settings::{Pfs, Settings, Stated};
use crate::proposal::notation::span::Span;
use crate::proposal::notation::words::Word;
use crate::proposal::notation::{Expected, Notation, NotationError, NotationErrorKind};
use crate::registry::{SecurityProtocol, SequenceNumbers, TransformType};
use crate::transform::Transform;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

const LISTS: [(&str, SecurityProtocol); 3] =
    [("IKE algorithms:", SecurityProtocol::IKE), ("ESP algorithms:", SecurityProtocol::ESP), ("AH algorithms:", SecurityProtocol::AH)];

/// A line of `ipsec status` about a connection: its name, and what is said of it.
fn about(line: Word<'_>) -> Option<(&str, Word<'_>)> {
    let at = line.text.find('"')?;
    let inside = line.behind(at.saturating_add(1));
    let end = inside.text.find('"')?;
    let name = inside.front(end).text;
    // `"name":` or `"name"[1] 192.0.2.1:`.
    let rest = inside.behind(end.saturating_add(1));
    let colon = rest.text.find(": ").or_else(|| rest.text.strip_suffix(':').map(str::len))?;
    Some((name, rest.behind(colon.saturating_add(1)).trim()))
}

fn listed_in(said: Word<'_>) -> Option<(SecurityProtocol, Word<'_>)> {
    LISTS.iter().find_map(|(head, protocol)| said.text.starts_with(head).then(|| (*protocol, said.behind(head.len()).trim())))
}

/// A call of algparse: the protocol, and what it is asked to read.
fn call(line: Word<'_>) -> Option<(SecurityProtocol, Word<'_>)> {
    let at = line.text.find("algparse")?;
    let rest = line.behind(at.saturating_add("algparse".len()));
    if !rest.text.starts_with([' ', '\t']) {
        return None;
    }
    let words = rest.trim().split(&[' ', '\t']).map(|word| crate::proposal::notation::assignments::unquoted(word));
    words.into_iter().find_map(|word| {
        let of = |name: &str, protocol| {
            let rest = word.text.strip_prefix(name)?;
            if rest.is_empty() {
                return Some((protocol, word.behind(name.len())));
            }
            rest.starts_with('=').then(|| (protocol, word.behind(name.len().saturating_add(1))))
        };
        of("ike", SecurityProtocol::IKE).or_else(|| of("esp", SecurityProtocol::ESP)).or_else(|| of("ah", SecurityProtocol::AH))
    })
}

/// Whether the text is such output.
pub(super) fn is_output(text: &str) -> bool {
    lines(text).any(|line| call(line).is_some() || about(line).and_then(|(_, said)| listed_in(said)).is_some())
}

fn push(protocol: SecurityProtocol, list: Word<'_>, into: &mut Settings) -> Result<(), NotationError> {
    for item in list.split(&[',']).filter(|item| !item.text.is_empty()) {
        let proposal = Stated::at(Reader::new(protocol, Release::V5, item).read()?, item.span());
        into.propose(proposal);
    }
    Ok(())
}

/// The piece of a line between a mark and the next `;`.
fn field<'a>(said: Word<'a>, mark: &str) -> Option<Word<'a>> {
    let at = said.text.find(mark)?;
    let rest = said.behind(at.saturating_add(mark.len()));
    Some(rest.front(rest.text.find(';').unwrap_or(rest.text.len())).trim())
}

/// What `policy:` says: PFS, fragmentation, sequence numbers.
fn policy(said: Word<'_>, pfs: &mut Option<(bool, Span)>, into: &mut Settings) -> Sizes {
    let Some(flags) = field(said, "policy:") else { return Sizes::Either };
    let mut sizes = (false, false);
    let mut on = false;
    let mut fragments = false;
    for flag in flags.split(&['+', ' ']) {
        match flag.text {
            "PFS" => on = true,
            "IKE_FRAG_ALLOW" | "IKE_FRAG_FORCE" | "IKE_FRAG" => fragments = true,
            "ESN_YES" => sizes.0 = true,
            "ESN_NO" => sizes.1 = true,
            _ => {}
        }
    }
    *pfs = Some((on, flags.span()));
    into.fragmentation = Some(Stated::at(fragments, flags.span()));
    match sizes {
        (true, false) => Sizes::Wide,
        (false, true) => Sizes::Narrow,
        _ => Sizes::Either,
    }
}

pub(super) fn read(text: &str) -> Result<Settings, NotationError> {
    let first = lines(text).filter_map(about).find(|(_, said)| listed_in(*said).is_some()).map(|(name, _)| name);
    let settings = match first {
        Some(name) => status(text, name)?,
        None => algparse(text)?,
    };
    if settings.ike.is_empty() && settings.esp.is_empty() {
        return Err(Word::whole(text).front(0).error(NotationErrorKind::Empty(Expected::Proposal)));
    }
    Ok(settings)
}

fn status(text: &str, name: &str) -> Result<Settings, NotationError> {
    let mut settings = Settings::new(Notation::Libreswan);
    let into = &mut settings;
    let mut others: Vec<&str> = Vec::new();
    let mut pfs = None;
    let mut sizes = Sizes::Either;
    for (other, said) in lines(text).filter_map(about) {
        let list = listed_in(said);
        if other != name {
            if list.is_some() && others.last() != Some(&other) {
                others.push(other);
            }
            continue;
        }
        if let Some((protocol, list)) = list {
            let seen = if protocol == SecurityProtocol::IKE { &into.ike } else { &into.esp };
            if seen.is_empty() {
                push(protocol, list, into)?;
            }
        } else if said.text.starts_with("policy:") {
            sizes = policy(said, &mut pfs, into);
        } else if said.text.starts_with("ike_life:") {
            let lifetime = |mark: &str| field(said, mark).and_then(|word| Some(Stated::at(seconds(word.text)?, word.span())));
            into.ike_lifetime = lifetime("ike_life:");
            into.esp_lifetime = lifetime("ipsec_life:");
        }
        if let Some(id) = field(said, "their id=") {
            into.remote_identity = Some(Stated::at(String::from(id.text), id.span()));
        }
    }
    let drop = match sizes {
        Sizes::Either => None,
        Sizes::Wide => Some(SequenceNumbers::SEQUENTIAL_32),
        Sizes::Narrow => Some(SequenceNumbers::PARTIALLY_TRANSMITTED_64),
    };
    if let Some(drop) = drop.map(Transform::sn) {
        for esp in &mut into.esp {
            esp.value.transforms.retain(|t| *t != drop);
        }
    }
    let grouped = into.esp.iter().any(|esp| esp.value.of_type(TransformType::KE).next().is_some());
    match pfs {
        Some((true, span)) if !grouped => into.pfs = Some(Stated::at(Pfs::IkeGroup, span)),
        Some((false, span)) => into.set_pfs(Stated::at(Pfs::None, span)),
        _ => into.pfs_of_groups(),
    }
    if !others.is_empty() {
        let names = listed(others.iter().copied());
        into.remark(format!("The text tells of other connections too, which are not read here: {names}."), None);
    }
    Ok(settings)
}

fn algparse(text: &str) -> Result<Settings, NotationError> {
    let mut settings = Settings::new(Notation::Libreswan);
    let into = &mut settings;
    let mut open: Option<(SecurityProtocol, Word<'_>, bool)> = None;
    for line in lines(text).map(Some).chain([None]) {
        let begun = line.and_then(call);
        if line.is_none() || begun.is_some() {
            // Nothing was printed: what was asked stands for it.
            if let Some((protocol, asked, false)) = open.filter(|(_, asked, _)| !asked.text.is_empty()) {
                push(protocol, asked, into)?;
            }
            open = begun.map(|(protocol, asked)| (protocol, asked, false));
            continue;
        }
        let (Some(line), Some((protocol, asked, printed))) = (line.filter(|line| !line.text.is_empty()), open) else { continue };
        if line.text.starts_with("ERROR:") {
            into.remark(format!("algparse refuses this: {}", line.text.get(..120).unwrap_or(line.text)), Some(line.span()));
        } else if !line.text.contains([' ', ':']) {
            push(protocol, line, into)?;
            open = Some((protocol, asked, true));
        } else {
            open = Some((protocol, asked, printed));
        }
    }
    into.pfs_of_groups();
    Ok(settings)
}
