//! The four outcomes of two configurations as HTML.

use super::table::{LEGEND, Table, short};
use super::words::{self, End};
use crate::evidence::negotiation::{Fix, Part, Side, Whole};
use crate::report::escape_html as escape;
use crate::report::html::{Head, Html, command, wide_table};
use core::fmt::Write as _;
use ikev2::proposal::{NegotiationContext, Refusal};

/// The class of a state, and the state in words.
fn state(whole: &Whole) -> (&'static str, &'static str) {
    match whole.agrees() {
        Some(true) => ("healthy", "The two sides agree"),
        Some(false) => ("fault", "The two sides do not agree"),
        None => ("undetermined", "It cannot be told"),
    }
}

pub(super) fn of(initiator: &Side, responder: &Side, whole: &Whole) -> Html {
    let mut html = String::new();
    let (state, words) = state(whole);
    let asked = whole.parts.iter().filter_map(|(_, part)| match part {
        Part::Asked(answer) => Some(answer),
        Part::NotSaid(_) => None,
    });
    let head = Head {
        state,
        words,
        answer: &answer(whole),
        windows_error: asked.filter(|answer| !answer.agrees()).find_map(|answer| answer.windows_error),
        codes: &[],
        lines: &[],
    };
    head.write(&mut html);
    outcomes(&mut html, whole);
    sides(&mut html, initiator, responder, whole);
    for (context, answer, why) in words::refused(whole) {
        let _ = write!(html, "<section><h2>{}</h2><p>{}</p>", words::exchange(context), escape(&why));
        answer.fixes.iter().for_each(|fix| change(&mut html, fix));
        if let Err(refusal) = &answer.outcome {
            pairs(&mut html, refusal);
        }
        html.push_str("</section>");
    }
    lints(&mut html, whole);
    Html::new("What the two sides agree on".into(), html)
}

/// The first exchange that is refused, or else the first one.
fn answer(whole: &Whole) -> String {
    let ends = whole.parts.iter().map(|(context, part)| (context, words::end(part)));
    let first = ends.clone().find(|(_, (end, _))| *end == End::Refused).or_else(|| ends.clone().next());
    first.map(|(context, (_, text))| format!("{}: {text}.", words::exchange(*context))).unwrap_or_default()
}

fn outcomes(html: &mut String, whole: &Whole) {
    html.push_str("<section><h2>What becomes of each exchange</h2><dl>");
    for (context, part) in &whole.parts {
        let (end, text) = words::end(part);
        let (class, word) = match end {
            End::Agreed => ("good", "well"),
            End::Refused => ("error", "refused"),
            End::Untold => ("warning", "unknown"),
        };
        // The mark says it.
        let text = text.strip_prefix("refused, ").unwrap_or(&text);
        let _ = write!(html, "<dt>{}</dt><dd><span class=\"chip {class}\">{word}</span> {}</dd>", words::exchange(*context), escape(text));
    }
    html.push_str("</dl></section>");
}

/// Lines to paste, and what speaks against them.
fn change(html: &mut String, fix: &Fix) {
    let _ = write!(html, "<p><strong>Change:</strong> {}</p>", escape(&words::whose(fix)));
    command(html, fix.changed.iter().map(String::as_str));
    if !fix.warning.is_empty() {
        let _ = write!(html, "<p class=\"soft\">Not advised: {}</p>", escape(&fix.warning));
    }
}

fn pairs(html: &mut String, refusal: &Refusal) {
    let table = Table::of(refusal);
    let (shown, all) = (table.rows.len(), table.all);
    if shown == 0 {
        return;
    }
    let shown = if all > shown { format!("the nearest {shown} of {all} pairs") } else { format!("{all} pairs") };
    let _ = write!(html, "<details><summary>Every offered proposal beside every local one: {shown}</summary>");
    wide_table(html, "Offered and local proposals", |html| rows(html, &table));
    let _ = write!(html, "<p class=\"soft\">{LEGEND}</p></details>");
}

fn rows(html: &mut String, table: &Table) {
    html.push_str("<thead><tr><th class=\"n\">offered</th><th class=\"n\">local</th>");
    for ty in &table.types {
        let _ = write!(html, "<th>{}</th>", short(*ty));
    }
    html.push_str("<th>remark</th></tr></thead><tbody>");
    for row in &table.rows {
        let _ = write!(html, "<tr><td class=\"n\">{}</td><td class=\"n\">{}</td>", row.number, row.local());
        for ty in &table.types {
            let cell = row.cell(*ty);
            let _ = match cell {
                "DIFFERS" | "MISSING" => write!(html, "<td><span class=\"chip error\">{cell}</span></td>"),
                _ => write!(html, "<td>{cell}</td>"),
            };
        }
        let _ = write!(html, "<td>{}</td></tr>", escape(&row.remark));
    }
    html.push_str("</tbody>");
}

fn sides(html: &mut String, initiator: &Side, responder: &Side, whole: &Whole) {
    let context = NegotiationContext::IkeSaInit;
    html.push_str("<section><h2>The two sides</h2><dl>");
    for (whose, side) in [("Initiator", initiator), ("Responder", responder)] {
        let _ = write!(html, "<dt>{whose}</dt><dd><p>{}</p>", escape(&side.label(context)));
        for remark in side.remarks(context) {
            let _ = write!(html, "<p class=\"soft\">{}</p>", escape(&remark));
        }
        html.push_str("</dd>");
    }
    let _ = write!(html, "<dt>Rules</dt><dd>{}</dd></dl></section>", whole.dialect.name());
}

fn lints(html: &mut String, whole: &Whole) {
    let all = words::lints(whole);
    if all.is_empty() {
        return;
    }
    html.push_str("<section><h2>What speaks against either side</h2><ul>");
    for lint in all {
        let _ = write!(html, "<li>{}.</li>", escape(&lint.to_string()));
    }
    html.push_str("</ul></section>");
}
