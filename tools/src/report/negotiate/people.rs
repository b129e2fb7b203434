//! Outcomes and explanations, to read.

use super::table;
use super::words::{self, End};
use crate::evidence::negotiation::{Answer, Fix, Offer, Part, Side, Whole};
use crate::report::Style;
use crate::report::text::{Ink, Page};
use ikev2::proposal::lint::{Lint, LintClass};
use ikev2::proposal::{NegotiationContext, profiles};
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

fn labelled(page: &mut Page, ink: Ink, label: &str, text: &str) {
    page.words(ink, label, label.chars().count(), text);
}

/// Writes what became of an offer under a policy that is called `local`.
///
/// # Errors
/// `out` takes no more.
pub fn outcome(offer: &Offer, local: &str, answer: &Answer, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(style, usize::MAX);
    labelled(&mut page, Ink::Plain, "Offer:  ", &offer.label);
    labelled(&mut page, Ink::Plain, "Policy: ", &format!("{local}, under the rules of {}", answer.policy.dialect().name()));
    for remark in &answer.remarks {
        labelled(&mut page, Ink::Plain, "Note:   ", remark);
    }
    page.end_line();
    out.write_all(page.take().as_bytes())?;
    if let Err(refusal) = &answer.outcome {
        table::print(refusal, style, out)?;
    }
    match &answer.outcome {
        Ok(selection) => {
            labelled(&mut page, Ink::Good, "Outcome: ", &format!("agreed on {selection}."));
            labelled(&mut page, Ink::Plain, "What:    ", &selection.explanation().to_string());
        }
        Err(refusal) => {
            labelled(&mut page, Ink::Bad, "Outcome: ", &format!("{}.", words::answered(refusal)));
            if let Some(error) = answer.windows_error {
                labelled(&mut page, Ink::Plain, "Windows: ", &format!("the client shows error {error}."));
            }
            labelled(&mut page, Ink::Plain, "Why:     ", &refusal.to_string());
        }
    }
    fixes(&mut page, &answer.fixes);
    lints(&mut page, &answer.lints);
    out.write_all(page.take().as_bytes())
}

/// The changes, each line of them whole: they are to be pasted.
fn fixes(page: &mut Page, fixes: &[Fix]) {
    for fix in fixes {
        page.words(Ink::Strong, "Change:  ", 9, &words::whose(fix));
        for line in &fix.changed {
            page.line(&format!("           {line}"));
        }
        if !fix.warning.is_empty() {
            page.words(Ink::Doubtful, "         not advised: ", 9, &fix.warning);
        }
    }
}

fn lints<'l>(page: &mut Page, lints: impl IntoIterator<Item = &'l Lint>) {
    for lint in lints {
        let ink = if lint.class == LintClass::Weak { Ink::Doubtful } else { Ink::Bad };
        page.words(ink, "Lint:    ", 9, &format!("{lint}."));
    }
}

/// Writes the four outcomes of two configurations.
///
/// # Errors
/// `out` takes no more.
pub fn whole(initiator: &Side, responder: &Side, whole: &Whole, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(style, 110);
    let context = NegotiationContext::IkeSaInit;
    labelled(&mut page, Ink::Plain, "Initiator: ", &initiator.label(context));
    let rules = format!("{}, under the rules of {}", responder.label(context), whole.dialect.name());
    labelled(&mut page, Ink::Plain, "Responder: ", &rules);
    for remark in initiator.remarks(context).into_iter().chain(responder.remarks(context)) {
        labelled(&mut page, Ink::Plain, "Note:      ", &remark);
    }
    page.end_line();
    for (context, part) in &whole.parts {
        head(&mut page, *context, part);
    }
    for (context, answer, why) in words::refused(whole) {
        page.end_line();
        page.ink(Ink::Strong, words::exchange(context));
        page.end_line();
        page.words(Ink::Plain, "  ", 2, &why);
        fixes(&mut page, &answer.fixes);
    }
    let all = words::lints(whole);
    if !all.is_empty() {
        page.end_line();
    }
    lints(&mut page, all);
    out.write_all(page.take().as_bytes())
}

/// One line: what becomes of an exchange.
fn head(page: &mut Page, context: NegotiationContext, part: &Part) {
    let prefix = format!("{:<27}", format!("{}:", words::exchange(context)));
    let (end, text) = words::end(part);
    let ink = match end {
        End::Agreed => Ink::Good,
        End::Refused => Ink::Bad,
        End::Untold => Ink::Doubtful,
    };
    page.words(ink, &prefix, 27, &text);
}
