//! report.html: the answer, a heat table for each message, curves, and every number.

use super::args::Args;
use super::experiment::Results;
use super::plots::{self, Figure};
use super::stats::{Summary, percent, summary, time};
use super::table::{DETAILS, details};
use super::verdict;
use ikev2_tools::report::escape_html;
use std::fmt::Write;

const STYLE: &str = "
body { font: 16px/1.45 system-ui, 'Segoe UI', 'Noto Sans', sans-serif; color: #111; max-width: 1240px; margin: 24px auto; padding: 0 20px }
h1 { font-size: 26px; margin: 0 0 8px } h2 { font-size: 20px; margin: 34px 0 8px } p { margin: 6px 0; max-width: 980px }
.answer { border-left: 6px solid #0072b2; background: #f2f7fb; padding: 10px 16px; margin: 14px 0 }
.answer p { font-size: 18px }
table { border-collapse: collapse; margin: 8px 0 4px; font-size: 14px }
th, td { border: 1px solid #bbb; padding: 4px 8px; text-align: right; white-space: nowrap }
th { background: #f4f4f4; font-weight: 600; text-align: center } td:first-child, th:first-child { text-align: left }
.heat th { font-size: 12.5px; white-space: normal; min-width: 64px } .heat td { min-width: 64px; text-align: center } .heat td:first-child { background: #fff; text-align: left }
.key { max-width: none } .numbers table { font-size: 12.5px } .numbers th, .numbers td { padding: 3px 5px }
.key span { display: inline-block; padding: 2px 10px; border: 1px solid #bbb; font-size: 14px; margin-right: 4px }
.a { background: #fff } .b { background: #e3eef6 } .c { background: #b4d2e7 } .d { background: #f3c78b } .e { background: #c9722b; color: #fff } .f { background: #5a1a1a; color: #fff }
.best { font-weight: 700; text-decoration: underline } .group td { background: #fff !important; font-style: italic; color: #333; border-left: 0; border-right: 0 }
figure { margin: 18px 0 } figure svg { max-width: 100%; height: auto; border: 1px solid #ddd } figcaption { font-size: 14px; color: #333 }
details { margin: 6px 0 } summary { cursor: pointer } code { background: #f2f2f2; padding: 1px 4px }
@media print { details.numbers { display: none } body { margin: 0; max-width: none } * { print-color-adjust: exact } }
";

pub(crate) fn html(args: &Args, results: &Results, figures: &[Figure]) -> String {
    let mut page = String::new();
    // Writing to a String does not fail.
    let _ = write(&mut page, args, results, figures);
    page
}

fn write(page: &mut String, args: &Args, results: &Results, figures: &[Figure]) -> std::fmt::Result {
    writeln!(
        page,
        "<!DOCTYPE html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>IKE fragmentation strategies compared</title><style>{STYLE}</style>"
    )?;
    writeln!(page, "<h1>IKE fragmentation strategies compared</h1>\n<div class=\"answer\">")?;
    for sentence in verdict::sentences(args, results) {
        writeln!(page, "<p>{}</p>", escape_html(&sentence))?;
    }
    writeln!(page, "</div>")?;
    let messages = std::iter::once(&results.message).chain(args.messages.iter().filter(|message| message.name != results.message.name));
    for (at, message) in messages.enumerate() {
        let open = if at == 0 { " open" } else { "" };
        writeln!(
            page,
            "<details{open}><summary><b>{}: the time in which 95 % of the runs were delivered</b></summary>",
            escape_html(&message.to_string())
        )?;
        heat(page, args, results, &message.name)?;
        writeln!(page, "</details>")?;
    }
    writeln!(
        page,
        "<p class=\"key\"><span class=\"a\">up to 0.3 s</span><span class=\"b\">up to 1 s</span><span class=\"c\">up to 5 s</span><span class=\"d\">up to 10 s</span><span class=\"e\">slower</span><span class=\"f\">fewer than 95 % delivered at all: how many</span><span class=\"a best\">fastest on the path, or within 10 %</span></p>"
    )?;
    writeln!(
        page,
        "<p>{} runs each, seeds from {}, {}'s timers, {} receiver; intervals are in the tables at the end.</p>",
        args.runs,
        args.seed,
        args.timers_name,
        if args.receiver_name == "ours" {
            "this crate's limits at the".to_owned()
        } else {
            format!("{}'s limits at the", args.receiver_name)
        }
    )?;
    writeln!(page, "<h2>Curves</h2><p>Points carry 95 % confidence intervals; curves that coincide are drawn side by side.</p>")?;
    for figure in figures {
        page.push_str(&plots::html(figure));
    }
    strategies_and_paths(page, args)?;
    writeln!(
        page,
        "<h2>Every number</h2><p>In brackets, and after ±: 95 % confidence intervals. In time is within {}; octets are of IP packets, both ways, without answers.</p>",
        time(args.deadline)
    )?;
    for path in &args.paths {
        writeln!(page, "<details class=\"numbers\"><summary>{}</summary>", escape_html(&path.name))?;
        for message in &args.messages {
            writeln!(page, "<table><tr><th>{}</th>", escape_html(&message.to_string()))?;
            DETAILS.iter().try_for_each(|title| write!(page, "<th>{title}</th>"))?;
            for cell in results.cells.iter().filter(|cell| cell.path == path.name && cell.message == message.name) {
                write!(page, "</tr>\n<tr><td>{}</td>", escape_html(&cell.strategy))?;
                details(&summary(cell, args.deadline)).iter().try_for_each(|value| write!(page, "<td>{value}</td>"))?;
            }
            writeln!(page, "</tr></table>")?;
        }
        writeln!(page, "</details>")?;
    }
    writeln!(
        page,
        "<h2>Again</h2><p><code>ike compare {}</code> with seed {} writes the same numbers. A line of <a href=\"runs.csv\">runs.csv</a> is run alone by <code>--seed SEED --runs 1</code> with its strategy, path and size; <code>custom-loss-N</code> is <code>--path custom --loss N</code>.</p>",
        escape_html(&args.line),
        args.seed
    )?;
    writeln!(
        page,
        "<p>The model holds this exchange alone: no other traffic in the queues, losses independent of size, one datagram as the answer. Both drafts are modelled after their abstracts (see the documentation of <code>fragment::strategy</code>).</p></html>"
    )
}

/// One message: strategies down, paths across.
fn heat(page: &mut String, args: &Args, results: &Results, message: &str) -> std::fmt::Result {
    let of = |strategy: &str, path: &str| {
        let cell = results.cells.iter().find(|cell| cell.strategy == strategy && cell.path == path && cell.message == message);
        cell.map(|cell| summary(cell, args.deadline))
    };
    write!(page, "<table class=\"heat\"><tr><th>strategy</th>")?;
    args.paths.iter().try_for_each(|path| write!(page, "<th title=\"{}\">{}</th>", escape_html(&path.about), escape_html(&path.name)))?;
    writeln!(page, "</tr>")?;
    let (one, two): (Vec<_>, Vec<_>) = args.strategies.iter().partition(|strategy| strategy.is_one_sided());
    let group = |page: &mut String, title: &str| {
        writeln!(page, "<tr class=\"group\"><td colspan=\"{}\">{title}</td></tr>", args.paths.len().saturating_add(1))
    };
    for (at, strategy) in one.iter().chain(&two).enumerate() {
        if at == 0 && !one.is_empty() {
            group(page, "with any peer that knows RFC 7383")?;
        }
        if at == one.len() {
            group(page, "if the other end knows it too")?;
        }
        write!(page, "<tr><td title=\"{}\">{}</td>", escape_html(&strategy.about()), escape_html(&strategy.name))?;
        for path in &args.paths {
            let Some(s) = of(&strategy.name, &path.name) else { continue };
            let fastest = args.strategies.iter().filter_map(|other| of(&other.name, &path.name)?.p95.value).min();
            // Within the resolution of the eye.
            let best = matches!((s.p95.value, fastest), (Some(mine), Some(fastest)) if mine <= fastest.saturating_mul(11).checked_div(10).unwrap_or(fastest));
            let (class, text) = shade(&s);
            write!(page, "<td class=\"{class}{}\">{text}</td>", if best { " best" } else { "" })?;
        }
        writeln!(page, "</tr>")?;
    }
    writeln!(page, "</table>")
}

fn shade(s: &Summary) -> (&'static str, String) {
    let Some(p95) = s.p95.value else { return ("f", format!("{} %", percent(s.delivered.value))) };
    let class = match p95.as_secs_f64() {
        fast if fast <= 0.3 => "a",
        second if second <= 1.0 => "b",
        few if few <= 5.0 => "c",
        ten if ten <= 10.0 => "d",
        _ => "e",
    };
    (class, time(p95))
}

fn strategies_and_paths(page: &mut String, args: &Args) -> std::fmt::Result {
    writeln!(page, "<h2>What was compared</h2><table><tr><th>strategy</th><th style=\"text-align:left\">what it does</th></tr>")?;
    for strategy in &args.strategies {
        writeln!(
            page,
            "<tr><td>{}</td><td style=\"text-align:left\">{}</td></tr>",
            escape_html(&strategy.name),
            escape_html(&strategy.about())
        )?;
    }
    writeln!(page, "</table><table><tr><th>path</th><th style=\"text-align:left\">what it is</th></tr>")?;
    for path in &args.paths {
        writeln!(page, "<tr><td>{}</td><td style=\"text-align:left\">{}</td></tr>", escape_html(&path.name), escape_html(&path.about))?;
    }
    writeln!(page, "</table>")
}
