//! strongSwan's texts: which form one has, its reader and its writer.

use super::{conf, lists, log, swanctl};
use crate::proposal::notation::detect::{Confidence, Likeness};
use crate::proposal::notation::leaning;
use crate::proposal::notation::settings::{Settings, Written};
use crate::proposal::notation::words::Word;
use crate::proposal::notation::{Hint, Notation, NotationError, Unwritable};
use crate::registry::SecurityProtocol;

enum Form {
    Output,
    Swanctl,
    Conf,
    Bare,
}

/// Whether a setting of swanctl.conf stands in the text, or a section that only it has.
fn is_swanctl(text: &str) -> bool {
    let mut from = 0_usize;
    while let Some(found) = text.get(from..).and_then(|rest| rest.find("proposals")) {
        let at = from.saturating_add(found);
        let end = at.saturating_add("proposals".len());
        let before = text.get(..at).unwrap_or("");
        let alone = |head: &str| !head.ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '"' | '.' | ':'));
        let mine = alone(before) || ["esp_", "ah_"].iter().any(|kind| before.strip_suffix(kind).is_some_and(alone));
        if mine && text.get(end..).is_some_and(|rest| rest.trim_start_matches([' ', '\t']).starts_with('=')) && !is_logged(before) {
            return true;
        }
        from = end;
    }
    text.lines().map(str::trim).any(|line| {
        let opens = |name: &str| line.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with('{'));
        let sets = |name: &str| line.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with('='));
        opens("connections") || opens("children") || ["local_addrs", "remote_addrs", "local_ts", "remote_ts"].into_iter().any(sets)
    })
}

/// charon logs `proposals = IKE:..` too, behind a mark of its own.
fn is_logged(before: &str) -> bool {
    before.trim_end_matches([' ', '\t']).ends_with("[CFG]")
}

fn form(text: &str) -> Form {
    if log::is_output(text) {
        Form::Output
    } else if is_swanctl(text) {
        Form::Swanctl
    } else if leaning::of_conf(text).is_some() {
        Form::Conf
    } else {
        Form::Bare
    }
}

pub(in crate::proposal::notation) fn recognise(text: &str) -> Option<Likeness> {
    if log::is_output(text) || is_swanctl(text) {
        return Some(Likeness::whole(text, Confidence::Certain));
    }
    let leaning = leaning::of_conf(text).or_else(|| leaning::of_list(text))?;
    let confidence = leaning.confidence(Notation::StrongSwan)?;
    Some(Likeness::whole(text, confidence))
}

pub(in crate::proposal::notation) fn read(text: &str, hint: Hint) -> Result<Settings, NotationError> {
    match form(text) {
        Form::Output => log::read(text, hint),
        Form::Swanctl => swanctl::read(text, hint),
        Form::Conf => conf::read(text, hint),
        Form::Bare => bare(text, hint),
    }
}

fn bare(text: &str, hint: Hint) -> Result<Settings, NotationError> {
    let read = |protocol| {
        let mut settings = Settings::new(Notation::StrongSwan);
        lists::list(protocol, Word::whole(text).trim(), hint, &mut settings).map(|()| settings)
    };
    let mut settings = match hint.context {
        Some(context) if context.is_ike() => read(SecurityProtocol::IKE)?,
        Some(_) => read(SecurityProtocol::ESP)?,
        // A PRF is only of use for IKE.
        None => match read(SecurityProtocol::IKE) {
            Err(error) if text.contains("prf") => return Err(error),
            Err(error) => read(SecurityProtocol::ESP).map_err(|_| error)?,
            Ok(settings) => settings,
        },
    };
    settings.pfs_of_proposals();
    Ok(settings)
}

pub(in crate::proposal::notation) fn write(settings: &Settings) -> Result<Written, Unwritable> {
    super::write::write(settings)
}
