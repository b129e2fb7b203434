//! Outcome and explanation of one negotiation, to read.

use super::table;
use crate::evidence::offers::{self, Offer, Terms};
use crate::report::Style;
use crate::report::text::{Ink, Page};
use ikev2::proposal::{Policy, Question, Refusal, RefusalResponse, Selection, negotiate, profiles};
use std::io::{self, Write};

/// Every vendor profile, and the names that stand for several.
///
/// # Errors
/// `out` takes no more.
pub fn list(style: Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(style, usize::MAX);
    for profile in profiles::ALL {
        page.words(Ink::Plain, "", 4, &profile.to_string());
    }
    page.push("\nAliases:\n");
    for alias in profiles::ALIASES {
        let names: Vec<_> = alias.profiles.iter().map(|profile| profile.name).collect();
        page.words(Ink::Plain, "", 4, &format!("{}: {}", alias.name, names.join(", ")));
    }
    out.write_all(page.take().as_bytes())
}

/// Writes what became of an offer under a policy that is called `local`; gives whether the two agree.
///
/// # Errors
/// `out` takes no more.
pub fn outcome(offer: &Offer, local: &str, policy: &Policy, terms: &Terms, style: Style, out: &mut dyn Write) -> io::Result<bool> {
    let line = |out: &mut dyn Write, ink: Ink, label: &str, text: &str| {
        let mut page = Page::new(style, usize::MAX);
        page.words(ink, label, label.chars().count(), text);
        out.write_all(page.take().as_bytes())
    };
    line(out, Ink::Plain, "Offer:  ", &offer.label)?;
    line(out, Ink::Plain, "Policy: ", &format!("{local}, under the rules of {}", policy.dialect().name()))?;
    for caveat in offers::caveats(offer, local, terms) {
        line(out, Ink::Plain, "Note:   ", &caveat)?;
    }
    writeln!(out)?;
    let outcome: Result<Selection, Refusal> = negotiate(&offer.body, Question::new(terms.context, offer.ke), policy);
    table::print(&offer.body, policy, outcome.as_ref().err(), outcome.as_ref().ok(), style, out)?;
    match &outcome {
        Ok(selection) => {
            line(out, Ink::Good, "Outcome: ", &format!("agreed on proposal {}.", selection.number()))?;
            line(out, Ink::Plain, "What:    ", &selection.explanation().to_string())?;
        }
        Err(refusal) => {
            let answer = match refusal.response() {
                RefusalResponse::InvalidKePayload { .. } => "try again with another group: INVALID_KE_PAYLOAD (17)".into(),
                RefusalResponse::Dropped(_) => "refused, without an answer".into(),
                RefusalResponse::EmptySaPayload => "refused, the answer is an SA payload without a proposal".into(),
                _ => refusal.notify().map_or("refused".into(), |notify| format!("refused, the answer is {}", notify.ty)),
            };
            line(out, Ink::Bad, "Outcome: ", &format!("{answer}."))?;
            line(out, Ink::Plain, "Why:     ", &refusal.to_string())?;
        }
    }
    Ok(outcome.is_ok())
}
