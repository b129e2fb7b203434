//! Lists of proposals as settings have them: with `!`, with `default`, for IKE, ESP or AH.

use crate::proposal::notation::assignments::unquoted;
use crate::proposal::notation::settings::{Settings, Stated};
use crate::proposal::notation::words::Word;
use crate::proposal::notation::{Expected, Hint, NotationError, NotationErrorKind};
use crate::proposal::{Dialect, NegotiationContext, profiles};
use crate::registry::SecurityProtocol;
use crate::role::Role;

/// Reads the proposals of one setting into the settings.
pub(super) fn list(protocol: SecurityProtocol, value: Word<'_>, hint: Hint, into: &mut Settings) -> Result<(), NotationError> {
    let mut value = unquoted(value);
    let strict = value.text.strip_suffix('!');
    if let Some(strict) = strict {
        value = value.front(strict.len()).trim();
    }
    let mut any = false;
    for item in super::items(value).map(unquoted) {
        any = true;
        if into.is_full(protocol) {
            break;
        }
        if item.text == "default" {
            default(protocol, Some(item), hint, into)?;
            continue;
        }
        let proposal = Stated::at(super::read(protocol, item)?, item.span());
        into.propose(proposal);
    }
    if any { Ok(()) } else { Err(value.error(NotationErrorKind::Empty(Expected::Proposal))) }
}

/// Takes what charon proposes by default: where the text says `default`, or nothing at all.
pub(super) fn default(protocol: SecurityProtocol, word: Option<Word<'_>>, hint: Hint, into: &mut Settings) -> Result<(), NotationError> {
    let (alias, release) = match hint.dialect {
        Some(Dialect::StrongSwan5) => ("strongswan5", "5.9"),
        _ => ("strongswan6", "6.0"),
    };
    let context = if protocol == SecurityProtocol::IKE { NegotiationContext::IkeSaInit } else { NegotiationContext::IkeAuth };
    let known = profiles::find_for(alias, context, Role::Responder).filter(|profile| profile.protocol == protocol);
    let span = word.map(Word::span);
    let Some(profile) = known else {
        return match word {
            Some(word) => Err(word.error(NotationErrorKind::Default)),
            None => Ok(()),
        };
    };
    for value in profile.to_proposals() {
        let proposal = Stated { value, span };
        into.propose(proposal);
    }
    let name = if protocol == SecurityProtocol::IKE { "IKE" } else { "ESP" };
    let reason = if word.is_some() { "default stands for" } else { "No proposals are named, which stands for" };
    into.remark(
        alloc::format!(
            "{reason} the {name} proposals that the build at hand supports; those of a plain strongSwan {release} are taken here."
        ),
        span,
    );
    Ok(())
}
