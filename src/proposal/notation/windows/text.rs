//! Whole texts of Windows: ProfileXML, PowerShell commands, and what the `Get-` commands print.

use super::super::detect::{Confidence, Likeness};
use super::super::settings::{Settings, Written};
use super::super::{Expected, Hint, NotationError, NotationErrorKind, Unwritable};
use super::given::{Form, Given};
use super::{output, profile, script, write as writer};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Words that no other product has.
const CERTAIN: [&str; 16] = [
    "<vpnprofile",
    "&lt;vpnprofile",
    "<nativeprotocoltype",
    "&lt;nativeprotocoltype",
    "<cryptographysuite",
    "&lt;cryptographysuite",
    "disableikev2fragmentation",
    "authenticationtransformconstants",
    "ciphertransformconstants",
    "integritycheckmethod",
    "vpnconnectionipsecconfiguration",
    "set-vpnserver",
    "get-vpnserver",
    "sadatasizeforrenegotiation",
    "ipseccustompolicy",
    "l2tpipsecauth",
];
const LIKELY: [&str; 6] =
    ["add-vpnconnection", "set-vpnconnection", "get-vpnconnection", "-encryptionmethod", "vpns2sinterface", "-pfsgroup"];

pub(in crate::proposal::notation) fn recognise(text: &str) -> Option<Likeness> {
    let lower = text.to_ascii_lowercase();
    let certain = Likeness::lines(&lower, &CERTAIN, Confidence::Certain);
    certain.or_else(|| Likeness::lines(&lower, &LIKELY, Confidence::Likely))
}

pub(in crate::proposal::notation) fn read(text: &str, _: Hint) -> Result<Settings, NotationError> {
    if let Some(source) = profile::source(text)? {
        let document = source.open()?;
        let given = profile::profiles(document.root())?;
        return chosen(given).unwrap_or_else(|| Err(nothing(text)));
    }
    let commands = script::read(text)?;
    if commands.iter().any(|given| given.has_policy() || given.revert) {
        return chosen(commands).unwrap_or_else(|| Err(nothing(text)));
    }
    let mut all = output::read(text)?;
    if all.iter().any(Given::has_policy) || commands.is_empty() {
        all.extend(commands);
    } else {
        all = commands;
    }
    chosen(all).unwrap_or_else(|| Err(nothing(text)))
}

fn nothing(text: &str) -> NotationError {
    let at = text.len().saturating_sub(text.trim_start().len());
    NotationError { at, len: 0, kind: NotationErrorKind::Empty(Expected::ParameterName) }
}

/// The first with proposals; a remark names the others.
fn chosen(mut all: Vec<Given<'_>>) -> Option<Result<Settings, NotationError>> {
    let first = all.iter().position(Given::has_policy).or_else(|| all.iter().position(Given::says_something))?;
    let taken = all.remove(first);
    let others: Vec<String> =
        all.iter().filter(|given| given.has_policy() || given.form != Form::Shown).take(8).map(Given::called).collect();
    let place = taken.span;
    Some(taken.settings().map(|mut settings| {
        if !others.is_empty() {
            settings.remark(format!("The text also has {}; that is not read here.", others.join(", ")), Some(place));
        }
        settings
    }))
}

pub(in crate::proposal::notation) fn write(settings: &Settings) -> Result<Written, Unwritable> {
    writer::write(settings)
}
