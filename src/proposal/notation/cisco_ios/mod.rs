//! Cisco IOS and IOS XE: `crypto ikev2 ..` and `crypto ipsec ..`, and the output of `show crypto ikev2` and `debug crypto ikev2`.
//!
//! The names and what they mean are those of the Cisco IOS security command reference and of the FlexVPN and IKEv2 configuration
//! guide. A proposal without `prf` has the integrity algorithms as PRFs. Several names in one line are alternatives of one proposal.
//! A transform set is an ESP proposal; `set pfs` is one group for all of them. IOS has no extended sequence numbers.

mod choose;
pub(super) mod config;
mod names;
pub(super) mod output;
#[cfg(test)]
mod tests;
mod write;

use super::detect::{Confidence, Likeness};
use super::lines::{likeness, tokens};
use super::settings::{Settings, Written};
use super::words::Word;
use super::{Hint, Notation, NotationError, Unwritable};
use names::ENCRYPTION;

pub(super) fn recognise(text: &str) -> Option<Likeness> {
    likeness(text, sign)
}

fn sign(line: Word<'_>) -> Option<Confidence> {
    let words = tokens(line);
    if let Some(rest) = words.behind(&["crypto"]) {
        let is = |names: &[&str]| rest.behind(names).is_some();
        let asa =
            rest.behind(&["ikev2", "policy"]).is_some_and(|mut rest| rest.next().is_some_and(|word| word.text.parse::<u32>().is_ok()));
        if asa || is(&["ipsec", "ikev1"]) || is(&["ipsec", "ikev2"]) {
            return None;
        }
        let own = is(&["ikev2", "proposal"]) || is(&["ikev2", "profile"]) || is(&["ikev2", "policy"]) || is(&["ipsec", "transform-set"]);
        return Some(if own { Confidence::Certain } else { Confidence::Possible });
    }
    if let Some(mut rest) = words.behind(&["encryption"]) {
        return rest
            .next()
            .is_some_and(|word| word.text.contains("cbc") && ENCRYPTION.find(word.text).is_some())
            .then_some(Confidence::Likely);
    }
    if !output::is_output(line) {
        return None;
    }
    // `show crypto ikev2 sa` of the ASA has no PRF, and its debug output another head.
    let asa = output::is_sa(line.text) && !line.text.contains("PRF: ") || line.text.contains("IKEv2-P");
    (!asa).then_some(Confidence::Certain)
}

pub(super) fn read(text: &str, _: Hint) -> Result<Settings, NotationError> {
    let mut settings = Settings::new(Notation::CiscoIos);
    let config = config::read(text, &mut settings)?;
    let configured =
        !config.proposals.is_empty() || !config.sets.is_empty() || !config.protections.is_empty() || !config.profiles.is_empty();
    if configured {
        choose::settings(&config, &mut settings)?;
    } else {
        output::read(text, &mut settings)?;
    }
    Ok(settings)
}

pub(super) fn write(settings: &Settings) -> Result<Written, Unwritable> {
    write::write(settings)
}
