//! libreswan's texts: which form one has, its reader and its writer.

use super::lists::{self, Sizes};
use super::{conn, log, status};
use crate::proposal::notation::detect::{Confidence, Likeness};
use crate::proposal::notation::leaning;
use crate::proposal::notation::settings::{Settings, Written};
use crate::proposal::notation::words::Word;
use crate::proposal::notation::{Expected, Hint, Notation, NotationError, NotationErrorKind, Unwritable};
use crate::registry::SecurityProtocol;

pub(in crate::proposal::notation) fn recognise(text: &str) -> Option<Likeness> {
    if log::is_log(text) || status::is_output(text) {
        return Some(Likeness::whole(text, Confidence::Certain));
    }
    let leaning = leaning::of_conf(text).or_else(|| leaning::of_list(text))?;
    Some(Likeness::whole(text, leaning.confidence(Notation::Libreswan)?))
}

pub(in crate::proposal::notation) fn read(text: &str, hint: Hint) -> Result<Settings, NotationError> {
    if log::is_log(text) {
        log::read(text, hint)
    } else if status::is_output(text) {
        status::read(text)
    } else if leaning::of_conf(text).is_some() {
        conn::read(text, hint)
    } else {
        bare(text, hint)
    }
}

fn bare(text: &str, hint: Hint) -> Result<Settings, NotationError> {
    let whole = Word::whole(text).trim();
    if whole.text.is_empty() {
        return Err(whole.error(NotationErrorKind::Empty(Expected::Proposal)));
    }
    let release = lists::release(hint, lists::is_of_5(whole.text));
    let read = |protocol| {
        let mut settings = Settings::new(Notation::Libreswan);
        lists::list(protocol, whole, release, Sizes::Either, &mut settings).map(|()| settings)
    };
    let mut settings = match hint.context {
        Some(context) if context.is_ike() => read(SecurityProtocol::IKE)?,
        Some(_) => read(SecurityProtocol::ESP)?,
        None => match read(SecurityProtocol::IKE) {
            Err(error) => read(SecurityProtocol::ESP).map_err(|_| error)?,
            Ok(settings) => settings,
        },
    };
    lists::check_groups(&mut settings);
    settings.pfs_of_groups();
    Ok(settings)
}

pub(in crate::proposal::notation) fn write(settings: &Settings) -> Result<Written, Unwritable> {
    super::write::write(settings)
}
