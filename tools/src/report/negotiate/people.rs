//! Outcomes and explanations, to read.

use super::table;
use crate::evidence::negotiation::{Answer, Fix, Offer, Part, Side, Whole};
use crate::report::Style;
use crate::report::text::{Ink, Page};
use ikev2::proposal::lint::{Lint, LintClass};
use ikev2::proposal::{self, NegotiationContext, Refusal, RefusalResponse, Selection, profiles};
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
            labelled(&mut page, Ink::Bad, "Outcome: ", &format!("{}.", answered(refusal)));
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

/// What the stack answers, in words.
fn answered(refusal: &Refusal) -> String {
    match refusal.response() {
        RefusalResponse::InvalidKePayload { .. } => "try again with another group: INVALID_KE_PAYLOAD (17)".into(),
        RefusalResponse::Dropped(_) => "refused, without an answer".into(),
        RefusalResponse::EmptySaPayload => "refused, the answer is an SA payload without a proposal".into(),
        _ => refusal.notify().map_or("refused".into(), |notify| format!("refused, the answer is {}", notify.ty)),
    }
}

/// The changes, each line of them whole: they are to be pasted.
fn fixes(page: &mut Page, fixes: &[Fix]) {
    for fix in fixes {
        let whose = match fix.side {
            proposal::Side::Peer => "the initiator",
            proposal::Side::Local => "the responder",
        };
        page.words(Ink::Strong, "Change:  ", 9, &format!("at {whose}, in its own {} text:", fix.notation.product()));
        for line in &fix.changed {
            page.line(&format!("           {line}"));
        }
        if !fix.warning.is_empty() {
            page.words(Ink::Doubtful, "         not advised: ", 9, &fix.warning);
        }
    }
}

fn lints(page: &mut Page, lints: &[Lint]) {
    for lint in lints {
        let ink = if lint.class == LintClass::Weak { Ink::Doubtful } else { Ink::Bad };
        page.words(ink, "Lint:    ", 9, &format!("{lint}."));
    }
}

/// What an exchange is for, in words.
const fn exchange(context: NegotiationContext) -> &'static str {
    match context {
        NegotiationContext::IkeSaInit => "IKE SA (IKE_SA_INIT)",
        NegotiationContext::IkeAuth => "First Child SA (IKE_AUTH)",
        NegotiationContext::CreateChildSa => "Child SA rekeyed",
        NegotiationContext::RekeyIkeSa => "IKE SA rekeyed",
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
    let told = whole.parts.iter().filter_map(|(context, part)| match part {
        Part::Asked(answer) if !answer.agrees() => Some((context, answer)),
        Part::Asked(_) | Part::NotSaid(_) => None,
    });
    let mut said: Vec<String> = Vec::new();
    for (context, answer) in told {
        let Err(refusal) = &answer.outcome else { continue };
        let why = refusal.to_string();
        // Rekeying fails for the reasons that the first exchange has failed for.
        if said.contains(&why) {
            continue;
        }
        page.end_line();
        page.ink(Ink::Strong, exchange(*context));
        page.end_line();
        page.words(Ink::Plain, "  ", 2, &why);
        fixes(&mut page, &answer.fixes);
        said.push(why);
    }
    all_lints(&mut page, whole);
    out.write_all(page.take().as_bytes())
}

/// One line: what becomes of an exchange.
fn head(page: &mut Page, context: NegotiationContext, part: &Part) {
    let prefix = format!("{:<27}", format!("{}:", exchange(context)));
    let (ink, text) = match part {
        Part::NotSaid(why) => (Ink::Doubtful, format!("cannot be told: {why}")),
        Part::Asked(answer) => match (&answer.outcome, &answer.retried) {
            (Ok(selection), _) => (Ink::Good, agreed(selection)),
            (Err(_), Some(selection)) => (Ink::Good, format!("after INVALID_KE_PAYLOAD, {}", agreed(selection))),
            (Err(refusal), None) => {
                let windows = answer.windows_error.map(|error| format!("; a Windows client shows error {error}")).unwrap_or_default();
                (Ink::Bad, format!("{}{windows}", answered(refusal)))
            }
        },
    };
    page.words(ink, &prefix, 27, &text);
}

fn agreed(selection: &Selection) -> String {
    format!("agreed on {selection}")
}

/// The lints of all exchanges, each once, the gravest first.
fn all_lints(page: &mut Page, whole: &Whole) {
    let answers = whole.parts.iter().filter_map(|(_, part)| match part {
        Part::Asked(answer) => Some(answer),
        Part::NotSaid(_) => None,
    });
    // The four outcomes show a PFS difference themselves.
    let mut all: Vec<&Lint> = Vec::new();
    for lint in answers.flat_map(|answer| &answer.lints).filter(|lint| lint.class != LintClass::Pfs) {
        if !all.contains(&lint) {
            all.push(lint);
        }
    }
    all.sort_by_key(|lint| lint.class);
    if !all.is_empty() {
        page.end_line();
    }
    all.into_iter().for_each(|lint| lints(page, core::slice::from_ref(lint)));
}
